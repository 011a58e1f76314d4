"""Arrays: making, types, views, indexing, broadcasting, ufuncs, sorting, sets, text, dates, printing."""
import warnings

import numpy as np

a = np.arange(24).reshape(2, 3, 4)
print(a, a.shape, a.strides, a.dtype, a.T.shape, a[1, ::2, -1], a[..., None].shape, a[a % 5 == 0], a[[0, 1], [1, 2]])
v = a[:, 1]
v += 100
print(a[0, 1], v.base is a.base or v.base is a, a.flags.c_contiguous, a.T.flags.f_contiguous, np.shares_memory(a, v))
for dtype in "?bBhHiIlLqQefdgFDG":
    x = np.array([0, 1, 2, 3], dtype)
    print(dtype, x.dtype, x.itemsize, (x + x).dtype, x.sum(), x * 2, x.astype("S4"), x.tobytes()[:8] if dtype not in "gG" else "")
print(np.add.reduce(a, axis=1), np.multiply.accumulate([1, 2, 3, 4]), np.subtract.outer([1, 2], [3, 4]), np.add.nin)
print(np.sqrt([4, 9]), np.sin(np.linspace(0, np.pi, 5)).round(6), np.exp([0, 1]), np.hypot(3, 4), np.divmod([7, -7], 3), np.isnan([np.nan, 1]))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(np.array([1, 0]) / 0, np.log([0, -1]), np.int8(127) + np.int8(1), np.arange(3, dtype="u1") - 1)
    print([str(w.message) for w in caught])
with np.errstate(all="raise"):
    try:
        np.array([1.0]) / 0
    except FloatingPointError as error:
        print(error)
print(np.concatenate([a, a], 2).shape, np.stack([v, v]).shape, np.split(np.arange(6), 3), np.tile([1, 2], 2), np.repeat([1, 2], [2, 3]))
print(np.sort([3, 1, 2]), np.argsort([3, 1, 2]), np.partition([5, 1, 4, 2], 2)[:2].sum(), np.unique([2, 1, 2], return_counts=True), np.searchsorted([1, 3, 5], 4), np.lexsort(([1, 2, 1], [3, 2, 1])))
print(np.where([True, False], 1, 2), np.select([[1, 0] == np.array([1, 1])], [9]), np.nonzero([0, 3, 0, 4]), np.clip(range(6), 2, 4), np.cumsum(range(5)), np.diff([1, 4, 9]))
print(np.mean(a), np.std(a).round(6), np.median([3, 1, 2]), np.percentile(range(11), [25, 50]), np.histogram([1, 2, 1, 4], 3), np.bincount([0, 1, 1, 3]), np.corrcoef([1, 2, 3], [1, 2, 4]).round(4))
print(np.char.upper(["ab", "c"]), np.array(["x", "yyy"]), np.array([b"q"]), np.array(["2020-01-01", "NaT"], "M8[D]") + np.timedelta64(40, "D"), np.busday_count("2020-01", "2020-02"))
print(np.array([1, "a", None], object), np.array([[1, 2], [3]], object), np.array([2**70]), np.array([1 + 2j]).conj(), np.full((2, 2), np.inf))
print(np.einsum("ij,jk->ik", [[1, 2]], [[3], [4]]), np.tensordot(np.ones((2, 3)), np.ones((3, 2)), 1), np.cross([1, 0, 0], [0, 1, 0]), np.kron([1, 2], [1, 1]), np.trace(np.eye(3)))
print(np.array2string(np.arange(2000).reshape(40, 50), threshold=10), np.array([1e-10, 1.0, 1e10]), np.float32(0.1), repr(np.float64(1) / 3), np.array([0.1 + 0.2]), np.format_float_positional(1e-5))
it = np.nditer([a[0], None], op_flags=[["readonly"], ["writeonly", "allocate"]])
for x, y in it:
    y[...] = x * 2
print(it.operands[1], list(np.ndindex(2, 2)), list(np.ndenumerate([[1, 2]])), [list(r) for r in np.broadcast([1, 2], [[1], [2]])])
print(np.vectorize(lambda x, y=1: x + y)([1, 2]), np.frompyfunc(lambda x: x * 2, 1, 1)(["a", 2]), np.apply_along_axis(sorted, 1, [[3, 1], [2, 0]]), np.fromiter((x * x for x in range(4)), int), np.meshgrid([1, 2], [3])[0], np.r_[1:4, 9], np.ix_([0], [1])[0].shape)
for bad in ["np.ones((2, 3)) + np.ones((2, 2))", "np.ones(3)[5]", "np.array([1, 2]).reshape(3)", "np.zeros(-1)", "np.dtype('nope')", "bool(np.ones(2))", "np.ones((2, 2)) @ np.ones(3)", "np.array([1]) + 'a'", "np.int8(300).x", "a[0, 0, 0, 0]", "np.arange(3)['a']", "np.add(1)", "np.array(1)[0]", "int(np.ones(2))", "np.linalg.inv([[0]])", "np.concatenate([[1], [[1]]])"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(bad, type(error).__name__, str(error).replace("\n", " "))


class Tagged(np.ndarray):
    def __array_finalize__(self, source):
        self.tag = getattr(source, "tag", "new")

    def __array_ufunc__(self, ufunc, method, *inputs, **kw):
        return ufunc.__name__, method, len(inputs)


t = np.arange(3).view(Tagged)
t.tag = "old"
print(t[1:].tag, t + 1, np.add.reduce(t), type(t.copy()).__name__)
