/* Buffered streams for their neighbours, without argument objects. */
#ifndef LIMPID_MODULES_IO_BUFFERED_H
#define LIMPID_MODULES_IO_BUFFERED_H

#include "Python.h"

/* As read1(n) and write() of the built-in types; `o` must be one of them. */
PyObject *buffered_read1(PyObject *o, Py_ssize_t n);
int buffered_write(PyObject *o, const char *data, Py_ssize_t n);

#endif
