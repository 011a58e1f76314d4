/* The interactive prompt: reads a statement, line by line until it is whole, runs it, shows values through
 * sys.displayhook. */
#include "cli/run.h"
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/compile_source.h"
#include "runtime/lifecycle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* sys.ps1 or sys.ps2 as text for the terminal, allocated; "" without one. */
static char *prompt_text(PyObject *name)
{
    PyObject *value = PyDict_GetItemWithError(interp_current()->sysdict, name);
    PyObject *text = value ? PyObject_Str(value) : NULL;
    const char *utf8 = text ? PyUnicode_AsUTF8(text) : NULL;
    char *copy = strdup(utf8 ? utf8 : "");
    Py_XDECREF(text);
    PyErr_Clear();
    return copy;
}

/* Nonzero when the pending SyntaxError only says that the input goes on. */
static int is_incomplete(void)
{
    if (!PyErr_ExceptionMatches(PyExc_SyntaxError))
        return 0;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *message = PyObject_GetAttr(value, N(msg));
    int is = message && PyUnicode_Check(message) && _PyUnicode_EqualToASCIIString(message, "incomplete input");
    Py_XDECREF(message);
    PyErr_Clear();
    PyErr_Restore(type, value, traceback);
    return is;
}

/* The first bytes of what has been typed as a statement.  New code object; NULL with an exception; NULL without one: more is
 * needed. */
static PyObject *compile_part(const char *text, size_t length, int at_end, PyCompilerFlags *remembered)
{
    PyObject *source = PyUnicode_DecodeFSDefaultAndSize(text, (Py_ssize_t)length);
    PyObject *filename = PyUnicode_FromString("<stdin>"), *code = NULL;
    PyCompilerFlags cf = *remembered;
    if (!at_end)
        cf.cf_flags |= PyCF_DONT_IMPLY_DEDENT | PyCF_ALLOW_INCOMPLETE_INPUT;
    if (source && filename)
        code = compile_object(source, "compile", "string", filename, Py_single_input, &cf, -1);
    Py_XDECREF(source);
    Py_XDECREF(filename);
    if (code)
        remembered->cf_flags |= ((PyCodeObject *)code)->co_flags & PyCF_MASK;
    else if (!at_end && is_incomplete())
        PyErr_Clear();
    return code;
}

/* Compiles what has been typed so far, as compile_part does.  Its last newline is left out first, so that a block goes on
 * until an empty line; an error that is one even with the newline is told at once. */
static PyObject *compile_typed(const char *text, int at_end, PyCompilerFlags *remembered)
{
    size_t length = strlen(text);
    if (at_end || !length || text[length - 1] != '\n')
        return compile_part(text, length, at_end, remembered);
    PyObject *code = compile_part(text, length - 1, 0, remembered);
    if (!code && !PyErr_Occurred()) {
        PyCompilerFlags unused = *remembered;
        PyObject *whole = compile_part(text, length, 0, &unused);
        Py_XDECREF(whole);
    }
    return code;
}

static int is_blank(const char *text) { return text[strspn(text, " \t\f\n")] == 0 || text[strspn(text, " \t\f")] == '#'; }

/* Reads one statement and compiles it.  0: *code is new, or NULL for blank input; 1: end of input; -1: an exception. */
static int read_statement(PyObject **code, PyCompilerFlags *flags)
{
    char *text = NULL;
    size_t length = 0;
    *code = NULL;
    for (;;) {
        char *prompt = prompt_text(text ? N(ps2) : N(ps1));
        char *line = PyOS_Readline(stdin, stdout, prompt ? prompt : "");
        free(prompt);
        if (!line) {
            free(text);
            if (!PyErr_Occurred())
                PyErr_SetNone(PyExc_KeyboardInterrupt);
            return -1;
        }
        size_t more = strlen(line);
        int end = more == 0;
        if (end) {
            PySys_WriteStderr("\n");
            if (!text) {
                PyMem_Free(line);
                return 1;
            }
        }
        char *longer = realloc(text, length + more + 2);
        if (!longer) {
            free(text);
            PyMem_Free(line);
            PyErr_NoMemory();
            return -1;
        }
        text = longer;
        memcpy(text + length, line, more + 1);
        length += more;
        PyMem_Free(line);
        if (is_blank(text)) {
            free(text);
            return 0;
        }
        if (!end && text[length - 1] != '\n') /* the end of the input is near */
            continue;
        *code = compile_typed(text, end, flags);
        if (*code || PyErr_Occurred()) {
            free(text);
            return *code ? 0 : -1;
        }
    }
}

static void show_banner(void)
{
    fprintf(stderr, "Python %s on %s\n", Py_GetVersion(), Py_GetPlatform());
    if (!config_current()->no_site)
        fprintf(stderr, "Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n");
}

static void set_default_prompt(PyObject *name, const char *text)
{
    PyObject *dict = interp_current()->sysdict;
    if (PyDict_GetItemWithError(dict, name))
        return;
    PyObject *value = PyUnicode_FromString(text);
    if (!value || PyDict_SetItem(dict, name, value) < 0)
        PyErr_Clear();
    Py_XDECREF(value);
}

static void run_startup_file(PyObject *dict)
{
    const char *name = config_getenv(config_current(), "PYTHONSTARTUP");
    if (!name)
        return;
    FILE *file = fopen(name, "rb");
    if (!file) {
        PySys_WriteStderr("Could not open PYTHONSTARTUP\n");
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, name);
        PyErr_Print();
        return;
    }
    PyCompilerFlags cf = _PyCompilerFlags_INIT;
    PyObject *result = PyRun_FileExFlags(file, name, Py_file_input, dict, dict, 1, &cf);
    if (!result)
        PyErr_Print();
    Py_XDECREF(result);
}

int prompt_run(void)
{
    const Config *config = config_current();
    PyObject *module = PyImport_AddModule("__main__"), *dict = module ? PyModule_GetDict(module) : NULL;
    PyCompilerFlags flags = _PyCompilerFlags_INIT;
    if (!dict)
        return run_failed();
    if (!config->quiet && !config->run_filename && !config->run_command && !config->run_module)
        show_banner();
    ((Config *)config)->inspect = 0; /* from here on SystemExit ends the process */
    int alone = !config->run_filename && !config->run_command && !config->run_module;
    if (alone)
        run_startup_file(dict);
    PyObject *hook = alone ? PySys_GetObject("__interactivehook__") : NULL;
    if (hook && !config->isolated) {
        PyObject *done = PyObject_CallNoArgs(hook);
        if (!done) {
            PySys_WriteStderr("Failed calling sys.__interactivehook__\n");
            PyErr_Print();
        }
        Py_XDECREF(done);
    }
    set_default_prompt(N(ps1), ">>> ");
    set_default_prompt(N(ps2), "... ");
    for (int without_memory = 0; without_memory <= 16;) { /* without memory not even the end of input can be read */
        PyObject *code, *result;
        int read = read_statement(&code, &flags);
        if (read == 1)
            return 0;
        without_memory = read < 0 && PyErr_ExceptionMatches(PyExc_MemoryError) ? without_memory + 1 : 0;
        result = code ? PyEval_EvalCode(code, dict, dict) : NULL;
        Py_XDECREF(code);
        if (!result && PyErr_Occurred()) {
            if (PyErr_ExceptionMatches(PyExc_SystemExit))
                return run_failed();
            PyErr_Print();
        }
        Py_XDECREF(result);
        flush_std_files_quietly();
    }
    return 1;
}
