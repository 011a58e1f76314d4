/* FileIO: a file descriptor as a raw stream. */
#include "modules/io/io.h"
#include "memory/recorder.h"
#include "memory/state.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_MAX ((Py_ssize_t)0x7ffff000)

typedef struct {
    PyObject_HEAD
    int fd;                  /* -1: closed */
    unsigned created : 1, readable : 1, writable : 1, appending : 1, closefd : 1;
    signed int seekable : 2; /* -1: not known */
    char finalizing;
    unsigned int blksize;
    PyObject *weakrefs, *dict;
} FileIO;

int fileio_is_closed(PyObject *self) { return ((FileIO *)self)->fd < 0; }

static PyObject *closed_error(void)
{
    PyErr_SetString(PyExc_ValueError, "I/O operation on closed file");
    return NULL;
}

static PyObject *mode_error(const char *action)
{
    PyErr_Format(KEPT(unsupported_operation), "File not open for %s", action);
    return NULL;
}

/* --- opening --- */

static PyObject *file_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    FileIO *self = (FileIO *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->fd = -1;
    self->seekable = -1;
    self->closefd = 1;
    return (PyObject *)self;
}

static int bad_mode(void)
{
    PyErr_SetString(PyExc_ValueError, "Must have exactly one of create/read/write/append mode and at most one plus");
    return -1;
}

/* open() flags of a mode such as "rb+"; -1 with ValueError. */
static int parse_mode(FileIO *self, const char *mode)
{
    int flags = 0, kinds = 0, plus = 0;
    for (const char *s = mode; *s; s++)
        switch (*s) {
        case 'x': kinds++; self->created = self->writable = 1; flags |= O_EXCL | O_CREAT; break;
        case 'r': kinds++; self->readable = 1; break;
        case 'w': kinds++; self->writable = 1; flags |= O_CREAT | O_TRUNC; break;
        case 'a': kinds++; self->writable = self->appending = 1; flags |= O_APPEND | O_CREAT; break;
        case 'b': break;
        case '+':
            if (plus++)
                return bad_mode();
            break;
        default:
            PyErr_Format(PyExc_ValueError, "invalid mode: %.200s", mode);
            return -1;
        }
    if (kinds != 1)
        return bad_mode();
    if (plus)
        self->readable = self->writable = 1;
    return flags | (self->readable && self->writable ? O_RDWR : self->readable ? O_RDONLY : O_WRONLY) | O_CLOEXEC;
}

static int close_fd(FileIO *self)
{
    int fd = self->fd, failed;
    if (fd < 0)
        return 0;
    self->fd = -1;
    Py_BEGIN_ALLOW_THREADS
    failed = close(fd);
    Py_END_ALLOW_THREADS
    if (failed < 0)
        PyErr_SetFromErrno(PyExc_OSError);
    return failed;
}

static int open_with_opener(FileIO *self, PyObject *opener, PyObject *name, int flags)
{
    PyObject *answer = PyObject_CallFunction(opener, "Oi", name, flags);
    if (answer == NULL)
        return -1;
    if (!PyLong_Check(answer)) {
        Py_DECREF(answer);
        PyErr_SetString(PyExc_TypeError, "expected integer from opener");
        return -1;
    }
    self->fd = _PyLong_AsInt(answer);
    Py_DECREF(answer);
    if (self->fd < 0) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_ValueError, "opener returned %d", self->fd);
        return -1;
    }
    if (fcntl(self->fd, F_SETFD, FD_CLOEXEC) < 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    return 0;
}

static int open_path(FileIO *self, PyObject *name, PyObject *path, int flags)
{
    const char *p = PyBytes_AS_STRING(path);
    for (;;) {
        Py_BEGIN_ALLOW_THREADS
        self->fd = open(p, flags, 0666);
        Py_END_ALLOW_THREADS
        if (self->fd >= 0)
            return 0;
        if (errno != EINTR)
            break;
        if (PyErr_CheckSignals())
            return -1;
    }
    PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, name);
    return -1;
}

/* Refuses directories and bad descriptors, learns the block size. */
static int look_at(FileIO *self, PyObject *name)
{
    struct stat st;
    int failed;
    Py_BEGIN_ALLOW_THREADS
    failed = fstat(self->fd, &st);
    Py_END_ALLOW_THREADS
    if (failed < 0) {
        if (errno == EBADF) {
            PyErr_SetFromErrno(PyExc_OSError);
            return -1;
        }
        return 0;
    }
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, name);
        return -1;
    }
    if (st.st_blksize > 1)
        self->blksize = (unsigned)st.st_blksize;
    return 0;
}

static int file_init(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"file", "mode", "closefd", "opener", NULL};
    FileIO *self = (FileIO *)o;
    PyObject *name, *opener = Py_None, *path = NULL;
    const char *mode = "r";
    int closefd = 1, fd = -1, own = 0, result = -1;
    if (self->fd >= 0) {
        if (self->closefd) {
            if (close_fd(self) < 0)
                return -1;
        }
        else
            self->fd = -1;
    }
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|spO:FileIO", keywords, &name, &mode, &closefd, &opener))
        return -1;
    if (PyLong_Check(name)) {
        int overflow;
        long number = PyLong_AsLongAndOverflow(name, &overflow);
        overflow = overflow || number > INT_MAX || number < INT_MIN; /* such a number is no descriptor at all */
        fd = overflow ? -1 : (int)number;
        if (fd < 0 && !overflow) {
            PyErr_SetString(PyExc_ValueError, "negative file descriptor");
            return -1;
        }
    }
    if (fd < 0 && !PyUnicode_FSConverter(name, &path))
        return -1;
    self->created = self->readable = self->writable = self->appending = 0;
    self->seekable = -1;
    self->closefd = 1;
    self->blksize = IO_BUFFER_SIZE;
    int flags = parse_mode(self, mode);
    if (flags < 0 || PySys_Audit("open", "Osi", name, mode, flags) < 0)
        goto done;
    if (fd >= 0) {
        self->fd = fd;
        self->closefd = closefd != 0;
    }
    else {
        if (!closefd) {
            PyErr_SetString(PyExc_ValueError, "Cannot use closefd=False with file name");
            goto done;
        }
        own = 1;
        if (opener != Py_None ? open_with_opener(self, opener, name, flags) < 0 : open_path(self, name, path, flags) < 0)
            goto failed;
    }
    if (look_at(self, name) < 0 || PyObject_SetAttr(o, N(name), name) < 0)
        goto failed;
    if (self->appending) {
        Py_off_t at;
        Py_BEGIN_ALLOW_THREADS
        at = lseek(self->fd, 0, SEEK_END);
        Py_END_ALLOW_THREADS
        if (at < 0 && errno != ESPIPE) {
            PyErr_SetFromErrno(PyExc_OSError);
            goto failed;
        }
    }
    result = 0;
    goto done;
failed:
    if (!own)
        self->fd = -1;
    else if (self->fd >= 0) {
        PyObject *type, *value, *trace;
        PyErr_Fetch(&type, &value, &trace);
        if (close_fd(self) < 0)
            PyErr_Clear();
        PyErr_Restore(type, value, trace);
    }
done:
    Py_XDECREF(path);
    return result;
}

/* --- closing --- */

static PyObject *file_dealloc_warn(PyObject *o, PyObject *source)
{
    FileIO *self = (FileIO *)o;
    if (self->fd >= 0 && self->closefd) {
        PyObject *type, *value, *trace;
        PyErr_Fetch(&type, &value, &trace);
        if (PyErr_ResourceWarning(source, 1, "unclosed file %R", source) < 0) {
            if (PyErr_ExceptionMatches(PyExc_Warning))
                PyErr_WriteUnraisable(o);
            else
                PyErr_Clear();
        }
        PyErr_Restore(type, value, trace);
    }
    Py_RETURN_NONE;
}

static PyObject *file_close(PyObject *o, PyObject *unused)
{
    FileIO *self = (FileIO *)o;
    PyObject *type, *value, *trace;
    PyObject *done = PyObject_CallMethodOneArg((PyObject *)&RawIOBase_Type, N(close), o);
    if (!self->closefd) {
        self->fd = -1;
        return done;
    }
    PyErr_Fetch(&type, &value, &trace);
    if (self->finalizing) {
        PyObject *warned = file_dealloc_warn(o, o);
        Py_XDECREF(warned);
    }
    int failed = close_fd(self);
    io_chain(type, value, trace);
    if (failed < 0)
        Py_CLEAR(done);
    return done;
}

static int file_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(((FileIO *)o)->dict);
    return 0;
}

static int file_clear(PyObject *o)
{
    Py_CLEAR(((FileIO *)o)->dict);
    return 0;
}

static void file_dealloc(PyObject *o)
{
    FileIO *self = (FileIO *)o;
    self->finalizing = 1;
    if (io_finalize(o) < 0)
        return;
    PyObject_GC_UnTrack(o);
    if (self->weakrefs)
        PyObject_ClearWeakRefs(o);
    Py_CLEAR(self->dict);
    Py_TYPE(o)->tp_free(o);
}

/* --- reading and writing --- */

/* The pending errno as an exception: -1, or -2 when the descriptor would block (no exception). */
static Py_ssize_t io_failed(void)
{
    if (errno == EAGAIN)
        return -2;
    PyErr_SetFromErrno(PyExc_OSError);
    return -1;
}

Py_ssize_t fileio_read_into(PyObject *o, char *to, Py_ssize_t n)
{
    FileIO *self = (FileIO *)o;
    Py_ssize_t got;
    if (self->fd < 0) {
        closed_error();
        return -1;
    }
    if (!self->readable) {
        mode_error("reading");
        return -1;
    }
    if (n > READ_MAX)
        n = READ_MAX;
    recorder_reads(self->fd);
    for (;;) {
        Py_BEGIN_ALLOW_THREADS
        got = read(self->fd, to, (size_t)n);
        Py_END_ALLOW_THREADS
        if (got >= 0)
            return got;
        if (errno != EINTR)
            return io_failed();
        if (PyErr_CheckSignals())
            return -1;
    }
}

Py_ssize_t fileio_write_from(PyObject *o, const char *from, Py_ssize_t n)
{
    FileIO *self = (FileIO *)o;
    Py_ssize_t put;
    if (self->fd < 0) {
        closed_error();
        return -1;
    }
    if (!self->writable) {
        mode_error("writing");
        return -1;
    }
    if (n > READ_MAX)
        n = READ_MAX;
    for (;;) {
        Py_BEGIN_ALLOW_THREADS
        put = write(self->fd, from, (size_t)n);
        Py_END_ALLOW_THREADS
        if (put >= 0)
            return put;
        if (errno != EINTR)
            return io_failed();
        if (PyErr_CheckSignals())
            return -1;
    }
}

static PyObject *count_or_none(Py_ssize_t n)
{
    if (n == -2)
        Py_RETURN_NONE;
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}

static PyObject *file_readinto(PyObject *o, PyObject *buffer)
{
    FileIO *self = (FileIO *)o;
    Py_buffer view;
    if (self->fd < 0)
        return closed_error();
    if (!self->readable)
        return mode_error("reading");
    if (PyObject_GetBuffer(buffer, &view, PyBUF_WRITABLE) < 0) {
        PyErr_Format(PyExc_TypeError, "readinto() argument must be read-write bytes-like object, not %.50s", Py_TYPE(buffer)->tp_name);
        return NULL;
    }
    Py_ssize_t n = fileio_read_into(o, view.buf, view.len);
    PyBuffer_Release(&view);
    return count_or_none(n);
}

/* A first guess of what is left: the file's size beyond the position. */
static Py_ssize_t guess_rest(FileIO *self)
{
    struct stat st;
    Py_off_t at, size = 0;
    Py_BEGIN_ALLOW_THREADS
    at = lseek(self->fd, 0, SEEK_CUR);
    if (fstat(self->fd, &st) == 0)
        size = st.st_size;
    Py_END_ALLOW_THREADS
    if (size > 0 && at >= 0 && size >= at)
        return (Py_ssize_t)(size - at) + 1;
    return IO_BUFFER_SIZE;
}

static PyObject *file_readall(PyObject *o, PyObject *unused)
{
    FileIO *self = (FileIO *)o;
    if (self->fd < 0)
        return closed_error();
    Py_ssize_t size = guess_rest(self), used = 0;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    while (bytes != NULL) {
        if (used == size) {
            size += size < 65536 ? 65536 : size / 2 < (Py_ssize_t)1 << 28 ? size / 2 : (Py_ssize_t)1 << 28;
            if (_PyBytes_Resize(&bytes, size) < 0)
                return NULL;
        }
        Py_ssize_t n = fileio_read_into(o, PyBytes_AS_STRING(bytes) + used, size - used);
        if (n == 0 || (n == -2 && used))
            break;
        if (n < 0) {
            Py_DECREF(bytes);
            if (n == -2)
                Py_RETURN_NONE;
            return NULL;
        }
        used += n;
    }
    if (bytes && used < size)
        _PyBytes_Resize(&bytes, used);
    return bytes;
}

static PyObject *file_read(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    FileIO *self = (FileIO *)o;
    Py_ssize_t size;
    if (io_size_arg(args, nargs, "read", &size) < 0)
        return NULL;
    if (self->fd < 0)
        return closed_error();
    if (!self->readable)
        return mode_error("reading");
    if (size < 0)
        return file_readall(o, NULL);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (bytes == NULL)
        return NULL;
    Py_ssize_t n = fileio_read_into(o, PyBytes_AS_STRING(bytes), size);
    if (n < 0) {
        Py_DECREF(bytes);
        if (n == -2)
            Py_RETURN_NONE;
        return NULL;
    }
    if (n != size)
        _PyBytes_Resize(&bytes, n);
    return bytes;
}

static PyObject *file_write(PyObject *o, PyObject *data)
{
    FileIO *self = (FileIO *)o;
    Py_buffer view;
    if (self->fd < 0)
        return closed_error();
    if (!self->writable)
        return mode_error("writing");
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    Py_ssize_t n = fileio_write_from(o, view.buf, view.len);
    PyBuffer_Release(&view);
    return count_or_none(n);
}

/* --- position --- */

static PyObject *seek_to(FileIO *self, Py_off_t offset, int whence, int quiet)
{
    Py_off_t at;
    Py_BEGIN_ALLOW_THREADS
    at = lseek(self->fd, offset, whence);
    Py_END_ALLOW_THREADS
    if (self->seekable < 0)
        self->seekable = at >= 0;
    if (at < 0) {
        if (!quiet)
            PyErr_SetFromErrno(PyExc_OSError);
        return NULL;
    }
    return PyLong_FromLongLong(at);
}

static PyObject *file_seek(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    FileIO *self = (FileIO *)o;
    int whence = 0;
    if (!_PyArg_CheckPositional("seek", nargs, 1, 2))
        return NULL;
    if (nargs > 1) {
        whence = _PyLong_AsInt(args[1]);
        if (whence == -1 && PyErr_Occurred())
            return NULL;
    }
    if (self->fd < 0)
        return closed_error();
    Py_off_t offset = io_offset(args[0]);
    if (offset == -1 && PyErr_Occurred())
        return NULL;
    return seek_to(self, offset, whence, 0);
}

static PyObject *file_tell(PyObject *o, PyObject *unused)
{
    FileIO *self = (FileIO *)o;
    return self->fd < 0 ? closed_error() : seek_to(self, 0, SEEK_CUR, 0);
}

static PyObject *file_truncate(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    FileIO *self = (FileIO *)o;
    int failed;
    if (!_PyArg_CheckPositional("truncate", nargs, 0, 1))
        return NULL;
    if (self->fd < 0)
        return closed_error();
    if (!self->writable)
        return mode_error("writing");
    PyObject *size = nargs && args[0] != Py_None ? args[0] : NULL;
    if (size)
        Py_INCREF(size);
    else if ((size = seek_to(self, 0, SEEK_CUR, 0)) == NULL)
        return NULL;
    Py_off_t n = io_offset(size);
    if (n == -1 && PyErr_Occurred()) {
        Py_DECREF(size);
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    failed = ftruncate(self->fd, n);
    Py_END_ALLOW_THREADS
    if (failed < 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        Py_CLEAR(size);
    }
    return size;
}

/* --- questions --- */

static PyObject *file_seekable(PyObject *o, PyObject *unused)
{
    FileIO *self = (FileIO *)o;
    if (self->fd < 0)
        return closed_error();
    if (self->seekable < 0) {
        PyObject *at = seek_to(self, 0, SEEK_CUR, 1);
        Py_XDECREF(at);
    }
    return PyBool_FromLong(self->seekable);
}

#define QUESTION(name, answer) \
    static PyObject *name(PyObject *o, PyObject *unused) \
    { \
        FileIO *self = (FileIO *)o; \
        return self->fd < 0 ? closed_error() : (answer); \
    }
QUESTION(file_readable, PyBool_FromLong(self->readable))
QUESTION(file_writable, PyBool_FromLong(self->writable))
QUESTION(file_fileno, PyLong_FromLong(self->fd))
QUESTION(file_isatty, PyBool_FromLong(isatty(self->fd)))

static const char *mode_text(FileIO *self)
{
    if (self->created)
        return self->readable ? "xb+" : "xb";
    if (self->appending)
        return self->readable ? "ab+" : "ab";
    return self->readable ? (self->writable ? "rb+" : "rb") : "wb";
}

static PyObject *file_repr(PyObject *o)
{
    FileIO *self = (FileIO *)o;
    PyObject *name;
    if (self->fd < 0)
        return PyUnicode_FromFormat("<_io.FileIO [closed]>");
    if (_PyObject_LookupAttr(o, N(name), &name) < 0)
        return NULL;
    const char *closefd = self->closefd ? "True" : "False";
    if (name == NULL)
        return PyUnicode_FromFormat("<_io.FileIO fd=%d mode='%s' closefd=%s>", self->fd, mode_text(self), closefd);
    PyObject *text = NULL;
    int entered = Py_ReprEnter(o);
    if (entered == 0) {
        text = PyUnicode_FromFormat("<_io.FileIO name=%R mode='%s' closefd=%s>", name, mode_text(self), closefd);
        Py_ReprLeave(o);
    }
    else if (entered > 0)
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__", Py_TYPE(o)->tp_name);
    Py_DECREF(name);
    return text;
}

static PyObject *file_get_closed(PyObject *o, void *unused) { return PyBool_FromLong(((FileIO *)o)->fd < 0); }
static PyObject *file_get_closefd(PyObject *o, void *unused) { return PyBool_FromLong(((FileIO *)o)->closefd); }
static PyObject *file_get_mode(PyObject *o, void *unused) { return PyUnicode_FromString(mode_text((FileIO *)o)); }
static PyObject *file_get_blksize(PyObject *o, void *unused) { return PyLong_FromLong(((FileIO *)o)->blksize); }
static int file_set_blksize(PyObject *o, PyObject *value, void *unused)
{
    long n = value ? PyLong_AsLong(value) : -1;
    if (PyErr_Occurred())
        return -1;
    ((FileIO *)o)->blksize = (unsigned)n;
    return 0;
}
static PyObject *file_get_finalizing(PyObject *o, void *unused) { return PyBool_FromLong(((FileIO *)o)->finalizing); }
static int file_set_finalizing(PyObject *o, PyObject *value, void *unused)
{
    int is = value ? PyObject_IsTrue(value) : 0;
    ((FileIO *)o)->finalizing = is > 0;
    return is < 0 ? -1 : 0;
}

static PyMethodDef file_methods[] = {
    {"read", IO_METHODK(file_read), METH_FASTCALL, "read($self, size=-1, /)\n--\n\nUp to size bytes, by one system call."},
    {"readall", file_readall, METH_NOARGS, "readall($self, /)\n--\n\nEverything up to the end."},
    {"readinto", file_readinto, METH_O, "readinto($self, buffer, /)\n--\n\nRead into the buffer; how many bytes."},
    {"write", file_write, METH_O, "write($self, b, /)\n--\n\nWrite the bytes; how many were written."},
    {"seek", IO_METHODK(file_seek), METH_FASTCALL, "seek($self, pos, whence=0, /)\n--\n\nMove; the new position."},
    {"tell", file_tell, METH_NOARGS, "tell($self, /)\n--\n\nThe position."},
    {"truncate", IO_METHODK(file_truncate), METH_FASTCALL, "truncate($self, size=None, /)\n--\n\nCut the file to a size."},
    {"close", file_close, METH_NOARGS, "close($self, /)\n--\n\nClose the file."},
    {"seekable", file_seekable, METH_NOARGS, "seekable($self, /)\n--\n\nWhether the position can change."},
    {"readable", file_readable, METH_NOARGS, "readable($self, /)\n--\n\nWhether it was opened for reading."},
    {"writable", file_writable, METH_NOARGS, "writable($self, /)\n--\n\nWhether it was opened for writing."},
    {"fileno", file_fileno, METH_NOARGS, "fileno($self, /)\n--\n\nThe file descriptor."},
    {"isatty", file_isatty, METH_NOARGS, "isatty($self, /)\n--\n\nWhether it is a terminal."},
    {"_dealloc_warn", file_dealloc_warn, METH_O, NULL},
    {NULL}
};

static PyGetSetDef file_getset[] = {
    {"closed", file_get_closed, NULL, "True if the file is closed", NULL},
    {"closefd", file_get_closefd, NULL, "True if the file descriptor will be closed by close().", NULL},
    {"mode", file_get_mode, NULL, "String giving the file mode", NULL},
    {"_blksize", file_get_blksize, file_set_blksize, NULL, NULL},
    {"_finalizing", file_get_finalizing, file_set_finalizing, NULL, NULL},
    {NULL}
};

PyTypeObject FileIO_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io.FileIO",
    .tp_basicsize = sizeof(FileIO),
    .tp_dealloc = file_dealloc,
    .tp_repr = file_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "FileIO(file, mode='r', closefd=True, opener=None)\n--\n\nA file, by name or descriptor, without a buffer.",
    .tp_traverse = file_traverse,
    .tp_clear = file_clear,
    .tp_weaklistoffset = offsetof(FileIO, weakrefs),
    .tp_methods = file_methods,
    .tp_getset = file_getset,
    .tp_base = &RawIOBase_Type,
    .tp_dictoffset = offsetof(FileIO, dict),
    .tp_init = file_init,
    .tp_new = file_new,
};
