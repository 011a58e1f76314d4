/* The parts of module _collections. */
#ifndef LIMPID_MODULES_COLLECTIONS_H
#define LIMPID_MODULES_COLLECTIONS_H

#include "Python.h"

extern PyTypeObject deque_type, deque_iterator_type, deque_reverse_iterator_type, defaultdict_type, tuplegetter_type;
/* Readies OrderedDict with its views and iterator; 0 or -1. */
int odict_ready(void);
/* _count_elements(mapping, iterable) */
PyObject *count_elements(PyObject *module, PyObject *const *args, Py_ssize_t n);

#endif
