/* A reference on the value stack or in a fast local: not a PyObject *, because it knows whether it owns its object.
 *
 *   bit 0      1: borrowed (somebody else, a local or a constant, keeps the object alive), 0: owned
 *   bits 1, 2  in reserve for tagged values
 *
 * REF-1  fast locals and cells hold owned references only.
 * REF-2  a borrowed reference never outlives the instruction sequence for which the quickener proved that its local stays.
 * REF-3  what leaves the frame (return, store, argument kept, yield) is owned first. */
#ifndef LIMPID_VM_REF_H
#define LIMPID_VM_REF_H

#include "Python.h"

typedef struct { uintptr_t bits; } Ref;

#define REF_BORROWED ((uintptr_t)1)
#define REF_NULL ((Ref){0})

static inline int ref_is_null(Ref r) { return r.bits == 0; }
static inline int ref_is_borrowed(Ref r) { return (int)(r.bits & REF_BORROWED); }
/* The object, borrowed from the reference. */
static inline PyObject *ref_object(Ref r) { return (PyObject *)(r.bits & ~(uintptr_t)7); }
/* Takes over a new reference. */
static inline Ref ref_steal(PyObject *o) { return (Ref){(uintptr_t)o}; }
/* A new owned reference to a borrowed object. */
static inline Ref ref_new(PyObject *o) { Py_INCREF(o); return (Ref){(uintptr_t)o}; }
/* A borrowed reference: the caller knows who keeps the object. */
static inline Ref ref_borrow(PyObject *o) { return (Ref){(uintptr_t)o | REF_BORROWED}; }
/* A new strong reference to the object; consumes r. */
static inline PyObject *ref_take(Ref r)
{
    PyObject *o = ref_object(r);
    if (ref_is_borrowed(r))
        Py_INCREF(o);
    return o;
}
/* Gives the reference up. */
static inline void ref_drop(Ref r)
{
    if (!ref_is_borrowed(r))
        Py_DECREF(ref_object(r));
}

#endif
