/* The parser's core: tokens on demand, positions, memo, errors, the two passes.  See parse.h. */
#include "syntax/parse.h"
#include "syntax/parser.h"

#include <stdarg.h>
#include <string.h>

static const struct { const char *text; int type; } keywords[] = {
#define TOKEN(name)
#define OP(name, text)
#define KEYWORD(name) {#name, K_##name},
#include "syntax/tokens.def"
#undef TOKEN
#undef OP
#undef KEYWORD
};

/* ---- tokens ---- */
static int keyword_type(const char *s, size_t n)
{
    if (n < 2 || n > 8)
        return T_NAME;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(keywords); i++)
        if (keywords[i].text[0] == s[0] && strncmp(keywords[i].text, s, n) == 0 && keywords[i].text[n] == 0)
            return keywords[i].type;
    return T_NAME;
}

void *out_of_memory(Parser *p)
{
    p->failed = 1;
    if (!PyErr_Occurred())
        PyErr_NoMemory();
    return NULL;
}

void raise_decode_error(Parser *p)
{
    PyObject *type, *value, *tb, *text;
    const char *kind = PyErr_ExceptionMatches(PyExc_UnicodeError) ? "unicode error"
                       : PyErr_ExceptionMatches(PyExc_ValueError) ? "value error" : NULL;
    p->failed = 1;
    if (kind == NULL)
        return;
    PyErr_Fetch(&type, &value, &tb);
    PyErr_NormalizeException(&type, &value, &tb);
    text = value ? PyObject_Str(value) : NULL;
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(tb);
    if (text)
        raise_last(p, PyExc_SyntaxError, "(%s) %U", kind, text);
    Py_XDECREF(text);
}

/* Words the errors that the lexer left to its user. */
static void raise_lexer_error(Parser *p)
{
    Lexer *lx = &p->lx;
    AstPos here = {lx->lineno, 0, lx->lineno, -1};
    p->failed = 1;
    switch (lx->done) {
    case LEX_EOF:
        if (lx->level)
            raise_unclosed(p);
        else
            raise_last(p, PyExc_SyntaxError, "unexpected EOF while parsing");
        break;
    case LEX_DEDENT:
        raise_last(p, PyExc_IndentationError, "unindent does not match any outer indentation level");
        break;
    case LEX_TABS:
        raise_at_pos(p, PyExc_TabError, here, "inconsistent use of tabs and spaces in indentation");
        break;
    case LEX_DEEP:
        raise_at_pos(p, PyExc_IndentationError, here, "too many levels of indentation");
        break;
    case LEX_CONTINUATION:
        here.col_offset = (int)(lx->cur - lx->line_start);
        raise_at_pos(p, PyExc_SyntaxError, here, "unexpected character after line continuation character");
        break;
    case LEX_DECODE:
        raise_decode_error(p);
        break;
    default:   /* the lexer set an exception */
        break;
    }
}

static void shift_position(Parser *p, Token *t)
{
    if (!p->in_fstring)
        return;
    if (t->lineno == 1 && t->col_offset >= 0)
        t->col_offset += p->first_col;
    if (t->end_lineno == 1 && t->end_col_offset >= 0)
        t->end_col_offset += p->first_col;
    t->lineno += p->first_lineno - 1;
    t->end_lineno += p->first_lineno - 1;
}

static Token *error_token(void)
{
    static Token t = {.type = T_ERRORTOKEN, .lineno = 1, .col_offset = -1, .end_lineno = 1, .end_col_offset = -1};
    return &t;
}

/* A "# type: ignore" comment belongs to the module. */
static int keep_type_ignore(Parser *p, Token *t)
{
    PyObject *tag = PyUnicode_DecodeUTF8(t->start, t->end - t->start, NULL);
    type_ignore_ty node = ast_arena_add_object(p->arena, tag) < 0 ? NULL : ast_TypeIgnore(p->arena, t->lineno, tag);
    if (node == NULL)
        return out_of_memory(p), -1;
    return list_add(p, &p->type_ignores, node);
}

/* Reads one more token; it is appended also when it is an error. */
static Token *fill(Parser *p)
{
    if (p->fill == p->room) {
        int room = p->room ? p->room * 2 : 256;
        Token **tokens = PyMem_Realloc(p->tokens, (size_t)room * sizeof *tokens);
        if (tokens == NULL)
            return out_of_memory(p), error_token();
        p->tokens = tokens;
        Memo **memos = PyMem_Realloc(p->memos, (size_t)room * sizeof *memos);
        if (memos == NULL)
            return out_of_memory(p), error_token();
        memset(memos + p->room, 0, (size_t)(room - p->room) * sizeof *memos);
        p->memos = memos;
        p->room = room;
    }
    Token *t = ast_arena_malloc(p->arena, sizeof *t);
    if (t == NULL)
        return out_of_memory(p), error_token();
    for (lexer_next(&p->lx, t); t->type == T_TYPE_IGNORE; lexer_next(&p->lx, t))
        if (keep_type_ignore(p, t) < 0)
            return error_token();
    if (t->type == T_NAME)
        t->type = keyword_type(t->start, (size_t)(t->end - t->start));
    if (t->type == T_NEWLINE && p->unfinished_line && p->mode != Py_file_input && p->lx.cur == p->lx.end)
        t->col_offset = t->end_col_offset = -1;
    shift_position(p, t);
    p->tokens[p->fill++] = t;
    if (t->type == T_ERRORTOKEN)
        raise_lexer_error(p);
    return t;
}

Token *parse_peek_at(Parser *p, int ahead)
{
    int i = p->mark + ahead;
    while (i >= p->fill) {
        if (p->fill && (p->tokens[p->fill - 1]->type == T_ERRORTOKEN || p->tokens[p->fill - 1]->type == T_ENDMARKER))
            return p->failed ? error_token() : p->tokens[p->fill - 1];
        Token *t = fill(p);
        if (p->failed)
            return t;
    }
    return p->tokens[i];
}

Token *parse_peek(Parser *p)
{
    return p->mark < p->fill ? p->tokens[p->mark] : parse_peek_at(p, 0);
}

Token *expect_forced(Parser *p, int type, const char *text)
{
    if (p->failed)
        return NULL;
    Token *t = accept(p, type);
    if (t == NULL && !p->failed) {
        t = parse_peek(p);
        raise_at_pos(p, PyExc_SyntaxError, pos_of(t), "expected '%s'", text);
        return NULL;
    }
    return t;
}

int at_word(Parser *p, const char *word)
{
    Token *t = parse_peek(p);
    size_t n = strlen(word);
    return t->type == T_NAME && (size_t)(t->end - t->start) == n && memcmp(t->start, word, n) == 0;
}

PyObject *name_of(Parser *p, Token *t)
{
    Py_ssize_t n = t->end - t->start;
    PyObject *id = PyUnicode_DecodeUTF8(t->start, n, NULL);
    if (id == NULL)
        return out_of_memory(p);
    if (!PyUnicode_IS_ASCII(id)) {
        Py_SETREF(id, identifier_normalise(id));
        if (id == NULL)
            return out_of_memory(p);
    }
    PyUnicode_InternInPlace(&id);
    return ast_arena_add_object(p->arena, id) < 0 ? out_of_memory(p) : id;
}

AstPos pos_from(Parser *p, Token *start)
{
    int i = p->mark - 1;
    while (i > 0 && (p->tokens[i]->type == T_NEWLINE || p->tokens[i]->type == T_INDENT ||
                     p->tokens[i]->type == T_DEDENT || p->tokens[i]->type == T_ENDMARKER))
        i--;
    Token *last = i >= 0 ? p->tokens[i] : start;
    return (AstPos){start->lineno, start->col_offset, last->end_lineno, last->end_col_offset};
}

int enter(Parser *p, int weight)
{
    p->depth += weight;
    if (p->depth <= PARSE_DEPTH_MAX)
        return 1;
    p->depth -= weight;
    p->failed = 1;
    PyErr_NoMemory();
    return 0;
}

/* ---- memo ---- */
int memo_get(Parser *p, enum rule rule, void **node)
{
    if ((!p->diagnosing && rule != RULE_expression) || p->mark >= p->fill)
        return 0;
    for (Memo *m = p->memos[p->mark]; m; m = m->next)
        if (m->rule == (int)rule) {
            p->mark = m->end;
            *node = m->node;
            return 1;
        }
    return 0;
}

void *memo_put(Parser *p, int start, enum rule rule, void *node)
{
    if ((!p->diagnosing && rule != RULE_expression) || p->failed || start >= p->fill)
        return node;
    Memo *m = ast_arena_malloc(p->arena, sizeof *m);
    if (m == NULL)
        return out_of_memory(p);
    if (node == NULL)
        p->mark = start;
    *m = (Memo){p->memos[start], (int)rule, p->mark, node};
    p->memos[start] = m;
    return node;
}

/* ---- lists ---- */
int list_add(Parser *p, List *l, void *item)
{
    if (l->size == l->room) {
        Py_ssize_t room = l->room ? l->room * 2 : 8;
        void **items = PyMem_Realloc(l->items, (size_t)room * sizeof *items);
        if (items == NULL) {
            list_drop(l);
            out_of_memory(p);
            return -1;
        }
        l->items = items;
        l->room = room;
    }
    l->items[l->size++] = item;
    return 0;
}

asdl_seq *list_done(Parser *p, List *l)
{
    asdl_seq *s = NULL;
    if (l->size && !p->failed) {
        s = asdl_seq_new(p->arena, l->size);
        if (s)
            memcpy(s->items, l->items, (size_t)l->size * sizeof *l->items);
        else
            p->failed = 1;
    }
    list_drop(l);
    return s;
}

/* ---- errors ---- */
/* The line of the source that an error report shows, and its size. */
static const char *error_line(Parser *p, int lineno, size_t *size)
{
    const char *s = p->lx.text;
    int line = p->in_fstring ? lineno - p->first_lineno + 1 : lineno;
    for (int i = 1; i < line; i++) {
        const char *next = strchr(s, '\n');
        if (next == NULL || next + 1 >= p->lx.end)
            break;
        s = next + 1;
    }
    size_t n = strcspn(s, "\n");
    /* the line being read is shown with its newline, earlier ones without */
    if (s[n] == '\n' && p->lx.lineno <= line && (p->mode != Py_eval_input || p->in_fstring || !p->unfinished_line || s + n + 1 < p->lx.end))
        n++;
    *size = n;
    return s;
}

/* A byte offset as a number of characters of the line at s; it stays what it is when the line is no UTF-8. */
static int characters(const char *s, size_t size, int offset)
{
    int extra = offset > (int)size;
    PyObject *before = PyUnicode_DecodeUTF8(s, extra ? (Py_ssize_t)size : offset, "replace");
    PyObject *line = before ? PyUnicode_DecodeUTF8(s, (Py_ssize_t)size, NULL) : NULL;
    int n = before == NULL ? -1 : line ? (int)PyUnicode_GET_LENGTH(before) + extra : offset;
    PyErr_Clear();
    Py_XDECREF(before);
    Py_XDECREF(line);
    return n;
}

/* Sets the exception; offsets count bytes from 1, 0 and less are kept as they are. */
static void set_error(Parser *p, PyObject *type, int lineno, int offset, int end_lineno, int end_offset, const char *format, va_list args)
{
    PyErr_Clear();
    p->failed = 1;
    PyObject *message = p->in_fstring ? NULL : PyUnicode_FromFormatV(format, args), *line = NULL, *info = NULL;
    if (p->in_fstring) {
        PyObject *inner = PyUnicode_FromFormatV(format, args);
        message = inner ? PyUnicode_FromFormat("f-string: %U", inner) : NULL;
        Py_XDECREF(inner);
        offset -= p->first_col;
        end_offset -= p->first_col;
        if (offset < 0)
            offset = end_offset = 0;
    }
    size_t size = 0;
    const char *shown = error_line(p, lineno, &size);
    if (message)
        line = PyUnicode_DecodeUTF8(shown, (Py_ssize_t)size, "replace");
    if (line) {
        int col = offset, end_col = end_offset;
        if (offset > 0)
            col = characters(shown, size, offset);
        if (end_offset > 0)
            end_col = characters(shown, size, end_offset);
        info = Py_BuildValue("(O(OiiOii))", message, p->filename, lineno, col, line, end_lineno, end_col);
    }
    if (info)
        PyErr_SetObject(type, info);
    Py_XDECREF(info);
    Py_XDECREF(line);
    Py_XDECREF(message);
}

void *raise_at_pos(Parser *p, PyObject *type, AstPos pos, const char *format, ...)
{
    va_list args;
    if (p->failed && p->diagnosing && PyErr_Occurred())
        return NULL;
    va_start(args, format);
    set_error(p, type, pos.lineno, pos.col_offset + 1, pos.end_lineno, pos.end_col_offset + 1, format, args);
    va_end(args);
    return NULL;
}

void *raise_unclosed(Parser *p)
{
    Lexer *lx = &p->lx;
    int i = lx->level - 1, shift = p->in_fstring && lx->brackets[i].lineno == 1 ? p->first_col : 0;
    int line = lx->brackets[i].lineno + (p->in_fstring ? p->first_lineno - 1 : 0);
    AstPos pos = {line, lx->brackets[i].col + shift, line, -1};
    p->failed = 0;
    return raise_at_pos(p, PyExc_SyntaxError, pos, "'%c' was never closed", lx->brackets[i].open);
}

/* 1 when the lexer is behind the newline that only it needed. */
static int at_missing_newline(Parser *p)
{
    return p->unfinished_line && p->mode != Py_file_input && p->lx.cur == p->lx.end;
}

void *raise_last(Parser *p, PyObject *type, const char *format, ...)
{
    va_list args;
    if (p->failed && p->diagnosing && PyErr_Occurred())
        return NULL;
    Token *t = p->fill ? p->tokens[p->fill - 1] : error_token();
    if (p->diagnosing && t->type == T_ERRORTOKEN && p->lx.done == LEX_EOF && p->lx.level)
        return raise_unclosed(p);
    int col = t->col_offset == -1 ? (int)(p->lx.cur - p->lx.line_start) - at_missing_newline(p) : t->col_offset + 1;
    int end = t->end_col_offset == -1 ? -1 : t->end_col_offset + 1;
    va_start(args, format);
    set_error(p, type, t->lineno, col, t->end_lineno, end, format, args);
    va_end(args);
    return NULL;
}

void *raise_from(Parser *p, AstPos start, const char *format, ...)
{
    va_list args;
    if (p->failed && p->diagnosing && PyErr_Occurred())
        return NULL;
    Token *t = p->tokens[p->fill - 1];
    va_start(args, format);
    set_error(p, PyExc_SyntaxError, start.lineno, start.col_offset + 1, t->end_lineno, t->end_col_offset, format, args);
    va_end(args);
    return NULL;
}

int require_version(Parser *p, int minor, const char *what)
{
    if (p->feature_version >= minor)
        return 1;
    raise_last(p, PyExc_SyntaxError, "%s only supported in Python 3.%d and greater", what, minor);
    return 0;
}

/* ---- the start rules ---- */
static mod_ty parse_file(Parser *p)
{
    asdl_seq *body = parse_statements(p);
    if (p->failed || !accept(p, T_ENDMARKER))
        return NULL;
    return made(p, ast_Module(p->arena, body, list_done(p, &p->type_ignores)));
}

static mod_ty parse_interactive(Parser *p)
{
    List body = {0};
    stmt_ty s;
    Token *t = parse_peek(p);
    if (accept(p, T_NEWLINE)) {
        s = made(p, ast_Pass(p->arena, pos_of(t)));
        return s ? made(p, ast_Interactive(p->arena, asdl_seq_of(p->arena, s))) : NULL;
    }
    int found = parse_compound(p, &s);
    if (found < 0)
        return NULL;
    if (found) {
        if (list_add(p, &body, s) < 0)
            return NULL;
        if (p->unfinished_line && (p->flags & PyCF_DONT_IMPLY_DEDENT)) {   /* at a prompt an empty line ends it */
            p->lx.done = LEX_EOF;
            list_drop(&body);
            return NULL;
        }
        /* Behind the statement the end of the input stands for an empty line, unless it was a newline already. */
        if (!at(p, T_ENDMARKER) || (p->unfinished_line && p->tokens[p->mark - 1]->type == T_NEWLINE)) {
            list_drop(&body);
            return NULL;
        }
    }
    else if (parse_simple_stmts(p, &body) < 0) {
        list_drop(&body);
        return NULL;
    }
    asdl_seq *stmts = list_done(p, &body);
    return stmts ? made(p, ast_Interactive(p->arena, stmts)) : NULL;
}

static mod_ty parse_eval(Parser *p)
{
    expr_ty e = NULL;
    Token *start = parse_peek(p);
    List items = {0};
    e = parse_expression(p);
    if (e && at(p, T_COMMA)) {
        if (list_add(p, &items, e) < 0)
            return NULL;
        while (accept(p, T_COMMA)) {
            int mark = p->mark;
            expr_ty next = parse_expression(p);
            if (next == NULL) {
                p->mark = mark;
                break;
            }
            if (list_add(p, &items, next) < 0)
                return NULL;
        }
        asdl_seq *elts = list_done(p, &items);
        e = elts ? made(p, ast_Tuple(p->arena, elts, Load, pos_from(p, start))) : NULL;
    }
    if (e == NULL || p->failed)
        return NULL;
    while (accept(p, T_NEWLINE))
        ;
    if (p->failed)
        return NULL;
    return accept(p, T_ENDMARKER) ? made(p, ast_Expression(p->arena, e)) : NULL;
}

/* '(' [types, *type, **type] ')' '->' expression */
static mod_ty parse_func_type(Parser *p)
{
    List types = {0};
    int stars = 0;   /* of the last type: 1 may be followed by 2, 2 by nothing */
    if (!accept(p, T_LPAR))
        return NULL;
    while (!p->failed && !at(p, T_RPAR)) {
        int now = accept(p, T_STAR) ? 1 : accept(p, T_DOUBLESTAR) ? 2 : 0;
        if (stars && now <= stars) {
            list_drop(&types);
            return NULL;
        }
        stars = now;
        expr_ty e = parse_expression(p);
        if (e == NULL || list_add(p, &types, e) < 0) {
            list_drop(&types);
            return NULL;
        }
        if (!accept(p, T_COMMA))
            break;
    }
    asdl_seq *argtypes = list_done(p, &types);
    expr_ty returns;
    if (!accept(p, T_RPAR) || !accept(p, T_RARROW) || (returns = parse_expression(p)) == NULL)
        return NULL;
    while (accept(p, T_NEWLINE))
        ;
    return accept(p, T_ENDMARKER) ? made(p, ast_FunctionType(p->arena, argtypes, returns)) : NULL;
}

static void *parse_start(Parser *p)
{
    if (p->in_fstring)
        return parse_star_expressions(p);
    switch (p->mode) {
    case Py_file_input:
        return parse_file(p);
    case Py_eval_input:
        return parse_eval(p);
    case Py_func_type_input:
        return parse_func_type(p);
    default:
        return parse_interactive(p);
    }
}

/* ---- the two passes ---- */
/* Reads the rest of the text: an error of the lexer, or a bracket left open on an earlier line, explains more. */
static void check_rest(Parser *p)
{
    PyObject *type, *value, *tb;
    Token t;
    int line = p->tokens[p->fill - 1]->lineno - (p->in_fstring ? p->first_lineno - 1 : 0);
    PyErr_Fetch(&type, &value, &tb);
    do
        lexer_next(&p->lx, &t);
    while (t.type != T_ERRORTOKEN && t.type != T_ENDMARKER);
    if (t.type == T_ERRORTOKEN && !PyErr_Occurred() && p->lx.level && line > p->lx.brackets[p->lx.level - 1].lineno)
        raise_unclosed(p);
    if (!PyErr_Occurred()) {
        PyErr_Restore(type, value, tb);
        return;
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(tb);
}

static void set_final_error(Parser *p, Token *last)
{
    if (PyErr_Occurred()) {
        if (!p->lx.failed && PyErr_ExceptionMatches(PyExc_SyntaxError))
            check_rest(p);
        return;
    }
    p->failed = 0;
    if (last->type == T_INDENT || last->type == T_DEDENT) {
        raise_last(p, PyExc_IndentationError, last->type == T_INDENT ? "unexpected indent" : "unexpected unindent");
        return;
    }
    raise_at_pos(p, PyExc_SyntaxError, pos_of(last), "invalid syntax");
    check_rest(p);
}

/* Whether a single statement is followed by more than comments and blank lines. */
static int more_follows(Parser *p)
{
    const char *s = p->lx.cur;
    for (;;) {
        s += strspn(s, " \t\n\f");
        if (*s != '#')
            return *s != 0;
        s += strcspn(s, "\n");
    }
}

/* Whether the failure came with the end of the text: more of it might help. */
static int at_end_of_source(Parser *p)
{
    if (p->lx.done == LEX_EOF || p->lx.done == LEX_STRING_EOF)
        return 1;
    return p->lx.cur >= p->lx.end && (p->unfinished_line || (p->fill && p->tokens[p->fill - 1]->type != T_NEWLINE));
}

void *parser_run(Parser *p)
{
    void *result = parse_start(p);
    if (result && !p->failed) {
        if (p->mode == Py_single_input && !p->in_fstring && more_follows(p))
            return raise_last(p, PyExc_SyntaxError, "multiple statements found while compiling a single statement");
        return result;
    }
    if ((p->flags & PyCF_ALLOW_INCOMPLETE_INPUT) && at_end_of_source(p)) {
        PyErr_Clear();
        return raise_last(p, PyExc_SyntaxError, "incomplete input");
    }
    if (p->fill == 0 || (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_SyntaxError)))
        return NULL;
    Token *last = p->tokens[p->fill - 1];
    if (!p->failed) {
        p->mark = p->depth = 0;
        p->diagnosing = 1;
        memset(p->memos, 0, (size_t)p->room * sizeof *p->memos);
        parse_start(p);
    }
    set_final_error(p, last);
    return NULL;
}

mod_ty parse_source(const char *source, size_t size, PyObject *filename, int mode, PyCompilerFlags *flags, AstArena *arena)
{
    Parser p = {0};
    size_t text_size;
    int f = flags ? flags->cf_flags : 0;
    char *text = source_decode(source, size, filename, (f & PyCF_IGNORE_COOKIE) != 0, 1, &text_size);
    if (text == NULL)
        return NULL;
    lexer_init(&p.lx, text, text_size, filename);
    if (size == 0 && mode != Py_file_input) {
        text[0] = 0;
        lexer_init(&p.lx, text, 0, filename);
        p.lx.lineno = 0;
    }
    p.lx.type_comments = (f & PyCF_TYPE_COMMENTS) != 0;
    p.arena = arena;
    p.filename = filename;
    p.mode = mode;
    p.flags = f;
    p.feature_version = (f & PyCF_ONLY_AST) && flags->cf_feature_version >= 0 ? flags->cf_feature_version : PY_MINOR_VERSION;
    p.lx.async_names = p.feature_version < 7;
    p.unfinished_line = size > 0 && source[size - 1] != '\n';
    mod_ty result = parser_run(&p);
    list_drop(&p.type_ignores);
    PyMem_Free(p.tokens);
    PyMem_Free(p.memos);
    PyMem_Free(text);
    return result;
}
