/* float: the type, its operators, comparison and hash. */
#include "objects/float/float.h"
#include "objects/float/digits.h"
#include "objects/int/int.h"
#include "objects/int/text.h"

#include <errno.h>
#include <float.h>
#include <math.h>

PyObject *PyFloat_FromDouble(double v) { return float_from_double(v); }

static void float_dealloc(PyObject *self)
{
    if (float_is_exact(self))
        object_free_small(self);
    else
        Py_TYPE(self)->tp_free(self);
}

/* ---- conversion -------------------------------------------------------------------------------------------- */

double PyFloat_AsDouble(PyObject *o)
{
    if (!o) {
        PyErr_BadArgument();
        return -1.0;
    }
    if (PyFloat_Check(o))
        return float_value(o);
    PyNumberMethods *nb = Py_TYPE(o)->tp_as_number;
    if (!nb || !nb->nb_float) {
        if (nb && nb->nb_index) {
            PyObject *index = _PyNumber_Index(o);
            if (!index)
                return -1.0;
            double v = PyLong_AsDouble(index);
            Py_DECREF(index);
            return v;
        }
        PyErr_Format(PyExc_TypeError, "must be real number, not %.50s", Py_TYPE(o)->tp_name);
        return -1.0;
    }
    PyObject *made = nb->nb_float(o);
    if (!made)
        return -1.0;
    if (!PyFloat_CheckExact(made)) {
        int bad = !PyFloat_Check(made);
        if (bad)
            PyErr_Format(PyExc_TypeError, "%.50s.__float__ returned non-float (type %.50s)", Py_TYPE(o)->tp_name,
                         Py_TYPE(made)->tp_name);
        else
            bad = PyErr_WarnFormat(PyExc_DeprecationWarning, 1,
                                   "%.50s.__float__ returned non-float (type %.50s).  "
                                   "The ability to return an instance of a strict subclass of float is deprecated, and may not "
                                   "be supported in a future version of Python.",
                                   Py_TYPE(o)->tp_name, Py_TYPE(made)->tp_name) < 0;
        if (bad) {
            Py_DECREF(made);
            return -1.0;
        }
    }
    double v = float_value(made);
    Py_DECREF(made);
    return v;
}

/* The operand as a double: 1 in *v, 0 not a number of these kinds, -1 error set. */
static inline int as_operand(PyObject *o, double *v)
{
    if (PyFloat_Check(o)) {
        *v = float_value(o);
        return 1;
    }
    if (!PyLong_Check(o))
        return 0;
    *v = PyLong_AsDouble(o);
    return *v == -1.0 && PyErr_Occurred() ? -1 : 1;
}

#define OPERANDS(a, b, x, y)                                                   \
    double x, y;                                                               \
    do {                                                                       \
        int known = as_operand(a, &x);                                         \
        if (known > 0)                                                         \
            known = as_operand(b, &y);                                         \
        if (known < 0)                                                         \
            return NULL;                                                       \
        if (known == 0)                                                        \
            Py_RETURN_NOTIMPLEMENTED;                                          \
    } while (0)

/* ---- operators --------------------------------------------------------------------------------------------- */

static PyObject *zero_division(const char *message)
{
    PyErr_SetString(PyExc_ZeroDivisionError, message);
    return NULL;
}

static PyObject *float_add(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    return float_from_double(x + y);
}
static PyObject *float_subtract(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    return float_from_double(x - y);
}
static PyObject *float_multiply(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    return float_from_double(x * y);
}
static PyObject *float_divide(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    return y == 0.0 ? zero_division("float division by zero") : float_from_double(x / y);
}

/* Floor quotient and remainder; the remainder has the sign of y, which is not zero. */
static void floor_divmod(double x, double y, double *quotient, double *remainder)
{
    double mod = fmod(x, y), div = (x - mod) / y;
    if (mod != 0.0) {
        if ((y < 0) != (mod < 0)) {
            mod += y;
            div -= 1.0;
        }
    }
    else
        mod = copysign(0.0, y);
    if (div != 0.0) {
        double whole = floor(div);
        *quotient = div - whole > 0.5 ? whole + 1.0 : whole;
    }
    else
        *quotient = copysign(0.0, x / y);
    *remainder = mod;
}

static PyObject *float_remainder(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    if (y == 0.0)
        return zero_division("float modulo");
    double mod = fmod(x, y);
    if (mod == 0.0)
        mod = copysign(0.0, y);
    else if ((y < 0) != (mod < 0))
        mod += y;
    return float_from_double(mod);
}

static PyObject *float_floor_divide(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    if (y == 0.0)
        return zero_division("float floor division by zero");
    double q, r;
    floor_divmod(x, y, &q, &r);
    return float_from_double(q);
}

static PyObject *float_divmod(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    if (y == 0.0)
        return zero_division("float divmod()");
    double q, r;
    floor_divmod(x, y, &q, &r);
    return Py_BuildValue("(dd)", q, r);
}

static PyObject *float_power(PyObject *a, PyObject *b, PyObject *m)
{
    if (m != Py_None) {
        PyErr_SetString(PyExc_TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
        return NULL;
    }
    OPERANDS(a, b, x, y);
    if (x == 0.0 && y < 0.0 && isfinite(y))
        return zero_division("0.0 cannot be raised to a negative power");
    if (x == 0.0 && y < 0.0)
        return float_from_double(INFINITY);
    if (isfinite(x) && x < 0.0 && isfinite(y) && y != floor(y))
        return PyComplex_Type.tp_as_number->nb_power(a, b, m);
    double r = pow(x, y);
    if (isinf(r) && isfinite(x) && isfinite(y)) {
        errno = ERANGE;
        return PyErr_SetFromErrno(PyExc_OverflowError);
    }
    return float_from_double(r);
}

static PyObject *float_exact(PyObject *v)
{
    if (PyFloat_CheckExact(v)) {
        Py_INCREF(v);
        return v;
    }
    return float_from_double(float_value(v));
}
static PyObject *float_negative(PyObject *v) { return float_from_double(-float_value(v)); }
static PyObject *float_absolute(PyObject *v) { return float_from_double(fabs(float_value(v))); }
static int float_bool(PyObject *v) { return float_value(v) != 0.0; }
static PyObject *float_int(PyObject *v) { return PyLong_FromDouble(float_value(v)); }

PyNumberMethods float_as_number = {
    .nb_add = float_add,
    .nb_subtract = float_subtract,
    .nb_multiply = float_multiply,
    .nb_remainder = float_remainder,
    .nb_divmod = float_divmod,
    .nb_power = float_power,
    .nb_negative = float_negative,
    .nb_positive = float_exact,
    .nb_absolute = float_absolute,
    .nb_bool = float_bool,
    .nb_int = float_int,
    .nb_float = float_exact,
    .nb_floor_divide = float_floor_divide,
    .nb_true_divide = float_divide,
};

/* ---- comparison and hash ----------------------------------------------------------------------------------- */

/* Compares a finite double with an int, exactly: -1, 0, 1, or -2 with an error set. */
static int compare_with_int(double x, PyObject *b)
{
    int64_t small;
    if (int_as_i60(b, &small) && small <= 1LL << 53 && small >= -(1LL << 53))
        return x < (double)small ? -1 : x > (double)small;
    PyObject *whole = PyLong_FromDouble(x);
    if (!whole)
        return -2;
    int c = int_compare((PyLongObject *)whole, (PyLongObject *)b);
    Py_DECREF(whole);
    double fraction = x - trunc(x);
    if (c == 0 && fraction != 0.0)
        c = fraction < 0 ? -1 : 1;
    return c;
}

static PyObject *float_richcompare(PyObject *a, PyObject *b, int op)
{
    double x = float_value(a);
    if (PyFloat_Check(b)) {
        double y = float_value(b);
        Py_RETURN_RICHCOMPARE(x, y, op);
    }
    if (!PyLong_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    if (!isfinite(x))
        Py_RETURN_RICHCOMPARE(x, 0.0, op);
    int c = compare_with_int(x, b);
    if (c == -2)
        return NULL;
    Py_RETURN_RICHCOMPARE(c, 0, op);
}

/* The value modulo 2**61 - 1, so that equal numbers of every type hash alike. */
Py_hash_t _Py_HashDouble(PyObject *self, double v)
{
    if (!isfinite(v))
        return isinf(v) ? (v > 0 ? _PyHASH_INF : -_PyHASH_INF) : _Py_HashPointer(self);
    int e;
    double m = frexp(fabs(v), &e);
    Py_uhash_t x = 0;
    while (m != 0.0) {
        x = ((x << 28) & _PyHASH_MODULUS) | x >> (_PyHASH_BITS - 28);
        m *= 268435456.0;
        e -= 28;
        Py_uhash_t y = (Py_uhash_t)m;
        m -= (double)y;
        x += y;
        if (x >= _PyHASH_MODULUS)
            x -= _PyHASH_MODULUS;
    }
    e = e >= 0 ? e % _PyHASH_BITS : _PyHASH_BITS - 1 - ((-1 - e) % _PyHASH_BITS);
    x = ((x << e) & _PyHASH_MODULUS) | x >> (_PyHASH_BITS - e);
    if (v < 0)
        x = -x;
    return x == (Py_uhash_t)-1 ? -2 : (Py_hash_t)x;
}

static Py_hash_t float_hash(PyObject *v) { return _Py_HashDouble(v, float_value(v)); }

static PyObject *float_repr(PyObject *v)
{
    char buffer[32];
    int n = double_repr(float_value(v), buffer, 1);
    return ascii_str(buffer, n);
}

/* ---- constructor ------------------------------------------------------------------------------------------- */

static PyObject *construct(PyTypeObject *type, PyObject *x)
{
    PyObject *made = !x ? float_from_double(0.0) : PyUnicode_CheckExact(x) ? PyFloat_FromString(x) : PyNumber_Float(x);
    if (!made || type == &PyFloat_Type)
        return made;
    PyObject *self = type->tp_alloc(type, 0);
    if (self)
        ((PyFloatObject *)self)->ob_fval = float_value(made);
    Py_DECREF(made);
    return self;
}

static PyObject *float_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type->tp_init == PyFloat_Type.tp_init && kwargs && PyDict_GET_SIZE(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "float() takes no keyword arguments");
        return NULL;
    }
    PyObject *x = NULL;
    if (!PyArg_UnpackTuple(args, "float", 0, 1, &x))
        return NULL;
    return construct(type, x);
}

static PyObject *float_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (kwnames && PyTuple_GET_SIZE(kwnames)) {
        PyErr_SetString(PyExc_TypeError, "float() takes no keyword arguments");
        return NULL;
    }
    if (n > 1) {
        PyErr_Format(PyExc_TypeError, "float expected at most 1 argument, got %zd", n);
        return NULL;
    }
    return construct((PyTypeObject *)type, n ? args[0] : NULL);
}

static PyObject *get_real(PyObject *self, void *unused) { return float_exact(self); }
static PyObject *get_imag(PyObject *self, void *unused) { return float_from_double(0.0); }
static PyGetSetDef float_getset[] = {
    {"real", get_real, NULL, "the real part of a complex number", NULL},
    {"imag", get_imag, NULL, "the imaginary part of a complex number", NULL},
    {NULL},
};

PyTypeObject PyFloat_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "float",
    .tp_basicsize = sizeof(PyFloatObject),
    .tp_dealloc = float_dealloc,
    .tp_repr = float_repr,
    .tp_as_number = &float_as_number,
    .tp_hash = float_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = "float(x=0, /)\n--\n\nConvert a string or number to a floating point number, if possible.",
    .tp_richcompare = float_richcompare,
    .tp_methods = float_methods,
    .tp_getset = float_getset,
    .tp_new = float_new,
    .tp_free = PyObject_Free,
    .tp_vectorcall = float_vectorcall,
};

/* ---- sys.float_info ---------------------------------------------------------------------------------------- */

double PyFloat_GetMax(void) { return DBL_MAX; }
double PyFloat_GetMin(void) { return DBL_MIN; }
void _PyFloat_DebugMallocStats(FILE *out) { (void)out; }

static PyStructSequence_Field info_fields[] = {
    {"max", "DBL_MAX -- maximum representable finite float"},
    {"max_exp", "DBL_MAX_EXP -- maximum int e such that radix**(e-1) is representable"},
    {"max_10_exp", "DBL_MAX_10_EXP -- maximum int e such that 10**e is representable"},
    {"min", "DBL_MIN -- Minimum positive normalized float"},
    {"min_exp", "DBL_MIN_EXP -- minimum int e such that radix**(e-1) is a normalized float"},
    {"min_10_exp", "DBL_MIN_10_EXP -- minimum int e such that 10**e is a normalized float"},
    {"dig", "DBL_DIG -- maximum number of decimal digits that can be faithfully represented in a float"},
    {"mant_dig", "DBL_MANT_DIG -- mantissa digits"},
    {"epsilon", "DBL_EPSILON -- Difference between 1 and the next representable float"},
    {"radix", "FLT_RADIX -- radix of exponent"},
    {"rounds", "FLT_ROUNDS -- rounding mode used for arithmetic operations"},
    {NULL, NULL},
};
static PyStructSequence_Desc info_desc = {
    "sys.float_info", "A named tuple holding information about the float type.  Read only.", info_fields, 11,
};

PyObject *PyFloat_GetInfo(void)
{
    static PyTypeObject info_type;
    if (PyStructSequence_InitType2(&info_type, &info_desc))
        return NULL;
    PyObject *info = PyStructSequence_New(&info_type);
    if (!info)
        return NULL;
    PyObject *values[] = {
        PyFloat_FromDouble(DBL_MAX), PyLong_FromLong(DBL_MAX_EXP), PyLong_FromLong(DBL_MAX_10_EXP), PyFloat_FromDouble(DBL_MIN),
        PyLong_FromLong(DBL_MIN_EXP), PyLong_FromLong(DBL_MIN_10_EXP), PyLong_FromLong(DBL_DIG), PyLong_FromLong(DBL_MANT_DIG),
        PyFloat_FromDouble(DBL_EPSILON), PyLong_FromLong(FLT_RADIX), PyLong_FromLong(1),
    };
    for (int i = 0; i < 11; i++)
        PyStructSequence_SET_ITEM(info, i, values[i]);
    if (PyErr_Occurred())
        Py_CLEAR(info);
    return info;
}
