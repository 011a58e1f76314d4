/* _csv.writer: rows of fields into lines. */
#include "modules/csv/csv.h"
#include "structmember.h"

typedef struct {
    PyObject_HEAD PyObject *write; /* of the file */
    Dialect *dialect;
    unsigned char special[256]; /* characters that need quotes or an escape */
} Writer;
#define W(o) ((Writer *)(o))

static int fail(const char *text)
{
    PyErr_SetString(csv_error, text);
    return -1;
}

/* 1, 0, or -1 with an exception set. */
static inline int is_special(const Writer *w, Py_UCS4 c)
{
    const Dialect *d = w->dialect;
    if (c < 256)
        return w->special[c];
    if (c == d->delimiter || c == d->escapechar || c == d->quotechar)
        return 1;
    Py_ssize_t n = PyUnicode_GET_LENGTH(d->lineterminator);
    return PyUnicode_FindChar(d->lineterminator, c, 0, n, 1) >= 0;
}

/* The index of the first special character from i on. */
static Py_ssize_t find_special(const Writer *w, PyObject *text, Py_ssize_t i)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    if (PyUnicode_KIND(text) == PyUnicode_1BYTE_KIND) {
        const Py_UCS1 *s = PyUnicode_1BYTE_DATA(text);
        while (i < n && !w->special[s[i]])
            i++;
        return i;
    }
    while (i < n && !is_special(w, PyUnicode_READ_CHAR(text, i)))
        i++;
    return i;
}

/* What goes before a special character: the character itself (doubled), the escape, or nothing: NO_CHAR. */
static Py_UCS4 prefix_of(const Dialect *d, Py_UCS4 c)
{
    if (d->quoting == QUOTE_NONE)
        return d->escapechar;
    if (c == d->quotechar)
        return d->doublequote ? c : d->escapechar;
    return c == d->escapechar ? c : NO_CHAR;
}

static int needs_prefix(const Dialect *d, Py_UCS4 c)
{
    return d->quoting == QUOTE_NONE || c == d->quotechar || c == d->escapechar;
}

/* Do the text's special characters call for quotes? */
static int wants_quotes(const Writer *w, PyObject *text, Py_ssize_t i)
{
    const Dialect *d = w->dialect;
    if (d->quoting == QUOTE_NONE)
        return 0;
    for (; i < PyUnicode_GET_LENGTH(text); i = find_special(w, text, i + 1)) {
        Py_UCS4 c = PyUnicode_READ_CHAR(text, i);
        if (c == d->quotechar ? d->doublequote : c != d->escapechar)
            return 1;
    }
    return 0;
}

static int write_special(const Writer *w, _PyUnicodeWriter *out, PyObject *text, Py_ssize_t i)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(text), from = 0;
    for (; i < n; i = find_special(w, text, i + 1)) {
        Py_UCS4 c = PyUnicode_READ_CHAR(text, i), prefix;
        if (!needs_prefix(w->dialect, c))
            continue;
        prefix = prefix_of(w->dialect, c);
        if (prefix == NO_CHAR)
            return fail("need to escape, but no escapechar set");
        if (_PyUnicodeWriter_WriteSubstring(out, text, from, i) || _PyUnicodeWriter_WriteChar(out, prefix))
            return -1;
        from = i;
    }
    return _PyUnicodeWriter_WriteSubstring(out, text, from, n);
}

static int write_text(const Writer *w, _PyUnicodeWriter *out, PyObject *text, int quoted)
{
    Py_ssize_t first = find_special(w, text, 0);
    quoted = quoted || (first < PyUnicode_GET_LENGTH(text) && wants_quotes(w, text, first));
    if (quoted && _PyUnicodeWriter_WriteChar(out, w->dialect->quotechar))
        return -1;
    if (first == PyUnicode_GET_LENGTH(text) ? _PyUnicodeWriter_WriteStr(out, text) : write_special(w, out, text, first))
        return -1;
    return quoted ? _PyUnicodeWriter_WriteChar(out, w->dialect->quotechar) : 0;
}

static int write_field(const Writer *w, _PyUnicodeWriter *out, PyObject *field)
{
    int quoting = w->dialect->quoting;
    int quoted = quoting == QUOTE_ALL || (quoting == QUOTE_NONNUMERIC && !PyNumber_Check(field));
    PyObject *text = PyUnicode_Check(field) ? Py_NewRef(field)
                     : field == Py_None     ? PyUnicode_New(0, 0)
                                            : PyObject_Str(field);
    int bad = !text || PyUnicode_READY(text) || write_text(w, out, text, quoted);
    Py_XDECREF(text);
    return bad ? -1 : 0;
}

/* A row of one empty field must not look like an empty row. */
static int write_empty(const Writer *w, _PyUnicodeWriter *out)
{
    Py_UCS4 quote = w->dialect->quotechar;
    if (w->dialect->quoting == QUOTE_NONE)
        return fail("single empty field record must be quoted");
    return _PyUnicodeWriter_WriteChar(out, quote) || _PyUnicodeWriter_WriteChar(out, quote) ? -1 : 0;
}

static int write_fields(const Writer *w, _PyUnicodeWriter *out, PyObject *iterator)
{
    PyObject *field;
    Py_ssize_t n = 0;
    for (; (field = PyIter_Next(iterator)); n++) {
        int bad = (n && _PyUnicodeWriter_WriteChar(out, w->dialect->delimiter)) || write_field(w, out, field);
        Py_DECREF(field);
        if (bad)
            return -1;
    }
    if (PyErr_Occurred() || (n > 0 && out->pos == 0 && write_empty(w, out)))
        return -1;
    return _PyUnicodeWriter_WriteStr(out, w->dialect->lineterminator);
}

static PyObject *writer_writerow(PyObject *self, PyObject *row)
{
    Writer *w = W(self);
    if (!w->write || !w->dialect) {
        PyErr_SetString(csv_error, "the writer has no file");
        return NULL;
    }
    PyObject *iterator = PyObject_GetIter(row);
    if (!iterator) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(csv_error, "iterable expected, not %.200s", Py_TYPE(row)->tp_name);
        return NULL;
    }
    _PyUnicodeWriter out;
    _PyUnicodeWriter_Init(&out);
    out.overallocate = 1;
    out.min_length = 100;
    int bad = write_fields(w, &out, iterator);
    Py_DECREF(iterator);
    if (bad) {
        _PyUnicodeWriter_Dealloc(&out);
        return NULL;
    }
    PyObject *line = _PyUnicodeWriter_Finish(&out);
    PyObject *r = line ? PyObject_CallOneArg(w->write, line) : NULL;
    Py_XDECREF(line);
    return r;
}

static PyObject *writer_writerows(PyObject *self, PyObject *rows)
{
    PyObject *iterator = PyObject_GetIter(rows), *row;
    if (!iterator)
        return NULL;
    while ((row = PyIter_Next(iterator))) {
        PyObject *r = writer_writerow(self, row);
        Py_DECREF(row);
        Py_XDECREF(r);
        if (!r)
            break;
    }
    Py_DECREF(iterator);
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static void classify(Writer *w)
{
    const Dialect *d = w->dialect;
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(d->lineterminator); i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(d->lineterminator, i);
        if (c < 256)
            w->special[c] = 1;
    }
    if (d->delimiter < 256)
        w->special[d->delimiter] = 1;
    if (d->escapechar < 256)
        w->special[d->escapechar] = 1;
    if (d->quotechar < 256)
        w->special[d->quotechar] = 1;
}

PyObject *csv_writer(PyObject *module, PyObject *args, PyObject *kwargs)
{
    PyObject *file, *dialect = NULL;
    if (!PyArg_UnpackTuple(args, "", 1, 2, &file, &dialect))
        return NULL;
    Writer *w = (Writer *)Writer_Type.tp_alloc(&Writer_Type, 0);
    if (!w)
        return NULL;
    int bad = _PyObject_LookupAttr(file, N(write), &w->write) < 0;
    if (!bad && (!w->write || !PyCallable_Check(w->write))) {
        PyErr_SetString(PyExc_TypeError, "argument 1 must have a \"write\" method");
        bad = 1;
    }
    if (bad || !(w->dialect = dialect_make(dialect, kwargs))) {
        Py_DECREF(w);
        return NULL;
    }
    classify(w);
    return (PyObject *)w;
}

static int writer_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(W(self)->write);
    Py_VISIT(W(self)->dialect);
    return 0;
}
static int writer_clear(PyObject *self)
{
    Py_CLEAR(W(self)->write);
    Py_CLEAR(W(self)->dialect);
    return 0;
}
static void writer_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    writer_clear(self);
    Py_TYPE(self)->tp_free(self);
}
static PyMemberDef members[] = {{"dialect", T_OBJECT, offsetof(Writer, dialect), READONLY}, {NULL}};
static PyMethodDef methods[] = {
    {"writerow", writer_writerow, METH_O,
     PyDoc_STR("writerow(iterable)\n\nConstruct and write a CSV record from an iterable of fields.  "
               "Non-string\nelements will be "
               "converted to string.")},
    {"writerows", writer_writerows, METH_O,
     PyDoc_STR("writerows(iterable of iterables)\n\nConstruct and write a series of iterables to a csv file.  "
               "Non-string\nelements will be converted to string.")},
    {NULL},
};

PyTypeObject Writer_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_csv.writer",
    .tp_basicsize = sizeof(Writer),
    .tp_dealloc = writer_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = PyDoc_STR("CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from "
                        "sequence input.\n"),
    .tp_traverse = writer_traverse,
    .tp_clear = writer_clear,
    .tp_methods = methods,
    .tp_members = members,
    .tp_new = PyType_GenericNew,
};
