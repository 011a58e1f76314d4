/* The module _io: open(), and the table of its types. */
#include "modules/io/io.h"
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/config.h"

#include <string.h>

/* ---- open() -------------------------------------------------------------------------------------------------------------------- */

struct open_mode {
    int creating, reading, writing, appending, updating, text, binary;
};

/* 0, or -1 with ValueError. */
static int parse_mode(const char *mode, struct open_mode *m)
{
    memset(m, 0, sizeof *m);
    for (const char *c = mode; *c; c++) {
        int *flag = *c == 'x' ? &m->creating : *c == 'r' ? &m->reading : *c == 'w' ? &m->writing : *c == 'a' ? &m->appending
                    : *c == '+' ? &m->updating : *c == 't' ? &m->text : *c == 'b' ? &m->binary : NULL;
        if (!flag || *flag) {
            PyErr_Format(PyExc_ValueError, "invalid mode: '%s'", mode);
            return -1;
        }
        *flag = 1;
    }
    const char *wrong = NULL;
    if (m->text && m->binary)
        wrong = "can't have text and binary mode at once";
    else if (m->creating + m->reading + m->writing + m->appending > 1)
        wrong = "must have exactly one of create/read/write/append mode";
    if (wrong)
        PyErr_SetString(PyExc_ValueError, wrong);
    return wrong ? -1 : 0;
}

/* Arguments that only text streams take; 0 or -1. */
static int check_arguments(const struct open_mode *m, const char *encoding, const char *errors, const char *newline, int buffering)
{
    const char *wrong = NULL;
    if (m->binary && encoding)
        wrong = "binary mode doesn't take an encoding argument";
    else if (m->binary && errors)
        wrong = "binary mode doesn't take an errors argument";
    else if (m->binary && newline)
        wrong = "binary mode doesn't take a newline argument";
    if (wrong) {
        PyErr_SetString(PyExc_ValueError, wrong);
        return -1;
    }
    if (m->binary && buffering == 1)
        return PyErr_WarnEx(PyExc_RuntimeWarning, "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used", 1);
    return 0;
}

static PyObject *wrap_buffered(PyObject *raw, const struct open_mode *m, int buffering)
{
    PyTypeObject *type = m->updating ? &PyBufferedRandom_Type : m->creating || m->writing || m->appending ? &PyBufferedWriter_Type
                         : &PyBufferedReader_Type;
    if (!m->updating && !m->creating && !m->writing && !m->appending && !m->reading) {
        PyErr_Format(PyExc_ValueError, "unknown mode");
        return NULL;
    }
    return PyObject_CallFunction((PyObject *)type, "Oi", raw, buffering);
}

/* Closes a half-opened stream and keeps the exception. */
static PyObject *give_up(PyObject *stream)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *done = PyObject_CallMethodNoArgs(stream, N(close));
    _PyErr_ChainExceptions(type, value, traceback);
    Py_XDECREF(done);
    Py_DECREF(stream);
    return NULL;
}

static PyObject *open_stream(PyObject *file, const char *mode, int buffering, const char *encoding, const char *errors, const char *newline,
                             int closefd, PyObject *opener)
{
    struct open_mode m;
    if (parse_mode(mode, &m) < 0 || check_arguments(&m, encoding, errors, newline, buffering) < 0)
        return NULL;
    if (!m.creating && !m.reading && !m.writing && !m.appending) {
        PyErr_SetString(PyExc_ValueError, "Must have exactly one of create/read/write/append mode and at most one plus");
        return NULL;
    }
    char raw_mode[6], *p = raw_mode;
    *p++ = m.creating ? 'x' : m.reading ? 'r' : m.writing ? 'w' : 'a';
    if (m.updating)
        *p++ = '+';
    *p = 0;
    PyObject *stream = PyObject_CallFunction((PyObject *)&PyFileIO_Type, "OsOO", file, raw_mode, closefd ? Py_True : Py_False, opener);
    if (!stream)
        return NULL;
    int is_tty = 0;
    if (buffering < 0) {
        PyObject *tty = PyObject_CallMethodNoArgs(stream, N(isatty));
        is_tty = tty ? PyObject_IsTrue(tty) : -1;
        Py_XDECREF(tty);
        if (is_tty < 0)
            return give_up(stream);
    }
    int line_buffering = buffering == 1 || (buffering < 0 && is_tty);
    if (buffering < 0 || buffering == 1) {
        PyObject *size = PyObject_GetAttr(stream, N(_blksize));
        buffering = size ? (int)PyLong_AsLong(size) : -1;
        Py_XDECREF(size);
        if (buffering == -1 && PyErr_Occurred())
            return give_up(stream);
    }
    if (buffering < 0) {
        PyErr_SetString(PyExc_ValueError, "invalid buffering size");
        return give_up(stream);
    }
    if (buffering == 0) {
        if (m.binary)
            return stream;
        PyErr_SetString(PyExc_ValueError, "can't have unbuffered text I/O");
        return give_up(stream);
    }
    PyObject *buffered = wrap_buffered(stream, &m, buffering);
    if (!buffered)
        return give_up(stream);
    Py_DECREF(stream);
    if (m.binary)
        return buffered;
    PyObject *text = PyObject_CallFunction((PyObject *)&PyTextIOWrapper_Type, "OsssO", buffered, encoding, errors, newline,
                                           line_buffering ? Py_True : Py_False);
    if (!text)
        return give_up(buffered);
    PyObject *mode_text = PyUnicode_FromString(mode);
    int failed = !mode_text || PyObject_SetAttr(text, N(mode), mode_text) < 0;
    Py_XDECREF(mode_text);
    Py_DECREF(buffered);
    return failed ? give_up(text) : text;
}

static PyObject *io_open(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"file", "mode", "buffering", "encoding", "errors", "newline", "closefd", "opener", NULL};
    PyObject *file, *opener = Py_None;
    const char *mode = "r", *encoding = NULL, *errors = NULL, *newline = NULL;
    int buffering = -1, closefd = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|sizzzpO:open", names, &file, &mode, &buffering, &encoding, &errors, &newline, &closefd, &opener))
        return NULL;
    if (PyLong_Check(file) || PyFloat_Check(file)) {
        if (PyFloat_Check(file)) {
            PyErr_SetString(PyExc_TypeError, "expected str, bytes or os.PathLike object, not float");
            return NULL;
        }
        Py_INCREF(file);
    } else {
        file = PyOS_FSPath(file);
    }
    PyObject *stream = file ? open_stream(file, mode, buffering, encoding, errors, newline, closefd, opener) : NULL;
    Py_XDECREF(file);
    return stream;
}

static PyObject *io_open_code(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"path", NULL};
    PyObject *path;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "U:open_code", names, &path))
        return NULL;
    return PyFile_OpenCodeObject(path);
}

/* Opens a file to be run, for reading bytes; new. */
PyObject *PyFile_OpenCodeObject(PyObject *path)
{
    return open_stream(path, "rb", -1, NULL, NULL, NULL, 1, Py_None);
}

PyObject *PyFile_OpenCode(const char *path)
{
    PyObject *name = PyUnicode_FromString(path);
    PyObject *stream = name ? PyFile_OpenCodeObject(name) : NULL;
    Py_XDECREF(name);
    return stream;
}

static PyObject *io_text_encoding(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    int level = 2;
    if (!_PyArg_CheckPositional("text_encoding", nargs, 1, 2))
        return NULL;
    if (nargs > 1 && (level = _PyLong_AsInt(args[1])) == -1 && PyErr_Occurred())
        return NULL;
    if (args[0] && args[0] != Py_None)
        return Py_NewRef(args[0]);
    const Config *config = config_current();
    if (config->warn_default_encoding && PyErr_WarnEx(PyExc_EncodingWarning, "'encoding' argument not specified", level) < 0)
        return NULL;
    return PyUnicode_InternFromString(config->utf8_mode ? "utf-8" : "locale");
}

/* ---- the module ---------------------------------------------------------------------------------------------------------------------- */

static PyMethodDef functions[] = {
    {"open", (PyCFunction)(void (*)(void))io_open, METH_VARARGS | METH_KEYWORDS,
     "open($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)\n--\n\n"
     "Opens a file, by name or descriptor, as a stream of text ('t') or bytes ('b').\n\n"
     "mode: r read, w write anew, x create, a append, + also the other direction.\n"
     "buffering: 0 none (bytes only), 1 by line (text only), more: size of the buffer in bytes."},
    {"open_code", (PyCFunction)(void (*)(void))io_open_code, METH_VARARGS | METH_KEYWORDS,
     "open_code($module, /, path)\n--\n\nOpens a file whose contents will be run, for reading bytes."},
    {"text_encoding", (PyCFunction)(void (*)(void))io_text_encoding, METH_FASTCALL,
     "text_encoding($module, encoding, stacklevel=2, /)\n--\n\nThe encoding given, or \"locale\" (in UTF-8 mode \"utf-8\") for None."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_io", .m_size = -1, .m_methods = functions,
                                        .m_doc = "Streams: files, buffers, text (library reference, \"io\")."};

static PyTypeObject *const types[] = {
    &PyIOBase_Type, &PyRawIOBase_Type, &PyBufferedIOBase_Type, &PyTextIOBase_Type, &PyFileIO_Type, &PyBytesIO_Type,
    &PyStringIO_Type, &PyBufferedReader_Type, &PyBufferedWriter_Type, &PyBufferedRWPair_Type, &PyBufferedRandom_Type,
    &PyIncrementalNewlineDecoder_Type, &PyTextIOWrapper_Type};

static int add_unsupported(PyObject *m)
{
    PyObject *bases = PyTuple_Pack(2, PyExc_OSError, PyExc_ValueError);
    if (!bases)
        return -1;
    Py_XSETREF(io_unsupported, PyObject_CallFunction((PyObject *)&PyType_Type, "sO{}", "UnsupportedOperation", bases));
    Py_DECREF(bases);
    PyObject *name = io_unsupported ? PyUnicode_FromString("io") : NULL;
    int failed = !name || PyObject_SetAttr(io_unsupported, N(__module__), name) < 0 ||
                 PyModule_AddObjectRef(m, "UnsupportedOperation", io_unsupported) < 0;
    Py_XDECREF(name);
    return failed ? -1 : 0;
}

PyMODINIT_FUNC PyInit__io(void)
{
    PyObject *m = PyModule_Create(&definition);
    if (!m || PyModule_AddIntConstant(m, "DEFAULT_BUFFER_SIZE", IO_BUFFER_SIZE) < 0 || add_unsupported(m) < 0 ||
        PyModule_AddObjectRef(m, "BlockingIOError", PyExc_BlockingIOError) < 0)
        goto failed;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (PyModule_AddType(m, types[i]) < 0)
            goto failed;
    return m;
failed:
    Py_XDECREF(m);
    return NULL;
}
