# itertools, zip, enumerate, map, filter, and iterators of one's own
import itertools


class Steps:
    def __init__(self, n):
        self.n = n
        self.seen = []

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        self.seen.append(self.n)
        return [self.n]


pairs = []
for i, (a, b) in enumerate(zip("abc", Steps(3))):
    pairs.append((i, a, b))
for x in itertools.chain([1], pairs, Steps(1)):
    last = x
acc = list(itertools.accumulate([1, 2, 3], lambda a, b: a * 10 + b))
groups = {k: list(g) for k, g in itertools.groupby("aabbb")}
product = [p for p in itertools.product("xy", repeat=2)]
it = iter(pairs)
first = next(it)
taken = list(itertools.islice(Steps(5), 2))
doubled = map(lambda x: [x, x], range(3))
for d in doubled:
    kept = d
a, b = itertools.tee(Steps(2))
c = [next(a), next(b)]
