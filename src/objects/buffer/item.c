/* One item of a memoryview as an object, and back: the native formats of struct. */
#include "objects/buffer/buffer.h"

#include <stdbool.h>

#define NATIVE(X)                                                                                                          \
    X('b', signed char, LONG) X('B', unsigned char, LONG) X('h', short, LONG) X('H', unsigned short, LONG) X('i', int, LONG) \
    X('I', unsigned int, ULONG) X('l', long, LONG) X('L', unsigned long, ULONG) X('q', long long, LONG)                      \
    X('Q', unsigned long long, ULONG) X('n', Py_ssize_t, LONG) X('N', size_t, ULONG)

char item_native(const char *format, Py_ssize_t *size)
{
    if (!format)
        format = "B";
    if (*format == '@')
        format++;
    if (!*format || format[1])
        return 0;
    switch (*format) {
#define X(c, type, kind) case c: *size = sizeof(type); return c;
    NATIVE(X)
#undef X
    case 'f': *size = sizeof(float); break;
    case 'd': *size = sizeof(double); break;
    case 'e': *size = 2; break;
    case 'c': case '?': *size = 1; break;
    case 'P': *size = sizeof(void *); break;
    default: return 0;
    }
    return *format;
}

PyObject *item_unpack(const char *p, const char *format)
{
    Py_ssize_t size;
    switch (item_native(format, &size)) {
#define LONG(v) PyLong_FromLong(v)
#define ULONG(v) PyLong_FromUnsignedLong(v)
#define X(c, type, kind) case c: { type v; memcpy(&v, p, sizeof v); return kind(v); }
    NATIVE(X)
#undef X
#undef LONG
#undef ULONG
    case 'f': return PyFloat_FromDouble(PyFloat_Unpack4(p, PY_LITTLE_ENDIAN));
    case 'd': return PyFloat_FromDouble(PyFloat_Unpack8(p, PY_LITTLE_ENDIAN));
    case 'e': return PyFloat_FromDouble(PyFloat_Unpack2(p, PY_LITTLE_ENDIAN));
    case 'c': return PyBytes_FromStringAndSize(p, 1);
    case '?': return PyBool_FromLong(*p != 0);
    case 'P': { void *v; memcpy(&v, p, sizeof v); return PyLong_FromVoidPtr(v); }
    default: break;
    }
    PyErr_Format(PyExc_NotImplementedError, "memoryview: unsupported format %s", format);
    return NULL;
}

static int bad_value(const char *what, const char *format)
{
    PyErr_Format(what[0] == 't' ? PyExc_TypeError : PyExc_ValueError, "memoryview: invalid %s for format '%s'", what, format);
    return -1;
}

/* Turns the error of a conversion into the one of this module. */
static int conversion_error(const char *format)
{
    if (PyErr_ExceptionMatches(PyExc_TypeError)) {
        PyErr_Clear();
        return bad_value("type", format);
    }
    if (PyErr_ExceptionMatches(PyExc_OverflowError) || PyErr_ExceptionMatches(PyExc_ValueError)) {
        PyErr_Clear();
        return bad_value("value", format);
    }
    return -1;
}

int item_pack(char *p, PyObject *value, const char *format)
{
    Py_ssize_t size;
    char code = item_native(format, &size);
    double d;
    int truth;
    switch (code) {
    case 'f': case 'd': case 'e':
        d = PyFloat_AsDouble(value);
        if (d == -1.0 && PyErr_Occurred())
            return conversion_error(format);
        if (code == 'd' ? PyFloat_Pack8(d, p, PY_LITTLE_ENDIAN) : code == 'f' ? PyFloat_Pack4(d, p, PY_LITTLE_ENDIAN) : PyFloat_Pack2(d, p, PY_LITTLE_ENDIAN))
            return conversion_error(format);
        return 0;
    case 'c':
        if (!PyBytes_Check(value))
            return bad_value("type", format);
        if (PyBytes_GET_SIZE(value) != 1)
            return bad_value("value", format);
        *p = PyBytes_AS_STRING(value)[0];
        return 0;
    case '?':
        truth = PyObject_IsTrue(value);
        if (truth < 0)
            return -1;
        *p = (char)truth;
        return 0;
    case 0:
        PyErr_Format(PyExc_NotImplementedError, "memoryview: format %s not supported", format);
        return -1;
    default:
        break;
    }
    PyObject *v = _PyNumber_Index(value);
    if (!v)
        return conversion_error(format);
    int is_signed = strchr("bhilqn", code) != NULL, bad = 0;
    if (is_signed) {
        long long x = PyLong_AsLongLong(v);
        long long high = size == 8 ? LLONG_MAX : (1LL << (8 * size - 1)) - 1;
        bad = x == -1 && PyErr_Occurred() ? conversion_error(format) : x > high || x < -high - 1 ? bad_value("value", format) : 0;
        if (!bad)
            memcpy(p, &x, (size_t)size);
    }
    else {
        unsigned long long x = PyLong_AsUnsignedLongLong(v);
        bad = x == (unsigned long long)-1 && PyErr_Occurred() ? conversion_error(format)
              : size < 8 && x >> 8 * size                     ? bad_value("value", format)
                                                              : 0;
        if (!bad)
            memcpy(p, &x, (size_t)size);
    }
    Py_DECREF(v);
    return bad;
}
