/* The table of sets, the C API on single members, slots and types. */
#include "objects/set/set.h"
#include "memory/memory.h"
#include "objects/dict/dict.h"
#include "objects/names.h"

#define LINEAR_PROBES 9
#define PERTURB_SHIFT 5

PyObject set_dummy = {IMMORTAL_REFCNT, &PyBaseObject_Type};
PyObject *_PySet_Dummy = SET_DUMMY;

/* ---- finding ---- */

/* Compares a slot of equal hash with key: 1, 0, -1, or 2 when the table changed meanwhile.  Another table may stand where the
 * former one stood. */
static int slot_matches(PySetObject *s, setentry *table, size_t mask, setentry *e, PyObject *key)
{
    PyObject *found = e->key;
    if (found == key)
        return 1;
    if (PyUnicode_CheckExact(found) && PyUnicode_CheckExact(key))
        return str_same(found, key);
    Py_INCREF(found);
    int equal = PyObject_RichCompareBool(found, key, Py_EQ);
    int changed = s->table != table || (size_t)s->mask != mask || e->key != found;
    Py_DECREF(found);
    return equal < 0 ? -1 : changed ? 2 : equal;
}

/* The slot of key, or the unused slot where it would go; NULL with an exception set.  *deleted is the first deleted slot on
 * the way to an unused one, or NULL. */
static setentry *find(PySetObject *s, PyObject *key, Py_hash_t hash, setentry **deleted)
{
again:
    *deleted = NULL;
    setentry *table = s->table;
    size_t mask = (size_t)s->mask, perturb = (size_t)hash, i = perturb & mask;
    for (;;) {
        setentry *e = &table[i];
        int probes = i + LINEAR_PROBES <= mask ? LINEAR_PROBES : 0;
        do {
            if (e->key == NULL)
                return e;
            if (e->key == SET_DUMMY) {
                if (*deleted == NULL)
                    *deleted = e;
            } else if (e->hash == hash) {
                int match = slot_matches(s, table, mask, e, key);
                if (match == 1)
                    return e;
                if (match == 2)
                    goto again;
                if (match < 0)
                    return NULL;
            }
            e++;
        } while (probes--);
        perturb >>= PERTURB_SHIFT;
        i = (i * 5 + 1 + perturb) & mask;
    }
}

/* Puts a key that is not there into a table without deleted slots. */
static void insert_clean(setentry *table, size_t mask, PyObject *key, Py_hash_t hash)
{
    size_t perturb = (size_t)hash, i = perturb & mask;
    for (;;) {
        setentry *e = &table[i];
        int probes = i + LINEAR_PROBES <= mask ? LINEAR_PROBES : 0;
        do {
            if (e->key == NULL) {
                e->key = key;
                e->hash = hash;
                return;
            }
            e++;
        } while (probes--);
        perturb >>= PERTURB_SHIFT;
        i = (i * 5 + 1 + perturb) & mask;
    }
}

static int resize(PySetObject *s, Py_ssize_t wanted)
{
    size_t size = PySet_MINSIZE;
    while (size <= (size_t)wanted)
        size <<= 1;
    setentry *old = s->table, small[PySet_MINSIZE], *table;
    size_t old_size = (size_t)s->mask + 1;
    int was_small = old == s->smalltable;
    if (size == PySet_MINSIZE) {
        table = s->smalltable;
        if (was_small) {
            if (s->fill == s->used)
                return 0;
            memcpy(small, old, sizeof small);
            old = small;
        }
    } else {
        table = size > PY_SSIZE_T_MAX / sizeof *table ? NULL : raw_alloc(size * sizeof *table);
        if (table == NULL) {
            PyErr_NoMemory();
            return -1;
        }
    }
    memset(table, 0, size * sizeof *table);
    s->mask = (Py_ssize_t)size - 1;
    s->table = table;
    for (size_t i = 0; i < old_size; i++)
        if (slot_live(&old[i]))
            insert_clean(table, size - 1, old[i].key, old[i].hash);
    s->fill = s->used;
    if (!was_small)
        raw_free(old);
    return 0;
}

int set_tidy(PySetObject *s)
{
    if (s->fill - s->used <= s->mask / 4)
        return 0;
    return resize(s, s->used > 50000 ? s->used * 2 : s->used * 4);
}

int set_contains_entry(PySetObject *s, PyObject *key, Py_hash_t hash)
{
    setentry *deleted, *e = find(s, key, hash, &deleted);
    return e == NULL ? -1 : e->key != NULL;
}

int set_add_entry(PySetObject *s, PyObject *key, Py_hash_t hash)
{
    Py_INCREF(key);
    setentry *deleted, *e = find(s, key, hash, &deleted);
    if (e == NULL || e->key != NULL) {
        Py_DECREF(key);
        return e == NULL ? -1 : 0;
    }
    if (deleted != NULL && deleted->key == SET_DUMMY) {   /* a comparison may have filled it */
        deleted->key = key;
        deleted->hash = hash;
        s->used++;
        return 0;
    }
    e->key = key;
    e->hash = hash;
    s->fill++;
    s->used++;
    if ((size_t)s->fill * 5 < (size_t)s->mask * 3)
        return 0;
    return resize(s, s->used > 50000 ? s->used * 2 : s->used * 4);
}

int set_discard_entry(PySetObject *s, PyObject *key, Py_hash_t hash)
{
    setentry *deleted, *e = find(s, key, hash, &deleted);
    if (e == NULL || e->key == NULL)
        return e == NULL ? -1 : 0;
    PyObject *old = e->key;
    e->key = SET_DUMMY;
    e->hash = -1;
    s->used--;
    Py_DECREF(old);
    return 1;
}

int set_add_key(PySetObject *s, PyObject *key)
{
    Py_hash_t hash = dict_hash(key);
    return hash == -1 ? -1 : set_add_entry(s, key, hash);
}

int set_contains_key(PySetObject *s, PyObject *key)
{
    Py_hash_t hash = dict_hash(key);
    return hash == -1 ? -1 : set_contains_entry(s, key, hash);
}

int set_discard_key(PySetObject *s, PyObject *key)
{
    Py_hash_t hash = dict_hash(key);
    return hash == -1 ? -1 : set_discard_entry(s, key, hash);
}

int set_next(PySetObject *s, Py_ssize_t *pos, setentry **entry)
{
    Py_ssize_t i = *pos;
    while (i <= s->mask && !slot_live(&s->table[i]))
        i++;
    if (i > s->mask)
        return 0;
    *pos = i + 1;
    *entry = &s->table[i];
    return 1;
}

static void make_empty(PySetObject *s)
{
    memset(s->smalltable, 0, sizeof s->smalltable);
    s->fill = s->used = 0;
    s->mask = PySet_MINSIZE - 1;
    s->table = s->smalltable;
    s->hash = -1;
}

void set_clear_entries(PySetObject *s)
{
    setentry *table = s->table, small[PySet_MINSIZE];
    size_t size = (size_t)s->mask + 1;
    if (s->fill == 0 && table == s->smalltable)
        return;
    int was_small = table == s->smalltable;
    if (was_small) {
        memcpy(small, table, sizeof small);
        table = small;
    }
    make_empty(s);
    for (size_t i = 0; i < size; i++)
        if (slot_live(&table[i]))
            Py_DECREF(table[i].key);
    if (!was_small)
        raw_free(table);
}

/* Copies the members of another set. */
static int merge_set(PySetObject *s, PySetObject *other)
{
    if (s == other || other->used == 0)
        return 0;
    if ((size_t)(s->fill + other->used) * 5 >= (size_t)s->mask * 3 && resize(s, (s->used + other->used) * 2) < 0)
        return -1;
    Py_ssize_t pos = 0;
    setentry *e;
    if (s->fill == 0) {
        int same = s->mask == other->mask && other->fill == other->used;
        if (same)
            memcpy(s->table, other->table, (size_t)(s->mask + 1) * sizeof *e);
        while (set_next(other, &pos, &e)) {
            Py_INCREF(e->key);
            if (!same)
                insert_clean(s->table, (size_t)s->mask, e->key, e->hash);
        }
        s->fill = s->used = other->used;
        return 0;
    }
    while (set_next(other, &pos, &e)) {
        PyObject *key = e->key;
        Py_INCREF(key);
        int result = set_add_entry(s, key, e->hash);
        Py_DECREF(key);
        if (result < 0)
            return -1;
    }
    return 0;
}

int set_update_from(PySetObject *s, PyObject *iterable)
{
    if (PyAnySet_Check(iterable))
        return merge_set(s, SET(iterable));
    if (PyDict_CheckExact(iterable)) {
        Py_ssize_t n = PyDict_GET_SIZE(iterable), pos = 0;
        if ((size_t)(s->fill + n) * 5 >= (size_t)s->mask * 3 && resize(s, (s->used + n) * 2) < 0)
            return -1;
        PyObject *key, *value;
        Py_hash_t hash;
        while (_PyDict_Next(iterable, &pos, &key, &value, &hash))
            if (set_add_entry(s, key, hash) < 0)
                return -1;
        return 0;
    }
    PyObject *it = PyObject_GetIter(iterable), *key;
    if (it == NULL)
        return -1;
    while ((key = PyIter_Next(it)) != NULL) {
        int result = set_add_key(s, key);
        Py_DECREF(key);
        if (result < 0)
            break;
    }
    Py_DECREF(it);
    return PyErr_Occurred() ? -1 : 0;
}

void set_swap(PySetObject *a, PySetObject *b)
{
    PySetObject t = *a;
    int a_small = a->table == a->smalltable, b_small = b->table == b->smalltable;
    a->fill = b->fill, b->fill = t.fill;
    a->used = b->used, b->used = t.used;
    a->mask = b->mask, b->mask = t.mask;
    memcpy(a->smalltable, b->smalltable, sizeof a->smalltable);
    memcpy(b->smalltable, t.smalltable, sizeof b->smalltable);
    setentry *a_table = a->table;
    a->table = b_small ? a->smalltable : b->table;
    b->table = a_small ? b->smalltable : a_table;
    a->hash = b->hash = -1;
}

/* ---- making ---- */

PyObject *set_make(PyTypeObject *type, PyObject *iterable)
{
    PySetObject *s;
    if (type == &PySet_Type || type == &PyFrozenSet_Type) {
        s = container_alloc(sizeof *s);
        if (s == NULL)
            return PyErr_NoMemory();
        s->ob_base.ob_refcnt = 1;
        s->ob_base.ob_type = type;
        s->finger = 0;
        s->weakreflist = NULL;
        make_empty(s);
        container_track_small(s);
    } else {
        s = (PySetObject *)type->tp_alloc(type, 0);
        if (s == NULL)
            return NULL;
        make_empty(s);
    }
    if (iterable != NULL && set_update_from(s, iterable) < 0)
        Py_CLEAR(s);
    return (PyObject *)s;
}

PyObject *PySet_New(PyObject *iterable) { return set_make(&PySet_Type, iterable); }
PyObject *PyFrozenSet_New(PyObject *iterable) { return set_make(&PyFrozenSet_Type, iterable); }

static PyObject *set_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) { return set_make(type, NULL); }

static int set_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (!_PyArg_NoKeywords("set", kwargs) || !_PyArg_CheckPositional(Py_TYPE(self)->tp_name, PyTuple_GET_SIZE(args), 0, 1))
        return -1;
    set_clear_entries(SET(self));
    return PyTuple_GET_SIZE(args) ? set_update_from(SET(self), PyTuple_GET_ITEM(args, 0)) : 0;
}

static PyObject *set_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (!_PyArg_NoKwnames("set", kwnames) || !_PyArg_CheckPositional("set", n, 0, 1))
        return NULL;
    return set_make((PyTypeObject *)type, n ? args[0] : NULL);
}

static PyObject *frozenset_of(PyTypeObject *type, PyObject *iterable)
{
    if (type == &PyFrozenSet_Type && iterable != NULL && PyFrozenSet_CheckExact(iterable)) {
        Py_INCREF(iterable);
        return iterable;
    }
    return set_make(type, iterable);
}

static PyObject *frozenset_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if ((type == &PyFrozenSet_Type || type->tp_init == PyFrozenSet_Type.tp_init) &&
        !_PyArg_NoKeywords("frozenset", kwargs))
        return NULL;
    if (!_PyArg_CheckPositional(type->tp_name, PyTuple_GET_SIZE(args), 0, 1))
        return NULL;
    return frozenset_of(type, PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : NULL);
}

static PyObject *frozenset_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (!_PyArg_NoKwnames("frozenset", kwnames) || !_PyArg_CheckPositional("frozenset", n, 0, 1))
        return NULL;
    return frozenset_of((PyTypeObject *)type, n ? args[0] : NULL);
}

/* ---- the C API ---- */

#define REQUIRE(test, failure)      \
    if (!(test)) {                  \
        PyErr_BadInternalCall();    \
        return failure;             \
    }

Py_ssize_t PySet_Size(PyObject *s)
{
    REQUIRE(PyAnySet_Check(s), -1)
    return SET(s)->used;
}
int PySet_Clear(PyObject *s)
{
    REQUIRE(PySet_Check(s), -1)
    set_clear_entries(SET(s));
    return 0;
}
int PySet_Contains(PyObject *s, PyObject *key)
{
    REQUIRE(PyAnySet_Check(s), -1)
    return set_contains_key(SET(s), key);
}
int PySet_Discard(PyObject *s, PyObject *key)
{
    REQUIRE(PySet_Check(s), -1)
    return set_discard_key(SET(s), key);
}
int PySet_Add(PyObject *s, PyObject *key)
{
    REQUIRE(PySet_Check(s) || (PyFrozenSet_Check(s) && Py_REFCNT(s) == 1), -1)
    return set_add_key(SET(s), key);
}
int _PySet_Update(PyObject *s, PyObject *iterable)
{
    REQUIRE(PySet_Check(s), -1)
    return set_update_from(SET(s), iterable);
}
int _PySet_NextEntry(PyObject *s, Py_ssize_t *pos, PyObject **key, Py_hash_t *hash)
{
    REQUIRE(PyAnySet_Check(s), -1)
    setentry *e;
    if (!set_next(SET(s), pos, &e))
        return 0;
    *key = e->key;
    *hash = e->hash;
    return 1;
}

PyObject *PySet_Pop(PyObject *self)
{
    REQUIRE(PySet_Check(self), NULL)
    PySetObject *s = SET(self);
    if (s->used == 0) {
        PyErr_SetString(PyExc_KeyError, "pop from an empty set");
        return NULL;
    }
    setentry *e = s->table + (s->finger & s->mask), *limit = s->table + s->mask;
    while (!slot_live(e)) {
        e++;
        if (e > limit)
            e = s->table;
    }
    PyObject *key = e->key;
    e->key = SET_DUMMY;
    e->hash = -1;
    s->used--;
    s->finger = e - s->table + 1;
    return key;
}

/* ---- slots ---- */

static void set_dealloc(PyObject *self)
{
    PySetObject *s = SET(self);
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, set_dealloc)
    if (s->weakreflist != NULL)
        PyObject_ClearWeakRefs(self);
    for (Py_ssize_t i = 0, left = s->used; left > 0 && i <= s->mask; i++)
        if (slot_live(&s->table[i])) {
            left--;
            Py_DECREF(s->table[i].key);
        }
    if (s->table != s->smalltable)
        raw_free(s->table);
    Py_TYPE(self)->tp_free(self);
    Py_TRASHCAN_END
}

static int set_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_ssize_t pos = 0;
    setentry *e;
    while (set_next(SET(self), &pos, &e))
        Py_VISIT(e->key);
    return 0;
}

static int set_tp_clear(PyObject *self)
{
    set_clear_entries(SET(self));
    return 0;
}

static PyObject *set_repr(PyObject *self)
{
    const char *name = _PyType_Name(Py_TYPE(self));
    int nested = Py_ReprEnter(self);
    if (nested != 0)
        return nested > 0 ? PyUnicode_FromFormat("%s(...)", name) : NULL;
    PyObject *result = NULL;
    if (SET(self)->used == 0) {
        result = PyUnicode_FromFormat("%s()", name);
    } else {
        PyObject *list = PySequence_List(self), *text = list ? PyObject_Repr(list) : NULL;
        PyObject *inside = text ? PyUnicode_Substring(text, 1, PyUnicode_GET_LENGTH(text) - 1) : NULL;
        if (inside != NULL)
            result = PySet_CheckExact(self) ? PyUnicode_FromFormat("{%U}", inside)
                                            : PyUnicode_FromFormat("%s({%U})", name, inside);
        Py_XDECREF(inside);
        Py_XDECREF(text);
        Py_XDECREF(list);
    }
    Py_ReprLeave(self);
    return result;
}

static Py_uhash_t shuffled(Py_uhash_t h) { return ((h ^ 89869747UL) ^ (h << 16)) * 3644798167UL; }

static Py_hash_t frozenset_hash(PyObject *self)
{
    PySetObject *s = SET(self);
    if (s->hash != -1)
        return s->hash;
    Py_uhash_t hash = 0;
    Py_ssize_t pos = 0;
    setentry *e;
    while (set_next(s, &pos, &e))
        hash ^= shuffled((Py_uhash_t)e->hash);
    hash ^= ((Py_uhash_t)s->used + 1) * 1927868237UL;
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash * 69069U + 907133923UL;
    if (hash == (Py_uhash_t)-1)
        hash = 590923713UL;
    return s->hash = (Py_hash_t)hash;
}

static Py_ssize_t set_length(PyObject *self) { return SET(self)->used; }

/* A set may be asked for under its value as a frozenset. */
static int set_contains(PyObject *self, PyObject *key)
{
    int has = set_contains_key(SET(self), key);
    if (has >= 0 || !PySet_Check(key) || !PyErr_ExceptionMatches(PyExc_TypeError))
        return has;
    PyErr_Clear();
    PyObject *frozen = PyFrozenSet_New(key);
    if (frozen == NULL)
        return -1;
    has = set_contains_key(SET(self), frozen);
    Py_DECREF(frozen);
    return has;
}

/* ---- the iterator ---- */

typedef struct {
    PyObject_HEAD
    PySetObject *set;       /* owned; NULL when exhausted */
    Py_ssize_t used, pos, left;
} SetIter;

static PyObject *set_iter(PyObject *self)
{
    SetIter *it = container_alloc(sizeof *it);
    if (it == NULL)
        return PyErr_NoMemory();
    PyObject_Init((PyObject *)it, &PySetIter_Type);
    Py_INCREF(self);
    it->set = SET(self);
    it->used = it->left = SET(self)->used;
    it->pos = 0;
    container_track_small(it);
    return (PyObject *)it;
}

static void iter_dealloc(PyObject *self)
{
    container_untrack_small(self);
    Py_XDECREF(((SetIter *)self)->set);
    container_free_small(self);
}

static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((SetIter *)self)->set);
    return 0;
}

static PyObject *iter_next(PyObject *self)
{
    SetIter *it = (SetIter *)self;
    PySetObject *s = it->set;
    if (s == NULL)
        return NULL;
    if (it->used != s->used) {
        PyErr_SetString(PyExc_RuntimeError, "Set changed size during iteration");
        it->used = -1;
        return NULL;
    }
    setentry *e;
    if (set_next(s, &it->pos, &e)) {
        it->left--;
        Py_INCREF(e->key);
        return e->key;
    }
    it->set = NULL;
    Py_DECREF(s);
    return NULL;
}

static PyObject *iter_length(PyObject *self, PyObject *unused)
{
    SetIter *it = (SetIter *)self;
    return PyLong_FromSsize_t(it->set != NULL && it->used == it->set->used ? it->left : 0);
}

static PyObject *iter_reduce(PyObject *self, PyObject *unused)
{
    SetIter copy = *(SetIter *)self;
    PyObject *list = PyList_New(0), *key;
    copy.ob_base.ob_refcnt = IMMORTAL_REFCNT;
    Py_XINCREF(copy.set);
    while (list != NULL && (key = iter_next((PyObject *)&copy)) != NULL) {
        if (PyList_Append(list, key) < 0)
            Py_CLEAR(list);
        Py_DECREF(key);
    }
    Py_XDECREF(copy.set);
    if (list == NULL || PyErr_Occurred()) {
        Py_XDECREF(list);
        return NULL;
    }
    return Py_BuildValue("N(N)", _PyEval_GetBuiltin(N(iter)), list);
}

static PyMethodDef iter_methods[] = {
    {"__length_hint__", iter_length, METH_NOARGS, PyDoc_STR("Private method returning an estimate of len(list(it)).")},
    {"__reduce__", iter_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")},
    {NULL}};

PyTypeObject PySetIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "set_iterator",
    .tp_basicsize = sizeof(SetIter),
    .tp_dealloc = iter_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iter_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = iter_next,
    .tp_methods = iter_methods,
};

/* ---- the types ---- */

static PySequenceMethods set_as_sequence = {.sq_length = set_length, .sq_contains = set_contains};

PyTypeObject PySet_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "set",
    .tp_basicsize = sizeof(PySetObject),
    .tp_dealloc = set_dealloc,
    .tp_repr = set_repr,
    .tp_as_number = &set_as_number,
    .tp_as_sequence = &set_as_sequence,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = PyDoc_STR("set() -> new empty set object\nset(iterable) -> new set object\n\n"
                        "Build an unordered collection of unique elements."),
    .tp_traverse = set_traverse,
    .tp_clear = set_tp_clear,
    .tp_richcompare = set_richcompare,
    .tp_weaklistoffset = offsetof(PySetObject, weakreflist),
    .tp_iter = set_iter,
    .tp_methods = set_methods,
    .tp_init = set_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = set_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = set_vectorcall,
};

PyTypeObject PyFrozenSet_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "frozenset",
    .tp_basicsize = sizeof(PySetObject),
    .tp_dealloc = set_dealloc,
    .tp_repr = set_repr,
    .tp_as_number = &frozenset_as_number,
    .tp_as_sequence = &set_as_sequence,
    .tp_hash = frozenset_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = PyDoc_STR("frozenset() -> empty frozenset object\nfrozenset(iterable) -> frozenset object\n\n"
                        "Build an immutable unordered collection of unique elements."),
    .tp_traverse = set_traverse,
    .tp_clear = set_tp_clear,
    .tp_richcompare = set_richcompare,
    .tp_weaklistoffset = offsetof(PySetObject, weakreflist),
    .tp_iter = set_iter,
    .tp_methods = frozenset_methods,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = frozenset_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = frozenset_vectorcall,
};
