/* Where an object lies. */
#include "memory/gc.h"
#include "memory/memory.h"
#include "see/tables.h"

static PyObject *see_place(PyObject *m, PyObject *o)
{
    static const char *const kinds[KIND_COUNT] = {"raw", "object", "container"};
    if (!arena_contains(o))
        Py_RETURN_NONE;
    Pool *pool = pool_of(o);
    int generation = -1;
    if (pool->kind == KIND_CONTAINER && *pool_state(o) & GC_TRACKED)
        generation = (*pool_state(o) & GC_GENERATION_MASK) >> GC_GENERATION_SHIFT;
    return Py_BuildValue("{sKsKsisisssisisi}", "arena", (unsigned long long)((uintptr_t)o & ~(ARENA_SIZE - 1)), "pool",
                         (unsigned long long)(uintptr_t)pool, "block", (int)pool_index(pool, o), "size", (int)pool->size, "kind",
                         kinds[pool->kind], "used", (int)pool->used, "capacity", (int)pool->capacity, "generation", generation);
}

PyMethodDef see_objects_methods[] = {
    {"place", see_place, METH_O,
     "place($module, object, /)\n--\n\nWhere an object lies: addresses of its arena and pool, index and size of its block, the\n"
     "pool's kind, used and all blocks, and the collector's generation or -1.  None if it is in no pool."},
    {NULL}
};
