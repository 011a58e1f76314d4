"""Recordings and looks while allocations fail: each ends with MemoryError or goes on, and leaves nothing behind.

Run by tests/unit/faults.c, which makes the module `faults`:

    unit-faults [looks.py [--all | --fine | --step N] [--heap] [--malloc] [--times] [NAME…]]

Each call is made again and again, with its 1st, 2nd … allocation failing, of the heap and of malloc; with that one alone,
and with all that follow.  Without options a few of them fail: of the heap alone, of malloc with all that follow.
"""
import gc
import mmap
import os
import random
import signal
import struct
import sys
import tempfile
import time
import traceback
import weakref

import faults
import limpid
import limpid.capture
import _see

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "limpid"))
folder = tempfile.mkdtemp(prefix="faults-")
PATIENCE = 240          # seconds for one case
COARSE = 3, 60, 1200


class Node:
    def __init__(self, i):
        self.me, self.name = self, f"node {i}"

    def grow(self):
        self.more = [self.name] * 3
        return self


class Slim:
    __slots__ = ("a", "b")


sample = [Node(1), {"a": 1}, (1, 2.5), "text" * 50, 10 ** 40, bytearray(100)]
other = sample[0]


def generate(n):
    for i in range(n):
        yield [i, str(i)]


def work():
    """What is recorded: each kind of thing that a recording tells of."""
    kept = []

    def inner(n):
        nonlocal kept
        kept = kept + [n]
        return kept

    for row in generate(4):
        inner(row)
    nodes = {i: Node(i).grow() for i in range(5)}
    nodes[0].other, slim = nodes[1], Slim()
    slim.a, slim.b = nodes, 2.5
    try:
        {}["missing"]
    except KeyError as e:
        caught = str(e)
    text = ""
    for i in range(20):
        text += str(i)
    local = type("Local", (Node,), {"x": i})(3)
    del nodes, slim, local
    lines = []
    exec(compile("a = 1\nfor b in range(3):\n    a += b\nlines.append(a)\n", "<text>", "exec"))
    return len(text), caught, lines


def wide():
    """Objects of many kinds, files and classes, so that each table of the recorder grows."""
    rows = [[i, (i, str(i))] for i in range(300)]
    table = {str(i): row for i, row in enumerate(rows)}
    gens = [generate(3) for _ in range(40)]
    for g in gens:
        next(g)
    kinds = [type(f"K{i}", (), {})() for i in range(90)]

    def deep(n):
        return n and deep(n - 1)

    deep(200)
    del gens
    rows.clear()
    return len(table), len(kinds)


RECORD = os.path.join(folder, "rec")


def record(function=work, /, **options):
    """A recording of the function; whatever fails, the next one can begin, and the file opens."""
    def run():
        try:
            _see.record(RECORD, __file__, **options)
            function()
        finally:
            try:
                _see.record_stop()
            except RuntimeError:
                pass
    return run


def reads():
    """What was begun can be ended; the recording, if there is one, opens."""
    try:
        _see.record_stop()
    except RuntimeError:
        pass
    _see.log_stop()
    if os.path.exists(RECORD):
        file = limpid.load(RECORD) if os.path.getsize(RECORD) else None
        if file is not None:
            file.summary() if hasattr(file, "summary") else str(file)
        os.unlink(RECORD)


def with_file(name, write):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        write(path)
    return path


def log_of(path):
    with limpid.log(path):
        work()


def seen():
    with limpid.see(os.path.join(folder, "page.html"), record=RECORD, captures="off"):
        work()


def growth():
    kept = []
    try:
        limpid.assert_no_growth(lambda: kept.append([1]))
    except AssertionError:
        pass


def cyclic():
    with limpid.assert_no_cycles():
        a = []
        a.append(a)


def quiet(function, *errors):
    def run():
        try:
            return function()
        except errors:
            pass
    return run


def snapshot():
    return with_file("a.snap", limpid.snapshot)


def logged():
    return with_file("a.log", log_of)


def recorded():
    path = os.path.join(folder, "whole.rec")
    if not os.path.exists(path):
        record(captures=1 << 20)()
        os.rename(RECORD, path)
    return path


def out(name):
    return os.path.join(folder, name)


LOOKS = {
    "where": lambda: str(limpid.where(sample)), "same": lambda: str(limpid.same(sample, other)), "bytes": lambda: str(limpid.bytes(sample)),
    "bytes of text": lambda: str(limpid.bytes("text" * 3)), "heap": lambda: str(limpid.heap()), "heap walk": lambda: sum(b.size for b in limpid.heap()),
    "by_type": lambda: str(limpid.by_type()), "by_owner": lambda: str(limpid.by_owner(3)), "largest": lambda: str(limpid.largest(5)),
    "waste": lambda: str(limpid.waste()), "refs": lambda: str(limpid.refs(other)), "referrers": lambda: str(limpid.referrers(other)),
    "paths": lambda: str(limpid.paths(other)), "retained": lambda: str(limpid.retained(sample)), "dominators": lambda: str(limpid.dominators()),
    "what_if": lambda: str(limpid.what_if(cut=(sample, 0))), "cycles": lambda: str(limpid.cycles()), "map": lambda: str(limpid.map()),
    "rss": lambda: str(limpid.rss()), "pins": lambda: str(limpid.pins()), "stack": lambda: str(limpid.stack()),
    "assert_freed": lambda: limpid.assert_freed(lambda: [1]), "not freed": quiet(lambda: limpid.assert_freed(weakref.ref(other)), AssertionError),
    "assert_no_growth": lambda: limpid.assert_no_growth(int), "growth": growth,
    "assert_no_cycles": lambda: limpid.assert_no_cycles(int), "cycle": quiet(cyclic, AssertionError),
    "limit": lambda: (limpid.limit(), limpid.counted()), "draw P01": lambda: str(limpid.draw("P01")), "draw P15": lambda: limpid.draw("P15", format="svg"),
    "snapshot": lambda: limpid.snapshot(out("b.snap")), "load": lambda: str(limpid.load(snapshot())),
    "diff": lambda: str(limpid.diff(limpid.load(snapshot()), limpid.load(snapshot()))), "export": lambda: limpid.load(snapshot()).export(out("x.heapsnapshot")),
    "export dot": lambda: limpid.load(snapshot()).export(out("x.dot")), "log": lambda: log_of(out("b.log")), "read log": lambda: str(limpid.load(logged())),
    "export log": lambda: limpid.load(logged()).export(out("x.speedscope.json")),
    "load recording": lambda: str(limpid.load(recorded())), "page": lambda: limpid.load(recorded()).export(out("x.html"), "page"),
    "see": seen, "see_step": lambda: str(limpid.see_step(recorded(), 20)),
}
RECORDINGS = {
    "record": record(), "record lean": record(lean=True), "record lean growth": record(lean=True, growth=True), "record last": record(last=20),
    "record wide": record(wide), "record wide lean": record(wide, lean=True, captures="off"), "record call": record(grain="call"),
    "record instruction": record(grain="instruction", captures="off"), "record every": record(every=3, captures="off"),
    "record from": record(**{"from": "generate"}, captures="off"), "record function": record(function="inner", captures="off"),
    "record c-stacks": record(**{"c-stacks": True}, captures="off"), "record library": record(library=True, steps=300, captures="off"), "record module": record(module="json", captures="off"),
}
CASES = LOOKS | RECORDINGS


def is_in_look():
    """Whether a look did not end: then what is allocated is not the program's."""
    before = sys.getallocatedblocks()
    kept = [object() for _ in range(200)]
    return sys.getallocatedblocks() - before < len(kept)


def walk(name, kind, forever, numbers, at):
    """Calls the case with each of these allocations failing; ends when there are no more.  at: the number in the shared page."""
    function = CASES[name]
    function()
    reads()
    function()
    reads()
    gc.collect()
    calls, blocks, held = 0, sys.getallocatedblocks(), faults.held()
    for n in numbers:
        at[:8] = struct.pack("q", n)
        result, hit = faults.call(kind, n, forever, function)
        if isinstance(result, BaseException) and not isinstance(result, (MemoryError, KeyboardInterrupt)):
            if not (isinstance(result, OSError) and result.errno == 12):
                print(f"FAIL {name}: {kind} {n}{'+' * forever}: {''.join(traceback.format_exception(result))[-1500:]}", flush=True)
                os._exit(1)
        result = None
        if is_in_look():
            print(f"FAIL {name}: {kind} {n}{'+' * forever}: the look has not ended", flush=True)
            os._exit(1)
        try:
            reads()
        except Exception as e:
            print(f"FAIL {name}: {kind} {n}{'+' * forever}: the recording: {type(e).__name__}: {e}", flush=True)
            os._exit(1)
        calls += 1
        if not hit:
            break
    gc.collect()
    more, more_held = sys.getallocatedblocks() - blocks, faults.held() - held
    if more > 200 + calls // 4:  # the first failures make tracebacks and caches
        print(f"FAIL {name}: {kind}: {more} blocks more after {calls} calls", flush=True)
        os._exit(1)
    if more_held > (1 << 20) + 50 * calls:
        print(f"FAIL {name}: {kind}: {more_held} bytes of malloc more after {calls} calls", flush=True)
        os._exit(1)


def apart(name, kind, forever, numbers):
    """The walk in a process of its own; whether it passed."""
    at = mmap.mmap(-1, 4096)
    pid = os.fork()
    if pid == 0:
        signal.alarm(PATIENCE)
        try:
            walk(name, kind, forever, numbers, at)
        except BaseException:
            print(f"FAIL {name}: {kind}: {traceback.format_exc()[-1500:]}", flush=True)
            os._exit(1)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    if status and status != 256:
        print(f"FAIL {name}: {kind} {struct.unpack('q', at[:8])[0]}{'+' * forever}: status {os.waitstatus_to_exitcode(status)}", flush=True)
    return status == 0


def numbers(arguments):
    """Which allocations fail."""
    if "--all" in arguments:
        return range(1, 1 << 40)
    step = int(arguments[arguments.index("--step") + 1]) if "--step" in arguments else None
    if step:
        return range(random.randrange(1, step + 1), 1 << 40, step)
    if "--fine" in arguments:
        return sorted({int(1.17 ** i) for i in range(60)})
    return COARSE


def main(arguments):
    names = [a for a in arguments if not a.startswith("--") and not a.isdigit()]
    passed = failed = 0
    for name in CASES:
        if name not in names if names else "wide" in name and not arguments:
            continue
        snapshot(), logged(), recorded()
        for kind in [kind for kind in ("heap", "malloc") if "--" + kind in arguments] or ["heap", "malloc"]:
            for forever in (0, 1) if arguments else (kind == "malloc",):
                begun = time.monotonic()
                good = apart(name, kind, forever, numbers(arguments))
                passed += good
                failed += not good
                if "--times" in arguments:
                    print(f"{name} {kind}{'+' * forever} {time.monotonic() - begun:.1f} s", flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    try:
        status = main(sys.argv[1:])
    finally:
        import shutil
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(status)
