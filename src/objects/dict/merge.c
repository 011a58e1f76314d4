/* Filling dictionaries from others: merge, update, pairs, fromkeys; comparison. */
#include "objects/dict/dict.h"
#include "memory/memory.h"
#include "objects/names.h"

int dict_fill_from(PyDictObject *d, PyDictObject *from);

static int set_unless(PyObject *a, PyObject *key, PyObject *value, Py_hash_t hash, int override)
{
    if (override == 1)
        return _PyDict_SetItem_KnownHash(a, key, value, hash);
    int has = _PyDict_Contains_KnownHash(a, key, hash);
    if (has < 0)
        return -1;
    if (has == 0)
        return _PyDict_SetItem_KnownHash(a, key, value, hash);
    if (override == 2) {
        _PyErr_SetKeyError(key);
        return -1;
    }
    return 0;
}

static int merge_dict(PyObject *a, PyDictObject *b, int override)
{
    if (a == (PyObject *)b || b->ma_used == 0)
        return 0;
    if (((PyDictObject *)a)->ma_used == 0)
        return dict_fill_from((PyDictObject *)a, b);
    Py_ssize_t pos = 0, size = b->ma_used;
    PyObject *key, *value;
    Py_hash_t hash;
    PyDictKeysObject *keys = b->ma_keys;
    while (_PyDict_Next((PyObject *)b, &pos, &key, &value, &hash)) {
        Py_INCREF(key);
        Py_INCREF(value);
        int result = set_unless(a, key, value, hash, override);
        Py_DECREF(key);
        Py_DECREF(value);
        if (result < 0)
            return -1;
        if (b->ma_used != size || b->ma_keys != keys) {
            PyErr_SetString(PyExc_RuntimeError, "dict mutated during update");
            return -1;
        }
    }
    return 0;
}

static int merge_mapping(PyObject *a, PyObject *b, int override)
{
    PyObject *keys = PyMapping_Keys(b);
    if (keys == NULL)
        return -1;
    PyObject *it = PyObject_GetIter(keys), *key;
    Py_DECREF(keys);
    if (it == NULL)
        return -1;
    while ((key = PyIter_Next(it)) != NULL) {
        Py_hash_t hash = override != 1 ? dict_hash(key) : 0;
        int result = hash == -1 ? -1 : 0, skip = 0;
        if (result == 0 && override != 1) {
            int has = _PyDict_Contains_KnownHash(a, key, hash);
            if (has > 0 && override == 2) {
                _PyErr_SetKeyError(key);
                result = -1;
            } else if (has < 0) {
                result = -1;
            } else {
                skip = has;
            }
        }
        if (result == 0 && !skip) {
            PyObject *value = PyObject_GetItem(b, key);
            result = value ? PyDict_SetItem(a, key, value) : -1;
            Py_XDECREF(value);
        }
        Py_DECREF(key);
        if (result < 0) {
            Py_DECREF(it);
            return -1;
        }
    }
    Py_DECREF(it);
    return PyErr_Occurred() ? -1 : 0;
}

/* override: 0 the first wins, 1 the last wins, 2 a duplicate is a KeyError. */
int dict_merge(PyObject *a, PyObject *b, int override)
{
    if (a == NULL || !PyDict_Check(a) || b == NULL) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (PyDict_Check(b) && Py_TYPE(b)->tp_iter == dict_iter)
        return merge_dict(a, (PyDictObject *)b, override);
    return merge_mapping(a, b, override);
}

int PyDict_Merge(PyObject *a, PyObject *b, int override) { return dict_merge(a, b, override != 0); }
int PyDict_Update(PyObject *a, PyObject *b) { return dict_merge(a, b, 1); }
int _PyDict_MergeEx(PyObject *a, PyObject *b, int override) { return dict_merge(a, b, override); }

int PyDict_MergeFromSeq2(PyObject *d, PyObject *pairs, int override)
{
    PyObject *it = PyObject_GetIter(pairs), *item;
    if (it == NULL)
        return -1;
    for (Py_ssize_t i = 0; (item = PyIter_Next(it)) != NULL; i++) {
        PyObject *fast = PySequence_Fast(item, "");
        Py_DECREF(item);
        int result = -1;
        if (fast == NULL) {
            if (PyErr_ExceptionMatches(PyExc_TypeError))
                PyErr_Format(PyExc_TypeError, "cannot convert dictionary update sequence element #%zd to a sequence", i);
        } else if (PySequence_Fast_GET_SIZE(fast) != 2) {
            PyErr_Format(PyExc_ValueError, "dictionary update sequence element #%zd has length %zd; 2 is required", i,
                         PySequence_Fast_GET_SIZE(fast));
        } else {
            PyObject *key = PySequence_Fast_GET_ITEM(fast, 0), *value = PySequence_Fast_GET_ITEM(fast, 1);
            Py_INCREF(key);
            Py_INCREF(value);
            if (override)
                result = PyDict_SetItem(d, key, value);
            else
                result = PyDict_SetDefault(d, key, value) == NULL ? -1 : 0;
            Py_DECREF(key);
            Py_DECREF(value);
        }
        Py_XDECREF(fast);
        if (result < 0) {
            Py_DECREF(it);
            return -1;
        }
    }
    Py_DECREF(it);
    return PyErr_Occurred() ? -1 : 0;
}

/* One positional argument of dict() or update(): a mapping if it has keys(), else pairs. */
static int update_from(PyObject *self, PyObject *arg)
{
    if (PyDict_CheckExact(arg))
        return dict_merge(self, arg, 1);
    PyObject *keys;
    if (_PyObject_LookupAttr(arg, N(keys), &keys) < 0)
        return -1;
    if (keys != NULL) {
        Py_DECREF(keys);
        return dict_merge(self, arg, 1);
    }
    return PyDict_MergeFromSeq2(self, arg, 1);
}

int dict_update_common(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, const char *name)
{
    if (nargs > 1) {
        PyErr_Format(PyExc_TypeError, "%s expected at most 1 argument, got %zd", name, nargs);
        return -1;
    }
    if (nargs == 1 && update_from(self, args[0]) < 0)
        return -1;
    for (Py_ssize_t i = 0; kwnames != NULL && i < PyTuple_GET_SIZE(kwnames); i++)
        if (PyDict_SetItem(self, PyTuple_GET_ITEM(kwnames, i), args[nargs + i]) < 0)
            return -1;
    return 0;
}

/* Puts the keys of an exact dict or set, whose hashes it knows, into d; 0 or -1. */
static int add_known_keys(PyObject *d, PyObject *keys, PyObject *value)
{
    PyObject *key, *old;
    Py_hash_t hash;
    int is_dict = PyDict_CheckExact(keys), result = 0;
    for (Py_ssize_t pos = 0; result == 0 && (is_dict ? _PyDict_Next(keys, &pos, &key, &old, &hash)
                                                     : _PySet_NextEntry(keys, &pos, &key, &hash));) {
        Py_INCREF(key);
        result = _PyDict_SetItem_KnownHash(d, key, value, hash);
        Py_DECREF(key);
    }
    return result;
}

PyObject *dict_from_keys(PyObject *cls, PyObject *iterable, PyObject *value)
{
    PyObject *d = PyObject_CallNoArgs(cls);
    if (d == NULL)
        return NULL;
    int exact = PyDict_CheckExact(d);
    if (exact && (PyDict_CheckExact(iterable) || PyAnySet_CheckExact(iterable)) && d != iterable) {
        if (add_known_keys(d, iterable, value) < 0)
            Py_CLEAR(d);
        return d;
    }
    PyObject *it = PyObject_GetIter(iterable), *key;
    if (it == NULL) {
        Py_DECREF(d);
        return NULL;
    }
    while ((key = PyIter_Next(it)) != NULL) {
        int result = exact ? PyDict_SetItem(d, key, value) : PyObject_SetItem(d, key, value);
        Py_DECREF(key);
        if (result < 0)
            break;
    }
    Py_DECREF(it);
    if (PyErr_Occurred())
        Py_CLEAR(d);
    return d;
}

int dict_equal(PyDictObject *a, PyDictObject *b)
{
    if (a->ma_used != b->ma_used)
        return 0;
    Py_ssize_t pos = 0;
    PyObject *key, *value;
    Py_hash_t hash;
    while (_PyDict_Next((PyObject *)a, &pos, &key, &value, &hash)) {
        Py_INCREF(key);
        Py_INCREF(value);
        Py_ssize_t ix = dict_find(b, key, hash);
        int equal = ix == DICT_ERROR ? -1 : 0;
        if (ix >= 0) {
            PyObject *other = dict_value_at(b, ix);
            Py_INCREF(other);
            equal = PyObject_RichCompareBool(value, other, Py_EQ);
            Py_DECREF(other);
        }
        Py_DECREF(key);
        Py_DECREF(value);
        if (equal <= 0)
            return equal;
    }
    return 1;
}
