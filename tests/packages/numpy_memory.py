"""Structured arrays, the buffer protocol, pickling, files, masked arrays, ctypes, memory maps, lifetimes."""
import copy
import ctypes
import gc
import io
import os
import pickle
import sys
import tempfile
import weakref
from array import array

import numpy as np

r = np.array([(1, 2.5, b"ab"), (3, 4.5, b"cd")], dtype=[("i", "<i2"), ("f", "<f8"), ("s", "S3")])
print(r, r["f"], r[0], r[0]["s"], r.dtype.fields["f"], r.dtype.itemsize, r.dtype.names, r[["i", "s"]], r.view(np.recarray).f)
r["i"] *= 10
print(r.tolist(), np.sort(r, order="f")[::-1]["i"], np.dtype([("a", "i4"), ("b", "u1")], align=True), np.dtype("(2,3)f4"), np.dtype({"names": ["x"], "formats": ["O"]}))
nested = np.zeros(2, dtype=[("p", [("x", "i4"), ("y", "i4")]), ("v", "f4", (2,))])
nested["p"]["x"] = [7, 8]
print(nested, memoryview(nested).format, nested.__array_interface__["descr"])
m = memoryview(np.arange(6, dtype="i4").reshape(2, 3))
print(m.shape, m.strides, m.format, m.itemsize, m.ndim, m.tolist(), m.c_contiguous, bytes(m[1]) if False else m.cast("B")[:4].tolist())
b = bytearray(b"\1\2\3\4\5\6\7\x08")
x = np.frombuffer(b, "<u2")
x[0] = 0xffff
print(b, x, np.asarray(array("d", [1, 2])), np.asarray(memoryview(b"abc")), np.array(m).base, bytes(np.arange(3, dtype="u1")))
try:
    b.append(1)
except BufferError as error:
    print(error)
c = (ctypes.c_int * 4)(1, 2, 3, 4)
n = np.ctypeslib.as_array(c)
n[2] = 99
print(list(c), n.ctypes.data == ctypes.addressof(c), np.arange(3.0).ctypes.data_as(ctypes.POINTER(ctypes.c_double))[2])
for protocol in range(6):
    p = pickle.loads(pickle.dumps([r, np.arange(3), np.float32(1.5), np.dtype("i4"), np.array([None, "x"])], protocol))
    print(protocol, p)
buffers = []
data = pickle.dumps(np.arange(4.0), 5, buffer_callback=buffers.append)
print(len(buffers), pickle.loads(data, buffers=buffers), copy.deepcopy(r) is not r, copy.copy(nested)["p"]["x"])
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "a.npy")
    np.save(path, r)
    print(np.load(path), np.load(path, mmap_mode="r")["i"])
    np.savez_compressed(path + "z", a=np.arange(3), b=np.eye(2))
    with np.load(path + "z.npz") as z:
        print(sorted(z.files), z["b"])
    mm = np.memmap(path + "m", "i4", "w+", shape=(4,))
    mm[:] = range(4)
    mm.flush()
    print(np.fromfile(path + "m", "i4"))
    del mm
text = io.StringIO("a,b\n1,2.5\n3,nan\n")
print(np.genfromtxt(text, delimiter=",", names=True), np.loadtxt(["1 2", "3 4"]), np.fromstring("1 2 3", sep=" "))
out = io.StringIO()
np.savetxt(out, [[1, 2], [3, 4.5]], fmt="%.2f", header="h")
print(out.getvalue())
q = np.ma.masked_array([1, 2, 3, 4], mask=[0, 1, 0, 0])
print(q, q.sum(), q.mean(), q.filled(-1), (q + 1).mask, np.ma.masked_where(q > 2, q), np.ma.array([1.0, 0]) / 0, repr(q[1]))
z = np.arange(10)
w = weakref.ref(z)
view = z[2:5]
del z
gc.collect()
print(w() is not None, view.base is w())
del view
gc.collect()
print(w())
o = np.array([[], {}], object)
o[0].append(o)
o = None
gc.collect()
s = object()
before = sys.getrefcount(s)
many = np.array([s] * 100, object)
print(sys.getrefcount(s) - before)
many2 = many[::2].copy()
many = None
print(sys.getrefcount(s) - before)
many2[:] = None
print(sys.getrefcount(s) - before, np.dtype("i4") == np.int32, hash(np.int64(5)) == hash(5), {np.float64(1.0): 1}[1], [1, 2, 3][np.int8(1)], "%d %s" % (np.int64(3), np.str_("q")), isinstance(np.float64(1), float), np.bool_(True) is np.True_)
print(np.datetime64("2020-02-29T12:00").astype(object), np.timedelta64(90, "m").astype(object), np.array(["2020-01"], "M8[M]").tolist(), int(np.uint8(200)), float(np.float16(0.1)), complex(np.complex64(1j)), round(np.float64(2.567), 1), np.int64(7) // 2, 2 ** np.int8(3), divmod(np.float32(7), 2))
