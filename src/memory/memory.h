/* The ground floor's interface: blocks, kinds, sizes, life.
 *
 *   object_alloc / container_alloc   memory for an object (8-byte size classes, contents undefined)
 *   PyMem_Malloc ...                 raw buffers (16-byte aligned)
 *   PyObject_New, PyObject_GC_New    objects with header filled in
 *   block_size, block_kind           what is known of any live block
 *   heap_walk, heap_check            every live block; every invariant
 *
 * A block is freed by PyObject_Free, PyMem_Free, PyObject_GC_Del, object_free or container_free: any of them accepts
 * any block, but container_free/PyObject_GC_Del keep the collector's allocation count right. */
#ifndef LIMPID_MEMORY_MEMORY_H
#define LIMPID_MEMORY_MEMORY_H

#include "Python.h"
#include "memory/geometry.h"
#include "memory/pool.h"
#include "memory/gc.h"

/* Reference count of what lives forever.  Counting is unconditional; the room is enough for any program. */
#define IMMORTAL_REFCNT ((Py_ssize_t)1 << 60)
#define IMMORTAL_FLOOR ((Py_ssize_t)1 << 59)
static inline int object_is_immortal(PyObject *o) { return Py_REFCNT(o) >= IMMORTAL_FLOOR; }

/* Reads the environment (LIMPID_FAIL_ALLOC, LIMPID_QUOTA, LIMPID_CHECK).  Allocation works before it. */
int memory_init(void);
/* LIMPID_LEAKS report; to be called when everything has been freed. */
void memory_fini(void);

/* Memory for an object without references; NULL (no exception set) when there is none. */
static inline void *object_alloc(size_t size)
{
    return size <= BLOCK_MAX ? pool_alloc(KIND_OBJECT, object_class(size)) : large_alloc(KIND_OBJECT, size);
}
/* Memory for a container, untracked; may run a collection.  NULL (no exception set) when there is none. */
static inline void *container_alloc(size_t size)
{
    if (LIMPID_UNLIKELY(++heap.gc.count[0] > heap.gc.limit))
        gc_pressure();
    return size <= BLOCK_MAX ? pool_alloc(KIND_CONTAINER, object_class(size)) : large_alloc(KIND_CONTAINER, size);
}
/* Memory for raw data, 8-byte classes; NULL (no exception set) when there is none. */
static inline void *raw_alloc(size_t size)
{
    return size <= BLOCK_MAX ? pool_alloc(KIND_RAW, class_of(size)) : large_alloc(KIND_RAW, size);
}
/* Frees a block of any kind and size. */
static inline void block_free(void *p)
{
    if (LIMPID_LIKELY(arena_contains(p)))
        pool_free(p);
    else
        large_free(p);
}
#define object_free block_free
#define raw_free block_free
/* Frees a block whose size is known to be at most BLOCK_MAX (as asked for). */
static inline void object_free_small(void *p) { pool_free(p); }
/* Frees a container, tracked or not. */
static inline void container_free(void *p)
{
    heap.gc.count[0] -= heap.gc.count[0] > 0;
    if (LIMPID_LIKELY(arena_contains(p))) {
        *pool_state(p) = 0;
        pool_free(p);
    } else {
        large_free(p);
    }
}
/* As container_free, for containers of at most BLOCK_MAX bytes. */
static inline void container_free_small(void *p)
{
    heap.gc.count[0] -= heap.gc.count[0] > 0;
    *pool_state(p) = 0;
    pool_free(p);
}

/* Bytes of the block that starts at p (at least what was asked for). */
size_t block_size(const void *p);
BlockKind block_kind(const void *p);
static inline int is_container(const void *p) { return block_kind(p) == KIND_CONTAINER; }

/* ---- enumeration ---- */
typedef struct heap_block {
    void *address;
    size_t size;
    BlockKind kind;
    int large;
    PyTypeObject *type; /* NULL for raw blocks */
    uint32_t site;      /* where it was asked for (trace.h), or 0 */
} HeapBlock;
/* Calls visit for every live block of the program's side (look.h), pool by pool, then the large ones; stops at and returns
 * its first nonzero result.
 * The visitor must not allocate or free from the heap. */
int heap_walk(int (*visit)(const HeapBlock *, void *), void *arg);
/* The same with the blocks that looks made. */
int heap_walk_all(int (*visit)(const HeapBlock *, void *), void *arg);
/* Asserts every invariant of arenas, pools, large blocks and collector lists; the number of broken ones, told on
 * stderr. */
int heap_check(void);

typedef struct heap_totals {
    size_t arenas, pools_used, pools_free;
    size_t blocks[KIND_COUNT], bytes[KIND_COUNT]; /* live small blocks */
    size_t free_bytes, header_bytes, tail_bytes;  /* in used pools: free blocks, headers, the rest behind the last block */
    size_t large_blocks[KIND_COUNT], large_bytes[KIND_COUNT];
} HeapTotals;
/* Of the program's side, or of either (SIDE_PROGRAM, SIDE_OBSERVER). */
void heap_totals(HeapTotals *totals);
void heap_totals_of(int side, HeapTotals *totals);
/* Prints classes, arenas and kinds to the stream, for sys._debugmallocstats(); always 1. */
int _PyObject_DebugMallocStats(FILE *out);
/* Live blocks, for sys.getallocatedblocks(). */
Py_ssize_t _Py_GetAllocatedBlocks(void);

/* Limits the heap to `bytes` (arenas and large blocks); 0 lifts the limit. */
void heap_set_quota(size_t bytes);
/* The nth allocation from now on fails (and all later ones if `forever`); 0 switches it off. */
void fault_set(long nth, int forever);
long fault_count(void);

#endif
