/* Signals.
 *
 *   kernel ─▶ note(): pending[n] = 1, eval_breaker = 1 ─▶ the VM's check ─▶ PyErr_CheckSignals ─▶ Python handler */
#include "runtime/signals.h"
#include "runtime/deadline.h"
#include "memory/roots.h"
#include "runtime/config.h"
#include "memory/look.h"
#include "memory/state.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static struct {
    volatile sig_atomic_t any;
    volatile sig_atomic_t pending[SIGNAL_COUNT];
    PyObject *handlers[SIGNAL_COUNT]; /* owned; NULL: not known yet */
    void (*native[SIGNAL_COUNT])(void); /* called instead, until Python code sets a handler */
    PyObject *default_int;            /* signal.default_int_handler, owned */
    volatile int wakeup_fd;
    int wakeup_warn;                  /* whether a full pipe is an error too; it wakes its reader as well */
    volatile sig_atomic_t wakeup_error; /* errno of a write that failed, to be reported */
    unsigned long main_thread;
    pid_t pid;
} signals = {.wakeup_fd = -1};

void signals_ask_check(void)
{
    signals.any = 1;
    if (_PyRuntime.main_interpreter)
        _PyRuntime.main_interpreter->eval_breaker = 1;
}

void signal_trip(int number)
{
    signals.pending[number] = 1;
    signals.any = 1;
    PyInterpreterState *interp = _PyRuntime.main_interpreter;
    if (interp)
        interp->eval_breaker = 1;
    if (signals.wakeup_fd >= 0) {
        unsigned char byte = (unsigned char)number;
        ssize_t written;
        do
            written = write(signals.wakeup_fd, &byte, 1);
        while (written < 0 && errno == EINTR);
        if (written < 0 && (signals.wakeup_warn || (errno != EAGAIN && errno != EWOULDBLOCK)))
            signals.wakeup_error = errno;
    }
}

static void note(int number)
{
    int saved = errno;
    if (getpid() == signals.pid)
        signal_trip(number);
    errno = saved;
}

PyOS_sighandler_t PyOS_getsig(int number)
{
    struct sigaction action;
    return sigaction(number, NULL, &action) < 0 ? SIG_ERR : action.sa_handler;
}

PyOS_sighandler_t PyOS_setsig(int number, PyOS_sighandler_t handler)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK}, old;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, &old) < 0 ? SIG_ERR : old.sa_handler;
}

static PyObject *default_int_handler(PyObject *self, PyObject *args)
{
    PyErr_SetNone(PyExc_KeyboardInterrupt);
    return NULL;
}
static PyMethodDef default_int_definition = {
    "default_int_handler", default_int_handler, METH_VARARGS,
    "default_int_handler($module, signalnum, frame, /)\n--\n\nThe handler of SIGINT: raises KeyboardInterrupt."};

/* What the process had for the signal before Python asked: SIG_DFL or SIG_IGN as int, None for a C function.  New. */
static PyObject *disposition(int number)
{
    PyOS_sighandler_t handler = PyOS_getsig(number);
    if (handler == SIG_DFL || handler == SIG_IGN)
        return PyLong_FromLong(handler == SIG_IGN);
    return Py_NewRef(Py_None);
}

int signals_init(void)
{
    signals.main_thread = PyThread_get_thread_ident();
    signals.pid = getpid();
    PyOS_setsig(SIGPIPE, SIG_IGN);
    PyOS_setsig(SIGXFSZ, SIG_IGN);
    PyObject *module = PyUnicode_InternFromString("_signal");
    signals.default_int = module ? PyCFunction_NewEx(&default_int_definition, NULL, module) : NULL;
    Py_XDECREF(module);
    if (!signals.default_int)
        return -1;
    for (int n = 1; n < SIGNAL_COUNT; n++)
        if (!(signals.handlers[n] = disposition(n)))
            return -1;
    if (!config_current()->no_signal_handlers && PyOS_getsig(SIGINT) == SIG_DFL)
        return signal_set(SIGINT, signals.default_int);
    return 0;
}

void signals_fini(void)
{
    for (int n = 1; n < SIGNAL_COUNT; n++) {
        PyObject *handler = signals.handlers[n];
        if (handler && PyCallable_Check(handler))
            PyOS_setsig(n, SIG_DFL);
        signals.handlers[n] = NULL;
        signals.native[n] = NULL;
        signals.pending[n] = 0;
        Py_XDECREF(handler);
    }
    signals.any = 0;
    Py_CLEAR(signals.default_int);
}

PyObject *signal_handler(int number)
{
    if (number == 0)
        return signals.default_int;
    return signals.handlers[number] ? signals.handlers[number] : Py_None;
}

int signal_set(int number, PyObject *handler)
{
    PyOS_sighandler_t function = note;
    if (PyLong_Check(handler)) {
        long which = PyLong_AsLong(handler);
        if (which == -1 && PyErr_Occurred())
            return -1;
        function = which == 0 ? SIG_DFL : SIG_IGN;
    }
    if (PyOS_setsig(number, function) == SIG_ERR) {
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    signals.native[number] = NULL;
    PyObject *old = signals.handlers[number];
    signals.handlers[number] = Py_NewRef(handler);
    Py_XDECREF(old);
    return 0;
}

void signal_set_native(int number, void (*function)(void))
{
    PyOS_setsig(number, note);
    signals.native[number] = function;
    Py_INCREF(Py_None); /* a handler that Python code did not set */
    Py_XSETREF(signals.handlers[number], Py_None);
}

int signal_wakeup_fd(void) { return signals.wakeup_fd; }

void signal_set_wakeup_fd(int fd, int warn_full)
{
    signals.wakeup_fd = fd;
    signals.wakeup_warn = warn_full;
}

void signals_after_fork(void)
{
    signals.any = 0;
    signals.pid = getpid();
    memset((void *)signals.pending, 0, sizeof signals.pending);
    signals.main_thread = PyThread_get_thread_ident();
    _PyRuntime.main_thread = signals.main_thread;
}

static void report_wakeup_error(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    errno = signals.wakeup_error;
    signals.wakeup_error = 0;
    PyErr_SetFromErrno(PyExc_OSError);
    _PyErr_WriteUnraisableMsg("when trying to write to the signal wakeup fd", NULL);
    PyErr_Restore(type, value, traceback);
}

/* Runs the handlers of the signals that have arrived; 0, or -1 with the exception that one raised. */
static int run_handlers(void)
{
    signals.any = 0;
    if (deadline_check() < 0) {
        signals.any = 1; /* handlers may wait */
        return -1;
    }
    if (signals.wakeup_error)
        report_wakeup_error();
    PyFrameObject *frame = PyThreadState_GetFrame(tstate_current());
    for (int n = 1; n < SIGNAL_COUNT; n++) {
        if (!signals.pending[n])
            continue;
        signals.pending[n] = 0;
        if (signals.native[n]) {
            signals.native[n]();
            continue;
        }
        PyObject *handler = signals.handlers[n];
        if (!handler || !PyCallable_Check(handler))
            continue;
        Py_INCREF(handler);
        PyObject *result = PyObject_CallFunction(handler, "iO", n, frame ? (PyObject *)frame : Py_None);
        Py_DECREF(handler);
        if (!result) {
            signals.any = 1; /* others may still wait */
            interp_current()->eval_breaker = 1;
            Py_XDECREF(frame);
            return -1;
        }
        Py_DECREF(result);
    }
    Py_XDECREF(frame);
    return 0;
}

int _PyErr_CheckSignalsTstate(PyThreadState *t)
{
    if (!signals.any || look_lasts() || PyThread_get_thread_ident() != signals.main_thread)
        return 0;
    return run_handlers();
}

int PyErr_CheckSignals(void) { return signals.any ? _PyErr_CheckSignalsTstate(tstate_current()) : 0; }

/* Acts as if the signal had arrived; 0, or -1 for a number that is none.  No exception is set. */
int PyErr_SetInterruptEx(int number)
{
    if (number < 1 || number >= SIGNAL_COUNT)
        return -1;
    PyObject *handler = signals.handlers[number];
    if (handler && PyCallable_Check(handler))
        signal_trip(number);
    return 0;
}

void PyErr_SetInterrupt(void) { PyErr_SetInterruptEx(SIGINT); }

int PyOS_InterruptOccurred(void)
{
    if (!signals.pending[SIGINT])
        return 0;
    signals.pending[SIGINT] = 0;
    return 1;
}

/* ---- fork -------------------------------------------------------------------------------------------------------------- */

void PyOS_AfterFork_Signals(void) { signals_after_fork(); }

void signals_roots(RootVisit visit, void *arg)
{
    for (int i = 0; i < SIGNAL_COUNT; i++)
        root_tell(visit, arg, signals.handlers[i], "signal handler", i);
    root_tell(visit, arg, signals.default_int, "signal.default_int_handler", -1);
}
