/* str and wchar_t (4 bytes, so a wchar_t is a character), and the deprecated Py_UNICODE interface. */
#include "objects/str/str.h"
#include <string.h>
#include <wchar.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

PyObject *PyUnicode_FromWideChar(const wchar_t *w, Py_ssize_t size)
{
    if (w == NULL && size != 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (size == -1)
        size = (Py_ssize_t)wcslen(w);
    for (Py_ssize_t i = 0; i < size; i++)
        if ((Py_UCS4)w[i] > MAX_UNICODE) {
            PyErr_Format(PyExc_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", (int)w[i]);
            return NULL;
        }
    return PyUnicode_FromKindAndData(4, w, size);
}

Py_ssize_t PyUnicode_AsWideChar(PyObject *o, wchar_t *w, Py_ssize_t size)
{
    if (o == NULL || !PyUnicode_Check(o)) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (PyUnicode_READY(o) < 0)
        return -1;
    Py_ssize_t n = str_len(o);
    if (w == NULL)
        return n + 1;
    Py_ssize_t copied = Py_MIN(n, size);
    units_copy(4, w, 0, str_kind(o), str_data(o), 0, copied);
    if (size > n)
        w[n] = 0;
    return copied;
}

wchar_t *PyUnicode_AsWideCharString(PyObject *o, Py_ssize_t *size)
{
    if (o == NULL || !PyUnicode_Check(o)) {
        o == NULL ? PyErr_BadInternalCall() : (void)PyErr_BadArgument();
        return NULL;
    }
    if (PyUnicode_READY(o) < 0)
        return NULL;
    Py_ssize_t n = str_len(o);
    wchar_t *w = PyMem_Malloc(((size_t)n + 1) * sizeof *w);
    if (w == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    units_copy(4, w, 0, str_kind(o), str_data(o), 0, n);
    w[n] = 0;
    if (size != NULL)
        *size = n;
    else if ((Py_ssize_t)wcslen(w) != n) {
        PyMem_Free(w);
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return NULL;
    }
    return w;
}

/* "O&" converter: a wchar_t * to be freed with PyMem_Free. */
int _PyUnicode_WideCharString_Converter(PyObject *o, void *p)
{
    wchar_t **to = p;
    if (o == NULL) {
        PyMem_Free(*to);
        *to = NULL;
        return 1;
    }
    if (PyUnicode_Check(o)) {
        *to = PyUnicode_AsWideCharString(o, NULL);
        return *to ? Py_CLEANUP_SUPPORTED : 0;
    }
    PyErr_Format(PyExc_TypeError, "argument must be str, not %.50s", Py_TYPE(o)->tp_name);
    return 0;
}

int _PyUnicode_WideCharString_Opt_Converter(PyObject *o, void *p)
{
    if (o != Py_None)
        return _PyUnicode_WideCharString_Converter(o, p);
    *(wchar_t **)p = NULL;
    return 1;
}

/* --- deprecated: the wide copy that a string keeps --- */

/* With u NULL, a string that is made ready once its buffer has been filled. */
PyObject *PyUnicode_FromUnicode(const Py_UNICODE *u, Py_ssize_t size)
{
    if (u != NULL)
        return PyUnicode_FromWideChar(u, size);
    if (size < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (size == 0)
        return str_empty();
    PyUnicodeObject *o = PyObject_New(PyUnicodeObject, &PyUnicode_Type);
    if (o == NULL)
        return NULL;
    memset((char *)o + sizeof(PyObject), 0, sizeof *o - sizeof(PyObject));
    o->_base._base.hash = -1;
    o->_base.wstr_length = size;
    o->_base._base.wstr = PyObject_Malloc(((size_t)size + 1) * sizeof(wchar_t));
    if (o->_base._base.wstr == NULL) {
        Py_DECREF(o);
        return PyErr_NoMemory();
    }
    o->_base._base.wstr[0] = o->_base._base.wstr[size] = 0;
    return (PyObject *)o;
}

Py_UNICODE *PyUnicode_AsUnicodeAndSize(PyObject *o, Py_ssize_t *size)
{
    if (!PyUnicode_Check(o)) {
        PyErr_BadArgument();
        return NULL;
    }
    PyASCIIObject *h = str_head(o);
    if (h->wstr == NULL) {
        Py_ssize_t n = str_len(o);
        wchar_t *w = PyObject_Malloc(((size_t)n + 1) * sizeof *w);
        if (w == NULL) {
            PyErr_NoMemory();
            return NULL;
        }
        units_copy(4, w, 0, str_kind(o), str_data(o), 0, n);
        w[n] = 0;
        h->wstr = w;
        if (!PyUnicode_IS_COMPACT_ASCII(o))
            ((PyCompactUnicodeObject *)o)->wstr_length = n;
    }
    if (size)
        *size = PyUnicode_WSTR_LENGTH(o);
    return h->wstr;
}

Py_UNICODE *PyUnicode_AsUnicode(PyObject *o) { return PyUnicode_AsUnicodeAndSize(o, NULL); }

const Py_UNICODE *_PyUnicode_AsUnicode(PyObject *o)
{
    Py_ssize_t size;
    const Py_UNICODE *w = PyUnicode_AsUnicodeAndSize(o, &size);
    if (w && wcslen(w) != (size_t)size) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return NULL;
    }
    return w;
}

Py_ssize_t PyUnicode_GetSize(PyObject *o)
{
    Py_ssize_t size;
    return PyUnicode_AsUnicodeAndSize(o, &size) ? size : -1;
}
