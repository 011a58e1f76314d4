/* types.MappingProxyType: a read-only view of a mapping. */
#include "objects/object.h"
#include "objects/names.h"
#include "memory/stack.h"

typedef struct {
    PyObject_HEAD
    PyObject *mapping;
} Proxy;
#define MAPPING(self) (((Proxy *)(self))->mapping)

/* A mapping may be a proxy too: 0, or -1 with RecursionError where a proxy of proxies ends the stack. */
static int check_depth(void) { return c_stack_low() ? c_stack_check("") : 0; }

static Py_ssize_t proxy_len(PyObject *self) { return check_depth() < 0 ? -1 : PyObject_Size(MAPPING(self)); }
static PyObject *proxy_getitem(PyObject *self, PyObject *key)
{
    return check_depth() < 0 ? NULL : PyObject_GetItem(MAPPING(self), key);
}
static int proxy_contains(PyObject *self, PyObject *key)
{
    if (check_depth() < 0)
        return -1;
    return PyDict_CheckExact(MAPPING(self)) ? PyDict_Contains(MAPPING(self), key) : PySequence_Contains(MAPPING(self), key);
}

static PyObject *proxy_or(PyObject *left, PyObject *right)
{
    if (check_depth() < 0)
        return NULL;
    if (Py_IS_TYPE(left, &PyDictProxy_Type))
        left = MAPPING(left);
    if (Py_IS_TYPE(right, &PyDictProxy_Type))
        right = MAPPING(right);
    return PyNumber_Or(left, right);
}
static PyObject *proxy_ior(PyObject *left, PyObject *right)
{
    return PyErr_Format(PyExc_TypeError, "'|=' is not supported by %s; use '|' instead", Py_TYPE(left)->tp_name);
}

static PyObject *proxy_get(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("get", n, 1, 2))
        return NULL;
    return PyObject_CallMethodObjArgs(MAPPING(self), N(get), args[0], n == 2 ? args[1] : Py_None, NULL);
}
static PyObject *proxy_keys(PyObject *self, PyObject *unused) { return PyObject_CallMethodNoArgs(MAPPING(self), N(keys)); }
static PyObject *proxy_values(PyObject *self, PyObject *unused) { return PyObject_CallMethodNoArgs(MAPPING(self), N(values)); }
static PyObject *proxy_items(PyObject *self, PyObject *unused) { return PyObject_CallMethodNoArgs(MAPPING(self), N(items)); }
static PyObject *proxy_copy(PyObject *self, PyObject *unused) { return PyObject_CallMethodNoArgs(MAPPING(self), N(copy)); }
static PyObject *proxy_reversed(PyObject *self, PyObject *unused)
{
    return PyObject_CallMethodNoArgs(MAPPING(self), N(__reversed__));
}

static void proxy_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_DECREF(MAPPING(self));
    PyObject_GC_Del(self);
}
static int proxy_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(MAPPING(self));
    return 0;
}
static PyObject *proxy_str(PyObject *self) { return PyObject_Str(MAPPING(self)); }
static PyObject *proxy_repr(PyObject *self) { return PyUnicode_FromFormat("mappingproxy(%R)", MAPPING(self)); }
static PyObject *proxy_iter(PyObject *self) { return check_depth() < 0 ? NULL : PyObject_GetIter(MAPPING(self)); }
static PyObject *proxy_richcompare(PyObject *self, PyObject *other, int op)
{
    return PyObject_RichCompare(MAPPING(self), other, op);
}

static int check_mapping(PyObject *mapping)
{
    if (PyMapping_Check(mapping) && !PyList_Check(mapping) && !PyTuple_Check(mapping))
        return 1;
    PyErr_Format(PyExc_TypeError, "mappingproxy() argument must be a mapping, not %s", Py_TYPE(mapping)->tp_name);
    return 0;
}

PyObject *PyDictProxy_New(PyObject *mapping)
{
    if (!check_mapping(mapping))
        return NULL;
    Proxy *proxy = PyObject_GC_New(Proxy, &PyDictProxy_Type);
    if (proxy == NULL)
        return NULL;
    proxy->mapping = Py_NewRef(mapping);
    PyObject_GC_Track(proxy);
    return (PyObject *)proxy;
}

static PyObject *proxy_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"mapping", NULL};
    PyObject *mapping;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O:mappingproxy", names, &mapping))
        return NULL;
    return PyDictProxy_New(mapping);
}

static PyNumberMethods proxy_as_number = {.nb_or = proxy_or, .nb_inplace_or = proxy_ior};
static PyMappingMethods proxy_as_mapping = {.mp_length = proxy_len, .mp_subscript = proxy_getitem};
static PySequenceMethods proxy_as_sequence = {.sq_contains = proxy_contains};
static PyMethodDef proxy_methods[] = {
    {"get", _PyCFunction_CAST(proxy_get), METH_FASTCALL, "D.get(k[,d]) -> D[k] if k in D, else d.  d defaults to None."},
    {"keys", proxy_keys, METH_NOARGS, "D.keys() -> a set-like object providing a view on D's keys"},
    {"values", proxy_values, METH_NOARGS, "D.values() -> an object providing a view on D's values"},
    {"items", proxy_items, METH_NOARGS, "D.items() -> a set-like object providing a view on D's items"},
    {"copy", proxy_copy, METH_NOARGS, "D.copy() -> a shallow copy of D"},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "See PEP 585"},
    {"__reversed__", proxy_reversed, METH_NOARGS, "D.__reversed__() -> reverse iterator"},
    {NULL},
};

PyTypeObject PyDictProxy_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "mappingproxy",
    .tp_basicsize = sizeof(Proxy),
    .tp_dealloc = proxy_dealloc,
    .tp_repr = proxy_repr,
    .tp_as_number = &proxy_as_number,
    .tp_as_sequence = &proxy_as_sequence,
    .tp_as_mapping = &proxy_as_mapping,
    .tp_str = proxy_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MAPPING,
    .tp_traverse = proxy_traverse,
    .tp_richcompare = proxy_richcompare,
    .tp_iter = proxy_iter,
    .tp_methods = proxy_methods,
    .tp_new = proxy_new,
};
