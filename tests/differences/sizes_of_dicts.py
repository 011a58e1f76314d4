"""A dict of up to eight entries has no index: it holds eight bytes of hash tags and its entries.

Larger dicts grow as python3.11's do.  An instance keeps its attributes inside; a dict is made when somebody asks for __dict__.
"""
last = 0
for n in range(100):
    size = {i: i for i in range(n)}.__sizeof__()
    if size != last:
        print(n, "entries", size, "bytes")
        last = size


class Point:
    def __init__(self):
        self.x = self.y = 1


p = Point()
print("instance", p.__sizeof__(), "its dict", p.__dict__.__sizeof__(), "class", type.__sizeof__(Point))
