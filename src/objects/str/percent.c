/* str % args: printf-style formatting. */
#include "objects/str/str.h"
#include "objects/int/int_inline.h"
#include "objects/int/text.h"
#include <limits.h>
#include <string.h>

enum { F_LEFT = 1, F_SIGN = 2, F_BLANK = 4, F_ALT = 8, F_ZERO = 16 };

typedef struct {
    PyObject *format;
    int kind;
    const void *text;
    Py_ssize_t at, len;
    PyObject *args;          /* the tuple, or the one value */
    int args_owned;
    Py_ssize_t nargs, next;  /* one value: nargs -1 and next from -2 */
    PyObject *dict;          /* borrowed; NULL when args is no mapping */
    _PyUnicodeWriter w;
} Percent;

typedef struct {
    int flags;
    Py_ssize_t width;        /* -1: none */
    int precision;           /* -1: none */
    Py_UCS4 code;
    int negative_sign;       /* text may begin with a sign that stays in front of zero padding */
} Directive;

static PyObject *next_arg(Percent *p)
{
    if (p->next < p->nargs) {
        Py_ssize_t i = p->next++;
        return p->nargs < 0 ? p->args : PyTuple_GET_ITEM(p->args, i);
    }
    PyErr_SetString(PyExc_TypeError, "not enough arguments for format string");
    return NULL;
}

/* The next character of the format; -1 with ValueError at its end. */
static int next_char(Percent *p, Py_UCS4 *c)
{
    if (p->at >= p->len) {
        PyErr_SetString(PyExc_ValueError, "incomplete format");
        return -1;
    }
    *c = unit_at(p->kind, p->text, p->at++);
    return 0;
}

/* "(key)": the value becomes the one argument. */
static int parse_key(Percent *p)
{
    if (p->dict == NULL) {
        PyErr_SetString(PyExc_TypeError, "format requires a mapping");
        return -1;
    }
    Py_ssize_t start = p->at;
    int depth = 1;
    while (depth > 0 && p->at < p->len) {
        Py_UCS4 c = unit_at(p->kind, p->text, p->at++);
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    if (depth > 0) {
        PyErr_SetString(PyExc_ValueError, "incomplete format key");
        return -1;
    }
    PyObject *key = str_slice(p->format, start, p->at - 1);
    if (key == NULL)
        return -1;
    if (p->args_owned)
        Py_CLEAR(p->args);
    p->args_owned = 0;
    p->args = PyObject_GetItem(p->dict, key);
    Py_DECREF(key);
    if (p->args == NULL)
        return -1;
    p->args_owned = 1;
    p->nargs = -1;
    p->next = -2;
    return 0;
}

static int parse_width(Percent *p, Directive *d, Py_UCS4 *c)
{
    if (*c == '*') {
        PyObject *v = next_arg(p);
        if (v == NULL)
            return -1;
        if (!PyLong_Check(v)) {
            PyErr_SetString(PyExc_TypeError, "* wants int");
            return -1;
        }
        d->width = PyLong_AsSsize_t(v);
        if (d->width == -1 && PyErr_Occurred())
            return -1;
        if (d->width < 0) {
            d->flags |= F_LEFT;
            d->width = -d->width;
        }
        return next_char(p, c);
    }
    if (*c - '0' >= 10)
        return 0;
    d->width = 0;
    while (*c - '0' < 10) {
        if (d->width > (PY_SSIZE_T_MAX - (Py_ssize_t)(*c - '0')) / 10) {
            PyErr_SetString(PyExc_ValueError, "width too big");
            return -1;
        }
        d->width = d->width * 10 + (Py_ssize_t)(*c - '0');
        if (next_char(p, c) < 0)
            return -1;
    }
    return 0;
}

static int parse_precision(Percent *p, Directive *d, Py_UCS4 *c)
{
    if (*c != '.')
        return 0;
    d->precision = 0;
    if (next_char(p, c) < 0)
        return -1;
    if (*c == '*') {
        PyObject *v = next_arg(p);
        if (v == NULL)
            return -1;
        if (!PyLong_Check(v)) {
            PyErr_SetString(PyExc_TypeError, "* wants int");
            return -1;
        }
        d->precision = _PyLong_AsInt(v);
        if (d->precision == -1 && PyErr_Occurred())
            return -1;
        if (d->precision < 0)
            d->precision = 0;
        return next_char(p, c);
    }
    while (*c - '0' < 10) {
        if (d->precision > (INT_MAX - (int)(*c - '0')) / 10) {
            PyErr_SetString(PyExc_ValueError, "precision too big");
            return -1;
        }
        d->precision = d->precision * 10 + (int)(*c - '0');
        if (next_char(p, c) < 0)
            return -1;
    }
    return 0;
}

static int parse_directive(Percent *p, Directive *d)
{
    Py_UCS4 c;
    *d = (Directive){.width = -1, .precision = -1};
    if (next_char(p, &c) < 0)
        return -1;
    if (c == '(') {
        if (parse_key(p) < 0 || next_char(p, &c) < 0)
            return -1;
    }
    for (;; ) {
        int flag = c == '-' ? F_LEFT : c == '+' ? F_SIGN : c == ' ' ? F_BLANK : c == '#' ? F_ALT : c == '0' ? F_ZERO : 0;
        if (!flag)
            break;
        d->flags |= flag;
        if (next_char(p, &c) < 0)
            return -1;
    }
    if (parse_width(p, d, &c) < 0 || parse_precision(p, d, &c) < 0)
        return -1;
    if (c == 'h' || c == 'l' || c == 'L')
        if (next_char(p, &c) < 0)
            return -1;
    d->code = c;
    return 0;
}

/* --- conversion of one value --- */

/* An int in text of the given type (d i u o x X), with at least `precision` digits and, if alt, its prefix: new. */
PyObject *_PyUnicode_FormatLong(PyObject *value, int alt, int precision, int type)
{
    int base = type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
    if (precision > INT_MAX - 3) {
        PyErr_SetString(PyExc_ValueError, "precision too large");
        return NULL;
    }
    PyObject *text = PyNumber_ToBase(value, base);   /* as a number, also if its class has a text of its own */
    if (text == NULL)
        return NULL;
    const char *s = PyUnicode_AsUTF8(text);
    if (s == NULL) {
        Py_DECREF(text);
        return NULL;
    }
    Py_ssize_t n = str_len(text);
    int negative = *s == '-', prefix = base == 10 ? 0 : 2;
    const char *digits = s + negative + prefix;
    Py_ssize_t ndigits = n - negative - prefix, zeros = precision > ndigits ? precision - ndigits : 0;
    if (!alt)
        prefix = 0;
    PyObject *r = PyUnicode_New(negative + prefix + zeros + ndigits, 127);
    if (r == NULL || str_len(r) == 0) {
        Py_DECREF(text);
        return r;
    }
    char *to = str_data(r);
    if (negative)
        *to++ = '-';
    if (prefix) {
        *to++ = '0';
        *to++ = (char)type;
    }
    memset(to, '0', zeros);
    for (Py_ssize_t i = 0; i < ndigits; i++)
        to[zeros + i] = type == 'X' && digits[i] >= 'a' ? digits[i] - 32 : digits[i];
    Py_DECREF(text);
    return r;
}

static int wrong_type(const Directive *d, PyObject *v)
{
    const char *what = d->code == 'o' || d->code == 'x' || d->code == 'X' ? "an integer" : "a real number";
    PyErr_Format(PyExc_TypeError, "%%%c format: %s is required, not %.200s", (int)d->code, what, Py_TYPE(v)->tp_name);
    return -1;
}

static PyObject *int_text(const Directive *d, PyObject *v)
{
    PyObject *i = NULL;
    if (!PyNumber_Check(v)) {
        wrong_type(d, v);
        return NULL;
    }
    if (PyLong_Check(v)) {
        Py_INCREF(v);
        i = v;
    }
    else {
        i = d->code == 'o' || d->code == 'x' || d->code == 'X' ? PyNumber_Index(v) : PyNumber_Long(v);
        if (i == NULL) {
            if (PyErr_ExceptionMatches(PyExc_TypeError))
                wrong_type(d, v);
            return NULL;
        }
    }
    PyObject *text = _PyUnicode_FormatLong(i, d->flags & F_ALT, d->precision, (int)d->code);
    Py_DECREF(i);
    return text;
}

/* The text of an exact int of up to 60 bits in decimal or hexadecimal, written before `end`: its start, or NULL when it takes
 * more than that. */
static char *small_int_text(const Directive *d, PyObject *v, char *end)
{
    int64_t x;
    if (d->precision >= 0 || d->flags & F_ALT || !PyLong_CheckExact(v) || !int_as_i60(v, &x))
        return NULL;
    uint64_t rest = (uint64_t)(x < 0 ? -x : x);
    char *s = end;
    if (d->code == 'd' || d->code == 'i' || d->code == 'u') {
        s = u64_to_decimal(rest, end);
    } else if (d->code == 'x' || d->code == 'X') {
        const char *digits = d->code == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
        do
            *--s = digits[rest & 15];
        while (rest >>= 4);
    } else {
        return NULL;
    }
    if (x < 0)
        *--s = '-';
    return s;
}

static PyObject *char_text(PyObject *v)
{
    if (PyUnicode_Check(v)) {
        if (PyUnicode_READY(v) == 0 && str_len(v) == 1)
            return str_exact(v);
        goto wrong;
    }
    PyObject *i = PyNumber_Index(v);
    if (i == NULL) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            goto wrong;
        return NULL;
    }
    int overflow;
    long c = PyLong_AsLongAndOverflow(i, &overflow);
    Py_DECREF(i);
    if (overflow || c < 0 || c > MAX_UNICODE) {
        PyErr_SetString(PyExc_OverflowError, "%c arg not in range(0x110000)");
        return NULL;
    }
    return PyUnicode_FromOrdinal((int)c);
wrong:
    PyErr_SetString(PyExc_TypeError, "%c requires int or char");
    return NULL;
}

/* The converted value (new); *numeric: whether signs and zero padding apply. */
static PyObject *convert(Percent *p, Directive *d, PyObject *v, int *numeric)
{
    *numeric = 0;
    switch (d->code) {
    case 's': return PyObject_Str(v);
    case 'r': return PyObject_Repr(v);
    case 'a': return PyObject_ASCII(v);
    case 'c': return char_text(v);
    case 'd': case 'i': case 'u': case 'o': case 'x': case 'X':
        *numeric = 1;
        return int_text(d, v);
    }
    PyErr_Format(PyExc_ValueError, "unsupported format character '%c' (0x%x) at index %zd",
                 d->code > 30 && d->code < 127 ? (int)d->code : '?', (int)d->code, p->at - 1);
    return NULL;
}

/* Writes the text, of characters up to max, padded to the width; `lead` (sign and prefix) in front of zeros. */
static int write_padded(Percent *p, const Directive *d, StrView text, Py_UCS4 max, int numeric)
{
    _PyUnicodeWriter *w = &p->w;
    Py_ssize_t len = text.len, skip = 0;
    if (!numeric && d->code != 'c' && d->precision >= 0 && len > d->precision)
        len = d->precision;
    char lead[4];
    int nlead = 0;
    if (numeric) {
        Py_UCS4 c = len ? unit_at(text.kind, text.data, 0) : 0;
        if (c == '-' || c == '+') {
            lead[nlead++] = (char)c;
            skip = 1;
        }
        else if (d->flags & F_SIGN)
            lead[nlead++] = '+';
        else if (d->flags & F_BLANK)
            lead[nlead++] = ' ';
        if ((d->flags & F_ALT) && (d->code == 'x' || d->code == 'X' || d->code == 'o')) {
            lead[nlead++] = '0';
            lead[nlead++] = (char)d->code;
            skip += 2;
        }
    }
    int zeros = numeric && (d->flags & F_ZERO) && !(d->flags & F_LEFT);
    Py_ssize_t body = len - skip + nlead, fill = d->width > body ? d->width - body : 0;
    if (max > 127)
        max = units_max(text.kind, text.data, len);
    if (_PyUnicodeWriter_Prepare(w, body + fill, max) < 0)
        return -1;
    if (fill && !zeros && !(d->flags & F_LEFT)) {
        units_fill(w->kind, w->data, w->pos, fill, ' ');
        w->pos += fill;
    }
    for (int i = 0; i < nlead; i++)
        unit_set(w->kind, w->data, w->pos++, (Py_UCS4)lead[i]);
    if (fill && zeros) {
        units_fill(w->kind, w->data, w->pos, fill, '0');
        w->pos += fill;
    }
    units_copy(w->kind, w->data, w->pos, text.kind, text.data, skip, len - skip);
    w->pos += len - skip;
    if (fill && (d->flags & F_LEFT)) {
        units_fill(w->kind, w->data, w->pos, fill, ' ');
        w->pos += fill;
    }
    return 0;
}

static int format_float(Percent *p, const Directive *d, PyObject *v)
{
    double x = PyFloat_AsDouble(v);
    if (x == -1.0 && PyErr_Occurred())
        return -1;
    char *s = PyOS_double_to_string(x, (char)d->code, d->precision < 0 ? 6 : d->precision, d->flags & F_ALT ? Py_DTSF_ALT : 0, NULL);
    if (s == NULL)
        return -1;
    int failed = write_padded(p, d, (StrView){s, (Py_ssize_t)strlen(s), 1}, 127, 1);
    PyMem_Free(s);
    return failed;
}

static int is_float_code(Py_UCS4 c) { return c == 'f' || c == 'F' || c == 'g' || c == 'G' || c == 'e' || c == 'E'; }

static int format_one(Percent *p)
{
    Directive d;
    int numeric;
    if (p->at < p->len && unit_at(p->kind, p->text, p->at) == '%') {
        p->at++;
        return _PyUnicodeWriter_WriteChar(&p->w, '%');
    }
    if (parse_directive(p, &d) < 0)
        return -1;
    PyObject *v = next_arg(p);
    if (v == NULL)
        return -1;
    if (p->at == p->len)
        p->w.overallocate = 0;
    if (d.width == -1 && d.precision == -1 && d.flags == 0) {
        if (d.code == 's' && PyUnicode_CheckExact(v))
            return _PyUnicodeWriter_WriteStr(&p->w, v);
        if ((d.code == 'd' || d.code == 's' || d.code == 'i') && PyLong_CheckExact(v))
            return _PyLong_FormatWriter(&p->w, v, 10, 0);
    }
    if (is_float_code(d.code))
        return format_float(p, &d, v);
    char small[24], *digits = small_int_text(&d, v, small + sizeof small);
    if (digits)
        return write_padded(p, &d, (StrView){digits, small + sizeof small - digits, 1}, 127, 1);
    PyObject *text = convert(p, &d, v, &numeric);
    if (text == NULL)
        return -1;
    int plain = !numeric && d.width <= str_len(text) && (d.code == 'c' || d.precision < 0 || d.precision >= str_len(text));
    int failed = plain ? _PyUnicodeWriter_WriteStr(&p->w, text)
                       : write_padded(p, &d, str_view(text), str_max(text), numeric);
    Py_DECREF(text);
    return failed;
}

PyObject *PyUnicode_Format(PyObject *format, PyObject *args)
{
    if (format == NULL || args == NULL) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (str_check(format) < 0)
        return NULL;
    Percent p = {.format = format, .kind = str_kind(format), .text = str_data(format), .len = str_len(format), .args = args,
                 .nargs = -1, .next = -2};
    if (PyTuple_Check(args)) {
        p.nargs = PyTuple_GET_SIZE(args);
        p.next = 0;
    }
    else if (PyMapping_Check(args) && !PyUnicode_Check(args))
        p.dict = args;
    _PyUnicodeWriter_Init(&p.w);
    p.w.min_length = p.len + 100;
    p.w.overallocate = 1;
    while (p.at < p.len) {
        StrView rest = {(const char *)p.text + p.at * p.kind, p.len - p.at, p.kind};
        Py_ssize_t skip = view_find_char(rest, '%', 1);
        if (skip < 0)
            skip = rest.len;
        if (skip == p.len)
            p.w.overallocate = 0;
        if (skip && _PyUnicodeWriter_WriteSubstring(&p.w, format, p.at, p.at + skip) < 0)
            goto fail;
        p.at += skip;
        if (p.at < p.len) {
            p.at++;
            if (format_one(&p) < 0)
                goto fail;
        }
    }
    if (p.next < p.nargs && p.dict == NULL) {
        PyErr_SetString(PyExc_TypeError, "not all arguments converted during string formatting");
        goto fail;
    }
    if (p.args_owned)
        Py_DECREF(p.args);
    return _PyUnicodeWriter_Finish(&p.w);
fail:
    if (p.args_owned)
        Py_XDECREF(p.args);
    _PyUnicodeWriter_Dealloc(&p.w);
    return NULL;
}
