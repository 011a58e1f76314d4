/* What the files of _csv share. */
#ifndef LIMPID_MODULES_CSV_CSV_H
#define LIMPID_MODULES_CSV_CSV_H

#include "Python.h"
#include "memory/state.h"
#include "objects/names.h"

#define NO_CHAR ((Py_UCS4)-1) /* a character of a dialect that is not set */

enum quoting { QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE };

typedef struct {
    PyObject_HEAD char doublequote, skipinitialspace, strict; /* bool */
    int quoting;
    Py_UCS4 delimiter, quotechar, escapechar;
    PyObject *lineterminator; /* a str */
} Dialect;
extern PyTypeObject Dialect_Type, Reader_Type, Writer_Type;
#define csv_error KEPT(csv_error_type)
#define csv_dialects KEPT(csv_registry)
extern long csv_field_limit;

/* The dialect of a name, a Dialect or anything with its attributes, kwargs over it: new reference. */
Dialect *dialect_make(PyObject *given, PyObject *kwargs);
PyObject *dialect_registered(PyObject *name); /* new reference */

PyObject *csv_reader(PyObject *module, PyObject *args, PyObject *kwargs);
PyObject *csv_writer(PyObject *module, PyObject *args, PyObject *kwargs);

#endif
