/* The C API of evaluation: running code objects, the current frame's namespaces, pending calls, recursion, the lock. */
#include "vm/eval.h"
#include "vm/vm.h"
#include "vm/gil.h"
#include "memory/look.h"
#include "memory/stack.h"

#include <limits.h>
#include <pthread.h>

/* ---- running code ---- */

PyObject *PyEval_EvalCode(PyObject *code, PyObject *globals, PyObject *locals)
{
    return PyEval_EvalCodeEx(code, globals, locals ? locals : globals, NULL, 0, NULL, 0, NULL, 0, NULL, NULL);
}

PyObject *PyEval_EvalCodeEx(PyObject *code, PyObject *globals, PyObject *locals, PyObject *const *args, int argc,
                            PyObject *const *kwds, int kwdc, PyObject *const *defs, int defc, PyObject *kwdefs,
                            PyObject *closure)
{
    if (!globals) {
        PyErr_SetString(PyExc_SystemError, "PyEval_EvalCodeEx: NULL globals");
        return NULL;
    }
    PyObject *builtins = function_builtins(globals);
    PyFunctionObject *func = builtins ? function_for_code(code, globals, builtins) : NULL;
    PyObject *kwnames = NULL, **values = NULL;
    if (!func)
        return NULL;
    if (defc) {
        func->func_defaults = PyTuple_New(defc);
        for (int i = 0; func->func_defaults && i < defc; i++)
            PyTuple_SET_ITEM(func->func_defaults, i, Py_NewRef(defs[i]));
    }
    func->func_kwdefaults = Py_XNewRef(kwdefs);
    func->func_closure = Py_XNewRef(closure);
    if (kwdc)
        kwnames = PyTuple_New(kwdc);
    values = PyMem_Malloc(((size_t)argc + (size_t)kwdc + 1) * sizeof *values);
    if ((defc && !func->func_defaults) || (kwdc && !kwnames) || !values) {
        Py_DECREF(func);
        Py_XDECREF(kwnames);
        PyMem_Free(values);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    for (int i = 0; i < argc; i++)
        values[i] = Py_NewRef(args[i]);
    for (int i = 0; i < kwdc; i++) {
        PyTuple_SET_ITEM(kwnames, i, Py_NewRef(kwds[2 * i]));
        values[argc + i] = Py_NewRef(kwds[2 * i + 1]);
    }
    ThreadState *t = thread_current();
    if (((PyCodeObject *)code)->co_flags & CO_OPTIMIZED)
        locals = NULL;
    Frame *f = frame_for_call(t, func, values, argc, kwnames, locals);
    PyMem_Free(values);
    Py_XDECREF(kwnames);
    return f ? vm_run(t, f, 0) : NULL;
}

PyObject *PyEval_EvalFrame(PyFrameObject *o) { return PyEval_EvalFrameEx(o, 0); }

PyObject *PyEval_EvalFrameEx(PyFrameObject *o, int throwing)
{
    PyErr_SetString(PyExc_NotImplementedError, "a frame object cannot be evaluated");
    return NULL;
}

PyObject *_PyEval_EvalFrameDefault(PyThreadState *t, struct _PyInterpreterFrame *f, int throwing)
{
    return vm_run((ThreadState *)t, (Frame *)f, throwing);
}

/* ---- the current frame ---- */

static Frame *current(void) { return frame_visible(thread_current()->frame); }

PyFrameObject *PyThreadState_GetFrame(PyThreadState *t)
{
    Frame *f = frame_visible(((ThreadState *)t)->frame);
    PyFrameObject *o = f ? frame_object(f) : NULL;
    if (f && !o)
        PyErr_Clear();
    return (PyFrameObject *)Py_XNewRef((PyObject *)o);
}

PyFrameObject *PyEval_GetFrame(void)
{
    Frame *f = current();
    PyFrameObject *o = f ? frame_object(f) : NULL;
    if (f && !o)
        PyErr_Clear();
    return o;
}

PyObject *PyEval_GetGlobals(void)
{
    Frame *f = current();
    return f ? f->globals : NULL;
}

PyObject *PyEval_GetBuiltins(void)
{
    Frame *f = current();
    return f ? f->func->func_builtins : interp_current()->builtins;
}

PyObject *PyEval_GetLocals(void)
{
    Frame *f = current();
    if (!f) {
        PyErr_SetString(PyExc_SystemError, "frame does not exist");
        return NULL;
    }
    return frame_fast_to_locals(f) < 0 ? NULL : f->locals;
}

PyObject *_PyEval_GetBuiltin(PyObject *name)
{
    PyObject *builtins = PyEval_GetBuiltins();
    PyObject *v = builtins ? PyDict_GetItemWithError(builtins, name) : NULL;
    if (!v && !PyErr_Occurred())
        PyErr_SetObject(PyExc_AttributeError, name);
    return Py_XNewRef(v);
}

PyObject *_PyEval_GetBuiltinId(_Py_Identifier *id)
{
    PyObject *name = PyUnicode_InternFromString(id->string);
    PyObject *v = name ? _PyEval_GetBuiltin(name) : NULL;
    Py_XDECREF(name);
    return v;
}

int PyEval_MergeCompilerFlags(PyCompilerFlags *flags)
{
    Frame *f = current();
    if (f)
        flags->cf_flags |= f->code->co_flags & PyCF_MASK;
    return flags->cf_flags != 0;
}

const char *PyEval_GetFuncName(PyObject *func)
{
    if (PyMethod_Check(func))
        return PyEval_GetFuncName(PyMethod_GET_FUNCTION(func));
    if (PyFunction_Check(func))
        return PyUnicode_AsUTF8(((PyFunctionObject *)func)->func_name);
    if (PyCFunction_Check(func))
        return ((PyCFunctionObject *)func)->m_ml->ml_name;
    return Py_TYPE(func)->tp_name;
}

const char *PyEval_GetFuncDesc(PyObject *func)
{
    return PyMethod_Check(func) || PyFunction_Check(func) || PyCFunction_Check(func) ? "()" : " object";
}

/* ---- recursion ---- */

int Py_GetRecursionLimit(void) { return interp_current()->recursion_limit; }

static int recursion_cap; /* 0: none */

void vm_cap_recursion(int limit)
{
    recursion_cap = limit;
    Py_SetRecursionLimit(limit);
}

void Py_SetRecursionLimit(int limit)
{
    PyInterpreterState *interp = interp_current();
    if (recursion_cap && limit > recursion_cap)
        limit = recursion_cap;
    interp->recursion_limit = limit;
    for (PyThreadState *t = interp->threads; t; t = t->next) {
        int depth = t->recursion_limit - t->recursion_remaining;
        t->recursion_limit = limit;
        t->recursion_remaining = limit - depth;
    }
}

int Py_EnterRecursiveCall(const char *where) { return c_stack_low() ? c_stack_check(where) : 0; }
void Py_LeaveRecursiveCall(void) {}

/* ---- pending calls ---- */

#define PENDING_MAX 32
static struct {
    pthread_mutex_t mutex;
    struct { int (*func)(void *); void *arg; } calls[PENDING_MAX];
    int first, count, busy;
} pending = {.mutex = PTHREAD_MUTEX_INITIALIZER};

int Py_AddPendingCall(int (*func)(void *), void *arg)
{
    pthread_mutex_lock(&pending.mutex);
    int err = -1;
    if (pending.count < PENDING_MAX) {
        int slot = (pending.first + pending.count++) % PENDING_MAX;
        pending.calls[slot].func = func;
        pending.calls[slot].arg = arg;
        err = 0;
    }
    pthread_mutex_unlock(&pending.mutex);
    if (_PyRuntime.main_interpreter)
        _PyRuntime.main_interpreter->eval_breaker = 1;
    return err;
}

static int run_pending(void)
{
    if (pending.busy || !pending.count || PyThread_get_thread_ident() != _PyRuntime.main_thread)
        return 0;
    int err = 0;
    pending.busy = 1;
    for (int n = pending.count; n > 0 && err == 0; n--) {
        pthread_mutex_lock(&pending.mutex);
        int (*func)(void *) = pending.calls[pending.first].func;
        void *arg = pending.calls[pending.first].arg;
        pending.first = (pending.first + 1) % PENDING_MAX;
        pending.count--;
        pthread_mutex_unlock(&pending.mutex);
        err = func(arg) ? -1 : 0;
    }
    pending.busy = 0;
    return err;
}

int Py_MakePendingCalls(void)
{
    if (PyErr_CheckSignals() < 0)
        return -1;
    return run_pending();
}

/* A thread that gets the lock looks for what came while others had it: they have cleared the breaker. */
static void breaker_rearm(PyThreadState *t)
{
    if (t->async_exc || t->thread_id == _PyRuntime.main_thread)
        t->interp->eval_breaker = 1;
}

int vm_breaker(ThreadState *t)
{
    PyInterpreterState *interp = t->base.interp;
    if (look_lasts()) /* signals, pending calls, other threads and tracing wait until its end */
        return 0;
    interp->eval_breaker = interp->tracing_threads > 0;
    if (t->base.thread_id == _PyRuntime.main_thread && (PyErr_CheckSignals() < 0 || run_pending() < 0))
        return -1;
    if (gil_yield_if_asked(&t->base))
        breaker_rearm(&t->base);
    if (t->base.async_exc) {
        PyObject *exc = t->base.async_exc;
        t->base.async_exc = NULL;
        PyErr_SetNone(exc);
        Py_DECREF(exc);
        return -1;
    }
    return vm_follow_tracing(t);
}

int vm_follow_tracing(ThreadState *t)
{
    int wanted = trace_wanted(t);
    return t->frame->vm->traced != wanted ? trace_switch(t->frame, wanted, 0) : 0;
}

/* ---- the interpreter lock ---- */

PyThreadState *PyEval_SaveThread(void)
{
    c_context_save_caller(&thread_current()->c_context);
    PyThreadState *t = tstate_current();
    gil_release(t);
    return t;
}
void PyEval_RestoreThread(PyThreadState *t)
{
    gil_take(t);
    breaker_rearm(t);
}
void PyEval_AcquireThread(PyThreadState *t) { PyEval_RestoreThread(t); }
void PyEval_ReleaseThread(PyThreadState *t) { gil_release(t); }
void PyEval_AcquireLock(void) { PyEval_RestoreThread(PyGILState_GetThisThreadState()); }
void PyEval_ReleaseLock(void) { gil_release(tstate_current()); }
int PyEval_ThreadsInitialized(void) { return 1; }
void PyEval_InitThreads(void) {}
void _PyEval_SetSwitchInterval(unsigned long microseconds) { gil_set_interval((double)microseconds * 1e-6); }
unsigned long _PyEval_GetSwitchInterval(void) { return (unsigned long)(gil_interval() * 1e6); }
