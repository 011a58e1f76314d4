# From a text about what Python does with memory.
# section: 2. String Interning
# adapted: the same lines typed into the REPL, where the text's False holds
# check: mode=repl

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
