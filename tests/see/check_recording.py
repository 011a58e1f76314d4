#!/usr/bin/env python3.11
"""--record and --see: what the journal tells is what the program did.

usage: check_recording.py --limpid BINARY [-k TEXT] [-v]
"""
import base64
import os
import re
import subprocess
import sys
import tempfile

from harness import main

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "limpid"))
import recording  # noqa: E402  (plain Python; the package itself needs Limpid)


def record(limpid, source, *arguments, status=0, option="--record"):
    """The recording of a program, its output, and what it says on stderr."""
    with tempfile.TemporaryDirectory() as folder:
        program, file = os.path.join(folder, "prog.py"), os.path.join(folder, "prog.rec")
        with open(program, "w", encoding="utf-8") as out:
            out.write(source)
        done = subprocess.run([limpid.binary, f"{option}={file}", program, *arguments], capture_output=True, text=True, cwd=folder)
        assert done.returncode == status, (done.returncode, done.stderr)
        return recording.Recording(file), done.stdout, done.stderr


def variables(state, frame):
    """{name: object} of a frame, of its dict of names too."""
    named = {name: state.objects[number] for name, number in frame.variables().items()}
    if frame.names:
        for kind, key, number in state.objects[frame.names].holds:
            if kind == "value" and not state.objects[key].text.startswith("__"):
                named[state.objects[key].text] = state.objects[number]
    return named


def value(state, object):
    """The object as plain data: enough for the programs here."""
    if object.type in ("int", "float", "str", "bool", "NoneType"):
        return {"int": int, "float": float, "str": str}.get(object.type, {"True": True, "False": False, "None": None}.get)(object.text)
    held = [value(state, state.objects[number]) for _, _, number in object.holds]
    if object.type == "dict":
        return {value(state, state.objects[key]): value(state, state.objects[number]) for _, key, number in object.holds}
    return {"list": list, "tuple": tuple, "set": set}.get(object.type, lambda held: (object.type, held))(held)


def steps(recorded, *names):
    """(function, line, the named variables) at each step."""
    for operation, state in recorded:
        if operation == "STEP":
            frame = state.stack[-1]
            found = variables(state, frame)
            yield (frame.code.name, frame.line, *[value(state, found[name]) if name in found else None for name in names])


def check_lines(limpid):
    """Each executed line is a step, with the variables as they are before it."""
    source = "def f(n):\n    t = 0\n    for i in range(n):\n        t += i\n    return t\nx = f(2)\nx = f(1) + x\npass\n"
    got = list(steps(record(limpid, source)[0], "t", "i", "x"))
    call = [("f", 2, None, None, None)]
    assert got == (
        [("<module>", 1, None, None, None), ("<module>", 6, None, None, None)] + call
        + [("f", 3, 0, None, None), ("f", 4, 0, 0, None), ("f", 3, 0, 0, None), ("f", 4, 0, 1, None), ("f", 3, 1, 1, None), ("f", 5, 1, 1, None)]
        + [("<module>", 7, None, None, 1)] + call
        + [("f", 3, 0, None, None), ("f", 4, 0, 0, None), ("f", 3, 0, 0, None), ("f", 5, 0, 0, None), ("<module>", 8, None, None, 1)]), got


def check_aliases(limpid):
    """A list that is changed through an alias changes under both names, and is one object."""
    source = "a = [1, 2]\nb = a\nb.append(3)\nb[0] = 'x'\ndel b[1]\nb = None\n"
    seen = [(line, a, b) for _, line, a, b in steps(record(limpid, source)[0], "a", "b")]
    assert seen == [(1, None, None), (2, [1, 2], None), (3, [1, 2], [1, 2]), (4, [1, 2, 3], [1, 2, 3]), (5, ["x", 2, 3], ["x", 2, 3]),
                    (6, ["x", 3], ["x", 3])], seen
    numbers = set()
    for operation, state in record(limpid, source)[0]:
        if operation == "STEP":
            numbers |= {o.number for name, o in variables(state, state.stack[-1]).items() if o.type == "list"}
    assert len(numbers) == 1, numbers


def check_counts(limpid):
    """The reference counts at each step are those that the program itself sees, less the one of the question."""
    source = ("import sys\nclass C:\n    pass\na = [C()]\nb = a\nc = (a, a)\nprint(sys.getrefcount(a) - 1, sys.getrefcount(a[0]) - 1)\n"
              "del b\nprint(sys.getrefcount(a) - 1, sys.getrefcount(a[0]) - 1)\n")
    recorded, out, _ = record(limpid, source)
    told = []
    for operation, state in recorded:
        if operation == "STEP" and state.stack[-1].line in (7, 9):
            a = variables(state, state.stack[-1])["a"]
            told.append(f"{a.count} {state.objects[a.holds[0][2]].count}")
    assert told == out.split("\n")[:2], (told, out)


def check_deaths(limpid):
    """An object dies at the line that drops it; a cycle only when the collector finds it."""
    source = ("import gc\ngc.disable()\nclass C:\n    pass\na = C()\na = None\nb = C()\nb.me = b\nb = None\nx = 1\ngc.collect()\nx = 2\n")
    recorded, _, _ = record(limpid, source)
    alive, collected = {}, {}
    for operation, state in recorded:
        if operation == "STEP":
            alive[state.stack[-1].line] = [o.number for o in state.objects.values() if o.type == "__main__.C"]
            collected[state.stack[-1].line] = len(state.collections)
    assert len(alive[6]) == 1 and not alive[7] and len(alive[8]) == len(alive[10]) == len(alive[11]) == 1 and not alive[12], alive
    assert collected[11] < collected[12], collected


def check_generators(limpid):
    """A generator's frame goes and comes with its variables."""
    source = "def g():\n    n = 10\n    yield n\n    n += 1\n    yield n\nx = g()\ny = next(x)\nz = next(x)\nx.close()\n"
    recorded, _, _ = record(limpid, source)
    events = [(operation, state.objects[state.value].text if operation == "YIELD" else state.stack[-1].line)
              for operation, state in recorded if operation in ("STEP", "YIELD")]
    assert events[-9:] == [("STEP", 7), ("STEP", 2), ("STEP", 3), ("YIELD", "10"), ("STEP", 8), ("STEP", 4), ("STEP", 5), ("YIELD", "11"),
                           ("STEP", 9)], events


def check_exceptions(limpid):
    """An exception is raised, ends frames and is caught; one that is not caught ends the program, and the recording is whole."""
    recorded, _, error = record(limpid, "def f():\n    1 / 0\ntry:\n    f()\nexcept ZeroDivisionError:\n    pass\nf()\n", status=1)
    events = [operation if operation != "STEP" else state.stack[-1].line for operation, state in recorded]
    assert events == [1, 3, 4, 2, "RAISE", "UNWIND", "RAISE", 5, 6, 7, 2, "RAISE", "UNWIND", "RAISE", "UNWIND"], events
    assert "ZeroDivisionError: division by zero" in error


def check_finalizers(limpid):
    """Lines that run while their holder is being freed: what it held is not looked into."""
    source = ("from collections import deque\nclass D:\n    def __del__(self):\n        x = [self]\n        x = (x, 1)\nclass H:\n    pass\n"
              "for make in list, tuple, set, deque:\n    a = make(D() for i in range(50))\n    a = None\n"
              "h = H()\nfor i in range(20):\n    setattr(h, f'a{i}', D())\nh = None\nd = {i: D() for i in range(50)}\nd = None\nprint('ok')\n")
    recorded, out, _ = record(limpid, source)
    assert out == "ok\n" and sum(operation == "STEP" and state.stack[-1].code.name == "D.__del__" for operation, state in recorded) == 540


def check_thrown(limpid):
    """A generator into which something is thrown goes on in its frame, and a state tells all that is named after it."""
    source = ("def g():\n    try:\n        yield 1\n    except ValueError:\n        yield 2\nfor i in range(3000):\n    x = g()\n    next(x)\n"
              "    x.throw(ValueError)\nx = True\n")
    recorded, _, _ = record(limpid, source)
    numbers = {state.stack[-1].number for operation, state in recorded if operation == "STEP"}
    assert len(recorded.journal) > 1 and len(numbers) == 3001 and not state_of(recorded).suspended, len(numbers)


def check_deep(limpid):
    """States of a stack deeper than the C stack would bear."""
    source = ("import sys, _see\nsys.setrecursionlimit(10**7)\n_see.record('/dev/null', lean=True, objects=500)\nn = 0\ndef f():\n    global n\n"
              "    n += 1\n    if n > 1000000:\n        return 0\n    return f()\nf()\nprint(_see.record_stop())\n")
    out = limpid.run(source)
    assert out.strip() == "3000007", out


def state_of(recorded):
    """The state at the end."""
    for operation, state in recorded:
        pass
    return state


def check_fork(limpid):
    """The recording is of the parent; the child can make its own."""
    source = ("import os, _see\ndef f():\n    for i in range(9000):\n        x = [i]\nf()\nif os.fork() == 0:\n    f()\n    _see.record('child')\n"
              "    raise SystemExit\nos.wait()\nf()\nlast = 1\n")
    recorded, _, _ = record(limpid, source)
    lines = [state.stack[-1].line for operation, state in recorded if operation == "STEP"]
    assert lines[-1] == 12 and len(lines) == 2 * 18001 + 7, (lines[-1], len(lines))


def check_output(limpid):
    """Output comes at the step that wrote it, by stream."""
    source = "import sys\nprint('one')\nprint('two', file=sys.stderr)\n"
    recorded, out, _ = record(limpid, source)
    for operation, state in recorded:
        pass
    assert state.output == [(1, "one"), (1, "\n"), (2, "two"), (2, "\n")], state.output


def check_containers(limpid):
    """Dicts, sets, tuples, instances and cells are told whole, and as they change."""
    source = ("class P:\n    def __init__(self):\n        self.x = 1\nd = {'k': (1, 2)}\nd['l'] = {3}\ndel d['k']\np = P()\np.y = [p]\n"
              "def outer():\n    n = 1\n    def inner():\n        return n\n    return inner\nf = outer()\npass\n")
    recorded, _, _ = record(limpid, source)
    at = {line: (d, p) for _, line, d, p in ((*s[:2], s[2], None) for s in steps(recorded, "d"))}
    assert at[5][0] == {"k": (1, 2)} and at[6][0] == {"k": (1, 2), "l": {3}} and at[7][0] == {"l": {3}}, at
    for operation, state in recorded:
        if operation == "STEP" and state.stack[-1].line == 15:
            found = variables(state, state.stack[-1])
            p, f = found["p"], found["f"]
            names = [state.objects[name].text for kind, name, _ in p.holds if kind == "attribute"]
            assert names == ["x", "y"], names
            assert state.objects[p.holds[1][2]].holds[0][2] == p.number
            cells = state.objects[f.holds[0][2]]
            cell = state.objects[cells.holds[0][2]] if cells.type == "tuple" else cells
            assert state.objects[cell.holds[0][2]].text == "1", cell.type
            break
    else:
        raise AssertionError("line 15 was not recorded")


def check_states(limpid):
    """Each chunk's own state is the one that the operations before it lead to."""
    source = ("def g(n):\n    for i in range(n):\n        yield [i]\nd = {}\nit = g(10 ** 9)\nfor k in range(6000):\n    d[k % 50] = [k, str(k), next(it)]\n")
    recorded, _, _ = record(limpid, source)
    assert len(recorded.journal) > 2, len(recorded.journal)

    def shape(state):
        def of(number, depth=4):
            o = state.objects.get(number)
            return o and (o.type, o.text, o.count, o.length, depth and [of(held[2], depth - 1) for held in o.holds])
        return [(f.code.name, f.line, {k: of(n) for k, n in f.slots.items() if n}, of(f.names)) for f in state.stack]

    whole = recorded.journal
    for chunk in range(1, 3):
        recorded.journal = whole[:chunk + 1]
        through = [(state.step, shape(state)) for operation, state in recorded if operation == "STEP"]
        recorded.journal = whole[chunk:chunk + 1]
        alone = [(state.step, shape(state)) for operation, state in recorded if operation == "STEP"]
        assert through[-len(alone):] == alone
        yield f"chunk {chunk}"


def check_threads(limpid):
    """Each thread has its own stack."""
    source = ("import threading\ndef work(n):\n    m = n + 1\n    return m\nts = [threading.Thread(target=work, args=(i,)) for i in range(3)]\n"
              "for t in ts:\n    t.start()\nfor t in ts:\n    t.join()\n")
    recorded, _, _ = record(limpid, source)
    threads = {state.thread for operation, state in recorded if operation == "STEP" and state.stack[-1].code.name == "work"}
    assert len(threads) == 3, threads


def check_cut_file(limpid):
    """A file that was cut is read up to its last whole chunk."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "r")
        limpid.run("for i in range(30000):\n    x = [i]\n", f"--record={file}")
        data = open(file, "rb").read()
        whole = sum(1 for operation, _ in recording.Recording(file) if operation == "STEP")
        for size in (len(data) // 2, len(data) - 1, 40):
            with open(file, "wb") as out:
                out.write(data[:size])
            part = sum(1 for operation, _ in recording.Recording(file) if operation == "STEP")
            assert part <= whole, (part, whole)
            yield f"{size} bytes"


def brief(state):
    """The frames of the running thread, with the words for what their variables and cells hold."""
    def words(number, depth=1):
        object = state.objects.get(number)
        if object is None or object.type == "cell" and depth:
            return object and [words(held[2], 0) for held in object.holds]
        if object.type == "float":
            return repr(float(object.text))
        return object.type, object.text[:30] if object.type in ("str", "int", "bool", "NoneType", "type") else ""
    return [(frame.code.name, frame.line, {name: words(number) for name, number in frame.variables().items()},
             [(words(key), words(number)) for kind, key, number in state.objects[frame.names].holds if kind == "value"]
             if frame.names else None) for frame in state.stack]


def check_lean(limpid):
    """--lean tells the same lines with the same variables, and of objects when they come and go."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "truth")
    for name in sorted(f for f in os.listdir(folder) if f.endswith(".py")):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            source = file.read()
        with tempfile.TemporaryDirectory() as place:
            program = os.path.join(place, "prog.py")
            with open(program, "w", encoding="utf-8") as out:
                out.write(source)
            told = []
            for options in ([], ["--lean"]):
                path = os.path.join(place, "r")
                subprocess.run([limpid.binary, f"--record={path}", *options, program], capture_output=True, cwd=place,
                               env={**os.environ, "PYTHONHASHSEED": "0"})
                told.append([(operation, brief(state)) for operation, state in recording.Recording(path) if operation == "STEP"])
        if len(told[0]) != len(told[1]) and name in UNLIKE:
            continue
        assert len(told[0]) == len(told[1]), (name, len(told[0]), len(told[1]))
        for at, (whole, lean) in enumerate(zip(*told)):
            assert whole[1][-1] == lean[1][-1], (name, at, whole[1][-1], lean[1][-1])
        yield name


UNLIKE = {"threads.py"}  # take turns as the clock has it


def check_page(limpid):
    """--see writes one file without references to others, which holds the recording; hostile text stays text."""
    source = "x = '</script><script>alert(1)</script>'\nclass C:\n    def __repr__(self):\n        raise SystemError\ny = C()\npass\n"
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "p.html")
        _, error = limpid.run(source, f"--see={page}", stderr=True)
        text = open(page, encoding="utf-8").read()
        assert re.match(r"limpid: \d+ lines, \d+ KiB: open ", error), error
        assert os.listdir(folder) == ["p.html"]
        assert not re.search(r"(?:src|href)=|https?://(?!www\.w3\.org/2000/svg)", text)
        assert "default-src 'none'" in text and text.count("<script") == 2 and "alert(1)" not in text
        data = base64.b64decode(re.search(r'id="recording">([^<]*)<', text).group(1))
        assert data.startswith(recording.MAGIC)
        assert len(text) - len(data) * 4 / 3 < 250 * 1024


def check_no_file(limpid):
    """What cannot be written is told before the program runs."""
    out, error = limpid.run("print(1)", "--see=/nowhere/at/all.html", status=1, stderr=True)
    assert out == "" and error.startswith("limpid: cannot write the recording /nowhere/at/all.html.recording: No such file"), error


main(globals())
