/* See steps.h. */
#include "see/steps.h"
#include "see/c_stacks.h"
#include "see/live.h"
#include "see/variables.h"
#include "objects/code.h"
#include "objects/opcodes.h"
#include "vm/record.h"
#include "vm/vm.h"

#include <string.h>

/* ---- threads and frames ---- */

/* Makes the thread the current one, and tells it. */
static ShadowThread *turn_to(Recorder *r, const ThreadState *t)
{
    ShadowThread *before = r->shadows.current;
    uint64_t id = t->base.id;
    if (before && before->thread == id)
        return before;
    int known = shadows_turn(&r->shadows, id);
    if (known < 0)
        return recorder_out_of_memory(r), NULL;
    if (known == 0)
        r->shadows.current->whole = r->inside > 0;
    return r->shadows.current;
}

static void tell_thread(Recorder *r)
{
    if (r->shadows.told == r->shadows.current)
        return;
    r->shadows.told = r->shadows.current;
    journal_1(&r->journal, JOURNAL_THREAD, r->shadows.current->number);
}

/* Of variables, the first that has a cell. */
static uint32_t first_cell(PyCodeObject *code)
{
    const char *kinds = PyBytes_AS_STRING(code->co_localspluskinds);
    uint32_t i = 0;
    while (i < (uint32_t)code->co_nlocalsplus && !(kinds[i] & (CODE_CELL | CODE_FREE)))
        i++;
    return i;
}

/* Variables that hold something where a frame begins: arguments, and what has a cell. */
static uint16_t arguments_of(PyCodeObject *code, uint32_t cells)
{
    int given = code->co_argcount + code->co_kwonlyargcount + ((code->co_flags & CO_VARARGS) != 0) +
                ((code->co_flags & CO_VARKEYWORDS) != 0);
    uint16_t slots = 0;
    for (int i = 0; i < code->co_nlocalsplus; i++)
        if (i < given || (uint32_t)i >= cells)
            slots |= RECORD_SLOT(i);
    return slots;
}

static CodeTraits *traits_of(Recorder *r, PyCodeObject *code)
{
    CodeTraits *found = steps_traits_place(r, code);
    if (r->traits_deaths != r->known.code_deaths)
        memset(r->traits, 0, sizeof r->traits);
    r->traits_deaths = r->known.code_deaths;
    if (found->code == code)
        return found;
    uint32_t cells = first_cell(code);
    *found = (CodeTraits){.code = code,
                          .first_cell = cells,
                          .arguments = arguments_of(code, cells),
                          .has_cells = code->co_ncellvars + code->co_nfreevars > 0,
                          .has_names = !(code->co_flags & CO_OPTIMIZED)};
    return found;
}

static void tell_push(Recorder *r, Shadow *s)
{
    CodeTraits *traits = traits_of(r, s->frame->code);
    if (traits->number == 0)
        traits->number = known_code(&r->known, s->frame->code);
    s->told = 1;
    s->code = traits->number;
    s->line = s->seen;
    if (r->skips) {
        journal_2(&r->journal, JOURNAL_PUSH, s->number, s->code);
        journal_uint(&r->journal, (uint64_t)s->line);
    } else {
        journal_op(&r->journal, JOURNAL_CALL);
        put_uint(&r->journal.ops, COLUMN_CODES, s->code);
        put_uint(&r->journal.ops, COLUMN_CODES, (uint64_t)s->line);
    }
}

Shadow *steps_push(Recorder *r, Frame *f, int begins)
{
    uint32_t room = (uint32_t)(r->known.by_value ? f->vm->nlocalsplus : f->vm->size), generator = 0;
    if (f->owner == FRAME_IN_GENERATOR && (generator = known_quietly(&r->known, (PyObject *)generator_of(f))) == 0)
        return NULL;
    Shadow *s = shadows_push(&r->shadows, f, room);
    if (s == NULL)
        return recorder_out_of_memory(r), NULL;
    steps_set_shadow(r, s, traits_of(r, f->code));
    if (!begins)
        s->pending = RECORD_ANY_SLOT;
    s->generator = generator;
    if (generator)
        r->known.items[generator].other = s->place;
    if (!r->skips)
        tell_push(r, s);
    return s;
}

/* Takes the top frame's shadow off. */
static void pop(Recorder *r)
{
    ShadowThread *t = r->shadows.current;
    Shadow *s = t->top;
    if (t->fresh == s)
        t->fresh = s->below;
    if (s->generator && r->known.items[s->generator].other == s->place)
        r->known.items[s->generator].other = 0;
    if (r->options.live)
        live_leaves(r->options.live, s->number, s->below ? s->below->number : 0);
    shadows_drop(&r->shadows);
}

/* Takes shadows of frames that are gone off the stack, down to that of f. */
static void pop_to(Recorder *r, const Frame *f)
{
    Shadow *s;
    while ((s = r->shadows.current->top) != NULL && s->frame != f) {
        if (s->told)
            journal_op(&r->journal, JOURNAL_UNWIND);
        pop(r);
    }
}

static int is_recorded(const Frame *f) { return f->vm->recorded && f->complete; }

static const Frame *recorded_below(const Frame *f)
{
    for (f = f->previous; f && !is_recorded(f); f = f->previous)
        ;
    return f;
}
/* What the line has done so far in the frame that calls f.  Its value stack is in order if the loop entered f from it;
 * C code that an instruction called may have left more there than is valid. */
static void tell_caller(Recorder *r, const Frame *f)
{
    Shadow *s = r->shadows.current->top;
    Frame *caller = (Frame *)recorded_below(f);
    if (r->skips || s == NULL || s->frame != caller)
        return;
    variables_tell(r, s, caller, f->previous == caller && f->ret != RETURN_TO_C);
}

Shadow *steps_waiting(const Recorder *r, Frame *f)
{
    uint32_t item = f->owner == FRAME_IN_GENERATOR ? known_find(&r->known, (PyObject *)generator_of(f)) : 0;
    uint32_t place = item ? r->known.items[item].other : 0;
    Shadow *s = place ? r->shadows.places[place].shadow : NULL;
    return s && s->suspended ? s : NULL;
}

/* The shadow of a generator's frame, which goes on; NULL if none waits. */
static Shadow *resume(Recorder *r, Frame *f)
{
    Shadow *s = steps_waiting(r, f);
    if (s == NULL)
        return NULL;
    pop_to(r, recorded_below(f));
    tell_caller(r, f);
    shadows_resume(&r->shadows, s->place);
    s->arrives = 1;
    if (s->told)
        journal_1(&r->journal, JOURNAL_RESUME, s->number);
    return s;
}

/* What happens to a frame is not told: a generator's, which waits as far as was told, may stand anywhere after it. */
static void miss(Recorder *r, Frame *f)
{
    Shadow *s = steps_waiting(r, f);
    if (s == NULL)
        return;
    s->pending = RECORD_ANY_SLOT;
    s->at = -1;
}

/* The shadow of the running frame, on top of the stack.  A frame into which an exception is thrown goes on without
 * RECORD_RESUME. */
static Shadow *shadow_of(Recorder *r, Frame *f)
{
    Shadow *s = r->shadows.current->top;
    if (s && s->frame == f)
        return s;
    if ((s = resume(r, f)) != NULL)
        return s;
    s = r->shadows.current->top;
    while (s && s->frame != f)
        s = s->below;
    pop_to(r, s ? f : recorded_below(f));
    return s ? s : steps_push(r, f, 0);
}

void steps_forget_generator(void *context, uint32_t place)
{
    Recorder *r = context;
    const Shadow *s = r->shadows.places[place].shadow;
    if (s == NULL || !s->suspended)
        return;
    if (s->told)
        journal_1(&r->journal, JOURNAL_FORGET, s->number);
    shadows_forget(&r->shadows, place);
}

/* ---- what comes with a step ---- */

static size_t heap_bytes(void) { return heap.sides[0].pools_in_use * POOL_SIZE + heap.sides[0].large_bytes; }

/* With captures (moments.h): before the first line, and where the heap has grown; but in a ring all that stays is of
 * the last steps. */
void steps_tell_heap(Recorder *r)
{
    size_t pools = heap.sides[0].pools_in_use, large = heap.sides[0].large_bytes, now = heap_bytes();
    if (pools != r->pools || large != r->large) {
        journal_1(&r->journal, JOURNAL_HEAP, pools);
        journal_int(&r->journal, (int64_t)(large - r->large));
    }
    r->pools = pools;
    r->large = large;
    if ((r->steps == 0 || moments_due(&r->moments, now)) && r->ring.keep == 0)
        moments_take(&r->moments, r->stops, r->steps, r->steps == 0 ? "start" : "grown", now);
}

void steps_end(Recorder *r)
{
    if (!r->ended && r->steps)
        moments_take(&r->moments, r->stops, r->steps, "end", heap_bytes());
    r->ended = r->known.ended = 1;
}

static inline void tell_everything(Recorder *r, Shadow *s, Frame *f)
{
    variables_tell(r, s, f, 1);
    if (r->known.by_value) {
        if (s->has_cells)
            variables_tell_cells(r, s);
        if (r->space_count)
            variables_tell_spaces(r);
        if (r->known.queue_end)
            known_tell_new(&r->known);
    } else {
        looks_tell(&r->looks, &r->known, s, r->steps + 1);
    }
}

/* ---- events ---- */

/* Frames that began since the last step that was told, from the lowest. */
static void tell_untold(Recorder *r, Shadow *s)
{
    Shadow *above = NULL, *top = s;
    while (s && !s->told) {
        Shadow *below = s->below;
        s->below = above;
        above = s;
        s = below;
    }
    while (above) {
        Shadow *next = above->below;
        above->below = s;
        s = above;
        above = next;
        tell_push(r, s);
        if (s != top)
            variables_tell(r, s, s->frame, 0);
    }
}

/* Where steps are left out: what has become of the frames since the last one that was told. */
static void catch_up(Recorder *r, Shadow *top, int with_top)
{
    ShadowThread *t = r->shadows.current;
    int told = 0;
    if (!r->skips)
        return;
    for (Shadow *s = top; s && s != t->fresh; s = s->below)
        if (s->told && (s != top || (with_top && s->line != s->seen))) {
            journal_2(&r->journal, JOURNAL_AT, s->number, (uint64_t)(s->line = s->seen));
            if (s != top)
                variables_tell(r, s, s->frame, 0);
            told = 1;
        }
    if (told)
        journal_1(&r->journal, JOURNAL_THREAD, t->number);
    tell_untold(r, top);
    t->fresh = top;
}

static int leaves_line_out(Recorder *r, const Shadow *s)
{
    if (!filter_line(&r->options, s->seen) || (r->options.grain == GRAIN_CALL && !s->arrives))
        return 1;
    return r->options.every > 1 && r->passed++ % r->options.every != 0;
}

/* Whether the stops of a frame that are no steps are left out. */
static int leaves_stop_out(const Recorder *r, const Shadow *s)
{
    return r->skips && (r->options.every > 1 || !filter_line(&r->options, s->seen));
}

static void tell_instruction(Recorder *r, const Frame *f, int unit)
{
    const _Py_CODEUNIT *units = _PyCode_CODE(f->code);
    uint32_t argument = 0;
    int at = unit;
    while (_Py_OPCODE(units[at]) == OPC_EXTENDED_ARG)
        argument = argument << 8 | _Py_OPARG(units[at++]);
    int op = _Py_OPCODE(units[at]);
    if (r->opcode_names[op] == 0)
        r->opcode_names[op] = journal_string(&r->journal, opcode_info[op].name);
    journal_2(&r->journal, JOURNAL_INSTRUCTION, (uint64_t)at, r->opcode_names[op]);
    journal_uint(&r->journal, argument << 8 | _Py_OPARG(units[at]));
}

void steps_all(Recorder *r)
{
    accounts_stop(r->steps);
    if (r->options.live)
        live_tell(r->options.live, &r->journal, LIVE_DONE, r->steps);
    if (r->ring.keep)
        r->ended = r->known.ended = 1;
    else
        steps_end(r);
    r->fast = 0;
}

static void tell_c_stack(Recorder *r, Shadow *s)
{
    uint32_t stack = c_stacks_now(r->c_stacks);
    if (stack != s->c_stack)
        journal_1(&r->journal, JOURNAL_C_STACK, s->c_stack = stack);
}

/* A step: the frame is about to run the line where it stands. */
static inline void step(Recorder *r, Shadow *s, Frame *f)
{
    tell_everything(r, s, f);
    steps_prepare(r);
    if (r->options.grain == GRAIN_INSTRUCTION)
        tell_instruction(r, f, frame_lasti(f));
    if (r->c_stacks)
        tell_c_stack(r, s);
    steps_tell_line(r, s, s->seen);
    if (r->options.live && live_stops(r->options.live, s->number, f->code, s->line))
        live_tell(r->options.live, &r->journal, LIVE_LINE, r->steps);
    if (r->steps == r->options.steps)
        steps_all(r);
}

/* Perhaps a new line: another than before, or a place before the last one or the same. */
static inline void line(Recorder *r, Shadow *s, Frame *f)
{
    int line = (int)f->ip->c, at = (int)(f->ip - f->vm->insts), before = s->at;
    uint16_t stores = f->ip->b & RECORD_ANY_SLOT;
    s->at = at;
    if (line == s->seen && at > before && before >= 0 && r->options.grain != GRAIN_INSTRUCTION) {
        s->pending |= stores;
        return;
    }
    s->seen = line;
    if (r->skips) {
        int left_out = leaves_line_out(r, s);
        s->arrives = 0;
        if (left_out) {
            s->pending |= stores;
            if (r->shadows.current->fresh == s)
                r->shadows.current->fresh = s->below;
            return;
        }
        catch_up(r, s, 0);
    }
    step(r, s, f);
    s->pending = stores;
}

static void leave(Recorder *r, Shadow *s, enum journal_op op, PyObject *value)
{
    if (leaves_stop_out(r, s)) {
        if (s->told)
            journal_op(&r->journal, JOURNAL_UNWIND);
        s->told = 0;
    } else {
        catch_up(r, s, 1);
        if (op != JOURNAL_UNWIND)
            tell_everything(r, s, s->frame);
        known_tell_result(&r->known, value, variables_follow(r));
        if (r->known.queue_end)
            known_tell_new(&r->known);
        journal_op(&r->journal, op);
        r->stops += op != JOURNAL_UNWIND;
    }
    if (op == JOURNAL_YIELD && s->place) {
        if (r->options.live && !(s->frame->code->co_flags & (CO_COROUTINE | CO_ASYNC_GENERATOR))) /* which comes back */
            live_leaves(r->options.live, s->number, s->below ? s->below->number : 0);
        if (r->shadows.current->fresh == s)
            r->shadows.current->fresh = s->below;
        s->at = (int)(s->frame->ip - s->frame->vm->insts);
        shadows_suspend(&r->shadows);
    } else
        pop(r);
}

static void raise(Recorder *r, Shadow *s, Frame *f, PyObject *value)
{
    if (leaves_stop_out(r, s))
        return;
    catch_up(r, s, 1);
    tell_everything(r, s, f);
    known_tell_result(&r->known, value, variables_follow(r));
    if (r->known.queue_end)
        known_tell_new(&r->known);
    journal_op(&r->journal, JOURNAL_RAISE);
    r->stops++;
}

/* With `from`: whether the thread is in a call of that function, which may begin now. */
static int is_inside(Recorder *r, ShadowThread *t, const Frame *f, enum record_event what)
{
    if (t->root || t->whole)
        return 1;
    if ((what != RECORD_CALL && what != RECORD_RESUME) || !filter_from(&r->options, f->code))
        return 0;
    t->root = f;
    r->inside++;
    return 1;
}

void steps_event(Recorder *r, ThreadState *t, Frame *f, enum record_event what, PyObject *value)
{
    if (!f->complete || f->vm->muted)
        return;
    ShadowThread *thread = turn_to(r, t);
    if (thread == NULL)
        return;
    if (r->options.from && !is_inside(r, thread, f, what)) {
        miss(r, f);
        return;
    }
    tell_thread(r);
    r->begun = 1;
    Shadow *s;
    if (what == RECORD_CALL) {
        pop_to(r, recorded_below(f));
        tell_caller(r, f);
        steps_push(r, f, 1);
        if (r->options.live)
            live_enters(r->options.live, f->code);
        return;
    }
    if ((s = shadow_of(r, f)) == NULL)
        return;
    if (what == RECORD_YIELD || what == RECORD_RESUME || what == RECORD_RAISE) /* what is stored after it */
        s->pending = what == RECORD_RAISE ? RECORD_ANY_SLOT : s->pending | (f->ip->b & RECORD_ANY_SLOT);
    switch (what) {
    case RECORD_LINE:
        line(r, s, f);
        break;
    case RECORD_RETURN:
        leave(r, s, JOURNAL_RETURN, value);
        break;
    case RECORD_YIELD:
        leave(r, s, JOURNAL_YIELD, value);
        break;
    case RECORD_RAISE:
        raise(r, s, f, value);
        break;
    case RECORD_UNWIND:
        leave(r, s, JOURNAL_UNWIND, value);
        break;
    default:
        break;
    }
    if (thread->root == f && (what == RECORD_RETURN || what == RECORD_YIELD || what == RECORD_UNWIND)) {
        thread->root = NULL;
        r->inside--;
    }
}
