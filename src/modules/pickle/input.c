/* Where a pickle is read from: bytes at hand, or a file of which no more is taken than the pickle has.
 *
 * What is asked for is read exactly, or, if the file can peek(), looked at ahead; the file is then moved on when the
 * look has been used up, and at the end.  A frame is asked for as a whole. */
#include "modules/pickle/pickle.h"

enum { PEEK = 128 * 1024 };

static int truncated(void)
{
    PyErr_SetString(pickle_state.unpickling_error, "pickle data was truncated");
    return -1;
}

static void drop(Input *in)
{
    if (in->has_view)
        PyBuffer_Release(&in->view);
    in->has_view = in->peeked = 0;
    in->start = in->at = in->end = NULL;
}

int input_set_bytes(Input *in, PyObject *bytes)
{
    drop(in);
    if (PyObject_GetBuffer(bytes, &in->view, PyBUF_CONTIG_RO))
        return -1;
    in->has_view = 1;
    in->start = in->at = in->view.buf;
    in->end = in->start + in->view.len;
    return 0;
}

int input_set_file(Input *in, PyObject *file)
{
    static const char complaint[] = "file must have 'read' and 'readline' attributes";
    PyObject *peek, *readinto, *read, *readline;
    if (_PyObject_LookupAttr(file, N(peek), &peek) < 0)
        return -1;
    Py_XSETREF(in->peek, peek);
    if (_PyObject_LookupAttr(file, N(readinto), &readinto) < 0)
        return -1;
    Py_XSETREF(in->readinto, readinto);
    if (_PyObject_LookupAttr(file, N(read), &read) < 0)
        return -1;
    Py_XSETREF(in->read, read);
    if (_PyObject_LookupAttr(file, N(readline), &readline) < 0)
        return -1;
    Py_XSETREF(in->readline, readline);
    if (read && readline)
        return 0;
    Py_CLEAR(in->read);
    PyErr_SetString(PyExc_TypeError, complaint);
    return -1;
}

void input_close(Input *in)
{
    drop(in);
    Py_CLEAR(in->read);
    Py_CLEAR(in->readline);
    Py_CLEAR(in->readinto);
    Py_CLEAR(in->peek);
}

/* Calls file.method(n): new reference. */
static PyObject *call_with_size(PyObject *method, Py_ssize_t n)
{
    PyObject *size = PyLong_FromSsize_t(n), *r = size ? PyObject_CallOneArg(method, size) : NULL;
    Py_XDECREF(size);
    return r;
}

int input_skip(Input *in)
{
    if (!in->peeked)
        return 0;
    Py_ssize_t used = in->at - in->start;
    drop(in);
    PyObject *r = used ? call_with_size(in->read, used) : NULL;
    Py_XDECREF(r);
    return used && !r ? -1 : 0;
}

/* Looks ahead: 1 when there is something. */
static int look(Input *in)
{
    PyObject *bytes = call_with_size(in->peek, PEEK);
    if (!bytes) {
        if (!PyErr_ExceptionMatches(PyExc_NotImplementedError))
            return -1;
        PyErr_Clear();
        Py_CLEAR(in->peek);
        return 0;
    }
    int bad = input_set_bytes(in, bytes);
    Py_DECREF(bytes);
    if (bad)
        return -1;
    in->peeked = in->end > in->start;
    return in->peeked;
}

const char *input_more(Input *in, Py_ssize_t n)
{
    if (n > PY_SSIZE_T_MAX - (in->at - in->start)) {
        PyErr_SetString(pickle_state.unpickling_error, "read would overflow (invalid bytecode)");
        return NULL;
    }
    if (!in->read || (!in->peeked && in->at < in->end)) { /* what is left of a frame is not enough */
        truncated();
        return NULL;
    }
    if (input_skip(in))
        return NULL;
    drop(in);
    int seen = in->peek ? look(in) : 0;
    if (seen < 0)
        return NULL;
    if (!seen || in->end - in->at < n) {
        drop(in);
        PyObject *bytes = call_with_size(in->read, n);
        int bad = bytes ? input_set_bytes(in, bytes) : -1;
        Py_XDECREF(bytes);
        if (bad)
            return NULL;
    }
    if (in->end - in->at < n) {
        truncated();
        return NULL;
    }
    in->at += n;
    return in->at - n;
}

const char *input_line(Input *in, Py_ssize_t *n)
{
    const char *line = in->at, *newline = in->end > line ? memchr(line, '\n', (size_t)(in->end - line)) : NULL;
    if (!newline && in->readline && (in->peeked || in->at == in->end)) {
        if (input_skip(in))
            return NULL;
        drop(in);
        PyObject *bytes = PyObject_CallNoArgs(in->readline);
        int bad = bytes ? input_set_bytes(in, bytes) : -1;
        Py_XDECREF(bytes);
        if (bad)
            return NULL;
        line = in->at;
        newline = in->end > line ? memchr(line, '\n', (size_t)(in->end - line)) : NULL;
    }
    if (!newline) {
        truncated();
        return NULL;
    }
    in->at = newline + 1;
    *n = in->at - line;
    return line;
}

/* file.readinto() to a place of ours: the bytes that came, or -1. */
static Py_ssize_t read_into(Input *in, char *to, Py_ssize_t n)
{
    PyObject *view = PyMemoryView_FromMemory(to, n, PyBUF_WRITE);
    PyObject *count = view ? PyObject_CallOneArg(in->readinto, view) : NULL;
    Py_ssize_t got = count ? PyLong_AsSsize_t(count) : -1;
    Py_XDECREF(view);
    Py_XDECREF(count);
    return got;
}

int input_into(Input *in, char *to, Py_ssize_t n)
{
    Py_ssize_t have = in->end - in->at;
    if (have >= n || !in->read || !in->readinto) {
        const char *from = have >= n ? input_read(in, n) : input_more(in, n);
        if (from)
            memcpy(to, from, (size_t)n);
        return from ? 0 : -1;
    }
    if (!in->peeked && have > 0)
        return truncated();
    if (input_skip(in)) /* what was peeked stays in the file */
        return -1;
    drop(in);
    Py_ssize_t got = read_into(in, to, n);
    if (got == -1 && PyErr_Occurred())
        return -1;
    return got < n ? truncated() : 0;
}
