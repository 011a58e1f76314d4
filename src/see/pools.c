/* Pools and their blocks as plain data for pictures. */
#include "memory/memory.h"
#include "memory/trace.h"
#include "see/tables.h"

#define ADDRESS(p) ((unsigned long long)(uintptr_t)(p))

static const char *const kind_names[KIND_COUNT] = {"raw", "object", "container"};

static int append(PyObject *list, PyObject *item)
{
    int failed = item == NULL || PyList_Append(list, item) < 0;
    Py_XDECREF(item);
    return failed ? -1 : 0;
}

/* The program's pools: what is read is copied out before anything is allocated. */
static PyObject *see_pools(PyObject *m, PyObject *ignored)
{
    PyObject *list = PyList_New(0);
    for (Arena *a = heap.arenas; list != NULL && a != NULL; a = a->all_next)
        for (unsigned i = 0; list != NULL && !a->observer && i < POOLS_PER_ARENA; i++) {
            Pool *pool = (Pool *)(a->base + i * POOL_SIZE);
            int is_free = a->free_pools >> i & 1;
            PyObject *row = is_free ? Py_BuildValue("(KKsiii)", ADDRESS(a->base), ADDRESS(pool), "free", 0, 0, 0)
                                    : Py_BuildValue("(KKsiii)", ADDRESS(a->base), ADDRESS(pool), kind_names[pool->kind],
                                                    (int)pool->size, (int)pool_used(pool), (int)pool->capacity);
            if (append(list, row) < 0)
                Py_CLEAR(list);
        }
    return list;
}

/* Writes down the free blocks in the order in which they will be handed out; how many. */
READS_FREE_BLOCKS static int read_free_list(Pool *pool, void **blocks)
{
    int count = 0;
    for (void *block = pool->free; block != NULL; block = *(void **)block)
        blocks[count++] = block;
    return count;
}

static PyObject *free_list(Pool *pool)
{
    void *blocks[POOL_SIZE / BLOCK_MIN];
    int count = read_free_list(pool, blocks);
    PyObject *list = PyList_New(0);
    for (int i = 0; list != NULL && i < count; i++)
        if (append(list, PyLong_FromUnsignedLongLong(ADDRESS(blocks[i]))) < 0)
            Py_CLEAR(list);
    return list;
}

static PyObject *see_pool(PyObject *m, PyObject *arg)
{
    unsigned long long address = PyLong_AsUnsignedLongLong(arg);
    if (address == (unsigned long long)-1 && PyErr_Occurred())
        return NULL;
    void *block = (void *)(uintptr_t)address;
    if (!arena_contains(block))
        Py_RETURN_NONE;
    Pool *pool = pool_of(block);
    if (pool->capacity == 0)
        Py_RETURN_NONE;
    char live[POOL_SIZE / BLOCK_MIN + 1] = {0};
    uint8_t dead[POOL_SIZE / BLOCK_MIN] = {0};
    pool_mark_free(pool, dead);
    char *lowest = pool_block(pool, pool->capacity - 1u);
    for (unsigned i = 0; i < pool->capacity; i++) {
        char *at = lowest + i * pool->size;
        live[i] = dead[pool_index(pool, at)] ? '.' : '#';
    }
    PyObject *order = free_list(pool);
    return order == NULL
               ? NULL
               : Py_BuildValue("{sKsKsssisisisnsKsssN}", "arena", ADDRESS((uintptr_t)pool & ~(ARENA_SIZE - 1)),
                               "address", ADDRESS(pool), "kind", kind_names[pool->kind], "block", (int)pool->size,
                               "used", (int)pool_used(pool), "capacity", (int)pool->capacity, "index",
                               (Py_ssize_t)((char *)block - lowest) / pool->size, "first", ADDRESS(lowest), "live",
                               live, "free", order);
}

PyMethodDef see_pools_methods[] = {{"pools", see_pools, METH_NOARGS,
                                    "pools($module, /)\n--\n\nThe pools of the program's arenas: [(arena, pool, kind "
                                    "or \"free\", block size, used, capacity), ...]."},
                                   {"pool", see_pool, METH_O,
                                    "pool($module, address, /)\n--\n\nThe pool that an address lies in, or None: "
                                    "arena, address, kind, block (size), used, capacity, index (of the\n"
                                    "block), first (block's address), live (a text, # for each block in use), free "
                                    "(addresses in the order of the list)."},
                                   {NULL}};
