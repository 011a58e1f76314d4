/* ASCII, Latin-1 and character map codecs: one byte a character (or, with a map, what the map says). */
#include "objects/str/codec.h"
#include <string.h>

/* --- ASCII and Latin-1 --- */

PyObject *PyUnicode_DecodeLatin1(const char *s, Py_ssize_t size, const char *errors)
{
    return PyUnicode_FromKindAndData(1, s, size);
}

PyObject *PyUnicode_DecodeASCII(const char *s, Py_ssize_t size, const char *errors)
{
    if (bytes_are_ascii(s, size))
        return _PyUnicode_FromASCII(s, size);
    DecodeErrors d;
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.min_length = size;
    decode_begin(&d, "ascii", errors, s, size);
    for (Py_ssize_t at = 0; at < d.end - d.start;) {
        Py_ssize_t run = ascii_run(d.start + at, d.end - d.start - at);
        if (run && _PyUnicodeWriter_WriteLatin1String(&w, d.start + at, run) < 0)
            goto fail;
        at += run;
        if (at < d.end - d.start && (at = decode_fail(&d, &w, at, at + 1, "ordinal not in range(128)")) < 0)
            goto fail;
    }
    decode_end(&d);
    return _PyUnicodeWriter_Finish(&w);
fail:
    decode_end(&d);
    _PyUnicodeWriter_Dealloc(&w);
    return NULL;
}

/* Writes what a handler answered; characters must fit. */
static int put_replacement(EncodeErrors *e, ByteBuffer *b, PyObject *rep, Py_UCS4 limit, Py_ssize_t from, Py_ssize_t to,
                           const char *reason)
{
    if (PyBytes_Check(rep))
        return bytebuf_add(b, PyBytes_AS_STRING(rep), PyBytes_GET_SIZE(rep));
    Py_ssize_t n = str_len(rep);
    if (bytebuf_room(b, n) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = str_at(rep, i);
        if (c >= limit)
            return encode_raise(e, from, to, reason);
        *b->p++ = (char)c;
    }
    return 0;
}

static Py_ssize_t encode_unfit(EncodeErrors *e, ByteBuffer *b, Py_ssize_t from, Py_ssize_t to, Py_UCS4 limit, const char *reason)
{
    PyObject *rep;
    if (e->kind == ERR_IGNORE)
        return to;
    if (e->kind == ERR_REPLACE) {
        if (bytebuf_room(b, to - from) < 0)
            return -1;
        memset(b->p, '?', to - from);
        b->p += to - from;
        return to;
    }
    if (e->kind == ERR_SURROGATEESCAPE) {
        Py_ssize_t i = from;
        if (bytebuf_room(b, to - from) < 0)
            return -1;
        for (; i < to; i++) {
            Py_UCS4 c = str_at(e->text, i);
            if (c < 0xdc80 || c > 0xdcff)
                break;
            *b->p++ = (char)(c - 0xdc00);
        }
        if (i == to)
            return to;
        from = i;
    }
    Py_ssize_t at = encode_fail(e, from, to, reason, &rep);
    if (at < 0)
        return -1;
    int failed = put_replacement(e, b, rep, limit, from, to, reason);
    Py_DECREF(rep);
    return failed < 0 ? -1 : at;
}

PyObject *encode_below(PyObject *text, const char *errors, Py_UCS4 limit)
{
    EncodeErrors e;
    ByteBuffer b;
    Py_ssize_t n = str_len(text);
    const char *reason = limit == 256 ? "ordinal not in range(256)" : "ordinal not in range(128)";
    if (bytebuf_begin(&b, n) < 0)
        return NULL;
    encode_begin(&e, limit == 256 ? "latin-1" : "ascii", errors, text);
    for (Py_ssize_t i = 0; i < n;) {
        Py_UCS4 c = str_at(text, i);
        if (c < limit) {
            if (bytebuf_room(&b, 1) < 0)
                goto fail;
            *b.p++ = (char)c;
            i++;
            continue;
        }
        Py_ssize_t to = i + 1;
        while (to < n && str_at(text, to) >= limit)
            to++;
        i = encode_unfit(&e, &b, i, to, limit, reason);
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

PyObject *_PyUnicode_AsLatin1String(PyObject *o, const char *errors)
{
    if (!PyUnicode_Check(o)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (PyUnicode_READY(o) < 0)
        return NULL;
    return str_kind(o) == 1 ? PyBytes_FromStringAndSize(str_data(o), str_len(o)) : encode_below(o, errors, 256);
}

PyObject *_PyUnicode_AsASCIIString(PyObject *o, const char *errors)
{
    if (!PyUnicode_Check(o)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (PyUnicode_READY(o) < 0)
        return NULL;
    return str_is_ascii(o) ? PyBytes_FromStringAndSize(str_data(o), str_len(o)) : encode_below(o, errors, 128);
}

PyObject *PyUnicode_AsLatin1String(PyObject *o) { return _PyUnicode_AsLatin1String(o, NULL); }
PyObject *PyUnicode_AsASCIIString(PyObject *o) { return _PyUnicode_AsASCIIString(o, NULL); }

/* --- decoding through a map --- */

/* What the map has for a byte: 1 with *c or *text (new), 0 undefined, -1 with an exception. */
static int map_byte(PyObject *map, unsigned char byte, Py_UCS4 *c, PyObject **text)
{
    *text = NULL;
    if (PyUnicode_CheckExact(map)) {
        if (byte >= str_len(map))
            return 0;
        *c = str_at(map, byte);
        return *c != 0xfffe;
    }
    PyObject *key = PyLong_FromLong(byte);
    PyObject *what = key ? PyObject_GetItem(map, key) : NULL;
    Py_XDECREF(key);
    if (what == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_LookupError))
            return -1;
        PyErr_Clear();
        return 0;
    }
    int found = 1;
    if (what == Py_None)
        found = 0;
    else if (PyLong_Check(what)) {
        long value = PyLong_AsLong(what);
        if (value < 0 || value > MAX_UNICODE) {
            if (!PyErr_Occurred() || PyErr_ExceptionMatches(PyExc_OverflowError)) {
                PyErr_Clear();
                PyErr_Format(PyExc_TypeError, "character mapping must be in range(0x%lx)", (unsigned long)MAX_UNICODE + 1);
            }
            found = -1;
        }
        *c = (Py_UCS4)value;
        if (value == 0xfffe)
            found = 0;
    }
    else if (PyUnicode_Check(what)) {
        if (str_len(what) == 1 && str_at(what, 0) == 0xfffe)
            found = 0;
        else {
            *text = what;
            return 1;
        }
    }
    else {
        PyErr_SetString(PyExc_TypeError, "character mapping must return integer, None or str");
        found = -1;
    }
    Py_DECREF(what);
    return found;
}

PyObject *PyUnicode_DecodeCharmap(const char *s, Py_ssize_t size, PyObject *map, const char *errors)
{
    if (map == NULL)
        return PyUnicode_DecodeLatin1(s, size, errors);
    if (size == 0)
        return str_empty();
    DecodeErrors d;
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.min_length = size;
    decode_begin(&d, "charmap", errors, s, size);
    for (Py_ssize_t at = 0; at < d.end - d.start;) {
        Py_UCS4 c = 0;
        PyObject *text;
        int found = map_byte(map, (unsigned char)d.start[at], &c, &text), failed = 0;
        if (found < 0)
            goto fail;
        if (found == 0) {
            at = decode_fail(&d, &w, at, at + 1, "character maps to <undefined>");
            if (at < 0)
                goto fail;
            continue;
        }
        if (text) {
            w.overallocate = 1;
            failed = _PyUnicodeWriter_WriteStr(&w, text);
            Py_DECREF(text);
        }
        else
            failed = _PyUnicodeWriter_WriteChar(&w, c);
        if (failed < 0)
            goto fail;
        at++;
    }
    decode_end(&d);
    return _PyUnicodeWriter_Finish(&w);
fail:
    decode_end(&d);
    _PyUnicodeWriter_Dealloc(&w);
    return NULL;
}

/* --- encoding through a map --- */

/* EncodingMap: the inverse of a decoding string of up to 256 characters, as a hash of code point -> byte. */
typedef struct {
    PyObject_HEAD
    int used;
    struct { Py_UCS4 c; unsigned char byte, full; } slots[512];
} EncodingMap;

static PyObject *encmap_size(PyObject *self, PyObject *unused) { return PyLong_FromSize_t(sizeof(EncodingMap)); }

static PyMethodDef encmap_methods[] = {
    {"size", encmap_size, METH_NOARGS, "Return the size (in bytes) of this object."},
    {NULL}
};

static void encmap_dealloc(PyObject *self) { PyObject_Free(self); }

PyTypeObject EncodingMap_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "EncodingMap",
    .tp_basicsize = sizeof(EncodingMap),
    .tp_dealloc = encmap_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = encmap_methods,
};

static int encmap_slot(EncodingMap *m, Py_UCS4 c)
{
    unsigned i = (c * 2654435761u) >> 23;
    while (m->slots[i].full && m->slots[i].c != c)
        i = (i + 1) & 511;
    return (int)i;
}

static PyObject *encoding_dict(PyObject *string)
{
    PyObject *dict = PyDict_New();
    for (Py_ssize_t i = 0; dict && i < str_len(string) && i < 256; i++) {
        PyObject *key = PyLong_FromLong((long)str_at(string, i)), *value = PyLong_FromSsize_t(i);
        if (key == NULL || value == NULL || PyDict_SetItem(dict, key, value) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    return dict;
}

PyObject *PyUnicode_BuildEncodingMap(PyObject *string)
{
    if (!PyUnicode_Check(string) || str_len(string) == 0) {
        PyErr_BadArgument();
        return NULL;
    }
    Py_ssize_t n = Py_MIN(str_len(string), 256);
    int plain = str_at(string, 0) == 0;
    for (Py_ssize_t i = 1; i < n; i++) {
        Py_UCS4 c = str_at(string, i);
        plain = plain && c != 0 && c <= 0xffff;
    }
    if (!plain)
        return encoding_dict(string);
    EncodingMap *m = PyObject_New(EncodingMap, &EncodingMap_Type);
    if (m == NULL)
        return NULL;
    memset(m->slots, 0, sizeof m->slots);
    m->used = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = str_at(string, i);
        if (c == 0xfffe)
            continue;
        int at = encmap_slot(m, c);
        m->slots[at].c = c;
        m->slots[at].byte = (unsigned char)i;
        m->slots[at].full = 1;
        m->used++;
    }
    return (PyObject *)m;
}

/* Writes what the map has for `c`: 1, 0 undefined, -1 with an exception. */
static int map_char(PyObject *map, Py_UCS4 c, ByteBuffer *b)
{
    if (Py_IS_TYPE(map, &EncodingMap_Type)) {
        EncodingMap *m = (EncodingMap *)map;
        int at = encmap_slot(m, c);
        if (!m->slots[at].full)
            return 0;
        return bytebuf_add(b, &m->slots[at].byte, 1) < 0 ? -1 : 1;
    }
    PyObject *key = PyLong_FromLong((long)c);
    PyObject *what = key ? PyObject_GetItem(map, key) : NULL;
    Py_XDECREF(key);
    if (what == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_LookupError))
            return -1;
        PyErr_Clear();
        return 0;
    }
    int found = 1;
    if (what == Py_None)
        found = 0;
    else if (PyLong_Check(what)) {
        long value = PyLong_AsLong(what);
        char byte = (char)value;
        if (value < 0 || value > 255) {
            PyErr_SetString(PyExc_TypeError, "character mapping must be in range(256)");
            found = -1;
        }
        else if (bytebuf_add(b, &byte, 1) < 0)
            found = -1;
    }
    else if (PyBytes_Check(what))
        found = bytebuf_add(b, PyBytes_AS_STRING(what), PyBytes_GET_SIZE(what)) < 0 ? -1 : 1;
    else {
        PyErr_Format(PyExc_TypeError, "character mapping must return integer, bytes or None, not %.400s", Py_TYPE(what)->tp_name);
        found = -1;
    }
    Py_DECREF(what);
    return found;
}

/* Writes a text through the map; every character must be in it. */
static int map_text(EncodeErrors *e, PyObject *map, PyObject *text, ByteBuffer *b, Py_ssize_t from, Py_ssize_t to)
{
    for (Py_ssize_t i = 0; i < str_len(text); i++) {
        int found = map_char(map, str_at(text, i), b);
        if (found == 0)
            return encode_raise(e, from, to, "character maps to <undefined>");
        if (found < 0)
            return -1;
    }
    return 0;
}

static int is_unmapped(PyObject *map, Py_UCS4 c)
{
    ByteBuffer probe;
    if (bytebuf_begin(&probe, 16) < 0)
        return -1;
    int found = map_char(map, c, &probe);
    bytebuf_drop(&probe);
    return found < 0 ? -1 : !found;
}

static Py_ssize_t encode_unmapped(EncodeErrors *e, PyObject *map, ByteBuffer *b, Py_ssize_t from)
{
    Py_ssize_t n = str_len(e->text), to = from + 1;
    int unmapped = 1;
    while (to < n && (unmapped = is_unmapped(map, str_at(e->text, to))) > 0)
        to++;
    if (unmapped < 0)
        return -1;
    if (e->kind == ERR_IGNORE)
        return to;
    if (e->kind == ERR_REPLACE) {
        for (Py_ssize_t i = from; i < to; i++) {
            int found = map_char(map, '?', b);
            if (found <= 0)
                return found < 0 ? -1 : encode_raise(e, from, to, "character maps to <undefined>");
        }
        return to;
    }
    PyObject *rep;
    Py_ssize_t at = encode_fail(e, from, to, "character maps to <undefined>", &rep);
    if (at < 0)
        return -1;
    int failed = PyBytes_Check(rep) ? bytebuf_add(b, PyBytes_AS_STRING(rep), PyBytes_GET_SIZE(rep))
                                    : map_text(e, map, rep, b, from, to);
    Py_DECREF(rep);
    return failed < 0 ? -1 : at;
}

PyObject *_PyUnicode_EncodeCharmap(PyObject *text, PyObject *map, const char *errors)
{
    if (PyUnicode_READY(text) < 0)
        return NULL;
    if (map == NULL)
        return _PyUnicode_AsLatin1String(text, errors);
    EncodeErrors e;
    ByteBuffer b;
    Py_ssize_t n = str_len(text);
    if (bytebuf_begin(&b, n) < 0)
        return NULL;
    encode_begin(&e, "charmap", errors, text);
    for (Py_ssize_t i = 0; i < n;) {
        int found = map_char(map, str_at(text, i), &b);
        if (found > 0)
            i++;
        else if (found < 0 || (i = encode_unmapped(&e, map, &b, i)) < 0) {
            encode_end(&e);
            bytebuf_drop(&b);
            return NULL;
        }
    }
    encode_end(&e);
    return bytebuf_finish(&b);
}

PyObject *PyUnicode_AsCharmapString(PyObject *text, PyObject *map)
{
    if (!PyUnicode_Check(text) || map == NULL) {
        PyErr_BadArgument();
        return NULL;
    }
    return _PyUnicode_EncodeCharmap(text, map, NULL);
}
