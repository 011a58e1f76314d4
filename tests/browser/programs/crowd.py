class Item:
    def __init__(self, number):
        self.number = number
        self.tags = [number]


items = []
total = 0
for number in range(250):
    items.append(Item(number))
for item in items:
    total += item.number
    item.tags.append(total)
print(total)
