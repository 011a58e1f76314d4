/* str methods that look for a part: find, index, count, startswith, replace, partition, removeprefix… */
#include "objects/str/str.h"
#include "objects/object.h"
#include <string.h>

static StrView view_range(PyObject *o, Py_ssize_t start, Py_ssize_t end)
{
    int kind = str_kind(o);
    return (StrView){(const char *)str_data(o) + start * kind, end - start, kind};
}

/* find() and its relatives share (sub[, start[, end]]); 0 with *sub borrowed, or -1. */
static int parse_find(const char *name, PyObject *const *args, Py_ssize_t n, PyObject **sub, Py_ssize_t *start, Py_ssize_t *end)
{
    *start = 0;
    *end = PY_SSIZE_T_MAX;
    if (n < 1 || n > 3) {
        PyErr_Format(PyExc_TypeError, "%s() takes at %s %d argument%s (%zd given)", name, n < 1 ? "least" : "most",
                     n < 1 ? 1 : 3, n < 1 ? "" : "s", n);
        return -1;
    }
    *sub = args[0];
    if (n > 1 && args[1] != Py_None && !_PyEval_SliceIndex(args[1], start))
        return -1;
    if (n > 2 && args[2] != Py_None && !_PyEval_SliceIndex(args[2], end))
        return -1;
    return 0;
}

/* Index of part in o[start:end], -1 when absent. */
static Py_ssize_t find_in(PyObject *o, PyObject *part, Py_ssize_t start, Py_ssize_t end, int dir)
{
    adjust_range(&start, &end, str_len(o));
    if (end - start < str_len(part))
        return -1;
    Py_ssize_t at = view_find(view_range(o, start, end), str_view(part), dir);
    return at < 0 ? -1 : at + start;
}

/* -2 with an exception set. */
static Py_ssize_t find_method(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t n, int dir)
{
    PyObject *sub;
    Py_ssize_t start, end;
    if (parse_find(name, args, n, &sub, &start, &end) < 0 || str_check(sub) < 0)
        return -2;
    return find_in(self, sub, start, end, dir);
}

static PyObject *found(Py_ssize_t at) { return at == -2 ? NULL : PyLong_FromSsize_t(at); }

static PyObject *must_find(Py_ssize_t at)
{
    if (at == -1)
        PyErr_SetString(PyExc_ValueError, "substring not found");
    return at < 0 ? NULL : PyLong_FromSsize_t(at);
}

METHN(str_find) { return found(find_method("find", self, args, nargs, 1)); }
METHN(str_rfind) { return found(find_method("rfind", self, args, nargs, -1)); }
METHN(str_index) { return must_find(find_method("index", self, args, nargs, 1)); }
METHN(str_rindex) { return must_find(find_method("rindex", self, args, nargs, -1)); }

static Py_ssize_t count_in(PyObject *o, PyObject *part, Py_ssize_t start, Py_ssize_t end)
{
    adjust_range(&start, &end, str_len(o));
    return end < start ? 0 : view_count(view_range(o, start, end), str_view(part), PY_SSIZE_T_MAX);
}

METHN(str_count)
{
    PyObject *sub;
    Py_ssize_t start, end;
    if (parse_find("count", args, nargs, &sub, &start, &end) < 0 || str_check(sub) < 0)
        return NULL;
    return PyLong_FromSsize_t(count_in(self, sub, start, end));
}

/* --- beginnings and ends --- */

static int tail_matches(PyObject *o, PyObject *part, Py_ssize_t start, Py_ssize_t end, int dir)
{
    adjust_range(&start, &end, str_len(o));
    Py_ssize_t m = str_len(part);
    if (end - start < m)
        return 0;
    if (m == 0)
        return 1;
    int kind = str_kind(o), part_kind = str_kind(part);
    if (part_kind > kind)
        return 0;
    Py_ssize_t at = dir > 0 ? end - m : start;
    const char *data = (const char *)str_data(o) + at * kind;
    if (kind == part_kind)
        return memcmp(data, str_data(part), m * kind) == 0;
    for (Py_ssize_t i = 0; i < m; i++)
        if (unit_at(kind, data, i) != str_at(part, i))
            return 0;
    return 1;
}

static PyObject *tail_method(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t nargs, int dir)
{
    PyObject *sub;
    Py_ssize_t start, end;
    if (parse_find(name, args, nargs, &sub, &start, &end) < 0)
        return NULL;
    if (PyTuple_Check(sub)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(sub); i++) {
            PyObject *part = PyTuple_GET_ITEM(sub, i);
            if (!PyUnicode_Check(part)) {
                PyErr_Format(PyExc_TypeError, "tuple for %s must only contain str, not %.100s", name, Py_TYPE(part)->tp_name);
                return NULL;
            }
            if (tail_matches(self, part, start, end, dir))
                Py_RETURN_TRUE;
        }
        Py_RETURN_FALSE;
    }
    if (!PyUnicode_Check(sub)) {
        PyErr_Format(PyExc_TypeError, "%s first arg must be str or a tuple of str, not %.100s", name, Py_TYPE(sub)->tp_name);
        return NULL;
    }
    return PyBool_FromLong(tail_matches(self, sub, start, end, dir));
}

METHN(str_startswith) { return tail_method("startswith", self, args, nargs, -1); }
METHN(str_endswith) { return tail_method("endswith", self, args, nargs, 1); }

static int check_arg(const char *name, PyObject *arg)
{
    if (PyUnicode_Check(arg))
        return PyUnicode_READY(arg);
    PyErr_Format(PyExc_TypeError, "%s() argument must be str, not %.50s", name, arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    return -1;
}

METH1(str_removeprefix)
{
    if (check_arg("removeprefix", arg) < 0)
        return NULL;
    if (tail_matches(self, arg, 0, PY_SSIZE_T_MAX, -1))
        return str_slice(self, str_len(arg), str_len(self));
    return str_exact(self);
}

METH1(str_removesuffix)
{
    if (check_arg("removesuffix", arg) < 0)
        return NULL;
    if (tail_matches(self, arg, 0, PY_SSIZE_T_MAX, 1))
        return str_slice(self, 0, str_len(self) - str_len(arg));
    return str_exact(self);
}

/* --- replace --- */

/* Each of n bytes that is `from` becomes `to`. */
__attribute__((optimize("O3")))
static void replace_bytes(Py_UCS1 *p, Py_ssize_t n, Py_UCS1 from, Py_UCS1 to)
{
    for (Py_ssize_t i = 0; i < n; i++)
        p[i] = p[i] == from ? to : p[i];
}

/* Same length, no change of class: copy and overwrite. */
static PyObject *replace_chars(PyObject *o, Py_UCS4 from, Py_UCS4 to, Py_ssize_t max)
{
    Py_ssize_t n = str_len(o), at = view_find_char(str_view(o), from, 1);
    if (at < 0)
        return str_exact(o);
    Py_UCS4 high = Py_MAX(str_max(o), to);
    int kind = str_kind(o);
    if (from > 127 && to < from) {  /* the result may be narrower: count afresh over the copy */
        Py_UCS4 *wide = PyMem_Malloc((size_t)n * 4);
        if (wide == NULL)
            return PyErr_NoMemory();
        units_copy(4, wide, 0, kind, str_data(o), 0, n);
        for (; at < n && max > 0; at++)
            if (wide[at] == from) {
                wide[at] = to;
                max--;
            }
        PyObject *r = PyUnicode_FromKindAndData(4, wide, n);
        PyMem_Free(wide);
        return r;
    }
    PyObject *r = PyUnicode_New(n, high);
    if (r == NULL)
        return NULL;
    void *data = str_data(r);
    kind = str_kind(r);
    units_copy(kind, data, 0, str_kind(o), str_data(o), 0, n);
    if (kind == 1 && max >= n) {
        replace_bytes((Py_UCS1 *)data + at, n - at, (Py_UCS1)from, (Py_UCS1)to);
        return r;
    }
    for (; at < n && max > 0; at++)
        if (unit_at(kind, data, at) == from) {
            unit_set(kind, data, at, to);
            max--;
        }
    return r;
}

/* `with` between all characters, and at both ends. */
static PyObject *interleave(PyObject *o, PyObject *with, Py_ssize_t count)
{
    Py_ssize_t n = str_len(o), m = str_len(with);
    if (m > 0 && count > (PY_SSIZE_T_MAX - n) / m) {
        PyErr_SetString(PyExc_OverflowError, "replace string is too long");
        return NULL;
    }
    PyObject *r = PyUnicode_New(n + count * m, Py_MAX(str_max(o), str_max(with)));
    if (r == NULL)
        return NULL;
    int kind = str_kind(r);
    void *to = str_data(r);
    Py_ssize_t at = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        units_copy(kind, to, at, str_kind(with), str_data(with), 0, m);
        at += m;
        if (i < n)
            units_copy(kind, to, at++, str_kind(o), str_data(o), i, 1);
    }
    if (count < n)
        units_copy(kind, to, at, str_kind(o), str_data(o), count, n - count);
    return r;
}

/* The general case: `count` known occurrences of a non-empty part. */
static PyObject *replace_parts(PyObject *o, PyObject *from, PyObject *with, Py_ssize_t count)
{
    Py_ssize_t n = str_len(o), f = str_len(from), m = str_len(with);
    if (m > f && count > (PY_SSIZE_T_MAX - n) / (m - f)) {
        PyErr_SetString(PyExc_OverflowError, "replace string is too long");
        return NULL;
    }
    Py_ssize_t total = n + count * (m - f);
    if (total == 0)
        return str_empty();
    int kind = Py_MAX(str_kind(o), str_kind(with)), shrinks = str_max(from) > str_max(with) && str_max(from) > 127;
    PyObject *r = PyUnicode_New(total, Py_MAX(str_max(o), str_max(with)));
    if (r == NULL)
        return NULL;
    void *to = str_data(r);
    StrView hay = str_view(o), part = str_view(from);
    Py_ssize_t done = 0, at = 0;
    while (count-- > 0) {
        StrView rest = {(const char *)hay.data + done * hay.kind, n - done, hay.kind};
        Py_ssize_t skip = view_find(rest, part, 1);
        if (skip < 0)
            break;
        units_copy(kind, to, at, hay.kind, rest.data, 0, skip);
        units_copy(kind, to, at + skip, str_kind(with), str_data(with), 0, m);
        at += skip + m;
        done += skip + f;
    }
    units_copy(kind, to, at, hay.kind, hay.data, done, n - done);
    if (shrinks && units_max(kind, to, total) < str_max(r)) {  /* STR-1 */
        PyObject *narrow = PyUnicode_FromKindAndData(kind, to, total);
        Py_DECREF(r);
        return narrow;
    }
    return r;
}

static PyObject *replace(PyObject *o, PyObject *from, PyObject *with, Py_ssize_t max)
{
    if (max < 0)
        max = PY_SSIZE_T_MAX;
    if (max == 0 || str_len(from) > str_len(o) || str_kind(from) > str_kind(o) || str_equal(from, with))
        return str_exact(o);
    if (str_len(from) == 1 && str_len(with) == 1)
        return replace_chars(o, str_at(from, 0), str_at(with, 0), max);
    if (str_len(o) == 0 && str_len(from) == 0)
        return str_exact(with);
    Py_ssize_t count = view_count(str_view(o), str_view(from), max);
    if (count == 0)
        return str_exact(o);
    return str_len(from) ? replace_parts(o, from, with, count) : interleave(o, with, count);
}

METHN(str_replace)
{
    Py_ssize_t max = -1;
    if (!_PyArg_CheckPositional("replace", nargs, 2, 3))
        return NULL;
    for (int i = 0; i < 2; i++)
        if (!PyUnicode_Check(args[i])) {
            PyErr_Format(PyExc_TypeError, "replace() argument %d must be str, not %.50s", i + 1,
                         args[i] == Py_None ? "None" : Py_TYPE(args[i])->tp_name);
            return NULL;
        }
    if (nargs == 3) {
        max = number_argument(args[2]);
        if (max == -1 && PyErr_Occurred())
            return NULL;
    }
    return replace(self, args[0], args[1], max);
}

/* --- partition --- */

static PyObject *partition(PyObject *o, PyObject *sep, int dir)
{
    if (str_check(o) < 0 || str_check(sep) < 0)
        return NULL;
    Py_ssize_t m = str_len(sep);
    if (m == 0) {
        PyErr_SetString(PyExc_ValueError, "empty separator");
        return NULL;
    }
    PyObject *parts = PyTuple_New(3);
    if (parts == NULL)
        return NULL;
    Py_ssize_t at = find_in(o, sep, 0, PY_SSIZE_T_MAX, dir);
    PyObject *items[3];
    if (at < 0) {
        items[0] = dir > 0 ? str_exact(o) : str_empty();
        items[1] = str_empty();
        items[2] = dir > 0 ? str_empty() : str_exact(o);
    }
    else {
        Py_INCREF(sep);
        items[0] = str_slice(o, 0, at);
        items[1] = sep;
        items[2] = str_slice(o, at + m, str_len(o));
    }
    for (int i = 0; i < 3; i++)
        PyTuple_SET_ITEM(parts, i, items[i]);
    if (items[0] == NULL || items[2] == NULL)
        Py_CLEAR(parts);
    return parts;
}

PyObject *PyUnicode_Partition(PyObject *o, PyObject *sep) { return partition(o, sep, 1); }
PyObject *PyUnicode_RPartition(PyObject *o, PyObject *sep) { return partition(o, sep, -1); }
METH1(str_partition) { return partition(self, arg, 1); }
METH1(str_rpartition) { return partition(self, arg, -1); }

/* --- the C API --- */

Py_ssize_t PyUnicode_Find(PyObject *o, PyObject *sub, Py_ssize_t start, Py_ssize_t end, int dir)
{
    return str_check(o) < 0 || str_check(sub) < 0 ? -2 : find_in(o, sub, start, end, dir);
}

Py_ssize_t PyUnicode_FindChar(PyObject *o, Py_UCS4 c, Py_ssize_t start, Py_ssize_t end, int dir)
{
    if (PyUnicode_READY(o) < 0)
        return -2;
    Py_ssize_t len = str_len(o);
    adjust_range(&start, &end, len);
    if (end - start < 1)
        return -1;
    Py_ssize_t at = view_find_char(view_range(o, start, end), c, dir);
    return at < 0 ? -1 : at + start;
}

Py_ssize_t PyUnicode_Count(PyObject *o, PyObject *sub, Py_ssize_t start, Py_ssize_t end)
{
    return str_check(o) < 0 || str_check(sub) < 0 ? -1 : count_in(o, sub, start, end);
}

Py_ssize_t PyUnicode_Tailmatch(PyObject *o, PyObject *sub, Py_ssize_t start, Py_ssize_t end, int dir)
{
    return str_check(o) < 0 || str_check(sub) < 0 ? -1 : tail_matches(o, sub, start, end, dir);
}

PyObject *PyUnicode_Replace(PyObject *o, PyObject *sub, PyObject *with, Py_ssize_t max)
{
    return str_check(o) < 0 || str_check(sub) < 0 || str_check(with) < 0 ? NULL : replace(o, sub, with, max);
}
