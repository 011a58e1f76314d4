"""None, True, False and other static objects start with a count so high that no program takes it down to nothing.

The counts still go up and down.
"""
import sys

for value in (None, True, False, ..., NotImplemented):
    print(value, sys.getrefcount(value) > 10 ** 9)
before = sys.getrefcount(None)
held = [None] * 1000
print(sys.getrefcount(None) - before)
