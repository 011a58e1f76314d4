# From a text about what Python does with memory.
# section: 5. What is Recursion Limit in Python? (RecursionError)
# adapted: nothing (verbatim)

def recurse():
    recurse()

recurse()       # Causes:
# RecursionError: maximum recursion depth exceeded
