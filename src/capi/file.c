/* Files as C code sees them: Python file objects used from C, and the plain stderr of start-up. */
#include "Python.h"
#include "capi/fileutils.h"
#include "objects/names.h"

/* io.open(...); NULL arguments are None. */
PyObject *PyFile_FromFd(int fd, const char *name, const char *mode, int buffering, const char *encoding,
                        const char *errors, const char *newline, int closefd)
{
    PyObject *io = PyImport_ImportModule("_io");
    if (!io)
        return NULL;
    PyObject *file = PyObject_CallMethod(io, "open", "isisssO", fd, mode, buffering, encoding, errors, newline,
                                         closefd ? Py_True : Py_False);
    Py_DECREF(io);
    return file; /* name is kept for compatibility only */
}

/* The line without its newline; EOFError if there is none.  Steals result. */
static PyObject *strip_newline(PyObject *line)
{
    if (!line)
        return NULL;
    if (PyBytes_Check(line)) {
        Py_ssize_t n = PyBytes_GET_SIZE(line);
        const char *s = PyBytes_AS_STRING(line);
        if (n > 0 && s[n - 1] != '\n')
            return line;
        if (n > 0) {
            PyObject *cut = PyBytes_FromStringAndSize(s, n - 1);
            Py_DECREF(line);
            return cut;
        }
    }
    else if (PyUnicode_Check(line)) {
        Py_ssize_t n = PyUnicode_GET_LENGTH(line);
        if (n > 0 && PyUnicode_READ_CHAR(line, n - 1) != '\n')
            return line;
        if (n > 0) {
            PyObject *cut = PyUnicode_Substring(line, 0, n - 1);
            Py_DECREF(line);
            return cut;
        }
    }
    Py_DECREF(line);
    PyErr_SetString(PyExc_EOFError, "EOF when reading a line");
    return NULL;
}

/* readline(): n > 0: at most n characters; 0: a line; < 0: a line without its newline, EOFError at the end. */
PyObject *PyFile_GetLine(PyObject *file, int n)
{
    if (!file) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyObject *line = n <= 0 ? PyObject_CallMethod(file, "readline", NULL) : PyObject_CallMethod(file, "readline", "i", n);
    if (line && !PyBytes_Check(line) && !PyUnicode_Check(line)) {
        Py_DECREF(line);
        PyErr_SetString(PyExc_TypeError, "object.readline() returned non-string");
        return NULL;
    }
    return n < 0 ? strip_newline(line) : line;
}

/* file.write(str(o)), with Py_PRINT_RAW, or of repr(o); 0, or -1 with an exception. */
int PyFile_WriteObject(PyObject *o, PyObject *file, int flags)
{
    if (!file) {
        PyErr_SetString(PyExc_TypeError, "writeobject with NULL file");
        return -1;
    }
    PyObject *write = PyObject_GetAttr(file, N(write));
    if (!write)
        return -1;
    PyObject *text = flags & Py_PRINT_RAW ? PyObject_Str(o) : PyObject_Repr(o);
    PyObject *result = text ? PyObject_CallOneArg(write, text) : NULL;
    Py_DECREF(write);
    Py_XDECREF(text);
    Py_XDECREF(result);
    return result ? 0 : -1;
}

/* Does nothing while an exception is set. */
int PyFile_WriteString(const char *text, PyObject *file)
{
    if (!file) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "null file for PyFile_WriteString");
        return -1;
    }
    if (PyErr_Occurred())
        return -1;
    PyObject *o = PyUnicode_FromString(text);
    int status = o ? PyFile_WriteObject(o, file, Py_PRINT_RAW) : -1;
    Py_XDECREF(o);
    return status;
}

/* The descriptor that o is, or that its fileno() returns; -1 with an exception. */
int PyObject_AsFileDescriptor(PyObject *o)
{
    int fd;
    if (PyLong_Check(o))
        fd = _PyLong_AsInt(o);
    else {
        PyObject *method, *number = NULL;
        if (_PyObject_LookupAttr(o, N(fileno), &method) < 0)
            return -1;
        if (!method) {
            PyErr_SetString(PyExc_TypeError, "argument must be an int, or have a fileno() method.");
            return -1;
        }
        number = PyObject_CallNoArgs(method);
        Py_DECREF(method);
        if (!number)
            return -1;
        if (!PyLong_Check(number)) {
            PyErr_SetString(PyExc_TypeError, "fileno() returned a non-integer");
            Py_DECREF(number);
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

int _PyLong_FileDescriptor_Converter(PyObject *o, void *fd)
{
    int n = PyObject_AsFileDescriptor(o);
    if (n < 0)
        return 0;
    *(int *)fd = n;
    return 1;
}

/* A line of a C stream with any kind of newline turned into \n; NULL at the end. */
char *Py_UniversalNewlineFgets(char *text, int size, FILE *stream, PyObject *object)
{
    char *p = text;
    int c = 0;
    if (object) {
        errno = ENXIO; /* not supported, as ever since 3.0 */
        return NULL;
    }
    flockfile(stream);
    while (--size > 0 && (c = getc_unlocked(stream)) != EOF) {
        if (c == '\r') {
            c = '\n';
            int next = getc_unlocked(stream);
            if (next != '\n' && next != EOF)
                ungetc(next, stream);
        }
        *p++ = (char)c;
        if (c == '\n')
            break;
    }
    funlockfile(stream);
    *p = '\0';
    return p == text ? NULL : text;
}

/* -- Opening code -- */

static Py_OpenCodeHookFunction open_hook;
static void *open_hook_data;

int PyFile_SetOpenCodeHook(Py_OpenCodeHookFunction hook, void *data)
{
    if (Py_IsInitialized() && PySys_Audit("setopencodehook", NULL) < 0)
        return -1;
    if (open_hook) {
        if (Py_IsInitialized())
            PyErr_SetString(PyExc_SystemError, "failed to change existing open_code hook");
        return -1;
    }
    open_hook = hook;
    open_hook_data = data;
    return 0;
}

PyObject *PyFile_OpenCodeObject(PyObject *path)
{
    if (!PyUnicode_Check(path)) {
        PyErr_Format(PyExc_TypeError, "'path' must be 'str', not '%.200s'", Py_TYPE(path)->tp_name);
        return NULL;
    }
    if (open_hook)
        return open_hook(path, open_hook_data);
    PyObject *io = PyImport_ImportModule("_io");
    if (!io)
        return NULL;
    PyObject *file = PyObject_CallMethod(io, "open", "Os", path, "rb");
    Py_DECREF(io);
    return file;
}

PyObject *PyFile_OpenCode(const char *path)
{
    PyObject *name = PyUnicode_FromString(path);
    PyObject *file = name ? PyFile_OpenCodeObject(name) : NULL;
    Py_XDECREF(name);
    return file;
}

/* -- stderrprinter: sys.stderr until io can be imported -- */

typedef struct {
    PyObject_HEAD
    int fd;
} Printer;

static PyObject *printer_write(PyObject *self, PyObject *text)
{
    int fd = ((Printer *)self)->fd;
    if (fd < 0)
        Py_RETURN_NONE;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "write() argument must be str, not %.50s", Py_TYPE(text)->tp_name);
        return NULL;
    }
    PyObject *bytes = PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace");
    if (!bytes)
        return NULL;
    Py_ssize_t n = _Py_write(fd, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
    if (n < 0) {
        if (errno == EAGAIN) {
            PyErr_Clear();
            Py_RETURN_NONE;
        }
        return NULL;
    }
    return PyLong_FromSsize_t(n);
}

static PyObject *printer_fileno(PyObject *self, PyObject *Py_UNUSED(ignored)) { return PyLong_FromLong(((Printer *)self)->fd); }
static PyObject *printer_isatty(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    return PyBool_FromLong(((Printer *)self)->fd >= 0 && isatty(((Printer *)self)->fd));
}
static PyObject *printer_nothing(PyObject *self, PyObject *Py_UNUSED(ignored)) { Py_RETURN_NONE; }
static PyObject *printer_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<stdprinter(fd=%d) object at %p>", ((Printer *)self)->fd, self);
}
static PyObject *printer_encoding(PyObject *self, void *closure) { Py_RETURN_NONE; }
static PyObject *printer_closed(PyObject *self, void *closure) { Py_RETURN_FALSE; }
static PyObject *printer_mode(PyObject *self, void *closure) { return PyUnicode_FromString("w"); }

static PyMethodDef printer_methods[] = {{"write", printer_write, METH_O, NULL},
                                        {"fileno", printer_fileno, METH_NOARGS, NULL},
                                        {"isatty", printer_isatty, METH_NOARGS, NULL},
                                        {"flush", printer_nothing, METH_NOARGS, NULL},
                                        {"close", printer_nothing, METH_NOARGS, NULL},
                                        {NULL}};
static PyGetSetDef printer_getset[] = {{"encoding", printer_encoding, NULL, NULL},
                                       {"closed", printer_closed, NULL, NULL},
                                       {"mode", printer_mode, NULL, NULL},
                                       {NULL}};

PyTypeObject PyStdPrinter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "stderrprinter",
    .tp_basicsize = sizeof(Printer),
    .tp_repr = printer_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = printer_methods,
    .tp_getset = printer_getset,
};

/* Only for stdout and stderr. */
PyObject *PyFile_NewStdPrinter(int fd)
{
    if (fd != STDOUT_FILENO && fd != STDERR_FILENO) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (PyType_Ready(&PyStdPrinter_Type) < 0)
        return NULL;
    Printer *printer = PyObject_New(Printer, &PyStdPrinter_Type);
    if (printer)
        printer->fd = fd;
    return (PyObject *)printer;
}
