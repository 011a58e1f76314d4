# From a text about what Python does with memory.
# section: Integers (even small ones!)
# adapted: the C struct is kept as a comment; its fields are read through Python

x = 42  # PyLongObject on heap

# Object structure (simplified):
# struct PyLongObject {
#     Py_ssize_t ob_refcnt;    // Reference count
#     PyTypeObject *ob_type;    // Type pointer
#     size_t ob_size;           // Number of digits
#     digit ob_digit[1];        // Actual digits
# };

# --- added to observe -------------------------------------------------
import sys

print("type", type(x).__name__)
print("basicsize", int.__basicsize__, "itemsize", int.__itemsize__)
print("bits_per_digit", sys.int_info.bits_per_digit, "sizeof_digit", sys.int_info.sizeof_digit)
for v in (0, 1, 42, -42, 2**30 - 1, 2**30, 2**60 - 1, 2**60, 10**100):
    n = max(1, -(-v.bit_length() // sys.int_info.bits_per_digit))
    size = sys.getsizeof(v)
    label = v if abs(v) < 10**20 else "10**100"
    print(f"{label}: {size} bytes = 24 + 4*{(size - 24) // 4} (digits used: {n})")
