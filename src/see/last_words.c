/* See last_words.h. */
#include "see/last_words.h"
#include "memory/state.h"
#include "memory/trace.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 100 /* milliseconds */

static const int asking[] = {SIGTERM, SIGHUP, SIGQUIT}, crashing[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static int (*words)(void);
static pid_t process;
volatile int last_words_wait; /* the signal that is to end the process */

static char *said;
static size_t said_size;

static void say(void)
{
    if (words != NULL && getpid() == process && said != NULL && write(2, said, said_size) < 0)
        errno = 0; /* there is nobody to tell */
}

static void go(int number)
{
    say();
    signal(number, SIG_DFL);
    raise(number);
}

static int has_threads(void)
{
    const PyThreadState *t = _PyRuntime.interpreters ? _PyRuntime.interpreters->threads : NULL;
    return t != NULL && t->next != NULL;
}

/* Where the handler interrupts a thread that has not the interpreter lock, another one may be telling: it has the word
 * at the end of what it tells next.  Not for ever, as it may have nothing to tell. */
static void leave_to_others(int number)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    if (!has_threads() || trace_holds_lock())
        return;
    last_words_wait = number;
    for (int i = 0; i < PATIENCE && last_words_wait; i++)
        nanosleep(&moment, NULL);
    while (__atomic_exchange_n(&last_words_wait, 0, __ATOMIC_ACQ_REL) == 0)
        pause(); /* it is ending the process */
}

static void asked(int number)
{
    int saved = errno, heard = words != NULL && getpid() == process;
    if (heard)
        leave_to_others(number);
    if (heard && words() == 0)
        last_words_wait = number;
    else
        go(number);
    errno = saved;
}

static void crashed(int number)
{
    signal(number, SIG_DFL); /* another one ends it at once */
    if (words != NULL && getpid() == process)
        words();
    say();
    raise(number);
}

void last_words_speak(void)
{
    int number = __atomic_exchange_n(&last_words_wait, 0, __ATOMIC_ACQ_REL);
    if (number == 0)
        return;
    if (words != NULL)
        words();
    go(number);
}

/* Where the disposition is `from`. */
static void dispose(const int *numbers, size_t count, void (*from)(int), void (*to)(int))
{
    for (size_t i = 0; i < count; i++) {
        struct sigaction action;
        if (sigaction(numbers[i], NULL, &action) < 0 || action.sa_handler != from)
            continue;
        action = (struct sigaction){.sa_handler = to, .sa_flags = to == SIG_DFL ? 0 : SA_ONSTACK | SA_RESTART};
        sigemptyset(&action.sa_mask);
        sigaction(numbers[i], &action, NULL);
    }
}

void last_words_say(const char *text)
{
    char *copy = strdup(text), *before = said;
    said = NULL;
    said_size = copy ? strlen(copy) : 0;
    said = copy;
    free(before);
}

void last_words_listen(int (*speak)(void))
{
    int begins = words == NULL && speak != NULL, ends = words != NULL && speak == NULL;
    words = speak;
    process = getpid();
    if (begins) {
        dispose(asking, COUNT(asking), SIG_DFL, asked);
        dispose(crashing, COUNT(crashing), SIG_DFL, crashed);
    } else if (ends) {
        dispose(asking, COUNT(asking), asked, SIG_DFL);
        dispose(crashing, COUNT(crashing), crashed, SIG_DFL);
        free(said);
        said = NULL;
    }
}
