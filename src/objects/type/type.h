/* The inside of `type`: what the files of this folder, instance.c, super.c and the VM share.
 *
 *   ready.c       PyType_Ready, inheritance, types_init over types.def
 *   mro.c         method resolution order (C3), subtype test, best base
 *   lookup.c      attribute lookup along the MRO, version tags, method cache, subclass lists
 *   slots.c       the table slots.def: slot <-> dunder name; which C function stands in a slot
 *   slot_calls.c  the C functions that stand in slots for methods written in Python
 *   wrappers.c    the Python callables that stand for slots written in C
 *   create.c      the class statement: type.__new__, __slots__, __set_name__, __init_subclass__
 *   heap.c        life of instances of heap types and of heap types themselves
 *   attributes.c  attributes and methods of `type`
 *   unready.c     the end of the static types
 *   spec.c        PyType_FromSpec and the module of a type
 *   baseobject.c  `object`
 *
 * TYPE-1  a type with a valid version tag has only bases with valid version tags.
 * TYPE-2  tp_subclasses points to a SubclassList of borrowed pointers; a class leaves it before it dies.
 * TYPE-3  a slot of a heap type is what its names resolve to along the MRO (slots.c). */
#ifndef LIMPID_OBJECTS_TYPE_H
#define LIMPID_OBJECTS_TYPE_H

#include "Python.h"
#include "structmember.h"
#include "objects/object.h"

typedef struct subclass_list {
    Py_ssize_t used, room;
    PyTypeObject *items[];   /* borrowed, in order of creation */
} SubclassList;

/* Readies every static type of types.def; 0, or -1 with an exception set. */
int types_init(void);
/* Empties the method cache and takes back what readying gave the static types (unready.c). */
void types_fini(void);

/* The type's version (nonzero), assigning one if need be; 0 when there is none to give.  Sets no error. */
unsigned int type_version(PyTypeObject *type);
/* Ends every version, and so every cached attribute. */
void type_forget_versions(void);

/* The MRO as the C3 rule gives it, as a new tuple; NULL with TypeError. */
PyObject *type_compute_mro(PyTypeObject *type);
/* Calls type.mro() if overridden, stores the result in tp_mro, checks it; *old gets the former one (owned) if not NULL. */
int type_set_mro(PyTypeObject *type, PyObject **old);
/* The base whose instances' layout the new class extends (borrowed); NULL with TypeError. */
PyTypeObject *type_best_base(PyObject *bases);
/* The nearest base that added fields to the layout (borrowed). */
PyTypeObject *type_solid_base(PyTypeObject *type);
/* The dunder lookup that the interpreter does: new reference or NULL without exception; *unbound is set when the
 * result is a function still to be given self.  NULL with an exception if a descriptor failed. */
PyObject *type_lookup_method(PyObject *self, PyObject *name, int *unbound);

int subclass_add(PyTypeObject *base, PyTypeObject *type);
void subclass_remove(PyTypeObject *base, PyTypeObject *type);

/* slots.c */
int slots_init(void);
void slots_fini(void);
/* Empties the slots of a static type whose dunder names are not in its dict. */
void slots_clear_inherited(PyTypeObject *type);
/* Puts wrapper descriptors for the type's own C slots into its dict; 0 or -1. */
int slots_add_wrappers(PyTypeObject *type);
/* Sets every slot of a heap type from what its names resolve to. */
void slots_update_all(PyTypeObject *type);
/* As slots_update_all, by the names of the classes that the MRO has beside those of the base's MRO: 1; or 0 when it does not
 * hold all of those in their order, and everything must be looked up. */
int slots_update_mixed(PyTypeObject *type);
/* As slots_update_all for one name and all subclasses that inherit it. */
void slots_update_name(PyTypeObject *type, PyObject *name);
/* Nonzero if name is a dunder name of some slot. */
int slots_has_name(PyObject *name);
/* __new__ for a static type's dict; 0 or -1. */
int slots_add_new(PyTypeObject *type);
PyObject *type_new_wrapper(PyObject *self, PyObject *args, PyObject *kwds);

/* heap.c */
void subtype_dealloc(PyObject *self);
int subtype_traverse(PyObject *self, visitproc visit, void *arg);
int subtype_clear(PyObject *self);
void type_dealloc(PyObject *self);
int type_traverse(PyObject *self, visitproc visit, void *arg);
int type_clear(PyObject *self);

/* create.c */
PyObject *type_new(PyTypeObject *meta, PyObject *args, PyObject *kwds);
int type_init(PyObject *self, PyObject *args, PyObject *kwds);
PyObject *type_call(PyObject *self, PyObject *args, PyObject *kwds);
PyObject *type_vectorcall(PyObject *meta, PyObject *const *args, size_t nargsf, PyObject *kwnames);
/* tp_vectorcall of classes made by the class statement. */
PyObject *class_vectorcall(PyObject *cls, PyObject *const *args, size_t nargsf, PyObject *kwnames);
/* _name mangled for the class `owner`, as new reference. */
PyObject *type_mangle(PyObject *owner, PyObject *name);

/* attributes.c */
extern PyMethodDef type_methods[];
extern PyMemberDef type_members[];
extern PyGetSetDef type_getset[];
PyObject *type_getattro(PyObject *self, PyObject *name);
int type_setattro(PyObject *self, PyObject *name, PyObject *value);
PyObject *type_repr(PyObject *self);
/* "module.qualname", or only the qualname for builtins, as new str. */
PyObject *type_full_name(PyTypeObject *type);

/* baseobject.c */
PyObject *object_new(PyTypeObject *type, PyObject *args, PyObject *kwds);
int object_init(PyObject *self, PyObject *args, PyObject *kwds);
/* TypeError "Can't instantiate abstract class ..."; NULL always. */
PyObject *type_abstract_error(PyTypeObject *type);
/* Nonzero if an instance of one layout can become the other by setting its class. */
int type_same_layout(PyTypeObject *a, PyTypeObject *b);
int type_compatible_for_assignment(PyTypeObject *old, PyTypeObject *new, const char *attribute);

/* slot_calls.c: functions that slots.def names */
PyObject *slot_tp_new(PyTypeObject *type, PyObject *args, PyObject *kwds);
int slot_tp_init(PyObject *self, PyObject *args, PyObject *kwds);
PyObject *slot_tp_getattr_hook(PyObject *self, PyObject *name);
PyObject *slot_tp_getattro(PyObject *self, PyObject *name);

static inline int type_is_heap(PyTypeObject *t) { return (t->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0; }
#define HEAP(t) ((PyHeapTypeObject *)(t))

#endif
