/* bytes <-> text: repr, escape sequences, hexadecimal. */
#include "objects/bytes/bytes.h"

/* ---- repr -------------------------------------------------------------------------------------------------- */

/* `apostrophes`: escape those too, as a bytearray does. */
static int escaped_width(unsigned char c, char quote, int apostrophes)
{
    if ((apostrophes && c == '\'') || c == (unsigned char)quote || c == '\\' || c == '\t' || c == '\n' || c == '\r')
        return 2;
    return c < ' ' || c >= 0x7f ? 4 : 1;
}

PyObject *byte_repr(const char *data, Py_ssize_t n, const char *prefix, const char *suffix, int smart_quotes)
{
    static const char hex[] = "0123456789abcdef";
    char quote = '\'';
    int apostrophes = smart_quotes == 2;
    if (smart_quotes && memchr(data, '\'', (size_t)n) && !memchr(data, '"', (size_t)n))
        quote = '"';
    Py_ssize_t size = (Py_ssize_t)(strlen(prefix) + strlen(suffix)) + 2;
    for (Py_ssize_t i = 0; i < n; i++) {
        int w = escaped_width((unsigned char)data[i], quote, apostrophes);
        if (size > PY_SSIZE_T_MAX - w) {
            PyErr_SetString(PyExc_OverflowError, "bytes object is too large to make repr");
            return NULL;
        }
        size += w;
    }
    PyObject *r = PyUnicode_New(size, 127);
    if (!r)
        return NULL;
    char *p = (char *)PyUnicode_1BYTE_DATA(r);
    p = (char *)memcpy(p, prefix, strlen(prefix)) + strlen(prefix);
    *p++ = quote;
    for (Py_ssize_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)data[i];
        switch (escaped_width(c, quote, apostrophes)) {
        case 1:
            *p++ = (char)c;
            break;
        case 2:
            *p++ = '\\';
            *p++ = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : (char)c;
            break;
        default:
            *p++ = '\\';
            *p++ = 'x';
            *p++ = hex[c >> 4];
            *p++ = hex[c & 15];
        }
    }
    *p++ = quote;
    memcpy(p, suffix, strlen(suffix));
    return r;
}

PyObject *PyBytes_Repr(PyObject *o, int smart_quotes)
{
    return byte_repr(PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o), "b", "", smart_quotes);
}

/* ---- escape sequences -------------------------------------------------------------------------------------- */

static int hex_value(int c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

PyObject *_PyBytes_DecodeEscape(const char *s, Py_ssize_t size, const char *errors, const char **first_invalid)
{
    *first_invalid = NULL;
    PyObject *r = PyBytes_FromStringAndSize(NULL, size);
    if (!r)
        return NULL;
    if (size <= 1 && (size == 0 || *s != '\\')) {  /* small results are shared: do not write into them */
        Py_DECREF(r);
        return PyBytes_FromStringAndSize(s, size);
    }
    char *p = PyBytes_AS_STRING(r);
    const char *start = s, *end = s + size;
    while (s < end) {
        if (*s != '\\') {
            *p++ = *s++;
            continue;
        }
        if (++s == end) {
            PyErr_SetString(PyExc_ValueError, "Trailing \\ in string");
            goto error;
        }
        char c = *s++;
        if (c == '\n')
            continue;
        const char *simple = memchr("\\'\"bftnrva", c, 10);
        if (simple)
            *p++ = c == 'b' ? '\b' : c == 'f' ? '\f' : c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c == 'v' ? '\v'
                 : c == 'a' ? '\a' : c;
        else if (c >= '0' && c <= '7') {
            int v = c - '0';
            for (int k = 0; k < 2 && s < end && *s >= '0' && *s <= '7'; k++)
                v = v * 8 + (*s++ - '0');
            if (v > 0377 && !*first_invalid)
                *first_invalid = s - 3;
            *p++ = (char)v;
        }
        else if (c == 'x') {
            if (s + 1 < end && hex_value(s[0]) >= 0 && hex_value(s[1]) >= 0) {
                *p++ = (char)(hex_value(s[0]) * 16 + hex_value(s[1]));
                s += 2;
                continue;
            }
            if (s < end && hex_value(*s) >= 0)
                s++;
            if (!errors || strcmp(errors, "strict") == 0) {
                PyErr_Format(PyExc_ValueError, "invalid \\x escape at position %zd", s - 2 - start - (hex_value(s[-1]) >= 0 && s[-1] != 'x' ? 1 : 0));
                goto error;
            }
            if (strcmp(errors, "replace") == 0)
                *p++ = '?';
            else if (strcmp(errors, "ignore") != 0) {
                PyErr_Format(PyExc_ValueError, "decoding error; unknown error handling code: %.400s", errors);
                goto error;
            }
        }
        else {
            if (!*first_invalid)
                *first_invalid = s - 1;
            *p++ = '\\';
            *p++ = c;
        }
    }
    _PyBytes_Resize(&r, p - PyBytes_AS_STRING(r));
    return r;
error:
    Py_DECREF(r);
    return NULL;
}

PyObject *PyBytes_DecodeEscape(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t unused, const char *unused2)
{
    const char *invalid;
    PyObject *r = _PyBytes_DecodeEscape(s, size, errors, &invalid);
    if (!r || !invalid)
        return r;
    int bad = *invalid >= '4' && *invalid <= '7'
                  ? PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "invalid octal escape sequence '\\%.3s'", invalid)
                  : PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "invalid escape sequence '\\%c'", *invalid);
    if (bad < 0)
        Py_CLEAR(r);
    return r;
}

/* ---- hexadecimal ------------------------------------------------------------------------------------------- */

/* The separator character, -1 with an error set. */
static int separator_char(PyObject *sep)
{
    Py_ssize_t n = PyObject_Length(sep);
    if (n < 0)
        return -1;
    if (n != 1) {
        PyErr_SetString(PyExc_ValueError, "sep must be length 1.");
        return -1;
    }
    Py_UCS4 c;
    if (PyUnicode_Check(sep))
        c = PyUnicode_READ_CHAR(sep, 0);
    else if (PyBytes_Check(sep))
        c = (unsigned char)PyBytes_AS_STRING(sep)[0];
    else {
        PyErr_SetString(PyExc_TypeError, "sep must be str or bytes.");
        return -1;
    }
    if (c > 127) {
        PyErr_SetString(PyExc_ValueError, "sep must be ASCII.");
        return -1;
    }
    return (int)c;
}

PyObject *byte_hex_text(const char *data, Py_ssize_t n, PyObject *sep, int group)
{
    static const char digits[] = "0123456789abcdef";
    int c = sep ? separator_char(sep) : 0;
    if (c < 0)
        return NULL;
    size_t width = group < 0 ? -(size_t)group : (size_t)group;
    if (!sep || width == 0 || width >= (size_t)n)
        width = 0;
    Py_ssize_t seps = width ? (n - 1) / (Py_ssize_t)width : 0;
    if (n > (PY_SSIZE_T_MAX - seps) / 2)
        return PyErr_NoMemory();
    PyObject *r = PyUnicode_New(2 * n + seps, 127);
    if (!r)
        return NULL;
    char *p = (char *)PyUnicode_1BYTE_DATA(r);
    Py_ssize_t left = width ? (group > 0 ? (n - 1) % (Py_ssize_t)width + 1 : (Py_ssize_t)width) : PY_SSIZE_T_MAX;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (left-- == 0) {
            *p++ = (char)c;
            left = (Py_ssize_t)width - 1;
        }
        unsigned char b = (unsigned char)data[i];
        *p++ = digits[b >> 4];
        *p++ = digits[b & 15];
    }
    return r;
}

PyObject *_Py_strhex(const char *data, const Py_ssize_t n) { return byte_hex_text(data, n, NULL, 0); }
PyObject *_Py_strhex_with_sep(const char *data, const Py_ssize_t n, PyObject *sep, const int group)
{
    return byte_hex_text(data, n, sep, group);
}
PyObject *_Py_strhex_bytes(const char *data, const Py_ssize_t n)
{
    PyObject *s = byte_hex_text(data, n, NULL, 0), *r = s ? PyUnicode_AsASCIIString(s) : NULL;
    Py_XDECREF(s);
    return r;
}
PyObject *_Py_strhex_bytes_with_sep(const char *data, const Py_ssize_t n, PyObject *sep, const int group)
{
    PyObject *s = byte_hex_text(data, n, sep, group), *r = s ? PyUnicode_AsASCIIString(s) : NULL;
    Py_XDECREF(s);
    return r;
}

PyObject *byte_from_hex(PyObject *string, PyObject *(*make)(const char *, Py_ssize_t))
{
    if (!PyUnicode_Check(string)) {
        PyErr_Format(PyExc_TypeError, "fromhex() argument must be str, not %.50s",
                     string == Py_None ? "None" : Py_TYPE(string)->tp_name);
        return NULL;
    }
    Py_ssize_t n = PyUnicode_GET_LENGTH(string), at = 0, k = 0;
    int kind = PyUnicode_KIND(string);
    void *data = PyUnicode_DATA(string);
#define CHAR_AT(i) ((i) < n ? (int)PyUnicode_READ(kind, data, (i)) : -1)
    char *out = PyMem_Malloc((size_t)n / 2 + 1);
    if (!out)
        return PyErr_NoMemory();
    for (;;) {
        while (at < n && CHAR_AT(at) < 128 && Py_ISSPACE(CHAR_AT(at)))
            at++;
        if (at >= n)
            break;
        int high = hex_value(CHAR_AT(at)), low = -1;
        if (high >= 0) {
            at++;
            low = hex_value(CHAR_AT(at));
        }
        if (low < 0) {
            PyErr_Format(PyExc_ValueError, "non-hexadecimal number found in fromhex() arg at position %zd", at);
            PyMem_Free(out);
            return NULL;
        }
        at++;
        out[k++] = (char)(high << 4 | low);
    }
#undef CHAR_AT
    PyObject *r = make(out, k);
    PyMem_Free(out);
    return r;
}

PyObject *_PyBytes_FromHex(PyObject *string, int use_bytearray)
{
    return byte_from_hex(string, use_bytearray ? PyByteArray_FromStringAndSize : PyBytes_FromStringAndSize);
}

/* As _PyBytes_DecodeEscape, and the first invalid character (-1: none) in *invalid_char. */
PyObject *_PyBytes_DecodeEscape2(const char *s, Py_ssize_t size, const char *errors, int *invalid_char, const char **invalid)
{
    PyObject *r = _PyBytes_DecodeEscape(s, size, errors, invalid);
    *invalid_char = r && *invalid ? (unsigned char)**invalid : -1;
    return r;
}
