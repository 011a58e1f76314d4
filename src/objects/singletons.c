/* None, NotImplemented and Ellipsis. */
#include "objects/object.h"
#include "objects/names.h"
#include "memory/memory.h"

static void never_freed(PyObject *self) { Py_SET_REFCNT(self, IMMORTAL_REFCNT); }

static PyObject *make_single(PyTypeObject *type, PyObject *args, PyObject *kwds, PyObject *single)
{
    if (PyTuple_GET_SIZE(args) || (kwds != NULL && PyDict_GET_SIZE(kwds)))
        return PyErr_Format(PyExc_TypeError, "%s takes no arguments", type->tp_name);
    return Py_NewRef(single);
}

static PyObject *none_repr(PyObject *self) { return Py_NewRef(N(None)); }
static int none_bool(PyObject *self) { return 0; }
static PyObject *none_new(PyTypeObject *type, PyObject *args, PyObject *kwds) { return make_single(type, args, kwds, Py_None); }
static PyNumberMethods none_as_number = {.nb_bool = none_bool};

PyTypeObject _PyNone_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "NoneType",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = never_freed,
    .tp_repr = none_repr,
    .tp_as_number = &none_as_number,
    .tp_hash = (hashfunc)_Py_HashPointer,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = none_new,
};
PyObject _Py_NoneStruct = {.ob_refcnt = IMMORTAL_REFCNT, .ob_type = &_PyNone_Type};

static PyObject *not_implemented_repr(PyObject *self) { return PyUnicode_FromString("NotImplemented"); }
static PyObject *not_implemented_reduce(PyObject *self, PyObject *unused) { return not_implemented_repr(self); }
static int not_implemented_bool(PyObject *self)
{
    return PyErr_WarnEx(PyExc_DeprecationWarning, "NotImplemented should not be used in a boolean context", 1) < 0 ? -1 : 1;
}
static PyObject *not_implemented_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    return make_single(type, args, kwds, Py_NotImplemented);
}
static PyNumberMethods not_implemented_as_number = {.nb_bool = not_implemented_bool};
static PyMethodDef not_implemented_methods[] = {{"__reduce__", not_implemented_reduce, METH_NOARGS, NULL}, {NULL}};

PyTypeObject _PyNotImplemented_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "NotImplementedType",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = never_freed,
    .tp_repr = not_implemented_repr,
    .tp_as_number = &not_implemented_as_number,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = not_implemented_methods,
    .tp_new = not_implemented_new,
};
PyObject _Py_NotImplementedStruct = {.ob_refcnt = IMMORTAL_REFCNT, .ob_type = &_PyNotImplemented_Type};

static PyObject *ellipsis_repr(PyObject *self) { return PyUnicode_FromString("Ellipsis"); }
static PyObject *ellipsis_reduce(PyObject *self, PyObject *unused) { return ellipsis_repr(self); }
static PyObject *ellipsis_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    if (PyTuple_GET_SIZE(args) || (kwds != NULL && PyDict_GET_SIZE(kwds))) {
        PyErr_SetString(PyExc_TypeError, "EllipsisType takes no arguments");
        return NULL;
    }
    return Py_NewRef(Py_Ellipsis);
}
static PyMethodDef ellipsis_methods[] = {{"__reduce__", ellipsis_reduce, METH_NOARGS, NULL}, {NULL}};

PyTypeObject PyEllipsis_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "ellipsis",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = never_freed,
    .tp_repr = ellipsis_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = ellipsis_methods,
    .tp_new = ellipsis_new,
};
PyObject _Py_EllipsisObject = {.ob_refcnt = IMMORTAL_REFCNT, .ob_type = &PyEllipsis_Type};
