/* The type dict: slots and methods. */
#include "objects/dict/dict.h"
#include "memory/memory.h"
#include "memory/stack.h"
#include "objects/names.h"

PyObject *dict_type_new(PyTypeObject *type, PyObject *args, PyObject *kwargs);
void dict_dealloc(PyObject *self);
int dict_traverse(PyObject *self, visitproc visit, void *arg);
int dict_tp_clear(PyObject *self);

#define DICT(o) ((PyDictObject *)(o))

/* ---- slots ---- */

static Py_ssize_t dict_length(PyObject *self) { return DICT(self)->ma_used; }

/* __missing__ of a subclass, called with key; NULL with KeyError when there is none. */
static PyObject *missing(PyObject *self, PyObject *key)
{
    if (!PyDict_CheckExact(self)) {
        PyTypeObject *type = Py_TYPE(self);
        PyObject *f = _PyType_Lookup(type, N(__missing__));
        if (f != NULL) {
            Py_INCREF(f);
            PyObject *result;
            descrgetfunc get = Py_TYPE(f)->tp_descr_get;
            if (get == NULL || PyType_HasFeature(Py_TYPE(f), Py_TPFLAGS_METHOD_DESCRIPTOR)) {
                PyObject *args[] = {self, key};
                result = get == NULL ? PyObject_CallOneArg(f, key) : PyObject_Vectorcall(f, args, 2, NULL);
            } else {
                PyObject *bound = get(f, self, (PyObject *)type);
                result = bound ? PyObject_CallOneArg(bound, key) : NULL;
                Py_XDECREF(bound);
            }
            Py_DECREF(f);
            return result;
        }
    }
    _PyErr_SetKeyError(key);
    return NULL;
}

PyObject *dict_subscript(PyObject *self, PyObject *key)
{
    Py_hash_t hash = dict_hash(key);
    if (hash == -1)
        return NULL;
    Py_ssize_t ix = dict_find(DICT(self), key, hash);
    if (ix < 0)
        return ix == DICT_ERROR ? NULL : missing(self, key);
    PyObject *value = dict_value_at(DICT(self), ix);
    Py_INCREF(value);
    return value;
}

static int dict_ass_sub(PyObject *self, PyObject *key, PyObject *value)
{
    return value == NULL ? PyDict_DelItem(self, key) : PyDict_SetItem(self, key, value);
}

PyObject *dict_iter(PyObject *self) { return dict_iter_new(DICT(self), &PyDictIterKey_Type); }

static int dict_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (dict_update_common(self, ((PyTupleObject *)args)->ob_item, PyTuple_GET_SIZE(args), NULL, "dict") < 0)
        return -1;
    if (kwargs == NULL)
        return 0;
    if (!PyArg_ValidateKeywordArguments(kwargs))
        return -1;
    return dict_merge(self, kwargs, 1);
}

static PyObject *dict_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyObject *d = dict_type_new((PyTypeObject *)type, NULL, NULL);
    if (d != NULL && dict_update_common(d, args, PyVectorcall_NARGS(nargsf), kwnames, "dict") < 0)
        Py_CLEAR(d);
    return d;
}

static int write_item(_PyUnicodeWriter *w, PyObject *o)
{
    PyObject *text = PyObject_Repr(o);
    if (text == NULL)
        return -1;
    int result = _PyUnicodeWriter_WriteStr(w, text);
    Py_DECREF(text);
    return result;
}

static PyObject *dict_repr(PyObject *self)
{
    int nested = Py_ReprEnter(self);
    if (nested != 0)
        return nested > 0 ? PyUnicode_FromString("{...}") : NULL;
    if (DICT(self)->ma_used == 0) {
        Py_ReprLeave(self);
        return PyUnicode_FromString("{}");
    }
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    Py_ssize_t pos = 0;
    PyObject *key, *value;
    int first = 1, result = 0;
    while (result == 0 && PyDict_Next(self, &pos, &key, &value)) {
        Py_INCREF(key);
        Py_INCREF(value);
        result = _PyUnicodeWriter_WriteASCIIString(&w, first ? "{" : ", ", first ? 1 : 2);
        first = 0;
        if (result == 0)
            result = write_item(&w, key);
        if (result == 0)
            result = _PyUnicodeWriter_WriteASCIIString(&w, ": ", 2);
        if (result == 0)
            result = write_item(&w, value);
        Py_DECREF(key);
        Py_DECREF(value);
    }
    Py_ReprLeave(self);
    if (result == 0)
        result = _PyUnicodeWriter_WriteASCIIString(&w, "}", 1);
    if (result < 0) {
        _PyUnicodeWriter_Dealloc(&w);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&w);
}

static PyObject *dict_richcompare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyDict_Check(a) || !PyDict_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    int equal = dict_equal(DICT(a), DICT(b));
    return equal < 0 ? NULL : PyBool_FromLong(equal == (op == Py_EQ));
}

static PyObject *dict_or(PyObject *a, PyObject *b)
{
    if (!PyDict_Check(a) || !PyDict_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *d = PyDict_Copy(a);
    if (d != NULL && dict_merge(d, b, 1) < 0)
        Py_CLEAR(d);
    return d;
}

static PyObject *dict_ior(PyObject *a, PyObject *b)
{
    if (dict_update_common(a, &b, 1, NULL, "update") < 0)
        return NULL;
    Py_INCREF(a);
    return a;
}

/* ---- methods ---- */

static int arguments(const char *name, Py_ssize_t n, Py_ssize_t low, Py_ssize_t high)
{
    return _PyArg_CheckPositional(name, n, low, high);
}

static PyObject *dict_get(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (!arguments("get", n, 1, 2))
        return NULL;
    Py_hash_t hash = dict_hash(args[0]);
    if (hash == -1)
        return NULL;
    Py_ssize_t ix = dict_find(DICT(self), args[0], hash);
    if (ix == DICT_ERROR)
        return NULL;
    PyObject *value = ix >= 0 ? dict_value_at(DICT(self), ix) : n > 1 ? args[1] : Py_None;
    Py_INCREF(value);
    return value;
}

static PyObject *dict_setdefault(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (!arguments("setdefault", n, 1, 2))
        return NULL;
    PyObject *value = PyDict_SetDefault(self, args[0], n > 1 ? args[1] : Py_None);
    Py_XINCREF(value);
    return value;
}

static PyObject *dict_pop(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (!arguments("pop", n, 1, 2))
        return NULL;
    return _PyDict_Pop(self, args[0], n > 1 ? args[1] : NULL);
}

static PyObject *dict_popitem(PyObject *self, PyObject *unused)
{
    PyObject *pair = PyTuple_New(2), *key, *value;
    if (pair == NULL)
        return NULL;
    if (dict_pop_last(DICT(self), &key, &value) < 0) {
        Py_DECREF(pair);
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_KeyError, "popitem(): dictionary is empty");
        return NULL;
    }
    PyTuple_SET_ITEM(pair, 0, key);
    PyTuple_SET_ITEM(pair, 1, value);
    return pair;
}

static PyObject *dict_update(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *kwnames)
{
    if (dict_update_common(self, args, n, kwnames, "update") < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *dict_clear(PyObject *self, PyObject *unused)
{
    PyDict_Clear(self);
    Py_RETURN_NONE;
}

static PyObject *dict_contains(PyObject *self, PyObject *key)
{
    int has = PyDict_Contains(self, key);
    return has < 0 ? NULL : PyBool_FromLong(has);
}

static PyObject *dict_copy(PyObject *self, PyObject *unused) { return PyDict_Copy(self); }
static PyObject *dict_sizeof(PyObject *self, PyObject *unused) { return PyLong_FromSsize_t(_PyDict_SizeOf(DICT(self))); }
static PyObject *dict_reversed(PyObject *self, PyObject *unused)
{
    return dict_iter_new(DICT(self), &PyDictRevIterKey_Type);
}

static PyObject *dict_fromkeys(PyObject *cls, PyObject *const *args, Py_ssize_t n)
{
    if (!arguments("fromkeys", n, 1, 2))
        return NULL;
    return dict_from_keys(cls, args[0], n > 1 ? args[1] : Py_None);
}

#define FAST(f) (PyCFunction)(void (*)(void))(f), METH_FASTCALL

PyMethodDef dict_methods[] = {
    {"__contains__", dict_contains, METH_O | METH_COEXIST,
     PyDoc_STR("__contains__($self, key, /)\n--\n\nTrue if the dictionary has the specified key, else False.")},
    {"__getitem__", dict_subscript, METH_O | METH_COEXIST, PyDoc_STR("x.__getitem__(y) <==> x[y]")},
    {"__sizeof__", dict_sizeof, METH_NOARGS, PyDoc_STR("D.__sizeof__() -> size of D in memory, in bytes")},
    {"get", FAST(dict_get),
     PyDoc_STR("get($self, key, default=None, /)\n--\n\nThe value for key if it is in the dictionary, else default.")},
    {"setdefault", FAST(dict_setdefault),
     PyDoc_STR("setdefault($self, key, default=None, /)\n--\n\nThe value for key, inserted as default if it is missing.")},
    {"pop", FAST(dict_pop), PyDoc_STR("D.pop(k[,d]) -> v, remove specified key and return the corresponding value.\n\n"
                                      "If the key is not found, d is returned if given, else KeyError is raised.")},
    {"popitem", dict_popitem, METH_NOARGS,
     PyDoc_STR("popitem($self, /)\n--\n\nRemove and return the pair (key, value) inserted last; KeyError if empty.")},
    {"keys", dict_keys_view, METH_NOARGS, PyDoc_STR("D.keys() -> a set-like object providing a view on D's keys")},
    {"items", dict_items_view, METH_NOARGS, PyDoc_STR("D.items() -> a set-like object providing a view on D's items")},
    {"values", dict_values_view, METH_NOARGS, PyDoc_STR("D.values() -> an object providing a view on D's values")},
    {"update", (PyCFunction)(void (*)(void))dict_update, METH_FASTCALL | METH_KEYWORDS,
     PyDoc_STR("D.update([E, ]**F) -> None.  Update D from mapping or pairs E and keywords F.")},
    {"fromkeys", (PyCFunction)(void (*)(void))dict_fromkeys, METH_FASTCALL | METH_CLASS,
     PyDoc_STR("fromkeys($type, iterable, value=None, /)\n--\n\nA new dictionary with keys from iterable, all set to value.")},
    {"clear", dict_clear, METH_NOARGS, PyDoc_STR("D.clear() -> None.  Remove all items from D.")},
    {"copy", dict_copy, METH_NOARGS, PyDoc_STR("D.copy() -> a shallow copy of D")},
    {"__reversed__", dict_reversed, METH_NOARGS,
     PyDoc_STR("__reversed__($self, /)\n--\n\nReturn a reverse iterator over the dict keys.")},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, PyDoc_STR("See PEP 585")},
    {NULL}};

static PyMappingMethods dict_as_mapping = {dict_length, dict_subscript, dict_ass_sub};
static PySequenceMethods dict_as_sequence = {.sq_contains = PyDict_Contains};
static PyNumberMethods dict_as_number = {.nb_or = dict_or, .nb_inplace_or = dict_ior};

PyTypeObject PyDict_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "dict",
    .tp_basicsize = sizeof(PyDictObject),
    .tp_dealloc = dict_dealloc,
    .tp_repr = dict_repr,
    .tp_as_number = &dict_as_number,
    .tp_as_sequence = &dict_as_sequence,
    .tp_as_mapping = &dict_as_mapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DICT_SUBCLASS |
                _Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_MAPPING,
    .tp_doc = PyDoc_STR("dict() -> new empty dictionary\n"
                        "dict(mapping) -> new dictionary with the mapping's (key, value) pairs\n"
                        "dict(iterable) -> new dictionary filled from pairs\n"
                        "dict(**kwargs) -> new dictionary with name=value pairs"),
    .tp_traverse = dict_traverse,
    .tp_clear = dict_tp_clear,
    .tp_richcompare = dict_richcompare,
    .tp_iter = dict_iter,
    .tp_methods = dict_methods,
    .tp_init = dict_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = dict_type_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = dict_vectorcall,
};
