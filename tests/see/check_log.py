#!/usr/bin/env python3
"""The log of allocations: every block with the lines that asked for it, how long it lived, when most was live.

usage: check_log.py --limpid BINARY [-k NAME] [-v]
"""
import json
import os
import tempfile

import harness

PRELUDE = '''
import limpid, os, sys, json
folder = sys.argv[1]
path = os.path.join(folder, "log")
def lines(found):
    """{text behind #: row} of the lines of this program that have such a mark."""
    marks = {}
    for number, line in enumerate(SOURCE.split("\\n"), 1):
        if "#:" in line:
            marks[number] = line.split("#:")[1].strip()
    rows = {}
    for row in found.by_line():
        place = row.place.split(" ")[0]
        if place.startswith("<string>:") and int(place[9:]) in marks:
            rows.setdefault(marks[int(place[9:])], []).append(row)
    return rows
'''


def run(limpid, source, *options, env=None):
    with tempfile.TemporaryDirectory() as folder:
        text = PRELUDE + source
        text = text.replace("SOURCE", "SOURCE_TEXT").replace("import limpid, os", "SOURCE_TEXT = os_environ()\nimport limpid, os", 1)
        text = text.replace("os_environ()", "__import__('os').environ['SOURCE_TEXT']")
        return limpid.run(text, *options, arguments=(folder,), env={"SOURCE_TEXT": text, **(env or {})})


def check_lines(limpid):
    run(limpid, '''
class Node:
    __slots__ = ("next", "a", "b", "c", "d", "e", "f", "g")
def make(n):
    nodes = []
    for i in range(n):
        nodes.append(Node())          #: nodes
    return nodes
def lists(n):
    kept = None
    for i in range(n):
        kept = [i, i]                 #: lists
    return kept
with limpid.log(path) as log:
    nodes = make(700)
    last = lists(300)
    text = bytes(2000000)             #: big
    del text
found = log.load()
rows = lines(found)
node = sum(r.blocks for r in rows["nodes"]), sum(r.live_blocks for r in rows["nodes"])
assert 700 <= node[0] <= 800 and 700 <= node[1] <= 720, rows
made = sum(r.blocks for r in rows["lists"])
assert 600 <= made <= 900 and sum(r.live_blocks for r in rows["lists"]) <= 3, rows
big = rows["big"][0]
assert big.live_bytes < 2000 and big.peak_bytes >= 2000000, rows
assert found.peak_bytes >= 2000000 and found.complete and found.problem is None
assert found.events > 2000 and found.seconds > 0 and found.timeline
assert found.end_bytes == sum(r.live_bytes for r in found.by_line())
''')


def check_stacks(limpid):
    run(limpid, '''
def leaf():
    return [None] * 50
def one():
    return leaf()
def two():
    x = leaf()
    return x
def recursive(n):
    return leaf() if n == 0 else recursive(n - 1)
def generator(n):
    for i in range(n):
        yield leaf()
def outer(g):
    for x in g:
        kept.append(x)
def chain(g):
    yield from g
def either(flag, g):
    return next(g) if flag else [next(g)]
kept = []
with limpid.log(path) as log:
    for i in range(10):
        kept.append(one())
    for i in range(20):
        kept.append(two())
    kept.append(recursive(200))
    outer(generator(30))
    outer(chain(generator(5)))
    g = generator(4)
    either(1, g); either(0, g); either(1, g)
sums = {}
for stack in log.load().stacks():
    names = tuple(f[0] for f in stack.frames)
    if names[-1] == "leaf":
        sums[names] = sums.get(names, 0) + stack.total[0]
calls = {names: n // 4 for names, n in sums.items()}    # each call: two lists with their items
want = {("<module>", "one", "leaf"): 10, ("<module>", "two", "leaf"): 20, ("<module>", *["recursive"] * 201, "leaf"): 1,
        ("<module>", "outer", "generator", "leaf"): 30, ("<module>", "outer", "chain", "generator", "leaf"): 5,
        ("<module>", "either", "generator", "leaf"): 3}
assert calls == want, calls
''')


def check_threads(limpid):
    run(limpid, '''
import threading
def work(n):
    kept = []
    for i in range(n):
        kept.append((i, None, None))  #: work
    return kept
def in_thread():
    work(2000)
with limpid.log(path) as log:
    threads = [threading.Thread(target=in_thread) for i in range(4)]
    for t in threads: t.start()
    for t in threads: t.join()
rows = lines(log.load())["work"]
assert 8000 <= sum(r.blocks for r in rows) <= 18000, rows
for stack in log.load().stacks():
    names = [f[0] for f in stack.frames]
    assert "work" not in names or names[names.index("work") - 1] == "in_thread", names
''')


def check_code_that_dies(limpid):
    run(limpid, '''
with limpid.log(path) as log:
    for i in range(300):
        space = {}
        exec(compile("\\n" * i + "def f():\\n    return [0] * 100\\nx = f()", f"file{i}", "exec"), space)
        space.clear()
places = {r.place: r for r in log.load().by_line()}
for i in range(300):
    assert f"file{i}:{i + 2} f" in places, i
''')


def check_many_events(limpid):
    run(limpid, '''
def work():
    total = 0
    for i in range(200000):
        total += len([i, total])
    return total
for compress in (False, True):
    with limpid.log(path, compress=compress) as log:
        work()
    found = log.load()
    assert found.events > 700000 and found.complete, found.events
    assert found.end_blocks < 200, found.end_blocks
    print(os.path.getsize(path) / found.events < 8)
data = open(path, "rb").read()
for cut in (len(data) - 1, len(data) // 2, 2000):
    open(path, "wb").write(data[:cut])
    part = limpid.load(path)
    assert not part.complete and part.problem and part.events <= found.events, (cut, part.problem)
''')


def check_with_tracemalloc(limpid):
    run(limpid, '''
import tracemalloc
def make():
    return [bytes(100) for i in range(200)]   #: make
tracemalloc.start()
a = make()
with limpid.log(path) as log:
    b = make()
    del a
    tracemalloc.stop()
    c = make()
    del b
    tracemalloc.start()
    d = make()
rows = lines(log.load())["make"]
assert 600 <= sum(r.blocks for r in rows) < 1300, rows
assert 400 <= sum(r.live_blocks for r in rows) < 420, rows
size = tracemalloc.get_traced_memory()[0]
assert 200 * 100 < size, size
e = make()
del c, d, e
''')


def check_calls(limpid):
    run(limpid, '''
log = limpid.log(path)
for call, kind in ((lambda: limpid.log(path), RuntimeError), (lambda: log.load().export(path + ".svg"), ValueError)):
    try:
        call()
    except kind:
        pass
    else:
        raise AssertionError(kind)
log.stop()
log.stop()
try:
    limpid.log(os.path.join(folder, "no", "such"))
except FileNotFoundError:
    pass
assert limpid.load(path).complete
with limpid.log(path):
    pid = os.fork()
    if pid == 0:
        x = [[i] for i in range(10000)]
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
assert limpid.load(path).complete
try:
    full = limpid.log("/dev/full")
    x = [[i] for i in range(50000)]
    full.stop()
except OSError as e:
    pass
else:
    raise AssertionError("written")
unended = limpid.log(path)
''')


def check_option(limpid):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log")
        out = limpid.run("x = [str(i) for i in range(1000)]; print('done')", f"--log={path}")
        assert out == "done\n", out
        text = limpid.run(f"import limpid; found = limpid.load({path!r}); print(found.json())")
        found = json.loads(text)
        assert found["complete"] and found["by_line"][0]["bytes"] > 0
        assert any(row["place"].startswith("<string>:1 ") for row in found["by_line"])
        status, err = limpid.run("print(1)", f"--log={folder}/no/such", stderr=True)
        assert "cannot write the log" in err, err


if __name__ == "__main__":
    harness.main(globals())
