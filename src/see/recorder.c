/* See recorder.h.
 *
 * The recorder keeps a shadow of every frame that runs recorded code: what was last told of its variables.  At each
 * line it tells what differs, in the frame and in the objects in view (known.h); so a step costs as much as has
 * changed, and a look at what might have. */
#include "see/recorder.h"
#include "see/accounts.h"
#include "see/capture_text.h"
#include "see/known.h"
#include "see/live.h"
#include "see/moments.h"
#include "memory/memory.h"
#include "see/ring.h"
#include "objects/code.h"
#include "objects/opcodes.h"
#include "vm/record.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define STATE_EVERY                                                                                                    \
    ((size_t)64 << 10) /* bytes of a chunk before a new one begins with a state; more when states are large */
#define STATE_RATIO 4
#define OUTPUT_MAX 4096 /* bytes of one piece of output that are kept */

typedef struct shadow {
    struct shadow *below; /* on its thread's stack, or in the list of those that wait */
    Frame *frame;
    uint32_t number, code;
    int line;        /* as it was told */
    int seen, unit;  /* where it stands */
    uint8_t told;    /* a reader knows the frame; where no step is left out all are told */
    uint8_t arrives; /* it has not had a line since it began or went on */
    uint32_t names;  /* number of the dict of names, or 0 */
    PyObject *names_object;
    uint32_t shown, room; /* slots told of */
    Held slots[];
} Shadow;

typedef struct shadow_thread {
    struct shadow_thread *next;
    uint64_t thread; /* its identifier */
    Shadow *top;
    Shadow *fresh;     /* it and those below are as they were told, but for the top of the stack */
    const Frame *root; /* the call of `from` that is under way, or NULL */
    int whole;         /* began while another thread was in such a call */
    uint32_t number;
} ShadowThread;

typedef struct {
    struct recorder hooks; /* first: the VM knows this part */
    Journal journal;
    KnownObjects known;
    RecordOptions options;
    PyInterpreterState *interp;
    ShadowThread *threads, *current;
    Shadow *waiting; /* frames of suspended generators */
    uint32_t frame_count, thread_count;
    uint64_t steps, stops; /* operations STEP; and with them RETURN, YIELD and RAISE */
    size_t pools, large;
    Moments moments;
    int begun, ended;
    int skips;       /* steps are left out (filter_skips) */
    uint64_t passed; /* of those that `every` counts */
    uint32_t inside; /* threads in a call of `from` */
    Ring ring;
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

static int out_of_memory(Recorder *r)
{
    r->known.failed = 1;
    return -1;
}

static ShadowThread *thread_of(Recorder *r, const ThreadState *t)
{
    uint64_t id = t->base.id;
    if (r->current && r->current->thread == id)
        return r->current;
    ShadowThread *s = r->threads;
    while (s && s->thread != id)
        s = s->next;
    if (s == NULL) {
        if ((s = calloc(1, sizeof *s)) == NULL)
            return out_of_memory(r), NULL;
        s->thread = id;
        s->number = ++r->thread_count;
        s->whole = r->inside > 0;
        s->next = r->threads;
        r->threads = s;
    }
    return s;
}

static void turn_to(Recorder *r, ShadowThread *s)
{
    if (r->current == s)
        return;
    r->current = s;
    journal_1(&r->journal, JOURNAL_THREAD, s->number);
}

static void tell_push(Recorder *r, Shadow *s)
{
    s->told = 1;
    s->code = known_code(&r->known, s->frame->code);
    s->line = s->seen;
    journal_2(&r->journal, JOURNAL_PUSH, s->number, s->code);
    journal_uint(&r->journal, (uint64_t)s->line);
}

static Shadow *push(Recorder *r, Frame *f)
{
    uint32_t room = (uint32_t)f->vm->size;
    Shadow *s = malloc(sizeof *s + room * sizeof(Held));
    if (s == NULL)
        return out_of_memory(r), NULL;
    *s = (Shadow){.below = r->current->top,
                  .frame = f,
                  .number = ++r->frame_count,
                  .seen = f->code->co_firstlineno,
                  .unit = -1,
                  .arrives = 1,
                  .room = room};
    memset(s->slots, 0, room * sizeof(Held));
    r->current->top = s;
    if (!r->skips)
        tell_push(r, s);
    return s;
}

static void pop(Recorder *r)
{
    Shadow *s = r->current->top;
    r->current->top = s->below;
    if (r->current->fresh == s)
        r->current->fresh = s->below;
    if (r->options.live)
        live_leaves(r->options.live, s->number, s->below ? s->below->number : 0);
}

/* Takes shadows of frames that are gone off the stack, down to that of f. */
static void pop_to(Recorder *r, const Frame *f)
{
    Shadow *s;
    while ((s = r->current->top) != NULL && s->frame != f) {
        if (s->told)
            journal_1(&r->journal, JOURNAL_UNWIND, 0);
        pop(r);
        free(s);
    }
}

static int is_recorded(const Frame *f) { return f->vm->recorded && f->complete; }

static const Frame *recorded_below(const Frame *f)
{
    for (f = f->previous; f && !is_recorded(f); f = f->previous)
        ;
    return f;
}

/* Takes the shadow of a suspended frame off the list; NULL when there is none. */
static Shadow *take_waiting(Recorder *r, const Frame *f)
{
    for (Shadow **p = &r->waiting; *p; p = &(*p)->below)
        if ((*p)->frame == f) {
            Shadow *s = *p;
            *p = s->below;
            return s;
        }
    return NULL;
}

static void tell_slots(Recorder *r, Shadow *s, Frame *f, int stack);

/* What the line has done so far in the frame that calls f.  Its value stack is in order if the loop entered f from it;
 * C code that an instruction called may have left more there than is valid. */
static void tell_caller(Recorder *r, const Frame *f)
{
    Shadow *s = r->current->top;
    Frame *caller = (Frame *)recorded_below(f);
    if (r->skips || s == NULL || s->frame != caller)
        return;
    tell_slots(r, s, caller, f->previous == caller && f->ret != RETURN_TO_C);
}

/* The shadow of the running frame, on top of the stack.  A frame into which an exception is thrown goes on without
 * RECORD_RESUME. */
static Shadow *shadow_of(Recorder *r, Frame *f)
{
    Shadow *s = r->current->top;
    if (s && s->frame == f)
        return s;
    if ((s = take_waiting(r, f)) != NULL) {
        pop_to(r, recorded_below(f));
        tell_caller(r, f);
        s->below = r->current->top;
        r->current->top = s;
        s->arrives = 1;
        if (s->told)
            journal_1(&r->journal, JOURNAL_RESUME, s->number);
        return s;
    }
    s = r->current->top;
    while (s && s->frame != f)
        s = s->below;
    pop_to(r, s ? f : recorded_below(f));
    return s ? s : push(r, f);
}

/* A frame begins where another one, now dead, may have been suspended. */
static void forget_waiting(Recorder *r, const Frame *f)
{
    for (Shadow *s; (s = take_waiting(r, f)) != NULL;)
        free(s);
}

/* ---- variables ---- */

static unsigned follow(const Recorder *r) { return r->options.lean ? 254 : 1; }

/* Tells how the frame's slots differ from what was told: those of variables, and if asked those of its value stack. */
static void tell_slots(Recorder *r, Shadow *s, Frame *f, int stack)
{
    KnownObjects *k = &r->known;
    uint32_t n = stack ? (uint32_t)(f->sp - f->slots) : (uint32_t)f->vm->nlocalsplus, end = n;
    if (stack && s->shown > n)
        end = s->shown;
    for (uint32_t i = 0; i < end && i < s->room; i++) {
        PyObject *o = i < n ? f->slots[i] : NULL;
        if (known_same(k, &s->slots[i], o))
            continue;
        s->slots[i].number = known_number(k, o, follow(r));
        s->slots[i].target = o;
        journal_2(&r->journal, JOURNAL_SLOT, i, s->slots[i].number);
    }
    if (stack || s->shown < n)
        s->shown = n < s->room ? n : s->room;
    if (f->locals && f->locals != s->names_object && !(f->code->co_flags & CO_OPTIMIZED)) {
        s->names_object = f->locals;
        s->names = known_number(k, f->locals, r->options.lean ? 39 : 0);
        journal_1(&r->journal, JOURNAL_NAMES, s->names);
    }
}

static void tell_heap(Recorder *r)
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
    r->ended = 1;
}

static void tell_everything(Recorder *r, Shadow *s, Frame *f)
{
    tell_slots(r, s, f, 1);
    known_tell_new(&r->known);
    if (!r->options.lean)
        known_tell_changes(&r->known);
}

/* ---- states ---- */

static void mark_shadow(Recorder *r, const Shadow *s)
{
    known_mark(&r->known, s->names);
    for (uint32_t i = 0; i < s->shown; i++)
        known_mark(&r->known, s->slots[i].number);
}

static void tell_shadow(Recorder *r, const Shadow *s, enum journal_op op)
{
    journal_2(&r->journal, op, s->number, s->code);
    journal_uint(&r->journal, (uint64_t)(s->line < 0 ? 0 : s->line));
    for (uint32_t i = 0; i < s->shown; i++)
        if (s->slots[i].number)
            journal_2(&r->journal, JOURNAL_SLOT, i, s->slots[i].number);
    if (s->names)
        journal_1(&r->journal, JOURNAL_NAMES, s->names);
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
static void tell_stack(Recorder *r, Shadow *top)
{
    Shadow *bottom = reversed(top);
    for (const Shadow *s = bottom; s && s->told; s = s->below)
        tell_shadow(r, s, JOURNAL_PUSH);
    reversed(bottom);
}

/* Marks what can be reached from the frames. */
static void reach(Recorder *r)
{
    KnownObjects *k = &r->known;
    known_unmark(k);
    for (ShadowThread *t = r->threads; t; t = t->next)
        for (Shadow *s = t->top; s; s = s->below)
            mark_shadow(r, s);
    for (Shadow *s = r->waiting; s; s = s->below)
        mark_shadow(r, s);
    known_reach(k);
}

static void tell_state(Recorder *r)
{
    reach(r);
    journal_1(&r->journal, JOURNAL_STATE, r->steps);
    known_tell_reached(&r->known);
    for (Shadow *s = r->waiting; s; s = s->below)
        if (s->told)
            tell_shadow(r, s, JOURNAL_SUSPENDED);
    for (ShadowThread *t = r->threads; t; t = t->next)
        if (t != r->current) {
            journal_1(&r->journal, JOURNAL_THREAD, t->number);
            tell_stack(r, t->top);
        }
    journal_1(&r->journal, JOURNAL_THREAD, r->current->number);
    tell_stack(r, r->current->top);
    journal_2(&r->journal, JOURNAL_HEAP, r->pools, r->large << 1);
    r->journal.state_bytes = journal_bytes(&r->journal);
}

static void begin_chunk_if_due(Recorder *r)
{
    size_t bytes = journal_bytes(&r->journal);
    if ((bytes < STATE_EVERY || bytes < r->journal.state_bytes * (STATE_RATIO + 1)) &&
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
    int told = 0;
    if (!r->skips)
        return;
    for (Shadow *s = top; s && s != r->current->fresh; s = s->below)
        if (s->told && (s != top || (with_top && s->line != s->seen))) {
            journal_2(&r->journal, JOURNAL_AT, s->number, (uint64_t)(s->line = s->seen));
            if (s != top)
                tell_slots(r, s, s->frame, 0);
            told = 1;
        }
    if (told)
        journal_1(&r->journal, JOURNAL_THREAD, r->current->number);
    tell_untold(r, top);
    r->current->fresh = top;
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

static void line(Recorder *r, Shadow *s, Frame *f)
{
    int at = frame_line(f), unit = frame_lasti(f), all = r->options.grain == GRAIN_INSTRUCTION;
    if (at < 0 || (!all && at == s->seen && unit > s->unit && s->unit >= 0)) {
        s->unit = unit;
        return;
    }
    s->seen = at;
    s->unit = unit;
    if (r->skips && leaves_line_out(r, s)) {
        s->arrives = 0;
        if (r->current->fresh == s)
            r->current->fresh = s->below;
        return;
    }
    s->arrives = 0;
    catch_up(r, s, 0);
    tell_everything(r, s, f);
    tell_heap(r);
    capture_if_due(r);
    begin_chunk_if_due(r);
    if (all)
        tell_instruction(r, f, unit);
    journal_op(&r->journal, JOURNAL_STEP);
    journal_int(&r->journal, at - s->line);
    s->line = at;
    r->steps++;
    r->stops++;
    accounts_step(r->steps);
    if (r->options.live && live_stops(r->options.live, s->number, f->code, at))
        live_tell(r->options.live, &r->journal, LIVE_LINE, r->steps);
    if (r->options.steps && r->steps >= r->options.steps) {
        accounts_stop(r->steps);
        if (r->ring.keep)
            r->ended = 1;
        else
            end(r);
    }
}

static void leave(Recorder *r, Shadow *s, enum journal_op op, PyObject *value)
{
    if (leaves_stop_out(r, s)) {
        if (s->told)
            journal_1(&r->journal, JOURNAL_UNWIND, 0);
        s->told = 0;
    } else {
        catch_up(r, s, 1);
        if (op != JOURNAL_UNWIND)
            tell_everything(r, s, s->frame);
        uint32_t number = known_number(&r->known, value, follow(r));
        known_tell_new(&r->known);
        journal_1(&r->journal, op, number);
        r->stops += op != JOURNAL_UNWIND;
    }
    pop(r);
    if (op == JOURNAL_YIELD) {
        s->below = r->waiting;
        r->waiting = s;
    } else
        free(s);
}

static void raise(Recorder *r, Shadow *s, Frame *f, PyObject *value)
{
    if (leaves_stop_out(r, s))
        return;
    catch_up(r, s, 1);
    tell_everything(r, s, f);
    r->stops++;
    journal_1(&r->journal, JOURNAL_RAISE, known_number(&r->known, value, follow(r)));
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

static void event(struct recorder *hooks, ThreadState *t, Frame *f, enum record_event what, PyObject *value)
{
    Recorder *r = (Recorder *)hooks;
    if (r->ended || r->known.failed || r->journal.out.failed || !f->complete || f->vm->muted)
        return;
    ShadowThread *thread = thread_of(r, t);
    if (thread == NULL || (r->options.from && !is_inside(r, thread, f, what)))
        return;
    turn_to(r, thread);
    r->begun = 1;
    Shadow *s;
    if (what == RECORD_CALL) {
        forget_waiting(r, f);
        pop_to(r, recorded_below(f));
        tell_caller(r, f);
        push(r, f);
        if (r->options.live)
            live_enters(r->options.live, f->code);
        return;
    }
    if ((s = shadow_of(r, f)) == NULL)
        return;
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
    journal_1(&r->journal, JOURNAL_OUTPUT, (uint64_t)fd);
    journal_text(&r->journal, utf8, capture_cut(text, utf8, sizeof utf8));
}

static void collected(struct recorder *hooks, int generation, Py_ssize_t found)
{
    Recorder *r = (Recorder *)hooks;
    if (listens(r))
        journal_2(&r->journal, JOURNAL_COLLECTED, (uint64_t)generation, (uint64_t)found);
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
    r->known.limit = options->objects ? (uint32_t)options->objects : r->known.limit;
    r->known.breadth = options->breadth ? (uint32_t)options->breadth : r->known.breadth;
    r->known.depth = options->depth ? (uint32_t)(options->depth < 250 ? options->depth : 250) : r->known.depth;
}

/* Without the file it did not get to. */
static void drop(Recorder *r)
{
    ring_free(&r->ring);
    known_free(&r->known);
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
    moments_begin(&r->moments, &r->journal.out, r->options.captures, is_in_view, &r->known);
    journal_1(&r->journal, JOURNAL_STATE, 0);
    if (!watches_forks)
        watches_forks = pthread_atfork(NULL, NULL, leave_to_parent) == 0;
    r->interp = interp_current();
    r->interp->recorder = &r->hooks;
    running = r;
    if (!r->options.live && (!r->options.lean || r->options.growth))
        accounts_start(&r->journal.out); /* without memory for it the recording does without */
    return 0;
}

static void free_shadows(Shadow *s)
{
    while (s) {
        Shadow *below = s->below;
        free(s);
        s = below;
    }
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
    int64_t steps = (int64_t)r->steps;
    int no_memory = r->known.failed;
    accounts_stop(r->steps + 1);
    journal_1(&r->journal, JOURNAL_END, r->steps);
    journal_flush(&r->journal);
    ring_end(&r->ring, &r->journal, r->steps);
    end(r);
    moments_end(&r->moments);
    for (ShadowThread *t = r->threads, *next; t; t = next) {
        next = t->next;
        free_shadows(t->top);
        free(t);
    }
    free_shadows(r->waiting);
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
