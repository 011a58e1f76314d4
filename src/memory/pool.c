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
    pool->listed = 1;
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
    pool->listed = 0;
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
    if (pool->observer)
        trace_hide(pool);
    return pool;
}

static int has_free(const Pool *pool)
{
    return pool_free_list(pool) != NULL;
}

READS_FREE_BLOCKS static __attribute__((noinline)) void *alloc_unusual(BlockKind kind, unsigned cls)
{
    if (heap.watching && fault_hit())
        return NULL;
    int traced = trace_wants();
    uint32_t site = traced ? trace_birth(cls * BLOCK_STEP) : 0; /* may allocate itself */
    Pool **head = &heap.sides[side_now()].usable[kind][cls], *pool = *head;
    while (pool != NULL && !has_free(pool)) {
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
    heap.current[kind][cls] = heap.watching ? &empty_pool : pool;
    if (log_wants() || ledger_wants()) {
        if (!pool->traced)
            trace_hide(pool);
        if (ledger_wants())
            ledger_open_pool(pool);
        void *block = trace_pool_alloc(pool, site);
        if (log_wants())
            log_birth(block, pool->size);
        if (ledger_wants() && pool->traced && pool_births(pool)->accounts != NULL)
            ledger_birth(pool, pool_births(pool), block);
        return block;
    }
    if (traced || pool->traced)
        return trace_pool_alloc(pool, site);
    void *block = pool->free;
    pool->free = *(void **)block;
    pool->used++;
    return block;
}

/* First the usual case while allocations are logged, or booked, and nothing else is watched. */
READS_FREE_BLOCKS void *pool_alloc_slow(BlockKind kind, unsigned cls)
{
    if (heap.watching == WATCH_LOGS || heap.watching == WATCH_LEDGER) {
        Pool *pool = heap.sides[SIDE_PROGRAM].usable[kind][cls];
        for (int tries = 0; pool != NULL && tries < 2; pool = pool->next, tries++) { /* a full one may get a block back soon */
            Births *births = pool->traced ? pool_births(pool) : NULL;
            void *block = births != NULL ? births->free : NULL;
            if (LIMPID_LIKELY(block != NULL)) {
                births->free = *(void **)block;
                pool->used++;
                if (heap.watching == WATCH_LOGS)
                    log_birth(block, cls * BLOCK_STEP);
                else if (LIMPID_LIKELY(births->accounts != NULL))
                    ledger_birth(pool, births, block);
                return block;
            }
        }
    }
    return alloc_unusual(kind, cls);
}

static void pool_retire(Pool *pool)
{
    if (pool->listed)
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

static __attribute__((noinline)) void free_unusual(Pool *pool)
{
    if (pool->traced) {
        if (!pool->observer)
            log_death(pool->free);
        trace_pool_free(pool);
    }
    if (!pool->listed)
        usable_link(pool);
    if (pool->observer && pool->traced && !look_lasts() && pool->kind == KIND_CONTAINER)
        heap.gc.count[0] += heap.gc.count[0] > 0; /* takes back what container_free did */
    unsigned cls = pool->size / BLOCK_STEP;
    if (pool->used > 0 || is_current(pool))
        return;
    if (heap.hold) {
        usable_unlink(pool);
        usable_link(pool);
        heap.emptied++;
    } else if (!(heap.watching && side_of_pool(pool)->usable[pool->kind][cls] == pool)) {
        /* no pool is current while watching: the next one is kept */
        pool_retire(pool);
    }
}

/* Gives back at most *most empty pools, counting down. */
static void pool_release_some(int side, size_t *most)
{
    for (unsigned cls = 0; cls < CLASS_COUNT; cls++)
        for (int kind = 0; kind < KIND_COUNT && *most > 0; kind++)
            for (Pool *pool = heap.sides[side].usable[kind][cls], *next; pool != NULL && *most > 0; pool = next) {
                next = pool->next;
                if (pool->used == 0 && !is_current(pool)) {
                    pool_retire(pool);
                    --*most;
                }
            }
}

/* First the usual case while allocations are logged, or booked, and nothing else is watched: no block has a site. */
READS_FREE_BLOCKS void pool_free_slow(Pool *pool)
{
    if (pool->traced && (heap.watching == WATCH_LOGS || heap.watching == WATCH_LEDGER) && pool->listed && !pool->observer &&
        (pool->used != 0 || (!heap.hold && heap.sides[SIDE_PROGRAM].usable[pool->kind][pool->size / BLOCK_STEP] == pool))) {
        Births *births = pool_births(pool);
        void *block = pool->free;
        pool->free = NULL;
        *(void **)block = births->free;
        births->free = block;
        unsigned index = pool_index(pool, block);
        if (heap.watching == WATCH_LOGS) {
            log_event(block, 0, 0);
        } else if (births->accounts != NULL && births->accounts[index] != 0) {
            uint32_t account = births->accounts[index];
            births->accounts[index] = 0;
            ledger_death(account, block, ((void **)block)[1], pool->kind, pool->size);
        }
        trace_tell_of(births, index);
    } else {
        free_unusual(pool);
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
    for (void *block = pool_free_list(pool); block != NULL; block = *(void **)block) {
        assert(pool_of(block) == pool && pool_block(pool, pool_index(pool, block)) == block); /* POOL-3 */
        dead[pool_index(pool, block)] = 1;
    }
}

size_t block_size(const void *p) { return arena_contains(p) ? pool_of(p)->size : large_of(p)->size; }
BlockKind block_kind(const void *p) { return arena_contains(p) ? pool_of(p)->kind : large_of(p)->kind; }

/* Every allocation takes the slow path from now on, until pools are cached again by it. */
void pool_forget_current(void)
{
    for (int kind = 0; kind < KIND_COUNT; kind++)
        for (unsigned cls = 0; cls < CLASS_COUNT; cls++)
            heap.current[kind][cls] = &empty_pool;
}
