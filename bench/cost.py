#!/usr/bin/env python3.11
"""What seeing costs a program that does not look: instructions of the programs of suite/ at reduced sizes, counted by valgrind.

    python3.11 cost.py --limpid ../build/limpid [--used] [--only 'call_*,dict_*'] [--seconds S] [--jobs N] [--check]

Each program runs alone and after `import limpid`; with --used also after each instrument was used once and is off again (a look of
every kind, tracemalloc, a log of allocations, a recording of another function).  What the same beginning costs an empty program is taken off, so that the columns
are what the program itself executes more or less, in per cent.  Sizes are the largest with which the plain run takes at most S (0.05)
seconds.  --check: fails when a program executes more than LIMIT per cent more after `import limpid`.
"""
import argparse
import concurrent.futures
import fnmatch
import math
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from sizes import choose  # noqa: E402

LIMIT = 0.5
AGAIN = 3  # tries of a program whose figures differ: the least counts, for the system may interrupt one
IMPORTED = "import limpid\n"
USED = r"""
import limpid, os, tempfile, tracemalloc
here = [[1], {"a": (1, 2.5)}]
for look in (limpid.map, limpid.heap, limpid.rss, limpid.pins, limpid.stack, limpid.by_type, limpid.by_owner, limpid.largest, limpid.waste,
             limpid.cycles, limpid.dominators, limpid.snapshot):
    look()
for look in (limpid.where, limpid.bytes, limpid.refs, limpid.referrers, limpid.paths, limpid.retained):
    look(here)
def short(n):
    return [str(i) for i in range(n)]
tracemalloc.start()
short(10)
tracemalloc.stop()
with tempfile.TemporaryDirectory() as folder:
    with limpid.log(os.path.join(folder, "log")):
        short(10)
    with limpid.see(record=os.path.join(folder, "rec")):
        short(10)
del here, look, short, folder
"""
RUN = r"""
import sys
sys.argv = sys.argv[1:]
exec(compile(open(sys.argv[0]).read(), sys.argv[0], "exec"), {"__name__": "__main__", "__builtins__": __builtins__})
"""


def instructions(limpid, beginning, path, size):
    """Instructions of the whole process; it must succeed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LIMPID"))}
    environment["PYTHONHASHSEED"] = "0"
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", limpid, "-c", beginning + RUN, path, size],
                          capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        raise SystemExit(f"{path} {size}: exit status {done.returncode}\n{done.stderr[-2000:]}")
    return int(found[1])


def mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--used", action="store_true")
    parser.add_argument("--only", default="*")
    parser.add_argument("--seconds", type=float, default=0.05)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    beginnings = ["", IMPORTED] + [USED] * options.used
    suite = os.path.join(HERE, "suite")
    names = sorted(f[:-3] for f in os.listdir(suite) if f.endswith(".py") and not f.startswith("mem_"))
    names = [n for n in names if any(fnmatch.fnmatch(n, pattern) for pattern in options.only.split(","))]
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        empty = os.path.join(folder, "empty.py")
        open(empty, "w", encoding="utf-8").close()
        bare = list(pool.map(lambda b: instructions(options.limpid, b, empty, "0"), beginnings))

        def row(name):
            path = os.path.join(suite, name + ".py")
            size = choose(options.limpid, path, options.seconds)
            least = [math.inf] * len(beginnings)
            for again in range(AGAIN):
                least = [min(old, instructions(options.limpid, b, path, size) - base) for old, b, base in zip(least, beginnings, bare)]
                ratios = [other / least[0] for other in least[1:]]
                if all(abs(ratio - 1) * 100 < LIMIT / 2 for ratio in ratios):
                    break
            return name, size, least[0], ratios

        print(f"{'program':17} {'size':>9} {'instructions':>14} {'imported':>9}" + f" {'used':>9}" * options.used)
        rows = []
        for name, size, plain, ratios in pool.map(row, names):
            rows.append((name, ratios))
            print(f"{name:17} {size:>9} {plain:14,} " + " ".join(f"{(r - 1) * 100:+8.3f}%" for r in ratios), flush=True)
    late = False
    for at, what in enumerate(("after import limpid", "after every instrument was used")[:len(beginnings) - 1]):
        name, worst = max(((name, ratios[at]) for name, ratios in rows), key=lambda pair: abs(pair[1] - 1))
        print(f"{what}: mean {(mean([r[at] for _, r in rows]) - 1) * 100:+.3f}%, furthest {name} {(worst - 1) * 100:+.3f}%")
        late |= at == 0 and any((ratios[0] - 1) * 100 > LIMIT for _, ratios in rows)
    return 1 if options.check and late else 0


sys.exit(main())
