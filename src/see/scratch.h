/* Arrays that grow in pages of their own: what the observer writes down lies neither in the observed heap nor in
 * malloc's. */
#ifndef LIMPID_SEE_SCRATCH_H
#define LIMPID_SEE_SCRATCH_H

#include <stddef.h>

typedef struct scratch {
    char *base;
    size_t used, room; /* bytes */
} Scratch;

/* Room for `bytes` more behind what is used (which may move); NULL when the system has none. */
void *scratch_add(Scratch *s, size_t bytes);
/* Gives the pages back; the array is empty then. */
void scratch_free(Scratch *s);

/* Items of an array of one type. */
#define SCRATCH_ITEMS(s, type) ((type *)(void *)(s)->base)
#define SCRATCH_COUNT(s, type) ((s)->used / sizeof(type))

#endif
