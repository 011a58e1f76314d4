/* _csv.reader: rows of fields out of lines.
 *
 * A field is mostly one run of characters of a line, and then made as a slice of it; only what is put together, of
 * escaped characters, doubled quotes or several lines, is copied to a buffer first. */
#include "modules/csv/csv.h"
#include "structmember.h"

enum state {
    START_RECORD,
    START_FIELD,
    ESCAPED,
    IN_FIELD,
    IN_QUOTES,
    ESCAPED_IN_QUOTES,
    QUOTE_IN_QUOTES,
    END_OF_LINE,
    AFTER_ESCAPED_NEWLINE
};
enum { STOPS_FIELD = 1, STOPS_QUOTES = 2 }; /* kinds of characters that are not just part of a field */

#define LINE_END NO_CHAR /* what follows the last character of a line */

typedef struct {
    PyObject_HEAD PyObject *lines; /* an iterator */
    Dialect *dialect;
    PyObject *fields; /* a list: the row so far */
    enum state state;
    int numeric; /* the field was not quoted, and numbers are wanted */
    unsigned long line_num;
    Py_UCS4 *buffer; /* what the field has from before the run */
    Py_ssize_t size, room;
    PyObject *line;          /* borrowed: the one at hand */
    Py_ssize_t run, run_end; /* what the field has of it at last */
    unsigned char kinds[256];
} Reader;
#define R(o) ((Reader *)(o))

/* ---- the field
 * ------------------------------------------------------------------------------------------------------- */

/* Moves the run to the buffer. */
static int flush_run(Reader *r)
{
    Py_ssize_t n = r->run_end - r->run;
    if (n == 0) /* perhaps there is no line */
        return 0;
    if (r->size + n > r->room) {
        Py_ssize_t room = (r->size + n) * 2 + 64;
        Py_UCS4 *buffer = PyMem_Realloc(r->buffer, (size_t)room * sizeof *buffer);
        if (!buffer) {
            PyErr_NoMemory();
            return -1;
        }
        r->buffer = buffer;
        r->room = room;
    }
    int kind = PyUnicode_KIND(r->line);
    const void *data = PyUnicode_DATA(r->line);
    for (Py_ssize_t i = r->run; i < r->run_end; i++)
        r->buffer[r->size++] = PyUnicode_READ(kind, data, i);
    r->run = r->run_end = 0;
    return 0;
}

/* Adds line[from:to] to the field. */
static int add_run(Reader *r, Py_ssize_t from, Py_ssize_t to)
{
    if (r->run == r->run_end)
        r->run = r->run_end = from;
    else if (from != r->run_end) {
        if (flush_run(r))
            return -1;
        r->run = from;
    }
    r->run_end = to;
    if (r->size + (to - r->run) <= csv_field_limit)
        return 0;
    PyErr_Format(csv_error, "field larger than field limit (%ld)", csv_field_limit);
    return -1;
}

/* An escaped end of line stands for a newline. */
static int add_newline(Reader *r)
{
    static const Py_UCS4 newline = '\n';
    if (flush_run(r))
        return -1;
    if (r->size == r->room) {
        Py_UCS4 *buffer = PyMem_Realloc(r->buffer, (size_t)(r->room + 64) * sizeof *buffer);
        if (!buffer) {
            PyErr_NoMemory();
            return -1;
        }
        r->buffer = buffer;
        r->room += 64;
    }
    r->buffer[r->size++] = newline;
    return 0;
}

static int save_field(Reader *r)
{
    PyObject *field;
    if (r->size == 0)
        field = r->run == r->run_end ? PyUnicode_New(0, 0) : PyUnicode_Substring(r->line, r->run, r->run_end);
    else
        field = flush_run(r) ? NULL : PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, r->buffer, r->size);
    r->size = r->run = r->run_end = 0;
    if (field && r->numeric) {
        r->numeric = 0;
        Py_SETREF(field, PyNumber_Float(field));
    }
    int bad = field ? PyList_Append(r->fields, field) : -1;
    Py_XDECREF(field);
    return bad;
}

/* ---- the line
 * ---------------------------------------------------------------------------------------------------------- */

static inline int is_stop(const Reader *r, Py_UCS4 c, int kind)
{
    if (c < 256)
        return r->kinds[c] & kind;
    return c == r->dialect->escapechar || c == (kind == STOPS_FIELD ? r->dialect->delimiter : r->dialect->quotechar);
}

/* The first character from i on that is not just part of the field. */
static Py_ssize_t find_stop(const Reader *r, Py_ssize_t i, Py_ssize_t n, int kind)
{
    if (PyUnicode_KIND(r->line) == PyUnicode_1BYTE_KIND) {
        const Py_UCS1 *s = PyUnicode_1BYTE_DATA(r->line);
        while (i < n && !(r->kinds[s[i]] & kind))
            i++;
        return i;
    }
    while (i < n && !is_stop(r, PyUnicode_READ_CHAR(r->line, i), kind))
        i++;
    return i;
}

static inline int ends_line(Py_UCS4 c) { return c == '\n' || c == '\r' || c == LINE_END; }

static int end_field(Reader *r, Py_UCS4 c)
{
    r->state = c == LINE_END ? START_RECORD : END_OF_LINE;
    return save_field(r);
}

static int start_field(Reader *r, Py_UCS4 c, Py_ssize_t i)
{
    const Dialect *d = r->dialect;
    r->state = START_FIELD;
    if (ends_line(c))
        return end_field(r, c);
    if (c == d->quotechar && d->quoting != QUOTE_NONE)
        r->state = IN_QUOTES;
    else if (c == d->escapechar)
        r->state = ESCAPED;
    else if (c == ' ' && d->skipinitialspace)
        return 0;
    else if (c == d->delimiter)
        return save_field(r);
    else {
        r->numeric = d->quoting == QUOTE_NONNUMERIC;
        r->state = IN_FIELD;
        return add_run(r, i, i + 1);
    }
    return 0;
}

static int in_field(Reader *r, Py_UCS4 c, Py_ssize_t i)
{
    const Dialect *d = r->dialect;
    if (ends_line(c))
        return end_field(r, c);
    if (c == d->escapechar)
        r->state = ESCAPED;
    else if (c == d->delimiter) {
        r->state = START_FIELD;
        return save_field(r);
    } else
        return add_run(r, i, i + 1);
    return 0;
}

static int in_quotes(Reader *r, Py_UCS4 c, Py_ssize_t i)
{
    const Dialect *d = r->dialect;
    if (c == LINE_END)
        return 0;
    if (c == d->escapechar)
        r->state = ESCAPED_IN_QUOTES;
    else if (c == d->quotechar && d->quoting != QUOTE_NONE)
        r->state = d->doublequote ? QUOTE_IN_QUOTES : IN_FIELD;
    else
        return add_run(r, i, i + 1);
    return 0;
}

static int after_quote(Reader *r, Py_UCS4 c, Py_ssize_t i)
{
    const Dialect *d = r->dialect;
    if (d->quoting != QUOTE_NONE && c == d->quotechar) {
        r->state = IN_QUOTES;
        return add_run(r, i, i + 1);
    }
    if (c == d->delimiter) {
        r->state = START_FIELD;
        return save_field(r);
    }
    if (ends_line(c))
        return end_field(r, c);
    if (!d->strict) {
        r->state = IN_FIELD;
        return add_run(r, i, i + 1);
    }
    PyErr_Format(csv_error, "'%c' expected after '%c'", d->delimiter, d->quotechar);
    return -1;
}

/* One character of the line, or its end. */
static int process(Reader *r, Py_UCS4 c, Py_ssize_t i)
{
    switch (r->state) {
    case START_RECORD:
        if (c == LINE_END)
            return 0; /* an empty line */
        if (c == '\n' || c == '\r') {
            r->state = END_OF_LINE;
            return 0;
        }
        return start_field(r, c, i);
    case START_FIELD:
        return start_field(r, c, i);
    case ESCAPED:
        r->state = c == '\n' || c == '\r' ? AFTER_ESCAPED_NEWLINE : IN_FIELD;
        return c == LINE_END ? add_newline(r) : add_run(r, i, i + 1);
    case AFTER_ESCAPED_NEWLINE:
        return c == LINE_END ? 0 : in_field(r, c, i);
    case IN_FIELD:
        return in_field(r, c, i);
    case IN_QUOTES:
        return in_quotes(r, c, i);
    case ESCAPED_IN_QUOTES:
        r->state = IN_QUOTES;
        return c == LINE_END ? add_newline(r) : add_run(r, i, i + 1);
    case QUOTE_IN_QUOTES:
        return after_quote(r, c, i);
    case END_OF_LINE:
        break;
    }
    if (c == LINE_END)
        r->state = START_RECORD;
    else if (c != '\n' && c != '\r') {
        PyErr_SetString(csv_error, "new-line character seen in unquoted field - do you need to open the file in "
                                   "universal-newline mode?");
        return -1;
    }
    return 0;
}

static int parse_line(Reader *r, PyObject *line)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(line), i = 0;
    r->line = line;
    while (i < n) {
        if (r->state == IN_FIELD || r->state == IN_QUOTES) {
            Py_ssize_t stop = find_stop(r, i, n, r->state == IN_FIELD ? STOPS_FIELD : STOPS_QUOTES);
            if (stop > i && add_run(r, i, stop))
                return -1;
            i = stop;
            if (i == n)
                break;
        }
        if (process(r, PyUnicode_READ_CHAR(line, i), i))
            return -1;
        i++;
    }
    if (process(r, LINE_END, n) || flush_run(r)) /* the line goes */
        return -1;
    r->line = NULL;
    return 0;
}

/* ---- the reader
 * --------------------------------------------------------------------------------------------------------- */

static PyObject *take_row(Reader *r)
{
    PyObject *row = r->fields;
    r->fields = NULL;
    return row;
}

/* The last line has been read. */
static PyObject *at_end(Reader *r)
{
    if (PyErr_Occurred() || !(r->size || r->state == IN_QUOTES))
        return NULL;
    if (r->dialect->strict) {
        PyErr_SetString(csv_error, "unexpected end of data");
        return NULL;
    }
    return save_field(r) ? NULL : take_row(r);
}

static PyObject *reader_next(PyObject *self)
{
    Reader *r = R(self);
    if (!r->lines || !r->dialect)
        return NULL;
    PyObject *fields = PyList_New(0);
    if (!fields)
        return NULL;
    Py_XSETREF(r->fields, fields);
    r->state = START_RECORD;
    r->size = r->run = r->run_end = 0;
    r->numeric = 0;
    do {
        PyObject *line = PyIter_Next(r->lines);
        if (!line)
            return r->fields ? at_end(r) : NULL;
        if (!PyUnicode_Check(line) || !r->fields) {
            if (r->fields)
                PyErr_Format(csv_error,
                             "iterator should return strings, not %.200s (the file should be opened in text mode)",
                             Py_TYPE(line)->tp_name);
            else /* the iterator has used this reader */
                PyErr_SetString(csv_error, "iterator has already advanced the reader");
            Py_DECREF(line);
            return NULL;
        }
        r->line_num++;
        int bad = PyUnicode_READY(line) || parse_line(r, line);
        r->line = NULL;
        r->run = r->run_end = 0;
        Py_DECREF(line);
        if (bad)
            return NULL;
    } while (r->state != START_RECORD);
    return take_row(r);
}

static void classify(Reader *r)
{
    const Dialect *d = r->dialect;
    r->kinds['\n'] = r->kinds['\r'] = STOPS_FIELD;
    if (d->delimiter < 256)
        r->kinds[d->delimiter] |= STOPS_FIELD;
    if (d->escapechar < 256)
        r->kinds[d->escapechar] |= STOPS_FIELD | STOPS_QUOTES;
    if (d->quotechar < 256)
        r->kinds[d->quotechar] |= STOPS_QUOTES;
}

PyObject *csv_reader(PyObject *module, PyObject *args, PyObject *kwargs)
{
    PyObject *lines, *dialect = NULL;
    if (!PyArg_UnpackTuple(args, "", 1, 2, &lines, &dialect))
        return NULL;
    Reader *r = (Reader *)Reader_Type.tp_alloc(&Reader_Type, 0);
    if (!r)
        return NULL;
    if (!(r->lines = PyObject_GetIter(lines)) || !(r->dialect = dialect_make(dialect, kwargs))) {
        Py_DECREF(r);
        return NULL;
    }
    classify(r);
    return (PyObject *)r;
}

static int reader_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(R(self)->lines);
    Py_VISIT(R(self)->dialect);
    Py_VISIT(R(self)->fields);
    return 0;
}
static int reader_clear(PyObject *self)
{
    Py_CLEAR(R(self)->lines);
    Py_CLEAR(R(self)->dialect);
    Py_CLEAR(R(self)->fields);
    return 0;
}
static void reader_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    reader_clear(self);
    PyMem_Free(R(self)->buffer);
    Py_TYPE(self)->tp_free(self);
}
static PyMemberDef members[] = {{"dialect", T_OBJECT, offsetof(Reader, dialect), READONLY},
                                {"line_num", T_ULONG, offsetof(Reader, line_num), READONLY},
                                {NULL}};

PyTypeObject Reader_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "_csv.reader",
    .tp_basicsize = sizeof(Reader),
    .tp_dealloc = reader_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = PyDoc_STR(
        "CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.\n"),
    .tp_traverse = reader_traverse,
    .tp_clear = reader_clear,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = reader_next,
    .tp_members = members,
    .tp_new = PyType_GenericNew,
};
