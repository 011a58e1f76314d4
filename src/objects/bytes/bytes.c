/* bytes: the type and its C API.  The empty string and the 256 strings of one byte are shared and immortal. */
#define PY_SSIZE_T_CLEAN
#include "objects/bytes/bytes.h"
#include "memory/memory.h"
#include "objects/names.h"
#include "objects/object.h"
#include "structmember.h"

#include <stddef.h>

#define BYTES_HEAD offsetof(PyBytesObject, ob_sval)

#define CHAR1(c) {{{IMMORTAL_REFCNT, &PyBytes_Type}, 1}, -1, {(char)(c)}},
#define CHAR4(c) CHAR1(c) CHAR1((c) + 1) CHAR1((c) + 2) CHAR1((c) + 3)
#define CHAR16(c) CHAR4(c) CHAR4((c) + 4) CHAR4((c) + 8) CHAR4((c) + 12)
#define CHAR64(c) CHAR16(c) CHAR16((c) + 16) CHAR16((c) + 32) CHAR16((c) + 48)
static PyBytesObject one_byte[256] = {CHAR64(0) CHAR64(64) CHAR64(128) CHAR64(192)};
static PyBytesObject no_bytes = {{{IMMORTAL_REFCNT, &PyBytes_Type}, 0}, -1, {0}};

/* ---- making ------------------------------------------------------------------------------------------------ */

PyObject *PyBytes_FromStringAndSize(const char *s, Py_ssize_t n)
{
    if (n < 0) {
        PyErr_SetString(PyExc_SystemError, "Negative size passed to PyBytes_FromStringAndSize");
        return NULL;
    }
    if (n == 0)
        return Py_NewRef((PyObject *)&no_bytes);
    if (n == 1 && s)
        return Py_NewRef((PyObject *)&one_byte[(unsigned char)*s]);
    if (n > PY_SSIZE_T_MAX - (Py_ssize_t)BYTES_HEAD - 1) {
        PyErr_SetString(PyExc_OverflowError, "byte string is too large");
        return NULL;
    }
    PyBytesObject *o = object_alloc(BYTES_HEAD + (size_t)n + 1);
    if (!o)
        return PyErr_NoMemory();
    Py_SET_TYPE(o, &PyBytes_Type);
    Py_SET_REFCNT(o, 1);
    Py_SET_SIZE(o, n);
    o->ob_shash = -1;
    if (s)
        memcpy(o->ob_sval, s, (size_t)n);
    o->ob_sval[n] = 0;
    return (PyObject *)o;
}

PyObject *PyBytes_FromString(const char *s) { return PyBytes_FromStringAndSize(s, (Py_ssize_t)strlen(s)); }

int _PyBytes_Resize(PyObject **slot, Py_ssize_t n)
{
    PyObject *v = *slot;
    if (!PyBytes_Check(v) || n < 0) {
        *slot = NULL;
        Py_DECREF(v);
        PyErr_BadInternalCall();
        return -1;
    }
    Py_ssize_t old = Py_SIZE(v);
    if (old == n)
        return 0;
    if (n == 0 || Py_REFCNT(v) != 1) {
        if (n != 0 && old != 0) {
            *slot = NULL;
            Py_DECREF(v);
            PyErr_BadInternalCall();
            return -1;
        }
        *slot = PyBytes_FromStringAndSize(NULL, n);
        Py_DECREF(v);
        return *slot ? 0 : -1;
    }
    PyBytesObject *o = PyObject_Realloc(v, BYTES_HEAD + (size_t)n + 1);
    if (!o) {
        *slot = NULL;
        Py_DECREF(v);
        PyErr_NoMemory();
        return -1;
    }
    *slot = (PyObject *)o;
    Py_SET_SIZE(o, n);
    o->ob_sval[n] = 0;
    o->ob_shash = -1;
    return 0;
}

static void bytes_dealloc(PyObject *self) { Py_TYPE(self)->tp_free(self); }

/* ---- access ------------------------------------------------------------------------------------------------ */

static int expected_bytes(PyObject *o)
{
    if (PyBytes_Check(o))
        return 0;
    PyErr_Format(PyExc_TypeError, "expected bytes, %.200s found", Py_TYPE(o)->tp_name);
    return -1;
}
Py_ssize_t PyBytes_Size(PyObject *o) { return expected_bytes(o) ? -1 : Py_SIZE(o); }
char *PyBytes_AsString(PyObject *o) { return expected_bytes(o) ? NULL : PyBytes_AS_STRING(o); }

int PyBytes_AsStringAndSize(PyObject *o, char **s, Py_ssize_t *n)
{
    if (!s) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (expected_bytes(o))
        return -1;
    *s = PyBytes_AS_STRING(o);
    if (n)
        *n = PyBytes_GET_SIZE(o);
    else if (strlen(*s) != (size_t)PyBytes_GET_SIZE(o)) {
        PyErr_SetString(PyExc_ValueError, "embedded null byte");
        return -1;
    }
    return 0;
}

/* ---- concatenation ----------------------------------------------------------------------------------------- */

void PyBytes_Concat(PyObject **slot, PyObject *w)
{
    if (!*slot)
        return;
    if (!w) {
        Py_CLEAR(*slot);
        return;
    }
    if (Py_REFCNT(*slot) == 1 && PyBytes_CheckExact(*slot) && PyBytes_Check(w) && Py_SIZE(*slot) && *slot != w) {
        Py_ssize_t old = Py_SIZE(*slot), more = Py_SIZE(w);
        if (old > PY_SSIZE_T_MAX - more) {
            PyErr_NoMemory();
            Py_CLEAR(*slot);
        }
        else if (_PyBytes_Resize(slot, old + more) == 0)
            memcpy(PyBytes_AS_STRING(*slot) + old, PyBytes_AS_STRING(w), (size_t)more);
        return;
    }
    Py_SETREF(*slot, byte_concat(*slot, w));
}

void PyBytes_ConcatAndDel(PyObject **slot, PyObject *w)
{
    PyBytes_Concat(slot, w);
    Py_XDECREF(w);
}

/* ---- constructor ------------------------------------------------------------------------------------------- */

static PyObject *from_buffer(PyObject *o)
{
    Py_buffer view;
    if (PyObject_GetBuffer(o, &view, PyBUF_FULL_RO))
        return NULL;
    PyObject *r = PyBytes_FromStringAndSize(NULL, view.len);
    if (r && view.len == 1) {
        char c;
        int bad = PyBuffer_ToContiguous(&c, &view, 1, 'C');
        Py_SETREF(r, bad ? NULL : PyBytes_FromStringAndSize(&c, 1));
    }
    else if (r && view.len && PyBuffer_ToContiguous(PyBytes_AS_STRING(r), &view, view.len, 'C'))
        Py_CLEAR(r);
    PyBuffer_Release(&view);
    return r;
}

/* Collects the values of an iterator, about `room` of them; steals it. */
static PyObject *from_iterator(PyObject *it, Py_ssize_t room)
{
    Py_ssize_t n = 0;
    PyObject *item, *r = NULL;
    if (room < 0 || room > PY_SSIZE_T_MAX - (Py_ssize_t)BYTES_HEAD - 1) {
        Py_DECREF(it);
        if (room > 0)
            PyErr_SetString(PyExc_OverflowError, "byte string is too large");
        return NULL;
    }
    room += !room;
    unsigned char *p = PyMem_Malloc((size_t)room);
    if (!p) {
        Py_DECREF(it);
        return PyErr_NoMemory();
    }
    while ((item = PyIter_Next(it))) {
        Py_ssize_t v = PyNumber_AsSsize_t(item, NULL);
        Py_DECREF(item);
        if (v == -1 && PyErr_Occurred())
            goto done;
        if (v < 0 || v > 255) {
            PyErr_SetString(PyExc_ValueError, "bytes must be in range(0, 256)");
            goto done;
        }
        if (n == room) {
            unsigned char *q = PyMem_Realloc(p, 2 * (size_t)room);
            if (!q) {
                PyErr_NoMemory();
                goto done;
            }
            p = q;
            room *= 2;
        }
        p[n++] = (unsigned char)v;
    }
    if (!PyErr_Occurred())
        r = PyBytes_FromStringAndSize((char *)p, n);
done:
    PyMem_Free(p);
    Py_DECREF(it);
    return r;
}

PyObject *PyBytes_FromObject(PyObject *o)
{
    if (!o) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (PyBytes_CheckExact(o))
        return Py_NewRef(o);
    if (PyObject_CheckBuffer(o))
        return from_buffer(o);
    if (!PyUnicode_Check(o)) {
        PyObject *it = PyObject_GetIter(o);
        if (it)
            return from_iterator(it, PyObject_LengthHint(o, 64));
        if (!PyErr_ExceptionMatches(PyExc_TypeError))
            return NULL;
    }
    PyErr_Format(PyExc_TypeError, "cannot convert '%.200s' object to bytes", Py_TYPE(o)->tp_name);
    return NULL;
}

/* The C string of a str argument; NULL with TypeError set. */
static const char *name_argument(PyObject *o, const char *which, int *bad)
{
    if (!o)
        return NULL;
    const char *s = PyUnicode_Check(o) ? PyUnicode_AsUTF8(o) : NULL;
    *bad |= !s;
    if (!s && !PyErr_Occurred())
        PyErr_Format(PyExc_TypeError, "bytes() argument '%s' must be str, not %.50s", which,
                     o == Py_None ? "None" : Py_TYPE(o)->tp_name);
    return s;
}

PyObject *byte_encode(PyObject *source, PyObject *encoding, PyObject *errors)
{
    int bad = 0;
    const char *e = name_argument(encoding, "encoding", &bad), *h = bad ? NULL : name_argument(errors, "errors", &bad);
    return bad ? NULL : PyUnicode_AsEncodedString(source, e, h);
}

/* o.__bytes__(): new reference, NULL with *found 0 when the type has none. */
static PyObject *call_bytes(PyObject *o, int *found)
{
    PyObject *method = _PyObject_LookupSpecial(o, N(__bytes__));
    *found = method != NULL;
    if (!method)
        return NULL;
    PyObject *r = PyObject_CallNoArgs(method);
    Py_DECREF(method);
    if (r && !PyBytes_Check(r)) {
        PyErr_Format(PyExc_TypeError, "__bytes__ returned non-bytes (type %.200s)", Py_TYPE(r)->tp_name);
        Py_CLEAR(r);
    }
    return r;
}

static PyObject *type_error(const char *message)
{
    PyErr_SetString(PyExc_TypeError, message);
    return NULL;
}

static PyObject *construct(PyObject *x, PyObject *encoding, PyObject *errors)
{
    if (encoding || errors) {
        if (!x || !PyUnicode_Check(x))
            return type_error(encoding ? "encoding without a string argument" : "errors without a string argument");
        return encoding ? byte_encode(x, encoding, errors) : type_error("string argument without an encoding");
    }
    if (!x)
        return PyBytes_FromStringAndSize(NULL, 0);
    if (PyBytes_CheckExact(x))
        return Py_NewRef(x);
    int found;
    PyObject *r = call_bytes(x, &found);
    if (found || PyErr_Occurred())
        return r;
    if (PyUnicode_Check(x))
        return type_error("string argument without an encoding");
    if (PyIndex_Check(x)) {
        Py_ssize_t n = PyNumber_AsSsize_t(x, PyExc_OverflowError);
        if (n == -1 && PyErr_Occurred()) {
            if (!PyErr_ExceptionMatches(PyExc_TypeError))
                return NULL;
            PyErr_Clear();
            return PyBytes_FromObject(x);
        }
        if (n < 0) {
            PyErr_SetString(PyExc_ValueError, "negative count");
            return NULL;
        }
        if (n == 1)
            return PyBytes_FromStringAndSize("", 1);
        r = PyBytes_FromStringAndSize(NULL, n);
        if (r && n)
            memset(PyBytes_AS_STRING(r), 0, (size_t)n);
        return r;
    }
    return PyBytes_FromObject(x);
}

static PyObject *bytes_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"source", "encoding", "errors", NULL};
    PyObject *x = NULL, *encoding = NULL, *errors = NULL;
    int bad = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOO:bytes", names, &x, &encoding, &errors))
        return NULL;
    name_argument(encoding, "encoding", &bad);
    if (!bad)
        name_argument(errors, "errors", &bad);
    if (bad)
        return NULL;
    PyObject *made = construct(x, encoding, errors);
    if (!made || type == &PyBytes_Type)
        return made;
    Py_ssize_t n = PyBytes_GET_SIZE(made);
    PyObject *self = type->tp_alloc(type, n);
    if (self) {
        ((PyBytesObject *)self)->ob_shash = ((PyBytesObject *)made)->ob_shash;
        memcpy(PyBytes_AS_STRING(self), PyBytes_AS_STRING(made), (size_t)n + 1);
    }
    Py_DECREF(made);
    return self;
}

/* ---- protocols --------------------------------------------------------------------------------------------- */

static Py_ssize_t bytes_length(PyObject *self) { return Py_SIZE(self); }

static PyObject *bytes_item(PyObject *self, Py_ssize_t i)
{
    if (i < 0 || i >= Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "index out of range");
        return NULL;
    }
    return PyLong_FromLong((unsigned char)PyBytes_AS_STRING(self)[i]);
}

static PyObject *bytes_subscript(PyObject *self, PyObject *key)
{
    Py_ssize_t n = Py_SIZE(self), start, stop, step;
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return NULL;
        return bytes_item(self, i < 0 ? i + n : i);
    }
    if (!PySlice_Check(key)) {
        PyErr_Format(PyExc_TypeError, "byte indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
        return NULL;
    }
    if (PySlice_Unpack(key, &start, &stop, &step))
        return NULL;
    Py_ssize_t count = PySlice_AdjustIndices(n, &start, &stop, step);
    const char *s = PyBytes_AS_STRING(self);
    if (count == n && step == 1 && PyBytes_CheckExact(self))
        return Py_NewRef(self);
    if (step == 1 || count <= 1)
        return PyBytes_FromStringAndSize(count > 0 ? s + start : NULL, count > 0 ? count : 0);
    PyObject *r = PyBytes_FromStringAndSize(NULL, count);
    if (r)
        for (Py_ssize_t i = 0; i < count; i++, start += step)
            PyBytes_AS_STRING(r)[i] = s[start];
    return r;
}

static PyObject *bytes_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyBytes_Check(a) || !PyBytes_Check(b)) {
        if (Py_BytesWarningFlag && (op == Py_EQ || op == Py_NE) && (PyUnicode_Check(a) || PyUnicode_Check(b)) &&
            PyErr_WarnEx(PyExc_BytesWarning, "Comparison between bytes and string", 1))
            return NULL;
        if (Py_BytesWarningFlag && (op == Py_EQ || op == Py_NE) && (PyLong_Check(a) || PyLong_Check(b)) &&
            PyErr_WarnEx(PyExc_BytesWarning, "Comparison between bytes and int", 1))
            return NULL;
        Py_RETURN_NOTIMPLEMENTED;
    }
    Py_ssize_t n = Py_SIZE(a), m = Py_SIZE(b);
    if (op == Py_EQ || op == Py_NE) {
        int same = a == b || (n == m && memcmp(PyBytes_AS_STRING(a), PyBytes_AS_STRING(b), (size_t)n) == 0);
        return PyBool_FromLong(same == (op == Py_EQ));
    }
    int c = memcmp(PyBytes_AS_STRING(a), PyBytes_AS_STRING(b), (size_t)(n < m ? n : m));
    if (c == 0)
        c = n < m ? -1 : n > m;
    Py_RETURN_RICHCOMPARE(c, 0, op);
}

static Py_hash_t bytes_hash(PyObject *self)
{
    PyBytesObject *o = (PyBytesObject *)self;
    if (o->ob_shash == -1)
        o->ob_shash = _Py_HashBytes(o->ob_sval, Py_SIZE(o));
    return o->ob_shash;
}

static PyObject *bytes_repr(PyObject *self) { return PyBytes_Repr(self, 1); }

static PyObject *bytes_str(PyObject *self)
{
    if (Py_BytesWarningFlag && PyErr_WarnEx(PyExc_BytesWarning, "str() on a bytes instance", 1))
        return NULL;
    return bytes_repr(self);
}

static int bytes_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    return PyBuffer_FillInfo(view, self, PyBytes_AS_STRING(self), Py_SIZE(self), 1, flags);
}

static PyObject *bytes_remainder(PyObject *a, PyObject *b)
{
    if (!PyBytes_Check(a))
        Py_RETURN_NOTIMPLEMENTED;
    return _PyBytes_FormatEx(PyBytes_AS_STRING(a), PyBytes_GET_SIZE(a), b, 0);
}

/* ---- iterator ---------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *bytes;  /* NULL when exhausted */
} BytesIter;

extern PyTypeObject PyBytesIter_Type;

static PyObject *bytes_iter(PyObject *self)
{
    BytesIter *it = PyObject_GC_New(BytesIter, &PyBytesIter_Type);
    if (!it)
        return NULL;
    it->index = 0;
    it->bytes = Py_NewRef(self);
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static void iter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((BytesIter *)self)->bytes);
    PyObject_GC_Del(self);
}
static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((BytesIter *)self)->bytes);
    return 0;
}
static PyObject *iter_next(PyObject *self)
{
    BytesIter *it = (BytesIter *)self;
    if (!it->bytes)
        return NULL;
    if (it->index < Py_SIZE(it->bytes))
        return PyLong_FromLong((unsigned char)PyBytes_AS_STRING(it->bytes)[it->index++]);
    Py_CLEAR(it->bytes);
    return NULL;
}
static PyObject *iter_length_hint(PyObject *self, PyObject *unused)
{
    BytesIter *it = (BytesIter *)self;
    return PyLong_FromSsize_t(it->bytes ? Py_SIZE(it->bytes) - it->index : 0);
}
static PyObject *iter_reduce(PyObject *self, PyObject *unused)
{
    BytesIter *it = (BytesIter *)self;
    PyObject *f = _PyEval_GetBuiltin(N(iter));
    return it->bytes ? Py_BuildValue("N(O)n", f, it->bytes, it->index) : Py_BuildValue("N(())", f);
}
static PyObject *iter_setstate(PyObject *self, PyObject *state)
{
    BytesIter *it = (BytesIter *)self;
    Py_ssize_t i = PyLong_AsSsize_t(state);
    if (i == -1 && PyErr_Occurred())
        return NULL;
    if (it->bytes)
        it->index = i < 0 ? 0 : i > Py_SIZE(it->bytes) ? Py_SIZE(it->bytes) : i;
    Py_RETURN_NONE;
}
static PyMethodDef iter_methods[] = {
    {"__length_hint__", iter_length_hint, METH_NOARGS, "Private method returning an estimate of len(list(it))."},
    {"__reduce__", iter_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", iter_setstate, METH_O, "Set state information for unpickling."},
    {NULL},
};

PyTypeObject PyBytesIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "bytes_iterator",
    .tp_basicsize = sizeof(BytesIter),
    .tp_dealloc = iter_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iter_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = iter_next,
    .tp_methods = iter_methods,
};

/* ---- the type ---------------------------------------------------------------------------------------------- */

static PyObject *bytes_getnewargs(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("(y#)", PyBytes_AS_STRING(self), Py_SIZE(self));
}
static PyObject *bytes_bytes(PyObject *self, PyObject *unused)
{
    return PyBytes_CheckExact(self) ? Py_NewRef(self) : PyBytes_FromStringAndSize(PyBytes_AS_STRING(self), Py_SIZE(self));
}
static PyObject *bytes_fromhex(PyObject *type, PyObject *string)
{
    PyObject *r = byte_from_hex(string, PyBytes_FromStringAndSize);
    if (r && type != (PyObject *)&PyBytes_Type)
        Py_SETREF(r, PyObject_CallOneArg(type, r));
    return r;
}

static PyMethodDef bytes_methods[] = {
    {"__getnewargs__", bytes_getnewargs, METH_NOARGS, NULL},
    {"__bytes__", bytes_bytes, METH_NOARGS, "__bytes__($self, /)\n--\n\nConvert this value to exact type bytes."},
    {"fromhex", bytes_fromhex, METH_O | METH_CLASS,
     "fromhex($type, string, /)\n--\n\nCreate a bytes object from a string of hexadecimal numbers."},
    {"maketrans", (PyCFunction)byte_maketrans, METH_FASTCALL | METH_STATIC,
     "maketrans(frm, to, /)\n--\n\nReturn a translation table usable for the bytes or bytearray translate method."},
#define NOARGS BYTE_METHOD_NOARGS
#define ONE BYTE_METHOD_ONE
#define FAST BYTE_METHOD_FAST
#define KEYWORDS BYTE_METHOD_KEYWORDS
#include "objects/bytes/methods.def"
#undef NOARGS
#undef ONE
#undef FAST
#undef KEYWORDS
    {NULL},
};

static PySequenceMethods bytes_as_sequence = {
    .sq_length = bytes_length, .sq_concat = byte_concat, .sq_repeat = byte_repeat, .sq_item = bytes_item, .sq_contains = byte_contains,
};
static PyMappingMethods bytes_as_mapping = {.mp_length = bytes_length, .mp_subscript = bytes_subscript};
static PyBufferProcs bytes_as_buffer = {.bf_getbuffer = bytes_getbuffer};
static PyNumberMethods bytes_as_number = {.nb_remainder = bytes_remainder};

PyDoc_STRVAR(bytes_doc,
"bytes(iterable_of_ints) -> bytes\n\
bytes(string, encoding[, errors]) -> bytes\n\
bytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\n\
bytes(int) -> bytes object of size given by the parameter initialized with null bytes\n\
bytes() -> empty bytes object\n\
\n\
Construct an immutable array of bytes from:\n\
  - an iterable yielding integers in range(256)\n\
  - a text string encoded using the specified encoding\n\
  - any object implementing the buffer API.\n\
  - an integer");

PyTypeObject PyBytes_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "bytes",
    .tp_basicsize = BYTES_HEAD + 1,
    .tp_itemsize = 1,
    .tp_dealloc = bytes_dealloc,
    .tp_repr = bytes_repr,
    .tp_as_number = &bytes_as_number,
    .tp_as_sequence = &bytes_as_sequence,
    .tp_as_mapping = &bytes_as_mapping,
    .tp_hash = bytes_hash,
    .tp_str = bytes_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_as_buffer = &bytes_as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_BYTES_SUBCLASS | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = bytes_doc,
    .tp_richcompare = bytes_richcompare,
    .tp_iter = bytes_iter,
    .tp_methods = bytes_methods,
    .tp_new = bytes_new,
    .tp_free = PyObject_Free,
};
