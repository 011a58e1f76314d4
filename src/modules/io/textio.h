/* TextIOWrapper: text over a stream of bytes.  The files of the type share this. */
#ifndef LIMPID_MODULES_IO_TEXTIO_H
#define LIMPID_MODULES_IO_TEXTIO_H

#include "modules/io/io.h"
#include "objects/str/str.h"

/* TEXT-1  text[used:] is decoded and not read yet; `text` NULL means nothing.
 * TEXT-2  while `telling`, snapshot (flags, bytes) is the decoder's state and input from which `text` came.
 * TEXT-3  pending[0:npending] is encoded and not passed on to `buffer` yet. */
typedef struct {
    PyObject_HEAD
    int ok, detached;
    Py_ssize_t chunk_size;
    PyObject *buffer, *encoding, *encoder, *decoder, *errors, *newline;  /* newline: as given, or NULL */
    enum { ENCODE_ANY, ENCODE_UTF8, ENCODE_ASCII, ENCODE_LATIN1 } direct;
    const char *errors_text;
    char line_buffering, write_through, universal, translate_read, translate_write, seekable, has_read1, telling, finalizing;
    const char *write_newline;        /* what "\n" becomes, or NULL */
    char *pending;
    Py_ssize_t npending;
    PyObject *text;
    Py_ssize_t used;
    PyObject *snapshot;
    double bytes_per_char;
    PyObject *weakrefs, *dict;
} TextIO;

int text_check(TextIO *self);            /* set up, not detached, not closed */
/* part.name(arg), or part.name() when arg is NULL, of the buffer, decoder or encoder; ValueError when it is gone. */
PyObject *text_call(TextIO *self, PyObject *part, PyObject *name, PyObject *arg);
int text_flush_pending(TextIO *self);
void text_drop(TextIO *self);            /* forgets decoded text */
PyObject *text_decode(TextIO *self, PyObject *bytes, int final);
/* Methods that live in textio_seek.c. */
PyObject *text_seek(PyObject *o, PyObject *const *args, Py_ssize_t nargs);
PyObject *text_tell(PyObject *o, PyObject *unused);
int text_reset_encoder(TextIO *self, int at_start);

#endif
