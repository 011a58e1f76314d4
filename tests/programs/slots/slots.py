# __slots__: storage, errors, inheritance, mangling.
class S:
    __slots__ = ("a", "b", "__private")
    def set(self): self.__private = 5
    def get(self): return self.__private
s = S()
s.a = 1
s.set()
print(s.a, s.get(), s._S__private, S.a, S.__slots__, hasattr(s, "b"), hasattr(s, "__dict__"))
def attempt(f):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
def f(): s.b
attempt(f)
def f(): del s.b
attempt(f)
def f(): s.c = 1
attempt(f)
def f(): s.c
attempt(f)
def f(): S.a.__get__(3)
attempt(f)
def f(): S.a.__set__(3, 4)
attempt(f)
del s.a
attempt(lambda: s.a)
class Sub(S):
    __slots__ = "single"
x = Sub()
x.single = 2
x.a = 3
print(x.single, x.a, Sub.__slots__)
class WithDict(S):
    pass
w = WithDict()
w.a, w.new = 1, 2
print(w.__dict__, w.a)
class Explicit:
    __slots__ = ("x", "__dict__", "__weakref__")
e = Explicit()
e.x, e.y = 1, 2
print(e.__dict__, e.__weakref__)
class FromIter:
    __slots__ = {"p": "doc of p", "q": "doc of q"}
print(FromIter.__slots__, FromIter.p)
for slots in ((1,), ("a b",), ("x", "__dict__", "__dict__"), ("__weakref__", "__weakref__"), 3, ("1x",), ("",)):
    attempt(lambda: type("T", (), {"__slots__": slots}))
attempt(lambda: type("T", (int,), {"__slots__": ("x",)}))
attempt(lambda: type("T", (tuple,), {"__slots__": "x"}))
attempt(lambda: type("T", (), {"__slots__": "x", "x": 1}))
attempt(lambda: type("T", (Explicit,), {"__slots__": "__dict__"}))
attempt(lambda: type("T", (Explicit,), {"__slots__": "__weakref__"}))
class Empty(int):
    __slots__ = ()
print(Empty(3) + 1)
class A: __slots__ = "a"
class B: __slots__ = "b"
attempt(lambda: type("T", (A, B), {}))
class C: __slots__ = ()
class D(A, C): __slots__ = ()
d = D()
d.a = 4
print(d.a)
class A2: __slots__ = "a"
a = A()
a.a = 6
a.__class__ = A2
print(type(a).__name__, a.a)
def f(): a.__class__ = B
attempt(f)
def f(): a.__class__ = C
attempt(f)
print(A.__basicsize__, S.__basicsize__, Explicit.__basicsize__, C.__basicsize__, WithDict.__dictoffset__, A.__dictoffset__)
class Cell:
    __slots__ = ("v",)
    def __init__(self, v): self.v = v
    def __getstate__(self): return self.v
print([Cell(i).v for i in range(5)], Cell(3).__getstate__(), object.__getstate__(A()), object.__getstate__(a))
s.zz = 3
