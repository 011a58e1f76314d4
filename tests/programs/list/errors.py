def t(f):
    try: print('ok', f())
    except Exception as e: print(type(e).__name__ + ':', e)
a = [1, 2, 3]
t(lambda: a[3]); t(lambda: a[-4]); t(lambda: a['x']); t(lambda: a[1.0]); t(lambda: a[None])
t(lambda: a.__setitem__(5, 0)); t(lambda: a.__delitem__(5)); t(lambda: a.__setitem__('k', 0))
t(lambda: [].pop()); t(lambda: a.pop(10)); t(lambda: a.pop('x')); t(lambda: a.pop(1, 2))
t(lambda: a.remove(99)); t(lambda: a.index(99)); t(lambda: a.index(1, 1)); t(lambda: a.index())
t(lambda: a + (1,)); t(lambda: a + 1); t(lambda: a * 'x'); t(lambda: a * 1.5); t(lambda: a * a)
t(lambda: list(5)); t(lambda: list(1, 2)); t(lambda: list(x=1)); t(lambda: hash(a)); t(lambda: a.insert(1))
t(lambda: a.__setitem__(slice(0, 3, 2), [1])); t(lambda: a.__setitem__(slice(0, 1), 5)); t(lambda: a.__setitem__(slice(0, 3, 2), 5))
t(lambda: a < (1,)); t(lambda: [1] < ['a']); t(lambda: a.append()); t(lambda: a.append(1, 2)); t(lambda: a.extend(3))
t(lambda: a[::0]); t(lambda: a.sort(1)); t(lambda: a.sort(bad=1)); t(lambda: a.sort(key=3)); t(lambda: a.sort(reverse='x'))
t(lambda: [1, 'a', 2].sort()); t(lambda: a.nope); t(lambda: list.append(1, 2)); t(lambda: list.append())
def bad():
    yield 1
    raise KeyError('gen')
t(lambda: list(bad())); t(lambda: a.extend(bad())); print(a)
class E:
    def __eq__(self, o): raise ValueError('eq')
t(lambda: E() in [1]); t(lambda: [E()].count(1)); t(lambda: [E()].remove(2)); t(lambda: [E()] == [E()])
a[7]
