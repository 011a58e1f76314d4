/* _PyUnicodeWriter: text put together piece by piece, in a buffer that is itself a str.
 *
 * WRITER-1  pos <= size; the buffer (NULL, or a str of `size` units of `kind`) is changed only while readonly is 0.
 * WRITER-2  a read-only buffer is a whole str that somebody else may hold: the only piece written so far. */
#include "objects/str/str.h"
#include <string.h>

static void writer_update(_PyUnicodeWriter *w)
{
    w->maxchar = str_max(w->buffer);
    w->data = str_data(w->buffer);
    if (!w->readonly) {
        w->kind = str_kind(w->buffer);
        w->size = str_len(w->buffer);
    }
    else {
        w->kind = 0;  /* so that every write prepares first */
        w->size = 0;
    }
}

void _PyUnicodeWriter_Init(_PyUnicodeWriter *w)
{
    memset(w, 0, sizeof *w);
    w->min_char = 127;
}

/* Makes room for `length` more characters up to `maxchar`. */
int _PyUnicodeWriter_PrepareInternal(_PyUnicodeWriter *w, Py_ssize_t length, Py_UCS4 maxchar)
{
    if (length > PY_SSIZE_T_MAX - w->pos) {
        PyErr_NoMemory();
        return -1;
    }
    Py_ssize_t need = w->pos + length;
    maxchar = Py_MAX(maxchar, w->min_char);
    if (w->buffer == NULL) {
        if (w->overallocate && need <= PY_SSIZE_T_MAX - need / 4)
            need += need / 4;
        need = Py_MAX(need, 1);  /* never the shared empty string */
        w->buffer = PyUnicode_New(Py_MAX(need, w->min_length), maxchar);
        if (w->buffer == NULL)
            return -1;
        writer_update(w);
        return 0;
    }
    Py_ssize_t size = Py_MAX(w->size, w->pos);
    if (need > w->size) {
        size = need;
        if (w->overallocate && size <= PY_SSIZE_T_MAX - size / 4)
            size += size / 4;
        size = Py_MAX(size, w->min_length);
    }
    if (maxchar > w->maxchar || w->readonly) {
        PyObject *wider = PyUnicode_New(Py_MAX(size, 1), Py_MAX(maxchar, w->maxchar));
        if (wider == NULL)
            return -1;
        units_copy(str_kind(wider), str_data(wider), 0, str_kind(w->buffer), str_data(w->buffer), 0, w->pos);
        Py_SETREF(w->buffer, wider);
        w->readonly = 0;
    }
    else if (need > w->size) {
        PyObject *longer = str_resize_compact(w->buffer, size);
        w->buffer = longer;
        if (longer == NULL)
            return -1;
    }
    writer_update(w);
    return 0;
}

int _PyUnicodeWriter_PrepareKindInternal(_PyUnicodeWriter *w, enum PyUnicode_Kind kind)
{
    return _PyUnicodeWriter_PrepareInternal(w, 0, kind == PyUnicode_1BYTE_KIND ? 0xff
                                                  : kind == PyUnicode_2BYTE_KIND ? 0xffff : MAX_UNICODE);
}

int _PyUnicodeWriter_WriteChar(_PyUnicodeWriter *w, Py_UCS4 c)
{
    if (_PyUnicodeWriter_Prepare(w, 1, c) < 0)
        return -1;
    unit_set(w->kind, w->data, w->pos, c);
    w->pos++;
    return 0;
}

int _PyUnicodeWriter_WriteStr(_PyUnicodeWriter *w, PyObject *o)
{
    if (PyUnicode_READY(o) < 0)
        return -1;
    Py_ssize_t n = str_len(o);
    if (n == 0)
        return 0;
    Py_UCS4 max = str_max(o);
    if (max > w->maxchar || n > w->size - w->pos) {
        if (w->buffer == NULL && !w->overallocate && PyUnicode_CheckExact(o)) {  /* WRITER-2 */
            w->readonly = 1;
            Py_INCREF(o);
            w->buffer = o;
            writer_update(w);
            w->pos = n;
            return 0;
        }
        if (_PyUnicodeWriter_PrepareInternal(w, n, max) < 0)
            return -1;
    }
    units_copy(w->kind, w->data, w->pos, str_kind(o), str_data(o), 0, n);
    w->pos += n;
    return 0;
}

int _PyUnicodeWriter_WriteSubstring(_PyUnicodeWriter *w, PyObject *o, Py_ssize_t start, Py_ssize_t end)
{
    if (PyUnicode_READY(o) < 0)
        return -1;
    if (end == 0)
        return 0;
    if (start == 0 && end == str_len(o))
        return _PyUnicodeWriter_WriteStr(w, o);
    Py_UCS4 max = str_max(o);
    if (max > w->maxchar)
        max = _PyUnicode_FindMaxChar(o, start, end);
    Py_ssize_t n = end - start;
    if (_PyUnicodeWriter_Prepare(w, n, max) < 0)
        return -1;
    if (n)
        units_copy(w->kind, w->data, w->pos, str_kind(o), str_data(o), start, n);
    w->pos += n;
    return 0;
}

int _PyUnicodeWriter_WriteASCIIString(_PyUnicodeWriter *w, const char *s, Py_ssize_t n)
{
    if (n == -1)
        n = (Py_ssize_t)strlen(s);
    if (n == 0)
        return 0;
    if (w->buffer == NULL && !w->overallocate) {
        PyObject *o = _PyUnicode_FromASCII(s, n);
        if (o == NULL)
            return -1;
        w->readonly = 1;
        w->buffer = o;
        writer_update(w);
        w->pos += n;
        return 0;
    }
    if (_PyUnicodeWriter_Prepare(w, n, 0x7f) < 0)
        return -1;
    units_copy(w->kind, w->data, w->pos, 1, s, 0, n);
    w->pos += n;
    return 0;
}

int _PyUnicodeWriter_WriteLatin1String(_PyUnicodeWriter *w, const char *s, Py_ssize_t n)
{
    if (n == 0)
        return 0;
    if (_PyUnicodeWriter_Prepare(w, n, units_max(1, s, n)) < 0)
        return -1;
    units_copy(w->kind, w->data, w->pos, 1, s, 0, n);
    w->pos += n;
    return 0;
}

/* The text (new), narrowed when the widest character asked for did not come. */
PyObject *_PyUnicodeWriter_Finish(_PyUnicodeWriter *w)
{
    PyObject *o = w->buffer;
    w->buffer = NULL;
    if (w->pos == 0) {
        Py_XDECREF(o);
        return str_empty();
    }
    if (w->readonly)
        return o;
    int kind = str_kind(o);
    if (w->pos == 1 && str_at(o, 0) < 256) {
        PyObject *shared = str_char(str_at(o, 0));
        Py_DECREF(o);
        return shared;
    }
    if (!str_is_ascii(o) && units_max(kind, str_data(o), w->pos) < str_max(o)) {
        PyObject *narrow = PyUnicode_FromKindAndData(kind, str_data(o), w->pos);
        Py_DECREF(o);
        return narrow;
    }
    if (str_len(o) != w->pos)
        o = str_resize_compact(o, w->pos);
    return o;
}

void _PyUnicodeWriter_Dealloc(_PyUnicodeWriter *w) { Py_CLEAR(w->buffer); }
