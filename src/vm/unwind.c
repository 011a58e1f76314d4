/* From a raised exception to the handler: tracebacks, the exception table, raise and except semantics. */
#include "vm/vm.h"
#include "memory/limit.h"

static const char CANNOT_CATCH[] = "catching classes that do not inherit from BaseException is not allowed";
static const char CANNOT_CATCH_STAR[] =
    "catching ExceptionGroup with except* is not allowed. Use except instead.";

void unwind_traceback_at(ThreadState *t, Frame *f, int unit)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    limit_spare_begin();
    PyFrameObject *o = frame_object(f);
    PyObject *entry = o ? traceback_new(tb, o, unit * 2, unit == frame_lasti(f) ? frame_line(f) : PyCode_Addr2Line(f->code, unit * 2)) : NULL;
    limit_spare_end();
    if (!entry) {
        PyErr_Clear(); /* without memory the traceback stays shorter */
        PyErr_Restore(type, value, tb);
        return;
    }
    Py_XDECREF(tb);
    PyErr_Restore(type, value, entry);
}

void unwind_traceback(ThreadState *t, Frame *f) { unwind_traceback_at(t, f, frame_lasti(f)); }

const Handler *unwind_find(const Frame *f)
{
    const VmCode *vm = f->vm;
    if (!vm->handler_count)
        return NULL;
    uint32_t at = vm->offsets[f->ip - vm->insts];
    int low = 0, high = vm->handler_count; /* entries are sorted and do not overlap */
    while (low < high) {
        int middle = (low + high) / 2;
        if (vm->handlers[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < vm->handler_count && vm->handlers[low].start <= at ? &vm->handlers[low] : NULL;
}

PyObject *unwind_take(ThreadState *t)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    PyErr_NormalizeException(&type, &value, &tb);
    PyException_SetTraceback(value, tb ? tb : Py_None);
    Py_XDECREF(type);
    Py_XDECREF(tb);
    return value;
}

/* An instance of the exception class `type`; NULL with an exception set. */
static PyObject *instantiate(PyObject *type)
{
    PyObject *value = PyObject_CallNoArgs(type);
    if (value && !PyExceptionInstance_Check(value)) {
        PyErr_Format(PyExc_TypeError, "calling %R should have returned an instance of BaseException, not %R", type,
                     Py_TYPE(value));
        Py_CLEAR(value);
    }
    return value;
}

static int set_cause(PyObject *value, PyObject *cause)
{
    PyObject *fixed;
    if (PyExceptionClass_Check(cause)) {
        fixed = PyObject_CallNoArgs(cause);
        if (!fixed)
            return -1;
    } else if (PyExceptionInstance_Check(cause)) {
        fixed = Py_NewRef(cause);
    } else if (cause == Py_None) {
        fixed = NULL;
    } else {
        PyErr_SetString(PyExc_TypeError, "exception causes must derive from BaseException");
        return -1;
    }
    PyException_SetCause(value, fixed);
    return 0;
}

static int raise_again(ThreadState *t)
{
    _PyErr_StackItem *info = t->base.exc_info;
    while ((!info->exc_value || info->exc_value == Py_None) && info->previous_item)
        info = info->previous_item;
    PyObject *value = info->exc_value;
    if (!value || value == Py_None) {
        PyErr_SetString(PyExc_RuntimeError, "No active exception to reraise");
        return 0;
    }
    PyErr_Restore(Py_NewRef((PyObject *)Py_TYPE(value)), Py_NewRef(value), PyException_GetTraceback(value));
    return 1;
}

int unwind_raise(ThreadState *t, PyObject *value, PyObject *cause)
{
    if (!value)
        return raise_again(t);
    if (PyExceptionClass_Check(value))
        Py_SETREF(value, instantiate(value));
    else if (!PyExceptionInstance_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "exceptions must derive from BaseException");
        Py_CLEAR(value);
    }
    if (value && cause && set_cause(value, cause) < 0)
        Py_CLEAR(value);
    if (value)
        PyErr_SetObject((PyObject *)Py_TYPE(value), value);
    Py_XDECREF(value);
    Py_XDECREF(cause);
    return 0;
}

/* The right side of except and except*: 0, or -1 with TypeError. */
static int check_catchable(PyObject *type, int star)
{
    int is_tuple = PyTuple_Check(type);
    Py_ssize_t n = is_tuple ? PyTuple_GET_SIZE(type) : 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *one = is_tuple ? PyTuple_GET_ITEM(type, i) : type;
        if (!PyExceptionClass_Check(one)) {
            PyErr_SetString(PyExc_TypeError, CANNOT_CATCH);
            return -1;
        }
        if (star) {
            int is_group = PyObject_IsSubclass(one, PyExc_BaseExceptionGroup);
            if (is_group > 0)
                PyErr_SetString(PyExc_TypeError, CANNOT_CATCH_STAR);
            if (is_group)
                return -1;
        }
    }
    return 0;
}

int unwind_match(PyObject *value, PyObject *type)
{
    if (check_catchable(type, 0) < 0)
        return -1;
    return PyErr_GivenExceptionMatches(value, type);
}

/* A plain exception caught by except* is wrapped into a group. */
static PyObject *wrap_in_group(PyObject *exc)
{
    PyObject *group = PyObject_CallFunction(PyExc_BaseExceptionGroup, "s(O)", "", exc);
    if (group) {
        PyObject *tb = PyException_GetTraceback(exc);
        if (tb) {
            PyException_SetTraceback(group, tb);
            Py_DECREF(tb);
        }
    }
    return group;
}

int unwind_group_match(PyObject *value, PyObject *type, PyObject **match, PyObject **rest)
{
    if (check_catchable(type, 1) < 0)
        return -1;
    if (value == Py_None) {
        *match = Py_NewRef(Py_None);
        *rest = Py_NewRef(Py_None);
        return 0;
    }
    int is_group = PyObject_IsInstance(value, PyExc_BaseExceptionGroup);
    if (is_group < 0)
        return -1;
    if (PyErr_GivenExceptionMatches(value, type)) {
        *match = is_group ? Py_NewRef(value) : wrap_in_group(value);
        if (!*match)
            return -1;
        *rest = Py_NewRef(Py_None);
        return 0;
    }
    if (is_group) {
        PyObject *pair = PyObject_CallMethod(value, "split", "(O)", type);
        if (!pair)
            return -1;
        if (!PyTuple_CheckExact(pair) || PyTuple_GET_SIZE(pair) < 2) {
            PyErr_Format(PyExc_TypeError, "%.200s.split must return a 2-tuple", Py_TYPE(value)->tp_name);
            Py_DECREF(pair);
            return -1;
        }
        PyObject *matched = PyTuple_GET_ITEM(pair, 0);
        if (matched != Py_None && !PyExceptionInstance_Check(matched)) {
            PyErr_Format(PyExc_TypeError, "%.200s.split must return exceptions or None", Py_TYPE(value)->tp_name);
            Py_DECREF(pair);
            return -1;
        }
        *match = Py_NewRef(matched);
        *rest = Py_NewRef(PyTuple_GET_ITEM(pair, 1));
        Py_DECREF(pair);
        return 0;
    }
    *match = Py_NewRef(Py_None);
    *rest = Py_NewRef(value);
    return 0;
}

int vm_recursion_overflow(ThreadState *t, const char *where)
{
    PyThreadState *b = &t->base;
    if (b->recursion_headroom > 0) {
        if (b->recursion_remaining < -50)
            Py_FatalError("Cannot recover from stack overflow.");
        return 0;
    }
    b->recursion_headroom++;
    PyErr_Format(PyExc_RecursionError, "maximum recursion depth exceeded%s", where);
    b->recursion_headroom--;
    return -1;
}
