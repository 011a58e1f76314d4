"""What is seen of the end of a process: finalisers, callbacks, files and generators that are still alive."""
import os
import subprocess
import sys

PROGRAMS = {
    "nothing": "x = [1]; x.append(x)",
    "finaliser": "class A:\n def __del__(self): print('del')\na = A()",
    "cycle": "class A:\n def __del__(self): print('del')\na = A(); a.me = a",
    "no dict": "class A:\n __slots__ = ()\n def __del__(self): print('del')\na = A()",
    "int": "class A(int):\n __slots__ = ()\n def __del__(self): print('del', int(self))\na = A(7)",
    "late finaliser": "class A: pass\na = A()\nA.__del__ = lambda self: print('late')",
    "in a module": "import os\nclass A:\n def __del__(self): print('del')\nos.kept = A(); os.kept.os = os",
    "callback": "import sys, weakref\nclass A: pass\na = A(); sys.r = weakref.ref(a, lambda r: sys.__stdout__.write('called\\n'))",
    "generator": "def g():\n try: yield\n finally: print('closed')\nx = g(); next(x)",
    "coroutine": "async def f(): pass\nc = f()",
    "file": "f = open(1, 'w', closefd=False); f.write('buffered')",
    "pair": "import io\nf = io.BufferedWriter(io.FileIO(1, 'w', closefd=False)); f.write(b'bytes')",
    "replaced": "import io, sys\nsys.stdout.write('first '); sys.stdout = io.TextIOWrapper(io.FileIO(1, 'w', closefd=False)); print('second')",
    "buffer": "import sys\nsys.stdout.buffer.write(b'below'); sys.stdin.buffer",
    "scandir": "import os\nd = os.scandir('/')",
    "atexit": "import atexit\nclass A: pass\natexit.register(lambda: print('at exit')); print('now')",
    "made at exit": "import atexit\nclass A:\n def __del__(self): print('del')\natexit.register(lambda: globals().update(a=A()))",
    "gc callback": "import gc, sys\ngc.callbacks.append(lambda phase, info: sys.__stdout__.write(''))",
    "library": "import asyncio, logging, ssl, weakref\nclass A: pass\nlogging.Handler(); a = A(); w = weakref.WeakSet([a])",
    "library and finaliser": "import asyncio, weakref\nclass A:\n def __del__(self): print('del')\na = A(); w = weakref.WeakSet([a])",
    "key of a dead value": "import sys, weakref\nclass K:\n def __hash__(self): sys.__stdout__.write('hash\\n'); return 1\nclass A: pass\na = A(); sys.w = w = weakref.WeakValueDictionary(); w[K()] = a",
    "finalize": "import weakref\nclass A: pass\na = A(); weakref.finalize(a, print, 'finalised')",
    "finalize late": "import sys, weakref\nclass A: pass\na = A(); f = weakref.finalize(a, lambda w=sys.__stdout__.write: w('finalised\\n')); f.atexit = False",
    "weak method": "import sys, weakref\nclass A:\n def m(self): pass\na = A(); sys.m = weakref.WeakMethod(a.m, lambda r: sys.__stdout__.write('gone\\n'))",
    "database": "import sqlite3\nc = sqlite3.connect(':memory:')",
    "thread": "import threading\nt = threading.Thread(target=lambda: print('thread')); t.start()",
    "closed": "import sys\nsys.stdout.close()",
    "sys.exit": "import sys\nclass A:\n def __del__(self): print('del')\na = A()\nsys.exit(3)",
    "error": "class A:\n def __del__(self): 1 / 0\na = A()",
}

# In the environment of an ordinary process, which may leave out what nobody sees.
environment = {name: value for name, value in os.environ.items() if name != "LIMPID_LEAKS"}
for name, text in PROGRAMS.items():
    done = subprocess.run([sys.executable, "-W", "default::ResourceWarning", "-c", text], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    lines = [line if " at 0x" not in line else line.split(" at 0x")[0] for line in done.stdout.splitlines()]
    print(f"{name}: {done.returncode}", *lines, sep="\n    ")

full = os.path.exists("/dev/full")
if full:
    with open("/dev/full", "w") as sink:
        done = subprocess.run([sys.executable, "-c", "print('x')"], stdout=sink, stderr=subprocess.PIPE, text=True)
        print("full:", done.returncode, done.stderr.splitlines()[-1])
