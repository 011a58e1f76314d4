/* Writes what is on the heap to a capture file (docs/capture.md).
 *
 * Nothing is allocated from the heap, no count changes, no Python code runs; the interpreter lock must be held. */
#ifndef LIMPID_SEE_CAPTURE_H
#define LIMPID_SEE_CAPTURE_H

#include "Python.h"
#include "see/chunks.h"

/* What the state of an object says. */
enum {
    CAPTURE_TRACKED = 1,
    CAPTURE_GENERATION_SHIFT = 1, /* two bits: 0 to 2, or 3 for frozen */
    CAPTURE_FINALISED = 8,
    CAPTURE_LARGE = 16,    /* in no pool */
    CAPTURE_STATIC = 32,   /* part of the program or a library, not on the heap */
    CAPTURE_KIND_SHIFT = 6 /* two bits: buffer, object, container */
};

/* How an owner holds the target of a reference: the low four bits of a label.  The rest is the number that is said
 * here. */
enum capture_label {
    LABEL_PLAIN,     /* no more is known */
    LABEL_TYPE,      /* its class */
    LABEL_ATTRIBUTE, /* number of a string: name of an attribute */
    LABEL_FIELD,     /* number of a string: field of the C struct */
    LABEL_ITEM,      /* index in a sequence */
    LABEL_NEXT_ITEM, /* the index after the one of the reference before */
    LABEL_KEY,       /* number of the entry in a dict */
    LABEL_VALUE,     /* number of a string: value of the key that reads so */
    LABEL_KEYED,     /* value of the key that is the reference before */
    LABEL_MEMBER,    /* of a set */
    LABEL_LOCAL,     /* number of a string: variable of a frame */
    LABEL_STACK,     /* place on the value stack of a frame */
    LABEL_WEAK,      /* number of a string or 0: not counted */
    LABEL_BUFFER,    /* number of a string or 0: a raw block of its own */
    LABEL_ROOT,      /* number of a string: held by the runtime */
};
#define LABEL_BITS 4

/* What the first capture of a recording told (capture_base.h). */
typedef struct capture_base CaptureBase;

typedef struct {
    int compress;  /* deflate the chunks */
    int values;    /* with the text of strings and numbers; 2: brief */
    int sums;      /* no objects: pools, and sums by class */
    size_t copies; /* bytes of blocks to copy */
    /* whether to copy an object's block; NULL: of all until `copies` are reached */
    int (*wants_copy)(void *context, PyObject *o);
    void *context;
    /* within a recording: see_capture_into */
    const char *reason;
    uint64_t stop, step;
    CaptureBase *base; /* empty: to be filled; else what is as it was then is left out; or NULL */
} CaptureOptions;

typedef struct {
    uint64_t objects, references, bytes;
    double seconds;
} CaptureTotals;

/* To a new file; 0, or -1 with errno.  options and totals may be NULL. */
int see_capture_write_with(const char *path, const CaptureOptions *options, CaptureTotals *totals);
int see_capture_write(const char *path);
/* To anywhere. */
int see_capture_to(ChunkSink sink, void *context, const CaptureOptions *options, CaptureTotals *totals);
/* Into a recording: chunks from CAPT to DONE. */
int see_capture_into(ChunkWriter *out, const CaptureOptions *options, CaptureTotals *totals);

#endif
