/* types.UnionType: int | str (PEP 604). */
#include "objects/genericalias.h"
#include "objects/object.h"
#include "objects/names.h"
#include "structmember.h"
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    PyObject *args, *parameters;
} Union;
#define U(self) ((Union *)(self))
#define IS_UNION(o) Py_IS_TYPE(o, &_PyUnion_Type)
#define IS_ALIAS(o) PyObject_TypeCheck(o, &Py_GenericAliasType)

static void union_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(U(self)->args);
    Py_XDECREF(U(self)->parameters);
    PyObject_GC_Del(self);
}

static int union_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(U(self)->args);
    Py_VISIT(U(self)->parameters);
    return 0;
}

static int is_unionable(PyObject *o) { return o == Py_None || PyType_Check(o) || IS_ALIAS(o) || IS_UNION(o); }

/* Appends the members of o (itself, or a union's) that are not in the list yet. */
static int add_members(PyObject *list, PyObject *o)
{
    PyObject *one[1] = {o == Py_None ? (PyObject *)&_PyNone_Type : o}, **items = one;
    Py_ssize_t n = 1;
    if (IS_UNION(o)) {
        items = ((PyTupleObject *)U(o)->args)->ob_item;
        n = PyTuple_GET_SIZE(U(o)->args);
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        int known = 0;
        for (Py_ssize_t j = 0; j < PyList_GET_SIZE(list) && !known; j++) {
            PyObject *other = PyList_GET_ITEM(list, j);
            /* an alias is never equal to a class, and classes are equal if identical */
            if (IS_ALIAS(items[i]) != IS_ALIAS(other))
                continue;
            known = IS_ALIAS(other) ? PyObject_RichCompareBool(items[i], other, Py_EQ) : items[i] == other;
            if (known < 0)
                return -1;
        }
        if (!known && PyList_Append(list, items[i]) < 0)
            return -1;
    }
    return 0;
}

static PyObject *make_union(PyObject *args)
{
    Union *self = PyObject_GC_New(Union, &_PyUnion_Type);
    if (self == NULL)
        return NULL;
    self->args = Py_NewRef(args);
    self->parameters = NULL;
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

PyObject *union_or(PyObject *left, PyObject *right)
{
    if (!is_unionable(left) || !is_unionable(right))
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *list = PyList_New(0), *result = NULL;
    if (list == NULL)
        return NULL;
    if (add_members(list, left) == 0 && add_members(list, right) == 0) {
        if (PyList_GET_SIZE(list) == 1) {
            result = Py_NewRef(PyList_GET_ITEM(list, 0));
        } else {
            PyObject *args = PyList_AsTuple(list);
            if (args != NULL)
                result = make_union(args);
            Py_XDECREF(args);
        }
    }
    Py_DECREF(list);
    return result;
}

static Py_hash_t union_hash(PyObject *self)
{
    PyObject *set = PyFrozenSet_New(U(self)->args);
    if (set == NULL)
        return -1;
    Py_hash_t hash = PyObject_Hash(set);
    Py_DECREF(set);
    return hash;
}

static PyObject *union_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!IS_UNION(a) || !IS_UNION(b) || (op != Py_EQ && op != Py_NE))
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *x = PySet_New(U(a)->args), *y = PySet_New(U(b)->args), *result = NULL;
    if (x != NULL && y != NULL)
        result = PyObject_RichCompare(x, y, op);
    Py_XDECREF(x);
    Py_XDECREF(y);
    return result;
}

static PyObject *union_repr(PyObject *self)
{
    PyObject *text = PyUnicode_FromString("");
    for (Py_ssize_t i = 0; text != NULL && i < PyTuple_GET_SIZE(U(self)->args); i++) {
        PyObject *item = PyTuple_GET_ITEM(U(self)->args, i);
        PyObject *part = item == (PyObject *)&_PyNone_Type ? PyUnicode_FromString("None") : alias_item_repr(item);
        Py_SETREF(text, part == NULL ? NULL : PyUnicode_FromFormat(i ? "%U | %U" : "%U%U", text, part));
        Py_XDECREF(part);
    }
    return text;
}

typedef int (*check)(PyObject *, PyObject *);

/* Asks member after member; one that is a parameterised generic cannot be asked. */
static PyObject *check_members(PyObject *self, PyObject *o, check ask, const char *error)
{
    PyObject *args = U(self)->args;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); i++) {
        PyObject *item = PyTuple_GET_ITEM(args, i);
        if (IS_ALIAS(item)) {
            PyErr_SetString(PyExc_TypeError, error);
            return NULL;
        }
        if (!PyType_Check(item))
            continue;
        int is = ask(o, item);
        if (is != 0)
            return is < 0 ? NULL : Py_NewRef(Py_True);
    }
    Py_RETURN_FALSE;
}

static PyObject *union_instancecheck(PyObject *self, PyObject *o)
{
    return check_members(self, o, PyObject_IsInstance, "isinstance() argument 2 cannot be a parameterized generic");
}
static PyObject *union_subclasscheck(PyObject *self, PyObject *o)
{
    if (!PyType_Check(o)) {
        PyErr_SetString(PyExc_TypeError, "issubclass() arg 1 must be a class");
        return NULL;
    }
    return check_members(self, o, PyObject_IsSubclass, "issubclass() argument 2 cannot be a parameterized generic");
}

static PyObject *parameters_of(PyObject *self)
{
    if (U(self)->parameters != NULL)
        return U(self)->parameters;
    PyObject *parameters = alias_parameters(U(self)->args);
    if (parameters == NULL)
        return NULL;
    if (U(self)->parameters == NULL)   /* else a member asked too */
        return U(self)->parameters = parameters;
    Py_DECREF(parameters);
    return U(self)->parameters;
}

static PyObject *union_getitem(PyObject *self, PyObject *item)
{
    PyObject *parameters = parameters_of(self);
    PyObject *args = parameters == NULL ? NULL : alias_substitute(self, U(self)->args, parameters, item);
    if (args == NULL)
        return NULL;
    PyObject *result = Py_NewRef(PyTuple_GET_ITEM(args, 0));
    for (Py_ssize_t i = 1; result != NULL && i < PyTuple_GET_SIZE(args); i++)
        Py_SETREF(result, PyNumber_Or(result, PyTuple_GET_ITEM(args, i)));
    Py_DECREF(args);
    return result;
}

static PyObject *union_getattro(PyObject *self, PyObject *name)
{
    if (PyUnicode_Check(name) && _PyUnicode_EqualToASCIIString(name, "__module__"))
        return PyObject_GetAttr((PyObject *)Py_TYPE(self), name);
    return PyObject_GenericGetAttr(self, name);
}

static PyObject *get_parameters(PyObject *self, void *context) { return Py_XNewRef(parameters_of(self)); }

static PyMethodDef union_methods[] = {
    {"__instancecheck__", union_instancecheck, METH_O, NULL},
    {"__subclasscheck__", union_subclasscheck, METH_O, NULL},
    {NULL},
};
static PyMemberDef union_members[] = {{"__args__", T_OBJECT, offsetof(Union, args), READONLY, NULL}, {NULL}};
static PyGetSetDef union_getset[] = {
    {"__parameters__", get_parameters, NULL, "Type variables in the types.UnionType.", NULL},
    {NULL},
};
static PyNumberMethods union_as_number = {.nb_or = union_or};
static PyMappingMethods union_as_mapping = {.mp_subscript = union_getitem};

PyTypeObject _PyUnion_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "types.UnionType",
    .tp_basicsize = sizeof(Union),
    .tp_dealloc = union_dealloc,
    .tp_repr = union_repr,
    .tp_as_number = &union_as_number,
    .tp_as_mapping = &union_as_mapping,
    .tp_hash = union_hash,
    .tp_getattro = union_getattro,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Represent a PEP 604 union type\n\nE.g. for int | str",
    .tp_traverse = union_traverse,
    .tp_richcompare = union_richcompare,
    .tp_methods = union_methods,
    .tp_members = union_members,
    .tp_getset = union_getset,
};
