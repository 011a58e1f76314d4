#!/usr/bin/env python3.11
"""What the log of allocations, or tracemalloc, costs: processor time of the program's thread, with and without.

    python3.11 alloc_log.py --limpid ../build/limpid [--with log|tracemalloc] [--only 'float_*,dict_*'] [--runs N]

For each program of suite/ at its usual size: the least seconds of N runs that take turns, and the ratio; at the end the geometric mean.
"""
import argparse
import fnmatch
import glob
import math
import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
INSIDE = """
import sys, os, time, limpid, tracemalloc
what, path, file = sys.argv[1:]
code = compile(open(path, encoding="utf-8").read(), path, "exec")
sys.argv = [path]
out, sys.stdout = sys.stdout, open(os.devnull, "w")
log = limpid.log(file) if what == "log" else tracemalloc.start() if what == "tracemalloc" else None
start = time.thread_time()
exec(code, {"__name__": "__main__"})
seconds = time.thread_time() - start
if log:
    log.stop()
print(seconds, file=out)
"""


def seconds(limpid, what, path, file):
    return float(subprocess.run([limpid, "-c", INSIDE, what, path, file], stdout=subprocess.PIPE, text=True, check=True).stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--with", dest="what", choices=["log", "tracemalloc"], default="log")
    parser.add_argument("--only", default="*")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(glob.glob(os.path.join(HERE, "suite", "*.py"))):
            name = os.path.basename(path)[:-3]
            if name == "mem_base" or not any(fnmatch.fnmatch(name, p) for p in options.only.split(",")):
                continue  # mem_base does nothing
            runs = [[seconds(options.limpid, what, path, os.path.join(folder, "log")) for what in ("plain", options.what)]
                    for _ in range(options.runs)]
            plain, watched = map(min, zip(*runs))
            ratios.append(watched / plain)
            print(f"{name:20} {plain:7.3f} {watched:7.3f} {ratios[-1]:6.2f}", flush=True)
    print(f"geometric mean of {len(ratios)}: {math.exp(sum(map(math.log, ratios)) / len(ratios)):.3f}, worst {max(ratios):.2f}")


if __name__ == "__main__":
    main()
