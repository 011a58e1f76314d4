/* See chunk_thread.h. */
#include "see/chunk_thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define WAITING_MAX 4
#define PATIENCE 5000 /* milliseconds */
#define STACK_BYTES ((size_t)256 << 10)

typedef struct {
    uint8_t *chunk;
    size_t room, plain;
    const ChunkLayout *layout;
    uint32_t rows;
} Job;

struct chunk_thread {
    ChunkWriter *writer;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more, fewer;
    Job waiting[WAITING_MAX];
    unsigned first, count;
    uint8_t *spare; /* a buffer that was written, for the next chunk */
    size_t spare_room;
    int ends;
};

/* The next chunk, when there is one; 0: no more will come.  The buffer of the one before is given back. */
static int next_job(ChunkThread *t, Job *job)
{
    pthread_mutex_lock(&t->lock);
    if (job->chunk) {
        free(t->spare);
        t->spare = job->chunk;
        t->spare_room = job->room;
        t->first = (t->first + 1) % WAITING_MAX;
        t->count--;
        pthread_cond_signal(&t->fewer);
    }
    while (t->count == 0 && !t->ends)
        pthread_cond_wait(&t->more, &t->lock);
    int found = t->count > 0;
    if (found)
        *job = t->waiting[t->first];
    pthread_mutex_unlock(&t->lock);
    return found;
}

static void *run(void *arg)
{
    ChunkThread *t = arg;
    Job job = {NULL};
    while (next_job(t, &job))
        chunk_write(t->writer, job.chunk, job.layout, job.rows, job.plain);
    return NULL;
}

void chunk_thread_start(ChunkWriter *w)
{
    ChunkThread *t = calloc(1, sizeof *t);
    if (t == NULL)
        return;
    t->writer = w;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->more, NULL);
    pthread_cond_init(&t->fewer, NULL);
    pthread_attr_t attributes;
    sigset_t all, before;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); /* signals are for the program's threads */
    int failed = pthread_create(&t->thread, &attributes, run, t);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (failed)
        free(t);
    else
        w->thread = t;
}

void chunk_thread_end(ChunkWriter *w)
{
    ChunkThread *t = w->thread;
    if (t == NULL)
        return;
    pthread_mutex_lock(&t->lock);
    t->ends = 1;
    pthread_cond_signal(&t->more);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    pthread_mutex_destroy(&t->lock);
    pthread_cond_destroy(&t->more);
    pthread_cond_destroy(&t->fewer);
    free(t->spare);
    free(t);
    w->thread = NULL;
}

void chunk_thread_wait(const ChunkWriter *w)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    for (int i = 0; i < PATIENCE && w->thread && __atomic_load_n(&w->thread->count, __ATOMIC_ACQUIRE) > 0; i++)
        nanosleep(&moment, NULL);
}

int chunk_thread_take(ChunkWriter *w, const ChunkLayout *layout, uint32_t rows, size_t plain)
{
    ChunkThread *t = w->thread;
    if (t == NULL)
        return -1;
    pthread_mutex_lock(&t->lock);
    while (t->count == WAITING_MAX)
        pthread_cond_wait(&t->fewer, &t->lock);
    t->waiting[(t->first + t->count++) % WAITING_MAX] = (Job){w->spare, w->spare_room, plain, layout, rows};
    w->spare = t->spare;
    w->spare_room = t->spare ? t->spare_room : 0;
    t->spare = NULL;
    pthread_cond_signal(&t->more);
    pthread_mutex_unlock(&t->lock);
    return 0;
}
