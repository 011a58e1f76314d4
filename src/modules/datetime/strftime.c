/* strftime() and __format__: the fields that time.strftime does not know, and the calls into the time module. */
#include "modules/datetime/dt.h"

PyObject *dt_module_call(const char *module, const char *function, PyObject *const *args, Py_ssize_t n)
{
    PyObject *found = PyDict_GetItemString(PyImport_GetModuleDict(), module);
    PyObject *m = found ? Py_NewRef(found) : PyImport_ImportModule(module);
    PyObject *f = m ? PyObject_GetAttrString(m, function) : NULL;
    PyObject *r = f ? PyObject_Vectorcall(f, args, (size_t)n, NULL) : NULL;
    Py_XDECREF(m);
    Py_XDECREF(f);
    return r;
}

PyObject *dt_struct_time(const Fields *f, int dst)
{
    PyObject *t = Py_BuildValue("iiiiiiiii", f->year, f->month, f->day, f->hour, f->minute, f->second,
                                dt_weekday(f->year, f->month, f->day), dt_day_of_year(f->year, f->month, f->day), dst);
    PyObject *r = t ? dt_module_call("time", "struct_time", &t, 1) : NULL;
    Py_XDECREF(t);
    return r;
}

/* What %z is replaced with. */
static int write_offset(_PyUnicodeWriter *w, PyObject *tz, PyObject *tzarg)
{
    char buf[32];
    PyObject *offset = dt_utcoffset(tz, tzarg);
    if (!offset)
        return -1;
    int n = offset == Py_None ? 0 : dt_format_offset(buf, offset, "");
    Py_DECREF(offset);
    return _PyUnicodeWriter_WriteASCIIString(w, buf, n);
}

/* What %Z is replaced with: time.strftime sees it, so that % is doubled. */
static int write_name(_PyUnicodeWriter *w, PyObject *tz, PyObject *tzarg)
{
    PyObject *name = dt_tzname(tz, tzarg);
    if (!name || name == Py_None) {
        Py_XDECREF(name);
        return name ? 0 : -1;
    }
    int bad = -1;
    PyObject *escaped = PyObject_CallMethod(name, "replace", "ss", "%", "%%");
    if (escaped && !PyUnicode_Check(escaped))
        PyErr_SetString(PyExc_TypeError, "tzname.replace() did not return a string");
    else if (escaped && PyUnicode_AsUTF8(escaped))
        bad = _PyUnicodeWriter_WriteStr(w, escaped);
    Py_DECREF(name);
    Py_XDECREF(escaped);
    return bad;
}

PyObject *dt_strftime(PyObject *self, PyObject *format, PyObject *timetuple, PyObject *tz, PyObject *tzarg, int us)
{
    _PyUnicodeWriter w;
    if (!PyUnicode_AsUTF8(format)) /* surrogates are refused */
        return NULL;
    Py_ssize_t n = PyUnicode_GET_LENGTH(format), i = 0;
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    int bad = 0;
    while (i < n && !bad) {
        Py_UCS4 c = PyUnicode_READ_CHAR(format, i++);
        if (c == 0) /* ends the text, as it does for the C library */
            break;
        Py_UCS4 d = c == '%' && i < n ? PyUnicode_READ_CHAR(format, i) : 0;
        if (d == 'f') {
            char buf[16];
            bad = _PyUnicodeWriter_WriteASCIIString(&w, buf, snprintf(buf, sizeof buf, "%06d", us));
        } else if (d == 'z')
            bad = write_offset(&w, tz, tzarg);
        else if (d == 'Z')
            bad = write_name(&w, tz, tzarg);
        else
            bad = _PyUnicodeWriter_WriteChar(&w, c) || (d && _PyUnicodeWriter_WriteChar(&w, d));
        i += d != 0;
    }
    if (bad) {
        _PyUnicodeWriter_Dealloc(&w);
        return NULL;
    }
    PyObject *args[] = {_PyUnicodeWriter_Finish(&w), timetuple};
    PyObject *r = args[0] ? dt_module_call("time", "strftime", args, 2) : NULL;
    Py_XDECREF(args[0]);
    return r;
}

PyObject *dt_format_method(PyObject *self, PyObject *args)
{
    PyObject *format;
    if (!PyArg_ParseTuple(args, "U:__format__", &format))
        return NULL;
    if (PyUnicode_GET_LENGTH(format) == 0)
        return PyObject_Str(self);
    return PyObject_CallMethodOneArg(self, N(strftime), format);
}
