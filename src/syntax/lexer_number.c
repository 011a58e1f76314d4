/* Numbers: decimal, 0x 0o 0b, fractions, exponents, imaginary; underscores between digits. */
#include "syntax/lexer.h"

#include <string.h>

static int bad(Lexer *lx, const char *kind) { return lexer_error(lx, -1, -1, "invalid %s literal", kind); }

/* Whether a keyword that may follow an expression begins at s: `1if x else y` is still allowed, with a warning. */
static int keyword_follows(const char *s)
{
    static const char *const words[] = {"and", "else", "for", "if", "in", "is", "or", "not"};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(words); i++)
        if (strncmp(s, words[i], strlen(words[i])) == 0)
            return 1;
    return 0;
}

/* Checks what stands behind a number; 0 or -1. */
static int check_end(Lexer *lx, const char *kind)
{
    if (keyword_follows(lx->cur)) {
        PyObject *message = PyUnicode_FromFormat("invalid %s literal", kind);
        if (message == NULL)
            return lx->done = LEX_ERROR, lx->failed = 1, -1;
        int failed = PyErr_WarnExplicitObject(PyExc_SyntaxWarning, message, lx->filename, lx->lineno, NULL, NULL);
        Py_DECREF(message);
        if (failed >= 0)
            return 0;
        lx->done = LEX_ERROR;
        lx->failed = 1;
        if (!PyErr_ExceptionMatches(PyExc_SyntaxWarning))
            return -1;
        PyErr_Clear();   /* a warning that was made an error is a SyntaxError here */
        return bad(lx, kind);
    }
    return is_name_char((unsigned char)*lx->cur) ? bad(lx, kind) : 0;
}

static int digit_of(int c, int base)
{
    int v = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : 99;
    return v < base;
}

/* Digits with single underscores between them; cur is at a digit.  0 or -1. */
static int digits(Lexer *lx, int base, const char *kind)
{
    for (;;) {
        while (digit_of(*lx->cur, base))
            lx->cur++;
        if (*lx->cur != '_')
            return 0;
        lx->cur++;
        if (!digit_of(*lx->cur, base)) {
            if (base < 10 && digit_of(*lx->cur, 10)) {
                lx->cur++;
                return lexer_error(lx, -1, -1, "invalid digit '%c' in %s literal", lx->cur[-1], kind);
            }
            return bad(lx, kind);
        }
    }
}

/* 0x…, 0o…, 0b…; cur is behind the letter. */
static int based(Lexer *lx, int base, const char *kind)
{
    if (*lx->cur == '_')
        lx->cur++;
    if (!digit_of(*lx->cur, base)) {
        if (!digit_of(*lx->cur, 10))
            return bad(lx, kind);
        lx->cur++;
        return lexer_error(lx, -1, -1, "invalid digit '%c' in %s literal", lx->cur[-1], kind);
    }
    if (digits(lx, base, kind) < 0)
        return -1;
    if (digit_of(*lx->cur, 10)) {
        lx->cur++;
        return lexer_error(lx, -1, -1, "invalid digit '%c' in %s literal", lx->cur[-1], kind);
    }
    return check_end(lx, kind);
}

/* Fraction, exponent and j, from cur on; *is_float says whether there were any. */
static int tail(Lexer *lx, int *is_float)
{
    *is_float = 0;
    if (*lx->cur == '.') {
        *is_float = 1;
        lx->cur++;
        if (digit_of(*lx->cur, 10) && digits(lx, 10, "decimal") < 0)
            return -1;
    }
    if ((*lx->cur | 0x20) == 'e') {
        const char *e = lx->cur++;
        if (*lx->cur == '+' || *lx->cur == '-') {
            lx->cur++;
            if (!digit_of(*lx->cur, 10))
                return bad(lx, "decimal");
        }
        else if (!digit_of(*lx->cur, 10)) {
            lx->cur = e;
            return check_end(lx, "decimal");
        }
        *is_float = 1;
        if (digits(lx, 10, "decimal") < 0)
            return -1;
    }
    if ((*lx->cur | 0x20) == 'j') {
        *is_float = 1;
        lx->cur++;
        return check_end(lx, "imaginary");
    }
    return check_end(lx, "decimal");
}

static int with_leading_zero(Lexer *lx)
{
    const char *start = lx->cur++;
    switch (*lx->cur) {
    case 'x': case 'X':
        lx->cur++;
        return based(lx, 16, "hexadecimal");
    case 'o': case 'O':
        lx->cur++;
        return based(lx, 8, "octal");
    case 'b': case 'B':
        lx->cur++;
        return based(lx, 2, "binary");
    }
    while (*lx->cur == '0' || *lx->cur == '_') {
        if (*lx->cur == '_' && !digit_of(lx->cur[1], 10)) {
            lx->cur++;
            return bad(lx, "decimal");
        }
        lx->cur++;
    }
    const char *zeros_end = lx->cur;
    int nonzero = digit_of(*lx->cur, 10), is_float;
    if (nonzero && digits(lx, 10, "decimal") < 0)
        return -1;
    int c = *lx->cur;
    if (nonzero && c != '.' && (c | 0x20) != 'e' && (c | 0x20) != 'j') {
        if (c == '_')
            return bad(lx, "decimal");
        lexer_error(lx, (int)(start + 1 - lx->line_start), (int)(zeros_end + 1 - lx->line_start),
                    "leading zeros in decimal integer literals are not permitted; "
                    "use an 0o prefix for octal integers");
        return -1;
    }
    return tail(lx, &is_float);
}

int lexer_number(Lexer *lx)
{
    int is_float;
    if (*lx->cur == '0')
        return with_leading_zero(lx);
    if (*lx->cur != '.' && digits(lx, 10, "decimal") < 0)
        return -1;
    return tail(lx, &is_float);
}
