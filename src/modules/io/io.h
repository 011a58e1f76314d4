/* _io: the streams.  Types, and what the files of this folder share.
 *
 *   _IOBase ── _RawIOBase ── FileIO
 *           ├─ _BufferedIOBase ── BytesIO, BufferedReader, BufferedWriter, BufferedRandom, BufferedRWPair
 *           └─ _TextIOBase ── TextIOWrapper, StringIO                          IncrementalNewlineDecoder */
#ifndef LIMPID_MODULES_IO_H
#define LIMPID_MODULES_IO_H

#include "Python.h"
#include "objects/names.h"
#include <sys/types.h>

#define IO_BUFFER_SIZE (8 * 1024)
typedef off_t Py_off_t;

extern PyTypeObject IOBase_Type, RawIOBase_Type, BufferedIOBase_Type, TextIOBase_Type, FileIO_Type, BytesIO_Type,
    _PyBytesIOBuffer_Type, BufferedReader_Type, BufferedWriter_Type, BufferedRandom_Type, BufferedRWPair_Type, TextIOWrapper_Type,
    StringIO_Type, IncrementalNewlineDecoder_Type;

/* Raises UnsupportedOperation; NULL. */
PyObject *io_unsupported(const char *message);
/* Whether `closed` of the stream is true; -1 with an exception. */
int io_is_closed(PyObject *self);
/* 0, or -1 with ValueError "I/O operation on closed file.". */
int io_check_closed(PyObject *self);
int io_check_readable(PyObject *self);
int io_check_writable(PyObject *self);
int io_check_seekable(PyObject *self);
/* Closes a stream that is about to die; -1 when it has come back to life.  For destructors. */
int io_finalize(PyObject *self);
/* After a failed call: 1 when it failed with EINTR (the exception is then cleared), else 0. */
int io_trap_eintr(void);
/* An optional size argument: 0 with *n (-1 for None or absent), or -1 with TypeError. */
int io_size_arg(PyObject *const *args, Py_ssize_t nargs, const char *name, Py_ssize_t *n);
/* A file offset; -1 with an exception when it is none (check PyErr_Occurred). */
Py_off_t io_offset(PyObject *o);
/* As PyErr_* chaining: the pending exception, if any, becomes the context of the saved one, which is set again. */
void io_chain(PyObject *type, PyObject *value, PyObject *trace);
/* Calls self.flush() and self.close()-like steps with pending exceptions kept. */
PyObject *io_open(PyObject *file, const char *mode, int buffering, const char *encoding, const char *errors, const char *newline,
                  int closefd, PyObject *opener);

/* FileIO for its neighbours: bytes read or written; -1 with an exception, -2 when it would block. */
Py_ssize_t fileio_read_into(PyObject *self, char *to, Py_ssize_t n);
Py_ssize_t fileio_write_from(PyObject *self, const char *from, Py_ssize_t n);
int fileio_is_closed(PyObject *self);

/* The part of a text stream that finds the end of a line: index behind it, or -1 with *consumed searched. */
Py_ssize_t io_find_line_end(int translated, int universal, PyObject *newline, int kind, const char *start, const char *end,
                            Py_ssize_t *consumed);
PyObject *newline_decode(PyObject *decoder, PyObject *input, int final);

#define IO_METHODK(f) ((PyCFunction)(void (*)(void))(f))

#endif
