/* The geometry of the heap: every size that the allocator and the collector are built on.
 *
 *     arena  256 KiB, from the system, aligned to its size
 *       pool   4 KiB: blocks of one size class and one kind
 *         block  16 to 512 bytes, in steps of 8
 *
 * Requests above BLOCK_MAX go to the system allocator as large blocks. */
#ifndef LIMPID_MEMORY_GEOMETRY_H
#define LIMPID_MEMORY_GEOMETRY_H

#define ARENA_BITS 18
#define ARENA_SIZE ((size_t)1 << ARENA_BITS)
#define POOL_BITS 12
#define POOL_SIZE ((size_t)1 << POOL_BITS)
#define POOLS_PER_ARENA (ARENA_SIZE / POOL_SIZE)

#define BLOCK_STEP 8                    /* bytes between size classes (see object_class) */
#define BLOCK_MIN 16
#define BLOCK_MAX 512
#define BLOCK_ALIGN 16                  /* what extension modules may rely on */
#define CLASS_COUNT (BLOCK_MAX / BLOCK_STEP + 1)

#define ADDRESS_BITS 48                 /* of a user-space address; the arena table has two levels of 15 bits */
#define ARENA_LEAF_BITS 15
#define ARENA_ROOT_BITS (ADDRESS_BITS - ARENA_BITS - ARENA_LEAF_BITS)

#define GENERATIONS 3
#define GENERATION_THRESHOLDS {700, 10, 10}

/* What a block holds. */
typedef enum {
    KIND_RAW,        /* a buffer: no header of any kind */
    KIND_OBJECT,     /* an object that holds no references the collector must see */
    KIND_CONTAINER,  /* an object that the collector may track */
    KIND_COUNT
} BlockKind;

#endif
