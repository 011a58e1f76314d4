"""Long lists: sorted by what stands for their keys; order, stability, ties of strings and tuples, errors in what is left over."""
import hashlib
import random

random.seed(7)
N = 1000


def show(name, items):
    """A digest of the items as sorted with all options, and whether that is what comparing one by one gives."""
    digest = hashlib.md5()
    for reverse in (False, True):
        a = sorted(items, reverse=reverse)
        b = list(range(len(items)))
        b.sort(key=items.__getitem__, reverse=reverse)
        ordered = all(not (y < x) for x, y in zip(a, a[1:])) if not reverse else all(not (x < y) for x, y in zip(a, a[1:]))
        stable = all(items[i] != items[j] or i < j for i, j in zip(b, b[1:]))
        same = all(items[i] is x for i, x in zip(b, a))
        digest.update(repr(a).encode())
        digest.update(repr(b).encode())
        if not (ordered and stable and same):
            print(name, "WRONG", reverse, ordered, stable, same)
    print(name, len(items), digest.hexdigest())


def integer():
    return random.randrange(-10 ** random.randrange(1, 17), 10 ** random.randrange(1, 17))


def text(alphabet="ab\0", most=20):
    return "".join(random.choice(alphabet) for _ in range(random.randrange(most)))


show("ints", [integer() for _ in range(N)])
show("small ints", [random.randrange(-5, 5) for _ in range(N)])
show("one value", [7] * N)
show("edges", [random.choice([2**30 - 1, 2**30, -2**30, 2**60 - 1, -2**60 + 1, 0, -1]) for _ in range(N)])
show("large ints", [integer() ** 3 for _ in range(N)])
show("bools", [random.random() < .5 for _ in range(N)])
show("bools and ints", [random.choice([True, False, 0, 1, 2]) for _ in range(N)])
show("floats", [random.uniform(-1, 1) * 10 ** random.randrange(-300, 300) for _ in range(N)])
show("zeros", [random.choice([0.0, -0.0, 1e-320, -1e-320, float("inf"), -float("inf")]) for _ in range(N)])
show("mixed", [random.choice([random.randrange(-9, 9), random.randrange(-9, 9) / 2, float(random.randrange(9))]) for _ in range(N)])
show("mixed large", [random.choice([2**53, 2**53 + 1, 2.0**53, 2**53 - 1, -2**53 - 1, -2.0**53]) for _ in range(N)])
show("strings", [text() for _ in range(N)])
show("prefixes", ["common prefix " + text("xyz\xff", 9) for _ in range(N)])
show("long strings", ["a" * random.randrange(60) for _ in range(N)])
show("wide strings", [text("ab\u0100\U00010000", 9) for _ in range(N)])
show("some wide", [text() for _ in range(N)] + ["\u0100"])
show("tuples", [(random.randrange(3), random.randrange(3), text("ab", 4)) for _ in range(N)])
show("ragged tuples", [tuple(random.randrange(2) for _ in range(random.randrange(6))) for _ in range(N)])
show("tuples of tuples", [(random.randrange(3), (random.randrange(3), integer())) for _ in range(N)])
show("equal tuples", [(1, 2.0, "three")] * N)
show("deep tuples", [(0,) * 12 + (random.randrange(50),) for _ in range(N)])
show("lists", [[random.randrange(3), integer()] for _ in range(N)])
show("sorted", list(range(N)))
show("reversed", list(range(N, 0, -1)))
show("two runs", list(range(0, N, 2)) + list(range(1, N, 2)))
show("many runs", [i % 37 for i in range(N)])
show("nearly sorted", [*range(N // 2), 3, *range(N // 2, N)])
for n in (126, 127, 128, 129, 130):
    show("length", [random.randrange(1000) for _ in range(n)])

items = [(random.randrange(9), str(random.randrange(9))) for _ in range(N)]
print(hashlib.md5(repr(sorted(items, key=lambda t: t[1])).encode()).hexdigest())
print(hashlib.md5(repr(sorted(items, key=lambda t: (t[1], -t[0]), reverse=True)).encode()).hexdigest())
nan = float("nan")
print(sorted(map(repr, sorted([random.random() if i % 7 else nan for i in range(N)])))[-1])


class Odd(int):
    def __lt__(self, other):
        return int(self) > int(other)


print(sorted([Odd(i * 7 % N) for i in range(N)])[:3], sorted([(i % 2, Odd(i * 7 % N)) for i in range(N)])[:3])


def failing(items, **options):
    copy = list(items)
    try:
        copy.sort(**options)
    except Exception as error:
        print(type(error).__name__, error, sorted(map(repr, copy)) == sorted(map(repr, items)))


failing([(i * 7 % 5, i if i % 3 else None) for i in range(N)])
failing([i * 7 % N for i in range(N)] + ["x"])
failing([str(i * 7 % N) for i in range(N)] + [b"x"])


class Bad:
    def __init__(self, at):
        self.at = at

    def __eq__(self, other):
        return False

    def __lt__(self, other):
        if self.at == 500:
            raise ValueError("five hundred")
        victim.append(1)
        return self.at < other.at

    def __repr__(self):
        return "Bad"


victim = []
failing([(i % 3, Bad(i * 7 % N)) for i in range(N)])
victim = [(i % 3, Bad(i * 7 % 499)) for i in range(498)]
try:
    victim.sort()
except ValueError as error:
    print(error, len(victim))
