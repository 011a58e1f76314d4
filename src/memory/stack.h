/* The bound on C recursion: the real distance to the end of the thread's C stack. */
#ifndef LIMPID_MEMORY_STACK_H
#define LIMPID_MEMORY_STACK_H

#include "memory/state.h"

#define C_STACK_RESERVE (128 * 1024)  /* bytes kept free for error handling, signal handlers and libraries */

/* Nonzero when C code must not recurse further.  Cheap: one compare. */
static inline int c_stack_low(void)
{
    char here;
    return &here < thread_current()->c_stack_limit;
}

/* Sets c_stack_limit of `t` from the calling thread's stack (pthread_getattr_np, RLIMIT_STACK). */
void c_stack_measure(ThreadState *t);

/* 0, or -1 with RecursionError "maximum recursion depth exceeded%s" set; `where` begins with a blank, as in
 * " while calling a Python object".  Does not count: nothing to leave. */
int c_stack_check(const char *where);

#endif
