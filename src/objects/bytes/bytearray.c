/* bytearray: bytes that change.
 *
 *     ob_bytes                ob_start              ob_start + ob_size       ob_bytes + ob_alloc
 *     | removed from the front | the bytes ...       | NUL | room to grow     |
 *
 * ob_exports counts live buffers; while there are any, the size must not change. */
#define PY_SSIZE_T_CLEAN
#include "objects/bytes/bytes.h"
#include "memory/memory.h"
#include "objects/names.h"
#include "objects/object.h"

#include <stddef.h>

char _PyByteArray_empty_string[] = "";

#define SELF(o) ((PyByteArrayObject *)(o))
#define DATA(o) (Py_SIZE(o) ? SELF(o)->ob_start : _PyByteArray_empty_string)

/* ---- making and sizing ------------------------------------------------------------------------------------- */

PyObject *PyByteArray_FromStringAndSize(const char *s, Py_ssize_t n)
{
    if (n < 0) {
        PyErr_SetString(PyExc_SystemError, "Negative size passed to PyByteArray_FromStringAndSize");
        return NULL;
    }
    if (n == PY_SSIZE_T_MAX)
        return PyErr_NoMemory();
    PyByteArrayObject *o = PyObject_New(PyByteArrayObject, &PyByteArray_Type);
    if (!o)
        return NULL;
    o->ob_alloc = n ? n + 1 : 0;
    o->ob_bytes = NULL;
    if (n && !(o->ob_bytes = PyObject_Malloc((size_t)n + 1))) {
        Py_SET_SIZE(o, 0);
        o->ob_start = NULL;
        o->ob_exports = 0;
        Py_DECREF(o);
        return PyErr_NoMemory();
    }
    if (n && s)
        memcpy(o->ob_bytes, s, (size_t)n);
    if (n)
        o->ob_bytes[n] = 0;
    Py_SET_SIZE(o, n);
    o->ob_start = o->ob_bytes;
    o->ob_exports = 0;
    return (PyObject *)o;
}

static int can_resize(PyObject *self)
{
    if (SELF(self)->ob_exports <= 0)
        return 1;
    PyErr_SetString(PyExc_BufferError, "Existing exports of data: object cannot be re-sized");
    return 0;
}

int PyByteArray_Resize(PyObject *o, Py_ssize_t n)
{
    PyByteArrayObject *self = SELF(o);
    Py_ssize_t offset = self->ob_start - self->ob_bytes, room = n + 1, alloc = self->ob_alloc;
    if (n == Py_SIZE(self))
        return 0;
    if (!can_resize(o))
        return -1;
    if (n > PY_SSIZE_T_MAX - PY_SSIZE_T_MAX / 8) {
        PyErr_NoMemory();
        return -1;
    }
    if (n + offset + 1 <= self->ob_alloc && !TORTURED(move)) {
        if (n < self->ob_alloc / 2)
            alloc = n + 1;
        else {
            Py_SET_SIZE(self, n);
            self->ob_start[n] = 0;
            return 0;
        }
    }
    else if (n <= alloc * 1.125)
        alloc = n + (n >> 3) + (n < 9 ? 3 : 6);
    else
        alloc = n + 1;
    if (alloc < room)
        alloc = room;
    char *p;
    if (offset > 0) {
        p = PyObject_Malloc((size_t)alloc);
        if (p) {
            memcpy(p, DATA(o), (size_t)(n < Py_SIZE(self) ? n : Py_SIZE(self)));
            PyObject_Free(self->ob_bytes);
        }
    }
    else
        p = PyObject_Realloc(self->ob_bytes, (size_t)alloc);
    if (!p && room + offset <= self->ob_alloc) { /* what is there is enough */
        Py_SET_SIZE(self, n);
        self->ob_start[n] = 0;
        return 0;
    }
    if (!p) {
        PyErr_NoMemory();
        return -1;
    }
    self->ob_bytes = self->ob_start = p;
    Py_SET_SIZE(self, n);
    self->ob_alloc = alloc;
    p[n] = 0;
    return 0;
}

Py_ssize_t PyByteArray_Size(PyObject *o) { return Py_SIZE(o); }
char *PyByteArray_AsString(PyObject *o) { return DATA(o); }
PyObject *PyByteArray_FromObject(PyObject *o) { return PyObject_CallOneArg((PyObject *)&PyByteArray_Type, o); }
PyObject *PyByteArray_Concat(PyObject *a, PyObject *b)
{
    PyObject *first = PyByteArray_Check(a) ? Py_NewRef(a) : PyByteArray_FromObject(a), *r = first ? byte_concat(first, b) : NULL;
    Py_XDECREF(first);
    return r;
}

static void bytearray_dealloc(PyObject *self)
{
    if (SELF(self)->ob_exports > 0) {
        PyErr_SetString(PyExc_SystemError, "deallocated bytearray object has exported buffers");
        PyErr_Print();
    }
    PyObject_Free(SELF(self)->ob_bytes);
    Py_TYPE(self)->tp_free(self);
}

/* ---- assignment -------------------------------------------------------------------------------------------- */

/* Replaces self[start:end] by n bytes at p, which are not part of self. */
static int splice(PyObject *self, Py_ssize_t start, Py_ssize_t end, const char *p, Py_ssize_t n)
{
    Py_ssize_t size = Py_SIZE(self), growth = n - (end - start), tail = size - end;
    if (growth != 0 && !can_resize(self))
        return -1;
    if (growth < 0) {
        char *s = DATA(self);
        if (start == 0)
            SELF(self)->ob_start -= growth;  /* cut off the front */
        else
            memmove(s + start + n, s + end, (size_t)tail);
        if (start == 0) {
            Py_SET_SIZE(self, size + growth);
            if (Py_SIZE(self) + (SELF(self)->ob_start - SELF(self)->ob_bytes) < SELF(self)->ob_alloc)
                SELF(self)->ob_start[Py_SIZE(self)] = 0;
        }
        else if (PyByteArray_Resize(self, size + growth))
            return -1;
    }
    else if (growth > 0) {
        if (size > PY_SSIZE_T_MAX - growth) {
            PyErr_NoMemory();
            return -1;
        }
        if (PyByteArray_Resize(self, size + growth))
            return -1;
        char *s = DATA(self);
        memmove(s + end + growth, s + end, (size_t)tail);
    }
    if (n)
        memcpy(DATA(self) + start, p, (size_t)n);
    return 0;
}

static int set_slice(PyObject *self, Py_ssize_t start, Py_ssize_t end, PyObject *values)
{
    if (!values)
        return splice(self, start, end, NULL, 0);
    if (values == self) {
        PyObject *copy = PyByteArray_FromStringAndSize(DATA(values), Py_SIZE(values));
        int bad = copy ? set_slice(self, start, end, copy) : -1;
        Py_XDECREF(copy);
        return bad;
    }
    Py_buffer view;
    if (PyObject_GetBuffer(values, &view, PyBUF_SIMPLE)) {
        PyErr_Format(PyExc_TypeError, "can't set bytearray slice from %.100s", Py_TYPE(values)->tp_name);
        return -1;
    }
    Py_ssize_t size = Py_SIZE(self);
    if (start > size)
        start = size;
    if (end > size)
        end = size;
    if (end < start)
        end = start;
    int bad = splice(self, start, end, view.buf, view.len);
    PyBuffer_Release(&view);
    return bad;
}

static int index_of_key(PyObject *self, PyObject *key, Py_ssize_t *i)
{
    *i = PyNumber_AsSsize_t(key, PyExc_IndexError);
    if (*i == -1 && PyErr_Occurred())
        return -1;
    if (*i < 0)
        *i += Py_SIZE(self);
    if (*i >= 0 && *i < Py_SIZE(self))
        return 0;
    PyErr_SetString(PyExc_IndexError, "bytearray index out of range");
    return -1;
}

static int set_extended(PyObject *self, Py_ssize_t start, Py_ssize_t step, Py_ssize_t count, PyObject *values)
{
    if (!values || Py_SIZE(values) == 0) {
        if (count == 0)
            return 0;
        if (!can_resize(self))
            return -1;
        if (step < 0) {
            start += step * (count - 1);
            step = -step;
        }
        char *s = DATA(self);
        Py_ssize_t size = Py_SIZE(self), at = start;
        for (Py_ssize_t i = 0; i < count; i++) {
            Py_ssize_t from = start + i * step + 1, to = i + 1 < count ? start + (i + 1) * step : size;
            memmove(s + at, s + from, (size_t)(to - from));
            at += to - from;
        }
        return PyByteArray_Resize(self, size - count);
    }
    Py_ssize_t n = PyByteArray_GET_SIZE(values);
    if (n != count) {
        PyErr_Format(PyExc_ValueError, "attempt to assign bytes of size %zd to extended slice of size %zd", n, count);
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        DATA(self)[start + i * step] = DATA(values)[i];
    return 0;
}

static int bytearray_ass_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    Py_ssize_t i, start, stop, step;
    if (PyIndex_Check(key)) {
        if (index_of_key(self, key, &i))
            return -1;
        if (!value)
            return splice(self, i, i + 1, NULL, 0);
        int v = byte_value(value);
        if (v < 0)
            return -1;
        if (i >= Py_SIZE(self)) {
            PyErr_SetString(PyExc_IndexError, "bytearray index out of range");
            return -1;
        }
        DATA(self)[i] = (char)v;
        return 0;
    }
    if (!PySlice_Check(key)) {
        PyErr_Format(PyExc_TypeError, "bytearray indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
        return -1;
    }
    PyObject *values = NULL;
    if (value && (value == self || !PyByteArray_Check(value))) {
        if (PyNumber_Check(value) || PyUnicode_Check(value)) {
            PyErr_SetString(PyExc_TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
            return -1;
        }
        values = PyByteArray_FromObject(value);
        if (!values)
            return -1;
    }
    else
        values = Py_XNewRef(value);
    int bad = -1;
    if (!PySlice_Unpack(key, &start, &stop, &step)) {
        Py_ssize_t count = PySlice_AdjustIndices(Py_SIZE(self), &start, &stop, step);
        if ((step < 0 && start < stop) || (step > 0 && start > stop))
            stop = start;
        if (step == 1)
            bad = values ? splice(self, start, stop, DATA(values), Py_SIZE(values)) : splice(self, start, stop, NULL, 0);
        else
            bad = set_extended(self, start, step, count, values);
    }
    Py_XDECREF(values);
    return bad;
}

static int bytearray_ass_item(PyObject *self, Py_ssize_t i, PyObject *value)
{
    if (i < 0 || i >= Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "bytearray index out of range");
        return -1;
    }
    if (!value)
        return set_slice(self, i, i + 1, NULL);
    int v = byte_value(value);
    if (v < 0)
        return -1;
    if (i >= Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "bytearray index out of range");
        return -1;
    }
    DATA(self)[i] = (char)v;
    return 0;
}

/* ---- constructor ------------------------------------------------------------------------------------------- */

static int append_byte(PyObject *self, int v)
{
    Py_ssize_t n = Py_SIZE(self);
    if (n == PY_SSIZE_T_MAX) {
        PyErr_SetString(PyExc_OverflowError, "cannot add more objects to bytearray");
        return -1;
    }
    if (PyByteArray_Resize(self, n + 1))
        return -1;
    SELF(self)->ob_start[n] = (char)v;
    return 0;
}

/* Appends the values of an iterator, which is stolen; NULL with an exception set fails. */
static int append_all(PyObject *self, PyObject *it)
{
    PyObject *item;
    if (!it)
        return -1;
    while ((item = PyIter_Next(it))) {
        int v = byte_value(item);
        Py_DECREF(item);
        if (v < 0 || append_byte(self, v))
            break;
    }
    Py_DECREF(it);
    return PyErr_Occurred() ? -1 : 0;
}

/* Whether an argument is text or was left out; else 0 with an exception set. */
static int is_text(const char *name, PyObject *o)
{
    if (o == NULL || PyUnicode_Check(o))
        return 1;
    PyErr_Format(PyExc_TypeError, "bytearray() argument '%s' must be str, not %.50s", name,
                 o == Py_None ? "None" : Py_TYPE(o)->tp_name);
    return 0;
}

static int bytearray_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"source", "encoding", "errors", NULL};
    PyObject *x = NULL, *encoding = NULL, *errors = NULL;
    if (Py_SIZE(self) && PyByteArray_Resize(self, 0))
        return -1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOO:bytearray", names, &x, &encoding, &errors) ||
        !is_text("encoding", encoding) || !is_text("errors", errors))
        return -1;
    if (!x || (PyUnicode_Check(x) ? !encoding : encoding || errors)) {
        if (x || encoding || errors)
            PyErr_SetString(PyExc_TypeError, x && PyUnicode_Check(x) ? "string argument without an encoding"
                                           : encoding                ? "encoding without a string argument"
                                                                     : "errors without a string argument");
        return x || encoding || errors ? -1 : 0;
    }
    if (PyUnicode_Check(x)) {
        PyObject *encoded = byte_encode(x, encoding, errors);
        int bad = encoded ? splice(self, 0, 0, PyBytes_AS_STRING(encoded), PyBytes_GET_SIZE(encoded)) : -1;
        Py_XDECREF(encoded);
        return bad;
    }
    if (PyIndex_Check(x)) {
        Py_ssize_t n = PyNumber_AsSsize_t(x, PyExc_OverflowError);
        if (n == -1 && PyErr_Occurred()) {
            if (!PyErr_ExceptionMatches(PyExc_TypeError))
                return -1;
            PyErr_Clear();
        }
        else if (n < 0) {
            PyErr_SetString(PyExc_ValueError, "negative count");
            return -1;
        }
        else {
            if (n > 0) {
                if (PyByteArray_Resize(self, n))
                    return -1;
                memset(DATA(self), 0, (size_t)n);
            }
            return 0;
        }
    }
    if (PyObject_CheckBuffer(x)) {
        Py_buffer view;
        if (PyObject_GetBuffer(x, &view, PyBUF_FULL_RO))
            return -1;
        int bad = PyByteArray_Resize(self, view.len);
        if (!bad && view.len)
            bad = PyBuffer_ToContiguous(DATA(self), &view, view.len, 'C');
        PyBuffer_Release(&view);
        return bad;
    }
    PyObject *it = PyObject_GetIter(x);
    if (!it && PyErr_ExceptionMatches(PyExc_TypeError))
        PyErr_Format(PyExc_TypeError, "cannot convert '%.200s' object to bytearray", Py_TYPE(x)->tp_name);
    return append_all(self, it);
}

/* ---- protocols --------------------------------------------------------------------------------------------- */

static Py_ssize_t bytearray_length(PyObject *self) { return Py_SIZE(self); }

static PyObject *bytearray_item(PyObject *self, Py_ssize_t i)
{
    if (i < 0 || i >= Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "bytearray index out of range");
        return NULL;
    }
    return PyLong_FromLong((unsigned char)DATA(self)[i]);
}

static PyObject *bytearray_subscript(PyObject *self, PyObject *key)
{
    Py_ssize_t i, start, stop, step;
    if (PyIndex_Check(key))
        return index_of_key(self, key, &i) ? NULL : PyLong_FromLong((unsigned char)DATA(self)[i]);
    if (!PySlice_Check(key)) {
        PyErr_Format(PyExc_TypeError, "bytearray indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
        return NULL;
    }
    if (PySlice_Unpack(key, &start, &stop, &step))
        return NULL;
    Py_ssize_t count = PySlice_AdjustIndices(Py_SIZE(self), &start, &stop, step);
    if (step == 1)
        return PyByteArray_FromStringAndSize(DATA(self) + start, count);
    PyObject *r = PyByteArray_FromStringAndSize(NULL, count);
    for (i = 0; r && i < count; i++)
        DATA(r)[i] = DATA(self)[start + i * step];
    return r;
}

static PyObject *bytearray_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyObject_CheckBuffer(a) || !PyObject_CheckBuffer(b)) {
        if (Py_BytesWarningFlag && (op == Py_EQ || op == Py_NE) && (PyUnicode_Check(a) || PyUnicode_Check(b)) &&
            PyErr_WarnEx(PyExc_BytesWarning, "Comparison between bytearray and string", 1))
            return NULL;
        Py_RETURN_NOTIMPLEMENTED;
    }
    Py_buffer x, y;
    if (PyObject_GetBuffer(a, &x, PyBUF_SIMPLE)) {
        PyErr_Clear();
        Py_RETURN_NOTIMPLEMENTED;
    }
    if (PyObject_GetBuffer(b, &y, PyBUF_SIMPLE)) {
        PyErr_Clear();
        PyBuffer_Release(&x);
        Py_RETURN_NOTIMPLEMENTED;
    }
    Py_ssize_t n = x.len < y.len ? x.len : y.len;
    int c = memcmp(x.buf, y.buf, (size_t)n);
    if (c == 0)
        c = x.len < y.len ? -1 : x.len > y.len;
    PyBuffer_Release(&x);
    PyBuffer_Release(&y);
    Py_RETURN_RICHCOMPARE(c, 0, op);
}

static PyObject *bytearray_repr(PyObject *self)
{
    const char *name = _PyType_Name(Py_TYPE(self));
    char *prefix = PyMem_Malloc(strlen(name) + 3);
    if (!prefix)
        return PyErr_NoMemory();
    sprintf(prefix, "%s(b", name);
    PyObject *r = byte_repr(DATA(self), Py_SIZE(self), prefix, ")", 2);
    PyMem_Free(prefix);
    return r;
}

static PyObject *bytearray_str(PyObject *self)
{
    if (Py_BytesWarningFlag && PyErr_WarnEx(PyExc_BytesWarning, "str() on a bytearray instance", 1))
        return NULL;
    return bytearray_repr(self);
}

static PyObject *bytearray_iconcat(PyObject *self, PyObject *other)
{
    Py_buffer view;
    if (PyObject_GetBuffer(other, &view, PyBUF_SIMPLE)) {
        PyErr_Format(PyExc_TypeError, "can't concat %.100s to %.100s", Py_TYPE(other)->tp_name, Py_TYPE(self)->tp_name);
        return NULL;
    }
    Py_ssize_t n = Py_SIZE(self), more = view.len;
    int bad = n > PY_SSIZE_T_MAX - more ? (PyErr_NoMemory(), -1) : PyByteArray_Resize(self, n + more);
    if (!bad && more)
        memcpy(DATA(self) + n, view.buf, (size_t)more);
    PyBuffer_Release(&view);
    return bad ? NULL : Py_NewRef(self);
}

static PyObject *bytearray_irepeat(PyObject *self, Py_ssize_t times)
{
    Py_ssize_t n = Py_SIZE(self);
    if (times < 0)
        times = 0;
    if (n && times > PY_SSIZE_T_MAX / n)
        return PyErr_NoMemory();
    if (PyByteArray_Resize(self, n * times))
        return NULL;
    if (n && times > 1)
        byte_fill_repeated(DATA(self), DATA(self), n, n * times);
    return Py_NewRef(self);
}

static PyObject *bytearray_remainder(PyObject *a, PyObject *b)
{
    if (!PyByteArray_Check(a))
        Py_RETURN_NOTIMPLEMENTED;
    SELF(a)->ob_exports++;
    PyObject *r = _PyBytes_FormatEx(DATA(a), Py_SIZE(a), b, 1);
    SELF(a)->ob_exports--;
    return r;
}

static int bytearray_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    if (!view) {
        PyErr_SetString(PyExc_BufferError, "bytearray_getbuffer: view==NULL argument is obsolete");
        return -1;
    }
    if (PyBuffer_FillInfo(view, self, DATA(self), Py_SIZE(self), 0, flags))
        return -1;
    SELF(self)->ob_exports++;
    return 0;
}
static void bytearray_releasebuffer(PyObject *self, Py_buffer *view) { SELF(self)->ob_exports--; }

/* ---- methods ----------------------------------------------------------------------------------------------- */

static PyObject *bytearray_append(PyObject *self, PyObject *item)
{
    int v = byte_value(item);
    if (v < 0 || append_byte(self, v))
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *bytearray_extend(PyObject *self, PyObject *iterable)
{
    if (PyObject_CheckBuffer(iterable)) {
        if (set_slice(self, Py_SIZE(self), Py_SIZE(self), iterable))
            return NULL;
        Py_RETURN_NONE;
    }
    PyObject *more = PyByteArray_FromStringAndSize(NULL, 0);
    if (!more)
        return NULL;
    PyObject *it = PyObject_GetIter(iterable);
    if (!it && PyErr_ExceptionMatches(PyExc_TypeError))
        PyErr_Format(PyExc_TypeError, "can't extend bytearray with %.100s", Py_TYPE(iterable)->tp_name);
    if (it && PyObject_LengthHint(iterable, 32) < 0)
        Py_CLEAR(it);
    int bad = append_all(more, it);
    if (!bad)
        bad = splice(self, Py_SIZE(self), Py_SIZE(self), DATA(more), Py_SIZE(more));
    Py_DECREF(more);
    if (bad)
        return NULL;
    Py_RETURN_NONE;
}

static int arguments(const char *function, Py_ssize_t n, Py_ssize_t min, Py_ssize_t max)
{
    if (n >= min && n <= max)
        return 0;
    PyErr_Format(PyExc_TypeError, "%s expected %s%zd argument%s, got %zd", function, min == max ? "" : n < min ? "at least " : "at most ",
                 n < min ? min : max, (n < min ? min : max) == 1 ? "" : "s", n);
    return -1;
}

static PyObject *bytearray_insert(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (arguments("insert", n, 2, 2))
        return NULL;
    Py_ssize_t at = number_argument(args[0]);
    if (at == -1 && PyErr_Occurred())
        return NULL;
    int v = byte_value(args[1]);
    if (v < 0)
        return NULL;
    Py_ssize_t size = Py_SIZE(self);
    if (at < 0)
        at = at + size < 0 ? 0 : at + size;
    if (at > size)
        at = size;
    char c = (char)v;
    if (splice(self, at, at, &c, 1))
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *bytearray_pop(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    Py_ssize_t i = -1;
    if (arguments("pop", n, 0, 1))
        return NULL;
    if (n && (i = number_argument(args[0])) == -1 && PyErr_Occurred())
        return NULL;
    Py_ssize_t size = Py_SIZE(self);
    if (size == 0) {
        PyErr_SetString(PyExc_IndexError, "pop from empty bytearray");
        return NULL;
    }
    if (i < 0)
        i += size;
    if (i < 0 || i >= size) {
        PyErr_SetString(PyExc_IndexError, "pop index out of range");
        return NULL;
    }
    if (!can_resize(self))
        return NULL;
    int v = (unsigned char)DATA(self)[i];
    return splice(self, i, i + 1, NULL, 0) ? NULL : PyLong_FromLong(v);
}

static PyObject *bytearray_remove(PyObject *self, PyObject *item)
{
    int v = byte_value(item);
    if (v < 0)
        return NULL;
    char *s = DATA(self), *at = memchr(s, v, (size_t)Py_SIZE(self));
    if (!at) {
        PyErr_SetString(PyExc_ValueError, "value not found in bytearray");
        return NULL;
    }
    if (splice(self, at - s, at - s + 1, NULL, 0))
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *bytearray_reverse(PyObject *self, PyObject *unused)
{
    char *a = DATA(self), *b = a + Py_SIZE(self);
    while (a < --b) {
        char t = *a;
        *a++ = *b;
        *b = t;
    }
    Py_RETURN_NONE;
}

static PyObject *bytearray_clear(PyObject *self, PyObject *unused)
{
    if (PyByteArray_Resize(self, 0))
        return NULL;
    Py_RETURN_NONE;
}
static PyObject *bytearray_copy(PyObject *self, PyObject *unused) { return PyByteArray_FromStringAndSize(DATA(self), Py_SIZE(self)); }
static PyObject *bytearray_alloc(PyObject *self, PyObject *unused) { return PyLong_FromSsize_t(SELF(self)->ob_alloc); }
static PyObject *bytearray_sizeof(PyObject *self, PyObject *unused)
{
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + SELF(self)->ob_alloc);
}
static PyObject *bytearray_fromhex(PyObject *type, PyObject *string)
{
    PyObject *r = byte_from_hex(string, PyByteArray_FromStringAndSize);
    if (r && type != (PyObject *)&PyByteArray_Type)
        Py_SETREF(r, PyObject_CallOneArg(type, r));
    return r;
}

static PyObject *reduced(PyObject *self, int protocol)
{
    PyObject *state = _PyObject_GetState(self);
    if (!state)
        return NULL;
    if (!Py_SIZE(self))
        return Py_BuildValue("(O()N)", Py_TYPE(self), state);
    if (protocol < 3) {
        PyObject *text = PyUnicode_DecodeLatin1(DATA(self), Py_SIZE(self), NULL);
        return Py_BuildValue("(O(Ns)N)", Py_TYPE(self), text, "latin-1", state);
    }
    return Py_BuildValue("(O(y#)N)", Py_TYPE(self), DATA(self), Py_SIZE(self), state);
}
static PyObject *bytearray_reduce(PyObject *self, PyObject *unused) { return reduced(self, 2); }
static PyObject *bytearray_reduce_ex(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (arguments("__reduce_ex__", n, 0, 1))
        return NULL;
    int protocol = n ? _PyLong_AsInt(args[0]) : 0;
    return protocol == -1 && PyErr_Occurred() ? NULL : reduced(self, protocol);
}

static PyMethodDef bytearray_methods[] = {
    {"__alloc__", bytearray_alloc, METH_NOARGS, "B.__alloc__() -> int\n\nReturn the number of bytes actually allocated."},
    {"__reduce__", bytearray_reduce, METH_NOARGS, "__reduce__($self, /)\n--\n\nReturn state information for pickling."},
    {"__reduce_ex__", (PyCFunction)bytearray_reduce_ex, METH_FASTCALL,
     "__reduce_ex__($self, proto=0, /)\n--\n\nReturn state information for pickling."},
    {"__sizeof__", bytearray_sizeof, METH_NOARGS, "__sizeof__($self, /)\n--\n\nReturns the size of the bytearray object in memory, in bytes."},
    {"append", bytearray_append, METH_O, "append($self, item, /)\n--\n\nAppend a single item to the end of the bytearray."},
    {"clear", bytearray_clear, METH_NOARGS, "clear($self, /)\n--\n\nRemove all items from the bytearray."},
    {"copy", bytearray_copy, METH_NOARGS, "copy($self, /)\n--\n\nReturn a copy of B."},
    {"extend", bytearray_extend, METH_O,
     "extend($self, iterable_of_ints, /)\n--\n\nAppend all the items from the iterator or sequence to the end of the bytearray."},
    {"fromhex", bytearray_fromhex, METH_O | METH_CLASS,
     "fromhex($type, string, /)\n--\n\nCreate a bytearray object from a string of hexadecimal numbers."},
    {"insert", (PyCFunction)bytearray_insert, METH_FASTCALL,
     "insert($self, index, item, /)\n--\n\nInsert a single item into the bytearray before the given index."},
    {"pop", (PyCFunction)bytearray_pop, METH_FASTCALL, "pop($self, index=-1, /)\n--\n\nRemove and return a single item from B."},
    {"remove", bytearray_remove, METH_O, "remove($self, value, /)\n--\n\nRemove the first occurrence of a value in the bytearray."},
    {"reverse", bytearray_reverse, METH_NOARGS, "reverse($self, /)\n--\n\nReverse the order of the values in B in place."},
    {"maketrans", (PyCFunction)byte_maketrans, METH_FASTCALL | METH_STATIC,
     "maketrans(frm, to, /)\n--\n\nReturn a translation table usable for the bytes or bytearray translate method."},
#define NOARGS BYTE_METHOD_NOARGS
#define ONE BYTE_METHOD_ONE
#define FAST BYTE_METHOD_FAST
#define KEYWORDS BYTE_METHOD_KEYWORDS
#include "objects/bytes/methods.def"
#undef NOARGS
#undef ONE
#undef FAST
#undef KEYWORDS
    {NULL},
};

/* ---- iterator ---------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *bytes;  /* NULL when exhausted */
} ByteArrayIter;

extern PyTypeObject PyByteArrayIter_Type;

static PyObject *bytearray_iter(PyObject *self)
{
    ByteArrayIter *it = PyObject_GC_New(ByteArrayIter, &PyByteArrayIter_Type);
    if (!it)
        return NULL;
    it->index = 0;
    it->bytes = Py_NewRef(self);
    PyObject_GC_Track(it);
    return (PyObject *)it;
}
static void iter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((ByteArrayIter *)self)->bytes);
    PyObject_GC_Del(self);
}
static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((ByteArrayIter *)self)->bytes);
    return 0;
}
static PyObject *iter_next(PyObject *self)
{
    ByteArrayIter *it = (ByteArrayIter *)self;
    if (!it->bytes)
        return NULL;
    if (it->index < Py_SIZE(it->bytes))
        return PyLong_FromLong((unsigned char)DATA(it->bytes)[it->index++]);
    Py_CLEAR(it->bytes);
    return NULL;
}
static PyObject *iter_length_hint(PyObject *self, PyObject *unused)
{
    ByteArrayIter *it = (ByteArrayIter *)self;
    Py_ssize_t n = it->bytes ? Py_SIZE(it->bytes) - it->index : 0;
    return PyLong_FromSsize_t(n < 0 ? 0 : n);
}
static PyObject *iter_reduce(PyObject *self, PyObject *unused)
{
    ByteArrayIter *it = (ByteArrayIter *)self;
    PyObject *f = _PyEval_GetBuiltin(N(iter));
    return it->bytes ? Py_BuildValue("N(O)n", f, it->bytes, it->index) : Py_BuildValue("N(())", f);
}
static PyObject *iter_setstate(PyObject *self, PyObject *state)
{
    ByteArrayIter *it = (ByteArrayIter *)self;
    Py_ssize_t i = PyLong_AsSsize_t(state);
    if (i == -1 && PyErr_Occurred())
        return NULL;
    if (it->bytes)
        it->index = i < 0 ? 0 : i > Py_SIZE(it->bytes) ? Py_SIZE(it->bytes) : i;
    Py_RETURN_NONE;
}
static PyMethodDef iter_methods[] = {
    {"__length_hint__", iter_length_hint, METH_NOARGS, "Private method returning an estimate of len(list(it))."},
    {"__reduce__", iter_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", iter_setstate, METH_O, "Set state information for unpickling."},
    {NULL},
};

PyTypeObject PyByteArrayIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "bytearray_iterator",
    .tp_basicsize = sizeof(ByteArrayIter),
    .tp_dealloc = iter_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iter_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = iter_next,
    .tp_methods = iter_methods,
};

/* ---- the type ---------------------------------------------------------------------------------------------- */

static PySequenceMethods bytearray_as_sequence = {
    .sq_length = bytearray_length, .sq_concat = byte_concat, .sq_repeat = byte_repeat, .sq_item = bytearray_item,
    .sq_ass_item = bytearray_ass_item, .sq_contains = byte_contains, .sq_inplace_concat = bytearray_iconcat,
    .sq_inplace_repeat = bytearray_irepeat,
};
static PyMappingMethods bytearray_as_mapping = {bytearray_length, bytearray_subscript, bytearray_ass_subscript};
static PyBufferProcs bytearray_as_buffer = {bytearray_getbuffer, bytearray_releasebuffer};
static PyNumberMethods bytearray_as_number = {.nb_remainder = bytearray_remainder};

PyDoc_STRVAR(bytearray_doc,
"bytearray(iterable_of_ints) -> bytearray\n\
bytearray(string, encoding[, errors]) -> bytearray\n\
bytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\n\
bytearray(int) -> bytes array of size given by the parameter initialized with null bytes\n\
bytearray() -> empty bytes array\n\
\n\
Construct a mutable bytearray object from:\n\
  - an iterable yielding integers in range(256)\n\
  - a text string encoded using the specified encoding\n\
  - a bytes or a buffer object\n\
  - any object implementing the buffer API.\n\
  - an integer");

PyTypeObject PyByteArray_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "bytearray",
    .tp_basicsize = sizeof(PyByteArrayObject),
    .tp_dealloc = bytearray_dealloc,
    .tp_repr = bytearray_repr,
    .tp_as_number = &bytearray_as_number,
    .tp_as_sequence = &bytearray_as_sequence,
    .tp_as_mapping = &bytearray_as_mapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_str = bytearray_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_as_buffer = &bytearray_as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = bytearray_doc,
    .tp_richcompare = bytearray_richcompare,
    .tp_iter = bytearray_iter,
    .tp_methods = bytearray_methods,
    .tp_init = bytearray_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_Free,
};
