# From a text about what Python does with memory.
# section: Q3: Can you cause a stack overflow in Python?
# adapted: nothing (verbatim)

def recursive(n):
    return recursive(n - 1)

recursive(1000000)  # RecursionError
