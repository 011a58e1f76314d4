/* The _functools module: reduce, partial, cmp_to_key. lru_cache is in lru_cache.c. */
#include "Python.h"
#include "structmember.h"
#include "objects/names.h"
#include "modules/_functools.h"
#include <stddef.h>

/* ---- partial ---- */

typedef struct {
    PyObject_HEAD
    PyObject *function, *args, *kwds;   /* callable, tuple, dict */
    PyObject *dict, *weaklist;
    vectorcallfunc vectorcall;
} Partial;
#define P(self) ((Partial *)(self))

static PyObject *partial_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames);

/* The innermost partial's parts can be taken over when nothing was added to it. */
static int is_plain_partial(PyTypeObject *type, PyObject *o)
{
    return Py_IS_TYPE(o, type) && P(o)->dict == NULL;
}

static PyObject *partial_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    if (PyTuple_GET_SIZE(args) < 1) {
        PyErr_SetString(PyExc_TypeError, "type 'partial' takes at least one argument");
        return NULL;
    }
    PyObject *function = PyTuple_GET_ITEM(args, 0), *before = NULL, *kwds_before = NULL;
    if (!PyCallable_Check(function)) {
        PyErr_SetString(PyExc_TypeError, "the first argument must be callable");
        return NULL;
    }
    if (is_plain_partial(type, function)) {
        before = P(function)->args;
        kwds_before = P(function)->kwds;
        function = P(function)->function;
    }
    Partial *self = P(type->tp_alloc(type, 0));
    if (self == NULL)
        return NULL;
    self->function = Py_NewRef(function);
    self->vectorcall = partial_vectorcall;
    PyObject *own = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args));
    if (own != NULL && before != NULL && PyTuple_GET_SIZE(before) > 0)
        Py_SETREF(own, PySequence_Concat(before, own));
    self->args = own;
    self->kwds = kwds_before != NULL && PyDict_GET_SIZE(kwds_before) > 0 ? PyDict_Copy(kwds_before) : PyDict_New();
    if (self->args == NULL || self->kwds == NULL || (kwds != NULL && PyDict_Merge(self->kwds, kwds, 1) < 0)) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static int partial_clear(PyObject *self)
{
    Py_CLEAR(P(self)->function);
    Py_CLEAR(P(self)->args);
    Py_CLEAR(P(self)->kwds);
    Py_CLEAR(P(self)->dict);
    return 0;
}

static int partial_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(P(self)->function);
    Py_VISIT(P(self)->args);
    Py_VISIT(P(self)->kwds);
    Py_VISIT(P(self)->dict);
    return 0;
}

static void partial_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (P(self)->weaklist != NULL)
        PyObject_ClearWeakRefs(self);
    partial_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *partial_call(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyObject *all = PySequence_Concat(P(self)->args, args), *both = NULL, *result = NULL;
    if (all == NULL)
        return NULL;
    if (PyDict_GET_SIZE(P(self)->kwds) == 0)
        both = Py_XNewRef(kwds);
    else if ((both = PyDict_Copy(P(self)->kwds)) == NULL || (kwds != NULL && PyDict_Merge(both, kwds, 1) < 0))
        goto done;
    PyObject *function = Py_NewRef(P(self)->function);
    result = PyObject_Call(function, all, both);
    Py_DECREF(function);
done:
    Py_DECREF(all);
    Py_XDECREF(both);
    return result;
}

static PyObject *partial_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf), given = n + (kwnames == NULL ? 0 : PyTuple_GET_SIZE(kwnames));
    if (PyDict_GET_SIZE(P(self)->kwds) > 0) {   /* keywords have to be merged */
        PyObject *tuple = PyTuple_New(n), *kwds = NULL, *result = NULL;
        if (tuple == NULL)
            return NULL;
        for (Py_ssize_t i = 0; i < n; i++)
            PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
        if (kwnames == NULL || (kwds = _PyStack_AsDict(args + n, kwnames)) != NULL)
            result = partial_call(self, tuple, kwds);
        Py_DECREF(tuple);
        Py_XDECREF(kwds);
        return result;
    }
    PyObject *mine = Py_NewRef(P(self)->args), *function = Py_NewRef(P(self)->function), *result = NULL;
    Py_ssize_t bound = PyTuple_GET_SIZE(mine);
    PyObject *small[9], **stack = small;
    if (bound + given > 8 && (stack = PyMem_Malloc((bound + given + 1) * sizeof *stack)) == NULL) {
        PyErr_NoMemory();
    } else {
        for (Py_ssize_t i = 0; i < bound; i++)
            stack[i + 1] = PyTuple_GET_ITEM(mine, i);
        for (Py_ssize_t i = 0; i < given; i++)
            stack[bound + i + 1] = args[i];
        result = PyObject_Vectorcall(function, stack + 1, (bound + n) | PY_VECTORCALL_ARGUMENTS_OFFSET, kwnames);
        if (stack != small)
            PyMem_Free(stack);
    }
    Py_DECREF(mine);
    Py_DECREF(function);
    return result;
}

static PyObject *partial_repr(PyObject *self)
{
    int busy = Py_ReprEnter(self);
    if (busy != 0)
        return busy < 0 ? NULL : PyUnicode_FromString("...");
    const char *name = Py_TYPE(self)->tp_name;
    PyObject *text = PyUnicode_FromFormat("%s(%R", name, P(self)->function), *key, *value;
    PyObject *args = Py_NewRef(P(self)->args), *kwds = Py_NewRef(P(self)->kwds);
    for (Py_ssize_t i = 0; text != NULL && i < PyTuple_GET_SIZE(args); i++)
        Py_SETREF(text, PyUnicode_FromFormat("%U, %R", text, PyTuple_GET_ITEM(args, i)));
    Py_ssize_t at = 0;
    while (text != NULL && PyDict_Next(kwds, &at, &key, &value)) {
        Py_INCREF(key);
        Py_INCREF(value);
        Py_SETREF(text, PyUnicode_FromFormat("%U, %S=%R", text, key, value));
        Py_DECREF(key);
        Py_DECREF(value);
    }
    if (text != NULL)
        Py_SETREF(text, PyUnicode_FromFormat("%U)", text));
    Py_DECREF(args);
    Py_DECREF(kwds);
    Py_ReprLeave(self);
    return text;
}

static PyObject *partial_reduce(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("O(O)(OOOO)", Py_TYPE(self), P(self)->function, P(self)->function, P(self)->args, P(self)->kwds,
                         P(self)->dict != NULL ? P(self)->dict : Py_None);
}

static PyObject *partial_setstate(PyObject *self, PyObject *state)
{
    PyObject *function, *args, *kwds, *dict;
    if (!PyTuple_Check(state) || PyTuple_GET_SIZE(state) != 4) {
        PyErr_SetString(PyExc_TypeError, "invalid partial state");
        return NULL;
    }
    function = PyTuple_GET_ITEM(state, 0);
    args = PyTuple_GET_ITEM(state, 1);
    kwds = PyTuple_GET_ITEM(state, 2);
    dict = PyTuple_GET_ITEM(state, 3);
    if (!PyCallable_Check(function) || !PyTuple_Check(args) || (kwds != Py_None && !PyDict_Check(kwds))) {
        PyErr_SetString(PyExc_TypeError, "invalid partial state");
        return NULL;
    }
    args = PyTuple_CheckExact(args) ? Py_NewRef(args) : PySequence_Tuple(args);
    kwds = kwds == Py_None ? PyDict_New() : PyDict_CheckExact(kwds) ? Py_NewRef(kwds) : PyDict_Copy(kwds);
    if (args == NULL || kwds == NULL) {
        Py_XDECREF(args);
        Py_XDECREF(kwds);
        return NULL;
    }
    Py_INCREF(function);
    Py_SETREF(P(self)->function, function);
    Py_SETREF(P(self)->args, args);
    Py_SETREF(P(self)->kwds, kwds);
    Py_XSETREF(P(self)->dict, dict == Py_None ? NULL : Py_NewRef(dict));
    Py_RETURN_NONE;
}

static PyMethodDef partial_methods[] = {
    {"__reduce__", partial_reduce, METH_NOARGS, NULL},
    {"__setstate__", partial_setstate, METH_O, NULL},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "See PEP 585"},
    {NULL},
};
static PyMemberDef partial_members[] = {
    {"func", T_OBJECT, offsetof(Partial, function), READONLY, "function object to use in future partial calls"},
    {"args", T_OBJECT, offsetof(Partial, args), READONLY, "tuple of arguments to future partial calls"},
    {"keywords", T_OBJECT, offsetof(Partial, kwds), READONLY, "dictionary of keyword arguments to future partial calls"},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Partial, weaklist), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(Partial, dict), READONLY, NULL},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Partial, vectorcall), READONLY, NULL},
    {NULL},
};
static PyGetSetDef partial_getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL}};
static PyType_Slot partial_slots[] = {
    {Py_tp_dealloc, partial_dealloc}, {Py_tp_repr, partial_repr}, {Py_tp_call, partial_call},
    {Py_tp_getattro, PyObject_GenericGetAttr}, {Py_tp_setattro, PyObject_GenericSetAttr},
    {Py_tp_doc, (void *)"partial(func, *args, **keywords) - new function with partial application\n"
                        "    of the given arguments and keywords.\n"},
    {Py_tp_traverse, partial_traverse}, {Py_tp_clear, partial_clear}, {Py_tp_methods, partial_methods},
    {Py_tp_members, partial_members}, {Py_tp_getset, partial_getset}, {Py_tp_new, partial_new}, {Py_tp_free, PyObject_GC_Del},
    {0, NULL},
};
static PyType_Spec partial_spec = {
    .name = "functools.partial", .basicsize = sizeof(Partial),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE
             | Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = partial_slots};

/* ---- cmp_to_key ---- */

typedef struct {
    PyObject_HEAD
    PyObject *compare, *object;   /* object NULL: the factory itself */
} Key;
#define K(self) ((Key *)(self))

static int key_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(K(self)->compare);
    Py_VISIT(K(self)->object);
    return 0;
}
static int key_clear(PyObject *self)
{
    Py_CLEAR(K(self)->compare);
    Py_CLEAR(K(self)->object);
    return 0;
}
static void key_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    key_clear(self);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static PyObject *new_key(PyTypeObject *type, PyObject *compare, PyObject *object)
{
    Key *key = PyObject_GC_New(Key, type);
    if (key == NULL)
        return NULL;
    key->compare = Py_NewRef(compare);
    key->object = Py_XNewRef(object);
    PyObject_GC_Track(key);
    return (PyObject *)key;
}

static PyObject *key_call(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"obj", NULL};
    PyObject *object;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O:K", names, &object))
        return NULL;
    return new_key(Py_TYPE(self), K(self)->compare, object);
}

static PyObject *key_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!Py_IS_TYPE(b, Py_TYPE(a))) {
        PyErr_Format(PyExc_TypeError, "other argument must be K instance");
        return NULL;
    }
    if (K(a)->object == NULL || K(b)->object == NULL) {
        PyErr_Format(PyExc_AttributeError, "object");
        return NULL;
    }
    PyObject *args[2] = {K(a)->object, K(b)->object};
    PyObject *order = PyObject_Vectorcall(K(a)->compare, args, 2, NULL);
    if (order == NULL)
        return NULL;
    PyObject *zero = PyLong_FromLong(0), *result = zero == NULL ? NULL : PyObject_RichCompare(order, zero, op);
    Py_DECREF(order);
    Py_XDECREF(zero);
    return result;
}

static PyMemberDef key_members[] = {
    {"obj", T_OBJECT, offsetof(Key, object), 0, "Value wrapped by a key function."},
    {NULL},
};
static PyType_Slot key_slots[] = {
    {Py_tp_dealloc, key_dealloc}, {Py_tp_call, key_call}, {Py_tp_getattro, PyObject_GenericGetAttr},
    {Py_tp_traverse, key_traverse}, {Py_tp_clear, key_clear}, {Py_tp_richcompare, key_richcompare},
    {Py_tp_hash, PyObject_HashNotImplemented}, {Py_tp_members, key_members}, {0, NULL},
};
static PyType_Spec key_spec = {
    .name = "functools.KeyWrapper", .basicsize = sizeof(Key),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = key_slots};

static PyObject *cmp_to_key(PyObject *module, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"mycmp", NULL};
    PyObject *compare;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O:cmp_to_key", names, &compare))
        return NULL;
    return new_key(((FunctoolsState *)PyModule_GetState(module))->key_type, compare, NULL);
}

/* ---- reduce ---- */

static PyObject *reduce(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("reduce", n, 2, 3))
        return NULL;
    PyObject *function = args[0], *result = n == 3 ? Py_NewRef(args[2]) : NULL, *item;
    PyObject *iterator = PyObject_GetIter(args[1]);
    if (iterator == NULL) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_SetString(PyExc_TypeError, "reduce() arg 2 must support iteration");
        Py_XDECREF(result);
        return NULL;
    }
    while ((item = PyIter_Next(iterator)) != NULL) {
        if (result == NULL) {
            result = item;
            continue;
        }
        PyObject *pair[3] = {NULL, result, item};
        PyObject *next = PyObject_Vectorcall(function, pair + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
        Py_DECREF(item);
        Py_SETREF(result, next);
        if (result == NULL)
            break;
    }
    Py_DECREF(iterator);
    if (PyErr_Occurred())
        Py_CLEAR(result);
    else if (result == NULL)
        PyErr_SetString(PyExc_TypeError, "reduce() of empty iterable with no initial value");
    return result;
}

/* ---- the module ---- */

static PyMethodDef methods[] = {
    {"reduce", _PyCFunction_CAST(reduce), METH_FASTCALL,
     "reduce(function, iterable[, initial]) -> value\n\n"
     "Apply a function of two arguments cumulatively to the items of a sequence\n"
     "or iterable, from left to right, so as to reduce the iterable to a single\n"
     "value.  For example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5]) calculates\n"
     "((((1+2)+3)+4)+5).  If initial is present, it is placed before the items\n"
     "of the iterable in the calculation, and serves as a default when the\niterable is empty."},
    {"cmp_to_key", _PyCFunction_CAST(cmp_to_key), METH_VARARGS | METH_KEYWORDS,
     "cmp_to_key($module, /, mycmp)\n--\n\nConvert a cmp= function into a key= function.\n\n"
     "  mycmp\n    Function that compares two objects."},
    {NULL},
};

static PyTypeObject *add(PyObject *module, PyType_Spec *spec, int public)
{
    PyTypeObject *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
    if (type != NULL && public && PyModule_AddType(module, type) < 0)
        Py_CLEAR(type);
    return type;
}

static int exec(PyObject *module)
{
    FunctoolsState *state = PyModule_GetState(module);
    state->kwd_mark = PyBaseObject_Type.tp_alloc(&PyBaseObject_Type, 0);
    if (state->kwd_mark == NULL || (state->partial_type = add(module, &partial_spec, 1)) == NULL
        || (state->lru_type = add(module, &lru_cache_spec, 0)) == NULL
        || (state->link_type = add(module, &lru_link_spec, 0)) == NULL
        || (state->key_type = add(module, &key_spec, 0)) == NULL)
        return -1;
    return PyModule_AddObjectRef(module, "_lru_cache_wrapper", (PyObject *)state->lru_type);
}
static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    FunctoolsState *state = PyModule_GetState(module);
    Py_VISIT(state->kwd_mark);
    Py_VISIT(state->partial_type);
    Py_VISIT(state->key_type);
    Py_VISIT(state->lru_type);
    Py_VISIT(state->link_type);
    return 0;
}
static int module_clear(PyObject *module)
{
    FunctoolsState *state = PyModule_GetState(module);
    Py_CLEAR(state->kwd_mark);
    Py_CLEAR(state->partial_type);
    Py_CLEAR(state->key_type);
    Py_CLEAR(state->lru_type);
    Py_CLEAR(state->link_type);
    return 0;
}
static void module_free(void *module) { module_clear((PyObject *)module); }

static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec}, {0, NULL}};
PyModuleDef functools_module = {
    PyModuleDef_HEAD_INIT, .m_name = "_functools", .m_doc = "Tools that operate on functions.", .m_size = sizeof(FunctoolsState),
    .m_methods = methods, .m_slots = slots, .m_traverse = module_traverse, .m_clear = module_clear, .m_free = module_free};

PyMODINIT_FUNC PyInit__functools(void) { return PyModuleDef_Init(&functools_module); }
