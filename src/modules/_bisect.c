/* The module _bisect: binary search and insertion in sorted sequences. */
#include "Python.h"
#include "objects/names.h"

/* The index in s[lo:hi] where x belongs: behind equal items if right, before them otherwise.  -1 with an exception. */
static Py_ssize_t bisect(PyObject *s, PyObject *x, Py_ssize_t lo, Py_ssize_t hi, PyObject *key, int right)
{
    if (lo < 0) {
        PyErr_SetString(PyExc_ValueError, "lo must be non-negative");
        return -1;
    }
    if (hi == -1 && (hi = PySequence_Size(s)) < 0)
        return -1;
    while (lo < hi) {
        Py_ssize_t middle = lo + (hi - lo) / 2;
        PyObject *item = PySequence_GetItem(s, middle);
        if (item && key)
            Py_SETREF(item, PyObject_CallOneArg(key, item));
        if (!item)
            return -1;
        int less = right ? PyObject_RichCompareBool(x, item, Py_LT) : PyObject_RichCompareBool(item, x, Py_LT);
        Py_DECREF(item);
        if (less < 0)
            return -1;
        if (right ? less : !less)
            hi = middle;
        else
            lo = middle + 1;
    }
    return lo;
}

/* hi may be None; 1 or 0 with an exception, for "O&". */
static int read_hi(PyObject *x, void *result)
{
    if (x == Py_None) {
        *(Py_ssize_t *)result = -1;
        return 1;
    }
    Py_ssize_t n = PyNumber_AsSsize_t(x, PyExc_OverflowError);
    if (n == -1 && PyErr_Occurred())
        return 0;
    *(Py_ssize_t *)result = n;
    return 1;
}

struct arguments {
    PyObject *a, *x, *key;
    Py_ssize_t lo, hi;
};

static int parse(const char *format, PyObject *args, PyObject *kwargs, struct arguments *p)
{
    static char *names[] = {"a", "x", "lo", "hi", "key", NULL};
    p->lo = 0;
    p->hi = -1;
    p->key = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, format, names, &p->a, &p->x, &p->lo, read_hi, &p->hi, &p->key))
        return -1;
    if (p->key == Py_None)
        p->key = NULL;
    return 0;
}

static PyObject *search(const char *format, PyObject *args, PyObject *kwargs, int right)
{
    struct arguments p;
    if (parse(format, args, kwargs, &p) < 0)
        return NULL;
    Py_ssize_t index = bisect(p.a, p.x, p.lo, p.hi, p.key, right);
    return index < 0 ? NULL : PyLong_FromSsize_t(index);
}

static PyObject *insert(const char *format, PyObject *args, PyObject *kwargs, int right)
{
    struct arguments p;
    if (parse(format, args, kwargs, &p) < 0)
        return NULL;
    PyObject *value = p.key ? PyObject_CallOneArg(p.key, p.x) : Py_NewRef(p.x);
    Py_ssize_t index = value ? bisect(p.a, value, p.lo, p.hi, p.key, right) : -1;
    Py_XDECREF(value);
    if (index < 0)
        return NULL;
    if (PyList_CheckExact(p.a)) {
        if (PyList_Insert(p.a, index, p.x) < 0)
            return NULL;
    } else {
        PyObject *done = PyObject_CallMethod(p.a, "insert", "nO", index, p.x);
        if (!done)
            return NULL;
        Py_DECREF(done);
    }
    Py_RETURN_NONE;
}

static PyObject *bisect_right(PyObject *m, PyObject *a, PyObject *k) { return search("OO|nO&$O:bisect_right", a, k, 1); }
static PyObject *bisect_left(PyObject *m, PyObject *a, PyObject *k) { return search("OO|nO&$O:bisect_left", a, k, 0); }
static PyObject *insort_right(PyObject *m, PyObject *a, PyObject *k) { return insert("OO|nO&$O:insort_right", a, k, 1); }
static PyObject *insort_left(PyObject *m, PyObject *a, PyObject *k) { return insert("OO|nO&$O:insort_left", a, k, 0); }

#define KEYS(name, doc) {#name, (PyCFunction)(void (*)(void))name, METH_VARARGS | METH_KEYWORDS, #name "($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\n" doc}

static PyMethodDef functions[] = {
    KEYS(bisect_right, "The index behind the items equal to x in a sorted list."),
    KEYS(bisect_left, "The index before the items equal to x in a sorted list."),
    KEYS(insort_right, "Inserts x into a sorted list, behind equal items."),
    KEYS(insort_left, "Inserts x into a sorted list, before equal items."),
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_bisect", .m_size = -1, .m_methods = functions,
                                        .m_doc = "Binary search in sorted sequences (library reference, \"bisect\")."};

PyMODINIT_FUNC PyInit__bisect(void) { return PyModule_Create(&definition); }
