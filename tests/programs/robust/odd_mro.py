# What mro() may return; special methods that are wrong, missing or None; divisions of large numbers.
import warnings; warnings.simplefilter("ignore")
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
class M(type):
    result = ()
    def mro(cls): return M.result if M.result != "usual" else type.mro(cls)
for r in (), [], {}, [1], (object,), (int,), 5, None, iter(()), (list, object):
    M.result = r
    t(lambda: M("C", (), {}))
    t(lambda: M("C", (list,), {})())
M.result = "usual"
class A(metaclass=M): x = 1
class B(metaclass=M): x = 2
class C(A): pass
c = C()
print(c.x)
M.result = (C, object)
def f(): C.__bases__ = (B,)
t(f)
t(lambda: c.x); t(lambda: C.__mro__); t(lambda: super(C, c).x)
import math, cmath
class N:
    def __init__(self, **k): pass
    __floor__ = __ceil__ = __trunc__ = __complex__ = __bytes__ = lambda self: 5
class D:
    def __get__(self, o, t): raise KeyError("get")
class E: __floor__ = __complex__ = __bytes__ = __trunc__ = D()
class F: __floor__ = __complex__ = __bytes__ = __trunc__ = None
for o in N(), F(), object(), 1.5, True, E():
    for g in math.floor, math.ceil, math.trunc, complex, bytes, cmath.sqrt, int: t(lambda: g(o))
for a in (7, -7, 2**80, -2**80, 2**200):
    for b in (3, -3, 2**70, -2**70, 2**65 + 1): print(divmod(a, b), a // b, a % b, math.remainder(a, b), pow(a, 3, b))
