# The library's extension modules at real work: sqlite3, decimal, ctypes, hashlib, lzma, bz2, zlib, multiprocessing, asyncio.
import asyncio
import bz2
import ctypes
import decimal
import hashlib
import hmac
import lzma
import multiprocessing
import sqlite3
import zlib


def square(x):
    return x * x


async def echo():
    async def serve(reader, writer):
        writer.write((await reader.readline()).upper())
        writer.close()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"hello\n")
    answer = await reader.read()
    writer.close()
    server.close()
    return answer


class Median:
    def __init__(self):
        self.values = []

    def step(self, value):
        self.values.append(value)

    def finalize(self):
        return sorted(self.values)[len(self.values) // 2]


class Point(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int), ("y", ctypes.c_double), ("bits", ctypes.c_uint, 3)]


if __name__ == "__main__":
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    db.create_aggregate("median", 1, Median)
    db.create_function("twice", 1, lambda v: v * 2, deterministic=True)
    db.executescript("create table t (a integer primary key, b text unique, c blob);")
    with db:
        db.executemany("insert into t (b, c) values (?, ?)", [(f"n{i}", bytes([i])) for i in range(9)])
    print([tuple(r) for r in db.execute("select median(a), twice(b), c from t where a > :low group by a % 2", {"low": 3})], db.total_changes)
    try:
        with db:
            db.execute("insert into t (b) values ('new')")
            db.execute("insert into t (b) values ('n1')")
    except sqlite3.IntegrityError as error:
        print(error, db.execute("select count(*) from t").fetchone()[0], list(db.iterdump())[-2:])
    decimal.getcontext().prec = 50
    print(decimal.Decimal(2).sqrt(), decimal.Decimal("1.10").quantize(decimal.Decimal(".1")), decimal.Decimal(1) / 7)
    compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
    numbers = (ctypes.c_int * 5)(5, 1, 4, 2, 3)
    ctypes.CDLL(None).qsort(numbers, 5, 4, compare(lambda a, b: a[0] - b[0]))
    p = Point(1, 2.5, 7)
    print(list(numbers), p.bits, bytes(p)[:4], ctypes.sizeof(Point), ctypes.string_at(b"abc"), ctypes.CDLL(None).strlen(b"four"))
    data = b"some data " * 1000
    print([h(data).hexdigest()[:16] for h in (hashlib.md5, hashlib.sha256, hashlib.sha3_512, hashlib.blake2b)], hmac.new(b"k", data, "sha1").hexdigest())
    for module in (lzma, bz2, zlib):
        print(module.__name__, module.decompress(module.compress(data)) == data, len(module.compress(data)) < 300)
    with multiprocessing.Pool(2) as pool:
        print(pool.map(square, range(6)))
    print(asyncio.run(echo()))
