/* The location table of a code object (co_linetable) and everything that is read from it.
 *
 * An entry covers 1 to 8 code units.  Its first byte is 1 | kind (4 bits) | units - 1 (3 bits); then by kind
 *     0-9    short: one byte, start column = kind * 8 + (byte >> 4), width = byte & 15; same line
 *     10-12  one line: line += kind - 10, then start column and end column, a byte each
 *     13     line += svarint; no columns
 *     14     line += svarint, end line = line + varint, columns + 1 as varints
 *     15     no location
 * A varint has 6 bits a byte, lowest first, 64 marking that more follow; an svarint has its sign in bit 0. */
#include "objects/code.h"
#include "objects/hidden.h"

static unsigned read_varint(LocationReader *r)
{
    unsigned value = 0;
    int shift = 0;
    while (r->next < r->limit) {
        unsigned char byte = *r->next++;
        if (shift < 32)
            value |= (unsigned)(byte & 63) << shift;
        shift += 6;
        if (!(byte & 64))
            break;
    }
    return value;
}

static int read_svarint(LocationReader *r)
{
    unsigned value = read_varint(r);
    return value & 1 ? -(int)(value >> 1) : (int)(value >> 1);
}

static int read_byte(LocationReader *r)
{
    return r->next < r->limit ? *r->next++ : 0;
}

void location_reader_init(LocationReader *r, PyCodeObject *code)
{
    r->next = (unsigned char *)PyBytes_AS_STRING(code->co_linetable);
    r->limit = r->next + PyBytes_GET_SIZE(code->co_linetable);
    r->line = code->co_firstlineno;
    r->at = (CodeLocation){0, 0, -1, -1, -1, -1};
}

int location_reader_next(LocationReader *r)
{
    if (r->next >= r->limit)
        return 0;
    int first = *r->next++, kind = (first >> 3) & 15;
    r->at = (CodeLocation){r->at.end, r->at.end + (first & 7) + 1, -1, -1, -1, -1};
    if (kind == PY_CODE_LOCATION_INFO_NONE)
        return 1;
    if (kind == PY_CODE_LOCATION_INFO_LONG) {
        r->line += read_svarint(r);
        r->at.end_line = r->line + (int)read_varint(r);
        r->at.col = (int)read_varint(r) - 1;
        r->at.end_col = (int)read_varint(r) - 1;
    }
    else if (kind == PY_CODE_LOCATION_INFO_NO_COLUMNS) {
        r->line += read_svarint(r);
        r->at.end_line = r->line;
    }
    else if (kind >= PY_CODE_LOCATION_INFO_ONE_LINE0) {
        r->line += kind - PY_CODE_LOCATION_INFO_ONE_LINE0;
        r->at.end_line = r->line;
        r->at.col = read_byte(r);
        r->at.end_col = read_byte(r);
    }
    else {
        int second = read_byte(r);
        r->at.end_line = r->line;
        r->at.col = kind << 3 | second >> 4;
        r->at.end_col = r->at.col + (second & 15);
    }
    r->at.line = r->line;
    return 1;
}

int code_lines_only;

/* Writes what has a location as kind 13: the first byte, and the step of lines as an svarint.  Returns the end. */
static unsigned char *write_line(unsigned char *out, int units, int step)
{
    unsigned value = step < 0 ? (unsigned)-step << 1 | 1 : (unsigned)step << 1;
    *out++ = (unsigned char)(0x80 | PY_CODE_LOCATION_INFO_NO_COLUMNS << 3 | (units - 1));
    for (; value >= 64; value >>= 6)
        *out++ = (unsigned char)(64 | (value & 63));
    *out++ = (unsigned char)value;
    return out;
}

int code_drop_columns(PyCodeObject *code)
{
    LocationReader r;
    unsigned char *table = PyMem_Malloc((size_t)PyBytes_GET_SIZE(code->co_linetable) * 8 + 1), *out = table;
    if (table == NULL)
        return PyErr_NoMemory(), -1;
    location_reader_init(&r, code);
    int line = r.line;
    while (location_reader_next(&r)) {
        int units = r.at.end - r.at.start;
        if (r.at.line < 0)
            *out++ = (unsigned char)(0x80 | PY_CODE_LOCATION_INFO_NONE << 3 | (units - 1));
        else {
            out = write_line(out, units, r.at.line - line);
            line = r.at.line;
        }
    }
    PyObject *bytes = PyBytes_FromStringAndSize((char *)table, out - table);
    PyMem_Free(table);
    if (bytes == NULL)
        return -1;
    Py_SETREF(code->co_linetable, bytes);
    return 0;
}

int code_location_of(PyCodeObject *code, int unit, CodeLocation *at)
{
    LocationReader r;
    location_reader_init(&r, code);
    while (location_reader_next(&r))
        if (unit < r.at.end) {
            *at = r.at;
            return 1;
        }
    return 0;
}

/* ---- C API ---- */

int PyCode_Addr2Line(PyCodeObject *code, int offset)
{
    CodeLocation at;
    if (offset < 0)
        return code->co_firstlineno;
    return code_location_of(code, offset / (int)sizeof(_Py_CODEUNIT), &at) ? at.line : -1;
}

int PyCode_Addr2Location(PyCodeObject *code, int offset, int *start_line, int *start_column, int *end_line,
                         int *end_column)
{
    CodeLocation at = {0, 0, -1, -1, -1, -1};
    if (offset < 0) {
        *start_line = *end_line = code->co_firstlineno;
        *start_column = *end_column = 0;
        return 1;
    }
    code_location_of(code, offset / (int)sizeof(_Py_CODEUNIT), &at);
    *start_line = at.line;
    *end_line = at.end_line;
    *start_column = at.col;
    *end_column = at.end_col;
    return 1;
}

/* Moves *bounds (whose opaque part continues a table) to the entry that covers byte offset lasti; the line. */
int _PyCode_CheckLineNumber(int lasti, PyCodeAddressRange *bounds)
{
    LocationReader r = {bounds->opaque.lo_next, bounds->opaque.limit, bounds->opaque.computed_line,
                        {0, bounds->ar_end / (int)sizeof(_Py_CODEUNIT), -1, -1, -1, -1}};
    while (bounds->ar_end <= lasti) {
        if (!location_reader_next(&r))
            return -1;
        bounds->ar_start = r.at.start * (int)sizeof(_Py_CODEUNIT);
        bounds->ar_end = r.at.end * (int)sizeof(_Py_CODEUNIT);
        bounds->ar_line = r.at.line;
        bounds->opaque.lo_next = r.next;
        bounds->opaque.computed_line = r.line;
    }
    return bounds->ar_line;
}

/* ---- co_lnotab ---- */

typedef struct {
    char *bytes;
    Py_ssize_t used, room;
} Buffer;

static int put_pair(Buffer *b, int first, int second)
{
    if (b->used + 2 > b->room) {
        Py_ssize_t room = b->room * 2 + 64;
        char *bytes = PyMem_Realloc(b->bytes, room);
        if (!bytes) {
            PyErr_NoMemory();
            return -1;
        }
        b->bytes = bytes;
        b->room = room;
    }
    b->bytes[b->used++] = (char)first;
    b->bytes[b->used++] = (char)second;
    return 0;
}

/* Appends byte and line increments, split into pairs that fit a byte each. */
static int put_increments(Buffer *b, int bytes, int lines)
{
    for (; bytes > 255; bytes -= 255)
        if (put_pair(b, 255, 0) < 0)
            return -1;
    for (; lines < -128 || lines > 127; bytes = 0) {
        int part = lines < 0 ? -128 : 127;
        if (put_pair(b, bytes, part) < 0)
            return -1;
        lines -= part;
    }
    return put_pair(b, bytes, lines);
}

PyObject *code_lnotab(PyCodeObject *code)
{
    Buffer b = {0};
    LocationReader r;
    int line = code->co_firstlineno, unit = 0;
    location_reader_init(&r, code);
    while (location_reader_next(&r)) {
        if (r.line == line)
            continue;
        if (put_increments(&b, (r.at.start - unit) * (int)sizeof(_Py_CODEUNIT), r.line - line) < 0) {
            PyMem_Free(b.bytes);
            return NULL;
        }
        line = r.line;
        unit = r.at.start;
    }
    PyObject *result = PyBytes_FromStringAndSize(b.bytes, b.used);
    PyMem_Free(b.bytes);
    return result;
}

/* ---- iterators ---- */

typedef struct {
    PyObject_HEAD
    PyCodeObject *code;     /* owned */
    LocationReader reader;
    int unit;               /* positions: next code unit */
} CodeIterator;

static PyObject *code_iterator(PyTypeObject *type, PyCodeObject *code)
{
    CodeIterator *it = PyObject_New(CodeIterator, type);
    if (!it)
        return NULL;
    it->code = (PyCodeObject *)Py_NewRef(code);
    it->unit = 0;
    location_reader_init(&it->reader, code);
    return (PyObject *)it;
}

PyObject *code_lines_iterator(PyCodeObject *code) { return code_iterator(&PyCodeLines_Type, code); }
PyObject *code_positions_iterator(PyCodeObject *code) { return code_iterator(&PyCodePositions_Type, code); }

static void code_iterator_dealloc(PyObject *self)
{
    Py_XDECREF(((CodeIterator *)self)->code);
    PyObject_Free(self);
}

HIDDEN_FIELDS(code_iterator, code_iterator_dealloc, FIELD(CodeIterator, code));

static PyObject *number_or_none(int n)
{
    if (n < 0)
        return Py_NewRef(Py_None);
    return PyLong_FromLong(n);
}

/* A new tuple of n numbers, negative ones as None. */
static PyObject *number_tuple(const int *numbers, int n)
{
    PyObject *t = PyTuple_New(n);
    for (int i = 0; t && i < n; i++) {
        PyObject *o = number_or_none(numbers[i]);
        if (!o)
            Py_CLEAR(t);
        else
            PyTuple_SET_ITEM(t, i, o);
    }
    return t;
}

static PyObject *code_lines_next(PyObject *self)
{
    CodeIterator *it = (CodeIterator *)self;
    if (!location_reader_next(&it->reader))
        return NULL;
    CodeLocation *at = &it->reader.at;
    return number_tuple((int[]){at->start * 2, at->end * 2, at->line}, 3);
}

static PyObject *code_positions_next(PyObject *self)
{
    CodeIterator *it = (CodeIterator *)self;
    CodeLocation *at = &it->reader.at;
    if (it->unit >= at->end && !location_reader_next(&it->reader))
        return NULL;
    it->unit++;
    return number_tuple((int[]){at->line, at->end_line, at->col, at->end_col}, 4);
}

PyTypeObject PyCodeLines_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "line_iterator",
    .tp_basicsize = sizeof(CodeIterator),
    .tp_dealloc = code_iterator_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = code_lines_next,
};

PyTypeObject PyCodePositions_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "positions_iterator",
    .tp_basicsize = sizeof(CodeIterator),
    .tp_dealloc = code_iterator_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = code_positions_next,
};
