#!/usr/bin/env python3.11
"""limpid.map(): its regions are the process's, whole and in order, and each is what it is called.

usage: check_map.py --limpid BINARY [-k TEXT] [-v]
"""
from harness import main
from programs import PROGRAMS

WHOLE = """
import limpid
m = limpid.map()
regions = [r for r in m.regions if r.low < 1 << 47]
for a, b in zip(regions, regions[1:]):
    assert a.high <= b.low, (a, b)
assert sum(r.size for r in regions) == m.mapped, (sum(r.size for r in regions), m.mapped)
assert all(0 <= r.resident <= r.size for r in regions), [r for r in regions if r.resident > r.size]
assert 0.99 <= sum(r.resident for r in regions) / m.resident <= 1.02, (sum(r.resident for r in regions), m.resident)
arenas = [r for r in regions if r.kind == "arena"]
assert [r.low for r in arenas] == [a.address for a in m.arenas] and all(r.size == 1 << 18 for r in arenas)
"""


def check_whole(limpid):
    """The map's equation: what is mapped is the sum of the regions; for each kind of program."""
    for name, source in PROGRAMS.items():
        if not limpid.sanitized:
            limpid.run(source + WHOLE)
            yield name


def check_order_of_segments(limpid):
    """Code < data < bss < heap < stack < kernel, and objects of each kind lie where they are said to lie."""
    limpid.run("""
import limpid
m = limpid.map()
at = {r.kind: r.low for r in reversed(m.regions)}
assert at["text"] < at["data"] < at["bss"] < at["heap"] < at["stack"] < m.kernel
assert at["rodata"] < at["data"] and m.kernel == 0xffff800000000000

def kind(address):
    return next(r.kind for r in m.regions if r.low <= address < r.high)
class C: pass
c = C(); big = bytes(600); huge = bytearray(5_000_000)
m = limpid.map()
assert kind(id(c)) == "arena" and kind(id(None)) in ("data", "bss") and kind(id(int)) in ("data", "bss")
assert kind(id(big)) == "heap", kind(id(big))
assert [b.source for b in m.large if b.size >= 5_000_000] == ["mmap"]
assert {r.grows for r in m.regions if r.kind == "stack"} == {"down"}
assert {r.grows for r in m.regions if r.kind == "heap"} == {"up"}
assert {r.permissions for r in m.regions if r.kind == "text"} == {"r-xp"}
assert {r.permissions for r in m.regions if r.kind == "data"} == {"rw-p"}
assert any(r.kind == "library text" and "libc" in r.file for r in m.regions)
""" if not limpid.sanitized else "import limpid; limpid.map()")


def check_stacks(limpid):
    """The part of the stack in use grows with C recursion, the frame chunk with Python recursion; each thread has its own."""
    limpid.run("""
import limpid, threading
def here():
    t = limpid.map().threads[0]
    return t.in_use, sum(c.in_use for c in t.chunks)
def python(n):
    return here() if n == 0 else python(n - 1)
def c(n):
    return here() if n == 0 else next(map(c, [n - 1]))
flat, deep, through = here(), python(100), c(100)
assert deep[0] - flat[0] < 2000 and deep[1] - flat[1] > 100 * 80, (flat, deep)
assert through[0] - flat[0] > 100 * 100, (flat, through)
inside = []
def work():
    inside.append(limpid.map())
    gate.wait()
gate = threading.Event()
thread = threading.Thread(target=work, name="worker")
thread.start()
while not inside: pass
m = limpid.map()
gate.set(); thread.join()
assert [t.name for t in m.threads] == ["MainThread", "worker"], m.threads
assert [t.current for t in m.threads] == [True, False] and [t.current for t in inside[0].threads] == [False, True]
for t in m.threads + inside[0].threads:
    assert t.in_use is None or 0 < t.in_use < t.high - t.low <= t.limit, t
    assert t.low <= t.stack_pointer < t.high or t.stack_pointer == 0 or t.in_use is None
    assert len(t.chunks) == 1 and 0 < t.chunks[0].in_use < t.chunks[0].size
    assert [r for r in m.regions + inside[0].regions if r.kind == "stack" and r.thread == t.id]
""")


def check_text(limpid):
    """Lines are no wider than COLUMNS; no colour away from a terminal; high addresses on top."""
    for columns in (40, 60, 72, 80, 100, 120, 200):
        text = limpid.run("import limpid; print(limpid.map())", env={"COLUMNS": str(columns)})
        assert max(map(len, text.splitlines())) <= columns, columns
        assert "\x1b" not in text
        sections = (".data", ".text") if columns > 40 or not limpid.sanitized else ()  # its addresses take their room
        at = [text.index(part) for part in ("Kernel space", "C stack", "Mappings", *sections, "Low addresses")]
        assert at == sorted(at), text
        yield columns


def check_plain_data(limpid):
    """to_dict() and json() say the same, of plain types."""
    limpid.run("""
import json, limpid
m = limpid.map()
assert json.loads(m.json()) == m.to_dict() == json.loads(json.dumps(m.to_dict()))
assert m.to_dict()["regions"][0]["kind"] == "rodata"
""" if not limpid.sanitized else "import limpid; limpid.map().json()")


main(globals())
