/* See trace.h. */
#include "memory/trace.h"
#include "memory/ledger.h"
#include "memory/torture.h"
#include "memory/state.h"
#include <stdlib.h>

/* Counted atomically: blocks of the shared domain are released without the interpreter lock. */
static struct {
    TraceSite site;
    size_t bytes, peak;
    size_t births; /* bytes of all Births */
    void (*freed)(void *, uint32_t);
    void *freed_context;
} trace;

static size_t births_size(const Pool *pool) { return sizeof(Births) + pool->capacity * sizeof(uint32_t); }

uint32_t trace_birth(size_t size)
{
    uint32_t site = trace.site();
    if (site == 0)
        return 0;
    size_t bytes = __atomic_add_fetch(&trace.bytes, size, __ATOMIC_RELAXED);
    if (bytes > trace.peak)
        trace.peak = bytes;
    return site;
}

void trace_dead(uint32_t site, size_t size) { __atomic_sub_fetch(&trace.bytes, size, __ATOMIC_RELAXED); }

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

void trace_start(TraceSite site)
{
    trace.site = site;
    pool_watch_for(heap.watching | WATCH_TRACES);
}

void trace_clear(void)
{
    pool_each(SIDE_PROGRAM, forget_pool);
    forget_large();
    trace.bytes = trace.peak = 0;
}

void trace_stop(void)
{
    pool_watch_for(heap.watching & ~WATCH_TRACES);
    pool_each(SIDE_PROGRAM, forget_pool);
    trace_drop_unneeded();
    forget_large();
    trace.bytes = trace.peak = 0;
}

size_t trace_bytes(void) { return trace.bytes; }
size_t trace_peak(void) { return trace.peak; }
void trace_reset_peak(void) { trace.peak = trace.bytes; }
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
