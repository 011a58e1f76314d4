/* What containers have in common: len(o), o[key], o[key] = v, del o[key], format(o). */
#include "objects/object.h"
#include "objects/names.h"
#include "objects/str/str.h"

static PyObject *null_error(void)
{
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
    return NULL;
}

PyObject *PyObject_Type(PyObject *o) { return o == NULL ? null_error() : Py_NewRef(Py_TYPE(o)); }

Py_ssize_t PyObject_Size(PyObject *o)
{
    if (o == NULL) {
        null_error();
        return -1;
    }
    PySequenceMethods *suite = Py_TYPE(o)->tp_as_sequence;
    if (suite != NULL && suite->sq_length != NULL)
        return suite->sq_length(o);
    return PyMapping_Size(o);
}
#undef PyObject_Length
Py_ssize_t PyObject_Length(PyObject *o) { return PyObject_Size(o); }

int _PyObject_HasLen(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    return (type->tp_as_sequence != NULL && type->tp_as_sequence->sq_length != NULL)
           || (type->tp_as_mapping != NULL && type->tp_as_mapping->mp_length != NULL);
}

Py_ssize_t PyObject_LengthHint(PyObject *o, Py_ssize_t fallback)
{
    if (_PyObject_HasLen(o)) {
        Py_ssize_t n = PyObject_Size(o);
        if (n >= 0 || !PyErr_ExceptionMatches(PyExc_TypeError))
            return n;
        PyErr_Clear();
    }
    PyObject *method = _PyObject_LookupSpecial(o, N(__length_hint__));
    if (method == NULL)
        return PyErr_Occurred() ? -1 : fallback;
    PyObject *result = PyObject_CallNoArgs(method);
    Py_DECREF(method);
    if (result == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_TypeError))
            return -1;
        PyErr_Clear();
        return fallback;
    }
    if (result == Py_NotImplemented) {
        Py_DECREF(result);
        return fallback;
    }
    if (!PyLong_Check(result)) {
        PyErr_Format(PyExc_TypeError, "__length_hint__ must be an integer, not %.100s", Py_TYPE(result)->tp_name);
        Py_DECREF(result);
        return -1;
    }
    Py_ssize_t n = PyLong_AsSsize_t(result);
    Py_DECREF(result);
    if (n < 0 && !PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "__length_hint__() should return >= 0");
    return n < 0 ? -1 : n;
}

/* cls[key]: __class_getitem__, or list[int] and its like. */
static PyObject *class_item(PyObject *cls, PyObject *key)
{
    PyObject *method;
    if (cls == (PyObject *)&PyType_Type)   /* type[X] is generic, but other metaclasses do not inherit that */
        return Py_GenericAlias(cls, key);
    int found = _PyObject_LookupAttr(cls, N(__class_getitem__), &method);
    if (found < 0)
        return NULL;
    if (found && method != Py_None) {
        PyObject *result = PyObject_CallOneArg(method, key);
        Py_DECREF(method);
        return result;
    }
    Py_XDECREF(method);
    return PyErr_Format(PyExc_TypeError, "type '%.200s' is not subscriptable", ((PyTypeObject *)cls)->tp_name);
}

PyObject *PyObject_GetItem(PyObject *o, PyObject *key)
{
    if (o == NULL || key == NULL)
        return null_error();
    PyTypeObject *type = Py_TYPE(o);
    if (type->tp_as_mapping != NULL && type->tp_as_mapping->mp_subscript != NULL)
        return type->tp_as_mapping->mp_subscript(o, key);
    if (type->tp_as_sequence != NULL && type->tp_as_sequence->sq_item != NULL) {
        if (_PyIndex_Check(key)) {
            Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
            if (i == -1 && PyErr_Occurred())
                return NULL;
            return PySequence_GetItem(o, i);
        }
        return PyErr_Format(PyExc_TypeError, "sequence index must be integer, not '%.200s'", Py_TYPE(key)->tp_name);
    }
    if (PyType_Check(o))
        return class_item(o, key);
    return PyErr_Format(PyExc_TypeError, "'%.200s' object is not subscriptable", type->tp_name);
}

static int set_or_delete(PyObject *o, PyObject *key, PyObject *value, const char *what)
{
    PyTypeObject *type = Py_TYPE(o);
    if (type->tp_as_mapping != NULL && type->tp_as_mapping->mp_ass_subscript != NULL)
        return type->tp_as_mapping->mp_ass_subscript(o, key, value);
    if (type->tp_as_sequence != NULL) {
        if (_PyIndex_Check(key)) {
            Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
            if (i == -1 && PyErr_Occurred())
                return -1;
            return value != NULL ? PySequence_SetItem(o, i, value) : PySequence_DelItem(o, i);
        }
        if (type->tp_as_sequence->sq_ass_item != NULL) {
            PyErr_Format(PyExc_TypeError, "sequence index must be integer, not '%.200s'", Py_TYPE(key)->tp_name);
            return -1;
        }
    }
    PyErr_Format(PyExc_TypeError, "'%.200s' object %s", type->tp_name, what);
    return -1;
}

int PyObject_SetItem(PyObject *o, PyObject *key, PyObject *value)
{
    if (o == NULL || key == NULL || value == NULL) {
        null_error();
        return -1;
    }
    return set_or_delete(o, key, value, "does not support item assignment");
}

int PyObject_DelItem(PyObject *o, PyObject *key)
{
    if (o == NULL || key == NULL) {
        null_error();
        return -1;
    }
    return set_or_delete(o, key, NULL, "does not support item deletion");
}

int PyObject_DelItemString(PyObject *o, const char *text)
{
    if (o == NULL || text == NULL) {
        null_error();
        return -1;
    }
    PyObject *key = PyUnicode_FromString(text);
    if (key == NULL)
        return -1;
    int err = PyObject_DelItem(o, key);
    Py_DECREF(key);
    return err;
}

PyObject *PyObject_Format(PyObject *o, PyObject *spec)
{
    if (spec != NULL && !PyUnicode_Check(spec))
        return PyErr_Format(PyExc_SystemError, "Format specifier must be a string, not %.200s", Py_TYPE(spec)->tp_name);
    if (spec == NULL || PyUnicode_GET_LENGTH(spec) == 0) {
        if (PyUnicode_CheckExact(o))
            return Py_NewRef(o);
        if (PyLong_CheckExact(o) || PyFloat_CheckExact(o))
            return Py_TYPE(o)->tp_repr(o);
    } else if (PyUnicode_READY(spec) == 0 && (PyLong_CheckExact(o) || PyFloat_CheckExact(o) || PyUnicode_CheckExact(o))) {
        _PyUnicodeWriter writer;
        _PyUnicodeWriter_Init(&writer);
        Py_ssize_t n = PyUnicode_GET_LENGTH(spec);
        int err = PyLong_CheckExact(o)    ? _PyLong_FormatAdvancedWriter(&writer, o, spec, 0, n)
                  : PyFloat_CheckExact(o) ? _PyFloat_FormatAdvancedWriter(&writer, o, spec, 0, n)
                                          : _PyUnicode_FormatAdvancedWriter(&writer, o, spec, 0, n);
        if (err == 0)
            return _PyUnicodeWriter_Finish(&writer);
        _PyUnicodeWriter_Dealloc(&writer);
        return NULL;
    }
    PyObject *empty = NULL;
    if (spec == NULL && (spec = empty = PyUnicode_New(0, 0)) == NULL)
        return NULL;
    PyObject *method = _PyObject_LookupSpecial(o, N(__format__)), *result = NULL;
    if (method == NULL) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_TypeError, "Type %.100s doesn't define __format__", Py_TYPE(o)->tp_name);
    } else {
        result = PyObject_CallOneArg(method, spec);
        Py_DECREF(method);
        if (result != NULL && !PyUnicode_Check(result)) {
            PyErr_Format(PyExc_TypeError, "__format__ must return a str, not %.200s", Py_TYPE(result)->tp_name);
            Py_CLEAR(result);
        }
    }
    Py_XDECREF(empty);
    return result;
}
