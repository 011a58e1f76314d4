/* Marshal, writing. */
#include "runtime/marshal.h"
#include "memory/stack.h"
#include "objects/code.h"

#include <string.h>

typedef enum { WRITE_OK, WRITE_UNMARSHALLABLE, WRITE_TOO_DEEP, WRITE_NO_MEMORY } WriteError;

/* Objects already written, by address: an open table, at most half full. */
typedef struct ref_table {
    PyObject **keys;
    int *indices;
    size_t mask;
    int count;
} RefTable;

typedef struct writer {
    char *data;
    size_t size, room;
    FILE *file; /* or NULL: into data */
    RefTable refs;
    int depth, version;
    WriteError error;
} Writer;

static void write_object(Writer *w, PyObject *v);

/* ---- bytes ---------------------------------------------------------------------------------------------------------- */

static void put_bytes(Writer *w, const void *p, size_t n)
{
    if (w->file) {
        fwrite(p, 1, n, w->file);
        return;
    }
    if (w->room - w->size < n) {
        size_t room = w->room + w->room / 2 + n + 256;
        char *data = PyMem_Realloc(w->data, room);
        if (!data) {
            w->error = WRITE_NO_MEMORY;
            return;
        }
        w->data = data;
        w->room = room;
    }
    memcpy(w->data + w->size, p, n);
    w->size += n;
}

static void put_byte(Writer *w, int byte)
{
    char c = (char)byte;
    put_bytes(w, &c, 1);
}

static void put_short(Writer *w, int x)
{
    char b[2] = {(char)x, (char)(x >> 8)};
    put_bytes(w, b, 2);
}

static void put_long(Writer *w, long x)
{
    char b[4] = {(char)x, (char)(x >> 8), (char)(x >> 16), (char)(x >> 24)};
    put_bytes(w, b, 4);
}

static void put_size(Writer *w, Py_ssize_t n)
{
    if (n > INT32_MAX)
        w->error = WRITE_UNMARSHALLABLE;
    else
        put_long(w, (long)n);
}

static void put_counted(Writer *w, const char *p, Py_ssize_t n)
{
    put_size(w, n);
    if (!w->error)
        put_bytes(w, p, (size_t)n);
}

/* ---- references -------------------------------------------------------------------------------------------------------- */

static size_t ref_slot(const RefTable *t, PyObject *v)
{
    size_t i = ((uintptr_t)v >> 4) * 0x9E3779B97F4A7C15ULL >> 20 & t->mask;
    while (t->keys[i] && t->keys[i] != v)
        i = (i + 1) & t->mask;
    return i;
}

static int ref_grow(RefTable *t)
{
    size_t old = t->keys ? t->mask + 1 : 0, room = old ? old * 2 : 64;
    RefTable bigger = {PyMem_Calloc(room, sizeof *bigger.keys), PyMem_Malloc(room * sizeof *bigger.indices), room - 1, t->count};
    if (!bigger.keys || !bigger.indices) {
        PyMem_Free(bigger.keys);
        PyMem_Free(bigger.indices);
        return -1;
    }
    for (size_t i = 0; i < old; i++)
        if (t->keys[i]) {
            size_t at = ref_slot(&bigger, t->keys[i]);
            bigger.keys[at] = t->keys[i];
            bigger.indices[at] = t->indices[i];
        }
    PyMem_Free(t->keys);
    PyMem_Free(t->indices);
    *t = bigger;
    return 0;
}

static void refs_free(RefTable *t)
{
    for (size_t i = 0; t->keys && i <= t->mask; i++)
        Py_XDECREF(t->keys[i]);
    PyMem_Free(t->keys);
    PyMem_Free(t->indices);
}

/* 1 when a reference to an object written before took its place; otherwise *flag is the bit for its type code. */
static int write_reference(Writer *w, PyObject *v, int *flag)
{
    if (w->version < 3 || Py_REFCNT(v) == 1)
        return 0;
    if ((!w->refs.keys || (size_t)w->refs.count * 2 >= w->refs.mask) && ref_grow(&w->refs) < 0) {
        w->error = WRITE_NO_MEMORY;
        return 1;
    }
    size_t at = ref_slot(&w->refs, v);
    if (w->refs.keys[at]) {
        put_byte(w, 'r');
        put_long(w, w->refs.indices[at]);
        return 1;
    }
    w->refs.keys[at] = Py_NewRef(v);
    w->refs.indices[at] = w->refs.count++;
    *flag = MARSHAL_REF;
    return 0;
}

/* ---- values --------------------------------------------------------------------------------------------------------------- */

/* An int as 15-bit digits: their number, negative for a negative value, then each. */
static void write_int(Writer *w, PyObject *v, int flag)
{
    int overflow;
    long x = PyLong_AsLongAndOverflow(v, &overflow);
    if (!overflow && x >= INT32_MIN && x <= INT32_MAX) {
        put_byte(w, 'i' | flag);
        put_long(w, x);
        return;
    }
    int negative = _PyLong_Sign(v) < 0;
    PyObject *magnitude = negative ? PyNumber_Negative(v) : Py_NewRef(v);
    size_t bits = magnitude ? _PyLong_NumBits(magnitude) : 0, bytes = bits / 8 + 1, digits = (bits + 14) / 15;
    unsigned char *raw = magnitude ? PyMem_Calloc(bytes + 4, 1) : NULL;
    if (!raw || _PyLong_AsByteArray((PyLongObject *)magnitude, raw, bytes, 1, 0) < 0) {
        w->error = WRITE_NO_MEMORY;
    } else {
        put_byte(w, 'l' | flag);
        put_size(w, negative ? -(Py_ssize_t)digits : (Py_ssize_t)digits);
        for (size_t i = 0; i < digits; i++) {
            size_t bit = i * 15;
            unsigned long chunk = raw[bit / 8] | raw[bit / 8 + 1] << 8 | (unsigned long)raw[bit / 8 + 2] << 16;
            put_short(w, (int)(chunk >> bit % 8 & 0x7fff));
        }
    }
    PyMem_Free(raw);
    Py_XDECREF(magnitude);
}

static void put_double(Writer *w, double x)
{
    char b[8];
    memcpy(b, &x, 8);
    put_bytes(w, b, 8);
}

static void put_double_text(Writer *w, double x)
{
    char *text = PyOS_double_to_string(x, 'g', 17, 0, NULL);
    if (!text) {
        w->error = WRITE_NO_MEMORY;
        return;
    }
    put_byte(w, (int)strlen(text));
    put_bytes(w, text, strlen(text));
    PyMem_Free(text);
}

static void write_str(Writer *w, PyObject *v, int flag)
{
    if (w->version >= 4 && PyUnicode_IS_ASCII(v)) {
        int interned = PyUnicode_CHECK_INTERNED(v) != 0;
        Py_ssize_t n = PyUnicode_GET_LENGTH(v);
        if (n < 256) {
            put_byte(w, (interned ? 'Z' : 'z') | flag);
            put_byte(w, (int)n);
            put_bytes(w, PyUnicode_1BYTE_DATA(v), (size_t)n);
        } else {
            put_byte(w, (interned ? 'A' : 'a') | flag);
            put_counted(w, (char *)PyUnicode_1BYTE_DATA(v), n);
        }
        return;
    }
    PyObject *utf8 = PyUnicode_AsEncodedString(v, "utf8", "surrogatepass");
    if (!utf8) {
        w->error = WRITE_UNMARSHALLABLE;
        return;
    }
    put_byte(w, (w->version >= 3 && PyUnicode_CHECK_INTERNED(v) ? 't' : 'u') | flag);
    put_counted(w, PyBytes_AS_STRING(utf8), PyBytes_GET_SIZE(utf8));
    Py_DECREF(utf8);
}

static void write_items(Writer *w, PyObject *const *items, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n && !w->error; i++)
        write_object(w, items[i]);
}

/* Sets are written in the order of their items' marshal data, so that equal sets give equal bytes. */
static void write_set(Writer *w, PyObject *v, int flag)
{
    PyObject *pairs = PyList_New(0), *it = pairs ? PyObject_GetIter(v) : NULL, *item;
    put_byte(w, (PyFrozenSet_CheckExact(v) ? '>' : '<') | flag);
    put_size(w, PySet_GET_SIZE(v));
    while (it && !w->error && (item = PyIter_Next(it))) {
        PyObject *dump = PyMarshal_WriteObjectToString(item, w->version);
        PyObject *pair = dump ? PyTuple_Pack(2, dump, item) : NULL;
        if (!pair || PyList_Append(pairs, pair) < 0)
            w->error = dump ? WRITE_NO_MEMORY : WRITE_UNMARSHALLABLE;
        Py_XDECREF(dump);
        Py_XDECREF(pair);
        Py_DECREF(item);
    }
    if (!it || (!w->error && PyList_Sort(pairs) < 0))
        w->error = WRITE_NO_MEMORY;
    for (Py_ssize_t i = 0; !w->error && i < PyList_GET_SIZE(pairs); i++)
        write_object(w, PyTuple_GET_ITEM(PyList_GET_ITEM(pairs, i), 1));
    Py_XDECREF(it);
    Py_XDECREF(pairs);
}

static void write_dict(Writer *w, PyObject *v, int flag)
{
    Py_ssize_t at = 0;
    PyObject *key, *value;
    put_byte(w, '{' | flag);
    while (!w->error && PyDict_Next(v, &at, &key, &value)) {
        write_object(w, key);
        write_object(w, value);
    }
    put_byte(w, '0');
}

static void write_code(Writer *w, PyObject *v, int flag)
{
    PyCodeObject *co = (PyCodeObject *)v;
    PyObject *code = PyCode_GetCode(co);
    if (!code) {
        w->error = WRITE_NO_MEMORY;
        return;
    }
    put_byte(w, 'c' | flag);
    put_long(w, co->co_argcount);
    put_long(w, co->co_posonlyargcount);
    put_long(w, co->co_kwonlyargcount);
    put_long(w, co->co_stacksize);
    put_long(w, co->co_flags);
    PyObject *before[] = {code, co->co_consts, co->co_names, co->co_localsplusnames, co->co_localspluskinds,
                          co->co_filename, co->co_name, co->co_qualname};
    write_items(w, before, 8);
    put_long(w, co->co_firstlineno);
    write_object(w, co->co_linetable);
    write_object(w, co->co_exceptiontable);
    Py_DECREF(code);
}

static void write_buffer(Writer *w, PyObject *v, int flag)
{
    Py_buffer view;
    if (!PyObject_CheckBuffer(v) || PyObject_GetBuffer(v, &view, PyBUF_SIMPLE) < 0) {
        put_byte(w, '?');
        w->error = WRITE_UNMARSHALLABLE;
        return;
    }
    put_byte(w, 's' | flag);
    put_counted(w, view.buf, view.len);
    PyBuffer_Release(&view);
}

static void write_compound(Writer *w, PyObject *v, int flag)
{
    if (PyLong_CheckExact(v)) {
        write_int(w, v, flag);
    } else if (PyFloat_CheckExact(v)) {
        put_byte(w, (w->version > 1 ? 'g' : 'f') | flag);
        (w->version > 1 ? put_double : put_double_text)(w, PyFloat_AS_DOUBLE(v));
    } else if (PyComplex_CheckExact(v)) {
        put_byte(w, (w->version > 1 ? 'y' : 'x') | flag);
        (w->version > 1 ? put_double : put_double_text)(w, PyComplex_RealAsDouble(v));
        (w->version > 1 ? put_double : put_double_text)(w, PyComplex_ImagAsDouble(v));
    } else if (PyBytes_CheckExact(v)) {
        put_byte(w, 's' | flag);
        put_counted(w, PyBytes_AS_STRING(v), PyBytes_GET_SIZE(v));
    } else if (PyUnicode_CheckExact(v)) {
        write_str(w, v, flag);
    } else if (PyTuple_CheckExact(v)) {
        Py_ssize_t n = PyTuple_GET_SIZE(v);
        int small = w->version >= 4 && n < 256;
        put_byte(w, (small ? ')' : '(') | flag);
        if (small)
            put_byte(w, (int)n);
        else
            put_size(w, n);
        for (Py_ssize_t i = 0; i < n && !w->error; i++)
            write_object(w, PyTuple_GET_ITEM(v, i));
    } else if (PyList_CheckExact(v)) {
        put_byte(w, '[' | flag);
        put_size(w, PyList_GET_SIZE(v));
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(v) && !w->error; i++)
            write_object(w, PyList_GET_ITEM(v, i));
    } else if (PyDict_CheckExact(v)) {
        write_dict(w, v, flag);
    } else if (PyAnySet_CheckExact(v)) {
        write_set(w, v, flag);
    } else if (PyCode_Check(v)) {
        write_code(w, v, flag);
    } else {
        write_buffer(w, v, flag);
    }
}

static void write_object(Writer *w, PyObject *v)
{
    int flag = 0;
    if (w->error)
        return;
    if (w->depth >= MARSHAL_DEPTH || c_stack_low()) {
        w->error = WRITE_TOO_DEEP;
        return;
    }
    w->depth++;
    if (!v)
        put_byte(w, '0');
    else if (v == Py_None)
        put_byte(w, 'N');
    else if (v == PyExc_StopIteration)
        put_byte(w, 'S');
    else if (v == Py_Ellipsis)
        put_byte(w, '.');
    else if (v == Py_False)
        put_byte(w, 'F');
    else if (v == Py_True)
        put_byte(w, 'T');
    else if (!write_reference(w, v, &flag))
        write_compound(w, v, flag);
    w->depth--;
}

/* ---- the C API ----------------------------------------------------------------------------------------------------------------- */

PyObject *PyMarshal_WriteObjectToString(PyObject *v, int version)
{
    if (PySys_Audit("marshal.dumps", "Oi", v, version) < 0)
        return NULL;
    Writer w = {.version = version};
    write_object(&w, v);
    refs_free(&w.refs);
    PyObject *result = NULL;
    if (!w.error) {
        result = PyBytes_FromStringAndSize(w.data, (Py_ssize_t)w.size);
    } else if (w.error == WRITE_NO_MEMORY) {
        PyErr_NoMemory();
    } else if (!PyErr_Occurred() || w.error == WRITE_TOO_DEEP || !PyErr_ExceptionMatches(PyExc_ValueError)) {
        PyErr_SetString(PyExc_ValueError, w.error == WRITE_TOO_DEEP ? "object too deeply nested to marshal" : "unmarshallable object");
    }
    PyMem_Free(w.data);
    return result;
}

void PyMarshal_WriteObjectToFile(PyObject *v, FILE *file, int version)
{
    Writer w = {.version = version, .file = file};
    write_object(&w, v);
    refs_free(&w.refs);
}

void PyMarshal_WriteLongToFile(long x, FILE *file, int version)
{
    Writer w = {.version = version, .file = file};
    put_long(&w, x);
}
