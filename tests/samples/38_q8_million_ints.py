# From a text about what Python does with memory.
# section: Q8: Compare memory usage: Python vs C++
# adapted: the observation block at the end

arr = [i for i in range(1000000)]
# List object: 64 bytes
# Pointer array: 8 MB
# Integer objects: 28 MB (28 bytes each)
# Total: ~36 MB

# --- added to observe -------------------------------------------------
import sys

print("list header:", sys.getsizeof([]), "bytes")
print("pointer array:", sys.getsizeof(arr) - sys.getsizeof([]), "bytes")
print("ints by getsizeof:", sum(map(sys.getsizeof, arr)), "bytes")
print("total by getsizeof:", sys.getsizeof(arr) + sum(map(sys.getsizeof, arr)), "bytes")
print("ints as 32-byte pymalloc blocks (-5..256 are shared):", 32 * (len(arr) - 257), "bytes")
