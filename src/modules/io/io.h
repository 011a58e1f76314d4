/* The module _io: streams in three layers (library reference, "io").
 *
 *   TextIOWrapper ── str ──▶ BufferedReader/Writer ── bytes ──▶ FileIO ──▶ descriptor
 *
 * Each type has a file; this header has what they share. */
#ifndef LIMPID_MODULES_IO_H
#define LIMPID_MODULES_IO_H

#include "Python.h"

#define IO_BUFFER_SIZE 8192

/* The start of every stream object: instances have a __dict__ and weak references. */
typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyObject *weakrefs;
} IOBase;

extern PyTypeObject PyIOBase_Type, PyRawIOBase_Type, PyBufferedIOBase_Type, PyTextIOBase_Type;
extern PyTypeObject PyFileIO_Type, PyBytesIO_Type, PyStringIO_Type;
extern PyTypeObject PyBufferedReader_Type, PyBufferedWriter_Type, PyBufferedRWPair_Type, PyBufferedRandom_Type;
extern PyTypeObject PyIncrementalNewlineDecoder_Type, PyTextIOWrapper_Type;

/* io.UnsupportedOperation, borrowed. */
extern PyObject *io_unsupported;
/* Sets io.UnsupportedOperation(message); NULL. */
PyObject *io_raise_unsupported(const char *message);

/* stream.closed: 1, 0, or -1 with an exception. */
int io_is_closed(PyObject *self);
/* 0, or -1 with ValueError "I/O operation on closed file.". */
int io_check_closed(PyObject *self);
/* 0, or -1 with UnsupportedOperation, when stream.readable() (…) is not true. */
int io_check_readable(PyObject *self);
int io_check_writable(PyObject *self);
int io_check_seekable(PyObject *self);
/* Calls close() in a finaliser, for all types; 0 when the object has come back to life (then dealloc must stop), else 1. */
int io_finalize(PyObject *self);
/* tp_finalize of all streams: closes what is open. */
void io_iobase_finalize(PyObject *self);
/* 1 when the pending exception is an OSError with EINTR and no signal handler raised: it is cleared, try again. */
int io_retry_after_signal(void);
/* A read size argument: None and absent give -1.  0, or -1 with TypeError. */
int io_read_size(PyObject *x, Py_ssize_t *size);
/* An offset as int64; -1 with an exception (check PyErr_Occurred).  errors: the exception for one that is too big. */
int64_t io_offset(PyObject *x, PyObject *error);

#endif
