# methods behind operators, called by the interpreter itself
class V:
    def __init__(self, *items):
        self.items = items

    def __add__(self, other):
        made = V(*(a + b for a, b in zip(self.items, other.items)))
        return made

    def __radd__(self, other):
        kept = [self, other]
        return self

    def __iadd__(self, other):
        self.items += (other,)
        return self

    def __eq__(self, other):
        same = isinstance(other, V) and self.items == other.items
        return same

    def __hash__(self):
        h = hash(self.items)
        return h

    def __bool__(self):
        some = bool(self.items)
        return some

    def __len__(self):
        n = len(self.items)
        return n

    def __getitem__(self, i):
        item = self.items[i]
        return item

    def __contains__(self, x):
        found = x in self.items
        return found

    def __call__(self, *args):
        made = V(*self.items, *args)
        return made


a, b = V(1, 2), V(3000, 4000)
c = a + b
d = sum([a, b])
c += "more"
e = {a: "a", b: c}
f = e[V(1, 2)]
g = a if a else b
h = 2 in a and len(b)
i = [x for x in a]
j = a(5)(6)
k = a == b or c != d
l = -1 if not V() else 1
