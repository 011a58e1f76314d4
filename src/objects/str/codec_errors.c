/* Calling error handlers for decoders and encoders, and the buffer that encoders write to. */
#include "objects/str/codec.h"
#include <string.h>

enum error_kind error_kind_of(const char *errors)
{
    static const struct { const char *name; enum error_kind kind; } kinds[] = {
        {"strict", ERR_STRICT}, {"ignore", ERR_IGNORE}, {"replace", ERR_REPLACE}, {"surrogateescape", ERR_SURROGATEESCAPE},
        {"surrogatepass", ERR_SURROGATEPASS}, {"backslashreplace", ERR_BACKSLASH}, {"xmlcharrefreplace", ERR_XML},
    };
    if (errors == NULL)
        return ERR_STRICT;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(errors, kinds[i].name) == 0)
            return kinds[i].kind;
    return ERR_OTHER;
}

/* --- decoding --- */

void decode_begin(DecodeErrors *d, const char *encoding, const char *errors, const char *s, Py_ssize_t size)
{
    *d = (DecodeErrors){.encoding = encoding, .errors = errors, .kind = error_kind_of(errors), .start = s, .end = s + size};
}

void decode_end(DecodeErrors *d)
{
    Py_CLEAR(d->handler);
    Py_CLEAR(d->exc);
    Py_CLEAR(d->input);
}

/* Makes or updates the exception that the handler gets. */
static int describe_decode(DecodeErrors *d, Py_ssize_t from, Py_ssize_t to, const char *reason)
{
    if (d->exc == NULL) {
        d->exc = PyUnicodeDecodeError_Create(d->encoding, d->start, d->end - d->start, from, to, reason);
        return d->exc ? 0 : -1;
    }
    if (PyUnicodeDecodeError_SetStart(d->exc, from) < 0 || PyUnicodeDecodeError_SetEnd(d->exc, to) < 0
        || PyUnicodeDecodeError_SetReason(d->exc, reason) < 0) {
        Py_CLEAR(d->exc);
        return -1;
    }
    return 0;
}

/* Takes over the input that the handler left in the exception. */
static int refresh_input(DecodeErrors *d)
{
    PyObject *object = PyUnicodeDecodeError_GetObject(d->exc);
    if (object == NULL)
        return -1;
    if (!PyBytes_Check(object)) {
        PyErr_Format(PyExc_TypeError, "exception attribute object must be bytes");
        Py_DECREF(object);
        return -1;
    }
    Py_XSETREF(d->input, object);
    d->start = PyBytes_AS_STRING(object);
    d->end = d->start + PyBytes_GET_SIZE(object);
    return 0;
}

static Py_ssize_t ask_decoder(DecodeErrors *d, _PyUnicodeWriter *w, Py_ssize_t from, Py_ssize_t to, const char *reason)
{
    PyObject *text, *answer = NULL;
    Py_ssize_t at = -1;
    if (d->handler == NULL && (d->handler = PyCodec_LookupError(d->errors)) == NULL)
        return -1;
    if (describe_decode(d, from, to, reason) < 0)
        return -1;
    answer = PyObject_CallOneArg(d->handler, d->exc);
    if (answer == NULL)
        return -1;
    if (!PyTuple_Check(answer) || PyTuple_GET_SIZE(answer) != 2 || !PyUnicode_Check(PyTuple_GET_ITEM(answer, 0))
        || !PyLong_Check(PyTuple_GET_ITEM(answer, 1))) {
        PyErr_SetString(PyExc_TypeError, "decoding error handler must return (str, int) tuple");
        goto fail;
    }
    text = PyTuple_GET_ITEM(answer, 0);
    at = PyLong_AsSsize_t(PyTuple_GET_ITEM(answer, 1));
    if ((at == -1 && PyErr_Occurred()) || refresh_input(d) < 0)
        goto fail;
    Py_ssize_t size = d->end - d->start, asked = at;
    if (at < 0)
        at += size;
    if (at < 0 || at > size) {
        PyErr_Format(PyExc_IndexError, "position %zd from error handler out of bounds", asked);
        goto fail;
    }
    if (_PyUnicodeWriter_WriteStr(w, text) < 0)
        goto fail;
    Py_DECREF(answer);
    return at;
fail:
    Py_DECREF(answer);
    return -1;
}

Py_ssize_t decode_fail(DecodeErrors *d, _PyUnicodeWriter *w, Py_ssize_t from, Py_ssize_t to, const char *reason)
{
    w->overallocate = 1;
    switch (d->kind) {
    case ERR_IGNORE:
        return to;
    case ERR_REPLACE:
        return _PyUnicodeWriter_WriteChar(w, 0xfffd) < 0 ? -1 : to;
    case ERR_SURROGATEESCAPE: {
        Py_ssize_t i = from;
        while (i < to && (unsigned char)d->start[i] >= 128) {
            if (_PyUnicodeWriter_WriteChar(w, 0xdc00 + (unsigned char)d->start[i]) < 0)
                return -1;
            i++;
        }
        if (i > from)
            return i;
        break;
    }
    case ERR_STRICT:
        if (describe_decode(d, from, to, reason) == 0)
            PyCodec_StrictErrors(d->exc);
        return -1;
    default:
        break;
    }
    return ask_decoder(d, w, from, to, reason);
}

/* --- encoding --- */

void encode_begin(EncodeErrors *e, const char *encoding, const char *errors, PyObject *text)
{
    *e = (EncodeErrors){.encoding = encoding, .errors = errors, .kind = error_kind_of(errors), .text = text};
}

void encode_end(EncodeErrors *e)
{
    Py_CLEAR(e->handler);
    Py_CLEAR(e->exc);
}

static int describe_encode(EncodeErrors *e, Py_ssize_t from, Py_ssize_t to, const char *reason)
{
    if (e->exc == NULL) {
        e->exc = PyObject_CallFunction(PyExc_UnicodeEncodeError, "sOnns", e->encoding, e->text, from, to, reason);
        return e->exc ? 0 : -1;
    }
    if (PyUnicodeEncodeError_SetStart(e->exc, from) < 0 || PyUnicodeEncodeError_SetEnd(e->exc, to) < 0
        || PyUnicodeEncodeError_SetReason(e->exc, reason) < 0) {
        Py_CLEAR(e->exc);
        return -1;
    }
    return 0;
}

int encode_raise(EncodeErrors *e, Py_ssize_t from, Py_ssize_t to, const char *reason)
{
    if (describe_encode(e, from, to, reason) == 0)
        PyCodec_StrictErrors(e->exc);
    return -1;
}

Py_ssize_t encode_fail(EncodeErrors *e, Py_ssize_t from, Py_ssize_t to, const char *reason, PyObject **rep)
{
    *rep = NULL;
    if (e->kind == ERR_STRICT)
        return encode_raise(e, from, to, reason);
    if (e->handler == NULL && (e->handler = PyCodec_LookupError(e->errors)) == NULL)
        return -1;
    if (describe_encode(e, from, to, reason) < 0)
        return -1;
    PyObject *answer = PyObject_CallOneArg(e->handler, e->exc);
    if (answer == NULL)
        return -1;
    if (!PyTuple_Check(answer) || PyTuple_GET_SIZE(answer) != 2 || !PyLong_Check(PyTuple_GET_ITEM(answer, 1))
        || !(PyUnicode_Check(PyTuple_GET_ITEM(answer, 0)) || PyBytes_Check(PyTuple_GET_ITEM(answer, 0)))) {
        PyErr_SetString(PyExc_TypeError, "encoding error handler must return (str/bytes, int) tuple");
        Py_DECREF(answer);
        return -1;
    }
    Py_ssize_t at = PyLong_AsSsize_t(PyTuple_GET_ITEM(answer, 1)), len = str_len(e->text), asked = at;
    if (at == -1 && PyErr_Occurred()) {
        Py_DECREF(answer);
        return -1;
    }
    if (at < 0)
        at += len;
    if (at < 0 || at > len) {
        PyErr_Format(PyExc_IndexError, "position %zd from error handler out of bounds", asked);
        Py_DECREF(answer);
        return -1;
    }
    *rep = PyTuple_GET_ITEM(answer, 0);
    Py_INCREF(*rep);
    Py_DECREF(answer);
    return at;
}

/* --- byte buffer --- */

int bytebuf_begin(ByteBuffer *b, Py_ssize_t size)
{
    if (size < 16)
        size = 16;
    b->bytes = PyBytes_FromStringAndSize(NULL, size);
    if (b->bytes == NULL)
        return -1;
    b->p = PyBytes_AS_STRING(b->bytes);
    b->end = b->p + size;
    return 0;
}

int bytebuf_grow(ByteBuffer *b, Py_ssize_t n)
{
    Py_ssize_t used = b->p - PyBytes_AS_STRING(b->bytes);
    if (n > PY_SSIZE_T_MAX / 2 - used) {
        PyErr_NoMemory();
        return -1;
    }
    Py_ssize_t size = (used + n) + (used + n) / 4;
    if (_PyBytes_Resize(&b->bytes, size) < 0)
        return -1;
    b->p = PyBytes_AS_STRING(b->bytes) + used;
    b->end = PyBytes_AS_STRING(b->bytes) + size;
    return 0;
}

int bytebuf_add(ByteBuffer *b, const void *s, Py_ssize_t n)
{
    if (bytebuf_room(b, n) < 0)
        return -1;
    memcpy(b->p, s, n);
    b->p += n;
    return 0;
}

PyObject *bytebuf_finish(ByteBuffer *b)
{
    Py_ssize_t used = b->p - PyBytes_AS_STRING(b->bytes);
    PyObject *bytes = b->bytes;
    b->bytes = NULL;
    if (used <= 1) {  /* the shared ones */
        PyObject *small = PyBytes_FromStringAndSize(PyBytes_AS_STRING(bytes), used);
        Py_DECREF(bytes);
        return small;
    }
    if (PyBytes_GET_SIZE(bytes) != used)
        _PyBytes_Resize(&bytes, used);
    return bytes;
}

void bytebuf_drop(ByteBuffer *b) { Py_CLEAR(b->bytes); }
