# __slots__, with and without a dict, inherited
EXTRA = ("extra0", "extra1", "extra2")


class Node:
    __slots__ = ("value", "next", "free")

    def __init__(self, value, next=None):
        self.value = value
        self.next = next


class Named(Node):
    __slots__ = ("name",)

    def __init__(self, name, value):
        super().__init__(value)
        self.name = name


class Open(Named):
    def grow(self, n):
        for i in range(n):
            setattr(self, f"extra{i}", [i])


head = None
for i in range(5):
    head = Node([i], head)
at = head
while at:
    at.value.append(at.next)
    at = at.next
named = Named("n", head)
both = Open("o", named)
both.grow(3)
both.next = both
del named.value
head.next = None
