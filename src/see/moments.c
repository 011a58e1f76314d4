/* See moments.h. */
#include "see/moments.h"
#include "see/capture_base.h"
#include "memory/memory.h"

#include <string.h>

#define COUNT_MAX 16
#define BASE_MAX 250000              /* objects at the start, of which to remember what was told */
#define GROWTH_MIN ((size_t)1 << 18) /* bytes between two */
#define COPIES ((size_t)256 << 10)   /* bytes of blocks that one copies */
#define OBJECT_COST 24               /* bytes of an object in the file, before anything is known */

void moments_begin(Moments *m, ChunkWriter *out, uint64_t bytes, int (*in_view)(void *, PyObject *), void *context)
{
    *m = (Moments){.out = out, .left = bytes ? bytes : MOMENTS_BYTES, .object_cost = OBJECT_COST, .next = SIZE_MAX};
    m->in_view = in_view;
    m->context = context;
    if (bytes == RECORD_NONE)
        m->left = 0;
}

void moments_end(Moments *m)
{
    capture_base_free(m->base);
    m->base = NULL;
    m->left = 0;
}

static size_t live_blocks(void)
{
    HeapTotals totals;
    size_t n = 0;
    heap_totals(&totals);
    for (int kind = 0; kind < KIND_COUNT; kind++)
        n += totals.blocks[kind] + totals.large_blocks[kind];
    return n;
}

void moments_take(Moments *m, uint64_t stop, uint64_t step, const char *reason, size_t heap_bytes)
{
    int last = strcmp(reason, "end") == 0;
    if (m->left == 0 || m->out->failed || (m->count >= COUNT_MAX && !last))
        return;
    size_t blocks = live_blocks(), same = m->base ? m->base->count : 0;
    size_t others = blocks > same ? blocks - same : 0;
    uint64_t share = last || m->count == 0 ? m->left : m->left / 2; /* the end is worth as much as those before */
    if (m->count == 0 && blocks <= BASE_MAX)
        m->base = capture_base_new();
    CaptureTotals totals;
    CaptureOptions options = {.compress = m->out->compress, .values = 2, .reason = reason, .stop = stop, .step = step};
    options.sums = others * m->object_cost > share;
    options.base = m->base;
    options.copies = COPIES;
    options.wants_copy = m->in_view;
    options.context = m->context;
    if (see_capture_into(m->out, &options, &totals) < 0)
        return;
    m->count++;
    m->left = m->left > totals.bytes ? m->left - totals.bytes : 1;
    if (others > 1000 && !options.sums)
        m->object_cost = totals.bytes / others + 1;
    m->next = heap_bytes + (heap_bytes / 2 > GROWTH_MIN ? heap_bytes / 2 : GROWTH_MIN);
}
