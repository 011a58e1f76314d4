# super(): with and without arguments, in class methods, static methods, cells, properties, wrong uses; MRO errors.
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__ + ':', e)
class A:
    v = 'A.v'
    def f(self): return 'A.f'
    @classmethod
    def c(cls): return 'A.c ' + cls.__name__
    @staticmethod
    def s(): return 'A.s'
    @property
    def p(self): return 'A.p'
    def __getitem__(self, k): return ('A', k)
    def __len__(self): return 3
class B(A):
    v = 'B.v'
    def f(self): return 'B.f ' + super().f()
    @classmethod
    def c(cls): return 'B.c ' + super().c()
    @staticmethod
    def s(): return 'B.s ' + super(B, B).s()
    @property
    def p(self): return 'B.p ' + super().p
    def __getitem__(self, k): return super().__getitem__(k)
    def attr(self): return super().v, super(B, self).v, super(A, self).__repr__.__qualname__
    def nested(self):
        return (lambda: super(B, self).f())()
    def inner(self):
        def g(s): return super().f()
        return g(self)
    def cell(self): return __class__, super().__thisclass__, super().__self__ is self, super().__self_class__
class Mix(A):
    def f(self): return 'Mix.f ' + super().f()
class D(B, Mix):
    def f(self): return 'D.f ' + super().f()
d = D()
print(d.f(), d.c(), D.c(), d.s(), d.p, d['k'], d.attr(), d.nested(), d.inner(), d.cell(), [k.__name__ for k in D.__mro__])
u = super(B); print(u.__self__, u.__thisclass__, u.__get__(d).f(), u.__get__(d, D).v, u.__get__(None, D) is u, repr(u), repr(super(B, D)))
class Holder(A):
    def f(self): return self.sup.f()
Holder.sup = super(Holder); print(Holder().f())
print(repr(super(B, d))[:34], super(B, d).__doc__ == super.__doc__, super(B, d).__class__, type(super(B, d)), isinstance(super(B, d), super), hasattr(super(B, d), 'nope'), 'f' in dir(super(B, d)))
t(lambda: super()); t(lambda: super(1)); t(lambda: super(A, 1)); t(lambda: super(B, A())); t(lambda: super(A, B, 1)); t(lambda: super(B, d).nope); t(lambda: len(super(B, d))); t(lambda: super(B, d)['k']); t(lambda: setattr(super(B, d), 'x', 1)); t(lambda: super(B, d).f(1)); t(lambda: super(x=1)); t(lambda: super(B).f); t(lambda: super(B).__get__(5)); t(lambda: super(None, d)); t(lambda: super(B, None).__self__)
class E:
    def f(): return super()
    def g(*a): return super().__thisclass__
    def h(self): self = 5; return super()
    def i(self):
        return [super().__thisclass__ for _ in (1,)]
    def j(self):
        del self; return super()
    def k(self, *, super=super): return super
    def l(self):
        nested = lambda: self
        return super().__thisclass__
E.outside = lambda self: super()
t(E.f); t(E().g); t(E.g); t(E().h); t(E().i); t(E().j); t(E().k); t(E().l); t(E().outside)
t(lambda: type('X', (A, A), {})); t(lambda: type('X', (A, B), {})); t(lambda: type('X', (object, A), {})); t(lambda: type('X', (B, Mix, A, D), {})); t(lambda: type('X', (5,), {})); t(lambda: type('X', (int, str), {})); t(lambda: type('X', (A,), {'__slots__': ('v', 'v2')}).v); t(lambda: type('X', (), {'__slots__': 'q', 'q': 1}))
class M1(type): pass
class M2(type): pass
class P1(metaclass=M1): pass
class P2(metaclass=M2): pass
def conflict():
    class X(P1, P2): pass
def notmeta():
    class X(metaclass=5): pass
def kw():
    class X(a=1): pass
def twice():
    class X(metaclass=M1, **{'metaclass': M2}): pass
def func():
    class X(metaclass=lambda *a, **k: (a[0], a[1], sorted(a[2]), k), extra=2): y = 1
    return X
def prep():
    class Mp(type):
        @classmethod
        def __prepare__(m, n, b): return 5
    class X(metaclass=Mp): pass
def noinit():
    class X(metaclass=M1, kw=1): pass
def setname():
    class Ds:
        def __set_name__(self, o, n): raise ValueError('set_name ' + n)
    class X: d = Ds()
def mroent():
    class Q:
        def __mro_entries__(self, b): return 5
    class X(Q()): pass
def cellmiss():
    class Mc(type):
        def __new__(m, n, b, ns): ns.pop('__classcell__', None); return super().__new__(m, n, b, ns)
    class X(metaclass=Mc):
        def f(self): return __class__
def othercell():
    class Mc(type):
        def __new__(m, n, b, ns): super().__new__(m, 'other', b, dict(ns)); return 5 if n == 'Y' else super().__new__(m, n, b, {})
    class Y(metaclass=Mc): pass
    return Y
def layout():
    class X(int, list): pass
def setbases(): A.__bases__ = (int,)
def setclass(): d.__class__ = int
def subinit():
    class Base:
        def __init_subclass__(cls, need): print('need', need)
    class Ok(Base, need=1): pass
    class No(Base): pass
for f in (conflict, notmeta, kw, twice, func, prep, noinit, setname, mroent, cellmiss, othercell, layout, setbases, setclass, subinit):
    try: print(f.__name__, f())
    except Exception as e: print(f.__name__, type(e).__name__, e, repr(e.__cause__))
d.f(1)
