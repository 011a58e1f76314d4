import sys


def kib(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name))


def down(n):
    return (kib("VmStk"), kib("VmData")) if n == 0 else down(n - 1)


sys.setrecursionlimit(10 ** 6)
(stack, data), (deep_stack, deep_data) = down(1), down(50_000)
print("50,000 calls deep the C stack grew by", deep_stack - stack, "KiB, other memory by", deep_data - data, "KiB")
