/* See lean.h. */
#include "see/lean.h"
#include "see/steps.h"
#include "see/variables.h"
#include "vm/record.h"

#define STEP_OPERATIONS 32 /* bytes of a fast step at most: of operations, of numbers */
#define STEP_NUMBERS (10 * RECORD_SLOTS)

static __attribute__((noinline)) int make_room(Recorder *r)
{
    Journal *j = &r->journal;
    column_ready(&j->ops, COLUMN_OPERATIONS, 4096);
    column_ready(&j->ops, COLUMN_NUMBERS, 4096);
    if (!j->out.failed)
        return 1;
    r->ended = 1;
    r->fast = 0;
    return 0;
}

/* Whether there is room for a fast step, what it tells in other ways left out. */
static inline __attribute__((always_inline)) int has_room(Recorder *r)
{
    const Column *operations = &r->journal.ops.columns[COLUMN_OPERATIONS],
                 *numbers = &r->journal.ops.columns[COLUMN_NUMBERS];
    if (operations->room - operations->used < STEP_OPERATIONS || numbers->room - numbers->used < STEP_NUMBERS)
        return make_room(r);
    return 1;
}

/* As tell_slot, where there is room, with the usual kinds in line; whether there is room for the next one. */
static inline __attribute__((always_inline)) int tell_slot_fast(Recorder *r, Shadow *s, PyObject *const *slots,
                                                                uint32_t i)
{
    Seen *seen = &s->slots[i];
    PyObject *o = slots[i];
    Column *columns = r->journal.ops.columns, *operations = &columns[COLUMN_OPERATIONS];
    if (o && Py_IS_TYPE(o, &PyLong_Type) && (size_t)Py_SIZE(o) + 1 <= 2) {
        int64_t bits = Py_SIZE(o) * (int64_t)((PyLongObject *)o)->ob_digit[0];
        if ((seen->target & (SEEN_KINDS - 1)) != SEEN_INT || bits != seen->bits) {
            Column *numbers = &columns[COLUMN_NUMBERS];
            uint64_t more = journal_signed(bits - r->known.ints[i]);
            numbers->any |= more;
            operations->data[operations->used++] = (uint8_t)(JOURNAL_SHORT + i);
            numbers->used = (size_t)(uint_bytes(numbers->data + numbers->used, more) - numbers->data);
            r->known.ints[i] = bits;
        }
        *seen = (Seen){.target = (uintptr_t)o | SEEN_INT, .bits = bits};
    } else if (o && Py_IS_TYPE(o, &PyFloat_Type)) {
        int64_t bits;
        memcpy(&bits, &((PyFloatObject *)o)->ob_fval, sizeof bits);
        if ((seen->target & (SEEN_KINDS - 1)) != SEEN_FLOAT || bits != seen->bits) {
            operations->data[operations->used++] = (uint8_t)(JOURNAL_SHORT + 2 * JOURNAL_PLACES + i);
            journal_eight(&r->journal, bits);
        }
        *seen = (Seen){.target = (uintptr_t)o | SEEN_FLOAT, .bits = bits};
    } else {
        variables_tell_slot(r, s, slots, i); /* with as much as a new object takes */
        return has_room(r);
    }
    return 1;
}

/* As tell_stored, what may have been stored to being `pending`. */
static inline __attribute__((always_inline)) void tell_stored_fast(Recorder *r, Shadow *s, Frame *f, uint32_t pending)
{
    if (!has_room(r))
        return;
    if (__builtin_expect(pending & RECORD_SLOT(RECORD_SLOTS), 0)) {
        variables_tell_stored(r, s, f->slots, pending);
        return;
    }
    for (; pending; pending &= pending - 1)
        if (!tell_slot_fast(r, s, f->slots, (uint32_t)__builtin_ctz(pending)))
            return;
}

/* What else a line may have changed. */
static inline __attribute__((always_inline)) void tell_rest_fast(Recorder *r, Shadow *s, Frame *f)
{
    if (s->has_names && f->locals && (uintptr_t)f->locals != s->names.target)
        variables_tell_names(r, s, f->locals);
    if (s->has_cells)
        variables_tell_cells(r, s);
    if (r->space_count)
        variables_tell_spaces(r);
    if (r->known.queue_end)
        known_tell_new(&r->known);
}

/* A frame begins that the top one calls. */
static __attribute__((noinline)) void call_fast(Recorder *r, Shadow *caller, Frame *f)
{
    if (caller->pending)
        tell_stored_fast(r, caller, caller->frame, caller->pending);
    steps_push(r, f);
}

/* The top frame, of no generator, returns. */
static __attribute__((noinline)) void return_fast(Recorder *r, Shadow *s, Frame *f, PyObject *value)
{
    int64_t bits;
    if (s->pending)
        tell_stored_fast(r, s, f, s->pending);
    tell_rest_fast(r, s, f);
    if (value && Py_IS_TYPE(value, &PyLong_Type) && known_small_int(value, &bits)) {
        journal_op(&r->journal, JOURNAL_RESULT);
        r->known.base = BASE_RESULT;
        known_tell_int(&r->known, 0, bits);
    } else {
        known_tell_result(&r->known, value, FAR);
        if (r->known.queue_end)
            known_tell_new(&r->known);
    }
    journal_op(&r->journal, JOURNAL_RETURN);
    r->stops++;
    shadows_drop(&r->shadows);
}

/* As line(), where r->fast. */
static inline __attribute__((always_inline)) void line_fast(Recorder *r, Shadow *s, Frame *f)
{
    const Inst *ip = f->ip;
    int line = (int)ip->c, at = (int)(ip - f->vm->insts), before = s->at;
    uint32_t pending = s->pending;
    s->at = at;
    if (line == s->line && at > before && before >= 0) {
        s->pending = (uint16_t)(pending | (ip->b & RECORD_ANY_SLOT));
        return;
    }
    s->pending = ip->b & RECORD_ANY_SLOT;
    if (pending)
        tell_stored_fast(r, s, f, pending);
    tell_rest_fast(r, s, f);
    steps_prepare(r);
    steps_tell_line(r, s, line);
    if (r->steps == r->options.steps)
        steps_all(r);
}

int lean_event(Recorder *r, const ThreadState *t, Frame *f, enum record_event what, PyObject *value)
{
    const ShadowThread *thread = r->shadows.told;
    Shadow *top = thread && thread->thread == t->base.id ? thread->top : NULL;
    if (top == NULL)
        return 0;
    if (what == RECORD_LINE && top->frame == f)
        line_fast(r, top, f);
    else if (what == RECORD_CALL && f->previous == top->frame && f->complete && f->owner != FRAME_IN_GENERATOR)
        call_fast(r, top, f);
    else if (what == RECORD_RETURN && top->frame == f && !top->place)
        return_fast(r, top, f, value);
    else
        return 0;
    return 1;
}
