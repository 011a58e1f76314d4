/* Comparison of C strings without regard to case, whatever the locale. */
#ifndef Py_STRCMP_H
#define Py_STRCMP_H

#include "object.h"

_Py_BEGIN_C

PyAPI_FUNC(int) PyOS_mystrnicmp(const char *, const char *, Py_ssize_t);
PyAPI_FUNC(int) PyOS_mystricmp(const char *, const char *);

#define PyOS_strnicmp PyOS_mystrnicmp
#define PyOS_stricmp PyOS_mystricmp

_Py_END_C

#endif
