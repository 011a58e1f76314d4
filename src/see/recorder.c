/* See recorder.h.
 *
 * The recorder keeps a shadow of every frame that runs recorded code: what was last told of its variables.  At each
 * line it tells what differs, in the frame and in the objects in view (known.h); so a step costs as much as has
 * changed, and a look at what might have. */
#include "see/recorder.h"
#include "see/capture_text.h"
#include "see/known.h"
#include "memory/memory.h"
#include "objects/code.h"
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
    int line, unit;
    uint32_t names; /* number of the dict of names, or 0 */
    PyObject *names_object;
    uint32_t shown, room; /* slots told of */
    Held slots[];
} Shadow;

typedef struct shadow_thread {
    struct shadow_thread *next;
    uint64_t thread; /* its identifier */
    Shadow *top;
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
    uint64_t steps;
    size_t pools, large;
    int begun, ended;
    char **paths; /* files that were recorded */
    uint32_t file_count, file_room;
} Recorder;

/* ---- what is of interest ---- */

static int contains(const char *text, const char *part) { return strstr(text, part) != NULL; }

static int is_library(const char *file)
{
    return file[0] == '<' ? strncmp(file, "<frozen ", 8) == 0
                          : contains(file, "/python3.11/") || contains(file, "/dist-packages/") ||
                                contains(file, "/site-packages/");
}

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
    if ((r->paths[r->file_count] = strdup(path)) != NULL)
        r->file_count++;
}

static int wants(struct recorder *hooks, PyCodeObject *code)
{
    Recorder *r = (Recorder *)hooks;
    char path[4096];
    size_t n = 0;
    PyObject *name = code->co_filename;
    if (!PyUnicode_Check(name) || PyUnicode_GET_LENGTH(name) * 4 + 1 > (Py_ssize_t)sizeof path)
        return 0;
    if (PyUnicode_IS_COMPACT_ASCII(name)) {
        n = (size_t)PyUnicode_GET_LENGTH(name);
        memcpy(path, PyUnicode_DATA(name), n);
    } else
        return r->options.library;
    path[n] = 0;
    if (strncmp(path, "<frozen limpid", 14) == 0 || (!r->options.library && is_library(path)))
        return 0;
    note_file(r, path);
    return 1;
}

/* ---- threads and frames ---- */

static int out_of_memory(Recorder *r)
{
    r->known.failed = 1;
    return -1;
}

static int turn_to(Recorder *r, ThreadState *t)
{
    uint64_t id = t->base.id;
    if (r->current && r->current->thread == id)
        return 0;
    ShadowThread *s = r->threads;
    while (s && s->thread != id)
        s = s->next;
    if (s == NULL) {
        if ((s = calloc(1, sizeof *s)) == NULL)
            return out_of_memory(r);
        s->thread = id;
        s->number = ++r->thread_count;
        s->next = r->threads;
        r->threads = s;
    }
    r->current = s;
    journal_1(&r->journal, JOURNAL_THREAD, s->number);
    return 0;
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
                  .code = known_code(&r->known, f->code),
                  .line = f->code->co_firstlineno,
                  .unit = -1,
                  .room = room};
    memset(s->slots, 0, room * sizeof(Held));
    r->current->top = s;
    journal_2(&r->journal, JOURNAL_PUSH, s->number, s->code);
    journal_uint(&r->journal, (uint64_t)s->line);
    return s;
}

/* Takes shadows of frames that are gone off the stack, down to that of f. */
static void pop_to(Recorder *r, const Frame *f)
{
    Shadow *s;
    while ((s = r->current->top) != NULL && s->frame != f) {
        journal_1(&r->journal, JOURNAL_UNWIND, 0);
        r->current->top = s->below;
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

/* The shadow of the running frame, on top of the stack.  A frame into which an exception is thrown goes on without
 * RECORD_RESUME. */
static Shadow *shadow_of(Recorder *r, Frame *f)
{
    Shadow *s = r->current->top;
    if (s && s->frame == f)
        return s;
    if ((s = take_waiting(r, f)) != NULL) {
        pop_to(r, recorded_below(f));
        s->below = r->current->top;
        r->current->top = s;
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

static unsigned follow(const Recorder *r) { return r->options.lines_only ? 254 : 1; }

/* Tells how the frame's slots differ from what was told. */
static void tell_slots(Recorder *r, Shadow *s, Frame *f)
{
    KnownObjects *k = &r->known;
    uint32_t n = (uint32_t)(f->sp - f->slots), end = n > s->shown ? n : s->shown;
    for (uint32_t i = 0; i < end && i < s->room; i++) {
        PyObject *o = i < n ? f->slots[i] : NULL;
        if (known_same(k, &s->slots[i], o))
            continue;
        s->slots[i].number = known_number(k, o, follow(r));
        s->slots[i].target = o;
        journal_2(&r->journal, JOURNAL_SLOT, i, s->slots[i].number);
    }
    s->shown = n < s->room ? n : s->room;
    if (f->locals && f->locals != s->names_object) {
        s->names_object = f->locals;
        s->names = known_number(k, f->locals, r->options.lines_only ? 39 : 0);
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

static void tell_everything(Recorder *r, Shadow *s, Frame *f)
{
    tell_slots(r, s, f);
    known_tell_new(&r->known);
    if (!r->options.lines_only)
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
    for (const Shadow *s = bottom; s; s = s->below)
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
    if (bytes < STATE_EVERY || bytes < r->journal.state_bytes * (STATE_RATIO + 1)) {
        if (known_crowded(&r->known))
            reach(r);
        return;
    }
    journal_flush(&r->journal);
    tell_state(r);
}

/* ---- events ---- */

static void line(Recorder *r, Shadow *s, Frame *f)
{
    int at = frame_line(f), unit = frame_lasti(f);
    if (at < 0 || (at == s->line && unit >= s->unit && s->unit >= 0)) {
        s->unit = unit;
        return;
    }
    tell_everything(r, s, f);
    tell_heap(r);
    begin_chunk_if_due(r);
    journal_op(&r->journal, JOURNAL_STEP);
    journal_int(&r->journal, at - s->line);
    s->line = at;
    s->unit = unit;
    r->steps++;
    if (r->options.steps && r->steps >= r->options.steps)
        r->ended = 1;
}

static void leave(Recorder *r, Shadow *s, enum journal_op op, PyObject *value)
{
    uint32_t number = known_number(&r->known, value, follow(r));
    known_tell_new(&r->known);
    journal_1(&r->journal, op, number);
    r->current->top = s->below;
    if (op == JOURNAL_YIELD) {
        s->below = r->waiting;
        r->waiting = s;
    } else
        free(s);
}

static int begins(Recorder *r, Frame *f)
{
    if (r->begun || r->options.from == NULL)
        return r->begun = 1;
    return r->begun = PyUnicode_IS_COMPACT_ASCII(f->code->co_name) &&
                      strcmp((const char *)PyUnicode_DATA(f->code->co_name), r->options.from) == 0;
}

static void event(struct recorder *hooks, ThreadState *t, Frame *f, enum record_event what, PyObject *value)
{
    Recorder *r = (Recorder *)hooks;
    if (r->ended || r->known.failed || r->journal.out.failed || !f->complete || !begins(r, f) || turn_to(r, t) < 0)
        return;
    Shadow *s;
    if (what == RECORD_CALL) {
        forget_waiting(r, f);
        pop_to(r, recorded_below(f));
        push(r, f);
        return;
    }
    if ((s = shadow_of(r, f)) == NULL)
        return;
    switch (what) {
    case RECORD_LINE:
        line(r, s, f);
        break;
    case RECORD_RETURN:
        tell_everything(r, s, f);
        leave(r, s, JOURNAL_RETURN, value);
        break;
    case RECORD_YIELD:
        tell_everything(r, s, f);
        leave(r, s, JOURNAL_YIELD, value);
        break;
    case RECORD_RAISE:
        tell_everything(r, s, f);
        journal_1(&r->journal, JOURNAL_RAISE, known_number(&r->known, value, follow(r)));
        break;
    case RECORD_UNWIND:
        leave(r, s, JOURNAL_UNWIND, value);
        break;
    default:
        break;
    }
}

static void output(struct recorder *hooks, int fd, PyObject *text)
{
    char utf8[OUTPUT_MAX];
    Recorder *r = (Recorder *)hooks;
    if (r->ended || !r->begun || r->journal.out.failed)
        return;
    journal_1(&r->journal, JOURNAL_OUTPUT, (uint64_t)fd);
    journal_text(&r->journal, utf8, capture_cut(text, utf8, sizeof utf8));
}

static void collected(struct recorder *hooks, int generation, Py_ssize_t found)
{
    Recorder *r = (Recorder *)hooks;
    if (!r->ended && r->begun && !r->journal.out.failed)
        journal_2(&r->journal, JOURNAL_COLLECTED, (uint64_t)generation, (uint64_t)found);
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
    if (running)
        running->interp->recorder = NULL;
    running = NULL;
}

int recorder_start(const char *path, const RecordOptions *options)
{
    static int watches_forks;
    if (running) {
        PyErr_SetString(PyExc_RuntimeError, "a recording is already under way");
        return -1;
    }
    Recorder *r = calloc(1, sizeof *r);
    if (r == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (journal_open(&r->journal, path) < 0) {
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
        free(r);
        return -1;
    }
    known_init(&r->known, &r->journal);
    r->hooks = (struct recorder){wants, event, output, collected};
    if (options) {
        r->options = *options;
        r->known.limit = options->objects ? options->objects : r->known.limit;
        r->known.breadth = options->breadth ? options->breadth : r->known.breadth;
        r->known.depth = options->depth ? options->depth : r->known.depth;
    }
    journal_1(&r->journal, JOURNAL_STATE, 0);
    if (!watches_forks)
        watches_forks = pthread_atfork(NULL, NULL, leave_to_parent) == 0;
    r->interp = interp_current();
    r->interp->recorder = &r->hooks;
    running = r;
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

int64_t recorder_stop(void)
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
    journal_1(&r->journal, JOURNAL_END, r->steps);
    known_free(&r->known);
    for (uint32_t i = 0; i < r->file_count; i++) {
        journal_source(&r->journal, r->paths[i]);
        free(r->paths[i]);
    }
    free(r->paths);
    for (ShadowThread *t = r->threads, *next; t; t = next) {
        next = t->next;
        free_shadows(t->top);
        free(t);
    }
    free_shadows(r->waiting);
    if (journal_close(&r->journal) < 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        steps = -1;
    } else if (no_memory) {
        PyErr_NoMemory();
        steps = -1;
    }
    free(r);
    return steps;
}
