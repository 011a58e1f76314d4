/* What the two files of the _functools module share. */
#ifndef LIMPID_MODULES_FUNCTOOLS_H
#define LIMPID_MODULES_FUNCTOOLS_H

#include "Python.h"

typedef struct {
    PyObject *kwd_mark;   /* stands between positional and keyword arguments in a key */
    PyTypeObject *partial_type, *key_type, *lru_type, *link_type;
} FunctoolsState;

extern PyModuleDef functools_module;
extern PyType_Spec lru_cache_spec, lru_link_spec;

#endif
