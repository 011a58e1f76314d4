/* The _io module: open() and its relatives, and the list of types. */
#include "modules/io/io.h"
#include "memory/state.h"
#include "objects/str/str.h"
#include "runtime/config.h"
#include <string.h>


typedef struct {
    int creating, reading, writing, appending, updating, text, binary;
} Mode;

static int wrong(const char *message)
{
    PyErr_SetString(PyExc_ValueError, message);
    return -1;
}

static int parse_mode(const char *mode, Mode *m)
{
    *m = (Mode){0};
    for (const char *p = mode; *p; p++) {
        int *flag = *p == 'x' ? &m->creating : *p == 'r' ? &m->reading : *p == 'w' ? &m->writing : *p == 'a' ? &m->appending
                  : *p == '+' ? &m->updating : *p == 't' ? &m->text : *p == 'b' ? &m->binary : NULL;
        if (flag == NULL || *flag) {
            PyErr_Format(PyExc_ValueError, "invalid mode: '%s'", mode);
            return -1;
        }
        *flag = 1;
    }
    if (m->text && m->binary)
        return wrong("can't have text and binary mode at once");
    if (m->creating + m->reading + m->writing + m->appending > 1)
        return wrong("must have exactly one of create/read/write/append mode");
    return 0;
}

static int check_binary(const Mode *m, const char *encoding, const char *errors, const char *newline, int buffering)
{
    if (!m->binary)
        return 0;
    if (encoding)
        return wrong("binary mode doesn't take an encoding argument");
    if (errors)
        return wrong("binary mode doesn't take an errors argument");
    if (newline)
        return wrong("binary mode doesn't take a newline argument");
    if (buffering == 1)
        return PyErr_WarnEx(PyExc_RuntimeWarning, "line buffering (buffering=1) isn't supported in binary mode, "
                            "the default buffer size will be used", 1);
    return 0;
}

/* The size of the buffer for buffering=-1: the file's block size. */
static int default_buffering(PyObject *raw, int *buffering)
{
    PyObject *size = PyObject_GetAttr(raw, N(_blksize));
    if (size == NULL)
        return -1;
    *buffering = (int)PyLong_AsLong(size);
    Py_DECREF(size);
    return *buffering == -1 && PyErr_Occurred() ? -1 : 0;
}

/* Replaces *stream by type(*stream, ...), keeping it on failure. */
static int wrap(PyObject **stream, PyObject *wrapped)
{
    if (wrapped == NULL)
        return -1;
    Py_SETREF(*stream, wrapped);
    return 0;
}

/* Adds buffer and text layers as asked for. */
static int add_layers(PyObject **stream, const Mode *m, const char *mode, int buffering, const char *encoding, const char *errors,
                      const char *newline)
{
    int line_buffering = 0;
    PyObject *tty = buffering < 0 ? PyObject_CallMethodNoArgs(*stream, N(isatty)) : Py_NewRef(Py_False);
    int is_tty = tty ? PyObject_IsTrue(tty) : -1;
    Py_XDECREF(tty);
    if (is_tty < 0)
        return -1;
    if (buffering == 1 || is_tty) {
        buffering = -1;
        line_buffering = 1;
    }
    if (buffering < 0 && default_buffering(*stream, &buffering) < 0)
        return -1;
    if (buffering < 0)
        return wrong("invalid buffering size");
    if (buffering == 0)
        return m->binary ? 0 : wrong("can't have unbuffered text I/O");
    PyTypeObject *type = m->updating ? &BufferedRandom_Type
                       : m->creating || m->writing || m->appending ? &BufferedWriter_Type : &BufferedReader_Type;
    if (wrap(stream, PyObject_CallFunction((PyObject *)type, "Oi", *stream, buffering)) < 0)
        return -1;
    if (m->binary)
        return 0;
    if (wrap(stream, PyObject_CallFunction((PyObject *)&TextIOWrapper_Type, "Ozzzi", *stream, encoding, errors, newline,
                                           line_buffering)) < 0)
        return -1;
    PyObject *text = PyUnicode_FromString(mode);
    int failed = text ? PyObject_SetAttr(*stream, N(mode), text) : -1;
    Py_XDECREF(text);
    return failed;
}

PyObject *io_open(PyObject *file, const char *mode, int buffering, const char *encoding, const char *errors, const char *newline,
                  int closefd, PyObject *opener)
{
    Mode m;
    char raw_mode[8], *p = raw_mode;
    PyObject *path = PyNumber_Check(file) ? Py_NewRef(file) : PyOS_FSPath(file);
    if (path == NULL)
        return NULL;
    if (!PyUnicode_Check(path) && !PyBytes_Check(path) && !PyNumber_Check(path)) {
        PyErr_Format(PyExc_TypeError, "invalid file: %R", file);
        Py_DECREF(path);
        return NULL;
    }
    if (parse_mode(mode, &m) < 0 || check_binary(&m, encoding, errors, newline, buffering) < 0) {
        Py_DECREF(path);
        return NULL;
    }
    if (m.creating || m.reading || m.writing || m.appending)
        *p++ = m.creating ? 'x' : m.reading ? 'r' : m.writing ? 'w' : 'a';
    if (m.updating)
        *p++ = '+';
    *p = 0;
    PyObject *stream = PyObject_CallFunction((PyObject *)&FileIO_Type, "OsOO", path, raw_mode, closefd ? Py_True : Py_False,
                                             opener ? opener : Py_None);
    Py_DECREF(path);
    if (stream == NULL)
        return NULL;
    if (add_layers(&stream, &m, mode, buffering, encoding, errors, newline) == 0)
        return stream;
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyObject *done = PyObject_CallMethodNoArgs(stream, N(close));
    Py_XDECREF(done);
    io_chain(type, value, trace);
    Py_DECREF(stream);
    return NULL;
}

static PyObject *open_function(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"file", "mode", "buffering", "encoding", "errors", "newline", "closefd", "opener", NULL};
    PyObject *file, *opener = Py_None;
    const char *mode = "r", *encoding = NULL, *errors = NULL, *newline = NULL;
    int buffering = -1, closefd = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|sizzzpO:open", keywords, &file, &mode, &buffering, &encoding, &errors,
                                     &newline, &closefd, &opener))
        return NULL;
    return io_open(file, mode, buffering, encoding, errors, newline, closefd, opener);
}

static PyObject *open_code(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"path", NULL};
    PyObject *path;
    return PyArg_ParseTupleAndKeywords(args, kwargs, "U:open_code", keywords, &path) ? PyFile_OpenCodeObject(path) : NULL;
}

static PyObject *text_encoding(PyObject *m, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("text_encoding", nargs, 1, 2))
        return NULL;
    if (args[0] == Py_None) {
        int level = nargs > 1 ? _PyLong_AsInt(args[1]) : 2;
        if (level == -1 && PyErr_Occurred())
            return NULL;
        if (config_current()->warn_default_encoding &&
            PyErr_WarnEx(PyExc_EncodingWarning, "'encoding' argument not specified", level) < 0)
            return NULL;
        return PyUnicode_InternFromString(Py_UTF8Mode ? "utf-8" : "locale");
    }
    Py_INCREF(args[0]);
    return args[0];
}

static PyMethodDef methods[] = {
    {"open", IO_METHODK(open_function), METH_VARARGS | METH_KEYWORDS,
     "open($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)\n--\n\n"
     "Open a file and return a stream over it."},
    {"text_encoding", IO_METHODK(text_encoding), METH_FASTCALL,
     "text_encoding($module, encoding, stacklevel=2, /)\n--\n\nThe encoding, or the default for None."},
    {"open_code", IO_METHODK(open_code), METH_VARARGS | METH_KEYWORDS,
     "open_code($module, /, path)\n--\n\nOpen a file that is going to be run."},
    {NULL}
};

static int add_unsupported(PyObject *m)
{
    if (KEPT(unsupported_operation) == NULL)
        KEPT(unsupported_operation) = PyObject_CallFunction((PyObject *)&PyType_Type, "s(OO){ss}", "UnsupportedOperation",
                                                         PyExc_OSError, PyExc_ValueError, "__module__", "io");
    return PyModule_AddObjectRef(m, "UnsupportedOperation", KEPT(unsupported_operation));
}

PyMODINIT_FUNC PyInit__io(void)
{
    static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = "_io", .m_size = -1, .m_methods = methods,
                                     .m_doc = "The streams that the io module names."};
    PyObject *m = PyModule_Create(&def);
    if (m == NULL)
        return NULL;
    if (PyModule_AddIntConstant(m, "DEFAULT_BUFFER_SIZE", IO_BUFFER_SIZE) < 0 || add_unsupported(m) < 0
        || PyModule_AddObjectRef(m, "BlockingIOError", PyExc_BlockingIOError) < 0
        || PyType_Ready(&_PyBytesIOBuffer_Type) < 0
        || PyModule_AddType(m, &IOBase_Type) < 0 || PyModule_AddType(m, &IncrementalNewlineDecoder_Type) < 0
        || PyModule_AddType(m, &TextIOBase_Type) < 0 || PyModule_AddType(m, &BufferedIOBase_Type) < 0
        || PyModule_AddType(m, &RawIOBase_Type) < 0 || PyModule_AddType(m, &FileIO_Type) < 0
        || PyModule_AddType(m, &BytesIO_Type) < 0 || PyModule_AddType(m, &StringIO_Type) < 0
        || PyModule_AddType(m, &BufferedReader_Type) < 0
        || PyModule_AddType(m, &BufferedWriter_Type) < 0
        || PyModule_AddType(m, &BufferedRWPair_Type) < 0
        || PyModule_AddType(m, &BufferedRandom_Type) < 0
        || PyModule_AddType(m, &TextIOWrapper_Type) < 0)
        Py_CLEAR(m);
    return m;
}
