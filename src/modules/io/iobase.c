/* _IOBase and _RawIOBase: what all streams can do. */
#include "modules/io/io.h"
#include "objects/names.h"

#include <errno.h>
#include <stddef.h>

PyObject *io_unsupported;

PyObject *io_raise_unsupported(const char *message)
{
    PyErr_SetString(io_unsupported, message);
    return NULL;
}

int io_is_closed(PyObject *self)
{
    PyObject *closed;
    if (_PyObject_LookupAttr(self, N(closed), &closed) <= 0)
        return PyErr_Occurred() ? -1 : 0;
    int is = PyObject_IsTrue(closed);
    Py_DECREF(closed);
    return is;
}

int io_check_closed(PyObject *self)
{
    int closed = io_is_closed(self);
    if (closed > 0)
        PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
    return closed ? -1 : 0;
}

static int check_able(PyObject *self, PyObject *method, const char *message)
{
    PyObject *answer = PyObject_CallMethodNoArgs(self, method);
    if (!answer)
        return -1;
    int able = answer == Py_True;
    Py_DECREF(answer);
    if (!able)
        io_raise_unsupported(message);
    return able ? 0 : -1;
}

int io_check_readable(PyObject *self) { return check_able(self, N(readable), "File or stream is not readable."); }
int io_check_writable(PyObject *self) { return check_able(self, N(writable), "File or stream is not writable."); }
int io_check_seekable(PyObject *self) { return check_able(self, N(seekable), "File or stream is not seekable."); }

int io_retry_after_signal(void)
{
    if (!PyErr_ExceptionMatches(PyExc_OSError))
        return 0;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *number = value ? ((PyOSErrorObject *)value)->myerrno : NULL;
    int retry = number && PyLong_Check(number) && PyLong_AsLong(number) == EINTR;
    if (retry) {
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
        return PyErr_CheckSignals() == 0;
    }
    PyErr_Restore(type, value, traceback);
    return 0;
}

int io_read_size(PyObject *x, Py_ssize_t *size)
{
    *size = -1;
    if (!x || x == Py_None)
        return 0;
    if (!PyIndex_Check(x)) {
        PyErr_Format(PyExc_TypeError, "argument should be integer or None, not '%.200s'", Py_TYPE(x)->tp_name);
        return -1;
    }
    *size = PyNumber_AsSsize_t(x, PyExc_OverflowError);
    return *size == -1 && PyErr_Occurred() ? -1 : 0;
}

int64_t io_offset(PyObject *x, PyObject *error)
{
    PyObject *index = PyNumber_Index(x);
    if (!index)
        return -1;
    long long value = PyLong_AsLongLong(index);
    Py_DECREF(index);
    if (value == -1 && PyErr_Occurred() && error) {
        PyErr_Clear();
        PyErr_Format(error, "cannot fit '%.200s' into an offset-sized integer", Py_TYPE(x)->tp_name);
    }
    return value;
}

/* ---- the default methods ------------------------------------------------------------------------------------------------- */

static PyObject *unsupported_seek(PyObject *self, PyObject *args) { return io_raise_unsupported("seek"); }
static PyObject *unsupported_truncate(PyObject *self, PyObject *args) { return io_raise_unsupported("truncate"); }
static PyObject *unsupported_fileno(PyObject *self, PyObject *u) { return io_raise_unsupported("fileno"); }
static PyObject *iobase_tell(PyObject *self, PyObject *u) { return PyObject_CallMethod(self, "seek", "ii", 0, 1); }

/* Whether close() has run: it leaves a mark in the object's __dict__.  1, 0, -1. */
static int is_marked_closed(PyObject *self)
{
    PyObject *mark;
    int found = _PyObject_LookupAttr(self, N(__IOBase_closed), &mark);
    Py_XDECREF(mark);
    return found;
}

static PyObject *closed_error(void)
{
    PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
    return NULL;
}

static PyObject *iobase_flush(PyObject *self, PyObject *u)
{
    int closed = is_marked_closed(self);
    if (closed)
        return closed > 0 ? closed_error() : NULL;
    Py_RETURN_NONE;
}

static PyObject *iobase_get_closed(PyObject *self, void *closure)
{
    int closed = is_marked_closed(self);
    return closed < 0 ? NULL : PyBool_FromLong(closed);
}

static PyObject *iobase_close(PyObject *self, PyObject *u)
{
    int closed = is_marked_closed(self);
    if (closed)
        return closed < 0 ? NULL : Py_NewRef(Py_None);
    PyObject *done = PyObject_CallMethodNoArgs(self, N(flush));
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    int failed = PyObject_SetAttr(self, N(__IOBase_closed), Py_True) < 0;
    _PyErr_ChainExceptions(type, value, traceback);
    if (failed)
        Py_CLEAR(done);
    return done;
}

static PyObject *answer_false(PyObject *self, PyObject *u)
{
    return io_check_closed(self) < 0 ? NULL : Py_NewRef(Py_False);
}

static PyObject *method_check_closed(PyObject *self, PyObject *u)
{
    return io_check_closed(self) < 0 ? NULL : Py_NewRef(Py_None);
}
static PyObject *method_check_readable(PyObject *self, PyObject *u)
{
    return io_check_readable(self) < 0 ? NULL : Py_NewRef(Py_True);
}
static PyObject *method_check_writable(PyObject *self, PyObject *u)
{
    return io_check_writable(self) < 0 ? NULL : Py_NewRef(Py_True);
}
static PyObject *method_check_seekable(PyObject *self, PyObject *u)
{
    return io_check_seekable(self) < 0 ? NULL : Py_NewRef(Py_True);
}

static PyObject *iobase_enter(PyObject *self, PyObject *u) { return io_check_closed(self) < 0 ? NULL : Py_NewRef(self); }
static PyObject *iobase_exit(PyObject *self, PyObject *args) { return PyObject_CallMethodNoArgs(self, N(close)); }
static PyObject *iobase_iter(PyObject *self) { return io_check_closed(self) < 0 ? NULL : Py_NewRef(self); }

static PyObject *iobase_next(PyObject *self)
{
    PyObject *line = PyObject_CallMethodNoArgs(self, N(readline));
    if (line && PyObject_Size(line) <= 0)
        Py_CLEAR(line);
    return line;
}

/* How many bytes may be read without reading past the line: through peek() where there is one, else 1.  -1 on error. */
static Py_ssize_t line_step(PyObject *self, PyObject *peek, Py_ssize_t limit)
{
    if (!peek)
        return 1;
    PyObject *ahead;
    do {
        PyObject *one = PyLong_FromLong(1);
        ahead = one ? PyObject_CallOneArg(peek, one) : NULL;
        Py_XDECREF(one);
    } while (!ahead && io_retry_after_signal());
    if (!ahead)
        return -1;
    if (!PyBytes_Check(ahead)) {
        PyErr_Format(PyExc_OSError, "peek() should have returned a bytes object, not '%.200s'", Py_TYPE(ahead)->tp_name);
        Py_DECREF(ahead);
        return -1;
    }
    Py_ssize_t size = PyBytes_GET_SIZE(ahead), step = 1;
    if (size > 0) {
        if (limit >= 0 && size > limit)
            size = limit;
        const char *newline = memchr(PyBytes_AS_STRING(ahead), '\n', (size_t)size);
        step = newline ? newline - PyBytes_AS_STRING(ahead) + 1 : size;
    }
    Py_DECREF(ahead);
    return step;
}

static PyObject *iobase_readline(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t limit;
    if (!_PyArg_CheckPositional("readline", nargs, 0, 1) || io_read_size(nargs ? args[0] : NULL, &limit) < 0)
        return NULL;
    PyObject *peek;
    if (_PyObject_LookupAttr(self, N(peek), &peek) < 0)
        return NULL;
    PyObject *line = PyByteArray_FromStringAndSize(NULL, 0), *result = NULL;
    while (line && (limit < 0 || PyByteArray_GET_SIZE(line) < limit)) {
        Py_ssize_t step = line_step(self, peek, limit < 0 ? -1 : limit - PyByteArray_GET_SIZE(line));
        PyObject *piece = step < 0 ? NULL : PyObject_CallMethod(self, "read", "n", step);
        if (!piece) {
            if (step >= 0 && io_retry_after_signal())
                continue;
            goto done;
        }
        if (!PyBytes_Check(piece)) {
            PyErr_Format(PyExc_OSError, "read() should have returned a bytes object, not '%.200s'", Py_TYPE(piece)->tp_name);
            Py_DECREF(piece);
            goto done;
        }
        Py_ssize_t size = PyBytes_GET_SIZE(piece), old = PyByteArray_GET_SIZE(line);
        int failed = size && PyByteArray_Resize(line, old + size) < 0;
        if (!failed && size)
            memcpy(PyByteArray_AS_STRING(line) + old, PyBytes_AS_STRING(piece), (size_t)size);
        int ended = size == 0 || PyBytes_AS_STRING(piece)[size - 1] == '\n';
        Py_DECREF(piece);
        if (failed)
            goto done;
        if (ended)
            break;
    }
    if (line)
        result = PyBytes_FromStringAndSize(PyByteArray_AS_STRING(line), PyByteArray_GET_SIZE(line));
done:
    Py_XDECREF(peek);
    Py_XDECREF(line);
    return result;
}

static PyObject *iobase_readlines(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t hint, total = 0;
    if (!_PyArg_CheckPositional("readlines", nargs, 0, 1) || io_read_size(nargs ? args[0] : NULL, &hint) < 0)
        return NULL;
    PyObject *list = PyList_New(0), *it = list ? PyObject_GetIter(self) : NULL, *line;
    while (it && (line = PyIter_Next(it))) {
        Py_ssize_t size = PyObject_Size(line);
        int failed = size < 0 || PyList_Append(list, line) < 0;
        Py_DECREF(line);
        if (failed)
            break;
        total += size;
        if (hint > 0 && total >= hint)
            break;
    }
    Py_XDECREF(it);
    if (PyErr_Occurred())
        Py_CLEAR(list);
    return list;
}

static PyObject *iobase_writelines(PyObject *self, PyObject *lines)
{
    if (io_check_closed(self) < 0)
        return NULL;
    PyObject *it = PyObject_GetIter(lines), *line;
    while (it && (line = PyIter_Next(it))) {
        PyObject *done;
        do
            done = PyObject_CallMethodOneArg(self, N(write), line);
        while (!done && io_retry_after_signal());
        Py_DECREF(line);
        if (!done)
            break;
        Py_DECREF(done);
    }
    Py_XDECREF(it);
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

/* ---- end of life ------------------------------------------------------------------------------------------------------------ */

void io_iobase_finalize(PyObject *self)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    int closed = io_is_closed(self);
    if (closed < 0)
        PyErr_Clear();
    if (closed == 0) {
        /* tells close() that the object goes, so that FileIO can warn */
        if (PyObject_SetAttr(self, N(_finalizing), Py_True) < 0)
            PyErr_Clear();
        PyObject *done = PyObject_CallMethodNoArgs(self, N(close));
        if (!done)
            PyErr_Clear();
        Py_XDECREF(done);
    }
    PyErr_Restore(type, value, traceback);
}

int io_finalize(PyObject *self)
{
    if (Py_REFCNT(self) == 0)
        return PyObject_CallFinalizerFromDealloc(self) >= 0;
    PyObject_CallFinalizer(self);
    return 1;
}

static int iobase_traverse(IOBase *self, visitproc visit, void *arg)
{
    Py_VISIT(self->dict);
    return 0;
}

static int iobase_clear(IOBase *self)
{
    Py_CLEAR(self->dict);
    return 0;
}

static void iobase_dealloc(IOBase *self)
{
    if (!io_finalize((PyObject *)self))
        return;
    PyObject_GC_UnTrack(self);
    if (self->weakrefs)
        PyObject_ClearWeakRefs((PyObject *)self);
    Py_CLEAR(self->dict);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

#define FAST(f) (PyCFunction)(void (*)(void))f, METH_FASTCALL

static PyMethodDef iobase_methods[] = {
    {"seek", unsupported_seek, METH_VARARGS, "seek(offset, whence=os.SEEK_SET, /)\n\nMoves to a position; not supported here."},
    {"tell", iobase_tell, METH_NOARGS, "tell($self, /)\n--\n\nThe current position."},
    {"truncate", unsupported_truncate, METH_VARARGS, "truncate(size=None, /)\n\nCuts the file to a size; not supported here."},
    {"flush", iobase_flush, METH_NOARGS, "flush($self, /)\n--\n\nWrites out what is buffered."},
    {"close", iobase_close, METH_NOARGS, "close($self, /)\n--\n\nFlushes and closes; closing twice is no error."},
    {"seekable", answer_false, METH_NOARGS, "seekable($self, /)\n--\n\nWhether the stream has positions."},
    {"readable", answer_false, METH_NOARGS, "readable($self, /)\n--\n\nWhether the stream can be read."},
    {"writable", answer_false, METH_NOARGS, "writable($self, /)\n--\n\nWhether the stream can be written."},
    {"_checkClosed", method_check_closed, METH_NOARGS, NULL},
    {"_checkSeekable", method_check_seekable, METH_NOARGS, NULL},
    {"_checkReadable", method_check_readable, METH_NOARGS, NULL},
    {"_checkWritable", method_check_writable, METH_NOARGS, NULL},
    {"fileno", unsupported_fileno, METH_NOARGS, "fileno($self, /)\n--\n\nThe file descriptor; not supported here."},
    {"isatty", answer_false, METH_NOARGS, "isatty($self, /)\n--\n\nWhether the stream is a terminal."},
    {"__enter__", iobase_enter, METH_NOARGS, NULL},
    {"__exit__", iobase_exit, METH_VARARGS, NULL},
    {"readline", FAST(iobase_readline), "readline($self, size=-1, /)\n--\n\nThe next line, of at most size bytes if given."},
    {"readlines", FAST(iobase_readlines), "readlines($self, hint=-1, /)\n--\n\nA list of lines, about hint bytes if given."},
    {"writelines", iobase_writelines, METH_O, "writelines($self, lines, /)\n--\n\nWrites all items of an iterable; adds no line ends."},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef iobase_getset[] = {{"__dict__", PyObject_GenericGetDict, NULL, NULL, NULL},
                                      {"closed", iobase_get_closed, NULL, NULL, NULL},
                                      {NULL, NULL, NULL, NULL, NULL}};

PyTypeObject PyIOBase_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io._IOBase",
    .tp_basicsize = sizeof(IOBase),
    .tp_dealloc = (destructor)iobase_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "The base of all streams: it has no read() or write() of its own.",
    .tp_traverse = (traverseproc)iobase_traverse,
    .tp_clear = (inquiry)iobase_clear,
    .tp_weaklistoffset = offsetof(IOBase, weakrefs),
    .tp_iter = iobase_iter,
    .tp_iternext = iobase_next,
    .tp_methods = iobase_methods,
    .tp_getset = iobase_getset,
    .tp_dictoffset = offsetof(IOBase, dict),
    .tp_new = PyType_GenericNew,
    .tp_finalize = io_iobase_finalize,
};

/* ---- _RawIOBase ------------------------------------------------------------------------------------------------------------------ */

static PyObject *raw_read(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t n = -1;
    if (!_PyArg_CheckPositional("read", nargs, 0, 1))
        return NULL;
    if (nargs && ((n = PyNumber_AsSsize_t(args[0], PyExc_OverflowError)) == -1) && PyErr_Occurred())
        return NULL;
    if (n < 0)
        return PyObject_CallMethodNoArgs(self, N(readall));
    PyObject *buffer = PyByteArray_FromStringAndSize(NULL, n);
    PyObject *got = buffer ? PyObject_CallMethodOneArg(self, N(readinto), buffer) : NULL, *result = got;
    if (got && got != Py_None) {
        Py_ssize_t size = PyNumber_AsSsize_t(got, PyExc_ValueError);
        Py_DECREF(got);
        if (size > n || size < 0) {
            if (!PyErr_Occurred())
                PyErr_Format(PyExc_ValueError, "readinto returned %zd outside buffer size %zd", size, n);
            result = NULL;
        } else {
            result = PyBytes_FromStringAndSize(PyByteArray_AS_STRING(buffer), size);
        }
    }
    Py_XDECREF(buffer);
    return result;
}

static PyObject *raw_readall(PyObject *self, PyObject *u)
{
    PyObject *pieces = PyList_New(0), *result = NULL;
    while (pieces) {
        PyObject *piece = PyObject_CallMethod(self, "read", "i", IO_BUFFER_SIZE);
        if (!piece) {
            if (io_retry_after_signal())
                continue;
            goto done;
        }
        if (piece == Py_None) {
            if (PyList_GET_SIZE(pieces) == 0) {
                Py_DECREF(pieces);
                return piece;
            }
            Py_DECREF(piece);
            break;
        }
        if (!PyBytes_Check(piece)) {
            Py_DECREF(piece);
            PyErr_SetString(PyExc_TypeError, "read() should return bytes");
            goto done;
        }
        Py_ssize_t size = PyBytes_GET_SIZE(piece);
        int failed = size && PyList_Append(pieces, piece) < 0;
        Py_DECREF(piece);
        if (failed)
            goto done;
        if (size == 0)
            break;
    }
    PyObject *empty = PyBytes_FromStringAndSize(NULL, 0);
    result = empty && pieces ? _PyBytes_Join(empty, pieces) : NULL;
    Py_XDECREF(empty);
done:
    Py_XDECREF(pieces);
    return result;
}

static PyObject *raw_absent(PyObject *self, PyObject *x)
{
    PyErr_SetNone(PyExc_NotImplementedError);
    return NULL;
}

static PyMethodDef raw_methods[] = {
    {"read", FAST(raw_read), "read($self, size=-1, /)\n--\n\nUp to size bytes in one call of the system; all by default."},
    {"readall", raw_readall, METH_NOARGS, "readall($self, /)\n--\n\nAll bytes up to the end."},
    {"readinto", raw_absent, METH_O, NULL},
    {"write", raw_absent, METH_O, NULL},
    {NULL, NULL, 0, NULL}};

PyTypeObject PyRawIOBase_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io._RawIOBase",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "The base of streams of bytes without a buffer.",
    .tp_methods = raw_methods,
    .tp_base = &PyIOBase_Type,
};
