# Assignment: chains, stars, augmented on every target and operator, annotated, walrus, del.
a = b = c = []
a.append(1); print(b, c, a is c)
x, y = y_, x_ = 1, 2
print(x, y, y_, x_)
(p), [q, (r, *s)] = 1, (2, 'abc')
print(p, q, r, s)
*m, n = 'abc'; print(m, n)
*m, = range(3); print(m)
[*m] = {5: 1}; print(m)
k, *_, l = [1, 2]; print(k, _, l)
i = 0
arr = [10, 20, 30]
i, arr[i] = 1, 99; print(i, arr)
def order(n, v=None):
    print('<%s>' % n, end=''); return v
order('target', arr)[order('index', 0)] = order('value', 5); print(arr)
class Log:
    def __init__(self): object.__setattr__(self, 'd', {'n': 1})
    def __getattr__(self, n): print('get', n); return self.d[n]
    def __setattr__(self, n, v): print('set', n, v); self.d[n] = v
    def __delattr__(self, n): print('del', n); del self.d[n]
    def __getitem__(self, k): print('getitem', k); return self.d.get(str(k), 0)
    def __setitem__(self, k, v): print('setitem', k, v); self.d[str(k)] = v
    def __delitem__(self, k): print('delitem', k)
o = Log()
o.n += 1; o['z'] += 5; o[1:2] = 3; o[::2, 1] += 1; o[..., None] = 2
del o.n, o['z'], (o[1], [o[2:]])
class Aug:
    def __init__(self, n): self.n = n
for op in 'add sub mul truediv floordiv mod pow lshift rshift and or xor matmul'.split():
    setattr(Aug, f'__i{op}__', lambda self, other, op=op: (op, other))
t = Aug(1); t += 1; print(t); t = Aug(1); t @= 2; print(t); t = Aug(1); t **= 3; print(t); t = Aug(1); t >>= 4; print(t)
t = Aug(1); t //= 5; print(t); t = Aug(1); t &= 6; print(t); t = Aug(1); t ^= 7; print(t); t = Aug(1); t |= 8; print(t); t = Aug(1); t %= 9; print(t)
v = (1, 2); v += (3,); print(v); v *= 2; print(v)
w = [1]; u = w; w += 'ab'; print(u); w *= 2; print(u); u = u + [9]; print(len(w))
tup = ([],)
try: tup[0] += [1]
except TypeError as e: print(e, tup)
if (z := 5) > (zz := 3): print(z, zz)
print([y := 1, y ** 2, (y := y + 5)], y)
print([last := k for k in range(4)], last, any((hit := k) > 2 for k in range(9)), hit)
ann: int = 5
other: 'not evaluated' + 1 if False else str
(paren): float = 1.0
o2 = Aug(0); o2.attr: int = 3; arr[0]: str = 'ann'
print(__annotations__, arr[0], o2.attr)
def g():
    local: undefined_name = 1
    nothing: undefined_name
    try: return nothing
    except UnboundLocalError as e: return e
print(g(), g.__annotations__)
def e(src):
    try: exec(src, {})
    except Exception as x: print(type(x).__name__ + ':', x)
for src in ('a, b = 1', 'a, b = 1,', 'a, b = 1, 2, 3', 'a, *b, c = [1]', 'a, b = {1}', '[a, b] = None', '(a, b), c = [1, 2]', 'del a', 'a += 1', 'a = 1; a += "x"', 'a = "x"; a -= 1', 'a = []; a += 1',
            'a = {}; a |= 1', 'a = 5; a.x = 1', 'a = 5; a[0] = 1', 'a = 5; del a[0]', 'a = 5; del a.x', 'a = "s"; a[0] = "t"', 'a = (1,); del a[0]', 'a: b = 1', 'None.x = 1', 'a = 1; a @= 2', 'a = []; a *= 1.5',
            'def f():\n x += 1\nf()', 'def f():\n del x\nf()', 'def f():\n print(x)\n x = 1\nf()', 'int.x = 1', 'a = 2; a **= "x"', 'a = 1; a <<= -1', 'a = 1; a >>= 1.0', 'a = range(3); a[0] = 1',
            'x = 1; x.y.z', 'a, b = iter([1])', 'class A: __slots__ = ("q",)\nA().r = 1', 'class A: __slots__ = ("q",)\ndel A().q', '[][0] += 1', '{}["k"] += 1', '().x += 1'): e(src)
undefined_thing += 1
