/* Interning: at most one interned str of each text.
 *
 * The table is an open-addressing set of borrowed pointers, so it keeps nobody alive: the destructor of an interned
 * string takes it out again.  A string interned for ever is kept by one reference of the table's own.
 * INTERN-1  `capacity` is a power of two and `used` (tombstones included) stays below 2/3 of it.
 * The table serves the whole process, because static types and their names do. */
#include "objects/str/str.h"
#include "memory/look.h"
#include "memory/roots.h"
#include "objects/names.h"
#include <string.h>

#define GONE ((PyObject *)&intern)  /* a removed entry: keep probing */

static struct {
    PyObject **slots;
    size_t capacity, used, live;
} intern;

/* The slot of the ASCII text with that hash, or the free one where it belongs. */
static PyObject **intern_ascii_slot(const char *text, Py_ssize_t n, Py_hash_t hash)
{
    size_t mask = intern.capacity - 1, i = (size_t)hash & mask;
    PyObject **vacant = NULL;
    for (size_t step = 1;; i = (i + step++) & mask) {
        PyObject *there = intern.slots[i];
        if (there == NULL)
            return vacant ? vacant : &intern.slots[i];
        if (there == GONE) {
            if (vacant == NULL)
                vacant = &intern.slots[i];
        }
        else if (str_head(there)->hash == hash && str_len(there) == n && PyUnicode_IS_ASCII(there)
                 && memcmp(str_data(there), text, (size_t)n) == 0)
            return &intern.slots[i];
    }
}

/* The slot of a string equal to `o`, or the free one where it belongs. */
static PyObject **intern_slot(PyObject *o, Py_hash_t hash)
{
    size_t mask = intern.capacity - 1, i = (size_t)hash & mask;
    PyObject **vacant = NULL;
    for (size_t step = 1;; i = (i + step++) & mask) {
        PyObject *there = intern.slots[i];
        if (there == NULL)
            return vacant ? vacant : &intern.slots[i];
        if (there == GONE) {
            if (vacant == NULL)
                vacant = &intern.slots[i];
        }
        else if (there == o || (str_head(there)->hash == hash && str_equal(there, o)))
            return &intern.slots[i];
    }
}

static int intern_grow(void)
{
    size_t capacity = 1024;
    while (capacity < intern.live * 3)
        capacity *= 2;
    PyObject **old = intern.slots;
    int side = look_turn(SIDE_PROGRAM);
    PyObject **slots = PyMem_RawCalloc(capacity, sizeof *slots);
    look_turn_back(side);
    if (slots == NULL)
        return -1;
    size_t n = intern.capacity;
    intern.slots = slots;
    intern.capacity = capacity;
    intern.used = intern.live;
    for (size_t i = 0; i < n; i++)
        if (old[i] && old[i] != GONE)
            *intern_slot(old[i], str_head(old[i])->hash) = old[i];
    PyMem_RawFree(old);
    return 0;
}

/* Replaces *p by the interned string of the same text; leaves it as it is when it is not an exact str or memory is short. */
void PyUnicode_InternInPlace(PyObject **p)
{
    PyObject *o = *p;
    if (o == NULL || !PyUnicode_CheckExact(o) || str_head(o)->state.interned || PyUnicode_READY(o) < 0)
        return;
    if (str_len(o) == 1 && str_at(o, 0) < 256) {  /* STR-4: the shared string is the interned one */
        PyObject *shared = str_char(str_at(o, 0));
        Py_DECREF(o);
        *p = o = shared;
        if (str_head(o)->state.interned)
            return;
    }
    else if (str_len(o) == 0) {
        *p = str_empty();
        Py_DECREF(o);
        o = *p;
    }
    Py_hash_t hash = str_hash(o);
    if ((intern.used + 1) * 3 > intern.capacity * 2 && intern_grow() < 0)
        return;
    PyObject **slot = intern_slot(o, hash);
    if (*slot && *slot != GONE) {
        Py_INCREF(*slot);
        *p = *slot;
        Py_DECREF(o);
        return;
    }
    intern.used += *slot == NULL;
    intern.live++;
    *slot = o;
    str_head(o)->state.interned = SSTATE_INTERNED_MORTAL;
}

void intern_forget(PyObject *o)
{
    PyObject **slot = intern.capacity ? intern_slot(o, str_head(o)->hash) : NULL;
    if (slot && *slot == o) {
        *slot = GONE;
        intern.live--;
    }
}

void PyUnicode_InternImmortal(PyObject **p)
{
    PyUnicode_InternInPlace(p);
    if (PyUnicode_CHECK_INTERNED(*p) != SSTATE_INTERNED_IMMORTAL) {
        str_head(*p)->state.interned = SSTATE_INTERNED_IMMORTAL;
        Py_INCREF(*p);
    }
}

PyObject *intern_ascii(const char *text, Py_ssize_t n)
{
    PyObject *o;
    if (n <= 1 || ((intern.used + 1) * 3 > intern.capacity * 2 && intern_grow() < 0)) {
        o = _PyUnicode_FromASCII(text, n);
        PyUnicode_InternInPlace(&o);
        return o;
    }
    Py_hash_t hash = _Py_HashBytes(text, n);
    PyObject **slot = intern_ascii_slot(text, n, hash);
    if (*slot && *slot != GONE)
        return Py_NewRef(*slot);
    o = _PyUnicode_FromASCII(text, n);
    if (o == NULL)
        return NULL;
    str_head(o)->hash = hash;
    str_head(o)->state.interned = SSTATE_INTERNED_MORTAL;
    intern.used += *slot == NULL;
    intern.live++;
    *slot = o;
    return o;
}

PyObject *PyUnicode_InternFromString(const char *u)
{
    size_t n = strlen(u);
    if (bytes_are_ascii(u, (Py_ssize_t)n))
        return intern_ascii(u, (Py_ssize_t)n);
    PyObject *o = PyUnicode_FromString(u);
    PyUnicode_InternInPlace(&o);
    return o;
}

/* --- identifiers declared in C with _Py_IDENTIFIER --- */

static struct {
    struct identifier {
        _Py_Identifier *id;
        PyObject *name;
    } *items;
    Py_ssize_t used, capacity;
} identifiers;

/* Borrowed; NULL with an exception set. */
PyObject *_PyUnicode_FromId(_Py_Identifier *id)
{
    if (id->index >= 0 && id->index < identifiers.used)
        return identifiers.items[id->index].name;
    if (identifiers.used == identifiers.capacity) {
        Py_ssize_t capacity = identifiers.capacity ? identifiers.capacity * 2 : 64;
        struct identifier *items = PyMem_RawRealloc(identifiers.items, capacity * sizeof *items);
        if (items == NULL)
            return PyErr_NoMemory();
        identifiers.items = items;
        identifiers.capacity = capacity;
    }
    PyObject *o = PyUnicode_InternFromString(id->string);
    if (o == NULL)
        return NULL;
    id->index = identifiers.used;
    identifiers.items[identifiers.used++] = (struct identifier){id, o};
    return o;
}

int _PyUnicode_EqualToASCIIId(PyObject *o, _Py_Identifier *id) { return _PyUnicode_EqualToASCIIString(o, id->string); }

/* --- names.def --- */

struct names interned_names;

int names_init(void)
{
#define NAME(id) \
    if ((interned_names.n_##id = PyUnicode_InternFromString(#id)) == NULL) \
        return -1; \
    PyUnicode_InternImmortal(&interned_names.n_##id);
#include "objects/names.def"
#undef NAME
    return 0;
}

/* Strings that somebody still holds are not interned any more; the table lets go of what it kept for ever. */
static void intern_fini(void)
{
    for (size_t i = 0; i < intern.capacity; i++) {
        PyObject *o = intern.slots[i];
        if (o == NULL || o == GONE)
            continue;
        int kept = str_head(o)->state.interned == SSTATE_INTERNED_IMMORTAL;
        str_head(o)->state.interned = SSTATE_NOT_INTERNED;
        if (kept)
            Py_DECREF(o);
    }
    PyMem_RawFree(intern.slots);
    memset(&intern, 0, sizeof intern);
}

void names_fini(void)
{
#define NAME(id) Py_CLEAR(interned_names.n_##id);
#include "objects/names.def"
#undef NAME
    for (Py_ssize_t i = 0; i < identifiers.used; i++) {
        identifiers.items[i].id->index = -1;
        Py_DECREF(identifiers.items[i].name);
    }
    PyMem_RawFree(identifiers.items);
    memset(&identifiers, 0, sizeof identifiers);
    intern_fini();
}

/* ---- roots ---- */

/* The table's own reference to what is interned for ever, and the names that C code has in variables. */
void intern_roots(RootVisit visit, void *arg)
{
    for (size_t i = 0; i < intern.capacity; i++) {
        PyObject *o = intern.slots[i];
        if (o != NULL && o != GONE && PyUnicode_CHECK_INTERNED(o) == SSTATE_INTERNED_IMMORTAL)
            visit(o, "interned for ever", -1, NULL, arg);
    }
    PyObject **names = (PyObject **)&interned_names;
    for (size_t i = 0; i < sizeof interned_names / sizeof *names; i++)
        root_tell(visit, arg, names[i], "name known to C code", -1);
    for (Py_ssize_t i = 0; i < identifiers.used; i++)
        root_tell(visit, arg, identifiers.items[i].name, "identifier of C code", -1);
}
