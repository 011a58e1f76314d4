/* math: functions of real numbers.
 *
 * The C library computes; what it says about domain and range (NaN from a number, infinity from a finite one) becomes
 * ValueError "math domain error" and OverflowError "math range error". */
#include "Python.h"
#include "objects/int/int.h"

#include <errno.h>
#include <float.h>
#include <math.h>

#ifndef M_PI
#define M_PI 3.14159265358979323846
#endif

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

static int argument(PyObject *o, double *x)
{
    if (PyFloat_CheckExact(o)) {
        *x = PyFloat_AS_DOUBLE(o);
        return 0;
    }
    *x = PyFloat_AsDouble(o);
    return *x == -1.0 && PyErr_Occurred() ? -1 : 0;
}

static int check_count(const char *name, Py_ssize_t n, Py_ssize_t min, Py_ssize_t max)
{
    if (n >= min && n <= max)
        return 0;
    Py_ssize_t bound = n < min ? min : max;
    PyErr_Format(PyExc_TypeError, "%s expected %s%zd argument%s, got %zd", name, min == max ? "" : n < min ? "at least " : "at most ",
                 bound, bound == 1 ? "" : "s", n);
    return -1;
}

/* ---- functions of one argument ------------------------------------------------------------------------------- */

/* The result of f(x): an infinity from a finite x is an overflow where that can be, else a pole. */
static PyObject *checked(double x, double r, int can_overflow)
{
    if (isnan(r) && !isnan(x))
        return domain_error();
    if (isinf(r) && isfinite(x))
        return can_overflow ? range_error() : domain_error();
    return PyFloat_FromDouble(r);
}

#define FUNCTION(name, expression, can_overflow)                 \
    static PyObject *math_##name(PyObject *module, PyObject *o)  \
    {                                                            \
        double x;                                                \
        if (argument(o, &x))                                     \
            return NULL;                                         \
        return checked(x, expression, can_overflow);             \
    }
FUNCTION(acos, acos(x), 0)
FUNCTION(acosh, acosh(x), 0)
FUNCTION(asin, asin(x), 0)
FUNCTION(asinh, asinh(x), 0)
FUNCTION(atan, atan(x), 0)
FUNCTION(atanh, atanh(x), 0)
FUNCTION(cbrt, cbrt(x), 0)
FUNCTION(cos, cos(x), 0)
FUNCTION(cosh, cosh(x), 1)
FUNCTION(erf, erf(x), 0)
FUNCTION(erfc, erfc(x), 0)
FUNCTION(exp, exp(x), 1)
FUNCTION(exp2, exp2(x), 1)
FUNCTION(expm1, expm1(x), 1)
FUNCTION(fabs, fabs(x), 0)
FUNCTION(log1p, log1p(x), 0)
FUNCTION(sin, sin(x), 0)
FUNCTION(sinh, sinh(x), 1)
FUNCTION(sqrt, sqrt(x), 0)
FUNCTION(tan, tan(x), 0)
FUNCTION(tanh, tanh(x), 0)
FUNCTION(degrees, x * (180.0 / M_PI), 1)
FUNCTION(radians, x * (M_PI / 180.0), 0)

#define PREDICATE(name, expression)                              \
    static PyObject *math_##name(PyObject *module, PyObject *o)  \
    {                                                            \
        double x;                                                \
        return argument(o, &x) ? NULL : PyBool_FromLong(expression); \
    }
PREDICATE(isfinite, isfinite(x))
PREDICATE(isinf, isinf(x) != 0)
PREDICATE(isnan, isnan(x))

/* ---- gamma --------------------------------------------------------------------------------------------------- */

/* Lanczos' sum with g = 6.0246..., as a rational function of integer-valued coefficients. */
#define LANCZOS 13
static const double lanczos_g = 6.024680040776729583740234375, lanczos_g_minus_half = 5.524680040776729583740234375;
static const double lanczos_top[LANCZOS] = {
    23531376880.410759688572007674451636754734846804940, 42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843, 17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708, 1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801, 31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768, 186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024, 210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408};
static const double lanczos_bottom[LANCZOS] = {0.0, 39916800.0, 120543840.0, 150917976.0, 105258076.0, 45995730.0, 13339535.0,
                                               2637558.0, 357423.0, 32670.0, 1925.0, 66.0, 1.0};

static double lanczos_sum(double x)
{
    double top = 0.0, bottom = 0.0;
    if (x < 5.0)
        for (int i = LANCZOS; --i >= 0;) {
            top = top * x + lanczos_top[i];
            bottom = bottom * x + lanczos_bottom[i];
        }
    else
        for (int i = 0; i < LANCZOS; i++) {
            top = top / x + lanczos_top[i];
            bottom = bottom / x + lanczos_bottom[i];
        }
    return top / bottom;
}

/* sin(pi x), exact at integers and half-integers. */
static double sin_pi(double x)
{
    double y = fmod(fabs(x), 2.0), r;
    switch ((int)round(2.0 * y)) {
    case 0: r = sin(M_PI * y); break;
    case 1: r = cos(M_PI * (y - 0.5)); break;
    case 2: r = sin(M_PI * (1.0 - y)); break;
    case 3: r = -cos(M_PI * (y - 1.5)); break;
    default: r = sin(M_PI * (y - 2.0)); break;
    }
    return copysign(1.0, x) * r;
}

/* Gamma of x; a pole or infinity is for the caller to judge. */
static double gamma_of(double x)
{
    static const double factorials[23] = {1.0, 1.0, 2.0, 6.0, 24.0, 120.0, 720.0, 5040.0, 40320.0, 362880.0, 3628800.0, 39916800.0,
        479001600.0, 6227020800.0, 87178291200.0, 1307674368000.0, 20922789888000.0, 355687428096000.0, 6402373705728000.0,
        121645100408832000.0, 2432902008176640000.0, 51090942171709440000.0, 1124000727777607680000.0};
    if (x == floor(x) && x >= 1.0 && x <= 23.0)
        return factorials[(int)x - 1];
    double a = fabs(x);
    if (a < 1e-20)
        return 1.0 / x;
    if (a > 200.0)
        return x < 0.0 ? 0.0 / sin_pi(x) : INFINITY;
    double y = a + lanczos_g_minus_half, z, r;
    if (a > lanczos_g_minus_half) {
        double q = y - a;
        z = q - lanczos_g_minus_half;
    }
    else {
        double q = y - lanczos_g_minus_half;
        z = q - a;
    }
    z = z * lanczos_g / y;
    if (x < 0.0) {
        r = -M_PI / sin_pi(a) / a * exp(y) / lanczos_sum(a);
        r -= z * r;
        if (a < 140.0)
            r /= pow(y, a - 0.5);
        else {
            double s = pow(y, a / 2.0 - 0.25);
            r = r / s / s;
        }
    }
    else {
        r = lanczos_sum(a) / exp(y);
        r += z * r;
        if (a < 140.0)
            r *= pow(y, a - 0.5);
        else {
            double s = pow(y, a / 2.0 - 0.25);
            r = r * s * s;
        }
    }
    return r;
}

static PyObject *math_gamma(PyObject *module, PyObject *o)
{
    double x;
    if (argument(o, &x))
        return NULL;
    if (!isfinite(x))
        return isnan(x) || x > 0.0 ? PyFloat_FromDouble(x) : domain_error();
    if (x == floor(x) && x <= 0.0)
        return domain_error();
    double r = gamma_of(x);
    return isinf(r) ? range_error() : PyFloat_FromDouble(r);
}

static PyObject *math_lgamma(PyObject *module, PyObject *o)
{
    double x;
    if (argument(o, &x))
        return NULL;
    if (!isfinite(x))
        return PyFloat_FromDouble(isnan(x) ? x : INFINITY);
    if (x == floor(x) && x <= 2.0)
        return x <= 0.0 ? domain_error() : PyFloat_FromDouble(0.0);
    double a = fabs(x), r;
    if (a < 1e-20)
        return PyFloat_FromDouble(-log(a));
    r = log(lanczos_sum(a)) - lanczos_g;
    r += (a - 0.5) * (log(a + lanczos_g - 0.5) - 1);
    if (x < 0.0)
        r = 1.1447298858494001741434273513530587116472948129153115715136230714721 - log(fabs(sin_pi(a))) - log(a) - r;
    return isinf(r) ? range_error() : PyFloat_FromDouble(r);
}

/* ---- logarithms ---------------------------------------------------------------------------------------------- */

/* log of x by `f`; ints of any size. */
static PyObject *log_by(PyObject *o, double (*f)(double))
{
    double x;
    if (PyLong_Check(o)) {
        if (Py_SIZE(o) <= 0)
            return domain_error();
        x = PyLong_AsDouble(o);
        if (x == -1.0 && PyErr_Occurred()) {
            if (!PyErr_ExceptionMatches(PyExc_OverflowError))
                return NULL;
            PyErr_Clear();
            Py_ssize_t e;
            x = _PyLong_Frexp((PyLongObject *)o, &e);
            return PyFloat_FromDouble(f(x) + f(2.0) * (double)e);
        }
        return PyFloat_FromDouble(f(x));
    }
    if (argument(o, &x))
        return NULL;
    if (x <= 0.0 || isnan(x))
        return isnan(x) ? PyFloat_FromDouble(x) : domain_error();
    return PyFloat_FromDouble(f(x));
}

static PyObject *math_log(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (n < 1 || n > 2) {
        PyErr_SetString(PyExc_TypeError, "math.log requires 1 to 2 arguments");
        return NULL;
    }
    PyObject *top = log_by(args[0], log), *bottom, *r;
    if (!top || n == 1)
        return top;
    bottom = log_by(args[1], log);
    r = bottom ? PyNumber_TrueDivide(top, bottom) : NULL;
    Py_DECREF(top);
    Py_XDECREF(bottom);
    return r;
}
static PyObject *math_log2(PyObject *module, PyObject *o) { return log_by(o, log2); }
static PyObject *math_log10(PyObject *module, PyObject *o) { return log_by(o, log10); }

/* ---- functions of two arguments ------------------------------------------------------------------------------- */

static int two(const char *name, PyObject *const *args, Py_ssize_t n, double *x, double *y)
{
    return check_count(name, n, 2, 2) || argument(args[0], x) || argument(args[1], y) ? -1 : 0;
}

#define TWO(name, body)                                                                  \
    static PyObject *math_##name(PyObject *module, PyObject *const *args, Py_ssize_t n)  \
    {                                                                                    \
        double x, y, r;                                                                  \
        if (two(#name, args, n, &x, &y))                                                 \
            return NULL;                                                                 \
        body                                                                             \
        return PyFloat_FromDouble(r);                                                    \
    }
TWO(atan2, r = atan2(x, y);)
TWO(copysign, r = copysign(x, y);)
TWO(nextafter, r = nextafter(x, y);)
TWO(fmod,
    if (isinf(y) && isfinite(x)) return PyFloat_FromDouble(x);
    r = fmod(x, y);
    if (isnan(r) && !isnan(x) && !isnan(y)) return domain_error();)
TWO(remainder,
    r = remainder(x, y);
    if (isnan(r) && !isnan(x) && !isnan(y)) return domain_error();)
TWO(pow,
    r = pow(x, y);
    if (isfinite(x) && isfinite(y) && !isfinite(r)) return isnan(r) || x == 0.0 ? domain_error() : range_error();)

static PyObject *math_ldexp(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    double x, r;
    int overflow;
    if (check_count("ldexp", n, 2, 2) || argument(args[0], &x))
        return NULL;
    if (!PyLong_Check(args[1])) {
        PyErr_SetString(PyExc_TypeError, "Expected an int as second argument to ldexp.");
        return NULL;
    }
    long e = PyLong_AsLongAndOverflow(args[1], &overflow);
    if (overflow)
        e = overflow < 0 ? LONG_MIN : LONG_MAX;
    if (x == 0.0 || !isfinite(x))
        r = x;
    else if (e > INT_MAX)
        return range_error();
    else if (e < INT_MIN)
        r = copysign(0.0, x);
    else {
        r = ldexp(x, (int)e);
        if (isinf(r))
            return range_error();
    }
    return PyFloat_FromDouble(r);
}

static PyObject *math_frexp(PyObject *module, PyObject *o)
{
    double x;
    int e = 0;
    if (argument(o, &x))
        return NULL;
    if (isfinite(x) && x != 0.0)
        x = frexp(x, &e);
    return Py_BuildValue("(di)", x, e);
}

static PyObject *math_modf(PyObject *module, PyObject *o)
{
    double x, whole;
    if (argument(o, &x))
        return NULL;
    x = modf(x, &whole);
    return Py_BuildValue("(dd)", x, whole);
}

static PyObject *math_ulp(PyObject *module, PyObject *o)
{
    double x;
    if (argument(o, &x))
        return NULL;
    x = fabs(x);
    if (!isfinite(x))
        return PyFloat_FromDouble(x);
    double next = nextafter(x, INFINITY);
    return PyFloat_FromDouble(isinf(next) ? x - nextafter(x, -INFINITY) : next - x);
}

/* ---- rounding to integers ------------------------------------------------------------------------------------- */

_Py_IDENTIFIER(__floor__);
_Py_IDENTIFIER(__ceil__);
_Py_IDENTIFIER(__trunc__);

/* o.<name>(): NULL without an error when the type has no such method. */
static PyObject *call_special(PyObject *o, _Py_Identifier *name)
{
    PyObject *method = _PyObject_LookupSpecialId(o, name), *r = method ? PyObject_CallNoArgs(method) : NULL;
    Py_XDECREF(method);
    return r;
}

static PyObject *to_int(PyObject *o, _Py_Identifier *name, double (*f)(double))
{
    double x;
    if (!PyFloat_CheckExact(o)) {
        PyObject *r = call_special(o, name);
        if (r || PyErr_Occurred())
            return r;
    }
    return argument(o, &x) ? NULL : PyLong_FromDouble(f(x));
}
static PyObject *math_floor(PyObject *module, PyObject *o) { return to_int(o, &PyId___floor__, floor); }
static PyObject *math_ceil(PyObject *module, PyObject *o) { return to_int(o, &PyId___ceil__, ceil); }
static PyObject *math_trunc(PyObject *module, PyObject *o)
{
    if (PyFloat_CheckExact(o))
        return PyLong_FromDouble(PyFloat_AS_DOUBLE(o));
    PyObject *r = call_special(o, &PyId___trunc__);
    if (!r && !PyErr_Occurred())
        PyErr_Format(PyExc_TypeError, "type %.100s doesn't define __trunc__ method", Py_TYPE(o)->tp_name);
    return r;
}

/* ---- integers ------------------------------------------------------------------------------------------------- */

static PyObject *lcm_of(PyObject *a, PyObject *b)
{
    if (Py_SIZE(a) == 0 || Py_SIZE(b) == 0)
        return PyLong_FromLong(0);
    PyObject *g = _PyLong_GCD(a, b), *f = g ? PyNumber_FloorDivide(a, g) : NULL, *m = f ? PyNumber_Multiply(f, b) : NULL;
    PyObject *r = m ? PyNumber_Absolute(m) : NULL;
    Py_XDECREF(g);
    Py_XDECREF(f);
    Py_XDECREF(m);
    return r;
}

/* Folds the arguments by gcd or lcm, from `start`. */
static PyObject *fold(PyObject *const *args, Py_ssize_t n, long start, PyObject *(*f)(PyObject *, PyObject *))
{
    PyObject *r = n ? PyNumber_Index(args[0]) : PyLong_FromLong(start);
    if (r && n == 1)
        Py_SETREF(r, PyNumber_Absolute(r));
    for (Py_ssize_t i = 1; r && i < n; i++) {
        PyObject *x = PyNumber_Index(args[i]);
        Py_SETREF(r, x ? f(r, x) : NULL);
        Py_XDECREF(x);
    }
    return r;
}
static PyObject *math_gcd(PyObject *module, PyObject *const *args, Py_ssize_t n) { return fold(args, n, 0, _PyLong_GCD); }
static PyObject *math_lcm(PyObject *module, PyObject *const *args, Py_ssize_t n) { return fold(args, n, 1, lcm_of); }

static PyObject *math_isqrt(PyObject *module, PyObject *o)
{
    PyObject *n = PyNumber_Index(o), *r = NULL;
    if (!n)
        return NULL;
    if (Py_SIZE(n) < 0)
        PyErr_SetString(PyExc_ValueError, "isqrt() argument must be nonnegative");
    else
        r = int_isqrt(n);
    Py_DECREF(n);
    return r;
}

/* Product of low * (low + 1) * ... * (high - 1), split in halves so that the factors stay of equal size. */
static PyObject *range_product(unsigned long low, unsigned long high)
{
    if (high - low <= 8) {
        uint64_t p = 1, q;
        PyObject *r = NULL;
        for (; low < high; low++) {
            if (!__builtin_mul_overflow(p, (uint64_t)low, &q)) {
                p = q;
                continue;
            }
            PyObject *part = PyLong_FromUnsignedLong(p);
            if (part && r) {
                Py_SETREF(r, PyNumber_Multiply(r, part));
                Py_DECREF(part);
            }
            else
                r = part;
            if (!r)
                return NULL;
            p = low;
        }
        PyObject *part = PyLong_FromUnsignedLong(p);
        if (!r || !part)
            return part;
        Py_SETREF(r, PyNumber_Multiply(r, part));
        Py_DECREF(part);
        return r;
    }
    unsigned long middle = low + (high - low) / 2;
    PyObject *a = range_product(low, middle), *b = a ? range_product(middle, high) : NULL, *r = b ? PyNumber_Multiply(a, b) : NULL;
    Py_XDECREF(a);
    Py_XDECREF(b);
    return r;
}

static PyObject *math_factorial(PyObject *module, PyObject *o)
{
    int overflow;
    long n = PyLong_AsLongAndOverflow(o, &overflow);
    if (n == -1 && PyErr_Occurred())
        return NULL;
    if (overflow > 0) {
        PyErr_Format(PyExc_OverflowError, "factorial() argument should not exceed %ld", LONG_MAX);
        return NULL;
    }
    if (n < 0 || overflow < 0) {
        PyErr_SetString(PyExc_ValueError, "factorial() not defined for negative values");
        return NULL;
    }
    return range_product(1, (unsigned long)n + 1);
}

/* n (n - 1) ... (n - k + 1) for an int n of any size, by halves. */
static PyObject *falling(PyObject *n, long long k)
{
    if (k == 0)
        return PyLong_FromLong(1);
    if (k == 1)
        return Py_NewRef(n);
    long long half = k / 2;
    PyObject *h = PyLong_FromLongLong(half), *rest = h ? PyNumber_Subtract(n, h) : NULL, *a = NULL, *b = NULL, *r = NULL;
    if (rest && (a = falling(n, half)) && (b = falling(rest, k - half)))
        r = PyNumber_Multiply(a, b);
    Py_XDECREF(h);
    Py_XDECREF(rest);
    Py_XDECREF(a);
    Py_XDECREF(b);
    return r;
}

/* n and k as non-negative ints; 0, or -1 with an error set. */
static int choose_arguments(PyObject *const *args, PyObject **n, PyObject **k)
{
    *k = NULL;
    *n = PyNumber_Index(args[0]);
    if (*n)
        *k = PyNumber_Index(args[1]);
    if (*k && Py_SIZE(*n) < 0)
        PyErr_SetString(PyExc_ValueError, "n must be a non-negative integer");
    else if (*k && Py_SIZE(*k) < 0)
        PyErr_SetString(PyExc_ValueError, "k must be a non-negative integer");
    else if (*k)
        return 0;
    Py_XDECREF(*n);
    Py_XDECREF(*k);
    return -1;
}

static PyObject *math_perm(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    PyObject *n, *k, *r = NULL;
    int overflow;
    if (check_count("perm", nargs, 1, 2))
        return NULL;
    if (nargs == 1 || args[1] == Py_None)
        return math_factorial(module, args[0]);
    if (choose_arguments(args, &n, &k))
        return NULL;
    int larger = PyObject_RichCompareBool(n, k, Py_LT);
    long long count = PyLong_AsLongLongAndOverflow(k, &overflow);
    if (larger > 0)
        r = PyLong_FromLong(0);
    else if (overflow > 0)
        PyErr_Format(PyExc_OverflowError, "k must not exceed %lld", LLONG_MAX);
    else if (larger == 0)
        r = falling(n, count);
    Py_DECREF(n);
    Py_DECREF(k);
    return r;
}

/* C(n, k) for k that fits: C(n, j) * C(n - j, k - j) / C(k, j) with j = k / 2, small ones by machine arithmetic. */
static PyObject *choose(PyObject *n, long long k)
{
    if (k == 0)
        return PyLong_FromLong(1);
    if (k == 1)
        return Py_NewRef(n);
    int64_t small;
    if (int_as_i60(n, &small)) {
        unsigned __int128 r = 1;
        int fits = 1;
        for (long long i = 0; i < k && fits; i++) {
            r = r * (uint64_t)(small - i) / (uint64_t)(i + 1);
            fits = r < (unsigned __int128)1 << 60;
        }
        if (fits)
            return PyLong_FromUnsignedLongLong((uint64_t)r);
    }
    PyObject *top = falling(n, k), *bottom = top ? range_product(1, (unsigned long)k + 1) : NULL;
    PyObject *r = bottom ? PyNumber_FloorDivide(top, bottom) : NULL;
    Py_XDECREF(top);
    Py_XDECREF(bottom);
    return r;
}

static PyObject *math_comb(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    PyObject *n, *k, *r = NULL;
    int overflow;
    if (check_count("comb", nargs, 2, 2) || choose_arguments(args, &n, &k))
        return NULL;
    PyObject *rest = PyNumber_Subtract(n, k);
    if (rest && Py_SIZE(rest) < 0)
        r = PyLong_FromLong(0);
    else if (rest) {
        int less = PyObject_RichCompareBool(rest, k, Py_LT);
        long long count = PyLong_AsLongLongAndOverflow(less > 0 ? rest : k, &overflow);
        if (overflow)
            PyErr_Format(PyExc_OverflowError, "min(n - k, k) must not exceed %lld", LLONG_MAX);
        else if (less >= 0)
            r = choose(n, count);
    }
    Py_DECREF(n);
    Py_DECREF(k);
    Py_XDECREF(rest);
    return r;
}

/* ---- sums ------------------------------------------------------------------------------------------------------ */

/* Exact sum: non-overlapping partial sums of growing size (Shewchuk), rounded once at the end. */
static PyObject *math_fsum(PyObject *module, PyObject *iterable)
{
    PyObject *it = PyObject_GetIter(iterable), *item, *r = NULL;
    double on_stack[32], *p = on_stack, special = 0.0, infinities = 0.0, x, y, hi = 0.0, lo = 0.0;
    Py_ssize_t n = 0, room = 32;
    if (!it)
        return NULL;
    while ((item = PyIter_Next(it))) {
        int bad = argument(item, &x);
        Py_DECREF(item);
        if (bad)
            goto done;
        double original = x;
        Py_ssize_t i = 0;
        for (Py_ssize_t j = 0; j < n; j++) {
            y = p[j];
            if (fabs(x) < fabs(y)) {
                double t = x;
                x = y;
                y = t;
            }
            hi = x + y;
            double got = hi - x;
            lo = y - got;
            if (lo != 0.0)
                p[i++] = lo;
            x = hi;
        }
        n = i;
        if (x == 0.0)
            continue;
        if (!isfinite(x)) {
            if (isfinite(original)) {
                PyErr_SetString(PyExc_OverflowError, "intermediate overflow in fsum");
                goto done;
            }
            if (isinf(original))
                infinities += original;
            special += original;
            n = 0;
            continue;
        }
        if (n >= room) {
            double *q = PyMem_Malloc(2 * (size_t)room * sizeof *q);
            if (!q) {
                PyErr_NoMemory();
                goto done;
            }
            memcpy(q, p, (size_t)n * sizeof *q);
            if (p != on_stack)
                PyMem_Free(p);
            p = q;
            room *= 2;
        }
        p[n++] = x;
    }
    if (PyErr_Occurred())
        goto done;
    if (special != 0.0) {
        if (isnan(infinities))
            PyErr_SetString(PyExc_ValueError, "-inf + inf in fsum");
        else
            r = PyFloat_FromDouble(special);
        goto done;
    }
    hi = 0.0;
    if (n > 0) {
        hi = p[--n];
        while (n > 0) {
            x = hi;
            y = p[--n];
            hi = x + y;
            lo = y - (hi - x);
            if (lo != 0.0)
                break;
        }
        if (n > 0 && ((lo < 0.0 && p[n - 1] < 0.0) || (lo > 0.0 && p[n - 1] > 0.0))) {
            y = lo * 2.0;
            x = hi + y;
            if (y == x - hi)
                hi = x;
        }
    }
    r = PyFloat_FromDouble(hi);
done:
    if (p != on_stack)
        PyMem_Free(p);
    Py_DECREF(it);
    return r;
}

static PyObject *math_prod(PyObject *module, PyObject *const *args, Py_ssize_t n, PyObject *kwnames)
{
    PyObject *start = NULL;
    Py_ssize_t nk = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    if (n != 1) {
        PyErr_Format(PyExc_TypeError, n < 1 && nk == 0 ? "prod() takes exactly 1 positional argument (%zd given)" : "prod() takes exactly 1 positional argument (%zd given)", n);
        return NULL;
    }
    if (nk) {
        if (nk > 1 || PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(kwnames, 0), "start")) {
            PyErr_Format(PyExc_TypeError, "'%U' is an invalid keyword argument for prod()", PyTuple_GET_ITEM(kwnames, nk - 1));
            return NULL;
        }
        start = args[1];
    }
    PyObject *it = PyObject_GetIter(args[0]), *item, *r = it ? start ? Py_NewRef(start) : PyLong_FromLong(1) : NULL;
    while (r && (item = PyIter_Next(it))) {
        if (PyFloat_CheckExact(r) && PyFloat_CheckExact(item))
            Py_SETREF(r, PyFloat_FromDouble(PyFloat_AS_DOUBLE(r) * PyFloat_AS_DOUBLE(item)));
        else
            Py_SETREF(r, PyNumber_Multiply(r, item));
        Py_DECREF(item);
    }
    Py_XDECREF(it);
    if (PyErr_Occurred())
        Py_CLEAR(r);
    return r;
}

/* ---- distances --------------------------------------------------------------------------------------------------- */

/* Square root of the sum of squares of n absolute values, scaled by a power of two, with compensated summation and one
 * correction of the root. */
static double vector_norm(Py_ssize_t n, double *v, double max, int found_nan)
{
    if (isinf(max))
        return max;
    if (found_nan)
        return NAN;
    if (max == 0.0 || n <= 1)
        return max;
    int e;
    frexp(max, &e);
    if (e < -1023) {
        for (Py_ssize_t i = 0; i < n; i++)
            v[i] /= DBL_MIN;
        return DBL_MIN * vector_norm(n, v, max / DBL_MIN, 0);
    }
    double scale = ldexp(1.0, -e), sum = 1.0, low1 = 0.0, low2 = 0.0;
    for (Py_ssize_t i = 0; i < n; i++) {
        double x = v[i] * scale, square = x * x, error = fma(x, x, -square), total = sum + square;
        low1 += error;
        low2 += square - (total - sum);
        sum = total;
    }
    double h = sqrt(sum - 1.0 + (low1 + low2)), square = -h * h, error = fma(-h, h, -square), total = sum + square;
    low1 += error;
    low2 += square - (total - sum);
    double rest = total - 1.0 + (low1 + low2);
    return (h + rest / (2.0 * h)) / scale;
}

static PyObject *math_hypot(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    double on_stack[16], *v = on_stack, max = 0.0, x;
    int found_nan = 0;
    if (n > 16 && !(v = PyMem_New(double, n)))
        return PyErr_NoMemory();
    PyObject *r = NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (argument(args[i], &x))
            goto done;
        v[i] = fabs(x);
        found_nan |= isnan(x);
        if (v[i] > max)
            max = v[i];
    }
    r = PyFloat_FromDouble(vector_norm(n, v, max, found_nan));
done:
    if (v != on_stack)
        PyMem_Free(v);
    return r;
}

static PyObject *math_dist(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (check_count("dist", nargs, 2, 2))
        return NULL;
    PyObject *p = PySequence_Tuple(args[0]), *q = p ? PySequence_Tuple(args[1]) : NULL, *r = NULL;
    Py_ssize_t n = q ? PyTuple_GET_SIZE(p) : 0;
    double on_stack[16], *v = on_stack, max = 0.0, x, y;
    int found_nan = 0;
    if (!q)
        goto done;
    if (n != PyTuple_GET_SIZE(q)) {
        PyErr_SetString(PyExc_ValueError, "both points must have the same number of dimensions");
        goto done;
    }
    if (n > 16 && !(v = PyMem_New(double, n))) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        if (argument(PyTuple_GET_ITEM(p, i), &x) || argument(PyTuple_GET_ITEM(q, i), &y))
            goto done;
        v[i] = fabs(x - y);
        found_nan |= isnan(v[i]);
        if (v[i] > max)
            max = v[i];
    }
    r = PyFloat_FromDouble(vector_norm(n, v, max, found_nan));
done:
    if (v && v != on_stack)
        PyMem_Free(v);
    Py_XDECREF(p);
    Py_XDECREF(q);
    return r;
}

static PyObject *math_isclose(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"a", "b", "rel_tol", "abs_tol", NULL};
    double a, b, relative = 1e-09, absolute = 0.0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "dd|$dd:isclose", names, &a, &b, &relative, &absolute))
        return NULL;
    if (relative < 0.0 || absolute < 0.0) {
        PyErr_SetString(PyExc_ValueError, "tolerances must be non-negative");
        return NULL;
    }
    if (a == b)
        Py_RETURN_TRUE;
    if (isinf(a) || isinf(b))
        Py_RETURN_FALSE;
    double d = fabs(b - a);
    return PyBool_FromLong(d <= fabs(relative * b) || d <= fabs(relative * a) || d <= absolute);
}

/* ---- the module -------------------------------------------------------------------------------------------------- */

#define ONE(name, doc) {#name, math_##name, METH_O, #name "($module, x, /)\n--\n\n" doc}
#define FAST(name, signature, doc) {#name, (PyCFunction)math_##name, METH_FASTCALL, #name signature "\n--\n\n" doc}
static PyMethodDef functions[] = {
    ONE(acos, "Return the arc cosine (measured in radians) of x."),
    ONE(acosh, "Return the inverse hyperbolic cosine of x."),
    ONE(asin, "Return the arc sine (measured in radians) of x."),
    ONE(asinh, "Return the inverse hyperbolic sine of x."),
    ONE(atan, "Return the arc tangent (measured in radians) of x."),
    FAST(atan2, "($module, y, x, /)", "Return the arc tangent (measured in radians) of y/x."),
    ONE(atanh, "Return the inverse hyperbolic tangent of x."),
    ONE(cbrt, "Return the cube root of x."),
    ONE(ceil, "Return the ceiling of x as an Integral."),
    FAST(copysign, "($module, x, y, /)", "Return a float with the magnitude (absolute value) of x but the sign of y."),
    ONE(cos, "Return the cosine of x (measured in radians)."),
    ONE(cosh, "Return the hyperbolic cosine of x."),
    ONE(degrees, "Convert angle x from radians to degrees."),
    FAST(dist, "($module, p, q, /)", "Return the Euclidean distance between two points p and q."),
    ONE(erf, "Error function at x."),
    ONE(erfc, "Complementary error function at x."),
    ONE(exp, "Return e raised to the power of x."),
    ONE(exp2, "Return 2 raised to the power of x."),
    ONE(expm1, "Return exp(x)-1."),
    ONE(fabs, "Return the absolute value of the float x."),
    {"factorial", math_factorial, METH_O, "factorial($module, n, /)\n--\n\nFind n!."},
    ONE(floor, "Return the floor of x as an Integral."),
    FAST(fmod, "($module, x, y, /)", "Return fmod(x, y), according to platform C."),
    ONE(frexp, "Return the mantissa and exponent of x, as pair (m, e)."),
    {"fsum", math_fsum, METH_O, "fsum($module, seq, /)\n--\n\nReturn an accurate floating point sum of values in the iterable seq."},
    ONE(gamma, "Gamma function at x."),
    FAST(gcd, "($module, *integers)", "Greatest Common Divisor."),
    {"hypot", (PyCFunction)math_hypot, METH_FASTCALL, "hypot(*coordinates) -> value\n\nMultidimensional Euclidean distance from the origin to a point."},
    {"isclose", (PyCFunction)math_isclose, METH_VARARGS | METH_KEYWORDS,
     "isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)\n--\n\nDetermine whether two floating point numbers are close in value."},
    ONE(isfinite, "Return True if x is neither an infinity nor a NaN, and False otherwise."),
    ONE(isinf, "Return True if x is a positive or negative infinity, and False otherwise."),
    ONE(isnan, "Return True if x is a NaN (not a number), and False otherwise."),
    {"isqrt", math_isqrt, METH_O, "isqrt($module, n, /)\n--\n\nReturn the integer part of the square root of the input."},
    FAST(lcm, "($module, *integers)", "Least Common Multiple."),
    FAST(ldexp, "($module, x, i, /)", "Return x * (2**i)."),
    ONE(lgamma, "Natural logarithm of absolute value of Gamma function at x."),
    {"log", (PyCFunction)math_log, METH_FASTCALL, "log(x, [base=math.e])\nReturn the logarithm of x to the given base."},
    ONE(log1p, "Return the natural logarithm of 1+x (base e)."),
    ONE(log10, "Return the base 10 logarithm of x."),
    ONE(log2, "Return the base 2 logarithm of x."),
    ONE(modf, "Return the fractional and integer parts of x."),
    FAST(pow, "($module, x, y, /)", "Return x**y (x to the power of y)."),
    ONE(radians, "Convert angle x from degrees to radians."),
    FAST(remainder, "($module, x, y, /)", "Difference between x and the closest integer multiple of y."),
    ONE(sin, "Return the sine of x (measured in radians)."),
    ONE(sinh, "Return the hyperbolic sine of x."),
    ONE(sqrt, "Return the square root of x."),
    ONE(tan, "Return the tangent of x (measured in radians)."),
    ONE(tanh, "Return the hyperbolic tangent of x."),
    ONE(trunc, "Truncates the Real x to the nearest Integral toward 0."),
    {"prod", (PyCFunction)math_prod, METH_FASTCALL | METH_KEYWORDS,
     "prod($module, iterable, /, *, start=1)\n--\n\nCalculate the product of all the elements in the input iterable."},
    FAST(perm, "($module, n, k=None, /)", "Number of ways to choose k items from n items without repetition and with order."),
    FAST(comb, "($module, n, k, /)", "Number of ways to choose k items from n items without repetition and without order."),
    FAST(nextafter, "($module, x, y, /)", "Return the next floating-point value after x towards y."),
    ONE(ulp, "Return the value of the least significant bit of the float x."),
    {NULL},
};

static int module_exec(PyObject *module)
{
    const struct { const char *name; double value; } constants[] = {
        {"pi", M_PI}, {"e", M_E}, {"tau", 2.0 * M_PI}, {"inf", INFINITY}, {"nan", NAN}};
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (PyModule_AddObject(module, constants[i].name, PyFloat_FromDouble(constants[i].value)))
            return -1;
    return 0;
}
static PyModuleDef_Slot slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "math", "This module provides access to the mathematical functions\ndefined by the C standard.", 0, functions, slots, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_math(void) { return PyModuleDef_Init(&definition); }
