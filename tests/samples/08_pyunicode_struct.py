# From a text about what Python does with memory.
# section: Strings
# adapted: the C struct is kept as a comment; sizes are read through Python

name = "Alice"  # PyUnicodeObject on heap

# Object structure (simplified):
# struct PyUnicodeObject {
#     Py_ssize_t ob_refcnt;
#     PyTypeObject *ob_type;
#     Py_ssize_t length;
#     Py_hash_t hash;
#     void *data;  // Actual string data
# };

# --- added to observe -------------------------------------------------
import sys

for label, s in (("empty", ""), ("ascii", name), ("latin1", "\xe9" * 5), ("ucs2", "\u0416" * 5), ("ucs4", "\U0001f40d" * 5)):
    step = sys.getsizeof(s + s[:1]) - sys.getsizeof(s) if s else 1
    head = sys.getsizeof(s) - step * (len(s) + 1)
    print(f"{label}: {sys.getsizeof(s)} bytes = {head} header + {step} * ({len(s)} + 1)")
