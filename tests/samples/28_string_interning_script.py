# From a text about what Python does with memory.
# section: 2. String Interning
# adapted: nothing (verbatim, run as a script: both literals are one constant, so the second line prints True, not False)

a = "hello"
b = "hello"
print(a is b)  # True - interned

a = "hello world!"
b = "hello world!"
print(a is b)  # False - not interned (contains space)

# Force interning
import sys
a = sys.intern("hello world!")
b = sys.intern("hello world!")
print(a is b)  # True - now interned
