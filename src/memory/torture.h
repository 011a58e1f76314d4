/* Torture: switches of the debug build that make rare events common, so that what is wrong only at times is wrong at
 * once.
 *
 *   LIMPID_TORTURE=WHAT[,WHAT…]    collect:N   a collection at every Nth allocation of a container, of all generations
 * at every 64th of those fail:N      an allocation fails with probability 1/N, once the runtime has started move:N what
 * may move moves: buffers grow by one item at a time, each growth is a new block, freed blocks wait (poisoned) before
 * they are used again, every frame has storage of its own, and every Nth allocation of a container makes all caches of
 * lookups stale seed:N      start of the pseudo-random numbers of fail LIMPID_TORTURE=1 means collect:100,move:100.
 *
 * In the debug build free blocks are poisoned for the address sanitizer, and new ones filled, whether tortured or not.
 */
#ifndef LIMPID_MEMORY_TORTURE_H
#define LIMPID_MEMORY_TORTURE_H

#include "Python.h"

#if !defined NDEBUG && defined __SANITIZE_ADDRESS__
#define LIMPID_TORTURE 1
#else
#define LIMPID_TORTURE 0
#endif

typedef struct torture {
    unsigned collect, fail, move; /* N of the switches; 0: off */
    uint64_t seed;
    unsigned long containers; /* allocated since the start */
    void (*forget)(void);     /* makes all caches of lookups stale; set by the runtime */
} Torture;

#if LIMPID_TORTURE
extern Torture torture;
#define TORTURED(what) __builtin_expect(torture.what != 0, 0)

/* For functions that walk the lists of free blocks. */
#define READS_FREE_BLOCKS __attribute__((no_sanitize("address")))
void block_poison(void *p, size_t size);
void block_unpoison(void *p, size_t size);
/* At the allocation of a container: nonzero when the collector's usual rule does not count. */
int torture_step(void);
/* Failing allocations start here. */
void torture_begin(void);
/* Nonzero when this allocation is to fail. */
int torture_fails(void);
/* Frees what waits. */
void torture_flush(void);
int torture_init(void);
#else
#define TORTURED(what) 0
#define READS_FREE_BLOCKS
#define block_poison(p, size) ((void)0)
#define block_unpoison(p, size) ((void)0)
#define torture_begin() ((void)0)
#define torture_flush() ((void)0)
#define torture_init() 0
#endif

#endif
