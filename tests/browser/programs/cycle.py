import gc


class Node:
    def __init__(self, name):
        self.name = name
        self.next = None


gc.disable()
one = Node("one")
two = Node("two")
one.next = two
two.next = one
seen = [one]
del two
seen.clear()
del one
print("unreachable")
gc.collect()
print("collected")
