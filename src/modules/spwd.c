/* spwd: the shadow passwords that the system knows. */
#include "Python.h"
#include <errno.h>
#include <shadow.h>

static PyTypeObject Spwd_Type;
static PyStructSequence_Field fields[] = {{"sp_namp", "login name"},
                                          {"sp_pwdp", "encrypted password"},
                                          {"sp_lstchg", "date of last change"},
                                          {"sp_min", "min #days between changes"},
                                          {"sp_max", "max #days between changes"},
                                          {"sp_warn", "#days before pw expires to warn user about it"},
                                          {"sp_inact", "#days after pw expires until account is disabled"},
                                          {"sp_expire", "#days since 1970-01-01 when account expires"},
                                          {"sp_flag", "reserved"},
                                          {"sp_nam", "login name; deprecated"},
                                          {"sp_pwd", "encrypted password; deprecated"},
                                          {NULL}};
static PyStructSequence_Desc desc = {"spwd.struct_spwd",
                                     "spwd.struct_spwd: Results from getsp*() routines.\n\n"
                                     "This object may be accessed either as a 9-tuple of\n"
                                     "  (sp_namp,sp_pwdp,sp_lstchg,sp_min,sp_max,sp_warn,sp_inact,sp_expire,sp_flag)\n"
                                     "or via the object attributes as named in the above tuple.",
                                     fields, 9};

static PyObject *text(const char *s) { return s ? PyUnicode_DecodeFSDefault(s) : Py_NewRef(Py_None); }

static PyObject *entry(const struct spwd *p)
{
    PyObject *e = PyStructSequence_New(&Spwd_Type);
    if (!e)
        return NULL;
    const long numbers[] = {p->sp_lstchg, p->sp_min,    p->sp_max,       p->sp_warn,
                            p->sp_inact,  p->sp_expire, (long)p->sp_flag};
    PyStructSequence_SET_ITEM(e, 0, text(p->sp_namp));
    PyStructSequence_SET_ITEM(e, 1, text(p->sp_pwdp));
    for (int i = 0; i < 7; i++)
        PyStructSequence_SET_ITEM(e, 2 + i, PyLong_FromLong(numbers[i]));
    PyStructSequence_SET_ITEM(e, 9, text(p->sp_namp));
    PyStructSequence_SET_ITEM(e, 10, text(p->sp_pwdp));
    if (PyErr_Occurred())
        Py_CLEAR(e);
    return e;
}

static PyObject *spwd_getspnam(PyObject *module, PyObject *arg)
{
    PyObject *bytes;
    if (!PyUnicode_Check(arg)) {
        _PyArg_BadArgument("getspnam", "argument", "str", arg);
        return NULL;
    }
    bytes = PyUnicode_EncodeFSDefault(arg);
    char *name;
    if (!bytes || PyBytes_AsStringAndSize(bytes, &name, NULL) < 0) {
        Py_XDECREF(bytes);
        return NULL;
    }
    errno = 0;
    struct spwd *p = getspnam(name);
    int why = errno;
    Py_DECREF(bytes);
    if (p)
        return entry(p);
    errno = why;
    if (why)
        return PyErr_SetFromErrno(PyExc_OSError);
    PyErr_SetString(PyExc_KeyError, "getspnam(): name not found");
    return NULL;
}

static PyObject *spwd_getspall(PyObject *module, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    struct spwd *p;
    setspent();
    while (list && (p = getspent())) {
        PyObject *e = entry(p);
        if (!e || PyList_Append(list, e) < 0)
            Py_CLEAR(list);
        Py_XDECREF(e);
    }
    endspent();
    return list;
}

static PyMethodDef methods[] = {
    {"getspnam", spwd_getspnam, METH_O, "getspnam($module, arg, /)\n--\n\nThe entry of a user name."},
    {"getspall", spwd_getspall, METH_NOARGS, "getspall($module, /)\n--\n\nAll entries, in no order."},
    {NULL}};

static int spwd_exec(PyObject *module)
{
    if (PyErr_WarnEx(PyExc_DeprecationWarning, "'spwd' is deprecated and slated for removal in Python 3.13", 7) < 0)
        return -1;
    if (PyStructSequence_InitType2(&Spwd_Type, &desc) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "struct_spwd", (PyObject *)&Spwd_Type);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, spwd_exec}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                                 "spwd",
                                 "The shadow passwords that the system knows; only root may read them.",
                                 0,
                                 methods,
                                 slots};

PyMODINIT_FUNC PyInit_spwd(void) { return PyModuleDef_Init(&definition); }
