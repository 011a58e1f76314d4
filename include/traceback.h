/* Traceback objects. */
#ifndef Py_TRACEBACK_H
#define Py_TRACEBACK_H

#include "pyframe.h"

_Py_BEGIN_C

typedef struct _traceback PyTracebackObject;
struct _traceback {
    PyObject_HEAD
    PyTracebackObject *tb_next;
    PyFrameObject *tb_frame;
    int tb_lasti, tb_lineno;
};

PyAPI_FUNC(int) PyTraceBack_Here(PyFrameObject *);
PyAPI_FUNC(int) PyTraceBack_Print(PyObject *, PyObject *);
PyAPI_DATA(PyTypeObject) PyTraceBack_Type;
PyAPI_FUNC(int) _Py_DisplaySourceLine(PyObject *, PyObject *, int, int, int *, PyObject **);
PyAPI_FUNC(void) _PyTraceback_Add(const char *, const char *, int);

#define PyTraceBack_Check(v) Py_IS_TYPE(v, &PyTraceBack_Type)

_Py_END_C

#endif
