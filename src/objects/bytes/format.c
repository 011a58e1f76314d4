/* bytes % args and PyBytes_FromFormat. */
#include "objects/bytes/bytes.h"
#include "objects/names.h"

#include <stdarg.h>

/* A buffer that grows; NULL data with size > 0 never happens. */
typedef struct { char *p; Py_ssize_t n, room; } Out;

static int out_write(Out *o, const char *s, Py_ssize_t n)
{
    if (o->room - o->n < n) {
        Py_ssize_t room = (o->n + n) * 3 / 2 + 64;
        char *p = PyMem_Realloc(o->p, (size_t)room);
        if (!p) {
            PyErr_NoMemory();
            return -1;
        }
        o->p = p;
        o->room = room;
    }
    if (n)
        memcpy(o->p + o->n, s, (size_t)n);
    o->n += n;
    return 0;
}

static int out_fill(Out *o, char c, Py_ssize_t n)
{
    if (n <= 0)
        return 0;
    if (o->room - o->n < n) {
        if (out_write(o, NULL, 0))
            return -1;
        char *p = PyMem_Realloc(o->p, (size_t)(o->n + n + 64));
        if (!p) {
            PyErr_NoMemory();
            return -1;
        }
        o->p = p;
        o->room = o->n + n + 64;
    }
    memset(o->p + o->n, c, (size_t)n);
    o->n += n;
    return 0;
}

/* ---- PyBytes_FromFormat ------------------------------------------------------------------------------------ */

PyObject *PyBytes_FromFormatV(const char *format, va_list vargs)
{
    Out o = {NULL, 0, 0};
    PyObject *r = NULL;
    for (const char *f = format; *f; f++) {
        if (*f != '%') {
            if (out_write(&o, f, 1))
                goto done;
            continue;
        }
        const char *start = f++;
        while (Py_ISDIGIT(*f))
            f++;
        Py_ssize_t precision = -1;
        if (*f == '.')
            for (precision = 0, f++; Py_ISDIGIT(*f); f++)
                precision = precision * 10 + (*f - '0');
        int is_long = 0, is_size = 0;
        if (*f == 'l' && (f[1] == 'd' || f[1] == 'u'))
            is_long = 1, f++;
        else if (*f == 'z' && (f[1] == 'd' || f[1] == 'u'))
            is_size = 1, f++;
        char text[40];
        const char *s = text;
        int n = 0;
        switch (*f) {
        case 'c': {
            int c = va_arg(vargs, int);
            if (c < 0 || c > 255) {
                PyErr_SetString(PyExc_OverflowError, "PyBytes_FromFormatV(): %c format expects an integer in range [0; 255]");
                goto done;
            }
            text[0] = (char)c;
            n = 1;
            break;
        }
        case 'd':
            n = is_long ? sprintf(text, "%ld", va_arg(vargs, long)) : is_size ? sprintf(text, "%zd", va_arg(vargs, Py_ssize_t))
                                                                              : sprintf(text, "%d", va_arg(vargs, int));
            break;
        case 'u':
            n = is_long ? sprintf(text, "%lu", va_arg(vargs, unsigned long)) : is_size ? sprintf(text, "%zu", va_arg(vargs, size_t))
                                                                                       : sprintf(text, "%u", va_arg(vargs, unsigned));
            break;
        case 'i':
            n = sprintf(text, "%i", va_arg(vargs, int));
            break;
        case 'x':
            n = sprintf(text, "%x", va_arg(vargs, int));
            break;
        case 'p':
            n = sprintf(text, "%p", va_arg(vargs, void *));
            break;
        case 's':
            s = va_arg(vargs, const char *);
            n = (int)(precision < 0 ? strlen(s) : strnlen(s, (size_t)precision));
            break;
        case '%':
            text[0] = '%';
            n = 1;
            break;
        default:  /* unknown: the rest of the format as it stands */
            if (!out_write(&o, start, (Py_ssize_t)strlen(start)))
                r = PyBytes_FromStringAndSize(o.p, o.n);
            goto done;
        }
        if (out_write(&o, s, n))
            goto done;
    }
    r = PyBytes_FromStringAndSize(o.p, o.n);
done:
    PyMem_Free(o.p);
    return r;
}

PyObject *PyBytes_FromFormat(const char *format, ...)
{
    va_list vargs;
    va_start(vargs, format);
    PyObject *r = PyBytes_FromFormatV(format, vargs);
    va_end(vargs);
    return r;
}

/* ---- bytes % args ------------------------------------------------------------------------------------------ */

typedef struct {
    const char *f, *end;       /* what is left of the format */
    PyObject *args, *mapping;  /* borrowed; mapping NULL when args cannot be one */
    Py_ssize_t used, count;    /* count is -1 for a single argument */
    PyObject *keyed;           /* owned: value of the current %(key) */
} Source;

static PyObject *error(PyObject *type, const char *message)
{
    PyErr_SetString(type, message);
    return NULL;
}

/* The next argument (borrowed). */
static PyObject *next_argument(Source *s)
{
    if (s->keyed)
        return s->keyed;
    if (s->count < 0 && s->used == 0) {
        s->used = 1;
        return s->args;
    }
    if (s->used < s->count)
        return PyTuple_GET_ITEM(s->args, s->used++);
    return error(PyExc_TypeError, "not enough arguments for format string");
}

typedef struct { int left, plus, blank, alternate, zero, no_negative_zero; Py_ssize_t width, precision; char code; } Directive;

static int read_key(Source *s)
{
    if (!s->mapping) {
        error(PyExc_TypeError, "format requires a mapping");
        return -1;
    }
    const char *start = ++s->f;
    int depth = 1;
    for (; s->f < s->end && depth > 0; s->f++)
        depth += *s->f == '(' ? 1 : *s->f == ')' ? -1 : 0;
    if (depth > 0) {
        error(PyExc_ValueError, "incomplete format key");
        return -1;
    }
    PyObject *key = PyBytes_FromStringAndSize(start, s->f - 1 - start);
    if (!key)
        return -1;
    Py_XSETREF(s->keyed, PyObject_GetItem(s->mapping, key));
    Py_DECREF(key);
    return s->keyed ? 0 : -1;
}

/* A number or '*'; -1 with an error set when bad. */
static int read_size(Source *s, Py_ssize_t *out, const char *too_big)
{
    if (s->f < s->end && *s->f == '*') {
        PyObject *v = next_argument(s);
        if (!v)
            return -1;
        if (!PyLong_Check(v)) {
            error(PyExc_TypeError, "* wants int");
            return -1;
        }
        *out = PyLong_AsSsize_t(v);
        if (*out == -1 && PyErr_Occurred())
            return -1;
        s->f++;
        return 0;
    }
    for (; s->f < s->end && Py_ISDIGIT(*s->f); s->f++) {
        if (*out < 0)
            *out = 0;
        if (*out > (INT_MAX - 9) / 10) {
            error(PyExc_ValueError, too_big);
            return -1;
        }
        *out = *out * 10 + (*s->f - '0');
    }
    return 0;
}

static int read_directive(Source *s, Directive *d)
{
    *d = (Directive){.width = -1, .precision = -1};
    Py_CLEAR(s->keyed);
    if (s->f < s->end && *s->f == '(' && read_key(s))
        return -1;
    for (; s->f < s->end; s->f++) {
        switch (*s->f) {
        case '-': d->left = 1; continue;
        case '+': d->plus = 1; continue;
        case ' ': d->blank = 1; continue;
        case '#': d->alternate = 1; continue;
        case '0': d->zero = 1; continue;
        case 'z': d->no_negative_zero = 1; continue;
        default: break;
        }
        break;
    }
    if (read_size(s, &d->width, "width too big"))
        return -1;
    if (d->width < -1) {
        d->left = 1;
        d->width = -d->width;
    }
    if (s->f < s->end && *s->f == '.') {
        s->f++;
        d->precision = 0;
        if (read_size(s, &d->precision, "prec too big"))
            return -1;
        if (d->precision < 0)
            d->precision = 0;
    }
    if (s->f < s->end && (*s->f == 'h' || *s->f == 'l' || *s->f == 'L'))
        s->f++;
    if (s->f >= s->end) {
        error(PyExc_ValueError, "incomplete format");
        return -1;
    }
    d->code = *s->f++;
    return 0;
}

/* Text of an int argument with sign, prefix and precision applied; new str. */
static PyObject *integer_text(PyObject *v, const Directive *d)
{
    PyObject *i;
    if (PyLong_Check(v))
        i = Py_NewRef(v);
    else {
        int hex = d->code == 'o' || d->code == 'x' || d->code == 'X';
        i = !PyNumber_Check(v) ? NULL : hex ? PyNumber_Index(v) : PyNumber_Long(v);
        if (!i && (!PyErr_Occurred() || PyErr_ExceptionMatches(PyExc_TypeError)))
            PyErr_Format(PyExc_TypeError, hex ? "%%%c format: an integer is required, not %.200s" : "%%%c format: a real number is required, not %.200s",
                         d->code, Py_TYPE(v)->tp_name);
        if (!i)
            return NULL;
    }
    PyObject *r = _PyUnicode_FormatLong(i, d->alternate, (int)d->precision, d->code);
    Py_DECREF(i);
    return r;
}

static PyObject *float_text(PyObject *v, const Directive *d)
{
    double x = PyFloat_AsDouble(v);
    if (x == -1.0 && PyErr_Occurred()) {
        PyErr_Format(PyExc_TypeError, "float argument required, not %.200s", Py_TYPE(v)->tp_name);
        return NULL;
    }
    char *text = PyOS_double_to_string(x, d->code, d->precision < 0 ? 6 : (int)d->precision, (d->alternate ? Py_DTSF_ALT : 0) | (d->no_negative_zero ? Py_DTSF_NO_NEG_0 : 0), NULL);
    PyObject *r = text ? PyUnicode_FromString(text) : NULL;
    PyMem_Free(text);
    return r;
}

/* Pads a number's text: sign, prefix, zeros. */
static int write_number(Out *o, PyObject *text, const Directive *d)
{
    const char *s = (const char *)PyUnicode_1BYTE_DATA(text);
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    char sign = 0;
    if (*s == '-' || *s == '+') {
        sign = *s++;
        n--;
    }
    else if (d->plus)
        sign = '+';
    else if (d->blank)
        sign = ' ';
    Py_ssize_t prefix = d->alternate && (d->code == 'x' || d->code == 'X' || d->code == 'o') ? 2 : 0;
    Py_ssize_t padding = d->width - n - (sign != 0);
    char fill = d->zero ? '0' : ' ';
    if (!d->left && fill == ' ' && out_fill(o, ' ', padding))
        return -1;
    if ((sign && out_write(o, &sign, 1)) || out_write(o, s, prefix))
        return -1;
    if (!d->left && fill == '0' && out_fill(o, '0', padding))
        return -1;
    if (out_write(o, s + prefix, n - prefix))
        return -1;
    return d->left ? out_fill(o, ' ', padding) : 0;
}

static int write_padded(Out *o, const char *s, Py_ssize_t n, const Directive *d)
{
    Py_ssize_t padding = d->width - n;
    if (!d->left && out_fill(o, ' ', padding))
        return -1;
    if (out_write(o, s, n))
        return -1;
    return d->left ? out_fill(o, ' ', padding) : 0;
}

/* The byte of a %c argument. */
static int character(PyObject *v, char *out)
{
    if (PyBytes_Check(v) && PyBytes_GET_SIZE(v) == 1)
        *out = PyBytes_AS_STRING(v)[0];
    else if (PyByteArray_Check(v) && PyByteArray_GET_SIZE(v) == 1)
        *out = PyByteArray_AS_STRING(v)[0];
    else {
        int overflow;
        long x = PyLong_AsLongAndOverflow(v, &overflow);
        if (x == -1 && PyErr_Occurred()) {
            if (PyErr_ExceptionMatches(PyExc_TypeError))
                error(PyExc_TypeError, "%c requires an integer in range(256) or a single byte");
            return -1;
        }
        if (x < 0 || x > 255) {
            error(PyExc_OverflowError, "%c arg not in range(256)");
            return -1;
        }
        *out = (char)x;
    }
    return 0;
}

/* The bytes of a %b or %s argument: new bytes object. */
static PyObject *bytes_of(PyObject *v)
{
    if (PyBytes_CheckExact(v))
        return Py_NewRef(v);
    if (PyObject_CheckBuffer(v))
        return PyBytes_FromObject(v);
    if (_PyType_Lookup(Py_TYPE(v), N(__bytes__)))
        return PyObject_Bytes(v);
    PyErr_Format(PyExc_TypeError, "%%b requires a bytes-like object, or an object that implements __bytes__, not '%.100s'",
                 Py_TYPE(v)->tp_name);
    return NULL;
}

static int write_directive(Out *o, Source *s, const Directive *d)
{
    PyObject *v = next_argument(s), *made = NULL;
    if (!v)
        return -1;
    char c;
    int bad = -1;
    switch (d->code) {
    case 'r': case 'a': {
        PyObject *text = PyObject_ASCII(v);
        if (text) {
            Py_ssize_t n = PyUnicode_GET_LENGTH(text);
            bad = write_padded(o, (const char *)PyUnicode_1BYTE_DATA(text), d->precision >= 0 && d->precision < n ? d->precision : n, d);
            Py_DECREF(text);
        }
        return bad;
    }
    case 's': case 'b':
        made = bytes_of(v);
        if (made) {
            Py_ssize_t n = PyBytes_GET_SIZE(made);
            bad = write_padded(o, PyBytes_AS_STRING(made), d->precision >= 0 && d->precision < n ? d->precision : n, d);
            Py_DECREF(made);
        }
        return bad;
    case 'i': case 'd': case 'u': case 'o': case 'x': case 'X':
        made = integer_text(v, d);
        break;
    case 'e': case 'E': case 'f': case 'F': case 'g': case 'G':
        made = float_text(v, d);
        break;
    case 'c':
        return character(v, &c) ? -1 : write_padded(o, &c, 1, d);
    default:
        Py_UNREACHABLE();
    }
    if (made)
        bad = write_number(o, made, d);
    Py_XDECREF(made);
    return bad;
}

PyObject *_PyBytes_FormatEx(const char *format, Py_ssize_t size, PyObject *args, int use_bytearray)
{
    Source s = {format, format + size, args, NULL, 0, PyTuple_Check(args) ? PyTuple_GET_SIZE(args) : -1, NULL};
    if (Py_TYPE(args)->tp_as_mapping && Py_TYPE(args)->tp_as_mapping->mp_subscript && !PyTuple_Check(args) && !PyBytes_Check(args) &&
        !PyUnicode_Check(args) && !PyByteArray_Check(args))
        s.mapping = args;
    Out o = {NULL, 0, 0};
    PyObject *r = NULL;
    int keyed = 0;
    while (s.f < s.end) {
        const char *percent = memchr(s.f, '%', (size_t)(s.end - s.f));
        if (out_write(&o, s.f, (percent ? percent : s.end) - s.f))
            goto done;
        if (!percent)
            break;
        s.f = percent + 1;
        Directive d;
        if (s.f < s.end && *s.f == '%') {
            s.f++;
            if (out_write(&o, "%", 1))
                goto done;
            continue;
        }
        if (read_directive(&s, &d))
            goto done;
        if (!strchr("rasbiduoxXeEfFgGc", d.code)) {
            PyErr_Format(PyExc_ValueError, "unsupported format character '%c' (0x%x) at index %zd", d.code, (unsigned)(unsigned char)d.code,
                         (Py_ssize_t)(s.f - 1 - format));
            goto done;
        }
        if (write_directive(&o, &s, &d))
            goto done;
        keyed |= s.keyed != NULL;
    }
    if (!s.mapping && !keyed && (s.count < 0 ? s.used == 0 : s.used < s.count))
        error(PyExc_TypeError, "not all arguments converted during bytes formatting");
    else
        r = use_bytearray ? PyByteArray_FromStringAndSize(o.p, o.n) : PyBytes_FromStringAndSize(o.p, o.n);
done:
    Py_XDECREF(s.keyed);
    PyMem_Free(o.p);
    return r;
}
