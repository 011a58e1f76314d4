# From a text about what Python does with memory.
# section: 1. Small Integer Caching
# adapted: nothing (verbatim, run as a script: the 1000s share one constant, so the last two lines print True, not False)

a = 100
b = 100
print(a is b)  # True - same object!
print(id(a) == id(b))  # True - same memory address

a = 1000
b = 1000
print(a is b)  # False - different objects
print(id(a) == id(b))  # False - different addresses
