# Methods behind operators run in the frame loop: results, reflected operands, errors, depth.
import sys


class V:
    def __init__(self, v):
        self.v = v

    def __repr__(self):
        return f"V({self.v})"

    def __add__(self, other):
        if isinstance(other, V):
            return V(self.v + other.v)
        if isinstance(other, int):
            return V(self.v + other)
        return NotImplemented

    def __radd__(self, other):
        return V(("r", other, self.v))

    def __iadd__(self, other):
        if other == 0:
            return NotImplemented
        self.v = ("i", self.v, getattr(other, "v", other))
        return self

    def __mul__(self, other):
        return NotImplemented

    def __pow__(self, other):
        return ("pow", self.v, other)

    def __rpow__(self, other):
        return ("rpow", self.v, other)

    def __neg__(self):
        return V(-self.v)

    def __pos__(self):
        return "pos"

    def __invert__(self):
        return "inv"

    def __eq__(self, other):
        if isinstance(other, V):
            return self.v == other.v
        return NotImplemented

    def __lt__(self, other):
        return ["lt"] if isinstance(other, V) else NotImplemented

    def __matmul__(self, other):
        raise KeyError("matmul")


class W(V):
    def __radd__(self, other):
        return "W.radd"

    def __gt__(self, other):
        return "W.gt"


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        tb, lines = e.__traceback__, []
        while tb:
            lines.append(f"{tb.tb_frame.f_code.co_name}:{tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno}")
            tb = tb.tb_next
        print(type(e).__name__, e, lines)


def local_result():
    a, b = V(1), V(2)
    c = a + b
    a = a + 3
    b += 0
    d = 1
    d = d + a
    return a, b, c, d


print("operators")
show(local_result)
show(lambda: V(1) + 2.5)
show(lambda: 2.5 + V(1))
show(lambda: [1] + V(1))
show(lambda: V(1) + W(2))
show(lambda: V(1) * 2)
show(lambda: V(1) * [2])
show(lambda: 2 * V(1))
show(lambda: V(2) ** 3)
show(lambda: 3 ** V(2))
show(lambda: V(1) @ 2)
show(lambda: V(1) - 2)
show(lambda: (-V(1), +V(1), ~V(1)))


def in_place():
    a = V(1)
    a += 5
    b = V(2)
    b += 0
    c = V(1)
    c *= 2


show(in_place)


def in_place_none():
    a = V(1)
    a -= 2


show(in_place_none)

print("comparison")
show(lambda: (V(1) == V(1), V(1) == V(2), V(1) == 1, V(1) != V(1), V(1) != V(2), V(1) != 1))
show(lambda: (V(1) < V(2), V(1) > V(2), V(1) < W(2), V(1) > W(2)))
show(lambda: V(1) < 3)
show(lambda: 3 < V(1))
show(lambda: V(1) >= V(2))
show(lambda: "yes" if V(1) < V(2) else "no")


class Ne:
    def __eq__(self, other):
        return []

    def __ne__(self, other):
        return "ne"


class OnlyEq:
    def __eq__(self, other):
        return [other]


show(lambda: (Ne() != 1, Ne() == 1, OnlyEq() != 1, 1 != OnlyEq(), [Ne()] == [1]))

print("truth")


class B:
    def __init__(self, value):
        self.value = value

    def __bool__(self):
        return self.value


class L:
    def __init__(self, value):
        self.value = value

    def __len__(self):
        return self.value


def truths(make, value):
    o = make(value)
    r = [not o, "t" if o else "f"]
    x = o and 1
    y = o or 2
    r += [x is o, y is o]
    n = 0
    while make(value and n < 2):
        n += 1
    r.append(n)
    assert (o or True) and True
    return r


show(lambda: truths(B, True))
show(lambda: truths(B, False))
show(lambda: truths(L, 3))
show(lambda: truths(L, 0))
show(lambda: truths(B, 1))
show(lambda: truths(L, -1))
show(lambda: truths(L, "x"))
show(lambda: truths(L, 1 << 70))
show(lambda: [i for i in range(6) if not B(i % 2 == 0)])

print("containers")


class C:
    def __init__(self):
        self.d = {}

    def __getitem__(self, key):
        return self.d[key]

    def __setitem__(self, key, value):
        self.d[key] = value
        return "ignored"

    def __delitem__(self, key):
        del self.d[key]

    def __contains__(self, key):
        return [1] if key in self.d else ""

    def __len__(self):
        return len(self.d)

    def __iter__(self):
        return iter(list(self.d))

    def __call__(self, *args, **kwargs):
        return args, kwargs


def container():
    c = C()
    c["a"] = 1
    key = "b"
    c[key] = 2
    c[1:2] = 3 if sys.version_info < (3,) else 4
    return c


def subscripts():
    c = C()
    c["a"] = 1
    key = "b"
    c[key] = 2
    r = [c["a"], c[key], "a" in c, "z" in c, "a" not in c, "z" not in c, len(c), list(c)]
    del c["a"]
    for k in c:
        r.append(k)
    r.append(c(1, 2))
    r.append(c(1, x=2))
    r.append(c(*[1, 2], **{"y": 3}))
    m = c.__getitem__
    r.append(m(*["b"]))
    return r


show(subscripts)
show(container)
show(lambda: C()["missing"])
show(lambda: C().__delitem__(*["missing"]))


def delete_missing():
    c = C()
    del c["missing"]


show(delete_missing)

print("iteration")


class Up:
    def __init__(self, n, error=None):
        self.n, self.error = n, error

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise self.error or StopIteration
        self.n -= 1
        return self.n


class Gen:
    def __iter__(self):
        yield 1
        yield 2


class Bad:
    def __iter__(self):
        return 5


def loop(o):
    r = []
    for x in o:
        r.append(x)
    else:
        r.append("else")
    for r0, r1 in zip(Up(2), Gen()):
        r.append((r0, r1))
    return r


show(lambda: loop(Up(3)))
show(lambda: loop(Gen()))
show(lambda: loop(Bad()))
show(lambda: loop(Up(2, ValueError("end"))))
show(lambda: loop(Up(2, StopIteration(7))))
show(lambda: [x for x in Up(2)] + [*Up(2)] + list(Gen()))

print("with")


class M:
    def __init__(self, swallow=False, fail=None):
        self.swallow, self.fail = swallow, fail

    def __enter__(self):
        if self.fail == "enter":
            raise OSError("enter")
        return self

    def __exit__(self, kind, value, tb):
        print("exit", kind and kind.__name__, value, tb and tb.tb_frame.f_code.co_name)
        if self.fail == "exit":
            raise OSError("exit")
        return self.swallow


def use(m, error=None):
    with m as n, M():
        if error:
            raise error
        return n is m
    return "after"


show(lambda: use(M()))
show(lambda: use(M(True), ValueError("v")))
show(lambda: use(M(B(True)), ValueError("v")))
show(lambda: use(M(False), ValueError("v")))
show(lambda: use(M(fail="enter")))
show(lambda: use(M(fail="exit"), ValueError("v")))


class NoExit:
    def __enter__(self):
        pass


show(lambda: use(NoExit()))
show(lambda: use(5))

print("wrong arguments")


class Wrong:
    def __add__(self):
        pass

    def __len__(self, x):
        pass

    def __eq__(self):
        pass

    def __getitem__(self):
        pass

    def __next__(self, x):
        pass

    def __iter__(self, *, x):
        pass

    def __exit__(self):
        pass

    def __enter__(self):
        pass

    def __call__(self):
        pass


show(lambda: Wrong() + 1)
show(lambda: not Wrong())
show(lambda: Wrong() == 1)
show(lambda: Wrong()[1])
show(lambda: loop(Wrong()))
show(lambda: use(Wrong()))
show(lambda: Wrong()(1))
show(lambda: Wrong()(a=1))


class Odd:
    """Generators and coroutines as methods."""

    def __add__(self, other):
        yield other

    def __eq__(self, other):
        yield other

    def __getitem__(self, key):
        yield key

    def __len__(self):
        yield 1

    def __contains__(self, x):
        yield x

    def __call__(self):
        yield "call"

    def __enter__(self):
        yield "enter"

    def __exit__(self, *args):
        yield "exit"


def odd():
    o = Odd()
    s = o + 1
    with o as e:
        pass
    return [*s, *(o == 2), *o[3], 4 in o, *o(), *e]


show(odd)
show(lambda: not Odd())

print("frames")


class F:
    def __add__(self, other):
        f = sys._getframe()
        names = []
        while f:
            names.append(f.f_code.co_name)
            f = f.f_back
        return names

    __getitem__ = __call__ = __contains__ = __eq__ = __add__

    def __bool__(self):
        print([sys._getframe(i).f_code.co_name for i in range(3)])
        return True


def frames():
    f = F()
    return f + 1, f[1], f(1), 1 in f, f == 1, not f


show(frames)
