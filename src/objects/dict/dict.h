/* Dictionaries.
 *
 * A dict is a header (public layout of 3.11) and one table:
 *
 *     up to 8 entries    | header, 8 one-byte hash tags | entry 0 | entry 1 | ...
 *     more               | header | index: 2^k numbers of 1, 2, 4 or 8 bytes | entry 0 | entry 1 | ...
 *
 * Entries stand in insertion order.  An entry is {key, value} as long as all keys are exact strings, whose hash is in the string,
 * else {hash, key, value}.  A deleted entry has a NULL key.
 *
 * Dicts of the same few strings, made at one place of the program, share a table that has the keys alone; the values are
 * then in an array of the dict's own, ma_values, otherwise NULL.  Before a key is added or deleted such a dict gets a
 * table of its own.  (Instances keep their attributes inline: objects/instance.h.)
 *
 * DICT-1  used <= capacity; ma_used is the number of entries below `used` with a key.
 * DICT-2  stride == 2 only if every key is an exact str.
 * DICT-3  index slots hold entry numbers below `used`, INDEX_EMPTY or INDEX_DUMMY; every live entry is in the index once.
 * DICT-4  a shared table has stride 2, at most DICT_SMALL entries, all live, and no others; dicts with one are exact.
 * DICT-5  version is nonzero only if keys and their order are what they were when it was given out. */
#ifndef LIMPID_OBJECTS_DICT_H
#define LIMPID_OBJECTS_DICT_H

#include "Python.h"

#define DICT_SMALL 8          /* entries a table may have without an index */
#define INDEX_EMPTY (-1)
#define INDEX_DUMMY (-2)
#define DICT_ERROR (-3)

struct _dictkeysobject {
    uint32_t version;
    uint8_t log2_size;        /* of the index; 0: none */
    uint8_t width;            /* bytes of an index slot */
    uint8_t stride;           /* words of an entry, 2 or 3 */
    uint8_t fixed;            /* KEYS_ */
    Py_ssize_t capacity;      /* entries there is room for */
    Py_ssize_t used;          /* entries made, deleted ones included */
    union {
        uint64_t tags;        /* without index: a byte of each entry's hash */
        PyObject **entries;   /* with index */
    } u;
};

enum {
    KEYS_OWN,                 /* of one dict */
    KEYS_FIXED,               /* the empty table: never freed */
    KEYS_SHARED,              /* has its users and the list of all such behind the last entry */
};

static inline PyObject **keys_entries(PyDictKeysObject *k)
{
    return k->log2_size == 0 ? (PyObject **)(k + 1) : k->u.entries;
}
/* Entry ix: its key and value, as words [0] and [1]. */
static inline PyObject **keys_entry(PyDictKeysObject *k, Py_ssize_t ix)
{
    return keys_entries(k) + ix * k->stride + (k->stride - 2);
}
static inline Py_hash_t keys_hash(PyDictKeysObject *k, PyObject **entry)
{
    return k->stride == 3 ? (Py_hash_t)entry[-1] : ((PyASCIIObject *)entry[0])->hash;
}

/* Are two exact strings with equal hashes equal? */
static inline int str_same(PyObject *a, PyObject *b)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(a);
    return n == PyUnicode_GET_LENGTH(b) && PyUnicode_KIND(a) == PyUnicode_KIND(b) &&
           memcmp(PyUnicode_DATA(a), PyUnicode_DATA(b), (size_t)n * PyUnicode_KIND(a)) == 0;
}

/* The hash of any key; -1 with an exception set. */
static inline Py_hash_t dict_hash(PyObject *key)
{
    if (PyUnicode_CheckExact(key)) {
        Py_hash_t h = ((PyASCIIObject *)key)->hash;
        if (h != -1)
            return h;
    } else if (PyLong_CheckExact(key)) {
        Py_ssize_t n = Py_SIZE(key);
        if (n >= -1 && n <= 1) {
            Py_hash_t h = n * (Py_hash_t)((PyLongObject *)key)->ob_digit[0];
            return n == 0 ? 0 : h == -1 ? -2 : h;
        }
    }
    return PyObject_Hash(key);
}

/* Entry number of key, INDEX_EMPTY, or DICT_ERROR with an exception set; may run Python code. */
Py_ssize_t dict_find(PyDictObject *d, PyObject *key, Py_hash_t hash);
/* As dict_find for an exact string in a table of strings or not: runs no Python code if the table's stride is 2. */
Py_ssize_t keys_find_str(PyDictKeysObject *k, PyObject *key, Py_hash_t hash);
/* Sets key to value, stealing both; 0, or -1 with an exception set. */
int dict_set_steal(PyDictObject *d, PyObject *key, Py_hash_t hash, PyObject *value);

/* ---- for caches ---- */
extern uint64_t dict_version_counter;
static inline void dict_modified(PyDictObject *d) { d->ma_version_tag = ++dict_version_counter; }

uint32_t dict_keys_version_new(PyDictObject *d);
/* Nonzero; changes when a key is inserted, deleted or moved, not when a value is replaced; 0 if none is to be had. */
static inline uint32_t dict_keys_version(PyDictObject *d)
{
    uint32_t v = d->ma_keys->version;
    return v ? v : dict_keys_version_new(d);
}
/* The version as it stands, 0 if none was given out: for comparing with a remembered one. */
static inline uint32_t dict_keys_version_peek(PyDictObject *d) { return d->ma_keys->version; }
/* Entry number of an interned name, or -1; no error, no Python code. */
Py_ssize_t dict_index_of(PyDictObject *d, PyObject *interned_name);
/* Where the value of entry ix is. */
static inline PyObject **dict_value_slot(PyDictObject *d, Py_ssize_t ix)
{
    return d->ma_values != NULL ? (PyObject **)d->ma_values + ix : &keys_entry(d->ma_keys, ix)[1];
}
/* Value of entry ix, borrowed. */
static inline PyObject *dict_value_at(PyDictObject *d, Py_ssize_t ix) { return *dict_value_slot(d, ix); }
static inline PyObject *dict_key_at(PyDictObject *d, Py_ssize_t ix) { return keys_entry(d->ma_keys, ix)[0]; }
void dict_maintain_tracking(PyDictObject *d, PyObject *item);

/* ---- shared tables ---- */
/* A table for dicts of the n keys keys[0], keys[step]..., with one user, the caller; NULL without an exception when they
 * cannot share one, or for want of memory. */
PyDictKeysObject *keys_share(PyObject *const *keys, Py_ssize_t step, Py_ssize_t n);
/* Ends one use. */
void keys_release(PyDictKeysObject *k);
/* A dict of a shared table's keys and the values values[0], values[step]..., which it steals if it succeeds; NULL with
 * MemoryError set. */
PyObject *dict_from_shared(PyDictKeysObject *k, PyObject *const *values, Py_ssize_t step);
/* Gives a dict that shares its keys a table of its own; 0, or -1 with MemoryError set and nothing changed. */
int dict_unshare(PyDictObject *d);
static inline int dict_own(PyDictObject *d) { return d->ma_values == NULL ? 0 : dict_unshare(d); }

/* ---- for OrderedDict ---- */
/* Takes live entry ix out: its references are now the caller's.  The dict has a table of its own. */
void dict_take_out(PyDictObject *d, Py_ssize_t ix, PyObject **key, PyObject **value);
/* Moves live entry ix behind all others, or before all others; 0, or -1 with MemoryError set and nothing changed.  Runs no
 * Python code.  *first is the first live entry, before and after.  Both are amortised: where no dead entry is at the
 * start, the table is made anew with some. */
int dict_move_last(PyDictObject *d, Py_ssize_t ix);
int dict_move_first(PyDictObject *d, Py_ssize_t ix, Py_ssize_t *first);
/* Replaces the value of live entry ix; steals the value; may run Python code (the old value's destructor). */
static inline void dict_set_value_at(PyDictObject *d, Py_ssize_t ix, PyObject *value)
{
    PyObject **slot = dict_value_slot(d, ix), *old = *slot;
    *slot = value;
    dict_modified(d);
    if (PyType_IS_GC(Py_TYPE(value)))
        dict_maintain_tracking(d, value);
    Py_XDECREF(old);
}

/* ---- inside the dict folder ---- */
extern PyMethodDef dict_methods[];
PyObject *dict_new_exact(void);
int dict_merge(PyObject *a, PyObject *b, int override);
int dict_pop_last(PyDictObject *d, PyObject **key, PyObject **value);
int dict_update_common(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, const char *name);
PyObject *dict_iter(PyObject *d);
PyObject *dict_iter_new(PyDictObject *d, PyTypeObject *type);
PyObject *dict_subscript(PyObject *d, PyObject *key);
PyObject *dict_from_keys(PyObject *cls, PyObject *iterable, PyObject *value);
PyObject *dict_keys_view(PyObject *d, PyObject *unused);
PyObject *dict_values_view(PyObject *d, PyObject *unused);
PyObject *dict_items_view(PyObject *d, PyObject *unused);
/* Equal contents: 1, 0, or -1 with an exception set. */
int dict_equal(PyDictObject *a, PyDictObject *b);

#endif
