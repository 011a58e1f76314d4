/* sys: trace and profile functions written in Python. */
#include "modules/sys/sys.h"
#include "memory/state.h"
#include "structseq.h"
#include "frameobject.h"
#include "objects/names.h"
#include "vm/vm.h"

static const char *const event_names[] = {"call", "exception", "line", "return", "c_call", "c_exception", "c_return", "opcode"};

static PyObject *call_hook(PyObject *hook, PyFrameObject *frame, int what, PyObject *arg)
{
    PyObject *event = PyUnicode_InternFromString(event_names[what]);
    if (!event)
        return NULL;
    PyObject *args[] = {(PyObject *)frame, event, arg ? arg : Py_None};
    PyObject *result = PyObject_Vectorcall(hook, args, 3, NULL);
    Py_DECREF(event);
    if (!result)
        PyTraceBack_Here(frame);
    return result;
}

static int profile_trampoline(PyObject *self, PyFrameObject *frame, int what, PyObject *arg)
{
    PyObject *result = call_hook(self, frame, what, arg);
    if (!result) {
        PyEval_SetProfile(NULL, NULL);
        return -1;
    }
    Py_DECREF(result);
    return 0;
}

/* A call event asks the global function; what it returns is the frame's own function for all later events. */
static int trace_trampoline(PyObject *self, PyFrameObject *frame, int what, PyObject *arg)
{
    PyObject *hook = what == PyTrace_CALL ? Py_NewRef(self) : PyObject_GetAttr((PyObject *)frame, N(f_trace));
    if (!hook || hook == Py_None) {
        Py_XDECREF(hook);
        return hook ? 0 : -1;
    }
    PyObject *result = call_hook(hook, frame, what, arg);
    Py_DECREF(hook);
    if (!result) {
        PyEval_SetTrace(NULL, NULL);
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        if (PyObject_SetAttr((PyObject *)frame, N(f_trace), NULL) < 0)
            PyErr_Clear();
        PyErr_Restore(type, value, traceback);
        return -1;
    }
    int failed = result != Py_None && PyObject_SetAttr((PyObject *)frame, N(f_trace), result) < 0;
    Py_DECREF(result);
    return failed ? -1 : 0;
}

static PyObject *sys_settrace(PyObject *m, PyObject *hook)
{
    int off = hook == Py_None;
    trace_python_function = trace_trampoline;
    if (_PyEval_SetTrace(tstate_current(), off ? NULL : trace_trampoline, off ? NULL : hook) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *sys_setprofile(PyObject *m, PyObject *hook)
{
    int off = hook == Py_None;
    if (_PyEval_SetProfile(tstate_current(), off ? NULL : profile_trampoline, off ? NULL : hook) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *or_none(PyObject *x) { return Py_NewRef(x ? x : Py_None); }
static PyObject *sys_gettrace(PyObject *m, PyObject *u) { return or_none(tstate_current()->c_traceobj); }
static PyObject *sys_getprofile(PyObject *m, PyObject *u) { return or_none(tstate_current()->c_profileobj); }

static PyObject *sys_call_tracing(PyObject *m, PyObject *args)
{
    PyObject *function, *arguments;
    if (!PyArg_ParseTuple(args, "OO!:call_tracing", &function, &PyTuple_Type, &arguments))
        return NULL;
    PyThreadState *t = tstate_current();
    int tracing = t->tracing;
    t->tracing = 0;
    PyObject *result = PyObject_Call(function, arguments, NULL);
    t->tracing = tracing;
    return result;
}

/* ---- asynchronous generators and coroutines ----------------------------------------------------------------------- */

static PyObject *sys_get_coroutine_origin_tracking_depth(PyObject *m, PyObject *u)
{
    return PyLong_FromLong(tstate_current()->coroutine_origin_tracking_depth);
}

static PyObject *sys_set_coroutine_origin_tracking_depth(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"depth", NULL};
    int depth;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "i:set_coroutine_origin_tracking_depth", names, &depth))
        return NULL;
    if (depth < 0) {
        PyErr_SetString(PyExc_ValueError, "depth must be >= 0");
        return NULL;
    }
    tstate_current()->coroutine_origin_tracking_depth = depth;
    Py_RETURN_NONE;
}

static int hook_allowed(PyObject *hook, const char *name)
{
    if (!hook || hook == Py_None || PyCallable_Check(hook))
        return 1;
    PyErr_Format(PyExc_TypeError, "callable %s expected, got %.50s", name, Py_TYPE(hook)->tp_name);
    return 0;
}

static PyObject *sys_set_asyncgen_hooks(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"firstiter", "finalizer", NULL};
    PyObject *firstiter = NULL, *finalizer = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OO:set_asyncgen_hooks", names, &firstiter, &finalizer))
        return NULL;
    if (!hook_allowed(finalizer, "finalizer") || !hook_allowed(firstiter, "firstiter"))
        return NULL;
    PyThreadState *t = tstate_current();
    if (finalizer) {
        if (PySys_Audit("sys.set_asyncgen_hook_finalizer", NULL) < 0)
            return NULL;
        Py_XSETREF(t->async_gen_finalizer, finalizer == Py_None ? NULL : Py_NewRef(finalizer));
    }
    if (firstiter) {
        if (PySys_Audit("sys.set_asyncgen_hook_firstiter", NULL) < 0)
            return NULL;
        Py_XSETREF(t->async_gen_firstiter, firstiter == Py_None ? NULL : Py_NewRef(firstiter));
    }
    Py_RETURN_NONE;
}

static PyStructSequence_Field hooks_fields[] = {{"firstiter", "called when an asynchronous generator is first iterated"},
                                                {"finalizer", "called when one is about to be collected"}, {NULL, NULL}};
static PyStructSequence_Desc hooks_desc = {"asyncgen_hooks", NULL, hooks_fields, 2};
static PyTypeObject HooksType;

static PyObject *sys_get_asyncgen_hooks(PyObject *m, PyObject *u)
{
    if (PyStructSequence_InitType2(&HooksType, &hooks_desc) < 0)
        return NULL;
    PyObject *hooks = PyStructSequence_New(&HooksType);
    if (hooks) {
        PyStructSequence_SET_ITEM(hooks, 0, or_none(tstate_current()->async_gen_firstiter));
        PyStructSequence_SET_ITEM(hooks, 1, or_none(tstate_current()->async_gen_finalizer));
    }
    return hooks;
}

#define KEYS(name) (PyCFunction)(void (*)(void))sys_##name, METH_VARARGS | METH_KEYWORDS

PyMethodDef sys_trace_functions[] = {
    {"settrace", sys_settrace, METH_O, "settrace(function)\n\nSets the function that is called at each call, line, return and exception."},
    {"setprofile", sys_setprofile, METH_O, "setprofile(function)\n\nSets the function that is called at each call and return."},
    {"gettrace", sys_gettrace, METH_NOARGS, "gettrace($module, /)\n--\n\nThe trace function, or None."},
    {"getprofile", sys_getprofile, METH_NOARGS, "getprofile($module, /)\n--\n\nThe profile function, or None."},
    {"call_tracing", sys_call_tracing, METH_VARARGS, "call_tracing($module, func, args, /)\n--\n\nCalls a function with tracing on, for a debugger."},
    {"get_coroutine_origin_tracking_depth", sys_get_coroutine_origin_tracking_depth, METH_NOARGS,
     "get_coroutine_origin_tracking_depth($module, /)\n--\n\nHow many frames a coroutine remembers of its making."},
    {"set_coroutine_origin_tracking_depth", KEYS(set_coroutine_origin_tracking_depth),
     "set_coroutine_origin_tracking_depth($module, /, depth)\n--\n\nSets how many frames a coroutine remembers of its making."},
    {"set_asyncgen_hooks", KEYS(set_asyncgen_hooks), "set_asyncgen_hooks(* [, firstiter] [, finalizer])\n\nSets the hooks of asynchronous generators."},
    {"get_asyncgen_hooks", sys_get_asyncgen_hooks, METH_NOARGS, "get_asyncgen_hooks($module, /)\n--\n\nThe hooks of asynchronous generators."},
    {NULL, NULL, 0, NULL}};
