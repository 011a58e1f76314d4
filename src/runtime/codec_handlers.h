/* The built-in error handlers of codecs: what the registry starts with. */
#ifndef LIMPID_RUNTIME_CODEC_HANDLERS_H
#define LIMPID_RUNTIME_CODEC_HANDLERS_H

#include "Python.h"

struct codec_handler {
    const char *name;     /* as errors= names it; the function's own name may differ */
    PyMethodDef def;
};
extern const struct codec_handler codec_handlers[];  /* ends with a NULL name */

/* Drops the codec from the cache: 0, or -1 with KeyError. */
int _PyCodec_Forget(const char *encoding);

#endif
