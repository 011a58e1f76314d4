/* _sre: the engine under the re module. */
#include "modules/sre/sre.h"

#define MAGIC 20220615

/* The number as a code; 0 with an exception. */
static int code_from(PyObject *o, Code *code)
{
    unsigned long v = PyLong_AsUnsignedLong(o);
    if (v == (unsigned long)-1 && PyErr_Occurred()) {
        if (PyErr_ExceptionMatches(PyExc_OverflowError))
            PyErr_SetString(PyExc_OverflowError, "regular expression code size limit exceeded");
        return 0;
    }
    *code = (Code)v;
    if (*code != v) {
        PyErr_SetString(PyExc_OverflowError, "regular expression code size limit exceeded");
        return 0;
    }
    return 1;
}

static PyObject *sre_compile(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"pattern", "flags", "code", "groups", "groupindex", "indexgroup", NULL};
    PyObject *source, *codes, *groupindex, *indexgroup;
    int flags;
    Py_ssize_t groups;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OiO!nO!O!:compile", keywords, &source, &flags, &PyList_Type, &codes,
                                     &groups, &PyDict_Type, &groupindex, &PyTuple_Type, &indexgroup))
        return NULL;
    Py_ssize_t n = PyList_GET_SIZE(codes);
    Pattern *p = PyObject_NewVar(Pattern, &Pattern_Type, n);
    if (!p)
        return NULL;
    p->codesize = n;
    p->pattern = p->groupindex = p->indexgroup = p->weakreflist = NULL;
    for (Py_ssize_t i = 0; i < n; i++)
        if (!code_from(PyList_GET_ITEM(codes, i), &p->code[i])) {
            Py_DECREF(p);
            return NULL;
        }
    p->isbytes = source == Py_None ? -1 : !PyUnicode_Check(source);
    if (p->isbytes == 1 && !PyObject_CheckBuffer(source)) {
        PyErr_Format(PyExc_TypeError, "expected string or bytes-like object, got '%.200s'", Py_TYPE(source)->tp_name);
        Py_DECREF(p);
        return NULL;
    }
    p->pattern = Py_NewRef(source);
    p->flags = flags;
    p->groups = groups;
    p->groupindex = Py_NewRef(groupindex);
    p->indexgroup = Py_NewRef(indexgroup);
    if (sre_validate(p) < 0)
        Py_CLEAR(p);
    return (PyObject *)p;
}

static PyObject *sre_getcodesize(PyObject *module, PyObject *Py_UNUSED(ignored)) { return PyLong_FromLong(sizeof(Code)); }

/* -- Case -- */

#define CHARACTER(arg, ch) \
    int ch = _PyLong_AsInt(arg); \
    if (ch == -1 && PyErr_Occurred()) \
        return NULL

static PyObject *sre_ascii_iscased(PyObject *module, PyObject *arg)
{
    CHARACTER(arg, ch);
    return PyBool_FromLong((unsigned)ch < 128 && Py_ISALPHA(ch));
}

static PyObject *sre_unicode_iscased(PyObject *module, PyObject *arg)
{
    CHARACTER(arg, ch);
    Py_UCS4 upper[3]; /* a few letters have only an upper case of several */
    return PyBool_FromLong(_PyUnicode_ToLowercase((Py_UCS4)ch) != (Py_UCS4)ch ||
                           _PyUnicode_ToUpperFull((Py_UCS4)ch, upper) > 1 || upper[0] != (Py_UCS4)ch);
}

static PyObject *sre_ascii_tolower(PyObject *module, PyObject *arg)
{
    CHARACTER(arg, ch);
    return PyLong_FromLong((long)sre_lower_ascii((Py_UCS4)ch));
}

static PyObject *sre_unicode_tolower(PyObject *module, PyObject *arg)
{
    CHARACTER(arg, ch);
    return PyLong_FromLong((long)sre_lower_unicode((Py_UCS4)ch));
}

static PyMethodDef sre_methods[] = {
    {"compile", (PyCFunction)(void (*)(void))sre_compile, METH_VARARGS | METH_KEYWORDS,
     "compile($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)\n--\n\nMakes a Pattern of codes."},
    {"getcodesize", sre_getcodesize, METH_NOARGS, "getcodesize($module, /)\n--\n\n"},
    {"ascii_iscased", sre_ascii_iscased, METH_O, "ascii_iscased($module, character, /)\n--\n\n"},
    {"unicode_iscased", sre_unicode_iscased, METH_O, "unicode_iscased($module, character, /)\n--\n\n"},
    {"ascii_tolower", sre_ascii_tolower, METH_O, "ascii_tolower($module, character, /)\n--\n\n"},
    {"unicode_tolower", sre_unicode_tolower, METH_O, "unicode_tolower($module, character, /)\n--\n\n"},
    {NULL}};

static int sre_exec(PyObject *module)
{
    if (PyType_Ready(&Pattern_Type) < 0 || PyType_Ready(&Match_Type) < 0 || PyType_Ready(&Scanner_Type) < 0)
        return -1;
    PyObject *most = PyLong_FromUnsignedLong(MAXREPEAT);
    int status = PyModule_AddObjectRef(module, "MAXREPEAT", most);
    Py_XDECREF(most);
    return status < 0 || PyModule_AddIntConstant(module, "MAGIC", MAGIC) < 0 ||
                   PyModule_AddIntConstant(module, "CODESIZE", sizeof(Code)) < 0 ||
                   PyModule_AddIntConstant(module, "MAXGROUPS", MAXGROUPS) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot sre_slots[] = {{Py_mod_exec, sre_exec}, {0, NULL}};
static PyModuleDef sre_module = {PyModuleDef_HEAD_INIT, "_sre", NULL, 0, sre_methods, sre_slots};

PyMODINIT_FUNC PyInit__sre(void) { return PyModuleDef_Init(&sre_module); }
