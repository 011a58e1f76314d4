/* Lists: what other parts of the objects floor need beyond the C API. */
#ifndef LIMPID_OBJECTS_LIST_H
#define LIMPID_OBJECTS_LIST_H

#include "Python.h"

/* Makes room for n items and sets the size to n; new slots are undefined.  0, or -1 with MemoryError set. */
int list_resize(PyListObject *self, Py_ssize_t n);
/* Appends, stealing item (also on failure).  0, or -1 with MemoryError set. */
int list_append_steal_slow(PyListObject *self, PyObject *item);
static inline int list_append_steal(PyListObject *self, PyObject *item)
{
    Py_ssize_t n = Py_SIZE(self);
    if (n < self->allocated) {
        self->ob_item[n] = item;
        Py_SET_SIZE(self, n + 1);
        return 0;
    }
    return list_append_steal_slow(self, item);
}
/* Appends everything from an iterable; a new reference to None, or NULL. */
PyObject *list_extend(PyObject *self, PyObject *iterable);
/* Replaces items low..high by those of v (NULL: none); 0 or -1. */
int list_assign_slice(PyListObject *self, Py_ssize_t low, Py_ssize_t high, PyObject *v);
PyObject *list_slice(PyListObject *self, Py_ssize_t low, Py_ssize_t high);
int list_clear_items(PyListObject *self);
/* list.sort */
PyObject *list_sort(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames);
extern PyMethodDef list_methods[];
PyObject *list_iter(PyObject *self);
PyObject *list_reversed(PyObject *self, PyObject *unused);
PyObject *list_subscript(PyObject *self, PyObject *key);

#endif
