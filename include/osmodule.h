/* os.fspath() from C. */
#ifndef Py_OSMODULE_H
#define Py_OSMODULE_H

#include "object.h"

_Py_BEGIN_C

PyAPI_FUNC(PyObject *) PyOS_FSPath(PyObject *path);

_Py_END_C

#endif
