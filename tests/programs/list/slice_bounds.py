# container[start:stop] for every kind of bound and container, subclasses and odd containers included.
class L(list):
    pass


class G(list):
    def __getitem__(self, key):
        return ("G", key)


class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n


class Echo:
    def __getitem__(self, key):
        return key


bounds = [None, 0, 1, 2, 5, 9, -1, -3, -5, -9, True, 1 << 40, -(1 << 40), 1 << 80, -(1 << 80), Index(2), Index(-2)]
for c in ([0, 1, 2, 3, 4], (0, 1, 2, 3, 4), "01234", "0é2\u4e003\U0001f600", b"01234", bytearray(b"01234"), range(5), L([0, 1, 2, 3, 4]), [], ""):
    out = []
    for a in bounds:
        for b in bounds:
            out.append(str(c[a:b]))
    print(type(c).__name__, len(set(out)), hash_ := sum(map(len, out)), out[::17], c[1:], c[:2], c[:], c[-2:], c[:-1])
print(Echo()[1:2], Echo()[:], G([1])[1:3])
for bad in ("x", 1.5, []):
    for c in ([1], (1,), "a", b"a", {}, 5):
        try:
            print(c[bad:], c[:bad])
        except Exception as e:
            print(type(c).__name__, type(bad).__name__, type(e).__name__, e)


def kept():
    t = (1, 2, 3)
    s = "abc"
    return t[:] is t, s[:] is s, s[0:3] is s, type(L([1])[:]).__name__


print(kept())


class Grow:
    """Changes the list while its bound is asked."""

    def __init__(self, target):
        self.target = target

    def __index__(self):
        del self.target[2:]
        return 4


x = [1, 2, 3, 4, 5]
print(x[1 : Grow(x)], x)


def table(n):
    d = {}
    for i in range(n):
        d[i * 7919 % 65537] = i
    for i in range(0, n, 3):
        d.pop(i * 7919 % 65537)
    for i in range(n, n + 50):
        d[str(i)] = i
    return len(d), sum(d.values()), all(d[k] == v for k, v in list(d.items())), 1 in d, "x" in d


print([table(n) for n in (0, 5, 6, 9, 20, 43, 200, 5000, 40000)])
print([len({str(i): i for i in range(n)}) for n in (7, 9, 100, 3000, 70000)])
