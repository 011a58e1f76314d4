/* See look.h. */
#include "memory/look.h"
#include "memory/memory.h"
#include "memory/state.h"

int look_side_of(const void *block)
{
    return arena_contains(block) ? pool_of(block)->observer : large_of(block)->observer;
}

int look_turn(int side)
{
    int before = heap.look.allocates;
    if (side == before || heap.look.depth == 0)
        return before;
    heap.look.allocates = side;
    if (side == SIDE_OBSERVER) {
        memcpy(heap.look.current, heap.current, sizeof heap.current);
        pool_watch_for(heap.watching | WATCH_LOOKS);
        return before;
    }
    pool_watch_for(heap.watching & ~WATCH_LOOKS);
    if (!heap.watching)
        memcpy(heap.current, heap.look.current, sizeof heap.current);
    return before;
}

void look_enter(void)
{
    if (heap.look.depth++ > 0)
        return;
    memcpy(heap.look.count, heap.gc.count, sizeof heap.gc.count);
    gc_set_limit();
    look_turn(SIDE_OBSERVER);
    tstate_current()->tracing++;
}

/* What the look keeps is old from now on. */
static void settle(void)
{
    const uint8_t old = (GENERATIONS - 1) << GC_GENERATION_SHIFT;
    for (int g = 0; g < GENERATIONS - 1; g++) {
        for (Pool *pool; (pool = heap.look.young[g]) != NULL; gc_pool_to(pool, POOL_OLD))
            for (unsigned i = 0; i < pool->capacity; i++)
                if (pool->state[i] & GC_TRACKED)
                    pool->state[i] = (uint8_t)((pool->state[i] & ~GC_GENERATION_MASK) | old);
        Large *head = &heap.large[LARGE_GEN0 + g];
        for (Large *l = head->next, *next; l != head && heap.look.large_containers; l = next) {
            next = l->next;
            if (l->observer) {
                l->state = (uint8_t)((l->state & ~GC_GENERATION_MASK) | old);
                large_move(l, LARGE_GEN0 + GENERATIONS - 1);
            }
        }
    }
    heap.look.large_containers = 0;
}

void look_leave(void)
{
    assert(heap.look.depth > 0);
    if (heap.look.depth > 1) {
        heap.look.depth--;
        return;
    }
    tstate_current()->tracing--;
    settle();
    look_turn(SIDE_PROGRAM);
    heap.look.depth = 0;
    if (!heap.hold)
        pool_release_empty(SIDE_OBSERVER);
    memcpy(heap.gc.count, heap.look.count, sizeof heap.gc.count);
    gc_set_limit();
}
