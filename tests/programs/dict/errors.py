def t(f):
    try: print('ok', f())
    except BaseException as e: print(type(e).__name__ + ':', e, e.args if len(e.args) != 1 else '')
d = {'a': 1}
t(lambda: d['x']); t(lambda: d[('t', 1)]); t(lambda: d.pop('x')); t(lambda: d.__delitem__('y')); t(lambda: {}.popitem())
t(lambda: d[[]]); t(lambda: {[]: 1}); t(lambda: {}.get({})); t(lambda: d.setdefault(set()))
t(lambda: dict(1)); t(lambda: dict([1])); t(lambda: dict(['abc'])); t(lambda: dict([(1, 2, 3)])); t(lambda: dict(1, 2)); t(lambda: dict({}, {}))
t(lambda: dict([(1, 2), 5])); t(lambda: d.update(5)); t(lambda: d.update(1, 2)); t(lambda: d.get()); t(lambda: d.get(1, 2, 3)); t(lambda: d.pop())
t(lambda: d.fromkeys()); t(lambda: dict.fromkeys(3)); t(lambda: d < d); t(lambda: d + d); t(lambda: d | 1); t(lambda: hash(d)); t(lambda: d.copy(1))
t(lambda: d.keys(1)); t(lambda: dict.get(1, 2)); t(lambda: dict(**{1: 2})) if False else None
class E:
    def __init__(self, n): self.n = n
    def __hash__(self): return 5
    def __eq__(self, o): raise OverflowError('eq%d' % self.n)
e = {E(1): 1}
t(lambda: e[E(2)]); t(lambda: e.setdefault(E(2))); t(lambda: E(2) in e); t(lambda: e.update({E(3): 1})); t(lambda: e == {E(4): 1})
class H:
    def __hash__(self): raise ValueError('hash')
t(lambda: {}[H()]); t(lambda: {H(): 1}); t(lambda: dict([(H(), 1)])); t(lambda: H() in {})
class M:
    def keys(self): return ['a', 'b']
    def __getitem__(self, k): 
        if k == 'b': raise LookupError('item')
        return 1
t(lambda: dict(M()))
class K:
    def keys(self): raise TypeError('keys')
t(lambda: dict(K())); t(lambda: {}.update(K()))
class W(dict):
    def __missing__(self, key): raise RuntimeError('missing ' + key)
t(lambda: W()['k']); t(lambda: W().pop('k'))
class U(dict):
    def __eq__(self, o): return NotImplemented
t(lambda: hash(U()))
d['nothing']['more']
