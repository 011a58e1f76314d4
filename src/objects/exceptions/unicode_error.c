/* UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError and the functions through which codecs use them. */
#define PY_SSIZE_T_CLEAN
#include "objects/exceptions/exceptions.h"

typedef PyUnicodeErrorObject UnicodeError;

static int clear(PyObject *op)
{
    UnicodeError *self = (UnicodeError *)op;
    Py_CLEAR(self->encoding);
    Py_CLEAR(self->object);
    Py_CLEAR(self->reason);
    return base_exception_clear(op);
}

static int traverse(PyObject *op, visitproc visit, void *arg)
{
    UnicodeError *self = (UnicodeError *)op;
    Py_VISIT(self->encoding);
    Py_VISIT(self->object);
    Py_VISIT(self->reason);
    return base_exception_traverse(op, visit, arg);
}

static void dealloc(PyObject *op) { base_exception_dealloc_with(op, clear, dealloc); }

/* ---- construction ---- */
static int fill(UnicodeError *self, PyObject *encoding, PyObject *object, Py_ssize_t start, Py_ssize_t end, PyObject *reason)
{
    Py_XSETREF(self->encoding, Py_XNewRef(encoding));
    Py_XSETREF(self->object, Py_NewRef(object));
    Py_XSETREF(self->reason, Py_NewRef(reason));
    self->start = start;
    self->end = end;
    return 0;
}

static int encode_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    PyObject *encoding, *object, *reason;
    Py_ssize_t start, end;
    if (base_exception_init(op, args, kwds) < 0 ||
        !PyArg_ParseTuple(args, "UUnnU", &encoding, &object, &start, &end, &reason))
        return -1;
    return fill((UnicodeError *)op, encoding, object, start, end, reason);
}

static int decode_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    PyObject *encoding, *object, *reason;
    Py_ssize_t start, end;
    if (base_exception_init(op, args, kwds) < 0 ||
        !PyArg_ParseTuple(args, "UOnnU", &encoding, &object, &start, &end, &reason))
        return -1;
    if (PyBytes_Check(object))
        return fill((UnicodeError *)op, encoding, object, start, end, reason);
    Py_buffer view;
    if (PyObject_GetBuffer(object, &view, PyBUF_SIMPLE) < 0)
        return -1;
    PyObject *copy = PyBytes_FromStringAndSize(view.buf, view.len);
    PyBuffer_Release(&view);
    if (copy == NULL)
        return -1;
    fill((UnicodeError *)op, encoding, copy, start, end, reason);
    Py_DECREF(copy);
    return 0;
}

static int translate_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    PyObject *object, *reason;
    Py_ssize_t start, end;
    if (base_exception_init(op, args, kwds) < 0 || !PyArg_ParseTuple(args, "UnnU", &object, &start, &end, &reason))
        return -1;
    return fill((UnicodeError *)op, NULL, object, start, end, reason);
}

/* ---- str() ---- */
/* "'\x12'", "'\u1234'" or "'\U00012345'" for one character, into `out`. */
static void show_character(Py_UCS4 c, char *out, size_t size)
{
    PyOS_snprintf(out, size, c <= 0xff ? "'\\x%02x'" : c <= 0xffff ? "'\\u%04x'" : "'\\U%08x'", (unsigned)c);
}

static int is_single(UnicodeError *self, Py_ssize_t size)
{
    return self->start >= 0 && self->start < size && self->end == self->start + 1;
}

static PyObject *text_error_str(PyObject *op, const char *verb)
{
    UnicodeError *self = (UnicodeError *)op;
    if (self->object == NULL)
        return PyUnicode_FromString("");
    PyObject *reason = PyObject_Str(self->reason ? self->reason : Py_None), *prefix = NULL, *result = NULL;
    if (reason == NULL)
        return NULL;
    prefix = self->encoding ? PyUnicode_FromFormat("'%S' codec can't", self->encoding) : PyUnicode_FromString("can't");
    if (prefix == NULL)
        goto done;
    if (PyUnicode_Check(self->object) && is_single(self, PyUnicode_GET_LENGTH(self->object))) {
        char shown[16];
        show_character(PyUnicode_READ_CHAR(self->object, self->start), shown, sizeof shown);
        result = PyUnicode_FromFormat("%U %s character %s in position %zd: %U", prefix, verb, shown, self->start, reason);
    }
    else
        result = PyUnicode_FromFormat("%U %s characters in position %zd-%zd: %U", prefix, verb, self->start,
                                      self->end - 1, reason);
done:
    Py_XDECREF(prefix);
    Py_DECREF(reason);
    return result;
}

static PyObject *encode_str(PyObject *op) { return text_error_str(op, "encode"); }
static PyObject *translate_str(PyObject *op) { return text_error_str(op, "translate"); }

static PyObject *decode_str(PyObject *op)
{
    UnicodeError *self = (UnicodeError *)op;
    if (self->object == NULL)
        return PyUnicode_FromString("");
    PyObject *reason = PyObject_Str(self->reason ? self->reason : Py_None), *result;
    if (reason == NULL)
        return NULL;
    PyObject *encoding = PyObject_Str(self->encoding ? self->encoding : Py_None);
    if (encoding == NULL) {
        Py_DECREF(reason);
        return NULL;
    }
    if (PyBytes_Check(self->object) && is_single(self, PyBytes_GET_SIZE(self->object)))
        result = PyUnicode_FromFormat("'%U' codec can't decode byte 0x%02x in position %zd: %U", encoding,
                                      (int)(unsigned char)PyBytes_AS_STRING(self->object)[self->start], self->start, reason);
    else
        result = PyUnicode_FromFormat("'%U' codec can't decode bytes in position %zd-%zd: %U", encoding, self->start,
                                      self->end - 1, reason);
    Py_DECREF(reason);
    Py_DECREF(encoding);
    return result;
}

#define MEMBER(name, type, doc) {#name, type, offsetof(PyUnicodeErrorObject, name), 0, doc}
static PyMemberDef members[] = {
    MEMBER(encoding, T_OBJECT, "exception encoding"), MEMBER(object, T_OBJECT, "exception object"),
    MEMBER(start, T_PYSSIZET, "exception start"), MEMBER(end, T_PYSSIZET, "exception end"),
    MEMBER(reason, T_OBJECT, "exception reason"), {NULL}};

#define KIND(prefix) \
    {.size = sizeof(UnicodeError), .dealloc = dealloc, .traverse = traverse, .clear = clear, .new = base_exception_new, \
     .init = prefix##_init, .str = prefix##_str, .members = members}
const ExceptionKind unicode_encode_kind = KIND(encode), unicode_decode_kind = KIND(decode),
                    unicode_translate_kind = KIND(translate);

/* ---- PyUnicode*Error_*: three families with the same accessors ---- */
static PyObject *get_text(PyObject *value, const char *name)
{
    if (value == NULL) {
        PyErr_Format(PyExc_TypeError, "%.200s attribute not set", name);
        return NULL;
    }
    if (!PyUnicode_Check(value)) {
        PyErr_Format(PyExc_TypeError, "%.200s attribute must be unicode", name);
        return NULL;
    }
    return Py_NewRef(value);
}

static PyObject *get_bytes(PyObject *value, const char *name)
{
    if (value == NULL) {
        PyErr_Format(PyExc_TypeError, "%.200s attribute not set", name);
        return NULL;
    }
    if (!PyBytes_Check(value)) {
        PyErr_Format(PyExc_TypeError, "%.200s attribute must be bytes", name);
        return NULL;
    }
    return Py_NewRef(value);
}

static int object_size(UnicodeError *self, int bytes, Py_ssize_t *size)
{
    PyObject *object = bytes ? get_bytes(self->object, "object") : get_text(self->object, "object");
    if (object == NULL)
        return -1;
    *size = bytes ? PyBytes_GET_SIZE(object) : PyUnicode_GET_LENGTH(object);
    Py_DECREF(object);
    return 0;
}

static int get_start(PyObject *exc, int bytes, Py_ssize_t *start)
{
    Py_ssize_t size;
    if (object_size((UnicodeError *)exc, bytes, &size) < 0)
        return -1;
    Py_ssize_t at = ((UnicodeError *)exc)->start;
    *start = at < 0 ? 0 : at >= size ? (size > 0 ? size - 1 : 0) : at;
    return 0;
}

static int get_end(PyObject *exc, int bytes, Py_ssize_t *end)
{
    Py_ssize_t size;
    if (object_size((UnicodeError *)exc, bytes, &size) < 0)
        return -1;
    Py_ssize_t at = ((UnicodeError *)exc)->end;
    *end = at > size ? size : at < 1 ? (size < 1 ? size : 1) : at;
    return 0;
}

static int set_reason(PyObject *exc, const char *reason)
{
    PyObject *text = PyUnicode_FromString(reason);
    if (text == NULL)
        return -1;
    Py_XSETREF(((UnicodeError *)exc)->reason, text);
    return 0;
}

#define ACCESSORS(Family, bytes) \
    PyObject *PyUnicode##Family##Error_GetObject(PyObject *exc) \
    { \
        PyObject *o = ((UnicodeError *)exc)->object; \
        return bytes ? get_bytes(o, "object") : get_text(o, "object"); \
    } \
    int PyUnicode##Family##Error_GetStart(PyObject *exc, Py_ssize_t *start) { return get_start(exc, bytes, start); } \
    int PyUnicode##Family##Error_GetEnd(PyObject *exc, Py_ssize_t *end) { return get_end(exc, bytes, end); } \
    int PyUnicode##Family##Error_SetStart(PyObject *exc, Py_ssize_t start) { ((UnicodeError *)exc)->start = start; return 0; } \
    int PyUnicode##Family##Error_SetEnd(PyObject *exc, Py_ssize_t end) { ((UnicodeError *)exc)->end = end; return 0; } \
    PyObject *PyUnicode##Family##Error_GetReason(PyObject *exc) { return get_text(((UnicodeError *)exc)->reason, "reason"); } \
    int PyUnicode##Family##Error_SetReason(PyObject *exc, const char *reason) { return set_reason(exc, reason); }
ACCESSORS(Encode, 0)
ACCESSORS(Decode, 1)
ACCESSORS(Translate, 0)

PyObject *PyUnicodeEncodeError_GetEncoding(PyObject *exc) { return get_text(((UnicodeError *)exc)->encoding, "encoding"); }
PyObject *PyUnicodeDecodeError_GetEncoding(PyObject *exc) { return get_text(((UnicodeError *)exc)->encoding, "encoding"); }

PyObject *PyUnicodeDecodeError_Create(const char *encoding, const char *object, Py_ssize_t length, Py_ssize_t start,
                                      Py_ssize_t end, const char *reason)
{
    return PyObject_CallFunction(PyExc_UnicodeDecodeError, "sy#nns", encoding, object, length, start, end, reason);
}

PyObject *_PyUnicodeTranslateError_Create(PyObject *object, Py_ssize_t start, Py_ssize_t end, const char *reason)
{
    return PyObject_CallFunction(PyExc_UnicodeTranslateError, "Onns", object, start, end, reason);
}
