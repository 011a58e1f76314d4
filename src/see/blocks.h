/* The blocks of the heap as data; and names of types. */
#ifndef LIMPID_SEE_BLOCKS_H
#define LIMPID_SEE_BLOCKS_H

#include "Python.h"

/* The type of a list of blocks. */
extern PyType_Spec see_blocks_spec;
/* "module.qualname", without "builtins."; new, NULL with an exception set.  Runs no Python code. */
PyObject *see_type_name(PyTypeObject *type);

#endif
