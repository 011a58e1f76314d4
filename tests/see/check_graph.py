#!/usr/bin/env python3
"""References, ways, retained sizes, dominators, what would die, cycles and the assertions of the package limpid.

usage: check_graph.py --limpid BINARY
"""
import json
import re

import harness

HEAD = r"""
import gc, re, sys, weakref
import limpid
gc.disable()

class Session:
    def __init__(self, *hist):
        self.hist = list(hist)

def error(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except (AssertionError, LookupError, ValueError, TypeError) as e:
        return f"{type(e).__name__}: {e}"
    return "nothing"

def is_equal(got, want):
    assert got == want, f"{got!r} is not {want!r}"
"""


def run(limpid, source, **options):
    return limpid.run(HEAD + source, **options)


def check_refs(limpid):
    run(limpid, r"""
from limpid import refs
def kinds(o):
    r = refs(o)
    assert r.unaccounted == 0 and r.others == 0, r
    assert r.count == sum(r.kinds.values()), r
    counts = dict(r.kinds)
    counts["local"] -= 1               # o
    return {kind: n for kind, n in counts.items() if n}

top = [1.5]
is_equal(kinds(top), {"global": 1})
alias, inside, pair = top, [top, top], (top,)
is_equal(kinds(top), {"global": 2, "list slot": 2, "tuple slot": 1})
d = {"k": top, (1,): [top]}
is_equal(kinds(top), {"global": 2, "list slot": 3, "tuple slot": 1, "dict value": 1})
is_equal([r.label for r in limpid.referrers(top) if r.kind == "dict value"], ["['k']"])
del alias, inside, pair, d
is_equal(kinds(top), {"global": 1})

def function():
    local = [1]
    is_equal(kinds(local), {"local": 1})
    cell = {2}
    def inner():
        return cell
    is_equal(kinds(cell), {"cell": 1})
    for x in ([3],):
        is_equal(kinds(x), {"local": 1, "tuple slot": 1})
    count = sys.getrefcount(local) - 1
    is_equal(refs(local).count, count)
    is_equal(refs(obj=local).count, count)
    is_equal(limpid.refs(local, limit=0).others, 1)
    local.append(local)
    is_equal(kinds(local), {"local": 1, "list slot": 1})
    local.clear()
function()

s = Session()
is_equal(kinds(s.hist), {"attribute": 1})
class Slots:
    __slots__ = "a",
o = Slots()
o.a = [1]
is_equal(kinds(o.a), {"attribute": 1})
is_equal([r.label for r in limpid.referrers(o.a)], [".a"])
member = frozenset({8})
holder = {member}
is_equal(kinds(member), {"global": 1, "set member": 1})
key = (1, 2, 3.5)
table = {key: 1}
is_equal(kinds(key)["dict key"], 1)
ref = weakref.ref(s, lambda r: None)
is_equal((kinds(s), refs(s).weak), ({"global": 1}, 1))
is_equal(kinds(Session)["class of an instance"], 1)
m = s.__init__
is_equal(kinds(s), {"global": 1, "field": 1})
del m
def generator():
    held = [7]
    yield held
g = generator()
is_equal(kinds(next(g)), {"local": 1})
assert "C root" in kinds(sys.modules)
assert refs(None).immortal and refs(None).kinds
assert kinds("hist")["tuple slot"] >= 2             # names and constants of code objects, which no collector knows
match = re.match("(x)", "x" * 50)
is_equal(kinds(match.re)["field"], 1)
earlier = limpid.referrers(s)                        # what a look gave holds, too
is_equal(kinds(s), {"global": 1})
pairs = [limpid.referrers(s.hist)]
is_equal(kinds(s), {"global": 1, "attribute": 1})   # Reference.holder
text = str(refs(s))
assert text.startswith("Session at 0x") and "module __main__['s']" in text and text.endswith("not counted"), text
is_equal(error(refs), "TypeError: refs() missing 1 required positional argument: 'obj'")
is_equal(error(lambda: limpid.what_if(cut=5)), "TypeError: cut must be a tuple (holder, name)")
""")


def check_paths(limpid):
    run(limpid, r"""
from limpid import paths
SESSIONS = {"k9": Session(1, 2, 3, 4, [5])}
target = SESSIONS["k9"].hist[4]
is_equal(str(paths(target)), "module __main__ → target\nmodule __main__ → SESSIONS → ['k9'] → .hist → [4]")
is_equal(len(paths(target, limit=1)), 1)
del target
is_equal(str(paths(SESSIONS["k9"].hist[4])), "module __main__ → SESSIONS → ['k9'] → .hist → [4]")
def function():
    here = [1]
    def inner():
        return here
    hidden = [[inner]]
    del inner
    assert re.fullmatch(r"function\(\) at <?string>?:\d+ → here", str(paths(here)).splitlines()[0]), paths(here)
    return inner2(here)
def inner2(there):
    return str(paths(there, limit=9))
lines = function().splitlines()
assert len(lines) == 2 and lines[0].startswith("inner2() at ") and lines[0].endswith(" → there"), lines
assert lines[1].startswith("function() at ") and lines[1].endswith(" → here"), lines
def make():
    kept = [[1]]
    def f():
        return kept
    return f
f = make()
is_equal(str(paths(f()[0])), "module __main__ → f → .<closure kept> → [0]")
class Node:
    count = [0]
n = Node()
n.__dict__["x"] = {1.5: [2]}
is_equal(str(paths(n.x[1.5])).partition(" → [<float")[0], "module __main__ → n → .x")
is_equal(str(paths(Node.count)), "module __main__ → Node → .count")
is_equal(str(paths(sys.modules["sys"])).splitlines()[0], "module __main__ → sys")
is_equal(str(paths(sys.flags)).splitlines()[0], "module sys → flags")
import signal
signal.signal(signal.SIGUSR2, lambda *a: 0)
is_equal(str(paths(signal.getsignal(signal.SIGUSR2))), "signal handler [12]")
import threading
ready, done = threading.Event(), threading.Event()
addresses = []
def work():
    mine = [b"work"]
    addresses.append(weakref.ref(threading.current_thread()))
    box.append(mine)
    ready.set()
    done.wait()
box = []
t = threading.Thread(target=work)
t.start()
ready.wait()
way = str(paths(box[0], limit=9))
assert " → mine" in way and "(thread " in way, way
done.set()
t.join()
orphan = Session()
orphan.me = orphan
found = paths(orphan)
del orphan
cycle = [x for x in gc.get_objects() if type(x) is Session and hasattr(x, "me")]
is_equal(len(cycle), 1)
""")


# Random graphs of objects; the answers are compared with those of a plain search in Python.
RANDOM = r"""
import random

class Node:
    def __init__(self, i):
        self.i = i
        self.out = []

def graph(seed, n, edges):
    r = random.Random(seed)
    nodes = [Node(i) for i in range(n)]
    for _ in range(edges):
        a, b = r.randrange(n), r.randrange(1, n)
        nodes[a].out.append(nodes[b])
    return nodes

def reached(first, without=None):
    seen, stack = set(), [first]
    while stack:
        x = stack.pop()
        if x is not without and x.i not in seen:
            seen.add(x.i)
            stack += x.out
    return seen
"""


def check_retained(limpid):
    run(limpid, RANDOM + r"""
for seed in range(8):
    nodes = graph(seed, 40, 60 + seed * 5)
    top = nodes[0]
    all_ = reached(top)
    want = {x.i: len(all_ - reached(top, x)) for x in nodes[1:] if x.i in all_}
    some = [x.i for x in nodes[1:] if x.i in all_]
    nodes = None
    def find(i):
        seen, stack = set(), [top]
        while stack:
            x = stack.pop()
            if x.i == i:
                return x
            if x.i not in seen:
                seen.add(x.i)
                stack += x.out
    for i in some:
        x = find(i)
        holders = [r for r in limpid.referrers(x) if r.kind != "global"]
        del holders
        x.out.append(x)          # one more reference changes nothing
        x.out.pop()
        x = [x.i, id(x)]
        address = x[1]
        row = None
        def walk(d, depth=0):
            return [d] + [y for c in d.children for y in walk(c)]
        break
    tree = limpid.dominators(100, 64, 0)
    rows = {}
    def gather(d):
        if d.name.startswith("Node at "):
            rows[int(d.name.split()[2], 16)] = d
        for c in d.children:
            gather(c)
    gather(tree)
    for i in some:
        row = rows[id(find(i))]
        # a node is itself and its list (an empty one, too)
        is_equal((seed, i, row.objects), (seed, i, 2 * want[i]))
print("done")
""")
    run(limpid, r"""
big = {i: [float(i)] for i in range(1000)}
r = limpid.retained(big)
is_equal(r.objects, 1 + 2 * 1000 + sum(1 for i in big if i > 256))
assert r.dominator == "module __main__.__dict__" and r.own < r.bytes, r
shared = [1.25]
big[0].append(shared)
is_equal(limpid.retained(big).objects, r.objects)
x = Session()
x.me = [x]
way = weakref.ref(x)
garbage = limpid.retained(x)
is_equal(garbage.objects, 3)
json_text = limpid.retained(big).json()
""")


def check_dominators(limpid):
    output = run(limpid, r"""
class Cache:
    def __init__(self):
        self.rows = [[float(i) for i in range(100)] for j in range(2000)]
CACHE = Cache()
tree = limpid.dominators(depth=6, width=4)
assert tree.name == "whole heap" and tree.retained > 4_000_000
first = tree.children[0]
is_equal(first.name, "module __main__.__dict__")
is_equal((first.children[0].label, first.children[0].name[:5]), ("['CACHE']", "Cache"))
rows = first.children[0].children[0]
is_equal((rows.label, rows.objects), (".rows", 1 + 2000 + 200_000))
assert all(len(row.children) <= 4 for row in (tree, first, rows))
sizes = [c.retained for c in tree.children]
is_equal(sizes, sorted(sizes, reverse=True))
is_equal(error(limpid.dominators, 3, 100), "ValueError: depth must be 0 to 100, width 1 to 64, least not negative")
print(limpid.dominators(3, 5))
print(tree.json())
""", env={"COLUMNS": "60"})
    text, _, plain = output.rpartition("\n{")
    assert all(len(line) <= 60 for line in text.splitlines()), text
    assert json.loads("{" + plain)["children"]


def check_what_if(limpid):
    run(limpid, RANDOM + r"""
from limpid import what_if
SESSIONS = {"k9": Session(float("1.5"), [2]), "k10": Session()}
w = what_if(cut=(SESSIONS, "k9"))
is_equal((w.objects, w.left), (4, 0))
is_equal(sorted(w.types), sorted([("Session", 1, w.types[[t[0] for t in w.types].index("Session")][2]),
                                  *[t for t in w.types if t[0] != "Session"]]))
import __main__
for cut, want in [(lambda: (SESSIONS["k9"], "hist"), 3), (lambda: (SESSIONS["k9"].hist, 1), 1),
                  (lambda: (SESSIONS["k9"].hist, 0), 1), (lambda: (__main__, "SESSIONS"), 7)]:
    is_equal(what_if(cut=cut()).objects, want)
is_equal(error(what_if, cut=(SESSIONS, "k11")), "LookupError: the holder has no such reference")
def function():
    local = [[1.5], [2.5]]
    return what_if(cut=(sys._getframe(), "local")).objects
is_equal(function(), 3)          # the floats are constants of the code
class Closing:
    def __del__(self):
        pass
closing = [Closing()]
ref = weakref.ref(closing[0], lambda r: None)
w = what_if(cut=(__main__, "closing"))
is_equal((w.objects, w.finalizers, w.callbacks), (2, 1, 1))
a = Session()
a.b = Session()
a.b.a = a
w = what_if(cut=(__main__, "a"))
del a
is_equal((w.objects, w.left), (0, gc.collect()))

# the bytes, buffers included, are those that go
big = {"list": [[i] for i in range(3000)], "dict": {str(i): float(i) for i in range(2000)}, "set": {(i, i) for i in range(900)},
       "text": "\xe4\u4e00" * 5000, "bytes": bytearray(50_000), "objects": [Session(i) for i in range(500)]}
for name in list(big):
    w, before = what_if(cut=(big, name)), limpid.dominators(0)
    del big[name]
    after = limpid.dominators(0)
    is_equal((name, before.retained - after.retained, before.objects - after.objects), (name, w.bytes, w.objects))

# what is foretold is what happens
class Node(Node):
    def __del__(self):
        dead.append(self.i)

for seed in range(30):
    dead = []
    nodes = graph(seed, 30, 45)
    top, cut = nodes[0], seed % 3
    nodes = None
    if not top.out:
        continue
    cut %= len(top.out)
    gc.collect()                   # what hangs on nothing from the beginning
    dead.clear()
    w = what_if(cut=(top.out, cut))
    foretold = dict((name, number) for name, number, size in w.types).get("Node", 0)
    before = limpid.dominators(0).objects
    top.out[cut] = None
    is_equal((seed, len(dead)), (seed, foretold))
    at_once, all_dead = len(dead), w.left
    gc.collect()
    is_equal((seed, 2 * (len(dead) - at_once)), (seed, all_dead))
    top = None
    gc.collect()
""")


def check_cycles(limpid):
    run(limpid, RANDOM + r"""
gc.collect()
is_equal(limpid.cycles().count, 0)
def leave():
    a = Session()
    a.b = Session(float("1.5"))
    a.b.a = a
    l = []
    l.append(l)
leave()
found = limpid.cycles()
is_equal((found.count, len(found)), (2, 2))
assert re.fullmatch(r"Session at 0x\w+\.[ab] → Session at 0x\w+\.[ab] → Session at 0x\w+  \([23] objects, \d+ B\)", str(found[0])), found
is_equal(gc.collect(), found.objects - 1)    # the float is no container
is_equal(limpid.cycles().count, 0)
for seed in range(20):
    nodes = graph(seed, 50, 70)
    nodes = None
    found = limpid.cycles()
    is_equal((seed, found.objects if found.count else 0), (seed, gc.collect()))
""")


def check_assertions(limpid):
    output = run(limpid, r"""
import tracemalloc
from limpid import assert_freed, assert_no_cycles, assert_no_growth
SESSIONS = {}
def good():
    s = Session()
    assert_freed(s)
    ref = weakref.ref(s)
    del s
    assert_freed(ref)
    assert_freed(lambda: Session(1))
good()
def held():
    s = SESSIONS["k9"] = Session()
    assert_freed(s)
print(error(held))
print(error(assert_freed, weakref.ref(SESSIONS["k9"])))
print(error(assert_freed, lambda: SESSIONS["k9"]))
def in_cycle():
    s = Session()
    s.me = s
    return s
print(error(assert_freed, in_cycle))
def behind_cycle():
    s = Session([1.5])
    s.me = s
    return s.hist[0]
print(error(assert_freed, behind_cycle))
s = Session()
assert_freed(s)
t = s
assert_freed(t)
LOG = []
print(error(assert_no_growth, lambda: LOG.append(Session())))
print(error(assert_no_growth, lambda: LOG.append(None), calls=3))
class Chain:
    head = None
def chain():
    s = Session()
    s.next, Chain.head = Chain.head, s
print(error(assert_no_growth, chain, warm_up=0))
assert_no_growth(lambda: [Session() for i in range(10)])
assert_no_growth(in_cycle)
cache = {}
assert_no_growth(lambda n: cache.setdefault("k", Session(n)), 5)
gc.collect()
assert_no_cycles()
with assert_no_cycles():
    pass
print(error(assert_no_cycles, in_cycle))
with assert_no_cycles():       # what was there before does not count
    Session()
def block():
    with assert_no_cycles():
        in_cycle()
        in_cycle()
print(error(block))
print(error(lambda: assert_no_cycles()))
gc.collect()
tracemalloc.start()
SESSIONS["k9"] = Session()
print(error(assert_freed, weakref.ref(SESSIONS["k9"])))
in_cycle()
print(error(lambda: assert_no_cycles()))
""")
    lines = [re.sub(r"0x[0-9a-f]+", "0x", line) for line in output.splitlines()]
    want = [
        "AssertionError: Session at 0x is still held by module __main__ → SESSIONS → ['k9']",
        "AssertionError: Session at 0x is still held by module __main__ → SESSIONS → ['k9']",
        "AssertionError: Session at 0x is still held by module __main__ → SESSIONS → ['k9']",
        r"AssertionError: Session at 0x waits for the collector: Session at 0x.me → Session at 0x  \(1 object, \d+ B\)",
        "AssertionError: list of 1 at 0x waits for the collector: it hangs on garbage in cycles",
        r"AssertionError: list of 8 at 0x, held by module __main__ → LOG, grew from 3 to 8 items in 5 calls; 5 (Session|list) more, \d+ B",
        "AssertionError: list of 14 at 0x, held by module __main__ → LOG, grew from 11 to 14 items in 3 calls",
        r"AssertionError: 5 Session more after 5 calls, \d+ B: Session at 0x is held by module __main__ → Chain → .head",
        r"AssertionError: only the collector can free Session at 0x.me → Session at 0x  \(1 object, \d+ B\)",
        r"AssertionError: only the collector can free Session at 0x.me → Session at 0x  \(1 object, \d+ B\) and 1 more cycle",
        r"AssertionError: only the collector can free Session at 0x.me → Session at 0x  \(1 object, \d+ B\) and \d more cycles",
        r"AssertionError: Session at 0x, made at <?string>?:\d+, is still held by module __main__ → SESSIONS → ['k9']",
        r"AssertionError: only the collector can free Session at 0x.me → Session at 0x  \(1 object, \d+ B, made at <?string>?:\d+\)",
    ]
    assert len(lines) == len(want), output
    for line, pattern in zip(lines, want):
        pattern = pattern.replace("['k9']", r"\['k9'\]").replace(" .head", r" \.head").replace("0x.me", r"0x\.me")
        assert re.fullmatch(pattern, line), f"{line}\nis not\n{pattern}"


def check_no_program_code_runs(limpid):
    run(limpid, r"""
class Trap(type):
    def __getattribute__(cls, name):
        raise SystemExit(f"asked the class for {name}")
    def __eq__(self, other): raise SystemExit("__eq__")
    def __hash__(self): return 1
    def __repr__(self): raise SystemExit("__repr__")
class Shy(metaclass=Trap):
    def __repr__(self): raise SystemExit("__repr__")
    def __eq__(self, other): raise SystemExit("__eq__")
    def __hash__(self): return 2
    def __getattribute__(self, name): raise SystemExit(f"asked for {name}")
    def __len__(self): raise SystemExit("__len__")
    def __bool__(self): raise SystemExit("__bool__")
class ShyDict(dict):
    def __len__(self): raise SystemExit("__len__")
    def __iter__(self): raise SystemExit("__iter__")
    def get(self, *a): raise SystemExit("get")
shy = Shy()
keyed = ShyDict({shy: [1], "a": shy})
texts = [str(limpid.refs(x)) + str(limpid.paths(x)) + str(limpid.referrers(x)) + str(limpid.retained(x))
         for x in (shy, keyed, Shy, dict.__getitem__(keyed, shy))]
str(limpid.dominators(4, 30, 0))
str(limpid.what_if(cut=(keyed, shy)))
str(limpid.what_if(cut=(keyed, "a")))
def lose():
    l = [shy, Shy(), keyed]
    l.append(l)
    d = ShyDict(a=Shy())
    dict.__setitem__(d, "me", d)
lose()
str(limpid.cycles())
error(limpid.assert_no_cycles)
error(limpid.assert_freed, shy)
print("quiet")
""")


def check_looks_at_any_moment(limpid):
    """From destructors, comparisons, hooks, handlers and beside running threads: frames wait there in the middle of instructions."""
    run(limpid, r"""
import functools, signal, threading, time
looks = 0
def look(*args):
    global looks
    looks += 1
    limpid.cycles(2)
    limpid.paths(args[0] if args else LOOKED_AT, 2)
    return args[0] if args else 0
LOOKED_AT = [1.5]

class Dying:
    def __del__(self): look()

def deaths():
    l = [Dying() for i in range(2)]
    l.clear()
    d = {1: Dying()}
    d[1] = 2
    t = (Dying(), Dying())
    del t

class Busy:
    def __init__(self, v): self.v = v
    def __lt__(self, o): look(); return self.v < o.v
    def __eq__(self, o): look(); return self.v == o.v
    def __hash__(self): look(); return 1
    def __add__(self, o): look(); return self
    __radd__ = __iadd__ = __add__
    def __neg__(self): look(); return self
    def __getattr__(self, name): look(); return look
    def __getitem__(self, n): look(); return 1
    def __setitem__(self, n, v): look()
    def __delitem__(self, n): look()
    def __contains__(self, n): look(); return True
    def __len__(self): look(); return 3
    def __bool__(self): look(); return True
    def __iter__(self): look(); return iter([1, 2, 3])
    def __call__(self, *a, **k): look(); return self
    def __enter__(self): look(); return self
    def __exit__(self, *a): look()
    def __repr__(self): look(); return "Busy"
    def __format__(self, f): look(); return "Busy"
    def __index__(self): look(); return 2
    def __set_name__(self, o, n): look()
    def __get__(self, i, o): look(); return 5

def everything():
    busy = [Busy(i) for i in range(3)]
    busy.sort(); min(busy); busy.index(busy[2])
    d = {k: k for k in busy}; d[busy[0]] = [1]; del d[busy[0]]; set(busy)
    a = busy[0]; a + 1; 1 + a; a += [5]; -a
    a.foo, a.bar(), a[1], a[1:2]
    a[1] = [2]
    del a[1]
    5 in a, len(a), bool(a)
    if a: pass
    while a: break
    for x in a: pass
    x, y, z = a
    [*a], (*a,), {*a}, [i for i in a]
    a(1, [2], x=3), a(*[1], **{"y": 2})
    with a as w: pass
    f"{a} {a!r} {a:>5}", str(a), "%s %r" % (a, a), "x{}".format(a)
    [1, 2, 3][a], "abc"[a], range(a), [0] * a
    class C: x = a
    C.x, C().x
    list(map(look, [[1], [2]])), list(filter(look, [[1], [2]])), functools.reduce(lambda x, y: look(x), [[1], [2], [3]])
    sorted([3, 1, 2], key=look)
    def generator():
        try:
            yield look()
            yield from (look() for i in range(2))
        finally:
            look()
    g = generator()
    next(g); g.send(1); g.close()
    try:
        try:
            raise ValueError(a)
        finally:
            look()
    except ValueError:
        look()

deaths()
everything()
x = [Dying()]
x.append(x)
del x
gc.callbacks.append(look)
gc.collect()
gc.callbacks.clear()
class Finder:
    find_spec = staticmethod(lambda *a: [look()] and None)
sys.meta_path.insert(0, Finder)
import colorsys
del sys.meta_path[0]
def trace(frame, event, arg):
    look()
    return trace
sys.settrace(trace); deaths(); sys.settrace(None)
sys.setprofile(trace); deaths(); sys.setprofile(None)
b = Busy(1)
r = weakref.ref(b, look)
del b
signal.signal(signal.SIGALRM, look)
before = looks
signal.setitimer(signal.ITIMER_REAL, 0.02)
while looks == before:
    [str(i) + "x" for i in range(100)], {i: i for i in range(50)}, sum(x * x for x in range(100))
stop = False
def work():
    while not stop:
        l = [(i, str(i)) for i in range(200)]
        l.sort(key=lambda p: -p[0])
        " ".join({str(i): [i] for i in range(100)})
threads = [threading.Thread(target=work) for i in range(3)]
for t in threads: t.start()
sys.setswitchinterval(1e-5)
for i in range(10):
    look()
    time.sleep(0.001)
stop = True
for t in threads: t.join()
assert looks > 100, looks
""")


def check_a_million_objects(limpid):
    if limpid.sanitized:
        return
    output = run(limpid, r"""
import time
class Node:
    def __init__(self, value, parent):
        self.value, self.parent, self.children = value, parent, []
nodes = [Node(0.0, None)]
for i in range(1, 333_400):
    node = Node(float(i), nodes[i // 3])
    nodes[i // 3].children.append(node)
    nodes.append(node)
times = []
for i in range(3):
    start = time.process_time()
    tree = limpid.dominators(2, 4)
    times.append(time.process_time() - start)
print(tree.objects, min(times))
""")
    objects, seconds = output.split()
    assert int(objects) > 1_000_000 and float(seconds) <= 1.0, output


def check_text_fits_narrow_terminals(limpid):
    output = run(limpid, r"""
SESSIONS = {"k" * 60: [Session(1), Session(2)]}
first = SESSIONS["k" * 60][0]
print(limpid.refs(first))
print(limpid.referrers(Session))
print(limpid.what_if(cut=(SESSIONS, "k" * 60)))
""", env={"COLUMNS": "40"})
    assert all(len(line) <= 40 for line in output.splitlines()), output
    assert "\x1b" not in output


if __name__ == "__main__":
    harness.main(globals())
