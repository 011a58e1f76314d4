# sort, min, max and functools.reduce with functions of the program
import functools


class Ranked:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        smaller = self.n < other.n
        compared.append((self, other))
        return smaller


def by_length(word):
    n = len(word)
    asked.append(word)
    return n


compared, asked = [], []
words = ["ccc", "a", "bb", "dddd"]
words.sort(key=by_length, reverse=True)
best = min(words, key=by_length)
ranks = [Ranked(n) for n in (3, 1, 2)]
ranks.sort()
order = sorted(ranks, key=lambda r: -r.n)
top = max(ranks, key=lambda r: r.n)


def join(a, b):
    c = [a, b]
    return c


tree = functools.reduce(join, words)
two = functools.partial(join, "left")
made = two("right")


def compare(a, b):
    d = len(a) - len(b)
    return d


back = sorted(words, key=functools.cmp_to_key(compare))
