/* Functions of the module _see: the limit on memory, read and set by the program itself. */
#include "memory/limit.h"
#include "runtime/config.h"
#include "see/tables.h"

static PyObject *see_limit(PyObject *m, PyObject *args)
{
    PyObject *before = heap.quota ? PyLong_FromSize_t(heap.quota) : Py_NewRef(Py_None), *new = NULL;
    if (before == NULL || !PyArg_ParseTuple(args, "|O:limit", &new)) {
        Py_XDECREF(before);
        return NULL;
    }
    if (new == NULL)
        return before;
    size_t bytes = 0, most = config_current()->max_heap;
    if (new != Py_None) {
        Py_ssize_t n = PyNumber_AsSsize_t(new, PyExc_OverflowError);
        if (n <= 0) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "limit() needs a positive number of bytes, or None");
            Py_DECREF(before);
            return NULL;
        }
        bytes = (size_t)n;
    }
    if (most && bytes > most) {
        Py_DECREF(before);
        return PyErr_Format(PyExc_ValueError, "limit() cannot exceed --max-heap, %zu bytes", most);
    }
    heap_set_limit(bytes ? bytes : most);
    return before;
}

static PyObject *see_counted(PyObject *m, PyObject *unused) { return PyLong_FromSize_t(heap_counted()); }

PyMethodDef see_limits_methods[] = {
    {"limit", see_limit, METH_VARARGS,
     "limit([bytes])\n\nThe limit on memory in bytes, or None; with an argument sets it (None lifts it) and returns what it was."},
    {"counted", see_counted, METH_NOARGS, "counted()\n\nThe bytes that count for the limit now."},
    {NULL}};
