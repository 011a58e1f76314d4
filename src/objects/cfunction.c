/* builtin_function_or_method: a C function, bound to a module or an object; every calling convention of PyMethodDef. */
#include "objects/object.h"
#include "objects/cfunction.h"
#include "objects/names.h"
#include "memory/state.h"
#include "memory/stack.h"
#include "structmember.h"
#include <stddef.h>

#define FUNCTION(o) ((PyCFunctionObject *)(o))

static int check_no_keywords(PyObject *self, PyObject *kwnames)
{
    if (kwnames == NULL || PyTuple_GET_SIZE(kwnames) == 0)
        return 1;
    PyObject *text = _PyObject_FunctionStr(self);
    if (text != NULL)
        PyErr_Format(PyExc_TypeError, "%U takes no keyword arguments", text);
    Py_XDECREF(text);
    return 0;
}

static PyObject *argument_count_error(PyObject *self, const char *format, Py_ssize_t n)
{
    PyObject *text = _PyObject_FunctionStr(self);
    if (text != NULL)
        PyErr_Format(PyExc_TypeError, format, text, n);
    Py_XDECREF(text);
    return NULL;
}

static inline PyObject *self_of(PyObject *function) { return PyCFunction_GET_SELF(function); }

#define STACK_CHECK()                                                                                                      \
    if (c_stack_low() && c_stack_check(" while calling a Python object") < 0)                                              \
    return NULL

static PyObject *call_fastcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (UNLIKELY(kwnames != NULL) && !check_no_keywords(self, kwnames))
        return NULL;
    STACK_CHECK();
    return ((_PyCFunctionFast)(void (*)(void))FUNCTION(self)->m_ml->ml_meth)(self_of(self), args, PyVectorcall_NARGS(nargsf));
}

static PyObject *call_fastcall_keywords(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    STACK_CHECK();
    return ((_PyCFunctionFastWithKeywords)(void (*)(void))FUNCTION(self)->m_ml->ml_meth)(self_of(self), args,
                                                                                       PyVectorcall_NARGS(nargsf), kwnames);
}

static PyObject *call_method(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    STACK_CHECK();
    return ((PyCMethod)(void (*)(void))FUNCTION(self)->m_ml->ml_meth)(self_of(self), PyCFunction_GET_CLASS(self), args,
                                                                     PyVectorcall_NARGS(nargsf), kwnames);
}

static PyObject *call_noargs(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (UNLIKELY(kwnames != NULL) && !check_no_keywords(self, kwnames))
        return NULL;
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (UNLIKELY(n != 0))
        return argument_count_error(self, "%U takes no arguments (%zd given)", n);
    STACK_CHECK();
    return FUNCTION(self)->m_ml->ml_meth(self_of(self), NULL);
}

static PyObject *call_o(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (UNLIKELY(kwnames != NULL) && !check_no_keywords(self, kwnames))
        return NULL;
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (UNLIKELY(n != 1))
        return argument_count_error(self, "%U takes exactly one argument (%zd given)", n);
    STACK_CHECK();
    return FUNCTION(self)->m_ml->ml_meth(self_of(self), args[0]);
}

static PyObject *call_varargs(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyMethodDef *def = FUNCTION(self)->m_ml;
    int keywords = def->ml_flags & METH_KEYWORDS;
    if (!keywords && !check_no_keywords(self, kwnames))
        return NULL;
    STACK_CHECK();
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    PyObject *tuple = _PyTuple_FromArray(args, n), *kwds = NULL, *result = NULL;
    if (tuple == NULL)
        return NULL;
    if (!keywords)
        result = def->ml_meth(self_of(self), tuple);
    else if (kwnames == NULL || PyTuple_GET_SIZE(kwnames) == 0 || (kwds = _PyStack_AsDict(args + n, kwnames)) != NULL)
        result = ((PyCFunctionWithKeywords)(void (*)(void))def->ml_meth)(self_of(self), tuple, kwds);
    Py_DECREF(tuple);
    Py_XDECREF(kwds);
    return result;
}

/* tp_call: spares METH_VARARGS functions the way through an array. */
static PyObject *cfunction_call(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyMethodDef *def = FUNCTION(self)->m_ml;
    if (!(def->ml_flags & METH_VARARGS))
        return PyVectorcall_Call(self, args, kwds);
    if (def->ml_flags & METH_KEYWORDS)
        return ((PyCFunctionWithKeywords)(void (*)(void))def->ml_meth)(self_of(self), args, kwds);
    if (kwds != NULL && PyDict_GET_SIZE(kwds) != 0)
        return argument_count_error(self, "%U takes no keyword arguments", 0);
    return def->ml_meth(self_of(self), args);
}

/* ---- making, life ---- */

static vectorcallfunc convention(PyMethodDef *def)
{
    switch (def->ml_flags & (METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD)) {
    case METH_VARARGS:
    case METH_VARARGS | METH_KEYWORDS: return call_varargs;
    case METH_FASTCALL: return call_fastcall;
    case METH_FASTCALL | METH_KEYWORDS: return call_fastcall_keywords;
    case METH_NOARGS: return call_noargs;
    case METH_O: return call_o;
    case METH_METHOD | METH_FASTCALL | METH_KEYWORDS: return call_method;
    default: PyErr_Format(PyExc_SystemError, "%s() method: bad call flags", def->ml_name); return NULL;
    }
}

#undef PyCFunction_New
#undef PyCFunction_NewEx
PyObject *PyCFunction_New(PyMethodDef *def, PyObject *self) { return PyCMethod_New(def, self, NULL, NULL); }
PyObject *PyCFunction_NewEx(PyMethodDef *def, PyObject *self, PyObject *module) { return PyCMethod_New(def, self, module, NULL); }

PyObject *PyCMethod_New(PyMethodDef *def, PyObject *self, PyObject *module, PyTypeObject *cls)
{
    vectorcallfunc call = convention(def);
    if (call == NULL)
        return NULL;
    if (((def->ml_flags & METH_METHOD) != 0) != (cls != NULL)) {
        PyErr_SetString(PyExc_SystemError, cls == NULL ? "attempting to create PyCMethod with a METH_METHOD flag but no class"
                                                       : "attempting to create PyCFunction with class but no METH_METHOD flag");
        return NULL;
    }
    PyCFunctionObject *function;
    if (cls != NULL) {
        PyCMethodObject *method = PyObject_GC_New(PyCMethodObject, &PyCMethod_Type);
        if (method == NULL)
            return NULL;
        method->mm_class = (PyTypeObject *)Py_NewRef(cls);
        function = &method->func;
    } else if ((function = PyObject_GC_New(PyCFunctionObject, &PyCFunction_Type)) == NULL) {
        return NULL;
    }
    function->m_weakreflist = NULL;
    function->m_ml = def;
    function->m_self = Py_XNewRef(self);
    function->m_module = Py_XNewRef(module);
    function->vectorcall = call;
    PyObject_GC_Track(function);
    return (PyObject *)function;
}

PyCFunction PyCFunction_GetFunction(PyObject *o)
{
    if (!PyCFunction_Check(o)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return PyCFunction_GET_FUNCTION(o);
}
PyObject *PyCFunction_GetSelf(PyObject *o)
{
    if (!PyCFunction_Check(o)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return PyCFunction_GET_SELF(o);
}
int PyCFunction_GetFlags(PyObject *o)
{
    if (!PyCFunction_Check(o)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return PyCFunction_GET_FLAGS(o);
}

static void cfunction_dealloc(PyObject *self)
{
    PyCFunctionObject *function = FUNCTION(self);
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, cfunction_dealloc);
    if (function->m_weakreflist != NULL)
        PyObject_ClearWeakRefs(self);
    Py_XDECREF(PyCFunction_GET_CLASS(self));
    Py_XDECREF(function->m_self);
    Py_XDECREF(function->m_module);
    PyObject_GC_Del(self);
    Py_TRASHCAN_END;
}

static int cfunction_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(FUNCTION(self)->m_self);
    Py_VISIT(FUNCTION(self)->m_module);
    Py_VISIT(PyCFunction_GET_CLASS(self));
    return 0;
}

/* ---- text, comparison ---- */

static PyObject *cfunction_repr(PyObject *self)
{
    PyObject *bound = FUNCTION(self)->m_self;
    const char *name = FUNCTION(self)->m_ml->ml_name;
    if (bound == NULL || PyModule_Check(bound))
        return PyUnicode_FromFormat("<built-in function %s>", name);
    return PyUnicode_FromFormat("<built-in method %s of %s object at %p>", name, Py_TYPE(bound)->tp_name, bound);
}

static PyObject *cfunction_richcompare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyCFunction_Check(a) || !PyCFunction_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    int equal = FUNCTION(a)->m_self == FUNCTION(b)->m_self && FUNCTION(a)->m_ml->ml_meth == FUNCTION(b)->m_ml->ml_meth;
    return PyBool_FromLong(equal == (op == Py_EQ));
}

static Py_hash_t cfunction_hash(PyObject *self)
{
    Py_hash_t hash = _Py_HashPointer(FUNCTION(self)->m_self) ^ _Py_HashPointer((void *)FUNCTION(self)->m_ml->ml_meth);
    return hash == -1 ? -2 : hash;
}

/* ---- attributes ---- */

static PyObject *get_doc(PyObject *self, void *context)
{
    return _PyType_GetDocFromInternalDoc(FUNCTION(self)->m_ml->ml_name, FUNCTION(self)->m_ml->ml_doc);
}
static PyObject *get_signature(PyObject *self, void *context)
{
    return _PyType_GetTextSignatureFromInternalDoc(FUNCTION(self)->m_ml->ml_name, FUNCTION(self)->m_ml->ml_doc);
}
static PyObject *get_name(PyObject *self, void *context) { return PyUnicode_FromString(FUNCTION(self)->m_ml->ml_name); }

static PyObject *get_qualname(PyObject *self, void *context)
{
    PyObject *bound = FUNCTION(self)->m_self;
    if (bound == NULL || PyModule_Check(bound))
        return get_name(self, NULL);
    PyObject *type = PyType_Check(bound) ? bound : (PyObject *)Py_TYPE(bound);
    PyObject *name = PyObject_GetAttr(type, N(__qualname__)), *result = NULL;
    if (name == NULL)
        return NULL;
    if (!PyUnicode_Check(name))
        PyErr_SetString(PyExc_TypeError, "<method>.__class__.__qualname__ is not a unicode object");
    else
        result = PyUnicode_FromFormat("%S.%s", name, FUNCTION(self)->m_ml->ml_name);
    Py_DECREF(name);
    return result;
}

static PyObject *get_self(PyObject *self, void *context)
{
    PyObject *bound = PyCFunction_GET_SELF(self);
    return Py_NewRef(bound == NULL ? Py_None : bound);
}

static PyObject *cfunction_reduce(PyObject *self, PyObject *unused)
{
    PyObject *bound = FUNCTION(self)->m_self;
    const char *name = FUNCTION(self)->m_ml->ml_name;
    if (bound == NULL || PyModule_Check(bound))
        return PyUnicode_FromString(name);
    PyObject *getattr = _PyEval_GetBuiltin(N(getattr));
    return getattr == NULL ? NULL : Py_BuildValue("N(Os)", getattr, bound, name);
}

static PyMethodDef cfunction_methods[] = {{"__reduce__", cfunction_reduce, METH_NOARGS, NULL}, {NULL}};
static PyGetSetDef cfunction_getset[] = {
    {"__doc__", get_doc, NULL, NULL, NULL}, {"__name__", get_name, NULL, NULL, NULL},
    {"__qualname__", get_qualname, NULL, NULL, NULL}, {"__self__", get_self, NULL, NULL, NULL},
    {"__text_signature__", get_signature, NULL, NULL, NULL}, {NULL},
};
static PyMemberDef cfunction_members[] = {{"__module__", T_OBJECT, offsetof(PyCFunctionObject, m_module), 0, NULL}, {NULL}};

PyTypeObject PyCFunction_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "builtin_function_or_method",
    .tp_basicsize = sizeof(PyCFunctionObject),
    .tp_dealloc = cfunction_dealloc,
    .tp_vectorcall_offset = offsetof(PyCFunctionObject, vectorcall),
    .tp_repr = cfunction_repr,
    .tp_hash = cfunction_hash,
    .tp_call = cfunction_call,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_traverse = cfunction_traverse,
    .tp_richcompare = cfunction_richcompare,
    .tp_weaklistoffset = offsetof(PyCFunctionObject, m_weakreflist),
    .tp_methods = cfunction_methods,
    .tp_members = cfunction_members,
    .tp_getset = cfunction_getset,
};

PyTypeObject PyCMethod_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "builtin_method",
    .tp_basicsize = sizeof(PyCMethodObject),
    .tp_base = &PyCFunction_Type,
};
