# From a text about what Python does with memory.
# section: Memory pooling and object reuse
# adapted: derived (the text states this in prose, without code)

# A block that was freed is handed out again: the next object of the same kind takes its address.
def same_place(make):
    o = make()
    where = id(o)
    del o
    o = make()
    return id(o) == where

n = 1.5
print("float:", same_place(lambda: n * 3), "[]:", same_place(lambda: []), "{}:", same_place(lambda: {}), "tuple:", same_place(lambda: (n, n)))
