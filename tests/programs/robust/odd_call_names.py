# Messages name the callee by its __qualname__ or its str(), which may fail.
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
class Y:
    def __str__(self): return 5
    def __call__(self, *a, **k): return a, k
class Z(Y):
    def __str__(self): raise KeyError("z")
class Q(Y):
    pass
class M(Y):
    __module__ = property(lambda s: 1/0)
for y in Y(), Z(), Q(), M():
    t(lambda: y(**5)); t(lambda: y(*5)); t(lambda: y(**{"a": 1}, **{"a": 2})); t(lambda: y(**{5: 2}));  t(lambda: y(**{5: 2}, **{"a":1}))
def f(**k): pass
f.__qualname__ = "é"
t(lambda: f(**5)) if 0 else 0
class D(dict):
    def keys(self): raise AttributeError("keys")
    def __iter__(self): raise KeyError("it")
class E:
    def keys(self): return ["a", 2]
    def __getitem__(self, k): raise AttributeError(k)
class F:
    def keys(self): return ["a", "a"]
    def __getitem__(self, k): return 1
for x in D(a=1), E(), F():
    t(lambda: f(**x)); t(lambda: f(a=1, **x)); t(lambda: dict(**x)); t(lambda: {**x})
class G:
    def __iter__(self): raise AttributeError("i")
class H:
    __iter__ = None
for x in G(), H():
    t(lambda: f(*x)); t(lambda: [*x]); t(lambda: y(*x, *x))
