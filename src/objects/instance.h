/* Where an instance keeps its attributes.
 *
 * A class whose instances have a managed __dict__ (Py_TPFLAGS_MANAGED_DICT, tp_itemsize == 0) lays them out as
 *
 *     | tp_basicsize bytes: header, C fields, __slots__, weak list | value 0 | value 1 | ... value capacity-1 |
 *
 * The names of the values stand in the class's shape (PyHeapTypeObject.ht_cached_keys, read through instance_shape).
 * Asking for __dict__, or an attribute that does not fit, moves them into a dict of its own; from then on value 0 is
 * INSTANCE_MOVED, value 1 is that dict (owned) and every other value is NULL.
 *
 * SHAPE-1  names are only ever appended; an index stays valid for the life of the class.
 * SHAPE-2  values are set in increasing index order, so that insertion order is index order; a store below the highest
 *          set index of an unset value moves the instance to a dict.
 * SHAPE-3  capacity is fixed when the first instance is made, and at least 2.
 * SHAPE-4  an instance that has moved to a dict never goes back.
 * SHAPE-5  an instance that got its class by assignment has a dict, and may have room for fewer values than the class
 *          gives; nothing reads a value at or above `reachable` without having seen that there is no dict.
 * SHAPE-6  as long as `moved` is 0 no instance of the class has a dict; when it is set the class gets a new version. */
#ifndef LIMPID_OBJECTS_INSTANCE_H
#define LIMPID_OBJECTS_INSTANCE_H

#include "Python.h"

#ifndef Py_TPFLAGS_MANAGED_DICT
#define Py_TPFLAGS_MANAGED_DICT (1 << 4)
#endif
#define SHAPE_MAX 30

typedef struct instance_shape {
    int capacity;                 /* inline values of each instance */
    int used;                     /* names known */
    int reachable;                /* values that every instance has room for */
    int moved;                    /* some instance has or had a dict */
    PyObject *names[SHAPE_MAX];   /* interned, owned */
} InstanceShape;

static inline InstanceShape *instance_shape(PyTypeObject *type)
{
    return (InstanceShape *)((PyHeapTypeObject *)type)->ht_cached_keys;
}
static inline int instance_is_managed(PyTypeObject *type) { return (type->tp_flags & Py_TPFLAGS_MANAGED_DICT) != 0; }
#define INSTANCE_MOVED ((PyObject *)1)
static inline PyObject **instance_values(PyObject *self)
{
    return (PyObject **)((char *)self + Py_TYPE(self)->tp_basicsize);
}
/* Whether the attributes of a managed instance are in a dict. */
static inline int instance_moved(PyObject *self) { return *instance_values(self) == INSTANCE_MOVED; }
/* Where the dict of one that has moved stands. */
static inline PyObject **instance_dict_slot(PyObject *self) { return instance_values(self) + 1; }
/* The dict of a managed instance, borrowed, or NULL. */
static inline PyObject *instance_dict(PyObject *self) { return instance_moved(self) ? *instance_dict_slot(self) : NULL; }

/* Index of `name` (interned) in the shape, or -1; sets no error. */
int shape_find(InstanceShape *shape, PyObject *name);
/* As shape_find, but appends the name while there is room below capacity; -1 when full.  Sets no error. */
int shape_find_or_add(InstanceShape *shape, PyObject *name);
void shape_free(InstanceShape *shape);
/* The class is to have instances with dicts: what was cached under the opposite ends. */
void instance_expect_dicts(PyTypeObject *type);
/* The instance's dict (borrowed), moving inline values into it; NULL with MemoryError set. */
PyObject *instance_materialise(PyObject *self);
/* Bytes to allocate for an instance of `type` with `nitems` items, inline area included. */
Py_ssize_t instance_size(PyTypeObject *type, Py_ssize_t nitems);

/* The attribute kept in the instance, wherever its type keeps them, as a new reference; NULL, with an exception set only if
 * the dict's lookup failed. */
PyObject *instance_lookup(PyObject *self, PyObject *name);
/* Sets (value not NULL) or deletes the attribute kept in the instance.  0: done; 1: there was none to delete;
 * 2: instances of this type keep no attributes; -1 with an exception set. */
int instance_store(PyObject *self, PyObject *name, PyObject *value);
/* Replaces the dict; value NULL: by an empty one.  -1 with TypeError if value is no dict. */
int instance_set_dict(PyObject *self, PyObject *value);

#endif
