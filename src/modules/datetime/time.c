/* datetime.time. */
#include "modules/datetime/dt.h"
#include "objects/hidden.h"

#define T(o) ((PyDateTime_Time *)(o))
#define ZONE(o) PyDateTime_TIME_GET_TZINFO(o)

void dt_time_fields(PyObject *t, Fields *f)
{
    *f = (Fields){0,
                  0,
                  0,
                  PyDateTime_TIME_GET_HOUR(t),
                  PyDateTime_TIME_GET_MINUTE(t),
                  PyDateTime_TIME_GET_SECOND(t),
                  PyDateTime_TIME_GET_MICROSECOND(t),
                  T(t)->fold};
}

static PyObject *time_from_state(PyTypeObject *type, const char *state, PyObject *tz)
{
    if (tz != Py_None && !tzinfo_check(tz)) {
        PyErr_SetString(PyExc_TypeError, "bad tzinfo state arg");
        return NULL;
    }
    PyDateTime_Time *self = (PyDateTime_Time *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    memcpy(self->data, state, sizeof self->data);
    self->fold = self->data[0] >> 7;
    self->data[0] &= 0x7f;
    self->hashcode = -1;
    self->hastzinfo = tz != Py_None;
    self->tzinfo = self->hastzinfo ? Py_NewRef(tz) : NULL;
    return (PyObject *)self;
}

static PyObject *time_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"hour", "minute", "second", "microsecond", "tzinfo", "fold", NULL};
    Fields f = {0};
    PyObject *tz = Py_None;
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n >= 1 && n <= 2) {
        PyObject *hold;
        const char *s = dt_pickled_state(PyTuple_GET_ITEM(args, 0), 6, "time", &hold);
        PyObject *r =
            s && (s[0] & 0x7f) < 24 ? time_from_state(type, s, n == 2 ? PyTuple_GET_ITEM(args, 1) : Py_None) : NULL;
        Py_XDECREF(hold);
        if (r || PyErr_Occurred())
            return r;
    }
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "|iiiiO$i", names, &f.hour, &f.minute, &f.second, &f.us, &tz, &f.fold))
        return NULL;
    return dt_make_time(&f, tz, type);
}

static PyObject *time_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    int v[4] = {0};
    if (kwnames || n > 5 || !dt_plain_ints(args, n < 4 ? n : 4, v))
        return dt_slow_new(type, args, nargsf, kwnames);
    Fields f = {0, 0, 0, v[0], v[1], v[2], v[3], 0};
    return dt_make_time(&f, n == 5 ? args[4] : Py_None, (PyTypeObject *)type);
}

static void time_dealloc(PyObject *self)
{
    if (T(self)->hastzinfo)
        Py_XDECREF(T(self)->tzinfo);
    Py_TYPE(self)->tp_free(self);
}

HIDDEN_FIELDS(time, time_dealloc, FIELD(PyDateTime_Time, tzinfo));

static PyObject *time_fromisoformat(PyObject *cls, PyObject *text)
{
    Fields f = {0};
    PyObject *tz;
    if (dt_parse_time(text, &f, &tz)) {
        Py_XDECREF(tz);
        return NULL;
    }
    PyObject *r = dt_construct_time(&f, tz, (PyTypeObject *)cls);
    Py_DECREF(tz);
    return r;
}

/* ---- comparing -----------------------------------------------------------------------------------------------------
 */

/* Seconds since midnight in UTC. */
static int utc_seconds(PyObject *t, PyObject *offset)
{
    Fields f;
    dt_time_fields(t, &f);
    return (f.hour * 60 + f.minute) * 60 + f.second - D_DAYS(offset) * DT_DAY - D_SECONDS(offset);
}

static PyObject *compare_offsets(PyObject *a, PyObject *b, PyObject *x, PyObject *y, int op)
{
    int c;
    if (x == y || (x != Py_None && y != Py_None && dt_delta_compare(x, y) == 0))
        c = memcmp(T(a)->data, T(b)->data, _PyDateTime_TIME_DATASIZE);
    else if (x != Py_None && y != Py_None) {
        c = utc_seconds(a, x) - utc_seconds(b, y);
        if (c == 0)
            c = PyDateTime_TIME_GET_MICROSECOND(a) - PyDateTime_TIME_GET_MICROSECOND(b);
    } else if (op == Py_EQ || op == Py_NE)
        return PyBool_FromLong(op == Py_NE);
    else {
        PyErr_SetString(PyExc_TypeError, "can't compare offset-naive and offset-aware times");
        return NULL;
    }
    Py_RETURN_RICHCOMPARE(c, 0, op);
}

static PyObject *time_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!time_check(b))
        Py_RETURN_NOTIMPLEMENTED;
    if (ZONE(a) == ZONE(b))
        return compare_offsets(a, b, Py_None, Py_None, op);
    PyObject *x = dt_utcoffset(ZONE(a), Py_None), *y = x ? dt_utcoffset(ZONE(b), Py_None) : NULL;
    PyObject *r = y ? compare_offsets(a, b, x, y, op) : NULL;
    Py_XDECREF(x);
    Py_XDECREF(y);
    return r;
}

static Py_hash_t time_hash(PyObject *self)
{
    PyDateTime_Time *t = T(self);
    if (t->hashcode != -1)
        return t->hashcode;
    PyObject *offset = dt_utcoffset(ZONE(self), Py_None);
    if (!offset)
        return -1;
    if (offset == Py_None)
        t->hashcode = _Py_HashBytes(t->data, sizeof t->data);
    else {
        Fields f;
        dt_time_fields(self, &f);
        Micros us = ((f.hour * 60 + f.minute) * 60 + f.second) * (int64_t)1000000 + f.us;
        PyObject *delta = dt_delta_from_micros(us - dt_delta_micros(offset));
        t->hashcode = delta ? PyObject_Hash(delta) : -1;
        Py_XDECREF(delta);
    }
    Py_DECREF(offset);
    return t->hashcode;
}

/* ---- showing
 * --------------------------------------------------------------------------------------------------------- */

static PyObject *time_repr(PyObject *self)
{
    Fields f;
    dt_time_fields(self, &f);
    char text[64], *p = text;
    p += sprintf(p, "(%d, %d", f.hour, f.minute);
    if (f.second || f.us)
        p += sprintf(p, ", %d", f.second);
    if (f.us)
        sprintf(p, ", %d", f.us);
    const char *end = f.fold ? ", fold=1)" : ")";
    if (ZONE(self) == Py_None)
        return PyUnicode_FromFormat("%s%s%s", Py_TYPE(self)->tp_name, text, end);
    return PyUnicode_FromFormat("%s%s, tzinfo=%R%s", Py_TYPE(self)->tp_name, text, ZONE(self), end);
}

static PyObject *time_isoformat(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"timespec", NULL};
    const char *timespec = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "|s:isoformat", names, &timespec))
        return NULL;
    char buf[64];
    Fields f;
    dt_time_fields(self, &f);
    int n = dt_format_time(buf, &f, timespec);
    if (n < 0)
        return NULL;
    PyObject *offset = dt_utcoffset(ZONE(self), Py_None);
    if (!offset)
        return NULL;
    if (offset != Py_None)
        n += dt_format_offset(buf + n, offset, ":");
    Py_DECREF(offset);
    return PyUnicode_FromStringAndSize(buf, n);
}

static PyObject *time_str(PyObject *self) { return PyObject_CallMethodNoArgs(self, N(isoformat)); }

static PyObject *time_strftime(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"format", NULL};
    PyObject *format;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "U:strftime", names, &format))
        return NULL;
    Fields f;
    dt_time_fields(self, &f);
    PyObject *tuple = Py_BuildValue("iiiiiiiii", 1900, 1, 1, f.hour, f.minute, f.second, 0, 1, -1);
    PyObject *r = tuple ? dt_strftime(self, format, tuple, ZONE(self), Py_None, f.us) : NULL;
    Py_XDECREF(tuple);
    return r;
}

/* ---- other methods
 * --------------------------------------------------------------------------------------------------- */

static PyObject *time_utcoffset(PyObject *self, PyObject *unused) { return dt_utcoffset(ZONE(self), Py_None); }
static PyObject *time_tzname(PyObject *self, PyObject *unused) { return dt_tzname(ZONE(self), Py_None); }
static PyObject *time_dst(PyObject *self, PyObject *unused) { return dt_dst(ZONE(self), Py_None); }

static PyObject *time_replace(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"hour", "minute", "second", "microsecond", "tzinfo", "fold", NULL};
    Fields f;
    PyObject *tz = ZONE(self);
    dt_time_fields(self, &f);
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "|iiiiO$i:replace", names, &f.hour, &f.minute, &f.second, &f.us, &tz,
                                     &f.fold))
        return NULL;
    return dt_make_time(&f, tz, Py_TYPE(self));
}

static PyObject *reduce(PyObject *self, int protocol)
{
    char data[_PyDateTime_TIME_DATASIZE];
    memcpy(data, T(self)->data, sizeof data);
    if (protocol > 3 && T(self)->fold)
        data[0] |= (char)0x80;
    if (ZONE(self) == Py_None)
        return Py_BuildValue("O(y#)", Py_TYPE(self), data, (Py_ssize_t)sizeof data);
    return Py_BuildValue("O(y#O)", Py_TYPE(self), data, (Py_ssize_t)sizeof data, ZONE(self));
}
static PyObject *time_reduce_ex(PyObject *self, PyObject *args)
{
    int protocol;
    return PyArg_ParseTuple(args, "i:__reduce_ex__", &protocol) ? reduce(self, protocol) : NULL;
}
static PyObject *time_reduce(PyObject *self, PyObject *unused) { return reduce(self, 2); }

static PyObject *get_hour(PyObject *self, void *unused) { return PyLong_FromLong(PyDateTime_TIME_GET_HOUR(self)); }
static PyObject *get_minute(PyObject *self, void *unused) { return PyLong_FromLong(PyDateTime_TIME_GET_MINUTE(self)); }
static PyObject *get_second(PyObject *self, void *unused) { return PyLong_FromLong(PyDateTime_TIME_GET_SECOND(self)); }
static PyObject *get_us(PyObject *self, void *unused) { return PyLong_FromLong(PyDateTime_TIME_GET_MICROSECOND(self)); }
static PyObject *get_tzinfo(PyObject *self, void *unused) { return Py_NewRef(ZONE(self)); }
static PyObject *get_fold(PyObject *self, void *unused) { return PyLong_FromLong(T(self)->fold); }
static PyGetSetDef getset[] = {{"hour", get_hour},
                               {"minute", get_minute},
                               {"second", get_second},
                               {"microsecond", get_us},
                               {"tzinfo", get_tzinfo},
                               {"fold", get_fold},
                               {NULL}};

static PyMethodDef methods[] = {
    {"isoformat", (PyCFunction)time_isoformat, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\n\nThe optional argument timespec "
               "specifies "
               "the number of additional terms\nof the time to include. Valid options are 'auto', 'hours', "
               "'minutes',\n'seconds', "
               "'milliseconds' and 'microseconds'.\n")},
    {"strftime", (PyCFunction)time_strftime, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("format -> strftime() style string.")},
    {"__format__", dt_format_method, METH_VARARGS, PyDoc_STR("Formats self with strftime.")},
    {"utcoffset", time_utcoffset, METH_NOARGS, PyDoc_STR("Return self.tzinfo.utcoffset(self).")},
    {"tzname", time_tzname, METH_NOARGS, PyDoc_STR("Return self.tzinfo.tzname(self).")},
    {"dst", time_dst, METH_NOARGS, PyDoc_STR("Return self.tzinfo.dst(self).")},
    {"replace", (PyCFunction)time_replace, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("Return time with new specified fields.")},
    {"fromisoformat", time_fromisoformat, METH_O | METH_CLASS,
     PyDoc_STR("string -> time from a string in ISO 8601 format")},
    {"__reduce_ex__", time_reduce_ex, METH_VARARGS, PyDoc_STR("__reduce_ex__(proto) -> (cls, state)")},
    {"__reduce__", time_reduce, METH_NOARGS, PyDoc_STR("__reduce__() -> (cls, state)")},
    {NULL},
};

PyTypeObject dt_time_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "datetime.time",
    .tp_basicsize = sizeof(PyDateTime_Time),
    .tp_dealloc = time_dealloc,
    .tp_repr = time_repr,
    .tp_hash = time_hash,
    .tp_str = time_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = PyDoc_STR(
        "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional. "
        "tzinfo may be None, or an instance of\na tzinfo subclass. The remaining arguments may be ints.\n"),
    .tp_richcompare = time_richcompare,
    .tp_methods = methods,
    .tp_getset = getset,
    .tp_new = time_new,
    .tp_vectorcall = time_vectorcall,
};
