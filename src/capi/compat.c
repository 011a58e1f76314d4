/* Small functions that 3.11's own extension modules call and nothing else does. */
#include "Python.h"
#include <signal.h>

/* Converter of O&: None leaves the default. */
int _Py_convert_optional_to_ssize_t(PyObject *obj, void *result)
{
    if (obj == Py_None)
        return 1;
    if (!PyIndex_Check(obj)) {
        PyErr_Format(PyExc_TypeError, "argument should be integer or None, not '%.200s'", Py_TYPE(obj)->tp_name);
        return 0;
    }
    Py_ssize_t n = PyNumber_AsSsize_t(obj, PyExc_OverflowError);
    if (n == -1 && PyErr_Occurred())
        return 0;
    *(Py_ssize_t *)result = n;
    return 1;
}

/* Called by inlined recursion checks when recursion_remaining has run out: -1 with RecursionError. */
int _Py_CheckRecursiveCall(PyThreadState *t, const char *where)
{
    t->recursion_remaining++;
    PyErr_Format(PyExc_RecursionError, "maximum recursion depth exceeded%s", where);
    return -1;
}

PyObject *_PyImport_GetModuleId(_Py_Identifier *id)
{
    PyObject *name = _PyUnicode_FromId(id);
    return name ? PyImport_GetModule(name) : NULL;
}

/* ---- old names of calls: args is a tuple or NULL, kwargs a dict or NULL ---- */

PyObject *PyEval_CallObjectWithKeywords(PyObject *callable, PyObject *args, PyObject *kwargs)
{
    if (args && !PyTuple_Check(args)) {
        PyErr_SetString(PyExc_TypeError, "argument list must be a tuple");
        return NULL;
    }
    if (kwargs && !PyDict_Check(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "keyword list must be a dictionary");
        return NULL;
    }
    PyObject *tuple = args ? Py_NewRef(args) : PyTuple_New(0);
    PyObject *result = tuple ? PyObject_Call(callable, tuple, kwargs) : NULL;
    Py_XDECREF(tuple);
    return result;
}

/* Calls with what the format makes, which must be a tuple. */
static PyObject *call_formatted(PyObject *callable, const char *format, va_list va)
{
    PyObject *args = Py_VaBuildValue(format, va);
    PyObject *result = args ? PyEval_CallObjectWithKeywords(callable, args, NULL) : NULL;
    Py_XDECREF(args);
    return result;
}

PyObject *PyEval_CallFunction(PyObject *callable, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    PyObject *result = call_formatted(callable, format, va);
    va_end(va);
    return result;
}

PyObject *PyEval_CallMethod(PyObject *object, const char *name, const char *format, ...)
{
    PyObject *method = PyObject_GetAttrString(object, name);
    if (!method)
        return NULL;
    va_list va;
    va_start(va, format);
    PyObject *result = call_formatted(method, format, va);
    va_end(va);
    Py_DECREF(method);
    return result;
}

/* The signals that the runtime ignores, as a new program wants them. */
void _Py_RestoreSignals(void)
{
    PyOS_setsig(SIGPIPE, SIG_DFL);
    PyOS_setsig(SIGXFSZ, SIG_DFL);
}

/* -- Accumulating strings -- */

typedef struct {
    PyObject *large, *small; /* lists; large is not used */
} _PyAccu;

int _PyAccu_Init(_PyAccu *acc)
{
    acc->large = NULL;
    acc->small = PyList_New(0);
    return acc->small ? 0 : -1;
}

int _PyAccu_Accumulate(_PyAccu *acc, PyObject *text) { return PyList_Append(acc->small, text); }

PyObject *_PyAccu_FinishAsList(_PyAccu *acc)
{
    PyObject *list = acc->small;
    acc->small = NULL;
    return list;
}

PyObject *_PyAccu_Finish(_PyAccu *acc)
{
    PyObject *list = _PyAccu_FinishAsList(acc), *empty = PyUnicode_FromString("");
    PyObject *result = empty ? PyUnicode_Join(empty, list) : NULL;
    Py_XDECREF(empty);
    Py_DECREF(list);
    return result;
}

void _PyAccu_Destroy(_PyAccu *acc)
{
    Py_CLEAR(acc->large);
    Py_CLEAR(acc->small);
}
