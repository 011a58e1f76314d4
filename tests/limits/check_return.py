#!/usr/bin/env python3
"""After a peak at least 90 % of it goes back to the system: resident memory before, at the peak, and after everything was freed.

usage: check_return.py --limpid BINARY [names]
"""
import argparse
import os
import subprocess
import sys

SHAPES = {
    "ints": "[i + 1000 for i in range(600000)]",
    "floats": "[i * 0.5 for i in range(600000)]",
    "tuples": "[(i, i) for i in range(300000)]",
    "objects": "[P(i, i) for i in range(300000)]",
    "dicts": "[{'a': i, 'b': 2} for i in range(300000)]",
    "one dict": "{i: i for i in range(500000)}",
    "one set": "set(range(500000))",
    "short strings": "['x%d' % i for i in range(400000)]",
    "strings of a kilobyte": "['x' * (600 + i % 5000) for i in range(10000)]",
    "strings of 100 kilobytes": "['x' * (100000 + i) for i in range(300)]",
    "strings of 3 megabytes": "['x' * (3000000 + i) for i in range(10)]",
    "lists of all sizes": "[[i] * (i % 300) for i in range(30000)]",
    "sets": "[{i, i + 1, i + 2} for i in range(100000)]",
    "byte arrays": "[bytearray(i % 3000) for i in range(20000)]",
    "large ints": "[1 << (i % 30000) for i in range(20000)]",
    "cycles": "[cycle() for i in range(300000)]",
    "generators": "[(x for x in (i,)) for i in range(60000)]",
    "nested": "json.loads('[' + ','.join('{\"a\": %d, \"b\": [1, 2, {\"c\": \"d%d\"}]}' % (i, i) for i in range(60000)) + ']')",
    "deque": "collections.deque(range(1000000))",
    "buffer": "io.BytesIO(bytes(20000000))",
}
PROGRAM = """
import collections, gc, io, json
def resident():
    with open('/proc/self/statm') as f:
        return int(f.read().split()[1]) * 4096
class P:
    def __init__(self, x, y):
        self.x = x
        self.y = y
def cycle():
    l = []
    l.append(l)
    return l
resident()
gc.collect()
before = resident()
kept = SHAPE
peak = resident()
del kept
gc.collect()
print(before, peak, resident())
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    passed = failed = 0
    if b"__asan_init" in open(args.limpid, "rb").read():
        print("0 passed, 0 failed")   # the sanitizer keeps freed memory
        return 0
    for name, shape in SHAPES.items():
        if args.names and name not in args.names:
            continue
        r = subprocess.run([os.path.abspath(args.limpid), "-c", PROGRAM.replace("SHAPE", shape)], capture_output=True, text=True, timeout=300)
        before, peak, after = [int(x) for x in r.stdout.split()] if r.returncode == 0 else (0, 1, 1)
        back = (peak - after) / max(peak - before, 1)
        right = r.returncode == 0 and peak - before > 10 << 20 and back >= 0.9
        if args.verbose or not right:
            print(f"{'' if right else 'FAIL '}{name}: peak {(peak - before) / 2**20:.1f} MiB, {100 * back:.1f} % back {r.stderr[-200:]}")
        passed += right
        failed += not right
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
