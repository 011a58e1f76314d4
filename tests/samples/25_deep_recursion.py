# From a text about what Python does with memory.
# section: Misconception 4: Stack size doesn't matter in Python
# adapted: nothing (verbatim); the text says the first call is OK, in CPython it already raises

def deep_recursion(n):
    if n == 0:
        return
    deep_recursion(n - 1)

deep_recursion(1000)    # OK
deep_recursion(10000)   # RecursionError!

# Each call adds a frame to the stack
# Python's default recursion limit: 1000
