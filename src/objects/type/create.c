/* The class statement's last step and the call of a class: type.__new__, type.__init__, type.__call__. */
#include "objects/type/type.h"
#include "objects/object.h"
#include "objects/instance.h"
#include "objects/names.h"
#include "structmember.h"

struct builder {
    PyTypeObject *meta, *base, *type;
    PyObject *name, *bases, *dict;   /* dict: the class's own copy, owned */
    PyObject *slots;                 /* sorted list of mangled names, or NULL; owned */
    Py_ssize_t nslots;
    int may_add_dict, may_add_weak, add_dict, add_weak;
};

/* ---- the metaclass ---- */

PyTypeObject *_PyType_CalculateMetaclass(PyTypeObject *meta, PyObject *bases)
{
    PyTypeObject *winner = meta;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyTypeObject *candidate = Py_TYPE(PyTuple_GET_ITEM(bases, i));
        if (PyType_IsSubtype(winner, candidate))
            continue;
        if (PyType_IsSubtype(candidate, winner)) {
            winner = candidate;
            continue;
        }
        PyErr_SetString(PyExc_TypeError, "metaclass conflict: the metaclass of a derived class must be a (non-strict) "
                                         "subclass of the metaclasses of all its bases");
        return NULL;
    }
    return winner;
}

static int check_bases(PyObject *bases)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyObject *base = PyTuple_GET_ITEM(bases, i), *entries;
        if (PyType_Check(base))
            continue;
        int found = _PyObject_LookupAttr(base, N(__mro_entries__), &entries);
        if (found < 0)
            return -1;
        if (found) {
            Py_DECREF(entries);
            PyErr_SetString(PyExc_TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
            return -1;
        }
    }
    return 0;
}

/* ---- __slots__ ---- */

PyObject *type_mangle(PyObject *owner, PyObject *name)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(name), m = PyUnicode_GET_LENGTH(owner), skip = 0;
    if (n < 3 || PyUnicode_READ_CHAR(name, 0) != '_' || PyUnicode_READ_CHAR(name, 1) != '_'
        || (PyUnicode_READ_CHAR(name, n - 1) == '_' && PyUnicode_READ_CHAR(name, n - 2) == '_')
        || PyUnicode_FindChar(name, '.', 0, n, 1) >= 0)
        return Py_NewRef(name);
    while (skip < m && PyUnicode_READ_CHAR(owner, skip) == '_')
        skip++;
    if (skip == m)
        return Py_NewRef(name);
    PyObject *stem = PyUnicode_Substring(owner, skip, m);
    if (stem == NULL)
        return NULL;
    PyObject *result = PyUnicode_FromFormat("_%U%U", stem, name);
    Py_DECREF(stem);
    return result;
}

/* Checks one entry; 1: a slot, 0: __dict__ or __weakref__, noted, -1 with TypeError. */
static int classify_slot(struct builder *b, PyObject *item)
{
    if (!PyUnicode_Check(item)) {
        PyErr_Format(PyExc_TypeError, "__slots__ items must be strings, not '%.200s'", Py_TYPE(item)->tp_name);
        return -1;
    }
    if (!PyUnicode_IsIdentifier(item)) {
        PyErr_SetString(PyExc_TypeError, "__slots__ must be identifiers");
        return -1;
    }
    if (_PyUnicode_EQ(item, N(__dict__))) {
        if (!b->may_add_dict || b->add_dict) {
            PyErr_SetString(PyExc_TypeError, "__dict__ slot disallowed: we already got one");
            return -1;
        }
        b->add_dict = 1;
        return 0;
    }
    if (_PyUnicode_EQ(item, N(__weakref__))) {
        if (!b->may_add_weak || b->add_weak) {
            PyErr_SetString(PyExc_TypeError, "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0");
            return -1;
        }
        b->add_weak = 1;
        return 0;
    }
    return 1;
}

/* Adds one name to b->slots; 0 or -1. */
static int add_slot(struct builder *b, PyObject *item)
{
    PyObject *mangled = type_mangle(b->name, item);
    if (mangled == NULL)
        return -1;
    int err = -1, clash = PyDict_Contains(b->dict, mangled);
    if (clash == 0 || (clash > 0 && (_PyUnicode_EQ(item, N(__qualname__)) || _PyUnicode_EQ(item, N(__classcell__)))))
        err = PyList_Append(b->slots, mangled);
    else if (clash > 0)
        PyErr_Format(PyExc_ValueError, "%R in __slots__ conflicts with class variable", item);
    Py_DECREF(mangled);
    return err;
}

/* A class with __slots__ may still get a dict or weak references from one of its other bases. */
static void inherit_from_other_bases(struct builder *b)
{
    if (PyTuple_GET_SIZE(b->bases) < 2)
        return;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(b->bases); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(b->bases, i);
        if (base == b->base)
            continue;
        if (b->may_add_dict && !b->add_dict && base->tp_dictoffset != 0)
            b->add_dict = 1;
        if (b->may_add_weak && !b->add_weak && base->tp_weaklistoffset != 0)
            b->add_weak = 1;
    }
}

static int read_slots(struct builder *b)
{
    PyObject *given = PyDict_GetItemWithError(b->dict, N(__slots__));
    b->may_add_dict = b->base->tp_dictoffset == 0;
    b->may_add_weak = b->base->tp_weaklistoffset == 0 && b->base->tp_itemsize == 0;
    if (given == NULL) {
        b->add_dict = b->may_add_dict;
        b->add_weak = b->may_add_weak;
        return PyErr_Occurred() ? -1 : 0;
    }
    PyObject *items = PyUnicode_Check(given) ? PyTuple_Pack(1, given) : PySequence_Tuple(given);
    if (items == NULL)
        return -1;
    int err = -1;
    if (PyTuple_GET_SIZE(items) > 0 && b->base->tp_itemsize != 0) {
        PyErr_Format(PyExc_TypeError, "nonempty __slots__ not supported for subtype of '%s'", b->base->tp_name);
    } else if ((b->slots = PyList_New(0)) != NULL) {
        err = 0;
        for (Py_ssize_t i = 0; err == 0 && i < PyTuple_GET_SIZE(items); i++) {
            int kind = classify_slot(b, PyTuple_GET_ITEM(items, i));
            err = kind < 0 ? -1 : kind > 0 ? add_slot(b, PyTuple_GET_ITEM(items, i)) : 0;
        }
        if (err == 0)
            err = PyList_Sort(b->slots);
        b->nslots = PyList_GET_SIZE(b->slots);
        inherit_from_other_bases(b);
    }
    Py_DECREF(items);
    return err;
}

/* ---- __dict__ and __weakref__ of instances ---- */

/* The nearest base with a __dict__ descriptor of its own kind, which then serves, or NULL. */
static PyObject *inherited_dict_descriptor(PyTypeObject *type)
{
    for (; type != NULL; type = type->tp_base) {
        PyTypeObject *base = type->tp_base;
        if (base == NULL || type_is_heap(type))
            continue;
        PyObject *descr = type->tp_dictoffset != 0 ? _PyType_Lookup(type, N(__dict__)) : NULL;
        if (descr != NULL && PyDescr_IsData(descr))
            return descr;
    }
    return NULL;
}

static PyObject *get_dict(PyObject *self, void *context)
{
    PyObject *descr = inherited_dict_descriptor(Py_TYPE(self));
    if (descr != NULL && Py_TYPE(descr)->tp_descr_get != NULL)
        return Py_TYPE(descr)->tp_descr_get(descr, self, (PyObject *)Py_TYPE(self));
    return PyObject_GenericGetDict(self, context);
}

static int set_dict(PyObject *self, PyObject *value, void *context)
{
    PyObject *descr = inherited_dict_descriptor(Py_TYPE(self));
    if (descr != NULL && Py_TYPE(descr)->tp_descr_set != NULL)
        return Py_TYPE(descr)->tp_descr_set(descr, self, value);
    if (Py_TYPE(self)->tp_dictoffset == 0) {
        PyErr_SetString(PyExc_AttributeError, "This object has no __dict__");
        return -1;
    }
    return instance_set_dict(self, value);
}

static PyObject *get_weakref(PyObject *self, void *context)
{
    Py_ssize_t offset = Py_TYPE(self)->tp_weaklistoffset;
    if (offset == 0) {
        PyErr_SetString(PyExc_AttributeError, "This object has no __weakref__");
        return NULL;
    }
    PyWeakReference *first = *(PyWeakReference **)((char *)self + offset);
    while (first != NULL && Py_REFCNT((PyObject *)first) <= 0)
        first = first->wr_next;
    return Py_NewRef(first == NULL ? Py_None : (PyObject *)first);
}

#define DICT_GETSET {"__dict__", get_dict, set_dict, "dictionary for instance variables (if defined)", NULL}
#define WEAK_GETSET {"__weakref__", get_weakref, NULL, "list of weak references to the object (if defined)", NULL}
static PyGetSetDef dict_and_weakref[] = {DICT_GETSET, WEAK_GETSET, {NULL}};
static PyGetSetDef dict_only[] = {DICT_GETSET, {NULL}};
static PyGetSetDef weakref_only[] = {WEAK_GETSET, {NULL}};

/* ---- building the type object ---- */

/* Places what instances hold; 0, or -1 with MemoryError set. */
static int lay_out(struct builder *b)
{
    PyTypeObject *type = b->type, *base = b->base;
    Py_ssize_t offset = base->tp_basicsize;
    PyMemberDef *member = (PyMemberDef *)((char *)type + Py_TYPE(type)->tp_basicsize);
    for (Py_ssize_t i = 0; i < b->nslots; i++, member++) {
        member->name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(HEAP(type)->ht_slots, i));
        if (member->name == NULL)
            return -1;
        member->type = T_OBJECT_EX;
        member->offset = offset;
        offset += sizeof(PyObject *);
    }
    if (b->add_dict && base->tp_itemsize) {
        type->tp_dictoffset = -(Py_ssize_t)sizeof(PyObject *);
        offset += sizeof(PyObject *);
    }
    if (b->add_weak) {
        type->tp_weaklistoffset = offset;
        offset += sizeof(PyObject *);
    }
    if (b->add_dict && !base->tp_itemsize) {
        type->tp_flags |= Py_TPFLAGS_MANAGED_DICT;
        type->tp_dictoffset = -1;   /* readying sets it */
    }
    type->tp_basicsize = offset;
    type->tp_itemsize = base->tp_itemsize;
    if (b->nslots)
        type->tp_members = (PyMemberDef *)((char *)type + Py_TYPE(type)->tp_basicsize);
    if (b->add_dict)
        type->tp_getset = b->add_weak ? dict_and_weakref : dict_only;
    else
        type->tp_getset = b->add_weak ? weakref_only : NULL;
    return 0;
}

static void set_functions(PyTypeObject *type)
{
    type->tp_as_async = &HEAP(type)->as_async;
    type->tp_as_sequence = &HEAP(type)->as_sequence;
    type->tp_as_number = &HEAP(type)->as_number;
    type->tp_as_mapping = &HEAP(type)->as_mapping;
    type->tp_as_buffer = &HEAP(type)->as_buffer;
    type->tp_dealloc = subtype_dealloc;
    type->tp_alloc = PyType_GenericAlloc;
    type->tp_vectorcall = class_vectorcall;
    /* every instance can be part of a cycle: through its class, if through nothing else */
    type->tp_flags |= Py_TPFLAGS_HAVE_GC;
    type->tp_free = PyObject_GC_Del;
    type->tp_traverse = subtype_traverse;
    type->tp_clear = subtype_clear;
}

static PyTypeObject *allocate(struct builder *b)
{
    Py_ssize_t size;
    const char *text = PyUnicode_AsUTF8AndSize(b->name, &size);
    if (text == NULL)
        return NULL;
    if (strlen(text) != (size_t)size) {
        PyErr_SetString(PyExc_ValueError, "type name must not contain null characters");
        return NULL;
    }
    PyObject *slots = b->slots == NULL ? NULL : PyList_AsTuple(b->slots);
    if (b->slots != NULL && slots == NULL)
        return NULL;
    PyTypeObject *type = (PyTypeObject *)b->meta->tp_alloc(b->meta, b->nslots);
    if (type == NULL) {
        Py_XDECREF(slots);
        return NULL;
    }
    b->type = type;
    type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_BASETYPE;
    HEAP(type)->ht_name = Py_NewRef(b->name);
    HEAP(type)->ht_slots = slots;
    type->tp_name = text;
    type->tp_base = (PyTypeObject *)Py_NewRef(b->base);
    type->tp_bases = Py_NewRef(b->bases);
    type->tp_dict = Py_NewRef(b->dict);
    set_functions(type);
    if (lay_out(b) < 0) {
        Py_DECREF(type);
        return NULL;
    }
    return type;
}

/* ---- what the class's dict says about the class ---- */

static int set_qualname(struct builder *b)
{
    PyObject *qualname = PyDict_GetItemWithError(b->dict, N(__qualname__));
    if (qualname == NULL) {
        HEAP(b->type)->ht_qualname = Py_NewRef(b->name);
        return PyErr_Occurred() ? -1 : 0;
    }
    if (!PyUnicode_Check(qualname)) {
        PyErr_Format(PyExc_TypeError, "type __qualname__ must be a str, not %s", Py_TYPE(qualname)->tp_name);
        return -1;
    }
    HEAP(b->type)->ht_qualname = Py_NewRef(qualname);
    return PyDict_DelItem(b->dict, N(__qualname__));
}

static int set_module(struct builder *b)
{
    int has = PyDict_Contains(b->dict, N(__module__));
    if (has != 0)
        return has < 0 ? -1 : 0;
    PyObject *globals = PyEval_GetGlobals();
    PyObject *module = globals == NULL ? NULL : PyDict_GetItemWithError(globals, N(__name__));
    if (module == NULL)
        return PyErr_Occurred() ? -1 : 0;
    return PyDict_SetItem(b->dict, N(__module__), module);
}

static int set_doc(struct builder *b)
{
    PyObject *doc = PyDict_GetItemWithError(b->dict, N(__doc__));
    if (doc == NULL || !PyUnicode_Check(doc))
        return PyErr_Occurred() ? -1 : 0;
    Py_ssize_t size;
    const char *text = PyUnicode_AsUTF8AndSize(doc, &size);
    if (text == NULL)
        return -1;
    char *copy = PyObject_Malloc(size + 1);
    if (copy == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(copy, text, size + 1);
    b->type->tp_doc = copy;
    return 0;
}

/* Some methods are static or class methods without saying so. */
static int wrap_function(struct builder *b, PyObject *name, PyObject *(*wrap)(PyObject *))
{
    PyObject *function = PyDict_GetItemWithError(b->dict, name);
    if (function == NULL || !PyFunction_Check(function))
        return PyErr_Occurred() ? -1 : 0;
    PyObject *wrapped = wrap(function);
    if (wrapped == NULL)
        return -1;
    int err = PyDict_SetItem(b->dict, name, wrapped);
    Py_DECREF(wrapped);
    return err;
}

static int set_classcell(struct builder *b)
{
    PyObject *cell = PyDict_GetItemWithError(b->dict, N(__classcell__));
    if (cell == NULL)
        return PyErr_Occurred() ? -1 : 0;
    if (!PyCell_Check(cell)) {
        PyErr_Format(PyExc_TypeError, "__classcell__ must be a nonlocal cell, not <class '%.200R'>", Py_TYPE(cell));
        return -1;
    }
    if (PyCell_Set(cell, (PyObject *)b->type) < 0)
        return -1;
    return PyDict_DelItem(b->dict, N(__classcell__));
}

static int fill_in(struct builder *b)
{
    return set_qualname(b) < 0 || set_module(b) < 0 || set_doc(b) < 0 || wrap_function(b, N(__new__), PyStaticMethod_New) < 0
                   || wrap_function(b, N(__init_subclass__), PyClassMethod_New) < 0
                   || wrap_function(b, N(__class_getitem__), PyClassMethod_New) < 0 || set_classcell(b) < 0
               ? -1
               : 0;
}

/* ---- telling attributes and bases ---- */

static int call_set_names(PyTypeObject *type)
{
    PyObject *names = PyDict_Copy(type->tp_dict), *key, *value;
    if (names == NULL)
        return -1;
    Py_ssize_t at = 0;
    int err = 0;
    while (err == 0 && PyDict_Next(names, &at, &key, &value)) {
        PyObject *method = _PyObject_LookupSpecial(value, N(__set_name__));
        if (method == NULL) {
            err = PyErr_Occurred() ? -1 : 0;
            continue;
        }
        PyObject *args[2] = {(PyObject *)type, key};
        PyObject *result = PyObject_Vectorcall(method, args, 2, NULL);
        Py_DECREF(method);
        if (result == NULL) {
            _PyErr_FormatFromCause(PyExc_RuntimeError, "Error calling __set_name__ on '%.100s' instance %R in '%.100s'",
                                   Py_TYPE(value)->tp_name, key, type->tp_name);
            err = -1;
        }
        Py_XDECREF(result);
    }
    Py_DECREF(names);
    return err;
}

static int call_init_subclass(PyTypeObject *type, PyObject *kwds)
{
    PyObject *args[2] = {(PyObject *)type, (PyObject *)type};
    PyObject *super = PyObject_Vectorcall((PyObject *)&PySuper_Type, args, 2, NULL);
    if (super == NULL)
        return -1;
    PyObject *method = PyObject_GetAttr(super, N(__init_subclass__));
    Py_DECREF(super);
    if (method == NULL)
        return -1;
    PyObject *result = PyObject_VectorcallDict(method, NULL, 0, kwds);
    Py_DECREF(method);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

/* A class's slots are its base's but for its own names and those of other classes in its MRO; with an order of its own making,
 * everything is looked up. */
static void set_slots(PyTypeObject *type)
{
    if (!slots_update_mixed(type))
        slots_update_all(type);
}

static PyObject *build(struct builder *b, PyObject *kwds)
{
    if (read_slots(b) < 0 || allocate(b) == NULL)
        return NULL;
    if (fill_in(b) == 0 && PyType_Ready(b->type) == 0) {
        set_slots(b->type);
        if (call_set_names(b->type) == 0 && call_init_subclass(b->type, kwds) == 0)
            return (PyObject *)b->type;
    }
    Py_DECREF(b->type);
    return NULL;
}

PyObject *type_new(PyTypeObject *meta, PyObject *args, PyObject *kwds)
{
    PyObject *name, *bases, *dict;
    if (!PyArg_ParseTuple(args, "UO!O!:type.__new__", &name, &PyTuple_Type, &bases, &PyDict_Type, &dict))
        return NULL;
    PyTypeObject *winner = meta;
    if (PyTuple_GET_SIZE(bases) > 0) {
        if (check_bases(bases) < 0 || (winner = _PyType_CalculateMetaclass(meta, bases)) == NULL)
            return NULL;
        if (winner != meta && winner->tp_new != type_new) {
            if (winner->tp_new == NULL)
                return PyErr_Format(PyExc_TypeError, "cannot create '%.100s' instances", winner->tp_name);
            return winner->tp_new(winner, args, kwds);
        }
        Py_INCREF(bases);
    } else if ((bases = PyTuple_Pack(1, &PyBaseObject_Type)) == NULL) {
        return NULL;
    }
    struct builder b = {.meta = winner, .name = name, .bases = bases};
    PyObject *type = NULL;
    if ((b.base = type_best_base(bases)) != NULL && (b.dict = PyDict_Copy(dict)) != NULL)
        type = build(&b, kwds);
    Py_XDECREF(b.dict);
    Py_XDECREF(b.slots);
    Py_DECREF(bases);
    return type;
}

int type_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (kwds != NULL && n == 1 && PyDict_GET_SIZE(kwds) != 0) {
        PyErr_SetString(PyExc_TypeError, "type.__init__() takes no keyword arguments");
        return -1;
    }
    if (n != 1 && n != 3) {
        PyErr_SetString(PyExc_TypeError, "type.__init__() takes 1 or 3 arguments");
        return -1;
    }
    return 0;
}

/* ---- calling a class ---- */

PyObject *type_call(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (type == &PyType_Type) {
        Py_ssize_t n = PyTuple_GET_SIZE(args);
        if (n == 1 && (kwds == NULL || PyDict_GET_SIZE(kwds) == 0))
            return Py_NewRef(Py_TYPE(PyTuple_GET_ITEM(args, 0)));
        if (n != 3) {
            PyErr_SetString(PyExc_TypeError, "type() takes 1 or 3 arguments");
            return NULL;
        }
    }
    if (type->tp_new == NULL)
        return PyErr_Format(PyExc_TypeError, "cannot create '%s' instances", type->tp_name);
    PyObject *made = type->tp_new(type, args, kwds);
    made = _Py_CheckFunctionResult(PyThreadState_Get(), self, made, NULL);
    if (made == NULL || !PyObject_TypeCheck(made, type))
        return made;
    initproc init = Py_TYPE(made)->tp_init;
    if (init != NULL && init(made, args, kwds) < 0)
        Py_CLEAR(made);
    return made;
}

PyObject *type_vectorcall(PyObject *meta, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (n == 1 && meta == (PyObject *)&PyType_Type) {
        if (!_PyArg_NoKwnames("type", kwnames))
            return NULL;
        return Py_NewRef(Py_TYPE(args[0]));
    }
    return _PyObject_MakeTpCall(PyThreadState_Get(), meta, args, n, kwnames);
}

/* The usual class: object.__new__ and an __init__ in Python, or none, called without tuple and dict between. */
PyObject *class_vectorcall(PyObject *cls, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyTypeObject *type = (PyTypeObject *)cls;
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    int bare = type->tp_init == object_init && n == 0 && kwnames == NULL;
    if (type->tp_new != object_new || !(bare || type->tp_init == slot_tp_init) || (type->tp_flags & Py_TPFLAGS_IS_ABSTRACT)
        || Py_TYPE(cls)->tp_call != type_call)
        return _PyObject_MakeTpCall(PyThreadState_Get(), cls, args, n, kwnames);
    PyObject *self = type->tp_alloc(type, 0);
    if (self == NULL || bare)
        return self;
    int unbound;
    PyObject *init = type_lookup_method(self, N(__init__), &unbound), *result = NULL;
    if (init != NULL) {
        Py_ssize_t keywords = kwnames == NULL ? 0 : PyTuple_GET_SIZE(kwnames), total = n + keywords;
        PyObject *small[8], **stack = small;
        if (!unbound) {
            result = PyObject_Vectorcall(init, args, n, kwnames);
        } else if (total + 1 <= 8 || (stack = PyMem_Malloc((total + 1) * sizeof *stack)) != NULL) {
            stack[0] = self;
            for (Py_ssize_t i = 0; i < total; i++)
                stack[i + 1] = args[i];
            result = PyObject_Vectorcall(init, stack, n + 1, kwnames);
            if (stack != small)
                PyMem_Free(stack);
        } else {
            PyErr_NoMemory();
        }
        Py_DECREF(init);
    } else if (!PyErr_Occurred()) {
        PyErr_SetObject(PyExc_AttributeError, N(__init__));
    }
    if (result == Py_None) {
        Py_DECREF(result);
        return self;
    }
    if (result != NULL) {
        PyErr_Format(PyExc_TypeError, "__init__() should return None, not '%.200s'", Py_TYPE(result)->tp_name);
        Py_DECREF(result);
    }
    Py_DECREF(self);
    return NULL;
}
