/* _BufferedIOBase, and BufferedRWPair: a reader and a writer as one stream. */
#include "modules/io/io.h"
#include <stddef.h>
#include <string.h>

/* --- _BufferedIOBase --- */

static PyObject *base_readinto(PyObject *self, PyObject *arg, PyObject *method)
{
    Py_buffer view;
    if (PyObject_GetBuffer(arg, &view, PyBUF_WRITABLE) < 0) {
        PyErr_Format(PyExc_TypeError, "%U() argument must be read-write bytes-like object, not %.50s",
                     method == N(read1) ? N(readinto1) : N(readinto), Py_TYPE(arg)->tp_name);
        return NULL;
    }
    PyObject *size = PyLong_FromSsize_t(view.len), *data = size ? PyObject_CallMethodOneArg(self, method, size) : NULL;
    Py_ssize_t n = -1;
    if (data && !PyBytes_Check(data))
        PyErr_SetString(PyExc_TypeError, "read() should return bytes");
    else if (data && PyBytes_GET_SIZE(data) > view.len)
        PyErr_Format(PyExc_ValueError, "read() returned too much data: %zd bytes requested, %zd returned", view.len,
                     PyBytes_GET_SIZE(data));
    else if (data) {
        n = PyBytes_GET_SIZE(data);
        memcpy(view.buf, PyBytes_AS_STRING(data), n);
    }
    Py_XDECREF(size);
    Py_XDECREF(data);
    PyBuffer_Release(&view);
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}

static PyObject *bb_readinto(PyObject *self, PyObject *arg) { return base_readinto(self, arg, N(read)); }
static PyObject *bb_readinto1(PyObject *self, PyObject *arg) { return base_readinto(self, arg, N(read1)); }
static PyObject *bb_detach(PyObject *self, PyObject *args) { return io_unsupported("detach"); }
static PyObject *bb_read(PyObject *self, PyObject *args) { return io_unsupported("read"); }
static PyObject *bb_read1(PyObject *self, PyObject *args) { return io_unsupported("read1"); }
static PyObject *bb_write(PyObject *self, PyObject *args) { return io_unsupported("write"); }

static PyMethodDef base_methods[] = {
    {"detach", bb_detach, METH_NOARGS, "detach($self, /)\n--\n\nGive the raw stream back."},
    {"read", bb_read, METH_VARARGS, "Up to size bytes."},
    {"read1", bb_read1, METH_VARARGS, "Up to size bytes, with at most one raw read."},
    {"readinto", bb_readinto, METH_O, "readinto($self, buffer, /)\n--\n\n"},
    {"readinto1", bb_readinto1, METH_O, "readinto1($self, buffer, /)\n--\n\n"},
    {"write", bb_write, METH_VARARGS, "Write the bytes; how many."},
    {NULL}
};

PyTypeObject BufferedIOBase_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io._BufferedIOBase",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Streams of bytes with a buffer.",
    .tp_methods = base_methods,
    .tp_base = &IOBase_Type,
};

/* --- BufferedRWPair --- */

typedef struct {
    PyObject_HEAD
    PyObject *reader, *writer;
    PyObject *dict, *weakrefs;
} Pair;

static int pair_init(PyObject *o, PyObject *args, PyObject *kwargs)
{
    Pair *self = (Pair *)o;
    PyObject *reader, *writer;
    Py_ssize_t size = IO_BUFFER_SIZE;
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "BufferedRWPair() takes no keyword arguments");
        return -1;
    }
    if (!PyArg_ParseTuple(args, "OO|n:BufferedRWPair", &reader, &writer, &size) || io_check_readable(reader) < 0
        || io_check_writable(writer) < 0)
        return -1;
    PyObject *r = PyObject_CallFunction((PyObject *)&BufferedReader_Type, "On", reader, size);
    PyObject *w = r ? PyObject_CallFunction((PyObject *)&BufferedWriter_Type, "On", writer, size) : NULL;
    if (w == NULL) {
        Py_XDECREF(r);
        return -1;
    }
    Py_XSETREF(self->reader, r);
    Py_XSETREF(self->writer, w);
    return 0;
}

static int pair_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(((Pair *)o)->reader);
    Py_VISIT(((Pair *)o)->writer);
    Py_VISIT(((Pair *)o)->dict);
    return 0;
}

static int pair_clear(PyObject *o)
{
    Py_CLEAR(((Pair *)o)->reader);
    Py_CLEAR(((Pair *)o)->writer);
    Py_CLEAR(((Pair *)o)->dict);
    return 0;
}

static void pair_dealloc(PyObject *o)
{
    if (io_finalize(o) < 0)
        return;
    PyObject_GC_UnTrack(o);
    if (((Pair *)o)->weakrefs)
        PyObject_ClearWeakRefs(o);
    pair_clear(o);
    Py_TYPE(o)->tp_free(o);
}

static PyObject *forward(PyObject *half, const char *method, PyObject *args)
{
    if (half == NULL) {
        PyErr_SetString(PyExc_ValueError, "I/O operation on uninitialized object");
        return NULL;
    }
    PyObject *bound = PyObject_GetAttrString(half, method);
    PyObject *r = bound ? PyObject_CallObject(bound, args) : NULL;
    Py_XDECREF(bound);
    return r;
}

#define TO(half, name) \
    static PyObject *pair_##name(PyObject *o, PyObject *args) { return forward(((Pair *)o)->half, #name, args); }
TO(reader, read)
TO(reader, peek)
TO(reader, read1)
TO(reader, readinto)
TO(reader, readinto1)
TO(reader, readable)
TO(writer, write)
TO(writer, flush)
TO(writer, writable)

static PyObject *pair_close(PyObject *o, PyObject *unused)
{
    Pair *self = (Pair *)o;
    PyObject *type, *value, *trace, *done = forward(self->writer, "close", NULL);
    Py_XDECREF(done);
    PyErr_Fetch(&type, &value, &trace);
    done = forward(self->reader, "close", NULL);
    if (type)
        Py_CLEAR(done);
    io_chain(type, value, trace);
    return done;
}

static PyObject *pair_isatty(PyObject *o, PyObject *unused)
{
    PyObject *is = forward(((Pair *)o)->writer, "isatty", NULL);
    if (is != Py_False)
        return is;
    Py_DECREF(is);
    return forward(((Pair *)o)->reader, "isatty", NULL);
}

static PyObject *pair_closed(PyObject *o, void *unused)
{
    if (((Pair *)o)->writer == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "the BufferedRWPair object is being garbage-collected");
        return NULL;
    }
    return PyObject_GetAttr(((Pair *)o)->writer, N(closed));
}

#define METHOD(name) {#name, pair_##name, METH_VARARGS, NULL}
static PyMethodDef pair_methods[] = {
    METHOD(read), METHOD(peek), METHOD(read1), METHOD(readinto), METHOD(readinto1), METHOD(write), METHOD(flush),
    METHOD(readable), METHOD(writable), METHOD(close), METHOD(isatty), {NULL}
};
static PyGetSetDef pair_getset[] = {{"closed", pair_closed, NULL, NULL, NULL}, {NULL}};

PyTypeObject BufferedRWPair_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io.BufferedRWPair",
    .tp_basicsize = sizeof(Pair),
    .tp_dealloc = pair_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)\n--\n\nA reader and a writer as one stream.",
    .tp_traverse = pair_traverse,
    .tp_clear = pair_clear,
    .tp_weaklistoffset = offsetof(Pair, weakrefs),
    .tp_methods = pair_methods,
    .tp_getset = pair_getset,
    .tp_base = &BufferedIOBase_Type,
    .tp_dictoffset = offsetof(Pair, dict),
    .tp_init = pair_init,
    .tp_new = PyType_GenericNew,
};
