/* See places.h.
 *
 * The number of a place is looked up by (number of the calling place, instruction) in a cache; the number of the
 * calling place is known as long as the frame runs: the shadow stack keeps it.
 *
 * SHADOW-1  an entry's frame bears the mark FRAME_SEEN while it is the call that the entry was made for: a new call at
 * the same address has none. SHADOW-2  below an entry stand entries of all its callers, in their order. SHADOW-3
 * places_top.frame is that of the last entry if that bears the mark, else none; its context goes with it. A generator
 * runs under many callers: its frame is never marked, and its entry holds while its caller's place is the same. */
#include "see/places.h"
#include "see/capture_text.h"
#include "memory/memory.h"
#include "vm/frame.h"

#include <stdlib.h>
#include <string.h>

#define SHADOW_MAX 100000
#define LEAVES_MAX (1u << 16) /* places that are told by their innermost line, when there are too many stacks */

typedef struct {
    Frame *frame;
    uint32_t context; /* number of the calling place */
} Shadow;

typedef struct {
    Inst *ip;
    uint32_t function, file, line;
    int own; /* of the package limpid */
} Line;
#define LINES_SIZE 1024

/* Numbers by hash of what they stand for; from malloc. */
typedef struct {
    uint32_t *items; /* open addressing; 0 is free */
    size_t used, mask;
} Hash;

static struct {
    Shadow *shadow;
    size_t depth, room;
    int users;
    uint32_t most; /* stacks */
    Place *items;  /* by number; 0 is no place */
    uint32_t place_count, place_room;
    Hash place_hash, text_hash;
    struct {
        char *text;
        size_t length;
    } * texts;
    uint32_t text_count, text_room;
    Line lines[LINES_SIZE]; /* direct-mapped */
} places;
PlacesTop places_top;

/* ---- numbers ---- */

static int hash_grow(Hash *h, uint64_t (*hash_of)(uint32_t), uint32_t count)
{
    if (h->items && 2 * (h->used + 1) <= h->mask)
        return 0;
    size_t mask = h->mask ? 2 * h->mask + 1 : 4095;
    uint32_t *items = calloc(mask + 1, sizeof *items);
    if (items == NULL)
        return -1;
    for (uint32_t n = 1; n <= count; n++) {
        size_t i = hash_of(n) & mask;
        while (items[i])
            i = (i + 1) & mask;
        items[i] = n;
    }
    free(h->items);
    h->items = items;
    h->mask = mask;
    return 0;
}

static uint64_t mix(uint64_t x) { return (x ^ x >> 29) * 0x9e3779b97f4a7c15u; }

static uint64_t hash_bytes(const char *s, size_t n)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 0x100000001b3u;
    return mix(h) >> 20;
}

static uint64_t hash_text(uint32_t n) { return hash_bytes(places.texts[n].text, places.texts[n].length); }
static uint64_t hash_place_of(const Place *p)
{
    return mix(mix((uint64_t)p->parent << 32 | p->line) + ((uint64_t)p->function << 32 | p->file)) >> 20;
}
static uint64_t hash_place(uint32_t n) { return hash_place_of(&places.items[n]); }

uint32_t places_text_number(const char *text, size_t length)
{
    if (hash_grow(&places.text_hash, hash_text, places.text_count) < 0)
        return 0;
    size_t i = hash_bytes(text, length) & places.text_hash.mask;
    for (uint32_t n; (n = places.text_hash.items[i]) != 0; i = (i + 1) & places.text_hash.mask)
        if (places.texts[n].length == length && memcmp(places.texts[n].text, text, length) == 0)
            return n;
    if (places.text_count + 2 > places.text_room) {
        uint32_t room = places.text_room ? 2 * places.text_room : 256;
        void *texts = realloc(places.texts, room * sizeof *places.texts);
        if (texts == NULL)
            return 0;
        places.texts = texts;
        places.text_room = room;
    }
    char *copy = malloc(length + 1);
    if (copy == NULL)
        return 0;
    memcpy(copy, text, length);
    places.texts[++places.text_count].text = copy;
    places.texts[places.text_count].length = length;
    places.text_hash.items[i] = places.text_count;
    places.text_hash.used++;
    return places.text_count;
}

/* Too many stacks: their innermost lines are still told apart. */
static uint32_t leaf_number(const Place *place)
{
    if (place->parent == 0 || places.place_count >= places.most + LEAVES_MAX)
        return place->parent;
    return places_number(&(Place){0, place->function, place->file, place->line});
}

uint32_t places_number(const Place *place)
{
    if (hash_grow(&places.place_hash, hash_place, places.place_count) < 0)
        return place->parent;
    size_t i = hash_place_of(place) & places.place_hash.mask;
    for (uint32_t n; (n = places.place_hash.items[i]) != 0; i = (i + 1) & places.place_hash.mask)
        if (memcmp(&places.items[n], place, sizeof *place) == 0)
            return n;
    if (places.place_count >= places.most + (place->parent == 0 ? LEAVES_MAX : 0))
        return leaf_number(place);
    if (places.place_count + 2 > places.place_room) {
        uint32_t room = places.place_room ? 2 * places.place_room : 1024;
        Place *items = realloc(places.items, room * sizeof *items);
        if (items == NULL)
            return place->parent;
        places.items = items;
        places.place_room = room;
    }
    places.items[++places.place_count] = *place;
    places.place_hash.items[i] = places.place_count;
    places.place_hash.used++;
    return places.place_count;
}

/* ---- the place that allocates now ---- */

/* What an instruction says of itself, remembered. */
static const Line *line_of(Frame *f)
{
    Line *line = &places.lines[((uintptr_t)f->ip >> 4) & (LINES_SIZE - 1)];
    if (line->ip == f->ip)
        return line;
    PyCodeObject *code = f->code;
    *line = (Line){.ip = f->ip, .own = capture_is_own(code)};
    if (!line->own) {
        char text[CAPTURE_TEXT];
        int number = PyCode_Addr2Line(code, frame_lasti(f) * (int)sizeof(_Py_CODEUNIT));
        line->line = number > 0 ? (uint32_t)number : 0;
        line->function = places_text_number(text, capture_str(code->co_qualname, text));
        line->file = places_text_number(text, capture_str(code->co_filename, text));
    }
    return line;
}

static __attribute__((noinline)) uint32_t find_place(uint32_t context, Frame *f, PlaceCached *cached)
{
    const Line *line = line_of(f);
    Place place = {context, line->function, line->file, line->line};
    /* the package limpid is not in the picture: its caller did it */
    *cached = (PlaceCached){f->ip, context, line->own ? context : places_number(&place)};
    return cached->number;
}

static inline uint32_t place_of(uint32_t context, Frame *f)
{
    PlaceCached *c = places_cached(f->ip, places_mix(context));
    return LIMPID_LIKELY(c->ip == f->ip && c->context == context) ? c->number : find_place(context, f, c);
}

/* The last entry is that of a marked frame. */
static inline void set_top_to(Frame *f, uint32_t context)
{
    places_top.frame = f;
    places_top.context = context;
    places_top.mix = places_mix(context);
}

static void set_top(void)
{
    const Shadow *last = places.depth ? &places.shadow[places.depth - 1] : NULL;
    set_top_to(last && last->frame->owner != FRAME_IN_GENERATOR ? last->frame : PLACES_NO_FRAME, last ? last->context : 0);
}

static __attribute__((noinline)) int grow_shadow(void)
{
    size_t room = places.room ? 2 * places.room : 256;
    Shadow *shadow = room > SHADOW_MAX ? NULL : realloc(places.shadow, room * sizeof *shadow);
    if (shadow == NULL)
        return -1;
    places.shadow = shadow;
    places.room = room;
    return 0;
}

static inline int push_shadow(Frame *f, uint32_t context)
{
    if (LIMPID_UNLIKELY(places.depth == places.room) && grow_shadow() < 0)
        return -1;
    places.shadow[places.depth++] = (Shadow){f, context};
    if (f->owner != FRAME_IN_GENERATOR)
        f->complete |= FRAME_SEEN;
    return 0;
}

/* Makes the shadow stack end with a marked frame, which runs in no generator, if it has an entry. */
static inline int back_to(const Frame *f)
{
    size_t depth = places.depth;
    while (depth > 0 && places.shadow[depth - 1].frame != f)
        depth--;
    if (depth == 0)
        return 0;
    places.depth = depth;
    return 1;
}

/* Makes the shadow stack end with f; the number of the place that called it. */
static __attribute__((noinline)) uint32_t find_context(Frame *f)
{
    Frame *known = f;
    size_t missing = 0;
    for (; known != NULL; known = frame_visible(known->previous), missing++) {
        if (!(known->complete & FRAME_SEEN) || known->owner == FRAME_IN_GENERATOR)
            continue;
        while (places.depth > 0 && places.shadow[places.depth - 1].frame != known)
            places.depth--;
        if (places.depth > 0)
            break;
    }
    if (known == NULL)
        places.depth = 0;
    uint32_t context = known ? places.shadow[places.depth - 1].context : 0;
    if (missing == 0) {
        set_top();
        return context;
    }
    Frame *few[32], **frames = missing <= 32 ? few : malloc(missing * sizeof *frames);
    if (frames == NULL)
        return 0;
    size_t n = 0;
    for (Frame *g = f; g != known; g = frame_visible(g->previous))
        frames[n++] = g;
    if (known)
        context = place_of(context, known);
    while (n-- > 0) {
        if (push_shadow(frames[n], context) < 0)
            break;
        if (n > 0)
            context = place_of(context, frames[n]);
    }
    if (frames != few)
        free(frames);
    set_top();
    return context;
}

/* Whether entry k, whose generator runs, was made under the places that its callers stand on now. */
static int callers_hold(size_t k)
{
    for (; k > 0; k--) {
        Frame *caller = frame_visible(places.shadow[k].frame->previous);
        if (caller == NULL || places.shadow[k - 1].frame != caller ||
            place_of(places.shadow[k - 1].context, caller) != places.shadow[k].context)
            return 0;
        if (caller->owner != FRAME_IN_GENERATOR)
            return caller->complete & FRAME_SEEN;
    }
    return 0;
}

/* Whether entry k is that of the running call of f. */
static inline int entry_holds(size_t k, const Frame *f)
{
    if (places.shadow[k].frame != f)
        return 0;
    return f->owner == FRAME_IN_GENERATOR ? callers_hold(k) : f->complete & FRAME_SEEN;
}

/* Makes the shadow stack end with the caller if its entry is the last one or the one before; whether it is. */
static inline int under_last(const Frame *caller)
{
    if (places.depth > 0 && entry_holds(places.depth - 1, caller))
        return 1;
    if (places.depth < 2 || !entry_holds(places.depth - 2, caller))
        return 0;
    places.depth--;
    return 1;
}

static inline int is_seen(const Frame *f) { return f->owner != FRAME_IN_GENERATOR && f->complete & FRAME_SEEN; }

/* A generator runs, or called f. */
static __attribute__((noinline)) uint32_t place_by_generator(Frame *f)
{
    if (places.depth > 0 && entry_holds(places.depth - 1, f))
        return place_of(places.shadow[places.depth - 1].context, f);
    if (places.depth > 1 && entry_holds(places.depth - 2, f)) {
        places.depth--;
        set_top();
        return place_of(places_top.context, f);
    }
    Frame *caller = frame_visible(f->previous);
    if (caller != NULL && (f->owner == FRAME_IN_GENERATOR || !(f->complete & FRAME_SEEN)) && under_last(caller)) {
        uint32_t context = place_of(places.shadow[places.depth - 1].context, caller);
        if (push_shadow(f, context) == 0)
            set_top();
        return place_of(context, f);
    }
    return place_of(find_context(f), f);
}

/* First what is usual: a call has returned to f, or one with an entry has called it. */
uint32_t places_find(void)
{
    Frame *f = frame_visible(thread_current()->frame);
    if (f == NULL)
        return 0;
    if (is_seen(f) && back_to(f)) {
        set_top_to(f, places.shadow[places.depth - 1].context);
        return place_of(places_top.context, f);
    }
    Frame *caller = frame_visible(f->previous);
    if (f->owner != FRAME_IN_GENERATOR && !(f->complete & FRAME_SEEN) && caller != NULL && is_seen(caller) && back_to(caller)) {
        uint32_t context = place_of(places.shadow[places.depth - 1].context, caller);
        if (LIMPID_LIKELY(push_shadow(f, context) == 0))
            set_top_to(f, context);
        else
            set_top();
        return place_of(context, f);
    }
    return place_by_generator(f);
}

uint32_t places_now(void)
{
    const PlaceCached *place = places_at_once();
    return LIMPID_LIKELY(place != NULL) ? place->number : places_find();
}

void places_forget_code(void *code)
{
    memset(places_top.cache, 0, PLACES_CACHE * sizeof *places_top.cache);
    memset(places.lines, 0, sizeof places.lines);
}

/* ---- what is known ---- */

uint32_t places_count(void) { return places.place_count; }
const Place *places_get(uint32_t number) { return &places.items[number]; }
uint32_t places_text_count(void) { return places.text_count; }

const char *places_text(uint32_t number, size_t *length)
{
    *length = places.texts[number].length;
    return places.texts[number].text;
}

int places_open(uint32_t most)
{
    if (places.users == 0) {
        places_top.cache = calloc(PLACES_CACHE, sizeof *places_top.cache);
        if (places_top.cache == NULL)
            return -1;
        places_top.frame = PLACES_NO_FRAME;
    }
    places.users++;
    if (most > places.most)
        places.most = most;
    return 0;
}

void places_close(void)
{
    if (places.users == 0 || --places.users > 0)
        return;
    for (uint32_t i = 1; i <= places.text_count; i++)
        free(places.texts[i].text);
    void *all[] = {places.shadow,           places_top.cache,       places.items,
                   places.place_hash.items, places.text_hash.items, places.texts};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    memset(&places, 0, sizeof places);
    memset(&places_top, 0, sizeof places_top);
}
