#!/usr/bin/env python3
"""Every raw block of the heap has an owner: an object, or a named part of the runtime.

usage: check_owners.py --limpid BINARY [--every N] [name...]

Runs the programs under tests/programs (every Nth of them) and looks at the heap when each has ended, before anything is taken
apart; and one program that uses what has buffers, also while a sort and a map wait for Python code.
"""
import argparse
import concurrent.futures
import glob
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "..", "programs")
MOST_UNOWNED = 1024                # bytes over all programs: what extension modules keep in memory of their own
CRASHES = (4, 6, 7, 8, 11)         # signals

WRAPPER = r'''
import sys
path = sys.argv[1]
sys.argv = [path]
sys.path[0] = path.rpartition("/")[0]
import _see
def tell():
    _see.enter()
    try:
        owners = _see.by_owner()
        rows = sorted((n[1], owner or "-", role) for (owner, role), n in owners.items())
        total = sum(r[0] for r in rows)
        nobody = sum(r[0] for r in rows if r[2] is None)
        sys.stderr.write(f"\nOWNERS {total} {nobody}\n")
    finally:
        _see.leave()
import builtins
globals_ = {"__name__": "__main__", "__builtins__": builtins, "__file__": path}
try:
    with open(path, "rb") as file:
        exec(compile(file.read(), path, "exec"), globals_)
finally:
    tell()
'''

WAITING = r'''
import array, asyncio, collections, csv, decimal, hashlib, io, json, pickle, random, re, socket, sqlite3, ssl, struct, sys, threading
import ctypes, datetime, itertools, operator, select, xml.etree.ElementTree as ET, xml.parsers.expat, zlib, bz2, lzma, contextvars
import _see
def nobody():
    _see.enter()
    try:
        return [(k, v) for k, v in _see.by_owner().items() if k[1] is None]
    finally:
        _see.leave()
kept = [re.compile("a(b)*c").scanner("abcabc"), array.array("d", range(100)), collections.deque(range(1000)), io.StringIO("abc" * 100),
        io.BytesIO(b"x" * 1000), random.Random(), zlib.compressobj(), csv.reader([]), csv.writer(io.StringIO()),
        ET.fromstring("<a><b/><c/><d/><e/><f/><g/></a>"), threading.Lock(), threading.RLock(), memoryview(bytearray(1000)),
        socket.socketpair(), pickle.Pickler(io.BytesIO()), pickle.Unpickler(io.BytesIO()), decimal.Decimal(3) ** 200,
        sqlite3.connect(":memory:"), itertools.combinations(range(100), 30), itertools.permutations(range(100), 30),
        struct.Struct("10i10s"), hashlib.sha256(), select.poll(), select.epoll(), xml.parsers.expat.ParserCreate(), bz2.BZ2Compressor(),
        lzma.LZMACompressor(), contextvars.copy_context(), ctypes.create_string_buffer(1000), (ctypes.c_int * 100)(),
        operator.methodcaller("x", 1), "\u20ac" * 100, bytearray(5000), set(range(1000)), dict.fromkeys(range(1000)), [0] * 1000,
        type("T", (), {"__doc__": "text " * 100, "__slots__": ("a", "b")}), io.TextIOWrapper(io.BytesIO()),
        datetime.datetime.now(), open("/dev/null"), io.BufferedRandom(io.FileIO("/dev/null", "r+")), str.encode("\u20ac")]
"\u20ac".encode("utf-8")
found = []
def key(x):
    if x == 500:
        found.append(nobody())
    return -x
sorted(range(1000), key=key)
list(map(key, range(400, 600)))
found.append(nobody())
class C:
    pass
c = C()
for i in range(100):
    setattr(c, f"x{i}", i)
threads = [threading.Thread(target=lambda: stop.wait()) for i in range(3)]
stop = threading.Event()
for t in threads:
    t.start()
found.append(nobody())
stop.set()
print([n for n in found if n])
'''


def run(limpid, path):
    """(raw bytes, bytes without an owner, message) at the end of a program."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LIMPID_", "PYTHON"))}
    try:
        done = subprocess.run([limpid, "-c", WRAPPER, path], capture_output=True, cwd=os.path.dirname(path), timeout=120, env=env,
                              stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return 0, 0, "timeout"
    if -done.returncode in CRASHES:
        return 0, 0, f"signal {-done.returncode}"
    for line in reversed(done.stderr.splitlines()):
        if line.startswith(b"OWNERS"):
            total, nobody = map(int, line.split()[1:])
            return total, nobody, f"{nobody} of {total} bytes have no owner" if nobody else ""
    return 0, 0, ""           # ended by os._exit and the like


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limpid", required=True)
    parser.add_argument("--every", type=int, default=8)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    limpid = os.path.abspath(args.limpid)
    paths = sorted(glob.glob(PROGRAMS + "/**/*.py", recursive=True))
    paths = [os.path.abspath(p) for p in paths if os.path.exists(p[:-3] + ".out")]
    paths = [p for p in paths if any(n in p for n in args.names)] if args.names else paths[::args.every]
    total = unowned = failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, (raw, nobody, message) in zip(paths, pool.map(lambda p: run(limpid, p), paths)):
            total += raw
            unowned += nobody
            if message:
                print(f"{os.path.relpath(path, PROGRAMS)}: {message}")
                failed += "signal" in message or "timeout" in message
    print(f"{len(paths)} programs: {total:,} bytes in raw blocks, {unowned:,} without an owner")
    failed += unowned > MOST_UNOWNED
    done = subprocess.run([limpid, "-c", WAITING], capture_output=True, text=True)
    if done.stdout != "[]\n":
        failed += 1
        print(done.stdout, done.stderr)
    print(f"{len(paths) + 2 - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
