/* posix: the system and its settings — environment, name, randomness, processors, terminal size. */
#include "modules/posix/posix.h"
#include "capi/fileutils.h"
#include "capi/structseq.h"
#include "objects/object.h"
#include "modules/posix/exec.h"
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/utsname.h>

static PyTypeObject TerminalSize_Type, UnameResult_Type;

static PyStructSequence_Field size_fields[] = {{"columns", "width of the terminal window in characters"},
                                               {"lines", "height of the terminal window in characters"},
                                               {NULL}};
static PyStructSequence_Desc size_desc = {"os.terminal_size", "A tuple of (columns, lines) for holding terminal window size",
                                          size_fields, 2};
static PyStructSequence_Field uname_fields[] = {{"sysname", "operating system name"},
                                                {"nodename", "name of machine on network (implementation-defined)"},
                                                {"release", "operating system release"},
                                                {"version", "operating system version"},
                                                {"machine", "hardware identifier"},
                                                {NULL}};
static PyStructSequence_Desc uname_desc = {"posix.uname_result",
                                           "uname_result: What uname() tells:\n(sysname, nodename, release, version, machine).",
                                           uname_fields, 5};

/* -- Environment -- */

/* The process's variables as a dict of bytes. */
static PyObject *environment_dict(void)
{
    PyObject *dict = PyDict_New();
    for (char **p = environ; dict && p && *p; p++) {
        const char *equals = strchr(*p, '=');
        if (!equals)
            continue;
        PyObject *key = PyBytes_FromStringAndSize(*p, equals - *p), *value = PyBytes_FromString(equals + 1);
        if (!key || !value || !PyDict_SetDefault(dict, key, value))
            Py_CLEAR(dict);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    return dict;
}

static PyObject *posix_putenv(POSARGS)
{
    PyObject *name, *value;
    if (!PyArg_ParseTuple(args, "O&O&:putenv", PyUnicode_FSConverter, &name, PyUnicode_FSConverter, &value))
        return NULL;
    PyObject *result = NULL;
    if (strchr(PyBytes_AS_STRING(name), '='))
        PyErr_SetString(PyExc_ValueError, "illegal environment variable name");
    else if (AUDIT("os.putenv", "OO", name, value))
        result = posix_done(setenv(PyBytes_AS_STRING(name), PyBytes_AS_STRING(value), 1));
    Py_DECREF(name);
    Py_DECREF(value);
    return result;
}

static PyObject *posix_unsetenv(ONEARG)
{
    PyObject *name;
    if (!PyUnicode_FSConverter(arg, &name))
        return NULL;
    PyObject *result = AUDIT("os.unsetenv", "(O)", name) ? posix_done(unsetenv(PyBytes_AS_STRING(name))) : NULL;
    Py_DECREF(name);
    return result;
}

/* -- About the system -- */

static PyObject *posix_uname(NOARGS)
{
    struct utsname u;
    if (UNLOCKED(uname(&u)) < 0)
        return posix_error();
    PyObject *result = PyStructSequence_New(&UnameResult_Type);
    if (!result)
        return NULL;
    const char *const values[] = {u.sysname, u.nodename, u.release, u.version, u.machine};
    for (int i = 0; i < 5; i++)
        PyStructSequence_SET_ITEM(result, i, PyUnicode_DecodeFSDefault(values[i]));
    if (PyErr_Occurred())
        Py_CLEAR(result);
    return result;
}

static PyObject *posix_strerror(ONEARG)
{
    int code = _PyLong_AsInt(arg);
    if (code == -1 && PyErr_Occurred())
        return NULL;
    return PyUnicode_DecodeLocale(strerror(code), "surrogateescape");
}

static PyObject *posix_umask(ONEARG)
{
    int mask = _PyLong_AsInt(arg);
    if (mask == -1 && PyErr_Occurred())
        return NULL;
    return PyLong_FromLong((long)umask((mode_t)mask));
}

static PyObject *posix_cpu_count(NOARGS)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    if (n >= 1)
        return PyLong_FromLong(n);
    Py_RETURN_NONE;
}

static PyObject *posix_getloadavg(NOARGS)
{
    double load[3];
    if (getloadavg(load, 3) != 3) {
        PyErr_SetString(PyExc_OSError, "Load averages are unobtainable");
        return NULL;
    }
    return Py_BuildValue("(ddd)", load[0], load[1], load[2]);
}

static PyObject *posix_get_terminal_size(POSARGS)
{
    int fd = STDOUT_FILENO;
    struct winsize w;
    if (!PyArg_ParseTuple(args, "|i:get_terminal_size", &fd))
        return NULL;
    if (ioctl(fd, TIOCGWINSZ, &w) < 0)
        return posix_error();
    PyObject *result = PyStructSequence_New(&TerminalSize_Type);
    if (!result)
        return NULL;
    PyStructSequence_SET_ITEM(result, 0, PyLong_FromLong(w.ws_col));
    PyStructSequence_SET_ITEM(result, 1, PyLong_FromLong(w.ws_row));
    if (PyErr_Occurred())
        Py_CLEAR(result);
    return result;
}

static PyObject *posix_fspath(KWARGS)
{
    KEYWORDS("path");
    PyObject *path;
    return PARSE("O:fspath", &path) ? PyOS_FSPath(path) : NULL;
}

static PyObject *posix__path_normpath(KWARGS)
{
    KEYWORDS("path");
    PyObject *path;
    if (!PARSE("O:_path_normpath", &path))
        return NULL;
    Py_ssize_t n;
    wchar_t *text = PyUnicode_AsWideCharString(path, &n);
    if (!text)
        return NULL;
    PyObject *result = n == 0 ? PyUnicode_FromOrdinal('.') : PyUnicode_FromWideChar(text, fileutils_normalise(text, n));
    PyMem_Free(text);
    return result;
}

/* -- Randomness -- */

static PyObject *posix_urandom(ONEARG)
{
    Py_ssize_t size = number_argument(arg);
    if (size == -1 && PyErr_Occurred())
        return NULL;
    if (size < 0) {
        PyErr_SetString(PyExc_ValueError, "negative argument not allowed");
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (bytes && _PyOS_URandom(PyBytes_AS_STRING(bytes), size) < 0)
        Py_CLEAR(bytes);
    return bytes;
}

static PyObject *posix_getrandom(KWARGS)
{
    KEYWORDS("size", "flags");
    Py_ssize_t size;
    int flags = 0;
    if (!PARSE("n|i:getrandom", &size, &flags))
        return NULL;
    if (size < 0) {
        errno = EINVAL;
        return posix_error();
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (!bytes)
        return NULL;
    ssize_t n = RETRY(getrandom(PyBytes_AS_STRING(bytes), (size_t)size, (unsigned)flags));
    if (n < 0) {
        Py_DECREF(bytes);
        return posix_error();
    }
    if (n != size)
        _PyBytes_Resize(&bytes, n);
    return bytes;
}

PyMethodDef posix_system_methods[] = {
    POS(putenv, "($module, name, value, /)", "Sets a variable of the environment that children get.")
    ONE(unsetenv, "($module, name, /)", "Removes a variable from the environment that children get.")
    NONE(uname, "What the system is, as uname_result.")
    ONE(strerror, "($module, code, /)", "The text of an error number.")
    ONE(umask, "($module, mask, /)", "Sets which permissions new files do not get: the old mask.")
    NONE(cpu_count, "How many processors the system has; None: unknown.")
    NONE(getloadavg, "The mean number of processes that wanted to run over 1, 5 and 15 minutes.")
    POS(get_terminal_size, "($module, fd=<unrepresentable>, /)", "The size of a terminal, as terminal_size.")
    KW(fspath, "($module, /, path)", "A path as str or bytes: itself, or what __fspath__() returns.")
    KW(_path_normpath, "($module, /, path)", "A path without '.', '..' and doubled slashes.")
    ONE(urandom, "($module, size, /)", "Random bytes, good enough for cryptography.")
    KW(getrandom, "($module, /, size, flags=0)", "Random bytes by the system call.")
    {NULL}};

int posix_system_init(PyObject *module)
{
    if (PyStructSequence_InitType2(&TerminalSize_Type, &size_desc) < 0 ||
        PyStructSequence_InitType2(&UnameResult_Type, &uname_desc) < 0)
        return -1;
    PyObject *environment = environment_dict();
    int status = PyModule_AddObjectRef(module, "environ", environment);
    Py_XDECREF(environment);
    return status < 0 || PyModule_AddObjectRef(module, "terminal_size", (PyObject *)&TerminalSize_Type) < 0 ||
                   PyModule_AddObjectRef(module, "uname_result", (PyObject *)&UnameResult_Type) < 0
               ? -1
               : 0;
}
