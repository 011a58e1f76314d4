/* The log of allocations: what was allocated and released, in order, told to a floor above in batches.
 *
 * As tracing (trace.h) it works by making the usual paths slow: while it is on, all pools are watched (POOL-6), so that each
 * allocation and release comes to the slow functions; off, it costs nothing.  Those may be the log's own, on a floor above
 * that knows its way to the place that allocates.  Blocks that were there before are told only when they are released.
 * What a look allocates (look.h) is not logged, nor what threads do without the interpreter lock. */
#ifndef LIMPID_MEMORY_LOG_H
#define LIMPID_MEMORY_LOG_H

#include "memory/pool.h"

/* Made to be written in few instructions. */
typedef struct {
    uint64_t block; /* its address, and from LOG_WORDS_SHIFT on its words of 8 bytes, or LOG_LARGE; 0: released */
    uint64_t birth; /* of an allocation: the site, and above 32 bits the words of a large block; else undefined */
} LogEvent;
#define LOG_WORDS_SHIFT 48
#define LOG_LARGE 0xffff

typedef struct {
    LogEvent *next, *end; /* room; next == end only while `full` runs */
    uint32_t (*site)(void);  /* the number of the place that allocates now; allocates nothing from the heap */
    void (*full)(void);      /* makes room */
    void *(*alloc)(Pool **current); /* heap.alloc_slow and heap.free_slow while nothing else is watched */
    void (*free)(Pool *pool);
    void (*code_gone)(void *code); /* a code object that has run is being destroyed */
} AllocationLog;
extern AllocationLog allocation_log;

/* The log's fields have been set. */
void log_start(void);
void log_stop(void);

/* ---- for the allocator ---- */

/* Whether the allocation that is being made is to be logged. */
static inline int log_wants(void) { return (heap.watching & (WATCH_LOGS | WATCH_LOOKS)) == WATCH_LOGS; }

static inline void log_event(uint64_t block, uint64_t birth)
{
    LogEvent *e = allocation_log.next;
    *e = (LogEvent){block, birth};
    allocation_log.next = e + 1;
    if (LIMPID_UNLIKELY(e + 1 == allocation_log.end))
        allocation_log.full();
}
static inline void log_birth(const void *block, size_t size)
{
    uint64_t words = (size + 7) >> 3, birth = allocation_log.site();
    if (words >= LOG_LARGE) {
        birth |= (words > UINT32_MAX ? UINT32_MAX : words) << 32;
        words = LOG_LARGE;
    }
    log_event((uintptr_t)block | words << LOG_WORDS_SHIFT, birth);
}
/* A block of the program's side is released. */
static inline void log_death(const void *block)
{
    if (LIMPID_UNLIKELY(heap.watching & WATCH_LOGS))
        log_event((uintptr_t)block, 0);
}

#endif
