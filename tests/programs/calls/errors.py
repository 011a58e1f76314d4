# Messages of wrong calls, of functions in C and in Python; calling conventions.
def attempt(f, *args, **kwds):
    try:
        print(f(*args, **kwds))
    except Exception as e:
        print(type(e).__name__, e)
attempt(len)
attempt(len, 1, 2)
attempt(len, x=1)
attempt(len, 3)
attempt([].append)
attempt([].append, 1, 2)
attempt([].append, x=1)
attempt([].clear, 1)
attempt("".join, 1)
attempt(list.append, [])
attempt(list.append)
attempt(dict.clear, [])
attempt("a".replace, "b")
attempt(isinstance, 1)
attempt(getattr, 1)
attempt(3)
attempt("x", 1)
attempt(None)
def f(a, b, /, c, *, d, e=5): return a, b, c, d, e
attempt(f)
attempt(f, 1, 2)
attempt(f, 1, 2, 3)
attempt(f, 1, 2, 3, 4, d=5)
attempt(f, 1, 2, c=3, d=4)
attempt(f, a=1, b=2, c=3, d=4)
attempt(f, 1, 2, 3, d=4, z=5)
class C:
    def __call__(self, *a, **k): return a, k
    def m(self, x): return x
    @classmethod
    def c(cls): return cls.__name__
attempt(C(), 1, k=2)
attempt(C().m)
attempt(C.m, 1)
attempt(C().m, 1, 2)
attempt(C.c, 1)
attempt(C().m, y=1)
attempt(lambda: f(*3))
attempt(lambda: f(**3))
attempt(lambda: f(**{1: 2}))
attempt(lambda: max(**{"a": 1}, **{"a": 2}))
attempt(lambda: C()(*[1, 2], *(3,), x=4, **{"y": 5}))
class K:
    def keys(self): return ["a", "b"]
    def __getitem__(self, k): return k * 2
attempt(lambda: C()(**K()))
attempt(int, "x")
attempt(int, [])
attempt(int, "5", 40)
attempt(float, [])
attempt(super)
attempt(type.__call__)
attempt(type.__call__, int, "7")
attempt(object.__repr__)
attempt(int.__add__)
attempt(int.__add__, 1)
attempt(int.__add__, 1, 2)
attempt(int.__add__, 1, 2, x=3)
attempt(type.mro)
attempt(type.mro, int)
attempt((1).__class__, "12")
m = C().m
print(m.__func__ is C.m, m == m.__self__.m, m.__name__, C.m.__qualname__, m(4))
print(len.__name__, len.__qualname__, len.__module__, len.__self__.__name__, len.__doc__ is not None, len.__text_signature__)
print([].append.__qualname__, dict.fromkeys.__qualname__, dict.fromkeys.__self__, "".join.__module__)
print(len == len, [].append == [].append, hash(len) == hash(len), repr(len), repr(print))
def recurse(n): return recurse(n + 1)
try:
    recurse(0)
except RecursionError as e:
    print(e)
class R:
    def __repr__(self): return repr(self)
try:
    repr(R())
except RecursionError as e:
    print(str(e)[:32])
class G:
    def __getattr__(self, name): return getattr(self, name + "x")
try:
    G().a
except RecursionError as e:
    print(str(e)[:32])
f(1, 2, 3)
