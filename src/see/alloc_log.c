/* See alloc_log.h.
 *
 * The number of a place is looked up by (number of the calling place, instruction) in a cache; the number of the calling
 * place is known as long as the frame runs: the shadow stack keeps it.
 *
 * SHADOW-1  an entry's frame bears the mark FRAME_SEEN while it is the call that the entry was made for: a new call at the same
 * address has none.
 * SHADOW-2  below an entry stand entries of all its callers, in their order.
 * SHADOW-3  `top` is the frame of the last entry if that bears the mark, else NULL; `top_context` goes with it.
 * A generator runs under many callers: its frame is never marked, and its entry holds while its caller's place is the same. */
#include "see/alloc_log.h"
#include "see/capture.h"
#include "see/capture_text.h"
#include "see/tables.h"
#include "memory/log.h"
#include "memory/look.h"
#include "vm/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_OF_BATCH 4096
#define BATCHES 4
#define CACHE_SIZE 8192 /* a power of two */
#define SHADOW_MAX 100000
#define FRAME_SEEN 2 /* in Frame.complete */
#define NODES_MAX (1u << 26)

typedef struct {
    Frame *frame;
    uint32_t context; /* number of the calling place */
} Shadow;

typedef struct {
    Inst *ip;
    uint32_t context, number;
} Cached;

typedef struct {
    uint32_t parent, function, file, line;
} Place;

typedef struct {
    Inst *ip;
    uint32_t function, file, line;
    int own; /* of the package limpid */
} Line;
#define LINES_SIZE 1024

/* Numbers by hash of what they stand for; from malloc. */
typedef struct {
    uint32_t *items; /* open addressing; 0 is free */
    size_t used, mask;
} Hash;

/* Handed from the program to the writer, a thread of its own, and back. */
typedef struct {
    LogEvent events[EVENTS_OF_BATCH];
    size_t count;  /* of a full one */
    uint64_t time; /* nanoseconds, when it became full */
} Batch;

static struct {
    Frame *top; /* SHADOW-3 */
    uint32_t top_context;
    Cached *cache;
    Shadow *shadow;
    size_t depth, room;
    int on, file;
    pid_t process;
    ChunkWriter out; /* of the program: new strings and places */
    ChunkTable strings, nodes;
    struct {
        pthread_t thread;
        pthread_mutex_t lock, file_lock;
        pthread_cond_t changed;
        unsigned filled, written; /* batches, ever; the program fills batch filled % BATCHES */
        int ends;
        ChunkWriter out;
        ChunkTable ticks, events;
    } writer;
    Batch *batches;
    uint64_t events;
    struct timespec start;
    Place *places; /* by number; 0 is no place */
    uint32_t place_count, place_room;
    Hash place_hash, text_hash;
    struct {
        char *text;
        size_t length;
    } * texts;
    uint32_t text_count, text_room;
    Line lines[LINES_SIZE]; /* direct-mapped */
} log_;

/* ---- numbers ---- */

static int hash_grow(Hash *h, uint64_t (*hash_of)(uint32_t), uint32_t count)
{
    if (h->items && 2 * (h->used + 1) <= h->mask)
        return 0;
    size_t mask = h->mask ? 2 * h->mask + 1 : 4095;
    uint32_t *items = calloc(mask + 1, sizeof *items);
    if (items == NULL)
        return -1;
    for (uint32_t n = 1; n <= count; n++) {
        size_t i = hash_of(n) & mask;
        while (items[i])
            i = (i + 1) & mask;
        items[i] = n;
    }
    free(h->items);
    h->items = items;
    h->mask = mask;
    return 0;
}

static uint64_t mix(uint64_t x) { return (x ^ x >> 29) * 0x9e3779b97f4a7c15u; }

static uint64_t hash_bytes(const char *s, size_t n)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 0x100000001b3u;
    return mix(h) >> 20;
}

static uint64_t hash_text(uint32_t n) { return hash_bytes(log_.texts[n].text, log_.texts[n].length); }
static uint64_t hash_place_of(const Place *p)
{
    return mix(mix((uint64_t)p->parent << 32 | p->line) + ((uint64_t)p->function << 32 | p->file)) >> 20;
}
static uint64_t hash_place(uint32_t n) { return hash_place_of(&log_.places[n]); }

/* The number of a text, written when it is new; 0 without memory. */
static uint32_t text_number(const char *text, size_t length)
{
    if (hash_grow(&log_.text_hash, hash_text, log_.text_count) < 0)
        return 0;
    size_t i = hash_bytes(text, length) & log_.text_hash.mask;
    for (uint32_t n; (n = log_.text_hash.items[i]) != 0; i = (i + 1) & log_.text_hash.mask)
        if (log_.texts[n].length == length && memcmp(log_.texts[n].text, text, length) == 0)
            return n;
    if (log_.text_count + 2 > log_.text_room) {
        uint32_t room = log_.text_room ? 2 * log_.text_room : 256;
        void *texts = realloc(log_.texts, room * sizeof *log_.texts);
        if (texts == NULL)
            return 0;
        log_.texts = texts;
        log_.text_room = room;
    }
    char *copy = malloc(length + 1);
    if (copy == NULL)
        return 0;
    memcpy(copy, text, length);
    log_.texts[++log_.text_count].text = copy;
    log_.texts[log_.text_count].length = length;
    log_.text_hash.items[i] = log_.text_count;
    log_.text_hash.used++;
    put_uint(&log_.strings, 0, log_.text_count);
    put_text(&log_.strings, 1, text, length);
    log_.strings.rows++;
    return log_.text_count;
}

/* The number of a place, written when it is new; its parent's without memory. */
static uint32_t place_number(const Place *place)
{
    if (hash_grow(&log_.place_hash, hash_place, log_.place_count) < 0 || log_.place_count >= NODES_MAX)
        return place->parent;
    size_t i = hash_place_of(place) & log_.place_hash.mask;
    for (uint32_t n; (n = log_.place_hash.items[i]) != 0; i = (i + 1) & log_.place_hash.mask)
        if (memcmp(&log_.places[n], place, sizeof *place) == 0)
            return n;
    if (log_.place_count + 2 > log_.place_room) {
        uint32_t room = log_.place_room ? 2 * log_.place_room : 1024;
        Place *places = realloc(log_.places, room * sizeof *places);
        if (places == NULL)
            return place->parent;
        log_.places = places;
        log_.place_room = room;
    }
    log_.places[++log_.place_count] = *place;
    log_.place_hash.items[i] = log_.place_count;
    log_.place_hash.used++;
    put_uint(&log_.nodes, 0, log_.place_count);
    put_uint(&log_.nodes, 1, place->parent);
    put_uint(&log_.nodes, 2, place->function);
    put_uint(&log_.nodes, 3, place->file);
    put_uint(&log_.nodes, 4, place->line);
    log_.nodes.rows++;
    return log_.place_count;
}

/* ---- the place that allocates now ---- */

/* What an instruction says of itself, remembered. */
static const Line *line_of(Frame *f)
{
    Line *line = &log_.lines[((uintptr_t)f->ip >> 4) & (LINES_SIZE - 1)];
    if (line->ip == f->ip)
        return line;
    PyCodeObject *code = f->code;
    *line = (Line){.ip = f->ip, .own = capture_is_own(code)};
    if (!line->own) {
        char text[CAPTURE_TEXT];
        int number = PyCode_Addr2Line(code, frame_lasti(f) * (int)sizeof(_Py_CODEUNIT));
        line->line = number > 0 ? (uint32_t)number : 0;
        line->function = text_number(text, capture_str(code->co_qualname, text));
        line->file = text_number(text, capture_str(code->co_filename, text));
    }
    return line;
}

static __attribute__((noinline)) uint32_t find_place(uint32_t context, Frame *f, Cached *cached)
{
    const Line *line = line_of(f);
    Place place = {context, line->function, line->file, line->line};
    /* the package limpid is not in the picture: its caller did it */
    *cached = (Cached){f->ip, context, line->own ? context : place_number(&place)};
    return cached->number;
}

static inline uint32_t place_of(uint32_t context, Frame *f)
{
    Cached *c = &log_.cache[((uintptr_t)f->ip >> 4 ^ context * 0x9e3779b1u) & (CACHE_SIZE - 1)];
    return LIMPID_LIKELY(c->ip == f->ip && c->context == context) ? c->number : find_place(context, f, c);
}

static void set_top(void)
{
    Shadow *last = log_.depth ? &log_.shadow[log_.depth - 1] : NULL;
    log_.top = last && last->frame->owner != FRAME_IN_GENERATOR ? last->frame : NULL;
    log_.top_context = last ? last->context : 0;
}

static int push_shadow(Frame *f, uint32_t context)
{
    if (log_.depth == log_.room) {
        size_t room = log_.room ? 2 * log_.room : 256;
        Shadow *shadow = room > SHADOW_MAX ? NULL : realloc(log_.shadow, room * sizeof *shadow);
        if (shadow == NULL)
            return -1;
        log_.shadow = shadow;
        log_.room = room;
    }
    log_.shadow[log_.depth++] = (Shadow){f, context};
    if (f->owner != FRAME_IN_GENERATOR)
        f->complete |= FRAME_SEEN;
    return 0;
}

/* Makes the shadow stack end with f; the number of the place that called it. */
static __attribute__((noinline)) uint32_t find_context(Frame *f)
{
    Frame *known = f;
    size_t missing = 0;
    for (; known != NULL; known = frame_visible(known->previous), missing++) {
        if (!(known->complete & FRAME_SEEN) || known->owner == FRAME_IN_GENERATOR)
            continue;
        while (log_.depth > 0 && log_.shadow[log_.depth - 1].frame != known)
            log_.depth--;
        if (log_.depth > 0)
            break;
    }
    if (known == NULL)
        log_.depth = 0;
    uint32_t context = known ? log_.shadow[log_.depth - 1].context : 0;
    if (missing == 0) {
        set_top();
        return context;
    }
    Frame *few[32], **frames = missing <= 32 ? few : malloc(missing * sizeof *frames);
    if (frames == NULL)
        return 0;
    size_t n = 0;
    for (Frame *g = f; g != known; g = frame_visible(g->previous))
        frames[n++] = g;
    if (known)
        context = place_of(context, known);
    while (n-- > 0) {
        if (push_shadow(frames[n], context) < 0)
            break;
        if (n > 0)
            context = place_of(context, frames[n]);
    }
    if (frames != few)
        free(frames);
    set_top();
    return context;
}

/* Whether entry k, whose generator runs, was made under the places that its callers stand on now. */
static int callers_hold(size_t k)
{
    for (; k > 0; k--) {
        Frame *caller = frame_visible(log_.shadow[k].frame->previous);
        if (caller == NULL || log_.shadow[k - 1].frame != caller ||
            place_of(log_.shadow[k - 1].context, caller) != log_.shadow[k].context)
            return 0;
        if (caller->owner != FRAME_IN_GENERATOR)
            return caller->complete & FRAME_SEEN;
    }
    return 0;
}

/* Whether entry k is that of the running call of f. */
static inline int entry_holds(size_t k, const Frame *f)
{
    if (log_.shadow[k].frame != f)
        return 0;
    return f->owner == FRAME_IN_GENERATOR ? callers_hold(k) : f->complete & FRAME_SEEN;
}

/* Makes the shadow stack end with the caller if its entry is the last one or the one before; whether it is. */
static inline int under_last(const Frame *caller)
{
    if (log_.depth > 0 && entry_holds(log_.depth - 1, caller))
        return 1;
    if (log_.depth < 2 || !entry_holds(log_.depth - 2, caller))
        return 0;
    log_.depth--;
    return 1;
}

/* Another frame than before: most often one that the last one called, or that called the last one. */
static __attribute__((noinline)) uint32_t place_elsewhere(Frame *f)
{
    f = frame_visible(f);
    if (f == NULL)
        return 0;
    if (log_.depth > 0 && entry_holds(log_.depth - 1, f))
        return place_of(log_.shadow[log_.depth - 1].context, f);
    if (log_.depth > 1 && entry_holds(log_.depth - 2, f)) {
        log_.depth--;
        set_top();
        return place_of(log_.top_context, f);
    }
    Frame *caller = frame_visible(f->previous);
    if (caller != NULL && (f->owner == FRAME_IN_GENERATOR || !(f->complete & FRAME_SEEN)) && under_last(caller)) {
        uint32_t context = place_of(log_.shadow[log_.depth - 1].context, caller);
        if (push_shadow(f, context) == 0)
            set_top();
        return place_of(context, f);
    }
    return place_of(find_context(f), f);
}

static uint32_t place_now(void)
{
    Frame *f = thread_current()->frame;
    if (LIMPID_LIKELY(f == log_.top && f != NULL && f->complete & FRAME_SEEN))
        return place_of(log_.top_context, f);
    return place_elsewhere(f);
}

/* Its instructions may be followed by others at their addresses. */
static void forget_code(void *code)
{
    memset(log_.cache, 0, CACHE_SIZE * sizeof *log_.cache);
    memset(log_.lines, 0, sizeof log_.lines);
}

/* ---- writing ---- */

static uint64_t elapsed(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)(now.tv_sec - log_.start.tv_sec) * 1000000000u + (uint64_t)now.tv_nsec - (uint64_t)log_.start.tv_nsec;
}

/* Encodes and writes a full batch, in the writer's thread. */
static void write_batch(const Batch *batch)
{
    ChunkTable *ticks = &log_.writer.ticks, *events = &log_.writer.events;
    put_uint(ticks, 0, batch->count);
    put_uint(ticks, 1, batch->time);
    ticks->rows = 1;
    table_flush(ticks);
    for (int i = 0; i < 3; i++)
        if (column_ready(events, i, 10 * EVENTS_OF_BATCH) < 0)
            return;
    for (const LogEvent *e = batch->events, *end = e + batch->count; e < end; e++) {
        put_place(events, 0, e->address);
        put_uint(events, 1, e->words);
        put_uint(events, 2, e->site);
    }
    events->rows = (uint32_t)batch->count;
    table_flush(events);
}

static void *run_writer(void *unused)
{
    pthread_mutex_lock(&log_.writer.lock);
    for (;;) {
        while (log_.writer.written == log_.writer.filled && !log_.writer.ends)
            pthread_cond_wait(&log_.writer.changed, &log_.writer.lock);
        if (log_.writer.written == log_.writer.filled)
            break;
        pthread_mutex_unlock(&log_.writer.lock);
        write_batch(&log_.batches[log_.writer.written % BATCHES]);
        pthread_mutex_lock(&log_.writer.lock);
        log_.writer.written++;
        pthread_cond_broadcast(&log_.writer.changed);
    }
    pthread_mutex_unlock(&log_.writer.lock);
    return NULL;
}

static void fill(Batch *batch)
{
    allocation_log.next = batch->events;
    allocation_log.end = batch->events + EVENTS_OF_BATCH;
}

/* Hands the batch to the writer and goes on with the next one when that is free. */
static void batch_full(void)
{
    Batch *batch = &log_.batches[log_.writer.filled % BATCHES];
    if (getpid() != log_.process) { /* a child process has no writer, and nothing to write into its parent's file */
        fill(batch);
        return;
    }
    batch->count = (size_t)(allocation_log.next - batch->events);
    batch->time = elapsed();
    log_.events += batch->count;
    table_flush(&log_.strings);
    table_flush(&log_.nodes);
    pthread_mutex_lock(&log_.writer.lock);
    log_.writer.filled++;
    pthread_cond_broadcast(&log_.writer.changed);
    while (log_.writer.filled - log_.writer.written >= BATCHES)
        pthread_cond_wait(&log_.writer.changed, &log_.writer.lock);
    pthread_mutex_unlock(&log_.writer.lock);
    fill(&log_.batches[log_.writer.filled % BATCHES]);
}

/* Both threads write whole chunks. */
static int write_to_file(void *context, const void *data, size_t size)
{
    int result = 0;
    pthread_mutex_lock(&log_.writer.file_lock);
    while (size > 0 && result == 0) {
        ssize_t n = write(log_.file, data, size);
        if (n < 0 && errno != EINTR)
            result = -1;
        if (n > 0) {
            data = (const char *)data + n;
            size -= (size_t)n;
        }
    }
    pthread_mutex_unlock(&log_.writer.file_lock);
    return result;
}

static void release(void)
{
    ChunkTable *tables[] = {&log_.strings, &log_.nodes, &log_.writer.ticks, &log_.writer.events};
    for (int i = 0; i < 4; i++)
        table_close(tables[i]);
    chunks_end(&log_.out);
    chunks_end(&log_.writer.out);
    for (uint32_t i = 1; i <= log_.text_count; i++)
        free(log_.texts[i].text);
    void *all[] = {log_.batches, log_.shadow, log_.cache, log_.places, log_.place_hash.items, log_.text_hash.items, log_.texts};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    if (log_.file >= 0)
        close(log_.file);
    memset(&log_, 0, sizeof log_);
}

static void put_fact(ChunkTable *meta, const char *key, const char *value)
{
    put_text(meta, 0, key, strlen(key));
    put_text(meta, 1, value, strlen(value));
    meta->rows++;
}

static void write_head(void)
{
    ChunkTable meta;
    char number[32];
    chunks_begin(&log_.out);
    table_open(&meta, &log_.out, CHUNK_META);
    snprintf(number, sizeof number, "%ld", (long)getpid());
    put_fact(&meta, "runtime", "limpid");
    put_fact(&meta, "python", PY_VERSION);
    put_fact(&meta, "content", "log");
    put_fact(&meta, "pid", number);
    table_flush(&meta);
    table_close(&meta);
}

/* The thread takes no signals: those are the program's. */
static int start_writer(void)
{
    sigset_t all, old;
    pthread_mutex_init(&log_.writer.lock, NULL);
    pthread_cond_init(&log_.writer.changed, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int error = pthread_create(&log_.writer.thread, NULL, run_writer, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = error;
    return error ? -1 : 0;
}

int alloc_log_is_on(void) { return log_.on; }

static int give_up(int error)
{
    release();
    errno = error;
    return -1;
}

int alloc_log_start(const char *path, int compress)
{
    if (log_.on) {
        errno = EBUSY;
        return -1;
    }
    log_.file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (log_.file < 0)
        return give_up(errno);
    log_.batches = malloc(BATCHES * sizeof *log_.batches);
    log_.cache = calloc(CACHE_SIZE, sizeof *log_.cache);
    if (log_.batches == NULL || log_.cache == NULL)
        return give_up(ENOMEM);
    pthread_mutex_init(&log_.writer.file_lock, NULL);
    log_.out = log_.writer.out = (ChunkWriter){.sink = write_to_file, .compress = compress};
    log_.process = getpid();
    clock_gettime(CLOCK_MONOTONIC, &log_.start);
    write_head();
    table_open(&log_.strings, &log_.out, CHUNK_STRS);
    table_open(&log_.nodes, &log_.out, CHUNK_NODE);
    table_open(&log_.writer.ticks, &log_.writer.out, CHUNK_TICK);
    table_open(&log_.writer.events, &log_.writer.out, CHUNK_ALOG);
    if (log_.out.failed || start_writer() < 0)
        return give_up(log_.out.failed ? log_.out.failed : errno);
    allocation_log = (AllocationLog){.site = place_now, .full = batch_full, .code_gone = forget_code};
    fill(&log_.batches[0]);
    log_.on = 1;
    log_start();
    return 0;
}

static void write_end(void)
{
    ChunkTable done;
    table_open(&done, &log_.out, CHUNK_DONE);
    put_uint(&done, 0, log_.events);
    put_uint(&done, 1, 0);
    put_uint(&done, 2, log_.out.bytes + log_.writer.out.bytes);
    put_uint(&done, 3, elapsed());
    done.rows = 1;
    table_flush(&done);
    table_close(&done);
}

int alloc_log_stop(void)
{
    if (!log_.on)
        return 0;
    log_stop();
    if (getpid() == log_.process) {
        batch_full();
        pthread_mutex_lock(&log_.writer.lock);
        log_.writer.ends = 1;
        pthread_cond_broadcast(&log_.writer.changed);
        pthread_mutex_unlock(&log_.writer.lock);
        pthread_join(log_.writer.thread, NULL);
        if (!log_.writer.out.failed)
            write_end();
    }
    int error = log_.out.failed ? log_.out.failed : log_.writer.out.failed;
    release();
    errno = error;
    return error ? -1 : 0;
}

/* ---- for lib/limpid/log.py ---- */

static PyObject *see_log_start(PyObject *m, PyObject *args)
{
    PyObject *path, *name;
    int compress;
    if (!PyArg_ParseTuple(args, "Op:log_start", &path, &compress) || !PyUnicode_FSConverter(path, &name))
        return NULL;
    int result = alloc_log_start(PyBytes_AS_STRING(name), compress);
    Py_DECREF(name);
    if (result == 0)
        Py_RETURN_NONE;
    if (errno == EBUSY)
        PyErr_SetString(PyExc_RuntimeError, "allocations are being logged already");
    else
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
    return NULL;
}

static PyObject *see_log_stop(PyObject *m, PyObject *unused)
{
    return alloc_log_stop() < 0 ? PyErr_SetFromErrno(PyExc_OSError) : Py_NewRef(Py_None);
}

static PyObject *see_log_is_on(PyObject *m, PyObject *unused) { return PyBool_FromLong(alloc_log_is_on()); }

PyMethodDef see_alloc_log_methods[] = {
    {"log_start", see_log_start, METH_VARARGS,
     "log_start($module, path, compress, /)\n--\n\nLog allocations to a new file."},
    {"log_stop", see_log_stop, METH_NOARGS, "log_stop($module, /)\n--\n\nEnd the log."},
    {"log_is_on", see_log_is_on, METH_NOARGS, "log_is_on($module, /)\n--\n\nWhether allocations are logged."},
    {NULL}};
