/* The last steps of a long run: chunks of the journal that are too old leave the file while it is written.
 *
 * The file is written anew, beside itself, when as many chunks can go as stay: so it is at most about twice as long as
 * what is kept, each byte is copied about once, and a file that is there is always one that opens. */
#ifndef LIMPID_SEE_RING_H
#define LIMPID_SEE_RING_H

#include "see/journal.h"

typedef struct ring {
    uint64_t keep;    /* steps; 0: all */
    uint64_t begun;   /* the step with which the chunk that is being written begins */
    uint64_t *starts; /* the first step of each chunk in the file */
    size_t count, room;
    char *path;
} Ring;

/* 0, or -1 with errno: the file is no regular one. */
int ring_open(Ring *ring, const Journal *journal, const char *path, uint64_t keep);
void ring_free(Ring *ring);
/* Whether a chunk should end, so that what stays is not much more than was asked for. */
static inline int ring_wants_state(const Ring *ring, uint64_t steps)
{
    return ring->keep && steps - ring->begun > ring->keep / 8;
}
/* A chunk is in the file, the next begins at this step. */
void ring_chunk_ended(Ring *ring, Journal *journal, uint64_t steps);
/* The journal is in the file, there were so many steps. */
void ring_end(Ring *ring, Journal *journal, uint64_t steps);

#endif
