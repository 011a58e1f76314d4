/* types.SimpleNamespace. */
#include "objects/object.h"
#include "objects/names.h"
#include "structmember.h"
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    PyObject *dict;
} Namespace;
#define DICT(self) (((Namespace *)(self))->dict)

static PyObject *namespace_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    PyObject *self = type->tp_alloc(type, 0);
    if (self != NULL && (DICT(self) = PyDict_New()) == NULL)
        Py_CLEAR(self);
    return self;
}

static int namespace_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    if (PyTuple_GET_SIZE(args) != 0) {
        PyErr_Format(PyExc_TypeError, "no positional arguments expected");
        return -1;
    }
    if (kwds == NULL)
        return 0;
    return PyArg_ValidateKeywordArguments(kwds) ? PyDict_Update(DICT(self), kwds) : -1;
}

static void namespace_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(DICT(self));
    Py_TYPE(self)->tp_free(self);
}
static int namespace_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(DICT(self));
    return 0;
}
static int namespace_clear(PyObject *self)
{
    Py_CLEAR(DICT(self));
    return 0;
}

/* "a=1, b=2" of the names that are strings. */
static PyObject *pairs_text(PyObject *dict)
{
    PyObject *pairs = PyList_New(0), *keys = PyDict_Keys(dict), *comma = PyUnicode_FromString(", "), *result = NULL;
    if (pairs == NULL || keys == NULL || comma == NULL)
        goto done;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(keys); i++) {
        PyObject *key = PyList_GET_ITEM(keys, i), *value;
        if (!PyUnicode_Check(key) || PyUnicode_GET_LENGTH(key) == 0)
            continue;
        value = PyDict_GetItemWithError(dict, key);
        if (value == NULL) {
            if (PyErr_Occurred())
                goto done;
            continue;
        }
        Py_INCREF(value);
        PyObject *text = PyUnicode_FromFormat("%U=%R", key, value);
        Py_DECREF(value);
        int err = text == NULL ? -1 : PyList_Append(pairs, text);
        Py_XDECREF(text);
        if (err < 0)
            goto done;
    }
    result = PyUnicode_Join(comma, pairs);
done:
    Py_XDECREF(pairs);
    Py_XDECREF(keys);
    Py_XDECREF(comma);
    return result;
}

static PyObject *namespace_repr(PyObject *self)
{
    const char *name = Py_IS_TYPE(self, &_PyNamespace_Type) ? "namespace" : Py_TYPE(self)->tp_name;
    int busy = Py_ReprEnter(self);
    if (busy != 0)
        return busy > 0 ? PyUnicode_FromFormat("%s(...)", name) : NULL;
    PyObject *text = pairs_text(DICT(self)), *result = NULL;
    if (text != NULL)
        result = PyUnicode_FromFormat("%s(%U)", name, text);
    Py_XDECREF(text);
    Py_ReprLeave(self);
    return result;
}

static PyObject *namespace_richcompare(PyObject *a, PyObject *b, int op)
{
    if (PyObject_TypeCheck(a, &_PyNamespace_Type) && PyObject_TypeCheck(b, &_PyNamespace_Type))
        return PyObject_RichCompare(DICT(a), DICT(b), op);
    Py_RETURN_NOTIMPLEMENTED;
}

static PyObject *namespace_reduce(PyObject *self, PyObject *unused)
{
    PyObject *empty = PyTuple_New(0);
    if (empty == NULL)
        return NULL;
    PyObject *result = PyTuple_Pack(3, (PyObject *)Py_TYPE(self), empty, DICT(self));
    Py_DECREF(empty);
    return result;
}

static PyMethodDef namespace_methods[] = {
    {"__reduce__", namespace_reduce, METH_NOARGS, "Return state information for pickling"},
    {NULL},
};
static PyMemberDef namespace_members[] = {{"__dict__", T_OBJECT, offsetof(Namespace, dict), READONLY, NULL}, {NULL}};

PyTypeObject _PyNamespace_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "types.SimpleNamespace",
    .tp_basicsize = sizeof(Namespace),
    .tp_dealloc = namespace_dealloc,
    .tp_repr = namespace_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "A simple attribute-based namespace.\n\nSimpleNamespace(**kwargs)",
    .tp_traverse = namespace_traverse,
    .tp_clear = namespace_clear,
    .tp_richcompare = namespace_richcompare,
    .tp_methods = namespace_methods,
    .tp_members = namespace_members,
    .tp_dictoffset = offsetof(Namespace, dict),
    .tp_init = namespace_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = namespace_new,
    .tp_free = PyObject_GC_Del,
};

PyObject *_PyNamespace_New(PyObject *kwds)
{
    PyObject *self = namespace_new(&_PyNamespace_Type, NULL, NULL);
    if (self != NULL && kwds != NULL && PyDict_Update(DICT(self), kwds) < 0)
        Py_CLEAR(self);
    return self;
}
