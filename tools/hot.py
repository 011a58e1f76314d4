#!/usr/bin/env python3
"""Write tools/hot.ld: what usual programs run and read, side by side.

    tools/hot.py build/limpid > tools/hot.ld      (half an hour: valgrind runs each program of bench/suite at its small size)

A page of the program is resident as soon as something in it, or near it, is wanted: the system maps 64 KiB around.  The linker
puts what the script names first; a name that no longer exists does nothing, what it does not name lies behind.

Functions: first those that many of the runs call once the program runs, then those that only the start calls, then those of few
runs.  Constants, strings and variables: those that starts read or write, which build/limpid.map (beside the program, from the
linker) tells by their addresses.  Frozen modules come together.  The code of the start and frozen modules lie between symbols, for
src/memory/pages.c.
"""
import bisect
import collections
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

SUITE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bench", "suite")
STARTS = (["-S", "-E", "-c", "pass"], ["-c", "pass"])


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


def functions_by_use(program):
    """Patterns of the functions that many runs call once the program runs or ends, of those that most call before, and of the others."""
    later, whole = collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        for args in runs():
            # writes out.1 before run_main, out.2 after it, and out at the end
            command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--dump-before=run_main", "--dump-after=run_main",
                       program, *args]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            parts = {path: functions(path) for path in glob.glob(out + "*")}
            later.update(set().union(*(parts[path] for path in parts if path != out + ".1")))
            whole.update(set().union(*parts.values()))
            for path in parts:
                os.remove(path)
    most, some = len(list(runs())) // 2, len(list(runs())) // 5
    names = [name for name in sorted(whole, key=lambda name: (-later[name], -whole[name], name)) if re.fullmatch(r"[A-Za-z_]\w*(\.[\w.]+)?", name)]
    start = {name for name in names if later[name] < some and whole[name] >= most}
    often = {name for name in names if later[name] >= some}
    return [[f"*(.text.{name})" for name in names if name in part] for part in (often, start, set(names) - often - start)]


def sections(path):
    """Address, end and pattern of each section of constants and variables that the linker put together, by address."""
    text = open(path).read()
    lines = r"^ (\.(?:data|bss|rodata)\S*)\s+(0x[0-9a-f]+)\s+(0x[0-9a-f]+) (\S+)$"
    found = re.findall(lines, text[text.index("Linker script and memory map"):], re.M)
    table = []
    for name, at, size, file in found:
        if int(at, 16) and int(size, 16) and ".module_" not in name:
            shared = re.fullmatch(r"\.(data|bss|rodata)(\.c?str?\d[\d.]*)?", name)   # of a whole file
            file = re.split(r"[/(]", file.rstrip(")"))[-1] if shared else ""
            table.append((int(at, 16), int(at, 16) + int(size, 16), f"*{file}({name})"))
    return sorted(table)


def touched(program, args, table):
    """Patterns of the sections that a run reads or writes."""
    starts, low, high, seen = [at for at, _, _ in table], table[0][0], table[-1][1], set()
    read, write = os.pipe()
    command = ["valgrind", "--tool=lackey", "--trace-mem=yes", f"--log-fd={write}", program, *args]
    with subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        os.close(write)
        for line in open(read):
            if line[0] == " ":   # " L 04222c4c,8": reads or writes; instructions begin with "I"
                seen.add(line[3:].partition(",")[0])
    patterns = set()
    for address in {int(text, 16) for text in seen if re.fullmatch("[0-9a-f]+", text)}:
        at = bisect.bisect_right(starts, address) - 1
        if low <= address < high and address < table[at][1]:
            patterns.add(table[at][2])
    return patterns


def script(place, *parts):
    """Output sections with what goes into them, before or after one of the usual ones."""
    lines = ["SECTIONS", "{"]
    for name, patterns in parts:
        lines += [f"    {name} :", "    {", *(f"        {pattern}" for pattern in patterns), "    }"]
    return "\n".join(lines + ["}", f"INSERT {place};", ""])


def script_of_data(count):
    """Short strings are names and come all together; equal ones are merged, so that whose they are cannot be told.  Of long ones,
    which are mostly documentation, and of the rest what starts touch."""
    found = {kind: [] for kind in ("data", "bss", "rodata", "str1")}
    for pattern in sorted(count, key=lambda pattern: (-count[pattern], pattern)):
        kind = re.search(r"(str1)\.8\)$|\(\.(data|bss|rodata)(?!.*\.c?str?\d[\d.]*\)$)", pattern)
        if kind:
            found[kind[1] or kind[2]].append(pattern)
    strings = (".rodata.strings", ["*(.rodata.str1.1 .rodata.*.str1.1)", *found["str1"]])
    rest = (".rodata.first", ["*(.rodata.cst* .rodata.*.cst*)", *found["rodata"]])
    modules = (".rodata.modules", ["HIDDEN(frozen_data = .);", "*(.rodata.module_*)", "HIDDEN(frozen_data_end = .);"])
    return (script("AFTER .rodata", strings, rest, modules) +
            script("BEFORE .data", (".data.first", found["data"])) + script("BEFORE .bss", (".bss.first", found["bss"])))


def main():
    program, count = sys.argv[1], collections.Counter()
    often, start, others = functions_by_use(program)
    table = sections(program + ".map")
    for args in STARTS:
        count.update(touched(program, args, table))
    print("/* Made by tools/hot.py; not to be edited.  See there. */")
    start = ["HIDDEN(start_code = .);", "*crt1.o(.text)", "*pthread_atfork.oS(.text)", "*(.text.startup .text.startup.*)", *start, "HIDDEN(start_code_end = .);"]
    print(script("BEFORE .text", (".text.first", often + start + others)) + script_of_data(count), end="")


main()
