/* One step of an iterator that another iterator holds. */
#ifndef LIMPID_OBJECTS_ITERATE_H
#define LIMPID_OBJECTS_ITERATE_H

#include "memory/stack.h"

/* The next item, new; NULL at the end or with an exception.  Iterators in iterators in iterators end in RecursionError
 * before they end the C stack. */
static inline PyObject *iterator_step(PyObject *it)
{
    if (c_stack_low()) {
        c_stack_check(" while iterating");
        return NULL;
    }
    iternextfunc next = Py_TYPE(it)->tp_iternext;
    if (next == NULL) { /* __next__ has been deleted from its class */
        PyErr_Format(PyExc_TypeError, "'%.200s' object is not an iterator", Py_TYPE(it)->tp_name);
        return NULL;
    }
    return next(it);
}

#endif
