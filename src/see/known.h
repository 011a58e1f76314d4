/* The objects in view of a recording: their numbers, what was last told of each, and what there is to tell of it now.
 *
 * An object comes into view when a frame or another object in view refers to it.  It keeps its number for life: its
 * block is under notice (memory/trace.h), so that another object at the same address is never taken for it.  The notice
 * holds the object's place in the table of items; places are used again, numbers are not.  Looking raises no count.
 *
 * KNOWN-1  items[i].number is 0 if the place is free or the object was never told of; a Seen with number n at index i
 *          is still about its object if and only if items[i].number == n. */
#ifndef LIMPID_SEE_KNOWN_H
#define LIMPID_SEE_KNOWN_H

#include "see/journal.h"
#include "memory/trace.h"
#include "vm/arith.h"

/* What was last told of a place that refers to an object. */
typedef struct seen {
    uintptr_t target; /* the object, which is not to be looked into, and a SEEN_ kind in the lowest bits */
    union {
        int64_t bits; /* kinds but SEEN_OBJECT: its value */
        struct {
            uint32_t number, index; /* 0: not in view */
        };
    };
} Seen;
enum { SEEN_OBJECT, SEEN_INT, SEEN_FLOAT, SEEN_WIDE, SEEN_CONST, SEEN_KINDS = 8 };

/* A reference that an object holds, as it was last told. */
typedef struct held {
    uint64_t label;       /* pointer to the name << 4 | kind of the reference */
    uint32_t label_index; /* of a name that is an object */
    uint32_t entry;       /* KNOWN_DICT with `keys`: number of the dict's entry */
    Seen seen;
} Held;

#define NOT_LIVING UINT32_MAX
#define KNOWN_CLASSES 64
#define PLACES_KEPT 256
enum { BASE_FRAME, BASE_OBJECT = PLACES_KEPT, BASE_RESULT = 2 * PLACES_KEPT, BASES };

typedef enum {
    KNOWN_FIXED,
    KNOWN_NUMBER,
    KNOWN_TEXT,
    KNOWN_DICT,
    KNOWN_VERSIONED,
    KNOWN_LIST,
    KNOWN_CELL,
    KNOWN_INSTANCE, /* of which see_is_plain_class holds */
    KNOWN_HOLDER,
    KNOWN_GENERATOR
} KnownKind;

typedef struct known_object {
    PyObject *object; /* NULL: free */
    uint32_t number;  /* 0: nothing was told of it */
    uint32_t told;    /* KnownObjects.states when it was last told whole, or 0 */
    uint32_t marked;  /* KnownObjects.searches when it was last reached */
    uint32_t other;   /* number as a type or code object; of a generator, of the frame that waits; length of a string
                         as it was told; next free place */
    uint32_t place;   /* in KnownObjects.living, or NOT_LIVING */
    uint8_t kind;     /* KnownKind */
    uint8_t depth;    /* references between a frame and it */
} KnownObject;

/* What is watched for changes. */
typedef struct known_living {
    PyObject *object;
    Py_ssize_t count;
    uint64_t print; /* KNOWN_NUMBER, KNOWN_TEXT: its value; KNOWN_DICT, KNOWN_VERSIONED: what is another when it holds
                       something else */
    Held *held;
    uint32_t held_count, held_room;
    Py_ssize_t length;
    uint32_t index; /* of its item */
    uint32_t keys;  /* KNOWN_DICT: dict_keys_version with which all of `held` has been compared, or 0 */
    uint8_t kind, depth;
} KnownLiving;

typedef struct known_objects {
    Journal *journal;
    KnownObject *items; /* 0 is unused */
    uint32_t used, room, free;
    KnownLiving *living;                       /* in no order */
    uint32_t alive, living_room, alive_before; /* as many after the last search for what is out of reach */
    struct known_slot {
        const void *key;
        uint32_t index;
    } * slots; /* objects outside of the heap, which do not die: open addressing */
    size_t filled, mask;
    uint32_t *queue; /* items whose references have not been told */
    uint32_t queue_at, queue_end, queue_room;
    uint32_t *reached; /* by the last known_reach */
    uint32_t reached_end, reached_room;
    Held *scratch;
    uint32_t scratch_count, scratch_room;
    uint32_t limit, breadth, depth; /* how many objects, references of each, references away from a frame */
    int by_value;                   /* numbers are told where they are referred to; they are no objects */
    uint32_t newest;                /* number */
    unsigned base;                  /* of the value that is told next: BASE_FRAME if nothing else was said */
    int64_t ints[BASES + 1];        /* the last int told of each place in this state; the last is 0 */
    uint32_t references[BASES];     /* and the last object's number, or 0 */
    uint32_t last_dead;             /* number; 0 in a new state */
    uint64_t *last_address;         /* of a class's last object in this state, by its number */
    uint32_t *address_state;        /* the state in which that was */
    uint32_t address_room;
    uint32_t type_count, code_count, own_type; /* own_type: the number of the class that is its own class */
    uint32_t states;                           /* that were told, from 1 */
    uint32_t searches;
    uint32_t deaths;      /* of objects in view */
    uint32_t code_deaths; /* of code objects among them */
    uint32_t scene;       /* another when a dict among them has died or a state was told; above 0 */
    void (*gone)(void *context, uint32_t other); /* a generator died; its item's `other` */
    void *context;
    struct known_class {
        PyTypeObject *type;
        uint8_t kind, has_text;
    } classes[KNOWN_CLASSES]; /* what was found out of some; forgotten when a class dies */
    int failed;               /* memory ran out */
    int ended;                /* nothing more is told */
} KnownObjects;

void known_init(KnownObjects *k, Journal *journal);
void known_free(KnownObjects *k);
/* The item of an object, which comes into view if there is room; 0 for NULL.  Its number is known_number_at. */
uint32_t known_item(KnownObjects *k, PyObject *o, unsigned depth);
static inline uint32_t known_number_at(const KnownObjects *k, uint32_t index) { return k->items[index].number; }
/* The item of an object of which nothing need be told yet; 0 without memory. */
uint32_t known_quietly(KnownObjects *k, PyObject *o);
/* The item of an object that is known, or 0. */
uint32_t known_find(const KnownObjects *k, PyObject *o);
static inline int known_is_in_view(const KnownObjects *k, PyObject *o)
{
    return k->items[known_find(k, o)].told == k->states;
}
uint32_t known_code(KnownObjects *k, PyCodeObject *code);
/* The value of an exact int that has one of SEEN_INT: 1, or 0. */
#define INT_LIMIT ((int64_t)1 << 51) /* differences of such numbers are exact in a double */
static inline int known_small_int(PyObject *o, int64_t *bits)
{
    return arith_int(o, bits) && *bits<INT_LIMIT && * bits> - INT_LIMIT;
}
/* Tells of a place that it is this int, by value. */
static inline void known_tell_int(KnownObjects *k, uint32_t place, int64_t bits)
{
    int64_t *before = &k->ints[place < PLACES_KEPT ? k->base + place : BASES];
    journal_value(k->journal, JOURNAL_INT, place);
    put_uint(&k->journal->ops, COLUMN_NUMBERS, journal_signed(bits - *before));
    *before = place < PLACES_KEPT ? bits : 0;
    k->base = BASE_FRAME;
}
/* Tells of a place of the frame that it is an object with a number. */
static inline void known_tell_reference(KnownObjects *k, uint32_t place, uint32_t number)
{
    unsigned base = k->base + place;
    uint32_t before = place < PLACES_KEPT ? k->references[base] : 0;
    journal_value(k->journal, JOURNAL_REF, place);
    put_uint(&k->journal->ops, COLUMN_OBJECTS, journal_signed((int64_t)number - (before ? before : k->newest)));
    if (place < PLACES_KEPT)
        k->references[base] = number;
    k->base = BASE_FRAME;
}
/* The item of an object of the heap's pools that was told in this state; 0: ask known_item. */
static inline uint32_t known_at_hand(const KnownObjects *k, PyObject *o)
{
    uint32_t index = arena_contains(o) ? trace_noticed(o) : 0;
    return k->items[index].told == k->states ? index : 0;
}
/* The same, if there is nothing to tell but that it is referred to, not deeply or (is_deep) as what a frame names; or
 * 0. */
static inline uint32_t known_at_hand_unchanged(const KnownObjects *k, PyObject *o, int is_deep)
{
    uint32_t index = known_at_hand(k, o);
    const KnownObject *item = &k->items[index];
    if (item->kind == KNOWN_TEXT && PyUnicode_CheckExact(o) && item->other != (uint32_t)PyUnicode_GET_LENGTH(o))
        return 0;
    return item->kind == KNOWN_CELL && is_deep && item->depth >= k->depth ? 0 : index;
}
/* Whether a cell that is watched holds, as far as can be told at once, what was told. */
static inline int known_cell_holds(const KnownObjects *k, uint32_t index, PyObject *now)
{
    const KnownObject *item = &k->items[index];
    if (item->place == NOT_LIVING)
        return 1;
    const KnownLiving *living = &k->living[item->place];
    int64_t bits;
    if (living->held_count == 0 || now == NULL)
        return living->held_count == 0 && now == NULL;
    const Seen *seen = &living->held[0].seen;
    if (Py_IS_TYPE(now, &PyLong_Type))
        return known_small_int(now, &bits) && (seen->target & (SEEN_KINDS - 1)) == SEEN_INT && seen->bits == bits;
    return seen->target == (uintptr_t)now && k->items[seen->index].number == seen->number && !PyUnicode_CheckExact(now);
}
/* Whether an object that was told of a place, at the same address, is a string that has grown where it stands. */
static inline int known_has_grown(const KnownObjects *k, const Seen *s, PyObject *o)
{
    return o && PyUnicode_CheckExact(o) && k->items[s->index].other != (uint32_t)PyUnicode_GET_LENGTH(o);
}
/* Whether what was told of a place is still so, the place referring to `target` now, which is the same address. */
static inline int seen_holds(const KnownObjects *k, const Seen *s) { return k->items[s->index].number == s->number; }
/* The same of any address; by_value, a number may be told again. */
int seen_same(const KnownObjects *k, const Seen *s, PyObject *target);
/* Whether the place of a number, by_value, holds the same value at the same address. */
int seen_same_value(const Seen *s, PyObject *target);
/* Tells what a place refers to: of the frame that is told of, or of the object that IN named just before. */
void seen_tell(KnownObjects *k, Seen *s, PyObject *target, uint32_t place, unsigned depth);
/* Tells it to somebody who has forgotten. */
void seen_tell_again(KnownObjects *k, const Seen *s, uint32_t place);
/* Tells the result of the operation that follows; nothing for NULL. */
void known_tell_result(KnownObjects *k, PyObject *value, unsigned depth);
/* Tells what new objects hold. */
void known_tell_new(KnownObjects *k);
/* Looks at what is watched, and tells what has changed since it was told last: at all, at one place of k->living, or at
 * what one holds.  Those after the first leave what is new to known_tell_new. */
void known_tell_changes(KnownObjects *k);
void known_look(KnownObjects *k, uint32_t place);
void known_tell_change(KnownObjects *k, uint32_t index);
/* What can be reached: after known_unmark and known_mark of the items that frames refer to, known_reach marks what
 * those hold, and what is not marked rests: it keeps its number, and is told anew when something refers to it again. */
void known_unmark(KnownObjects *k);
void known_mark(KnownObjects *k, uint32_t index);
static inline void known_mark_seen(KnownObjects *k, const Seen *s)
{
    if (!(s->target & (SEEN_KINDS - 1)) && s->number && seen_holds(k, s))
        known_mark(k, s->index);
}
void known_reach(KnownObjects *k);
/* Whether it is time for that. */
static inline int known_crowded(const KnownObjects *k) { return k->alive > 2 * k->alive_before + 256; }
/* For a state: tells every object that known_reach has marked. */
void known_tell_reached(KnownObjects *k);

#endif
