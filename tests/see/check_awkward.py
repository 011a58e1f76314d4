#!/usr/bin/env python3.11
"""Looks at awkward moments: near the limit of recursion and the end of the C stack, in small threads, finalizers, callbacks of
the collector, handlers of signals, trace functions, audit hooks, comparisons, children of a fork, sub-interpreters, at exit.

usage: check_awkward.py --limpid BINARY [-k TEXT] [-v]
"""
import os
import subprocess
import tempfile

from harness import main

LOOKS = """
import atexit, gc, os, signal, sys, threading, weakref
import limpid
LOOKS = [lambda: limpid.where([1]), lambda: limpid.refs([1]), lambda: limpid.stack(), lambda: limpid.by_type(2), lambda: limpid.paths(sys),
         lambda: limpid.cycles(), lambda: limpid.heap(), lambda: limpid.bytes("x"), lambda: limpid.retained(sys),
         lambda: limpid.what_if(cut=([1], 0)), lambda: limpid.waste(), lambda: limpid.rss(), lambda: limpid.pins(), lambda: limpid.map(),
         lambda: limpid.draw("P01"), lambda: limpid.snapshot(), lambda: limpid.largest(2), lambda: limpid.dominators(),
         lambda: limpid.same(1, 1), lambda: limpid.by_owner(2), lambda: limpid.referrers(sys), lambda: limpid.limit()]
def outcome(f):
    try:
        str(f())
        return "ok"
    except RecursionError:
        return "RecursionError"
def all_looks():
    return {outcome(f) for f in LOOKS}
assert all_looks() == {"ok"}
seen = []
def note(*args):
    seen.append(all_looks())
def told(name, least=1):
    assert len(seen) >= least and all(s == {"ok"} for s in seen), (name, seen)
    seen.clear()
"""


def check_recursion(limpid):
    """Near the limit a look may raise RecursionError; elsewhere it does not."""
    limpid.run(LOOKS + """
def deep(n, f):
    return deep(n - 1, f) if n else outcome(f)
sys.setrecursionlimit(300)
for f in LOOKS:
    found = []
    for n in (240, 270, *range(284, 299)):
        try:
            found.append(deep(n, f))
        except RecursionError:
            break
    assert found[0] == "ok" and set(found) <= {"ok", "RecursionError"}, found
""")


def check_stacks(limpid):
    """At the end of the C stack, where any exception may come but no crash, and in threads with small ones."""
    sizes = [size * (8 if limpid.sanitized else 1) for size in (32768, 65536, 262144)]  # what the sanitizers put in front of libc is large
    limpid.run(LOOKS + f"sizes = {sizes}\n" + """
class R:
    def __init__(self, f):
        self.f, self.n = f, 0
    def __repr__(self):
        try:
            return repr([self])
        except RecursionError:
            self.n += 1
            if self.n % 30 == 1 and self.n < 100:
                try:
                    outcome(self.f)
                except Exception:
                    pass
            raise
sys.setrecursionlimit(10 ** 6)
for f in LOOKS[::4]:
    try:
        repr(R(f))
    except Exception:
        pass
sys.setrecursionlimit(1000)
for size in sizes:
    threading.stack_size(size)
    t = threading.Thread(target=note)
    t.start()
    t.join()
    told(size)
""")


def check_torture(limpid):
    """Recordings while everything is collected and moved (debug build)."""
    program = os.path.join(os.path.dirname(__file__), "..", "programs", "weakrefs", "refs.py")
    for options in ((), ("--lean", "--growth"), ("--c-stacks",)) if limpid.sanitized else ():
        with tempfile.TemporaryDirectory() as folder:
            p = subprocess.run([limpid.binary, f"--record={folder}/rec", *options, program], capture_output=True, text=True,
                               env={**os.environ, "LIMPID_TORTURE": "collect:50,move:300"}, timeout=300)
            assert "Sanitizer" not in p.stderr and p.returncode in (0, 1), (options, p.returncode, p.stderr[-2000:])
            assert os.path.getsize(f"{folder}/rec") > 0


def check_callbacks(limpid):
    """Code that runs in the middle of something else."""
    limpid.run(LOOKS + """
class F:
    __del__ = note
F()
a = F()
a.a = a
del a
gc.collect()
told("finalizers", 2)
class P: pass
o = P()
w = weakref.ref(o, note)
del o
told("weak reference")
gc.callbacks.append(note)
gc.collect()
gc.callbacks.clear()
told("collector", 2)
signal.signal(signal.SIGUSR1, note)
os.kill(os.getpid(), signal.SIGUSR1)
told("signal")
busy = False
def hook(*args):
    global busy
    if not busy and len(seen) < 3:
        busy = True
        note()
        busy = False
    return hook
for install in sys.settrace, sys.setprofile:
    install(hook)
    (lambda: 1)()
    install(None)
    told(install)
sys.addaudithook(hook)
open("/dev/null").close()
busy = True
told("audit")
class K:
    def __eq__(self, other):
        note()
        return True
    def __hash__(self):
        note()
        return 1
    def __getattr__(self, name):
        return note()
d = {K(): 1}
d[K()] = 2
K().x
told("methods", 4)
l = [3, 1, 2]
l.sort(key=lambda x: (note(), str(limpid.bytes(l)), str(limpid.refs(l)), x)[-1])
assert l == [1, 2, 3]
told("sort", 3)
""")


def check_processes(limpid):
    """In the child of a fork, in a sub-interpreter, at exit."""
    out = limpid.run(LOOKS + """
pid = os.fork()
if pid == 0:
    signal.alarm(200)
    os._exit(all_looks() != {"ok"})
assert os.waitpid(pid, 0)[1] == 0
import _xxsubinterpreters as subinterpreters
i = subinterpreters.create()
subinterpreters.run_string(i, "import limpid\\nfor f in limpid.heap, limpid.stack, limpid.map, limpid.cycles: str(f())\\nprint('inside', flush=True)")
subinterpreters.destroy(i)
atexit.register(lambda: print("exit", all_looks()))
class Late:
    def __del__(self):
        print("late", outcome(LOOKS[6]), outcome(LOOKS[1]))
late = Late()
""")
    assert out.splitlines() == ["inside", "exit {'ok'}", "late ok ok"], out


if __name__ == "__main__":
    main(globals())
