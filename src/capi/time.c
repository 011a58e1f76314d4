/* Time in nanoseconds: clocks, conversions with a rounding, saturating arithmetic. */
#include "Python.h"
#include <sys/time.h>
#include <time.h>

#define US_TO_NS 1000LL
#define MS_TO_NS 1000000LL
#define SEC_TO_NS 1000000000LL

static int overflow(void)
{
    PyErr_SetString(PyExc_OverflowError, "timestamp too large to convert to C _PyTime_t");
    return -1;
}

static void time_t_overflow(void)
{
    PyErr_SetString(PyExc_OverflowError, "timestamp out of range for platform time_t");
}

/* -- Arithmetic that stops at the ends -- */

static inline _PyTime_t multiply(_PyTime_t a, _PyTime_t b)
{
    _PyTime_t r;
    return __builtin_mul_overflow(a, b, &r) ? ((a < 0) == (b < 0) ? _PyTime_MAX : _PyTime_MIN) : r;
}

_PyTime_t _PyTime_Add(_PyTime_t a, _PyTime_t b)
{
    _PyTime_t r;
    return __builtin_add_overflow(a, b, &r) ? (b > 0 ? _PyTime_MAX : _PyTime_MIN) : r;
}

/* ticks * mul / div, without losing bits in between */
_PyTime_t _PyTime_MulDiv(_PyTime_t ticks, _PyTime_t mul, _PyTime_t div)
{
    return _PyTime_Add(multiply(ticks / div, mul), ticks % div * mul / div);
}

/* t / k (k > 1), rounded */
static _PyTime_t divide(_PyTime_t t, _PyTime_t k, _PyTime_round_t round)
{
    _PyTime_t q = t / k, r = t % k; /* r has the sign of t */
    if (r == 0)
        return q;
    switch (round) {
    case _PyTime_ROUND_HALF_EVEN: {
        _PyTime_t twice = (r < 0 ? -r : r) * 2;
        if (twice > k || (twice == k && q & 1))
            q += t < 0 ? -1 : 1;
        return q;
    }
    case _PyTime_ROUND_FLOOR: return r < 0 ? q - 1 : q;
    case _PyTime_ROUND_CEILING: return r > 0 ? q + 1 : q;
    default: return t < 0 ? q - 1 : q + 1;
    }
}

static double round_double(double x, _PyTime_round_t round)
{
    volatile double d = x; /* no excess precision */
    switch (round) {
    case _PyTime_ROUND_HALF_EVEN: return rint(d);
    case _PyTime_ROUND_FLOOR: return floor(d);
    case _PyTime_ROUND_CEILING: return ceil(d);
    default: return d >= 0 ? ceil(d) : floor(d);
    }
}

/* -- From Python's numbers -- */

/* 0, or -1 with ValueError. */
static int refuse_nan(double d)
{
    if (!isnan(d))
        return 0;
    PyErr_SetString(PyExc_ValueError, "Invalid value NaN (not a number)");
    return -1;
}

static int from_double(_PyTime_t *t, double value, _PyTime_round_t round, long long unit)
{
    double d = round_double(value * (double)unit, round);
    if (!((double)_PyTime_MIN <= d && d < -(double)_PyTime_MIN)) {
        *t = 0;
        return overflow();
    }
    *t = (_PyTime_t)d;
    return 0;
}

static int from_object(_PyTime_t *t, PyObject *obj, _PyTime_round_t round, long long unit)
{
    if (PyFloat_Check(obj)) {
        double d = PyFloat_AS_DOUBLE(obj);
        return refuse_nan(d) < 0 ? -1 : from_double(t, d, round, unit);
    }
    long long units = PyLong_AsLongLong(obj);
    if (units == -1 && PyErr_Occurred())
        return PyErr_ExceptionMatches(PyExc_OverflowError) ? (PyErr_Clear(), overflow()) : -1;
    if (__builtin_mul_overflow(units, unit, t)) {
        *t = 0;
        return overflow();
    }
    return 0;
}

int _PyTime_FromSecondsObject(_PyTime_t *t, PyObject *obj, _PyTime_round_t round)
{
    return from_object(t, obj, round, SEC_TO_NS);
}

int _PyTime_FromMillisecondsObject(_PyTime_t *t, PyObject *obj, _PyTime_round_t round)
{
    return from_object(t, obj, round, MS_TO_NS);
}

int _PyTime_FromNanosecondsObject(_PyTime_t *t, PyObject *obj)
{
    if (!PyLong_Check(obj)) {
        PyErr_Format(PyExc_TypeError, "expect int, got %s", Py_TYPE(obj)->tp_name);
        return -1;
    }
    long long ns = PyLong_AsLongLong(obj);
    if (ns == -1 && PyErr_Occurred())
        return PyErr_ExceptionMatches(PyExc_OverflowError) ? (PyErr_Clear(), overflow()) : -1;
    *t = ns;
    return 0;
}

static time_t long_as_time_t(PyObject *obj)
{
    long long v = PyLong_AsLongLong(obj);
    if (v == -1 && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_OverflowError))
        time_t_overflow();
    return (time_t)v;
}

int _PyTime_ObjectToTime_t(PyObject *obj, time_t *sec, _PyTime_round_t round)
{
    if (!PyFloat_Check(obj)) {
        *sec = long_as_time_t(obj);
        return *sec == -1 && PyErr_Occurred() ? -1 : 0;
    }
    double d = PyFloat_AS_DOUBLE(obj);
    if (refuse_nan(d) < 0)
        return -1;
    d = round_double(d, round);
    if (!((double)_PyTime_MIN <= d && d < -(double)_PyTime_MIN)) {
        time_t_overflow();
        return -1;
    }
    *sec = (time_t)d;
    return 0;
}

/* Seconds and a fraction in 0 .. parts - 1. */
static int object_to_parts(PyObject *obj, time_t *sec, long *fraction, long parts, _PyTime_round_t round)
{
    if (!PyFloat_Check(obj)) {
        *fraction = 0;
        *sec = long_as_time_t(obj);
        return *sec == -1 && PyErr_Occurred() ? -1 : 0;
    }
    double whole, d = PyFloat_AS_DOUBLE(obj);
    if (refuse_nan(d) < 0) {
        *fraction = 0;
        return -1;
    }
    double f = round_double(modf(d, &whole) * parts, round);
    if (f >= parts) {
        f -= parts;
        whole += 1;
    }
    else if (f < 0) {
        f += parts;
        whole -= 1;
    }
    if (!((double)_PyTime_MIN <= whole && whole < -(double)_PyTime_MIN)) {
        time_t_overflow();
        return -1;
    }
    *sec = (time_t)whole;
    *fraction = (long)f;
    return 0;
}

int _PyTime_ObjectToTimespec(PyObject *obj, time_t *sec, long *ns, _PyTime_round_t round)
{
    return object_to_parts(obj, sec, ns, SEC_TO_NS, round);
}

int _PyTime_ObjectToTimeval(PyObject *obj, time_t *sec, long *us, _PyTime_round_t round)
{
    return object_to_parts(obj, sec, us, 1000000, round);
}

/* -- From C's -- */

_PyTime_t _PyTime_FromSeconds(int seconds) { return (_PyTime_t)seconds * SEC_TO_NS; }
_PyTime_t _PyTime_FromNanoseconds(_PyTime_t ns) { return ns; }

/* On overflow the end of the range is stored too. */
static int from_parts(_PyTime_t *t, time_t sec, long long ns)
{
    _PyTime_t whole;
    if (__builtin_mul_overflow((_PyTime_t)sec, SEC_TO_NS, &whole) || __builtin_add_overflow(whole, ns, t)) {
        *t = sec < 0 ? _PyTime_MIN : _PyTime_MAX;
        return overflow();
    }
    return 0;
}

int _PyTime_FromTimespec(_PyTime_t *t, struct timespec *ts) { return from_parts(t, ts->tv_sec, ts->tv_nsec); }
int _PyTime_FromTimeval(_PyTime_t *t, struct timeval *tv) { return from_parts(t, tv->tv_sec, tv->tv_usec * US_TO_NS); }

/* -- To Python's and C's -- */

double _PyTime_AsSecondsDouble(_PyTime_t t)
{
    /* Whole seconds stay exact when there is nothing behind the point. */
    return t % SEC_TO_NS == 0 ? (double)(t / SEC_TO_NS) : (double)t / 1e9;
}

PyObject *_PyTime_AsNanosecondsObject(_PyTime_t t) { return PyLong_FromLongLong(t); }
_PyTime_t _PyTime_AsNanoseconds(_PyTime_t t) { return t; }
_PyTime_t _PyTime_AsMicroseconds(_PyTime_t t, _PyTime_round_t round) { return divide(t, US_TO_NS, round); }
_PyTime_t _PyTime_AsMilliseconds(_PyTime_t t, _PyTime_round_t round) { return divide(t, MS_TO_NS, round); }

/* Parts of a second go into 0 .. 999...; the seconds go down. */
static void split(_PyTime_t t, _PyTime_t per_second, _PyTime_t *sec, _PyTime_t *part)
{
    *sec = t / per_second;
    *part = t % per_second;
    if (*part < 0) {
        *part += per_second;
        *sec -= 1;
    }
}

int _PyTime_AsTimevalTime_t(_PyTime_t t, time_t *secs, int *us, _PyTime_round_t round)
{
    _PyTime_t s, u;
    split(divide(t, US_TO_NS, round), 1000000, &s, &u);
    *secs = (time_t)s;
    *us = (int)u;
    return 0;
}

void _PyTime_AsTimeval_clamp(_PyTime_t t, struct timeval *tv, _PyTime_round_t round)
{
    _PyTime_t s, u;
    split(divide(t, US_TO_NS, round), 1000000, &s, &u);
    *tv = (struct timeval){(time_t)s, (suseconds_t)u};
}

int _PyTime_AsTimeval(_PyTime_t t, struct timeval *tv, _PyTime_round_t round)
{
    _PyTime_AsTimeval_clamp(t, tv, round); /* every time fits: time_t has 64 bits */
    return 0;
}

void _PyTime_AsTimespec_clamp(_PyTime_t t, struct timespec *ts)
{
    _PyTime_t s, n;
    split(t, SEC_TO_NS, &s, &n);
    *ts = (struct timespec){(time_t)s, (long)n};
}

int _PyTime_AsTimespec(_PyTime_t t, struct timespec *ts)
{
    _PyTime_AsTimespec_clamp(t, ts);
    return 0;
}

/* -- Clocks -- */

static int read_clock(clockid_t clock, const char *name, int monotonic, _PyTime_t *t, _Py_clock_info_t *info)
{
    struct timespec ts;
    if (clock_gettime(clock, &ts) != 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    if (info) {
        struct timespec step;
        info->implementation = name;
        info->monotonic = monotonic;
        info->adjustable = !monotonic;
        info->resolution = clock_getres(clock, &step) == 0 ? (double)step.tv_sec + step.tv_nsec * 1e-9 : 1e-9;
    }
    return _PyTime_FromTimespec(t, &ts);
}

int _PyTime_GetSystemClockWithInfo(_PyTime_t *t, _Py_clock_info_t *info)
{
    return read_clock(CLOCK_REALTIME, "clock_gettime(CLOCK_REALTIME)", 0, t, info);
}

int _PyTime_GetMonotonicClockWithInfo(_PyTime_t *t, _Py_clock_info_t *info)
{
    return read_clock(CLOCK_MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", 1, t, info);
}

int _PyTime_GetPerfCounterWithInfo(_PyTime_t *t, _Py_clock_info_t *info)
{
    return _PyTime_GetMonotonicClockWithInfo(t, info);
}

static _PyTime_t now(clockid_t clock)
{
    struct timespec ts = {0};
    clock_gettime(clock, &ts);
    return _PyTime_Add(multiply(ts.tv_sec, SEC_TO_NS), ts.tv_nsec);
}

_PyTime_t _PyTime_GetSystemClock(void) { return now(CLOCK_REALTIME); }
_PyTime_t _PyTime_GetMonotonicClock(void) { return now(CLOCK_MONOTONIC); }
_PyTime_t _PyTime_GetPerfCounter(void) { return now(CLOCK_MONOTONIC); }

/* Deadlines on the monotonic clock. */
_PyTime_t _PyDeadline_Init(_PyTime_t timeout) { return _PyTime_Add(_PyTime_GetMonotonicClock(), timeout); }
_PyTime_t _PyDeadline_Get(_PyTime_t deadline) { return deadline - _PyTime_GetMonotonicClock(); }

/* -- Calendar -- */

static int calendar_error(void)
{
    if (!errno)
        errno = EINVAL;
    PyErr_SetFromErrno(PyExc_OSError);
    return -1;
}

int _PyTime_localtime(time_t t, struct tm *tm)
{
    errno = 0;
    return localtime_r(&t, tm) ? 0 : calendar_error();
}

int _PyTime_gmtime(time_t t, struct tm *tm)
{
    errno = 0;
    return gmtime_r(&t, tm) ? 0 : calendar_error();
}
