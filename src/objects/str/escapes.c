/* The unicode_escape and raw_unicode_escape codecs: Python's literals as bytes. */
#include "objects/str/codec.h"
#include "objects/str/unicode_names.h"
#include <string.h>

static int hex_value(unsigned c)
{
    if (c - '0' < 10u)
        return (int)(c - '0');
    c |= 32;
    return c - 'a' < 6u ? (int)(c - 'a') + 10 : -1;
}

/* Reads `count` hexadecimal digits at *p: 0 with *value, or -1 with *p behind the digits that there are. */
static int read_hex(const char **p, const char *end, int count, Py_UCS4 *value)
{
    Py_UCS4 v = 0;
    for (; count; count--, ++*p) {
        int digit = *p < end ? hex_value((unsigned char)**p) : -1;
        if (digit < 0)
            return -1;
        v = v << 4 | (Py_UCS4)digit;
    }
    *value = v;
    return 0;
}

static Py_UCS4 simple_escape(char c)
{
    switch (c) {
    case '\\': case '\'': case '"': return (Py_UCS4)c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    case 'v': return '\v';
    case 'a': return '\a';
    }
    return 0;
}

/* One escape behind the backslash.  EMIT: *c is the character; SKIP: nothing (a joined line); KEEP: unknown, so the backslash
 * stays and *c follows; BAD: *reason; CUT: as BAD, but more input could mend it. */
enum outcome { EMIT, SKIP, KEEP, BAD, CUT };

static enum outcome read_name(const char **p, const char *end, Py_UCS4 *c, const char **reason)
{
    *reason = "malformed \\N character escape";
    if (*p >= end)
        return CUT;
    if (**p != '{')
        return BAD;
    const char *start = ++*p, *close = memchr(start, '}', end - start);
    if (close == NULL) {
        *p = end;
        return CUT;
    }
    *p = close;
    if (close == start)
        return BAD;
    *p = close + 1;
    *reason = "unknown Unicode character name";
    return unicode_by_name(start, close - start, c) ? EMIT : BAD;
}

static enum outcome read_octal(char first, const char **p, const char *end, Py_UCS4 *c)
{
    *c = (Py_UCS4)(first - '0');
    for (int i = 0; i < 2 && *p < end && **p >= '0' && **p <= '7'; i++)
        *c = *c << 3 | (Py_UCS4)(*(*p)++ - '0');
    return EMIT;
}

static enum outcome read_escape(const char **p, const char *end, Py_UCS4 *c, const char **reason)
{
    *reason = "\\ at end of string";
    if (*p >= end)
        return CUT;
    char letter = *(*p)++;
    Py_UCS4 simple = simple_escape(letter);
    int digits = 0;
    if (simple) {
        *c = simple;
        return EMIT;
    }
    switch (letter) {
    case '\n': return SKIP;
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7':
        return read_octal(letter, p, end, c);
    case 'x': digits = 2; *reason = "truncated \\xXX escape"; break;
    case 'u': digits = 4; *reason = "truncated \\uXXXX escape"; break;
    case 'U': digits = 8; *reason = "truncated \\UXXXXXXXX escape"; break;
    case 'N': return read_name(p, end, c, reason);
    default:
        *c = (unsigned char)letter;
        return KEEP;
    }
    if (read_hex(p, end, digits, c) < 0)
        return *p >= end ? CUT : BAD;
    if (*c > MAX_UNICODE) {
        *reason = "illegal Unicode character";
        return BAD;
    }
    return EMIT;
}

/* As PyUnicode_DecodeUnicodeEscape.  *first_invalid, if asked for: the first unknown escape's character, or an octal value
 * above 0xff, with *where behind the backslash; -1 when there is none. */
PyObject *_PyUnicode_DecodeUnicodeEscapeInternal2(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed,
                                                  int *first_invalid, const char **where)
{
    *first_invalid = -1;
    *where = NULL;
    if (consumed)
        *consumed = size;
    if (size == 0)
        return str_empty();
    DecodeErrors d;
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.min_length = size;
    decode_begin(&d, "unicodeescape", errors, s, size);
    Py_ssize_t at = 0;
    while (at < d.end - d.start) {
        const char *p = d.start + at, *run = memchr(p, '\\', d.end - p);
        if (run == NULL)
            run = d.end;
        if (run > p && _PyUnicodeWriter_WriteLatin1String(&w, p, run - p) < 0)
            goto fail;
        at = run - d.start;
        if (run == d.end)
            break;
        Py_UCS4 c = 0;
        const char *reason;
        p = run + 1;
        enum outcome got = read_escape(&p, d.end, &c, &reason);
        if (got == CUT && consumed)
            break;
        if (got == BAD || got == CUT) {
            at = decode_fail(&d, &w, at, p - d.start, reason);
            if (at < 0)
                goto fail;
            continue;
        }
        int is_octal = run[1] >= '0' && run[1] <= '7';
        if (*first_invalid == -1 && (got == KEEP || (got == EMIT && is_octal && c > 0xff))) {
            *first_invalid = (int)c;
            *where = run + 1;
        }
        if (got == KEEP && _PyUnicodeWriter_WriteChar(&w, '\\') < 0)
            goto fail;
        if (got != SKIP && _PyUnicodeWriter_WriteChar(&w, c) < 0)
            goto fail;
        at = p - d.start;
    }
    if (consumed)
        *consumed = at;
    decode_end(&d);
    return _PyUnicodeWriter_Finish(&w);
fail:
    decode_end(&d);
    _PyUnicodeWriter_Dealloc(&w);
    return NULL;
}

PyObject *_PyUnicode_DecodeUnicodeEscapeInternal(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed,
                                                 const char **first_invalid)
{
    int c;
    return _PyUnicode_DecodeUnicodeEscapeInternal2(s, size, errors, consumed, &c, first_invalid);
}

PyObject *_PyUnicode_DecodeUnicodeEscapeStateful(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed)
{
    int invalid;
    const char *where;
    PyObject *o = _PyUnicode_DecodeUnicodeEscapeInternal2(s, size, errors, consumed, &invalid, &where);
    if (o == NULL || invalid == -1)
        return o;
    /* not from `where`: an error handler may have put other bytes in place of s, which are gone */
    int failed = invalid > 0xff
        ? PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "invalid octal escape sequence '\\%d%d%d'", invalid >> 6,
                           invalid >> 3 & 7, invalid & 7)
        : PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "invalid escape sequence '\\%c'", invalid);
    if (failed < 0)
        Py_CLEAR(o);
    return o;
}

PyObject *PyUnicode_DecodeUnicodeEscape(const char *s, Py_ssize_t size, const char *errors)
{
    return _PyUnicode_DecodeUnicodeEscapeStateful(s, size, errors, NULL);
}

/* Only \uXXXX and \UXXXXXXXX, behind an odd number of backslashes. */
PyObject *_PyUnicode_DecodeRawUnicodeEscapeStateful(const char *s, Py_ssize_t size, const char *errors, Py_ssize_t *consumed)
{
    if (consumed)
        *consumed = size;
    if (size == 0)
        return str_empty();
    DecodeErrors d;
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.min_length = size;
    decode_begin(&d, "rawunicodeescape", errors, s, size);
    Py_ssize_t at = 0;
    while (at < d.end - d.start) {
        const char *p = d.start + at, *escape = p;
        if (*p != '\\' || p + 1 >= d.end || (p[1] != 'u' && p[1] != 'U')) {
            if (*p == '\\' && p + 1 >= d.end && consumed)
                break;
            int pair = *p == '\\' && p + 1 < d.end;  /* a backslash takes the character behind it along */
            if (_PyUnicodeWriter_WriteLatin1String(&w, p, 1 + pair) < 0)
                goto fail;
            at += 1 + pair;
            continue;
        }
        Py_UCS4 c = 0;
        const char *reason = p[1] == 'u' ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
        int digits = p[1] == 'u' ? 4 : 8;
        p += 2;
        int ok = read_hex(&p, d.end, digits, &c) == 0;
        if (!ok && p >= d.end && consumed)
            break;
        if (ok && c > MAX_UNICODE) {
            ok = 0;
            reason = "\\Uxxxxxxxx out of range";
        }
        if (ok) {
            if (_PyUnicodeWriter_WriteChar(&w, c) < 0)
                goto fail;
            at = p - d.start;
        }
        else if ((at = decode_fail(&d, &w, escape - d.start, p - d.start, reason)) < 0)
            goto fail;
    }
    if (consumed)
        *consumed = at;
    decode_end(&d);
    return _PyUnicodeWriter_Finish(&w);
fail:
    decode_end(&d);
    _PyUnicodeWriter_Dealloc(&w);
    return NULL;
}

PyObject *PyUnicode_DecodeRawUnicodeEscape(const char *s, Py_ssize_t size, const char *errors)
{
    return _PyUnicode_DecodeRawUnicodeEscapeStateful(s, size, errors, NULL);
}

/* --- encoding --- */

static void put_hex(ByteBuffer *b, char letter, Py_UCS4 c, int digits)
{
    *b->p++ = '\\';
    *b->p++ = letter;
    while (digits--)
        *b->p++ = Py_hexdigits[(c >> (4 * digits)) & 15];
}

static PyObject *escape(PyObject *o, int raw)
{
    if (!PyUnicode_Check(o)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (PyUnicode_READY(o) < 0)
        return NULL;
    ByteBuffer b;
    Py_ssize_t n = str_len(o);
    if (bytebuf_begin(&b, n) < 0)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = str_at(o, i);
        if (bytebuf_room(&b, 10) < 0) {
            bytebuf_drop(&b);
            return NULL;
        }
        if (c >= 0x10000)
            put_hex(&b, 'U', c, 8);
        else if (c >= 0x100)
            put_hex(&b, 'u', c, 4);
        else if (raw || (c >= ' ' && c < 0x7f && c != '\\'))
            *b.p++ = (char)c;
        else if (c == '\\' || c == '\t' || c == '\n' || c == '\r') {
            *b.p++ = '\\';
            *b.p++ = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\\';
        }
        else
            put_hex(&b, 'x', c, 2);
    }
    return bytebuf_finish(&b);
}

PyObject *PyUnicode_AsUnicodeEscapeString(PyObject *o) { return escape(o, 0); }
PyObject *PyUnicode_AsRawUnicodeEscapeString(PyObject *o) { return escape(o, 1); }
