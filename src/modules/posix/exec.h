/* What starting programs shares with other files of the posix module. */
#ifndef LIMPID_MODULES_POSIX_EXEC_H
#define LIMPID_MODULES_POSIX_EXEC_H

#include "Python.h"
#include <sched.h>
#include <signal.h>

/* Frees a NULL-terminated list of PyMem strings (or NULL). */
void strings_free(char **list);
/* O& converter: os.sched_param to struct sched_param. */
int sched_param_convert(PyObject *o, void *param);
/* O& converter: an iterable of signal numbers to sigset_t. */
int _Py_Sigset_Converter(PyObject *o, void *set);

extern char **environ;

#endif
