/* The C stacks on which recorded lines run, as numbers: each distinct stack is told once, as its innermost frame and
 * the stack below that (the chunks CFUN and CSTK of docs/recording.md). */
#ifndef LIMPID_SEE_C_STACKS_H
#define LIMPID_SEE_C_STACKS_H

#include "see/journal.h"

typedef struct c_stacks CStacks;

/* NULL without memory. */
CStacks *c_stacks_new(Journal *journal);
void c_stacks_free(CStacks *c);
/* The stack of the calling thread, from the function that runs Python frames down; 0 if it is not known, or there are
 * too many. */
uint32_t c_stacks_now(CStacks *c);

#endif
