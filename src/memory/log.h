/* The log of allocations: what was allocated and released, in order, told to a floor above in batches.
 *
 * As tracing (trace.h) it works by making the usual paths slow: while it is on, pools that give blocks hide their free lists,
 * so that each allocation and release comes to the slow functions; off, it costs nothing.  Blocks that were there before
 * are told only when they are released.  What a look allocates (look.h) is not logged, nor what threads do without the
 * interpreter lock. */
#ifndef LIMPID_MEMORY_LOG_H
#define LIMPID_MEMORY_LOG_H

#include "memory/pool.h"

typedef struct {
    uint64_t address;
    uint32_t words; /* of 8 bytes; 0: released */
    uint32_t site;  /* of an allocation */
} LogEvent;

typedef struct {
    LogEvent *next, *end; /* room in the batch; next == end only while a batch is handed on */
    uint32_t (*site)(void);  /* the number of the place that allocates now; allocates nothing from the heap */
    void (*full)(void);      /* the batch is full: makes room */
    void (*code_gone)(void *code); /* a code object that has run is being destroyed */
} AllocationLog;
extern AllocationLog allocation_log;

/* The log's fields have been set. */
void log_start(void);
void log_stop(void);

/* ---- for the allocator ---- */

/* Whether the allocation that is being made is to be logged. */
static inline int log_wants(void) { return (heap.watching & (WATCH_LOGS | WATCH_LOOKS)) == WATCH_LOGS; }

static inline void log_event(const void *block, uint32_t words, uint32_t site)
{
    LogEvent *e = allocation_log.next;
    *e = (LogEvent){(uintptr_t)block, words, site};
    allocation_log.next = e + 1;
    if (LIMPID_UNLIKELY(e + 1 == allocation_log.end))
        allocation_log.full();
}
static inline void log_birth(const void *block, size_t size)
{
    size_t words = (size + 7) >> 3;
    log_event(block, words > UINT32_MAX ? UINT32_MAX : (uint32_t)words, allocation_log.site());
}
/* A block of the program's side is released. */
static inline void log_death(const void *block)
{
    if (LIMPID_UNLIKELY(heap.watching & WATCH_LOGS))
        log_event(block, 0, 0);
}

#endif
