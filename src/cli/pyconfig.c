/* The structures of PEP 587: PyStatus, PyWideStringList, PyPreConfig, PyConfig; and PyConfig as a dict. */
#include "Python.h"
#include "initconfig.h"
#include "cli/pyconfig.h"
#include "memory/state.h"

#include <string.h>
#include <wchar.h>

enum { COMPATIBLE = 1, PYTHON = 2, ISOLATED = 3 }; /* _config_init */

/* ---- PyStatus -------------------------------------------------------------------------------------------------- */

PyStatus PyStatus_Ok(void) { return (PyStatus){._type = _PyStatus_TYPE_OK}; }
PyStatus PyStatus_Error(const char *message) { return (PyStatus){._type = _PyStatus_TYPE_ERROR, .err_msg = message}; }
PyStatus PyStatus_NoMemory(void) { return PyStatus_Error("memory allocation failed"); }
PyStatus PyStatus_Exit(int code) { return (PyStatus){._type = _PyStatus_TYPE_EXIT, .exitcode = code}; }
int PyStatus_IsError(PyStatus s) { return s._type == _PyStatus_TYPE_ERROR; }
int PyStatus_IsExit(PyStatus s) { return s._type == _PyStatus_TYPE_EXIT; }
int PyStatus_Exception(PyStatus s) { return s._type != _PyStatus_TYPE_OK; }

/* ---- strings and lists --------------------------------------------------------------------------------------------
 */

static wchar_t *copy_text(const wchar_t *text)
{
    size_t size = (wcslen(text) + 1) * sizeof *text;
    wchar_t *copy = PyMem_RawMalloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

static void list_clear(PyWideStringList *list)
{
    for (Py_ssize_t i = 0; i < list->length; i++)
        PyMem_RawFree(list->items[i]);
    PyMem_RawFree(list->items);
    *list = (PyWideStringList){0, NULL};
}

PyStatus PyWideStringList_Insert(PyWideStringList *list, Py_ssize_t index, const wchar_t *item)
{
    if (index < 0)
        return PyStatus_Error("PyWideStringList_Insert index must be >= 0");
    if (index > list->length)
        index = list->length;
    wchar_t *copy = copy_text(item);
    wchar_t **items = copy ? PyMem_RawRealloc(list->items, (size_t)(list->length + 1) * sizeof *items) : NULL;
    if (!items) {
        PyMem_RawFree(copy);
        return PyStatus_NoMemory();
    }
    memmove(items + index + 1, items + index, (size_t)(list->length - index) * sizeof *items);
    items[index] = copy;
    list->items = items;
    list->length++;
    return PyStatus_Ok();
}

PyStatus PyWideStringList_Append(PyWideStringList *list, const wchar_t *item)
{
    return PyWideStringList_Insert(list, list->length, item);
}

PyStatus PyConfig_SetWideStringList(PyConfig *config, PyWideStringList *list, Py_ssize_t length, wchar_t **items)
{
    PyWideStringList copy = {0, NULL};
    for (Py_ssize_t i = 0; i < length; i++) {
        PyStatus status = PyWideStringList_Append(&copy, items[i]);
        if (PyStatus_Exception(status)) {
            list_clear(&copy);
            return status;
        }
    }
    list_clear(list);
    *list = copy;
    return PyStatus_Ok();
}

PyStatus PyConfig_SetString(PyConfig *config, wchar_t **field, const wchar_t *text)
{
    wchar_t *copy = text ? copy_text(text) : NULL;
    if (text && !copy)
        return PyStatus_NoMemory();
    PyMem_RawFree(*field);
    *field = copy;
    return PyStatus_Ok();
}

PyStatus PyConfig_SetBytesString(PyConfig *config, wchar_t **field, const char *text)
{
    wchar_t *decoded = text ? Py_DecodeLocale(text, NULL) : NULL;
    if (text && !decoded)
        return PyStatus_NoMemory();
    PyMem_RawFree(*field);
    *field = decoded;
    return PyStatus_Ok();
}

PyStatus PyConfig_SetArgv(PyConfig *config, Py_ssize_t argc, wchar_t *const *argv)
{
    return PyConfig_SetWideStringList(config, &config->argv, argc, (wchar_t **)argv);
}

/* Appends text given as bytes; 0 or -1. */
static int append_bytes(PyWideStringList *list, const char *text)
{
    wchar_t *decoded = Py_DecodeLocale(text, NULL);
    int failed = !decoded || PyStatus_Exception(PyWideStringList_Append(list, decoded));
    PyMem_RawFree(decoded);
    return failed ? -1 : 0;
}

PyStatus PyConfig_SetBytesArgv(PyConfig *config, Py_ssize_t argc, char *const *argv)
{
    list_clear(&config->argv);
    for (Py_ssize_t i = 0; i < argc; i++)
        if (append_bytes(&config->argv, argv[i]) < 0)
            return PyStatus_NoMemory();
    return PyStatus_Ok();
}

/* ---- initial values ------------------------------------------------------------------------------------------------
 */

void PyPreConfig_InitPythonConfig(PyPreConfig *c)
{
    *c = (PyPreConfig){._config_init = PYTHON,
                       .parse_argv = 1,
                       .use_environment = 1,
                       .configure_locale = 1,
                       .coerce_c_locale = -1,
                       .coerce_c_locale_warn = -1,
                       .utf8_mode = -1,
                       .dev_mode = -1};
}

void PyPreConfig_InitIsolatedConfig(PyPreConfig *c) { *c = (PyPreConfig){._config_init = ISOLATED, .isolated = 1}; }

void PyConfig_InitPythonConfig(PyConfig *c)
{
    *c = (PyConfig){._config_init = PYTHON,
                    .use_environment = 1,
                    .dev_mode = -1,
                    .install_signal_handlers = 1,
                    .use_hash_seed = -1,
                    .faulthandler = -1,
                    .tracemalloc = -1,
                    .import_time = -1,
                    .code_debug_ranges = 1,
                    .parse_argv = 1,
                    .site_import = 1,
                    .write_bytecode = 1,
                    .user_site_directory = 1,
                    .configure_c_stdio = 1,
                    .buffered_stdio = 1,
                    .use_frozen_modules = 1,
                    .pathconfig_warnings = 1,
                    ._install_importlib = 1,
                    ._init_main = 1};
}

void PyConfig_InitIsolatedConfig(PyConfig *c)
{
    PyConfig_InitPythonConfig(c);
    c->_config_init = ISOLATED;
    c->isolated = c->safe_path = 1;
    c->use_environment = c->user_site_directory = c->dev_mode = c->install_signal_handlers = 0;
    c->use_hash_seed = c->faulthandler = c->tracemalloc = c->import_time = 0;
    c->parse_argv = c->configure_c_stdio = c->pathconfig_warnings = 0;
}

void PyConfig_Clear(PyConfig *c)
{
#define INT(name)
#define ULONG(name)
#define STRING(name) PyMem_RawFree(c->name), c->name = NULL;
#define LIST(name) list_clear(&c->name);
#include "cli/pyconfig.def"
#undef STRING
#undef LIST
    PyMem_RawFree(c->dump_refs_file);
    c->dump_refs_file = NULL;
}

/* ---- from Config ------------------------------------------------------------------------------------------------- */

static int text_from(wchar_t **field, const char *text)
{
    return PyStatus_Exception(PyConfig_SetBytesString(NULL, field, text));
}

static int list_from(PyWideStringList *list, const StringList *from)
{
    list_clear(list);
    for (int i = 0; i < from->count; i++)
        if (append_bytes(list, from->items[i]) < 0)
            return 1;
    return 0;
}

int pyconfig_from_config(PyConfig *to, const Config *c)
{
    to->isolated = c->isolated;
    to->use_environment = !c->ignore_environment;
    to->dev_mode = c->dev_mode;
    to->install_signal_handlers = !c->no_signal_handlers;
    to->use_hash_seed = c->use_hash_seed;
    to->hash_seed = c->hash_seed;
    to->faulthandler = c->faulthandler;
    to->tracemalloc = c->tracemalloc;
    to->import_time = c->import_time;
    to->code_debug_ranges = !c->no_debug_ranges;
    to->site_import = !c->no_site;
    to->bytes_warning = c->bytes_warning;
    to->warn_default_encoding = c->warn_default_encoding;
    to->inspect = c->inspect;
    to->interactive = c->interactive;
    to->optimization_level = c->optimize;
    to->parser_debug = c->debug;
    to->write_bytecode = !c->dont_write_bytecode;
    to->verbose = c->verbose;
    to->quiet = c->quiet;
    to->user_site_directory = !c->no_user_site;
    to->buffered_stdio = !c->unbuffered;
    to->safe_path = c->safe_path;
    to->skip_source_first_line = c->skip_first_line;
    to->module_search_paths_set = 1;
    if (to->parse_argv == 1)
        to->parse_argv = 2; /* argv is what remains: not to be parsed again */
    return text_from(&to->filesystem_encoding, "utf-8") || text_from(&to->filesystem_errors, "surrogateescape") ||
                   text_from(&to->pycache_prefix, c->pycache_prefix) ||
                   text_from(&to->stdio_encoding, c->stdio_encoding ? c->stdio_encoding : "utf-8") ||
                   text_from(&to->stdio_errors, c->stdio_errors ? c->stdio_errors : "strict") ||
                   text_from(&to->check_hash_pycs_mode, c->check_hash_based_pycs) ||
                   text_from(&to->program_name, c->program_name) || text_from(&to->pythonpath_env, c->pythonpath) ||
                   text_from(&to->home, c->home) || text_from(&to->platlibdir, "lib") ||
                   text_from(&to->stdlib_dir, c->stdlib_dir) || text_from(&to->executable, c->executable) ||
                   text_from(&to->base_executable, c->base_executable) || text_from(&to->prefix, c->prefix) ||
                   text_from(&to->base_prefix, c->base_prefix) || text_from(&to->exec_prefix, c->exec_prefix) ||
                   text_from(&to->base_exec_prefix, c->base_exec_prefix) ||
                   text_from(&to->run_command, c->run_command) || text_from(&to->run_module, c->run_module) ||
                   text_from(&to->run_filename, c->run_filename) || list_from(&to->orig_argv, &c->orig_argv) ||
                   list_from(&to->argv, &c->argv) || list_from(&to->xoptions, &c->xoptions) ||
                   list_from(&to->warnoptions, &c->warnoptions) ||
                   list_from(&to->module_search_paths, &c->module_search_paths)
               ? -1
               : 0;
}

int _PyInterpreterState_GetConfigCopy(PyConfig *config)
{
    if (pyconfig_from_config(config, config_current()) == 0)
        return 0;
    PyErr_NoMemory();
    return -1;
}

/* ---- as a dict
 * ------------------------------------------------------------------------------------------------------- */

static PyObject *text_object(const wchar_t *text)
{
    return text ? PyUnicode_FromWideChar(text, -1) : Py_NewRef(Py_None);
}

static PyObject *list_object(const PyWideStringList *list)
{
    PyObject *result = PyList_New(list->length);
    for (Py_ssize_t i = 0; result && i < list->length; i++) {
        PyObject *item = PyUnicode_FromWideChar(list->items[i], -1);
        if (item)
            PyList_SET_ITEM(result, i, item);
        else
            Py_CLEAR(result);
    }
    return result;
}

/* Steals value; nonzero when it fails. */
static int put(PyObject *dict, const char *name, PyObject *value)
{
    int failed = !value || PyDict_SetItemString(dict, name, value) < 0;
    Py_XDECREF(value);
    return failed;
}

PyObject *_PyConfig_AsDict(const PyConfig *c)
{
    PyObject *dict = PyDict_New();
    int failed = !dict;
#undef INT
#undef ULONG
#define INT(name) failed = failed || put(dict, #name, PyLong_FromLong(c->name));
#define ULONG(name) failed = failed || put(dict, #name, PyLong_FromUnsignedLong(c->name));
#define STRING(name) failed = failed || put(dict, #name, text_object(c->name));
#define LIST(name) failed = failed || put(dict, #name, list_object(&c->name));
#include "cli/pyconfig.def"
#undef INT
#undef ULONG
#undef STRING
#undef LIST
    if (failed)
        Py_CLEAR(dict);
    return dict;
}

#define FLAG(name) failed = failed || put(dict, #name, PyLong_FromLong(name));

static PyObject *global_config(void)
{
    PyObject *dict = PyDict_New();
    int failed = !dict || put(dict, "Py_FileSystemDefaultEncoding", PyUnicode_FromString("utf-8")) ||
                 put(dict, "Py_FileSystemDefaultEncodeErrors", PyUnicode_FromString("surrogateescape")) ||
                 put(dict, "Py_HasFileSystemDefaultEncoding", PyLong_FromLong(0)) ||
                 put(dict, "_Py_HasFileSystemDefaultEncodeErrors", PyLong_FromLong(0));
    FLAG(Py_BytesWarningFlag)
    FLAG(Py_DebugFlag)
    FLAG(Py_DontWriteBytecodeFlag)
    FLAG(Py_FrozenFlag)
    FLAG(Py_HashRandomizationFlag)
    FLAG(Py_IgnoreEnvironmentFlag)
    FLAG(Py_InspectFlag)
    FLAG(Py_InteractiveFlag)
    FLAG(Py_IsolatedFlag)
    FLAG(Py_NoSiteFlag)
    FLAG(Py_NoUserSiteDirectory)
    FLAG(Py_OptimizeFlag)
    FLAG(Py_QuietFlag)
    FLAG(Py_UTF8Mode)
    FLAG(Py_UnbufferedStdioFlag)
    FLAG(Py_VerboseFlag)
    if (failed)
        Py_CLEAR(dict);
    return dict;
}

static PyObject *pre_config(const Config *c)
{
    return Py_BuildValue("{sisisisisisisisisisi}", "_config_init", PYTHON, "parse_argv", 1, "isolated", c->isolated,
                         "use_environment", !c->ignore_environment, "configure_locale", 1, "coerce_c_locale", 0,
                         "coerce_c_locale_warn", 0, "utf8_mode", c->utf8_mode, "dev_mode", c->dev_mode, "allocator", 0);
}

/* All that was configured: {"config", "pre_config", "global_config"}. */
PyObject *_Py_GetConfigsAsDict(void)
{
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    PyObject *own = _PyInterpreterState_GetConfigCopy(&config) < 0 ? NULL : _PyConfig_AsDict(&config);
    PyConfig_Clear(&config);
    PyObject *pre = own ? pre_config(config_current()) : NULL, *flags = pre ? global_config() : NULL, *result = NULL;
    if (flags)
        result = Py_BuildValue("{sOsOsO}", "global_config", flags, "pre_config", pre, "config", own);
    Py_XDECREF(own);
    Py_XDECREF(pre);
    Py_XDECREF(flags);
    return result;
}
