/* How dates, times and datetimes are made: from checked fields, by calling a subclass, from a pickle's state. */
#include "modules/datetime/dt.h"

static void *allocate(PyTypeObject *type, PyTypeObject *exact)
{
    return type == exact ? (void *)_PyObject_New(type) : (void *)type->tp_alloc(type, 0);
}

static void put_us(unsigned char *p, int us)
{
    p[0] = (unsigned char)(us >> 16);
    p[1] = (unsigned char)(us >> 8);
    p[2] = (unsigned char)us;
}

PyObject *dt_make_date(int year, int month, int day, PyTypeObject *type)
{
    if (dt_check_date(year, month, day))
        return NULL;
    PyDateTime_Date *self = allocate(type, &dt_date_type);
    if (!self)
        return NULL;
    self->hashcode = -1;
    self->hastzinfo = 0;
    self->data[0] = (unsigned char)(year >> 8);
    self->data[1] = (unsigned char)year;
    self->data[2] = (unsigned char)month;
    self->data[3] = (unsigned char)day;
    return (PyObject *)self;
}

PyObject *dt_make_datetime(const Fields *f, PyObject *tz, PyTypeObject *type)
{
    if (dt_check_date(f->year, f->month, f->day) || dt_check_time(f->hour, f->minute, f->second, f->us, f->fold) ||
        dt_check_tzinfo(tz))
        return NULL;
    PyDateTime_DateTime *self = allocate(type, &dt_datetime_type);
    if (!self)
        return NULL;
    self->hashcode = -1;
    self->hastzinfo = tz != Py_None;
    self->data[0] = (unsigned char)(f->year >> 8);
    self->data[1] = (unsigned char)f->year;
    self->data[2] = (unsigned char)f->month;
    self->data[3] = (unsigned char)f->day;
    self->data[4] = (unsigned char)f->hour;
    self->data[5] = (unsigned char)f->minute;
    self->data[6] = (unsigned char)f->second;
    put_us(self->data + 7, f->us);
    self->fold = (unsigned char)f->fold;
    self->tzinfo = self->hastzinfo ? Py_NewRef(tz) : NULL;
    return (PyObject *)self;
}

PyObject *dt_make_time(const Fields *f, PyObject *tz, PyTypeObject *type)
{
    if (dt_check_time(f->hour, f->minute, f->second, f->us, f->fold) || dt_check_tzinfo(tz))
        return NULL;
    PyDateTime_Time *self = allocate(type, &dt_time_type);
    if (!self)
        return NULL;
    self->hashcode = -1;
    self->hastzinfo = tz != Py_None;
    self->data[0] = (unsigned char)f->hour;
    self->data[1] = (unsigned char)f->minute;
    self->data[2] = (unsigned char)f->second;
    put_us(self->data + 3, f->us);
    self->fold = (unsigned char)f->fold;
    self->tzinfo = self->hastzinfo ? Py_NewRef(tz) : NULL;
    return (PyObject *)self;
}

/* ---- subclasses: the type is called, and the fold set afterwards ---------------------------------------------- */

PyObject *dt_construct_date(int year, int month, int day, PyTypeObject *type)
{
    if (type == &dt_date_type)
        return dt_make_date(year, month, day, type);
    return PyObject_CallFunction((PyObject *)type, "iii", year, month, day);
}

PyObject *dt_construct_datetime(const Fields *f, PyObject *tz, PyTypeObject *type)
{
    if (type == &dt_datetime_type)
        return dt_make_datetime(f, tz, type);
    PyObject *r = PyObject_CallFunction((PyObject *)type, "iiiiiiiO", f->year, f->month, f->day, f->hour, f->minute,
                                        f->second, f->us, tz);
    if (r && f->fold && datetime_check(r))
        ((PyDateTime_DateTime *)r)->fold = 1;
    return r;
}

PyObject *dt_construct_time(const Fields *f, PyObject *tz, PyTypeObject *type)
{
    if (type == &dt_time_type)
        return dt_make_time(f, tz, type);
    PyObject *r = PyObject_CallFunction((PyObject *)type, "iiiiO", f->hour, f->minute, f->second, f->us, tz);
    if (r && f->fold && time_check(r))
        ((PyDateTime_Time *)r)->fold = 1;
    return r;
}

/* ---- arguments ------------------------------------------------------------------------------------------------- */

int dt_plain_ints(PyObject *const *args, Py_ssize_t n, int *out)
{
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!PyLong_CheckExact(args[i]))
            return 0;
        Py_ssize_t size = Py_SIZE(args[i]);
        if (size < -1 || size > 1)
            return 0;
        out[i] = size == 0 ? 0 : (int)size * (int)((PyLongObject *)args[i])->ob_digit[0];
    }
    return 1;
}

PyObject *dt_slow_new(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf), nkw = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    PyObject *tuple = PyTuple_New(n), *dict = tuple && nkw ? PyDict_New() : NULL, *r = NULL;
    int bad = !tuple || (nkw && !dict);
    for (Py_ssize_t i = 0; i < n && !bad; i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
    for (Py_ssize_t i = 0; i < nkw && !bad; i++)
        bad = PyDict_SetItem(dict, PyTuple_GET_ITEM(kwnames, i), args[n + i]) < 0;
    if (!bad)
        r = ((PyTypeObject *)type)->tp_new((PyTypeObject *)type, tuple, dict);
    Py_XDECREF(tuple);
    Py_XDECREF(dict);
    return r;
}

const char *dt_pickled_state(PyObject *state, Py_ssize_t n, const char *what, PyObject **hold)
{
    *hold = NULL;
    if (PyBytes_Check(state)) {
        if (PyBytes_GET_SIZE(state) != n)
            return NULL;
        *hold = Py_NewRef(state);
        return PyBytes_AS_STRING(state);
    }
    if (!PyUnicode_Check(state) || PyUnicode_GET_LENGTH(state) != n)
        return NULL;
    /* protocols up to 2 of Python 2, loaded as text */
    Py_UCS4 month = PyUnicode_READ_CHAR(state, n == 6 ? 0 : 2);
    if (n == 6 ? (month & 0x7f) >= 24
               : !(n == 4 ? month >= 1 && month <= 12 : (month & 0x7f) >= 1 && (month & 0x7f) <= 12))
        return NULL;
    *hold = PyUnicode_AsLatin1String(state);
    if (*hold)
        return PyBytes_AS_STRING(*hold);
    if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
        PyErr_Format(PyExc_ValueError,
                     "Failed to encode latin1 string when unpickling a %s object. "
                     "pickle.load(data, encoding='latin1') is assumed.",
                     what);
    return NULL;
}
