/* BytesIO: a stream over bytes in memory.
 *
 * BYTES-1  `buf` is a bytes object of at least `size` bytes; it is changed only while this is its only reference.
 * BYTES-2  while `exports` is nonzero the buffer neither moves nor changes its size. */
#include "modules/io/io.h"
#include "objects/object.h"
#include "objects/hidden.h"
#include <stddef.h>
#include <string.h>

typedef struct {
    PyObject_HEAD
    PyObject *buf;           /* NULL when closed */
    Py_ssize_t pos, size;
    PyObject *dict, *weakrefs;
    Py_ssize_t exports;
} BytesIO;

typedef struct {
    PyObject_HEAD
    BytesIO *source;
} BytesIOBuffer;

static int check_open(BytesIO *self)
{
    if (self->buf)
        return 0;
    PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
    return -1;
}

static int check_exports(BytesIO *self)
{
    if (self->exports == 0)
        return 0;
    PyErr_SetString(PyExc_BufferError, "Existing exports of data: object cannot be re-sized");
    return -1;
}

static char *data(BytesIO *self) { return PyBytes_AS_STRING(self->buf); }

/* Makes the buffer this object's own, with at least `need` bytes. */
static int own(BytesIO *self, Py_ssize_t need)
{
    Py_ssize_t have = PyBytes_GET_SIZE(self->buf);
    if (Py_REFCNT(self->buf) == 1 && need <= have)
        return 0;
    Py_ssize_t room = need <= have ? have : need < PY_SSIZE_T_MAX / 2 ? need + (need >> 3) + (need < 9 ? 3 : 6) : need;
    if (Py_REFCNT(self->buf) == 1)
        return _PyBytes_Resize(&self->buf, room);
    PyObject *copy = PyBytes_FromStringAndSize(NULL, Py_MAX(room, 2));  /* longer than the shared small ones */
    if (copy == NULL)
        return -1;
    memcpy(PyBytes_AS_STRING(copy), data(self), self->size);
    Py_SETREF(self->buf, copy);
    return 0;
}

static int write_data(BytesIO *self, const char *from, Py_ssize_t n)
{
    if (check_open(self) < 0 || check_exports(self) < 0)
        return -1;
    if (n == 0)
        return 0;
    if (self->pos > PY_SSIZE_T_MAX - n) {
        PyErr_SetString(PyExc_OverflowError, "new buffer size too large");
        return -1;
    }
    Py_ssize_t end = self->pos + n;
    if (own(self, Py_MAX(end, self->size)) < 0)
        return -1;
    if (self->pos > self->size)
        memset(data(self) + self->size, 0, self->pos - self->size);
    memcpy(data(self) + self->pos, from, n);
    self->pos = end;
    self->size = Py_MAX(self->size, end);
    return 0;
}

/* --- life --- */

static PyObject *bytesio_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    BytesIO *self = (BytesIO *)type->tp_alloc(type, 0);
    if (self && (self->buf = PyBytes_FromStringAndSize(NULL, 0)) == NULL)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static int bytesio_init(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"initial_bytes", NULL};
    BytesIO *self = (BytesIO *)o;
    PyObject *initial = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:BytesIO", keywords, &initial))
        return -1;
    self->pos = self->size = 0;
    if (check_exports(self) < 0)
        return -1;
    if (initial && PyBytes_CheckExact(initial)) {
        Py_INCREF(initial);
        Py_XSETREF(self->buf, initial);
        self->size = PyBytes_GET_SIZE(initial);
    }
    else if (initial && initial != Py_None) {
        Py_buffer view;
        if (PyObject_GetBuffer(initial, &view, PyBUF_CONTIG_RO) < 0)
            return -1;
        PyObject *copy = PyBytes_FromStringAndSize(NULL, view.len);
        if (copy) {
            PyBuffer_ToContiguous(PyBytes_AS_STRING(copy), &view, view.len, 'C');
            self->size = view.len;
            Py_XSETREF(self->buf, copy);
        }
        PyBuffer_Release(&view);
        return copy ? 0 : -1;
    }
    return 0;
}

static int bytesio_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(((BytesIO *)o)->dict);
    return 0;
}

static int bytesio_clear(PyObject *o)
{
    Py_CLEAR(((BytesIO *)o)->dict);
    return 0;
}

static void bytesio_dealloc(PyObject *o)
{
    BytesIO *self = (BytesIO *)o;
    PyObject_GC_UnTrack(o);
    if (self->exports > 0) {
        PyErr_SetString(PyExc_SystemError, "deallocated BytesIO object has exported buffers");
        PyErr_Print();
    }
    Py_CLEAR(self->buf);
    Py_CLEAR(self->dict);
    if (self->weakrefs)
        PyObject_ClearWeakRefs(o);
    Py_TYPE(o)->tp_free(o);
}

HIDDEN_FIELDS(bytesio, bytesio_dealloc, FIELD(BytesIO, buf));

/* --- reading --- */

static PyObject *take(BytesIO *self, Py_ssize_t n)
{
    if (n > 1 && self->pos == 0 && n == PyBytes_GET_SIZE(self->buf) && self->exports == 0) {
        self->pos += n;
        return Py_NewRef(self->buf);
    }
    PyObject *bytes = PyBytes_FromStringAndSize(data(self) + self->pos, n);
    if (bytes)
        self->pos += n;
    return bytes;
}

static Py_ssize_t rest(BytesIO *self) { return self->pos < self->size ? self->size - self->pos : 0; }

static PyObject *bytesio_read(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    BytesIO *self = (BytesIO *)o;
    Py_ssize_t n;
    if (io_size_arg(args, nargs, "read", &n) < 0 || check_open(self) < 0)
        return NULL;
    Py_ssize_t have = rest(self);
    if (have == 0)
        return PyBytes_FromStringAndSize(NULL, 0);
    return take(self, n < 0 || n > have ? have : n);
}

/* Length of the line at the position, at most `limit` unless negative. */
static Py_ssize_t line_length(BytesIO *self, Py_ssize_t limit)
{
    Py_ssize_t n = rest(self);
    if (limit >= 0 && n > limit)
        n = limit;
    const char *start = data(self) + self->pos, *nl = n ? memchr(start, '\n', n) : NULL;
    return nl ? nl - start + 1 : n;
}

static PyObject *bytesio_readline(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    BytesIO *self = (BytesIO *)o;
    Py_ssize_t limit;
    if (io_size_arg(args, nargs, "readline", &limit) < 0 || check_open(self) < 0)
        return NULL;
    Py_ssize_t n = line_length(self, limit);
    return n ? take(self, n) : PyBytes_FromStringAndSize(NULL, 0);
}

static PyObject *bytesio_readlines(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    BytesIO *self = (BytesIO *)o;
    Py_ssize_t hint, n, total = 0;
    if (io_size_arg(args, nargs, "readlines", &hint) < 0 || check_open(self) < 0)
        return NULL;
    PyObject *lines = PyList_New(0);
    while (lines && (n = line_length(self, -1)) > 0) {
        PyObject *line = take(self, n);
        int failed = line ? PyList_Append(lines, line) : -1;
        Py_XDECREF(line);
        if (failed < 0)
            Py_CLEAR(lines);
        total += n;
        if (hint > 0 && total >= hint)
            break;
    }
    return lines;
}

static PyObject *bytesio_readinto(PyObject *o, PyObject *arg)
{
    BytesIO *self = (BytesIO *)o;
    Py_buffer view;
    if (PyObject_GetBuffer(arg, &view, PyBUF_WRITABLE) < 0) {
        PyErr_Format(PyExc_TypeError, "readinto() argument must be read-write bytes-like object, not %.50s", Py_TYPE(arg)->tp_name);
        return NULL;
    }
    Py_ssize_t n = -1;
    if (check_open(self) == 0) {
        n = Py_MIN(view.len, rest(self));
        if (n)
            memcpy(view.buf, data(self) + self->pos, n);
        self->pos += n;
    }
    PyBuffer_Release(&view);
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}

static PyObject *bytesio_next(PyObject *o)
{
    BytesIO *self = (BytesIO *)o;
    if (check_open(self) < 0)
        return NULL;
    Py_ssize_t n = line_length(self, -1);
    return n ? take(self, n) : NULL;
}

/* --- writing --- */

static PyObject *bytesio_write(PyObject *o, PyObject *arg)
{
    Py_buffer view;
    BytesIO *self = (BytesIO *)o;
    if (check_open(self) < 0 || check_exports(self) < 0 || PyObject_GetBuffer(arg, &view, PyBUF_CONTIG_RO) < 0)
        return NULL;
    int failed = write_data(self, view.buf, view.len);
    PyObject *r = failed < 0 ? NULL : PyLong_FromSsize_t(view.len);
    PyBuffer_Release(&view);
    return r;
}

static PyObject *bytesio_writelines(PyObject *o, PyObject *lines)
{
    if (check_open((BytesIO *)o) < 0)
        return NULL;
    PyObject *it = PyObject_GetIter(lines), *line;
    if (it == NULL)
        return NULL;
    while ((line = PyIter_Next(it)) != NULL) {
        PyObject *done = bytesio_write(o, line);
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

static PyObject *bytesio_truncate(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    BytesIO *self = (BytesIO *)o;
    Py_ssize_t n;
    if (io_size_arg(args, nargs, "truncate", &n) < 0 || check_open(self) < 0 || check_exports(self) < 0)
        return NULL;
    if (nargs == 0 || args[0] == Py_None)
        n = self->pos;
    if (n < 0) {
        PyErr_Format(PyExc_ValueError, "negative size value %zd", n);
        return NULL;
    }
    if (n < self->size) {
        self->size = n;
        PyObject *copy = PyBytes_FromStringAndSize(data(self), n);
        if (copy == NULL)
            return NULL;
        Py_SETREF(self->buf, copy);
    }
    return PyLong_FromSsize_t(n);
}

/* --- position and value --- */

static PyObject *bytesio_seek(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    BytesIO *self = (BytesIO *)o;
    int whence = 0;
    if (!_PyArg_CheckPositional("seek", nargs, 1, 2))
        return NULL;
    Py_ssize_t at = number_argument(args[0]);
    if (at == -1 && PyErr_Occurred())
        return NULL;
    if (nargs > 1 && (whence = _PyLong_AsInt(args[1])) == -1 && PyErr_Occurred())
        return NULL;
    if (check_open(self) < 0)
        return NULL;
    if (at < 0 && whence == 0) {
        PyErr_Format(PyExc_ValueError, "negative seek value %zd", at);
        return NULL;
    }
    if (whence < 0 || whence > 2) {
        PyErr_Format(PyExc_ValueError, "invalid whence (%i, should be 0, 1 or 2)", whence);
        return NULL;
    }
    Py_ssize_t from = whence == 1 ? self->pos : whence == 2 ? self->size : 0;
    if (at > PY_SSIZE_T_MAX - from) {
        PyErr_SetString(PyExc_OverflowError, "new position too large");
        return NULL;
    }
    self->pos = Py_MAX(at + from, 0);
    return PyLong_FromSsize_t(self->pos);
}

static PyObject *bytesio_tell(PyObject *o, PyObject *unused)
{
    return check_open((BytesIO *)o) < 0 ? NULL : PyLong_FromSsize_t(((BytesIO *)o)->pos);
}

static PyObject *bytesio_getvalue(PyObject *o, PyObject *unused)
{
    BytesIO *self = (BytesIO *)o;
    if (check_open(self) < 0)
        return NULL;
    if (self->size != PyBytes_GET_SIZE(self->buf) && self->exports == 0) {
        PyObject *exact = PyBytes_FromStringAndSize(data(self), self->size);
        if (exact == NULL)
            return NULL;
        Py_SETREF(self->buf, exact);
    }
    if (self->exports)
        return PyBytes_FromStringAndSize(data(self), self->size);
    return Py_NewRef(self->buf);
}

static PyObject *bytesio_getbuffer(PyObject *o, PyObject *unused)
{
    if (check_open((BytesIO *)o) < 0)
        return NULL;
    BytesIOBuffer *b = (BytesIOBuffer *)_PyBytesIOBuffer_Type.tp_alloc(&_PyBytesIOBuffer_Type, 0);
    if (b == NULL)
        return NULL;
    b->source = (BytesIO *)Py_NewRef(o);
    PyObject *view = PyMemoryView_FromObject((PyObject *)b);
    Py_DECREF(b);
    return view;
}

static PyObject *bytesio_close(PyObject *o, PyObject *unused)
{
    if (check_exports((BytesIO *)o) < 0)
        return NULL;
    Py_CLEAR(((BytesIO *)o)->buf);
    Py_RETURN_NONE;
}

static PyObject *bytesio_flush(PyObject *o, PyObject *unused)
{
    if (check_open((BytesIO *)o) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *bytesio_yes(PyObject *o, PyObject *unused)
{
    if (check_open((BytesIO *)o) < 0)
        return NULL;
    Py_RETURN_TRUE;
}

static PyObject *bytesio_no(PyObject *o, PyObject *unused)
{
    if (check_open((BytesIO *)o) < 0)
        return NULL;
    Py_RETURN_FALSE;
}

static PyObject *bytesio_sizeof(PyObject *o, PyObject *unused)
{
    BytesIO *self = (BytesIO *)o;
    Py_ssize_t n = Py_TYPE(o)->tp_basicsize;
    if (self->buf && Py_REFCNT(self->buf) == 1)
        n += (Py_ssize_t)(offsetof(PyBytesObject, ob_sval) + PyBytes_GET_SIZE(self->buf) + 1);
    return PyLong_FromSsize_t(n);
}

static PyObject *bytesio_getstate(PyObject *o, PyObject *unused)
{
    BytesIO *self = (BytesIO *)o;
    PyObject *value = bytesio_getvalue(o, NULL);
    if (value == NULL)
        return NULL;
    PyObject *dict = self->dict ? PyDict_Copy(self->dict) : Py_NewRef(Py_None);
    return dict ? Py_BuildValue("(NnN)", value, self->pos, dict) : NULL;
}

static PyObject *bytesio_setstate(PyObject *o, PyObject *state)
{
    BytesIO *self = (BytesIO *)o;
    if (!PyTuple_Check(state) || PyTuple_GET_SIZE(state) < 3) {
        PyErr_Format(PyExc_TypeError, "%.200s.__setstate__ argument should be 3-tuple, got %.200s", Py_TYPE(o)->tp_name,
                     Py_TYPE(state)->tp_name);
        return NULL;
    }
    if (check_exports(self) < 0 || check_open(self) < 0)
        return NULL;
    self->pos = self->size = 0;
    PyObject *done = bytesio_write(o, PyTuple_GET_ITEM(state, 0));
    if (done == NULL)
        return NULL;
    Py_DECREF(done);
    PyObject *at = PyTuple_GET_ITEM(state, 1), *dict = PyTuple_GET_ITEM(state, 2);
    if (!PyLong_Check(at)) {
        PyErr_Format(PyExc_TypeError, "second item of state must be an integer, not %.200s", Py_TYPE(at)->tp_name);
        return NULL;
    }
    Py_ssize_t pos = PyLong_AsSsize_t(at);
    if (pos == -1 && PyErr_Occurred())
        return NULL;
    if (pos < 0) {
        PyErr_SetString(PyExc_ValueError, "position value cannot be negative");
        return NULL;
    }
    self->pos = pos;
    if (dict != Py_None) {
        if (!PyDict_Check(dict)) {
            PyErr_Format(PyExc_TypeError, "third item of state should be a dict, got a %.200s", Py_TYPE(dict)->tp_name);
            return NULL;
        }
        if (self->dict ? PyDict_Update(self->dict, dict) < 0 : !(self->dict = Py_NewRef(dict)))
            return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *bytesio_closed(PyObject *o, void *unused) { return PyBool_FromLong(((BytesIO *)o)->buf == NULL); }

static PyMethodDef bytesio_methods[] = {
    {"readable", bytesio_yes, METH_NOARGS, NULL},
    {"seekable", bytesio_yes, METH_NOARGS, NULL},
    {"writable", bytesio_yes, METH_NOARGS, NULL},
    {"close", bytesio_close, METH_NOARGS, "close($self, /)\n--\n\nLet go of the bytes."},
    {"flush", bytesio_flush, METH_NOARGS, NULL},
    {"isatty", bytesio_no, METH_NOARGS, NULL},
    {"tell", bytesio_tell, METH_NOARGS, "tell($self, /)\n--\n\nThe position."},
    {"write", bytesio_write, METH_O, "write($self, b, /)\n--\n\nWrite the bytes; how many."},
    {"writelines", bytesio_writelines, METH_O, "writelines($self, lines, /)\n--\n\nWrite the lines as they are."},
    {"read1", IO_METHODK(bytesio_read), METH_FASTCALL, "read1($self, size=-1, /)\n--\n\nUp to size bytes."},
    {"readinto", bytesio_readinto, METH_O, "readinto($self, buffer, /)\n--\n\nRead into the buffer; how many bytes."},
    {"readline", IO_METHODK(bytesio_readline), METH_FASTCALL, "readline($self, size=-1, /)\n--\n\nOne line."},
    {"readlines", IO_METHODK(bytesio_readlines), METH_FASTCALL, "readlines($self, size=None, /)\n--\n\nThe lines, as a list."},
    {"read", IO_METHODK(bytesio_read), METH_FASTCALL, "read($self, size=-1, /)\n--\n\nUp to size bytes."},
    {"getbuffer", bytesio_getbuffer, METH_NOARGS, "getbuffer($self, /)\n--\n\nA view of the bytes that can be written to."},
    {"getvalue", bytesio_getvalue, METH_NOARGS, "getvalue($self, /)\n--\n\nAll the bytes."},
    {"seek", IO_METHODK(bytesio_seek), METH_FASTCALL, "seek($self, pos, whence=0, /)\n--\n\nMove; the new position."},
    {"truncate", IO_METHODK(bytesio_truncate), METH_FASTCALL, "truncate($self, size=None, /)\n--\n\nCut to a size."},
    {"__getstate__", bytesio_getstate, METH_NOARGS, NULL},
    {"__setstate__", bytesio_setstate, METH_O, NULL},
    {"__sizeof__", bytesio_sizeof, METH_NOARGS, NULL},
    {NULL}
};
static PyGetSetDef bytesio_getset[] = {{"closed", bytesio_closed, NULL, "True if the file is closed.", NULL}, {NULL}};

static PyObject *bytesio_iter(PyObject *o)
{
    return check_open((BytesIO *)o) < 0 ? NULL : Py_NewRef(o);
}

PyTypeObject BytesIO_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io.BytesIO",
    .tp_basicsize = sizeof(BytesIO),
    .tp_dealloc = bytesio_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "BytesIO(initial_bytes=b'')\n--\n\nA stream over bytes in memory.",
    .tp_traverse = bytesio_traverse,
    .tp_clear = bytesio_clear,
    .tp_weaklistoffset = offsetof(BytesIO, weakrefs),
    .tp_iter = bytesio_iter,
    .tp_iternext = bytesio_next,
    .tp_methods = bytesio_methods,
    .tp_getset = bytesio_getset,
    .tp_base = &BufferedIOBase_Type,
    .tp_dictoffset = offsetof(BytesIO, dict),
    .tp_init = bytesio_init,
    .tp_new = bytesio_new,
};

/* --- what getbuffer() exports --- */

static int buffer_get(PyObject *o, Py_buffer *view, int flags)
{
    BytesIO *b = ((BytesIOBuffer *)o)->source;
    if (view == NULL) {
        PyErr_SetString(PyExc_BufferError, "BytesIOBuffer_getbuffer: view==NULL argument is obsolete");
        return -1;
    }
    if (b->exports == 0 && own(b, Py_MAX(b->size, 2)) < 0)
        return -1;
    if (PyBuffer_FillInfo(view, o, data(b), b->size, 0, flags) < 0)
        return -1;
    b->exports++;
    return 0;
}

static void buffer_release(PyObject *o, Py_buffer *view) { ((BytesIOBuffer *)o)->source->exports--; }

static int buffer_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(((BytesIOBuffer *)o)->source);
    return 0;
}

static void buffer_dealloc(PyObject *o)
{
    PyObject_GC_UnTrack(o);
    Py_CLEAR(((BytesIOBuffer *)o)->source);
    Py_TYPE(o)->tp_free(o);
}

static PyBufferProcs buffer_procs = {buffer_get, buffer_release};

PyTypeObject _PyBytesIOBuffer_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io._BytesIOBuffer",
    .tp_basicsize = sizeof(BytesIOBuffer),
    .tp_dealloc = buffer_dealloc,
    .tp_as_buffer = &buffer_procs,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = buffer_traverse,
};
