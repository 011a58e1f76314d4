# calls with every kind of parameter
def plain(a, b):
    c = [a, b]
    return c


def keyword(a, /, b, *, key=None, other=(1, 2)):
    d = {"a": a, "b": b}
    d[key] = other
    return d


def rest(first, *more, **named):
    total = first
    for x in more:
        total = total + x
    named["total"] = total
    return named


kept = []
for i in range(4):
    kept.append(plain(i, str(i)))
    kept.append(keyword(i, kept, key=f"k{i}"))
    kept.append(rest(i, *range(i), name=kept[0]))
last = kept.pop()
del kept[0]
