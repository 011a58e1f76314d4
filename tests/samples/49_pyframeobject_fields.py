# From a text about what Python does with memory.
# section: 2. PyFrameObject (High-level)
# adapted: the C struct is kept as a comment; each field is read through the frame's attributes

# struct PyFrameObject {
#     PyCodeObject *f_code;     // Bytecode of function
#     PyObject *f_locals;       // Local variables
#     PyObject *f_globals;      // Global variables
#     PyObject *f_builtins;     // Built-in objects
#     PyFrameObject *f_back;    // Previous frame (call stack link)
# }
import sys

def add(a, b):
    f = sys._getframe()
    print("f_code", f.f_code is add.__code__, f.f_code.co_name)
    print("f_locals", {k: v for k, v in f.f_locals.items() if k != "f"}, type(f.f_locals).__name__)
    print("f_globals", f.f_globals is globals())
    print("f_builtins", f.f_builtins is __builtins__.__dict__, "len" in f.f_builtins, "print" in f.f_builtins)
    print("f_back", f.f_back.f_code.co_name, "x =", f.f_back.f_locals["x"])
    print("f_lasti", type(f.f_lasti).__name__, "f_lineno", f.f_lineno - f.f_code.co_firstlineno)
    print("attributes", [n for n in dir(f) if n.startswith("f_")])
    return a + b

def main():
    x = 10
    return add(2, 3) + x

print(main())
