/* Arenas: aligned pieces of 256 KiB from the system, handed out pool by pool. */
#include "memory/limit.h"
#include "memory/memory.h"
#include "memory/pool.h"
#include <sys/mman.h>

#define ALL_FREE (~(uint64_t)0)

Arena **arena_table[(size_t)1 << ARENA_ROOT_BITS];

/* ARENA_SIZE bytes aligned to ARENA_SIZE, or NULL. */
static char *map_aligned(void)
{
    /* Below the latest one there is often room, and aligned. */
    char *hint = heap.arenas != NULL ? heap.arenas->base - ARENA_SIZE : NULL;
    char *p = mmap(hint, ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    if (((uintptr_t)p & (ARENA_SIZE - 1)) == 0)
        return p;
    munmap(p, ARENA_SIZE);
    p = mmap(NULL, 2 * ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    char *base = (char *)(((uintptr_t)p + ARENA_SIZE - 1) & ~(ARENA_SIZE - 1));
    if (base > p)
        munmap(p, (size_t)(base - p));
    char *end = p + 2 * ARENA_SIZE;
    if (end > base + ARENA_SIZE)
        munmap(base + ARENA_SIZE, (size_t)(end - base) - ARENA_SIZE);
    return base;
}

/* Records in the table the arena at `base`, or that there is none; -1 when a leaf cannot be made. */
static int table_set(const char *base, Arena *arena)
{
    uintptr_t a = (uintptr_t)base >> ARENA_BITS;
    Arena ***leaf = &arena_table[(a >> ARENA_LEAF_BITS) & (((uintptr_t)1 << ARENA_ROOT_BITS) - 1)];
    if (*leaf == NULL) {
        void *p = mmap(NULL, sizeof **leaf << ARENA_LEAF_BITS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED)
            return -1;
        *leaf = p;
    }
    (*leaf)[a & (((uintptr_t)1 << ARENA_LEAF_BITS) - 1)] = arena;
    return 0;
}

static void partial_link(Arena *a)
{
    a->prev = NULL;
    Arena **head = &heap.sides[a->observer].partial;
    a->next = *head;
    if (*head != NULL)
        (*head)->prev = a;
    *head = a;
}

static void partial_unlink(Arena *a)
{
    if (a->prev != NULL)
        a->prev->next = a->next;
    else
        heap.sides[a->observer].partial = a->next;
    if (a->next != NULL)
        a->next->prev = a->prev;
}

static Arena *arena_new(void)
{
    int side = side_now();
    HeapSide *s = &heap.sides[side];
    if (limit_refuses_arena())
        return NULL;
    Arena *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->base = map_aligned();
    if (a->base == NULL && limit_yields(ARENA_SIZE))
        a->base = map_aligned();
    if (a->base == NULL || table_set(a->base, a) < 0) {
        if (a->base != NULL)
            munmap(a->base, ARENA_SIZE);
        free(a);
        return NULL;
    }
    a->free_pools = ALL_FREE;
    a->observer = side;
    s->arena_count++;
    s->spare_arenas++;
    a->all_next = heap.arenas;
    if (heap.arenas != NULL)
        heap.arenas->all_prev = a;
    heap.arenas = a;
    partial_link(a);
    if (heap.tells_arenas && side == SIDE_PROGRAM)
        _PyObject_DebugMallocStats(stderr);
    return a;
}

static void arena_unmap(Arena *a)
{
    heap.sides[a->observer].arena_count--;
    partial_unlink(a);
    if (a->all_prev != NULL)
        a->all_prev->all_next = a->all_next;
    else
        heap.arenas = a->all_next;
    if (a->all_next != NULL)
        a->all_next->all_prev = a->all_prev;
    table_set(a->base, NULL);
    block_unpoison(a->base, ARENA_SIZE);
    munmap(a->base, ARENA_SIZE);
    free(a->births);
    free(a);
    limit_relax();
}

#define PAGES_AT_ONCE 16

/* Asks for the pages of the pools around pool i in one call: a page fault each costs more.  A kernel that cannot do that
 * gives them one by one. */
static void make_resident(Arena *a, int i)
{
    int first = i & ~(PAGES_AT_ONCE - 1);
    a->resident |= (((uint64_t)1 << PAGES_AT_ONCE) - 1) << first;
#ifdef MADV_POPULATE_WRITE
    madvise(a->base + (size_t)first * POOL_SIZE, PAGES_AT_ONCE * POOL_SIZE, MADV_POPULATE_WRITE);
#endif
}

Pool *arena_take_pool(void)
{
    HeapSide *s = &heap.sides[side_now()];
    Arena *a = s->partial;
    if (a == NULL) {
        a = arena_new();
        if (a == NULL)
            return NULL;
    }
    s->spare_arenas -= a->free_pools == ALL_FREE;
    int i = __builtin_ctzll(a->free_pools);
    if (!(a->resident >> i & 1))
        make_resident(a, i);
    a->free_pools &= a->free_pools - 1;
    if (a->free_pools == 0)
        partial_unlink(a);
    s->pools_in_use++;
    return (Pool *)(a->base + ((size_t)i << POOL_BITS));
}

void arena_give_pool(Pool *pool)
{
    Arena *a = arena_of(pool);
    uint64_t bit = (uint64_t)1 << (((char *)pool - a->base) >> POOL_BITS);
    assert(!(a->free_pools & bit));
    if (a->free_pools == 0)
        partial_link(a);
    a->free_pools |= bit;
    HeapSide *s = &heap.sides[a->observer];
    s->pools_in_use--;
    if (a->free_pools != ALL_FREE)
        return;
    /* One empty arena is kept, so that a program at the edge does not map and unmap at every step. */
    if (s->spare_arenas > 0)
        arena_unmap(a);
    else
        s->spare_arenas++;
}
