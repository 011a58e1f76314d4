/* isinstance() and issubclass(), with the hooks __instancecheck__ and __subclasscheck__ and classes that are no types. */
#include "objects/object.h"
#include "objects/names.h"
#include "objects/type/type.h"
#include "memory/stack.h"

/* __bases__ if it is a tuple, as new reference; NULL, with or without an exception. */
static PyObject *abstract_bases(PyObject *cls)
{
    PyObject *bases;
    if (_PyObject_LookupAttr(cls, N(__bases__), &bases) > 0 && !PyTuple_Check(bases))
        Py_CLEAR(bases);
    return bases;
}

static int abstract_issubclass(PyObject *derived, PyObject *cls)
{
    if (derived == cls)
        return 1;
    if (c_stack_low() && c_stack_check(" in __issubclass__") < 0)
        return -1;
    PyObject *bases = abstract_bases(derived);
    if (bases == NULL)
        return PyErr_Occurred() ? -1 : 0;
    int result = 0;
    for (Py_ssize_t i = 0; result == 0 && i < PyTuple_GET_SIZE(bases); i++)
        result = abstract_issubclass(PyTuple_GET_ITEM(bases, i), cls);
    Py_DECREF(bases);
    return result;
}

/* Is cls usable as a class?  -1 with TypeError `error` if not. */
static int check_class(PyObject *cls, const char *error)
{
    PyObject *bases = abstract_bases(cls);
    if (bases != NULL) {
        Py_DECREF(bases);
        return 0;
    }
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, error);
    return -1;
}

/* Nonzero if o.__class__ is what object says, its type, without a lookup of the attribute. */
static int has_own_class(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    if (type->tp_getattro != PyObject_GenericGetAttr && type->tp_getattro != type_getattro)
        return 0;
    PyObject *found = _PyType_Lookup(type, N(__class__));
    return found != NULL && Py_IS_TYPE(found, &PyGetSetDescr_Type) && PyDescr_TYPE(found) == &PyBaseObject_Type;
}

int _PyObject_RealIsInstance(PyObject *o, PyObject *cls)
{
    PyObject *other;
    int result;
    if (PyType_Check(cls)) {
        if (PyObject_TypeCheck(o, (PyTypeObject *)cls))
            return 1;
        if (has_own_class(o))
            return 0;
        result = _PyObject_LookupAttr(o, N(__class__), &other);
        if (result > 0) {
            result = other != (PyObject *)Py_TYPE(o) && PyType_Check(other)
                         ? PyType_IsSubtype((PyTypeObject *)other, (PyTypeObject *)cls)
                         : 0;
            Py_DECREF(other);
        }
        return result;
    }
    if (check_class(cls, "isinstance() arg 2 must be a type, a tuple of types, or a union") < 0)
        return -1;
    result = _PyObject_LookupAttr(o, N(__class__), &other);
    if (result > 0) {
        result = abstract_issubclass(other, cls);
        Py_DECREF(other);
    }
    return result;
}

int _PyObject_RealIsSubclass(PyObject *derived, PyObject *cls)
{
    if (PyType_Check(cls) && PyType_Check(derived))
        return derived == cls || PyType_IsSubtype((PyTypeObject *)derived, (PyTypeObject *)cls);
    if (check_class(derived, "issubclass() arg 1 must be a class") < 0)
        return -1;
    if (Py_TYPE(cls) != &_PyUnion_Type
        && check_class(cls, "issubclass() arg 2 must be a class, a tuple of classes, or a union") < 0)
        return -1;
    return abstract_issubclass(derived, cls);
}

typedef int (*check)(PyObject *, PyObject *);

/* Asks the hook `name` of cls, or `fallback` if it has none; a tuple is asked item by item. */
static int by_hook(PyObject *o, PyObject *cls, PyObject *name, check again, check fallback, const char *where)
{
    if (PyTuple_Check(cls)) {
        if (c_stack_low() && c_stack_check(where) < 0)
            return -1;
        int result = 0;
        for (Py_ssize_t i = 0; result == 0 && i < PyTuple_GET_SIZE(cls); i++)
            result = again(o, PyTuple_GET_ITEM(cls, i));
        return result;
    }
    PyObject *hook = _PyObject_LookupSpecial(cls, name);
    if (hook == NULL)
        return PyErr_Occurred() ? -1 : fallback(o, cls);
    if (c_stack_low() && c_stack_check(where) < 0) {
        Py_DECREF(hook);
        return -1;
    }
    PyObject *answer = PyObject_CallOneArg(hook, o);
    Py_DECREF(hook);
    if (answer == NULL)
        return -1;
    int result = PyObject_IsTrue(answer);
    Py_DECREF(answer);
    return result;
}

int PyObject_IsInstance(PyObject *o, PyObject *cls)
{
    if (Py_IS_TYPE(o, (PyTypeObject *)cls))
        return 1;
    if (PyType_CheckExact(cls))
        return _PyObject_RealIsInstance(o, cls);
    return by_hook(o, cls, N(__instancecheck__), PyObject_IsInstance, _PyObject_RealIsInstance, " in __instancecheck__");
}

int PyObject_IsSubclass(PyObject *derived, PyObject *cls)
{
    if (PyType_CheckExact(cls)) {
        if (derived == cls)
            return 1;
        return _PyObject_RealIsSubclass(derived, cls);
    }
    return by_hook(derived, cls, N(__subclasscheck__), PyObject_IsSubclass, _PyObject_RealIsSubclass, " in __subclasscheck__");
}
