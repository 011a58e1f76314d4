/* pwd: the users that the system knows. */
#include "Python.h"
#include "modules/posix/posix.h"
#include <pwd.h>

static PyTypeObject Passwd_Type;
static PyStructSequence_Field fields[] = {{"pw_name", "user name"}, {"pw_passwd", "password"}, {"pw_uid", "user id"},
                                          {"pw_gid", "group id"}, {"pw_gecos", "real name"}, {"pw_dir", "home directory"},
                                          {"pw_shell", "shell program"}, {NULL}};
static PyStructSequence_Desc desc = {"pwd.struct_passwd",
                                     "pwd.struct_passwd: An entry of the user database:\n"
                                     "(pw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir, pw_shell).", fields, 7};

static PyObject *text(const char *s) { return s ? PyUnicode_DecodeFSDefault(s) : Py_NewRef(Py_None); }

static PyObject *entry(const struct passwd *p)
{
    PyObject *e = PyStructSequence_New(&Passwd_Type);
    if (!e)
        return NULL;
    PyStructSequence_SET_ITEM(e, 0, text(p->pw_name));
    PyStructSequence_SET_ITEM(e, 1, text(p->pw_passwd));
    PyStructSequence_SET_ITEM(e, 2, uid_object(p->pw_uid));
    PyStructSequence_SET_ITEM(e, 3, gid_object(p->pw_gid));
    PyStructSequence_SET_ITEM(e, 4, text(p->pw_gecos));
    PyStructSequence_SET_ITEM(e, 5, text(p->pw_dir));
    PyStructSequence_SET_ITEM(e, 6, text(p->pw_shell));
    if (PyErr_Occurred())
        Py_CLEAR(e);
    return e;
}

static PyObject *pwd_getpwuid(PyObject *module, PyObject *arg)
{
    uid_t uid;
    if (!uid_convert(arg, &uid)) {
        if (PyErr_ExceptionMatches(PyExc_OverflowError))
            PyErr_Format(PyExc_KeyError, "getpwuid(): uid not found");
        return NULL;
    }
    struct passwd *p = getpwuid(uid);
    if (p)
        return entry(p);
    PyObject *number = uid_object(uid);
    if (number)
        PyErr_Format(PyExc_KeyError, "getpwuid(): uid not found: %S", number);
    Py_XDECREF(number);
    return NULL;
}

static PyObject *pwd_getpwnam(PyObject *module, PyObject *arg)
{
    if (!PyUnicode_Check(arg)) {
        _PyArg_BadArgument("getpwnam", "argument", "str", arg);
        return NULL;
    }
    PyObject *bytes;
    if (!PyUnicode_FSConverter(arg, &bytes))
        return NULL;
    struct passwd *p = getpwnam(PyBytes_AS_STRING(bytes));
    Py_DECREF(bytes);
    return p ? entry(p) : PyErr_Format(PyExc_KeyError, "getpwnam(): name not found: %R", arg);
}

static PyObject *pwd_getpwall(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    PyObject *list = PyList_New(0);
    struct passwd *p;
    setpwent();
    while (list && (p = getpwent())) {
        PyObject *e = entry(p);
        if (!e || PyList_Append(list, e) < 0)
            Py_CLEAR(list);
        Py_XDECREF(e);
    }
    endpwent();
    return list;
}

static PyMethodDef methods[] = {
    {"getpwuid", pwd_getpwuid, METH_O, "getpwuid($module, uidobj, /)\n--\n\nThe entry of a user id."},
    {"getpwnam", pwd_getpwnam, METH_O, "getpwnam($module, name, /)\n--\n\nThe entry of a user name."},
    {"getpwall", pwd_getpwall, METH_NOARGS, "getpwall($module, /)\n--\n\nAll entries, in no order."},
    {NULL}};

static int pwd_exec(PyObject *module)
{
    if (PyStructSequence_InitType2(&Passwd_Type, &desc) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "struct_passwd", (PyObject *)&Passwd_Type);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, pwd_exec}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "pwd", "The users that the system knows.", 0, methods, slots};

PyMODINIT_FUNC PyInit_pwd(void) { return PyModuleDef_Init(&definition); }
