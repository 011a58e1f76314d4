/* match statements and their patterns. */
#include "syntax/parse.h"

#include <string.h>

static pattern_ty pattern(Parser *p);

/* ---- values ---- */
static int starts_number(Parser *p)
{
    return at(p, T_NUMBER) || (at(p, T_MINUS) && at_next(p, 1, T_NUMBER));
}

static expr_ty signed_number(Parser *p)
{
    Token *start = parse_peek(p);
    int minus = accept(p, T_MINUS) != NULL;
    Token *t = accept(p, T_NUMBER);
    expr_ty e = t ? parse_number(p, t) : NULL;
    return e && minus ? made(p, ast_UnaryOp(p->arena, USub, e, pos_from(p, start))) : e;
}

static int is_complex(expr_ty e) { return e->kind == Constant_kind && PyComplex_CheckExact(e->v.Constant.value); }

/* A number, or real ± imaginary. */
static expr_ty number_or_complex(Parser *p)
{
    Token *start = parse_peek(p);
    expr_ty real = signed_number(p);
    if (real == NULL || !(at(p, T_PLUS) || at(p, T_MINUS)))
        return real;
    expr_ty operand = real->kind == UnaryOp_kind ? real->v.UnaryOp.operand : real;
    if (is_complex(operand))
        return raise_node(p, real, "real number required in complex literal");
    operator_ty op = p->tokens[p->mark++]->type == T_PLUS ? Add : Sub;
    Token *t = accept(p, T_NUMBER);
    expr_ty imaginary = t ? parse_number(p, t) : NULL;
    if (imaginary == NULL)
        return NULL;
    if (!is_complex(imaginary))
        return raise_node(p, imaginary, "imaginary number required in complex literal");
    return made(p, ast_BinOp(p->arena, real, op, imaginary, pos_from(p, start)));
}

/* NAME ('.' NAME)* */
static expr_ty name_or_attribute(Parser *p)
{
    Token *start = parse_peek(p);
    expr_ty e = parse_name_node(p, Load);
    while (e && at(p, T_DOT) && at_next(p, 1, T_NAME)) {
        p->mark++;
        PyObject *id = name_of(p, accept(p, T_NAME));
        e = id ? made(p, ast_Attribute(p->arena, e, id, Load, pos_from(p, start))) : NULL;
    }
    return e;
}

static pattern_ty singleton(Parser *p, PyObject *value)
{
    Token *t = p->tokens[p->mark++];
    if (ast_arena_add_object(p->arena, Py_NewRef(value)) < 0)
        return out_of_memory(p);
    return made(p, ast_MatchSingleton(p->arena, value, pos_of(t)));
}

static pattern_ty value_pattern(Parser *p, expr_ty e, Token *start)
{
    return e ? made(p, ast_MatchValue(p->arena, e, pos_from(p, start))) : NULL;
}

/* A NAME that may be captured: its identifier, or NULL for '_'. */
static PyObject *capture_name(Parser *p, Token *t)
{
    return t->end - t->start == 1 && *t->start == '_' ? NULL : name_of(p, t);
}

/* ---- class and mapping patterns ---- */
static pattern_ty class_pattern(Parser *p, Token *start, expr_ty cls)
{
    List positional = {0}, names = {0}, values = {0};
    int mixed = 0;
    pattern_ty first_wrong = NULL, last_wrong = NULL;
    p->mark++;
    while (!p->failed && !at(p, T_RPAR)) {
        PyObject *name = NULL;
        if (at(p, T_NAME) && at_next(p, 1, T_EQUAL)) {
            name = name_of(p, accept(p, T_NAME));
            p->mark++;
        }
        pattern_ty value = pattern(p);
        if (value == NULL)
            goto fail;
        if (name) {
            if (list_add(p, &names, name) < 0 || list_add(p, &values, value) < 0)
                goto fail;
        }
        else {
            if (names.size) {
                mixed = 1;
                first_wrong = first_wrong ? first_wrong : value;
                last_wrong = value;
            }
            else if (list_add(p, &positional, value) < 0)
                goto fail;
        }
        if (mixed && (!at(p, T_COMMA) || (at_next(p, 1, T_NAME) && at_next(p, 2, T_EQUAL))))
            break;
        if (!accept(p, T_COMMA))
            break;
    }
    if (mixed) {
        if (p->diagnosing && !p->failed)
            raise_range(p, first_wrong, last_wrong, "positional patterns follow keyword patterns");
        goto fail;
    }
    if (!accept(p, T_RPAR))
        goto fail;
    asdl_seq *a = list_done(p, &positional), *n = list_done(p, &names), *v = list_done(p, &values);
    return p->failed ? NULL : made(p, ast_MatchClass(p->arena, cls, a, n, v, pos_from(p, start)));
fail:
    list_drop(&positional);
    list_drop(&names);
    list_drop(&values);
    return NULL;
}

static expr_ty mapping_key(Parser *p)
{
    Token *t = parse_peek(p);
    PyObject *value = t->type == K_None ? Py_None : t->type == K_True ? Py_True : t->type == K_False ? Py_False : NULL;
    if (value) {
        p->mark++;
        if (ast_arena_add_object(p->arena, Py_NewRef(value)) < 0)
            return out_of_memory(p);
        return made(p, ast_Constant(p->arena, value, NULL, pos_of(t)));
    }
    if (starts_number(p))
        return number_or_complex(p);
    if (t->type == T_STRING)
        return parse_strings(p);
    expr_ty e = name_or_attribute(p);
    return e && e->kind == Attribute_kind ? e : NULL;
}

static pattern_ty mapping_pattern(Parser *p, Token *start)
{
    List keys = {0}, values = {0};
    PyObject *rest = NULL;
    p->mark++;
    while (!p->failed && !at(p, T_RBRACE)) {
        if (accept(p, T_DOUBLESTAR)) {
            Token *t = accept(p, T_NAME);
            if (t == NULL || (rest = capture_name(p, t)) == NULL)
                goto fail;
            accept(p, T_COMMA);
            break;
        }
        expr_ty key = mapping_key(p);
        pattern_ty value = key && accept(p, T_COLON) ? pattern(p) : NULL;
        if (value == NULL || list_add(p, &keys, key) < 0 || list_add(p, &values, value) < 0)
            goto fail;
        if (!accept(p, T_COMMA))
            break;
    }
    if (!accept(p, T_RBRACE))
        goto fail;
    asdl_seq *k = list_done(p, &keys), *v = list_done(p, &values);
    return p->failed ? NULL : made(p, ast_MatchMapping(p->arena, k, v, rest, pos_from(p, start)));
fail:
    list_drop(&keys);
    list_drop(&values);
    return NULL;
}

/* ---- sequences ---- */
static pattern_ty maybe_star(Parser *p)
{
    Token *start = parse_peek(p);
    if (start->type != T_STAR)
        return pattern(p);
    p->mark++;
    Token *t = accept(p, T_NAME);
    if (t == NULL)
        return NULL;
    PyObject *name = capture_name(p, t);
    return p->failed ? NULL : made(p, ast_MatchStar(p->arena, name, pos_from(p, start)));
}

/* Patterns separated by commas up to `end` (not consumed); *comma: whether one followed the first. */
static asdl_seq *sequence(Parser *p, int end, int *comma)
{
    List l = {0};
    *comma = 0;
    while (!p->failed && !at(p, end)) {
        pattern_ty item = maybe_star(p);
        if (item == NULL || list_add(p, &l, item) < 0) {
            list_drop(&l);
            return NULL;
        }
        if (!accept(p, T_COMMA))
            break;
        *comma = 1;
    }
    return list_done(p, &l);
}

static pattern_ty group_or_sequence(Parser *p, Token *start)
{
    int comma, end = start->type == T_LPAR ? T_RPAR : T_RSQB;
    p->mark++;
    if (accept(p, end))
        return made(p, ast_MatchSequence(p->arena, NULL, pos_from(p, start)));
    asdl_seq *items = sequence(p, end, &comma);
    if (items == NULL || !accept(p, end))
        return NULL;
    pattern_ty only = asdl_get(items, 0);
    if (end == T_RPAR && !comma)
        return only->kind == MatchStar_kind ? NULL : only;
    return made(p, ast_MatchSequence(p->arena, items, pos_from(p, start)));
}

/* ---- closed, or, as ---- */
static pattern_ty closed(Parser *p)
{
    Token *t = parse_peek(p);
    expr_ty e;
    switch (t->type) {
    case K_None: return singleton(p, Py_None);
    case K_True: return singleton(p, Py_True);
    case K_False: return singleton(p, Py_False);
    case T_STRING: return value_pattern(p, parse_strings(p), t);
    case T_NUMBER:
    case T_MINUS: return value_pattern(p, number_or_complex(p), t);
    case T_LPAR:
    case T_LSQB: return group_or_sequence(p, t);
    case T_LBRACE: return mapping_pattern(p, t);
    case T_NAME:
        e = name_or_attribute(p);
        if (e == NULL)
            return NULL;
        if (at(p, T_LPAR))
            return class_pattern(p, t, e);
        if (e->kind == Attribute_kind)
            return value_pattern(p, e, t);
        if (at(p, T_DOT) || at(p, T_EQUAL))
            return NULL;
        PyObject *name = capture_name(p, t);
        return p->failed ? NULL : made(p, ast_MatchAs(p->arena, NULL, name, pos_of(t)));
    default:
        return NULL;
    }
}

static pattern_ty or_pattern(Parser *p)
{
    Token *start = parse_peek(p);
    pattern_ty first = closed(p);
    if (first == NULL || !at(p, T_VBAR))
        return first;
    List l = {0};
    if (list_add(p, &l, first) < 0)
        return NULL;
    while (accept(p, T_VBAR)) {
        pattern_ty next = closed(p);
        if (next == NULL || list_add(p, &l, next) < 0) {
            list_drop(&l);
            return NULL;
        }
    }
    asdl_seq *s = list_done(p, &l);
    return s ? made(p, ast_MatchOr(p->arena, s, pos_from(p, start))) : NULL;
}

static pattern_ty pattern(Parser *p)
{
    Token *start = parse_peek(p), *t;
    PyObject *name;
    if (!enter(p, 20))
        return NULL;
    pattern_ty left = or_pattern(p), result = left;
    if (left && accept(p, K_as)) {
        result = NULL;
        if ((t = accept(p, T_NAME))) {
            name = capture_name(p, t);
            if (name && !at(p, T_DOT) && !at(p, T_LPAR) && !at(p, T_EQUAL))
                result = made(p, ast_MatchAs(p->arena, left, name, pos_from(p, start)));
            else if (name == NULL && p->diagnosing && !p->failed)
                raise_at_pos(p, PyExc_SyntaxError, pos_of(t), "cannot use '_' as a target");
        }
        else if (p->diagnosing && !p->failed) {
            expr_ty wrong = parse_expression(p);
            if (wrong)
                raise_node(p, wrong, "invalid pattern target");
        }
    }
    leave(p, 20);
    return p->failed ? NULL : result;
}

pattern_ty parse_patterns(Parser *p)
{
    Token *start = parse_peek(p);
    int comma;
    pattern_ty first = maybe_star(p);
    if (first == NULL || (!at(p, T_COMMA) && first->kind != MatchStar_kind))
        return first;
    List l = {0};
    if (list_add(p, &l, first) < 0)
        return NULL;
    if (accept(p, T_COMMA) && !at(p, T_COLON) && !at(p, K_if)) {
        asdl_seq *rest = sequence(p, T_COLON, &comma);
        for (Py_ssize_t i = 0; i < asdl_len(rest); i++)
            if (list_add(p, &l, asdl_get(rest, i)) < 0)
                return NULL;
        if (rest == NULL) {
            list_drop(&l);
            return NULL;
        }
    }
    else if (p->tokens[p->mark - 1]->type != T_COMMA) {
        list_drop(&l);
        return NULL;   /* a lone star */
    }
    asdl_seq *s = list_done(p, &l);
    return s ? made(p, ast_MatchSequence(p->arena, s, pos_from(p, start))) : NULL;
}

/* ---- case, match ---- */
static match_case_ty case_block(Parser *p)
{
    if (!at_word(p, "case"))
        return NULL;
    Token *start = p->tokens[p->mark++];
    pattern_ty pat = parse_patterns(p);
    expr_ty guard = NULL;
    if (pat == NULL || (accept(p, K_if) && (guard = parse_named_expression(p)) == NULL))
        return NULL;
    if (!accept(p, T_COLON)) {
        if (p->diagnosing && !p->failed && at(p, T_NEWLINE))
            raise_last(p, PyExc_SyntaxError, "expected ':'");
        return NULL;
    }
    if (check_indent(p, start, "'case' statement") < 0)
        return NULL;
    asdl_seq *body = parse_block(p);
    return body ? made(p, ast_match_case(p->arena, pat, guard, body)) : NULL;
}

/* star_named_expression ',' [more] as a tuple, or one named expression. */
expr_ty parse_subject(Parser *p)
{
    Token *start = parse_peek(p);
    expr_ty first = parse_star_named_expression(p);
    if (first == NULL || (!at(p, T_COMMA) && first->kind != Starred_kind))
        return first;
    if (!accept(p, T_COMMA))
        return NULL;
    List l = {0};
    if (list_add(p, &l, first) < 0)
        return NULL;
    while (!at(p, T_COLON) && !at(p, T_NEWLINE)) {
        expr_ty e = parse_star_named_expression(p);
        if (e == NULL || list_add(p, &l, e) < 0) {
            list_drop(&l);
            return NULL;
        }
        if (!accept(p, T_COMMA))
            break;
    }
    asdl_seq *s = list_done(p, &l);
    return s ? made(p, ast_Tuple(p->arena, s, Load, pos_from(p, start))) : NULL;
}

stmt_ty parse_match(Parser *p)
{
    Token *start = p->tokens[p->mark++];
    expr_ty subject = parse_subject(p);
    List cases = {0};
    match_case_ty c;
    if (subject == NULL)
        return NULL;
    if (!accept(p, T_COLON)) {
        if (p->diagnosing && !p->failed && at(p, T_NEWLINE))
            raise_last(p, PyExc_SyntaxError, "expected ':'");
        return NULL;
    }
    if (!at(p, T_NEWLINE) || check_indent(p, start, "'match' statement") < 0 || !accept(p, T_NEWLINE) || !accept(p, T_INDENT))
        return NULL;
    int mark = p->mark;
    while ((c = case_block(p))) {
        mark = p->mark;
        if (list_add(p, &cases, c) < 0)
            return NULL;
    }
    p->mark = mark;
    asdl_seq *s = list_done(p, &cases);
    if (s == NULL || !accept(p, T_DEDENT) || !require_version(p, 10, "Pattern matching is"))
        return NULL;
    return made(p, ast_Match(p->arena, subject, s, pos_from(p, start)));
}
