/* What the files of this floor share beside the public interface: calls and lookups that 3.11 declares in no public header. */
#ifndef LIMPID_OBJECTS_OBJECT_H
#define LIMPID_OBJECTS_OBJECT_H

#include "Python.h"

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#undef _PyObject_LookupSpecial
/* The special method of self's type, bound, as a new reference; NULL without exception when there is none. */
PyObject *_PyObject_LookupSpecial(PyObject *self, PyObject *name);
static inline int _PyIndex_Check(PyObject *o)
{
    PyNumberMethods *suite = Py_TYPE(o)->tp_as_number;
    return suite != NULL && suite->nb_index != NULL;
}

/* callable(first, *args, **kwds); args a tuple, kwds a dict or NULL.  New reference. */
PyObject *_PyObject_Call_Prepend(PyThreadState *tstate, PyObject *callable, PyObject *first, PyObject *args, PyObject *kwds);
/* callable(*args, **kwds).  New reference. */
PyObject *_PyObject_Call(PyThreadState *tstate, PyObject *callable, PyObject *args, PyObject *kwds);
PyObject *_PyObject_FastCallDictTstate(PyThreadState *tstate, PyObject *callable, PyObject *const *args, size_t nargsf,
                                       PyObject *kwargs);

/* Splits a dict of keywords for the vectorcall convention: a new array of owned references, args first; *kwnames is a new
 * tuple.  One free word stands before the array.  NULL with an exception set; free with stack_free. */
PyObject *const *stack_unpack_dict(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs, PyObject **kwnames);
void stack_free(PyObject *const *stack, Py_ssize_t nargs, PyObject *kwnames);

/* Tells the pending AttributeError its object and name, for suggestions. */
void object_set_error_context(PyObject *self, PyObject *name);
/* Adds the names of the dicts of a class and its bases to the dict `names`; 0 or -1. */
int type_merge_class_dict(PyObject *names, PyObject *cls);

/* The parts of v <operator> w, for the VM, which calls methods written in Python by itself (number.c): the slots at `offset`
 * of PyNumberMethods, or NotImplemented; what is left when they gave NotImplemented (sequences, then TypeError for `sign`);
 * power with the sign for its message. */
PyObject *number_by_slots(PyObject *v, PyObject *w, size_t offset);
PyObject *number_without_slots(PyObject *v, PyObject *w, const char *sign);
PyObject *number_power(PyObject *v, PyObject *w, PyObject *z, const char *sign);
/* An argument that is a size or a position; -1 with an exception.  An int that is too large is named by the C type, where
 * PyNumber_AsSsize_t speaks of an index. */
Py_ssize_t number_argument(PyObject *o);
/* TypeError: the operands cannot be ordered; NULL always. */
PyObject *compare_error(PyObject *a, PyObject *b, int op);

/* A tuple of n items of an array whose references it takes over, also on failure (tuple.c). */
PyObject *_PyTuple_FromArraySteal(PyObject *const *items, Py_ssize_t n);

/* Py_GenericAlias-like objects' union: left | right, NotImplemented when one is no type. */
PyObject *union_or(PyObject *left, PyObject *right);
extern PyTypeObject _PyUnion_Type;
extern PyTypeObject _PyNamespace_Type;
extern PyTypeObject PyEllipsis_Type;
PyObject *_PyNamespace_New(PyObject *kwds);

#endif
