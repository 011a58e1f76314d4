/* Source bytes to UTF-8: byte order mark, PEP 263 cookie, newlines. */
#include "syntax/lexer.h"
#include "syntax/parser.h"

#include <string.h>

/* The encoding named by a cookie in this line, normalised where it is UTF-8 or Latin-1; new str or NULL (no exception). */
static int find_cookie(const char *line, const char *end, char *name, size_t room)
{
    const char *p = line;
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\f'))
        p++;
    if (p == end || *p != '#')
        return 0;
    for (; p + 6 < end; p++) {
        if (memcmp(p, "coding", 6) != 0 || (p[6] != ':' && p[6] != '='))
            continue;
        const char *s = p + 7;
        while (s < end && (*s == ' ' || *s == '\t'))
            s++;
        const char *begin = s;
        while (s < end && (Py_ISALNUM(*s) || *s == '-' || *s == '_' || *s == '.'))
            s++;
        size_t n = (size_t)(s - begin);
        if (n == 0 || n >= room)
            continue;
        memcpy(name, begin, n);
        name[n] = 0;
        return 1;
    }
    return 0;
}

/* Whether the line holds nothing but blanks or a comment: only then may the cookie stand in the next one. */
static int is_blank(const char *line, const char *end)
{
    while (line < end && (*line == ' ' || *line == '\t' || *line == '\f'))
        line++;
    return line == end || *line == '#' || *line == '\n' || *line == '\r';
}

static int is_encoding(const char *name, const char *wanted)
{
    char norm[13];
    size_t i = 0;
    for (; name[i] && i < sizeof norm - 1; i++)
        norm[i] = name[i] == '_' ? '-' : Py_TOLOWER(name[i]);
    norm[i] = 0;
    size_t n = strlen(wanted);
    return strncmp(norm, wanted, n) == 0 && (norm[n] == 0 || norm[n] == '-');
}

static void set_syntax_error(PyObject *filename, const char *format, const char *name)
{
    PyObject *message = PyUnicode_FromFormat(format, name);
    PyObject *info = message ? Py_BuildValue("(O(OiiO))", message, filename, 0, -1, Py_None) : NULL;
    if (info)
        PyErr_SetObject(PyExc_SyntaxError, info);
    Py_XDECREF(info);
    Py_XDECREF(message);
}

/* The text as str; NULL with an exception set: what the codec says, as a SyntaxError. */
static PyObject *decode(const char *s, size_t size, const char *encoding, PyObject *filename)
{
    PyObject *type, *value, *tb, *text = PyUnicode_Decode(s, (Py_ssize_t)size, encoding, NULL);
    if (text || !(PyErr_ExceptionMatches(PyExc_UnicodeError) || PyErr_ExceptionMatches(PyExc_LookupError)))
        return text;
    PyErr_Fetch(&type, &value, &tb);
    PyErr_NormalizeException(&type, &value, &tb);
    PyObject *message = value ? PyObject_Str(value) : NULL;
    const char *words = message ? PyUnicode_AsUTF8(message) : NULL;
    if (words)
        set_syntax_error(filename, "%s", words);
    Py_XDECREF(message);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(tb);
    return NULL;
}

/* A copy with '\n' as the only newline, one at the end if wanted. */
static char *normalise_newlines(const char *s, size_t size, int add_newline, size_t *out_size)
{
    char *out = PyMem_Malloc(size + 2), *p = out;
    if (out == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    for (size_t i = 0; i < size; i++) {
        if (s[i] != '\r') {
            *p++ = s[i];
            continue;
        }
        *p++ = '\n';
        if (i + 1 < size && s[i + 1] == '\n')
            i++;
    }
    if (add_newline && (p == out || p[-1] != '\n'))
        *p++ = '\n';
    *p = 0;
    *out_size = (size_t)(p - out);
    return out;
}

/* Finds the declared encoding; 1 with `name` filled, 0 if there is none. */
static int declared_encoding(const char *s, size_t size, char *name, size_t room)
{
    const char *end = s + size, *line = s;
    for (int i = 0; i < 2 && line < end; i++) {
        const char *stop = line;
        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        if (find_cookie(line, stop, name, room))
            return 1;
        if (!is_blank(line, stop))
            return 0;
        line = stop < end && *stop == '\r' && stop + 1 < end && stop[1] == '\n' ? stop + 2 : stop + 1;
    }
    return 0;
}

char *source_decode(const char *source, size_t size, PyObject *filename, int ignore_cookie, int add_newline, size_t *out_size)
{
    char name[64];
    const char *encoding = NULL;
    int bom = size >= 3 && memcmp(source, "\xef\xbb\xbf", 3) == 0;
    if (memchr(source, 0, size)) {
        PyErr_SetString(PyExc_ValueError, "source code string cannot contain null bytes");
        return NULL;
    }
    if (bom)
        source += 3, size -= 3;
    if (!ignore_cookie && declared_encoding(source, size, name, sizeof name) && !is_encoding(name, "utf-8")) {
        encoding = name;
        if (bom) {
            set_syntax_error(filename, "encoding problem: %s with BOM", name);
            return NULL;
        }
    }
    if (encoding == NULL)   /* a byte that is no UTF-8 is found by the token that it is in */
        return normalise_newlines(source, size, add_newline, out_size);
    PyObject *text = decode(source, size, encoding, filename);
    if (text == NULL)
        return NULL;
    Py_ssize_t n;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &n);
    char *out = utf8 ? normalise_newlines(utf8, (size_t)n, add_newline, out_size) : NULL;
    Py_DECREF(text);
    return out;
}

/* The length of the UTF-8 sequence at s, 0 if there is none. */
static size_t sequence_length(const unsigned char *s, size_t room)
{
    size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
    if (n > room)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
        (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;   /* overlong, a surrogate, or beyond Unicode */
    return n;
}

int source_check_file(const char *source, size_t size, PyObject *filename)
{
    char name[64];
    int line = 1;
    int bom = size >= 3 && memcmp(source, "\xef\xbb\xbf", 3) == 0;
    if (declared_encoding(source + 3 * bom, size - 3 * (size_t)bom, name, sizeof name) && !is_encoding(name, "utf-8")) {
        if (bom || PyCodec_KnownEncoding(name))
            return 0;
        PyErr_Format(PyExc_SyntaxError, "encoding problem: %s", name);
        return -1;
    }
    for (size_t i = 0, n; i < size; i += n) {
        n = sequence_length((const unsigned char *)source + i, size - i);
        if (n == 0) {
            char hex[3];
            PyOS_snprintf(hex, sizeof hex, "%02x", (unsigned char)source[i]);
            PyErr_Format(PyExc_SyntaxError, "Non-UTF-8 code starting with '\\x%s' in file %U on line %d, but no encoding declared; "
                         "see https://peps.python.org/pep-0263/ for details", hex, filename, line);
            return -1;
        }
        line += source[i] == '\n';
    }
    return 0;
}
