/* References that C code holds outside of objects: caches, tables, state of threads and of the interpreter.
 *
 * Each part of the runtime that keeps such references has a function in the table runtime/roots.def that tells them, so
 * that a reference count can be balanced and a path to an object has a beginning.  Frames that run are told apart
 * (see/graph.c). */
#ifndef LIMPID_MEMORY_ROOTS_H
#define LIMPID_MEMORY_ROOTS_H

#include "Python.h"

/* A counted reference to target (not NULL).  label is static text; index is -1 or says which of several; name, or NULL,
 * says it better than an index (a borrowed str). */
typedef void (*RootVisit)(PyObject *target, const char *label, Py_ssize_t index, PyObject *name, void *arg);

static inline void root_tell(RootVisit visit, void *arg, PyObject *target, const char *label, Py_ssize_t index)
{
    if (target != NULL)
        visit(target, label, index, NULL, arg);
}

/* Calls visit for every root of the runtime; nothing is allocated and no Python code runs. */
void roots_visit(RootVisit visit, void *arg);

#endif
