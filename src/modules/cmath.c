/* cmath: functions of complex numbers, by the C library's, with Python's errors.
 *
 * The library's functions follow Annex G of the C standard, which is also what Python specifies for special values. */
#include "Python.h"

#include <complex.h>
#include <errno.h>
#include <float.h>
#include <math.h>

typedef double complex Z;

static PyObject *domain_error(void)
{
    PyErr_SetString(PyExc_ValueError, "math domain error");
    return NULL;
}
static PyObject *range_error(void)
{
    PyErr_SetString(PyExc_OverflowError, "math range error");
    return NULL;
}

static int argument(PyObject *o, Z *z)
{
    Py_complex c = PyComplex_AsCComplex(o);
    *z = CMPLX(c.real, c.imag);
    return c.real == -1.0 && PyErr_Occurred() ? -1 : 0;
}
static PyObject *result(Z z) { return PyComplex_FromDoubles(creal(z), cimag(z)); }
static int all_finite(Z z) { return isfinite(creal(z)) && isfinite(cimag(z)); }
static int has_nan(Z z) { return isnan(creal(z)) || isnan(cimag(z)); }
static int has_inf(Z z) { return isinf(creal(z)) || isinf(cimag(z)); }

/* The result of an analytic function: an infinity from a finite number is an overflow. */
static PyObject *checked(Z z, Z r)
{
    return all_finite(z) && !all_finite(r) ? range_error() : result(r);
}

#define FUNCTION(name, f)                                           \
    static PyObject *cmath_##name(PyObject *module, PyObject *o)    \
    {                                                               \
        Z z;                                                        \
        return argument(o, &z) ? NULL : checked(z, f(z));           \
    }
/* Annex G lets acosh(0 + NaN i) keep an imaginary part; Python does not. */
static Z acosh_of(Z z) { return creal(z) == 0.0 && isnan(cimag(z)) ? CMPLX(NAN, NAN) : cacosh(z); }

FUNCTION(acos, cacos)
FUNCTION(acosh, acosh_of)
FUNCTION(asin, casin)
FUNCTION(asinh, casinh)
FUNCTION(sqrt, csqrt)

/* Functions that are undefined for infinities in the part that makes an angle. */
#define PERIODIC(name, f, angle, other)                                             \
    static PyObject *cmath_##name(PyObject *module, PyObject *o)                    \
    {                                                                               \
        Z z;                                                                        \
        if (argument(o, &z))                                                        \
            return NULL;                                                            \
        if (isinf(angle(z)) && !isnan(other(z)))                                    \
            return domain_error();                                                  \
        return checked(z, f(z));                                                    \
    }
PERIODIC(cos, ccos, creal, cimag)
PERIODIC(cosh, ccosh, cimag, creal)
PERIODIC(sin, csin, creal, cimag)
PERIODIC(sinh, csinh, cimag, creal)

/* The tangents have limits towards infinity in one direction, and none in the other. */
#define TANGENT(name, f, angle, other)                              \
    static PyObject *cmath_##name(PyObject *module, PyObject *o)    \
    {                                                               \
        Z z;                                                        \
        if (argument(o, &z))                                        \
            return NULL;                                            \
        if (isinf(angle(z)) && isfinite(other(z)))                  \
            return domain_error();                                  \
        if (isnan(angle(z)) && other(z) == 0.0)                     \
            return result(CMPLX(NAN, NAN));                         \
        return checked(z, f(z));                                    \
    }
TANGENT(tan, ctan, creal, cimag)
TANGENT(tanh, ctanh, cimag, creal)

static PyObject *cmath_exp(PyObject *module, PyObject *o)
{
    Z z;
    if (argument(o, &z))
        return NULL;
    if (isinf(cimag(z)) && (isfinite(creal(z)) || (isinf(creal(z)) && creal(z) > 0)))
        return domain_error();
    return checked(z, cexp(z));
}

static PyObject *cmath_atanh(PyObject *module, PyObject *o)
{
    Z z;
    if (argument(o, &z))
        return NULL;
    if (cimag(z) == 0.0 && fabs(creal(z)) == 1.0)
        return domain_error();
    return result(catanh(z));
}
static PyObject *cmath_atan(PyObject *module, PyObject *o)
{
    Z z;
    if (argument(o, &z))
        return NULL;
    if (creal(z) == 0.0 && fabs(cimag(z)) == 1.0)
        return domain_error();
    return result(catan(z));
}

/* log|z| accurate near |z| = 1 and safe from overflow. */
static Z log_of(Z z)
{
    double x = fabs(creal(z)), y = fabs(cimag(z)), r, h;
    if (!all_finite(z))
        return clog(z);
    if (x > DBL_MAX / 4 || y > DBL_MAX / 4)
        r = log(hypot(x / 2.0, y / 2.0)) + M_LN2;
    else if (x < DBL_MIN && y < DBL_MIN)
        r = log(hypot(ldexp(x, DBL_MANT_DIG), ldexp(y, DBL_MANT_DIG))) - DBL_MANT_DIG * M_LN2;
    else {
        h = hypot(x, y);
        if (0.71 <= h && h <= 1.73) {
            double large = x > y ? x : y, small = x > y ? y : x;
            r = log1p((large - 1) * (large + 1) + small * small) / 2.0;
        }
        else
            r = log(h);
    }
    return CMPLX(r, atan2(cimag(z), creal(z)));
}

static PyObject *cmath_log(PyObject *module, PyObject *args)
{
    PyObject *a, *b = NULL;
    Z z, base;
    if (!PyArg_ParseTuple(args, "O|O:log", &a, &b) || argument(a, &z) || (b && argument(b, &base)))
        return NULL;
    if (creal(z) == 0.0 && cimag(z) == 0.0)
        return domain_error();
    Z r = log_of(z);
    if (b) {
        if (creal(base) == 0.0 && cimag(base) == 0.0)
            return domain_error();
        Z d = log_of(base);
        errno = 0;
        Py_complex q = _Py_c_quot((Py_complex){creal(r), cimag(r)}, (Py_complex){creal(d), cimag(d)});
        if (errno == EDOM)
            return domain_error();
        r = CMPLX(q.real, q.imag);
    }
    return result(r);
}
static PyObject *cmath_log10(PyObject *module, PyObject *o)
{
    Z z;
    if (argument(o, &z))
        return NULL;
    if (creal(z) == 0.0 && cimag(z) == 0.0)
        return domain_error();
    Z r = log_of(z);
    return result(CMPLX(creal(r) / M_LN10, cimag(r) / M_LN10));
}

static PyObject *cmath_phase(PyObject *module, PyObject *o)
{
    Z z;
    return argument(o, &z) ? NULL : PyFloat_FromDouble(atan2(cimag(z), creal(z)));
}
static PyObject *cmath_polar(PyObject *module, PyObject *o)
{
    Z z;
    if (argument(o, &z))
        return NULL;
    double r = _Py_c_abs((Py_complex){creal(z), cimag(z)});
    if (errno == ERANGE)
        return range_error();
    return Py_BuildValue("dd", r, atan2(cimag(z), creal(z)));
}
static PyObject *cmath_rect(PyObject *module, PyObject *args)
{
    double r, phi;
    if (!PyArg_ParseTuple(args, "dd:rect", &r, &phi))
        return NULL;
    if (isinf(phi) && r != 0.0 && !isnan(r))
        return domain_error();
    if (isinf(r) && isnan(phi))
        return PyComplex_FromDoubles(INFINITY, NAN);
    if (phi == 0.0)
        return PyComplex_FromDoubles(r, r * phi == r * phi ? r * phi : copysign(0.0, isinf(r) ? phi * copysign(1.0, r) : phi));
    if (r == 0.0 && !isfinite(phi))
        return PyComplex_FromDoubles(0.0, 0.0);
    return PyComplex_FromDoubles(r * cos(phi), r * sin(phi));
}

#define PREDICATE(name, expression)                              \
    static PyObject *cmath_##name(PyObject *module, PyObject *o) \
    {                                                            \
        Z z;                                                     \
        return argument(o, &z) ? NULL : PyBool_FromLong(expression); \
    }
PREDICATE(isfinite, all_finite(z))
PREDICATE(isinf, has_inf(z))
PREDICATE(isnan, has_nan(z))

static PyObject *cmath_isclose(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"a", "b", "rel_tol", "abs_tol", NULL};
    Py_complex a, b;
    double relative = 1e-09, absolute = 0.0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "DD|$dd:isclose", names, &a, &b, &relative, &absolute))
        return NULL;
    if (relative < 0.0 || absolute < 0.0) {
        PyErr_SetString(PyExc_ValueError, "tolerances must be non-negative");
        return NULL;
    }
    if (a.real == b.real && a.imag == b.imag)
        Py_RETURN_TRUE;
    if (isinf(a.real) || isinf(a.imag) || isinf(b.real) || isinf(b.imag))
        Py_RETURN_FALSE;
    double d = _Py_c_abs(_Py_c_diff(a, b));
    return PyBool_FromLong(d <= relative * _Py_c_abs(b) || d <= relative * _Py_c_abs(a) || d <= absolute);
}

#define ONE(name, doc) {#name, cmath_##name, METH_O, #name "($module, z, /)\n--\n\n" doc}
static PyMethodDef functions[] = {
    ONE(acos, "Return the arc cosine of z."),
    ONE(acosh, "Return the inverse hyperbolic cosine of z."),
    ONE(asin, "Return the arc sine of z."),
    ONE(asinh, "Return the inverse hyperbolic sine of z."),
    ONE(atan, "Return the arc tangent of z."),
    ONE(atanh, "Return the inverse hyperbolic tangent of z."),
    ONE(cos, "Return the cosine of z."),
    ONE(cosh, "Return the hyperbolic cosine of z."),
    ONE(exp, "Return the exponential value e**z."),
    {"isclose", (PyCFunction)cmath_isclose, METH_VARARGS | METH_KEYWORDS,
     "isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)\n--\n\nDetermine whether two complex numbers are close in value."},
    ONE(isfinite, "Return True if both the real and imaginary parts of z are finite, else False."),
    ONE(isinf, "Checks if the real or imaginary part of z is infinite."),
    ONE(isnan, "Checks if the real or imaginary part of z not a number (NaN)."),
    {"log", cmath_log, METH_VARARGS, "log($module, z, base=<unrepresentable>, /)\n--\n\nlog(z[, base]) -> the logarithm of z to the given base."},
    ONE(log10, "Return the base-10 logarithm of z."),
    ONE(phase, "Return argument, also known as the phase angle, of a complex."),
    ONE(polar, "Convert a complex from rectangular coordinates to polar coordinates."),
    {"rect", cmath_rect, METH_VARARGS, "rect($module, r, phi, /)\n--\n\nConvert from polar coordinates to rectangular coordinates."},
    ONE(sin, "Return the sine of z."),
    ONE(sinh, "Return the hyperbolic sine of z."),
    ONE(sqrt, "Return the square root of z."),
    ONE(tan, "Return the tangent of z."),
    ONE(tanh, "Return the hyperbolic tangent of z."),
    {NULL},
};

static int module_exec(PyObject *module)
{
    const struct { const char *name; double value; } constants[] = {
        {"pi", M_PI}, {"e", M_E}, {"tau", 2.0 * M_PI}, {"inf", INFINITY}, {"nan", NAN}};
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (PyModule_AddObject(module, constants[i].name, PyFloat_FromDouble(constants[i].value)))
            return -1;
    if (PyModule_AddObject(module, "infj", PyComplex_FromDoubles(0.0, INFINITY)))
        return -1;
    return PyModule_AddObject(module, "nanj", PyComplex_FromDoubles(0.0, NAN));
}
static PyModuleDef_Slot slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "cmath", "This module provides access to mathematical functions for complex\nnumbers.", 0, functions, slots, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_cmath(void) { return PyModuleDef_Init(&definition); }
