# weakref.ref, proxies and their callbacks.
import weakref

class C:
    def __init__(self, n=0): self.n = n
    def __repr__(self): return "C(%d)" % self.n
    def __eq__(self, other): return isinstance(other, C) and self.n == other.n
    def __hash__(self): return hash(self.n)
    def method(self): return self.n * 2
    def __len__(self): return 3
    def __getitem__(self, i): return i + self.n
    def __add__(self, other): return "add", other
    def __bool__(self): return False
    def __call__(self, *a): return "called", a

c = C(1)
r = weakref.ref(c)
print(r() is c, r is weakref.ref(c), weakref.getweakrefcount(c), weakref.getweakrefs(c) == [r], r.__callback__)
r2 = weakref.ref(c, lambda ref: print("gone", ref() is None, ref is r2))
r3 = weakref.ref(c, print.__class__ and (lambda ref: print("gone too")))
print(r == r2, r2 is not weakref.ref(c), hash(r) == hash(c), weakref.getweakrefcount(c), c.__weakref__ is r)
p = weakref.proxy(c)
print(p.n, p.method(), len(p), p[5], p + 1, bool(p), p(1, 2), type(p).__name__, str(p), p == C(1), p != C(2), 2 in p)
p.n = 2
p.extra = 3
print(c.n, c.extra)
del p.extra
print(hasattr(c, "extra"), weakref.proxy(c) is p)
del c
print(r(), r == r2, r == weakref.ref(C), repr(r)[-5:])

def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
attempt(lambda: p.n)
attempt(lambda: len(p))
attempt(lambda: p + 1)
attempt(lambda: str(p))
attempt(lambda: hash(p))
attempt(lambda: hash(weakref.ref(C(5))))
attempt(lambda: weakref.ref(3))
attempt(lambda: weakref.ref("x"))
attempt(lambda: weakref.ref())
attempt(lambda: weakref.ref(C, None, 3))
attempt(lambda: r(1))
attempt(lambda: weakref.proxy([]))
attempt(lambda: weakref.ref(C) < weakref.ref(C))

class Sub(weakref.ref):
    __slots__ = ("key",)
    def __new__(cls, o, key): 
        self = super().__new__(cls, o)
        self.key = key
        return self
    def __init__(self, o, key): super().__init__(o)
c = C(9)
s = Sub(c, "k")
print(s.key, s() is c, s is not weakref.ref(c), s == weakref.ref(c))

w = weakref.WeakValueDictionary()
w["a"] = c
k = weakref.WeakKeyDictionary({c: 1})
ws = weakref.WeakSet([c])
print(dict(w), len(k), len(ws), c in ws)
f = weakref.finalize(c, print, "finalised")
m = weakref.WeakMethod(c.method)
print(m()(), f.alive)
del c
print(dict(w), len(k), len(ws), f.alive, m())

def bad(ref): raise ValueError("in callback")
class Cycle: pass
a, b = Cycle(), Cycle()
a.b, b.a = b, a
refs = [weakref.ref(a, lambda r: print("cycle gone")), weakref.ref(b)]
del a, b
import gc
gc.collect()
print([x() for x in refs])
class Plain: __slots__ = ()
weakref.ref(Plain())
