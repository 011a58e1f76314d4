/* _datetime: the module, what date.isocalendar() returns, and the table of functions for extension modules. */
#include "modules/datetime/dt.h"

/* ---- IsoCalendarDate --------------------------------------------------------------------------------------------- */

static PyObject *isocalendar_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"year", "week", "weekday", NULL};
    int v[3];
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "iii:IsoCalendarDate", names, &v[0], &v[1], &v[2]))
        return NULL;
    PyObject *r = type->tp_alloc(type, 3);
    for (int i = 0; r && i < 3; i++) {
        PyObject *item = PyLong_FromLong(v[i]);
        if (item)
            PyTuple_SET_ITEM(r, i, item);
        else
            Py_CLEAR(r);
    }
    return r;
}

static PyObject *isocalendar_repr(PyObject *self)
{
    return PyUnicode_FromFormat("%.200s(year=%S, week=%S, weekday=%S)", Py_TYPE(self)->tp_name,
                                PyTuple_GET_ITEM(self, 0), PyTuple_GET_ITEM(self, 1), PyTuple_GET_ITEM(self, 2));
}

/* As a plain tuple, so that the class stays private. */
static PyObject *isocalendar_reduce(PyObject *self, PyObject *unused)
{
    PyObject *plain = PyTuple_Pack(3, PyTuple_GET_ITEM(self, 0), PyTuple_GET_ITEM(self, 1), PyTuple_GET_ITEM(self, 2));
    return plain ? Py_BuildValue("O(N)", &PyTuple_Type, plain) : NULL;
}

static PyObject *isocalendar_get(PyObject *self, void *i) { return Py_NewRef(PyTuple_GET_ITEM(self, (Py_ssize_t)i)); }
static PyGetSetDef isocalendar_getset[] = {{"year", isocalendar_get, NULL, NULL, (void *)0},
                                           {"week", isocalendar_get, NULL, NULL, (void *)1},
                                           {"weekday", isocalendar_get, NULL, NULL, (void *)2},
                                           {NULL}};
static PyMethodDef isocalendar_methods[] = {{"__reduce__", isocalendar_reduce, METH_NOARGS, NULL}, {NULL}};

PyTypeObject dt_isocalendar_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "datetime.IsoCalendarDate",
    .tp_basicsize = sizeof(PyTupleObject) - sizeof(PyObject *),
    .tp_itemsize = sizeof(PyObject *),
    .tp_repr = isocalendar_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = PyDoc_STR(
        "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple "
        "of\n  ((year, week, weekday)\nor via the object attributes as named in the above tuple."),
    .tp_methods = isocalendar_methods,
    .tp_getset = isocalendar_getset,
    .tp_base = &PyTuple_Type,
    .tp_new = isocalendar_new,
};

/* ---- the capsule ---------------------------------------------------------------------------------------------------
 */

static PyObject *capi_datetime_fold(int y, int m, int d, int hour, int minute, int second, int us, PyObject *tz,
                                    int fold, PyTypeObject *type)
{
    Fields f = {y, m, d, hour, minute, second, us, fold};
    return dt_make_datetime(&f, tz, type);
}
static PyObject *capi_datetime(int y, int m, int d, int hour, int minute, int second, int us, PyObject *tz,
                               PyTypeObject *type)
{
    return capi_datetime_fold(y, m, d, hour, minute, second, us, tz, 0, type);
}
static PyObject *capi_time_fold(int hour, int minute, int second, int us, PyObject *tz, int fold, PyTypeObject *type)
{
    Fields f = {0, 0, 0, hour, minute, second, us, fold};
    return dt_make_time(&f, tz, type);
}
static PyObject *capi_time(int hour, int minute, int second, int us, PyObject *tz, PyTypeObject *type)
{
    return capi_time_fold(hour, minute, second, us, tz, 0, type);
}

static PyDateTime_CAPI capi = {
    .DateType = &dt_date_type,
    .DateTimeType = &dt_datetime_type,
    .TimeType = &dt_time_type,
    .DeltaType = &dt_delta_type,
    .TZInfoType = &dt_tzinfo_type,
    .Date_FromDate = dt_make_date,
    .DateTime_FromDateAndTime = capi_datetime,
    .Time_FromTime = capi_time,
    .Delta_FromDelta = dt_make_delta,
    .TimeZone_FromTimeZone = dt_make_timezone,
    .DateTime_FromTimestamp = dt_datetime_fromtimestamp,
    .Date_FromTimestamp = dt_date_fromtimestamp,
    .DateTime_FromDateAndTimeAndFold = capi_datetime_fold,
    .Time_FromTimeAndFold = capi_time_fold,
};

/* ---- the module
 * ------------------------------------------------------------------------------------------------------ */

/* Puts value, a new reference or NULL, into the type. */
static int put(PyTypeObject *type, const char *name, PyObject *value)
{
    int bad = value ? PyDict_SetItemString(type->tp_dict, name, value) : -1;
    Py_XDECREF(value);
    return bad;
}

static PyObject *delta(int days, int seconds, int us) { return dt_make_delta(days, seconds, us, 0, &dt_delta_type); }

static PyObject *zone(int seconds)
{
    PyObject *offset = dt_make_delta(0, seconds, 0, 1, &dt_delta_type);
    PyObject *r = offset ? dt_make_timezone(offset, NULL) : NULL;
    Py_XDECREF(offset);
    return r;
}

/* min, max and resolution of each type, and timezone.utc. */
static int add_constants(void)
{
    Fields first = {1, 1, 1, 0, 0, 0, 0, 0}, last = {9999, 12, 31, 23, 59, 59, 999999, 0};
    if (put(&dt_delta_type, "resolution", delta(0, 0, 1)) || put(&dt_delta_type, "min", delta(-999999999, 0, 0)) ||
        put(&dt_delta_type, "max", delta(999999999, DT_DAY - 1, 999999)))
        return -1;
    if (put(&dt_date_type, "min", dt_make_date(1, 1, 1, &dt_date_type)) ||
        put(&dt_date_type, "max", dt_make_date(9999, 12, 31, &dt_date_type)) ||
        put(&dt_date_type, "resolution", delta(1, 0, 0)))
        return -1;
    if (put(&dt_time_type, "min", dt_make_time(&first, Py_None, &dt_time_type)) ||
        put(&dt_time_type, "max", dt_make_time(&last, Py_None, &dt_time_type)) ||
        put(&dt_time_type, "resolution", delta(0, 0, 1)))
        return -1;
    if (put(&dt_datetime_type, "min", dt_make_datetime(&first, Py_None, &dt_datetime_type)) ||
        put(&dt_datetime_type, "max", dt_make_datetime(&last, Py_None, &dt_datetime_type)) ||
        put(&dt_datetime_type, "resolution", delta(0, 0, 1)))
        return -1;
    if (!dt_utc && !(dt_utc = zone(0)))
        return -1;
    capi.TimeZone_UTC = dt_utc;
    return put(&dt_timezone_type, "utc", Py_NewRef(dt_utc)) || put(&dt_timezone_type, "min", zone(-(DT_DAY - 60))) ||
           put(&dt_timezone_type, "max", zone(DT_DAY - 60));
}

static int module_exec(PyObject *module)
{
    static PyTypeObject *const types[] = {&dt_date_type,  &dt_datetime_type, &dt_time_type,
                                          &dt_delta_type, &dt_tzinfo_type,   &dt_timezone_type};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(types); i++)
        if (PyModule_AddType(module, types[i]))
            return -1;
    if (PyType_Ready(&dt_isocalendar_type) || add_constants())
        return -1;
    if (PyModule_AddIntConstant(module, "MINYEAR", DT_MINYEAR) ||
        PyModule_AddIntConstant(module, "MAXYEAR", DT_MAXYEAR))
        return -1;
    PyObject *capsule = PyCapsule_New(&capi, PyDateTime_CAPSULE_NAME, NULL);
    int bad = capsule ? PyModule_AddObjectRef(module, "datetime_CAPI", capsule) : -1;
    Py_XDECREF(capsule);
    return bad || PyModule_AddObjectRef(module, "UTC", dt_utc) ? -1 : 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_datetime", "Fast implementation of the datetime type.", 0, NULL, slots, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit__datetime(void) { return PyModuleDef_Init(&definition); }
