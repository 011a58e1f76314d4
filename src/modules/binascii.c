/* Module binascii: binary data as text and back: base64, hex, uuencode, quoted-printable; two checksums. */
#define PY_SSIZE_T_CLEAN
#include "Python.h"

PyObject *_Py_strhex_bytes_with_sep(const char *bytes, const Py_ssize_t length, PyObject *sep, const int group);

typedef struct {
    PyObject *error, *incomplete;
} State;

static PyObject *fail(PyObject *module, const char *message)
{
    PyErr_SetString(((State *)PyModule_GetState(module))->error, message);
    return NULL;
}

/* Argument converter: bytes, a buffer, or a str of ASCII. */
static int ascii_buffer(PyObject *arg, void *out)
{
    Py_buffer *view = out;
    if (!arg) {
        PyBuffer_Release(view);
        return 1;
    }
    if (PyUnicode_Check(arg)) {
        if (PyUnicode_READY(arg) < 0)
            return 0;
        if (!PyUnicode_IS_ASCII(arg)) {
            PyErr_SetString(PyExc_ValueError, "string argument should contain only ASCII characters");
            return 0;
        }
        return PyBuffer_FillInfo(view, arg, PyUnicode_1BYTE_DATA(arg), PyUnicode_GET_LENGTH(arg), 1, PyBUF_SIMPLE) < 0
            ? 0 : Py_CLEANUP_SUPPORTED;
    }
    if (PyObject_GetBuffer(arg, view, PyBUF_SIMPLE) < 0) {
        PyErr_Format(PyExc_TypeError, "argument should be bytes, buffer or ASCII string, not '%.100s'",
                     Py_TYPE(arg)->tp_name);
        return 0;
    }
    return Py_CLEANUP_SUPPORTED;
}

/* Shortens a new bytes object that was made too long; steals. */
static PyObject *cut(PyObject *bytes, const unsigned char *end)
{
    if (bytes)
        _PyBytes_Resize(&bytes, end - (unsigned char *)PyBytes_AS_STRING(bytes));
    return bytes;
}

static unsigned char *start_of(PyObject *bytes) { return bytes ? (unsigned char *)PyBytes_AS_STRING(bytes) : NULL; }

/* ---- base64 ---- */

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int base64_value(int ch)
{
    if (ch >= 'A' && ch <= 'Z')
        return ch - 'A';
    if (ch >= 'a' && ch <= 'z')
        return ch - 'a' + 26;
    if (ch >= '0' && ch <= '9')
        return ch - '0' + 52;
    return ch == '+' ? 62 : ch == '/' ? 63 : -1;
}

/* Decodes into out; its end, or NULL with an exception set. */
static unsigned char *decode_base64(PyObject *module, const Py_buffer *in, int strict, unsigned char *out)
{
    const unsigned char *p = in->buf, *end = p + in->len;
    unsigned char *start = out;
    int quad = 0, pads = 0, left = 0, padding_started = 0;
    if (strict && in->len > 0 && *p == '=') {
        fail(module, "Leading padding not allowed");
        return NULL;
    }
    for (; p < end; p++) {
        if (*p == '=') {
            padding_started = 1;
            if (quad >= 2 && quad + ++pads >= 4) {
                if (strict && p + 1 < end) {
                    fail(module, "Excess data after padding");
                    return NULL;
                }
                return out;
            }
            continue;
        }
        int value = base64_value(*p);
        if (value < 0) {
            if (strict) {
                fail(module, "Only base64 data is allowed");
                return NULL;
            }
            continue;
        }
        if (strict && padding_started) {
            fail(module, "Discontinuous padding not allowed");
            return NULL;
        }
        pads = 0;
        if (quad)
            *out++ = (unsigned char)(left << (2 * quad) | value >> (6 - 2 * quad));
        left = quad == 3 ? 0 : value & ((1 << (6 - 2 * quad)) - 1);
        quad = (quad + 1) & 3;
    }
    if (quad == 0)
        return out;
    if (quad == 1)
        PyErr_Format(((State *)PyModule_GetState(module))->error,
                     "Invalid base64-encoded string: number of data characters (%zd) cannot be 1 more than a multiple "
                     "of 4", (out - start) / 3 * 4 + 1);
    else
        fail(module, "Incorrect padding");
    return NULL;
}

static PyObject *a2b_base64(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"", "strict_mode", NULL};
    Py_buffer in;
    int strict = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&|$p:a2b_base64", keywords, ascii_buffer, &in, &strict))
        return NULL;
    PyObject *result = PyBytes_FromStringAndSize(NULL, (in.len + 3) / 4 * 3);
    unsigned char *end = result ? decode_base64(module, &in, strict, start_of(result)) : NULL;
    PyBuffer_Release(&in);
    if (!end) {
        Py_XDECREF(result);
        return NULL;
    }
    return cut(result, end);
}

static PyObject *b2a_base64(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"", "newline", NULL};
    Py_buffer in;
    int newline = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|$p:b2a_base64", keywords, &in, &newline))
        return NULL;
    PyObject *result = in.len > PY_SSIZE_T_MAX / 2 ? PyErr_NoMemory()
        : PyBytes_FromStringAndSize(NULL, (in.len + 2) / 3 * 4 + newline);
    unsigned char *out = start_of(result);
    const unsigned char *p = in.buf;
    for (Py_ssize_t i = 0; result && i < in.len; i += 3) {
        Py_ssize_t n = in.len - i;
        unsigned bits = (unsigned)p[i] << 16 | (n > 1 ? p[i + 1] << 8 : 0) | (n > 2 ? p[i + 2] : 0);
        *out++ = base64_digits[bits >> 18];
        *out++ = base64_digits[bits >> 12 & 63];
        *out++ = n > 1 ? base64_digits[bits >> 6 & 63] : '=';
        *out++ = n > 2 ? base64_digits[bits & 63] : '=';
    }
    if (result && newline)
        *out = '\n';
    PyBuffer_Release(&in);
    return result;
}

/* ---- hex ---- */

static PyObject *hexlify(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"data", "sep", "bytes_per_sep", NULL};
    Py_buffer in;
    PyObject *sep = NULL;
    int group = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|Oi:hexlify", keywords, &in, &sep, &group))
        return NULL;
    PyObject *result = _Py_strhex_bytes_with_sep(in.buf, in.len, sep, group);
    PyBuffer_Release(&in);
    return result;
}

static int hex_value(int ch)
{
    return ch >= '0' && ch <= '9' ? ch - '0' : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10
        : ch >= 'A' && ch <= 'F' ? ch - 'A' + 10 : -1;
}

static PyObject *unhexlify(PyObject *module, PyObject *arg)
{
    Py_buffer in;
    if (!ascii_buffer(arg, &in))
        return NULL;
    PyObject *result = in.len % 2 ? fail(module, "Odd-length string") : PyBytes_FromStringAndSize(NULL, in.len / 2);
    const unsigned char *p = in.buf;
    for (Py_ssize_t i = 0; result && i < in.len; i += 2) {
        int high = hex_value(p[i]), low = hex_value(p[i + 1]);
        if (high < 0 || low < 0) {
            Py_CLEAR(result);
            fail(module, "Non-hexadecimal digit found");
        }
        else
            start_of(result)[i / 2] = (unsigned char)(high << 4 | low);
    }
    PyBuffer_Release(&in);
    return result;
}

/* ---- uuencode ---- */

static PyObject *a2b_uu(PyObject *module, PyObject *arg)
{
    Py_buffer in;
    if (!ascii_buffer(arg, &in))
        return NULL;
    const unsigned char *p = in.buf, *end = p + in.len;
    Py_ssize_t length = ((p < end ? *p++ : 0) - ' ') & 63, made = 0;
    PyObject *result = PyBytes_FromStringAndSize(NULL, length);
    unsigned bits = 0;
    for (int have = 0; result && made < length;) {
        int ch = p < end ? *p++ : '\n';
        if (ch == '\n' || ch == '\r') {
            ch = ' ';
            p = end;
        }
        if (ch < ' ' || ch > '`') {
            Py_CLEAR(result);
            fail(module, "Illegal char");
            break;
        }
        bits = bits << 6 | ((unsigned)(ch - ' ') & 63);
        have += 6;
        if (have >= 8) {
            have -= 8;
            start_of(result)[made++] = (unsigned char)(bits >> have);
        }
    }
    for (; result && p < end; p++)
        if (*p != ' ' && *p != '`' && *p != '\n' && *p != '\r') {
            Py_CLEAR(result);
            fail(module, "Trailing garbage");
        }
    PyBuffer_Release(&in);
    return result;
}

static PyObject *b2a_uu(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"", "backtick", NULL};
    Py_buffer in;
    int backtick = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|$p:b2a_uu", keywords, &in, &backtick))
        return NULL;
    PyObject *result = in.len > 45 ? fail(module, "At most 45 bytes at once")
        : PyBytes_FromStringAndSize(NULL, 2 + (in.len + 2) / 3 * 4);
    unsigned char *out = start_of(result);
    const unsigned char *p = in.buf;
    if (result)
        *out++ = backtick && !in.len ? '`' : (unsigned char)(' ' + in.len);
    for (Py_ssize_t i = 0; result && i < in.len; i += 3) {
        Py_ssize_t n = in.len - i;
        unsigned bits = (unsigned)p[i] << 16 | (n > 1 ? p[i + 1] << 8 : 0) | (n > 2 ? p[i + 2] : 0);
        for (int shift = 18; shift >= 0; shift -= 6) {
            unsigned value = bits >> shift & 63;
            *out++ = backtick && !value ? '`' : (unsigned char)(' ' + value);
        }
    }
    if (result)
        *out = '\n';
    PyBuffer_Release(&in);
    return result;
}

/* ---- quoted-printable ---- */

static PyObject *a2b_qp(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"data", "header", NULL};
    Py_buffer in;
    int header = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&|p:a2b_qp", keywords, ascii_buffer, &in, &header))
        return NULL;
    PyObject *result = PyBytes_FromStringAndSize(NULL, in.len);
    unsigned char *out = start_of(result);
    const unsigned char *p = in.buf, *end = p + in.len;
    while (result && p < end) {
        if (*p == '_' && header) {
            *out++ = ' ';
            p++;
        }
        else if (*p != '=')
            *out++ = *p++;
        else if (++p == end)
            break;
        else if (*p == '\n' || *p == '\r') {
            while (p < end && *p != '\n')
                p++;
            if (p < end)
                p++;
        }
        else if (*p == '=') {
            *out++ = '=';
            p++;
        }
        else if (p + 1 < end && hex_value(p[0]) >= 0 && hex_value(p[1]) >= 0) {
            *out++ = (unsigned char)(hex_value(p[0]) << 4 | hex_value(p[1]));
            p += 2;
        }
        else
            *out++ = '=';
    }
    PyBuffer_Release(&in);
    return cut(result, out);
}

typedef struct {
    const unsigned char *p, *end;
    int quotetabs, istext, header, crlf;
} Quoter;

static int must_quote(const Quoter *q, const unsigned char *p, int column)
{
    int ch = *p, last = p + 1 == q->end, before_newline = !last && (p[1] == '\n' || (q->crlf && p[1] == '\r'));
    if (ch > 126 || ch == '=' || (q->header && ch == '_'))
        return 1;
    if (ch == '.' && column == 0 && (last || p[1] == '\n' || p[1] == '\r' || p[1] == 0))
        return 1;
    if (!q->istext && (ch == '\r' || ch == '\n'))
        return 1;
    if (ch == ' ' || ch == '\t')
        return last || q->quotetabs || (q->istext && before_newline);
    return ch < 33 && ch != '\r' && ch != '\n';
}

/* Writes the encoded text to out, which has room for it. */
static unsigned char *quote(Quoter *q, unsigned char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    int column = 0;
    for (const unsigned char *p = q->p; p < q->end; p++) {
        int newline = *p == '\n' || (*p == '\r' && p + 1 < q->end && p[1] == '\n');
        if (q->istext && newline) {
            if (column && (out[-1] == ' ' || out[-1] == '\t')) {
                int ch = *--out;
                *out++ = '=';
                *out++ = digits[ch >> 4];
                *out++ = digits[ch & 15];
            }
            if (q->crlf)
                *out++ = '\r';
            *out++ = '\n';
            if (*p == '\r')
                p++;
            column = 0;
            continue;
        }
        int quoted = must_quote(q, p, column), width = quoted ? 3 : 1;
        int line_ends = p + 1 == q->end || p[1] == '\n';
        if (column + width > (line_ends ? 76 : 75)) {
            *out++ = '=';
            if (q->crlf)
                *out++ = '\r';
            *out++ = '\n';
            column = 0;
        }
        if (quoted) {
            *out++ = '=';
            *out++ = digits[*p >> 4];
            *out++ = digits[*p & 15];
        }
        else
            *out++ = q->header && *p == ' ' ? '_' : *p;
        column += width;
    }
    return out;
}

static PyObject *b2a_qp(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"data", "quotetabs", "istext", "header", NULL};
    Py_buffer in;
    Quoter q = {.istext = 1};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*|ppp:b2a_qp", keywords, &in, &q.quotetabs, &q.istext, &q.header))
        return NULL;
    q.p = in.buf;
    q.end = q.p + in.len;
    const unsigned char *newline = in.len ? memchr(q.p, '\n', in.len) : NULL;
    q.crlf = newline && newline > q.p && newline[-1] == '\r';
    PyObject *result = in.len > PY_SSIZE_T_MAX / 8 ? PyErr_NoMemory() : PyBytes_FromStringAndSize(NULL, in.len * 6 + 8);
    unsigned char *end = result ? quote(&q, start_of(result)) : NULL;
    PyBuffer_Release(&in);
    return cut(result, end);
}

/* ---- checksums ---- */

static PyObject *crc32(PyObject *module, PyObject *args)
{
    Py_buffer in;
    unsigned crc = 0;
    if (!PyArg_ParseTuple(args, "y*|I:crc32", &in, &crc))
        return NULL;
    unsigned table[256];
    for (unsigned i = 0; i < 256; i++) {
        unsigned c = i;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? c >> 1 ^ 0xEDB88320u : c >> 1;
        table[i] = c;
    }
    const unsigned char *p = in.buf;
    crc = ~crc;
    for (Py_ssize_t i = 0; i < in.len; i++)
        crc = table[(crc ^ p[i]) & 255] ^ crc >> 8;
    PyBuffer_Release(&in);
    return PyLong_FromUnsignedLong(~crc);
}

static PyObject *crc_hqx(PyObject *module, PyObject *args)
{
    Py_buffer in;
    unsigned crc;
    if (!PyArg_ParseTuple(args, "y*I:crc_hqx", &in, &crc))
        return NULL;
    const unsigned char *p = in.buf;
    crc &= 0xffff;
    for (Py_ssize_t i = 0; i < in.len; i++) {
        crc ^= (unsigned)p[i] << 8;
        for (int k = 0; k < 8; k++)
            crc = (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1) & 0xffff;
    }
    PyBuffer_Release(&in);
    return PyLong_FromUnsignedLong(crc);
}

/* ---- the module ---- */

#define KW(f) (PyCFunction)(void (*)(void))f, METH_VARARGS | METH_KEYWORDS
static PyMethodDef methods[] = {
    {"a2b_base64", KW(a2b_base64), "a2b_base64($module, data, /, *, strict_mode=False)\n--\n\nDecode base64."},
    {"b2a_base64", KW(b2a_base64), "b2a_base64($module, data, /, *, newline=True)\n--\n\nBase64 of data, as a line."},
    {"a2b_hex", unhexlify, METH_O, "a2b_hex($module, hexstr, /)\n--\n\nThe bytes that hexadecimal digits stand for."},
    {"unhexlify", unhexlify, METH_O, "unhexlify($module, hexstr, /)\n--\n\nThe bytes that hexadecimal digits stand for."},
    {"b2a_hex", KW(hexlify), "b2a_hex($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)\n--\n\nHexadecimal digits of data."},
    {"hexlify", KW(hexlify), "hexlify($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)\n--\n\nHexadecimal digits of data."},
    {"a2b_uu", a2b_uu, METH_O, "a2b_uu($module, data, /)\n--\n\nDecode a uuencoded line."},
    {"b2a_uu", KW(b2a_uu), "b2a_uu($module, data, /, *, backtick=False)\n--\n\nA uuencoded line."},
    {"a2b_qp", KW(a2b_qp), "a2b_qp($module, /, data, header=False)\n--\n\nDecode quoted-printable text."},
    {"b2a_qp", KW(b2a_qp), "b2a_qp($module, /, data, quotetabs=False, istext=True, header=False)\n--\n\nQuoted-printable text."},
    {"crc32", crc32, METH_VARARGS, "crc32($module, data, crc=0, /)\n--\n\nThe CRC-32 checksum, going on from crc."},
    {"crc_hqx", crc_hqx, METH_VARARGS, "crc_hqx($module, data, crc, /)\n--\n\nThe CRC-CCITT checksum, going on from crc."},
    {NULL}
};

static int exec_module(PyObject *module)
{
    State *state = PyModule_GetState(module);
    state->error = PyErr_NewException("binascii.Error", PyExc_ValueError, NULL);
    state->incomplete = state->error ? PyErr_NewException("binascii.Incomplete", NULL, NULL) : NULL;
    if (!state->incomplete || PyModule_AddObjectRef(module, "Error", state->error) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "Incomplete", state->incomplete);
}

static int traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(module);
    Py_VISIT(state->error);
    Py_VISIT(state->incomplete);
    return 0;
}

static int clear(PyObject *module)
{
    State *state = PyModule_GetState(module);
    Py_CLEAR(state->error);
    Py_CLEAR(state->incomplete);
    return 0;
}

static void module_free(void *module) { clear(module); }

static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec_module}, {0, NULL}};
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "binascii", "Conversion between binary data and ASCII",
                                        sizeof(State), methods, slots, traverse, clear, module_free};

PyMODINIT_FUNC PyInit_binascii(void) { return PyModuleDef_Init(&module_def); }
