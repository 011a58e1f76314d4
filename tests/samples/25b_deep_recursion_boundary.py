# From a text about what Python does with memory.
# section: Misconception 4: Stack size doesn't matter in Python
# adapted: finds the exact boundary; then both calls of the text with the limit that makes each comment true

import sys

def deep_recursion(n):
    if n == 0:
        return
    deep_recursion(n - 1)

def ok(n):
    try:
        deep_recursion(n)
        return "OK"
    except RecursionError as e:
        return f"RecursionError: {e}"

print("limit", sys.getrecursionlimit())
for n in (990, 996, 997, 998, 999, 1000, 10000):
    print(n, ok(n))
sys.setrecursionlimit(1100)
print("limit", sys.getrecursionlimit())
for n in (1000, 10000):
    print(n, ok(n))
sys.setrecursionlimit(11000)
print("limit", sys.getrecursionlimit())
print(10000, ok(10000))
