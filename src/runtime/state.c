/* The state of the process, its interpreter and its threads: creation, lookup, and the calls of the C API on them. */
#include "memory/state.h"
#include "runtime/state.h"
#include "memory/stack.h"
#include "vm/gil.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <pthread.h>

_Static_assert(offsetof(_PyRuntimeState, tstate_current) == 576, "extension modules read this offset");

_PyRuntimeState _PyRuntime;

#define DEFAULT_RECURSION_LIMIT 1000

/* The thread state of each native thread, for PyGILState_*. */
static pthread_key_t autotss_key;
static int autotss_made;

/* ---- interpreters --------------------------------------------------------------------------------------------- */

PyInterpreterState *interp_new(void)
{
    PyInterpreterState *interp = calloc(1, sizeof *interp);
    if (!interp)
        return NULL;
    interp->recursion_limit = DEFAULT_RECURSION_LIMIT;
    interp->int_max_str_digits = 4300;
    interp->dlopenflags = 2; /* RTLD_NOW */
    if (!_PyRuntime.main_interpreter) {
        _PyRuntime.main_interpreter = interp;
        _PyRuntime.main_thread = PyThread_get_thread_ident();
        _PyRuntime.next_interpreter = 0;
    }
    interp->id = _PyRuntime.next_interpreter++;
    interp->id_references = -1;
    gil_link_interpreter(interp);
    return interp;
}

void interp_free(PyInterpreterState *interp)
{
    if (_PyRuntime.main_interpreter == interp)
        _PyRuntime.main_interpreter = NULL;
    gil_unlink_interpreter(interp);
    if (interp->import_lock.lock)
        PyThread_free_lock(interp->import_lock.lock);
    free(interp);
}

PyInterpreterState *PyInterpreterState_Get(void) { return interp_current(); }
PyInterpreterState *PyInterpreterState_Main(void) { return _PyRuntime.main_interpreter; }
PyInterpreterState *PyInterpreterState_Head(void) { return _PyRuntime.interpreters; }
PyInterpreterState *PyInterpreterState_Next(PyInterpreterState *interp) { return interp->next; }
PyThreadState *PyInterpreterState_ThreadHead(PyInterpreterState *interp) { return interp->threads; }
int64_t PyInterpreterState_GetID(PyInterpreterState *interp) { return interp->id; }

/* The dict where extension modules keep what belongs to the interpreter; borrowed, NULL without memory. */
PyObject *PyInterpreterState_GetDict(PyInterpreterState *interp)
{
    if (!interp->dict && !(interp->dict = PyDict_New()))
        PyErr_Clear();
    return interp->dict;
}

/* ---- threads -------------------------------------------------------------------------------------------------- */

/* A new thread state, linked into its interpreter; NULL without memory (no error set: there may be no thread yet). */
PyThreadState *PyThreadState_New(PyInterpreterState *interp)
{
    ThreadState *thread = calloc(1, sizeof *thread);
    if (!thread)
        return NULL;
    PyThreadState *t = &thread->base;
    static uint64_t next_id; /* ids only grow, over all interpreters */
    t->id = ++next_id;
    t->interp = interp;
    t->recursion_limit = interp->recursion_limit;
    t->recursion_remaining = interp->recursion_limit;
    t->exc_info = &t->exc_state;
    t->cframe = &thread->cframe;
    t->context_ver = 1;
    t->gilstate_counter = 1;
    t->thread_id = PyThread_get_thread_ident();
    t->native_thread_id = (unsigned long)syscall(SYS_gettid);
    c_stack_measure(thread);
    t->next = interp->threads;
    if (t->next)
        t->next->prev = t;
    interp->threads = t;
    if (!autotss_made && pthread_key_create(&autotss_key, NULL) == 0)
        autotss_made = 1;
    if (!pthread_getspecific(autotss_key))
        pthread_setspecific(autotss_key, t);
    t->_initialized = 1;
    return t;
}

/* Tells a thread state made by another thread which thread runs it. */
void thread_bind(PyThreadState *t)
{
    t->thread_id = PyThread_get_thread_ident();
    t->native_thread_id = (unsigned long)syscall(SYS_gettid);
    c_stack_measure((ThreadState *)t);
    pthread_setspecific(autotss_key, t);
}

int thread_count_others(void)
{
    int n = -1;
    for (PyThreadState *t = interp_current()->threads; t; t = t->next)
        n++;
    return n;
}

void PyThreadState_Clear(PyThreadState *t)
{
    Py_CLEAR(t->dict);
    Py_CLEAR(t->async_exc);
    Py_CLEAR(t->curexc_type);
    Py_CLEAR(t->curexc_value);
    Py_CLEAR(t->curexc_traceback);
    Py_CLEAR(t->exc_state.exc_value);
    t->c_profilefunc = NULL;
    t->c_tracefunc = NULL;
    Py_CLEAR(t->c_profileobj);
    Py_CLEAR(t->c_traceobj);
    Py_CLEAR(t->async_gen_firstiter);
    Py_CLEAR(t->async_gen_finalizer);
    Py_CLEAR(t->context);
    ((ThreadState *)t)->keeps_memory_error = 0;
    Py_CLEAR(((ThreadState *)t)->memory_error);
    if (t->on_delete)
        t->on_delete(t->on_delete_data);
    t->on_delete = NULL;
}

/* Takes a thread state out of its interpreter's list. */
static void thread_unlink(PyThreadState *t)
{
    if (t->prev)
        t->prev->next = t->next;
    else
        t->interp->threads = t->next;
    if (t->next)
        t->next->prev = t->prev;
}

/* Frees what a thread state that thread_unlink has taken out owns. */
static void thread_empty(PyThreadState *t)
{
    if (autotss_made && pthread_getspecific(autotss_key) == t)
        pthread_setspecific(autotss_key, NULL);
    while (t->datastack_chunk) {
        _PyStackChunk *previous = t->datastack_chunk->previous;
        PyMem_RawFree(t->datastack_chunk);
        t->datastack_chunk = previous;
    }
}

/* Unlinks and frees a thread state that is not the current one. */
void PyThreadState_Delete(PyThreadState *t)
{
    thread_unlink(t);
    thread_empty(t);
    free(t);
}

/* Unlinked and emptied before the lock is given away: who has it next must not count a thread that is over, nor its memory. */
void PyThreadState_DeleteCurrent(void)
{
    PyThreadState *t = tstate_current();
    thread_unlink(t);
    thread_empty(t);
    gil_release(t);
    free(t);
}

PyThreadState *PyThreadState_Get(void)
{
    PyThreadState *t = tstate_current();
    if (!t)
        Py_FatalError("the function must be called with the GIL held, but the GIL is released "
                      "(the current Python thread state is NULL)");
    return t;
}

PyThreadState *_PyThreadState_UncheckedGet(void) { return tstate_current(); }

PyThreadState *PyThreadState_Swap(PyThreadState *t)
{
    PyThreadState *old = _PyRuntime.tstate_current;
    gil_swap(t);
    return old;
}

PyThreadState *PyThreadState_Next(PyThreadState *t) { return t->next; }
PyInterpreterState *PyThreadState_GetInterpreter(PyThreadState *t) { return t->interp; }
uint64_t PyThreadState_GetID(PyThreadState *t) { return t->id; }

PyObject *_PyThreadState_GetDict(PyThreadState *t)
{
    if (!t->dict && !(t->dict = PyDict_New()))
        PyErr_Clear();
    return t->dict;
}

/* The thread's dict for extension modules; borrowed, NULL without a current thread or memory. */
PyObject *PyThreadState_GetDict(void)
{
    PyThreadState *t = tstate_current();
    return t ? _PyThreadState_GetDict(t) : NULL;
}

/* Raises `exception` in the thread with that id at its next check; the number of threads found (0 or 1). */
int PyThreadState_SetAsyncExc(unsigned long id, PyObject *exception)
{
    for (PyThreadState *t = interp_current()->threads; t; t = t->next) {
        if (t->thread_id != id)
            continue;
        PyObject *old = t->async_exc;
        t->async_exc = Py_XNewRef(exception);
        Py_XDECREF(old);
        t->interp->eval_breaker = 1;
        return 1;
    }
    return 0;
}

void PyThreadState_EnterTracing(PyThreadState *t) { t->tracing++; }
void PyThreadState_LeaveTracing(PyThreadState *t) { t->tracing--; }

/* ---- calls from threads that Python did not make ---------------------------------------------------------------- */

PyThreadState *PyGILState_GetThisThreadState(void)
{
    return autotss_made ? pthread_getspecific(autotss_key) : NULL;
}

int PyGILState_Check(void)
{
    PyThreadState *t = tstate_current();
    return t && (_PyRuntime.next_interpreter > 1 || !autotss_made || t == PyGILState_GetThisThreadState());
}

PyGILState_STATE PyGILState_Ensure(void)
{
    PyThreadState *t = PyGILState_GetThisThreadState();
    int had_lock = t && t == tstate_current();
    if (!t) {
        t = PyThreadState_New(_PyRuntime.main_interpreter);
        if (!t)
            Py_FatalError("Couldn't create thread-state for new thread");
        t->gilstate_counter = 0;
    }
    if (!had_lock)
        PyEval_RestoreThread(t);
    t->gilstate_counter++;
    return had_lock ? PyGILState_LOCKED : PyGILState_UNLOCKED;
}

void PyGILState_Release(PyGILState_STATE state)
{
    PyThreadState *t = PyGILState_GetThisThreadState();
    if (!t)
        Py_FatalError("auto-releasing thread-state, but no thread-state for this thread");
    if (--t->gilstate_counter == 0) {
        t->gilstate_counter++; /* destructors may call Ensure and Release */
        PyThreadState_Clear(t);
        PyThreadState_DeleteCurrent();
    } else if (state == PyGILState_UNLOCKED) {
        PyEval_SaveThread();
    }
}
