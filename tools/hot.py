#!/usr/bin/env python3
"""Write tools/hot.ld: the functions that usual programs run, side by side.

    tools/hot.py build/limpid > tools/hot.ld      (a quarter of an hour: valgrind runs each program of bench/suite at its small size)

A page of the program is resident as soon as one function in it, or near it, has run.  The linker puts what the script names
first; a name that no longer exists does nothing, a function that it does not name lies behind.  The more of the runs
have called a function, the nearer it is to the beginning.  Strings, of which names are read when types are made, come
together, short ones first.
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

SUITE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bench", "suite")


def runs():
    """Arguments of each run."""
    yield from json.load(open(os.path.join(SUITE, "startup.json"))).values()
    for path in sorted(glob.glob(os.path.join(SUITE, "*.py"))):
        small = re.search(r"^# small: (\S+)", open(path, encoding="utf-8").read(), re.M)
        yield [path] + ([small[1]] if small else [])


def functions(path):
    """Names of the functions of the program itself that ran; a name is written out once, later its number stands for it.
    Functions outside the section .text are of no object that valgrind knows."""
    names, objects, ran, inside = {}, {}, set(), False
    for line in open(path):
        match = re.match(r"(c?)ob=\((\d+)\)(?: (.*))?", line)
        if match:
            objects.setdefault(match[2], match[3])
            if not match[1]:
                name = objects[match[2]].rsplit("/", 1)[-1]
                inside = name == "???" or "limpid" in name
        match = re.match(r"(c?)fn=\((\d+)\)(?: (.*))?", line)
        if match:
            if match[3]:
                names[match[2]] = match[3].split("'")[0]
            if not match[1] and inside:
                ran.add(names[match[2]])
    return ran


def main():
    count = collections.Counter()
    with tempfile.NamedTemporaryFile(suffix=".out") as out:
        for args in runs():
            command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}", sys.argv[1], *args]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            count.update(functions(out.name))
    print("/* Made by tools/hot.py; not to be edited.  See there. */\nSECTIONS\n{\n    .text.first :\n    {")
    for name in sorted(count, key=lambda name: (-count[name], name)):
        if re.fullmatch(r"[A-Za-z_]\w*(\.[\w.]+)?", name):
            print(f"        *(.text.{name})")
    print("    }\n}\nINSERT BEFORE .text;")
    print("SECTIONS\n{\n    .rodata.strings :\n    {\n        *(.rodata.str1.1)\n        *(.rodata.str1.8)\n    }\n}\nINSERT BEFORE .rodata;")


main()
