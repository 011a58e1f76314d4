/* The cycle collector: state of containers, generations, collection.
 *
 * The state of a container is one byte, beside the blocks of its pool or in the header of its large block:
 *
 *     bit 0     tracked
 *     bits 1-2  generation 0, 1, 2, or 3 (frozen: never collected)
 *     bit 3     its finaliser (tp_finalize) has run
 *     bit 4     during a collection: candidate, a member of the generations being collected
 *     bit 5     during a collection: found reachable from outside
 *
 * GC-1  candidate and reachable bits are 0 outside of a collection.
 * GC-2  a collection is skipped, not failed, when its scratch memory cannot be had. */
#ifndef LIMPID_MEMORY_GC_H
#define LIMPID_MEMORY_GC_H

#include "Python.h"
#include "memory/pool.h"

#define GC_TRACKED 1
#define GC_GENERATION_SHIFT 1
#define GC_GENERATION_MASK 6
#define GC_PERMANENT 3
#define GC_FINALISED 8
#define GC_CANDIDATE 16
#define GC_REACHED 32
#define GC_PENDING 128              /* during a collection: reached, but not yet traversed for want of room */
#define GC_HAS_FINALISER_PATH 64    /* during a collection: reachable from a legacy finaliser (tp_del) */

#define GC_DEBUG_STATS 1
#define GC_DEBUG_COLLECTABLE 2
#define GC_DEBUG_UNCOLLECTABLE 4
#define GC_DEBUG_SAVEALL 32
#define GC_DEBUG_LEAK (GC_DEBUG_COLLECTABLE | GC_DEBUG_UNCOLLECTABLE | GC_DEBUG_SAVEALL)

/* The state byte of an object that may be tracked, or NULL (not of a collected type, or not on the heap). */
uint8_t *gc_state_of(PyObject *o);

/* Puts a pool of containers on the collector's list of a generation, or on none (POOL_OLD). */
void gc_pool_to(Pool *pool, int generation);
/* Start tracking a container of at most BLOCK_MAX bytes that is not tracked yet. */
static inline void container_track_small(void *o)
{
    Pool *pool = pool_of(o);
    pool->state[pool_index(pool, o)] |= GC_TRACKED;
    if (LIMPID_UNLIKELY(pool->generation != 0))
        gc_pool_to(pool, 0);
}
/* Stop tracking; harmless for what is not tracked. */
static inline void container_untrack_small(void *o) { *pool_state(o) &= GC_FINALISED; }
static inline int container_tracked_small(void *o) { return *pool_state(o) & GC_TRACKED; }

/* The allocation counter is over its threshold: perhaps collects. */
void gc_pressure(void);
/* Collects generations 0..g with callbacks; the number of unreachable objects found. */
Py_ssize_t gc_collect(int generation);
/* As gc_collect(2), at shutdown: no callbacks, errors dropped. */
Py_ssize_t gc_collect_no_fail(void);
void gc_set_enabled(int on);
/* Sets the count at which allocations come to gc_pressure. */
void gc_set_limit(void);
void gc_set_threshold(int generation, int value);
/* Calls visit for every tracked object of the generations in the bit set `generations` (bit 3: frozen), without those
 * that looks made unless GC_OBSERVER is in it; stops at a nonzero result.  The visitor may allocate but not collect. */
#define GC_OBSERVER 16u
int gc_walk(unsigned generations, int (*visit)(PyObject *, void *), void *arg);
/* Makes all tracked objects old, as if they had survived collections: what start-up made is not looked at soon. */
void gc_settle(void);
/* Nonzero for a tracked object that a running collection has found unreachable and not seen brought back. */
int gc_is_dying(PyObject *o);
void gc_freeze(void);
void gc_unfreeze(void);
Py_ssize_t gc_permanent_count(void);
/* Makes gc.garbage and gc.callbacks; 0, or -1 with MemoryError. */
int gc_init(void);
void gc_fini(void);
/* At the end: warns of what is in gc.garbage. */
void gc_tell_uncollectable(void);
Py_ssize_t _PyGC_CollectNoFail(PyThreadState *tstate);
void _PyGC_Dump(void);

#endif
