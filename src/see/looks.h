/* Which objects in view are looked at again at a line, where they are told whole.
 *
 * Nothing tells that an object changes, so each in view is looked at at each line: as long as there are few, or for
 * a while.  Looks are counted: each line earns some, and what is not used is kept, up to a limit.  When more are in
 * view than there are looks left, only what frames name, and what that holds, is looked at at each line, and the others
 * in turns.  Then the journal says how late it may be (LATE), and who runs the program is told once.  What a chunk of
 * the journal begins with is always as it is. */
#ifndef LIMPID_SEE_LOOKS_H
#define LIMPID_SEE_LOOKS_H

#include "see/shadows.h"

#define LOOKS_EACH 500   /* earned by a line */
#define LOOKS_KEPT 40000 /* of as many lines at most; so many there are at the start */
#define LOOKS_NEAR 2     /* half of what a line earns at most is for what is near */

typedef struct {
    uint64_t left;
    uint32_t each;
    uint32_t at;   /* whose turn it is, in KnownObjects.living */
    uint32_t late; /* as it was told: steps, or 0 */
    int warned;
    uint32_t *near; /* items, of one look */
    uint32_t near_count;
} Looks;

/* each: looks that a line earns, 0 as usual; 0, or -1 without memory. */
int looks_begin(Looks *l, uint64_t each);
void looks_end(Looks *l);
/* Tells what is new or has changed, as the looks reach, the frame of the shadow being told of already. */
void looks_tell(Looks *l, KnownObjects *k, const Shadow *s, uint64_t step);
/* All that has changed; before a state, or a search for what is in reach. */
void looks_tell_all(Looks *l, KnownObjects *k);

#endif
