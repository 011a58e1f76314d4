/* Iterators over a str: str_ascii_iterator for ASCII text, str_iterator for all other. */
#include "objects/str/str.h"
#include "objects/names.h"

typedef struct {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *text;   /* owned; NULL when exhausted */
} StrIter;

extern PyTypeObject _PyUnicodeASCIIIter_Type;

static void iter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((StrIter *)self)->text);
    PyObject_GC_Del(self);
}

static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((StrIter *)self)->text);
    return 0;
}

static PyObject *iter_next(PyObject *self)
{
    StrIter *it = (StrIter *)self;
    if (it->text == NULL)
        return NULL;
    if (it->index < str_len(it->text)) {
        Py_UCS4 c = str_at(it->text, it->index++);
        return c < 256 ? str_char(c) : PyUnicode_FromOrdinal((int)c);
    }
    Py_CLEAR(it->text);
    return NULL;
}

static PyObject *ascii_iter_next(PyObject *self)
{
    StrIter *it = (StrIter *)self;
    if (it->text == NULL)
        return NULL;
    if (it->index < str_len(it->text))
        return str_char(((const unsigned char *)str_data(it->text))[it->index++]);
    Py_CLEAR(it->text);
    return NULL;
}

static PyObject *iter_len(PyObject *self, PyObject *unused)
{
    StrIter *it = (StrIter *)self;
    return PyLong_FromSsize_t(it->text ? str_len(it->text) - it->index : 0);
}

static PyObject *iter_reduce(PyObject *self, PyObject *unused)
{
    StrIter *it = (StrIter *)self;
    PyObject *iter = _PyEval_GetBuiltin(N(iter));
    if (iter == NULL)
        return NULL;
    if (it->text)
        return Py_BuildValue("N(O)n", iter, it->text, it->index);
    return Py_BuildValue("N(N)", iter, str_empty());
}

static PyObject *iter_setstate(PyObject *self, PyObject *state)
{
    StrIter *it = (StrIter *)self;
    Py_ssize_t index = PyLong_AsSsize_t(state);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (it->text)
        it->index = index < 0 ? 0 : index > str_len(it->text) ? str_len(it->text) : index;
    Py_RETURN_NONE;
}

static PyMethodDef iter_methods[] = {
    {"__length_hint__", iter_len, METH_NOARGS, "Private method returning an estimate of len(list(it))."},
    {"__reduce__", iter_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", iter_setstate, METH_O, "Set state information for unpickling."},
    {NULL}
};

#define ITER_TYPE(type, name, next) \
    PyTypeObject type = { \
        PyVarObject_HEAD_INIT(&PyType_Type, 0) \
        .tp_name = name, \
        .tp_basicsize = sizeof(StrIter), \
        .tp_dealloc = iter_dealloc, \
        .tp_getattro = PyObject_GenericGetAttr, \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, \
        .tp_traverse = iter_traverse, \
        .tp_iter = PyObject_SelfIter, \
        .tp_iternext = next, \
        .tp_methods = iter_methods, \
    }

ITER_TYPE(PyUnicodeIter_Type, "str_iterator", iter_next);
ITER_TYPE(_PyUnicodeASCIIIter_Type, "str_ascii_iterator", ascii_iter_next);

PyObject *str_iter_new(PyObject *o)
{
    if (PyUnicode_READY(o) < 0)
        return NULL;
    StrIter *it = PyObject_GC_New(StrIter, PyUnicode_CheckExact(o) && str_is_ascii(o) ? &_PyUnicodeASCIIIter_Type : &PyUnicodeIter_Type);
    if (it == NULL)
        return NULL;
    Py_INCREF(o);
    it->text = o;
    it->index = 0;
    PyObject_GC_Track(it);
    return (PyObject *)it;
}
