/* The module atexit: functions that run when the interpreter ends, newest first. */
#include "Python.h"
#include "memory/state.h"
#include "runtime/signals.h"

static PyObject *m_register(PyObject *m, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_GET_SIZE(args) == 0) {
        PyErr_SetString(PyExc_TypeError, "register() takes at least 1 argument (0 given)");
        return NULL;
    }
    PyObject *function = PyTuple_GET_ITEM(args, 0);
    if (!PyCallable_Check(function)) {
        PyErr_SetString(PyExc_TypeError, "the first argument must be callable");
        return NULL;
    }
    if (!KEPT(exit_callbacks) && !(KEPT(exit_callbacks) = PyList_New(0)))
        return NULL;
    PyObject *rest = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args));
    PyObject *entry = rest ? PyTuple_Pack(3, function, rest, kwargs ? kwargs : Py_None) : NULL;
    int failed = !entry || PyList_Append(KEPT(exit_callbacks), entry) < 0;
    Py_XDECREF(rest);
    Py_XDECREF(entry);
    return failed ? NULL : Py_NewRef(function);
}

void atexit_run(void)
{
    while (KEPT(exit_callbacks) && PyList_GET_SIZE(KEPT(exit_callbacks)) > 0) {
        Py_ssize_t last = PyList_GET_SIZE(KEPT(exit_callbacks)) - 1;
        PyObject *entry = PyList_GET_ITEM(KEPT(exit_callbacks), last);
        Py_SET_SIZE(KEPT(exit_callbacks), last); /* takes the entry over; needs no memory, so that this ends without */
        PyObject *kwargs = PyTuple_GET_ITEM(entry, 2);
        PyObject *result = PyObject_Call(PyTuple_GET_ITEM(entry, 0), PyTuple_GET_ITEM(entry, 1), kwargs == Py_None ? NULL : kwargs);
        if (!result)
            _PyErr_WriteUnraisableMsg("in atexit callback", PyTuple_GET_ITEM(entry, 0));
        Py_XDECREF(result);
        Py_DECREF(entry);
    }
    Py_CLEAR(KEPT(exit_callbacks));
}

static PyObject *m_run(PyObject *m, PyObject *u)
{
    atexit_run();
    Py_RETURN_NONE;
}

static PyObject *m_clear(PyObject *m, PyObject *u)
{
    Py_CLEAR(KEPT(exit_callbacks));
    Py_RETURN_NONE;
}

static PyObject *m_count(PyObject *m, PyObject *u) { return PyLong_FromSsize_t(KEPT(exit_callbacks) ? PyList_GET_SIZE(KEPT(exit_callbacks)) : 0); }

static PyObject *m_unregister(PyObject *m, PyObject *function)
{
    for (Py_ssize_t i = KEPT(exit_callbacks) ? PyList_GET_SIZE(KEPT(exit_callbacks)) - 1 : -1; i >= 0; i--) {
        if (!KEPT(exit_callbacks) || i >= PyList_GET_SIZE(KEPT(exit_callbacks)))
            continue;
        PyObject *entry = Py_NewRef(PyList_GET_ITEM(KEPT(exit_callbacks), i));
        int equal = PyObject_RichCompareBool(PyTuple_GET_ITEM(entry, 0), function, Py_EQ);
        if (equal > 0 && KEPT(exit_callbacks) && i < PyList_GET_SIZE(KEPT(exit_callbacks)) && PyList_GET_ITEM(KEPT(exit_callbacks), i) == entry)
            equal = PyList_SetSlice(KEPT(exit_callbacks), i, i + 1, NULL);
        Py_DECREF(entry);
        if (equal < 0)
            return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"register", (PyCFunction)(void (*)(void))m_register, METH_VARARGS | METH_KEYWORDS,
     "register(func, *args, **kwargs) -> func\n\nCalls func(*args, **kwargs) when the interpreter ends."},
    {"unregister", m_unregister, METH_O, "unregister(func)\n\nForgets all registrations of func."},
    {"_run_exitfuncs", m_run, METH_NOARGS, "_run_exitfuncs()\n\nRuns and forgets all registered functions."},
    {"_clear", m_clear, METH_NOARGS, "_clear()\n\nForgets all registered functions."},
    {"_ncallbacks", m_count, METH_NOARGS, "_ncallbacks() -> int\n\nThe number of registered functions."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "atexit", .m_size = -1, .m_methods = functions,
                                        .m_doc = "Functions to run when the interpreter ends (library reference, \"atexit\")."};

PyMODINIT_FUNC PyInit_atexit(void) { return PyModule_Create(&definition); }
