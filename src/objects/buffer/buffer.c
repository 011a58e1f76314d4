/* The buffer protocol: acquiring, releasing, contiguity, copying. */
#include "objects/buffer/buffer.h"

int PyObject_CheckBuffer(PyObject *o)
{
    PyBufferProcs *procs = Py_TYPE(o)->tp_as_buffer;
    return procs && procs->bf_getbuffer;
}

int PyObject_GetBuffer(PyObject *o, Py_buffer *view, int flags)
{
    PyBufferProcs *procs = Py_TYPE(o)->tp_as_buffer;
    if (!procs || !procs->bf_getbuffer) {
        PyErr_Format(PyExc_TypeError, "a bytes-like object is required, not '%.100s'", Py_TYPE(o)->tp_name);
        return -1;
    }
    int bad = procs->bf_getbuffer(o, view, flags);
    if (bad && view)
        view->obj = NULL;
    return bad;
}

void PyBuffer_Release(Py_buffer *view)
{
    PyObject *o = view->obj;
    if (!o)
        return;
    PyBufferProcs *procs = Py_TYPE(o)->tp_as_buffer;
    if (procs && procs->bf_releasebuffer)
        procs->bf_releasebuffer(o, view);
    view->obj = NULL;
    Py_DECREF(o);
}

int PyBuffer_FillInfo(Py_buffer *view, PyObject *o, void *buf, Py_ssize_t n, int readonly, int flags)
{
    if (!view) {
        PyErr_SetString(PyExc_BufferError, "PyBuffer_FillInfo: view==NULL argument is obsolete");
        return -1;
    }
    if ((flags & PyBUF_WRITABLE) && readonly) {
        PyErr_SetString(PyExc_BufferError, "Object is not writable.");
        return -1;
    }
    *view = (Py_buffer){.buf = buf, .obj = Py_XNewRef(o), .len = n, .itemsize = 1, .readonly = readonly, .ndim = 1};
    view->format = (flags & PyBUF_FORMAT) ? "B" : NULL;
    view->shape = (flags & PyBUF_ND) ? &view->len : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &view->itemsize : NULL;
    return 0;
}

/* ---- contiguity -------------------------------------------------------------------------------------------- */

static int wide_dimensions(const Py_buffer *view)
{
    int wide = 0;
    for (int i = 0; view->shape && i < view->ndim; i++)
        wide += view->shape[i] > 1;
    return wide;
}

static int contiguous(const Py_buffer *view, int fortran)
{
    if (view->len == 0)
        return 1;
    if (!view->strides)
        return !fortran || wide_dimensions(view) <= 1;
    Py_ssize_t expected = view->itemsize;
    for (int k = 0; k < view->ndim; k++) {
        int i = fortran ? k : view->ndim - 1 - k;
        Py_ssize_t n = view->shape ? view->shape[i] : view->len / (view->itemsize ? view->itemsize : 1);
        if (n > 1 && view->strides[i] != expected)
            return 0;
        expected *= n;
    }
    return 1;
}

int PyBuffer_IsContiguous(const Py_buffer *view, char order)
{
    if (view->suboffsets)
        return 0;
    if (order == 'C')
        return contiguous(view, 0);
    if (order == 'F')
        return contiguous(view, 1);
    return order == 'A' && (contiguous(view, 0) || contiguous(view, 1));
}

void PyBuffer_FillContiguousStrides(int ndim, Py_ssize_t *shape, Py_ssize_t *strides, int itemsize, char order)
{
    Py_ssize_t step = itemsize;
    for (int k = 0; k < ndim; k++) {
        int i = order == 'F' ? k : ndim - 1 - k;
        strides[i] = step;
        step *= shape[i];
    }
}

void *PyBuffer_GetPointer(const Py_buffer *view, const Py_ssize_t *indices)
{
    char *p = view->buf;
    for (int i = 0; i < view->ndim; i++)
        p = buffer_element(view, p, i, indices[i]);
    return p;
}

char *buffer_element(const Py_buffer *view, char *p, int dimension, Py_ssize_t index)
{
    p += view->strides ? view->strides[dimension] * index : view->itemsize * index;
    if (view->suboffsets && view->suboffsets[dimension] >= 0)
        p = *(char **)p + view->suboffsets[dimension];
    return p;
}

Py_ssize_t PyBuffer_SizeFromFormat(const char *format)
{
    PyObject *module = PyImport_ImportModule("struct"), *size = module ? PyObject_CallMethod(module, "calcsize", "s", format) : NULL;
    Py_ssize_t n = size ? PyLong_AsSsize_t(size) : -1;
    Py_XDECREF(module);
    Py_XDECREF(size);
    return n;
}

/* ---- copying ----------------------------------------------------------------------------------------------- */

enum { TO_FLAT, FROM_FLAT };

/* Walks all elements in C order (or Fortran), copying between them and a flat run of items. */
static void copy_all(const Py_buffer *view, char *flat, char order, int direction, Py_ssize_t limit)
{
    int n = view->ndim;
    Py_ssize_t index[PyBUF_MAX_NDIM] = {0}, items = 1, one = view->len / (view->itemsize ? view->itemsize : 1);
    const Py_ssize_t *shape = view->shape ? view->shape : &one;
    Py_ssize_t strides[PyBUF_MAX_NDIM];
    for (int i = 0; i < n; i++)
        items *= shape[i];
    Py_buffer v = *view;
    if (!v.strides) {
        PyBuffer_FillContiguousStrides(n, (Py_ssize_t *)shape, strides, (int)v.itemsize, 'C');
        v.strides = strides;
    }
    for (; items > 0 && limit >= v.itemsize; items--, limit -= v.itemsize, flat += v.itemsize) {
        char *p = PyBuffer_GetPointer(&v, index);
        if (direction == TO_FLAT)
            memcpy(flat, p, (size_t)v.itemsize);
        else
            memcpy(p, flat, (size_t)v.itemsize);
        for (int k = 0; k < n; k++) {
            int i = order == 'F' ? k : n - 1 - k;
            if (++index[i] < shape[i])
                break;
            index[i] = 0;
        }
    }
}

void buffer_to_flat(char *out, const Py_buffer *view, char order)
{
    if (order == 'A')
        order = PyBuffer_IsContiguous(view, 'F') && !PyBuffer_IsContiguous(view, 'C') ? 'F' : 'C';
    if (PyBuffer_IsContiguous(view, order))
        memcpy(out, view->buf, (size_t)view->len);
    else
        copy_all(view, out, order, TO_FLAT, view->len);
}

int PyBuffer_ToContiguous(void *buf, const Py_buffer *src, Py_ssize_t len, char order)
{
    if (len != src->len) {
        PyErr_SetString(PyExc_ValueError, "PyBuffer_ToContiguous: len != view->len");
        return -1;
    }
    if (len)
        buffer_to_flat(buf, src, order);
    return 0;
}

int PyBuffer_FromContiguous(const Py_buffer *view, const void *buf, Py_ssize_t len, char order)
{
    if (len > view->len)
        len = view->len;
    if (PyBuffer_IsContiguous(view, order == 'A' ? 'C' : order))
        memcpy(view->buf, buf, (size_t)len);
    else
        copy_all(view, (char *)buf, order, FROM_FLAT, len);
    return 0;
}

int PyObject_CopyData(PyObject *dest, PyObject *src)
{
    Py_buffer to, from;
    if (!PyObject_CheckBuffer(dest) || !PyObject_CheckBuffer(src)) {
        PyErr_SetString(PyExc_TypeError, "both destination and source must be bytes-like objects");
        return -1;
    }
    if (PyObject_GetBuffer(dest, &to, PyBUF_FULL))
        return -1;
    if (PyObject_GetBuffer(src, &from, PyBUF_FULL_RO)) {
        PyBuffer_Release(&to);
        return -1;
    }
    int bad = -1;
    char *flat = NULL;
    if (to.len < from.len)
        PyErr_SetString(PyExc_BufferError, "destination is too small to receive data from source");
    else if (!(flat = PyMem_Malloc((size_t)from.len + 1)))
        PyErr_NoMemory();
    else {
        buffer_to_flat(flat, &from, 'C');
        bad = PyBuffer_FromContiguous(&to, flat, from.len, 'C');
    }
    PyMem_Free(flat);
    PyBuffer_Release(&to);
    PyBuffer_Release(&from);
    return bad;
}

/* ---- the old buffer calls ---------------------------------------------------------------------------------- */

static int old_buffer(PyObject *o, const void **buf, Py_ssize_t *n, int flags, const char *message)
{
    Py_buffer view;
    if (!o || !buf || !n) {
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
        return -1;
    }
    if (PyObject_GetBuffer(o, &view, flags)) {
        if (message)
            PyErr_SetString(PyExc_TypeError, message);
        return -1;
    }
    *buf = view.buf;
    *n = view.len;
    PyBuffer_Release(&view);
    return 0;
}
int PyObject_AsCharBuffer(PyObject *o, const char **buf, Py_ssize_t *n) { return old_buffer(o, (const void **)buf, n, PyBUF_SIMPLE, NULL); }
int PyObject_AsReadBuffer(PyObject *o, const void **buf, Py_ssize_t *n) { return old_buffer(o, buf, n, PyBUF_SIMPLE, NULL); }
int PyObject_AsWriteBuffer(PyObject *o, void **buf, Py_ssize_t *n)
{
    return old_buffer(o, (const void **)buf, n, PyBUF_WRITABLE, "expected a writable bytes-like object");
}
int PyObject_CheckReadBuffer(PyObject *o)
{
    Py_buffer view;
    if (!PyObject_CheckBuffer(o))
        return 0;
    if (PyObject_GetBuffer(o, &view, PyBUF_SIMPLE)) {
        PyErr_Clear();
        return 0;
    }
    PyBuffer_Release(&view);
    return 1;
}
