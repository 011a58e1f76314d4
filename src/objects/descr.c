/* Descriptors of what is written in C: methods, class methods, struct members, getters and setters, and the wrappers of
 * slots; and the read-only view of a dict that __dict__ of a class is. */
#include "objects/object.h"
#include "objects/cfunction.h"
#include "objects/hidden.h"
#include "objects/names.h"
#include "memory/state.h"
#include "memory/stack.h"
#include "structmember.h"
#include <stddef.h>

static PyObject *descr_name(PyDescrObject *descr)
{
    return descr->d_name != NULL && PyUnicode_Check(descr->d_name) ? descr->d_name : NULL;
}

static void descr_dealloc(PyObject *self)
{
    PyDescrObject *descr = (PyDescrObject *)self;
    PyObject_GC_UnTrack(self);
    Py_XDECREF(descr->d_type);
    Py_XDECREF(descr->d_name);
    Py_XDECREF(descr->d_qualname);
    PyObject_GC_Del(self);
}

HIDDEN_FIELDS(descriptor, descr_dealloc, FIELD(PyDescrObject, d_name), FIELD(PyDescrObject, d_qualname));

static int descr_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((PyDescrObject *)self)->d_type);
    return 0;
}

static PyObject *repr_as(PyObject *self, const char *format)
{
    PyDescrObject *descr = (PyDescrObject *)self;
    PyObject *name = descr_name(descr), *unknown = NULL;
    if (name == NULL && (name = unknown = PyUnicode_FromString("?")) == NULL)
        return NULL;
    PyObject *result = PyUnicode_FromFormat(format, name, descr->d_type->tp_name);
    Py_XDECREF(unknown);
    return result;
}
static PyObject *method_repr(PyObject *self) { return repr_as(self, "<method '%U' of '%s' objects>"); }
static PyObject *member_repr(PyObject *self) { return repr_as(self, "<member '%U' of '%s' objects>"); }
static PyObject *getset_repr(PyObject *self) { return repr_as(self, "<attribute '%U' of '%s' objects>"); }
static PyObject *wrapper_repr(PyObject *self) { return repr_as(self, "<slot wrapper '%U' of '%s' objects>"); }

/* Does the descriptor apply to obj?  0 with TypeError if not. */
static int applies(PyDescrObject *descr, PyObject *obj)
{
    if (LIKELY(PyObject_TypeCheck(obj, descr->d_type)))
        return 1;
    PyErr_Format(PyExc_TypeError, "descriptor '%V' for '%.100s' objects doesn't apply to a '%.100s' object",
                 descr_name(descr), "?", descr->d_type->tp_name, Py_TYPE(obj)->tp_name);
    return 0;
}

/* ---- __get__ and __set__ ---- */

static PyObject *classmethod_get(PyObject *self, PyObject *obj, PyObject *type)
{
    PyMethodDescrObject *descr = (PyMethodDescrObject *)self;
    PyTypeObject *owner = PyDescr_TYPE(descr);
    if (type == NULL) {
        if (obj == NULL)
            return PyErr_Format(PyExc_TypeError, "descriptor '%V' for type '%.100s' needs either an object or a type",
                                descr_name((PyDescrObject *)descr), "?", owner->tp_name);
        type = (PyObject *)Py_TYPE(obj);
    }
    if (!PyType_Check(type))
        return PyErr_Format(PyExc_TypeError, "descriptor '%V' for type '%.100s' needs a type, not a '%.100s' as arg 2",
                            descr_name((PyDescrObject *)descr), "?", owner->tp_name, Py_TYPE(type)->tp_name);
    if (!PyType_IsSubtype((PyTypeObject *)type, owner))
        return PyErr_Format(PyExc_TypeError, "descriptor '%V' requires a subtype of '%.100s' but received '%.100s'",
                            descr_name((PyDescrObject *)descr), "?", owner->tp_name, ((PyTypeObject *)type)->tp_name);
    PyTypeObject *cls = descr->d_method->ml_flags & METH_METHOD ? owner : NULL;
    return PyCMethod_New(descr->d_method, type, NULL, cls);
}

static PyObject *method_get(PyObject *self, PyObject *obj, PyObject *type)
{
    PyMethodDescrObject *descr = (PyMethodDescrObject *)self;
    if (obj == NULL)
        return Py_NewRef(self);
    if (!applies((PyDescrObject *)descr, obj))
        return NULL;
    if (descr->d_method->ml_flags & METH_METHOD)
        return PyCMethod_New(descr->d_method, obj, NULL, PyDescr_TYPE(descr));
    return PyCFunction_NewEx(descr->d_method, obj, NULL);
}

static PyObject *member_get(PyObject *self, PyObject *obj, PyObject *type)
{
    PyMemberDescrObject *descr = (PyMemberDescrObject *)self;
    if (obj == NULL)
        return Py_NewRef(self);
    if (!applies((PyDescrObject *)descr, obj))
        return NULL;
    if ((descr->d_member->flags & PY_AUDIT_READ)
        && PySys_Audit("object.__getattr__", "Os", obj, descr->d_member->name) < 0)
        return NULL;
    return PyMember_GetOne((char *)obj, descr->d_member);
}

static PyObject *getset_get(PyObject *self, PyObject *obj, PyObject *type)
{
    PyGetSetDescrObject *descr = (PyGetSetDescrObject *)self;
    if (obj == NULL)
        return Py_NewRef(self);
    if (!applies((PyDescrObject *)descr, obj))
        return NULL;
    if (descr->d_getset->get != NULL)
        return descr->d_getset->get(obj, descr->d_getset->closure);
    return PyErr_Format(PyExc_AttributeError, "attribute '%V' of '%.100s' objects is not readable",
                        descr_name((PyDescrObject *)descr), "?", PyDescr_TYPE(descr)->tp_name);
}

static PyObject *wrapper_get(PyObject *self, PyObject *obj, PyObject *type)
{
    if (obj == NULL)
        return Py_NewRef(self);
    return applies((PyDescrObject *)self, obj) ? PyWrapper_New(self, obj) : NULL;
}

static int member_set(PyObject *self, PyObject *obj, PyObject *value)
{
    PyMemberDescrObject *descr = (PyMemberDescrObject *)self;
    return applies((PyDescrObject *)descr, obj) ? PyMember_SetOne((char *)obj, descr->d_member, value) : -1;
}

static int getset_set(PyObject *self, PyObject *obj, PyObject *value)
{
    PyGetSetDescrObject *descr = (PyGetSetDescrObject *)self;
    if (!applies((PyDescrObject *)descr, obj))
        return -1;
    if (descr->d_getset->set != NULL)
        return descr->d_getset->set(obj, value, descr->d_getset->closure);
    PyErr_Format(PyExc_AttributeError, "attribute '%V' of '%.100s' objects is not writable",
                 descr_name((PyDescrObject *)descr), "?", PyDescr_TYPE(descr)->tp_name);
    return -1;
}

/* ---- calls of methods ---- */

/* "type.name()" of the descriptor for messages. */
static PyObject *function_text(PyObject *self) { return _PyObject_FunctionStr(self); }

/* Is there a first argument that the method applies to? */
static int check_self(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n >= 1) {
        if (LIKELY(Py_IS_TYPE(args[0], PyDescr_TYPE(self))))
            return 1;
        return applies((PyDescrObject *)self, args[0]);
    }
    PyObject *text = function_text(self);
    if (text != NULL) {
        PyErr_Format(PyExc_TypeError, "unbound method %U needs an argument", text);
        Py_DECREF(text);
    }
    return 0;
}

static int check_no_keywords(PyObject *self, PyObject *kwnames)
{
    if (kwnames == NULL || PyTuple_GET_SIZE(kwnames) == 0)
        return 1;
    PyObject *text = function_text(self);
    if (text != NULL) {
        PyErr_Format(PyExc_TypeError, "%U takes no keyword arguments", text);
        Py_DECREF(text);
    }
    return 0;
}

#define ENTER(self)                                                                                                        \
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);                                                                         \
    PyMethodDef *def = ((PyMethodDescrObject *)(self))->d_method;                                                          \
    if (!check_self(self, args, nargs))                                                                                    \
        return NULL;                                                                                                       \
    if (c_stack_low() && c_stack_check(" while calling a Python object") < 0)                                              \
    return NULL

static PyObject *call_varargs(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    ENTER(self);
    if (!check_no_keywords(self, kwnames))
        return NULL;
    PyObject *tuple = _PyTuple_FromArray(args + 1, nargs - 1);
    if (tuple == NULL)
        return NULL;
    PyObject *result = def->ml_meth(args[0], tuple);
    Py_DECREF(tuple);
    return result;
}

static PyObject *call_varargs_keywords(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    ENTER(self);
    PyObject *tuple = _PyTuple_FromArray(args + 1, nargs - 1), *kwds = NULL, *result = NULL;
    if (tuple == NULL)
        return NULL;
    if (kwnames == NULL || PyTuple_GET_SIZE(kwnames) == 0 || (kwds = _PyStack_AsDict(args + nargs, kwnames)) != NULL)
        result = ((PyCFunctionWithKeywords)(void (*)(void))def->ml_meth)(args[0], tuple, kwds);
    Py_DECREF(tuple);
    Py_XDECREF(kwds);
    return result;
}

static PyObject *call_fastcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    ENTER(self);
    if (!check_no_keywords(self, kwnames))
        return NULL;
    return ((_PyCFunctionFast)(void (*)(void))def->ml_meth)(args[0], args + 1, nargs - 1);
}

static PyObject *call_fastcall_keywords(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    ENTER(self);
    return ((_PyCFunctionFastWithKeywords)(void (*)(void))def->ml_meth)(args[0], args + 1, nargs - 1, kwnames);
}

static PyObject *call_method(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    ENTER(self);
    return ((PyCMethod)(void (*)(void))def->ml_meth)(args[0], PyDescr_TYPE(self), args + 1, nargs - 1, kwnames);
}

static PyObject *call_noargs(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    ENTER(self);
    if (!check_no_keywords(self, kwnames))
        return NULL;
    if (nargs != 1) {
        PyObject *text = function_text(self);
        if (text != NULL)
            PyErr_Format(PyExc_TypeError, "%U takes no arguments (%zd given)", text, nargs - 1);
        Py_XDECREF(text);
        return NULL;
    }
    return def->ml_meth(args[0], NULL);
}

static PyObject *call_o(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    ENTER(self);
    if (!check_no_keywords(self, kwnames))
        return NULL;
    if (nargs != 2) {
        PyObject *text = function_text(self);
        if (text != NULL)
            PyErr_Format(PyExc_TypeError, "%U takes exactly one argument (%zd given)", text, nargs - 1);
        Py_XDECREF(text);
        return NULL;
    }
    return def->ml_meth(args[0], args[1]);
}

/* A class method of a static type called through its descriptor: the first argument is the class. */
static PyObject *classmethod_call(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyMethodDescrObject *descr = (PyMethodDescrObject *)self;
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n < 1)
        return PyErr_Format(PyExc_TypeError, "descriptor '%V' of '%.100s' object needs an argument",
                            descr_name((PyDescrObject *)descr), "?", PyDescr_TYPE(descr)->tp_name);
    PyObject *bound = classmethod_get(self, NULL, PyTuple_GET_ITEM(args, 0));
    if (bound == NULL)
        return NULL;
    PyObject *result = PyObject_VectorcallDict(bound, ((PyTupleObject *)args)->ob_item + 1, n - 1, kwds);
    Py_DECREF(bound);
    return result;
}

static PyObject *call_wrapped(PyWrapperDescrObject *descr, PyObject *self, PyObject *args, PyObject *kwds)
{
    wrapperfunc wrapper = descr->d_base->wrapper;
    if (descr->d_base->flags & PyWrapperFlag_KEYWORDS)
        return ((wrapperfunc_kwds)(void (*)(void))wrapper)(self, args, descr->d_wrapped, kwds);
    if (kwds != NULL && (!PyDict_Check(kwds) || PyDict_GET_SIZE(kwds) != 0))
        return PyErr_Format(PyExc_TypeError, "wrapper %s() takes no keyword arguments", descr->d_base->name);
    return wrapper(self, args, descr->d_wrapped);
}

static PyObject *wrapper_call(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyWrapperDescrObject *descr = (PyWrapperDescrObject *)self;
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n < 1)
        return PyErr_Format(PyExc_TypeError, "descriptor '%V' of '%.100s' object needs an argument",
                            descr_name((PyDescrObject *)descr), "?", PyDescr_TYPE(descr)->tp_name);
    PyObject *first = PyTuple_GET_ITEM(args, 0);
    if (!PyObject_TypeCheck(first, PyDescr_TYPE(descr)))
        return PyErr_Format(PyExc_TypeError, "descriptor '%V' requires a '%.100s' object but received a '%.100s'",
                            descr_name((PyDescrObject *)descr), "?", PyDescr_TYPE(descr)->tp_name, Py_TYPE(first)->tp_name);
    PyObject *rest = PyTuple_GetSlice(args, 1, n);
    if (rest == NULL)
        return NULL;
    PyObject *result = call_wrapped(descr, first, rest, kwds);
    Py_DECREF(rest);
    return result;
}

/* ---- attributes ---- */

static PyObject *method_doc(PyObject *self, void *context)
{
    PyMethodDef *def = ((PyMethodDescrObject *)self)->d_method;
    return _PyType_GetDocFromInternalDoc(def->ml_name, def->ml_doc);
}
static PyObject *method_signature(PyObject *self, void *context)
{
    PyMethodDef *def = ((PyMethodDescrObject *)self)->d_method;
    return _PyType_GetTextSignatureFromInternalDoc(def->ml_name, def->ml_doc);
}
static PyObject *wrapper_doc(PyObject *self, void *context)
{
    struct wrapperbase *base = ((PyWrapperDescrObject *)self)->d_base;
    return _PyType_GetDocFromInternalDoc(base->name, base->doc);
}
static PyObject *wrapper_signature(PyObject *self, void *context)
{
    struct wrapperbase *base = ((PyWrapperDescrObject *)self)->d_base;
    return _PyType_GetTextSignatureFromInternalDoc(base->name, base->doc);
}
static PyObject *text_or_none(const char *text) { return text == NULL ? Py_NewRef(Py_None) : PyUnicode_FromString(text); }
static PyObject *member_doc(PyObject *self, void *context) { return text_or_none(((PyMemberDescrObject *)self)->d_member->doc); }
static PyObject *getset_doc(PyObject *self, void *context) { return text_or_none(((PyGetSetDescrObject *)self)->d_getset->doc); }

static PyObject *descr_qualname(PyObject *self, void *context)
{
    PyDescrObject *descr = (PyDescrObject *)self;
    if (descr->d_qualname == NULL) {
        if (descr_name(descr) == NULL) {
            PyErr_SetString(PyExc_TypeError, "<descriptor>.__name__ is not a unicode object");
            return NULL;
        }
        PyObject *type = PyType_GetQualName(descr->d_type);
        if (type == NULL)
            return NULL;
        descr->d_qualname = PyUnicode_FromFormat("%U.%U", type, descr->d_name);
        Py_DECREF(type);
    }
    return Py_XNewRef(descr->d_qualname);
}

static PyObject *getattr_pair(PyObject *owner, PyObject *name)
{
    PyObject *getattr = _PyEval_GetBuiltin(N(getattr));
    if (getattr == NULL)
        return NULL;
    return Py_BuildValue("N(OO)", getattr, owner, name);
}

static PyObject *descr_reduce(PyObject *self, PyObject *unused)
{
    return getattr_pair((PyObject *)PyDescr_TYPE(self), PyDescr_NAME(self));
}

static PyMethodDef descr_methods[] = {{"__reduce__", descr_reduce, METH_NOARGS, NULL}, {NULL}};
static PyMemberDef descr_members[] = {
    {"__objclass__", T_OBJECT, offsetof(PyDescrObject, d_type), READONLY, NULL},
    {"__name__", T_OBJECT, offsetof(PyDescrObject, d_name), READONLY, NULL},
    {NULL},
};
#define GETSETS(name, ...)                                                                                                 \
    static PyGetSetDef name[] = {__VA_ARGS__, {"__qualname__", descr_qualname, NULL, NULL, NULL}, {NULL}}
GETSETS(method_getset, {"__doc__", method_doc, NULL, NULL, NULL}, {"__text_signature__", method_signature, NULL, NULL, NULL});
GETSETS(member_getset, {"__doc__", member_doc, NULL, NULL, NULL});
GETSETS(getset_getset, {"__doc__", getset_doc, NULL, NULL, NULL});
GETSETS(wrapper_getset, {"__doc__", wrapper_doc, NULL, NULL, NULL}, {"__text_signature__", wrapper_signature, NULL, NULL, NULL});

/* ---- the types ---- */

#define COMMON(struct_name)                                                                                                \
    .tp_basicsize = sizeof(struct_name), .tp_dealloc = descr_dealloc, .tp_getattro = PyObject_GenericGetAttr,              \
    .tp_traverse = descr_traverse, .tp_members = descr_members

PyTypeObject PyMethodDescr_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "method_descriptor", COMMON(PyMethodDescrObject),
    .tp_vectorcall_offset = offsetof(PyMethodDescrObject, vectorcall),
    .tp_repr = method_repr,
    .tp_call = PyVectorcall_Call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_methods = descr_methods,
    .tp_getset = method_getset,
    .tp_descr_get = method_get,
};

PyTypeObject PyClassMethodDescr_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "classmethod_descriptor", COMMON(PyMethodDescrObject),
    .tp_repr = method_repr,
    .tp_call = classmethod_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_getset = method_getset,
    .tp_descr_get = classmethod_get,
};

PyTypeObject PyMemberDescr_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "member_descriptor", COMMON(PyMemberDescrObject),
    .tp_repr = member_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_methods = descr_methods,
    .tp_getset = member_getset,
    .tp_descr_get = member_get,
    .tp_descr_set = member_set,
};

PyTypeObject PyGetSetDescr_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "getset_descriptor", COMMON(PyGetSetDescrObject),
    .tp_repr = getset_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_methods = descr_methods,
    .tp_getset = getset_getset,
    .tp_descr_get = getset_get,
    .tp_descr_set = getset_set,
};

PyTypeObject PyWrapperDescr_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "wrapper_descriptor", COMMON(PyWrapperDescrObject),
    .tp_repr = wrapper_repr,
    .tp_call = wrapper_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_methods = descr_methods,
    .tp_getset = wrapper_getset,
    .tp_descr_get = wrapper_get,
};

/* ---- making them ---- */

/* Steals the name; NULL with an exception set when it is NULL or there is no memory. */
static void *descr_named(PyTypeObject *descr_type, PyTypeObject *type, PyObject *text)
{
    if (text == NULL)
        return NULL;
    PyDescrObject *descr = (PyDescrObject *)PyType_GenericAlloc(descr_type, 0);
    if (descr == NULL) {
        Py_DECREF(text);
        return NULL;
    }
    descr->d_type = (PyTypeObject *)Py_XNewRef((PyObject *)type);
    descr->d_name = text;
    return descr;
}

static void *descr_new(PyTypeObject *descr_type, PyTypeObject *type, const char *name)
{
    return descr_named(descr_type, type, PyUnicode_InternFromString(name));
}

PyObject *PyDescr_NewMethod(PyTypeObject *type, PyMethodDef *def)
{
    vectorcallfunc call;
    switch (def->ml_flags & (METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD)) {
    case METH_VARARGS: call = call_varargs; break;
    case METH_VARARGS | METH_KEYWORDS: call = call_varargs_keywords; break;
    case METH_FASTCALL: call = call_fastcall; break;
    case METH_FASTCALL | METH_KEYWORDS: call = call_fastcall_keywords; break;
    case METH_NOARGS: call = call_noargs; break;
    case METH_O: call = call_o; break;
    case METH_METHOD | METH_FASTCALL | METH_KEYWORDS: call = call_method; break;
    default:
        return PyErr_Format(PyExc_SystemError, "%s() method: bad call flags", def->ml_name);
    }
    PyMethodDescrObject *descr = descr_new(&PyMethodDescr_Type, type, def->ml_name);
    if (descr == NULL)
        return NULL;
    descr->d_method = def;
    descr->vectorcall = call;
    return (PyObject *)descr;
}

PyObject *PyDescr_NewClassMethod(PyTypeObject *type, PyMethodDef *def)
{
    PyMethodDescrObject *descr = descr_new(&PyClassMethodDescr_Type, type, def->ml_name);
    if (descr != NULL)
        descr->d_method = def;
    return (PyObject *)descr;
}

PyObject *PyDescr_NewMember(PyTypeObject *type, PyMemberDef *def)
{
    PyMemberDescrObject *descr = descr_new(&PyMemberDescr_Type, type, def->name);
    if (descr != NULL)
        descr->d_member = def;
    return (PyObject *)descr;
}

PyObject *PyDescr_NewGetSet(PyTypeObject *type, PyGetSetDef *def)
{
    PyGetSetDescrObject *descr = descr_new(&PyGetSetDescr_Type, type, def->name);
    if (descr != NULL)
        descr->d_getset = def;
    return (PyObject *)descr;
}

PyObject *PyDescr_NewWrapper(PyTypeObject *type, struct wrapperbase *base, void *wrapped)
{
    PyObject *name = base->name_strobj != NULL ? Py_NewRef(base->name_strobj) : PyUnicode_InternFromString(base->name);
    PyWrapperDescrObject *descr = descr_named(&PyWrapperDescr_Type, type, name);
    if (descr != NULL) {
        descr->d_base = base;
        descr->d_wrapped = wrapped;
    }
    return (PyObject *)descr;
}

int PyDescr_IsData(PyObject *descr) { return Py_TYPE(descr)->tp_descr_set != NULL; }

/* ---- method-wrapper: a slot wrapper bound to an object ---- */

typedef struct {
    PyObject_HEAD
    PyWrapperDescrObject *descr;
    PyObject *self;
} BoundWrapper;

static void bound_dealloc(PyObject *self)
{
    BoundWrapper *bound = (BoundWrapper *)self;
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, bound_dealloc)
    Py_XDECREF(bound->descr);
    Py_XDECREF(bound->self);
    PyObject_GC_Del(self);
    Py_TRASHCAN_END
}

static int bound_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((BoundWrapper *)self)->descr);
    Py_VISIT(((BoundWrapper *)self)->self);
    return 0;
}

static PyObject *bound_richcompare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !Py_IS_TYPE(b, &_PyMethodWrapper_Type))
        Py_RETURN_NOTIMPLEMENTED;
    int equal = ((BoundWrapper *)a)->descr == ((BoundWrapper *)b)->descr && ((BoundWrapper *)a)->self == ((BoundWrapper *)b)->self;
    return PyBool_FromLong(equal == (op == Py_EQ));
}

static Py_hash_t bound_hash(PyObject *self)
{
    Py_hash_t hash = _Py_HashPointer(((BoundWrapper *)self)->self) ^ _Py_HashPointer(((BoundWrapper *)self)->descr);
    return hash == -1 ? -2 : hash;
}

static PyObject *bound_repr(PyObject *self)
{
    BoundWrapper *bound = (BoundWrapper *)self;
    return PyUnicode_FromFormat("<method-wrapper '%s' of %s object at %p>", bound->descr->d_base->name,
                                Py_TYPE(bound->self)->tp_name, bound->self);
}

static PyObject *bound_call(PyObject *self, PyObject *args, PyObject *kwds)
{
    return call_wrapped(((BoundWrapper *)self)->descr, ((BoundWrapper *)self)->self, args, kwds);
}

static PyObject *bound_objclass(PyObject *self, void *context) { return Py_NewRef(PyDescr_TYPE(((BoundWrapper *)self)->descr)); }
static PyObject *bound_name(PyObject *self, void *context) { return PyUnicode_FromString(((BoundWrapper *)self)->descr->d_base->name); }
static PyObject *bound_doc(PyObject *self, void *context) { return wrapper_doc((PyObject *)((BoundWrapper *)self)->descr, NULL); }
static PyObject *bound_signature(PyObject *self, void *context)
{
    return wrapper_signature((PyObject *)((BoundWrapper *)self)->descr, NULL);
}
static PyObject *bound_qualname(PyObject *self, void *context)
{
    return descr_qualname((PyObject *)((BoundWrapper *)self)->descr, NULL);
}
static PyObject *bound_reduce(PyObject *self, PyObject *unused)
{
    return getattr_pair(((BoundWrapper *)self)->self, PyDescr_NAME(((BoundWrapper *)self)->descr));
}

static PyMethodDef bound_methods[] = {{"__reduce__", bound_reduce, METH_NOARGS, NULL}, {NULL}};
static PyMemberDef bound_members[] = {{"__self__", T_OBJECT, offsetof(BoundWrapper, self), READONLY, NULL}, {NULL}};
static PyGetSetDef bound_getset[] = {
    {"__objclass__", bound_objclass, NULL, NULL, NULL}, {"__name__", bound_name, NULL, NULL, NULL},
    {"__qualname__", bound_qualname, NULL, NULL, NULL}, {"__doc__", bound_doc, NULL, NULL, NULL},
    {"__text_signature__", bound_signature, NULL, NULL, NULL}, {NULL},
};

PyTypeObject _PyMethodWrapper_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "method-wrapper",
    .tp_basicsize = sizeof(BoundWrapper),
    .tp_dealloc = bound_dealloc,
    .tp_repr = bound_repr,
    .tp_hash = bound_hash,
    .tp_call = bound_call,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = bound_traverse,
    .tp_richcompare = bound_richcompare,
    .tp_methods = bound_methods,
    .tp_members = bound_members,
    .tp_getset = bound_getset,
};

PyObject *PyWrapper_New(PyObject *descr, PyObject *self)
{
    BoundWrapper *bound = PyObject_GC_New(BoundWrapper, &_PyMethodWrapper_Type);
    if (bound == NULL)
        return NULL;
    bound->descr = (PyWrapperDescrObject *)Py_NewRef(descr);
    bound->self = Py_NewRef(self);
    PyObject_GC_Track(bound);
    return (PyObject *)bound;
}
