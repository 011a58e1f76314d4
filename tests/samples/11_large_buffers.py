# From a text about what Python does with memory.
# section: 2. Object Content and Buffers
# adapted: the observation block at the end

# Large list
large_list = [i for i in range(10000)]
# PyListObject header on heap
# Array of references on heap
# Each integer object on heap

# Large string
large_string = "x" * 10000
# PyUnicodeObject header on heap
# String buffer on heap

# --- added to observe -------------------------------------------------
import sys

print("list", sys.getsizeof(large_list), "= 56 header +", (sys.getsizeof(large_list) - 56) // 8, "slots of 8 bytes")
print("its ints", sum(map(sys.getsizeof, large_list)))
print("str", sys.getsizeof(large_string), "= 48 header + 10001")
