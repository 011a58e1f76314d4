/* collections.defaultdict */
#include "modules/collections/collections.h"
#include "objects/names.h"
#include "structmember.h"
#include "objects/hidden.h"
#include <stddef.h>

typedef struct {
    PyDictObject dict;
    PyObject *default_factory;   /* may be NULL */
} DefaultDict;

#define SELF(o) ((DefaultDict *)(o))

static PyObject *defaultdict_missing(PyObject *self, PyObject *key)
{
    PyObject *factory = SELF(self)->default_factory;
    if (factory == NULL || factory == Py_None) {
        _PyErr_SetKeyError(key);
        return NULL;
    }
    PyObject *value = PyObject_CallNoArgs(factory);
    if (value != NULL && PyObject_SetItem(self, key, value) < 0)
        Py_CLEAR(value);
    return value;
}

/* A defaultdict of the same type with the contents of source. */
static PyObject *make_like(PyObject *self, PyObject *source)
{
    PyObject *factory = SELF(self)->default_factory ? SELF(self)->default_factory : Py_None;
    return PyObject_CallFunctionObjArgs((PyObject *)Py_TYPE(self), factory, source, NULL);
}

static PyObject *defaultdict_copy(PyObject *self, PyObject *unused) { return make_like(self, self); }

static PyObject *defaultdict_reduce(PyObject *self, PyObject *unused)
{
    PyObject *factory = SELF(self)->default_factory, *args, *items, *it, *result = NULL;
    args = factory == NULL || factory == Py_None ? PyTuple_New(0) : PyTuple_Pack(1, factory);
    items = args ? PyObject_CallMethod(self, "items", NULL) : NULL;
    it = items ? PyObject_GetIter(items) : NULL;
    if (it != NULL)
        result = PyTuple_Pack(5, Py_TYPE(self), args, Py_None, Py_None, it);
    Py_XDECREF(it);
    Py_XDECREF(items);
    Py_XDECREF(args);
    return result;
}

static int defaultdict_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *factory = NULL, *old = SELF(self)->default_factory, *rest;
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n > 0) {
        factory = PyTuple_GET_ITEM(args, 0);
        if (!PyCallable_Check(factory) && factory != Py_None) {
            PyErr_SetString(PyExc_TypeError, "first argument must be callable or None");
            return -1;
        }
    }
    rest = PySequence_GetSlice(args, n > 0, n);
    if (rest == NULL)
        return -1;
    Py_XINCREF(factory);
    SELF(self)->default_factory = factory;
    int result = PyDict_Type.tp_init(self, rest, kwargs);
    Py_DECREF(rest);
    Py_XDECREF(old);
    return result;
}

static void defaultdict_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(SELF(self)->default_factory);
    PyDict_Type.tp_dealloc(self);
}

HIDDEN_ALL_FIELDS(defaultdict, defaultdict_dealloc, FIELD(DefaultDict, default_factory));

static int defaultdict_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(SELF(self)->default_factory);
    return PyDict_Type.tp_traverse(self, visit, arg);
}

static int defaultdict_clear(PyObject *self)
{
    Py_CLEAR(SELF(self)->default_factory);
    return PyDict_Type.tp_clear(self);
}

static PyObject *defaultdict_repr(PyObject *self)
{
    PyObject *base = PyDict_Type.tp_repr(self), *factory = NULL, *text;
    if (base == NULL)
        return NULL;
    if (SELF(self)->default_factory == NULL) {
        factory = PyUnicode_FromString("None");
    } else {
        int nested = Py_ReprEnter(SELF(self)->default_factory);
        if (nested > 0)
            factory = PyUnicode_FromString("...");
        else if (nested == 0) {
            factory = PyObject_Repr(SELF(self)->default_factory);
            Py_ReprLeave(SELF(self)->default_factory);
        }
    }
    text = factory ? PyUnicode_FromFormat("%s(%U, %U)", _PyType_Name(Py_TYPE(self)), factory, base) : NULL;
    Py_XDECREF(factory);
    Py_DECREF(base);
    return text;
}

static PyObject *defaultdict_or(PyObject *a, PyObject *b)
{
    PyObject *self = PyObject_TypeCheck(a, &defaultdict_type) ? a : b, *other = self == a ? b : a;
    if (!PyDict_Check(other))
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *result = make_like(self, a);
    if (result != NULL && PyDict_Update(result, b) < 0)
        Py_CLEAR(result);
    return result;
}

static PyMethodDef methods[] = {
    {"__missing__", defaultdict_missing, METH_O,
     PyDoc_STR("__missing__(key) # Called by __getitem__ for missing key: sets and returns default_factory().")},
    {"copy", defaultdict_copy, METH_NOARGS, PyDoc_STR("D.copy() -> a shallow copy of D.")},
    {"__copy__", defaultdict_copy, METH_NOARGS, PyDoc_STR("D.copy() -> a shallow copy of D.")},
    {"__reduce__", defaultdict_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, PyDoc_STR("See PEP 585")},
    {NULL}};

static PyMemberDef members[] = {
    {"default_factory", T_OBJECT, offsetof(DefaultDict, default_factory), 0,
     PyDoc_STR("Factory for default value called by __missing__().")},
    {NULL}};

static PyNumberMethods as_number = {.nb_or = defaultdict_or};

PyTypeObject defaultdict_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "collections.defaultdict",
    .tp_basicsize = sizeof(DefaultDict),
    .tp_dealloc = defaultdict_dealloc,
    .tp_repr = defaultdict_repr,
    .tp_as_number = &as_number,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = PyDoc_STR("defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\n"
                        "The default factory is called without arguments to produce a new value when a key is not\n"
                        "present, in __getitem__ only."),
    .tp_traverse = defaultdict_traverse,
    .tp_clear = defaultdict_clear,
    .tp_methods = methods,
    .tp_members = members,
    .tp_base = &PyDict_Type,
    .tp_init = defaultdict_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_free = PyObject_GC_Del,
};
