/* Generators, coroutines and asynchronous generators: what generator.c, coroutine.c and asyncgen.c share. */
#ifndef LIMPID_VM_GENERATOR_H
#define LIMPID_VM_GENERATOR_H

#include "vm/vm.h"

/* Runs the generator until it yields, returns or fails.  exc: raises the pending exception in it; closing: no error
 * for a coroutine that has ended.  *result is new. */
PySendResult generator_send(PyGenObject *gen, PyObject *arg, PyObject **result, int exc, int closing);
/* As generator_send, with a return turned into StopIteration (StopAsyncIteration). */
PyObject *generator_send_value(PyGenObject *gen, PyObject *arg, int exc, int closing);
PyObject *generator_throw(PyGenObject *gen, int close_on_exit, PyObject *type, PyObject *value, PyObject *tb);
PyObject *generator_throw_args(PyGenObject *gen, PyObject *const *args, Py_ssize_t nargs);
PyObject *generator_close(PyGenObject *gen);
/* What the suspended generator delegates to (borrowed), or NULL. */
PyObject *generator_delegate(PyGenObject *gen);

/* Slots and methods that the three types have in common. */
void generator_dealloc(PyGenObject *gen);
int generator_traverse(PyGenObject *gen, visitproc visit, void *arg);
PyObject *generator_repr(PyGenObject *gen);
PyObject *generator_iternext(PyGenObject *gen);
PySendResult generator_am_send(PyObject *gen, PyObject *arg, PyObject **result);
PyObject *generator_get_name(PyGenObject *gen, void *unused);
int generator_set_name(PyGenObject *gen, PyObject *value, void *unused);
PyObject *generator_get_qualname(PyGenObject *gen, void *unused);
int generator_set_qualname(PyGenObject *gen, PyObject *value, void *unused);
PyObject *generator_get_delegate(PyGenObject *gen, void *unused);
PyObject *generator_get_running(PyGenObject *gen, void *unused);
PyObject *generator_get_suspended(PyGenObject *gen, void *unused);
PyObject *generator_get_frame(PyGenObject *gen, void *unused);
PyObject *generator_method_send(PyGenObject *gen, PyObject *arg);
PyObject *generator_method_throw(PyGenObject *gen, PyObject *const *args, Py_ssize_t nargs);
PyObject *generator_method_close(PyGenObject *gen, PyObject *unused);
PyObject *generator_method_sizeof(PyGenObject *gen, PyObject *unused);

extern const char generator_send_doc[], generator_throw_doc[], generator_close_doc[], generator_sizeof_doc[];

/* Where a coroutine was made: ((filename, line, function), ...), new; or NULL. */
PyObject *coroutine_origin(ThreadState *t, int depth);

extern PyTypeObject PyAnextAwaitable_Type;
/* Warns of a coroutine that was never awaited (the warnings module). */
void _PyErr_WarnUnawaitedCoroutine(PyObject *coroutine);

#define GENERATOR_BASIC_SIZE (Py_ssize_t)(offsetof(PyGenObject, gi_iframe) + sizeof(Frame))

#endif
