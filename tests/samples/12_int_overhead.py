# From a text about what Python does with memory.
# section: 3. PyObject Headers / Memory overhead example
# adapted: nothing (verbatim)

import sys

x = 42
print(sys.getsizeof(x))  # 28 bytes! (just for the integer 42)

# Breakdown:
# - ob_refcnt: 8 bytes
# - ob_type: 8 bytes
# - ob_size: 8 bytes
# - ob_digit: 4 bytes
# = 28 bytes total

# In C++: int x = 42;  // 4 bytes total!
