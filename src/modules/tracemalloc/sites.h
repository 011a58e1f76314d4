/* The places that ask for memory: stacks of (file name, line), each stored once and known by a number. */
#ifndef LIMPID_MODULES_TRACEMALLOC_SITES_H
#define LIMPID_MODULES_TRACEMALLOC_SITES_H

#include "Python.h"

#define MAX_FRAMES 65535

typedef struct {
    PyObject *filename; /* str, owned */
    unsigned line;
} SiteFrame;

typedef struct {
    uint32_t hash;
    uint16_t count, total; /* frames kept, innermost first; frames that there were */
    PyObject *tuple;       /* of (filename, line) pairs, when it was asked for; or NULL */
    SiteFrame frames[];
} Site;

/* How many frames of a stack are kept. */
void sites_set_limit(int frames);
int sites_limit(void);
/* The number of where the running thread stands (a TraceSite); 0 if it cannot be recorded. */
uint32_t site_here(void);
/* A code object is being destroyed: its instructions may be followed by others at their addresses. */
void sites_code_gone(void);
/* Nothing is recorded between these: what is allocated then is the tracer's own. */
void sites_pause(void);
void sites_resume(void);
const Site *site_get(uint32_t number);
/* The tuple of frames (borrowed); NULL with MemoryError. */
PyObject *site_tuple(uint32_t number);
/* Forgets all; no block may have a site any more. */
void sites_clear(void);
size_t sites_overhead(void);

#endif
