/* posix: the process — fork, ids, signals, its end — and what runs around fork. */
#include "modules/posix/posix.h"
#include "memory/state.h"
#include "runtime/deadline.h"
#include "runtime/lifecycle.h"
#include "runtime/signals.h"
#include "vm/gil.h"
#include <pty.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/resource.h>

/* -- Around fork -- */

/* Calls the functions of a list (or NULL), the last first if reverse; errors are reported, not raised. */
static void run_hooks(PyObject *list, int reverse)
{
    if (!list)
        return;
    PyObject *copy = PySequence_List(list);
    if (!copy) {
        PyErr_WriteUnraisable(NULL);
        return;
    }
    if (reverse)
        PyList_Reverse(copy);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(copy); i++) {
        PyObject *result = PyObject_CallNoArgs(PyList_GET_ITEM(copy, i));
        if (!result)
            PyErr_WriteUnraisable(PyList_GET_ITEM(copy, i));
        Py_XDECREF(result);
    }
    Py_DECREF(copy);
}

void PyOS_BeforeFork(void)
{
    run_hooks(interp_current()->fork_before, 1);
    _PyImport_AcquireLock();
}

void PyOS_AfterFork_Parent(void)
{
    _PyImport_ReleaseLock();
    run_hooks(interp_current()->fork_after_parent, 0);
}

/* Only t lives on in the child; what the other threads held goes. */
static void forget_other_threads(PyThreadState *t)
{
    PyThreadState *other = t->interp->threads;
    t->interp->threads = t;
    while (other) {
        PyThreadState *next = other->next;
        if (other != t)
            PyThreadState_Clear(other);
        other = next;
    }
    t->prev = t->next = NULL;
}

void PyOS_AfterFork_Child(void)
{
    PyThreadState *t = PyThreadState_Get();
    t->thread_id = PyThread_get_thread_ident();
    t->native_thread_id = PyThread_get_thread_native_id();
    _PyRuntime.main_thread = t->thread_id;
    gil_after_fork(t);
    _PyImport_ReleaseLock();
    signals_after_fork();
    deadline_after_fork();
    forget_other_threads(t);
    run_hooks(t->interp->fork_after_child, 0);
}

void PyOS_AfterFork(void) { PyOS_AfterFork_Child(); }

static int add_hook(PyObject **list, PyObject *function)
{
    if (!function)
        return 0;
    if (!*list && !(*list = PyList_New(0)))
        return -1;
    return PyList_Append(*list, function);
}

static PyObject *posix_register_at_fork(KWARGS)
{
    KEYWORDS("before", "after_in_child", "after_in_parent");
    PyObject *f[3] = {NULL, NULL, NULL};
    if (!PARSE("|$OOO:register_at_fork", &f[0], &f[1], &f[2]))
        return NULL;
    if (!f[0] && !f[1] && !f[2]) {
        PyErr_SetString(PyExc_TypeError, "At least one argument is required.");
        return NULL;
    }
    for (int i = 0; i < 3; i++)
        if (f[i] && !PyCallable_Check(f[i])) {
            PyErr_Format(PyExc_TypeError, "'%s' must be callable, not %.200s", keywords[i], Py_TYPE(f[i])->tp_name);
            return NULL;
        }
    PyInterpreterState *interp = interp_current();
    if (add_hook(&interp->fork_before, f[0]) < 0 || add_hook(&interp->fork_after_child, f[1]) < 0 ||
        add_hook(&interp->fork_after_parent, f[2]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static int may_fork(void)
{
    if (!interp_current()->isolated)
        return 1;
    PyErr_SetString(PyExc_RuntimeError, "fork not supported for isolated subinterpreters");
    return 0;
}

static PyObject *posix_fork(NOARGS)
{
    if (!AUDIT("os.fork", NULL) || !may_fork())
        return NULL;
    PyOS_BeforeFork();
    pid_t pid = fork();
    int error = errno;
    if (pid == 0)
        PyOS_AfterFork_Child();
    else
        PyOS_AfterFork_Parent();
    errno = error;
    return pid < 0 ? posix_error() : PyLong_FromLong(pid);
}

static PyObject *posix_forkpty(NOARGS)
{
    int master = -1;
    if (!AUDIT("os.forkpty", NULL) || !may_fork())
        return NULL;
    PyOS_BeforeFork();
    pid_t pid = forkpty(&master, NULL, NULL, NULL);
    int error = errno;
    if (pid == 0)
        PyOS_AfterFork_Child();
    else
        PyOS_AfterFork_Parent();
    errno = error;
    return pid < 0 ? posix_error() : Py_BuildValue("(ii)", (int)pid, master);
}

/* -- Signals -- */

static PyObject *posix_kill(POSARGS)
{
    int pid, signal;
    if (!PyArg_ParseTuple(args, "ii:kill", &pid, &signal) || !AUDIT("os.kill", "ii", pid, signal))
        return NULL;
    if (kill(pid, signal) < 0)
        return posix_error();
    if (PyErr_CheckSignals() < 0) /* it may have been for us */
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *posix_killpg(POSARGS)
{
    int group, signal;
    if (!PyArg_ParseTuple(args, "ii:killpg", &group, &signal) || !AUDIT("os.killpg", "ii", group, signal))
        return NULL;
    if (killpg(group, signal) < 0)
        return posix_error();
    if (PyErr_CheckSignals() < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *posix_pidfd_open(KWARGS)
{
    KEYWORDS("pid", "flags");
    int pid;
    unsigned int flags = 0;
    if (!PARSE("i|I:pidfd_open", &pid, &flags))
        return NULL;
    int fd = (int)syscall(SYS_pidfd_open, pid, flags);
    return fd < 0 ? posix_error() : PyLong_FromLong(fd);
}

/* -- Its end -- */

static PyObject *posix__exit(KWARGS)
{
    KEYWORDS("status");
    int status;
    if (!PARSE("i:_exit", &status))
        return NULL;
    runtime_leaves();
    _exit(status);
}

static PyObject *posix_abort(NOARGS) { abort(); }

/* -- Time and priority -- */

static PyObject *posix_nice(ONEARG)
{
    int increment = _PyLong_AsInt(arg);
    if (increment == -1 && PyErr_Occurred())
        return NULL;
    errno = 0;
    int value = nice(increment);
    return value == -1 && errno ? posix_error() : PyLong_FromLong(value);
}

static PyObject *posix_getpriority(KWARGS)
{
    KEYWORDS("which", "who");
    int which, who;
    if (!PARSE("ii:getpriority", &which, &who))
        return NULL;
    errno = 0;
    int value = getpriority(which, who);
    return errno ? posix_error() : PyLong_FromLong(value);
}

static PyObject *posix_setpriority(KWARGS)
{
    KEYWORDS("which", "who", "priority");
    int which, who, priority;
    return PARSE("iii:setpriority", &which, &who, &priority) ? posix_done(setpriority(which, who, priority)) : NULL;
}

/* -- Numbers of processes, groups and sessions -- */

#define NUMBER(name, call) \
    static PyObject *posix_##name(NOARGS) { return PyLong_FromLong(call()); }
NUMBER(getpid, getpid)
NUMBER(getppid, getppid)
NUMBER(getpgrp, getpgrp)

static PyObject *number(pid_t n) { return n < 0 ? posix_error() : PyLong_FromLong(n); }

static PyObject *posix_getpgid(KWARGS)
{
    KEYWORDS("pid");
    int pid;
    return PARSE("i:getpgid", &pid) ? number(getpgid(pid)) : NULL;
}

static PyObject *posix_getsid(ONEARG)
{
    int pid = _PyLong_AsInt(arg);
    return pid == -1 && PyErr_Occurred() ? NULL : number(getsid(pid));
}

static PyObject *posix_setsid(NOARGS) { return posix_done(setsid()); }
static PyObject *posix_setpgrp(NOARGS) { return posix_done(setpgid(0, 0)); }

static PyObject *posix_setpgid(POSARGS)
{
    int pid, group;
    return PyArg_ParseTuple(args, "ii:setpgid", &pid, &group) ? posix_done(setpgid(pid, group)) : NULL;
}

/* -- Shell -- */

static PyObject *posix_system(KWARGS)
{
    KEYWORDS("command");
    PyObject *command;
    if (!PARSE("O&:system", PyUnicode_FSConverter, &command))
        return NULL;
    PyObject *result = NULL;
    if (AUDIT("os.system", "(O)", command))
        result = PyLong_FromLong(UNLOCKED(system(PyBytes_AS_STRING(command))));
    Py_DECREF(command);
    return result;
}

PyMethodDef posix_process_methods[] = {
    KW(register_at_fork,
       "($module, /, *, before=<unrepresentable>,\n                 after_in_child=<unrepresentable>,\n"
       "                 after_in_parent=<unrepresentable>)",
       "Has functions called around every fork: before it (last registered first), in the child, in the parent.")
    NONE(fork, "Splits the process: 0 in the child, the child's number in the parent.")
    NONE(forkpty, "Splits the process, the child on a new pseudo-terminal: (pid, master descriptor).")
    POS(kill, "($module, pid, signal, /)", "Sends a signal to a process.")
    POS(killpg, "($module, pgid, signal, /)", "Sends a signal to a process group.")
    KW(pidfd_open, "($module, /, pid, flags=0)", "A descriptor that stands for a process.")
    KW(_exit, "($module, /, status)", "Ends the process at once, without cleaning up.")
    NONE(abort, "Ends the process abnormally.")
    POS(setpgid, "($module, pid, pgrp, /)", "Puts a process into a group.")
    NONE(setpgrp, "Makes this process the leader of its group.")
    KW(getpgid, "($module, /, pid)", "The group of a process.")
    NONE(getpgrp, "The group of this process.")
    ONE(getsid, "($module, pid, /)", "The session of a process.")
    NONE(setsid, "Starts a new session.")
    NONE(getpid, "The number of this process.")
    NONE(getppid, "The number of the process that started this one.")
    ONE(nice, "($module, increment, /)", "Adds to the niceness of this process: the new one.")
    KW(getpriority, "($module, /, which, who)", "The priority of a process, group or user.")
    KW(setpriority, "($module, /, which, who, priority)", "Sets the priority of a process, group or user.")
    KW(system, "($module, /, command)", "Runs a command in a subshell: its wait status.")
    {NULL}};
