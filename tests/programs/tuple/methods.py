t = (1, 2, 3, 2)
print(t, len(t), t[0], t[-1], t[1:3], t[::-1], t[::2], t[5:], t + (4,), t * 2, 0 * t, () is tuple(), () == ())
print(t.index(2), t.index(2, 2), t.count(2), 3 in t, 9 in t, (1,), ((),), tuple('ab'), tuple([1]), tuple(x for x in range(3)))
print((1, 2) < (1, 3), (1,) < (1, 0), (2,) > (1, 9), (1, 2) == (1, 2), (1, 2) != (1, 2), (1, 'a') == (1, 'a'))
print(hash(()), hash((1, 2, 3)), hash((1, (2, 3))), hash((-1,)), hash((1.5, True)), hash((0,)) == hash((0.0,)))
print(t[:] is t, tuple(t) is t, t * 1 is t, t + () is t, () + t is t)
class T(tuple):
    def __new__(cls, *a): return super().__new__(cls, a)
    x = 5
u = T(1, 2); u.y = 7
print(u, u.x, u.y, type(u[:]).__name__, u == (1, 2), type(u + ()).__name__, u.__getnewargs__(), isinstance(u, tuple))
r = ([],); r[0].append(r); print(r)
def f(g):
    try: print('ok', g())
    except Exception as e: print(type(e).__name__ + ':', e)
f(lambda: t[4]); f(lambda: t['a']); f(lambda: t + [1]); f(lambda: t * 'a'); f(lambda: t.index(9)); f(lambda: tuple(1)); f(lambda: tuple(1, 2)); f(lambda: tuple(x=1))
f(lambda: hash(([],))); f(lambda: t < [1]); f(lambda: t < (1, 'a')); f(lambda: t.__setitem__(0, 1)); f(lambda: t.index()); f(lambda: t.count())
it = iter(t); next(it); print(it.__length_hint__(), it.__reduce__()[1:], list(it), list(it)); it.__setstate__(0); print(list(it))
print(tuple[int, ...], t.__sizeof__(), ().__sizeof__())
a, *b, c = t; print(a, b, c)
def assign(): t[0] = 1
f(assign)
t[0] = 5
