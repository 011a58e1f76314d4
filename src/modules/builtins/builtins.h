/* The functions of the module builtins, by subject; builtins.c gathers them in one table. */
#ifndef LIMPID_MODULES_BUILTINS_H
#define LIMPID_MODULES_BUILTINS_H

#include "Python.h"

/* reduce.c: all any len max min next round sorted sum … */
PyObject *builtin_all(PyObject *, PyObject *);
PyObject *builtin_any(PyObject *, PyObject *);
PyObject *builtin_max(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);
PyObject *builtin_min(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);
PyObject *builtin_sum(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);
PyObject *builtin_sorted(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);

/* console.c: print input open breakpoint */
PyObject *builtin_print(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);
PyObject *builtin_input(PyObject *, PyObject *const *, Py_ssize_t);
PyObject *builtin_breakpoint(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);

/* evaluate.c: compile eval exec __import__ globals locals vars dir */
PyObject *builtin_compile(PyObject *, PyObject *, PyObject *);
PyObject *builtin_eval(PyObject *, PyObject *const *, Py_ssize_t);
PyObject *builtin_exec(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);
PyObject *builtin___import__(PyObject *, PyObject *, PyObject *);
PyObject *builtin_globals(PyObject *, PyObject *);
PyObject *builtin_locals(PyObject *, PyObject *);
PyObject *builtin_vars(PyObject *, PyObject *const *, Py_ssize_t);
PyObject *builtin_dir(PyObject *, PyObject *const *, Py_ssize_t);

/* The module, new; also sets interp->builtins. */
PyMODINIT_FUNC PyInit_builtins(void);

#endif
