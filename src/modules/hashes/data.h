/* What may be hashed. */
#ifndef LIMPID_MODULES_HASHES_DATA_H
#define LIMPID_MODULES_HASHES_DATA_H

#include "Python.h"

/* Views data that is no str; 0, or -1 with TypeError set. */
static inline int hash_view(PyObject *data, Py_buffer *view)
{
    if (PyUnicode_Check(data)) {
        PyErr_SetString(PyExc_TypeError, "Strings must be encoded before hashing");
        return -1;
    }
    if (!PyObject_CheckBuffer(data)) {
        PyErr_SetString(PyExc_TypeError, "object supporting the buffer API required");
        return -1;
    }
    return PyObject_GetBuffer(data, view, PyBUF_SIMPLE);
}

#endif
