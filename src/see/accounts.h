/* What a program allocates and releases over time, by place and type: the chunks GSTR, GNOD, GACC and GROW of a
 * recording (docs/recording.md), made from the ledger (memory/ledger.h).
 *
 * Time goes in intervals.  An interval is one step at first; after each 512 intervals, or 8,192 rows, those that
 * follow are twice as long, so that a file has few of them however long the program runs, and nothing of the past is
 * kept in memory. */
#ifndef LIMPID_SEE_ACCOUNTS_H
#define LIMPID_SEE_ACCOUNTS_H

#include "see/chunks.h"

/* Begins to book what there is and what comes, into a file that is open; 0, or -1 with errno: EBUSY, ENOMEM. */
int accounts_start(ChunkWriter *out);
/* The step that runs, and the first one that ends an interval: UINT64_MAX while nothing is booked. */
extern uint64_t accounts_now, accounts_due;
void accounts_end_interval(uint64_t step);
/* A step of the recording begins; the interval before it may end. */
static inline void accounts_step(uint64_t step)
{
    accounts_now = step;
    if (__builtin_expect(step >= accounts_due, 0))
        accounts_end_interval(step);
}
/* Writes what is left, of which all has happened before a step, and ends.  Harmless when nothing is booked. */
void accounts_stop(uint64_t step);
/* In the child of a fork: books no longer, writes nothing. */
void accounts_abandon(void);

#endif
