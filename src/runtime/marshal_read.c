/* Marshal, reading.  The data may come from anywhere: every length, index and type is checked before it is used.
 *
 * READ-1  an index is given to an object before its items are read; until it exists the table holds None there, and a
 *         reference to it is an error for everything that is immutable. */
#include "runtime/marshal.h"
#include "memory/stack.h"
#include "objects/code.h"
#include "objects/str/str.h"

#include <string.h>

typedef struct reader {
    const unsigned char *at, *end; /* memory; NULL when a file is read */
    FILE *file;
    PyObject *readable;            /* Python file object, borrowed */
    PyObject *chunk;               /* bytes that the last read gave, owned */
    unsigned char *buffer;         /* what was read from file; owned */
    size_t buffer_room;
    PyObject *refs;                /* list, owned */
    int depth, trusted;
} Reader;

static PyObject *read_object(Reader *r);

static PyObject *bad(const char *why)
{
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "bad marshal data (%s)", why);
    return NULL;
}

/* ---- bytes -------------------------------------------------------------------------------------------------------------- */

static const unsigned char *too_short(void)
{
    PyErr_SetString(PyExc_EOFError, "marshal data too short");
    return NULL;
}

static const unsigned char *take_from_file(Reader *r, size_t n)
{
    if (n > r->buffer_room) {
        unsigned char *buffer = PyMem_Realloc(r->buffer, n + 64);
        if (!buffer) {
            PyErr_NoMemory();
            return NULL;
        }
        r->buffer = buffer;
        r->buffer_room = n + 64;
    }
    return fread(r->buffer, 1, n, r->file) == n ? r->buffer : too_short();
}

/* As take_from_readable, through readinto(). */
static const unsigned char *take_into(Reader *r, size_t n)
{
    PyObject *data = PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)n);
    PyObject *result = data ? PyObject_CallMethod(r->readable, "readinto", "O", data) : NULL;
    Py_ssize_t count = result ? PyNumber_AsSsize_t(result, PyExc_ValueError) : -1;
    Py_XDECREF(result);
    Py_XSETREF(r->chunk, data);
    if (count == -1 && PyErr_Occurred())
        return NULL;
    if (count > (Py_ssize_t)n) {
        PyErr_Format(PyExc_ValueError, "read() returned too much data: %zd bytes requested, %zd returned",
                     (Py_ssize_t)n, count);
        return NULL;
    }
    if (count < (Py_ssize_t)n || PyByteArray_GET_SIZE(data) < (Py_ssize_t)n)
        return too_short();
    return (unsigned char *)PyByteArray_AS_STRING(data);
}

static const unsigned char *take_from_readable(Reader *r, size_t n)
{
    if (PyObject_HasAttrString(r->readable, "readinto"))
        return take_into(r, n);
    PyObject *data = PyObject_CallMethod(r->readable, "read", "n", (Py_ssize_t)n);
    if (!data)
        return NULL;
    if (!PyBytes_Check(data)) {
        PyErr_Format(PyExc_TypeError, "file.read() returned not bytes but %.100s", Py_TYPE(data)->tp_name);
        Py_DECREF(data);
        return NULL;
    }
    Py_XSETREF(r->chunk, data);
    return (size_t)PyBytes_GET_SIZE(data) >= n ? (unsigned char *)PyBytes_AS_STRING(data) : too_short();
}

static const unsigned char *take_slow(Reader *r, size_t n)
{
    return r->readable ? take_from_readable(r, n) : r->file ? take_from_file(r, n) : too_short();
}

/* The next n bytes, valid until the next take; NULL with EOFError.  Files have no `at`. */
static inline const unsigned char *take(Reader *r, size_t n)
{
    const unsigned char *p = r->at;
    if (__builtin_expect(p == NULL || (size_t)(r->end - p) < n, 0))
        return take_slow(r, n);
    r->at = p + n;
    return p;
}

/* -1 with EOFError at the end. */
static int take_byte(Reader *r)
{
    const unsigned char *p = take(r, 1);
    return p ? *p : -1;
}

static int take_short(Reader *r)
{
    const unsigned char *p = take(r, 2);
    return p ? (int16_t)(p[0] | p[1] << 8) : -1;
}

/* The value in *x; 0, or -1 with EOFError. */
static int take_long(Reader *r, long *x)
{
    const unsigned char *p = take(r, 4);
    if (!p)
        return -1;
    *x = (int32_t)((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
    return 0;
}

static int take_size(Reader *r, const char *what, Py_ssize_t *size)
{
    long n;
    if (take_long(r, &n) < 0)
        return -1;
    if (n < 0) {
        PyErr_Format(PyExc_ValueError, "bad marshal data (%s size out of range)", what);
        return -1;
    }
    *size = n;
    return 0;
}

/* ---- references ------------------------------------------------------------------------------------------------------------ */

/* Reserves the next index when the flag is set: the index, -1 without one, -2 with an exception. */
static Py_ssize_t reserve(Reader *r, int flag)
{
    if (!flag)
        return -1;
    Py_ssize_t index = PyList_GET_SIZE(r->refs);
    return PyList_Append(r->refs, Py_None) < 0 ? -2 : index;
}

/* Puts the object (may be NULL) at its index; returns it, or NULL. */
static PyObject *settle(Reader *r, Py_ssize_t index, PyObject *v)
{
    if (v && index >= 0 && PyList_SetItem(r->refs, index, Py_NewRef(v)) < 0)
        Py_CLEAR(v);
    return v;
}

static PyObject *keep(Reader *r, int flag, PyObject *v)
{
    if (v && flag && PyList_Append(r->refs, v) < 0)
        Py_CLEAR(v);
    return v;
}

static PyObject *read_reference(Reader *r)
{
    long n;
    if (take_long(r, &n) < 0)
        return NULL;
    if (n < 0 || n >= PyList_GET_SIZE(r->refs))
        return bad("invalid reference");
    PyObject *v = PyList_GET_ITEM(r->refs, n);
    return v == Py_None ? bad("invalid reference") : Py_NewRef(v);
}

/* ---- values ------------------------------------------------------------------------------------------------------------------ */

static PyObject *read_int_digits(Reader *r)
{
    long n;
    if (take_long(r, &n) < 0)
        return NULL;
    if (n < -INT32_MAX)
        return bad("long size out of range");
    size_t digits = (size_t)(n < 0 ? -n : n), bytes = digits * 15 / 8 + 4;
    if (!r->file && !r->readable && (size_t)(r->end - r->at) < digits * 2)
        return too_short(), NULL;
    unsigned char *raw = PyMem_Calloc(bytes, 1);
    if (!raw)
        return PyErr_NoMemory();
    PyObject *v = NULL;
    int last = 1;
    for (size_t i = 0; i < digits; i++) {
        int digit = take_short(r);
        if (PyErr_Occurred())
            goto done;
        if (digit < 0) {
            bad("digit out of range in long");
            goto done;
        }
        size_t bit = i * 15;
        unsigned long chunk = (unsigned long)digit << bit % 8;
        raw[bit / 8] |= (unsigned char)chunk;
        raw[bit / 8 + 1] |= (unsigned char)(chunk >> 8);
        raw[bit / 8 + 2] |= (unsigned char)(chunk >> 16);
        last = digit;
    }
    if (digits && last == 0) {
        bad("unnormalized long data");
        goto done;
    }
    v = _PyLong_FromByteArray(raw, bytes, 1, 0);
    if (v && n < 0)
        Py_SETREF(v, PyNumber_Negative(v));
done:
    PyMem_Free(raw);
    return v;
}

static int take_double(Reader *r, double *x)
{
    const unsigned char *p = take(r, 8);
    if (p)
        memcpy(x, p, 8);
    return p ? 0 : -1;
}

static int take_double_text(Reader *r, double *x)
{
    char text[256];
    int n = take_byte(r);
    const unsigned char *p = n < 0 ? NULL : take(r, (size_t)n);
    if (!p)
        return -1;
    memcpy(text, p, (size_t)n);
    text[n] = 0;
    *x = PyOS_string_to_double(text, NULL, NULL);
    return *x == -1.0 && PyErr_Occurred() ? -1 : 0;
}

static PyObject *read_bytes(Reader *r)
{
    Py_ssize_t n;
    if (take_size(r, "bytes object", &n) < 0)
        return NULL;
    const unsigned char *p = take(r, (size_t)n);
    return p ? PyBytes_FromStringAndSize((const char *)p, n) : NULL;
}

static PyObject *read_ascii(Reader *r, Py_ssize_t n, int interned)
{
    const unsigned char *p = take(r, (size_t)n);
    if (p && interned && bytes_are_ascii(p, n))
        return intern_ascii((const char *)p, n);
    PyObject *v = p ? PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, p, n) : NULL;
    if (v && interned)
        PyUnicode_InternInPlace(&v);
    return v;
}

static PyObject *read_str(Reader *r, int interned)
{
    Py_ssize_t n;
    if (take_size(r, "string", &n) < 0)
        return NULL;
    const unsigned char *p = n ? take(r, (size_t)n) : (const unsigned char *)"";
    PyObject *v = p ? PyUnicode_DecodeUTF8((const char *)p, n, "surrogatepass") : NULL;
    if (v && interned)
        PyUnicode_InternInPlace(&v);
    return v;
}

/* An item that must be there: a stray NULL marker is an error. */
static PyObject *read_item(Reader *r, const char *container)
{
    PyObject *v = read_object(r);
    if (!v && !PyErr_Occurred())
        PyErr_Format(PyExc_TypeError, "NULL object in marshal data for %s", container);
    return v;
}

static PyObject *read_tuple(Reader *r, Py_ssize_t n, int flag)
{
    Py_ssize_t index = reserve(r, flag);
    if (!r->file && !r->readable && r->end - r->at < n)
        return too_short(), NULL;
    PyObject *v = index == -2 ? NULL : PyTuple_New(n);
    for (Py_ssize_t i = 0; v && i < n; i++) {
        PyObject *item = read_item(r, "tuple");
        if (!item)
            Py_CLEAR(v);
        else
            PyTuple_SET_ITEM(v, i, item);
    }
    if (v)
        _PyTuple_MaybeUntrack(v); /* constants: no collection needs to look at them */
    return settle(r, index, v);
}

static PyObject *read_list(Reader *r, int flag)
{
    Py_ssize_t n;
    if (take_size(r, "list", &n) < 0)
        return NULL;
    PyObject *v = keep(r, flag, PyList_New(0));
    for (Py_ssize_t i = 0; v && i < n; i++) {
        PyObject *item = read_item(r, "list");
        if (!item || PyList_Append(v, item) < 0)
            Py_CLEAR(v);
        Py_XDECREF(item);
    }
    return v;
}

static PyObject *read_dict(Reader *r, int flag)
{
    PyObject *v = keep(r, flag, PyDict_New()), *key;
    while (v && (key = read_object(r))) {
        PyObject *value = read_object(r);
        int failed = !value || PyDict_SetItem(v, key, value) < 0;
        Py_DECREF(key);
        Py_XDECREF(value);
        if (failed)
            break;
    }
    if (PyErr_Occurred())
        Py_CLEAR(v);
    return v;
}

static PyObject *read_set(Reader *r, int frozen, int flag)
{
    Py_ssize_t n;
    if (take_size(r, "set", &n) < 0)
        return NULL;
    PyObject *v = frozen ? PyFrozenSet_New(NULL) : PySet_New(NULL);
    Py_ssize_t index = -1;
    if (n == 0 && frozen)
        return keep(r, flag, v);
    index = frozen ? reserve(r, flag) : -1;
    if (index == -2)
        Py_CLEAR(v);
    if (!frozen)
        v = keep(r, flag, v);
    for (Py_ssize_t i = 0; v && i < n; i++) {
        PyObject *item = read_item(r, "set");
        if (!item || PySet_Add(v, item) < 0)
            Py_CLEAR(v);
        Py_XDECREF(item);
    }
    return settle(r, index, v);
}

/* Whether each part of a code object has the type it must have. */
static int code_parts_fit(const CodeParts *p)
{
    return PyBytes_Check(p->code) && PyTuple_Check(p->consts) && PyTuple_Check(p->names) && PyTuple_Check(p->localsplusnames) &&
           PyBytes_Check(p->localspluskinds) && PyUnicode_Check(p->filename) && PyUnicode_Check(p->name) &&
           PyUnicode_Check(p->qualname) && PyBytes_Check(p->linetable) && PyBytes_Check(p->exceptiontable);
}

static PyObject *read_code(Reader *r, int flag)
{
    Py_ssize_t index = reserve(r, flag);
    if (index == -2)
        return NULL;
    long numbers[5], firstlineno = 0;
    for (int i = 0; i < 5; i++)
        if (take_long(r, &numbers[i]) < 0)
            return NULL;
    PyObject *parts[10] = {0}, *v = NULL;
    for (int i = 0; i < 10; i++) {
        if (i == 8 && take_long(r, &firstlineno) < 0)
            goto done;
        if (!(parts[i] = read_item(r, "code object")))
            goto done;
    }
    CodeParts p = {.argcount = (int)numbers[0], .posonlyargcount = (int)numbers[1], .kwonlyargcount = (int)numbers[2],
                   .stacksize = (int)numbers[3], .flags = (int)numbers[4], .firstlineno = (int)firstlineno,
                   .code = parts[0], .consts = parts[1], .names = parts[2], .localsplusnames = parts[3],
                   .localspluskinds = parts[4], .filename = parts[5], .name = parts[6], .qualname = parts[7],
                   .linetable = parts[8], .exceptiontable = parts[9]};
    if (!code_parts_fit(&p))
        bad("code object with a part of the wrong type");
    else
        v = (PyObject *)code_new(&p);
    if (v && !r->trusted)
        code_distrust((PyCodeObject *)v);
done:
    for (int i = 0; i < 10; i++)
        Py_XDECREF(parts[i]);
    return settle(r, index, v);
}

/* A number in 64 bits, as old versions wrote it. */
static PyObject *read_int64(Reader *r)
{
    long low, high;
    if (take_long(r, &low) < 0 || take_long(r, &high) < 0)
        return NULL;
    return PyLong_FromLongLong((long long)((unsigned long long)high << 32 | (uint32_t)low));
}

/* Numbers and text: what has no items. */
static PyObject *read_plain(Reader *r, int type)
{
    long n;
    Py_ssize_t size;
    double x;
    Py_complex c;
    switch (type) {
    case 'i': return take_long(r, &n) < 0 ? NULL : PyLong_FromLong(n);
    case 'I': return read_int64(r);
    case 'l': return read_int_digits(r);
    case 'f': return take_double_text(r, &x) < 0 ? NULL : PyFloat_FromDouble(x);
    case 'g': return take_double(r, &x) < 0 ? NULL : PyFloat_FromDouble(x);
    case 'x': return take_double_text(r, &c.real) < 0 || take_double_text(r, &c.imag) < 0 ? NULL : PyComplex_FromCComplex(c);
    case 'y': return take_double(r, &c.real) < 0 || take_double(r, &c.imag) < 0 ? NULL : PyComplex_FromCComplex(c);
    case 's': return read_bytes(r);
    case 'a':
    case 'A': return take_size(r, "string", &size) < 0 ? NULL : read_ascii(r, size, type == 'A');
    case 'z':
    case 'Z': return (size = take_byte(r)) < 0 ? NULL : read_ascii(r, size, type == 'Z');
    case 'u':
    case 't': return read_str(r, type == 't');
    default: return bad("unknown type code");
    }
}

static PyObject *read_of_type(Reader *r, int type, int flag)
{
    Py_ssize_t n;
    switch (type) {
    case '0': return NULL;
    case 'N': return Py_NewRef(Py_None);
    case 'S': return Py_NewRef(PyExc_StopIteration);
    case '.': return Py_NewRef(Py_Ellipsis);
    case 'F': return Py_NewRef(Py_False);
    case 'T': return Py_NewRef(Py_True);
    case 'r': return read_reference(r);
    case ')': return (n = take_byte(r)) < 0 ? NULL : read_tuple(r, n, flag);
    case '(': return take_size(r, "tuple", &n) < 0 ? NULL : read_tuple(r, n, flag);
    case '[': return read_list(r, flag);
    case '{': return read_dict(r, flag);
    case '<':
    case '>': return read_set(r, type == '>', flag);
    case 'c': return read_code(r, flag);
    default: return keep(r, flag, read_plain(r, type));
    }
}

/* The next object, new; NULL without an exception for the NULL marker. */
static PyObject *read_object(Reader *r)
{
    const unsigned char *p = take(r, 1);
    if (!p) {
        if (PyErr_ExceptionMatches(PyExc_EOFError))
            PyErr_SetString(PyExc_EOFError, "EOF read where object expected");
        return NULL;
    }
    if (r->depth >= MARSHAL_DEPTH || c_stack_low())
        return bad("recursion limit exceeded");
    int code = *p;
    r->depth++;
    PyObject *v = read_of_type(r, code & ~MARSHAL_REF, code & MARSHAL_REF);
    r->depth--;
    return v;
}

/* ---- entry -------------------------------------------------------------------------------------------------------------------------- */

static PyObject *read_with(Reader *r)
{
    if (PyErr_Occurred()) {
        PyErr_SetString(PyExc_SystemError, "marshal read with an exception set");
        return NULL;
    }
    r->refs = PyList_New(0);
    PyObject *v = r->refs ? read_object(r) : NULL;
    if (!v && !PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "NULL object in marshal data for object");
    Py_XDECREF(r->refs);
    Py_XDECREF(r->chunk);
    PyMem_Free(r->buffer);
    return v;
}

PyObject *marshal_read_trusted(const void *data, Py_ssize_t size)
{
    Reader r = {.at = data, .end = (const unsigned char *)data + size, .trusted = 1};
    return read_with(&r);
}

PyObject *marshal_read(const void *data, Py_ssize_t size)
{
    Reader r = {.at = data, .end = (const unsigned char *)data + size};
    return read_with(&r);
}

PyObject *marshal_read_from(PyObject *file)
{
    Reader r = {.readable = file};
    return read_with(&r);
}

PyObject *PyMarshal_ReadObjectFromString(const char *data, Py_ssize_t size) { return marshal_read(data, size); }

PyObject *PyMarshal_ReadObjectFromFile(FILE *file)
{
    Reader r = {.file = file};
    return read_with(&r);
}

PyObject *PyMarshal_ReadLastObjectFromFile(FILE *file) { return PyMarshal_ReadObjectFromFile(file); }

long PyMarshal_ReadLongFromFile(FILE *file)
{
    Reader r = {.file = file};
    long x = -1;
    if (take_long(&r, &x) < 0)
        x = -1;
    PyMem_Free(r.buffer);
    return x;
}

int PyMarshal_ReadShortFromFile(FILE *file)
{
    Reader r = {.file = file};
    int x = take_short(&r);
    PyMem_Free(r.buffer);
    return x;
}
