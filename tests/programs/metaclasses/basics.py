# Metaclasses: construction order, __prepare__, conflicts, custom mro, __call__.
class Meta(type):
    @classmethod
    def __prepare__(meta, name, bases, **kwds):
        print("prepare", name, bases, kwds)
        return {"injected": 1}
    def __new__(meta, name, bases, namespace, **kwds):
        print("new", name, sorted(k for k in namespace if not k.startswith("__")), kwds)
        return super().__new__(meta, name, bases, namespace)
    def __init__(cls, name, bases, namespace, **kwds):
        print("init", name, kwds)
        super().__init__(name, bases, namespace)
    def __call__(cls, *args, **kwds):
        print("call", cls.__name__, args, kwds)
        return super().__call__(*args, **kwds)
    def __repr__(cls): return "<" + cls.__name__ + ">"
    def __len__(cls): return 7
    def __contains__(cls, x): return x == 1
    def __getattr__(cls, name): return "meta " + name
    @property
    def prop(cls): return "prop of " + cls.__name__

class C(metaclass=Meta, flag=True):
    x = 1
    def __init__(self, a): self.a = a
class D(C):
    y = 2
print(C, D, D(5).a, len(C), 1 in D, 2 in D, C.injected, C.other, C.prop, type(D))
def attempt(f):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
def f(): C(1).prop
attempt(f)
def f(): C(1).other
attempt(f)
class M2(type): pass
class E(metaclass=M2): pass
def f():
    class Bad(C, E): pass
attempt(f)
class M3(Meta, M2): pass
class Good(C, E, metaclass=M3): pass
print(type(Good), [c.__name__ for c in Good.__mro__])

class Order(type):
    def mro(cls): return [cls, object]
class Weird(int.__class__("Base", (), {"inherited": 1}), metaclass=Order): pass
print(Weird.__mro__, hasattr(Weird, "inherited"), Weird.__bases__[0].__name__)
class BadOrder(type):
    def mro(cls): return [cls, 3]
def f():
    class X(metaclass=BadOrder): pass
attempt(f)
class BadOrder2(type):
    def mro(cls): return 3
def f():
    class X(metaclass=BadOrder2): pass
attempt(f)
class BadOrder3(type):
    def mro(cls): return [cls, int, object]
def f():
    class X(metaclass=BadOrder3): pass
attempt(f)

def function_meta(name, bases, namespace, **kwds):
    return name, bases, kwds
class F(metaclass=function_meta, k=1): pass
print(F)
def f():
    class X(metaclass=3): pass
attempt(f)
class NoPrepare(type):
    __prepare__ = classmethod(lambda *a: 3)
def f():
    class X(metaclass=NoPrepare): pass
attempt(f)

T = type("T", (), {"a": 1, "__doc__": "doc", "f": lambda self: self.a})
print(T().f(), T.__doc__, T.__name__, T.__qualname__, T.__module__)
T.__name__ = "U"
T.__qualname__ = "V.U"
print(T.__name__, T)
def f(): T.__name__ = 3
attempt(f)
def f(): T.__name__ = "a\0b"
attempt(f)
def f(): del T.__name__
attempt(f)
def f(): T.__qualname__ = 3
attempt(f)
def f(): int.__name__ = "x"
attempt(f)
def f(): T.__mro__ = ()
attempt(f)
def f(): T.__dict__ = {}
attempt(f)
def f(): T.__abstractmethods__
attempt(f)
T.__abstractmethods__ = frozenset(["m", "a"])
attempt(T)
T.__abstractmethods__ = frozenset(["z"])
attempt(T)
class InstanceCheck(type):
    def __instancecheck__(cls, o): return o == 1
    def __subclasscheck__(cls, o): return o is int
class I(metaclass=InstanceCheck): pass
print(isinstance(1, I), isinstance(2, I), issubclass(int, I), issubclass(str, I), isinstance(1, (str, I)))
def f(): isinstance(1, 2)
attempt(f)
def f(): issubclass(1, int)
attempt(f)
def f(): issubclass(int, 1)
attempt(f)
def f(): isinstance(1, (int, 3)) and isinstance("", (int, 3))
attempt(f)
class Eq(type):
    def __eq__(cls, other): return True
class Hashless(metaclass=Eq): pass
print(Hashless == 3, Hashless != 3)
{Hashless: 1}
