/* super(): attribute lookup that starts behind a class in an object's MRO. */
#include "objects/super.h"
#include "objects/object.h"
#include "objects/names.h"
#include "structmember.h"
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    PyTypeObject *type;       /* search begins behind this class */
    PyObject *obj;            /* what is bound to, or NULL */
    PyTypeObject *obj_type;   /* whose MRO is searched */
} Super;
#define S(self) ((Super *)(self))

static void super_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(S(self)->obj);
    Py_XDECREF(S(self)->type);
    Py_XDECREF(S(self)->obj_type);
    Py_TYPE(self)->tp_free(self);
}

static int super_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(S(self)->obj);
    Py_VISIT(S(self)->type);
    Py_VISIT(S(self)->obj_type);
    return 0;
}

static PyObject *super_repr(PyObject *self)
{
    const char *name = S(self)->type == NULL ? "NULL" : S(self)->type->tp_name;
    if (S(self)->obj_type != NULL)
        return PyUnicode_FromFormat("<super: <class '%s'>, <%s object>>", name, S(self)->obj_type->tp_name);
    return PyUnicode_FromFormat("<super: <class '%s'>, NULL>", name);
}

/* The attribute as the classes behind `type` in the MRO have it (new, not bound); NULL, with or without an exception. */
static PyObject *find_behind(PyTypeObject *type, PyTypeObject *start, PyObject *name)
{
    PyObject *mro = start->tp_mro, *found = NULL;
    if (mro == NULL)
        return NULL;
    Py_ssize_t i = 0, n = PyTuple_GET_SIZE(mro);
    while (i + 1 < n && PyTuple_GET_ITEM(mro, i) != (PyObject *)type)
        i++;
    Py_INCREF(mro);
    for (i++; i < n && found == NULL; i++) {
        PyObject *dict = Py_NewRef(((PyTypeObject *)PyTuple_GET_ITEM(mro, i))->tp_dict);
        found = Py_XNewRef(PyDict_GetItemWithError(dict, name));
        Py_DECREF(dict);
        if (found == NULL && PyErr_Occurred())
            break;
    }
    Py_DECREF(mro);
    return found;
}

static PyObject *super_getattro(PyObject *self, PyObject *name)
{
    PyTypeObject *start = S(self)->obj_type;
    /* super().__class__ is super itself */
    if (start == NULL || (PyUnicode_Check(name) && PyUnicode_Compare(name, N(__class__)) == 0))
        return PyObject_GenericGetAttr(self, name);
    PyObject *found = find_behind(S(self)->type, start, name);
    if (found == NULL)
        return PyErr_Occurred() ? NULL : PyObject_GenericGetAttr(self, name);
    descrgetfunc get = Py_TYPE(found)->tp_descr_get;
    if (get == NULL)
        return found;
    PyObject *obj = S(self)->obj;
    PyObject *result = get(found, obj == (PyObject *)start ? NULL : obj, (PyObject *)start);
    Py_DECREF(found);
    return result;
}

/* The class whose MRO serves for super(type, obj), new; NULL with TypeError when obj is no instance or subclass. */
static PyTypeObject *check_object(PyTypeObject *type, PyObject *obj)
{
    if (PyType_Check(obj) && PyType_IsSubtype((PyTypeObject *)obj, type))
        return (PyTypeObject *)Py_NewRef(obj);
    if (PyType_IsSubtype(Py_TYPE(obj), type))
        return (PyTypeObject *)Py_NewRef(Py_TYPE(obj));
    PyObject *cls;
    if (_PyObject_LookupAttr(obj, N(__class__), &cls) < 0)
        return NULL;
    if (cls != NULL && PyType_Check(cls) && (PyTypeObject *)cls != Py_TYPE(obj)
        && PyType_IsSubtype((PyTypeObject *)cls, type))
        return (PyTypeObject *)cls;
    Py_XDECREF(cls);
    PyErr_SetString(PyExc_TypeError, "super(type, obj): obj must be an instance or subtype of type");
    return NULL;
}

static int set_fields(Super *self, PyTypeObject *type, PyObject *obj)
{
    PyTypeObject *obj_type = NULL;
    if (obj == Py_None)
        obj = NULL;
    if (obj != NULL && (obj_type = check_object(type, obj)) == NULL)
        return -1;
    Py_INCREF(type);
    Py_XSETREF(self->type, type);
    Py_XSETREF(self->obj, Py_XNewRef(obj));
    Py_XSETREF(self->obj_type, obj_type);
    return 0;
}

static int init(PyObject *self, PyObject *type, PyObject *obj)
{
    if (type != NULL)
        return set_fields(S(self), (PyTypeObject *)type, obj);
    PyTypeObject *cls;
    PyObject *first;
    if (super_arguments(&cls, &first) < 0)
        return -1;
    int err = set_fields(S(self), cls, first);
    Py_DECREF(cls);
    Py_DECREF(first);
    return err;
}

static int super_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyObject *type = NULL, *obj = NULL;
    if (!_PyArg_NoKeywords("super", kwds) || !PyArg_ParseTuple(args, "|O!O:super", &PyType_Type, &type, &obj))
        return -1;
    return init(self, type, obj);
}

static PyObject *super_vectorcall(PyObject *cls, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (!_PyArg_NoKwnames("super", kwnames) || !_PyArg_CheckPositional("super()", n, 0, 2))
        return NULL;
    if (n > 0 && !PyType_Check(args[0]))
        return PyErr_Format(PyExc_TypeError, "super() argument 1 must be a type, not %.200s", Py_TYPE(args[0])->tp_name);
    PyObject *self = ((PyTypeObject *)cls)->tp_alloc((PyTypeObject *)cls, 0);
    if (self == NULL)
        return NULL;
    if (init(self, n > 0 ? args[0] : NULL, n > 1 ? args[1] : NULL) < 0)
        Py_CLEAR(self);
    return self;
}

/* An unbound super as a class attribute binds to the instance. */
static PyObject *super_descr_get(PyObject *self, PyObject *obj, PyObject *type)
{
    if (obj == NULL || obj == Py_None || S(self)->obj != NULL)
        return Py_NewRef(self);
    if (!Py_IS_TYPE(self, &PySuper_Type))
        return PyObject_CallFunctionObjArgs((PyObject *)Py_TYPE(self), S(self)->type, obj, NULL);
    PyObject *bound = PySuper_Type.tp_alloc(&PySuper_Type, 0);
    if (bound != NULL && set_fields(S(bound), S(self)->type, obj) < 0)
        Py_CLEAR(bound);
    return bound;
}

static PyMemberDef super_members[] = {
    {"__thisclass__", T_OBJECT, offsetof(Super, type), READONLY, "the class invoking super()"},
    {"__self__", T_OBJECT, offsetof(Super, obj), READONLY, "the instance invoking super(); may be None"},
    {"__self_class__", T_OBJECT, offsetof(Super, obj_type), READONLY, "the type of the instance invoking super(); may be None"},
    {NULL},
};

PyTypeObject PySuper_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "super",
    .tp_basicsize = sizeof(Super),
    .tp_dealloc = super_dealloc,
    .tp_repr = super_repr,
    .tp_getattro = super_getattro,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\n"
              "super(type, obj) -> bound super object; requires isinstance(obj, type)\n"
              "super(type, type2) -> bound super object; requires issubclass(type2, type)\n"
              "Typical use to call a cooperative superclass method:\n"
              "class C(B):\n    def meth(self, arg):\n        super().meth(arg)\n"
              "This works for class methods too:\n"
              "class C(B):\n    @classmethod\n    def cmeth(cls, arg):\n        super().cmeth(arg)\n",
    .tp_traverse = super_traverse,
    .tp_members = super_members,
    .tp_descr_get = super_descr_get,
    .tp_init = super_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = super_vectorcall,
};
