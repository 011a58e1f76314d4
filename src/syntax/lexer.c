/* The lexer: indentation, names, strings, operators, brackets.  See lexer.h. */
#include "syntax/lexer.h"

#include <stdarg.h>
#include <string.h>

#define PEEK(lx) ((unsigned char)*(lx)->cur)

void lexer_init(Lexer *lx, const char *text, size_t size, PyObject *filename)
{
    memset(lx, 0, sizeof *lx);
    lx->text = lx->cur = lx->line_start = lx->token_line_start = text;
    lx->end = text + size;
    lx->lineno = 1;
    lx->at_line_start = 1;
    lx->filename = filename;
}

/* ---- errors ---- */
static int set_error(Lexer *lx, int col, int end_col, const char *format, va_list args)
{
    PyObject *message = PyUnicode_FromFormatV(format, args), *text = NULL, *before = NULL, *info = NULL;
    lx->done = LEX_ERROR;
    lx->failed = 1;
    if (message == NULL)
        return -1;
    size_t length = strcspn(lx->line_start, "\n");
    text = PyUnicode_DecodeUTF8(lx->line_start, (Py_ssize_t)length, "replace");
    if (text && col == -1) {
        before = PyUnicode_DecodeUTF8(lx->line_start, lx->cur - lx->line_start, "replace");
        col = before ? (int)PyUnicode_GET_LENGTH(before) : 0;
    }
    if (text)
        info = Py_BuildValue("(O(OiiOii))", message, lx->filename, lx->lineno + lx->line_shift, col, text,
                             lx->lineno + lx->line_shift,
                             end_col == -1 ? col : end_col);
    if (info)
        PyErr_SetObject(PyExc_SyntaxError, info);
    Py_XDECREF(info);
    Py_XDECREF(before);
    Py_XDECREF(text);
    Py_DECREF(message);
    return -1;
}

int lexer_error(Lexer *lx, int col, int end_col, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_error(lx, col, end_col, format, args);
    va_end(args);
    return -1;
}

/* An error at the current position. */
static int error(Lexer *lx, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_error(lx, -1, -1, format, args);
    va_end(args);
    return -1;
}

static int fail(Lexer *lx, enum lex_done why)
{
    lx->done = why;
    lx->failed = 1;
    return -1;
}

/* ---- tokens ---- */
static int end_token(Lexer *lx, Token *t, int type, const char *start, int start_line, const char *start_line_text)
{
    t->type = type;
    t->level = lx->level;
    t->start = start;
    t->end = lx->cur;
    t->lineno = start_line;
    t->col_offset = start ? (int)(start - start_line_text) : -1;
    t->end_lineno = lx->lineno;
    t->end_col_offset = start ? (int)(lx->cur - lx->line_start) : -1;
    return 0;
}

/* A token that lies on the current line and ends at cur. */
static int simple_token(Lexer *lx, Token *t, int type, const char *start)
{
    return end_token(lx, t, type, start, lx->lineno, lx->line_start);
}

static void next_line(Lexer *lx)   /* cur is behind a newline */
{
    lx->line_start = lx->cur;
    lx->lineno++;
}

/* ---- indentation ---- */
/* Skips a continued line at its start; 1 if there was one, 0 if not, -1 on error. */
static int continuation(Lexer *lx)
{
    if (*lx->cur != '\\')
        return 0;
    lx->cur++;
    if (*lx->cur != '\n')
        return fail(lx, LEX_CONTINUATION);
    lx->cur++;
    if (lx->cur >= lx->end)
        return fail(lx, LEX_EOF);
    next_line(lx);
    return 1;
}

/* Compares the columns with the stack; sets pending.  0 or -1. */
static int adjust_indent(Lexer *lx, int col, int alt)
{
    if (col == lx->columns[lx->indent])
        return alt == lx->alt_columns[lx->indent] ? 0 : fail(lx, LEX_TABS);
    if (col > lx->columns[lx->indent]) {
        if (lx->indent + 1 >= MAX_INDENT)
            return fail(lx, LEX_DEEP);
        if (alt <= lx->alt_columns[lx->indent])
            return fail(lx, LEX_TABS);
        lx->pending++;
        lx->indent++;
        lx->columns[lx->indent] = col;
        lx->alt_columns[lx->indent] = alt;
        return 0;
    }
    while (lx->indent > 0 && col < lx->columns[lx->indent]) {
        lx->pending--;
        lx->indent--;
    }
    if (col != lx->columns[lx->indent]) {
        lx->cur += strcspn(lx->cur, "\n");
        if (*lx->cur)
            lx->cur++;
        return fail(lx, LEX_DEDENT);
    }
    return alt == lx->alt_columns[lx->indent] ? 0 : fail(lx, LEX_TABS);
}

/* Measures the indentation of the line at cur; blank lines change nothing.  0 or -1. */
static int read_indent(Lexer *lx, int *blank)
{
    int col = 0, alt = 0, continued_col = 0;
    for (;; lx->cur++) {
        int c = PEEK(lx);
        if (c == ' ')
            col++, alt++;
        else if (c == '\t')
            col = (col / 8 + 1) * 8, alt++;
        else if (c == '\f')
            col = alt = 0;
        else if (c == '\\') {
            continued_col = continued_col ? continued_col : col;
            if (continuation(lx) < 0)
                return -1;
            lx->cur--;
        }
        else
            break;
    }
    *blank = PEEK(lx) == '#' || PEEK(lx) == '\n';
    if (*blank || lx->level > 0)
        return 0;
    return adjust_indent(lx, continued_col ? continued_col : col, continued_col ? continued_col : alt);
}

/* ---- comments ---- */
/* Reads a comment; 1 if it became a token (with type comments on), 0 if it was skipped. */
static int comment(Lexer *lx, Token *t, int *is_ignore)
{
    const char *start = lx->cur;
    *is_ignore = 0;
    lx->cur += strcspn(lx->cur, "\n");
    if (!lx->type_comments)
        return 0;
    const char *p = start + 1;
    while (*p == ' ' || *p == '\t')
        p++;
    if (strncmp(p, "type:", 5) != 0)
        return 0;
    p += 5;
    while (*p == ' ' || *p == '\t')
        p++;
    const char *ignore_end = p + 6;
    *is_ignore = lx->cur >= ignore_end && memcmp(p, "ignore", 6) == 0 &&
                 !(lx->cur > ignore_end && ((unsigned char)*ignore_end >= 128 || Py_ISALNUM(*ignore_end)));
    if (*is_ignore) {
        simple_token(lx, t, T_TYPE_IGNORE, ignore_end);
        return 1;
    }
    simple_token(lx, t, T_TYPE_COMMENT, p);
    return 1;
}

/* ---- names ---- */
/* Checks that the non-ASCII name from `start` to cur is an identifier; 0, or -1 with an exception set. */
static int verify_name(Lexer *lx, const char *start)
{
    PyObject *name = PyUnicode_DecodeUTF8(start, lx->cur - start, NULL);
    if (name == NULL)
        return fail(lx, LEX_DECODE);
    int ok = PyUnicode_IsIdentifier(name);
    if (ok) {
        Py_DECREF(name);
        return 0;
    }
    Py_ssize_t i = 0, n = PyUnicode_GET_LENGTH(name);
    PyObject *prefix = NULL;
    for (i = 1; i <= n; i++) {   /* the first prefix that is no identifier ends with the bad character */
        prefix = PyUnicode_Substring(name, 0, i);
        if (prefix == NULL || !PyUnicode_IsIdentifier(prefix))
            break;
        Py_CLEAR(prefix);
    }
    Py_UCS4 bad = PyUnicode_READ_CHAR(name, i <= n ? i - 1 : n - 1);
    Py_DECREF(name);
    if (prefix == NULL)
        return fail(lx, LEX_ERROR);
    Py_ssize_t size;
    if (PyUnicode_AsUTF8AndSize(prefix, &size))
        lx->cur = start + size;
    Py_DECREF(prefix);
    char hex[9];
    PyOS_snprintf(hex, sizeof hex, "%04X", (unsigned)bad);
    return Py_UNICODE_ISPRINTABLE(bad) ? error(lx, "invalid character '%c' (U+%s)", (int)bad, hex)
                                       : error(lx, "invalid non-printable character U+%s", hex);
}

/* Whether cur is a valid string prefix followed by a quote; then cur is moved to the quote. */
static int string_prefix(Lexer *lx)
{
    int b = 0, u = 0, r = 0, f = 0;
    const char *p = lx->cur;
    for (;; p++) {
        int c = *p | 0x20;
        if (c == 'b' && !(b || u || f))
            b = 1;
        else if (c == 'u' && !(b || u || r || f))
            u = 1;
        else if (c == 'r' && !(r || u))
            r = 1;
        else if (c == 'f' && !(f || b || u))
            f = 1;
        else
            break;
    }
    if (*p != '"' && *p != '\'')
        return 0;
    lx->cur = p;
    return 1;
}

/* ---- strings ---- */
static int string(Lexer *lx, Token *t, const char *start)
{
    const char *first_line = lx->line_start;
    int first_lineno = lx->lineno, triple = 0;
    char quote = *lx->cur++;
    if (lx->cur[0] == quote && lx->cur[1] == quote) {
        triple = 1;
        lx->cur += 2;
    }
    for (;;) {
        char c = *lx->cur;
        if (c == quote && !triple) {
            lx->cur++;
            break;
        }
        if (c == quote && lx->cur[1] == quote && lx->cur[2] == quote) {
            lx->cur += 3;
            break;
        }
        if (lx->cur >= lx->end || (c == '\n' && !triple)) {
            int last_line = lx->lineno - (triple && lx->cur >= lx->end);
            lx->cur = start + 1;
            lx->line_start = first_line;
            lx->lineno = first_lineno;
            error(lx, triple ? "unterminated triple-quoted string literal (detected at line %d)"
                             : "unterminated string literal (detected at line %d)", last_line);
            if (c != '\n')
                lx->done = LEX_STRING_EOF;
            return -1;
        }
        lx->cur++;
        if (c == '\\' && *lx->cur && lx->cur < lx->end)
            c = *lx->cur++;
        if (c == '\n')
            next_line(lx);
    }
    return end_token(lx, t, T_STRING, start, first_lineno, first_line);
}

/* ---- operators and brackets ---- */
static const struct { const char *text; unsigned char size, type; } operators[] = {
#define TOKEN(name)
#define KEYWORD(name)
#define OP(name, text) {text, sizeof text - 1, T_##name},
#include "syntax/tokens.def"
#undef TOKEN
#undef KEYWORD
#undef OP
    {"<>", 2, T_NOTEQUAL},
};

int lexer_operator(const char *s, int *used)
{
    int best = T_OP, best_size = 0;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(operators); i++)
        if (operators[i].text[0] == s[0] && operators[i].size > best_size &&
            strncmp(s, operators[i].text, operators[i].size) == 0) {
            best = operators[i].type;
            best_size = operators[i].size;
        }
    *used = best_size ? best_size : 1;
    return best;
}

/* Pushes or pops a bracket at cur[-1]; 0 or -1. */
static int bracket(Lexer *lx, char c)
{
    if (c == '(' || c == '[' || c == '{') {
        if (lx->level >= MAX_NESTING)
            return error(lx, "too many nested parentheses");
        lx->brackets[lx->level].open = c;
        lx->brackets[lx->level].lineno = lx->lineno;
        lx->brackets[lx->level].col = (int)(lx->cur - 1 - lx->line_start);
        lx->level++;
        return 0;
    }
    if (lx->level == 0)
        return error(lx, "unmatched '%c'", c);
    lx->level--;
    char open = lx->brackets[lx->level].open;
    if ((open == '(' && c == ')') || (open == '[' && c == ']') || (open == '{' && c == '}'))
        return 0;
    if (lx->brackets[lx->level].lineno != lx->lineno)
        return error(lx, "closing parenthesis '%c' does not match opening parenthesis '%c' on line %d", c, open,
                     lx->brackets[lx->level].lineno);
    return error(lx, "closing parenthesis '%c' does not match opening parenthesis '%c'", c, open);
}

static int operator(Lexer *lx, Token *t)
{
    const char *start = lx->cur;
    unsigned char c = (unsigned char)*start;
    if (c < ' ' || c == 127) {
        char hex[9];
        lx->cur++;
        PyOS_snprintf(hex, sizeof hex, "%04X", c);
        return error(lx, "invalid non-printable character U+%s", hex);
    }
    int size, type = lexer_operator(start, &size);
    lx->cur += size;
    if (size == 1 && strchr("()[]{}", c) && bracket(lx, (char)c) < 0)
        return -1;
    return simple_token(lx, t, type, start);
}

/* ---- the next token ---- */
static int at_end(Lexer *lx, Token *t)
{
    if (lx->level)
        return fail(lx, LEX_EOF);
    lx->done = LEX_EOF;
    return end_token(lx, t, T_ENDMARKER, NULL, lx->lineno, lx->line_start);
}

/* Whether the async or await before cur is a keyword; notes an "async def" that begins here. */
static int is_async_keyword(Lexer *lx, int is_async)
{
    if (!lx->async_names || lx->async_level)
        return 1;
    const char *next = lx->cur + strspn(lx->cur, " \t\f");
    if (!is_async || strncmp(next, "def", 3) != 0 || is_name_char((unsigned char)next[3]))
        return 0;
    lx->async_level = lx->indent + 1;
    lx->async_body = 0;
    return 1;
}

static int name(Lexer *lx, Token *t)
{
    const char *start = lx->cur;
    int ascii = 1;
    if (string_prefix(lx))
        return string(lx, t, start);
    while (is_name_char(PEEK(lx))) {
        ascii &= PEEK(lx) < 128;
        lx->cur++;
    }
    if (!ascii && verify_name(lx, start) < 0)
        return -1;
    int type = T_NAME;
    if (lx->cur - start == 5 && (memcmp(start, "async", 5) == 0 || memcmp(start, "await", 5) == 0) &&
        is_async_keyword(lx, start[1] == 's'))
        type = start[1] == 's' ? T_ASYNC : T_AWAIT;
    return simple_token(lx, t, type, start);
}

/* At the start of a line: indentation, and tokens for it.  1 if *t was filled, 0 if not, -1 on error. */
static int line_start(Lexer *lx, Token *t, int *blank)
{
    *blank = 0;
    if (lx->at_line_start) {
        lx->at_line_start = 0;
        if (lx->cur > lx->text && lx->cur < lx->end)   /* the end of the text is not a new line */
            next_line(lx);
        if (read_indent(lx, blank) < 0)
            return -1;
        if (lx->async_body && !*blank && lx->level == 0 && lx->indent < lx->async_level)
            lx->async_level = lx->async_body = 0;
    }
    if (lx->pending == 0)
        return 0;
    int type = lx->pending > 0 ? T_INDENT : T_DEDENT;
    lx->pending += lx->pending > 0 ? -1 : 1;
    end_token(lx, t, type, NULL, lx->lineno, lx->line_start);
    return 1;
}

/* cur at '\n' outside of brackets; the token begins with the comment before it, if there is one. */
static int newline(Lexer *lx, Token *t, const char *comment)
{
    simple_token(lx, t, T_NEWLINE, comment ? comment : lx->cur);
    lx->cur++;
    lx->at_line_start = 1;
    lx->async_body = lx->async_level > 0;
    return 0;
}

static int scan(Lexer *lx, Token *t)
{
    int blank, filled = line_start(lx, t, &blank);
    if (filled)
        return filled < 0 ? -1 : 0;
    const char *comment_start = NULL;
    for (;;) {
        int c = PEEK(lx), is_ignore;
        if (c == ' ' || c == '\t' || c == '\f') {
            lx->cur++;
            continue;
        }
        if (c == '#') {
            comment_start = lx->cur;
            if (!comment(lx, t, &is_ignore))
                continue;
            if (blank && is_ignore && PEEK(lx) == '\n') { /* nothing else is on the line: no NEWLINE either */
                lx->cur++;
                lx->at_line_start = 1;
            }
            return 0;
        }
        if (c == '\\') {
            if (continuation(lx) < 0)
                return -1;
            continue;
        }
        if (lx->cur >= lx->end)
            return at_end(lx, t);
        if (c == '\n') {
            if (!blank && lx->level == 0)
                return newline(lx, t, comment_start);
            lx->cur++;
            if (lx->level > 0 && lx->cur < lx->end)
                next_line(lx);
            if (lx->level == 0) {
                lx->at_line_start = 1;
                filled = line_start(lx, t, &blank);
                if (filled)
                    return filled < 0 ? -1 : 0;
            }
            continue;
        }
        if (is_name_start(c))
            return name(lx, t);
        if ((c >= '0' && c <= '9') || (c == '.' && lx->cur[1] >= '0' && lx->cur[1] <= '9')) {
            const char *start = lx->cur;
            return lexer_number(lx) < 0 ? -1 : simple_token(lx, t, T_NUMBER, start);
        }
        if (c == '"' || c == '\'')
            return string(lx, t, lx->cur);
        return operator(lx, t);
    }
}

void lexer_next(Lexer *lx, Token *t)
{
    if (lx->failed || scan(lx, t) < 0) {
        t->type = T_ERRORTOKEN;
        t->start = t->end = NULL;
        t->lineno = t->end_lineno = lx->lineno;
        t->col_offset = t->end_col_offset = -1;
        t->level = lx->level;
    }
}
