/* Making and ending objects: header set-up, New families, resize, deallocation, the trashcan, finalisers. */
#include "memory/memory.h"
#include "memory/state.h"
#include "memory/stack.h"
#include "objects/instance.h"

#define TRASH_NESTING 50   /* container deallocations inside each other before they are put off */

/* ---- reference counts ---- */

void _Py_NewReference(PyObject *o) { o->ob_refcnt = 1; }

static void dealloc_near_end(PyThreadState *tstate, PyObject *o);
void _Py_Dealloc(PyObject *o)
{
    ThreadState *t = thread_current();
    char here;
    if (LIMPID_UNLIKELY(t != NULL && &here < t->c_stack_limit) && PyType_IS_GC(Py_TYPE(o)))
        dealloc_near_end(&t->base, o);
    else
        Py_TYPE(o)->tp_dealloc(o);
}

void Py_IncRef(PyObject *o) { Py_XINCREF(o); }
void Py_DecRef(PyObject *o) { Py_XDECREF(o); }
void _Py_IncRef(PyObject *o) { Py_INCREF(o); }
void _Py_DecRef(PyObject *o) { Py_DECREF(o); }
#undef Py_NewRef
#undef Py_XNewRef
PyObject *Py_NewRef(PyObject *o) { return Py_INCREF(o), o; }
PyObject *Py_XNewRef(PyObject *o) { return Py_XINCREF(o), o; }

/* ---- header and memory ---- */

PyObject *PyObject_Init(PyObject *o, PyTypeObject *type)
{
    if (o == NULL)
        return PyErr_NoMemory();
    o->ob_refcnt = 1;
    o->ob_type = type;
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE)
        Py_INCREF(type);
    return o;
}

PyVarObject *PyObject_InitVar(PyVarObject *o, PyTypeObject *type, Py_ssize_t size)
{
    if (PyObject_Init((PyObject *)o, type) == NULL)
        return NULL;
    o->ob_size = size;
    return o;
}

/* Bytes of an instance, rounded so that its block is 16-byte aligned; more than there can be when its shape cannot be made. */
static size_t aligned_size(PyTypeObject *type, Py_ssize_t nitems)
{
    Py_ssize_t size = instance_is_managed(type) ? instance_size(type, nitems) : (Py_ssize_t)_PyObject_VAR_SIZE(type, nitems);
    return size < 0 ? PY_SSIZE_T_MAX : ((size_t)size + BLOCK_ALIGN - 1) & ~(size_t)(BLOCK_ALIGN - 1);
}

PyObject *_PyObject_New(PyTypeObject *type) { return PyObject_Init(object_alloc(aligned_size(type, 0)), type); }

PyVarObject *_PyObject_NewVar(PyTypeObject *type, Py_ssize_t nitems)
{
    return PyObject_InitVar(object_alloc(aligned_size(type, nitems)), type, nitems);
}

/* The fields of a managed instance that the caller does not know of start out empty. */
static void clear_managed(PyObject *o, size_t size)
{
    size_t base = (size_t)Py_TYPE(o)->tp_basicsize;
    if (instance_is_managed(Py_TYPE(o)) && size > base)
        memset((char *)o + base, 0, size - base);
}

PyObject *_PyObject_GC_New(PyTypeObject *type)
{
    size_t size = aligned_size(type, 0);
    PyObject *o = PyObject_Init(container_alloc(size), type);
    if (o != NULL)
        clear_managed(o, size);
    return o;
}

PyVarObject *_PyObject_GC_NewVar(PyTypeObject *type, Py_ssize_t nitems)
{
    if (nitems < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (type->tp_itemsize > 0 && nitems > (PY_SSIZE_T_MAX - type->tp_basicsize - BLOCK_ALIGN) / type->tp_itemsize) {
        PyErr_NoMemory();
        return NULL;
    }
    return PyObject_InitVar(container_alloc(aligned_size(type, nitems)), type, nitems);
}

/* Moves a container to a block of another size; it must be untracked.  Keeps the collector's state. */
PyVarObject *_PyObject_GC_Resize(PyVarObject *o, Py_ssize_t nitems)
{
    PyTypeObject *type = Py_TYPE(o);
    if (type->tp_itemsize > 0 && nitems > (PY_SSIZE_T_MAX - type->tp_basicsize - BLOCK_ALIGN) / type->tp_itemsize)
        return (PyVarObject *)PyErr_NoMemory();
    size_t size = aligned_size(type, nitems), have = block_size(o);
    if (!arena_contains(o) && size > BLOCK_MAX) {
        PyVarObject *moved = large_realloc(o, size);
        if (moved == NULL)
            return (PyVarObject *)PyErr_NoMemory();
        moved->ob_size = nitems;
        return moved;
    }
    if (size > have || size < have - have / 4 || TORTURED(move)) {
        PyVarObject *moved = size <= BLOCK_MAX ? pool_alloc(KIND_CONTAINER, object_class(size))
                                               : large_alloc(KIND_CONTAINER, size);
        if (moved == NULL)
            return (PyVarObject *)PyErr_NoMemory();
        memcpy(moved, o, have < size ? have : size);
        uint8_t state = *gc_state_of((PyObject *)o) & GC_FINALISED;
        *gc_state_of((PyObject *)moved) |= state;
        if (arena_contains(o))
            *pool_state(o) = 0;
        block_free(o);
        o = moved;
    }
    o->ob_size = nitems;
    return o;
}

/* ---- the trashcan ----
 * A chain of containers that own each other is freed with bounded nesting: what is too deep goes on a list and is freed when
 * the outermost deallocation ends.  The list is linked through the reference counts, negated: a dead object's count must
 * not look positive to weak references. */

int _PyTrash_begin(PyThreadState *tstate, PyObject *o)
{
    /* the first levels always free, so that the loop of _PyTrash_end gets on also where the stack is low */
    if (tstate->trash_delete_nesting >= TRASH_NESTING || (tstate->trash_delete_nesting > 2 && c_stack_low())) {
        o->ob_refcnt = -(Py_ssize_t)tstate->trash_delete_later;
        tstate->trash_delete_later = o;
        return 1;
    }
    tstate->trash_delete_nesting++;
    return 0;
}

void _PyTrash_end(PyThreadState *tstate)
{
    tstate->trash_delete_nesting--;
    if (tstate->trash_delete_later == NULL || tstate->trash_delete_nesting > 0)
        return;
    while (tstate->trash_delete_later != NULL) {
        PyObject *o = tstate->trash_delete_later;
        tstate->trash_delete_later = (PyObject *)(-o->ob_refcnt);
        o->ob_refcnt = 0;
        tstate->trash_delete_nesting++;
        Py_TYPE(o)->tp_dealloc(o);
        tstate->trash_delete_nesting--;
    }
}

int _PyTrash_cond(PyObject *o, destructor dealloc) { return Py_TYPE(o)->tp_dealloc == dealloc; }

/* Older spellings, still exported. */
void _PyTrash_thread_deposit_object(PyObject *o)
{
    PyThreadState *tstate = tstate_current();
    o->ob_refcnt = -(Py_ssize_t)tstate->trash_delete_later;
    tstate->trash_delete_later = o;
}
void _PyTrash_thread_destroy_chain(void)
{
    PyThreadState *tstate = tstate_current();
    tstate->trash_delete_nesting++;
    _PyTrash_end(tstate);
}

/* Where little of the C stack is left, containers of any type go on the list: those whose tp_dealloc knows nothing of the
 * trashcan make chains too.  The first one frees the others. */
static void dealloc_near_end(PyThreadState *tstate, PyObject *o)
{
    if (tstate->trash_delete_nesting > 0) {
        PyObject_GC_UnTrack(o);
        _PyTrash_thread_deposit_object(o);
        return;
    }
    tstate->trash_delete_nesting++;
    Py_TYPE(o)->tp_dealloc(o);
    _PyTrash_end(tstate);
}

/* ---- finalisers (PEP 442) ---- */

void PyObject_CallFinalizer(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    if (type->tp_finalize == NULL)
        return;
    uint8_t *state = PyType_IS_GC(type) ? gc_state_of(o) : NULL;
    if (state != NULL && (*state & GC_FINALISED))
        return;
    if (state != NULL)
        *state |= GC_FINALISED;
    type->tp_finalize(o);
}

int PyObject_CallFinalizerFromDealloc(PyObject *o)
{
    if (Py_REFCNT(o) != 0) {
        Py_FatalError("PyObject_CallFinalizerFromDealloc called on object with a non-zero refcount");
    }
    o->ob_refcnt = 1;
    PyObject_CallFinalizer(o);
    return --o->ob_refcnt == 0 ? 0 : -1;
}
