"""sys.getsizeof of a container is what __sizeof__ says: the collector's state stands in the pool, not before the object.

python3.11 puts a header of 16 bytes before every object that the collector may track, and counts it.
"""
import sys

for value in ([], [1, 2, 3], (), (1, 2), set(), frozenset("ab"), len, slice(3), Exception("x"), lambda: 0, sys):
    print(type(value).__name__, sys.getsizeof(value) - value.__sizeof__(), sys.getsizeof(value))
