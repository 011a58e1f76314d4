/* Calendar time: struct_time, its conversions, formatting, and the time zone. */
#include "modules/time/timemodule.h"
#include <time.h>

static PyTypeObject StructTime_Type;

static PyStructSequence_Field struct_time_fields[] = {
    {"tm_year", "year, for example, 1993"},
    {"tm_mon", "month of year, range [1, 12]"},
    {"tm_mday", "day of month, range [1, 31]"},
    {"tm_hour", "hours, range [0, 23]"},
    {"tm_min", "minutes, range [0, 59]"},
    {"tm_sec", "seconds, range [0, 61])"},
    {"tm_wday", "day of week, range [0, 6], Monday is 0"},
    {"tm_yday", "day of year, range [1, 366]"},
    {"tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"},
    {"tm_zone", "abbreviation of timezone name"},
    {"tm_gmtoff", "offset from UTC in seconds"},
    {NULL}};
static PyStructSequence_Desc struct_time_desc = {
    "time.struct_time", "The time value as returned by gmtime(), localtime(), and strptime(), and\n"
                        "accepted by asctime(), mktime() and strftime().  A sequence of 9 integers\n"
                        "with field names.",
    struct_time_fields, 9};

/* -- Between struct tm and struct_time -- */

static PyObject *from_tm(const struct tm *tm)
{
    PyObject *t = PyStructSequence_New(&StructTime_Type);
    if (!t)
        return NULL;
    const long values[] = {tm->tm_year + 1900L, tm->tm_mon + 1, tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec,
                           (tm->tm_wday + 6) % 7, tm->tm_yday + 1, tm->tm_isdst};
    for (int i = 0; i < 9; i++)
        PyStructSequence_SET_ITEM(t, i, PyLong_FromLong(values[i]));
    PyStructSequence_SET_ITEM(t, 9, PyUnicode_DecodeLocale(tm->tm_zone ? tm->tm_zone : "", "surrogateescape"));
    PyStructSequence_SET_ITEM(t, 10, PyLong_FromLong(tm->tm_gmtoff));
    if (PyErr_Occurred())
        Py_CLEAR(t);
    return t;
}

/* A tuple of nine or a struct_time, whose zone tm borrows.  0, or -1 with an exception. */
static int to_tm(PyObject *arg, struct tm *tm, const char *format)
{
    int year, is_struct = Py_IS_TYPE(arg, &StructTime_Type);
    memset(tm, 0, sizeof *tm);
    if (!PyTuple_Check(arg)) {
        PyErr_SetString(PyExc_TypeError, "Tuple or struct_time argument required");
        return -1;
    }
    if (!PyArg_ParseTuple(arg, format, &year, &tm->tm_mon, &tm->tm_mday, &tm->tm_hour, &tm->tm_min, &tm->tm_sec,
                          &tm->tm_wday, &tm->tm_yday, &tm->tm_isdst))
        return -1;
    if (year < INT_MIN + 1900) {
        PyErr_SetString(PyExc_OverflowError, "year out of range");
        return -1;
    }
    tm->tm_year = year - 1900;
    tm->tm_mon--;
    tm->tm_wday = (int)(((long)tm->tm_wday + 1) % 7);
    tm->tm_yday--;
    if (is_struct) {
        PyObject *zone = PyStructSequence_GET_ITEM(arg, 9), *offset = PyStructSequence_GET_ITEM(arg, 10);
        if (zone && zone != Py_None && !(tm->tm_zone = PyUnicode_AsUTF8(zone)))
            return -1;
        if (offset && offset != Py_None) {
            tm->tm_gmtoff = PyLong_AsLong(offset);
            if (PyErr_Occurred())
                return -1;
        }
    }
    return 0;
}

/* strftime() and asctime() do not check; 0 in month, day and day of the year stand for 1. */
static int check_tm(struct tm *tm)
{
    const char *wrong = NULL;
    if (tm->tm_mon == -1)
        tm->tm_mon = 0;
    if (tm->tm_mday == 0)
        tm->tm_mday = 1;
    if (tm->tm_yday == -1)
        tm->tm_yday = 0;
    if (tm->tm_mon < 0 || tm->tm_mon > 11)
        wrong = "month out of range";
    else if (tm->tm_mday < 0 || tm->tm_mday > 31)
        wrong = "day of month out of range";
    else if (tm->tm_hour < 0 || tm->tm_hour > 23)
        wrong = "hour out of range";
    else if (tm->tm_min < 0 || tm->tm_min > 59)
        wrong = "minute out of range";
    else if (tm->tm_sec < 0 || tm->tm_sec > 61)
        wrong = "seconds out of range";
    else if (tm->tm_wday < 0)
        wrong = "day of week out of range";
    else if (tm->tm_yday < 0 || tm->tm_yday > 365)
        wrong = "day of year out of range";
    if (wrong)
        PyErr_SetString(PyExc_ValueError, wrong);
    return wrong ? -1 : 0;
}

/* The optional seconds of an argument tuple: now if left out or None. */
static int seconds_argument(PyObject *args, const char *format, time_t *t)
{
    PyObject *arg = NULL;
    if (!PyArg_ParseTuple(args, format, &arg))
        return -1;
    if (arg && arg != Py_None)
        return _PyTime_ObjectToTime_t(arg, t, _PyTime_ROUND_FLOOR);
    *t = time(NULL);
    return 0;
}

static PyObject *calendar_gmtime(PyObject *module, PyObject *args)
{
    time_t t;
    struct tm tm;
    if (seconds_argument(args, "|O:gmtime", &t) < 0 || _PyTime_gmtime(t, &tm) < 0)
        return NULL;
    tm.tm_zone = "UTC";
    return from_tm(&tm);
}

static PyObject *calendar_localtime(PyObject *module, PyObject *args)
{
    time_t t;
    struct tm tm;
    if (seconds_argument(args, "|O:localtime", &t) < 0 || _PyTime_localtime(t, &tm) < 0)
        return NULL;
    return from_tm(&tm);
}

static PyObject *calendar_mktime(PyObject *module, PyObject *arg)
{
    struct tm tm;
    if (to_tm(arg, &tm, "iiiiiiiii;mktime(): illegal time tuple argument") < 0)
        return NULL;
    tm.tm_wday = -1; /* still so afterwards if mktime failed: -1 is also a time */
    time_t t = mktime(&tm);
    if (t == (time_t)-1 && tm.tm_wday == -1) {
        PyErr_SetString(PyExc_OverflowError, "mktime argument out of range");
        return NULL;
    }
    return PyFloat_FromDouble((double)t);
}

/* -- As text -- */

/* "Sun Jun  9 04:26:40 1993" */
static PyObject *text_of(const struct tm *tm)
{
    return PyUnicode_FromFormat("%.3s %.3s%3d %.2d:%.2d:%.2d %d", "SunMonTueWedThuFriSat" + 3 * tm->tm_wday,
                                "JanFebMarAprMayJunJulAugSepOctNovDec" + 3 * tm->tm_mon, tm->tm_mday, tm->tm_hour,
                                tm->tm_min, tm->tm_sec, 1900 + tm->tm_year);
}

static PyObject *calendar_asctime(PyObject *module, PyObject *args)
{
    PyObject *arg = NULL;
    struct tm tm;
    if (!PyArg_UnpackTuple(args, "asctime", 0, 1, &arg))
        return NULL;
    if (arg ? to_tm(arg, &tm, "iiiiiiiii;asctime(): illegal time tuple argument") < 0 || check_tm(&tm) < 0
            : _PyTime_localtime(time(NULL), &tm) < 0)
        return NULL;
    return text_of(&tm);
}

static PyObject *calendar_ctime(PyObject *module, PyObject *args)
{
    time_t t;
    struct tm tm;
    if (seconds_argument(args, "|O:ctime", &t) < 0 || _PyTime_localtime(t, &tm) < 0)
        return NULL;
    return text_of(&tm);
}

static PyObject *calendar_strftime(PyObject *module, PyObject *args)
{
    PyObject *format_object, *arg = NULL;
    struct tm tm;
    if (!PyArg_ParseTuple(args, "U|O:strftime", &format_object, &arg))
        return NULL;
    if (arg ? to_tm(arg, &tm, "iiiiiiiii;strftime(): illegal time tuple argument") < 0 || check_tm(&tm) < 0
            : _PyTime_localtime(time(NULL), &tm) < 0)
        return NULL;
    tm.tm_isdst = tm.tm_isdst < -1 ? -1 : tm.tm_isdst > 1 ? 1 : tm.tm_isdst;
    wchar_t *format = PyUnicode_AsWideCharString(format_object, NULL);
    if (!format)
        return NULL;
    size_t length = wcslen(format);
    PyObject *result = NULL;
    for (size_t room = 1024; !result; room *= 2) {
        wchar_t *text = PyMem_New(wchar_t, room);
        if (!text) {
            PyErr_NoMemory();
            break;
        }
        size_t n = wcsftime(text, room, format, &tm);
        /* 0 is also the length of an empty result, as of '%p' in some locales */
        if (n > 0 || room >= 256 * length)
            result = PyUnicode_FromWideChar(text, (Py_ssize_t)n);
        PyMem_Free(text);
        if (PyErr_Occurred())
            break;
    }
    PyMem_Free(format);
    return result;
}

static PyObject *calendar_strptime(PyObject *module, PyObject *args)
{
    PyObject *impl = PyImport_ImportModule("_strptime");
    if (!impl)
        return NULL;
    PyObject *function = PyObject_GetAttrString(impl, "_strptime_time");
    Py_DECREF(impl);
    PyObject *result = function ? PyObject_Call(function, args, NULL) : NULL;
    Py_XDECREF(function);
    return result;
}

/* -- Time zone -- */

static int set_zone(PyObject *module)
{
    tzset();
    if (PyModule_AddIntConstant(module, "timezone", timezone) < 0 ||
        PyModule_AddIntConstant(module, "altzone", timezone - 3600) < 0 ||
        PyModule_AddIntConstant(module, "daylight", daylight) < 0)
        return -1;
    PyObject *names = Py_BuildValue("(NN)", PyUnicode_DecodeLocale(tzname[0], "surrogateescape"),
                                    PyUnicode_DecodeLocale(tzname[1], "surrogateescape"));
    int status = PyModule_AddObjectRef(module, "tzname", names);
    Py_XDECREF(names);
    return status;
}

static PyObject *calendar_tzset(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    if (set_zone(module) < 0)
        return NULL;
    Py_RETURN_NONE;
}

PyMethodDef calendar_methods[] = {
    {"gmtime", calendar_gmtime, METH_VARARGS, "gmtime([seconds]) -> struct_time\n\nSeconds since the epoch (now if left out) as UTC."},
    {"localtime", calendar_localtime, METH_VARARGS,
     "localtime([seconds]) -> struct_time\n\nSeconds since the epoch (now if left out) as local time."},
    {"mktime", calendar_mktime, METH_O, "mktime(tuple) -> float\n\nLocal time as seconds since the epoch."},
    {"asctime", calendar_asctime, METH_VARARGS, "asctime([tuple]) -> str\n\nA time as in 'Sat Jun 06 16:26:11 1998'."},
    {"ctime", calendar_ctime, METH_VARARGS, "ctime([seconds]) -> str\n\nasctime(localtime(seconds))."},
    {"strftime", calendar_strftime, METH_VARARGS,
     "strftime(format[, tuple]) -> str\n\nA time by a format: %Y %m %d %H %M %S %z %a %A %b %B %c %I %p and others."},
    {"strptime", calendar_strptime, METH_VARARGS, "strptime(string, format) -> struct_time\n\nReads a time by a format."},
    {"tzset", calendar_tzset, METH_NOARGS, "tzset()\n\nStarts to use the time zone that the variable TZ names now."},
    {NULL}};

int calendar_init(PyObject *module)
{
    if (PyStructSequence_InitType2(&StructTime_Type, &struct_time_desc) < 0)
        return -1;
    return PyModule_AddIntConstant(module, "_STRUCT_TM_ITEMS", 11) < 0 ||
                   PyModule_AddObjectRef(module, "struct_time", (PyObject *)&StructTime_Type) < 0
               ? -1
               : set_zone(module);
}
