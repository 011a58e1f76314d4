#!/usr/bin/env python3.11
"""limpid.heap(), by_type(), by_owner(), largest() and waste(): every block once, sums to the byte, and what a program makes
shows by as much as it made.

usage: check_heap.py --limpid BINARY [-k TEXT] [-v]
"""
from harness import main
from programs import PROGRAMS

SUMS = r"""
import gc, limpid, sys
def sums():
    h = limpid.heap(free=True)
    every = list(h)
    live = [b for b in every if b.kind != "free"]
    assert sum(b.size for b in live) == h.live_bytes and len(live) == h.live, (h.live, len(live))
    assert sum(b.size for b in every if b.kind == "free") == h.free_bytes
    for kind in h.kinds:
        small = [b.size for b in live if b.kind == kind.kind and not b.large]
        large = [b.size for b in live if b.kind == kind.kind and b.large]
        assert (len(small), sum(small), len(large), sum(large)) == (kind.blocks, kind.bytes, kind.large_blocks, kind.large_bytes)
    assert h.small_bytes + h.free_bytes + h.header_bytes + h.free_pools * h.pool_size == h.arenas * h.arena_size
    assert sum(c.used * c.size for c in h.classes) == h.small_bytes
    assert sum(c.free_bytes for c in h.classes) == h.free_bytes
    assert sum(c.pools for c in h.classes) == h.pools
    places = sorted((b.address, b.size) for b in every)
    assert all(a + n <= b for (a, n), (b, _) in zip(places, places[1:])), "blocks overlap"
    assert all(b.used <= b.size for b in live)
    assert not [b for b in live if b.kind == "raw" and b.role is None]
    return live
known = {b.address for b in sums()}
missing = [o for o in gc.get_objects() if id(o) not in known]
assert len([1 for o in missing if limpid.where(o).segment != "static data"]) < 10      # what this test makes meanwhile
del known, missing
for i in range(8):                     # until the code here has all its caches
    a, b, t, o = limpid.heap(), limpid.by_type(), limpid.by_type(3), limpid.by_owner()
assert b.total.total == a.live_bytes and t.total.total == b.total.total and len(t) == 3, (b.total, a.live_bytes)
raw = a.kinds[0]
assert o.total.bytes == raw.bytes + raw.large_bytes and o.total.blocks == raw.blocks + raw.large_blocks, (o.total, raw)
assert b[0].total >= b[1].total and sum(r.total for r in b) == b.total.total
big = limpid.largest(5)
sizes = sorted((x.size for x in a), reverse=True)
assert [x.size for x in big] == sizes[:5] and len(sizes) == len(a) and a[0].address == next(iter(a)).address
for width in (40, 60, 80, 120, 200):
    for r in (a, b, o, big, limpid.waste()):
        text = r.text(width=width)
        assert all(len(line) <= width for line in text.splitlines()), (width, max(text.splitlines(), key=len))
        assert r.json()
"""

MADE = r"""
import gc, limpid, sys
class Node:
    def __init__(self, i):
        self.i, self.next = i, None
def rows():
    return {r.type: r for r in limpid.by_type()}
def owners():
    return {(r.owner, r.role): r for r in limpid.by_owner()}
rows(), owners(), limpid.waste()
before, own = rows(), owners()
nodes = [Node(i + 1000) for i in range(10000)]
lists = [[] for i in range(1000)]
for l in lists:
    l.append(1)
after, own2 = rows(), owners()
n = after["__main__.Node"]
assert n.objects == 10000 and n.bytes == 10000 * limpid.where(nodes[0]).given, n
assert after["int"].objects - before["int"].objects >= 9990
assert after["list"].objects - before["list"].objects in range(1002, 1010)
grown = own2["list", "items"].bytes - own["list", "items"].bytes
assert 1000 * 32 + 80000 <= grown <= 1000 * 32 + 120000, grown
w = limpid.waste(5)
assert w["lists"].bytes >= 1000 * 24 and w["lists"].examples[0].bytes >= w["lists"].examples[-1].bytes
texts = ["text number %d" % (i % 5) for i in range(1000)]
w2 = limpid.waste(5)
e = w2["equal texts"].examples
assert [x.copies for x in e] == [199] * 5 and {x.what for x in e} == {f"'text number {i}'" for i in range(5)}, e
assert w2["equal texts"].bytes - w["equal texts"].bytes >= 990 * 64  # but for what went meanwhile
thin = {i: i for i in range(1000)}
for i in range(990):
    del thin[i]
w3 = limpid.waste(1)
assert w3["dicts"].examples[0].address == id(thin) and w3["dicts"].examples[0].bytes > 20000, w3["dicts"]
room = bytearray(100000)
del room[10:]
assert limpid.largest(1)[0].size >= 80000
assert len(limpid.largest(None)) > len(limpid.largest(10)) == 10
for wrong in ("x", -1):
    try:
        limpid.largest(wrong)
    except (TypeError, ValueError) as error:
        assert str(error).startswith("the number of rows must"), error
    else:
        raise AssertionError(wrong)
del nodes, n, l
gc.collect()
assert rows().get("__main__.Node") is None
"""


def check_sums(limpid):
    for name, source in PROGRAMS.items():
        limpid.run(source + SUMS)
        yield name


def check_made(limpid):
    limpid.run(MADE)


if __name__ == "__main__":
    main(globals())
