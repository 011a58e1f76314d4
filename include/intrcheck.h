/* Signals and fork. */
#ifndef Py_INTRCHECK_H
#define Py_INTRCHECK_H

#include "object.h"

_Py_BEGIN_C

PyAPI_FUNC(int) PyOS_InterruptOccurred(void);
PyAPI_FUNC(void) PyOS_BeforeFork(void);
PyAPI_FUNC(void) PyOS_AfterFork_Parent(void);
PyAPI_FUNC(void) PyOS_AfterFork_Child(void);
PyAPI_FUNC(void) PyOS_AfterFork(void);
PyAPI_FUNC(int) _PyOS_IsMainThread(void);

_Py_END_C

#endif
