# the same function many times on the stack, with lists handed down
def walk(n, path, seen):
    here = path + [n]
    seen[n] = here
    if n <= 0:
        return len(path)
    left = walk(n - 1, here, seen)
    right = walk(n - 2, here, seen)
    return left + right


def even(n):
    rest = n - 1
    return True if n == 0 else odd(rest)


def odd(n):
    rest = n - 1
    return False if n == 0 else even(rest)


seen = {}
count = walk(5, [], seen)
parity = even(9)
