/* See recorder.h.
 *
 * The recorder keeps a shadow of every frame that runs recorded code: what was last told of its variables.  At each
 * line it tells what differs, in the frame and in the objects in view (known.h); so a step costs as much as has
 * changed, and a look at what might have.  recorder_inside.h says where what is. */
#include "see/recorder.h"
#include "see/c_stacks.h"
#include "see/capture_text.h"
#include "see/chunk_thread.h"
#include "see/last_words.h"
#include "see/lean.h"
#include "see/live.h"
#include "see/steps.h"
#include "memory/memory.h"
#include "vm/record.h"
#include "vm/vm.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define OUTPUT_MAX 4096 /* bytes of one piece of output that are kept */

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
    if (r->options.text && r->options.program && strcmp(path, r->options.program) == 0)
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

/* ---- what is heard ---- */

static void event(struct recorder *hooks, ThreadState *t, Frame *f, enum record_event what, PyObject *value)
{
    Recorder *r = (Recorder *)hooks;
    r->journal.busy++;
    if (!r->ended && !r->known.failed)
        steps_event(r, t, f, what, value);
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
    return hooks && hooks->wants == wants ? (Recorder *)hooks : NULL;
}

int recorder_runs(void) { return current_recorder() != NULL; }

int recorder_missed(void) { return record_was_traced; }

void recorder_program_text(const char *text)
{
    Recorder *r = current_recorder();
    if (r != NULL && r->options.text == NULL)
        r->options.text = strdup(text);
}

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

static int is_in_view(void *known, PyObject *o) { return known_is_in_view(known, o); }

static void set_options(Recorder *r)
{
    const RecordOptions *options = &r->options;
    r->skips = filter_skips(options);
    r->plain = !r->skips && options->grain == GRAIN_LINE && options->from == NULL;
    r->known.by_value = options->lean != 0;
    r->fast = r->plain && r->known.by_value && options->live == NULL && !options->c_stacks;
    if (r->fast)
        r->hooks.event = lean_event;
    if (r->known.by_value && r->options.captures == 0)
        r->options.captures = RECORD_NONE;
    if (options->c_stacks)
        r->known.failed |= (r->c_stacks = c_stacks_new(&r->journal)) == NULL;
    r->known.gone = steps_forget_generator;
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
    c_stacks_free(r->c_stacks);
    shadows_free(&r->shadows);
    looks_end(&r->looks);
    free(r->spaces);
    for (uint32_t i = 0; i < r->file_count; i++)
        free(r->paths[i]);
    free(r->paths);
    record_options_free(&r->options);
    free(r);
}

static void set_error(int error, const char *path)
{
    errno = error;
    if (error == ENOMEM)
        PyErr_NoMemory();
    else
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
    errno = error; /* who starts it from the command line tells of that */
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
        set_error(ENOMEM, path);
        return -1;
    }
    struct live *live = r->options.live;
    int opened = (live ? journal_open_fd(&r->journal, live->journal) : journal_open(&r->journal, path)) == 0;
    if (!opened || ring_open(&r->ring, &r->journal, path, r->options.last) < 0) {
        int error = errno;
        if (opened)
            journal_close(&r->journal);
        set_error(error, path);
        record_options_free(&r->options);
        free(r);
        return -1;
    }
    known_init(&r->known, &r->journal);
    r->known.failed |= looks_begin(&r->looks, r->options.looks) < 0;
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
    record_was_traced = thread_current()->base.c_tracefunc || thread_current()->base.c_profilefunc;
    states_begin(r);
    r->pools = SIZE_MAX;
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
    steps_end(r);
    moments_end(&r->moments);
    if (r->options.live)
        live_close(r->options.live);
    if (journal_close(&r->journal) < 0) {
        set_error(errno, NULL);
        steps = -1;
    } else if (no_memory) {
        PyErr_NoMemory();
        steps = -1;
    }
    drop(r);
    if (goes_on) {
        PyObject *type, *value, *tb;
        PyErr_Fetch(&type, &value, &tb);
        if (turn_code(NULL) < 0)
            PyErr_Clear(); /* it runs on with instructions that do nothing */
        PyErr_Restore(type, value, tb);
    }
    return steps;
}
