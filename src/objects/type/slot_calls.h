/* The functions that slots.def puts into slots of classes whose methods are written in Python (slot_calls.c). */
#ifndef LIMPID_OBJECTS_SLOT_CALLS_H
#define LIMPID_OBJECTS_SLOT_CALLS_H

#include "Python.h"

PyObject *slot_tp_repr(PyObject *self);
Py_hash_t slot_tp_hash(PyObject *self);
PyObject *slot_tp_call(PyObject *self, PyObject *args, PyObject *kwds);
PyObject *slot_tp_str(PyObject *self);
int slot_tp_setattro(PyObject *self, PyObject *name, PyObject *value);
PyObject *slot_tp_richcompare(PyObject *self, PyObject *other, int op);
PyObject *slot_tp_iter(PyObject *self);
PyObject *slot_tp_iternext(PyObject *self);
PyObject *slot_tp_descr_get(PyObject *self, PyObject *instance, PyObject *owner);
int slot_tp_descr_set(PyObject *self, PyObject *instance, PyObject *value);
void slot_tp_finalize(PyObject *self);
PyObject *slot_am_await(PyObject *self);
PyObject *slot_am_aiter(PyObject *self);
PyObject *slot_am_anext(PyObject *self);

#define SLOT_BINARIES(X)                                                                                                   \
    X(nb_add, __add__, __radd__) X(nb_subtract, __sub__, __rsub__) X(nb_multiply, __mul__, __rmul__)                       \
    X(nb_remainder, __mod__, __rmod__) X(nb_divmod, __divmod__, __rdivmod__) X(nb_lshift, __lshift__, __rlshift__)         \
    X(nb_rshift, __rshift__, __rrshift__) X(nb_and, __and__, __rand__) X(nb_xor, __xor__, __rxor__)                        \
    X(nb_or, __or__, __ror__) X(nb_floor_divide, __floordiv__, __rfloordiv__)                                              \
    X(nb_true_divide, __truediv__, __rtruediv__) X(nb_matrix_multiply, __matmul__, __rmatmul__)
#define SLOT_INPLACES(X)                                                                                                   \
    X(nb_inplace_add, __iadd__) X(nb_inplace_subtract, __isub__) X(nb_inplace_multiply, __imul__)                          \
    X(nb_inplace_remainder, __imod__) X(nb_inplace_lshift, __ilshift__) X(nb_inplace_rshift, __irshift__)                  \
    X(nb_inplace_and, __iand__) X(nb_inplace_xor, __ixor__) X(nb_inplace_or, __ior__)                                      \
    X(nb_inplace_floor_divide, __ifloordiv__) X(nb_inplace_true_divide, __itruediv__)                                      \
    X(nb_inplace_matrix_multiply, __imatmul__)
#define SLOT_UNARIES(X)                                                                                                    \
    X(nb_negative, __neg__) X(nb_positive, __pos__) X(nb_absolute, __abs__) X(nb_invert, __invert__)                       \
    X(nb_int, __int__) X(nb_float, __float__)

#define DECLARE(slot, name, rname) PyObject *slot_##slot(PyObject *self, PyObject *other);
SLOT_BINARIES(DECLARE)
#undef DECLARE
#define DECLARE(slot, name) PyObject *slot_##slot(PyObject *self, PyObject *other);
SLOT_INPLACES(DECLARE)
#undef DECLARE
#define DECLARE(slot, name) PyObject *slot_##slot(PyObject *self);
SLOT_UNARIES(DECLARE)
#undef DECLARE

PyObject *slot_nb_power(PyObject *self, PyObject *other, PyObject *modulus);
PyObject *slot_nb_inplace_power(PyObject *self, PyObject *other, PyObject *modulus);
int slot_nb_bool(PyObject *self);
PyObject *slot_nb_index(PyObject *self);
Py_ssize_t slot_mp_length(PyObject *self);
/* The length that __len__ returned (stolen), or -1 with an exception set. */
Py_ssize_t slot_length_of(PyObject *result);
/* self.<rname>(other); NotImplemented when self's type has no such method. */
PyObject *slot_call_reflected(PyObject *self, PyObject *other, PyObject *rname);
PyObject *slot_mp_subscript(PyObject *self, PyObject *key);
int slot_mp_ass_subscript(PyObject *self, PyObject *key, PyObject *value);
PyObject *slot_sq_item(PyObject *self, Py_ssize_t i);
int slot_sq_ass_item(PyObject *self, Py_ssize_t i, PyObject *value);
int slot_sq_contains(PyObject *self, PyObject *value);

#endif
