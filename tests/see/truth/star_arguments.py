# unpacking on both sides
def spread(*items, **named):
    first, *middle, last = items
    merged = {**named, "items": items}
    return first, middle, last, merged


base = [1, [2], (3,)]
options = {"a": base, "b": None}
out = []
for i in range(3):
    got = spread(*base, *range(i), **options, c=i)
    out.append(got)
    (a, b), *c = [(i, base), *base]
    base = [*base, i]
x, y = y2, x2 = [1], {2}
x, y = y, x
head, (inner, *tail), end = 1, [2, 3, 4], 5
