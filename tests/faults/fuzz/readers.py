"""One seed of check_readers.py: mutated snapshots, logs of allocations and recordings, read in all ways.

usage: readers.py SEED FIRST LAST JOURNAL

Every mutant has a random generator of its own, so that any can be made again alone.  Most have right checksums, so that what is
in the chunks is read.
"""
import os
import random
import resource
import signal
import struct
import sys
import traceback
import zlib

import limpid
import limpid.growth
import limpid.moments
import _see

HEADER = 24
SECONDS = 60            # of processor time for one mutant
MEGABYTES = 900
REFUSES = ValueError, EOFError, OSError
KINDS = [b"META", b"TYPE", b"STRS", b"SITE", b"POOL", b"OBJS", b"EDGE", b"NAME", b"FRAM", b"ROOT", b"SEGM", b"DONE", b"NODE", b"TICK", b"ALOG",
         b"JTYP", b"CODE", b"JRNL", b"SRCE", b"CAPT", b"SAME", b"SUMS", b"COPY", b"FIEL", b"LIVE", b"GSTR", b"GNOD", b"GACC", b"GROW", b"CFUN",
         b"CSTK", b"SCHM", b"????"]
LARGE = 127, 128, 1 << 14, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 48, (1 << 63) - 1, 1 << 63, (1 << 64) - 1


class Node:
    def __init__(self, i):
        self.me, self.name = self, f"node {i}"


def generate(n):
    for i in range(n):
        yield [i, str(i), i / 2]


def work():
    kept = {}
    for row in generate(5):
        kept[row[1]] = Node(row)
    try:
        kept["missing"]
    except KeyError as e:
        kept["e"] = str(e)
    print(end="")
    kept.clear()
    return len(kept)


def record(path, **options):
    _see.record(path, __file__, **options)
    work()
    _see.record_stop()
    return path


def bases():
    """The files to be mutated."""
    with limpid.log("log"):
        work()
    limpid.snapshot("snapshot", values=False)
    return ["log", "snapshot", record("plain", captures="off"), record("lean", lean=True, growth=True), record("captures", captures=1 << 16),
            record("call", grain="call", captures="off"), record("instruction", grain="instruction", captures="off"),
            record("every", every=2, captures="off")]


def parse(path):
    """[(kind, rows, columns)]"""
    data, at, found = open(path, "rb").read(), 16, []
    while at + HEADER <= len(data):
        rows, stored, plain = struct.unpack_from("<III", data, at + 8)
        payload = data[at + HEADER : at + HEADER + stored]
        if data[at + 4]:
            payload = zlib.decompress(payload)
        columns, place = [], 1 + 4 * payload[0]
        for size in struct.unpack_from(f"<{payload[0]}I", payload, 1):
            columns.append(payload[place : place + size])
            place += size
        found.append((data[at : at + 4], rows, columns))
        at += HEADER + stored
    return data[:16], found


def varint(n):
    out = bytearray()
    while n >= 128:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes((*out, n))


def damaged(r, data):
    """A column."""
    for _ in range(r.choice((1, 1, 2, 5))):
        at = r.randrange(len(data) + 1)
        way = r.randrange(7)
        if way == 0 and data:
            data = data[: at - 1] + bytes([data[at - 1] ^ 1 << r.randrange(8)]) + data[at:] if at else data
        elif way == 1:
            data = data[:at] + varint(r.choice(LARGE)) + data[at + 1 :]
        elif way == 2:
            data = data[:at]
        elif way == 3:
            data = data[:at] + bytes([r.randrange(256)]) + data[at:]
        elif way == 4:
            data = data[:at] + data[at + r.choice((1, 2, 8)) :]
        elif way == 5:
            data = data[:at] + bytes([r.choice((0, 255, 128, 127, 1))]) * r.choice((1, 3, 10, 200)) + data[at:]
        else:
            data = b"" if r.randrange(4) == 0 else data[at:] + data[:at]
    return data


def written(kind, rows, columns, r):
    payload = struct.pack(f"<B{len(columns)}I", len(columns), *map(len, columns)) + b"".join(columns)
    if r.randrange(60) == 0:
        payload = payload[: r.randrange(len(payload))]
    stored, plain, way = payload, len(payload), r.randrange(8) == 0
    if way:
        stored = zlib.compress(payload)
        if r.randrange(8) == 0:
            plain = r.choice((0, 1, 1 << 20, 64 << 20, (64 << 20) + 1, (1 << 32) - 1))
        if r.randrange(40) == 0:
            stored = zlib.compress(payload + bytes(200 << 20))
    header = kind + struct.pack("<B3xIII", way, rows, len(stored), plain)
    return header + struct.pack("<I", zlib.crc32(stored, zlib.crc32(header))) + stored


def mutant(r, head, chunks, others):
    """The bytes of a file."""
    chunks = list(chunks)
    if len(chunks) > 40:        # of a snapshot not all, so that there is time for more mutants
        keep = r.choice((0.05, 0.2, 1))
        chunks = [c for c in chunks if r.random() < keep or c[0] not in (b"OBJS", b"EDGE", b"NAME")]
    for _ in range(r.choice((1, 1, 2, 3, 8))):
        i = r.randrange(len(chunks))
        kind, rows, columns = chunks[i]
        way, columns = r.randrange(12), list(columns)
        if way < 6 and columns:
            c = r.randrange(len(columns))
            columns[c] = damaged(r, columns[c])
        elif way == 6:
            rows = r.choice((0, 1, rows + 1, 2 * rows, *LARGE)) & 0xffffffff
        elif way == 7:
            kind = r.choice(KINDS)
        elif way == 8:
            chunks.insert(r.randrange(len(chunks)), r.choice(r.choice(others)))
        elif way == 9 and len(chunks) > 1:
            del chunks[i]
            continue
        elif way == 10:
            chunks.insert(i, chunks[r.randrange(len(chunks))])
        elif columns:
            r.shuffle(columns) if r.randrange(2) else columns.pop()
        chunks[i % len(chunks)] = kind, rows, columns
    data = head + b"".join(written(*chunk, r) for chunk in chunks)
    if r.randrange(6) == 0:
        at = r.randrange(len(data))
        data = data[:at] if r.randrange(2) else data[:at] + bytes([data[at] ^ 1 << r.randrange(8)]) + data[at + 1 :]
    return data


def told(path, function):
    """Calls it; what is refused is refused by an error with the file's name."""
    try:
        return function()
    except REFUSES as error:
        if isinstance(error, (UnicodeError, FileNotFoundError)):
            raise
        if isinstance(error, ValueError) and path not in str(error) and "recording" not in str(error):
            raise AssertionError(f"no name of the file in {error!r}") from error


def read_snapshot(r, path, x):
    told(path, lambda: (str(x), repr(x), x.by_type(5), x.by_site(5), x.largest(5), x.roots(), x.frames(), x.segments(), x.pools()))
    for o in list(x.objects())[: r.choice((1, 20))]:
        str(o), o.refs(), o.referrers(), o.path(), x.at(o.address)
    for name in "retained", "dominators":
        if hasattr(x, name):
            told(path, lambda: str(getattr(x, name)(*((next(iter(x.objects())),) if name == "retained" and len(x) else ()))))
    out = r.choice(("heapsnapshot", "jsonl", "dot", "svg", "collapsed", "speedscope", "dhat", "heaptrack"))
    told(path, lambda: x.export("out." + out, out))
    if r.randrange(4) == 0:
        told(path, lambda: str(limpid.diff(x, "snapshot")))


def read_log(r, path, x):
    told(path, lambda: (str(x), x.by_line(5), x.stacks(), x.json()))
    out = r.choice(("heaptrack", "dhat", "speedscope", "collapsed"))
    told(path, lambda: x.export("out." + out, out))


def read_recording(r, path, x):
    stops = told(path, lambda: len(x)) or 0
    told(path, lambda: (repr(x), x.complete))
    told(path, lambda: sum(1 for _ in x))
    for step in (1, stops // 2 + 1, stops) if stops else ():
        told(path, lambda: limpid.see_step(x, step))
    told(path, lambda: [limpid.growth.Growth(path).sums(by) for by in ("line", "type")])
    told(path, lambda: [c.objects for c in limpid.moments.captures(x)])
    out, options = r.choice((("speedscope", {"of": "steps"}), ("speedscope", {"of": "live"}), ("collapsed", {"of": "allocated"}),
                             ("collapsed", {"of": "births"}), ("trace", {}), ("jsonl", {}), ("svg", {"step": -1}), ("page", {})))
    if not stops and out in ("svg", "page"):
        return
    told(path, lambda: x.export("out." + out, out, **options))


def read(r, path):
    x = told(path, lambda: limpid.load(path))
    if x is None:
        return
    name = type(x).__name__
    (read_snapshot if name == "Snapshot" else read_log if name == "Allocations" else read_recording)(r, path, x)


def main(seed, first, last, journal):
    wrong = {}
    files = [(name, *parse(name)) for name in bases()]
    for n in range(first, last):
        with open(journal, "w") as out:
            out.write(str(n))
        r = random.Random(seed << 32 | n)
        name, head, chunks = r.choice(files)
        with open("mutant", "wb") as out:
            out.write(mutant(r, head, chunks, [f[2] for f in files]))
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            read(r, "mutant")
        except Exception as error:
            where = [f"{os.path.basename(f.filename)}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
            wrong.setdefault((type(error).__name__, where[-1]), f"ERROR: mutant {n}: {type(error).__name__}: {str(error)[:200]} at {' < '.join(where[:-5:-1])}")
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if used - before > MEGABYTES << 10:
            wrong["memory"] = f"ERROR: mutant {n}: {used - before} KiB for {os.path.getsize('mutant')} bytes"
    sys.exit("\n".join(wrong.values()) or 0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]), sys.argv[4])
