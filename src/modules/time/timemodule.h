/* Inside of the time module. */
#ifndef LIMPID_MODULES_TIME_TIMEMODULE_H
#define LIMPID_MODULES_TIME_TIMEMODULE_H

#include "Python.h"

/* calendar.c: struct_time and what works on it. */
extern PyMethodDef calendar_methods[];
/* Adds struct_time and the time zone's constants; 0, or -1 with an exception. */
int calendar_init(PyObject *module);

/* clocks.c: reading clocks, and sleeping. */
extern PyMethodDef clock_methods[];
int clock_init(PyObject *module);

#endif
