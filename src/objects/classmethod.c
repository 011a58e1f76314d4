/* classmethod and staticmethod. */
#include "objects/object.h"
#include "objects/names.h"
#include "memory/stack.h"
#include "structmember.h"
#include <stddef.h>

/* One layout serves both. */
typedef struct {
    PyObject_HEAD
    PyObject *callable;
    PyObject *dict;
} Wrapped;
#define CALLABLE(self) (((Wrapped *)(self))->callable)
#define DICT(self) (((Wrapped *)(self))->dict)

static void wrapped_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(CALLABLE(self));
    Py_XDECREF(DICT(self));
    Py_TYPE(self)->tp_free(self);
}

static int wrapped_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(DICT(self));
    Py_VISIT(CALLABLE(self));
    return 0;
}

static int wrapped_clear(PyObject *self)
{
    Py_CLEAR(DICT(self));
    Py_CLEAR(CALLABLE(self));
    return 0;
}

/* Copies the attributes that functools.wraps would. */
static int copy_attributes(PyObject *self, PyObject *callable)
{
    PyObject *names[] = {N(__module__), N(__name__), N(__qualname__), N(__doc__), N(__annotations__)}, *value;
    for (int i = 0; i < 5; i++) {
        int found = _PyObject_LookupAttr(callable, names[i], &value);
        if (found == 0)
            continue;
        if (found < 0)
            return -1;
        int err = PyObject_SetAttr(self, names[i], value);
        Py_DECREF(value);
        if (err < 0)
            return -1;
    }
    return 0;
}

static int init(PyObject *self, PyObject *args, PyObject *kwds, const char *name)
{
    PyObject *callable;
    if (!_PyArg_NoKeywords(name, kwds) || !PyArg_UnpackTuple(args, name, 1, 1, &callable))
        return -1;
    Py_INCREF(callable);
    Py_XSETREF(CALLABLE(self), callable);
    return copy_attributes(self, callable);
}
static int classmethod_init(PyObject *self, PyObject *args, PyObject *kwds) { return init(self, args, kwds, "classmethod"); }
static int staticmethod_init(PyObject *self, PyObject *args, PyObject *kwds) { return init(self, args, kwds, "staticmethod"); }

static int check_initialised(PyObject *self, const char *what)
{
    if (CALLABLE(self) != NULL)
        return 1;
    PyErr_Format(PyExc_RuntimeError, "uninitialized %s object", what);
    return 0;
}

static PyObject *classmethod_get(PyObject *self, PyObject *obj, PyObject *type)
{
    if (!check_initialised(self, "classmethod") || (c_stack_low() && c_stack_check("") < 0))
        return NULL;
    PyObject *callable = Py_NewRef(CALLABLE(self)), *bound;   /* its __get__ may initialise this object anew */
    if (type == NULL)
        type = (PyObject *)Py_TYPE(obj);
    if (Py_TYPE(callable)->tp_descr_get != NULL)
        bound = Py_TYPE(callable)->tp_descr_get(callable, type, type);
    else
        bound = PyMethod_New(callable, type);
    Py_DECREF(callable);
    return bound;
}

static PyObject *staticmethod_get(PyObject *self, PyObject *obj, PyObject *type)
{
    return check_initialised(self, "staticmethod") ? Py_NewRef(CALLABLE(self)) : NULL;
}

static PyObject *staticmethod_call(PyObject *self, PyObject *args, PyObject *kwds)
{
    if (!check_initialised(self, "staticmethod"))
        return NULL;
    PyObject *callable = Py_NewRef(CALLABLE(self)), *result = PyObject_Call(callable, args, kwds);
    Py_DECREF(callable);
    return result;
}

static PyObject *classmethod_repr(PyObject *self) { return PyUnicode_FromFormat("<classmethod(%R)>", CALLABLE(self)); }
static PyObject *staticmethod_repr(PyObject *self) { return PyUnicode_FromFormat("<staticmethod(%R)>", CALLABLE(self)); }

static PyObject *get_isabstract(PyObject *self, void *context)
{
    int abstract = _PyObject_IsAbstract(CALLABLE(self));
    return abstract < 0 ? NULL : PyBool_FromLong(abstract);
}

static PyMemberDef members[] = {
    {"__func__", T_OBJECT, offsetof(Wrapped, callable), READONLY, NULL},
    {"__wrapped__", T_OBJECT, offsetof(Wrapped, callable), READONLY, NULL},
    {NULL},
};
static PyGetSetDef getset[] = {
    {"__isabstractmethod__", get_isabstract, NULL, NULL, NULL},
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL},
};

PyTypeObject PyClassMethod_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "classmethod",
    .tp_basicsize = sizeof(Wrapped),
    .tp_dealloc = wrapped_dealloc,
    .tp_repr = classmethod_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "classmethod(function) -> method\n\nA method that receives the class as its first argument,\n"
              "as an instance method receives the instance.  It can be called\n"
              "on the class (C.f()) or on an instance (C().f()).",
    .tp_traverse = wrapped_traverse,
    .tp_clear = wrapped_clear,
    .tp_members = members,
    .tp_getset = getset,
    .tp_descr_get = classmethod_get,
    .tp_dictoffset = offsetof(Wrapped, dict),
    .tp_init = classmethod_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_GC_Del,
};

PyTypeObject PyStaticMethod_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "staticmethod",
    .tp_basicsize = sizeof(Wrapped),
    .tp_dealloc = wrapped_dealloc,
    .tp_repr = staticmethod_repr,
    .tp_call = staticmethod_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "staticmethod(function) -> method\n\nA function in a class that receives no implicit first argument.\n"
              "It can be called on the class (C.f()) or on an instance (C().f()).",
    .tp_traverse = wrapped_traverse,
    .tp_clear = wrapped_clear,
    .tp_members = members,
    .tp_getset = getset,
    .tp_descr_get = staticmethod_get,
    .tp_dictoffset = offsetof(Wrapped, dict),
    .tp_init = staticmethod_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_GC_Del,
};

static PyObject *make(PyTypeObject *type, PyObject *callable)
{
    PyObject *self = PyType_GenericAlloc(type, 0);
    if (self != NULL)
        CALLABLE(self) = Py_NewRef(callable);
    return self;
}
PyObject *PyClassMethod_New(PyObject *callable) { return make(&PyClassMethod_Type, callable); }
PyObject *PyStaticMethod_New(PyObject *callable) { return make(&PyStaticMethod_Type, callable); }
