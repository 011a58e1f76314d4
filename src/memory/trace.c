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

/* Gives the pool its side table; without memory for it the pool stays as it is. */
static Births *make_births(Pool *pool)
{
    Arena *arena = arena_of(pool);
    if (arena->births == NULL && (arena->births = calloc(POOLS_PER_ARENA, sizeof *arena->births)) == NULL)
        return NULL;
    Births *births = calloc(1, births_size(pool));
    if (births == NULL)
        return NULL;
    births->free = pool->free;
    pool->free = NULL;
    arena->births[(uintptr_t)pool / POOL_SIZE % POOLS_PER_ARENA] = births;
    pool->traced = 1;
    trace.births += births_size(pool);
    return births;
}

void trace_drop_births(Pool *pool)
{
    trace.births -= births_size(pool);
    Births *births = pool_births(pool);
    pool->free = births->free;
    pool->traced = 0;
    free(births->noted);
    free(births->accounts);
    free(births);
}

void trace_hide(Pool *pool) { make_births(pool); }

READS_FREE_BLOCKS void *trace_pool_alloc(Pool *pool, uint32_t site)
{
    Births *births = pool->traced ? pool_births(pool) : NULL;
    if (births == NULL && site != 0 && (births = make_births(pool)) == NULL)
        trace_death(&site, pool->size);
    void **list = births ? &births->free : &pool->free, *block = *list;
    *list = *(void **)block;
    pool->used++;
    if (births)
        births->site[pool_index(pool, block)] = site;
    return block;
}

READS_FREE_BLOCKS void trace_pool_free(Pool *pool)
{
    Births *births = pool_births(pool);
    void *block = pool->free;
    assert(block != NULL && *(void **)block == NULL);
    pool->free = NULL;
    *(void **)block = births->free;
    births->free = block;
    unsigned index = pool_index(pool, block);
    trace_death(&births->site[index], pool->size);
    if (births->accounts != NULL && births->accounts[index] != 0) {
        uint32_t account = births->accounts[index];
        births->accounts[index] = 0;
        ledger_death(account, block, ((void **)block)[1], pool->kind, pool->size);
    }
    trace_tell_of(births, index);
}

/* Whether pools must hide their lists though they have nothing under notice. */
static int hides_lists(void) { return heap.watching & (WATCH_TRACES | WATCH_LOGS | WATCH_LEDGER); }

/* Calls visit for every pool of an arena with a side table. */
static void each_traced_of(const Arena *a, void (*visit)(Pool *))
{
    for (unsigned i = 0; i < POOLS_PER_ARENA; i++) {
        Pool *pool = (Pool *)(a->base + i * POOL_SIZE);
        if (!(a->free_pools >> i & 1) && pool->traced)
            visit(pool);
    }
}

/* The same for those of the program's side. */
static void each_traced_pool(void (*visit)(Pool *))
{
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next)
        if (!a->observer)
            each_traced_of(a, visit);
}

static void forget_pool(Pool *pool) { memset(pool_births(pool)->site, 0, pool->capacity * sizeof(uint32_t)); }

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
    Births *births = pool_births(pool);
    free(births->noted);
    births->noted = NULL;
    if (!pool->observer && !hides_lists())
        trace_drop_births(pool);
}

void trace_notices(void (*freed)(void *context, uint32_t number), void *context)
{
    trace.freed = freed;
    trace.freed_context = context;
    if (freed != NULL)
        return;
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next)
        each_traced_of(a, forget_notices);
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
    Births *births = pool->traced ? pool_births(pool) : make_births(pool);
    if (births == NULL || (births->noted == NULL && (births->noted = calloc(pool->capacity, sizeof(uint32_t))) == NULL))
        return -1;
    births->noted[pool_index(pool, block)] = number;
    return 0;
}

void trace_show_lists(void)
{
    if (trace.freed == NULL && !hides_lists())
        each_traced_pool(trace_drop_births);
}

/* ---- on and off ---- */

void trace_start(TraceSite site)
{
    trace.site = site;
    heap.watching |= WATCH_TRACES;
    pool_forget_current();
}

void trace_clear(void)
{
    each_traced_pool(forget_pool);
    forget_large();
    trace.bytes = trace.peak = 0;
}

void trace_stop(void)
{
    heap.watching &= ~WATCH_TRACES;
    each_traced_pool(hides_lists() || trace.freed != NULL ? forget_pool : trace_drop_births);
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
