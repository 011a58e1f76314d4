#!/usr/bin/env python3.11
"""What a recording costs: the programs of suite/ at reduced sizes, plain and recorded.

    python3.11 recording.py --limpid ../build/limpid [--whole] [--only 'call_*,dict_*'] [--runs N] [--seconds S] [--check]

For each program: times of the plain run that the recorded one takes, of processor time (the thread that compresses counted) and
of the clock; the steps; bytes a step, in the file and as base64 in the page.  At the end the geometric means and the worst.  Sizes are the largest with which the plain run takes at most S (0.25) seconds.  Without --whole only
what variables name is recorded (--lean); with it the objects behind that, too, for at most 20,000 steps, of which the microseconds of
each count.  --check: fails when a figure is beyond its limit (LIMITS).
"""
import argparse
import fnmatch
import math
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib", "limpid"))
import recording  # noqa: E402  (plain Python)
from sizes import choose, run  # noqa: E402

LIMITS = {"mean of times": 3.0, "worst of times": 6.0, "bytes a step in the page": 25.0}
WHOLE_STEPS = 20000


def best(command, runs):
    return tuple(map(min, zip(*[run(command) for _ in range(runs)])))


def steps_of(file):
    """The number of steps, which is the last operand of a whole recording."""
    last = None
    for kind, _, columns in recording.chunks(file):
        if kind == "JRNL":
            last = columns[1]
    at = len(last) - 1
    while at > 0 and last[at - 1] >= 128:
        at -= 1
    return recording.Column(last[at:]).uint()


def mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--only", default="*")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.25)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    suite = os.path.join(HERE, "suite")
    names = sorted(f[:-3] for f in os.listdir(suite) if f.endswith(".py") and not f.startswith("mem_"))
    names = [n for n in names if any(fnmatch.fnmatch(n, pattern) for pattern in options.only.split(","))]
    rows = []
    print(f"{'program':17} {'size':>9} {'plain':>7} {'times':>6} {'clock':>6} {'steps':>10} {'ns/step':>8} {'B/step':>7} {'in page':>7}")
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "recording")
        for name in names:
            path = os.path.join(suite, name + ".py")
            size = choose(options.limpid, path, options.seconds)
            mode = [f"--steps={WHOLE_STEPS}"] if options.whole else ["--lean"]
            plain = best([options.limpid, path, size], options.runs)
            recorded = best([options.limpid, f"--record={file}", *mode, path, size], options.runs)
            steps, data = steps_of(file), os.path.getsize(file)
            row = (recorded[0] / plain[0], recorded[1] / plain[1], data * 4 / 3 / max(1, steps), steps)
            rows.append((name, *row))
            print(f"{name:17} {size:>9} {plain[0]:6.3f}s {row[0]:6.2f} {row[1]:6.2f} {steps:10,} {(recorded[0] - plain[0]) / max(1, steps) * 1e9:8.0f} "
                  f"{data / max(1, steps):7.2f} {row[2]:7.2f}", flush=True)
    figures = {"mean of times": mean([r[1] for r in rows]), "worst of times": max(r[1] for r in rows),
               "mean by the clock": mean([r[2] for r in rows]), "worst by the clock": max(r[2] for r in rows),
               "bytes a step in the page": sum(r[3] * r[4] for r in rows) / sum(r[4] for r in rows),
               "most bytes a step in the page": max(r[3] for r in rows)}
    late = 0
    for what, value in figures.items():
        limit = LIMITS.get(what)
        late += bool(limit and value > limit)
        print(f"{what:30} {value:7.2f}" + (f"   (limit {limit:g})" if limit else ""))
    return 1 if options.check and late and not options.whole else 0


sys.exit(main())
