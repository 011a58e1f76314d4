d = {'a': 1, 'b': 2, 'c': 3}
k, v, i = d.keys(), d.values(), d.items()
print(k, v, i, len(k), len(v), len(i))
d['d'] = 4; print(k, v, i)
print('a' in k, 1 in v, ('a', 1) in i, ('a', 2) in i, 'a' in i, ('a',) in i)
print(sorted(k & {'a', 'z'}), sorted(k | {'z'}), sorted(k - {'a'}), sorted(k ^ {'a', 'z'}))
print(sorted(k & ['a', 'b', 'b']), sorted({'a', 'q'} & k), sorted({'a', 'q'} - k), sorted(['q'] | k), sorted(k ^ 'ab'))
print(sorted(i & {('a', 1), ('b', 3)}), sorted(i - {('a', 1)}))
print(k == {'a', 'b', 'c', 'd'}, k == d.keys(), k < {'a', 'b', 'c', 'd', 'e'}, k >= {'a'}, k <= {'a'}, k != {'a'}, v == v, v == d.values())
print(i == {('a', 1), ('b', 2), ('c', 3), ('d', 4)}, k.isdisjoint('xyz'), k.isdisjoint(d), i.isdisjoint([]))
print(type(k).__name__, k.mapping == d, k.mapping, list(reversed(k)))
def t(f):
    try: print('ok', f())
    except Exception as e: print(type(e).__name__ + ':', e)
t(lambda: k + k); t(lambda: v & v); t(lambda: hash(k)); t(lambda: k[0]); t(lambda: k & 1); t(lambda: len(iter(k)))
t(lambda: k.mapping.clear()); t(lambda: type(k)()); t(lambda: k < 1); t(lambda: {1: []}.items() & [(1, [])])
t(lambda: hash(v) is not None)
def grow():
    for x in d: d[x + x] = 0
t(grow)
def swap():
    e = {1: 1, 2: 2, 3: 3}
    for x in e:
        del e[x]; e[x + 10] = 1
t(swap)
def shrink():
    e = {1: 1, 2: 2}
    for x in e.items(): e.clear()
t(shrink)
