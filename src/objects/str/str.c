/* The type str: construction, destruction, comparison, hashing, subscripts, repetition. */
#include "objects/str/str.h"
#include <stddef.h>
#include <string.h>

/* --- making ready: strings that old C code fills through a wchar_t buffer --- */

int _PyUnicode_Ready(PyObject *o)
{
    PyUnicodeObject *u = (PyUnicodeObject *)o;
    PyASCIIObject *h = str_head(o);
    if (h->state.ready)
        return 0;
    Py_ssize_t n = u->_base.wstr_length;
    Py_UCS4 max = units_max(4, h->wstr, n);
    int kind = kind_for(max);
    char *data = PyObject_Malloc(((size_t)n + 1) * kind);
    if (data == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    units_copy(kind, data, 0, 4, h->wstr, 0, n);
    unit_set(kind, data, n, 0);
    u->data.any = data;
    h->length = n;
    h->state.kind = kind;
    h->state.ascii = max < 128;
    h->state.ready = 1;
    PyObject_Free(h->wstr);
    h->wstr = NULL;
    u->_base.wstr_length = 0;
    if (max < 128) {
        u->_base.utf8 = data;
        u->_base.utf8_length = n;
    }
    return 0;
}

static void str_dealloc(PyObject *o)
{
    PyASCIIObject *h = str_head(o);
    if (h->state.interned)
        intern_forget(o);
    if (h->wstr)
        PyObject_Free(h->wstr);
    if (!(h->state.compact && h->state.ascii)) {
        PyCompactUnicodeObject *c = (PyCompactUnicodeObject *)o;
        void *data = h->state.compact ? NULL : ((PyUnicodeObject *)o)->data.any;
        if (c->utf8 && (h->state.compact || c->utf8 != data))
            PyObject_Free(c->utf8);
        if (data)
            PyObject_Free(data);
    }
    Py_TYPE(o)->tp_free(o);
}

/* --- construction --- */

/* An instance of a subclass of str with the text of `text` (consumed). */
static PyObject *subclass_new(PyTypeObject *type, PyObject *text)
{
    if (text == NULL)
        return NULL;
    PyUnicodeObject *u = (PyUnicodeObject *)type->tp_alloc(type, 0);
    if (u == NULL) {
        Py_DECREF(text);
        return NULL;
    }
    PyASCIIObject *h = &u->_base._base;
    Py_ssize_t n = str_len(text);
    int kind = str_kind(text);
    h->length = n;
    h->hash = str_head(text)->hash;
    h->state.interned = 0;
    h->state.kind = kind;
    h->state.compact = 0;
    h->state.ascii = str_is_ascii(text);
    h->state.ready = 1;
    h->wstr = NULL;
    u->_base.utf8 = NULL;
    u->_base.utf8_length = u->_base.wstr_length = 0;
    u->data.any = PyObject_Malloc(((size_t)n + 1) * kind);
    if (u->data.any == NULL) {
        Py_DECREF(text);
        Py_DECREF(u);
        return PyErr_NoMemory();
    }
    memcpy(u->data.any, str_data(text), ((size_t)n + 1) * kind);
    if (h->state.ascii) {
        u->_base.utf8 = u->data.any;
        u->_base.utf8_length = n;
    }
    Py_DECREF(text);
    return (PyObject *)u;
}

static PyObject *text_of(PyObject *x, const char *encoding, const char *errors)
{
    if (x == NULL)
        return str_empty();
    if (encoding == NULL && errors == NULL)
        return PyObject_Str(x);
    return PyUnicode_FromEncodedObject(x, encoding, errors);
}

/* An optional argument of str() as UTF-8: 0, or -1 with an exception. */
static int text_argument(const char *name, PyObject *o, const char **text)
{
    Py_ssize_t size;
    if (o == NULL)
        return 0;
    if (!PyUnicode_Check(o)) {
        PyErr_Format(PyExc_TypeError, "str() argument '%s' must be str, not %.50s", name, o == Py_None ? "None" : Py_TYPE(o)->tp_name);
        return -1;
    }
    *text = PyUnicode_AsUTF8AndSize(o, &size);
    if (*text == NULL)
        return -1;
    if (strlen(*text) != (size_t)size) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return -1;
    }
    return 0;
}

static PyObject *str_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    static char *keywords[] = {"object", "encoding", "errors", NULL};
    PyObject *x = NULL, *encoding = NULL, *errors = NULL;
    const char *encoding_text = NULL, *errors_text = NULL;
    if ((kwds == NULL || PyDict_GET_SIZE(kwds) == 0) && PyTuple_GET_SIZE(args) <= 1)
        x = PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : NULL;
    else if (!PyArg_ParseTupleAndKeywords(args, kwds, "|OOO:str", keywords, &x, &encoding, &errors)
             || text_argument("encoding", encoding, &encoding_text) < 0 || text_argument("errors", errors, &errors_text) < 0)
        return NULL;
    PyObject *text = text_of(x, encoding_text, errors_text);
    return type == &PyUnicode_Type ? text : subclass_new(type, text);
}

static PyObject *str_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (n <= 1 && kwnames == NULL && (PyTypeObject *)type == &PyUnicode_Type)
        return n ? PyObject_Str(args[0]) : str_empty();
    PyObject *tuple = PyTuple_New(n);
    if (tuple == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_INCREF(args[i]);
        PyTuple_SET_ITEM(tuple, i, args[i]);
    }
    PyObject *kwds = NULL, *result = NULL;
    if (kwnames && PyTuple_GET_SIZE(kwnames)) {
        kwds = PyDict_New();
        for (Py_ssize_t i = 0; kwds && i < PyTuple_GET_SIZE(kwnames); i++)
            if (PyDict_SetItem(kwds, PyTuple_GET_ITEM(kwnames, i), args[n + i]) < 0)
                Py_CLEAR(kwds);
        if (kwds == NULL)
            goto done;
    }
    result = str_new((PyTypeObject *)type, tuple, kwds);
done:
    Py_DECREF(tuple);
    Py_XDECREF(kwds);
    return result;
}

static PyObject *str_str(PyObject *o) { return str_exact(o); }

/* --- comparison and hash --- */

int str_equal(PyObject *a, PyObject *b)
{
    Py_ssize_t n = str_len(a);
    int kind = str_kind(a);
    return n == str_len(b) && kind == str_kind(b) && memcmp(str_data(a), str_data(b), n * kind) == 0;
}

int str_order(PyObject *a, PyObject *b)
{
    Py_ssize_t n = Py_MIN(str_len(a), str_len(b));
    int ka = str_kind(a), kb = str_kind(b);
    const void *da = str_data(a), *db = str_data(b);
    if (ka == 1 && kb == 1) {
        int c = memcmp(da, db, n);
        if (c)
            return c < 0 ? -1 : 1;
    }
    else
        for (Py_ssize_t i = 0; i < n; i++) {
            Py_UCS4 x = unit_at(ka, da, i), y = unit_at(kb, db, i);
            if (x != y)
                return x < y ? -1 : 1;
        }
    return str_len(a) < str_len(b) ? -1 : str_len(a) > str_len(b);
}

PyObject *PyUnicode_RichCompare(PyObject *a, PyObject *b, int op)
{
    if (!PyUnicode_Check(a) || !PyUnicode_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    if (PyUnicode_READY(a) < 0 || PyUnicode_READY(b) < 0)
        return NULL;
    if (op == Py_EQ || op == Py_NE)
        return PyBool_FromLong((a == b || str_equal(a, b)) == (op == Py_EQ));
    int order = a == b ? 0 : str_order(a, b);
    Py_RETURN_RICHCOMPARE(order, 0, op);
}

int PyUnicode_Compare(PyObject *a, PyObject *b)
{
    if (PyUnicode_Check(a) && PyUnicode_Check(b)) {
        if (PyUnicode_READY(a) < 0 || PyUnicode_READY(b) < 0)
            return -1;
        return a == b ? 0 : str_order(a, b);
    }
    PyErr_Format(PyExc_TypeError, "Can't compare %.100s and %.100s", Py_TYPE(a)->tp_name, Py_TYPE(b)->tp_name);
    return -1;
}

int _PyUnicode_EQ(PyObject *a, PyObject *b) { return str_equal(a, b); }

int _PyUnicode_Equal(PyObject *a, PyObject *b)
{
    if (a == b)
        return 1;
    if (PyUnicode_READY(a) < 0 || PyUnicode_READY(b) < 0)
        return -1;
    return str_equal(a, b);
}

int PyUnicode_CompareWithASCIIString(PyObject *o, const char *s)
{
    const unsigned char *t = (const unsigned char *)s;
    if (PyUnicode_READY(o) < 0)
        return -1;
    Py_ssize_t n = str_len(o);
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = str_at(o, i);
        if (c != t[i])
            return c < t[i] ? -1 : 1;
        if (c == 0)
            return 1;
    }
    return t[n] ? -1 : 0;
}

int _PyUnicode_EqualToASCIIString(PyObject *o, const char *s)
{
    if (PyUnicode_READY(o) < 0) {
        PyErr_Clear();
        return 0;
    }
    size_t n = strlen(s);
    return str_is_ascii(o) && (size_t)str_len(o) == n && memcmp(str_data(o), s, n) == 0;
}

Py_hash_t str_hash(PyObject *o)
{
    PyASCIIObject *h = str_head(o);
    if (h->hash == -1) {
        if (PyUnicode_READY(o) < 0)
            return -1;
        h->hash = _Py_HashBytes(str_data(o), str_len(o) * str_kind(o));
    }
    return h->hash;
}

/* --- sequence and mapping --- */

static Py_ssize_t str_length(PyObject *o) { return PyUnicode_READY(o) < 0 ? -1 : str_len(o); }

static PyObject *char_at(PyObject *o, Py_ssize_t i) { return str_single(str_at(o, i)); }

static PyObject *str_item(PyObject *o, Py_ssize_t i)
{
    if (i < 0 || i >= str_len(o)) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return NULL;
    }
    return char_at(o, i);
}

static PyObject *stepped(PyObject *o, Py_ssize_t start, Py_ssize_t step, Py_ssize_t n)
{
    int kind = str_kind(o);
    const void *data = str_data(o);
    Py_UCS4 bits = 0;
    if (!str_is_ascii(o))
        for (Py_ssize_t i = 0, at = start; i < n; i++, at += step)
            bits |= unit_at(kind, data, at);
    if (n == 1)
        return char_at(o, start);
    PyObject *r = PyUnicode_New(n, Py_MIN(bits, MAX_UNICODE));
    if (r == NULL)
        return NULL;
    void *to = str_data(r);
    int to_kind = str_kind(r);
    for (Py_ssize_t i = 0, at = start; i < n; i++, at += step)
        unit_set(to_kind, to, i, unit_at(kind, data, at));
    return r;
}

static PyObject *str_subscript(PyObject *o, PyObject *key)
{
    if (PyUnicode_READY(o) < 0)
        return NULL;
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return NULL;
        return str_item(o, i < 0 ? i + str_len(o) : i);
    }
    if (!PySlice_Check(key)) {
        PyErr_Format(PyExc_TypeError, "string indices must be integers, not '%.200s'", Py_TYPE(key)->tp_name);
        return NULL;
    }
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return NULL;
    Py_ssize_t n = PySlice_AdjustIndices(str_len(o), &start, &stop, step);
    if (n <= 0)
        return str_empty();
    if (step == 1)
        return str_slice(o, start, start + n);
    return stepped(o, start, step, n);
}

static PyObject *str_repeat(PyObject *o, Py_ssize_t times)
{
    if (times < 1)
        return str_empty();
    if (times == 1)
        return str_exact(o);
    Py_ssize_t n = str_len(o);
    if (n > PY_SSIZE_T_MAX / times) {
        PyErr_SetString(PyExc_OverflowError, "repeated string is too long");
        return NULL;
    }
    PyObject *r = PyUnicode_New(n * times, str_max(o));
    if (r == NULL || n == 0)
        return r;
    int kind = str_kind(r);
    char *to = str_data(r);
    if (n == 1) {
        units_fill(kind, to, 0, times, str_at(o, 0));
        return r;
    }
    size_t total = (size_t)n * times * kind, done = (size_t)n * kind;
    memcpy(to, str_data(o), done);
    while (done < total) {
        size_t more = Py_MIN(done, total - done);
        memcpy(to + done, to, more);
        done += more;
    }
    return r;
}

int PyUnicode_Contains(PyObject *o, PyObject *part)
{
    if (!PyUnicode_Check(part)) {
        PyErr_Format(PyExc_TypeError, "'in <string>' requires string as left operand, not %.100s", Py_TYPE(part)->tp_name);
        return -1;
    }
    if (str_check(o) < 0 || PyUnicode_READY(part) < 0)
        return -1;
    return view_find(str_view(o), str_view(part), 1) >= 0;
}

static PyObject *str_sizeof(PyObject *o, PyObject *unused)
{
    PyASCIIObject *h = str_head(o);
    Py_ssize_t n = str_len(o) + 1, size;
    if (h->state.compact)
        size = (h->state.ascii ? sizeof(PyASCIIObject) : sizeof(PyCompactUnicodeObject)) + n * h->state.kind;
    else
        size = sizeof(PyUnicodeObject) + (((PyUnicodeObject *)o)->data.any ? n * h->state.kind : 0);
    if (!(h->state.compact && h->state.ascii)) {
        PyCompactUnicodeObject *c = (PyCompactUnicodeObject *)o;
        if (c->utf8 && (h->state.compact || c->utf8 != ((PyUnicodeObject *)o)->data.any))
            size += c->utf8_length + 1;
    }
    return PyLong_FromSsize_t(size);
}

static PyObject *str_getnewargs(PyObject *o, PyObject *unused)
{
    PyObject *copy = _PyUnicode_Copy(o);
    return copy ? Py_BuildValue("(N)", copy) : NULL;
}

/* a % b: the left operand formats, unless neither is a str. */
static PyObject *str_remainder(PyObject *a, PyObject *b)
{
    if (!PyUnicode_Check(a))
        Py_RETURN_NOTIMPLEMENTED;
    return PyUnicode_Format(a, b);
}

static PyNumberMethods str_as_number = {.nb_remainder = str_remainder};

static PySequenceMethods str_as_sequence = {
    .sq_length = str_length,
    .sq_concat = PyUnicode_Concat,
    .sq_repeat = str_repeat,
    .sq_item = str_item,
    .sq_contains = PyUnicode_Contains,
};

static PyMappingMethods str_as_mapping = {.mp_length = str_length, .mp_subscript = str_subscript};

static PyMethodDef str_methods[] = {
#define METHOD(name, function, flags, doc) {name, (PyCFunction)(void (*)(void))function, flags, doc},
#include "objects/str/str_methods.def"
#undef METHOD
    {NULL}
};

PyTypeObject PyUnicode_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "str",
    .tp_basicsize = sizeof(PyUnicodeObject),
    .tp_dealloc = str_dealloc,
    .tp_repr = str_repr,
    .tp_as_number = &str_as_number,
    .tp_as_sequence = &str_as_sequence,
    .tp_as_mapping = &str_as_mapping,
    .tp_hash = str_hash,
    .tp_str = str_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_UNICODE_SUBCLASS | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\n"
              "The text of an object, or the text that bytes encode (in UTF-8 unless encoding says otherwise).",
    .tp_richcompare = PyUnicode_RichCompare,
    .tp_iter = str_iter_new,
    .tp_methods = str_methods,
    .tp_new = str_new,
    .tp_vectorcall = str_vectorcall,
    .tp_free = PyObject_Del,
};

int _PyUnicode_CheckConsistency(PyObject *o, int check_content)
{
    PyASCIIObject *h = str_head(o);
    if (!PyUnicode_Check(o) || !h->state.ready)
        return 0;
    if (check_content && units_max(str_kind(o), str_data(o), str_len(o)) != str_max(o))
        return 0;
    return unit_at(str_kind(o), str_data(o), str_len(o)) == 0;
}
