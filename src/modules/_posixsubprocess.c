/* _posixsubprocess: fork and exec in one, with only async-signal-safe calls in the child. */
#include "Python.h"
#include "memory/state.h"
#include "capi/fileutils.h"
#include "modules/posix/exec.h"
#include "modules/posix/posix.h"
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Everything that the child needs, made before the fork. */
typedef struct plan {
    char **programs, **argv, **envp; /* envp NULL: as it is */
    const char *cwd;                 /* or NULL */
    int p2c[2], c2p[2], err[2], errpipe_read, errpipe_write;
    int close_fds, restore_signals, new_session, set_umask, umask;
    pid_t pgid; /* -1: none */
    int *keep;  /* sorted descriptors that stay open */
    Py_ssize_t keep_count;
    int set_groups, set_gid, set_uid;
    gid_t *groups;
    Py_ssize_t group_count;
    gid_t gid;
    uid_t uid;
    PyObject *preexec; /* callable or NULL */
} Plan;

/* -- In the child -- */

/* Closes all from 3 on that are not kept. */
static void close_others(const Plan *p)
{
    int from = 3;
    for (Py_ssize_t i = 0; i < p->keep_count; i++) {
        if (p->keep[i] < from)
            continue;
        if (from < p->keep[i])
            _Py_closerange(from, p->keep[i] - 1);
        from = p->keep[i] + 1;
    }
    _Py_closerange(from, INT_MAX);
}

/* Descriptor fd becomes number target; a copy where they are the same must lose its close-on-exec flag. */
static int become(int fd, int target)
{
    if (fd == target)
        return _Py_set_inheritable_async_safe(fd, 1, NULL);
    return fd < 0 ? 0 : dup2(fd, target) < 0 ? -1 : 0;
}

static int set_up(Plan *p)
{
    for (Py_ssize_t i = 0; i < p->keep_count; i++)
        if (p->keep[i] != p->errpipe_write)
            _Py_set_inheritable_async_safe(p->keep[i], 1, NULL);
    if (p->p2c[1] >= 0)
        close(p->p2c[1]);
    if (p->c2p[0] >= 0)
        close(p->c2p[0]);
    if (p->err[0] >= 0)
        close(p->err[0]);
    close(p->errpipe_read);
    if (p->c2p[1] == 0 && (p->c2p[1] = dup(0)) < 0)
        return -1;
    while (p->err[1] == 0 || p->err[1] == 1)
        if ((p->err[1] = dup(p->err[1])) < 0)
            return -1;
    if (become(p->p2c[0], 0) < 0 || become(p->c2p[1], 1) < 0 || become(p->err[1], 2) < 0)
        return -1;
    if (p->cwd && chdir(p->cwd) < 0)
        return -1;
    if (p->set_umask)
        umask((mode_t)p->umask);
    if (p->restore_signals)
        _Py_RestoreSignals();
    if (p->new_session)
        setsid();
    if (p->pgid >= 0 && setpgid(0, p->pgid) < 0)
        return -1;
    if (p->set_groups && setgroups((size_t)p->group_count, p->groups) < 0)
        return -1;
    if (p->set_gid && setregid(p->gid, p->gid) < 0)
        return -1;
    if (p->set_uid && setreuid(p->uid, p->uid) < 0)
        return -1;
    return 0;
}

/* Tells the parent through the pipe: "OSError:errno in hex:where", or "SubprocessError:0:text". */
static void report(const Plan *p, int error, const char *where)
{
    char text[64], *out = text + sizeof text;
    const char *kind = error ? "OSError:" : "SubprocessError:0:";
    _Py_write_noraise(p->errpipe_write, kind, strlen(kind));
    if (error) {
        *--out = ':';
        for (unsigned e = (unsigned)error; e; e >>= 4)
            *--out = "0123456789ABCDEF"[e & 15];
        _Py_write_noraise(p->errpipe_write, out, (size_t)(text + sizeof text - out));
    }
    _Py_write_noraise(p->errpipe_write, where, strlen(where));
}

_Py_NO_RETURN static void child(Plan *p)
{
    if (set_up(p) < 0) {
        report(p, errno, "noexec"); /* the program was never reached */
        _exit(255);
    }
    if (p->preexec) {
        PyObject *result = PyObject_CallNoArgs(p->preexec);
        if (!result) {
            report(p, 0, "Exception occurred in preexec_fn.");
            _exit(255);
        }
        Py_DECREF(result);
    }
    if (p->close_fds)
        close_others(p);
    int error = 0;
    for (char **program = p->programs; *program; program++) {
        if (p->envp)
            execve(*program, p->argv, p->envp);
        else
            execv(*program, p->argv);
        if (errno != ENOENT && errno != ENOTDIR && error == 0)
            error = errno;
    }
    report(p, error ? error : errno, "");
    _exit(255);
}

/* -- In the parent -- */

static int compare_ints(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

/* A sequence of str or bytes as C strings; NULL with an exception. */
static char **string_list(PyObject *sequence)
{
    PyObject *items = PySequence_Fast(sequence, "argv must be a tuple");
    if (!items)
        return NULL;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(items);
    char **list = PyMem_Calloc(n + 1, sizeof(char *));
    if (!list)
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; list && i < n; i++) {
        PyObject *bytes;
        if (PyUnicode_FSConverter(PySequence_Fast_GET_ITEM(items, i), &bytes)) {
            if ((list[i] = PyMem_Malloc(PyBytes_GET_SIZE(bytes) + 1)))
                memcpy(list[i], PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes) + 1);
            else
                PyErr_NoMemory();
            Py_DECREF(bytes);
        }
        if (!list[i]) {
            strings_free(list);
            list = NULL;
        }
    }
    Py_DECREF(items);
    return list;
}

/* fds_to_keep: a sorted tuple of descriptors without repetition. */
static int keep_list(Plan *p, PyObject *tuple)
{
    p->keep_count = PyTuple_GET_SIZE(tuple);
    p->keep = PyMem_New(int, p->keep_count + 1);
    if (!p->keep) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < p->keep_count; i++) {
        PyObject *item = PyTuple_GET_ITEM(tuple, i);
        int fd = PyLong_Check(item) ? _PyLong_AsInt(item) : -1;
        if (fd < 0 || (i && fd <= p->keep[i - 1])) {
            PyErr_Clear();
            PyErr_SetString(PyExc_ValueError, "bad value(s) in fds_to_keep");
            return -1;
        }
        p->keep[i] = fd;
    }
    qsort(p->keep, p->keep_count, sizeof(int), compare_ints);
    return 0;
}

static int group_list(Plan *p, PyObject *groups)
{
    if (groups == Py_None)
        return 0;
    if (!PyList_Check(groups)) {
        PyErr_SetString(PyExc_TypeError, "setgroups argument must be a list");
        return -1;
    }
    p->group_count = PyList_GET_SIZE(groups);
    p->groups = PyMem_New(gid_t, p->group_count + 1);
    if (!p->groups) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < p->group_count; i++) {
        PyObject *item = PyList_GET_ITEM(groups, i);
        if (!PyLong_Check(item)) {
            PyErr_SetString(PyExc_TypeError, "groups must be integers");
            return -1;
        }
        if (!gid_convert(item, &p->groups[i])) {
            PyErr_Clear();
            PyErr_SetString(PyExc_ValueError, "invalid group id");
            return -1;
        }
    }
    p->set_groups = 1;
    return 0;
}

static pid_t start(Plan *p)
{
    sigset_t all, old;
    if (p->preexec)
        PyOS_BeforeFork();
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    pid_t pid = fork();
    int error = errno;
    if (pid == 0) {
        pthread_sigmask(SIG_SETMASK, &old, NULL);
        if (p->preexec)
            PyOS_AfterFork_Child();
        child(p);
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (p->preexec)
        PyOS_AfterFork_Parent();
    errno = error;
    return pid;
}

static PyObject *fork_exec(PyObject *module, PyObject *args)
{
    PyObject *process_args, *executables, *keep, *cwd_object, *environment, *pgid, *groups, *gid, *uid, *preexec;
    PyObject *cwd = NULL, *result = NULL;
    int vfork;
    Plan p = {.pgid = -1};
    if (!PyArg_ParseTuple(args, "OOpO!OOiiiiiiiiiiOOOOiOp:fork_exec", &process_args, &executables, &p.close_fds,
                          &PyTuple_Type, &keep, &cwd_object, &environment, &p.p2c[0], &p.p2c[1], &p.c2p[0], &p.c2p[1],
                          &p.err[0], &p.err[1], &p.errpipe_read, &p.errpipe_write, &p.restore_signals, &p.new_session,
                          &pgid, &gid, &groups, &uid, &p.umask, &preexec, &vfork))
        return NULL;
    if (p.close_fds && p.errpipe_write < 3) {
        PyErr_SetString(PyExc_ValueError, "errpipe_write must be >= 3");
        return NULL;
    }
    if (preexec != Py_None && interp_current() != _PyRuntime.main_interpreter) {
        PyErr_SetString(PyExc_RuntimeError, "preexec_fn not supported within subinterpreters");
        return NULL;
    }
    if (interp_current()->isolated) {
        PyErr_SetString(PyExc_RuntimeError, "subprocess not supported for isolated subinterpreters");
        return NULL;
    }
    p.preexec = preexec == Py_None ? NULL : preexec;
    p.set_umask = p.umask >= 0;
    if (keep_list(&p, keep) < 0 || !(p.programs = string_list(executables)) ||
        (process_args != Py_None && !(p.argv = string_list(process_args))) ||
        (environment != Py_None && !(p.envp = string_list(environment))) || group_list(&p, groups) < 0)
        goto done;
    if (pgid != Py_None) {
        p.pgid = _PyLong_AsInt(pgid);
        if (p.pgid == -1 && PyErr_Occurred())
            goto done;
    }
    if (gid != Py_None && !(p.set_gid = gid_convert(gid, &p.gid)))
        goto done;
    if (uid != Py_None && !(p.set_uid = uid_convert(uid, &p.uid)))
        goto done;
    if (cwd_object != Py_None) {
        if (!PyUnicode_FSConverter(cwd_object, &cwd))
            goto done;
        p.cwd = PyBytes_AS_STRING(cwd);
    }
    pid_t pid = start(&p);
    result = pid < 0 ? PyErr_SetFromErrno(PyExc_OSError) : PyLong_FromLong(pid);
done:
    strings_free(p.programs);
    strings_free(p.argv);
    strings_free(p.envp);
    PyMem_Free(p.keep);
    PyMem_Free(p.groups);
    Py_XDECREF(cwd);
    return result;
}

static PyMethodDef methods[] = {
    {"fork_exec", fork_exec, METH_VARARGS,
     "fork_exec(args, executable_list, close_fds, pass_fds, cwd, env,\n          p2cread, p2cwrite, c2pread, c2pwrite,\n"
     "          errread, errwrite, errpipe_read, errpipe_write,\n          restore_signals, call_setsid, pgid_to_set,\n"
     "          gid, extra_groups, uid, umask, preexec_fn, allow_vfork)\n\n"
     "Starts a program for subprocess.Popen: its process number; errors before exec come through errpipe_write."},
    {NULL}};
static PyModuleDef_Slot slots[] = {{0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_posixsubprocess", "A helper of the subprocess module.", 0, methods, slots};

PyMODINIT_FUNC PyInit__posixsubprocess(void) { return PyModuleDef_Init(&definition); }
