/* Traced allocations: for every block that is allocated while tracing is on, a number that says where it was asked for.
 *
 * Off, it costs nothing on the usual paths: tracing works by making all of them slow.  A pool with traced blocks is
 * watched (POOL-6) and has Births, and large blocks have room in their header.  What a number stands for is the
 * business of a floor above, which gives them; the tables of tracing are not part of the heap that they describe.
 *
 * TRACE-1  the traced bytes are the sum of the sizes of the blocks whose site is not 0. */
#ifndef LIMPID_MEMORY_TRACE_H
#define LIMPID_MEMORY_TRACE_H

#include "memory/pool.h"

typedef struct births {
    uint32_t *noted; /* numbers of blocks whose release is to be told, or NULL */
    uint32_t *accounts; /* of every block (ledger.h), or NULL */
    uint32_t site[]; /* of every block, 0 for none */
} Births;

/* The number of the place that asks now; 0: do not trace this block. */
typedef uint32_t (*TraceSite)(void);

/* Starts tracing, or stops it and forgets all sites.  code_gone hears when a code object that has run is being destroyed. */
void trace_start(TraceSite site, void (*code_gone)(void));
void trace_stop(void);
/* Forgets the sites of all blocks; goes on tracing. */
void trace_clear(void);
/* Bytes in traced blocks, now and at most since the start or the last reset. */
size_t trace_bytes(void);
size_t trace_peak(void);
void trace_reset_peak(void);
/* The site of the block at an address, which need not be a block of the heap; 0 for none. */
uint32_t trace_site_of(const void *p);
/* Bytes of the tables on this floor. */
size_t trace_overhead(void);

/* ---- blocks under notice ---- */

/* From now on `freed` hears, with the block's number, when a block under notice is freed; NULL: no longer, and all notices
 * are forgotten. */
void trace_notices(void (*freed)(void *context, uint32_t number), void *context);
/* Puts a block of the heap under notice by a number above 0, or with 0 takes it off; 0, or -1 when it cannot be. */
int trace_notice(void *block, uint32_t number);
/* The number by which a block of the heap is under notice, or 0. */
static inline uint32_t trace_noticed(const void *block)
{
    const Arena *arena = arena_of(block);
    if (arena == NULL)
        return large_of(block)->noted;
    const Pool *pool = pool_of(block);
    const Births *births = pool->traced ? arena->births[(uintptr_t)pool / POOL_SIZE % POOLS_PER_ARENA] : NULL;
    return births != NULL && births->noted != NULL ? births->noted[pool_index(pool, block)] : 0;
}

/* ---- for the allocator ---- */

/* Of a traced pool. */
static inline Births *pool_births(const Pool *pool)
{
    return arena_of(pool)->births[(uintptr_t)pool / POOL_SIZE % POOLS_PER_ARENA];
}
/* heap.alloc_slow and heap.free_slow while nothing else is watched. */
void *trace_alloc(Pool **current);
void trace_free(Pool *pool);
void trace_code_gone(void);
/* A block of the pool has been allocated for a site that trace_birth gave, or 0. */
void trace_pool_birth(Pool *pool, const void *block, uint32_t site);
/* A block of a traced pool has been released. */
void trace_pool_death(Pool *pool, void *block);
/* Gives a pool Births, if it has none; NULL: no memory for them. */
Births *trace_open(Pool *pool);
void trace_drop_births(Pool *pool);
/* Drops the side tables of all the program's pools, if nobody needs them: the fast functions serve them again. */
void trace_drop_unneeded(void);
/* Whether the allocation that is being made is to be traced. */
static inline int trace_wants(void) { return (heap.watching & (WATCH_TRACES | WATCH_LOOKS)) == WATCH_TRACES; }
/* A block under notice is freed. */
void trace_tell(uint32_t number);
static inline void trace_tell_of(Births *births, unsigned index)
{
    if (LIMPID_UNLIKELY(births->noted != NULL) && births->noted[index] != 0) {
        uint32_t number = births->noted[index];
        births->noted[index] = 0;
        trace_tell(number);
    }
}
/* Counts a new block; its site. */
uint32_t trace_birth(size_t size);
void trace_dead(uint32_t site, size_t size);
static inline void trace_death(uint32_t *site, size_t size)
{
    if (LIMPID_UNLIKELY(*site != 0)) {
        trace_dead(*site, size);
        *site = 0;
    }
}
/* A block got another size, and perhaps a new place that asked for it. */
void trace_resize(uint32_t *site, size_t old_size, size_t size);
/* Whether this thread holds the interpreter lock: only then may sites be made. */
int trace_holds_lock(void);

#endif
