/* range: start, stop, step and the length, all ints of any size; and its two iterators. */
#include "objects/range.h"
#include "structmember.h"
#include "objects/hidden.h"

#include <stddef.h>

#define SHARED(v) ((PyObject *)&int_shared[(v) - INT_SHARED_MIN])

/* ---- making ------------------------------------------------------------------------------------------------ */

/* Number of items as a new int: max(0, (stop - start + step -/+ 1) // step). */
static PyObject *compute_length(PyObject *start, PyObject *stop, PyObject *step)
{
    int64_t a, b, s;
    if (int_as_i60(start, &a) && int_as_i60(stop, &b) && int_as_i60(step, &s)) {
        if (s > 0)
            return int_from_i64(a < b ? (b - a - 1) / s + 1 : 0);
        return int_from_i64(a > b ? (a - b - 1) / -s + 1 : 0);
    }
    int up = _PyLong_Sign(step) > 0, empty;
    PyObject *low = up ? start : stop, *high = up ? stop : start;
    empty = PyObject_RichCompareBool(low, high, Py_GE);
    if (empty)
        return empty < 0 ? NULL : int_from_i64(0);
    PyObject *r = NULL, *distance = PyNumber_Subtract(high, low), *last = NULL, *size = NULL, *count = NULL;
    if (distance)
        last = PyNumber_Subtract(distance, SHARED(1));
    if (last)
        size = up ? Py_NewRef(step) : PyNumber_Negative(step);
    if (size)
        count = PyNumber_FloorDivide(last, size);
    if (count)
        r = PyNumber_Add(count, SHARED(1));
    Py_XDECREF(distance);
    Py_XDECREF(last);
    Py_XDECREF(size);
    Py_XDECREF(count);
    return r;
}

/* Steals the three references, which may be NULL. */
static PyObject *range_make(PyObject *start, PyObject *stop, PyObject *step)
{
    PyObject *length = start && stop && step ? compute_length(start, stop, step) : NULL;
    RangeObject *r = length ? PyObject_New(RangeObject, &PyRange_Type) : NULL;
    if (!r) {
        Py_XDECREF(start);
        Py_XDECREF(stop);
        Py_XDECREF(step);
        Py_XDECREF(length);
        return NULL;
    }
    r->start = start;
    r->stop = stop;
    r->step = step;
    r->length = length;
    return (PyObject *)r;
}

static PyObject *range_from(PyObject *const *args, Py_ssize_t n)
{
    if (n < 1 || n > 3) {
        PyErr_Format(PyExc_TypeError, n < 1 ? "range expected at least 1 argument, got %zd" : "range expected at most 3 arguments, got %zd", n);
        return NULL;
    }
    if (n == 1)
        return range_make(Py_NewRef(SHARED(0)), PyNumber_Index(args[0]), Py_NewRef(SHARED(1)));
    PyObject *start = PyNumber_Index(args[0]), *stop = start ? PyNumber_Index(args[1]) : NULL, *step = NULL;
    if (stop)
        step = n == 3 ? PyNumber_Index(args[2]) : Py_NewRef(SHARED(1));
    if (step && _PyLong_Sign(step) == 0) {
        PyErr_SetString(PyExc_ValueError, "range() arg 3 must not be zero");
        Py_CLEAR(step);
    }
    return range_make(start, stop, step);
}

static PyObject *range_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "range() takes no keyword arguments");
        return NULL;
    }
    return range_from(((PyTupleObject *)args)->ob_item, PyTuple_GET_SIZE(args));
}

static PyObject *range_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (kwnames && PyTuple_GET_SIZE(kwnames)) {
        PyErr_SetString(PyExc_TypeError, "range() takes no keyword arguments");
        return NULL;
    }
    return range_from(args, PyVectorcall_NARGS(nargsf));
}

static void range_dealloc(PyObject *self)
{
    RangeObject *r = (RangeObject *)self;
    Py_DECREF(r->start);
    Py_DECREF(r->stop);
    Py_DECREF(r->step);
    Py_DECREF(r->length);
    PyObject_Free(r);
}

HIDDEN_FIELDS(range, range_dealloc, FIELD(RangeObject, start), FIELD(RangeObject, stop), FIELD(RangeObject, step), FIELD(RangeObject, length));

/* ---- items ------------------------------------------------------------------------------------------------- */

/* start + i * step, without a check. */
static PyObject *item_at(RangeObject *r, PyObject *i)
{
    int64_t a, k, s, v;
    if (int_as_i60(r->start, &a) && int_as_i60(i, &k) && int_as_i60(r->step, &s) && !__builtin_mul_overflow(k, s, &v) &&
        !__builtin_add_overflow(v, a, &v))
        return int_from_i64(v);
    PyObject *offset = PyNumber_Multiply(i, r->step), *item = offset ? PyNumber_Add(r->start, offset) : NULL;
    Py_XDECREF(offset);
    return item;
}

static PyObject *index_error(void)
{
    PyErr_SetString(PyExc_IndexError, "range object index out of range");
    return NULL;
}

/* Item for an int index that may be negative. */
static PyObject *item_of(RangeObject *r, PyObject *index)
{
    PyObject *i = _PyLong_Sign(index) < 0 ? PyNumber_Add(index, r->length) : Py_NewRef(index), *item = NULL;
    if (!i)
        return NULL;
    int beyond = _PyLong_Sign(i) < 0 ? 1 : PyObject_RichCompareBool(i, r->length, Py_GE);
    if (beyond == 0)
        item = item_at(r, i);
    else if (beyond > 0)
        index_error();
    Py_DECREF(i);
    return item;
}

static PyObject *range_item(PyObject *self, Py_ssize_t i)
{
    PyObject *index = PyLong_FromSsize_t(i), *item = NULL;
    if (!index)
        return NULL;
    RangeObject *r = (RangeObject *)self;
    int beyond = i < 0 ? 1 : PyObject_RichCompareBool(index, r->length, Py_GE);
    if (beyond == 0)
        item = item_at(r, index);
    else if (beyond > 0)
        index_error();
    Py_DECREF(index);
    return item;
}

/* slice.indices for lengths of any size (slice.c). */
int _PySlice_GetLongIndices(PySliceObject *, PyObject *, PyObject **, PyObject **, PyObject **);

static PyObject *range_slice(RangeObject *r, PyObject *slice)
{
    PyObject *start, *stop, *step;
    if (_PySlice_GetLongIndices((PySliceObject *)slice, r->length, &start, &stop, &step))
        return NULL;
    PyObject *a = item_at(r, start), *b = item_at(r, stop), *s = PyNumber_Multiply(r->step, step);
    Py_DECREF(start);
    Py_DECREF(stop);
    Py_DECREF(step);
    return range_make(a, b, s);
}

static PyObject *range_subscript(PyObject *self, PyObject *key)
{
    RangeObject *r = (RangeObject *)self;
    if (PyIndex_Check(key)) {
        PyObject *index = PyNumber_Index(key);
        if (!index)
            return NULL;
        PyObject *item = item_of(r, index);
        Py_DECREF(index);
        return item;
    }
    if (PySlice_Check(key))
        return range_slice(r, key);
    PyErr_Format(PyExc_TypeError, "range indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
    return NULL;
}

static Py_ssize_t range_length(PyObject *self) { return PyLong_AsSsize_t(((RangeObject *)self)->length); }
static int range_bool(PyObject *self) { return _PyLong_Sign(((RangeObject *)self)->length) != 0; }

/* Whether an int is an item. */
static int contains_int(RangeObject *r, PyObject *v)
{
    int64_t x, a, b, s;
    if (int_as_i60(v, &x) && int_as_i60(r->start, &a) && int_as_i60(r->stop, &b) && int_as_i60(r->step, &s))
        return s > 0 ? a <= x && x < b && (x - a) % s == 0 : b < x && x <= a && (a - x) % -s == 0;
    int up = _PyLong_Sign(r->step) > 0, inside;
    inside = PyObject_RichCompareBool(r->start, v, up ? Py_LE : Py_GE);
    if (inside > 0)
        inside = PyObject_RichCompareBool(v, r->stop, up ? Py_LT : Py_GT);
    if (inside <= 0)
        return inside;
    PyObject *d = PyNumber_Subtract(v, r->start), *rest = d ? PyNumber_Remainder(d, r->step) : NULL;
    inside = rest ? _PyLong_Sign(rest) == 0 : -1;
    Py_XDECREF(d);
    Py_XDECREF(rest);
    return inside;
}

static int is_plain_int(PyObject *v) { return PyLong_CheckExact(v) || PyBool_Check(v); }

static int range_contains(PyObject *self, PyObject *v)
{
    if (is_plain_int(v))
        return contains_int((RangeObject *)self, v);
    return (int)_PySequence_IterSearch(self, v, PY_ITERSEARCH_CONTAINS);
}

static PyObject *range_count(PyObject *self, PyObject *v)
{
    if (is_plain_int(v)) {
        int n = contains_int((RangeObject *)self, v);
        return n < 0 ? NULL : int_from_i64(n);
    }
    Py_ssize_t n = _PySequence_IterSearch(self, v, PY_ITERSEARCH_COUNT);
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}

static PyObject *range_index(PyObject *self, PyObject *v)
{
    RangeObject *r = (RangeObject *)self;
    if (!is_plain_int(v)) {
        Py_ssize_t i = _PySequence_IterSearch(self, v, PY_ITERSEARCH_INDEX);
        return i < 0 ? NULL : PyLong_FromSsize_t(i);
    }
    int found = contains_int(r, v);
    if (found < 0)
        return NULL;
    if (!found) {
        PyErr_Format(PyExc_ValueError, "%R is not in range", v);
        return NULL;
    }
    PyObject *d = PyNumber_Subtract(v, r->start), *i = d ? PyNumber_FloorDivide(d, r->step) : NULL;
    Py_XDECREF(d);
    return i;
}

/* ---- equality, hash, text ---------------------------------------------------------------------------------- */

static int ranges_equal(RangeObject *a, RangeObject *b)
{
    if (a == b)
        return 1;
    int same = PyObject_RichCompareBool(a->length, b->length, Py_EQ);
    if (same <= 0 || _PyLong_Sign(a->length) == 0)
        return same;
    same = PyObject_RichCompareBool(a->start, b->start, Py_EQ);
    int64_t n;
    if (same <= 0 || (int_as_i60(a->length, &n) && n == 1))
        return same;
    return PyObject_RichCompareBool(a->step, b->step, Py_EQ);
}

static PyObject *range_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyRange_Check(b) || (op != Py_EQ && op != Py_NE))
        Py_RETURN_NOTIMPLEMENTED;
    int same = ranges_equal((RangeObject *)a, (RangeObject *)b);
    return same < 0 ? NULL : PyBool_FromLong(same == (op == Py_EQ));
}

static Py_hash_t range_hash(PyObject *self)
{
    RangeObject *r = (RangeObject *)self;
    int64_t n;
    int few = int_as_i60(r->length, &n);
    PyObject *start = few && n == 0 ? Py_None : r->start, *step = few && n <= 1 ? Py_None : r->step;
    PyObject *t = PyTuple_Pack(3, r->length, start, step);
    Py_hash_t h = t ? PyObject_Hash(t) : -1;
    Py_XDECREF(t);
    return h;
}

static PyObject *range_repr(PyObject *self)
{
    RangeObject *r = (RangeObject *)self;
    int64_t s;
    if (int_as_i60(r->step, &s) && s == 1)
        return PyUnicode_FromFormat("range(%R, %R)", r->start, r->stop);
    return PyUnicode_FromFormat("range(%R, %R, %R)", r->start, r->stop, r->step);
}

static PyObject *range_reduce(PyObject *self, PyObject *unused)
{
    RangeObject *r = (RangeObject *)self;
    return Py_BuildValue("(O(OOO))", Py_TYPE(self), r->start, r->stop, r->step);
}

/* ---- iterators --------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    PyObject *index, *start, *step, *length;
} LongRangeIter;

/* Consumes the references; uses 64 bits when all items fit. */
static PyObject *make_iter(PyObject *start, PyObject *step, PyObject *length)
{
    int64_t a, s, n, last;
    if (!start || !step || !length) {
        Py_XDECREF(start);
        Py_XDECREF(step);
        Py_XDECREF(length);
        return NULL;
    }
    if (int_as_i60(start, &a) && int_as_i60(step, &s) && int_as_i60(length, &n) && !__builtin_mul_overflow(n, s, &last) &&
        !__builtin_add_overflow(last, a, &last)) {
        RangeIter *it = PyObject_New(RangeIter, &PyRangeIter_Type);
        if (it) {
            it->start = a;
            it->step = s;
            it->length = n;
            it->index = 0;
        }
        Py_DECREF(start);
        Py_DECREF(step);
        Py_DECREF(length);
        return (PyObject *)it;
    }
    LongRangeIter *it = PyObject_New(LongRangeIter, &PyLongRangeIter_Type);
    if (!it) {
        Py_DECREF(start);
        Py_DECREF(step);
        Py_DECREF(length);
        return NULL;
    }
    it->index = Py_NewRef(SHARED(0));
    it->start = start;
    it->step = step;
    it->length = length;
    return (PyObject *)it;
}

static PyObject *range_iter(PyObject *self)
{
    RangeObject *r = (RangeObject *)self;
    return make_iter(Py_NewRef(r->start), Py_NewRef(r->step), Py_NewRef(r->length));
}

static PyObject *range_reversed(PyObject *self, PyObject *unused)
{
    RangeObject *r = (RangeObject *)self;
    PyObject *last = PyNumber_Subtract(r->length, SHARED(1)), *start = last ? item_at(r, last) : NULL;
    Py_XDECREF(last);
    return make_iter(start, start ? PyNumber_Negative(r->step) : NULL, Py_NewRef(r->length));
}

static PyObject *iter_next(PyObject *self)
{
    int64_t v;
    return range_iter_next((RangeIter *)self, &v) ? int_from_i64(v) : NULL;
}

static PyObject *iter_length_hint(PyObject *self, PyObject *unused)
{
    RangeIter *it = (RangeIter *)self;
    return int_from_i64(it->length - it->index);
}

static PyObject *builtin_iter(void)
{
    PyObject *builtins = PyEval_GetBuiltins(), *f = builtins ? PyDict_GetItemString(builtins, "iter") : NULL;
    if (!f && !PyErr_Occurred())
        PyErr_SetString(PyExc_AttributeError, "iter");
    return Py_XNewRef(f);
}

static PyObject *iter_reduce(PyObject *self, PyObject *unused)
{
    RangeIter *it = (RangeIter *)self;
    PyObject *range = range_make(int_from_i64(it->start), int_from_i64(it->start + it->length * it->step), int_from_i64(it->step));
    PyObject *f = range ? builtin_iter() : NULL;
    if (!f) {
        Py_XDECREF(range);
        return NULL;
    }
    return Py_BuildValue("N(N)L", f, range, (long long)it->index);
}

static PyObject *iter_setstate(PyObject *self, PyObject *state)
{
    RangeIter *it = (RangeIter *)self;
    long i = PyLong_AsLong(state);
    if (i == -1 && PyErr_Occurred())
        return NULL;
    it->index = i < 0 ? 0 : i > it->length ? it->length : i;
    Py_RETURN_NONE;
}

static PyMethodDef iter_methods[] = {
    {"__length_hint__", iter_length_hint, METH_NOARGS, "Private method returning an estimate of len(list(it))."},
    {"__reduce__", iter_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", iter_setstate, METH_O, "Set state information for unpickling."},
    {NULL},
};

PyTypeObject PyRangeIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "range_iterator",
    .tp_basicsize = sizeof(RangeIter),
    .tp_dealloc = (destructor)PyObject_Free,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = iter_next,
    .tp_methods = iter_methods,
};

static void long_iter_dealloc(PyObject *self)
{
    LongRangeIter *it = (LongRangeIter *)self;
    Py_XDECREF(it->index);
    Py_XDECREF(it->start);
    Py_XDECREF(it->step);
    Py_XDECREF(it->length);
    PyObject_Free(it);
}

HIDDEN_FIELDS(range_iterator, long_iter_dealloc, FIELD(LongRangeIter, index), FIELD(LongRangeIter, start), FIELD(LongRangeIter, step), FIELD(LongRangeIter, length));

static PyObject *long_iter_next(PyObject *self)
{
    LongRangeIter *it = (LongRangeIter *)self;
    if (PyObject_RichCompareBool(it->index, it->length, Py_LT) <= 0)
        return NULL;
    PyObject *next = PyNumber_Add(it->index, SHARED(1)), *offset = next ? PyNumber_Multiply(it->index, it->step) : NULL;
    PyObject *item = offset ? PyNumber_Add(it->start, offset) : NULL;
    Py_XDECREF(offset);
    if (!item) {
        Py_XDECREF(next);
        return NULL;
    }
    Py_SETREF(it->index, next);
    return item;
}

static PyObject *long_iter_length_hint(PyObject *self, PyObject *unused)
{
    LongRangeIter *it = (LongRangeIter *)self;
    return PyNumber_Subtract(it->length, it->index);
}

static PyObject *long_iter_reduce(PyObject *self, PyObject *unused)
{
    LongRangeIter *it = (LongRangeIter *)self;
    PyObject *span = PyNumber_Multiply(it->length, it->step), *stop = span ? PyNumber_Add(it->start, span) : NULL;
    Py_XDECREF(span);
    PyObject *range = range_make(Py_NewRef(it->start), stop, Py_NewRef(it->step)), *f = range ? builtin_iter() : NULL;
    if (!f) {
        Py_XDECREF(range);
        return NULL;
    }
    return Py_BuildValue("N(N)O", f, range, it->index);
}

static PyObject *long_iter_setstate(PyObject *self, PyObject *state)
{
    LongRangeIter *it = (LongRangeIter *)self;
    if (!PyLong_CheckExact(state)) {
        PyErr_Format(PyExc_TypeError, "state must be an int, not %.100s", Py_TYPE(state)->tp_name);
        return NULL;
    }
    PyObject *i = state;
    int beyond = PyObject_RichCompareBool(state, it->length, Py_GT);
    if (beyond < 0)
        return NULL;
    if (_PyLong_Sign(state) < 0)
        i = SHARED(0);
    else if (beyond)
        i = it->length;
    Py_INCREF(i);
    Py_SETREF(it->index, i);
    Py_RETURN_NONE;
}

static PyMethodDef long_iter_methods[] = {
    {"__length_hint__", long_iter_length_hint, METH_NOARGS, "Private method returning an estimate of len(list(it))."},
    {"__reduce__", long_iter_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", long_iter_setstate, METH_O, "Set state information for unpickling."},
    {NULL},
};

PyTypeObject PyLongRangeIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "longrange_iterator",
    .tp_basicsize = sizeof(LongRangeIter),
    .tp_dealloc = long_iter_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = long_iter_next,
    .tp_methods = long_iter_methods,
};

/* ---- the type ---------------------------------------------------------------------------------------------- */

static PyMethodDef range_methods[] = {
    {"__reversed__", range_reversed, METH_NOARGS, "Return a reverse iterator."},
    {"__reduce__", range_reduce, METH_NOARGS, NULL},
    {"count", range_count, METH_O, "rangeobject.count(value) -> integer -- return number of occurrences of value"},
    {"index", range_index, METH_O,
     "rangeobject.index(value) -> integer -- return index of value.\nRaise ValueError if the value is not present."},
    {NULL},
};

static PyMemberDef range_members[] = {
    {"start", T_OBJECT_EX, offsetof(RangeObject, start), READONLY},
    {"stop", T_OBJECT_EX, offsetof(RangeObject, stop), READONLY},
    {"step", T_OBJECT_EX, offsetof(RangeObject, step), READONLY},
    {NULL},
};

static PySequenceMethods range_as_sequence = {.sq_length = range_length, .sq_item = range_item, .sq_contains = range_contains};
static PyMappingMethods range_as_mapping = {.mp_length = range_length, .mp_subscript = range_subscript};
static PyNumberMethods range_as_number = {.nb_bool = range_bool};

PyDoc_STRVAR(range_doc,
"range(stop) -> range object\n\
range(start, stop[, step]) -> range object\n\
\n\
Return an object that produces a sequence of integers from start (inclusive)\n\
to stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.\n\
start defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\n\
These are exactly the valid indices for a list of 4 elements.\n\
When step is given, it specifies the increment (or decrement).");

PyTypeObject PyRange_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "range",
    .tp_basicsize = sizeof(RangeObject),
    .tp_dealloc = range_dealloc,
    .tp_repr = range_repr,
    .tp_as_number = &range_as_number,
    .tp_as_sequence = &range_as_sequence,
    .tp_as_mapping = &range_as_mapping,
    .tp_hash = range_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_SEQUENCE,
    .tp_doc = range_doc,
    .tp_richcompare = range_richcompare,
    .tp_iter = range_iter,
    .tp_methods = range_methods,
    .tp_members = range_members,
    .tp_new = range_new,
    .tp_vectorcall = range_vectorcall,
};
