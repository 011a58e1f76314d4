/* datetime.timedelta.  Arithmetic goes through the whole number of microseconds, which needs 67 bits. */
#include "modules/datetime/dt.h"
#include "structmember.h"

#include <math.h>

#define US_PER_SECOND 1000000
#define US_PER_DAY ((Micros)DT_DAY * US_PER_SECOND)
#define MAX_DAYS 999999999

/* ---- to and from microseconds -------------------------------------------------------------------------------- */

Micros dt_delta_micros(PyObject *d)
{
    return D_DAYS(d) * US_PER_DAY + (int64_t)D_SECONDS(d) * US_PER_SECOND + D_MICRO(d);
}

static PyObject *allocate(PyTypeObject *type)
{
    return type == &dt_delta_type ? _PyObject_New(type) : type->tp_alloc(type, 0);
}

static PyObject *fill(int days, int seconds, int us, PyTypeObject *type)
{
    if (days < -MAX_DAYS || days > MAX_DAYS) {
        PyErr_Format(PyExc_OverflowError, "days=%d; must have magnitude <= %d", days, MAX_DAYS);
        return NULL;
    }
    PyDateTime_Delta *self = (PyDateTime_Delta *)allocate(type);
    if (!self)
        return NULL;
    self->hashcode = -1;
    self->days = days;
    self->seconds = seconds;
    self->microseconds = us;
    return (PyObject *)self;
}

static PyObject *from_micros(Micros us, PyTypeObject *type)
{
    int64_t seconds, rest;
    if (us == (int64_t)us) {
        seconds = (int64_t)us / US_PER_SECOND;
        rest = (int64_t)us % US_PER_SECOND;
    } else {
        Micros s = us / US_PER_SECOND;
        if (s != (int64_t)s) {
            PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C int");
            return NULL;
        }
        seconds = (int64_t)s;
        rest = (int64_t)(us % US_PER_SECOND);
    }
    if (rest < 0) {
        rest += US_PER_SECOND;
        seconds--;
    }
    int64_t days = seconds / DT_DAY, left = seconds % DT_DAY;
    if (left < 0) {
        left += DT_DAY;
        days--;
    }
    if (days != (int)days) {
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C int");
        return NULL;
    }
    return fill((int)days, (int)left, (int)rest, type);
}

PyObject *dt_delta_from_micros(Micros us) { return from_micros(us, &dt_delta_type); }

PyObject *dt_make_delta(int days, int seconds, int us, int normalise, PyTypeObject *type)
{
    if (normalise)
        return from_micros(days * US_PER_DAY + (int64_t)seconds * US_PER_SECOND + us, type);
    return fill(days, seconds, us, type);
}

static PyObject *micros_as_int(Micros us)
{
    if (us == (int64_t)us)
        return PyLong_FromLongLong((int64_t)us);
    return _PyLong_FromByteArray((const unsigned char *)&us, sizeof us, PY_LITTLE_ENDIAN, 1);
}

/* An int as Micros: 0, or -1 with OverflowError set. */
static int int_as_micros(PyObject *o, Micros *us)
{
    int overflow;
    long long small = PyLong_AsLongLongAndOverflow(o, &overflow);
    if (!overflow) {
        *us = small;
        return small == -1 && PyErr_Occurred() ? -1 : 0;
    }
    if (_PyLong_AsByteArray((PyLongObject *)o, (unsigned char *)us, sizeof *us, PY_LITTLE_ENDIAN, 1) == 0)
        return 0;
    PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C int");
    return -1;
}

/* A new timedelta of an int of microseconds; steals `us`, which may be NULL. */
static PyObject *delta_from_int(PyObject *us)
{
    Micros value;
    PyObject *r = us && int_as_micros(us, &value) == 0 ? dt_delta_from_micros(value) : NULL;
    Py_XDECREF(us);
    return r;
}

/* ---- making ---------------------------------------------------------------------------------------------------- */

enum { N_PARTS = 7 };
static const struct part {
    const char *name;
    int64_t us;
} parts[N_PARTS] = {
    {"days", (int64_t)DT_DAY *US_PER_SECOND},
    {"seconds", US_PER_SECOND},
    {"microseconds", 1},
    {"milliseconds", 1000},
    {"minutes", 60LL * US_PER_SECOND},
    {"hours", 3600LL * US_PER_SECOND},
    {"weeks", 7LL * DT_DAY *US_PER_SECOND},
};

static int accumulate(Micros *sum, Micros number, int64_t factor)
{
    Micros product;
    if (__builtin_mul_overflow(number, factor, &product) || __builtin_add_overflow(*sum, product, sum)) {
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C int");
        return -1;
    }
    return 0;
}

/* The whole number in a float. */
static int whole_micros(double x, Micros *us)
{
    if (fabs(x) < 9e18) {
        *us = (int64_t)x;
        return 0;
    }
    PyObject *i = PyLong_FromDouble(x);
    int bad = i ? int_as_micros(i, us) : -1;
    Py_XDECREF(i);
    return bad;
}

/* Adds value * part to *sum, and what is left of a float, less than a microsecond, to *left. */
static int add_part(const struct part *part, PyObject *value, Micros *sum, double *left)
{
    Micros number;
    if (PyLong_Check(value))
        return int_as_micros(value, &number) || accumulate(sum, number, part->us) ? -1 : 0;
    if (!PyFloat_Check(value)) {
        PyErr_Format(PyExc_TypeError, "unsupported type for timedelta %s component: %s", part->name,
                     Py_TYPE(value)->tp_name);
        return -1;
    }
    double whole, fraction = modf(PyFloat_AS_DOUBLE(value), &whole);
    if (whole_micros(whole, &number) || accumulate(sum, number, part->us))
        return -1;
    if (fraction == 0.0)
        return 0;
    fraction = modf((double)part->us * fraction, &whole);
    *left += fraction;
    *sum += (int64_t)whole;
    return 0;
}

/* Rounds half to even what the floats left over. */
static Micros add_left(Micros sum, double left)
{
    double whole = floor(left), rest = left - whole;
    sum += (int64_t)whole;
    return sum + (rest > 0.5 || (rest == 0.5 && (sum & 1)));
}

/* Of borrowed values by part; NULL is absent. */
static PyObject *delta_of_parts(PyTypeObject *type, PyObject *const values[N_PARTS])
{
    static const unsigned char order[N_PARTS] = {2, 3, 1, 4, 5, 0, 6};
    Micros sum = 0;
    double left = 0.0;
    for (int i = 0; i < N_PARTS; i++)
        if (values[order[i]] && add_part(&parts[order[i]], values[order[i]], &sum, &left))
            return NULL;
    return from_micros(left != 0.0 ? add_left(sum, left) : sum, type);
}

static PyObject *delta_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks", NULL};
    PyObject *v[N_PARTS] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "|OOOOOOO:__new__", names, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5],
                                     &v[6]))
        return NULL;
    return delta_of_parts(type, v);
}

static PyObject *delta_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf), nkw = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    PyObject *v[N_PARTS] = {NULL};
    if (n > N_PARTS)
        return dt_slow_new(type, args, nargsf, kwnames);
    for (Py_ssize_t i = 0; i < n; i++)
        v[i] = args[i];
    for (Py_ssize_t k = 0; k < nkw; k++) {
        PyObject *name = PyTuple_GET_ITEM(kwnames, k);
        int i = 0;
        while (i < N_PARTS && !_PyUnicode_EqualToASCIIString(name, parts[i].name))
            i++;
        if (i == N_PARTS || v[i])
            return dt_slow_new(type, args, nargsf, kwnames); /* which has the error's text */
        v[i] = args[n + k];
    }
    return delta_of_parts((PyTypeObject *)type, v);
}

/* ---- arithmetic -------------------------------------------------------------------------------------------------- */

static PyObject *delta_add(PyObject *a, PyObject *b)
{
    if (!delta_check(a) || !delta_check(b))
        Py_RETURN_NOTIMPLEMENTED;
    return dt_delta_from_micros(dt_delta_micros(a) + dt_delta_micros(b));
}
static PyObject *delta_subtract(PyObject *a, PyObject *b)
{
    if (!delta_check(a) || !delta_check(b))
        Py_RETURN_NOTIMPLEMENTED;
    return dt_delta_from_micros(dt_delta_micros(a) - dt_delta_micros(b));
}
static PyObject *delta_negative(PyObject *a) { return dt_delta_from_micros(-dt_delta_micros(a)); }
static PyObject *delta_positive(PyObject *a) { return dt_delta_from_micros(dt_delta_micros(a)); }
static PyObject *delta_absolute(PyObject *a) { return D_DAYS(a) < 0 ? delta_negative(a) : delta_positive(a); }
static int delta_bool(PyObject *a) { return !dt_delta_is_zero(a); }

/* a / b to the nearest, halves to even; steals both, which may be NULL. */
static PyObject *divide_nearest(PyObject *a, PyObject *b)
{
    PyObject *pair = a && b ? _PyLong_DivmodNear(a, b) : NULL;
    PyObject *q = pair ? Py_NewRef(PyTuple_GET_ITEM(pair, 0)) : NULL;
    Py_XDECREF(pair);
    Py_XDECREF(a);
    Py_XDECREF(b);
    return q;
}

/* delta * x, or delta / x, by the exact ratio of the float. */
static PyObject *scale_by_float(PyObject *delta, PyObject *x, int divide)
{
    PyObject *ratio = PyObject_CallMethodNoArgs(x, N(as_integer_ratio));
    if (!ratio)
        return NULL;
    PyObject *r = NULL, *us;
    if (PyTuple_Check(ratio) && PyTuple_GET_SIZE(ratio) != 2)
        PyErr_SetString(PyExc_ValueError, "unexpected tuple returned from as_integer_ratio()");
    else if (!PyTuple_Check(ratio))
        PyErr_Format(PyExc_TypeError, "unexpected return type from as_integer_ratio(): expected tuple, got '%.200s'",
                     Py_TYPE(ratio)->tp_name);
    else if ((us = micros_as_int(dt_delta_micros(delta)))) {
        PyObject *top = PyNumber_Multiply(us, PyTuple_GET_ITEM(ratio, divide));
        r = delta_from_int(divide_nearest(top, Py_NewRef(PyTuple_GET_ITEM(ratio, !divide))));
        Py_DECREF(us);
    }
    Py_DECREF(ratio);
    return r;
}

static PyObject *multiply_int(PyObject *delta, PyObject *number)
{
    int overflow;
    long long n = PyLong_AsLongLongAndOverflow(number, &overflow);
    Micros product;
    if (n == -1 && PyErr_Occurred())
        return NULL;
    if (!overflow && !__builtin_mul_overflow(dt_delta_micros(delta), (Micros)n, &product))
        return dt_delta_from_micros(product);
    PyObject *us = micros_as_int(dt_delta_micros(delta));
    PyObject *r = us ? delta_from_int(PyNumber_Multiply(us, number)) : NULL;
    Py_XDECREF(us);
    return r;
}

static PyObject *delta_multiply(PyObject *a, PyObject *b)
{
    PyObject *delta = delta_check(a) ? a : b, *other = delta == a ? b : a;
    if (PyLong_Check(other))
        return multiply_int(delta, other);
    if (PyFloat_Check(other))
        return scale_by_float(delta, other, 0);
    Py_RETURN_NOTIMPLEMENTED;
}

/* The quotient of Python's // and its remainder; b is not 0. */
static Micros floor_divide(Micros a, Micros b, Micros *rest)
{
    Micros q = a / b, r = a % b;
    if (r != 0 && (r < 0) != (b < 0)) {
        r += b;
        q--;
    }
    *rest = r;
    return q;
}

static int zero_division(const char *text)
{
    PyErr_SetString(PyExc_ZeroDivisionError, text);
    return -1;
}

static PyObject *delta_floordiv(PyObject *a, PyObject *b)
{
    Micros rest, by;
    if (!delta_check(a) || !(delta_check(b) || PyLong_Check(b)))
        Py_RETURN_NOTIMPLEMENTED;
    if (delta_check(b)) {
        by = dt_delta_micros(b);
        if (by == 0 && zero_division("integer division or modulo by zero"))
            return NULL;
        return micros_as_int(floor_divide(dt_delta_micros(a), by, &rest));
    }
    int overflow;
    long long n = PyLong_AsLongLongAndOverflow(b, &overflow);
    if (n == -1 && PyErr_Occurred())
        return NULL;
    if (!overflow && n == 0 && zero_division("integer division or modulo by zero"))
        return NULL;
    if (!overflow)
        return dt_delta_from_micros(floor_divide(dt_delta_micros(a), n, &rest));
    PyObject *us = micros_as_int(dt_delta_micros(a));
    PyObject *r = us ? delta_from_int(PyNumber_FloorDivide(us, b)) : NULL;
    Py_XDECREF(us);
    return r;
}

#define EXACT_IN_DOUBLE ((Micros)1 << 53)
static inline int is_exact(Micros us) { return us > -EXACT_IN_DOUBLE && us < EXACT_IN_DOUBLE; }

/* The quotient as a float, rounded once. */
static PyObject *true_quotient(Micros a, Micros b)
{
    if (b != 0 && is_exact(a) && is_exact(b))
        return PyFloat_FromDouble((double)(int64_t)a / (double)(int64_t)b);
    PyObject *x = micros_as_int(a), *y = micros_as_int(b);
    PyObject *r = x && y ? PyNumber_TrueDivide(x, y) : NULL;
    Py_XDECREF(x);
    Py_XDECREF(y);
    return r;
}

static PyObject *delta_truediv(PyObject *a, PyObject *b)
{
    if (!delta_check(a))
        Py_RETURN_NOTIMPLEMENTED;
    if (delta_check(b))
        return true_quotient(dt_delta_micros(a), dt_delta_micros(b));
    if (PyFloat_Check(b))
        return scale_by_float(a, b, 1);
    if (PyLong_Check(b))
        return delta_from_int(divide_nearest(micros_as_int(dt_delta_micros(a)), Py_NewRef(b)));
    Py_RETURN_NOTIMPLEMENTED;
}

static PyObject *delta_remainder(PyObject *a, PyObject *b)
{
    if (!delta_check(a) || !delta_check(b))
        Py_RETURN_NOTIMPLEMENTED;
    Micros by = dt_delta_micros(b), rest;
    if (by == 0 && zero_division("integer modulo by zero"))
        return NULL;
    floor_divide(dt_delta_micros(a), by, &rest);
    return dt_delta_from_micros(rest);
}

static PyObject *delta_divmod(PyObject *a, PyObject *b)
{
    if (!delta_check(a) || !delta_check(b))
        Py_RETURN_NOTIMPLEMENTED;
    Micros by = dt_delta_micros(b), rest;
    if (by == 0 && zero_division("integer division or modulo by zero"))
        return NULL;
    PyObject *q = micros_as_int(floor_divide(dt_delta_micros(a), by, &rest));
    PyObject *r = q ? dt_delta_from_micros(rest) : NULL;
    PyObject *pair = r ? PyTuple_Pack(2, q, r) : NULL;
    Py_XDECREF(q);
    Py_XDECREF(r);
    return pair;
}

/* ---- comparing, showing ------------------------------------------------------------------------------------------ */

int dt_delta_compare(PyObject *a, PyObject *b)
{
    Micros x = dt_delta_micros(a), y = dt_delta_micros(b);
    return (x > y) - (x < y);
}

static PyObject *delta_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!delta_check(b))
        Py_RETURN_NOTIMPLEMENTED;
    int c = dt_delta_compare(a, b);
    Py_RETURN_RICHCOMPARE(c, 0, op);
}

static PyObject *state(PyObject *self) { return Py_BuildValue("iii", D_DAYS(self), D_SECONDS(self), D_MICRO(self)); }

static Py_hash_t delta_hash(PyObject *self)
{
    PyDateTime_Delta *d = (PyDateTime_Delta *)self;
    if (d->hashcode == -1) {
        PyObject *t = state(self);
        if (!t)
            return -1;
        d->hashcode = PyObject_Hash(t);
        Py_DECREF(t);
    }
    return d->hashcode;
}

static PyObject *delta_repr(PyObject *self)
{
    char text[96];
    int n = 0;
    const char *comma = "";
    text[0] = 0;
    if (D_DAYS(self)) {
        n += snprintf(text + n, sizeof text - n, "days=%d", D_DAYS(self));
        comma = ", ";
    }
    if (D_SECONDS(self)) {
        n += snprintf(text + n, sizeof text - n, "%sseconds=%d", comma, D_SECONDS(self));
        comma = ", ";
    }
    if (D_MICRO(self))
        n += snprintf(text + n, sizeof text - n, "%smicroseconds=%d", comma, D_MICRO(self));
    return PyUnicode_FromFormat("%s(%s)", Py_TYPE(self)->tp_name, n ? text : "0");
}

static PyObject *delta_str(PyObject *self)
{
    char text[64];
    int n = 0, s = D_SECONDS(self), days = D_DAYS(self);
    if (days)
        n = snprintf(text, sizeof text, "%d day%s, ", days, days == 1 || days == -1 ? "" : "s");
    n += snprintf(text + n, sizeof text - n, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    if (D_MICRO(self))
        n += snprintf(text + n, sizeof text - n, ".%06d", D_MICRO(self));
    return PyUnicode_FromStringAndSize(text, n);
}

static PyObject *delta_total_seconds(PyObject *self, PyObject *unused)
{
    return true_quotient(dt_delta_micros(self), US_PER_SECOND);
}

static PyObject *delta_reduce(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("ON", Py_TYPE(self), state(self));
}

static PyMethodDef methods[] = {
    {"total_seconds", delta_total_seconds, METH_NOARGS, PyDoc_STR("Total seconds in the duration.")},
    {"__reduce__", delta_reduce, METH_NOARGS, PyDoc_STR("__reduce__() -> (cls, state)")},
    {NULL},
};
static PyMemberDef members[] = {
    {"days", T_INT, offsetof(PyDateTime_Delta, days), READONLY, PyDoc_STR("Number of days.")},
    {"seconds", T_INT, offsetof(PyDateTime_Delta, seconds), READONLY,
     PyDoc_STR("Number of seconds (>= 0 and less than 1 day).")},
    {"microseconds", T_INT, offsetof(PyDateTime_Delta, microseconds), READONLY,
     PyDoc_STR("Number of microseconds (>= 0 and less than 1 second).")},
    {NULL},
};
static PyNumberMethods number = {
    .nb_add = delta_add,
    .nb_subtract = delta_subtract,
    .nb_multiply = delta_multiply,
    .nb_remainder = delta_remainder,
    .nb_divmod = delta_divmod,
    .nb_negative = delta_negative,
    .nb_positive = delta_positive,
    .nb_absolute = delta_absolute,
    .nb_bool = delta_bool,
    .nb_floor_divide = delta_floordiv,
    .nb_true_divide = delta_truediv,
};

PyTypeObject dt_delta_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "datetime.timedelta",
    .tp_basicsize = sizeof(PyDateTime_Delta),
    .tp_repr = delta_repr,
    .tp_as_number = &number,
    .tp_hash = delta_hash,
    .tp_str = delta_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = PyDoc_STR(
        "Difference between two datetime values.\n\ntimedelta(days=0, seconds=0, microseconds=0, milliseconds=0, "
        "minutes=0, hours=0, weeks=0)\n\nAll arguments are optional and default to 0.\nArguments may be integers or "
        "floats, and may be positive or negative."),
    .tp_richcompare = delta_richcompare,
    .tp_methods = methods,
    .tp_members = members,
    .tp_new = delta_new,
    .tp_vectorcall = delta_vectorcall,
};
