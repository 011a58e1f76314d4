/* bool: the two ints that print as words. */
#include "objects/int/int.h"

#include <stddef.h>

struct _longobject _Py_FalseStruct = {{{IMMORTAL_REFCNT, &PyBool_Type}, 0}, {0}};
struct _longobject _Py_TrueStruct = {{{IMMORTAL_REFCNT, &PyBool_Type}, 1}, {1}};

PyObject *PyBool_FromLong(long v)
{
    PyObject *r = v ? Py_True : Py_False;
    Py_INCREF(r);
    return r;
}

static PyObject *bool_repr(PyObject *self)
{
    return PyUnicode_InternFromString(self == Py_True ? "True" : "False");
}

static PyObject *bool_construct(PyObject *x)
{
    int truth = x ? PyObject_IsTrue(x) : 0;
    return truth < 0 ? NULL : PyBool_FromLong(truth);
}

static PyObject *bool_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "bool() takes no keyword arguments");
        return NULL;
    }
    PyObject *x = NULL;
    if (!PyArg_UnpackTuple(args, "bool", 0, 1, &x))
        return NULL;
    return bool_construct(x);
}

static PyObject *bool_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (kwnames && PyTuple_GET_SIZE(kwnames)) {
        PyErr_SetString(PyExc_TypeError, "bool() takes no keyword arguments");
        return NULL;
    }
    if (n > 1) {
        PyErr_Format(PyExc_TypeError, "bool expected at most 1 argument, got %zd", n);
        return NULL;
    }
    return bool_construct(n ? args[0] : NULL);
}

#define LOGIC(name, slot, op)                                             \
    static PyObject *name(PyObject *a, PyObject *b)                       \
    {                                                                     \
        if (!PyBool_Check(a) || !PyBool_Check(b))                         \
            return int_as_number.slot(a, b);                              \
        return PyBool_FromLong((a == Py_True) op (b == Py_True));         \
    }
LOGIC(bool_and, nb_and, &)
LOGIC(bool_or, nb_or, |)
LOGIC(bool_xor, nb_xor, ^)

static PyNumberMethods bool_as_number = {.nb_and = bool_and, .nb_xor = bool_xor, .nb_or = bool_or};

PyTypeObject PyBool_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "bool",
    .tp_basicsize = sizeof(PyLongObject),
    .tp_itemsize = sizeof(digit),
    .tp_repr = bool_repr,
    .tp_as_number = &bool_as_number,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "bool(x) -> bool\n\nReturns True when the argument x is true, False otherwise.\n"
              "The builtins True and False are the only two instances of the class bool.\n"
              "The class bool is a subclass of the class int, and cannot be subclassed.",
    .tp_base = &PyLong_Type,
    .tp_new = bool_new,
    .tp_vectorcall = bool_vectorcall,
};
