#!/usr/bin/env python3.11
"""--c-stacks: the C frames on which recorded lines run, as the program itself finds them by limpid.stack().

usage: check_c_stacks.py --limpid BINARY [-k TEXT] [-v]
"""
import json
import os
import platform
import subprocess
import sys
import tempfile

import harness
from harness import main

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "limpid"))
import recording  # noqa: E402  (plain Python; the package itself needs Limpid)

# note() writes, for each place that calls it, the C functions beneath its own frame.
PROGRAM = """\
import functools, json, sys, threading
import limpid

def note(key):
    thread = next(t for t in limpid.stack().threads if t.current)
    mine = next(i for i, f in enumerate(thread.frames) if f.function == "note")
    loop = next(i for i, c in enumerate(thread.c_frames) if mine in c.runs)
    print(json.dumps([key, [[c.function, c.size] for c in thread.c_frames[loop:]]]), file=out)
    return key

class Key:
    def __init__(self, name): self.name = name
    def __repr__(self): return note(self.name)
    def __lt__(self, other): return bool(note("lt"))
    def __getattr__(self, name): return note("attribute")
    def __del__(self): note("del")

def generate():
    yield note("generator")

def deep(n):
    return note("deep") if n == 0 else functools.reduce(lambda a, b: deep(n - 1), [0, 0])

def work():
    note("plain")
    repr([Key("in a list")])
    sorted([Key("a"), Key("b")])
    Key("c").missing
    list(generate())
    for each in generate():
        pass
    deep(12)
    exec("note('exec')")

out = open(sys.argv[1], "w")
work()
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
    thread.join()
out.close()
"""


def recorded(limpid, folder, *options, arguments=(), source=PROGRAM):
    with open(os.path.join(folder, "prog.py"), "w", encoding="utf-8") as out:
        out.write(source)
    subprocess.run([limpid.binary, "--record=rec", *options, "prog.py", *arguments], cwd=folder, check=True, timeout=300)
    return recording.Recording(os.path.join(folder, "rec"))


def needs_unwinding():
    if platform.machine() != "x86_64":
        raise harness.Skip("C stacks are known for x86-64 only")


def check_truth(limpid):
    """Each call of note() has the C frames, with their sizes, that it has found itself."""
    needs_unwinding()
    for options in (), ("--lean",), ("--function=note",):
        with tempfile.TemporaryDirectory() as folder:
            r = recorded(limpid, folder, "--c-stacks", *options, arguments=["out"])
            with open(os.path.join(folder, "out"), encoding="utf-8") as file:
                told = [json.loads(line) for line in file]
            found, seen = [], set()
            for operation, state in r:
                frame = state.stack[-1] if state.stack else None
                if operation == "STEP" and frame.code.name == "note" and frame.number not in seen:
                    seen.add(frame.number)
                    found.append([[name, size] for name, _, size in r.c_frames(frame.c_stack)])
            assert len(found) == len(told) > 30, (len(found), len(told))
            for (key, wanted), got in zip(told, found):
                assert [name for name, _ in got] == [name for name, _ in wanted], (key, wanted, got)
                assert got[1:] == wanted[1:], (key, wanted, got)
            assert {key for key, _ in told} == {"plain", "in a list", "lt", "attribute", "del", "generator", "deep", "exec"}
        yield " ".join(options) or "as usual"


def check_frames(limpid):
    """Frames that Python code calls stand on the C stack of their caller; a state tells the stacks of all frames again."""
    needs_unwinding()
    source = ("def inner(i):\n    x = [i]\n    return x\ndef outer(n):\n    for i in range(n):\n        inner(i)\n    return n\n"
              "def run(f):\n    return list(map(f, [9000]))\nrun(outer)\n")
    with tempfile.TemporaryDirectory() as folder:
        r = recorded(limpid, folder, "--c-stacks", source=source)
        assert len(r.journal) > 3
        stacks = {}
        for operation, state in r:
            if operation == "STEP":
                for frame in state.stack:
                    stacks.setdefault(frame.code.name, set()).add(frame.c_stack)
        assert stacks["inner"] == stacks["outer"] and stacks["run"] == stacks["<module>"] != stacks["outer"], stacks
        assert all(len(found) == 1 and 0 not in found for found in stacks.values()), stacks
        plain = recorded(limpid, folder, source=source)
        cost = os.path.getsize(os.path.join(folder, "rec"))
        recorded(limpid, folder, "--c-stacks", source=source)
        cost = os.path.getsize(os.path.join(folder, "rec")) - cost
        assert cost < len(plain), (cost, len(plain))  # bytes: less than one a stop
        assert plain.c_stacks == {} and all(frame.c_stack == 0 for _, state in plain for frame in state.stack)


def check_cut(limpid):
    """A recording that is cut anywhere has the stacks that its lines name; in Python the option has the same name."""
    needs_unwinding()
    with tempfile.TemporaryDirectory() as folder:
        source = ("import limpid\ndef f(x):\n    return x\nwith limpid.see(record='block', c_stacks=True):\n    for i in range(30000):\n        max(i, 1, key=f)\n")
        subprocess.run([limpid.binary, "-c", source], cwd=folder, check=True, timeout=300)
        data = open(os.path.join(folder, "block"), "rb").read()
        for share in (0.3, 0.6, 0.95):
            with open(os.path.join(folder, "cut"), "wb") as out:
                out.write(data[: int(len(data) * share)])
            r = recording.Recording(os.path.join(folder, "cut"))
            for operation, state in r:
                if operation == "STEP":
                    assert r.c_frames(state.stack[-1].c_stack)[0][0].startswith("vm_run")
            yield share


if __name__ == "__main__":
    main(globals())
