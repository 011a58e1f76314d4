/* The built-in iterators that loops step through without a call. */
#ifndef LIMPID_VM_ITERATORS_H
#define LIMPID_VM_ITERATORS_H

#include "Python.h"
#include "objects/range.h"

/* Iterators of lists and tuples: the next index, and the sequence (owned), NULL when exhausted. */
typedef struct {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *sequence;
} SequenceIter;

extern PyTypeObject PyListIter_Type, PyTupleIter_Type;

#endif
