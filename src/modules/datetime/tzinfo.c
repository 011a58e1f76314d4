/* datetime.tzinfo and datetime.timezone, and the calls of a tzinfo's methods. */
#include "modules/datetime/dt.h"
#include "objects/hidden.h"

typedef struct {
    PyObject_HEAD PyObject *offset, *name; /* name may be NULL */
} TimeZone;
#define T(o) ((TimeZone *)(o))


/* ---- calling the methods -------------------------------------------------------------------------------------- */

static int in_range(PyObject *delta)
{
    return D_DAYS(delta) == 0 || (D_DAYS(delta) == -1 && (D_SECONDS(delta) > 0 || D_MICRO(delta) > 0));
}

static PyObject *call_offset(PyObject *tz, PyObject *arg, PyObject *name)
{
    PyObject *r = PyObject_CallMethodOneArg(tz, name, arg);
    if (!r || r == Py_None)
        return r;
    if (!delta_check(r))
        PyErr_Format(PyExc_TypeError, "tzinfo.%U() must return None or timedelta, not '%.200s'", name,
                     Py_TYPE(r)->tp_name);
    else if (!in_range(r))
        PyErr_SetString(PyExc_ValueError,
                        "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).");
    else
        return r;
    Py_DECREF(r);
    return NULL;
}

PyObject *dt_utcoffset(PyObject *tz, PyObject *arg)
{
    if (tz == Py_None)
        Py_RETURN_NONE;
    if (Py_IS_TYPE(tz, &dt_timezone_type))
        return Py_NewRef(T(tz)->offset);
    return call_offset(tz, arg, N(utcoffset));
}

PyObject *dt_dst(PyObject *tz, PyObject *arg)
{
    if (tz == Py_None || Py_IS_TYPE(tz, &dt_timezone_type))
        Py_RETURN_NONE;
    return call_offset(tz, arg, N(dst));
}

static PyObject *timezone_str(PyObject *self);

PyObject *dt_tzname(PyObject *tz, PyObject *arg)
{
    if (tz == Py_None)
        Py_RETURN_NONE;
    if (Py_IS_TYPE(tz, &dt_timezone_type))
        return timezone_str(tz);
    PyObject *r = PyObject_CallMethodOneArg(tz, N(tzname), arg);
    if (!r || r == Py_None || PyUnicode_Check(r))
        return r;
    PyErr_Format(PyExc_TypeError, "tzinfo.tzname() must return None or a string, not '%s'", Py_TYPE(r)->tp_name);
    Py_DECREF(r);
    return NULL;
}

int dt_format_offset(char *buf, PyObject *offset, const char *separator)
{
    int64_t us = (int64_t)dt_delta_micros(offset);
    char sign = us < 0 ? '-' : '+';
    us = us < 0 ? -us : us;
    int s = (int)(us / 1000000), rest = (int)(us % 1000000);
    int n = snprintf(buf, 32, "%c%02d%s%02d", sign, s / 3600, separator, s / 60 % 60);
    if (rest || s % 60)
        n += snprintf(buf + n, 32 - n, "%s%02d", separator, s % 60);
    if (rest)
        n += snprintf(buf + n, 32 - n, ".%06d", rest);
    return n;
}

/* ---- tzinfo --------------------------------------------------------------------------------------------------- */

static PyObject *abstract(const char *name)
{
    PyErr_Format(PyExc_NotImplementedError, "a tzinfo subclass must implement %s()", name);
    return NULL;
}
static PyObject *tzinfo_tzname(PyObject *self, PyObject *dt) { return abstract("tzname"); }
static PyObject *tzinfo_utcoffset(PyObject *self, PyObject *dt) { return abstract("utcoffset"); }
static PyObject *tzinfo_dst(PyObject *self, PyObject *dt) { return abstract("dst"); }

static int check_fromutc(PyObject *self, PyObject *dt)
{
    if (!datetime_check(dt))
        PyErr_SetString(PyExc_TypeError, "fromutc: argument must be a datetime");
    else if (TZINFO(dt) != self)
        PyErr_SetString(PyExc_ValueError, "fromutc: dt.tzinfo is not self");
    else
        return 0;
    return -1;
}

/* dt.dst(), not None: new reference. */
static PyObject *known_dst(PyObject *dt, const char *complaint)
{
    PyObject *dst = dt_dst(TZINFO(dt), dt);
    if (dst != Py_None)
        return dst;
    Py_DECREF(dst);
    PyErr_SetString(PyExc_ValueError, complaint);
    return NULL;
}

/* Standard time, then what its dst() says: right but for the hours that daylight saving repeats or leaves out. */
static PyObject *tzinfo_fromutc(PyObject *self, PyObject *dt)
{
    if (check_fromutc(self, dt))
        return NULL;
    PyObject *offset = dt_utcoffset(self, dt), *dst, *delta, *standard, *r = NULL;
    if (offset == Py_None) {
        PyErr_SetString(PyExc_ValueError, "fromutc: non-None utcoffset() result required");
        Py_CLEAR(offset);
    }
    if (!offset)
        return NULL;
    dst = known_dst(dt, "fromutc: non-None dst() result required");
    delta = dst ? dt_delta_from_micros(dt_delta_micros(offset) - dt_delta_micros(dst)) : NULL;
    standard = delta ? dt_add(dt, delta, 1) : NULL;
    if (standard && !datetime_check(standard)) {
        PyErr_SetString(PyExc_TypeError, "fromutc: a datetime was expected");
        Py_CLEAR(standard);
    }
    if (standard && !dt_delta_is_zero(delta))
        Py_XSETREF(dst, known_dst(standard, "fromutc: tz.dst() gave inconsistent results; cannot convert"));
    if (standard && dst)
        r = dt_delta_is_zero(dst) ? Py_NewRef(standard) : dt_add(standard, dst, 1);
    Py_DECREF(offset);
    Py_XDECREF(dst);
    Py_XDECREF(delta);
    Py_XDECREF(standard);
    return r;
}

static PyObject *tzinfo_reduce(PyObject *self, PyObject *unused)
{
    PyObject *method, *args;
    if (_PyObject_LookupAttr(self, N(__getinitargs__), &method) < 0)
        return NULL;
    args = method ? PyObject_CallNoArgs(method) : PyTuple_New(0);
    Py_XDECREF(method);
    PyObject *state = args ? PyObject_CallMethodNoArgs(self, N(__getstate__)) : NULL;
    PyObject *r = state ? PyTuple_Pack(3, Py_TYPE(self), args, state) : NULL;
    Py_XDECREF(args);
    Py_XDECREF(state);
    return r;
}

static PyMethodDef tzinfo_methods[] = {
    {"tzname", tzinfo_tzname, METH_O, PyDoc_STR("datetime -> string name of time zone.")},
    {"utcoffset", tzinfo_utcoffset, METH_O,
     PyDoc_STR("datetime -> timedelta showing offset from UTC, negative values indicating West of UTC")},
    {"dst", tzinfo_dst, METH_O, PyDoc_STR("datetime -> DST offset as timedelta positive east of UTC.")},
    {"fromutc", tzinfo_fromutc, METH_O, PyDoc_STR("datetime in UTC -> datetime in local time.")},
    {"__reduce__", tzinfo_reduce, METH_NOARGS, PyDoc_STR("-> (cls, state)")},
    {NULL},
};

PyTypeObject dt_tzinfo_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "datetime.tzinfo",
    .tp_basicsize = sizeof(PyDateTime_TZInfo),
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = PyDoc_STR("Abstract base class for time zone info objects."),
    .tp_methods = tzinfo_methods,
    .tp_new = PyType_GenericNew,
};

/* ---- timezone --------------------------------------------------------------------------------------------------- */

static PyObject *create(PyObject *offset, PyObject *name)
{
    TimeZone *self = (TimeZone *)_PyObject_New(&dt_timezone_type);
    if (!self)
        return NULL;
    self->offset = Py_NewRef(offset);
    self->name = Py_XNewRef(name);
    return (PyObject *)self;
}

PyObject *dt_make_timezone(PyObject *offset, PyObject *name)
{
    if (!name && dt_utc && dt_delta_is_zero(offset))
        return Py_NewRef(dt_utc);
    if (in_range(offset))
        return create(offset, name);
    PyErr_Format(PyExc_ValueError,
                 "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %R.",
                 offset);
    return NULL;
}

static PyObject *timezone_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"offset", "name", NULL};
    PyObject *offset, *name = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O!|U:timezone", names, &dt_delta_type, &offset, &name))
        return NULL;
    return dt_make_timezone(offset, name);
}

static void timezone_dealloc(PyObject *self)
{
    Py_XDECREF(T(self)->offset);
    Py_XDECREF(T(self)->name);
    Py_TYPE(self)->tp_free(self);
}

HIDDEN_FIELDS(timezone, timezone_dealloc, FIELD(TimeZone, offset), FIELD(TimeZone, name));

static PyObject *timezone_richcompare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyObject_TypeCheck(b, &dt_timezone_type))
        Py_RETURN_NOTIMPLEMENTED;
    int c = dt_delta_compare(T(a)->offset, T(b)->offset);
    Py_RETURN_RICHCOMPARE(c, 0, op);
}

static Py_hash_t timezone_hash(PyObject *self) { return PyObject_Hash(T(self)->offset); }

static PyObject *timezone_repr(PyObject *self)
{
    const char *type = Py_TYPE(self)->tp_name;
    if (self == dt_utc)
        return PyUnicode_FromFormat("%s.utc", type);
    if (!T(self)->name)
        return PyUnicode_FromFormat("%s(%R)", type, T(self)->offset);
    return PyUnicode_FromFormat("%s(%R, %R)", type, T(self)->offset, T(self)->name);
}

static PyObject *timezone_str(PyObject *self)
{
    char text[32] = "UTC";
    if (T(self)->name)
        return Py_NewRef(T(self)->name);
    if (self != dt_utc && !dt_delta_is_zero(T(self)->offset)) {
        char buf[32];
        dt_format_offset(buf, T(self)->offset, ":");
        memcpy(text + 3, buf, sizeof text - 4);
    }
    return PyUnicode_FromString(text);
}

static int check_arg(PyObject *dt, const char *method)
{
    if (dt == Py_None || datetime_check(dt))
        return 0;
    PyErr_Format(PyExc_TypeError, "%s(dt) argument must be a datetime instance or None, not %.200s", method,
                 Py_TYPE(dt)->tp_name);
    return -1;
}
static PyObject *timezone_tzname(PyObject *self, PyObject *dt)
{
    return check_arg(dt, "tzname") ? NULL : timezone_str(self);
}
static PyObject *timezone_utcoffset(PyObject *self, PyObject *dt)
{
    return check_arg(dt, "utcoffset") ? NULL : Py_NewRef(T(self)->offset);
}
static PyObject *timezone_dst(PyObject *self, PyObject *dt) { return check_arg(dt, "dst") ? NULL : Py_NewRef(Py_None); }
static PyObject *timezone_fromutc(PyObject *self, PyObject *dt)
{
    return check_fromutc(self, dt) ? NULL : dt_add(dt, T(self)->offset, 1);
}
static PyObject *timezone_getinitargs(PyObject *self, PyObject *unused)
{
    return T(self)->name ? PyTuple_Pack(2, T(self)->offset, T(self)->name) : PyTuple_Pack(1, T(self)->offset);
}

static PyMethodDef timezone_methods[] = {
    {"tzname", timezone_tzname, METH_O,
     PyDoc_STR("If name is specified when timezone is created, returns the name.  Otherwise returns offset as "
               "'UTC(+|-)HH:MM'.")},
    {"utcoffset", timezone_utcoffset, METH_O, PyDoc_STR("Return fixed offset.")},
    {"dst", timezone_dst, METH_O, PyDoc_STR("Return None.")},
    {"fromutc", timezone_fromutc, METH_O, PyDoc_STR("datetime in UTC -> datetime in local time.")},
    {"__getinitargs__", timezone_getinitargs, METH_NOARGS, PyDoc_STR("pickle support")},
    {NULL},
};

PyTypeObject dt_timezone_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "datetime.timezone",
    .tp_basicsize = sizeof(TimeZone),
    .tp_dealloc = timezone_dealloc,
    .tp_repr = timezone_repr,
    .tp_hash = timezone_hash,
    .tp_str = timezone_str,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = PyDoc_STR("Fixed offset from UTC implementation of tzinfo."),
    .tp_richcompare = timezone_richcompare,
    .tp_methods = timezone_methods,
    .tp_base = &dt_tzinfo_type,
    .tp_new = timezone_new,
};
