/* The built-in error handlers: each takes a UnicodeError and returns (replacement, position), or raises. */
#include "runtime/codec_handlers.h"
#include "objects/str/str.h"
#include "objects/str/unicode_names.h"
#include <string.h>

/* The faulty range of the exception; object new.  -1 with an exception set. */
typedef struct {
    enum { ENCODE, DECODE, TRANSLATE } what;
    PyObject *object;
    Py_ssize_t start, end;
} Fault;

static int wrong_type(PyObject *exc)
{
    PyErr_Format(PyExc_TypeError, "don't know how to handle %.200s in error callback", Py_TYPE(exc)->tp_name);
    return -1;
}

static int get_fault(PyObject *exc, Fault *f)
{
    int failed;
    if (PyObject_TypeCheck(exc, (PyTypeObject *)PyExc_UnicodeEncodeError)) {
        f->what = ENCODE;
        failed = PyUnicodeEncodeError_GetStart(exc, &f->start) < 0 || PyUnicodeEncodeError_GetEnd(exc, &f->end) < 0;
        f->object = failed ? NULL : PyUnicodeEncodeError_GetObject(exc);
    }
    else if (PyObject_TypeCheck(exc, (PyTypeObject *)PyExc_UnicodeDecodeError)) {
        f->what = DECODE;
        failed = PyUnicodeDecodeError_GetStart(exc, &f->start) < 0 || PyUnicodeDecodeError_GetEnd(exc, &f->end) < 0;
        f->object = failed ? NULL : PyUnicodeDecodeError_GetObject(exc);
    }
    else if (PyObject_TypeCheck(exc, (PyTypeObject *)PyExc_UnicodeTranslateError)) {
        f->what = TRANSLATE;
        failed = PyUnicodeTranslateError_GetStart(exc, &f->start) < 0 || PyUnicodeTranslateError_GetEnd(exc, &f->end) < 0;
        f->object = failed ? NULL : PyUnicodeTranslateError_GetObject(exc);
    }
    else
        return wrong_type(exc);
    if (f->object == NULL)
        return -1;
    if (f->end < f->start)
        f->end = f->start;
    return 0;
}

/* (text, position), consuming text. */
static PyObject *answer(PyObject *text, Py_ssize_t at) { return text ? Py_BuildValue("(Nn)", text, at) : NULL; }

/* Drops the fault's object and raises the exception again. */
static PyObject *raise_again(PyObject *exc, Fault *f)
{
    Py_DECREF(f->object);
    PyErr_SetObject((PyObject *)Py_TYPE(exc), exc);
    return NULL;
}

PyObject *PyCodec_StrictErrors(PyObject *exc)
{
    if (PyExceptionInstance_Check(exc))
        PyErr_SetObject((PyObject *)Py_TYPE(exc), exc);
    else
        PyErr_SetString(PyExc_TypeError, "codec must pass exception instance");
    return NULL;
}

PyObject *PyCodec_IgnoreErrors(PyObject *exc)
{
    Fault f;
    if (get_fault(exc, &f) < 0)
        return NULL;
    Py_DECREF(f.object);
    return answer(str_empty(), f.end);
}

static PyObject *repeated(Py_UCS4 c, Py_ssize_t n)
{
    PyObject *text = PyUnicode_New(n, c);
    if (text && n)
        _PyUnicode_FastFill(text, 0, n, c);
    return text;
}

PyObject *PyCodec_ReplaceErrors(PyObject *exc)
{
    Fault f;
    if (get_fault(exc, &f) < 0)
        return NULL;
    Py_DECREF(f.object);
    Py_ssize_t n = f.end - f.start;
    return answer(f.what == ENCODE ? repeated('?', n) : repeated(0xfffd, f.what == DECODE ? 1 : n), f.end);
}

/* Text written piece by piece for each faulty character. */
typedef int (*put_function)(char *out, Py_UCS4 c);

static PyObject *each_character(Fault *f, put_function put)
{
    _PyUnicodeWriter w;
    char out[300];
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    for (Py_ssize_t i = f->start; i < f->end; i++) {
        int n = put(out, f->what == DECODE ? (unsigned char)PyBytes_AS_STRING(f->object)[i] : str_at(f->object, i));
        if (_PyUnicodeWriter_WriteASCIIString(&w, out, n) < 0) {
            _PyUnicodeWriter_Dealloc(&w);
            Py_DECREF(f->object);
            return NULL;
        }
    }
    Py_DECREF(f->object);
    return answer(_PyUnicodeWriter_Finish(&w), f->end);
}

static int put_xml(char *out, Py_UCS4 c) { return sprintf(out, "&#%u;", (unsigned)c); }

static int put_backslash(char *out, Py_UCS4 c)
{
    return sprintf(out, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)c);
}

static int put_name(char *out, Py_UCS4 c)
{
    char name[256];
    return unicode_name_of(c, name) ? sprintf(out, "\\N{%s}", name) : put_backslash(out, c);
}

PyObject *PyCodec_XMLCharRefReplaceErrors(PyObject *exc)
{
    Fault f;
    if (!PyObject_TypeCheck(exc, (PyTypeObject *)PyExc_UnicodeEncodeError)) {
        wrong_type(exc);
        return NULL;
    }
    return get_fault(exc, &f) < 0 ? NULL : each_character(&f, put_xml);
}

PyObject *PyCodec_BackslashReplaceErrors(PyObject *exc)
{
    Fault f;
    return get_fault(exc, &f) < 0 ? NULL : each_character(&f, put_backslash);
}

PyObject *PyCodec_NameReplaceErrors(PyObject *exc)
{
    Fault f;
    if (!PyObject_TypeCheck(exc, (PyTypeObject *)PyExc_UnicodeEncodeError)) {
        wrong_type(exc);
        return NULL;
    }
    return get_fault(exc, &f) < 0 ? NULL : each_character(&f, put_name);
}

/* --- surrogatepass: surrogates as the UTF codecs would write them --- */

/* Width of a unit (1 for UTF-8) and byte order of the encoding of that name; 0 when it is no UTF. */
static int utf_width(const char *name, int *big)
{
    char low[24];
    size_t n = 0;
    for (; *name && n < sizeof low - 1; name++)
        if (Py_ISALNUM(*name))
            low[n++] = Py_TOLOWER(*name);
    low[n] = 0;
    *big = 0;
    if (strncmp(low, "utf", 3) != 0)
        return strcmp(low, "cputf8") == 0;
    const char *rest = low + 3;
    if (strcmp(rest, "8") == 0)
        return 1;
    int width = strncmp(rest, "16", 2) == 0 ? 2 : strncmp(rest, "32", 2) == 0 ? 4 : 0;
    rest += 2;
    *big = width && strcmp(rest, "be") == 0;
    return width && (*rest == 0 || *big || strcmp(rest, "le") == 0) ? width : 0;
}

static int put_surrogate(char *p, Py_UCS4 c, int width, int big)
{
    if (width == 1) {
        p[0] = (char)(0xe0 | c >> 12);
        p[1] = (char)(0x80 | ((c >> 6) & 0x3f));
        p[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    memset(p, 0, 4);
    p[big ? width - 1 : 0] = (char)c;
    p[big ? width - 2 : 1] = (char)(c >> 8);
    return width;
}

/* The surrogate at s, or 0. */
static Py_UCS4 get_surrogate(const unsigned char *s, Py_ssize_t n, int width, int big)
{
    Py_UCS4 c = 0;
    if (width == 1) {
        if (n < 3 || (s[0] & 0xf0) != 0xe0 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80)
            return 0;
        c = (Py_UCS4)(s[0] & 0xf) << 12 | (Py_UCS4)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
    }
    else {
        if (n < width)
            return 0;
        for (int i = 0; i < width; i++)
            c |= (Py_UCS4)s[i] << (8 * (big ? width - 1 - i : i));
    }
    return Py_UNICODE_IS_SURROGATE(c) ? c : 0;
}

static PyObject *pass_encode(PyObject *exc, Fault *f, int width, int big)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (f->end - f->start) * (width == 1 ? 3 : width));
    if (bytes == NULL) {
        Py_DECREF(f->object);
        return NULL;
    }
    char *p = PyBytes_AS_STRING(bytes);
    for (Py_ssize_t i = f->start; i < f->end; i++) {
        Py_UCS4 c = str_at(f->object, i);
        if (!Py_UNICODE_IS_SURROGATE(c)) {
            Py_DECREF(bytes);
            return raise_again(exc, f);
        }
        p += put_surrogate(p, c, width, big);
    }
    Py_DECREF(f->object);
    return answer(bytes, f->end);
}

static PyObject *surrogatepass(PyObject *unused, PyObject *exc)
{
    Fault f;
    int big;
    if (get_fault(exc, &f) < 0)
        return NULL;
    if (f.what == TRANSLATE) {
        Py_DECREF(f.object);
        wrong_type(exc);
        return NULL;
    }
    PyObject *name = f.what == ENCODE ? PyUnicodeEncodeError_GetEncoding(exc) : PyUnicodeDecodeError_GetEncoding(exc);
    const char *text = name ? PyUnicode_AsUTF8(name) : NULL;
    if (text == NULL) {
        Py_XDECREF(name);
        Py_DECREF(f.object);
        return NULL;
    }
    int width = utf_width(text, &big);
    Py_DECREF(name);
    if (width == 0)
        return raise_again(exc, &f);
    if (f.what == ENCODE)
        return pass_encode(exc, &f, width, big);
    Py_UCS4 c = get_surrogate((unsigned char *)PyBytes_AS_STRING(f.object) + f.start, PyBytes_GET_SIZE(f.object) - f.start, width, big);
    if (c == 0)
        return raise_again(exc, &f);
    Py_DECREF(f.object);
    return answer(PyUnicode_FromOrdinal((int)c), f.start + (width == 1 ? 3 : width));
}

/* --- surrogateescape: bytes 0x80…0xff as U+DC80…U+DCFF --- */

static PyObject *escape_decode(PyObject *exc, Fault *f)
{
    Py_UCS2 text[4];
    int n = 0;
    for (; n < 4 && f->start + n < f->end; n++) {
        unsigned char byte = (unsigned char)PyBytes_AS_STRING(f->object)[f->start + n];
        if (byte < 128)
            break;
        text[n] = (Py_UCS2)(0xdc00 + byte);
    }
    if (n == 0)
        return raise_again(exc, f);
    Py_DECREF(f->object);
    return answer(PyUnicode_FromKindAndData(2, text, n), f->start + n);
}

static PyObject *surrogateescape(PyObject *unused, PyObject *exc)
{
    Fault f;
    if (get_fault(exc, &f) < 0)
        return NULL;
    if (f.what == DECODE)
        return escape_decode(exc, &f);
    if (f.what == TRANSLATE) {
        Py_DECREF(f.object);
        wrong_type(exc);
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, f.end - f.start);
    if (bytes == NULL) {
        Py_DECREF(f.object);
        return NULL;
    }
    for (Py_ssize_t i = f.start; i < f.end; i++) {
        Py_UCS4 c = str_at(f.object, i);
        if (c < 0xdc80 || c > 0xdcff) {
            Py_DECREF(bytes);
            return raise_again(exc, &f);
        }
        PyBytes_AS_STRING(bytes)[i - f.start] = (char)(c - 0xdc00);
    }
    Py_DECREF(f.object);
    return answer(bytes, f.end);
}

static PyObject *strict_errors(PyObject *unused, PyObject *exc) { return PyCodec_StrictErrors(exc); }
static PyObject *ignore_errors(PyObject *unused, PyObject *exc) { return PyCodec_IgnoreErrors(exc); }
static PyObject *replace_errors(PyObject *unused, PyObject *exc) { return PyCodec_ReplaceErrors(exc); }
static PyObject *xml_errors(PyObject *unused, PyObject *exc) { return PyCodec_XMLCharRefReplaceErrors(exc); }
static PyObject *backslash_errors(PyObject *unused, PyObject *exc) { return PyCodec_BackslashReplaceErrors(exc); }
static PyObject *name_errors(PyObject *unused, PyObject *exc) { return PyCodec_NameReplaceErrors(exc); }

const struct codec_handler codec_handlers[] = {
    {"strict", {"strict_errors", strict_errors, METH_O, "Raises a UnicodeError for what cannot be coded."}},
    {"ignore", {"ignore_errors", ignore_errors, METH_O, "Leaves out what cannot be coded."}},
    {"replace", {"replace_errors", replace_errors, METH_O, "Puts a replacement marker for what cannot be coded."}},
    {"xmlcharrefreplace", {"xmlcharrefreplace_errors", xml_errors, METH_O, "Puts an XML character reference for what cannot be encoded."}},
    {"backslashreplace", {"backslashreplace_errors", backslash_errors, METH_O, "Puts a backslash escape for what cannot be coded."}},
    {"namereplace", {"namereplace_errors", name_errors, METH_O, "Puts a \\N{...} escape for what cannot be encoded."}},
    {"surrogatepass", {"surrogatepass", surrogatepass, METH_O, NULL}},
    {"surrogateescape", {"surrogateescape", surrogateescape, METH_O, NULL}},
    {NULL, {NULL, NULL, 0, NULL}},
};
