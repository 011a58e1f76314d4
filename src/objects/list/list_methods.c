/* The methods of lists, and their iterators. */
#include "objects/list/list.h"
#include "memory/memory.h"
#include "objects/names.h"

#define LIST(o) ((PyListObject *)(o))

static PyObject *list_append(PyObject *self, PyObject *item)
{
    Py_INCREF(item);
    if (list_append_steal(LIST(self), item) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *list_insert(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("insert", n, 2, 2))
        return NULL;
    Py_ssize_t i = -1;
    PyObject *number = PyNumber_Index(args[0]);
    if (number != NULL) {
        i = PyLong_AsSsize_t(number);
        Py_DECREF(number);
    }
    if (i == -1 && PyErr_Occurred())
        return NULL;
    if (PyList_Insert(self, i, args[1]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *list_pop(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    Py_ssize_t i = -1, size = Py_SIZE(self);
    if (!_PyArg_CheckPositional("pop", n, 0, 1))
        return NULL;
    if (n == 1) {
        PyObject *number = PyNumber_Index(args[0]);
        if (number == NULL)
            return NULL;
        i = PyLong_AsSsize_t(number);
        Py_DECREF(number);
        if (i == -1 && PyErr_Occurred())
            return NULL;
        size = Py_SIZE(self);
    }
    if (size == 0) {
        PyErr_SetString(PyExc_IndexError, "pop from empty list");
        return NULL;
    }
    if (i < 0)
        i += size;
    if ((size_t)i >= (size_t)size) {
        PyErr_SetString(PyExc_IndexError, "pop index out of range");
        return NULL;
    }
    PyObject **items = LIST(self)->ob_item, *item = items[i];
    memmove(items + i, items + i + 1, (size_t)(size - i - 1) * sizeof *items);
    if (list_resize(LIST(self), size - 1) < 0) {
        PyErr_Clear();  /* a buffer that could not shrink is as good */
        Py_SET_SIZE(self, size - 1);
    }
    return item;
}

static PyObject *list_remove(PyObject *self, PyObject *wanted)
{
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        PyObject *item = LIST(self)->ob_item[i];
        Py_INCREF(item);
        int equal = PyObject_RichCompareBool(item, wanted, Py_EQ);
        Py_DECREF(item);
        if (equal < 0)
            return NULL;
        if (equal) {
            if (list_assign_slice(LIST(self), i, i + 1, NULL) < 0)
                return NULL;
            Py_RETURN_NONE;
        }
    }
    PyErr_SetString(PyExc_ValueError, "list.remove(x): x not in list");
    return NULL;
}

static PyObject *list_index(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    Py_ssize_t start = 0, stop = PY_SSIZE_T_MAX;
    if (!_PyArg_CheckPositional("index", n, 1, 3) || (n > 1 && !_PyEval_SliceIndexNotNone(args[1], &start)) ||
        (n > 2 && !_PyEval_SliceIndexNotNone(args[2], &stop)))
        return NULL;
    if (start < 0)
        start = start + Py_SIZE(self) < 0 ? 0 : start + Py_SIZE(self);
    if (stop < 0)
        stop = stop + Py_SIZE(self) < 0 ? 0 : stop + Py_SIZE(self);
    for (Py_ssize_t i = start; i < stop && i < Py_SIZE(self); i++) {
        PyObject *item = LIST(self)->ob_item[i];
        Py_INCREF(item);
        int equal = PyObject_RichCompareBool(item, args[0], Py_EQ);
        Py_DECREF(item);
        if (equal < 0)
            return NULL;
        if (equal)
            return PyLong_FromSsize_t(i);
    }
    return PyErr_Format(PyExc_ValueError, "%R is not in list", args[0]);
}

static PyObject *list_count(PyObject *self, PyObject *wanted)
{
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        PyObject *item = LIST(self)->ob_item[i];
        if (item == wanted) {
            count++;
            continue;
        }
        Py_INCREF(item);
        int equal = PyObject_RichCompareBool(item, wanted, Py_EQ);
        Py_DECREF(item);
        if (equal < 0)
            return NULL;
        count += equal;
    }
    return PyLong_FromSsize_t(count);
}

static PyObject *list_clear(PyObject *self, PyObject *unused)
{
    list_clear_items(LIST(self));
    Py_RETURN_NONE;
}

static PyObject *list_copy(PyObject *self, PyObject *unused) { return list_slice(LIST(self), 0, Py_SIZE(self)); }

static PyObject *list_reverse(PyObject *self, PyObject *unused)
{
    PyList_Reverse(self);
    Py_RETURN_NONE;
}

static PyObject *list_sizeof(PyObject *self, PyObject *unused)
{
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + LIST(self)->allocated * (Py_ssize_t)sizeof(PyObject *));
}

#define FAST(f) (PyCFunction)(void (*)(void))(f), METH_FASTCALL

PyMethodDef list_methods[] = {
    {"__getitem__", list_subscript, METH_O | METH_COEXIST, PyDoc_STR("x.__getitem__(y) <==> x[y]")},
    {"__reversed__", list_reversed, METH_NOARGS,
     PyDoc_STR("__reversed__($self, /)\n--\n\nReturn a reverse iterator over the list.")},
    {"__sizeof__", list_sizeof, METH_NOARGS,
     PyDoc_STR("__sizeof__($self, /)\n--\n\nReturn the size of the list in memory, in bytes.")},
    {"clear", list_clear, METH_NOARGS, PyDoc_STR("clear($self, /)\n--\n\nRemove all items from list.")},
    {"copy", list_copy, METH_NOARGS, PyDoc_STR("copy($self, /)\n--\n\nReturn a shallow copy of the list.")},
    {"append", list_append, METH_O, PyDoc_STR("append($self, object, /)\n--\n\nAppend object to the end of the list.")},
    {"insert", FAST(list_insert), PyDoc_STR("insert($self, index, object, /)\n--\n\nInsert object before index.")},
    {"extend", list_extend, METH_O,
     PyDoc_STR("extend($self, iterable, /)\n--\n\nExtend list by appending elements from the iterable.")},
    {"pop", FAST(list_pop), PyDoc_STR("pop($self, index=-1, /)\n--\n\nRemove and return item at index (default last).\n\n"
                                      "Raises IndexError if list is empty or index is out of range.")},
    {"remove", list_remove, METH_O,
     PyDoc_STR("remove($self, value, /)\n--\n\nRemove first occurrence of value.\n\n"
               "Raises ValueError if the value is not present.")},
    {"index", FAST(list_index),
     PyDoc_STR("index($self, value, start=0, stop=sys.maxsize, /)\n--\n\nReturn first index of value.\n\n"
               "Raises ValueError if the value is not present.")},
    {"count", list_count, METH_O, PyDoc_STR("count($self, value, /)\n--\n\nReturn number of occurrences of value.")},
    {"reverse", list_reverse, METH_NOARGS, PyDoc_STR("reverse($self, /)\n--\n\nReverse *IN PLACE*.")},
    {"sort", (PyCFunction)(void (*)(void))list_sort, METH_FASTCALL | METH_KEYWORDS,
     PyDoc_STR("sort($self, /, *, key=None, reverse=False)\n--\n\nSort the list in ascending order and return None.\n\n"
               "The sort is in-place and stable.  A key function is applied once to each item.")},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, PyDoc_STR("See PEP 585")},
    {NULL}};

/* ---- iterators ---- */

typedef struct {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *list;      /* owned; NULL when exhausted */
} ListIter;

static PyObject *iter_new(PyObject *list, PyTypeObject *type, Py_ssize_t start)
{
    ListIter *it = container_alloc(sizeof *it);
    if (it == NULL)
        return PyErr_NoMemory();
    PyObject_Init((PyObject *)it, type);
    it->index = start;
    Py_INCREF(list);
    it->list = list;
    container_track_small(it);
    return (PyObject *)it;
}

PyObject *list_iter(PyObject *self) { return iter_new(self, &PyListIter_Type, 0); }
PyObject *list_reversed(PyObject *self, PyObject *unused)
{
    return iter_new(self, &PyListRevIter_Type, Py_SIZE(self) - 1);
}

static void iter_dealloc(PyObject *self)
{
    container_untrack_small(self);
    Py_XDECREF(((ListIter *)self)->list);
    container_free_small(self);
}

static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((ListIter *)self)->list);
    return 0;
}

static PyObject *iter_next(PyObject *self)
{
    ListIter *it = (ListIter *)self;
    PyObject *list = it->list;
    if (list == NULL)
        return NULL;
    if (it->index < Py_SIZE(list)) {
        PyObject *item = LIST(list)->ob_item[it->index++];
        Py_INCREF(item);
        return item;
    }
    it->list = NULL;
    Py_DECREF(list);
    return NULL;
}

static PyObject *reverse_next(PyObject *self)
{
    ListIter *it = (ListIter *)self;
    PyObject *list = it->list;
    if (list == NULL)
        return NULL;
    if (it->index >= 0 && it->index < Py_SIZE(list)) {
        PyObject *item = LIST(list)->ob_item[it->index--];
        Py_INCREF(item);
        return item;
    }
    it->index = -1;
    it->list = NULL;
    Py_DECREF(list);
    return NULL;
}

static PyObject *iter_length(PyObject *self, PyObject *unused)
{
    ListIter *it = (ListIter *)self;
    Py_ssize_t n = it->list ? Py_SIZE(it->list) - it->index : 0;
    return PyLong_FromSsize_t(n < 0 ? 0 : n);
}

static PyObject *reverse_length(PyObject *self, PyObject *unused)
{
    ListIter *it = (ListIter *)self;
    Py_ssize_t n = it->index + 1;
    return PyLong_FromSsize_t(it->list == NULL || Py_SIZE(it->list) < n ? 0 : n);
}

static PyObject *iter_reduce(PyObject *self, PyObject *unused)
{
    ListIter *it = (ListIter *)self;
    int forward = Py_TYPE(self) == &PyListIter_Type;
    PyObject *f = _PyEval_GetBuiltin(it->list == NULL || forward ? N(iter) : N(reversed));
    if (it->list == NULL)
        return Py_BuildValue("N([])", f);
    return Py_BuildValue("N(O)n", f, it->list, it->index);
}

static PyObject *iter_setstate(PyObject *self, PyObject *state)
{
    ListIter *it = (ListIter *)self;
    Py_ssize_t i = PyLong_AsSsize_t(state);
    if (i == -1 && PyErr_Occurred())
        return NULL;
    if (it->list != NULL) {
        if (Py_TYPE(self) == &PyListIter_Type)
            it->index = i < 0 ? 0 : i > Py_SIZE(it->list) ? Py_SIZE(it->list) : i;
        else
            it->index = i < -1 ? -1 : i > Py_SIZE(it->list) - 1 ? Py_SIZE(it->list) - 1 : i;
    }
    Py_RETURN_NONE;
}

#define HINT_DOC PyDoc_STR("Private method returning an estimate of len(list(it)).")
#define REDUCE {"__reduce__", iter_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")}
#define SETSTATE {"__setstate__", iter_setstate, METH_O, PyDoc_STR("Set state information for unpickling.")}
static PyMethodDef iter_methods[] = {{"__length_hint__", iter_length, METH_NOARGS, HINT_DOC}, REDUCE, SETSTATE, {NULL}};
static PyMethodDef reverse_methods[] = {{"__length_hint__", reverse_length, METH_NOARGS, HINT_DOC}, REDUCE, SETSTATE, {NULL}};

#define ITERATOR(symbol, name, next, methods)                                       \
    PyTypeObject symbol = {PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = name,   \
                           .tp_basicsize = sizeof(ListIter),                        \
                           .tp_dealloc = iter_dealloc,                              \
                           .tp_getattro = PyObject_GenericGetAttr,                  \
                           .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,     \
                           .tp_traverse = iter_traverse,                            \
                           .tp_iter = PyObject_SelfIter,                            \
                           .tp_iternext = next,                                     \
                           .tp_methods = methods}
ITERATOR(PyListIter_Type, "list_iterator", iter_next, iter_methods);
ITERATOR(PyListRevIter_Type, "list_reverseiterator", reverse_next, reverse_methods);
