/* The slow side of pools: a pool runs out, gets its first free block back, or becomes empty. */
#include "memory/ledger.h"
#include "memory/log.h"
#include "memory/look.h"
#include "memory/memory.h"
#include "memory/trace.h"
#include <stddef.h>

/* A pool that never has a free block: lets the fast path do without a test for "no pool yet". */
static Pool empty_pool;

Heap heap = {
    .current = {[0 ... KIND_COUNT - 1] = {[0 ... CLASS_COUNT - 1] = &empty_pool}},
    .alloc_slow = pool_alloc_slow,
    .free_slow = pool_free_slow,
    .gc = {.threshold = GENERATION_THRESHOLDS, .limit = 700, .enabled = 1},
    .large = {[LARGE_RAW] = {&heap.large[LARGE_RAW], &heap.large[LARGE_RAW]},
              [LARGE_SHARED] = {&heap.large[LARGE_SHARED], &heap.large[LARGE_SHARED]},
              [LARGE_OBJECT] = {&heap.large[LARGE_OBJECT], &heap.large[LARGE_OBJECT]},
              [LARGE_GEN0] = {&heap.large[LARGE_GEN0], &heap.large[LARGE_GEN0]},
              [LARGE_GEN0 + 1] = {&heap.large[LARGE_GEN0 + 1], &heap.large[LARGE_GEN0 + 1]},
              [LARGE_GEN0 + 2] = {&heap.large[LARGE_GEN0 + 2], &heap.large[LARGE_GEN0 + 2]},
              [LARGE_PERMANENT] = {&heap.large[LARGE_PERMANENT], &heap.large[LARGE_PERMANENT]},
              [LARGE_UNTRACKED] = {&heap.large[LARGE_UNTRACKED], &heap.large[LARGE_UNTRACKED]}},
};
_Static_assert(offsetof(Pool, gen_next) == POOL_PLAIN_HEADER, "plain pools end before the collector's fields");

static void usable_link(Pool *pool)
{
    Pool **head = &side_of_pool(pool)->usable[pool->kind][pool->size / BLOCK_STEP];
    pool->full = 0;
    pool->prev = NULL;
    pool->next = *head;
    if (*head != NULL)
        (*head)->prev = pool;
    *head = pool;
}

static void usable_unlink(Pool *pool)
{
    if (pool->prev != NULL)
        pool->prev->next = pool->next;
    else
        side_of_pool(pool)->usable[pool->kind][pool->size / BLOCK_STEP] = pool->next;
    if (pool->next != NULL)
        pool->next->prev = pool->prev;
    pool->full = 1;
}

READS_FREE_BLOCKS static Pool *pool_new(BlockKind kind, unsigned cls)
{
    Pool *pool = arena_take_pool();
    if (pool == NULL)
        return NULL;
    unsigned size = cls * BLOCK_STEP, capacity = (POOL_SIZE - POOL_PLAIN_HEADER) / size;
    block_unpoison(pool, POOL_SIZE);
    memset(pool, 0, sizeof *pool);
    if (kind == KIND_CONTAINER) {
        capacity = (POOL_SIZE - offsetof(Pool, state)) / (size + 1);
        memset(pool->state, 0, capacity);
    }
    pool->kind = (uint8_t)kind & 3;
    pool->generation = POOL_OLD;
    pool->observer = side_now() == SIDE_OBSERVER;
    pool->size = (uint16_t)size;
    pool->capacity = (uint8_t)capacity;
    pool->reciprocal = (uint16_t)(((1u << 19) + size - 1) / size);
    void *next = NULL;
    for (unsigned i = 0; i < capacity; i++) {
        void **block = pool_block(pool, i);
        *block = next;
        next = block;
    }
    pool->free = next;
    block_poison(next, capacity * size);
    usable_link(pool);
    if (pool->observer || heap.watching & WATCH_RELEASES)
        pool_watch(pool);
    return pool;
}

READS_FREE_BLOCKS static inline void *take_block(Pool *pool)
{
    void *block = pool->free;
    pool->free = *(void **)block;
    if (pool->watched)
        pool->count++;
    else
        pool->used++;
    return block;
}

READS_FREE_BLOCKS void *pool_alloc_slow(Pool **current)
{
    if (heap.watching && fault_hit())
        return NULL;
    BlockKind kind = (BlockKind)((current - &heap.current[0][0]) / CLASS_COUNT);
    unsigned cls = (unsigned)((current - &heap.current[0][0]) % CLASS_COUNT);
    uint32_t site = trace_wants() ? trace_birth(cls * BLOCK_STEP) : 0; /* may allocate itself */
    Pool **head = &heap.sides[side_now()].usable[kind][cls], *pool = *head;
    while (pool != NULL && pool->free == NULL) {
        usable_unlink(pool);
        pool = *head;
    }
    if (pool == NULL) {
        pool = pool_new(kind, cls);
        if (pool == NULL) {
            trace_death(&site, cls * BLOCK_STEP);
            return NULL;
        }
    }
    *current = heap.watching || pool->watched ? &empty_pool : pool;
    void *block = take_block(pool);
    if (pool->traced || site != 0)
        trace_pool_birth(pool, block, site);
    if (log_wants())
        log_birth(block, pool->size);
    if (ledger_wants())
        ledger_pool_birth(pool, block);
    return block;
}

/* The usual case while allocations are booked and nothing else is watched: no block has a site. */
READS_FREE_BLOCKS static void *alloc_booked(Pool **current)
{
    Pool *pool = pool_usable(current);
    for (int tries = 0; pool != NULL && tries < 2; pool = pool->next, tries++) { /* a full one may get a block back soon */
        if (LIMPID_LIKELY(pool->free != NULL)) {
            void *block = take_block(pool);
            ledger_pool_birth(pool, block);
            return block;
        }
    }
    return pool_alloc_slow(current);
}

static void pool_retire(Pool *pool)
{
    if (!pool->full)
        usable_unlink(pool);
    if (pool->generation != POOL_OLD)
        gc_pool_to(pool, POOL_OLD);
    if (pool->traced)
        trace_drop_births(pool);
    arena_give_pool(pool);
}

/* Whether the pool is where the next block of its kind and class comes from, now or after the look. */
static int is_current(const Pool *pool)
{
    unsigned cls = pool->size / BLOCK_STEP;
    return heap.current[pool->kind][cls] == pool || (side_now() && heap.look.current[pool->kind][cls] == pool);
}

void pool_free_slow(Pool *pool)
{
    if (pool->watched) {
        pool->used = 1;
        pool->count--;
        if (!pool->observer)
            log_death(pool->free);
        if (pool->traced)
            trace_pool_death(pool, pool->free);
    }
    if (pool->full)
        usable_link(pool);
    if (pool->observer && !look_lasts() && pool->kind == KIND_CONTAINER)
        heap.gc.count[0] += heap.gc.count[0] > 0; /* takes back what container_free did */
    if (pool_used(pool) > 0 || is_current(pool))
        return;
    if (heap.hold) {
        usable_unlink(pool);
        usable_link(pool);
        heap.emptied++;
        return;
    }
    int kept = heap.watching || (pool->watched && !pool->observer); /* no pool is current then: the next one is kept */
    if (!kept || side_of_pool(pool)->usable[pool->kind][pool->size / BLOCK_STEP] != pool)
        pool_retire(pool);
}

READS_FREE_BLOCKS static void free_booked(Pool *pool)
{
    if (LIMPID_UNLIKELY(!pool->traced || pool->full || pool->observer || pool->count == 1)) {
        pool_free_slow(pool);
        return;
    }
    pool->used = 1;
    pool->count--;
    ledger_pool_death(pool, pool_births(pool), pool->free);
}

/* Gives back at most *most empty pools, counting down. */
static void pool_release_some(int side, size_t *most)
{
    for (unsigned cls = 0; cls < CLASS_COUNT; cls++)
        for (int kind = 0; kind < KIND_COUNT && *most > 0; kind++)
            for (Pool *pool = heap.sides[side].usable[kind][cls], *next; pool != NULL && *most > 0; pool = next) {
                next = pool->next;
                if (pool_used(pool) == 0 && !is_current(pool)) {
                    pool_retire(pool);
                    --*most;
                }
            }
}

void pool_release_empty(int side)
{
    size_t all = SIZE_MAX;
    pool_release_some(side, &all);
}

void pool_release_held(void)
{
    assert(!heap.hold);
    for (int side = 0; side < SIDES; side++)
        pool_release_some(side, &heap.emptied);
    heap.emptied = 0;
    while (heap.held != NULL) {
        Large *l = heap.held;
        heap.held = l->next;
        free(l);
    }
}

READS_FREE_BLOCKS void pool_mark_free(Pool *pool, uint8_t *dead)
{
    for (void *block = pool->free; block != NULL; block = *(void **)block) {
        assert(pool_of(block) == pool && pool_block(pool, pool_index(pool, block)) == block); /* POOL-3 */
        dead[pool_index(pool, block)] = 1;
    }
}

size_t block_size(const void *p) { return arena_contains(p) ? pool_of(p)->size : large_of(p)->size; }
BlockKind block_kind(const void *p) { return arena_contains(p) ? pool_of(p)->kind : large_of(p)->kind; }

/* ---- watching ---- */

void pool_each(int side, void (*visit)(Pool *))
{
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next)
        for (unsigned i = 0; i < POOLS_PER_ARENA; i++)
            if (a->observer == side && !(a->free_pools >> i & 1))
                visit((Pool *)(a->base + i * POOL_SIZE));
}

static void no_longer_current(Pool **current, const Pool *pool)
{
    if (*current == pool)
        *current = &empty_pool;
}

void pool_watch(Pool *pool)
{
    if (pool->watched)
        return;
    unsigned cls = pool->size / BLOCK_STEP;
    no_longer_current(&heap.current[pool->kind][cls], pool);
    no_longer_current(&heap.look.current[pool->kind][cls], pool);
    pool->count = pool->used;
    pool->used = 1;
    pool->watched = 1;
}

void pool_unwatch(Pool *pool)
{
    if (pool->watched) {
        pool->used = pool->count;
        pool->watched = 0;
    }
}

static void unwatch_unneeded(Pool *pool)
{
    if (!pool->traced)
        pool_unwatch(pool);
}

void pool_watch_for(int watching)
{
    int before = heap.watching;
    heap.watching = watching;
    if (watching & WATCH_RELEASES && !(before & WATCH_RELEASES))
        pool_each(SIDE_PROGRAM, pool_watch);
    else if (before & WATCH_RELEASES && !(watching & WATCH_RELEASES))
        pool_each(SIDE_PROGRAM, unwatch_unneeded);
    void *(*alloc)(Pool **) = pool_alloc_slow;
    void (*release)(Pool *) = pool_free_slow;
    if (watching == WATCH_TRACES)
        alloc = trace_alloc, release = trace_free;
    else if (watching == WATCH_LOGS)
        alloc = allocation_log.alloc, release = allocation_log.free;
    else if (watching == WATCH_LEDGER)
        alloc = alloc_booked, release = free_booked;
    heap.alloc_slow = alloc;
    heap.free_slow = release;
    for (int kind = 0; watching && kind < KIND_COUNT; kind++)
        for (unsigned cls = 0; cls < CLASS_COUNT; cls++)
            heap.current[kind][cls] = &empty_pool;
}
