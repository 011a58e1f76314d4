/* Incremental UTF-8 without the codec registry: what text streams use, so that they do not import the package encodings. */
#ifndef LIMPID_MODULES_IO_UTF8_CODEC_H
#define LIMPID_MODULES_IO_UTF8_CODEC_H

#include "Python.h"

/* Whether the name means UTF-8. */
int utf8_codec_is(const char *encoding);
/* A new incremental encoder or decoder (the interfaces of codecs.IncrementalEncoder and IncrementalDecoder in one
 * object) with the given error handler; NULL with an exception. */
PyObject *utf8_codec_new(const char *errors);

extern PyTypeObject Utf8Codec_Type;

#endif
