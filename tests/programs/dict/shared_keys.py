"""Dicts of one display share their keys until one of them gets other keys."""
import copy
import gc


def const(a, b, c):
    return {"a": a, "b": b, "c": c}


def one(a):
    return {"only": a}


def named(k, v):
    return {k: v, "end": 1}


def twice(v):
    return {"k": 1, "m": v, "k": v}


for i in range(5):
    print(const(i, [i], None), one(i), named("xyz"[i % 3], i), named("x", i), named(i, i), twice(i))

d = [const(i, i * i, str(i)) for i in range(6)]
d[0]["z"] = 26
d[1]["a"] = "changed"
del d[2]["b"]
print(d[3].popitem(), d[3])
print(d[4].pop("a"), d[4].pop("none", "default"), d[4])
d[5].clear()
d[5]["n"] = 0
print(d, const(1, 2, 3))

e = const(1, 2, 3)
for f in (dict(e), e.copy(), copy.copy(e), {**e}, e | {}, e | {"d": 4}):
    f["a"] = "own"
    f["q"] = 5
    print(e, f)
print(list(e), list(e.values()), list(e.items()), list(reversed(e)), list(reversed(e.items())), list(reversed(e.values())))
print(e == {"c": 3, "b": 2, "a": 1}, e == const(1, 2, 4), "a" in e, "z" in e, 5 in e, e.get("b"), e.get(("t",)), len(e))
e.setdefault("a", 0)
e.setdefault("new", [])
print(e)
e = const(1, 2, 3)
e.update(b="B", a="A")
print(e, {**e, **const(0, 0, 0)}, "%(a)s-%(c)s" % e, "{a}{c}".format(**e))


def kw(**k):
    return k


print([kw(**const(i, 2, 3)) for i in range(3)])
print([(lambda a, b, c: (c, b, a))(**const(i, 2, 3)) for i in range(3)])

# iteration while values and keys change
e = const(1, 2, 3)
for k in e:
    e[k] = k * 2
print(e)
try:
    for k in e:
        e[k + "!"] = 1
except RuntimeError as error:
    print(error, e)
e = const(1, 2, 3)
try:
    for k in e:
        del e[k]
        e[k] = 1
        print(k)
except RuntimeError as error:
    print(error, e)

# as namespaces
for i in range(3):
    space = {"x": i, "y": 2}
    exec("z = x + y\nfor _ in range(3): z += x", space)
    print(space["z"], [k for k in space if k != "__builtins__"])


class Key(str):
    __hash__ = str.__hash__

    def __eq__(self, other):
        print("eq", str(self), other)
        return str.__eq__(self, other)


e = const(1, 2, 3)
print(e[Key("b")], Key("c") in e)
e[Key("a")] = 10
print(e)
e[1] = 2
e[None] = Key("v")
print(len(e), e[1], list(e)[:3])

# cycles through the values
for i in range(4):
    c = {"self": None, "n": i}
    c["self"] = c
    one([c])
del c
print(gc.collect() > 0)
l = [{"k": [], "i": i} for i in range(1000)]
l[500]["k"].append(l)
del l[::2]
gc.collect()
print(len(l), l[250]["i"], sum(x["i"] for x in l))
