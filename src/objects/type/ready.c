/* PyType_Ready: turns a filled-in type struct into a type: base, metatype, dict, descriptors, MRO, and everything that is
 * inherited.  types_init readies the static types listed in types.def. */
#include "objects/type/type.h"
#include "objects/names.h"
#include "objects/instance.h"
#include "memory/memory.h"

/* ---- inheritance ---- */

#define SUBCLASS_FLAGS                                                                                                     \
    (Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_LIST_SUBCLASS | Py_TPFLAGS_TUPLE_SUBCLASS | Py_TPFLAGS_BYTES_SUBCLASS           \
     | Py_TPFLAGS_UNICODE_SUBCLASS | Py_TPFLAGS_DICT_SUBCLASS | Py_TPFLAGS_BASE_EXC_SUBCLASS | Py_TPFLAGS_TYPE_SUBCLASS    \
     | _Py_TPFLAGS_MATCH_SELF)
#define COLLECTION_FLAGS (Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING)

/* Layout and flags, from the one base whose layout is extended. */
static void inherit_layout(PyTypeObject *type, PyTypeObject *base)
{
    if (!(type->tp_flags & Py_TPFLAGS_HAVE_GC) && (base->tp_flags & Py_TPFLAGS_HAVE_GC) && !type->tp_traverse
        && !type->tp_clear) {
        type->tp_flags |= Py_TPFLAGS_HAVE_GC;
        type->tp_traverse = base->tp_traverse;
        type->tp_clear = base->tp_clear;
    }
    type->tp_flags |= base->tp_flags & Py_TPFLAGS_MANAGED_DICT;
    if (type->tp_basicsize == 0)
        type->tp_basicsize = base->tp_basicsize;
    if (type->tp_itemsize == 0)
        type->tp_itemsize = base->tp_itemsize;
    if (type->tp_weaklistoffset == 0)
        type->tp_weaklistoffset = base->tp_weaklistoffset;
    if (type->tp_dictoffset == 0)
        type->tp_dictoffset = base->tp_dictoffset;
    if (type->tp_flags & Py_TPFLAGS_MANAGED_DICT)
        type->tp_dictoffset = -(type->tp_basicsize + 3 * (Py_ssize_t)sizeof(PyObject *));
    type->tp_flags |= base->tp_flags & SUBCLASS_FLAGS;
    if (PyType_IsSubtype(base, (PyTypeObject *)PyExc_BaseException))
        type->tp_flags |= Py_TPFLAGS_BASE_EXC_SUBCLASS;
}

static int dict_has(PyTypeObject *type, PyObject *name)
{
    int found = PyDict_Contains(type->tp_dict, name);
    if (found < 0)
        PyErr_Clear();
    return found > 0;
}

/* Copies a slot that the type lacks. */
#define TAKE(slot)                                                                                                         \
    do {                                                                                                                   \
        if (type->slot == NULL)                                                                                            \
            type->slot = base->slot;                                                                                       \
    } while (0)

/* The functions of a whole suite: words that are NULL are taken from the base's. */
static void inherit_suite(void **mine, void *const *theirs, size_t bytes)
{
    if (mine == NULL || theirs == NULL)
        return;
    for (size_t i = 0; i < bytes / sizeof(void *); i++)
        if (mine[i] == NULL)
            mine[i] = theirs[i];
}

static void inherit_suites(PyTypeObject *type, PyTypeObject *base)
{
    inherit_suite((void **)type->tp_as_number, (void **)base->tp_as_number, sizeof(PyNumberMethods));
    inherit_suite((void **)type->tp_as_sequence, (void **)base->tp_as_sequence, sizeof(PySequenceMethods));
    inherit_suite((void **)type->tp_as_mapping, (void **)base->tp_as_mapping, sizeof(PyMappingMethods));
    inherit_suite((void **)type->tp_as_async, (void **)base->tp_as_async, sizeof(PyAsyncMethods));
    inherit_suite((void **)type->tp_as_buffer, (void **)base->tp_as_buffer, sizeof(PyBufferProcs));
}

static void inherit_attribute_access(PyTypeObject *type, PyTypeObject *base)
{
    if (type->tp_getattr == NULL && type->tp_getattro == NULL) {
        type->tp_getattr = base->tp_getattr;
        type->tp_getattro = base->tp_getattro;
    }
    if (type->tp_setattr == NULL && type->tp_setattro == NULL) {
        type->tp_setattr = base->tp_setattr;
        type->tp_setattro = base->tp_setattro;
    }
}

/* Equality and hash go together: a type that defines one of them takes neither. */
static void inherit_comparison(PyTypeObject *type, PyTypeObject *base)
{
    if (type->tp_richcompare == NULL && type->tp_hash == NULL && !dict_has(type, N(__eq__)) && !dict_has(type, N(__hash__))) {
        type->tp_richcompare = base->tp_richcompare;
        type->tp_hash = base->tp_hash;
    }
}

static void inherit_call(PyTypeObject *type, PyTypeObject *base)
{
    int immutable = (type->tp_flags & Py_TPFLAGS_IMMUTABLETYPE) != 0;
    if (type->tp_call == NULL && (base->tp_flags & Py_TPFLAGS_HAVE_VECTORCALL) && immutable)
        type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
    if (type->tp_vectorcall_offset == 0)
        type->tp_vectorcall_offset = base->tp_vectorcall_offset;
    TAKE(tp_call);
    if (type->tp_descr_get == NULL && base->tp_descr_get != NULL && immutable)
        type->tp_flags |= base->tp_flags & Py_TPFLAGS_METHOD_DESCRIPTOR;
    TAKE(tp_descr_get);
    TAKE(tp_descr_set);
}

static void inherit_free(PyTypeObject *type, PyTypeObject *base)
{
    int mine = (type->tp_flags & Py_TPFLAGS_HAVE_GC) != 0, theirs = (base->tp_flags & Py_TPFLAGS_HAVE_GC) != 0;
    if (mine == theirs) {
        TAKE(tp_free);
        if (type->tp_clear == NULL && type->tp_traverse == NULL && mine) {
            type->tp_traverse = base->tp_traverse;
            type->tp_clear = base->tp_clear;
        }
    } else if (mine && type->tp_free == NULL && (base->tp_free == PyObject_Free || base->tp_free == NULL)) {
        type->tp_free = PyObject_GC_Del;
    }
}

static void inherit_slots(PyTypeObject *type, PyTypeObject *base)
{
    inherit_suites(type, base);
    TAKE(tp_dealloc);
    inherit_attribute_access(type, base);
    TAKE(tp_repr);
    inherit_comparison(type, base);
    inherit_call(type, base);
    TAKE(tp_str);
    TAKE(tp_iter);
    TAKE(tp_iternext);
    TAKE(tp_init);
    TAKE(tp_alloc);
    TAKE(tp_is_gc);
    TAKE(tp_finalize);
    TAKE(tp_del);
    inherit_free(type, base);
}
#undef TAKE

/* ---- the parts of readying ---- */

static int ready_base(PyTypeObject *type)
{
    if (type->tp_base == NULL && type != &PyBaseObject_Type) {
        type->tp_base = &PyBaseObject_Type;
        if (type_is_heap(type))
            Py_INCREF(type->tp_base);
    }
    PyTypeObject *base = type->tp_base;
    if (base != NULL && !(base->tp_flags & Py_TPFLAGS_READY) && PyType_Ready(base) < 0)
        return -1;
    if (Py_TYPE(type) == NULL)
        Py_SET_TYPE(type, base != NULL ? Py_TYPE(base) : &PyType_Type);
    if (type->tp_bases == NULL) {
        type->tp_bases = base == NULL ? PyTuple_New(0) : PyTuple_Pack(1, base);
        if (type->tp_bases == NULL)
            return -1;
    }
    return 0;
}

static int put(PyTypeObject *type, PyObject *name, PyObject *descr)
{
    if (descr == NULL)
        return -1;
    int err = PyDict_SetItem(type->tp_dict, name, descr);
    Py_DECREF(descr);
    return err;
}

static int add_method(PyTypeObject *type, PyMethodDef *def)
{
    PyObject *descr;
    int plain = 0;
    if (def->ml_flags & METH_CLASS) {
        if (def->ml_flags & METH_STATIC) {
            PyErr_SetString(PyExc_ValueError, "method cannot be both class and static");
            return -1;
        }
        descr = PyDescr_NewClassMethod(type, def);
    } else if (def->ml_flags & METH_STATIC) {
        PyObject *function = PyCFunction_NewEx(def, (PyObject *)type, NULL);
        if (function == NULL)
            return -1;
        descr = PyStaticMethod_New(function);
        Py_DECREF(function);
        plain = 1;
    } else {
        descr = PyDescr_NewMethod(type, def);
    }
    if (descr == NULL)
        return -1;
    PyObject *name = plain ? PyUnicode_InternFromString(def->ml_name) : Py_NewRef(PyDescr_NAME(descr));
    int err = -1;
    if (name != NULL) {
        if (def->ml_flags & METH_COEXIST)
            err = PyDict_SetItem(type->tp_dict, name, descr);
        else
            err = PyDict_SetDefault(type->tp_dict, name, descr) == NULL ? -1 : 0;
        Py_DECREF(name);
    }
    Py_DECREF(descr);
    return err;
}

static int add_descriptors(PyTypeObject *type)
{
    for (PyMethodDef *def = type->tp_methods; def != NULL && def->ml_name != NULL; def++)
        if (add_method(type, def) < 0)
            return -1;
    for (PyMemberDef *def = type->tp_members; def != NULL && def->name != NULL; def++) {
        PyObject *descr = PyDescr_NewMember(type, def);
        if (descr == NULL || PyDict_SetDefault(type->tp_dict, PyDescr_NAME(descr), descr) == NULL) {
            Py_XDECREF(descr);
            return -1;
        }
        Py_DECREF(descr);
    }
    for (PyGetSetDef *def = type->tp_getset; def != NULL && def->name != NULL; def++) {
        PyObject *descr = PyDescr_NewGetSet(type, def);
        if (descr == NULL || PyDict_SetDefault(type->tp_dict, PyDescr_NAME(descr), descr) == NULL) {
            Py_XDECREF(descr);
            return -1;
        }
        Py_DECREF(descr);
    }
    return 0;
}

static int ready_dict(PyTypeObject *type)
{
    if (type->tp_dict == NULL && (type->tp_dict = PyDict_New()) == NULL)
        return -1;
    if (slots_add_wrappers(type) < 0 || add_descriptors(type) < 0)
        return -1;
    if (!dict_has(type, N(__doc__))) {
        PyObject *doc = type->tp_doc != NULL ? _PyType_GetDocFromInternalDoc(type->tp_name, type->tp_doc) : Py_NewRef(Py_None);
        if (put(type, N(__doc__), doc) < 0)
            return -1;
    }
    return 0;
}

/* tp_new: a static type below `object` that has none cannot be instantiated. */
static int ready_new(PyTypeObject *type)
{
    PyTypeObject *base = type->tp_base;
    if (type->tp_new == NULL && base == &PyBaseObject_Type && !type_is_heap(type))
        type->tp_flags |= Py_TPFLAGS_DISALLOW_INSTANTIATION;
    if (type->tp_flags & Py_TPFLAGS_DISALLOW_INSTANTIATION) {
        type->tp_new = NULL;
        return 0;
    }
    if (type->tp_new != NULL)
        return dict_has(type, N(__new__)) ? 0 : slots_add_new(type);
    if (base != NULL)
        type->tp_new = base->tp_new;
    return 0;
}

static int ready_inherit(PyTypeObject *type)
{
    if (type->tp_base != NULL)
        inherit_layout(type, type->tp_base);
    PyObject *mro = type->tp_mro;
    for (Py_ssize_t i = 1; i < PyTuple_GET_SIZE(mro); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(mro, i);
        if (!PyType_Check((PyObject *)base))
            continue;
        inherit_slots(type, base);
        if (!(type->tp_flags & COLLECTION_FLAGS))
            type->tp_flags |= base->tp_flags & COLLECTION_FLAGS;
    }
    PyTypeObject *base = type->tp_base;
    if (base != NULL) {   /* a suite that the type lacks altogether is the base's */
        if (type->tp_as_async == NULL)
            type->tp_as_async = base->tp_as_async;
        if (type->tp_as_number == NULL)
            type->tp_as_number = base->tp_as_number;
        if (type->tp_as_sequence == NULL)
            type->tp_as_sequence = base->tp_as_sequence;
        if (type->tp_as_mapping == NULL)
            type->tp_as_mapping = base->tp_as_mapping;
        if (type->tp_as_buffer == NULL)
            type->tp_as_buffer = base->tp_as_buffer;
    }
    if (type->tp_free == NULL)
        type->tp_free = type->tp_flags & Py_TPFLAGS_HAVE_GC ? PyObject_GC_Del : PyObject_Free;
    return 0;
}

/* A type that compares but has no hash is unhashable, and says so in its dict. */
static int ready_hash(PyTypeObject *type)
{
    if (type->tp_hash != NULL || dict_has(type, N(__hash__)))
        return 0;
    if (PyDict_SetItem(type->tp_dict, N(__hash__), Py_None) < 0)
        return -1;
    type->tp_hash = PyObject_HashNotImplemented;
    return 0;
}

static int ready_subclasses(PyTypeObject *type)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type->tp_bases); i++) {
        PyObject *base = PyTuple_GET_ITEM(type->tp_bases, i);
        if (PyType_Check(base) && subclass_add((PyTypeObject *)base, type) < 0)
            return -1;
    }
    return 0;
}

static int ready_steps(PyTypeObject *type)
{
    if (ready_base(type) < 0 || (type->tp_dict == NULL && (type->tp_dict = PyDict_New()) == NULL) || ready_new(type) < 0
        || ready_dict(type) < 0 || type_set_mro(type, NULL) < 0 || ready_inherit(type) < 0 || ready_hash(type) < 0)
        return -1;
    return ready_subclasses(type);
}

int PyType_Ready(PyTypeObject *type)
{
    if (type->tp_flags & Py_TPFLAGS_READY)
        return 0;
    if (type->tp_name == NULL) {
        PyErr_SetString(PyExc_SystemError, "Type does not define the tp_name field.");
        return -1;
    }
    if (type->tp_flags & Py_TPFLAGS_READYING)
        return 0;   /* a cycle among the static types: the outer call finishes it */
    type->tp_flags |= Py_TPFLAGS_READYING;
    if (!type_is_heap(type)) {
        type->tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
        if (Py_REFCNT(type) < IMMORTAL_FLOOR)
            Py_SET_REFCNT(type, Py_REFCNT(type) + IMMORTAL_REFCNT);
    }
    int err = ready_steps(type);
    type->tp_flags &= ~Py_TPFLAGS_READYING;
    if (err == 0)
        type->tp_flags |= Py_TPFLAGS_READY;
    return err;
}

/* ---- start-up ---- */

#define TYPE(name) extern PyTypeObject name;
#include "objects/types.def"
#undef TYPE

static PyTypeObject *const static_types[] = {
#define TYPE(name) &name,
#include "objects/types.def"
#undef TYPE
};

int types_init(void)
{
    if (slots_init() < 0)
        return -1;
    /* A metatype is needed to ask anything of a type: the two that define each other come first. */
    if (PyType_Ready(&PyBaseObject_Type) < 0 || PyType_Ready(&PyType_Type) < 0)
        return -1;
    for (size_t i = 0; i < sizeof static_types / sizeof static_types[0]; i++)
        if (PyType_Ready(static_types[i]) < 0)
            return -1;
    return 0;
}
