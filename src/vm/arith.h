/* Arithmetic on exact ints and floats for the loop: values out of objects, results into objects that nobody else sees.
 *
 * An operand is on the stack (owned, consumed), a local or a constant (borrowed).  A result may overwrite a number object
 * that has one reference, the frame's. */
#ifndef LIMPID_VM_ARITH_H
#define LIMPID_VM_ARITH_H

#include "objects/int/int_inline.h"
#include "objects/float/float_inline.h"

/* The value of an exact int below 2**60 in size: 1, or 0 for a larger one. */
static inline int arith_int(PyObject *o, int64_t *v)
{
    Py_ssize_t n = Py_SIZE(o);
    const digit *d = ((PyLongObject *)o)->ob_digit;
    if (__builtin_expect((size_t)n + 1 <= 2, 1)) {
        *v = n * (int64_t)d[0];
        return 1;
    }
    if (n == 2 || n == -2) {
        int64_t m = (int64_t)d[0] | (int64_t)d[1] << PyLong_SHIFT;
        *v = n < 0 ? -m : m;
        return 1;
    }
    return 0;
}

/* Drops an exact int or float. */
static inline void arith_drop(PyObject *o)
{
    if (--o->ob_refcnt == 0)
        object_free(o);
}

/* Both as doubles when they are floats, or a float and an int below 2**60. */
static inline int arith_doubles(PyObject *a, PyObject *b, double *x, double *y)
{
    int64_t v;
    if (Py_IS_TYPE(a, &PyFloat_Type)) {
        *x = float_value(a);
        if (Py_IS_TYPE(b, &PyFloat_Type)) {
            *y = float_value(b);
            return 1;
        }
        if (Py_IS_TYPE(b, &PyLong_Type) && arith_int(b, &v)) {
            *y = (double)v;
            return 1;
        }
        return 0;
    }
    if (Py_IS_TYPE(b, &PyFloat_Type) && Py_IS_TYPE(a, &PyLong_Type) && arith_int(a, &v)) {
        *x = (double)v;
        *y = float_value(b);
        return 1;
    }
    return 0;
}

static inline int64_t arith_floor_div(int64_t x, int64_t y)
{
    int64_t q = x / y;
    return q - ((x % y != 0) & ((x < 0) != (y < 0)));
}
static inline int64_t arith_mod(int64_t x, int64_t y)
{
    int64_t r = x % y;
    return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

#endif
