/* The inside of f-strings: text, {expression [=] [!conversion] [:format]}, by the rules of 3.11: the expression is cut out by
 * looking for its end, put into parentheses and parsed by a parser of its own. */
#include "syntax/parse_string.h"

#include <string.h>

static int fail(Parser *p, const char *message)
{
    raise_last(p, PyExc_SyntaxError, "%s", message);
    return -1;
}

/* ---- text ---- */
/* Adds the text up to the next expression or the end; *s is left there. */
static int text_part(Parser *p, Token *t, const char **s, const char *end, int raw, int level, Literal *l)
{
    const char *start = *s, *c = start, *text_end;
    for (;;) {
        text_end = c;
        if (c >= end)
            break;
        char ch = *c;
        if (ch == '\\' && !raw && c + 1 < end) {
            c++;
            if (*c == 'N' && c + 1 < end && c[1] == '{') {   /* \N{NAME}: no expression */
                while (c < end && *c != '}')
                    c++;
                c += c < end;
                continue;
            }
            if (*c != '{' && *c != '}')
                c++;
            continue;
        }
        if (ch != '{' && ch != '}') {
            c++;
            continue;
        }
        if (level == 0) {
            if (c + 1 < end && c[1] == ch) {   /* doubled: one of it is text */
                if (literal_add_text(p, l, decode_text(p, t, start, c + 1, raw)) < 0)
                    return -1;
                start = c += 2;
                continue;
            }
            if (ch == '}') {
                *s = c;
                return fail(p, "f-string: single '}' is not allowed");
            }
        }
        break;
    }
    *s = c;
    return text_end > start ? literal_add_text(p, l, decode_text(p, t, start, text_end, raw)) : 0;
}

/* ---- finding the end of an expression ---- */
static int is_pair(char open, char close)
{
    return (open == '(' && close == ')') || (open == '[' && close == ']') || (open == '{' && close == '}');
}

/* Moves *s to the character that ends the expression: one of ! : = } or `end`.  0 or -1. */
static int find_end(Parser *p, const char **s, const char *end)
{
    char stack[MAX_NESTING], quote = 0;
    int depth = 0, triple = 0;
    const char *c = *s;
    for (; c < end; c++) {
        char ch = *c;
        if (ch == '\\')
            return fail(p, "f-string expression part cannot include a backslash");
        if (quote) {
            if (ch != quote)
                continue;
            if (triple && !(c + 2 < end && c[1] == ch && c[2] == ch))
                continue;
            c += triple ? 2 : 0;
            quote = 0;
            continue;
        }
        if (ch == '\'' || ch == '"') {
            triple = c + 2 < end && c[1] == ch && c[2] == ch;
            c += triple ? 2 : 0;
            quote = ch;
            continue;
        }
        if (ch == '[' || ch == '{' || ch == '(') {
            if (depth >= MAX_NESTING)
                return fail(p, "f-string: too many nested parenthesis");
            stack[depth++] = ch;
            continue;
        }
        if (ch == '#')
            return fail(p, "f-string expression part cannot include '#'");
        if (depth == 0 && strchr("!:}=<>", ch)) {
            if (c + 1 < end && c[1] == '=' && strchr("!=<>", ch)) {
                c++;
                continue;
            }
            if (ch == '<' || ch == '>')
                continue;
            break;
        }
        if (ch == ']' || ch == '}' || ch == ')') {
            if (depth == 0) {
                raise_last(p, PyExc_SyntaxError, "f-string: unmatched '%c'", ch);
                return -1;
            }
            if (!is_pair(stack[--depth], ch)) {
                raise_last(p, PyExc_SyntaxError, "f-string: closing parenthesis '%c' does not match opening parenthesis '%c'",
                           ch, stack[depth]);
                return -1;
            }
        }
    }
    *s = c;
    if (quote)
        return fail(p, "f-string: unterminated string");
    if (depth) {
        raise_last(p, PyExc_SyntaxError, "f-string: unmatched '%c'", stack[depth - 1]);
        return -1;
    }
    return c < end ? 0 : fail(p, "f-string: expecting '}'");
}

/* ---- parsing it ---- */
/* Where the text of a field stands in the file: the line of its '{', and that brace's column. */
static void locate(Parser *sub, Token *t, const char *brace)
{
    const char *c = brace + 1;
    int lines = 0, own_line;
    const char *line = t->start;
    while (*c == ' ' || *c == '\t' || *c == '\f')
        c++;
    own_line = *c == '\n';   /* the expression begins on the next line: columns need no shift */
    for (const char *q = t->start; q < brace; q++)
        if (*q == '\n') {
            lines++;
            line = q + 1;
        }
    int col = own_line ? 0 : (int)(brace - line);
    sub->first_lineno = t->lineno + lines;
    sub->first_col = lines ? col : t->col_offset + col;
}

static expr_ty field_expression(Parser *p, Token *t, const char *start, const char *end)
{
    const char *c = start;
    while (c < end && (*c == ' ' || *c == '\t' || *c == '\n' || *c == '\f' || *c == '\r'))
        c++;
    if (c == end) {
        if (*end == '}')
            raise_last(p, PyExc_SyntaxError, "f-string: empty expression not allowed");
        else
            raise_last(p, PyExc_SyntaxError, "f-string: expression required before '%c'", *end);
        return NULL;
    }
    size_t size = (size_t)(end - start);
    char *text = PyMem_Malloc(size + 4);
    if (text == NULL)
        return out_of_memory(p);
    text[0] = '(';
    memcpy(text + 1, start, size);
    strcpy(text + 1 + size, ")\n");
    Parser sub = {.arena = p->arena, .filename = p->filename, .mode = Py_eval_input, .flags = p->flags & ~PyCF_ALLOW_INCOMPLETE_INPUT,
                  .in_fstring = 1, .depth = p->depth,
                  .feature_version = p->feature_version};
    lexer_init(&sub.lx, text, size + 3, p->filename);
    locate(&sub, t, start - 1);
    sub.lx.line_shift = sub.first_lineno - 1;
    expr_ty e = parser_run(&sub);
    PyMem_Free(sub.tokens);
    PyMem_Free(sub.memos);
    PyMem_Free(text);
    if (e == NULL)
        p->failed = 1;
    return e;
}

static expr_ty format_spec(Parser *p, Token *t, const char **s, const char *end, int raw, int level, AstPos pos)
{
    Literal spec = {.pos = pos};
    if (fstring_parse(p, t, s, end, raw, level + 1, &spec) < 0 || literal_flush(p, &spec) < 0) {
        Py_XDECREF(spec.text);
        list_drop(&spec.values);
        return NULL;
    }
    asdl_seq *values = list_done(p, &spec.values);
    return p->failed ? NULL : made(p, ast_JoinedStr(p->arena, values, pos));
}

/* The '=' behind an expression: its source up to the next part becomes text. */
static int debug_text(Parser *p, const char *start, const char **s, const char *end, Literal *l)
{
    const char *c = *s + 1;
    while (c < end && (*c == ' ' || *c == '\t' || *c == '\n' || *c == '\f' || *c == '\r'))
        c++;
    *s = c;
    if (!require_version(p, 8, "f-string: self documenting expressions are"))
        return -1;
    if (c >= end)
        return fail(p, "f-string: expecting '}'");
    return literal_add_text(p, l, PyUnicode_DecodeUTF8(start, c - start, NULL));
}

/* One {…}; *s is at its '{'. */
static int field(Parser *p, Token *t, const char **s, const char *end, int raw, int level, Literal *l)
{
    const char *start = ++*s;
    int conversion = -1, debug = 0;
    expr_ty spec = NULL;
    if (level >= 2)
        return fail(p, "f-string: expressions nested too deeply");
    if (find_end(p, s, end) < 0)
        return -1;
    expr_ty e = field_expression(p, t, start, *s);
    if (e == NULL)
        return -1;
    if (**s == '=') {
        debug = 1;
        if (debug_text(p, start, s, end, l) < 0)
            return -1;
    }
    if (**s == '!') {
        if (*s + 1 >= end)
            return fail(p, "f-string: expecting '}'");
        conversion = (unsigned char)(*s)[1];
        *s += 2;
        if (conversion != 's' && conversion != 'r' && conversion != 'a')
            return fail(p, "f-string: invalid conversion character: expected 's', 'r', or 'a'");
    }
    if (*s < end && **s == ':') {
        ++*s;
        if (*s >= end)
            return fail(p, "f-string: expecting '}'");
        spec = format_spec(p, t, s, end, raw, level, pos_of(t));
        if (spec == NULL)
            return -1;
    }
    if (*s >= end || **s != '}')
        return fail(p, "f-string: expecting '}'");
    ++*s;
    if (debug && spec == NULL && conversion == -1)
        conversion = 'r';
    expr_ty value = made(p, ast_FormattedValue(p->arena, e, conversion, spec, l->pos));
    return value && literal_flush(p, l) == 0 ? list_add(p, &l->values, value) : -1;
}

int fstring_parse(Parser *p, Token *t, const char **s, const char *end, int raw, int level, Literal *l)
{
    for (;;) {
        if (text_part(p, t, s, end, raw, level, l) < 0)
            return -1;
        if (*s >= end || **s == '}')
            return 0;
        if (field(p, t, s, end, raw, level, l) < 0)
            return -1;
    }
}
