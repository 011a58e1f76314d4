# From a text about what Python does with memory.
# section: Example 1: Simple Variables (Python)
# adapted: the observation block at the end

def python_function():
    x = 42           # Integer OBJECT on heap (28 bytes)
    y = 3.14         # Float OBJECT on heap (24 bytes)
    z = "hello"      # String OBJECT on heap (54+ bytes)
    # Stack only holds 3 pointers (24 bytes total)

# --- added to observe -------------------------------------------------
import sys

python_function()
sizes = [sys.getsizeof(v) for v in (42, 3.14, "hello")]
pointers = 8 * python_function.__code__.co_nlocals
print("Stack:", pointers, "bytes (3 pointers)")
print("Heap:", sum(sizes), "bytes", sizes)
print("Total:", pointers + sum(sizes), "bytes")
print("C++ total 44 bytes, ratio", round((pointers + sum(sizes)) / 44, 2))
