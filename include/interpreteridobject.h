/* Interpreter ids as objects, as interpreteridobject.h of 3.11. */
#ifndef LIMPID_INTERPRETERIDOBJECT_H
#define LIMPID_INTERPRETERIDOBJECT_H

#include "Python.h"

PyAPI_DATA(PyTypeObject) _PyInterpreterID_Type;
PyAPI_FUNC(PyObject *) _PyInterpreterID_New(int64_t id);
PyAPI_FUNC(PyObject *) _PyInterpreterState_GetIDObject(PyInterpreterState *interp);
PyAPI_FUNC(PyInterpreterState *) _PyInterpreterID_LookUp(PyObject *id);

#endif
