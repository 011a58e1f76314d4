def ops(a, b):
    out = []
    for f in (lambda: a + b, lambda: a - b, lambda: a * b, lambda: a / b, lambda: a // b, lambda: a % b, lambda: a & b, lambda: a | b,
              lambda: a ^ b, lambda: a << b, lambda: a >> b, lambda: a ** b, lambda: a @ b, lambda: a < b, lambda: a <= b, lambda: a == b,
              lambda: a != b, lambda: a > b, lambda: a >= b):
        try:
            out.append(f())
        except Exception as e:
            out.append(f'{type(e).__name__}: {e}')
    return out
nums = [0, 1, -1, 7, -7, 255, 256, 257, -5, -6, 2**29, 2**30 - 1, 2**30, -2**30, 2**31, 2**60 - 1, 2**60, -2**62, 10**20, True, 1.5, -0.0, 2.5e10]
for a in nums:
    for b in (0, 1, -1, 2, 3, -3, 5, 30, 2**30, -2**60, False, 0.5, -2.0):
        if isinstance(b, int) and abs(b) > 100:
            print(a, b, [x for x in (a + b, a - b, a * b, a < b, a == b)])
        else:
            print(a, b, ops(a, b))
def inplace(n):
    i = 0; s = 0; f = 0.0; t = ''
    while i < n:
        i += 1
        s = s + i * 2 - 1
        f += i / 2
        t += 'ab'
    return i, s, f, t
print(inplace(10), inplace(0))
def alias(n):
    x = n
    y = x
    x += 1
    x *= 3
    z = x
    x -= 1
    return n, x, y, z
print(alias(1000), alias(2.5), alias(10**15))
def floats(a):
    keep = []
    b = a
    for k in range(4):
        b = b * 2.0
        keep.append(b)
        b = b - 0.25
    return keep, a, b
print(floats(1.5))
def big(n):
    r = 1
    for i in range(1, n): r = r * i
    return r
print(big(30), big(30) // big(28), big(30) % 1000003, -big(20) // 7)
nan = float('nan')
print(nan == nan, nan < 1, nan != nan, [nan] == [nan], 1 < nan, not nan > 1)
for c in (1, 2):
    if c == 1 and nan < 1 or c != 2: print('yes', c)
def shared(a):
    b = a + 0
    return b is a or b == a
print(shared(100), (lambda x: x + 1)(255) is 256)
print('a' + 'b', 'a' * 3, [1] + [2], (1,) + (2,), 3 * [0], b'a' + b'b')
x3, l1 = 3, [1]
for bad in ("1 + 'a'", "'a' + 1", "[] + ()", "1 < 'a'", "None + 1", "-'a'", "~1.5", "'a' - 'b'", "{} | 3", "3 in 5", "1 // 0", "1 % 0", "1.0 / 0", "1 << -1", "0 ** -1", "[][0]", "{}['k']", "(1, 2)[5]", "'abc'[9]", "x3[0]", "l1['a']"):
    try:
        eval(bad)
    except Exception as e:
        print(bad, type(e).__name__, e)
x = [10, 20, 30]
print(x[0], x[-1], x[1:], (1, 2, 3)[-2], 'hello'[1], {'a': 1}['a'], x[True])
x[0] = 5; x[-1] = 7
d = {}
d[1] = 2; d['k'] = x; d[(1, 2)] = 3
print(x, d)
class G:
    def __getitem__(self, k): return k
    def __setitem__(self, k, v): print('set', k, v)
    def __contains__(self, k): return k == 3
g = G()
g[1] = 2; g[1:2] = 3
print(g[5], g[1:2:3], g[..., 1], 3 in g, 4 not in g, 3 is not None)
class N:
    def __init__(self, v): self.v = v
    def __add__(self, o): return N(self.v + o.v) if isinstance(o, N) else NotImplemented
    def __radd__(self, o): return f'radd {o}'
    def __iadd__(self, o): self.v += 100; return self
    def __lt__(self, o): return self.v < o.v
    def __eq__(self, o): return self.v == o.v
    def __bool__(self): return self.v > 0
n = N(1)
print((n + N(2)).v, 5 + n, n < N(5), n == N(1), not n, n != N(1), bool(N(0)))
n += 1
print(n.v)
n + 5
