/* See deadline.h. */
#include "runtime/deadline.h"
#include "memory/state.h"
#include "runtime/signals.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static struct {
    double seconds;
    struct timespec end;
    volatile int due; /* TimeoutError is to be raised */
    int told;         /* it has been */
    pthread_t main;
} deadline;

static struct timespec later(struct timespec t, double seconds)
{
    long whole = (long)seconds;
    t.tv_sec += whole;
    t.tv_nsec += (long)((seconds - (double)whole) * 1e9);
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

static void wait_until(const struct timespec *t)
{
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, t, NULL) == EINTR)
        ;
}

static void wake(int number) {}

/* Ends a system call that the main thread may wait in. */
static void interrupt_main(void)
{
    struct sigaction action = {.sa_handler = wake};
    int number = SIGRTMAX;
    if (sigaction(number, &action, NULL) == 0)
        pthread_kill(deadline.main, number);
}

static void *watch(void *unused)
{
    wait_until(&deadline.end);
    deadline.due = 1;
    signals_ask_check();
    interrupt_main();
    struct timespec last = later(deadline.end, DEADLINE_GRACE);
    wait_until(&last);
    char text[128];
    int n = snprintf(text, sizeof text, "limpid: the time limit of %g seconds is over; the process ends\n", deadline.seconds);
    if (write(2, text, (size_t)n) < 0)
        _exit(DEADLINE_STATUS);
    _exit(DEADLINE_STATUS);
}

static int start_watch(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    if (pthread_attr_init(&attributes) != 0)
        return -1;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 1 << 16);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int status = pthread_create(&thread, &attributes, watch, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return status == 0 ? 0 : -1;
}

int deadline_start(double seconds)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    deadline.seconds = seconds;
    deadline.end = later(now, seconds);
    deadline.main = pthread_self();
    return start_watch();
}

void deadline_after_fork(void)
{
    deadline.main = pthread_self();
    if (deadline.seconds > 0)
        start_watch();
}

int deadline_check(void)
{
    if (!deadline.due || deadline.told)
        return 0;
    deadline.told = 1;
    char text[64];
    snprintf(text, sizeof text, "the time limit of %g seconds is over", deadline.seconds);
    PyErr_SetString(PyExc_TimeoutError, text);
    return -1;
}
