/* String and bytes literals: prefixes, escapes, concatenation. */
#include "syntax/parse_string.h"

#include <string.h>

/* ---- escapes ---- */
/* Warns of an escape that means nothing, or of an octal one beyond 0o377 (c is its first digit); 0, or -1 when the warning
 * is an error (then it is a SyntaxError). */
static int warn_escape(Parser *p, Token *t, unsigned char c, const char *octal)
{
    PyObject *message = octal ? PyUnicode_FromFormat("invalid octal escape sequence '\\%.3s'", octal)
                              : PyUnicode_FromFormat("invalid escape sequence '\\%c'", c);
    if (message == NULL)
        return out_of_memory(p), -1;
    int failed = p->diagnosing ? 0 : PyErr_WarnExplicitObject(PyExc_DeprecationWarning, message, p->filename, t->lineno, NULL, NULL);
    Py_DECREF(message);
    if (failed >= 0)
        return 0;
    p->failed = 1;
    if (PyErr_ExceptionMatches(PyExc_DeprecationWarning)) {
        PyErr_Clear();
        if (octal)
            raise_at_pos(p, PyExc_SyntaxError, pos_of(t), "invalid octal escape sequence '\\%.3s'", octal);
        else
            raise_at_pos(p, PyExc_SyntaxError, pos_of(t), "invalid escape sequence '\\%c'", c);
    }
    return -1;
}

static int is_octal(char c) { return c >= '0' && c <= '7'; }

/* Rewrites the source of a literal so that the escape decoders understand it: characters beyond ASCII become \U escapes,
 * the backslash of an unknown escape is doubled (after one warning).  New buffer, NULL when failed. */
static char *prepare(Parser *p, Token *t, const char *s, const char *end, int bytes, size_t *size)
{
    static const char known[] = "\n\\'\"abfnrtvx01234567";
    char *out = PyMem_Malloc((size_t)(end - s) * 10 + 1), *o = out;
    int warned = 0;
    if (out == NULL)
        return out_of_memory(p);
    while (s < end) {
        unsigned char c = (unsigned char)*s;
        if (c >= 128) {
            const char *stop = s;
            while (stop < end && (unsigned char)*stop >= 128)
                stop++;
            PyObject *text = PyUnicode_DecodeUTF8(s, stop - s, NULL);
            if (text == NULL) {
                PyMem_Free(out);
                raise_decode_error(p);
                return NULL;
            }
            for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(text); i++)
                o += PyOS_snprintf(o, 11, "\\U%08x", (unsigned)PyUnicode_READ_CHAR(text, i));
            Py_DECREF(text);
            s = stop;
            continue;
        }
        *o++ = *s++;
        if (c == '\\' && s >= end) {   /* before the '{' of a field */
            *o++ = '\\';
            if (!warned++ && warn_escape(p, t, (unsigned char)*s, NULL) < 0) {
                PyMem_Free(out);
                return NULL;
            }
        }
        if (c != '\\' || s >= end)
            continue;
        c = (unsigned char)*s;
        if (c >= '4' && c <= '7' && end - s >= 3 && is_octal(s[1]) && is_octal(s[2])) {
            int value = (c - '0') * 64 + (s[1] - '0') * 8 + s[2] - '0';
            if (!warned++ && warn_escape(p, t, c, s) < 0) {
                PyMem_Free(out);
                return NULL;
            }
            o += PyOS_snprintf(o, 6, bytes ? "x%02x" : "u%04x", bytes ? value & 0xff : value);
            s += 3;
            continue;
        }
        if (c < 128 && (memchr(known, c, sizeof known - 1) || (!bytes && strchr("NuU", c)))) {
            *o++ = *s++;
            continue;
        }
        *o++ = '\\';
        if (c < 128 && !warned++ && warn_escape(p, t, c, NULL) < 0) {
            PyMem_Free(out);
            return NULL;
        }
        if (c < 128)
            *o++ = *s++;
    }
    *size = (size_t)(o - out);
    return out;
}

PyObject *decode_text(Parser *p, Token *t, const char *s, const char *end, int raw)
{
    size_t size;
    if (raw || memchr(s, '\\', (size_t)(end - s)) == NULL) {
        PyObject *plain = PyUnicode_DecodeUTF8(s, end - s, NULL);
        if (plain == NULL)
            raise_decode_error(p);
        return plain;
    }
    char *prepared = prepare(p, t, s, end, 0, &size);
    if (prepared == NULL)
        return NULL;
    PyObject *text = PyUnicode_DecodeUnicodeEscape(prepared, (Py_ssize_t)size, NULL);
    PyMem_Free(prepared);
    if (text == NULL)
        raise_decode_error(p);
    return text;
}

static PyObject *decode_bytes(Parser *p, Token *t, const char *s, const char *end, int raw)
{
    size_t size;
    for (const char *c = s; c < end; c++)
        if ((unsigned char)*c >= 128)
            return raise_last(p, PyExc_SyntaxError, "bytes can only contain ASCII literal characters");
    if (raw || memchr(s, '\\', (size_t)(end - s)) == NULL)
        return PyBytes_FromStringAndSize(s, end - s);
    char *prepared = prepare(p, t, s, end, 1, &size);
    if (prepared == NULL)
        return NULL;
    PyObject *value = PyBytes_DecodeEscape(prepared, (Py_ssize_t)size, NULL, 0, NULL);
    PyMem_Free(prepared);
    if (value == NULL)
        raise_decode_error(p);
    return value;
}

/* ---- one token ---- */
typedef struct {
    int bytes, raw, formatted, u;
    const char *s, *end;   /* between the quotes */
} Piece;

static Piece take_apart(Token *t)
{
    Piece piece = {0};
    const char *s = t->start;
    for (; *s != '\'' && *s != '"'; s++)
        switch (*s | 0x20) {
        case 'b': piece.bytes = 1; break;
        case 'r': piece.raw = 1; break;
        case 'f': piece.formatted = 1; break;
        case 'u': piece.u = *s == 'u'; break;
        }
    int quotes = t->end - s >= 6 && s[1] == s[0] && s[2] == s[0] ? 3 : 1;
    piece.s = s + quotes;
    piece.end = t->end - quotes;
    return piece;
}

/* ---- building ---- */
int literal_add_text(Parser *p, Literal *l, PyObject *text)
{
    if (text == NULL)
        return p->failed ? -1 : (out_of_memory(p), -1);
    if (l->text == NULL)
        l->text = text;
    else {
        PyObject *joined = PyUnicode_Concat(l->text, text);
        Py_DECREF(text);
        if (joined == NULL)
            return out_of_memory(p), -1;
        Py_SETREF(l->text, joined);
    }
    return 0;
}

static expr_ty constant(Parser *p, PyObject *value, PyObject *kind, AstPos pos)
{
    if (ast_arena_add_object(p->arena, value) < 0)
        return out_of_memory(p);
    return made(p, ast_Constant(p->arena, value, kind, pos));
}

int literal_flush(Parser *p, Literal *l)
{
    PyObject *text = l->text;
    l->text = NULL;
    if (text && PyUnicode_GET_LENGTH(text) == 0)
        Py_CLEAR(text);
    if (text == NULL)
        return 0;
    expr_ty e = constant(p, text, l->kind, l->pos);
    return e ? list_add(p, &l->values, e) : -1;
}

static expr_ty bytes_literal(Parser *p, int first, int last, AstPos pos)
{
    PyObject *all = NULL;
    for (int i = first; i <= last; i++) {
        Piece piece = take_apart(p->tokens[i]);
        PyObject *part = decode_bytes(p, p->tokens[i], piece.s, piece.end, piece.raw);
        if (part == NULL) {
            Py_XDECREF(all);
            return p->failed ? NULL : out_of_memory(p);
        }
        if (all == NULL)
            all = part;
        else
            PyBytes_ConcatAndDel(&all, part);
        if (all == NULL)
            return out_of_memory(p);
    }
    return constant(p, all, NULL, pos);
}

static expr_ty text_literal(Parser *p, int first, int last, AstPos pos)
{
    Literal l = {.pos = pos};
    if (take_apart(p->tokens[first]).u) {
        l.kind = PyUnicode_InternFromString("u");
        if (ast_arena_add_object(p->arena, l.kind) < 0)
            return out_of_memory(p);
    }
    for (int i = first; i <= last; i++) {
        Token *t = p->tokens[i];
        Piece piece = take_apart(t);
        const char *s = piece.s;
        int failed = piece.formatted ? fstring_parse(p, t, &s, piece.end, piece.raw, 0, &l)
                                     : literal_add_text(p, &l, decode_text(p, t, s, piece.end, piece.raw));
        l.formatted |= piece.formatted;
        if (failed < 0) {
            Py_XDECREF(l.text);
            list_drop(&l.values);
            return NULL;
        }
    }
    if (l.formatted && !require_version(p, 6, "Format strings are")) {
        Py_XDECREF(l.text);
        list_drop(&l.values);
        return NULL;
    }
    if (!l.formatted)
        return constant(p, l.text, l.kind, pos);
    if (literal_flush(p, &l) < 0)
        return NULL;
    asdl_seq *values = list_done(p, &l.values);
    return p->failed ? NULL : made(p, ast_JoinedStr(p->arena, values, pos));
}

expr_ty parse_strings(Parser *p)
{
    int first = p->mark, bytes = 0, text = 0;
    void *known;
    if (memo_get(p, RULE_atom, &known))
        return known;
    while (at(p, T_STRING)) {
        if (take_apart(p->tokens[p->mark]).bytes)
            bytes = 1;
        else
            text = 1;
        p->mark++;
    }
    if (p->failed)
        return NULL;
    if (bytes && text)
        return raise_last(p, PyExc_SyntaxError, "cannot mix bytes and nonbytes literals");
    AstPos pos = pos_from(p, p->tokens[first]);
    return memo_put(p, first, RULE_atom, bytes ? bytes_literal(p, first, p->mark - 1, pos) : text_literal(p, first, p->mark - 1, pos));
}
