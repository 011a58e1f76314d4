/* What the built-in functions need from the VM besides the C API. */
#ifndef LIMPID_VM_EVAL_H
#define LIMPID_VM_EVAL_H

#include "Python.h"

/* __build_class__(func, name, /, *bases, metaclass=…, **kwds); METH_FASTCALL | METH_KEYWORDS. */
PyObject *builtin_build_class(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames);
/* The awaitable of anext(iterator, default); new. */
PyObject *PyAnextAwaitable_New(PyObject *awaitable, PyObject *default_value);

/* Sets the recursion limit, and that no other may exceed it. */
void vm_cap_recursion(int limit);

#endif
