/* `object`: construction, default methods, and the copy protocol. */
#include "objects/type/type.h"
#include "objects/object.h"
#include "objects/instance.h"
#include "objects/names.h"

/* ---- making ---- */

static int excess_arguments(PyObject *args, PyObject *kwds)
{
    return PyTuple_GET_SIZE(args) != 0 || (kwds != NULL && PyDict_Check(kwds) && PyDict_GET_SIZE(kwds) != 0);
}

PyObject *type_abstract_error(PyTypeObject *type)
{
    PyObject *set = PyObject_GetAttr((PyObject *)type, N(__abstractmethods__));
    PyObject *names = set == NULL ? NULL : PySequence_List(set), *joined = NULL, *comma = NULL;
    Py_XDECREF(set);
    if (names != NULL && PyList_Sort(names) == 0 && (comma = PyUnicode_FromString(", ")) != NULL
        && (joined = PyUnicode_Join(comma, names)) != NULL)
        PyErr_Format(PyExc_TypeError, "Can't instantiate abstract class %s with abstract method%s %U", type->tp_name,
                     PyList_GET_SIZE(names) > 1 ? "s" : "", joined);
    Py_XDECREF(names);
    Py_XDECREF(comma);
    Py_XDECREF(joined);
    return NULL;
}

PyObject *object_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    if (excess_arguments(args, kwds)) {
        if (type->tp_new != object_new) {
            PyErr_SetString(PyExc_TypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
            return NULL;
        }
        if (type->tp_init == object_init)
            return PyErr_Format(PyExc_TypeError, "%.200s() takes no arguments", type->tp_name);
    }
    if (type->tp_flags & Py_TPFLAGS_IS_ABSTRACT)
        return type_abstract_error(type);
    return type->tp_alloc(type, 0);
}

int object_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyTypeObject *type = Py_TYPE(self);
    if (!excess_arguments(args, kwds))
        return 0;
    if (type->tp_init != object_init) {
        PyErr_SetString(PyExc_TypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
        return -1;
    }
    if (type->tp_new == object_new) {
        PyErr_Format(PyExc_TypeError, "%.200s.__init__() takes exactly one argument (the instance to initialize)",
                     type->tp_name);
        return -1;
    }
    return 0;
}

static void object_dealloc(PyObject *self) { Py_TYPE(self)->tp_free(self); }

/* ---- text, hash, comparison ---- */

static PyObject *object_repr(PyObject *self)
{
    PyObject *name = type_full_name(Py_TYPE(self));
    if (name == NULL)
        return NULL;
    PyObject *result = PyUnicode_FromFormat("<%U object at %p>", name, self);
    Py_DECREF(name);
    return result;
}

static PyObject *object_str(PyObject *self)
{
    reprfunc repr = Py_TYPE(self)->tp_repr;
    return repr == NULL ? object_repr(self) : repr(self);
}

static PyObject *object_richcompare(PyObject *self, PyObject *other, int op)
{
    if (op == Py_EQ)
        return self == other ? Py_NewRef(Py_True) : Py_NewRef(Py_NotImplemented);
    if (op != Py_NE || Py_TYPE(self)->tp_richcompare == NULL)
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *equal = Py_TYPE(self)->tp_richcompare(self, other, Py_EQ);
    if (equal == NULL || equal == Py_NotImplemented)
        return equal;
    int truth = PyObject_IsTrue(equal);
    Py_DECREF(equal);
    return truth < 0 ? NULL : PyBool_FromLong(!truth);
}

/* ---- __class__ ---- */

static PyObject *object_get_class(PyObject *self, void *context) { return Py_NewRef(Py_TYPE(self)); }

/* Nonzero if both add the same __slots__, and at most a dict and a list of weak references, to their common base. */
static int same_slots_added(PyTypeObject *a, PyTypeObject *b)
{
    Py_ssize_t size = a->tp_base->tp_basicsize;
    PyObject *slots_a = type_is_heap(a) ? HEAP(a)->ht_slots : NULL, *slots_b = type_is_heap(b) ? HEAP(b)->ht_slots : NULL;
    Py_ssize_t n = slots_a == NULL ? 0 : PyTuple_GET_SIZE(slots_a), m = slots_b == NULL ? 0 : PyTuple_GET_SIZE(slots_b);
    if (n != m)
        return 0;
    if (n > 0) {
        if (PyObject_RichCompareBool(slots_a, slots_b, Py_EQ) != 1)
            return 0;
        size += n * sizeof(PyObject *);
    }
    if (a->tp_dictoffset == size && b->tp_dictoffset == size)
        size += sizeof(PyObject *);
    if (a->tp_weaklistoffset == size && b->tp_weaklistoffset == size)
        size += sizeof(PyObject *);
    return size == a->tp_basicsize && size == b->tp_basicsize;
}

int type_same_layout(PyTypeObject *a, PyTypeObject *b)
{
    const unsigned long same = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT;
    return a == b
           || (a->tp_basicsize == b->tp_basicsize && a->tp_itemsize == b->tp_itemsize
               && a->tp_dictoffset == b->tp_dictoffset && a->tp_weaklistoffset == b->tp_weaklistoffset
               && (a->tp_flags & same) == (b->tp_flags & same));
}

/* Skips classes that add nothing to their base. */
static PyTypeObject *meaningful(PyTypeObject *type)
{
    while (type->tp_base != NULL && type_same_layout(type, type->tp_base)
           && (type->tp_clear == subtype_clear || !(type->tp_flags & Py_TPFLAGS_HAVE_GC)))
        type = type->tp_base;
    return type;
}

int type_compatible_for_assignment(PyTypeObject *old, PyTypeObject *new, const char *attribute)
{
    if (new->tp_free != old->tp_free) {
        PyErr_Format(PyExc_TypeError, "%s assignment: '%s' deallocator differs from '%s'", attribute, new->tp_name,
                     old->tp_name);
        return 0;
    }
    PyTypeObject *a = meaningful(new), *b = meaningful(old);
    if (((new->tp_flags ^ old->tp_flags) & Py_TPFLAGS_MANAGED_DICT)
        || (a != b && (a->tp_base == NULL || a->tp_base != b->tp_base || !same_slots_added(a, b)))) {
        PyErr_Format(PyExc_TypeError, "%s assignment: '%s' object layout differs from '%s'", attribute, new->tp_name,
                     old->tp_name);
        return 0;
    }
    return 1;
}

/* Readies a class for an instance that was laid out for another: has its shape made, and ends what was cached of values
 * that the instance has no room for (SHAPE-5).  0 or -1. */
static int admit_instance(PyTypeObject *new, PyTypeObject *old)
{
    if (!instance_is_managed(new))
        return 0;
    if (instance_size(new, 0) < 0 || instance_size(old, 0) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    InstanceShape *shape = instance_shape(new);
    int room = instance_shape(old)->reachable;
    if (room < shape->reachable) {
        shape->reachable = room;
        PyType_Modified(new);
    }
    instance_expect_dicts(new);
    return 0;
}

static int object_set_class(PyObject *self, PyObject *value, void *context)
{
    PyTypeObject *old = Py_TYPE(self), *new;
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "can't delete __class__ attribute");
        return -1;
    }
    if (!PyType_Check(value)) {
        PyErr_Format(PyExc_TypeError, "__class__ must be set to a class, not '%s' object", Py_TYPE(value)->tp_name);
        return -1;
    }
    if (PySys_Audit("object.__setattr__", "OsO", self, "__class__", value) < 0)
        return -1;
    new = (PyTypeObject *)value;
    old = Py_TYPE(self);   /* an audit hook may have set another */
    int modules = PyType_IsSubtype(new, &PyModule_Type) && PyType_IsSubtype(old, &PyModule_Type);
    if (!modules && ((new->tp_flags & Py_TPFLAGS_IMMUTABLETYPE) || (old->tp_flags & Py_TPFLAGS_IMMUTABLETYPE))) {
        PyErr_Format(PyExc_TypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses");
        return -1;
    }
    if (!type_compatible_for_assignment(old, new, "__class__"))
        return -1;
    if (instance_is_managed(old) && instance_materialise(self) == NULL)
        return -1;   /* the inline values are the old class's */
    if (admit_instance(new, old) < 0)
        return -1;
    if (type_is_heap(new))
        Py_INCREF(new);
    Py_SET_TYPE(self, new);
    if (type_is_heap(old))
        Py_DECREF(old);
    return 0;
}

static PyGetSetDef object_getset[] = {
    {"__class__", object_get_class, object_set_class, "the object's class", NULL},
    {NULL},
};

/* ---- copying and pickling ---- */

/* The module copyreg, as a new reference; imported at most once. */
static PyObject *copyreg_module(void)
{
    PyObject *found = PyDict_GetItemString(PyImport_GetModuleDict(), "copyreg");
    return found != NULL ? Py_NewRef(found) : PyImport_ImportModule("copyreg");
}

static PyObject *copyreg_call(const char *name, PyObject *a, PyObject *b)
{
    PyObject *copyreg = copyreg_module();
    if (copyreg == NULL)
        return NULL;
    PyObject *function = PyObject_GetAttrString(copyreg, name);
    Py_DECREF(copyreg);
    if (function == NULL)
        return NULL;
    PyObject *result = PyObject_CallFunctionObjArgs(function, a, b, NULL);
    Py_DECREF(function);
    return result;
}

/* Names of the slots of a class and its bases, or None. */
static PyObject *slot_names(PyTypeObject *type)
{
    PyObject *names = PyDict_GetItemWithError(type->tp_dict, N(__slotnames__));
    if (names == NULL && PyErr_Occurred())
        return NULL;
    names = names != NULL ? Py_NewRef(names) : copyreg_call("_slotnames", (PyObject *)type, NULL);
    if (names != NULL && names != Py_None && !PyList_Check(names)) {
        PyErr_Format(PyExc_TypeError, "%.200s.__slotnames__ should be a list or None, not %.200s", type->tp_name,
                     Py_TYPE(names)->tp_name);
        Py_CLEAR(names);
    }
    return names;
}

/* Bytes that an instance without further C fields has. */
static Py_ssize_t plain_size(PyTypeObject *type, Py_ssize_t nslots)
{
    Py_ssize_t size = PyBaseObject_Type.tp_basicsize;
    if (type->tp_dictoffset > 0)
        size += sizeof(PyObject *);
    if (type->tp_weaklistoffset > 0)
        size += sizeof(PyObject *);
    return size + nslots * (Py_ssize_t)sizeof(PyObject *);
}

static PyObject *state_with_slots(PyObject *state, PyObject *self, PyObject *names)
{
    PyObject *slots = PyDict_New();
    for (Py_ssize_t i = 0; slots != NULL && i < PyList_GET_SIZE(names); i++) {
        PyObject *name = Py_NewRef(PyList_GET_ITEM(names, i)), *value;
        int found = _PyObject_LookupAttr(self, name, &value);
        if (found < 0 || (found > 0 && PyDict_SetItem(slots, name, value) < 0))
            Py_CLEAR(slots);
        if (found > 0)
            Py_DECREF(value);
        Py_DECREF(name);
    }
    if (slots != NULL && PyDict_GET_SIZE(slots) > 0)
        Py_SETREF(state, PyTuple_Pack(2, state, slots));
    else if (slots == NULL)
        Py_CLEAR(state);
    Py_XDECREF(slots);
    return state;
}

static PyObject *default_state(PyObject *self, int required)
{
    PyTypeObject *type = Py_TYPE(self);
    if (required && type->tp_itemsize)
        return PyErr_Format(PyExc_TypeError, "cannot pickle %.200s objects", type->tp_name);
    PyObject *state = type->tp_dictoffset == 0 ? Py_NewRef(Py_None) : PyObject_GenericGetDict(self, NULL);
    if (state == NULL)
        return NULL;
    if (PyDict_Check(state) && PyDict_GET_SIZE(state) == 0)
        Py_SETREF(state, Py_NewRef(Py_None));
    PyObject *names = slot_names(type);
    if (names == NULL) {
        Py_DECREF(state);
        return NULL;
    }
    if (required && type->tp_basicsize > plain_size(type, names == Py_None ? 0 : PyList_GET_SIZE(names))) {
        PyErr_Format(PyExc_TypeError, "cannot pickle '%.200s' object", type->tp_name);
        Py_CLEAR(state);
    } else if (names != Py_None && PyList_GET_SIZE(names) > 0) {
        state = state_with_slots(state, self, names);
    }
    Py_DECREF(names);
    return state;
}

static PyObject *object_getstate(PyObject *self, PyObject *unused) { return default_state(self, 0); }

static PyObject *get_state(PyObject *self, int required)
{
    PyObject *method = PyObject_GetAttr(self, N(__getstate__));
    if (method == NULL)
        return NULL;
    PyObject *state;
    if (PyCFunction_Check(method) && PyCFunction_GET_SELF(method) == self
        && PyCFunction_GET_FUNCTION(method) == object_getstate)
        state = default_state(self, required);
    else
        state = PyObject_CallNoArgs(method);
    Py_DECREF(method);
    return state;
}

PyObject *_PyObject_GetState(PyObject *self) { return get_state(self, 0); }

/* What __getnewargs_ex__ or __getnewargs__ give; *args NULL when the class has neither. */
static int new_arguments(PyObject *self, PyObject **args, PyObject **kwds)
{
    *args = *kwds = NULL;
    PyObject *method = _PyObject_LookupSpecial(self, N(__getnewargs_ex__));
    if (method != NULL) {
        PyObject *pair = PyObject_CallNoArgs(method);
        Py_DECREF(method);
        if (pair == NULL)
            return -1;
        if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
            if (!PyTuple_Check(pair))
                PyErr_Format(PyExc_TypeError, "__getnewargs_ex__ should return a tuple, not '%.200s'", Py_TYPE(pair)->tp_name);
            else
                PyErr_Format(PyExc_ValueError, "__getnewargs_ex__ should return a tuple of length 2, not %zd",
                             PyTuple_GET_SIZE(pair));
            Py_DECREF(pair);
            return -1;
        }
        PyObject *first = PyTuple_GET_ITEM(pair, 0), *second = PyTuple_GET_ITEM(pair, 1);
        int err = 0;
        if (!PyTuple_Check(first)) {
            PyErr_Format(PyExc_TypeError, "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '%.200s'",
                         Py_TYPE(first)->tp_name);
            err = -1;
        } else if (!PyDict_Check(second)) {
            PyErr_Format(PyExc_TypeError, "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '%.200s'",
                         Py_TYPE(second)->tp_name);
            err = -1;
        } else {
            *args = Py_NewRef(first);
            *kwds = Py_NewRef(second);
        }
        Py_DECREF(pair);
        return err;
    }
    if (PyErr_Occurred())
        return -1;
    method = _PyObject_LookupSpecial(self, N(__getnewargs__));
    if (method == NULL)
        return PyErr_Occurred() ? -1 : 0;
    *args = PyObject_CallNoArgs(method);
    Py_DECREF(method);
    if (*args != NULL && !PyTuple_Check(*args)) {
        PyErr_Format(PyExc_TypeError, "__getnewargs__ should return a tuple, not '%.200s'", Py_TYPE(*args)->tp_name);
        Py_CLEAR(*args);
    }
    return *args == NULL ? -1 : 0;
}

/* Iterators over the items of a list or dict subclass, None for others. */
static int item_iterators(PyObject *self, PyObject **items, PyObject **pairs)
{
    *items = *pairs = NULL;
    *items = PyList_Check(self) ? PyObject_GetIter(self) : Py_NewRef(Py_None);
    if (*items == NULL)
        return -1;
    if (!PyDict_Check(self)) {
        *pairs = Py_NewRef(Py_None);
        return 0;
    }
    PyObject *view = PyObject_CallMethodNoArgs(self, N(items));
    *pairs = view == NULL ? NULL : PyObject_GetIter(view);
    Py_XDECREF(view);
    return *pairs == NULL ? -1 : 0;
}

/* The function that makes the copy and its arguments. */
static PyObject *new_call(PyObject *self, PyObject *args, PyObject *kwds, PyObject **call_args)
{
    PyObject *cls = (PyObject *)Py_TYPE(self), *copyreg = copyreg_module(), *function;
    if (copyreg == NULL)
        return NULL;
    if (kwds == NULL || PyDict_GET_SIZE(kwds) == 0) {
        Py_ssize_t n = args == NULL ? 0 : PyTuple_GET_SIZE(args);
        function = PyObject_GetAttr(copyreg, N(__newobj__));
        *call_args = PyTuple_New(n + 1);
        if (*call_args != NULL) {
            PyTuple_SET_ITEM(*call_args, 0, Py_NewRef(cls));
            for (Py_ssize_t i = 0; i < n; i++)
                PyTuple_SET_ITEM(*call_args, i + 1, Py_NewRef(PyTuple_GET_ITEM(args, i)));
        }
    } else {
        function = PyObject_GetAttr(copyreg, N(__newobj_ex__));
        *call_args = PyTuple_Pack(3, cls, args, kwds);
    }
    Py_DECREF(copyreg);
    if (function == NULL || *call_args == NULL) {
        Py_CLEAR(*call_args);
        Py_XDECREF(function);
        return NULL;
    }
    return function;
}

static PyObject *reduce_2(PyObject *self)
{
    PyObject *args, *kwds, *call_args = NULL, *items = NULL, *pairs = NULL, *state = NULL, *result = NULL;
    if (Py_TYPE(self)->tp_new == NULL)
        return PyErr_Format(PyExc_TypeError, "cannot pickle '%.200s' object", Py_TYPE(self)->tp_name);
    if (new_arguments(self, &args, &kwds) < 0)
        return NULL;
    PyObject *function = new_call(self, args, kwds, &call_args);
    int required = args == NULL && !PyList_Check(self) && !PyDict_Check(self);
    if (function != NULL && (state = get_state(self, required)) != NULL && item_iterators(self, &items, &pairs) == 0)
        result = PyTuple_Pack(5, function, call_args, state, items, pairs);
    Py_XDECREF(args);
    Py_XDECREF(kwds);
    Py_XDECREF(function);
    Py_XDECREF(call_args);
    Py_XDECREF(state);
    Py_XDECREF(items);
    Py_XDECREF(pairs);
    return result;
}

static PyObject *reduce(PyObject *self, int protocol)
{
    if (protocol >= 2)
        return reduce_2(self);
    PyObject *number = PyLong_FromLong(protocol);
    if (number == NULL)
        return NULL;
    PyObject *result = copyreg_call("_reduce_ex", self, number);
    Py_DECREF(number);
    return result;
}

static PyObject *object_reduce(PyObject *self, PyObject *unused) { return reduce(self, 0); }

static PyObject *object_reduce_ex(PyObject *self, PyObject *arg)
{
    int protocol = _PyLong_AsInt(arg);
    if (protocol == -1 && PyErr_Occurred())
        return NULL;
    PyObject *method;
    if (_PyObject_LookupAttr(self, N(__reduce__), &method) < 0)
        return NULL;
    if (method != NULL) {
        PyObject *own = PyObject_GetAttr((PyObject *)Py_TYPE(self), N(__reduce__));
        int overridden = own != NULL && own != PyDict_GetItemWithError(PyBaseObject_Type.tp_dict, N(__reduce__));
        Py_XDECREF(own);
        if (own != NULL && overridden) {
            PyObject *result = PyObject_CallNoArgs(method);
            Py_DECREF(method);
            return result;
        }
        Py_DECREF(method);
        if (own == NULL)
            return NULL;
    }
    return reduce(self, protocol);
}

/* ---- other methods ---- */

static PyObject *object_format(PyObject *self, PyObject *spec)
{
    if (!PyUnicode_Check(spec)) {
        _PyArg_BadArgument("__format__", "argument", "str", spec);
        return NULL;
    }
    if (PyUnicode_GET_LENGTH(spec) > 0)
        return PyErr_Format(PyExc_TypeError, "unsupported format string passed to %.200s.__format__", Py_TYPE(self)->tp_name);
    return PyObject_Str(self);
}

static PyObject *object_sizeof(PyObject *self, PyObject *unused)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_ssize_t size = type->tp_basicsize, n;
    if (type->tp_itemsize > 0) {
        n = Py_SIZE(self);
        size = type->tp_basicsize + (n < 0 ? -n : n) * type->tp_itemsize;
    } else if (instance_is_managed(type)) {
        size = instance_size(type, 0);
    }
    return PyLong_FromSsize_t(size);
}

static PyObject *object_dir(PyObject *self, PyObject *unused)
{
    PyObject *dict, *names, *cls, *list = NULL;
    if (_PyObject_LookupAttr(self, N(__dict__), &dict) < 0)
        return NULL;
    if (dict != NULL && PyDict_Check(dict))
        names = PyDict_Copy(dict);
    else
        names = PyDict_New();
    Py_XDECREF(dict);
    if (names == NULL)
        return NULL;
    if (_PyObject_LookupAttr(self, N(__class__), &cls) >= 0) {
        if (cls == NULL || type_merge_class_dict(names, cls) == 0)
            list = PyDict_Keys(names);
        Py_XDECREF(cls);
    }
    Py_DECREF(names);
    return list;
}

static PyObject *object_subclasshook(PyObject *cls, PyObject *args) { Py_RETURN_NOTIMPLEMENTED; }
static PyObject *object_init_subclass(PyObject *cls, PyObject *unused) { Py_RETURN_NONE; }

static PyMethodDef object_methods[] = {
    {"__reduce_ex__", object_reduce_ex, METH_O, "__reduce_ex__($self, protocol, /)\n--\n\nHelper for pickle."},
    {"__reduce__", object_reduce, METH_NOARGS, "__reduce__($self, /)\n--\n\nHelper for pickle."},
    {"__getstate__", object_getstate, METH_NOARGS, "__getstate__($self, /)\n--\n\nHelper for pickle."},
    {"__subclasshook__", object_subclasshook, METH_CLASS | METH_VARARGS,
     "Abstract classes can override this to customize issubclass().\n\n"
     "This is invoked early on by abc.ABCMeta.__subclasscheck__().\n"
     "It should return True, False or NotImplemented.  If it returns\n"
     "NotImplemented, the normal algorithm is used.  Otherwise, it\n"
     "overrides the normal algorithm (and the outcome is cached).\n"},
    {"__init_subclass__", object_init_subclass, METH_CLASS | METH_NOARGS,
     "This method is called when a class is subclassed.\n\n"
     "The default implementation does nothing. It may be\noverridden to extend subclasses.\n"},
    {"__format__", object_format, METH_O, "__format__($self, format_spec, /)\n--\n\nDefault object formatter."},
    {"__sizeof__", object_sizeof, METH_NOARGS, "__sizeof__($self, /)\n--\n\nSize of object in memory, in bytes."},
    {"__dir__", object_dir, METH_NOARGS, "__dir__($self, /)\n--\n\nDefault dir() implementation."},
    {NULL},
};

PyTypeObject PyBaseObject_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "object",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = object_dealloc,
    .tp_repr = object_repr,
    .tp_hash = (hashfunc)_Py_HashPointer,
    .tp_str = object_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "object()\n--\n\nThe base class of the class hierarchy.\n\n"
              "When called, it accepts no arguments and returns a new featureless\n"
              "instance that has no instance attributes and cannot be given any.\n",
    .tp_richcompare = object_richcompare,
    .tp_methods = object_methods,
    .tp_getset = object_getset,
    .tp_init = object_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = object_new,
    .tp_free = PyObject_Free,
};
