# Iterators of itertools whose sources, keys and states come back to them; names that iterators reduce to, deleted.
import itertools, array, builtins, collections
def run(label, f):
    try:
        print(label, f())
    except BaseException as e:
        print(label, type(e).__name__, e)

def groupby_used_up():
    class K:
        def __init__(self, n): self.n = n
        def __eq__(self, o):
            if armed:
                armed.clear()
                k, grp = next(g)
                print('inner', k.n, len(list(grp)))
            return self.n == o.n
    armed = []
    g = itertools.groupby(map(K, [1, 1, 2, 2, 3, 3]))
    next(g)
    armed.append(1)
    return [(k.n, [x.n for x in grp]) for k, grp in g]
run('groupby', groupby_used_up)

def cycle_shrinks():
    c = itertools.cycle([])
    l = list('abcde')
    c.__setstate__((l, 1))
    out = [next(c) for i in range(5)]
    del l[1:]
    return out, [next(c) for i in range(3)]
run('cycle', cycle_shrinks)

def combinations_state():
    out = []
    for state in (2, 2), (9, 9), (-1, -1), (1, 0):
        c = itertools.combinations('abc', 2)
        c.__setstate__(state)
        out.append(list(map(''.join, c)))
    return out
run('combinations', combinations_state)

def builtins_gone():
    iterators = [iter([1]), iter((1,)), iter('a'), iter(b'a'), iter(bytearray(b'a')), iter(array.array('i', [1])), iter(range(3)),
                 iter(range(1 << 70)), iter(list[int]), *list[int], [].append, list.append, iter(collections.deque([1]))]
    saved = {name: getattr(builtins, name) for name in ('iter', 'next', 'getattr', 'reversed')}
    methods = [(it, it.__reduce__) for it in iterators]
    out = []
    for name in saved: delattr(builtins, name)
    try:
        for it, reduce in methods:
            try: out.append(type(reduce()).__name__)
            except BaseException as e: out.append((type(e).__name__, str(e)))
    finally:
        builtins.__dict__.update(saved)
    return out
run('builtins gone', builtins_gone)
