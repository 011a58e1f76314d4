/* slice, and what turns one into indices. */
#include "Python.h"
#include "memory/memory.h"
#include "objects/int/int_inline.h"
#include "structmember.h"

#include <stddef.h>

PyObject *PySlice_New(PyObject *start, PyObject *stop, PyObject *step)
{
    PySliceObject *s = PyObject_GC_New(PySliceObject, &PySlice_Type);
    if (!s)
        return NULL;
    s->start = Py_NewRef(start ? start : Py_None);
    s->stop = Py_NewRef(stop ? stop : Py_None);
    s->step = Py_NewRef(step ? step : Py_None);
    PyObject_GC_Track(s);
    return (PyObject *)s;
}

PyObject *_PySlice_FromIndices(Py_ssize_t start, Py_ssize_t stop)
{
    PyObject *a = PyLong_FromSsize_t(start), *b = a ? PyLong_FromSsize_t(stop) : NULL, *s = b ? PySlice_New(a, b, NULL) : NULL;
    Py_XDECREF(a);
    Py_XDECREF(b);
    return s;
}

/* ---- indices ----------------------------------------------------------------------------------------------- */

int _PyEval_SliceIndexNotNone(PyObject *v, Py_ssize_t *out)
{
    if (!PyIndex_Check(v)) {
        PyErr_SetString(PyExc_TypeError, "slice indices must be integers or have an __index__ method");
        return 0;
    }
    Py_ssize_t x = PyNumber_AsSsize_t(v, NULL);
    if (x == -1 && PyErr_Occurred())
        return 0;
    *out = x;
    return 1;
}

/* Like _PyEval_SliceIndexNotNone; None leaves *out alone. */
int _PyEval_SliceIndex(PyObject *v, Py_ssize_t *out)
{
    if (v == Py_None)
        return 1;
    if (!PyIndex_Check(v)) {
        PyErr_SetString(PyExc_TypeError, "slice indices must be integers or None or have an __index__ method");
        return 0;
    }
    return _PyEval_SliceIndexNotNone(v, out);
}

int PySlice_Unpack(PyObject *o, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step)
{
    PySliceObject *s = (PySliceObject *)o;
    *step = 1;
    if (!_PyEval_SliceIndex(s->step, step))
        return -1;
    if (*step == 0) {
        PyErr_SetString(PyExc_ValueError, "slice step cannot be zero");
        return -1;
    }
    if (*step < -PY_SSIZE_T_MAX)
        *step = -PY_SSIZE_T_MAX;  /* so that -step is safe */
    *start = *step < 0 ? PY_SSIZE_T_MAX : 0;
    *stop = *step < 0 ? PY_SSIZE_T_MIN : PY_SSIZE_T_MAX;
    return _PyEval_SliceIndex(s->start, start) && _PyEval_SliceIndex(s->stop, stop) ? 0 : -1;
}

static Py_ssize_t clip(Py_ssize_t i, Py_ssize_t length, Py_ssize_t low, Py_ssize_t high)
{
    if (i < 0) {
        i += length;
        return i < 0 ? low : i;
    }
    return i >= length ? high : i;
}

Py_ssize_t PySlice_AdjustIndices(Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t step)
{
    Py_ssize_t low = step < 0 ? -1 : 0, high = step < 0 ? length - 1 : length;
    *start = clip(*start, length, low, high);
    *stop = clip(*stop, length, low, high);
    if (step < 0)
        return *stop < *start ? (*start - *stop - 1) / -step + 1 : 0;
    return *start < *stop ? (*stop - *start - 1) / step + 1 : 0;
}

#undef PySlice_GetIndicesEx  /* the header makes it a macro */
int PySlice_GetIndicesEx(PyObject *o, Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step, Py_ssize_t *count)
{
    if (PySlice_Unpack(o, start, stop, step))
        return -1;
    *count = PySlice_AdjustIndices(length, start, stop, *step);
    return 0;
}

int PySlice_GetIndices(PyObject *o, Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step)
{
    PySliceObject *s = (PySliceObject *)o;
    *step = 1;
    if (s->step != Py_None) {
        if (!PyLong_Check(s->step))
            return -1;
        *step = PyLong_AsSsize_t(s->step);
    }
    *start = *step < 0 ? length - 1 : 0;
    *stop = *step < 0 ? -1 : length;
    if (s->start != Py_None) {
        if (!PyLong_Check(s->start))
            return -1;
        *start = PyLong_AsSsize_t(s->start);
        if (*start < 0)
            *start += length;
    }
    if (s->stop != Py_None) {
        if (!PyLong_Check(s->stop))
            return -1;
        *stop = PyLong_AsSsize_t(s->stop);
        if (*stop < 0)
            *stop += length;
    }
    return *stop > length || *start >= length || *step == 0 ? -1 : 0;
}

/* v.__index__(), or `missing` for None; new reference. */
static PyObject *index_or(PyObject *v, PyObject *missing)
{
    if (v == Py_None)
        return Py_NewRef(missing);
    if (!PyIndex_Check(v)) {
        PyErr_SetString(PyExc_TypeError, "slice indices must be integers or None or have an __index__ method");
        return NULL;
    }
    return PyNumber_Index(v);
}

/* Clips a start or stop of any size to low..high, counting negatives from the end; steals i. */
static PyObject *clip_long(PyObject *i, PyObject *length, PyObject *low, PyObject *high)
{
    if (i && _PyLong_Sign(i) < 0)
        Py_SETREF(i, PyNumber_Add(i, length));
    if (!i)
        return NULL;
    int beyond = PyObject_RichCompareBool(i, low, Py_LT);
    PyObject *bound = low;
    if (beyond == 0) {
        beyond = PyObject_RichCompareBool(i, high, Py_GT);
        bound = high;
    }
    if (beyond)
        Py_SETREF(i, beyond < 0 ? NULL : Py_NewRef(bound));
    return i;
}

/* start, stop and step (new references) for a sequence of `length` items, an int of any size; 0 or -1. */
int _PySlice_GetLongIndices(PySliceObject *s, PyObject *length, PyObject **start_out, PyObject **stop_out, PyObject **step_out)
{
    PyObject *zero = (PyObject *)&int_shared[-INT_SHARED_MIN], *one = zero, *low = NULL, *high = NULL, *start = NULL, *stop = NULL;
    one = (PyObject *)&int_shared[1 - INT_SHARED_MIN];
    PyObject *minus_one = (PyObject *)&int_shared[-1 - INT_SHARED_MIN];
    PyObject *step = index_or(s->step, one);
    if (!step)
        return -1;
    int sign = _PyLong_Sign(step);
    if (sign == 0) {
        PyErr_SetString(PyExc_ValueError, "slice step cannot be zero");
        goto error;
    }
    low = Py_NewRef(sign < 0 ? minus_one : zero);
    high = sign < 0 ? PyNumber_Add(length, minus_one) : Py_NewRef(length);
    if (!high)
        goto error;
    start = s->start == Py_None ? Py_NewRef(sign < 0 ? high : low) : clip_long(index_or(s->start, Py_None), length, low, high);
    if (!start)
        goto error;
    stop = s->stop == Py_None ? Py_NewRef(sign < 0 ? low : high) : clip_long(index_or(s->stop, Py_None), length, low, high);
    if (!stop)
        goto error;
    Py_DECREF(low);
    Py_DECREF(high);
    *start_out = start;
    *stop_out = stop;
    *step_out = step;
    return 0;
error:
    Py_XDECREF(low);
    Py_XDECREF(high);
    Py_XDECREF(start);
    Py_XDECREF(step);
    return -1;
}

/* ---- the type ---------------------------------------------------------------------------------------------- */

static PyObject *slice_from(PyObject *const *args, Py_ssize_t n)
{
    if (n < 1 || n > 3) {
        PyErr_Format(PyExc_TypeError, n < 1 ? "slice expected at least 1 argument, got %zd" : "slice expected at most 3 arguments, got %zd", n);
        return NULL;
    }
    return n == 1 ? PySlice_New(NULL, args[0], NULL) : PySlice_New(args[0], args[1], n == 3 ? args[2] : NULL);
}

static PyObject *slice_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "slice() takes no keyword arguments");
        return NULL;
    }
    return slice_from(((PyTupleObject *)args)->ob_item, PyTuple_GET_SIZE(args));
}

static void slice_dealloc(PyObject *self)
{
    PySliceObject *s = (PySliceObject *)self;
    PyObject_GC_UnTrack(self);
    Py_XDECREF(s->start);
    Py_XDECREF(s->stop);
    Py_XDECREF(s->step);
    PyObject_GC_Del(self);
}

static int slice_traverse(PyObject *self, visitproc visit, void *arg)
{
    PySliceObject *s = (PySliceObject *)self;
    Py_VISIT(s->start);
    Py_VISIT(s->stop);
    Py_VISIT(s->step);
    return 0;
}

static PyObject *slice_repr(PyObject *self)
{
    PySliceObject *s = (PySliceObject *)self;
    return PyUnicode_FromFormat("slice(%R, %R, %R)", s->start, s->stop, s->step);
}

static PyObject *slice_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PySlice_Check(a) || !PySlice_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    if (a == b)
        return PyBool_FromLong(op == Py_EQ || op == Py_LE || op == Py_GE);
    PySliceObject *s = (PySliceObject *)a, *t = (PySliceObject *)b;
    PyObject *x = PyTuple_Pack(3, s->start, s->stop, s->step), *y = x ? PyTuple_Pack(3, t->start, t->stop, t->step) : NULL;
    PyObject *r = y ? PyObject_RichCompare(x, y, op) : NULL;
    Py_XDECREF(x);
    Py_XDECREF(y);
    return r;
}

static PyObject *slice_indices(PyObject *self, PyObject *arg)
{
    PyObject *length = PyNumber_Index(arg), *start, *stop, *step;
    if (!length)
        return NULL;
    if (_PyLong_Sign(length) < 0) {
        PyErr_SetString(PyExc_ValueError, "length should not be negative");
        Py_DECREF(length);
        return NULL;
    }
    int bad = _PySlice_GetLongIndices((PySliceObject *)self, length, &start, &stop, &step);
    Py_DECREF(length);
    return bad ? NULL : Py_BuildValue("(NNN)", start, stop, step);
}

static PyObject *slice_reduce(PyObject *self, PyObject *unused)
{
    PySliceObject *s = (PySliceObject *)self;
    return Py_BuildValue("O(OOO)", Py_TYPE(self), s->start, s->stop, s->step);
}

static PyMethodDef slice_methods[] = {
    {"indices", slice_indices, METH_O,
     "S.indices(len) -> (start, stop, stride)\n\nAssuming a sequence of length len, calculate the start and stop\n"
     "indices, and the stride length of the extended slice described by S."},
    {"__reduce__", slice_reduce, METH_NOARGS, "Return state information for pickling."},
    {NULL},
};

static PyMemberDef slice_members[] = {
    {"start", T_OBJECT, offsetof(PySliceObject, start), READONLY},
    {"stop", T_OBJECT, offsetof(PySliceObject, stop), READONLY},
    {"step", T_OBJECT, offsetof(PySliceObject, step), READONLY},
    {NULL},
};

PyTypeObject PySlice_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "slice",
    .tp_basicsize = sizeof(PySliceObject),
    .tp_dealloc = slice_dealloc,
    .tp_repr = slice_repr,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.  This is used for extended slicing (e.g. a[0:10:2]).",
    .tp_traverse = slice_traverse,
    .tp_richcompare = slice_richcompare,
    .tp_methods = slice_methods,
    .tp_members = slice_members,
    .tp_new = slice_new,
};
