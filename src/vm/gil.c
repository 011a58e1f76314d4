/* The interpreter lock.
 *
 *   holder ──runs──▶ check ──asked?──▶ release ──▶ waits until somebody else has had the lock
 *
 * GIL-1  `holder` is not NULL exactly while a thread may run Python; _PyRuntime.tstate_current equals it then.
 * GIL-2  after a release that was asked for, the releasing thread does not take the lock back before another had it.
 * GIL-3  while a look lasts (memory/look.h) its thread keeps the lock, also where it would give it up. */
#include "vm/gil.h"
#include "memory/look.h"
#include "memory/stack.h"
#include "memory/state.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t freed;    /* the lock was released */
    pthread_cond_t switched; /* another thread took it */
    PyThreadState *holder;
    PyThreadState *last;     /* who had it last */
    int waiting;
    volatile int asked;
    long interval_us;
} gil = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL, NULL, 0, 0, 5000};

double gil_interval(void) { return (double)gil.interval_us * 1e-6; }
void gil_set_interval(double seconds) { gil.interval_us = seconds * 1e6 < 1 ? 1 : (long)(seconds * 1e6); }

static void deadline_after(struct timespec *when, long us)
{
    clock_gettime(CLOCK_REALTIME, when);
    when->tv_nsec += us % 1000000 * 1000;
    when->tv_sec += us / 1000000 + when->tv_nsec / 1000000000;
    when->tv_nsec %= 1000000000;
}

/* After the end a daemon thread gets the lock no more: nothing that it refers to is there.  Who yielded to it, and who waits
 * besides it, must not go on waiting for it. */
static void sleep_if_ended(PyThreadState *t)
{
    if (!t->interp->finalizing || t == _PyRuntime.finalizing)
        return;
    pthread_cond_broadcast(&gil.switched);
    pthread_cond_signal(&gil.freed);
    pthread_mutex_unlock(&gil.mutex);
    for (;;)
        pause();
}

/* A thread state that another native thread made has the bounds of that one's stack. */
static inline void own_stack(PyThreadState *t)
{
    if (((ThreadState *)t)->stack_owner != (unsigned long)pthread_self())
        c_stack_measure((ThreadState *)t);
}

void gil_take(PyThreadState *t)
{
    int saved = errno;
    own_stack(t);
    c_context_save(&((ThreadState *)t)->c_context);
    pthread_mutex_lock(&gil.mutex);
    if (look_lasts() && gil.holder == t) { /* GIL-3 */
        _PyRuntime.tstate_current = t;
        pthread_mutex_unlock(&gil.mutex);
        return;
    }
    gil.waiting++;
    while (gil.holder) {
        struct timespec when;
        PyThreadState *seen = gil.holder;
        deadline_after(&when, gil.interval_us);
        if (pthread_cond_timedwait(&gil.freed, &gil.mutex, &when) == ETIMEDOUT && gil.holder == seen) {
            gil.asked = 1;
            for (PyInterpreterState *interp = _PyRuntime.interpreters; interp; interp = interp->next)
                interp->eval_breaker = 1;
        }
    }
    gil.waiting--;
    sleep_if_ended(t);
    gil.holder = t;
    gil.last = t;
    gil.asked = 0;
    _PyRuntime.tstate_current = t;
    pthread_cond_broadcast(&gil.switched);
    pthread_mutex_unlock(&gil.mutex);
    errno = saved;
}

void gil_release(PyThreadState *t)
{
    pthread_mutex_lock(&gil.mutex);
    assert(gil.holder == t); /* GIL-1 */
    _PyRuntime.tstate_current = NULL;
    if (!look_lasts()) { /* GIL-3 */
        gil.holder = NULL;
        pthread_cond_signal(&gil.freed);
    }
    pthread_mutex_unlock(&gil.mutex);
}

void gil_swap(PyThreadState *t)
{
    if (t)
        own_stack(t);
    pthread_mutex_lock(&gil.mutex);
    if (t)
        gil.holder = gil.last = t; /* GIL-1: while nobody is current, the holder is who was */
    _PyRuntime.tstate_current = t;
    pthread_mutex_unlock(&gil.mutex);
}

void gil_link_interpreter(PyInterpreterState *interp)
{
    pthread_mutex_lock(&gil.mutex);
    interp->next = _PyRuntime.interpreters;
    _PyRuntime.interpreters = interp;
    pthread_mutex_unlock(&gil.mutex);
}

void gil_unlink_interpreter(PyInterpreterState *interp)
{
    pthread_mutex_lock(&gil.mutex);
    PyInterpreterState **link = &_PyRuntime.interpreters;
    while (*link && *link != interp)
        link = &(*link)->next;
    if (*link)
        *link = interp->next;
    pthread_mutex_unlock(&gil.mutex);
}

int gil_yield_if_asked(PyThreadState *t)
{
    if (!gil.asked)
        return 0;
    pthread_mutex_lock(&gil.mutex);
    gil.asked = 0;
    gil.holder = NULL;
    _PyRuntime.tstate_current = NULL;
    pthread_cond_signal(&gil.freed);
    while (gil.waiting && gil.last == t && !gil.holder) /* GIL-2 */
        pthread_cond_wait(&gil.switched, &gil.mutex);
    pthread_mutex_unlock(&gil.mutex);
    gil_take(t);
    return 1;
}

void gil_after_fork(PyThreadState *t)
{
    pthread_mutex_init(&gil.mutex, NULL);
    pthread_cond_init(&gil.freed, NULL);
    pthread_cond_init(&gil.switched, NULL);
    gil.waiting = 0;
    gil.asked = 0;
    gil.holder = gil.last = t;
    _PyRuntime.tstate_current = t;
}
