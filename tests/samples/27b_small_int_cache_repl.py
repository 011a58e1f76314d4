# From a text about what Python does with memory.
# section: 1. Small Integer Caching
# adapted: the same lines typed into the REPL, where the text's False holds
# check: mode=repl

a = 100
b = 100
print(a is b)  # True - same object!
print(id(a) == id(b))  # True - same memory address

a = 1000
b = 1000
print(a is b)  # False - different objects
print(id(a) == id(b))  # False - different addresses
