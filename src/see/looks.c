/* See looks.h. */
#include "see/looks.h"

#include <stdio.h>
#include <stdlib.h>

int looks_begin(Looks *l, uint64_t each)
{
    *l = (Looks){.each = each == 0 ? LOOKS_EACH : each > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)each};
    l->left = (uint64_t)l->each * LOOKS_KEPT;
    l->near = malloc((l->each / LOOKS_NEAR + 1) * sizeof *l->near);
    return l->near ? 0 : -1;
}

void looks_end(Looks *l)
{
    free(l->near);
    l->near = NULL;
}

/* How many steps may pass between two looks at an object: it may lose its turn once, when another one rests. */
static uint32_t lateness(const Looks *l, const KnownObjects *k)
{
    uint64_t turn = l->each - l->each / LOOKS_NEAR, steps = 2 * (k->alive / turn + 1);
    uint32_t late = 2;
    while (late < steps)
        late *= 2;
    return late == l->late / 2 ? l->late : late;
}

static void tell_late(Looks *l, KnownObjects *k, uint32_t late)
{
    if (late == l->late)
        return;
    l->late = late;
    journal_1(k->journal, JOURNAL_LATE, late);
}

static void warn(Looks *l, const KnownObjects *k, uint64_t step)
{
    if (l->warned)
        return;
    l->warned = 1;
    fprintf(stderr,
            "limpid: recording: %u objects in view: from step %llu on those far from the running line are looked at in "
            "turns, not at each line (--looks, --depth, --objects, --lean)\n",
            k->alive, (unsigned long long)step);
}

static void add_near(Looks *l, KnownObjects *k, uint32_t index)
{
    KnownObject *item = &k->items[index];
    if (l->near_count >= l->each / LOOKS_NEAR || item->marked == k->searches || item->place == NOT_LIVING)
        return;
    item->marked = k->searches;
    l->near[l->near_count++] = index;
}

static void add_seen(Looks *l, KnownObjects *k, const Seen *seen)
{
    if (!(seen->target & (SEEN_KINDS - 1)) && seen->number && seen_holds(k, seen))
        add_near(l, k, seen->index);
}

/* What the running frame names, its globals, what frames below it name, then what all that holds, as far as it goes. */
static void look_near(Looks *l, KnownObjects *k, const Shadow *s)
{
    known_unmark(k);
    l->near_count = 0;
    for (const Shadow *at = s; at && l->near_count < l->each / LOOKS_NEAR; at = at->below) {
        for (uint32_t i = 0; i < at->shown; i++)
            add_seen(l, k, &at->slots[i]);
        add_seen(l, k, &at->names);
        if (at == s)
            add_near(l, k, known_find(k, at->frame->globals));
    }
    for (uint32_t at = 0; at < l->near_count && !k->failed; at++) {
        known_look(k, k->items[l->near[at]].place);
        const KnownLiving *item = &k->living[k->items[l->near[at]].place];
        for (uint32_t i = 0; i < item->held_count; i++)
            add_seen(l, k, &item->held[i].seen);
    }
}

static void look_in_turns(Looks *l, KnownObjects *k, uint32_t n)
{
    for (; n > 0 && !k->failed; n--) {
        if (l->at >= k->alive)
            l->at = 0;
        known_look(k, l->at++);
    }
}

void looks_tell(Looks *l, KnownObjects *k, const Shadow *s, uint64_t step)
{
    uint64_t most = (uint64_t)l->each * LOOKS_KEPT;
    l->left = l->left + l->each < most ? l->left + l->each : most;
    known_tell_new(k);
    if (k->alive <= l->left) {
        l->left -= k->alive;
        known_tell_changes(k);
        tell_late(l, k, 0);
        return;
    }
    warn(l, k, step);
    look_near(l, k, s);
    look_in_turns(l, k, l->each - l->near_count);
    l->left -= l->each;
    known_tell_new(k);
    tell_late(l, k, lateness(l, k));
}

void looks_tell_all(Looks *l, KnownObjects *k)
{
    if (l->late)
        known_tell_changes(k);
}
