/* complex: a pair of doubles. */
#include "Python.h"
#include "structmember.h"

#include "objects/float/digits.h"
#include "objects/float/float.h"
#include "objects/int/format.h"
#include "objects/int/text.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>

#define VALUE(o) (((PyComplexObject *)(o))->cval)

/* ---- arithmetic on Py_complex ------------------------------------------------------------------------------ */

Py_complex _Py_c_sum(Py_complex a, Py_complex b) { return (Py_complex){a.real + b.real, a.imag + b.imag}; }
Py_complex _Py_c_diff(Py_complex a, Py_complex b) { return (Py_complex){a.real - b.real, a.imag - b.imag}; }
Py_complex _Py_c_neg(Py_complex a) { return (Py_complex){-a.real, -a.imag}; }
Py_complex _Py_c_prod(Py_complex a, Py_complex b)
{
    return (Py_complex){a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real};
}

/* Smith's method: divides by the larger part first, so that nothing overflows early.  errno is EDOM for a zero divisor. */
Py_complex _Py_c_quot(Py_complex a, Py_complex b)
{
    double br = fabs(b.real), bi = fabs(b.imag);
    if (br >= bi) {
        if (br == 0.0) {
            errno = EDOM;
            return (Py_complex){0.0, 0.0};
        }
        double ratio = b.imag / b.real, d = b.real + b.imag * ratio;
        return (Py_complex){(a.real + a.imag * ratio) / d, (a.imag - a.real * ratio) / d};
    }
    if (bi >= br) {
        double ratio = b.real / b.imag, d = b.real * ratio + b.imag;
        return (Py_complex){(a.real * ratio + a.imag) / d, (a.imag * ratio - a.real) / d};
    }
    return (Py_complex){NAN, NAN};
}

Py_complex _Py_c_pow(Py_complex a, Py_complex b)
{
    if (b.real == 0.0 && b.imag == 0.0)
        return (Py_complex){1.0, 0.0};
    if (a.real == 0.0 && a.imag == 0.0) {
        if (b.imag != 0.0 || b.real < 0.0)
            errno = EDOM;
        return (Py_complex){0.0, 0.0};
    }
    double magnitude = hypot(a.real, a.imag), length = pow(magnitude, b.real), angle = atan2(a.imag, a.real);
    double phase = angle * b.real;
    if (b.imag != 0.0) {
        length /= exp(angle * b.imag);
        phase += b.imag * log(magnitude);
    }
    Py_complex r = {length * cos(phase), length * sin(phase)};
    if (isinf(r.real) || isinf(r.imag))
        errno = errno ? errno : ERANGE;
    else if (errno == ERANGE)
        errno = 0;  /* an underflow on the way */
    return r;
}

double _Py_c_abs(Py_complex z)
{
    errno = 0;
    if (isinf(z.real) || isinf(z.imag))
        return INFINITY;
    if (isnan(z.real) || isnan(z.imag))
        return NAN;
    double r = hypot(z.real, z.imag);
    if (!isfinite(r))
        errno = ERANGE;
    return r;
}

/* Integer powers by repeated squaring. */
static Py_complex power_int(Py_complex x, long n)
{
    Py_complex r = {1.0, 0.0}, p = x;
    long m = n < 0 ? -n : n;
    for (long mask = 1; mask > 0 && m >= mask; mask <<= 1) {
        if (m & mask)
            r = _Py_c_prod(r, p);
        p = _Py_c_prod(p, p);
    }
    return n > 0 ? r : _Py_c_quot((Py_complex){1.0, 0.0}, r);
}

/* ---- the C API --------------------------------------------------------------------------------------------- */

PyObject *PyComplex_FromCComplex(Py_complex v)
{
    PyComplexObject *o = object_alloc(sizeof(PyComplexObject));
    if (!o)
        return PyErr_NoMemory();
    Py_SET_TYPE(o, &PyComplex_Type);
    Py_SET_REFCNT(o, 1);
    o->cval = v;
    return (PyObject *)o;
}
PyObject *PyComplex_FromDoubles(double re, double im) { return PyComplex_FromCComplex((Py_complex){re, im}); }

double PyComplex_RealAsDouble(PyObject *o) { return PyComplex_Check(o) ? VALUE(o).real : PyFloat_AsDouble(o); }
double PyComplex_ImagAsDouble(PyObject *o) { return PyComplex_Check(o) ? VALUE(o).imag : 0.0; }

/* o.__complex__(): new complex, NULL without an error when the type has none. */
static PyObject *call_complex(PyObject *o)
{
    if (PyComplex_CheckExact(o))
        return Py_NewRef(o);
    _Py_IDENTIFIER(__complex__);
    PyObject *method = _PyObject_LookupSpecialId(o, &PyId___complex__);
    if (!method)
        return NULL;
    PyObject *r = PyObject_CallNoArgs(method);
    Py_DECREF(method);
    if (!r || PyComplex_CheckExact(r))
        return r;
    int bad = !PyComplex_Check(r);
    if (bad)
        PyErr_Format(PyExc_TypeError, "__complex__ returned non-complex (type %.200s)", Py_TYPE(r)->tp_name);
    else
        bad = PyErr_WarnFormat(PyExc_DeprecationWarning, 1,
                               "__complex__ returned non-complex (type %.200s).  The ability to return an instance of a strict "
                               "subclass of complex is deprecated, and may not be supported in a future version of Python.",
                               Py_TYPE(r)->tp_name) < 0;
    if (bad)
        Py_CLEAR(r);
    return r;
}

Py_complex PyComplex_AsCComplex(PyObject *o)
{
    if (PyComplex_Check(o))
        return VALUE(o);
    PyObject *made = call_complex(o);
    if (made) {
        Py_complex v = VALUE(made);
        Py_DECREF(made);
        return v;
    }
    if (PyErr_Occurred())
        return (Py_complex){-1.0, 0.0};
    return (Py_complex){PyFloat_AsDouble(o), 0.0};
}

/* ---- operators --------------------------------------------------------------------------------------------- */

/* 1 converted, 0 not a number of these kinds, -1 error set. */
static int as_operand(PyObject *o, Py_complex *v)
{
    v->imag = 0.0;
    if (PyComplex_Check(o))
        *v = VALUE(o);
    else if (PyFloat_Check(o))
        v->real = PyFloat_AS_DOUBLE(o);
    else if (PyLong_Check(o)) {
        v->real = PyLong_AsDouble(o);
        if (v->real == -1.0 && PyErr_Occurred())
            return -1;
    }
    else
        return 0;
    return 1;
}

#define OPERANDS(a, b, x, y)                    \
    Py_complex x, y;                            \
    do {                                        \
        int known = as_operand(a, &x);          \
        if (known > 0)                          \
            known = as_operand(b, &y);          \
        if (known < 0)                          \
            return NULL;                        \
        if (known == 0)                         \
            Py_RETURN_NOTIMPLEMENTED;           \
    } while (0)

static PyObject *complex_add(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    return PyComplex_FromCComplex(_Py_c_sum(x, y));
}
static PyObject *complex_subtract(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    return PyComplex_FromCComplex(_Py_c_diff(x, y));
}
static PyObject *complex_multiply(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    return PyComplex_FromCComplex(_Py_c_prod(x, y));
}
static PyObject *complex_divide(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    errno = 0;
    Py_complex r = _Py_c_quot(x, y);
    if (errno == EDOM) {
        PyErr_SetString(PyExc_ZeroDivisionError, "complex division by zero");
        return NULL;
    }
    return PyComplex_FromCComplex(r);
}

static PyObject *complex_power(PyObject *a, PyObject *b, PyObject *m)
{
    OPERANDS(a, b, x, y);
    if (m != Py_None) {
        PyErr_SetString(PyExc_ValueError, "complex modulo");
        return NULL;
    }
    errno = 0;
    Py_complex r;
    if (y.imag == 0.0 && y.real == floor(y.real) && fabs(y.real) <= 100.0) {
        r = y.real == 0.0 ? (Py_complex){1.0, 0.0} : power_int(x, (long)y.real);
        if (isinf(r.real) || isinf(r.imag))
            errno = ERANGE;
    }
    else
        r = _Py_c_pow(x, y);
    if (errno == EDOM) {
        PyErr_SetString(PyExc_ZeroDivisionError, "0.0 to a negative or complex power");
        return NULL;
    }
    if (errno == ERANGE) {
        PyErr_SetString(PyExc_OverflowError, "complex exponentiation");
        return NULL;
    }
    return PyComplex_FromCComplex(r);
}

static PyObject *complex_negative(PyObject *v) { return PyComplex_FromCComplex(_Py_c_neg(VALUE(v))); }
static PyObject *complex_positive(PyObject *v)
{
    return PyComplex_CheckExact(v) ? Py_NewRef(v) : PyComplex_FromCComplex(VALUE(v));
}
static PyObject *complex_absolute(PyObject *v)
{
    double r = _Py_c_abs(VALUE(v));
    if (errno == ERANGE) {
        PyErr_SetString(PyExc_OverflowError, "absolute value too large");
        return NULL;
    }
    return PyFloat_FromDouble(r);
}
static int complex_bool(PyObject *v) { return VALUE(v).real != 0.0 || VALUE(v).imag != 0.0; }

static PyNumberMethods complex_as_number = {
    .nb_add = complex_add, .nb_subtract = complex_subtract, .nb_multiply = complex_multiply, .nb_power = complex_power,
    .nb_negative = complex_negative, .nb_positive = complex_positive, .nb_absolute = complex_absolute, .nb_bool = complex_bool,
    .nb_true_divide = complex_divide,
};

static PyObject *complex_richcompare(PyObject *a, PyObject *b, int op)
{
    Py_complex x = VALUE(a);
    int equal;
    if (op != Py_EQ && op != Py_NE)
        Py_RETURN_NOTIMPLEMENTED;
    if (PyComplex_Check(b))
        equal = x.real == VALUE(b).real && x.imag == VALUE(b).imag;
    else if (PyFloat_Check(b))
        equal = x.real == PyFloat_AS_DOUBLE(b) && x.imag == 0.0;
    else if (PyLong_Check(b)) {
        PyObject *re = PyFloat_FromDouble(x.real);
        equal = re && x.imag == 0.0 ? PyObject_RichCompareBool(re, b, Py_EQ) : re ? 0 : -1;
        Py_XDECREF(re);
        if (equal < 0)
            return NULL;
    }
    else
        Py_RETURN_NOTIMPLEMENTED;
    return PyBool_FromLong(equal == (op == Py_EQ));
}

static Py_hash_t complex_hash(PyObject *v)
{
    Py_uhash_t re = (Py_uhash_t)_Py_HashDouble(v, VALUE(v).real), im = (Py_uhash_t)_Py_HashDouble(v, VALUE(v).imag);
    Py_uhash_t r = re + _PyHASH_IMAG * im;
    return r == (Py_uhash_t)-1 ? -2 : (Py_hash_t)r;
}

static PyObject *complex_repr(PyObject *v)
{
    Py_complex z = VALUE(v);
    char text[80], *p = text;
    if (z.real == 0.0 && !signbit(z.real)) {
        p += double_repr(z.imag, p, 0);
        *p++ = 'j';
    }
    else {
        *p++ = '(';
        p += double_repr(z.real, p, 0);
        if (!signbit(z.imag) || isnan(z.imag))
            *p++ = '+';
        p += double_repr(z.imag, p, 0);
        *p++ = 'j';
        *p++ = ')';
    }
    return ascii_str(text, p - text);
}

/* ---- constructor ------------------------------------------------------------------------------------------- */

static PyObject *instance_of(PyTypeObject *type, Py_complex v)
{
    if (type == &PyComplex_Type)
        return PyComplex_FromCComplex(v);
    PyObject *self = type->tp_alloc(type, 0);
    if (self)
        VALUE(self) = v;
    return self;
}

/* Reads one signed number; *end is s when there is none. */
static double read_part(const char *s, char **end)
{
    double v = PyOS_string_to_double(s, end, NULL);
    if (v == -1.0 && PyErr_ExceptionMatches(PyExc_ValueError))
        PyErr_Clear();
    return v;
}

/* Reads "a", "bj", "a+bj", with blanks and parentheses around; 0, or -1 if malformed (no error set). */
static int parse(const char *s, Py_ssize_t size, Py_complex *out)
{
    const char *stop = s + size;
    char *end;
    int bracket = 0;
    double re = 0.0, im = 0.0, first;
    while (Py_ISSPACE(*s))
        s++;
    if (*s == '(') {
        bracket = 1;
        s++;
        while (Py_ISSPACE(*s))
            s++;
    }
    PyErr_Clear();
    first = read_part(s, &end);
    if (end != s) {
        s = end;
        if (*s == '+' || *s == '-') {
            re = first;
            im = read_part(s, &end);
            if (end != s)
                s = end;
            else {
                im = *s == '+' ? 1.0 : -1.0;
                s++;
            }
            if (!(*s == 'j' || *s == 'J'))
                return -1;
            s++;
        }
        else if (*s == 'j' || *s == 'J') {
            s++;
            im = first;
        }
        else
            re = first;
    }
    else {
        im = 1.0;
        if (*s == '+' || *s == '-')
            im = *s++ == '+' ? 1.0 : -1.0;
        if (!(*s == 'j' || *s == 'J'))
            return -1;
        s++;
    }
    while (Py_ISSPACE(*s))
        s++;
    if (bracket) {
        if (*s != ')')
            return -1;
        s++;
        while (Py_ISSPACE(*s))
            s++;
    }
    *out = (Py_complex){re, im};
    return s == stop ? 0 : -1;
}

/* Copies text without underscores between digits; -1 when one stands elsewhere. */
static Py_ssize_t drop_underscores(char *out, const char *text, Py_ssize_t n)
{
    char previous = 0, *p = out;
    for (Py_ssize_t i = 0; i < n; i++) {
        char c = text[i];
        int digit_now = c >= '0' && c <= '9';
        if ((c == '_' && !(previous >= '0' && previous <= '9')) || (previous == '_' && !digit_now))
            return -1;
        if (c != '_')
            *p++ = c;
        previous = c;
    }
    *p = 0;
    return previous == '_' ? -1 : p - out;
}

static PyObject *from_text(PyTypeObject *type, PyObject *str)
{
    char *owned;
    Py_ssize_t size;
    const char *text = number_text(str, &size, &owned);
    if (!text)
        return NULL;
    Py_complex v;
    int bad = 1;
    Py_ssize_t n = 0;
    char *copy = PyMem_Malloc((size_t)size + 1);
    if (copy) {
        n = drop_underscores(copy, text, size);
        bad = n < 0 || parse(copy, n, &v);
    }
    PyMem_Free(owned);
    PyMem_Free(copy);
    if (!copy)
        return PyErr_NoMemory();
    if (n < 0) {
        PyErr_Format(PyExc_ValueError, "could not convert string to complex: %R", str);
        return NULL;
    }
    if (bad) {
        PyErr_SetString(PyExc_ValueError, "complex() arg is a malformed string");
        return NULL;
    }
    return instance_of(type, v);
}

static int has_float(PyObject *o)
{
    PyNumberMethods *nb = Py_TYPE(o)->tp_as_number;
    return nb && (nb->nb_float || nb->nb_index);
}

static PyObject *construct(PyTypeObject *type, PyObject *r, PyObject *i)
{
    if (r && !i && PyComplex_CheckExact(r) && type == &PyComplex_Type)
        return Py_NewRef(r);
    if (r && PyUnicode_Check(r)) {
        if (i) {
            PyErr_SetString(PyExc_TypeError, "complex() can't take second arg if first is a string");
            return NULL;
        }
        return from_text(type, r);
    }
    if (i && PyUnicode_Check(i)) {
        PyErr_SetString(PyExc_TypeError, "complex() second arg can't be a string");
        return NULL;
    }
    Py_complex re = {0.0, 0.0}, im = {0.0, 0.0};
    int real_is_complex = 0, imag_is_complex = 0;
    if (r) {
        PyObject *made = PyComplex_CheckExact(r) ? NULL : call_complex(r);
        if (!made && PyErr_Occurred())
            return NULL;
        PyObject *source = made ? made : r;
        if (!PyComplex_Check(source) && !has_float(source)) {
            PyErr_Format(PyExc_TypeError, "complex() first argument must be a string or a number, not '%.200s'",
                         Py_TYPE(source)->tp_name);
            Py_XDECREF(made);
            return NULL;
        }
        real_is_complex = PyComplex_Check(source);
        if (real_is_complex)
            re = VALUE(source);
        else
            re.real = PyFloat_AsDouble(source);
        Py_XDECREF(made);
        if (PyErr_Occurred())
            return NULL;
    }
    if (i) {
        if (!PyComplex_Check(i) && !has_float(i)) {
            PyErr_Format(PyExc_TypeError, "complex() second argument must be a number, not '%.200s'", Py_TYPE(i)->tp_name);
            return NULL;
        }
        imag_is_complex = PyComplex_Check(i);
        if (imag_is_complex)
            im = VALUE(i);
        else
            im.real = PyFloat_AsDouble(i);
        if (PyErr_Occurred())
            return NULL;
    }
    else
        im.real = re.imag;
    Py_complex v = {re.real, im.real};
    if (i && imag_is_complex)
        v.real -= im.imag;
    if (i && real_is_complex)
        v.imag += re.imag;
    return instance_of(type, v);
}

static PyObject *complex_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"real", "imag", NULL};
    PyObject *r = NULL, *i = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OO:complex", names, &r, &i))
        return NULL;
    return construct(type, r, i);
}

/* ---- methods ----------------------------------------------------------------------------------------------- */

static PyObject *complex_conjugate(PyObject *self, PyObject *unused)
{
    return PyComplex_FromDoubles(VALUE(self).real, -VALUE(self).imag);
}
static PyObject *complex_getnewargs(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("(dd)", VALUE(self).real, VALUE(self).imag);
}
static PyObject *complex_complex(PyObject *self, PyObject *unused) { return complex_positive(self); }
static PyMethodDef complex_methods[] = {
    {"conjugate", complex_conjugate, METH_NOARGS,
     "conjugate($self, /)\n--\n\nReturn the complex conjugate of its argument. (3-4j).conjugate() == 3+4j."},
    {"__complex__", complex_complex, METH_NOARGS,
     "__complex__($self, /)\n--\n\nConvert this value to exact type complex."},
    {"__getnewargs__", complex_getnewargs, METH_NOARGS, "__getnewargs__($self, /)\n--\n\n"},
    {"__format__", complex_format, METH_O, "__format__($self, format_spec, /)\n--\n\nConvert to a string according to format_spec."},
    {NULL},
};

static PyMemberDef complex_members[] = {
    {"real", T_DOUBLE, offsetof(PyComplexObject, cval.real), READONLY, "the real part of a complex number"},
    {"imag", T_DOUBLE, offsetof(PyComplexObject, cval.imag), READONLY, "the imaginary part of a complex number"},
    {NULL},
};

PyTypeObject PyComplex_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "complex",
    .tp_basicsize = sizeof(PyComplexObject),
    .tp_repr = complex_repr,
    .tp_as_number = &complex_as_number,
    .tp_hash = complex_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "complex(real=0, imag=0)\n--\n\n"
              "Create a complex number from a real part and an optional imaginary part.\n\n"
              "This is equivalent to (real + imag*1j) where imag defaults to 0.",
    .tp_richcompare = complex_richcompare,
    .tp_methods = complex_methods,
    .tp_members = complex_members,
    .tp_new = complex_new,
    .tp_free = PyObject_Free,
};
