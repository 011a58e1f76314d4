#!/usr/bin/env python3
"""Allocation fails at the nth place: MemoryError or a clean message each time, never a signal.

usage: check_alloc.py --limpid BINARY [--all] [--step N] [--jobs N] [PROGRAM…]

Five programs; n runs from the first allocation to the last that the program makes, in steps (about 60 a program; --all: every n),
that one alone fails, and again with all that follow.
Each run must end by itself with status 0 or 1, or 120, and either print what it prints without a fault or tell of MemoryError.
"""
import argparse
import concurrent.futures
import os
import subprocess
import sys

PROGRAMS = {
    "containers": "x = [[i, str(i), {i: (i, 1.5)}, {i}] for i in range(50)]\ny = {k: v for k, v in enumerate(x)}\nx.sort(key=lambda r: r[1])\nprint(len(repr(y)))",
    "classes": "class A:\n    def __init__(self, n): self.n = n\n    @property\n    def p(self): return self.n * 2\n"
               "class B(A):\n    __slots__ = ('z',)\n    def __repr__(self): return f'B({self.n!r:>5})'\n"
               "print([B(i).p for i in range(30)], B(3))\ntry: B(1).q\nexcept AttributeError as e: print(e)",
    "generators": "def g(n):\n    try:\n        for i in range(n): yield i\n    finally: print('end')\n"
                  "def h(n): yield from g(n)\nprint(sum(h(40)))\nit = h(3); next(it); it.close()\n"
                  "async def a(): return 1\nc = a()\ntry: c.send(None)\nexcept StopIteration as e: print(e.value)",
    "text": "s = 'aäb€' * 20\nprint(s.encode().decode(), s.upper().split('B'), '%s %d %r' % (s, 10**30, 1.5), f'{s:>200}', s.replace('a', 'xx'))\n"
            "print(int('9' * 200) ** 3 // 7, float('1e300'), b'ab'.hex())",
    "errors": "import sys\ntry:\n    try: {}['k']\n    except KeyError as e: raise ValueError('v') from e\nexcept ValueError as e: sys.excepthook(type(e), e, e.__traceback__)\n"
              "exec(compile('def f(x):\\n  return [y for y in x if y]\\nprint(f([0, 1, 2]))', 'name', 'exec'))\n"
              "try: compile('a = (', 'n', 'exec')\nexcept SyntaxError as e: print(e)",
}


def run(limpid, source, n):
    """(exit status or None, stdout, stderr) of the program with its nth allocation failing; "n+": and all later ones"""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    env.update(LIMPID_FAIL_ALLOC=str(n), PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
    try:
        done = subprocess.run([limpid, "-S", "-c", source], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60, env=env)
    except subprocess.TimeoutExpired:
        return None, b"", b""
    return done.returncode, done.stdout, done.stderr


def told(stderr):
    return b"MemoryError" in stderr or b"memory" in stderr or b"can't allocate" in stderr


def without_entries(stderr):
    """A traceback may be shorter for lack of memory: its entries do not count."""
    return [line for line in stderr.split(b"\n") if not line.startswith((b"  ", b"Traceback"))]


def problem(status, stdout, stderr, expected):
    """What is wrong with a run, or None: it ends by itself, and what is missing from its output is told on stderr."""
    if status is None:
        return "timed out"
    if status not in (0, 1, 120):
        return f"exit status {status}: {stderr[-200:].decode(errors='replace')}"
    if not told(stderr) and (status, stdout, without_entries(stderr)) != (*expected[:2], without_entries(expected[2])):
        return f"exit status {status} and no word of memory: {(stdout + stderr)[-200:].decode(errors='replace')}"
    return None


def last_allocation(limpid, source):
    """The smallest power of two beyond the program's allocations: from there on nothing fails any more."""
    n = 1024
    expected = run(limpid, source, 0)
    while run(limpid, source, n) != expected and n < 1 << 24:
        n *= 2
    return n, expected


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--step", type=int)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    limpid = os.path.abspath(options.limpid)
    passed = failed = 0
    for name, source in PROGRAMS.items():
        if options.names and name not in options.names:
            continue
        end, expected = last_allocation(limpid, source)
        step = 1 if options.all else options.step or max(1, end // 60)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            numbers = [n for number in range(1, end, step) for n in (number, f"{number}+")]
            for n, result in zip(numbers, pool.map(lambda n: run(limpid, source, n), numbers)):
                message = problem(*result, expected)
                if message:
                    failed += 1
                    print(f"FAIL {name} at allocation {n}: {message}", flush=True)
                else:
                    passed += 1
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
