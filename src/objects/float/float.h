/* float: what its files share. */
#ifndef LIMPID_OBJECTS_FLOAT_FLOAT_H
#define LIMPID_OBJECTS_FLOAT_FLOAT_H

#include "objects/float/float_inline.h"

extern PyMethodDef float_methods[];
extern PyNumberMethods float_as_number;
/* Nearest int to v, ties to even. */
PyObject *float_round_to_int(double v);
/* float.__format__ (int/format.c). */
PyObject *float_format(PyObject *self, PyObject *spec);
/* Reads the whole of text (size bytes, NUL-terminated) as a float with underscores; 0, or -1 without an error set when malformed,
 * -2 with MemoryError. */
int float_from_ascii(const char *text, Py_ssize_t size, double *out);

#endif
