#!/usr/bin/env python3.11
"""limpid.pins(): what it says holds an arena does hold it, and freeing that returns what it said.

usage: check_pins.py --limpid BINARY [-k TEXT] [-v]
"""
from harness import main

SCATTER = """
import gc, limpid
MB = 1 << 20
def arenas():
    return len(limpid.map().arenas)
class Cache:
    pass
limpid.pins(); limpid.rss()
before = arenas()
cache = Cache()
cache.items = {}
def fill():
    texts = [f"text number {i}" for i in range(120_000)]
    cache.items.update((str(i // 4000), t) for i, t in enumerate(texts) if i % 4000 == 0)
fill()
grown = arenas()
"""


def check_holder_lets_go(limpid):
    """A cache that keeps 30 of 120,000 strings: it is named, with its arenas; when it is emptied, they go back."""
    out = limpid.run(SCATTER + """
p = limpid.pins()
holder = next(h for h in p.holders if "cache" in h.way)
assert holder.way == "module __main__ → cache → .items → […]", holder.way
assert 25 <= holder.blocks <= 60 and 20 <= holder.alone <= holder.arenas <= 40 and holder.returns >= 20 * 200_000, holder
mine = [pin for pin in p.arenas if pin.held_by and all(b.way and ".items → [" in b.way for b in pin.held_by)]
assert len(mine) == holder.alone and sum(pin.returns for pin in mine) == holder.returns, (mine, holder)
assert all(len(pin.held_by) == pin.blocks and sum(b.size for b in pin.held_by) == pin.bytes for pin in mine)
texts = {id(t): t for t in cache.items.values()}
told = [b for pin in p.arenas for b in pin.held_by if b.address in texts]
assert len(told) >= 25 and all(b.name == "str" and b.role is None for b in told), (len(told), told)
keys = {texts[b.address]: b.way.rsplit("[")[-1] for b in told}
assert all(keys[t] == repr(k) + "]" for k, t in cache.items.items() if t in keys), keys
print(p)
with_cache = arenas()
del texts, told, mine, keys
cache.items.clear()
gone = with_cache - arenas()
assert gone >= holder.alone - 1, (gone, holder.alone)
""")
    assert "who holds the sparse arenas" in out and "module __main__ → cache → .items → […]" in out


def check_names(limpid):
    """Buffers are told by owner and role; what nothing reaches is told so; long ways are cut."""
    limpid.run("""
import gc, limpid
gc.disable()
class Node:
    pass
lists = [[i] for i in range(100_000)]
kept = lists[::7000]
end = None
for i in range(0, 5000):
    n = Node(); n.next = end; end = n
loop = [None] * 20; loop.append(loop)
lists = None
del loop, n
p = limpid.pins(1000, 1000)
blocks = {b.address: b for pin in p.arenas for b in pin.held_by}
assert any(b.name == "list's items" and b.way.startswith("module __main__ → kept → [") for b in blocks.values())
node = end
for i in range(4000):
    node = node.next
far = blocks.get(id(node))
assert far is None or far.way.startswith("module __main__ → … ") and far.way.endswith(".next") and len(far.way) < 500, far
assert p.arenas == sorted(p.arenas, key=lambda pin: (pin.bytes, pin.address))
assert all(0 < pin.bytes <= pin.returns <= 1 << 18 for pin in p.arenas)
assert len(p.arenas) + (p.empty > 0) >= len(limpid.map().arenas) - 1
assert [len(pin.held_by) for pin in limpid.pins(2, 3).arenas][2:] == [0] * (len(p.arenas) - 2)
assert all(len(pin.held_by) <= 3 for pin in limpid.pins(2, 3).arenas)
for wrong in (-1, 0), (0, -1):
    try:
        limpid.pins(*wrong)
    except ValueError as e:
        assert str(e) == "arenas and blocks must not be negative"
    else:
        raise AssertionError
""")


def check_malloc(limpid):
    """The highest large block of malloc's heap is the one that must go before the heap can shrink."""
    if limpid.sanitized:
        return
    limpid.run("""
import limpid
low = [bytes(50_000) for i in range(40)]
last = bytes(60_000)
m = limpid.pins().malloc
assert m.last.address >= id(last) and m.last.size >= 513, m
assert m.system >= m.live + m.free - 4096 and m.top <= m.free, m
del low, last
after = limpid.pins().malloc
assert (m.system - m.free) - (after.system - after.free) > 1_900_000, (m, after)
""")


def check_text(limpid):
    for columns in (40, 60, 80, 120):
        lines = limpid.run(SCATTER + "print(limpid.pins())", env={"COLUMNS": str(columns)}).splitlines()
        assert max(map(len, lines)) <= columns, (columns, lines)
        assert any(line.startswith("malloc: ") for line in lines)
        yield columns
    limpid.run("import json, limpid; p = limpid.pins(); assert json.loads(p.json()) == p.to_dict(); assert p.malloc.free >= 0")


main(globals())
