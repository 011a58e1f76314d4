/* Functions: code, its globals, defaults, closure, and what a program hangs on them. */
#include "vm/vm.h"
#include "memory/memory.h"
#include "objects/names.h"
#include "objects/str/str.h"
#include "structmember.h"

#include <stddef.h>

static PyFunctionObject *function_alloc(PyObject *code, PyObject *globals, PyObject *builtins, PyObject *qualname)
{
    PyFunctionObject *f = PyObject_GC_New(PyFunctionObject, &PyFunction_Type);
    if (!f)
        return NULL;
    PyCodeObject *co = (PyCodeObject *)code;
    f->func_globals = Py_NewRef(globals);
    f->func_builtins = Py_NewRef(builtins);
    f->func_name = Py_NewRef(co->co_name);
    f->func_qualname = Py_NewRef(qualname ? qualname : co->co_qualname);
    f->func_code = Py_NewRef(code);
    f->func_defaults = NULL;
    f->func_kwdefaults = NULL;
    f->func_closure = NULL;
    f->func_doc = NULL;
    f->func_dict = NULL;
    f->func_weakreflist = NULL;
    f->func_module = NULL;
    f->func_annotations = NULL;
    f->vectorcall = _PyFunction_Vectorcall;
    f->func_version = 0;
    return f;
}

/* The builtins dict that belongs to globals (borrowed), or NULL with an exception set. */
PyObject *function_builtins(PyObject *globals)
{
    PyObject *builtins = PyDict_GetItemWithError(globals, N(__builtins__));
    if (builtins && PyModule_Check(builtins))
        return PyModule_GetDict(builtins);
    if (builtins || PyErr_Occurred())
        return builtins;
    return PyEval_GetBuiltins();
}

PyFunctionObject *function_for_code(PyObject *code, PyObject *globals, PyObject *builtins)
{
    PyFunctionObject *f = function_alloc(code, globals, builtins, NULL);
    if (f)
        PyObject_GC_Track(f);
    return f;
}

PyFunctionObject *function_new(PyObject *code, PyObject *globals, PyObject *qualname)
{
    PyObject *builtins = function_builtins(globals);
    if (!builtins)
        return NULL;
    PyFunctionObject *f = function_alloc(code, globals, builtins, qualname);
    if (!f)
        return NULL;
    PyCodeObject *co = (PyCodeObject *)code;
    PyObject *doc = PyTuple_GET_SIZE(co->co_consts) ? PyTuple_GET_ITEM(co->co_consts, 0) : Py_None;
    f->func_doc = Py_NewRef(PyUnicode_Check(doc) ? doc : Py_None);
    PyObject *module = PyDict_GetItemWithError(globals, N(__name__));
    if (!module && PyErr_Occurred()) {
        PyObject_GC_Track(f);
        Py_DECREF(f);
        return NULL;
    }
    f->func_module = Py_XNewRef(module);
    PyObject_GC_Track(f);
    return f;
}

PyObject *PyFunction_NewWithQualName(PyObject *code, PyObject *globals, PyObject *qualname)
{
    return (PyObject *)function_new(code, globals, qualname);
}
PyObject *PyFunction_New(PyObject *code, PyObject *globals)
{
    return (PyObject *)function_new(code, globals, NULL);
}

uint32_t function_version(PyFunctionObject *f)
{
    static uint32_t next = 1; /* versions are never used again */
    if (!f->func_version && f->vectorcall == _PyFunction_Vectorcall && next)
        f->func_version = next++;
    return f->func_version;
}

/* ---- C API access ---- */

#define CHECKED(op, result)                                                                                            \
    if (!PyFunction_Check(op)) {                                                                                       \
        PyErr_BadInternalCall();                                                                                       \
        return result;                                                                                                 \
    }

PyObject *PyFunction_GetCode(PyObject *op) { CHECKED(op, NULL) return ((PyFunctionObject *)op)->func_code; }
PyObject *PyFunction_GetGlobals(PyObject *op) { CHECKED(op, NULL) return ((PyFunctionObject *)op)->func_globals; }
PyObject *PyFunction_GetModule(PyObject *op) { CHECKED(op, NULL) return ((PyFunctionObject *)op)->func_module; }
PyObject *PyFunction_GetDefaults(PyObject *op) { CHECKED(op, NULL) return ((PyFunctionObject *)op)->func_defaults; }
PyObject *PyFunction_GetKwDefaults(PyObject *op) { CHECKED(op, NULL) return ((PyFunctionObject *)op)->func_kwdefaults; }
PyObject *PyFunction_GetClosure(PyObject *op) { CHECKED(op, NULL) return ((PyFunctionObject *)op)->func_closure; }

int PyFunction_SetDefaults(PyObject *op, PyObject *defaults)
{
    CHECKED(op, -1)
    if (defaults == Py_None)
        defaults = NULL;
    if (defaults && !PyTuple_Check(defaults)) {
        PyErr_SetString(PyExc_SystemError, "non-tuple default args");
        return -1;
    }
    PyFunctionObject *f = (PyFunctionObject *)op;
    f->func_version = 0;
    Py_XSETREF(f->func_defaults, Py_XNewRef(defaults));
    return 0;
}

int PyFunction_SetKwDefaults(PyObject *op, PyObject *defaults)
{
    CHECKED(op, -1)
    if (defaults == Py_None)
        defaults = NULL;
    if (defaults && !PyDict_Check(defaults)) {
        PyErr_SetString(PyExc_SystemError, "non-dict keyword only default args");
        return -1;
    }
    PyFunctionObject *f = (PyFunctionObject *)op;
    f->func_version = 0;
    Py_XSETREF(f->func_kwdefaults, Py_XNewRef(defaults));
    return 0;
}

int PyFunction_SetClosure(PyObject *op, PyObject *closure)
{
    CHECKED(op, -1)
    if (closure == Py_None)
        closure = NULL;
    if (closure && !PyTuple_Check(closure)) {
        PyErr_Format(PyExc_SystemError, "expected tuple for closure, got '%.100s'", Py_TYPE(closure)->tp_name);
        return -1;
    }
    PyFunctionObject *f = (PyFunctionObject *)op;
    f->func_version = 0;
    Py_XSETREF(f->func_closure, Py_XNewRef(closure));
    return 0;
}

/* The annotations dict (borrowed); the compiler's tuple of names and values becomes a dict at first sight. */
static PyObject *annotations_of(PyFunctionObject *f)
{
    if (f->func_annotations && !PyTuple_CheckExact(f->func_annotations))
        return f->func_annotations;
    PyObject *dict = PyDict_New(), *a = f->func_annotations;   /* read after: a collection may run finalisers that ask too */
    if (!dict)
        return NULL;
    if (!a)
        return f->func_annotations = dict;
    if (PyTuple_CheckExact(a)) {
        for (Py_ssize_t i = 0; dict && i + 1 < PyTuple_GET_SIZE(a); i += 2)
            if (PyDict_SetItem(dict, PyTuple_GET_ITEM(a, i), PyTuple_GET_ITEM(a, i + 1)) < 0)
                Py_CLEAR(dict);
        if (!dict)
            return NULL;
        Py_SETREF(f->func_annotations, dict);
    } else {
        Py_DECREF(dict);
    }
    return f->func_annotations;
}

PyObject *PyFunction_GetAnnotations(PyObject *op)
{
    CHECKED(op, NULL)
    PyFunctionObject *f = (PyFunctionObject *)op;
    return f->func_annotations ? annotations_of(f) : NULL;
}

int PyFunction_SetAnnotations(PyObject *op, PyObject *annotations)
{
    CHECKED(op, -1)
    if (annotations == Py_None)
        annotations = NULL;
    if (annotations && !PyDict_Check(annotations)) {
        PyErr_SetString(PyExc_SystemError, "non-dict annotations");
        return -1;
    }
    PyFunctionObject *f = (PyFunctionObject *)op;
    f->func_version = 0;
    Py_XSETREF(f->func_annotations, Py_XNewRef(annotations));
    return 0;
}

/* ---- attributes ---- */

static PyObject *func_get_code(PyFunctionObject *f, void *unused) { return Py_NewRef(f->func_code); }

static int func_set_code(PyFunctionObject *f, PyObject *value, void *unused)
{
    if (!value || !PyCode_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "__code__ must be set to a code object");
        return -1;
    }
    if (PySys_Audit("object.__setattr__", "OsO", f, "__code__", value) < 0)
        return -1;
    Py_ssize_t have = f->func_closure ? PyTuple_GET_SIZE(f->func_closure) : 0;
    Py_ssize_t need = ((PyCodeObject *)value)->co_nfreevars;
    if (have != need) {
        PyErr_Format(PyExc_ValueError, "%U() requires a code object with %zd free vars, not %zd", f->func_name, have,
                     need);
        return -1;
    }
    f->func_version = 0;
    Py_SETREF(f->func_code, Py_NewRef(value));
    return 0;
}

/* Sets one of the string attributes. */
static int set_string(PyObject **slot, PyObject *value, const char *name)
{
    if (!value || !PyUnicode_Check(value)) {
        PyErr_Format(PyExc_TypeError, "%s must be set to a string object", name);
        return -1;
    }
    Py_SETREF(*slot, Py_NewRef(value));
    return 0;
}
static PyObject *func_get_name(PyFunctionObject *f, void *unused) { return Py_NewRef(f->func_name); }
static int func_set_name(PyFunctionObject *f, PyObject *v, void *unused) { return set_string(&f->func_name, v, "__name__"); }
static PyObject *func_get_qualname(PyFunctionObject *f, void *unused) { return Py_NewRef(f->func_qualname); }
static int func_set_qualname(PyFunctionObject *f, PyObject *v, void *unused)
{
    return set_string(&f->func_qualname, v, "__qualname__");
}

static PyObject *func_get_defaults(PyFunctionObject *f, void *unused)
{
    return Py_NewRef(f->func_defaults ? f->func_defaults : Py_None);
}
static int func_set_defaults(PyFunctionObject *f, PyObject *value, void *unused)
{
    if (value == Py_None)
        value = NULL;
    if (value && !PyTuple_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "__defaults__ must be set to a tuple object");
        return -1;
    }
    if (PySys_Audit(value ? "object.__setattr__" : "object.__delattr__", value ? "OsO" : "Os", f, "__defaults__", value) < 0)
        return -1;
    f->func_version = 0;
    Py_XSETREF(f->func_defaults, Py_XNewRef(value));
    return 0;
}
static PyObject *func_get_kwdefaults(PyFunctionObject *f, void *unused)
{
    return Py_NewRef(f->func_kwdefaults ? f->func_kwdefaults : Py_None);
}
static int func_set_kwdefaults(PyFunctionObject *f, PyObject *value, void *unused)
{
    if (value == Py_None)
        value = NULL;
    if (value && !PyDict_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "__kwdefaults__ must be set to a dict object");
        return -1;
    }
    f->func_version = 0;
    Py_XSETREF(f->func_kwdefaults, Py_XNewRef(value));
    return 0;
}
static PyObject *func_get_annotations(PyFunctionObject *f, void *unused) { return Py_XNewRef(annotations_of(f)); }
static int func_set_annotations(PyFunctionObject *f, PyObject *value, void *unused)
{
    if (value == Py_None)
        value = NULL;
    if (value && !PyDict_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "__annotations__ must be set to a dict object");
        return -1;
    }
    f->func_version = 0;
    Py_XSETREF(f->func_annotations, Py_XNewRef(value));
    return 0;
}

static PyGetSetDef func_getset[] = {
    {"__code__", (getter)func_get_code, (setter)func_set_code, NULL, NULL},
    {"__defaults__", (getter)func_get_defaults, (setter)func_set_defaults, NULL, NULL},
    {"__kwdefaults__", (getter)func_get_kwdefaults, (setter)func_set_kwdefaults, NULL, NULL},
    {"__annotations__", (getter)func_get_annotations, (setter)func_set_annotations, NULL, NULL},
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {"__name__", (getter)func_get_name, (setter)func_set_name, NULL, NULL},
    {"__qualname__", (getter)func_get_qualname, (setter)func_set_qualname, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef func_members[] = {
    {"__closure__", T_OBJECT, offsetof(PyFunctionObject, func_closure), READONLY, NULL},
    {"__doc__", T_OBJECT, offsetof(PyFunctionObject, func_doc), 0, NULL},
    {"__globals__", T_OBJECT, offsetof(PyFunctionObject, func_globals), READONLY, NULL},
    {"__module__", T_OBJECT, offsetof(PyFunctionObject, func_module), 0, NULL},
    {"__builtins__", T_OBJECT, offsetof(PyFunctionObject, func_builtins), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

/* ---- the type ---- */

/* 0 when `closure` fits the code, or -1 with an exception set. */
static int check_closure(PyCodeObject *code, PyObject *closure)
{
    if (!PyTuple_Check(closure)) {
        if (code->co_nfreevars && closure == Py_None)
            PyErr_SetString(PyExc_TypeError, "arg 5 (closure) must be tuple");
        else if (closure != Py_None)
            PyErr_SetString(PyExc_TypeError, "arg 5 (closure) must be None or tuple");
        else
            return 0;
        return -1;
    }
    if (PyTuple_GET_SIZE(closure) != code->co_nfreevars) {
        PyErr_Format(PyExc_ValueError, "%U requires closure of length %zd, not %zd", code->co_name,
                     (Py_ssize_t)code->co_nfreevars, PyTuple_GET_SIZE(closure));
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(closure); i++) {
        if (!PyCell_Check(PyTuple_GET_ITEM(closure, i))) {
            PyErr_Format(PyExc_TypeError, "arg 5 (closure) expected cell, found %s",
                         Py_TYPE(PyTuple_GET_ITEM(closure, i))->tp_name);
            return -1;
        }
    }
    return 0;
}

static PyObject *func_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"code", "globals", "name", "argdefs", "closure", NULL};
    PyObject *code, *globals, *name = Py_None, *defaults = Py_None, *closure = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|OOO:function", names, &code, &globals, &name, &defaults, &closure))
        return NULL;
    if (!PyCode_Check(code))
        return PyErr_Format(PyExc_TypeError, "function() argument 'code' must be code, not %.50s", Py_TYPE(code)->tp_name);
    if (!PyDict_Check(globals))
        return PyErr_Format(PyExc_TypeError, "function() argument 'globals' must be dict, not %.50s",
                            globals == Py_None ? "None" : Py_TYPE(globals)->tp_name);
    if (name != Py_None && !PyUnicode_Check(name))
        return PyErr_Format(PyExc_TypeError, "arg 3 (name) must be None or string");
    if (defaults != Py_None && !PyTuple_Check(defaults))
        return PyErr_Format(PyExc_TypeError, "arg 4 (defaults) must be None or tuple");
    if (check_closure((PyCodeObject *)code, closure) < 0)
        return NULL;
    if (PySys_Audit("function.__new__", "O", code) < 0)
        return NULL;
    PyFunctionObject *f = function_new(code, globals, NULL);
    if (!f)
        return NULL;
    if (name != Py_None)
        Py_SETREF(f->func_name, Py_NewRef(name));
    if (defaults != Py_None)
        f->func_defaults = Py_NewRef(defaults);
    if (closure != Py_None)
        f->func_closure = Py_NewRef(closure);
    return (PyObject *)f;
}

/* Gives back all but code, name and qualified name. */
static void func_release(PyFunctionObject *f)
{
    f->func_version = 0;
    Py_CLEAR(f->func_globals);
    Py_CLEAR(f->func_builtins);
    Py_CLEAR(f->func_module);
    Py_CLEAR(f->func_defaults);
    Py_CLEAR(f->func_kwdefaults);
    Py_CLEAR(f->func_doc);
    Py_CLEAR(f->func_dict);
    Py_CLEAR(f->func_closure);
    Py_CLEAR(f->func_annotations);
}

/* A cleared function can still be called or shown.  Its names end up empty: one may be of a subclass of str that takes
 * part in the cycle. */
static int func_clear(PyFunctionObject *f)
{
    func_release(f);
    Py_SETREF(f->func_name, str_empty());
    Py_SETREF(f->func_qualname, str_empty());
    return 0;
}

static void func_dealloc(PyFunctionObject *f)
{
    PyObject_GC_UnTrack(f);
    if (f->func_weakreflist)
        PyObject_ClearWeakRefs((PyObject *)f);
    func_release(f);
    Py_DECREF(f->func_code);
    Py_DECREF(f->func_name);
    Py_DECREF(f->func_qualname);
    PyObject_GC_Del(f);
}

static int func_traverse(PyFunctionObject *f, visitproc visit, void *arg)
{
    Py_VISIT(f->func_code);
    Py_VISIT(f->func_globals);
    Py_VISIT(f->func_builtins);
    Py_VISIT(f->func_module);
    Py_VISIT(f->func_defaults);
    Py_VISIT(f->func_kwdefaults);
    Py_VISIT(f->func_doc);
    Py_VISIT(f->func_dict);
    Py_VISIT(f->func_closure);
    Py_VISIT(f->func_annotations);
    return 0;
}

static PyObject *func_repr(PyFunctionObject *f)
{
    return PyUnicode_FromFormat("<function %U at %p>", f->func_qualname, f);
}

static PyObject *func_descr_get(PyObject *func, PyObject *obj, PyObject *type)
{
    return obj && obj != Py_None ? PyMethod_New(func, obj) : Py_NewRef(func);
}

PyTypeObject PyFunction_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "function",
    .tp_basicsize = sizeof(PyFunctionObject),
    .tp_dealloc = (destructor)func_dealloc,
    .tp_vectorcall_offset = offsetof(PyFunctionObject, vectorcall),
    .tp_repr = (reprfunc)func_repr,
    .tp_call = PyVectorcall_Call,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_doc = "function(code, globals, name=None, argdefs=None, closure=None)\n--\n\nCreate a function object.\n\n"
              "  code\n    a code object\n  globals\n    the globals dictionary\n  name\n"
              "    a string that overrides the name from the code object\n  argdefs\n"
              "    a tuple that specifies the default argument values\n  closure\n"
              "    a tuple that supplies the bindings for free variables",
    .tp_traverse = (traverseproc)func_traverse,
    .tp_clear = (inquiry)func_clear,
    .tp_weaklistoffset = offsetof(PyFunctionObject, func_weakreflist),
    .tp_members = func_members,
    .tp_getset = func_getset,
    .tp_descr_get = func_descr_get,
    .tp_dictoffset = offsetof(PyFunctionObject, func_dict),
    .tp_new = func_new,
};
