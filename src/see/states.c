/* See states.h. */
#include "see/states.h"
#include "see/live.h"

#include <time.h>

/* Bytes or stops of a chunk before a new one begins with a state; more when states are large. */
#define STATE_EVERY ((size_t)64 << 10)
#define STATE_STOPS 8192
#define STATE_RATIO 4
#define LOOK_EVERY 64 /* steps between two looks at how long the chunk is */
#define SLOW 100      /* milliseconds for them: then each step looks */
#define SECOND                                                                                                         \
    1000 /* a chunk ends after one, later where states are large, so that little is lost with the process              \
          */

static void mark_shadow(Recorder *r, const Shadow *s)
{
    known_mark_seen(&r->known, &s->names);
    for (uint32_t i = 0; i < s->shown; i++)
        known_mark_seen(&r->known, &s->slots[i]);
}

static void tell_shadow(Recorder *r, const Shadow *s, enum journal_op op)
{
    journal_2(&r->journal, op, s->number, s->code);
    journal_uint(&r->journal, (uint64_t)(s->line < 0 ? 0 : s->line));
    for (uint32_t i = 0; i < s->shown; i++)
        seen_tell_again(&r->known, &s->slots[i], i);
    if (s->names.number && seen_holds(&r->known, &s->names))
        journal_1(&r->journal, JOURNAL_NAMES, s->names.number);
    if (s->c_stack)
        journal_1(&r->journal, JOURNAL_C_STACK, s->c_stack);
}

static Shadow *reversed(Shadow *s)
{
    Shadow *above = NULL;
    while (s) {
        Shadow *below = s->below;
        s->below = above;
        above = s;
        s = below;
    }
    return above;
}

/* From the outermost frame; stacks may be deep. */
static void tell_stack(Recorder *r, const ShadowThread *t)
{
    journal_1(&r->journal, JOURNAL_THREAD, t->number);
    Shadow *bottom = reversed(t->top);
    for (const Shadow *s = bottom; s && s->told; s = s->below)
        tell_shadow(r, s, JOURNAL_PUSH);
    reversed(bottom);
}

/* Marks what can be reached from the frames. */
static void reach(Recorder *r)
{
    const Shadows *all = &r->shadows;
    known_unmark(&r->known);
    for (const ShadowThread *t = all->threads; t; t = t->next)
        for (const Shadow *s = t->top; s; s = s->below)
            mark_shadow(r, s);
    for (uint32_t i = 1; i < all->places_end; i++)
        if (all->places[i].shadow && all->places[i].shadow->suspended)
            mark_shadow(r, all->places[i].shadow);
    known_reach(&r->known);
}

static void tell_state(Recorder *r)
{
    const Shadows *all = &r->shadows;
    reach(r);
    journal_2(&r->journal, JOURNAL_STATE, r->steps, r->known.newest);
    journal_uint(&r->journal, all->frame_count);
    known_tell_reached(&r->known);
    for (uint32_t i = 1; i < all->places_end; i++)
        if (all->places[i].shadow && all->places[i].shadow->suspended && all->places[i].shadow->told)
            tell_shadow(r, all->places[i].shadow, JOURNAL_SUSPENDED);
    for (const ShadowThread *t = all->threads; t; t = t->next)
        if (t != all->current)
            tell_stack(r, t);
    tell_stack(r, all->current);
    journal_2(&r->journal, JOURNAL_HEAP, r->pools, r->large << 1);
    if (r->looks.late)
        journal_1(&r->journal, JOURNAL_LATE, r->looks.late);
    r->journal.state_bytes = journal_bytes(&r->journal);
    r->state_stops = r->stops;
}

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
void states_begin(Recorder *r) { r->looked = r->chunk_begun = milliseconds(); }

void states_look_at_chunk(Recorder *r)
{
    size_t bytes = journal_bytes(&r->journal);
    int64_t now = milliseconds();
    r->until_look = r->ring.keep || now - r->looked > SLOW ? 1 : LOOK_EVERY;
    r->looked = now;
    r->fast &= !r->known.failed;
    int is_long = bytes >= STATE_EVERY || r->stops - r->state_stops >= STATE_STOPS;
    int is_old = now - r->chunk_begun > SECOND + SECOND * (int64_t)(r->journal.state_bytes / STATE_EVERY);
    if ((!is_long || bytes < r->journal.state_bytes * (STATE_RATIO + 1)) && !is_old &&
        !ring_wants_state(&r->ring, r->steps)) {
        if (known_crowded(&r->known)) {
            looks_tell_all(&r->looks, &r->known);
            reach(r);
        }
        return;
    }
    looks_tell_all(&r->looks, &r->known);
    journal_flush(&r->journal);
    if (r->options.live)
        live_tell(r->options.live, &r->journal, LIVE_SENT, r->steps);
    ring_chunk_ended(&r->ring, &r->journal, r->steps);
    tell_state(r);
    r->chunk_begun = now;
    r->ended |= r->journal.out.failed != 0;
    r->fast &= !r->ended && !r->known.failed;
}
