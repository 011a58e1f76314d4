/* _PyBytesWriter: building bytes of a size that is not known beforehand.
 *
 * The first bytes go to small_buffer; what does not fit moves to an object in `buffer`.  The caller keeps a pointer to where it
 * writes; every function that may move the data takes it and gives the new one. */
#include "objects/bytes/bytes.h"

#include <stddef.h>

static char *start_of(_PyBytesWriter *w)
{
    return w->use_small_buffer ? w->small_buffer : byte_room(w->buffer);
}

void _PyBytesWriter_Init(_PyBytesWriter *w)
{
    memset(w, 0, offsetof(_PyBytesWriter, small_buffer));
}

void _PyBytesWriter_Dealloc(_PyBytesWriter *w) { Py_CLEAR(w->buffer); }

void *_PyBytesWriter_Resize(_PyBytesWriter *w, void *at, Py_ssize_t size)
{
    Py_ssize_t used = (char *)at - start_of(w), room = size;
    if (w->overallocate && size <= PY_SSIZE_T_MAX - size / 4)
        room = size + size / 4;
    if (w->use_small_buffer) {
        PyObject *made = w->use_bytearray ? PyByteArray_FromStringAndSize(NULL, room) : PyBytes_FromStringAndSize(NULL, room);
        if (!made)
            return NULL;
        memcpy(byte_room(made), w->small_buffer, (size_t)used);
        w->buffer = made;
        w->use_small_buffer = 0;
    }
    else if (w->use_bytearray ? PyByteArray_Resize(w->buffer, room) : _PyBytes_Resize(&w->buffer, room))
        return NULL;
    w->allocated = room;
    return start_of(w) + used;
}

void *_PyBytesWriter_Prepare(_PyBytesWriter *w, void *at, Py_ssize_t size)
{
    if (size == 0)
        return at;
    if (w->min_size > PY_SSIZE_T_MAX - size) {
        PyErr_NoMemory();
        _PyBytesWriter_Dealloc(w);
        return NULL;
    }
    w->min_size += size;
    if (w->min_size > w->allocated && !(at = _PyBytesWriter_Resize(w, at, w->min_size)))
        _PyBytesWriter_Dealloc(w);
    return at;
}

void *_PyBytesWriter_Alloc(_PyBytesWriter *w, Py_ssize_t size)
{
    w->use_small_buffer = 1;
    w->allocated = sizeof w->small_buffer;
    return _PyBytesWriter_Prepare(w, w->small_buffer, size);
}

PyObject *_PyBytesWriter_Finish(_PyBytesWriter *w, void *at)
{
    Py_ssize_t used = (char *)at - start_of(w);
    PyObject *(*make)(const char *, Py_ssize_t) = w->use_bytearray ? PyByteArray_FromStringAndSize : PyBytes_FromStringAndSize;
    if (w->use_small_buffer || used <= 1) {
        PyObject *r = make(start_of(w), used);
        Py_CLEAR(w->buffer);
        return r;
    }
    PyObject *r = w->buffer;
    w->buffer = NULL;
    if (w->use_bytearray) {
        if (PyByteArray_Resize(r, used))
            Py_CLEAR(r);
    }
    else
        _PyBytes_Resize(&r, used);
    return r;
}

void *_PyBytesWriter_WriteBytes(_PyBytesWriter *w, void *at, const void *bytes, Py_ssize_t size)
{
    char *p = _PyBytesWriter_Prepare(w, at, size);
    if (!p)
        return NULL;
    memcpy(p, bytes, (size_t)size);
    return p + size;
}

/* Writes the text of an int in a base; where to go on, or NULL with an error set. */
char *_PyLong_FormatBytesWriter(_PyBytesWriter *w, char *at, PyObject *v, int base, int alternate)
{
    PyObject *text = _PyLong_Format(v, base);
    if (!text)
        return NULL;
    const char *s = (const char *)PyUnicode_1BYTE_DATA(text);
    Py_ssize_t n = PyUnicode_GET_LENGTH(text), skip = !alternate && base != 10 ? 2 : 0, sign = *s == '-';
    if (sign)
        at = _PyBytesWriter_WriteBytes(w, at, "-", 1);
    if (at)
        at = _PyBytesWriter_WriteBytes(w, at, s + sign + skip, n - sign - skip);
    Py_DECREF(text);
    return at;
}
