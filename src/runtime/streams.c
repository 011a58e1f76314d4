/* The standard streams: sys.stdin, sys.stdout, sys.stderr, and builtins.open. */
#include "runtime/lifecycle.h"
#include "memory/state.h"
#include "objects/names.h"

#include <fcntl.h>
#include <unistd.h>
#include <langinfo.h>
#include <locale.h>

/* The encoding of the locale, or UTF-8: the C and POSIX locales mean UTF-8 as well (PEP 538, 540). */
static const char *stdio_encoding(const Config *config)
{
    if (config->stdio_encoding)
        return config->stdio_encoding;
    if (config->utf8_mode)
        return "utf-8";
    const char *name = setlocale(LC_CTYPE, NULL);
    if (!name || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0)
        return "utf-8";
    const char *codeset = nl_langinfo(CODESET);
    return codeset && *codeset && strcmp(codeset, "ANSI_X3.4-1968") != 0 && strcmp(codeset, "UTF-8") != 0 ? codeset : "utf-8";
}

static const char *stdio_errors(const Config *config)
{
    if (config->stdio_errors)
        return config->stdio_errors;
    const char *name = setlocale(LC_CTYPE, NULL);
    int plain = !name || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0 || strcmp(name, "C.UTF-8") == 0 ||
                strcmp(name, "C.utf8") == 0;
    return plain || config->utf8_mode ? "surrogateescape" : "strict";
}

/* The name attribute of the raw file under a buffered one: the display name instead of the descriptor. */
static int set_raw_name(PyObject *buffer, const char *name, int buffered)
{
    PyObject *raw = buffered ? PyObject_GetAttr(buffer, N(raw)) : Py_NewRef(buffer);
    PyObject *text = raw ? PyUnicode_FromString(name) : NULL;
    int result = text ? PyObject_SetAttr(raw, N(name), text) : -1;
    Py_XDECREF(raw);
    Py_XDECREF(text);
    return result;
}

/* A text stream over the descriptor; new, None when it is closed, NULL with an exception. */
static PyObject *make_stream(PyObject *io, int fd, int write, const char *name, const char *encoding, const char *errors)
{
    const Config *config = config_current();
    if (fcntl(fd, F_GETFD) < 0)
        Py_RETURN_NONE;
    int buffered = !(config->unbuffered && write);
    PyObject *buffer = PyObject_CallMethod(io, "open", "isisssO", fd, write ? "wb" : "rb", buffered ? -1 : 0, NULL, NULL, NULL,
                                           Py_False);
    if (!buffer)
        return NULL;
    PyObject *stream = NULL;
    if (set_raw_name(buffer, name, buffered) == 0) {
        PyObject *tty = PyObject_CallMethodNoArgs(buffer, N(isatty));
        int is_tty = tty ? PyObject_IsTrue(tty) : -1;
        Py_XDECREF(tty);
        if (is_tty >= 0)
            stream = PyObject_CallMethod(io, "TextIOWrapper", "OsssOO", buffer, encoding, errors, "\n",
                                         !config->unbuffered && (is_tty || fd == 2 || (config->interactive && write)) ? Py_True : Py_False,
                                         config->unbuffered ? Py_True : Py_False);
    }
    Py_DECREF(buffer);
    PyObject *mode = stream ? PyUnicode_FromString(write ? "w" : "r") : NULL;
    if (!mode || PyObject_SetAttr(stream, N(mode), mode) < 0)
        Py_CLEAR(stream);
    Py_XDECREF(mode);
    return stream;
}

static int put_stream(PyObject *io, int fd, const char *name, const char *original, const char *shown, const char *encoding,
                      const char *errors)
{
    PyObject *stream = make_stream(io, fd, fd != 0, shown, encoding, errors);
    if (!stream)
        return -1;
    int failed = PySys_SetObject(original, stream) < 0 || PySys_SetObject(name, stream) < 0;
    Py_DECREF(stream);
    return failed ? -1 : 0;
}

int streams_init(void)
{
    PyObject *io = PyImport_ImportModule("_io");
    if (!io)
        return -1;
    const Config *config = config_current();
    const char *encoding = stdio_encoding(config), *errors = stdio_errors(config);
    PyObject *codec = NULL, *name = NULL;
    if (strcmp(encoding, "utf-8") != 0) { /* streams are named by their codec */
        codec = _PyCodec_Lookup(encoding);
        name = codec ? PyObject_GetAttr(codec, N(name)) : NULL;
        encoding = name && PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : encoding;
        PyErr_Clear();
    }
    PyObject *open = PyObject_GetAttr(io, N(open));
    int failed = !open || PyDict_SetItem(interp_current()->builtins, N(open), open) < 0 ||
                 put_stream(io, 2, "stderr", "__stderr__", "<stderr>", encoding, "backslashreplace") < 0 ||
                 put_stream(io, 0, "stdin", "__stdin__", "<stdin>", encoding, errors) < 0 ||
                 put_stream(io, 1, "stdout", "__stdout__", "<stdout>", encoding, errors) < 0;
    Py_XDECREF(open);
    Py_XDECREF(codec);
    Py_XDECREF(name);
    Py_DECREF(io);
    return failed ? -1 : 0;
}

static int flush_one(const char *name, int report)
{
    PyObject *file = PySys_GetObject(name);
    if (!file || file == Py_None)
        return 0;
    Py_INCREF(file);
    PyObject *closed;
    int is_closed = _PyObject_LookupAttr(file, N(closed), &closed) > 0 ? PyObject_IsTrue(closed) : 0;
    Py_XDECREF(closed);
    if (is_closed < 0)
        PyErr_Clear();
    PyObject *done = is_closed > 0 ? Py_NewRef(Py_None) : PyObject_CallMethodNoArgs(file, N(flush));
    if (!done && report)
        PyErr_WriteUnraisable(file);
    else if (!done)
        PyErr_Clear();
    Py_DECREF(file);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

void flush_std_files_quietly(void)
{
    flush_one("stderr", 0);
    flush_one("stdout", 0);
}

int flush_std_files(void)
{
    int result = flush_one("stdout", 1);
    flush_one("stderr", 0);
    return result;
}
