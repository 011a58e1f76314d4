#!/usr/bin/env python3
"""The limits of the command line hold, and the program goes on after a MemoryError.

usage: check_limits.py --limpid BINARY [names]

Each program of cases.py runs under --max-heap=64M.  It must end with MemoryError, caught, or finish; afterwards it prints; its
resident memory never exceeds that of an empty program by more than the limit, a tenth of it, and 8 MiB.
"""
import argparse
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import CASES

LIMIT = 64 << 20
BY_KERNEL = {"anonymous_map", "sqlite", "xml", "threads", "ctypes", "used_up_by_C", "query_rows"}
ALLOWED = LIMIT + LIMIT // 10 + (8 << 20)
PEAK = "print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])\n"
TAIL = '''
try:
    escape()
except MemoryError as error:
    print("MemoryError")
else:
    print("finished")
print("on", sum([i * i for i in range(1000)]), len("x" * 100000))
''' + PEAK


def run(binary, source, options, folder, timeout=300):
    path = os.path.join(folder, "case.py")
    with open(path, "w") as f:
        f.write(source)
    r = subprocess.run([binary, *options, path], capture_output=True, text=True, timeout=timeout)
    return r.returncode, r.stdout.split("\n"), r.stderr.strip()


def heap_cases(binary, names, folder):
    sanitized = b"__asan_init" in open(binary, "rb").read()   # needs many times the memory, and no kernel's limit is set
    base = int(run(binary, "import threading\n" + PEAK, [], folder)[1][0]) * 1024
    for name, wanted, source in CASES:
        if names and name not in names or sanitized and name in BY_KERNEL:
            continue
        try:
            status, out, err = run(binary, source + "\n" + TAIL, ["--max-heap=64M"], folder)
        except subprocess.TimeoutExpired:
            yield name, "does not end"
            continue
        if status != 0 or len(out) < 3 or not out[-3].startswith("on 332833500 100000"):
            yield name, f"status {status}, {out} {err[-300:]}"
            continue
        grown = int(out[-2]) * 1024 - base
        if wanted != "any" and out[-4] != wanted:
            yield name, f"{out[-4]}, expected {wanted}"
        elif grown > ALLOWED and not sanitized:
            yield name, f"grew by {grown >> 20} MiB ({out[-4]})"
        else:
            yield name, None


def other_cases():
    """(name, options, source, status, last line of stdout, last line of stderr)"""
    loop = "import sys\ntry:\n while True: pass\nexcept TimeoutError as e:\n print(e, flush=True)\n"
    yield "time", ["--max-time=0.5"], "while True: pass", 1, "", "TimeoutError: the time limit of 0.5 seconds is over"
    yield "time_caught", ["--max-time=0.5"], loop, 0, "the time limit of 0.5 seconds is over", ""
    yield "time_ignored", ["--max-time=0.6"], loop + "while True: pass", 124, "the time limit of 0.6 seconds is over", "limpid: the time limit of 0.6 seconds is over; the process ends"
    yield "time_in_C", ["--max-time=0.6"], "x = [1] * 10**6\nwhile x.count(2) + x.count(3) == 0: x.extend(x[:0])", 1, "", "TimeoutError: the time limit of 0.6 seconds is over"
    yield "time_asleep", ["--max-time=0.3"], "import time\ntime.sleep(100)", 1, "", "TimeoutError: the time limit of 0.3 seconds is over"
    yield "time_join", ["--max-time=0.3"], "import threading\nthreading.Event().wait()", 1, "", "TimeoutError: the time limit of 0.3 seconds is over"
    yield "time_enough", ["--max-time=60"], "print('done')", 0, "done", ""
    deep = "import sys\nsys.setrecursionlimit(10**6)\nprint(sys.getrecursionlimit())\ndef f(n): return n if n == 0 else f(n - 1)\n"
    yield "depth", ["--max-depth=200"], deep + "try: f(300)\nexcept RecursionError as e: print(e)", 0, "maximum recursion depth exceeded", ""
    yield "depth_cap", ["--max-depth=200"], deep + "print(sys.getrecursionlimit(), f(150))", 0, "200 0", ""
    yield "depth_more", ["--max-depth=5000"], "import sys\ndef f(n): return n if n == 0 else f(n - 1)\nprint(f(4000))", 0, "0", ""
    for option, text in (("--max-heap=x", "--max-heap must be a size in bytes, or with K, M or G"), ("--max-time", "--max-time must be a number of seconds"),
                         ("--max-depth=1.5", "--max-depth must be a number of calls"), ("--max-heap=0", "--max-heap must be a size in bytes, or with K, M or G")):
        yield option, [option], "", 2, "", text
    yield "limit", [], "import limpid\nprint(limpid.limit())\nprint(limpid.limit(limpid.counted() + 2**24))\ntry: bytes(2**25)\nexcept MemoryError: print('no')\nprint(limpid.limit(None) > 2**24, limpid.limit(), len(bytes(2**25)))", 0, "True None 33554432", ""
    yield "limit_cap", ["--max-heap=1G"], "import limpid\ntry: limpid.limit(2**31)\nexcept ValueError as e: print(e)", 0, "limit() cannot exceed --max-heap, 1073741824 bytes", ""
    yield "limit_wrong", [], "import limpid\nfor x in (0, -1, 'a', 10**30):\n try: limpid.limit(x)\n except Exception as e: print(type(e).__name__, end=' ')\nprint()", 0, "ValueError ValueError TypeError OverflowError ", ""
    yield "reserve", ["--max-heap=32M"], "l = []\ntry:\n while True: l.append([len(l)])\nexcept MemoryError as e:\n import sys\n m = sys.exc_info()[2]\n print('handled', f'{len(l) > 10000}', {'a': [1]})\nl = None\nprint(len([[i] for i in range(100000)]))", 0, "100000", ""
    yield "child", ["--max-heap=200M"], "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True).stdout)", 0, "b'1\\n'", ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limpid", required=True)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    binary, passed, failed = os.path.abspath(args.limpid), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        results = list(heap_cases(binary, args.names, folder))
        for name, options, source, status, out, err in other_cases():
            if args.names and name not in args.names:
                continue
            got = run(binary, source, options, folder)
            lines = (got[1][-2] if len(got[1]) > 1 else "", got[2].split("\n"))
            right = got[0] == status and lines[0] == out and (err in lines[1] if err else not got[2])
            results.append((name, None if right else f"{got}"))
    for name, problem in results:
        if problem:
            failed += 1
            print(f"FAIL {name}: {problem}")
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
