/* See variables.h. */
#include "see/variables.h"
#include "vm/record.h"

#include <stdlib.h>

/* Tells what the slots up to `end` hold, as far as it differs from what was told. */
static inline void tell_range(Recorder *r, Shadow *s, PyObject *const *slots, uint32_t end)
{
    KnownObjects *k = &r->known;
    int deaths = s->deaths != k->deaths;
    for (uint32_t i = 0; i < end; i++) {
        Seen *seen = &s->slots[i];
        uintptr_t difference = seen->target ^ (uintptr_t)slots[i];
        if (difference < SEEN_KINDS && (difference ? seen_same_value(seen, slots[i]) : !deaths || seen_holds(k, seen)))
            continue;
        seen_tell(k, seen, slots[i], i,
                  s->has_cells && slots[i] && PyCell_Check(slots[i]) && k->by_value ? k->depth - 1
                                                                                    : variables_follow(r));
    }
    s->deaths = k->deaths;
}

void variables_tell_slot(Recorder *r, Shadow *s, PyObject *const *slots, uint32_t i)
{
    KnownObjects *k = &r->known;
    Seen *seen = &s->slots[i];
    PyObject *o = slots[i];
    int64_t bits;
    if (o && Py_IS_TYPE(o, &PyLong_Type) && known_small_int(o, &bits)) {
        uintptr_t target = (uintptr_t)o | SEEN_INT;
        if ((seen->target & (SEEN_KINDS - 1)) != SEEN_INT || bits != seen->bits)
            known_tell_int(k, i, bits);
        seen->target = target;
        seen->bits = bits;
    } else if ((uintptr_t)o != seen->target || !seen_holds(k, seen) || known_has_grown(k, seen, o)) {
        uint32_t index = o ? known_at_hand_unchanged(k, o, s->has_cells) : 0;
        if (index) {
            uint32_t number = k->items[index].number;
            known_tell_reference(k, i, number);
            *seen = (Seen){.target = (uintptr_t)o, .number = number, .index = index};
            return;
        }
        seen_tell(k, seen, o, i, s->has_cells && o && PyCell_Check(o) ? k->depth - 1 : FAR);
    }
}

void variables_tell_stored(Recorder *r, Shadow *s, PyObject *const *slots, uint32_t pending)
{
    if (pending & RECORD_SLOT(RECORD_SLOTS))
        for (uint32_t i = RECORD_SLOTS - 1; i < s->room; i++)
            variables_tell_slot(r, s, slots, i);
    for (pending &= RECORD_SLOT(RECORD_SLOTS) - 1u; pending; pending &= pending - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(pending);
        if (i >= s->room)
            break;
        variables_tell_slot(r, s, slots, i);
    }
}

void variables_tell_cells(Recorder *r, const Shadow *s)
{
    const KnownObjects *k = &r->known;
    for (uint32_t i = s->first_cell; i < s->shown; i++) {
        const Seen *seen = &s->slots[i];
        if (seen->index && !(seen->target & (SEEN_KINDS - 1)) && PyCell_Check((PyObject *)seen->target) &&
            !known_cell_holds(k, seen->index, PyCell_GET((PyObject *)seen->target)))
            known_tell_change(&r->known, seen->index);
    }
}

static void watch_space(Recorder *r, const Seen *space)
{
    for (uint32_t i = 0; i < r->space_count; i++)
        if (r->spaces[i].number == space->number)
            return;
    if (r->space_count == r->space_room) {
        uint32_t room = r->space_room ? 2 * r->space_room : 8;
        Seen *bigger = realloc(r->spaces, room * sizeof *bigger);
        if (bigger == NULL) {
            recorder_out_of_memory(r);
            return;
        }
        r->spaces = bigger;
        r->space_room = room;
    }
    r->spaces[r->space_count++] = *space;
    r->space_scene = 0;
}

void variables_look_at_spaces(Recorder *r)
{
    KnownObjects *k = &r->known;
    for (uint32_t i = 0; i < r->space_count; i++) {
        const KnownObject *item = &k->items[r->spaces[i].index];
        if (!seen_holds(k, &r->spaces[i]) || item->place == NOT_LIVING) {
            r->spaces[i--] = r->spaces[--r->space_count];
            continue;
        }
        if (!PyDict_CheckExact(item->object) ||
            ((PyDictObject *)item->object)->ma_version_tag != k->living[item->place].print)
            known_tell_change(k, r->spaces[i].index);
    }
    r->space_scene = 0;
    if (r->space_count != 1 || !PyDict_CheckExact(k->items[r->spaces[0].index].object))
        return;
    r->space = (PyDictObject *)k->items[r->spaces[0].index].object;
    r->space_version = r->space->ma_version_tag;
    r->space_scene = k->scene;
}

void variables_tell_names(Recorder *r, Shadow *s, PyObject *names)
{
    uint32_t item = known_item(&r->known, names, r->known.by_value ? r->known.depth - 1 : 0);
    s->names = (Seen){.target = (uintptr_t)names, .number = known_number_at(&r->known, item), .index = item};
    journal_1(&r->journal, JOURNAL_NAMES, s->names.number);
    if (r->known.by_value && item)
        watch_space(r, &s->names);
}

void variables_tell(Recorder *r, Shadow *s, Frame *f, int with_stack)
{
    uint32_t end = (uint32_t)f->vm->nlocalsplus;
    if (with_stack && !r->known.by_value)
        end = (uint32_t)(f->sp - f->slots);
    if (end > s->room)
        end = s->room;
    if (r->known.by_value)
        variables_tell_stored(r, s, f->slots, s->pending);
    else
        tell_range(r, s, f->slots, end);
    if (with_stack || s->shown < end) {
        for (uint32_t i = end; i < s->shown; i++)
            if (s->slots[i].target)
                seen_tell(&r->known, &s->slots[i], NULL, i, FAR);
        s->shown = end;
    }
    if (s->has_names && f->locals && (uintptr_t)f->locals != s->names.target)
        variables_tell_names(r, s, f->locals);
}
