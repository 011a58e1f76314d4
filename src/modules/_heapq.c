/* _heapq: binary heaps in lists, smallest first (and largest first for the _max functions).
 *
 * Comparisons run Python code, which may change the list: its size is checked after each, and items are fetched again. */
#include "Python.h"

/* Whether a comes before b; -1 with an error set. */
static int before(PyObject *a, PyObject *b, int max)
{
    Py_INCREF(a);
    Py_INCREF(b);
    int r = max ? PyObject_RichCompareBool(b, a, Py_LT) : PyObject_RichCompareBool(a, b, Py_LT);
    Py_DECREF(a);
    Py_DECREF(b);
    return r;
}

static int changed(PyObject *heap, Py_ssize_t size)
{
    if (PyList_GET_SIZE(heap) == size)
        return 0;
    PyErr_SetString(PyExc_RuntimeError, "list changed size during iteration");
    return -1;
}

static void swap(PyObject *heap, Py_ssize_t i, Py_ssize_t j)
{
    PyObject *t = PyList_GET_ITEM(heap, i);
    PyList_SET_ITEM(heap, i, PyList_GET_ITEM(heap, j));
    PyList_SET_ITEM(heap, j, t);
}

/* Moves the item at pos up until its parent comes before it, but not above start. */
static int sift_down(PyObject *heap, Py_ssize_t start, Py_ssize_t pos, int max)
{
    Py_ssize_t size = PyList_GET_SIZE(heap);
    if (pos >= size) {
        PyErr_SetString(PyExc_IndexError, "index out of range");
        return -1;
    }
    while (pos > start) {
        Py_ssize_t parent = (pos - 1) >> 1;
        int first = before(PyList_GET_ITEM(heap, pos), PyList_GET_ITEM(heap, parent), max);
        if (first < 0 || changed(heap, size))
            return -1;
        if (!first)
            break;
        swap(heap, pos, parent);
        pos = parent;
    }
    return 0;
}

/* Moves the hole's item down to a leaf by the smaller child, then up to its place. */
static int sift_up(PyObject *heap, Py_ssize_t pos, int max)
{
    Py_ssize_t size = PyList_GET_SIZE(heap), start = pos, limit = size >> 1;
    if (pos >= size) {
        PyErr_SetString(PyExc_IndexError, "index out of range");
        return -1;
    }
    while (pos < limit) {
        Py_ssize_t child = 2 * pos + 1;
        if (child + 1 < size) {
            int first = before(PyList_GET_ITEM(heap, child), PyList_GET_ITEM(heap, child + 1), max);
            if (first < 0 || changed(heap, size))
                return -1;
            child += !first;
        }
        swap(heap, pos, child);
        pos = child;
    }
    return sift_down(heap, start, pos, max);
}

static int check_list(PyObject *heap, const char *function)
{
    if (PyList_Check(heap))
        return 0;
    PyErr_Format(PyExc_TypeError, "%s() argument%s must be list, not %.50s", function,
                 strncmp(function, "heapify", 7) && strcmp(function, "heappop") && strcmp(function, "_heappop_max") && strcmp(function, "_heapify_max") ? " 1" : "",
                 heap == Py_None ? "None" : Py_TYPE(heap)->tp_name);
    return -1;
}

static int check_two(Py_ssize_t n, const char *function)
{
    if (n == 2)
        return 0;
    PyErr_Format(PyExc_TypeError, "%s expected 2 arguments, got %zd", function, n);
    return -1;
}

static PyObject *pop(PyObject *heap, int max)
{
    Py_ssize_t n = PyList_GET_SIZE(heap);
    if (n == 0) {
        PyErr_SetString(PyExc_IndexError, "index out of range");
        return NULL;
    }
    PyObject *last = Py_NewRef(PyList_GET_ITEM(heap, n - 1));
    if (PyList_SetSlice(heap, n - 1, n, NULL)) {
        Py_DECREF(last);
        return NULL;
    }
    if (n == 1)
        return last;
    PyObject *first = PyList_GET_ITEM(heap, 0);
    PyList_SET_ITEM(heap, 0, last);
    if (sift_up(heap, 0, max)) {
        Py_DECREF(first);
        return NULL;
    }
    return first;
}

static PyObject *replace(PyObject *heap, PyObject *item, int max)
{
    if (PyList_GET_SIZE(heap) == 0) {
        PyErr_SetString(PyExc_IndexError, "index out of range");
        return NULL;
    }
    PyObject *first = PyList_GET_ITEM(heap, 0);
    PyList_SET_ITEM(heap, 0, Py_NewRef(item));
    if (sift_up(heap, 0, max)) {
        Py_DECREF(first);
        return NULL;
    }
    return first;
}

static PyObject *heapify(PyObject *heap, int max)
{
    for (Py_ssize_t i = PyList_GET_SIZE(heap) / 2; --i >= 0;)
        if (sift_up(heap, i, max))
            return NULL;
    Py_RETURN_NONE;
}

static PyObject *heap_push(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (check_two(n, "heappush") || check_list(args[0], "heappush") || PyList_Append(args[0], args[1]) ||
        sift_down(args[0], 0, PyList_GET_SIZE(args[0]) - 1, 0))
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *heap_pushpop(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (check_two(n, "heappushpop") || check_list(args[0], "heappushpop"))
        return NULL;
    if (PyList_GET_SIZE(args[0]) == 0)
        return Py_NewRef(args[1]);
    int first = before(PyList_GET_ITEM(args[0], 0), args[1], 0);
    return first < 0 ? NULL : first ? replace(args[0], args[1], 0) : Py_NewRef(args[1]);
}

static PyObject *heap_replace(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    return check_two(n, "heapreplace") || check_list(args[0], "heapreplace") ? NULL : replace(args[0], args[1], 0);
}
static PyObject *heap_replace_max(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    return check_two(n, "_heapreplace_max") || check_list(args[0], "_heapreplace_max") ? NULL : replace(args[0], args[1], 1);
}
static PyObject *heap_pop(PyObject *module, PyObject *heap) { return check_list(heap, "heappop") ? NULL : pop(heap, 0); }
static PyObject *heap_pop_max(PyObject *module, PyObject *heap) { return check_list(heap, "_heappop_max") ? NULL : pop(heap, 1); }
static PyObject *heap_heapify(PyObject *module, PyObject *heap) { return check_list(heap, "heapify") ? NULL : heapify(heap, 0); }
static PyObject *heap_heapify_max(PyObject *module, PyObject *heap) { return check_list(heap, "_heapify_max") ? NULL : heapify(heap, 1); }

static PyMethodDef functions[] = {
    {"heappush", (PyCFunction)heap_push, METH_FASTCALL, "heappush($module, heap, item, /)\n--\n\nPush item onto heap, maintaining the heap invariant."},
    {"heappushpop", (PyCFunction)heap_pushpop, METH_FASTCALL,
     "heappushpop($module, heap, item, /)\n--\n\nPush item on the heap, then pop and return the smallest item from the heap."},
    {"heappop", heap_pop, METH_O, "heappop($module, heap, /)\n--\n\nPop the smallest item off the heap, maintaining the heap invariant."},
    {"heapreplace", (PyCFunction)heap_replace, METH_FASTCALL,
     "heapreplace($module, heap, item, /)\n--\n\nPop and return the current smallest value, and add the new item."},
    {"heapify", heap_heapify, METH_O, "heapify($module, heap, /)\n--\n\nTransform list into a heap, in-place, in O(len(heap)) time."},
    {"_heappop_max", heap_pop_max, METH_O, "_heappop_max($module, heap, /)\n--\n\nMaxheap variant of heappop."},
    {"_heapify_max", heap_heapify_max, METH_O, "_heapify_max($module, heap, /)\n--\n\nMaxheap variant of heapify."},
    {"_heapreplace_max", (PyCFunction)heap_replace_max, METH_FASTCALL, "_heapreplace_max($module, heap, item, /)\n--\n\nMaxheap variant of heapreplace."},
    {NULL},
};
static int module_exec(PyObject *module)
{
    return PyModule_AddStringConstant(module, "__about__", "Heaps are arrays for which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for all k.");
}
static PyModuleDef_Slot slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_heapq", "Heap queue algorithm (a.k.a. priority queue).", 0, functions, slots, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit__heapq(void) { return PyModuleDef_Init(&definition); }
