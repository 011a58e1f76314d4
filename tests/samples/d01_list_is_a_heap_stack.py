# From a text about what Python does with memory.
# section: Important clarification
# adapted: derived (the text states this in prose, without code)

# A stack as a data structure (list, collections.deque) is one object on the heap and
# has nothing to do with the call stack.
import sys
from collections import deque

depth = 0
f = sys._getframe()
while f:
    depth, f = depth + 1, f.f_back
for stack in ([], deque()):
    for v in "abc":
        stack.append(v)
    d, f = 0, sys._getframe()
    while f:
        d, f = d + 1, f.f_back
    print(type(stack).__name__, "LIFO:", stack.pop(), stack.pop(), stack.pop(), "call depth unchanged:", d == depth)
