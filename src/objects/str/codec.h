/* What the codecs of this folder share: error handlers and a buffer for encoded bytes. */
#ifndef LIMPID_OBJECTS_CODEC_H
#define LIMPID_OBJECTS_CODEC_H

#include "objects/str/str.h"

/* The error handlers that codecs serve themselves; others are asked by name. */
enum error_kind { ERR_STRICT, ERR_IGNORE, ERR_REPLACE, ERR_SURROGATEESCAPE, ERR_SURROGATEPASS, ERR_BACKSLASH, ERR_XML, ERR_OTHER };
enum error_kind error_kind_of(const char *errors);

/* --- decoding --- */
typedef struct {
    const char *encoding, *errors;
    enum error_kind kind;
    const char *start, *end;    /* the input; a handler may have replaced it */
    PyObject *handler, *exc, *input;
} DecodeErrors;

void decode_begin(DecodeErrors *d, const char *encoding, const char *errors, const char *s, Py_ssize_t size);
void decode_end(DecodeErrors *d);
/* Has the handler deal with input[from:to], writes what it answers; the position to go on from, or -1. */
Py_ssize_t decode_fail(DecodeErrors *d, _PyUnicodeWriter *w, Py_ssize_t from, Py_ssize_t to, const char *reason);

/* --- encoding --- */
typedef struct {
    const char *encoding, *errors;
    enum error_kind kind;
    PyObject *text;             /* borrowed */
    PyObject *handler, *exc;
} EncodeErrors;

void encode_begin(EncodeErrors *e, const char *encoding, const char *errors, PyObject *text);
void encode_end(EncodeErrors *e);
/* Has the handler deal with text[from:to]: *rep is a new str or bytes; the position to go on from, or -1. */
Py_ssize_t encode_fail(EncodeErrors *e, Py_ssize_t from, Py_ssize_t to, const char *reason, PyObject **rep);
/* Raises UnicodeEncodeError for text[from:to]; -1. */
int encode_raise(EncodeErrors *e, Py_ssize_t from, Py_ssize_t to, const char *reason);

/* A bytes object under construction. */
typedef struct {
    PyObject *bytes;            /* NULL after a failure */
    char *p;                    /* next byte */
    char *end;
} ByteBuffer;

int bytebuf_begin(ByteBuffer *b, Py_ssize_t size);
/* Makes room for n more bytes; -1 with MemoryError. */
int bytebuf_grow(ByteBuffer *b, Py_ssize_t n);
static inline int bytebuf_room(ByteBuffer *b, Py_ssize_t n) { return b->end - b->p >= n ? 0 : bytebuf_grow(b, n); }
int bytebuf_add(ByteBuffer *b, const void *s, Py_ssize_t n);
PyObject *bytebuf_finish(ByteBuffer *b);
void bytebuf_drop(ByteBuffer *b);

/* text as charmap-like single bytes below `limit` (128 or 256). */
PyObject *encode_below(PyObject *text, const char *errors, Py_UCS4 limit);

/* In development mode, whether encoding and error handler (each may be NULL) exist: 0, or -1 with LookupError. */
int str_check_codec(const char *encoding, const char *errors);

#endif
