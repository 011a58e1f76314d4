#!/usr/bin/env python3
"""The observer is not in the picture: the heap, the collector's counts and collections, and reference counts are the same with
and without a look, for every public function of the package limpid.

usage: check_observer.py --limpid BINARY

A name of limpid._HOMES is called without arguments, or with a sample object for each that it needs, or as ARGUMENTS says;
those of APART change something on purpose.
"""
import argparse
import os
import subprocess
import sys

CHILD = r'''
import array, gc, inspect, sys
import threading
NAME = sys.argv[1]
APART = {"snapshot", "load", "diff", "export", "log", "limit", "see", "see_step"}   # files, limits of the process
ARGUMENTS = {"same": lambda: (sample, other), "draw": lambda: ("P01",), "what_if": lambda: ((sample, 0),),
             "assert_freed": lambda: (lambda: [1],), "assert_no_growth": lambda: (nothing,)}

def blocks():
    return sys.getallocatedblocks()

class Node:
    def __init__(self):
        self.me = self
        self.name = "node"

sample = [Node(), {"a": 1}, (1, 2.5), "text" * 50, 10 ** 40, bytearray(100)]
other = sample[0]
kept = [object() for i in range(100)]

def nothing(*args):
    return None

def figures(into):
    """Writes the figures into an array made before, so that a look is not compared with what it takes to write them down."""
    into[0] = blocks()
    into[1], into[2], into[3] = gc.get_count()
    stats = gc.get_stats()
    for g in range(3):
        for i, key in enumerate(("collections", "collected", "uncollectable")):
            into[4 + 3 * g + i] = stats[g][key]
    del stats
    into[13] = len(gc.get_objects())
    into[14] = sys.getrefcount(sample)
    into[15] = sys.getrefcount(other)
    into[16] = sys.getrefcount(kept[1])
    into[17] = threading.active_count()

before, after = array.array("q", [0] * 18), array.array("q", [0] * 18)
for i in range(3):                        # the code has settled then
    figures(before)
    figures(after)

def change(function, args):
    """What calling function changes in the figures."""
    for i in range(3):                    # what the call itself keeps on the program's side has settled then
        function(*args)
    figures(before)
    function(*args)
    figures(after)
    return [b - a for a, b in zip(before, after)]

def arguments(name, function):
    if name in ARGUMENTS:
        return ARGUMENTS[name]()
    try:
        needed = [p for p in inspect.signature(function).parameters.values()
                  if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        needed = []
    return (sample,) * len(needed)

def import_changes():
    import json                                   # warms up the machinery
    import xml.dom
    figures(before)
    import limpid, limpid._look
    figures(after)
    change = [b - a for a, b in zip(before, after)]
    change[0] = abs(change[0]) // 10                             # blocks of the import machinery itself
    return change

def keeps_result():
    import _see
    @_see.look
    def f():
        return [[i] for i in range(5000)]
    kept[0] = f()
    figures(before)
    kept[0] = f()
    kept[0] = None
    figures(after)
    return [b - a for a, b in zip(before, after)], change(nothing, ())

def raises():
    import _see
    @_see.look
    def f():
        raise ValueError([1, 2, 3])
    def caught():
        try:
            f()
        except ValueError:
            pass
    return change(caught, ()), change(nothing, ())

def threads():
    """No thread switch within a look."""
    import _see, time
    sys.setswitchinterval(1e-5)
    steps, stop = [0], [False]
    def other_thread():
        while not stop[0]:
            steps[0] += 1
    thread = threading.Thread(target=other_thread)
    thread.start()
    @_see.look
    def f():
        a = steps[0]
        for i in range(200000):
            pass
        time.sleep(0.02)
        return steps[0] - a
    seen = f()
    time.sleep(0.02)
    stop[0] = True
    thread.join()
    return [seen], [0]

def signals():
    """A signal's handler waits until the end of a look."""
    import _see, os, signal
    log = []
    signal.signal(signal.SIGUSR1, lambda *a: log.append(1))
    @_see.look
    def f():
        os.kill(os.getpid(), signal.SIGUSR1)
        for i in range(1000):
            pass
        return len(log)
    inside = f()
    for i in range(10):
        pass
    return [inside, len(log)], [0, 1]

def traces():
    """Trace functions and tracemalloc do not see a look."""
    import _see, tracemalloc
    @_see.look
    def f():
        return [[i] for i in range(1000)]
    events = []
    tracemalloc.start()
    a = tracemalloc.get_traced_memory()[0]
    r = f()
    b = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    sys.settrace(lambda frame, event, arg: events.append(frame.f_code.co_name))
    f()
    sys.settrace(None)
    return ["f" in events, b - a > 1000], [False, False]

special = {"(import)": lambda: (import_changes(), [0] * 18), "(result)": keeps_result, "(raise)": raises, "(threads)": threads,
           "(signals)": signals, "(traces)": traces}
if NAME == "?":
    import limpid
    print(*special, *(n for n in limpid._HOMES if n not in APART))
elif NAME in special:
    got, wanted = special[NAME]()
    if got != wanted:
        print(got, wanted)
else:
    import limpid
    function = getattr(limpid, NAME)
    if not isinstance(function, type) and callable(function):
        args = arguments(NAME, function)
        with_look, without = change(function, args), change(nothing, args)
        if with_look != without:
            print(with_look, without)
'''


def child(binary, name):
    env = {k: v for k, v in os.environ.items() if not k.startswith("LIMPID_")}
    env["COLUMNS"] = "100"
    env["PYTHONHASHSEED"] = "0"  # which names of the test share a place in the method cache is not left to chance
    run = subprocess.run([binary, "-c", CHILD, name], capture_output=True, text=True, env=env, timeout=600)
    return run.stdout.strip() + (run.stderr.strip() if run.returncode else "")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    names = args.names or child(args.limpid, "?").split()
    failed = 0
    for name in names:
        told = child(args.limpid, name)
        if told:
            failed += 1
            print(f"{name}: {told}")
    print(f"{len(names) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
