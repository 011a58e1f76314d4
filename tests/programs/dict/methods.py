d = {'a': 1, 'b': 2}
d['c'] = 3; d[1] = 'one'; d[1.0] = 'float'; d[(1, 2)] = None
print(d, len(d), 'a' in d, 'z' in d, 1 in d)
print(d.get('a'), d.get('z'), d.get('z', 0), d.setdefault('a', 9), d.setdefault('n'), d.pop('n'), d.pop('q', 'dflt'))
print(d.popitem(), list(d), list(d.keys()), list(d.values()), list(d.items()))
print(list(reversed(d)), list(reversed(d.values())), list(reversed(d.items())))
del d['a']; d['a'] = 'again'; print(d)
print(dict(), dict(x=1), dict([(1, 2), (3, 4)]), dict({'a': 1}, b=2), dict(zip('ab', [1, 2])), dict(['ab', 'cd']))
print({**d, 'z': 0}, d | {'b': 'B'}, {'q': 1} | d)
e = {}; e |= [('k', 'v')]; e |= {'m': 1}; print(e)
e.update(x=1); e.update({'y': 2}, z=3); e.update([('p', 1)]); print(e)
print(dict.fromkeys('abc'), dict.fromkeys([1, 2], []), {1: 2} == {1.0: 2.0}, {1: 2} != {1: 3}, {} == {})
f = e.copy(); f.clear(); print(f, len(e), e.copy() == e)
big = {i: i * i for i in range(1000)}
for i in range(0, 1000, 2): del big[i]
print(len(big), sum(big), list(big)[:5], big[999], 998 in big)
for i in range(2000): big[str(i)] = i
print(len(big), big['1999'], list(big)[-1])
while big: big.popitem()
print(big)
for i in range(5): big[i] = i
print(big)
class D(dict):
    def __missing__(self, k): return ('missing', k)
x = D(a=1); print(x['a'], x['b'], x.get('b'), 'b' in x, x)
class S(str): pass
g = {S('a'): 1}; print(g['a'], 'a' in g, g)
g['a'] = 2; print(g, type(list(g)[0]).__name__)
r = {}; r['self'] = r; print(r); r['v'] = r.values(); 
class H:
    def __init__(self, n): self.n = n
    def __hash__(self): return 1
    def __eq__(self, o): return isinstance(o, H) and self.n == o.n
    def __repr__(self): return f'H{self.n}'
h = {H(i): i for i in range(20)}
print(h[H(7)], H(20) in h, len(h)); del h[H(3)]; print(list(h)[:5])
print(-1 in {-2: 0}, hash(-1) == hash(-2), {-1: 'a', -2: 'b'}, {True: 1, 1: 2, 1.0: 3})
print({2**61 - 1: 'p'}.get(0), {0: 'z'}.get(0.0), {10**30: 1}[10**30])
print(dict[str, int], iter({}).__length_hint__(), iter({1: 1}).__length_hint__())
items = iter({1: 2, 3: 4}.items()); next(items); print(items.__reduce__()[1])
print(repr({'a': [1, {'b': (2,)}]}), str({}), {None: None})
keep = [p for p in {1: 'x', 2: 'y'}.items()]; print(keep)
