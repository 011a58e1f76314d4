/* format() of int, float and complex; see format.h.
 *
 * A number is laid out from pieces: left padding, sign, prefix, inner padding, grouped digits, point, rest, right padding. */
#include "objects/int/format.h"
#include "objects/int/int.h"
#include "objects/int/text.h"

#include <locale.h>
#include <math.h>

/* ---- the specification ------------------------------------------------------------------------------------- */

static int is_align(Py_UCS4 c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

/* Reads decimal digits at *at; the number, -1 when there are none, -2 with an error set. */
static Py_ssize_t read_number(PyObject *spec, Py_ssize_t *at, Py_ssize_t end)
{
    Py_ssize_t v = -1;
    for (; *at < end; ++*at) {
        Py_UCS4 c = PyUnicode_READ_CHAR(spec, *at);
        int d = c >= '0' && c <= '9' ? (int)(c - '0') : c < 128 ? -1 : Py_UNICODE_TODECIMAL(c);
        if (d < 0)
            break;
        if (v < 0)
            v = 0;
        if (v > (PY_SSIZE_T_MAX - d) / 10) {
            PyErr_SetString(PyExc_ValueError, "Too many decimal digits in format string");
            return -2;
        }
        v = v * 10 + d;
    }
    return v;
}

static int check_grouping(const FormatSpec *f)
{
    if (!f->grouping)
        return 0;
    switch (f->type) {
    case 'd': case 'e': case 'f': case 'g': case 'E': case 'G': case '%': case 'F': case 0:
        return 0;
    case 'b': case 'o': case 'x': case 'X':
        if (f->grouping == '_')
            return 0;
        break;
    default:
        break;
    }
    if (f->type > 32 && f->type < 128)
        PyErr_Format(PyExc_ValueError, "Cannot specify '%c' with '%c'.", (int)f->grouping, (int)f->type);
    else
        PyErr_Format(PyExc_ValueError, "Cannot specify '%c' with '\\x%x'.", (int)f->grouping, (unsigned)f->type);
    return -1;
}

int format_spec_parse(PyObject *spec, FormatSpec *f, Py_UCS4 default_type, Py_UCS4 default_align, PyObject *value)
{
    Py_ssize_t at = 0, end = PyUnicode_GET_LENGTH(spec);
#define PEEK(i) (at + (i) < end ? PyUnicode_READ_CHAR(spec, at + (i)) : 0)
    *f = (FormatSpec){.fill = ' ', .align = default_align, .width = -1, .precision = -1, .type = default_type};
    if (end - at >= 2 && is_align(PEEK(1))) {
        f->fill = PEEK(0);
        f->align = PEEK(1);
        f->fill_given = f->align_given = 1;
        at += 2;
    }
    else if (end - at >= 1 && is_align(PEEK(0))) {
        f->align = PEEK(0);
        f->align_given = 1;
        at++;
    }
    if (PEEK(0) == '+' || PEEK(0) == '-' || PEEK(0) == ' ')
        f->sign = (int)PyUnicode_READ_CHAR(spec, at++);
    if (PEEK(0) == 'z') {
        f->no_negative_zero = 1;
        at++;
    }
    if (PEEK(0) == '#') {
        f->alternate = 1;
        at++;
    }
    if (!f->fill_given && PEEK(0) == '0') {
        f->fill = '0';
        if (!f->align_given && default_align == '>')
            f->align = '=';
        at++;
    }
    if ((f->width = read_number(spec, &at, end)) == -2)
        return -1;
    if (PEEK(0) == ',') {
        f->grouping = ',';
        at++;
    }
    if (PEEK(0) == '_') {
        if (f->grouping)
            goto both;
        f->grouping = '_';
        at++;
    }
    if (PEEK(0) == ',' && f->grouping == '_')
        goto both;
    if (PEEK(0) == '.') {
        at++;
        f->precision = read_number(spec, &at, end);
        if (f->precision == -2)
            return -1;
        if (f->precision == -1) {
            PyErr_SetString(PyExc_ValueError, "Format specifier missing precision");
            return -1;
        }
    }
    if (end - at > 1) {
        PyErr_Format(PyExc_ValueError, "Invalid format specifier '%U' for object of type '%.200s'", spec,
                     Py_TYPE(value)->tp_name);
        return -1;
    }
    if (end - at == 1)
        f->type = PEEK(0);
    return check_grouping(f);
both:
    PyErr_SetString(PyExc_ValueError, "Cannot specify both ',' and '_'.");
    return -1;
#undef PEEK
}

PyObject *format_unknown_type(Py_UCS4 type, PyObject *value)
{
    if (type > 32 && type < 128)
        PyErr_Format(PyExc_ValueError, "Unknown format code '%c' for object of type '%.200s'", (int)type, Py_TYPE(value)->tp_name);
    else
        PyErr_Format(PyExc_ValueError, "Unknown format code '\\x%x' for object of type '%.200s'", (unsigned)type,
                     Py_TYPE(value)->tp_name);
    return NULL;
}

PyObject *format_pad(PyObject *text, const FormatSpec *f)
{
    Py_ssize_t n = text ? PyUnicode_GET_LENGTH(text) : 0, padding = f->width - n;
    if (!text || padding <= 0)
        return text;
    Py_ssize_t left = f->align == '<' ? 0 : f->align == '^' ? padding / 2 : padding;
    Py_UCS4 max = PyUnicode_MAX_CHAR_VALUE(text);
    PyObject *r = PyUnicode_New(f->width, max > f->fill ? max : f->fill);
    if (r && ((left && PyUnicode_Fill(r, 0, left, f->fill) < 0) || PyUnicode_CopyCharacters(r, left, text, 0, n) < 0 ||
              (padding > left && PyUnicode_Fill(r, left + n, padding - left, f->fill) < 0)))
        Py_CLEAR(r);
    Py_DECREF(text);
    return r;
}

/* ---- laying a number out ----------------------------------------------------------------------------------- */

/* Where separators go, and what they and the point look like; the strings are owned. */
struct conventions {
    PyObject *separator, *point;  /* NULL: none, and "." */
    const char *groups;           /* sizes from the right, the last repeats; CHAR_MAX ends */
};

static int conventions_for(const FormatSpec *f, struct conventions *c)
{
    *c = (struct conventions){NULL, NULL, "\3"};
    if (f->type == 'n') {
        struct lconv *l = localeconv();
        c->groups = l->grouping;
        c->point = PyUnicode_DecodeLocale(l->decimal_point, NULL);
        c->separator = PyUnicode_DecodeLocale(l->thousands_sep, NULL);
        return c->point && c->separator ? 0 : -1;
    }
    if (f->grouping) {
        if (f->grouping == '_' && (f->type == 'b' || f->type == 'o' || f->type == 'x' || f->type == 'X'))
            c->groups = "\4";
        c->separator = PyUnicode_FromOrdinal((int)f->grouping);
        return c->separator ? 0 : -1;
    }
    return 0;
}

/* Size of the group with this index from the right; a huge one when grouping ends. */
static Py_ssize_t group_size(const char *groups, int index)
{
    if (!groups || !*groups)
        return PY_SSIZE_T_MAX;
    for (; index > 0 && groups[1]; index--)
        groups++;
    return *groups == CHAR_MAX || *groups <= 0 ? PY_SSIZE_T_MAX : *groups;
}

static Py_ssize_t separators(const char *groups, Py_ssize_t digits)
{
    Py_ssize_t n = 0;
    for (int i = 0;; i++) {
        Py_ssize_t size = group_size(groups, i);
        if (digits <= size)
            return n;
        digits -= size;
        n++;
    }
}

struct pieces {
    char sign;                       /* 0: none */
    const char *prefix;              /* "0x" or "" */
    const char *digits;
    Py_ssize_t ndigits;
    int point;
    const char *rest;
    Py_ssize_t nrest;
    Py_UCS4 single;                  /* of 'c': stands in place of the digits when ndigits is -1 */
};

static void write_digits(PyObject *r, Py_ssize_t *end, const struct pieces *p, Py_ssize_t total, const struct conventions *c)
{
    Py_ssize_t at = *end, width = c->separator ? PyUnicode_GET_LENGTH(c->separator) : 0, left = p->ndigits;
    int group = 0;
    Py_ssize_t room = width ? group_size(c->groups, 0) : PY_SSIZE_T_MAX;
    int kind = PyUnicode_KIND(r);
    void *data = PyUnicode_DATA(r);
    for (; total > 0; total--) {
        if (room == 0) {
            for (Py_ssize_t i = width; --i >= 0;)
                PyUnicode_WRITE(kind, data, --at, PyUnicode_READ_CHAR(c->separator, i));
            room = group_size(c->groups, ++group);
        }
        PyUnicode_WRITE(kind, data, --at, left > 0 ? (Py_UCS4)(unsigned char)p->digits[--left] : '0');
        room--;
    }
    *end = at;
}

static PyObject *assemble(const struct pieces *p, const FormatSpec *f, const struct conventions *c)
{
    Py_ssize_t nprefix = (Py_ssize_t)strlen(p->prefix), npoint = 0, nsep = 0, total = p->ndigits;
    Py_UCS4 max = 127;
    if (p->point)
        npoint = c->point ? PyUnicode_GET_LENGTH(c->point) : 1;
    Py_ssize_t around = (p->sign != 0) + nprefix + npoint + p->nrest;
    Py_ssize_t wsep = c->separator ? PyUnicode_GET_LENGTH(c->separator) : 0;
    if (p->ndigits < 0) {
        total = 1;
        max = p->single;
    }
    else {
        Py_ssize_t least = f->fill == '0' && f->align == '=' && p->ndigits > 0 ? f->width - around : 0;
        nsep = wsep ? separators(c->groups, total) : 0;
        if (!wsep && total < least)
            total = least;
        while (total + nsep * wsep < least) {
            total++;
            nsep = separators(c->groups, total);
        }
    }
    Py_ssize_t content = around + total + nsep * wsep, padding = f->width > content ? f->width - content : 0;
    Py_ssize_t left = f->align == '>' ? padding : f->align == '^' ? padding / 2 : 0, inner = f->align == '=' ? padding : 0;
    if (padding && f->fill > max)
        max = f->fill;
    if (nsep && PyUnicode_MAX_CHAR_VALUE(c->separator) > max)
        max = PyUnicode_MAX_CHAR_VALUE(c->separator);
    if (npoint && c->point && PyUnicode_MAX_CHAR_VALUE(c->point) > max)
        max = PyUnicode_MAX_CHAR_VALUE(c->point);
    PyObject *r = PyUnicode_New(content + padding, max);
    if (!r)
        return NULL;
    int kind = PyUnicode_KIND(r);
    void *data = PyUnicode_DATA(r);
    Py_ssize_t at = 0;
    for (Py_ssize_t i = 0; i < left; i++)
        PyUnicode_WRITE(kind, data, at++, f->fill);
    if (p->sign)
        PyUnicode_WRITE(kind, data, at++, (Py_UCS4)p->sign);
    for (Py_ssize_t i = 0; i < nprefix; i++)
        PyUnicode_WRITE(kind, data, at++, (Py_UCS4)p->prefix[i]);
    for (Py_ssize_t i = 0; i < inner; i++)
        PyUnicode_WRITE(kind, data, at++, f->fill);
    if (p->ndigits < 0)
        PyUnicode_WRITE(kind, data, at++, p->single);
    else {
        Py_ssize_t end = at + total + nsep * wsep;
        at = end;
        write_digits(r, &end, p, total, c);
    }
    for (Py_ssize_t i = 0; i < npoint; i++)
        PyUnicode_WRITE(kind, data, at++, c->point ? PyUnicode_READ_CHAR(c->point, i) : '.');
    for (Py_ssize_t i = 0; i < p->nrest; i++)
        PyUnicode_WRITE(kind, data, at++, (Py_UCS4)(unsigned char)p->rest[i]);
    for (Py_ssize_t i = padding - left - inner; i > 0; i--)
        PyUnicode_WRITE(kind, data, at++, f->fill);
    return r;
}

static char sign_for(int negative, const FormatSpec *f)
{
    return negative ? '-' : f->sign == '+' ? '+' : f->sign == ' ' ? ' ' : 0;
}

/* ---- int --------------------------------------------------------------------------------------------------- */

static PyObject *value_error(const char *message)
{
    PyErr_SetString(PyExc_ValueError, message);
    return NULL;
}

static PyObject *format_char(PyObject *self, const FormatSpec *f)
{
    if (f->sign)
        return value_error("Sign not allowed with integer format specifier 'c'");
    if (f->alternate)
        return value_error("Alternate form (#) not allowed with integer format specifier 'c'");
    long x = PyLong_AsLong(self);
    if (x == -1 && PyErr_Occurred())
        return NULL;
    if (x < 0 || x > 0x10ffff) {
        PyErr_SetString(PyExc_OverflowError, "%c arg not in range(0x110000)");
        return NULL;
    }
    struct pieces p = {0, "", NULL, -1, 0, NULL, 0, (Py_UCS4)x};
    struct conventions c = {NULL, NULL, NULL};
    return assemble(&p, f, &c);
}

static PyObject *format_integer(PyObject *self, const FormatSpec *f)
{
    if (f->precision != -1)
        return value_error("Precision not allowed in integer format specifier");
    if (f->no_negative_zero)
        return value_error("Negative zero coercion (z) not allowed in integer format specifier");
    if (f->type == 'c')
        return format_char(self, f);
    int base = f->type == 'b' ? 2 : f->type == 'o' ? 8 : f->type == 'x' || f->type == 'X' ? 16 : 10;
    PyObject *text = int_to_text(self, base, 0);
    if (!text)
        return NULL;
    char *digits = (char *)PyUnicode_1BYTE_DATA(text);
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    int negative = *digits == '-';
    if (f->type == 'X')
        for (Py_ssize_t i = 0; i < n; i++)
            if (digits[i] >= 'a')
                digits[i] -= 32;
    struct pieces p = {sign_for(negative, f), "", digits + negative, n - negative, 0, NULL, 0, 0};
    if (f->alternate && base != 10)
        p.prefix = base == 2 ? "0b" : base == 8 ? "0o" : f->type == 'X' ? "0X" : "0x";
    struct conventions c;
    PyObject *r = conventions_for(f, &c) ? NULL : assemble(&p, f, &c);
    Py_XDECREF(c.separator);
    Py_XDECREF(c.point);
    Py_DECREF(text);
    return r;
}

static PyObject *format_double(double v, const FormatSpec *f);

static int check_spec(PyObject *spec)
{
    if (PyUnicode_Check(spec))
        return 0;
    PyErr_Format(PyExc_TypeError, "__format__() argument must be str, not %.50s",
                 spec == Py_None ? "None" : Py_TYPE(spec)->tp_name);
    return -1;
}

PyObject *int_format(PyObject *self, PyObject *spec)
{
    FormatSpec f;
    if (check_spec(spec))
        return NULL;
    if (PyUnicode_GET_LENGTH(spec) == 0)
        return PyLong_CheckExact(self) ? int_repr(self) : PyObject_Str(self);
    if (format_spec_parse(spec, &f, 'd', '>', self))
        return NULL;
    switch (f.type) {
    case 'b': case 'c': case 'd': case 'o': case 'x': case 'X': case 'n':
        return format_integer(self, &f);
    case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case '%': {
        double v = PyLong_AsDouble(self);
        return v == -1.0 && PyErr_Occurred() ? NULL : format_double(v, &f);
    }
    default:
        return format_unknown_type(f.type, self);
    }
}

/* ---- float ------------------------------------------------------------------------------------------------- */

/* Text of v for the type and precision of a spec (PyMem_Free it); *type_out is what was used. */
static char *double_text(double v, const FormatSpec *f, int type, int extra_flags)
{
    int flags = extra_flags | (f->alternate ? Py_DTSF_ALT : 0) | (f->no_negative_zero ? Py_DTSF_NO_NEG_0 : 0);
    Py_ssize_t precision = f->precision;
    if (precision > INT_MAX) {
        PyErr_SetString(PyExc_ValueError, "precision too big");
        return NULL;
    }
    if (type == 'n')
        type = 'g';
    if (precision < 0)
        precision = type == 'r' ? 0 : 6;
    else if (type == 'r')
        type = 'g';
    return PyOS_double_to_string(v, (char)type, (int)precision, flags, NULL);
}

/* Splits the text of a double into sign, digits, point and rest. */
static void take_apart(const char *text, const FormatSpec *f, struct pieces *p)
{
    int negative = *text == '-';
    text += negative;
    size_t digits = strspn(text, "0123456789");
    *p = (struct pieces){sign_for(negative, f), "", text, (Py_ssize_t)digits, text[digits] == '.', NULL, 0, 0};
    p->rest = text + digits + p->point;
    p->nrest = (Py_ssize_t)strlen(p->rest);
}

static PyObject *format_double(double v, const FormatSpec *f)
{
    int type = (int)f->type, flags = 0, percent = type == '%';
    if (type == 0) {
        type = 'r';
        flags = Py_DTSF_ADD_DOT_0;
    }
    if (percent) {
        type = 'f';
        v *= 100;
    }
    char *text = double_text(v, f, type, flags);
    if (!text)
        return NULL;
    if (percent) {
        size_t n = strlen(text);
        char *longer = PyMem_Realloc(text, n + 2);
        if (!longer) {
            PyMem_Free(text);
            return PyErr_NoMemory();
        }
        text = longer;
        strcpy(text + n, "%");
    }
    struct pieces p;
    struct conventions c;
    take_apart(text, f, &p);
    PyObject *r = conventions_for(f, &c) ? NULL : assemble(&p, f, &c);
    Py_XDECREF(c.separator);
    Py_XDECREF(c.point);
    PyMem_Free(text);
    return r;
}

PyObject *float_format(PyObject *self, PyObject *spec)
{
    FormatSpec f;
    if (check_spec(spec))
        return NULL;
    if (PyUnicode_GET_LENGTH(spec) == 0)
        return PyObject_Str(self);
    if (format_spec_parse(spec, &f, 0, '>', self))
        return NULL;
    switch (f.type) {
    case 0: case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case 'n': case '%':
        return format_double(PyFloat_AS_DOUBLE(self), &f);
    default:
        return format_unknown_type(f.type, self);
    }
}

/* ---- complex ----------------------------------------------------------------------------------------------- */

/* One part of a complex number, without padding. */
static PyObject *format_part(double v, const FormatSpec *f, int type, const struct conventions *c)
{
    char *text = double_text(v, f, type, 0);
    if (!text)
        return NULL;
    struct pieces p;
    FormatSpec bare = *f;
    bare.width = -1;
    bare.fill = 0;
    bare.align = '<';
    take_apart(text, &bare, &p);
    PyObject *r = assemble(&p, &bare, c);
    PyMem_Free(text);
    return r;
}

PyObject *complex_format(PyObject *self, PyObject *spec)
{
    FormatSpec f;
    if (check_spec(spec))
        return NULL;
    if (PyUnicode_GET_LENGTH(spec) == 0)
        return PyObject_Str(self);
    if (format_spec_parse(spec, &f, 0, '>', self))
        return NULL;
    int type = (int)f.type, bare = type == 0;
    if (type && (type > 127 || !strchr("eEfFgGn", type)))
        return format_unknown_type(f.type, self);
    if (f.fill == '0')
        return value_error("Zero padding is not allowed in complex format specifier");
    if (f.align == '=')
        return value_error("'=' alignment flag is not allowed in complex format specifier");
    double re = PyComplex_RealAsDouble(self), im = PyComplex_ImagAsDouble(self);
    int skip_real = bare && re == 0.0 && !signbit(re);
    if (bare)
        type = 'r';
    struct conventions c;
    PyObject *real = NULL, *imaginary = NULL, *r = NULL;
    if (!conventions_for(&f, &c)) {
        if (!skip_real)
            real = format_part(re, &f, type, &c);
        FormatSpec signed_part = f;
        if (!skip_real)
            signed_part.sign = '+';
        if (skip_real || real)
            imaginary = format_part(im, &signed_part, type, &c);
        if (imaginary)
            r = skip_real ? PyUnicode_FromFormat("%Uj", imaginary)
                : bare    ? PyUnicode_FromFormat("(%U%Uj)", real, imaginary)
                          : PyUnicode_FromFormat("%U%Uj", real, imaginary);
    }
    Py_XDECREF(real);
    Py_XDECREF(imaginary);
    Py_XDECREF(c.separator);
    Py_XDECREF(c.point);
    return format_pad(r, &f);
}

/* ---- for writers ------------------------------------------------------------------------------------------- */

static int write_formatted(_PyUnicodeWriter *writer, PyObject *obj, PyObject *spec, Py_ssize_t start, Py_ssize_t end,
                           PyObject *(*format)(PyObject *, PyObject *))
{
    PyObject *part = PyUnicode_Substring(spec, start, end), *text = part ? format(obj, part) : NULL;
    int bad = text ? _PyUnicodeWriter_WriteStr(writer, text) : -1;
    Py_XDECREF(part);
    Py_XDECREF(text);
    return bad;
}

int _PyLong_FormatAdvancedWriter(_PyUnicodeWriter *writer, PyObject *obj, PyObject *spec, Py_ssize_t start, Py_ssize_t end)
{
    return write_formatted(writer, obj, spec, start, end, int_format);
}
int _PyFloat_FormatAdvancedWriter(_PyUnicodeWriter *writer, PyObject *obj, PyObject *spec, Py_ssize_t start, Py_ssize_t end)
{
    return write_formatted(writer, obj, spec, start, end, float_format);
}
int _PyComplex_FormatAdvancedWriter(_PyUnicodeWriter *writer, PyObject *obj, PyObject *spec, Py_ssize_t start, Py_ssize_t end)
{
    return write_formatted(writer, obj, spec, start, end, complex_format);
}
