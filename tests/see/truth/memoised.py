# caches that grow: a dict, a default argument, an attribute of a function
def fib(n, memo={}):
    if n in memo:
        return memo[n]
    value = n if n < 2 else fib(n - 1) + fib(n - 2) * 1000
    memo[n] = value
    fib.calls = getattr(fib, "calls", 0) + 1
    return value


def paths(grid, x, y, cache):
    key = (x, y)
    if key not in cache:
        if x == 0 or y == 0:
            cache[key] = 1
        else:
            left = paths(grid, x - 1, y, cache)
            cache[key] = left + paths(grid, x, y - 1, cache)
        grid[y][x] = cache[key]
    return cache[key]


a = fib(6)
grid = [[0] * 4 for _ in range(4)]
cache = {}
b = paths(grid, 3, 3, cache)
memo = fib.__defaults__[0]
memo.clear()
c = fib(3)
