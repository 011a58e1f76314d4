/* The interpreter lock: one thread runs Python at a time, and hands over when another has waited 5 ms. */
#ifndef LIMPID_VM_GIL_H
#define LIMPID_VM_GIL_H

#include "Python.h"

/* Waits for the lock and makes t the current thread. */
void gil_take(PyThreadState *t);
/* Gives the lock up; afterwards there is no current thread. */
void gil_release(PyThreadState *t);
/* Called at a check of the VM when another thread asked: gives up and takes again.  Nonzero when it did. */
int gil_yield_if_asked(PyThreadState *t);
/* Makes t, or nobody, the current thread state of the thread that holds the lock. */
void gil_swap(PyThreadState *t);
/* Puts an interpreter into the list of all, or takes it out. */
void gil_link_interpreter(PyInterpreterState *interp);
void gil_unlink_interpreter(PyInterpreterState *interp);
/* In the child after fork: the lock is held by t, nobody waits. */
void gil_after_fork(PyThreadState *t);

/* Seconds a thread waits before it asks the holder to hand over (sys.getswitchinterval). */
double gil_interval(void);
void gil_set_interval(double seconds);


#endif
