/* The place that allocates now: the stack of Python lines, as a node of a tree whose parent is the line that called.
 *
 * Places and the texts that name them are numbered from 1 in the order in which they are met, and never change: who
 * tells of them remembers how far it has told.  Tables are from malloc. */
#ifndef LIMPID_SEE_PLACES_H
#define LIMPID_SEE_PLACES_H

#include "memory/pool.h"
#include "vm/frame.h"

typedef struct {
    uint32_t parent, function, file, line; /* function and file are numbers of texts; 0 is none */
} Place;

/* The tables are there while somebody uses them.  Beyond `most` places (the largest that a user asked for) a new stack
 * is told by its innermost line alone.  0, or -1 without memory. */
int places_open(uint32_t most);
void places_close(void);

/* The number of the place that the running thread stands on; 0: no Python code runs.  A site of memory/log.h. */
uint32_t places_now(void);
/* The same when places_at_once does not know. */
uint32_t places_find(void);
/* A code object is being destroyed: its instructions may be followed by others at their addresses. */
void places_forget_code(void *code);
/* The number of a place that is given; its parent's without memory. */
uint32_t places_number(const Place *place);
uint32_t places_count(void);
const Place *places_get(uint32_t number);

/* The number of a text (UTF-8); 0 without memory. */
uint32_t places_text_number(const char *text, size_t length);
uint32_t places_text_count(void);
const char *places_text(uint32_t number, size_t *length);

/* ---- the way that is nearly always gone ---- */

#define FRAME_SEEN 2                            /* in Frame.complete */
#define PLACES_NO_FRAME ((Frame *)(uintptr_t)1) /* not NULL: the thread may have none */
#define PLACES_CACHE 8192                       /* a power of two */

typedef struct {
    Inst *ip;
    uint32_t context, number;
} PlaceCached;

typedef struct {
    Frame *frame;     /* SHADOW-3 in places.c */
    uint32_t context; /* number of the place that called it */
    uintptr_t mix;    /* for the cache, made of it */
    PlaceCached *cache;
} PlacesTop;
extern PlacesTop places_top;

static inline uintptr_t places_mix(uint32_t context) { return (uintptr_t)context * 0x9e3779b1u * sizeof(PlaceCached); }
static inline PlaceCached *places_cached(const Inst *ip, uintptr_t mix)
{
    uintptr_t at = ((uintptr_t)ip ^ mix) & ((PLACES_CACHE - 1) * sizeof(PlaceCached));
    return (PlaceCached *)((char *)places_top.cache + at);
}

/* What is remembered of the place that the running thread stands on; NULL: nothing, ask places_find. */
static inline const PlaceCached *places_at_once(void)
{
    const Frame *f = thread_current()->frame;
    if (LIMPID_UNLIKELY(f != places_top.frame || !(f->complete & FRAME_SEEN)))
        return NULL;
    const PlaceCached *c = places_cached(f->ip, places_top.mix);
    return LIMPID_LIKELY(c->ip == f->ip && c->context == places_top.context) ? c : NULL;
}

#endif
