/* The type _see.Capture: a capture that has been read, for lib/limpid/capture.py. */
#ifndef LIMPID_SEE_CAPTURE_OBJECT_H
#define LIMPID_SEE_CAPTURE_OBJECT_H

#include "Python.h"
#include "see/capture_load.h"

typedef struct {
    PyObject_HEAD Loaded data;
    uint64_t *back_start; /* references into object i, made when first asked for; or NULL */
    uint32_t *back_owner;
    struct capture_keep *keep; /* dominators, made when first asked for; or NULL */
} CaptureObject;

/* Makes back_start and back_owner; 0 or -1 with MemoryError. */
int capture_need_back(CaptureObject *c);
/* How an owner holds the target of reference e (".hist", "[4]", "['k9']"): new str. */
PyObject *capture_label_text(CaptureObject *c, uint64_t e);
/* The same of a root. */
PyObject *capture_root_label(CaptureObject *c, uint64_t label);
PyObject *capture_str_of(const Loaded *l, LoadedText t);
/* The number of an object that an argument gives; 0 or -1 with an exception set. */
int capture_object_argument(CaptureObject *c, PyObject *arg, uint32_t *object);

/* Writes a Chrome heap snapshot; 0, or -1 with an exception set. */
int capture_write_heapsnapshot(CaptureObject *c, const char *path);

#endif
