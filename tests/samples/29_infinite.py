# From a text about what Python does with memory.
# section: 4. Stack Overflow vs Out of Memory / Stack Overflow
# adapted: nothing (verbatim)

def infinite():
    infinite()

infinite()  # RecursionError: maximum recursion depth exceeded
