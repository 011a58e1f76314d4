/* The module _heapq: a list as a binary heap, the smallest (or, for *_max, the largest) item first. */
#include "Python.h"

/* Whether a belongs before b; 1, 0, or -1 with an exception.  Both are kept alive during the comparison. */
static int before(PyObject *a, PyObject *b, int max)
{
    Py_INCREF(a);
    Py_INCREF(b);
    int result = max ? PyObject_RichCompareBool(b, a, Py_LT) : PyObject_RichCompareBool(a, b, Py_LT);
    Py_DECREF(a);
    Py_DECREF(b);
    return result;
}

static int check_size(PyObject *heap, Py_ssize_t size)
{
    if (PyList_GET_SIZE(heap) == size)
        return 0;
    PyErr_SetString(PyExc_RuntimeError, "list changed size during iteration");
    return -1;
}

static void swap(PyObject *heap, Py_ssize_t i, Py_ssize_t j)
{
    PyObject **items = ((PyListObject *)heap)->ob_item, *x = items[i];
    items[i] = items[j];
    items[j] = x;
}

/* Moves the item at pos up to its place, not above start. */
static int sift_up_to(PyObject *heap, Py_ssize_t start, Py_ssize_t pos, int max)
{
    Py_ssize_t size = PyList_GET_SIZE(heap);
    while (pos > start) {
        Py_ssize_t parent = (pos - 1) >> 1;
        int is = before(PyList_GET_ITEM(heap, pos), PyList_GET_ITEM(heap, parent), max);
        if (is < 0 || check_size(heap, size) < 0)
            return -1;
        if (!is)
            break;
        swap(heap, pos, parent);
        pos = parent;
    }
    return 0;
}

/* Moves the item at pos down to a leaf, along the better children, then up to its place. */
static int sift_down(PyObject *heap, Py_ssize_t pos, int max)
{
    Py_ssize_t size = PyList_GET_SIZE(heap), start = pos, inner = size >> 1;
    while (pos < inner) {
        Py_ssize_t child = 2 * pos + 1;
        if (child + 1 < size) {
            int is = before(PyList_GET_ITEM(heap, child), PyList_GET_ITEM(heap, child + 1), max);
            if (is < 0 || check_size(heap, size) < 0)
                return -1;
            child += !is;
        }
        swap(heap, pos, child);
        pos = child;
    }
    return sift_up_to(heap, start, pos, max);
}

static int is_list(PyObject *heap, const char *function, int argument)
{
    if (PyList_Check(heap))
        return 1;
    if (argument)
        PyErr_Format(PyExc_TypeError, "%s() argument 1 must be list, not %.50s", function, heap == Py_None ? "None" : Py_TYPE(heap)->tp_name);
    else
        PyErr_Format(PyExc_TypeError, "%s() argument must be list, not %.50s", function, heap == Py_None ? "None" : Py_TYPE(heap)->tp_name);
    return 0;
}

static PyObject *heappush(PyObject *m, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("heappush", nargs, 2, 2) || !is_list(args[0], "heappush", 1) || PyList_Append(args[0], args[1]) < 0 ||
        sift_up_to(args[0], 0, PyList_GET_SIZE(args[0]) - 1, 0) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *pop(PyObject *heap, const char *function, int max)
{
    if (!is_list(heap, function, 0))
        return NULL;
    Py_ssize_t size = PyList_GET_SIZE(heap);
    if (size == 0) {
        PyErr_SetString(PyExc_IndexError, "index out of range");
        return NULL;
    }
    PyObject *last = Py_NewRef(PyList_GET_ITEM(heap, size - 1));
    if (PyList_SetSlice(heap, size - 1, size, NULL) < 0) {
        Py_DECREF(last);
        return NULL;
    }
    if (size == 1)
        return last;
    PyObject *first = PyList_GET_ITEM(heap, 0);
    ((PyListObject *)heap)->ob_item[0] = last;
    if (sift_down(heap, 0, max) < 0)
        Py_CLEAR(first);
    return first;
}

static PyObject *replace(PyObject *const *args, Py_ssize_t nargs, const char *function, int max)
{
    if (!_PyArg_CheckPositional(function, nargs, 2, 2) || !is_list(args[0], function, 1))
        return NULL;
    if (PyList_GET_SIZE(args[0]) == 0) {
        PyErr_SetString(PyExc_IndexError, "index out of range");
        return NULL;
    }
    PyObject *first = PyList_GET_ITEM(args[0], 0);
    ((PyListObject *)args[0])->ob_item[0] = Py_NewRef(args[1]);
    if (sift_down(args[0], 0, max) < 0)
        Py_CLEAR(first);
    return first;
}

static PyObject *heapify_by(PyObject *heap, const char *function, int max)
{
    if (!is_list(heap, function, 0))
        return NULL;
    for (Py_ssize_t i = PyList_GET_SIZE(heap) / 2 - 1; i >= 0; i--)
        if (sift_down(heap, i, max) < 0)
            return NULL;
    Py_RETURN_NONE;
}

static PyObject *heappushpop(PyObject *m, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("heappushpop", nargs, 2, 2) || !is_list(args[0], "heappushpop", 1))
        return NULL;
    if (PyList_GET_SIZE(args[0]) == 0)
        return Py_NewRef(args[1]);
    int is = before(PyList_GET_ITEM(args[0], 0), args[1], 0);
    if (is < 0)
        return NULL;
    return is && PyList_GET_SIZE(args[0]) ? replace(args, nargs, "heappushpop", 0) : Py_NewRef(args[1]);
}

static PyObject *heappop(PyObject *m, PyObject *heap) { return pop(heap, "heappop", 0); }
static PyObject *heappop_max(PyObject *m, PyObject *heap) { return pop(heap, "_heappop_max", 1); }
static PyObject *heapreplace(PyObject *m, PyObject *const *args, Py_ssize_t nargs) { return replace(args, nargs, "heapreplace", 0); }
static PyObject *heapreplace_max(PyObject *m, PyObject *const *args, Py_ssize_t nargs) { return replace(args, nargs, "_heapreplace_max", 1); }
static PyObject *heapify(PyObject *m, PyObject *heap) { return heapify_by(heap, "heapify", 0); }
static PyObject *heapify_max(PyObject *m, PyObject *heap) { return heapify_by(heap, "_heapify_max", 1); }

#define FAST(f) (PyCFunction)(void (*)(void))f, METH_FASTCALL

static PyMethodDef functions[] = {
    {"heappush", FAST(heappush), "heappush($module, heap, item, /)\n--\n\nPuts an item on the heap."},
    {"heappushpop", FAST(heappushpop), "heappushpop($module, heap, item, /)\n--\n\nPuts an item on the heap, then takes the smallest."},
    {"heappop", heappop, METH_O, "heappop($module, heap, /)\n--\n\nTakes the smallest item from the heap."},
    {"heapreplace", FAST(heapreplace), "heapreplace($module, heap, item, /)\n--\n\nTakes the smallest item and puts another in its place."},
    {"heapify", heapify, METH_O, "heapify($module, heap, /)\n--\n\nMakes a list a heap, in place, in linear time."},
    {"_heappop_max", heappop_max, METH_O, "_heappop_max($module, heap, /)\n--\n\nTakes the largest item from a maximum heap."},
    {"_heapify_max", heapify_max, METH_O, "_heapify_max($module, heap, /)\n--\n\nMakes a list a maximum heap."},
    {"_heapreplace_max", FAST(heapreplace_max), "_heapreplace_max($module, heap, item, /)\n--\n\nTakes the largest item and puts another in its place."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_heapq", .m_size = -1, .m_methods = functions,
                                        .m_doc = "A list as a heap (library reference, \"heapq\")."};

PyMODINIT_FUNC PyInit__heapq(void)
{
    PyObject *m = PyModule_Create(&definition);
    if (m && PyModule_AddStringConstant(m, "__about__", "Heaps as lists: item k is not larger than items 2k+1 and 2k+2.") < 0)
        Py_CLEAR(m);
    return m;
}
