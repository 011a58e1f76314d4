/* pickle.PickleBuffer: a buffer that a pickle may leave out of its stream. */
#include "objects/buffer/buffer.h"

#include <stddef.h>

typedef struct {
    PyObject_HEAD Py_buffer view; /* view.obj NULL: released */
    PyObject *weakrefs;
} PickleBuffer;
#define B(o) ((PickleBuffer *)(o))

static int is_released(PyObject *self)
{
    if (B(self)->view.obj)
        return 0;
    PyErr_SetString(PyExc_ValueError, "operation forbidden on released PickleBuffer object");
    return 1;
}

static PyObject *make(PyTypeObject *type, PyObject *base)
{
    PyObject *self = type->tp_alloc(type, 0);
    if (self && PyObject_GetBuffer(base, &B(self)->view, PyBUF_FULL_RO)) {
        B(self)->view.obj = NULL;
        Py_CLEAR(self);
    }
    return self;
}

PyObject *PyPickleBuffer_FromObject(PyObject *base) { return make(&PyPickleBuffer_Type, base); }

static int is_ours(PyObject *obj)
{
    if (PyPickleBuffer_Check(obj))
        return 1;
    PyErr_Format(PyExc_TypeError, "expected PickleBuffer, %.200s found", Py_TYPE(obj)->tp_name);
    return 0;
}

const Py_buffer *PyPickleBuffer_GetBuffer(PyObject *obj)
{
    return !is_ours(obj) || is_released(obj) ? NULL : &B(obj)->view;
}

int PyPickleBuffer_Release(PyObject *obj)
{
    if (!is_ours(obj))
        return -1;
    PyBuffer_Release(&B(obj)->view);
    return 0;
}

static PyObject *buffer_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"", NULL};
    PyObject *base;
    return PyArg_ParseTupleAndKeywords(args, kwds, "O:PickleBuffer", names, &base) ? make(type, base) : NULL;
}

static int buffer_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(B(self)->view.obj);
    return 0;
}
static int buffer_clear(PyObject *self)
{
    PyBuffer_Release(&B(self)->view);
    return 0;
}
static void buffer_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (B(self)->weakrefs)
        PyObject_ClearWeakRefs(self);
    PyBuffer_Release(&B(self)->view);
    Py_TYPE(self)->tp_free(self);
}

static int get_buffer(PyObject *self, Py_buffer *view, int flags)
{
    return is_released(self) ? -1 : PyObject_GetBuffer(B(self)->view.obj, view, flags);
}
static void release_buffer(PyObject *self, Py_buffer *view) {}
static PyBufferProcs as_buffer = {get_buffer, release_buffer};

/* One dimension of unsigned bytes over the same memory. */
static PyObject *buffer_raw(PyObject *self, PyObject *unused)
{
    if (is_released(self))
        return NULL;
    Py_buffer *view = &B(self)->view;
    if (!PyBuffer_IsContiguous(view, 'A')) {
        PyErr_SetString(PyExc_BufferError, "cannot extract raw buffer from non-contiguous buffer");
        return NULL;
    }
    return memoryview_of_memory(self);
}

static PyObject *buffer_release(PyObject *self, PyObject *unused)
{
    PyBuffer_Release(&B(self)->view);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"raw", buffer_raw, METH_NOARGS,
     PyDoc_STR("raw($self, /)\n--\n\nReturn a memoryview of the raw memory underlying this buffer.\n\nWill raise "
               "BufferError is the "
               "buffer isn't contiguous.")},
    {"release", buffer_release, METH_NOARGS,
     PyDoc_STR("release($self, /)\n--\n\nRelease the underlying buffer exposed by the PickleBuffer object.")},
    {NULL},
};

PyTypeObject PyPickleBuffer_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "pickle.PickleBuffer",
    .tp_doc = PyDoc_STR("Wrapper for potentially out-of-band buffers"),
    .tp_basicsize = sizeof(PickleBuffer),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_new = buffer_new,
    .tp_dealloc = buffer_dealloc,
    .tp_traverse = buffer_traverse,
    .tp_clear = buffer_clear,
    .tp_weaklistoffset = offsetof(PickleBuffer, weakrefs),
    .tp_as_buffer = &as_buffer,
    .tp_methods = methods,
};
