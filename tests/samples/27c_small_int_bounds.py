# From a text about what Python does with memory.
# section: 1. Small Integer Caching (-5 to 256)
# adapted: the bounds found by computing ints at run time

def cached(n):
    return int(str(n)) is int(str(n))

lo = min(n for n in range(-50, 1) if cached(n))
hi = max(n for n in range(0, 400) if cached(n))
print("cached from", lo, "to", hi, "count", sum(cached(n) for n in range(-50, 400)))
print([n for n in (-6, -5, 0, 256, 257) if cached(n)])
