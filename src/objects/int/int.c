/* int: the type, its constructor and its methods. */
#include "objects/int/int.h"
#include "objects/int/digits.h"
#include "objects/int/text.h"
#include "memory/state.h"

#include <stddef.h>

/* ---- making objects ---------------------------------------------------------------------------------------- */

#define SHARED(v)                                                                                              \
    {{{IMMORTAL_REFCNT, &PyLong_Type}, (v) > 0 ? 1 : (v) < 0 ? -1 : 0}, {(digit)((v) < 0 ? -(v) : (v))}},
#define SHARED4(v) SHARED(v) SHARED((v) + 1) SHARED((v) + 2) SHARED((v) + 3)
#define SHARED16(v) SHARED4(v) SHARED4((v) + 4) SHARED4((v) + 8) SHARED4((v) + 12)
#define SHARED64(v) SHARED16(v) SHARED16((v) + 16) SHARED16((v) + 32) SHARED16((v) + 48)

PyLongObject int_shared[INT_SHARED_MAX - INT_SHARED_MIN + 1] = {
    SHARED(-5) SHARED(-4) SHARED(-3) SHARED(-2) SHARED(-1)
    SHARED64(0) SHARED64(64) SHARED64(128) SHARED64(192) SHARED(256)
};

/* Extension modules that were built with CPython's internal headers (_zoneinfo, _asyncio) read small ints at this place of
 * _PyRuntime.  They get copies: equal values, other identities. */
enum { SMALL_INTS_OFFSET = 680 };
_Static_assert(SMALL_INTS_OFFSET + sizeof int_shared <= sizeof _PyRuntime, "part of _PyRuntime");

int small_ints_init(void)
{
    memcpy((char *)&_PyRuntime + SMALL_INTS_OFFSET, int_shared, sizeof int_shared);
    return 0;
}
void small_ints_fini(void) {}

PyLongObject *_PyLong_New(Py_ssize_t size)
{
    if (size > (Py_ssize_t)((PY_SSIZE_T_MAX - sizeof(PyVarObject)) / sizeof(digit))) {
        PyErr_SetString(PyExc_OverflowError, "too many digits in integer");
        return NULL;
    }
    PyLongObject *v = object_alloc(sizeof(PyVarObject) + (size_t)(size > 2 ? size : 2) * sizeof(digit));
    if (!v)
        return (PyLongObject *)PyErr_NoMemory();
    Py_SET_TYPE(v, &PyLong_Type);
    Py_SET_REFCNT(v, 1);
    Py_SET_SIZE(v, size);
    return v;
}

PyObject *_PyLong_Copy(PyLongObject *src)
{
    Py_ssize_t n = int_ndigits(src);
    int64_t small;
    if (int_as_i60((PyObject *)src, &small))
        return int_from_i64(small);
    PyLongObject *v = _PyLong_New(n);
    if (!v)
        return NULL;
    memcpy(v->ob_digit, src->ob_digit, (size_t)n * sizeof(digit));
    Py_SET_SIZE(v, Py_SIZE(src));
    return (PyObject *)v;
}

PyObject *int_finish(PyLongObject *v, int negative)
{
    if (!v)
        return NULL;
    Py_ssize_t n = digits_trim(v->ob_digit, Py_SIZE(v));
    if (n <= 1) {
        int64_t value = n == 0 ? 0 : v->ob_digit[0];
        if (negative)
            value = -value;
        if (int_is_shared_value(value)) {
            Py_DECREF(v);
            return int_shared_value(value);
        }
    }
    Py_SET_SIZE(v, negative ? -n : n);
    return (PyObject *)v;
}

static void int_dealloc(PyObject *self)
{
    if (PyLong_CheckExact(self))
        object_free(self);
    else
        Py_TYPE(self)->tp_free(self);
}

/* ---- the constructor --------------------------------------------------------------------------------------- */

static PyObject *from_object(PyObject *x, PyObject *base_arg)
{
    if (!base_arg)
        return PyNumber_Long(x);
    Py_ssize_t base = PyNumber_AsSsize_t(base_arg, NULL);
    if (base == -1 && PyErr_Occurred())
        return NULL;
    if ((base != 0 && base < 2) || base > 36) {
        PyErr_SetString(PyExc_ValueError, "int() base must be >= 2 and <= 36, or 0");
        return NULL;
    }
    if (PyUnicode_Check(x))
        return PyLong_FromUnicodeObject(x, (int)base);
    if (PyBytes_Check(x))
        return int_from_text(PyBytes_AS_STRING(x), PyBytes_GET_SIZE(x), (int)base, x);
    if (PyByteArray_Check(x))
        return _PyLong_FromBytes(PyByteArray_AsString(x), PyByteArray_Size(x), (int)base);
    PyErr_SetString(PyExc_TypeError, "int() can't convert non-string with explicit base");
    return NULL;
}

static PyObject *instance_of(PyTypeObject *type, PyObject *exact)
{
    if (!exact || type == &PyLong_Type)
        return exact;
    PyLongObject *v = (PyLongObject *)exact;
    Py_ssize_t n = int_ndigits(v);
    PyObject *self = type->tp_alloc(type, n);
    if (self) {
        memcpy(((PyLongObject *)self)->ob_digit, v->ob_digit, (size_t)n * sizeof(digit));
        Py_SET_SIZE(self, Py_SIZE(v));
    }
    Py_DECREF(exact);
    return self;
}

static PyObject *construct(PyTypeObject *type, PyObject *x, PyObject *base)
{
    if (!x) {
        if (base) {
            PyErr_SetString(PyExc_TypeError, "int() missing string argument");
            return NULL;
        }
        return instance_of(type, int_from_i64(0));
    }
    PyObject *exact = from_object(x, base);
    if (exact && !PyLong_CheckExact(exact)) {
        PyObject *plain = int_exact(exact);
        Py_DECREF(exact);
        exact = plain;
    }
    return instance_of(type, exact);
}

static PyObject *int_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "base", NULL};
    PyObject *x = NULL, *base = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OO:int", names, &x, &base))
        return NULL;
    return construct(type, x, base);
}

static PyObject *int_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (kwnames && PyTuple_GET_SIZE(kwnames)) {
        PyObject *tuple = PyTuple_New(n), *kwargs = PyDict_New(), *r = NULL;
        int bad = !tuple || !kwargs;
        for (Py_ssize_t i = 0; !bad && i < n; i++)
            PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
        for (Py_ssize_t i = 0; !bad && i < PyTuple_GET_SIZE(kwnames); i++)
            bad = PyDict_SetItem(kwargs, PyTuple_GET_ITEM(kwnames, i), args[n + i]);
        if (!bad)
            r = int_new((PyTypeObject *)type, tuple, kwargs);
        Py_XDECREF(tuple);
        Py_XDECREF(kwargs);
        return r;
    }
    if (n > 2) {
        PyErr_Format(PyExc_TypeError, "int() takes at most 2 arguments (%zd given)", n);
        return NULL;
    }
    return construct((PyTypeObject *)type, n > 0 ? args[0] : NULL, n > 1 ? args[1] : NULL);
}

/* ---- methods ----------------------------------------------------------------------------------------------- */

static PyObject *int_conjugate(PyObject *self, PyObject *unused) { return int_exact(self); }

static PyObject *int_bit_length(PyObject *self, PyObject *unused) { return PyLong_FromSize_t(_PyLong_NumBits(self)); }

static PyObject *int_bit_count(PyObject *self, PyObject *unused)
{
    PyLongObject *v = (PyLongObject *)self;
    int64_t count = 0;
    for (Py_ssize_t i = int_ndigits(v); --i >= 0;)
        count += __builtin_popcount(v->ob_digit[i]);
    return int_from_i64(count);
}

static PyObject *int_as_integer_ratio(PyObject *self, PyObject *unused)
{
    PyObject *exact = int_exact(self), *r = exact ? PyTuple_Pack(2, exact, &int_shared[1 - INT_SHARED_MIN]) : NULL;
    Py_XDECREF(exact);
    return r;
}

/* 1 little, 0 big, -1 error set; NULL is big. */
static int byte_order(PyObject *order)
{
    if (!order)
        return 0;
    if (PyUnicode_CompareWithASCIIString(order, "little") == 0)
        return 1;
    if (PyUnicode_CompareWithASCIIString(order, "big") == 0)
        return 0;
    PyErr_SetString(PyExc_ValueError, "byteorder must be either 'little' or 'big'");
    return -1;
}

static PyObject *int_to_bytes(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"length", "byteorder", "signed", NULL};
    Py_ssize_t length = 1;
    PyObject *order = NULL;
    int is_signed = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|nU$p:to_bytes", names, &length, &order, &is_signed))
        return NULL;
    int little = byte_order(order);
    if (little < 0)
        return NULL;
    if (length < 0) {
        PyErr_SetString(PyExc_ValueError, "length argument must be non-negative");
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, length);
    if (bytes && _PyLong_AsByteArray((PyLongObject *)self, (unsigned char *)PyBytes_AS_STRING(bytes), (size_t)length, little,
                                     is_signed))
        Py_CLEAR(bytes);
    return bytes;
}

static PyObject *int_from_bytes(PyObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"bytes", "byteorder", "signed", NULL};
    PyObject *source, *order = NULL;
    int is_signed = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|U$p:from_bytes", names, &source, &order, &is_signed))
        return NULL;
    int little = byte_order(order);
    PyObject *bytes = little < 0 ? NULL : PyObject_Bytes(source);
    if (!bytes)
        return NULL;
    PyObject *r = _PyLong_FromByteArray((unsigned char *)PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes), little,
                                        is_signed);
    Py_DECREF(bytes);
    if (r && type != (PyObject *)&PyLong_Type) {
        PyObject *made = PyObject_CallOneArg(type, r);
        Py_DECREF(r);
        r = made;
    }
    return r;
}

/* round(self, n) for n < 0: to the nearest multiple of 10**-n, ties to even. */
static PyObject *int_round(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n > 1) {
        PyErr_Format(PyExc_TypeError, "__round__ expected at most 1 argument, got %zd", n);
        return NULL;
    }
    if (n == 0)
        return int_exact(self);
    PyObject *digits = PyNumber_Index(args[0]);
    if (!digits)
        return NULL;
    if (Py_SIZE(digits) >= 0) {
        Py_DECREF(digits);
        return int_exact(self);
    }
    PyObject *places = PyNumber_Negative(digits), *ten = int_from_i64(10), *unit = NULL, *pair = NULL, *r = NULL;
    Py_DECREF(digits);
    if (places)
        unit = int_as_number.nb_power(ten, places, Py_None);
    Py_DECREF(ten);
    Py_XDECREF(places);
    if (unit)
        pair = _PyLong_DivmodNear(self, unit);
    Py_XDECREF(unit);
    if (pair)
        r = int_as_number.nb_subtract(self, PyTuple_GET_ITEM(pair, 1));
    Py_XDECREF(pair);
    return r;
}

static PyObject *int_sizeof(PyObject *self, PyObject *unused)
{
    Py_ssize_t n = int_ndigits((PyLongObject *)self);
    return PyLong_FromSsize_t((Py_ssize_t)(offsetof(PyLongObject, ob_digit) + sizeof(digit) * (n ? n : 1)));
}

static PyObject *int_getnewargs(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("(N)", int_exact(self));
}

static PyObject *get_self(PyObject *self, void *unused) { return int_exact(self); }
static PyObject *get_constant(PyObject *self, void *value) { return int_from_i64((intptr_t)value); }

static PyGetSetDef int_getset[] = {
    {"real", get_self, NULL, "the real part of a complex number", NULL},
    {"imag", get_constant, NULL, "the imaginary part of a complex number", (void *)0},
    {"numerator", get_self, NULL, "the numerator of a rational number in lowest terms", NULL},
    {"denominator", get_constant, NULL, "the denominator of a rational number in lowest terms", (void *)1},
    {NULL},
};

static PyMethodDef int_methods[] = {
    {"conjugate", int_conjugate, METH_NOARGS, "Returns self, the complex conjugate of any int."},
    {"bit_length", int_bit_length, METH_NOARGS,
     "bit_length($self, /)\n--\n\nNumber of bits necessary to represent self in binary."},
    {"bit_count", int_bit_count, METH_NOARGS,
     "bit_count($self, /)\n--\n\nNumber of ones in the binary representation of the absolute value of self."},
    {"to_bytes", (PyCFunction)int_to_bytes, METH_VARARGS | METH_KEYWORDS,
     "to_bytes($self, /, length=1, byteorder='big', *, signed=False)\n--\n\nReturn an array of bytes representing an integer."},
    {"from_bytes", (PyCFunction)int_from_bytes, METH_VARARGS | METH_KEYWORDS | METH_CLASS,
     "from_bytes($type, /, bytes, byteorder='big', *, signed=False)\n--\n\n"
     "Return the integer represented by the given array of bytes."},
    {"as_integer_ratio", int_as_integer_ratio, METH_NOARGS,
     "as_integer_ratio($self, /)\n--\n\nReturn a pair of integers whose ratio is exactly equal to the original int."},
    {"__trunc__", int_conjugate, METH_NOARGS, "Truncating an Integral returns itself."},
    {"__floor__", int_conjugate, METH_NOARGS, "Flooring an Integral returns itself."},
    {"__ceil__", int_conjugate, METH_NOARGS, "Ceiling of an Integral returns itself."},
    {"__round__", (PyCFunction)int_round, METH_FASTCALL,
     "__round__($self, ndigits=<unrepresentable>, /)\n--\n\nRounding an Integral returns itself; with a negative count of "
     "digits, rounds to a power of ten."},
    {"__getnewargs__", int_getnewargs, METH_NOARGS, "__getnewargs__($self, /)\n--\n\n"},
    {"__format__", int_format, METH_O, "__format__($self, format_spec, /)\n--\n\n"},
    {"__sizeof__", int_sizeof, METH_NOARGS, "__sizeof__($self, /)\n--\n\nReturns size in memory, in bytes."},
    {NULL},
};

PyDoc_STRVAR(int_doc,
"int([x]) -> integer\n\
int(x, base=10) -> integer\n\
\n\
Convert a number or string to an integer, or return 0 if no arguments\n\
are given.  If x is a number, return x.__int__().  For floating point\n\
numbers, this truncates towards zero.\n\
\n\
If x is not a number or if base is given, then x must be a string,\n\
bytes, or bytearray instance representing an integer literal in the\n\
given base.  The literal can be preceded by '+' or '-' and be surrounded\n\
by whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\n\
Base 0 means to interpret the base from the string as an integer literal.\n\
>>> int('0b100', base=0)\n\
4");

PyTypeObject PyLong_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "int",
    .tp_basicsize = offsetof(PyLongObject, ob_digit),
    .tp_itemsize = sizeof(digit),
    .tp_dealloc = int_dealloc,
    .tp_repr = int_repr,
    .tp_as_number = &int_as_number,
    .tp_hash = int_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_LONG_SUBCLASS | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = int_doc,
    .tp_richcompare = int_richcompare,
    .tp_methods = int_methods,
    .tp_getset = int_getset,
    .tp_new = int_new,
    .tp_free = PyObject_Free,
    .tp_vectorcall = int_vectorcall,
};

/* ---- sys.int_info ------------------------------------------------------------------------------------------ */

static PyStructSequence_Field info_fields[] = {
    {"bits_per_digit", "size of a digit in bits"},
    {"sizeof_digit", "size in bytes of the C type used to represent a digit"},
    {"default_max_str_digits", "maximum string conversion digits limitation"},
    {"str_digits_check_threshold", "minimum positive value for int_max_str_digits"},
    {NULL, NULL},
};
static PyStructSequence_Desc info_desc = {
    "sys.int_info", "A named tuple that holds information about Python's internal representation of integers.  Read only.",
    info_fields, 4,
};

PyObject *PyLong_GetInfo(void)
{
    static PyTypeObject info_type;
    if (PyStructSequence_InitType2(&info_type, &info_desc))
        return NULL;
    PyObject *info = PyStructSequence_New(&info_type);
    const long values[] = {DIGIT_BITS, sizeof(digit), 4300, 640};
    for (int i = 0; info && i < 4; i++)
        PyStructSequence_SET_ITEM(info, i, PyLong_FromLong(values[i]));
    return info;
}
