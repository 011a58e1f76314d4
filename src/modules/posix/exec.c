/* posix: replacing the program, and starting another. */
#include "modules/posix/posix.h"
#include "modules/posix/exec.h"
#include "runtime/lifecycle.h"
#include <sched.h>
#include <signal.h>
#include <spawn.h>

/* -- Lists of C strings -- */

void strings_free(char **list)
{
    for (char **p = list; p && *p; p++)
        PyMem_Free(*p);
    PyMem_Free(list);
}

/* A copy of a str or bytes path; NULL with an exception. */
static char *copy_string(PyObject *o)
{
    PyObject *bytes;
    if (!PyUnicode_FSConverter(o, &bytes))
        return NULL;
    char *copy = PyMem_Malloc(PyBytes_GET_SIZE(bytes) + 1);
    if (copy)
        memcpy(copy, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes) + 1);
    else
        PyErr_NoMemory();
    Py_DECREF(bytes);
    return copy;
}

/* argv of a list or tuple that must not be empty. */
static char **arguments_from(PyObject *argv, const char *function)
{
    if (!PyList_Check(argv) && !PyTuple_Check(argv)) {
        PyErr_Format(PyExc_TypeError, "%s%s must be a tuple or list", function, function[4] ? ": argv" : "() arg 2");
        return NULL;
    }
    Py_ssize_t n = PySequence_Size(argv);
    if (n < 1) {
        PyErr_Format(PyExc_ValueError, "%s%s must not be empty", function, strcmp(function, "execv") ? ": argv" : "() arg 2");
        return NULL;
    }
    char **list = PyMem_Calloc(n + 1, sizeof(char *));
    if (!list) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *item = PySequence_GetItem(argv, i);
        list[i] = item ? copy_string(item) : NULL;
        Py_XDECREF(item);
        if (!list[i]) {
            strings_free(list);
            return NULL;
        }
    }
    if (!list[0][0]) {
        PyErr_Format(PyExc_ValueError, "%s%s first element cannot be empty", function,
                     strcmp(function, "execv") ? ": argv" : "() arg 2");
        strings_free(list);
        return NULL;
    }
    return list;
}

/* "name=value" of a pair of str or bytes. */
static char *variable(PyObject *key, PyObject *value)
{
    PyObject *k = NULL, *v = NULL;
    char *text = NULL;
    if (PyUnicode_FSConverter(key, &k) && PyUnicode_FSConverter(value, &v)) {
        const char *name = PyBytes_AS_STRING(k);
        if (!*name || strchr(name + 1, '='))
            PyErr_SetString(PyExc_ValueError, "illegal environment variable name");
        else if ((text = PyMem_Malloc(PyBytes_GET_SIZE(k) + PyBytes_GET_SIZE(v) + 2)))
            sprintf(text, "%s=%s", name, PyBytes_AS_STRING(v));
        else
            PyErr_NoMemory();
    }
    Py_XDECREF(k);
    Py_XDECREF(v);
    return text;
}

static char **environment_from(PyObject *env)
{
    PyObject *keys = PyMapping_Keys(env), *values = keys ? PyMapping_Values(env) : NULL;
    char **list = NULL;
    if (!values)
        goto done;
    Py_ssize_t n = PyList_GET_SIZE(keys);
    if (PyList_GET_SIZE(values) != n) {
        PyErr_SetString(PyExc_TypeError, "env.keys() and env.values() differ in length");
        goto done;
    }
    list = PyMem_Calloc(n + 1, sizeof(char *));
    if (!list)
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; list && i < n; i++)
        if (!(list[i] = variable(PyList_GET_ITEM(keys, i), PyList_GET_ITEM(values, i)))) {
            strings_free(list);
            list = NULL;
        }
done:
    Py_XDECREF(keys);
    Py_XDECREF(values);
    return list;
}

/* -- exec -- */

static PyObject *posix_execv(POSARGS)
{
    Path path = PATH("execv", "path", 0, 0);
    PyObject *argv;
    if (!PyArg_ParseTuple(args, "O&O:execv", path_convert, &path, &argv))
        return NULL;
    char **list = arguments_from(argv, "execv");
    if (list && AUDIT("os.exec", "OOO", path.object, argv, Py_None)) {
        if (access(path.text, X_OK) == 0)
            runtime_leaves();
        execv(path.text, list);
        posix_error();
    }
    strings_free(list);
    path_done(&path);
    return NULL;
}

static PyObject *posix_execve(KWARGS)
{
    KEYWORDS("path", "argv", "env");
    Path path = PATH("execve", "path", 0, 1);
    PyObject *argv, *env;
    if (!PARSE("O&OO:execve", path_convert, &path, &argv, &env))
        return NULL;
    char **list = arguments_from(argv, "execve"), **variables = NULL;
    if (list && !PyMapping_Check(env))
        PyErr_SetString(PyExc_TypeError, "execve: environment must be a mapping object");
    else if (list && (variables = environment_from(env)) && AUDIT("os.exec", "OOO", path.object, argv, env)) {
        if (path.fd >= 0 || access(path.text, X_OK) == 0)
            runtime_leaves();
        if (path.fd >= 0)
            fexecve(path.fd, list, variables);
        else
            execve(path.text, list, variables);
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path.object);
    }
    strings_free(list);
    strings_free(variables);
    path_done(&path);
    return NULL;
}

/* -- posix_spawn -- */

static int add_open(posix_spawn_file_actions_t *actions, PyObject *item, PyObject *keep)
{
    int tag, fd, flags;
    unsigned long mode;
    PyObject *path;
    if (!PyArg_ParseTuple(item, "iiO&ik;A open file_action tuple must have 5 elements", &tag, &fd, PyUnicode_FSConverter,
                          &path, &flags, &mode))
        return -1;
    int status = PyList_Append(keep, path);
    Py_DECREF(path);
    if (status == 0 && (errno = posix_spawn_file_actions_addopen(actions, fd, PyBytes_AS_STRING(path), flags, mode))) {
        posix_error();
        status = -1;
    }
    return status;
}

/* The items of file_actions; keep holds the names as long as they are needed.  0, or -1 with an exception. */
static int fill_actions(posix_spawn_file_actions_t *actions, PyObject *sequence, PyObject *keep)
{
    PyObject *items = PySequence_Fast(sequence, "file_actions must be a sequence or None");
    int status = items ? 0 : -1;
    for (Py_ssize_t i = 0; status == 0 && i < PySequence_Fast_GET_SIZE(items); i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(items, i);
        int tag, fd, fd2;
        if (!PyTuple_Check(item) || !PyTuple_GET_SIZE(item)) {
            PyErr_SetString(PyExc_TypeError, "Each file_actions element must be a non-empty tuple");
            status = -1;
            break;
        }
        tag = _PyLong_AsInt(PyTuple_GET_ITEM(item, 0));
        if (tag == -1 && PyErr_Occurred())
            status = -1;
        else if (tag == 0) /* POSIX_SPAWN_OPEN */
            status = add_open(actions, item, keep);
        else if (tag == 1) { /* POSIX_SPAWN_CLOSE */
            if (!PyArg_ParseTuple(item, "ii;A close file_action tuple must have 2 elements", &tag, &fd))
                status = -1;
            else if ((errno = posix_spawn_file_actions_addclose(actions, fd)))
                status = (posix_error(), -1);
        }
        else if (tag == 2) { /* POSIX_SPAWN_DUP2 */
            if (!PyArg_ParseTuple(item, "iii;A dup2 file_action tuple must have 3 elements", &tag, &fd, &fd2))
                status = -1;
            else if ((errno = posix_spawn_file_actions_adddup2(actions, fd, fd2)))
                status = (posix_error(), -1);
        }
        else {
            PyErr_SetString(PyExc_TypeError, "Unknown file_actions identifier");
            status = -1;
        }
    }
    Py_XDECREF(items);
    return status;
}

/* The spawn attributes of the keyword arguments (NULL: not given).  0, or -1 with an exception. */
static int fill_attributes(posix_spawnattr_t *a, PyObject *setpgroup, int resetids, int setsid, PyObject *setsigmask,
                           PyObject *setsigdef, PyObject *scheduler, const char *function)
{
    short flags = (resetids ? POSIX_SPAWN_RESETIDS : 0) | (setsid ? POSIX_SPAWN_SETSID : 0);
    sigset_t set;
    if (setpgroup) {
        int group = _PyLong_AsInt(setpgroup);
        if (group == -1 && PyErr_Occurred())
            return -1;
        posix_spawnattr_setpgroup(a, group);
        flags |= POSIX_SPAWN_SETPGROUP;
    }
    if (setsigmask) {
        if (!_Py_Sigset_Converter(setsigmask, &set))
            return -1;
        posix_spawnattr_setsigmask(a, &set);
        flags |= POSIX_SPAWN_SETSIGMASK;
    }
    if (setsigdef) {
        if (!_Py_Sigset_Converter(setsigdef, &set))
            return -1;
        posix_spawnattr_setsigdefault(a, &set);
        flags |= POSIX_SPAWN_SETSIGDEF;
    }
    if (scheduler) {
        PyObject *policy;
        struct sched_param param;
        if (!PyArg_ParseTuple(scheduler, "OO&;A scheduler tuple must have two elements", &policy, sched_param_convert, &param))
            return -1;
        if (policy != Py_None) {
            int p = _PyLong_AsInt(policy);
            if (p == -1 && PyErr_Occurred())
                return -1;
            posix_spawnattr_setschedpolicy(a, p);
            flags |= POSIX_SPAWN_SETSCHEDULER;
        }
        posix_spawnattr_setschedparam(a, &param);
        flags |= POSIX_SPAWN_SETSCHEDPARAM;
    }
    if ((errno = posix_spawnattr_setflags(a, flags)))
        return posix_error(), -1;
    return 0;
}

static PyObject *spawn(PyObject *args, PyObject *kwargs, int search, const char *function, const char *format)
{
    KEYWORDS("", "", "", "file_actions", "setpgroup", "resetids", "setsid", "setsigmask", "setsigdef", "scheduler");
    Path path = PATH(function, "path", 0, 0);
    PyObject *argv, *env, *file_actions = NULL, *setpgroup = NULL, *setsigmask = NULL, *setsigdef = NULL, *scheduler = NULL;
    int resetids = 0, setsid = 0;
    if (!PARSE(format, path_convert, &path, &argv, &env, &file_actions, &setpgroup, &resetids, &setsid, &setsigmask,
               &setsigdef, &scheduler))
        return NULL;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char **list = NULL, **variables = NULL;
    PyObject *result = NULL, *keep = PyList_New(0);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    if (!keep || !(list = arguments_from(argv, function)))
        goto done;
    if (!PyMapping_Check(env) && env != Py_None) {
        PyErr_Format(PyExc_TypeError, "%s: environment must be a mapping object", function);
        goto done;
    }
    if ((env != Py_None && !(variables = environment_from(env))) ||
        (file_actions && file_actions != Py_None && fill_actions(&actions, file_actions, keep) < 0) ||
        fill_attributes(&attributes, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler, function) < 0 ||
        !AUDIT("os.posix_spawn", "OOO", path.object, argv, env))
        goto done;
    pid_t pid;
    int error = UNLOCKED((search ? posix_spawnp : posix_spawn)(&pid, path.text, &actions, &attributes, list,
                                                                variables ? variables : environ));
    if (error) {
        errno = error;
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path.object);
    }
    else
        result = PyLong_FromLong(pid);
done:
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    strings_free(list);
    strings_free(variables);
    Py_XDECREF(keep);
    path_done(&path);
    return result;
}
static PyObject *posix_posix_spawn(KWARGS)
{
    return spawn(args, kwargs, 0, "posix_spawn", "O&OO|$OOiiOOO:posix_spawn");
}
static PyObject *posix_posix_spawnp(KWARGS)
{
    return spawn(args, kwargs, 1, "posix_spawnp", "O&OO|$OOiiOOO:posix_spawnp");
}

#define SPAWN_SIGNATURE(pad) \
    "($module, path, argv, env, /, *, file_actions=(),\n" pad "setpgroup=<unrepresentable>, resetids=False, setsid=False,\n" \
    pad "setsigmask=(), setsigdef=(), scheduler=<unrepresentable>)"

PyMethodDef posix_exec_methods[] = {
    POS(execv, "($module, path, argv, /)", "Runs a program in place of this one.")
    KW(execve, "($module, /, path, argv, env)", "Runs a program in place of this one, in an environment.")
    KW(posix_spawn, SPAWN_SIGNATURE("            "), "Starts a program in a new process: its number.")
    KW(posix_spawnp, SPAWN_SIGNATURE("             "), "The same, the program searched for in PATH.")
    {NULL}};
