# From a text about what Python does with memory.
# section: Example 2: Arrays/Lists (Python)
# adapted: the observation block at the end

def python_array():
    arr = [1, 2, 3, 4, 5]
    # List object on heap
    # Each integer object on heap
    # Total: ~200+ bytes

# --- added to observe -------------------------------------------------
import sys

python_array()
arr = [1, 2, 3, 4, 5]
head = sys.getsizeof([])
slots = (sys.getsizeof(arr) - head) // 8
ints = sum(map(sys.getsizeof, arr))
print("List object header:", head, "bytes")
print("Array of pointers:", slots * 8, "bytes,", slots, "slots for", len(arr), "elements")
print("5 integer objects:", ints, "bytes")
print("Total:", head + slots * 8 + ints, "bytes, C++ 20 bytes, ratio", round((head + slots * 8 + ints) / 20, 2))
exact = list((1, 2, 3, 4, 5))
print("list(tuple):", sys.getsizeof(exact), "bytes; [1]*5:", sys.getsizeof([1] * 5), "bytes")
