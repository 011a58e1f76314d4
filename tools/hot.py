#!/usr/bin/env python3
"""Write tools/hot.ld: the functions that usual programs run, side by side.

    for each program: valgrind --tool=callgrind --callgrind-out-file=N.out build/limpid ...
    tools/hot.py *.out > tools/hot.ld

A page of the program is resident as soon as one function in it, or near it, has run.  The linker puts what the script names
first; a name that no longer exists does nothing, a function that it does not name lies behind.  The more of the given runs
have called a function, the nearer it is to the beginning.
"""
import collections
import re
import sys


def functions(path):
    """Names of the functions of the program itself that ran; a name is written out once, later its number stands for it."""
    names, objects, ran, inside = {}, {}, set(), False
    for line in open(path):
        match = re.match(r"ob=\((\d+)\)(?: (.*))?", line)
        if match:
            objects[match[1]] = match[2] or objects[match[1]]
            inside = "limpid" in objects[match[1]].rsplit("/", 1)[-1]
        match = re.match(r"cob=\((\d+)\)(?: (.*))?", line)
        if match and match[2]:
            objects[match[1]] = match[2]
        match = re.match(r"(c?)fn=\((\d+)\)(?: (.*))?", line)
        if match:
            if match[3]:
                names[match[2]] = match[3].split("'")[0]
            if not match[1] and inside:
                ran.add(names[match[2]])
    return ran


count = collections.Counter()
for path in sys.argv[1:]:
    count.update(functions(path))
print("/* Made by tools/hot.py; not to be edited.  See there. */\nSECTIONS\n{\n    .text.first :\n    {")
for name in sorted(count, key=lambda name: (-count[name], name)):
    if re.fullmatch(r"[A-Za-z_]\w*(\.[\w.]+)?", name):
        print(f"        *(.text.{name})")
print("    }\n}\nINSERT BEFORE .text;")
