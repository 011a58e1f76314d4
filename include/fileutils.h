/* File names between the locale's encoding and wchar_t. */
#ifndef Py_FILEUTILS_H
#define Py_FILEUTILS_H

#include "object.h"
#include <stdio.h>

_Py_BEGIN_C

PyAPI_FUNC(wchar_t *) Py_DecodeLocale(const char *arg, size_t *size);
PyAPI_FUNC(char *) Py_EncodeLocale(const wchar_t *text, size_t *error_pos);
PyAPI_FUNC(FILE *) _Py_fopen_obj(PyObject *path, const char *mode);

_Py_END_C

#endif
