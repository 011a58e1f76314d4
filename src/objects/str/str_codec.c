/* Encoding and decoding by name: str.encode, PyUnicode_Decode and the file system's encoding.
 * UTF-8, ASCII and Latin-1 (and the UTF-16 and -32 families) go straight to their codecs, without the registry. */
#include "objects/str/codec.h"
#include "memory/state.h"
#include <ctype.h>
#include <locale.h>
#include <string.h>

enum direct { NONE, UTF_8, ASCII, LATIN_1, UTF_16, UTF_32 };

/* `name` in lower case with '-', '_' and blanks as one '_', into out; 0 when it is too long. */
static int normalise(const char *name, char *out, size_t size)
{
    char *end = out + size - 1;
    int separate = 0;
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        if (Py_ISALNUM(c) || c == '.') {
            if (separate && out < end)
                *out++ = '_';
            separate = 0;
            if (out == end)
                return 0;
            *out++ = (char)Py_TOLOWER(c);
        }
        else
            separate = 1;
    }
    *out = 0;
    return 1;
}

static enum direct direct_codec(const char *encoding)
{
    char name[24];
    if (encoding == NULL || strcmp(encoding, "utf-8") == 0)
        return UTF_8;
    if (!normalise(encoding, name, sizeof name))
        return NONE;
    if (strcmp(name, "utf_8") == 0 || strcmp(name, "utf8") == 0)
        return UTF_8;
    if (strcmp(name, "ascii") == 0 || strcmp(name, "us_ascii") == 0)
        return ASCII;
    if (strcmp(name, "latin_1") == 0 || strcmp(name, "latin1") == 0 || strcmp(name, "iso8859_1") == 0
        || strcmp(name, "iso_8859_1") == 0)
        return LATIN_1;
    if (strcmp(name, "utf_16") == 0 || strcmp(name, "utf16") == 0)
        return UTF_16;
    if (strcmp(name, "utf_32") == 0 || strcmp(name, "utf32") == 0)
        return UTF_32;
    return NONE;
}

int str_check_codec(const char *encoding, const char *errors)
{
    if (!interp_current()->check_codecs)
        return 0;
    if (encoding && direct_codec(encoding) == NONE) {
        PyObject *codec = _PyCodec_Lookup(encoding);
        if (!codec)
            return -1;
        Py_DECREF(codec);
    }
    PyObject *handler = errors && strcmp(errors, "strict") != 0 ? PyCodec_LookupError(errors) : NULL;
    if (errors && strcmp(errors, "strict") != 0 && !handler)
        return -1;
    Py_XDECREF(handler);
    return 0;
}

const char *PyUnicode_GetDefaultEncoding(void) { return "utf-8"; }

/* --- decoding --- */

static PyObject *check_text(PyObject *o, const char *encoding, const char *what)
{
    if (o == NULL || PyUnicode_Check(o))
        return o;
    PyErr_Format(PyExc_TypeError, "'%.400s' decoder returned '%.400s' instead of 'str'; use codecs.decode() to decode to arbitrary types",
                 encoding, Py_TYPE(o)->tp_name);
    Py_DECREF(o);
    return NULL;
}

PyObject *PyUnicode_Decode(const char *s, Py_ssize_t size, const char *encoding, const char *errors)
{
    if (str_check_codec(encoding, errors) < 0)
        return NULL;
    switch (direct_codec(encoding)) {
    case UTF_8: return PyUnicode_DecodeUTF8Stateful(s, size, errors, NULL);
    case ASCII: return PyUnicode_DecodeASCII(s, size, errors);
    case LATIN_1: return PyUnicode_DecodeLatin1(s, size, errors);
    case UTF_16: return PyUnicode_DecodeUTF16(s, size, errors, NULL);
    case UTF_32: return PyUnicode_DecodeUTF32(s, size, errors, NULL);
    default: break;
    }
    Py_buffer view;
    if (PyBuffer_FillInfo(&view, NULL, (void *)s, size, 1, PyBUF_FULL_RO) < 0)
        return NULL;
    PyObject *memory = PyMemoryView_FromBuffer(&view);
    if (memory == NULL)
        return NULL;
    PyObject *text = check_text(_PyCodec_DecodeText(memory, encoding, errors), encoding, "decoder");
    Py_DECREF(memory);
    return text;
}

PyObject *PyUnicode_FromEncodedObject(PyObject *o, const char *encoding, const char *errors)
{
    if (o == NULL) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (PyBytes_Check(o)) {
        if (PyBytes_GET_SIZE(o) == 0)
            return str_check_codec(encoding, errors) < 0 ? NULL : str_empty();
        return PyUnicode_Decode(PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o), encoding, errors);
    }
    if (PyUnicode_Check(o)) {
        PyErr_SetString(PyExc_TypeError, "decoding str is not supported");
        return NULL;
    }
    Py_buffer view;
    if (PyObject_GetBuffer(o, &view, PyBUF_SIMPLE) < 0) {
        PyErr_Format(PyExc_TypeError, "decoding to str: need a bytes-like object, %.80s found", Py_TYPE(o)->tp_name);
        return NULL;
    }
    PyObject *text = view.len ? PyUnicode_Decode(view.buf, view.len, encoding, errors)
                     : str_check_codec(encoding, errors) < 0 ? NULL : str_empty();
    PyBuffer_Release(&view);
    return text;
}

/* --- encoding --- */

/* The bytes that a codec gave (consumed): a bytearray is copied, with a warning. */
static PyObject *check_encoded(PyObject *o, const char *encoding)
{
    if (o == NULL || PyBytes_Check(o))
        return o;
    PyObject *bytes = NULL;
    if (PyByteArray_Check(o)) {
        if (PyErr_WarnFormat(PyExc_RuntimeWarning, 1, "encoder %s returned bytearray instead of bytes; use codecs.encode() to "
                             "encode to arbitrary types", encoding) == 0)
            bytes = PyBytes_FromStringAndSize(PyByteArray_AS_STRING(o), PyByteArray_GET_SIZE(o));
    }
    else
        PyErr_Format(PyExc_TypeError, "'%.400s' encoder returned '%.400s' instead of 'bytes'; use codecs.encode() to encode to "
                     "arbitrary types", encoding, Py_TYPE(o)->tp_name);
    Py_DECREF(o);
    return bytes;
}

PyObject *PyUnicode_AsEncodedString(PyObject *o, const char *encoding, const char *errors)
{
    if (!PyUnicode_Check(o)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (str_check_codec(encoding, errors) < 0)
        return NULL;
    switch (direct_codec(encoding)) {
    case UTF_8: return _PyUnicode_AsUTF8String(o, errors);
    case ASCII: return _PyUnicode_AsASCIIString(o, errors);
    case LATIN_1: return _PyUnicode_AsLatin1String(o, errors);
    case UTF_16: return _PyUnicode_EncodeUTF16(o, errors, 0);
    case UTF_32: return _PyUnicode_EncodeUTF32(o, errors, 0);
    default: return check_encoded(_PyCodec_EncodeText(o, encoding, errors), encoding);
    }
}

METHK(str_encode)
{
    static const char *const keywords[] = {"encoding", "errors", NULL};
    static _PyArg_Parser parser = {.keywords = keywords, .fname = "encode"};
    PyObject *buffer[2];
    const char *text[2] = {NULL, NULL};
    args = str_unpack(args, nargs, kwnames, &parser, 2, buffer);
    if (args == NULL)
        return NULL;
    for (int i = 0; i < 2; i++) {
        if (args[i] == NULL)
            continue;
        if (!PyUnicode_Check(args[i])) {
            PyErr_Format(PyExc_TypeError, "encode() argument '%s' must be str, not %.50s", keywords[i],
                         args[i] == Py_None ? "None" : Py_TYPE(args[i])->tp_name);
            return NULL;
        }
        Py_ssize_t size;
        text[i] = PyUnicode_AsUTF8AndSize(args[i], &size);
        if (text[i] == NULL)
            return NULL;
        if (strlen(text[i]) != (size_t)size) {
            PyErr_SetString(PyExc_ValueError, "embedded null character");
            return NULL;
        }
    }
    return PyUnicode_AsEncodedString(self, text[0], text[1]);
}

/* --- deprecated: codecs that are not str to bytes --- */

PyObject *PyUnicode_AsDecodedObject(PyObject *o, const char *encoding, const char *errors)
{
    return str_check(o) < 0 ? NULL : PyCodec_Decode(o, encoding ? encoding : "utf-8", errors);
}

PyObject *PyUnicode_AsDecodedUnicode(PyObject *o, const char *encoding, const char *errors)
{
    return str_check(o) < 0 ? NULL : check_text(PyCodec_Decode(o, encoding ? encoding : "utf-8", errors), encoding, "decoder");
}

PyObject *PyUnicode_AsEncodedObject(PyObject *o, const char *encoding, const char *errors)
{
    return str_check(o) < 0 ? NULL : PyCodec_Encode(o, encoding ? encoding : "utf-8", errors);
}

PyObject *PyUnicode_AsEncodedUnicode(PyObject *o, const char *encoding, const char *errors)
{
    PyObject *r = str_check(o) < 0 ? NULL : PyCodec_Encode(o, encoding ? encoding : "utf-8", errors);
    if (r && !PyUnicode_Check(r)) {
        PyErr_Format(PyExc_TypeError, "'%.400s' encoder returned '%.400s' instead of 'str'; use codecs.encode() to encode to "
                     "arbitrary types", encoding, Py_TYPE(r)->tp_name);
        Py_CLEAR(r);
    }
    return r;
}

/* --- file names: the file system's encoding, which is UTF-8 with surrogateescape --- */


static const char *fs_encoding(void) { return Py_FileSystemDefaultEncoding ? Py_FileSystemDefaultEncoding : "utf-8"; }
static const char *fs_errors(void)
{
    return Py_FileSystemDefaultEncodeErrors ? Py_FileSystemDefaultEncodeErrors : "surrogateescape";
}

PyObject *PyUnicode_DecodeFSDefaultAndSize(const char *s, Py_ssize_t size)
{
    return PyUnicode_Decode(s, size, fs_encoding(), fs_errors());
}

PyObject *PyUnicode_DecodeFSDefault(const char *s) { return PyUnicode_DecodeFSDefaultAndSize(s, (Py_ssize_t)strlen(s)); }

PyObject *PyUnicode_EncodeFSDefault(PyObject *o) { return PyUnicode_AsEncodedString(o, fs_encoding(), fs_errors()); }

PyObject *PyUnicode_DecodeLocaleAndSize(const char *s, Py_ssize_t size, const char *errors)
{
    if (errors && strcmp(errors, "strict") && strcmp(errors, "surrogateescape")) {
        PyErr_Format(PyExc_ValueError, "only 'strict' and 'surrogateescape' error handlers are supported, not '%s'", errors);
        return NULL;
    }
    if (s[size] != 0 || (size_t)size != strlen(s)) {
        PyErr_SetString(PyExc_ValueError, "embedded null byte");
        return NULL;
    }
    return PyUnicode_DecodeUTF8(s, size, errors);
}

PyObject *PyUnicode_DecodeLocale(const char *s, const char *errors)
{
    return PyUnicode_DecodeLocaleAndSize(s, (Py_ssize_t)strlen(s), errors);
}

PyObject *PyUnicode_EncodeLocale(PyObject *o, const char *errors)
{
    PyObject *bytes = _PyUnicode_AsUTF8String(o, errors);
    if (bytes && strlen(PyBytes_AS_STRING(bytes)) != (size_t)PyBytes_GET_SIZE(bytes)) {
        Py_DECREF(bytes);
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return NULL;
    }
    return bytes;
}

/* "O&" converter: bytes of a path (new reference in *p). */
int PyUnicode_FSConverter(PyObject *o, void *p)
{
    PyObject **to = p;
    if (o == NULL) {
        Py_CLEAR(*to);
        return 1;
    }
    PyObject *path = PyOS_FSPath(o), *bytes = NULL;
    if (path == NULL)
        return 0;
    if (PyBytes_Check(path))
        bytes = path;
    else {
        bytes = PyUnicode_EncodeFSDefault(path);
        Py_DECREF(path);
        if (bytes == NULL)
            return 0;
    }
    if (strlen(PyBytes_AS_STRING(bytes)) != (size_t)PyBytes_GET_SIZE(bytes)) {
        PyErr_SetString(PyExc_ValueError, "embedded null byte");
        Py_DECREF(bytes);
        return 0;
    }
    *to = bytes;
    return Py_CLEANUP_SUPPORTED;
}

/* "O&" converter: str of a path (new reference in *p). */
int PyUnicode_FSDecoder(PyObject *o, void *p)
{
    PyObject **to = p;
    if (o == NULL) {
        Py_CLEAR(*to);
        return 1;
    }
    PyObject *path, *text;
    if (!PyUnicode_Check(o) && !PyBytes_Check(o) && PyObject_CheckBuffer(o)) {
        if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "path should be string, bytes, or os.PathLike, not %.200s",
                             Py_TYPE(o)->tp_name) < 0)
            return 0;
        path = PyBytes_FromObject(o);
    }
    else
        path = PyOS_FSPath(o);
    if (path == NULL)
        return 0;
    if (PyUnicode_Check(path))
        text = path;
    else {
        text = PyUnicode_DecodeFSDefaultAndSize(PyBytes_AS_STRING(path), PyBytes_GET_SIZE(path));
        Py_DECREF(path);
        if (text == NULL)
            return 0;
    }
    if (PyUnicode_READY(text) < 0 || view_find_char(str_view(text), 0, 1) >= 0) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "embedded null character");
        Py_DECREF(text);
        return 0;
    }
    *to = text;
    return Py_CLEANUP_SUPPORTED;
}
