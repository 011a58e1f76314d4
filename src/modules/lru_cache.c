/* functools._lru_cache_wrapper: a function that remembers its results.
 *
 * The cache is a dict: key -> result when unbounded, key -> link when bounded.  Links are in a ring that begins at the
 * wrapper's root, the least recently used first.
 *
 * LRU-1  the links of the ring are exactly the values of the dict, each held by the dict alone but while it is moved. */
#include "Python.h"
#include "structmember.h"
#include "objects/names.h"
#include "modules/_functools.h"
#include <stddef.h>

typedef struct link {
    PyObject_HEAD
    struct link *previous, *next;   /* not owned */
    Py_hash_t hash;
    PyObject *key, *result;
} Link;

typedef struct lru_cache {
    Link root;   /* begins with an object head that the wrapper uses as its own */
    PyObject *(*call)(struct lru_cache *, PyObject *, PyObject *);
    int typed;
    PyObject *cache;
    Py_ssize_t hits, misses, maxsize;   /* maxsize -1: unbounded */
    PyObject *function, *kwd_mark;
    PyTypeObject *link_type;
    PyObject *info_type;
    PyObject *dict, *weaklist;
} Cache;
#define C(self) ((Cache *)(self))

/* ---- links ----
 * The dict owns them; the ring only points.  A link that dies takes itself out of the ring it is in (previous is not NULL). */

static void ring_remove(Link *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    link->previous = link->next = NULL;
}

static int link_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((Link *)self)->key);
    Py_VISIT(((Link *)self)->result);
    return 0;
}
static void link_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (((Link *)self)->previous != NULL)
        ring_remove((Link *)self);
    Py_XDECREF(((Link *)self)->key);
    Py_XDECREF(((Link *)self)->result);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}
static PyType_Slot link_slots[] = {{Py_tp_dealloc, link_dealloc}, {Py_tp_traverse, link_traverse}, {0, NULL}};
PyType_Spec lru_link_spec = {
    .name = "functools._lru_list_elem", .basicsize = sizeof(Link),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = link_slots};

static void ring_append(Cache *self, Link *link)
{
    Link *root = &self->root, *last = root->previous;
    last->next = root->previous = link;
    link->previous = last;
    link->next = root;
}

/* Empties the ring; the links, as a chain through `next`, are then the caller's to release. */
static Link *ring_detach(Cache *self)
{
    Link *root = &self->root, *first = root->next;
    if (first == NULL || first == root)
        return NULL;
    root->previous->next = NULL;
    root->next = root->previous = root;
    for (Link *link = first; link != NULL; link = link->next)
        link->previous = NULL;
    return first;
}
static void release_chain(Link *link)
{
    while (link != NULL) {
        Link *next = link->next;
        Py_DECREF(link);
        link = next;
    }
}

/* ---- the key of a call ---- */

static PyObject *make_key(Cache *self, PyObject *args, PyObject *kwds)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args), nkw = kwds == NULL ? 0 : PyDict_GET_SIZE(kwds), size = n, i = 0;
    if (!self->typed && nkw == 0) {
        if (n == 1) {   /* such an argument is its own key */
            PyObject *only = PyTuple_GET_ITEM(args, 0);
            if (PyUnicode_CheckExact(only) || PyLong_CheckExact(only))
                return Py_NewRef(only);
        }
        return Py_NewRef(args);
    }
    if (nkw)
        size += nkw * 2 + 1;
    if (self->typed)
        size += n + nkw;
    PyObject *key = PyTuple_New(size), *name, *value;
    if (key == NULL)
        return NULL;
    for (Py_ssize_t j = 0; j < n; j++)
        PyTuple_SET_ITEM(key, i++, Py_NewRef(PyTuple_GET_ITEM(args, j)));
    Py_ssize_t at = 0;
    if (nkw)
        PyTuple_SET_ITEM(key, i++, Py_NewRef(self->kwd_mark));
    while (nkw && PyDict_Next(kwds, &at, &name, &value)) {
        PyTuple_SET_ITEM(key, i++, Py_NewRef(name));
        PyTuple_SET_ITEM(key, i++, Py_NewRef(value));
    }
    for (Py_ssize_t j = 0; self->typed && j < n; j++)
        PyTuple_SET_ITEM(key, i++, Py_NewRef(Py_TYPE(PyTuple_GET_ITEM(args, j))));
    at = 0;
    while (self->typed && nkw && PyDict_Next(kwds, &at, &name, &value))
        PyTuple_SET_ITEM(key, i++, Py_NewRef(Py_TYPE(value)));
    return key;
}

/* ---- the three kinds of cache ---- */

static PyObject *call_uncached(Cache *self, PyObject *args, PyObject *kwds)
{
    self->misses++;
    return PyObject_Call(self->function, args, kwds);
}

static PyObject *call_unbounded(Cache *self, PyObject *args, PyObject *kwds)
{
    PyObject *key = make_key(self, args, kwds), *result = NULL;
    if (key == NULL)
        return NULL;
    Py_hash_t hash = PyObject_Hash(key);
    if (hash == -1)
        goto done;
    result = _PyDict_GetItem_KnownHash(self->cache, key, hash);
    if (result != NULL) {
        Py_INCREF(result);
        self->hits++;
    } else if (!PyErr_Occurred()) {
        self->misses++;
        result = PyObject_Call(self->function, args, kwds);
        if (result != NULL && _PyDict_SetItem_KnownHash(self->cache, key, result, hash) < 0)
            Py_CLEAR(result);
    }
done:
    Py_DECREF(key);
    return result;
}

/* Puts a new result in a new link, while there is room. */
static int add_link(Cache *self, PyObject *key, Py_hash_t hash, PyObject *result)
{
    Link *link = PyObject_GC_New(Link, self->link_type);
    if (link == NULL)
        return -1;
    link->hash = hash;
    link->key = Py_NewRef(key);
    link->result = Py_NewRef(result);
    link->previous = link->next = NULL;
    PyObject_GC_Track(link);
    if (_PyDict_SetItem_KnownHash(self->cache, key, (PyObject *)link, hash) < 0) {
        Py_DECREF(link);
        return -1;
    }
    ring_append(self, link);
    Py_DECREF(link);   /* the dict holds it */
    return 0;
}

/* Drops the oldest and reuses its link for the new result; the ring is whole whenever Python code can run. */
static int replace_oldest(Cache *self, PyObject *key, Py_hash_t hash, PyObject *result)
{
    Link *link = self->root.next;
    if (link == &self->root)
        return add_link(self, key, hash, result);
    ring_remove(link);
    Py_INCREF(link);
    if (_PyDict_DelItem_KnownHash(self->cache, link->key, link->hash) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_KeyError)) {
            Py_DECREF(link);
            return -1;
        }
        PyErr_Clear();   /* somebody else has removed it */
    }
    PyObject *old_key = link->key, *old_result = link->result;
    link->hash = hash;
    link->key = Py_NewRef(key);
    link->result = Py_NewRef(result);
    int err = _PyDict_SetItem_KnownHash(self->cache, key, (PyObject *)link, hash);
    if (err == 0)
        ring_append(self, link);
    Py_DECREF(link);
    Py_DECREF(old_key);
    Py_DECREF(old_result);
    return err;
}

static PyObject *call_bounded(Cache *self, PyObject *args, PyObject *kwds)
{
    PyObject *key = make_key(self, args, kwds), *result = NULL;
    if (key == NULL)
        return NULL;
    Py_hash_t hash = PyObject_Hash(key);
    Link *link = hash == -1 ? NULL : (Link *)_PyDict_GetItem_KnownHash(self->cache, key, hash);
    if (link != NULL) {
        ring_remove(link);
        ring_append(self, link);
        self->hits++;
        result = Py_NewRef(link->result);
    } else if (!PyErr_Occurred()) {
        self->misses++;
        result = PyObject_Call(self->function, args, kwds);
        if (result != NULL) {
            /* the call may have cached the same arguments itself */
            PyObject *already = _PyDict_GetItem_KnownHash(self->cache, key, hash);
            int err = 0;
            if (already == NULL)
                err = PyErr_Occurred()                              ? -1
                      : PyDict_GET_SIZE(self->cache) < self->maxsize ? add_link(self, key, hash, result)
                                                                     : replace_oldest(self, key, hash, result);
            if (err < 0)
                Py_CLEAR(result);
        }
    }
    Py_DECREF(key);
    return result;
}

/* ---- the wrapper ---- */

static PyObject *cache_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"user_function", "maxsize", "typed", "cache_info_type", NULL};
    PyObject *function, *maxsize_object, *info_type;
    int typed;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "OOpO:lru_cache", names, &function, &maxsize_object, &typed, &info_type))
        return NULL;
    if (!PyCallable_Check(function)) {
        PyErr_SetString(PyExc_TypeError, "the first argument must be callable");
        return NULL;
    }
    PyObject *module = PyType_GetModuleByDef(type, &functools_module);
    if (module == NULL)
        return NULL;
    FunctoolsState *state = PyModule_GetState(module);
    Py_ssize_t maxsize = -1;
    if (maxsize_object != Py_None) {
        if (!PyIndex_Check(maxsize_object)) {
            PyErr_SetString(PyExc_TypeError, "maxsize should be integer or None");
            return NULL;
        }
        maxsize = PyNumber_AsSsize_t(maxsize_object, PyExc_OverflowError);
        if (maxsize == -1 && PyErr_Occurred())
            return NULL;
        if (maxsize < 0)
            maxsize = 0;
    }
    PyObject *dict = PyDict_New();
    Cache *self = dict == NULL ? NULL : C(type->tp_alloc(type, 0));
    if (self == NULL) {
        Py_XDECREF(dict);
        return NULL;
    }
    self->root.previous = self->root.next = &self->root;
    self->call = maxsize < 0 ? call_unbounded : maxsize == 0 ? call_uncached : call_bounded;
    self->maxsize = maxsize;
    self->typed = typed;
    self->cache = dict;
    self->function = Py_NewRef(function);
    self->kwd_mark = Py_NewRef(state->kwd_mark);
    self->link_type = (PyTypeObject *)Py_NewRef(state->link_type);
    self->info_type = Py_NewRef(info_type);
    return (PyObject *)self;
}

static int cache_clear_references(PyObject *self)
{
    Link *links = ring_detach(C(self));
    for (Link *link = links; link != NULL; link = link->next)
        Py_INCREF(link);
    Py_CLEAR(C(self)->cache);
    release_chain(links);
    Py_CLEAR(C(self)->function);
    Py_CLEAR(C(self)->kwd_mark);
    Py_CLEAR(C(self)->link_type);
    Py_CLEAR(C(self)->info_type);
    Py_CLEAR(C(self)->dict);
    return 0;
}

static void cache_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (C(self)->weaklist != NULL)
        PyObject_ClearWeakRefs(self);
    cache_clear_references(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static int cache_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(C(self)->cache);
    Py_VISIT(C(self)->function);
    Py_VISIT(C(self)->kwd_mark);
    Py_VISIT(C(self)->link_type);
    Py_VISIT(C(self)->info_type);
    Py_VISIT(C(self)->dict);
    return 0;
}

static PyObject *cache_call(PyObject *self, PyObject *args, PyObject *kwds) { return C(self)->call(C(self), args, kwds); }

static PyObject *cache_descr_get(PyObject *self, PyObject *o, PyObject *type)
{
    return o == NULL || o == Py_None ? Py_NewRef(self) : PyMethod_New(self, o);
}

static PyObject *cache_info(PyObject *self, PyObject *unused)
{
    if (C(self)->maxsize < 0)
        return PyObject_CallFunction(C(self)->info_type, "nnOn", C(self)->hits, C(self)->misses, Py_None,
                                     PyDict_GET_SIZE(C(self)->cache));
    return PyObject_CallFunction(C(self)->info_type, "nnnn", C(self)->hits, C(self)->misses, C(self)->maxsize,
                                 PyDict_GET_SIZE(C(self)->cache));
}

static PyObject *cache_clear(PyObject *self, PyObject *unused)
{
    Link *links = ring_detach(C(self));
    for (Link *link = links; link != NULL; link = link->next)
        Py_INCREF(link);
    C(self)->hits = C(self)->misses = 0;
    if (C(self)->cache != NULL)
        PyDict_Clear(C(self)->cache);
    release_chain(links);
    Py_RETURN_NONE;
}

static PyObject *cache_reduce(PyObject *self, PyObject *unused) { return PyObject_GetAttr(self, N(__qualname__)); }
static PyObject *cache_copy(PyObject *self, PyObject *unused) { return Py_NewRef(self); }

static PyMethodDef cache_methods[] = {
    {"cache_info", cache_info, METH_NOARGS, "cache_info($self, /)\n--\n\nReport cache statistics"},
    {"cache_clear", cache_clear, METH_NOARGS, "cache_clear($self, /)\n--\n\nClear the cache and cache statistics"},
    {"__reduce__", cache_reduce, METH_NOARGS, NULL},
    {"__copy__", cache_copy, METH_VARARGS, NULL},
    {"__deepcopy__", cache_copy, METH_VARARGS, NULL},
    {NULL},
};
static PyGetSetDef cache_getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL}};
static PyMemberDef cache_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(Cache, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Cache, weaklist), READONLY, NULL},
    {NULL},
};
static PyType_Slot cache_slots[] = {
    {Py_tp_dealloc, cache_dealloc}, {Py_tp_call, cache_call},
    {Py_tp_doc, (void *)"Create a cached callable that wraps another function.\n\n"
                        "user_function:      the function being cached\n\n"
                        "maxsize:  0         for no caching\n          None      for unlimited cache size\n"
                        "          n         for a bounded cache\n\n"
                        "typed:    False     cache f(3) and f(3.0) as identical calls\n"
                        "          True      cache f(3) and f(3.0) as distinct calls\n\n"
                        "cache_info_type:    namedtuple class with the fields:\n"
                        "                        hits misses currsize maxsize\n"},
    {Py_tp_traverse, cache_traverse}, {Py_tp_clear, cache_clear_references}, {Py_tp_methods, cache_methods},
    {Py_tp_members, cache_members}, {Py_tp_getset, cache_getset}, {Py_tp_descr_get, cache_descr_get}, {Py_tp_new, cache_new},
    {0, NULL},
};
PyType_Spec lru_cache_spec = {
    .name = "functools._lru_cache_wrapper", .basicsize = sizeof(Cache),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_METHOD_DESCRIPTOR
             | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = cache_slots};
