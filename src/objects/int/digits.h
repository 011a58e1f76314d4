/* Kernels on magnitudes: little-endian arrays of 30-bit digits, as an int object stores them.
 *
 * Nothing here knows objects or signs.  Sizes are in digits; "normalised" means that the highest digit is not zero.
 * The large operations go to GMP (gmp.h) when it is there, and to the schoolbook and Karatsuba methods of digits.c otherwise.
 * Functions that need scratch memory return -1 with MemoryError set when there is none. */
#ifndef LIMPID_OBJECTS_INT_DIGITS_H
#define LIMPID_OBJECTS_INT_DIGITS_H

#include "Python.h"

#define DIGIT_BITS PyLong_SHIFT
#define DIGIT_MASK PyLong_MASK
#define GMP_CUTOFF 14        /* digits of the smaller operand from which GMP pays, conversion included */
#define KARATSUBA_CUTOFF 70  /* the same for Karatsuba over schoolbook, when there is no GMP */

/* Number of digits without leading zeros. */
static inline Py_ssize_t digits_trim(const digit *a, Py_ssize_t n)
{
    while (n > 0 && a[n - 1] == 0)
        n--;
    return n;
}
static inline int digit_bit_length(digit d) { return d ? 32 - __builtin_clz(d) : 0; }

/* -1, 0, 1 as a <, ==, > b; both normalised. */
int digits_compare(const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
/* r = a + b, na >= nb; r has na + 1 digits and may be a.  Returns the carry digit, also stored. */
digit digits_add(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
/* r = a - b, a >= b; r has na digits and may be a. */
void digits_sub(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
/* r = a << shift; r has na + shift / 30 + 1 digits, and must not overlap a. */
void digits_shift_left(digit *r, const digit *a, Py_ssize_t na, size_t shift);
/* r = a >> shift; r has na - shift / 30 digits, and must not overlap a unless it starts there. */
void digits_shift_right(digit *r, const digit *a, Py_ssize_t na, size_t shift);
/* r = a * b; r has na + nb digits and overlaps neither. */
int digits_mul(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
/* q = a / d (na digits; may be a); returns the remainder. */
digit digits_divrem1(digit *q, const digit *a, Py_ssize_t na, digit d);
/* q = a / b with na - nb + 1 digits, r = a % b with nb digits; na >= nb >= 2, b normalised; q may be NULL. */
int digits_divrem(digit *q, digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);

#endif
