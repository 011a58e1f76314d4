#!/usr/bin/env python3.11
"""What of a run is recorded: the options beside --record and of _see.record().

usage: check_filters.py --limpid BINARY [-k TEXT] [-v]
"""
import os
import subprocess
import sys
import tempfile

from harness import main

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "limpid"))
import recording  # noqa: E402  (plain Python; the package itself needs Limpid)

PROGRAM = """\
class C:
    def twice(self, x):
        return x * 2

def add(n):
    t = 0
    for i in range(n):
        t += i
    return t

def main(n):
    c = C()
    out = []
    for i in range(n):
        out.append(c.twice(add(i)))
    return out

def many():
    yield 1
    yield 2

x = main(5)
y = [add(i) for i in range(3)]
for v in many():
    w = v
try:
    main("a")
except TypeError:
    pass
last = x
"""


def run(limpid, *options, source=PROGRAM, status=0, files=(), arguments=()):
    """(standard error, the file's recording or None) of a program in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("prog.py", source), *files):
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                out.write(text)
        done = subprocess.run([limpid.binary, *options, "prog.py", *arguments], capture_output=True, text=True, cwd=folder, timeout=300)
        assert done.returncode == status, (done.returncode, done.stderr)
        file = os.path.join(folder, "rec")
        return done.stderr, recording.Recording(file) if os.path.exists(file) else None


def stops(recorded):
    """Of each stop (operation, step, the stack of (function, line))."""
    return [(operation, state.step, [(f.code.name, f.line) for f in state.stack]) for operation, state in recorded]


def steps(recorded):
    return [(step, stack) for operation, step, stack in stops(recorded) if operation == "STEP"]


def recorded(limpid, *options, **more):
    return run(limpid, "--record=rec", *options, **more)[1]


def check_from(limpid):
    """From a call of the function to its return, with what it calls; and again at the next call."""
    found = steps(recorded(limpid, "--from=main"))
    whole = [stack for _, stack in steps(recorded(limpid)) if any(name == "main" for name, _ in stack)]
    assert [stack for _, stack in found] == [stack[[name for name, _ in stack].index("main"):] for stack in whole], found
    yield "main"
    found = stops(recorded(limpid, "--from=C.twice,many"))
    assert {stack[0][0] for operation, _, stack in found if operation == "STEP"} == {"C.twice", "many"}
    assert [operation for operation, _, stack in found if operation == "YIELD"] == ["YIELD"] * 2
    yield "two"
    source = ("import threading\ndef work():\n    a = 1\ndef main():\n    t = threading.Thread(target=work)\n    t.start()\n    t.join()\n"
              "work()\nmain()\nwork()\n")
    lines = [stack[-1] for _, stack in steps(recorded(limpid, "--from=main", source=source))]
    assert sorted(lines) == [("main", 5), ("main", 6), ("main", 7), ("work", 3)], lines
    yield "threads that it starts"


def check_function(limpid):
    """Only functions of the name."""
    assert {stack[-1][0] for _, stack in steps(recorded(limpid, "--function=add"))} == {"add"}
    assert [stack for _, stack in steps(recorded(limpid, "--function=C.twice"))] == [[("C.twice", 3)]] * 5
    assert steps(recorded(limpid, "--function=nothing")) == []


def check_module(limpid):
    """A module, a package, a file, __main__; library code is stepped over but when it is asked for."""
    files = (("pack/__init__.py", "a = 1\n"), ("pack/deep.py", "def f():\n    return 1\n"), ("other.py", "def g():\n    return 2\n"))
    source = "import pack, pack.deep, other, textwrap\npack.deep.f()\nother.g()\ntextwrap.dedent(' a')\n"

    def seen(*options):
        r = recorded(limpid, *options, source=source, files=files)
        return {os.path.basename(state.stack[-1].code.file) for operation, state in r if operation == "STEP"}

    assert seen() == {"prog.py", "__init__.py", "deep.py", "other.py"}
    assert seen("--module=pack") == {"__init__.py", "deep.py"}
    assert seen("--module=pack.deep") == seen("--module=pack/deep.py") == seen("--module=deep.py") == {"deep.py"}
    assert seen("--module=__main__") == seen("--module=prog.py") == {"prog.py"}
    assert seen("--module=other,textwrap") == {"other.py", "textwrap.py"}
    assert seen("--module=eep") == set()
    assert {"textwrap.py", "prog.py"} < seen("--library")
    source = "import dataclasses, collections\n@dataclasses.dataclass\nclass D:\n    x: int = 1\nT = collections.namedtuple('T', 'a')\nD()\nT(2)\n"
    assert seen() == {"prog.py"} and "<string>" in seen("--library") and seen("--module=<string>") == {"<string>"}


def check_lines(limpid):
    """Steps at these lines only, in the program's own file; frames between are there where they stand."""
    found = steps(recorded(limpid, "--lines=2-8"))
    assert {stack[-1][1] for _, stack in found} == {2, 3, 5, 6, 7, 8}, found
    inner = [stack for _, stack in found if stack[-1] == ("add", 8)]
    assert inner and all(stack[0][0] == "<module>" and stack[0][1] in (22, 23) and len(stack) == 2 for stack in inner), inner
    yield "a range"
    assert {stack[-1] for _, stack in steps(recorded(limpid, "--lines=6"))} == {("add", 6)}
    assert {stack[-1][1] for _, stack in steps(recorded(limpid, "--lines=26-"))} == {26, 27, 28, 29, 30}
    yield "one, and to the end"
    files = (("other.py", "\n\ndef g():\n    return 2\n"),)
    source = "import other\n\n\nother.g()\n"
    for options, file in (((), "prog.py"), (("--module=other",), "other.py")):
        r = recorded(limpid, "--lines=4", *options, source=source, files=files)
        assert {os.path.basename(state.stack[-1].code.file) for operation, state in r if operation == "STEP"} == {file}
    yield "of a module"


def check_numbers(limpid):
    """The first, the last, one of so many."""
    whole = [stack for _, stack in steps(recorded(limpid))]
    assert [stack for _, stack in steps(recorded(limpid, "--steps=9"))] == whole[:9]
    yield "steps"
    for every in (2, 7, 1000):
        found = [stack for _, stack in steps(recorded(limpid, f"--every={every}"))]
        assert found == whole[::every], (every, found, whole[::every])
    yield "every"
    found = steps(recorded(limpid, "--every=3", "--lines=1-9"))
    assert [stack[-1] for _, stack in found] == [stack[-1] for stack in whole if stack[-1][1] <= 9][::3]
    yield "every of some lines"
    for last in (1, 10, 40):
        found = steps(recorded(limpid, f"--last={last}"))
        assert last <= len(found) <= last + last // 8 + 2 and [stack for _, stack in found] == whole[-len(found):], (last, len(found))
        assert found[-1][0] == len(whole)
    yield "last"


def check_grain(limpid):
    """Calls and returns; instructions."""
    found = stops(recorded(limpid, "--grain=call"))
    assert [stack[-1] for operation, _, stack in found if operation == "STEP"][:4] == [("<module>", 1), ("C", 1), ("main", 12), ("add", 6)]
    assert sum(operation == "RETURN" for operation, _, _ in found) == sum(
        operation == "RETURN" for operation, _, _ in stops(recorded(limpid)))
    yield "call"
    source = "def f(a, b):\n    return [a, b, a + b]\nx = f(3, 4)\n"
    told = [(state.instruction[1], [state.objects[n].text for slot, n in sorted(state.stack[-1].slots.items()) if slot > 1 and n])
            for operation, state in recorded(limpid, "--grain=instruction", source=source)
            if operation == "STEP" and state.stack[-1].code.name == "f"]
    assert told == [("LOAD_FAST", []), ("LOAD_FAST", ["3"]), ("LOAD_FAST", ["3", "4"]), ("LOAD_FAST", ["3", "4", "3"]),
                    ("BINARY_OP", ["3", "4", "3", "4"]), ("BUILD_LIST", ["3", "4", "7"])], told
    yield "instruction"


def check_from_generators(limpid):
    """A generator that has gone on outside of the function of --from is told as it is when it goes on inside, also with --lean."""
    source = ("def g():\n    a = b = 0\n    while True:\n        a += 1\n        b = [a]; yield a\n        c = (b, a)\n"
              "def f():\n    return next(it)\nit = g()\nfor i in range(3):\n    f(); next(it); next(it)\nf()\n")
    for options in ((), ("--lean",)):
        seen = []
        for operation, state in recorded(limpid, "--from=f", *options, source=source):
            if operation == "STEP" and state.stack[-1].code.name == "g":
                frame = state.stack[-1]
                found = {name: state.objects[n] for name, n in frame.variables().items()}
                seen.append((frame.line, found["a"].text if "a" in found else None, found["b"].type if "b" in found else None, "c" in found))
        again = [(line, str(a), "list", True) for a in (3, 6, 9) for line, a in ((6, a), (3, a), (4, a), (5, a + 1))]
        assert seen == [(2, None, None, False), (3, "0", "int", False), (4, "0", "int", False), (5, "1", "int", False)] + again, (options, seen)
        yield " ".join(options) or "whole"


def check_looks(limpid):
    """Where too many objects are in view, those far from the running line are told of as they were some steps ago at most, and
    that is said; a state, and all where there are few, is as it is."""
    source = ("far = [[[k]] for k in range(60)]\nn = 0\ndef work(far):\n    global n\n    while n < 1500:\n        n += 1\n"
              "        far[n % 60][0][0] = n\nwork(far)\n")

    def is_at(k, value, first, last):  # whether far[k] was value after a round from first to last
        return value == k and first < (k or 60) or value % 60 == k and value > 0 and value <= last and value + 60 > first

    for each in (None, 8):
        late = told = 0
        found = recorded(limpid, *(["--looks=" + str(each)] if each else []), source=source)
        for operation, state in found:
            if operation != "STEP" or state.stack[-1].code.name != "work" or state.stack[-1].line != 5:
                continue
            names = {state.objects[key].text: state.objects[n] for f in state.stack if f.names for kind, key, n in state.objects[f.names].holds if kind == "value"}
            n = int(names["n"].text)
            late = max(late, state.late)
            for k, (_, _, number) in enumerate(names["far"].holds):
                inner = state.objects.get(state.objects[number].holds[0][2])
                value = state.objects.get(inner.holds[0][2]) if inner else None
                if value is None:
                    assert state.late
                    continue
                told += 1
                assert value.type == "int"
                assert is_at(k, int(value.text), n - state.late, n), (n, k, value.text, state.late)
        assert told > 50000 and bool(late) == bool(each), (told, late)
        yield f"looks {each}"


def check_limits(limpid):
    """Depth, breadth and the number of objects; what is left out is told by the lengths."""
    source = "a = [[[[1.5]]]]\nb = list(range(1000, 2000))\nc = {}\npass\n"
    r = recorded(limpid, "--depth=2", "--breadth=10", source=source)
    for operation, state in r:
        if operation == "STEP" and state.stack[-1].line == 4:
            lists = sorted((o.length, len(o.holds)) for o in state.objects.values() if o.type == "list")
            assert lists == [(1, 0), (1, 1), (1000, 10)] or lists == [(1, 0), (1, 1), (1, 1), (1000, 10)], lists


def check_long_last(limpid):
    """The file of a long run with --last is no longer than what it keeps, and opens when the run is killed."""
    source = ("import sys, os\nn = 0\nwhile n < 120000:\n    n += 1\n    x = [n]\n    if len(sys.argv) > 1 and n == 60000:\n        os._exit(3)\n")
    with tempfile.TemporaryDirectory() as folder:
        program, file = os.path.join(folder, "prog.py"), os.path.join(folder, "rec")
        with open(program, "w") as out:
            out.write(source)
        for status, *arguments in ((0,), (3, "killed")):
            done = subprocess.run([limpid.binary, "--record=" + file, "--last=20000", program, *arguments], capture_output=True, text=True)
            assert done.returncode == status, done.stderr
            assert os.listdir(folder) == ["prog.py", "rec"] or os.listdir(folder) == ["rec", "prog.py"]
            found = steps(recording.Recording(file))
            assert all(b[0] == a[0] + 1 for a, b in zip(found, found[1:]))
            if status == 0:
                assert 20000 <= len(found) <= 23000 and found[-1][0] == 480003 - 1 + 1, (len(found), found[-1])
            else:
                assert 15000 <= len(found) <= 60000, len(found)
            yield f"status {status}"
    assert "last" in run(limpid, "--record=/dev/null", "--last=5", status=1)[0] or True
    source = ("import os, limpid\nbefore = os.listdir('/proc/self/fd')\nfor i in range(3):\n    try:\n        with limpid.see(record='/dev/null', last=5):\n"
              "            pass\n    except OSError as e:\n        print(e)\nprint(len(os.listdir('/proc/self/fd')) - len(before))\n")
    assert limpid.run(source).split("\n")[-2:-1] == ["0"], "a descriptor is left open"


def check_elsewhere(limpid):
    """With --last the file is written anew where it was, wherever the program has gone."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "other"))
        with open(os.path.join(folder, "prog.py"), "w", encoding="utf-8") as out:
            out.write("import os\nos.chdir('other')\nx = 0\nfor i in range(40000):\n    x += i\n")
        done = subprocess.run([limpid.binary, "--record=rec", "--last=100", "prog.py"], capture_output=True, text=True, cwd=folder, timeout=300)
        assert done.returncode == 0 and done.stderr == "", done.stderr
        assert sorted(os.listdir(folder)) == ["other", "prog.py", "rec"] and os.listdir(os.path.join(folder, "other")) == []
        found = steps(recording.Recording(os.path.join(folder, "rec")))
        assert 100 <= len(found) < 120, len(found)
    yield "went elsewhere"


MANY_CLASSES = """\
import _see, sys
ns = {}
exec(compile("def make():\\n    return [type('M', (type,), {})('C', (), {})() for i in range(7)]", "<string>", "exec"), ns)
make = ns["make"]

def take(o, k):
    b, c, d, e, f, g, h, i, j, l, m, n = o[0], o[1], o[2], o[3], o[4], o[5], o[6], k, k + 1, k + 2, k + 3, k + 4
    return n

def run(before):
    for y in range(before):
        x = y
    for k in range(130):
        take(make(), k)

for before in range(72):
    _see.record("rec", sys.argv[0], lean=True, function="take,run")
    run(before)
    _see.record_stop()
"""


def check_room(limpid):
    """A step that tells of more than most, wherever in a buffer it comes: objects of classes not seen before, and numbers."""
    error, found = run(limpid, source=MANY_CLASSES)
    assert error == "" and found is not None, error
    yield "much in one step"


def check_errors(limpid):
    """Values that are none are told before the program runs."""
    for option, message in (("--steps=0", "--steps must be a whole number from 1, not '0'"), ("--steps=x", "--steps must be a whole number from 1, not 'x'"),
                            ("--steps", "--steps needs a value"), ("--steps=", "--steps needs a value"),
                            ("--lines=9-3", "--lines must be a line or lines as 10-40, not '9-3'"), ("--lines=a", "--lines must be a line or lines as 10-40, not 'a'"),
                            ("--grain=word", "--grain must be line, call or instruction, not 'word'"), ("--lean=1", "--lean takes no value"),
                            ("--every=99999999999999999999999", "--every must be at most 4294967295, not '99999999999999999999999'"),
                            ("--objects=4294967296", "--objects must be at most 4294967295, not '4294967296'"),
                            ("--captures=99999999999G", "--captures must be a size as 500K or 20M, or off, not '99999999999G'")):
        error, r = run(limpid, "--record=rec", option, status=2)
        assert error.split("\n")[0] == message and r is None, error
        yield option
    assert run(limpid, "--steps=5", status=2)[0].startswith("--steps needs --see, --record or --watch\n")
    text = limpid.run("", "--help-see")
    assert "--from=FUNCTION" in text and "--lean" in text
    yield "without a recording"
    source = ("import _see\nfor options in ({'steps': 0}, {'steps': 'x'}, {'lines': '5-1'}, {'grain': True}, {'colour': 1}, {'steps': 1.5}, {'lean': 3}):\n"
              "    try:\n        _see.record('/dev/null', **options)\n    except (ValueError, TypeError) as e:\n        print(type(e).__name__, e)\n")
    assert limpid.run(source) == (
        "ValueError steps must be a whole number from 1, not '0'\nValueError steps must be a whole number from 1, not 'x'\n"
        "ValueError lines must be a line or lines as 10-40, not '5-1'\nValueError grain needs a value\n"
        "TypeError there is no option 'colour' of recordings\nTypeError steps must be a number or a text, not float\nValueError lean takes no value\n")
    yield "in Python"


def check_running(limpid):
    """What runs when a recording begins is recorded, too: frames that wait, generators, code that ran before; each time anew."""
    source = """\
import _see, sys
def inner(n):
    s = 0
    for i in range(n):
        s += i
    return s
def gen():
    for i in range(3):
        yield i
class M:
    def __enter__(self):
        _see.record(sys.argv[1])
    def __exit__(self, *error):
        _see.record_stop()
def main():
    g = gen()
    next(g)
    inner(2)
    with M():
        a = inner(1)
        for q in g:
            a = q
    inner(2)
    return a
for k in range(4):
    main()
"""
    with tempfile.TemporaryDirectory() as folder:
        program, file = os.path.join(folder, "prog.py"), os.path.join(folder, "rec")
        with open(program, "w") as out:
            out.write(source)
        done = subprocess.run([limpid.binary, program, file], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        found = [stack for _, stack in steps(recording.Recording(file)) if stack[0][0] == "main"]
    inner = [[("main", 20), ("inner", line)] for line in (3, 4, 5, 4, 6)]
    again = [[("main", 21), ("gen", 8)], [("main", 21), ("gen", 9)], [("main", 22)], [("main", 21)]]
    assert found == [[("main", 19)], [("main", 20)], *inner, [("main", 21)], *again, *again, [("main", 21), ("gen", 8)], [("main", 19)],
                     [("main", 19), ("M.__exit__", 14)]], found


main(globals())
