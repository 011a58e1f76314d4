# From a text about what Python does with memory.
# section: Strings
# adapted: the real 3.11 layout read out of live memory; needs ctypes
# check: needs=ctypes

import ctypes

class PyASCIIObject(ctypes.Structure):
    _fields_ = [("ob_refcnt", ctypes.c_ssize_t), ("ob_type", ctypes.c_void_p), ("length", ctypes.c_ssize_t),
                ("hash", ctypes.c_ssize_t), ("state", ctypes.c_uint32), ("wstr", ctypes.c_void_p)]

name = "Alice"
o = PyASCIIObject.from_address(id(name))
print("sizeof", ctypes.sizeof(PyASCIIObject), "offsets", [(n, getattr(PyASCIIObject, n).offset) for n, _ in PyASCIIObject._fields_])
print("ob_type is str:", o.ob_type == id(str), "length", o.length, "hash cached:", o.hash in (-1, hash(name)))
st = o.state
print("interned", st & 3, "kind", st >> 2 & 7, "compact", st >> 5 & 1, "ascii", st >> 6 & 1, "ready", st >> 7 & 1)
print("data right after the header:", ctypes.string_at(id(name) + 48, 6))
