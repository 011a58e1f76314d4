/* A look at the heap: what happens between look_enter and look_leave is not part of the picture.
 *
 * The heap has two sides.  What a look allocates comes from arenas of its own, and its large blocks carry a mark; both
 * stay on the observer's side for as long as they live.  heap_walk, heap_totals, gc.get_objects and
 * sys.getallocatedblocks tell of the program's side only.
 *
 * While a look lasts the collector rests, no other thread runs, signal handlers and pending calls wait, trace and
 * profile functions are not called, and allocations are not traced (trace.h).  Afterwards the collector's counts are
 * what they were.
 *
 * A block that is reallocated stays on its side.  The pools of the observer's side are watched (POOL-6), so that each
 * release of one is noticed: when a container that a look made dies later, that does not count as a release of the
 * program's.  Containers that outlive their look are old at once, so that young collections are the
 * same with and without them.
 *
 * LOOK-1  heap.look.allocates implies heap.look.depth > 0. */
#ifndef LIMPID_MEMORY_LOOK_H
#define LIMPID_MEMORY_LOOK_H

#include "Python.h"
#include "memory/pool.h"

/* Looks nest; each enter needs its leave.  Both need the interpreter lock. */
void look_enter(void);
void look_leave(void);
static inline int look_lasts(void) { return heap.look.depth > 0; }

/* Makes allocations go to another side from now on; the side before.  Outside of a look there is only the program's. */
int look_turn(int side);
/* The side of a live block of the heap. */
int look_side_of(const void *block);
/* As look_turn, to the side of a live block: what replaces it stays where it was. */
static inline int look_turn_to(const void *block)
{
    return LIMPID_UNLIKELY(look_lasts()) ? look_turn(look_side_of(block)) : SIDE_PROGRAM;
}
static inline void look_turn_back(int side)
{
    if (LIMPID_UNLIKELY(look_lasts()))
        look_turn(side);
}

#endif
