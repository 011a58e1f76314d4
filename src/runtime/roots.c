/* The labelled roots: the table of those who hold references, and those of interpreters and threads. */
#include "memory/roots.h"
#include "memory/state.h"
#include "runtime/warnings.h"

#include <stddef.h>

#define ROOTS(name) void name##_roots(RootVisit visit, void *arg);
#include "runtime/roots.def"
#undef ROOTS

void roots_visit(RootVisit visit, void *arg)
{
#define ROOTS(name) name##_roots(visit, arg);
#include "runtime/roots.def"
#undef ROOTS
}

typedef struct {
    const char *label;
    size_t offset;
} Held;

static const Held of_interpreter[] = {
#define HELD(field, label)                                                                                             \
    {                                                                                                                  \
        label, offsetof(PyInterpreterState, field)                                                                     \
    }
    HELD(modules, "sys.modules"),
    HELD(modules_by_index, "interpreter: modules by index"),
    HELD(extensions, "interpreter: single-phase modules"),
    HELD(sysdict, "interpreter: sys.__dict__"),
    HELD(builtins, "interpreter: builtins.__dict__"),
    HELD(builtins_copy, "interpreter: copy of builtins.__dict__"),
    HELD(importlib, "interpreter: importlib._bootstrap"),
    HELD(import_func, "interpreter: __import__"),
    HELD(codec_search_path, "codec registry: search functions"),
    HELD(codec_search_cache, "codec registry: cache"),
    HELD(codec_error_registry, "codec registry: error handlers"),
    HELD(dict, "interpreter: dict of extension modules"),
    HELD(audit_hooks, "audit hooks"),
    HELD(fork_before, "os.register_at_fork: before"),
    HELD(fork_after_parent, "os.register_at_fork: after in parent"),
    HELD(fork_after_child, "os.register_at_fork: after in child"),
    HELD(kept.exit_callbacks, "atexit"),
    HELD(interned, "interpreter: interned"),
    HELD(small_types, "interpreter: types"),
#undef HELD
};

static const Held of_thread[] = {
#define HELD(field, label)                                                                                             \
    {                                                                                                                  \
        label, offsetof(ThreadState, field)                                                                            \
    }
    HELD(base.dict, "thread: dict"),
    HELD(base.async_exc, "thread: asynchronous exception"),
    HELD(base.curexc_type, "thread: type of the pending exception"),
    HELD(base.curexc_value, "thread: pending exception"),
    HELD(base.curexc_traceback, "thread: traceback of the pending exception"),
    HELD(base.exc_state.exc_value, "thread: exception being handled"),
    HELD(base.c_profileobj, "thread: profile function"),
    HELD(base.c_traceobj, "thread: trace function"),
    HELD(base.async_gen_firstiter, "thread: hook of asynchronous generators"),
    HELD(base.async_gen_finalizer, "thread: finalizer of asynchronous generators"),
    HELD(base.context, "thread: context"),
    HELD(memory_error, "thread: MemoryError kept for need"),
#undef HELD
};

/* A module's errors and types, kept by its C code. */
static void tell_kept(PyInterpreterState *interp, RootVisit visit, void *arg)
{
    PyObject **kept = (PyObject **)&interp->kept;
    for (size_t i = 0; i < sizeof interp->kept / sizeof *kept; i++)
        if (&kept[i] != &interp->kept.exit_callbacks)
            root_tell(visit, arg, kept[i], "interpreter: kept object", (Py_ssize_t)i);
}

static void tell_held(const Held *table, size_t n, void *base, Py_ssize_t index, RootVisit visit, void *arg)
{
    for (size_t i = 0; i < n; i++)
        root_tell(visit, arg, *(PyObject **)((char *)base + table[i].offset), table[i].label, index);
}

void interpreter_roots(RootVisit visit, void *arg)
{
    for (PyInterpreterState *interp = _PyRuntime.interpreters; interp != NULL; interp = interp->next) {
        Py_ssize_t which = interp == _PyRuntime.main_interpreter ? -1 : (Py_ssize_t)interp->id;
        tell_held(of_interpreter, sizeof of_interpreter / sizeof *of_interpreter, interp, which, visit, arg);
        tell_kept(interp, visit, arg);
        if (interp->warnings != NULL) {
            root_tell(visit, arg, interp->warnings->filters, "warnings: filters", which);
            root_tell(visit, arg, interp->warnings->once_registry, "warnings: once registry", which);
            root_tell(visit, arg, interp->warnings->default_action, "warnings: default action", which);
        }
        for (struct _PyArg_Parser *p = interp->arg_parsers; p != NULL; p = p->next)
            root_tell(visit, arg, p->kwtuple, "parameter names of a C function", -1);
        for (PyThreadState *t = interp->threads; t != NULL; t = t->next) {
            Py_ssize_t id = t->thread_id == _PyRuntime.main_thread ? -1 : (Py_ssize_t)t->id;
            tell_held(of_thread, sizeof of_thread / sizeof *of_thread, t, id, visit, arg);
        }
    }
}
