/* Start and end of the runtime.
 *
 *   memory ─▶ interpreter, thread ─▶ init.def (types, names, exceptions …) ─▶ builtins, sys ─▶ importlib ─▶ streams ─▶
 * site
 *
 * The end has two halves.  The first is what programs can see: threads are joined, exit functions and finalisers run, output
 * is flushed.  The second gives back all memory, the static types' included; what still lives after it is a leak.  A process
 * that ends with the runtime leaves the second out. */
#include "runtime/lifecycle.h"
#include "memory/memory.h"
#include "memory/state.h"
#include "vm/specialise.h"
#include "objects/exceptions/exceptions.h"
#include "objects/code.h"
#include "objects/hash.h"
#include "objects/names.h"
#include "runtime/dump.h"
#include "runtime/import.h"
#include "runtime/observers.h"
#include "runtime/signals.h"
#include "runtime/state.h"
#include "vm/gil.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The two modules that start-up makes by hand; each is one init function to this floor. */
PyMODINIT_FUNC PyInit_builtins(void);
PyMODINIT_FUNC PyInit_sys(void);
int sys_configure(void);

#define INIT(name)                                                                                                     \
    int name##_init(void);                                                                                             \
    void name##_fini(void);
#include "runtime/init.def"
#undef INIT

typedef struct stage {
    const char *name;
    int (*start)(void);
    void (*end)(void);
} Stage;

static const Stage stages[] = {
#define INIT(name) {#name, name##_init, name##_fini},
#include "runtime/init.def"
#undef INIT
};
#define STAGES (sizeof stages / sizeof *stages)

static void (*exit_functions[32])(void);
static int exit_count;
static int process_ends; /* the process ends with the runtime: memory need not be given back */

/* ---- start ---------------------------------------------------------------------------------------------------------
 */

/* Says which step failed and why; -1.  Half a runtime cannot print exceptions: then only the type is named. */
static int failed(const char *step)
{
    PyThreadState *t = tstate_current();
    PyObject *type = t ? t->curexc_type : NULL;
    fprintf(stderr, "Fatal Python error: %s: the runtime cannot start\n", step);
    if (!type || type == PyExc_MemoryError)
        fprintf(stderr, "MemoryError\n");
    else if (_PyRuntime.core_initialized)
        PyErr_Print();
    else
        fprintf(stderr, "%s\n", ((PyTypeObject *)type)->tp_name);
    return -1;
}

/* The global variables of the C API say the same as the Config. */
static void set_flags(const Config *c)
{
    Py_DebugFlag = c->debug;
    Py_VerboseFlag = c->verbose;
    Py_QuietFlag = c->quiet;
    Py_InteractiveFlag = c->interactive;
    Py_InspectFlag = c->inspect;
    Py_OptimizeFlag = c->optimize;
    Py_NoSiteFlag = c->no_site;
    Py_BytesWarningFlag = c->bytes_warning;
    Py_IgnoreEnvironmentFlag = c->ignore_environment;
    Py_DontWriteBytecodeFlag = c->dont_write_bytecode;
    Py_NoUserSiteDirectory = c->no_user_site;
    Py_UnbufferedStdioFlag = c->unbuffered;
    Py_HashRandomizationFlag = c->hash_randomization;
    Py_IsolatedFlag = c->isolated;
    Py_UTF8Mode = c->utf8_mode;
}

int runtime_init_core(Config *config)
{
    set_flags(config);
    if (memory_init() < 0)
        return failed("memory_init");
    PyInterpreterState *interp = interp_new();
    PyThreadState *thread = interp ? PyThreadState_New(interp) : NULL;
    Config *kept = malloc(sizeof *kept);
    if (!thread || !kept)
        return failed("interp_new");
    *kept = *config;
    config_init(config);
    interp->config = kept;
    interp->check_codecs = kept->dev_mode;
    code_lines_only = kept->no_debug_ranges;
    hash_secret_init(kept->use_hash_seed, kept->hash_seed);
    gil_take(thread);
    for (size_t i = 0; i < STAGES; i++)
        if (stages[i].start() < 0)
            return failed(stages[i].name);
    interp->modules = PyDict_New();
    if (!interp->modules)
        return failed("modules");
    _PyRuntime.core_initialized = 1;
#if LIMPID_TORTURE
    torture.forget = caches_forget;
#endif
    return 0;
}

static int put_module(const char *name, PyObject *module)
{
    if (!module)
        return -1;
    int result = PyDict_SetItemString(interp_current()->modules, name, module);
    Py_DECREF(module);
    return result;
}

static int make_builtins(void)
{
    PyObject *module = PyInit_builtins();
    if (!module || exceptions_add_builtins(PyModule_GetDict(module)) < 0 || put_module("builtins", module) < 0)
        return -1;
    interp_current()->builtins_copy = PyDict_Copy(interp_current()->builtins);
    return interp_current()->builtins_copy ? 0 : -1;
}

static int make_main(void)
{
    PyObject *module = PyImport_AddModule("__main__");
    if (!module)
        return -1;
    PyObject *dict = PyModule_GetDict(module);
    PyObject *annotations = PyDict_New();
    int failed = !annotations || PyDict_SetItem(dict, N(__annotations__), annotations) < 0;
    Py_XDECREF(annotations);
    if (failed)
        return -1;
    PyObject *builtins = PyImport_AddModule("builtins");
    if (!builtins || PyDict_SetItem(dict, N(__builtins__), builtins) < 0)
        return -1;
    PyObject *loader = PyObject_GetAttrString(interp_current()->importlib, "BuiltinImporter");
    int result = loader ? PyDict_SetItem(dict, N(__loader__), loader) : -1;
    Py_XDECREF(loader);
    return result;
}

/* What importlib tells its steps to (-v) before the streams are there. */
static int make_early_stderr(void)
{
    PyObject *printer = PyFile_NewStdPrinter(2);
    int result = printer ? PySys_SetObject("stderr", printer) : -1;
    Py_XDECREF(printer);
    return result;
}

/* Imports a module for its effect; 0 or -1. */
static int import_for_effect(const char *name)
{
    PyObject *module = PyImport_ImportModule(name);
    Py_XDECREF(module);
    return module ? 0 : -1;
}

static int start_tracemalloc(int frames)
{
    PyObject *module = PyImport_ImportModule("_tracemalloc");
    PyObject *done = module ? PyObject_CallMethod(module, "start", "i", frames) : NULL;
    Py_XDECREF(module);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static int start_faulthandler(void)
{
    PyObject *module = PyImport_ImportModule("faulthandler");
    PyObject *done = module ? PyObject_CallMethod(module, "enable", NULL) : NULL;
    Py_XDECREF(module);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static int no_library(const Config *config)
{
    if (config->stdlib_dir || (config->no_site && config->isolated))
        return 0;
    fprintf(stderr,
            "limpid: no Python 3.11 standard library was found (searched below %s).\n"
            "Install it (Debian: apt-get install libpython3.11-stdlib) or set PYTHONHOME to the prefix that holds it.\n"
            "Programs that import built-in modules only run with -I -S.\n",
            config->base_prefix);
    return -1;
}

const char *interpreter_start(void)
{
    PyInterpreterState *interp = interp_current();
    int is_main = interp == _PyRuntime.main_interpreter;
    if (make_builtins() < 0)
        return "builtins";
    if (put_module("sys", PyInit_sys()) < 0 || sys_configure() < 0)
        return "sys";
    if (interp->config->verbose && make_early_stderr() < 0)
        return "early stderr";
    if (import_bootstrap() < 0)
        return "importlib";
    if (is_main && signals_init() < 0)
        return "signals";
    if (import_bootstrap_external() < 0)
        return "importlib external";
    if (is_main && interp->config->tracemalloc && start_tracemalloc(interp->config->tracemalloc) < 0)
        return "tracemalloc";
    if (make_main() < 0)
        return "__main__";
    return streams_init() < 0 ? "streams" : NULL;
}

int runtime_init(Config *config)
{
    setlocale(LC_CTYPE, "");
    if (no_library(config) < 0)
        return -1;
    gc_set_enabled(0); /* what start-up makes, stays */
    if (runtime_init_core(config) < 0)
        return -1;
    PyInterpreterState *interp = interp_current();
    const char *step = interpreter_start();
    if (step)
        return failed(step);
    if (interp->config->faulthandler && start_faulthandler() < 0)
        return failed("faulthandler");
    _PyRuntime.initialized = 1;
    gc_settle();
    gc_set_enabled(1);
    if (interp->config->warnoptions.count && import_for_effect("warnings") < 0)
        PyErr_Clear();
    if (!interp->config->no_site && import_for_effect("site") < 0)
        return failed("site");
    torture_begin();
    return 0;
}

/* ---- end -----------------------------------------------------------------------------------------------------------
 */

static void wait_for_threads(void)
{
    PyObject *threading = PyDict_GetItemString(interp_current()->modules, "threading");
    if (!threading)
        return;
    Py_INCREF(threading);
    PyObject *done = PyObject_CallMethodNoArgs(threading, N(_shutdown));
    if (!done)
        PyErr_WriteUnraisable(threading);
    Py_XDECREF(done);
    Py_DECREF(threading);
}

/* Values of sys that hold on to the user's objects. */
static void clear_sys_values(PyObject *sysdict)
{
    static const char *const names[] = {"path",
                                        "argv",
                                        "ps1",
                                        "ps2",
                                        "last_type",
                                        "last_value",
                                        "last_traceback",
                                        "path_hooks",
                                        "path_importer_cache",
                                        "meta_path"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (PyDict_SetItemString(sysdict, names[i], Py_None) < 0)
            PyErr_Clear();
    static const char *const streams[][2] = {
        {"stdin", "__stdin__"}, {"stdout", "__stdout__"}, {"stderr", "__stderr__"}};
    for (size_t i = 0; i < 3; i++) {
        PyObject *original = PyDict_GetItemString(sysdict, streams[i][1]);
        if (PyDict_SetItemString(sysdict, streams[i][0], original ? original : Py_None) < 0)
            PyErr_Clear();
    }
}

/* Takes every module out of sys.modules; what lives on through other references is cleared last, youngest first. */
void interpreter_clear_modules(PyInterpreterState *interp)
{
    PyObject *survivors = PyList_New(0), *name, *module;
    if (!survivors) {
        PyErr_Clear();
        return;
    }
    clear_sys_values(interp->sysdict);
    if (PyDict_SetItemString(interp->builtins, "_", Py_None) < 0)
        PyErr_Clear();
    PyObject *pairs = PyMapping_Items(interp->modules);
    for (Py_ssize_t i = 0; pairs && i < PyList_GET_SIZE(pairs); i++) {
        name = PyTuple_GET_ITEM(PyList_GET_ITEM(pairs, i), 0);
        module = PyTuple_GET_ITEM(PyList_GET_ITEM(pairs, i), 1);
        if (!PyModule_Check(module))
            continue;
        PyObject *ref = PyWeakref_NewRef(module, NULL), *pair = ref ? PyTuple_Pack(2, name, ref) : NULL;
        if (!pair || PyList_Append(survivors, pair) < 0)
            PyErr_Clear();
        Py_XDECREF(ref);
        Py_XDECREF(pair);
        if (PyDict_SetItem(interp->modules, name, Py_None) < 0)
            PyErr_Clear();
    }
    Py_XDECREF(pairs);
    PyDict_Clear(interp->modules);
    PyDict_Update(interp->builtins, interp->builtins_copy);
    _PyGC_CollectNoFail(tstate_current());
    gc_tell_uncollectable();
    for (Py_ssize_t i = PyList_GET_SIZE(survivors) - 1; i >= 0; i--) {
        module = PyWeakref_GetObject(PyTuple_GET_ITEM(PyList_GET_ITEM(survivors, i), 1));
        if (module == Py_None || !PyModule_Check(module))
            continue;
        PyObject *dict = PyModule_GetDict(module);
        if (dict == interp->sysdict || dict == interp->builtins)
            continue;
        Py_INCREF(module);
        _PyModule_Clear(module);
        Py_DECREF(module);
    }
    Py_DECREF(survivors);
    _PyGC_CollectNoFail(tstate_current());
    _PyModule_ClearDict(interp->sysdict);
    _PyModule_ClearDict(interp->builtins);
}

/* What the interpreter and the thread hold of the program's. */
void interpreter_clear(PyInterpreterState *interp)
{
    PyObject **held[] = {&interp->audit_hooks, &interp->codec_search_path, &interp->codec_search_cache,
                         &interp->codec_error_registry, &interp->modules, &interp->modules_by_index, &interp->extensions,
                         &interp->builtins_copy, &interp->importlib, &interp->import_func, &interp->dict,
                         &interp->fork_before, &interp->fork_after_parent, &interp->fork_after_child, &interp->sysdict,
                         &interp->builtins};
    PyThreadState_Clear(tstate_current());
    if (interp == _PyRuntime.main_interpreter)
        import_forget_extensions(interp);
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        Py_CLEAR(*held[i]);
    PyObject **kept = (PyObject **)&interp->kept;
    for (size_t i = 0; i < sizeof interp->kept / sizeof *kept; i++)
        if (&kept[i] != &interp->kept.memory_error)
            Py_CLEAR(kept[i]);
    _PyGC_CollectNoFail(tstate_current());
    Py_CLEAR(interp->kept.memory_error);
}

/* Gives back all memory, down to the thread's and the interpreter's state.  Daemon threads sleep for ever in gil_take: while
 * there are any, what they refer to stays. */
static void free_all(PyThreadState *t)
{
    PyInterpreterState *interp = t->interp;
    _PyRuntime.holders = interp->has_foreign_code ? "extension modules" : NULL;
    if (thread_count_others() > 0) {
        _PyRuntime.holders = "daemon threads";
        gil_release(t);
        _PyRuntime.main_interpreter = NULL;
    } else {
        Config *config = interp->config;
        for (size_t i = STAGES; i-- > 0;)
            stages[i].end();
        PyThreadState_DeleteCurrent();
        interp_free(interp);
        config_free(config);
        free(config);
    }
    _PyRuntime.finalizing = NULL;
}

int interpreter_run_down(void)
{
    wait_for_threads();
    atexit_run();
    return flush_std_files();
}

static void call_exit_functions(void)
{
    while (exit_count > 0)
        exit_functions[--exit_count]();
}

static void (*at_run_down)(void);
void runtime_at_run_down(void (*report)(void)) { at_run_down = report; }

static void (*at_leaving)(void);
static pid_t leaving;

void runtime_at_leaving(void (*leave)(void))
{
    at_leaving = leave;
    leaving = getpid();
}

void runtime_leaves(void)
{
    if (at_leaving && getpid() == leaving)
        at_leaving();
}

void runtime_ends_with_process(void) { process_ends = 1; }

int runtime_fini(void)
{
    if (!_PyRuntime.core_initialized)
        return 0;
    PyThreadState *t = tstate_current();
    PyInterpreterState *interp = t->interp;
    int result = 0;
    if (_PyRuntime.initialized) {
        result = interpreter_run_down();
        if (at_run_down)
            at_run_down();
        _PyRuntime.finalizing = t;
        interp->finalizing = 1;
        _PyRuntime.initialized = 0;
        signals_fini();
        if (process_ends && result == 0 && !end_is_observed()) {
            call_exit_functions();
            return 0;
        }
        interpreter_clear_modules(interp);
    }
    _PyRuntime.core_initialized = 0;
    interpreter_clear(interp);
    memory_fini();
    if (!process_ends)
        free_all(t);
    call_exit_functions();
    return result;
}

/* ---- the C API ------------------------------------------------------------------------------------------------------
 */

int Py_IsInitialized(void) { return _PyRuntime.initialized; }
int _Py_IsFinalizing(void) { return _PyRuntime.finalizing != NULL; }
int _Py_IsCoreInitialized(void) { return _PyRuntime.core_initialized; }

void Py_InitializeEx(int install_signals)
{
    if (_PyRuntime.initialized)
        return;
    Config config;
    config_init(&config);
    config.no_signal_handlers = !install_signals;
    if (config_read_environment(&config) < 0 || config_find_library(&config) < 0 || runtime_init(&config) < 0)
        Py_ExitStatusException((PyStatus){._type = _PyStatus_TYPE_ERROR, .err_msg = "cannot start the runtime"});
}

void Py_Initialize(void) { Py_InitializeEx(1); }
int Py_FinalizeEx(void) { return runtime_fini(); }
void Py_Finalize(void) { runtime_fini(); }

/* Registers a function to be called last of all; 0, or -1 when 32 are there. */
int Py_AtExit(void (*function)(void))
{
    if (exit_count == 32)
        return -1;
    exit_functions[exit_count++] = function;
    return 0;
}

void Py_Exit(int status)
{
    if (runtime_fini() < 0)
        status = 120;
    exit(status);
}

void Py_ExitStatusException(PyStatus status)
{
    if (status._type == _PyStatus_TYPE_EXIT)
        exit(status.exitcode);
    Py_FatalError(status.err_msg ? status.err_msg : "unknown error");
}

/* Ends the process at once with a message: something is broken that Python code cannot repair.  The pending exception,
 * or where all threads stand, is told too. */
void _Py_NO_RETURN _Py_FatalErrorFunc(const char *function, const char *message)
{
    PyThreadState *own = PyGILState_GetThisThreadState(), *holder = tstate_current();
    PyInterpreterState *interp = own ? own->interp : _PyRuntime.main_interpreter;
    int fd = fileno(stderr);
    static int entered;
    fprintf(stderr, "Fatal Python error: %s%s%s\n", function ? function : "", function ? ": " : "", message);
    if (_PyRuntime.core_initialized)
        fprintf(stderr, "Python runtime state: %s\n", _PyRuntime.initialized ? "initialized" : "core initialized");
    fflush(stderr);
    if (_PyRuntime.initialized && !entered) {
        entered = 1;
        dump_text(fd, "\n");
        if (own && own == holder && PyErr_Occurred())
            PyErr_PrintEx(0);
        else
            dump_threads(fd, interp, own);
        dump_extension_modules(fd, interp);
    }
    signal(SIGABRT, SIG_DFL); /* faulthandler has nothing to add */
    abort();
}

#undef Py_FatalError
void _Py_NO_RETURN Py_FatalError(const char *message) { _Py_FatalErrorFunc(NULL, message); }

const char *Py_GetVersion(void) { return "3.11.2 (limpid, main) [GCC " __VERSION__ "]"; }
const char *Py_GetBuildInfo(void) { return "limpid, main"; }
const char *Py_GetCompiler(void) { return "[GCC " __VERSION__ "]"; }
const char *Py_GetPlatform(void) { return "linux"; }
const char *Py_GetCopyright(void) { return "Copyright (c) 2026 the Limpid authors.\nAll Rights Reserved."; }
const unsigned long Py_Version = PY_VERSION_HEX;
