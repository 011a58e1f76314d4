/* Import: built-in and frozen modules, sys.modules, and the way into importlib. */
#ifndef LIMPID_RUNTIME_IMPORT_H
#define LIMPID_RUNTIME_IMPORT_H

#include "Python.h"

/* A module whose code object stands in the program, as marshal data. */
typedef struct frozen_module {
    const char *name;
    const char *origin;        /* the name it has in the library; NULL when it is not there */
    const unsigned char *data;
    int size;
    int is_package;
} FrozenModule;

/* Ends with a NULL name.  The generated table replaces an empty one, which the program that generates it has. */
extern const FrozenModule frozen_modules[];

const FrozenModule *frozen_find(const char *name);
/* Whether a module of that name is built in: 1, 0, or -1 for one that cannot be initialised again. */
int import_is_builtin(PyObject *name);
/* Creates the built-in module that the spec names; new, None (new) if there is no such module, or NULL. */
PyObject *import_create_builtin(PyObject *spec);
/* Loads the shared object that the spec names; new module or definition's module, or NULL with ImportError. */
PyObject *import_create_dynamic(PyObject *spec);
/* Runs the execution slots of a module made from a definition; 0 or -1. */
int import_exec_module(PyObject *module);
/* Frozen code object, new; or NULL with ImportError. */
PyObject *import_frozen_code(PyObject *name);
/* A new tuple of all built-in names, sorted (sys.builtin_module_names). */
PyObject *import_builtin_names(void);
/* Sets up _frozen_importlib, then the path-based finders; 0 or -1. */
int import_bootstrap(void);
int import_bootstrap_external(void);
/* Cuts importlib's frames out of the pending exception's traceback. */
void import_trim_traceback(void);

/* Drops the names kept of single-phase modules, at the end of the interpreter. */
void import_forget_extensions(PyInterpreterState *interp);

#endif
