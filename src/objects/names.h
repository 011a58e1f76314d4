/* The interned names of names.def, made once at start-up and immortal: N(__init__) is a borrowed str. */
#ifndef LIMPID_OBJECTS_NAMES_H
#define LIMPID_OBJECTS_NAMES_H

#include "Python.h"

struct names {
#define NAME(id) PyObject *n_##id; /* the prefix keeps clear of C keywords and macros */
#include "objects/names.def"
#undef NAME
};
extern struct names interned_names;

#define N(id) (interned_names.n_##id)

/* Interns every name; 0, or -1 with MemoryError set.  Called once, when str objects can be made. */
int names_init(void);
void names_fini(void);

#endif
