/* The format mini-language: [[fill]align][sign][z][#][0][width][grouping][.precision][type]. */
#ifndef LIMPID_OBJECTS_INT_FORMAT_H
#define LIMPID_OBJECTS_INT_FORMAT_H

#include "Python.h"

typedef struct {
    Py_UCS4 fill, align;      /* align is one of < > ^ = */
    int fill_given, align_given;
    int sign;                 /* 0 or one of + - space */
    int no_negative_zero;     /* z */
    int alternate;            /* # */
    Py_ssize_t width;         /* -1 not given */
    Py_UCS4 grouping;         /* 0, ',' or '_' */
    Py_ssize_t precision;     /* -1 not given */
    Py_UCS4 type;             /* 0 is never left: the default type stands here */
} FormatSpec;

/* Parses spec (a str) for a value of Py_TYPE(value); 0, or -1 with ValueError set.  default_align is '<' or '>'. */
int format_spec_parse(PyObject *spec, FormatSpec *out, Py_UCS4 default_type, Py_UCS4 default_align, PyObject *value);
/* "Unknown format code" for this type; returns NULL. */
PyObject *format_unknown_type(Py_UCS4 type, PyObject *value);
/* `text` padded to the spec's width by its fill and alignment ('=' counts as '>'); new reference, steals text (may be NULL). */
PyObject *format_pad(PyObject *text, const FormatSpec *spec);

PyObject *int_format(PyObject *self, PyObject *spec);
PyObject *float_format(PyObject *self, PyObject *spec);
PyObject *complex_format(PyObject *self, PyObject *spec);

#endif
