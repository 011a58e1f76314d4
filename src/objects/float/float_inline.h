/* Fast paths on floats for callers that sit in hot loops. */
#ifndef LIMPID_OBJECTS_FLOAT_FLOAT_INLINE_H
#define LIMPID_OBJECTS_FLOAT_FLOAT_INLINE_H

#include "Python.h"
#include "memory/memory.h"

static inline int float_is_exact(PyObject *o) { return Py_IS_TYPE(o, &PyFloat_Type); }
static inline double float_value(PyObject *o) { return ((PyFloatObject *)o)->ob_fval; }

/* New float; NULL with MemoryError set. */
static inline PyObject *float_from_double(double v)
{
    PyFloatObject *o = (PyFloatObject *)object_alloc(sizeof(PyFloatObject));
    if (!o)
        return PyErr_NoMemory();
    Py_SET_TYPE(o, &PyFloat_Type);
    Py_SET_REFCNT(o, 1);
    o->ob_fval = v;
    return (PyObject *)o;
}

/* Overwrites an exact float that has one reference, the caller's. */
static inline void float_reuse(PyObject *o, double v) { ((PyFloatObject *)o)->ob_fval = v; }

#endif
