# From a text about what Python does with memory.
# section: Misconception 1 / Proof
# adapted: nothing (verbatim)

import sys

x = 42
print(f"Size: {sys.getsizeof(x)} bytes")  # 28 bytes
print(f"ID: {id(x)}")  # Memory address (on heap)
print(f"Type: {type(x)}")  # <class 'int'>
