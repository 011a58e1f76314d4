/* Sorting by numbers that stand for the keys; for sort.c. */
#ifndef LIMPID_OBJECTS_RANK_SORT_H
#define LIMPID_OBJECTS_RANK_SORT_H

#include "Python.h"

/* Sorts items start..start+n, which compare equal as far as ranks went, by comparing them: 0, or -1 with an exception. */
typedef int (*RankRest)(void *arg, Py_ssize_t start, Py_ssize_t n);

/* Sorts keys, and with them values (may be NULL), stably.  1 when that is done; 0 when it does not pay, with nothing
 * changed; -1 when `rest` failed, with keys and values a permutation of what they were. */
int rank_sort(PyObject **keys, PyObject **values, Py_ssize_t n, RankRest rest, void *arg);

#endif
