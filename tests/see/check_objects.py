#!/usr/bin/env python3.11
"""limpid.where(), same() and bytes(): what they say of an object is what Python shows of it.

usage: check_objects.py --limpid BINARY [-k TEXT] [-v]
"""
from harness import main

WHERE = r"""
import gc, sys, limpid
class P:
    def __init__(self):
        self.x, self.y = 1, "two"
class S:
    __slots__ = ("a", "b")
    def __init__(self):
        self.a = self.b = None
def f():
    return 12345.5
p, s, big = P(), S(), tuple(range(1000))
w = limpid.where(p)
assert w.address == id(p) and w.type == "__main__.P" and w.segment == "arena" and w.kind == "container", w
assert w.pool % 4096 == 0 and w.arena % 262144 == 0 and w.arena <= w.pool < w.address < w.pool + 4096, w
assert w.address == w.pool + 4096 - (w.block + 1) * w.given and w.block < w.pool_capacity, w
assert w.asked <= w.given and w.tracked and w.generation == 0 and not w.immortal and not w.observer, w
assert w.refcount == sys.getrefcount(p) - 1, (w, sys.getrefcount(p))
q = [p, p, p]
assert limpid.where(p).refcount == sys.getrefcount(p) - 1 == 4, limpid.where(p)
gc.collect()
assert limpid.where(p).generation == 2
gc.freeze()
assert limpid.where(p).generation == 3
gc.unfreeze()
assert limpid.where(big).segment == "large block" and limpid.where(big).given >= 8000
assert limpid.where(None).segment == "static data" and limpid.where(None).immortal and limpid.where(None).file
assert limpid.where(5).shared == "small-integer cache" and limpid.where(int).shared == "static type"
assert limpid.where("name_of_something").shared == "interned string" and limpid.where("a").shared
assert limpid.where(()).shared == "the empty tuple" and limpid.where(b"").shared
assert ("f", "co_consts", 1, "<string>") in limpid.where(f()).constants, limpid.where(f()).constants
assert limpid.where([1, 2, 3]).buffers[0].role == "items" and limpid.where([1, 2, 3]).buffers[0].used == 24
assert limpid.where({}).buffers == [] and limpid.where({1: 2}).buffers[0].role == "table"
assert limpid.where(set(range(100))).buffers[0].size == 256 * 16 or limpid.where(set(range(100))).buffers
import array, collections, io, re
for o in (array.array("d", range(100)), collections.deque(range(100)), io.StringIO("x" * 100), bytearray(100)):
    assert limpid.where(o).buffers, limpid.where(o)
assert not limpid.where(memoryview(bytearray(100))).buffers
e = "\u20ac" * 10
e.encode(); ascii(e)
assert limpid.where(f.__code__).buffers[0].role == "private code", limpid.where(f.__code__)
assert limpid.where(limpid.where(p)).observer
assert "segment" in str(w) and repr(w) == w.text(colour=False) and w.json() and "_head" not in w.to_dict()
for width in (40, 60, 80, 200):
    assert all(len(line) <= width for line in w.text(width=width).splitlines()), w.text(width=width)
"""

SAME = r"""
import limpid, sys
from limpid import same
def f():
    a = 1000.5; b = 1000.5
    return a, b
def because(a, b, text):
    s = same(a, b)
    assert bool(s) == (a is b) and any(text in r for r in s.reasons), (s, text)
because(*f(), "constant of code: co_consts[1] of f")
a = 257; b = 257
because(a, b, "constant of code")
because(int("257"), int("257"), "small-integer cache goes from -5 to 256")
because(int("256"), int("256"), "small-integer cache")
because("abc_def", sys.intern("".join(["abc", "_def"])), "interned")
because("abc_def", "".join(["abc", "_def"]), "only the first is interned")
because("".join(["xy z", "1"]), "".join(["xy z", "1"]), "neither is interned")
x = []; y = x
because(x, y, "alias")
because([], [], "can change")
because(None, None, "singleton")
because(1, "a", "different types")
because("abc", "abd", "different values")
because((), tuple([]), "the empty tuple")
class Odd:
    def __eq__(self, other): 1 / 0
    __hash__ = None
    def __repr__(self): 1 / 0
    def __getattr__(self, name): 1 / 0
o = Odd()
assert same(o, o) and not same(o, Odd()) and limpid.where(o) and str(limpid.bytes(o)) and str(limpid.bytes([o, {1: o}]))
w = limpid.where(1.5 * a); address = w.address
z = 2.5 * a
assert id(z) == address and not same(w, z) and "recycled" in str(same(w, z)), same(w, z)
assert same(limpid.where(z), z)
w = limpid.where(x)
assert same(w, x) and not same(w, [])
"""

BYTES = r"""
import limpid, struct, sys
def field(o, name):
    return limpid.bytes(o)[name]
class P:
    def __init__(self):
        self.x, self.y = 1, "two"
class S:
    __slots__ = ("a", "b", "__weakref__")
p, s = P(), S()
s.b = 7.5
def check(o):
    b = limpid.bytes(o, items=10 ** 6)
    for block in b.blocks:
        at = 0
        for f in block.fields:                            # no gap, no overlap, every byte there
            if f.raw or f.name in ("(room)", "…"):
                assert f.offset == at, (type(o), f)
                at = f.offset + f.size
                assert not f.raw or len(f.raw) == f.size, f
        assert at == block.size or block.role not in ("object", "table", "items"), (type(o), block.role, at, block.size)
    assert struct.unpack("<q", b["ob_refcnt"].raw)[0] == limpid.where(o).refcount or limpid.where(o).immortal
    assert int.from_bytes(b["ob_type"].raw, "little") == id(type(o))
    return b
b = check(p)
assert b["x"].value == "→ 1" and b["y"].value == "→ 'two'" and b["x"].ctype == "PyObject *"
assert int.from_bytes(b["y"].raw, "little") == id(p.y)
p.__dict__
assert check(p)["(dict)"].value.startswith("→ dict of 2")
assert check(s)["b"].value == "→ 7.5" and check(s)["a"].value == "NULL"
n = -123456789012345678901234567890
raw = check(n)["ob_digit"].raw
digits = [int.from_bytes(raw[i:i + 4], "little") for i in range(0, len(raw), 4)]
assert sum(d << 30 * i for i, d in enumerate(digits)) == -n and check(n)["ob_size"].value == str(-len(digits))
assert check(2.5)["ob_fval"].value == "2.5" and check(1 + 2j)["cval.imag"].value == "2.0"
assert check("abc")["(characters)"].raw == b"abc\0" and check("abc")["hash"].value in (str(hash("abc")), "not asked for yet")
assert check("\u20acx")["(characters)"].raw == "\u20acx\0".encode("utf-16-le")
assert check(b"abc")["ob_sval"].raw == b"abc\0"
assert check((1, "x"))["ob_item[1]"].value == "→ 'x'"
l = [1, "x", None]
assert int.from_bytes(check(l)["item[1]"].raw, "little") == id(l[1])
d = {"a": 1, 2: "b"}
del d["a"]
assert check(d)["entry[1].value"].value == "→ 'b'" and check(d)["entry[0].key"].meaning == "deleted"
d = dict.fromkeys(map(str, range(100)))
assert [check(d)[f"entry[{i}].key"].value for i in range(100)] == [f"→ '{i}'" for i in range(100)]
found = {f.value for block in limpid.bytes(set(range(50, 150)), items=10 ** 6).blocks for f in block.fields if f.name.endswith(".key")}
assert found == {f"→ {i}" for i in range(50, 150)}, found
ba = bytearray(b"abcd")
assert check(ba).blocks[1].fields[0].raw == b"abcd\0"
def g(x=1, *, y=2):
    z = x
    return lambda: z
code = check(g.__code__)
assert code["co_stacksize"].value == str(g.__code__.co_stacksize) and code["co_firstlineno"].value == str(g.__code__.co_firstlineno)
assert check(g)["func_code"].value == "→ code of g()" and check(g())["func_closure"].value.startswith("→ tuple of 1")
t = check(P)
assert t["tp_basicsize"].value == str(P.__basicsize__) and t["tp_name"].value == "'P'"
import array, collections, datetime, decimal, io, re, weakref
gen = (i for i in range(3)); next(gen)
for o in (None, True, ..., int, object, type, len, check, [].append, p.__init__, P.__init__, slice(1, 2), range(5), {1}, frozenset({1}),
          memoryview(b"abc"), weakref.ref(p), ValueError("x"), sys, sys.flags, gen, re.compile("a(b)"), array.array("d", [1.0]),
          collections.deque([1]), collections.OrderedDict(a=1), collections.defaultdict(int), io.StringIO("x"), io.BytesIO(b"x"),
          datetime.datetime(2020, 1, 1), decimal.Decimal("1.5"), property(), staticmethod(len), open("/dev/null"), sys._getframe(),
          (lambda: p).__closure__[0] if (lambda: p).__closure__ else 0, type("E", (str,), {})("abc"), type("I", (int,), {"__slots__": ()})(5),
          type("L", (list,), {})([1, 2]), type("T", (tuple,), {})((1, 2)), type("D", (dict,), {})(a=1)):
    b = check(o)
    assert str(b) and b.json()
for width in (40, 60, 80, 100, 200):
    for o in (d, g, P, l, ba, n):
        assert all(len(line) <= width for line in limpid.bytes(o).text(width=width).splitlines()), width
"""


def check_where(limpid):
    limpid.run(WHERE)


def check_same(limpid):
    limpid.run(SAME)


def check_bytes(limpid):
    limpid.run(BYTES)


HOSTILE = """
import json, limpid

class Meta(type):
    def fail(*args):
        raise SystemExit("a method of the program ran")
    __eq__ = __hash__ = __repr__ = __getattribute__ = fail

class Hostile(metaclass=Meta):
    pass

h, other = object.__new__(Hostile), object.__new__(Hostile)
looks = [limpid.where(h), limpid.bytes(h), limpid.same(h, h), limpid.same(h, other), limpid.same(h, 1), limpid.same(limpid.where(h), h),
         limpid.refs(h), limpid.referrers(h), limpid.paths(h), limpid.retained(h)]
for seen in looks:
    assert str(seen) and json.loads(seen.json()) == json.loads(json.dumps(seen.to_dict())), seen
assert "Hostile at" in str(looks[4]) and "alias: one Hostile" in str(looks[2])
"""


def check_hostile(limpid):
    """A metaclass that fails at every chance is not asked, and each result has the same as JSON."""
    limpid.run(HOSTILE)


if __name__ == "__main__":
    main(globals())
