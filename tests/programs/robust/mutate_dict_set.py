# Callbacks that change a dict or a set while C code is at work in it.
def run(label, f):
    try:
        print(label, f())
    except BaseException as e:
        print(label, type(e).__name__, e)

class Key:
    act = None
    def __init__(self, n): self.n = n
    def __hash__(self): return 1
    def __eq__(self, other):
        act = Key.act
        if act:
            Key.act = None
            act()
        return isinstance(other, Key) and self.n == other.n
    def __repr__(self): return f'K{self.n}'

def case(container, act, f):
    def g():
        Key.act = None
        c = container()
        Key.act = lambda: act(c)
        try:
            r = f(c)
        finally:
            Key.act = None
        return r, len(c)
    return g
dict_of = lambda: {Key(i): i for i in range(6)}
set_of = lambda: {Key(i) for i in range(6)}
dict_acts = {'clear': lambda d: d.clear(), 'grow': lambda d: d.update((i, i) for i in range(100)),
             'del': lambda d: [d.pop(k) for k in list(d)[:3]], 'replace': lambda d: (d.clear(), d.update({Key(9): 1, Key(8): 2})),
             'popitem': lambda d: d.popitem()}
for name, act in dict_acts.items():
    run(name + ' get', case(dict_of, act, lambda d: d.get(Key(4))))
    run(name + ' getitem', case(dict_of, act, lambda d: d[Key(4)]))
    run(name + ' set', case(dict_of, act, lambda d: d.__setitem__(Key(4), 1)))
    run(name + ' set new', case(dict_of, act, lambda d: d.__setitem__(Key(7), 1)))
    run(name + ' del', case(dict_of, act, lambda d: d.__delitem__(Key(4))))
    run(name + ' pop', case(dict_of, act, lambda d: d.pop(Key(4), None)))
    run(name + ' setdefault', case(dict_of, act, lambda d: d.setdefault(Key(7), 1)))
    run(name + ' in', case(dict_of, act, lambda d: Key(7) in d))
    run(name + ' ==', case(dict_of, act, lambda d: d == dict_of()))
    run(name + ' == other', case(dict_of, act, lambda d: dict_of() == d))
    run(name + ' update', case(dict_of, act, lambda d: d.update(dict_of())))
    run(name + ' update from', case(dict_of, act, lambda d: len(dict(dict_of(), **{})) and dict_of().update(d)))
    run(name + ' |', case(dict_of, act, lambda d: len(d | dict_of())))
    run(name + ' |=', case(dict_of, act, lambda d: d.__ior__(dict_of()) is d))
    run(name + ' keys &', case(dict_of, act, lambda d: len(d.keys() & dict_of().keys())))
    run(name + ' keys ==', case(dict_of, act, lambda d: d.keys() == dict_of().keys()))
    run(name + ' items in', case(dict_of, act, lambda d: (Key(3), 3) in d.items()))
    run(name + ' items &', case(dict_of, act, lambda d: len(d.items() & dict_of().items())))
    run(name + ' values in', case(lambda: {i: Key(i) for i in range(6)}, act, lambda d: Key(4) in d.values()))
    run(name + ' eq values', case(lambda: {i: Key(i) for i in range(6)}, act, lambda d: d == {i: Key(i) for i in range(6)}))
    run(name + ' set(d)', case(dict_of, act, lambda d: len(set(d))))
set_acts = {'clear': lambda s: s.clear(), 'grow': lambda s: s.update(range(100)), 'pop': lambda s: s.pop(),
            'replace': lambda s: (s.clear(), s.update([Key(9), Key(8)]))}
for name, act in set_acts.items():
    for op in ('__or__', '__and__', '__sub__', '__xor__', '__ior__', '__iand__', '__isub__', '__ixor__', '__eq__', '__le__', '__lt__',
               '__ge__', 'isdisjoint', 'union', 'intersection', 'difference', 'symmetric_difference', 'update', 'intersection_update',
               'difference_update', 'symmetric_difference_update', 'issubset', 'issuperset'):
        def f(s, op=op):
            r = getattr(s, op)({Key(2), Key(3), Key(7)})
            return 'set' if isinstance(r, set) else r
        run(f'{name} {op}', case(set_of, act, f))
        def f(s, op=op):
            r = getattr({Key(2), Key(3), Key(7)}, op)(s)
            return 'set' if isinstance(r, set) else r
        run(f'{name} other {op}', case(set_of, act, f))
        if not op.startswith('__'):
            def f(s, op=op):
                r = getattr(s, op)([Key(2), Key(3), Key(7)])
                return 'set' if isinstance(r, set) else r
            run(f'{name} list {op}', case(set_of, act, f))
    run(name + ' add', case(set_of, act, lambda s: s.add(Key(7))))
    run(name + ' in', case(set_of, act, lambda s: Key(5) in s))
    run(name + ' discard', case(set_of, act, lambda s: s.discard(Key(5))))
    run(name + ' remove', case(set_of, act, lambda s: s.remove(Key(7))))
    run(name + ' copy', case(set_of, act, lambda s: len(s.copy())))

def during(d, act):
    def g():
        n = 0
        for k in d:
            n += 1
            act(d)
            if n > 30: break
        return n
    return g
run('iterate add', during(dict_of(), lambda d: d.update({len(d): 1})))
run('iterate del', during(dict_of(), lambda d: d.popitem()))
run('iterate swap', during({i: i for i in range(4)}, lambda d: (d.__setitem__(next(iter(d)), 1))))
run('iterate same size', during({0: 0}, lambda d: (d.pop(next(iter(d))), d.__setitem__(len(d) + 1, 1))[:0]))
run('iterate set', during(set_of(), lambda s: s.add(len(s))))
run('iterate set pop', during(set_of(), lambda s: s.pop() and None))
for view in 'keys', 'values', 'items':
    d = {i: str(i) for i in range(8)}
    it = iter(getattr(d, view)())
    next(it)
    d.clear()
    run('cleared ' + view, lambda: list(it))
    run('again ' + view, lambda: list(it))
    d.update((i, i) for i in range(8))
    it = reversed(getattr(d, view)())
    next(it)
    for i in range(7): d.popitem()
    run('reversed ' + view, lambda: list(it))

class Repr:
    def __init__(self, act): self.act = act
    def __repr__(self):
        self.act()
        return 'R'
d = {}
d.update({i: Repr(d.clear) for i in range(4)})
run('repr', lambda: repr(d))
d.update({i: Repr(lambda: d.update({len(d): 1}) if len(d) < 50 else 0) for i in range(4)})
run('repr grow', lambda: len(d) if repr(d) else 0)
s = set()
s.update([Repr(s.clear)])
run('repr set', lambda: repr(s))
class Del:
    def __init__(self, act): self.act = act
    def __del__(self): self.act()
for name, act in dict_acts.items():
    for label, f in {'set': lambda d: d.__setitem__(2, 0), 'del': lambda d: d.__delitem__(2), 'clear': lambda d: d.clear(),
                     'pop': lambda d: d.pop(2) and None, 'update': lambda d: d.update({i: 0 for i in range(6)}),
                     'popitem': lambda d: d.popitem() and None}.items():
        def g():
            d = {i: i for i in range(6)}
            for i in range(6): d[i] = Del(lambda: act(d) if len(d) > 2 else None)
            try: f(d)
            finally:
                n = len(d)
                for v in d.values():
                    if isinstance(v, Del): v.act = int
            return n
        run(f'{name} __del__ {label}', g)
class Missing(dict):
    def __missing__(self, k):
        self.clear()
        self[k] = 1
        return k
m = Missing(a=1)
run('missing', lambda: (m['b'], dict(m)))
class Mapping:
    def __init__(self, d): self.d = d
    def keys(self):
        for i in range(5):
            self.d.clear()
            yield i
    def __getitem__(self, k):
        self.d.clear()
        return k
d = {9: 9}
run('update mapping', lambda: (d.update(Mapping(d)), d))
def f(**kw): return kw
run('call with mapping', lambda: len(f(**{'a': 1, **{'b': 2}})))
class Pairs:
    def __init__(self, d): self.d = d
    def __iter__(self):
        for i in range(4):
            self.d.clear()
            yield iter([i, i])
run('update pairs', lambda: (d.update(Pairs(d)), d))
class Str(str):
    def __hash__(self):
        ns.clear()
        return str.__hash__(self)
    def __eq__(self, other):
        ns.clear()
        return str.__eq__(self, other)
ns = {'a': 1, 'b': 2}
run('str subclass', lambda: ns.get(Str('a')))
ns = {'a': 1, Str('c'): 2}
run('str subclass in', lambda: ns.get('c'))
run('eval', lambda: eval('c', {}, {Str('c'): 3}))
