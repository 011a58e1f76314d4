/* What computes with datetimes: arithmetic, comparing, hashing, time stamps and changes of zone. */
#include "modules/datetime/dt.h"

#define US_PER_SECOND 1000000
#define US_PER_DAY ((Micros)DT_DAY * US_PER_SECOND)

/* Microseconds since day 0, the zone disregarded. */
static int64_t micros(PyObject *dt)
{
    int64_t days = dt_ordinal(YEAR(dt), MONTH(dt), DAY(dt));
    return (((days * 24 + HOUR(dt)) * 60 + MINUTE(dt)) * 60 + SECOND(dt)) * US_PER_SECOND + MICRO(dt);
}

/* ---- arithmetic ------------------------------------------------------------------------------------------------- */

PyObject *dt_add(PyObject *dt, PyObject *delta, int sign)
{
    Micros us = micros(dt) + sign * dt_delta_micros(delta);
    Micros days = us >= 0 ? us / US_PER_DAY : -1;
    if (days < 1 || days > DT_MAXORDINAL) {
        PyErr_SetString(PyExc_OverflowError, "date value out of range");
        return NULL;
    }
    int64_t of_day = (int64_t)(us % US_PER_DAY);
    int seconds = (int)(of_day / US_PER_SECOND);
    Fields f = {.hour = seconds / 3600,
                .minute = seconds / 60 % 60,
                .second = seconds % 60,
                .us = (int)(of_day % US_PER_SECOND)};
    dt_from_ordinal((int)days, &f.year, &f.month, &f.day);
    return dt_construct_datetime(&f, TZINFO(dt), Py_TYPE(dt));
}

static PyObject *datetime_add(PyObject *a, PyObject *b)
{
    if (datetime_check(a) && delta_check(b))
        return dt_add(a, b, 1);
    if (datetime_check(b) && delta_check(a))
        return dt_add(b, a, 1);
    Py_RETURN_NOTIMPLEMENTED;
}

/* The offsets of two datetimes, new references; both None when they share their tzinfo. */
static int two_offsets(PyObject *a, PyObject *b, PyObject **x, PyObject **y)
{
    *x = *y = Py_None;
    if (TZINFO(a) == TZINFO(b)) {
        Py_INCREF(*x);
        Py_INCREF(*y);
        return 0;
    }
    *x = dt_utcoffset(TZINFO(a), a);
    *y = *x ? dt_utcoffset(TZINFO(b), b) : NULL;
    if (*y)
        return 0;
    Py_XDECREF(*x);
    return -1;
}

static PyObject *difference(PyObject *a, PyObject *b)
{
    PyObject *x, *y, *r = NULL;
    if (two_offsets(a, b, &x, &y))
        return NULL;
    if ((x == Py_None) != (y == Py_None))
        PyErr_SetString(PyExc_TypeError, "can't subtract offset-naive and offset-aware datetimes");
    else
        r = dt_delta_from_micros((Micros)micros(a) - micros(b) +
                                 (x == Py_None ? 0 : dt_delta_micros(y) - dt_delta_micros(x)));
    Py_DECREF(x);
    Py_DECREF(y);
    return r;
}

static PyObject *datetime_subtract(PyObject *a, PyObject *b)
{
    if (!datetime_check(a))
        Py_RETURN_NOTIMPLEMENTED;
    if (datetime_check(b))
        return difference(a, b);
    if (delta_check(b))
        return dt_add(a, b, -1);
    Py_RETURN_NOTIMPLEMENTED;
}

PyNumberMethods dt_datetime_number = {.nb_add = datetime_add, .nb_subtract = datetime_subtract};

/* ---- comparing --------------------------------------------------------------------------------------------------- */

/* Does the fold matter to the offset?  Then dt equals nothing in another zone.  -1 with an exception. */
static int depends_on_fold(PyObject *dt, PyObject *offset)
{
    Fields f;
    dt_fields(dt, &f);
    f.fold = !f.fold;
    PyObject *flipped = dt_make_datetime(&f, TZINFO(dt), &dt_datetime_type);
    PyObject *other = flipped ? dt_utcoffset(TZINFO(flipped), flipped) : NULL;
    int r = -1;
    if (other)
        r = other != offset && (other == Py_None || offset == Py_None || dt_delta_compare(other, offset) != 0);
    Py_XDECREF(flipped);
    Py_XDECREF(other);
    return r;
}

static PyObject *compare_offsets(PyObject *a, PyObject *b, PyObject *x, PyObject *y, int op)
{
    int equality = op == Py_EQ || op == Py_NE, c, same = x == y;
    if ((x == Py_None) != (y == Py_None)) {
        if (equality)
            return PyBool_FromLong(op == Py_NE);
        PyErr_SetString(PyExc_TypeError, "can't compare offset-naive and offset-aware datetimes");
        return NULL;
    }
    if (same || dt_delta_compare(x, y) == 0)
        c = memcmp(DATA(a), DATA(b), _PyDateTime_DATETIME_DATASIZE);
    else {
        Micros d = (Micros)micros(a) - micros(b) + dt_delta_micros(y) - dt_delta_micros(x);
        c = (d > 0) - (d < 0);
    }
    if (equality && c == 0 && TZINFO(a) != TZINFO(b)) {
        int folds = depends_on_fold(a, x);
        if (folds == 0)
            folds = depends_on_fold(b, y);
        if (folds < 0)
            return NULL;
        c = folds;
    }
    Py_RETURN_RICHCOMPARE(c, 0, op);
}

PyObject *dt_datetime_compare(PyObject *a, PyObject *b, int op)
{
    PyObject *x, *y;
    if (!datetime_check(b)) {
        if (!date_check(b))
            Py_RETURN_NOTIMPLEMENTED;
        if (op == Py_EQ || op == Py_NE)
            return PyBool_FromLong(op == Py_NE);
        PyErr_Format(PyExc_TypeError, "can't compare %s to %s", Py_TYPE(a)->tp_name, Py_TYPE(b)->tp_name);
        return NULL;
    }
    if (two_offsets(a, b, &x, &y))
        return NULL;
    PyObject *r = compare_offsets(a, b, x, y, op);
    Py_DECREF(x);
    Py_DECREF(y);
    return r;
}

Py_hash_t dt_datetime_hash(PyObject *self)
{
    PyDateTime_DateTime *d = (PyDateTime_DateTime *)self;
    if (d->hashcode != -1)
        return d->hashcode;
    PyObject *first = self, *offset;
    if (FOLD(self)) { /* both of two equal times hash as the first */
        Fields f;
        dt_fields(self, &f);
        f.fold = 0;
        first = dt_make_datetime(&f, TZINFO(self), &dt_datetime_type);
        if (!first)
            return -1;
    }
    offset = dt_utcoffset(TZINFO(first), first);
    if (first != self)
        Py_DECREF(first);
    if (!offset)
        return -1;
    if (offset == Py_None)
        d->hashcode = _Py_HashBytes(d->data, sizeof d->data);
    else {
        PyObject *delta = dt_delta_from_micros(micros(self) - dt_delta_micros(offset));
        d->hashcode = delta ? PyObject_Hash(delta) : -1;
        Py_XDECREF(delta);
    }
    Py_DECREF(offset);
    return d->hashcode;
}

/* ---- time stamps and zones ------------------------------------------------------------------------------------------
 */

/* Seconds of a naive datetime since the epoch, as local time: 0, or -1 with an exception. */
static int naive_timestamp(PyObject *self, long long *seconds)
{
    Fields f;
    dt_fields(self, &f);
    long long utc = dt_local_to_utc(&f);
    if (utc == -1)
        return -1;
    *seconds = utc - DT_EPOCH;
    return 0;
}

/* self - 1970-01-01T00:00Z in microseconds, for an aware self. */
static int aware_micros(PyObject *self, Micros *us)
{
    PyObject *offset = dt_utcoffset(TZINFO(self), self);
    if (!offset)
        return -1;
    if (offset == Py_None) {
        Py_DECREF(offset);
        PyErr_SetString(PyExc_TypeError, "can't subtract offset-naive and offset-aware datetimes");
        return -1;
    }
    *us = (Micros)micros(self) - (Micros)DT_EPOCH * US_PER_SECOND - dt_delta_micros(offset);
    Py_DECREF(offset);
    return 0;
}

PyObject *dt_datetime_timestamp(PyObject *self, PyObject *unused)
{
    if (TZINFO(self) == Py_None) {
        long long seconds;
        return naive_timestamp(self, &seconds) ? NULL : PyFloat_FromDouble((double)seconds + MICRO(self) / 1e6);
    }
    Micros us;
    PyObject *delta = aware_micros(self, &us) ? NULL : dt_delta_from_micros(us);
    PyObject *r = delta ? PyObject_CallMethod(delta, "total_seconds", NULL) : NULL;
    Py_XDECREF(delta);
    return r;
}

/* The zone that is in force here at a time: a new timezone. */
static PyObject *local_zone_at(long long seconds)
{
    struct tm tm;
    if (_PyTime_localtime((time_t)seconds, &tm))
        return NULL;
    PyObject *delta = dt_make_delta(0, (int)tm.tm_gmtoff, 0, 1, &dt_delta_type);
    PyObject *name = tm.tm_zone ? PyUnicode_DecodeLocale(tm.tm_zone, "surrogateescape") : NULL;
    PyObject *r = delta && (name || !tm.tm_zone) ? dt_make_timezone(delta, name) : NULL;
    Py_XDECREF(delta);
    Py_XDECREF(name);
    return r;
}

static PyObject *local_zone_of_naive(PyObject *self)
{
    long long seconds;
    return naive_timestamp(self, &seconds) ? NULL : local_zone_at(seconds);
}

/* The same fields under another tzinfo. */
static PyObject *with_zone(PyObject *dt, PyObject *tz)
{
    Fields f;
    dt_fields(dt, &f);
    return dt_make_datetime(&f, tz, Py_TYPE(dt));
}

/* self - offset as an aware datetime in UTC. */
static PyObject *to_utc(PyObject *self, PyObject *offset)
{
    PyObject *r = dt_add(self, offset, -1);
    if (r && !datetime_check(r)) {
        PyErr_SetString(PyExc_TypeError, "a datetime was expected");
        Py_CLEAR(r);
    }
    if (r)
        Py_SETREF(r, with_zone(r, dt_utc));
    return r;
}

PyObject *dt_datetime_astimezone(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"tz", NULL};
    PyObject *tz = Py_None, *mine = NULL, *offset = NULL, *utc = NULL, *r = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "|O:astimezone", names, &tz) || dt_check_tzinfo(tz))
        return NULL;
    Py_INCREF(tz);
    mine = TZINFO(self) == Py_None ? local_zone_of_naive(self) : Py_NewRef(TZINFO(self));
    if (!mine)
        goto done;
    if (mine == tz) {
        r = Py_NewRef(self);
        goto done;
    }
    offset = dt_utcoffset(mine, self);
    if (offset == Py_None) { /* an aware self that is naive in effect */
        Py_SETREF(mine, local_zone_of_naive(self));
        Py_SETREF(offset, mine ? dt_utcoffset(mine, self) : NULL);
    }
    utc = offset ? to_utc(self, offset) : NULL;
    if (!utc)
        goto done;
    if (tz == Py_None) {
        Micros us;
        Py_SETREF(tz, aware_micros(utc, &us)
                          ? NULL
                          : local_zone_at((long long)((us - (us < 0 ? US_PER_SECOND - 1 : 0)) / US_PER_SECOND)));
    }
    if (tz)
        Py_SETREF(utc, with_zone(utc, tz));
    if (tz && utc)
        r = tz == dt_utc ? Py_NewRef(utc) : PyObject_CallMethodOneArg(tz, N(fromutc), utc);
done:
    Py_XDECREF(tz);
    Py_XDECREF(mine);
    Py_XDECREF(offset);
    Py_XDECREF(utc);
    return r;
}
