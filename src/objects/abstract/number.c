/* Arithmetic on any two objects (https://docs.python.org/3.11/c-api/number.html). */
#include "objects/object.h"
#include "objects/names.h"
#include <stddef.h>

#define SLOT(o, offset)                                                                                                    \
    (Py_TYPE(o)->tp_as_number == NULL ? NULL : *(void **)((char *)Py_TYPE(o)->tp_as_number + (offset)))

/* The two operands' slots, the right one first if its type is a subclass with a slot of its own; NotImplemented when neither
 * knows what to do. */
static inline PyObject *binary_op1(PyObject *v, PyObject *w, size_t offset)
{
    binaryfunc slotv = (binaryfunc)SLOT(v, offset), slotw = NULL;
    if (!Py_IS_TYPE(w, Py_TYPE(v))) {
        slotw = (binaryfunc)SLOT(w, offset);
        if (slotw == slotv)
            slotw = NULL;
    }
    if (slotv != NULL) {
        PyObject *x;
        if (slotw != NULL && PyType_IsSubtype(Py_TYPE(w), Py_TYPE(v))) {
            x = slotw(v, w);
            if (x != Py_NotImplemented)
                return x;
            Py_DECREF(x);
            slotw = NULL;
        }
        x = slotv(v, w);
        if (x != Py_NotImplemented)
            return x;
        Py_DECREF(x);
    }
    if (slotw != NULL)
        return slotw(v, w);
    return Py_NewRef(Py_NotImplemented);
}

static PyObject *operand_error(PyObject *v, PyObject *w, const char *op)
{
    return PyErr_Format(PyExc_TypeError, "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'", op,
                        Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name);
}

Py_ssize_t number_argument(PyObject *o)
{
    PyObject *index = PyNumber_Index(o);
    if (index == NULL)
        return -1;
    Py_ssize_t n = PyLong_AsSsize_t(index);
    Py_DECREF(index);
    return n;
}

static PyObject *repeat(ssizeargfunc function, PyObject *sequence, PyObject *n)
{
    if (!_PyIndex_Check(n))
        return PyErr_Format(PyExc_TypeError, "can't multiply sequence by non-int of type '%.200s'", Py_TYPE(n)->tp_name);
    Py_ssize_t count = PyNumber_AsSsize_t(n, PyExc_OverflowError);
    if (count == -1 && PyErr_Occurred())
        return NULL;
    return function(sequence, count);
}

static PyObject *add_sequences(PyObject *v, PyObject *w, const char *sign)
{
    PySequenceMethods *suite = Py_TYPE(v)->tp_as_sequence;
    if (suite != NULL && sign[1] == '=' && suite->sq_inplace_concat != NULL)
        return suite->sq_inplace_concat(v, w);
    if (suite != NULL && suite->sq_concat != NULL)
        return suite->sq_concat(v, w);
    return operand_error(v, w, sign);
}

static PyObject *repeat_sequence(PyObject *v, PyObject *w, const char *sign)
{
    PySequenceMethods *mv = Py_TYPE(v)->tp_as_sequence, *mw = Py_TYPE(w)->tp_as_sequence;
    if (mv != NULL && sign[1] == '=' && mv->sq_inplace_repeat != NULL)
        return repeat(mv->sq_inplace_repeat, v, w);
    if (mv != NULL && mv->sq_repeat != NULL)
        return repeat(mv->sq_repeat, v, w);
    if (mw != NULL && mw->sq_repeat != NULL)
        return repeat(mw->sq_repeat, w, v);
    return operand_error(v, w, sign);
}

PyObject *number_without_slots(PyObject *v, PyObject *w, const char *sign)
{
    if (sign[0] == '+')
        return add_sequences(v, w, sign);
    if (sign[0] == '*' && sign[1] != '*')
        return repeat_sequence(v, w, sign);
    if (strcmp(sign, ">>") == 0 && PyCFunction_CheckExact(v)
        && strcmp(((PyCFunctionObject *)v)->m_ml->ml_name, "print") == 0)
        return PyErr_Format(PyExc_TypeError,
                            "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'. "
                            "Did you mean \"print(<message>, file=<output_stream>)\"?",
                            sign, Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name);
    return operand_error(v, w, sign);
}

PyObject *number_by_slots(PyObject *v, PyObject *w, size_t offset) { return binary_op1(v, w, offset); }

static inline PyObject *binary_op(PyObject *v, PyObject *w, size_t offset, const char *sign)
{
    PyObject *result = binary_op1(v, w, offset);
    if (result != Py_NotImplemented)
        return result;
    Py_DECREF(result);
    return number_without_slots(v, w, sign);
}

#define BINARY(function, slot, op)                                                                                         \
    PyObject *function(PyObject *v, PyObject *w) { return binary_op(v, w, offsetof(PyNumberMethods, slot), op); }
BINARY(PyNumber_Add, nb_add, "+")
BINARY(PyNumber_Multiply, nb_multiply, "*")
BINARY(PyNumber_Or, nb_or, "|")
BINARY(PyNumber_Xor, nb_xor, "^")
BINARY(PyNumber_And, nb_and, "&")
BINARY(PyNumber_Lshift, nb_lshift, "<<")
BINARY(PyNumber_Rshift, nb_rshift, ">>")
BINARY(PyNumber_Subtract, nb_subtract, "-")
BINARY(PyNumber_Divmod, nb_divmod, "divmod()")
BINARY(PyNumber_FloorDivide, nb_floor_divide, "//")
BINARY(PyNumber_TrueDivide, nb_true_divide, "/")
BINARY(PyNumber_Remainder, nb_remainder, "%")
BINARY(PyNumber_MatrixMultiply, nb_matrix_multiply, "@")
#undef BINARY

/* ---- power ---- */

PyObject *number_power(PyObject *v, PyObject *w, PyObject *z, const char *op)
{
    const size_t offset = offsetof(PyNumberMethods, nb_power);
    ternaryfunc slotv = (ternaryfunc)SLOT(v, offset), slotw = NULL, slotz = NULL;
    PyObject *x;
    if (!Py_IS_TYPE(w, Py_TYPE(v))) {
        slotw = (ternaryfunc)SLOT(w, offset);
        if (slotw == slotv)
            slotw = NULL;
    }
    if (slotv != NULL) {
        if (slotw != NULL && PyType_IsSubtype(Py_TYPE(w), Py_TYPE(v))) {
            x = slotw(v, w, z);
            if (x != Py_NotImplemented)
                return x;
            Py_DECREF(x);
            slotw = NULL;
        }
        x = slotv(v, w, z);
        if (x != Py_NotImplemented)
            return x;
        Py_DECREF(x);
    }
    if (slotw != NULL) {
        x = slotw(v, w, z);
        if (x != Py_NotImplemented)
            return x;
        Py_DECREF(x);
    }
    slotz = (ternaryfunc)SLOT(z, offset);
    if (slotz != NULL && slotz != slotv && slotz != slotw) {
        x = slotz(v, w, z);
        if (x != Py_NotImplemented)
            return x;
        Py_DECREF(x);
    }
    if (z == Py_None)
        return operand_error(v, w, op);
    return PyErr_Format(PyExc_TypeError, "unsupported operand type(s) for %.100s: '%.100s', '%.100s', '%.100s'", op,
                        Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name, Py_TYPE(z)->tp_name);
}

PyObject *PyNumber_Power(PyObject *v, PyObject *w, PyObject *z) { return number_power(v, w, z, "** or pow()"); }

PyObject *PyNumber_InPlacePower(PyObject *v, PyObject *w, PyObject *z)
{
    ternaryfunc slot = (ternaryfunc)SLOT(v, offsetof(PyNumberMethods, nb_inplace_power));
    if (slot != NULL) {
        PyObject *x = slot(v, w, z);
        if (x != Py_NotImplemented)
            return x;
        Py_DECREF(x);
    }
    return number_power(v, w, z, "**=");
}

/* ---- in place ---- */

static inline PyObject *inplace_op1(PyObject *v, PyObject *w, size_t inplace, size_t offset)
{
    binaryfunc slot = (binaryfunc)SLOT(v, inplace);
    if (slot != NULL) {
        PyObject *x = slot(v, w);
        if (x != Py_NotImplemented)
            return x;
        Py_DECREF(x);
    }
    return binary_op1(v, w, offset);
}

#define INPLACE(function, inplace, slot, op)                                                                               \
    PyObject *function(PyObject *v, PyObject *w)                                                                           \
    {                                                                                                                      \
        PyObject *x = inplace_op1(v, w, offsetof(PyNumberMethods, inplace), offsetof(PyNumberMethods, slot));              \
        if (x != Py_NotImplemented)                                                                                        \
            return x;                                                                                                      \
        Py_DECREF(x);                                                                                                      \
        return number_without_slots(v, w, op);                                                                             \
    }
INPLACE(PyNumber_InPlaceAdd, nb_inplace_add, nb_add, "+=")
INPLACE(PyNumber_InPlaceMultiply, nb_inplace_multiply, nb_multiply, "*=")
INPLACE(PyNumber_InPlaceOr, nb_inplace_or, nb_or, "|=")
INPLACE(PyNumber_InPlaceXor, nb_inplace_xor, nb_xor, "^=")
INPLACE(PyNumber_InPlaceAnd, nb_inplace_and, nb_and, "&=")
INPLACE(PyNumber_InPlaceLshift, nb_inplace_lshift, nb_lshift, "<<=")
INPLACE(PyNumber_InPlaceRshift, nb_inplace_rshift, nb_rshift, ">>=")
INPLACE(PyNumber_InPlaceSubtract, nb_inplace_subtract, nb_subtract, "-=")
INPLACE(PyNumber_InPlaceFloorDivide, nb_inplace_floor_divide, nb_floor_divide, "//=")
INPLACE(PyNumber_InPlaceTrueDivide, nb_inplace_true_divide, nb_true_divide, "/=")
INPLACE(PyNumber_InPlaceRemainder, nb_inplace_remainder, nb_remainder, "%=")
INPLACE(PyNumber_InPlaceMatrixMultiply, nb_inplace_matrix_multiply, nb_matrix_multiply, "@=")
#undef INPLACE

/* ---- unary ---- */

#define UNARY(function, slot, text)                                                                                        \
    PyObject *function(PyObject *o)                                                                                        \
    {                                                                                                                      \
        if (o == NULL) {                                                                                                   \
            if (!PyErr_Occurred())                                                                                         \
                PyErr_SetString(PyExc_SystemError, "null argument to internal routine");                                   \
            return NULL;                                                                                                   \
        }                                                                                                                  \
        PyNumberMethods *suite = Py_TYPE(o)->tp_as_number;                                                                 \
        if (suite != NULL && suite->slot != NULL)                                                                          \
            return suite->slot(o);                                                                                         \
        return PyErr_Format(PyExc_TypeError, "bad operand type for " text ": '%.200s'", Py_TYPE(o)->tp_name);              \
    }
UNARY(PyNumber_Negative, nb_negative, "unary -")
UNARY(PyNumber_Positive, nb_positive, "unary +")
UNARY(PyNumber_Invert, nb_invert, "unary ~")
UNARY(PyNumber_Absolute, nb_absolute, "abs()")
#undef UNARY

/* ---- conversion ---- */

int PyNumber_Check(PyObject *o)
{
    if (o == NULL)
        return 0;
    PyNumberMethods *suite = Py_TYPE(o)->tp_as_number;
    return (suite != NULL && (suite->nb_index != NULL || suite->nb_int != NULL || suite->nb_float != NULL))
           || PyComplex_Check(o);
}

int PyIndex_Check(PyObject *o) { return _PyIndex_Check(o); }

/* An int, possibly of a subclass. */
PyObject *_PyNumber_Index(PyObject *o)
{
    if (o == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
        return NULL;
    }
    if (PyLong_Check(o))
        return Py_NewRef(o);
    if (!_PyIndex_Check(o))
        return PyErr_Format(PyExc_TypeError, "'%.200s' object cannot be interpreted as an integer", Py_TYPE(o)->tp_name);
    PyObject *result = Py_TYPE(o)->tp_as_number->nb_index(o);
    if (result == NULL || PyLong_CheckExact(result))
        return result;
    if (!PyLong_Check(result)) {
        PyErr_Format(PyExc_TypeError, "__index__ returned non-int (type %.200s)", Py_TYPE(result)->tp_name);
        Py_DECREF(result);
        return NULL;
    }
    if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1,
                         "__index__ returned non-int (type %.200s).  The ability to return an instance of a strict "
                         "subclass of int is deprecated, and may not be supported in a future version of Python.",
                         Py_TYPE(result)->tp_name) < 0)
        Py_CLEAR(result);
    return result;
}

PyObject *PyNumber_Index(PyObject *o)
{
    PyObject *result = _PyNumber_Index(o);
    if (result != NULL && !PyLong_CheckExact(result))
        Py_SETREF(result, _PyLong_Copy((PyLongObject *)result));
    return result;
}

Py_ssize_t PyNumber_AsSsize_t(PyObject *o, PyObject *overflow)
{
    if (LIKELY(PyLong_CheckExact(o)) && Py_ABS(Py_SIZE(o)) <= 1)
        return Py_SIZE(o) * (Py_ssize_t)(Py_SIZE(o) == 0 ? 0 : ((PyLongObject *)o)->ob_digit[0]);
    PyObject *value = _PyNumber_Index(o);
    if (value == NULL)
        return -1;
    Py_ssize_t result = PyLong_AsSsize_t(value);
    if (result == -1 && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_OverflowError)) {
        PyErr_Clear();
        if (overflow == NULL)
            result = _PyLong_Sign(value) < 0 ? PY_SSIZE_T_MIN : PY_SSIZE_T_MAX;
        else
            PyErr_Format(overflow, "cannot fit '%.200s' into an index-sized integer", Py_TYPE(o)->tp_name);
    }
    Py_DECREF(value);
    return result;
}

/* What an nb_int or __trunc__ gave, as an exact int; steals `value`. */
static PyObject *exact_int(PyObject *value)
{
    if (value != NULL && !PyLong_CheckExact(value))
        Py_SETREF(value, _PyLong_Copy((PyLongObject *)value));
    return value;
}

static PyObject *int_from_slot(PyObject *o)
{
    PyObject *result = Py_TYPE(o)->tp_as_number->nb_int(o);
    if (result == NULL || PyLong_CheckExact(result))
        return result;
    if (!PyLong_Check(result)) {
        PyErr_Format(PyExc_TypeError, "__int__ returned non-int (type %.200s)", Py_TYPE(result)->tp_name);
        Py_DECREF(result);
        return NULL;
    }
    if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1,
                         "__int__ returned non-int (type %.200s).  The ability to return an instance of a strict "
                         "subclass of int is deprecated, and may not be supported in a future version of Python.",
                         Py_TYPE(result)->tp_name) < 0) {
        Py_DECREF(result);
        return NULL;
    }
    return exact_int(result);
}

static PyObject *int_from_trunc(PyObject *o, PyObject *trunc)
{
    if (PyErr_WarnEx(PyExc_DeprecationWarning, "The delegation of int() to __trunc__ is deprecated.", 1) < 0) {
        Py_DECREF(trunc);
        return NULL;
    }
    PyObject *result = PyObject_CallNoArgs(trunc);
    Py_DECREF(trunc);
    if (result == NULL || PyLong_Check(result))
        return exact_int(result);
    if (!_PyIndex_Check(result)) {
        PyErr_Format(PyExc_TypeError, "__trunc__ returned non-Integral (type %.200s)", Py_TYPE(result)->tp_name);
        Py_DECREF(result);
        return NULL;
    }
    Py_SETREF(result, PyNumber_Index(result));
    return result;
}

PyObject *PyNumber_Long(PyObject *o)
{
    if (o == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
        return NULL;
    }
    if (PyLong_CheckExact(o))
        return Py_NewRef(o);
    PyNumberMethods *suite = Py_TYPE(o)->tp_as_number;
    if (suite != NULL && suite->nb_int != NULL)
        return int_from_slot(o);
    if (suite != NULL && suite->nb_index != NULL)
        return PyNumber_Index(o);
    PyObject *trunc = _PyObject_LookupSpecial(o, N(__trunc__));
    if (trunc != NULL)
        return int_from_trunc(o, trunc);
    if (PyErr_Occurred())
        return NULL;
    if (PyUnicode_Check(o))
        return PyLong_FromUnicodeObject(o, 10);
    if (PyBytes_Check(o))
        return _PyLong_FromBytes(PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o), 10);
    if (PyByteArray_Check(o))
        return _PyLong_FromBytes(PyByteArray_AS_STRING(o), PyByteArray_GET_SIZE(o), 10);
    Py_buffer view;
    if (PyObject_CheckBuffer(o) && PyObject_GetBuffer(o, &view, PyBUF_SIMPLE) == 0) {
        PyObject *bytes = PyBytes_FromStringAndSize(view.buf, view.len);   /* ends in a NUL */
        PyBuffer_Release(&view);
        if (bytes == NULL)
            return NULL;
        PyObject *result = _PyLong_FromBytes(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), 10);
        Py_DECREF(bytes);
        return result;
    }
    PyErr_Clear();
    return PyErr_Format(PyExc_TypeError, "int() argument must be a string, a bytes-like object or a real number, not '%.200s'",
                        Py_TYPE(o)->tp_name);
}

PyObject *PyNumber_Float(PyObject *o)
{
    if (o == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
        return NULL;
    }
    if (PyFloat_CheckExact(o))
        return Py_NewRef(o);
    PyNumberMethods *suite = Py_TYPE(o)->tp_as_number;
    if (suite != NULL && suite->nb_float != NULL) {
        PyObject *result = suite->nb_float(o);
        if (result == NULL || PyFloat_CheckExact(result))
            return result;
        if (!PyFloat_Check(result)) {
            PyErr_Format(PyExc_TypeError, "%.50s.__float__ returned non-float (type %.50s)", Py_TYPE(o)->tp_name,
                         Py_TYPE(result)->tp_name);
            Py_DECREF(result);
            return NULL;
        }
        if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1,
                             "%.50s.__float__ returned non-float (type %.50s).  The ability to return an instance of a "
                             "strict subclass of float is deprecated, and may not be supported in a future version of Python.",
                             Py_TYPE(o)->tp_name, Py_TYPE(result)->tp_name) < 0) {
            Py_DECREF(result);
            return NULL;
        }
        double value = PyFloat_AS_DOUBLE(result);
        Py_DECREF(result);
        return PyFloat_FromDouble(value);
    }
    if (suite != NULL && suite->nb_index != NULL) {
        PyObject *index = _PyNumber_Index(o);
        if (index == NULL)
            return NULL;
        double value = PyLong_AsDouble(index);
        Py_DECREF(index);
        return value == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(value);
    }
    if (PyFloat_Check(o))
        return PyFloat_FromDouble(PyFloat_AS_DOUBLE(o));
    return PyFloat_FromString(o);
}

PyObject *PyNumber_ToBase(PyObject *o, int base)
{
    if (base != 2 && base != 8 && base != 10 && base != 16) {
        PyErr_SetString(PyExc_SystemError, "PyNumber_ToBase: base must be 2, 8, 10 or 16");
        return NULL;
    }
    PyObject *index = _PyNumber_Index(o);
    if (index == NULL)
        return NULL;
    PyObject *result = _PyLong_Format(index, base);
    Py_DECREF(index);
    return result;
}
