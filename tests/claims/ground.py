"""What the snippets of the claims stand on: segments of the process, the allocator's statistics, bytecode.  For Limpid and python3.11 alike.

Plain Python over /proc/self; id(o) is o's address in both.
"""
import collections
import dis
import gc
import io
import os
import re
import subprocess
import sys
import tempfile
import weakref

LIMPID = sys.implementation.name == "limpid"
ARENA, POOL, POOL_HEADER, SMALLEST, LARGEST = (1 << 18, 1 << 12, 32, 16, 512) if LIMPID else (1 << 20, 1 << 14, 48, 16, 512)
HEAP = ("mmap", "brk")

Mapping = collections.namedtuple("Mapping", "low high permissions name")


def maps():
    """The process's mappings, from low to high."""
    found = []
    with open("/proc/self/maps") as lines:
        for line in lines:
            part = line.split(None, 5)
            low, high = (int(v, 16) for v in part[0].split("-"))
            found.append(Mapping(low, high, part[1], part[5].strip() if len(part) > 5 else ""))
    return found


def mapping(name):
    return next(m for m in maps() if m.name == name)


def segment_of(address, table=None):
    """text, rodata, data, bss, brk, mmap, stack, lib or none"""
    table = table or maps()
    own = [m for m in table if m.name == table[0].name]
    for m in table:
        if not m.low <= address < m.high:
            continue
        if m.name == own[0].name:
            return {"r-xp": "text", "rw-p": "data"}.get(m.permissions, "rodata")
        if m.name in ("[heap]", "[stack]"):
            return "brk" if m.name == "[heap]" else "stack"
        if m.name:
            return "lib"
        return "bss" if m.low == own[-1].high else "mmap"
    return "none"


def segment(o):
    return segment_of(id(o))


def on_heap(*objects):
    table = maps()
    return all(segment_of(id(o), table) in HEAP for o in objects)


def is_static(*objects):
    table = maps()
    return all(segment_of(id(o), table) in ("data", "bss") for o in objects)


def status(key):
    """A figure of /proc/self/status, in KiB where it is a size."""
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(key + ":"))


def anonymous():
    """Bytes of anonymous mappings."""
    return sum(m.high - m.low for m in maps() if not m.name)


def statistics():
    """The text of sys._debugmallocstats(), which writes to the C stderr."""
    with tempfile.TemporaryFile() as out:
        saved = os.dup(2)
        os.dup2(out.fileno(), 2)
        try:
            sys._debugmallocstats()
        finally:
            os.dup2(saved, 2)
            os.close(saved)
        out.seek(0)
        return out.read().decode()


def figure(pattern, text=None):
    """The number that pattern's group finds in the statistics."""
    return int(re.search(pattern, text or statistics())[1].replace(",", ""))


def arenas():
    return figure(r"# arenas allocated current += +([\d,]+)")


def classes():
    """{block size: (pools, blocks in use, free blocks)}"""
    rows = re.findall(r"(?m)^ +\d+ +(\d+) +(\d+) +(\d+) +(\d+)$", statistics())
    return {int(size): (int(pools), int(used), int(free)) for size, pools, used, free in rows}


def blocks(request):
    """(pools, blocks in use, free blocks) of the class that serves a request of so many bytes."""
    table = classes()
    return table[min(size for size in table if size >= request)]


def in_use(request):
    return blocks(request)[1] if request <= LARGEST else 0


def opnames(code):
    """Names of a code object's, a function's or a text's instructions."""
    return [i.opname for i in dis.get_instructions(code)]


def define(source, name=None):
    """What a text defines last, or the function of that name."""
    scope = {"__name__": "__main__", **globals()}
    before = len(scope)
    exec(source, scope)
    return scope[name or list(scope)[-1]] if len(scope) > before else None


def raises(kind, call):
    try:
        call()
    except kind as error:
        return str(error) or True
    return False


def run(*arguments, text=None, **environment):
    """Output of this interpreter with other arguments: stdout and stderr."""
    done = subprocess.run([sys.executable, *arguments], input=text, capture_output=True, text=True, env={**os.environ, **environment})
    return done.stdout, done.stderr
