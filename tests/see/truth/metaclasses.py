# classes that make classes, __init_subclass__, __prepare__, type()
class Meta(type):
    made = []

    def __prepare__(name, bases, **options):
        space = {"options": options}
        return space

    def __new__(meta, name, bases, space, **options):
        cls = super().__new__(meta, name, bases, dict(space))
        meta.made.append(cls)
        return cls

    def __init__(cls, name, bases, space, **options):
        cls.tag = [name]

    def __call__(cls, *args):
        o = super().__call__()
        o.args = args
        return o


class A(metaclass=Meta, key="k"):
    n = 1


class B(A):
    def __init_subclass__(cls, **kw):
        found.append(cls)
        cls.extra = kw


found = []


class C(B):
    m = [2]


T = type("T", (C,), {"x": [1], "f": lambda self: [self]})
a = A(1, [2])
t = T("t")
r = t.f()
A.n = a
