/* grp: the groups that the system knows. */
#include "Python.h"
#include "modules/posix/posix.h"
#include <grp.h>

static PyTypeObject Group_Type;
static PyStructSequence_Field fields[] = {{"gr_name", "group name"}, {"gr_passwd", "password"}, {"gr_gid", "group id"},
                                          {"gr_mem", "group members"}, {NULL}};
static PyStructSequence_Desc desc = {"grp.struct_group",
                                     "grp.struct_group: An entry of the group database:\n(gr_name, gr_passwd, gr_gid, gr_mem).",
                                     fields, 4};

static PyObject *entry(const struct group *g)
{
    PyObject *members = PyList_New(0), *e = members ? PyStructSequence_New(&Group_Type) : NULL;
    for (char **m = g->gr_mem; e && m && *m; m++) {
        PyObject *name = PyUnicode_DecodeFSDefault(*m);
        if (!name || PyList_Append(members, name) < 0)
            Py_CLEAR(e);
        Py_XDECREF(name);
    }
    if (!e) {
        Py_XDECREF(members);
        return NULL;
    }
    PyStructSequence_SET_ITEM(e, 0, PyUnicode_DecodeFSDefault(g->gr_name));
    PyStructSequence_SET_ITEM(e, 1, g->gr_passwd ? PyUnicode_DecodeFSDefault(g->gr_passwd) : Py_NewRef(Py_None));
    PyStructSequence_SET_ITEM(e, 2, gid_object(g->gr_gid));
    PyStructSequence_SET_ITEM(e, 3, members);
    if (PyErr_Occurred())
        Py_CLEAR(e);
    return e;
}

static PyObject *grp_getgrgid(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"id", NULL};
    PyObject *id;
    gid_t gid;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:getgrgid", keywords, &id))
        return NULL;
    if (!gid_convert(id, &gid)) {
        if (PyErr_ExceptionMatches(PyExc_OverflowError))
            PyErr_Format(PyExc_KeyError, "getgrgid(): gid not found: %S", id);
        return NULL;
    }
    struct group *g = getgrgid(gid);
    return g ? entry(g) : PyErr_Format(PyExc_KeyError, "getgrgid(): gid not found: %S", id);
}

static PyObject *grp_getgrnam(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"name", NULL};
    PyObject *name, *bytes;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "U:getgrnam", keywords, &name) || !PyUnicode_FSConverter(name, &bytes))
        return NULL;
    struct group *g = getgrnam(PyBytes_AS_STRING(bytes));
    Py_DECREF(bytes);
    return g ? entry(g) : PyErr_Format(PyExc_KeyError, "getgrnam(): name not found: %R", name);
}

static PyObject *grp_getgrall(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    PyObject *list = PyList_New(0);
    struct group *g;
    setgrent();
    while (list && (g = getgrent())) {
        PyObject *e = entry(g);
        if (!e || PyList_Append(list, e) < 0)
            Py_CLEAR(list);
        Py_XDECREF(e);
    }
    endgrent();
    return list;
}

#define KWFUNC(f) (PyCFunction)(void (*)(void))f, METH_VARARGS | METH_KEYWORDS
static PyMethodDef methods[] = {
    {"getgrgid", KWFUNC(grp_getgrgid), "getgrgid($module, /, id)\n--\n\nThe entry of a group id."},
    {"getgrnam", KWFUNC(grp_getgrnam), "getgrnam($module, /, name)\n--\n\nThe entry of a group name."},
    {"getgrall", grp_getgrall, METH_NOARGS, "getgrall($module, /)\n--\n\nAll entries, in no order."},
    {NULL}};

static int grp_exec(PyObject *module)
{
    if (PyStructSequence_InitType2(&Group_Type, &desc) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "struct_group", (PyObject *)&Group_Type);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, grp_exec}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "grp", "The groups that the system knows.", 0, methods, slots};

PyMODINIT_FUNC PyInit_grp(void) { return PyModuleDef_Init(&definition); }
