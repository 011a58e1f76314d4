/* _codecs: the codecs and their registry for the codecs module. */
#include "runtime/codec_handlers.h"
#include <string.h>

/* The private encoders and decoders of objects/str that only this module calls are declared in the public headers. */

static PyObject *register_search(PyObject *m, PyObject *search)
{
    if (PyCodec_Register(search) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *unregister_search(PyObject *m, PyObject *search)
{
    if (PyCodec_Unregister(search) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *lookup(PyObject *m, PyObject *args)
{
    const char *name;
    return PyArg_ParseTuple(args, "s:lookup", &name) ? _PyCodec_Lookup(name) : NULL;
}

static PyObject *code(PyObject *args, PyObject *kwargs, const char *format,
                      PyObject *(*function)(PyObject *, const char *, const char *))
{
    static char *keywords[] = {"obj", "encoding", "errors", NULL};
    PyObject *o;
    const char *encoding = "utf-8", *errors = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, format, keywords, &o, &encoding, &errors))
        return NULL;
    return function(o, encoding, errors);
}

static PyObject *encode(PyObject *m, PyObject *args, PyObject *kwargs) { return code(args, kwargs, "O|ss:encode", PyCodec_Encode); }
static PyObject *decode(PyObject *m, PyObject *args, PyObject *kwargs) { return code(args, kwargs, "O|ss:decode", PyCodec_Decode); }

static PyObject *register_error(PyObject *m, PyObject *args)
{
    const char *name;
    PyObject *handler;
    if (!PyArg_ParseTuple(args, "sO:register_error", &name, &handler) || PyCodec_RegisterError(name, handler) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *lookup_error(PyObject *m, PyObject *args)
{
    const char *name;
    return PyArg_ParseTuple(args, "s:lookup_error", &name) ? PyCodec_LookupError(name) : NULL;
}

static PyObject *forget_codec(PyObject *m, PyObject *args)
{
    const char *name;
    if (!PyArg_ParseTuple(args, "s:_forget_codec", &name))
        return NULL;
    if (_PyCodec_Forget(name) < 0) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_KeyError, name);
        return NULL;
    }
    Py_RETURN_NONE;
}

/* (result, count), consuming result. */
static PyObject *pair(PyObject *result, Py_ssize_t count) { return result ? Py_BuildValue("(Nn)", result, count) : NULL; }

/* --- decoders: (data, errors=None[, final=False]) -> (text, bytes used) --- */

typedef struct {
    Py_buffer data;
    const char *errors;
    int final, byteorder;
    PyObject *map;
} DecodeArgs;

static int get_data(PyObject *o, Py_buffer *data, int or_text)
{
    if (or_text && PyUnicode_Check(o)) {
        Py_ssize_t size;
        const char *utf8 = PyUnicode_AsUTF8AndSize(o, &size);
        return utf8 ? PyBuffer_FillInfo(data, o, (void *)utf8, size, 1, 0) : -1;
    }
    if (PyObject_GetBuffer(o, data, PyBUF_SIMPLE) < 0)
        return -1;
    return 0;
}

typedef PyObject *(*decoder)(DecodeArgs *a, Py_ssize_t *used);

static PyObject *run_decoder(PyObject *args, const char *format, int final, int or_text, decoder function)
{
    PyObject *o;
    DecodeArgs a = {.final = final};
    if (!PyArg_ParseTuple(args, format, &o, &a.errors, &a.final) || get_data(o, &a.data, or_text) < 0)
        return NULL;
    Py_ssize_t used = a.data.len;
    PyObject *text = function(&a, &used);
    PyBuffer_Release(&a.data);
    return pair(text, used);
}

#define DECODER(name, format, final, or_text, call) \
    static PyObject *name##_run(DecodeArgs *a, Py_ssize_t *used) { return call; } \
    static PyObject *name##_decode(PyObject *m, PyObject *args) \
    { \
        return run_decoder(args, format ":" #name "_decode", final, or_text, name##_run); \
    }
#define STATEFUL (a->final ? NULL : used)

static PyObject *ordered(DecodeArgs *a, Py_ssize_t *used, int order, int width)
{
    return width == 2 ? PyUnicode_DecodeUTF16Stateful(a->data.buf, a->data.len, a->errors, &order, STATEFUL)
                      : PyUnicode_DecodeUTF32Stateful(a->data.buf, a->data.len, a->errors, &order, STATEFUL);
}

DECODER(utf_7, "O|zp", 0, 0, PyUnicode_DecodeUTF7Stateful(a->data.buf, a->data.len, a->errors, STATEFUL))
DECODER(utf_8, "O|zp", 0, 0, PyUnicode_DecodeUTF8Stateful(a->data.buf, a->data.len, a->errors, STATEFUL))
DECODER(utf_16, "O|zp", 0, 0, ordered(a, used, 0, 2))
DECODER(utf_16_le, "O|zp", 0, 0, ordered(a, used, -1, 2))
DECODER(utf_16_be, "O|zp", 0, 0, ordered(a, used, 1, 2))
DECODER(utf_32, "O|zp", 0, 0, ordered(a, used, 0, 4))
DECODER(utf_32_le, "O|zp", 0, 0, ordered(a, used, -1, 4))
DECODER(utf_32_be, "O|zp", 0, 0, ordered(a, used, 1, 4))
DECODER(unicode_escape, "O|zp", 1, 1, _PyUnicode_DecodeUnicodeEscapeStateful(a->data.buf, a->data.len, a->errors, STATEFUL))
DECODER(raw_unicode_escape, "O|zp", 1, 1, _PyUnicode_DecodeRawUnicodeEscapeStateful(a->data.buf, a->data.len, a->errors, STATEFUL))
DECODER(latin_1, "O|z", 1, 0, PyUnicode_DecodeLatin1(a->data.buf, a->data.len, a->errors))
DECODER(ascii, "O|z", 1, 0, PyUnicode_DecodeASCII(a->data.buf, a->data.len, a->errors))

/* utf_16_ex_decode(data, errors=None, byteorder=0, final=False) -> (text, used, byteorder) */
static PyObject *ex_decode(PyObject *args, const char *format, int width)
{
    PyObject *o;
    DecodeArgs a = {.final = 0};
    if (!PyArg_ParseTuple(args, format, &o, &a.errors, &a.byteorder, &a.final) || get_data(o, &a.data, 0) < 0)
        return NULL;
    Py_ssize_t used = a.data.len, *stateful = a.final ? NULL : &used;
    PyObject *text = width == 2 ? PyUnicode_DecodeUTF16Stateful(a.data.buf, a.data.len, a.errors, &a.byteorder, stateful)
                                : PyUnicode_DecodeUTF32Stateful(a.data.buf, a.data.len, a.errors, &a.byteorder, stateful);
    PyBuffer_Release(&a.data);
    return text ? Py_BuildValue("(Nni)", text, used, a.byteorder) : NULL;
}

static PyObject *utf_16_ex_decode(PyObject *m, PyObject *args) { return ex_decode(args, "O|zip:utf_16_ex_decode", 2); }
static PyObject *utf_32_ex_decode(PyObject *m, PyObject *args) { return ex_decode(args, "O|zip:utf_32_ex_decode", 4); }

static PyObject *charmap_decode(PyObject *m, PyObject *args)
{
    PyObject *o, *map = Py_None;
    const char *errors = NULL;
    Py_buffer data;
    if (!PyArg_ParseTuple(args, "O|zO:charmap_decode", &o, &errors, &map) || get_data(o, &data, 0) < 0)
        return NULL;
    PyObject *text = PyUnicode_DecodeCharmap(data.buf, data.len, map == Py_None ? NULL : map, errors);
    Py_ssize_t used = data.len;
    PyBuffer_Release(&data);
    return pair(text, used);
}

/* --- encoders: (text, errors=None) -> (bytes, characters used) --- */

static PyObject *run_encoder(PyObject *args, const char *format, PyObject *(*function)(PyObject *, const char *))
{
    PyObject *text;
    const char *errors = NULL;
    if (!PyArg_ParseTuple(args, format, &text, &errors) || PyUnicode_READY(text) < 0)
        return NULL;
    return pair(function(text, errors), PyUnicode_GET_LENGTH(text));
}

#define ENCODER(name, call) \
    static PyObject *name##_do(PyObject *text, const char *errors) { return call; } \
    static PyObject *name##_encode(PyObject *m, PyObject *args) { return run_encoder(args, "U|z:" #name "_encode", name##_do); }

ENCODER(utf_7, _PyUnicode_EncodeUTF7(text, 0, 0, errors))
ENCODER(utf_8, _PyUnicode_AsUTF8String(text, errors))
ENCODER(utf_16_le, _PyUnicode_EncodeUTF16(text, errors, -1))
ENCODER(utf_16_be, _PyUnicode_EncodeUTF16(text, errors, 1))
ENCODER(utf_32_le, _PyUnicode_EncodeUTF32(text, errors, -1))
ENCODER(utf_32_be, _PyUnicode_EncodeUTF32(text, errors, 1))
ENCODER(unicode_escape, PyUnicode_AsUnicodeEscapeString(text))
ENCODER(raw_unicode_escape, PyUnicode_AsRawUnicodeEscapeString(text))
ENCODER(latin_1, _PyUnicode_AsLatin1String(text, errors))
ENCODER(ascii, _PyUnicode_AsASCIIString(text, errors))

static PyObject *wide_encode(PyObject *args, const char *format, PyObject *(*function)(PyObject *, const char *, int))
{
    PyObject *text;
    const char *errors = NULL;
    int byteorder = 0;
    if (!PyArg_ParseTuple(args, format, &text, &errors, &byteorder))
        return NULL;
    return pair(function(text, errors, byteorder), PyUnicode_GET_LENGTH(text));
}

static PyObject *utf_16_encode(PyObject *m, PyObject *args) { return wide_encode(args, "U|zi:utf_16_encode", _PyUnicode_EncodeUTF16); }
static PyObject *utf_32_encode(PyObject *m, PyObject *args) { return wide_encode(args, "U|zi:utf_32_encode", _PyUnicode_EncodeUTF32); }

static PyObject *charmap_encode(PyObject *m, PyObject *args)
{
    PyObject *text, *map = Py_None;
    const char *errors = NULL;
    if (!PyArg_ParseTuple(args, "U|zO:charmap_encode", &text, &errors, &map))
        return NULL;
    return pair(_PyUnicode_EncodeCharmap(text, map == Py_None ? NULL : map, errors), PyUnicode_GET_LENGTH(text));
}

static PyObject *charmap_build(PyObject *m, PyObject *args)
{
    PyObject *map;
    return PyArg_ParseTuple(args, "U:charmap_build", &map) ? PyUnicode_BuildEncodingMap(map) : NULL;
}

static PyObject *readbuffer_encode(PyObject *m, PyObject *args)
{
    PyObject *o;
    const char *errors = NULL;
    Py_buffer data;
    if (!PyArg_ParseTuple(args, "O|z:readbuffer_encode", &o, &errors) || get_data(o, &data, 1) < 0)
        return NULL;
    PyObject *bytes = PyBytes_FromStringAndSize(data.buf, data.len);
    Py_ssize_t used = data.len;
    PyBuffer_Release(&data);
    return pair(bytes, used);
}

/* --- escapes in bytes literals --- */

static int hex_digit(unsigned c)
{
    return c - '0' < 10 ? (int)(c - '0') : (c | 32) - 'a' < 6 ? (int)((c | 32) - 'a' + 10) : -1;
}

/* Undoes escapes in place into out: the length, or -1.  *invalid: the first unknown escape, or NULL. */
static Py_ssize_t unescape(const char *s, Py_ssize_t size, const char *errors, char *out, const char **invalid)
{
    static const char letters[] = "\\'\"bftnrva", values[] = "\\'\"\b\f\t\n\r\v\a";
    const char *start = s, *end = s + size;
    char *o = out;
    *invalid = NULL;
    while (s < end) {
        if (*s != '\\') {
            *o++ = *s++;
            continue;
        }
        if (++s == end) {
            PyErr_SetString(PyExc_ValueError, "Trailing \\ in string");
            return -1;
        }
        char c = *s++;
        const char *simple = c ? strchr(letters, c) : NULL;
        if (c == '\n')
            continue;
        if (simple)
            *o++ = values[simple - letters];
        else if (c >= '0' && c <= '7') {
            int value = c - '0';
            for (int i = 0; i < 2 && s < end && *s >= '0' && *s <= '7'; i++)
                value = value * 8 + (*s++ - '0');
            if (value > 0xff && *invalid == NULL)
                *invalid = s - 3;
            *o++ = (char)value;
        }
        else if (c == 'x') {
            int high = s < end ? hex_digit((unsigned char)*s) : -1, low = high >= 0 && s + 1 < end ? hex_digit((unsigned char)s[1]) : -1;
            if (low >= 0) {
                *o++ = (char)(high << 4 | low);
                s += 2;
                continue;
            }
            if (errors == NULL || strcmp(errors, "strict") == 0) {
                PyErr_Format(PyExc_ValueError, "invalid \\x escape at position %zd", s - 2 - start);
                return -1;
            }
            if (strcmp(errors, "replace") == 0)
                *o++ = '?';
            else if (strcmp(errors, "ignore") != 0) {
                PyErr_Format(PyExc_ValueError, "decoding error; unknown error handling code: %.400s", errors);
                return -1;
            }
            s += high >= 0;
        }
        else {
            if (*invalid == NULL)
                *invalid = s - 1;
            *o++ = '\\';
            *o++ = c;
        }
    }
    return o - out;
}

static PyObject *unescaped_bytes(const char *s, Py_ssize_t size, const char *errors, const char **invalid)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    if (bytes == NULL || size == 0)
        return bytes;
    char *out = PyMem_Malloc((size_t)size);
    Py_ssize_t n = out ? unescape(s, size, errors, out, invalid) : -1;
    if (out == NULL)
        PyErr_NoMemory();
    Py_DECREF(bytes);
    bytes = n < 0 ? NULL : PyBytes_FromStringAndSize(out, n);
    PyMem_Free(out);
    return bytes;
}

static PyObject *escape_decode(PyObject *m, PyObject *args)
{
    PyObject *o;
    const char *errors = NULL, *invalid = NULL;
    Py_buffer data;
    if (!PyArg_ParseTuple(args, "O|z:escape_decode", &o, &errors) || get_data(o, &data, 1) < 0)
        return NULL;
    PyObject *bytes = unescaped_bytes(data.buf, data.len, errors, &invalid);
    if (bytes && invalid) {
        int octal = *invalid >= '4' && *invalid <= '7';
        int failed = octal ? PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "invalid octal escape sequence '\\%.3s'", invalid)
                           : PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "invalid escape sequence '\\%c'", (unsigned char)*invalid);
        if (failed < 0)
            Py_CLEAR(bytes);
    }
    Py_ssize_t used = data.len;
    PyBuffer_Release(&data);
    return pair(bytes, used);
}

static PyObject *escape_encode(PyObject *m, PyObject *args)
{
    PyObject *o;
    const char *errors = NULL;
    if (!PyArg_ParseTuple(args, "O!|z:escape_encode", &PyBytes_Type, &o, &errors))
        return NULL;
    Py_ssize_t n = PyBytes_GET_SIZE(o);
    if (n > PY_SSIZE_T_MAX / 4) {
        PyErr_SetString(PyExc_OverflowError, "string is too large to encode");
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, 4 * n);
    if (bytes == NULL)
        return NULL;
    char *p = PyBytes_AS_STRING(bytes);
    for (Py_ssize_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)PyBytes_AS_STRING(o)[i];
        if (c == '\'' || c == '\\' || c == '\t' || c == '\n' || c == '\r') {
            *p++ = '\\';
            *p++ = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : (char)c;
        }
        else if (c < ' ' || c >= 0x7f) {
            *p++ = '\\';
            *p++ = 'x';
            *p++ = Py_hexdigits[c >> 4];
            *p++ = Py_hexdigits[c & 15];
        }
        else
            *p++ = (char)c;
    }
    Py_ssize_t size = p - PyBytes_AS_STRING(bytes);
    if (size != 4 * n)
        _PyBytes_Resize(&bytes, size);
    return pair(bytes, n);
}

#define BOTH(name) \
    {#name "_encode", name##_encode, METH_VARARGS, #name "_encode($module, str, errors=None, /)\n--\n\n"}, \
    {#name "_decode", name##_decode, METH_VARARGS, #name "_decode($module, data, errors=None, final=False, /)\n--\n\n"}

static PyMethodDef methods[] = {
    {"register", register_search, METH_O, "register($module, search_function, /)\n--\n\nAdd a codec search function."},
    {"unregister", unregister_search, METH_O, "unregister($module, search_function, /)\n--\n\nRemove a codec search function."},
    {"lookup", lookup, METH_VARARGS, "lookup($module, encoding, /)\n--\n\nThe codec of that name."},
    {"encode", (PyCFunction)(void (*)(void))encode, METH_VARARGS | METH_KEYWORDS,
     "encode($module, /, obj, encoding='utf-8', errors='strict')\n--\n\nThe object encoded by the codec of that name."},
    {"decode", (PyCFunction)(void (*)(void))decode, METH_VARARGS | METH_KEYWORDS,
     "decode($module, /, obj, encoding='utf-8', errors='strict')\n--\n\nThe object decoded by the codec of that name."},
    {"escape_encode", escape_encode, METH_VARARGS, "escape_encode($module, data, errors=None, /)\n--\n\n"},
    {"escape_decode", escape_decode, METH_VARARGS, "escape_decode($module, data, errors=None, /)\n--\n\n"},
    BOTH(utf_8), BOTH(utf_7), BOTH(utf_16), BOTH(utf_16_le), BOTH(utf_16_be), BOTH(utf_32), BOTH(utf_32_le), BOTH(utf_32_be),
    BOTH(unicode_escape), BOTH(raw_unicode_escape), BOTH(latin_1), BOTH(ascii), BOTH(charmap),
    {"utf_16_ex_decode", utf_16_ex_decode, METH_VARARGS, "utf_16_ex_decode($module, data, errors=None, byteorder=0, final=False, /)\n--\n\n"},
    {"utf_32_ex_decode", utf_32_ex_decode, METH_VARARGS, "utf_32_ex_decode($module, data, errors=None, byteorder=0, final=False, /)\n--\n\n"},
    {"charmap_build", charmap_build, METH_VARARGS, "charmap_build($module, map, /)\n--\n\n"},
    {"readbuffer_encode", readbuffer_encode, METH_VARARGS, "readbuffer_encode($module, data, errors=None, /)\n--\n\n"},
    {"register_error", register_error, METH_VARARGS, "register_error($module, errors, handler, /)\n--\n\nName an error handler."},
    {"lookup_error", lookup_error, METH_VARARGS, "lookup_error($module, name, /)\n--\n\nThe error handler of that name."},
    {"_forget_codec", forget_codec, METH_VARARGS, "_forget_codec($module, encoding, /)\n--\n\nDrop a codec from the cache."},
    {NULL}
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "_codecs", .m_size = 0, .m_methods = methods};

PyMODINIT_FUNC PyInit__codecs(void) { return PyModuleDef_Init(&module); }
