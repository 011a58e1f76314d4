# From a text about what Python does with memory.
# section: 2. What is a PyFrameObject?
# adapted: derived (the text states this in prose, without code)

import sys

def a():
    return b()

def b():
    return c()

def c():
    f, names = sys._getframe(), []
    while f is not None:
        names.append(f.f_code.co_name)
        f = f.f_back
    return names

print(a())
print("the same frame object while it lives:", (lambda: sys._getframe() is sys._getframe())())
def gen():
    yield 1
g = gen()
print("a generator owns its frame:", g.gi_frame.f_code.co_name, "f_back while suspended:", g.gi_frame.f_back)
list(g)
print("when it ended:", g.gi_frame)
