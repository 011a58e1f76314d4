/* int <-> text: repr, the bases, parsing, and the limit on decimal digits (sys.set_int_max_str_digits).
 *
 * Bases that are powers of two work bit by bit.  Base 10 goes through base 10**9 in quadratic time for short numbers and
 * through GMP for long ones. */
#include "objects/int/text.h"
#include "objects/int/int.h"
#include "objects/int/digits.h"
#include "objects/int/gmp.h"
#include "memory/state.h"

#define BILLION 1000000000u
#define LIMIT_THRESHOLD 640  /* shorter numbers never meet the limit */

int int_max_str_digits(void) { return interp_current()->int_max_str_digits; }

PyObject *ascii_str(const char *text, Py_ssize_t n)
{
    PyObject *s = PyUnicode_New(n, 127);
    if (s && n)
        memcpy(PyUnicode_1BYTE_DATA(s), text, (size_t)n);
    return s;
}

/* ---- int to text ------------------------------------------------------------------------------------------- */

static const char two_digits[201] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566"
    "676869707172737475767778798081828384858687888990919293949596979899";

char *u64_to_decimal(uint64_t v, char *end)
{
    while (v >= 100) {
        uint64_t q = v / 100;
        end -= 2;
        memcpy(end, two_digits + 2 * (v - q * 100), 2);
        v = q;
    }
    if (v >= 10) {
        end -= 2;
        memcpy(end, two_digits + 2 * v, 2);
    }
    else
        *--end = (char)('0' + v);
    return end;
}

static void set_limit_error(int limit)
{
    PyErr_Format(PyExc_ValueError,
                 "Exceeds the limit (%d digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit",
                 limit);
}

/* Converts to base 10**9 in scratch, then to characters; returns their number.  text has room. */
static Py_ssize_t decimal_quadratic(char *text, const digit *a, Py_ssize_t n, uint32_t *parts)
{
    Py_ssize_t used = 0;
    for (Py_ssize_t i = n; --i >= 0;) {
        uint64_t carry = a[i];
        for (Py_ssize_t k = 0; k < used; k++) {
            carry |= (uint64_t)parts[k] << DIGIT_BITS;
            parts[k] = (uint32_t)(carry % BILLION);
            carry /= BILLION;
        }
        for (; carry; carry /= BILLION)
            parts[used++] = (uint32_t)(carry % BILLION);
    }
    char head[20], *start = u64_to_decimal(parts[used - 1], head + 20);
    Py_ssize_t at = head + 20 - start;
    memcpy(text, start, (size_t)at);
    for (Py_ssize_t k = used - 1; --k >= 0;) {
        uint32_t v = parts[k];
        for (int j = 9; --j >= 0; v /= 10)
            text[at + j] = (char)('0' + v % 10);
        at += 9;
    }
    return at;
}

static PyObject *large_repr(PyLongObject *v)
{
    Py_ssize_t n = int_ndigits(v), negative = int_negative(v);
    int limit = int_max_str_digits();
    double least = (double)(_PyLong_NumBits((PyObject *)v) - 1) * 0.30102999566398;
    if (limit > 0 && least > limit + 1) {
        set_limit_error(limit);
        return NULL;
    }
    size_t room = (size_t)(n * 9.0309) + 24;
    char *text = PyMem_Malloc(room + (size_t)(n + 2) * 4 + 16);
    if (!text)
        return PyErr_NoMemory();
    Py_ssize_t length;
    if (n >= 2 * GMP_CUTOFF && gmp_available())
        length = gmp_to_decimal(text + 1, v->ob_digit, n);
    else
        length = decimal_quadratic(text + 1, v->ob_digit, n, (uint32_t *)(text + ((room + 3) & ~(size_t)3)));
    PyObject *r = NULL;
    if (length > limit && limit > 0)
        set_limit_error(limit);
    else if (length >= 0) {
        text[0] = '-';
        r = ascii_str(text + !negative, length + negative);
    }
    PyMem_Free(text);
    return r;
}

PyObject *int_repr(PyObject *v)
{
    int64_t x;
    if (!int_as_i60(v, &x))
        return large_repr((PyLongObject *)v);
    char buffer[24], *end = buffer + 24, *start = u64_to_decimal((uint64_t)(x < 0 ? -x : x), end);
    if (x < 0)
        *--start = '-';
    return ascii_str(start, end - start);
}

PyObject *int_to_text(PyObject *o, int base, int alternate)
{
    if (base == 10)
        return int_repr(o);
    PyLongObject *v = (PyLongObject *)o;
    int shift = base == 16 ? 4 : base == 8 ? 3 : 1, negative = int_negative(v);
    size_t bits = _PyLong_NumBits(o), count = bits ? (bits + (size_t)shift - 1) / (size_t)shift : 1;
    if (bits > (size_t)PY_SSIZE_T_MAX - 3) {
        PyErr_SetString(PyExc_OverflowError, "int too large to format");
        return NULL;
    }
    Py_ssize_t prefix = negative + (alternate ? 2 : 0);
    PyObject *r = PyUnicode_New((Py_ssize_t)count + prefix, 127);
    if (!r)
        return NULL;
    char *text = (char *)PyUnicode_1BYTE_DATA(r);
    if (negative)
        *text++ = '-';
    if (alternate) {
        *text++ = '0';
        *text++ = base == 16 ? 'x' : base == 8 ? 'o' : 'b';
    }
    uint64_t acc = 0;
    int have = 0;
    Py_ssize_t k = 0, n = int_ndigits(v);
    for (size_t i = count; i-- > 0;) {
        if (have < shift && k < n) {
            acc |= (uint64_t)v->ob_digit[k++] << have;
            have += DIGIT_BITS;
        }
        text[i] = "0123456789abcdef"[acc & ((1u << shift) - 1)];
        acc >>= shift;
        have -= shift;
    }
    return r;
}

PyObject *_PyLong_Format(PyObject *v, int base)
{
    if (!PyLong_Check(v)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return int_to_text(v, base, 1);
}

int _PyLong_FormatWriter(_PyUnicodeWriter *writer, PyObject *v, int base, int alternate)
{
    int64_t x;
    if (base == 10 && int_as_i60(v, &x)) {
        char buffer[24], *end = buffer + 24, *start = u64_to_decimal((uint64_t)(x < 0 ? -x : x), end);
        if (x < 0)
            *--start = '-';
        return _PyUnicodeWriter_WriteASCIIString(writer, start, end - start);
    }
    PyObject *s = int_to_text(v, base, alternate);
    int bad = s ? _PyUnicodeWriter_WriteStr(writer, s) : -1;
    Py_XDECREF(s);
    return bad;
}

/* ---- text to int ------------------------------------------------------------------------------------------- */

const char *number_text(PyObject *str, Py_ssize_t *size, char **owned)
{
    *owned = NULL;
    Py_ssize_t n = PyUnicode_GET_LENGTH(str);
    *size = n;
    if (PyUnicode_IS_ASCII(str))
        return (const char *)PyUnicode_1BYTE_DATA(str);
    char *text = *owned = PyMem_Malloc((size_t)n + 1);
    if (!text) {
        PyErr_NoMemory();
        return NULL;
    }
    int kind = PyUnicode_KIND(str);
    void *data = PyUnicode_DATA(str);
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (c >= 128) {
            int value = Py_UNICODE_TODECIMAL(c);
            c = Py_UNICODE_ISSPACE(c) ? ' ' : value >= 0 ? (Py_UCS4)('0' + value) : '?';
        }
        text[i] = (char)c;
    }
    text[n] = 0;
    return text;
}

/* The value of a character as a digit in bases up to 36, or 37.  Exported by 3.11 under this name. */
extern unsigned char _PyLong_DigitValue[256];
unsigned char _PyLong_DigitValue[256] = {
    37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37,
    37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 37, 37, 37, 37, 37, 37,
    37, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 37, 37, 37, 37, 37,
    37, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 37, 37, 37, 37, 37,
    37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37,
    37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37,
    37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37,
    37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37, 37,
};
static inline int value_of(char c) { return _PyLong_DigitValue[(unsigned char)c]; }

static PyObject *from_binary(const unsigned char *values, Py_ssize_t n, int shift, int negative)
{
    PyLongObject *v = _PyLong_New((n * shift + DIGIT_BITS - 1) / DIGIT_BITS);
    if (!v)
        return NULL;
    uint64_t acc = 0;
    int have = 0;
    Py_ssize_t k = 0;
    for (Py_ssize_t i = n; --i >= 0;) {
        acc |= (uint64_t)values[i] << have;
        have += shift;
        if (have >= DIGIT_BITS) {
            v->ob_digit[k++] = (digit)(acc & DIGIT_MASK);
            acc >>= DIGIT_BITS;
            have -= DIGIT_BITS;
        }
    }
    if (k < Py_SIZE(v))
        v->ob_digit[k] = (digit)acc;
    return int_finish(v, negative);
}

static PyObject *from_values(const unsigned char *values, Py_ssize_t n, int base, int negative)
{
    static const unsigned char bits_needed[37] = {  /* an upper bound of 16 * log2(base) */
        0, 0, 16, 26, 32, 38, 42, 45, 48, 51, 54, 56, 58, 60, 61, 63, 64, 66, 67, 68, 70, 71, 72, 73, 74, 75, 76, 77, 77, 78,
        79, 80, 80, 81, 82, 83, 83};
    Py_ssize_t size = n * bits_needed[base] / 16 / DIGIT_BITS + 2, used = 0;
    PyLongObject *v = _PyLong_New(size);
    if (!v)
        return NULL;
    if (n > 300 && gmp_available()) {
        if (gmp_from_text(v->ob_digit, size, values, n, base)) {
            Py_DECREF(v);
            return NULL;
        }
        return int_finish(v, negative);
    }
    for (Py_ssize_t i = 0; i < n;) {
        uint64_t factor = 1, carry = 0;
        while (i < n && factor * (uint64_t)base <= DIGIT_MASK) {
            carry = carry * (uint64_t)base + values[i++];
            factor *= (uint64_t)base;
        }
        for (Py_ssize_t k = 0; k < used; k++) {
            carry += v->ob_digit[k] * factor;
            v->ob_digit[k] = (digit)(carry & DIGIT_MASK);
            carry >>= DIGIT_BITS;
        }
        if (carry)
            v->ob_digit[used++] = (digit)carry;
    }
    memset(v->ob_digit + used, 0, (size_t)(size - used) * sizeof(digit));
    return int_finish(v, negative);
}

/* What a literal looks like once read. */
struct literal { const char *start, *end; Py_ssize_t count; int base, negative; };

/* Reads blanks, sign, prefix, digits with single underscores, blanks; *stop is where it ended.  0, or -1 if malformed. */
static int scan_literal(const char *s, const char *end, int base, struct literal *lit, const char **stop)
{
    while (s < end && Py_ISSPACE(*s))
        s++;
    lit->negative = s < end && *s == '-';
    if (s < end && (*s == '-' || *s == '+'))
        s++;
    int prefix = 0, zero_only = 0;
    if (end - s >= 2 && s[0] == '0') {
        char c = s[1] | 32;
        prefix = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
    }
    if (base == 0) {
        zero_only = !prefix && s < end && *s == '0';
        base = prefix ? prefix : 10;
    }
    if (prefix && prefix == base) {
        s += 2;
        if (s < end && *s == '_')
            s++;
    }
    lit->base = base;
    lit->start = s;
    lit->count = 0;
    int previous_underscore = 1, nonzero = 0;
    for (; s < end; s++) {
        if (*s == '_') {
            if (previous_underscore)
                break;
            previous_underscore = 1;
            continue;
        }
        int value = value_of(*s);
        if (value >= base)
            break;
        nonzero |= value;
        previous_underscore = 0;
        lit->count++;
    }
    lit->end = s;
    *stop = s;
    if (previous_underscore || (zero_only && nonzero))
        return -1;
    while (s < end && Py_ISSPACE(*s))
        s++;
    *stop = s;
    return s == end ? 0 : -1;
}

static PyObject *literal_value(const struct literal *lit)
{
    int base = lit->base, power_of_two = (base & (base - 1)) == 0;
    if (lit->count <= 18 && base <= 10) {
        int64_t v = 0;
        for (const char *s = lit->start; s < lit->end; s++)
            if (*s != '_')
                v = v * base + (*s - '0');
        return int_from_i64(lit->negative ? -v : v);
    }
    int limit = power_of_two || lit->count <= LIMIT_THRESHOLD ? 0 : int_max_str_digits();
    if (limit > 0 && lit->count > limit) {
        PyErr_Format(PyExc_ValueError,
                     "Exceeds the limit (%d digits) for integer string conversion: value has %zd digits; "
                     "use sys.set_int_max_str_digits() to increase the limit", limit, lit->count);
        return NULL;
    }
    unsigned char on_stack[256], *values = on_stack;
    if (lit->count > 256 && !(values = PyMem_Malloc((size_t)lit->count)))
        return PyErr_NoMemory();
    Py_ssize_t n = 0, zeros = 0;
    for (const char *s = lit->start; s < lit->end; s++)
        if (*s != '_')
            values[n++] = (unsigned char)value_of(*s);
    while (zeros < n - 1 && values[zeros] == 0)
        zeros++;
    PyObject *r = power_of_two ? from_binary(values + zeros, n - zeros, __builtin_ctz((unsigned)base), lit->negative)
                               : from_values(values + zeros, n - zeros, base, lit->negative);
    if (values != on_stack)
        PyMem_Free(values);
    return r;
}

static int check_base(int base)
{
    if (base == 0 || (base >= 2 && base <= 36))
        return 0;
    PyErr_SetString(PyExc_ValueError, "int() arg 2 must be >= 2 and <= 36");
    return -1;
}

PyObject *int_from_text(const char *text, Py_ssize_t size, int base, PyObject *shown)
{
    struct literal lit;
    const char *stop;
    if (check_base(base))
        return NULL;
    if (scan_literal(text, text + size, base, &lit, &stop)) {
        PyErr_Format(PyExc_ValueError, "invalid literal for int() with base %d: %.200R", base, shown);
        return NULL;
    }
    return literal_value(&lit);
}

PyObject *PyLong_FromString(const char *text, char **end, int base)
{
    struct literal lit;
    const char *stop;
    size_t size = strlen(text);
    if (check_base(base))
        return NULL;
    int bad = scan_literal(text, text + size, base, &lit, &stop);
    if (end)
        *end = (char *)stop;
    if (!bad)
        return literal_value(&lit);
    PyObject *shown = PyUnicode_FromStringAndSize(text, size < 200 ? (Py_ssize_t)size : 200);
    if (shown) {
        PyErr_Format(PyExc_ValueError, "invalid literal for int() with base %d: %.200R", base, shown);
        Py_DECREF(shown);
    }
    return NULL;
}

PyObject *_PyLong_FromBytes(const char *text, Py_ssize_t size, int base)
{
    PyObject *shown = PyBytes_FromStringAndSize(text, size < 200 ? size : 200);
    PyObject *r = shown ? int_from_text(text, size, base, shown) : NULL;
    Py_XDECREF(shown);
    return r;
}

PyObject *PyLong_FromUnicodeObject(PyObject *str, int base)
{
    char *owned;
    Py_ssize_t size;
    const char *text = number_text(str, &size, &owned);
    PyObject *r = text ? int_from_text(text, size, base, str) : NULL;
    PyMem_Free(owned);
    return r;
}

