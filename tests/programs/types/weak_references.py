# Weak references and proxies, on good and bad targets.
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__ + ":", e)
import weakref, gc
class A:
    def __init__(self, n=0): self.n = n
    def __eq__(self, o): return isinstance(o, A) and self.n == o.n
    def __hash__(self): return hash(self.n)
    def __len__(self): return 4
    def __getitem__(self, k): return k
    def __add__(self, o): return ('add', o)
    def __call__(self, *a): return a
    def __bool__(self): return False
    def __str__(self): return 'str A'
    def __iter__(self): return iter('it')
    def __contains__(self, x): return x == 1
a = A(5); r = weakref.ref(a); p = weakref.proxy(a)
print(r() is a, r == weakref.ref(a), r is weakref.ref(a), hash(r) == hash(a), r == weakref.ref(A(5)), weakref.getweakrefcount(a), len(weakref.getweakrefs(a)), r.__callback__, type(r), type(p))
print(p.n, len(p), p[3], p + 1, p(1, 2), bool(p), str(p), list(p), 1 in p, isinstance(p, A), p == a, p == A(6), type(p).__name__); p.z = 5; print(a.z); del p.z; t(lambda: a.z); t(lambda: hash(p)); t(lambda: 1 + p); t(lambda: p.nope); t(lambda: setattr(p, '__class__', int)); t(lambda: p < 1); t(lambda: p[:2]); t(lambda: p @ 1); t(lambda: -p); t(lambda: int(p)); t(lambda: next(p)); t(lambda: p.__class__); t(lambda: reversed(p)); t(lambda: bytes(p)); t(lambda: divmod(p, 2)); t(lambda: p ** 2)
calls = []
r2 = weakref.ref(a, lambda ref: calls.append(ref is r2)); print(r2 is r, r2.__callback__ is not None, repr(r).split(' at ')[0])
del a; print(r(), r2(), calls, repr(r).endswith('dead>'), r == r2, hash(r) == hash(5)); t(lambda: p.n); t(lambda: len(p)); t(lambda: str(p)); t(lambda: bool(p)); t(lambda: p == 1); t(lambda: p + 1); t(lambda: p()); t(lambda: hash(weakref.ref(A()))); t(lambda: weakref.ref(A())() )
for o in (5, 'a', (), [], {}, None, object(), 1.5, b'', range(1), len):
    try: weakref.ref(o); print(type(o).__name__, 'fine')
    except TypeError as e: print(e)
for o in (A, lambda: 0, {1}, frozenset(), gc, A().__len__, (x for x in ''), type, memoryview(b''), __import__('array').array('b'), __import__('collections').deque(), __import__('re').compile('a')):
    print(type(o).__name__, weakref.ref(o)() is o)
t(lambda: weakref.ref()); t(lambda: weakref.ref(A, 1, 2)); t(lambda: type(weakref.ref(A, None))); t(lambda: weakref.ref(o=1)); t(lambda: r(1)); t(lambda: weakref.proxy(5)); t(lambda: setattr(r, 'x', 1)); t(lambda: weakref.getweakrefcount(5)); t(lambda: r < r2); t(lambda: weakref.ref(A, 5)() is A)
class S: __slots__ = ('x',)
class W: __slots__ = ('x', '__weakref__')
t(lambda: weakref.ref(S())); print(weakref.ref(W())()); t(lambda: type('B', (W,), {'__slots__': ('__weakref__',)})); t(lambda: S.__weakref__); print(W.__weakref__.__class__.__name__, A.__weakref__.__name__, W().__weakref__)
class R(weakref.ref):
    def __new__(cls, o, cb=None, extra=0): return super().__new__(cls, o, cb)
    def __init__(self, o, cb=None, extra=0): super().__init__(o, cb); self.extra = extra
b = A(1); s = R(b, extra=3); print(s.extra, s() is b, s is R(b), s == weakref.ref(b))
d = weakref.WeakKeyDictionary({b: 1}); v = weakref.WeakValueDictionary(k=b); ws = weakref.WeakSet([b]); f = weakref.finalize(b, print, 'finalized', 1); print(len(d), dict(v)['k'] is b, b in ws, f.alive, f.peek()[1] is print)
del b, s; gc.collect(); print(len(d), len(v), len(ws), f.alive, f()); t(lambda: v['k']); t(lambda: d[5]); t(lambda: ws.add(5))
m = weakref.WeakMethod(A(3).__len__); print(m()); k = A(9); m = weakref.WeakMethod(k.__len__); print(m()()); t(lambda: weakref.WeakMethod(5)); t(lambda: weakref.WeakMethod(k))
class Cyc: pass
c = Cyc(); c.me = c; w = weakref.ref(c, lambda r: print('cycle gone')); del c; gc.collect(); print(w())
def bad(r): raise ValueError('in callback')
x = A(); w = weakref.ref(x, bad); w.__class__
class Del:
    def __del__(self): print('del sees', type(dr()))
dd = Del(); dr = weakref.ref(dd); del dd
p.n
