# From a text about what Python does with memory.
# section: Reference Counting / Garbage Collector
# adapted: derived (the text states this in prose, without code)

# Counting cannot free an object that refers to itself; the collector can.
import gc
import weakref

class Node:
    pass

gc.disable()
gc.collect()
n = Node()
n.me = n
w = weakref.ref(n)
del n
print("after del, still there:", w() is not None)
print("collect() found:", gc.collect(), "unreachable; gone:", w() is None)

a, b = Node(), Node()
a.other, b.other = b, a
wa, wb = weakref.ref(a), weakref.ref(b)
del a, b
print("pair still there:", wa() is not None and wb() is not None)
print("collect() found:", gc.collect(), "gone:", wa() is None and wb() is None)

l = []
l.append(l)
del l
print("a list holding itself, collect() found:", gc.collect())
