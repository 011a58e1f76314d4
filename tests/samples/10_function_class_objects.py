# From a text about what Python does with memory.
# section: Functions and Classes
# adapted: the observation block at the end

def my_function():
    pass
# PyFunctionObject on heap!

class MyClass:
    pass
# PyTypeObject on heap!

# --- added to observe -------------------------------------------------
import sys

print(type(my_function).__name__, sys.getsizeof(my_function), "basicsize", type(my_function).__basicsize__)
print(type(MyClass).__name__, sys.getsizeof(MyClass), "heap type flag:", bool(MyClass.__flags__ & (1 << 9)),
      "int is a heap type:", bool(int.__flags__ & (1 << 9)))
print("instance", sys.getsizeof(MyClass()))
print("name in globals is a reference:", globals()['my_function'] is my_function, globals()['MyClass'] is MyClass)
