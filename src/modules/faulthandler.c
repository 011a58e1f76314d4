/* faulthandler: tracebacks when the process crashes, hangs or gets a signal.
 *
 * The handlers run on a stack of their own, use only what dump.h promises, and leave the signal to whoever had it
 * before. */
#include "Python.h"
#include "memory/roots.h"
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/dump.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

#define SIGNALS 65

/* Where a dump goes. */
typedef struct {
    int fd;
    PyObject *file; /* owned, keeps the descriptor open; or NULL */
    int all_threads;
    PyInterpreterState *interp;
} Target;

static struct {
    int on;
    Target target;
} fatal;

static struct {
    int signal;
    const char *name;
    int on;
    struct sigaction previous;
} faults[] = {{SIGBUS, "Bus error"},
              {SIGILL, "Illegal instruction"},
              {SIGFPE, "Floating point exception"},
              {SIGABRT, "Aborted"},
              {SIGSEGV, "Segmentation fault"}}; /* the last one: also the fallback */
#define FAULTS ((int)Py_ARRAY_LENGTH(faults))

static struct {
    int on, chain;
    Target target;
    struct sigaction previous;
} users[SIGNALS];

static struct {
    int running, cancelled, repeat, exit;
    pid_t pid;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    _PyTime_t timeout; /* nanoseconds */
    Target target;
    char header[64];
} watchdog;

static stack_t own_stack, stack_before;

/* ---- arguments ---- */

/* The descriptor of a file: an int, an object with fileno(), or sys.stderr for NULL or None.  *file (borrowed) is the
 * object, or NULL for an int.  -1 with an exception. */
static int descriptor_of(PyObject **file)
{
    if (*file == NULL || *file == Py_None) {
        *file = PySys_GetObject("stderr");
        if (*file == NULL || *file == Py_None) {
            PyErr_SetString(PyExc_RuntimeError, *file ? "sys.stderr is None" : "unable to get sys.stderr");
            return -1;
        }
    }
    if (PyLong_Check(*file)) {
        int fd = _PyLong_AsInt(*file);
        *file = NULL;
        if (fd < 0 && !PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "file is not a valid file descripter");
        return fd < 0 ? -1 : fd;
    }
    PyObject *number = PyObject_CallMethodNoArgs(*file, N(fileno));
    if (number == NULL)
        return -1;
    long fd = PyLong_Check(number) ? PyLong_AsLong(number) : -1;
    Py_DECREF(number);
    if (fd < 0 || fd > INT_MAX) {
        PyErr_SetString(PyExc_RuntimeError, "file.fileno() is not a valid file descriptor");
        return -1;
    }
    PyObject *flushed = PyObject_CallMethodNoArgs(*file, N(flush));
    if (flushed == NULL)
        PyErr_Clear();
    Py_XDECREF(flushed);
    return (int)fd;
}

/* Fills a new target; 0 or -1 with an exception. */
static int target_make(Target *t, PyObject *file, int all_threads)
{
    int fd = descriptor_of(&file);
    if (fd < 0)
        return -1;
    *t = (Target){fd, Py_XNewRef(file), all_threads, interp_current()};
    return 0;
}

static void target_replace(Target *t, const Target *new)
{
    PyObject *old = t->file;
    *t = *new;
    Py_XDECREF(old);
}

/* Also from signal handlers, where another thread or none may hold the lock. */
static void target_dump(const Target *t)
{
    PyThreadState *own = PyGILState_GetThisThreadState();
    if (t->all_threads)
        dump_threads(t->fd, t->interp, own);
    else
        dump_thread(t->fd, own);
}

static PyObject *dump_traceback(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"file", "all_threads", NULL};
    PyObject *file = NULL;
    int all_threads = 1;
    Target t;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|Op:dump_traceback", keywords, &file, &all_threads) ||
        target_make(&t, file, all_threads) < 0)
        return NULL;
    target_dump(&t);
    Py_XDECREF(t.file);
    return PyErr_CheckSignals() < 0 ? NULL : Py_NewRef(Py_None);
}

/* ---- fatal errors ---- */

static void disable_fault(int i)
{
    if (faults[i].on) {
        faults[i].on = 0;
        sigaction(faults[i].signal, &faults[i].previous, NULL);
    }
}

static void on_fault(int number)
{
    int saved = errno, i = 0;
    if (!fatal.on)
        return;
    while (i < FAULTS - 1 && faults[i].signal != number)
        i++;
    disable_fault(i); /* a second fault ends the process */
    dump_text(fatal.target.fd, "Fatal Python error: ");
    dump_text(fatal.target.fd, faults[i].name);
    dump_text(fatal.target.fd, "\n\n");
    target_dump(&fatal.target);
    dump_extension_modules(fatal.target.fd, fatal.target.interp);
    errno = saved;
    raise(number);
}

/* The stack on which handlers run, so that they can when the stack has overflowed; without memory they do without. */
static void make_stack(void)
{
    if (own_stack.ss_sp)
        return;
    size_t least = getauxval(AT_MINSIGSTKSZ);
    own_stack.ss_size = (least ? least : 8192) + 64 * 1024;
    own_stack.ss_sp = PyMem_RawMalloc(own_stack.ss_size);
    if (own_stack.ss_sp && sigaltstack(&own_stack, &stack_before) < 0) {
        PyMem_RawFree(own_stack.ss_sp);
        own_stack.ss_sp = NULL;
    }
}

static PyObject *enable(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"file", "all_threads", NULL};
    PyObject *file = NULL;
    int all_threads = 1;
    Target t;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|Op:enable", keywords, &file, &all_threads) ||
        target_make(&t, file, all_threads) < 0)
        return NULL;
    target_replace(&fatal.target, &t);
    if (fatal.on)
        Py_RETURN_NONE;
    fatal.on = 1;
    make_stack();
    struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_NODEFER | (own_stack.ss_sp ? SA_ONSTACK : 0)};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < FAULTS; i++) {
        if (sigaction(faults[i].signal, &action, &faults[i].previous) < 0)
            return PyErr_SetFromErrno(PyExc_RuntimeError);
        faults[i].on = 1;
    }
    Py_RETURN_NONE;
}

static int disable_all(void)
{
    int was = fatal.on;
    fatal.on = 0;
    for (int i = 0; i < FAULTS; i++)
        disable_fault(i);
    Py_CLEAR(fatal.target.file);
    return was;
}

static PyObject *disable(PyObject *module, PyObject *unused) { return PyBool_FromLong(disable_all()); }
static PyObject *is_enabled(PyObject *module, PyObject *unused) { return PyBool_FromLong(fatal.on); }

/* ---- the watchdog ---- */

static void *watch(void *unused)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    pthread_mutex_lock(&watchdog.mutex);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    do {
        _PyTime_t nanoseconds = until.tv_nsec + watchdog.timeout % 1000000000;
        until.tv_sec += watchdog.timeout / 1000000000 + nanoseconds / 1000000000;
        until.tv_nsec = nanoseconds % 1000000000;
        int status = 0;
        while (!watchdog.cancelled && status == 0)
            status = pthread_cond_timedwait(&watchdog.wake, &watchdog.mutex, &until);
        if (watchdog.cancelled)
            break;
        dump_text(watchdog.target.fd, watchdog.header);
        dump_threads(watchdog.target.fd, watchdog.target.interp, NULL);
        if (watchdog.exit)
            _exit(1);
    } while (watchdog.repeat);
    pthread_mutex_unlock(&watchdog.mutex);
    return NULL;
}

/* The interpreter lock stays held: the watchdog does not need it.  In a forked child there is no such thread. */
static void cancel_watchdog(void)
{
    if (watchdog.running && watchdog.pid == getpid()) {
        pthread_mutex_lock(&watchdog.mutex);
        watchdog.cancelled = 1;
        pthread_cond_signal(&watchdog.wake);
        pthread_mutex_unlock(&watchdog.mutex);
        pthread_join(watchdog.thread, NULL);
    }
    watchdog.running = 0;
    Py_CLEAR(watchdog.target.file);
}

static void format_header(_PyTime_t timeout)
{
    unsigned long microseconds = (unsigned long)_PyTime_AsMicroseconds(timeout, _PyTime_ROUND_TIMEOUT);
    unsigned long s = microseconds / 1000000, fraction = microseconds % 1000000;
    int n = PyOS_snprintf(watchdog.header, sizeof watchdog.header, "Timeout (%lu:%02lu:%02lu", s / 3600, s / 60 % 60,
                          s % 60);
    if (fraction)
        n += PyOS_snprintf(watchdog.header + n, sizeof watchdog.header - (size_t)n, ".%06lu", fraction);
    strcpy(watchdog.header + n, ")!\n");
}

static int start_watchdog(void)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&watchdog.wake, &attributes);
    pthread_mutex_init(&watchdog.mutex, NULL);
    pthread_condattr_destroy(&attributes);
    watchdog.cancelled = 0;
    watchdog.pid = getpid();
    watchdog.running = pthread_create(&watchdog.thread, NULL, watch, NULL) == 0;
    return watchdog.running ? 0 : -1;
}

static PyObject *dump_traceback_later(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"timeout", "repeat", "file", "exit", NULL};
    PyObject *seconds, *file = NULL;
    int repeat = 0, leave = 0;
    _PyTime_t timeout;
    Target t;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|iOi:dump_traceback_later", keywords, &seconds, &repeat, &file,
                                     &leave) ||
        _PyTime_FromSecondsObject(&timeout, seconds, _PyTime_ROUND_TIMEOUT) < 0)
        return NULL;
    if (timeout <= 0) {
        PyErr_SetString(PyExc_ValueError, "timeout must be greater than 0");
        return NULL;
    }
    if (target_make(&t, file, 1) < 0)
        return NULL;
    cancel_watchdog();
    watchdog.target = t;
    watchdog.timeout = timeout;
    watchdog.repeat = repeat;
    watchdog.exit = leave;
    format_header(timeout);
    if (start_watchdog() < 0) {
        Py_CLEAR(watchdog.target.file);
        PyErr_SetString(PyExc_RuntimeError, "unable to start watchdog thread");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *cancel_dump_traceback_later(PyObject *module, PyObject *unused)
{
    cancel_watchdog();
    Py_RETURN_NONE;
}

/* ---- other signals ---- */

static int check_signal(int number)
{
    for (int i = 0; i < FAULTS; i++)
        if (faults[i].signal == number) {
            PyErr_Format(PyExc_RuntimeError, "signal %i cannot be registered, use enable() instead", number);
            return -1;
        }
    if (number >= 1 && number < SIGNALS)
        return 0;
    PyErr_SetString(PyExc_ValueError, "signal number out of range");
    return -1;
}

static void on_user(int number);

static int install(int number, int chain, struct sigaction *previous)
{
    /* a chained handler gets the signal again while this one runs */
    struct sigaction action = {.sa_handler = on_user,
                               .sa_flags = (chain ? SA_NODEFER : SA_RESTART) | (own_stack.ss_sp ? SA_ONSTACK : 0)};
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, previous);
}

static void on_user(int number)
{
    int saved = errno;
    if (!users[number].on)
        return;
    target_dump(&users[number].target);
    if (users[number].chain) {
        sigaction(number, &users[number].previous, NULL);
        errno = saved;
        raise(number);
        saved = errno;
        install(number, 1, NULL);
    }
    errno = saved;
}

static PyObject *register_signal(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"signum", "file", "all_threads", "chain", NULL};
    int number, all_threads = 1, chain = 0;
    PyObject *file = NULL;
    struct sigaction previous;
    Target t;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "i|Opp:register", keywords, &number, &file, &all_threads, &chain) ||
        check_signal(number) < 0 || target_make(&t, file, all_threads) < 0)
        return NULL;
    if (!users[number].on) {
        make_stack();
        if (install(number, chain, &previous) < 0) {
            PyErr_SetFromErrno(PyExc_OSError);
            Py_XDECREF(t.file);
            return NULL;
        }
        users[number].previous = previous;
    }
    target_replace(&users[number].target, &t);
    users[number].chain = chain;
    users[number].on = 1;
    Py_RETURN_NONE;
}

static int unregister(int number)
{
    if (!users[number].on)
        return 0;
    users[number].on = 0;
    sigaction(number, &users[number].previous, NULL);
    Py_CLEAR(users[number].target.file);
    return 1;
}

static PyObject *unregister_signal(PyObject *module, PyObject *args)
{
    int number;
    if (!PyArg_ParseTuple(args, "i:unregister", &number) || check_signal(number) < 0)
        return NULL;
    return PyBool_FromLong(unregister(number));
}

/* ---- crashes, for tests ---- */

static void no_core_file(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = 0;
        setrlimit(RLIMIT_CORE, &limit);
    }
}

static __attribute__((no_sanitize("address", "undefined"))) PyObject *read_null(PyObject *module, PyObject *unused)
{
    volatile int *null = NULL;
    no_core_file();
    __asm__ volatile("" : "+r"(null));
    return PyLong_FromLong(*null);
}

static PyObject *crash_sigsegv(PyObject *module, PyObject *args)
{
    int release = 0;
    if (!PyArg_ParseTuple(args, "|i:_sigsegv", &release))
        return NULL;
    no_core_file();
    if (release) {
        Py_BEGIN_ALLOW_THREADS raise(SIGSEGV);
        Py_END_ALLOW_THREADS
    } else
        raise(SIGSEGV);
    Py_RETURN_NONE;
}

static PyObject *crash_sigfpe(PyObject *module, PyObject *unused)
{
    no_core_file();
    raise(SIGFPE);
    Py_RETURN_NONE;
}

static PyObject *crash_sigabrt(PyObject *module, PyObject *unused)
{
    no_core_file();
    abort();
}

static void *faulthandler_fatal_error_thread(void *unused) { Py_FatalError("in new thread"); }

static PyObject *fatal_error_c_thread(PyObject *module, PyObject *unused)
{
    pthread_t thread;
    no_core_file();
    if (pthread_create(&thread, NULL, faulthandler_fatal_error_thread, NULL) != 0) {
        PyErr_SetString(PyExc_RuntimeError, "unable to start the thread");
        return NULL;
    }
    pthread_join(thread, NULL);
    Py_RETURN_NONE;
}

/* Uses stack until it is at `limit`; the depth. */
static __attribute__((noinline)) uintptr_t use_stack(uintptr_t limit, size_t *depth)
{
    volatile unsigned char room[4096];
    uintptr_t here = (uintptr_t)room;
    room[0] = 1;
    room[sizeof room - 1] = 2;
    ++*depth;
    return here <= limit ? here : use_stack(limit, depth) + room[0] - 1;
}

static PyObject *stack_overflow(PyObject *module, PyObject *unused)
{
    const uintptr_t most = (uintptr_t)100 << 20;
    size_t depth = 0;
    uintptr_t here = (uintptr_t)&depth;
    no_core_file();
    uintptr_t stop = use_stack(here > most ? here - most : 0, &depth);
    return PyErr_Format(PyExc_RuntimeError,
                        "unable to raise a stack overflow (allocated %zu bytes on the stack, %zu recursive calls)",
                        (size_t)(here - stop), depth);
}

/* ---- the module ---- */

#define KEYWORDS(name, f, doc)                                                                                         \
    {                                                                                                                  \
        name, (PyCFunction)(void (*)(void))f, METH_VARARGS | METH_KEYWORDS, doc                                        \
    }
static PyMethodDef methods[] = {
    KEYWORDS("enable", enable, "enable(file=sys.stderr, all_threads=True): enable the fault handler"),
    {"disable", disable, METH_NOARGS, "disable(): disable the fault handler"},
    {"is_enabled", is_enabled, METH_NOARGS, "is_enabled()->bool: check if the handler is enabled"},
    KEYWORDS("dump_traceback", dump_traceback,
             "dump_traceback(file=sys.stderr, all_threads=True): "
             "dump the traceback of the current thread, or of all threads if all_threads is True, into file"),
    KEYWORDS("dump_traceback_later", dump_traceback_later,
             "dump_traceback_later(timeout, repeat=False, file=sys.stderr, exit=False):\n"
             "dump the traceback of all threads after timeout seconds, or each timeout seconds if repeat is True.\n"
             "If exit is True, call _exit(1) which is not safe."),
    {"cancel_dump_traceback_later", cancel_dump_traceback_later, METH_NOARGS,
     "cancel_dump_traceback_later():\ncancel the previous call to dump_traceback_later()."},
    KEYWORDS("register", register_signal,
             "register(signum, file=sys.stderr, all_threads=True, chain=False): "
             "register a handler for the signal 'signum': "
             "dump the traceback of the current thread, or of all threads if all_threads is True, into file"),
    {"unregister", unregister_signal, METH_VARARGS,
     "unregister(signum): unregister the handler of the signal 'signum' registered by register()"},
    {"_read_null", read_null, METH_NOARGS, "_read_null(): read from NULL"},
    {"_sigsegv", crash_sigsegv, METH_VARARGS, "_sigsegv(release_gil=False): raise a SIGSEGV signal"},
    {"_sigabrt", crash_sigabrt, METH_NOARGS, "_sigabrt(): raise a SIGABRT signal"},
    {"_sigfpe", crash_sigfpe, METH_NOARGS, "_sigfpe(): raise a SIGFPE signal"},
    {"_fatal_error_c_thread", fatal_error_c_thread, METH_NOARGS,
     "_fatal_error_c_thread(): call Py_FatalError() in a new C thread."},
    {"_stack_overflow", stack_overflow, METH_NOARGS, "_stack_overflow(): recursive call to raise a stack overflow"},
    {NULL}};

/* The files of targets are roots: they belong to the process, not to one module object. */
static void faulthandler_free(void *module)
{
    cancel_watchdog();
    disable_all();
    for (int i = 0; i < SIGNALS; i++)
        unregister(i);
    if (own_stack.ss_sp) {
        sigaltstack(&stack_before, NULL);
        PyMem_RawFree(own_stack.ss_sp);
        own_stack.ss_sp = NULL;
    }
}

static PyModuleDef_Slot slots[] = {{0, NULL}};
static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "faulthandler", "faulthandler module.", 0, methods, slots, NULL, NULL, faulthandler_free};

PyMODINIT_FUNC PyInit_faulthandler(void) { return PyModuleDef_Init(&definition); }

void faulthandler_roots(RootVisit visit, void *arg)
{
    root_tell(visit, arg, fatal.target.file, "faulthandler: file", -1);
    root_tell(visit, arg, watchdog.target.file, "faulthandler: file of dump_traceback_later", -1);
    for (int i = 0; i < SIGNALS; i++)
        root_tell(visit, arg, users[i].target.file, "faulthandler: file for signal", i);
}
