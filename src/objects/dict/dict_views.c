/* Views: dict_keys, dict_values, dict_items, with the set operations of keys and items. */
#include "objects/dict/dict.h"
#include "memory/memory.h"
#include "objects/names.h"

typedef _PyDictViewObject View;
#define DICT_OF(v) (((View *)(v))->dv_dict)

PyObject *_PyDictView_New(PyObject *dict, PyTypeObject *type)
{
    if (dict == NULL) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (!PyDict_Check(dict)) {
        PyErr_Format(PyExc_TypeError, "%s() requires a dict argument, not '%s'", type->tp_name, Py_TYPE(dict)->tp_name);
        return NULL;
    }
    View *v = PyObject_GC_New(View, type);
    if (v == NULL)
        return NULL;
    Py_INCREF(dict);
    v->dv_dict = (PyDictObject *)dict;
    PyObject_GC_Track(v);
    return (PyObject *)v;
}

PyObject *dict_keys_view(PyObject *d, PyObject *unused) { return _PyDictView_New(d, &PyDictKeys_Type); }
PyObject *dict_values_view(PyObject *d, PyObject *unused) { return _PyDictView_New(d, &PyDictValues_Type); }
PyObject *dict_items_view(PyObject *d, PyObject *unused) { return _PyDictView_New(d, &PyDictItems_Type); }

static void view_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(DICT_OF(self));
    PyObject_GC_Del(self);
}

static int view_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(DICT_OF(self));
    return 0;
}

static Py_ssize_t view_length(PyObject *self) { return DICT_OF(self) ? DICT_OF(self)->ma_used : 0; }

static PyObject *view_repr(PyObject *self)
{
    int nested = Py_ReprEnter(self);
    if (nested != 0)
        return nested > 0 ? PyUnicode_FromString("...") : NULL;
    PyObject *list = PySequence_List(self), *text = NULL;
    if (list != NULL)
        text = PyUnicode_FromFormat("%s(%R)", Py_TYPE(self)->tp_name, list);
    Py_XDECREF(list);
    Py_ReprLeave(self);
    return text;
}

static PyObject *keys_iter(PyObject *self) { return dict_iter_new(DICT_OF(self), &PyDictIterKey_Type); }
static PyObject *values_iter(PyObject *self) { return dict_iter_new(DICT_OF(self), &PyDictIterValue_Type); }
static PyObject *items_iter(PyObject *self) { return dict_iter_new(DICT_OF(self), &PyDictIterItem_Type); }
static PyObject *keys_reversed(PyObject *self, PyObject *u) { return dict_iter_new(DICT_OF(self), &PyDictRevIterKey_Type); }
static PyObject *values_reversed(PyObject *self, PyObject *u) { return dict_iter_new(DICT_OF(self), &PyDictRevIterValue_Type); }
static PyObject *items_reversed(PyObject *self, PyObject *u) { return dict_iter_new(DICT_OF(self), &PyDictRevIterItem_Type); }

static int keys_contains(PyObject *self, PyObject *key) { return PyDict_Contains((PyObject *)DICT_OF(self), key); }

static int items_contains(PyObject *self, PyObject *item)
{
    if (!PyTuple_Check(item) || PyTuple_GET_SIZE(item) != 2)
        return 0;
    PyObject *found = PyDict_GetItemWithError((PyObject *)DICT_OF(self), PyTuple_GET_ITEM(item, 0));
    if (found == NULL)
        return PyErr_Occurred() ? -1 : 0;
    Py_INCREF(found);
    int equal = PyObject_RichCompareBool(found, PyTuple_GET_ITEM(item, 1), Py_EQ);
    Py_DECREF(found);
    return equal;
}

/* Are all members of `part` in `whole`? */
static int all_in(PyObject *part, PyObject *whole)
{
    PyObject *it = PyObject_GetIter(part), *o;
    if (it == NULL)
        return -1;
    int result = 1;
    while (result == 1 && (o = PyIter_Next(it)) != NULL) {
        result = PySequence_Contains(whole, o);
        Py_DECREF(o);
    }
    Py_DECREF(it);
    return PyErr_Occurred() ? -1 : result;
}

static PyObject *view_richcompare(PyObject *self, PyObject *other, int op)
{
    if (!PyAnySet_Check(other) && !PyDictViewSet_Check(other))
        Py_RETURN_NOTIMPLEMENTED;
    Py_ssize_t mine = PyObject_Size(self), theirs = mine < 0 ? -1 : PyObject_Size(other);
    if (theirs < 0)
        return NULL;
    int result = 0;
    switch (op) {
    case Py_EQ:
    case Py_NE:
        result = mine == theirs ? all_in(self, other) : 0;
        if (op == Py_NE && result >= 0)
            result = !result;
        break;
    case Py_LT:
        result = mine < theirs ? all_in(self, other) : 0;
        break;
    case Py_LE:
        result = mine <= theirs ? all_in(self, other) : 0;
        break;
    case Py_GT:
        result = mine > theirs ? all_in(other, self) : 0;
        break;
    case Py_GE:
        result = mine >= theirs ? all_in(other, self) : 0;
        break;
    }
    return result < 0 ? NULL : PyBool_FromLong(result);
}

/* ---- set operations; the left operand may be anything iterable ---- */

static PyObject *as_set(PyObject *self)
{
    PyObject *set = PySet_New(NULL);
    if (set != NULL && _PySet_Update(set, self) < 0)
        Py_CLEAR(set);
    return set;
}

static PyObject *by_method(PyObject *self, const char *method, PyObject *other)
{
    PyObject *set = as_set(self);
    if (set == NULL)
        return NULL;
    PyObject *done = PyObject_CallMethod(set, method, "O", other);
    if (done == NULL)
        Py_CLEAR(set);
    Py_XDECREF(done);
    return set;
}

static PyObject *view_sub(PyObject *self, PyObject *other) { return by_method(self, "difference_update", other); }
static PyObject *view_or(PyObject *self, PyObject *other) { return by_method(self, "update", other); }
static PyObject *view_xor(PyObject *self, PyObject *other) { return by_method(self, "symmetric_difference_update", other); }

PyObject *_PyDictView_Intersect(PyObject *self, PyObject *other)
{
    if (!PyDictViewSet_Check(self)) {
        PyObject *view = other;
        other = self;
        self = view;
    }
    PyObject *result, *it, *o;
    /* Walk the shorter one if the other can be asked. */
    if (PyDictViewSet_Check(other) && view_length(other) > view_length(self)) {
        PyObject *swap = self;
        self = other;
        other = swap;
    } else if (PyAnySet_CheckExact(other) && PyDictViewSet_Check(self) && PySet_GET_SIZE(other) > view_length(self)) {
        it = PyObject_CallMethod(other, "intersection", "O", self); /* of the other's type */
        result = it ? PySet_New(it) : NULL;
        Py_XDECREF(it);
        return result;
    }
    result = PySet_New(NULL);
    it = result ? PyObject_GetIter(other) : NULL;
    if (it == NULL) {
        Py_XDECREF(result);
        return NULL;
    }
    while ((o = PyIter_Next(it)) != NULL) {
        int has = PySequence_Contains(self, o);
        if (has < 0 || (has && PySet_Add(result, o) < 0)) {
            Py_DECREF(o);
            break;
        }
        Py_DECREF(o);
    }
    Py_DECREF(it);
    if (PyErr_Occurred())
        Py_CLEAR(result);
    return result;
}

static PyObject *view_isdisjoint(PyObject *self, PyObject *other)
{
    if (self == other)
        return PyBool_FromLong(view_length(self) == 0);
    if ((PyAnySet_CheckExact(other) || PyDictViewSet_Check(other)) && PyObject_Size(other) > view_length(self)) {
        PyObject *swap = self;
        self = other;
        other = swap;
    }
    PyObject *it = PyObject_GetIter(other), *o;
    if (it == NULL)
        return NULL;
    int has = 0;
    while (has == 0 && (o = PyIter_Next(it)) != NULL) {
        has = PySequence_Contains(self, o);
        Py_DECREF(o);
    }
    Py_DECREF(it);
    if (has < 0 || PyErr_Occurred())
        return NULL;
    return PyBool_FromLong(!has);
}

static PyObject *view_mapping(PyObject *self, void *unused) { return PyDictProxy_New((PyObject *)DICT_OF(self)); }

static PyGetSetDef view_getset[] = {
    {"mapping", view_mapping, NULL, PyDoc_STR("dictionary that this view refers to")}, {NULL}};

#define DISJOINT {"isdisjoint", view_isdisjoint, METH_O, \
                  PyDoc_STR("Return True if the view and the given iterable have a null intersection.")}
#define REVERSED(f) {"__reversed__", f, METH_NOARGS, PyDoc_STR("Return a reverse iterator over the view.")}
static PyMethodDef keys_methods[] = {DISJOINT, REVERSED(keys_reversed), {NULL}};
static PyMethodDef items_methods[] = {DISJOINT, REVERSED(items_reversed), {NULL}};
static PyMethodDef values_methods[] = {REVERSED(values_reversed), {NULL}};

static PyNumberMethods view_as_number = {
    .nb_subtract = view_sub, .nb_and = _PyDictView_Intersect, .nb_xor = view_xor, .nb_or = view_or};
static PySequenceMethods keys_as_sequence = {.sq_length = view_length, .sq_contains = keys_contains};
static PySequenceMethods items_as_sequence = {.sq_length = view_length, .sq_contains = items_contains};
static PySequenceMethods values_as_sequence = {.sq_length = view_length};

#define VIEW(symbol, name, sequence, iter, methods, ...)                                                \
    PyTypeObject symbol = {PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = name,                       \
                           .tp_basicsize = sizeof(View),                                                \
                           .tp_dealloc = view_dealloc,                                                  \
                           .tp_repr = view_repr,                                                        \
                           .tp_as_sequence = &sequence,                                                 \
                           .tp_getattro = PyObject_GenericGetAttr,                                      \
                           .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,                         \
                           .tp_traverse = view_traverse,                                                \
                           .tp_iter = iter,                                                             \
                           .tp_methods = methods,                                                       \
                           .tp_getset = view_getset,                                                    \
                           __VA_ARGS__}

VIEW(PyDictKeys_Type, "dict_keys", keys_as_sequence, keys_iter, keys_methods, .tp_as_number = &view_as_number,
     .tp_richcompare = view_richcompare);
VIEW(PyDictItems_Type, "dict_items", items_as_sequence, items_iter, items_methods, .tp_as_number = &view_as_number,
     .tp_richcompare = view_richcompare);
VIEW(PyDictValues_Type, "dict_values", values_as_sequence, values_iter, values_methods);

/* ---- lists of keys, values, items ---- */

static PyObject *list_of(PyObject *self, PyTypeObject *iterator)
{
    if (self == NULL || !PyDict_Check(self)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyObject *it = dict_iter_new((PyDictObject *)self, iterator);
    if (it == NULL)
        return NULL;
    PyObject *list = PySequence_List(it);
    Py_DECREF(it);
    return list;
}

PyObject *PyDict_Keys(PyObject *self) { return list_of(self, &PyDictIterKey_Type); }
PyObject *PyDict_Values(PyObject *self) { return list_of(self, &PyDictIterValue_Type); }
PyObject *PyDict_Items(PyObject *self) { return list_of(self, &PyDictIterItem_Type); }
