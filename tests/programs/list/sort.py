import random
random.seed(42)
def check(data, **kw):
    r = sorted(data, **kw)
    key = kw.get('key') or (lambda x: x)
    seq = r[::-1] if kw.get('reverse') else r
    assert all(not key(seq[i + 1]) < key(seq[i]) for i in range(len(seq) - 1))
    assert len(r) == len(data)
    return r
for n in [0, 1, 2, 3, 10, 63, 64, 65, 100, 1000, 5000]:
    check([random.randrange(n + 1) for _ in range(n)])
    check([random.random() for _ in range(n)], reverse=True)
    check([str(random.randrange(10 ** 6)) for _ in range(n)])
    check([(random.randrange(10), random.random()) for _ in range(n)])
    check([random.randrange(10 ** 30) for _ in range(n)])
    check(list(range(n))); check(list(range(n, 0, -1)))
    check(list(range(n // 2)) + list(range(n // 2)))
    check([i ^ 7 for i in range(n)], key=lambda x: -x)
    check([i % 7 for i in range(n)], key=str, reverse=True)
    runs = []
    while len(runs) < n: runs += sorted(random.randrange(1000) for _ in range(random.randrange(1, 80)))
    check(runs[:n])
pairs = [(random.randrange(20), i) for i in range(500)]
s = sorted(pairs, key=lambda p: p[0])
print(all(s[i][0] < s[i + 1][0] or s[i][1] < s[i + 1][1] for i in range(499)))
s = sorted(pairs, key=lambda p: p[0], reverse=True)
print(all(s[i][0] > s[i + 1][0] or s[i][1] < s[i + 1][1] for i in range(499)))
print(sorted('hello world'), sorted([3, 1.5, True, -2]), sorted(['b', 'é', 'a', '日', 'z', '\U0001f600']))
print(sorted([[2, 1], [1, 5], [1]]), sorted([(1, 'b'), (1, 'a'), (0, 'z')]), sorted([(), (1,), ()]))
print(sorted({'b': 1, 'a': 2}), sorted([b'x', b'a']), sorted([10 ** 20, 5, -10 ** 20]))
print(sorted([1, 2, 3], reverse=True), sorted('bca', key=ord), sorted(['B', 'a', 'C'], key=str.lower))
class C:
    def __init__(self, v): self.v = v
    def __lt__(self, o): return self.v < o.v
    def __repr__(self): return f'C{self.v}'
print(sorted([C(3), C(1), C(2)]), max([C(3), C(1)], key=lambda c: c.v))
def t(f):
    try: print('ok', f())
    except Exception as e: print(type(e).__name__ + ':', e)
l = [3, 2, 1]
t(lambda: l.sort(key=lambda x: l.append(x))); print(l)
l = [3, 2, 1]
t(lambda: l.sort(key=lambda x: (l.clear(), x)[1])); print(l)
class Bad:
    def __lt__(self, o): raise RuntimeError('no order')
l = [1, Bad(), 2]
t(l.sort); print(len(l))
t(lambda: sorted([1, None])); t(lambda: sorted([{}, {}])); t(lambda: sorted(5)); t(lambda: sorted()); t(lambda: sorted([1], 2))
def k(x):
    if x == 2: raise KeyError(x)
    return x
l = [1, 2, 3]; t(lambda: l.sort(key=k)); print(l)
class R:
    n = 0
    def __init__(self, v): self.v = v
    def __lt__(self, o):
        R.n += 1
        if R.n > 40: raise ZeroDivisionError
        return self.v < o.v
l = [R(i * 7 % 31) for i in range(31)]
t(l.sort); print(sorted(x.v for x in l))
sorted([1, 'x'])
