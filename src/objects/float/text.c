/* float <-> text: float(str), PyOS_string_to_double, PyOS_double_to_string. */
#include "objects/float/float.h"
#include "objects/float/digits.h"
#include "objects/int/text.h"

#include <math.h>

/* ---- reading ----------------------------------------------------------------------------------------------- */

/* The end of a decimal literal or special word at s, or s itself when there is none. */
static const char *scan_float(const char *s, int *special)
{
    const char *start = s;
    s += *s == '-' || *s == '+';
    *special = 0;
    if (!(*s >= '0' && *s <= '9') && *s != '.') {
        size_t n = strncasecmp(s, "infinity", 8) == 0 ? 8 : strncasecmp(s, "inf", 3) == 0 || strncasecmp(s, "nan", 3) == 0 ? 3 : 0;
        *special = n != 0;
        return n ? s + n : start;
    }
    const char *p = s;
    int digits = 0;
    for (; *p >= '0' && *p <= '9'; p++)
        digits++;
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9'; p++)
            digits++;
    if (!digits)
        return start;
    if (*p == 'e' || *p == 'E') {
        const char *q = p + 1;
        q += *q == '-' || *q == '+';
        if (*q >= '0' && *q <= '9') {
            while (*q >= '0' && *q <= '9')
                q++;
            p = q;
        }
    }
    return p;
}

static double special_value(const char *s)
{
    int negative = *s == '-';
    s += *s == '-' || *s == '+';
    double v = (*s | 32) == 'n' ? NAN : INFINITY;
    return negative ? -v : v;
}

double PyOS_string_to_double(const char *s, char **endptr, PyObject *overflow_exception)
{
    int special;
    const char *end = scan_float(s, &special);
    double v = -1.0;
    if (end == s || (!endptr && *end)) {
        PyErr_Format(PyExc_ValueError, "could not convert string to float: '%.200s'", s);
        end = s;
    }
    else if (special)
        v = special_value(s);
    else {
        char *stop;
        v = double_parse(s, &stop);
        if (isinf(v) && overflow_exception) {
            PyErr_Format(overflow_exception, "value too large to convert to float: '%.200s'", s);
            v = -1.0;
        }
    }
    if (endptr)
        *endptr = (char *)end;
    return v;
}

/* Drops underscores that stand between digits; NULL when one stands elsewhere. */
static char *without_underscores(const char *text, Py_ssize_t size, char *out)
{
    char previous = 0, *p = out;
    for (Py_ssize_t i = 0; i < size; i++) {
        char c = text[i];
        if (c == '_') {
            if (!(previous >= '0' && previous <= '9'))
                return NULL;
        }
        else {
            if (previous == '_' && !(c >= '0' && c <= '9'))
                return NULL;
            *p++ = c;
        }
        previous = c;
    }
    *p = 0;
    return previous == '_' ? NULL : p;
}

int float_from_ascii(const char *text, Py_ssize_t size, double *out)
{
    char on_stack[128], *copy = NULL;
    const char *s = text, *stop = text + size;
    if (memchr(text, '_', (size_t)size)) {
        copy = size < (Py_ssize_t)sizeof on_stack ? on_stack : PyMem_Malloc((size_t)size + 1);
        if (!copy) {
            PyErr_NoMemory();
            return -2;
        }
        stop = without_underscores(text, size, copy);
        s = copy;
    }
    int good = stop != NULL;
    if (good) {
        while (Py_ISSPACE(*s))
            s++;
        int special;
        const char *end = scan_float(s, &special);
        good = end != s;
        if (good) {
            char *unused;
            *out = special ? special_value(s) : double_parse(s, &unused);
        }
        while (Py_ISSPACE(*end))
            end++;
        good &= end == stop;
    }
    if (copy && copy != on_stack)
        PyMem_Free(copy);
    return good ? 0 : -1;
}

/* The same for text that need not end with NUL. */
static int from_bytes(const char *text, Py_ssize_t size, double *out)
{
    char on_stack[128], *copy = size < (Py_ssize_t)sizeof on_stack ? on_stack : PyMem_Malloc((size_t)size + 1);
    if (!copy) {
        PyErr_NoMemory();
        return -2;
    }
    memcpy(copy, text, (size_t)size);
    copy[size] = 0;
    int r = float_from_ascii(copy, size, out);
    if (copy != on_stack)
        PyMem_Free(copy);
    return r;
}

PyObject *PyFloat_FromString(PyObject *o)
{
    double v;
    int result;
    if (PyUnicode_Check(o)) {
        char *owned;
        Py_ssize_t size;
        const char *text = number_text(o, &size, &owned);
        if (!text)
            return NULL;
        result = float_from_ascii(text, size, &v);
        PyMem_Free(owned);
    }
    else if (PyBytes_Check(o))
        result = float_from_ascii(PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o), &v);
    else if (PyByteArray_Check(o))
        result = float_from_ascii(PyByteArray_AsString(o), PyByteArray_Size(o), &v);
    else {
        Py_buffer view;
        if (PyObject_GetBuffer(o, &view, PyBUF_SIMPLE)) {
            PyErr_Format(PyExc_TypeError, "float() argument must be a string or a real number, not '%.200s'",
                         Py_TYPE(o)->tp_name);
            return NULL;
        }
        result = from_bytes(view.buf, view.len, &v);
        PyBuffer_Release(&view);
    }
    if (result == -1)
        PyErr_Format(PyExc_ValueError, "could not convert string to float: %R", o);
    return result ? NULL : float_from_double(v);
}

/* ---- writing ----------------------------------------------------------------------------------------------- */

static char *non_finite(double v, int upper, int flags)
{
    char *text = PyMem_Malloc(8), *p = text;
    if (!text)
        return (char *)PyErr_NoMemory();
    if (isnan(v) ? 0 : v < 0)
        *p++ = '-';
    else if (flags & Py_DTSF_SIGN)
        *p++ = '+';
    strcpy(p, isnan(v) ? upper ? "NAN" : "nan" : upper ? "INF" : "inf");
    return text;
}

/* Lays digits out: from `d`, with at least `least` digits shown after rounding position rules of the code. */
static char *lay_out(const DoubleDigits *d, int digits_end, int use_exp, int upper, int flags)
{
    /* digits_end: how many digits are to be shown, counted from the first digit (zeros are appended) */
    int point = use_exp ? 1 : d->point;
    size_t room = (size_t)(digits_end > point ? digits_end : point) + (point < 0 ? (size_t)-point : 0) + 24;
    char *text = PyMem_Malloc(room), *p = text;
    if (!text)
        return (char *)PyErr_NoMemory();
    int zero = 1;
    for (int i = 0; i < d->count && zero; i++)
        zero = d->text[i] == '0';
    if (d->negative && !(zero && (flags & Py_DTSF_NO_NEG_0)))
        *p++ = '-';
    else if (flags & Py_DTSF_SIGN)
        *p++ = '+';
    if (point <= 0)
        *p++ = '0';
    for (int i = 0; i < point; i++)
        *p++ = i < d->count ? d->text[i] : '0';
    *p++ = '.';
    char *after = p;
    for (int i = point; i < digits_end; i++)
        *p++ = i >= 0 && i < d->count ? d->text[i] : '0';
    if (p == after) {
        if ((flags & Py_DTSF_ADD_DOT_0) && !use_exp)
            *p++ = '0';
        else if (!(flags & Py_DTSF_ALT))
            p--;
    }
    if (use_exp) {
        int e = d->point - 1;
        p += sprintf(p, "%c%c%02d", upper ? 'E' : 'e', e < 0 ? '-' : '+', abs(e));
    }
    *p = 0;
    return text;
}

char *PyOS_double_to_string(double v, char code, int precision, int flags, int *type)
{
    int upper = code == 'E' || code == 'F' || code == 'G', kind = isnan(v) ? Py_DTST_NAN : isinf(v) ? Py_DTST_INFINITE : Py_DTST_FINITE;
    if (type)
        *type = kind;
    char lower = upper ? (char)(code | 32) : code;
    if ((lower != 'e' && lower != 'f' && lower != 'g' && lower != 'r') || (lower == 'r' && precision != 0)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (kind != Py_DTST_FINITE)
        return non_finite(v, upper, flags);
    DoubleDigits d;
    switch (lower) {
    case 'r':
        double_shortest(v, &d);
        return lay_out(&d, d.count, d.point <= -4 || d.point > 16, upper, flags);
    case 'e':
        double_significant(v, precision + 1, &d);
        return lay_out(&d, precision + 1, 1, upper, flags);
    case 'f':
        double_fixed(v, precision, &d);
        return lay_out(&d, d.point + precision, 0, upper, flags);
    default:
        break;
    }
    if (precision == 0)
        precision = 1;
    double_significant(v, precision, &d);
    int use_exp = d.point <= -4 || d.point > precision - (flags & Py_DTSF_ADD_DOT_0 ? 1 : 0);
    int shown = precision;
    if (!(flags & Py_DTSF_ALT)) {
        while (d.count > 1 && d.text[d.count - 1] == '0')
            d.count--;
        shown = d.count;
    }
    return lay_out(&d, shown, use_exp, upper, flags);
}
