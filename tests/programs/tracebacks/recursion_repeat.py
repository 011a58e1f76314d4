def f(n):
    return f(n + 1)
import sys
sys.setrecursionlimit(60)
try:
    f(0)
except RecursionError as e:
    print(e)
def g(n):
    if n == 0:
        1 / 0
    g(n - 1)
g(8)
