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

#if defined(__x86_64__)
/* Notes the registers of the running function. */
static inline __attribute__((always_inline)) void c_context_save(CContext *c)
{
    __asm__ volatile("leaq 0f(%%rip), %%rax\n0:\n\tmovq %%rax, 0(%0)\n\tmovq %%rsp, 8(%0)\n\tmovq %%rbx, 16(%0)\n\t"
                     "movq %%rbp, 24(%0)\n\tmovq %%r12, 32(%0)\n\tmovq %%r13, 40(%0)\n\tmovq %%r14, 48(%0)\n\t"
                     "movq %%r15, 56(%0)"
                     :
                     : "r"(c)
                     : "rax", "memory");
}
/* Notes those of the caller of the running function, of which this must be the first statement. */
static inline __attribute__((always_inline)) void c_context_save_caller(CContext *c)
{
    uintptr_t *frame = __builtin_frame_address(0);
    __asm__ volatile("movq %%rbx, 16(%0)\n\tmovq %%r12, 32(%0)\n\tmovq %%r13, 40(%0)\n\tmovq %%r14, 48(%0)\n\t"
                     "movq %%r15, 56(%0)"
                     :
                     : "r"(c)
                     : "memory");
    c->bp = frame[0];
    c->pc = frame[1];
    c->sp = (uintptr_t)(frame + 2);
}
#else
#define c_context_save(c) ((void)(c))
#define c_context_save_caller(c) ((void)(c))
#endif

/* Sets c_stack_limit of `t` from the calling thread's stack (pthread_getattr_np, RLIMIT_STACK). */
void c_stack_measure(ThreadState *t);

/* 0, or -1 with RecursionError "maximum recursion depth exceeded%s" set; `where` begins with a blank, as in
 * " while calling a Python object".  Does not count: nothing to leave. */
int c_stack_check(const char *where);

#endif
