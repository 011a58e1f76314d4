/* Iteration (https://docs.python.org/3.11/c-api/iter.html). */
#include "objects/object.h"
#include "objects/names.h"

PyObject *PyObject_GetIter(PyObject *o)
{
    getiterfunc get = Py_TYPE(o)->tp_iter;
    if (get == NULL) {
        if (PySequence_Check(o))
            return PySeqIter_New(o);
        return PyErr_Format(PyExc_TypeError, "'%.200s' object is not iterable", Py_TYPE(o)->tp_name);
    }
    PyObject *iterator = get(o);
    if (iterator != NULL && !PyIter_Check(iterator)) {
        PyErr_Format(PyExc_TypeError, "iter() returned non-iterator of type '%.100s'", Py_TYPE(iterator)->tp_name);
        Py_CLEAR(iterator);
    }
    return iterator;
}

PyObject *PyObject_GetAIter(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    if (type->tp_as_async == NULL || type->tp_as_async->am_aiter == NULL)
        return PyErr_Format(PyExc_TypeError, "'%.200s' object is not an async iterable", type->tp_name);
    PyObject *iterator = type->tp_as_async->am_aiter(o);
    if (iterator != NULL && !PyAIter_Check(iterator)) {
        PyErr_Format(PyExc_TypeError, "aiter() returned not an async iterator of type '%.100s'", Py_TYPE(iterator)->tp_name);
        Py_CLEAR(iterator);
    }
    return iterator;
}

int PyIter_Check(PyObject *o)
{
    iternextfunc next = Py_TYPE(o)->tp_iternext;
    return next != NULL && next != _PyObject_NextNotImplemented;
}

int PyAIter_Check(PyObject *o)
{
    PyAsyncMethods *suite = Py_TYPE(o)->tp_as_async;
    return suite != NULL && suite->am_aiter != NULL && suite->am_anext != NULL
           && suite->am_anext != _PyObject_NextNotImplemented;
}

PyObject *PyIter_Next(PyObject *iterator)
{
    iternextfunc next = Py_TYPE(iterator)->tp_iternext;
    if (next == NULL) { /* __next__ has been deleted from its class since */
        PyErr_Format(PyExc_TypeError, "'%.200s' object is not an iterator", Py_TYPE(iterator)->tp_name);
        return NULL;
    }
    PyObject *item = next(iterator);
    if (item == NULL && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_StopIteration))
        PyErr_Clear();
    return item;
}

PySendResult PyIter_Send(PyObject *iterator, PyObject *value, PyObject **result)
{
    PyTypeObject *type = Py_TYPE(iterator);
    if (type->tp_as_async != NULL && type->tp_as_async->am_send != NULL)
        return type->tp_as_async->am_send(iterator, value, result);
    if (value == Py_None && PyIter_Check(iterator))
        *result = type->tp_iternext(iterator);
    else
        *result = PyObject_CallMethodOneArg(iterator, N(send), value);
    if (*result != NULL)
        return PYGEN_NEXT;
    return _PyGen_FetchStopIterationValue(result) == 0 ? PYGEN_RETURN : PYGEN_ERROR;
}
