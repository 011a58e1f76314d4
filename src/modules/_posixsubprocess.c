/* Module _posixsubprocess: fork and exec, as the module subprocess needs them.
 *
 * After the fork the child touches no Python object (unless there is a preexec_fn): all arguments are C strings and
 * numbers by then.  What goes wrong in the child is written to a pipe as "CLASS:ERRNO:TEXT", errno in hex. */
#define PY_SSIZE_T_CLEAN
#include "Python.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define MAX_GROUPS 65536

typedef struct {
    char **argv, **executables, **env;  /* end in NULL; env may be NULL */
    int *keep, nkeep;                   /* sorted descriptors that stay open */
    const char *cwd;
    int p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write;
    int close_fds, restore_signals, call_setsid, umask;
    pid_t pgid;
    int set_gid, set_uid, set_groups, ngroups;
    gid_t gid, *groups;
    uid_t uid;
    PyObject *preexec_fn;               /* borrowed or NULL */
} Child;

/* ---- arguments ---- */

static void free_strings(char **strings)
{
    for (char **s = strings; s && *s; s++)
        PyMem_Free(*s);
    PyMem_Free(strings);
}

/* The file-system encoded items of a sequence, ended by NULL; NULL with an exception set. */
static char **string_array(PyObject *sequence)
{
    PyObject *items = PySequence_Tuple(sequence);
    char **strings = items ? PyMem_Calloc(PyTuple_GET_SIZE(items) + 1, sizeof *strings) : NULL;
    if (items && !strings)
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; strings && i < PyTuple_GET_SIZE(items); i++) {
        PyObject *bytes;
        char *copy = NULL;
        if (PyUnicode_FSConverter(PyTuple_GET_ITEM(items, i), &bytes)) {
            copy = PyMem_Malloc(PyBytes_GET_SIZE(bytes) + 1);
            if (copy)
                memcpy(copy, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes) + 1);
            else
                PyErr_NoMemory();
            Py_DECREF(bytes);
        }
        if (!copy) {
            free_strings(strings);
            strings = NULL;
        }
        else
            strings[i] = copy;
    }
    Py_XDECREF(items);
    return strings;
}

static int take_fds(Child *c, PyObject *tuple)
{
    long last = -1;
    c->nkeep = (int)PyTuple_GET_SIZE(tuple);
    c->keep = PyMem_Calloc(c->nkeep + 1, sizeof *c->keep);
    if (!c->keep) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < c->nkeep; i++) {
        PyObject *item = PyTuple_GET_ITEM(tuple, i);
        long fd = PyLong_Check(item) ? PyLong_AsLong(item) : -1;
        if (fd < 0 || fd <= last || fd > INT_MAX) {
            PyErr_Clear();
            PyErr_SetString(PyExc_ValueError, "bad value(s) in fds_to_keep");
            return -1;
        }
        c->keep[i] = (int)(last = fd);
    }
    return 0;
}

/* A user or group id: 0, or -1 with an exception set. */
static int take_id(PyObject *o, unsigned *id, const char *what)
{
    long n = PyLong_Check(o) ? PyLong_AsLong(o) : -2;
    if (n == -2 && !PyErr_Occurred())
        PyErr_Format(PyExc_TypeError, "%s should be integer, not %s", what, Py_TYPE(o)->tp_name);
    if (PyErr_Occurred())
        return -1;
    if (n < -1 || n > (long)UINT_MAX) {
        PyErr_Format(PyExc_OverflowError, "%s is %s", what, n < 0 ? "less than minimum" : "greater than maximum");
        return -1;
    }
    *id = (unsigned)n;
    return 0;
}

static int take_groups(Child *c, PyObject *list)
{
    if (!PyList_Check(list)) {
        PyErr_SetString(PyExc_TypeError, "setgroups argument must be a list");
        return -1;
    }
    if (PyList_GET_SIZE(list) > MAX_GROUPS) {
        PyErr_SetString(PyExc_ValueError, "too many extra_groups");
        return -1;
    }
    c->set_groups = 1;
    c->ngroups = (int)PyList_GET_SIZE(list);
    c->groups = PyMem_Calloc(c->ngroups + 1, sizeof *c->groups);
    if (!c->groups) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < c->ngroups; i++)
        if (take_id(PyList_GET_ITEM(list, i), &c->groups[i], "gid") < 0)
            return -1;
    return 0;
}

/* ---- in the child: no Python objects ---- */

static int set_inheritable(int fd)
{
    int flags = fcntl(fd, F_GETFD);
    return flags < 0 ? -1 : fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
}

static void close_span(int first, int last)
{
    if (first > last)
        return;
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, (unsigned)last, 0) == 0)
        return;
#endif
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > 65536)
        limit = 65536;
    for (int fd = first; fd <= last && fd < limit; fd++)
        close(fd);
}

static void close_all_but(const Child *c)
{
    int first = 3;
    for (int i = 0; i < c->nkeep; i++) {
        if (c->keep[i] < first)
            continue;
        close_span(first, c->keep[i] - 1);
        first = c->keep[i] + 1;
    }
    close_span(first, INT_MAX);
}

/* Makes `from` the descriptor `to`; it stays as it is when it is the same one.  0 or -1. */
static int redirect(int from, int to)
{
    if (from == to)
        return set_inheritable(from);
    return from == -1 ? 0 : dup2(from, to) < 0 ? -1 : 0;
}

static int set_up_descriptors(Child *c)
{
    for (int i = 0; i < c->nkeep; i++)
        if (c->keep[i] != c->errpipe_write && set_inheritable(c->keep[i]) < 0)
            return -1;
    if (c->p2cwrite != -1)
        close(c->p2cwrite);
    if (c->c2pread != -1)
        close(c->c2pread);
    if (c->errread != -1)
        close(c->errread);
    close(c->errpipe_read);
    /* A descriptor that will be overwritten by another is moved out of the way first. */
    if (c->c2pwrite == 0 && (c->c2pwrite = dup(c->c2pwrite)) < 0)
        return -1;
    while (c->errwrite == 0 || c->errwrite == 1)
        if ((c->errwrite = dup(c->errwrite)) < 0)
            return -1;
    return redirect(c->p2cread, 0) < 0 || redirect(c->c2pwrite, 1) < 0 || redirect(c->errwrite, 2) < 0 ? -1 : 0;
}

static int set_up_process(const Child *c)
{
    if (c->cwd && chdir(c->cwd) < 0)
        return -1;
    if (c->umask >= 0)
        umask((mode_t)c->umask);
    if (c->restore_signals) {
        signal(SIGPIPE, SIG_DFL);
        signal(SIGXFSZ, SIG_DFL);
    }
    if (c->call_setsid && setsid() < 0)
        return -1;
    if (c->pgid >= 0 && setpgid(0, c->pgid) < 0)
        return -1;
    if (c->set_groups && setgroups((size_t)c->ngroups, c->groups) < 0)
        return -1;
    if (c->set_gid && setregid(c->gid, c->gid) < 0)
        return -1;
    return c->set_uid && setreuid(c->uid, c->uid) < 0 ? -1 : 0;
}

static void report(int fd, const char *text)
{
    size_t size = strlen(text);
    while (size) {
        ssize_t n = write(fd, text, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        text += n;
        size -= (size_t)n;
    }
}

static void report_errno(int fd, int number, const char *what)
{
    char text[48] = "OSError:", *p = text + 8, digits[16];
    int n = 0;
    do {
        digits[n++] = "0123456789abcdef"[number & 15];
        number >>= 4;
    } while (number);
    while (n)
        *p++ = digits[--n];
    *p++ = ':';
    strcpy(p, what);
    report(fd, text);
}

/* Tries each executable; returns the errno to report. */
static int execute(const Child *c)
{
    int saved = 0;
    for (char **path = c->executables; *path; path++) {
        if (c->env)
            execve(*path, c->argv, c->env);
        else
            execv(*path, c->argv);
        if (errno != ENOENT && errno != ENOTDIR && !saved)
            saved = errno;
    }
    return saved ? saved : errno;
}

static void run_child(Child *c)
{
    if (set_up_descriptors(c) < 0 || set_up_process(c) < 0) {
        report_errno(c->errpipe_write, errno, "noexec");
        return;
    }
    if (c->preexec_fn) {
        PyObject *result = PyObject_CallNoArgs(c->preexec_fn);
        if (!result) {
            report(c->errpipe_write, "SubprocessError:0:Exception occurred in preexec_fn.");
            return;
        }
        Py_DECREF(result);
    }
    if (c->close_fds)
        close_all_but(c);
    int error = execute(c);
    report_errno(c->errpipe_write, error, "");
}

/* ---- the function ---- */

static PyObject *fork_child(Child *c)
{
    if (c->preexec_fn)
        PyOS_BeforeFork();
    pid_t pid = fork();
    if (pid == 0) {
        if (c->preexec_fn)
            PyOS_AfterFork_Child();
        run_child(c);
        _exit(255);
    }
    int error = errno;
    if (c->preexec_fn)
        PyOS_AfterFork_Parent();
    if (pid < 0) {
        errno = error;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyLong_FromLong((long)pid);
}

static int fill(Child *c, PyObject *args, PyObject *executables, PyObject *keep, PyObject *env, PyObject *gid,
                PyObject *groups, PyObject *uid)
{
    if (c->close_fds && c->errpipe_write < 3) {
        PyErr_SetString(PyExc_ValueError, "errpipe_write must be >= 3");
        return -1;
    }
    if (take_fds(c, keep) < 0 || !(c->executables = string_array(executables)) || !(c->argv = string_array(args)))
        return -1;
    if (env != Py_None && !(c->env = string_array(env)))
        return -1;
    if (groups != Py_None && take_groups(c, groups) < 0)
        return -1;
    if (gid != Py_None && (c->set_gid = 1) && take_id(gid, &c->gid, "gid") < 0)
        return -1;
    return uid != Py_None && (c->set_uid = 1) && take_id(uid, &c->uid, "uid") < 0 ? -1 : 0;
}

static PyObject *fork_exec(PyObject *module, PyObject *args)
{
    Child c = {0};
    PyObject *argv, *executables, *keep, *cwd, *env, *gid, *groups, *uid, *preexec, *cwd_bytes = NULL, *result = NULL;
    int pgid, allow_vfork;
    if (!PyArg_ParseTuple(args, "OOpO!OOiiiiiiiippiOOOiOp:fork_exec", &argv, &executables, &c.close_fds, &PyTuple_Type,
                          &keep, &cwd, &env, &c.p2cread, &c.p2cwrite, &c.c2pread, &c.c2pwrite, &c.errread,
                          &c.errwrite, &c.errpipe_read, &c.errpipe_write, &c.restore_signals, &c.call_setsid, &pgid,
                          &gid, &groups, &uid, &c.umask, &preexec, &allow_vfork))
        return NULL;
    c.pgid = pgid;
    c.preexec_fn = preexec == Py_None ? NULL : preexec;
    if (cwd != Py_None) {
        if (!PyUnicode_FSConverter(cwd, &cwd_bytes))
            return NULL;
        c.cwd = PyBytes_AS_STRING(cwd_bytes);
    }
    int collecting = c.preexec_fn ? PyGC_Disable() : 0;
    if (fill(&c, argv, executables, keep, env, gid, groups, uid) == 0)
        result = fork_child(&c);
    if (collecting)
        PyGC_Enable();
    free_strings(c.argv);
    free_strings(c.executables);
    free_strings(c.env);
    PyMem_Free(c.keep);
    PyMem_Free(c.groups);
    Py_XDECREF(cwd_bytes);
    return result;
}

static PyMethodDef methods[] = {
    {"fork_exec", fork_exec, METH_VARARGS,
     "fork_exec(args, executable_list, close_fds, pass_fds, cwd, env,\n          p2cread, p2cwrite, c2pread, c2pwrite,\n"
     "          errread, errwrite, errpipe_read, errpipe_write,\n          restore_signals, call_setsid, pgid_to_set,\n"
     "          gid, groups_list, uid,\n          preexec_fn)\n\n"
     "Starts a program in a new process; its number.  What fails in the child is written to errpipe_write."},
    {NULL}
};

static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "_posixsubprocess", "A POSIX helper for the subprocess module.",
                                        0, methods};

PyMODINIT_FUNC PyInit__posixsubprocess(void) { return PyModuleDef_Init(&module_def); }
