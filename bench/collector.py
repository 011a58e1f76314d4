#!/usr/bin/env python3.11
"""What the cycle collector costs, in each interpreter given.

    python3.11 collector.py python3.11=/usr/bin/python3.11 limpid=../build/limpid [--churn N] [--old N...]

churn   processor seconds to make and drop N (10 million) objects that refer to themselves, in cycles of two
pauses  milliseconds of a young collection, median and worst of 200, beside 10^4 to 10^7 old objects: made after them, so that the heap is as
        it is in a long-running program; with holes: after every second old object has been freed
full    seconds of gc.collect() over those objects

Each figure is from a process of its own.
"""
import argparse
import shlex
import subprocess
import sys

CHURN = """
import gc, time
class Node:
    __slots__ = ("other",)
def churn(n):
    for i in range(n // 2):
        a = Node(); b = Node()
        a.other = b; b.other = a
start = time.process_time()
churn(%d)
print(time.process_time() - start)
"""

PAUSE = """
import gc, time
old, holes = %d, %d
gc.disable()
kept = [[i] for i in range(old)]
if holes:
    for i in range(0, old, 2):
        kept[i] = None
gc.enable()
gc.collect()
gc.disable()
times = []
for i in range(200):
    young = [[i] for i in range(700)]
    start = time.perf_counter()
    gc.collect(0)
    times.append(time.perf_counter() - start)
    young = None
gc.collect(1)
start = time.perf_counter()
gc.collect()
full = time.perf_counter() - start
times.sort()
print(times[100] * 1000, times[-1] * 1000, full)
"""


def run(command, source):
    r = subprocess.run([*command, "-c", source], capture_output=True, text=True)
    return [float(x) for x in r.stdout.split()] if r.returncode == 0 else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("interpreters", nargs="+", metavar="NAME=COMMAND")
    parser.add_argument("--churn", type=int, default=10_000_000)
    parser.add_argument("--old", type=int, nargs="*", default=[10**4, 10**5, 10**6, 10**7])
    args = parser.parse_args()
    named = [(name, shlex.split(command)) for name, _, command in (i.partition("=") for i in args.interpreters)]
    print("| what | " + " | ".join(name for name, _ in named) + " |")
    print("|---|" + "---:|" * len(named))
    results = [run(command, CHURN % args.churn) for _, command in named]
    print(f"| churn of {args.churn} objects in cycles, s | " + " | ".join("FAIL" if r is None else f"{r[0]:.2f}" for r in results) + " |")
    for holes in 0, 1:
        for old in args.old:
            results = [run(command, PAUSE % (old, holes)) for _, command in named]
            cells = ["FAIL" if r is None else f"{r[0]:.3f}, {r[1]:.3f}, {r[2]:.2f}" for r in results]
            print(f"| {old} old objects{' with holes' if holes else ''}: young median ms, worst ms, full s | " + " | ".join(cells) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
