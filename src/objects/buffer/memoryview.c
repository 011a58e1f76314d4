/* memoryview: a window on another object's buffer.
 *
 * The exporter's buffer is acquired once by a managed buffer; every view made from it holds the managed buffer and has its own
 * shape, strides and format.  Releasing the last view releases the managed buffer, and with it the exporter's. */
#define PY_SSIZE_T_CLEAN
#include "objects/buffer/buffer.h"
#include "memory/memory.h"
#include "objects/bytes/bytes.h"

#include <stddef.h>

#define SELF(o) ((PyMemoryViewObject *)(o))
#define VIEW(o) (&SELF(o)->view)

/* ---- the managed buffer ------------------------------------------------------------------------------------ */

static _PyManagedBufferObject *managed_new(void)
{
    _PyManagedBufferObject *m = PyObject_GC_New(_PyManagedBufferObject, &_PyManagedBuffer_Type);
    if (!m)
        return NULL;
    m->flags = 0;
    m->exports = 0;
    m->master.obj = NULL;
    PyObject_GC_Track(m);
    return m;
}

static void managed_release(_PyManagedBufferObject *m)
{
    if (m->flags & _Py_MANAGED_BUFFER_RELEASED)
        return;
    m->flags |= _Py_MANAGED_BUFFER_RELEASED;
    PyObject_GC_UnTrack(m);
    if (m->flags & _Py_MANAGED_BUFFER_FREE_FORMAT)
        PyMem_Free(m->master.format);
    PyBuffer_Release(&m->master);
}

static void managed_dealloc(PyObject *self)
{
    managed_release((_PyManagedBufferObject *)self);
    PyObject_GC_UnTrack(self);
    PyObject_GC_Del(self);
}
static int managed_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((_PyManagedBufferObject *)self)->master.obj);
    return 0;
}
static int managed_clear(PyObject *self)
{
    managed_release((_PyManagedBufferObject *)self);
    return 0;
}

PyTypeObject _PyManagedBuffer_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "managedbuffer",
    .tp_basicsize = sizeof(_PyManagedBufferObject),
    .tp_dealloc = managed_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = managed_traverse,
    .tp_clear = managed_clear,
};

/* ---- making views ------------------------------------------------------------------------------------------ */

static void set_flags(PyMemoryViewObject *self)
{
    const Py_buffer *v = &self->view;
    self->flags &= _Py_MEMORYVIEW_RELEASED;
    if (v->ndim == 0)
        self->flags |= _Py_MEMORYVIEW_SCALAR | _Py_MEMORYVIEW_C | _Py_MEMORYVIEW_FORTRAN;
    if (v->suboffsets)
        self->flags |= _Py_MEMORYVIEW_PIL;
    else {
        if (PyBuffer_IsContiguous(v, 'C'))
            self->flags |= _Py_MEMORYVIEW_C;
        if (PyBuffer_IsContiguous(v, 'F'))
            self->flags |= _Py_MEMORYVIEW_FORTRAN;
    }
}

/* A view on m with room for ndim dimensions and the fields of src, contiguous where it says nothing. */
static PyMemoryViewObject *view_new(_PyManagedBufferObject *m, const Py_buffer *src, int ndim)
{
    PyMemoryViewObject *self = PyObject_GC_NewVar(PyMemoryViewObject, &PyMemoryView_Type, 3 * ndim);
    if (!self)
        return NULL;
    self->mbuf = m;
    Py_INCREF(m);
    m->exports++;
    self->hash = -1;
    self->flags = 0;
    self->exports = 0;
    self->weakreflist = NULL;
    self->view = *src;
    Py_buffer *v = &self->view;
    v->shape = self->ob_array;
    v->strides = v->shape + ndim;
    v->suboffsets = src->suboffsets ? v->strides + ndim : NULL;
    v->internal = NULL;
    if (!v->format)
        v->format = "B";
    if (ndim == src->ndim) {
        for (int i = 0; i < ndim; i++) {
            v->shape[i] = src->shape ? src->shape[i] : src->len / (src->itemsize ? src->itemsize : 1);
            if (src->suboffsets)
                v->suboffsets[i] = src->suboffsets[i];
        }
        if (src->strides)
            memcpy(v->strides, src->strides, (size_t)ndim * sizeof(Py_ssize_t));
        else
            PyBuffer_FillContiguousStrides(ndim, v->shape, v->strides, (int)v->itemsize, 'C');
    }
    if (ndim == 0)
        v->shape = v->strides = v->suboffsets = NULL;
    set_flags(self);
    PyObject_GC_Track(self);
    return self;
}

static PyObject *view_of_managed(_PyManagedBufferObject *m)
{
    if (m->master.ndim > PyBUF_MAX_NDIM) {
        PyErr_SetString(PyExc_ValueError, "memoryview: number of dimensions must not exceed 64");
        return NULL;
    }
    return (PyObject *)view_new(m, &m->master, m->master.ndim);
}

static int released(PyObject *self)
{
    if (!(SELF(self)->flags & _Py_MEMORYVIEW_RELEASED) && !(SELF(self)->mbuf->flags & _Py_MANAGED_BUFFER_RELEASED))
        return 0;
    PyErr_SetString(PyExc_ValueError, "operation forbidden on released memoryview object");
    return 1;
}

PyObject *PyMemoryView_FromObject(PyObject *o)
{
    if (PyMemoryView_Check(o))
        return released(o) ? NULL : (PyObject *)view_new(SELF(o)->mbuf, VIEW(o), VIEW(o)->ndim);
    if (!PyObject_CheckBuffer(o)) {
        PyErr_Format(PyExc_TypeError, "memoryview: a bytes-like object is required, not '%.200s'", Py_TYPE(o)->tp_name);
        return NULL;
    }
    _PyManagedBufferObject *m = managed_new();
    PyObject *r = m && !PyObject_GetBuffer(o, &m->master, PyBUF_FULL_RO) ? view_of_managed(m) : NULL;
    Py_XDECREF(m);
    return r;
}

PyObject *memoryview_of_memory(PyObject *exporter)
{
    _PyManagedBufferObject *m = managed_new();
    PyObject *r = NULL;
    if (m && !PyObject_GetBuffer(exporter, &m->master, PyBUF_FULL_RO)) {
        Py_ssize_t one = 1;
        Py_buffer flat = m->master;
        flat.format = "B";
        flat.ndim = 1;
        flat.itemsize = 1;
        flat.shape = &flat.len;
        flat.strides = &one;
        flat.suboffsets = NULL;
        r = (PyObject *)view_new(m, &flat, 1);
    }
    Py_XDECREF(m);
    return r;
}

PyObject *PyMemoryView_FromMemory(char *mem, Py_ssize_t size, int flags)
{
    _PyManagedBufferObject *m = managed_new();
    PyObject *r = NULL;
    if (m && !PyBuffer_FillInfo(&m->master, NULL, mem, size, flags != PyBUF_WRITE, PyBUF_FULL_RO))
        r = view_of_managed(m);
    Py_XDECREF(m);
    return r;
}

PyObject *PyMemoryView_FromBuffer(const Py_buffer *info)
{
    if (!info->buf) {
        PyErr_SetString(PyExc_ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL");
        return NULL;
    }
    _PyManagedBufferObject *m = managed_new();
    PyObject *r = NULL;
    if (m) {
        m->master = *info;
        m->master.obj = NULL;
        r = view_of_managed(m);
    }
    Py_XDECREF(m);
    return r;
}

PyObject *PyMemoryView_GetContiguous(PyObject *o, int kind, char order)
{
    PyObject *view = PyMemoryView_FromObject(o);
    if (!view)
        return NULL;
    if (kind == PyBUF_WRITE && VIEW(view)->readonly)
        PyErr_SetString(PyExc_BufferError, "underlying buffer is not writable");
    else if (PyBuffer_IsContiguous(VIEW(view), order))
        return view;
    else if (kind == PyBUF_WRITE)
        PyErr_SetString(PyExc_BufferError, "writable contiguous buffer requested for a non-contiguous object.");
    else {
        PyObject *bytes = PyBytes_FromStringAndSize(NULL, VIEW(view)->len), *r = NULL;
        if (bytes) {
            buffer_to_flat(PyBytes_AS_STRING(bytes), VIEW(view), order);
            _PyManagedBufferObject *m = managed_new();
            if (m && !PyObject_GetBuffer(bytes, &m->master, PyBUF_FULL_RO)) {
                r = (PyObject *)view_new(m, VIEW(view), VIEW(view)->ndim);
                if (r) {
                    VIEW(r)->buf = m->master.buf;
                    VIEW(r)->obj = m->master.obj;
                    VIEW(r)->readonly = 1;
                    VIEW(r)->suboffsets = NULL;
                    PyBuffer_FillContiguousStrides(VIEW(r)->ndim, VIEW(r)->shape, VIEW(r)->strides, (int)VIEW(r)->itemsize, order);
                    set_flags(SELF(r));
                }
            }
            Py_XDECREF(m);
            Py_DECREF(bytes);
        }
        Py_DECREF(view);
        return r;
    }
    Py_DECREF(view);
    return NULL;
}

static PyObject *memory_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"object", NULL};
    PyObject *o;
    return PyArg_ParseTupleAndKeywords(args, kwargs, "O:memoryview", names, &o) ? PyMemoryView_FromObject(o) : NULL;
}

/* ---- releasing --------------------------------------------------------------------------------------------- */

static int release(PyObject *o)
{
    PyMemoryViewObject *self = SELF(o);
    if (self->flags & _Py_MEMORYVIEW_RELEASED)
        return 0;
    if (self->exports > 0) {
        PyErr_Format(PyExc_BufferError, "memoryview has %zd exported buffer%s", self->exports, self->exports == 1 ? "" : "s");
        return -1;
    }
    self->flags |= _Py_MEMORYVIEW_RELEASED;
    if (--self->mbuf->exports == 0)
        managed_release(self->mbuf);
    return 0;
}

static void memory_dealloc(PyObject *o)
{
    PyObject_GC_UnTrack(o);
    if (SELF(o)->weakreflist)
        PyObject_ClearWeakRefs(o);
    release(o);
    Py_CLEAR(SELF(o)->mbuf);
    PyObject_GC_Del(o);
}
static int memory_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(SELF(o)->mbuf);
    return 0;
}
static int memory_clear(PyObject *o)
{
    if (SELF(o)->exports == 0) {
        release(o);
        Py_CLEAR(SELF(o)->mbuf);
    }
    return 0;
}

static PyObject *memory_release(PyObject *o, PyObject *unused)
{
    if (release(o))
        return NULL;
    Py_RETURN_NONE;
}
static PyObject *memory_enter(PyObject *o, PyObject *unused) { return released(o) ? NULL : Py_NewRef(o); }
static PyObject *memory_exit(PyObject *o, PyObject *args) { return memory_release(o, NULL); }

static int memory_getbuffer(PyObject *o, Py_buffer *view, int flags)
{
    PyMemoryViewObject *self = SELF(o);
    const Py_buffer *v = &self->view;
    if (released(o))
        return -1;
    const char *message = NULL;
    if ((flags & PyBUF_WRITABLE) && v->readonly)
        message = "memoryview: underlying buffer is not writable";
    else if ((flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS && !(self->flags & _Py_MEMORYVIEW_C))
        message = "memoryview: underlying buffer is not C-contiguous";
    else if ((flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS && !(self->flags & _Py_MEMORYVIEW_FORTRAN))
        message = "memoryview: underlying buffer is not Fortran contiguous";
    else if ((flags & PyBUF_ANY_CONTIGUOUS) == PyBUF_ANY_CONTIGUOUS && !(self->flags & (_Py_MEMORYVIEW_C | _Py_MEMORYVIEW_FORTRAN)))
        message = "memoryview: underlying buffer is not contiguous";
    else if (!(flags & (PyBUF_INDIRECT & ~PyBUF_STRIDES)) && (self->flags & _Py_MEMORYVIEW_PIL))
        message = "memoryview: underlying buffer requires suboffsets";
    else if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES && !(self->flags & _Py_MEMORYVIEW_C))
        message = "memoryview: underlying buffer is not C-contiguous";
    else if (!(flags & PyBUF_ND) && (flags & PyBUF_FORMAT))
        message = "memoryview: cannot cast to unsigned bytes if the format flag is present";
    if (message) {
        PyErr_SetString(PyExc_BufferError, message);
        return -1;
    }
    *view = *v;
    view->obj = Py_NewRef(o);
    if (!(flags & PyBUF_FORMAT))
        view->format = NULL;
    if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES)
        view->strides = NULL;
    if (!(flags & PyBUF_ND)) {
        view->ndim = 1;
        view->shape = NULL;
    }
    self->exports++;
    return 0;
}
static void memory_releasebuffer(PyObject *o, Py_buffer *view) { SELF(o)->exports--; }

/* ---- cast -------------------------------------------------------------------------------------------------- */

static PyObject *type_error(const char *message)
{
    PyErr_SetString(PyExc_TypeError, message);
    return NULL;
}

/* Text of a format character, with or without "@", kept for ever. */
static const char *format_text(char c, int at_sign)
{
    static const char all[] = "@c\0@b\0@B\0@h\0@H\0@i\0@I\0@l\0@L\0@q\0@Q\0@n\0@N\0@f\0@d\0@e\0@?\0@P";
    for (const char *p = all; p < all + sizeof all; p += 3)
        if (p[1] == c)
            return p + !at_sign;
    return "B";
}

static PyObject *memory_cast(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"format", "shape", NULL};
    PyObject *format, *shape = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "U|O:cast", names, &format, &shape) || released(o))
        return NULL;
    if (!(SELF(o)->flags & _Py_MEMORYVIEW_C))
        return type_error("memoryview: casts are restricted to C-contiguous views");
    const Py_buffer *v = VIEW(o);
    if ((shape || v->ndim != 1)) {
        for (int i = 0; i < v->ndim; i++)
            if (v->shape[i] == 0)
                return type_error("memoryview: cannot cast view with zeros in shape or strides");
    }
    Py_ssize_t n = 1, sizes[PyBUF_MAX_NDIM], itemsize, old_size;
    if (shape) {
        if (!PyList_Check(shape) && !PyTuple_Check(shape))
            return type_error("shape must be a list or a tuple");
        n = PySequence_Fast_GET_SIZE(shape);
        if (n > PyBUF_MAX_NDIM) {
            PyErr_SetString(PyExc_ValueError, "memoryview: number of dimensions must not exceed 64");
            return NULL;
        }
        if (v->ndim != 1 && n != 1)
            return type_error("memoryview: cast must be 1D -> ND or ND -> 1D");
    }
    const char *f = PyUnicode_AsUTF8(format);
    if (!f)
        return NULL;
    char to = item_native(f, &itemsize), from = item_native(v->format, &old_size);
    if (!to) {
        PyErr_SetString(PyExc_ValueError,
                        "memoryview: destination format must be a native single character format prefixed with an optional '@'");
        return NULL;
    }
    int from_byte = from == 'b' || from == 'B' || from == 'c', to_byte = to == 'b' || to == 'B' || to == 'c';
    if (!from_byte && !to_byte)
        return type_error("memoryview: cannot cast between two non-byte formats");
    if (v->len % itemsize)
        return type_error("memoryview: length is not a multiple of itemsize");
    Py_ssize_t total = itemsize;
    if (shape) {
        for (Py_ssize_t i = 0; i < n; i++) {
            PyObject *item = PySequence_Fast_GET_ITEM(shape, i);
            if (!PyLong_Check(item))
                return type_error("memoryview.cast(): elements of shape must be integers");
            sizes[i] = PyLong_AsSsize_t(item);
            if (sizes[i] == -1 && PyErr_Occurred())
                return NULL;
            if (sizes[i] <= 0) {
                PyErr_SetString(PyExc_ValueError, "memoryview.cast(): elements of shape must be integers > 0");
                return NULL;
            }
            if (total > PY_SSIZE_T_MAX / sizes[i]) {
                PyErr_SetString(PyExc_ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
                return NULL;
            }
            total *= sizes[i];
        }
        if (total != v->len)
            return type_error("memoryview: product(shape) * itemsize != buffer size");
    }
    else
        sizes[0] = v->len / itemsize;
    Py_buffer target = *v;
    target.format = (char *)format_text(to, *f == '@');
    target.itemsize = itemsize;
    target.ndim = (int)n;
    target.shape = sizes;
    target.strides = NULL;
    target.suboffsets = NULL;
    return (PyObject *)view_new(SELF(o)->mbuf, &target, (int)n);
}

static PyObject *memory_toreadonly(PyObject *o, PyObject *unused)
{
    if (released(o))
        return NULL;
    PyMemoryViewObject *r = view_new(SELF(o)->mbuf, VIEW(o), VIEW(o)->ndim);
    if (r)
        r->view.readonly = 1;
    return (PyObject *)r;
}

/* ---- items ------------------------------------------------------------------------------------------------- */

/* Address of element `index` (may be negative) of a dimension; NULL with IndexError set. */
static char *element(const Py_buffer *v, char *p, int dimension, Py_ssize_t index)
{
    Py_ssize_t n = v->shape[dimension];
    if (index < 0)
        index += n;
    if (index < 0 || index >= n) {
        PyErr_Format(PyExc_IndexError, "index out of bounds on dimension %d", dimension + 1);
        return NULL;
    }
    return buffer_element(v, p, dimension, index);
}

static PyObject *memory_item(PyObject *o, Py_ssize_t i)
{
    const Py_buffer *v = VIEW(o);
    if (released(o))
        return NULL;
    if (v->ndim == 0)
        return type_error("invalid indexing of 0-dim memory");
    if (v->ndim != 1) {
        PyErr_SetString(PyExc_NotImplementedError, "multi-dimensional sub-views are not implemented");
        return NULL;
    }
    char *p = element(v, v->buf, 0, i);
    return p ? item_unpack(p, v->format) : NULL;
}

enum { KEY_INDICES, KEY_SLICES, KEY_OTHER };

static int kind_of_tuple(PyObject *key)
{
    Py_ssize_t n = PyTuple_GET_SIZE(key), indices = 0, slices = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        indices += PyIndex_Check(PyTuple_GET_ITEM(key, i)) != 0;
        slices += PySlice_Check(PyTuple_GET_ITEM(key, i)) != 0;
    }
    return indices == n ? KEY_INDICES : n > 0 && slices == n ? KEY_SLICES : KEY_OTHER;
}

/* Address for a tuple of indices; NULL with an error set.  Their __index__ may release the view. */
static char *element_of_tuple(PyObject *o, PyObject *key)
{
    const Py_buffer *v = VIEW(o);
    Py_ssize_t n = PyTuple_GET_SIZE(key), index[PyBUF_MAX_NDIM];
    if (n < v->ndim) {
        PyErr_SetString(PyExc_NotImplementedError, "sub-views are not implemented");
        return NULL;
    }
    if (n > v->ndim) {
        PyErr_Format(PyExc_TypeError, "cannot index %d-dimension view with %zd-element tuple", v->ndim, n);
        return NULL;
    }
    for (int i = 0; i < n; i++) {
        index[i] = PyNumber_AsSsize_t(PyTuple_GET_ITEM(key, i), PyExc_IndexError);
        if ((index[i] == -1 && PyErr_Occurred()) || released(o))
            return NULL;
    }
    char *p = v->buf;
    for (int i = 0; p && i < n; i++)
        p = element(v, p, i, index[i]);
    return p;
}

/* Stores a value at p, unless converting it released the view. */
static int store_item(PyObject *o, char *p, PyObject *value)
{
    char item[16];
    const Py_buffer *v = VIEW(o);
    Py_ssize_t size;
    item_native(v->format, &size);
    if (item_pack(item, value, v->format) || released(o))
        return -1;
    memcpy(p, item, (size_t)size);
    return 0;
}

/* Narrows dimension 0 of a view to a slice. */
static int apply_slice(Py_buffer *v, PyObject *key)
{
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step))
        return -1;
    Py_ssize_t count = PySlice_AdjustIndices(v->shape[0], &start, &stop, step);
    if (count) /* an empty slice may start anywhere */
        v->buf = (char *)v->buf + v->strides[0] * start;
    v->shape[0] = count;
    v->strides[0] *= step;
    Py_ssize_t len = v->itemsize;
    for (int i = 0; i < v->ndim; i++)
        len *= v->shape[i];
    v->len = len;
    return 0;
}

static PyObject *memory_subscript(PyObject *o, PyObject *key)
{
    const Py_buffer *v = VIEW(o);
    if (released(o))
        return NULL;
    if (v->ndim == 0) {
        if (PyTuple_Check(key) && PyTuple_GET_SIZE(key) == 0)
            return item_unpack(v->buf, v->format);
        if (key == Py_Ellipsis)
            return Py_NewRef(o);
        return type_error("invalid indexing of 0-dim memory");
    }
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        return i == -1 && PyErr_Occurred() ? NULL : memory_item(o, i);
    }
    if (PySlice_Check(key)) {
        PyMemoryViewObject *r = view_new(SELF(o)->mbuf, v, v->ndim);
        if (r && apply_slice(&r->view, key))
            Py_CLEAR(r);
        if (r)
            set_flags(r);
        return (PyObject *)r;
    }
    if (PyTuple_Check(key)) {
        int kind = kind_of_tuple(key);
        if (kind == KEY_INDICES) {
            char *p = element_of_tuple(o, key);
            return p && !released(o) ? item_unpack(p, v->format) : NULL;
        }
        if (kind == KEY_SLICES) {
            PyErr_SetString(PyExc_NotImplementedError, "multi-dimensional slicing is not implemented");
            return NULL;
        }
    }
    return type_error("memoryview: invalid slice key");
}

static int same_format(const char *a, const char *b)
{
    if (!a)
        a = "B";
    if (!b)
        b = "B";
    return strcmp(*a == '@' ? a + 1 : a, *b == '@' ? b + 1 : b) == 0;
}

/* dest[...] = src for one-dimensional views of one structure. */
static int copy_single(const Py_buffer *dest, const Py_buffer *src)
{
    if (!same_format(dest->format, src->format) || dest->itemsize != src->itemsize || dest->ndim != src->ndim ||
        dest->shape[0] != (src->shape ? src->shape[0] : src->len / src->itemsize)) {
        PyErr_SetString(PyExc_ValueError, "memoryview assignment: lvalue and rvalue have different structures");
        return -1;
    }
    char *flat = PyMem_Malloc((size_t)src->len + 1);
    if (!flat) {
        PyErr_NoMemory();
        return -1;
    }
    buffer_to_flat(flat, src, 'C');
    int bad = PyBuffer_FromContiguous(dest, flat, src->len, 'C');
    PyMem_Free(flat);
    return bad;
}

static int assign_slice(PyObject *o, PyObject *key, PyObject *value)
{
    Py_buffer src, dest = *VIEW(o);
    Py_ssize_t arrays[2];
    if (PyObject_GetBuffer(value, &src, PyBUF_FULL_RO))
        return -1;
    arrays[0] = dest.shape[0];
    arrays[1] = dest.strides[0];
    dest.shape = &arrays[0];
    dest.strides = &arrays[1];
    int bad = apply_slice(&dest, key) || released(o) || copy_single(&dest, &src);
    PyBuffer_Release(&src);
    return bad ? -1 : 0;
}

static int memory_ass_subscript(PyObject *o, PyObject *key, PyObject *value)
{
    const Py_buffer *v = VIEW(o);
    char *p = NULL;
    Py_ssize_t size;
    if (released(o))
        return -1;
    if (!item_native(v->format, &size)) {
        PyErr_Format(PyExc_NotImplementedError, "memoryview: unsupported format %s", v->format);
        return -1;
    }
    if (v->readonly) {
        type_error("cannot modify read-only memory");
        return -1;
    }
    if (!value) {
        type_error("cannot delete memory");
        return -1;
    }
    if (v->ndim == 0) {
        if (key == Py_Ellipsis || (PyTuple_Check(key) && PyTuple_GET_SIZE(key) == 0))
            return store_item(o, v->buf, value);
        type_error("invalid indexing of 0-dim memory");
        return -1;
    }
    if (PyIndex_Check(key)) {
        if (v->ndim > 1) {
            PyErr_SetString(PyExc_NotImplementedError, "sub-views are not implemented");
            return -1;
        }
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if ((i == -1 && PyErr_Occurred()) || released(o))
            return -1;
        p = element(v, v->buf, 0, i);
    }
    else if (PySlice_Check(key) && v->ndim == 1)
        return assign_slice(o, key, value);
    else if (PyTuple_Check(key) && kind_of_tuple(key) == KEY_INDICES)
        p = element_of_tuple(o, key);
    else if (PySlice_Check(key) || (PyTuple_Check(key) && kind_of_tuple(key) == KEY_SLICES))
        PyErr_SetString(PyExc_NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
    else
        type_error("memoryview: invalid slice key");
    if (!p || released(o))
        return -1;
    return store_item(o, p, value);
}

static Py_ssize_t memory_length(PyObject *o)
{
    if (released(o))
        return -1;
    return VIEW(o)->ndim == 0 ? 1 : VIEW(o)->shape[0];
}

/* ---- whole contents ---------------------------------------------------------------------------------------- */

static PyObject *to_list(const Py_buffer *v, char *p, int dimension)
{
    if (dimension == v->ndim)
        return item_unpack(p, v->format);
    PyObject *list = PyList_New(v->shape[dimension]);
    for (Py_ssize_t i = 0; list && i < v->shape[dimension]; i++) {
        PyObject *item = to_list(v, buffer_element(v, p, dimension, i), dimension + 1);
        if (!item)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, item);
    }
    return list;
}
static PyObject *memory_tolist(PyObject *o, PyObject *unused)
{
    if (released(o))
        return NULL;
    SELF(o)->exports++;   /* making lists may run finalisers, which must not release the view */
    PyObject *list = to_list(VIEW(o), VIEW(o)->buf, 0);
    SELF(o)->exports--;
    return list;
}

static PyObject *memory_tobytes(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"order", NULL};
    const char *order = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|z:tobytes", names, &order) || released(o))
        return NULL;
    if (order && strcmp(order, "C") && strcmp(order, "F") && strcmp(order, "A")) {
        PyErr_SetString(PyExc_ValueError, "order must be 'C', 'F' or 'A'");
        return NULL;
    }
    char *flat = PyMem_Malloc((size_t)VIEW(o)->len + 1);
    if (!flat)
        return PyErr_NoMemory();
    if (VIEW(o)->len)
        buffer_to_flat(flat, VIEW(o), order ? *order : 'C');
    PyObject *r = PyBytes_FromStringAndSize(flat, VIEW(o)->len);
    PyMem_Free(flat);
    return r;
}

static PyObject *memory_hex(PyObject *o, PyObject *const *args, Py_ssize_t n, PyObject *kwnames)
{
    if (released(o))
        return NULL;
    PyObject *bytes = PyBytes_FromObject(o), *r = bytes ? byte_hex(bytes, args, n, kwnames) : NULL;
    Py_XDECREF(bytes);
    return r;
}

static PyObject *memory_repr(PyObject *o)
{
    return PyUnicode_FromFormat(SELF(o)->flags & _Py_MEMORYVIEW_RELEASED ? "<released memory at %p>" : "<memory at %p>", o);
}

static Py_hash_t memory_hash(PyObject *o)
{
    PyMemoryViewObject *self = SELF(o);
    Py_ssize_t size;
    if (self->hash != -1)
        return self->hash;
    if (released(o))
        return -1;
    char c = item_native(self->view.format, &size);
    if (!self->view.readonly || (c != 'B' && c != 'b' && c != 'c')) {
        PyErr_SetString(PyExc_ValueError, self->view.readonly ? "memoryview: hashing is restricted to formats 'B', 'b' or 'c'"
                                                              : "cannot hash writable memoryview object");
        return -1;
    }
    if (self->view.obj) {
        self->exports++;   /* a subclass's __hash__ must not release the view */
        Py_hash_t hash = PyObject_Hash(self->view.obj);
        self->exports--;
        if (hash == -1)
            return -1;
    }
    char *flat = PyMem_Malloc((size_t)self->view.len + 1);
    if (!flat) {
        PyErr_NoMemory();
        return -1;
    }
    if (self->view.len)
        buffer_to_flat(flat, &self->view, 'C');
    self->hash = _Py_HashBytes(flat, self->view.len);
    PyMem_Free(flat);
    return self->hash;
}

/* ---- comparison -------------------------------------------------------------------------------------------- */

/* Unpacks an item of any struct format. */
static PyObject *unpack_any(const char *p, const Py_buffer *v)
{
    Py_ssize_t size;
    if (item_native(v->format, &size))
        return item_unpack(p, v->format);
    PyObject *module = PyImport_ImportModule("struct"), *r = NULL;
    if (module)
        r = PyObject_CallMethod(module, "unpack", "sy#", v->format, p, v->itemsize);
    Py_XDECREF(module);
    return r;
}

/* 1 equal, 0 not, -1 error (an unknown format counts as unequal). */
static int equal_items(const Py_buffer *a, char *p, const Py_buffer *b, char *q, int dimension)
{
    if (dimension == a->ndim) {
        Py_ssize_t size;
        char c = item_native(a->format, &size);
        if (c && c != 'f' && c != 'd' && c != 'e' && c != '?' && same_format(a->format, b->format))
            return memcmp(p, q, (size_t)size) == 0;
        PyObject *x = unpack_any(p, a), *y = x ? unpack_any(q, b) : NULL;
        int same = y ? PyObject_RichCompareBool(x, y, Py_EQ) : -1;
        if (x && y && x == y)
            same = 1;
        if (same == 1 && PyFloat_Check(x) && PyFloat_AS_DOUBLE(x) != PyFloat_AS_DOUBLE(x))
            same = 0;
        Py_XDECREF(x);
        Py_XDECREF(y);
        if (same < 0 && !y) {
            PyErr_Clear();
            same = 0;
        }
        return same;
    }
    for (Py_ssize_t i = 0; i < a->shape[dimension]; i++) {
        int same = equal_items(a, buffer_element(a, p, dimension, i), b, buffer_element(b, q, dimension, i), dimension + 1);
        if (same <= 0)
            return same;
    }
    return 1;
}

static PyObject *memory_richcompare(PyObject *a, PyObject *b, int op)
{
    if (op != Py_EQ && op != Py_NE)
        Py_RETURN_NOTIMPLEMENTED;
    int dead = (SELF(a)->flags & _Py_MEMORYVIEW_RELEASED) || (PyMemoryView_Check(b) && (SELF(b)->flags & _Py_MEMORYVIEW_RELEASED));
    if (dead || a == b)
        return PyBool_FromLong((a == b) == (op == Py_EQ));
    PyObject *other = PyMemoryView_Check(b) ? Py_NewRef(b) : PyObject_CheckBuffer(b) ? PyMemoryView_FromObject(b) : NULL;
    if (!other) {
        PyErr_Clear();
        Py_RETURN_NOTIMPLEMENTED;
    }
    const Py_buffer *v = VIEW(a), *w = VIEW(other);
    int same = v->ndim == w->ndim;
    for (int i = 0; same && i < v->ndim; i++)
        same = v->shape[i] == w->shape[i];
    if (same) {
        SELF(a)->exports++;   /* struct.unpack may be anything */
        SELF(other)->exports++;
        same = equal_items(v, v->buf, w, w->buf, 0);
        SELF(a)->exports--;
        SELF(other)->exports--;
    }
    Py_DECREF(other);
    return same < 0 ? NULL : PyBool_FromLong(same == (op == Py_EQ));
}

/* ---- attributes -------------------------------------------------------------------------------------------- */

static PyObject *tuple_of(int n, const Py_ssize_t *values)
{
    PyObject *t = PyTuple_New(values ? n : 0);
    for (int i = 0; t && values && i < n; i++) {
        PyObject *v = PyLong_FromSsize_t(values[i]);
        if (!v)
            Py_CLEAR(t);
        else
            PyTuple_SET_ITEM(t, i, v);
    }
    return t;
}

#define GETTER(name, value) static PyObject *get_##name(PyObject *o, void *unused) { return released(o) ? NULL : (value); }
GETTER(nbytes, PyLong_FromSsize_t(VIEW(o)->len))
GETTER(format, PyUnicode_FromString(VIEW(o)->format))
GETTER(itemsize, PyLong_FromSsize_t(VIEW(o)->itemsize))
GETTER(shape, tuple_of(VIEW(o)->ndim, VIEW(o)->shape))
GETTER(strides, tuple_of(VIEW(o)->ndim, VIEW(o)->strides))
GETTER(suboffsets, tuple_of(VIEW(o)->ndim, VIEW(o)->suboffsets))
GETTER(readonly, PyBool_FromLong(VIEW(o)->readonly))
GETTER(ndim, PyLong_FromLong(VIEW(o)->ndim))
GETTER(c_contiguous, PyBool_FromLong(SELF(o)->flags & _Py_MEMORYVIEW_C))
GETTER(f_contiguous, PyBool_FromLong(SELF(o)->flags & _Py_MEMORYVIEW_FORTRAN))
GETTER(contiguous, PyBool_FromLong(SELF(o)->flags & (_Py_MEMORYVIEW_C | _Py_MEMORYVIEW_FORTRAN)))
GETTER(obj, Py_NewRef(VIEW(o)->obj ? VIEW(o)->obj : Py_None))

static PyGetSetDef memory_getset[] = {
    {"obj", get_obj, NULL, "The underlying object of the memoryview."},
    {"nbytes", get_nbytes, NULL, "The amount of space in bytes that the array would use in\n a contiguous representation."},
    {"readonly", get_readonly, NULL, "A bool indicating whether the memory is read only."},
    {"itemsize", get_itemsize, NULL, "The size in bytes of each element of the memoryview."},
    {"format", get_format, NULL, "A string containing the format (in struct module style)\n for each element in the view."},
    {"ndim", get_ndim, NULL, "An integer indicating how many dimensions of a multi-dimensional\n array the memory represents."},
    {"shape", get_shape, NULL, "A tuple of ndim integers giving the shape of the memory\n as an N-dimensional array."},
    {"strides", get_strides, NULL, "A tuple of ndim integers giving the size in bytes to access\n each element for each dimension of the array."},
    {"suboffsets", get_suboffsets, NULL, "A tuple of integers used internally for PIL-style arrays."},
    {"c_contiguous", get_c_contiguous, NULL, "A bool indicating whether the memory is C contiguous."},
    {"f_contiguous", get_f_contiguous, NULL, "A bool indicating whether the memory is Fortran contiguous."},
    {"contiguous", get_contiguous, NULL, "A bool indicating whether the memory is contiguous."},
    {NULL},
};

static PyMethodDef memory_methods[] = {
    {"release", memory_release, METH_NOARGS, "release($self, /)\n--\n\nRelease the underlying buffer exposed by the memoryview object."},
    {"tobytes", (PyCFunction)memory_tobytes, METH_VARARGS | METH_KEYWORDS,
     "tobytes($self, /, order='C')\n--\n\nReturn the data in the buffer as a byte string."},
    {"hex", (PyCFunction)memory_hex, METH_FASTCALL | METH_KEYWORDS,
     "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)\n--\n\nReturn the data in the buffer as a str of hexadecimal numbers."},
    {"tolist", memory_tolist, METH_NOARGS, "tolist($self, /)\n--\n\nReturn the data in the buffer as a list of elements."},
    {"cast", (PyCFunction)memory_cast, METH_VARARGS | METH_KEYWORDS,
     "cast($self, /, format, shape=<unrepresentable>)\n--\n\nCast a memoryview to a new format or shape."},
    {"toreadonly", memory_toreadonly, METH_NOARGS, "toreadonly($self, /)\n--\n\nReturn a readonly version of the memoryview."},
    {"__enter__", memory_enter, METH_NOARGS, NULL},
    {"__exit__", memory_exit, METH_VARARGS, NULL},
    {NULL},
};

/* ---- iterator ---------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    Py_ssize_t index, length;
    PyObject *view;  /* NULL when exhausted */
} MemoryIter;

extern PyTypeObject _PyMemoryIter_Type;

static PyObject *memory_iter(PyObject *o)
{
    if (released(o))
        return NULL;
    if (VIEW(o)->ndim == 0)
        return type_error("invalid indexing of 0-dim memory");
    if (VIEW(o)->ndim != 1) {
        PyErr_SetString(PyExc_NotImplementedError, "multi-dimensional sub-views are not implemented");
        return NULL;
    }
    MemoryIter *it = PyObject_GC_New(MemoryIter, &_PyMemoryIter_Type);
    if (!it)
        return NULL;
    it->index = 0;
    it->length = memory_length(o);
    it->view = Py_NewRef(o);
    PyObject_GC_Track(it);
    return (PyObject *)it;
}
static void iter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((MemoryIter *)self)->view);
    PyObject_GC_Del(self);
}
static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((MemoryIter *)self)->view);
    return 0;
}
static PyObject *iter_next(PyObject *self)
{
    MemoryIter *it = (MemoryIter *)self;
    if (!it->view)
        return NULL;
    if (it->index < it->length)
        return memory_item(it->view, it->index++);
    Py_CLEAR(it->view);
    return NULL;
}

PyTypeObject _PyMemoryIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "memory_iterator",
    .tp_basicsize = sizeof(MemoryIter),
    .tp_dealloc = iter_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iter_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = iter_next,
};

static PySequenceMethods memory_as_sequence = {.sq_length = memory_length, .sq_item = memory_item};
static PyMappingMethods memory_as_mapping = {memory_length, memory_subscript, memory_ass_subscript};
static PyBufferProcs memory_as_buffer = {memory_getbuffer, memory_releasebuffer};

PyTypeObject PyMemoryView_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "memoryview",
    .tp_basicsize = offsetof(PyMemoryViewObject, ob_array),
    .tp_itemsize = sizeof(Py_ssize_t),
    .tp_dealloc = memory_dealloc,
    .tp_repr = memory_repr,
    .tp_as_sequence = &memory_as_sequence,
    .tp_as_mapping = &memory_as_mapping,
    .tp_hash = memory_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_as_buffer = &memory_as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_SEQUENCE,
    .tp_doc = "memoryview(object)\n--\n\nCreate a new memoryview object which references the given object.",
    .tp_traverse = memory_traverse,
    .tp_clear = memory_clear,
    .tp_richcompare = memory_richcompare,
    .tp_weaklistoffset = offsetof(PyMemoryViewObject, weakreflist),
    .tp_iter = memory_iter,
    .tp_methods = memory_methods,
    .tp_getset = memory_getset,
    .tp_new = memory_new,
};
