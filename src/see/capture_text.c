/* See capture_text.h. */
#include "see/capture_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static size_t put_point(char *p, Py_UCS4 c)
{
    if (c >= 0xd800 && c < 0xe000)
        c = 0xfffd;
    if (c < 0x80) {
        p[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        p[i] = (char)(0x80 | (c & 0x3f));
    p[0] = (char)(lead[n] | c);
    return n;
}

size_t capture_cut(PyObject *s, char *text, size_t room)
{
    size_t n = 0;
    if (s == NULL || !PyUnicode_Check(s) || !PyUnicode_IS_READY(s))
        return 0;
    Py_ssize_t length = PyUnicode_GET_LENGTH(s);
    int kind = (int)PyUnicode_KIND(s);
    const void *data = PyUnicode_DATA(s);
    for (Py_ssize_t i = 0; i < length && n + 4 <= room; i++)
        n += put_point(text + n, PyUnicode_READ(kind, data, i));
    return n;
}

size_t capture_str(PyObject *s, char *text) { return capture_cut(s, text, CAPTURE_TEXT); }

/* The value of an ASCII key in a dict of names, borrowed, or NULL; compares no objects. */
static PyObject *look_up(PyObject *dict, const char *name)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    size_t length = strlen(name);
    while (dict && PyDict_Check(dict) && PyDict_Next(dict, &at, &key, &value))
        if (PyUnicode_CheckExact(key) && PyUnicode_IS_COMPACT_ASCII(key) &&
            (size_t)PyUnicode_GET_LENGTH(key) == length && memcmp(PyUnicode_DATA(key), name, length) == 0)
            return value;
    return NULL;
}

size_t capture_type_name(PyTypeObject *type, char *text)
{
    size_t n = 0;
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE)) {
        const char *name = strncmp(type->tp_name, "builtins.", 9) ? type->tp_name : type->tp_name + 9;
        n = strnlen(name, CAPTURE_TEXT);
        memcpy(text, name, n);
        return n;
    }
    PyObject *module = look_up(type->tp_dict, "__module__");
    if (module && PyUnicode_CheckExact(module)) {
        n = capture_cut(module, text, CAPTURE_TEXT / 2);
        n = n == 8 && memcmp(text, "builtins", 8) == 0 ? 0 : n;
        if (n)
            text[n++] = '.';
    }
    return n + capture_cut(((PyHeapTypeObject *)type)->ht_qualname, text + n, CAPTURE_TEXT - n);
}

static int code_name(PyCodeObject *code, char *text)
{
    char file[256], tail[300];
    size_t n = capture_cut(code->co_qualname, text, CAPTURE_TEXT / 2),
           f = capture_cut(code->co_filename, file, sizeof file);
    int more = snprintf(tail, sizeof tail, " %.*s:%d", (int)f, file, code->co_firstlineno);
    memcpy(text + n, tail, (size_t)more);
    return (int)n + more;
}

/* b'...' with what does not print escaped. */
static int bytes_text(const char *bytes, Py_ssize_t size, char *text, int most)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *p = (const unsigned char *)bytes;
    int n = 0;
    text[n++] = 'b';
    text[n++] = '\'';
    for (Py_ssize_t i = 0; i < size && i < most; i++) {
        if (p[i] >= 32 && p[i] < 127 && p[i] != '\'' && p[i] != '\\') {
            text[n++] = (char)p[i];
            continue;
        }
        text[n++] = '\\';
        text[n++] = 'x';
        text[n++] = digits[p[i] >> 4];
        text[n++] = digits[p[i] & 15];
    }
    text[n++] = '\'';
    return n;
}

#define DECIMAL_DIGITS 9 /* of 30 bits: what is longer is told by its length */

/* Decimals by dividing by 10**9 again and again. */
static int int_text(PyObject *o, char *text)
{
    Py_ssize_t size = Py_ABS(Py_SIZE(o));
    const char *sign = Py_SIZE(o) < 0 ? "-" : "";
    digit digits[DECIMAL_DIGITS];
    uint32_t parts[DECIMAL_DIGITS + 2];
    int count = 0;
    if (size > DECIMAL_DIGITS || _PyLong_NumBits(o) > 256)
        return snprintf(text, CAPTURE_TEXT, "%s%zu bits", sign, _PyLong_NumBits(o));
    memcpy(digits, ((PyLongObject *)o)->ob_digit, (size_t)size * sizeof(digit));
    do {
        uint64_t rest = 0;
        for (Py_ssize_t i = size - 1; i >= 0; i--) {
            rest = rest << PyLong_SHIFT | digits[i];
            digits[i] = (digit)(rest / 1000000000);
            rest %= 1000000000;
        }
        parts[count++] = (uint32_t)rest;
        while (size > 0 && digits[size - 1] == 0)
            size--;
    } while (size > 0);
    int n = snprintf(text, CAPTURE_TEXT, "%s%u", sign, parts[count - 1]);
    for (int i = count - 2; i >= 0; i--)
        n += snprintf(text + n, CAPTURE_TEXT - (size_t)n, "%09u", parts[i]);
    return n;
}

/* As repr() has it, with doubles in 17 digits. */
static int complex_text(Py_complex z, char *text)
{
    return z.real != 0 || signbit(z.real) ? snprintf(text, CAPTURE_TEXT, "(%.17g%+.17gj)", z.real, z.imag)
                                          : snprintf(text, CAPTURE_TEXT, "%.17gj", z.imag);
}

static int value_text(PyObject *o, char *text, int brief)
{
    int most = brief ? BRIEF_BYTES : VALUE_TEXT;
    if (PyUnicode_Check(o))
        return (int)capture_cut(o, text, brief ? BRIEF_TEXT : VALUE_TEXT);
    if (PyBool_Check(o) || o == Py_None)
        return snprintf(text, CAPTURE_TEXT, "%s", o == Py_None ? "None" : o == Py_True ? "True" : "False");
    if (PyLong_Check(o))
        return int_text(o, text);
    if (PyFloat_Check(o))
        return snprintf(text, CAPTURE_TEXT, "%.17g", PyFloat_AS_DOUBLE(o));
    if (PyComplex_Check(o))
        return complex_text(((PyComplexObject *)o)->cval, text);
    if (PyByteArray_Check(o))
        return bytes_text(PyByteArray_AS_STRING(o), PyByteArray_GET_SIZE(o), text, most);
    return PyBytes_Check(o) ? bytes_text(PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o), text, most) : -1;
}

int capture_name(PyObject *o, int values, char *text)
{
    if (PyType_Check(o))
        return (int)capture_type_name((PyTypeObject *)o, text);
    if (PyFunction_Check(o))
        return (int)capture_str(((PyFunctionObject *)o)->func_qualname, text);
    if (PyCode_Check(o))
        return code_name((PyCodeObject *)o, text);
    if (PyModule_Check(o))
        return (int)capture_str(look_up(PyModule_GetDict(o), "__name__"), text);
    if (PyCFunction_Check(o))
        return snprintf(text, CAPTURE_TEXT, "%s", ((PyCFunctionObject *)o)->m_ml->ml_name);
    return values ? value_text(o, text, values > 1) : -1;
}

Py_ssize_t capture_length(PyObject *o)
{
    if (PyUnicode_Check(o))
        return ((PyASCIIObject *)o)->length;
    if (PyDict_Check(o))
        return ((PyDictObject *)o)->ma_used;
    if (PyAnySet_Check(o))
        return ((PySetObject *)o)->used;
    if (PyList_Check(o) || PyTuple_Check(o) || PyBytes_Check(o) || PyByteArray_Check(o))
        return Py_SIZE(o);
    return -1;
}

int capture_is_own(PyCodeObject *code)
{
    PyObject *name = code->co_filename;
    return PyUnicode_Check(name) && PyUnicode_IS_COMPACT_ASCII(name) && PyUnicode_GET_LENGTH(name) > 14 &&
           memcmp(PyUnicode_DATA(name), "<frozen limpid", 14) == 0;
}
