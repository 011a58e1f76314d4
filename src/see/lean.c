/* See lean.h. */
#include "see/lean.h"
#include "see/last_words.h"
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

/* The variables that may have been stored to. */
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

static __attribute__((noinline)) void tell_stored(Recorder *r, Shadow *s, Frame *f, uint32_t pending)
{
    tell_stored_fast(r, s, f, pending);
}

static inline void begin(Recorder *r) { r->journal.busy++; }
static inline void finish(Recorder *r)
{
    r->journal.busy--;
    last_words_due();
}

/* What else a line may have changed. */
static inline __attribute__((always_inline)) void tell_rest_fast(Recorder *r, Shadow *s, Frame *f)
{
    if (__builtin_expect(s->has_names, 0) && f->locals && (uintptr_t)f->locals != s->names.target)
        variables_tell_names(r, s, f->locals);
    if (__builtin_expect(s->has_cells, 0))
        variables_tell_cells(r, s);
    if (r->space_count)
        variables_tell_spaces(r);
    if (__builtin_expect(r->known.queue_end, 0))
        known_tell_new(&r->known);
}

/* The value with which a frame ends or waits. */
static inline __attribute__((always_inline)) void tell_result_fast(Recorder *r, PyObject *value)
{
    KnownObjects *k = &r->known;
    int64_t bits;
    uint32_t index;
    if (value == NULL)
        return;
    if (Py_IS_TYPE(value, &PyLong_Type) && known_small_int(value, &bits)) {
        journal_op(&r->journal, JOURNAL_RESULT);
        k->base = BASE_RESULT;
        known_tell_int(k, 0, bits);
    } else if ((index = known_at_hand_unchanged(k, value, 0)) != 0) {
        journal_op(&r->journal, JOURNAL_RESULT);
        k->base = BASE_RESULT;
        known_tell_reference(k, 0, k->items[index].number);
    } else {
        known_tell_result(k, value, FAR);
        if (k->queue_end)
            known_tell_new(k);
    }
}

/* A frame begins that the top one calls. */
static void call_fast(Recorder *r, Shadow *caller, Frame *f)
{
    CodeTraits *traits = steps_traits_place(r, f->code);
    Column *columns = r->journal.ops.columns, *codes = &columns[COLUMN_CODES],
           *operations = &columns[COLUMN_OPERATIONS];
    begin(r);
    if (__builtin_expect(caller->pending, 0))
        tell_stored(r, caller, caller->frame, caller->pending);
    if (__builtin_expect(traits->code != f->code || traits->number == 0 || r->traits_deaths != r->known.code_deaths ||
                             codes->room - codes->used < 20 || operations->room == operations->used,
                         0)) {
        steps_push(r, f, 1);
    } else {
        Shadow *s = shadows_push_quickly(&r->shadows, f, (uint32_t)f->vm->nlocalsplus);
        if (s == NULL) {
            recorder_out_of_memory(r);
        } else {
            steps_set_shadow(r, s, traits);
            s->told = 1;
            s->line = s->seen;
            operations->data[operations->used++] = JOURNAL_CALL;
            uint8_t *end = uint_bytes(codes->data + codes->used, s->code = traits->number);
            codes->used = (size_t)(uint_bytes(end, (uint64_t)s->line) - codes->data);
            codes->any = 1;
        }
    }
    finish(r);
}

/* The top frame, of no generator, returns. */
static void return_fast(Recorder *r, Shadow *s, Frame *f, PyObject *value)
{
    begin(r);
    if (s->pending)
        tell_stored(r, s, f, s->pending);
    tell_rest_fast(r, s, f);
    tell_result_fast(r, value);
    journal_op(&r->journal, JOURNAL_RETURN);
    r->stops++;
    shadows_drop_quickly(&r->shadows);
    finish(r);
}

/* A generator's frame goes on, which the top one calls. */
static void resume_fast(Recorder *r, Shadow *caller, Frame *f, Shadow *s)
{
    begin(r);
    if (caller->pending)
        tell_stored(r, caller, caller->frame, caller->pending);
    shadows_resume(&r->shadows, s->place);
    s->arrives = 1;
    s->pending |= f->ip->b & RECORD_ANY_SLOT; /* what is stored after it */
    journal_1(&r->journal, JOURNAL_RESUME, s->number);
    finish(r);
}

/* The top frame, a generator's, waits. */
static void yield_fast(Recorder *r, Shadow *s, Frame *f, PyObject *value)
{
    begin(r);
    if (s->pending)
        tell_stored(r, s, f, s->pending);
    tell_rest_fast(r, s, f);
    tell_result_fast(r, value);
    journal_op(&r->journal, JOURNAL_YIELD);
    r->stops++;
    s->pending = f->ip->b & RECORD_ANY_SLOT;
    s->at = (int)(f->ip - f->vm->insts);
    shadows_suspend(&r->shadows);
    finish(r);
}

static void line_fast(Recorder *r, Shadow *s, Frame *f)
{
    const Inst *ip = f->ip;
    int line = (int)ip->c, at = (int)(ip - f->vm->insts), before = s->at;
    uint32_t pending = s->pending;
    s->at = at;
    if (line == s->line && at > before && before >= 0) {
        s->pending = (uint16_t)(pending | (ip->b & RECORD_ANY_SLOT));
        return;
    }
    begin(r);
    s->pending = ip->b & RECORD_ANY_SLOT;
    if (pending)
        tell_stored_fast(r, s, f, pending);
    tell_rest_fast(r, s, f);
    steps_prepare(r);
    steps_tell_line(r, s, line);
    if (__builtin_expect(r->steps == r->options.steps, 0))
        steps_all(r);
    finish(r);
}

static __attribute__((noinline)) void unusual(Recorder *r, ThreadState *t, Frame *f, enum record_event what,
                                              PyObject *value)
{
    begin(r);
    if (!r->ended && !r->known.failed)
        steps_event(r, t, f, what, value);
    else
        r->fast = 0; /* the shadows are not those of the frames any more */
    finish(r);
}

/* The usual ones are those of the frame that had the last one, or next to it. */
void lean_event(struct recorder *hooks, ThreadState *t, Frame *f, enum record_event what, PyObject *value)
{
    Recorder *r = (Recorder *)hooks;
    const ShadowThread *thread = r->shadows.told;
    Shadow *top = r->fast && thread && thread->thread == t->base.id ? thread->top : NULL, *s;
    if (top == NULL)
        unusual(r, t, f, what, value);
    else if (top->frame == f && what == RECORD_LINE)
        line_fast(r, top, f);
    else if (top->frame == f && what == RECORD_RETURN && !top->place)
        return_fast(r, top, f, value);
    else if (top->frame == f && what == RECORD_YIELD && top->place)
        yield_fast(r, top, f, value);
    else if (top->frame != f->previous || !f->complete)
        unusual(r, t, f, what, value);
    else if (what == RECORD_CALL && f->owner != FRAME_IN_GENERATOR)
        call_fast(r, top, f);
    else if (what == RECORD_RESUME && f->owner == FRAME_IN_GENERATOR && (s = steps_waiting(r, f)) != NULL)
        resume_fast(r, top, f, s);
    else
        unusual(r, t, f, what, value);
}
