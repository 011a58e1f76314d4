/* Ints: what the files of this folder share, and what other built-in code may use beyond the C API.
 *
 *   int.c      the type, its constructor and methods        convert.c  C integers, doubles and bytes <-> int
 *   arith.c    operators                                    text.c     text <-> int
 *   digits.c   kernels on magnitudes                        gmp.c      the same, by GMP
 *   bool.c     bool                                         format.c   the format mini-language of numbers
 *
 * INT-1  the highest digit of an int is not zero; the sign of ob_size is the sign of the number.
 * INT-2  a value of -5..256 of exact type int is the shared object. */
#ifndef LIMPID_OBJECTS_INT_INT_H
#define LIMPID_OBJECTS_INT_INT_H

#include "Python.h"
#include "objects/int/int_inline.h"

static inline Py_ssize_t int_ndigits(const PyLongObject *v) { Py_ssize_t n = Py_SIZE(v); return n < 0 ? -n : n; }
static inline int int_negative(const PyLongObject *v) { return Py_SIZE(v) < 0; }

/* Trims leading zero digits, sets the sign, and swaps in the shared object; steals v (which may be NULL), returns new. */
PyObject *int_finish(PyLongObject *v, int negative);
/* Exact int with the value of v, which may be of a subclass; new reference. */
PyObject *int_exact(PyObject *v);
/* int(text) for ASCII text of known length; NULL with ValueError naming `shown` (borrowed) in its message. */
PyObject *int_from_text(const char *text, Py_ssize_t size, int base, PyObject *shown);
/* Compares ints: -1, 0, 1. */
int int_compare(PyLongObject *a, PyLongObject *b);
/* Text of v in `base` (2, 8, 10, 16; a prefix with alternate, never for 10) as a new str. */
PyObject *int_to_text(PyObject *v, int base, int alternate);
PyObject *int_repr(PyObject *v);
/* floor(sqrt(v)) of a non-negative int. */
PyObject *int_isqrt(PyObject *v);
/* The limit on decimal text, in digits; 0 is no limit. */
int int_max_str_digits(void);
/* 1 and the sign, if the double cannot be an int: sets the error of int(inf) and int(nan). */
int int_check_finite(double d);

/* slots (arith.c) that int.c puts into the type */
extern PyNumberMethods int_as_number;
PyObject *int_richcompare(PyObject *a, PyObject *b, int op);
Py_hash_t int_hash(PyObject *v);
PyObject *int_format(PyObject *self, PyObject *spec);

#endif
