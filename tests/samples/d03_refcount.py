# From a text about what Python does with memory.
# section: Reference Counting
# adapted: derived (the text states this in prose, without code)

# The count goes up with each new reference, down with each one removed; at zero the object goes.
import sys

class Thing:
    def __del__(self):
        print("deleted at once")

t = Thing()
count = lambda: sys.getrefcount(t) - 1
print("one name:", count())
u = t
print("two names:", count())
box = [t, t]
print("and twice in a list:", count())
box.pop()
print("popped one:", count())
del u, box
print("back to one name:", count())
del t
print("end")
