import gc, weakref
gc.disable(); gc.collect()
class N:
    def __init__(self, name): self.name = name
a = N('a'); a.self = a; w = weakref.ref(a, lambda r: print('callback', r() is None))
del a; print(w() is None); gc.collect(); print(w() is None)
class F:
    def __init__(self, n): self.n = n; self.me = self
    def __del__(self): gone.append(self.n)
gone = []; F(1); F(2); print(gc.collect() >= 2, sorted(gone))
saved = []
class R:
    def __init__(self): self.me = self
    def __del__(self): saved.append(self); print('resurrected')
R(); gc.collect(); print(len(saved), saved[0].me is saved[0]); saved.clear(); gc.collect(); print('once only')
class Pair: pass
x, y = Pair(), Pair(); x.o, y.o = y, x; wx, wy = weakref.ref(x), weakref.ref(y)
del x; gc.collect(); print(wx() is None); del y; gc.collect(); print(wx() is None, wy() is None)
print(gc.isenabled()); gc.enable(); print(gc.isenabled(), gc.get_threshold())
gc.set_threshold(500, 5, 5); print(gc.get_threshold()); gc.set_threshold(700, 10, 10)
print(len(gc.get_count()), [sorted(s) for s in gc.get_stats()][0], gc.get_debug())
l = []; print(gc.is_tracked(l), gc.is_tracked(1), gc.is_tracked('s'), gc.is_tracked({}), gc.is_tracked({1: 2}), gc.is_tracked({1: []}), gc.is_tracked(()), gc.is_tracked(print))
d = {'k': l}; print(d in gc.get_referrers(l), gc.get_referents(d) == ['k', l] or gc.get_referents(d) == [l, 'k'] or gc.get_referents(d) == [l], any(o is l for o in gc.get_objects()))
events = []
def cb(phase, info): events.append((phase, info['generation'], sorted(info)))
gc.callbacks.append(cb); gc.collect(1); gc.callbacks.remove(cb); print(events)
gc.set_debug(gc.DEBUG_SAVEALL); c = []; c.append(c); del c; gc.collect(); print(any(isinstance(g, list) and g and g[0] is g for g in gc.garbage)); gc.set_debug(0); gc.garbage.clear(); gc.collect()
gc.freeze(); print(gc.get_freeze_count() > 100); gc.unfreeze(); print(gc.get_freeze_count())
def t(f):
    try: print('ok', f())
    except Exception as e: print(type(e).__name__ + ':', e)
t(lambda: gc.collect(3)); t(lambda: gc.collect(-1)); t(lambda: len(gc.get_objects(5))); t(lambda: len(gc.get_objects(-2))); t(lambda: gc.set_threshold()); t(lambda: gc.collect('x'))
gc.collect(); before = gc.collect()
def garbage():
    for i in range(1000):
        z = [i]; z.append(z); q = {'z': z}; q['q'] = q
garbage(); print(before, gc.collect() > 0 or True)
class Bad:
    def __del__(self): pass
b = Bad(); b.me = b; ok = gc.is_finalized(b); print(ok)
ws = weakref.WeakSet(); 
for i in range(5):
    o = N(i); o.me = o; ws.add(o)
print(len(ws)); del o; gc.collect(); print(len(ws))
g = (i for i in [1]); gl = [g]; print(gc.is_tracked(g))
def gen():
    try: yield me
    finally: print('finally')
me = gen(); next(me); gl = [me]; gl.append(gl); del me; del gl; gc.collect(); print('end')
