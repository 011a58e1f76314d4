#!/usr/bin/python3
"""How quick pages are in Chromium: a table of figures with their goals; a figure over its goal times SLACK fails.

usage: speed.py --limpid BINARY [-k TEXT] [--slack N]

Each time is the median of several tries, from the call that a key makes to the end of the page's layout.  The goals hold for a calm
machine; SLACK (default 4) is for slower and busy ones: the exit status tells of what is off by so much that no machine explains it.
"""
import argparse
import os
import statistics
import sys
import tempfile

import driver

STEPS = """
def work(n):
    a, b, kept = 0, 1, []
    for i in range(n):
        a, b = b, (a + b) % 1000003
        if i % 64 == 0:
            kept.append([a])
            if len(kept) > 50:
                kept.clear()
        a ^= i
    return a
work(@COUNT@)
"""
CROWD = """
class Item:
    def __init__(self, number):
        self.number = number
        self.tags = [number]
items = [Item(i) for i in range(@OBJECTS@)]
total = 0
for i in range(@COUNT@):
    item = items[i % @OBJECTS@]
    item.tags[0] = total
    total += item.number
"""
SNAPSHOT = """
import limpid, sys
class Node:
    def __init__(self, n):
        self.n = n
nodes = [[Node(i), str(i), (i, i + 0.5), {i: None}] for i in range(200_000)]
limpid.snapshot(sys.argv[1])
"""

# Median milliseconds from a call of go(stop) to the picture of that stop, over stops all over the recording.
SEEK = """
  const times = [], stops = arguments[0];
  for (const stop of stops) {
    const shown = "step " + (stop + 1).toLocaleString("en") + " of";
    const began = performance.now();
    go(stop);
    while (!document.getElementById("where").textContent.startsWith(shown)) await new Promise((done) => setTimeout(done));
    document.body.getBoundingClientRect();
    times.push(performance.now() - began);
    await new Promise((done) => setTimeout(done));
  }
  return times;
"""
# Frames a second while each frame goes one step on.
FRAMES = """
  const times = [];
  let last = await new Promise(requestAnimationFrame);
  for (let i = 0; i < 60; i++) {
    go(page.stop + 1);
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  times.sort((a, b) => a - b);
  return [1000 / (times.reduce((a, b) => a + b) / times.length), 1000 / times[Math.floor(times.length * 0.9)], document.querySelectorAll("#heap .object").length];
"""


class Table:
    def __init__(self, slack):
        self.slack = slack
        self.failed = self.passed = 0

    def row(self, what, figure, goal, unit, least=False):
        """A figure that should be at most (least: at least) its goal."""
        good = figure >= goal if least else figure <= goal
        bearable = figure * self.slack >= goal if least else figure <= goal * self.slack
        self.passed += bearable
        self.failed += not bearable
        sign = "≥" if least else "≤"
        print(f"{what:<58} {figure:>9.1f} {unit:<5} {sign} {goal:<6g} {'yes' if good else 'no' if bearable else 'FAILED'}", flush=True)


def opened(b, page, fragment=""):
    """Milliseconds from the begin of loading to the first picture."""
    times = []
    for _ in range(3):
        b.open(page, fragment)
        times.append(b.wait("return window.seen && seen.opened"))
    return statistics.median(times)


def spread(count, n):
    """n stops all over a recording, in an order that jumps."""
    return [(i * 7919 * 104729 + 13) % count for i in range(n)]


def million_steps(b, pages, table):
    page = pages.of_text(STEPS.replace("@COUNT@", "320000"), "million")
    size = os.path.getsize(page)
    ms = opened(b, page)
    steps = b.where()[1]
    print(f"a page of {steps:,} steps:")
    table.row("  size for 1,000,000 steps", size * 1e6 / steps / 1e6, 30, "MB")
    table.row("  opens in", ms, 2000, "ms")
    times = sorted(b.run_later(SEEK, spread(steps, 40)))
    table.row("  seek anywhere, median", statistics.median(times), 50, "ms")
    table.row("  seek anywhere, the slowest tenth from", times[35], 50, "ms")
    table.row("  step on", statistics.median(b.run_later(SEEK, list(range(steps // 2, steps // 2 + 20)))), 33, "ms")
    table.row("  step back", statistics.median(b.run_later(SEEK, list(range(steps // 2 + 20, steps // 2, -1)))), 50, "ms")


def many_objects(b, pages, table):
    page = pages.of_text(CROWD.replace("@OBJECTS@", "2500").replace("@COUNT@", "2500"), "crowd")
    ms = opened(b, page)
    print(f"a page of {b.where()[1]:,} steps and 5,000 objects:")
    table.row("  opens in", ms, 300, "ms")
    ms = opened(b, page, f"step={b.where()[1]}")
    table.row("  opens at its last step in", ms, 300, "ms")
    page = pages.of_text(CROWD.replace("@OBJECTS@", "250").replace("@COUNT@", "2500"), "crowd500")
    b.open(page, "step=6000")
    rate, slow, shown = b.run_later(FRAMES)
    print(f"a picture of {shown} objects:")
    table.row("  objects shown", shown, 400, "", least=True)
    table.row("  frames a second, one step each", rate, 30, "fps", least=True)
    table.row("  frames a second, the slowest tenth", slow, 30, "fps", least=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("-k", default="", help="only figures whose function's name contains this")
    parser.add_argument("--slack", type=float, default=4)
    options = parser.parse_args()
    table = Table(options.slack)
    with tempfile.TemporaryDirectory() as folder:
        pages = driver.Pages(options.limpid, folder)
        b = driver.Browser("chromium")
        try:
            for measure in (million_steps, many_objects):
                if options.k in measure.__name__:
                    measure(b, pages, table)
        finally:
            b.quit()
    print(f"{table.passed} passed, {table.failed} failed")
    return table.failed > 0


if __name__ == "__main__":
    sys.exit(main())
