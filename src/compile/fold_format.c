/* "..." % (a, b) as an f-string. */
#include "compile/fold_format.h"
#include "compile/flow.h"

#define MAX_DIGITS 3

typedef struct {
    PyObject *format;
    Py_ssize_t at, length;
} Reader;

static Py_UCS4 peek(Reader *r) { return r->at < r->length ? PyUnicode_READ_CHAR(r->format, r->at) : 0; }

/* A kept Constant without a place; steals text. */
static expr_ty text_node(AstArena *arena, PyObject *text)
{
    if (!text || ast_arena_add_object(arena, text) < 0)
        return NULL;
    return ast_Constant(arena, text, NULL, NO_PLACE);
}

/* The text up to the next conversion, with %% as %: 1 and *out (NULL: empty), or -1. */
static int read_literal(AstArena *arena, Reader *r, expr_ty *out)
{
    Py_ssize_t start = r->at;
    int percents = 0;
    while (r->at < r->length) {
        if (PyUnicode_READ_CHAR(r->format, r->at) == '%') {
            if (r->at + 1 >= r->length || PyUnicode_READ_CHAR(r->format, r->at + 1) != '%')
                break;
            percents = 1;
            r->at++;
        }
        r->at++;
    }
    *out = NULL;
    if (r->at == start)
        return 1;
    PyObject *text = PyUnicode_Substring(r->format, start, r->at);
    if (text && percents) {
        PyObject *two = PyUnicode_FromString("%%"), *one = PyUnicode_FromString("%");
        PyObject *plain = two && one ? PyUnicode_Replace(text, two, one, -1) : NULL;
        Py_XDECREF(two);
        Py_XDECREF(one);
        Py_SETREF(text, plain);
    }
    *out = text_node(arena, text);
    return *out ? 1 : -1;
}

/* A number of at most two digits, or -1 for none; 0 when there are too many. */
static int read_number(Reader *r, int *number)
{
    int digits = 0;
    for (; peek(r) >= '0' && peek(r) <= '9'; r->at++) {
        if (*number < 0)
            *number = 0;
        *number = *number * 10 + (int)(peek(r) - '0');
        if (++digits >= MAX_DIGITS)
            return 0;
    }
    return 1;
}

/* What follows a %: 1 and *out, 0 when it cannot be done, -1 on error. */
static int read_conversion(AstArena *arena, Reader *r, expr_ty value, expr_ty *out)
{
    int left = 0, width = -1, precision = -1, n = 0;
    char spec[16];
    r->at++;
    for (;; r->at++) {
        Py_UCS4 ch = peek(r);
        if (ch == '-')
            left = 1;
        else if (ch != '+' && ch != ' ' && ch != '#' && ch != '0')
            break;
    }
    if (!read_number(r, &width))
        return 0;
    if (peek(r) == '.') {
        r->at++;
        precision = 0;
        if (!read_number(r, &precision))
            return 0;
    }
    Py_UCS4 kind = peek(r);
    if (kind != 's' && kind != 'r' && kind != 'a')
        return 0;
    r->at++;
    if (!left && width > 0)
        spec[n++] = '>';
    if (width >= 0)
        n += snprintf(spec + n, sizeof spec - n, "%d", width);
    if (precision >= 0)
        n += snprintf(spec + n, sizeof spec - n, ".%d", precision);
    expr_ty format_spec = n ? text_node(arena, PyUnicode_FromStringAndSize(spec, n)) : NULL;
    if (n && !format_spec)
        return -1;
    *out = ast_FormattedValue(arena, value, (int)kind, format_spec, AST_POS(value));
    return *out ? 1 : -1;
}

int fold_format(AstArena *arena, expr_ty node, PyObject *format, asdl_seq *values)
{
    Reader r = {format, 0, PyUnicode_GET_LENGTH(format)};
    Py_ssize_t n = asdl_len(values), used = 0, parts = 0;
    asdl_seq *all = asdl_seq_new(arena, 2 * n + 1), *joined;
    if (!all)
        return -1;
    for (;;) {
        expr_ty part;
        if (read_literal(arena, &r, &part) < 0)
            return -1;
        if (part)
            asdl_set(all, parts++, part);
        if (r.at >= r.length)
            break;
        if (used >= n)
            return 0;
        int done = read_conversion(arena, &r, asdl_get(values, used), &part);
        if (done <= 0)
            return done;
        asdl_set(all, parts++, part);
        used++;
    }
    if (used < n || !(joined = asdl_seq_new(arena, parts)))
        return used < n ? 0 : -1;
    for (Py_ssize_t i = 0; i < parts; i++)
        asdl_set(joined, i, asdl_get(all, i));
    node->kind = JoinedStr_kind;
    node->v.JoinedStr.values = joined;
    return 0;
}
