/* Iterators over the keys, values and items of a dictionary, forwards and backwards. */
#include "objects/dict/dict.h"
#include "memory/memory.h"
#include "objects/names.h"

typedef struct {
    PyObject_HEAD
    PyDictObject *dict;     /* owned; NULL when exhausted */
    Py_ssize_t used;        /* ma_used at the start; -1 after an error */
    Py_ssize_t pos;         /* next entry */
    PyObject *result;       /* pair reused while nobody else has it (items) */
    Py_ssize_t left;
} DictIter;

static int is_items(PyTypeObject *type) { return type == &PyDictIterItem_Type || type == &PyDictRevIterItem_Type; }
static int is_reverse(PyTypeObject *type)
{
    return type == &PyDictRevIterKey_Type || type == &PyDictRevIterValue_Type || type == &PyDictRevIterItem_Type;
}

PyObject *dict_iter_new(PyDictObject *d, PyTypeObject *type)
{
    DictIter *it = container_alloc(sizeof *it);
    if (it == NULL)
        return PyErr_NoMemory();
    PyObject_Init((PyObject *)it, type);
    Py_INCREF(d);
    it->dict = d;
    it->used = it->left = d->ma_used;
    it->pos = is_reverse(type) ? d->ma_keys->used - 1 : 0;
    it->result = NULL;
    if (is_items(type)) {
        it->result = PyTuple_Pack(2, Py_None, Py_None);
        if (it->result == NULL) {
            Py_DECREF(it);
            return NULL;
        }
    }
    container_track_small(it);
    return (PyObject *)it;
}

static void iter_dealloc(PyObject *self)
{
    DictIter *it = (DictIter *)self;
    container_untrack_small(self);
    Py_XDECREF(it->dict);
    Py_XDECREF(it->result);
    container_free_small(self);
}

static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((DictIter *)self)->dict);
    Py_VISIT(((DictIter *)self)->result);
    return 0;
}

/* The next live entry's key and value, borrowed; 0 at the end, or with RuntimeError set. */
static int advance(DictIter *it, int step, PyObject **key, PyObject **value)
{
    PyDictObject *d = it->dict;
    if (d == NULL)
        return 0;
    if (it->used != d->ma_used) {
        PyErr_SetString(PyExc_RuntimeError, "dictionary changed size during iteration");
        it->used = -1;
        return 0;
    }
    PyDictKeysObject *k = d->ma_keys;
    Py_ssize_t i = it->pos;
    if (i >= 0 && i < k->used) {
        PyObject **e = keys_entry(k, i);
        while (i >= 0 && i < k->used && e[0] == NULL) {
            i += step;
            e += step * k->stride;
        }
        if (i >= 0 && i < k->used) {
            if (it->left == 0) {
                PyErr_SetString(PyExc_RuntimeError, "dictionary keys changed during iteration");
            } else {
                it->pos = i + step;
                it->left--;
                *key = e[0];
                *value = dict_value_at(d, i);
                return 1;
            }
        }
    }
    it->dict = NULL;
    Py_DECREF(d);
    return 0;
}

static PyObject *next_key(PyObject *self)
{
    PyObject *key, *value;
    return advance((DictIter *)self, 1, &key, &value) ? Py_NewRef(key) : NULL;
}
static PyObject *next_value(PyObject *self)
{
    PyObject *key, *value;
    return advance((DictIter *)self, 1, &key, &value) ? Py_NewRef(value) : NULL;
}

static PyObject *next_pair(DictIter *it, int step)
{
    PyObject *key, *value, *pair = it->result;
    if (!advance(it, step, &key, &value))
        return NULL;
    Py_INCREF(key);
    Py_INCREF(value);
    if (Py_REFCNT(pair) == 1) {
        PyObject *old_key = PyTuple_GET_ITEM(pair, 0), *old_value = PyTuple_GET_ITEM(pair, 1);
        Py_INCREF(pair);
        PyTuple_SET_ITEM(pair, 0, key);
        PyTuple_SET_ITEM(pair, 1, value);
        Py_DECREF(old_key);
        Py_DECREF(old_value);
        /* The collector may have untracked the pair while it held atoms. */
        if (!container_tracked_small(pair))
            container_track_small(pair);
        return pair;
    }
    pair = PyTuple_New(2);
    if (pair == NULL) {
        Py_DECREF(key);
        Py_DECREF(value);
        return NULL;
    }
    PyTuple_SET_ITEM(pair, 0, key);
    PyTuple_SET_ITEM(pair, 1, value);
    return pair;
}

static PyObject *next_item(PyObject *self) { return next_pair((DictIter *)self, 1); }

static PyObject *next_reverse(PyObject *self)
{
    PyObject *key, *value;
    if (Py_TYPE(self) == &PyDictRevIterItem_Type)
        return next_pair((DictIter *)self, -1);
    if (!advance((DictIter *)self, -1, &key, &value))
        return NULL;
    return Py_NewRef(Py_TYPE(self) == &PyDictRevIterKey_Type ? key : value);
}

static PyObject *length_hint(PyObject *self, PyObject *unused)
{
    DictIter *it = (DictIter *)self;
    return PyLong_FromSsize_t(it->dict != NULL && it->used == it->dict->ma_used ? it->left : 0);
}

/* (iter, ([remaining items],)) */
static PyObject *iter_reduce(PyObject *self, PyObject *unused)
{
    DictIter copy = *(DictIter *)self;
    Py_XINCREF(copy.dict);
    copy.result = copy.result ? PyTuple_Pack(2, Py_None, Py_None) : NULL;
    copy.ob_base.ob_refcnt = IMMORTAL_REFCNT;
    PyObject *list = PyList_New(0), *item;
    while (list != NULL && (item = Py_TYPE(self)->tp_iternext((PyObject *)&copy)) != NULL) {
        if (PyList_Append(list, item) < 0)
            Py_CLEAR(list);
        Py_DECREF(item);
    }
    Py_XDECREF(copy.dict);
    Py_XDECREF(copy.result);
    if (list == NULL || PyErr_Occurred()) {
        Py_XDECREF(list);
        return NULL;
    }
    return Py_BuildValue("N(N)", _PyEval_GetBuiltin(N(iter)), list);
}

static PyMethodDef iter_methods[] = {
    {"__length_hint__", length_hint, METH_NOARGS, PyDoc_STR("Private method returning an estimate of len(list(it)).")},
    {"__reduce__", iter_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")},
    {NULL}};

#define ITERATOR(symbol, name, next)                                                                  \
    PyTypeObject symbol = {PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = name,                     \
                           .tp_basicsize = sizeof(DictIter),                                          \
                           .tp_dealloc = iter_dealloc,                                                \
                           .tp_getattro = PyObject_GenericGetAttr,                                    \
                           .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,                       \
                           .tp_traverse = iter_traverse,                                              \
                           .tp_iter = PyObject_SelfIter,                                              \
                           .tp_iternext = next,                                                       \
                           .tp_methods = iter_methods}

ITERATOR(PyDictIterKey_Type, "dict_keyiterator", next_key);
ITERATOR(PyDictIterValue_Type, "dict_valueiterator", next_value);
ITERATOR(PyDictIterItem_Type, "dict_itemiterator", next_item);
ITERATOR(PyDictRevIterKey_Type, "dict_reversekeyiterator", next_reverse);
ITERATOR(PyDictRevIterValue_Type, "dict_reversevalueiterator", next_reverse);
ITERATOR(PyDictRevIterItem_Type, "dict_reverseitemiterator", next_reverse);
