# keys whose comparison changes the dict under the lookup
class Evil:
    def __init__(self, d, act): self.d, self.act = d, act
    def __hash__(self): return 7
    def __eq__(self, o):
        act, self.act = self.act, None
        if act: act(self.d)
        return False
for act in (lambda d: d.clear(), lambda d: d.pop(7, None), lambda d: d.update((i, i) for i in range(100)), lambda d: [d.popitem() for _ in range(len(d))]):
    d = {}
    d[Evil(d, None)] = 1
    d[7] = 'seven'
    for k in list(d):
        if isinstance(k, Evil): k.act = act
    d.get(7.5); print(7 in d or len(d) >= 0)
    try: d[Evil(d, act)] = 2
    except RuntimeError as e: print(e)
    print(len(d) < 200)
class Del:
    def __init__(self, d): self.d = d
    def __del__(self): self.d['deleted'] = self.d.get('deleted', 0) + 1
d = {}
d['x'] = Del(d); d['x'] = 1; print(d)
d['y'] = Del(d); del d['y']; print(d)
d['z'] = Del(d); d.pop('z'); print(d)
e = {}
for i in range(30): e[i] = Del(d)
e.clear(); print(d)
a = {i: None for i in range(10)}
it = iter(a); next(it); a[0] = 1; print(next(it)); a.pop(9)
try: next(it)
except RuntimeError as x: print(x)
try: next(it)
except RuntimeError as x: print(x)
deep = {}
for i in range(100000): deep = {'d': deep}
del deep
def nest(n):
    r = cur = {}
    for i in range(n): cur['d'] = {}; cur = cur['d']
    return r
r, q = nest(200000), nest(200000)
try: repr(r)
except RecursionError as x: print('RecursionError')
try: r == q
except RecursionError as x: print('RecursionError')
