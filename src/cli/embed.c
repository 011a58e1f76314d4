/* Starting and running from another program: PyConfig to a running interpreter, Py_RunMain, Py_Main. */
#include "Python.h"
#include "initconfig.h"
#include "capi/fileutils.h"
#include "cli/options.h"
#include "cli/pyconfig.h"
#include "cli/run.h"
#include "memory/state.h"
#include "runtime/lifecycle.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

char *pyconfig_encode(const wchar_t *text)
{
    char *bytes;
    return _Py_EncodeUTF8Ex(text, &bytes, NULL, NULL, 1, 1) == 0 ? bytes : NULL;
}

/* ---- PyConfig to Config ---------------------------------------------------------------------------------------------
 */

/* Sets a field to a text that is not NULL; nonzero when it fails. */
static int set_text(char **field, const wchar_t *text)
{
    char *bytes = text ? pyconfig_encode(text) : NULL, *copy = bytes ? strdup(bytes) : NULL;
    PyMem_RawFree(bytes);
    if (!text)
        return 0;
    free(*field);
    *field = copy;
    return !copy;
}

static int add_texts(StringList *list, const PyWideStringList *from)
{
    for (Py_ssize_t i = 0; i < from->length; i++) {
        char *bytes = pyconfig_encode(from->items[i]);
        int failed = !bytes || string_list_add(list, bytes) < 0;
        PyMem_RawFree(bytes);
        if (failed)
            return 1;
    }
    return 0;
}

static void raise_to(int *level, int asked)
{
    if (*level < asked)
        *level = asked;
}

static void set_flags(const PyConfig *p, Config *c)
{
    c->isolated |= p->isolated > 0;
    c->ignore_environment |= p->use_environment == 0 || p->isolated > 0;
    c->no_user_site |= p->user_site_directory == 0 || p->isolated > 0;
    c->safe_path |= p->safe_path > 0 || p->isolated > 0;
    c->no_site |= p->site_import == 0;
    c->dont_write_bytecode |= p->write_bytecode == 0;
    c->unbuffered |= p->buffered_stdio == 0;
    c->no_debug_ranges |= p->code_debug_ranges == 0;
    c->no_signal_handlers = p->install_signal_handlers == 0;
    c->skip_first_line |= p->skip_source_first_line > 0;
    raise_to(&c->dev_mode, p->dev_mode);
    raise_to(&c->faulthandler, p->faulthandler);
    raise_to(&c->tracemalloc, p->tracemalloc);
    raise_to(&c->import_time, p->import_time);
    raise_to(&c->bytes_warning, p->bytes_warning);
    raise_to(&c->warn_default_encoding, p->warn_default_encoding);
    raise_to(&c->inspect, p->inspect);
    raise_to(&c->interactive, p->interactive);
    raise_to(&c->optimize, p->optimization_level);
    raise_to(&c->debug, p->parser_debug);
    raise_to(&c->verbose, p->verbose);
    raise_to(&c->quiet, p->quiet);
    if (p->use_hash_seed > 0) {
        c->use_hash_seed = 1;
        c->hash_seed = p->hash_seed;
        c->hash_randomization = p->hash_seed != 0;
    }
}

static int set_texts(const PyConfig *p, Config *c)
{
    return set_text(&c->pycache_prefix, p->pycache_prefix) ||
           set_text(&c->check_hash_based_pycs, p->check_hash_pycs_mode) ||
           set_text(&c->program_name, p->program_name) || set_text(&c->home, p->home) ||
           set_text(&c->executable, p->executable) || set_text(&c->base_executable, p->base_executable) ||
           set_text(&c->run_command, p->run_command) || set_text(&c->run_module, p->run_module) ||
           set_text(&c->run_filename, p->run_filename) || set_text(&c->pythonpath, p->pythonpath_env) ||
           add_texts(&c->xoptions, &p->xoptions) || add_texts(&c->warnoptions, &p->warnoptions);
}

/* What was set by hand wins over what was found. */
static int set_found(const PyConfig *p, Config *c)
{
    if (p->module_search_paths_set) {
        for (int i = 0; i < c->module_search_paths.count; i++)
            free(c->module_search_paths.items[i]);
        c->module_search_paths.count = 0;
        if (add_texts(&c->module_search_paths, &p->module_search_paths))
            return 1;
    }
    return set_text(&c->stdio_encoding, p->stdio_encoding) || set_text(&c->stdio_errors, p->stdio_errors) ||
           set_text(&c->prefix, p->prefix) || set_text(&c->base_prefix, p->base_prefix) ||
           set_text(&c->exec_prefix, p->exec_prefix) || set_text(&c->base_exec_prefix, p->base_exec_prefix) ||
           set_text(&c->stdlib_dir, p->stdlib_dir);
}

/* argv as options; the rest of it, or all when it is not to be parsed, becomes sys.argv. */
static PyStatus set_argv(const PyConfig *p, Config *c)
{
    StringList argv = {0};
    OptionsResult result = OPTIONS_RUN;
    int failed = add_texts(&argv, &p->argv);
    if (!failed && p->parse_argv == 1 && argv.count > 0) {
        failed = string_list_add(&argv, "") < 0;
        if (!failed) {
            free(argv.items[--argv.count]);
            argv.items[argv.count] = NULL;
            result = options_read(c, argv.count, argv.items);
        }
    } else if (!failed) {
        failed = add_texts(&c->argv, &p->argv) || (argv.count == 0 && string_list_add(&c->argv, "") < 0) ||
                 add_texts(&c->orig_argv, p->orig_argv.length ? &p->orig_argv : &p->argv);
    }
    for (int i = 0; i < argv.count; i++)
        free(argv.items[i]);
    free(argv.items);
    if (failed)
        return PyStatus_NoMemory();
    return result == OPTIONS_EXIT ? PyStatus_Exit(0) : result == OPTIONS_ERROR ? PyStatus_Exit(2) : PyStatus_Ok();
}

PyStatus pyconfig_to_config(const PyConfig *p, Config *c)
{
    config_init(c);
    PyStatus status = set_argv(p, c);
    if (!PyStatus_Exception(status)) {
        set_flags(p, c);
        if (set_texts(p, c) || config_read_environment(c) < 0 || config_find_library(c) < 0 || set_found(p, c))
            status = PyStatus_NoMemory();
    }
    if (PyStatus_Exception(status))
        config_free(c);
    return status;
}

PyStatus PyConfig_Read(PyConfig *config)
{
    Config own;
    PyStatus status = pyconfig_to_config(config, &own);
    if (PyStatus_Exception(status))
        return status;
    int failed = pyconfig_from_config(config, &own) < 0;
    config_free(&own);
    return failed ? PyStatus_NoMemory() : PyStatus_Ok();
}

/* ---- start and run ------------------------------------------------------------------------------------------------
 */

/* Nothing is to be done before: memory needs no preparation, and text is UTF-8 whatever the locale. */
PyStatus Py_PreInitialize(const PyPreConfig *config)
{
    _PyRuntime.preinitialized = 1;
    return PyStatus_Ok();
}
PyStatus Py_PreInitializeFromArgs(const PyPreConfig *config, Py_ssize_t argc, wchar_t **argv)
{
    return Py_PreInitialize(config);
}
PyStatus Py_PreInitializeFromBytesArgs(const PyPreConfig *config, Py_ssize_t argc, char **argv)
{
    return Py_PreInitialize(config);
}

PyStatus Py_InitializeFromConfig(const PyConfig *config)
{
    Config own;
    if (!config)
        return PyStatus_Error("initialization config is NULL");
    if (_PyRuntime.initialized)
        return PyStatus_Ok();
    PyStatus status = pyconfig_to_config(config, &own);
    if (PyStatus_Exception(status))
        return status;
    if (runtime_init(&own) == 0)
        return PyStatus_Ok();
    config_free(&own);
    return PyStatus_Error("cannot start the runtime");
}

/* Runs what the configuration names, ends the runtime; the exit status. */
int Py_RunMain(void)
{
    int status = run_main();
    if (Py_FinalizeEx() < 0)
        status = 120;
    if (status == 128 + SIGINT)
        raise(SIGINT);
    return status & 0xff;
}

int Py_Main(int argc, wchar_t **argv)
{
    char **bytes = calloc((size_t)argc + 1, sizeof *bytes);
    int failed = !bytes;
    for (int i = 0; !failed && i < argc; i++)
        failed = !(bytes[i] = pyconfig_encode(argv[i]));
    int status = failed ? 1 : Py_BytesMain(argc, bytes);
    for (int i = 0; bytes && i < argc; i++)
        PyMem_RawFree(bytes[i]);
    free(bytes);
    return status;
}

/* ---- names and paths of the running interpreter; before the start, NULL
 * -------------------------------------------------- */

static wchar_t *shown[5];

static wchar_t *show(int which, const char *text)
{
    PyMem_RawFree(shown[which]);
    return shown[which] = text ? Py_DecodeLocale(text, NULL) : NULL;
}

static const Config *running(void) { return _PyRuntime.core_initialized ? _PyRuntime.main_interpreter->config : NULL; }

wchar_t *Py_GetProgramName(void) { return running() ? show(0, running()->program_name) : NULL; }
wchar_t *Py_GetProgramFullPath(void) { return running() ? show(1, running()->executable) : NULL; }
wchar_t *Py_GetPrefix(void) { return running() ? show(2, running()->prefix) : NULL; }
wchar_t *Py_GetExecPrefix(void) { return running() ? show(3, running()->exec_prefix) : NULL; }
wchar_t *Py_GetPythonHome(void) { return running() ? show(4, running()->home) : NULL; }
