/* The place that allocates now: the stack of Python lines, as a node of a tree whose parent is the line that called.
 *
 * Places and the texts that name them are numbered from 1 in the order in which they are met, and never change: who
 * tells of them remembers how far it has told.  Tables are from malloc. */
#ifndef LIMPID_SEE_PLACES_H
#define LIMPID_SEE_PLACES_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t parent, function, file, line; /* function and file are numbers of texts; 0 is none */
} Place;

/* The tables are there while somebody uses them.  Beyond `most` places (the largest that a user asked for) a new stack
 * is told by its innermost line alone.  0, or -1 without memory. */
int places_open(uint32_t most);
void places_close(void);

/* The number of the place that the running thread stands on; 0: no Python code runs.  A site of memory/log.h. */
uint32_t places_now(void);
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

#endif
