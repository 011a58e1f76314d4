/* Running a program: a command, a module, a script, a .pyc, a directory or archive, or standard input. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cli/run.h"
#include <marshal.h>
#include "memory/pages.h"
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/compile_source.h"
#include "syntax/parser.h"
#include "runtime/import.h"
#include "runtime/lifecycle.h"
#include "see/recorder.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- how a run ends ----------------------------------------------------------------------------------------------------- */

/* The status that SystemExit(code) asks for; a code that is no int is printed. */
static int exit_status(PyObject *value)
{
    PyObject *code = value ? PyObject_GetAttr(value, N(code)) : NULL;
    int status = 0;
    if (!code) {
        PyErr_Clear();
        return 0;
    }
    if (PyLong_Check(code)) {
        status = (int)PyLong_AsLong(code);
        if (PyErr_Occurred()) {
            PyErr_Clear();
            status = -1;
        }
    } else if (code != Py_None) {
        PyObject *file = PySys_GetObject("stderr");
        PyErr_Clear();
        if (file && file != Py_None) {
            if (PyFile_WriteObject(code, file, Py_PRINT_RAW) < 0 || PyFile_WriteString("\n", file) < 0)
                PyErr_Clear();
        } else {
            PyObject_Print(code, stderr, Py_PRINT_RAW);
            fputc('\n', stderr);
        }
        status = 1;
    }
    Py_DECREF(code);
    return status;
}

static int interrupted; /* the program ended by KeyboardInterrupt: so does the process */

int run_failed(void)
{
    if (PyErr_ExceptionMatches(PyExc_SystemExit) && !config_current()->inspect) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        PyErr_NormalizeException(&type, &value, &traceback);
        int status = exit_status(value);
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
        return status;
    }
    interrupted = PyErr_ExceptionMatches(PyExc_KeyboardInterrupt);
    PyErr_Print();
    return 1;
}

/* ---- __main__ --------------------------------------------------------------------------------------------------------------- */

/* The names of __main__, borrowed; NULL with an exception. */
static PyObject *main_dict(void)
{
    PyObject *module = PyImport_AddModule("__main__");
    return module ? PyModule_GetDict(module) : NULL;
}

/* Runs a code object (stolen, may be NULL) in __main__; the exit status. */
static int run_code(PyObject *code)
{
    PyObject *dict = main_dict();
    int runs = code && dict && PySys_Audit("exec", "O", code) == 0;
    PyObject *result = runs ? PyEval_EvalCode(code, dict, dict) : NULL;
    Py_XDECREF(code);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    flush_std_files();   /* what was printed stands before the traceback */
    PyErr_Restore(type, value, traceback);
    if (!result)
        return run_failed();
    Py_DECREF(result);
    return 0;
}

static int run_command(const char *command)
{
    PyObject *source = PyUnicode_DecodeFSDefault(command), *code = NULL;
    PyObject *filename = PyUnicode_FromString("<string>");
    PyCompilerFlags cf = _PyCompilerFlags_INIT;
    int encodes = source && filename && PySys_Audit("cpython.run_command", "O", source) == 0;
    if (encodes && !PyUnicode_AsUTF8(source)) {
        encodes = 0;
        fputs("Unable to decode the command from the command line:\n", stderr);
    }
    if (encodes)
        code = compile_object(source, "compile", "string", filename, Py_file_input, &cf, -1);
    Py_XDECREF(source);
    Py_XDECREF(filename);
    return run_code(code);
}

static int run_module(const char *name, int set_argv0)
{
    PyObject *runpy = PyImport_ImportModule("runpy");
    PyObject *run = runpy ? PyObject_GetAttrString(runpy, "_run_module_as_main") : NULL;
    PyObject *module = run ? PyUnicode_DecodeFSDefault(name) : NULL;
    PyObject *result = module ? PyObject_CallFunction(run, "Oi", module, set_argv0) : NULL;
    Py_XDECREF(runpy);
    Py_XDECREF(run);
    Py_XDECREF(module);
    if (!result)
        return run_failed();
    Py_DECREF(result);
    return 0;
}

/* ---- files -------------------------------------------------------------------------------------------------------------------- */

/* The whole of a stream as bytes, new. */
static PyObject *read_all(FILE *file, int skip_first_line)
{
    size_t size = 0, room = 65536;
    char *data = PyMem_Malloc(room);
    if (data && skip_first_line) {
        int c;
        while ((c = getc(file)) != EOF && c != '\n')
            continue;
        ungetc('\n', file);
    }
    while (data) {
        size += fread(data + size, 1, room - size, file);
        if (size < room)
            break;
        char *more = PyMem_Realloc(data, room *= 2);
        if (!more)
            PyMem_Free(data);
        data = more;
    }
    if (!data)
        return PyErr_NoMemory();
    PyObject *bytes = PyBytes_FromStringAndSize(data, (Py_ssize_t)size);
    PyMem_Free(data);
    return bytes;
}

static int set_main_file(PyObject *filename, const char *loader_name)
{
    PyObject *dict = main_dict();
    if (!dict || PyDict_SetItem(dict, N(__file__), filename) < 0 || PyDict_SetItemString(dict, "__cached__", Py_None) < 0)
        return -1;
    if (!loader_name)
        return 0;
    PyObject *external = PyObject_GetAttrString(interp_current()->importlib, "_bootstrap_external");
    PyObject *loader = external ? PyObject_CallMethod(external, loader_name, "sO", "__main__", filename) : NULL;
    int result = loader ? PyDict_SetItem(dict, N(__loader__), loader) : -1;
    Py_XDECREF(external);
    Py_XDECREF(loader);
    return result;
}

static void clear_main_file(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *dict = main_dict();
    if (!dict || PyDict_DelItem(dict, N(__file__)) < 0 || PyDict_DelItemString(dict, "__cached__") < 0)
        PyErr_Clear();
    PyErr_Restore(type, value, traceback);
}

/* Nonzero for compiled code: by name, or by Limpid's or CPython's magic number at its start. */
static int is_compiled(const char *name, PyObject *data)
{
    size_t length = strlen(name);
    if (length > 4 && strcmp(name + length - 4, ".pyc") == 0)
        return 1;
    const unsigned char *p = (unsigned char *)PyBytes_AS_STRING(data);
    return PyBytes_GET_SIZE(data) >= 16 && p[2] == '\r' && p[3] == '\n' && p[0] == 0xa7 && p[1] == 0x0d;
}

static PyObject *load_compiled(PyObject *data)
{
    const unsigned char *p = (unsigned char *)PyBytes_AS_STRING(data);
    if (PyBytes_GET_SIZE(data) < 16 || p[0] != 0xa7 || p[1] != 0x0d || p[2] != '\r' || p[3] != '\n') {
        PyErr_SetString(PyExc_RuntimeError, "Bad magic number in .pyc file");
        return NULL;
    }
    PyObject *code = PyMarshal_ReadObjectFromString((const char *)p + 16, PyBytes_GET_SIZE(data) - 16);
    if (code && !PyCode_Check(code)) {
        PyErr_SetString(PyExc_RuntimeError, "Bad code object in .pyc file");
        Py_CLEAR(code);
    }
    return code;
}

/* A program is read by lines of C text: what follows a NUL, the line's end included, is not there.  Steals data; new or NULL. */
static PyObject *without_nuls(PyObject *data)
{
    if (!data || !memchr(PyBytes_AS_STRING(data), 0, (size_t)PyBytes_GET_SIZE(data)))
        return data;
    const char *from = PyBytes_AS_STRING(data), *end = from + PyBytes_GET_SIZE(data);
    PyObject *copy = PyBytes_FromStringAndSize(NULL, end - from);
    char *to = copy ? PyBytes_AS_STRING(copy) : NULL;
    while (to && from < end) {
        const char *newline = memchr(from, '\n', (size_t)(end - from)), *next = newline ? newline + 1 : end;
        const char *nul = memchr(from, 0, (size_t)(next - from)), *stop = nul ? nul : next;
        memcpy(to, from, (size_t)(stop - from));
        to += stop - from;
        from = next;
    }
    if (copy)
        _PyBytes_Resize(&copy, to - PyBytes_AS_STRING(copy));
    Py_DECREF(data);
    return copy;
}

/* Closes the file, unless it is stdin, before the program runs. */
static int run_stream(FILE *file, const char *name, const char *shown)
{
    PyObject *data = read_all(file, file != stdin && config_current()->skip_first_line), *code = NULL;
    PyObject *filename = PyUnicode_DecodeFSDefault(shown);
    int named = file != stdin;
    if (named)
        fclose(file);
    if (data && filename) {
        int compiled = named && is_compiled(name, data);
        if (set_main_file(filename, !named ? NULL : compiled ? "SourcelessFileLoader" : "SourceFileLoader") == 0) {
            PyCompilerFlags cf = _PyCompilerFlags_INIT;
            if (compiled)
                code = load_compiled(data);
            else if ((data = without_nuls(data)) != NULL) {
                if (!named)
                    recorder_program_text(PyBytes_AS_STRING(data));
                if (source_check_file(PyBytes_AS_STRING(data), (size_t)PyBytes_GET_SIZE(data), filename) == 0)
                    code = compile_object(data, "compile", "string", filename, Py_file_input, &cf, -1);
            }
        }
    }
    Py_XDECREF(data);
    Py_XDECREF(filename);
    int status = run_code(code);
    clear_main_file();
    return status;
}

/* The name with the current directory before it (malloc'ed), or NULL when it is absolute or there is no such directory. */
static char *absolute_name(const char *name)
{
    char *cwd = name[0] == '/' ? NULL : getcwd(NULL, 0), *whole = NULL;
    if (cwd && asprintf(&whole, "%s/%s", cwd, name) < 0)
        whole = NULL;
    free(cwd);
    return whole;
}

static int run_file(const char *name)
{
    struct stat info;
    FILE *file = fopen(name, "rb");
    if (!file) {
        int error = errno;
        char *shown = absolute_name(name);
        fprintf(stderr, "%s: can't open file '%s': [Errno %d] %s\n", config_current()->executable, shown ? shown : name,
                error, strerror(error));
        free(shown);
        return 2;
    }
    if (fstat(fileno(file), &info) == 0 && S_ISDIR(info.st_mode)) {
        fprintf(stderr, "%s: '%s' is a directory, cannot continue\n", config_current()->program_name, name);
        fclose(file);
        return 1;
    }
    char *shown = absolute_name(name);
    int status = run_stream(file, name, shown ? shown : name);
    free(shown);
    return status;
}

/* ---- sys.path[0] ----------------------------------------------------------------------------------------------------------------- */

static int prepend_path(PyObject *item)
{
    PyObject *path = PySys_GetObject("path");
    int result = item && path ? PyList_Insert(path, 0, item) : -1;
    Py_XDECREF(item);
    return result;
}

/* The directory of the script, links followed, or "" for -c and the current directory for -m. */
static int prepend_start(const Config *config)
{
    if (config->safe_path)
        return 0;
    if (config->run_module) {
        char *cwd = getcwd(NULL, 0);
        PyObject *item = cwd ? PyUnicode_DecodeFSDefault(cwd) : PyUnicode_FromString("");
        free(cwd);
        return prepend_path(item);
    }
    if (!config->run_filename)
        return prepend_path(PyUnicode_FromString(""));
    char *real = realpath(config->run_filename, NULL);
    const char *name = real ? real : config->run_filename;
    const char *slash = strrchr(name, '/');
    PyObject *item = !slash ? PyUnicode_FromString("") : PyUnicode_DecodeFSDefaultAndSize(name, slash == name ? 1 : slash - name);
    free(real);
    return prepend_path(item);
}

/* Whether the file is a place to import from (directory or archive): then it goes on sys.path and __main__ in it runs. */
static int is_importable(const char *name)
{
    PyObject *path = PyUnicode_DecodeFSDefault(name);
    PyObject *importer = path ? PyImport_GetImporter(path) : NULL;
    Py_XDECREF(path);
    if (!importer)
        return -1;
    int is = importer != Py_None;
    Py_DECREF(importer);
    return is;
}

/* ---- all of it ----------------------------------------------------------------------------------------------------------------------- */

static int stdin_is_interactive(const Config *config) { return isatty(0) || config->interactive; }

static int run_program(const Config *config)
{
    int importable = config->run_filename ? is_importable(config->run_filename) : 0;
    if (importable < 0)
        return run_failed();
    if (importable) {
        char *whole = absolute_name(config->run_filename);
        int added = prepend_path(PyUnicode_DecodeFSDefault(whole ? whole : config->run_filename));
        free(whole);
        return added < 0 ? run_failed() : run_module("__main__", 0);
    }
    if (prepend_start(config) < 0)
        return run_failed();
    if (config->run_command)
        return run_command(config->run_command);
    if (config->run_module)
        return run_module(config->run_module, 1);
    if (config->run_filename)
        return run_file(config->run_filename);
    if (stdin_is_interactive(config))
        return prompt_run();
    return run_stream(stdin, "<stdin>", "<stdin>");
}

int run_main(void)
{
    const Config *config = config_current();
    pages_forget_start();
    int status = run_program(config);
    int prompted = !config->run_command && !config->run_module && !config->run_filename && stdin_is_interactive(config);
    if (!prompted && (config->inspect || getenv("PYTHONINSPECT")) && isatty(0) + config->interactive > 0) {
        ((Config *)config)->inspect = 0;
        status = prompt_run();
    }
    if (interrupted) {
        fflush(stdout);
        PyOS_setsig(SIGINT, SIG_DFL);
        return 128 + SIGINT;
    }
    return status;
}
