# Data and non-data descriptors, precedence, properties, class and static methods.
class Data:
    def __get__(self, obj, owner=None): return "data", obj is None, owner and owner.__name__
    def __set__(self, obj, value): print("set", value)
    def __delete__(self, obj): print("delete")
class NonData:
    def __get__(self, obj, owner=None): return "nondata"
class SetOnly:
    def __set__(self, obj, value): obj.__dict__["s"] = value * 2
class Name:
    def __set_name__(self, owner, name): print("named", owner.__name__, name)

class C:
    d = Data()
    n = NonData()
    s = SetOnly()
    m = Name()
c = C()
c.__dict__.update(d=1, n=2)
print(c.d, c.n, C.d, C.n)
c.d = 5
del c.d
c.s = 4
print(c.s, type(C.s).__name__)

class P:
    def __init__(self): self._x = 1
    @property
    def x(self):
        "the x"
        return self._x
    @x.setter
    def x(self, value): self._x = value
    @x.deleter
    def x(self): print("deleting")
    @property
    def ro(self): return "ro"
    wo = property(None, lambda self, v: print("wo", v), None, "write only")
    nothing = property()
p = P()
print(p.x, P.x.__doc__, P.wo.__doc__, P.ro.fget(p))
p.x = 9
print(p.x)
del p.x
p.wo = 3

def attempt(f):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
def f(): p.ro = 1
attempt(f)
def f(): del p.ro
attempt(f)
def f(): p.wo
attempt(f)
def f(): p.nothing
attempt(f)
def f(): property(1, 2, 3, 4, 5)
attempt(f)
def f():
    class Bad:
        class D:
            def __set_name__(self, owner, name): 1 / 0
        d = D()
attempt(f)
def f(): int.__add__("x", 1)
attempt(f)
def f(): str.upper(3)
attempt(f)
def f(): str.upper()
attempt(f)
def f(): dict.fromkeys.__get__(1, 2)
attempt(f)
def f(): int.real.__get__("x")
attempt(f)
def f(): int.real.__set__(1, 2)
attempt(f)
def f(): int.__add__.__get__("x")
attempt(f)
def f(): [].append.__call__()
attempt(f)
def f(): (1).__add__()
attempt(f)
def f(): (1).__add__(2, 3)
attempt(f)
def f(): len.__get__
attempt(f)
def f(): classmethod()
attempt(f)
def f(): staticmethod(1, 2)
attempt(f)

class M:
    @classmethod
    def c(cls, *a): return cls.__name__, a
    @staticmethod
    def s(*a): return a
    @classmethod
    @property
    def both(cls): return cls.__name__ + "!"
print(M.c(1), M().c(2), M.s(3), M().s(4), M.both, M.__dict__["s"](5))
print(M.__dict__["c"].__func__.__name__, M.__dict__["s"].__wrapped__.__name__, M.__dict__["c"].__name__)
print(repr(int.__add__), repr(str.join), repr(int.real), repr(dict.__dict__["fromkeys"]), repr(type.__mro__))
print(int.__add__.__objclass__, int.__add__.__name__, int.__add__.__qualname__, str.join.__qualname__, int.real.__qualname__)
print((1).__add__.__self__, [].append.__name__, "".join.__qualname__, int.__add__.__text_signature__)
f = (3).__add__
print(f(4), f == (3).__add__, (3).__sub__ == f)
proxy = type(C.__dict__)({"a": 1, "b": 2})
print(proxy, len(proxy), "a" in proxy, proxy["b"], list(proxy), proxy.get("z", 0), proxy | {"c": 3}, proxy == {"a": 1, "b": 2})
def f(): proxy["a"] = 2
attempt(f)
def f(): type(proxy)([1])
attempt(f)
def f(): C.__dict__["zz"] = 1
attempt(f)
C.__dict__["zz"]
