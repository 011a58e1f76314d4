/* Files as C code uses them: PyFile_*, PyObject_AsFileDescriptor. */
#include "modules/io/io.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

PyObject *PyFile_FromFd(int fd, const char *name, const char *mode, int buffering, const char *encoding, const char *errors,
                        const char *newline, int closefd)
{
    PyObject *io = PyImport_ImportModule("_io");
    if (io == NULL)
        return NULL;
    PyObject *file = PyObject_CallMethod(io, "open", "isisssO", fd, mode, buffering, encoding, errors, newline,
                                         closefd ? Py_True : Py_False);
    Py_DECREF(io);
    return file;
}

/* A line; with n > 0 at most n characters; with n < 0 without its end, and EOFError when there is none. */
PyObject *PyFile_GetLine(PyObject *f, int n)
{
    if (f == NULL) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyObject *line = n <= 0 ? PyObject_CallMethodNoArgs(f, N(readline)) : PyObject_CallMethod(f, "readline", "i", n);
    if (line == NULL)
        return NULL;
    if (!PyBytes_Check(line) && !PyUnicode_Check(line)) {
        Py_DECREF(line);
        PyErr_SetString(PyExc_TypeError, "object.readline() returned non-string");
        return NULL;
    }
    if (n >= 0)
        return line;
    Py_ssize_t len = PyBytes_Check(line) ? PyBytes_GET_SIZE(line) : PyUnicode_GET_LENGTH(line);
    if (len == 0) {
        Py_DECREF(line);
        PyErr_SetString(PyExc_EOFError, "EOF when reading a line");
        return NULL;
    }
    if (PyBytes_Check(line)) {
        if (PyBytes_AS_STRING(line)[len - 1] == '\n')
            Py_SETREF(line, PyBytes_FromStringAndSize(PyBytes_AS_STRING(line), len - 1));
    }
    else if (PyUnicode_READ_CHAR(line, len - 1) == '\n')
        Py_SETREF(line, PyUnicode_Substring(line, 0, len - 1));
    return line;
}

/* Writes str(v) (flags & Py_PRINT_RAW) or repr(v). */
int PyFile_WriteObject(PyObject *v, PyObject *f, int flags)
{
    if (f == NULL) {
        PyErr_SetString(PyExc_TypeError, "writeobject with NULL file");
        return -1;
    }
    PyObject *write = PyObject_GetAttr(f, N(write));
    if (write == NULL)
        return -1;
    PyObject *text = flags & Py_PRINT_RAW ? PyObject_Str(v) : PyObject_Repr(v);
    PyObject *done = text ? PyObject_CallOneArg(write, text) : NULL;
    Py_XDECREF(text);
    Py_DECREF(write);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

/* Does nothing with an exception pending (-1). */
int PyFile_WriteString(const char *s, PyObject *f)
{
    if (f == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "null file for PyFile_WriteString");
        return -1;
    }
    if (PyErr_Occurred())
        return -1;
    PyObject *text = PyUnicode_FromString(s);
    if (text == NULL)
        return -1;
    int failed = PyFile_WriteObject(text, f, Py_PRINT_RAW);
    Py_DECREF(text);
    return failed;
}

/* The descriptor of an int or of an object with fileno(); -1 with an exception. */
int PyObject_AsFileDescriptor(PyObject *o)
{
    int fd;
    if (PyLong_Check(o))
        fd = _PyLong_AsInt(o);
    else {
        PyObject *method;
        if (_PyObject_LookupAttr(o, N(fileno), &method) < 0)
            return -1;
        if (method == NULL) {
            PyErr_SetString(PyExc_TypeError, "argument must be an int, or have a fileno() method.");
            return -1;
        }
        PyObject *number = PyObject_CallNoArgs(method);
        Py_DECREF(method);
        if (number == NULL)
            return -1;
        if (!PyLong_Check(number)) {
            Py_DECREF(number);
            PyErr_SetString(PyExc_TypeError, "fileno() returned a non-integer");
            return -1;
        }
        fd = _PyLong_AsInt(number);
        Py_DECREF(number);
    }
    if (fd == -1 && PyErr_Occurred())
        return -1;
    if (fd < 0) {
        PyErr_Format(PyExc_ValueError, "file descriptor cannot be a negative integer (%i)", fd);
        return -1;
    }
    return fd;
}

int _PyLong_FileDescriptor_Converter(PyObject *o, void *p)
{
    int fd = PyObject_AsFileDescriptor(o);
    if (fd == -1)
        return 0;
    *(int *)p = fd;
    return 1;
}

/* --- open_code --- */

static struct {
    Py_OpenCodeHookFunction call;
    void *data;
} open_code_hook;

int PyFile_SetOpenCodeHook(Py_OpenCodeHookFunction hook, void *data)
{
    if (Py_IsInitialized() && PySys_Audit("setopencodehook", NULL) < 0)
        return -1;
    if (open_code_hook.call) {
        if (Py_IsInitialized())
            PyErr_SetString(PyExc_SystemError, "failed to change existing open_code hook");
        return -1;
    }
    open_code_hook.call = hook;
    open_code_hook.data = data;
    return 0;
}

PyObject *PyFile_OpenCodeObject(PyObject *path)
{
    if (!PyUnicode_Check(path)) {
        PyErr_Format(PyExc_TypeError, "'path' must be 'str', not '%.200s'", Py_TYPE(path)->tp_name);
        return NULL;
    }
    if (open_code_hook.call)
        return open_code_hook.call(path, open_code_hook.data);
    return io_open(path, "rb", -1, NULL, NULL, NULL, 1, NULL);
}

PyObject *PyFile_OpenCode(const char *utf8path)
{
    PyObject *path = PyUnicode_FromString(utf8path);
    PyObject *file = path ? PyFile_OpenCodeObject(path) : NULL;
    Py_XDECREF(path);
    return file;
}

/* fgets() for which "\r" and "\r\n" end a line as well, as '\n'. */
char *Py_UniversalNewlineFgets(char *buf, int n, FILE *stream, PyObject *file)
{
    char *p = buf;
    int c = 0, skip_lf = 0;
    if (file) {
        errno = ENXIO;
        return NULL;
    }
    while (--n > 0 && (c = getc(stream)) != EOF) {
        if (skip_lf) {
            skip_lf = 0;
            if (c == '\n' && (c = getc(stream)) == EOF)
                break;
        }
        if (c == '\r') {
            skip_lf = 1;
            c = '\n';
        }
        *p++ = (char)c;
        if (c == '\n')
            break;
    }
    if (skip_lf) {
        c = getc(stream);
        if (c != '\n' && c != EOF)
            ungetc(c, stream);
    }
    *p = 0;
    return p == buf ? NULL : buf;
}
