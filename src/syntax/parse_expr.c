/* Expressions, from the comma down to the unary operators; comprehension clauses; targets. */
#include "syntax/parse.h"

#include <string.h>

/* ---- with and without commas ---- */
/* A sequence of at least one `item`, separated by commas, with an optional one at the end; *comma says whether there was any. */
static asdl_seq *comma_list(Parser *p, expr_ty first, expr_ty (*item)(Parser *), int *comma)
{
    List l = {0};
    *comma = 0;
    if (list_add(p, &l, first) < 0)
        return NULL;
    while (accept(p, T_COMMA)) {
        *comma = 1;
        int mark = p->mark;
        expr_ty e = item(p);
        if (e == NULL) {
            p->mark = mark;
            break;
        }
        if (list_add(p, &l, e) < 0)
            return NULL;
    }
    return list_done(p, &l);
}

/* One item, or a tuple of several. */
static expr_ty item_or_tuple(Parser *p, expr_ty (*item)(Parser *))
{
    Token *start = parse_peek(p);
    expr_ty first = item(p);
    int comma;
    if (first == NULL || !at(p, T_COMMA))
        return first;
    asdl_seq *elts = comma_list(p, first, item, &comma);
    return elts ? made(p, ast_Tuple(p->arena, elts, Load, pos_from(p, start))) : NULL;
}

static expr_ty star_or(Parser *p, expr_ty (*operand)(Parser *), expr_ty (*otherwise)(Parser *))
{
    Token *start = parse_peek(p);
    if (start->type != T_STAR)
        return otherwise(p);
    p->mark++;
    expr_ty e = operand(p);
    return e ? made(p, ast_Starred(p->arena, e, Load, pos_from(p, start))) : NULL;
}

static expr_ty star_expression(Parser *p) { return star_or(p, parse_bitwise_or, parse_expression); }
expr_ty parse_star_named_expression(Parser *p) { return star_or(p, parse_bitwise_or, parse_named_expression); }
expr_ty parse_starred(Parser *p) { return star_or(p, parse_expression, parse_expression); }
expr_ty parse_star_expressions(Parser *p) { return item_or_tuple(p, star_expression); }

asdl_seq *parse_star_named_expressions(Parser *p)
{
    int comma;
    expr_ty first = parse_star_named_expression(p);
    return first ? comma_list(p, first, parse_star_named_expression, &comma) : NULL;
}

expr_ty parse_yield(Parser *p)
{
    Token *start = accept(p, K_yield);
    expr_ty e = NULL;
    if (start == NULL)
        return NULL;
    if (accept(p, K_from)) {
        e = parse_expression(p);
        return e ? made(p, ast_YieldFrom(p->arena, e, pos_from(p, start))) : NULL;
    }
    int mark = p->mark;
    e = parse_star_expressions(p);
    if (p->failed)
        return NULL;
    if (e == NULL)
        p->mark = mark;
    return made(p, ast_Yield(p->arena, e, pos_from(p, start)));
}

/* ---- := ---- */
expr_ty parse_assignment_expression(Parser *p)
{
    Token *start = parse_peek(p);
    if (start->type != T_NAME || !at_next(p, 1, T_COLONEQUAL))
        return NULL;
    expr_ty target = parse_name_node(p, Store);
    p->mark++;
    expr_ty value = target ? parse_expression(p) : NULL;
    return value && require_version(p, 8, "Assignment expressions are") ? made(p, ast_NamedExpr(p->arena, target, value, pos_from(p, start)))
                                                                        : NULL;
}

static int starts_assignment(Parser *p) { return at(p, T_NAME) && at_next(p, 1, T_COLONEQUAL); }

expr_ty parse_expression_or_assignment(Parser *p)
{
    if (starts_assignment(p))
        return parse_assignment_expression(p);
    expr_ty e = parse_expression(p);
    return e && !at(p, T_COLONEQUAL) ? e : NULL;
}

expr_ty parse_named_expression(Parser *p)
{
    if (starts_assignment(p))
        return parse_assignment_expression(p);
    if (p->diagnosing) {
        diagnose_named_expression(p);
        if (p->failed)
            return NULL;
    }
    expr_ty e = parse_expression(p);
    return e && !at(p, T_COLONEQUAL) ? e : NULL;
}

/* ---- if else, lambda, or, and, not ---- */
static expr_ty conditional(Parser *p)
{
    Token *start = parse_peek(p);
    if (start->type == K_lambda)
        return parse_lambda(p);
    expr_ty body = parse_disjunction(p);
    int mark = p->mark;
    if (body == NULL || !accept(p, K_if))
        return body;
    expr_ty test = parse_disjunction(p), orelse;
    if (test && accept(p, K_else) && (orelse = parse_expression(p)))
        return made(p, ast_IfExp(p->arena, test, body, orelse, pos_from(p, start)));
    p->mark = mark;
    return p->failed ? NULL : body;
}

expr_ty parse_expression(Parser *p)
{
    int start = p->mark;
    void *e;
    if (memo_get(p, RULE_expression, &e))
        return e;
    if (!enter(p, 12))
        return NULL;
    if (p->diagnosing)
        diagnose_expression(p);
    e = p->failed ? NULL : conditional(p);
    leave(p, 12);
    return memo_put(p, start, RULE_expression, e);
}

expr_ty parse_expression_no_invalid(Parser *p)
{
    int diagnosing = p->diagnosing;
    if (!enter(p, 8))
        return NULL;
    p->diagnosing = 0;
    expr_ty e = conditional(p);
    p->diagnosing = diagnosing;
    leave(p, 8);
    return e;
}

static expr_ty inversion(Parser *p);
static expr_ty comparison(Parser *p);

/* operand (word operand)*, the words being `type` */
static expr_ty boolean(Parser *p, int type, boolop_ty op, expr_ty (*operand)(Parser *))
{
    Token *start = parse_peek(p);
    expr_ty e = operand(p);
    if (e == NULL || !at(p, type))
        return e;
    List values = {0};
    if (list_add(p, &values, e) < 0)
        return NULL;
    int mark = p->mark;
    while (accept(p, type) && (e = operand(p))) {
        mark = p->mark;
        if (list_add(p, &values, e) < 0)
            return NULL;
    }
    p->mark = mark;
    if (values.size == 1 && !p->failed) {
        e = values.items[0];
        list_drop(&values);
        return e;
    }
    asdl_seq *s = list_done(p, &values);
    return s ? made(p, ast_BoolOp(p->arena, op, s, pos_from(p, start))) : NULL;
}

static expr_ty conjunction(Parser *p) { return boolean(p, K_and, And, inversion); }

expr_ty parse_disjunction(Parser *p)
{
    int start = p->mark;
    void *e;
    if (memo_get(p, RULE_disjunction, &e))
        return e;
    e = boolean(p, K_or, Or, conjunction);
    return memo_put(p, start, RULE_disjunction, e);
}

static expr_ty inversion(Parser *p)
{
    Token *start = parse_peek(p);
    if (start->type != K_not)
        return comparison(p);
    if (!enter(p, 1))
        return NULL;
    p->mark++;
    expr_ty e = inversion(p);
    leave(p, 1);
    return e ? made(p, ast_UnaryOp(p->arena, Not, e, pos_from(p, start))) : NULL;
}

/* ---- comparisons ---- */
/* Consumes a comparison operator; 0 if there is none. */
static cmpop_ty comparison_operator(Parser *p)
{
    Token *t = parse_peek(p);
    int barry = (p->flags & CO_FUTURE_BARRY_AS_BDFL) != 0;
    cmpop_ty op = 0;
    switch (t->type) {
    case T_EQEQUAL: op = Eq; break;
    case T_LESS: op = Lt; break;
    case T_LESSEQUAL: op = LtE; break;
    case T_GREATER: op = Gt; break;
    case T_GREATEREQUAL: op = GtE; break;
    case K_in: op = In; break;
    case T_NOTEQUAL:
        if (barry && t->start[0] == '!') {
            raise_last(p, PyExc_SyntaxError, "with Barry as BDFL, use '<>' instead of '!='");
            return 0;
        }
        if (!barry && t->start[0] == '<')
            return 0;
        op = NotEq;
        break;
    case K_not:
        if (!at_next(p, 1, K_in))
            return 0;
        p->mark++;
        op = NotIn;
        break;
    case K_is:
        op = Is;
        if (at_next(p, 1, K_not)) {
            p->mark++;
            op = IsNot;
        }
        break;
    default:
        return 0;
    }
    p->mark++;
    return op;
}

static expr_ty comparison(Parser *p)
{
    Token *start = parse_peek(p);
    expr_ty left = parse_bitwise_or(p), right;
    if (left == NULL)
        return NULL;
    int mark = p->mark;
    cmpop_ty op = comparison_operator(p);
    if (op == 0)
        return p->failed ? NULL : left;
    List ops = {0}, rights = {0};
    while (op && (right = parse_bitwise_or(p))) {
        mark = p->mark;
        if (list_add(p, &ops, (void *)(intptr_t)op) < 0 || list_add(p, &rights, right) < 0)
            break;
        op = comparison_operator(p);
    }
    p->mark = mark;
    asdl_seq *op_seq = list_done(p, &ops), *right_seq = list_done(p, &rights);
    if (p->failed)
        return NULL;
    return op_seq ? made(p, ast_Compare(p->arena, left, op_seq, right_seq, pos_from(p, start))) : left;
}

/* ---- binary operators, by climbing ---- */
static operator_ty binary_operator(int type, int *level)
{
    switch (type) {
    case T_VBAR: *level = 1; return BitOr;
    case T_CIRCUMFLEX: *level = 2; return BitXor;
    case T_AMPER: *level = 3; return BitAnd;
    case T_LEFTSHIFT: *level = 4; return LShift;
    case T_RIGHTSHIFT: *level = 4; return RShift;
    case T_PLUS: *level = 5; return Add;
    case T_MINUS: *level = 5; return Sub;
    case T_STAR: *level = 6; return Mult;
    case T_SLASH: *level = 6; return Div;
    case T_DOUBLESLASH: *level = 6; return FloorDiv;
    case T_PERCENT: *level = 6; return Mod;
    case T_AT: *level = 6; return MatMult;
    default: *level = 0; return 0;
    }
}

static expr_ty factor(Parser *p);

/* Operators of at least `min` around factors; they associate to the left. */
static expr_ty binary(Parser *p, int min)
{
    Token *start = parse_peek(p);
    expr_ty left = factor(p);
    while (left && !p->failed) {
        int level, mark = p->mark;
        operator_ty op = binary_operator(parse_peek(p)->type, &level);
        if (level < min || op == 0)
            break;
        if (op == MatMult && !require_version(p, 5, "The '@' operator is"))
            return NULL;
        p->mark++;
        expr_ty right = binary(p, level + 1);
        if (right == NULL) {
            p->mark = mark;
            break;
        }
        left = made(p, ast_BinOp(p->arena, left, op, right, pos_from(p, start)));
    }
    return p->failed ? NULL : left;
}

expr_ty parse_bitwise_or(Parser *p)
{
    int start = p->mark;
    void *e;
    if (memo_get(p, RULE_bitwise_or, &e))
        return e;
    e = binary(p, 1);
    return memo_put(p, start, RULE_bitwise_or, e);
}

/* await_primary ['**' factor] */
static expr_ty power(Parser *p)
{
    Token *start = parse_peek(p);
    int awaited = accept(p, T_AWAIT) != NULL;
    expr_ty e = parse_primary(p);
    if (e && awaited && !require_version(p, 5, "Await expressions are"))
        return NULL;
    if (e && awaited)
        e = made(p, ast_Await(p->arena, e, pos_from(p, start)));
    int mark = p->mark;
    if (e == NULL || !accept(p, T_DOUBLESTAR))
        return e;
    expr_ty right = factor(p);
    if (right)
        return made(p, ast_BinOp(p->arena, e, Pow, right, pos_from(p, start)));
    p->mark = mark;
    return p->failed ? NULL : e;
}

static expr_ty factor(Parser *p)
{
    Token *start = parse_peek(p);
    unaryop_ty op = start->type == T_PLUS ? UAdd : start->type == T_MINUS ? USub : start->type == T_TILDE ? Invert : 0;
    if (!enter(p, 1))
        return NULL;
    expr_ty e;
    if (op) {
        p->mark++;
        e = factor(p);
        if (e)
            e = made(p, ast_UnaryOp(p->arena, op, e, pos_from(p, start)));
    }
    else
        e = power(p);
    leave(p, 1);
    return e;
}

/* ---- comprehensions ---- */
static comprehension_ty for_if_clause(Parser *p)
{
    int mark = p->mark, is_async = accept(p, T_ASYNC) != NULL;
    expr_ty target, iter, test;
    if (!accept(p, K_for) || (target = parse_star_targets(p)) == NULL || !accept(p, K_in)) {
        p->mark = mark;
        if (p->diagnosing && !p->failed)
            diagnose_for_target(p);
        p->mark = mark;
        return NULL;
    }
    set_context(target, Store);
    iter = parse_disjunction(p);
    if (iter == NULL)
        return NULL;
    List ifs = {0};
    mark = p->mark;
    while (accept(p, K_if) && (test = parse_disjunction(p))) {
        mark = p->mark;
        if (list_add(p, &ifs, test) < 0)
            return NULL;
    }
    p->mark = mark;
    asdl_seq *tests = list_done(p, &ifs);
    if (is_async && !p->failed && !require_version(p, 6, "Async comprehensions are"))
        return NULL;
    return p->failed ? NULL : made(p, ast_comprehension(p->arena, target, iter, tests, is_async));
}

static asdl_seq *for_if_clauses(Parser *p)
{
    List l = {0};
    while (at(p, K_for) || (at(p, T_ASYNC) && at_next(p, 1, K_for))) {
        int mark = p->mark;
        comprehension_ty c = for_if_clause(p);
        if (c == NULL) {
            p->mark = mark;
            break;
        }
        if (list_add(p, &l, c) < 0)
            return NULL;
    }
    return list_done(p, &l);
}

asdl_seq *parse_for_if_clauses(Parser *p)
{
    int start = p->mark;
    void *s;
    if (memo_get(p, RULE_for_if, &s))
        return s;
    s = for_if_clauses(p);
    return memo_put(p, start, RULE_for_if, s);
}

/* ---- targets ---- */
int target_ok(expr_ty e)
{
    switch (e->kind) {
    case Name_kind:
    case Attribute_kind:
    case Subscript_kind:
        return 1;
    case Starred_kind:
        return e->v.Starred.value->kind != Starred_kind && target_ok(e->v.Starred.value);
    case Tuple_kind:
    case List_kind: {
        asdl_seq *elts = e->kind == Tuple_kind ? e->v.Tuple.elts : e->v.List.elts;
        for (Py_ssize_t i = 0; i < asdl_len(elts); i++)
            if (!target_ok(asdl_get(elts, i)))
                return 0;
        return 1;
    }
    default:
        return 0;
    }
}

void set_context(expr_ty e, expr_context_ty ctx)
{
    asdl_seq *elts = NULL;
    switch (e->kind) {
    case Name_kind: e->v.Name.ctx = ctx; return;
    case Attribute_kind: e->v.Attribute.ctx = ctx; return;
    case Subscript_kind: e->v.Subscript.ctx = ctx; return;
    case Starred_kind:
        e->v.Starred.ctx = ctx;
        set_context(e->v.Starred.value, ctx);
        return;
    case Tuple_kind:
        e->v.Tuple.ctx = ctx;
        elts = e->v.Tuple.elts;
        break;
    case List_kind:
        e->v.List.ctx = ctx;
        elts = e->v.List.elts;
        break;
    default:
        return;
    }
    for (Py_ssize_t i = 0; i < asdl_len(elts); i++)
        set_context(asdl_get(elts, i), ctx);
}

static expr_ty plain_target(Parser *p)
{
    int mark = p->mark;
    expr_ty e = parse_primary(p);
    if (e && target_ok(e) && e->kind != Starred_kind)
        return e;
    p->mark = mark;
    return NULL;
}

expr_ty parse_star_target(Parser *p)
{
    Token *start = parse_peek(p);
    if (start->type != T_STAR)
        return plain_target(p);
    p->mark++;
    expr_ty e = plain_target(p);
    return e ? made(p, ast_Starred(p->arena, e, Load, pos_from(p, start))) : NULL;
}

expr_ty parse_star_targets(Parser *p) { return item_or_tuple(p, parse_star_target); }
