/* The pickler's memo: a table from objects, by address, to indices; probing is linear. */
#include "modules/pickle/pickle.h"

enum { FIRST_ENTRIES = 32 };

static inline size_t place(PyObject *key) { return ((uintptr_t)key >> 4) * 0x9E3779B97F4A7C15u >> 20; }

static MemoEntry *find(const Memo *memo, PyObject *key)
{
    size_t i = place(key) & memo->mask;
    while (memo->entries[i].key && memo->entries[i].key != key)
        i = (i + 1) & memo->mask;
    return &memo->entries[i];
}

Py_ssize_t objmemo_get(const Memo *memo, PyObject *key)
{
    if (!memo->used)
        return -1;
    MemoEntry *e = find(memo, key);
    return e->key ? e->index : -1;
}

static int grow(Memo *memo)
{
    size_t old = memo->entries ? memo->mask + 1 : 0, room = old ? old * 4 : FIRST_ENTRIES;
    Memo bigger = {PyMem_Calloc(room, sizeof(MemoEntry)), room - 1, memo->used};
    if (!bigger.entries) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < old; i++)
        if (memo->entries[i].key)
            *find(&bigger, memo->entries[i].key) = memo->entries[i];
    PyMem_Free(memo->entries);
    *memo = bigger;
    return 0;
}

int objmemo_put(Memo *memo, PyObject *key, Py_ssize_t index)
{
    if ((!memo->entries || memo->used * 3 >= (memo->mask + 1) * 2) && grow(memo))
        return -1;
    MemoEntry *e = find(memo, key);
    if (!e->key) {
        e->key = Py_NewRef(key);
        memo->used++;
    }
    e->index = index;
    return 0;
}

void objmemo_clear(Memo *memo)
{
    Memo old = *memo;
    *memo = (Memo){NULL, 0, 0};
    for (size_t i = 0; old.entries && i <= old.mask; i++)
        Py_XDECREF(old.entries[i].key);
    PyMem_Free(old.entries);
}
