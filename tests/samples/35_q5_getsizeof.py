# From a text about what Python does with memory.
# section: Q5: What's the memory overhead of Python objects?
# adapted: nothing (verbatim)

import sys
x = 42
print(sys.getsizeof(x))  # 28 bytes
