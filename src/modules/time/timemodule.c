/* time: clocks (clocks.c) and calendar time (calendar.c). */
#include "modules/time/timemodule.h"

static int time_exec(PyObject *module)
{
    return PyModule_AddFunctions(module, clock_methods) < 0 || PyModule_AddFunctions(module, calendar_methods) < 0 ||
                   clock_init(module) < 0 || calendar_init(module) < 0
               ? -1
               : 0;
}

PyDoc_STRVAR(time_doc, "Clocks and calendar time.\n\n"
                       "Times are seconds since the epoch (1970-01-01 00:00 UTC) as float, or struct_time tuples:\n"
                       "year, month, day, hour, minute, second, weekday (Monday is 0), day of the year, DST flag.");

static PyModuleDef_Slot time_slots[] = {{Py_mod_exec, time_exec}, {0, NULL}};
static PyModuleDef time_module = {PyModuleDef_HEAD_INIT, "time", time_doc, 0, NULL, time_slots};

PyMODINIT_FUNC PyInit_time(void) { return PyModuleDef_Init(&time_module); }
