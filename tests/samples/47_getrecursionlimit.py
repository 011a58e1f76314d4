# From a text about what Python does with memory.
# section: 5. What is Recursion Limit in Python?
# adapted: nothing (verbatim)

import sys
print(sys.getrecursionlimit())  # Default: 1000
