/* Fast paths on ints for callers that sit in hot loops (the VM, range, itertools).
 *
 * "Small" here means at most one 30-bit digit, |v| < 2**30: the value is then one load and one multiplication away.
 * Ints of -5..256 are shared and immortal; int_from_i64 gives those, so `is` means what it means in CPython. */
#ifndef LIMPID_OBJECTS_INT_INT_INLINE_H
#define LIMPID_OBJECTS_INT_INT_INLINE_H

#include "Python.h"
#include "memory/memory.h"

#define INT_SHARED_MIN (-5)
#define INT_SHARED_MAX 256
extern PyLongObject int_shared[INT_SHARED_MAX - INT_SHARED_MIN + 1];

/* One object for values of up to two digits: allocated with room for two, as the allocator's class has it anyway. */
#define INT_SMALL_BYTES (sizeof(PyVarObject) + 2 * sizeof(digit))

/* o is exactly an int of at most one digit. */
static inline int int_is_small(PyObject *o)
{
    return Py_IS_TYPE(o, &PyLong_Type) && (size_t)Py_SIZE(o) + 1 <= 2;
}
/* The value of an int (or a subclass) of at most one digit. */
static inline int64_t int_small_value(PyObject *o)
{
    return (int64_t)Py_SIZE(o) * ((PyLongObject *)o)->ob_digit[0];
}
static inline int int_is_shared_value(int64_t v)
{
    return (uint64_t)(v - INT_SHARED_MIN) <= INT_SHARED_MAX - INT_SHARED_MIN;
}
static inline PyObject *int_shared_value(int64_t v)
{
    PyObject *o = (PyObject *)&int_shared[v - INT_SHARED_MIN];
    Py_INCREF(o);
    return o;
}

/* New reference to the int v; NULL with MemoryError set.  Any 64-bit value. */
PyObject *int_from_i64_slow(int64_t v);

static inline PyObject *int_from_i64(int64_t v)
{
    if (int_is_shared_value(v))
        return int_shared_value(v);
    uint64_t magnitude = v < 0 ? -(uint64_t)v : (uint64_t)v;
    if (magnitude >> 60)
        return int_from_i64_slow(v);
    PyLongObject *o = (PyLongObject *)object_alloc(INT_SMALL_BYTES);
    if (!o)
        return PyErr_NoMemory();
    Py_SET_TYPE(o, &PyLong_Type);
    Py_SET_REFCNT(o, 1);
    Py_ssize_t n = magnitude >> PyLong_SHIFT ? 2 : 1;
    Py_SET_SIZE(o, v < 0 ? -n : n);
    o->ob_digit[0] = (digit)(magnitude & PyLong_MASK);
    o->ob_digit[1 & (n - 1)] = (digit)(n == 2 ? magnitude >> PyLong_SHIFT : magnitude);
    return (PyObject *)o;
}

/* Overwrites `o`, an unshared int object of one reference, with v when |v| < 2**30 and v is not a shared value; 0 if it cannot. */
static inline int int_reuse(PyObject *o, int64_t v)
{
    if (int_is_shared_value(v) || v <= -(1LL << 30) || v >= 1LL << 30)
        return 0;
    Py_SET_SIZE(o, v < 0 ? -1 : 1);
    ((PyLongObject *)o)->ob_digit[0] = (digit)(v < 0 ? -v : v);
    return 1;
}

/* Value of an exact or derived int of up to two digits in *v; 0 if it is larger. */
static inline int int_as_i60(PyObject *o, int64_t *v)
{
    Py_ssize_t n = Py_SIZE(o);
    digit *d = ((PyLongObject *)o)->ob_digit;
    switch (n) {
    case 0: *v = 0; return 1;
    case 1: *v = d[0]; return 1;
    case -1: *v = -(int64_t)d[0]; return 1;
    case 2: *v = (int64_t)(d[0] | (uint64_t)d[1] << PyLong_SHIFT); return 1;
    case -2: *v = -(int64_t)(d[0] | (uint64_t)d[1] << PyLong_SHIFT); return 1;
    default: return 0;
    }
}

#endif
