# A collection that is due runs when a container is made, and finalisers may change what the container is made from.
# (python3.11 itself crashes in some of these.)
import gc
def trial(name, make, change, op):
    gc.collect(); gc.disable()
    gc.set_threshold(1)
    target = make()
    class A:
        def __del__(self): change(target)
    a = A(); a.me = a
    del a
    b = [[] for i in range(5)]   # the next container that is made has a collection run
    gc.enable()
    try:
        r = op(target)
    finally:
        gc.disable(); gc.set_threshold(700,10,10)
    print(name, len(r) >= 0)
big = lambda: [object() for i in range(1000)]
clear = lambda t: t.clear()
grow = lambda t: t.extend([1]*5000)
for ch in (clear, grow):
    trial('slice', big, ch, lambda t: t[10:900])
    trial('slice1', big, ch, lambda t: t[:])
    trial('copy', big, ch, lambda t: t.copy())
    trial('step', big, ch, lambda t: t[10:900:2])
    trial('concat', big, ch, lambda t: t + t)
    trial('concat2', big, ch, lambda t: [1] + t)
    trial('repeat', big, ch, lambda t: t * 3)
    trial('tuple', big, ch, lambda t: tuple(t))
    trial('tuple*', big, ch, lambda t: (*t,))
    trial('list', big, ch, lambda t: list(t))
    trial('list*', big, ch, lambda t: [*t])
    trial('sorted', big, ch, lambda t: sorted(t, key=id))
    trial('set', big, ch, lambda t: set(t))
    trial('call', big, ch, lambda t: (lambda *a: a)(*t))
    trial('unpack', big, ch, lambda t: (lambda: [x for x in t])())
    def star(t):
        try:
            a, *b, c = t
        except ValueError: return []
        return b
    trial('star', big, ch, star)
    trial('zip', big, ch, lambda t: list(zip(t, t)))
    trial('rev', big, ch, lambda t: list(reversed(t)))
    trial('assign', big, ch, lambda t: (t.__setitem__(slice(5,500), t), t)[1])
    trial('iadd', big, ch, lambda t: t.__iadd__(t))
dbig = lambda: {i: i for i in range(1000)}
dgrow = lambda t: t.update((i, i) for i in range(5000))
for ch in (clear, dgrow):
    trial('dcopy', dbig, ch, lambda t: t.copy())
    def safe(f):
        def g(t):
            try: return f(t)
            except RuntimeError as e: return []
        return g
    trial('keys', dbig, ch, safe(lambda t: list(t.keys())))
    trial('items', dbig, ch, safe(lambda t: list(t.items())))
    trial('dict', dbig, ch, lambda t: dict(t))
    trial('or', dbig, ch, lambda t: t | t)
    trial('**', dbig, ch, lambda t: {**t})
    trial('dset', dbig, ch, lambda t: set(t))
sbig = lambda: set(range(1000))
sgrow = lambda t: t.update(range(5000))
for ch in (clear, sgrow):
    for nm, f in dict(copy=lambda t: t.copy(), union=lambda t: t|t, and_=lambda t: t & {5}, sub=lambda t: t-{5}, xor=lambda t: t^{5}, fz=frozenset, lst=safe(list), tup=safe(tuple)).items():
        trial(nm, sbig, ch, f)

class P: pass
def trial(name, op, change):
    gc.collect(); gc.disable(); gc.set_threshold(1)
    p = P(); p.a = [1]; p.b = [2]
    class A:
        def __del__(self): change(p)
    a = A(); a.me = a
    del a
    b = [[] for i in range(5)]
    gc.enable()
    r = op(p)
    gc.disable(); gc.set_threshold(700,10,10)
    print(name, r is p.__dict__, 'b' in r)
trial('dict', lambda p: p.__dict__, lambda p: p.__dict__.update(c=3))
trial('vars', lambda p: vars(p), lambda p: p.__dict__.update(c=3))
trial('dict', lambda p: p.__dict__, lambda p: setattr(p, 'c', 3))
trial('dict', lambda p: p.__dict__, lambda p: delattr(p, 'a'))
class P(Exception): pass
trial('dict', lambda p: p.__dict__, lambda p: p.__dict__.update(c=3))
P = type('P', (int,), {})
trial('idict', lambda p: p.__dict__, lambda p: p.__dict__.update(c=3))
gc.enable()
