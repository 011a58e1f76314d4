/* _struct: values <-> bytes by a format string.
 *
 * A format is compiled into a list of fields; packing and unpacking walk it.  Compiled formats of the module's functions are
 * kept in a dict of at most CACHE_MAX entries. */
#include "Python.h"
#include "memory/state.h"
#include "structmember.h"
#include "objects/hidden.h"

#include <math.h>
#include <stddef.h>

#define CACHE_MAX 100

typedef struct {
    char code;
    Py_ssize_t size, offset;  /* bytes of one item ('s', 'p': of the whole string); of the first item */
    Py_ssize_t repeat;        /* items; 1 for strings */
} Field;

typedef struct {
    PyObject_HEAD
    Py_ssize_t size, values, nfields;
    Field *fields;            /* NULL until initialised */
    int native, little;
    PyObject *format;         /* bytes */
    PyObject *weakrefs;
} Struct;

static PyTypeObject Struct_Type, UnpackIter_Type;

static PyObject *fail(const char *message)
{
    PyErr_SetString(KEPT(struct_error), message);
    return NULL;
}

/* ---- compiling formats -------------------------------------------------------------------------------------- */

/* Size of one item of a code, 0 for those without (x counts as 1), -1 when the code is unknown in this mode. */
static Py_ssize_t code_size(char code, int native)
{
    switch (code) {
    case 'x': case 'b': case 'B': case 'c': case 's': case 'p': case '?': return 1;
    case 'h': case 'H': case 'e': return 2;
    case 'i': case 'I': case 'f': return 4;
    case 'l': case 'L': return native ? (Py_ssize_t)sizeof(long) : 4;
    case 'q': case 'Q': case 'd': return 8;
    case 'n': case 'N': case 'P': return native ? (Py_ssize_t)sizeof(void *) : -1;
    default: return -1;
    }
}

/* Walks the format once; with `fields` it fills them in, without it counts.  -1 with an error set. */
static int walk_format(Struct *s, const char *f, Field *fields)
{
    int aligned = 0;
    s->native = 1;
    s->little = PY_LITTLE_ENDIAN;
    switch (*f) {
    case '<': f++; s->native = 0; s->little = 1; break;
    case '>': case '!': f++; s->native = 0; s->little = 0; break;
    case '=': f++; s->native = 0; break;
    case '@': f++;  /* fall through */
    default: aligned = 1;
    }
    Py_ssize_t offset = 0, n = 0, values = 0;
    while (*f) {
        char c = *f++;
        if (Py_ISSPACE(c))
            continue;
        Py_ssize_t count = 1;
        if (c >= '0' && c <= '9') {
            for (count = c - '0'; (c = *f++) >= '0' && c <= '9';) {
                if (count > (PY_SSIZE_T_MAX - (c - '0')) / 10)
                    goto overflow;
                count = count * 10 + (c - '0');
            }
            if (!c) {
                fail("repeat count given without format specifier");
                return -1;
            }
        }
        Py_ssize_t size = code_size(c, s->native);
        if (size < 0) {
            fail("bad char in struct format");
            return -1;
        }
        if (aligned && size > 1) {
            if (offset > PY_SSIZE_T_MAX - size)
                goto overflow;
            offset = (offset + size - 1) / size * size;
        }
        if (count > 0 && size > (PY_SSIZE_T_MAX - offset) / count)
            goto overflow;
        int is_string = c == 's' || c == 'p';
        if (c != 'x' && (count > 0 || is_string)) {
            if (fields)
                fields[n] = (Field){c, is_string ? count : size, offset, is_string ? 1 : count};
            n++;
            values += is_string ? 1 : count;
        }
        offset += size * count;
    }
    s->size = offset;
    s->values = values;
    s->nfields = n;
    return 0;
overflow:
    fail("total struct size too long");
    return -1;
}

static int compile(Struct *s, PyObject *format)
{
    PyObject *bytes;
    if (PyUnicode_Check(format))
        bytes = PyUnicode_AsASCIIString(format);
    else if (PyBytes_Check(format))
        bytes = Py_NewRef(format);
    else {
        PyErr_Format(PyExc_TypeError, "Struct() argument 1 must be a str or bytes object, not %.200s", _PyType_Name(Py_TYPE(format)));
        return -1;
    }
    if (!bytes)
        return -1;
    Py_XSETREF(s->format, bytes);
    const char *f = PyBytes_AS_STRING(bytes);
    if (strlen(f) != (size_t)PyBytes_GET_SIZE(bytes)) {
        fail("embedded null character");
        return -1;
    }
    if (walk_format(s, f, NULL))
        return -1;
    Field *fields = PyMem_New(Field, s->nfields + 1);
    if (!fields) {
        PyErr_NoMemory();
        return -1;
    }
    walk_format(s, f, fields);
    PyMem_Free(s->fields);
    s->fields = fields;
    return 0;
}

/* ---- items ---------------------------------------------------------------------------------------------------- */

static void store(char *p, uint64_t v, Py_ssize_t n, int little)
{
    if (little == PY_LITTLE_ENDIAN && PY_LITTLE_ENDIAN) {
        memcpy(p, &v, (size_t)n);
        return;
    }
    for (Py_ssize_t i = 0; i < n; i++, v >>= 8)
        p[little ? i : n - 1 - i] = (char)v;
}

static uint64_t load(const char *p, Py_ssize_t n, int little)
{
    uint64_t v = 0;
    if (little == PY_LITTLE_ENDIAN && PY_LITTLE_ENDIAN) {
        memcpy(&v, p, (size_t)n);
        return v;
    }
    for (Py_ssize_t i = 0; i < n; i++)
        v |= (uint64_t)(unsigned char)p[little ? i : n - 1 - i] << 8 * i;
    return v;
}

static PyObject *unpack_item(const char *p, const Field *f, int little)
{
    switch (f->code) {
    case 'c':
        return PyBytes_FromStringAndSize(p, 1);
    case '?':
        return PyBool_FromLong(*p != 0);
    case 'e': return PyFloat_FromDouble(PyFloat_Unpack2(p, little));
    case 'f': return PyFloat_FromDouble(PyFloat_Unpack4(p, little));
    case 'd': return PyFloat_FromDouble(PyFloat_Unpack8(p, little));
    case 's': return PyBytes_FromStringAndSize(p, f->size);
    case 'p': {
        Py_ssize_t n = f->size ? (unsigned char)*p : 0;
        return PyBytes_FromStringAndSize(p + 1, n >= f->size ? (f->size ? f->size - 1 : 0) : n);
    }
    case 'B': case 'H': case 'I': case 'L': case 'Q': case 'N': case 'P':
        return PyLong_FromUnsignedLongLong(load(p, f->size, little));
    default: {
        int shift = 64 - 8 * (int)f->size;
        return PyLong_FromLongLong((int64_t)(load(p, f->size, little) << shift) >> shift);
    }
    }
}

/* v as an int object (new), or NULL with the module's error set. */
static PyObject *integer(PyObject *v)
{
    if (PyLong_Check(v))
        return Py_NewRef(v);
    if (PyIndex_Check(v))
        return PyNumber_Index(v);
    return fail("required argument is not an integer");
}

static int pack_integer(char *p, PyObject *v, const Field *f, int little)
{
    PyObject *i = integer(v);
    if (!i)
        return -1;
    int is_signed = strchr("bhilqn", f->code) != NULL, overflow = 0, bits = 8 * (int)f->size;
    uint64_t value;
    if (f->code == 'P') {
        value = (uint64_t)(uintptr_t)PyLong_AsVoidPtr(i);
        Py_DECREF(i);
        if (value == 0 && PyErr_Occurred()) {
            if (PyErr_ExceptionMatches(PyExc_OverflowError))
                fail("int too large to convert");
            return -1;
        }
        store(p, value, f->size, little);
        return 0;
    }
    if (is_signed || bits < 32) {
        int64_t x = PyLong_AsLongLongAndOverflow(i, &overflow);
        value = (uint64_t)x;
        Py_DECREF(i);
        if (overflow)
            goto out_of_range;
        int64_t low = is_signed ? (int64_t)(~0ULL << (bits - 1)) : 0, high = is_signed ? ~low : (int64_t)((1LL << bits) - 1);
        if (x >= low && x <= high) {
            store(p, value, f->size, little);
            return 0;
        }
        const char *name = f->code == 'b' ? "byte" : f->code == 'B' ? "ubyte" : f->code == 'h' ? "short" : f->code == 'H' ? "ushort" : NULL;
        if (name)
            PyErr_Format(KEPT(struct_error), "%s format requires %lld <= number <= %lld", name, (long long)low, (long long)high);
        else
            PyErr_Format(KEPT(struct_error), "'%c' format requires %lld <= number <= %lld", f->code, (long long)low, (long long)high);
        return -1;
    }
    value = PyLong_AsUnsignedLongLong(i);
    Py_DECREF(i);
    if (value == (uint64_t)-1 && PyErr_Occurred()) {
        PyErr_Clear();
        goto out_of_range;
    }
    if (bits < 64 && value >> bits) {
        PyErr_Format(KEPT(struct_error), "'%c' format requires 0 <= number <= %llu", f->code, (1ULL << bits) - 1);
        return -1;
    }
    store(p, value, f->size, little);
    return 0;
out_of_range:
    fail("argument out of range");
    return -1;
}

static int pack_float(char *p, PyObject *v, const Field *f, const Struct *s)
{
    double x = PyFloat_AsDouble(v);
    if (x == -1.0 && PyErr_Occurred()) {
        fail("required argument is not a float");
        return -1;
    }
    if (f->code == 'd')
        return PyFloat_Pack8(x, p, s->little);
    if (f->code == 'e')
        return PyFloat_Pack2(x, p, s->little);
    if (s->native) {
        float narrow = (float)x;
        memcpy(p, &narrow, sizeof narrow);
        return 0;
    }
    return PyFloat_Pack4(x, p, s->little);
}

static int pack_string(char *p, PyObject *v, const Field *f)
{
    if (!PyBytes_Check(v) && !PyByteArray_Check(v)) {
        PyErr_Format(KEPT(struct_error), "argument for '%c' must be a bytes object", f->code);
        return -1;
    }
    Py_ssize_t n = Py_SIZE(v), room = f->size;
    const char *data = PyBytes_Check(v) ? PyBytes_AS_STRING(v) : PyByteArray_AS_STRING(v);
    if (f->code == 'p') {
        if (room == 0)
            return 0;
        room--;
        if (n > room)
            n = room;
        *p++ = (char)(n > 255 ? 255 : n);
    }
    memcpy(p, data, (size_t)(n < room ? n : room));
    return 0;
}

static int pack_item(char *p, PyObject *v, const Field *f, const Struct *s)
{
    int truth;
    switch (f->code) {
    case 's': case 'p':
        return pack_string(p, v, f);
    case 'c':
        if (!PyBytes_Check(v) || PyBytes_GET_SIZE(v) != 1) {
            fail("char format requires a bytes object of length 1");
            return -1;
        }
        *p = PyBytes_AS_STRING(v)[0];
        return 0;
    case '?':
        truth = PyObject_IsTrue(v);
        *p = (char)(truth > 0);
        return truth < 0 ? -1 : 0;
    case 'e': case 'f': case 'd':
        return pack_float(p, v, f, s);
    default:
        return pack_integer(p, v, f, s->little);
    }
}

/* ---- packing and unpacking whole structs ------------------------------------------------------------------------ */

static int ready(Struct *s)
{
    if (s->fields)
        return 0;
    PyErr_SetString(PyExc_RuntimeError, "Struct object is not initialized");
    return -1;
}

static PyObject *unpack_all(Struct *s, const char *p)
{
    PyObject *t = PyTuple_New(s->values);
    Py_ssize_t k = 0;
    for (Py_ssize_t i = 0; t && i < s->nfields; i++) {
        const Field *f = &s->fields[i];
        const char *at = p + f->offset;
        for (Py_ssize_t j = 0; j < f->repeat; j++, at += f->size) {
            PyObject *v = unpack_item(at, f, s->little);
            if (!v) {
                Py_DECREF(t);
                return NULL;
            }
            PyTuple_SET_ITEM(t, k++, v);
        }
    }
    return t;
}

/* Writes the values over p, which has s->size bytes and is zeroed first. */
static int pack_all(Struct *s, PyObject *const *args, char *p)
{
    memset(p, 0, (size_t)s->size);
    for (Py_ssize_t i = 0; i < s->nfields; i++) {
        const Field *f = &s->fields[i];
        char *at = p + f->offset;
        for (Py_ssize_t j = 0; j < f->repeat; j++, at += f->size)
            if (pack_item(at, *args++, f, s))
                return -1;
    }
    return 0;
}

static PyObject *do_pack(Struct *s, PyObject *const *args, Py_ssize_t n)
{
    if (n != s->values) {
        PyErr_Format(KEPT(struct_error), "pack expected %zd items for packing (got %zd)", s->values, n);
        return NULL;
    }
    if (s->size <= 1) {
        char one = 0;
        return s->size && pack_all(s, args, &one) ? NULL : PyBytes_FromStringAndSize(&one, s->size);
    }
    PyObject *r = PyBytes_FromStringAndSize(NULL, s->size);
    if (r && pack_all(s, args, PyBytes_AS_STRING(r)))
        Py_CLEAR(r);
    return r;
}

static PyObject *do_pack_into(Struct *s, PyObject *const *args, Py_ssize_t n)
{
    if (n != s->values + 2) {
        if (n == 0)
            return fail("pack_into expected buffer argument");
        if (n == 1)
            return fail("pack_into expected offset argument");
        PyErr_Format(KEPT(struct_error), "pack_into expected %zd items for packing (got %zd)", s->values, n - 2);
        return NULL;
    }
    Py_buffer view;
    if (PyObject_GetBuffer(args[0], &view, PyBUF_WRITABLE)) {
        PyErr_Format(PyExc_TypeError, "argument must be read-write bytes-like object, not %.50s",
                     args[0] == Py_None ? "None" : Py_TYPE(args[0])->tp_name);
        return NULL;
    }
    PyObject *r = NULL;
    Py_ssize_t offset = PyNumber_AsSsize_t(args[1], PyExc_IndexError);
    if (offset == -1 && PyErr_Occurred())
        goto done;
    if (offset < 0) {
        if (offset + s->size > 0) {
            PyErr_Format(KEPT(struct_error), "no space to pack %zd bytes at offset %zd", s->size, offset);
            goto done;
        }
        if (offset + view.len < 0) {
            PyErr_Format(KEPT(struct_error), "offset %zd out of range for %zd-byte buffer", offset, view.len);
            goto done;
        }
        offset += view.len;
    }
    if (view.len - offset < s->size) {
        PyErr_Format(KEPT(struct_error), "pack_into requires a buffer of at least %zu bytes for packing %zd bytes at offset %zd (actual buffer size is %zd)",
                     (size_t)s->size + (size_t)offset, s->size, offset, view.len);
        goto done;
    }
    if (!pack_all(s, args + 2, (char *)view.buf + offset))
        r = Py_NewRef(Py_None);
done:
    PyBuffer_Release(&view);
    return r;
}

static PyObject *do_unpack(Struct *s, PyObject *source)
{
    if (ready(s))
        return NULL;
    if (PyBytes_CheckExact(source) && PyBytes_GET_SIZE(source) == s->size)
        return unpack_all(s, PyBytes_AS_STRING(source));
    Py_buffer view;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE))
        return NULL;
    PyObject *r = NULL;
    if (view.len != s->size)
        PyErr_Format(KEPT(struct_error), "unpack requires a buffer of %zd bytes", s->size);
    else
        r = unpack_all(s, view.buf);
    PyBuffer_Release(&view);
    return r;
}

static PyObject *do_unpack_from(Struct *s, PyObject *source, Py_ssize_t offset)
{
    Py_buffer view;
    if (ready(s) || PyObject_GetBuffer(source, &view, PyBUF_SIMPLE))
        return NULL;
    PyObject *r = NULL;
    if (offset < 0) {
        if (offset + s->size > 0) {
            PyErr_Format(KEPT(struct_error), "not enough data to unpack %zd bytes at offset %zd", s->size, offset);
            goto done;
        }
        if (offset + view.len < 0) {
            PyErr_Format(KEPT(struct_error), "offset %zd out of range for %zd-byte buffer", offset, view.len);
            goto done;
        }
        offset += view.len;
    }
    if (view.len - offset < s->size)
        PyErr_Format(KEPT(struct_error), "unpack_from requires a buffer of at least %zu bytes for unpacking %zd bytes at offset %zd (actual buffer size is %zd)",
                     (size_t)s->size + (size_t)offset, s->size, offset, view.len);
    else
        r = unpack_all(s, (char *)view.buf + offset);
done:
    PyBuffer_Release(&view);
    return r;
}

/* ---- iter_unpack ------------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    Struct *s;
    Py_buffer view;
    Py_ssize_t index;
} UnpackIter;

static PyObject *do_iter_unpack(Struct *s, PyObject *source)
{
    if (ready(s))
        return NULL;
    if (s->size == 0)
        return fail("cannot iteratively unpack with a struct of length 0");
    UnpackIter *it = PyObject_GC_New(UnpackIter, &UnpackIter_Type);
    if (!it)
        return NULL;
    it->s = NULL;
    it->index = 0;
    it->view.obj = NULL;
    if (PyObject_GetBuffer(source, &it->view, PyBUF_SIMPLE)) {
        Py_DECREF(it);
        return NULL;
    }
    if (it->view.len % s->size) {
        PyErr_Format(KEPT(struct_error), "iterative unpacking requires a buffer of a multiple of %zd bytes", s->size);
        Py_DECREF(it);
        return NULL;
    }
    it->s = (Struct *)Py_NewRef((PyObject *)s);
    PyObject_GC_Track(it);
    return (PyObject *)it;
}
static void iter_dealloc(PyObject *self)
{
    UnpackIter *it = (UnpackIter *)self;
    PyObject_GC_UnTrack(self);
    Py_XDECREF(it->s);
    PyBuffer_Release(&it->view);
    PyObject_GC_Del(self);
}
static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((UnpackIter *)self)->s);
    Py_VISIT(((UnpackIter *)self)->view.obj);
    return 0;
}
static PyObject *iter_next(PyObject *self)
{
    UnpackIter *it = (UnpackIter *)self;
    if (!it->s || it->index >= it->view.len) {
        Py_CLEAR(it->s);
        PyBuffer_Release(&it->view);
        it->view.len = 0;
        return NULL;
    }
    PyObject *r = unpack_all(it->s, (char *)it->view.buf + it->index);
    it->index += it->s->size;
    return r;
}
static PyObject *iter_length_hint(PyObject *self, PyObject *unused)
{
    UnpackIter *it = (UnpackIter *)self;
    return PyLong_FromSsize_t(it->s ? (it->view.len - it->index) / it->s->size : 0);
}
static PyMethodDef iter_methods[] = {{"__length_hint__", iter_length_hint, METH_NOARGS, NULL}, {NULL}};
static PyTypeObject UnpackIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "_struct.unpack_iterator", .tp_basicsize = sizeof(UnpackIter), .tp_dealloc = iter_dealloc,
    .tp_getattro = PyObject_GenericGetAttr, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = iter_traverse, .tp_iter = PyObject_SelfIter, .tp_iternext = iter_next, .tp_methods = iter_methods,
};

/* ---- the type Struct ----------------------------------------------------------------------------------------------- */

static int struct_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"format", NULL};
    PyObject *format;
    return PyArg_ParseTupleAndKeywords(args, kwargs, "O:Struct", names, &format) ? compile((Struct *)self, format) : -1;
}
static void struct_dealloc(PyObject *self)
{
    Struct *s = (Struct *)self;
    if (s->weakrefs)
        PyObject_ClearWeakRefs(self);
    PyMem_Free(s->fields);
    Py_XDECREF(s->format);
    Py_TYPE(self)->tp_free(self);
}

HIDDEN_FIELDS(struct, struct_dealloc, FIELD(Struct, format));

static PyObject *struct_pack(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    return ready((Struct *)self) ? NULL : do_pack((Struct *)self, args, n);
}
static PyObject *struct_pack_into(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    return ready((Struct *)self) ? NULL : do_pack_into((Struct *)self, args, n);
}
static PyObject *struct_unpack(PyObject *self, PyObject *source) { return do_unpack((Struct *)self, source); }
static PyObject *struct_iter_unpack(PyObject *self, PyObject *source) { return do_iter_unpack((Struct *)self, source); }
static PyObject *struct_unpack_from(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"buffer", "offset", NULL};
    PyObject *source;
    Py_ssize_t offset = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|n:unpack_from", names, &source, &offset))
        return NULL;
    return do_unpack_from((Struct *)self, source, offset);
}
static PyObject *struct_sizeof(PyObject *self, PyObject *unused)
{
    Struct *s = (Struct *)self;
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + (s->nfields + 1) * (Py_ssize_t)sizeof(Field));
}
static PyObject *get_format(PyObject *self, void *unused)
{
    Struct *s = (Struct *)self;
    return ready(s) ? NULL : PyUnicode_FromStringAndSize(PyBytes_AS_STRING(s->format), PyBytes_GET_SIZE(s->format));
}
static PyObject *get_size(PyObject *self, void *unused) { return PyLong_FromSsize_t(((Struct *)self)->size); }

static PyMethodDef struct_methods[] = {
    {"iter_unpack", struct_iter_unpack, METH_O, "iter_unpack($self, buffer, /)\n--\n\nReturn an iterator yielding tuples."},
    {"pack", (PyCFunction)struct_pack, METH_FASTCALL, "S.pack(v1, v2, ...) -> bytes\n\nReturn a bytes object containing values v1, v2, ... packed by the format."},
    {"pack_into", (PyCFunction)struct_pack_into, METH_FASTCALL,
     "S.pack_into(buffer, offset, v1, v2, ...)\n\nPack the values v1, v2, ... into the writable buffer at an offset."},
    {"unpack", struct_unpack, METH_O, "unpack($self, buffer, /)\n--\n\nReturn a tuple containing unpacked values."},
    {"unpack_from", (PyCFunction)struct_unpack_from, METH_VARARGS | METH_KEYWORDS,
     "unpack_from($self, /, buffer, offset=0)\n--\n\nReturn a tuple containing unpacked values."},
    {"__sizeof__", struct_sizeof, METH_NOARGS, "S.__sizeof__() -> size of S in memory, in bytes"},
    {NULL},
};
static PyGetSetDef struct_getset[] = {
    {"format", get_format, NULL, "struct format string", NULL},
    {"size", get_size, NULL, "struct size in bytes", NULL},
    {NULL},
};
static PyTypeObject Struct_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "_struct.Struct", .tp_basicsize = sizeof(Struct), .tp_dealloc = struct_dealloc, .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_doc = "Struct(fmt) --> compiled struct object",
    .tp_weaklistoffset = offsetof(Struct, weakrefs), .tp_methods = struct_methods, .tp_getset = struct_getset, .tp_init = struct_init,
    .tp_new = PyType_GenericNew, .tp_free = PyObject_Free,
};

/* ---- the module's functions ----------------------------------------------------------------------------------------- */

/* The compiled format (new reference), from the module's cache. */
static Struct *cached(PyObject *module, PyObject *format)
{
    PyObject **cache = PyModule_GetState(module);
    if (!*cache && !(*cache = PyDict_New()))
        return NULL;
    PyObject *found = PyUnicode_CheckExact(format) || PyBytes_CheckExact(format) ? PyDict_GetItemWithError(*cache, format) : NULL;
    if (found || PyErr_Occurred())
        return (Struct *)Py_XNewRef(found);
    PyObject *s = PyObject_CallOneArg((PyObject *)&Struct_Type, format);
    if (s) {
        if (PyDict_GET_SIZE(*cache) >= CACHE_MAX)
            PyDict_Clear(*cache);
        if (PyDict_SetItem(*cache, format, s))
            PyErr_Clear();
    }
    return (Struct *)s;
}

static int need(const char *name, Py_ssize_t n, Py_ssize_t wanted)
{
    if (n == wanted)
        return 0;
    PyErr_Format(PyExc_TypeError, "%s expected %zd argument%s, got %zd", name, wanted, wanted == 1 ? "" : "s", n);
    return -1;
}

static PyObject *module_calcsize(PyObject *module, PyObject *format)
{
    Struct *s = cached(module, format);
    PyObject *r = s ? PyLong_FromSsize_t(s->size) : NULL;
    Py_XDECREF(s);
    return r;
}
static PyObject *module_pack(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (n == 0) {
        PyErr_SetString(PyExc_TypeError, "missing format argument");
        return NULL;
    }
    Struct *s = cached(module, args[0]);
    PyObject *r = s ? do_pack(s, args + 1, n - 1) : NULL;
    Py_XDECREF(s);
    return r;
}
static PyObject *module_pack_into(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (n == 0) {
        PyErr_SetString(PyExc_TypeError, "missing format argument");
        return NULL;
    }
    Struct *s = cached(module, args[0]);
    PyObject *r = s ? do_pack_into(s, args + 1, n - 1) : NULL;
    Py_XDECREF(s);
    return r;
}
static PyObject *module_unpack(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    Struct *s = need("unpack", n, 2) ? NULL : cached(module, args[0]);
    PyObject *r = s ? do_unpack(s, args[1]) : NULL;
    Py_XDECREF(s);
    return r;
}
static PyObject *module_iter_unpack(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    Struct *s = need("iter_unpack", n, 2) ? NULL : cached(module, args[0]);
    PyObject *r = s ? do_iter_unpack(s, args[1]) : NULL;
    Py_XDECREF(s);
    return r;
}
static PyObject *module_unpack_from(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "buffer", "offset", NULL};
    PyObject *format, *source;
    Py_ssize_t offset = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|n:unpack_from", names, &format, &source, &offset))
        return NULL;
    Struct *s = cached(module, format);
    PyObject *r = s ? do_unpack_from(s, source, offset) : NULL;
    Py_XDECREF(s);
    return r;
}
static PyObject *module_clearcache(PyObject *module, PyObject *unused)
{
    Py_CLEAR(*(PyObject **)PyModule_GetState(module));
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"_clearcache", module_clearcache, METH_NOARGS, "_clearcache($module, /)\n--\n\nClear the internal cache."},
    {"calcsize", module_calcsize, METH_O, "calcsize($module, format, /)\n--\n\nReturn size in bytes of the struct described by the format string."},
    {"iter_unpack", (PyCFunction)module_iter_unpack, METH_FASTCALL,
     "iter_unpack($module, format, buffer, /)\n--\n\nReturn an iterator yielding tuples unpacked from the given bytes."},
    {"pack", (PyCFunction)module_pack, METH_FASTCALL, "pack(format, v1, v2, ...) -> bytes\n\nReturn a bytes object containing the values packed by the format."},
    {"pack_into", (PyCFunction)module_pack_into, METH_FASTCALL,
     "pack_into(format, buffer, offset, v1, v2, ...)\n\nPack the values into the writable buffer at an offset."},
    {"unpack", (PyCFunction)module_unpack, METH_FASTCALL,
     "unpack($module, format, buffer, /)\n--\n\nReturn a tuple containing values unpacked according to the format string."},
    {"unpack_from", (PyCFunction)module_unpack_from, METH_VARARGS | METH_KEYWORDS,
     "unpack_from($module, format, /, buffer, offset=0)\n--\n\nReturn a tuple containing values unpacked according to the format string."},
    {NULL},
};

static int module_exec(PyObject *module)
{
    if (!KEPT(struct_error) && !(KEPT(struct_error) = PyErr_NewException("struct.error", NULL, NULL)))
        return -1;
    if (PyType_Ready(&UnpackIter_Type) || PyModule_AddType(module, &Struct_Type))
        return -1;
    return PyModule_AddObjectRef(module, "error", KEPT(struct_error));
}
static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    Py_VISIT(*(PyObject **)PyModule_GetState(module));
    return 0;
}
static int module_clear(PyObject *module)
{
    Py_CLEAR(*(PyObject **)PyModule_GetState(module));
    return 0;
}
static void module_free(void *module) { module_clear(module); }
static PyModuleDef_Slot slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_struct", "Functions to convert between Python values and C structs represented\nas Python bytes objects.",
    sizeof(PyObject *), functions, slots, module_traverse, module_clear, module_free};
PyMODINIT_FUNC PyInit__struct(void) { return PyModuleDef_Init(&definition); }
