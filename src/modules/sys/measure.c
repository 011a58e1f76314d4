/* sys: sizes, counts, limits, interning, frames. */
#include "modules/sys/sys.h"
#include "memory/memory.h"
#include "memory/state.h"
#include "objects/names.h"
#include "vm/gil.h"


static PyObject *sys_getrefcount(PyObject *m, PyObject *x) { return PyLong_FromSsize_t(Py_REFCNT(x)); }
static PyObject *sys_getrecursionlimit(PyObject *m, PyObject *u) { return PyLong_FromLong(Py_GetRecursionLimit()); }
static PyObject *sys_getallocatedblocks(PyObject *m, PyObject *u) { return PyLong_FromSsize_t(_Py_GetAllocatedBlocks()); }
static PyObject *sys_getswitchinterval(PyObject *m, PyObject *u) { return PyFloat_FromDouble(gil_interval()); }
static PyObject *sys_get_int_max_str_digits(PyObject *m, PyObject *u) { return PyLong_FromLong(interp_current()->int_max_str_digits); }
static PyObject *sys_getdlopenflags(PyObject *m, PyObject *u) { return PyLong_FromLong(interp_current()->dlopenflags); }

static PyObject *sys_setrecursionlimit(PyObject *m, PyObject *x)
{
    int limit = _PyLong_AsInt(x);
    if (limit == -1 && PyErr_Occurred())
        return NULL;
    if (limit < 1) {
        PyErr_SetString(PyExc_ValueError, "recursion limit must be greater or equal than 1");
        return NULL;
    }
    PyThreadState *t = tstate_current();
    int depth = t->recursion_limit - t->recursion_remaining + 1; /* this call is counted too */
    if (depth >= limit) {
        PyErr_Format(PyExc_RecursionError, "cannot set the recursion limit to %i at the recursion depth %i: the limit is too low",
                     limit, depth);
        return NULL;
    }
    Py_SetRecursionLimit(limit);
    Py_RETURN_NONE;
}

/* The size that an object says it has, without any header: Limpid puts none before containers.  -1 with an exception. */
static Py_ssize_t object_size(PyObject *x)
{
    if (PyType_Ready(Py_TYPE(x)) < 0)
        return -1;
    PyObject *method = _PyType_Lookup(Py_TYPE(x), N(__sizeof__));
    if (!method) {
        PyErr_Format(PyExc_TypeError, "Type %.100s doesn't define __sizeof__", Py_TYPE(x)->tp_name);
        return -1;
    }
    Py_INCREF(method);
    descrgetfunc get = Py_TYPE(method)->tp_descr_get;
    PyObject *bound = get ? get(method, x, (PyObject *)Py_TYPE(x)) : Py_NewRef(method);
    Py_DECREF(method);
    PyObject *size = bound ? PyObject_CallNoArgs(bound) : NULL;
    Py_XDECREF(bound);
    if (!size)
        return -1;
    Py_ssize_t n = PyLong_AsSsize_t(size);
    Py_DECREF(size);
    if (n < 0 && !PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "__sizeof__() should return >= 0");
    return n;
}

static PyObject *sys_getsizeof(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"object", "default", NULL};
    PyObject *x, *fallback = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:getsizeof", names, &x, &fallback))
        return NULL;
    Py_ssize_t size = object_size(x);
    if (size >= 0)
        return PyLong_FromSsize_t(size);
    if (!fallback || !PyErr_ExceptionMatches(PyExc_TypeError))
        return NULL;
    PyErr_Clear();
    return Py_NewRef(fallback);
}

static PyObject *sys_intern(PyObject *m, PyObject *s)
{
    if (!PyUnicode_CheckExact(s)) {
        PyErr_Format(PyExc_TypeError, PyUnicode_Check(s) ? "can't intern %.400s" : "intern() argument must be str, not %.50s",
                     s == Py_None ? "None" : Py_TYPE(s)->tp_name);
        return NULL;
    }
    Py_INCREF(s);
    PyUnicode_InternInPlace(&s);
    return s;
}

static PyObject *sys_setswitchinterval(PyObject *m, PyObject *x)
{
    double seconds = PyFloat_AsDouble(x);
    if (seconds == -1.0 && PyErr_Occurred())
        return NULL;
    if (seconds <= 0.0) {
        PyErr_SetString(PyExc_ValueError, "switch interval must be strictly positive");
        return NULL;
    }
    gil_set_interval(seconds);
    Py_RETURN_NONE;
}

static PyObject *sys_set_int_max_str_digits(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"maxdigits", NULL};
    int digits;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "i:set_int_max_str_digits", names, &digits))
        return NULL;
    if (digits != 0 && digits < 640) {
        PyErr_SetString(PyExc_ValueError, "maxdigits must be 0 or larger than 640");
        return NULL;
    }
    interp_current()->int_max_str_digits = digits;
    Py_RETURN_NONE;
}

static PyObject *sys_setdlopenflags(PyObject *m, PyObject *x)
{
    int flags = _PyLong_AsInt(x);
    if (flags == -1 && PyErr_Occurred())
        return NULL;
    interp_current()->dlopenflags = flags;
    Py_RETURN_NONE;
}

static PyObject *sys__clear_type_cache(PyObject *m, PyObject *u)
{
    PyType_ClearCache();
    Py_RETURN_NONE;
}

static PyObject *sys__debugmallocstats(PyObject *m, PyObject *u)
{
    _PyObject_DebugMallocStats(stderr);
    Py_RETURN_NONE;
}

static PyObject *sys__getframe(PyObject *m, PyObject *const *args, Py_ssize_t nargs)
{
    int depth = 0;
    if (!_PyArg_CheckPositional("_getframe", nargs, 0, 1) ||
        (nargs && (depth = _PyLong_AsInt(args[0])) == -1 && PyErr_Occurred()))
        return NULL;
    PyFrameObject *frame = PyThreadState_GetFrame(tstate_current());
    while (frame && depth-- > 0) {
        PyFrameObject *back = PyFrame_GetBack(frame);
        Py_DECREF(frame);
        frame = back;
    }
    if (!frame) {
        PyErr_SetString(PyExc_ValueError, "call stack is not deep enough");
        return NULL;
    }
    if (PySys_Audit("sys._getframe", "O", frame) < 0)
        Py_CLEAR(frame);
    return (PyObject *)frame;
}

/* A dict thread id → what `of` gives (new, or NULL to leave the thread out). */
static PyObject *by_thread(PyObject *(*of)(PyThreadState *))
{
    PyObject *dict = PyDict_New();
    for (PyThreadState *t = interp_current()->threads; dict && t; t = t->next) {
        PyObject *value = of(t), *id = value ? PyLong_FromUnsignedLong(t->thread_id) : NULL;
        if (value && (!id || PyDict_SetItem(dict, id, value) < 0))
            Py_CLEAR(dict);
        Py_XDECREF(id);
        Py_XDECREF(value);
    }
    return dict;
}

static PyObject *frame_of(PyThreadState *t) { return (PyObject *)PyThreadState_GetFrame(t); }

static PyObject *exception_of(PyThreadState *t)
{
    PyObject *value = t->exc_info->exc_value;
    if (!value || value == Py_None)
        return Py_BuildValue("OOO", Py_None, Py_None, Py_None);
    PyObject *tb = PyException_GetTraceback(value);
    PyObject *triple = Py_BuildValue("OOO", Py_TYPE(value), value, tb ? tb : Py_None);
    Py_XDECREF(tb);
    return triple;
}

static PyObject *sys__current_frames(PyObject *m, PyObject *u)
{
    return PySys_Audit("sys._current_frames", NULL) < 0 ? NULL : by_thread(frame_of);
}

static PyObject *sys__current_exceptions(PyObject *m, PyObject *u)
{
    return PySys_Audit("sys._current_exceptions", NULL) < 0 ? NULL : by_thread(exception_of);
}

#define NONE(name, doc) {#name, sys_##name, METH_NOARGS, #name "($module, /)\n--\n\n" doc}
#define ONE(name, arg, doc) {#name, sys_##name, METH_O, #name "($module, " arg ", /)\n--\n\n" doc}

PyMethodDef sys_memory_functions[] = {
    ONE(getrefcount, "object", "The reference count of the object, the argument's own reference included."),
    NONE(getrecursionlimit, "The largest depth of Python calls."),
    ONE(setrecursionlimit, "limit", "Sets the largest depth of Python calls."),
    NONE(getallocatedblocks, "The number of memory blocks now in use, whatever their size."),
    {"getsizeof", (PyCFunction)(void (*)(void))sys_getsizeof, METH_VARARGS | METH_KEYWORDS,
     "getsizeof(object [, default]) -> int\n\nThe size of the object in bytes."},
    ONE(intern, "string", "The one string of this value that all interned uses share."),
    NONE(getswitchinterval, "Seconds after which a running thread hands over to a waiting one."),
    ONE(setswitchinterval, "interval", "Sets the seconds after which a running thread hands over."),
    NONE(get_int_max_str_digits, "The limit of digits in conversions between int and str; 0 is none."),
    {"set_int_max_str_digits", (PyCFunction)(void (*)(void))sys_set_int_max_str_digits, METH_VARARGS | METH_KEYWORDS,
     "set_int_max_str_digits($module, /, maxdigits)\n--\n\nSets the limit of digits in conversions between int and str."},
    NONE(getdlopenflags, "The flags with which extension modules are opened."),
    ONE(setdlopenflags, "flags", "Sets the flags with which extension modules are opened."),
    NONE(_clear_type_cache, "Empties the cache of attributes found on types."),
    NONE(_debugmallocstats, "Prints the state of the allocator to stderr."),
    {"_getframe", (PyCFunction)(void (*)(void))sys__getframe, METH_FASTCALL,
     "_getframe($module, depth=0, /)\n--\n\nThe frame that many calls below the top of the stack."},
    NONE(_current_frames, "A dict of each thread's id and its current frame."),
    NONE(_current_exceptions, "A dict of each thread's id and the exception that it handles."),
    {NULL, NULL, 0, NULL}};
