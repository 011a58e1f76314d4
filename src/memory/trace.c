/* See trace.h. */
#include "memory/trace.h"
#include "memory/ledger.h"
#include "memory/torture.h"
#include "memory/state.h"
#include <stdlib.h>

static struct {
    TraceSite site;
    void (*code_gone)(void);
    size_t bytes, elsewhere; /* the sum counts; elsewhere, by atomic steps: who holds no lock releases, too */
    size_t peak;
    size_t births; /* bytes of all Births */
    void (*freed)(void *, uint32_t);
    void *freed_context;
} trace;

static size_t births_size(const Pool *pool) { return sizeof(Births) + pool->capacity * sizeof(uint32_t); }

size_t trace_bytes(void) { return trace.bytes + __atomic_load_n(&trace.elsewhere, __ATOMIC_RELAXED); }

static inline void count_birth(size_t size)
{
    trace.bytes += size;
    size_t bytes = trace_bytes();
    if (bytes > trace.peak)
        trace.peak = bytes;
}

uint32_t trace_birth(size_t size)
{
    uint32_t site = trace.site();
    if (site != 0)
        count_birth(size);
    return site;
}

void trace_dead(uint32_t site, size_t size) { __atomic_sub_fetch(&trace.elsewhere, size, __ATOMIC_RELAXED); }

void trace_resize(uint32_t *site, size_t old_size, size_t size)
{
    trace_death(site, old_size);
    if (trace_wants())
        *site = trace_birth(size);
}

int trace_holds_lock(void)
{
    PyThreadState *t = tstate_current();
    return t != NULL && t == PyGILState_GetThisThreadState();
}

/* ---- pools ---- */

Births *trace_open(Pool *pool)
{
    if (pool->traced)
        return pool_births(pool);
    Arena *arena = arena_of(pool);
    if (arena->births == NULL && (arena->births = calloc(POOLS_PER_ARENA, sizeof *arena->births)) == NULL)
        return NULL;
    Births *births = calloc(1, births_size(pool));
    if (births == NULL)
        return NULL;
    arena->births[(uintptr_t)pool / POOL_SIZE % POOLS_PER_ARENA] = births;
    pool_watch(pool);
    pool->traced = 1;
    trace.births += births_size(pool);
    return births;
}

void trace_drop_births(Pool *pool)
{
    if (!pool->traced)
        return;
    trace.births -= births_size(pool);
    Births *births = pool_births(pool);
    pool->traced = 0;
    if (!pool->observer && !(heap.watching & WATCH_RELEASES))
        pool_unwatch(pool);
    free(births->noted);
    free(births->accounts);
    free(births);
}

void trace_pool_birth(Pool *pool, const void *block, uint32_t site)
{
    Births *births = pool->traced ? pool_births(pool) : NULL;
    if (births == NULL && site != 0 && (births = trace_open(pool)) == NULL)
        trace_death(&site, pool->size);
    if (births != NULL)
        births->site[pool_index(pool, block)] = site;
}

READS_FREE_BLOCKS void trace_pool_death(Pool *pool, void *block)
{
    Births *births = pool_births(pool);
    unsigned index = pool_index(pool, block);
    trace_death(&births->site[index], pool->size);
    ledger_pool_death(pool, births, block);
}

/* ---- the usual cases while nothing else is watched ---- */

READS_FREE_BLOCKS void *trace_alloc(Pool **current)
{
    uint32_t site = trace.site(); /* may allocate itself */
    Pool *pool = pool_usable(current);
    if (LIMPID_UNLIKELY(site == 0 || pool == NULL || pool->free == NULL || !pool->traced))
        return pool_alloc_slow(current);
    void *block = pool->free;
    pool->free = *(void **)block;
    pool->count++;
    pool_births(pool)->site[pool_index(pool, block)] = site;
    count_birth(pool->size);
    return block;
}

void trace_free(Pool *pool)
{
    if (LIMPID_UNLIKELY(!pool->traced || pool->full || pool->observer || pool->count == 1)) {
        pool_free_slow(pool);
        return;
    }
    pool->used = 1;
    pool->count--;
    Births *births = pool_births(pool);
    unsigned index = pool_index(pool, pool->free);
    if (births->site[index] != 0) {
        births->site[index] = 0;
        trace.bytes -= pool->size;
    }
    trace_tell_of(births, index);
}

/* Whether pools need their side tables though they have nothing under notice. */
static int births_needed(void) { return heap.watching & (WATCH_TRACES | WATCH_LEDGER); }

static void forget_pool(Pool *pool)
{
    if (pool->traced)
        memset(pool_births(pool)->site, 0, pool->capacity * sizeof(uint32_t));
}

static void forget_large(void)
{
    for (int list = 0; list < LARGE_LISTS; list++)
        for (Large *l = heap.large[list].next; l != &heap.large[list]; l = l->next)
            l->site = 0;
}

/* ---- notices ---- */

void trace_tell(uint32_t number)
{
    if (trace.freed != NULL)
        trace.freed(trace.freed_context, number);
}

static void forget_notices(Pool *pool)
{
    if (!pool->traced)
        return;
    Births *births = pool_births(pool);
    free(births->noted);
    births->noted = NULL;
    if (!births_needed())
        trace_drop_births(pool);
}

void trace_notices(void (*freed)(void *context, uint32_t number), void *context)
{
    trace.freed = freed;
    trace.freed_context = context;
    if (freed != NULL)
        return;
    for (int side = 0; side < SIDES; side++)
        pool_each(side, forget_notices);
    for (int list = 0; list < LARGE_LISTS; list++)
        for (Large *l = heap.large[list].next; l != &heap.large[list]; l = l->next)
            l->noted = 0;
}

int trace_notice(void *block, uint32_t number)
{
    if (!arena_contains(block)) {
        large_of(block)->noted = number;
        return 0;
    }
    Pool *pool = pool_of(block);
    Births *births = trace_open(pool);
    if (births == NULL || (births->noted == NULL && (births->noted = calloc(pool->capacity, sizeof(uint32_t))) == NULL))
        return -1;
    births->noted[pool_index(pool, block)] = number;
    return 0;
}

void trace_drop_unneeded(void)
{
    if (trace.freed == NULL && !births_needed())
        pool_each(SIDE_PROGRAM, trace_drop_births);
}

/* ---- on and off ---- */

void trace_start(TraceSite site, void (*code_gone)(void))
{
    trace.site = site;
    trace.code_gone = code_gone;
    pool_watch_for(heap.watching | WATCH_TRACES);
}

void trace_clear(void)
{
    pool_each(SIDE_PROGRAM, forget_pool);
    forget_large();
    trace.bytes = trace.elsewhere = trace.peak = 0;
}

void trace_code_gone(void) { trace.code_gone(); }

void trace_stop(void)
{
    pool_watch_for(heap.watching & ~WATCH_TRACES);
    pool_each(SIDE_PROGRAM, forget_pool);
    trace_drop_unneeded();
    forget_large();
    trace.bytes = trace.elsewhere = trace.peak = 0;
}

size_t trace_peak(void) { return trace.peak; }
void trace_reset_peak(void) { trace.peak = trace_bytes(); }
size_t trace_overhead(void) { return trace.births; }

uint32_t trace_site_of(const void *p)
{
    if (arena_contains(p)) {
        Pool *pool = pool_of(p);
        if (!pool->traced)
            return 0;
        unsigned before_end = POOL_SIZE - (unsigned)((uintptr_t)p & (POOL_SIZE - 1)), i = (before_end - 1) / pool->size;
        return i < pool->capacity ? pool_births(pool)->site[i] : 0;
    }
    for (int list = 0; list < LARGE_LISTS; list++)
        for (Large *l = heap.large[list].next; l != &heap.large[list]; l = l->next)
            if (large_block(l) == p)
                return l->site;
    return 0;
}
