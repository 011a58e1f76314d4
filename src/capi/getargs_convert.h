/* One format unit of an argument format: from a Python object to C variables. */
#ifndef LIMPID_CAPI_GETARGS_CONVERT_H
#define LIMPID_CAPI_GETARGS_CONVERT_H

#include "Python.h"
#include <stdarg.h>

/* What must be undone when a later argument is refused. */
typedef struct cleanup {
    void *item;
    void (*undo)(void *item, void *function);
    void *function;
} Cleanup;

/* A walk over format and C variables. */
typedef struct conversion {
    const char *format; /* the next unit */
    va_list va;         /* the next variable */
    int clean_sizes;    /* '#' lengths are Py_ssize_t; otherwise '#' is refused */
    int count, room;
    Cleanup *cleanups, few[8];
    char message[256];  /* why the last argument was refused, if no exception is set */
    int levels[32];     /* where in nested sequences; ends with 0 */
} Conversion;

void conversion_start(Conversion *c, const char *format, va_list va, int clean_sizes);
/* Undoes everything if ok is 0; then frees the walk's own memory.  Returns ok. */
int conversion_end(Conversion *c, int ok);

/* Converts arg (borrowed) by the next unit and goes past it; with arg NULL only goes past it.
 * 0, or -1: an exception is set, or else c->message says what was expected. */
int convert_item(Conversion *c, PyObject *arg);
/* Sets the exception of a refused argument, the index-th (from 1; 0: the only one), unless one is set. */
void conversion_error(Conversion *c, int index, const char *fname, const char *custom);
/* The format is at its end (or at the function's name). */
static inline int format_at_end(const char *f) { return *f == '\0' || *f == ';' || *f == ':'; }

#endif
