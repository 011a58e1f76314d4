/* Recordings for the package limpid: begin, end. */
#include "see/recorder.h"
#include "see/tables.h"

static PyObject *record_start(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"path", "steps", "lines_only", "library", "start", "objects", "breadth", "depth", NULL};
    PyObject *path;
    RecordOptions options = {0};
    unsigned long long steps = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&|$KppzIII:record", keywords, PyUnicode_FSConverter, &path, &steps,
                                     &options.lines_only, &options.library, &options.from, &options.objects,
                                     &options.breadth, &options.depth))
        return NULL;
    options.steps = steps;
    int done = recorder_start(PyBytes_AS_STRING(path), &options);
    Py_DECREF(path);
    return done < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *record_stop(PyObject *m, PyObject *ignored)
{
    int64_t steps = recorder_stop();
    return steps < 0 ? NULL : PyLong_FromLongLong(steps);
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
     "record($module, path, *, steps=0, lines_only=False, library=False, start=None, objects=0, breadth=0, "
     "depth=0)\n--\n\n"
     "Record code that begins to run from now on into a new file; 0 stands for the usual limit."},
    {"record_stop", record_stop, METH_NOARGS,
     "record_stop($module, /)\n--\n\nEnd the recording; how many steps it has."},
    {"viewer", viewer, METH_NOARGS, "viewer($module, /)\n--\n\nThe page that shows recordings, without one, bytes."},
    {NULL}};
