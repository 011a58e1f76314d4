/* The C stack of a thread that waits: its frames from saved registers on, by the unwinding tables (.eh_frame) of
 * program and libraries.  Nothing is allocated; memory is only read between the bounds of the stack.  Known for x86-64;
 * elsewhere no frame is found. */
#ifndef LIMPID_SEE_UNWIND_H
#define LIMPID_SEE_UNWIND_H

#include "memory/stack.h"

#include <stddef.h>
#include <stdint.h>

typedef struct c_frame {
    uintptr_t pc;       /* of the next instruction */
    uintptr_t sp;       /* the stack pointer in this function */
    uintptr_t cfa;      /* and before its return address was pushed: where the frame ends */
    uintptr_t function; /* where the piece of code begins that has its table entry; 0: it has none */
} CFrame;

/* The rules of places that were met before, for who unwinds often: good as long as no library is taken out. */
typedef struct unwind_cache UnwindCache;
UnwindCache *unwind_cache_new(void); /* NULL without memory */
void unwind_cache_free(UnwindCache *cache);

/* Calls visit for each frame from the innermost on, until its result is not 0, the tables end, or the stack does; the
 * number of frames.  The cache may be NULL. */
int unwind_frames(const CContext *from, uintptr_t low, uintptr_t high, UnwindCache *cache,
                  int (*visit)(const CFrame *, void *), void *arg);

/* The name of the function that an address lies in, from the symbol table of its program or library, which is looked up
 * in its file; "" when it has none.  `file`: that program's or library's; may be NULL. */
void symbol_name(uintptr_t pc, char *name, size_t size, const char **file);
/* Closes the files that symbol_name has mapped. */
void symbol_forget(void);

#endif
