/* The inside of OrderedDict, shared by the type (odict.c) and its iterators and views (odict_views.c).
 *
 * A dict keeps its entries in insertion order, so an OrderedDict is a dict with calls that move entries.  What bypasses
 * its methods (dict.__setitem__, PyDict_SetItem) leaves it consistent. */
#ifndef LIMPID_MODULES_COLLECTIONS_ODICT_H
#define LIMPID_MODULES_COLLECTIONS_ODICT_H

#include "objects/dict/dict.h"

struct _odictobject {
    PyDictObject dict;
    PyObject *attributes; /* __dict__; may be NULL */
    PyObject *weakrefs;
    uint64_t changes; /* grows when a key is inserted, deleted or moved: iterators stop then */
    /* ODICT-1: if dict.ma_version_tag == seen, all entries below `first` are dead. */
    Py_ssize_t first;
    uint64_t seen;
};

#define ODICT(o) ((PyODictObject *)(o))

/* The first live entry, or -1 when the dict is empty. */
Py_ssize_t odict_first(PyODictObject *d);

PyObject *odict_iter(PyObject *self);
PyObject *odict_reversed(PyObject *self, PyObject *unused);
PyObject *odict_keys(PyObject *self, PyObject *unused);
PyObject *odict_values(PyObject *self, PyObject *unused);
PyObject *odict_items(PyObject *self, PyObject *unused);

#endif
