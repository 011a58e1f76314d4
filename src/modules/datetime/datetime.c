/* datetime.datetime: the type, its constructors and conversions.  datetime_ops.c has what computes. */
#include "modules/datetime/dt.h"
#include "objects/hidden.h"

#define T(o) ((PyDateTime_DateTime *)(o))

void dt_fields(PyObject *o, Fields *f)
{
    *f = (Fields){YEAR(o), MONTH(o), DAY(o), 0, 0, 0, 0, 0};
    if (datetime_check(o)) {
        f->hour = HOUR(o);
        f->minute = MINUTE(o);
        f->second = SECOND(o);
        f->us = MICRO(o);
        f->fold = FOLD(o);
    }
}

static PyObject *from_state(PyTypeObject *type, const char *state, PyObject *tz)
{
    if (tz != Py_None && !tzinfo_check(tz)) {
        PyErr_SetString(PyExc_TypeError, "bad tzinfo state arg");
        return NULL;
    }
    PyDateTime_DateTime *self = (PyDateTime_DateTime *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    memcpy(self->data, state, sizeof self->data);
    self->fold = self->data[2] >> 7;
    self->data[2] &= 0x7f;
    self->hashcode = -1;
    self->hastzinfo = tz != Py_None;
    self->tzinfo = self->hastzinfo ? Py_NewRef(tz) : NULL;
    return (PyObject *)self;
}

static PyObject *datetime_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold", NULL};
    Fields f = {0};
    PyObject *tz = Py_None;
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n >= 1 && n <= 2) {
        PyObject *hold;
        const char *s = dt_pickled_state(PyTuple_GET_ITEM(args, 0), 10, "datetime", &hold);
        int is_state = s && (s[2] & 0x7f) >= 1 && (s[2] & 0x7f) <= 12;
        PyObject *r = is_state ? from_state(type, s, n == 2 ? PyTuple_GET_ITEM(args, 1) : Py_None) : NULL;
        Py_XDECREF(hold);
        if (r || PyErr_Occurred())
            return r;
    }
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "iii|iiiiO$i", names, &f.year, &f.month, &f.day, &f.hour, &f.minute,
                                     &f.second, &f.us, &tz, &f.fold))
        return NULL;
    return dt_make_datetime(&f, tz, type);
}

static PyObject *datetime_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    int v[7] = {0};
    if (n < 3 || n > 8 || !dt_plain_ints(args, n < 7 ? n : 7, v))
        return dt_slow_new(type, args, nargsf, kwnames);
    PyObject *tz = n == 8 ? args[7] : Py_None;
    if (kwnames) { /* tzinfo=, alone, is the usual keyword */
        if (n == 8 || PyTuple_GET_SIZE(kwnames) != 1 ||
            !_PyUnicode_EqualToASCIIString(PyTuple_GET_ITEM(kwnames, 0), "tzinfo"))
            return dt_slow_new(type, args, nargsf, kwnames);
        tz = args[n];
    }
    Fields f = {v[0], v[1], v[2], v[3], v[4], v[5], v[6], 0};
    return dt_make_datetime(&f, tz, (PyTypeObject *)type);
}

static void datetime_dealloc(PyObject *self)
{
    if (T(self)->hastzinfo)
        Py_XDECREF(T(self)->tzinfo);
    Py_TYPE(self)->tp_free(self);
}

HIDDEN_FIELDS(datetime, datetime_dealloc, FIELD(PyDateTime_DateTime, tzinfo));

/* ---- from the clock ------------------------------------------------------------------------------------------- */

/* The second of two equal local times?  A day before, another offset was in force; with it the same time came earlier.
 */
static int find_fold(const Fields *f, time_t t)
{
    long long now = dt_seconds(f), before, probe;
    if (now == -1)
        return -1;
    before = dt_local(DT_EPOCH + t - DT_DAY);
    if (before == -1)
        return -1;
    long long transition = now - before - DT_DAY;
    if (transition >= 0)
        return 0;
    probe = dt_local(DT_EPOCH + t + transition);
    return probe == -1 ? -1 : probe == now;
}

/* Local time, or UTC, of a time stamp. */
static PyObject *from_clock(PyObject *cls, time_t t, int us, int utc, PyObject *tz)
{
    struct tm tm;
    if (utc ? _PyTime_gmtime(t, &tm) : _PyTime_localtime(t, &tm))
        return NULL;
    int second = tm.tm_sec > 59 ? 59 : tm.tm_sec; /* leap seconds */
    Fields f = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, second, us, 0};
    if (tz == Py_None && !utc && (f.fold = find_fold(&f, t)) < 0)
        return NULL;
    return dt_construct_datetime(&f, tz, (PyTypeObject *)cls);
}

/* As above, in the zone tz. */
static PyObject *from_clock_in_zone(PyObject *cls, time_t t, int us, PyObject *tz)
{
    if (dt_check_tzinfo(tz))
        return NULL;
    PyObject *r = from_clock(cls, t, us, tz != Py_None, tz);
    if (r && tz != Py_None)
        Py_SETREF(r, PyObject_CallMethodOneArg(tz, N(fromutc), r));
    return r;
}

PyObject *dt_datetime_fromtimestamp(PyObject *cls, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"timestamp", "tz", NULL};
    PyObject *timestamp, *tz = Py_None;
    time_t t;
    long us;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O|O:fromtimestamp", names, &timestamp, &tz) || dt_check_tzinfo(tz) ||
        _PyTime_ObjectToTimeval(timestamp, &t, &us, _PyTime_ROUND_HALF_EVEN))
        return NULL;
    return from_clock_in_zone(cls, t, (int)us, tz);
}

static PyObject *datetime_utcfromtimestamp(PyObject *cls, PyObject *args)
{
    PyObject *timestamp;
    time_t t;
    long us;
    if (!PyArg_ParseTuple(args, "O:utcfromtimestamp", &timestamp) ||
        _PyTime_ObjectToTimeval(timestamp, &t, &us, _PyTime_ROUND_HALF_EVEN))
        return NULL;
    return from_clock(cls, t, (int)us, 1, Py_None);
}

static int read_clock(time_t *t, int *us)
{
    return _PyTime_AsTimevalTime_t(_PyTime_GetSystemClock(), t, us, _PyTime_ROUND_FLOOR);
}

static PyObject *datetime_now(PyObject *cls, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"tz", NULL};
    PyObject *tz = Py_None;
    time_t t;
    int us;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "|O:now", names, &tz) || read_clock(&t, &us))
        return NULL;
    return from_clock_in_zone(cls, t, us, tz);
}

static PyObject *datetime_utcnow(PyObject *cls, PyObject *unused)
{
    time_t t;
    int us;
    return read_clock(&t, &us) ? NULL : from_clock(cls, t, us, 1, Py_None);
}

/* ---- other constructors ------------------------------------------------------------------------------------------ */

static PyObject *datetime_combine(PyObject *cls, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"date", "time", "tzinfo", NULL};
    PyObject *date, *time, *tz = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O!O!|O:combine", names, &dt_date_type, &date, &dt_time_type, &time,
                                     &tz))
        return NULL;
    Fields f;
    dt_time_fields(time, &f);
    f.year = YEAR(date);
    f.month = MONTH(date);
    f.day = DAY(date);
    return dt_construct_datetime(&f, tz ? tz : PyDateTime_TIME_GET_TZINFO(time), (PyTypeObject *)cls);
}

static PyObject *datetime_fromisoformat(PyObject *cls, PyObject *text)
{
    Fields f = {0};
    PyObject *tz;
    if (dt_parse_datetime(text, &f, &tz)) {
        Py_XDECREF(tz);
        return NULL;
    }
    PyObject *r = dt_construct_datetime(&f, tz, (PyTypeObject *)cls);
    Py_DECREF(tz);
    return r;
}

static PyObject *datetime_strptime(PyObject *cls, PyObject *args)
{
    PyObject *v[3] = {cls};
    if (!PyArg_ParseTuple(args, "UU:strptime", &v[1], &v[2]))
        return NULL;
    return dt_module_call("_strptime", "_strptime_datetime", v, 3);
}

/* ---- parts
 * ------------------------------------------------------------------------------------------------------------ */

static PyObject *datetime_date(PyObject *self, PyObject *unused)
{
    return dt_make_date(YEAR(self), MONTH(self), DAY(self), &dt_date_type);
}
static PyObject *time_part(PyObject *self, PyObject *tz)
{
    Fields f;
    dt_fields(self, &f);
    return dt_make_time(&f, tz, &dt_time_type);
}
static PyObject *datetime_time(PyObject *self, PyObject *unused) { return time_part(self, Py_None); }
static PyObject *datetime_timetz(PyObject *self, PyObject *unused) { return time_part(self, TZINFO(self)); }

static PyObject *datetime_utcoffset(PyObject *self, PyObject *unused) { return dt_utcoffset(TZINFO(self), self); }
static PyObject *datetime_tzname(PyObject *self, PyObject *unused) { return dt_tzname(TZINFO(self), self); }
static PyObject *datetime_dst(PyObject *self, PyObject *unused) { return dt_dst(TZINFO(self), self); }

static PyObject *datetime_timetuple(PyObject *self, PyObject *unused)
{
    Fields f;
    PyObject *dst = dt_dst(TZINFO(self), self);
    if (!dst)
        return NULL;
    int flag = dst == Py_None ? -1 : !dt_delta_is_zero(dst);
    Py_DECREF(dst);
    dt_fields(self, &f);
    return dt_struct_time(&f, flag);
}

static PyObject *datetime_utctimetuple(PyObject *self, PyObject *unused)
{
    Fields f;
    PyObject *offset = dt_utcoffset(TZINFO(self), self), *utc = NULL, *naive;
    if (!offset)
        return NULL;
    dt_fields(self, &f);
    f.fold = 0;
    if (offset != Py_None) {
        naive = dt_make_datetime(&f, Py_None, &dt_datetime_type);
        utc = naive ? dt_add(naive, offset, -1) : NULL;
        Py_XDECREF(naive);
        if (utc)
            dt_fields(utc, &f);
    }
    PyObject *r = offset == Py_None || utc ? dt_struct_time(&f, 0) : NULL;
    Py_DECREF(offset);
    Py_XDECREF(utc);
    return r;
}

static PyObject *datetime_replace(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold", NULL};
    Fields f;
    PyObject *tz = TZINFO(self);
    dt_fields(self, &f);
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "|iiiiiiiO$i:replace", names, &f.year, &f.month, &f.day, &f.hour,
                                     &f.minute, &f.second, &f.us, &tz, &f.fold))
        return NULL;
    return dt_make_datetime(&f, tz, Py_TYPE(self));
}

/* ---- text
 * ---------------------------------------------------------------------------------------------------------------- */

/* date, separator, clock, offset */
static PyObject *write_iso(PyObject *self, Py_UCS4 sep, const char *timespec)
{
    char buf[80];
    Fields f;
    dt_fields(self, &f);
    int date = dt_format_date(buf, &f), n = dt_format_time(buf + date + 1, &f, timespec);
    if (n < 0)
        return NULL;
    n += date + 1;
    if (TZINFO(self) != Py_None) {
        PyObject *offset = dt_utcoffset(TZINFO(self), self);
        if (!offset)
            return NULL;
        if (offset != Py_None)
            n += dt_format_offset(buf + n, offset, ":");
        Py_DECREF(offset);
    }
    PyObject *r = PyUnicode_New(n, sep);
    if (!r)
        return NULL;
    buf[date] = sep < 128 ? (char)sep : 'T';
    if (sep < 128) {
        memcpy(PyUnicode_1BYTE_DATA(r), buf, (size_t)n);
        return r;
    }
    for (int i = 0; i < n; i++)
        PyUnicode_WRITE(PyUnicode_KIND(r), PyUnicode_DATA(r), i, i == date ? sep : (Py_UCS4)(unsigned char)buf[i]);
    return r;
}

static PyObject *datetime_isoformat(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"sep", "timespec", NULL};
    int sep = 'T';
    const char *timespec = NULL;
    if ((PyTuple_GET_SIZE(args) || kwds) &&
        !PyArg_ParseTupleAndKeywords(args, kwds, "|Cs:isoformat", names, &sep, &timespec))
        return NULL;
    return write_iso(self, (Py_UCS4)sep, timespec);
}

static PyObject *datetime_str(PyObject *self)
{
    if (Py_IS_TYPE(self, &dt_datetime_type))
        return write_iso(self, ' ', NULL);
    return PyObject_CallMethod(self, "isoformat", "s", " ");
}

static PyObject *datetime_repr(PyObject *self)
{
    Fields f;
    dt_fields(self, &f);
    char text[96], *p = text;
    p += sprintf(p, "(%d, %d, %d, %d, %d", f.year, f.month, f.day, f.hour, f.minute);
    if (f.second || f.us)
        p += sprintf(p, ", %d", f.second);
    if (f.us)
        p += sprintf(p, ", %d", f.us);
    if (f.fold)
        sprintf(p, ", fold=1");
    if (TZINFO(self) == Py_None)
        return PyUnicode_FromFormat("%s%s)", Py_TYPE(self)->tp_name, text);
    return PyUnicode_FromFormat("%s%s, tzinfo=%R)", Py_TYPE(self)->tp_name, text, TZINFO(self));
}

/* ---- pickling, fields
 * ------------------------------------------------------------------------------------------------------ */

static PyObject *reduce(PyObject *self, int protocol)
{
    char data[_PyDateTime_DATETIME_DATASIZE];
    memcpy(data, T(self)->data, sizeof data);
    if (protocol > 3 && FOLD(self))
        data[2] |= (char)0x80;
    if (TZINFO(self) == Py_None)
        return Py_BuildValue("O(y#)", Py_TYPE(self), data, (Py_ssize_t)sizeof data);
    return Py_BuildValue("O(y#O)", Py_TYPE(self), data, (Py_ssize_t)sizeof data, TZINFO(self));
}
static PyObject *datetime_reduce_ex(PyObject *self, PyObject *args)
{
    int protocol;
    return PyArg_ParseTuple(args, "i:__reduce_ex__", &protocol) ? reduce(self, protocol) : NULL;
}
static PyObject *datetime_reduce(PyObject *self, PyObject *unused) { return reduce(self, 2); }

static PyObject *get_hour(PyObject *self, void *unused) { return PyLong_FromLong(HOUR(self)); }
static PyObject *get_minute(PyObject *self, void *unused) { return PyLong_FromLong(MINUTE(self)); }
static PyObject *get_second(PyObject *self, void *unused) { return PyLong_FromLong(SECOND(self)); }
static PyObject *get_us(PyObject *self, void *unused) { return PyLong_FromLong(MICRO(self)); }
static PyObject *get_tzinfo(PyObject *self, void *unused) { return Py_NewRef(TZINFO(self)); }
static PyObject *get_fold(PyObject *self, void *unused) { return PyLong_FromLong(FOLD(self)); }
static PyGetSetDef getset[] = {{"hour", get_hour},
                               {"minute", get_minute},
                               {"second", get_second},
                               {"microsecond", get_us},
                               {"tzinfo", get_tzinfo},
                               {"fold", get_fold},
                               {NULL}};

static PyMethodDef methods[] = {
    {"now", (PyCFunction)datetime_now, METH_VARARGS | METH_KEYWORDS | METH_CLASS,
     PyDoc_STR("now($type, /, tz=None)\n--\n\nReturns new datetime object representing current time local to tz.\n\n  "
               "tz\n    "
               "Timezone object.\n\nIf no tz is specified, uses local timezone.")},
    {"utcnow", datetime_utcnow, METH_NOARGS | METH_CLASS,
     PyDoc_STR("Return a new datetime representing UTC day and time.")},
    {"fromtimestamp", (PyCFunction)dt_datetime_fromtimestamp, METH_VARARGS | METH_KEYWORDS | METH_CLASS,
     PyDoc_STR("timestamp[, tz] -> tz's local time from POSIX timestamp.")},
    {"utcfromtimestamp", datetime_utcfromtimestamp, METH_VARARGS | METH_CLASS,
     PyDoc_STR("Construct a naive UTC datetime from a POSIX timestamp.")},
    {"strptime", datetime_strptime, METH_VARARGS | METH_CLASS,
     PyDoc_STR("string, format -> new datetime parsed from a string (like time.strptime()).")},
    {"combine", (PyCFunction)datetime_combine, METH_VARARGS | METH_KEYWORDS | METH_CLASS,
     PyDoc_STR("date, time -> datetime with same date and time fields")},
    {"fromisoformat", datetime_fromisoformat, METH_O | METH_CLASS,
     PyDoc_STR("string -> datetime from a string in most ISO 8601 formats")},
    {"date", datetime_date, METH_NOARGS, PyDoc_STR("Return date object with same year, month and day.")},
    {"time", datetime_time, METH_NOARGS, PyDoc_STR("Return time object with same time but with tzinfo=None.")},
    {"timetz", datetime_timetz, METH_NOARGS, PyDoc_STR("Return time object with same time and tzinfo.")},
    {"timetuple", datetime_timetuple, METH_NOARGS, PyDoc_STR("Return time tuple, compatible with time.localtime().")},
    {"timestamp", dt_datetime_timestamp, METH_NOARGS, PyDoc_STR("Return POSIX timestamp as float.")},
    {"utctimetuple", datetime_utctimetuple, METH_NOARGS,
     PyDoc_STR("Return UTC time tuple, compatible with time.localtime().")},
    {"isoformat", (PyCFunction)datetime_isoformat, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR(
         "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\nsep is used to separate "
         "the "
         "year from the time, and defaults to 'T'.\nThe optional argument timespec specifies the number of additional "
         "terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', 'milliseconds' and "
         "'microseconds'.\n")},
    {"utcoffset", datetime_utcoffset, METH_NOARGS, PyDoc_STR("Return self.tzinfo.utcoffset(self).")},
    {"tzname", datetime_tzname, METH_NOARGS, PyDoc_STR("Return self.tzinfo.tzname(self).")},
    {"dst", datetime_dst, METH_NOARGS, PyDoc_STR("Return self.tzinfo.dst(self).")},
    {"replace", (PyCFunction)datetime_replace, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("Return datetime with new specified fields.")},
    {"astimezone", (PyCFunction)dt_datetime_astimezone, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("tz -> convert to local time in new timezone tz\n")},
    {"__reduce_ex__", datetime_reduce_ex, METH_VARARGS, PyDoc_STR("__reduce_ex__(proto) -> (cls, state)")},
    {"__reduce__", datetime_reduce, METH_NOARGS, PyDoc_STR("__reduce__() -> (cls, state)")},
    {NULL},
};

PyTypeObject dt_datetime_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "datetime.datetime",
    .tp_basicsize = sizeof(PyDateTime_DateTime),
    .tp_dealloc = datetime_dealloc,
    .tp_repr = datetime_repr,
    .tp_as_number = &dt_datetime_number,
    .tp_hash = dt_datetime_hash,
    .tp_str = datetime_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = PyDoc_STR(
        "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day "
        "arguments are required. tzinfo may be None, or an\ninstance of a tzinfo subclass. The remaining arguments "
        "may be ints.\n"),
    .tp_richcompare = dt_datetime_compare,
    .tp_methods = methods,
    .tp_getset = getset,
    .tp_base = &dt_date_type,
    .tp_new = datetime_new,
    .tp_vectorcall = datetime_vectorcall,
};
