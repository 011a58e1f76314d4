/* Operators of int.
 *
 * Every operator first tries operands of at most two digits in 64-bit arithmetic; the rest goes through the kernels of
 * digits.h.  Floor semantics: the quotient rounds down, the remainder has the sign of the divisor. */
#include "objects/int/int.h"
#include "objects/int/digits.h"
#include "objects/int/gmp.h"

#include <float.h>
#include <math.h>

#define CHECK_BINOP(a, b)                                \
    do {                                                 \
        if (!PyLong_Check(a) || !PyLong_Check(b))        \
            Py_RETURN_NOTIMPLEMENTED;                    \
    } while (0)

PyObject *int_exact(PyObject *v)
{
    int64_t small;
    if (PyLong_CheckExact(v)) {
        Py_INCREF(v);
        return v;
    }
    if (int_as_i60(v, &small))
        return int_from_i64(small);
    return _PyLong_Copy((PyLongObject *)v);
}

int int_compare(PyLongObject *a, PyLongObject *b)
{
    Py_ssize_t sa = Py_SIZE(a), sb = Py_SIZE(b);
    if (sa != sb)
        return sa < sb ? -1 : 1;
    int c = digits_compare(a->ob_digit, int_ndigits(a), b->ob_digit, int_ndigits(b));
    return sa < 0 ? -c : c;
}

PyObject *int_richcompare(PyObject *a, PyObject *b, int op)
{
    CHECK_BINOP(a, b);
    int c = a == b ? 0 : int_compare((PyLongObject *)a, (PyLongObject *)b);
    Py_RETURN_RICHCOMPARE(c, 0, op);
}

/* The value modulo 2**61 - 1, with the sign of the value; -1 is never a hash. */
Py_hash_t int_hash(PyObject *o)
{
    PyLongObject *v = (PyLongObject *)o;
    int64_t small;
    if (int_as_i60(o, &small))
        return small == -1 ? -2 : small;
    Py_uhash_t x = 0;
    for (Py_ssize_t i = int_ndigits(v); --i >= 0;) {
        x = ((x << DIGIT_BITS) & _PyHASH_MODULUS) | (x >> (_PyHASH_BITS - DIGIT_BITS));
        x += v->ob_digit[i];
        if (x >= _PyHASH_MODULUS)
            x -= _PyHASH_MODULUS;
    }
    if (int_negative(v))
        x = -x;
    return x == (Py_uhash_t)-1 ? -2 : (Py_hash_t)x;
}

/* ---- add, subtract, multiply ------------------------------------------------------------------------------- */

/* |a| + |b| with the given sign. */
static PyObject *magnitude_add(PyLongObject *a, PyLongObject *b, int negative)
{
    if (int_ndigits(a) < int_ndigits(b)) {
        PyLongObject *t = a;
        a = b;
        b = t;
    }
    PyLongObject *r = _PyLong_New(int_ndigits(a) + 1);
    if (r)
        digits_add(r->ob_digit, a->ob_digit, int_ndigits(a), b->ob_digit, int_ndigits(b));
    return int_finish(r, negative);
}

/* |a| - |b|, or its opposite. */
static PyObject *magnitude_sub(PyLongObject *a, PyLongObject *b, int negative)
{
    int c = digits_compare(a->ob_digit, int_ndigits(a), b->ob_digit, int_ndigits(b));
    if (c == 0)
        return int_from_i64(0);
    if (c < 0) {
        PyLongObject *t = a;
        a = b;
        b = t;
        negative = !negative;
    }
    PyLongObject *r = _PyLong_New(int_ndigits(a));
    if (r)
        digits_sub(r->ob_digit, a->ob_digit, int_ndigits(a), b->ob_digit, int_ndigits(b));
    return int_finish(r, negative);
}

static PyObject *int_add(PyObject *a, PyObject *b)
{
    CHECK_BINOP(a, b);
    int64_t x, y;
    if (int_as_i60(a, &x) && int_as_i60(b, &y))
        return int_from_i64(x + y);
    PyLongObject *p = (PyLongObject *)a, *q = (PyLongObject *)b;
    if (int_negative(p) == int_negative(q))
        return magnitude_add(p, q, int_negative(p));
    return magnitude_sub(p, q, int_negative(p));
}

static PyObject *int_subtract(PyObject *a, PyObject *b)
{
    CHECK_BINOP(a, b);
    int64_t x, y;
    if (int_as_i60(a, &x) && int_as_i60(b, &y))
        return int_from_i64(x - y);
    PyLongObject *p = (PyLongObject *)a, *q = (PyLongObject *)b;
    if (int_negative(p) != int_negative(q))
        return magnitude_add(p, q, int_negative(p));
    return magnitude_sub(p, q, int_negative(p));
}

static PyObject *int_multiply(PyObject *a, PyObject *b)
{
    CHECK_BINOP(a, b);
    PyLongObject *p = (PyLongObject *)a, *q = (PyLongObject *)b;
    Py_ssize_t na = int_ndigits(p), nb = int_ndigits(q);
    int64_t x, y, product;
    if (na + nb <= 4 && int_as_i60(a, &x) && int_as_i60(b, &y) && !__builtin_mul_overflow(x, y, &product))
        return int_from_i64(product);
    if (na == 0 || nb == 0)
        return int_from_i64(0);
    PyLongObject *r = _PyLong_New(na + nb);
    if (r && digits_mul(r->ob_digit, p->ob_digit, na, q->ob_digit, nb)) {
        Py_DECREF(r);
        return NULL;
    }
    return int_finish(r, int_negative(p) != int_negative(q));
}

/* ---- division ---------------------------------------------------------------------------------------------- */

/* Gives a result, which is stolen, to who wants it. */
static inline void hand_out(PyObject **to, PyObject *result)
{
    if (to)
        *to = result;
    else
        Py_DECREF(result);
}

/* Truncated quotient and remainder (the remainder has the sign of a); b is not zero.  Either pointer may be NULL. */
static int truncated_divrem(PyLongObject *a, PyLongObject *b, PyObject **quotient, PyObject **remainder)
{
    Py_ssize_t na = int_ndigits(a), nb = int_ndigits(b);
    PyObject *q = NULL, *r = NULL;
    if (na < nb || (na == nb && a->ob_digit[na - 1] < b->ob_digit[nb - 1])) {
        q = int_from_i64(0);
        r = int_exact((PyObject *)a);
    }
    else if (nb == 1) {
        PyLongObject *z = _PyLong_New(na);
        if (!z)
            return -1;
        digit rest = digits_divrem1(z->ob_digit, a->ob_digit, na, b->ob_digit[0]);
        q = int_finish(z, int_negative(a) != int_negative(b));
        r = int_from_i64(int_negative(a) ? -(int64_t)rest : (int64_t)rest);
    }
    else {
        PyLongObject *z = _PyLong_New(na - nb + 1), *rest = _PyLong_New(nb);
        if (!z || !rest || digits_divrem(z->ob_digit, rest->ob_digit, a->ob_digit, na, b->ob_digit, nb)) {
            Py_XDECREF(z);
            Py_XDECREF(rest);
            return -1;
        }
        q = int_finish(z, int_negative(a) != int_negative(b));
        r = int_finish(rest, int_negative(a));
    }
    if (!q || !r) {
        Py_XDECREF(q);
        Py_XDECREF(r);
        return -1;
    }
    hand_out(quotient, q);
    hand_out(remainder, r);
    return 0;
}

/* Replaces *slot by *slot op other, by value `delta` when other is NULL; -1 on error, *slot is then NULL. */
static int replace(PyObject **slot, PyObject *result)
{
    Py_DECREF(*slot);
    *slot = result;
    return result ? 0 : -1;
}

static PyObject *plus_small(PyObject *v, int delta)
{
    PyObject *d = int_from_i64(delta), *r = int_add(v, d);
    Py_DECREF(d);
    return r;
}

/* Floor division of large operands; either result may be not wanted. */
static int floor_divmod(PyObject *a, PyObject *b, PyObject **quotient, PyObject **remainder)
{
    PyObject *q, *r;
    if (truncated_divrem((PyLongObject *)a, (PyLongObject *)b, &q, &r))
        return -1;
    if (Py_SIZE(r) != 0 && (Py_SIZE(r) < 0) != (Py_SIZE(b) < 0)) {
        if ((quotient && replace(&q, plus_small(q, -1))) || (remainder && replace(&r, int_add(r, b)))) {
            Py_XDECREF(q);
            Py_XDECREF(r);
            return -1;
        }
    }
    hand_out(quotient, q);
    hand_out(remainder, r);
    return 0;
}

static inline int64_t floor_div64(int64_t x, int64_t y)
{
    int64_t q = x / y;
    return q - ((x % y != 0) && ((x < 0) != (y < 0)));
}
static inline int64_t floor_mod64(int64_t x, int64_t y)
{
    int64_t r = x % y;
    return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

static PyObject *zero_division(const char *message)
{
    PyErr_SetString(PyExc_ZeroDivisionError, message);
    return NULL;
}

static PyObject *int_floor_divide(PyObject *a, PyObject *b)
{
    CHECK_BINOP(a, b);
    int64_t x, y;
    if (Py_SIZE(b) == 0)
        return zero_division("integer division or modulo by zero");
    if (int_as_i60(a, &x) && int_as_i60(b, &y))
        return int_from_i64(floor_div64(x, y));
    PyObject *q;
    return floor_divmod(a, b, &q, NULL) ? NULL : q;
}

static PyObject *int_remainder(PyObject *a, PyObject *b)
{
    CHECK_BINOP(a, b);
    int64_t x, y;
    if (Py_SIZE(b) == 0)
        return zero_division("integer modulo by zero");
    if (int_as_i60(a, &x) && int_as_i60(b, &y))
        return int_from_i64(floor_mod64(x, y));
    PyObject *r;
    return floor_divmod(a, b, NULL, &r) ? NULL : r;
}

static PyObject *pair_steal(PyObject *a, PyObject *b)
{
    PyObject *t = a && b ? PyTuple_New(2) : NULL;
    if (!t) {
        Py_XDECREF(a);
        Py_XDECREF(b);
        return NULL;
    }
    PyTuple_SET_ITEM(t, 0, a);
    PyTuple_SET_ITEM(t, 1, b);
    return t;
}

static PyObject *int_divmod(PyObject *a, PyObject *b)
{
    CHECK_BINOP(a, b);
    int64_t x, y;
    if (Py_SIZE(b) == 0)
        return zero_division("integer division or modulo by zero");
    if (int_as_i60(a, &x) && int_as_i60(b, &y))
        return pair_steal(int_from_i64(floor_div64(x, y)), int_from_i64(floor_mod64(x, y)));
    PyObject *q, *r;
    return floor_divmod(a, b, &q, &r) ? NULL : pair_steal(q, r);
}

/* a / b correctly rounded: the quotient of a shifted so that it has 54 bits or more and a sticky bit, then one rounding. */
static PyObject *int_true_divide(PyObject *a, PyObject *b)
{
    CHECK_BINOP(a, b);
    PyLongObject *p = (PyLongObject *)a, *q = (PyLongObject *)b;
    if (Py_SIZE(q) == 0)
        return zero_division("division by zero");
    if (Py_SIZE(p) == 0)
        return PyFloat_FromDouble(int_negative(q) ? -0.0 : 0.0);
    int64_t x, y;
    const int64_t exact = 1LL << 53;
    if (int_as_i60(a, &x) && int_as_i60(b, &y) && x <= exact && x >= -exact && y <= exact && y >= -exact)
        return PyFloat_FromDouble((double)x / (double)y);
    int negative = int_negative(p) != int_negative(q);
    Py_ssize_t difference = (Py_ssize_t)_PyLong_NumBits(a) - (Py_ssize_t)_PyLong_NumBits(b);
    if (difference > DBL_MAX_EXP) {
        PyErr_SetString(PyExc_OverflowError, "integer division result too large for a float");
        return NULL;
    }
    if (difference < DBL_MIN_EXP - DBL_MANT_DIG - 1)
        return PyFloat_FromDouble(negative ? -0.0 : 0.0);
    /* the last place of the result is 2**(difference - 53) or coarser for subnormals; keep two bits more */
    Py_ssize_t shift = difference - DBL_MANT_DIG - 2;
    if (shift < DBL_MIN_EXP - DBL_MANT_DIG - 2)
        shift = DBL_MIN_EXP - DBL_MANT_DIG - 2;
    PyObject *top = shift < 0 ? _PyLong_Lshift(a, (size_t)-shift) : int_exact(a);
    PyObject *bottom = shift > 0 ? _PyLong_Lshift(b, (size_t)shift) : int_exact(b);
    PyObject *quotient = NULL, *rest = NULL;
    int bad = !top || !bottom || truncated_divrem((PyLongObject *)top, (PyLongObject *)bottom, &quotient, &rest);
    Py_XDECREF(top);
    Py_XDECREF(bottom);
    if (bad)
        return NULL;
    PyLongObject *z = (PyLongObject *)quotient;
    uint64_t m = 0;
    for (Py_ssize_t i = int_ndigits(z); --i >= 0;)
        m = m << DIGIT_BITS | z->ob_digit[i];
    int sticky = Py_SIZE(rest) != 0;
    Py_DECREF(quotient);
    Py_DECREF(rest);
    int bits = m ? 64 - __builtin_clzll(m) : 0;
    int extra = bits - DBL_MANT_DIG;  /* low bits that the mantissa cannot hold; subnormals have at least two */
    if (extra < 2)
        extra = 2;
    uint64_t half = 1ULL << (extra - 1), low = m & ((1ULL << extra) - 1);
    m >>= extra;
    if (low > half || (low == half && (sticky || (m & 1))))
        m++;
    if (shift + extra + (m ? 64 - __builtin_clzll(m) : 0) > DBL_MAX_EXP) {
        PyErr_SetString(PyExc_OverflowError, "integer division result too large for a float");
        return NULL;
    }
    double r = ldexp((double)m, (int)(shift + extra));
    return PyFloat_FromDouble(negative ? -r : r);
}

PyObject *_PyLong_DivmodNear(PyObject *a, PyObject *b)
{
    if (!PyLong_Check(a) || !PyLong_Check(b)) {
        PyErr_SetString(PyExc_TypeError, "non-integer arguments in division");
        return NULL;
    }
    if (Py_SIZE(b) == 0)
        return zero_division("integer division or modulo by zero");
    PyObject *q, *r;
    if (floor_divmod(a, b, &q, &r))
        return NULL;
    /* r has the sign of b; one more when |2r| > |b|, or equal and q odd */
    PyObject *twice = _PyLong_Lshift(r, 1);
    int bad = !twice;
    if (!bad) {
        PyLongObject *t = (PyLongObject *)twice, *d = (PyLongObject *)b;
        int c = digits_compare(t->ob_digit, int_ndigits(t), d->ob_digit, int_ndigits(d));
        int odd = Py_SIZE(q) != 0 && (((PyLongObject *)q)->ob_digit[0] & 1);
        if (c > 0 || (c == 0 && odd))
            bad = replace(&q, plus_small(q, 1)) || replace(&r, int_subtract(r, b));
        Py_DECREF(twice);
    }
    if (bad) {
        Py_XDECREF(q);
        Py_XDECREF(r);
        return NULL;
    }
    return pair_steal(q, r);
}

/* ---- power ------------------------------------------------------------------------------------------------- */

/* base ** e for e >= 0, modulo `mod` (positive) unless NULL; new reference. */
static PyObject *power_loop(PyObject *base, PyLongObject *e, PyObject *mod)
{
    Py_ssize_t n = int_ndigits(e);
    PyObject *r = int_from_i64(1);
    if (!r)
        return NULL;
    if (mod && replace(&r, int_remainder(r, mod)))
        return NULL;
    int started = 0;
    for (Py_ssize_t i = n; --i >= 0;) {
        for (int bit = DIGIT_BITS; --bit >= 0;) {
            int set = e->ob_digit[i] >> bit & 1;
            if (started) {
                if (replace(&r, int_multiply(r, r)) || (mod && replace(&r, int_remainder(r, mod))))
                    return NULL;
            }
            if (set) {
                started = 1;
                if (replace(&r, int_multiply(r, base)) || (mod && replace(&r, int_remainder(r, mod))))
                    return NULL;
            }
        }
        if (i > 0 && PyErr_CheckSignals()) {
            Py_DECREF(r);
            return NULL;
        }
    }
    return r;
}

static PyObject *invert_mod(PyObject *a, PyObject *m)
{
    /* extended Euclid on (a, m): b*a = gcd (mod m) */
    PyObject *b = int_from_i64(1), *c = int_from_i64(0), *x = int_exact(a), *y = int_exact(m), *result = NULL;
    while (x && y && b && c && Py_SIZE(y) != 0) {
        PyObject *q, *r;
        if (floor_divmod(x, y, &q, &r))
            goto done;
        Py_DECREF(x);
        x = y;
        y = r;
        PyObject *t = int_multiply(q, c);
        Py_DECREF(q);
        if (!t)
            goto done;
        PyObject *s = int_subtract(b, t);
        Py_DECREF(t);
        Py_DECREF(b);
        b = c;
        c = s;
    }
    if (!x || !y || !b || !c)
        goto done;
    if (Py_SIZE(x) != 1 || ((PyLongObject *)x)->ob_digit[0] != 1)
        PyErr_SetString(PyExc_ValueError, "base is not invertible for the given modulus");
    else {
        Py_INCREF(b);
        result = b;
    }
done:
    Py_XDECREF(b);
    Py_XDECREF(c);
    Py_XDECREF(x);
    Py_XDECREF(y);
    return result;
}

static PyObject *powmod_by_gmp(PyObject *base, PyLongObject *e, PyObject *mod)
{
    PyLongObject *b = (PyLongObject *)base, *m = (PyLongObject *)mod, *r = _PyLong_New(int_ndigits(m));
    if (r && gmp_powmod(r->ob_digit, b->ob_digit, int_ndigits(b), e->ob_digit, int_ndigits(e), m->ob_digit, int_ndigits(m))) {
        Py_DECREF(r);
        return NULL;
    }
    return int_finish(r, 0);
}

static PyObject *int_negative_of(PyObject *v);

/* pow(a, b, m): everything reduced to 0 <= base < |m|, then the sign of m given to the result. */
static PyObject *power_modulo(PyObject *a, PyObject *b, PyObject *m)
{
    if (Py_SIZE(m) == 0) {
        PyErr_SetString(PyExc_ValueError, "pow() 3rd argument cannot be 0");
        return NULL;
    }
    PyObject *mod = Py_SIZE(m) < 0 ? int_negative_of(m) : int_exact(m), *base = NULL, *e = NULL, *r = NULL;
    if (!mod)
        return NULL;
    if (int_ndigits((PyLongObject *)mod) == 1 && ((PyLongObject *)mod)->ob_digit[0] == 1) {
        Py_DECREF(mod);
        return int_from_i64(0);
    }
    if (Py_SIZE(b) < 0) {
        e = int_negative_of(b);
        base = e ? invert_mod(a, mod) : NULL;
    }
    else {
        e = int_exact(b);
        base = int_exact(a);
    }
    if (e && base && !replace(&base, int_remainder(base, mod))) {
        PyLongObject *exponent = (PyLongObject *)e;
        if (int_ndigits((PyLongObject *)mod) >= 4 && Py_SIZE(base) != 0 && Py_SIZE(e) > 0 && gmp_available())
            r = powmod_by_gmp(base, exponent, mod);
        else
            r = power_loop(base, exponent, mod);
        if (r && Py_SIZE(m) < 0 && Py_SIZE(r) != 0)
            replace(&r, int_add(r, m));
    }
    Py_XDECREF(e);
    Py_XDECREF(base);
    Py_DECREF(mod);
    return r;
}

static PyObject *int_power(PyObject *a, PyObject *b, PyObject *m)
{
    CHECK_BINOP(a, b);
    if (m != Py_None) {
        if (!PyLong_Check(m))
            Py_RETURN_NOTIMPLEMENTED;
        return power_modulo(a, b, m);
    }
    if (Py_SIZE(b) < 0)
        return PyFloat_Type.tp_as_number->nb_power(a, b, Py_None);
    /* a result of more than 2**60 bits cannot be held: say so before the machine is busy for hours */
    if (Py_ABS(Py_SIZE(b)) > 2 && (Py_ABS(Py_SIZE(a)) > 1 || (Py_SIZE(a) && ((PyLongObject *)a)->ob_digit[0] > 1)))
        return PyErr_NoMemory();
    int64_t x, y;
    if (int_as_i60(a, &x) && int_as_i60(b, &y)) {
        int64_t r = 1, f = x;
        int over = 0;
        for (; y && !over; y >>= 1) {
            if (y & 1)
                over |= __builtin_mul_overflow(r, f, &r);
            if (y > 1)
                over |= __builtin_mul_overflow(f, f, &f);
        }
        if (!over)
            return int_from_i64(r);
        if (x == 2 && int_as_i60(b, &y)) {
            PyObject *one = int_from_i64(1), *shifted = _PyLong_Lshift(one, (size_t)y);
            Py_DECREF(one);
            return shifted;
        }
    }
    return power_loop(a, (PyLongObject *)b, NULL);
}

/* ---- unary ------------------------------------------------------------------------------------------------- */

static PyObject *int_negative_of(PyObject *v)
{
    int64_t x;
    if (int_as_i60(v, &x))
        return int_from_i64(-x);
    PyObject *r = _PyLong_Copy((PyLongObject *)v);
    if (r)
        Py_SET_SIZE(r, -Py_SIZE(r));
    return r;
}
static PyObject *int_absolute(PyObject *v) { return Py_SIZE(v) < 0 ? int_negative_of(v) : int_exact(v); }
static int int_bool(PyObject *v) { return Py_SIZE(v) != 0; }
static PyObject *int_float(PyObject *v)
{
    double d = PyLong_AsDouble(v);
    return d == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(d);
}
static PyObject *int_invert(PyObject *v)
{
    int64_t x;
    if (int_as_i60(v, &x))
        return int_from_i64(~x);
    PyObject *t = plus_small(v, 1);
    if (t)
        replace(&t, int_negative_of(t));
    return t;
}

/* ---- shifts ------------------------------------------------------------------------------------------------ */

PyObject *_PyLong_Lshift(PyObject *o, size_t shift)
{
    PyLongObject *v = (PyLongObject *)o;
    Py_ssize_t n = int_ndigits(v);
    int64_t x;
    if (n == 0)
        return int_from_i64(0);
    if (shift < 4 && int_as_i60(o, &x) && shift + 60 < 64)
        return int_from_i64((int64_t)((uint64_t)x << shift));
    if (shift / DIGIT_BITS > (size_t)(PY_SSIZE_T_MAX / (Py_ssize_t)sizeof(digit)) - (size_t)n - 8) {
        PyErr_SetString(PyExc_OverflowError, "too many digits in integer");
        return NULL;
    }
    PyLongObject *r = _PyLong_New(n + (Py_ssize_t)(shift / DIGIT_BITS) + 1);
    if (r)
        digits_shift_left(r->ob_digit, v->ob_digit, n, shift);
    return int_finish(r, int_negative(v));
}

PyObject *_PyLong_Rshift(PyObject *o, size_t shift)
{
    PyLongObject *v = (PyLongObject *)o;
    Py_ssize_t n = int_ndigits(v), words = (Py_ssize_t)(shift / DIGIT_BITS);
    int64_t x;
    if (int_as_i60(o, &x))
        return int_from_i64(x >> (shift > 63 ? 63 : shift));
    if (words >= n)
        return int_from_i64(int_negative(v) ? -1 : 0);
    PyLongObject *r = _PyLong_New(n - words + 1);
    if (!r)
        return NULL;
    r->ob_digit[n - words] = 0;
    digits_shift_right(r->ob_digit, v->ob_digit, n, shift);
    if (int_negative(v)) {
        /* floor: one more when a set bit was shifted out */
        int lost = (v->ob_digit[words] & ((1u << (shift % DIGIT_BITS)) - 1)) != 0;
        for (Py_ssize_t i = 0; i < words && !lost; i++)
            lost = v->ob_digit[i] != 0;
        const digit one = 1;
        if (lost)
            digits_add(r->ob_digit, r->ob_digit, n - words, &one, 1);
    }
    return int_finish(r, int_negative(v));
}

/* The count as size_t in *n.  0 fine, 1 too large for any size, -1 error set. */
static int shift_count(PyObject *b, size_t *n)
{
    if (Py_SIZE(b) < 0) {
        PyErr_SetString(PyExc_ValueError, "negative shift count");
        return -1;
    }
    int64_t small;
    if (int_as_i60(b, &small)) {
        *n = (size_t)small;
        return 0;
    }
    return 1;
}

static PyObject *int_lshift(PyObject *a, PyObject *b)
{
    CHECK_BINOP(a, b);
    size_t n = 0;
    int kind = shift_count(b, &n);
    if (kind < 0)
        return NULL;
    if (Py_SIZE(a) == 0)
        return int_from_i64(0);
    if (kind) {
        if (_PyLong_NumBits(b) <= 65)
            return PyErr_NoMemory();
        PyErr_SetString(PyExc_OverflowError, "too many digits in integer");
        return NULL;
    }
    return _PyLong_Lshift(a, n);
}

static PyObject *int_rshift(PyObject *a, PyObject *b)
{
    CHECK_BINOP(a, b);
    size_t n = 0;
    int kind = shift_count(b, &n);
    if (kind < 0)
        return NULL;
    return kind ? int_from_i64(Py_SIZE(a) < 0 ? -1 : 0) : _PyLong_Rshift(a, n);
}

/* ---- bitwise ----------------------------------------------------------------------------------------------- */

/* Reads the digits of a number in two's complement, endlessly sign-extended. */
typedef struct { PyLongObject *v; Py_ssize_t n, i; int negative; digit carry; } BitReader;

static digit next_bits(BitReader *r)
{
    digit d = r->i < r->n ? r->v->ob_digit[r->i] : 0;
    r->i++;
    if (r->negative) {
        d = (d ^ DIGIT_MASK) + r->carry;
        r->carry = d >> DIGIT_BITS;
        d &= DIGIT_MASK;
    }
    return d;
}

static PyObject *bitwise(PyObject *a, PyObject *b, char op)
{
    BitReader x = {(PyLongObject *)a, int_ndigits((PyLongObject *)a), 0, Py_SIZE(a) < 0, 1};
    BitReader y = {(PyLongObject *)b, int_ndigits((PyLongObject *)b), 0, Py_SIZE(b) < 0, 1};
    Py_ssize_t n = (x.n > y.n ? x.n : y.n) + 1;
    if (op == '&' && !x.negative && !y.negative)
        n = (x.n < y.n ? x.n : y.n);
    int negative = op == '&' ? x.negative & y.negative : op == '|' ? x.negative | y.negative : x.negative ^ y.negative;
    PyLongObject *r = _PyLong_New(n ? n : 1);
    if (!r)
        return NULL;
    r->ob_digit[0] = 0;
    digit carry = 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        digit p = next_bits(&x), q = next_bits(&y);
        digit d = op == '&' ? p & q : op == '|' ? p | q : p ^ q;
        if (negative) {
            d = (d ^ DIGIT_MASK) + carry;
            carry = d >> DIGIT_BITS;
            d &= DIGIT_MASK;
        }
        r->ob_digit[i] = d;
    }
    return int_finish(r, negative);
}

#define BITWISE(name, op)                                   \
    static PyObject *name(PyObject *a, PyObject *b)         \
    {                                                       \
        CHECK_BINOP(a, b);                                  \
        int64_t x, y;                                       \
        if (int_as_i60(a, &x) && int_as_i60(b, &y))         \
            return int_from_i64(x op y);                    \
        return bitwise(a, b, #op[0]);                       \
    }
BITWISE(int_and, &)
BITWISE(int_or, |)
BITWISE(int_xor, ^)

/* ---- gcd, square root -------------------------------------------------------------------------------------- */

static uint64_t gcd64(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t t = a % b;
        a = b;
        b = t;
    }
    return a;
}

PyObject *_PyLong_GCD(PyObject *a, PyObject *b)
{
    int64_t x, y;
    if (int_as_i60(a, &x) && int_as_i60(b, &y))
        return int_from_i64((int64_t)gcd64((uint64_t)(x < 0 ? -x : x), (uint64_t)(y < 0 ? -y : y)));
    PyObject *p = int_absolute(a), *q = int_absolute(b);
    while (p && q && Py_SIZE(q) != 0) {
        PyLongObject *u = (PyLongObject *)p, *v = (PyLongObject *)q;
        Py_ssize_t nu = int_ndigits(u), nv = int_ndigits(v), smaller = nu < nv ? nu : nv;
        if (smaller >= 3 && gmp_available()) {
            PyLongObject *r = _PyLong_New(smaller);
            if (r && gmp_gcd(r->ob_digit, u->ob_digit, nu, v->ob_digit, nv)) {
                Py_DECREF(r);
                r = NULL;
            }
            replace(&p, int_finish(r, 0));
            break;
        }
        PyObject *rest = int_remainder(p, q);
        Py_DECREF(p);
        p = q;
        q = rest;
    }
    if (p && !q) {
        Py_DECREF(p);
        p = NULL;
    }
    Py_XDECREF(q);
    return p;
}

PyObject *int_isqrt(PyObject *v)
{
    int64_t x;
    if (int_as_i60(v, &x)) {
        int64_t r = (int64_t)sqrt((double)x);
        while (r * r > x)
            r--;
        while ((r + 1) * (r + 1) <= x)
            r++;
        return int_from_i64(r);
    }
    PyLongObject *a = (PyLongObject *)v;
    if (gmp_available()) {
        Py_ssize_t n = int_ndigits(a);
        PyLongObject *r = _PyLong_New((n + 1) / 2);
        if (r && gmp_isqrt(r->ob_digit, a->ob_digit, n)) {
            Py_DECREF(r);
            return NULL;
        }
        return int_finish(r, 0);
    }
    /* Newton from above: the first value that does not decrease is the root */
    PyObject *one = int_from_i64(1), *r = one ? _PyLong_Lshift(one, (_PyLong_NumBits(v) + 1) / 2) : NULL;
    Py_XDECREF(one);
    while (r) {
        PyObject *q = int_floor_divide(v, r), *s = q ? int_add(r, q) : NULL, *t = s ? _PyLong_Rshift(s, 1) : NULL;
        Py_XDECREF(q);
        Py_XDECREF(s);
        if (t && int_compare((PyLongObject *)t, (PyLongObject *)r) >= 0) {
            Py_DECREF(t);
            break;
        }
        Py_DECREF(r);
        r = t;
    }
    return r;
}

PyNumberMethods int_as_number = {
    .nb_add = int_add,
    .nb_subtract = int_subtract,
    .nb_multiply = int_multiply,
    .nb_remainder = int_remainder,
    .nb_divmod = int_divmod,
    .nb_power = int_power,
    .nb_negative = int_negative_of,
    .nb_positive = int_exact,
    .nb_absolute = int_absolute,
    .nb_bool = int_bool,
    .nb_invert = int_invert,
    .nb_lshift = int_lshift,
    .nb_rshift = int_rshift,
    .nb_and = int_and,
    .nb_xor = int_xor,
    .nb_or = int_or,
    .nb_int = int_exact,
    .nb_float = int_float,
    .nb_floor_divide = int_floor_divide,
    .nb_true_divide = int_true_divide,
    .nb_index = int_exact,
};
