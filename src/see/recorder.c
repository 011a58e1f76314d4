/* See recorder.h.
 *
 * The recorder keeps a shadow of every frame that runs recorded code: what was last told of its variables.  At each
 * line it tells what differs, in the frame and in the objects in view (known.h); so a step costs as much as has
 * changed, and a look at what might have. */
#include "see/recorder.h"
#include "see/accounts.h"
#include "see/capture_text.h"
#include "see/chunk_thread.h"
#include "see/last_words.h"
#include "see/live.h"
#include "see/moments.h"
#include "see/ring.h"
#include "see/shadows.h"
#include "memory/memory.h"
#include "objects/code.h"
#include "objects/opcodes.h"
#include "vm/record.h"
#include "vm/vm.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Bytes or stops of a chunk before a new one begins with a state; more when states are large. */
#define STATE_EVERY ((size_t)64 << 10)
#define STATE_STOPS 8192
#define STATE_RATIO 4
#define LOOK_EVERY 32   /* steps between two looks at how long the chunk is */
#define SLOW 100        /* milliseconds for them: then each step looks */
#define SECOND 1000     /* a chunk ends after one, later where states are large, so that little is lost with the process */
#define OUTPUT_MAX 4096 /* bytes of one piece of output that are kept */
#define FAR 254         /* not followed */

typedef struct {
    struct recorder hooks; /* first: the VM knows this part */
    Journal journal;
    KnownObjects known;
    Shadows shadows;
    RecordOptions options;
    PyInterpreterState *interp;
    uint64_t steps, stops; /* operations STEP; and with them RETURN, YIELD and RAISE */
    uint64_t state_stops;  /* at the last state */
    size_t pools, large;
    Moments moments;
    int begun, ended;
    int plain;       /* every line is a step: none is left out, none is an instruction, all calls count */
    int fast;        /* and told by value, to nobody who waits for it */
    int until_look;  /* steps */
    int64_t looked, chunk_begun; /* milliseconds */
    int skips;       /* steps are left out (filter_skips) */
    uint64_t passed; /* of those that `every` counts */
    uint32_t inside; /* threads in a call of `from` */
    Ring ring;
    Seen *spaces; /* by value: the dicts of names that are looked at */
    uint32_t space_count, space_room;
    PyDictObject *space;    /* the first, as long as nothing has died, and no state was told, since */
    uint64_t space_version; /* as it was told */
    uint32_t space_deaths, space_states;
    uint32_t opcode_names[256];
    char **paths; /* files that were recorded */
    uint32_t file_count, file_room;
} Recorder;

/* ---- what is of interest ---- */

/* The source is taken along when its code first runs: later it may be another, and a run that is cut off has it. */
static void note_file(Recorder *r, const char *path)
{
    for (uint32_t i = 0; i < r->file_count; i++)
        if (strcmp(r->paths[i], path) == 0)
            return;
    if (r->file_count == r->file_room) {
        uint32_t room = r->file_room ? 2 * r->file_room : 16;
        char **bigger = realloc(r->paths, room * sizeof *bigger);
        if (bigger == NULL)
            return;
        r->paths = bigger;
        r->file_room = room;
    }
    if ((r->paths[r->file_count] = strdup(path)) == NULL)
        return;
    r->file_count++;
    if (r->options.text && strcmp(path, "<string>") == 0)
        journal_source_text(&r->journal, path, r->options.text, strlen(r->options.text));
    else
        journal_source(&r->journal, path);
}

static int wants(struct recorder *hooks, PyCodeObject *code)
{
    Recorder *r = (Recorder *)hooks;
    char path[4096];
    int how = filter_code(&r->options, code, path, sizeof path);
    if (how)
        note_file(r, path);
    return how;
}

/* ---- threads and frames ---- */

static void out_of_memory(Recorder *r) { r->known.failed = 1; }

/* Makes the thread the current one, and tells it. */
static ShadowThread *turn_to(Recorder *r, const ThreadState *t)
{
    ShadowThread *before = r->shadows.current;
    uint64_t id = t->base.id;
    if (before && before->thread == id)
        return before;
    int known = shadows_turn(&r->shadows, id);
    if (known < 0)
        return out_of_memory(r), NULL;
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

static void tell_push(Recorder *r, Shadow *s)
{
    s->told = 1;
    s->code = known_code(&r->known, s->frame->code);
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

/* Of variables, the first that has a cell. */
static uint32_t first_cell(PyCodeObject *code)
{
    const char *kinds = PyBytes_AS_STRING(code->co_localspluskinds);
    uint32_t i = 0;
    while (i < (uint32_t)code->co_nlocalsplus && !(kinds[i] & (CODE_CELL | CODE_FREE)))
        i++;
    return i;
}

static Shadow *push(Recorder *r, Frame *f)
{
    uint32_t room = (uint32_t)(r->known.by_value ? f->vm->nlocalsplus : f->vm->size), generator = 0;
    if (f->owner == FRAME_IN_GENERATOR && (generator = known_quietly(&r->known, (PyObject *)generator_of(f))) == 0)
        return NULL;
    Shadow *s = shadows_push(&r->shadows, f, room);
    if (s == NULL)
        return out_of_memory(r), NULL;
    s->seen = f->code->co_firstlineno;
    s->arrives = 1;
    s->deaths = r->known.deaths;
    s->has_cells = f->code->co_ncellvars + f->code->co_nfreevars > 0;
    if (s->has_cells)
        s->first_cell = first_cell(f->code);
    s->has_names = !(f->code->co_flags & CO_OPTIMIZED);
    s->pending = RECORD_ANY_SLOT;
    s->shown = r->known.by_value ? room : 0;
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

static inline void tell_slots(Recorder *r, Shadow *s, Frame *f, int with_stack);

/* What the line has done so far in the frame that calls f.  Its value stack is in order if the loop entered f from it;
 * C code that an instruction called may have left more there than is valid. */
static void tell_caller(Recorder *r, const Frame *f)
{
    Shadow *s = r->shadows.current->top;
    Frame *caller = (Frame *)recorded_below(f);
    if (r->skips || s == NULL || s->frame != caller)
        return;
    tell_slots(r, s, caller, f->previous == caller && f->ret != RETURN_TO_C);
}

/* The shadow of a generator's frame, which goes on; NULL if none waits. */
static Shadow *resume(Recorder *r, Frame *f)
{
    uint32_t item = f->owner == FRAME_IN_GENERATOR ? known_find(&r->known, (PyObject *)generator_of(f)) : 0;
    uint32_t place = item ? r->known.items[item].other : 0;
    if (place == 0 || !r->shadows.places[place].shadow->suspended)
        return NULL;
    pop_to(r, recorded_below(f));
    tell_caller(r, f);
    Shadow *s = shadows_resume(&r->shadows, place);
    s->arrives = 1;
    if (s->told)
        journal_1(&r->journal, JOURNAL_RESUME, s->number);
    return s;
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
    return s ? s : push(r, f);
}

/* A generator died. */
static void forget_generator(void *context, uint32_t place)
{
    Recorder *r = context;
    const Shadow *s = r->shadows.places[place].shadow;
    if (s == NULL || !s->suspended)
        return;
    if (s->told)
        journal_1(&r->journal, JOURNAL_FORGET, s->number);
    shadows_forget(&r->shadows, place);
}

/* ---- variables ---- */

static unsigned follow(const Recorder *r) { return r->known.by_value ? FAR : 1; }

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
                  s->has_cells && slots[i] && PyCell_Check(slots[i]) && k->by_value ? k->depth - 1 : follow(r));
    }
    s->deaths = k->deaths;
}

/* The same of one slot, by value. */
static inline void tell_slot(Recorder *r, Shadow *s, PyObject *const *slots, uint32_t i)
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
        uint32_t index = o ? known_at_hand(k, o) : 0;
        if (index && k->items[index].kind != KNOWN_TEXT && k->items[index].kind != KNOWN_CELL) {
            uint32_t number = k->items[index].number;
            known_tell_reference(k, i, number);
            *seen = (Seen){.target = (uintptr_t)o, .number = number, .index = index};
            return;
        }
        seen_tell(k, seen, o, i, s->has_cells && o && PyCell_Check(o) ? k->depth - 1 : FAR);
    }
}

/* The same of those that may have been stored to. */
static __attribute__((noinline)) void tell_all_stored(Recorder *r, Shadow *s, PyObject *const *slots, uint32_t pending)
{
    if (pending & RECORD_SLOT(RECORD_SLOTS))
        for (uint32_t i = RECORD_SLOTS - 1; i < s->room; i++)
            tell_slot(r, s, slots, i);
    for (pending &= RECORD_SLOT(RECORD_SLOTS) - 1u; pending; pending &= pending - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(pending);
        if (i >= s->room)
            break;
        tell_slot(r, s, slots, i);
    }
}

/* By value cells are looked at where their names are in view. */
static void tell_cells(Recorder *r, const Shadow *s)
{
    const KnownObjects *k = &r->known;
    for (uint32_t i = s->first_cell; i < s->shown; i++) {
        const Seen *seen = &s->slots[i];
        if (seen->target && !(seen->target & (SEEN_KINDS - 1)) && PyCell_Check((PyObject *)seen->target) &&
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
            out_of_memory(r);
            return;
        }
        r->spaces = bigger;
        r->space_room = room;
    }
    r->spaces[r->space_count++] = *space;
}

static void look_at_spaces(Recorder *r)
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
    r->space_deaths =
        r->space_count && PyDict_CheckExact(k->items[r->spaces[0].index].object) ? k->deaths : k->deaths - 1;
    if (r->space_deaths != k->deaths)
        return;
    r->space = (PyDictObject *)k->items[r->spaces[0].index].object;
    r->space_version = r->space->ma_version_tag;
    r->space_states = k->states;
}

/* First the usual case: there is one, a dict that is as it was. */
static inline void tell_spaces(Recorder *r)
{
    KnownObjects *k = &r->known;
    if (r->space_count == 1 && r->space_deaths == k->deaths && r->space_states == k->states &&
        r->space->ma_version_tag == r->space_version)
        return;
    look_at_spaces(r);
}

/* Tells the dict of the frame's names. */
static void tell_names(Recorder *r, Shadow *s, PyObject *names)
{
    uint32_t item = known_item(&r->known, names, r->known.by_value ? r->known.depth - 1 : 0);
    s->names = (Seen){.target = (uintptr_t)names, .number = known_number_at(&r->known, item), .index = item};
    journal_1(&r->journal, JOURNAL_NAMES, s->names.number);
    if (r->known.by_value && item)
        watch_space(r, &s->names);
}

/* Tells how the frame's variables differ from what was told, and with_stack its value stack, which is valid then. */
static inline void tell_slots(Recorder *r, Shadow *s, Frame *f, int with_stack)
{
    uint32_t end = (uint32_t)f->vm->nlocalsplus;
    if (with_stack && !r->known.by_value)
        end = (uint32_t)(f->sp - f->slots);
    if (end > s->room)
        end = s->room;
    if (r->known.by_value)
        tell_all_stored(r, s, f->slots, s->pending);
    else
        tell_range(r, s, f->slots, end);
    if (with_stack || s->shown < end) {
        for (uint32_t i = end; i < s->shown; i++)
            if (s->slots[i].target)
                seen_tell(&r->known, &s->slots[i], NULL, i, FAR);
        s->shown = end;
    }
    if (s->has_names && f->locals && (uintptr_t)f->locals != s->names.target)
        tell_names(r, s, f->locals);
}

static inline void tell_heap(Recorder *r)
{
    size_t pools = heap.sides[0].pools_in_use, large = heap.sides[0].large_bytes;
    if (pools == r->pools && large == r->large)
        return;
    journal_1(&r->journal, JOURNAL_HEAP, pools);
    journal_int(&r->journal, (int64_t)(large - r->large));
    r->pools = pools;
    r->large = large;
}

static size_t heap_bytes(void) { return heap.sides[0].pools_in_use * POOL_SIZE + heap.sides[0].large_bytes; }

/* Captures: moments.h.  Before the first line, and where the heap has grown; but in a ring all that stays is of the
 * last steps. */
static void capture_if_due(Recorder *r)
{
    size_t now = heap_bytes();
    if ((r->steps == 0 || moments_due(&r->moments, now)) && r->ring.keep == 0)
        moments_take(&r->moments, r->stops, r->steps, r->steps == 0 ? "start" : "grown", now);
}

static int is_in_view(void *known, PyObject *o) { return known_is_in_view(known, o); }

/* Nothing more is told. */
static void end(Recorder *r)
{
    if (!r->ended && r->steps)
        moments_take(&r->moments, r->stops, r->steps, "end", heap_bytes());
    r->ended = r->known.ended = 1;
}

static inline void tell_everything(Recorder *r, Shadow *s, Frame *f)
{
    tell_slots(r, s, f, 1);
    if (r->known.by_value) {
        if (s->has_cells)
            tell_cells(r, s);
        if (r->space_count)
            tell_spaces(r);
        if (r->known.queue_end)
            known_tell_new(&r->known);
    } else {
        known_tell_new(&r->known);
        known_tell_changes(&r->known);
    }
}

/* ---- states ---- */

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
    r->journal.state_bytes = journal_bytes(&r->journal);
    r->state_stops = r->stops;
}

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void look_at_chunk(Recorder *r)
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
        if (known_crowded(&r->known))
            reach(r);
        return;
    }
    journal_flush(&r->journal);
    if (r->options.live)
        live_tell(r->options.live, &r->journal, LIVE_SENT, r->steps);
    ring_chunk_ended(&r->ring, &r->journal, r->steps);
    tell_state(r);
    r->chunk_begun = now;
    r->ended |= r->journal.out.failed != 0;
    r->fast &= !r->ended && !r->known.failed;
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
            tell_slots(r, s, s->frame, 0);
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
                tell_slots(r, s, s->frame, 0);
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

/* Those that were asked for. */
static void all_steps(Recorder *r)
{
    accounts_stop(r->steps);
    if (r->ring.keep)
        r->ended = r->known.ended = 1;
    else
        end(r);
    r->fast = 0;
}

/* A step: the frame is about to run the line where it stands. */
static inline void step(Recorder *r, Shadow *s, Frame *f)
{
    tell_everything(r, s, f);
    if (heap.sides[0].pools_in_use != r->pools || heap.sides[0].large_bytes != r->large || r->steps == 0) {
        tell_heap(r);
        capture_if_due(r);
    }
    if (--r->until_look <= 0)
        look_at_chunk(r);
    if (r->options.grain == GRAIN_INSTRUCTION)
        tell_instruction(r, f, frame_lasti(f));
    journal_step(&r->journal, s->seen - s->line);
    s->line = s->seen;
    r->steps++;
    r->stops++;
    accounts_step(r->steps);
    if (r->options.live && live_stops(r->options.live, s->number, f->code, s->line))
        live_tell(r->options.live, &r->journal, LIVE_LINE, r->steps);
    if (r->steps == r->options.steps)
        all_steps(r);
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
        known_tell_result(&r->known, value, follow(r));
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
    known_tell_result(&r->known, value, follow(r));
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

static void unusual(Recorder *r, ThreadState *t, Frame *f, enum record_event what, PyObject *value)
{
    if (!f->complete || f->vm->muted)
        return;
    ShadowThread *thread = turn_to(r, t);
    if (thread == NULL || (r->options.from && !is_inside(r, thread, f, what)))
        return;
    tell_thread(r);
    r->begun = 1;
    Shadow *s;
    if (what == RECORD_CALL) {
        pop_to(r, recorded_below(f));
        tell_caller(r, f);
        push(r, f);
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
        tell_slot(r, s, slots, i); /* with as much as a new object takes */
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
        tell_all_stored(r, s, f->slots, pending);
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
        tell_names(r, s, f->locals);
    if (s->has_cells)
        tell_cells(r, s);
    if (r->space_count)
        tell_spaces(r);
    if (r->known.queue_end)
        known_tell_new(&r->known);
}

/* A frame begins that the top one calls. */
static __attribute__((noinline)) void call_fast(Recorder *r, Shadow *caller, Frame *f)
{
    if (caller->pending)
        tell_stored_fast(r, caller, caller->frame, caller->pending);
    push(r, f);
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
    if (heap.sides[0].pools_in_use != r->pools || heap.sides[0].large_bytes != r->large || r->steps == 0) {
        tell_heap(r);
        capture_if_due(r);
    }
    if (--r->until_look <= 0)
        look_at_chunk(r);
    journal_step(&r->journal, line - s->line);
    s->line = s->seen = line;
    r->stops++;
    accounts_step(r->steps + 1);
    if (++r->steps == r->options.steps)
        all_steps(r);
}

/* First the usual case: a line of the frame that had the last one. */
static void event(struct recorder *hooks, ThreadState *t, Frame *f, enum record_event what, PyObject *value)
{
    Recorder *r = (Recorder *)hooks;
    const ShadowThread *thread = r->shadows.told;
    r->journal.busy++;
    Shadow *top = r->fast && thread && thread->thread == t->base.id ? thread->top : NULL;
    if (top && what == RECORD_LINE && top->frame == f)
        line_fast(r, top, f);
    else if (top && what == RECORD_CALL && f->previous == top->frame && f->complete && f->owner != FRAME_IN_GENERATOR)
        call_fast(r, top, f);
    else if (top && what == RECORD_RETURN && top->frame == f && !top->place)
        return_fast(r, top, f, value);
    else if (!r->ended && !r->known.failed)
        unusual(r, t, f, what, value);
    r->journal.busy--;
    last_words_due();
}

/* Whether what is heard of the program belongs to the recording. */
static int listens(const Recorder *r)
{
    return !r->ended && r->begun && !r->journal.out.failed && (!r->options.from || r->inside);
}

static void output(struct recorder *hooks, int fd, PyObject *text)
{
    char utf8[OUTPUT_MAX];
    Recorder *r = (Recorder *)hooks;
    if (!listens(r))
        return;
    size_t size = capture_cut(text, utf8, sizeof utf8);
    r->journal.busy++;
    journal_1(&r->journal, JOURNAL_OUTPUT, (uint64_t)fd);
    journal_text(&r->journal, utf8, size);
    r->journal.busy--;
}

static void collected(struct recorder *hooks, int generation, Py_ssize_t found)
{
    Recorder *r = (Recorder *)hooks;
    if (!listens(r))
        return;
    r->journal.busy++;
    journal_2(&r->journal, JOURNAL_COLLECTED, (uint64_t)generation, (uint64_t)found);
    r->journal.busy--;
}

static void input(struct recorder *hooks)
{
    Recorder *r = (Recorder *)hooks;
    if (r->options.live && !r->ended && !r->journal.out.failed)
        live_tell(r->options.live, &r->journal, LIVE_INPUT, r->steps);
}

/* ---- on and off ---- */

/* One in the process: there is one listener to the deaths of blocks. */
static Recorder *running;

static Recorder *current_recorder(void)
{
    struct recorder *hooks = interp_current()->recorder;
    return hooks && hooks->event == event ? (Recorder *)hooks : NULL;
}

int recorder_runs(void) { return current_recorder() != NULL; }

/* A signal ends the process; 0 while the journal is not whole. */
static int speak(void)
{
    if (running == NULL)
        return 1;
    if (running->journal.busy)
        return 0;
    journal_rescue(&running->journal);
    return 1;
}

/* The child of a fork shares the file: the recording goes on in the parent only. */
static void leave_to_parent(void)
{
    if (running) {
        running->interp->recorder = NULL;
        accounts_abandon();
    }
    running = NULL;
}

typedef struct {
    PyCodeObject **items;
    size_t count, room;
} Codes;

static int add_code(const HeapBlock *block, void *arg)
{
    Codes *codes = arg;
    PyCodeObject *code = block->address;
    if (block->type != &PyCode_Type || code->_co_linearray == NULL)
        return 0;
    if (codes->count == codes->room) {
        size_t room = codes->room ? 2 * codes->room : 1024;
        PyCodeObject **bigger = realloc(codes->items, room * sizeof *bigger);
        if (bigger == NULL)
            return -1;
        codes->items = bigger;
        codes->room = room;
    }
    codes->items[codes->count++] = code;
    return 0;
}

/* Code that has run before gets the translation that is recorded as r wants it; without r, one that is not. */
static int turn_code(Recorder *r)
{
    Codes codes = {0};
    int failed = heap_walk_all(add_code, &codes) != 0;
    if (failed)
        PyErr_NoMemory();
    for (size_t i = 0; i < codes.count && !failed; i++)
        failed = vm_code_turn(codes.items[i], r ? wants(&r->hooks, codes.items[i]) : 0) < 0;
    free(codes.items);
    return failed ? -1 : 0;
}

static void set_options(Recorder *r)
{
    const RecordOptions *options = &r->options;
    r->skips = filter_skips(options);
    r->plain = !r->skips && options->grain == GRAIN_LINE && options->from == NULL;
    r->known.by_value = options->lean != 0;
    r->fast = r->plain && r->known.by_value && options->live == NULL;
    if (r->known.by_value && r->options.captures == 0)
        r->options.captures = RECORD_NONE;
    r->known.gone = forget_generator;
    r->known.context = r;
    r->known.limit = options->objects ? (uint32_t)options->objects : r->known.limit;
    r->known.breadth = options->breadth ? (uint32_t)options->breadth : r->known.breadth;
    r->known.depth = options->depth ? (uint32_t)(options->depth < 250 ? options->depth : 250) : r->known.depth;
}

/* Without the file it did not get to. */
static void drop(Recorder *r)
{
    ring_free(&r->ring);
    known_free(&r->known);
    shadows_free(&r->shadows);
    free(r->spaces);
    for (uint32_t i = 0; i < r->file_count; i++)
        free(r->paths[i]);
    free(r->paths);
    record_options_free(&r->options);
    free(r);
}

int recorder_start(const char *path, const RecordOptions *options)
{
    static int watches_forks;
    if (running) {
        PyErr_SetString(PyExc_RuntimeError, "a recording is already under way");
        return -1;
    }
    Recorder *r = calloc(1, sizeof *r);
    if (r == NULL || (options && record_options_copy(&r->options, options) < 0)) {
        free(r);
        PyErr_NoMemory();
        return -1;
    }
    struct live *live = r->options.live;
    if ((live ? journal_open_fd(&r->journal, live->journal) : journal_open(&r->journal, path)) < 0 ||
        ring_open(&r->ring, &r->journal, path, r->options.last) < 0) {
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
        record_options_free(&r->options);
        free(r);
        return -1;
    }
    known_init(&r->known, &r->journal);
    r->hooks = (struct recorder){wants, event, output, collected, input};
    if (live)
        live_open(live, &r->journal);
    set_options(r);
    if (turn_code(r) < 0) {
        journal_close(&r->journal);
        drop(r);
        return -1;
    }
    if (r->fast && r->ring.keep == 0 && r->options.captures == RECORD_NONE && !r->options.growth)
        chunk_thread_start(&r->journal.out);
    moments_begin(&r->moments, &r->journal.out, r->options.captures, is_in_view, &r->known);
    journal_2(&r->journal, JOURNAL_STATE, 0, 0);
    journal_uint(&r->journal, 0);
    if (!watches_forks)
        watches_forks = pthread_atfork(NULL, NULL, leave_to_parent) == 0;
    r->interp = interp_current();
    r->interp->recorder = &r->hooks;
    running = r;
    r->looked = r->chunk_begun = milliseconds();
    if (!r->options.live) /* where a viewer waits the journal is busy */
        last_words_listen(speak);
    if (!r->options.live && (!r->options.lean || r->options.growth))
        accounts_start(&r->journal.out); /* without memory for it the recording does without */
    return 0;
}

int64_t recorder_stop(int goes_on)
{
    Recorder *r = current_recorder();
    if (r == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "no recording is under way");
        return -1;
    }
    r->interp->recorder = NULL;
    running = NULL;
    last_words_listen(NULL);
    int64_t steps = (int64_t)r->steps;
    int no_memory = r->known.failed;
    accounts_stop(r->steps + 1);
    journal_1(&r->journal, JOURNAL_END, r->steps);
    journal_flush(&r->journal);
    if (r->options.live)
        live_tell(r->options.live, &r->journal, LIVE_SENT, r->steps);
    ring_end(&r->ring, &r->journal, r->steps);
    end(r);
    moments_end(&r->moments);
    if (r->options.live)
        live_close(r->options.live);
    if (journal_close(&r->journal) < 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        steps = -1;
    } else if (no_memory) {
        PyErr_NoMemory();
        steps = -1;
    }
    drop(r);
    if (goes_on && turn_code(NULL) < 0)
        PyErr_Clear(); /* it runs on with instructions that do nothing */
    return steps;
}
