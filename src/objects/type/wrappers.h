/* The calling conventions of wrapper descriptors (wrappers.c): each unpacks the arguments of a dunder call and gives them to
 * the slot function `wrapped`. */
#ifndef LIMPID_OBJECTS_WRAPPERS_H
#define LIMPID_OBJECTS_WRAPPERS_H

#include "Python.h"

#define WRAPPERS(X)                                                                                                        \
    X(unary) X(binary) X(binary_left) X(binary_right) X(power) X(power_right) X(inquiry) X(length) X(hash) X(next)         \
    X(index_argument) X(sequence_item) X(sequence_set_item) X(sequence_delete_item) X(contains) X(set_item)                \
    X(delete_item) X(setattr) X(delattr) X(lt) X(le) X(eq) X(ne) X(gt) X(ge) X(descr_get) X(descr_set) X(descr_delete)     \
    X(del)
#define DECLARE(name) PyObject *wrap_##name(PyObject *self, PyObject *args, void *wrapped);
WRAPPERS(DECLARE)
#undef DECLARE
PyObject *wrap_call(PyObject *self, PyObject *args, void *wrapped, PyObject *kwds);
PyObject *wrap_init(PyObject *self, PyObject *args, void *wrapped, PyObject *kwds);

#endif
