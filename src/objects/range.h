/* range objects and their iterators, with the layout that the VM's loops read. */
#ifndef LIMPID_OBJECTS_RANGE_H
#define LIMPID_OBJECTS_RANGE_H

#include "Python.h"
#include "objects/int/int_inline.h"

typedef struct {
    PyObject_HEAD
    PyObject *start, *stop, *step;  /* exact ints */
    PyObject *length;               /* exact int, >= 0 */
} RangeObject;

/* Iterates while everything fits 64 bits: item i is start + i * step. */
typedef struct {
    PyObject_HEAD
    int64_t start, step, length, index;
} RangeIter;

extern PyTypeObject PyRangeIter_Type, PyLongRangeIter_Type;

/* The next value in *v, 0 when exhausted. */
static inline int range_iter_next(RangeIter *it, int64_t *v)
{
    if (it->index >= it->length)
        return 0;
    *v = (int64_t)((uint64_t)it->start + (uint64_t)it->index++ * (uint64_t)it->step);
    return 1;
}

#endif
