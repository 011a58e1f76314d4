/* StringIO: a stream over text in memory.
 *
 * While text is only appended it goes to a writer; the first other operation turns it into an array of characters. */
#include "modules/io/io.h"
#include "objects/object.h"
#include "objects/str/str.h"
#include "objects/hidden.h"
#include <stddef.h>
#include <string.h>

typedef struct {
    PyObject_HEAD
    _PyUnicodeWriter writer;    /* used while `appending` */
    Py_UCS4 *buf;
    Py_ssize_t pos, size, capacity;
    char ok, closed, appending, universal, translate;
    PyObject *decoder, *read_newline, *write_newline;
    PyObject *dict, *weakrefs;
} StringIO;

static int check_open(StringIO *self)
{
    if (self->ok && !self->closed)
        return 0;
    PyErr_SetString(PyExc_ValueError, self->ok || self->closed ? "I/O operation on closed file" : "I/O operation on uninitialized object");
    return -1;
}

static int reserve(StringIO *self, Py_ssize_t need)
{
    if (need <= self->capacity)
        return 0;
    if (need > PY_SSIZE_T_MAX / 8) {
        PyErr_SetString(PyExc_OverflowError, "new buffer size too large");
        return -1;
    }
    Py_ssize_t room = need + (need >> 3) + 16;
    Py_UCS4 *buf = PyMem_Realloc(self->buf, (size_t)room * sizeof(Py_UCS4));
    if (buf == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    self->buf = buf;
    self->capacity = room;
    return 0;
}

static int be_array(StringIO *self)
{
    if (!self->appending)
        return 0;
    Py_ssize_t n = self->writer.pos;
    if (reserve(self, n) < 0)
        return -1;
    if (n)
        units_copy(4, self->buf, 0, str_kind(self->writer.buffer), str_data(self->writer.buffer), 0, n);
    _PyUnicodeWriter_Dealloc(&self->writer);
    self->appending = 0;
    self->size = n;
    return 0;
}

static int write_text(StringIO *self, PyObject *text)
{
    PyObject *decoded = self->decoder ? newline_decode(self->decoder, text, 1) : Py_NewRef(text);
    if (decoded && self->write_newline) {
        PyObject *lf = str_char('\n');
        Py_SETREF(decoded, PyUnicode_Replace(decoded, lf, self->write_newline, -1));
        Py_DECREF(lf);
    }
    if (decoded == NULL)
        return -1;
    Py_ssize_t n = PyUnicode_GET_LENGTH(decoded), end = self->pos + n;
    int failed = -1;
    if (self->pos > PY_SSIZE_T_MAX - n)
        PyErr_SetString(PyExc_OverflowError, "new position too large");
    else if (self->appending && self->pos == self->writer.pos) {
        failed = _PyUnicodeWriter_WriteStr(&self->writer, decoded);
        if (failed == 0)
            self->pos = end;
    }
    else if (be_array(self) == 0 && reserve(self, end) == 0) {
        if (self->pos > self->size)
            memset(self->buf + self->size, 0, (size_t)(self->pos - self->size) * sizeof(Py_UCS4));
        units_copy(4, self->buf, self->pos, str_kind(decoded), str_data(decoded), 0, n);
        self->pos = end;
        self->size = Py_MAX(self->size, end);
        failed = 0;
    }
    Py_DECREF(decoded);
    return failed;
}

/* --- life --- */

static void start_empty(StringIO *self)
{
    _PyUnicodeWriter_Dealloc(&self->writer);
    _PyUnicodeWriter_Init(&self->writer);
    self->writer.overallocate = 1;
    self->appending = 1;
    self->pos = self->size = 0;
}

static int set_newline(StringIO *self, PyObject *newline)
{
    const char *s = NULL;
    if (newline && newline != Py_None) {
        if (!PyUnicode_Check(newline)) {
            PyErr_Format(PyExc_TypeError, "newline must be str or None, not %.200s", Py_TYPE(newline)->tp_name);
            return -1;
        }
        if ((s = PyUnicode_AsUTF8(newline)) == NULL)
            return -1;
    }
    else if (newline == NULL)
        s = "\n";
    if (s && *s && strcmp(s, "\n") && strcmp(s, "\r") && strcmp(s, "\r\n")) {
        PyErr_Format(PyExc_ValueError, "illegal newline value: %R", newline);
        return -1;
    }
    Py_CLEAR(self->decoder);
    Py_XSETREF(self->read_newline, s ? PyUnicode_FromString(s) : NULL);
    Py_CLEAR(self->write_newline);
    self->universal = s == NULL || !*s;
    self->translate = s == NULL;
    if (s && *s == '\r')
        self->write_newline = Py_NewRef(self->read_newline);
    if (self->universal) {
        self->decoder = PyObject_CallFunctionObjArgs((PyObject *)&IncrementalNewlineDecoder_Type, Py_None,
                                                     self->translate ? Py_True : Py_False, NULL);
        if (self->decoder == NULL)
            return -1;
    }
    return 0;
}

static int stringio_init(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"initial_value", "newline", NULL};
    StringIO *self = (StringIO *)o;
    PyObject *initial = NULL, *newline = NULL;
    self->ok = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OO:StringIO", keywords, &initial, &newline) || set_newline(self, newline) < 0)
        return -1;
    if (initial && initial != Py_None && !PyUnicode_Check(initial)) {
        PyErr_Format(PyExc_TypeError, "initial_value must be str or None, not %.200s", Py_TYPE(initial)->tp_name);
        return -1;
    }
    start_empty(self);
    self->closed = 0;
    if (initial && initial != Py_None && PyUnicode_GET_LENGTH(initial)) {
        if (be_array(self) < 0 || write_text(self, initial) < 0)
            return -1;
        self->pos = 0;
    }
    self->ok = 1;
    return 0;
}

static int stringio_traverse(PyObject *o, visitproc visit, void *arg)
{
    StringIO *self = (StringIO *)o;
    Py_VISIT(self->dict);
    Py_VISIT(self->decoder);
    return 0;
}

static int stringio_clear(PyObject *o)
{
    Py_CLEAR(((StringIO *)o)->dict);
    return 0;
}

static void release(StringIO *self)
{
    if (self->appending)
        _PyUnicodeWriter_Dealloc(&self->writer);
    self->appending = 0;
    PyMem_Free(self->buf);
    self->buf = NULL;
    self->capacity = self->size = 0;
}

static void stringio_dealloc(PyObject *o)
{
    StringIO *self = (StringIO *)o;
    PyObject_GC_UnTrack(o);
    self->ok = 0;
    release(self);
    Py_CLEAR(self->decoder);
    Py_CLEAR(self->read_newline);
    Py_CLEAR(self->write_newline);
    Py_CLEAR(self->dict);
    if (self->weakrefs)
        PyObject_ClearWeakRefs(o);
    Py_TYPE(o)->tp_free(o);
}

static void visit_hidden(PyObject *o, HiddenVisit visit, void *arg)
{
    StringIO *self = (StringIO *)o;
    if (self->read_newline != NULL)
        visit(self->read_newline, "read_newline", arg);
    if (self->write_newline != NULL)
        visit(self->write_newline, "write_newline", arg);
    if (self->appending && self->writer.buffer != NULL)
        visit(self->writer.buffer, "text", arg);
}
HIDDEN_VISIT(stringio, stringio_dealloc, visit_hidden);

/* --- methods --- */

static PyObject *stringio_getvalue(PyObject *o, PyObject *unused)
{
    StringIO *self = (StringIO *)o;
    if (check_open(self) < 0)
        return NULL;
    if (!self->appending)
        return PyUnicode_FromKindAndData(4, self->buf, self->size);
    if (self->writer.pos == 0)
        return str_empty();
    if (self->writer.readonly)
        return Py_NewRef(self->writer.buffer);
    return PyUnicode_FromKindAndData(str_kind(self->writer.buffer), str_data(self->writer.buffer), self->writer.pos);
}

static PyObject *take(StringIO *self, Py_ssize_t n)
{
    PyObject *part = PyUnicode_FromKindAndData(4, self->buf + self->pos, n);
    if (part)
        self->pos += n;
    return part;
}

static Py_ssize_t rest(StringIO *self) { return self->pos < self->size ? self->size - self->pos : 0; }

static PyObject *stringio_read(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    StringIO *self = (StringIO *)o;
    Py_ssize_t n;
    if (io_size_arg(args, nargs, "read", &n) < 0 || check_open(self) < 0 || be_array(self) < 0)
        return NULL;
    Py_ssize_t have = rest(self);
    return have ? take(self, n < 0 || n > have ? have : n) : str_empty();
}

static PyObject *read_line(StringIO *self, Py_ssize_t limit)
{
    if (be_array(self) < 0)
        return NULL;
    Py_ssize_t n = rest(self), end = n;
    if (limit >= 0 && n > limit)
        n = end = limit;
    if (n == 0)
        return str_empty();
    const Py_UCS4 *s = self->buf + self->pos;
    Py_UCS4 first = self->read_newline && PyUnicode_GET_LENGTH(self->read_newline) ? str_at(self->read_newline, 0) : '\n';
    int pair = self->read_newline && PyUnicode_GET_LENGTH(self->read_newline) == 2, any = self->universal && !self->translate;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (any ? s[i] == '\n' || s[i] == '\r' : s[i] == first) {
            int crlf = s[i] == '\r' && i + 1 < n && s[i + 1] == '\n';
            if (pair && !crlf)
                continue;
            end = i + 1 + (any || pair ? crlf : 0);
            break;
        }
    }
    return take(self, end);
}

static PyObject *stringio_readline(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t limit;
    if (io_size_arg(args, nargs, "readline", &limit) < 0 || check_open((StringIO *)o) < 0)
        return NULL;
    return read_line((StringIO *)o, limit);
}

static PyObject *stringio_next(PyObject *o)
{
    PyObject *line;
    if (check_open((StringIO *)o) < 0)
        return NULL;
    if (Py_IS_TYPE(o, &StringIO_Type))
        line = read_line((StringIO *)o, -1);
    else {
        line = PyObject_CallMethodNoArgs(o, N(readline));
        if (line && !PyUnicode_Check(line)) {
            PyErr_Format(PyExc_OSError, "readline() should have returned a str object, not '%.200s'", Py_TYPE(line)->tp_name);
            Py_CLEAR(line);
        }
    }
    if (line && PyUnicode_GET_LENGTH(line) == 0)
        Py_CLEAR(line);
    return line;
}

static PyObject *stringio_write(PyObject *o, PyObject *text)
{
    StringIO *self = (StringIO *)o;
    if (!self->ok && check_open(self) < 0)
        return NULL;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "string argument expected, got '%s'", Py_TYPE(text)->tp_name);
        return NULL;
    }
    if (check_open(self) < 0)
        return NULL;
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    if (n > 0 && write_text(self, text) < 0)
        return NULL;
    return PyLong_FromSsize_t(n);
}

static PyObject *stringio_truncate(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    StringIO *self = (StringIO *)o;
    Py_ssize_t n;
    if (io_size_arg(args, nargs, "truncate", &n) < 0 || check_open(self) < 0)
        return NULL;
    if (nargs == 0 || args[0] == Py_None)
        n = self->pos;
    if (n < 0) {
        PyErr_Format(PyExc_ValueError, "Negative size value %zd", n);
        return NULL;
    }
    if (be_array(self) < 0)
        return NULL;
    if (n < self->size)
        self->size = n;
    return PyLong_FromSsize_t(n);
}

static PyObject *stringio_seek(PyObject *o, PyObject *const *args, Py_ssize_t nargs)
{
    StringIO *self = (StringIO *)o;
    int whence = 0;
    if (!_PyArg_CheckPositional("seek", nargs, 1, 2))
        return NULL;
    Py_ssize_t at = number_argument(args[0]);
    if (at == -1 && PyErr_Occurred())
        return NULL;
    if (nargs > 1 && (whence = _PyLong_AsInt(args[1])) == -1 && PyErr_Occurred())
        return NULL;
    if (check_open(self) < 0)
        return NULL;
    if (whence < 0 || whence > 2) {
        PyErr_Format(PyExc_ValueError, "Invalid whence (%i, should be 0, 1 or 2)", whence);
        return NULL;
    }
    if (at < 0 && whence == 0) {
        PyErr_Format(PyExc_ValueError, "Negative seek position %zd", at);
        return NULL;
    }
    if (whence && at) {
        PyErr_SetString(PyExc_OSError, "Can't do nonzero cur-relative seeks");
        return NULL;
    }
    if (be_array(self) < 0)
        return NULL;
    self->pos = whence == 1 ? self->pos : whence == 2 ? self->size : at;
    return PyLong_FromSsize_t(self->pos);
}

static PyObject *stringio_tell(PyObject *o, PyObject *unused)
{
    return check_open((StringIO *)o) < 0 ? NULL : PyLong_FromSsize_t(((StringIO *)o)->pos);
}

static PyObject *stringio_close(PyObject *o, PyObject *unused)
{
    StringIO *self = (StringIO *)o;
    self->closed = 1;
    release(self);
    Py_RETURN_NONE;
}

static PyObject *stringio_yes(PyObject *o, PyObject *unused)
{
    if (check_open((StringIO *)o) < 0)
        return NULL;
    Py_RETURN_TRUE;
}

static PyObject *stringio_getstate(PyObject *o, PyObject *unused)
{
    StringIO *self = (StringIO *)o;
    PyObject *value = stringio_getvalue(o, NULL);
    if (value == NULL)
        return NULL;
    PyObject *dict = self->dict ? PyDict_Copy(self->dict) : Py_NewRef(Py_None);
    return dict ? Py_BuildValue("(NOnN)", value, self->read_newline ? self->read_newline : Py_None, self->pos, dict) : NULL;
}

static PyObject *stringio_setstate(PyObject *o, PyObject *state)
{
    StringIO *self = (StringIO *)o;
    if (!PyTuple_Check(state) || PyTuple_GET_SIZE(state) < 4) {
        PyErr_Format(PyExc_TypeError, "%.200s.__setstate__ argument should be 4-tuple, got %.200s", Py_TYPE(o)->tp_name,
                     Py_TYPE(state)->tp_name);
        return NULL;
    }
    if (self->closed) {
        check_open(self);
        return NULL;
    }
    PyObject *args = PyTuple_GetSlice(state, 0, 2), *text = PyTuple_GET_ITEM(state, 0);
    int failed = args ? stringio_init(o, args, NULL) : -1;
    Py_XDECREF(args);
    if (failed < 0)
        return NULL;
    /* the text as it was, without the translation that init does */
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "initial_value must be str or None, not %.200s", Py_TYPE(text)->tp_name);
        return NULL;
    }
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    if (be_array(self) < 0 || reserve(self, n) < 0)
        return NULL;
    units_copy(4, self->buf, 0, str_kind(text), str_data(text), 0, n);
    self->size = n;
    PyObject *at = PyTuple_GET_ITEM(state, 2), *dict = PyTuple_GET_ITEM(state, 3);
    if (!PyLong_Check(at)) {
        PyErr_Format(PyExc_TypeError, "third item of state must be an integer, got %.200s", Py_TYPE(at)->tp_name);
        return NULL;
    }
    Py_ssize_t pos = PyLong_AsSsize_t(at);
    if (pos == -1 && PyErr_Occurred())
        return NULL;
    if (pos < 0) {
        PyErr_SetString(PyExc_ValueError, "position value cannot be negative");
        return NULL;
    }
    self->pos = pos;
    if (dict != Py_None) {
        if (!PyDict_Check(dict)) {
            PyErr_Format(PyExc_TypeError, "fourth item of state should be a dict, got a %.200s", Py_TYPE(dict)->tp_name);
            return NULL;
        }
        if (self->dict ? PyDict_Update(self->dict, dict) < 0 : !(self->dict = Py_NewRef(dict)))
            return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *stringio_get_closed(PyObject *o, void *unused)
{
    if (!((StringIO *)o)->ok && check_open((StringIO *)o) < 0)
        return NULL;
    return PyBool_FromLong(((StringIO *)o)->closed);
}

static PyObject *stringio_get_line(PyObject *o, void *unused)
{
    if (check_open((StringIO *)o) < 0)
        return NULL;
    Py_RETURN_FALSE;
}

static PyObject *stringio_get_newlines(PyObject *o, void *unused)
{
    StringIO *self = (StringIO *)o;
    if (check_open(self) < 0)
        return NULL;
    if (self->decoder == NULL)
        Py_RETURN_NONE;
    return PyObject_GetAttr(self->decoder, N(newlines));
}

static PyMethodDef stringio_methods[] = {
    {"close", stringio_close, METH_NOARGS, "close($self, /)\n--\n\nLet go of the text."},
    {"getvalue", stringio_getvalue, METH_NOARGS, "getvalue($self, /)\n--\n\nAll the text."},
    {"read", IO_METHODK(stringio_read), METH_FASTCALL, "read($self, size=-1, /)\n--\n\nUp to size characters."},
    {"readline", IO_METHODK(stringio_readline), METH_FASTCALL, "readline($self, size=-1, /)\n--\n\nOne line."},
    {"tell", stringio_tell, METH_NOARGS, "tell($self, /)\n--\n\nThe position."},
    {"truncate", IO_METHODK(stringio_truncate), METH_FASTCALL, "truncate($self, pos=None, /)\n--\n\nCut to a size."},
    {"seek", IO_METHODK(stringio_seek), METH_FASTCALL, "seek($self, pos, whence=0, /)\n--\n\nMove; the new position."},
    {"write", stringio_write, METH_O, "write($self, s, /)\n--\n\nWrite the text; how many characters."},
    {"seekable", stringio_yes, METH_NOARGS, NULL},
    {"readable", stringio_yes, METH_NOARGS, NULL},
    {"writable", stringio_yes, METH_NOARGS, NULL},
    {"__getstate__", stringio_getstate, METH_NOARGS, NULL},
    {"__setstate__", stringio_setstate, METH_O, NULL},
    {NULL}
};

static PyGetSetDef stringio_getset[] = {
    {"closed", stringio_get_closed, NULL, NULL, NULL},
    {"newlines", stringio_get_newlines, NULL, NULL, NULL},
    {"line_buffering", stringio_get_line, NULL, NULL, NULL},
    {NULL}
};

PyTypeObject StringIO_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_io.StringIO",
    .tp_basicsize = sizeof(StringIO),
    .tp_dealloc = stringio_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "StringIO(initial_value='', newline='\\n')\n--\n\nA stream over text in memory.",
    .tp_traverse = stringio_traverse,
    .tp_clear = stringio_clear,
    .tp_weaklistoffset = offsetof(StringIO, weakrefs),
    .tp_iternext = stringio_next,
    .tp_methods = stringio_methods,
    .tp_getset = stringio_getset,
    .tp_base = &TextIOBase_Type,
    .tp_dictoffset = offsetof(StringIO, dict),
    .tp_init = stringio_init,
    .tp_new = PyType_GenericNew,
};
