# The functions of gc: arguments, generations, freezing, callbacks, DEBUG flags.
import gc
import sys


def tell(function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
    except Exception as error:
        print(function.__name__, args, kwargs, type(error).__name__, error)
    else:
        print(function.__name__, args, kwargs, type(result).__name__, result if isinstance(result, (tuple, str, bool)) else "")


for function in gc.enable, gc.disable, gc.isenabled, gc.get_count, gc.get_threshold, gc.get_debug, gc.get_stats, gc.unfreeze:
    tell(function, 1)
for argument in 3, -1, "a", None, 1.5:
    tell(gc.collect, argument)
    tell(gc.get_objects, argument)
tell(gc.collect, 1, 2)
tell(gc.get_objects, generation=True)
for arguments in (), ("a",), (1, 2, 3, 4), (600,), (500, 5), (700, 10, 10):
    tell(gc.set_threshold, *arguments)
    tell(gc.get_threshold)
tell(gc.set_debug)
tell(gc.set_debug, "x")
for value in [], 1, "", (), {}, {1: 2}, {"a": []}, (1, "a"), ([],), 1.5, int, gc, {1}, frozenset():
    tell(gc.is_tracked, value)
print([sorted(row) for row in gc.get_stats()])


class A:
    pass


def where(o):
    return [any(x is o for x in gc.get_objects(g)) for g in (0, 1, 2, None)]


gc.collect()
gc.disable()
a = A()
a.me = a
print(where(a))
gc.collect(0)
print(where(a))
gc.collect(1)
print(where(a))
gc.freeze()
print(where(a), gc.get_freeze_count() > 1000)
del a
print(gc.collect())
gc.unfreeze()
print(gc.get_freeze_count(), gc.collect())

seen = []
gc.callbacks.append(lambda phase, info: seen.append((phase, sorted(info.items()))))
a = A()
a.me = a
del a
gc.collect()
gc.collect(0)
gc.callbacks.clear()
print(seen)

gc.set_debug(gc.DEBUG_SAVEALL)
a = A()
a.me = a
del a
print(gc.collect() > 0, [type(o).__name__ for o in gc.garbage][:1])
gc.garbage.clear()
gc.set_debug(0)


class Returns:
    def __del__(self):
        kept.append(self)


kept = []
r = Returns()
r.me = r
del r
gc.collect()
print(gc.is_finalized(kept[0]), gc.is_finalized(A()), len(kept))
print([type(o).__name__ for o in gc.get_referents([1, "a"], {2: 3.0})], gc.get_referents(1), gc.get_referrers())
print(sorted(name for name in dir(gc) if name.isupper()), [getattr(gc, name) for name in dir(gc) if name.isupper()])
