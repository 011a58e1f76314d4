/* Tuples, their iterator, and the rule by which the collector forgets those that hold only atoms.
 *
 * TUPLE-1  the empty tuple is one immortal object.
 * TUPLE-2  a tuple is changed only while its maker holds the only reference. */
#include "Python.h"
#include "memory/memory.h"
#include "memory/stack.h"
#include "objects/names.h"
#include "objects/str/str.h"

#define TUPLE(o) ((PyTupleObject *)(o))

static PyTupleObject empty = {{{IMMORTAL_REFCNT, &PyTuple_Type}, 0}, {NULL}};

/* ---- making ---- */

static inline size_t tuple_bytes(Py_ssize_t n) { return offsetof(PyTupleObject, ob_item) + (size_t)n * sizeof(PyObject *); }

/* An untracked tuple of n > 0 undefined items. */
static PyTupleObject *raw_new(Py_ssize_t n)
{
    if ((size_t)n > ((size_t)PY_SSIZE_T_MAX - sizeof(PyTupleObject)) / sizeof(PyObject *))
        return (PyTupleObject *)PyErr_NoMemory();
    PyTupleObject *t = container_alloc(tuple_bytes(n));
    if (t == NULL)
        return (PyTupleObject *)PyErr_NoMemory();
    t->ob_base.ob_base.ob_refcnt = 1;
    t->ob_base.ob_base.ob_type = &PyTuple_Type;
    t->ob_base.ob_size = n;
    return t;
}

/* Makes a filled tuple known to the collector. */
static inline PyObject *tracked(PyTupleObject *t)
{
    if (tuple_bytes(Py_SIZE(t)) <= BLOCK_MAX)
        container_track_small(t);
    else
        PyObject_GC_Track(t);
    return (PyObject *)t;
}

PyObject *PyTuple_New(Py_ssize_t n)
{
    if (n == 0) {
        Py_INCREF(&empty);
        return (PyObject *)&empty;
    }
    if (n < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyTupleObject *t = raw_new(n);
    if (t == NULL)
        return NULL;
    memset(t->ob_item, 0, (size_t)n * sizeof(PyObject *));
    return tracked(t);
}

/* A tuple of n items of an array, each with a new reference. */
PyObject *_PyTuple_FromArray(PyObject *const *items, Py_ssize_t n)
{
    if (n == 0)
        return PyTuple_New(0);
    PyTupleObject *t = raw_new(n);
    if (t == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_INCREF(items[i]);
        t->ob_item[i] = items[i];
    }
    return tracked(t);
}

/* As _PyTuple_FromArray, but takes over the references, also on failure. */
PyObject *_PyTuple_FromArraySteal(PyObject *const *items, Py_ssize_t n)
{
    if (n == 0)
        return PyTuple_New(0);
    PyTupleObject *t = raw_new(n);
    if (t == NULL) {
        for (Py_ssize_t i = 0; i < n; i++)
            Py_DECREF(items[i]);
        return NULL;
    }
    memcpy(t->ob_item, items, (size_t)n * sizeof *items);
    return tracked(t);
}

PyObject *PyTuple_Pack(Py_ssize_t n, ...)
{
    if (n == 0)
        return PyTuple_New(0);
    va_list args, again;
    va_start(args, n);
    va_copy(again, args);
    /* Owned before memory is asked for: a collection may drop what the arguments are borrowed from. */
    for (Py_ssize_t i = 0; i < n; i++)
        Py_INCREF(va_arg(again, PyObject *));
    va_end(again);
    PyTupleObject *t = raw_new(n);
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *o = va_arg(args, PyObject *);
        if (t != NULL)
            t->ob_item[i] = o;
        else
            Py_DECREF(o);
    }
    va_end(args);
    return t == NULL ? NULL : tracked(t);
}

/* ---- the C API ---- */

Py_ssize_t PyTuple_Size(PyObject *self)
{
    if (!PyTuple_Check(self)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return Py_SIZE(self);
}

PyObject *PyTuple_GetItem(PyObject *self, Py_ssize_t i)
{
    if (!PyTuple_Check(self)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if ((size_t)i >= (size_t)Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "tuple index out of range");
        return NULL;
    }
    return TUPLE(self)->ob_item[i];
}

int PyTuple_SetItem(PyObject *self, Py_ssize_t i, PyObject *item)
{
    if (!PyTuple_Check(self) || Py_REFCNT(self) != 1) {
        Py_XDECREF(item);
        PyErr_BadInternalCall();
        return -1;
    }
    if ((size_t)i >= (size_t)Py_SIZE(self)) {
        Py_XDECREF(item);
        PyErr_SetString(PyExc_IndexError, "tuple assignment index out of range");
        return -1;
    }
    PyObject *old = TUPLE(self)->ob_item[i];
    TUPLE(self)->ob_item[i] = item;
    Py_XDECREF(old);
    return 0;
}

static PyObject *slice(PyObject *self, Py_ssize_t low, Py_ssize_t high)
{
    Py_ssize_t n = Py_SIZE(self);
    low = low < 0 ? 0 : low;
    high = high > n ? n : high;
    if (high < low)
        high = low;
    if (low == 0 && high == n && PyTuple_CheckExact(self)) {
        Py_INCREF(self);
        return self;
    }
    return _PyTuple_FromArray(TUPLE(self)->ob_item + low, high - low);
}

PyObject *PyTuple_GetSlice(PyObject *self, Py_ssize_t low, Py_ssize_t high)
{
    if (self == NULL || !PyTuple_Check(self)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return slice(self, low, high);
}

int _PyTuple_Resize(PyObject **where, Py_ssize_t n)
{
    PyObject *t = *where;
    if (t == NULL || !PyTuple_CheckExact(t) || (Py_SIZE(t) != 0 && Py_REFCNT(t) != 1)) {
        *where = NULL;
        Py_XDECREF(t);
        PyErr_BadInternalCall();
        return -1;
    }
    Py_ssize_t old = Py_SIZE(t);
    if (old == n)
        return 0;
    if (n == 0 || old == 0) {
        Py_DECREF(t);
        *where = PyTuple_New(n);
        return *where == NULL ? -1 : 0;
    }
    PyObject_GC_UnTrack(t);
    for (Py_ssize_t i = n; i < old; i++)
        Py_CLEAR(TUPLE(t)->ob_item[i]);
    PyObject *moved = (PyObject *)_PyObject_GC_Resize((PyVarObject *)t, n);
    if (moved == NULL) {
        *where = NULL;
        for (Py_ssize_t i = 0; i < old && i < n; i++)
            Py_CLEAR(TUPLE(t)->ob_item[i]);
        PyObject_GC_Del(t);
        return -1;
    }
    if (n > old)
        memset(TUPLE(moved)->ob_item + old, 0, (size_t)(n - old) * sizeof(PyObject *));
    *where = moved;
    PyObject_GC_Track(moved);
    return 0;
}

/* Untracks a tuple none of whose items can be part of a cycle; called by the collector for survivors, and by who makes many
 * tuples of constants. */
void _PyTuple_MaybeUntrack(PyObject *self)
{
    if (!PyTuple_CheckExact(self) || !PyObject_GC_IsTracked(self))
        return;
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        PyObject *o = TUPLE(self)->ob_item[i];
        if (o == NULL)
            return;
        if (!PyType_IS_GC(Py_TYPE(o)))
            continue;
        if (PyTuple_CheckExact(o) ? PyObject_GC_IsTracked(o) : PyObject_IS_GC(o))
            return;
    }
    PyObject_GC_UnTrack(self);
}

void _PyTuple_DebugMallocStats(FILE *out) {}

/* ---- slots ---- */

static void tuple_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, tuple_dealloc)
    for (PyObject **items = TUPLE(self)->ob_item, **p = items + Py_SIZE(self); p-- > items;)
        Py_XDECREF(*p);
    if (Py_TYPE(self) == &PyTuple_Type)
        container_free(self);
    else
        Py_TYPE(self)->tp_free(self);
    Py_TRASHCAN_END
}

static int tuple_traverse(PyObject *self, visitproc visit, void *arg)
{
    for (Py_ssize_t i = Py_SIZE(self); --i >= 0;)
        Py_VISIT(TUPLE(self)->ob_item[i]);
    return 0;
}

static PyObject *tuple_repr(PyObject *self)
{
    Py_ssize_t n = Py_SIZE(self);
    if (n == 0)
        return PyUnicode_FromString("()");
    int nested = Py_ReprEnter(self);
    if (nested != 0)
        return nested > 0 ? PyUnicode_FromString("(...)") : NULL;
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    w.min_length = 64;
    int result = _PyUnicodeWriter_WriteChar(&w, '(');
    for (Py_ssize_t i = 0; result == 0 && i < n; i++) {
        if (i > 0)
            result = _PyUnicodeWriter_WriteASCIIString(&w, ", ", 2);
        if (result == 0)
            result = str_write_repr(&w, TUPLE(self)->ob_item[i]);
    }
    Py_ReprLeave(self);
    if (result == 0)
        result = _PyUnicodeWriter_WriteASCIIString(&w, n == 1 ? ",)" : ")", n == 1 ? 2 : 1);
    if (result < 0) {
        _PyUnicodeWriter_Dealloc(&w);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&w);
}

/* The xxHash-based combination that 3.8 and later use; the values are visible to programs. */
#define PRIME_1 11400714785074694791ull
#define PRIME_2 14029467366897019727ull
#define PRIME_5 2870177450012600261ull

static Py_hash_t tuple_hash(PyObject *self)
{
    uint64_t total = PRIME_5;
    Py_ssize_t n = Py_SIZE(self);
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_hash_t h = PyObject_Hash(TUPLE(self)->ob_item[i]);
        if (h == -1)
            return -1;
        total += (uint64_t)h * PRIME_2;
        total = (total << 31) | (total >> 33);
        total *= PRIME_1;
    }
    total += (uint64_t)n ^ (PRIME_5 ^ 3527539ull);
    return total == (uint64_t)-1 ? 1546275796 : (Py_hash_t)total;
}

static Py_ssize_t tuple_length(PyObject *self) { return Py_SIZE(self); }

static int tuple_contains(PyObject *self, PyObject *wanted)
{
    int equal = 0;
    for (Py_ssize_t i = 0; equal == 0 && i < Py_SIZE(self); i++)
        equal = PyObject_RichCompareBool(TUPLE(self)->ob_item[i], wanted, Py_EQ);
    return equal;
}

static PyObject *tuple_item(PyObject *self, Py_ssize_t i)
{
    if ((size_t)i >= (size_t)Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "tuple index out of range");
        return NULL;
    }
    PyObject *item = TUPLE(self)->ob_item[i];
    Py_INCREF(item);
    return item;
}

static PyObject *tuple_concat(PyObject *a, PyObject *b)
{
    if (Py_SIZE(a) == 0 && PyTuple_CheckExact(b)) {
        Py_INCREF(b);
        return b;
    }
    if (!PyTuple_Check(b)) {
        PyErr_Format(PyExc_TypeError, "can only concatenate tuple (not \"%.200s\") to tuple", Py_TYPE(b)->tp_name);
        return NULL;
    }
    if (Py_SIZE(b) == 0 && PyTuple_CheckExact(a)) {
        Py_INCREF(a);
        return a;
    }
    Py_ssize_t n = Py_SIZE(a), m = Py_SIZE(b);
    if (n + m == 0)
        return PyTuple_New(0);
    PyTupleObject *t = raw_new(n + m);
    if (t == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i < n + m; i++) {
        PyObject *o = i < n ? TUPLE(a)->ob_item[i] : TUPLE(b)->ob_item[i - n];
        Py_INCREF(o);
        t->ob_item[i] = o;
    }
    return tracked(t);
}

static PyObject *tuple_repeat(PyObject *self, Py_ssize_t times)
{
    Py_ssize_t n = Py_SIZE(self);
    if ((n == 0 || times == 1) && PyTuple_CheckExact(self)) {
        Py_INCREF(self);
        return self;
    }
    if (n == 0 || times <= 0)
        return PyTuple_New(0);
    if (n > PY_SSIZE_T_MAX / times)
        return PyErr_NoMemory();
    PyTupleObject *t = raw_new(n * times);
    if (t == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++)
        TUPLE(self)->ob_item[i]->ob_refcnt += times;
    for (Py_ssize_t k = 0; k < times; k++)
        memcpy(t->ob_item + k * n, TUPLE(self)->ob_item, (size_t)n * sizeof(PyObject *));
    return tracked(t);
}

static PyObject *tuple_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyTuple_Check(a) || !PyTuple_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    Py_ssize_t n = Py_SIZE(a), m = Py_SIZE(b), i;
    for (i = 0; i < n && i < m; i++) {
        int equal = PyObject_RichCompareBool(TUPLE(a)->ob_item[i], TUPLE(b)->ob_item[i], Py_EQ);
        if (equal < 0)
            return NULL;
        if (!equal)
            break;
    }
    if (i >= n || i >= m)
        Py_RETURN_RICHCOMPARE(n, m, op);
    if (op == Py_EQ || op == Py_NE)
        return PyBool_FromLong(op == Py_NE);
    return PyObject_RichCompare(TUPLE(a)->ob_item[i], TUPLE(b)->ob_item[i], op);
}

static PyObject *tuple_subscript(PyObject *self, PyObject *key)
{
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return NULL;
        return tuple_item(self, i < 0 ? i + Py_SIZE(self) : i);
    }
    if (!PySlice_Check(key))
        return PyErr_Format(PyExc_TypeError, "tuple indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return NULL;
    Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(self), &start, &stop, step);
    if (n <= 0)
        return PyTuple_New(0);
    if (step == 1)
        return slice(self, start, start + n);
    PyTupleObject *t = raw_new(n);
    if (t == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++, start += step) {
        PyObject *o = TUPLE(self)->ob_item[start];
        Py_INCREF(o);
        t->ob_item[i] = o;
    }
    return tracked(t);
}

/* ---- construction ---- */

static PyObject *new_of(PyTypeObject *type, PyObject *iterable)
{
    if (type == &PyTuple_Type)
        return iterable ? PySequence_Tuple(iterable) : PyTuple_New(0);
    PyObject *t = iterable ? PySequence_Tuple(iterable) : PyTuple_New(0);
    if (t == NULL)
        return NULL;
    Py_ssize_t n = Py_SIZE(t);
    PyObject *self = type->tp_alloc(type, n);
    for (Py_ssize_t i = 0; self != NULL && i < n; i++) {
        PyObject *o = TUPLE(t)->ob_item[i];
        Py_INCREF(o);
        TUPLE(self)->ob_item[i] = o;
    }
    Py_DECREF(t);
    return self;
}

static PyObject *tuple_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if ((type == &PyTuple_Type || type->tp_init == PyTuple_Type.tp_init) && !_PyArg_NoKeywords("tuple", kwargs))
        return NULL;
    if (!_PyArg_CheckPositional("tuple", PyTuple_GET_SIZE(args), 0, 1))
        return NULL;
    return new_of(type, PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : NULL);
}

static PyObject *tuple_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (!_PyArg_NoKwnames("tuple", kwnames) || !_PyArg_CheckPositional("tuple", n, 0, 1))
        return NULL;
    return new_of((PyTypeObject *)type, n ? args[0] : NULL);
}

/* ---- methods ---- */

static PyObject *tuple_getnewargs(PyObject *self, PyObject *unused)
{
    PyObject *copy = _PyTuple_FromArray(TUPLE(self)->ob_item, Py_SIZE(self));
    return copy ? Py_BuildValue("(N)", copy) : NULL;
}

static PyObject *tuple_index(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    Py_ssize_t start = 0, stop = PY_SSIZE_T_MAX, size = Py_SIZE(self);
    if (!_PyArg_CheckPositional("index", n, 1, 3) || (n > 1 && !_PyEval_SliceIndexNotNone(args[1], &start)) ||
        (n > 2 && !_PyEval_SliceIndexNotNone(args[2], &stop)))
        return NULL;
    if (start < 0)
        start = start + size < 0 ? 0 : start + size;
    if (stop < 0)
        stop += size;
    for (Py_ssize_t i = start; i < stop && i < size; i++) {
        int equal = PyObject_RichCompareBool(TUPLE(self)->ob_item[i], args[0], Py_EQ);
        if (equal < 0)
            return NULL;
        if (equal)
            return PyLong_FromSsize_t(i);
    }
    PyErr_SetString(PyExc_ValueError, "tuple.index(x): x not in tuple");
    return NULL;
}

static PyObject *tuple_count(PyObject *self, PyObject *wanted)
{
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        int equal = PyObject_RichCompareBool(TUPLE(self)->ob_item[i], wanted, Py_EQ);
        if (equal < 0)
            return NULL;
        count += equal;
    }
    return PyLong_FromSsize_t(count);
}

static PyMethodDef tuple_methods[] = {
    {"__getnewargs__", tuple_getnewargs, METH_NOARGS, PyDoc_STR("__getnewargs__($self, /)\n--\n\n")},
    {"index", (PyCFunction)(void (*)(void))tuple_index, METH_FASTCALL,
     PyDoc_STR("index($self, value, start=0, stop=sys.maxsize, /)\n--\n\nReturn first index of value.\n\n"
               "Raises ValueError if the value is not present.")},
    {"count", tuple_count, METH_O, PyDoc_STR("count($self, value, /)\n--\n\nReturn number of occurrences of value.")},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, PyDoc_STR("See PEP 585")},
    {NULL}};

static PySequenceMethods tuple_as_sequence = {
    .sq_length = tuple_length,
    .sq_concat = tuple_concat,
    .sq_repeat = tuple_repeat,
    .sq_item = tuple_item,
    .sq_contains = tuple_contains,
};
static PyMappingMethods tuple_as_mapping = {tuple_length, tuple_subscript, NULL};
static PyObject *tuple_iter(PyObject *self);

PyTypeObject PyTuple_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "tuple",
    .tp_basicsize = sizeof(PyTupleObject) - sizeof(PyObject *),
    .tp_itemsize = sizeof(PyObject *),
    .tp_dealloc = tuple_dealloc,
    .tp_repr = tuple_repr,
    .tp_as_sequence = &tuple_as_sequence,
    .tp_as_mapping = &tuple_as_mapping,
    .tp_hash = tuple_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TUPLE_SUBCLASS |
                _Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_SEQUENCE,
    .tp_doc = PyDoc_STR("tuple(iterable=(), /)\n--\n\nBuilt-in immutable sequence.\n\n"
                        "If no argument is given, the constructor returns an empty tuple.\n"
                        "If the argument is a tuple, the return value is the same object."),
    .tp_traverse = tuple_traverse,
    .tp_richcompare = tuple_richcompare,
    .tp_iter = tuple_iter,
    .tp_methods = tuple_methods,
    .tp_new = tuple_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = tuple_vectorcall,
};

/* ---- the iterator ---- */

typedef struct {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *tuple;     /* owned; NULL when exhausted */
} TupleIter;

static PyObject *tuple_iter(PyObject *self)
{
    TupleIter *it = container_alloc(sizeof *it);
    if (it == NULL)
        return PyErr_NoMemory();
    PyObject_Init((PyObject *)it, &PyTupleIter_Type);
    it->index = 0;
    Py_INCREF(self);
    it->tuple = self;
    container_track_small(it);
    return (PyObject *)it;
}

static void iter_dealloc(PyObject *self)
{
    container_untrack_small(self);
    Py_XDECREF(((TupleIter *)self)->tuple);
    container_free_small(self);
}

static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((TupleIter *)self)->tuple);
    return 0;
}

static PyObject *iter_next(PyObject *self)
{
    TupleIter *it = (TupleIter *)self;
    PyObject *t = it->tuple;
    if (t == NULL)
        return NULL;
    if (it->index < Py_SIZE(t)) {
        PyObject *item = TUPLE(t)->ob_item[it->index++];
        Py_INCREF(item);
        return item;
    }
    it->tuple = NULL;
    Py_DECREF(t);
    return NULL;
}

static PyObject *iter_length(PyObject *self, PyObject *unused)
{
    TupleIter *it = (TupleIter *)self;
    return PyLong_FromSsize_t(it->tuple ? Py_SIZE(it->tuple) - it->index : 0);
}

static PyObject *iter_reduce(PyObject *self, PyObject *unused)
{
    TupleIter *it = (TupleIter *)self;
    PyObject *f = _PyEval_GetBuiltin(N(iter));
    return it->tuple ? Py_BuildValue("N(O)n", f, it->tuple, it->index) : Py_BuildValue("N(())", f);
}

static PyObject *iter_setstate(PyObject *self, PyObject *state)
{
    TupleIter *it = (TupleIter *)self;
    Py_ssize_t i = PyLong_AsSsize_t(state);
    if (i == -1 && PyErr_Occurred())
        return NULL;
    if (it->tuple != NULL)
        it->index = i < 0 ? 0 : i > Py_SIZE(it->tuple) ? Py_SIZE(it->tuple) : i;
    Py_RETURN_NONE;
}

static PyMethodDef iter_methods[] = {
    {"__length_hint__", iter_length, METH_NOARGS, PyDoc_STR("Private method returning an estimate of len(list(it)).")},
    {"__reduce__", iter_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")},
    {"__setstate__", iter_setstate, METH_O, PyDoc_STR("Set state information for unpickling.")},
    {NULL}};

PyTypeObject PyTupleIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "tuple_iterator",
    .tp_basicsize = sizeof(TupleIter),
    .tp_dealloc = iter_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iter_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = iter_next,
    .tp_methods = iter_methods,
};
