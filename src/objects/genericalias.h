/* What list[int] and int | str share (genericalias.c): type parameters and their substitution. */
#ifndef LIMPID_OBJECTS_GENERICALIAS_H
#define LIMPID_OBJECTS_GENERICALIAS_H

#include "Python.h"

/* The type variables in a tuple of arguments, in order of first use, as a new tuple. */
PyObject *alias_parameters(PyObject *args);
/* `args` with `parameters` replaced by what `item` (an argument or a tuple of them) gives, as a new tuple; self for messages. */
PyObject *alias_substitute(PyObject *self, PyObject *args, PyObject *parameters, PyObject *item);
/* Text of one type argument, as a new str. */
PyObject *alias_item_repr(PyObject *item);

#endif
