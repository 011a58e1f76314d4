#!/usr/bin/env python3.11
"""Python beside C and C++: bytes and time, on the stack and on the heap, and what texts about the subject claim.

usage: compare.py [--json FILE] NAME=PYTHON [NAME=PYTHON …]

Builds the programs of tests/samples_c, runs them, and runs the same in each Python.  Loops are kept by a barrier: a compiler deletes
those whose result nobody sees, which is where claims of "25,000 times" come from.  Each time is the best of some runs.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

HOUSE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOUSE / "tests" / "samples_c"))
import natives  # noqa: E402

SIZES = r'''
import sys
def blocks(make):
    """Bytes of resident memory for what make() gives."""
    def rss():
        with open("/proc/self/statm") as f:
            return int(f.read().split()[1]) * 4096
    before = rss()
    kept = make()
    return rss() - before
five = [1, 2, 3, 4, 5]
class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y
grown, changes, last = [], 0, -1
for i in range(1000):
    grown.append(i)
    if grown.__sizeof__() != last:
        changes, last = changes + 1, grown.__sizeof__()
print({"int": sys.getsizeof(42), "float": sys.getsizeof(3.14), "str": sys.getsizeof("hello"), "three": 24 + sum(map(sys.getsizeof, (42, 3.14, "hello"))),
       "five": sys.getsizeof(five) + sum(map(sys.getsizeof, five)), "list1000": sys.getsizeof(grown), "appends": changes,
       "million": blocks(lambda: [i + 1000 for i in range(1_000_000)]), "points": blocks(lambda: [Point(i, i) for i in range(100_000)]) / 100_000})
'''

TIMES = r'''
import time
def best(f, n=5):
    least = 1e9
    for _ in range(n):
        start = time.perf_counter(); f(); least = min(least, time.perf_counter() - start)
    return least * 1000
def constant():
    for i in range(1000000):
        x = 42
def empty():
    for i in range(1000000):
        pass
def real(v=1.5):
    for i in range(1000000):
        x = v * 2.0
def items():
    for i in range(1000000):
        x = []
def plain(o=object):
    for i in range(1000000):
        x = o()
def large(b=bytes):
    for i in range(1000000):
        x = b(600)
print({f.__name__: best(f) for f in (constant, empty, real, items, plain, large)})
'''


def python(command, program):
    done = subprocess.run([*command.split(), "-c", program], capture_output=True, text=True, check=True)
    return eval(done.stdout, {"__builtins__": {}})


def number(text, pattern):
    return float(re.search(pattern, text)[1].replace(",", ""))


def native_figures(folder):
    """{name: figure} of the C and C++ programs."""
    found = {}
    for option in ("-O0", "-O2"):
        runs = [subprocess.run([natives.build("08", folder, option)], capture_output=True, text=True, check=True).stdout for _ in range(3)]
        for what, pattern in (("stack", r"kept stack: (\S+)"), ("heap", r"kept heap: (\S+)"), ("written stack", r"C\+\+ stack: (\S+)"), ("written heap", r"C\+\+ heap: (\S+)")):
            found[f"{what} {option}"] = min(number(run, pattern) for run in runs)
    five, array, vector = (natives.output(name, folder) for name in ("05", "06", "09"))
    dynamic, model, header = (natives.output(name, folder) for name in ("07", "12", "02"))
    found |= {"three": number(five, r"Total: (\d+)"), "three heap": number(five, r"Heap: (\d+)"), "five": number(array, r"contiguous: (\d+)"),
              "million": number(vector, r"Total: (\d+)"), "int": number(header, r"in C: (\d+)"), "double": number(model, r"y = 3.14 \((\d+)"),
              "string": number(five, r"string z: (\d+)"), "new int": number(model, r"of a (\d+)-byte malloc chunk"),
              "appends": number(dynamic, r"without reserve: (\d+)"), "list1000": number(dynamic, r"elements (\d+)")}
    found["stack instructions"] = len(natives.instructions("on_stack", folder))
    found["heap instructions"] = len(natives.instructions("on_heap", folder))
    return found


def rows(native, pythons):
    """(what, what texts claim, C and C++, then one for each Python)"""
    n = native
    sizes, times = {k: v[0] for k, v in pythons.items()}, {k: v[1] for k, v in pythons.items()}

    def figures(table, key, form="{:,.0f}"):
        return [form.format(table[name][key]) for name in pythons]

    nothing = ["" for _ in pythons]
    yield ("bytes",)
    yield "an int", "4 / 28", f"{n['int']:.0f} stack", *figures(sizes, "int")
    yield "a float", "8 / 24", f"{n['double']:.0f} stack", *figures(sizes, "float")
    yield 'the text "hello"', "32 / 54", f"{n['string']:.0f} stack", *figures(sizes, "str")
    yield "the three, with references", "44 / 130", f"{n['three']:.0f} stack, {n['three heap']:.0f} heap", *figures(sizes, "three")
    yield "an int on the heap", "4 / 28", f"{n['new int']:.0f}", *figures(sizes, "int")
    yield "five ints in an array", "20 / 244", f"{n['five']:.0f} stack", *figures(sizes, "five")
    yield "room of 1,000 appended", "4,000 / -", f"{n['list1000']:,.0f} heap", *figures(sizes, "list1000")
    yield "  allocations for that", "1 / many", f"{n['appends']:.0f} (1 with reserve)", *figures(sizes, "appends")
    yield "a million ints in an array", "4 MB / 36 MB", f"{n['million']:,.0f} heap", *figures(sizes, "million")
    yield "an object of two fields", "", "", *figures(sizes, "points")
    yield ("nanoseconds each, loops kept",)
    yield "on the stack", "0.002", f"{n['stack -O0']:.2f} -O0, {n['stack -O2']:.2f} -O2", *nothing
    yield "on the heap", "50", f"{n['heap -O0']:.1f} -O0, {n['heap -O2']:.1f} -O2", *nothing
    yield "heap / stack", "25,000", f"{n['heap -O0'] / n['stack -O0']:.0f} -O0, {n['heap -O2'] / n['stack -O2']:.0f} -O2", *nothing
    yield "instructions in the function", "1 / many", f"{n['stack instructions']} stack, {n['heap instructions']} heap", *nothing
    for key, what in (("constant", "x = 42 in a loop"), ("empty", "the loop alone"), ("real", "a new float"), ("items", "a new list"), ("plain", "a new object"),
                      ("large", "600 new bytes")):
        yield what, "50-100" if key == "constant" else "", "", *figures(times, key, "{:.1f}")


def show(table, names):
    header = ("", "texts say", "C, C++", *names)
    cells = [row for row in table if len(row) > 1] + [header]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]

    def line(row):
        return "  ".join(f"{cell:{w}}" if i == 0 else f"{cell:>{w}}" for i, (cell, w) in enumerate(zip(row, widths))).rstrip()

    print(line(header))
    for row in table:
        print("\n" + row[0] if len(row) == 1 else line(row))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("pythons", nargs="+", metavar="NAME=PYTHON")
    options = parser.parse_args()
    commands = dict(p.partition("=")[::2] for p in options.pythons)
    pythons = {name: (python(command, SIZES), python(command, TIMES)) for name, command in commands.items()}
    with tempfile.TemporaryDirectory(prefix="compare.") as folder:
        native = native_figures(folder)
    compiler = subprocess.run(["gcc", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    print(f"{platform.machine()}, {compiler}; the programs are in {os.path.relpath(natives.HERE)}\n")
    show(list(rows(native, pythons)), list(commands))
    print(f"""
As the texts write it, without a barrier: stack loop {native['written stack -O0']:.0f} µs and heap loop {native['written heap -O0']:.0f} ms with -O0; {native['written stack -O2']:.0f} µs and {native['written heap -O2']:.0f} ms with -O2, where
the compiler has deleted both.  25,000 is 50 ms by 2 µs: a loop that is there by one that is not.
"texts say": C or C++ / Python, or nanoseconds; Python's bytes are those of sys.getsizeof, of the last two rows of bytes resident memory.""")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"native": native, "python": {k: {**v[0], **v[1]} for k, v in pythons.items()}}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
