/* What the parts of the recorder share: the run that is recorded, as far as it has been told.
 *
 *     recorder.c    on and off, what is of interest, what is heard beside steps
 *     steps.c       threads and frames, and what happens to them
 *     variables.c   what the variables of frames hold
 *     states.c      the journal's chunks, each of which begins with all there is
 *     lean.c        the usual events once more, quickly, of a recording by value */
#ifndef LIMPID_SEE_RECORDER_INSIDE_H
#define LIMPID_SEE_RECORDER_INSIDE_H

#include "see/filter.h"
#include "see/looks.h"
#include "see/moments.h"
#include "see/ring.h"
#include "see/shadows.h"
#include "memory/recorder.h"

#define FAR 254 /* not followed */
#define CODE_TRAITS 256

/* What was found out of a code object. */
typedef struct code_traits {
    PyCodeObject *code;
    uint32_t number;     /* as known_code gives, or 0 */
    uint32_t first_cell; /* of its variables, if it has_cells */
    uint16_t arguments;  /* RECORD_SLOT bits of what is stored to before it begins */
    uint8_t has_cells, has_names;
} CodeTraits;

typedef struct {
    struct recorder hooks; /* first: the VM knows this part */
    Journal journal;
    KnownObjects known;
    Looks looks;
    Shadows shadows;
    RecordOptions options;
    PyInterpreterState *interp;
    uint64_t steps, stops; /* operations STEP; and with them RETURN, YIELD and RAISE */
    uint64_t state_stops;  /* at the last state */
    size_t pools, large;   /* as they were told; pools SIZE_MAX: not yet */
    Moments moments;
    int begun, ended;
    int plain;                   /* every line is a step: none is left out, none is an instruction, all calls count */
    int fast;                    /* and told by value, to nobody who waits for it */
    int until_look;              /* steps */
    int64_t looked, chunk_begun; /* milliseconds */
    int skips;                   /* steps are left out (filter_skips) */
    uint64_t passed;             /* of those that `every` counts */
    uint32_t inside;             /* threads in a call of `from` */
    Ring ring;
    Seen *spaces; /* by value: the dicts of names that are looked at */
    uint32_t space_count, space_room;
    PyDictObject *space;    /* the only one, as long as no dict has died, and no state was told, since */
    uint64_t space_version; /* as it was told */
    uint32_t space_scene;   /* KnownObjects.scene, or 0 */
    uint32_t traits_deaths; /* KnownObjects.code_deaths with which the traits were found */
    CodeTraits traits[CODE_TRAITS];
    uint32_t opcode_names[256];
    struct c_stacks *c_stacks; /* or NULL: not asked for */
    char **paths;              /* files that were recorded */
    uint32_t file_count, file_room;
} Recorder;

static inline void recorder_out_of_memory(Recorder *r) { r->known.failed = 1; }

#endif
