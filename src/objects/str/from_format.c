/* PyUnicode_FromFormat: text from a C format, with %S %R %A %U %V for objects. */
#include "objects/str/str.h"
#include <string.h>

typedef struct {
    int zero_pad;
    Py_ssize_t width, precision;   /* precision -1: none */
    enum { SIZE_INT, SIZE_LONG, SIZE_LONGLONG, SIZE_SSIZE } size;
    char code;
} Directive;

/* Reads flags, width, precision, length and code after a '%'; the first character behind it, or NULL with ValueError. */
static const char *parse_directive(const char *f, Directive *d)
{
    *d = (Directive){.precision = -1};
    if (*f == '0') {
        d->zero_pad = 1;
        f++;
    }
    for (; Py_ISDIGIT(*f); f++) {
        if (d->width > (PY_SSIZE_T_MAX - (*f - '0')) / 10) {
            PyErr_SetString(PyExc_ValueError, "width too big");
            return NULL;
        }
        d->width = d->width * 10 + (*f - '0');
    }
    if (*f == '.') {
        d->precision = 0;
        for (f++; Py_ISDIGIT(*f); f++) {
            if (d->precision > (PY_SSIZE_T_MAX - (*f - '0')) / 10) {
                PyErr_SetString(PyExc_ValueError, "precision too big");
                return NULL;
            }
            d->precision = d->precision * 10 + (*f - '0');
        }
        if (*f == '%')
            f--;
    }
    if (*f == 'l' && f[1] == 'l') {
        d->size = SIZE_LONGLONG;
        f += 2;
    }
    else if (*f == 'l') {
        d->size = SIZE_LONG;
        f++;
    }
    else if (*f == 'z') {
        d->size = SIZE_SSIZE;
        f++;
    }
    d->code = *f;
    return *f ? f + 1 : f;
}

static int write_blanks(_PyUnicodeWriter *w, Py_ssize_t n, char c)
{
    if (n <= 0)
        return 0;
    if (_PyUnicodeWriter_Prepare(w, n, 127) < 0)
        return -1;
    units_fill(w->kind, w->data, w->pos, n, (Py_UCS4)c);
    w->pos += n;
    return 0;
}

static int write_number(_PyUnicodeWriter *w, const Directive *d, va_list *args)
{
    char digits[32];
    int n;
    if (d->code == 'u')
        n = snprintf(digits, sizeof digits, "%llu",
                     d->size == SIZE_LONG ? va_arg(*args, unsigned long)
                     : d->size == SIZE_LONGLONG ? va_arg(*args, unsigned long long)
                     : d->size == SIZE_SSIZE ? va_arg(*args, size_t) : va_arg(*args, unsigned int));
    else if (d->code == 'x')
        n = snprintf(digits, sizeof digits, "%x", va_arg(*args, int));
    else
        n = snprintf(digits, sizeof digits, "%lld",
                     d->size == SIZE_LONG ? va_arg(*args, long) : d->size == SIZE_LONGLONG ? va_arg(*args, long long)
                     : d->size == SIZE_SSIZE ? va_arg(*args, Py_ssize_t) : va_arg(*args, int));
    if (d->precision > n) {
        if (write_blanks(w, d->width - d->precision, ' ') < 0 || write_blanks(w, d->precision - n, '0') < 0)
            return -1;
    }
    else if (write_blanks(w, d->width - n, d->zero_pad ? '0' : ' ') < 0)
        return -1;
    return _PyUnicodeWriter_WriteASCIIString(w, digits, n);
}

static int write_text(_PyUnicodeWriter *w, const Directive *d, PyObject *o)
{
    if (PyUnicode_READY(o) < 0)
        return -1;
    Py_ssize_t n = str_len(o);
    if (d->precision >= 0 && d->precision < n)
        n = d->precision;
    if (write_blanks(w, d->width - n, ' ') < 0)
        return -1;
    return n ? _PyUnicodeWriter_WriteSubstring(w, o, 0, n) : 0;
}

static int write_new(_PyUnicodeWriter *w, const Directive *d, PyObject *o)
{
    if (o == NULL)
        return -1;
    int failed = write_text(w, d, o);
    Py_DECREF(o);
    return failed;
}

static int write_bytes(_PyUnicodeWriter *w, const Directive *d, const char *s)
{
    size_t n = d->precision >= 0 ? strnlen(s, (size_t)d->precision) : strlen(s);
    if (d->width <= 0 && bytes_are_ascii(s, (Py_ssize_t)n))
        return _PyUnicodeWriter_WriteASCIIString(w, s, (Py_ssize_t)n);
    return write_new(w, d, PyUnicode_DecodeUTF8(s, (Py_ssize_t)n, "replace"));
}

static int write_pointer(_PyUnicodeWriter *w, void *p)
{
    char text[32];
    int n = snprintf(text, sizeof text, "0x%lx", (unsigned long)(uintptr_t)p);
    return _PyUnicodeWriter_WriteASCIIString(w, text, n);
}

static int write_character(_PyUnicodeWriter *w, int c)
{
    if (c < 0 || c > MAX_UNICODE) {
        PyErr_SetString(PyExc_OverflowError, "character argument not in range(0x110000)");
        return -1;
    }
    return _PyUnicodeWriter_WriteChar(w, (Py_UCS4)c);
}

static int write_directive(_PyUnicodeWriter *w, const Directive *d, va_list *args)
{
    PyObject *o;
    const char *s;
    switch (d->code) {
    case 'c': return write_character(w, va_arg(*args, int));
    case 'i': case 'd': case 'u': case 'x': return write_number(w, d, args);
    case 'p': return write_pointer(w, va_arg(*args, void *));
    case 's': return write_bytes(w, d, va_arg(*args, const char *));
    case 'U': return write_text(w, d, va_arg(*args, PyObject *));
    case 'V':
        o = va_arg(*args, PyObject *);
        s = va_arg(*args, const char *);
        return o ? write_text(w, d, o) : write_bytes(w, d, s);
    case 'S': return write_new(w, d, PyObject_Str(va_arg(*args, PyObject *)));
    case 'R': return write_new(w, d, PyObject_Repr(va_arg(*args, PyObject *)));
    case 'A': return write_new(w, d, PyObject_ASCII(va_arg(*args, PyObject *)));
    case '%': return _PyUnicodeWriter_WriteChar(w, '%');
    }
    return 1;
}

PyObject *PyUnicode_FromFormatV(const char *format, va_list vargs)
{
    va_list args;
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.min_length = (Py_ssize_t)strlen(format) + 100;
    w.overallocate = 1;
    va_copy(args, vargs);
    for (const char *f = format; *f;) {
        if (*f == '%') {
            Directive d;
            const char *start = f;
            f = parse_directive(f + 1, &d);
            int failed = f == NULL ? -1 : write_directive(&w, &d, &args);
            if (failed > 0)
                PyErr_Format(PyExc_SystemError, "invalid format string: %s", start);
            if (failed)
                goto fail;
            continue;
        }
        const char *p = f;
        while (*p && *p != '%') {
            if ((unsigned char)*p > 127) {
                PyErr_Format(PyExc_ValueError, "PyUnicode_FromFormatV() expects an ASCII-encoded format string, got a non-ASCII "
                             "byte: 0x%02x", (unsigned char)*p);
                goto fail;
            }
            p++;
        }
        if (_PyUnicodeWriter_WriteASCIIString(&w, f, p - f) < 0)
            goto fail;
        f = p;
    }
    va_end(args);
    return _PyUnicodeWriter_Finish(&w);
fail:
    va_end(args);
    _PyUnicodeWriter_Dealloc(&w);
    return NULL;
}

PyObject *PyUnicode_FromFormat(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    PyObject *o = PyUnicode_FromFormatV(format, args);
    va_end(args);
    return o;
}
