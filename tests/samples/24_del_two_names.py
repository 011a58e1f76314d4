# From a text about what Python does with memory.
# section: Misconception 3 / Example
# adapted: the observation block: the same steps on a list subclass that can be watched by a weak reference

x = [1, 2, 3]
y = x
del x  # Doesn't free memory (y still references it)
del y  # NOW memory is freed

# --- added to observe -------------------------------------------------
import sys
import weakref

class Watched(list):
    pass

x = Watched([1, 2, 3])
w = weakref.ref(x, lambda r: print("freed now"))
y = x
print("refcount with x and y:", sys.getrefcount(x) - 1)
del x
print("after del x alive:", w() is not None, "refcount:", sys.getrefcount(y) - 1)
del y
print("after del y alive:", w() is not None)
