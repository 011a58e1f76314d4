/* PyOS_Readline: one line from the terminal, edited and remembered where a line editor is installed.
 *
 * libreadline (or libedit, which has the same functions) is opened at the first prompt on a terminal; without one, and for
 * streams that are no terminal, the line is read plainly. */
#include "Python.h"
#include "memory/recorder.h"
#include "memory/state.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int (*PyOS_InputHook)(void) = NULL;
char *(*PyOS_ReadlineFunctionPointer)(FILE *, FILE *, const char *) = NULL;
PyThreadState *_PyOS_ReadlineTState = NULL;

static struct {
    int tried;
    char *(*readline)(const char *);
    void (*add_history)(const char *);
} editor;

static void open_editor(void)
{
    static const char *const names[] = {"libreadline.so.8", "libedit.so.2"};
    editor.tried = 1;
    for (size_t i = 0; i < 2 && !editor.readline; i++) {
        void *handle = dlopen(names[i], RTLD_NOW);
        if (!handle)
            continue;
        editor.readline = (char *(*)(const char *))dlsym(handle, "readline");
        editor.add_history = (void (*)(const char *))dlsym(handle, "add_history");
        if (!editor.add_history)
            editor.readline = NULL;
    }
}

/* A line as PyMem memory with its newline; "" at the end of input; NULL without memory. */
static char *edited_line(const char *prompt)
{
    char *line = editor.readline(prompt);
    if (!line)
        return PyMem_RawCalloc(1, 1);
    if (*line)
        editor.add_history(line);
    size_t n = strlen(line);
    char *result = PyMem_RawMalloc(n + 2);
    if (result) {
        memcpy(result, line, n);
        memcpy(result + n, "\n", 2);
    }
    free(line);
    return result;
}

/* As edited_line, from any stream.  *interrupted: a signal handler must run. */
static char *plain_line(FILE *in, const char *prompt, int *interrupted)
{
    size_t size = 0, room = 128;
    char *line = PyMem_RawMalloc(room);
    fputs(prompt, stderr);
    fflush(stderr);
    while (line) {
        errno = 0;
        if (!fgets(line + size, (int)(room - size), in)) {
            if (ferror(in) && errno == EINTR) {
                clearerr(in);
                *interrupted = 1;
            }
            line[size] = 0;
            break;
        }
        size += strlen(line + size);
        if (line[size - 1] == '\n')
            break;
        char *more = PyMem_RawRealloc(line, room *= 2);
        if (!more)
            PyMem_RawFree(line);
        line = more;
    }
    return line;
}

/* Reads a line after the prompt: PyMem memory with its newline, "" at the end of input, NULL with an exception, or without
 * one when a signal interrupted. */
char *PyOS_Readline(FILE *in, FILE *out, const char *prompt)
{
    int interactive = isatty(fileno(in)) && isatty(fileno(out)), interrupted = 0;
    PyThreadState *t = tstate_current();
    if (_PyOS_ReadlineTState == t) {
        PyErr_SetString(PyExc_RuntimeError, "can't re-enter readline");
        return NULL;
    }
    if (interactive && !editor.tried)
        open_editor();
    _PyOS_ReadlineTState = t;
    char *raw;
    recorder_reads(fileno(in));
    PyEval_SaveThread();
    if (interactive && PyOS_ReadlineFunctionPointer)
        raw = PyOS_ReadlineFunctionPointer(in, out, prompt);
    else
        raw = interactive && editor.readline ? edited_line(prompt) : plain_line(in, prompt, &interrupted);
    PyEval_RestoreThread(t);
    _PyOS_ReadlineTState = NULL;
    if (interrupted && PyErr_CheckSignals() < 0) {
        PyMem_RawFree(raw);
        return NULL;
    }
    size_t n = raw ? strlen(raw) + 1 : 0;
    char *line = raw ? PyMem_Malloc(n) : NULL;
    if (line)
        memcpy(line, raw, n);
    else if (raw || !PyErr_Occurred())
        PyErr_NoMemory();
    PyMem_RawFree(raw);
    return line;
}
