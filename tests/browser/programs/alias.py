def extend(items):
    items.append("three")
    return items


names = ["one", "two"]
other = names
third = [names, other]
extend(other)
other[0] = "first"
names = None
print("done")
