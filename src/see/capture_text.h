/* What a capture says of an object in words: UTF-8, cut at CAPTURE_TEXT bytes, made without running Python code or
 * allocating from the heap. */
#ifndef LIMPID_SEE_CAPTURE_TEXT_H
#define LIMPID_SEE_CAPTURE_TEXT_H

#include "Python.h"

#define CAPTURE_TEXT 512
#define VALUE_TEXT 80 /* bytes of a value that are shown */
#define BRIEF_TEXT 40 /* of a brief one: of str */
#define BRIEF_BYTES 12

/* The first characters of a str object (anything else is nothing) that fit; how many bytes. */
size_t capture_cut(PyObject *s, char *text, size_t room);
/* A str object (anything else is nothing); how many bytes. */
size_t capture_str(PyObject *s, char *text);
/* module.qualname, the module left out for built-in ones. */
size_t capture_type_name(PyTypeObject *type, char *text);
/* The name of a class, function, module or code object and, if `values`, the text of a string or number (2: a brief one);
 * its length, or -1. */
int capture_name(PyObject *o, int values, char *text);
/* Items of a container or string; -1 when it has none. */
Py_ssize_t capture_length(PyObject *o);
/* Whether code is part of the package limpid: the observer is not in the picture. */
int capture_is_own(PyCodeObject *code);

#endif
