/* Sub-interpreters: each has its own modules, sys, builtins, importlib, codecs, warnings and exit callbacks; the lock,
 * the heap, the collector, interned strings, static types and the configuration are those of the process. */
#include "memory/state.h"
#include "runtime/lifecycle.h"
#include "runtime/state.h"
#include "vm/gil.h"

void warnings_fini(void);

/* What is shared by all interpreters; 0 or -1. */
static int share(PyInterpreterState *interp, PyInterpreterState *main)
{
    interp->gc = main->gc;
    interp->ast = main->ast;
    interp->config = main->config;
    interp->check_codecs = main->check_codecs;
    interp->kept.exception_group = Py_NewRef(main->kept.exception_group);
    interp->kept.memory_error = Py_XNewRef(main->kept.memory_error);
    if (!main->extensions && !(main->extensions = PyDict_New()))
        return -1;
    interp->extensions = Py_NewRef(main->extensions);
    interp->has_foreign_code = main->has_foreign_code;
    interp->modules = PyDict_New();
    return interp->modules ? 0 : -1;
}

/* Ends a current interpreter that has no threads any more and frees it; afterwards nobody is current. */
static void dispose(PyThreadState *t)
{
    PyInterpreterState *interp = t->interp;
    interp->finalizing = 1;
    if (interp->sysdict && interp->builtins && interp->builtins_copy)
        interpreter_clear_modules(interp);
    interpreter_clear(interp);
    warnings_fini();
    _PyRuntime.main_interpreter->has_foreign_code |= interp->has_foreign_code;
    gil_swap(NULL);
    PyThreadState_Delete(t);
    interp_free(interp);
}

/* A new interpreter, whose first thread state becomes current; NULL without memory or after printing what failed: then
 * the thread state is current that was. */
PyThreadState *_Py_NewInterpreter(int isolated)
{
    PyThreadState *before = tstate_current();
    if (!_PyRuntime.initialized)
        Py_FatalError("Py_Initialize must be called first");
    PyInterpreterState *interp = interp_new();
    PyThreadState *t = interp ? PyThreadState_New(interp) : NULL;
    if (!t) {
        if (interp)
            interp_free(interp);
        return NULL;
    }
    gil_swap(t);
    interp->isolated = isolated;
    const char *step = share(interp, _PyRuntime.main_interpreter) < 0 ? "modules" : interpreter_start();
    if (!step && !interp->config->no_site) {
        PyObject *site = PyImport_ImportModule("site");
        Py_XDECREF(site);
        step = site ? NULL : "site";
    }
    if (!step)
        return t;
    if (PyErr_Occurred())
        PyErr_PrintEx(0);
    dispose(t);
    gil_swap(before);
    return NULL;
}

PyThreadState *Py_NewInterpreter(void) { return _Py_NewInterpreter(0); }

/* Ends the current interpreter; afterwards no thread state is current. */
void Py_EndInterpreter(PyThreadState *t)
{
    if (t != tstate_current())
        Py_FatalError("thread is not current");
    if (((ThreadState *)t)->frame)
        Py_FatalError("thread still has a frame");
    interpreter_run_down();
    if (thread_count_others() > 0)
        Py_FatalError("not the last thread");
    dispose(t);
}

PyInterpreterState *PyInterpreterState_New(void) { return interp_new(); }

/* Drops what the interpreter holds; the current thread state may be another interpreter's. */
void PyInterpreterState_Clear(PyInterpreterState *interp)
{
    PyThreadState *current = tstate_current(), *own = interp->threads;
    if (own && current != own)
        gil_swap(own);
    if (own) {
        interpreter_clear(interp);
        warnings_fini();
    }
    if (own && current != own)
        gil_swap(current);
}

/* Frees an interpreter that was cleared, with its thread states. */
void PyInterpreterState_Delete(PyInterpreterState *interp)
{
    while (interp->threads) {
        if (tstate_current() == interp->threads)
            gil_swap(NULL);
        PyThreadState_Delete(interp->threads);
    }
    interp_free(interp);
}
