/* _BufferedIOBase, BufferedReader, BufferedWriter, BufferedRandom, BufferedRWPair.
 *
 *   reading:  | done | pos ... ahead ... end | free |        the raw stream stands at `end`
 *   writing:  | 0 ... pending ... end        | free |        the raw stream stands at 0
 *
 * BUF-1  a buffer is in one state at a time: idle, reading or writing; going from reading to writing moves the raw stream
 *        back over what was read ahead, going from writing to reading writes the pending bytes out.
 * BUF-2  every change happens with the lock held; the same thread coming back is an error, not a deadlock. */
#include "modules/io/io.h"
#include "objects/names.h"
#include "pythread.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

typedef enum { IDLE, READING, WRITING } State;

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyObject *weakrefs;
    PyObject *raw;      /* owned; NULL before __init__ and after detach() */
    char *buffer;
    Py_ssize_t size;    /* of the buffer */
    Py_ssize_t pos, end;
    State state;
    unsigned ok : 1, detached : 1, readable : 1, writable : 1, finalizing : 1;
    PyThread_type_lock lock;
    volatile unsigned long owner;
} Buffered;

/* ---- _BufferedIOBase --------------------------------------------------------------------------------------------------------- */

static PyObject *base_detach(PyObject *self, PyObject *u) { return io_raise_unsupported("detach"); }
static PyObject *base_read(PyObject *self, PyObject *args) { return io_raise_unsupported("read"); }
static PyObject *base_read1(PyObject *self, PyObject *args) { return io_raise_unsupported("read1"); }
static PyObject *base_write(PyObject *self, PyObject *x) { return io_raise_unsupported("write"); }

/* readinto() through the given read method. */
static PyObject *readinto_by(PyObject *self, PyObject *target, const char *method)
{
    Py_buffer view;
    if (PyObject_GetBuffer(target, &view, PyBUF_WRITABLE) < 0) {
        PyErr_Format(PyExc_TypeError, "readinto() argument must be read-write bytes-like object, not %.50s", Py_TYPE(target)->tp_name);
        return NULL;
    }
    PyObject *data = PyObject_CallMethod(self, method, "n", view.len), *result = NULL;
    if (data && !PyBytes_Check(data)) {
        PyErr_Format(PyExc_TypeError, "%s() should return bytes", method);
    } else if (data && PyBytes_GET_SIZE(data) > view.len) {
        PyErr_Format(PyExc_ValueError, "read() returned too much data: %zd bytes requested, %zd returned", view.len, PyBytes_GET_SIZE(data));
    } else if (data) {
        memcpy(view.buf, PyBytes_AS_STRING(data), (size_t)PyBytes_GET_SIZE(data));
        result = PyLong_FromSsize_t(PyBytes_GET_SIZE(data));
    }
    Py_XDECREF(data);
    PyBuffer_Release(&view);
    return result;
}

static PyObject *base_readinto(PyObject *self, PyObject *target) { return readinto_by(self, target, "read"); }
static PyObject *base_readinto1(PyObject *self, PyObject *target) { return readinto_by(self, target, "read1"); }

static PyMethodDef base_methods[] = {
    {"detach", base_detach, METH_NOARGS, "detach($self, /)\n--\n\nSeparates the raw stream from this one and returns it."},
    {"read", base_read, METH_VARARGS, "read($self, size=-1, /)\n--\n\nUp to size bytes; all by default."},
    {"read1", base_read1, METH_VARARGS, "read1($self, size=-1, /)\n--\n\nUp to size bytes with at most one read of the raw stream."},
    {"readinto", base_readinto, METH_O, NULL},
    {"readinto1", base_readinto1, METH_O, NULL},
    {"write", base_write, METH_O, "write($self, b, /)\n--\n\nWrites bytes; always takes all of them."},
    {NULL, NULL, 0, NULL}};

PyTypeObject PyBufferedIOBase_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io._BufferedIOBase",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "The base of streams of bytes with a buffer.",
    .tp_methods = base_methods,
    .tp_base = &PyIOBase_Type,
};

/* ---- state checks ----------------------------------------------------------------------------------------------------------------- */

static int check_ready(Buffered *self)
{
    if (self->ok)
        return 0;
    PyErr_SetString(PyExc_ValueError, self->detached ? "raw stream has been detached" : "I/O operation on uninitialized object");
    return -1;
}

static int raw_is_closed(Buffered *self)
{
    PyObject *closed = PyObject_GetAttr(self->raw, N(closed));
    int is = closed ? PyObject_IsTrue(closed) : -1;
    Py_XDECREF(closed);
    return is;
}

static int check_open(Buffered *self, const char *message)
{
    if (check_ready(self) < 0)
        return -1;
    int closed = self->buffer ? raw_is_closed(self) : 1;
    if (closed > 0)
        PyErr_SetString(PyExc_ValueError, message);
    return closed ? -1 : 0;
}

/* 0, or -1 with RuntimeError: this thread holds the lock already (a signal handler, a raw stream in Python). */
static int enter(Buffered *self)
{
    unsigned long me = PyThread_get_thread_ident();
    if (self->owner == me) {
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %R", self);
        return -1;
    }
    if (!PyThread_acquire_lock(self->lock, 0)) {
        Py_BEGIN_ALLOW_THREADS
        PyThread_acquire_lock(self->lock, 1);
        Py_END_ALLOW_THREADS
    }
    self->owner = me;
    return 0;
}

static void leave(Buffered *self)
{
    self->owner = 0;
    PyThread_release_lock(self->lock);
}

/* ---- the raw stream ------------------------------------------------------------------------------------------------------------------ */

/* Reads into memory: the number of bytes, 0 at the end, -2 when it would block, -1 with an exception. */
static Py_ssize_t raw_read(Buffered *self, char *to, Py_ssize_t size)
{
    PyObject *view = PyMemoryView_FromMemory(to, size, PyBUF_WRITE), *got;
    if (!view)
        return -1;
    do
        got = PyObject_CallMethodOneArg(self->raw, N(readinto), view);
    while (!got && io_retry_after_signal());
    Py_DECREF(view);
    if (!got)
        return -1;
    if (got == Py_None) {
        Py_DECREF(got);
        return -2;
    }
    Py_ssize_t n = PyNumber_AsSsize_t(got, PyExc_ValueError);
    Py_DECREF(got);
    if (n == -1 && PyErr_Occurred()) {
        _PyErr_FormatFromCause(PyExc_OSError, "raw readinto() failed");
        return -1;
    }
    if (n < 0 || n > size) {
        PyErr_Format(PyExc_OSError, "raw readinto() returned invalid length %zd (should have been between 0 and %zd)", n, size);
        return -1;
    }
    return n;
}

/* As raw_read, for writing. */
static Py_ssize_t raw_write(Buffered *self, const char *from, Py_ssize_t size)
{
    PyObject *view = PyMemoryView_FromMemory((char *)from, size, PyBUF_READ), *took;
    if (!view)
        return -1;
    do {
        errno = 0;
        took = PyObject_CallMethodOneArg(self->raw, N(write), view);
    } while (!took && io_retry_after_signal());
    Py_DECREF(view);
    if (!took)
        return -1;
    if (took == Py_None) {
        Py_DECREF(took);
        return -2;
    }
    Py_ssize_t n = PyNumber_AsSsize_t(took, PyExc_ValueError);
    Py_DECREF(took);
    if ((n < 0 || n > size) && !PyErr_Occurred())
        PyErr_Format(PyExc_OSError, "raw write() returned invalid length %zd (should have been between 0 and %zd)", n, size);
    return PyErr_Occurred() ? -1 : n;
}

static int64_t raw_seek(Buffered *self, int64_t offset, int whence)
{
    PyObject *at = PyObject_CallMethod(self->raw, "seek", "Li", (long long)offset, whence);
    if (!at)
        return -1;
    int64_t n = io_offset(at, PyExc_ValueError);
    Py_DECREF(at);
    if (n < 0 && !PyErr_Occurred())
        PyErr_Format(PyExc_OSError, "Raw stream returned invalid position %lld", (long long)n);
    return PyErr_Occurred() ? -1 : n;
}

static int64_t raw_tell(Buffered *self)
{
    PyObject *at = PyObject_CallMethodNoArgs(self->raw, N(tell));
    if (!at)
        return -1;
    int64_t n = io_offset(at, PyExc_ValueError);
    Py_DECREF(at);
    if (n < 0 && !PyErr_Occurred())
        PyErr_Format(PyExc_OSError, "Raw stream returned invalid position %lld", (long long)n);
    return PyErr_Occurred() ? -1 : n;
}

/* ---- changing state ----------------------------------------------------------------------------------------------------------------------- */

static PyObject *blocked(Py_ssize_t written)
{
    PyObject *error = PyObject_CallFunction(PyExc_BlockingIOError, "isn", EAGAIN, "write could not complete without blocking", written);
    if (error)
        PyErr_SetObject(PyExc_BlockingIOError, error);
    Py_XDECREF(error);
    return NULL;
}

/* Writes the pending bytes out; what could not be written stays.  0, or -1 with an exception. */
static int write_out(Buffered *self)
{
    Py_ssize_t done = 0;
    int result = 0;
    while (self->state == WRITING && done < self->end) {
        Py_ssize_t n = raw_write(self, self->buffer + done, self->end - done);
        if (n < 0) {
            if (n == -2)
                blocked(0);
            result = -1;
            break;
        }
        done += n;
        if (PyErr_CheckSignals() < 0) {
            result = -1;
            break;
        }
    }
    if (self->state == WRITING) {
        memmove(self->buffer, self->buffer + done, (size_t)(self->end - done));
        self->end -= done;
        if (self->end == 0)
            self->state = IDLE;
    }
    return result;
}

static Py_ssize_t ahead(const Buffered *self) { return self->state == READING ? self->end - self->pos : 0; }

static void forget_ahead(Buffered *self)
{
    if (self->state == READING)
        self->state = IDLE;
    if (self->state == IDLE)
        self->pos = self->end = 0;
}

/* Makes the raw stream's position the logical one; 0 or -1. */
static int settle(Buffered *self)
{
    if (self->state == WRITING)
        return write_out(self);
    Py_ssize_t back = ahead(self);
    if (back > 0 && raw_seek(self, -back, 1) < 0)
        return -1;
    forget_ahead(self);
    return 0;
}

/* Fills the empty read buffer: bytes now ahead, 0 at the end, -2 would block, -1 on error. */
static Py_ssize_t fill(Buffered *self)
{
    Py_ssize_t n = raw_read(self, self->buffer, self->size);
    self->pos = 0;
    self->end = n > 0 ? n : 0;
    self->state = n > 0 ? READING : IDLE;
    return n;
}

/* ---- reading ---------------------------------------------------------------------------------------------------------------------------------- */

static Py_ssize_t take_ahead(Buffered *self, char *to, Py_ssize_t size)
{
    Py_ssize_t n = ahead(self);
    if (n > size)
        n = size;
    memcpy(to, self->buffer + self->pos, (size_t)n);
    self->pos += n;
    return n;
}

/* Reads up to size bytes: as many calls of the raw stream as needed, or only one.  Bytes read; -2 when nothing came and it
 * would block; -1 on error. */
static Py_ssize_t read_some(Buffered *self, char *to, Py_ssize_t size, int once)
{
    Py_ssize_t got = take_ahead(self, to, size);
    if (got == size || (once && got))
        return got;
    if (self->state == WRITING && write_out(self) < 0)
        return -1;
    forget_ahead(self);
    while (got < size) {
        Py_ssize_t want = size - got, n;
        if (want >= self->size) {
            n = raw_read(self, to + got, once ? want : want - want % self->size);
            if (n > 0)
                got += n;
        } else {
            n = fill(self);
            if (n > 0)
                got += take_ahead(self, to + got, want);
        }
        if (n == -1)
            return -1;
        if (n <= 0)
            return got == 0 && n == -2 ? -2 : got;
        if (once)
            break;
    }
    return got;
}

static PyObject *read_all(Buffered *self)
{
    PyObject *front = PyBytes_FromStringAndSize(self->buffer + self->pos, ahead(self)), *readall, *rest = NULL;
    if (!front)
        return NULL;
    if (self->state == WRITING && write_out(self) < 0)
        goto failed;
    forget_ahead(self);
    if (_PyObject_LookupAttr(self->raw, N(readall), &readall) < 0)
        goto failed;
    if (readall) {
        rest = PyObject_CallNoArgs(readall);
        Py_DECREF(readall);
        if (!rest)
            goto failed;
        if (rest != Py_None && !PyBytes_Check(rest)) {
            PyErr_SetString(PyExc_TypeError, "readall() should return bytes");
            goto failed;
        }
        if (rest == Py_None) {
            if (PyBytes_GET_SIZE(front) == 0) {
                Py_DECREF(front);
                return rest;
            }
        } else {
            PyBytes_Concat(&front, rest);
        }
        Py_DECREF(rest);
        return front;
    }
    for (;;) {
        PyObject *piece = PyObject_CallMethodNoArgs(self->raw, N(read));
        if (!piece)
            goto failed;
        if (piece != Py_None && !PyBytes_Check(piece)) {
            Py_DECREF(piece);
            PyErr_SetString(PyExc_TypeError, "read() should return bytes");
            goto failed;
        }
        if (piece == Py_None || PyBytes_GET_SIZE(piece) == 0) {
            if (piece == Py_None && PyBytes_GET_SIZE(front) == 0)
                Py_SETREF(front, Py_NewRef(Py_None));
            Py_DECREF(piece);
            return front;
        }
        PyBytes_ConcatAndDel(&front, piece);
        if (!front)
            return NULL;
    }
failed:
    Py_XDECREF(rest);
    Py_DECREF(front);
    return NULL;
}

static int check_reading(Buffered *self, const char *message)
{
    if (check_open(self, message) < 0)
        return -1;
    if (!self->readable) {
        io_raise_unsupported("read");
        return -1;
    }
    return 0;
}

/* size bytes as a new bytes object, None when nothing came and it would block. */
static PyObject *read_bytes(Buffered *self, Py_ssize_t size, int once)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (!bytes)
        return NULL;
    Py_ssize_t n = size ? read_some(self, PyBytes_AS_STRING(bytes), size, once) : 0;
    if (n < 0) {
        Py_DECREF(bytes);
        if (n == -2 && once)
            return PyBytes_FromStringAndSize(NULL, 0);
        return n == -2 ? Py_NewRef(Py_None) : NULL;
    }
    if (n < size)
        _PyBytes_Resize(&bytes, n);
    return bytes;
}

static PyObject *buffered_read(Buffered *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t size;
    if (!_PyArg_CheckPositional("read", nargs, 0, 1) || io_read_size(nargs ? args[0] : NULL, &size) < 0 || check_ready(self) < 0)
        return NULL;
    if (size < -1) {
        PyErr_SetString(PyExc_ValueError, "read length must be non-negative or -1");
        return NULL;
    }
    if (check_reading(self, "read of closed file") < 0 || enter(self) < 0)
        return NULL;
    PyObject *result = size < 0 ? read_all(self) : read_bytes(self, size, 0);
    leave(self);
    return result;
}

static PyObject *buffered_read1(Buffered *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t size = -1;
    if (!_PyArg_CheckPositional("read1", nargs, 0, 1))
        return NULL;
    if (nargs && (size = PyNumber_AsSsize_t(args[0], PyExc_OverflowError)) == -1 && PyErr_Occurred())
        return NULL;
    if (check_reading(self, "read of closed file") < 0 || enter(self) < 0)
        return NULL;
    if (size < 0)
        size = self->size;
    if (ahead(self) > 0 && size > ahead(self))
        size = ahead(self);
    PyObject *result = read_bytes(self, size, 1);
    leave(self);
    return result;
}

static PyObject *readinto_generic(Buffered *self, PyObject *target, int once)
{
    Py_buffer view;
    if (check_ready(self) < 0)
        return NULL;
    if (PyObject_GetBuffer(target, &view, PyBUF_WRITABLE) < 0) {
        PyErr_Format(PyExc_TypeError, "readinto%s() argument must be read-write bytes-like object, not %.50s", once ? "1" : "",
                     Py_TYPE(target)->tp_name);
        return NULL;
    }
    PyObject *result = NULL;
    if (check_reading(self, "readinto of closed file") == 0 && enter(self) == 0) {
        Py_ssize_t n = view.len ? read_some(self, view.buf, view.len, once) : 0;
        leave(self);
        result = n == -2 ? Py_NewRef(Py_None) : n < 0 ? NULL : PyLong_FromSsize_t(n);
    }
    PyBuffer_Release(&view);
    return result;
}

static PyObject *buffered_readinto(Buffered *self, PyObject *target) { return readinto_generic(self, target, 0); }
static PyObject *buffered_readinto1(Buffered *self, PyObject *target) { return readinto_generic(self, target, 1); }

static PyObject *buffered_peek(Buffered *self, PyObject *const *args, Py_ssize_t nargs)
{
    if (check_reading(self, "peek of closed file") < 0 || enter(self) < 0)
        return NULL;
    PyObject *result = NULL;
    Py_ssize_t n = 1;
    if (self->state == WRITING && write_out(self) < 0)
        n = -1;
    else if (ahead(self) == 0)
        n = fill(self);
    if (n != -1)
        result = PyBytes_FromStringAndSize(self->buffer + self->pos, ahead(self));
    leave(self);
    return result;
}

/* One line of at most limit bytes (-1: any length); the lock is held. */
static PyObject *read_line(Buffered *self, Py_ssize_t limit)
{
    PyObject *line = NULL;
    for (;;) {
        Py_ssize_t n = ahead(self);
        if (n == 0) {
            Py_ssize_t filled = self->state == WRITING && write_out(self) < 0 ? -1 : fill(self);
            if (filled == -1) {
                Py_XDECREF(line);
                return NULL;
            }
            if (filled <= 0)
                break;
            n = ahead(self);
        }
        if (limit >= 0 && n > limit)
            n = limit;
        const char *start = self->buffer + self->pos, *newline = memchr(start, '\n', (size_t)n);
        if (newline)
            n = newline - start + 1;
        PyObject *piece = PyBytes_FromStringAndSize(start, n);
        if (!piece) {
            Py_XDECREF(line);
            return NULL;
        }
        self->pos += n;
        if (line)
            PyBytes_ConcatAndDel(&line, piece);
        else
            line = piece;
        if (limit >= 0)
            limit -= n;
        if (!line || newline || limit == 0)
            return line;
    }
    return line ? line : PyBytes_FromStringAndSize(NULL, 0);
}

static PyObject *buffered_readline(Buffered *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t limit;
    if (!_PyArg_CheckPositional("readline", nargs, 0, 1) || io_read_size(nargs ? args[0] : NULL, &limit) < 0 ||
        check_reading(self, "readline of closed file") < 0 || enter(self) < 0)
        return NULL;
    PyObject *line = limit == 0 ? PyBytes_FromStringAndSize(NULL, 0) : read_line(self, limit < 0 ? -1 : limit);
    leave(self);
    return line;
}

static PyObject *buffered_next(Buffered *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject *line;
    if (type == &PyBufferedReader_Type || type == &PyBufferedRandom_Type) {
        line = buffered_readline(self, NULL, 0);
    } else {
        line = PyObject_CallMethodNoArgs((PyObject *)self, N(readline));
        if (line && !PyBytes_Check(line)) {
            PyErr_Format(PyExc_OSError, "readline() should have returned a bytes object, not '%.200s'", Py_TYPE(line)->tp_name);
            Py_CLEAR(line);
        }
    }
    if (line && PyBytes_GET_SIZE(line) == 0)
        Py_CLEAR(line);
    return line;
}

/* ---- writing -------------------------------------------------------------------------------------------------------------------------------------- */

/* Takes all bytes, into the buffer or through it; the number taken, or -1 (BlockingIOError says how many were). */
static Py_ssize_t write_bytes(Buffered *self, const char *from, Py_ssize_t size)
{
    if (self->state == READING && settle(self) < 0)
        return -1;
    if (self->state != WRITING) {
        self->state = WRITING;
        self->pos = self->end = 0;
    }
    if (size <= self->size - self->end) {
        memcpy(self->buffer + self->end, from, (size_t)size);
        self->end += size;
        return size;
    }
    Py_ssize_t done = 0;
    if (write_out(self) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_BlockingIOError))
            return -1;
        PyErr_Clear(); /* keep what fits */
        Py_ssize_t room = self->size - self->end;
        done = size < room ? size : room;
        memcpy(self->buffer + self->end, from, (size_t)done);
        self->end += done;
        if (done < size)
            blocked(done);
        return done < size ? -1 : size;
    }
    self->state = WRITING;
    self->end = 0;
    while (size - done > self->size) {
        Py_ssize_t n = raw_write(self, from + done, size - done);
        if (n == -1)
            return -1;
        if (n == -2) {
            memcpy(self->buffer, from + done, (size_t)self->size);
            self->end = self->size;
            blocked(done + self->size);
            return -1;
        }
        done += n;
        if (PyErr_CheckSignals() < 0)
            return -1;
    }
    memcpy(self->buffer, from + done, (size_t)(size - done));
    self->end = size - done;
    return size;
}

static PyObject *buffered_write(Buffered *self, PyObject *data)
{
    Py_buffer view;
    if (check_ready(self) < 0 || PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *result = NULL;
    if (enter(self) == 0) {
        if (check_open(self, "write to closed file") == 0) {
            Py_ssize_t n = write_bytes(self, view.buf, view.len);
            result = n < 0 ? NULL : PyLong_FromSsize_t(n);
        }
        leave(self);
    }
    PyBuffer_Release(&view);
    return result;
}

static PyObject *buffered_flush(Buffered *self, PyObject *u)
{
    if (check_open(self, "flush of closed file") < 0 || enter(self) < 0)
        return NULL;
    int failed = self->state == WRITING ? write_out(self) : 0;
    if (!failed && self->readable && self->writable && ahead(self) > 0)
        failed = settle(self);
    leave(self);
    return failed ? NULL : Py_NewRef(Py_None);
}

static PyObject *plain_flush(Buffered *self, PyObject *u)
{
    return check_ready(self) < 0 ? NULL : PyObject_CallMethodNoArgs(self->raw, N(flush));
}

/* ---- positions ----------------------------------------------------------------------------------------------------------------------------------------- */

static PyObject *buffered_tell(Buffered *self, PyObject *u)
{
    if (check_ready(self) < 0)
        return NULL;
    int64_t at = raw_tell(self);
    if (at < 0)
        return NULL;
    at += self->state == WRITING ? self->end : -ahead(self);
    return PyLong_FromLongLong(at < 0 ? 0 : at);
}

static PyObject *buffered_seek(Buffered *self, PyObject *const *args, Py_ssize_t nargs)
{
    int whence = 0;
    if (!_PyArg_CheckPositional("seek", nargs, 1, 2) || check_ready(self) < 0)
        return NULL;
    if (nargs > 1 && (whence = _PyLong_AsInt(args[1])) == -1 && PyErr_Occurred())
        return NULL;
    if (whence < 0 || whence > 4) {
        PyErr_Format(PyExc_ValueError, "whence value %d unsupported", whence);
        return NULL;
    }
    if (check_open(self, "seek of closed file") < 0 || io_check_seekable(self->raw) < 0)
        return NULL;
    int64_t target = io_offset(args[0], PyExc_ValueError), at;
    if ((target == -1 && PyErr_Occurred()) || enter(self) < 0)
        return NULL;
    PyObject *result = NULL;
    if (whence != 2 && self->state == READING) {
        int64_t now = raw_tell(self);
        int64_t offset = now < 0 ? 0 : whence == 0 ? target - (now - ahead(self)) : target;
        if (now < 0)
            goto done;
        if (whence < 2 && offset >= -self->pos && offset <= ahead(self)) {
            self->pos += offset;
            result = PyLong_FromLongLong(now - ahead(self));
            goto done;
        }
        if (whence == 1)
            target -= ahead(self);
    }
    if (self->state == WRITING && write_out(self) < 0)
        goto done;
    at = raw_seek(self, target, whence);
    if (at >= 0) {
        forget_ahead(self);
        result = PyLong_FromLongLong(at);
    }
done:
    leave(self);
    return result;
}

static PyObject *buffered_truncate(Buffered *self, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("truncate", nargs, 0, 1) || check_open(self, "truncate of closed file") < 0)
        return NULL;
    if (!self->writable)
        return io_raise_unsupported("truncate");
    if (enter(self) < 0)
        return NULL;
    PyObject *result = settle(self) < 0 ? NULL : PyObject_CallMethodOneArg(self->raw, N(truncate), nargs ? args[0] : Py_None);
    leave(self);
    return result;
}

/* ---- life -------------------------------------------------------------------------------------------------------------------------------------------------- */

static PyObject *buffered_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    return type->tp_alloc(type, 0);
}

/* Sets the raw stream and makes the buffer; 0 or -1. */
static int start(Buffered *self, PyObject *raw, Py_ssize_t size, int readable, int writable)
{
    self->ok = 0;
    self->detached = 0;
    if (size <= 0) {
        PyErr_SetString(PyExc_ValueError, "buffer size must be strictly positive");
        return -1;
    }
    Py_XSETREF(self->raw, Py_NewRef(raw));
    self->readable = (unsigned)readable & 1;
    self->writable = (unsigned)writable & 1;
    PyMem_Free(self->buffer);
    self->buffer = PyMem_Malloc((size_t)size);
    if (!self->lock)
        self->lock = PyThread_allocate_lock();
    if (!self->buffer || !self->lock) {
        PyErr_NoMemory();
        return -1;
    }
    self->owner = 0;
    self->size = size;
    self->pos = self->end = 0;
    self->state = IDLE;
    self->ok = 1;
    return 0;
}

static int parse_init(PyObject *args, PyObject *kwargs, PyObject **raw, Py_ssize_t *size)
{
    static char *names[] = {"raw", "buffer_size", NULL};
    *size = IO_BUFFER_SIZE;
    return PyArg_ParseTupleAndKeywords(args, kwargs, "O|n", names, raw, size) ? 0 : -1;
}

static int reader_init(Buffered *self, PyObject *args, PyObject *kwargs)
{
    PyObject *raw;
    Py_ssize_t size;
    self->ok = 0;
    return parse_init(args, kwargs, &raw, &size) < 0 || io_check_readable(raw) < 0 ? -1 : start(self, raw, size, 1, 0);
}

static int writer_init(Buffered *self, PyObject *args, PyObject *kwargs)
{
    PyObject *raw;
    Py_ssize_t size;
    self->ok = 0;
    return parse_init(args, kwargs, &raw, &size) < 0 || io_check_writable(raw) < 0 ? -1 : start(self, raw, size, 0, 1);
}

static int random_init(Buffered *self, PyObject *args, PyObject *kwargs)
{
    PyObject *raw;
    Py_ssize_t size;
    self->ok = 0;
    if (parse_init(args, kwargs, &raw, &size) < 0 || io_check_seekable(raw) < 0 || io_check_readable(raw) < 0 || io_check_writable(raw) < 0)
        return -1;
    return start(self, raw, size, 1, 1);
}

static PyObject *buffered_close(Buffered *self, PyObject *u)
{
    if (check_ready(self) < 0)
        return NULL;
    int closed = raw_is_closed(self);
    if (closed)
        return closed < 0 ? NULL : Py_NewRef(Py_None);
    if (self->finalizing) {
        PyObject *warned = PyObject_CallMethod(self->raw, "_dealloc_warn", "O", self);
        if (!warned)
            PyErr_Clear();
        Py_XDECREF(warned);
    }
    PyObject *done = PyObject_CallMethodNoArgs((PyObject *)self, N(flush)), *type, *value, *traceback;
    Py_XDECREF(done);
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *result = PyObject_CallMethodNoArgs(self->raw, N(close));
    if (self->buffer) {
        PyMem_Free(self->buffer);
        self->buffer = NULL;
        self->pos = self->end = 0;
        self->state = IDLE;
    }
    if (type) {
        _PyErr_ChainExceptions(type, value, traceback);
        Py_CLEAR(result);
    }
    return result;
}

static PyObject *buffered_detach(Buffered *self, PyObject *u)
{
    if (check_ready(self) < 0)
        return NULL;
    PyObject *done = PyObject_CallMethodNoArgs((PyObject *)self, N(flush));
    if (!done)
        return NULL;
    Py_DECREF(done);
    PyObject *raw = self->raw;
    self->raw = NULL;
    self->detached = 1;
    self->ok = 0;
    return raw;
}

static int buffered_traverse(Buffered *self, visitproc visit, void *arg)
{
    Py_VISIT(self->raw);
    Py_VISIT(self->dict);
    return 0;
}

static int buffered_clear(Buffered *self)
{
    self->ok = 0;
    Py_CLEAR(self->raw);
    Py_CLEAR(self->dict);
    return 0;
}

static void buffered_dealloc(Buffered *self)
{
    self->finalizing = 1;
    if (!io_finalize((PyObject *)self))
        return;
    PyObject_GC_UnTrack(self);
    self->ok = 0;
    if (self->weakrefs)
        PyObject_ClearWeakRefs((PyObject *)self);
    PyMem_Free(self->buffer);
    self->buffer = NULL;
    if (self->lock)
        PyThread_free_lock(self->lock);
    self->lock = NULL;
    buffered_clear(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyObject *buffered_dealloc_warn(Buffered *self, PyObject *source)
{
    if (self->ok && self->raw) {
        PyObject *done = PyObject_CallMethod(self->raw, "_dealloc_warn", "O", source);
        if (!done)
            PyErr_Clear();
        Py_XDECREF(done);
    }
    Py_RETURN_NONE;
}

/* ---- what it passes on --------------------------------------------------------------------------------------------------------------------------------------- */

#define PASS_METHOD(name)                                                            \
    static PyObject *buffered_##name(Buffered *self, PyObject *u)                    \
    {                                                                                \
        return check_ready(self) < 0 ? NULL : PyObject_CallMethodNoArgs(self->raw, N(name)); \
    }
PASS_METHOD(fileno)
PASS_METHOD(isatty)
PASS_METHOD(seekable)
PASS_METHOD(readable)
PASS_METHOD(writable)

#define PASS_ATTRIBUTE(name)                                                        \
    static PyObject *get_##name(Buffered *self, void *closure)                      \
    {                                                                               \
        return check_ready(self) < 0 ? NULL : PyObject_GetAttr(self->raw, N(name)); \
    }
PASS_ATTRIBUTE(closed)
PASS_ATTRIBUTE(name)
PASS_ATTRIBUTE(mode)

static PyObject *get_raw(Buffered *self, void *c) { return Py_NewRef(self->raw ? self->raw : Py_None); }
static PyObject *get_finalizing(Buffered *self, void *c) { return PyBool_FromLong(self->finalizing); }

static int set_finalizing(Buffered *self, PyObject *value, void *c)
{
    int is = value ? PyObject_IsTrue(value) : 0;
    if (is < 0)
        return -1;
    self->finalizing = (unsigned)is & 1;
    return 0;
}

static PyObject *buffered_repr(Buffered *self)
{
    PyObject *name, *text;
    if (_PyObject_LookupAttr((PyObject *)self, N(name), &name) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_ValueError))
            return NULL;
        PyErr_Clear();
        name = NULL;
    }
    if (!name)
        return PyUnicode_FromFormat("<%s>", Py_TYPE(self)->tp_name);
    int status = Py_ReprEnter((PyObject *)self);
    text = NULL;
    if (status == 0) {
        text = PyUnicode_FromFormat("<%s name=%R>", Py_TYPE(self)->tp_name, name);
        Py_ReprLeave((PyObject *)self);
    } else if (status > 0) {
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__", Py_TYPE(self)->tp_name);
    }
    Py_DECREF(name);
    return text;
}

static PyObject *buffered_sizeof(Buffered *self, PyObject *u)
{
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + (self->buffer ? self->size : 0));
}

static PyObject *buffered_no_pickle(Buffered *self, PyObject *u)
{
    PyErr_Format(PyExc_TypeError, "cannot pickle '%s' instances", Py_TYPE(self)->tp_name);
    return NULL;
}

#define FAST(f) (PyCFunction)(void (*)(void))f, METH_FASTCALL
#define NOARGS(f) (PyCFunction)(void (*)(void))f, METH_NOARGS
#define ONE(f) (PyCFunction)(void (*)(void))f, METH_O

#define COMMON_METHODS                                                                                          \
    {"detach", NOARGS(buffered_detach), "detach($self, /)\n--\n\nSeparates the raw stream and returns it."},    \
    {"close", NOARGS(buffered_close), "close($self, /)\n--\n\nFlushes and closes."},                            \
    {"seekable", NOARGS(buffered_seekable), NULL},                                                              \
    {"fileno", NOARGS(buffered_fileno), NULL},                                                                  \
    {"isatty", NOARGS(buffered_isatty), NULL},                                                                  \
    {"_dealloc_warn", ONE(buffered_dealloc_warn), NULL},                                                        \
    {"tell", NOARGS(buffered_tell), "tell($self, /)\n--\n\nThe current position."},                             \
    {"seek", FAST(buffered_seek), "seek($self, target, whence=0, /)\n--\n\nMoves to a position; the new one."}, \
    {"truncate", FAST(buffered_truncate), "truncate($self, pos=None, /)\n--\n\nCuts the file to a size."},      \
    {"__sizeof__", NOARGS(buffered_sizeof), NULL},                                                              \
    {"__reduce__", NOARGS(buffered_no_pickle), NULL},                                                           \
    {"__reduce_ex__", ONE(buffered_no_pickle), NULL}

#define READ_METHODS                                                                                                  \
    {"read", FAST(buffered_read), "read($self, size=-1, /)\n--\n\nSize bytes, fewer only at the end; all by default."}, \
    {"peek", FAST(buffered_peek), "peek($self, size=0, /)\n--\n\nBytes ahead, without moving."},                      \
    {"read1", FAST(buffered_read1), "read1($self, size=-1, /)\n--\n\nUp to size bytes with one read at most."},       \
    {"readinto", ONE(buffered_readinto), "readinto($self, buffer, /)\n--\n\nFills a buffer; the number of bytes."},   \
    {"readinto1", ONE(buffered_readinto1), "readinto1($self, buffer, /)\n--\n\nAs readinto, with one read at most."}, \
    {"readline", FAST(buffered_readline), "readline($self, size=-1, /)\n--\n\nThe next line, its end included."},     \
    {"readable", NOARGS(buffered_readable), NULL}

static PyMethodDef reader_methods[] = {COMMON_METHODS, READ_METHODS, {"flush", NOARGS(plain_flush), NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef writer_methods[] = {COMMON_METHODS,
                                       {"write", ONE(buffered_write), "write($self, buffer, /)\n--\n\nWrites bytes; always takes all of them."},
                                       {"flush", NOARGS(buffered_flush), "flush($self, /)\n--\n\nWrites out what is buffered."},
                                       {"writable", NOARGS(buffered_writable), NULL},
                                       {NULL, NULL, 0, NULL}};
static PyMethodDef random_methods[] = {COMMON_METHODS, READ_METHODS,
                                       {"write", ONE(buffered_write), "write($self, buffer, /)\n--\n\nWrites bytes; always takes all of them."},
                                       {"flush", NOARGS(buffered_flush), "flush($self, /)\n--\n\nWrites out what is buffered."},
                                       {"writable", NOARGS(buffered_writable), NULL},
                                       {NULL, NULL, 0, NULL}};

static PyGetSetDef getset[] = {{"raw", (getter)get_raw, NULL, NULL, NULL},
                               {"closed", (getter)get_closed, NULL, NULL, NULL},
                               {"name", (getter)get_name, NULL, NULL, NULL},
                               {"mode", (getter)get_mode, NULL, NULL, NULL},
                               {"_finalizing", (getter)get_finalizing, (setter)set_finalizing, NULL, NULL},
                               {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
                               {NULL, NULL, NULL, NULL, NULL}};

#define BUFFERED_TYPE(variable, name, what, init_, methods_, next_)                                       \
    PyTypeObject variable = {                                                                             \
        PyVarObject_HEAD_INIT(NULL, 0)                                                                    \
        .tp_name = "_io." name,                                                                           \
        .tp_basicsize = sizeof(Buffered),                                                                 \
        .tp_dealloc = (destructor)buffered_dealloc,                                                       \
        .tp_repr = (reprfunc)buffered_repr,                                                               \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,                        \
        .tp_doc = name "(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\n" what,                             \
        .tp_traverse = (traverseproc)buffered_traverse,                                                   \
        .tp_clear = (inquiry)buffered_clear,                                                              \
        .tp_weaklistoffset = offsetof(Buffered, weakrefs),                                                \
        .tp_iternext = (iternextfunc)next_,                                                               \
        .tp_methods = methods_,                                                                           \
        .tp_getset = getset,                                                                              \
        .tp_base = &PyBufferedIOBase_Type,                                                                \
        .tp_dictoffset = offsetof(Buffered, dict),                                                        \
        .tp_init = (initproc)init_,                                                                       \
        .tp_alloc = PyType_GenericAlloc,                                                                  \
        .tp_new = buffered_new,                                                                           \
    }

BUFFERED_TYPE(PyBufferedReader_Type, "BufferedReader", "A buffer for a raw stream that can be read.", reader_init, reader_methods, buffered_next);
BUFFERED_TYPE(PyBufferedWriter_Type, "BufferedWriter", "A buffer for a raw stream that can be written.", writer_init, writer_methods, NULL);
BUFFERED_TYPE(PyBufferedRandom_Type, "BufferedRandom", "A buffer for a raw stream that can be read, written and positioned.", random_init, random_methods, buffered_next);

/* ---- BufferedRWPair: a reader and a writer under one name ----------------------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    PyObject *reader, *writer;
    PyObject *dict;
    PyObject *weakrefs;
} Pair;

static int pair_init(Pair *self, PyObject *args, PyObject *kwargs)
{
    PyObject *reader, *writer;
    Py_ssize_t size = IO_BUFFER_SIZE;
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "BufferedRWPair() takes no keyword arguments");
        return -1;
    }
    if (!PyArg_ParseTuple(args, "OO|n:BufferedRWPair", &reader, &writer, &size) || io_check_readable(reader) < 0 || io_check_writable(writer) < 0)
        return -1;
    Py_XSETREF(self->reader, PyObject_CallFunction((PyObject *)&PyBufferedReader_Type, "On", reader, size));
    if (!self->reader)
        return -1;
    Py_XSETREF(self->writer, PyObject_CallFunction((PyObject *)&PyBufferedWriter_Type, "On", writer, size));
    return self->writer ? 0 : -1;
}

static int pair_traverse(Pair *self, visitproc visit, void *arg)
{
    Py_VISIT(self->dict);
    Py_VISIT(self->reader);
    Py_VISIT(self->writer);
    return 0;
}

static int pair_clear(Pair *self)
{
    Py_CLEAR(self->reader);
    Py_CLEAR(self->writer);
    Py_CLEAR(self->dict);
    return 0;
}

static void pair_dealloc(Pair *self)
{
    if (!io_finalize((PyObject *)self))
        return;
    PyObject_GC_UnTrack(self);
    if (self->weakrefs)
        PyObject_ClearWeakRefs((PyObject *)self);
    pair_clear(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

/* Calls the method of one half with the arguments given. */
static PyObject *pass(PyObject *half, const char *method, PyObject *args)
{
    if (!half) {
        PyErr_SetString(PyExc_ValueError, "I/O operation on uninitialized object");
        return NULL;
    }
    PyObject *function = PyObject_GetAttrString(half, method);
    PyObject *result = function ? PyObject_CallObject(function, args) : NULL;
    Py_XDECREF(function);
    return result;
}

#define PAIR(name, half) \
    static PyObject *pair_##name(Pair *self, PyObject *args) { return pass(self->half, #name, args); }
PAIR(read, reader)
PAIR(peek, reader)
PAIR(read1, reader)
PAIR(readinto, reader)
PAIR(readinto1, reader)
PAIR(readable, reader)
PAIR(write, writer)
PAIR(flush, writer)
PAIR(writable, writer)

static PyObject *pair_close(Pair *self, PyObject *u)
{
    PyObject *type, *value, *traceback, *done = pass(self->writer, "close", NULL);
    Py_XDECREF(done);
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *result = pass(self->reader, "close", NULL);
    if (type) {
        _PyErr_ChainExceptions(type, value, traceback);
        Py_CLEAR(result);
    }
    return result;
}

static PyObject *pair_isatty(Pair *self, PyObject *u)
{
    PyObject *answer = pass(self->writer, "isatty", NULL);
    if (answer != Py_False)
        return answer;
    Py_DECREF(answer);
    return pass(self->reader, "isatty", NULL);
}

static PyObject *pair_closed(Pair *self, void *c)
{
    if (!self->writer) {
        PyErr_SetString(PyExc_RuntimeError, "the BufferedRWPair object is being garbage-collected");
        return NULL;
    }
    return PyObject_GetAttr(self->writer, N(closed));
}

#define PAIR_METHOD(name) {#name, (PyCFunction)(void (*)(void))pair_##name, METH_VARARGS, NULL}
static PyMethodDef pair_methods[] = {PAIR_METHOD(read), PAIR_METHOD(peek), PAIR_METHOD(read1), PAIR_METHOD(readinto), PAIR_METHOD(readinto1),
                                     PAIR_METHOD(write), PAIR_METHOD(flush), PAIR_METHOD(readable), PAIR_METHOD(writable),
                                     {"close", NOARGS(pair_close), NULL}, {"isatty", NOARGS(pair_isatty), NULL}, {NULL, NULL, 0, NULL}};
static PyGetSetDef pair_getset[] = {{"closed", (getter)pair_closed, NULL, NULL, NULL},
                                    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
                                    {NULL, NULL, NULL, NULL, NULL}};

PyTypeObject PyBufferedRWPair_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io.BufferedRWPair",
    .tp_basicsize = sizeof(Pair),
    .tp_dealloc = (destructor)pair_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)\n--\n\nA readable and a writable raw stream as one.",
    .tp_traverse = (traverseproc)pair_traverse,
    .tp_clear = (inquiry)pair_clear,
    .tp_weaklistoffset = offsetof(Pair, weakrefs),
    .tp_methods = pair_methods,
    .tp_getset = pair_getset,
    .tp_base = &PyBufferedIOBase_Type,
    .tp_dictoffset = offsetof(Pair, dict),
    .tp_init = (initproc)pair_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = PyType_GenericNew,
};
