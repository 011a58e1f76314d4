/* _BufferedIOBase, BufferedReader, BufferedWriter and BufferedRandom.
 *
 *   reading   | consumed | unread |      |        writing   | written | pending |      |
 *             0         pos      end    size                0        pos       end    size
 *
 * BUF-1  `mode` says which picture holds; a BufferedRandom changes it by flushing, or by seeking back over what is unread.
 * BUF-2  raw stands behind `end` when reading, and where pending bytes belong when writing; raw_at is its position, -1: not known.
 * BUF-3  one thread at a time: `busy` is set while a raw operation may have released the interpreter lock. */
#include "modules/io/io.h"
#include "modules/io/buffered.h"
#include "pythread.h"
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { READING, WRITING };

typedef struct {
    PyObject_HEAD
    PyObject *raw;
    int ok, detached, readable, writable;
    char finalizing, fast, mode, busy;   /* fast: self and raw are of the exact built-in types */
    unsigned long owner;
    char *buffer;
    Py_ssize_t pos, end, size;
    Py_off_t raw_at;
    PyObject *dict, *weakrefs;
} Buffered;

/* --- checks and the lock --- */

static int check_ready(Buffered *self)
{
    if (self->ok)
        return 0;
    PyErr_SetString(PyExc_ValueError, self->detached ? "raw stream has been detached" : "I/O operation on uninitialized object");
    return -1;
}

static int is_closed(Buffered *self)
{
    if (self->buffer == NULL)
        return 1;
    if (self->fast)
        return fileio_is_closed(self->raw);
    PyObject *raw = Py_NewRef(self->raw);
    int closed = io_is_closed(raw);
    Py_DECREF(raw);
    return closed;
}

static int check_open(Buffered *self, const char *message)
{
    if (check_ready(self) < 0)
        return -1;
    int closed = is_closed(self);
    if (closed > 0)
        PyErr_SetString(PyExc_ValueError, message);
    return closed ? -1 : check_ready(self); /* asking may detach it */
}

static int enter(Buffered *self)
{
    unsigned long me = PyThread_get_thread_ident();
    if (self->busy && self->owner == me) {
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %R", self);
        return -1;
    }
    while (self->busy) {
        Py_BEGIN_ALLOW_THREADS
        usleep(50);
        Py_END_ALLOW_THREADS
    }
    self->busy = 1;
    self->owner = me;
    return 0;
}

static void leave(Buffered *self) { self->busy = 0; }

/* Enters after a check_open: what came since then, and waiting, let others close or detach, so it is looked at again. */
static int enter_checked(Buffered *self, const char *message)
{
    if (enter(self) < 0)
        return -1;
    if (self->ok && self->buffer)
        return 0;
    leave(self);
    if (check_ready(self) == 0)
        PyErr_SetString(PyExc_ValueError, message);
    return -1;
}

static int enter_open(Buffered *self, const char *message)
{
    return check_open(self, message) < 0 ? -1 : enter_checked(self, message);
}

static int reads(Buffered *self) { return self->mode == READING; }
static Py_ssize_t unread(Buffered *self) { return reads(self) ? self->end - self->pos : 0; }
static Py_ssize_t pending(Buffered *self) { return reads(self) ? 0 : self->end - self->pos; }

/* --- the raw stream --- */

/* raw.name() or raw.name(arg): code that a call has run may have detached raw, and code that this one runs may drop it. */
static PyObject *call_raw(Buffered *self, PyObject *name, PyObject *arg)
{
    if (self->raw == NULL) {
        self->ok = 0;
        check_ready(self);
        return NULL;
    }
    PyObject *raw = Py_NewRef(self->raw);
    PyObject *result = arg ? PyObject_CallMethodOneArg(raw, name, arg) : PyObject_CallMethodNoArgs(raw, name);
    Py_DECREF(raw);
    return result;
}

static Py_ssize_t take_count(PyObject *answer, Py_ssize_t max, const char *what)
{
    if (answer == NULL)
        return -1;
    if (answer == Py_None) {
        Py_DECREF(answer);
        return -2;
    }
    Py_ssize_t n = PyNumber_AsSsize_t(answer, PyExc_ValueError);
    Py_DECREF(answer);
    if (n == -1 && PyErr_Occurred()) {
        PyObject *type, *value, *trace;
        PyErr_Fetch(&type, &value, &trace);
        PyErr_NormalizeException(&type, &value, &trace);
        PyErr_Format(PyExc_OSError, "raw %s failed", what);
        PyObject *new_type, *new_value, *new_trace;
        PyErr_Fetch(&new_type, &new_value, &new_trace);
        PyErr_NormalizeException(&new_type, &new_value, &new_trace);
        Py_INCREF(value);
        PyException_SetCause(new_value, value);
        PyException_SetContext(new_value, value);
        PyErr_Restore(new_type, new_value, new_trace);
        Py_XDECREF(type);
        Py_XDECREF(trace);
        return -1;
    }
    if (n < 0 || n > max) {
        PyErr_Format(PyExc_OSError, "raw %s returned invalid length %zd (should have been between 0 and %zd)", what, n, max);
        return -1;
    }
    return n;
}

/* Bytes moved; -1 with an exception, -2 when it would block. */
static Py_ssize_t raw_transfer(Buffered *self, char *data, Py_ssize_t n, int write)
{
    Py_ssize_t done;
    if (self->fast)
        done = write ? fileio_write_from(self->raw, data, n) : fileio_read_into(self->raw, data, n);
    else {
        PyObject *view = PyMemoryView_FromMemory(data, n, write ? PyBUF_READ : PyBUF_WRITE), *answer;
        if (view == NULL)
            return -1;
        do {
            errno = 0;
            answer = call_raw(self, write ? N(write) : N(readinto), view);
        } while (answer == NULL && io_trap_eintr());
        int number = errno;
        done = take_count(answer, n, write ? "write()" : "readinto()");
        errno = number;
        PyObject *type, *value, *trace;
        PyErr_Fetch(&type, &value, &trace);
        PyObject *released = PyObject_CallMethod(view, "release", NULL);
        if (released == NULL)
            PyErr_Clear();
        Py_XDECREF(released);
        PyErr_Restore(type, value, trace);
        Py_DECREF(view);
    }
    if (done > 0 && self->raw_at >= 0)
        self->raw_at += done;
    return done;
}

static Py_ssize_t raw_read(Buffered *self, char *to, Py_ssize_t n) { return raw_transfer(self, to, n, 0); }
static Py_ssize_t raw_write(Buffered *self, const char *from, Py_ssize_t n) { return raw_transfer(self, (char *)from, n, 1); }

static Py_off_t take_offset(Buffered *self, PyObject *answer, const char *what)
{
    if (answer == NULL)
        return -1;
    Py_off_t at = io_offset(answer);
    Py_DECREF(answer);
    if (at < 0) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_OSError, "Raw stream returned invalid position %lld", (long long)at);
        return -1;
    }
    self->raw_at = at;
    return at;
}

static Py_off_t raw_tell(Buffered *self) { return take_offset(self, call_raw(self, N(tell), NULL), "tell"); }

static Py_off_t raw_seek(Buffered *self, Py_off_t target, int whence)
{
    return take_offset(self, PyObject_CallMethod(self->raw, "seek", "Li", (long long)target, whence), "seek");
}

/* --- buffer --- */

static void blocked(Py_ssize_t written)
{
    PyObject *e = PyObject_CallFunction(PyExc_BlockingIOError, "isn", errno ? errno : EAGAIN,
                                        "write could not complete without blocking", written);
    if (e)
        PyErr_SetObject(PyExc_BlockingIOError, e);
    Py_XDECREF(e);
}

/* Writes all that is pending; -1 with an exception (BlockingIOError when raw would block). */
static int flush_pending(Buffered *self)
{
    while (pending(self) > 0) {
        Py_ssize_t n = raw_write(self, self->buffer + self->pos, self->end - self->pos);
        if (n == -2)
            blocked(0);
        if (n < 0)
            return -1;
        self->pos += n;
        if (PyErr_CheckSignals())
            return -1;
    }
    if (!reads(self))
        self->pos = self->end = 0;
    return 0;
}

/* Puts raw back to where the reader is. */
static int drop_unread(Buffered *self)
{
    Py_ssize_t n = unread(self);
    if (n > 0 && raw_seek(self, -n, SEEK_CUR) < 0)
        return -1;
    if (reads(self))
        self->pos = self->end = 0;
    return 0;
}

static int be_reading(Buffered *self)
{
    if (reads(self))
        return 0;
    if (flush_pending(self) < 0)
        return -1;
    self->mode = READING;
    self->pos = self->end = 0;
    return 0;
}

static int be_writing(Buffered *self)
{
    if (!reads(self))
        return 0;
    if (drop_unread(self) < 0)
        return -1;
    self->mode = WRITING;
    self->pos = self->end = 0;
    return 0;
}

/* Refills an empty read buffer: bytes read, 0 at the end, -1, or -2 when it would block. */
static Py_ssize_t refill(Buffered *self)
{
    self->pos = self->end = 0;
    Py_ssize_t n = raw_read(self, self->buffer, self->size);
    if (n > 0)
        self->end = n;
    return n;
}

/* --- life --- */

static int setup(Buffered *self, PyObject *raw, Py_ssize_t size)
{
    if (size <= 0) {
        PyErr_SetString(PyExc_ValueError, "buffer size must be strictly positive");
        return -1;
    }
    char *buffer = PyMem_Malloc((size_t)size);
    if (buffer == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    Py_INCREF(raw);
    Py_XSETREF(self->raw, raw);
    PyMem_Free(self->buffer);
    self->buffer = buffer;
    self->size = size;
    self->pos = self->end = 0;
    self->mode = self->readable ? READING : WRITING;
    self->detached = 0;
    self->raw_at = -1;
    self->fast = Py_IS_TYPE(raw, &FileIO_Type)
        && (Py_IS_TYPE(self, &BufferedReader_Type) || Py_IS_TYPE(self, &BufferedWriter_Type) || Py_IS_TYPE(self, &BufferedRandom_Type));
    if (raw_tell(self) < 0)
        PyErr_Clear();
    self->ok = 1;
    return 0;
}

static int init(PyObject *o, PyObject *args, PyObject *kwargs, const char *format, int readable, int writable)
{
    static char *keywords[] = {"raw", "buffer_size", NULL};
    Buffered *self = (Buffered *)o;
    PyObject *raw;
    Py_ssize_t size = IO_BUFFER_SIZE;
    if (self->busy && enter(self) < 0)
        return -1;
    leave(self);
    self->ok = self->detached = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, format, keywords, &raw, &size))
        return -1;
    if (readable && writable && io_check_seekable(raw) < 0)
        return -1;
    if ((readable && io_check_readable(raw) < 0) || (writable && io_check_writable(raw) < 0))
        return -1;
    self->readable = readable;
    self->writable = writable;
    return setup(self, raw, size);
}

static int reader_init(PyObject *o, PyObject *args, PyObject *kwargs) { return init(o, args, kwargs, "O|n:BufferedReader", 1, 0); }
static int writer_init(PyObject *o, PyObject *args, PyObject *kwargs) { return init(o, args, kwargs, "O|n:BufferedWriter", 0, 1); }
static int random_init(PyObject *o, PyObject *args, PyObject *kwargs) { return init(o, args, kwargs, "O|n:BufferedRandom", 1, 1); }

static int buf_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(((Buffered *)o)->raw);
    Py_VISIT(((Buffered *)o)->dict);
    return 0;
}

static int buf_clear(PyObject *o)
{
    Buffered *self = (Buffered *)o;
    self->ok = 0;
    Py_CLEAR(self->raw);
    Py_CLEAR(self->dict);
    return 0;
}

static void buf_dealloc(PyObject *o)
{
    Buffered *self = (Buffered *)o;
    self->finalizing = 1;
    if (io_finalize(o) < 0)
        return;
    PyObject_GC_UnTrack(o);
    self->ok = 0;
    if (self->weakrefs)
        PyObject_ClearWeakRefs(o);
    PyMem_Free(self->buffer);
    self->buffer = NULL;
    Py_CLEAR(self->raw);
    Py_CLEAR(self->dict);
    Py_TYPE(o)->tp_free(o);
}

static PyObject *buf_dealloc_warn(PyObject *o, PyObject *source)
{
    Buffered *self = (Buffered *)o;
    if (self->ok && self->raw) {
        PyObject *done = call_raw(self, N(_dealloc_warn), source);
        if (done == NULL)
            PyErr_Clear();
        Py_XDECREF(done);
    }
    Py_RETURN_NONE;
}

static PyObject *buf_flush(PyObject *o, PyObject *unused)
{
    Buffered *self = (Buffered *)o;
    if (enter_open(self, "flush of closed file") < 0)
        return NULL;
    int failed = flush_pending(self);
    if (failed == 0 && self->readable && self->writable)
        failed = drop_unread(self);
    leave(self);
    if (failed < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* A reader's flush() does nothing to it. */
static PyObject *reader_flush(PyObject *o, PyObject *unused)
{
    return check_ready((Buffered *)o) < 0 ? NULL : call_raw((Buffered *)o, N(flush), NULL);
}

static PyObject *buf_close(PyObject *o, PyObject *unused)
{
    Buffered *self = (Buffered *)o;
    if (check_ready(self) < 0)
        return NULL;
    int closed = is_closed(self);
    if (closed < 0)
        return NULL;
    if (closed)
        Py_RETURN_NONE;
    if (self->finalizing) {
        PyObject *warned = buf_dealloc_warn(o, o);
        Py_XDECREF(warned);
    }
    PyObject *type, *value, *trace, *done = PyObject_CallMethodNoArgs(o, N(flush));
    Py_XDECREF(done);
    PyErr_Fetch(&type, &value, &trace);
    PyObject *result = NULL;
    if (enter(self) == 0) {
        result = call_raw(self, N(close), NULL);
        PyMem_Free(self->buffer);
        self->buffer = NULL;
        self->pos = self->end = 0;
        leave(self);
    }
    if (type)
        Py_CLEAR(result);
    io_chain(type, value, trace);
    return result;
}

static PyObject *buf_detach(PyObject *o, PyObject *unused)
{
    Buffered *self = (Buffered *)o;
    if (check_ready(self) < 0)
        return NULL;
    PyObject *done = PyObject_CallMethodNoArgs(o, N(flush));
    if (done == NULL)
        return NULL;
    Py_DECREF(done);
    if (enter(self) < 0)
        return NULL;
    if (check_ready(self) < 0) {
        leave(self);
        return NULL;
    }
    PyObject *raw = self->raw;
    self->raw = NULL;
    self->detached = 1;
    self->ok = 0;
    leave(self);
    return raw;
}

/* --- reading --- */

/* Up to n bytes into `to`, as far as raw gives them; stops early when `once` and something came.  -2: would block at once. */
static Py_ssize_t read_into(Buffered *self, char *to, Py_ssize_t n, int once)
{
    Py_ssize_t done = 0;
    if (be_reading(self) < 0)
        return -1;
    while (done < n) {
        Py_ssize_t have = unread(self);
        if (have > 0) {
            Py_ssize_t take = Py_MIN(have, n - done);
            memcpy(to + done, self->buffer + self->pos, take);
            self->pos += take;
            done += take;
            if (once && n - done <= self->size)
                break;
            continue;
        }
        Py_ssize_t got;
        if (n - done >= self->size) {  /* straight into the caller's memory, whole buffers at a time */
            Py_ssize_t whole = once ? n - done : (n - done) - (n - done) % self->size;
            self->pos = self->end = 0;
            got = raw_read(self, to + done, whole);
            if (got > 0)
                done += got;
        }
        else
            got = refill(self);
        if (got == -2 && done == 0)
            return -2;
        if (got == -1)
            return -1;
        if (got <= 0 || (once && done))
            break;
    }
    return done;
}

static PyObject *read_bytes(Buffered *self, Py_ssize_t n, int once)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, n);
    if (bytes == NULL)
        return NULL;
    Py_ssize_t got = n ? read_into(self, PyBytes_AS_STRING(bytes), n, once) : 0;
    if (got < 0) {
        Py_DECREF(bytes);
        if (got == -2)
            Py_RETURN_NONE;
        return NULL;
    }
    if (got != n)
        _PyBytes_Resize(&bytes, got);
    return bytes;
}

/* What the buffer holds and all that follows. */
static PyObject *read_all(Buffered *self)
{
    if (be_reading(self) < 0)
        return NULL;
    PyObject *data = PyBytes_FromStringAndSize(self->buffer + self->pos, unread(self)), *rest, *readall;
    self->pos = self->end = 0;
    if (data == NULL || _PyObject_LookupAttr(self->raw, N(readall), &readall) < 0) {
        Py_XDECREF(data);
        return NULL;
    }
    self->raw_at = -1;
    if (readall) {
        rest = PyObject_CallNoArgs(readall);
        Py_DECREF(readall);
        if (rest && rest != Py_None && !PyBytes_Check(rest)) {
            PyErr_SetString(PyExc_TypeError, "readall() should return bytes");
            Py_CLEAR(rest);
        }
        if (rest == NULL) {
            Py_DECREF(data);
            return NULL;
        }
        if (rest == Py_None) {
            if (PyBytes_GET_SIZE(data)) {
                Py_DECREF(rest);
                return data;
            }
            Py_DECREF(data);
            return rest;
        }
        if (PyBytes_GET_SIZE(data) == 0) {
            Py_DECREF(data);
            return rest;
        }
        PyBytes_ConcatAndDel(&data, rest);
        return data;
    }
    for (int first = 1;; first = 0) {
        rest = call_raw(self, N(read), NULL);
        if (rest && rest != Py_None && !PyBytes_Check(rest)) {
            PyErr_SetString(PyExc_TypeError, "read() should return bytes");
            Py_CLEAR(rest);
        }
        if (rest == NULL) {
            Py_DECREF(data);
            return NULL;
        }
        if (rest == Py_None || PyBytes_GET_SIZE(rest) == 0) {
            if (rest == Py_None && first && PyBytes_GET_SIZE(data) == 0) {
                Py_DECREF(data);
                return rest;
            }
            Py_DECREF(rest);
            return data;
        }
        PyBytes_ConcatAndDel(&data, rest);
        if (data == NULL)
            return NULL;
    }
}

static PyObject *buf_read(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    Buffered *self = (Buffered *)o;
    Py_ssize_t n;
    if (io_size_arg(args, nargs, "read", &n) < 0 || check_ready(self) < 0)
        return NULL;
    if (n < -1) {
        PyErr_SetString(PyExc_ValueError, "read length must be non-negative or -1");
        return NULL;
    }
    if (enter_open(self, "read of closed file") < 0)
        return NULL;
    PyObject *r = n == -1 ? read_all(self) : read_bytes(self, n, 0);
    leave(self);
    return r;
}

PyObject *buffered_read1(PyObject *o, Py_ssize_t n)
{
    Buffered *self = (Buffered *)o;
    if (check_ready(self) < 0)
        return NULL;
    if (n < 0)
        n = self->size;
    if (check_open(self, "read of closed file") < 0)
        return NULL;
    if (n == 0)
        return PyBytes_FromStringAndSize(NULL, 0);
    if (enter_checked(self, "read of closed file") < 0)
        return NULL;
    Py_ssize_t have = unread(self);
    PyObject *r;
    if (have > 0) {
        n = Py_MIN(n, have);
        r = PyBytes_FromStringAndSize(self->buffer + self->pos, n);
        if (r)
            self->pos += n;
    }
    else {
        r = read_bytes(self, n, 1);
        if (r == Py_None) {
            Py_DECREF(r);
            r = PyBytes_FromStringAndSize(NULL, 0);
        }
    }
    leave(self);
    return r;
}

static PyObject *buf_read1(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t n = -1;
    if (!_PyArg_CheckPositional("read1", nargs, 0, 1))
        return NULL;
    if (nargs && (n = PyNumber_AsSsize_t(args[0], PyExc_OverflowError)) == -1 && PyErr_Occurred())
        return NULL;
    return buffered_read1(o, n);
}

static PyObject *readinto(PyObject *o, PyObject *arg, const char *name, int once)
{
    Buffered *self = (Buffered *)o;
    Py_buffer view;
    if (check_ready(self) < 0)
        return NULL;
    if (PyObject_GetBuffer(arg, &view, PyBUF_WRITABLE) < 0) {
        PyErr_Format(PyExc_TypeError, "%s() argument must be read-write bytes-like object, not %.50s", name, Py_TYPE(arg)->tp_name);
        return NULL;
    }
    Py_ssize_t n = -1;
    if (enter_open(self, "readinto of closed file") == 0) {
        n = view.len ? read_into(self, view.buf, view.len, once) : 0;
        leave(self);
    }
    PyBuffer_Release(&view);
    if (n == -2)
        Py_RETURN_NONE;
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}

static PyObject *buf_readinto(PyObject *o, PyObject *arg) { return readinto(o, arg, "readinto", 0); }
static PyObject *buf_readinto1(PyObject *o, PyObject *arg) { return readinto(o, arg, "readinto1", 1); }

static PyObject *buf_peek(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    Buffered *self = (Buffered *)o;
    if (!_PyArg_CheckPositional("peek", nargs, 0, 1) || enter_open(self, "peek of closed file") < 0)
        return NULL;
    PyObject *r = NULL;
    if (be_reading(self) == 0 && (unread(self) > 0 || refill(self) != -1))
        r = PyBytes_FromStringAndSize(self->buffer + self->pos, unread(self));
    leave(self);
    return r;
}

/* A line of at most `limit` bytes (-1: any). */
static PyObject *read_line(Buffered *self, Py_ssize_t limit)
{
    PyObject *line = NULL;
    if (check_open(self, "readline of closed file") < 0)
        return NULL;
    Py_ssize_t have = unread(self);
    if (have > 0) {  /* mostly the line is there */
        const char *s = self->buffer + self->pos;
        Py_ssize_t look = limit >= 0 ? Py_MIN(have, limit) : have;
        const char *nl = memchr(s, '\n', look);
        if (nl || look == limit) {
            Py_ssize_t n = nl ? nl - s + 1 : look;
            line = PyBytes_FromStringAndSize(s, n);
            if (line)
                self->pos += n;
            return line;
        }
    }
    if (enter_checked(self, "readline of closed file") < 0)
        return NULL;
    line = PyBytes_FromStringAndSize(NULL, 0);
    if (be_reading(self) < 0)
        Py_CLEAR(line);
    while (line && limit != 0) {
        if (unread(self) == 0) {
            Py_ssize_t got = refill(self);
            if (got == -1)
                Py_CLEAR(line);
            if (got <= 0)
                break;
        }
        const char *s = self->buffer + self->pos;
        Py_ssize_t look = limit >= 0 ? Py_MIN(unread(self), limit) : unread(self);
        const char *nl = memchr(s, '\n', look);
        Py_ssize_t n = nl ? nl - s + 1 : look;
        PyBytes_ConcatAndDel(&line, PyBytes_FromStringAndSize(s, n));
        self->pos += n;
        if (limit >= 0)
            limit -= n;
        if (nl)
            break;
    }
    leave(self);
    return line;
}

static PyObject *buf_readline(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t limit;
    if (io_size_arg(args, nargs, "readline", &limit) < 0 || check_ready((Buffered *)o) < 0)
        return NULL;
    return read_line((Buffered *)o, limit);
}

static PyObject *buf_next(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    PyObject *line;
    if (check_ready((Buffered *)o) < 0)
        return NULL;
    if (type == &BufferedReader_Type || type == &BufferedRandom_Type)
        line = read_line((Buffered *)o, -1);
    else {
        line = PyObject_CallMethodNoArgs(o, N(readline));
        if (line && !PyBytes_Check(line)) {
            PyErr_Format(PyExc_OSError, "readline() should have returned a bytes object, not '%.200s'", Py_TYPE(line)->tp_name);
            Py_CLEAR(line);
        }
    }
    if (line && PyBytes_GET_SIZE(line) == 0)
        Py_CLEAR(line);
    return line;
}

/* --- writing --- */

/* Appends what fits; how much that was. */
static Py_ssize_t stash(Buffered *self, const char *data, Py_ssize_t n)
{
    if (self->pos > 0 && self->size - self->end < n) {  /* make room before what is pending */
        memmove(self->buffer, self->buffer + self->pos, self->end - self->pos);
        self->end -= self->pos;
        self->pos = 0;
    }
    n = Py_MIN(n, self->size - self->end);
    memcpy(self->buffer + self->end, data, n);
    self->end += n;
    return n;
}

static int write_all(Buffered *self, const char *data, Py_ssize_t n)
{
    if (be_writing(self) < 0)
        return -1;
    if (n <= self->size - self->end) {
        memcpy(self->buffer + self->end, data, n);
        self->end += n;
        return 0;
    }
    if (flush_pending(self) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_BlockingIOError))
            return -1;
        PyErr_Clear();
        Py_ssize_t kept = stash(self, data, n);
        if (kept == n)
            return 0;
        blocked(kept);
        return -1;
    }
    Py_ssize_t done = 0;
    while (n - done > self->size) {
        Py_ssize_t put = raw_write(self, data + done, n - done);
        if (put == -2) {
            done += stash(self, data + done, n - done);
            blocked(done);
            return -1;
        }
        if (put < 0)
            return -1;
        done += put;
        if (PyErr_CheckSignals())
            return -1;
    }
    stash(self, data + done, n - done);
    return 0;
}

int buffered_write(PyObject *o, const char *data, Py_ssize_t n)
{
    Buffered *self = (Buffered *)o;
    if (enter_open(self, "write to closed file") < 0)
        return -1;
    int failed = write_all(self, data, n);
    leave(self);
    return failed;
}

static PyObject *buf_write(PyObject *o, PyObject *data)
{
    Py_buffer view;
    if (check_ready((Buffered *)o) < 0 || PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    int failed = buffered_write(o, view.buf, view.len);
    PyObject *r = failed < 0 ? NULL : PyLong_FromSsize_t(view.len);
    PyBuffer_Release(&view);
    return r;
}

/* --- position --- */

static PyObject *buf_tell(PyObject *o, PyObject *unused)
{
    Buffered *self = (Buffered *)o;
    if (check_ready(self) < 0)
        return NULL;
    Py_off_t at = raw_tell(self);
    return at < 0 ? NULL : PyLong_FromLongLong(at - unread(self) + pending(self));
}

static PyObject *buf_seek(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    Buffered *self = (Buffered *)o;
    int whence = 0;
    if (!_PyArg_CheckPositional("seek", nargs, 1, 2))
        return NULL;
    if (nargs > 1 && (whence = _PyLong_AsInt(args[1])) == -1 && PyErr_Occurred())
        return NULL;
    if (check_ready(self) < 0)
        return NULL;
    if (whence < 0 || (whence > 2 && whence != SEEK_DATA && whence != SEEK_HOLE)) {
        PyErr_Format(PyExc_ValueError, "whence value %d unsupported", whence);
        return NULL;
    }
    if (check_open(self, "seek of closed file") < 0 || io_check_seekable(self->raw) < 0)
        return NULL;
    Py_off_t target = io_offset(args[0]), at = -1;
    if (target == -1 && PyErr_Occurred())
        return NULL;
    if (whence < 2 && reads(self) && self->end > 0) {  /* perhaps it is in the buffer */
        if (self->raw_at < 0 && raw_tell(self) < 0)
            return NULL;
        Py_off_t here = self->raw_at - unread(self), move = whence == 0 ? target - here : target;
        if (move >= -self->pos && move <= unread(self)) {
            self->pos += move;
            return PyLong_FromLongLong(here + move);
        }
    }
    if (enter_checked(self, "seek of closed file") < 0)
        return NULL;
    if (flush_pending(self) == 0) {
        if (whence == 1)
            target -= unread(self);
        at = raw_seek(self, target, whence);
        if (at >= 0 && reads(self))
            self->pos = self->end = 0;
    }
    leave(self);
    return at < 0 ? NULL : PyLong_FromLongLong(at);
}

static PyObject *buf_truncate(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    Buffered *self = (Buffered *)o;
    PyObject *r = NULL;
    if (!_PyArg_CheckPositional("truncate", nargs, 0, 1) || check_open(self, "truncate of closed file") < 0)
        return NULL;
    if (!self->writable)
        return io_unsupported("truncate");
    if (enter_checked(self, "truncate of closed file") < 0)
        return NULL;
    if (flush_pending(self) == 0 && drop_unread(self) == 0) {
        r = call_raw(self, N(truncate), nargs ? args[0] : Py_None);
        if (r && raw_tell(self) < 0)
            PyErr_Clear();
    }
    leave(self);
    return r;
}

/* --- questions --- */

#define FORWARD(name, method) \
    static PyObject *name(PyObject *o, PyObject *unused) \
    { \
        return check_ready((Buffered *)o) < 0 ? NULL : call_raw((Buffered *)o, N(method), NULL); \
    }
FORWARD(buf_seekable, seekable)
FORWARD(buf_readable, readable)
FORWARD(buf_writable, writable)
FORWARD(buf_fileno, fileno)
FORWARD(buf_isatty, isatty)

static PyObject *buf_sizeof(PyObject *o, PyObject *unused)
{
    Buffered *self = (Buffered *)o;
    return PyLong_FromSsize_t(Py_TYPE(o)->tp_basicsize + (self->buffer ? self->size : 0));
}

static PyObject *buf_repr(PyObject *o)
{
    PyObject *name, *text = NULL;
    if (_PyObject_LookupAttr(o, N(name), &name) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_ValueError))
            return NULL;
        PyErr_Clear();
        name = NULL;
    }
    if (name == NULL)
        return PyUnicode_FromFormat("<%s>", Py_TYPE(o)->tp_name);
    int entered = Py_ReprEnter(o);
    if (entered == 0) {
        text = PyUnicode_FromFormat("<%s name=%R>", Py_TYPE(o)->tp_name, name);
        Py_ReprLeave(o);
    }
    else if (entered > 0)
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__", Py_TYPE(o)->tp_name);
    Py_DECREF(name);
    return text;
}

static PyObject *raw_attribute(PyObject *o, PyObject *name)
{
    if (check_ready((Buffered *)o) < 0)
        return NULL;
    PyObject *raw = Py_NewRef(((Buffered *)o)->raw), *value = PyObject_GetAttr(raw, name);
    Py_DECREF(raw);
    return value;
}
static PyObject *buf_get_closed(PyObject *o, void *unused) { return raw_attribute(o, N(closed)); }
static PyObject *buf_get_name(PyObject *o, void *unused) { return raw_attribute(o, N(name)); }
static PyObject *buf_get_mode(PyObject *o, void *unused) { return raw_attribute(o, N(mode)); }
static PyObject *buf_get_raw(PyObject *o, void *unused)
{
    PyObject *raw = ((Buffered *)o)->raw ? ((Buffered *)o)->raw : Py_None;
    Py_INCREF(raw);
    return raw;
}
static PyObject *buf_get_finalizing(PyObject *o, void *unused) { return PyBool_FromLong(((Buffered *)o)->finalizing); }
static int buf_set_finalizing(PyObject *o, PyObject *value, void *unused)
{
    int is = value ? PyObject_IsTrue(value) : 0;
    ((Buffered *)o)->finalizing = is > 0;
    return is < 0 ? -1 : 0;
}

static PyGetSetDef buf_getset[] = {
    {"closed", buf_get_closed, NULL, NULL, NULL},
    {"name", buf_get_name, NULL, NULL, NULL},
    {"mode", buf_get_mode, NULL, NULL, NULL},
    {"raw", buf_get_raw, NULL, NULL, NULL},
    {"_finalizing", buf_get_finalizing, buf_set_finalizing, NULL, NULL},
    {NULL}
};

#define COMMON \
    {"detach", buf_detach, METH_NOARGS, "detach($self, /)\n--\n\nGive the raw stream back."}, \
    {"close", buf_close, METH_NOARGS, "close($self, /)\n--\n\nFlush and close."}, \
    {"seekable", buf_seekable, METH_NOARGS, NULL}, \
    {"fileno", buf_fileno, METH_NOARGS, NULL}, \
    {"isatty", buf_isatty, METH_NOARGS, NULL}, \
    {"_dealloc_warn", buf_dealloc_warn, METH_O, NULL}, \
    {"seek", IO_METHODK(buf_seek), METH_FASTCALL, "seek($self, target, whence=0, /)\n--\n\nMove; the new position."}, \
    {"tell", buf_tell, METH_NOARGS, "tell($self, /)\n--\n\nThe position."}, \
    {"truncate", IO_METHODK(buf_truncate), METH_FASTCALL, "truncate($self, pos=None, /)\n--\n\nCut to a size."}, \
    {"__sizeof__", buf_sizeof, METH_NOARGS, NULL}
#define READS \
    {"readable", buf_readable, METH_NOARGS, NULL}, \
    {"read", IO_METHODK(buf_read), METH_FASTCALL, "read($self, size=-1, /)\n--\n\nUp to size bytes."}, \
    {"peek", IO_METHODK(buf_peek), METH_FASTCALL, "peek($self, size=0, /)\n--\n\nWhat is buffered, without moving."}, \
    {"read1", IO_METHODK(buf_read1), METH_FASTCALL, "read1($self, size=-1, /)\n--\n\nUp to size bytes, with at most one raw read."}, \
    {"readinto", buf_readinto, METH_O, "readinto($self, buffer, /)\n--\n\nRead into the buffer; how many bytes."}, \
    {"readinto1", buf_readinto1, METH_O, "readinto1($self, buffer, /)\n--\n\nAs readinto, with at most one raw read."}, \
    {"readline", IO_METHODK(buf_readline), METH_FASTCALL, "readline($self, size=-1, /)\n--\n\nOne line."}
#define WRITES \
    {"writable", buf_writable, METH_NOARGS, NULL}, \
    {"write", buf_write, METH_O, "write($self, buffer, /)\n--\n\nWrite the bytes; how many."}, \
    {"flush", buf_flush, METH_NOARGS, "flush($self, /)\n--\n\nWrite what is buffered."}

static PyMethodDef reader_methods[] = {COMMON, READS, {"flush", reader_flush, METH_NOARGS, NULL}, {NULL}};
static PyMethodDef writer_methods[] = {COMMON, WRITES, {NULL}};
static PyMethodDef random_methods[] = {COMMON, READS, WRITES, {NULL}};

#define BUFFERED_TYPE(type, name, doc, methods, init, next) \
    PyTypeObject type = { \
        PyVarObject_HEAD_INIT(NULL, 0) \
        .tp_name = "_io." name, \
        .tp_basicsize = sizeof(Buffered), \
        .tp_dealloc = buf_dealloc, \
        .tp_repr = buf_repr, \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, \
        .tp_doc = doc, \
        .tp_traverse = buf_traverse, \
        .tp_clear = buf_clear, \
        .tp_weaklistoffset = offsetof(Buffered, weakrefs), \
        .tp_iternext = next, \
        .tp_methods = methods, \
        .tp_getset = buf_getset, \
        .tp_base = &BufferedIOBase_Type, \
        .tp_dictoffset = offsetof(Buffered, dict), \
        .tp_init = init, \
        .tp_new = PyType_GenericNew, \
    }

BUFFERED_TYPE(BufferedReader_Type, "BufferedReader",
              "BufferedReader(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer over a raw stream that is read.",
              reader_methods, reader_init, buf_next);
BUFFERED_TYPE(BufferedWriter_Type, "BufferedWriter",
              "BufferedWriter(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer over a raw stream that is written.",
              writer_methods, writer_init, NULL);
BUFFERED_TYPE(BufferedRandom_Type, "BufferedRandom",
              "BufferedRandom(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer over a raw stream that is read and written.",
              random_methods, random_init, buf_next);
