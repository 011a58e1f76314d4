#!/usr/bin/env python3
"""The growth data of recordings: what is live by line and type at any step, against what the program sees of itself.

usage: check_growth.py --limpid BINARY [-k NAME] [-v]
"""
import json
import os
import sys
import tempfile

import harness

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib"))
import importlib.util


def module(name):
    """A module of the package limpid, without the runtime."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "limpid", name + ".py")
    spec = importlib.util.spec_from_file_location("limpid." + name, path)
    found = sys.modules["limpid." + name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


recording = module("recording")
growth = module("growth")

# Runs SOURCE while it is recorded, then tells what is live by class; all that this needs has been made before.
PRELUDE = '''
import sys, json, gc, _see, limpid, limpid.blocks
SOURCE, path = sys.argv[1:3]
limpid.by_type(); limpid.heap()
code = compile(SOURCE, "prog.py", "exec")
names = {"__name__": "prog", "limpid": limpid}
'''
RUN = '''
_see.record(path, **OPTIONS)
exec(code, names)
found = limpid.by_type()
_see.record_stop()
after = limpid.by_type()   # the end of the recording lies between the two
rows = [[[r.type, r.objects, r.bytes, r.buffers, r.buffer_bytes] for r in each] for each in (found, after)]
print("FOUND" + json.dumps({"types": rows, "told": names.get("told")}))
'''


def run(limpid, source, before="", after="", env=None, **options):
    """(growth data, recording, {type: (blocks, bytes)} as the program saw it just before the end and just after, what it says)"""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "r")
        text = PRELUDE + before + RUN.replace("**OPTIONS", f"**{options!r}") + after
        out = limpid.run(text, arguments=(source, path), env=env)
        said = json.loads(next(line[5:] for line in out.split("\n") if line.startswith("FOUND")))
        return growth.Growth(path), recording.Recording(path), [by_class(rows) for rows in said["types"]], said["told"]


def by_class(rows):
    types = {name: (objects, size) for name, objects, size, _, _ in rows if objects}
    buffers = [sum(row[i] for row in rows) for i in (3, 4)]
    own = types.get("(buffer)", (0, 0))
    types["(buffer)"] = own[0] + buffers[0], own[1] + buffers[1]
    return types


def lines_of(recorded):
    """(step, line) of the program's steps."""
    for operation, state in recorded:
        if operation == "STEP" and state.stack[-1].code.file == "prog.py":
            yield state.step, state.stack[-1].line


def differences(limpid, *args, **options):
    found, _, types, told = run(limpid, *args, **options)
    live = {name: row for name, row in found.live("type").items() if any(row)}
    differ = {name: (live.get(name), *(each.get(name) for each in types)) for name in {*live, *types[0], *types[1]}
              if all(live.get(name) != each.get(name) for each in types)}
    assert not differ, differ
    return found, told


OBJECTS = '''
class C:
    def __init__(self, n):
        self.n = n
        self.s = str(n) * 3
keep = []
def work(n):
    for i in range(n):
        keep.append(C(i))
        [i] * 50
work(2000)
b = bytearray(100000)
b += bytes(200000)
del keep[:1000]
class D(C):
    __slots__ = ("a",)
x = {i: float(i) for i in range(1000)}
for i in range(300):
    T = type("T", (), {})
    y = [T() for k in range(20)]
    del T, y
z = "a" * 3000
z += "b" * 3000
import decimal, collections
gone = [type("U", (D,), {}) for i in range(50)]
del gone, D
cycle = []
cycle.append(cycle)
del cycle
import gc
gc.collect()
'''


def check_types(limpid):
    """At the end, blocks and bytes of every class are those of by_type()."""
    differences(limpid, OBJECTS)
    yield "whole"
    differences(limpid, OBJECTS, lean=True, growth=True)
    yield "lean"


def check_beside(limpid):
    """The same while tracemalloc traces and the log is written; and these say what they say without."""
    before = "import tracemalloc\nlimpid.log(path + '.log')\ntracemalloc.start()\n"
    after = "tracemalloc.stop()\nlog = limpid.allocations._running\nlog.stop()\nprint(log.load().end_blocks > 1000)\n"
    differences(limpid, OBJECTS, before=before, after=after)


def check_lines(limpid):
    """Blocks and bytes by line are those of tracemalloc."""
    source = '''
import sys
class Node:
    __slots__ = ("next", "value")
def make(n):
    nodes = []
    for i in range(n):
        node = Node()
        node.value = [i, n]
        nodes.append(node)
    return nodes
def text(n):
    return ["%d items" % i for i in range(n)]
def main():
    a = make(700)
    b = text(300)
    c = {k: (k, k) for k in "abcdefgh"}
    del a[100:]
    d = bytes(5000)
    return a, b, c, d
kept = main()
'''
    found, _, _, _ = run(limpid, source, module="nothing")  # code that is recorded has more instructions
    traced = limpid.run("import sys, json, tracemalloc\ncode = compile(sys.argv[1], 'prog.py', 'exec')\ntracemalloc.start()\nexec(code, {})\n"
                        "found = tracemalloc.take_snapshot().statistics('lineno')\n"
                        "print(json.dumps([(s.traceback[0].lineno, s.count, s.size) for s in found if s.traceback[0].filename == 'prog.py']))",
                        arguments=(source,))
    told = json.loads(traced)
    live = {line: row for (file, line), row in found.live("line").items() if file == "prog.py"}
    compared = 0
    for line, count, size in told:
        if line not in (2, 3, 5, 12, 14, 21):  # those change namespaces
            assert live.get(line) == (count, size), (line, live.get(line), (count, size))
            compared += 1
    assert compared >= 6, told


def check_steps(limpid):
    """What is live at a step is what the heap has at that line."""
    source = '''
heap = limpid.heap
told = [None] * 40
def at(i):
    told[i] = heap()
at(0)
a = [[i] for i in range(100)]
at(1)
b = {i: str(i) for i in range(100)}
at(2)
del a
at(3)
for i in range(4, 30):
    a = [0] * (100 * i)
    at(i)
told = [[t.live_blocks if hasattr(t, "live_blocks") else 0, t.live_bytes] for t in told[:30]]
'''
    found, recorded, _, told = run(limpid, source)
    steps = [step for step, line in lines_of(recorded) if line == 5]
    assert len(steps) == 30, steps
    differ = []
    for step, (_, size) in zip(steps, told):
        live = sum(row[1] for row in found.live("type", stop=step).values())
        differ.append(size - live)
    assert abs(differ[0]) + abs(differ[1]) < 2000 and not any(differ[2:]), differ  # the first calls make what later ones use


def check_sums(limpid):
    """A counted program: so many born, released at once, kept, in each part of it."""
    source = '''
class K: pass
def kept(n):
    return [K() for i in range(n)]
def dropped(n):
    for i in range(n):
        K()
mark = 1
a = kept(80)
mark = 2
dropped(100)
mark = 3
del a[:50]
mark = 4
'''
    found, recorded, _, _ = run(limpid, source)
    marks = {line: step for step, line in lines_of(recorded)}

    def between(a, b):
        row = found.sums("type", start=marks[a], stop=marks[b]).get("prog.K", [0] * 6)
        return row[0] + row[4], row[2] + row[4]

    assert between(8, 10) == (80, 0), between(8, 10)
    assert between(10, 12) == (100, 100), between(10, 12)
    assert between(12, 14) == (0, 50), between(12, 14)
    stacks = {found.places[found.places[place][0]][3] for place, type in found.accounts.values() if type == "prog.K"}
    assert stacks & {9, 4} and 11 in stacks, stacks


def check_intervals(limpid):
    """Few intervals however long the run; their sums are the same."""
    source = "a = []\nfor i in range(60000):\n    a.append([i])\n    a = a[-100:]\n"
    found, told = differences(limpid, source, lean=True, growth=True)
    assert 1500 < len(found.intervals) < 4800, len(found.intervals)
    assert sum(len(rows) for _, _, rows in found.intervals) < 60000
    steps = [step for step, _, _ in found.intervals]
    assert steps == sorted(steps) and steps[-1] >= 120000
    yield "many steps"
    found, _ = differences(limpid, "import time\nend = time.time() + .3\nx = [sorted(str(i) for i in range(100)) for k in iter(lambda: time.time() < end, False)]\n")
    assert len(found.intervals) > 20, len(found.intervals)
    yield "one long step"


def check_stacks(limpid):
    """More stacks than are kept: their lines still have what they allocate."""
    source = '''
def f(n):
    if n == 0:
        return [1]
    a = f(n - 1)
    b = f(n - 1)
    return (a, b)
x = f(18)
'''
    found, _ = differences(limpid, source, lean=True, growth=True, module="nothing")
    live = found.live("line")
    assert live["prog.py", 4][0] == 2 ** 19, live["prog.py", 4]
    assert live["prog.py", 7][0] in (2 ** 18 - 1, 2 ** 18), live["prog.py", 7]
    assert len(found.places) < 2 ** 18 + 2 ** 16 + 10, len(found.places)
    yield "all"


def check_threads(limpid):
    """Threads allocate for themselves, raw memory is released without the interpreter lock."""
    source = '''
import threading, zlib, hashlib, socket
def work(n):
    for i in range(200):
        d = zlib.compress(bytes(5000))
        hashlib.sha256(bytes(10000)).digest()
        kept.append((n, i))
kept = []
for i in range(8):
    socket.getaddrinfo("127.0.0.1", 80)
ts = [threading.Thread(target=work, args=(n,)) for n in range(6)]
for t in ts: t.start()
for t in ts: t.join()
del ts, t
'''
    differences(limpid, source)


def check_fork(limpid):
    """A child leaves the parent's file alone, and can record itself."""
    source = '''
import os, _see
a = [[i] for i in range(5000)]
pid = os.fork()
if pid == 0:
    b = [[i] for i in range(50000)]
    del a
    _see.record(os.devnull, growth=True)
    c = [[i] for i in range(5000)]
    del b
    _see.record_stop()
    os._exit(0)
told = os.waitpid(pid, 0)[1]
'''
    _, told = differences(limpid, source)
    assert told == 0, told


def check_again(limpid):
    """Recording a second time begins anew."""
    before = "_see.record(path + '1')\nx = [[i] for i in range(1000)]\n_see.record_stop()\ndel x\n"
    found, _ = differences(limpid, OBJECTS, before=before)
    assert found.intervals[0][0] == 0


def check_log(limpid):
    """A log of allocations as growth data: the sums at the end, and all that was allocated, are those of the log."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log")
        out = limpid.run("import limpid, sys, _see\npath = sys.argv[1]\nwith limpid.log(path) as log:\n    exec(sys.argv[2], {})\n"
                         "found = log.load()\n_see.log_growth(path, path + '.growth')\nprint(found.end_blocks, found.end_bytes)\n"
                         "print(sum(s.total[0] for s in found.stacks()), sum(s.total[1] for s in found.stacks()))\n"
                         "found.export(path + '.html')\n", arguments=(path, OBJECTS))
        end, total = ([int(n) for n in line.split()] for line in out.split("\n")[:2])
        found = growth.Growth(path + ".growth")
        assert [sum(row[i] for row in found.live("line").values()) for i in (0, 1)] == end, end
        sums = found.sums("line").values()
        assert [sum(row[i] + row[i + 4] for row in sums) for i in (0, 1)] == total, total
        assert 20 < len(found.intervals) <= 1001 and {type for _, type in found.accounts.values()} == {""}
        assert sorted(os.listdir(folder)) == ["log", "log.growth", "log.html"] and os.path.getsize(path + ".html") > 100000


def check_cut(limpid):
    """A file that was cut has whole intervals."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "r")
        limpid.run("import time\nfor i in range(40000):\n    x = [[i]]\n    if i % 20000 == 0:\n        time.sleep(1.1)\n", f"--record={file}")
        data = open(file, "rb").read()
        whole = growth.Growth(file)
        for size in (len(data) * 2 // 3, len(data) - 1):
            with open(file, "wb") as out:
                out.write(data[:size])
            part = growth.Growth(file)
            assert part.intervals == whole.intervals[:len(part.intervals)]
        assert 0 < len(part.intervals) <= len(whole.intervals)


def check_no_memory(limpid):
    """Without memory for its tables a recording tells less, or nothing of growth; the program runs and ends as it does without."""
    if limpid.sanitized:
        raise harness.Skip("the sanitizer's allocator needs all addresses")
    source = ("import _see, resource\nsize = int(open('/proc/self/statm').read().split()[0]) * 4096\n"
              "resource.setrlimit(resource.RLIMIT_AS, (size + %d, -1))\n"
              "try:\n    _see.record('/dev/null')\nexcept MemoryError:\n    print('not recorded')\n"
              "x = []\ntry:\n    while True:\n        x.append([x])\nexcept MemoryError:\n    x = None\n"
              "try:\n    _see.record_stop()\nexcept (MemoryError, RuntimeError, OSError):\n    pass\nprint('ends')\n")
    for room in (4 << 20, 12 << 20, 40 << 20):
        assert limpid.run(source % room).endswith("ends\n"), room


harness.main(globals())
