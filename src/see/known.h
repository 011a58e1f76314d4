/* The objects in view of a recording: their numbers, what was last told of each, and what there is to tell of it now.
 *
 * An object comes into view when a frame or another object in view refers to it.  It keeps its number for life: its
 * block is under notice (memory/trace.h), so that another object at the same address is never taken for it.  Looking
 * raises no count. */
#ifndef LIMPID_SEE_KNOWN_H
#define LIMPID_SEE_KNOWN_H

#include "see/journal.h"

/* A reference as it was last told. */
typedef struct held {
    uint64_t label;
    PyObject *target; /* not to be looked into */
    uint32_t number;  /* 0: not in view */
} Held;

#define NOT_LIVING UINT32_MAX

typedef enum { KNOWN_FIXED, KNOWN_NUMBER, KNOWN_TEXT, KNOWN_VERSIONED, KNOWN_LIST, KNOWN_HOLDER } KnownKind;

typedef struct known_object {
    PyObject *object; /* NULL: dead, or no longer in view */
    KnownKind kind;
    uint8_t depth; /* references between a frame and it */
    uint8_t marked;
    uint32_t told;  /* KnownObjects.states when it was last told whole, or 0 */
    uint32_t other; /* number as a type or code object, or 0 */
    uint32_t place; /* in KnownObjects.living, or NOT_LIVING */
    uint32_t held_count, held_room;
    Held *held;
    Py_ssize_t count, length;
    uint64_t print; /* KNOWN_NUMBER, KNOWN_TEXT: its value; KNOWN_VERSIONED: what is another when it holds something else */
} KnownObject;

typedef struct known_objects {
    Journal *journal;
    KnownObject *items; /* by number; 0 is unused */
    uint32_t used, room;
    uint32_t *living;                          /* the numbers of those that are watched for changes, in no order */
    uint32_t alive, living_room, alive_before; /* as many after the last search for what is out of reach */
    struct known_slot {
        const void *key;
        uint32_t number;
    } * slots; /* open addressing */
    size_t filled, mask;
    uint32_t *queue; /* numbers whose references have not been told */
    uint32_t queue_at, queue_end, queue_room;
    uint32_t *reached; /* by the last known_reach */
    uint32_t reached_end, reached_room;
    Held *scratch;
    uint32_t scratch_count, scratch_room;
    uint32_t limit, breadth, depth; /* how many objects, references of each, references away from a frame */
    uint32_t type_count, code_count;
    uint32_t states; /* that were told, from 1 */
    int failed;      /* memory ran out */
} KnownObjects;

void known_init(KnownObjects *k, Journal *journal);
void known_free(KnownObjects *k);
/* The number of an object, which comes into view if there is room; 0 for NULL. */
uint32_t known_number(KnownObjects *k, PyObject *o, unsigned depth);
/* Whether a reference is still to the object that had the number when it was told. */
static inline int known_same(const KnownObjects *k, const Held *h, PyObject *target)
{
    return h->target == target && (h->number == 0 || k->items[h->number].object == target);
}
/* Whether it has one. */
int known_is_in_view(const KnownObjects *k, PyObject *o);
uint32_t known_code(KnownObjects *k, PyCodeObject *code);
/* Tells what new objects hold. */
void known_tell_new(KnownObjects *k);
/* Tells what has changed in the objects in view since they were last told. */
void known_tell_changes(KnownObjects *k);
/* What can be reached: after known_unmark and known_mark of what frames refer to, known_reach marks what those hold,
 * and what is not marked rests: it keeps its number, and is told anew when something refers to it again. */
void known_unmark(KnownObjects *k);
void known_mark(KnownObjects *k, uint32_t number);
void known_reach(KnownObjects *k);
/* Whether it is time for that. */
static inline int known_crowded(const KnownObjects *k) { return k->alive > 2 * k->alive_before + 256; }
/* For a state: tells every object that known_reach has marked. */
void known_tell_reached(KnownObjects *k);

#endif
