/* The module sys: gathers the functions of its parts, and the values that describe this run. */
#include "modules/sys/sys.h"
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/config.h"
#include "runtime/import.h"

#include <limits.h>

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "sys",
    .m_doc = "What the interpreter uses or keeps about itself, and functions that act on it (library reference, \"sys\").\n\n"
             "Values that change: argv, path, modules, stdin, stdout, stderr, displayhook, excepthook, last_type, last_value,\n"
             "last_traceback.  Values that stay: version, version_info, implementation, prefix, executable, platform,\n"
             "float_info, int_info, hash_info, thread_info, flags, maxsize, maxunicode, builtin_module_names.",
    .m_size = -1,
};

/* Sets dict[name]; steals value, which may be NULL with an exception set. */
static int put(PyObject *dict, const char *name, PyObject *value)
{
    if (!value)
        return -1;
    int result = PyDict_SetItemString(dict, name, value);
    Py_DECREF(value);
    return result;
}

static PyObject *stdlib_names(void)
{
    static const char *const names[] = {
#define STDLIB(name) #name,
#include "modules/sys/stdlib_names.def"
#undef STDLIB
    };
    PyObject *list = PyList_New(0), *set = NULL;
    for (size_t i = 0; list && i < sizeof names / sizeof *names; i++) {
        PyObject *name = PyUnicode_InternFromString(names[i]);
        if (!name || PyList_Append(list, name) < 0)
            Py_CLEAR(list);
        Py_XDECREF(name);
    }
    if (list)
        set = PyFrozenSet_New(list);
    Py_XDECREF(list);
    return set;
}

/* A copy of a function of the module under a second name (__displayhook__ …). */
static int keep_original(PyObject *dict, const char *name, const char *copy)
{
    PyObject *function = PyDict_GetItemString(dict, name);
    return function ? PyDict_SetItemString(dict, copy, function) : -1;
}

static int add_constants(PyObject *dict)
{
    PyInterpreterState *interp = interp_current();
    return put(dict, "modules", Py_NewRef(interp->modules)) < 0 ||
           put(dict, "version", PyUnicode_FromString(Py_GetVersion())) < 0 ||
           put(dict, "hexversion", PyLong_FromLong(PY_VERSION_HEX)) < 0 ||
           put(dict, "api_version", PyLong_FromLong(PYTHON_API_VERSION)) < 0 ||
           put(dict, "copyright", PyUnicode_FromString(Py_GetCopyright())) < 0 ||
           put(dict, "platform", PyUnicode_FromString(Py_GetPlatform())) < 0 ||
           put(dict, "maxsize", PyLong_FromSsize_t(PY_SSIZE_T_MAX)) < 0 ||
           put(dict, "maxunicode", PyLong_FromLong(0x10ffff)) < 0 ||
           put(dict, "byteorder", PyUnicode_FromString("little")) < 0 ||
           put(dict, "abiflags", PyUnicode_FromString("")) < 0 ||
           put(dict, "platlibdir", PyUnicode_FromString("lib")) < 0 ||
           put(dict, "_framework", PyUnicode_FromString("")) < 0 ||
           put(dict, "_git", Py_BuildValue("sss", "Limpid", "", "")) < 0 ||
           put(dict, "float_repr_style", PyUnicode_FromString("short")) < 0 ||
           put(dict, "builtin_module_names", import_builtin_names()) < 0 ||
           put(dict, "stdlib_module_names", stdlib_names()) < 0 ||
           put(dict, "meta_path", PyList_New(0)) < 0 || put(dict, "path_hooks", PyList_New(0)) < 0 ||
           put(dict, "path_importer_cache", PyDict_New()) < 0 ? -1 : 0;
}

PyObject *sys_create(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (!module)
        return NULL;
    PyObject *dict = PyModule_GetDict(module);
    if (PyModule_AddFunctions(module, sys_hook_functions) < 0 || PyModule_AddFunctions(module, sys_memory_functions) < 0 ||
        PyModule_AddFunctions(module, sys_trace_functions) < 0 || add_constants(dict) < 0 || sys_add_info(dict) < 0 ||
        keep_original(dict, "displayhook", "__displayhook__") < 0 || keep_original(dict, "excepthook", "__excepthook__") < 0 ||
        keep_original(dict, "breakpointhook", "__breakpointhook__") < 0 ||
        keep_original(dict, "unraisablehook", "__unraisablehook__") < 0) {
        Py_DECREF(module);
        return NULL;
    }
    interp_current()->sysdict = Py_NewRef(dict);
    return module;
}

PyMODINIT_FUNC PyInit_sys(void) { return sys_create(); }

/* ---- from the configuration ------------------------------------------------------------------------------------------- */

static PyObject *text(const char *bytes) { return bytes ? PyUnicode_DecodeFSDefault(bytes) : Py_NewRef(Py_None); }

static PyObject *text_list(const StringList *strings)
{
    PyObject *list = PyList_New(strings->count);
    for (int i = 0; list && i < strings->count; i++) {
        PyObject *item = PyUnicode_DecodeFSDefault(strings->items[i]);
        if (!item)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, item);
    }
    return list;
}

static PyObject *xoptions(const Config *config)
{
    PyObject *dict = PyDict_New();
    for (int i = 0; dict && i < config->xoptions.count; i++) {
        const char *option = config->xoptions.items[i], *equals = strchr(option, '=');
        PyObject *name = PyUnicode_DecodeFSDefaultAndSize(option, equals ? equals - option : (Py_ssize_t)strlen(option));
        PyObject *value = equals ? PyUnicode_DecodeFSDefault(equals + 1) : Py_NewRef(Py_True);
        if (!name || !value || PyDict_SetItem(dict, name, value) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(name);
        Py_XDECREF(value);
    }
    return dict;
}

int sys_configure(void)
{
    const Config *c = config_current();
    PyObject *dict = interp_current()->sysdict;
    PyObject *path = PyDict_GetItemString(dict, "path");
    if (c->int_max_str_digits >= 0)
        interp_current()->int_max_str_digits = c->int_max_str_digits;
    return put(dict, "flags", sys_make_flags()) < 0 || put(dict, "argv", text_list(&c->argv)) < 0 ||
           put(dict, "orig_argv", text_list(&c->orig_argv)) < 0 ||
           put(dict, "path", path ? Py_NewRef(path) : text_list(&c->module_search_paths)) < 0 ||
           put(dict, "warnoptions", text_list(&c->warnoptions)) < 0 || put(dict, "_xoptions", xoptions(c)) < 0 ||
           put(dict, "executable", text(c->executable)) < 0 || put(dict, "_base_executable", text(c->base_executable)) < 0 ||
           put(dict, "prefix", text(c->prefix)) < 0 || put(dict, "exec_prefix", text(c->exec_prefix)) < 0 ||
           put(dict, "base_prefix", text(c->base_prefix)) < 0 ||
           put(dict, "base_exec_prefix", text(c->base_exec_prefix)) < 0 ||
           put(dict, "_home", text(c->home)) < 0 || put(dict, "_stdlib_dir", text(c->stdlib_dir)) < 0 ||
           put(dict, "pycache_prefix", text(c->pycache_prefix)) < 0 ||
           put(dict, "dont_write_bytecode", PyBool_FromLong(c->dont_write_bytecode)) < 0 ? -1 : 0;
}

/* ---- the C API ---------------------------------------------------------------------------------------------------------- */

/* sys.NAME, borrowed; NULL without an exception when absent. */
PyObject *PySys_GetObject(const char *name)
{
    PyThreadState *t = tstate_current();
    PyObject *dict = t ? t->interp->sysdict : NULL;
    if (!dict)
        return NULL;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *found = PyDict_GetItemString(dict, name);
    PyErr_Restore(type, value, traceback);
    return found;
}

int PySys_SetObject(const char *name, PyObject *value)
{
    PyObject *dict = interp_current()->sysdict;
    if (!dict) {
        PyErr_SetString(PyExc_SystemError, "no sys module");
        return -1;
    }
    if (value)
        return PyDict_SetItemString(dict, name, value);
    return PyDict_GetItemString(dict, name) ? PyDict_DelItemString(dict, name) : 0;
}

PyObject *PySys_GetXOptions(void) { return PySys_GetObject("_xoptions"); }

int PySys_HasWarnOptions(void)
{
    PyObject *options = PySys_GetObject("warnoptions");
    return options && PyList_Check(options) && PyList_GET_SIZE(options) > 0;
}

void PySys_ResetWarnOptions(void)
{
    PyObject *options = PySys_GetObject("warnoptions");
    if (options && PyList_Check(options))
        PyList_SetSlice(options, 0, PyList_GET_SIZE(options), NULL);
}

/* Writes to sys.NAME, or to the C stream when that fails; keeps a pending exception. */
static void write_to(const char *name, FILE *fallback, const char *text_)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *file = PySys_GetObject(name);
    if (!file || file == Py_None || PyFile_WriteString(text_, file) < 0) {
        PyErr_Clear();
        fputs(text_, fallback);
    }
    PyErr_Restore(type, value, traceback);
}

static void format_to(const char *name, FILE *fallback, const char *format, va_list va)
{
    char buffer[1001];
    int n = PyOS_vsnprintf(buffer, sizeof buffer, format, va);
    write_to(name, fallback, buffer);
    if (n < 0 || (size_t)n >= sizeof buffer)
        write_to(name, fallback, "... truncated");
}

static void format_object_to(const char *name, FILE *fallback, const char *format, va_list va)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *message = PyUnicode_FromFormatV(format, va);
    const char *utf8 = message ? PyUnicode_AsUTF8(message) : NULL;
    if (utf8)
        write_to(name, fallback, utf8);
    else
        PyErr_Clear();
    Py_XDECREF(message);
    PyErr_Restore(type, value, traceback);
}

#define WRITER(function, writer, name, stream) \
    void function(const char *format, ...)     \
    {                                          \
        va_list va;                            \
        va_start(va, format);                  \
        writer(name, stream, format, va);      \
        va_end(va);                            \
    }
WRITER(PySys_WriteStdout, format_to, "stdout", stdout)
WRITER(PySys_WriteStderr, format_to, "stderr", stderr)
WRITER(PySys_FormatStdout, format_object_to, "stdout", stdout)
WRITER(PySys_FormatStderr, format_object_to, "stderr", stderr)
