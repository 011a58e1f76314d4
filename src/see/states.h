/* The chunks of a recording's journal: when one ends, and the whole state with which the next begins. */
#ifndef LIMPID_SEE_STATES_H
#define LIMPID_SEE_STATES_H

#include "see/recorder_inside.h"

/* From now on time counts for the first chunk. */
void states_begin(Recorder *r);
/* Now and then: ends the chunk if it is long or old. */
void states_look_at_chunk(Recorder *r);

#endif
