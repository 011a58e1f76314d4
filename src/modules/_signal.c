/* The module _signal. */
#include "runtime/signals.h"
#include "memory/state.h"
#include "structseq.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include <fcntl.h>


/* The number as int in range; -1 with an exception. */
static int signal_number(PyObject *x)
{
    int number = _PyLong_AsInt(x);
    if (number == -1 && PyErr_Occurred())
        return -1;
    if (number < 1 || number >= SIGNAL_COUNT) {
        PyErr_SetString(PyExc_ValueError, "signal number out of range");
        return -1;
    }
    return number;
}

static PyObject *os_error(void) { return PyErr_SetFromErrno(PyExc_OSError); }

/* ---- handlers ------------------------------------------------------------------------------------------------------- */

static PyObject *m_signal(PyObject *m, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("signal", nargs, 2, 2))
        return NULL;
    int number = _PyLong_AsInt(args[0]);
    if (number == -1 && PyErr_Occurred())
        return NULL;
    if (PyThread_get_thread_ident() != _PyRuntime.main_thread) {
        PyErr_SetString(PyExc_ValueError, "signal only works in main thread of the main interpreter");
        return NULL;
    }
    if (number < 1 || number >= SIGNAL_COUNT) {
        PyErr_SetString(PyExc_ValueError, "signal number out of range");
        return NULL;
    }
    PyObject *handler = args[1];
    long which = -1;
    if (PyLong_Check(handler) && ((which = PyLong_AsLong(handler)) == -1) && PyErr_Occurred())
        PyErr_Clear();
    if (which != 0 && which != 1 && !PyCallable_Check(handler)) {
        PyErr_SetString(PyExc_TypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
        return NULL;
    }
    if (PyErr_CheckSignals() < 0)
        return NULL;
    PyObject *old = Py_NewRef(signal_handler(number));
    PyObject *plain = which >= 0 ? PyLong_FromLong(which) : Py_NewRef(handler);
    int failed = !plain || signal_set(number, plain) < 0;
    Py_XDECREF(plain);
    if (failed)
        Py_CLEAR(old);
    return old;
}

static PyObject *m_getsignal(PyObject *m, PyObject *x)
{
    int number = signal_number(x);
    return number < 0 ? NULL : Py_NewRef(signal_handler(number));
}

static PyObject *m_strsignal(PyObject *m, PyObject *x)
{
    int number = signal_number(x);
    if (number < 0)
        return NULL;
    const char *text = strsignal(number);
    if (!text || strstr(text, "Unknown signal"))
        Py_RETURN_NONE;
    return PyUnicode_FromString(text);
}

static PyObject *m_siginterrupt(PyObject *m, PyObject *args)
{
    int number, flag;
    if (!PyArg_ParseTuple(args, "ii:siginterrupt", &number, &flag))
        return NULL;
    if (number < 1 || number >= SIGNAL_COUNT) {
        PyErr_SetString(PyExc_ValueError, "signal number out of range");
        return NULL;
    }
    struct sigaction action;
    sigaction(number, NULL, &action);
    action.sa_flags = flag ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
    if (sigaction(number, &action, NULL) < 0)
        return os_error();
    Py_RETURN_NONE;
}

static PyObject *m_set_wakeup_fd(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "warn_on_full_buffer", NULL};
    int fd, warn = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "i|$p:set_wakeup_fd", names, &fd, &warn))
        return NULL;
    if (PyThread_get_thread_ident() != _PyRuntime.main_thread) {
        PyErr_SetString(PyExc_ValueError, "set_wakeup_fd only works in main thread of the main interpreter");
        return NULL;
    }
    struct stat info;
    if (fd != -1) {
        if (fstat(fd, &info) < 0)
            return os_error();
        int flags = fcntl(fd, F_GETFL);
        if (flags >= 0 && !(flags & O_NONBLOCK)) {
            PyErr_Format(PyExc_ValueError, "the fd %i must be in non-blocking mode", fd);
            return NULL;
        }
    }
    int old = signal_wakeup_fd();
    signal_set_wakeup_fd(fd, warn);
    return PyLong_FromLong(old);
}

/* ---- sending and waiting --------------------------------------------------------------------------------------------- */

static PyObject *m_alarm(PyObject *m, PyObject *x)
{
    int seconds = _PyLong_AsInt(x);
    if (seconds == -1 && PyErr_Occurred())
        return NULL;
    return PyLong_FromLong((long)alarm((unsigned)seconds));
}

static PyObject *m_pause(PyObject *m, PyObject *u)
{
    Py_BEGIN_ALLOW_THREADS pause();
    Py_END_ALLOW_THREADS return PyErr_CheckSignals() < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *m_raise_signal(PyObject *m, PyObject *x)
{
    int number = _PyLong_AsInt(x);
    if (number == -1 && PyErr_Occurred())
        return NULL;
    int result;
    Py_BEGIN_ALLOW_THREADS result = raise(number);
    Py_END_ALLOW_THREADS if (result) return os_error();
    return PyErr_CheckSignals() < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *m_pthread_kill(PyObject *m, PyObject *args)
{
    unsigned long thread;
    int number;
    if (!PyArg_ParseTuple(args, "ki:pthread_kill", &thread, &number) || PySys_Audit("signal.pthread_kill", "ki", thread, number) < 0)
        return NULL;
    int error = pthread_kill((pthread_t)thread, number);
    if (error) {
        errno = error;
        return os_error();
    }
    return PyErr_CheckSignals() < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *m_pidfd_send_signal(PyObject *m, PyObject *args)
{
    int fd, number;
    unsigned flags = 0;
    PyObject *info = Py_None;
    if (!PyArg_ParseTuple(args, "ii|Oi:pidfd_send_signal", &fd, &number, &info, &flags))
        return NULL;
    if (info != Py_None) {
        PyErr_SetString(PyExc_TypeError, "siginfo must be None");
        return NULL;
    }
    if (syscall(SYS_pidfd_send_signal, fd, number, NULL, flags) < 0)
        return os_error();
    Py_RETURN_NONE;
}

/* An iterable of signal numbers as a set; 0 or -1. */
static int read_set(PyObject *iterable, sigset_t *set)
{
    sigemptyset(set);
    PyObject *it = PyObject_GetIter(iterable), *item;
    if (!it)
        return -1;
    while ((item = PyIter_Next(it))) {
        int overflow;
        long number = PyLong_AsLongAndOverflow(item, &overflow);
        Py_DECREF(item);
        if (number == -1 && PyErr_Occurred())
            break;
        if (overflow || number < 1 || number >= SIGNAL_COUNT) {
            PyErr_Format(PyExc_ValueError, "signal number %ld out of range [1; %i]", number, SIGNAL_COUNT - 1);
            break;
        }
        sigaddset(set, (int)number);
    }
    Py_DECREF(it);
    return PyErr_Occurred() ? -1 : 0;
}

/* Converter of O& for other modules. */
int _Py_Sigset_Converter(PyObject *iterable, void *set) { return read_set(iterable, set) == 0; }

static PyObject *make_set(const sigset_t *set)
{
    PyObject *result = PySet_New(NULL);
    for (int n = 1; result && n < SIGNAL_COUNT; n++) {
        if (sigismember(set, n) != 1)
            continue;
        PyObject *number = PyLong_FromLong(n);
        if (!number || PySet_Add(result, number) < 0)
            Py_CLEAR(result);
        Py_XDECREF(number);
    }
    return result;
}

static PyObject *m_pthread_sigmask(PyObject *m, PyObject *args)
{
    int how;
    PyObject *iterable;
    sigset_t set, old;
    if (!PyArg_ParseTuple(args, "iO:pthread_sigmask", &how, &iterable) || read_set(iterable, &set) < 0)
        return NULL;
    int error = pthread_sigmask(how, &set, &old);
    if (error) {
        errno = error;
        return os_error();
    }
    return PyErr_CheckSignals() < 0 ? NULL : make_set(&old);
}

static PyObject *m_sigpending(PyObject *m, PyObject *u)
{
    sigset_t set;
    return sigpending(&set) < 0 ? os_error() : make_set(&set);
}

static PyObject *m_sigwait(PyObject *m, PyObject *iterable)
{
    sigset_t set;
    int number, error;
    if (read_set(iterable, &set) < 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS error = sigwait(&set, &number);
    Py_END_ALLOW_THREADS if (error)
    {
        errno = error;
        return os_error();
    }
    return PyLong_FromLong(number);
}

static PyObject *m_valid_signals(PyObject *m, PyObject *u)
{
    sigset_t set;
    sigfillset(&set);
    return make_set(&set);
}

static PyStructSequence_Field info_fields[] = {
    {"si_signo", "signal number"}, {"si_code", "signal code"}, {"si_errno", "errno associated with this signal"},
    {"si_pid", "sending process ID"}, {"si_uid", "real user ID of sending process"}, {"si_status", "exit value or signal"},
    {"si_band", "band event for SIGPOLL"}, {NULL, NULL}};
static PyStructSequence_Desc info_desc = {"signal.struct_siginfo", "What a signal brought along.", info_fields, 7};
static PyTypeObject InfoType;

static PyObject *make_info(const siginfo_t *si)
{
    PyObject *info = PyStructSequence_New(&InfoType);
    if (!info)
        return NULL;
    const long values[] = {si->si_signo, si->si_code, si->si_errno, si->si_pid, si->si_uid, si->si_status, si->si_band};
    for (int i = 0; i < 7; i++)
        PyStructSequence_SET_ITEM(info, i, PyLong_FromLong(values[i]));
    if (PyErr_Occurred())
        Py_CLEAR(info);
    return info;
}

static PyObject *wait_info(PyObject *iterable, double timeout)
{
    sigset_t set;
    siginfo_t si;
    struct timespec wait = {(time_t)timeout, (long)((timeout - floor(timeout)) * 1e9)};
    int number;
    if (read_set(iterable, &set) < 0)
        return NULL;
    do {
        Py_BEGIN_ALLOW_THREADS number = timeout < 0 ? sigwaitinfo(&set, &si) : sigtimedwait(&set, &si, &wait);
        Py_END_ALLOW_THREADS
    } while (number < 0 && errno == EINTR && PyErr_CheckSignals() == 0);
    if (number >= 0)
        return make_info(&si);
    if (PyErr_Occurred())
        return NULL;
    if (errno == EAGAIN)
        Py_RETURN_NONE;
    return os_error();
}

static PyObject *m_sigwaitinfo(PyObject *m, PyObject *iterable) { return wait_info(iterable, -1); }

static PyObject *m_sigtimedwait(PyObject *m, PyObject *args)
{
    PyObject *iterable;
    double timeout;
    if (!PyArg_ParseTuple(args, "Od:sigtimedwait", &iterable, &timeout))
        return NULL;
    if (timeout < 0) {
        PyErr_SetString(PyExc_ValueError, "timeout must be non-negative");
        return NULL;
    }
    return wait_info(iterable, timeout);
}

/* ---- interval timers --------------------------------------------------------------------------------------------------- */

static double seconds_of(const struct timeval *tv) { return (double)tv->tv_sec + (double)tv->tv_usec * 1e-6; }

static PyObject *timer_tuple(const struct itimerval *t)
{
    return Py_BuildValue("dd", seconds_of(&t->it_value), seconds_of(&t->it_interval));
}

static int read_seconds(PyObject *x, struct timeval *tv)
{
    double seconds = x ? PyFloat_AsDouble(x) : 0.0;
    if (seconds == -1.0 && PyErr_Occurred())
        return -1;
    tv->tv_sec = (time_t)floor(seconds);
    tv->tv_usec = (suseconds_t)ceil((seconds - floor(seconds)) * 1e6);
    if (tv->tv_usec >= 1000000) {
        tv->tv_sec++;
        tv->tv_usec -= 1000000;
    }
    return 0;
}

static PyObject *m_setitimer(PyObject *m, PyObject *args)
{
    int which;
    PyObject *seconds, *interval = NULL;
    struct itimerval new, old;
    if (!PyArg_ParseTuple(args, "iO|O:setitimer", &which, &seconds, &interval) || read_seconds(seconds, &new.it_value) < 0 ||
        read_seconds(interval, &new.it_interval) < 0)
        return NULL;
    if (setitimer(which, &new, &old) < 0)
        return PyErr_SetFromErrno(KEPT(itimer_error));
    return timer_tuple(&old);
}

static PyObject *m_getitimer(PyObject *m, PyObject *x)
{
    int which = _PyLong_AsInt(x);
    struct itimerval old;
    if (which == -1 && PyErr_Occurred())
        return NULL;
    if (getitimer(which, &old) < 0)
        return PyErr_SetFromErrno(KEPT(itimer_error));
    return timer_tuple(&old);
}

/* ---- the module ---------------------------------------------------------------------------------------------------------- */

static PyMethodDef functions[] = {
    {"signal", (PyCFunction)(void (*)(void))m_signal, METH_FASTCALL, "signal($module, signalnum, handler, /)\n--\n\nSets the handler of a signal; the old one."},
    {"getsignal", m_getsignal, METH_O, "getsignal($module, signalnum, /)\n--\n\nThe handler of a signal."},
    {"strsignal", m_strsignal, METH_O, "strsignal($module, signalnum, /)\n--\n\nThe system's words for a signal."},
    {"siginterrupt", m_siginterrupt, METH_VARARGS, "siginterrupt($module, signalnum, flag, /)\n--\n\nWhether the signal interrupts system calls."},
    {"set_wakeup_fd", (PyCFunction)(void (*)(void))m_set_wakeup_fd, METH_VARARGS | METH_KEYWORDS, "set_wakeup_fd(fd, *, warn_on_full_buffer=True) -> fd\n\nSets the descriptor that gets a byte for each signal; the old one."},
    {"alarm", m_alarm, METH_O, "alarm($module, seconds, /)\n--\n\nAsks for SIGALRM after that many seconds; what was left of the last one."},
    {"pause", m_pause, METH_NOARGS, "pause($module, /)\n--\n\nWaits for a signal."},
    {"raise_signal", m_raise_signal, METH_O, "raise_signal($module, signalnum, /)\n--\n\nSends a signal to this process."},
    {"pthread_kill", m_pthread_kill, METH_VARARGS, "pthread_kill($module, thread_id, signalnum, /)\n--\n\nSends a signal to a thread."},
    {"pidfd_send_signal", m_pidfd_send_signal, METH_VARARGS, "pidfd_send_signal($module, pidfd, signalnum, siginfo=None, flags=0, /)\n--\n\nSends a signal to the process of a pid descriptor."},
    {"pthread_sigmask", m_pthread_sigmask, METH_VARARGS, "pthread_sigmask($module, how, mask, /)\n--\n\nChanges the thread's signal mask; the old one."},
    {"sigpending", m_sigpending, METH_NOARGS, "sigpending($module, /)\n--\n\nThe signals that wait for delivery."},
    {"sigwait", m_sigwait, METH_O, "sigwait($module, sigset, /)\n--\n\nWaits for one of the signals."},
    {"sigwaitinfo", m_sigwaitinfo, METH_O, "sigwaitinfo($module, sigset, /)\n--\n\nWaits for one of the signals; what came with it."},
    {"sigtimedwait", m_sigtimedwait, METH_VARARGS, "sigtimedwait($module, sigset, timeout, /)\n--\n\nAs sigwaitinfo(), for so many seconds at most."},
    {"valid_signals", m_valid_signals, METH_NOARGS, "valid_signals($module, /)\n--\n\nThe signals that this system has."},
    {"setitimer", m_setitimer, METH_VARARGS, "setitimer($module, which, seconds, interval=0.0, /)\n--\n\nSets an interval timer; the old values."},
    {"getitimer", m_getitimer, METH_O, "getitimer($module, which, /)\n--\n\nThe current values of an interval timer."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_signal", .m_size = -1, .m_methods = functions,
                                        .m_doc = "Signals of the operating system (library reference, \"signal\")."};

static const struct { const char *name; int value; } constants[] = {
#define C(name) {#name, name}
    C(NSIG), C(SIGABRT), C(SIGALRM), C(SIGBUS), C(SIGCHLD), C(SIGCLD), C(SIGCONT), C(SIGFPE), C(SIGHUP), C(SIGILL), C(SIGINT),
    C(SIGIO), C(SIGIOT), C(SIGKILL), C(SIGPIPE), C(SIGPOLL), C(SIGPROF), C(SIGPWR), C(SIGQUIT), C(SIGSEGV), C(SIGSTKFLT),
    C(SIGSTOP), C(SIGSYS), C(SIGTERM), C(SIGTRAP), C(SIGTSTP), C(SIGTTIN), C(SIGTTOU), C(SIGURG), C(SIGUSR1), C(SIGUSR2),
    C(SIGVTALRM), C(SIGWINCH), C(SIGXCPU), C(SIGXFSZ), C(SIG_BLOCK), C(SIG_UNBLOCK), C(SIG_SETMASK), C(ITIMER_REAL),
    C(ITIMER_VIRTUAL), C(ITIMER_PROF), {"SIG_DFL", 0}, {"SIG_IGN", 1},
#undef C
};

PyMODINIT_FUNC PyInit__signal(void)
{
    PyObject *m = PyModule_Create(&definition);
    if (!m)
        return NULL;
    int failed = 0;
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        failed |= PyModule_AddIntConstant(m, constants[i].name, constants[i].value) < 0;
    failed |= PyModule_AddIntConstant(m, "SIGRTMIN", SIGRTMIN) < 0 || PyModule_AddIntConstant(m, "SIGRTMAX", SIGRTMAX) < 0;
    failed |= PyStructSequence_InitType2(&InfoType, &info_desc) < 0;
    failed |= PyModule_AddObjectRef(m, "struct_siginfo", (PyObject *)&InfoType) < 0;
    Py_XSETREF(KEPT(itimer_error), PyErr_NewException("signal.itimer_error", PyExc_OSError, NULL));
    failed |= PyModule_AddObjectRef(m, "ItimerError", KEPT(itimer_error)) < 0;
    failed |= PyModule_AddObjectRef(m, "default_int_handler", signal_handler(0)) < 0;
    if (failed)
        Py_CLEAR(m);
    return m;
}
