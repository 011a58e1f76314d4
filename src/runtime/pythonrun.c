/* PyRun_*: running text and files, for embedding programs and the prompt's start-up file. */
#include "Python.h"
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/compile_source.h"

#include <stdlib.h>
#include <string.h>

static PyObject *evaluate(PyObject *code, PyObject *globals, PyObject *locals)
{
    if (!code)
        return NULL;
    int has = PyDict_Contains(globals, N(__builtins__));
    if (has == 0)
        has = PyDict_SetItem(globals, N(__builtins__), interp_current()->builtins);
    if (has >= 0 && PySys_Audit("exec", "O", code) < 0)
        has = -1;
    PyObject *result = has < 0 ? NULL : PyEval_EvalCode(code, globals, locals);
    Py_DECREF(code);
    return result;
}

PyObject *PyRun_StringFlags(const char *text, int start, PyObject *globals, PyObject *locals, PyCompilerFlags *flags)
{
    return evaluate(Py_CompileStringExFlags(text, "<string>", start, flags, -1), globals, locals);
}

/* The rest of a stream, allocated, NUL-terminated; NULL with MemoryError. */
static char *read_stream(FILE *file, int close)
{
    size_t size = 0, room = 16384;
    char *data = PyMem_Malloc(room);
    while (data) {
        size += fread(data + size, 1, room - size - 1, file);
        if (size < room - 1)
            break;
        char *more = PyMem_Realloc(data, room *= 2);
        if (!more)
            PyMem_Free(data);
        data = more;
    }
    if (data)
        data[size] = 0;
    else
        PyErr_NoMemory();
    if (close)
        fclose(file);
    return data;
}

PyObject *PyRun_FileExFlags(FILE *file, const char *name, int start, PyObject *globals, PyObject *locals, int close,
                            PyCompilerFlags *flags)
{
    char *text = read_stream(file, close);
    if (!text)
        return NULL;
    PyObject *code = Py_CompileStringExFlags(text, name, start, flags, -1);
    PyMem_Free(text);
    return evaluate(code, globals, locals);
}

static PyObject *main_dict(void)
{
    PyObject *module = PyImport_AddModule("__main__");
    return module ? PyModule_GetDict(module) : NULL;
}

/* 0, or -1 after printing the exception. */
static int shown(PyObject *result)
{
    if (!result) {
        PyErr_Print();
        return -1;
    }
    Py_DECREF(result);
    return 0;
}

int PyRun_SimpleStringFlags(const char *text, PyCompilerFlags *flags)
{
    PyObject *dict = main_dict();
    return dict ? shown(PyRun_StringFlags(text, Py_file_input, dict, dict, flags)) : -1;
}

int PyRun_SimpleFileExFlags(FILE *file, const char *name, int close, PyCompilerFlags *flags)
{
    PyObject *dict = main_dict();
    return dict ? shown(PyRun_FileExFlags(file, name, Py_file_input, dict, dict, close, flags)) : -1;
}

int PyRun_AnyFileExFlags(FILE *file, const char *name, int close, PyCompilerFlags *flags)
{
    return PyRun_SimpleFileExFlags(file, name ? name : "???", close, flags);
}

#undef PyRun_String
#undef PyRun_SimpleString
#undef PyRun_SimpleFile
#undef PyRun_SimpleFileEx
#undef PyRun_File
#undef PyRun_FileEx
#undef PyRun_FileFlags
#undef PyRun_AnyFile
#undef PyRun_AnyFileEx
#undef PyRun_AnyFileFlags
PyObject *PyRun_String(const char *s, int start, PyObject *g, PyObject *l) { return PyRun_StringFlags(s, start, g, l, NULL); }
int PyRun_SimpleString(const char *s) { return PyRun_SimpleStringFlags(s, NULL); }
int PyRun_SimpleFile(FILE *f, const char *n) { return PyRun_SimpleFileExFlags(f, n, 0, NULL); }
int PyRun_SimpleFileEx(FILE *f, const char *n, int c) { return PyRun_SimpleFileExFlags(f, n, c, NULL); }
PyObject *PyRun_File(FILE *f, const char *n, int s, PyObject *g, PyObject *l) { return PyRun_FileExFlags(f, n, s, g, l, 0, NULL); }
PyObject *PyRun_FileEx(FILE *f, const char *n, int s, PyObject *g, PyObject *l, int c)
{
    return PyRun_FileExFlags(f, n, s, g, l, c, NULL);
}
PyObject *PyRun_FileFlags(FILE *f, const char *n, int s, PyObject *g, PyObject *l, PyCompilerFlags *flags)
{
    return PyRun_FileExFlags(f, n, s, g, l, 0, flags);
}
int PyRun_AnyFile(FILE *f, const char *n) { return PyRun_AnyFileExFlags(f, n, 0, NULL); }
int PyRun_AnyFileEx(FILE *f, const char *n, int c) { return PyRun_AnyFileExFlags(f, n, c, NULL); }
int PyRun_AnyFileFlags(FILE *f, const char *n, PyCompilerFlags *flags) { return PyRun_AnyFileExFlags(f, n, 0, flags); }
