# floats and ints that a loop changes in place, and copies taken meanwhile
total = 0.0
kept = []
for i in range(6):
    total += i * 0.1; before = total
    kept.append(total)
    total = total / 2
x = y = 1.5
x += 1; y = x
for i in range(3):
    x += 0.5
    x *= 2; z = [x]


def mean(values):
    s = 0.0
    n = 1000
    for v in values:
        s += v
        n += 1; m = n
        s = s * 1.0; t = s
    return s / n


a = mean(kept)
c = complex(1, -2)
c = c * c
inf, nan = float("inf"), float("nan")
tiny = 5e-324
neg = -0.0
