#!/usr/bin/env python3
"""Captures: what is written is what there is; any Limpid reads them; cut, damaged and hostile files are told, never a crash.

usage: check_capture.py --limpid BINARY
"""
import argparse
import os
import subprocess
import sys
import tempfile

PRELUDE = r'''
import _see, gc, os, random, struct, sys, zlib
import limpid
folder = sys.argv[1]
class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next
class Slots:
    __slots__ = ("a", "b")
'''

CASES = {
    "objects": r'''
node = Node([1, "two words", 3.5], None)
node.next = Node({"key": node, 7: (1, 2)}, node)
s = limpid.snapshot()
o = s.at(id(node))
assert o.type == "__main__.Node" and o.kind == "container" and not o.is_static and o.generation == 0, o.to_dict()
assert o.references == sys.getrefcount(node) - 1, o.references
assert [r.label for r in o.refs()] == [".__class__", ".value", ".next"], o.refs()
assert o.refs()[1].address == id(node.value) and o.refs()[2].object == s.at(id(node.next))
items = s.at(id(node.value))
assert items.length == 3 and [r.label for r in items.refs()][:3] == ["[0]", "[1]", "[2]"], items.refs()
assert [r.object.name for r in items.refs()][:3] == ["1", "two words", "3.5"]
holders = {r.label for r in o.referrers()}
assert {".next", "['key']", "['node']"} <= holders, holders
values = s.at(id(node.next.value))
assert {"['key']", "[7]"} <= {r.label for r in values.refs()}, values.refs()
assert s.at(id(None)).is_static and s.at(id(None)).references == -1 and s.at(8) is None
path = s.at(id(node.next)).path()
assert path[0][0].startswith("frame 1"), path
assert path[-1][1].address == id(node.next)
assert s.complete and s.problem is None and s.meta["pid"] == str(os.getpid())
''',
    "totals": r'''
kept = [Node(i) for i in range(1000)]
before = sys.getallocatedblocks()
s = limpid.snapshot()
rows = {r.type: r for r in s.by_type()}
assert rows["__main__.Node"].objects == 1000
assert rows["__main__.Node"].bytes == sum(o.size for o in s.objects("__main__.Node"))
assert sum(r.objects for r in s.by_type()) == sum(not o.is_static for o in s.objects())
small = sum(not o.is_static and not o.is_large for o in s.objects())
assert abs(small - before) < 5000, (small, before)
assert sum(p.used for p in s.pools()) == small
assert sum(r.objects for r in s.by_site()) == sum(r.objects for r in s.by_type())
big = [None] * 100000
top = limpid.snapshot().largest(1)[0]
assert top.size >= 800000 and top.object.type == "(buffer)", top
''',
    "frames": r'''
def outer(first):
    second = [first]
    return inner(second)
def inner(held):
    return limpid.snapshot()
s = outer("mine")
assert [f.function for f in s.frames()] == ["inner", "outer", "<module>"], s.frames()
held = [r for r in s.roots() if r.frame == 1 and r.label == "local held"]
assert len(held) == 1 and held[0].object.type == "list"
assert not any(f.file.startswith("<frozen limpid") for f in s.frames())
names = [x.name for x in s.segments()]
assert "[stack]" in names and all(x.resident_bytes <= x.bytes for x in s.segments())
''',
    "file": r'''
path = os.path.join(folder, "heap.limpid")
kept = [Node(str(i)) for i in range(20000)]
text = "privately " + str(os.getpid())
sizes = []
for options in ({}, {"compress": False}, {"values": False}):
    w = limpid.snapshot(path, **options)
    s = w.load()
    assert s.complete and (len(s), s.references, os.path.getsize(path)) == (w.objects, w.references, w.bytes), (s, w)
    assert {r.type: r.objects for r in s.by_type()}["__main__.Node"] == 20000
    assert s.at(id(text)).name == (text if options.get("values", True) else None)
    assert s.at(id(Node)).name == "__main__.Node"
    sizes.append(w.bytes)
assert sizes[2] < sizes[0] < sizes[1], sizes
assert w.bytes / w.objects < 30 and w.seconds > 0
other = os.path.join(folder, "other.limpid")
if os.fork() == 0:
    limpid.snapshot(other)
    os._exit(0)
os.wait()
assert limpid.load(other).meta["process"] != s.meta["process"]
''',
    "wrong files": r'''
def expect(kind, text, data):
    path = os.path.join(folder, "wrong")
    with open(path, "wb") as f:
        f.write(data)
    try:
        s = limpid.load(path)
    except kind as e:
        assert text in str(e), e
    else:
        raise AssertionError("loaded " + repr(s))
expect(EOFError, "is empty", b"")
expect(ValueError, "not a capture", b"x")
expect(ValueError, "not a capture", b"x" * 1000)
expect(ValueError, "is cut", b"\x89LMP\r\n\x1a\n\1")
expect(ValueError, "version", b"\x89LMP\r\n\x1a\n\2\0\0\0\0\0\0\0")
for path, kind in ((os.path.join(folder, "none"), FileNotFoundError), (folder, IsADirectoryError)):
    try:
        limpid.load(path)
    except kind:
        pass
    else:
        raise AssertionError(path)
for call in (lambda: limpid.snapshot(os.path.join(folder, "no", "such")), lambda: limpid.snapshot("/dev/full")):
    try:
        call()
    except OSError:
        pass
    else:
        raise AssertionError("written")
''',
    "cut anywhere": r'''
path = os.path.join(folder, "heap.limpid")
limpid.snapshot(path)
data = open(path, "rb").read()
whole = len(_see.capture_parse(data))
ends, at = [], 16
while at < len(data):
    at += 24 + struct.unpack_from("<I", data, at + 12)[0]
    ends.append(at)
assert ends[-1] == len(data)
last = 0
random.seed(1)
for cut in sorted({random.randrange(16, len(data)) for _ in range(60)} | set(ends) | {e - 1 for e in ends}):
    c = _see.capture_parse(data[:cut])
    assert c.complete == (cut == len(data)), (cut, c.problem)
    assert (c.problem is None) == c.complete
    if cut in ends and cut != len(data):
        assert c.problem == "the file ends before its last chunk", c.problem
    elif cut != len(data):
        assert c.problem in ("the last chunk is cut", "the file ends before its last chunk"), c.problem
    assert len(c) >= last
    last = len(c)
assert last == whole
for i in range(40):
    at = random.randrange(16, len(data))
    c = _see.capture_parse(data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1:])
    assert not c.complete and c.problem, at
''',
    "hostile": r'''
path = os.path.join(folder, "heap.limpid")
limpid.snapshot(path, compress=False, values=False)
data = open(path, "rb").read()
chunks, at = [], 16
while at < len(data):
    size = struct.unpack_from("<I", data, at + 12)[0]
    chunks.append((data[at:at + 24], data[at + 24:at + 24 + size]))
    at += 24 + size
def sealed(header, payload, plain=None):
    header = header[:12] + struct.pack("<II", len(payload), len(payload) if plain is None else plain)
    return header + struct.pack("<I", zlib.crc32(payload, zlib.crc32(header))) + payload
def use(data):
    try:
        c = _see.capture_parse(data)
    except (ValueError, MemoryError):
        return
    c.types(); c.frames(); c.segments(); c.roots(); c.pools(); c.by_site(); c.tree(); c.meta
    c.largest(5, -1)
    for i in range(0, len(c), max(1, len(c) // 50)):
        c.row(i); c.references(i)
        c.referrers(i)
    for i in range(3):
        c.site(i)
    c.changes(c, True); c.changes(c, False)
    c.heapsnapshot(os.devnull)
    c.dominators(100, 64, 0)
    for i in range(0, len(c), max(1, len(c) // 10)):
        c.retained(i)
random.seed(int(sys.argv[2]) if len(sys.argv) > 2 else 5)
small = [(h, p) for h, p in chunks if len(p) < 70000] + chunks[:2]
for round in range(150):
    parts = []
    for header, payload in random.sample(small, min(len(small), 8)):
        payload = bytearray(payload)
        for _ in range(random.choice((0, 1, 3, 20))):
            payload[random.randrange(len(payload))] = random.choice((0, 1, 127, 128, 255, random.randrange(256)))
        if random.random() < 0.2:
            del payload[random.randrange(len(payload)):]
        header = bytearray(header)
        if random.random() < 0.2:
            header[8:12] = struct.pack("<I", random.choice((0, 1, 2, 1 << 20, 0xffffffff)))
        if random.random() < 0.1:
            header[:4] = random.choice(chunks)[0][:4]
        if random.random() < 0.1:
            header[4] = 1
        parts.append(sealed(bytes(header), bytes(payload)))
    use(data[:16] + b"".join(parts))
# a promise of rows that nothing backs, an inflated size that is a lie, a bomb
head = data[:16]
use(head + sealed(b"OBJS\0\0\0\0\xff\xff\xff\xff", b"\7" + b"\0" * 28))
use(head + sealed(b"EDGE\0\0\0\0\1\0\0\0", b"\4" + struct.pack("<4I", 2, 9, 0, 0) + b"\2\2" + b"\xff" * 8 + b"\x7f"))
use(head + sealed(b"META\1\0\0\0\1\0\0\0", zlib.compress(b"\0" * 1000), 0xffffffff))
use(head + sealed(b"META\1\0\0\0\1\0\0\0", zlib.compress(b"\0" * (80 << 20)), 80 << 20))
use(head + sealed(b"ZZZZ\0\0\0\0\1\0\0\0", b"anything"))
''',
    "difference": r'''
old = [Node(i) for i in range(300)]
a = limpid.snapshot()
new = [Node(None) for i in range(500)]
del old[100:]
b = limpid.snapshot(os.path.join(folder, "b.limpid")).load()
d = limpid.diff(a, b)
row = {r.what: r for r in d.by_type}["__main__.Node"]
assert d.exact and row.stayed + row.born == 600 and row.born - row.died == 300, row
assert row.grown_bytes == row.born_bytes - row.died_bytes == 300 * sys.getsizeof(Node(0)), row
assert not any(r.what == "__main__.Node" for r in limpid.diff(b, limpid.snapshot()).by_type)
other = os.path.join(folder, "other.limpid")
if os.fork() == 0:
    more = [Node(None) for i in range(50)]
    limpid.snapshot(other)
    os._exit(0)
os.wait()
d = limpid.diff(b, other)
row = {r.what: r for r in d.by_type}["__main__.Node"]
assert not d.exact and row.born == 50 and row.stayed == 0, row
import tracemalloc
tracemalloc.start(3)
a = limpid.snapshot()
def make():
    return [Slots() for i in range(64)]
kept = make()
d = limpid.diff(a, limpid.snapshot())
assert any(r.born >= 64 for r in d.by_site), d.by_site
assert limpid.snapshot().at(id(kept[0])).site[0][2] == make.__code__.co_firstlineno + 1
''',
    "keeping": r'''
class Holder:
    def __init__(self): self.rows = [[float(i)] * 3 for i in range(500)]
kept = Holder()
shared = [kept.rows[0]]
alone = {"x": [bytearray(5000), (1, [2.5])]}
garbage = [[1.5]]
garbage.append(garbage)
address = id(garbage)
gc.collect(), gc.disable()
del garbage
a = limpid.snapshot(os.path.join(folder, "k.limpid")).load()
for name in ("kept", "kept.rows", "shared", "alone", "alone['x']", "Holder"):
    now, then = limpid.retained(eval(name)), a.at(id(eval(name))).retained()
    assert (now.own, now.bytes, now.objects) == (then.own, then.bytes, then.objects), (name, now, then)
assert limpid.retained(kept).dominator == a.at(id(kept)).retained().dominator == "module __main__.__dict__"
lost = a.at(address).retained()
assert lost.dominator is None and lost.objects == 2 and lost.bytes > lost.own > 40, lost
tree = a.dominators(depth=4, width=64, least=1)
assert tree.name == "whole heap" and tree.retained >= sum(c.retained for c in tree.children), tree
main, = [c for c in tree.children if c.name == "module __main__.__dict__"]
mine, = [c for c in main.children if c.label == "['kept']"]
assert (mine.retained, mine.objects) == (limpid.retained(kept).bytes, limpid.retained(kept).objects), mine
assert all(x.retained >= y.retained for x, y in zip(tree.children, tree.children[1:]))
''',
    "odd names": r'''
import json, xml.dom.minidom
kept = [type(name, (), {})() for name in ("\x1b[31m", "</svg>", 'a"b', "\ufffe", "x\ny", "]]>", "\u2028")]
def drawn():
    here = kept
    for ending in ("svg", "dot", "jsonl", "collapsed", "speedscope.json", "dhat.json", "heapsnapshot"):
        limpid.export(os.path.join(folder, "odd." + ending))
drawn()
read = lambda ending: open(os.path.join(folder, "odd." + ending), encoding="utf-8").read()
assert "&lt;/svg&gt;" in read("svg") and "?[31m" in read("svg")
xml.dom.minidom.parseString(read("svg").encode())
for ending in ("speedscope.json", "dhat.json", "heapsnapshot"):
    json.loads(read(ending))
assert all(json.loads(line) for line in read("jsonl").split("\n") if line)
assert all(line.rpartition(" ")[2].isdigit() for line in read("collapsed").split("\n") if line)
''',
    "nothing asked": r'''
class Loud:
    def __getattribute__(self, name): raise SystemExit("asked for " + name)
    def __repr__(self): raise SystemExit("repr")
    def __eq__(self, other): raise SystemExit("eq")
    def __hash__(self): return 1
    def __len__(self): raise SystemExit("len")
class Meta(type):
    def __getattribute__(self, name): raise SystemExit("asked for " + name)
    def __instancecheck__(self, other): raise SystemExit("instance")
class Odd(str, metaclass=Meta):
    def __len__(self): raise SystemExit("len")
kept = [Loud(), {Loud(): 1}, Odd("text"), {Odd("key"): 2}, Odd]
loud = kept[0]
counts = gc.get_count(), gc.get_stats()
limpid.snapshot(os.path.join(folder, "x.limpid"))
assert (gc.get_count(), gc.get_stats())[1] == counts[1]
s = limpid.snapshot()
assert s.at(id(loud)).type == "__main__.Loud"
assert s.at(id(kept[2])).name == "text" and s.at(id(kept[2])).length == 4
''',
}

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    limpid = os.path.abspath(parser.parse_args().limpid)
    passed, failed = 0, []
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    for name, source in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "case.py")
            with open(program, "w") as f:
                f.write(PRELUDE + source)
            try:
                done = subprocess.run([limpid, program, folder], capture_output=True, text=True, timeout=300, env=env)
            except subprocess.TimeoutExpired:
                failed.append((name, "timed out"))
                continue
        if done.returncode == 0 and not done.stderr:
            passed += 1
        else:
            failed.append((name, f"exit {done.returncode}\n{done.stdout}{done.stderr}"[-3000:]))
    for name, why in failed:
        print(f"FAIL {name}: {why}")
    print(f"{passed} passed, {len(failed)} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
