#!/usr/bin/env python3.11
"""limpid.stack(): Python frames with their variables and places, and the C frames that run them, for each thread.

usage: check_stack.py --limpid BINARY [-k TEXT] [-v]
"""
from harness import main

COMMON = """
import limpid, sys, threading, time
def one(stacks=None):
    return (stacks or limpid.stack()).threads[0]
def consistent(t):
    sps = [c.sp for c in t.c_frames]
    assert sps == sorted(sps) and all(t.low <= sp < t.high for sp in sps), sps
    for a, b in zip(t.c_frames, t.c_frames[1:]):
        assert a.sp + a.size == b.sp or not a.size, (a, b)
    runs = [i for c in t.c_frames for i in c.runs]
    assert runs == list(range(len(t.frames))), (runs, [f.function for f in t.frames], [c.function for c in t.c_frames])
    for c in t.c_frames:
        if c.runs:
            assert c.function.startswith("vm_run") and [t.frames[i].entered for i in c.runs] == [False] * (len(c.runs) - 1) + [True]
    for f in t.frames:
        if f.storage == "data stack":
            assert any(c.address < f.address < c.address + c.in_use for c in t.chunks)
"""


def check_frames(limpid):
    """The seed's program: names, addresses of the values, unbound ones, adjacency in the chunk."""
    limpid.run(COMMON + """
def multiply(a, b):
    t = one()
    result = a * b
    return t, id(a), id(b)
def add(x, y):
    sum_ = x + y
    product = multiply(sum_, 2)
    return product
def main():
    answer = add(5, 3)
    return answer
t, a, b = main()
consistent(t)
assert [f.function for f in t.frames] == ["one", "multiply", "add", "main", "<module>"]
m, ad, ma, mo = t.frames[1:]
assert [(s.name, s.kind, s.value) for s in m.locals] == [("a", "argument", "8"), ("b", "argument", "2"), ("t", "local", None),
                                                         ("result", "local", None)]
assert [s.address for s in m.locals] == [a, b, 0, 0]
assert [str(s) for s in ad.locals] == ["x=5", "y=3", "sum_=8", "product=?"]
assert ma.address + ma.size == ad.address and ad.address + ad.size == m.address
assert mo.entered and not mo.locals and m.line == ad.line - 5 and m.file == "<string>" and m.offset > 0
assert not any(f.object for f in t.frames), t.frames
assert [c.function for c in t.c_frames if c.runs] == ["vm_run"]
assert t.c_frames[-1].function == "_start" and "run_command_line" in [c.function for c in t.c_frames]
frame = sys._getframe()
assert one().frames[-1].object == id(frame)
""")


def check_kinds_of_frames(limpid):
    """Cells, value stacks, generators, coroutines, classes, calls through C; each C call of the loop has its Python frames."""
    limpid.run(COMMON + """
def outer():
    cell = "text"; own = 1.5
    def inner(arg):
        return cell, one(), own, arg
    return inner(3)
_, t, _, _ = outer()
consistent(t)
inner, out = t.frames[1], t.frames[2]
assert [(s.name, s.kind, s.value) for s in inner.locals] == [("arg", "argument", "3"), ("cell", "free", "cell: 'text'"),
                                                             ("own", "free", "cell: 1.5")]
assert [s.value for s in inner.stack][0] == "'text'", inner.stack
assert ("cell", "cell", "cell: 'text'") in [(s.name, s.kind, s.value) for s in out.locals]

def generator():
    yield one()
t = next(generator()); consistent(t)
assert [(f.function, f.storage) for f in t.frames] == [("one", "data stack"), ("generator", "generator"), ("<module>", "data stack")]
t, = list(generator()); consistent(t)
async def coroutine():
    return one()
async def awaits():
    return await coroutine()
try:
    awaits().send(None)
except StopIteration as e:
    consistent(e.value)
    assert [f.function for f in e.value.frames] == ["one", "coroutine", "awaits", "<module>"]
class Body:
    inside = one()
consistent(Body.inside)
assert [f.function for f in Body.inside.frames] == ["one", "Body", "<module>"]
t = max([1], key=lambda x: (ts.append(one()), 1)[1]) if (ts := []) is not None else 0
consistent(ts[0])
assert [c.function for c in ts[0].c_frames].count("vm_run") == 2 and [f.entered for f in ts[0].frames] == [False, True, True]
class Compared:
    def __lt__(self, other):
        ts.append(one()); return False
sorted([Compared(), Compared()]); consistent(ts[1])
assert "Compared.__lt__" in [f.function for f in ts[1].frames]
def deep(n):
    return one() if n == 0 else deep(n - 1)
t = deep(800); consistent(t)
assert len(t.frames) == 803 and len(t.c_frames) < 20 and len(t.chunks) > 3, len(t.chunks)
def through_c(n):
    return one() if n == 0 else next(map(through_c, [n - 1]))
t = through_c(150); consistent(t)
assert len(t.c_frames) > 150 * 3
""")


def check_threads(limpid):
    """Threads that sleep, wait for a lock, read, or wait for the interpreter's lock: the C frames of each, down to main."""
    limpid.run(COMMON + """
import os
gate, read, write = threading.Event(), *os.pipe()
busy = True
def spin():
    n = 0
    while busy:
        n += 1
works = {"asleep": lambda: time.sleep(3), "locked": lambda: gate.wait(), "reading": lambda: os.read(read, 1), "busy": spin}
inner = {"asleep": "nanosleep", "locked": "", "reading": "read", "busy": "gil_take"}
threads = [threading.Thread(target=f, name=name) for name, f in works.items()]
for t in threads:
    t.start()
time.sleep(.2)
stacks = limpid.stack()
busy = False; gate.set(); os.write(write, b"x")
assert [t.name for t in stacks.threads] == ["MainThread", *works]
assert [t.current for t in stacks.threads] == [True] + [False] * 4
for t in stacks.threads:
    consistent(t)
    assert t.ident and t.id and 0 < t.in_use < 100_000
    if not t.current:
        names = [c.function for c in t.c_frames]
        assert "vm_run" in names and "thread_main" in names, (t.name, names)
        assert any(inner[t.name] in name for name in names[:2 + names.index("vm_run")]), (t.name, names)
        assert [f.function for f in t.frames][-3:] == ["Thread.run", "Thread._bootstrap_inner", "Thread._bootstrap"]
        assert t.frames[-3].locals[0].value.startswith("Thread at 0x")
for t in threads:
    t.join()
""" if not limpid.sanitized else COMMON + "limpid.stack()")


def check_values(limpid):
    """No code of the program runs; what values are told by is short."""
    limpid.run(COMMON + """
class Angry:
    def __repr__(self): raise SystemExit("asked")
    __str__ = __eq__ = __hash__ = __len__ = __getattribute__ = __repr__
class Meta(type):
    def __repr__(cls): raise SystemExit("asked")
    __eq__ = __hash__ = __instancecheck__ = __subclasscheck__ = lambda *args: exit("asked")
class Strange(metaclass=Meta): pass
class Cell: cell_contents = property(lambda self: exit("asked"))
Cell.__name__ = "cell"
def f(angry, strange, text, number, cell):
    deleted = 1
    del deleted
    return [angry, strange, one(), text]
t = f(Angry(), Strange, "x" * 1000, 10 ** 1000, Cell())[2]
values = [s.value for s in t.frames[1].locals]
assert values[0].startswith("Angry at 0x") and values[1] == "class Strange" and len(values[2]) < 60 and len(values[3]) < 60, values
assert values[4].startswith("Cell at 0x") or values[4].startswith("cell at 0x"), values
assert values[5] is None and [s.address for s in t.frames[1].stack][0] == t.frames[1].locals[0].address
""")


def check_text(limpid):
    program = COMMON + """
def add(x, y):
    return next(map(lambda a: (a, y, print(limpid.stack())), [x]))
add(2, 3)
"""
    for columns in (40, 60, 95, 96, 120, 160):
        text = limpid.run(program, env={"COLUMNS": str(columns)})
        lines = text.splitlines()
        assert max(map(len, lines)) <= columns, (columns, text)
        assert text.index("_start") < text.index("<module>") < text.index("<lambda>"), text
        assert ("─→ 0x" in text) == (columns >= 96)
        yield columns
    assert "y (free) → 0x" in text and "cell: 3" in text and "value stack: " in text
    limpid.run("import json, limpid; s = limpid.stack(); assert json.loads(s.json()) == s.to_dict()")


def check_dying(limpid):
    """A callback of a weak reference looks while the object is being freed, which a popped stack entry still names."""
    limpid.run("""
import limpid, weakref
class W: pass
w = W()
def look(_):
    limpid.stack()
r = weakref.ref(w, look)
del w
x = [W() for i in range(1000)]
""")


def check_interpreters(limpid):
    """A program within a program: the frames of both stand beside their loops, inside, outside, and afterwards."""
    limpid.run("""
import limpid, _xxsubinterpreters as inner
def outside():
    inner.run_string(number, '''
import limpid
def inside(n):
    if n: return inside(n - 1)
    s = limpid.stack()
    t, = [t for t in s.threads if t.current]
    assert [f.function for f in t.frames] == ["inside", "inside", "<module>", "outside", "<module>"], t.frames
    loops = [c.runs for c in t.c_frames if c.function == "vm_run" and c.runs]
    assert sorted(loops) == [[0, 1, 2], [3, 4]] or not loops, loops
    for name in ("P29", "P30", "P32", "P38"):
        str(limpid.draw(name))
inside(1)
''')
number = inner.create()
outside()
t, = [t for t in limpid.stack().threads if t.current]
assert [f.function for f in t.frames] == ["<module>"], t.frames
for name in ("P29", "P30", "P32", "P38"):
    str(limpid.draw(name))
import _see
shared = [o for o, count, accounted in _see.unbalanced(100)[0] if accounted > count]
assert not shared, shared        # a copy of a module's dict is one, however many interpreters use it
""")


main(globals())
