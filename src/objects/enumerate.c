/* The types enumerate and reversed. */
#include "Python.h"
#include "objects/iterate.h"
#include "memory/memory.h"
#include "objects/names.h"
#include "objects/object.h"

/* ---- enumerate ---- */

typedef struct {
    PyObject_HEAD
    Py_ssize_t index;      /* next number while big is NULL */
    PyObject *iterator;
    PyObject *result;      /* pair reused while nobody else has it */
    PyObject *big;         /* next number when it is beyond Py_ssize_t */
} Enumerate;

static PyObject *make_enumerate(PyTypeObject *type, PyObject *iterable, PyObject *start)
{
    Enumerate *e = (Enumerate *)type->tp_alloc(type, 0);
    if (e == NULL)
        return NULL;
    if (start != NULL) {
        start = PyNumber_Index(start);
        if (start == NULL)
            goto fail;
        e->index = PyLong_AsSsize_t(start);
        if (e->index == -1 && PyErr_Occurred()) {
            PyErr_Clear();
            e->index = PY_SSIZE_T_MAX;
            e->big = start;
        } else {
            Py_DECREF(start);
        }
    }
    e->iterator = PyObject_GetIter(iterable);
    e->result = e->iterator ? PyTuple_Pack(2, Py_None, Py_None) : NULL;
    if (e->result != NULL)
        return (PyObject *)e;
fail:
    Py_DECREF(e);
    return NULL;
}

static PyObject *enumerate_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"iterable", "start", NULL};
    PyObject *iterable, *start = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:enumerate", names, &iterable, &start))
        return NULL;
    return make_enumerate(type, iterable, start);
}

static PyObject *enumerate_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (kwnames == NULL && (n == 1 || n == 2))
        return make_enumerate((PyTypeObject *)type, args[0], n == 2 ? args[1] : NULL);
    if (n == 0 && kwnames == NULL) {
        PyErr_SetString(PyExc_TypeError, "enumerate() missing required argument 'iterable'");
        return NULL;
    }
    PyObject *tuple = PyTuple_New(n), *kwargs = NULL, *result = NULL;
    for (Py_ssize_t i = 0; tuple != NULL && i < n; i++) {
        Py_INCREF(args[i]);
        PyTuple_SET_ITEM(tuple, i, args[i]);
    }
    if (tuple != NULL && (kwargs = PyDict_New()) != NULL) {
        Py_ssize_t i = 0, keywords = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
        while (i < keywords && PyDict_SetItem(kwargs, PyTuple_GET_ITEM(kwnames, i), args[n + i]) == 0)
            i++;
        if (i == keywords)
            result = enumerate_new((PyTypeObject *)type, tuple, kwargs);
    }
    Py_XDECREF(tuple);
    Py_XDECREF(kwargs);
    return result;
}

static void enumerate_dealloc(PyObject *self)
{
    Enumerate *e = (Enumerate *)self;
    PyObject_GC_UnTrack(self);
    Py_XDECREF(e->iterator);
    Py_XDECREF(e->result);
    Py_XDECREF(e->big);
    Py_TYPE(self)->tp_free(self);
}

static int enumerate_traverse(PyObject *self, visitproc visit, void *arg)
{
    Enumerate *e = (Enumerate *)self;
    Py_VISIT(e->iterator);
    Py_VISIT(e->result);
    Py_VISIT(e->big);
    return 0;
}

/* A new reference to the next number, which is counted on. */
static PyObject *next_number(Enumerate *e)
{
    if (e->big == NULL && e->index < PY_SSIZE_T_MAX)
        return PyLong_FromSsize_t(e->index++);
    if (e->big == NULL && (e->big = PyLong_FromSsize_t(PY_SSIZE_T_MAX)) == NULL)
        return NULL;
    PyObject *one = PyLong_FromLong(1), *now = e->big, *after = one ? PyNumber_Add(now, one) : NULL;
    Py_XDECREF(one);
    if (after == NULL)
        return NULL;
    e->big = after;
    return now;
}

static PyObject *enumerate_next(PyObject *self)
{
    Enumerate *e = (Enumerate *)self;
    PyObject *item = iterator_step(e->iterator);
    if (item == NULL)
        return NULL;
    PyObject *number = next_number(e), *pair = e->result;
    if (number == NULL) {
        Py_DECREF(item);
        return NULL;
    }
    if (Py_REFCNT(pair) == 1) {
        PyObject *old_number = PyTuple_GET_ITEM(pair, 0), *old_item = PyTuple_GET_ITEM(pair, 1);
        Py_INCREF(pair);
        PyTuple_SET_ITEM(pair, 0, number);
        PyTuple_SET_ITEM(pair, 1, item);
        Py_DECREF(old_number);
        Py_DECREF(old_item);
        if (!container_tracked_small(pair))
            container_track_small(pair);
        return pair;
    }
    pair = PyTuple_New(2);
    if (pair == NULL) {
        Py_DECREF(number);
        Py_DECREF(item);
        return NULL;
    }
    PyTuple_SET_ITEM(pair, 0, number);
    PyTuple_SET_ITEM(pair, 1, item);
    return pair;
}

static PyObject *enumerate_reduce(PyObject *self, PyObject *unused)
{
    Enumerate *e = (Enumerate *)self;
    if (e->big != NULL)
        return Py_BuildValue("O(OO)", Py_TYPE(self), e->iterator, e->big);
    return Py_BuildValue("O(On)", Py_TYPE(self), e->iterator, e->index);
}

static PyMethodDef enumerate_methods[] = {
    {"__reduce__", enumerate_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, PyDoc_STR("See PEP 585")},
    {NULL}};

PyTypeObject PyEnum_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "enumerate",
    .tp_basicsize = sizeof(Enumerate),
    .tp_dealloc = enumerate_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = PyDoc_STR("enumerate(iterable, start=0)\n--\n\nReturn an enumerate object.\n\n"
                        "It yields pairs of a count (from start) and a value of the iterable."),
    .tp_traverse = enumerate_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = enumerate_next,
    .tp_methods = enumerate_methods,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = enumerate_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = enumerate_vectorcall,
};

/* ---- reversed ---- */

typedef struct {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *sequence;    /* owned; NULL when exhausted */
} Reversed;

static PyObject *make_reversed(PyTypeObject *type, PyObject *sequence)
{
    PyObject *method = _PyObject_LookupSpecial(sequence, N(__reversed__));
    if (method == Py_None) {
        Py_DECREF(method);
        return PyErr_Format(PyExc_TypeError, "'%.200s' object is not reversible", Py_TYPE(sequence)->tp_name);
    }
    if (method != NULL) {
        PyObject *result = PyObject_CallNoArgs(method);
        Py_DECREF(method);
        return result;
    }
    if (PyErr_Occurred())
        return NULL;
    if (!PySequence_Check(sequence))
        return PyErr_Format(PyExc_TypeError, "'%.200s' object is not reversible", Py_TYPE(sequence)->tp_name);
    Py_ssize_t n = PySequence_Size(sequence);
    if (n == -1)
        return NULL;
    Reversed *r = (Reversed *)type->tp_alloc(type, 0);
    if (r == NULL)
        return NULL;
    r->index = n - 1;
    Py_INCREF(sequence);
    r->sequence = sequence;
    return (PyObject *)r;
}

static PyObject *reversed_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type == &PyReversed_Type && !_PyArg_NoKeywords("reversed", kwargs))
        return NULL;
    if (!_PyArg_CheckPositional("reversed", PyTuple_GET_SIZE(args), 1, 1))
        return NULL;
    return make_reversed(type, PyTuple_GET_ITEM(args, 0));
}

static PyObject *reversed_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (!_PyArg_NoKwnames("reversed", kwnames) || !_PyArg_CheckPositional("reversed", n, 1, 1))
        return NULL;
    return make_reversed((PyTypeObject *)type, args[0]);
}

static void reversed_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((Reversed *)self)->sequence);
    Py_TYPE(self)->tp_free(self);
}

static int reversed_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Reversed *)self)->sequence);
    return 0;
}

static PyObject *reversed_next(PyObject *self)
{
    Reversed *r = (Reversed *)self;
    if (r->index >= 0) {
        PyObject *sequence = Py_NewRef(r->sequence);   /* its __getitem__ may exhaust this iterator */
        PyObject *item = PySequence_GetItem(sequence, r->index);
        Py_DECREF(sequence);
        if (item != NULL) {
            r->index--;
            return item;
        }
        if (PyErr_ExceptionMatches(PyExc_IndexError) || PyErr_ExceptionMatches(PyExc_StopIteration))
            PyErr_Clear();
    }
    r->index = -1;
    Py_CLEAR(r->sequence);
    return NULL;
}

static PyObject *reversed_length(PyObject *self, PyObject *unused)
{
    Reversed *r = (Reversed *)self;
    if (r->sequence == NULL)
        return PyLong_FromLong(0);
    Py_ssize_t n = PySequence_Size(r->sequence);
    if (n == -1)
        return NULL;
    return PyLong_FromSsize_t(n < r->index + 1 ? 0 : r->index + 1);
}

static PyObject *reversed_reduce(PyObject *self, PyObject *unused)
{
    Reversed *r = (Reversed *)self;
    if (r->sequence != NULL)
        return Py_BuildValue("O(O)n", Py_TYPE(self), r->sequence, r->index);
    return Py_BuildValue("O(())", Py_TYPE(self));
}

static PyObject *reversed_setstate(PyObject *self, PyObject *state)
{
    Reversed *r = (Reversed *)self;
    Py_ssize_t i = PyLong_AsSsize_t(state);
    if (i == -1 && PyErr_Occurred())
        return NULL;
    if (r->sequence != NULL) {
        Py_ssize_t n = PySequence_Size(r->sequence);
        if (n < 0)
            return NULL;
        r->index = i < -1 ? -1 : i > n - 1 ? n - 1 : i;
    }
    Py_RETURN_NONE;
}

static PyMethodDef reversed_methods[] = {
    {"__length_hint__", reversed_length, METH_NOARGS, PyDoc_STR("Private method returning an estimate of len(list(it)).")},
    {"__reduce__", reversed_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")},
    {"__setstate__", reversed_setstate, METH_O, PyDoc_STR("Set state information for unpickling.")},
    {NULL}};

PyTypeObject PyReversed_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "reversed",
    .tp_basicsize = sizeof(Reversed),
    .tp_dealloc = reversed_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = PyDoc_STR("reversed(sequence, /)\n--\n\nReturn a reverse iterator over the values of the given sequence."),
    .tp_traverse = reversed_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = reversed_next,
    .tp_methods = reversed_methods,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = reversed_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = reversed_vectorcall,
};
