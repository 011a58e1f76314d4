/* Tracebacks written in an emergency: from a signal handler, or when the runtime is broken.
 *
 * Nothing here allocates, takes locks or changes reference counts; what is read may be in the middle of a change. */
#ifndef LIMPID_RUNTIME_DUMP_H
#define LIMPID_RUNTIME_DUMP_H

#include "Python.h"

/* Writes a C string to a descriptor. */
void dump_text(int fd, const char *text);
/* "Stack (most recent call first):" and the frames of one thread (NULL: none). */
void dump_thread(int fd, PyThreadState *t);
/* The frames of all threads; `current` (or NULL) is called so. */
void dump_threads(int fd, PyInterpreterState *interp, PyThreadState *current);
/* The extension modules that were imported and do not belong to the library, if there are any. */
void dump_extension_modules(int fd, PyInterpreterState *interp);

#endif
