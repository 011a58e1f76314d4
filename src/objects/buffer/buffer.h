/* The buffer protocol, and the items of memoryview.
 *
 *   buffer.c      PyObject_GetBuffer, PyBuffer_*            memoryview.c  the type
 *   item.c        one item <-> object, by its format */
#ifndef LIMPID_OBJECTS_BUFFER_BUFFER_H
#define LIMPID_OBJECTS_BUFFER_BUFFER_H

#include "Python.h"

/* The format character of a native single-item format ("B", "@B"); 0 if it is not one. *size is the item size. */
char item_native(const char *format, Py_ssize_t *size);
/* New object from the item at p; NULL with NotImplementedError for other formats. */
PyObject *item_unpack(const char *p, const char *format);
/* Stores a value; 0, or -1 with TypeError/ValueError set. */
int item_pack(char *p, PyObject *value, const char *format);

/* Address of the element `index` of dimension 0 .. ndim-1 of a view. */
char *buffer_element(const Py_buffer *view, char *p, int dimension, Py_ssize_t index);
/* New memoryview of the memory under a contiguous buffer: one dimension of bytes, whatever shape the exporter gives it. */
PyObject *memoryview_of_memory(PyObject *exporter);
/* Copies all elements in C or Fortran order to `out`. */
void buffer_to_flat(char *out, const Py_buffer *view, char order);

#endif
