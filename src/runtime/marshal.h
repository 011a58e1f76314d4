/* Marshal: plain values and code objects as bytes, in the format of 3.11 (versions 0 to 4).
 *
 *   byte      type code, | 0x80 when the object gets the next index for later references
 *   ...       what the type needs: numbers little-endian, lengths as 32 bits, items in order
 *
 * docs: library reference, "marshal"; the code object's fields are those of types.CodeType. */
#ifndef LIMPID_RUNTIME_MARSHAL_H
#define LIMPID_RUNTIME_MARSHAL_H

#include "Python.h"
#include <marshal.h>

#define MARSHAL_REF 0x80
#define MARSHAL_DEPTH 2000

/* Reads an object that the program itself holds (frozen modules): code is not verified.  New, or NULL. */
PyObject *marshal_read_trusted(const void *data, Py_ssize_t size);
/* Reads from bytes of unknown origin; code objects are verified.  New, or NULL with EOFError, ValueError or TypeError. */
PyObject *marshal_read(const void *data, Py_ssize_t size);
/* Reads one object from a Python file object through its read method. */
PyObject *marshal_read_from(PyObject *file);

#endif
