/* Bound methods, and instance methods (a C function made bindable). */
#include "Python.h"
#include "memory/memory.h"
#include "memory/stack.h"
#include "objects/names.h"
#include "structmember.h"

#include <stddef.h>
#include <string.h>

/* ---- bound methods ---- */

#define SMALL_CALL 6 /* arguments for which no block is allocated */

static PyObject *method_vectorcall(PyObject *method, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyObject *self = PyMethod_GET_SELF(method), *func = PyMethod_GET_FUNCTION(method);
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf), total = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
    PyObject *result;
    if (c_stack_low() && c_stack_check(" while calling a Python object") < 0)
        return NULL;
    if (nargsf & PY_VECTORCALL_ARGUMENTS_OFFSET) {
        PyObject **shifted = (PyObject **)args - 1, *saved = shifted[0];
        shifted[0] = self;
        result = PyObject_Vectorcall(func, shifted, (size_t)nargs + 1, kwnames);
        shifted[0] = saved;
        return result;
    }
    PyObject *small[SMALL_CALL], **copy = small;
    if (total + 1 > SMALL_CALL && !(copy = PyMem_Malloc((size_t)(total + 1) * sizeof *copy)))
        return PyErr_NoMemory();
    copy[0] = self;
    if (total)
        memcpy(copy + 1, args, (size_t)total * sizeof *copy);
    result = PyObject_Vectorcall(func, copy, (size_t)nargs + 1, kwnames);
    if (copy != small)
        PyMem_Free(copy);
    return result;
}

PyObject *PyMethod_New(PyObject *func, PyObject *self)
{
    if (!self) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyMethodObject *method = PyObject_GC_New(PyMethodObject, &PyMethod_Type);
    if (!method)
        return NULL;
    method->im_func = Py_NewRef(func);
    method->im_self = Py_NewRef(self);
    method->im_weakreflist = NULL;
    method->vectorcall = method_vectorcall;
    PyObject_GC_Track(method);
    return (PyObject *)method;
}

PyObject *PyMethod_Function(PyObject *method)
{
    if (!PyMethod_Check(method)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return PyMethod_GET_FUNCTION(method);
}

PyObject *PyMethod_Self(PyObject *method)
{
    if (!PyMethod_Check(method)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return PyMethod_GET_SELF(method);
}

static PyObject *method_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *func, *self = NULL;
    if (kwargs && PyDict_GET_SIZE(kwargs))
        return PyErr_Format(PyExc_TypeError, "method() takes no keyword arguments");
    if (!PyArg_UnpackTuple(args, "method", 2, 2, &func, &self))
        return NULL;
    if (!PyCallable_Check(func))
        return PyErr_Format(PyExc_TypeError, "first argument must be callable");
    if (!self || self == Py_None)
        return PyErr_Format(PyExc_TypeError, "instance must not be None");
    return PyMethod_New(func, self);
}

static void method_dealloc(PyMethodObject *method)
{
    PyObject_GC_UnTrack(method);
    if (method->im_weakreflist)
        PyObject_ClearWeakRefs((PyObject *)method);
    Py_DECREF(method->im_func);
    Py_XDECREF(method->im_self);
    PyObject_GC_Del(method);
}

static int method_traverse(PyMethodObject *method, visitproc visit, void *arg)
{
    Py_VISIT(method->im_func);
    Py_VISIT(method->im_self);
    return 0;
}

static PyObject *method_repr(PyMethodObject *method)
{
    PyObject *name = NULL;
    if (_PyObject_LookupAttr(method->im_func, N(__qualname__), &name) < 0 ||
        (!name && _PyObject_LookupAttr(method->im_func, N(__name__), &name) < 0))
        return NULL;
    if (name && !PyUnicode_Check(name))
        Py_CLEAR(name);
    PyObject *repr = name ? PyUnicode_FromFormat("<bound method %U of %R>", name, method->im_self)
                          : PyUnicode_FromFormat("<bound method %s of %R>", "?", method->im_self);
    Py_XDECREF(name);
    return repr;
}

static Py_hash_t method_hash(PyMethodObject *method)
{
    Py_hash_t x = _Py_HashPointer(method->im_self), y = PyObject_Hash(method->im_func);
    if (y == -1)
        return -1;
    x ^= y;
    return x == -1 ? -2 : x;
}

static PyObject *method_richcompare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyMethod_Check(a) || !PyMethod_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    int same = PyObject_RichCompareBool(PyMethod_GET_FUNCTION(a), PyMethod_GET_FUNCTION(b), Py_EQ);
    if (same < 0)
        return NULL;
    same = same && PyMethod_GET_SELF(a) == PyMethod_GET_SELF(b);
    return Py_NewRef(same == (op == Py_EQ) ? Py_True : Py_False);
}

/* What the method itself does not have is asked of the function. */
static PyObject *method_getattro(PyObject *self, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject *descr = _PyType_Lookup(type, name);
    if (descr) {
        descrgetfunc get = Py_TYPE(descr)->tp_descr_get;
        if (!get)
            return Py_NewRef(descr);
        Py_INCREF(descr);
        PyObject *value = get(descr, self, (PyObject *)type);
        Py_DECREF(descr);
        return value;
    }
    if (c_stack_low() && c_stack_check("") < 0)
        return NULL;
    return PyObject_GetAttr(PyMethod_GET_FUNCTION(self), name);
}

static PyObject *method_get_doc(PyMethodObject *method, void *unused)
{
    if (c_stack_low() && c_stack_check("") < 0)
        return NULL;
    return PyObject_GetAttr(method->im_func, N(__doc__));
}

static PyObject *method_reduce(PyMethodObject *method, PyObject *unused)
{
    PyObject *name = PyObject_GetAttr(PyMethod_GET_FUNCTION(method), N(__name__));
    PyObject *getattr = name ? _PyEval_GetBuiltin(N(getattr)) : NULL;
    if (!getattr) {
        Py_XDECREF(name);
        return NULL;
    }
    return Py_BuildValue("N(ON)", getattr, PyMethod_GET_SELF(method), name);
}

static PyMemberDef method_members[] = {
    {"__func__", T_OBJECT, offsetof(PyMethodObject, im_func), READONLY, "the function (or other callable) implementing a method"},
    {"__self__", T_OBJECT, offsetof(PyMethodObject, im_self), READONLY, "the instance to which a method is bound"},
    {NULL, 0, 0, 0, NULL},
};
static PyGetSetDef method_getset[] = {
    {"__doc__", (getter)method_get_doc, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyMethodDef method_methods[] = {
    {"__reduce__", (PyCFunction)method_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyTypeObject PyMethod_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "method",
    .tp_basicsize = sizeof(PyMethodObject),
    .tp_dealloc = (destructor)method_dealloc,
    .tp_vectorcall_offset = offsetof(PyMethodObject, vectorcall),
    .tp_repr = (reprfunc)method_repr,
    .tp_hash = (hashfunc)method_hash,
    .tp_call = PyVectorcall_Call,
    .tp_getattro = method_getattro,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = "method(function, instance)\n--\n\nA function with its first argument bound to an instance.",
    .tp_traverse = (traverseproc)method_traverse,
    .tp_richcompare = method_richcompare,
    .tp_weaklistoffset = offsetof(PyMethodObject, im_weakreflist),
    .tp_methods = method_methods,
    .tp_members = method_members,
    .tp_getset = method_getset,
    .tp_new = method_new,
};

/* ---- instance methods ---- */

PyObject *PyInstanceMethod_New(PyObject *func)
{
    PyInstanceMethodObject *method = PyObject_GC_New(PyInstanceMethodObject, &PyInstanceMethod_Type);
    if (!method)
        return NULL;
    method->func = Py_NewRef(func);
    PyObject_GC_Track(method);
    return (PyObject *)method;
}

PyObject *PyInstanceMethod_Function(PyObject *method)
{
    if (!PyInstanceMethod_Check(method)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return PyInstanceMethod_GET_FUNCTION(method);
}

static void instancemethod_dealloc(PyInstanceMethodObject *method)
{
    PyObject_GC_UnTrack(method);
    Py_DECREF(method->func);
    PyObject_GC_Del(method);
}

static int instancemethod_traverse(PyInstanceMethodObject *method, visitproc visit, void *arg)
{
    Py_VISIT(method->func);
    return 0;
}

static PyObject *instancemethod_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return PyObject_Call(PyInstanceMethod_GET_FUNCTION(self), args, kwargs);
}

static PyObject *instancemethod_descr_get(PyObject *self, PyObject *obj, PyObject *type)
{
    PyObject *func = PyInstanceMethod_GET_FUNCTION(self);
    return obj ? PyMethod_New(func, obj) : Py_NewRef(func);
}

static PyObject *instancemethod_getattro(PyObject *self, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject *descr = _PyType_Lookup(type, name);
    if (!descr)
        return PyObject_GetAttr(PyInstanceMethod_GET_FUNCTION(self), name);
    descrgetfunc get = Py_TYPE(descr)->tp_descr_get;
    return get ? get(descr, self, (PyObject *)type) : Py_NewRef(descr);
}

static PyObject *instancemethod_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *func;
    if (kwargs && PyDict_GET_SIZE(kwargs))
        return PyErr_Format(PyExc_TypeError, "instancemethod() takes no keyword arguments");
    if (!PyArg_UnpackTuple(args, "instancemethod", 1, 1, &func))
        return NULL;
    if (!PyCallable_Check(func))
        return PyErr_Format(PyExc_TypeError, "first argument must be callable");
    return PyInstanceMethod_New(func);
}

static PyMemberDef instancemethod_members[] = {
    {"__func__", T_OBJECT, offsetof(PyInstanceMethodObject, func), READONLY, "the function (or other callable) implementing a method"},
    {NULL, 0, 0, 0, NULL},
};

PyTypeObject PyInstanceMethod_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "instancemethod",
    .tp_basicsize = sizeof(PyInstanceMethodObject),
    .tp_dealloc = (destructor)instancemethod_dealloc,
    .tp_call = instancemethod_call,
    .tp_getattro = instancemethod_getattro,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "instancemethod(function)\n\nBind a function to a class.",
    .tp_traverse = (traverseproc)instancemethod_traverse,
    .tp_members = instancemethod_members,
    .tp_descr_get = instancemethod_descr_get,
    .tp_new = instancemethod_new,
};
