# Chains of objects that own each other, freed from their head: the C stack must not bound their length.
# (python3.11 itself crashes in some of these.)
import collections, functools, itertools, operator, types, weakref
N = 100000
def chain(name, wrap, first=None):
    x = first
    for i in range(N):
        x = wrap(x)
    del x
    print(name)
class SQ:
    __slots__ = 'a'
    def __init__(self, a): self.a = a
    def __getitem__(self, i): raise IndexError
class H:
    def __init__(self, a): self.a = a
def closure(x):
    def f(): return x
    return f
def gen(x):
    yield x
def started(x):
    g = gen(x)
    next(g)
    return g
def error(attribute):
    def make(x):
        e = ValueError()
        setattr(e, attribute, x)
        return e
    return make
def function(x):
    def f(): pass
    f.x = x
    return f
chain('tuple', lambda x: (x,))
chain('list', lambda x: [x])
chain('dict', lambda x: {1: x})
chain('set', lambda x: {H(x)})
chain('slots', SQ)
chain('instance', H)
chain('closure', closure)
chain('cell', types.CellType)
chain('function', function)
chain('method', lambda x: types.MethodType(print, x), 1)
chain('bound', lambda x: [x].append)
chain('partial', lambda x: functools.partial(print, x))
chain('generator', started)
chain('generator expression', lambda x: (i for i in x), ())
chain('context', error('__context__'))
chain('cause', error('__cause__'))
chain('args', ValueError)
chain('weakref callback', lambda x: weakref.ref(H, x))
for f in (itertools.chain, itertools.cycle, itertools.accumulate, itertools.pairwise, enumerate, zip, property, classmethod,
          staticmethod, slice, itertools.repeat, operator.itemgetter):
    chain(f.__name__, f, () if f.__module__ == 'itertools' or f in (enumerate, zip) else None)
chain('map', lambda x: map(abs, x), ())
chain('filter', lambda x: filter(None, x), ())
chain('call iterator', lambda x: iter(print, x))
chain('sequence iterator', lambda x: iter(SQ(x)))
chain('proxy', types.MappingProxyType, {1: 2})
chain('namespace', lambda x: types.SimpleNamespace(a=x))
chain('alias', lambda x: types.GenericAlias(x, int))
chain('alias argument', lambda x: types.GenericAlias(list, (x,)))
chain('deque', lambda x: collections.deque([x]))
