/* Making and ending interpreters and threads (state.c); the structures themselves stand in memory/state.h. */
#ifndef LIMPID_RUNTIME_STATE_H
#define LIMPID_RUNTIME_STATE_H

#include "memory/state.h"

/* A new interpreter without threads; the first is the main one.  NULL without memory. */
PyInterpreterState *interp_new(void);
void interp_free(PyInterpreterState *interp);
/* Binds a thread state made by another thread to the calling thread. */
void thread_bind(PyThreadState *t);
/* Threads of the current interpreter beside the calling one. */
int thread_count_others(void);

#endif
