/* The limit on memory.
 *
 * Counted are the arenas, the large blocks with their headers, and the blocks of the raw domain, through which zlib, GMP
 * and the standard library's extension modules for lzma and bzip2 allocate too.  An allocation that would exceed the
 * limit fails.  What libraries take from malloc, anonymous private mappings and threads' stacks are not counted one by one: the kernel
 * bounds all writable private memory together (RLIMIT_DATA), a little above the limit.
 *
 * After a failure small blocks may exceed the limit by LIMIT_RESERVE, so that the program can handle its MemoryError;
 * the reserve is there again when that much below the limit is free.  Where libraries have used up what the kernel allows, its
 * bound is raised by twice as much, once.
 *
 * LIMIT-1  the program's side never holds more than heap.quota + LIMIT_RESERVE while it is not 0, but for what it held when the limit was set. */
#ifndef LIMPID_MEMORY_LIMIT_H
#define LIMPID_MEMORY_LIMIT_H

#include "memory/pool.h"

#define LIMIT_RESERVE (2 * ARENA_SIZE)

/* Sets the limit, also the kernel's; 0 lifts it.  Below what is held now: nothing more can be had until it is freed. */
void heap_set_limit(size_t bytes);
/* Bytes counted now. */
size_t heap_counted(void);
/* Whether a block of so many bytes is refused; the interpreter lock is not needed. */
int limit_refuses_slow(size_t bytes);
static inline int limit_refuses(size_t bytes) { return LIMPID_UNLIKELY(heap.quota != 0) && limit_refuses_slow(bytes); }
/* The same for an arena, on which the reserve may be spent. */
int limit_refuses_arena(void);
/* Whether a shared anonymous mapping, which the kernel does not bound, is refused: those that there are count then. */
int limit_refuses_mapping(size_t bytes);
/* A MemoryError is raised: from now on limit_yields may spend what is kept for its handling. */
void limit_fails(void);
/* The system has refused a small block although the limit does not: nonzero when another try is worth it, because the
 * kernel's bound is now higher by the reserve.  Once, and only after a MemoryError. */
int limit_yields(size_t bytes);
/* What is allocated between them can be done without: it may not use the reserve.  With the interpreter lock. */
static inline void limit_spare_begin(void) { heap.thrifty++; }
static inline void limit_spare_end(void) { heap.thrifty--; }
/* Memory has been given back. */
void limit_relax_slow(void);
static inline void limit_relax(void)
{
    if (LIMPID_UNLIKELY(heap.pinched))
        limit_relax_slow();
}

#endif
