/* Printing exceptions and tracebacks, to the letter of CPython's own. */
#ifndef LIMPID_RUNTIME_TRACEBACK_H
#define LIMPID_RUNTIME_TRACEBACK_H

#include "Python.h"

/* A destination with the margin that exception groups draw. */
typedef struct printer {
    PyObject *file;      /* borrowed */
    int depth;           /* nesting of exception groups */
    int need_close;      /* the innermost group still needs its closing line */
    PyObject *seen;      /* set of ids of the exceptions printed, against cycles; owned */
} Printer;

/* Writes a str (stolen; NULL with an exception is passed on), each line behind the margin; margin '|' or '+'.  0 or -1. */
int printer_emit(Printer *p, PyObject *text, char margin);
/* Drops the pending exception, for what can be left out of a message; lack of memory is told on stderr. */
void printer_forgive(void);
/* sys.tracebacklimit as a count from 0 on, or the default. */
long traceback_limit(void);
/* Prints the entries of a traceback without the heading.  0 or -1. */
int traceback_print_entries(Printer *p, PyObject *traceback, long limit);
/* The line of a source file (1-based, without its end), new str; None when it cannot be had. */
PyObject *source_line(PyObject *filename, int line);
/* " Did you mean: 'x'?" for NameError and AttributeError, new str; NULL, with or without an exception (cleared by the
 * caller), when there is nothing to suggest. */
PyObject *exception_suggestion(PyObject *exception);
/* Prints an exception with its chain to a file; nothing is pending afterwards. */
void _PyErr_Display(PyObject *file, PyObject *type, PyObject *value, PyObject *traceback);

#endif
