"""Attributes stay right when instances of one class are laid out differently: values inline, or in a dict."""


class A:
    kind = "class"

    def __init__(self, a, b, c):
        self.a = a
        self.b = b
        self.c = c

    def method(self):
        return "method", self.a

    def total(self):
        return self.a + self.b + self.c


def read(o):
    return o.a, o.b, o.c, o.kind, o.method(), o.total()


def write(o, n):
    o.a = n
    o.b = n + 1
    o.c = n + 2


plain, moved = A(1, 2, 3), A(4, 5, 6)
for _ in range(4):
    print(read(plain), read(moved))
print(vars(moved))
for n in range(4):
    write(plain, n * 10)
    write(moved, n * 100)
    print(read(plain), read(moved))
moved.__dict__["method"] = lambda: ("instance", 0)
moved.__dict__["kind"] = "instance"
for _ in range(3):
    print(read(plain), read(moved))
del moved.__dict__["kind"], moved.a
try:
    moved.a
except AttributeError as e:
    print(e)
moved.__dict__ = {"a": 1.5, "b": 2, "c": 3}
print(read(moved))
moved.__dict__.clear()
print(moved.__dict__, hasattr(moved, "a"), hasattr(moved, "b"), moved.kind)
write(moved, 7)
print(moved.__dict__, read(plain))


# an attribute that does not fit, and one set out of order
class B:
    def __init__(self):
        self.x = 1


class C:
    pass


for cls in B, C:
    many = [cls() for _ in range(3)]
    for name in "yzwvut":
        setattr(many[1], name, name.upper())
    print([sorted(vars(o)) for o in many[1:]], many[0].__class__.__name__)
    for o in many:
        o.x = 5
        o.first = 6
    print([(o.x, o.first, len(vars(o))) for o in many])


# another class for an instance, with fewer and with more attributes
class D:
    def __init__(self):
        self.p = self.q = self.r = self.s = 0

    def get(self):
        return self.p, self.q


d = [D() for _ in range(3)]
print([o.get() for o in d])
few = B()
few.__class__ = D
few.p, few.q = "p", "q"
d[0].__class__ = B
print(few.get(), d[1].get(), vars(few), d[0].x if hasattr(d[0], "x") else "no x", vars(d[0]))
for i in range(4):
    few.p = i
    print(few.get(), d[2].get())
