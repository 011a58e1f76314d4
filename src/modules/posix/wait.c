/* posix: waiting for processes, what their status means, and the times they took. */
#include "modules/posix/posix.h"
#include "capi/structseq.h"
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/wait.h>

static PyTypeObject WaitidResult_Type, TimesResult_Type;

static PyStructSequence_Field waitid_fields[] = {{"si_pid"}, {"si_uid"}, {"si_signo"}, {"si_status"}, {"si_code"}, {NULL}};
static PyStructSequence_Desc waitid_desc = {
    "posix.waitid_result", "waitid_result: What waitid() tells: (si_pid, si_uid, si_signo, si_status, si_code).",
    waitid_fields, 5};
static PyStructSequence_Field times_fields[] = {{"user", "user time"},
                                                {"system", "system time"},
                                                {"children_user", "user time of children"},
                                                {"children_system", "system time of children"},
                                                {"elapsed", "elapsed time since an arbitrary point in the past"},
                                                {NULL}};
static PyStructSequence_Desc times_desc = {
    "posix.times_result",
    "times_result: What times() tells, in seconds:\n(user, system, children_user, children_system, elapsed).", times_fields, 5};

static PyObject *pid_and_status(pid_t pid, int status)
{
    return pid < 0 ? posix_error() : Py_BuildValue("(ii)", (int)pid, status);
}

static PyObject *posix_wait(NOARGS)
{
    int status = 0;
    pid_t pid = RETRY(wait(&status));
    return pid_and_status(pid, status);
}

static PyObject *posix_waitpid(POSARGS)
{
    int pid, options, status = 0;
    if (!PyArg_ParseTuple(args, "ii:waitpid", &pid, &options))
        return NULL;
    pid_t result = RETRY(waitpid(pid, &status, options));
    return pid_and_status(result, status);
}

/* (pid, status, resource.struct_rusage) */
static PyObject *with_usage(pid_t pid, int status, const struct rusage *u)
{
    if (pid < 0)
        return posix_error();
    PyObject *module = PyImport_ImportModule("resource");
    PyObject *type = module ? PyObject_GetAttrString(module, "struct_rusage") : NULL;
    Py_XDECREF(module);
    if (!type)
        return NULL;
    PyObject *usage = PyStructSequence_New((PyTypeObject *)type);
    Py_DECREF(type);
    if (!usage)
        return NULL;
    PyStructSequence_SET_ITEM(usage, 0, PyFloat_FromDouble(u->ru_utime.tv_sec + u->ru_utime.tv_usec * 0.000001));
    PyStructSequence_SET_ITEM(usage, 1, PyFloat_FromDouble(u->ru_stime.tv_sec + u->ru_stime.tv_usec * 0.000001));
    const long counts[] = {u->ru_maxrss, u->ru_ixrss, u->ru_idrss, u->ru_isrss, u->ru_minflt, u->ru_majflt, u->ru_nswap,
                           u->ru_inblock, u->ru_oublock, u->ru_msgsnd, u->ru_msgrcv, u->ru_nsignals, u->ru_nvcsw, u->ru_nivcsw};
    for (int i = 0; i < (int)Py_ARRAY_LENGTH(counts); i++)
        PyStructSequence_SET_ITEM(usage, i + 2, PyLong_FromLong(counts[i]));
    if (PyErr_Occurred()) {
        Py_DECREF(usage);
        return NULL;
    }
    return Py_BuildValue("(iiN)", (int)pid, status, usage);
}

static PyObject *posix_wait3(KWARGS)
{
    KEYWORDS("options");
    int options, status = 0;
    struct rusage usage = {0};
    if (!PARSE("i:wait3", &options))
        return NULL;
    pid_t pid = RETRY(wait3(&status, options, &usage));
    return with_usage(pid, status, &usage);
}

static PyObject *posix_wait4(KWARGS)
{
    KEYWORDS("pid", "options");
    int pid, options, status = 0;
    struct rusage usage = {0};
    if (!PARSE("ii:wait4", &pid, &options))
        return NULL;
    pid_t result = RETRY(wait4(pid, &status, options, &usage));
    return with_usage(result, status, &usage);
}

static PyObject *posix_waitid(POSARGS)
{
    int kind, id, options;
    siginfo_t info = {0};
    if (!PyArg_ParseTuple(args, "iii:waitid", &kind, &id, &options))
        return NULL;
    if (RETRY(waitid((idtype_t)kind, (id_t)id, &info, options)) < 0)
        return posix_error();
    if (info.si_pid == 0)
        Py_RETURN_NONE;
    PyObject *result = PyStructSequence_New(&WaitidResult_Type);
    if (!result)
        return NULL;
    PyStructSequence_SET_ITEM(result, 0, PyLong_FromLong(info.si_pid));
    PyStructSequence_SET_ITEM(result, 1, uid_object(info.si_uid));
    PyStructSequence_SET_ITEM(result, 2, PyLong_FromLong(info.si_signo));
    PyStructSequence_SET_ITEM(result, 3, PyLong_FromLong(info.si_status));
    PyStructSequence_SET_ITEM(result, 4, PyLong_FromLong(info.si_code));
    if (PyErr_Occurred())
        Py_CLEAR(result);
    return result;
}

static PyObject *posix_times(NOARGS)
{
    struct tms t;
    clock_t elapsed = times(&t);
    if (elapsed == (clock_t)-1)
        return posix_error();
    double ticks = (double)sysconf(_SC_CLK_TCK);
    PyObject *result = PyStructSequence_New(&TimesResult_Type);
    if (!result)
        return NULL;
    const clock_t values[] = {t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, elapsed};
    for (int i = 0; i < 5; i++)
        PyStructSequence_SET_ITEM(result, i, PyFloat_FromDouble((double)values[i] / ticks));
    if (PyErr_Occurred())
        Py_CLEAR(result);
    return result;
}

/* -- What a status means -- */

#define STATUS(name, make, expression) \
    static PyObject *posix_##name(KWARGS) \
    { \
        KEYWORDS("status"); \
        int status; \
        return PARSE("i:" #name, &status) ? make(expression) : NULL; \
    }
STATUS(WCOREDUMP, PyBool_FromLong, WCOREDUMP(status))
STATUS(WIFCONTINUED, PyBool_FromLong, WIFCONTINUED(status))
STATUS(WIFSTOPPED, PyBool_FromLong, WIFSTOPPED(status))
STATUS(WIFSIGNALED, PyBool_FromLong, WIFSIGNALED(status))
STATUS(WIFEXITED, PyBool_FromLong, WIFEXITED(status))
STATUS(WEXITSTATUS, PyLong_FromLong, WEXITSTATUS(status))
STATUS(WTERMSIG, PyLong_FromLong, WTERMSIG(status))
STATUS(WSTOPSIG, PyLong_FromLong, WSTOPSIG(status))

static PyObject *posix_waitstatus_to_exitcode(KWARGS)
{
    KEYWORDS("status");
    PyObject *arg;
    if (!PARSE("O:waitstatus_to_exitcode", &arg))
        return NULL;
    int status = _PyLong_AsInt(arg), code;
    if (status == -1 && PyErr_Occurred())
        return NULL;
    if (WIFEXITED(status)) {
        code = WEXITSTATUS(status);
        if (code < 0)
            return PyErr_Format(PyExc_ValueError, "invalid WEXITSTATUS: %i", code);
    }
    else if (WIFSIGNALED(status)) {
        if (WTERMSIG(status) <= 0)
            return PyErr_Format(PyExc_ValueError, "invalid WTERMSIG: %i", WTERMSIG(status));
        code = -WTERMSIG(status);
    }
    else if (WIFSTOPPED(status))
        return PyErr_Format(PyExc_ValueError, "process stopped by delivery of signal %i", WSTOPSIG(status));
    else
        return PyErr_Format(PyExc_ValueError, "invalid wait status: %i", status);
    return PyLong_FromLong(code);
}

#define STATUS_KW(name, doc) KW(name, "($module, /, status)", doc)
PyMethodDef posix_wait_methods[] = {
    NONE(wait, "Waits for any child: (pid, status).")
    POS(waitpid, "($module, pid, options, /)", "Waits for a child: (pid, status).")
    KW(wait3, "($module, /, options)", "Waits for any child: (pid, status, resource usage).")
    KW(wait4, "($module, /, pid, options)", "Waits for a child: (pid, status, resource usage).")
    POS(waitid, "($module, idtype, id, options, /)", "Waits for children: waitid_result, or None with WNOHANG.")
    NONE(times, "The times that the process and its children took, as times_result.")
    STATUS_KW(WCOREDUMP, "Whether the process left a core dump.")
    STATUS_KW(WIFCONTINUED, "Whether the process was continued from a stop.")
    STATUS_KW(WIFSTOPPED, "Whether the process was stopped.")
    STATUS_KW(WIFSIGNALED, "Whether the process was ended by a signal.")
    STATUS_KW(WIFEXITED, "Whether the process ended by exiting.")
    STATUS_KW(WEXITSTATUS, "What the process passed to exit().")
    STATUS_KW(WTERMSIG, "The signal that ended the process.")
    STATUS_KW(WSTOPSIG, "The signal that stopped the process.")
    STATUS_KW(waitstatus_to_exitcode, "A wait status as exit code; negative for signals.")
    {NULL}};

int posix_wait_init(PyObject *module)
{
    if (PyStructSequence_InitType2(&WaitidResult_Type, &waitid_desc) < 0 ||
        PyStructSequence_InitType2(&TimesResult_Type, &times_desc) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "waitid_result", (PyObject *)&WaitidResult_Type) < 0 ||
                   PyModule_AddObjectRef(module, "times_result", (PyObject *)&TimesResult_Type) < 0
               ? -1
               : 0;
}
