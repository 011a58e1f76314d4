/* array: sequences of numbers of one C type. */
#include "Python.h"
#include "structmember.h"
#include "objects/names.h"

#include <stddef.h>

typedef struct item_type ItemType;

typedef struct {
    PyObject_VAR_HEAD
    char *items;
    Py_ssize_t room;      /* items allocated */
    const ItemType *type;
    PyObject *weakrefs;
    Py_ssize_t exports;   /* live buffers: the size must not change */
} Array;

struct item_type {
    char code;
    int size;
    PyObject *(*get)(const char *p);
    int (*set)(char *p, PyObject *v);   /* p NULL: only check */
    const char *format;                 /* for buffers */
    int is_integer, is_signed;
};

static PyTypeObject Array_Type, ArrayIter_Type;
#define SELF(o) ((Array *)(o))
#define array_check(o) PyObject_TypeCheck(o, &Array_Type)

/* ---- items --------------------------------------------------------------------------------------------------- */

static int out_of_range(const char *what, int above)
{
    PyErr_Format(PyExc_OverflowError, "%s is %s than %s", what, above ? "greater" : "less", above ? "maximum" : "minimum");
    return -1;
}

/* v as a long through PyArg_Parse's rules: __index__, no floats. */
static int as_long(PyObject *v, long *out, const char *what)
{
    int overflow;
    *out = PyLong_AsLongAndOverflow(v, &overflow);
    if (overflow)
        return what ? out_of_range(what, overflow > 0) : (PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C long"), -1);
    return *out == -1 && PyErr_Occurred() ? -1 : 0;
}

#define SIGNED(name, type, what, low, high)                                              \
    static PyObject *get_##name(const char *p) { type v; memcpy(&v, p, sizeof v); return PyLong_FromLongLong(v); } \
    static int set_##name(char *p, PyObject *o)                                          \
    {                                                                                    \
        long x;                                                                          \
        if (as_long(o, &x, what))                                                        \
            return -1;                                                                   \
        if (x < (long)(low) || x > (long)(high))                                         \
            return out_of_range(what, x > 0);                                            \
        type v = (type)x;                                                                \
        if (p)                                                                           \
            memcpy(p, &v, sizeof v);                                                     \
        return 0;                                                                        \
    }
SIGNED(b, signed char, "signed char", SCHAR_MIN, SCHAR_MAX)
SIGNED(B, unsigned char, "unsigned byte integer", 0, UCHAR_MAX)
SIGNED(h, short, "signed short integer", SHRT_MIN, SHRT_MAX)
SIGNED(H, unsigned short, "unsigned short", 0, USHRT_MAX)
SIGNED(i, int, "signed integer", INT_MIN, INT_MAX)
SIGNED(l, long, NULL, LONG_MIN, LONG_MAX)

static PyObject *get_I(const char *p) { unsigned v; memcpy(&v, p, sizeof v); return PyLong_FromUnsignedLong(v); }
static PyObject *get_L(const char *p) { unsigned long v; memcpy(&v, p, sizeof v); return PyLong_FromUnsignedLong(v); }

/* Unsigned values take __index__ and then the conversion `f`. */
static int as_unsigned(PyObject *o, unsigned long long *out, unsigned long long (*f)(PyObject *))
{
    PyObject *i = PyLong_Check(o) ? Py_NewRef(o) : PyNumber_Index(o);
    if (!i)
        return -1;
    *out = f(i);
    Py_DECREF(i);
    return *out == (unsigned long long)-1 && PyErr_Occurred() ? -1 : 0;
}
static unsigned long long to_ulong(PyObject *o) { return PyLong_AsUnsignedLong(o); }

static int set_I(char *p, PyObject *o)
{
    unsigned long long x;
    if (as_unsigned(o, &x, to_ulong))
        return -1;
    if (x > UINT_MAX)
        return out_of_range("unsigned int", 1);
    unsigned v = (unsigned)x;
    if (p)
        memcpy(p, &v, sizeof v);
    return 0;
}
static int set_L(char *p, PyObject *o)
{
    unsigned long long x;
    if (as_unsigned(o, &x, to_ulong))
        return -1;
    if (p)
        memcpy(p, &x, sizeof x);
    return 0;
}
static int set_Q(char *p, PyObject *o)
{
    unsigned long long x;
    if (as_unsigned(o, &x, PyLong_AsUnsignedLongLong))
        return -1;
    if (p)
        memcpy(p, &x, sizeof x);
    return 0;
}
static int set_q(char *p, PyObject *o)
{
    long long x = PyLong_AsLongLong(o);
    if (x == -1 && PyErr_Occurred())
        return -1;
    if (p)
        memcpy(p, &x, sizeof x);
    return 0;
}
static PyObject *get_f(const char *p) { float v; memcpy(&v, p, sizeof v); return PyFloat_FromDouble(v); }
static PyObject *get_d(const char *p) { double v; memcpy(&v, p, sizeof v); return PyFloat_FromDouble(v); }
static int set_f(char *p, PyObject *o)
{
    double x = PyFloat_AsDouble(o);
    if (x == -1.0 && PyErr_Occurred())
        return -1;
    float v = (float)x;
    if (p)
        memcpy(p, &v, sizeof v);
    return 0;
}
static int set_d(char *p, PyObject *o)
{
    double x = PyFloat_AsDouble(o);
    if (x == -1.0 && PyErr_Occurred())
        return -1;
    if (p)
        memcpy(p, &x, sizeof x);
    return 0;
}
static PyObject *get_u(const char *p)
{
    Py_UCS4 c;
    memcpy(&c, p, sizeof c);
    wchar_t w = (wchar_t)c;
    return PyUnicode_FromWideChar(&w, 1);
}
static int set_u(char *p, PyObject *o)
{
    if (!PyUnicode_Check(o) || PyUnicode_GetLength(o) != 1) {
        PyErr_SetString(PyExc_TypeError, "array item must be unicode character");
        return -1;
    }
    Py_UCS4 c = PyUnicode_READ_CHAR(o, 0);
    if (p)
        memcpy(p, &c, sizeof c);
    return 0;
}

static const ItemType item_types[] = {
    {'b', 1, get_b, set_b, "b", 1, 1}, {'B', 1, get_B, set_B, "B", 1, 0}, {'u', 4, get_u, set_u, "w", 0, 0},
    {'h', 2, get_h, set_h, "h", 1, 1}, {'H', 2, get_H, set_H, "H", 1, 0}, {'i', 4, get_i, set_i, "i", 1, 1},
    {'I', 4, get_I, set_I, "I", 1, 0}, {'l', 8, get_l, set_l, "l", 1, 1}, {'L', 8, get_L, set_L, "L", 1, 0},
    {'q', 8, get_l, set_q, "q", 1, 1}, {'Q', 8, get_L, set_Q, "Q", 1, 0}, {'f', 4, get_f, set_f, "f", 0, 0},
    {'d', 8, get_d, set_d, "d", 0, 0}, {0},
};

static const ItemType *type_of_code(Py_UCS4 code)
{
    const ItemType *t = item_types;
    while (t->code && (Py_UCS4)t->code != code)
        t++;
    return t->code ? t : NULL;
}

static PyObject *item_at(Array *a, Py_ssize_t i) { return a->type->get(a->items + i * a->type->size); }

/* ---- making and sizing ------------------------------------------------------------------------------------------ */

static PyObject *array_make(PyTypeObject *type, Py_ssize_t n, const ItemType *t)
{
    if (n > PY_SSIZE_T_MAX / t->size)
        return PyErr_NoMemory();
    Array *a = (Array *)type->tp_alloc(type, 0);
    if (!a)
        return NULL;
    a->type = t;
    a->items = NULL;
    a->room = n;
    if (n && !(a->items = PyMem_Malloc((size_t)(n * t->size)))) {
        a->room = 0;
        Py_DECREF(a);
        return PyErr_NoMemory();
    }
    Py_SET_SIZE(a, n);
    return (PyObject *)a;
}

static int array_resize(Array *a, Py_ssize_t n)
{
    if (a->exports > 0 && n != Py_SIZE(a)) {
        PyErr_SetString(PyExc_BufferError, "cannot resize an array that is exporting buffers");
        return -1;
    }
    if (a->room >= n && Py_SIZE(a) < n + 16 && a->items) {
        Py_SET_SIZE(a, n);
        return 0;
    }
    if (n == 0) {
        PyMem_Free(a->items);
        a->items = NULL;
        Py_SET_SIZE(a, 0);
        a->room = 0;
        return 0;
    }
    Py_ssize_t room = (n >> 4) + (Py_SIZE(a) < 8 ? 3 : 7) + n;
    char *p = room > PY_SSIZE_T_MAX / a->type->size ? NULL : PyMem_Realloc(a->items, (size_t)(room * a->type->size));
    if (!p) {
        PyErr_NoMemory();
        return -1;
    }
    a->items = p;
    a->room = room;
    Py_SET_SIZE(a, n);
    return 0;
}

static void array_dealloc(PyObject *self)
{
    if (SELF(self)->weakrefs)
        PyObject_ClearWeakRefs(self);
    PyMem_Free(SELF(self)->items);
    Py_TYPE(self)->tp_free(self);
}

/* Opens a gap of n items at `at`, or closes one of -n items that begins there. */
static int array_gap(Array *a, Py_ssize_t at, Py_ssize_t n)
{
    Py_ssize_t size = Py_SIZE(a), w = a->type->size;
    if (n < 0) {
        if (a->exports > 0) {
            PyErr_SetString(PyExc_BufferError, "cannot resize an array that is exporting buffers");
            return -1;
        }
        memmove(a->items + at * w, a->items + (at - n) * w, (size_t)((size - at + n) * w));
        return array_resize(a, size + n);
    }
    if (n == 0)
        return 0;
    if (array_resize(a, size + n))
        return -1;
    memmove(a->items + (at + n) * w, a->items + at * w, (size_t)((size - at) * w));
    return 0;
}

static int array_insert_at(Array *a, Py_ssize_t at, PyObject *v)
{
    if (a->type->set(NULL, v))
        return -1;
    Py_ssize_t n = Py_SIZE(a);
    if (at < 0)
        at = at + n < 0 ? 0 : at + n;
    if (at > n)
        at = n;
    return array_gap(a, at, 1) ? -1 : a->type->set(a->items + at * a->type->size, v);
}

static int array_append_item(Array *a, PyObject *v) { return array_insert_at(a, Py_SIZE(a), v); }

static int append_iterable(Array *a, PyObject *iterable)
{
    PyObject *it = PyObject_GetIter(iterable), *v;
    if (!it)
        return -1;
    while ((v = PyIter_Next(it))) {
        int bad = array_append_item(a, v);
        Py_DECREF(v);
        if (bad)
            break;
    }
    Py_DECREF(it);
    return PyErr_Occurred() ? -1 : 0;
}

static int append_array(Array *a, Array *b)
{
    Py_ssize_t n = Py_SIZE(a), more = Py_SIZE(b);
    if (a->type != b->type) {
        PyErr_SetString(PyExc_TypeError, "can only extend with array of same kind");
        return -1;
    }
    if (more == 0)
        return 0;
    if (n > PY_SSIZE_T_MAX - more) {
        PyErr_NoMemory();
        return -1;
    }
    if (array_resize(a, n + more))
        return -1;
    memcpy(a->items + n * a->type->size, b->items, (size_t)(more * a->type->size));
    return 0;
}

static int append_bytes(Array *a, const char *p, Py_ssize_t n)
{
    Py_ssize_t w = a->type->size, old = Py_SIZE(a);
    if (n % w) {
        PyErr_SetString(PyExc_ValueError, "bytes length not a multiple of item size");
        return -1;
    }
    if (n == 0)
        return 0;
    if (array_resize(a, old + n / w))
        return -1;
    memcpy(a->items + old * w, p, (size_t)n);
    return 0;
}

static int append_text(Array *a, PyObject *s)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(s), old = Py_SIZE(a);
    if (n == 0)
        return 0;
    if (array_resize(a, old + n))
        return -1;
    return PyUnicode_AsUCS4(s, (Py_UCS4 *)a->items + old, n, 0) ? 0 : -1;
}

static PyObject *array_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *code, *initial = NULL;
    if (kwargs && PyDict_GET_SIZE(kwargs) && type->tp_init == Array_Type.tp_init) {
        PyErr_SetString(PyExc_TypeError, "array.array() takes no keyword arguments");
        return NULL;
    }
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n < 1 || n > 2) {
        PyErr_Format(PyExc_TypeError, "array() takes at %s %d argument%s (%zd given)", n < 1 ? "least" : "most", n < 1 ? 1 : 2,
                     n < 1 ? "" : "s", n);
        return NULL;
    }
    code = PyTuple_GET_ITEM(args, 0);
    if (n > 1)
        initial = PyTuple_GET_ITEM(args, 1);
    if (!PyUnicode_Check(code) || PyUnicode_GetLength(code) != 1) {
        PyErr_Format(PyExc_TypeError, "array() argument 1 must be a unicode character, not %.50s",
                     code == Py_None ? "None" : Py_TYPE(code)->tp_name);
        return NULL;
    }
    Py_UCS4 c = PyUnicode_READ_CHAR(code, 0);
    const ItemType *t = type_of_code(c);
    if (initial && c != 'u') {
        if (PyUnicode_Check(initial)) {
            PyErr_Format(PyExc_TypeError, "cannot use a str to initialize an array with typecode '%c'", (int)c);
            return NULL;
        }
        if (array_check(initial) && SELF(initial)->type->code == 'u') {
            PyErr_Format(PyExc_TypeError, "cannot use a unicode array to initialize an array with typecode '%c'", (int)c);
            return NULL;
        }
    }
    if (!t) {
        PyErr_SetString(PyExc_ValueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)");
        return NULL;
    }
    int exact = initial && (PyList_CheckExact(initial) || PyTuple_CheckExact(initial));
    PyObject *self = array_make(type, exact ? PySequence_Fast_GET_SIZE(initial) : 0, t);
    if (!self || !initial)
        return self;
    int bad = 0;
    if (exact)
        for (Py_ssize_t i = 0; !bad && i < Py_SIZE(self); i++) {
            if (i >= PySequence_Fast_GET_SIZE(initial))
                Py_SET_SIZE(self, i);
            else
                bad = t->set(SELF(self)->items + i * t->size, PySequence_Fast_GET_ITEM(initial, i));
        }
    else if (PyBytes_Check(initial))
        bad = append_bytes(SELF(self), PyBytes_AS_STRING(initial), PyBytes_GET_SIZE(initial));
    else if (PyByteArray_Check(initial))
        bad = append_bytes(SELF(self), PyByteArray_AS_STRING(initial), PyByteArray_GET_SIZE(initial));
    else if (c == 'u' && PyUnicode_Check(initial))
        bad = append_text(SELF(self), initial);
    else if (array_check(initial) && SELF(initial)->type == t)
        bad = append_array(SELF(self), SELF(initial));
    else
        bad = append_iterable(SELF(self), initial);
    if (bad)
        Py_CLEAR(self);
    return self;
}

/* ---- sequence ------------------------------------------------------------------------------------------------------ */

static Py_ssize_t array_length(PyObject *self) { return Py_SIZE(self); }

static PyObject *array_item(PyObject *self, Py_ssize_t i)
{
    if (i >= 0 && i < Py_SIZE(self))
        return item_at(SELF(self), i);
    PyErr_SetString(PyExc_IndexError, "array index out of range");
    return NULL;
}

static PyObject *array_concat(PyObject *self, PyObject *other)
{
    if (!array_check(other)) {
        PyErr_Format(PyExc_TypeError, "can only append array (not \"%.200s\") to array", Py_TYPE(other)->tp_name);
        return NULL;
    }
    if (SELF(self)->type != SELF(other)->type) {
        PyErr_BadArgument();
        return NULL;
    }
    PyObject *r = array_make(&Array_Type, 0, SELF(self)->type);
    if (r && (append_array(SELF(r), SELF(self)) || append_array(SELF(r), SELF(other))))
        Py_CLEAR(r);
    return r;
}

/* Writes the first n bytes over and over until there are `total`. */
static void repeat_bytes(char *p, Py_ssize_t n, Py_ssize_t total)
{
    for (Py_ssize_t have = n; have < total;) {
        Py_ssize_t more = have < total - have ? have : total - have;
        memcpy(p + have, p, (size_t)more);
        have += more;
    }
}

static PyObject *array_repeat(PyObject *self, Py_ssize_t times)
{
    Py_ssize_t n = Py_SIZE(self), w = SELF(self)->type->size;
    if (times < 0)
        times = 0;
    if (n && times > PY_SSIZE_T_MAX / n)
        return PyErr_NoMemory();
    PyObject *r = array_make(&Array_Type, n * times, SELF(self)->type);
    if (r && n * times != 0) {
        memcpy(SELF(r)->items, SELF(self)->items, (size_t)(n * w));
        repeat_bytes(SELF(r)->items, n * w, n * w * times);
    }
    return r;
}

static PyObject *array_iconcat(PyObject *self, PyObject *other)
{
    if (!array_check(other)) {
        PyErr_Format(PyExc_TypeError, "can only extend array with array (not \"%.200s\")", Py_TYPE(other)->tp_name);
        return NULL;
    }
    return append_array(SELF(self), SELF(other)) ? NULL : Py_NewRef(self);
}

static PyObject *array_irepeat(PyObject *self, Py_ssize_t times)
{
    Py_ssize_t n = Py_SIZE(self), w = SELF(self)->type->size;
    if (n == 0 || times == 1)
        return Py_NewRef(self);
    if (times < 0)
        times = 0;
    if (times > PY_SSIZE_T_MAX / n / w)
        return PyErr_NoMemory();
    if (array_resize(SELF(self), n * times))
        return NULL;
    if (times)
        repeat_bytes(SELF(self)->items, n * w, n * w * times);
    return Py_NewRef(self);
}

/* Index of the first item equal to v from start to stop; -1 none, -2 error.  With `count` counts all instead. */
static Py_ssize_t search(Array *a, PyObject *v, Py_ssize_t start, Py_ssize_t stop, int count)
{
    Py_ssize_t found = 0;
    for (Py_ssize_t i = start; i < stop && i < Py_SIZE(a); i++) {
        PyObject *item = item_at(a, i);
        int same = item ? PyObject_RichCompareBool(item, v, Py_EQ) : -1;
        Py_XDECREF(item);
        if (same < 0)
            return -2;
        if (same && !count)
            return i;
        found += same;
    }
    return count ? found : -1;
}
static int array_contains(PyObject *self, PyObject *v)
{
    Py_ssize_t i = search(SELF(self), v, 0, PY_SSIZE_T_MAX, 0);
    return i == -2 ? -1 : i >= 0;
}

static PyObject *array_subscript(PyObject *self, PyObject *key)
{
    Array *a = SELF(self);
    Py_ssize_t i, start, stop, step, w = a->type->size;
    if (PyIndex_Check(key)) {
        i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        return i == -1 && PyErr_Occurred() ? NULL : array_item(self, i < 0 ? i + Py_SIZE(a) : i);
    }
    if (!PySlice_Check(key)) {
        PyErr_SetString(PyExc_TypeError, "array indices must be integers");
        return NULL;
    }
    if (PySlice_Unpack(key, &start, &stop, &step))
        return NULL;
    Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(a), &start, &stop, step);
    PyObject *r = array_make(&Array_Type, n, a->type);
    if (r && step == 1 && n)
        memcpy(SELF(r)->items, a->items + start * w, (size_t)(n * w));
    else if (r)
        for (i = 0; i < n; i++)
            memcpy(SELF(r)->items + i * w, a->items + (start + i * step) * w, (size_t)w);
    return r;
}

static int assign_slice(Array *a, PyObject *key, Array *values)
{
    Py_ssize_t start, stop, step, w = a->type->size, more = values ? Py_SIZE(values) : 0;
    if (PySlice_Unpack(key, &start, &stop, &step))
        return -1;
    Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(a), &start, &stop, step);
    if ((step > 0 && stop < start) || (step < 0 && stop > start))
        stop = start;
    if (a->exports > 0 && more != n) {
        PyErr_SetString(PyExc_BufferError, "cannot resize an array that is exporting buffers");
        return -1;
    }
    if (step == 1) {
        if (array_gap(a, more < n ? start + more : start + n, more - n))
            return -1;
        if (more)
            memcpy(a->items + start * w, values->items, (size_t)(more * w));
        return 0;
    }
    if (!values) {
        if (step < 0) {
            start += step * (n - 1);
            step = -step;
        }
        for (Py_ssize_t i = n; --i >= 0;)
            if (array_gap(a, start + i * step, -1))
                return -1;
        return 0;
    }
    if (more != n) {
        PyErr_Format(PyExc_ValueError, "attempt to assign array of size %zd to extended slice of size %zd", more, n);
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++)
        memcpy(a->items + (start + i * step) * w, values->items + i * w, (size_t)w);
    return 0;
}

static int array_ass_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    Array *a = SELF(self);
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return -1;
        if (i < 0)
            i += Py_SIZE(a);
        if (i < 0 || i >= Py_SIZE(a)) {
            PyErr_SetString(PyExc_IndexError, "array assignment index out of range");
            return -1;
        }
        return value ? a->type->set(a->items + i * a->type->size, value) : array_gap(a, i, -1);
    }
    if (!PySlice_Check(key)) {
        PyErr_SetString(PyExc_TypeError, "array indices must be integers");
        return -1;
    }
    if (!value)
        return assign_slice(a, key, NULL);
    if (!array_check(value)) {
        PyErr_Format(PyExc_TypeError, "can only assign array (not \"%.200s\") to array slice", Py_TYPE(value)->tp_name);
        return -1;
    }
    if (SELF(value)->type != a->type) {
        PyErr_BadArgument();
        return -1;
    }
    if (value != self)
        return assign_slice(a, key, SELF(value));
    PyObject *all = PySlice_New(NULL, NULL, NULL), *copy = all ? array_subscript(value, all) : NULL;
    int bad = copy ? assign_slice(a, key, SELF(copy)) : -1;
    Py_XDECREF(all);
    Py_XDECREF(copy);
    return bad;
}

static PyObject *array_richcompare(PyObject *x, PyObject *y, int op)
{
    if (!array_check(x) || !array_check(y))
        Py_RETURN_NOTIMPLEMENTED;
    Array *a = SELF(x), *b = SELF(y);
    if (Py_SIZE(a) != Py_SIZE(b) && (op == Py_EQ || op == Py_NE))
        return PyBool_FromLong(op == Py_NE);
    Py_ssize_t i = 0;
    for (int same = 1; i < Py_SIZE(a) && i < Py_SIZE(b); i++) {
        PyObject *p = item_at(a, i), *q = p ? item_at(b, i) : NULL, *r = NULL;
        same = q ? PyObject_RichCompareBool(p, q, Py_EQ) : -1;
        if (same == 0)
            r = op == Py_EQ ? Py_NewRef(Py_False) : op == Py_NE ? Py_NewRef(Py_True) : PyObject_RichCompare(p, q, op);
        Py_XDECREF(p);
        Py_XDECREF(q);
        if (same <= 0)
            return r;
    }
    Py_RETURN_RICHCOMPARE(Py_SIZE(a), Py_SIZE(b), op);
}

/* ---- methods --------------------------------------------------------------------------------------------------------- */

static PyObject *none_unless(int bad)
{
    if (bad)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *array_tolist(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(Py_SIZE(self));
    for (Py_ssize_t i = 0; list && i < Py_SIZE(self); i++) {
        PyObject *v = item_at(SELF(self), i);
        if (!v)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, v);
    }
    return list;
}
static PyObject *array_tobytes(PyObject *self, PyObject *unused)
{
    return PyBytes_FromStringAndSize(SELF(self)->items, Py_SIZE(self) * SELF(self)->type->size);
}
static PyObject *array_tounicode(PyObject *self, PyObject *unused)
{
    if (SELF(self)->type->code != 'u') {
        PyErr_SetString(PyExc_ValueError, "tounicode() may only be called on unicode type arrays");
        return NULL;
    }
    return PyUnicode_FromWideChar((wchar_t *)SELF(self)->items, Py_SIZE(self));
}
static PyObject *array_repr(PyObject *self)
{
    char code = SELF(self)->type->code;
    if (Py_SIZE(self) == 0)
        return PyUnicode_FromFormat("%s('%c')", _PyType_Name(Py_TYPE(self)), code);
    PyObject *v = code == 'u' ? array_tounicode(self, NULL) : array_tolist(self, NULL);
    PyObject *r = v ? PyUnicode_FromFormat("%s('%c', %R)", _PyType_Name(Py_TYPE(self)), code, v) : NULL;
    Py_XDECREF(v);
    return r;
}
static PyObject *array_append(PyObject *self, PyObject *v) { return none_unless(array_append_item(SELF(self), v)); }
static PyObject *array_extend(PyObject *self, PyObject *v)
{
    return none_unless(array_check(v) ? append_array(SELF(self), SELF(v)) : append_iterable(SELF(self), v));
}
static PyObject *array_insert(PyObject *self, PyObject *args)
{
    Py_ssize_t i;
    PyObject *v;
    return PyArg_ParseTuple(args, "nO:insert", &i, &v) ? none_unless(array_insert_at(SELF(self), i, v)) : NULL;
}
static PyObject *array_pop(PyObject *self, PyObject *args)
{
    Py_ssize_t i = -1;
    if (!PyArg_ParseTuple(args, "|n:pop", &i))
        return NULL;
    if (Py_SIZE(self) == 0) {
        PyErr_SetString(PyExc_IndexError, "pop from empty array");
        return NULL;
    }
    if (i < 0)
        i += Py_SIZE(self);
    if (i < 0 || i >= Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "pop index out of range");
        return NULL;
    }
    PyObject *v = item_at(SELF(self), i);
    if (v && array_gap(SELF(self), i, -1))
        Py_CLEAR(v);
    return v;
}
static PyObject *array_remove(PyObject *self, PyObject *v)
{
    Py_ssize_t i = search(SELF(self), v, 0, PY_SSIZE_T_MAX, 0);
    if (i == -1)
        PyErr_SetString(PyExc_ValueError, "array.remove(x): x not in array");
    return i < 0 ? NULL : none_unless(array_gap(SELF(self), i, -1));
}
static PyObject *array_count(PyObject *self, PyObject *v)
{
    Py_ssize_t n = search(SELF(self), v, 0, PY_SSIZE_T_MAX, 1);
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}
int _PyEval_SliceIndexNotNone(PyObject *, Py_ssize_t *);
static PyObject *array_index(PyObject *self, PyObject *args)
{
    PyObject *v;
    Py_ssize_t start = 0, stop = PY_SSIZE_T_MAX;
    if (!PyArg_ParseTuple(args, "O|O&O&:index", &v, _PyEval_SliceIndexNotNone, &start, _PyEval_SliceIndexNotNone, &stop))
        return NULL;
    if (start < 0 && (start += Py_SIZE(self)) < 0)
        start = 0;
    if (stop < 0)
        stop += Py_SIZE(self);
    Py_ssize_t i = search(SELF(self), v, start, stop, 0);
    if (i == -1)
        PyErr_SetString(PyExc_ValueError, "array.index(x): x not in array");
    return i < 0 ? NULL : PyLong_FromSsize_t(i);
}
static PyObject *array_reverse(PyObject *self, PyObject *unused)
{
    Py_ssize_t w = SELF(self)->type->size;
    char t[8], *p = SELF(self)->items, *q = p + (Py_SIZE(self) - 1) * w;
    for (; Py_SIZE(self) > 1 && p < q; p += w, q -= w) {
        memcpy(t, p, (size_t)w);
        memcpy(p, q, (size_t)w);
        memcpy(q, t, (size_t)w);
    }
    Py_RETURN_NONE;
}
static void swap_bytes(char *p, Py_ssize_t n, int w)
{
    for (; n > 0; n--, p += w)
        for (int i = 0; i < w / 2; i++) {
            char t = p[i];
            p[i] = p[w - 1 - i];
            p[w - 1 - i] = t;
        }
}
static PyObject *array_byteswap(PyObject *self, PyObject *unused)
{
    swap_bytes(SELF(self)->items, Py_SIZE(self), SELF(self)->type->size);
    Py_RETURN_NONE;
}
static PyObject *array_buffer_info(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("(Nn)", PyLong_FromVoidPtr(SELF(self)->items), Py_SIZE(self));
}
static PyObject *array_copy(PyObject *self, PyObject *unused)
{
    PyObject *r = array_make(&Array_Type, Py_SIZE(self), SELF(self)->type);
    if (r && Py_SIZE(self))
        memcpy(SELF(r)->items, SELF(self)->items, (size_t)(Py_SIZE(self) * SELF(self)->type->size));
    return r;
}
static PyObject *array_frombytes(PyObject *self, PyObject *source)
{
    Py_buffer view;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE))
        return NULL;
    int bad = view.itemsize != 1;
    if (bad)
        PyErr_SetString(PyExc_TypeError, "a bytes-like object is required");
    else
        bad = append_bytes(SELF(self), view.buf, view.len);
    PyBuffer_Release(&view);
    return none_unless(bad);
}
static PyObject *array_fromlist(PyObject *self, PyObject *list)
{
    if (!PyList_Check(list)) {
        PyErr_SetString(PyExc_TypeError, "arg must be list");
        return NULL;
    }
    Array *a = SELF(self);
    Py_ssize_t n = PyList_GET_SIZE(list), old = Py_SIZE(a);
    if (n == 0)
        Py_RETURN_NONE;
    if (array_resize(a, old + n))
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        int bad = a->type->set(a->items + (old + i) * a->type->size, PyList_GET_ITEM(list, i));
        if (!bad && n != PyList_GET_SIZE(list)) {
            PyErr_SetString(PyExc_RuntimeError, "list changed size during iteration");
            bad = -1;
        }
        if (bad) {
            array_resize(a, old);
            return NULL;
        }
    }
    Py_RETURN_NONE;
}
static PyObject *array_fromunicode(PyObject *self, PyObject *s)
{
    if (!PyUnicode_Check(s)) {
        PyErr_Format(PyExc_TypeError, "fromunicode() argument must be str, not %.50s", s == Py_None ? "None" : Py_TYPE(s)->tp_name);
        return NULL;
    }
    if (SELF(self)->type->code != 'u') {
        PyErr_SetString(PyExc_ValueError, "fromunicode() may only be called on unicode type arrays");
        return NULL;
    }
    return none_unless(append_text(SELF(self), s));
}
static PyObject *array_fromfile(PyObject *self, PyObject *args)
{
    PyObject *file;
    Py_ssize_t n;
    if (!PyArg_ParseTuple(args, "On:fromfile", &file, &n))
        return NULL;
    if (n < 0) {
        PyErr_SetString(PyExc_ValueError, "negative count");
        return NULL;
    }
    if (n > PY_SSIZE_T_MAX / SELF(self)->type->size)
        return PyErr_NoMemory();
    Py_ssize_t wanted = n * SELF(self)->type->size;
    PyObject *bytes = PyObject_CallMethod(file, "read", "n", wanted);
    if (!bytes)
        return NULL;
    if (!PyBytes_Check(bytes)) {
        PyErr_SetString(PyExc_TypeError, "read() didn't return bytes");
        Py_DECREF(bytes);
        return NULL;
    }
    int missing = PyBytes_GET_SIZE(bytes) != wanted;
    PyObject *r = array_frombytes(self, bytes);
    Py_DECREF(bytes);
    if (r && missing) {
        PyErr_SetString(PyExc_EOFError, "read() didn't return enough bytes");
        Py_CLEAR(r);
    }
    return r;
}
static PyObject *array_tofile(PyObject *self, PyObject *file)
{
    PyObject *bytes = array_tobytes(self, NULL), *r = bytes && Py_SIZE(self) ? PyObject_CallMethod(file, "write", "O", bytes) : NULL;
    int bad = !bytes || (Py_SIZE(self) && !r);
    Py_XDECREF(bytes);
    Py_XDECREF(r);
    return none_unless(bad);
}
static PyObject *array_sizeof(PyObject *self, PyObject *unused)
{
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + SELF(self)->room * SELF(self)->type->size);
}

/* The machine format code that pickles carry. */
static int machine_format(const ItemType *t)
{
    if (t->code == 'u')
        return 20;
    if (t->code == 'f' || t->code == 'd')
        return t->code == 'f' ? 14 : 16;
    int base = t->size == 1 ? 0 : t->size == 2 ? 2 : t->size == 4 ? 6 : 10;
    return base + (t->is_signed ? (t->size == 1 ? 1 : 2) : 0);
}
static PyObject *array_reduce_ex(PyObject *self, PyObject *arg)
{
    long protocol;
    if (!PyLong_Check(arg)) {
        PyErr_SetString(PyExc_TypeError, "__reduce_ex__ argument should be an integer");
        return NULL;
    }
    protocol = PyLong_AsLong(arg);
    if (protocol == -1 && PyErr_Occurred())
        return NULL;
    PyObject *dict = PyObject_GetAttrString(self, "__dict__");
    if (!dict) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError))
            return NULL;
        PyErr_Clear();
        dict = Py_NewRef(Py_None);
    }
    if (protocol < 3) {
        PyObject *list = array_tolist(self, NULL);
        return list ? Py_BuildValue("O(CN)N", Py_TYPE(self), SELF(self)->type->code, list, dict) : (Py_DECREF(dict), NULL);
    }
    PyObject *module = PyImport_ImportModule("array"), *f = module ? PyObject_GetAttrString(module, "_array_reconstructor") : NULL;
    PyObject *bytes = f ? array_tobytes(self, NULL) : NULL;
    Py_XDECREF(module);
    if (!bytes) {
        Py_XDECREF(f);
        Py_DECREF(dict);
        return NULL;
    }
    return Py_BuildValue("N(OCiN)N", f, Py_TYPE(self), SELF(self)->type->code, machine_format(SELF(self)->type), bytes, dict);
}
static PyObject *get_typecode(PyObject *self, void *unused) { return PyUnicode_FromOrdinal(SELF(self)->type->code); }
static PyObject *get_itemsize(PyObject *self, void *unused) { return PyLong_FromLong(SELF(self)->type->size); }
static PyGetSetDef array_getset[] = {
    {"typecode", get_typecode, NULL, "the typecode character used to create the array"},
    {"itemsize", get_itemsize, NULL, "the size, in bytes, of one array item"},
    {NULL},
};

static PyMethodDef array_methods[] = {
    {"append", array_append, METH_O, "append($self, v, /)\n--\n\nAppend new value v to the end of the array."},
    {"buffer_info", array_buffer_info, METH_NOARGS, "buffer_info($self, /)\n--\n\nReturn a tuple (address, length) giving the current memory address and the length in items."},
    {"byteswap", array_byteswap, METH_NOARGS, "byteswap($self, /)\n--\n\nByteswap all items of the array."},
    {"__copy__", array_copy, METH_NOARGS, "__copy__($self, /)\n--\n\nReturn a copy of the array."},
    {"count", array_count, METH_O, "count($self, v, /)\n--\n\nReturn number of occurrences of v in the array."},
    {"__deepcopy__", array_copy, METH_O, "__deepcopy__($self, unused, /)\n--\n\nReturn a copy of the array."},
    {"extend", array_extend, METH_O, "extend($self, bb, /)\n--\n\nAppend items to the end of the array."},
    {"fromfile", array_fromfile, METH_VARARGS, "fromfile($self, f, n, /)\n--\n\nRead n objects from the file object f and append them to the end of the array."},
    {"fromlist", array_fromlist, METH_O, "fromlist($self, list, /)\n--\n\nAppend items to array from list."},
    {"frombytes", array_frombytes, METH_O, "frombytes($self, buffer, /)\n--\n\nAppends items from the string, interpreting it as an array of machine values."},
    {"fromunicode", array_fromunicode, METH_O, "fromunicode($self, ustr, /)\n--\n\nExtends this array with data from the unicode string ustr."},
    {"index", array_index, METH_VARARGS, "index($self, v, start=0, stop=sys.maxsize, /)\n--\n\nReturn index of first occurrence of v in the array."},
    {"insert", array_insert, METH_VARARGS, "insert($self, i, v, /)\n--\n\nInsert a new item v into the array before position i."},
    {"pop", array_pop, METH_VARARGS, "pop($self, i=-1, /)\n--\n\nReturn the i-th element and delete it from the array."},
    {"__reduce_ex__", array_reduce_ex, METH_O, "__reduce_ex__($self, value, /)\n--\n\nReturn state information for pickling."},
    {"remove", array_remove, METH_O, "remove($self, v, /)\n--\n\nRemove the first occurrence of v in the array."},
    {"reverse", array_reverse, METH_NOARGS, "reverse($self, /)\n--\n\nReverse the order of the items in the array."},
    {"tofile", array_tofile, METH_O, "tofile($self, f, /)\n--\n\nWrite all items (as machine values) to the file object f."},
    {"tolist", array_tolist, METH_NOARGS, "tolist($self, /)\n--\n\nConvert array to an ordinary list with the same items."},
    {"tobytes", array_tobytes, METH_NOARGS, "tobytes($self, /)\n--\n\nConvert the array to an array of machine values and return the bytes representation."},
    {"tounicode", array_tounicode, METH_NOARGS, "tounicode($self, /)\n--\n\nConvert the array to a unicode string."},
    {"__sizeof__", array_sizeof, METH_NOARGS, "__sizeof__($self, /)\n--\n\nSize of the array in memory, in bytes."},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "See PEP 585"},
    {NULL},
};

/* ---- buffer and iterator ------------------------------------------------------------------------------------------------ */

static int array_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    Array *a = SELF(self);
    if (!view) {
        PyErr_SetString(PyExc_BufferError, "array_buffer_getbuf: view==NULL argument is obsolete");
        return -1;
    }
    *view = (Py_buffer){.buf = a->items ? a->items : (char *)&a->items, .obj = Py_NewRef(self), .len = Py_SIZE(a) * a->type->size,
                        .itemsize = a->type->size, .ndim = 1};
    if (flags & PyBUF_ND)
        view->shape = &((PyVarObject *)self)->ob_size;
    if ((flags & PyBUF_STRIDES) == PyBUF_STRIDES)
        view->strides = &view->itemsize;
    if (flags & PyBUF_FORMAT)
        view->format = (char *)a->type->format;
    a->exports++;
    return 0;
}
static void array_releasebuffer(PyObject *self, Py_buffer *view) { SELF(self)->exports--; }

typedef struct {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *array;  /* NULL when exhausted */
} ArrayIter;

static PyObject *array_iter(PyObject *self)
{
    ArrayIter *it = PyObject_GC_New(ArrayIter, &ArrayIter_Type);
    if (!it)
        return NULL;
    it->index = 0;
    it->array = Py_NewRef(self);
    PyObject_GC_Track(it);
    return (PyObject *)it;
}
static void iter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((ArrayIter *)self)->array);
    PyObject_GC_Del(self);
}
static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((ArrayIter *)self)->array);
    return 0;
}
static PyObject *iter_next(PyObject *self)
{
    ArrayIter *it = (ArrayIter *)self;
    if (!it->array)
        return NULL;
    if (it->index < Py_SIZE(it->array))
        return item_at(SELF(it->array), it->index++);
    Py_CLEAR(it->array);
    return NULL;
}
static PyObject *iter_reduce(PyObject *self, PyObject *unused)
{
    ArrayIter *it = (ArrayIter *)self;
    PyObject *f = _PyEval_GetBuiltin(N(iter));
    return it->array ? Py_BuildValue("N(O)n", f, it->array, it->index) : Py_BuildValue("N(())", f);
}
static PyObject *iter_setstate(PyObject *self, PyObject *state)
{
    ArrayIter *it = (ArrayIter *)self;
    Py_ssize_t i = PyLong_AsSsize_t(state);
    if (i == -1 && PyErr_Occurred())
        return NULL;
    if (it->array)
        it->index = i < 0 ? 0 : i > Py_SIZE(it->array) ? Py_SIZE(it->array) : i;
    Py_RETURN_NONE;
}
static PyMethodDef iter_methods[] = {
    {"__reduce__", iter_reduce, METH_NOARGS, "__reduce__($self, /)\n--\n\nReturn state information for pickling."},
    {"__setstate__", iter_setstate, METH_O, "__setstate__($self, state, /)\n--\n\nSet state information for unpickling."},
    {NULL},
};
static PyTypeObject ArrayIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "array.arrayiterator", .tp_basicsize = sizeof(ArrayIter), .tp_dealloc = iter_dealloc, .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, .tp_traverse = iter_traverse,
    .tp_iter = PyObject_SelfIter, .tp_iternext = iter_next, .tp_methods = iter_methods,
};

static PySequenceMethods array_as_sequence = {
    .sq_length = array_length, .sq_concat = array_concat, .sq_repeat = array_repeat, .sq_item = array_item, .sq_contains = array_contains,
    .sq_inplace_concat = array_iconcat, .sq_inplace_repeat = array_irepeat,
};
static PyMappingMethods array_as_mapping = {array_length, array_subscript, array_ass_subscript};
static PyBufferProcs array_as_buffer = {array_getbuffer, array_releasebuffer};
static PyTypeObject Array_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "array.array", .tp_basicsize = sizeof(Array), .tp_dealloc = array_dealloc, .tp_repr = array_repr,
    .tp_as_sequence = &array_as_sequence, .tp_as_mapping = &array_as_mapping, .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr, .tp_as_buffer = &array_as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_SEQUENCE,
    .tp_doc = "array(typecode [, initializer]) -> array\n\nReturn a new array whose items are restricted by typecode, and\ninitialized from the "
              "optional initializer value, which must be a list,\nstring or iterable over elements of the appropriate type.",
    .tp_richcompare = array_richcompare, .tp_weaklistoffset = offsetof(Array, weakrefs), .tp_iter = array_iter, .tp_methods = array_methods,
    .tp_getset = array_getset, .tp_alloc = PyType_GenericAlloc, .tp_new = array_new, .tp_free = PyObject_Free,
};

/* ---- the module ------------------------------------------------------------------------------------------------------------ */

/* How the items of a pickle are stored. */
static const struct { int size, is_signed, big, is_float; } formats[] = {
    {1, 0, 0, 0}, {1, 1, 0, 0}, {2, 0, 0, 0}, {2, 0, 1, 0}, {2, 1, 0, 0}, {2, 1, 1, 0}, {4, 0, 0, 0}, {4, 0, 1, 0}, {4, 1, 0, 0}, {4, 1, 1, 0},
    {8, 0, 0, 0}, {8, 0, 1, 0}, {8, 1, 0, 0}, {8, 1, 1, 0}, {4, 0, 0, 1}, {4, 0, 1, 1}, {8, 0, 0, 1}, {8, 0, 1, 1}, {4, 0, 0, 2}, {4, 0, 1, 2},
    {4, 0, 0, 3}, {4, 0, 1, 3},
};

static PyObject *foreign_item(const char *p, int format)
{
    int size = formats[format].size, little = !formats[format].big;
    if (formats[format].is_float)
        return PyFloat_FromDouble(size == 4 ? PyFloat_Unpack4(p, little) : PyFloat_Unpack8(p, little));
    return _PyLong_FromByteArray((const unsigned char *)p, (size_t)size, little, formats[format].is_signed);
}

static PyObject *reconstruct(PyObject *module, PyObject *args)
{
    PyObject *type, *bytes;
    int code, format;
    if (!PyArg_ParseTuple(args, "OCiO:_array_reconstructor", &type, &code, &format, &bytes))
        return NULL;
    if (!PyType_Check(type)) {
        PyErr_Format(PyExc_TypeError, "first argument must be a type object, not %.200s", Py_TYPE(type)->tp_name);
        return NULL;
    }
    if (!PyType_IsSubtype((PyTypeObject *)type, &Array_Type)) {
        PyErr_Format(PyExc_TypeError, "%.200s is not a subtype of %.200s", ((PyTypeObject *)type)->tp_name, Array_Type.tp_name);
        return NULL;
    }
    const ItemType *t = type_of_code((Py_UCS4)code);
    if (!t || format < 0 || format > 21 || !PyBytes_Check(bytes)) {
        if (t && format >= 0 && format <= 21)
            PyErr_Format(PyExc_TypeError, "fourth argument should be bytes, not %.200s", Py_TYPE(bytes)->tp_name);
        else
            PyErr_SetString(PyExc_ValueError, t ? "third argument must be a valid machine format code." : "second argument must be a valid type code");
        return NULL;
    }
    PyObject *self = array_make((PyTypeObject *)type, 0, t);
    if (!self)
        return NULL;
    const char *p = PyBytes_AS_STRING(bytes);
    Py_ssize_t n = PyBytes_GET_SIZE(bytes), w = formats[format].size;
    int bad = 0;
    if (format == machine_format(t))
        bad = append_bytes(SELF(self), p, n);
    else if (format >= 18) {
        int order = formats[format].big ? 1 : -1;
        PyObject *s = w == 4 && format >= 20 ? PyUnicode_DecodeUTF32(p, n, NULL, &order) : PyUnicode_DecodeUTF16(p, n, NULL, &order);
        bad = s ? append_text(SELF(self), s) : -1;
        Py_XDECREF(s);
    }
    else if (n % w) {
        PyErr_SetString(PyExc_ValueError, "bytes length not a multiple of item size");
        bad = -1;
    }
    else
        for (Py_ssize_t i = 0; !bad && i < n; i += w) {
            PyObject *v = foreign_item(p + i, format);
            bad = v ? array_append_item(SELF(self), v) : -1;
            Py_XDECREF(v);
        }
    if (bad)
        Py_CLEAR(self);
    return self;
}

static PyMethodDef functions[] = {
    {"_array_reconstructor", reconstruct, METH_VARARGS,
     "_array_reconstructor($module, arraytype, typecode, mformat_code, items,\n                     /)\n--\n\nInternal. Used for pickling support."},
    {NULL},
};

static int module_exec(PyObject *module)
{
    if (PyType_Ready(&ArrayIter_Type) || PyModule_AddType(module, &Array_Type) || PyModule_AddObjectRef(module, "ArrayType", (PyObject *)&Array_Type))
        return -1;
    PyObject *abc = PyImport_ImportModule("collections.abc"), *base = abc ? PyObject_GetAttrString(abc, "MutableSequence") : NULL;
    PyObject *r = base ? PyObject_CallMethod(base, "register", "O", &Array_Type) : NULL;
    Py_XDECREF(abc);
    Py_XDECREF(base);
    Py_XDECREF(r);
    return r ? PyModule_AddStringConstant(module, "typecodes", "bBuhHiIlLqQfd") : -1;
}
static PyModuleDef_Slot slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "array", "This module defines an object type which can efficiently represent\nan array of basic values: characters, integers, "
    "floating point\nnumbers.", 0, functions, slots, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_array(void) { return PyModuleDef_Init(&definition); }
