/* Functions written in C (cfunction.c). */
#ifndef LIMPID_OBJECTS_CFUNCTION_H
#define LIMPID_OBJECTS_CFUNCTION_H

#include "Python.h"

/* A new tuple of n borrowed objects. */
PyObject *_PyTuple_FromArray(PyObject *const *items, Py_ssize_t n);

#endif
