/* The mapping protocol (https://docs.python.org/3.11/c-api/mapping.html). */
#include "objects/object.h"
#include "objects/names.h"

int PyMapping_Check(PyObject *o)
{
    return o != NULL && Py_TYPE(o)->tp_as_mapping != NULL && Py_TYPE(o)->tp_as_mapping->mp_subscript != NULL;
}

Py_ssize_t PyMapping_Size(PyObject *o)
{
    if (o == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
        return -1;
    }
    PyTypeObject *type = Py_TYPE(o);
    if (type->tp_as_mapping != NULL && type->tp_as_mapping->mp_length != NULL)
        return type->tp_as_mapping->mp_length(o);
    if (type->tp_as_sequence != NULL && type->tp_as_sequence->sq_length != NULL)
        PyErr_Format(PyExc_TypeError, "%.200s is not a mapping", type->tp_name);
    else
        PyErr_Format(PyExc_TypeError, "object of type '%.200s' has no len()", type->tp_name);
    return -1;
}
#undef PyMapping_Length
Py_ssize_t PyMapping_Length(PyObject *o) { return PyMapping_Size(o); }

PyObject *PyMapping_GetItemString(PyObject *o, const char *text)
{
    PyObject *key = text == NULL ? NULL : PyUnicode_FromString(text);
    if (key == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
        return NULL;
    }
    PyObject *result = PyObject_GetItem(o, key);
    Py_DECREF(key);
    return result;
}

int PyMapping_SetItemString(PyObject *o, const char *text, PyObject *value)
{
    PyObject *key = PyUnicode_FromString(text);
    if (key == NULL)
        return -1;
    int err = PyObject_SetItem(o, key, value);
    Py_DECREF(key);
    return err;
}

int PyMapping_HasKeyString(PyObject *o, const char *text)
{
    PyObject *value = PyMapping_GetItemString(o, text);
    if (value == NULL)
        PyErr_Clear();
    Py_XDECREF(value);
    return value != NULL;
}

int PyMapping_HasKey(PyObject *o, PyObject *key)
{
    PyObject *value = PyObject_GetItem(o, key);
    if (value == NULL)
        PyErr_Clear();
    Py_XDECREF(value);
    return value != NULL;
}

/* The method's result as a new list. */
static PyObject *method_as_list(PyObject *o, PyObject *name)
{
    PyObject *result = PyObject_CallMethodNoArgs(o, name);
    if (result == NULL || PyList_CheckExact(result))
        return result;
    PyObject *iterator = PyObject_GetIter(result);
    if (iterator == NULL) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError, "%.200s.%U() returned a non-iterable (type %.200s)", Py_TYPE(o)->tp_name, name,
                         Py_TYPE(result)->tp_name);
        Py_DECREF(result);
        return NULL;
    }
    Py_DECREF(result);
    result = PySequence_List(iterator);
    Py_DECREF(iterator);
    return result;
}

PyObject *PyMapping_Keys(PyObject *o) { return PyDict_CheckExact(o) ? PyDict_Keys(o) : method_as_list(o, N(keys)); }
PyObject *PyMapping_Values(PyObject *o) { return PyDict_CheckExact(o) ? PyDict_Values(o) : method_as_list(o, N(values)); }
PyObject *PyMapping_Items(PyObject *o) { return PyDict_CheckExact(o) ? PyDict_Items(o) : method_as_list(o, N(items)); }
