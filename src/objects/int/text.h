/* Text of numbers: helpers shared by int, float and complex. */
#ifndef LIMPID_OBJECTS_INT_TEXT_H
#define LIMPID_OBJECTS_INT_TEXT_H

#include "Python.h"

/* The text of a str with decimal digits and white space of any script as ASCII, and '?' for other characters outside ASCII.
 * Points into `str` when that is ASCII; otherwise into *owned, which the caller frees with PyMem_Free.  NUL-terminated. */
const char *number_text(PyObject *str, Py_ssize_t *size, char **owned);
/* A new ASCII str of n bytes; NULL with MemoryError set. */
PyObject *ascii_str(const char *text, Py_ssize_t n);
/* Decimal digits of v at the end of a buffer of 20 bytes; returns their start. */
char *u64_to_decimal(uint64_t v, char *end);

#endif
