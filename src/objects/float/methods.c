/* Methods of float: rounding, ratios, hexadecimal text, formats of the platform. */
#include "objects/float/float.h"
#include "objects/float/digits.h"
#include "objects/int/int.h"

#include <ctype.h>
#include <float.h>
#include <math.h>

static PyObject *float_trunc(PyObject *self, PyObject *unused) { return PyLong_FromDouble(float_value(self)); }
static PyObject *float_floor(PyObject *self, PyObject *unused) { return PyLong_FromDouble(floor(float_value(self))); }
static PyObject *float_ceil(PyObject *self, PyObject *unused) { return PyLong_FromDouble(ceil(float_value(self))); }
static PyObject *float_conjugate(PyObject *self, PyObject *unused) { return PyNumber_Positive(self); }

PyObject *float_round_to_int(double v)
{
    double r = round(v);
    if (fabs(v - r) == 0.5)
        r = 2.0 * round(v / 2.0);
    return PyLong_FromDouble(r);
}

static PyObject *float_round(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    double v = float_value(self);
    if (n > 1) {
        PyErr_Format(PyExc_TypeError, "__round__ expected at most 1 argument, got %zd", n);
        return NULL;
    }
    if (n == 0 || args[0] == Py_None)
        return float_round_to_int(v);
    Py_ssize_t places = PyNumber_AsSsize_t(args[0], NULL);
    if (places == -1 && PyErr_Occurred())
        return NULL;
    if (!isfinite(v) || v == 0.0 || places > 323)
        return float_from_double(v);
    if (places < -308)
        return float_from_double(0.0 * v);
    double r = double_round(v, (int)places);
    if (isinf(r)) {
        PyErr_SetString(PyExc_OverflowError, "rounded value too large to represent");
        return NULL;
    }
    return float_from_double(r);
}

static PyObject *float_is_integer(PyObject *self, PyObject *unused)
{
    double v = float_value(self);
    return PyBool_FromLong(isfinite(v) && floor(v) == v);
}

static PyObject *float_as_integer_ratio(PyObject *self, PyObject *unused)
{
    double v = float_value(self);
    if (isinf(v)) {
        PyErr_SetString(PyExc_OverflowError, "cannot convert Infinity to integer ratio");
        return NULL;
    }
    if (isnan(v)) {
        PyErr_SetString(PyExc_ValueError, "cannot convert NaN to integer ratio");
        return NULL;
    }
    int e;
    double m = frexp(v, &e);
    for (int i = 0; i < 300 && m != floor(m); i++) {
        m *= 2.0;
        e--;
    }
    PyObject *numerator = PyLong_FromDouble(m), *one = int_from_i64(1), *denominator = NULL, *r = NULL;
    if (numerator && one) {
        if (e > 0) {
            PyObject *shifted = _PyLong_Lshift(numerator, (size_t)e);
            Py_DECREF(numerator);
            numerator = shifted;
            denominator = Py_NewRef(one);
        }
        else
            denominator = _PyLong_Lshift(one, (size_t)-e);
        if (numerator && denominator)
            r = PyTuple_Pack(2, numerator, denominator);
    }
    Py_XDECREF(numerator);
    Py_XDECREF(denominator);
    Py_XDECREF(one);
    return r;
}

static PyObject *float_getnewargs(PyObject *self, PyObject *unused) { return Py_BuildValue("(d)", float_value(self)); }

/* ---- hexadecimal ------------------------------------------------------------------------------------------- */

static PyObject *float_hex(PyObject *self, PyObject *unused)
{
    double v = float_value(self);
    char text[64];
    if (!isfinite(v)) {
        double_repr(v, text, 0);
        return PyUnicode_FromString(text);
    }
    const char *sign = signbit(v) ? "-" : "";
    if (v == 0.0)
        return PyUnicode_FromFormat("%s0x0.0p+0", sign);
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    int e = (int)(bits >> 52) & 0x7ff;
    snprintf(text, sizeof text, "%s0x%d.%013llxp%+d", sign, e != 0, (unsigned long long)(bits & ((1ULL << 52) - 1)),
             e ? e - 1023 : -1022);
    return PyUnicode_FromString(text);
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* Case-blind prefix of "inf", "infinity" or "nan" with sign; NULL if none. */
static const char *parse_special(const char *s, double *out)
{
    int negative = *s == '-';
    s += *s == '-' || *s == '+';
    size_t n = strncasecmp(s, "infinity", 8) == 0 ? 8 : strncasecmp(s, "inf", 3) == 0 || strncasecmp(s, "nan", 3) == 0 ? 3 : 0;
    if (!n)
        return NULL;
    *out = (*s | 32) == 'n' ? NAN : INFINITY;
    if (negative)
        *out = -*out;
    return s + n;
}

enum { HEX_OK, HEX_MALFORMED, HEX_TOO_LARGE };

/* The digits from `start` (with one optional point) scaled by 2**exponent, rounded half to even. */
static int hex_value_of(const char *start, const char *end, const char *point, long exponent, double *out)
{
    uint64_t m = 0;
    int sticky = 0;
    for (const char *s = start; s < end; s++) {
        if (*s == '.')
            continue;
        if (m >> 60) {
            sticky |= hex_value(*s) != 0;
            exponent += 4;
        }
        else
            m = m << 4 | (uint64_t)hex_value(*s);
    }
    if (point)
        exponent -= 4 * (long)(end - point - 1);
    *out = 0.0;
    if (m == 0)
        return HEX_OK;
    int bits = 64 - __builtin_clzll(m);
    if (exponent + bits > DBL_MAX_EXP)
        return HEX_TOO_LARGE;
    if (exponent + bits < DBL_MIN_EXP - DBL_MANT_DIG)
        return HEX_OK;
    long lowest = exponent + bits - DBL_MANT_DIG;  /* exponent of the last place kept */
    if (lowest < DBL_MIN_EXP - DBL_MANT_DIG)
        lowest = DBL_MIN_EXP - DBL_MANT_DIG;
    long drop = lowest - exponent;
    if (drop > 0) {
        uint64_t half = 1ULL << (drop - 1), rest = drop >= 64 ? m : m & ((half << 1) - 1);
        m = drop >= 64 ? 0 : m >> drop;
        m += rest > half || (rest == half && (sticky || (m & 1)));
        exponent = lowest;
        bits = m ? 64 - __builtin_clzll(m) : 0;
        if (exponent + bits > DBL_MAX_EXP)
            return HEX_TOO_LARGE;
    }
    *out = ldexp((double)m, (int)exponent);
    return HEX_OK;
}

static int parse_hex(const char *s, const char *stop, double *out)
{
    while (isspace((unsigned char)*s))
        s++;
    const char *after = parse_special(s, out);
    if (!after) {
        int negative = *s == '-';
        s += *s == '-' || *s == '+';
        if (s[0] == '0' && (s[1] | 32) == 'x')
            s += 2;
        const char *start = s, *point = NULL;
        for (; hex_value(*s) >= 0 || (*s == '.' && !point); s++)
            if (*s == '.')
                point = s;
        if (s - start - (point != NULL) == 0)
            return HEX_MALFORMED;
        const char *end = s;
        long exponent = 0;
        if ((*s | 32) == 'p') {
            char *e;
            s++;
            if (!isdigit((unsigned char)s[*s == '-' || *s == '+']))
                return HEX_MALFORMED;
            exponent = strtol(s, &e, 10);
            s = e;
            if (exponent > 1000000000L)
                exponent = 1000000000L;
            if (exponent < -1000000000L)
                exponent = -1000000000L;
        }
        after = s;
        while (isspace((unsigned char)*s))
            s++;
        if (s != stop)
            return HEX_MALFORMED;
        int result = hex_value_of(start, end, point, exponent, out);
        if (negative)
            *out = -*out;
        return result;
    }
    while (isspace((unsigned char)*after))
        after++;
    return after == stop ? HEX_OK : HEX_MALFORMED;
}

static PyObject *float_fromhex(PyObject *type, PyObject *string)
{
    Py_ssize_t size;
    const char *s = PyUnicode_AsUTF8AndSize(string, &size);
    if (!s)
        return NULL;
    double v = 0.0;
    int result = parse_hex(s, s + size, &v);
    if (result == HEX_MALFORMED) {
        PyErr_SetString(PyExc_ValueError, "invalid hexadecimal floating-point string");
        return NULL;
    }
    if (result == HEX_TOO_LARGE) {
        PyErr_SetString(PyExc_OverflowError, "hexadecimal value too large to represent as a float");
        return NULL;
    }
    PyObject *r = float_from_double(v);
    if (r && type != (PyObject *)&PyFloat_Type) {
        PyObject *made = PyObject_CallOneArg(type, r);
        Py_DECREF(r);
        r = made;
    }
    return r;
}

static PyObject *float_getformat(PyObject *type, PyObject *name)
{
    if (!PyUnicode_Check(name)) {
        PyErr_Format(PyExc_TypeError, "__getformat__() argument must be str, not %.50s",
                     name == Py_None ? "None" : Py_TYPE(name)->tp_name);
        return NULL;
    }
    if (PyUnicode_CompareWithASCIIString(name, "double") && PyUnicode_CompareWithASCIIString(name, "float")) {
        PyErr_SetString(PyExc_ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
        return NULL;
    }
    return PyUnicode_FromString("IEEE, little-endian");
}

PyMethodDef float_methods[] = {
    {"conjugate", float_conjugate, METH_NOARGS, "conjugate($self, /)\n--\n\nReturn self, the complex conjugate of any float."},
    {"__trunc__", float_trunc, METH_NOARGS, "__trunc__($self, /)\n--\n\nReturn the Integral closest to x between 0 and x."},
    {"__floor__", float_floor, METH_NOARGS, "__floor__($self, /)\n--\n\nReturn the floor as an Integral."},
    {"__ceil__", float_ceil, METH_NOARGS, "__ceil__($self, /)\n--\n\nReturn the ceiling as an Integral."},
    {"__round__", (PyCFunction)float_round, METH_FASTCALL,
     "__round__($self, ndigits=None, /)\n--\n\nReturn the Integral closest to x, rounding half toward even."},
    {"as_integer_ratio", float_as_integer_ratio, METH_NOARGS,
     "as_integer_ratio($self, /)\n--\n\nReturn a pair of integers whose ratio is exactly equal to the original float."},
    {"fromhex", float_fromhex, METH_O | METH_CLASS,
     "fromhex($type, string, /)\n--\n\nCreate a floating-point number from a hexadecimal string."},
    {"hex", float_hex, METH_NOARGS,
     "hex($self, /)\n--\n\nReturn a hexadecimal representation of a floating-point number."},
    {"is_integer", float_is_integer, METH_NOARGS, "is_integer($self, /)\n--\n\nReturn True if the float is an integer."},
    {"__getnewargs__", float_getnewargs, METH_NOARGS, "__getnewargs__($self, /)\n--\n\n"},
    {"__getformat__", float_getformat, METH_O | METH_CLASS,
     "__getformat__($type, typestr, /)\n--\n\nYou probably don't want to use this function."},
    {"__format__", float_format, METH_O,
     "__format__($self, format_spec, /)\n--\n\nFormats the float according to format_spec."},
    {NULL},
};

/* ---- IEEE bytes -------------------------------------------------------------------------------------------- */

static void store(char *p, uint64_t v, int n, int little)
{
    for (int i = 0; i < n; i++, v >>= 8)
        p[little ? i : n - 1 - i] = (char)v;
}
static uint64_t load(const char *p, int n, int little)
{
    uint64_t v = 0;
    for (int i = 0; i < n; i++)
        v |= (uint64_t)(unsigned char)p[little ? i : n - 1 - i] << 8 * i;
    return v;
}

int PyFloat_Pack8(double v, char *p, int little)
{
    uint64_t bits;
    memcpy(&bits, &v, 8);
    store(p, bits, 8, little);
    return 0;
}

int PyFloat_Pack4(double v, char *p, int little)
{
    float f = (float)v;
    uint32_t bits;
    if (isinf(f) && !isinf(v)) {
        PyErr_SetString(PyExc_OverflowError, "float too large to pack with f format");
        return -1;
    }
    memcpy(&bits, &f, 4);
    store(p, bits, 4, little);
    return 0;
}

int PyFloat_Pack2(double v, char *p, int little)
{
    unsigned sign = signbit(v) != 0, e = 0, bits = 0;
    if (v == 0.0)
        ;
    else if (isinf(v))
        e = 0x1f;
    else if (isnan(v)) {
        e = 0x1f;
        bits = 512;
    }
    else {
        int exponent;
        double f = frexp(fabs(v), &exponent) * 2.0;  /* 1 <= f < 2 */
        exponent--;
        if (exponent >= 16)
            goto overflow;
        if (exponent < -25)
            f = 0.0;
        else if (exponent < -14) {
            f = ldexp(f, 14 + exponent);
            exponent = -15;
        }
        else
            f -= 1.0;
        if (f != 0.0 || exponent >= -15) {
            double scaled = f * 1024.0;
            bits = (unsigned)scaled;
            double rest = scaled - bits;
            if (rest > 0.5 || (rest == 0.5 && bits % 2 == 1))
                bits++;
            e = exponent < -25 ? 0 : (unsigned)(exponent + 15);
            if (bits == 1024) {
                bits = 0;
                if (++e == 31)
                    goto overflow;
            }
        }
    }
    store(p, bits | e << 10 | sign << 15, 2, little);
    return 0;
overflow:
    PyErr_SetString(PyExc_OverflowError, "float too large to pack with e format");
    return -1;
}

double PyFloat_Unpack8(const char *p, int little)
{
    uint64_t bits = load(p, 8, little);
    double v;
    memcpy(&v, &bits, 8);
    return v;
}

double PyFloat_Unpack4(const char *p, int little)
{
    uint32_t bits = (uint32_t)load(p, 4, little);
    float v;
    memcpy(&v, &bits, 4);
    return v;
}

double PyFloat_Unpack2(const char *p, int little)
{
    unsigned bits = (unsigned)load(p, 2, little), e = bits >> 10 & 0x1f, f = bits & 0x3ff;
    double v;
    if (e == 0x1f)
        v = f ? NAN : INFINITY;
    else
        v = e ? ldexp(1.0 + f / 1024.0, (int)e - 15) : ldexp(f / 1024.0, -14);
    return bits >> 15 ? -v : v;
}
