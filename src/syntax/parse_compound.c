/* Compound statements. */
#include "syntax/parse.h"

/* ':' of a compound statement; in the second pass a line that ends without it is told. */
static int colon(Parser *p)
{
    if (accept(p, T_COLON))
        return 1;
    if (p->diagnosing && !p->failed && at(p, T_NEWLINE))
        raise_last(p, PyExc_SyntaxError, "expected ':'");
    return 0;
}

int check_indent(Parser *p, Token *keyword, const char *what)
{
    if (p->diagnosing && !p->failed && at(p, T_NEWLINE) && !at_next(p, 1, T_INDENT) && !p->failed)
        raise_last(p, PyExc_IndentationError, "expected an indented block after %s on line %d", what, keyword->lineno);
    return p->failed ? -1 : 0;
}

/* ':' and the block of the statement that began with `keyword`. */
static asdl_seq *suite(Parser *p, Token *keyword, const char *what)
{
    return colon(p) && check_indent(p, keyword, what) == 0 ? parse_block(p) : NULL;
}

/* [else block]; 0, or -1. */
static int else_block(Parser *p, asdl_seq **orelse)
{
    Token *t = accept(p, K_else);
    *orelse = NULL;
    if (t == NULL)
        return p->failed ? -1 : 0;
    if (!expect_forced(p, T_COLON, ":") || check_indent(p, t, "'else' statement") < 0)
        return -1;
    *orelse = parse_block(p);
    return *orelse ? 0 : -1;
}

/* ---- if, while, for ---- */
static stmt_ty if_statement(Parser *p)
{
    Token *start = p->tokens[p->mark++];
    expr_ty test = parse_named_expression(p);
    asdl_seq *body, *orelse = NULL;
    if (test == NULL || (body = suite(p, start, start->type == K_if ? "'if' statement" : "'elif' statement")) == NULL)
        return NULL;
    if (at(p, K_elif)) {
        if (!enter(p, 20))
            return NULL;
        stmt_ty nested = if_statement(p);
        leave(p, 20);
        if (nested == NULL || (orelse = asdl_seq_of(p->arena, nested)) == NULL)
            return NULL;
    }
    else if (else_block(p, &orelse) < 0)
        return NULL;
    return made(p, ast_If(p->arena, test, body, orelse, pos_from(p, start)));
}

static stmt_ty while_statement(Parser *p)
{
    Token *start = p->tokens[p->mark++];
    expr_ty test = parse_named_expression(p);
    asdl_seq *body, *orelse;
    if (test == NULL || (body = suite(p, start, "'while' statement")) == NULL || else_block(p, &orelse) < 0)
        return NULL;
    return made(p, ast_While(p->arena, test, body, orelse, pos_from(p, start)));
}

static stmt_ty for_statement(Parser *p, Token *start, int is_async)
{
    int mark = p->mark;
    Token *keyword = p->tokens[p->mark++];
    expr_ty target = parse_star_targets(p), iter;
    asdl_seq *body, *orelse;
    if (is_async && !require_version(p, 5, "Async for loops are"))
        return NULL;
    if (target == NULL || !accept(p, K_in)) {
        if (p->diagnosing && !p->failed) {
            p->mark = mark;
            diagnose_for_target(p);
        }
        return NULL;
    }
    set_context(target, Store);
    iter = parse_star_expressions(p);
    if (iter == NULL || !colon(p))
        return NULL;
    PyObject *comment = parse_type_comment(p);
    if ((!comment && check_indent(p, keyword, "'for' statement") < 0) || (body = parse_block(p)) == NULL || else_block(p, &orelse) < 0)
        return NULL;
    return is_async ? made(p, ast_AsyncFor(p->arena, target, iter, body, orelse, comment, pos_from(p, start)))
                    : made(p, ast_For(p->arena, target, iter, body, orelse, comment, pos_from(p, start)));
}

/* ---- with ---- */
static withitem_ty with_item(Parser *p)
{
    int mark = p->mark;
    expr_ty context = parse_expression(p), target;
    if (context == NULL)
        return NULL;
    if (!at(p, K_as))
        return made(p, ast_withitem(p->arena, context, NULL));
    int as = p->mark++;
    target = parse_star_target(p);
    if (target && (at(p, T_COMMA) || at(p, T_RPAR) || at(p, T_COLON))) {
        set_context(target, Store);
        return made(p, ast_withitem(p->arena, context, target));
    }
    if (p->diagnosing && !p->failed) {
        p->mark = mark;
        diagnose_with_item(p);
    }
    p->mark = as;   /* the expression alone */
    return p->failed ? NULL : made(p, ast_withitem(p->arena, context, NULL));
}

/* Items up to `end`, which follows at once; NULL when they do not fit. */
static asdl_seq *with_items(Parser *p, int parenthesised)
{
    List l = {0};
    do {
        if (parenthesised && l.size && at(p, T_RPAR))
            break;
        withitem_ty item = with_item(p);
        if (item == NULL || list_add(p, &l, item) < 0) {
            list_drop(&l);
            return NULL;
        }
    } while (accept(p, T_COMMA));
    return list_done(p, &l);
}

static stmt_ty with_statement(Parser *p, Token *start, int is_async)
{
    Token *keyword = p->tokens[p->mark++];
    int mark = p->mark;
    asdl_seq *items = NULL, *body;
    PyObject *comment = NULL;
    if (accept(p, T_LPAR)) {
        items = with_items(p, 1);
        if (items && (!accept(p, T_RPAR) || !at(p, T_COLON)))
            items = NULL;
    }
    if (p->failed || (items && !require_version(p, 9, "Parenthesized context managers are")) ||
        (is_async && !require_version(p, 5, "Async with statements are")))
        return NULL;
    if (items == NULL) {
        p->mark = mark;
        items = with_items(p, 0);
    }
    if (items == NULL || !accept(p, T_COLON)) {
        if (p->diagnosing && !p->failed) {
            p->mark = mark;
            diagnose_with(p);
        }
        return NULL;
    }
    comment = parse_type_comment(p);
    if ((!comment && check_indent(p, keyword, "'with' statement") < 0) || (body = parse_block(p)) == NULL)
        return NULL;
    return is_async ? made(p, ast_AsyncWith(p->arena, items, body, comment, pos_from(p, start)))
                    : made(p, ast_With(p->arena, items, body, comment, pos_from(p, start)));
}

/* ---- try ---- */
/* What is wrong with an except clause whose expression, if it has one, was parsed. */
static void diagnose_except(Parser *p, int mark)
{
    p->mark = mark + 1;
    int star = accept(p, T_STAR) != NULL;
    if (star && (at(p, T_NEWLINE) || at(p, T_COLON))) {
        p->mark++;
        raise_last(p, PyExc_SyntaxError, "expected one or more exception types");
        return;
    }
    expr_ty type = parse_expression(p);
    if (type == NULL || p->failed)
        return;
    int after = p->mark;
    if (accept(p, T_COMMA) && parse_star_expressions(p)) {
        if (accept(p, K_as))
            accept(p, T_NAME);
        if (!p->failed && accept(p, T_COLON)) {
            raise_from(p, AST_POS(type), "multiple exception types must be parenthesized");
            return;
        }
    }
    p->mark = after;
}

static excepthandler_ty except_clause(Parser *p, int *is_star)
{
    int mark = p->mark;
    Token *start = accept(p, K_except);
    expr_ty type = NULL;
    PyObject *name = NULL;
    asdl_seq *body = NULL;
    *is_star = accept(p, T_STAR) != NULL;
    if (*is_star || (!at(p, T_COLON) && !at(p, T_NEWLINE))) {
        type = parse_expression(p);
        if (type == NULL)
            goto wrong;
        if (accept(p, K_as)) {
            Token *t = accept(p, T_NAME);
            if (t == NULL)
                goto wrong;
            name = name_of(p, t);
        }
    }
    if (!p->failed && colon(p) &&
        check_indent(p, start, *is_star ? "'except*' statement" : "'except' statement") == 0)
        body = parse_block(p);
    if (body)
        return made(p, ast_ExceptHandler(p->arena, type, name, body, pos_from(p, start)));
wrong:
    if (p->diagnosing && !p->failed)
        diagnose_except(p, mark);
    return NULL;
}

/* An except clause of the other kind than those before it. */
static void diagnose_mixture(Parser *p, int is_star)
{
    Token *keyword = p->tokens[p->mark++], *star = accept(p, T_STAR);
    if (is_star == (star != NULL))
        return;
    if (star ? parse_expression(p) != NULL : at(p, T_COLON) || parse_expression(p)) {
        if (accept(p, K_as))
            accept(p, T_NAME);
        if (!p->failed && accept(p, T_COLON))
            raise_range(p, keyword, star ? star : keyword, "cannot have both 'except' and 'except*' on the same 'try'");
    }
}

static int handlers(Parser *p, List *l, int *is_star)
{
    while (at(p, K_except)) {
        int star, mark = p->mark;
        if (p->diagnosing && l->size) {
            diagnose_mixture(p, *is_star);
            p->mark = mark;
            if (p->failed)
                return -1;
        }
        if (l->size && at_next(p, 1, T_STAR) != *is_star) {
            if (p->diagnosing)
                diagnose_except(p, mark);
            return -1;
        }
        excepthandler_ty h = except_clause(p, &star);
        if (h == NULL || list_add(p, l, h) < 0)
            return -1;
        *is_star = star;
    }
    return p->failed ? -1 : 0;
}

static stmt_ty try_statement(Parser *p)
{
    Token *start = p->tokens[p->mark++], *keyword;
    asdl_seq *body, *orelse = NULL, *final = NULL;
    List l = {0};
    int is_star = 0;
    if (!expect_forced(p, T_COLON, ":") || check_indent(p, start, "'try' statement") < 0 || (body = parse_block(p)) == NULL)
        return NULL;
    if (!at(p, K_except) && !at(p, K_finally)) {
        if (p->diagnosing && !p->failed)
            raise_last(p, PyExc_SyntaxError, "expected 'except' or 'finally' block");
        return NULL;
    }
    if (handlers(p, &l, &is_star) < 0 || (l.size && else_block(p, &orelse) < 0)) {
        list_drop(&l);
        return NULL;
    }
    asdl_seq *clauses = list_done(p, &l);
    if ((keyword = accept(p, K_finally))) {
        if (!expect_forced(p, T_COLON, ":") || check_indent(p, keyword, "'finally' statement") < 0 ||
            (final = parse_block(p)) == NULL)
            return NULL;
    }
    if (p->failed || (is_star && !require_version(p, 11, "Exception groups are")))
        return NULL;
    return is_star ? made(p, ast_TryStar(p->arena, body, clauses, orelse, final, pos_from(p, start)))
                   : made(p, ast_Try(p->arena, body, clauses, orelse, final, pos_from(p, start)));
}

/* ---- def, class, decorators ---- */
/* The comment with a function's types: behind its colon or on the first line of its body, not on both. */
static PyObject *function_type_comment(Parser *p)
{
    if (at(p, T_TYPE_COMMENT) && at_next(p, 1, T_NEWLINE) && at_next(p, 2, T_TYPE_COMMENT) && at_next(p, 3, T_NEWLINE) &&
        at_next(p, 4, T_INDENT))
        return raise_last(p, PyExc_SyntaxError, "Cannot have two type comments on def");
    if (at(p, T_TYPE_COMMENT))
        return parse_type_comment(p);
    if (at(p, T_NEWLINE) && at_next(p, 1, T_TYPE_COMMENT) && at_next(p, 2, T_NEWLINE) && at_next(p, 3, T_INDENT)) {
        p->mark++;
        return parse_type_comment(p);
    }
    return NULL;
}

static stmt_ty function(Parser *p, Token *start, asdl_seq *decorators, int is_async)
{
    Token *keyword = p->tokens[p->mark++], *t = accept(p, T_NAME);
    PyObject *name = t ? name_of(p, t) : NULL;
    arguments_ty params;
    expr_ty returns = NULL;
    asdl_seq *body;
    if (name == NULL || !expect_forced(p, T_LPAR, "(") || (params = parse_parameters(p, 0)) == NULL || !accept(p, T_RPAR))
        return NULL;
    int mark = p->mark;
    if (accept(p, T_RARROW) && (returns = parse_expression(p)) == NULL)
        p->mark = mark;
    if (!expect_forced(p, T_COLON, ":"))
        return NULL;
    PyObject *comment = function_type_comment(p);
    if (p->failed)
        return NULL;
    if ((!comment && check_indent(p, keyword, "function definition") < 0) || (body = parse_block(p)) == NULL)
        return NULL;
    AstPos pos = pos_from(p, start);
    if (is_async && !require_version(p, 5, "Async functions are"))
        return NULL;
    return is_async ? made(p, ast_AsyncFunctionDef(p->arena, name, params, body, decorators, returns, comment, pos))
                    : made(p, ast_FunctionDef(p->arena, name, params, body, decorators, returns, comment, pos));
}

static stmt_ty class(Parser *p, Token *start, asdl_seq *decorators)
{
    Token *t;
    p->mark++;
    t = accept(p, T_NAME);
    PyObject *name = t ? name_of(p, t) : NULL;
    asdl_seq *bases = NULL, *keywords = NULL, *body;
    if (name == NULL)
        return NULL;
    if (accept(p, T_LPAR) && (parse_call_arguments(p, &bases, &keywords) < 0 || !accept(p, T_RPAR)))
        return NULL;
    if ((body = suite(p, start, "class definition")) == NULL)
        return NULL;
    return made(p, ast_ClassDef(p->arena, name, bases, keywords, body, decorators, pos_from(p, start)));
}

/* ('@' named_expression NEWLINE)+ */
static asdl_seq *decorators(Parser *p)
{
    List l = {0};
    while (accept(p, T_AT)) {
        expr_ty e = parse_named_expression(p);
        if (e == NULL || !accept(p, T_NEWLINE) || list_add(p, &l, e) < 0) {
            list_drop(&l);
            return NULL;
        }
    }
    return list_done(p, &l);
}

static stmt_ty definition(Parser *p, asdl_seq *decorated)
{
    Token *start = parse_peek(p);
    if (start->type == K_def)
        return function(p, start, decorated, 0);
    if (start->type == K_class)
        return class(p, start, decorated);
    if (start->type == T_ASYNC && at_next(p, 1, K_def)) {
        p->mark++;
        return function(p, start, decorated, 1);
    }
    return NULL;
}

static stmt_ty async_statement(Parser *p, Token *start)
{
    int next = parse_peek_at(p, 1)->type;
    if (next == K_def)
        return definition(p, NULL);
    p->mark++;
    return next == K_for ? for_statement(p, start, 1) : next == K_with ? with_statement(p, start, 1) : NULL;
}

int parse_compound(Parser *p, stmt_ty *out)
{
    Token *start = parse_peek(p);
    asdl_seq *decorated;
    *out = NULL;
    switch (start->type) {
    case K_if: *out = if_statement(p); break;
    case K_while: *out = while_statement(p); break;
    case K_for: *out = for_statement(p, start, 0); break;
    case K_with: *out = with_statement(p, start, 0); break;
    case K_try: *out = try_statement(p); break;
    case K_def:
    case K_class: *out = definition(p, NULL); break;
    case T_ASYNC: *out = async_statement(p, start); break;
    case T_AT:
        decorated = decorators(p);
        *out = decorated ? definition(p, decorated) : NULL;
        break;
    case T_NAME:
        if (at_word(p, "match")) {
            int mark = p->mark;
            *out = parse_match(p);
            if (*out || p->failed)
                break;
            p->mark = mark;
        }
        return p->failed ? -1 : 0;
    default:
        return p->failed ? -1 : 0;
    }
    return *out && !p->failed ? 1 : -1;
}
