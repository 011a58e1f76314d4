#!/usr/bin/env python3.11
"""A recording disturbs no program: output, errors and exit status are the same with and without it, whatever the program holds
and does; and the file opens, however the program ends.

usage: check_hostile.py --limpid BINARY [-k TEXT] [-v]
"""
import base64
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time

from harness import main

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "limpid"))
import recording  # noqa: E402  (plain Python; the package itself needs Limpid)

TEXTS = r'''
texts = ["</script><script>alert(1)</script>", "<!--", "]]>", "\ud800\udfff", "a\ud800", "\0\1\x7f", "\u2028\u2029\ufeff\u202e",
         "<img src=x onerror=alert(1)>", "&lt;", "${x}`", "\\", "'\"", "\U0010ffff" * 30, "e\u0301" * 50]
table = {t: t for t in texts}
class C: pass
o = C()
for t in texts:
    setattr(o, t, [t])
    exec(compile(f"x = {t!r}", "<" + t.encode("utf-8", "replace").decode().replace("\0", "") + ">", "exec"))
f = type("</script>", (), {"</style>": "<b>"})
print(len(table), ascii(o.__dict__.keys()))
'''

LYING = r'''
import sys
class Refuses:
    def no(self, *args):
        print("CALLED", sys._getframe(1).f_code.co_name)
        raise SystemError("not to be called")
    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __bool__ = __iter__ = __format__ = __dir__ = __sizeof__ = no
    __class__ = __doc__ = __dict__ = property(no)
    def __getattribute__(self, name):
        return Refuses.no(self)
class Deep:
    def __repr__(self):
        return repr(self)
    __hash__ = __len__ = __str__ = __repr__
class Meta(type):
    def no(cls, *args):
        print("CALLED meta")
        raise SystemError
    __repr__ = __eq__ = __getattribute__ = __instancecheck__ = __subclasscheck__ = no
    __hash__ = type.__hash__
class Odd(metaclass=Meta):
    pass
class Dict(dict):
    def no(self, *args):
        print("CALLED dict")
        raise SystemError
    __getitem__ = __iter__ = __len__ = keys = values = items = __repr__ = __contains__ = no
class List(list):
    __getitem__ = __iter__ = __len__ = __repr__ = __eq__ = Dict.no
class Int(int):
    __repr__ = __index__ = __int__ = __eq__ = Dict.no
    __hash__ = int.__hash__
class Str(str):
    __repr__ = __str__ = __eq__ = __len__ = Dict.no
    __hash__ = str.__hash__
def f(*args):
    a, b = args[0], args
    c = [a, b]
    d = {1: a, 2: c}
    return d
kept = f(Refuses(), Deep(), Odd, Dict(a=1), List([1]), Int(5), Str("s"))
others = [type.__call__(Odd), {Str("key"): Int(9)}, {Int(3)}]
try:
    raise type("E", (Exception,), {"__str__": Refuses.no, "args": property(Refuses.no)})(kept)
except Exception as e:
    caught = e
del kept
print("done")
'''

DEEP = r'''
from collections import deque
from itertools import repeat
def nested(make, n):  # in one line: make([...make([make([])])])
    box = [make([])]
    deque(map(box.__setitem__, repeat(0), map(make, zip(map(box.__getitem__, repeat(0, n))))), maxlen=0)
    return box.pop()
deep = nested(list, 100000)
chain = nested(tuple, 100000)
class N: pass
n = N()
for i in range(1000):
    m = N()
    m.next = n
    n = m
wide = {i: str(i) for i in range(5000)} | dict.fromkeys(range(100000), "x")
table = {}
at = table
for i in range(1000):
    at["next"] = at = {}
def f(d):
    x = d
    return x
f(deep); f(wide)
for i in range(20): wide[i] = i
del deep, chain, n, m
print(len(wide))
'''

LARGE = r'''
s = "x" * (1 << 30)
b = bytes(1 << 30)
def f(a, b):
    c = [a, b]
    return len(c[0]) + len(c[1])
for i in range(20): n = f(s, b)
t = "\u20ac" * (1 << 20)
l = [None] * (1 << 24)
l[5] = l
d = f(l, t)
print(n, d)
'''

COLLECTING = r'''
import gc, weakref
class C:
    kept = []
    def __init__(self, n): self.n = n; self.me = self; self.others = [self] * n
    def __del__(self):
        gc.collect()
        self.others.clear()
        self.late = [self.n]
        if self.n % 2: C.kept.append(self)
def f(n):
    c = C(n)
    d = {"c": c, "l": [c]}
    d["d"] = d
    return n
for i in range(30):
    f(i)
    gc.collect(i % 3)
refs = [weakref.ref(c, lambda r: out.append(gc.collect() >= 0)) for c in C.kept]
out = []
C.kept.clear()
gc.collect()
print(len(C.kept), len(out), gc.collect() >= 0)
class D:
    def __del__(self):
        global d
        d = self
d = D()
for i in range(5):
    del d
    x = [d]
    x = None
class Mutates:
    def __init__(self, l): self.l = l
    def __del__(self): del self.l[:]; self.l.extend(range(200))
l = []
l.append(Mutates(l)); l[:] = []
l = [Mutates([]) for i in range(50)]
while l: l.pop()
d = {i: Mutates([]) for i in range(50)}
d.clear()
print("done")
'''

TRACING = r'''
import sys
events = []
def trace(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        events.append((frame.f_code.co_name, event, frame.f_lineno))
    return trace
def g(n):
    for i in range(n):
        yield [i]
def f(n):
    total = 0
    for x in g(n):
        total += x[0]
    try:
        1 / (n - 3)
    except ZeroDivisionError:
        total = -1
    y = max([i for i in range(n)],
            key=lambda v: -v)
    return total
f(2)
sys.settrace(trace)
f(3)
a = [f(i) for i in range(1, 3)]
sys.settrace(None)
f(4)
sys.setprofile(lambda frame, event, arg: events.append((event, frame.f_code.co_name)))
f(2)
sys.setprofile(None)
for e in events: print(*e)
def late(n):
    sys.settrace(trace)
    sys._getframe().f_trace = trace
    x = [n]
    (x.append(1),
     sys.settrace(None),
     x.append(2))
    z = g(3)
    next(z)
    sys.settrace(trace)
    next(z)
    sys.settrace(None)
    next(z)
    return x
events.clear()
print(late(1), late(2))
for e in events: print(*e)
import bdb, io, pdb
class Steps(bdb.Bdb):
    def user_line(self, frame):
        if frame.f_code.co_filename == __file__:
            print("line", frame.f_lineno, frame.f_code.co_name)
        self.set_step()
    def user_return(self, frame, value):
        self.set_step()
Steps().runcall(f, 2)
p = pdb.Pdb(stdin=io.StringIO("n\nn\np total\ns\nw\nc\n"), stdout=io.StringIO(), nosigint=True)
p.runcall(f, 3)
print(p.stdout.getvalue().replace(__file__, "FILE"))
'''

FORKS = r'''
import os, sys
def f(n):
    x = [n] * n
    return x
for i in range(100): f(i)
pid = os.fork()
if pid == 0:
    for i in range(2000): f(i % 50)
    print("child")
    sys.stdout.flush()
    os._exit(3)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
pid = os.fork()
if pid == 0:
    f(9)
    sys.exit(4)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
import multiprocessing, subprocess
if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print([len(x) for x in pool.map(f, range(4))])
    print(subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True).stdout)
f(2)
'''

THREADED = r'''
import threading, queue, time
q = queue.Queue()
def work(n):
    total = 0
    for i in range(300):
        total += i
        item = [total, n]
        if i % 50 == 0: time.sleep(0)
    if n == 3:
        raise SystemExit
    q.put((n, total))
    loc.x = [n]
loc = threading.local()
for round in range(3):
    ts = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for t in ts: t.start()
    for t in ts: t.join()
got = sorted(q.get() for i in range(q.qsize()))
print(len(got), got[0])
def forever():
    x = []
    while True:
        x.append(len(x) % 3)
        if len(x) > 100: x.clear()
t = threading.Thread(target=forever, daemon=True)
t.start()
time.sleep(0.05)
def generate():
    for i in range(100): yield [i]
g = generate()
def take():
    for i in range(20): out.append(next(g))
out = []
for i in range(4):
    t = threading.Thread(target=take); t.start(); t.join()
print(len(out))
'''

RECURSING = r'''
import sys
def f(n):
    x = [n]
    return f(n + 1)
for i in range(3):
    try:
        f(0)
    except RecursionError as e:
        print(type(e).__name__, e)
class R:
    def __getattr__(self, name): return getattr(self, name + "x")
    def __repr__(self): return repr([self])
try: R().a
except RecursionError as e: print("attribute")
try: repr(R())
except RecursionError as e: print("repr")
def g(n):
    yield from g(n - 1) if n else [1]
print(list(g(200)))
def h(n):
    try:
        return h(n + 1)
    finally:
        y = n
try: h(0)
except RecursionError: print("finally")
'''

# An object in memory that is no block of the heap, as extension modules have them: nothing around it changes.
FOREIGN = r'''
import ctypes
memory = (ctypes.c_char * 4096)()
at = ctypes.addressof(memory) + 2048
header = (ctypes.c_ssize_t * 2).from_address(at)
header[0], header[1] = 1000, id(object)
def hold(o):
    a = [o]
    return a, {"x": o, o: 1}
thing = ctypes.cast(at, ctypes.py_object).value
kept = hold(thing)
more = kept
del kept, more, thing
print(bytes(memory[:2048]) == bytes(2048), bytes(memory[2064:]) == bytes(2032))
'''

# Code whose file is none: a pipe that nobody writes to, a folder, a device.
NO_FILES = r'''
import os, tempfile
name = os.path.join(tempfile.mkdtemp(), "pipe")
os.mkfifo(name)
for file in name, os.path.dirname(name), "/dev/zero", "/dev/stdin":
    exec(compile("x = [1]\nprint(x)", file, "exec"))
os.unlink(name)
os.rmdir(os.path.dirname(name))
print(input())
'''

EXITS = [
    ("sys.exit(5)", "import sys\ndef f():\n    try:\n        sys.exit(5)\n    finally:\n        print('bye')\nf()\n"),
    ("sys.exit in a generator", "import sys\ndef g():\n    yield 1\n    sys.exit('why')\nfor x in g(): pass\n"),
    ("sys.exit in a class body", "import sys\nclass C:\n    x = [1]\n    class D:\n        sys.exit(6)\n"),
    ("sys.exit in a thread", "import sys, threading\nt = threading.Thread(target=lambda: sys.exit(7)); t.start(); t.join()\nprint('on')\n"),
    ("sys.exit in __del__", "import sys\nclass C:\n    def __del__(self): sys.exit(8)\nC()\nprint('on')\n"),
    ("sys.exit at exit", "import atexit, sys\n@atexit.register\ndef f():\n    x = [1]\n    sys.exit(9)\nprint('end')\n"),
    ("os._exit", "import os, sys\ndef f():\n    x = [1]\n    print('out'); sys.stdout.flush()\n    os._exit(10)\nf()\n"),
    ("an exception", "def f(n):\n    x = [n]\n    if n: f(n - 1)\n    1 / 0\nf(3)\n"),
    ("a syntax error", "x = (\n"),
    ("a broken sys.stdout", "import sys\nsys.stdout = None\nprint('x')\nsys.stderr = None\nx = [1]\n"),
    ("a replaced sys.stdout", "import sys, io\nold = sys.stdout\nsys.stdout = io.StringIO()\nprint('x')\ns = sys.stdout.getvalue()\nsys.stdout = old\nprint(s)\n"),
    ("a closed stdout", "import os\nos.close(1)\nos.close(2)\nx = [1]\nprint(x)\n"),
    ("closed files", "import os\nfor i in range(3, 50):\n    try: os.close(i)\n    except OSError: pass\nx = [1]\nprint(x)\n"),
    ("files opened anew", "import os\nos.closerange(3, 50)\nfs = [open('/dev/null') for i in range(5)]\nfor i in range(40000): x = [i]\nprint(len(fs))\n"),
    ("descriptors", "import os\nprint([os.open('/dev/null', 0) for i in range(3)], os.pipe(), os.dup(1))\n"),
    ("another folder", "import os\nos.chdir('/')\nx = [1]\nprint(os.getcwd())\n"),
    ("a signal handler", "import signal, os\ndef h(n, f):\n    x = [n, f]\n    got.append(n)\ngot = []\nsignal.signal(signal.SIGUSR2, h)\n"
     "for i in range(5): os.kill(os.getpid(), signal.SIGUSR2)\nprint(got)\n"
     "print([signal.getsignal(s) for s in (2, 15, 11, 6, 1)] == [signal.default_int_handler] + [signal.SIG_DFL] * 4)\n"),
    ("an alarm", "import signal\ndef h(n, f): raise TimeoutError\nsignal.signal(signal.SIGALRM, h)\nsignal.setitimer(signal.ITIMER_REAL, .05)\n"
     "try:\n    while True: x = [1]\nexcept TimeoutError: print('late')\n"),
    ("KeyboardInterrupt raised", "def f():\n    x = [1]\n    raise KeyboardInterrupt\nf()\n"),
    ("exec of itself", "import os, sys\nx = [1]\nif len(sys.argv) < 2:\n    os.execv('/bin/echo', ['echo', 'other'])\n"),
    ("stdin", "import sys\nx = sys.stdin.read()\ny = [x]\nprint(y)\n"),
    ("input", "try: input('? ')\nexcept EOFError: print('end')\n"),
    ("MemoryError", "try:\n    x = [0] * (1 << 60)\nexcept MemoryError: print('no')\ntry:\n    y = 'x' * (1 << 62)\nexcept (MemoryError, OverflowError): print('no')\n"),
    ("frames kept", "import sys\ndef f(n):\n    x = [n]\n    return sys._getframe()\nfs = [f(i) for i in range(50)]\nprint(fs[3].f_locals)\nfs[4].clear()\ndel fs\n"),
    ("locals changed", "def f():\n    x = [1]\n    locals()['y'] = 2\n    exec('z = 3')\n    return sorted(locals())\nprint(f())\n"),
    ("code replaced", "def f(): return [1]\ndef g(): return [2]\nf()\nf.__code__ = g.__code__\nprint(f())\nf.__code__ = f.__code__.replace(co_name='h', co_firstlineno=99)\nprint(f())\n"),
    ("a class replaced", "class A: __slots__ = ('x',)\nclass B: __slots__ = ('x',)\na = A(); a.x = [1]\na.__class__ = B\nprint(type(a).__name__, a.x)\nB.y = 5\nB.__name__ = 'C' * 1000\n"),
    ("types gone", "import gc\nfor i in range(300):\n    T = type(f'T{i}', (), {'__slots__': (f's{i}',)})\n    t = T()\n    setattr(t, f's{i}', [i])\n    del T, t\n    if i % 50 == 0: gc.collect()\nprint('ok')\n"),
    ("a generator closed late", "def g():\n    try:\n        while True:\n            x = [1]\n            yield x\n    finally:\n        print('closed')\nkept = [g() for i in range(3)]\nfor k in kept: next(k)\nprint('end')\n"),
    ("an unawaited coroutine", "async def f():\n    x = [1]\nf()\nc = f()\nc.close()\nprint('on')\n"),
    ("limpid itself", "import limpid\nx = [1]\nlimpid.where(x)\nprint(limpid.same(x, x) is not None)\n"),
    ("tracemalloc", "import tracemalloc\ntracemalloc.start()\nx = [bytearray(1000) for i in range(100)]\nprint(tracemalloc.get_traced_memory()[0] > 100000)\ntracemalloc.stop()\n"),
    ("gc switched off", "import gc\ngc.disable()\nclass C: pass\nfor i in range(3000):\n    c = C(); c.c = c\nprint(gc.collect() > 2000, gc.get_count()[0] < 2000)\ngc.freeze()\ngc.unfreeze()\n"),
    ("sys.settrace raising", "import sys\ndef t(f, e, a):\n    if e == 'line' and f.f_code.co_name == 'f': raise ValueError(e)\n    return t\ndef f():\n    x = 1\nsys.settrace(t)\ntry: f()\nexcept ValueError as e: print('raised', e)\nprint(sys.gettrace())\n"),
    ("audit hooks", "import sys\nseen = []\nsys.addaudithook(lambda name, args: seen.append(name))\nopen('/dev/null').close()\nexec('x = [1]')\nprint(seen[:4])\n"),
]


def run(binary, program, *options, timeout=240, text=None, **more):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {"PYTHONHASHSEED": "0"}
    done = subprocess.run([binary, *options, program], capture_output=True, timeout=timeout, input=text or b"text\n", env=environment,
                          cwd=os.path.dirname(program), **more)
    done.stderr = re.sub(rb"limpid: what ran under a function .* is not recorded\n", b"", done.stderr)
    done.stderr = re.sub(rb" at 0x[0-9a-f]+|==[0-9]+==", b"", done.stderr)
    return done


def steps_in(file):
    """How many steps a recording has; reading all of it fails when something is wrong in it."""
    return sum(operation == "STEP" for operation, _ in recording.Recording(file))


def same(limpid, source, *options, opens=True, see=True):
    """A program behaves the same plain, with --record and with --see; its recording can be read."""
    with tempfile.TemporaryDirectory() as folder:
        program, file, page = (os.path.join(folder, name) for name in ("prog.py", "rec", "page.html"))
        with open(program, "w", encoding="utf-8") as out:
            out.write(source)
        plain = run(limpid.binary, program, *options)
        told = plain.returncode, plain.stdout, plain.stderr
        recorded = run(limpid.binary, program, *options, f"--record={file}")
        assert (recorded.returncode, recorded.stdout, recorded.stderr) == told, f"--record: {difference(told, recorded)}"
        if opens:
            assert steps_in(file) >= 0
        if see:
            seen = run(limpid.binary, program, *options, f"--see={page}")
            steps = b": no step was recorded, " not in seen.stderr
            seen.stderr = re.sub(rb"limpid: (\d+ (?:line|step)s?.*: open \S+|no step was recorded, .*)\n$", b"", seen.stderr)
            assert (seen.returncode, seen.stdout, seen.stderr) == told, f"--see: {difference(told, seen)}"
            if opens:
                assert not steps or os.path.getsize(page) > 10000, "no page"


def difference(told, done):
    for what, a, b in zip(("status", "output", "errors"), told, (done.returncode, done.stdout, done.stderr)):
        if a != b:
            return f"{what}: {str(a)[-600:]} became {str(b)[-900:]}"


def check_texts(limpid):
    """Markup, lone surrogates and control characters in strings, names, files."""
    same(limpid, TEXTS)


def check_never_called(limpid):
    """No method of the program's objects is called."""
    same(limpid, LYING)


def check_deep_and_wide(limpid):
    same(limpid, DEEP)


def check_large(limpid):
    """Of a string of a gigabyte only what is shown is looked at."""
    same(limpid, LARGE, see=False)


def check_collector(limpid):
    """Finalizers that collect, change what is being freed, and give objects a new life."""
    same(limpid, COLLECTING)


def check_tracing(limpid):
    """The program's own trace and profile functions hear the same; that what runs under them is not recorded is told."""
    same(limpid, TRACING)
    yield "the same"
    with tempfile.TemporaryDirectory() as folder:
        for source, told in ("import sys\nsys.setprofile(print)\nsys.setprofile(None)\n", 1), ("x = 1\n", 0):
            rec = os.path.join(folder, "rec")
            _, error = limpid.run(source, f"--record={rec}", stderr=True)
            assert error.count("sys.settrace") == told, error
    yield "told"


def check_forks(limpid):
    same(limpid, FORKS)


def check_threads(limpid):
    same(limpid, THREADED)


def check_recursion(limpid):
    same(limpid, RECURSING)


def check_foreign_memory(limpid):
    same(limpid, FOREIGN, see=False)


def check_no_files(limpid):
    """Only files are read for their text: nothing else waits or loses what was for the program."""
    same(limpid, NO_FILES, see=False)


def check_small_heap(limpid):
    """MemoryError comes where it came."""
    source = "l = []\ntry:\n    while True: l.append(bytearray(100000))\nexcept MemoryError: n = len(l)\ndel l\nprint('out', n > 100)\nx = [n]\n"
    same(limpid, source, "--max-heap=64M")


def check_ends(limpid):
    """However a program ends."""
    for name, source in EXITS:
        try:
            same(limpid, source)
        except Exception as error:
            raise AssertionError(f"{name}: {error}") from error
        yield name


def start(limpid, folder, source, *options, **more):
    program = os.path.join(folder, "prog.py")
    with open(program, "w", encoding="utf-8") as out:
        out.write(source)
    return subprocess.Popen([limpid.binary, *options, program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, **more)


BUSY = "import time\nn = 0\nprint('go', flush=True)\nwhile True:\n    n += 1\n    x = [n]\n    time.sleep(.0001)\n"


def killed(limpid, folder, number, *options, source=BUSY, after=1.5):
    """A program that is killed while it runs: (status, errors)."""
    p = start(limpid, folder, source, *options)
    try:
        p.stdout.readline()
        time.sleep(after * (5 if limpid.sanitized else 1))
        p.send_signal(number)
        _, error = p.communicate(timeout=120)
        return p.returncode, error.decode()
    finally:
        p.kill()


def check_interrupt(limpid):
    """Ctrl-C: the page is made."""
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "page.html")
        status, error = killed(limpid, folder, signal.SIGINT, f"--see={page}")
        assert status == -signal.SIGINT and "KeyboardInterrupt" in error and "lines, " in error, (status, error)
        text = open(page, encoding="utf-8").read()
        data = base64.b64decode(re.search(r'id="recording"[^>]*>([^<]*)<', text).group(1))
        file = os.path.join(folder, "rec")
        with open(file, "wb") as out:
            out.write(data)
        assert steps_in(file) > 1000


def check_killed(limpid):
    """SIGTERM, SIGKILL and a crash leave a file with all but the last second; one that only waits is told, too."""
    crash = "import os\nprint('go', flush=True)\nx = 0\nfor i in range(20000):\n    x += i\nos.abort()\n"
    waits = "import time\nx = [1]\nfor i in range(500):\n    x.append(i)\nprint('go', flush=True)\ntime.sleep(1.2)\nx.append(5)\nx.append(6)\ntime.sleep(100)\n"
    threads = ("import threading\ndef work():\n    n = 0\n    while True:\n        n += 1\n        x = [n, str(n)]\n"
               "print('go', flush=True)\nfor i in range(3): threading.Thread(target=work).start()\n")
    for name, number, source, least in (("SIGTERM", signal.SIGTERM, BUSY, 1000), ("SIGKILL", signal.SIGKILL, BUSY, 1000),
                                        ("SIGSEGV", signal.SIGSEGV, BUSY, 1000), ("abort", signal.SIGABRT, crash, 20000),
                                        ("SIGTERM while it waits", signal.SIGTERM, waits, 500),
                                        ("SIGTERM while threads run", signal.SIGTERM, threads, 100)):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "rec")
            status, error = killed(limpid, folder, number, f"--record={file}", source=source, after=2)
            assert status == -number or limpid.sanitized, (name, status, error)
            steps = steps_in(file)
            assert steps > least, (name, steps)
            yield name


ROOM = 1 << 20  # bytes of a file: more than the pictures of the heap at the start take


def check_full_disk(limpid):
    """A file that can grow no more is good up to there; the program goes on, and the trouble is told at the end."""
    source = "n = 0\nfor i in range(200000):\n    n += i\n    x = [n, str(n)]\nprint(n)\n"

    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))
    with tempfile.TemporaryDirectory() as folder:
        program, file = os.path.join(folder, "prog.py"), os.path.join(folder, "rec")
        with open(program, "w", encoding="utf-8") as out:
            out.write(source)
        done = run(limpid.binary, program, f"--record={file}", preexec_fn=small)
        assert done.returncode == 0 and done.stdout == b"19999900000\n" and b"File too large" in done.stderr, done
        assert os.path.getsize(file) <= ROOM and steps_in(file) > 100, steps_in(file)
        yield "a limit"
        done = run(limpid.binary, program, "--record=/dev/full")
        assert done.returncode in (0, 1) and b"No space left on device" in done.stderr, done
        yield "/dev/full"


if __name__ == "__main__":
    main(globals())
