/* Life of instances of heap types (allocation, traversal, clearing, death) and of heap types themselves. */
#include "objects/type/type.h"
#include "objects/instance.h"
#include "objects/names.h"
#include "memory/memory.h"
#include "structmember.h"

PyObject *PyType_GenericAlloc(PyTypeObject *type, Py_ssize_t nitems)
{
    Py_ssize_t size = instance_size(type, type->tp_itemsize ? nitems + 1 : 0);
    if (size < 0)
        return PyErr_NoMemory();
    int collected = (type->tp_flags & Py_TPFLAGS_HAVE_GC) != 0;
    PyObject *self = collected ? container_alloc(size) : object_alloc(size);
    if (self == NULL)
        return PyErr_NoMemory();
    memset(self, 0, size);
    Py_SET_TYPE(self, type);
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE)
        Py_INCREF(type);
    if (type->tp_itemsize)
        Py_SET_SIZE((PyVarObject *)self, nitems);
    _Py_NewReference(self);
    if (collected)
        PyObject_GC_Track(self);
    return self;
}

PyObject *PyType_GenericNew(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    return type->tp_alloc(type, 0);
}

static inline PyMemberDef *type_slots(PyTypeObject *type)
{
    return (PyMemberDef *)((char *)type + Py_TYPE(type)->tp_basicsize);
}

/* ---- __slots__ ---- */

static int traverse_slots(PyTypeObject *type, PyObject *self, visitproc visit, void *arg)
{
    PyMemberDef *member = type_slots(type);
    for (Py_ssize_t i = 0, n = Py_SIZE(type); i < n; i++, member++)
        if (member->type == T_OBJECT_EX)
            Py_VISIT(*(PyObject **)((char *)self + member->offset));
    return 0;
}

static void clear_slots(PyTypeObject *type, PyObject *self)
{
    PyMemberDef *member = type_slots(type);
    for (Py_ssize_t i = 0, n = Py_SIZE(type); i < n; i++, member++)
        if (member->type == T_OBJECT_EX && !(member->flags & READONLY))
            Py_CLEAR(*(PyObject **)((char *)self + member->offset));
}

static void clear_inline_values(PyObject *self)
{
    InstanceShape *shape = instance_shape(Py_TYPE(self));
    if (shape == NULL || instance_moved(self))
        return;
    PyObject **values = instance_values(self);
    for (int i = 0; i < shape->capacity; i++)
        Py_CLEAR(values[i]);
}

/* ---- instances ---- */

int subtype_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyTypeObject *type = Py_TYPE(self), *base = type;
    traverseproc base_traverse;
    while ((base_traverse = base->tp_traverse) == subtype_traverse) {
        if (Py_SIZE(base)) {
            int err = traverse_slots(base, self, visit, arg);
            if (err)
                return err;
        }
        base = base->tp_base;
    }
    if (instance_is_managed(type)) {
        InstanceShape *shape = instance_shape(type);
        if (instance_moved(self)) {
            Py_VISIT(*instance_dict_slot(self));
        } else if (shape != NULL) {
            PyObject **values = instance_values(self);
            for (int i = 0; i < shape->capacity; i++)
                Py_VISIT(values[i]);
        }
    } else if (type->tp_dictoffset != base->tp_dictoffset) {
        PyObject **dict = _PyObject_GetDictPtr(self);
        if (dict != NULL)
            Py_VISIT(*dict);
    }
    if (type_is_heap(type) && (base_traverse == NULL || !type_is_heap(base)))
        Py_VISIT(type);
    return base_traverse != NULL ? base_traverse(self, visit, arg) : 0;
}

/* A dict is left to itself, for it is a container too and the instance must not change its layout here; but an instance
 * may be its own dict. */
static void release_own_dict(PyObject **slot)
{
    if (*slot == NULL || PyDict_CheckExact(*slot))
        return;
    PyObject *empty = PyDict_New();
    if (empty == NULL)
        PyErr_Clear();
    else
        Py_SETREF(*slot, empty);
}

int subtype_clear(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self), *base = type;
    inquiry base_clear;
    while ((base_clear = base->tp_clear) == subtype_clear) {
        if (Py_SIZE(base))
            clear_slots(base, self);
        base = base->tp_base;
    }
    if (instance_is_managed(type)) {
        clear_inline_values(self);
        if (instance_moved(self))
            release_own_dict(instance_dict_slot(self));
    } else if (type->tp_dictoffset != base->tp_dictoffset) {
        PyObject **dict = _PyObject_GetDictPtr(self);
        if (dict != NULL && *dict != NULL)
            Py_CLEAR(*dict);
    }
    return base_clear != NULL ? base_clear(self) : 0;
}

/* The weak references that the classes above base added. */
static void clear_weakrefs(PyObject *self, PyTypeObject *type, PyTypeObject *base)
{
    if (type->tp_weaklistoffset && !base->tp_weaklistoffset
        && *(PyObject **)((char *)self + type->tp_weaklistoffset) != NULL)
        PyObject_ClearWeakRefs(self);
}

/* __del__, and tp_del, which no weak reference outlives; nonzero when one brought the object back to life. */
static int finalize(PyObject *self, PyTypeObject *type, PyTypeObject *base, int collected)
{
    if (type->tp_finalize != NULL) {
        if (collected)
            PyObject_GC_Track(self);
        if (PyObject_CallFinalizerFromDealloc(self) < 0)
            return 1;
        if (collected)
            PyObject_GC_UnTrack(self);
    }
    if (type->tp_del != NULL) {
        if (collected)
            PyObject_GC_Track(self);
        clear_weakrefs(self, type, base);
        type->tp_del(self);
        if (Py_REFCNT(self) > 0)
            return 1;
        if (collected)
            PyObject_GC_UnTrack(self);
    }
    return 0;
}

static void dealloc_body(PyObject *self, PyTypeObject *base)
{
    PyTypeObject *type = Py_TYPE(self);
    int collected = PyType_IS_GC(type);
    if ((type->tp_finalize != NULL || type->tp_del != NULL) && finalize(self, type, base, collected))
        return;
    type = Py_TYPE(self);   /* a finaliser may assign __class__ */
    clear_weakrefs(self, type, base);
    for (PyTypeObject *t = type, *next; t != base; t = next) {
        next = t->tp_base;
        if (Py_SIZE(t) == 0)
            continue;
        Py_INCREF(t);   /* what dies with the slots may give the class other bases */
        clear_slots(t, self);
        next = t->tp_base;
        Py_DECREF(t);
    }
    if (instance_is_managed(type)) {
        clear_inline_values(self);
        if (instance_moved(self))
            Py_CLEAR(*instance_dict_slot(self));
    } else if (type->tp_dictoffset && !base->tp_dictoffset) {
        PyObject **dict = _PyObject_GetDictPtr(self);
        if (dict != NULL)
            Py_CLEAR(*dict);
    }
    if (base == &PyBaseObject_Type) {
        type->tp_free(self);
        Py_DECREF(type);
        return;
    }
    if (collected && PyType_IS_GC(base))
        PyObject_GC_Track(self);
    int owned = type_is_heap(type) && !type_is_heap(base);   /* a heap base's dealloc releases the type itself */
    base->tp_dealloc(self);
    if (owned)
        Py_DECREF(type);
}

void subtype_dealloc(PyObject *self)
{
    PyTypeObject *base = Py_TYPE(self);
    while (base->tp_dealloc == subtype_dealloc)
        base = base->tp_base;
    if (!PyType_IS_GC(Py_TYPE(self))) {
        dealloc_body(self, base);
        return;
    }
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, subtype_dealloc);
    dealloc_body(self, base);
    Py_TRASHCAN_END;
}

/* ---- types ---- */

int type_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (!type_is_heap(type))
        return 0;
    Py_VISIT(type->tp_dict);
    Py_VISIT(type->tp_cache);
    Py_VISIT(type->tp_mro);
    Py_VISIT(type->tp_bases);
    Py_VISIT(type->tp_base);
    Py_VISIT(HEAP(type)->ht_module);
    return 0;
}

/* Leaves the lists of all bases. */
static void leave_bases(PyTypeObject *type)
{
    for (Py_ssize_t i = 0; type->tp_bases != NULL && i < PyTuple_GET_SIZE(type->tp_bases); i++) {
        PyObject *base = PyTuple_GET_ITEM(type->tp_bases, i);
        if (PyType_Check(base))
            subclass_remove((PyTypeObject *)base, type);
    }
}

/* The MRO holds the type itself, and the dict its functions; everything else can wait for dealloc. */
int type_clear(PyObject *self)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (!type_is_heap(type))
        return 0;
    PyType_Modified(type);
    leave_bases(type);
    if (type->tp_dict != NULL)
        PyDict_Clear(type->tp_dict);
    Py_CLEAR(HEAP(type)->ht_module);
    Py_CLEAR(type->tp_mro);
    return 0;
}

static void free_shape(PyTypeObject *type)
{
    InstanceShape *shape = instance_shape(type);
    if (shape == NULL)
        return;
    HEAP(type)->ht_cached_keys = NULL;
    shape_free(shape);
}

void type_dealloc(PyObject *self)
{
    PyTypeObject *type = (PyTypeObject *)self;
    PyObject *kind, *value, *trace;
    PyObject_GC_UnTrack(self);
    PyErr_Fetch(&kind, &value, &trace);
    leave_bases(type);
    PyErr_Restore(kind, value, trace);
    PyObject_ClearWeakRefs(self);
    Py_XDECREF(type->tp_base);
    Py_XDECREF(type->tp_dict);
    Py_XDECREF(type->tp_bases);
    Py_XDECREF(type->tp_mro);
    Py_XDECREF(type->tp_cache);
    PyMem_Free(type->tp_subclasses);
    PyObject_Free((char *)type->tp_doc);
    PyHeapTypeObject *heap_type = HEAP(type);
    Py_XDECREF(heap_type->ht_name);
    Py_XDECREF(heap_type->ht_qualname);
    Py_XDECREF(heap_type->ht_slots);
    Py_XDECREF(heap_type->ht_module);
    PyMem_Free(heap_type->_ht_tpname);
    free_shape(type);
    Py_TYPE(type)->tp_free(self);
}
