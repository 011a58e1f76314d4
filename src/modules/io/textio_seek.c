/* TextIOWrapper.tell and seek.
 *
 * A position is an int, the "cookie": where the bytes start, the decoder's flags there, how many bytes to feed it and how
 * many characters of the result to skip:  start (8 bytes) | flags (4) | feed (4) | skip (4) | at end (1), little-endian. */
#include "modules/io/textio.h"
#include <string.h>

#define COOKIE_SIZE 21

typedef struct {
    Py_off_t start;
    int flags, feed, skip;
    char at_end;
} Cookie;

static PyObject *cookie_pack(const Cookie *c)
{
    unsigned char b[COOKIE_SIZE];
    memcpy(b, &c->start, 8);
    memcpy(b + 8, &c->flags, 4);
    memcpy(b + 12, &c->feed, 4);
    memcpy(b + 16, &c->skip, 4);
    b[20] = (unsigned char)c->at_end;
    return _PyLong_FromByteArray(b, sizeof b, 1, 0);
}

static int cookie_unpack(PyObject *o, Cookie *c)
{
    unsigned char b[COOKIE_SIZE];
    PyObject *i = PyNumber_Long(o);
    if (i == NULL)
        return -1;
    int failed = _PyLong_AsByteArray((PyLongObject *)i, b, sizeof b, 1, 0);
    Py_DECREF(i);
    if (failed < 0)
        return -1;
    memcpy(&c->start, b, 8);
    memcpy(&c->flags, b + 8, 4);
    memcpy(&c->feed, b + 12, 4);
    memcpy(&c->skip, b + 16, 4);
    c->at_end = (char)b[20];
    return 0;
}

/* text_call with an argument that is taken over; NULL is a failure to make it. */
static PyObject *call_with(TextIO *self, PyObject *part, PyObject *name, PyObject *arg)
{
    PyObject *result = arg ? text_call(self, part, name, arg) : NULL;
    Py_XDECREF(arg);
    return result;
}

/* --- the decoder's state --- */

static int set_state(TextIO *self, int flags)
{
    PyObject *done = call_with(self, self->decoder, N(setstate), Py_BuildValue("(yi)", "", flags));
    Py_XDECREF(done);
    return done ? 0 : -1;
}

/* Bytes that the decoder holds back, and its flags; -1 with an exception. */
static Py_ssize_t get_state(TextIO *self, int *flags)
{
    PyObject *state = text_call(self, self->decoder, N(getstate), NULL), *bytes;
    Py_ssize_t held = -1;
    if (state == NULL)
        return -1;
    if (!PyTuple_Check(state))
        PyErr_SetString(PyExc_TypeError, "illegal decoder state");
    else if (PyArg_ParseTuple(state, "Oi;illegal decoder state", &bytes, flags)) {
        if (PyBytes_Check(bytes))
            held = PyBytes_GET_SIZE(bytes);
        else
            PyErr_Format(PyExc_TypeError, "illegal decoder state: the first item should be a bytes object, not '%.200s'",
                         Py_TYPE(bytes)->tp_name);
    }
    Py_DECREF(state);
    return held;
}

/* Characters that the bytes decode to; -1 with an exception. */
static Py_ssize_t decoded_length(TextIO *self, const char *s, Py_ssize_t n, int final)
{
    PyObject *bytes = PyBytes_FromStringAndSize(s, n);
    PyObject *text = bytes ? text_decode(self, bytes, final) : NULL;
    Py_XDECREF(bytes);
    if (text == NULL)
        return -1;
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    Py_DECREF(text);
    return length;
}

/* Moves the cookie forward to a safe start near the position: a place where the decoder holds nothing back. */
static Py_ssize_t guess_start(TextIO *self, Cookie *c, const char *input, Py_ssize_t size)
{
    Py_ssize_t skip = Py_MIN((Py_ssize_t)(self->bytes_per_char * c->skip), size), back = 1;
    while (skip > 0) {
        int flags;
        if (set_state(self, c->flags) < 0)
            return -1;
        Py_ssize_t n = decoded_length(self, input, skip, 0), held;
        if (n < 0)
            return -1;
        if (n <= c->skip) {
            if ((held = get_state(self, &flags)) < 0)
                return -1;
            if (held == 0) {
                c->flags = flags;
                c->skip -= (int)n;
                break;
            }
            skip -= held;
            back = 1;
        }
        else {
            skip -= back;
            back *= 2;
        }
    }
    if (skip <= 0)
        return set_state(self, c->flags) < 0 ? -1 : 0;
    return skip;
}

/* Finds the cookie of a position `c->skip` characters into what `input`, read at c->start, decodes to. */
static int locate(TextIO *self, Cookie *c, const char *input, Py_ssize_t size)
{
    Py_ssize_t skip = guess_start(self, c, input, size), decoded = 0, i;
    if (skip < 0)
        return -1;
    c->start += skip;
    if (c->skip == 0)
        return 0;
    Py_off_t start = c->start;
    int flags;
    for (i = skip; i < size; i++) {
        Py_ssize_t n = decoded_length(self, input + i, 1, 0), held = n < 0 ? -1 : get_state(self, &flags);
        if (held < 0)
            return -1;
        decoded += n;
        c->feed++;
        if (held == 0 && decoded <= c->skip) {
            start += c->feed;
            c->skip -= (int)decoded;
            c->flags = flags;
            c->feed = 0;
            decoded = 0;
        }
        if (decoded >= c->skip)
            break;
    }
    if (i == size) {
        Py_ssize_t n = decoded_length(self, NULL, 0, 1);
        if (n < 0)
            return -1;
        c->at_end = 1;
        if (decoded + n < c->skip) {
            PyErr_SetString(PyExc_OSError, "can't reconstruct logical file position");
            return -1;
        }
    }
    c->start = start;
    return 0;
}

PyObject *text_tell(PyObject *o, PyObject *unused)
{
    TextIO *self = (TextIO *)o;
    if (text_check(self) < 0)
        return NULL;
    if (!self->seekable)
        return io_unsupported("underlying stream is not seekable");
    if (!self->telling) {
        PyErr_SetString(PyExc_OSError, "telling position disabled by next() call");
        return NULL;
    }
    PyObject *done = text_flush_pending(self) < 0 ? NULL : PyObject_CallMethodNoArgs(o, N(flush));
    if (done == NULL)
        return NULL;
    Py_DECREF(done);
    PyObject *at = text_call(self, self->buffer, N(tell), NULL), *input;
    if (at == NULL || self->decoder == NULL || self->snapshot == NULL)
        return at;
    Cookie c = {.start = io_offset(at)};
    Py_DECREF(at);
    if (PyErr_Occurred() || !PyArg_ParseTuple(self->snapshot, "iO", &c.flags, &input))
        return NULL;
    c.start -= PyBytes_GET_SIZE(input);
    c.skip = self->text ? (int)self->used : 0;
    if (c.skip == 0)
        return cookie_pack(&c);
    Py_INCREF(input);
    PyObject *saved = text_call(self, self->decoder, N(getstate), NULL);
    if (saved == NULL) {
        Py_DECREF(input);
        return NULL;
    }
    int failed = locate(self, &c, PyBytes_AS_STRING(input), PyBytes_GET_SIZE(input));
    Py_DECREF(input);
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    done = text_call(self, self->decoder, N(setstate), saved);
    Py_DECREF(saved);
    if (done == NULL)
        failed = -1;
    Py_XDECREF(done);
    io_chain(type, value, trace);
    return failed < 0 ? NULL : cookie_pack(&c);
}

int text_reset_encoder(TextIO *self, int at_start)
{
    if (self->encoder == NULL)
        return 0;
    PyObject *done = at_start ? text_call(self, self->encoder, N(reset), NULL)
                              : call_with(self, self->encoder, N(setstate), PyLong_FromLong(0));
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static PyObject *seek_end(TextIO *self)
{
    PyObject *done = PyObject_CallMethodNoArgs((PyObject *)self, N(flush));
    if (done == NULL)
        return NULL;
    Py_DECREF(done);
    text_drop(self);
    Py_CLEAR(self->snapshot);
    if (self->decoder) {
        done = text_call(self, self->decoder, N(reset), NULL);
        if (done == NULL)
            return NULL;
        Py_DECREF(done);
    }
    if (text_check(self) < 0)
        return NULL;
    PyObject *buffer = Py_NewRef(self->buffer), *at = PyObject_CallMethod(buffer, "seek", "ii", 0, 2);
    Py_DECREF(buffer);
    if (at == NULL)
        return NULL;
    int at_start = self->encoder ? PyObject_Not(at) : 0;
    if (at_start < 0 || text_reset_encoder(self, at_start) < 0)
        Py_CLEAR(at);
    return at;
}

/* Feeds the decoder what the cookie says, and skips. */
static int restore(TextIO *self, const Cookie *c)
{
    PyObject *done = c->start == 0 && c->flags == 0 ? text_call(self, self->decoder, N(reset), NULL)
                                                    : call_with(self, self->decoder, N(setstate), Py_BuildValue("(yi)", "", c->flags));
    if (done == NULL)
        return -1;
    Py_DECREF(done);
    if (c->skip == 0) {
        Py_XSETREF(self->snapshot, Py_BuildValue("iy", c->flags, ""));
        return self->snapshot ? 0 : -1;
    }
    PyObject *input = call_with(self, self->buffer, N(read), PyLong_FromLong(c->feed));
    if (input && !PyBytes_Check(input)) {
        PyErr_Format(PyExc_TypeError, "underlying read() should have returned a bytes object, not '%.200s'", Py_TYPE(input)->tp_name);
        Py_CLEAR(input);
    }
    if (input == NULL)
        return -1;
    Py_XSETREF(self->snapshot, Py_BuildValue("iO", c->flags, input));
    PyObject *text = self->snapshot ? text_decode(self, input, c->at_end) : NULL;
    Py_DECREF(input);
    if (text == NULL)
        return -1;
    text_drop(self);
    self->text = text;
    if (c->skip < 0 || PyUnicode_GET_LENGTH(text) < c->skip) {
        PyErr_SetString(PyExc_OSError, "can't restore logical file position");
        return -1;
    }
    self->used = c->skip;
    return 0;
}

PyObject *text_seek(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    TextIO *self = (TextIO *)o;
    int whence = 0;
    if (!_PyArg_CheckPositional("seek", nargs, 1, 2))
        return NULL;
    if (nargs > 1 && (whence = _PyLong_AsInt(args[1])) == -1 && PyErr_Occurred())
        return NULL;
    if (text_check(self) < 0)
        return NULL;
    if (!self->seekable)
        return io_unsupported("underlying stream is not seekable");
    if (whence < 0 || whence > 2) {
        PyErr_Format(PyExc_ValueError, "invalid whence (%d, should be 0, 1 or 2)", whence);
        return NULL;
    }
    PyObject *cookie = args[0], *zero = PyLong_FromLong(0);
    int nonzero = whence ? PyObject_RichCompareBool(cookie, zero, Py_NE) : 0, negative;
    Py_DECREF(zero);
    if (nonzero)
        return nonzero < 0 ? NULL : io_unsupported(whence == 1 ? "can't do nonzero cur-relative seeks"
                                                               : "can't do nonzero end-relative seeks");
    if (whence == 2)
        return seek_end(self);
    if (whence == 1)
        cookie = PyObject_CallMethodNoArgs(o, N(tell));
    else
        Py_INCREF(cookie);
    if (cookie == NULL)
        return NULL;
    zero = PyLong_FromLong(0);
    negative = PyObject_RichCompareBool(cookie, zero, Py_LT);
    Py_DECREF(zero);
    if (negative) {
        if (negative > 0)
            PyErr_Format(PyExc_ValueError, "negative seek position %R", cookie);
        Py_DECREF(cookie);
        return NULL;
    }
    Cookie c;
    PyObject *done = PyObject_CallMethodNoArgs(o, N(flush));
    Py_XDECREF(done);
    if (done == NULL || cookie_unpack(cookie, &c) < 0)
        goto fail;
    done = call_with(self, self->buffer, N(seek), PyLong_FromLongLong(c.start));
    if (done == NULL)
        goto fail;
    Py_DECREF(done);
    text_drop(self);
    Py_CLEAR(self->snapshot);
    if (self->decoder && restore(self, &c) < 0)
        goto fail;
    if (text_reset_encoder(self, c.start == 0 && c.flags == 0) < 0)
        goto fail;
    return cookie;
fail:
    Py_DECREF(cookie);
    return NULL;
}
