/* -X importtime: one line on standard error for every module that is looked for, when that has ended.
 *
 *     import time: self [us] | cumulative | imported package
 *     import time:        34 |         34 |   _stat
 *     import time:        44 |         78 | stat
 *
 * The own time of a module is what is left without the imports that it made itself. */
#include "runtime/import_times.h"
#include "memory/state.h"

#include <stdio.h>

/* Microseconds, rounded up. */
static long shown(_PyTime_t t) { return (long)_PyTime_AsMicroseconds(t, _PyTime_ROUND_CEILING); }

void import_times_begin(ImportTime *own)
{
    PyInterpreterState *interp = interp_current();
    if (!interp->import_times.headed)
        fputs("import time: self [us] | cumulative | imported package\n", stderr);
    interp->import_times.headed = 1;
    interp->import_times.level++;
    own->inner_before = interp->import_times.inner;
    interp->import_times.inner = 0;
    own->start = _PyTime_GetPerfCounter();
}

void import_times_end(const ImportTime *own, PyObject *name)
{
    PyInterpreterState *interp = interp_current();
    _PyTime_t whole = _PyTime_GetPerfCounter() - own->start;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    const char *text = PyUnicode_AsUTF8(name);
    interp->import_times.level--;
    fprintf(stderr, "import time: %9ld | %10ld | %*s%s\n", shown(whole - interp->import_times.inner), shown(whole),
            interp->import_times.level * 2, "", text ? text : "<not in UTF-8>");
    interp->import_times.inner = own->inner_before + whole;
    PyErr_Restore(type, value, traceback);
}
