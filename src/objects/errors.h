/* What the runtime uses of the pending exception beyond the C API. */
#ifndef LIMPID_OBJECTS_ERRORS_H
#define LIMPID_OBJECTS_ERRORS_H

#include "Python.h"

/* (type, value, traceback) of an exception being handled, None three times if none; new, NULL with an exception set. */
PyObject *_PyErr_StackItemToExcInfoTuple(_PyErr_StackItem *item);
/* Gives the pending exception `item`'s exception (or the one being handled) as context. */
void _PyErr_ChainStackItem(_PyErr_StackItem *item);

#endif
