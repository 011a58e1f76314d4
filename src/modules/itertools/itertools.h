/* itertools: the one shape that its iterators share.
 *
 * Every iterator is a header, four object fields, four numbers and a raw array; what they mean stands at the head of each
 * type's section.  So traversal, clearing and deallocation are written once.
 *
 *   basic.c         chain, islice, count, cycle, repeat, filters, zip_longest, accumulate, pairwise
 *   combinatoric.c  product, permutations, combinations, combinations_with_replacement
 *   groups.c        groupby, tee
 *   module.c        the module */
#ifndef LIMPID_MODULES_ITERTOOLS_H
#define LIMPID_MODULES_ITERTOOLS_H

#include "Python.h"
#include "objects/iterate.h"

typedef struct {
    PyObject_HEAD
    PyObject *r[4];        /* owned or NULL */
    Py_ssize_t n[4];
    Py_ssize_t *index;     /* PyMem_Malloc'ed or NULL */
} Iter;

void iter_dealloc(PyObject *self);
int iter_traverse(PyObject *self, visitproc visit, void *arg);
int iter_clear(PyObject *self);
/* A new iterator with empty fields, not NULL-checked by the caller twice: NULL with MemoryError set. */
Iter *iter_new(PyTypeObject *type);
/* Refuses keyword arguments for the exact type `base` (subclasses may take them in __init__); 0 or -1. */
int iter_no_keywords(PyTypeObject *type, PyTypeObject *base, PyObject *kwargs, const char *name);
/* The next item of a field's iterator, new; NULL at the end or on error.  The iterator is held meanwhile: what it runs may come
 * back to the iterator that the field belongs to, and empty it. */
static inline PyObject *iter_step(PyObject *it)
{
    Py_INCREF(it);
    PyObject *item = iterator_step(it);
    Py_DECREF(it);
    return item;
}
/* The same with StopIteration cleared. */
static inline PyObject *iter_next(PyObject *it)
{
    PyObject *item = iter_step(it);
    if (item == NULL && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_StopIteration))
        PyErr_Clear();
    return item;
}

#define ITER_TYPE(symbol, name_, new_, next_, methods_, doc_)                                                         \
    PyTypeObject symbol = {                                                                                           \
        PyVarObject_HEAD_INIT(&PyType_Type, 0)                                                                        \
        .tp_name = "itertools." name_, .tp_basicsize = sizeof(Iter), .tp_dealloc = iter_dealloc,                      \
        .tp_getattro = PyObject_GenericGetAttr,                                                                       \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, .tp_doc = doc_,                    \
        .tp_traverse = iter_traverse, .tp_clear = iter_clear, .tp_iter = PyObject_SelfIter, .tp_iternext = next_,     \
        .tp_methods = methods_, .tp_new = new_, .tp_alloc = PyType_GenericAlloc, .tp_free = PyObject_GC_Del,          \
    }

extern PyTypeObject accumulate_type, chain_type, compress_type, count_type, cycle_type, dropwhile_type, filterfalse_type, islice_type,
    pairwise_type, repeat_type, starmap_type, takewhile_type, zip_longest_type;
extern PyTypeObject product_type, permutations_type, combinations_type, combinations_with_replacement_type;
extern PyTypeObject groupby_type, grouper_type, tee_type, tee_data_type;
PyObject *itertools_tee(PyObject *module, PyObject *const *args, Py_ssize_t n);

#endif
