/* The table of a dictionary: finding, inserting, deleting, growing; and the C API on single keys. */
#include "objects/dict/dict.h"
#include "memory/look.h"
#include "memory/memory.h"
#include "memory/roots.h"
#include "objects/names.h"

#define ONES 0x0101010101010101ull
#define HIGH 0x8080808080808080ull
#define PERTURB_SHIFT 5
#define LOG2_INDEX_MIN 5
#define DICT_FIRST 5      /* room of the first table: that of 3.11, visible when keys are moved under an iterator */

static PyDictKeysObject empty_keys = {.version = 1, .stride = 2, .fixed = KEYS_FIXED};
uint64_t dict_version_counter;
static uint32_t keys_version_counter = 1;

/* ---- tables ---- */

static inline uint8_t tag_of(Py_hash_t hash) { return (uint8_t)((size_t)hash ^ ((size_t)hash >> 8)); }

/* A bit mask with bit 8*i+7 set for each entry i of a small table that may have this hash (false positives possible). */
static inline uint64_t small_candidates(PyDictKeysObject *k, Py_hash_t hash)
{
    uint64_t x = k->u.tags ^ (tag_of(hash) * ONES);
    uint64_t m = (x - ONES) & ~x & HIGH;
    return k->used >= DICT_SMALL ? m : m & (((uint64_t)1 << (8 * k->used)) - 1);
}

static inline Py_ssize_t index_get(PyDictKeysObject *k, size_t i)
{
    void *index = k + 1;
    if (k->width == 1)
        return ((int8_t *)index)[i];
    if (k->width == 2)
        return ((int16_t *)index)[i];
    if (k->width == 4)
        return ((int32_t *)index)[i];
    return (Py_ssize_t)((int64_t *)index)[i];
}

static inline void index_set(PyDictKeysObject *k, size_t i, Py_ssize_t ix)
{
    void *index = k + 1;
    if (k->width == 1)
        ((int8_t *)index)[i] = (int8_t)ix;
    else if (k->width == 2)
        ((int16_t *)index)[i] = (int16_t)ix;
    else if (k->width == 4)
        ((int32_t *)index)[i] = (int32_t)ix;
    else
        ((int64_t *)index)[i] = ix;
}

/* An empty table for at least n entries; NULL (no exception set) when there is no memory. */
static PyDictKeysObject *keys_new(Py_ssize_t n, int stride)
{
    if (n > PY_SSIZE_T_MAX / 128)
        return NULL;
    int log2 = 0, width = 0;
    Py_ssize_t capacity = n <= DICT_FIRST ? DICT_FIRST : DICT_SMALL;
    if (n > DICT_SMALL) {
        log2 = LOG2_INDEX_MIN;
        while (((Py_ssize_t)2 << log2) / 3 < n)
            log2++;
        width = log2 < 8 ? 1 : log2 < 16 ? 2 : log2 < 32 ? 4 : 8;
        capacity = ((Py_ssize_t)2 << log2) / 3;
    }
    size_t index_bytes = log2 ? (size_t)width << log2 : 0;
    PyDictKeysObject *k = raw_alloc(sizeof *k + index_bytes + (size_t)capacity * (size_t)stride * sizeof(PyObject *));
    if (k == NULL)
        return NULL;
    k->version = 0;
    k->log2_size = (uint8_t)log2;
    k->width = (uint8_t)width;
    k->stride = (uint8_t)stride;
    k->fixed = KEYS_OWN;
    k->capacity = capacity;
    k->used = 0;
    k->u.tags = 0;
    if (log2) {
        memset(k + 1, 0xff, index_bytes);
        k->u.entries = (PyObject **)((char *)(k + 1) + index_bytes);
    }
    return k;
}

static void keys_free(PyDictKeysObject *k)
{
    if (k->fixed != KEYS_FIXED)
        raw_free(k);
}

/* Drops the references of a table that no dict has any more, and frees it. */
static void keys_drop(PyDictKeysObject *k)
{
    PyObject **e = keys_entries(k) + (k->stride - 2);
    for (Py_ssize_t i = 0; i < k->used; i++, e += k->stride)
        if (e[0] != NULL) {
            Py_DECREF(e[0]);
            Py_DECREF(e[1]);
        }
    keys_free(k);
}

/* Ends a dict's use of its table, whose references are the table's or the dict's. */
static void dict_drop(PyDictKeysObject *k, PyObject **values)
{
    if (values == NULL) {
        keys_drop(k);
        return;
    }
    for (Py_ssize_t i = 0; i < k->used; i++)
        Py_DECREF(values[i]);
    raw_free(values);
    keys_release(k);
}

/* Makes entry k->used of a table with room for it.  Steals key and value. */
static inline void keys_append(PyDictKeysObject *k, PyObject *key, Py_hash_t hash, PyObject *value)
{
    Py_ssize_t ix = k->used++;
    PyObject **e = keys_entry(k, ix);
    e[0] = key;
    e[1] = value;
    if (k->stride == 3)
        e[-1] = (PyObject *)hash;
    if (k->log2_size == 0) {
        k->u.tags |= (uint64_t)tag_of(hash) << (8 * ix);
        return;
    }
    size_t mask = ((size_t)1 << k->log2_size) - 1, perturb = (size_t)hash, i = perturb & mask;
    while (index_get(k, i) >= 0) {
        perturb >>= PERTURB_SHIFT;
        i = (i * 5 + perturb + 1) & mask;
    }
    index_set(k, i, ix);
}

/* Fills the empty index of a table whose entries are all live; `integer` is of the index's width. */
#define FILL_INDEX(integer)                                                                                            \
    for (Py_ssize_t ix = 0; ix < n; ix++, e += stride) {                                                               \
        size_t perturb = (size_t)(stride == 3 ? (Py_hash_t)e[-1] : ((PyASCIIObject *)e[0])->hash), i = perturb & mask; \
        integer *index = (integer *)(k + 1);                                                                           \
        while (index[i] >= 0) {                                                                                        \
            perturb >>= PERTURB_SHIFT;                                                                                 \
            i = (i * 5 + perturb + 1) & mask;                                                                          \
        }                                                                                                              \
        index[i] = (integer)ix;                                                                                        \
    }

static void index_fill(PyDictKeysObject *k)
{
    size_t mask = ((size_t)1 << k->log2_size) - 1;
    Py_ssize_t n = k->used;
    int stride = k->stride;
    PyObject **e = keys_entry(k, 0);
    if (k->width == 1) {
        FILL_INDEX(int8_t)
    } else if (k->width == 2) {
        FILL_INDEX(int16_t)
    } else if (k->width == 4) {
        FILL_INDEX(int32_t)
    } else {
        FILL_INDEX(int64_t)
    }
}

/* A table that replaces the one of d. */
static PyDictKeysObject *keys_again(PyDictObject *d, Py_ssize_t n, int stride)
{
    int side = look_turn_to(d);
    PyDictKeysObject *k = keys_new(n, stride);
    look_turn_back(side);
    if (k == NULL)
        PyErr_NoMemory();
    return k;
}

/* Moves the live entries to a table for at least n entries; 0, or -1 with MemoryError set. */
static int resize(PyDictObject *d, Py_ssize_t n, int stride)
{
    PyDictKeysObject *old = d->ma_keys, *k = keys_again(d, n, stride);
    if (k == NULL)
        return -1;
    if (d->ma_values != NULL) {
        PyObject **values = (PyObject **)d->ma_values;
        for (Py_ssize_t i = 0; i < old->used; i++) {
            PyObject *key = keys_entry(old, i)[0];
            keys_append(k, Py_NewRef(key), ((PyASCIIObject *)key)->hash, values[i]);
        }
        d->ma_keys = k;
        d->ma_values = NULL;
        raw_free(values);
        keys_release(old);
        return 0;
    }
    if (k->log2_size && stride == old->stride && old->used == d->ma_used) {
        k->used = old->used;
        memcpy(keys_entries(k), keys_entries(old), (size_t)old->used * (size_t)stride * sizeof(PyObject *));
        index_fill(k);
    } else {
        for (Py_ssize_t i = 0; i < old->used; i++) {
            PyObject **e = keys_entry(old, i);
            if (e[0] != NULL)
                keys_append(k, e[0], keys_hash(old, e), e[1]);
        }
    }
    assert(k->used == d->ma_used);  /* DICT-1 */
    d->ma_keys = k;
    keys_free(old);
    return 0;
}

/* The number of entries to make room for when a table is full. */
static Py_ssize_t grown(PyDictObject *d)
{
    Py_ssize_t n = d->ma_used;
    if (n < DICT_SMALL)
        return n < DICT_FIRST ? DICT_FIRST : DICT_SMALL;
    int log2 = LOG2_INDEX_MIN;
    while (((Py_ssize_t)1 << log2) < n * 3)
        log2++;
    return ((Py_ssize_t)2 << log2) / 3;
}

/* ---- finding ---- */

Py_ssize_t keys_find_str(PyDictKeysObject *k, PyObject *key, Py_hash_t hash)
{
    PyObject **entries = keys_entries(k);
    if (k->log2_size == 0) {
        for (uint64_t m = small_candidates(k, hash); m != 0; m &= m - 1) {
            Py_ssize_t ix = __builtin_ctzll(m) >> 3;
            PyObject *found = entries[2 * ix];
            if (found == key || (found != NULL && ((PyASCIIObject *)found)->hash == hash && str_same(found, key)))
                return ix;
        }
        return INDEX_EMPTY;
    }
    size_t mask = ((size_t)1 << k->log2_size) - 1, perturb = (size_t)hash, i = perturb & mask;
    for (;;) {
        Py_ssize_t ix = index_get(k, i);
        if (ix >= 0) {
            PyObject *found = entries[2 * ix];
            if (found == key || (((PyASCIIObject *)found)->hash == hash && str_same(found, key)))
                return ix;
        } else if (ix == INDEX_EMPTY) {
            return INDEX_EMPTY;
        }
        perturb >>= PERTURB_SHIFT;
        i = (i * 5 + perturb + 1) & mask;
    }
}

/* Compares entry ix with key: 1 found, 0 not, -1 error, 2 the dict has changed under the comparison. */
static inline int entry_matches(PyDictObject *d, PyDictKeysObject *k, Py_ssize_t ix, PyObject *key, Py_hash_t hash)
{
    PyObject **e = keys_entry(k, ix), *found = e[0];
    if (found == key)
        return 1;
    if (found == NULL || keys_hash(k, e) != hash)
        return 0;
    PyTypeObject *type = Py_TYPE(found);
    if (type == Py_TYPE(key)) {
        if (type == &PyUnicode_Type)
            return str_same(found, key);
        if (type == &PyLong_Type && Py_ABS(Py_SIZE(found)) <= 1)
            return Py_SIZE(found) == Py_SIZE(key) &&
                   ((PyLongObject *)found)->ob_digit[0] == ((PyLongObject *)key)->ob_digit[0];
    }
    Py_INCREF(found);
    uint8_t log2_size = k->log2_size;
    int equal = PyObject_RichCompareBool(found, key, Py_EQ);
    /* Another table may stand where the former one stood. */
    int changed = d->ma_keys != k || k->log2_size != log2_size || ix >= k->used || keys_entry(k, ix)[0] != found;
    Py_DECREF(found);
    return equal < 0 ? -1 : changed ? 2 : equal;
}

Py_ssize_t dict_find(PyDictObject *d, PyObject *key, Py_hash_t hash)
{
again:;
    PyDictKeysObject *k = d->ma_keys;
    if (k->stride == 2 && PyUnicode_CheckExact(key))
        return keys_find_str(k, key, hash);
    if (k->log2_size == 0) {
        for (uint64_t m = small_candidates(k, hash); m != 0; m &= m - 1) {
            Py_ssize_t ix = __builtin_ctzll(m) >> 3;
            int match = entry_matches(d, k, ix, key, hash);
            if (match == 1)
                return ix;
            if (match == 2)
                goto again;
            if (match < 0)
                return DICT_ERROR;
        }
        return INDEX_EMPTY;
    }
    size_t mask = ((size_t)1 << k->log2_size) - 1, perturb = (size_t)hash, i = perturb & mask;
    for (;;) {
        Py_ssize_t ix = index_get(k, i);
        if (ix >= 0) {
            int match = entry_matches(d, k, ix, key, hash);
            if (match == 1)
                return ix;
            if (match == 2)
                goto again;
            if (match < 0)
                return DICT_ERROR;
        } else if (ix == INDEX_EMPTY) {
            return INDEX_EMPTY;
        }
        perturb >>= PERTURB_SHIFT;
        i = (i * 5 + perturb + 1) & mask;
    }
}

Py_ssize_t dict_index_of(PyDictObject *d, PyObject *name)
{
    PyDictKeysObject *k = d->ma_keys;
    Py_hash_t hash = ((PyASCIIObject *)name)->hash;
    if (hash == -1)
        hash = PyObject_Hash(name);
    if (k->stride == 2)
        return keys_find_str(k, name, hash);
    /* Mixed keys: only an identical or equal exact string counts, so that nothing is called. */
    for (Py_ssize_t ix = 0; ix < k->used; ix++) {
        PyObject **e = keys_entry(k, ix);
        if (e[0] == name || (e[0] != NULL && PyUnicode_CheckExact(e[0]) && keys_hash(k, e) == hash && str_same(e[0], name)))
            return ix;
    }
    return -1;
}

uint32_t dict_keys_version_new(PyDictObject *d)
{
    if (keys_version_counter == UINT32_MAX)
        return 0;
    return d->ma_keys->version = ++keys_version_counter;
}

/* ---- changing ---- */

void dict_maintain_tracking(PyDictObject *d, PyObject *item)
{
    if (!PyDict_CheckExact(d) || container_tracked_small(d))
        return;
    if (PyObject_IS_GC(item) && (!PyTuple_CheckExact(item) || PyObject_GC_IsTracked(item)))
        container_track_small(d);
}

static inline void track_for(PyDictObject *d, PyObject *item)
{
    if (PyType_IS_GC(Py_TYPE(item)))
        dict_maintain_tracking(d, item);
}

/* Appends a key that is not in the dict; steals both references, also when it fails with -1 and MemoryError. */
static int insert_new(PyDictObject *d, PyObject *key, Py_hash_t hash, PyObject *value)
{
    PyDictKeysObject *k = d->ma_keys;
    int stride = k->stride;
    if (LIMPID_UNLIKELY(stride == 2 && !PyUnicode_CheckExact(key)))
        stride = 3;
    if (LIMPID_UNLIKELY(k->used == k->capacity || stride != k->stride || TORTURED(move))) {
        /* An empty dict may become one of strings again. */
        if (d->ma_used == 0)
            stride = PyUnicode_CheckExact(key) ? 2 : 3;
        if (resize(d, k->used == k->capacity ? grown(d) : Py_MAX(k->capacity, d->ma_used + 1), stride) < 0) {
            Py_DECREF(key);
            Py_DECREF(value);
            return -1;
        }
        k = d->ma_keys;
    }
    k->version = 0;
    keys_append(k, key, hash, value);
    d->ma_used++;
    dict_modified(d);
    track_for(d, key);
    track_for(d, value);
    return 0;
}

int dict_unshare(PyDictObject *d) { return resize(d, d->ma_used, 2); }

int dict_set_steal(PyDictObject *d, PyObject *key, Py_hash_t hash, PyObject *value)
{
    Py_ssize_t ix = dict_find(d, key, hash);
    if (ix >= 0) {
        dict_set_value_at(d, ix, value);
        Py_DECREF(key);
        return 0;
    }
    if (ix == DICT_ERROR) {
        Py_DECREF(key);
        Py_DECREF(value);
        return -1;
    }
    return insert_new(d, key, hash, value);
}

/* The index slot of entry ix. */
static size_t index_slot(PyDictKeysObject *k, Py_hash_t hash, Py_ssize_t ix)
{
    size_t mask = ((size_t)1 << k->log2_size) - 1, perturb = (size_t)hash, i = perturb & mask;
    while (index_get(k, i) != ix) {
        perturb >>= PERTURB_SHIFT;
        i = (i * 5 + perturb + 1) & mask;
    }
    return i;
}

void dict_take_out(PyDictObject *d, Py_ssize_t ix, PyObject **key, PyObject **value)
{
    PyDictKeysObject *k = d->ma_keys;
    PyObject **e = keys_entry(k, ix);
    assert(d->ma_values == NULL);
    if (k->log2_size)
        index_set(k, index_slot(k, keys_hash(k, e), ix), INDEX_DUMMY);
    *key = e[0];
    *value = e[1];
    e[0] = e[1] = NULL;
    k->version = 0;
    d->ma_used--;
    dict_modified(d);
}

static int delete_entry(PyDictObject *d, Py_ssize_t ix)
{
    PyObject *key, *value;
    if (dict_own(d) < 0)
        return -1;
    dict_take_out(d, ix, &key, &value);
    Py_DECREF(key);
    Py_DECREF(value);
    return 0;
}

/* ---- moving ---- */

/* Puts a key that is not in the table into dead entry ix.  Steals both. */
static void keys_put(PyDictKeysObject *k, Py_ssize_t ix, PyObject *key, Py_hash_t hash, PyObject *value)
{
    Py_ssize_t used = k->used;
    assert(keys_entry(k, ix)[0] == NULL);
    if (k->log2_size == 0)
        k->u.tags &= ~((uint64_t)0xff << (8 * ix));
    k->used = ix;
    keys_append(k, key, hash, value);
    k->used = used;
}

int dict_move_last(PyDictObject *d, Py_ssize_t ix)
{
    PyDictKeysObject *k = d->ma_keys;
    if (ix == k->used - 1)
        return 0;
    if (k->used == k->capacity) {
        Py_ssize_t live = 0;
        for (Py_ssize_t i = 0; i < ix; i++)
            live += keys_entry(k, i)[0] != NULL;
        if (resize(d, grown(d), k->stride) < 0)
            return -1;
        k = d->ma_keys;
        ix = live;
    }
    Py_hash_t hash = keys_hash(k, keys_entry(k, ix));
    PyObject *key, *value;
    dict_take_out(d, ix, &key, &value);
    keys_append(k, key, hash, value);
    d->ma_used++;
    return 0;
}

/* Makes the table anew with `gap` dead entries at the start; 0, or -1 with MemoryError set. */
static int make_gap(PyDictObject *d, Py_ssize_t gap)
{
    PyDictKeysObject *old = d->ma_keys, *k = keys_again(d, gap + d->ma_used + 1, old->stride);
    if (k == NULL)
        return -1;
    memset(keys_entries(k), 0, (size_t)gap * k->stride * sizeof(PyObject *));
    k->used = gap;
    for (Py_ssize_t i = 0; i < old->used; i++) {
        PyObject **e = keys_entry(old, i);
        if (e[0] != NULL)
            keys_append(k, e[0], keys_hash(old, e), e[1]);
    }
    d->ma_keys = k;
    keys_free(old);
    return 0;
}

int dict_move_first(PyDictObject *d, Py_ssize_t ix, Py_ssize_t *first)
{
    PyDictKeysObject *k = d->ma_keys;
    if (ix == *first)
        return 0;
    if (*first == 0) {
        Py_ssize_t before = 0, gap = 1 + d->ma_used / 2;
        for (Py_ssize_t i = 0; i < ix; i++)
            before += keys_entry(k, i)[0] != NULL;
        if (make_gap(d, gap) < 0)
            return -1;
        k = d->ma_keys;
        ix = gap + before;
        *first = gap;
    }
    Py_hash_t hash = keys_hash(k, keys_entry(k, ix));
    PyObject *key, *value;
    dict_take_out(d, ix, &key, &value);
    keys_put(k, --*first, key, hash, value);
    d->ma_used++;
    return 0;
}

/* ---- making ---- */

PyObject *dict_new_exact(void)
{
    PyDictObject *d = container_alloc(sizeof *d);
    if (d == NULL)
        return PyErr_NoMemory();
    d->ob_base.ob_refcnt = 1;
    d->ob_base.ob_type = &PyDict_Type;
    d->ma_used = 0;
    d->ma_version_tag = ++dict_version_counter;
    d->ma_keys = &empty_keys;
    d->ma_values = NULL;
    return (PyObject *)d;
}

PyObject *PyDict_New(void) { return dict_new_exact(); }

/* tp_new: any subclass. */
PyObject *dict_type_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type == &PyDict_Type)
        return dict_new_exact();
    PyDictObject *d = (PyDictObject *)type->tp_alloc(type, 0);
    if (d == NULL)
        return NULL;
    d->ma_keys = &empty_keys;
    d->ma_version_tag = ++dict_version_counter;
    return (PyObject *)d;
}

PyObject *_PyDict_NewPresized(Py_ssize_t n)
{
    PyObject *d = dict_new_exact();
    if (d != NULL && n > 0) {
        PyDictKeysObject *k = keys_new(n, 2);
        if (k == NULL) {
            Py_DECREF(d);
            return PyErr_NoMemory();
        }
        ((PyDictObject *)d)->ma_keys = k;
    }
    return d;
}

void dict_dealloc(PyObject *self)
{
    PyDictObject *d = (PyDictObject *)self;
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, dict_dealloc)
    PyDictKeysObject *k = d->ma_keys;
    if (k != NULL) {
        PyObject **values = (PyObject **)d->ma_values;
        d->ma_keys = &empty_keys;
        d->ma_values = NULL;
        dict_drop(k, values);
    }
    if (Py_TYPE(self) == &PyDict_Type)
        container_free_small(self);
    else
        Py_TYPE(self)->tp_free(self);
    Py_TRASHCAN_END
}

int dict_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyDictKeysObject *k = ((PyDictObject *)self)->ma_keys;
    if (k == NULL)
        return 0;
    PyObject **values = (PyObject **)((PyDictObject *)self)->ma_values;
    if (values != NULL) {
        for (Py_ssize_t i = 0; i < k->used; i++)
            Py_VISIT(values[i]);
        return 0;
    }
    PyObject **e = keys_entries(k) + (k->stride - 2);
    int strings = k->stride == 2;
    for (Py_ssize_t i = 0; i < k->used; i++, e += k->stride) {
        Py_VISIT(e[1]);
        if (!strings)
            Py_VISIT(e[0]);
    }
    return 0;
}

void PyDict_Clear(PyObject *self)
{
    if (!PyDict_Check(self))
        return;
    PyDictObject *d = (PyDictObject *)self;
    PyDictKeysObject *k = d->ma_keys;
    if (k == &empty_keys || k == NULL)
        return;
    PyObject **values = (PyObject **)d->ma_values;
    d->ma_keys = &empty_keys;
    d->ma_values = NULL;
    d->ma_used = 0;
    dict_modified(d);
    dict_drop(k, values);
}

int dict_tp_clear(PyObject *self)
{
    PyDict_Clear(self);
    return 0;
}

/* A copy of the dict's table, and of its values if they are apart, with references of its own; NULL without an exception
 * when there is no memory. */
static PyDictKeysObject *table_clone(PyDictObject *d)
{
    PyDictKeysObject *k = d->ma_keys;
    if (d->ma_used == 0)
        return &empty_keys;
    PyDictKeysObject *copy = keys_new(d->ma_used, k->stride);
    if (copy == NULL)
        return NULL;
    PyObject **e = keys_entries(k) + (k->stride - 2);
    for (Py_ssize_t i = 0; i < k->used; i++, e += k->stride)
        if (e[0] != NULL) {
            Py_INCREF(e[0]);
            keys_append(copy, e[0], keys_hash(k, e), Py_NewRef(dict_value_at(d, i)));
        }
    return copy;
}

/* ---- shared tables ---- */

/* Behind the entries of a shared table. */
typedef struct shared_tail {
    Py_ssize_t users;
    PyDictKeysObject *next, **link; /* in the list of all */
} SharedTail;

static PyDictKeysObject *shared_tables;

static inline SharedTail *keys_tail(PyDictKeysObject *k) { return (SharedTail *)(keys_entries(k) + 2 * k->used); }
static inline Py_ssize_t *keys_users(PyDictKeysObject *k) { return &keys_tail(k)->users; }

static void keys_link(PyDictKeysObject *k)
{
    SharedTail *tail = keys_tail(k);
    *tail = (SharedTail){1, shared_tables, &shared_tables};
    if (tail->next != NULL)
        keys_tail(tail->next)->link = &tail->next;
    shared_tables = k;
}

static void keys_unlink(PyDictKeysObject *k)
{
    SharedTail *tail = keys_tail(k);
    *tail->link = tail->next;
    if (tail->next != NULL)
        keys_tail(tail->next)->link = tail->link;
}

/* The keys belong to the table, whose users are a code object and dicts, or dicts alone. */
void shared_keys_roots(RootVisit visit, void *arg)
{
    for (PyDictKeysObject *k = shared_tables; k != NULL; k = keys_tail(k)->next)
        for (Py_ssize_t i = 0; i < k->used; i++)
            visit(keys_entry(k, i)[0], "keys that dicts share", -1, NULL, arg);
}

PyDictKeysObject *keys_share(PyObject *const *keys, Py_ssize_t step, Py_ssize_t n)
{
    if (n < 1 || n > DICT_SMALL)
        return NULL;
    PyDictKeysObject *k = raw_alloc(sizeof *k + (size_t)n * 2 * sizeof(PyObject *) + sizeof(SharedTail));
    if (k == NULL)
        return NULL;
    *k = (PyDictKeysObject){.stride = 2, .fixed = KEYS_SHARED, .capacity = n};
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *key = keys[i * step];
        Py_hash_t hash = PyUnicode_CheckExact(key) ? dict_hash(key) : -1;
        if (hash == -1 || keys_find_str(k, key, hash) != INDEX_EMPTY) {
            while (--i >= 0)
                Py_DECREF(keys[i * step]);
            raw_free(k);
            return NULL;
        }
        keys_append(k, Py_NewRef(key), hash, NULL);
    }
    keys_link(k);
    return k;
}

void keys_release(PyDictKeysObject *k)
{
    if (--*keys_users(k) > 0)
        return;
    keys_unlink(k);
    for (Py_ssize_t i = 0; i < k->used; i++)
        Py_DECREF(keys_entry(k, i)[0]);
    raw_free(k);
}

PyObject *dict_from_shared(PyDictKeysObject *k, PyObject *const *values, Py_ssize_t step)
{
    Py_ssize_t n = k->used;
    PyObject **own = raw_alloc((size_t)n * sizeof *own);
    if (own == NULL)
        return PyErr_NoMemory();
    ++*keys_users(k);   /* a collection may end the code that shares it */
    PyDictObject *d = (PyDictObject *)dict_new_exact();
    if (d == NULL) {
        raw_free(own);
        keys_release(k);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        own[i] = values[i * step];
        track_for(d, own[i]);
    }
    d->ma_keys = k;
    d->ma_values = (PyDictValues *)own;
    d->ma_used = n;
    return (PyObject *)d;
}

/* Gives empty dict `d` the contents of `from`; 0, or -1 with MemoryError set. */
int dict_fill_from(PyDictObject *d, PyDictObject *from)
{
    PyDictKeysObject *k = from->ma_keys;
    PyObject **values = NULL;
    if (from->ma_values != NULL && PyDict_CheckExact(d)) {
        values = raw_alloc((size_t)k->used * sizeof *values);
        for (Py_ssize_t i = 0; values != NULL && i < k->used; i++)
            values[i] = Py_NewRef(dict_value_at(from, i));
        *keys_users(k) += values != NULL;
    } else {
        k = table_clone(from);
    }
    if (k == NULL || (values == NULL && k->fixed == KEYS_SHARED)) {
        PyErr_NoMemory();
        return -1;
    }
    keys_free(d->ma_keys);
    d->ma_keys = k;
    d->ma_values = (PyDictValues *)values;
    d->ma_used = from->ma_used;
    dict_modified(d);
    if (PyDict_CheckExact(d) && PyObject_GC_IsTracked((PyObject *)from) && !container_tracked_small(d)) {
        container_track_small(d);
    } else if (PyDict_CheckExact(d) && !PyDict_CheckExact(from)) {
        for (Py_ssize_t i = 0; i < k->used; i++) {
            track_for(d, keys_entry(k, i)[0]);
            track_for(d, dict_value_at(d, i));
        }
    }
    return 0;
}

PyObject *PyDict_Copy(PyObject *self)
{
    if (self == NULL || !PyDict_Check(self)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyObject *copy = dict_new_exact();
    if (copy != NULL && dict_fill_from((PyDictObject *)copy, (PyDictObject *)self) < 0)
        Py_CLEAR(copy);
    return copy;
}

/* Forgets the collector when nothing in the dict needs it. */
void _PyDict_MaybeUntrack(PyObject *self)
{
    if (!PyDict_CheckExact(self) || !container_tracked_small(self))
        return;
    PyDictObject *d = (PyDictObject *)self;
    for (Py_ssize_t i = 0; i < d->ma_keys->used; i++) {
        PyObject *pair[] = {dict_key_at(d, i), dict_value_at(d, i)};
        for (int j = 0; j < 2; j++)
            if (pair[0] != NULL && PyObject_IS_GC(pair[j]) && (!PyTuple_CheckExact(pair[j]) || PyObject_GC_IsTracked(pair[j])))
                return;
    }
    container_untrack_small(self);
}

/* ---- getting ---- */

PyObject *_PyDict_GetItem_KnownHash(PyObject *self, PyObject *key, Py_hash_t hash)
{
    if (!PyDict_Check(self)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    Py_ssize_t ix = dict_find((PyDictObject *)self, key, hash);
    return ix >= 0 ? dict_value_at((PyDictObject *)self, ix) : NULL;
}

PyObject *PyDict_GetItemWithError(PyObject *self, PyObject *key)
{
    if (!PyDict_Check(self)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    Py_hash_t hash = dict_hash(key);
    return hash == -1 ? NULL : _PyDict_GetItem_KnownHash(self, key, hash);
}

PyObject *_PyDict_GetItemWithError(PyObject *self, PyObject *key) { return PyDict_GetItemWithError(self, key); }

PyObject *PyDict_GetItem(PyObject *self, PyObject *key)
{
    if (!PyDict_Check(self))
        return NULL;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *found = PyDict_GetItemWithError(self, key);
    PyErr_Restore(type, value, traceback);
    return found;
}

PyObject *_PyDict_GetItemStringWithError(PyObject *self, const char *name)
{
    PyObject *key = PyUnicode_FromString(name);
    if (key == NULL)
        return NULL;
    PyObject *found = PyDict_GetItemWithError(self, key);
    Py_DECREF(key);
    return found;
}

/* The value under an exact string that equals the name, borrowed, or NULL: for when there is no memory for a key. */
static PyObject *find_by_walk(PyObject *self, const char *name)
{
    Py_ssize_t at = 0;
    PyObject *key, *value;
    while (PyDict_Next(self, &at, &key, &value))
        if (PyUnicode_CheckExact(key) && _PyUnicode_EqualToASCIIString(key, name))
            return value;
    return NULL;
}

PyObject *PyDict_GetItemString(PyObject *self, const char *name)
{
    PyObject *key = PyUnicode_FromString(name);
    if (key == NULL) {
        PyErr_Clear();
        return find_by_walk(self, name);
    }
    PyObject *found = PyDict_GetItem(self, key);
    Py_DECREF(key);
    return found;
}

PyObject *_PyDict_GetItemIdWithError(PyObject *self, _Py_Identifier *id)
{
    PyObject *key = _PyUnicode_FromId(id);
    return key ? PyDict_GetItemWithError(self, key) : NULL;
}

int _PyDict_Contains_KnownHash(PyObject *self, PyObject *key, Py_hash_t hash)
{
    Py_ssize_t ix = dict_find((PyDictObject *)self, key, hash);
    return ix == DICT_ERROR ? -1 : ix >= 0;
}

int PyDict_Contains(PyObject *self, PyObject *key)
{
    Py_hash_t hash = dict_hash(key);
    return hash == -1 ? -1 : _PyDict_Contains_KnownHash(self, key, hash);
}

int _PyDict_ContainsId(PyObject *self, _Py_Identifier *id)
{
    PyObject *key = _PyUnicode_FromId(id);
    return key ? PyDict_Contains(self, key) : -1;
}

Py_ssize_t PyDict_Size(PyObject *self)
{
    if (self == NULL || !PyDict_Check(self)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return ((PyDictObject *)self)->ma_used;
}

int _PyDict_Next(PyObject *self, Py_ssize_t *pos, PyObject **key, PyObject **value, Py_hash_t *hash)
{
    if (!PyDict_Check(self))
        return 0;
    PyDictKeysObject *k = ((PyDictObject *)self)->ma_keys;
    Py_ssize_t i = *pos;
    if (i < 0)
        return 0;
    PyObject **e = keys_entry(k, i);
    while (i < k->used && e[0] == NULL) {
        i++;
        e += k->stride;
    }
    if (i >= k->used)
        return 0;
    *pos = i + 1;
    if (key != NULL)
        *key = e[0];
    if (value != NULL)
        *value = dict_value_at((PyDictObject *)self, i);
    if (hash != NULL)
        *hash = keys_hash(k, e);
    return 1;
}

int PyDict_Next(PyObject *self, Py_ssize_t *pos, PyObject **key, PyObject **value)
{
    return _PyDict_Next(self, pos, key, value, NULL);
}

/* ---- setting and deleting ---- */

int _PyDict_SetItem_KnownHash(PyObject *self, PyObject *key, PyObject *value, Py_hash_t hash)
{
    if (!PyDict_Check(self)) {
        PyErr_BadInternalCall();
        return -1;
    }
    Py_INCREF(key);
    Py_INCREF(value);
    return dict_set_steal((PyDictObject *)self, key, hash, value);
}

int PyDict_SetItem(PyObject *self, PyObject *key, PyObject *value)
{
    if (!PyDict_Check(self)) {
        PyErr_BadInternalCall();
        return -1;
    }
    Py_hash_t hash = dict_hash(key);
    if (hash == -1)
        return -1;
    Py_INCREF(key);
    Py_INCREF(value);
    return dict_set_steal((PyDictObject *)self, key, hash, value);
}

int PyDict_SetItemString(PyObject *self, const char *name, PyObject *value)
{
    PyObject *key = PyUnicode_InternFromString(name);
    if (key == NULL)
        return -1;
    int result = PyDict_SetItem(self, key, value);
    Py_DECREF(key);
    return result;
}

int _PyDict_SetItemId(PyObject *self, _Py_Identifier *id, PyObject *value)
{
    PyObject *key = _PyUnicode_FromId(id);
    return key ? PyDict_SetItem(self, key, value) : -1;
}

PyObject *PyDict_SetDefault(PyObject *self, PyObject *key, PyObject *value)
{
    if (!PyDict_Check(self)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    Py_hash_t hash = dict_hash(key);
    if (hash == -1)
        return NULL;
    PyDictObject *d = (PyDictObject *)self;
    Py_ssize_t ix = dict_find(d, key, hash);
    if (ix == DICT_ERROR)
        return NULL;
    if (ix >= 0)
        return dict_value_at(d, ix);
    Py_INCREF(key);
    Py_INCREF(value);
    return insert_new(d, key, hash, value) < 0 ? NULL : value;
}

int _PyDict_DelItem_KnownHash(PyObject *self, PyObject *key, Py_hash_t hash)
{
    if (!PyDict_Check(self)) {
        PyErr_BadInternalCall();
        return -1;
    }
    Py_ssize_t ix = dict_find((PyDictObject *)self, key, hash);
    if (ix < 0) {
        if (ix == INDEX_EMPTY)
            _PyErr_SetKeyError(key);
        return -1;
    }
    return delete_entry((PyDictObject *)self, ix);
}

int PyDict_DelItem(PyObject *self, PyObject *key)
{
    Py_hash_t hash = dict_hash(key);
    return hash == -1 ? -1 : _PyDict_DelItem_KnownHash(self, key, hash);
}

int PyDict_DelItemString(PyObject *self, const char *name)
{
    PyObject *key = PyUnicode_FromString(name);
    if (key == NULL)
        return -1;
    int result = PyDict_DelItem(self, key);
    Py_DECREF(key);
    return result;
}

int _PyDict_DelItemId(PyObject *self, _Py_Identifier *id)
{
    PyObject *key = _PyUnicode_FromId(id);
    return key ? PyDict_DelItem(self, key) : -1;
}

/* Deletes key if predicate(value) is positive; its negative result is passed on. */
int _PyDict_DelItemIf(PyObject *self, PyObject *key, int (*predicate)(PyObject *value))
{
    if (!PyDict_Check(self)) {
        PyErr_BadInternalCall();
        return -1;
    }
    Py_hash_t hash = dict_hash(key);
    if (hash == -1)
        return -1;
    PyDictObject *d = (PyDictObject *)self;
    Py_ssize_t ix = dict_find(d, key, hash);
    if (ix < 0) {
        if (ix == INDEX_EMPTY)
            _PyErr_SetKeyError(key);
        return -1;
    }
    int result = predicate(dict_value_at(d, ix));
    if (result <= 0)
        return result;
    return delete_entry(d, ix);
}

/* Removes key and returns its value (new reference); else a new reference to `missing`, or NULL with KeyError set. */
PyObject *_PyDict_Pop(PyObject *self, PyObject *key, PyObject *missing)
{
    PyDictObject *d = (PyDictObject *)self;
    if (d->ma_used == 0) {
        if (missing != NULL)
            return Py_INCREF(missing), missing;
        _PyErr_SetKeyError(key);
        return NULL;
    }
    Py_hash_t hash = dict_hash(key);
    if (hash == -1)
        return NULL;
    Py_ssize_t ix = dict_find(d, key, hash);
    if (ix == DICT_ERROR)
        return NULL;
    if (ix == INDEX_EMPTY) {
        if (missing != NULL)
            return Py_INCREF(missing), missing;
        _PyErr_SetKeyError(key);
        return NULL;
    }
    PyObject *found, *value;
    if (dict_own(d) < 0)
        return NULL;
    dict_take_out(d, ix, &found, &value);
    Py_DECREF(found);
    return value;
}

/* Removes the last entry into new references; 0, or -1 when the dict is empty (no exception set) or with MemoryError set. */
int dict_pop_last(PyDictObject *d, PyObject **key, PyObject **value)
{
    if (d->ma_used == 0 || dict_own(d) < 0)
        return -1;
    PyDictKeysObject *k = d->ma_keys;
    Py_ssize_t ix = k->used - 1;
    while (keys_entry(k, ix)[0] == NULL)
        ix--;
    dict_take_out(d, ix, key, value);
    /* The index slots of the removed entries stay dummies: the room is given up with them, so that empty slots remain. */
    if (k->log2_size)
        k->capacity -= k->used - ix;
    else
        k->u.tags &= ((uint64_t)1 << (8 * ix)) - 1;
    k->used = ix;
    return 0;
}

int _PyDict_HasOnlyStringKeys(PyObject *self)
{
    Py_ssize_t pos = 0;
    PyObject *key, *value;
    if (((PyDictObject *)self)->ma_keys->stride == 2)
        return 1;
    while (PyDict_Next(self, &pos, &key, &value))
        if (!PyUnicode_Check(key))
            return 0;
    return 1;
}

Py_ssize_t _PyDict_SizeOf(PyDictObject *d)
{
    Py_ssize_t size = Py_TYPE(d)->tp_basicsize;
    if (d->ma_values != NULL)
        return size + (Py_ssize_t)block_size(d->ma_values);
    return d->ma_keys->fixed ? size : size + (Py_ssize_t)block_size(d->ma_keys);
}

void _PyDict_DebugMallocStats(FILE *out) {}

/* Asserts the invariants of one dict; 1 if they hold. */
int _PyDict_CheckConsistency(PyObject *self, int check_content)
{
    PyDictObject *d = (PyDictObject *)self;
    PyDictKeysObject *k = d->ma_keys;
    Py_ssize_t live = 0;
    for (Py_ssize_t i = 0; i < k->used; i++) {
        PyObject **e = keys_entry(k, i);
        if (e[0] == NULL)
            continue;
        live++;
        assert(k->stride == 3 || PyUnicode_CheckExact(e[0]));                              /* DICT-2 */
        assert(k->log2_size == 0 || index_get(k, index_slot(k, keys_hash(k, e), i)) == i); /* DICT-3 */
    }
    assert(live == d->ma_used && k->used <= k->capacity);                                  /* DICT-1 */
    return 1;
}
