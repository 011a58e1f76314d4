/* Tuples with named fields, as os.stat() and time.localtime() return them. */
#ifndef Py_STRUCTSEQ_H
#define Py_STRUCTSEQ_H

#include "tupleobject.h"

_Py_BEGIN_C

typedef struct PyStructSequence_Field {
    const char *name, *doc;
} PyStructSequence_Field;

typedef struct PyStructSequence_Desc {
    const char *name, *doc;
    PyStructSequence_Field *fields; /* ends with a NULL name */
    int n_in_sequence;              /* the others are attributes only */
} PyStructSequence_Desc;

typedef PyTupleObject PyStructSequence;

PyAPI_DATA(const char * const) PyStructSequence_UnnamedField;
PyAPI_FUNC(void) PyStructSequence_InitType(PyTypeObject *type, PyStructSequence_Desc *desc);
PyAPI_FUNC(int) PyStructSequence_InitType2(PyTypeObject *type, PyStructSequence_Desc *desc);
PyAPI_FUNC(PyTypeObject *) PyStructSequence_NewType(PyStructSequence_Desc *desc);
PyAPI_FUNC(PyObject *) PyStructSequence_New(PyTypeObject *type);
PyAPI_FUNC(void) PyStructSequence_SetItem(PyObject *, Py_ssize_t, PyObject *);
PyAPI_FUNC(PyObject *) PyStructSequence_GetItem(PyObject *, Py_ssize_t);

#define PyStructSequence_SET_ITEM(op, i, v) PyTuple_SET_ITEM(op, i, v)
#define PyStructSequence_GET_ITEM(op, i) PyTuple_GET_ITEM(op, i)

_Py_END_C

#endif
