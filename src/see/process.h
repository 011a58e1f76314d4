/* The process map: every range of the address space, and what it is for.
 *
 *     mappings (the system's)  +  parts (the runtime's: segments, arenas, large blocks, stacks)  ->  regions
 *
 * REGIONS-1  Regions are in order, do not overlap, and cover exactly the mappings.
 * REGIONS-2  Without the observer's own they add up to the size that the system gives (but for the page [vsyscall],
 * which is the kernel's). */
#ifndef LIMPID_SEE_PROCESS_H
#define LIMPID_SEE_PROCESS_H

#include "see/platform.h"

typedef enum region_kind {
#define REGION(name, text, holds) REGION_##name,
#include "see/regions.def"
#undef REGION
    REGION_KINDS
} RegionKind;

typedef struct region {
    uintptr_t low, high;
    size_t resident;
    RegionKind kind;
    int thread; /* native id of the thread whose stack it is, or 0 */
    char permissions[5];
    uint32_t name; /* offset in names; of a file, or "" */
} Region;

typedef struct process_thread {
    NativeThread native;
    unsigned long ident; /* of the thread with a Python state, or 0 */
    void *state;         /* its PyThreadState, or NULL */
    uintptr_t low, high; /* of its stack as far as it is mapped; 0 when not known */
    size_t limit;        /* up to which it may grow; 0: no limit known */
} ProcessThread;

typedef struct process_arena {
    uintptr_t base;
    size_t pools, blocks, bytes; /* pools in use; live blocks and their bytes */
} ProcessArena;

typedef struct process_large {
    uintptr_t block;
    size_t size;
    int kind, single; /* BlockKind; single: malloc has mapped it for itself */
} ProcessLarge;

typedef struct process {
    Mappings mappings;
    Scratch arenas;  /* ProcessArena */
    Scratch large;   /* ProcessLarge */
    Scratch regions; /* Region */
    Scratch threads; /* ProcessThread, the main one first */
    ResidentPages pages;
    ProcessSize size;
    MallocSize malloc;
} Process;

#define PROCESS_REGIONS(p) SCRATCH_ITEMS(&(p)->regions, Region)
#define PROCESS_REGION_COUNT(p) SCRATCH_COUNT(&(p)->regions, Region)
#define PROCESS_ARENAS(p) SCRATCH_ITEMS(&(p)->arenas, ProcessArena)
#define PROCESS_ARENA_COUNT(p) SCRATCH_COUNT(&(p)->arenas, ProcessArena)
#define PROCESS_LARGE(p) SCRATCH_ITEMS(&(p)->large, ProcessLarge)
#define PROCESS_LARGE_COUNT(p) SCRATCH_COUNT(&(p)->large, ProcessLarge)
#define PROCESS_THREADS(p) SCRATCH_ITEMS(&(p)->threads, ProcessThread)
#define PROCESS_THREAD_COUNT(p) SCRATCH_COUNT(&(p)->threads, ProcessThread)

/* Looks at the process; 0, or -1 without an exception when there is no memory or the system does not tell. */
int process_look(Process *p);
void process_forget(Process *p);

/* What a kind of region is called. */
const char *process_kind_text(RegionKind kind);

/* The range of the mapping that malloc made for this block alone; 0 when the block lies in one of malloc's heaps. */
int process_own_mapping(void *block, uintptr_t *low, uintptr_t *high);

#endif
