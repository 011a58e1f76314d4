/* The clocks of the time module, and sleep(). */
#include "modules/time/timemodule.h"
#include <pthread.h>
#include <time.h>

/* -- Clocks by name: each gives float seconds and int nanoseconds -- */

static int get_cpu_clock(clockid_t clock, const char *name, _PyTime_t *t, _Py_clock_info_t *info)
{
    struct timespec ts;
    if (clock_gettime(clock, &ts) != 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    if (info) {
        struct timespec step;
        info->implementation = name;
        info->monotonic = 1;
        info->adjustable = 0;
        info->resolution = clock_getres(clock, &step) == 0 ? (double)step.tv_sec + step.tv_nsec * 1e-9 : 1e-9;
    }
    return _PyTime_FromTimespec(t, &ts);
}

static int get_process_time(_PyTime_t *t, _Py_clock_info_t *info)
{
    return get_cpu_clock(CLOCK_PROCESS_CPUTIME_ID, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", t, info);
}

static int get_thread_time(_PyTime_t *t, _Py_clock_info_t *info)
{
    return get_cpu_clock(CLOCK_THREAD_CPUTIME_ID, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", t, info);
}

static PyObject *as_float(_PyTime_t t) { return PyFloat_FromDouble(_PyTime_AsSecondsDouble(t)); }

#define CLOCKS(X) \
    X(time, _PyTime_GetSystemClockWithInfo, "The time since the epoch") \
    X(monotonic, _PyTime_GetMonotonicClockWithInfo, "A clock that cannot go backward") \
    X(perf_counter, _PyTime_GetPerfCounterWithInfo, "The clock with the finest resolution, to measure short durations") \
    X(process_time, get_process_time, "Processor time of the process, system and user") \
    X(thread_time, get_thread_time, "Processor time of the thread, system and user")

#define DEFINE(name, read, doc) \
    static PyObject *clock_##name(PyObject *module, PyObject *Py_UNUSED(ignored)) \
    { \
        _PyTime_t t; \
        return read(&t, NULL) < 0 ? NULL : as_float(t); \
    } \
    static PyObject *clock_##name##_ns(PyObject *module, PyObject *Py_UNUSED(ignored)) \
    { \
        _PyTime_t t; \
        return read(&t, NULL) < 0 ? NULL : _PyTime_AsNanosecondsObject(t); \
    }
CLOCKS(DEFINE)

static PyObject *clock_get_info(PyObject *module, PyObject *args)
{
    const char *name;
    _Py_clock_info_t info = {0};
    _PyTime_t t;
    int status = -2;
    if (!PyArg_ParseTuple(args, "s:get_clock_info", &name))
        return NULL;
#define PICK(id, read, doc) \
    if (strcmp(name, #id) == 0) \
        status = read(&t, &info);
    CLOCKS(PICK)
    if (status == -2)
        PyErr_SetString(PyExc_ValueError, "unknown clock");
    if (status < 0)
        return NULL;
    PyObject *result = NULL, *types = PyImport_ImportModule("types");
    PyObject *kwargs = Py_BuildValue("{s:s,s:N,s:N,s:d}", "implementation", info.implementation, "monotonic",
                                     PyBool_FromLong(info.monotonic), "adjustable", PyBool_FromLong(info.adjustable),
                                     "resolution", info.resolution);
    PyObject *type = types ? PyObject_GetAttrString(types, "SimpleNamespace") : NULL, *empty = PyTuple_New(0);
    if (kwargs && type && empty)
        result = PyObject_Call(type, empty, kwargs);
    Py_XDECREF(types);
    Py_XDECREF(type);
    Py_XDECREF(empty);
    Py_XDECREF(kwargs);
    return result;
}

/* -- The system's clocks by number -- */

static int read_clock(PyObject *args, const char *format, struct timespec *ts, int (*read)(clockid_t, struct timespec *))
{
    int clock;
    if (!PyArg_ParseTuple(args, format, &clock))
        return -1;
    if (read((clockid_t)clock, ts) != 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    return 0;
}

static PyObject *clock_clock_gettime(PyObject *module, PyObject *args)
{
    struct timespec ts;
    if (read_clock(args, "i:clock_gettime", &ts, clock_gettime) < 0)
        return NULL;
    return PyFloat_FromDouble((double)ts.tv_sec + ts.tv_nsec * 1e-9);
}

static PyObject *clock_clock_gettime_ns(PyObject *module, PyObject *args)
{
    struct timespec ts;
    _PyTime_t t;
    if (read_clock(args, "i:clock_gettime_ns", &ts, clock_gettime) < 0 || _PyTime_FromTimespec(&t, &ts) < 0)
        return NULL;
    return _PyTime_AsNanosecondsObject(t);
}

static PyObject *clock_clock_getres(PyObject *module, PyObject *args)
{
    struct timespec ts;
    if (read_clock(args, "i:clock_getres", &ts, clock_getres) < 0)
        return NULL;
    return PyFloat_FromDouble((double)ts.tv_sec + ts.tv_nsec * 1e-9);
}

static PyObject *set_clock(int clock, _PyTime_t t)
{
    struct timespec ts;
    if (_PyTime_AsTimespec(t, &ts) < 0)
        return NULL;
    if (clock_settime((clockid_t)clock, &ts) != 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_RETURN_NONE;
}

static PyObject *clock_clock_settime(PyObject *module, PyObject *args)
{
    int clock;
    PyObject *when;
    _PyTime_t t;
    if (!PyArg_ParseTuple(args, "iO:clock_settime", &clock, &when) ||
        _PyTime_FromSecondsObject(&t, when, _PyTime_ROUND_FLOOR) < 0)
        return NULL;
    return set_clock(clock, t);
}

static PyObject *clock_clock_settime_ns(PyObject *module, PyObject *args)
{
    int clock;
    PyObject *when;
    _PyTime_t t;
    if (!PyArg_ParseTuple(args, "iO:clock_settime", &clock, &when) || _PyTime_FromNanosecondsObject(&t, when) < 0)
        return NULL;
    return set_clock(clock, t);
}

static PyObject *clock_pthread_getcpuclockid(PyObject *module, PyObject *args)
{
    unsigned long thread;
    clockid_t clock;
    if (!PyArg_ParseTuple(args, "k:pthread_getcpuclockid", &thread))
        return NULL;
    int error = pthread_getcpuclockid((pthread_t)thread, &clock);
    if (error) {
        errno = error;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyLong_FromLong(clock);
}

/* -- Sleeping -- */

/* Until a moment of the monotonic clock, so that signals do not make it longer. */
static PyObject *clock_sleep(PyObject *module, PyObject *seconds)
{
    _PyTime_t timeout;
    if (_PyTime_FromSecondsObject(&timeout, seconds, _PyTime_ROUND_TIMEOUT) < 0)
        return NULL;
    if (timeout < 0) {
        PyErr_SetString(PyExc_ValueError, "sleep length must be non-negative");
        return NULL;
    }
    struct timespec until;
    _PyTime_AsTimespec_clamp(_PyTime_Add(_PyTime_GetMonotonicClock(), timeout), &until);
    for (;;) {
        int error;
        Py_BEGIN_ALLOW_THREADS
        error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        Py_END_ALLOW_THREADS
        if (error == 0)
            Py_RETURN_NONE;
        if (error != EINTR) {
            errno = error;
            return PyErr_SetFromErrno(PyExc_OSError);
        }
        if (PyErr_CheckSignals() < 0)
            return NULL;
    }
}

/* -- Table -- */

#define CLOCK_METHODS(name, read, doc) \
    {#name, clock_##name, METH_NOARGS, #name "() -> float\n\n" doc ", in seconds."}, \
    {#name "_ns", clock_##name##_ns, METH_NOARGS, #name "_ns() -> int\n\n" doc ", in nanoseconds."},

PyMethodDef clock_methods[] = {
    CLOCKS(CLOCK_METHODS)
    {"get_clock_info", clock_get_info, METH_VARARGS,
     "get_clock_info(name: str) -> namespace\n\nWhat is known of a clock: implementation, monotonic, adjustable, resolution."},
    {"clock_gettime", clock_clock_gettime, METH_VARARGS, "clock_gettime(clk_id) -> float\n\nThe time of a clock, in seconds."},
    {"clock_gettime_ns", clock_clock_gettime_ns, METH_VARARGS,
     "clock_gettime_ns(clk_id) -> int\n\nThe time of a clock, in nanoseconds."},
    {"clock_settime", clock_clock_settime, METH_VARARGS, "clock_settime(clk_id, time)\n\nSets a clock, in seconds."},
    {"clock_settime_ns", clock_clock_settime_ns, METH_VARARGS,
     "clock_settime_ns(clk_id, time)\n\nSets a clock, in nanoseconds."},
    {"clock_getres", clock_clock_getres, METH_VARARGS, "clock_getres(clk_id) -> float\n\nThe resolution of a clock, in seconds."},
    {"pthread_getcpuclockid", clock_pthread_getcpuclockid, METH_VARARGS,
     "pthread_getcpuclockid(thread_id) -> int\n\nThe number of the clock of a thread's processor time."},
    {"sleep", clock_sleep, METH_O, "sleep(seconds)\n\nWaits; the number may have a fraction."},
    {NULL}};

#define C(name) {#name, name},
static const struct {
    const char *name;
    int value;
} constants[] = {C(CLOCK_REALTIME) C(CLOCK_MONOTONIC) C(CLOCK_MONOTONIC_RAW) C(CLOCK_PROCESS_CPUTIME_ID)
                 C(CLOCK_THREAD_CPUTIME_ID) C(CLOCK_BOOTTIME) C(CLOCK_TAI)};

int clock_init(PyObject *module)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(constants); i++)
        if (PyModule_AddIntConstant(module, constants[i].name, constants[i].value) < 0)
            return -1;
    return 0;
}
