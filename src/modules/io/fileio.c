/* FileIO: a file descriptor as a raw stream. */
#include "modules/io/io.h"
#include "objects/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyObject *weakrefs;
    int fd;            /* -1: closed */
    unsigned created : 1, readable : 1, writable : 1, appending : 1, closefd : 1, finalizing : 1;
    signed seekable : 2; /* -1: not known yet */
    unsigned blksize;
} FileIO;

static PyObject *closed_error(void)
{
    PyErr_SetString(PyExc_ValueError, "I/O operation on closed file");
    return NULL;
}

static PyObject *mode_error(const char *action)
{
    PyErr_Format(io_unsupported, "File not open for %s", action);
    return NULL;
}

static PyObject *os_error(void) { return PyErr_SetFromErrno(PyExc_OSError); }

/* Closes the descriptor; 0, or -1 with OSError. */
static int close_fd(FileIO *self)
{
    int fd = self->fd, result = 0, error = 0;
    if (fd < 0)
        return 0;
    self->fd = -1;
    Py_BEGIN_ALLOW_THREADS
    result = close(fd);
    error = errno;
    Py_END_ALLOW_THREADS
    if (result < 0) {
        errno = error;
        os_error();
    }
    return result;
}

/* ---- opening ----------------------------------------------------------------------------------------------------------------- */

static int bad_mode(const char *mode)
{
    PyErr_Format(PyExc_ValueError, "invalid mode: %.200s", mode);
    return -1;
}

/* Sets the fields that the mode says and *flags for open(); 0, or -1 with ValueError. */
static int read_mode(FileIO *self, const char *mode, int *flags)
{
    int kinds = 0, plus = 0;
    *flags = 0;
    for (const char *c = mode; *c; c++) {
        switch (*c) {
        case 'x':
            self->created = 1;
            self->writable = 1;
            *flags |= O_EXCL | O_CREAT;
            kinds++;
            break;
        case 'r':
            self->readable = 1;
            kinds++;
            break;
        case 'w':
            self->writable = 1;
            *flags |= O_CREAT | O_TRUNC;
            kinds++;
            break;
        case 'a':
            self->writable = 1;
            self->appending = 1;
            *flags |= O_APPEND | O_CREAT;
            kinds++;
            break;
        case 'b': break;
        case '+':
            if (plus++)
                kinds = 2;
            break;
        default: return bad_mode(mode);
        }
        if (kinds > 1)
            break;
    }
    if (kinds != 1) {
        PyErr_SetString(PyExc_ValueError, "Must have exactly one of create/read/write/append mode and at most one plus");
        return -1;
    }
    if (plus)
        self->readable = self->writable = 1;
    *flags |= (self->readable && self->writable ? O_RDWR : self->readable ? O_RDONLY : O_WRONLY) | O_CLOEXEC;
    return 0;
}

/* Opens by name, through the opener if there is one; 0, or -1 with an exception. */
static int open_name(FileIO *self, PyObject *name, int flags, PyObject *opener)
{
    if (opener && opener != Py_None) {
        PyObject *fd = PyObject_CallFunction(opener, "Oi", name, flags);
        if (!fd)
            return -1;
        self->fd = _PyLong_AsInt(fd);
        Py_DECREF(fd);
        if (self->fd < 0) {
            if (!PyErr_Occurred())
                PyErr_Format(PyExc_ValueError, "opener returned %d", self->fd);
            return -1;
        }
        if (fcntl(self->fd, F_SETFD, FD_CLOEXEC) < 0) {
            os_error();
            return -1;
        }
        return 0;
    }
    PyObject *bytes;
    if (!PyUnicode_FSConverter(name, &bytes))
        return -1;
    int error = 0, interrupted = 0;
    do {
        Py_BEGIN_ALLOW_THREADS
        self->fd = open(PyBytes_AS_STRING(bytes), flags, 0666);
        error = errno;
        Py_END_ALLOW_THREADS
    } while (self->fd < 0 && error == EINTR && !(interrupted = PyErr_CheckSignals()));
    Py_DECREF(bytes);
    if (interrupted)
        return -1;
    if (self->fd < 0) {
        errno = error;
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, name);
        return -1;
    }
    return 0;
}

/* Refuses directories, learns the block size; 0, or -1 with OSError. */
static int look_at(FileIO *self, PyObject *name)
{
    struct stat info;
    if (fstat(self->fd, &info) < 0) {
        if (errno == EBADF) {
            os_error();
            return -1;
        }
        return 0;
    }
    if (S_ISDIR(info.st_mode)) {
        errno = EISDIR;
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, name);
        return -1;
    }
    if (info.st_blksize > 1)
        self->blksize = (unsigned)info.st_blksize;
    return 0;
}

static int fileio_init(FileIO *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"file", "mode", "closefd", "opener", NULL};
    PyObject *name, *opener = Py_None;
    const char *mode = "r";
    int closefd = 1, flags, fd = -1, own = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|spO:FileIO", names, &name, &mode, &closefd, &opener))
        return -1;
    if (self->fd >= 0) {
        if (self->closefd && close_fd(self) < 0)
            return -1;
        self->fd = -1;
    }
    if (PyBool_Check(name) && PyErr_WarnEx(PyExc_RuntimeWarning, "bool is used as a file descriptor", 1) < 0)
        return -1;
    self->created = self->readable = self->writable = self->appending = 0;
    self->seekable = -1;
    self->closefd = (unsigned)closefd & 1;
    self->blksize = IO_BUFFER_SIZE;
    if (PyLong_Check(name) || PyFloat_Check(name)) {
        fd = _PyLong_AsInt(name);
        if (fd == -1 && PyErr_Occurred()) {
            if (!PyErr_ExceptionMatches(PyExc_OverflowError))
                return -1;
            PyErr_Clear();
        }
        if (fd < 0) {
            PyErr_SetString(PyExc_ValueError, "negative file descriptor");
            return -1;
        }
    }
    if (read_mode(self, mode, &flags) < 0 || PySys_Audit("open", "Osi", name, mode, flags) < 0)
        return -1;
    if (fd >= 0) {
        self->fd = fd;
    } else {
        if (!closefd) {
            PyErr_SetString(PyExc_ValueError, "Cannot use closefd=False with file name");
            return -1;
        }
        own = 1;
        if (open_name(self, name, flags, opener) < 0)
            return -1;
    }
    int failed = look_at(self, name) < 0 || PyObject_SetAttr((PyObject *)self, N(name), name) < 0;
    if (!failed && self->appending && lseek(self->fd, 0, SEEK_END) < 0 && errno != ESPIPE && own) {
        os_error();
        failed = 1;
    }
    if (failed) {
        if (own) {
            PyObject *type, *value, *traceback;
            PyErr_Fetch(&type, &value, &traceback);
            if (close_fd(self) < 0)
                PyErr_Clear();
            PyErr_Restore(type, value, traceback);
        } else {
            self->fd = -1;
        }
        return -1;
    }
    return 0;
}

static PyObject *fileio_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    FileIO *self = (FileIO *)type->tp_alloc(type, 0);
    if (self) {
        self->fd = -1;
        self->blksize = 0;
        self->seekable = -1;
        self->closefd = 1;
    }
    return (PyObject *)self;
}

/* ---- closing ------------------------------------------------------------------------------------------------------------------ */

static void warn_unclosed(FileIO *self)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (PyErr_ResourceWarning((PyObject *)self, 1, "unclosed file %R", self) < 0) {
        if (PyErr_ExceptionMatches(PyExc_Warning))
            PyErr_WriteUnraisable((PyObject *)self);
    }
    PyErr_Restore(type, value, traceback);
}

static PyObject *fileio_close(FileIO *self, PyObject *u)
{
    PyObject *base = PyObject_CallMethodOneArg((PyObject *)&PyRawIOBase_Type, N(close), (PyObject *)self);
    if (!self->closefd) {
        self->fd = -1;
        return base;
    }
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (self->finalizing && self->fd >= 0)
        warn_unclosed(self);
    int failed = close_fd(self);
    _PyErr_ChainExceptions(type, value, traceback);
    if (failed < 0)
        Py_CLEAR(base);
    return base;
}

static int fileio_traverse(FileIO *self, visitproc visit, void *arg)
{
    Py_VISIT(self->dict);
    return 0;
}

static int fileio_clear(FileIO *self)
{
    Py_CLEAR(self->dict);
    return 0;
}

static void fileio_dealloc(FileIO *self)
{
    self->finalizing = 1;
    if (!io_finalize((PyObject *)self))
        return;
    PyObject_GC_UnTrack(self);
    if (self->weakrefs)
        PyObject_ClearWeakRefs((PyObject *)self);
    Py_CLEAR(self->dict);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyObject *fileio_dealloc_warn(FileIO *self, PyObject *source)
{
    if (self->fd >= 0 && self->closefd)
        warn_unclosed(self);
    Py_RETURN_NONE;
}

/* ---- what it is ------------------------------------------------------------------------------------------------------------------ */

static PyObject *fileio_fileno(FileIO *self, PyObject *u) { return self->fd < 0 ? closed_error() : PyLong_FromLong(self->fd); }
static PyObject *fileio_readable(FileIO *self, PyObject *u) { return self->fd < 0 ? closed_error() : PyBool_FromLong(self->readable); }
static PyObject *fileio_writable(FileIO *self, PyObject *u) { return self->fd < 0 ? closed_error() : PyBool_FromLong(self->writable); }

static PyObject *fileio_isatty(FileIO *self, PyObject *u)
{
    return self->fd < 0 ? closed_error() : PyBool_FromLong(isatty(self->fd));
}

static PyObject *fileio_seekable(FileIO *self, PyObject *u)
{
    if (self->fd < 0)
        return closed_error();
    if (self->seekable < 0)
        self->seekable = lseek(self->fd, 0, SEEK_CUR) >= 0;
    return PyBool_FromLong(self->seekable);
}

static const char *mode_text(FileIO *self)
{
    if (self->created)
        return self->readable ? "xb+" : "xb";
    if (self->appending)
        return self->readable ? "ab+" : "ab";
    return self->readable ? self->writable ? "rb+" : "rb" : "wb";
}

static PyObject *get_mode(FileIO *self, void *c) { return PyUnicode_FromString(mode_text(self)); }
static PyObject *get_closed(FileIO *self, void *c) { return PyBool_FromLong(self->fd < 0); }
static PyObject *get_closefd(FileIO *self, void *c) { return PyBool_FromLong(self->closefd); }
static PyObject *get_blksize(FileIO *self, void *c) { return PyLong_FromUnsignedLong(self->blksize); }
static PyObject *get_finalizing(FileIO *self, void *c) { return PyBool_FromLong(self->finalizing); }

static int set_finalizing(FileIO *self, PyObject *value, void *c)
{
    int is = value ? PyObject_IsTrue(value) : 0;
    if (is < 0)
        return -1;
    self->finalizing = (unsigned)is & 1;
    return 0;
}

static int set_blksize(FileIO *self, PyObject *value, void *c)
{
    long size = value ? PyLong_AsLong(value) : IO_BUFFER_SIZE;
    if (size == -1 && PyErr_Occurred())
        return -1;
    self->blksize = (unsigned)size;
    return 0;
}

static PyObject *fileio_repr(FileIO *self)
{
    if (self->fd < 0)
        return PyUnicode_FromFormat("<%s [closed]>", Py_TYPE(self)->tp_name);
    PyObject *name;
    if (_PyObject_LookupAttr((PyObject *)self, N(name), &name) < 0)
        return NULL;
    const char *closefd = self->closefd ? "True" : "False";
    PyObject *text;
    if (!name)
        return PyUnicode_FromFormat("<%s fd=%d mode='%s' closefd=%s>", Py_TYPE(self)->tp_name, self->fd, mode_text(self), closefd);
    int status = Py_ReprEnter((PyObject *)self);
    if (status) {
        if (status > 0)
            PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__", Py_TYPE(self)->tp_name);
        Py_DECREF(name);
        return NULL;
    }
    text = PyUnicode_FromFormat("<%s name=%R mode='%s' closefd=%s>", Py_TYPE(self)->tp_name, name, mode_text(self), closefd);
    Py_ReprLeave((PyObject *)self);
    Py_DECREF(name);
    return text;
}

/* ---- reading and writing ------------------------------------------------------------------------------------------------------------- */

/* read() that goes on after a signal; -1 with an exception, -2 when it would block. */
static Py_ssize_t read_fd(int fd, void *buffer, size_t size)
{
    for (;;) {
        Py_ssize_t n;
        int error;
        Py_BEGIN_ALLOW_THREADS
        errno = 0;
        n = read(fd, buffer, size > PY_SSIZE_T_MAX ? PY_SSIZE_T_MAX : size);
        error = errno;
        Py_END_ALLOW_THREADS
        if (n >= 0)
            return n;
        if (error == EAGAIN)
            return -2;
        if (error != EINTR) {
            errno = error;
            os_error();
            return -1;
        }
        if (PyErr_CheckSignals() < 0)
            return -1;
    }
}

static PyObject *fileio_readinto(FileIO *self, PyObject *target)
{
    if (self->fd < 0)
        return closed_error();
    if (!self->readable)
        return mode_error("reading");
    Py_buffer view;
    if (PyObject_GetBuffer(target, &view, PyBUF_WRITABLE) < 0) {
        PyErr_Format(PyExc_TypeError, "readinto() argument must be read-write bytes-like object, not %.50s", Py_TYPE(target)->tp_name);
        return NULL;
    }
    Py_ssize_t n = read_fd(self->fd, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    if (n == -2)
        Py_RETURN_NONE;
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}

/* A good first size for reading all: what the file has left, and one byte to see the end. */
static size_t size_to_read(int fd)
{
    struct stat info;
    off_t at = lseek(fd, 0, SEEK_CUR);
    if (at >= 0 && fstat(fd, &info) == 0 && info.st_size >= at)
        return (size_t)(info.st_size - at) + 1;
    return IO_BUFFER_SIZE;
}

static PyObject *fileio_readall(FileIO *self, PyObject *u)
{
    if (self->fd < 0)
        return closed_error();
    size_t room = size_to_read(self->fd), size = 0;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)room);
    while (bytes) {
        if (size == room) {
            room += room > 65536 ? room / 4 : room + IO_BUFFER_SIZE;
            if (_PyBytes_Resize(&bytes, (Py_ssize_t)room) < 0)
                return NULL;
        }
        Py_ssize_t n = read_fd(self->fd, PyBytes_AS_STRING(bytes) + size, room - size);
        if (n == 0)
            break;
        if (n == -2) {
            if (size > 0)
                break;
            Py_DECREF(bytes);
            Py_RETURN_NONE;
        }
        if (n < 0) {
            Py_DECREF(bytes);
            return NULL;
        }
        size += (size_t)n;
    }
    if (bytes && size < room)
        _PyBytes_Resize(&bytes, (Py_ssize_t)size);
    return bytes;
}

static PyObject *fileio_read(FileIO *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t size;
    if (self->fd < 0)
        return closed_error();
    if (!self->readable)
        return mode_error("reading");
    if (!_PyArg_CheckPositional("read", nargs, 0, 1) || io_read_size(nargs ? args[0] : NULL, &size) < 0)
        return NULL;
    if (size < 0)
        return fileio_readall(self, NULL);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    Py_ssize_t n = bytes ? read_fd(self->fd, PyBytes_AS_STRING(bytes), (size_t)size) : -1;
    if (n < 0) {
        Py_XDECREF(bytes);
        return n == -2 ? Py_NewRef(Py_None) : NULL;
    }
    if (n != size)
        _PyBytes_Resize(&bytes, n);
    return bytes;
}

static PyObject *fileio_write(FileIO *self, PyObject *data)
{
    if (self->fd < 0)
        return closed_error();
    if (!self->writable)
        return mode_error("writing");
    Py_buffer view;
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    Py_ssize_t n;
    int error;
    do {
        Py_BEGIN_ALLOW_THREADS
        n = write(self->fd, view.buf, (size_t)view.len);
        error = errno;
        Py_END_ALLOW_THREADS
    } while (n < 0 && error == EINTR && PyErr_CheckSignals() == 0);
    PyBuffer_Release(&view);
    if (n >= 0)
        return PyLong_FromSsize_t(n);
    if (PyErr_Occurred())
        return NULL;
    if (error == EAGAIN)
        Py_RETURN_NONE;
    errno = error;
    return os_error();
}

/* ---- positions -------------------------------------------------------------------------------------------------------------------------- */

static PyObject *seek_to(FileIO *self, PyObject *position, int whence)
{
    int64_t at = position ? io_offset(position, NULL) : 0;
    if (at == -1 && PyErr_Occurred())
        return NULL;
    off_t result;
    Py_BEGIN_ALLOW_THREADS
    result = lseek(self->fd, at, whence);
    Py_END_ALLOW_THREADS
    if (result < 0)
        return os_error();
    self->seekable = 1;
    return PyLong_FromLongLong(result);
}

static PyObject *fileio_seek(FileIO *self, PyObject *const *args, Py_ssize_t nargs)
{
    int whence = 0;
    if (!_PyArg_CheckPositional("seek", nargs, 1, 2))
        return NULL;
    if (nargs > 1 && (whence = _PyLong_AsInt(args[1])) == -1 && PyErr_Occurred())
        return NULL;
    return self->fd < 0 ? closed_error() : seek_to(self, args[0], whence);
}

static PyObject *fileio_tell(FileIO *self, PyObject *u) { return self->fd < 0 ? closed_error() : seek_to(self, NULL, SEEK_CUR); }

static PyObject *fileio_truncate(FileIO *self, PyObject *const *args, Py_ssize_t nargs)
{
    if (self->fd < 0)
        return closed_error();
    if (!self->writable)
        return mode_error("writing");
    if (!_PyArg_CheckPositional("truncate", nargs, 0, 1))
        return NULL;
    PyObject *size = nargs && args[0] != Py_None ? Py_NewRef(args[0]) : seek_to(self, NULL, SEEK_CUR);
    int64_t length = size ? io_offset(size, NULL) : -1;
    if (length == -1 && PyErr_Occurred()) {
        Py_XDECREF(size);
        return NULL;
    }
    int result;
    Py_BEGIN_ALLOW_THREADS
    result = ftruncate(self->fd, length);
    Py_END_ALLOW_THREADS
    if (result < 0) {
        Py_DECREF(size);
        return os_error();
    }
    return size;
}

static PyObject *fileio_getstate(FileIO *self, PyObject *u)
{
    PyErr_Format(PyExc_TypeError, "cannot pickle %s instances", Py_TYPE(self)->tp_name);
    return NULL;
}

#define FAST(f) (PyCFunction)(void (*)(void))f, METH_FASTCALL
#define NOARGS(f) (PyCFunction)(void (*)(void))f, METH_NOARGS
#define ONE(f) (PyCFunction)(void (*)(void))f, METH_O

static PyMethodDef methods[] = {
    {"read", FAST(fileio_read), "read($self, size=-1, /)\n--\n\nUp to size bytes in one call of the system; all by default."},
    {"readall", NOARGS(fileio_readall), "readall($self, /)\n--\n\nAll bytes up to the end."},
    {"readinto", ONE(fileio_readinto), "readinto($self, buffer, /)\n--\n\nReads into a buffer; the number of bytes."},
    {"write", ONE(fileio_write), "write($self, b, /)\n--\n\nWrites bytes; how many were taken."},
    {"seek", FAST(fileio_seek), "seek($self, pos, whence=0, /)\n--\n\nMoves to a position; the new one."},
    {"tell", NOARGS(fileio_tell), "tell($self, /)\n--\n\nThe current position."},
    {"truncate", FAST(fileio_truncate), "truncate($self, size=None, /)\n--\n\nCuts the file to a size, the position by default."},
    {"close", NOARGS(fileio_close), "close($self, /)\n--\n\nCloses the file; closing twice is no error."},
    {"seekable", NOARGS(fileio_seekable), "seekable($self, /)\n--\n\nWhether the file has positions."},
    {"readable", NOARGS(fileio_readable), "readable($self, /)\n--\n\nWhether the file was opened for reading."},
    {"writable", NOARGS(fileio_writable), "writable($self, /)\n--\n\nWhether the file was opened for writing."},
    {"fileno", NOARGS(fileio_fileno), "fileno($self, /)\n--\n\nThe file descriptor."},
    {"isatty", NOARGS(fileio_isatty), "isatty($self, /)\n--\n\nWhether the file is a terminal."},
    {"_dealloc_warn", ONE(fileio_dealloc_warn), NULL},
    {"__reduce__", NOARGS(fileio_getstate), NULL},
    {"__reduce_ex__", ONE(fileio_getstate), NULL},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef getset[] = {
    {"closed", (getter)get_closed, NULL, "True if the file is closed", NULL},
    {"closefd", (getter)get_closefd, NULL, "True if the file descriptor will be closed by close().", NULL},
    {"mode", (getter)get_mode, NULL, "String giving the file mode", NULL},
    {"_blksize", (getter)get_blksize, (setter)set_blksize, NULL, NULL},
    {"_finalizing", (getter)get_finalizing, (setter)set_finalizing, NULL, NULL},
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL}};

PyTypeObject PyFileIO_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io.FileIO",
    .tp_basicsize = sizeof(FileIO),
    .tp_dealloc = (destructor)fileio_dealloc,
    .tp_repr = (reprfunc)fileio_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "FileIO(file, mode='r', closefd=True, opener=None)\n--\n\nA file by name or descriptor, without a buffer. Modes: r, w, x, a, and +.",
    .tp_traverse = (traverseproc)fileio_traverse,
    .tp_clear = (inquiry)fileio_clear,
    .tp_weaklistoffset = offsetof(FileIO, weakrefs),
    .tp_methods = methods,
    .tp_getset = getset,
    .tp_base = &PyRawIOBase_Type,
    .tp_dictoffset = offsetof(FileIO, dict),
    .tp_init = (initproc)fileio_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = fileio_new,
};
