/* collections.OrderedDict and PyODict_*. */
#include "modules/collections/odict.h"
#include "modules/collections/collections.h"
#include "objects/names.h"
#include "structmember.h"
#include "objects/hidden.h"

#define DICT(o) (&ODICT(o)->dict)

/* ---- entries ---- */

Py_ssize_t odict_first(PyODictObject *d)
{
    if (d->dict.ma_used == 0)
        return -1;
    if (d->dict.ma_version_tag != d->seen)
        d->first = 0;
    while (dict_key_at(&d->dict, d->first) == NULL)
        d->first++;
    d->seen = d->dict.ma_version_tag;
    return d->first;
}

/* A change that this type makes by itself; between begin and end exactly one entry of one dict may change, else what is
 * known of the first entry is forgotten. */
typedef struct {
    uint64_t seen, counter;
    PyDictKeysObject *keys;
} Change;

static inline Change change_begin(PyODictObject *d)
{
    return (Change){d->seen == d->dict.ma_version_tag, dict_version_counter, d->dict.ma_keys};
}

static inline void change_end(PyODictObject *d, Change c)
{
    if (c.seen && d->dict.ma_version_tag == c.counter + 1 && d->dict.ma_keys == c.keys)
        d->seen = d->dict.ma_version_tag;
}

static int set_item(PyObject *self, PyObject *key, PyObject *value)
{
    PyODictObject *d = ODICT(self);
    Py_hash_t hash = dict_hash(key);
    if (hash == -1)
        return -1;
    Py_ssize_t used = d->dict.ma_used;
    Change change = change_begin(d);
    int result = _PyDict_SetItem_KnownHash(self, key, value, hash);
    change_end(d, change);
    d->changes += d->dict.ma_used != used;
    return result;
}

/* Takes entry ix out; its references are now the caller's. */
static void take_out(PyODictObject *d, Py_ssize_t ix, PyObject **key, PyObject **value)
{
    Change change = change_begin(d);
    dict_take_out(&d->dict, ix, key, value);
    change_end(d, change);
    d->changes++;
}

/* The entry of key; -1 with KeyError or another exception set. */
static Py_ssize_t entry_of(PyObject *self, PyObject *key)
{
    Py_hash_t hash = dict_hash(key);
    Py_ssize_t ix = hash == -1 ? DICT_ERROR : dict_find(DICT(self), key, hash);
    if (ix == INDEX_EMPTY)
        _PyErr_SetKeyError(key);
    return ix < 0 ? -1 : ix;
}

static int delete_item(PyObject *self, PyObject *key)
{
    Py_ssize_t ix = entry_of(self, key);
    if (ix < 0)
        return -1;
    PyObject *found, *value;
    take_out(ODICT(self), ix, &found, &value);
    Py_DECREF(found);
    Py_DECREF(value);
    return 0;
}

static int odict_ass_sub(PyObject *self, PyObject *key, PyObject *value)
{
    return value == NULL ? delete_item(self, key) : set_item(self, key, value);
}

/* ---- update: as MutableMapping's, by the type's own __setitem__ ---- */

/* Sets one item given as any iterable of two. */
static int add_pair(PyObject *self, PyObject *pair)
{
    PyObject *it = PyObject_GetIter(pair), *key, *value = NULL, *rest = NULL;
    if (it == NULL)
        return -1;
    if ((key = PyIter_Next(it)) != NULL && (value = PyIter_Next(it)) != NULL)
        rest = PyIter_Next(it);
    int result = -1;
    if (rest != NULL)
        PyErr_SetString(PyExc_ValueError, "too many values to unpack (expected 2)");
    else if (value != NULL && !PyErr_Occurred())
        result = PyObject_SetItem(self, key, value);
    else if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "need more than %d value%s to unpack", key != NULL, key != NULL ? "" : "s");
    Py_XDECREF(key);
    Py_XDECREF(value);
    Py_XDECREF(rest);
    Py_DECREF(it);
    return result;
}

/* Calls set(self, item, source) for each item of iterable. */
static int for_each(PyObject *self, PyObject *iterable, int (*set)(PyObject *, PyObject *, PyObject *),
                    PyObject *source)
{
    PyObject *it = iterable ? PyObject_GetIter(iterable) : NULL, *item;
    if (it == NULL)
        return -1;
    int result = 0;
    while (result == 0 && (item = PyIter_Next(it)) != NULL) {
        result = set(self, item, source);
        Py_DECREF(item);
    }
    Py_DECREF(it);
    return result < 0 || PyErr_Occurred() ? -1 : 0;
}

static int set_pair(PyObject *self, PyObject *pair, PyObject *source) { return add_pair(self, pair); }

static int set_from(PyObject *self, PyObject *key, PyObject *source)
{
    PyObject *value = PyObject_GetItem(source, key);
    int result = value ? PyObject_SetItem(self, key, value) : -1;
    Py_XDECREF(value);
    return result;
}

static int add_pairs(PyObject *self, PyObject *pairs)
{
    int result = for_each(self, pairs, set_pair, NULL);
    Py_XDECREF(pairs);
    return result;
}

static int update_from(PyObject *self, PyObject *other)
{
    PyObject *method;
    if (PyDict_CheckExact(other))
        return add_pairs(self, PyDict_Items(other));
    if (_PyObject_LookupAttr(other, N(keys), &method) < 0)
        return -1;
    if (method != NULL) {
        PyObject *keys = PyObject_CallNoArgs(method);
        Py_DECREF(method);
        int result = for_each(self, keys, set_from, other);
        Py_XDECREF(keys);
        return result;
    }
    if (_PyObject_LookupAttr(other, N(items), &method) < 0)
        return -1;
    if (method != NULL) {
        PyObject *items = PyObject_CallNoArgs(method);
        Py_DECREF(method);
        return add_pairs(self, items);
    }
    return add_pairs(self, Py_NewRef(other));
}

static int update_all(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_GET_SIZE(args) > 0) {
        PyObject *other = Py_NewRef(PyTuple_GET_ITEM(args, 0));
        int result = update_from(self, other);
        Py_DECREF(other);
        if (result < 0)
            return -1;
    }
    if (kwargs == NULL || PyDict_GET_SIZE(kwargs) == 0)
        return 0;
    return PyArg_ValidateKeywordArguments(kwargs) ? add_pairs(self, PyDict_Items(kwargs)) : -1;
}

static PyObject *odict_update(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_GET_SIZE(args) > 1)
        return PyErr_Format(PyExc_TypeError, "update() takes at most 1 positional argument (%zd given)",
                            PyTuple_GET_SIZE(args));
    if (update_all(self, args, kwargs) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static int odict_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_GET_SIZE(args) > 1) {
        PyErr_Format(PyExc_TypeError, "expected at most 1 arguments, got %zd", PyTuple_GET_SIZE(args));
        return -1;
    }
    return update_all(self, args, kwargs);
}

/* ---- methods ---- */

static PyObject *odict_fromkeys(PyObject *cls, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"iterable", "value", NULL};
    PyObject *iterable, *value = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:fromkeys", names, &iterable, &value))
        return NULL;
    return dict_from_keys(cls, iterable, value);
}

static PyObject *odict_sizeof(PyObject *self, PyObject *unused)
{
    return PyLong_FromSsize_t(_PyDict_SizeOf(DICT(self)));
}

static PyObject *odict_reduce(PyObject *self, PyObject *unused)
{
    PyObject *state = PyObject_CallMethod(self, "__getstate__", NULL);
    PyObject *items = state ? PyObject_CallMethodNoArgs(self, N(items)) : NULL;
    PyObject *it = items ? PyObject_GetIter(items) : NULL;
    PyObject *result = it ? Py_BuildValue("O()OOO", Py_TYPE(self), state, Py_None, it) : NULL;
    Py_XDECREF(it);
    Py_XDECREF(items);
    Py_XDECREF(state);
    return result;
}

static PyObject *odict_setdefault(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"key", "default", NULL};
    PyObject *key, *value = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:setdefault", names, &key, &value))
        return NULL;
    if (!PyODict_CheckExact(self)) {
        int has = PySequence_Contains(self, key);
        if (has != 0)
            return has < 0 ? NULL : PyObject_GetItem(self, key);
        return PyObject_SetItem(self, key, value) < 0 ? NULL : Py_NewRef(value);
    }
    PyObject *found = PyDict_GetItemWithError(self, key);
    if (found != NULL || PyErr_Occurred())
        return Py_XNewRef(found);
    return set_item(self, key, value) < 0 ? NULL : Py_NewRef(value);
}

static PyObject *odict_pop(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"key", "default", NULL};
    PyObject *key, *missing = NULL, *found, *value;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:pop", names, &key, &missing))
        return NULL;
    Py_hash_t hash = dict_hash(key);
    Py_ssize_t ix = hash == -1 ? DICT_ERROR : dict_find(DICT(self), key, hash);
    if (ix == INDEX_EMPTY && missing != NULL)
        return Py_NewRef(missing);
    if (ix == INDEX_EMPTY)
        _PyErr_SetKeyError(key);
    if (ix < 0)
        return NULL;
    take_out(ODICT(self), ix, &found, &value);
    Py_DECREF(found);
    return value;
}

static PyObject *odict_popitem(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"last", NULL};
    int last = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|p:popitem", names, &last))
        return NULL;
    PyObject *pair = PyTuple_New(2), *key, *value;
    if (pair == NULL)
        return NULL;
    Py_ssize_t first = odict_first(ODICT(self));
    if (first < 0) {
        Py_DECREF(pair);
        PyErr_SetString(PyExc_KeyError, "dictionary is empty");
        return NULL;
    }
    if (last) {
        Change change = change_begin(ODICT(self));
        dict_pop_last(DICT(self), &key, &value);
        change_end(ODICT(self), change);
        ODICT(self)->changes++;
    } else {
        take_out(ODICT(self), first, &key, &value);
    }
    PyTuple_SET_ITEM(pair, 0, key);
    PyTuple_SET_ITEM(pair, 1, value);
    return pair;
}

static PyObject *odict_clear_all(PyObject *self, PyObject *unused)
{
    ODICT(self)->changes++;
    PyDict_Clear(self);
    Py_RETURN_NONE;
}

static PyObject *odict_copy(PyObject *self, PyObject *unused)
{
    PyObject *copy = PyObject_CallNoArgs((PyObject *)Py_TYPE(self));
    if (copy == NULL)
        return NULL;
    int result;
    if (PyODict_CheckExact(self))
        result = dict_merge(copy, self, 1);
    else
        result = for_each(copy, self, set_from, self);
    if (result < 0)
        Py_CLEAR(copy);
    return copy;
}

static PyObject *odict_move_to_end(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"key", "last", NULL};
    PyObject *key;
    int last = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|p:move_to_end", names, &key, &last))
        return NULL;
    Py_ssize_t ix = entry_of(self, key);
    if (ix < 0)
        return NULL;
    PyODictObject *d = ODICT(self);
    Py_ssize_t first = odict_first(d);
    uint64_t tag = d->dict.ma_version_tag;
    Change change = change_begin(d);
    if (last) {
        if (dict_move_last(&d->dict, ix) < 0)
            return NULL;
        change_end(d, change);
    } else {
        if (dict_move_first(&d->dict, ix, &first) < 0)
            return NULL;
        d->first = first;
        d->seen = d->dict.ma_version_tag;
    }
    d->changes += d->dict.ma_version_tag != tag;
    Py_RETURN_NONE;
}

#define KEYWORDS(f) (PyCFunction)(void (*)(void))(f), METH_VARARGS | METH_KEYWORDS

static PyMethodDef methods[] = {
    {"fromkeys", (PyCFunction)(void (*)(void))odict_fromkeys, METH_VARARGS | METH_KEYWORDS | METH_CLASS,
     PyDoc_STR("fromkeys($type, /, iterable, value=None)\n--\n\n"
               "Create a new ordered dictionary with keys from iterable and values set to value.")},
    {"__sizeof__", odict_sizeof, METH_NOARGS, NULL},
    {"__reduce__", odict_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling")},
    {"setdefault", KEYWORDS(odict_setdefault),
     PyDoc_STR("setdefault($self, /, key, default=None)\n--\n\n"
               "Insert key with a value of default if key is not in the dictionary.\n\n"
               "Return the value for key if key is in the dictionary, else default.")},
    {"pop", KEYWORDS(odict_pop),
     PyDoc_STR("pop($self, /, key, default=<unrepresentable>)\n--\n\n"
               "od.pop(key[,default]) -> v, remove specified key and return the corresponding value.\n\n"
               "If the key is not found, return the default if given; otherwise,\nraise a KeyError.")},
    {"popitem", KEYWORDS(odict_popitem),
     PyDoc_STR("popitem($self, /, last=True)\n--\n\nRemove and return a (key, value) pair from the dictionary.\n\n"
               "Pairs are returned in LIFO order if last is true or FIFO order if false.")},
    {"keys", odict_keys, METH_NOARGS, NULL},
    {"values", odict_values, METH_NOARGS, NULL},
    {"items", odict_items, METH_NOARGS, NULL},
    {"update", KEYWORDS(odict_update), NULL},
    {"clear", odict_clear_all, METH_NOARGS, PyDoc_STR("od.clear() -> None.  Remove all items from od.")},
    {"copy", odict_copy, METH_NOARGS, PyDoc_STR("od.copy() -> a shallow copy of od")},
    {"__reversed__", odict_reversed, METH_NOARGS, PyDoc_STR("od.__reversed__() <==> reversed(od)")},
    {"move_to_end", KEYWORDS(odict_move_to_end),
     PyDoc_STR("move_to_end($self, /, key, last=True)\n--\n\n"
               "Move an existing element to the end (or beginning if last is false).\n\n"
               "Raise KeyError if the element does not exist.")},
    {NULL}};

/* ---- slots ---- */

static PyObject *odict_repr(PyObject *self)
{
    if (DICT(self)->ma_used == 0)
        return PyUnicode_FromFormat("%s()", _PyType_Name(Py_TYPE(self)));
    int nested = Py_ReprEnter(self);
    if (nested != 0)
        return nested > 0 ? PyUnicode_FromString("...") : NULL;
    PyObject *items = PyObject_CallMethodNoArgs(self, N(items));
    PyObject *list = items ? PySequence_List(items) : NULL;
    PyObject *text = list ? PyUnicode_FromFormat("%s(%R)", _PyType_Name(Py_TYPE(self)), list) : NULL;
    Py_XDECREF(items);
    Py_XDECREF(list);
    Py_ReprLeave(self);
    return text;
}

/* Do two dicts of equal contents have their keys in the same order? */
static int same_order(PyObject *a, PyObject *b)
{
    Py_ssize_t i = 0, j = 0;
    PyObject *x, *y;
    int equal = 1;
    while (equal == 1 && PyDict_Next(a, &i, &x, NULL) && PyDict_Next(b, &j, &y, NULL)) {
        Py_INCREF(x);
        Py_INCREF(y);
        equal = PyObject_RichCompareBool(x, y, Py_EQ);
        Py_DECREF(x);
        Py_DECREF(y);
    }
    return equal;
}

static PyObject *odict_richcompare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyDict_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    int equal = dict_equal(DICT(a), (PyDictObject *)b);
    if (equal == 1 && PyODict_Check(b))
        equal = same_order(a, b);
    return equal < 0 ? NULL : PyBool_FromLong(equal == (op == Py_EQ));
}

static PyObject *odict_or(PyObject *a, PyObject *b)
{
    PyTypeObject *type = Py_TYPE(PyODict_Check(a) ? a : b);
    if (!PyDict_Check(a) || !PyDict_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *result = PyObject_CallOneArg((PyObject *)type, a);
    if (result != NULL && update_from(result, b) < 0)
        Py_CLEAR(result);
    return result;
}

static PyObject *odict_ior(PyObject *a, PyObject *b) { return update_from(a, b) < 0 ? NULL : Py_NewRef(a); }

static void odict_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, odict_dealloc) if (ODICT(self)->weakrefs != NULL) PyObject_ClearWeakRefs(self);
    Py_CLEAR(ODICT(self)->attributes);
    PyDict_Type.tp_dealloc(self);
    Py_TRASHCAN_END
}

HIDDEN_ALL_FIELDS(odict, odict_dealloc, FIELD(PyODictObject, attributes));

static int odict_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(ODICT(self)->attributes);
    return PyDict_Type.tp_traverse(self, visit, arg);
}

static int odict_tp_clear(PyObject *self)
{
    Py_CLEAR(ODICT(self)->attributes);
    ODICT(self)->changes++;
    return PyDict_Type.tp_clear(self);
}

static PyGetSetDef getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict}, {NULL}};
static PyNumberMethods as_number = {.nb_or = odict_or, .nb_inplace_or = odict_ior};
static PyMappingMethods as_mapping = {.mp_ass_subscript = odict_ass_sub};

PyTypeObject PyODict_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "collections.OrderedDict",
    .tp_basicsize = sizeof(PyODictObject),
    .tp_dealloc = odict_dealloc,
    .tp_repr = odict_repr,
    .tp_as_number = &as_number,
    .tp_as_mapping = &as_mapping,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = PyDoc_STR("Dictionary that remembers insertion order"),
    .tp_traverse = odict_traverse,
    .tp_clear = odict_tp_clear,
    .tp_richcompare = odict_richcompare,
    .tp_weaklistoffset = offsetof(PyODictObject, weakrefs),
    .tp_iter = odict_iter,
    .tp_methods = methods,
    .tp_getset = getset,
    .tp_base = &PyDict_Type,
    .tp_dictoffset = offsetof(PyODictObject, attributes),
    .tp_init = odict_init,
    .tp_alloc = PyType_GenericAlloc,
};

/* ---- the C API ---- */

int odict_ready(void)
{
    PyTypeObject *types[] = {&PyODictIter_Type, &PyODictKeys_Type, &PyODictValues_Type, &PyODictItems_Type,
                             &PyODict_Type};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(types); i++)
        if (PyType_Ready(types[i]) < 0)
            return -1;
    return 0;
}

PyObject *PyODict_New(void) { return odict_ready() < 0 ? NULL : PyODict_Type.tp_new(&PyODict_Type, NULL, NULL); }

int PyODict_SetItem(PyObject *od, PyObject *key, PyObject *value)
{
    if (!PyODict_Check(od)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return set_item(od, key, value);
}

int PyODict_DelItem(PyObject *od, PyObject *key)
{
    if (!PyODict_Check(od)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return delete_item(od, key);
}
