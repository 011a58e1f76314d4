/* The captures of the heap within a recording (docs/recording.md): one where the program begins, one each time the heap
 * has grown by half, one at the end.
 *
 *     start                    everything
 *     grown by half ... end    what is not as it was at the start
 *
 * Their number and bytes are bounded: one that would not fit tells of pools, and sums by class, alone. */
#ifndef LIMPID_SEE_MOMENTS_H
#define LIMPID_SEE_MOMENTS_H

#include "see/capture.h"
#include "see/filter.h"

#define MOMENTS_BYTES ((uint64_t)12 << 20) /* as usual */

typedef struct {
    ChunkWriter *out;
    CaptureBase *base;
    uint64_t left;        /* bytes */
    uint64_t object_cost; /* bytes of an object, as the last one had it */
    size_t next;          /* bytes of the heap at which the next one is due; SIZE_MAX: never */
    int (*in_view)(void *context, PyObject *o);
    void *context;
    unsigned count;
} Moments;

/* bytes: how many they may take in all; 0: as usual, RECORD_NONE: there are none.  The blocks of objects that are
 * in_view are copied. */
void moments_begin(Moments *m, ChunkWriter *out, uint64_t bytes, int (*in_view)(void *, PyObject *), void *context);
void moments_end(Moments *m);
/* One now, at a stop and step of the journal; a failure of the file is the writer's. */
void moments_take(Moments *m, uint64_t stop, uint64_t step, const char *reason, size_t heap_bytes);
static inline int moments_due(const Moments *m, size_t heap_bytes) { return heap_bytes >= m->next; }

#endif
