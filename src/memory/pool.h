/* Arenas, pools and blocks.
 *
 * A pool is 4 KiB of blocks of one size class and one kind:
 *
 *     | struct pool | state bytes (containers only) | slack | block capacity-1 | ... | block 1 | block 0 |
 *
 * Its free blocks form a list through their first word.  A block is live if it is not on that list: there is no other
 * record, so allocating and freeing cost a load and a store.
 *
 * POOL-1  blocks in use + length of the free list == capacity.
 * POOL-2  a pool with a free block is on the list of its kind and class; one without (`full`) may still be until
 * noticed. POOL-3  every free-list entry is the start of a block of this pool. POOL-4  the state byte of a free block
 * is 0. POOL-5  a container pool with a tracked block of generation 0 is on the collector's list 0, another with one of
 * generation 1 on list 0 or 1.
 * POOL-6  of a watched pool each allocation and release comes to the slow functions: it is never the current one of its
 * class, and its `used` stays 1, so that each release seems to be that of the last block; `count` has the number.
 * POOL-7  watched are the pools of looks, those with Births (trace.h), and all while releases are (WATCH_RELEASES).
 * ARENA-1  an arena's free_pools bit is set for exactly the pools that hold no blocks.
 * ARENA-2  the table has exactly the mapped arenas.
 * LARGE-1  every large block is on exactly one list, the one of its kind (containers: of its generation).
 * SIDE-1  every pool of an arena, and every pool on a side's lists, is of that side (look.h). */
#ifndef LIMPID_MEMORY_POOL_H
#define LIMPID_MEMORY_POOL_H

#include "Python.h"
#include "memory/geometry.h"
#include "memory/torture.h"

#define LIMPID_LIKELY(x) __builtin_expect(!!(x), 1)
#define LIMPID_UNLIKELY(x) __builtin_expect(!!(x), 0)

typedef struct pool {
    void *free;               /* first free block */
    uint16_t size;            /* of a block */
    uint16_t reciprocal;      /* of size: see pool_index */
    uint8_t used, capacity;   /* blocks; used: see pool_used */
    uint8_t kind : 2, full : 1, traced : 1, observer : 1; /* traced: has Births (trace.h); observer: of the side of the looks */
    uint8_t watched : 1, generation : 2; /* of containers: 0 or 1, member of heap.gc.pools[generation]; or POOL_OLD */
    uint8_t count;            /* of a watched pool: blocks in use */
    struct pool *next, *prev; /* pools of this kind and class with free blocks */
    /* container pools only from here on */
    struct pool *gen_next, *gen_prev;
    uint8_t *counts; /* during a collection: of every block, the references from outside */
    uint8_t state[];   /* GC_* bits of every block */
} Pool;
#define POOL_PLAIN_HEADER 32 /* header of a raw or object pool */
#define POOL_OLD 2           /* no tracked block of generation 0 or 1 */

typedef struct arena {
    char *base;
    uint64_t free_pools;       /* bit i: pool i holds no blocks */
    uint64_t resident;         /* bit i: its page has been asked for */
    struct births **births;    /* trace.h: of each traced pool; or NULL */
    int observer;              /* of the side of the looks (look.h) */
    struct arena *next, *prev; /* arenas with free pools */
    struct arena *all_next, *all_prev;
} Arena;

typedef struct large {
    struct large *next, *prev;
    size_t size; /* of the block, without this header */
    uint8_t kind, state, list, dead : 1, observer : 1;
    uint8_t count; /* during a collection, as in pools */
    uint32_t site; /* trace.h: where it was asked for, or 0 */
    uint32_t noted; /* trace.h: under notice by this number, or 0 */
    uint32_t account; /* ledger.h */
    uint32_t check;   /* large_check of it; right before the block, so that a block can be told from static memory */
} Large;
#define LARGE_HEADER 48

/* Lists of large blocks: raw, raw of the thread-safe domain, objects, containers by generation, and untracked ones. */
enum {
    LARGE_RAW,
    LARGE_SHARED,
    LARGE_OBJECT,
    LARGE_GEN0,
    LARGE_PERMANENT = LARGE_GEN0 + GENERATIONS,
    LARGE_UNTRACKED,
    LARGE_LISTS
};

struct gc_state {
    int count[GENERATIONS], threshold[GENERATIONS];
    int limit; /* threshold[0] while the collector is on, else INT_MAX */
    int enabled, collecting, debug;
    Py_ssize_t long_lived_total, long_lived_pending;
    Pool *pools[2];                /* pools that may hold tracked blocks of generation 0 or 1; of 1, none of 0 */
    PyObject *garbage, *callbacks; /* lists of module gc, owned */
    struct {
        Py_ssize_t collections, collected, uncollectable;
    } stats[GENERATIONS];
};

/* A look at the heap (look.h); all zero when there is none. */
struct look {
    int depth;
    int allocates;                          /* SIDE_OBSERVER while allocations are the look's own */
    int large_containers;                   /* some were made: they are to be settled */
    struct pool *young[2];                  /* its pools that may hold tracked blocks of generation 0 or 1 */
    int count[GENERATIONS];                 /* the collector's, from before */
    Pool *current[KIND_COUNT][CLASS_COUNT]; /* the program's, from before */
};

/* What there is twice: once for the program, once for the looks at it. */
enum { SIDE_PROGRAM, SIDE_OBSERVER, SIDES };
typedef struct heap_side {
    Pool *usable[KIND_COUNT][CLASS_COUNT]; /* list heads */
    Arena *partial;                        /* with free pools */
    size_t arena_count, pools_in_use, spare_arenas;
    size_t large_bytes; /* in large blocks but those of the shared domain, headers included */
} HeapSide;

typedef struct heap {
    Pool *current[KIND_COUNT][CLASS_COUNT]; /* where the fast path takes its blocks; a pool without any when watching */
    struct gc_state gc;
    HeapSide sides[SIDES];
    struct look look;         /* look.h */
    Large large[LARGE_LISTS]; /* list heads, circular */
    Arena *arenas;            /* all */
    size_t quota;             /* of the program's side (limit.h); 0: none */
    size_t shared_bytes;      /* in blocks of the shared domain; counted atomically */
    size_t large_high;        /* the most bytes in large blocks since malloc was trimmed */
    int pinched;              /* an allocation was refused: small blocks may use the reserve */
    int thrifty;              /* but not now */
    int tells_arenas; /* PYTHONMALLOCSTATS: the state of the allocator goes to stderr whenever there is a new arena */
    void *(*alloc_slow)(Pool **current); /* for an entry of `current` whose pool has no free block */
    void (*free_slow)(Pool *pool); /* the pool had no free block, or seems to have no other block in use than this one */
    int watching; /* WATCH_ bits: why every allocation takes the slow path; set by pool_watch_for */
    int hold;     /* >0: empty pools and large containers stay until released */
    size_t emptied; /* pools that became empty meanwhile, at the start of their lists; some may be in use again */
    Large *held;  /* dead large blocks waiting for release */
    long fail_countdown;
    int fail_forever;
} Heap;
extern Heap heap;
#define WATCH_FAULTS 1 /* allocations fail on purpose */
#define WATCH_TRACES 2 /* allocations are traced */
#define WATCH_LOOKS 4  /* allocations belong to a look */
#define WATCH_LOGS 8   /* allocations are logged (log.h) */
#define WATCH_LEDGER 16 /* allocations are booked (ledger.h) */
#define WATCH_RELEASES (WATCH_TRACES | WATCH_LOGS | WATCH_LEDGER) /* releases take the slow path, too */
static inline HeapSide *side_of_pool(const Pool *pool) { return &heap.sides[pool->observer]; }
/* The side that allocations are made on now. */
static inline int side_now(void) { return heap.look.allocates; }

/* Two-level table: the arena at this address, or NULL. */
extern Arena **arena_table[(size_t)1 << ARENA_ROOT_BITS];

static inline Arena *arena_of(const void *p)
{
    uintptr_t a = (uintptr_t)p >> ARENA_BITS;
    Arena **leaf = arena_table[(a >> ARENA_LEAF_BITS) & (((uintptr_t)1 << ARENA_ROOT_BITS) - 1)];
    return leaf != NULL ? leaf[a & (((uintptr_t)1 << ARENA_LEAF_BITS) - 1)] : NULL;
}
static inline int arena_contains(const void *p) { return arena_of(p) != NULL; }

static inline unsigned class_of(size_t size)
{
    return size <= BLOCK_MIN ? BLOCK_MIN / BLOCK_STEP : (unsigned)((size + BLOCK_STEP - 1) / BLOCK_STEP);
}
/* The class of objects and containers: large ones come in many sizes with few of each, and every class in use costs the half
 * of a page.  16 bytes between classes from 128 bytes on, 32 from 256 on. */
static inline unsigned object_class(size_t size)
{
    unsigned c = class_of(size);
    return LIMPID_LIKELY(c <= 128 / BLOCK_STEP) ? c : c <= 256 / BLOCK_STEP ? (c + 1) & ~1u : (c + 3) & ~3u;
}
static inline Pool *pool_of(const void *block) { return (Pool *)((uintptr_t)block & ~(POOL_SIZE - 1)); }
/* Index of the block that starts there.  The reciprocal is 2^19 / size, rounded up; exact, because the blocks of a pool
 * are fewer than 2^8 and sizes are multiples of 8 up to 2^9. */
static inline unsigned pool_index(const Pool *pool, const void *block)
{
    return (unsigned)(((-(uintptr_t)block & (POOL_SIZE - 1)) * pool->reciprocal) >> 19) - 1;
}
/* Bytes of its header, state bytes included. */
static inline size_t pool_header(const Pool *pool)
{
    return pool->kind == KIND_CONTAINER ? sizeof *pool + pool->capacity : POOL_PLAIN_HEADER;
}
static inline void *pool_block(Pool *pool, unsigned index) { return (char *)pool + POOL_SIZE - (index + 1) * pool->size; }
/* The state byte of a block of a container pool. */
static inline uint8_t *pool_state(const void *block)
{
    Pool *pool = pool_of(block);
    return &pool->state[pool_index(pool, block)];
}

static inline unsigned pool_used(const Pool *pool) { return LIMPID_UNLIKELY(pool->watched) ? pool->count : pool->used; }

/* heap.alloc_slow and heap.free_slow for whatever is watched. */
void *pool_alloc_slow(Pool **current);
void pool_free_slow(Pool *pool);
/* Of the program's pools that current allocations of this class may come from, the first; or NULL. */
static inline Pool *pool_usable(Pool **current)
{
    return (&heap.sides[SIDE_PROGRAM].usable[0][0])[current - &heap.current[0][0]];
}

#if LIMPID_TORTURE   /* the same with poison: torture.c */
void *pool_alloc(BlockKind kind, unsigned cls);
void pool_free(void *block);
#else
static inline void *pool_alloc(BlockKind kind, unsigned cls)
{
    Pool *pool = heap.current[kind][cls];
    void *block = pool->free;
    if (LIMPID_UNLIKELY(block == NULL))
        return heap.alloc_slow(&heap.current[kind][cls]);
    pool->free = *(void **)block;
    pool->used++;
    return block;
}
static inline void pool_free(void *block)
{
    Pool *pool = pool_of(block);
    void *head = pool->free;
    *(void **)block = head;
    pool->free = block;
    pool->used--;
    if (LIMPID_UNLIKELY(head == NULL || pool->used == 0))
        heap.free_slow(pool);
}
#endif
/* Marks the pool's free blocks in `dead` (one byte each, pool->capacity of them, zeroed by the caller). */
void pool_mark_free(Pool *pool, uint8_t *dead);
/* Gives back the side's pools that hold no blocks and are nobody's current ones. */
void pool_release_empty(int side);
/* Sets heap.watching: while it is not 0 every allocation takes the slow path. */
void pool_watch_for(int watching);
/* Makes a pool a watched one (POOL-6), or the reverse. */
void pool_watch(Pool *pool);
void pool_unwatch(Pool *pool);
/* Calls visit for every pool of a side. */
void pool_each(int side, void (*visit)(Pool *pool));
/* Gives back the pools and large blocks that became empty while heap.hold was set. */
void pool_release_held(void);

/* A pool's worth of memory; NULL when the system or the quota refuses. */
Pool *arena_take_pool(void);
void arena_give_pool(Pool *pool);
static inline Large *large_of(const void *block) { return (Large *)((char *)block - LARGE_HEADER); }
static inline void *large_block(Large *l) { return (char *)l + LARGE_HEADER; }
static inline uint32_t large_check(const Large *l) { return (uint32_t)((uintptr_t)l >> 4) * 0x9e3779b1u ^ 0x1a46e5u; }
/* Whether an object, of whoever's memory, is in a large block; what extension modules have in theirs is not. */
READS_FREE_BLOCKS static inline int large_contains(const void *object)
{
    return large_of(object)->check == large_check(large_of(object));
}
void *large_alloc(BlockKind kind, size_t size);
void *large_realloc(void *block, size_t size);
void large_free(void *block);
void large_move(Large *l, int list);
/* The thread-safe domain (no interpreter lock needed). */
void *shared_alloc(size_t size, int zero);
void shared_init(void);
void *shared_realloc(void *block, size_t size);
void shared_free(void *block);
/* Calls it while no block of that domain can come or go. */
void shared_locked(void (*function)(void));

/* Nonzero when this allocation is to fail. */
int fault_hit(void);

#endif
