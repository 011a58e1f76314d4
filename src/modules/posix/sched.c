/* posix: the scheduler. */
#include "modules/posix/posix.h"
#include "capi/structseq.h"
#include "modules/posix/exec.h"
#include <sched.h>

static PyTypeObject SchedParam_Type;

static PyStructSequence_Field param_fields[] = {{"sched_priority", "the scheduling priority"}, {NULL}};
static PyStructSequence_Desc param_desc = {"posix.sched_param",
                                           "sched_param(sched_priority)\n--\n\nA scheduling parameter.", param_fields, 1};

static PyObject *param_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    KEYWORDS("sched_priority");
    PyObject *priority;
    if (!PARSE("O:sched_param", &priority))
        return NULL;
    PyObject *param = PyStructSequence_New(type);
    if (param)
        PyStructSequence_SET_ITEM(param, 0, Py_NewRef(priority));
    return param;
}

static PyObject *param_reduce(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    return Py_BuildValue("(O(O))", Py_TYPE(self), PyStructSequence_GET_ITEM(self, 0));
}
static PyMethodDef param_reduce_def = {"__reduce__", param_reduce, METH_NOARGS, NULL};

int sched_param_convert(PyObject *o, void *result)
{
    if (!Py_IS_TYPE(o, &SchedParam_Type)) {
        PyErr_SetString(PyExc_TypeError, "must have a sched_param object");
        return 0;
    }
    long priority = PyLong_AsLong(PyStructSequence_GET_ITEM(o, 0));
    if (priority == -1 && PyErr_Occurred())
        return 0;
    if (priority > INT_MAX || priority < INT_MIN) {
        PyErr_SetString(PyExc_OverflowError, "sched_priority out of range");
        return 0;
    }
    ((struct sched_param *)result)->sched_priority = (int)priority;
    return 1;
}

static PyObject *number(int n) { return n < 0 ? posix_error() : PyLong_FromLong(n); }

static int pid_argument(PyObject *arg, int *pid)
{
    *pid = _PyLong_AsInt(arg);
    return *pid != -1 || !PyErr_Occurred();
}

static PyObject *posix_sched_get_priority_max(KWARGS)
{
    KEYWORDS("policy");
    int policy;
    return PARSE("i:sched_get_priority_max", &policy) ? number(sched_get_priority_max(policy)) : NULL;
}

static PyObject *posix_sched_get_priority_min(KWARGS)
{
    KEYWORDS("policy");
    int policy;
    return PARSE("i:sched_get_priority_min", &policy) ? number(sched_get_priority_min(policy)) : NULL;
}

static PyObject *posix_sched_getscheduler(ONEARG)
{
    int pid;
    return pid_argument(arg, &pid) ? number(sched_getscheduler(pid)) : NULL;
}

static PyObject *posix_sched_setscheduler(POSARGS)
{
    int pid, policy;
    struct sched_param param;
    if (!PyArg_ParseTuple(args, "iiO&:sched_setscheduler", &pid, &policy, sched_param_convert, &param))
        return NULL;
    return posix_done(sched_setscheduler(pid, policy, &param));
}

static PyObject *posix_sched_getparam(ONEARG)
{
    int pid;
    struct sched_param param;
    if (!pid_argument(arg, &pid))
        return NULL;
    if (sched_getparam(pid, &param) < 0)
        return posix_error();
    PyObject *result = PyStructSequence_New(&SchedParam_Type);
    if (result) {
        PyStructSequence_SET_ITEM(result, 0, PyLong_FromLong(param.sched_priority));
        if (PyErr_Occurred())
            Py_CLEAR(result);
    }
    return result;
}

static PyObject *posix_sched_setparam(POSARGS)
{
    int pid;
    struct sched_param param;
    if (!PyArg_ParseTuple(args, "iO&:sched_setparam", &pid, sched_param_convert, &param))
        return NULL;
    return posix_done(sched_setparam(pid, &param));
}

static PyObject *posix_sched_rr_get_interval(ONEARG)
{
    int pid;
    struct timespec interval;
    if (!pid_argument(arg, &pid))
        return NULL;
    if (sched_rr_get_interval(pid, &interval) < 0)
        return posix_error();
    return PyFloat_FromDouble((double)interval.tv_sec + 1e-9 * (double)interval.tv_nsec);
}

static PyObject *posix_sched_yield(NOARGS) { return posix_done(UNLOCKED(sched_yield())); }

/* -- Affinity: sets of processor numbers -- */

#define MAX_CPUS (1 << 16)

static PyObject *posix_sched_getaffinity(ONEARG)
{
    int pid;
    if (!pid_argument(arg, &pid))
        return NULL;
    cpu_set_t *cpus = NULL;
    int room;
    for (room = 1024; room <= MAX_CPUS; room *= 2) {
        cpus = CPU_ALLOC(room);
        if (!cpus)
            return PyErr_NoMemory();
        if (sched_getaffinity(pid, CPU_ALLOC_SIZE(room), cpus) == 0)
            break;
        CPU_FREE(cpus);
        if (errno != EINVAL)
            return posix_error();
    }
    if (room > MAX_CPUS)
        return posix_error();
    PyObject *result = PySet_New(NULL);
    for (int cpu = 0; result && cpu < room; cpu++)
        if (CPU_ISSET_S(cpu, CPU_ALLOC_SIZE(room), cpus)) {
            PyObject *n = PyLong_FromLong(cpu);
            if (!n || PySet_Add(result, n) < 0)
                Py_CLEAR(result);
            Py_XDECREF(n);
        }
    CPU_FREE(cpus);
    return result;
}

static PyObject *posix_sched_setaffinity(POSARGS)
{
    int pid;
    PyObject *mask, *item;
    if (!PyArg_ParseTuple(args, "iO:sched_setaffinity", &pid, &mask))
        return NULL;
    PyObject *iterator = PyObject_GetIter(mask), *result = NULL;
    if (!iterator)
        return NULL;
    size_t size = CPU_ALLOC_SIZE(MAX_CPUS);
    cpu_set_t *cpus = CPU_ALLOC(MAX_CPUS);
    if (!cpus) {
        PyErr_NoMemory();
        goto done;
    }
    CPU_ZERO_S(size, cpus);
    while ((item = PyIter_Next(iterator))) {
        if (!PyLong_Check(item)) {
            PyErr_Format(PyExc_TypeError, "expected an iterator of ints, but iterator yielded %R", Py_TYPE(item));
            Py_DECREF(item);
            goto done;
        }
        long cpu = PyLong_AsLong(item);
        Py_DECREF(item);
        if (cpu < 0) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "negative CPU number");
            goto done;
        }
        if (cpu >= MAX_CPUS) {
            PyErr_SetString(PyExc_OverflowError, "CPU number too large");
            goto done;
        }
        CPU_SET_S(cpu, size, cpus);
    }
    if (!PyErr_Occurred())
        result = posix_done(sched_setaffinity(pid, size, cpus));
done:
    if (cpus)
        CPU_FREE(cpus);
    Py_DECREF(iterator);
    return result;
}

PyMethodDef posix_sched_methods[] = {
    KW(sched_get_priority_max, "($module, /, policy)", "The highest priority of a policy.")
    KW(sched_get_priority_min, "($module, /, policy)", "The lowest priority of a policy.")
    ONE(sched_getscheduler, "($module, pid, /)", "The policy of a process.")
    POS(sched_setscheduler, "($module, pid, policy, param, /)", "Sets the policy of a process.")
    ONE(sched_getparam, "($module, pid, /)", "The scheduling parameter of a process.")
    POS(sched_setparam, "($module, pid, param, /)", "Sets the scheduling parameter of a process.")
    ONE(sched_rr_get_interval, "($module, pid, /)", "The time slice of a process, in seconds.")
    NONE(sched_yield, "Gives the processor up for now.")
    ONE(sched_getaffinity, "($module, pid, /)", "The processors that a process may use, as a set.")
    POS(sched_setaffinity, "($module, pid, mask, /)", "Sets the processors that a process may use.")
    {NULL}};

int posix_sched_init(PyObject *module)
{
    if (!(SchedParam_Type.tp_flags & Py_TPFLAGS_READY)) {
        if (PyStructSequence_InitType2(&SchedParam_Type, &param_desc) < 0)
            return -1;
        SchedParam_Type.tp_new = param_new;
        PyObject *reduce = PyDescr_NewMethod(&SchedParam_Type, &param_reduce_def);
        int status = reduce ? PyDict_SetItemString(SchedParam_Type.tp_dict, "__reduce__", reduce) : -1;
        Py_XDECREF(reduce);
        if (status < 0)
            return -1;
        PyType_Modified(&SchedParam_Type);
    }
    return PyModule_AddObjectRef(module, "sched_param", (PyObject *)&SchedParam_Type);
}
