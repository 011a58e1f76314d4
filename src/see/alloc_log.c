/* See alloc_log.h. */
#include "see/alloc_log.h"
#include "see/capture.h"
#include "see/places.h"
#include "see/tables.h"
#include "memory/log.h"
#include "memory/look.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_OF_CHUNK 4096
#define CHUNKS_OF_BATCH 8 /* to wake the other thread costs as much as hundreds of events */
#define BATCHES 4
#define NODES_MAX (1u << 26)

/* Handed from the program to the writer, a thread of its own, and back. */
typedef struct {
    LogEvent events[CHUNKS_OF_BATCH * EVENTS_OF_CHUNK];
    size_t count;                   /* of one that is handed on */
    uint64_t time[CHUNKS_OF_BATCH]; /* nanoseconds, when the chunk became full */
} Batch;

static struct {
    int on, file, has_places;
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
    uint32_t texts_told, places_told; /* written so far */
} log_;

/* ---- writing ---- */

static uint64_t elapsed(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)(now.tv_sec - log_.start.tv_sec) * 1000000000u + (uint64_t)now.tv_nsec - (uint64_t)log_.start.tv_nsec;
}

static void write_chunk(const LogEvent *first, size_t count, uint64_t time)
{
    ChunkTable *ticks = &log_.writer.ticks, *events = &log_.writer.events;
    put_uint(ticks, 0, count);
    put_uint(ticks, 1, time);
    ticks->rows = 1;
    table_flush(ticks);
    for (int i = 0; i < 3; i++)
        if (column_ready(events, i, 10 * EVENTS_OF_CHUNK) < 0)
            return;
    for (const LogEvent *e = first; e < first + count; e++) {
        uint64_t words = e->block >> LOG_WORDS_SHIFT;
        put_place(events, 0, e->block & (((uint64_t)1 << LOG_WORDS_SHIFT) - 1));
        put_uint(events, 1, words == LOG_LARGE ? e->birth >> 32 : words);
        put_uint(events, 2, words != 0 ? (uint32_t)e->birth : 0);
    }
    events->rows = (uint32_t)count;
    table_flush(events);
}

/* Encodes and writes a batch, in the writer's thread. */
static void write_batch(const Batch *batch)
{
    for (size_t at = 0; at < batch->count; at += EVENTS_OF_CHUNK)
        write_chunk(batch->events + at, Py_MIN(batch->count - at, EVENTS_OF_CHUNK), batch->time[at / EVENTS_OF_CHUNK]);
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
    allocation_log.end = batch->events + EVENTS_OF_CHUNK;
}

/* Writes the texts and places that are new. */
static void tell_places(void)
{
    while (log_.texts_told < places_text_count()) {
        size_t length;
        const char *text = places_text(++log_.texts_told, &length);
        put_uint(&log_.strings, 0, log_.texts_told);
        put_text(&log_.strings, 1, text, length);
        log_.strings.rows++;
    }
    while (log_.places_told < places_count()) {
        const Place *place = places_get(++log_.places_told);
        put_uint(&log_.nodes, 0, log_.places_told);
        put_uint(&log_.nodes, 1, place->parent);
        put_uint(&log_.nodes, 2, place->function);
        put_uint(&log_.nodes, 3, place->file);
        put_uint(&log_.nodes, 4, place->line);
        log_.nodes.rows++;
    }
    table_flush(&log_.strings);
    table_flush(&log_.nodes);
}

/* Hands the batch to the writer and goes on with the next one when that is free. */
static void hand_on(Batch *batch)
{
    batch->count = (size_t)(allocation_log.next - batch->events);
    if (batch->count == 0)
        return;
    batch->time[(batch->count - 1) / EVENTS_OF_CHUNK] = elapsed();
    log_.events += batch->count;
    tell_places();
    pthread_mutex_lock(&log_.writer.lock);
    log_.writer.filled++;
    pthread_cond_broadcast(&log_.writer.changed);
    while (log_.writer.filled - log_.writer.written >= BATCHES)
        pthread_cond_wait(&log_.writer.changed, &log_.writer.lock);
    pthread_mutex_unlock(&log_.writer.lock);
    fill(&log_.batches[log_.writer.filled % BATCHES]);
}

static Batch *batch_now(void) { return &log_.batches[log_.writer.filled % BATCHES]; }

static void chunk_full(void)
{
    Batch *batch = batch_now();
    size_t chunks = (size_t)(allocation_log.next - batch->events) / EVENTS_OF_CHUNK;
    if (getpid() != log_.process) { /* a child process has no writer, and nothing to write into its parent's file */
        fill(batch);
    } else if (chunks == CHUNKS_OF_BATCH) {
        hand_on(batch);
    } else {
        batch->time[chunks - 1] = elapsed();
        allocation_log.end += EVENTS_OF_CHUNK;
    }
}

/* ---- events ---- */

static __attribute__((noinline)) void *full_after(void *block)
{
    chunk_full();
    return block;
}

READS_FREE_BLOCKS static inline void *give(Pool *pool, uint32_t place)
{
    void *block = pool->free;
    pool->free = *(void **)block;
    pool->count++;
    LogEvent *e = allocation_log.next;
    e->block = (uintptr_t)block | (uint64_t)pool->size << (LOG_WORDS_SHIFT - 3);
    e->birth = place;
    allocation_log.next = e + 1;
    return LIMPID_UNLIKELY(e + 1 == allocation_log.end) ? full_after(block) : block;
}

READS_FREE_BLOCKS static __attribute__((noinline)) void *alloc_elsewhere(Pool **current)
{
    return give(pool_usable(current), places_find());
}

/* The first pool is full, but may get a block back soon: it stays the first if the next one can help. */
READS_FREE_BLOCKS static __attribute__((noinline)) void *alloc_next(Pool **current)
{
    Pool *pool = pool_usable(current);
    if (pool == NULL || pool->next == NULL || pool->next->free == NULL)
        return pool_alloc_slow(current);
    return give(pool->next, places_now());
}

/* An allocation while nothing else is watched; all that is rare is left to others, so that no register must be kept. */
READS_FREE_BLOCKS static void *alloc_logged(Pool **current)
{
    Pool *pool = pool_usable(current);
    if (LIMPID_UNLIKELY(pool == NULL || pool->free == NULL))
        return alloc_next(current);
    const PlaceCached *place = places_at_once();
    return LIMPID_LIKELY(place != NULL) ? give(pool, place->number) : alloc_elsewhere(current);
}

static void free_logged(Pool *pool)
{
    if (LIMPID_UNLIKELY(pool->full || pool->traced || pool->observer || pool->count == 1)) {
        pool_free_slow(pool);
        return;
    }
    pool->used = 1;
    pool->count--;
    LogEvent *e = allocation_log.next;
    e->block = (uintptr_t)pool->free;
    allocation_log.next = e + 1;
    if (LIMPID_UNLIKELY(e + 1 == allocation_log.end))
        chunk_full();
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
    free(log_.batches);
    if (log_.has_places)
        places_close();
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
    log_.has_places = places_open(NODES_MAX) == 0;
    if (log_.batches == NULL || !log_.has_places)
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
    allocation_log = (AllocationLog){.site = places_now,
                                     .full = chunk_full,
                                     .alloc = alloc_logged,
                                     .free = free_logged,
                                     .code_gone = places_forget_code};
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
        hand_on(batch_now());
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
