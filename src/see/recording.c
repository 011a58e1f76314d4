/* Recordings for the package limpid: begin, end. */
#include "see/last_words.h"
#include "see/recorder.h"
#include "see/tables.h"

#include <stdlib.h>
#include <string.h>

/* Sets an option from a Python value: True, a whole number or a text; None and False leave it as it is. */
static int set_option(RecordOptions *options, PyObject *name, PyObject *value)
{
    char message[RECORD_MESSAGE];
    Py_ssize_t length;
    const char *key = PyUnicode_AsUTF8AndSize(name, &length), *text = NULL;
    PyObject *shown = NULL;
    if (key == NULL)
        return -1;
    if (!record_option_known(key, (size_t)length)) {
        PyErr_Format(PyExc_TypeError, "there is no option %R of recordings", name);
        return -1;
    }
    if (value == Py_None || value == Py_False)
        return 0;
    if (value != Py_True) {
        if (!PyLong_Check(value) && !PyUnicode_Check(value)) {
            PyErr_Format(PyExc_TypeError, "%U must be a number or a text, not %.100s", name, Py_TYPE(value)->tp_name);
            return -1;
        }
        if ((shown = PyUnicode_Check(value) ? Py_NewRef(value) : PyNumber_ToBase(value, 10)) == NULL ||
            (text = PyUnicode_AsUTF8(shown)) == NULL) {
            Py_XDECREF(shown);
            return -1;
        }
    }
    int failed = record_option_set(options, key, (size_t)length, text, message);
    if (failed)
        PyErr_SetString(failed == -2 ? PyExc_MemoryError : PyExc_ValueError, message);
    Py_XDECREF(shown);
    return failed;
}

static PyObject *record_start(PyObject *m, PyObject *args, PyObject *kwargs)
{
    PyObject *path = NULL, *program = NULL, *name, *value;
    RecordOptions options = {0};
    Py_ssize_t at = 0;
    int failed = !PyArg_ParseTuple(args, "O&|O&:record", PyUnicode_FSConverter, &path, PyUnicode_FSConverter, &program);
    while (!failed && kwargs && PyDict_Next(kwargs, &at, &name, &value))
        failed = set_option(&options, name, value) < 0;
    if (!failed && program && (options.program = strdup(PyBytes_AS_STRING(program))) == NULL) {
        PyErr_NoMemory();
        failed = 1;
    }
    failed = failed || recorder_start(PyBytes_AS_STRING(path), &options) < 0;
    record_options_free(&options);
    Py_XDECREF(path);
    Py_XDECREF(program);
    return failed ? NULL : Py_NewRef(Py_None);
}

static PyObject *record_stop(PyObject *m, PyObject *ignored)
{
    int64_t steps = recorder_stop(1);
    return steps < 0 ? NULL : PyLong_FromLongLong(steps);
}

static PyObject *record_says(PyObject *m, PyObject *text)
{
    PyObject *bytes = PyUnicode_EncodeFSDefault(text);
    if (bytes == NULL)
        return NULL;
    last_words_say(PyBytes_AS_STRING(bytes));
    Py_DECREF(bytes);
    Py_RETURN_NONE;
}

static PyObject *record_missed(PyObject *m, PyObject *ignored) { return PyBool_FromLong(recorder_missed()); }

static PyObject *record_page_steps(PyObject *m, PyObject *ignored) { return PyLong_FromLong(RECORD_PAGE_STEPS); }

/* (name, operands) of each operation of the journal, as journal.def declares them. */
static PyObject *journal_operations(PyObject *m, PyObject *ignored)
{
    static const char *const rows[][2] = {
#define JOURNAL(op, operands) {#op, operands},
#include "see/journal.def"
#undef JOURNAL
    };
    Py_ssize_t count = sizeof rows / sizeof *rows;
    PyObject *list = PyTuple_New(count);
    for (Py_ssize_t i = 0; list && i < count; i++) {
        PyObject *row = Py_BuildValue("(ss)", rows[i][0], rows[i][1]);
        if (row == NULL)
            Py_CLEAR(list);
        else
            PyTuple_SET_ITEM(list, i, row);
    }
    return list;
}

/* (name, value, help) of each option. */
static PyObject *record_options(PyObject *m, PyObject *ignored)
{
    static const char *const rows[][3] = {
#define RECORD_OPTION(name, kind, field, value, help) {#name, value, help},
#include "see/options.def"
#undef RECORD_OPTION
    };
    Py_ssize_t count = sizeof rows / sizeof *rows;
    PyObject *list = PyTuple_New(count);
    for (Py_ssize_t i = 0; list && i < count; i++) {
        PyObject *row = Py_BuildValue("(szs)", rows[i][0], rows[i][1], rows[i][2]);
        if (row == NULL)
            Py_CLEAR(list);
        else
            PyTuple_SET_ITEM(list, i, row);
    }
    return list;
}

/* The page without a recording: viewer/, put together by tools/page.py when the program is built. */
extern const unsigned char see_viewer_page[];
extern const size_t see_viewer_page_size;

static PyObject *viewer(PyObject *m, PyObject *ignored)
{
    return PyBytes_FromStringAndSize((const char *)see_viewer_page, (Py_ssize_t)see_viewer_page_size);
}

PyMethodDef see_recording_methods[] = {
    {"record", (PyCFunction)(void (*)(void))record_start, METH_VARARGS | METH_KEYWORDS,
     "record($module, path, program=None, /, **options)\n--\n\n"
     "Record what runs from now on into a new file; program is the file that `lines` is about."},
    {"record_missed", record_missed, METH_NOARGS,
     "record_missed($module, /)\n--\n\nWhether something ran under a trace or profile function in the latest recording, "
     "and is not in it."},
    {"record_page_steps", record_page_steps, METH_NOARGS,
     "record_page_steps($module, /)\n--\n\nHow many steps a page gets if nothing is said."},
    {"journal_operations", journal_operations, METH_NOARGS,
     "journal_operations($module, /)\n--\n\nThe operations of a recording's journal: (name, operands)."},
    {"record_options", record_options, METH_NOARGS,
     "record_options($module, /)\n--\n\nThe options of record: (name, form of its value or None, what it does)."},
    {"record_says", record_says, METH_O,
     "record_says($module, text, /)\n--\n\nWhat is written to standard error when a signal ends the recording."},
    {"record_stop", record_stop, METH_NOARGS,
     "record_stop($module, /)\n--\n\nEnd the recording; how many steps it has."},
    {"viewer", viewer, METH_NOARGS, "viewer($module, /)\n--\n\nThe page that shows recordings, without one, bytes."},
    {NULL}};
