/* types.GenericAlias: list[int] and the like (PEP 585), and the substitution of their type variables. */
#include "objects/genericalias.h"
#include "objects/object.h"
#include "objects/names.h"
#include "memory/stack.h"
#include "structmember.h"
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    PyObject *origin;
    PyObject *args;         /* tuple */
    PyObject *parameters;   /* tuple, made on demand */
    PyObject *weaklist;
    char starred;           /* *tuple[int] */
    vectorcallfunc vectorcall;
} Alias;
#define A(self) ((Alias *)(self))

/* ---- parameters ---- */

/* Appends to the list unless there. */
static int add_once(PyObject *list, PyObject *item)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++)
        if (PyList_GET_ITEM(list, i) == item)
            return 0;
    return PyList_Append(list, item);
}

PyObject *alias_parameters(PyObject *args)
{
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = 0; list != NULL && i < PyTuple_GET_SIZE(args); i++) {
        PyObject *item = PyTuple_GET_ITEM(args, i), *found;
        int err = 0;
        if (PyType_Check(item))
            continue;   /* a class has parameters of its own, which are not its argument's */
        if (_PyObject_LookupAttr(item, N(__typing_subst__), &found) < 0) {
            err = -1;
        } else if (found != NULL) {
            Py_DECREF(found);
            err = add_once(list, item);
        } else if (_PyObject_LookupAttr(item, N(__parameters__), &found) < 0) {
            err = -1;
        } else if (found != NULL) {
            for (Py_ssize_t j = 0; err == 0 && PyTuple_Check(found) && j < PyTuple_GET_SIZE(found); j++)
                err = add_once(list, PyTuple_GET_ITEM(found, j));
            Py_DECREF(found);
        }
        if (err < 0)
            Py_CLEAR(list);
    }
    if (list == NULL)
        return NULL;
    PyObject *tuple = PyList_AsTuple(list);
    Py_DECREF(list);
    return tuple;
}

static Py_ssize_t index_in(PyObject *tuple, PyObject *item)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++)
        if (PyTuple_GET_ITEM(tuple, i) == item)
            return i;
    return -1;
}

/* An argument that itself has parameters, subscripted with what they stand for. */
static PyObject *substitute_inside(PyObject *item, PyObject *parameters, PyObject *values, Py_ssize_t nvalues)
{
    PyObject *inner;
    if (_PyObject_LookupAttr(item, N(__parameters__), &inner) < 0)
        return NULL;
    if (inner == NULL || !PyTuple_Check(inner) || PyTuple_GET_SIZE(inner) == 0) {
        Py_XDECREF(inner);
        return Py_NewRef(item);
    }
    PyObject *list = PyList_New(0), *result = NULL;
    for (Py_ssize_t i = 0; list != NULL && i < PyTuple_GET_SIZE(inner); i++) {
        PyObject *parameter = PyTuple_GET_ITEM(inner, i);
        Py_ssize_t at = index_in(parameters, parameter);
        PyObject *value = at >= 0 && at < nvalues ? PyTuple_GET_ITEM(values, at) : parameter;
        int err = 0;
        /* what a TypeVarTuple stands for is a tuple of arguments */
        if (at >= 0 && Py_TYPE(parameter)->tp_iter != NULL && PyTuple_Check(value)) {
            for (Py_ssize_t j = 0; err == 0 && j < PyTuple_GET_SIZE(value); j++)
                err = PyList_Append(list, PyTuple_GET_ITEM(value, j));
        } else {
            err = PyList_Append(list, value);
        }
        if (err < 0)
            Py_CLEAR(list);
    }
    Py_DECREF(inner);
    PyObject *key = list == NULL ? NULL : PyList_AsTuple(list);
    if (key != NULL)
        result = PyObject_GetItem(item, key);
    Py_XDECREF(key);
    Py_XDECREF(list);
    return result;
}

/* The arguments that `item` stands for in a subscription: a tuple, with *tuple[...] spread. */
static PyObject *unpack_arguments(PyObject *item)
{
    PyObject *list = PyList_New(0);
    int is_tuple = PyTuple_Check(item);
    Py_ssize_t n = is_tuple ? PyTuple_GET_SIZE(item) : 1;
    for (Py_ssize_t i = 0; list != NULL && i < n; i++) {
        PyObject *one = is_tuple ? PyTuple_GET_ITEM(item, i) : item, *inner = NULL;
        int err = 0;
        if (!PyType_Check(one))
            err = _PyObject_LookupAttr(one, N(__typing_unpacked_tuple_args__), &inner) < 0 ? -1 : 0;
        if (err == 0 && inner != NULL && PyTuple_Check(inner)
            && !(PyTuple_GET_SIZE(inner) > 0 && PyTuple_GET_ITEM(inner, PyTuple_GET_SIZE(inner) - 1) == Py_Ellipsis)) {
            for (Py_ssize_t j = 0; err == 0 && j < PyTuple_GET_SIZE(inner); j++)
                err = PyList_Append(list, PyTuple_GET_ITEM(inner, j));
        } else if (err == 0) {
            err = PyList_Append(list, one);
        }
        Py_XDECREF(inner);
        if (err < 0)
            Py_CLEAR(list);
    }
    if (list == NULL)
        return NULL;
    PyObject *tuple = PyList_AsTuple(list);
    Py_DECREF(list);
    return tuple;
}

/* Lets each parameter that wants to (TypeVarTuple, ParamSpec) rearrange the arguments; steals `item`. */
static PyObject *prepare(PyObject *self, PyObject *parameters, PyObject *item)
{
    for (Py_ssize_t i = 0; item != NULL && i < PyTuple_GET_SIZE(parameters); i++) {
        PyObject *hook;
        if (_PyObject_LookupAttr(PyTuple_GET_ITEM(parameters, i), N(__typing_prepare_subst__), &hook) < 0) {
            Py_CLEAR(item);
        } else if (hook != NULL && hook != Py_None) {
            PyObject *args = PyTuple_Check(item) ? Py_NewRef(item) : PyTuple_Pack(1, item), *next = NULL;
            if (args != NULL)
                next = PyObject_CallFunctionObjArgs(hook, self, args, NULL);
            Py_XDECREF(args);
            Py_SETREF(item, next);
        }
        Py_XDECREF(hook);
    }
    return item;
}

/* One argument of the alias after substitution, appended to the list. */
static int append_substituted(PyObject *list, PyObject *item, PyObject *parameters, PyObject *values, Py_ssize_t nvalues)
{
    PyObject *subst = NULL, *value;
    int unpack = 0;
    if (PyType_Check(item))
        return PyList_Append(list, item);
    if (_PyObject_LookupAttr(item, N(__typing_is_unpacked_typevartuple__), &value) < 0)
        return -1;
    if (value != NULL) {
        unpack = PyObject_IsTrue(value);
        Py_DECREF(value);
        if (unpack < 0)
            return -1;
    }
    if (_PyObject_LookupAttr(item, N(__typing_subst__), &subst) < 0)
        return -1;
    Py_ssize_t at = subst == NULL ? -1 : index_in(parameters, item);
    if (at >= 0) {
        value = PyObject_CallOneArg(subst, PyTuple_GET_ITEM(values, at));
        Py_DECREF(subst);
    } else {   /* not a parameter, or not one yet when the parameters were gathered */
        Py_XDECREF(subst);
        value = substitute_inside(item, parameters, values, nvalues);
    }
    if (value == NULL)
        return -1;
    int err = 0;
    if (unpack && PyTuple_Check(value)) {
        for (Py_ssize_t i = 0; err == 0 && i < PyTuple_GET_SIZE(value); i++)
            err = PyList_Append(list, PyTuple_GET_ITEM(value, i));
    } else {
        err = PyList_Append(list, value);
    }
    Py_DECREF(value);
    return err;
}

PyObject *alias_substitute(PyObject *self, PyObject *args, PyObject *parameters, PyObject *item)
{
    Py_ssize_t n = PyTuple_GET_SIZE(parameters);
    if (n == 0)
        return PyErr_Format(PyExc_TypeError, "%R is not a generic class", self);
    item = prepare(self, parameters, unpack_arguments(item));
    if (item == NULL)
        return NULL;
    PyObject *values = PyTuple_Check(item) ? Py_NewRef(item) : PyTuple_Pack(1, item);
    Py_DECREF(item);
    if (values == NULL)
        return NULL;
    PyObject *list = NULL, *result = NULL;
    if (PyTuple_GET_SIZE(values) != n) {
        PyErr_Format(PyExc_TypeError, "Too %s arguments for %R; actual %zd, expected %zd",
                     PyTuple_GET_SIZE(values) > n ? "many" : "few", self, PyTuple_GET_SIZE(values), n);
    } else if ((list = PyList_New(0)) != NULL) {
        int err = 0;
        for (Py_ssize_t i = 0; err == 0 && i < PyTuple_GET_SIZE(args); i++)
            err = append_substituted(list, PyTuple_GET_ITEM(args, i), parameters, values, n);
        if (err == 0)
            result = PyList_AsTuple(list);
    }
    Py_XDECREF(list);
    Py_DECREF(values);
    return result;
}

/* ---- text ---- */

PyObject *alias_item_repr(PyObject *item)
{
    if (item == Py_Ellipsis)
        return PyUnicode_FromString("...");
    PyObject *origin, *args, *qualname, *module, *result = NULL;
    if (_PyObject_LookupAttr(item, N(__origin__), &origin) < 0)
        return NULL;
    if (origin != NULL) {
        Py_DECREF(origin);
        if (_PyObject_LookupAttr(item, N(__args__), &args) < 0)
            return NULL;
        if (args != NULL) {   /* another alias */
            Py_DECREF(args);
            return PyObject_Repr(item);
        }
    }
    if (_PyObject_LookupAttr(item, N(__qualname__), &qualname) < 0)
        return NULL;
    if (qualname == NULL)
        return PyObject_Repr(item);
    if (_PyObject_LookupAttr(item, N(__module__), &module) >= 0) {
        if (module == NULL || module == Py_None)
            result = PyObject_Repr(item);
        else if (PyUnicode_Check(module) && _PyUnicode_EQ(module, N(builtins)))
            result = PyObject_Str(qualname);
        else
            result = PyUnicode_FromFormat("%S.%S", module, qualname);
        Py_XDECREF(module);
    }
    Py_DECREF(qualname);
    return result;
}

/* As alias_item_repr, but lists (of Callable and Concatenate) item by item. */
static PyObject *argument_repr(PyObject *item)
{
    if (!PyList_Check(item))
        return alias_item_repr(item);
    PyObject *text = PyUnicode_FromString("[");
    for (Py_ssize_t i = 0; text != NULL && i < PyList_GET_SIZE(item); i++) {
        PyObject *one = Py_NewRef(PyList_GET_ITEM(item, i));
        PyObject *part = alias_item_repr(one);
        Py_DECREF(one);
        Py_SETREF(text, part == NULL ? NULL : PyUnicode_FromFormat(i ? "%U, %U" : "%U%U", text, part));
        Py_XDECREF(part);
    }
    if (text != NULL)
        Py_SETREF(text, PyUnicode_FromFormat("%U]", text));
    return text;
}

static PyObject *alias_repr(PyObject *self)
{
    PyObject *origin = alias_item_repr(A(self)->origin);
    if (origin == NULL)
        return NULL;
    PyObject *text = PyUnicode_FromFormat(A(self)->starred ? "*%U[" : "%U[", origin);
    Py_DECREF(origin);
    Py_ssize_t n = PyTuple_GET_SIZE(A(self)->args);
    for (Py_ssize_t i = 0; text != NULL && i < n; i++) {
        PyObject *part = argument_repr(PyTuple_GET_ITEM(A(self)->args, i));
        Py_SETREF(text, part == NULL ? NULL : PyUnicode_FromFormat(i ? "%U, %U" : "%U%U", text, part));
        Py_XDECREF(part);
    }
    if (text != NULL)
        Py_SETREF(text, PyUnicode_FromFormat(n == 0 ? "%U()]" : "%U]", text));
    return text;
}

/* ---- making ---- */

static PyObject *alias_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames);
static PyObject *alias_call(PyObject *self, PyObject *args, PyObject *kwds);

static int set_fields(Alias *self, PyObject *origin, PyObject *args)
{
    args = PyTuple_Check(args) ? Py_NewRef(args) : PyTuple_Pack(1, args);
    if (args == NULL)
        return -1;
    self->origin = Py_NewRef(origin);
    self->args = args;
    self->vectorcall = PyVectorcall_Function(origin) != NULL ? alias_vectorcall : NULL;
    return 0;
}

static PyObject *make(PyTypeObject *type, PyObject *origin, PyObject *args)
{
    Alias *self = (Alias *)type->tp_alloc(type, 0);
    if (self != NULL && set_fields(self, origin, args) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

PyObject *Py_GenericAlias(PyObject *origin, PyObject *args) { return make(&Py_GenericAliasType, origin, args); }

static PyObject *alias_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    if (!_PyArg_NoKeywords("GenericAlias", kwds) || !_PyArg_CheckPositional("GenericAlias", PyTuple_GET_SIZE(args), 2, 2))
        return NULL;
    return make(type, PyTuple_GET_ITEM(args, 0), PyTuple_GET_ITEM(args, 1));
}

static void alias_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (A(self)->weaklist != NULL)
        PyObject_ClearWeakRefs(self);
    Py_XDECREF(A(self)->origin);
    Py_XDECREF(A(self)->args);
    Py_XDECREF(A(self)->parameters);
    Py_TYPE(self)->tp_free(self);
}

static int alias_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(A(self)->origin);
    Py_VISIT(A(self)->args);
    Py_VISIT(A(self)->parameters);
    return 0;
}

/* ---- use ---- */

/* The instance remembers what it was made from, if it can. */
static PyObject *set_orig_class(PyObject *made, PyObject *self)
{
    if (made != NULL && PyObject_SetAttr(made, N(__orig_class__), self) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError) && !PyErr_ExceptionMatches(PyExc_TypeError)) {
            Py_DECREF(made);
            return NULL;
        }
        PyErr_Clear();
    }
    return made;
}

static PyObject *alias_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (c_stack_low() && c_stack_check(" while calling a Python object") < 0)
        return NULL;
    vectorcallfunc call = PyVectorcall_Function(A(self)->origin);
    PyObject *made = call != NULL ? call(A(self)->origin, args, nargsf, kwnames)
                                  : PyObject_Vectorcall(A(self)->origin, args, nargsf, kwnames);
    return set_orig_class(made, self);
}

static PyObject *alias_call(PyObject *self, PyObject *args, PyObject *kwds)
{
    return set_orig_class(PyObject_Call(A(self)->origin, args, kwds), self);
}

/* Attributes that are the alias's own; all others are the class's. */
static int is_own(PyObject *name)
{
    static const char *const own[] = {
        "__class__", "__origin__", "__args__", "__unpacked__", "__parameters__", "__typing_unpacked_tuple_args__",
        "__mro_entries__", "__reduce_ex__", "__reduce__", "__copy__", "__deepcopy__"};
    if (!PyUnicode_Check(name))
        return 1;
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (_PyUnicode_EqualToASCIIString(name, own[i]))
            return 1;
    return 0;
}

static PyObject *alias_getattro(PyObject *self, PyObject *name)
{
    if (c_stack_low() && c_stack_check("") < 0)
        return NULL;
    return is_own(name) ? PyObject_GenericGetAttr(self, name) : PyObject_GetAttr(A(self)->origin, name);
}

static PyObject *alias_parameters_of(PyObject *self)
{
    if (A(self)->parameters != NULL)
        return A(self)->parameters;
    PyObject *parameters = alias_parameters(A(self)->args);
    if (parameters == NULL)
        return NULL;
    if (A(self)->parameters == NULL)   /* else an argument asked too */
        return A(self)->parameters = parameters;
    Py_DECREF(parameters);
    return A(self)->parameters;
}

static PyObject *alias_getitem(PyObject *self, PyObject *item)
{
    PyObject *parameters = alias_parameters_of(self);
    PyObject *args = parameters == NULL ? NULL : alias_substitute(self, A(self)->args, parameters, item);
    if (args == NULL)
        return NULL;
    PyObject *result = make(&Py_GenericAliasType, A(self)->origin, args);
    Py_DECREF(args);
    if (result != NULL)
        A(result)->starred = A(self)->starred;
    return result;
}

static Py_hash_t alias_hash(PyObject *self)
{
    Py_hash_t a = PyObject_Hash(A(self)->origin), b;
    if (a == -1 || (b = PyObject_Hash(A(self)->args)) == -1)
        return -1;
    return (a ^ b) == -1 ? -2 : a ^ b;
}

static PyObject *alias_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyObject_TypeCheck(a, &Py_GenericAliasType) || !PyObject_TypeCheck(b, &Py_GenericAliasType)
        || (op != Py_EQ && op != Py_NE))
        Py_RETURN_NOTIMPLEMENTED;
    int equal = A(a)->starred == A(b)->starred;
    if (equal)
        equal = PyObject_RichCompareBool(A(a)->origin, A(b)->origin, Py_EQ);
    if (equal > 0)
        equal = PyObject_RichCompareBool(A(a)->args, A(b)->args, Py_EQ);
    return equal < 0 ? NULL : PyBool_FromLong(equal == (op == Py_EQ));
}

static PyObject *alias_mro_entries(PyObject *self, PyObject *bases) { return PyTuple_Pack(1, A(self)->origin); }
static PyObject *alias_instancecheck(PyObject *self, PyObject *o)
{
    PyErr_SetString(PyExc_TypeError, "isinstance() argument 2 cannot be a parameterized generic");
    return NULL;
}
static PyObject *alias_subclasscheck(PyObject *self, PyObject *o)
{
    PyErr_SetString(PyExc_TypeError, "issubclass() argument 2 cannot be a parameterized generic");
    return NULL;
}

static PyObject *alias_reduce(PyObject *self, PyObject *unused)
{
    if (!A(self)->starred)
        return Py_BuildValue("O(OO)", Py_TYPE(self), A(self)->origin, A(self)->args);
    PyObject *plain = Py_GenericAlias(A(self)->origin, A(self)->args);
    PyObject *next = Py_XNewRef(PyDict_GetItemString(PyEval_GetBuiltins(), "next")), *iterator, *result = NULL;
    if (next == NULL && !PyErr_Occurred())
        PyErr_SetString(PyExc_AttributeError, "next");
    if (plain != NULL && next != NULL && (iterator = PyObject_GetIter(plain)) != NULL) {
        result = Py_BuildValue("O(N)", next, iterator);
    }
    Py_XDECREF(next);
    Py_XDECREF(plain);
    return result;
}

static PyObject *alias_dir(PyObject *self, PyObject *unused)
{
    static const char *const own[] = {"__origin__", "__args__", "__parameters__", "__mro_entries__", "__reduce_ex__",
                                      "__reduce__", "__copy__", "__deepcopy__", "__unpacked__",
                                      "__typing_unpacked_tuple_args__", "__class__"};
    PyObject *names = PyObject_Dir(A(self)->origin);
    for (size_t i = 0; names != NULL && i < sizeof own / sizeof own[0]; i++) {
        PyObject *name = PyUnicode_FromString(own[i]);
        int has = name == NULL ? -1 : PySequence_Contains(names, name);
        if (has < 0 || (has == 0 && PyList_Append(names, name) < 0))
            Py_CLEAR(names);
        Py_XDECREF(name);
    }
    return names;
}

static PyObject *get_parameters(PyObject *self, void *context) { return Py_XNewRef(alias_parameters_of(self)); }
static PyObject *get_unpacked_args(PyObject *self, void *context)
{
    return Py_NewRef(A(self)->starred && A(self)->origin == (PyObject *)&PyTuple_Type ? A(self)->args : Py_None);
}

/* ---- iteration: once, to give *self ---- */

typedef struct {
    PyObject_HEAD
    PyObject *alias;
} AliasIter;

static void iter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((AliasIter *)self)->alias);
    PyObject_GC_Del(self);
}
static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((AliasIter *)self)->alias);
    return 0;
}
static int iter_clear(PyObject *self)
{
    Py_CLEAR(((AliasIter *)self)->alias);
    return 0;
}
static PyObject *iter_next(PyObject *self)
{
    PyObject *alias = ((AliasIter *)self)->alias;
    if (alias == NULL)
        return NULL;
    PyObject *starred = Py_GenericAlias(A(alias)->origin, A(alias)->args);
    if (starred == NULL)
        return NULL;
    A(starred)->starred = 1;
    Py_CLEAR(((AliasIter *)self)->alias);
    return starred;
}
static PyObject *iter_reduce(PyObject *self, PyObject *unused)
{
    PyObject *iter = _PyEval_GetBuiltin(N(iter)), *alias = ((AliasIter *)self)->alias;
    if (iter == NULL)
        return NULL;
    return alias != NULL ? Py_BuildValue("N(O)", iter, alias) : Py_BuildValue("N(())", iter);
}
static PyMethodDef iter_methods[] = {{"__reduce__", iter_reduce, METH_NOARGS, NULL}, {NULL}};

PyTypeObject PyAliasIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "generic_alias_iterator",
    .tp_basicsize = sizeof(AliasIter),
    .tp_dealloc = iter_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iter_traverse,
    .tp_clear = iter_clear,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = iter_next,
    .tp_methods = iter_methods,
};

static PyObject *alias_iter(PyObject *self)
{
    AliasIter *iterator = PyObject_GC_New(AliasIter, &PyAliasIter_Type);
    if (iterator == NULL)
        return NULL;
    iterator->alias = Py_NewRef(self);
    PyObject_GC_Track(iterator);
    return (PyObject *)iterator;
}

static PyMethodDef alias_methods[] = {
    {"__mro_entries__", alias_mro_entries, METH_O, NULL},
    {"__instancecheck__", alias_instancecheck, METH_O, NULL},
    {"__subclasscheck__", alias_subclasscheck, METH_O, NULL},
    {"__reduce__", alias_reduce, METH_NOARGS, NULL},
    {"__dir__", alias_dir, METH_NOARGS, NULL},
    {NULL},
};
static PyMemberDef alias_members[] = {
    {"__origin__", T_OBJECT, offsetof(Alias, origin), READONLY, NULL},
    {"__args__", T_OBJECT, offsetof(Alias, args), READONLY, NULL},
    {"__unpacked__", T_BOOL, offsetof(Alias, starred), READONLY, NULL},
    {NULL},
};
static PyGetSetDef alias_getset[] = {
    {"__parameters__", get_parameters, NULL, "Type variables in the GenericAlias.", NULL},
    {"__typing_unpacked_tuple_args__", get_unpacked_args, NULL, NULL, NULL},
    {NULL},
};
static PyNumberMethods alias_as_number = {.nb_or = union_or};
static PyMappingMethods alias_as_mapping = {.mp_subscript = alias_getitem};

PyTypeObject Py_GenericAliasType = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "types.GenericAlias",
    .tp_basicsize = sizeof(Alias),
    .tp_dealloc = alias_dealloc,
    .tp_vectorcall_offset = offsetof(Alias, vectorcall),
    .tp_repr = alias_repr,
    .tp_as_number = &alias_as_number,
    .tp_as_mapping = &alias_as_mapping,
    .tp_hash = alias_hash,
    .tp_call = alias_call,
    .tp_getattro = alias_getattro,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = "Represent a PEP 585 generic type\n\n"
              "E.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    .tp_traverse = alias_traverse,
    .tp_richcompare = alias_richcompare,
    .tp_weaklistoffset = offsetof(Alias, weaklist),
    .tp_iter = alias_iter,
    .tp_methods = alias_methods,
    .tp_members = alias_members,
    .tp_getset = alias_getset,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = alias_new,
    .tp_free = PyObject_GC_Del,
};
