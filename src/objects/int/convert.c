/* C integers, doubles, pointers and byte strings to and from int: PyLong_From*, PyLong_As*, _PyLong_*ByteArray.
 *
 * The conversions to C types accept anything with __index__ (the masks too), refuse what does not fit with OverflowError,
 * and return -1 with the error set. */
#include "objects/int/int.h"
#include "objects/int/digits.h"

#include <float.h>
#include <math.h>

/* ---- from C ------------------------------------------------------------------------------------------------ */

static PyObject *from_u64(uint64_t v, int negative)
{
    if (v <= INT_SHARED_MAX)
        return int_from_i64(negative ? -(int64_t)v : (int64_t)v);
    Py_ssize_t n = v >> 60 ? 3 : v >> 30 ? 2 : 1;
    PyLongObject *o = _PyLong_New(n);
    if (!o)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++, v >>= DIGIT_BITS)
        o->ob_digit[i] = (digit)(v & DIGIT_MASK);
    if (negative)
        Py_SET_SIZE(o, -n);
    return (PyObject *)o;
}

PyObject *int_from_i64_slow(int64_t v) { return from_u64(v < 0 ? -(uint64_t)v : (uint64_t)v, v < 0); }

PyObject *PyLong_FromLong(long v) { return int_from_i64(v); }
PyObject *PyLong_FromLongLong(long long v) { return int_from_i64(v); }
PyObject *PyLong_FromSsize_t(Py_ssize_t v) { return int_from_i64(v); }
PyObject *PyLong_FromUnsignedLong(unsigned long v) { return from_u64(v, 0); }
PyObject *PyLong_FromUnsignedLongLong(unsigned long long v) { return from_u64(v, 0); }
PyObject *PyLong_FromSize_t(size_t v) { return from_u64(v, 0); }
PyObject *PyLong_FromVoidPtr(void *p) { return from_u64((uintptr_t)p, 0); }

int int_check_finite(double d)
{
    if (isinf(d)) {
        PyErr_SetString(PyExc_OverflowError, "cannot convert float infinity to integer");
        return -1;
    }
    if (isnan(d)) {
        PyErr_SetString(PyExc_ValueError, "cannot convert float NaN to integer");
        return -1;
    }
    return 0;
}

PyObject *PyLong_FromDouble(double d)
{
    if (d > -9.2e18 && d < 9.2e18)
        return int_from_i64((int64_t)d);
    if (int_check_finite(d))
        return NULL;
    int exponent;
    double fraction = frexp(fabs(d), &exponent);
    Py_ssize_t n = (exponent - 1) / DIGIT_BITS + 1;
    PyLongObject *o = _PyLong_New(n);
    if (!o)
        return NULL;
    fraction = ldexp(fraction, (exponent - 1) % DIGIT_BITS + 1);
    for (Py_ssize_t i = n; --i >= 0;) {
        digit bits = (digit)fraction;
        o->ob_digit[i] = bits;
        fraction = ldexp(fraction - (double)bits, DIGIT_BITS);
    }
    if (d < 0)
        Py_SET_SIZE(o, -n);
    return (PyObject *)o;
}

/* ---- to C -------------------------------------------------------------------------------------------------- */

/* The magnitude modulo 2**64; *fits says whether that is all of it. */
static uint64_t magnitude_u64(PyLongObject *v, int *fits)
{
    Py_ssize_t n = int_ndigits(v);
    uint64_t r = 0;
    for (Py_ssize_t i = n < 3 ? n : 3; --i >= 0;)
        r = r << DIGIT_BITS | v->ob_digit[i];
    *fits = n < 3 || (n == 3 && v->ob_digit[2] < 16);
    return r;
}

/* Value as int64; *overflow is -1 or 1 when it does not fit. */
static int64_t as_i64(PyLongObject *v, int *overflow)
{
    int fits, negative = int_negative(v);
    uint64_t m = magnitude_u64(v, &fits);
    *overflow = 0;
    if (fits && m <= (uint64_t)INT64_MAX + (uint64_t)negative)
        return (int64_t)(negative ? -m : m);
    *overflow = negative ? -1 : 1;
    return -1;
}

/* New reference to o itself, or to o.__index__(); NULL with TypeError set. */
static PyLongObject *indexed(PyObject *o)
{
    if (!o) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (PyLong_Check(o)) {
        Py_INCREF(o);
        return (PyLongObject *)o;
    }
    return (PyLongObject *)_PyNumber_Index(o);
}

long long PyLong_AsLongLongAndOverflow(PyObject *o, int *overflow)
{
    *overflow = 0;
    PyLongObject *v = indexed(o);
    if (!v)
        return -1;
    long long r = as_i64(v, overflow);
    Py_DECREF(v);
    return r;
}

long PyLong_AsLongAndOverflow(PyObject *o, int *overflow) { return (long)PyLong_AsLongLongAndOverflow(o, overflow); }

static int64_t checked_i64(PyObject *o, const char *message)
{
    int overflow;
    if (o && PyLong_Check(o)) {
        int64_t r = as_i64((PyLongObject *)o, &overflow);
        if (overflow)
            PyErr_SetString(PyExc_OverflowError, message);
        return r;
    }
    int64_t r = PyLong_AsLongLongAndOverflow(o, &overflow);
    if (overflow)
        PyErr_SetString(PyExc_OverflowError, message);
    return r;
}

long PyLong_AsLong(PyObject *o) { return checked_i64(o, "Python int too large to convert to C long"); }
long long PyLong_AsLongLong(PyObject *o) { return checked_i64(o, "int too big to convert"); }

int _PyLong_AsInt(PyObject *o)
{
    int overflow;
    long r = PyLong_AsLongAndOverflow(o, &overflow);
    if (overflow || r > INT_MAX || r < INT_MIN) {
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C int");
        return -1;
    }
    return (int)r;
}

/* An int is required as it is: no __index__. */
static PyLongObject *required_int(PyObject *o)
{
    if (!o)
        PyErr_BadInternalCall();
    else if (PyLong_Check(o))
        return (PyLongObject *)o;
    else
        PyErr_SetString(PyExc_TypeError, "an integer is required");
    return NULL;
}

Py_ssize_t PyLong_AsSsize_t(PyObject *o)
{
    int overflow;
    PyLongObject *v = required_int(o);
    if (!v)
        return -1;
    Py_ssize_t r = as_i64(v, &overflow);
    if (overflow)
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C ssize_t");
    return r;
}

static uint64_t checked_u64(PyObject *o, const char *negative, const char *large)
{
    PyLongObject *v = required_int(o);
    if (!v)
        return (uint64_t)-1;
    int fits;
    uint64_t r = magnitude_u64(v, &fits);
    if (int_negative(v)) {
        PyErr_SetString(PyExc_OverflowError, negative);
        return (uint64_t)-1;
    }
    if (!fits) {
        PyErr_SetString(PyExc_OverflowError, large);
        return (uint64_t)-1;
    }
    return r;
}

unsigned long PyLong_AsUnsignedLong(PyObject *o)
{
    return checked_u64(o, "can't convert negative value to unsigned int",
                       "Python int too large to convert to C unsigned long");
}
unsigned long long PyLong_AsUnsignedLongLong(PyObject *o)
{
    return checked_u64(o, "can't convert negative int to unsigned", "int too big to convert");
}
size_t PyLong_AsSize_t(PyObject *o)
{
    return checked_u64(o, "can't convert negative value to size_t", "Python int too large to convert to C size_t");
}

unsigned long long PyLong_AsUnsignedLongLongMask(PyObject *o)
{
    PyLongObject *v = indexed(o);
    if (!v)
        return (unsigned long long)-1;
    int fits;
    uint64_t r = magnitude_u64(v, &fits);
    if (int_negative(v))
        r = -r;
    Py_DECREF(v);
    return r;
}
unsigned long PyLong_AsUnsignedLongMask(PyObject *o) { return (unsigned long)PyLong_AsUnsignedLongLongMask(o); }

void *PyLong_AsVoidPtr(PyObject *o)
{
    uint64_t r;
    if (PyLong_Check(o) && _PyLong_Sign(o) < 0)
        r = (uint64_t)PyLong_AsLong(o);
    else
        r = PyLong_AsUnsignedLong(o);
    return r == (uint64_t)-1 && PyErr_Occurred() ? NULL : (void *)(uintptr_t)r;
}

time_t _PyLong_AsTime_t(PyObject *o)
{
    int overflow;
    long long r = PyLong_AsLongLongAndOverflow(o, &overflow);
    if (overflow)
        PyErr_SetString(PyExc_OverflowError, "timestamp out of range for platform time_t");
    return (time_t)r;
}
PyObject *_PyLong_FromTime_t(time_t t) { return int_from_i64(t); }

/* ---- converters for PyArg_Parse's "O&" --------------------------------------------------------------------- */

static int convert_unsigned(PyObject *o, uint64_t max, const char *too_large, uint64_t *out)
{
    PyObject *v = _PyNumber_Index(o);
    if (!v)
        return 0;
    if (_PyLong_Sign(v) < 0) {
        PyErr_SetString(PyExc_ValueError, "value must be positive");
        Py_DECREF(v);
        return 0;
    }
    uint64_t r = PyLong_AsUnsignedLongLong(v);
    Py_DECREF(v);
    if ((r == (uint64_t)-1 && PyErr_Occurred()) || r > max) {
        PyErr_SetString(PyExc_OverflowError, too_large);
        return 0;
    }
    *out = r;
    return 1;
}

#define CONVERTER(name, type, max, words)                                                             \
    int name(PyObject *o, void *p)                                                                     \
    {                                                                                                  \
        uint64_t r;                                                                                    \
        if (!convert_unsigned(o, max, "Python int too large to convert to C " words, &r))               \
            return 0;                                                                                  \
        *(type *)p = (type)r;                                                                          \
        return 1;                                                                                      \
    }
CONVERTER(_PyLong_UnsignedShort_Converter, unsigned short, USHRT_MAX, "unsigned short")
CONVERTER(_PyLong_UnsignedInt_Converter, unsigned int, UINT_MAX, "unsigned int")
CONVERTER(_PyLong_UnsignedLong_Converter, unsigned long, ULONG_MAX, "unsigned long")
CONVERTER(_PyLong_UnsignedLongLong_Converter, unsigned long long, ULLONG_MAX, "unsigned long long")
CONVERTER(_PyLong_Size_t_Converter, size_t, SIZE_MAX, "size_t")

/* ---- sizes, doubles ---------------------------------------------------------------------------------------- */

int _PyLong_Sign(PyObject *v) { return Py_SIZE(v) == 0 ? 0 : Py_SIZE(v) < 0 ? -1 : 1; }

size_t _PyLong_NumBits(PyObject *o)
{
    PyLongObject *v = (PyLongObject *)o;
    Py_ssize_t n = int_ndigits(v);
    return n ? (size_t)(n - 1) * DIGIT_BITS + (size_t)digit_bit_length(v->ob_digit[n - 1]) : 0;
}

double _PyLong_Frexp(PyLongObject *v, Py_ssize_t *exponent)
{
    size_t bits = _PyLong_NumBits((PyObject *)v);
    Py_ssize_t n = int_ndigits(v);
    *exponent = (Py_ssize_t)bits;
    if (bits == 0)
        return 0.0;
    /* the leading 64 bits, the lowest of them made sticky, then rounded to 53 by the conversion to double */
    uint64_t top = 0;
    int have = 0;
    Py_ssize_t i = n;
    while (--i >= 0 && have < 64) {
        int width = i == n - 1 ? digit_bit_length(v->ob_digit[i]) : DIGIT_BITS;
        if (have + width <= 64) {
            top = top << width | v->ob_digit[i];
            have += width;
        }
        else {
            int keep = 64 - have, lost = width - keep;
            top = top << keep | v->ob_digit[i] >> lost;
            if (v->ob_digit[i] & ((1u << lost) - 1))
                top |= 1;
            have = 64;
        }
    }
    for (; i >= 0 && have == 64; i--)
        if (v->ob_digit[i]) {
            top |= 1;
            break;
        }
    double r = ldexp((double)top, -have);
    if (r == 1.0) {
        r = 0.5;
        ++*exponent;
    }
    return int_negative(v) ? -r : r;
}

double PyLong_AsDouble(PyObject *o)
{
    if (!o) {
        PyErr_BadInternalCall();
        return -1.0;
    }
    if (!PyLong_Check(o)) {
        PyErr_SetString(PyExc_TypeError, "an integer is required");
        return -1.0;
    }
    int64_t small;
    if (int_as_i60(o, &small))
        return (double)small;
    Py_ssize_t exponent;
    double r = _PyLong_Frexp((PyLongObject *)o, &exponent);
    if (exponent > DBL_MAX_EXP) {
        PyErr_SetString(PyExc_OverflowError, "int too large to convert to float");
        return -1.0;
    }
    return ldexp(r, (int)exponent);
}

/* ---- byte strings ------------------------------------------------------------------------------------------ */

PyObject *_PyLong_FromByteArray(const unsigned char *bytes, size_t n, int little_endian, int is_signed)
{
    const unsigned char *low = little_endian ? bytes : bytes + n - 1;
    Py_ssize_t step = little_endian ? 1 : -1;
    if (n == 0)
        return int_from_i64(0);
    int negative = is_signed && low[(Py_ssize_t)(n - 1) * step] >= 0x80;
    unsigned char filler = negative ? 0xff : 0;
    while (n > 0 && low[(Py_ssize_t)(n - 1) * step] == filler)
        n--;
    if (n == 0)
        return int_from_i64(negative ? -1 : 0);
    if (n > (size_t)PY_SSIZE_T_MAX / 8) {
        PyErr_SetString(PyExc_OverflowError, "byte array too long to convert to int");
        return NULL;
    }
    Py_ssize_t size = (Py_ssize_t)((n * 8 + 1 + DIGIT_BITS - 1) / DIGIT_BITS), k = 0;  /* one bit more for -256**n */
    PyLongObject *v = _PyLong_New(size);
    if (!v)
        return NULL;
    uint64_t acc = 0;
    int bits = 0;
    unsigned carry = 1;
    for (size_t i = 0; i < n; i++) {
        unsigned byte = low[(Py_ssize_t)i * step];
        if (negative) {
            byte = (byte ^ 0xff) + carry;
            carry = byte >> 8;
            byte &= 0xff;
        }
        acc |= (uint64_t)byte << bits;
        bits += 8;
        if (bits >= DIGIT_BITS) {
            v->ob_digit[k++] = (digit)(acc & DIGIT_MASK);
            acc >>= DIGIT_BITS;
            bits -= DIGIT_BITS;
        }
    }
    if (negative)
        acc |= (uint64_t)carry << bits;
    while (k < size) {
        v->ob_digit[k++] = (digit)(acc & DIGIT_MASK);
        acc >>= DIGIT_BITS;
    }
    return int_finish(v, negative);
}

int _PyLong_AsByteArray(PyLongObject *v, unsigned char *bytes, size_t n, int little_endian, int is_signed)
{
    int negative = int_negative(v);
    if (negative && !is_signed) {
        PyErr_SetString(PyExc_OverflowError, "can't convert negative int to unsigned");
        return -1;
    }
    unsigned char *low = little_endian || n == 0 ? bytes : bytes + n - 1;
    Py_ssize_t step = little_endian ? 1 : -1, size = int_ndigits(v), k = 0;
    uint64_t acc = 0;
    int bits = 0, lost = 0;
    unsigned carry = 1, byte = 0;
    for (size_t i = 0; i < n; i++) {
        if (bits < 8 && k < size) {
            acc |= (uint64_t)v->ob_digit[k++] << bits;
            bits += DIGIT_BITS;
        }
        byte = (unsigned)acc & 0xff;
        acc >>= 8;
        bits = bits > 8 ? bits - 8 : 0;
        if (negative) {
            byte = (byte ^ 0xff) + carry;
            carry = byte >> 8;
            byte &= 0xff;
        }
        low[(Py_ssize_t)i * step] = (unsigned char)byte;
    }
    lost = acc != 0 || k < size;
    if (n == 0 && negative && size == 1 && v->ob_digit[0] == 1)
        lost = 0;  /* -1 is the sign alone */
    if (n > 0 && is_signed && !lost)
        lost = size != 0 && (byte >= 0x80) != negative;
    if (lost) {
        PyErr_SetString(PyExc_OverflowError, "int too big to convert");
        return -1;
    }
    return 0;
}
