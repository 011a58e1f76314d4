#!/usr/bin/env python3.11
"""limpid.rss(): at least 99 % of the resident bytes have a name, checked against /proc/self/smaps; and the names are right.

usage: check_rss.py --limpid BINARY [-k TEXT] [-v]
"""
from harness import main
from programs import PROGRAMS

NAMED = """
import limpid

def by_system():
    with open("/proc/self/smaps") as f:
        return sum(int(line.split()[1]) * 1024 for line in f if line.startswith("Rss:"))
limpid.rss(); by_system()
before, r, after = by_system(), limpid.rss(), by_system()
named = r.total - r["the rest"]
assert 0.99 * before <= named <= 1.01 * after, (before, named, after, str(r))
assert 0.99 <= r.named <= 1 and 0.98 <= r.resident / before <= 1.02, (r.named, r.resident, before)
assert all(p.bytes >= 0 for p in r.parts) and r.total == sum(p.bytes for p in r.parts)
m = limpid.map()
assert abs(sum(x.resident for x in m.regions) - r.total) <= 0.01 * r.total
in_arenas = sum(r[n] for n in ("live objects", "live buffers", "padding", "free blocks", "free pools", "pool headers"))
assert abs(in_arenas - sum(a.resident for a in m.arenas)) <= 0.01 * in_arenas + 65536, (in_arenas, m.arenas)
live = r["live objects"] + r["live buffers"] + r["padding"]
assert abs(live - sum(a.bytes for a in m.arenas)) <= 0.01 * live, (live, sum(a.bytes for a in m.arenas))
"""


def check_named(limpid):
    for name, source in PROGRAMS.items():
        if not limpid.sanitized:
            limpid.run(source + NAMED)
            yield name
        else:
            limpid.run(source + "\nimport limpid; print(limpid.rss())")


def check_moves(limpid):
    """What a program does shows in the right part, by about the right number of bytes."""
    if limpid.sanitized:
        return
    limpid.run("""
import limpid
MB = 1 << 20
def change(do):
    global before
    limpid.rss()
    before = limpid.rss()
    kept = do()
    after = limpid.rss()
    return kept, {p.name: p.bytes - before[p.name] for p in after.parts if abs(p.bytes - before[p.name]) > 200_000}

import mmap
zeros, d = change(lambda: mmap.mmap(-1, 64 * MB))
assert d == {}, d                                   # asked for, never touched: not resident
def fill():
    for i in range(0, 32 * MB, 4096):
        zeros[i] = 1
_, d = change(fill)
assert list(d) == ["files"] and d["files"] == 32 * MB, d
full, d = change(lambda: bytearray(16 * MB))
assert list(d) == ["large blocks"] and abs(d["large blocks"] - 16 * MB) < 300_000, d
floats, d = change(lambda: [i / 3 for i in range(200_000)])
assert set(d) == {"live objects", "large blocks"} and abs(d["live objects"] - 24 * 200_000) < 200_000, d
def thin():
    floats[:] = [None if i % 100 else f for i, f in enumerate(floats)]
_, d = change(thin)                                 # a hundredth of the floats, all over the pools
assert abs(d["live objects"] + 24 * 198_000) < 300_000 and abs(d["free blocks"] - 24 * 198_000) < 500_000, d
strings, d = change(lambda: ["x" * 700 + str(i) for i in range(20_000)])
assert abs(d["large blocks"] - 20_000 * 755) < 600_000 and 20_000 * 48 < d["bookkeeping"] < 20_000 * 72, d
lists, d = change(lambda: [[None, None, None] for i in range(50_000)])
assert abs(d["live objects"] - 50_000 * 40) < 300_000 and d["live buffers"] >= 50_000 * 24, d
""")


def check_start(limpid):
    """Code and frozen modules that only the start wants are not resident any more when the program runs."""
    if not limpid.sanitized:
        limpid.run("""
import os, re, sys
resident, inside, files = 0, False, (os.path.realpath(sys.executable), "/libm.so.6")
for line in open("/proc/self/smaps"):
    if match := re.match(r"[0-9a-f]+-[0-9a-f]+ (\\S+) ", line):
        inside = "w" not in match[1] and line.split()[-1].endswith(files)
    elif inside and line.startswith("Rss:"):
        resident += int(line.split()[1])
assert 500 < resident < 2300, resident
""")


def check_mapped(limpid):
    """Private memory of mmap objects has their name, also of subclasses, and none when they are closed."""
    limpid.run(f"least = {0 if limpid.sanitized else 0.99}" + """
import limpid, mmap, sys
class Own(mmap.mmap):
    def __len__(self): raise SystemExit("asked")
MB = 1 << 20
flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
one, two, closed = Own(-1, 8 * MB, flags), mmap.mmap(-1, 4096, flags), mmap.mmap(-1, MB, flags)
for i in range(0, 8 * MB, 4096):
    one[i] = 1
closed.close()
counts = sys.getrefcount(one), sys.getrefcount(closed)
r, m = limpid.rss(), limpid.map()
assert 8 * MB <= r["mapped memory"] <= 8 * MB + 4096 and r.named >= least, r
assert sum(x.size for x in m.regions if x.kind == "mapped") == 8 * MB + 4096, m
assert counts == (sys.getrefcount(one), sys.getrefcount(closed))
one.close(), two.close()
assert limpid.rss()["mapped memory"] == 0
""")


def check_text(limpid):
    for columns in (40, 60, 80, 120, 160):
        lines = limpid.run("import limpid; print(limpid.rss())", env={"COLUMNS": str(columns)}).splitlines()
        assert max(map(len, lines)) <= columns, lines
        assert lines[0].startswith("Resident memory: ") and any(line.startswith("live objects ") for line in lines)
        yield columns
    limpid.run("""
import json, limpid
r = limpid.rss()
assert json.loads(r.json()) == r.to_dict() and r.to_dict()["parts"][0]["name"] == "live objects"
try:
    r["nothing"]
except KeyError:
    pass
else:
    raise AssertionError
""")


main(globals())
