/* UTF-8 to str and back.
 *
 * Decoding validates and measures in one pass, then fills a string of exactly that size; only input with errors (or cut
 * short) takes the slow way through a writer and the error handlers. */
#include "objects/str/codec.h"
#include <string.h>

/* --- decoding --- */

/* Reads the sequence at s (s < end).  Its length with *c set; or 0: cut short by the end; or -n: the first n bytes are wrong. */
static inline int utf8_read(const unsigned char *s, const unsigned char *end, Py_UCS4 *c)
{
    unsigned b = s[0];
    if (b < 0x80) {
        *c = b;
        return 1;
    }
    if (b < 0xc2 || b > 0xf4)
        return -1;
    if (b < 0xe0) {
        if (end - s < 2)
            return 0;
        if ((s[1] & 0xc0) != 0x80)
            return -1;
        *c = (b & 0x1f) << 6 | (s[1] & 0x3f);
        return 2;
    }
    if (end - s < 2)
        return 0;
    unsigned low = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80, high = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
    if (s[1] < low || s[1] > high)
        return -1;
    if (end - s < 3)
        return 0;
    if ((s[2] & 0xc0) != 0x80)
        return -2;
    if (b < 0xf0) {
        *c = (b & 0xf) << 12 | (s[1] & 0x3f) << 6 | (s[2] & 0x3f);
        return 3;
    }
    if (end - s < 4)
        return 0;
    if ((s[3] & 0xc0) != 0x80)
        return -3;
    *c = (b & 7) << 18 | (s[1] & 0x3f) << 12 | (s[2] & 0x3f) << 6 | (s[3] & 0x3f);
    return 4;
}

/* Counts the characters up to the first fault or the end; *stop is where, *bits the "or" of all characters. */
static Py_ssize_t measure(const unsigned char *s, const unsigned char *end, const unsigned char **stop, Py_UCS4 *bits)
{
    Py_ssize_t n = 0;
    Py_UCS4 all = 0, c = 0;
    while (s < end) {
        if (*s < 0x80) {
            Py_ssize_t run = 1;
            while (run < 8 && run < end - s && s[run] < 0x80)
                run++;
            if (run == 8)
                run += ascii_run(s + 8, end - s - 8);
            s += run;
            n += run;
            continue;
        }
        int len = utf8_read(s, end, &c);
        if (len <= 0)
            break;
        all |= c;
        s += len;
        n++;
    }
    *stop = s;
    *bits = all;
    return n;
}

/* Reads the sequence at *s, which is known to be right, and steps over it. */
static inline Py_UCS4 utf8_next(const unsigned char **s)
{
    const unsigned char *p = *s;
    if (p[0] < 0x80) {
        *s = p + 1;
        return p[0];
    }
    if (p[0] < 0xe0) {
        *s = p + 2;
        return (Py_UCS4)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
    }
    if (p[0] < 0xf0) {
        *s = p + 3;
        return (Py_UCS4)(p[0] & 0xf) << 12 | (Py_UCS4)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
    }
    *s = p + 4;
    return (Py_UCS4)(p[0] & 7) << 18 | (Py_UCS4)(p[1] & 0x3f) << 12 | (Py_UCS4)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
}

#define FILL(UNIT) \
    do { \
        UNIT *t = to; \
        while (s < end) \
            *t++ = (UNIT)utf8_next(&s); \
    } while (0)

/* The text from s to end, which measure() has passed, as units. */
static void fill(int kind, void *to, const unsigned char *s, const unsigned char *end)
{
    if (kind == 1)
        FILL(Py_UCS1);
    else if (kind == 2)
        FILL(Py_UCS2);
    else
        FILL(Py_UCS4);
}

static PyObject *decode_slow(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed)
{
    DecodeErrors d;
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.min_length = size;
    decode_begin(&d, "utf-8", errors, s, size);
    Py_ssize_t at = 0;
    while (at < d.end - d.start) {
        const unsigned char *p = (const unsigned char *)d.start + at, *end = (const unsigned char *)d.end, *stop;
        Py_UCS4 bits;
        Py_ssize_t n = measure(p, end, &stop, &bits);
        if (n) {
            if (_PyUnicodeWriter_Prepare(&w, n, Py_MIN(bits, MAX_UNICODE)) < 0)
                goto fail;
            fill(w.kind, (char *)w.data + w.pos * w.kind, p, stop);
            w.pos += n;
            at += stop - p;
            if (stop == end)
                break;
        }
        Py_UCS4 c;
        int len = utf8_read(stop, end, &c);
        if (len == 0 && consumed)
            break;
        if (consumed && end - stop == 2 && stop[0] == 0xed && (stop[1] & 0xe0) == 0xa0)
            break;  /* the beginning of a surrogate, which a handler may want to see whole */
        Py_ssize_t to = len ? at - len : d.end - d.start;
        const char *reason = len == 0 ? "unexpected end of data"
                             : *stop < 0xc2 || *stop > 0xf4 ? "invalid start byte" : "invalid continuation byte";
        at = decode_fail(&d, &w, at, to, reason);
        if (at < 0)
            goto fail;
    }
    if (consumed)
        *consumed = at;
    decode_end(&d);
    return _PyUnicodeWriter_Finish(&w);
fail:
    decode_end(&d);
    _PyUnicodeWriter_Dealloc(&w);
    return NULL;
}

PyObject *PyUnicode_DecodeUTF8Stateful(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed)
{
    if (consumed)
        *consumed = size;
    if (size <= 1) {
        if (size == 0)
            return str_empty();
        if ((unsigned char)s[0] < 128)
            return str_char((unsigned char)s[0]);
    }
    const unsigned char *p = (const unsigned char *)s, *end = p + size, *stop;
    if (bytes_are_ascii(s, size))
        return _PyUnicode_FromASCII(s, size);
    Py_UCS4 bits;
    Py_ssize_t n = measure(p, end, &stop, &bits);
    if (stop < end)
        return decode_slow(s, size, errors, consumed);
    if (n == 1 && bits < 256)
        return str_char(bits);
    PyObject *o = PyUnicode_New(n, Py_MIN(bits, MAX_UNICODE));
    if (o != NULL)
        fill(str_kind(o), str_data(o), p, end);
    return o;
}

PyObject *PyUnicode_DecodeUTF8(const char *s, Py_ssize_t size, const char *errors)
{
    return PyUnicode_DecodeUTF8Stateful(s, size, errors, NULL);
}

/* --- encoding --- */

static inline char *put_utf8(char *p, Py_UCS4 c)
{
    if (c < 0x80)
        *p++ = (char)c;
    else if (c < 0x800) {
        *p++ = (char)(0xc0 | c >> 6);
        *p++ = (char)(0x80 | (c & 0x3f));
    }
    else if (c < 0x10000) {
        *p++ = (char)(0xe0 | c >> 12);
        *p++ = (char)(0x80 | ((c >> 6) & 0x3f));
        *p++ = (char)(0x80 | (c & 0x3f));
    }
    else {
        *p++ = (char)(0xf0 | c >> 18);
        *p++ = (char)(0x80 | ((c >> 12) & 0x3f));
        *p++ = (char)(0x80 | ((c >> 6) & 0x3f));
        *p++ = (char)(0x80 | (c & 0x3f));
    }
    return p;
}

/* UTF-8 bytes of the text, -1 when it holds a surrogate. */
static Py_ssize_t utf8_size(StrView v)
{
    Py_ssize_t size = v.len;
    for (Py_ssize_t i = 0; i < v.len; i++) {
        Py_UCS4 c = unit_at(v.kind, v.data, i);
        if (c >= 0x80) {
            if (Py_UNICODE_IS_SURROGATE(c))
                return -1;
            size += c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
        }
    }
    return size;
}

static char *put_all(char *p, StrView v)
{
    switch (v.kind) {
    case 1:
        for (Py_ssize_t i = 0; i < v.len; i++)
            p = put_utf8(p, ((const Py_UCS1 *)v.data)[i]);
        break;
    case 2:
        for (Py_ssize_t i = 0; i < v.len; i++)
            p = put_utf8(p, ((const Py_UCS2 *)v.data)[i]);
        break;
    default:
        for (Py_ssize_t i = 0; i < v.len; i++)
            p = put_utf8(p, ((const Py_UCS4 *)v.data)[i]);
    }
    return p;
}

/* Deals with the surrogates text[from:to]; the position to go on from, or -1. */
static Py_ssize_t encode_surrogates(EncodeErrors *e, ByteBuffer *b, Py_ssize_t from, Py_ssize_t to)
{
    PyObject *rep;
    switch (e->kind) {
    case ERR_IGNORE:
        return to;
    case ERR_REPLACE:
        for (; from < to; from++)
            if (bytebuf_add(b, "?", 1) < 0)
                return -1;
        return to;
    case ERR_SURROGATEPASS:
        for (; from < to; from++) {
            if (bytebuf_room(b, 3) < 0)
                return -1;
            b->p = put_utf8(b->p, str_at(e->text, from));
        }
        return to;
    case ERR_SURROGATEESCAPE: {
        Py_ssize_t i = from;
        for (; i < to; i++) {
            Py_UCS4 c = str_at(e->text, i);
            if (c < 0xdc80 || c > 0xdcff)
                break;
            char byte = (char)(c - 0xdc00);
            if (bytebuf_add(b, &byte, 1) < 0)
                return -1;
        }
        if (i == to)
            return to;
        from = i;
        break;
    }
    default:
        break;
    }
    Py_ssize_t at = encode_fail(e, from, to, "surrogates not allowed", &rep);
    if (at < 0)
        return -1;
    int failed;
    if (PyBytes_Check(rep))
        failed = bytebuf_add(b, PyBytes_AS_STRING(rep), PyBytes_GET_SIZE(rep));
    else if (str_is_ascii(rep))
        failed = bytebuf_add(b, str_data(rep), str_len(rep));
    else
        failed = encode_raise(e, from, to, "surrogates not allowed");
    Py_DECREF(rep);
    return failed < 0 ? -1 : at;
}

static PyObject *encode_slow(PyObject *text, const char *errors)
{
    EncodeErrors e;
    ByteBuffer b;
    Py_ssize_t n = str_len(text);
    if (bytebuf_begin(&b, n * 3) < 0)
        return NULL;
    encode_begin(&e, "utf-8", errors, text);
    for (Py_ssize_t i = 0; i < n;) {
        Py_UCS4 c = str_at(text, i);
        if (!Py_UNICODE_IS_SURROGATE(c)) {
            if (bytebuf_room(&b, 4) < 0)
                goto fail;
            b.p = put_utf8(b.p, c);
            i++;
            continue;
        }
        Py_ssize_t to = i + 1;
        while (to < n && Py_UNICODE_IS_SURROGATE(str_at(text, to)))
            to++;
        i = encode_surrogates(&e, &b, i, to);
        if (i < 0)
            goto fail;
    }
    encode_end(&e);
    return bytebuf_finish(&b);
fail:
    encode_end(&e);
    bytebuf_drop(&b);
    return NULL;
}

PyObject *_PyUnicode_AsUTF8String(PyObject *o, const char *errors)
{
    if (!PyUnicode_Check(o)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (PyUnicode_READY(o) < 0)
        return NULL;
    if (str_is_ascii(o))
        return PyBytes_FromStringAndSize(str_data(o), str_len(o));
    PyCompactUnicodeObject *c = (PyCompactUnicodeObject *)o;
    if (c->utf8)
        return PyBytes_FromStringAndSize(c->utf8, c->utf8_length);
    StrView v = str_view(o);
    Py_ssize_t size = utf8_size(v);
    if (size < 0)
        return encode_slow(o, errors);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (bytes != NULL)
        put_all(PyBytes_AS_STRING(bytes), v);
    return bytes;
}

PyObject *PyUnicode_AsUTF8String(PyObject *o) { return _PyUnicode_AsUTF8String(o, NULL); }

/* The text in UTF-8, kept by the string for as long as it lives; borrowed. */
const char *PyUnicode_AsUTF8AndSize(PyObject *o, Py_ssize_t *size)
{
    if (!PyUnicode_Check(o)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (PyUnicode_READY(o) < 0)
        return NULL;
    if (str_is_ascii(o)) {
        if (size)
            *size = str_len(o);
        return str_data(o);
    }
    PyCompactUnicodeObject *c = (PyCompactUnicodeObject *)o;
    if (c->utf8 == NULL) {
        StrView v = str_view(o);
        Py_ssize_t n = utf8_size(v);
        if (n < 0) {
            PyObject *bytes = encode_slow(o, NULL);  /* raises */
            Py_XDECREF(bytes);
            return NULL;
        }
        char *utf8 = PyObject_Malloc((size_t)n + 1);
        if (utf8 == NULL) {
            PyErr_NoMemory();
            return NULL;
        }
        *put_all(utf8, v) = 0;
        c->utf8 = utf8;
        c->utf8_length = n;
    }
    if (size)
        *size = c->utf8_length;
    return c->utf8;
}

const char *PyUnicode_AsUTF8(PyObject *o) { return PyUnicode_AsUTF8AndSize(o, NULL); }
