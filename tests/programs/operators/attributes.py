class A:
    cls = 'class'
    def __init__(self, x): self.x = x; self.y = x * 2
    @property
    def p(self): return self.x + 1
    @p.setter
    def p(self, v): self.x = v
    def m(self, k=0): return self.x + k
    def __getattr__(self, n):
        if n.startswith('dyn'): return n
        raise AttributeError(n)
class B(A):
    cls = 'b'
    def m(self, k=0): return super().m(k) * 10
class S:
    __slots__ = ('a', 'b')
    def __init__(self): self.a = 1
class D:
    cls = 0
    def __init__(self): self.__dict__['x'] = 3
    def m(self, k=0): return 'D'
def get(o): return o.x
def meth(o): return o.m(1)
def cls(o): return o.cls
def prop(o): return o.p
for rounds in range(3):
    for o in (A(1), B(2), A(3), D()):
        print(get(o), meth(o), cls(o), end=' ')
    print(prop(A(5)), prop(B(6)))
a = A(1)
for i in range(4):
    print(a.m(), cls(a), a.dyn_thing)
    if i == 1: A.m = lambda self, k=0: 'patched'
    if i == 2: a.m = lambda: 'instance'; a.cls = 'own'
    if i == 2: A.cls = 'changed'
print(B(1).m() if False else 'skip', a.p)
a.p = 50
print(a.x, vars(a)['x'])
def store(o, v): o.x = v
for o in (A(1), A(2), D(), B(3)):
    for v in range(3): store(o, v)
    print(o.x)
s = S()
def slot(o): return o.a
print(slot(s), slot(s), slot(s))
def slot_b(o):
    try:
        return o.b
    except AttributeError as e:
        return str(e)
print(slot_b(s), slot_b(s)); s.b = 2; print(slot_b(s))
def missing(o):
    try:
        return o.nothing
    except AttributeError as e:
        return str(e)
print(missing(s), missing(3), missing(A(1)), missing(len), missing(S))
def order(flag):
    o = A.__new__(A)
    if flag: o.second = 2
    o.first = 1
    o.third = 3
    return list(vars(o))
print(order(0), order(1), order(0))
o = A(1)
for k in 'qwertyuiopasdfghjklzxcvbnmQWERTYUIOP': setattr(o, k, k)
print(len(vars(o)), o.q, o.P, o.x)
del o.x
try:
    del o.x
except AttributeError as e:
    print(e)
o.x = 9
print(list(vars(o))[-1], o.x)
import math, sys
def mod(): return math.pi, math.floor(2.5)
print(mod(), mod(), mod())
math.pi = 3
print(mod())
def glob(): return G, len([1])
G = 1
print(glob(), glob(), glob())
G = 2
print(glob())
len = lambda x: 'mine'
print(glob(), glob())
del len
print(glob())
del G
try:
    glob()
except NameError as e:
    print(e)
class T(type):
    meta = 'm'
    def call(cls): return cls.__name__
class U(metaclass=T):
    own = 1
    @staticmethod
    def st(x): return x
    @classmethod
    def cm(c, x): return c.__name__, x
def tget(c): return c.own, c.meta, c.call(), c.st(1), c.cm(2)
print(tget(U), tget(U), tget(U))
U.own = 2
print(tget(U))
class Desc:
    def __get__(self, o, t): return 'desc', o is None
    def __set__(self, o, v): print('set', v)
class V: d = Desc()
def dget(o): return o.d
print(dget(V()), dget(V()), dget(V()), dget(V))
V().d = 4
del V.d
dget(V())
