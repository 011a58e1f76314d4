# From a text about what Python does with memory.
# section: Lists, Tuples, Dicts
# adapted: the observation block at the end

items = [1, 2, 3]     # PyListObject on heap
coords = (10, 20)     # PyTupleObject on heap
mapping = {'a': 1}    # PyDictObject on heap

# --- added to observe -------------------------------------------------
import gc, sys

for o in (items, coords, mapping):
    print(type(o).__name__, "basicsize", type(o).__basicsize__, "itemsize", type(o).__itemsize__,
          "__sizeof__", o.__sizeof__(), "getsizeof", sys.getsizeof(o))
print("tracked by the collector:", gc.is_tracked(items), gc.is_tracked(mapping))
