"""The recursion limit counts Python frames; calls between them that go through C are bounded by the C stack itself.

python3.11 counts such calls too, so that fewer frames of __repr__ or __call__ fit.
"""
import sys

sys.setrecursionlimit(500)
deepest = 0


def count(n):
    global deepest
    deepest = n


class Shown:
    def __init__(self, n):
        self.n = n

    def __repr__(self):
        count(self.n)
        return repr(Shown(self.n + 1))


class Called:
    def __call__(self, n):
        count(n)
        return Called.__call__(self, n + 1) if n % 2 else self(n + 1)


for test in (lambda: repr(Shown(1)), lambda: Called()(1), lambda: sorted([1], key=lambda x: len(repr(Shown(1))))):
    try:
        test()
    except RecursionError as e:
        print(e, deepest)
