/* GMP behind the magnitudes of large ints: opened on first need, never required.
 *
 * Digits of 30 bits are packed into 64-bit limbs, handed to the mpn layer, and unpacked.  Every function here may be called
 * only after gmp_available() said yes; -1 means MemoryError, set. */
#ifndef LIMPID_OBJECTS_INT_GMP_H
#define LIMPID_OBJECTS_INT_GMP_H

#include "Python.h"

/* Nonzero when the library could be opened (tried once per process). */
int gmp_available(void);
/* r = a * b; r has na + nb digits. */
int gmp_mul(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
/* q = a / b (na - nb + 1 digits, or NULL), r = a % b (nb digits). */
int gmp_divrem(digit *q, digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
/* r = base ** exponent % modulus, r has nm digits; the modulus is not zero. */
int gmp_powmod(digit *r, const digit *base, Py_ssize_t nb, const digit *exponent, Py_ssize_t ne, const digit *modulus,
               Py_ssize_t nm);
/* r = gcd(a, b), r has min(na, nb) digits; both nonzero. */
int gmp_gcd(digit *r, const digit *a, Py_ssize_t na, const digit *b, Py_ssize_t nb);
/* r = floor(sqrt(a)), r has (na + 1) / 2 digits. */
int gmp_isqrt(digit *r, const digit *a, Py_ssize_t na);
/* Writes a in base 10 as ASCII to text (room for digits_in_decimal(na) characters), without leading zeros; its length, or -1. */
Py_ssize_t gmp_to_decimal(char *text, const digit *a, Py_ssize_t na);
/* r (nr digits, zero-filled above) = the number of n digit values (0..base-1, most significant first) in `base`. */
int gmp_from_text(digit *r, Py_ssize_t nr, const unsigned char *values, Py_ssize_t n, int base);

#endif
