/* _bisect: insertion points in sorted sequences. */
#include "Python.h"

/* The insertion point of item in seq[lo:hi]; right of equal ones with `right`.  -1 with an error set. */
static Py_ssize_t bisect(PyObject *seq, PyObject *item, Py_ssize_t lo, Py_ssize_t hi, PyObject *key, int right)
{
    if (lo < 0) {
        PyErr_SetString(PyExc_ValueError, "lo must be non-negative");
        return -1;
    }
    if (hi == -1 && (hi = PySequence_Size(seq)) < 0)
        return -1;
    while (lo < hi) {
        Py_ssize_t mid = (Py_ssize_t)(((size_t)lo + (size_t)hi) / 2);
        PyObject *v = PySequence_GetItem(seq, mid);
        if (v && key != Py_None)
            Py_SETREF(v, PyObject_CallOneArg(key, v));
        if (!v)
            return -1;
        int less = right ? PyObject_RichCompareBool(item, v, Py_LT) : PyObject_RichCompareBool(v, item, Py_LT);
        Py_DECREF(v);
        if (less < 0)
            return -1;
        if (right ? less : !less)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

typedef struct { PyObject *a, *x, *key; Py_ssize_t lo, hi; } Arguments;

static int parse(PyObject *const *args, Py_ssize_t n, PyObject *kwnames, const char *format, Arguments *out)
{
    static char *names[] = {"a", "x", "lo", "hi", "key", NULL};
    PyObject *tuple = PyTuple_New(n), *kwargs = kwnames ? PyDict_New() : NULL, *hi = Py_None;
    *out = (Arguments){NULL, NULL, Py_None, 0, -1};
    int bad = !tuple || (kwnames && !kwargs);
    for (Py_ssize_t i = 0; !bad && i < n; i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
    for (Py_ssize_t i = 0; !bad && kwnames && i < PyTuple_GET_SIZE(kwnames); i++)
        bad = PyDict_SetItem(kwargs, PyTuple_GET_ITEM(kwnames, i), args[n + i]);
    if (!bad)
        bad = !PyArg_ParseTupleAndKeywords(tuple, kwargs, format, names, &out->a, &out->x, &out->lo, &hi, &out->key);
    if (!bad && hi != Py_None) {
        out->hi = PyNumber_AsSsize_t(hi, PyExc_OverflowError);
        bad = out->hi == -1 && PyErr_Occurred();
    }
    Py_XDECREF(tuple);
    Py_XDECREF(kwargs);
    return bad ? -1 : 0;
}

static PyObject *find(PyObject *const *args, Py_ssize_t n, PyObject *kwnames, const char *format, int right)
{
    if (n == 2 && !kwnames) {
        Py_ssize_t i = bisect(args[0], args[1], 0, -1, Py_None, right);
        return i < 0 ? NULL : PyLong_FromSsize_t(i);
    }
    Arguments a;
    if (parse(args, n, kwnames, format, &a))
        return NULL;
    Py_ssize_t i = bisect(a.a, a.x, a.lo, a.hi, a.key, right);
    return i < 0 ? NULL : PyLong_FromSsize_t(i);
}

static PyObject *insert(PyObject *const *args, Py_ssize_t n, PyObject *kwnames, const char *format, int right)
{
    Arguments a;
    if (parse(args, n, kwnames, format, &a))
        return NULL;
    PyObject *item = a.key == Py_None ? Py_NewRef(a.x) : PyObject_CallOneArg(a.key, a.x);
    if (!item)
        return NULL;
    Py_ssize_t i = bisect(a.a, item, a.lo, a.hi, a.key, right);
    Py_DECREF(item);
    if (i < 0)
        return NULL;
    if (PyList_CheckExact(a.a)) {
        if (PyList_Insert(a.a, i, a.x))
            return NULL;
        Py_RETURN_NONE;
    }
    PyObject *r = PyObject_CallMethod(a.a, "insert", "nO", i, a.x);
    if (!r)
        return NULL;
    Py_DECREF(r);
    Py_RETURN_NONE;
}

#define FUNCTION(name, work, right)                                                                              \
    static PyObject *name(PyObject *module, PyObject *const *args, Py_ssize_t n, PyObject *kwnames)              \
    {                                                                                                            \
        return work(args, n, kwnames, "OO|nO$O:" #name, right);                                                  \
    }
FUNCTION(bisect_right, find, 1)
FUNCTION(bisect_left, find, 0)
FUNCTION(insort_right, insert, 1)
FUNCTION(insort_left, insert, 0)

static PyMethodDef functions[] = {
    {"bisect_right", (PyCFunction)bisect_right, METH_FASTCALL | METH_KEYWORDS,
     "bisect_right($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\nReturn the index where to insert item x in list a, assuming a is sorted."},
    {"insort_right", (PyCFunction)insort_right, METH_FASTCALL | METH_KEYWORDS,
     "insort_right($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\nInsert item x in list a, and keep it sorted assuming a is sorted."},
    {"bisect_left", (PyCFunction)bisect_left, METH_FASTCALL | METH_KEYWORDS,
     "bisect_left($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\nReturn the index where to insert item x in list a, assuming a is sorted."},
    {"insort_left", (PyCFunction)insort_left, METH_FASTCALL | METH_KEYWORDS,
     "insort_left($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\nInsert item x in list a, and keep it sorted assuming a is sorted."},
    {NULL},
};
static PyModuleDef_Slot slots[] = {{0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_bisect", "Bisection algorithms.", 0, functions, slots, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit__bisect(void) { return PyModuleDef_Init(&definition); }
