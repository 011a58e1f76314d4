/* Module _symtable: the scopes of a program as objects. */
#include "compile/symtable.h"
#include "structmember.h"
#include "syntax/parser.h"
#include "objects/hidden.h"

typedef struct {
    PyObject_HEAD
    PyObject *id, *name, *symbols, *varnames, *children;
    int type, nested, lineno;
} Entry;

static void entry_dealloc(PyObject *self)
{
    Entry *e = (Entry *)self;
    Py_XDECREF(e->id);
    Py_XDECREF(e->name);
    Py_XDECREF(e->symbols);
    Py_XDECREF(e->varnames);
    Py_XDECREF(e->children);
    PyObject_Free(self);
}

HIDDEN_FIELDS(symtable_entry, entry_dealloc, FIELD(Entry, id), FIELD(Entry, name), FIELD(Entry, symbols), FIELD(Entry, varnames), FIELD(Entry, children));

static PyObject *entry_repr(PyObject *self)
{
    Entry *e = (Entry *)self;
    return PyUnicode_FromFormat("<symtable entry %U(%R), line %d>", e->name, e->id, e->lineno);
}

static PyMemberDef entry_members[] = {
    {"id", T_OBJECT, offsetof(Entry, id), READONLY},
    {"name", T_OBJECT, offsetof(Entry, name), READONLY},
    {"symbols", T_OBJECT, offsetof(Entry, symbols), READONLY},
    {"varnames", T_OBJECT, offsetof(Entry, varnames), READONLY},
    {"children", T_OBJECT, offsetof(Entry, children), READONLY},
    {"nested", T_INT, offsetof(Entry, nested), READONLY},
    {"type", T_INT, offsetof(Entry, type), READONLY},
    {"lineno", T_INT, offsetof(Entry, lineno), READONLY},
    {NULL}
};

PyTypeObject PySTEntry_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "symtable entry",
    .tp_basicsize = sizeof(Entry),
    .tp_dealloc = entry_dealloc,
    .tp_repr = entry_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_members = entry_members,
};

/* A new entry for a scope and those in it. */
static PyObject *entry_new(Scope *scope)
{
    Entry *e = PyObject_New(Entry, &PySTEntry_Type);
    if (!e)
        return NULL;
    e->name = Py_NewRef(scope->name);
    e->symbols = Py_NewRef(scope->symbols);
    e->varnames = Py_NewRef(scope->varnames);
    e->type = scope->kind;
    e->nested = scope->nested;
    e->lineno = scope->pos.lineno;
    e->id = PyLong_FromVoidPtr((void *)scope->node);
    e->children = PyList_New(0);
    int failed = !e->id || !e->children || Py_EnterRecursiveCall(" in symtable()");
    if (!failed) {
        for (Scope *child = scope->first_child; child && !failed; child = child->next) {
            PyObject *o = entry_new(child);
            failed = !o || PyList_Append(e->children, o) < 0;
            Py_XDECREF(o);
        }
        Py_LeaveRecursiveCall();
    }
    if (failed)
        Py_CLEAR(e);
    return (PyObject *)e;
}

static int start_of(const char *mode)
{
    return strcmp(mode, "exec") == 0 ? Py_file_input : strcmp(mode, "eval") == 0 ? Py_eval_input
        : strcmp(mode, "single") == 0 ? Py_single_input : 0;
}

/* The scopes of text; new reference. */
static PyObject *scopes_of(const char *text, Py_ssize_t size, PyObject *filename, int start, PyCompilerFlags *flags)
{
    AstArena *arena = ast_arena_new();
    PyObject *result = NULL;
    Symtable st;
    if (!arena)
        return NULL;
    mod_ty mod = parse_source(text, (size_t)size, filename, start, flags, arena);
    if (mod && symtable_build(&st, mod, filename, flags->cf_flags, arena) == 0)
        result = entry_new(st.top);
    ast_arena_free(arena);
    return result;
}

static PyObject *symtable(PyObject *module, PyObject *args)
{
    PyObject *source, *filename, *bytes, *result = NULL;
    const char *mode;
    PyCompilerFlags flags = _PyCompilerFlags_INIT;
    if (!PyArg_ParseTuple(args, "OO&s:symtable", &source, PyUnicode_FSDecoder, &filename, &mode))
        return NULL;
    int start = start_of(mode);
    if (!start) {
        PyErr_SetString(PyExc_ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
        Py_DECREF(filename);
        return NULL;
    }
    if (PyUnicode_Check(source)) {
        flags.cf_flags |= PyCF_IGNORE_COOKIE;
        bytes = PyUnicode_AsUTF8String(source);
    }
    else
        bytes = PyBytes_FromObject(source);
    if (bytes)
        result = scopes_of(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), filename, start, &flags);
    Py_XDECREF(bytes);
    Py_DECREF(filename);
    return result;
}

static PyMethodDef methods[] = {
    {"symtable", symtable, METH_VARARGS,
     "symtable($module, source, filename, startstr, /)\n--\n\nThe scopes of a program, as the compiler sees them."},
    {NULL}
};

static struct PyModuleDef symtable_module = {PyModuleDef_HEAD_INIT, "_symtable", NULL, -1, methods};

static const struct { const char *name; int value; } constants[] = {
    {"USE", DEF_USE}, {"DEF_GLOBAL", DEF_GLOBAL}, {"DEF_NONLOCAL", DEF_NONLOCAL}, {"DEF_LOCAL", DEF_LOCAL},
    {"DEF_PARAM", DEF_PARAM}, {"DEF_FREE", DEF_FREE}, {"DEF_FREE_CLASS", DEF_FREE_CLASS}, {"DEF_IMPORT", DEF_IMPORT},
    {"DEF_BOUND", DEF_BOUND}, {"DEF_ANNOT", DEF_ANNOT}, {"TYPE_FUNCTION", FUNCTION_SCOPE},
    {"TYPE_CLASS", CLASS_SCOPE}, {"TYPE_MODULE", MODULE_SCOPE}, {"LOCAL", SCOPE_LOCAL},
    {"GLOBAL_EXPLICIT", SCOPE_GLOBAL_EXPLICIT}, {"GLOBAL_IMPLICIT", SCOPE_GLOBAL_IMPLICIT}, {"FREE", SCOPE_FREE},
    {"CELL", SCOPE_CELL}, {"SCOPE_OFF", SYMBOL_SCOPE_SHIFT}, {"SCOPE_MASK", SYMBOL_SCOPE_MASK}};

PyMODINIT_FUNC PyInit__symtable(void)
{
    PyObject *module = PyModule_Create(&symtable_module);
    for (size_t i = 0; module && i < Py_ARRAY_LENGTH(constants); i++)
        if (PyModule_AddIntConstant(module, constants[i].name, constants[i].value) < 0)
            Py_CLEAR(module);
    return module;
}
