/* Fields of C structs as attributes: PyMemberDef (https://docs.python.org/3.11/c-api/structures.html). */
#include "objects/object.h"
#include "structmember.h"

PyObject *PyMember_GetOne(const char *base, PyMemberDef *def)
{
    const char *field = base + def->offset;
    PyObject *value;
    switch (def->type) {
    case T_BOOL: return PyBool_FromLong(*(char *)field);
    case T_BYTE: return PyLong_FromLong(*(signed char *)field);
    case T_UBYTE: return PyLong_FromUnsignedLong(*(unsigned char *)field);
    case T_SHORT: return PyLong_FromLong(*(short *)field);
    case T_USHORT: return PyLong_FromUnsignedLong(*(unsigned short *)field);
    case T_INT: return PyLong_FromLong(*(int *)field);
    case T_UINT: return PyLong_FromUnsignedLong(*(unsigned int *)field);
    case T_LONG: return PyLong_FromLong(*(long *)field);
    case T_ULONG: return PyLong_FromUnsignedLong(*(unsigned long *)field);
    case T_PYSSIZET: return PyLong_FromSsize_t(*(Py_ssize_t *)field);
    case T_LONGLONG: return PyLong_FromLongLong(*(long long *)field);
    case T_ULONGLONG: return PyLong_FromUnsignedLongLong(*(unsigned long long *)field);
    case T_FLOAT: return PyFloat_FromDouble(*(float *)field);
    case T_DOUBLE: return PyFloat_FromDouble(*(double *)field);
    case T_STRING:
        return *(char **)field == NULL ? Py_NewRef(Py_None) : PyUnicode_FromString(*(char **)field);
    case T_STRING_INPLACE: return PyUnicode_FromString(field);
    case T_CHAR: return PyUnicode_FromStringAndSize(field, 1);
    case T_OBJECT:
        value = *(PyObject **)field;
        return Py_NewRef(value == NULL ? Py_None : value);
    case T_OBJECT_EX:
        value = *(PyObject **)field;
        if (value == NULL)
            return PyErr_Format(PyExc_AttributeError, "'%.200s' object has no attribute '%s'",
                                Py_TYPE((PyObject *)base)->tp_name, def->name);
        return Py_NewRef(value);
    case T_NONE: Py_RETURN_NONE;
    default:
        PyErr_SetString(PyExc_SystemError, "bad memberdescr type");
        return NULL;
    }
}

static int warn_truncated(const char *type)
{
    return PyErr_WarnFormat(PyExc_RuntimeWarning, 1, "Truncation of value to %s", type);
}

/* Stores a C integer type; out of range values are cut, with a warning. */
#define SET_SIGNED(ctype, text)                                                                                            \
    {                                                                                                                      \
        long n = PyLong_AsLong(value);                                                                                     \
        if (n == -1 && PyErr_Occurred())                                                                                   \
            return -1;                                                                                                     \
        *(ctype *)field = (ctype)n;                                                                                        \
        return (long)(ctype)n == n ? 0 : warn_truncated(text);                                                             \
    }

static int set_uint(char *field, PyObject *value)
{
    unsigned long n = PyLong_AsUnsignedLong(value);
    if (n == (unsigned long)-1 && PyErr_Occurred()) {
        PyErr_Clear();
        n = (unsigned long)PyLong_AsLong(value);
        if (n == (unsigned long)-1 && PyErr_Occurred())
            return -1;
        *(unsigned int *)field = (unsigned int)n;
        return PyErr_WarnEx(PyExc_RuntimeWarning, "Writing negative value into unsigned field", 1);
    }
    *(unsigned int *)field = (unsigned int)n;
    return n > UINT_MAX ? warn_truncated("unsigned int") : 0;
}

static int set_ulong(char *field, PyObject *value)
{
    *(unsigned long *)field = PyLong_AsUnsignedLong(value);
    if (*(unsigned long *)field == (unsigned long)-1 && PyErr_Occurred()) {
        PyErr_Clear();
        *(unsigned long *)field = PyLong_AsLong(value);
        if (*(unsigned long *)field == (unsigned long)-1 && PyErr_Occurred())
            return -1;
        return PyErr_WarnEx(PyExc_RuntimeWarning, "Writing negative value into unsigned field", 1);
    }
    return 0;
}

static int set_double(char *field, PyObject *value, int single)
{
    double x = PyFloat_AsDouble(value);
    if (x == -1.0 && PyErr_Occurred())
        return -1;
    if (single)
        *(float *)field = (float)x;
    else
        *(double *)field = x;
    return 0;
}

static int set_char(char *field, PyObject *value)
{
    Py_ssize_t n;
    const char *text = PyUnicode_AsUTF8AndSize(value, &n);
    if (text == NULL || n != 1) {
        PyErr_BadArgument();
        return -1;
    }
    *field = text[0];
    return 0;
}

static int set_value(char *field, PyMemberDef *def, PyObject *value)
{
    PyObject *old;
    switch (def->type) {
    case T_BOOL:
        if (!PyBool_Check(value)) {
            PyErr_SetString(PyExc_TypeError, "attribute value type must be bool");
            return -1;
        }
        *field = value == Py_True;
        return 0;
    case T_BYTE: SET_SIGNED(signed char, "char")
    case T_UBYTE: SET_SIGNED(unsigned char, "unsigned char")
    case T_SHORT: SET_SIGNED(short, "short")
    case T_USHORT: SET_SIGNED(unsigned short, "unsigned short")
    case T_INT: SET_SIGNED(int, "int")
    case T_UINT: return set_uint(field, value);
    case T_LONG:
        *(long *)field = PyLong_AsLong(value);
        return *(long *)field == -1 && PyErr_Occurred() ? -1 : 0;
    case T_ULONG: return set_ulong(field, value);
    case T_PYSSIZET:
        *(Py_ssize_t *)field = PyLong_AsSsize_t(value);
        return *(Py_ssize_t *)field == -1 && PyErr_Occurred() ? -1 : 0;
    case T_LONGLONG:
        *(long long *)field = PyLong_AsLongLong(value);
        return *(long long *)field == -1 && PyErr_Occurred() ? -1 : 0;
    case T_ULONGLONG:
        *(unsigned long long *)field = PyLong_Check(value) ? PyLong_AsUnsignedLongLong(value)
                                                           : (unsigned long long)PyLong_AsLong(value);
        return *(unsigned long long *)field == (unsigned long long)-1 && PyErr_Occurred() ? -1 : 0;
    case T_FLOAT: return set_double(field, value, 1);
    case T_DOUBLE: return set_double(field, value, 0);
    case T_OBJECT:
    case T_OBJECT_EX:
        old = *(PyObject **)field;
        *(PyObject **)field = Py_XNewRef(value);
        Py_XDECREF(old);
        return 0;
    case T_CHAR: return set_char(field, value);
    case T_STRING:
    case T_STRING_INPLACE: PyErr_SetString(PyExc_TypeError, "readonly attribute"); return -1;
    default: PyErr_Format(PyExc_SystemError, "bad memberdescr type for %s", def->name); return -1;
    }
}

int PyMember_SetOne(char *base, PyMemberDef *def, PyObject *value)
{
    char *field = base + def->offset;
    if (def->flags & READONLY) {
        PyErr_SetString(PyExc_AttributeError, "readonly attribute");
        return -1;
    }
    if (value == NULL) {
        if (def->type == T_OBJECT_EX) {
            if (*(PyObject **)field == NULL) {
                PyErr_SetString(PyExc_AttributeError, def->name);
                return -1;
            }
        } else if (def->type != T_OBJECT) {
            PyErr_SetString(PyExc_TypeError, "can't delete numeric/char attribute");
            return -1;
        }
    }
    return set_value(field, def, value);
}
