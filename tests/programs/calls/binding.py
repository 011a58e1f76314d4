def attempt(f, *a, **k):
    try:
        print(f(*a, **k))
    except TypeError as e:
        print('TypeError:', e)

def f(a, b=2, *args, c, d=4, **kw): return a, b, args, c, d, kw
attempt(f, 1, c=3)
attempt(f, 1, 5, 6, 7, c=3, z=9)
attempt(f, c=1)
attempt(f, 1)
attempt(f, 1, a=2, c=3)
def g(a, b, /, c, *, d): return a, b, c, d
attempt(g, 1, 2, 3, d=4)
attempt(g, 1, 2, c=3, d=4)
attempt(g, a=1, b=2, c=3, d=4)
attempt(g, 1, 2, 3, 4, d=5)
attempt(g, 1, 2, 3)
attempt(g)
attempt(g, 1, 2, 3, d=4, e=5)
def h(): return 'h'
attempt(h, 1)
attempt(h, 1, 2)
attempt(h, x=1)
def one(x): return x
attempt(one)
attempt(one, 1, 2)
def dflt(x=1, y=2): return x, y
attempt(dflt, 1, 2, 3)
attempt(dflt, y=5)
attempt(dflt, 1, x=2)
def ko(*, a, b, c=3): return a, b, c
attempt(ko)
attempt(ko, a=1)
attempt(ko, 1, a=1, b=2)
attempt(ko, 1, 2, a=1, b=2)
attempt(lambda *a, **k: (a, k), 1, 2, z=3)
def kwpos(a, /, **kw): return a, kw
attempt(kwpos, 1, a=2)
print(f(*(1, 2, 3), **{'c': 4}), f(*[1], *(2, 3), c=5, **{'q': 6}))
for bad in ('f(*3)', 'f(**3)', "f(1, **{'c': 1}, **{'c': 2})", 'f(1, c=2, **{3: 4})', 'one(**{1: 2})'):
    try:
        eval(bad)
    except TypeError as e:
        print(bad, e)
class K:
    def m(self, x, y=1): return x, y
attempt(K().m)
attempt(K().m, 1, 2, 3)
attempt(K.m, 1)
attempt(K, 1)
class I:
    def __init__(self, a): self.a = a
attempt(I)
attempt(I, 1, 2)
print(I(3).a)
class Bad:
    def __init__(self): return 5
attempt(Bad)
def mutable(x, acc=[]):
    acc.append(x)
    return acc
print(mutable(1), mutable(2), mutable(3, []))
mutable.__defaults__ = ([9],)
print(mutable(4))
one.__code__ = h.__code__
print(one())
