# Callbacks that end what C code has only borrowed.  (python3.11 itself crashes, fails with SystemError or hangs here; the
# output is what the language says.)
class S:
    def __getitem__(s, i):
        global it
        if s.d: raise IndexError
        s.d = 1
        try: next(it)
        except StopIteration: print('inner')
        raise IndexError
    def __len__(s): return 5
s = S(); s.d = 0
it = iter(s); del s
print(list(it))
s = S(); s.d = 0
it = reversed(s); del s
print(list(it))
def mk():
    n = 0
    def f():
        nonlocal n
        n += 1
        if n == 1:
            try: next(ci)
            except StopIteration: print('in')
            return n
        raise StopIteration
    return f
ci = iter(mk(), 99)
print(next(ci, 'end'), list(ci))
class E:
    def __eq__(s, o):
        global d
        if not d:
            d = 1
            list(ci)
        return NotImplemented
d = 0
vals = iter([1, 2, 3])
def g():
    v = next(vals)
    return v
ci = iter(g, E())
try: print(list(ci))
except StopIteration: print('si')
def getter(self):
    C.__dict__['p'].__init__(lambda s: 2)
    return [x for x in (lambda: [1])()]
class C: p = property(getter)
del getter
print(C().p, C().p)
def setter(self, v):
    C.__dict__['p'].__init__(None, lambda s, v: None)
    print('set', v)
class C: p = property(None, setter)
del setter
C().p = 1
class G:
    def __get__(s, o, t):
        cm.__init__(print)
        return 5
cm = classmethod(G())
print(cm.__get__(None, int))
def f(x=[1]):
    sm.__init__(print)
    return x
sm = staticmethod(f); del f
print(sm())
for t in (staticmethod, classmethod, property, super, ):
    x = t.__new__(t)
    for op in (repr, lambda x: x.__get__(1, int), lambda x: x(), lambda x: x.__isabstractmethod__, lambda x: x.__func__, lambda x: x.__self__, lambda x: x.zzz):
        try: r = op(x); print(t.__name__, str(r)[:20])
        except Exception as e: print(t.__name__, type(e).__name__)
class Evil:
    n = 0
    def __getattr__(s, a):
        if a == '__typing_subst__':
            Evil.n += 1
            if Evil.n > 1: return lambda x: x
        raise AttributeError(a)
from typing import TypeVar
T = TypeVar('T')
import types
a = types.GenericAlias(list, (Evil(), T))
try: print(len(a[int].__args__))
except Exception as e: print(type(e), e)
class B(bytes):
    def __hash__(s): 
        m.release(); return 1
m = memoryview(B(b'abc' * 1000))
try: print(isinstance(hash(m), int))
except BufferError as e: print(e)
import builtins
g = builtins.getattr; del builtins.getattr
try: print([].append.__reduce__())
except Exception as e: print(type(e).__name__, e)
builtins.getattr = g

class K:
    def __init__(s, h, n): s.h, s.n = h, n; s.act = None
    def __hash__(s): return s.h
    def __eq__(s, o):
        if s.act: a, s.act = s.act, None; a()
        return s is o
    def __repr__(s): return s.n
a, b, c, d = K(0,'a'), K(0,'b'), K(0,'c'), K(0,'d')
s = {a, b}
s.discard(a)
b.act = lambda: s.add(c)
s.add(d)
print(len(s), sorted(map(repr, s)))
while s: s.pop()
print(len(s))

import gc, weakref
class R(weakref.ref): pass
class O: pass
class Evil:
    def __del__(self): self.f()
def one():
    o = O()
    r = R(o, lambda r: print('cb'))
    e = Evil()
    l = []
    def f():
        l.append(o.__weakref__)
    e.f = f
    r.e = e
    del e
    del r
    print(len(l), l and type(l[0]))
    l.clear()
    print(weakref.getweakrefcount(o), len(weakref.getweakrefs(o)))
def two():
    gc.disable()
    o = O(); o.me = o
    r = R(o, lambda r: print('cb2'))
    e = Evil()
    e.f = lambda: gc.collect()
    r.e = e
    del o, e
    del r
    print('two')
def three():
    o = O()
    r = R(o, lambda r: print('cb3'))
    e = Evil()
    l = []
    e.f = lambda: l.extend(weakref.getweakrefs(o))
    r.e = e
    del e
    del r
    print('three', len(l))
one(); two(); three()
