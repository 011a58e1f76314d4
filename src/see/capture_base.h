/* What the first capture of a recording told of each block, so that later ones can leave out what has not changed.
 *
 * A row's print is a hash of all that is told of the block but its state for the collector: class, size, count, length,
 * text, references.  Two rows of one address with the same print are taken for equal. */
#ifndef LIMPID_SEE_CAPTURE_BASE_H
#define LIMPID_SEE_CAPTURE_BASE_H

#include "see/edges.h"
#include "see/capture.h"
#include "see/numbers.h"

typedef struct {
    uint64_t print;
    const void *address;
    uint8_t state;
} BaseRow;

struct capture_base {
    Numbers rows;   /* row + 1 by address */
    BaseRow *items; /* by row, in the order of OBJS */
    uint32_t count, room;
    uint32_t types, strings; /* how many it numbered */
    int full;                /* it has been told */
    int failed;              /* memory ran out: nothing is left out */
};

CaptureBase *capture_base_new(void);
void capture_base_free(CaptureBase *b);
/* Notes the next row. */
void capture_base_add(CaptureBase *b, const void *address, uint64_t print, unsigned state);
/* The row that said the same of a block, or NULL. */
const BaseRow *capture_base_find(CaptureBase *b, const void *address, uint64_t print);

static inline uint64_t print_mix(uint64_t print, uint64_t value)
{
    print = (print ^ value) * 0x9e3779b97f4a7c15u;
    return print ^ print >> 29;
}
static inline uint64_t print_pointer(uint64_t print, const void *p) { return print_mix(print, (uintptr_t)p); }
uint64_t print_bytes(uint64_t print, const void *data, size_t size);
uint64_t print_edge(uint64_t print, const SeeEdge *e);

#endif
