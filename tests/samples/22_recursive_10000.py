# From a text about what Python does with memory.
# section: Misconception 2: Python has no stack
# adapted: nothing (verbatim)

# Python DOES have a stack!
# But it stores references, not objects

def recursive(n):
    if n == 0:
        return
    recursive(n - 1)

recursive(10000)  # RecursionError: maximum recursion depth exceeded
# This is a STACK overflow!
