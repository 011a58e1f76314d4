/* UTF-16 and UTF-32, either byte order, with or without a byte order mark. */
#include "objects/str/codec.h"
#include <string.h>

static inline Py_UCS4 read16(const char *p, int big)
{
    const unsigned char *s = (const unsigned char *)p;
    return big ? (Py_UCS4)s[0] << 8 | s[1] : (Py_UCS4)s[1] << 8 | s[0];
}

static inline Py_UCS4 read32(const char *p, int big)
{
    return big ? read16(p, 1) << 16 | read16(p + 2, 1) : read16(p + 2, 0) << 16 | read16(p, 0);
}

/* --- decoding --- */

/* One unit of UTF-16 at s; its bytes with *c, 0 cut short with *reason and *bad bytes, -n wrong. */
static int utf16_read(const char *s, const char *end, int big, Py_UCS4 *c, const char **reason)
{
    if (end - s < 2) {
        *reason = "truncated data";
        return 0;
    }
    Py_UCS4 a = read16(s, big);
    *c = a;
    if (!Py_UNICODE_IS_SURROGATE(a))
        return 2;
    if (Py_UNICODE_IS_LOW_SURROGATE(a)) {
        *reason = "illegal encoding";
        return -2;
    }
    if (end - s < 4) {
        *reason = "unexpected end of data";
        return 0;
    }
    Py_UCS4 b = read16(s + 2, big);
    if (!Py_UNICODE_IS_LOW_SURROGATE(b)) {
        *reason = "illegal UTF-16 surrogate";
        return -2;
    }
    *c = Py_UNICODE_JOIN_SURROGATES(a, b);
    return 4;
}

static int utf32_read(const char *s, const char *end, int big, Py_UCS4 *c, const char **reason)
{
    if (end - s < 4) {
        *reason = "truncated data";
        return 0;
    }
    *c = read32(s, big);
    if (Py_UNICODE_IS_SURROGATE(*c)) {
        *reason = "code point in surrogate code point range(0xd800, 0xe000)";
        return -4;
    }
    if (*c > MAX_UNICODE) {
        *reason = "code point not in range(0x110000)";
        return -4;
    }
    return 4;
}

/* Reads the mark, if order 0 asks for one: bytes to skip; sets *order to -1 or 1 when the mark says so. */
static int read_mark(const char *s, Py_ssize_t size, int width, int *order)
{
    if (*order != 0 || size < width)
        return 0;
    Py_UCS4 mark = width == 2 ? read16(s, 0) : read32(s, 0);
    if (mark == 0xfeff)
        *order = -1;
    else if (mark == (width == 2 ? 0xfffeu : 0xfffe0000u))
        *order = 1;
    else
        return 0;
    return width;
}

static PyObject *decode_wide(const char *s, Py_ssize_t size, const char *errors, int *byteorder, Py_ssize_t *consumed, int width)
{
    int order = byteorder ? *byteorder : 0;
    Py_ssize_t skip = read_mark(s, size, width, &order);
    int big = order == 1;
    const char *encoding = width == 2 ? (order == 1 ? "utf-16-be" : order == -1 ? "utf-16-le" : "utf-16")
                                      : (order == 1 ? "utf-32-be" : order == -1 ? "utf-32-le" : "utf-32");
    if (order == 0)
        encoding = width == 2 ? "utf-16-le" : "utf-32-le";
    DecodeErrors d;
    _PyUnicodeWriter w;
    if (byteorder)
        *byteorder = order;
    if (size == skip) {
        if (consumed)
            *consumed = size;
        return str_empty();
    }
    _PyUnicodeWriter_Init(&w);
    w.min_length = (size - skip + width - 1) / width;
    decode_begin(&d, encoding, errors, s, size);
    Py_ssize_t at = skip;
    while (at < d.end - d.start) {
        Py_UCS4 c = 0;
        const char *reason = NULL, *p = d.start + at;
        int n = width == 2 ? utf16_read(p, d.end, big, &c, &reason) : utf32_read(p, d.end, big, &c, &reason);
        if (n > 0) {
            if (_PyUnicodeWriter_WriteChar(&w, c) < 0)
                goto fail;
            at += n;
            continue;
        }
        if (n == 0 && consumed)
            break;
        at = decode_fail(&d, &w, at, n ? at - n : d.end - d.start, reason);
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

PyObject *PyUnicode_DecodeUTF16Stateful(const char *s, Py_ssize_t n, const char *errors, int *byteorder, Py_ssize_t *consumed)
{
    return decode_wide(s, n, errors, byteorder, consumed, 2);
}
PyObject *PyUnicode_DecodeUTF16(const char *s, Py_ssize_t n, const char *errors, int *byteorder)
{
    return decode_wide(s, n, errors, byteorder, NULL, 2);
}
PyObject *PyUnicode_DecodeUTF32Stateful(const char *s, Py_ssize_t n, const char *errors, int *byteorder, Py_ssize_t *consumed)
{
    return decode_wide(s, n, errors, byteorder, consumed, 4);
}
PyObject *PyUnicode_DecodeUTF32(const char *s, Py_ssize_t n, const char *errors, int *byteorder)
{
    return decode_wide(s, n, errors, byteorder, NULL, 4);
}

/* --- encoding --- */

static void put16(ByteBuffer *b, Py_UCS4 c, int big)
{
    *b->p++ = (char)(big ? c >> 8 : c);
    *b->p++ = (char)(big ? c : c >> 8);
}

static void put_unit(ByteBuffer *b, Py_UCS4 c, int width, int big)
{
    if (width == 2 && c >= 0x10000) {
        put16(b, Py_UNICODE_HIGH_SURROGATE(c), big);
        put16(b, Py_UNICODE_LOW_SURROGATE(c), big);
    }
    else if (width == 2)
        put16(b, c, big);
    else {
        put16(b, big ? c >> 16 : c & 0xffff, big);
        put16(b, big ? c & 0xffff : c >> 16, big);
    }
}

static Py_ssize_t encode_surrogates(EncodeErrors *e, ByteBuffer *b, Py_ssize_t from, int width, int big)
{
    PyObject *rep;
    Py_ssize_t to = from + 1;  /* one at a time, other than UTF-8 */
    if (e->kind == ERR_SURROGATEPASS) {
        if (bytebuf_room(b, 4) < 0)
            return -1;
        put_unit(b, str_at(e->text, from), width, big);
        return to;
    }
    Py_ssize_t at = encode_fail(e, from, to, "surrogates not allowed", &rep);
    if (at < 0)
        return -1;
    int failed = 0;
    if (PyBytes_Check(rep)) {
        if (PyBytes_GET_SIZE(rep) % width)
            failed = encode_raise(e, from, to, "surrogates not allowed");
        else
            failed = bytebuf_add(b, PyBytes_AS_STRING(rep), PyBytes_GET_SIZE(rep));
    }
    else if (!str_is_ascii(rep))
        failed = encode_raise(e, from, to, "surrogates not allowed");
    else if ((failed = bytebuf_room(b, str_len(rep) * width)) == 0)
        for (Py_ssize_t i = 0; i < str_len(rep); i++)
            put_unit(b, str_at(rep, i), width, big);
    Py_DECREF(rep);
    return failed < 0 ? -1 : at;
}

static PyObject *encode_wide(PyObject *text, const char *errors, int byteorder, int width)
{
    if (!PyUnicode_Check(text)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (PyUnicode_READY(text) < 0)
        return NULL;
    EncodeErrors e;
    ByteBuffer b;
    Py_ssize_t n = str_len(text);
    int big = byteorder == 1;
    if (n > PY_SSIZE_T_MAX / 4 - 8)
        return PyErr_NoMemory();
    if (bytebuf_begin(&b, (n + 1) * (width == 2 && str_kind(text) == 4 ? 4 : width)) < 0)
        return NULL;
    encode_begin(&e, width == 2 ? (byteorder < 0 ? "utf-16-le" : byteorder > 0 ? "utf-16-be" : "utf-16")
                                : (byteorder < 0 ? "utf-32-le" : byteorder > 0 ? "utf-32-be" : "utf-32"), errors, text);
    if (byteorder == 0)
        put_unit(&b, 0xfeff, width, 0);
    for (Py_ssize_t i = 0; i < n;) {
        Py_UCS4 c = str_at(text, i);
        if (Py_UNICODE_IS_SURROGATE(c)) {
            i = encode_surrogates(&e, &b, i, width, big);
            if (i < 0)
                goto fail;
            continue;
        }
        if (bytebuf_room(&b, 4) < 0)
            goto fail;
        put_unit(&b, c, width, big);
        i++;
    }
    encode_end(&e);
    return bytebuf_finish(&b);
fail:
    encode_end(&e);
    bytebuf_drop(&b);
    return NULL;
}

PyObject *_PyUnicode_EncodeUTF16(PyObject *o, const char *errors, int byteorder) { return encode_wide(o, errors, byteorder, 2); }
PyObject *_PyUnicode_EncodeUTF32(PyObject *o, const char *errors, int byteorder) { return encode_wide(o, errors, byteorder, 4); }
PyObject *PyUnicode_AsUTF16String(PyObject *o) { return encode_wide(o, NULL, 0, 2); }
PyObject *PyUnicode_AsUTF32String(PyObject *o) { return encode_wide(o, NULL, 0, 4); }
