/* Iterators over anything indexed (PySeqIter_Type) and over a callable's results up to a sentinel (PyCallIter_Type). */
#include "Python.h"
#include "memory/memory.h"
#include "objects/names.h"

typedef struct {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *sequence;   /* owned; NULL when exhausted */
} SeqIter;

typedef struct {
    PyObject_HEAD
    PyObject *callable;   /* owned; NULL when exhausted */
    PyObject *sentinel;
} CallIter;

/* ---- sequences ---- */

PyObject *PySeqIter_New(PyObject *sequence)
{
    if (!PySequence_Check(sequence)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    SeqIter *it = container_alloc(sizeof *it);
    if (it == NULL)
        return PyErr_NoMemory();
    PyObject_Init((PyObject *)it, &PySeqIter_Type);
    it->index = 0;
    Py_INCREF(sequence);
    it->sequence = sequence;
    container_track_small(it);
    return (PyObject *)it;
}

static void seq_dealloc(PyObject *self)
{
    container_untrack_small(self);
    Py_XDECREF(((SeqIter *)self)->sequence);
    container_free_small(self);
}

static int seq_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((SeqIter *)self)->sequence);
    return 0;
}

static PyObject *seq_next(PyObject *self)
{
    SeqIter *it = (SeqIter *)self;
    PyObject *sequence = it->sequence;
    if (sequence == NULL)
        return NULL;
    if (it->index == PY_SSIZE_T_MAX) {
        PyErr_SetString(PyExc_OverflowError, "iter index too large");
        return NULL;
    }
    Py_INCREF(sequence);   /* its __getitem__ may exhaust this iterator */
    PyObject *item = PySequence_GetItem(sequence, it->index);
    if (item != NULL) {
        it->index++;
    } else if (PyErr_ExceptionMatches(PyExc_IndexError) || PyErr_ExceptionMatches(PyExc_StopIteration)) {
        PyErr_Clear();
        Py_CLEAR(it->sequence);
    }
    Py_DECREF(sequence);
    return item;
}

static PyObject *seq_length(PyObject *self, PyObject *unused)
{
    SeqIter *it = (SeqIter *)self;
    if (it->sequence == NULL)
        return PyLong_FromLong(0);
    PySequenceMethods *m = Py_TYPE(it->sequence)->tp_as_sequence;
    PyMappingMethods *mm = Py_TYPE(it->sequence)->tp_as_mapping;
    if ((m == NULL || m->sq_length == NULL) && (mm == NULL || mm->mp_length == NULL))
        Py_RETURN_NOTIMPLEMENTED;
    Py_ssize_t n = PySequence_Size(it->sequence);
    if (n == -1)
        return NULL;
    return PyLong_FromSsize_t(n > it->index ? n - it->index : 0);
}

static PyObject *seq_reduce(PyObject *self, PyObject *unused)
{
    SeqIter *it = (SeqIter *)self;
    PyObject *f = _PyEval_GetBuiltin(N(iter));
    return it->sequence ? Py_BuildValue("N(O)n", f, it->sequence, it->index) : Py_BuildValue("N(())", f);
}

static PyObject *seq_setstate(PyObject *self, PyObject *state)
{
    Py_ssize_t i = PyLong_AsSsize_t(state);
    if (i == -1 && PyErr_Occurred())
        return NULL;
    if (((SeqIter *)self)->sequence != NULL)
        ((SeqIter *)self)->index = i < 0 ? 0 : i;
    Py_RETURN_NONE;
}

static PyMethodDef seq_methods[] = {
    {"__length_hint__", seq_length, METH_NOARGS, PyDoc_STR("Private method returning an estimate of len(list(it)).")},
    {"__reduce__", seq_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")},
    {"__setstate__", seq_setstate, METH_O, PyDoc_STR("Set state information for unpickling.")},
    {NULL}};

PyTypeObject PySeqIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "iterator",
    .tp_basicsize = sizeof(SeqIter),
    .tp_dealloc = seq_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = seq_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = seq_next,
    .tp_methods = seq_methods,
};

/* ---- callables ---- */

PyObject *PyCallIter_New(PyObject *callable, PyObject *sentinel)
{
    CallIter *it = container_alloc(sizeof *it);
    if (it == NULL)
        return PyErr_NoMemory();
    PyObject_Init((PyObject *)it, &PyCallIter_Type);
    Py_INCREF(callable);
    it->callable = callable;
    Py_INCREF(sentinel);
    it->sentinel = sentinel;
    container_track_small(it);
    return (PyObject *)it;
}

static void call_dealloc(PyObject *self)
{
    container_untrack_small(self);
    Py_XDECREF(((CallIter *)self)->callable);
    Py_XDECREF(((CallIter *)self)->sentinel);
    container_free_small(self);
}

static int call_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((CallIter *)self)->callable);
    Py_VISIT(((CallIter *)self)->sentinel);
    return 0;
}

static PyObject *call_next(PyObject *self)
{
    CallIter *it = (CallIter *)self;
    if (it->callable == NULL)
        return NULL;
    PyObject *callable = Py_NewRef(it->callable);   /* the call and the comparison may exhaust this iterator */
    PyObject *result = PyObject_CallNoArgs(callable);
    Py_DECREF(callable);
    if (result != NULL && it->sentinel != NULL) {
        PyObject *sentinel = Py_NewRef(it->sentinel);
        int end = PyObject_RichCompareBool(sentinel, result, Py_EQ);
        Py_DECREF(sentinel);
        if (end == 0)
            return result;
        if (end > 0) {
            Py_CLEAR(it->callable);
            Py_CLEAR(it->sentinel);
        }
    } else if (result == NULL && PyErr_ExceptionMatches(PyExc_StopIteration)) {
        PyErr_Clear();
        Py_CLEAR(it->callable);
        Py_CLEAR(it->sentinel);
    }
    Py_XDECREF(result);
    return NULL;
}

static PyObject *call_reduce(PyObject *self, PyObject *unused)
{
    CallIter *it = (CallIter *)self;
    PyObject *f = _PyEval_GetBuiltin(N(iter));
    return it->callable && it->sentinel ? Py_BuildValue("N(OO)", f, it->callable, it->sentinel) : Py_BuildValue("N(())", f);
}

static PyMethodDef call_methods[] = {
    {"__reduce__", call_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")}, {NULL}};

PyTypeObject PyCallIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "callable_iterator",
    .tp_basicsize = sizeof(CallIter),
    .tp_dealloc = call_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = call_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = call_next,
    .tp_methods = call_methods,
};
