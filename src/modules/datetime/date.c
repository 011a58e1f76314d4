/* datetime.date. */
#include "modules/datetime/dt.h"

static PyObject *date_from_state(PyTypeObject *type, const char *state)
{
    PyDateTime_Date *self = (PyDateTime_Date *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    memcpy(self->data, state, sizeof self->data);
    self->hashcode = -1;
    return (PyObject *)self;
}

static PyObject *date_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"year", "month", "day", NULL};
    int year, month, day;
    if (PyTuple_GET_SIZE(args) == 1) {
        PyObject *hold;
        const char *s = dt_pickled_state(PyTuple_GET_ITEM(args, 0), 4, "date", &hold);
        PyObject *r = s && s[2] >= 1 && s[2] <= 12 ? date_from_state(type, s) : NULL;
        Py_XDECREF(hold);
        if (r || PyErr_Occurred())
            return r;
    }
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "iii", names, &year, &month, &day))
        return NULL;
    return dt_make_date(year, month, day, type);
}

static PyObject *date_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    int v[3];
    if (!kwnames && PyVectorcall_NARGS(nargsf) == 3 && dt_plain_ints(args, 3, v))
        return dt_make_date(v[0], v[1], v[2], (PyTypeObject *)type);
    return dt_slow_new(type, args, nargsf, kwnames);
}

/* ---- class methods ----------------------------------------------------------------------------------------------- */

static PyObject *construct_ordinal(PyObject *cls, int ordinal)
{
    int y, m, d;
    dt_from_ordinal(ordinal, &y, &m, &d);
    return dt_construct_date(y, m, d, (PyTypeObject *)cls);
}

static PyObject *date_fromordinal(PyObject *cls, PyObject *args)
{
    int ordinal;
    if (!PyArg_ParseTuple(args, "i:fromordinal", &ordinal))
        return NULL;
    if (ordinal < 1) {
        PyErr_SetString(PyExc_ValueError, "ordinal must be >= 1");
        return NULL;
    }
    return construct_ordinal(cls, ordinal);
}

static PyObject *date_fromtimestamp(PyObject *cls, PyObject *timestamp)
{
    time_t t;
    struct tm tm;
    if (_PyTime_ObjectToTime_t(timestamp, &t, _PyTime_ROUND_FLOOR) || _PyTime_localtime(t, &tm))
        return NULL;
    return dt_construct_date(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, (PyTypeObject *)cls);
}

PyObject *dt_date_fromtimestamp(PyObject *cls, PyObject *args)
{
    PyObject *timestamp;
    return PyArg_UnpackTuple(args, "fromtimestamp", 1, 1, &timestamp) ? date_fromtimestamp(cls, timestamp) : NULL;
}

static PyObject *date_today(PyObject *cls, PyObject *unused)
{
    PyObject *now = dt_module_call("time", "time", NULL, 0);
    PyObject *r = now ? PyObject_CallMethodOneArg(cls, N(fromtimestamp), now) : NULL;
    Py_XDECREF(now);
    return r;
}

static PyObject *date_fromisoformat(PyObject *cls, PyObject *text)
{
    Fields f;
    return dt_parse_date(text, &f) ? NULL : dt_construct_date(f.year, f.month, f.day, (PyTypeObject *)cls);
}

static PyObject *date_fromisocalendar(PyObject *cls, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"year", "week", "day", NULL};
    int year, week, day, y, m, d;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "iii:fromisocalendar", names, &year, &week, &day)) {
        if (PyErr_ExceptionMatches(PyExc_OverflowError))
            PyErr_SetString(PyExc_ValueError, "ISO calendar component out of range");
        return NULL;
    }
    switch (dt_from_iso_week(year, week, day, &y, &m, &d)) {
    case -1:
        PyErr_Format(PyExc_ValueError, "Year is out of range: %d", year);
        return NULL;
    case -2:
        PyErr_Format(PyExc_ValueError, "Invalid week: %d", week);
        return NULL;
    case -3:
        PyErr_Format(PyExc_ValueError, "Invalid day: %d (range is [1, 7])", day);
        return NULL;
    default:
        return dt_construct_date(y, m, d, (PyTypeObject *)cls);
    }
}

/* ---- arithmetic, comparing -----------------------------------------------------------------------------------------
 */

static PyObject *add_days(PyObject *date, PyObject *delta, int sign)
{
    int64_t ordinal = (int64_t)dt_ordinal(YEAR(date), MONTH(date), DAY(date)) + (int64_t)sign * D_DAYS(delta);
    if (ordinal >= 1 && ordinal <= DT_MAXORDINAL)
        return construct_ordinal((PyObject *)Py_TYPE(date), (int)ordinal);
    PyErr_SetString(PyExc_OverflowError, "date value out of range");
    return NULL;
}

static PyObject *date_add(PyObject *a, PyObject *b)
{
    if (datetime_check(a) || datetime_check(b))
        Py_RETURN_NOTIMPLEMENTED;
    if (date_check(a) && delta_check(b))
        return add_days(a, b, 1);
    if (date_check(b) && delta_check(a))
        return add_days(b, a, 1);
    Py_RETURN_NOTIMPLEMENTED;
}

static PyObject *date_subtract(PyObject *a, PyObject *b)
{
    if (datetime_check(a) || datetime_check(b) || !date_check(a))
        Py_RETURN_NOTIMPLEMENTED;
    if (date_check(b))
        return dt_make_delta(dt_ordinal(YEAR(a), MONTH(a), DAY(a)) - dt_ordinal(YEAR(b), MONTH(b), DAY(b)), 0, 0, 0,
                             &dt_delta_type);
    if (delta_check(b))
        return add_days(a, b, -1);
    Py_RETURN_NOTIMPLEMENTED;
}

static PyObject *date_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!date_check(b))
        Py_RETURN_NOTIMPLEMENTED;
    int c = memcmp(DATA(a), DATA(b), _PyDateTime_DATE_DATASIZE);
    Py_RETURN_RICHCOMPARE(c, 0, op);
}

static Py_hash_t date_hash(PyObject *self)
{
    PyDateTime_Date *d = (PyDateTime_Date *)self;
    if (d->hashcode == -1)
        d->hashcode = _Py_HashBytes(d->data, sizeof d->data);
    return d->hashcode;
}

/* ---- showing -------------------------------------------------------------------------------------------------------
 */

static PyObject *date_repr(PyObject *self)
{
    return PyUnicode_FromFormat("%s(%d, %d, %d)", Py_TYPE(self)->tp_name, YEAR(self), MONTH(self), DAY(self));
}

static PyObject *date_isoformat(PyObject *self, PyObject *unused)
{
    char buf[16];
    Fields f;
    dt_fields(self, &f);
    return PyUnicode_FromStringAndSize(buf, dt_format_date(buf, &f));
}
static PyObject *date_str(PyObject *self) { return PyObject_CallMethodNoArgs(self, N(isoformat)); }

static PyObject *date_ctime(PyObject *self, PyObject *unused)
{
    static const char days[] = "MonTueWedThuFriSatSun", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    Fields f;
    char buf[48];
    dt_fields(self, &f);
    if (f.month < 1 || f.month > 12)
        f.month = 1; /* an unpickled state */
    int n =
        snprintf(buf, sizeof buf, "%.3s %.3s %2d %02d:%02d:%02d %04d", days + 3 * dt_weekday(f.year, f.month, f.day),
                 months + 3 * (f.month - 1), f.day, f.hour, f.minute, f.second, f.year);
    return PyUnicode_FromStringAndSize(buf, n);
}

static PyObject *date_strftime(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"format", NULL};
    PyObject *format;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "U:strftime", names, &format))
        return NULL;
    PyObject *tuple = PyObject_CallMethodNoArgs(self, N(timetuple)), *r = NULL;
    if (tuple) {
        int timed = datetime_check(self);
        r = dt_strftime(self, format, tuple, timed ? TZINFO(self) : Py_None, self, timed ? MICRO(self) : 0);
        Py_DECREF(tuple);
    }
    return r;
}

/* ---- other methods
 * --------------------------------------------------------------------------------------------------- */

static PyObject *date_timetuple(PyObject *self, PyObject *unused)
{
    Fields f;
    dt_fields(self, &f);
    f.hour = f.minute = f.second = 0;
    return dt_struct_time(&f, -1);
}

static PyObject *date_isocalendar(PyObject *self, PyObject *unused)
{
    int year = YEAR(self), today = dt_ordinal(year, MONTH(self), DAY(self)), monday = dt_week1_monday(year);
    if (today < monday)
        monday = dt_week1_monday(--year);
    else if (today - monday >= 52 * 7 && today >= dt_week1_monday(year + 1))
        monday = dt_week1_monday(++year);
    PyObject *r = dt_isocalendar_type.tp_alloc(&dt_isocalendar_type, 3);
    if (!r)
        return NULL;
    int v[] = {year, (today - monday) / 7 + 1, (today - monday) % 7 + 1};
    for (int i = 0; i < 3; i++) {
        PyObject *item = PyLong_FromLong(v[i]);
        if (!item) {
            Py_DECREF(r);
            return NULL;
        }
        PyTuple_SET_ITEM(r, i, item);
    }
    return r;
}

static PyObject *date_toordinal(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(dt_ordinal(YEAR(self), MONTH(self), DAY(self)));
}
static PyObject *date_weekday(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(dt_weekday(YEAR(self), MONTH(self), DAY(self)));
}
static PyObject *date_isoweekday(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(dt_weekday(YEAR(self), MONTH(self), DAY(self)) + 1);
}

static PyObject *date_replace(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"year", "month", "day", NULL};
    int y = YEAR(self), m = MONTH(self), d = DAY(self);
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "|iii:replace", names, &y, &m, &d))
        return NULL;
    return dt_make_date(y, m, d, Py_TYPE(self));
}

static PyObject *date_reduce(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("O(y#)", Py_TYPE(self), DATA(self), (Py_ssize_t)_PyDateTime_DATE_DATASIZE);
}

static PyObject *get_year(PyObject *self, void *unused) { return PyLong_FromLong(YEAR(self)); }
static PyObject *get_month(PyObject *self, void *unused) { return PyLong_FromLong(MONTH(self)); }
static PyObject *get_day(PyObject *self, void *unused) { return PyLong_FromLong(DAY(self)); }
static PyGetSetDef getset[] = {{"year", get_year}, {"month", get_month}, {"day", get_day}, {NULL}};

static PyMethodDef methods[] = {
    {"fromtimestamp", date_fromtimestamp, METH_O | METH_CLASS,
     PyDoc_STR("fromtimestamp($type, timestamp, /)\n--\n\nCreate a date from a POSIX timestamp.\n\nThe timestamp is a "
               "number, e.g. "
               "created via time.time(), that is interpreted\nas local time.")},
    {"fromordinal", date_fromordinal, METH_VARARGS | METH_CLASS,
     PyDoc_STR("int -> date corresponding to a proleptic Gregorian ordinal.")},
    {"fromisoformat", date_fromisoformat, METH_O | METH_CLASS,
     PyDoc_STR("str -> Construct a date from a string in ISO 8601 format.")},
    {"fromisocalendar", (PyCFunction)date_fromisocalendar, METH_VARARGS | METH_KEYWORDS | METH_CLASS,
     PyDoc_STR(
         "int, int, int -> Construct a date from the ISO year, week number and weekday.\n\nThis is the inverse of the "
         "date.isocalendar() function")},
    {"today", date_today, METH_NOARGS | METH_CLASS,
     PyDoc_STR("Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).")},
    {"ctime", date_ctime, METH_NOARGS, PyDoc_STR("Return ctime() style string.")},
    {"strftime", (PyCFunction)date_strftime, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("format -> strftime() style string.")},
    {"__format__", dt_format_method, METH_VARARGS, PyDoc_STR("Formats self with strftime.")},
    {"timetuple", date_timetuple, METH_NOARGS, PyDoc_STR("Return time tuple, compatible with time.localtime().")},
    {"isocalendar", date_isocalendar, METH_NOARGS,
     PyDoc_STR("Return a named tuple containing ISO year, week number, and weekday.")},
    {"isoformat", date_isoformat, METH_NOARGS, PyDoc_STR("Return string in ISO 8601 format, YYYY-MM-DD.")},
    {"isoweekday", date_isoweekday, METH_NOARGS,
     PyDoc_STR("Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7")},
    {"toordinal", date_toordinal, METH_NOARGS,
     PyDoc_STR("Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.")},
    {"weekday", date_weekday, METH_NOARGS,
     PyDoc_STR("Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6")},
    {"replace", (PyCFunction)date_replace, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("Return date with new specified fields.")},
    {"__reduce__", date_reduce, METH_NOARGS, PyDoc_STR("__reduce__() -> (cls, state)")},
    {NULL},
};
static PyNumberMethods number = {.nb_add = date_add, .nb_subtract = date_subtract};

PyTypeObject dt_date_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "datetime.date",
    .tp_basicsize = sizeof(PyDateTime_Date),
    .tp_repr = date_repr,
    .tp_as_number = &number,
    .tp_hash = date_hash,
    .tp_str = date_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = PyDoc_STR("date(year, month, day) --> date object"),
    .tp_richcompare = date_richcompare,
    .tp_methods = methods,
    .tp_getset = getset,
    .tp_new = date_new,
    .tp_vectorcall = date_vectorcall,
};
