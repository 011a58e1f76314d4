/* Warnings: the filters, and what module _warnings shares with the library's warnings.py. */
#ifndef LIMPID_RUNTIME_WARNINGS_H
#define LIMPID_RUNTIME_WARNINGS_H

#include "Python.h"

typedef struct warnings_state {
    PyObject *filters;        /* list of (action, message, category, module, lineno) */
    PyObject *once_registry;  /* dict */
    PyObject *default_action; /* str */
    long filters_version;     /* grows when the filters change: registries older than it are cleared */
} WarningsState;

/* The interpreter's state of warnings, made at first use; NULL with an exception. */
WarningsState *warnings_state(void);
/* Issues a warning as warnings.warn() does; 0, or -1 with an exception. */
int warnings_warn(PyObject *category, PyObject *message, Py_ssize_t stack_level, PyObject *source);
/* As warnings.warn_explicit(); module, registry, source_line and source may be NULL.  New None, or NULL. */
PyObject *warnings_warn_explicit(PyObject *category, PyObject *message, PyObject *filename, int line, PyObject *module,
                                 PyObject *registry, PyObject *source_line, PyObject *source);
/* The class that warn(message, category) means, borrowed; NULL with TypeError. */
PyObject *warnings_category(PyObject *message, PyObject *category);

#endif
