/* Weak references: weakref.ref, and the two kinds of proxies.
 *
 * All references to an object are in a doubly linked list that begins in the object, at its type's tp_weaklistoffset.  The
 * plain reference without callback, if there is one, is first; the plain proxy without callback follows it; they are shared.
 *
 * WEAK-1  a reference is in the list of its object, or its object is None. */
#include "objects/object.h"
#include "objects/names.h"
#include "structmember.h"
#include <stddef.h>

#define REF(o) ((PyWeakReference *)(o))

int PyType_SUPPORTS_WEAKREFS(PyTypeObject *type) { return type->tp_weaklistoffset > 0; }
PyObject **PyObject_GET_WEAKREFS_LISTPTR(PyObject *o)
{
    return (PyObject **)((char *)o + Py_TYPE(o)->tp_weaklistoffset);
}
static inline PyWeakReference **list_of(PyObject *o) { return (PyWeakReference **)PyObject_GET_WEAKREFS_LISTPTR(o); }

Py_ssize_t _PyWeakref_GetWeakrefCount(PyWeakReference *head)
{
    Py_ssize_t n = 0;
    for (; head != NULL; head = head->wr_next)
        n++;
    return n;
}

/* ---- the list ---- */

static void insert_after(PyWeakReference *self, PyWeakReference *previous)
{
    self->wr_prev = previous;
    self->wr_next = previous->wr_next;
    if (self->wr_next != NULL)
        self->wr_next->wr_prev = self;
    previous->wr_next = self;
}

static void insert_head(PyWeakReference *self, PyWeakReference **list)
{
    self->wr_prev = NULL;
    self->wr_next = *list;
    if (*list != NULL)
        (*list)->wr_prev = self;
    *list = self;
}

/* Takes the reference out of the list: it is dead from then on.  The callback stays. */
static void unlink_reference(PyWeakReference *self)
{
    if (self->wr_object == Py_None)
        return;
    PyWeakReference **list = list_of(self->wr_object);
    if (*list == self)
        *list = self->wr_next;
    self->wr_object = Py_None;
    if (self->wr_prev != NULL)
        self->wr_prev->wr_next = self->wr_next;
    if (self->wr_next != NULL)
        self->wr_next->wr_prev = self->wr_prev;
    self->wr_prev = self->wr_next = NULL;
}

static void clear_reference(PyWeakReference *self)
{
    unlink_reference(self);
    Py_CLEAR(self->wr_callback);
}

/* For the collector: kills the reference but keeps the callback, which the collector decides upon. */
void _PyWeakref_ClearRef(PyWeakReference *self)
{
    PyObject *callback = self->wr_callback;
    self->wr_callback = NULL;
    clear_reference(self);
    self->wr_callback = callback;
}

/* The shared reference and proxy of a list, or NULL. */
static void shared_references(PyWeakReference *head, PyWeakReference **ref, PyWeakReference **proxy)
{
    *ref = *proxy = NULL;
    if (head == NULL || head->wr_callback != NULL)
        return;
    if (PyWeakref_CheckRefExact(head)) {
        *ref = head;
        head = head->wr_next;
    }
    if (head != NULL && head->wr_callback == NULL && PyWeakref_CheckProxy(head))
        *proxy = head;
}

/* The object, or NULL when it is gone or going. */
static inline PyObject *target(PyObject *self)
{
    PyObject *o = REF(self)->wr_object;
    return o != Py_None && Py_REFCNT(o) > 0 ? o : NULL;
}

/* ---- life ---- */

static PyObject *reference_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames);

static void init_reference(PyWeakReference *self, PyObject *o, PyObject *callback)
{
    self->hash = -1;
    self->wr_object = o;
    self->wr_prev = self->wr_next = NULL;
    self->wr_callback = Py_XNewRef(callback);
    self->vectorcall = reference_vectorcall;
}

static PyWeakReference *new_reference(PyTypeObject *type, PyObject *o, PyObject *callback)
{
    PyWeakReference *self = PyObject_GC_New(PyWeakReference, type);
    if (self != NULL) {
        init_reference(self, o, callback);
        PyObject_GC_Track(self);
    }
    return self;
}

static void reference_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    clear_reference(REF(self));
    Py_TYPE(self)->tp_free(self);
}

static int reference_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(REF(self)->wr_callback);
    return 0;
}

static int reference_clear(PyObject *self)
{
    clear_reference(REF(self));
    return 0;
}

static int check_weakrefable(PyObject *o)
{
    if (PyType_SUPPORTS_WEAKREFS(Py_TYPE(o)))
        return 1;
    PyErr_Format(PyExc_TypeError, "cannot create weak reference to '%s' object", Py_TYPE(o)->tp_name);
    return 0;
}

/* Places a new reference in its object's list; after the shared ones unless it becomes one. */
static void place(PyWeakReference *self, PyObject *o)
{
    PyWeakReference **list = list_of(o), *ref, *proxy;
    shared_references(*list, &ref, &proxy);
    if (self->wr_callback == NULL && PyWeakref_CheckRefExact(self)) {
        insert_head(self, list);
    } else {
        PyWeakReference *previous = proxy != NULL && !(self->wr_callback == NULL && PyWeakref_CheckProxy(self)) ? proxy : ref;
        if (previous == NULL)
            insert_head(self, list);
        else
            insert_after(self, previous);
    }
}

PyObject *PyWeakref_NewRef(PyObject *o, PyObject *callback)
{
    PyWeakReference *ref, *proxy;
    if (!check_weakrefable(o))
        return NULL;
    if (callback == Py_None)
        callback = NULL;
    shared_references(*list_of(o), &ref, &proxy);
    if (callback == NULL && ref != NULL)
        return Py_NewRef(ref);
    PyWeakReference *self = new_reference(&_PyWeakref_RefType, o, callback);
    if (self == NULL)
        return NULL;
    shared_references(*list_of(o), &ref, &proxy);   /* the allocation may have run a collection */
    if (callback == NULL && ref != NULL) {
        self->wr_object = Py_None;
        Py_DECREF(self);
        return Py_NewRef(ref);
    }
    place(self, o);
    return (PyObject *)self;
}

PyObject *PyWeakref_NewProxy(PyObject *o, PyObject *callback)
{
    PyWeakReference *ref, *proxy;
    if (!check_weakrefable(o))
        return NULL;
    if (callback == Py_None)
        callback = NULL;
    shared_references(*list_of(o), &ref, &proxy);
    if (callback == NULL && proxy != NULL)
        return Py_NewRef(proxy);
    PyTypeObject *type = PyCallable_Check(o) ? &_PyWeakref_CallableProxyType : &_PyWeakref_ProxyType;
    PyWeakReference *self = new_reference(type, o, callback);
    if (self == NULL)
        return NULL;
    shared_references(*list_of(o), &ref, &proxy);
    if (callback == NULL && proxy != NULL) {
        self->wr_object = Py_None;
        Py_DECREF(self);
        return Py_NewRef(proxy);
    }
    place(self, o);
    return (PyObject *)self;
}

PyObject *PyWeakref_GetObject(PyObject *ref)
{
    if (ref == NULL || !PyWeakref_Check(ref)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyObject *o = target(ref);
    return o == NULL ? Py_None : o;
}

static void call_callback(PyObject *ref, PyObject *callback)
{
    PyObject *result = PyObject_CallOneArg(callback, ref);
    if (result == NULL)
        PyErr_WriteUnraisable(callback);
    else
        Py_DECREF(result);
}

/* All references die first, then the callbacks run: none of them can see the object. */
void PyObject_ClearWeakRefs(PyObject *o)
{
    if (o == NULL || !PyType_SUPPORTS_WEAKREFS(Py_TYPE(o)) || Py_REFCNT(o) != 0) {
        PyErr_BadInternalCall();
        return;
    }
    PyWeakReference **list = list_of(o), *ref;
    while ((ref = *list) != NULL && ref->wr_callback == NULL)
        clear_reference(ref);
    if (*list == NULL)
        return;
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    Py_ssize_t n = _PyWeakref_GetWeakrefCount(*list), i = 0;
    PyObject *pairs = PyTuple_New(n * 2);
    if (pairs == NULL) {   /* nothing to remember them in: the references die unheard */
        while (*list != NULL)
            clear_reference(*list);
        PyErr_WriteUnraisable(NULL);
        PyErr_Restore(type, value, trace);
        return;
    }
    while ((ref = *list) != NULL) {
        PyObject *callback = ref->wr_callback;
        ref->wr_callback = NULL;
        unlink_reference(ref);
        if (Py_REFCNT((PyObject *)ref) > 0) {
            PyTuple_SET_ITEM(pairs, i, Py_NewRef(ref));
            PyTuple_SET_ITEM(pairs, i + 1, callback);
            i += 2;
        } else {
            Py_XDECREF(callback);
        }
    }
    for (Py_ssize_t j = 0; j < i; j += 2)
        if (PyTuple_GET_ITEM(pairs, j + 1) != NULL)
            call_callback(PyTuple_GET_ITEM(pairs, j), PyTuple_GET_ITEM(pairs, j + 1));
    Py_DECREF(pairs);
    PyErr_Restore(type, value, trace);
}

/* ---- weakref.ref ---- */

static PyObject *reference_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (!_PyArg_NoKwnames("weakref", kwnames) || !_PyArg_CheckPositional("weakref", PyVectorcall_NARGS(nargsf), 0, 0))
        return NULL;
    PyObject *o = target(self);
    return Py_NewRef(o == NULL ? Py_None : o);
}

static Py_hash_t reference_hash(PyObject *self)
{
    if (REF(self)->hash != -1)
        return REF(self)->hash;
    PyObject *o = target(self);
    if (o == NULL) {
        PyErr_SetString(PyExc_TypeError, "weak object has gone away");
        return -1;
    }
    Py_INCREF(o);
    REF(self)->hash = PyObject_Hash(o);
    Py_DECREF(o);
    return REF(self)->hash;
}

static PyObject *reference_repr(PyObject *self)
{
    PyObject *o = target(self), *name;
    if (o == NULL)
        return PyUnicode_FromFormat("<weakref at %p; dead>", self);
    Py_INCREF(o);
    PyObject *result = NULL;
    if (_PyObject_LookupAttr(o, N(__name__), &name) >= 0) {
        if (name == NULL || !PyUnicode_Check(name))
            result = PyUnicode_FromFormat("<weakref at %p; to '%s' at %p>", self, Py_TYPE(o)->tp_name, o);
        else
            result = PyUnicode_FromFormat("<weakref at %p; to '%s' at %p (%U)>", self, Py_TYPE(o)->tp_name, o, name);
        Py_XDECREF(name);
    }
    Py_DECREF(o);
    return result;
}

static PyObject *reference_richcompare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyWeakref_CheckRef(a) || !PyWeakref_CheckRef(b))
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *x = target(a), *y = target(b);
    if (x == NULL || y == NULL)
        return PyBool_FromLong((a == b) == (op == Py_EQ));
    Py_INCREF(x);
    Py_INCREF(y);
    PyObject *result = PyObject_RichCompare(x, y, op);
    Py_DECREF(x);
    Py_DECREF(y);
    return result;
}

static PyObject *reference_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    PyObject *o, *callback = NULL;
    if (!PyArg_UnpackTuple(args, "__new__", 1, 2, &o, &callback))
        return NULL;
    if (!check_weakrefable(o))
        return NULL;
    if (callback == Py_None)
        callback = NULL;
    if (callback == NULL && type == &_PyWeakref_RefType)
        return PyWeakref_NewRef(o, NULL);
    PyWeakReference *self = REF(type->tp_alloc(type, 0));
    if (self == NULL)
        return NULL;
    init_reference(self, o, callback);
    place(self, o);
    return (PyObject *)self;
}

static int reference_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyObject *o, *callback;
    if (!_PyArg_NoKeywords("ref", kwds))
        return -1;
    return PyArg_UnpackTuple(args, "__init__", 1, 2, &o, &callback) ? 0 : -1;
}

static PyMemberDef reference_members[] = {
    {"__callback__", T_OBJECT, offsetof(PyWeakReference, wr_callback), READONLY, NULL},
    {NULL},
};
static PyMethodDef reference_methods[] = {
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "See PEP 585"},
    {NULL},
};

PyTypeObject _PyWeakref_RefType = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "weakref.ReferenceType",
    .tp_basicsize = sizeof(PyWeakReference),
    .tp_dealloc = reference_dealloc,
    .tp_vectorcall_offset = offsetof(PyWeakReference, vectorcall),
    .tp_call = PyVectorcall_Call,
    .tp_repr = reference_repr,
    .tp_hash = reference_hash,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_BASETYPE,
    .tp_traverse = reference_traverse,
    .tp_clear = reference_clear,
    .tp_richcompare = reference_richcompare,
    .tp_methods = reference_methods,
    .tp_members = reference_members,
    .tp_init = reference_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = reference_new,
    .tp_free = PyObject_GC_Del,
};

/* ---- proxies: every operation goes to the object ---- */

/* Replaces a proxy by its object, as a new reference; 0 with ReferenceError when it is gone. */
static int unwrap(PyObject **o)
{
    if (*o == NULL)
        return 1;
    if (!PyWeakref_CheckProxy(*o)) {
        Py_INCREF(*o);
        return 1;
    }
    PyObject *object = target(*o);
    if (object == NULL) {
        PyErr_SetString(PyExc_ReferenceError, "weakly-referenced object no longer exists");
        return 0;
    }
    *o = Py_NewRef(object);
    return 1;
}

#define PROXY_UNARY(name, function)                                                                                        \
    static PyObject *name(PyObject *o)                                                                                     \
    {                                                                                                                      \
        if (!unwrap(&o))                                                                                                   \
            return NULL;                                                                                                   \
        PyObject *result = function(o);                                                                                    \
        Py_DECREF(o);                                                                                                      \
        return result;                                                                                                     \
    }
#define PROXY_BINARY(name, function)                                                                                       \
    static PyObject *name(PyObject *a, PyObject *b)                                                                        \
    {                                                                                                                      \
        if (!unwrap(&a))                                                                                                   \
            return NULL;                                                                                                   \
        if (!unwrap(&b)) {                                                                                                 \
            Py_DECREF(a);                                                                                                  \
            return NULL;                                                                                                   \
        }                                                                                                                  \
        PyObject *result = function(a, b);                                                                                 \
        Py_DECREF(a);                                                                                                      \
        Py_DECREF(b);                                                                                                      \
        return result;                                                                                                     \
    }
#define PROXY_TERNARY(name, function)                                                                                      \
    static PyObject *name(PyObject *a, PyObject *b, PyObject *c)                                                           \
    {                                                                                                                      \
        if (!unwrap(&a))                                                                                                   \
            return NULL;                                                                                                   \
        if (!unwrap(&b)) {                                                                                                 \
            Py_DECREF(a);                                                                                                  \
            return NULL;                                                                                                   \
        }                                                                                                                  \
        if (!unwrap(&c)) {                                                                                                 \
            Py_DECREF(a);                                                                                                  \
            Py_XDECREF(b);                                                                                                 \
            return NULL;                                                                                                   \
        }                                                                                                                  \
        PyObject *result = function(a, b, c);                                                                              \
        Py_DECREF(a);                                                                                                      \
        Py_XDECREF(b);                                                                                                     \
        Py_XDECREF(c);                                                                                                     \
        return result;                                                                                                     \
    }

PROXY_BINARY(proxy_getattr, PyObject_GetAttr)
PROXY_UNARY(proxy_str, PyObject_Str)
PROXY_TERNARY(proxy_call, PyObject_Call)
PROXY_BINARY(proxy_add, PyNumber_Add)
PROXY_BINARY(proxy_sub, PyNumber_Subtract)
PROXY_BINARY(proxy_mul, PyNumber_Multiply)
PROXY_BINARY(proxy_floor_div, PyNumber_FloorDivide)
PROXY_BINARY(proxy_true_div, PyNumber_TrueDivide)
PROXY_BINARY(proxy_mod, PyNumber_Remainder)
PROXY_BINARY(proxy_divmod, PyNumber_Divmod)
PROXY_TERNARY(proxy_pow, PyNumber_Power)
PROXY_UNARY(proxy_neg, PyNumber_Negative)
PROXY_UNARY(proxy_pos, PyNumber_Positive)
PROXY_UNARY(proxy_abs, PyNumber_Absolute)
PROXY_UNARY(proxy_invert, PyNumber_Invert)
PROXY_BINARY(proxy_lshift, PyNumber_Lshift)
PROXY_BINARY(proxy_rshift, PyNumber_Rshift)
PROXY_BINARY(proxy_and, PyNumber_And)
PROXY_BINARY(proxy_xor, PyNumber_Xor)
PROXY_BINARY(proxy_or, PyNumber_Or)
PROXY_UNARY(proxy_int, PyNumber_Long)
PROXY_UNARY(proxy_float, PyNumber_Float)
PROXY_BINARY(proxy_iadd, PyNumber_InPlaceAdd)
PROXY_BINARY(proxy_isub, PyNumber_InPlaceSubtract)
PROXY_BINARY(proxy_imul, PyNumber_InPlaceMultiply)
PROXY_BINARY(proxy_ifloor_div, PyNumber_InPlaceFloorDivide)
PROXY_BINARY(proxy_itrue_div, PyNumber_InPlaceTrueDivide)
PROXY_BINARY(proxy_imod, PyNumber_InPlaceRemainder)
PROXY_TERNARY(proxy_ipow, PyNumber_InPlacePower)
PROXY_BINARY(proxy_ilshift, PyNumber_InPlaceLshift)
PROXY_BINARY(proxy_irshift, PyNumber_InPlaceRshift)
PROXY_BINARY(proxy_iand, PyNumber_InPlaceAnd)
PROXY_BINARY(proxy_ixor, PyNumber_InPlaceXor)
PROXY_BINARY(proxy_ior, PyNumber_InPlaceOr)
PROXY_UNARY(proxy_index, PyNumber_Index)
PROXY_BINARY(proxy_matmul, PyNumber_MatrixMultiply)
PROXY_BINARY(proxy_imatmul, PyNumber_InPlaceMatrixMultiply)
PROXY_BINARY(proxy_getitem, PyObject_GetItem)
PROXY_UNARY(proxy_iter, PyObject_GetIter)

static PyObject *bytes_of(PyObject *o) { return PyObject_CallMethodNoArgs(o, N(__bytes__)); }
static PyObject *reversed_of(PyObject *o) { return PyObject_CallMethodNoArgs(o, N(__reversed__)); }
PROXY_UNARY(proxy_bytes, bytes_of)
PROXY_UNARY(proxy_reversed, reversed_of)
static PyObject *proxy_bytes_method(PyObject *o, PyObject *unused) { return proxy_bytes(o); }
static PyObject *proxy_reversed_method(PyObject *o, PyObject *unused) { return proxy_reversed(o); }

static PyObject *proxy_repr(PyObject *self)
{
    PyObject *o = target(self);
    if (o == NULL)
        o = Py_None;
    return PyUnicode_FromFormat("<weakproxy at %p to %s at %p>", self, Py_TYPE(o)->tp_name, o);
}

static int proxy_setattr(PyObject *self, PyObject *name, PyObject *value)
{
    if (!unwrap(&self))
        return -1;
    int err = PyObject_SetAttr(self, name, value);
    Py_DECREF(self);
    return err;
}

static PyObject *proxy_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!unwrap(&a))
        return NULL;
    if (!unwrap(&b)) {
        Py_DECREF(a);
        return NULL;
    }
    PyObject *result = PyObject_RichCompare(a, b, op);
    Py_DECREF(a);
    Py_DECREF(b);
    return result;
}

static int proxy_bool(PyObject *self)
{
    if (!unwrap(&self))
        return -1;
    int truth = PyObject_IsTrue(self);
    Py_DECREF(self);
    return truth;
}

static Py_ssize_t proxy_length(PyObject *self)
{
    if (!unwrap(&self))
        return -1;
    Py_ssize_t n = PyObject_Size(self);
    Py_DECREF(self);
    return n;
}

static int proxy_contains(PyObject *self, PyObject *value)
{
    if (!unwrap(&self))
        return -1;
    int found = PySequence_Contains(self, value);
    Py_DECREF(self);
    return found;
}

static int proxy_setitem(PyObject *self, PyObject *key, PyObject *value)
{
    if (!unwrap(&self))
        return -1;
    int err = value == NULL ? PyObject_DelItem(self, key) : PyObject_SetItem(self, key, value);
    Py_DECREF(self);
    return err;
}

static PyObject *proxy_iternext(PyObject *self)
{
    if (!unwrap(&self))
        return NULL;
    PyObject *item = NULL;
    if (!PyIter_Check(self))
        PyErr_Format(PyExc_TypeError, "Weakref proxy referenced a non-iterator '%.200s' object", Py_TYPE(self)->tp_name);
    else
        item = PyIter_Next(self);
    Py_DECREF(self);
    return item;
}

static PyMethodDef proxy_methods[] = {
    {"__bytes__", proxy_bytes_method, METH_NOARGS, NULL},
    {"__reversed__", proxy_reversed_method, METH_NOARGS, NULL},
    {NULL},
};
static PyNumberMethods proxy_as_number = {
    .nb_add = proxy_add, .nb_subtract = proxy_sub, .nb_multiply = proxy_mul, .nb_remainder = proxy_mod,
    .nb_divmod = proxy_divmod, .nb_power = proxy_pow, .nb_negative = proxy_neg, .nb_positive = proxy_pos,
    .nb_absolute = proxy_abs, .nb_bool = proxy_bool, .nb_invert = proxy_invert, .nb_lshift = proxy_lshift,
    .nb_rshift = proxy_rshift, .nb_and = proxy_and, .nb_xor = proxy_xor, .nb_or = proxy_or, .nb_int = proxy_int,
    .nb_float = proxy_float, .nb_inplace_add = proxy_iadd, .nb_inplace_subtract = proxy_isub,
    .nb_inplace_multiply = proxy_imul, .nb_inplace_remainder = proxy_imod, .nb_inplace_power = proxy_ipow,
    .nb_inplace_lshift = proxy_ilshift, .nb_inplace_rshift = proxy_irshift, .nb_inplace_and = proxy_iand,
    .nb_inplace_xor = proxy_ixor, .nb_inplace_or = proxy_ior, .nb_floor_divide = proxy_floor_div,
    .nb_true_divide = proxy_true_div, .nb_inplace_floor_divide = proxy_ifloor_div,
    .nb_inplace_true_divide = proxy_itrue_div, .nb_index = proxy_index, .nb_matrix_multiply = proxy_matmul,
    .nb_inplace_matrix_multiply = proxy_imatmul,
};
static PySequenceMethods proxy_as_sequence = {.sq_length = proxy_length, .sq_contains = proxy_contains};
static PyMappingMethods proxy_as_mapping = {proxy_length, proxy_getitem, proxy_setitem};

#define PROXY_TYPE                                                                                                         \
    .tp_basicsize = sizeof(PyWeakReference), .tp_dealloc = reference_dealloc, .tp_repr = proxy_repr,                       \
    .tp_as_number = &proxy_as_number, .tp_as_sequence = &proxy_as_sequence, .tp_as_mapping = &proxy_as_mapping,            \
    .tp_hash = PyObject_HashNotImplemented, .tp_str = proxy_str, .tp_getattro = proxy_getattr,                             \
    .tp_setattro = proxy_setattr, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = reference_traverse,  \
    .tp_clear = reference_clear, .tp_richcompare = proxy_richcompare, .tp_iter = proxy_iter

PyTypeObject _PyWeakref_ProxyType = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "weakref.ProxyType", PROXY_TYPE,
    .tp_iternext = proxy_iternext,
    .tp_methods = proxy_methods,
};
PyTypeObject _PyWeakref_CallableProxyType = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "weakref.CallableProxyType", PROXY_TYPE,
    .tp_iternext = proxy_iternext,
    .tp_call = proxy_call,
};
