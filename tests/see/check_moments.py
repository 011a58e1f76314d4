#!/usr/bin/env python3.11
"""Captures of the heap within a recording: what they say is what the heap is, and they stay small.

usage: check_moments.py --limpid BINARY [-k TEXT] [-v]
"""
import os
import subprocess
import sys
import tempfile

from harness import main

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "limpid"))
import moments  # noqa: E402  (plain Python; the package itself needs Limpid)
import recording  # noqa: E402

GROWING = """
class Node:
    def __init__(self, value, following):
        self.value = value
        self.following = following
def build(n):
    head = None
    for i in range(n):
        head = Node(i * 1.5, head)
    return head
chain = build(300)
rows = [[i, str(i)] for i in range(20000)]
alias = rows
text = 'end of ' + str(len(alias))
"""


def record(limpid, source, **options):
    """(Recording, [Capture], bytes of the file) of a program's run."""
    with tempfile.TemporaryDirectory() as folder:
        program, file = os.path.join(folder, "prog.py"), os.path.join(folder, "prog.rec")
        starter = os.path.join(folder, "start.py")
        with open(program, "w", encoding="utf-8") as out:
            out.write(source)
        with open(starter, "w", encoding="utf-8") as out:
            out.write(f"import _see\n_see.record({file!r}, **{options!r})\nimport prog\n_see.record_stop()\n")
        arguments = [starter] if options else [f"--record={file}", program]
        done = subprocess.run([limpid.binary, *arguments], capture_output=True, text=True, cwd=folder)
        assert done.returncode == 0, (done.returncode, done.stderr)
        whole = recording.Recording(file)
        return whole, list(moments.captures(whole)), os.path.getsize(file)


def states(whole, stops):
    """The state before as many stops, for some."""
    found, stop = {}, 0
    for operation, state in whole:
        if operation == "UNWIND":
            continue
        if stop in stops:
            found[stop] = {number: (o.type, o.address, o.size, o.count) for number, o in state.objects.items()}
        stop += 1
    return found, stop


def check_moments(limpid):
    """One at the start, one where the heap has grown by half, one at the end; all whole."""
    whole, captures, size = record(limpid, GROWING)
    reasons = [c.reason for c in captures]
    assert reasons[0] == "start" and reasons[-1] == "end" and "grown" in reasons[1:-1], reasons
    assert all(c.complete and c.whole and c.done_objects == len(c.objects) for c in captures)
    assert captures[0].step == captures[0].stop == 0 and not captures[0].based and captures[-1].based
    steps = [c.step for c in captures]
    assert steps == sorted(steps) and captures[-1].stop == states(whole, ())[1]


def check_blocks_and_pools(limpid):
    """Each pool has as many blocks as it says, and each reference leads to a block that is there."""
    for capture in record(limpid, GROWING)[1]:
        pools = {address: [size, capacity, used, first, 0] for address, kind, size, capacity, used, first in capture.pools if kind != 255}
        for block in capture.objects.values():
            pool = pools.get(block.address & ~4095)
            if pool and not block.is_static:
                assert block.size == pool[0] and (block.address - (block.address & ~4095) - pool[3]) % pool[0] == 0
                pool[4] += 1
        assert all(used == seen for _, _, used, _, seen in pools.values())
        low, high = min(pools), max(pools) + 4096
        lost = [t for b in capture.objects.values() for how, t in b.holds if t not in capture.objects and low <= t < high]
        assert len(lost) <= 3, [hex(t) for t in lost]


def check_the_same_as_the_journal(limpid):
    """Objects in view at the step of a capture are in it, with class, size and count."""
    whole, captures, size = record(limpid, GROWING)
    found, stops = states(whole, {c.stop for c in captures})
    for capture in captures[1:-1]:
        different = []
        for type, address, size, count in found[capture.stop].values():
            block = capture.objects.get(address)
            if type == "code":  # rests: its count is not followed
                continue
            if size and (block is None or (block.type, block.size, block.references) != (type, size, count)):
                different.append((type, hex(address), size, count, block and vars(block)))
        assert len(found[capture.stop]) > 100 and not different, different[:3]


def check_what_is_left_out(limpid):
    """A capture that builds on the first says the same as a snapshot taken at once after it."""
    source = GROWING + """
import _see, limpid
_see.record_stop()
limpid.snapshot('after.limpid')
after = limpid.load('after.limpid')
import limpid.moments, limpid.recording
*_, last = limpid.moments.captures(limpid.recording.Recording('run.rec'))
names = {}
different = 0
for i in range(len(after)):
    o = after._object(i)
    block = last.objects.get(o.address)
    if block is None or (block.type, block.size, block.references) != (o.type, o.size, None if o.kind == 'buffer' else o.references):
        different += 1
    elif sorted(target for _, target in block.holds) != sorted(r.address for r in o.refs()):
        different += 1
print(last.based, len(last.objects) > 60000, different < 60, different)
"""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "prog.py"), "w", encoding="utf-8") as out:
            out.write(source)
        with open(os.path.join(folder, "start.py"), "w", encoding="utf-8") as out:
            out.write("import limpid.capture, limpid.moments, limpid.recording, _see\n_see.record('run.rec')\nimport prog\n")
        done = subprocess.run([limpid.binary, "start.py"], capture_output=True, text=True, cwd=folder)
        assert done.stdout.startswith("1 True True"), (done.stdout, done.stderr[-800:])


def check_copies(limpid):
    """Copied blocks begin with count and class, and their fields lie within them."""
    last = record(limpid, GROWING)[1][-1]
    checked = 0
    for address, (layout, data) in last.copies.items():
        block = last.objects.get(address)
        if not block or block.references is None or not layout:
            continue
        fields = last.fields[layout]
        assert [f[0] for f in fields[:2]] == ["ob_refcnt", "ob_type"] and fields[1][2] == 8
        assert all(offset <= block.size for _, _, offset, *_ in fields) and len(data) <= 512
        if block.references >= 0:
            assert int.from_bytes(data[:8], "little") == block.references, block.type
            checked += 1
    assert checked > 100 and any(b.type.endswith("Node") for a in last.copies if (b := last.objects.get(a))), checked


def check_size(limpid):
    """Hello, world; a recording without captures; one in which they have no room."""
    whole, captures, size = record(limpid, "print('hello')")
    assert len(captures) == 2 and size < 350_000, size
    whole, captures, size = record(limpid, GROWING, captures="off")
    assert captures == [] and size < 2_500_000, size
    whole, captures, size = record(limpid, GROWING, captures="500K")
    sums = captures[-1]
    assert captures[0].whole and not sums.whole and not sums.objects and sums.pools
    assert sum(objects for objects, _ in sums.sums.values()) == sums.done_objects > 60000


def check_segments(limpid):
    """The process: program, libraries, arenas, stack, each with its kind."""
    capture = record(limpid, "x = 1\n")[1][0]
    kinds = {s[5] for s in capture.segments}
    assert {"text", "data", "bss", "arena", "stack", "library text"} <= kinds, kinds
    arenas = [s for s in capture.segments if s[5] == "arena"]
    assert all(any(s[0] <= p[0] < s[0] + s[1] for s in arenas) for p in capture.pools)


if __name__ == "__main__":
    main(globals())
