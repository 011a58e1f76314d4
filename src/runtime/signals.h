/* Signals: the C handler only notes them; the main thread runs the Python handlers at its next check. */
#ifndef LIMPID_RUNTIME_SIGNALS_H
#define LIMPID_RUNTIME_SIGNALS_H

#include "Python.h"

#define SIGNAL_COUNT 65

/* SIGPIPE and SIGXFSZ are ignored, SIGINT raises KeyboardInterrupt; 0 or -1. */
int signals_init(void);
/* Puts every handler back to the system's default and forgets the Python ones. */
void signals_fini(void);
/* The Python handler of a signal: a callable, SIG_DFL or SIG_IGN as int, or None when C code set it.  Borrowed. */
PyObject *signal_handler(int number);
/* Sets handler and disposition; 0, or -1 with an exception.  SIG_DFL and SIG_IGN are the ints 0 and 1. */
int signal_set(int number, PyObject *handler);
/* Has the main thread call a C function at its next check after each arrival, until Python code sets a handler. */
void signal_set_native(int number, void (*function)(void));
int signal_wakeup_fd(void);
void signal_set_wakeup_fd(int fd, int warn_full);
/* Acts as if the signal had arrived. */
void signal_trip(int number);
/* The main thread calls PyErr_CheckSignals soon; from any thread. */
void signals_ask_check(void);
/* In the child after fork: pending signals belong to the parent. */
void signals_after_fork(void);

/* atexit.c: calls the registered functions, newest first; errors are reported as unraisable. */
void atexit_run(void);
#endif
