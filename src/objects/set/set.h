/* Sets and frozensets: the table.
 *
 * The struct is public (setobject.h).  Open addressing with short linear scans, so that the order of iteration is that of 3.11 for equal
 * hashes.  An unused slot has a NULL key, a deleted one the key SET_DUMMY.
 *
 * SET-1  fill is the number of slots that are not unused, used those with a real key; fill * 5 < mask * 3 after every insertion.
 * SET-2  table is smalltable if mask + 1 == PySet_MINSIZE was never exceeded or the set was cleared, else a raw block. */
#ifndef LIMPID_OBJECTS_SET_H
#define LIMPID_OBJECTS_SET_H

#include "Python.h"

extern PyObject set_dummy;
#define SET_DUMMY (&set_dummy)
#define SET(o) ((PySetObject *)(o))

static inline int slot_live(const setentry *e) { return e->key != NULL && e->key != SET_DUMMY; }

/* 1 present, 0 absent, -1 error; may run Python code. */
int set_contains_entry(PySetObject *s, PyObject *key, Py_hash_t hash);
/* Adds key (a new reference is taken); 0 or -1. */
int set_add_entry(PySetObject *s, PyObject *key, Py_hash_t hash);
/* 1 removed, 0 absent, -1 error. */
int set_discard_entry(PySetObject *s, PyObject *key, Py_hash_t hash);
int set_add_key(PySetObject *s, PyObject *key);
int set_contains_key(PySetObject *s, PyObject *key);
int set_discard_key(PySetObject *s, PyObject *key);
int set_update_from(PySetObject *s, PyObject *iterable);
void set_clear_entries(PySetObject *s);
/* A new set of exactly this type with the members of iterable (may be NULL). */
PyObject *set_make(PyTypeObject *type, PyObject *iterable);
/* Makes the table anew if more than a quarter of its slots are deleted ones; 0 or -1. */
int set_tidy(PySetObject *s);
/* Exchanges the contents of two sets. */
void set_swap(PySetObject *a, PySetObject *b);
/* The next live slot from *pos on, or 0. */
int set_next(PySetObject *s, Py_ssize_t *pos, setentry **entry);

extern PyMethodDef set_methods[], frozenset_methods[];
extern PyNumberMethods set_as_number, frozenset_as_number;
PyObject *set_richcompare(PyObject *a, PyObject *b, int op);

#endif
