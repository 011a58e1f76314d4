# From a text about what Python does with memory.
# section: Q4: How does Python's integer caching work?
# adapted: the same lines typed into the REPL
# check: mode=repl

a = 100
b = 100
print(a is b)  # True - same object

a = 1000
b = 1000
print(a is b)  # False - different objects
