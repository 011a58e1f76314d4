/* Exceptions that nobody can catch: raised in a destructor, a callback, a hook. */
#ifndef LIMPID_RUNTIME_UNRAISABLE_H
#define LIMPID_RUNTIME_UNRAISABLE_H

#include "Python.h"

/* sys.unraisablehook's default: prints the UnraisableHookArgs to sys.stderr.  New None, or NULL with TypeError. */
PyObject *unraisable_default_hook(PyObject *args);

#endif
