/* IncrementalNewlineDecoder and _TextIOBase; finding the end of a line. */
#include "modules/io/io.h"
#include "objects/str/str.h"
#include <string.h>

enum { SEEN_CR = 1, SEEN_LF = 2, SEEN_CRLF = 4 };

typedef struct {
    PyObject_HEAD
    PyObject *decoder, *errors;
    unsigned pending_cr : 1, translate : 1, seen : 3;
} NewlineDecoder;

static int nd_init(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"decoder", "translate", "errors", NULL};
    NewlineDecoder *self = (NewlineDecoder *)o;
    PyObject *decoder, *errors = NULL;
    int translate;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "Op|O:IncrementalNewlineDecoder", keywords, &decoder, &translate, &errors))
        return -1;
    if (errors == NULL)
        errors = N(strict);
    Py_INCREF(decoder);
    Py_XSETREF(self->decoder, decoder);
    Py_INCREF(errors);
    Py_XSETREF(self->errors, errors);
    self->translate = translate != 0;
    self->seen = self->pending_cr = 0;
    return 0;
}

static int nd_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(((NewlineDecoder *)o)->decoder);
    Py_VISIT(((NewlineDecoder *)o)->errors);
    return 0;
}

static int nd_clear(PyObject *o)
{
    Py_CLEAR(((NewlineDecoder *)o)->decoder);
    Py_CLEAR(((NewlineDecoder *)o)->errors);
    return 0;
}

static void nd_dealloc(PyObject *o)
{
    PyObject_GC_UnTrack(o);
    nd_clear(o);
    Py_TYPE(o)->tp_free(o);
}

static int is_ready(NewlineDecoder *self)
{
    if (self->decoder == NULL)
        PyErr_SetString(PyExc_ValueError, "IncrementalNewlineDecoder.__init__() not called");
    return self->decoder != NULL;
}

/* Notes which line ends the text has. */
static int kinds_of_newline(StrView v, int seen)
{
    for (Py_ssize_t i = 0; i < v.len && seen != 7; i++) {
        Py_UCS4 c = unit_at(v.kind, v.data, i);
        if (c == '\n')
            seen |= SEEN_LF;
        else if (c == '\r') {
            int pair = i + 1 < v.len && unit_at(v.kind, v.data, i + 1) == '\n';
            seen |= pair ? SEEN_CRLF : SEEN_CR;
            i += pair;
        }
    }
    return seen;
}

/* The text with "\r\n" and "\r" as "\n": new. */
static PyObject *translated(PyObject *text)
{
    StrView v = str_view(text);
    PyObject *out = PyUnicode_New(v.len, str_max(text));
    if (out == NULL)
        return NULL;
    void *to = str_data(out);
    Py_ssize_t n = 0;
    for (Py_ssize_t i = 0; i < v.len; i++) {
        Py_UCS4 c = unit_at(v.kind, v.data, i);
        if (c == '\r') {
            c = '\n';
            i += i + 1 < v.len && unit_at(v.kind, v.data, i + 1) == '\n';
        }
        unit_set(v.kind, to, n++, c);
    }
    if (n != v.len && PyUnicode_Resize(&out, n) < 0)
        Py_CLEAR(out);
    return out;
}

/* Decodes and translates; also takes None as the decoder, then input is text. */
PyObject *newline_decode(PyObject *o, PyObject *input, int final)
{
    NewlineDecoder *self = (NewlineDecoder *)o;
    PyObject *text;
    if (!is_ready(self))
        return NULL;
    if (self->decoder != Py_None)
        text = PyObject_CallMethodObjArgs(self->decoder, N(decode), input, final ? Py_True : Py_False, NULL);
    else {
        text = input;
        Py_INCREF(text);
    }
    if (text == NULL)
        return NULL;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "decoder should return a string result, not '%.200s'", Py_TYPE(text)->tp_name);
        Py_DECREF(text);
        return NULL;
    }
    Py_ssize_t len = PyUnicode_GET_LENGTH(text);
    if (self->pending_cr && (final || len > 0)) {  /* the '\r' that ended the last piece */
        PyObject *cr = str_char('\r'), *joined = PyUnicode_Concat(cr, text);
        Py_DECREF(cr);
        Py_SETREF(text, joined);
        if (text == NULL)
            return NULL;
        self->pending_cr = 0;
        len++;
    }
    if (!final && len > 0 && str_at(text, len - 1) == '\r') {
        Py_SETREF(text, str_slice(text, 0, len - 1));
        if (text == NULL)
            return NULL;
        self->pending_cr = 1;
        len--;
    }
    if (len == 0)
        return text;
    if (view_find_char(str_view(text), '\r', 1) < 0) {
        if (!(self->seen & SEEN_LF) && view_find_char(str_view(text), '\n', 1) >= 0)
            self->seen |= SEEN_LF;
        return text;
    }
    self->seen = kinds_of_newline(str_view(text), self->seen);
    if (self->translate)
        Py_SETREF(text, translated(text));
    return text;
}

static PyObject *nd_decode(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"input", "final", NULL};
    PyObject *input;
    int final = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|p:decode", keywords, &input, &final))
        return NULL;
    return newline_decode(o, input, final);
}

static PyObject *nd_getstate(PyObject *o, PyObject *unused)
{
    NewlineDecoder *self = (NewlineDecoder *)o;
    if (!is_ready(self))
        return NULL;
    if (self->decoder == Py_None)
        return Py_BuildValue("yi", "", (int)self->pending_cr);
    PyObject *state = PyObject_CallMethodNoArgs(self->decoder, N(getstate)), *bytes;
    unsigned long long flag;
    if (state == NULL)
        return NULL;
    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "illegal decoder state");
        Py_DECREF(state);
        return NULL;
    }
    if (!PyArg_ParseTuple(state, "OK;illegal decoder state", &bytes, &flag)) {
        Py_DECREF(state);
        return NULL;
    }
    PyObject *result = Py_BuildValue("OK", bytes, flag << 1 | self->pending_cr);
    Py_DECREF(state);
    return result;
}

static PyObject *nd_setstate(PyObject *o, PyObject *state)
{
    NewlineDecoder *self = (NewlineDecoder *)o;
    PyObject *bytes;
    unsigned long long flag;
    if (!is_ready(self))
        return NULL;
    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "state argument must be a tuple");
        return NULL;
    }
    if (!PyArg_ParseTuple(state, "OK;setstate(): illegal state argument", &bytes, &flag))
        return NULL;
    self->pending_cr = flag & 1;
    if (self->decoder == Py_None)
        Py_RETURN_NONE;
    return PyObject_CallMethod(self->decoder, "setstate", "((OK))", bytes, flag >> 1);
}

static PyObject *nd_reset(PyObject *o, PyObject *unused)
{
    NewlineDecoder *self = (NewlineDecoder *)o;
    if (!is_ready(self))
        return NULL;
    self->seen = self->pending_cr = 0;
    if (self->decoder == Py_None)
        Py_RETURN_NONE;
    return PyObject_CallMethodNoArgs(self->decoder, N(reset));
}

static PyObject *nd_newlines(PyObject *o, void *unused)
{
    switch (((NewlineDecoder *)o)->seen) {
    case SEEN_CR: return PyUnicode_FromString("\r");
    case SEEN_LF: return PyUnicode_FromString("\n");
    case SEEN_CRLF: return PyUnicode_FromString("\r\n");
    case SEEN_CR | SEEN_LF: return Py_BuildValue("ss", "\r", "\n");
    case SEEN_CR | SEEN_CRLF: return Py_BuildValue("ss", "\r", "\r\n");
    case SEEN_LF | SEEN_CRLF: return Py_BuildValue("ss", "\n", "\r\n");
    case SEEN_CR | SEEN_LF | SEEN_CRLF: return Py_BuildValue("sss", "\r", "\n", "\r\n");
    }
    Py_RETURN_NONE;
}

static PyMethodDef nd_methods[] = {
    {"decode", IO_METHODK(nd_decode), METH_VARARGS | METH_KEYWORDS, "decode($self, /, input, final=False)\n--\n\n"},
    {"getstate", nd_getstate, METH_NOARGS, "getstate($self, /)\n--\n\n"},
    {"setstate", nd_setstate, METH_O, "setstate($self, state, /)\n--\n\n"},
    {"reset", nd_reset, METH_NOARGS, "reset($self, /)\n--\n\n"},
    {NULL}
};
static PyGetSetDef nd_getset[] = {{"newlines", nd_newlines, NULL, NULL, NULL}, {NULL}};

PyTypeObject IncrementalNewlineDecoder_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io.IncrementalNewlineDecoder",
    .tp_basicsize = sizeof(NewlineDecoder),
    .tp_dealloc = nd_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "IncrementalNewlineDecoder(decoder, translate, errors='strict')\n--\n\nA decoder that knows all line ends.",
    .tp_traverse = nd_traverse,
    .tp_clear = nd_clear,
    .tp_methods = nd_methods,
    .tp_getset = nd_getset,
    .tp_init = nd_init,
    .tp_new = PyType_GenericNew,
};

/* --- _TextIOBase --- */

static PyObject *tb_detach(PyObject *self, PyObject *args) { return io_unsupported("detach"); }
static PyObject *tb_read(PyObject *self, PyObject *args) { return io_unsupported("read"); }
static PyObject *tb_readline(PyObject *self, PyObject *args) { return io_unsupported("readline"); }
static PyObject *tb_write(PyObject *self, PyObject *args) { return io_unsupported("write"); }
static PyObject *tb_none(PyObject *self, void *unused) { Py_RETURN_NONE; }

static PyMethodDef tb_methods[] = {
    {"detach", tb_detach, METH_NOARGS, "Give the buffer back."},
    {"read", tb_read, METH_VARARGS, "Up to size characters."},
    {"readline", tb_readline, METH_VARARGS, "One line."},
    {"write", tb_write, METH_VARARGS, "Write the text; how many characters."},
    {NULL}
};
static PyGetSetDef tb_getset[] = {
    {"encoding", tb_none, NULL, NULL, NULL}, {"newlines", tb_none, NULL, NULL, NULL}, {"errors", tb_none, NULL, NULL, NULL}, {NULL}
};

PyTypeObject TextIOBase_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io._TextIOBase",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Streams of text.",
    .tp_methods = tb_methods,
    .tp_getset = tb_getset,
    .tp_base = &IOBase_Type,
};
