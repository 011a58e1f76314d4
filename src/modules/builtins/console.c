/* Built-in functions that talk to the user: print, input, breakpoint. */
#include "modules/builtins/builtins.h"
#include "objects/names.h"

#include <unistd.h>

/* ---- print ---------------------------------------------------------------------------------------------------- */

struct print_options {
    PyObject *sep, *end, *file; /* borrowed; NULL means the default */
    int flush;
};

static int print_keyword(struct print_options *o, PyObject *name, PyObject *value)
{
    if (_PyUnicode_EqualToASCIIString(name, "sep"))
        o->sep = value;
    else if (_PyUnicode_EqualToASCIIString(name, "end"))
        o->end = value;
    else if (_PyUnicode_EqualToASCIIString(name, "file"))
        o->file = value;
    else if (_PyUnicode_EqualToASCIIString(name, "flush"))
        return o->flush = PyObject_IsTrue(value);
    else {
        PyErr_Format(PyExc_TypeError, "'%U' is an invalid keyword argument for print()", name);
        return -1;
    }
    return 0;
}

/* None means the default; anything else must be a str. */
static int print_separator(PyObject **value, const char *name)
{
    if (*value == Py_None)
        *value = NULL;
    if (!*value || PyUnicode_Check(*value))
        return 0;
    PyErr_Format(PyExc_TypeError, "%s must be None or a string, not %.200s", name, Py_TYPE(*value)->tp_name);
    return -1;
}

PyObject *builtin_print(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    struct print_options o = {0};
    for (Py_ssize_t i = 0; kwnames && i < PyTuple_GET_SIZE(kwnames); i++)
        if (print_keyword(&o, PyTuple_GET_ITEM(kwnames, i), args[nargs + i]) < 0)
            return NULL;
    if (!o.file || o.file == Py_None) {
        o.file = PySys_GetObject("stdout");
        if (!o.file) {
            PyErr_SetString(PyExc_RuntimeError, "lost sys.stdout");
            return NULL;
        }
        if (o.file == Py_None)
            Py_RETURN_NONE;
    }
    if (print_separator(&o.sep, "sep") < 0 || print_separator(&o.end, "end") < 0)
        return NULL;
    PyObject *file = Py_NewRef(o.file);
    int failed = 0;
    for (Py_ssize_t i = 0; i < nargs && !failed; i++) {
        if (i > 0)
            failed = (o.sep ? PyFile_WriteObject(o.sep, file, Py_PRINT_RAW) : PyFile_WriteString(" ", file)) < 0;
        if (!failed)
            failed = PyFile_WriteObject(args[i], file, Py_PRINT_RAW) < 0;
    }
    if (!failed)
        failed = (o.end ? PyFile_WriteObject(o.end, file, Py_PRINT_RAW) : PyFile_WriteString("\n", file)) < 0;
    if (!failed && o.flush) {
        PyObject *flushed = PyObject_CallMethodNoArgs(file, N(flush));
        failed = flushed == NULL;
        Py_XDECREF(flushed);
    }
    Py_DECREF(file);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

/* ---- input ---------------------------------------------------------------------------------------------------- */

/* The stream sys.NAME, new, or NULL with RuntimeError set when it is gone. */
static PyObject *stream(const char *name)
{
    PyObject *file = PySys_GetObject(name);
    if (!file || file == Py_None) {
        PyErr_Format(PyExc_RuntimeError, "input(): lost sys.%s", name);
        return NULL;
    }
    return Py_NewRef(file);
}

static int stream_flush(PyObject *file)
{
    PyObject *done = PyObject_CallMethodNoArgs(file, N(flush));
    if (!done)
        return -1;
    Py_DECREF(done);
    return 0;
}

/* Nonzero when the stream is the given descriptor and a terminal. */
static int is_console(PyObject *file, int fd)
{
    PyObject *number = PyObject_CallMethod(file, "fileno", NULL);
    if (!number) {
        PyErr_Clear();
        return 0;
    }
    int same = PyLong_AsLong(number) == fd;
    Py_DECREF(number);
    PyErr_Clear();
    return same && isatty(fd);
}

/* The attribute as UTF-8 text in *holder; NULL without one. */
static const char *stream_text(PyObject *file, const char *attribute, PyObject **holder)
{
    *holder = PyObject_GetAttrString(file, attribute);
    const char *text = *holder && PyUnicode_Check(*holder) ? PyUnicode_AsUTF8(*holder) : NULL;
    if (!text)
        PyErr_Clear();
    return text;
}

/* A line through the terminal's line editor; new str. */
static PyObject *console_line(PyObject *in, PyObject *out, PyObject *prompt)
{
    PyObject *encoding, *errors, *out_encoding, *out_errors, *bytes = NULL, *line = NULL, *text;
    const char *enc = stream_text(in, "encoding", &encoding), *err = stream_text(in, "errors", &errors);
    const char *oenc = stream_text(out, "encoding", &out_encoding), *oerr = stream_text(out, "errors", &out_errors);
    const char *shown = "";
    if (prompt) {
        text = PyObject_Str(prompt);
        bytes = text ? PyUnicode_AsEncodedString(text, oenc, oerr) : NULL;
        Py_XDECREF(text);
        if (!bytes)
            goto done;
        shown = PyBytes_AS_STRING(bytes);
    }
    char *read = PyOS_Readline(stdin, stdout, shown);
    if (!read) {
        if (!PyErr_Occurred())
            PyErr_SetNone(PyExc_KeyboardInterrupt);
    } else if (!*read) {
        PyErr_SetNone(PyExc_EOFError);
    } else {
        size_t length = strlen(read);
        line = PyUnicode_Decode(read, (Py_ssize_t)length - (read[length - 1] == '\n'), enc, err);
    }
    PyMem_Free(read);
done:
    Py_XDECREF(bytes);
    Py_XDECREF(encoding);
    Py_XDECREF(errors);
    Py_XDECREF(out_encoding);
    Py_XDECREF(out_errors);
    return line;
}

static PyObject *input_from(PyObject *in, PyObject *out, PyObject *err, PyObject *prompt)
{
    if (PySys_Audit("builtins.input", "O", prompt ? prompt : Py_None) < 0)
        return NULL;
    if (stream_flush(err) < 0)
        PyErr_Clear();
    PyObject *line;
    if (is_console(in, 0) && is_console(out, 1)) {
        if (stream_flush(out) < 0)
            PyErr_Clear();
        line = console_line(in, out, prompt);
    } else {
        if (prompt && PyFile_WriteObject(prompt, out, Py_PRINT_RAW) < 0)
            return NULL;
        if (stream_flush(out) < 0)
            PyErr_Clear();
        line = PyFile_GetLine(in, -1);
    }
    if (line && PySys_Audit("builtins.input/result", "O", line) < 0)
        Py_CLEAR(line);
    return line;
}

PyObject *builtin_input(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("input", nargs, 0, 1))
        return NULL;
    PyObject *in = stream("stdin"), *out = in ? stream("stdout") : NULL, *err = out ? stream("stderr") : NULL;
    PyObject *line = err ? input_from(in, out, err, nargs ? args[0] : NULL) : NULL;
    Py_XDECREF(in);
    Py_XDECREF(out);
    Py_XDECREF(err);
    return line;
}

/* ---- breakpoint ----------------------------------------------------------------------------------------------- */

PyObject *builtin_breakpoint(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    PyObject *hook = PySys_GetObject("breakpointhook");
    if (!hook) {
        PyErr_SetString(PyExc_RuntimeError, "lost sys.breakpointhook");
        return NULL;
    }
    if (PySys_Audit("builtins.breakpoint", "O", hook) < 0)
        return NULL;
    Py_INCREF(hook);
    PyObject *result = PyObject_Vectorcall(hook, args, (size_t)nargs, kwnames);
    Py_DECREF(hook);
    return result;
}
