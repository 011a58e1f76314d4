/* syslog: messages to the system's log. */
#include "Python.h"
#include "memory/roots.h"
#include <syslog.h>

/* The identification string, which the C library keeps a pointer to; NULL while the log is closed. */
static PyObject *identification;

/* The last part of sys.argv[0], NULL if there is none (an exception may be set). */
static PyObject *program_name(void)
{
    PyObject *argv = PySys_GetObject("argv"), *name;
    if (argv == NULL || !PyList_Check(argv) || PyList_GET_SIZE(argv) == 0)
        return NULL;
    name = PyList_GET_ITEM(argv, 0);
    if (!PyUnicode_Check(name) || PyUnicode_GET_LENGTH(name) == 0)
        return NULL;
    Py_ssize_t length = PyUnicode_GET_LENGTH(name), slash = PyUnicode_FindChar(name, '/', 0, length, -1);
    return slash == -2 ? NULL : PyUnicode_Substring(name, slash + 1, length);
}

/* Opens the log; steals ident (NULL: the program's name). 0, or -1 with an exception. */
static int open_log(PyObject *ident, long options, long facility)
{
    if (ident == NULL) {
        ident = program_name();
        if (ident == NULL && PyErr_Occurred())
            return -1;
    }
    const char *text = NULL;
    if (ident != NULL && (text = PyUnicode_AsUTF8(ident)) == NULL) {
        Py_DECREF(ident);
        return -1;
    }
    if (PySys_Audit("syslog.openlog", "Oll", ident ? ident : Py_None, options, facility) < 0) {
        Py_XDECREF(ident);
        return -1;
    }
    openlog(text, (int)options, (int)facility);
    PyObject *old = identification;
    identification = ident ? ident : Py_NewRef(Py_None);
    Py_XDECREF(old);
    return 0;
}

static PyObject *syslog_openlog(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"ident", "logoption", "facility", NULL};
    long options = 0, facility = LOG_USER;
    PyObject *ident = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|Ull:openlog", keywords, &ident, &options, &facility))
        return NULL;
    if (open_log(Py_XNewRef(ident), options, facility) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *syslog_syslog(PyObject *module, PyObject *args)
{
    PyObject *message;
    int priority = LOG_INFO;
    if (!PyArg_ParseTuple(args, "iU;[priority,] message string", &priority, &message)) {
        PyErr_Clear();
        if (!PyArg_ParseTuple(args, "U;[priority,] message string", &message))
            return NULL;
    }
    const char *text = PyUnicode_AsUTF8(message);
    if (text == NULL || PySys_Audit("syslog.syslog", "is", priority, text) < 0)
        return NULL;
    if (identification == NULL && open_log(NULL, 0, LOG_USER) < 0)
        return NULL;
    PyObject *ident = Py_NewRef(identification); /* another thread may open the log again meanwhile */
    Py_BEGIN_ALLOW_THREADS syslog(priority, "%s", text);
    Py_END_ALLOW_THREADS Py_DECREF(ident);
    Py_RETURN_NONE;
}

static PyObject *syslog_closelog(PyObject *module, PyObject *unused)
{
    if (PySys_Audit("syslog.closelog", NULL) < 0)
        return NULL;
    if (identification) {
        closelog();
        Py_CLEAR(identification);
    }
    Py_RETURN_NONE;
}

static PyObject *syslog_setlogmask(PyObject *module, PyObject *args)
{
    long mask;
    if (!PyArg_ParseTuple(args, "l;mask for priority", &mask) || PySys_Audit("syslog.setlogmask", "l", mask) < 0)
        return NULL;
    return PyLong_FromLong(setlogmask((int)mask));
}

static PyObject *syslog_log_mask(PyObject *module, PyObject *args)
{
    long priority;
    if (!PyArg_ParseTuple(args, "l:LOG_MASK", &priority))
        return NULL;
    return PyLong_FromLong((int)(1u << ((unsigned)priority & 31)));
}

static PyObject *syslog_log_upto(PyObject *module, PyObject *args)
{
    long priority;
    if (!PyArg_ParseTuple(args, "l:LOG_UPTO", &priority))
        return NULL;
    return PyLong_FromLong((int)((1u << (((unsigned)priority + 1) & 31)) - 1));
}

static PyMethodDef methods[] = {{"openlog", (PyCFunction)(void (*)(void))syslog_openlog, METH_VARARGS | METH_KEYWORDS},
                                {"closelog", syslog_closelog, METH_NOARGS},
                                {"syslog", syslog_syslog, METH_VARARGS},
                                {"setlogmask", syslog_setlogmask, METH_VARARGS},
                                {"LOG_MASK", syslog_log_mask, METH_VARARGS},
                                {"LOG_UPTO", syslog_log_upto, METH_VARARGS},
                                {NULL}};

#define CONSTANT(name)                                                                                                 \
    {                                                                                                                  \
#name, LOG_##name                                                                                              \
    }
static const struct {
    const char *name;
    int value;
} constants[] = {CONSTANT(EMERG),  CONSTANT(ALERT),  CONSTANT(CRIT),    CONSTANT(ERR),    CONSTANT(WARNING),
                 CONSTANT(NOTICE), CONSTANT(INFO),   CONSTANT(DEBUG),   CONSTANT(PID),    CONSTANT(CONS),
                 CONSTANT(NDELAY), CONSTANT(ODELAY), CONSTANT(NOWAIT),  CONSTANT(PERROR), CONSTANT(KERN),
                 CONSTANT(USER),   CONSTANT(MAIL),   CONSTANT(DAEMON),  CONSTANT(AUTH),   CONSTANT(LPR),
                 CONSTANT(LOCAL0), CONSTANT(LOCAL1), CONSTANT(LOCAL2),  CONSTANT(LOCAL3), CONSTANT(LOCAL4),
                 CONSTANT(LOCAL5), CONSTANT(LOCAL6), CONSTANT(LOCAL7),  CONSTANT(SYSLOG), CONSTANT(CRON),
                 CONSTANT(UUCP),   CONSTANT(NEWS),   CONSTANT(AUTHPRIV)};

static int syslog_exec(PyObject *module)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(constants); i++) {
        char name[20] = "LOG_";
        strcpy(name + 4, constants[i].name);
        if (PyModule_AddIntConstant(module, name, constants[i].value) < 0)
            return -1;
    }
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, syslog_exec}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "syslog", NULL, 0, methods, slots};

PyMODINIT_FUNC PyInit_syslog(void) { return PyModuleDef_Init(&definition); }

void syslog_roots(RootVisit visit, void *arg) { root_tell(visit, arg, identification, "syslog.openlog", -1); }
