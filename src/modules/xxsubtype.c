/* xxsubtype: examples of subclasses of built-in types in C; the test suite needs them. */
#include "Python.h"
#include "structmember.h"

typedef struct {
    PyListObject list;
    int state;
} SpamList;

typedef struct {
    PyDictObject dict;
    int state;
} SpamDict;

static PyTypeObject SpamList_Type, SpamDict_Type;

static PyObject *set_state(PyObject *args, int *state)
{
    int value;
    if (!PyArg_ParseTuple(args, "i:setstate", &value))
        return NULL;
    *state = value;
    Py_RETURN_NONE;
}

static PyObject *get_state(PyObject *args, int state)
{
    return PyArg_ParseTuple(args, ":getstate") ? PyLong_FromLong(state) : NULL;
}

/* ---- spamlist ---- */

static PyObject *list_getstate(PyObject *self, PyObject *args) { return get_state(args, ((SpamList *)self)->state); }
static PyObject *list_setstate(PyObject *self, PyObject *args) { return set_state(args, &((SpamList *)self)->state); }
static PyObject *list_state(PyObject *self, void *unused) { return PyLong_FromLong(((SpamList *)self)->state); }

/* What a class method or static method got: (self, args, kwargs), None for what is missing. */
static PyObject *list_special(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return PyTuple_Pack(3, self ? self : Py_None, args ? args : Py_None, kwargs ? kwargs : Py_None);
}

static PyMethodDef list_methods[] = {{"getstate", list_getstate, METH_VARARGS, "getstate() -> state"},
                                     {"setstate", list_setstate, METH_VARARGS, "setstate(state)"},
                                     {"classmeth", (PyCFunction)(void (*)(void))list_special,
                                      METH_VARARGS | METH_KEYWORDS | METH_CLASS, "classmeth(*args, **kw)"},
                                     {"staticmeth", (PyCFunction)(void (*)(void))list_special,
                                      METH_VARARGS | METH_KEYWORDS | METH_STATIC, "staticmeth(*args, **kw)"},
                                     {NULL}};

static PyGetSetDef list_getset[] = {{"state", list_state, NULL, "an int variable for demonstration purposes"}, {NULL}};

static int list_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (PyList_Type.tp_init(self, args, kwargs) < 0)
        return -1;
    ((SpamList *)self)->state = 0;
    return 0;
}

static PyTypeObject SpamList_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "xxsubtype.spamlist",
    .tp_basicsize = sizeof(SpamList),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = list_methods,
    .tp_getset = list_getset,
    .tp_init = list_init,
};

/* ---- spamdict ---- */

static PyObject *dict_getstate(PyObject *self, PyObject *args) { return get_state(args, ((SpamDict *)self)->state); }
static PyObject *dict_setstate(PyObject *self, PyObject *args) { return set_state(args, &((SpamDict *)self)->state); }

static PyMethodDef dict_methods[] = {{"getstate", dict_getstate, METH_VARARGS, "getstate() -> state"},
                                     {"setstate", dict_setstate, METH_VARARGS, "setstate(state)"},
                                     {NULL}};
static PyMemberDef dict_members[] = {
    {"state", T_INT, offsetof(SpamDict, state), READONLY, "an int variable for demonstration purposes"}, {NULL}};

static int dict_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (PyDict_Type.tp_init(self, args, kwargs) < 0)
        return -1;
    ((SpamDict *)self)->state = 0;
    return 0;
}

static PyTypeObject SpamDict_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "xxsubtype.spamdict",
    .tp_basicsize = sizeof(SpamDict),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = dict_methods,
    .tp_members = dict_members,
    .tp_init = dict_init,
};

/* ---- the module ---- */

/* Seconds of processor time that n look-ups of an attribute take. */
static PyObject *bench(PyObject *module, PyObject *args)
{
    PyObject *object, *name;
    int n = 1000;
    if (!PyArg_ParseTuple(args, "OU|i", &object, &name, &n))
        return NULL;
    clock_t begin = clock();
    while (--n >= 0) {
        PyObject *value = PyObject_GetAttr(object, name);
        if (value == NULL)
            return NULL;
        Py_DECREF(value);
    }
    return PyFloat_FromDouble((double)(clock() - begin) / CLOCKS_PER_SEC);
}

static PyMethodDef methods[] = {{"bench", bench, METH_VARARGS}, {NULL}};

static int subtype_exec(PyObject *module)
{
    SpamList_Type.tp_base = &PyList_Type;
    SpamDict_Type.tp_base = &PyDict_Type;
    if (PyType_Ready(&SpamList_Type) < 0 || PyType_Ready(&SpamDict_Type) < 0)
        return -1;
    if (PyModule_AddObjectRef(module, "spamlist", (PyObject *)&SpamList_Type) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "spamdict", (PyObject *)&SpamDict_Type);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, subtype_exec}, {0, NULL}};
static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "xxsubtype", "Examples of subclasses of built-in types, written in C.", 0, methods, slots};

PyMODINIT_FUNC PyInit_xxsubtype(void) { return PyModuleDef_Init(&definition); }
