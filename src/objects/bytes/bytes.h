/* bytes and bytearray: what their files share.
 *
 *   bytes.c     the type bytes and its C API        bytearray.c  the type bytearray
 *   methods.c   the methods of both, once           text.c       repr, escapes, hexadecimal
 *   format.c    bytes % args, PyBytes_FromFormat    writer.c     _PyBytesWriter
 *
 * A method of both gets at its data by byte_data() after everything that can run Python code (a bytearray may be resized by
 * that), and makes its result by byte_make(), of the kind that self is. */
#ifndef LIMPID_OBJECTS_BYTES_BYTES_H
#define LIMPID_OBJECTS_BYTES_BYTES_H

#include "Python.h"

static inline const char *byte_data(PyObject *self, Py_ssize_t *n)
{
    *n = Py_SIZE(self);
    return PyBytes_Check(self) ? PyBytes_AS_STRING(self) : PyByteArray_AS_STRING(self);
}
static inline PyObject *byte_make(PyObject *self, const char *p, Py_ssize_t n)
{
    return PyBytes_Check(self) ? PyBytes_FromStringAndSize(p, n) : PyByteArray_FromStringAndSize(p, n);
}
/* Writable data of a result fresh from byte_make(self, NULL, n). */
static inline char *byte_room(PyObject *made)
{
    return PyBytes_Check(made) ? PyBytes_AS_STRING(made) : PyByteArray_AS_STRING(made);
}

/* The value of an int (or __index__) as a byte; -1 with ValueError (`byte must be in range(0, 256)`) or TypeError set. */
int byte_value(PyObject *o);
/* Arguments of a METH_FASTCALL | METH_KEYWORDS method into out[0..max), NULL where not given; `positional` of the names are
 * positional only.  0, or -1 with TypeError set. */
int byte_arguments(const char *function, PyObject *const *args, Py_ssize_t n, PyObject *kwnames, const char *const *names, int positional,
                   int max, PyObject **out);
/* bytes(source, encoding, errors) of the two constructors: the bytes-like source for a str; new bytes or NULL. */
PyObject *byte_encode(PyObject *source, PyObject *encoding, PyObject *errors);
/* prefix 'data' suffix with escapes; smart_quotes: 1 prefers " around apostrophes, 2 escapes apostrophes also then. */
PyObject *byte_repr(const char *data, Py_ssize_t n, const char *prefix, const char *suffix, int smart_quotes);
/* data.hex(sep, bytes_per_sep) for any bytes; sep NULL is none. */
PyObject *byte_hex_text(const char *data, Py_ssize_t n, PyObject *sep, int bytes_per_sep);
/* The text of bytes.fromhex(string) as a new object by `make` (PyBytes_FromStringAndSize or the bytearray one). */
PyObject *byte_from_hex(PyObject *string, PyObject *(*make)(const char *, Py_ssize_t));
int byte_contains(PyObject *self, PyObject *arg);
/* self << other as concat for both kinds. */
PyObject *byte_concat(PyObject *a, PyObject *b);
PyObject *byte_repeat(PyObject *self, Py_ssize_t n);
void byte_fill_repeated(char *out, const char *unit, Py_ssize_t unit_size, Py_ssize_t total);

/* The shared methods: prototypes here, lines of a PyMethodDef table where a type includes methods.def itself. */
#define NOARGS(name, doc) PyObject *byte_##name(PyObject *self, PyObject *unused);
#define ONE(name, doc) PyObject *byte_##name(PyObject *self, PyObject *arg);
#define FAST(name, doc) PyObject *byte_##name(PyObject *self, PyObject *const *args, Py_ssize_t n);
#define KEYWORDS(name, doc) PyObject *byte_##name(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *kwnames);
#include "objects/bytes/methods.def"
#undef NOARGS
#undef ONE
#undef FAST
#undef KEYWORDS
#define BYTE_METHOD_NOARGS(name, doc) {#name, byte_##name, METH_NOARGS, doc},
#define BYTE_METHOD_ONE(name, doc) {#name, byte_##name, METH_O, doc},
#define BYTE_METHOD_FAST(name, doc) {#name, (PyCFunction)byte_##name, METH_FASTCALL, doc},
#define BYTE_METHOD_KEYWORDS(name, doc) {#name, (PyCFunction)byte_##name, METH_FASTCALL | METH_KEYWORDS, doc},
/* bytes.maketrans, a static method. */
PyObject *byte_maketrans(PyObject *unused, PyObject *const *args, Py_ssize_t n);

#endif
