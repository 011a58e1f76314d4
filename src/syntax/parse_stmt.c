/* Simple statements, blocks, and lines of them. */
#include "syntax/parse.h"

/* ---- assignments ---- */
static operator_ty augmented_operator(int type)
{
    switch (type) {
    case T_PLUSEQUAL: return Add;
    case T_MINEQUAL: return Sub;
    case T_STAREQUAL: return Mult;
    case T_ATEQUAL: return MatMult;
    case T_SLASHEQUAL: return Div;
    case T_PERCENTEQUAL: return Mod;
    case T_AMPEREQUAL: return BitAnd;
    case T_VBAREQUAL: return BitOr;
    case T_CIRCUMFLEXEQUAL: return BitXor;
    case T_LEFTSHIFTEQUAL: return LShift;
    case T_RIGHTSHIFTEQUAL: return RShift;
    case T_DOUBLESTAREQUAL: return Pow;
    case T_DOUBLESLASHEQUAL: return FloorDiv;
    default: return 0;
    }
}

PyObject *parse_type_comment(Parser *p)
{
    Token *t = accept(p, T_TYPE_COMMENT);
    if (t == NULL)
        return NULL;
    PyObject *s = PyUnicode_DecodeUTF8(t->start, t->end - t->start, NULL);
    return ast_arena_add_object(p->arena, s) < 0 ? out_of_memory(p) : s;
}

static expr_ty yield_or_expressions(Parser *p) { return at(p, K_yield) ? parse_yield(p) : parse_star_expressions(p); }

static int is_single_target(expr_ty e)
{
    return e->kind == Name_kind || e->kind == Attribute_kind || e->kind == Subscript_kind;
}

static stmt_ty annotated(Parser *p, Token *start, expr_ty target)
{
    expr_ty annotation, value = NULL;
    if (!is_single_target(target))
        return NULL;
    p->mark++;
    annotation = parse_expression(p);
    if (annotation == NULL)
        return NULL;
    if (accept(p, T_EQUAL)) {
        value = yield_or_expressions(p);
        if (value == NULL)
            return NULL;
    }
    if (!require_version(p, 6, "Variable annotation syntax is"))
        return NULL;
    set_context(target, Store);
    int simple = target->kind == Name_kind && start->type == T_NAME;
    return made(p, ast_AnnAssign(p->arena, target, annotation, value, simple, pos_from(p, start)));
}

static stmt_ty augmented(Parser *p, Token *start, expr_ty target, operator_ty op)
{
    if (!is_single_target(target))
        return NULL;
    p->mark++;
    expr_ty value = yield_or_expressions(p);
    if (value == NULL)
        return NULL;
    set_context(target, Store);
    return made(p, ast_AugAssign(p->arena, target, op, value, pos_from(p, start)));
}

/* target '=' target '=' … value; mark is at the first '='. */
static stmt_ty assigned(Parser *p, Token *start, expr_ty first)
{
    List targets = {0};
    expr_ty value = first;
    while (accept(p, T_EQUAL)) {
        if (!target_ok(value) || list_add(p, &targets, value) < 0 || (value = yield_or_expressions(p)) == NULL) {
            list_drop(&targets);
            return NULL;
        }
    }
    for (Py_ssize_t i = 0; i < targets.size; i++)
        set_context(targets.items[i], Store);
    PyObject *comment = parse_type_comment(p);
    asdl_seq *s = list_done(p, &targets);
    return s ? made(p, ast_Assign(p->arena, s, value, comment, pos_from(p, start))) : NULL;
}

static stmt_ty expression_statement(Parser *p, Token *start)
{
    expr_ty e = parse_star_expressions(p);
    if (e == NULL)
        return NULL;
    Token *t = parse_peek(p);
    operator_ty op;
    if (t->type == T_EQUAL)
        return assigned(p, start, e);
    if (t->type == T_COLON)
        return annotated(p, start, e);
    if ((op = augmented_operator(t->type)))
        return augmented(p, start, e, op);
    return made(p, ast_Expr(p->arena, e, pos_from(p, start)));
}

/* The same in the order in which the grammar tries it, so that the right mistake is found first. */
static stmt_ty diagnosed_statement(Parser *p, Token *start)
{
    int mark = p->mark;
    expr_ty e = NULL;
    stmt_ty s = NULL;
    operator_ty op;
    if (start->type == T_NAME && at_next(p, 1, T_COLON)) {
        e = parse_name_node(p, Load);
        s = e ? annotated(p, start, e) : NULL;
    }
    else {
        e = parse_star_targets(p);
        if (e && at(p, T_EQUAL))
            s = assigned(p, start, e);
        else if (e && at(p, T_COLON))
            s = annotated(p, start, e);
        else if (e && is_single_target(e) && (op = augmented_operator(parse_peek(p)->type))) {
            s = augmented(p, start, e, op);
            if (s == NULL)
                return NULL;
        }
    }
    if (s || p->failed)
        return s;
    p->mark = mark;
    diagnose_assignment(p);
    p->mark = mark;
    e = p->failed ? NULL : parse_star_expressions(p);
    return e ? made(p, ast_Expr(p->arena, e, pos_from(p, start))) : NULL;
}

/* ---- imports ---- */
/* NAME ('.' NAME)* as one identifier. */
static PyObject *dotted_name(Parser *p, Token **start)
{
    Token *t = *start = accept(p, T_NAME);
    PyObject *name = t ? name_of(p, t) : NULL;
    while (name && at(p, T_DOT) && at_next(p, 1, T_NAME)) {
        p->mark++;
        PyObject *part = name_of(p, accept(p, T_NAME)), *joined;
        if (part == NULL)
            return NULL;
        joined = PyUnicode_FromFormat("%U.%U", name, part);
        if (joined == NULL)
            return out_of_memory(p);
        PyUnicode_InternInPlace(&joined);
        if (ast_arena_add_object(p->arena, joined) < 0)
            return out_of_memory(p);
        name = joined;
    }
    return name;
}

/* The name behind 'as'; *asname NULL when there is none.  0, or -1. */
static int as_name(Parser *p, PyObject **asname)
{
    *asname = NULL;
    if (!accept(p, K_as))
        return 0;
    Token *t = accept(p, T_NAME);
    return t && (*asname = name_of(p, t)) ? 0 : -1;
}

static stmt_ty import_name(Parser *p, Token *start)
{
    List names = {0};
    p->mark++;
    do {
        Token *t;
        PyObject *asname, *name = dotted_name(p, &t);
        alias_ty a;
        if (name == NULL || as_name(p, &asname) < 0 ||
            (a = made(p, ast_alias(p->arena, name, asname, pos_from(p, t)))) == NULL || list_add(p, &names, a) < 0) {
            list_drop(&names);
            return NULL;
        }
    } while (accept(p, T_COMMA));
    asdl_seq *s = list_done(p, &names);
    return s ? made(p, ast_Import(p->arena, s, pos_from(p, start))) : NULL;
}

static asdl_seq *from_names(Parser *p, int in_parentheses)
{
    List names = {0};
    do {
        if (names.size && in_parentheses && at(p, T_RPAR))
            break;
        Token *t = accept(p, T_NAME);
        PyObject *asname, *name = t ? name_of(p, t) : NULL;
        alias_ty a;
        if (name == NULL || as_name(p, &asname) < 0 ||
            (a = made(p, ast_alias(p->arena, name, asname, pos_from(p, t)))) == NULL || list_add(p, &names, a) < 0) {
            if (p->diagnosing && !p->failed && names.size && !in_parentheses && at(p, T_NEWLINE))
                raise_last(p, PyExc_SyntaxError, "trailing comma not allowed without surrounding parentheses");
            list_drop(&names);
            return NULL;
        }
    } while (accept(p, T_COMMA));
    return list_done(p, &names);
}

static stmt_ty import_from(Parser *p, Token *start)
{
    int level = 0;
    PyObject *module = NULL;
    Token *t;
    asdl_seq *names;
    p->mark++;
    while (at(p, T_DOT) || at(p, T_ELLIPSIS))
        level += p->tokens[p->mark++]->type == T_DOT ? 1 : 3;
    if (!at(p, K_import) || level == 0) {
        module = dotted_name(p, &t);
        if (module == NULL)
            return NULL;
    }
    if (!accept(p, K_import))
        return NULL;
    if ((t = accept(p, T_STAR))) {
        PyObject *star = PyUnicode_InternFromString("*");
        if (ast_arena_add_object(p->arena, star) < 0)
            return out_of_memory(p);
        alias_ty a = made(p, ast_alias(p->arena, star, NULL, pos_of(t)));
        names = a ? asdl_seq_of(p->arena, a) : NULL;
    }
    else if (accept(p, T_LPAR)) {
        names = from_names(p, 1);
        if (names == NULL || !accept(p, T_RPAR))
            return NULL;
    }
    else
        names = from_names(p, 0);
    return names ? made(p, ast_ImportFrom(p->arena, module, names, level, pos_from(p, start))) : NULL;
}

/* ---- statements that begin with a keyword ---- */
static stmt_ty return_statement(Parser *p, Token *start)
{
    int mark = ++p->mark;
    expr_ty e = parse_star_expressions(p);
    if (p->failed)
        return NULL;
    if (e == NULL)
        p->mark = mark;
    return made(p, ast_Return(p->arena, e, pos_from(p, start)));
}

static stmt_ty raise_statement(Parser *p, Token *start)
{
    int mark = ++p->mark;
    expr_ty exc = parse_expression(p), cause = NULL;
    if (p->failed)
        return NULL;
    if (exc == NULL)
        p->mark = mark;
    else {
        mark = p->mark;
        if (accept(p, K_from) && (cause = parse_expression(p)) == NULL)
            p->mark = mark;
    }
    return p->failed ? NULL : made(p, ast_Raise(p->arena, exc, cause, pos_from(p, start)));
}

static stmt_ty assert_statement(Parser *p, Token *start)
{
    p->mark++;
    expr_ty test = parse_expression(p), msg = NULL;
    if (test == NULL)
        return NULL;
    int mark = p->mark;
    if (accept(p, T_COMMA) && (msg = parse_expression(p)) == NULL)
        p->mark = mark;
    return p->failed ? NULL : made(p, ast_Assert(p->arena, test, msg, pos_from(p, start)));
}

static stmt_ty names_statement(Parser *p, Token *start)
{
    List names = {0};
    p->mark++;
    do {
        Token *t = accept(p, T_NAME);
        PyObject *name = t ? name_of(p, t) : NULL;
        if (name == NULL || list_add(p, &names, name) < 0) {
            list_drop(&names);
            return NULL;
        }
    } while (at(p, T_COMMA) && at_next(p, 1, T_NAME) && p->mark++ >= 0);
    asdl_seq *s = list_done(p, &names);
    if (s == NULL)
        return NULL;
    return start->type == K_global ? made(p, ast_Global(p->arena, s, pos_from(p, start)))
                                   : made(p, ast_Nonlocal(p->arena, s, pos_from(p, start)));
}

static stmt_ty delete_statement(Parser *p, Token *start)
{
    List targets = {0};
    int mark = p->mark++;
    expr_ty e;
    while ((e = parse_star_target(p)) && invalid_target(e, FOR_DELETE) == NULL) {
        set_context(e, Del);
        if (list_add(p, &targets, e) < 0)
            return NULL;
        if (!accept(p, T_COMMA) || at(p, T_SEMI) || at(p, T_NEWLINE))
            break;
        e = NULL;
    }
    asdl_seq *s = list_done(p, &targets);
    if (e && s && (at(p, T_SEMI) || at(p, T_NEWLINE)))
        return made(p, ast_Delete(p->arena, s, pos_from(p, start)));
    if (p->diagnosing && !p->failed) {
        p->mark = mark;
        diagnose_delete(p);
    }
    return NULL;
}

static stmt_ty bare(Parser *p, stmt_ty (*make)(AstArena *, AstPos))
{
    Token *t = p->tokens[p->mark++];
    return made(p, make(p->arena, pos_of(t)));
}

static stmt_ty simple_statement(Parser *p)
{
    Token *start = parse_peek(p);
    expr_ty e;
    switch (start->type) {
    case K_return: return return_statement(p, start);
    case K_import: return import_name(p, start);
    case K_from: return import_from(p, start);
    case K_raise: return raise_statement(p, start);
    case K_pass: return bare(p, ast_Pass);
    case K_break: return bare(p, ast_Break);
    case K_continue: return bare(p, ast_Continue);
    case K_del: return delete_statement(p, start);
    case K_assert: return assert_statement(p, start);
    case K_global:
    case K_nonlocal: return names_statement(p, start);
    case K_yield:
        if (p->diagnosing) {
            int mark = p->mark;
            diagnose_assignment(p);
            p->mark = mark;
            if (p->failed)
                return NULL;
        }
        e = parse_yield(p);
        return e ? made(p, ast_Expr(p->arena, e, pos_from(p, start))) : NULL;
    default:
        return p->diagnosing ? diagnosed_statement(p, start) : expression_statement(p, start);
    }
}

int parse_simple_stmts(Parser *p, List *into)
{
    do {
        stmt_ty s = simple_statement(p);
        if (s == NULL || list_add(p, into, s) < 0)
            return -1;
        if (!accept(p, T_SEMI))
            break;
    } while (!at(p, T_NEWLINE));
    if (accept(p, T_NEWLINE))
        return 0;
    return -1;
}

asdl_seq *parse_statements(Parser *p)
{
    List l = {0};
    int mark = p->mark;
    while (!p->failed && !at(p, T_ENDMARKER) && !at(p, T_DEDENT)) {
        stmt_ty s;
        int found = parse_compound(p, &s);
        if (found < 0 || (found && list_add(p, &l, s) < 0) || (!found && parse_simple_stmts(p, &l) < 0)) {
            list_drop(&l);
            p->mark = mark;
            return NULL;
        }
    }
    return list_done(p, &l);
}

asdl_seq *parse_block(Parser *p)
{
    int mark = p->mark;
    void *memo;
    if (memo_get(p, RULE_block, &memo))
        return memo;
    asdl_seq *body = NULL;
    if (!enter(p, 40))
        return NULL;
    if (accept(p, T_NEWLINE)) {
        if (accept(p, T_INDENT)) {
            body = parse_statements(p);
            if (body && !accept(p, T_DEDENT))
                body = NULL;
        }
        else if (p->diagnosing && !p->failed)
            raise_last(p, PyExc_IndentationError, "expected an indented block");
    }
    else {
        List l = {0};
        if (parse_simple_stmts(p, &l) == 0)
            body = list_done(p, &l);
        else
            list_drop(&l);
    }
    leave(p, 40);
    return memo_put(p, mark, RULE_block, body);
}
