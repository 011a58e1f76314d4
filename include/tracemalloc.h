/* Tracing memory that Python's allocator did not hand out. */
#ifndef Py_TRACEMALLOC_H
#define Py_TRACEMALLOC_H

#include "object.h"

_Py_BEGIN_C

PyAPI_FUNC(int) PyTraceMalloc_Track(unsigned int domain, uintptr_t ptr, size_t size);
PyAPI_FUNC(int) PyTraceMalloc_Untrack(unsigned int domain, uintptr_t ptr);
PyAPI_FUNC(PyObject *) _PyTraceMalloc_GetTraceback(unsigned int domain, uintptr_t ptr);

_Py_END_C

#endif
