/* How long imports take, for -X importtime. */
#ifndef LIMPID_RUNTIME_IMPORT_TIMES_H
#define LIMPID_RUNTIME_IMPORT_TIMES_H

#include "Python.h"

typedef struct {
    _PyTime_t start, inner_before; /* times spent in imports that went before, in the same module */
} ImportTime;

/* Around the search for a module; the second prints a line, whether it was found or not.  Any pending exception stays. */
void import_times_begin(ImportTime *own);
void import_times_end(const ImportTime *own, PyObject *name);

#endif
