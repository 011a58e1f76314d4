/* The parts of the module sys: sysmodule.c gathers what the others define. */
#ifndef LIMPID_MODULES_SYS_H
#define LIMPID_MODULES_SYS_H

#include "Python.h"

/* The module, with everything that does not need the library's location; also sets interp->sysdict.  New. */
PyObject *sys_create(void);
/* Adds argv, path, flags, prefix … from the interpreter's Config; 0 or -1. */
int sys_configure(void);
/* info.c: adds flags, version_info, float_info …; 0 or -1. */
int sys_add_info(PyObject *dict);
/* info.c: a new sys.flags from the Config. */
PyObject *sys_make_flags(void);

extern PyMethodDef sys_hook_functions[];   /* hooks.c */
extern PyMethodDef sys_memory_functions[]; /* measure.c */
extern PyMethodDef sys_trace_functions[];  /* trace.c */

#endif
