/* Enumeration and checking of the heap.  Nothing here allocates from it. */
#include "memory/memory.h"
#include "memory/trace.h"

static int pool_walk(Pool *pool, int (*visit)(const HeapBlock *, void *), void *arg)
{
    uint8_t dead[POOL_SIZE / BLOCK_MIN] = {0};
    pool_mark_free(pool, dead);
    for (unsigned i = pool->capacity; i-- > 0;) {
        if (dead[i])
            continue;
        HeapBlock block = {.address = pool_block(pool, i), .size = pool->size, .kind = pool->kind};
        if (pool->kind != KIND_RAW)
            block.type = Py_TYPE((PyObject *)block.address);
        if (pool->traced)
            block.site = pool_births(pool)->site[i];
        int stop = visit(&block, arg);
        if (stop)
            return stop;
    }
    return 0;
}

static int walk(unsigned sides, int (*visit)(const HeapBlock *, void *), void *arg)
{
    torture_flush();
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next)
        for (unsigned i = 0; i < POOLS_PER_ARENA && sides >> a->observer & 1; i++)
            if (!(a->free_pools >> i & 1)) {
                int stop = pool_walk((Pool *)(a->base + i * POOL_SIZE), visit, arg);
                if (stop)
                    return stop;
            }
    for (int list = 0; list < LARGE_LISTS; list++) {
        Large *head = &heap.large[list];
        for (Large *l = head->next; l != head; l = l->next) {
            if (!(sides >> l->observer & 1))
                continue;
            HeapBlock block = {
                .address = large_block(l), .size = l->size, .kind = l->kind, .large = 1, .site = l->site};
            if (l->kind != KIND_RAW)
                block.type = Py_TYPE((PyObject *)block.address);
            int stop = visit(&block, arg);
            if (stop)
                return stop;
        }
    }
    return 0;
}

int heap_walk(int (*visit)(const HeapBlock *, void *), void *arg) { return walk(1u << SIDE_PROGRAM, visit, arg); }
int heap_walk_all(int (*visit)(const HeapBlock *, void *), void *arg) { return walk(~0u, visit, arg); }

void heap_totals_of(int side, HeapTotals *t)
{
    const HeapSide *s = &heap.sides[side];
    torture_flush();
    memset(t, 0, sizeof *t);
    t->arenas = s->arena_count;
    t->pools_used = s->pools_in_use;
    t->pools_free = s->arena_count * POOLS_PER_ARENA - s->pools_in_use;
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next)
        for (unsigned i = 0; i < POOLS_PER_ARENA && a->observer == side; i++) {
            Pool *pool = (Pool *)(a->base + i * POOL_SIZE);
            if (a->free_pools >> i & 1)
                continue;
            size_t live = (size_t)pool_used(pool) * pool->size;
            t->blocks[pool->kind] += pool_used(pool);
            t->bytes[pool->kind] += live;
            size_t header = pool_header(pool), room = (size_t)pool->capacity * pool->size;
            t->header_bytes += header;
            t->free_bytes += room - live;
            t->tail_bytes += POOL_SIZE - header - room;
        }
    for (int list = 0; list < LARGE_LISTS; list++)
        for (Large *l = heap.large[list].next; l != &heap.large[list]; l = l->next)
            if (l->observer == side) {
                t->large_blocks[l->kind]++;
                t->large_bytes[l->kind] += l->size;
            }
}

void heap_totals(HeapTotals *t) { heap_totals_of(SIDE_PROGRAM, t); }

Py_ssize_t _Py_GetAllocatedBlocks(void)
{
    HeapTotals t;
    heap_totals(&t);
    Py_ssize_t n = 0;
    for (int k = 0; k < KIND_COUNT; k++)
        n += (Py_ssize_t)t.blocks[k];
    return n;
}

/* ---- checking ---- */

#define BROKEN(...) (fprintf(stderr, "heap check: " __VA_ARGS__), fputc('\n', stderr), broken++)

READS_FREE_BLOCKS static int check_pool(Pool *pool)
{
    int broken = 0;
    uint8_t dead[POOL_SIZE / BLOCK_MIN] = {0};
    unsigned n = 0;
    for (void *b = pool->free; b != NULL && n <= pool->capacity; b = *(void **)b, n++) {
        unsigned i = pool_index(pool, b);
        if (pool_of(b) != pool || i >= pool->capacity || pool_block(pool, i) != b || dead[i])
            return BROKEN("POOL-3 broken in pool %p: %p on its free list", (void *)pool, b);
        dead[i] = 1;
    }
    if (n + pool_used(pool) != pool->capacity)
        BROKEN("POOL-1 broken in pool %p: %u free, %u used of %u", (void *)pool, n, pool_used(pool), pool->capacity);
    if (pool->watched && (pool->used != 1 || heap.current[pool->kind][pool->size / BLOCK_STEP] == pool))
        BROKEN("POOL-6 broken: pool %p is watched", (void *)pool);
    if (!pool->watched && (pool->observer || pool->traced || heap.watching & WATCH_RELEASES))
        BROKEN("POOL-7 broken: pool %p is not watched", (void *)pool);
    if (pool->free != NULL && pool->full)
        BROKEN("POOL-2 broken: pool %p has free blocks but is not listed", (void *)pool);
    if (pool->kind != KIND_CONTAINER)
        return broken;
    for (unsigned i = 0; i < pool->capacity; i++) {
        uint8_t s = pool->state[i];
        unsigned g = (s & GC_GENERATION_MASK) >> GC_GENERATION_SHIFT;
        if (dead[i] && s)
            BROKEN("POOL-4 broken: free block %u of pool %p has state %x", i, (void *)pool, s);
        if ((s & GC_TRACKED) && pool->generation > g)
            BROKEN("POOL-5 broken: pool %p is not listed for generation %u", (void *)pool, g);
        if (!heap.gc.collecting && (s & (GC_CANDIDATE | GC_REACHED)))
            BROKEN("GC-1 broken: block %u of pool %p has state %x", i, (void *)pool, s);
        if ((s & GC_TRACKED) && Py_REFCNT((PyObject *)pool_block(pool, i)) <= 0)
            BROKEN("tracked object %p has no references", pool_block(pool, i));
    }
    return broken;
}

static int sum_block(const HeapBlock *block, void *arg)
{
    HeapTotals *t = arg;
    (block->large ? t->large_blocks : t->blocks)[block->kind]++;
    (block->large ? t->large_bytes : t->bytes)[block->kind] += block->size;
    return 0;
}

/* What the walk finds is what the allocator has counted, to the byte, on either side:
 * SUM-1  small blocks of each kind.  SUM-2  live and free blocks, headers, tails and free pools make up the arenas.
 * SUM-3  large blocks with their headers, but those of the shared domain. */
static int check_sums(int side)
{
    HeapTotals counted, found = {0};
    int broken = 0;
    heap_totals_of(side, &counted);
    walk(1u << side, sum_block, &found);
    size_t small = counted.free_bytes + counted.header_bytes + counted.tail_bytes + counted.pools_free * POOL_SIZE;
    size_t large = 0;
    for (int k = 0; k < KIND_COUNT; k++) {
        if (found.blocks[k] != counted.blocks[k] || found.bytes[k] != counted.bytes[k])
            BROKEN("SUM-1 broken: %zu blocks, %zu bytes of kind %d found, %zu and %zu counted", found.blocks[k],
                   found.bytes[k], k, counted.blocks[k], counted.bytes[k]);
        small += counted.bytes[k];
        large += found.large_bytes[k] + found.large_blocks[k] * LARGE_HEADER;
    }
    for (Large *l = heap.large[LARGE_SHARED].next; l != &heap.large[LARGE_SHARED]; l = l->next)
        large -= l->observer == side ? LARGE_HEADER + l->size : 0; /* counted by nobody: other threads may make and free them */
    if (small != counted.arenas * ARENA_SIZE)
        BROKEN("SUM-2 broken: the parts of %zu arenas add up to %zu bytes", counted.arenas, small);
    if (large != heap.sides[side].large_bytes)
        BROKEN("SUM-3 broken: %zu bytes in large blocks found, %zu counted", large, heap.sides[side].large_bytes);
    return broken;
}

int heap_check(void)
{
    int broken = 0;
    size_t arenas = 0, pools = 0;
    torture_flush();
    for (Arena *a = heap.arenas; a != NULL; a = a->all_next) {
        arenas++;
        if (!arena_contains(a->base) || !arena_contains(a->base + ARENA_SIZE - 1))
            BROKEN("ARENA-2 broken: %p is not in the table", (void *)a->base);
        for (unsigned i = 0; i < POOLS_PER_ARENA; i++)
            if (!(a->free_pools >> i & 1)) {
                pools++;
                broken += check_pool((Pool *)(a->base + i * POOL_SIZE));
                if (((Pool *)(a->base + i * POOL_SIZE))->observer != a->observer)
                    BROKEN("SIDE-1 broken: pool %u of %p", i, (void *)a->base);
            }
    }
    const HeapSide *s = heap.sides;
    if (arenas != s[0].arena_count + s[1].arena_count || pools != s[0].pools_in_use + s[1].pools_in_use)
        BROKEN("ARENA-1 broken: %zu arenas, %zu pools, expected %zu and %zu", arenas, pools,
               s[0].arena_count + s[1].arena_count, s[0].pools_in_use + s[1].pools_in_use);
    for (int list = 0; list < LARGE_LISTS; list++)
        for (Large *l = heap.large[list].next; l != &heap.large[list]; l = l->next)
            if (l->list != list || l->next->prev != l)
                BROKEN("LARGE-1 broken at %p", large_block(l));
    for (int side = 0; side < SIDES; side++)
        broken += check_sums(side);
    return broken;
}
