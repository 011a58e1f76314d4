# From a text about what Python does with memory.
# section: Integers (even small ones!)
# adapted: the same struct read out of live memory; needs ctypes
# check: needs=ctypes

import ctypes

class PyLongObject(ctypes.Structure):
    _fields_ = [("ob_refcnt", ctypes.c_ssize_t), ("ob_type", ctypes.c_void_p),
                ("ob_size", ctypes.c_ssize_t), ("ob_digit", ctypes.c_uint32 * 1)]

print("offsets", [(n, getattr(PyLongObject, n).offset) for n, _ in PyLongObject._fields_])
for x in (42, -42, 0):
    o = PyLongObject.from_address(id(x))
    print(x, "ob_type is int:", o.ob_type == id(int), "ob_size", o.ob_size, "ob_digit[0]", o.ob_digit[0],
          "ob_refcnt > 1:", o.ob_refcnt > 1)
