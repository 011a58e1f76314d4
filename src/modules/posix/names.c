/* posix: configuration limits by name — pathconf(), confstr(), sysconf() — from limits.def. */
#include "modules/posix/posix.h"

typedef struct limit {
    const char *name;
    int value;
} Limit;

#define PATHCONF(name) {#name, _##name},
static const Limit path_limits[] = {
#include "modules/posix/limits.def"
};
#undef PATHCONF
#define CONFSTR(name) {#name, _##name},
static const Limit string_limits[] = {
#include "modules/posix/limits.def"
};
#undef CONFSTR
#define SYSCONF(name) {#name, _##name},
static const Limit system_limits[] = {
#include "modules/posix/limits.def"
};
#undef SYSCONF

/* A number, or a name of a table; 0 with an exception. */
static int limit_convert(PyObject *o, int *value, const Limit *table, size_t count)
{
    if (PyLong_Check(o)) {
        *value = _PyLong_AsInt(o);
        return *value != -1 || !PyErr_Occurred();
    }
    if (!PyUnicode_Check(o)) {
        PyErr_SetString(PyExc_TypeError, "configuration names must be strings or integers");
        return 0;
    }
    const char *name = PyUnicode_AsUTF8(o);
    if (!name)
        return 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, table[i].name) == 0) {
            *value = table[i].value;
            return 1;
        }
    PyErr_SetString(PyExc_ValueError, "unrecognized configuration name");
    return 0;
}

static int path_limit(PyObject *o, void *v) { return limit_convert(o, v, path_limits, Py_ARRAY_LENGTH(path_limits)); }
static int string_limit(PyObject *o, void *v) { return limit_convert(o, v, string_limits, Py_ARRAY_LENGTH(string_limits)); }
static int system_limit(PyObject *o, void *v) { return limit_convert(o, v, system_limits, Py_ARRAY_LENGTH(system_limits)); }

static PyObject *posix_pathconf(KWARGS)
{
    KEYWORDS("path", "name");
    Path path = PATH("pathconf", "path", 0, 1);
    int name;
    if (!PARSE("O&O&:pathconf", path_convert, &path, path_limit, &name))
        return NULL;
    errno = 0;
    long limit = path.fd >= 0 ? fpathconf(path.fd, name) : pathconf(path.text, name);
    if (limit == -1 && errno)
        return errno == EINVAL ? (path_done(&path), errno = EINVAL, posix_error()) : path_error(&path);
    path_done(&path);
    return PyLong_FromLong(limit);
}

static PyObject *posix_fpathconf(POSARGS)
{
    int fd, name;
    if (!PyArg_ParseTuple(args, "O&O&:fpathconf", fd_convert, &fd, path_limit, &name))
        return NULL;
    errno = 0;
    long limit = fpathconf(fd, name);
    return limit == -1 && errno ? posix_error() : PyLong_FromLong(limit);
}

static PyObject *posix_confstr(ONEARG)
{
    int name;
    char few[256];
    if (!string_limit(arg, &name))
        return NULL;
    errno = 0;
    size_t n = confstr(name, few, sizeof few);
    if (n == 0) {
        if (errno)
            return posix_error();
        Py_RETURN_NONE;
    }
    if (n <= sizeof few)
        return PyUnicode_DecodeFSDefaultAndSize(few, (Py_ssize_t)n - 1);
    char *text = PyMem_Malloc(n);
    if (!text)
        return PyErr_NoMemory();
    confstr(name, text, n);
    PyObject *result = PyUnicode_DecodeFSDefaultAndSize(text, (Py_ssize_t)n - 1);
    PyMem_Free(text);
    return result;
}

static PyObject *posix_sysconf(ONEARG)
{
    int name;
    if (!system_limit(arg, &name))
        return NULL;
    errno = 0;
    long value = sysconf(name);
    return value == -1 && errno ? posix_error() : PyLong_FromLong(value);
}

PyMethodDef posix_name_methods[] = {
    KW(pathconf, "($module, /, path, name)", "A limit of a file or directory; -1: none.")
    POS(fpathconf, "($module, fd, name, /)", "A limit of an open file; -1: none.")
    ONE(confstr, "($module, name, /)", "A configuration value that is text, or None.")
    ONE(sysconf, "($module, name, /)", "A configuration value that is a number.")
    {NULL}};

static int add_table(PyObject *module, const char *name, const Limit *table, size_t count)
{
    PyObject *dict = PyDict_New();
    int status = dict ? 0 : -1;
    for (size_t i = 0; status == 0 && i < count; i++) {
        PyObject *value = PyLong_FromLong(table[i].value);
        status = value ? PyDict_SetItemString(dict, table[i].name, value) : -1;
        Py_XDECREF(value);
    }
    if (status == 0)
        status = PyModule_AddObjectRef(module, name, dict);
    Py_XDECREF(dict);
    return status;
}

int posix_name_init(PyObject *module)
{
    return add_table(module, "pathconf_names", path_limits, Py_ARRAY_LENGTH(path_limits)) < 0 ||
                   add_table(module, "confstr_names", string_limits, Py_ARRAY_LENGTH(string_limits)) < 0 ||
                   add_table(module, "sysconf_names", system_limits, Py_ARRAY_LENGTH(system_limits)) < 0
               ? -1
               : 0;
}
