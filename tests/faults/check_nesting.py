#!/usr/bin/env python3
"""Deep nesting never ends in a signal: 300 programs made by a generator, each a source, an operation and a depth.

usage: check_nesting.py --limpid BINARY

Each program must end by itself: by finishing, or with RecursionError, MemoryError or SyntaxError.  A signal or a time-out fails.
"""
import argparse
import concurrent.futures
import os
import subprocess
import sys
import tempfile

DEPTHS = (90, 500, 3000, 20000, 100000)

# name: a program in which N is the depth
PROGRAMS = {
    "source parentheses": "src = '(' * N + ')' * N\neval(src)",
    "source brackets": "src = '[' * N + ']' * N\neval(src)",
    "source braces": "src = '{1:' * N + '1' + '}' * N\neval(src)",
    "source calls": "src = 'f(' * N + ')' * N\ncompile(src, 'x', 'eval')",
    "source unary": "src = '-' * N + '1'\neval(src)",
    "source not": "src = 'not ' * N + '1'\neval(src)",
    "source power": "src = '1' + '**1' * N\neval(src)",
    "source sums": "src = '1' + '+1' * N\neval(src)",
    "source comparisons": "src = '1' + '<2' * N\ncompile(src, 'x', 'eval')",
    "source attributes": "src = 'a' + '.b' * N\ncompile(src, 'x', 'eval')",
    "source subscripts": "src = 'a' + '[0]' * N\ncompile(src, 'x', 'eval')",
    "source lambdas": "src = 'lambda:' * N + '1'\ncompile(src, 'x', 'eval')",
    "source conditionals": "src = '1 if 1 else ' * N + '1'\neval(src)",
    "source blocks": "src = ''.join(' ' * i + 'if 1:\\n' for i in range(min(N, 3000))) + ' ' * min(N, 3000) + 'pass\\n'\ncompile(src, 'x', 'exec')",
    "source functions": "src = ''.join(' ' * i + 'def f():\\n' for i in range(min(N, 3000))) + ' ' * min(N, 3000) + 'pass\\n'\ncompile(src, 'x', 'exec')",
    "source elif": "src = 'if 0: pass\\n' + 'elif 0: pass\\n' * N\ncompile(src, 'x', 'exec')",
    "source f-strings": "src = \"f'{\" * N\ncompile(src, 'x', 'exec')",
    "source patterns": "src = 'match x:\\n case ' + '[' * N + ']' * N + ': pass\\n'\ncompile(src, 'x', 'exec')",
    "source comprehensions": "src = '[x for x in ' * N + 'y' + ']' * N\ncompile(src, 'x', 'eval')",
    "source starred": "src = '*' * N + 'a = b'\ncompile(src, 'x', 'exec')",
    "source decorators": "src = '@a\\n' * N + 'def f(): pass\\n'\ncompile(src, 'x', 'exec')",
    "source strings": "src = '\"a\" ' * N\ncompile(src, 'x', 'eval')",
    "source assignments": "src = 'a = ' * N + '1'\ncompile(src, 'x', 'exec')",
    "list repr": "x = []\nfor i in range(N): x = [x]\nrepr(x)",
    "tuple repr": "x = ()\nfor i in range(N): x = (x,)\nrepr(x)",
    "dict repr": "x = {}\nfor i in range(N): x = {1: x}\nrepr(x)",
    "list comparison": "x = []; y = []\nfor i in range(N): x = [x]; y = [y]\nx == y",
    "tuple comparison": "x = (); y = ()\nfor i in range(N): x = (x,); y = (y,)\nx < y",
    "dict comparison": "x = {}; y = {}\nfor i in range(N): x = {1: x}; y = {1: y}\nx == y",
    "tuple hash": "x = ()\nfor i in range(N): x = (x,)\nhash(x)",
    "frozenset hash": "x = frozenset()\nfor i in range(N): x = frozenset([x])\nhash(x)",
    "list free": "x = []\nfor i in range(N): x = [x]\ndel x",
    "tuple free": "x = ()\nfor i in range(N): x = (x,)\ndel x",
    "dict free": "x = {}\nfor i in range(N): x = {1: x}\ndel x",
    "object free": "class A: pass\nx = A()\nfor i in range(N):\n    y = A(); y.x = x; x = y\ndel x, y",
    "slots free": "class A: __slots__ = 'x'\nx = A()\nfor i in range(N):\n    y = A(); y.x = x; x = y\ndel x, y",
    "cells free": "def f(x): return lambda: x\nx = 1\nfor i in range(N): x = f(x)\ndel x",
    "generators free": "def g(x): yield x\nx = 1\nfor i in range(N):\n    y = g(x); next(y); x = y\ndel x, y",
    "methods free": "class A:\n    def m(self): pass\nx = A()\nfor i in range(N):\n    y = A(); y.m2 = x.m; x = y\ndel x, y",
    "iterators free": "x = iter([])\nfor i in range(N): x = iter([x])\ndel x",
    "exceptions free": "x = None\nfor i in range(N):\n    y = ValueError(); y.__cause__ = x; x = y\ndel x, y",
    "exception chain": "import sys\ndef f(n):\n    x = None\n    for i in range(n):\n        y = ValueError(i); y.__context__ = x; x = y\n    raise x\ntry: f(N)\nexcept ValueError as e: sys.excepthook(type(e), e, None)",
    "recursion": "def f(): f()\nf()",
    "recursion method": "class A:\n    def f(self): self.f()\nA().f()",
    "recursion getattr": "class A:\n    def __getattr__(self, n): return getattr(self, n)\nA().x",
    "recursion repr": "class A:\n    def __repr__(self): return repr(self)\nrepr(A())",
    "recursion eq": "class A:\n    def __eq__(self, o): return self == o\nA() == A()",
    "recursion hash": "class A:\n    def __hash__(self): return hash(self)\nhash(A())",
    "recursion call": "class A: pass\nA.__call__ = A()\nA()()",
    "recursion init": "class A:\n    def __init__(self): A()\nA()",
    "recursion property": "class A:\n    @property\n    def x(self): return self.x\nA().x",
    "recursion add": "class A:\n    def __add__(self, o): return self + o\nA() + A()",
    "recursion iter": "def g(): yield from g()\nlist(g())",
    "recursion map": "import sys\nsys.setrecursionlimit(10**6)\nx = iter([1])\nfor i in range(N): x = map(int, x)\nlist(x)",
    "recursion zip": "x = iter([1])\nfor i in range(N): x = zip(x)\nlist(x)",
    "recursion filter": "x = iter([1])\nfor i in range(N): x = filter(None, x)\nlist(x)",
    "recursion enumerate": "x = iter([1])\nfor i in range(N): x = enumerate(x)\nlist(x)",
    "recursion chain": "import itertools\nx = iter([1])\nfor i in range(N): x = itertools.chain(x, [2])\nnext(x)",
    "recursion islice": "import itertools\nx = iter([1])\nfor i in range(N): x = itertools.islice(x, 5)\nlist(x)",
    "recursion tee": "import itertools\nx = iter([1])\nfor i in range(N): x = itertools.tee(x)[1]\nlist(x)",
    "recursion partial": "import functools\nx = int\nfor i in range(N): x = functools.partial(lambda f: f(), x)\nx()",
    "weak proxies": "import weakref\nclass A: pass\nl = [A()]\nfor i in range(N):\n    a = A(); a.p = weakref.proxy(l[-1]); l.append(a)\nl[-1].p",
    "recursion sort": "def key(x): return sorted([1], key=key)\nsorted([1], key=key)",
    "recursion limit high": "import sys\nsys.setrecursionlimit(10**6)\ndef f(n): return n and f(n - 1)\nf(N)",
    "recursion native": "import sys\nsys.setrecursionlimit(10**6)\ndef f(n): return n and max([n], key=lambda x: f(n - 1))\nf(N)",
    "yield from chain": "def g(x):\n    yield from x\nx = [1]\nfor i in range(N): x = g(x)\ntry: list(x)\nexcept RecursionError: print('deep')",
    "isinstance": "x = int\nfor i in range(N): x = (x,)\nisinstance(1, x)",
    "format": "'{' * 1\nspec = '{:' * min(N, 1000) + '}' * min(N, 1000)\nspec.format(1)",
    "marshal": "import marshal\nx = []\nfor i in range(N): x = [x]\nmarshal.loads(marshal.dumps(x))",
    "copy": "import copy\nx = []\nfor i in range(N): x = [x]\ncopy.deepcopy(x)",
}


def run(limpid, name, depth):
    source = f"N = {depth}\n" + PROGRAMS[name]
    try:
        done = subprocess.run([limpid, "-S", "-c", source], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=60, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    except subprocess.TimeoutExpired:
        return "timed out"
    if done.returncode in (0, 1):
        return None
    return f"exit status {done.returncode}: {done.stderr[-200:].decode(errors='replace')}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    limpid = os.path.abspath(parser.parse_args().limpid)
    jobs = [(name, depth) for name in PROGRAMS for depth in DEPTHS]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for (name, depth), problem in zip(jobs, pool.map(lambda job: run(limpid, *job), jobs)):
            if problem:
                failed += 1
                print(f"FAIL {name} at {depth}: {problem}")
    print(f"{len(jobs) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
