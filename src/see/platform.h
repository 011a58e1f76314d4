/* What the operating system knows of this process: mappings, resident pages, loaded programs, threads.
 *
 * The one layer that another system has to write anew (platform_linux.c is Linux's: /proc/self, dl_iterate_phdr).
 * Nothing here allocates from the observed heap. */
#ifndef LIMPID_SEE_PLATFORM_H
#define LIMPID_SEE_PLATFORM_H

#include "see/scratch.h"

#include <stdint.h>

typedef struct mapping {
    uintptr_t low, high;
    size_t resident;
    char permissions[5]; /* rwxp */
    signed char
        zeros; /* some pages that look resident are the one page of zeros, which does not count; -1: not looked yet */
    uint32_t name; /* offset in Mappings.names; "" for anonymous memory */
} Mapping;

typedef struct mappings {
    Scratch items; /* Mapping, by address */
    Scratch names;
    uintptr_t own_low, own_high; /* what the reading itself has added to the picture */
} Mappings;

#define MAPPING_ITEMS(m) SCRATCH_ITEMS(&(m)->items, Mapping)
#define MAPPING_COUNT(m) SCRATCH_COUNT(&(m)->items, Mapping)
static inline const char *mapping_name(const Mappings *m, const Mapping *x) { return m->names.base + x->name; }

/* Reads all mappings with their resident bytes; 0 or -1 when there is no memory or the system does not tell. */
int platform_mappings(Mappings *m);
void platform_mappings_free(Mappings *m);

/* The mapping that an address lies in, or NULL. */
Mapping *mapping_at(const Mappings *m, uintptr_t address);

/* Which pages are resident, in pieces that are read when they are asked for. */
#define WINDOW_PAGES 512
#define WINDOWS 64
typedef struct resident_pages {
    int fd;
    Mappings *mappings;
    Scratch windows;
} ResidentPages;

/* 0 or -1; close it with resident_close.  The mappings are to be read before the first question. */
int resident_open(ResidentPages *r, Mappings *mappings);
void resident_close(ResidentPages *r);
/* Resident bytes in the range; of a page that lies in it partly, that part. */
size_t resident_bytes(ResidentPages *r, uintptr_t low, uintptr_t high);

/* A loadable part of a program or library. */
typedef struct segment {
    uintptr_t low, file_end, high;     /* from file_end on it is zero at the start (.bss) */
    uintptr_t relro_low, relro_high;   /* read-only after the start; or 0 */
    int writable, executable, program; /* program: it belongs to the file that holds the runtime */
    const char *file;                  /* may be "" for the program that was started */
} Segment;
/* Calls visit for every one; stops at its first nonzero result and returns it. */
int platform_segments(int (*visit)(const Segment *, void *), void *arg);

/* A native thread of the process that is not running: where it waits in the system. */
typedef struct native_thread {
    int id, running; /* running: neither pointer is known */
    uintptr_t stack_pointer, pc;
    char name[32];
} NativeThread;
int platform_threads(int (*visit)(const NativeThread *, void *), void *arg);

/* The stack of a POSIX thread of this process (not the main one): its lowest address, guard excluded, and its end.  0,
 * or -1. */
int platform_thread_stack(unsigned long thread, uintptr_t *low, uintptr_t *high);
/* The size up to which the main thread's stack may grow. */
size_t platform_stack_limit(void);

/* Bytes as the system counts them: mapped, resident; 0 when it does not tell. */
typedef struct process_size {
    size_t mapped, resident, peak;
} ProcessSize;
void platform_size(ProcessSize *size);

/* The C library's allocator: bytes got from the system by brk and by mappings for single blocks; of the first, in use
 * and free, and free at the upper end. */
typedef struct malloc_size {
    size_t system, single, single_count, live, free, top;
} MallocSize;
void platform_malloc(MallocSize *size);
/* Usable bytes of a block from malloc. */
size_t platform_malloc_usable(void *block);

#define KERNEL_LOW 0xffff800000000000ull /* where the kernel's half of the address space begins */

#endif
