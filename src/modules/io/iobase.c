/* _IOBase, _RawIOBase: what every stream can do, said in terms of other methods. */
#include "modules/io/io.h"
#include "memory/state.h"
#include <errno.h>
#include <stddef.h>
#include <string.h>

typedef struct {
    PyObject_HEAD
    PyObject *dict, *weakrefs;
} IOBase;

/* --- shared helpers --- */

PyObject *io_unsupported(const char *message)
{
    PyErr_SetString(KEPT(unsupported_operation), message);
    return NULL;
}

int io_is_closed(PyObject *self)
{
    PyObject *closed = PyObject_GetAttr(self, N(closed));
    if (closed == NULL)
        return -1;
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

static int check_ability(PyObject *self, PyObject *name, const char *message)
{
    PyObject *able = PyObject_CallMethodNoArgs(self, name);
    if (able == NULL)
        return -1;
    Py_DECREF(able);
    if (able == Py_True)
        return 0;
    io_unsupported(message);
    return -1;
}

int io_check_readable(PyObject *self) { return check_ability(self, N(readable), "File or stream is not readable."); }
int io_check_writable(PyObject *self) { return check_ability(self, N(writable), "File or stream is not writable."); }
int io_check_seekable(PyObject *self) { return check_ability(self, N(seekable), "File or stream is not seekable."); }

int io_trap_eintr(void)
{
    if (!PyErr_ExceptionMatches(PyExc_OSError))
        return 0;
    PyObject *type, *value, *trace, *number;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    number = PyObject_GetAttrString(value, "errno");
    int is_eintr = number && PyLong_Check(number) && PyLong_AsLong(number) == EINTR;
    Py_XDECREF(number);
    PyErr_Clear();
    if (!is_eintr) {
        PyErr_Restore(type, value, trace);
        return 0;
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(trace);
    return 1;
}

int io_size_arg(PyObject *const *args, Py_ssize_t nargs, const char *name, Py_ssize_t *n)
{
    *n = -1;
    if (nargs > 1 && !_PyArg_CheckPositional(name, nargs, 0, 1))
        return -1;
    if (nargs == 0 || args[0] == Py_None)
        return 0;
    if (!PyIndex_Check(args[0])) {
        PyErr_Format(PyExc_TypeError, "argument should be integer or None, not '%.200s'", Py_TYPE(args[0])->tp_name);
        return -1;
    }
    *n = PyNumber_AsSsize_t(args[0], PyExc_OverflowError);
    return *n == -1 && PyErr_Occurred() ? -1 : 0;
}

Py_off_t io_offset(PyObject *o)
{
    PyObject *i = PyNumber_Index(o);
    if (i == NULL)
        return -1;
    Py_off_t offset = PyLong_AsLongLong(i);
    Py_DECREF(i);
    if (offset == -1 && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_OverflowError)) {
        PyErr_Clear();
        PyErr_Format(PyExc_OverflowError, "cannot fit '%.200s' into an offset-sized integer", Py_TYPE(o)->tp_name);
    }
    return offset;
}

void io_chain(PyObject *type, PyObject *value, PyObject *trace)
{
    if (type == NULL)
        return;
    if (PyErr_Occurred())
        _PyErr_ChainExceptions(type, value, trace);
    else
        PyErr_Restore(type, value, trace);
}

/* --- _IOBase --- */

static PyObject *base_seek(PyObject *self, PyObject *args) { return io_unsupported("seek"); }
static PyObject *base_truncate(PyObject *self, PyObject *args) { return io_unsupported("truncate"); }
static PyObject *base_fileno(PyObject *self, PyObject *unused) { return io_unsupported("fileno"); }
static PyObject *base_tell(PyObject *self, PyObject *unused) { return PyObject_CallMethod(self, "seek", "ii", 0, 1); }

/* Closed by IOBase.close: the mark stands in the instance. */
static int base_is_closed(PyObject *self)
{
    PyObject *mark;
    int found = _PyObject_LookupAttr(self, N(__IOBase_closed), &mark);
    Py_XDECREF(mark);
    return found;
}

static PyObject *base_closed(PyObject *self, void *unused)
{
    int closed = base_is_closed(self);
    return closed < 0 ? NULL : PyBool_FromLong(closed);
}

static PyObject *base_flush(PyObject *self, PyObject *unused)
{
    int closed = base_is_closed(self);
    if (closed > 0)
        PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
    if (closed)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *base_close(PyObject *self, PyObject *unused)
{
    int closed = base_is_closed(self);
    if (closed < 0)
        return NULL;
    if (closed)
        Py_RETURN_NONE;
    PyObject *type, *value, *trace, *done = PyObject_CallMethodNoArgs(self, N(flush));
    PyErr_Fetch(&type, &value, &trace);
    int failed = PyObject_SetAttr(self, N(__IOBase_closed), Py_True);
    io_chain(type, value, trace);
    if (failed < 0)
        Py_CLEAR(done);
    Py_XDECREF(done);
    if (done == NULL)
        return NULL;
    Py_RETURN_NONE;
}

static void base_finalize(PyObject *self)
{
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    int closed = io_is_closed(self);
    if (closed < 0)
        PyErr_Clear();
    if (closed <= 0) {
        if (PyObject_SetAttr(self, N(_finalizing), Py_True) < 0)
            PyErr_Clear();
        PyObject *done = PyObject_CallMethodNoArgs(self, N(close));
        if (done == NULL)
            PyErr_Clear();  /* nobody is left who could be told */
        Py_XDECREF(done);
    }
    PyErr_Restore(type, value, trace);
}

int io_finalize(PyObject *self)
{
    int is_heap = Py_TYPE(self)->tp_flags & Py_TPFLAGS_HEAPTYPE;
    if (PyObject_CallFinalizerFromDealloc(self) < 0) {
        if (is_heap)
            Py_INCREF(Py_TYPE(self));  /* the instance lives on, and with it its reference to the type */
        return -1;
    }
    return 0;
}

static int base_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((IOBase *)self)->dict);
    return 0;
}

static int base_clear(PyObject *self)
{
    Py_CLEAR(((IOBase *)self)->dict);
    return 0;
}

static void base_dealloc(PyObject *self)
{
    if (io_finalize(self) < 0)
        return;
    PyObject_GC_UnTrack(self);
    if (((IOBase *)self)->weakrefs)
        PyObject_ClearWeakRefs(self);
    Py_CLEAR(((IOBase *)self)->dict);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *base_no(PyObject *self, PyObject *unused) { Py_RETURN_FALSE; }

static PyObject *base_isatty(PyObject *self, PyObject *unused)
{
    if (io_check_closed(self) < 0)
        return NULL;
    Py_RETURN_FALSE;
}

#define CHECKER(name, function) \
    static PyObject *name(PyObject *self, PyObject *args) \
    { \
        if (function(self) < 0) \
            return NULL; \
        Py_RETURN_TRUE; \
    }
CHECKER(base_check_seekable, io_check_seekable)
CHECKER(base_check_readable, io_check_readable)
CHECKER(base_check_writable, io_check_writable)

static PyObject *base_check_closed(PyObject *self, PyObject *args)
{
    if (io_check_closed(self) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *base_enter(PyObject *self, PyObject *unused)
{
    if (io_check_closed(self) < 0)
        return NULL;
    Py_INCREF(self);
    return self;
}

static PyObject *base_exit(PyObject *self, PyObject *args) { return PyObject_CallMethodNoArgs(self, N(close)); }

static PyObject *base_iter(PyObject *self)
{
    if (io_check_closed(self) < 0)
        return NULL;
    Py_INCREF(self);
    return self;
}

static PyObject *base_next(PyObject *self)
{
    PyObject *line = PyObject_CallMethodNoArgs(self, N(readline));
    if (line == NULL)
        return NULL;
    if (PyObject_Size(line) <= 0)
        Py_CLEAR(line);
    return line;
}

/* How many bytes to read next so as not to pass a line end: from peek(), or 1. */
static Py_ssize_t line_ahead(PyObject *self, PyObject *peek, Py_ssize_t limit)
{
    if (peek == NULL)
        return 1;
    PyObject *ahead = PyObject_CallFunction(peek, "i", 1);
    if (ahead == NULL)
        return io_trap_eintr() ? 0 : -1;
    if (!PyBytes_Check(ahead)) {
        PyErr_Format(PyExc_OSError, "peek() should have returned a bytes object, not '%.200s'", Py_TYPE(ahead)->tp_name);
        Py_DECREF(ahead);
        return -1;
    }
    Py_ssize_t n = PyBytes_GET_SIZE(ahead), want = 1;
    if (n > 0) {
        const char *s = PyBytes_AS_STRING(ahead), *nl = memchr(s, '\n', limit >= 0 && limit < n ? limit : n);
        want = nl ? nl - s + 1 : limit >= 0 && limit < n ? limit : n;
    }
    Py_DECREF(ahead);
    return want;
}

static PyObject *base_readline(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t limit;
    PyObject *peek;
    if (io_size_arg(args, nargs, "readline", &limit) < 0 || _PyObject_LookupAttr(self, N(peek), &peek) < 0)
        return NULL;
    PyObject *line = PyByteArray_FromStringAndSize(NULL, 0), *result = NULL;
    while (line && (limit < 0 || PyByteArray_GET_SIZE(line) < limit)) {
        Py_ssize_t have = PyByteArray_GET_SIZE(line), want = line_ahead(self, peek, limit < 0 ? -1 : limit - have);
        if (want == 0)
            continue;
        PyObject *more = want < 0 ? NULL : PyObject_CallMethod(self, "read", "n", want);
        if (more == NULL) {
            if (want > 0 && io_trap_eintr())
                continue;
            goto done;
        }
        if (!PyBytes_Check(more)) {
            PyErr_Format(PyExc_OSError, "read() should have returned a bytes object, not '%.200s'", Py_TYPE(more)->tp_name);
            Py_DECREF(more);
            goto done;
        }
        Py_ssize_t n = PyBytes_GET_SIZE(more);
        if (n && PyByteArray_Resize(line, have + n) == 0)
            memcpy(PyByteArray_AS_STRING(line) + have, PyBytes_AS_STRING(more), n);
        Py_DECREF(more);
        if (PyErr_Occurred())
            goto done;
        if (n == 0 || PyByteArray_AS_STRING(line)[have + n - 1] == '\n')
            break;
    }
    if (line)
        result = PyBytes_FromStringAndSize(PyByteArray_AS_STRING(line), PyByteArray_GET_SIZE(line));
done:
    Py_XDECREF(line);
    Py_XDECREF(peek);
    return result;
}

static PyObject *base_readlines(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t hint, total = 0;
    if (io_size_arg(args, nargs, "readlines", &hint) < 0)
        return NULL;
    PyObject *lines = PyList_New(0), *it = lines ? PyObject_GetIter(self) : NULL, *line;
    if (it == NULL) {
        Py_XDECREF(lines);
        return NULL;
    }
    while ((line = PyIter_Next(it)) != NULL) {
        Py_ssize_t n = PyList_Append(lines, line) < 0 ? -1 : hint > 0 ? PyObject_Size(line) : 0;
        Py_DECREF(line);
        if (n < 0)
            break;
        total += n;
        if (hint > 0 && total > hint)
            break;
    }
    Py_DECREF(it);
    if (PyErr_Occurred())
        Py_CLEAR(lines);
    return lines;
}

static PyObject *base_writelines(PyObject *self, PyObject *lines)
{
    if (io_check_closed(self) < 0)
        return NULL;
    PyObject *it = PyObject_GetIter(lines), *line;
    if (it == NULL)
        return NULL;
    while ((line = PyIter_Next(it)) != NULL) {
        PyObject *done;
        do
            done = PyObject_CallMethodOneArg(self, N(write), line);
        while (done == NULL && io_trap_eintr());
        Py_DECREF(line);
        Py_XDECREF(done);
        if (done == NULL)
            break;
    }
    Py_DECREF(it);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef base_methods[] = {
    {"seek", base_seek, METH_VARARGS, "Change the position: offset bytes from the start (whence 0), here (1) or the end (2)."},
    {"tell", base_tell, METH_NOARGS, "tell($self, /)\n--\n\nThe position in the stream."},
    {"truncate", base_truncate, METH_VARARGS, "Cut the stream to a size, by default the position."},
    {"flush", base_flush, METH_NOARGS, "flush($self, /)\n--\n\nWrite what is buffered."},
    {"close", base_close, METH_NOARGS, "close($self, /)\n--\n\nFlush and close; no more operations are allowed."},
    {"seekable", base_no, METH_NOARGS, "seekable($self, /)\n--\n\nWhether the position can change."},
    {"readable", base_no, METH_NOARGS, "readable($self, /)\n--\n\nWhether it can be read from."},
    {"writable", base_no, METH_NOARGS, "writable($self, /)\n--\n\nWhether it can be written to."},
    {"_checkClosed", base_check_closed, METH_VARARGS, NULL},
    {"_checkSeekable", base_check_seekable, METH_VARARGS, NULL},
    {"_checkReadable", base_check_readable, METH_VARARGS, NULL},
    {"_checkWritable", base_check_writable, METH_VARARGS, NULL},
    {"fileno", base_fileno, METH_NOARGS, "fileno($self, /)\n--\n\nThe file descriptor."},
    {"isatty", base_isatty, METH_NOARGS, "isatty($self, /)\n--\n\nWhether it is a terminal."},
    {"__enter__", base_enter, METH_NOARGS, NULL},
    {"__exit__", base_exit, METH_VARARGS, NULL},
    {"readline", IO_METHODK(base_readline), METH_FASTCALL, "readline($self, size=-1, /)\n--\n\nOne line, or its first size bytes."},
    {"readlines", IO_METHODK(base_readlines), METH_FASTCALL, "readlines($self, hint=-1, /)\n--\n\nThe lines, as a list."},
    {"writelines", base_writelines, METH_O, "writelines($self, lines, /)\n--\n\nWrite the lines as they are."},
    {NULL}
};

static PyGetSetDef base_getset[] = {
    {"__dict__", PyObject_GenericGetDict, NULL, NULL, NULL},
    {"closed", base_closed, NULL, NULL, NULL},
    {NULL}
};

PyTypeObject IOBase_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io._IOBase",
    .tp_basicsize = sizeof(IOBase),
    .tp_dealloc = base_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "What every stream can do.",
    .tp_traverse = base_traverse,
    .tp_clear = base_clear,
    .tp_weaklistoffset = offsetof(IOBase, weakrefs),
    .tp_iter = base_iter,
    .tp_iternext = base_next,
    .tp_methods = base_methods,
    .tp_getset = base_getset,
    .tp_dictoffset = offsetof(IOBase, dict),
    .tp_new = PyType_GenericNew,
    .tp_finalize = base_finalize,
};

/* --- _RawIOBase --- */

static PyObject *raw_read(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t n = -1;
    if (!_PyArg_CheckPositional("read", nargs, 0, 1))
        return NULL;
    if (nargs) {
        n = PyNumber_AsSsize_t(args[0], PyExc_OverflowError);
        if (n == -1 && PyErr_Occurred())
            return NULL;
    }
    if (n < 0)
        return PyObject_CallMethodNoArgs(self, N(readall));
    PyObject *buffer = PyByteArray_FromStringAndSize(NULL, n);
    if (buffer == NULL)
        return NULL;
    PyObject *got = PyObject_CallMethodOneArg(self, N(readinto), buffer);
    if (got == NULL || got == Py_None) {
        Py_DECREF(buffer);
        return got;
    }
    n = PyNumber_AsSsize_t(got, PyExc_ValueError);
    Py_DECREF(got);
    PyObject *bytes = NULL;
    if (n >= 0 && n <= PyByteArray_GET_SIZE(buffer))
        bytes = PyBytes_FromStringAndSize(PyByteArray_AS_STRING(buffer), n);
    else if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "Buffer size %zd is not in range", n);
    Py_DECREF(buffer);
    return bytes;
}

static PyObject *raw_readall(PyObject *self, PyObject *unused)
{
    PyObject *chunks = PyList_New(0);
    if (chunks == NULL)
        return NULL;
    for (;;) {
        PyObject *data = PyObject_CallMethod(self, "read", "i", IO_BUFFER_SIZE);
        if (data == NULL) {
            if (io_trap_eintr())
                continue;
            Py_DECREF(chunks);
            return NULL;
        }
        if (data == Py_None && PyList_GET_SIZE(chunks) == 0) {
            Py_DECREF(chunks);
            return data;
        }
        if (data == Py_None) {
            Py_DECREF(data);
            break;
        }
        if (!PyBytes_Check(data)) {
            Py_DECREF(chunks);
            Py_DECREF(data);
            PyErr_SetString(PyExc_TypeError, "read() should return bytes");
            return NULL;
        }
        int stop = PyBytes_GET_SIZE(data) == 0;
        int failed = stop ? 0 : PyList_Append(chunks, data);
        Py_DECREF(data);
        if (failed < 0) {
            Py_DECREF(chunks);
            return NULL;
        }
        if (stop)
            break;
    }
    PyObject *empty = PyBytes_FromStringAndSize(NULL, 0);
    PyObject *all = empty ? _PyBytes_Join(empty, chunks) : NULL;
    Py_XDECREF(empty);
    Py_DECREF(chunks);
    return all;
}

static PyObject *raw_absent(PyObject *self, PyObject *args)
{
    PyErr_SetNone(PyExc_NotImplementedError);
    return NULL;
}

static PyMethodDef raw_methods[] = {
    {"read", IO_METHODK(raw_read), METH_FASTCALL, "read($self, size=-1, /)\n--\n\nUp to size bytes."},
    {"readall", raw_readall, METH_NOARGS, "readall($self, /)\n--\n\nEverything up to the end."},
    {"readinto", raw_absent, METH_VARARGS, NULL},
    {"write", raw_absent, METH_VARARGS, NULL},
    {NULL}
};

PyTypeObject RawIOBase_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io._RawIOBase",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Streams of bytes without a buffer.",
    .tp_methods = raw_methods,
    .tp_base = &IOBase_Type,
};
