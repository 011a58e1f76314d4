/* Atoms and what follows them: names, literals, displays, attributes, subscripts, calls. */
#include "syntax/parse.h"

#include <string.h>

expr_ty parse_name_node(Parser *p, expr_context_ty ctx)
{
    Token *t = accept(p, T_NAME);
    PyObject *id = t ? name_of(p, t) : NULL;
    return id ? made(p, ast_Name(p->arena, id, ctx, pos_of(t))) : NULL;
}

static expr_ty constant(Parser *p, PyObject *value, Token *t)
{
    if (value == NULL || ast_arena_add_object(p->arena, value) < 0)
        return out_of_memory(p);
    return made(p, ast_Constant(p->arena, value, NULL, pos_of(t)));
}

/* ---- numbers ---- */
/* The value of a number's text without underscores; new reference. */
static PyObject *number_value(const char *s)
{
    size_t n = strlen(s);
    int imaginary = (s[n - 1] | 0x20) == 'j' && (s[0] != '0' || (s[1] | 0x20) != 'x');
    if (s[0] == '0' && n > 1 && (strchr("xXoObB", s[1])))
        return PyLong_FromString(s, NULL, 0);
    if (!imaginary && strspn(s, "0123456789") == n)
        return PyLong_FromString(s, NULL, 10);
    char *end;
    double d = PyOS_string_to_double(s, &end, NULL);
    if (d == -1.0 && PyErr_Occurred())
        return NULL;
    return imaginary ? PyComplex_FromDoubles(0.0, d) : PyFloat_FromDouble(d);
}

PyObject *parse_number_value(Parser *p, Token *t)
{
    size_t n = (size_t)(t->end - t->start), k = 0;
    if (memchr(t->start, '_', n) && !require_version(p, 6, "Underscores in numeric literals are"))
        return NULL;
    char *copy = PyMem_Malloc(n + 1);
    if (copy == NULL)
        return out_of_memory(p);
    for (size_t i = 0; i < n; i++)
        if (t->start[i] != '_')
            copy[k++] = t->start[i];
    copy[k] = 0;
    PyObject *value = number_value(copy);
    PyMem_Free(copy);
    if (value)
        return ast_arena_add_object(p->arena, value) < 0 ? out_of_memory(p) : value;
    p->failed = 1;
    if (PyErr_ExceptionMatches(PyExc_ValueError)) {   /* more digits than sys.set_int_max_str_digits allows */
        PyObject *type, *exc, *tb;
        PyErr_Fetch(&type, &exc, &tb);
        raise_at_pos(p, PyExc_SyntaxError, (AstPos){t->lineno, -1, t->lineno, -1},
                     "%S - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.",
                     exc ? exc : Py_None);
        Py_XDECREF(type);
        Py_XDECREF(exc);
        Py_XDECREF(tb);
    }
    return NULL;
}

expr_ty parse_number(Parser *p, Token *t)
{
    PyObject *value = parse_number_value(p, t);
    return value ? made(p, ast_Constant(p->arena, value, NULL, pos_of(t))) : NULL;
}

/* ---- parentheses ---- */
/* What is in parentheses and may be a tuple, a group or a generator; '(' is consumed. */
static expr_ty parenthesised(Parser *p, Token *start)
{
    List items = {0};
    expr_ty e;
    if (accept(p, T_RPAR))
        return made(p, ast_Tuple(p->arena, NULL, Load, pos_from(p, start)));
    if (at(p, K_yield)) {
        e = parse_yield(p);
        return e && accept(p, T_RPAR) ? e : NULL;
    }
    e = parse_star_named_expression(p);
    if (e == NULL)
        return NULL;
    if (at(p, T_RPAR) && e->kind != Starred_kind) {
        p->mark++;
        return e;
    }
    if (at(p, T_COMMA)) {
        if (list_add(p, &items, e) < 0)
            return NULL;
        while (accept(p, T_COMMA) && !at(p, T_RPAR)) {
            e = parse_star_named_expression(p);
            if (e == NULL || list_add(p, &items, e) < 0) {
                list_drop(&items);
                return NULL;
            }
        }
        if (!accept(p, T_RPAR)) {
            list_drop(&items);
            return NULL;
        }
        asdl_seq *elts = list_done(p, &items);
        return elts ? made(p, ast_Tuple(p->arena, elts, Load, pos_from(p, start))) : NULL;
    }
    if (e->kind == Starred_kind)
        return NULL;
    asdl_seq *clauses = parse_for_if_clauses(p);
    if (clauses == NULL || !accept(p, T_RPAR))
        return NULL;
    return made(p, ast_GeneratorExp(p->arena, e, clauses, pos_from(p, start)));
}

/* Puts mark back to the bracket at `start` and looks for the mistakes that are made in it. */
static void diagnose_display(Parser *p, int mark, void (*first)(Parser *), void (*second)(Parser *))
{
    if (!p->diagnosing || p->failed)
        return;
    p->mark = mark;
    first(p);
    if (second && !p->failed) {
        p->mark = mark;
        second(p);
    }
    p->mark = mark;
}

static expr_ty in_parentheses(Parser *p)
{
    int mark = p->mark;
    Token *start = accept(p, T_LPAR);
    expr_ty e = parenthesised(p, start);
    if (e == NULL)
        diagnose_display(p, mark, diagnose_group, diagnose_comprehension);
    return e;
}

static expr_ty bracketed(Parser *p, Token *start)
{
    if (accept(p, T_RSQB))
        return made(p, ast_List(p->arena, NULL, Load, pos_from(p, start)));
    expr_ty first = parse_star_named_expression(p);
    if (first == NULL)
        return NULL;
    if (at(p, K_for) || at(p, T_ASYNC)) {
        asdl_seq *clauses = first->kind == Starred_kind ? NULL : parse_for_if_clauses(p);
        if (clauses == NULL || !accept(p, T_RSQB))
            return NULL;
        return made(p, ast_ListComp(p->arena, first, clauses, pos_from(p, start)));
    }
    List items = {0};
    if (list_add(p, &items, first) < 0)
        return NULL;
    while (accept(p, T_COMMA) && !at(p, T_RSQB)) {
        expr_ty e = parse_star_named_expression(p);
        if (e == NULL || list_add(p, &items, e) < 0) {
            list_drop(&items);
            return NULL;
        }
    }
    if (!accept(p, T_RSQB)) {
        list_drop(&items);
        return NULL;
    }
    asdl_seq *elts = list_done(p, &items);
    return elts ? made(p, ast_List(p->arena, elts, Load, pos_from(p, start))) : NULL;
}

static expr_ty in_brackets(Parser *p)
{
    int mark = p->mark;
    expr_ty e = bracketed(p, accept(p, T_LSQB));
    if (e == NULL)
        diagnose_display(p, mark, diagnose_comprehension, NULL);
    return e;
}

/* ---- braces ---- */
/* key ':' value or '**' value; 0, or -1. */
static int pair(Parser *p, expr_ty *key, expr_ty *value)
{
    *key = NULL;
    if (accept(p, T_DOUBLESTAR)) {
        *value = parse_bitwise_or(p);
        return *value ? 0 : -1;
    }
    *key = parse_expression(p);
    if (*key == NULL || !accept(p, T_COLON))
        return -1;
    *value = parse_expression(p);
    return *value ? 0 : -1;
}

static expr_ty dict_display(Parser *p, Token *start)
{
    List keys = {0}, values = {0};
    expr_ty key, value;
    while (!at(p, T_RBRACE)) {
        if (pair(p, &key, &value) < 0)
            goto fail;
        if (keys.size == 0 && key && (at(p, K_for) || at(p, T_ASYNC))) {
            asdl_seq *clauses = parse_for_if_clauses(p);
            if (clauses == NULL || !accept(p, T_RBRACE))
                goto fail;
            return made(p, ast_DictComp(p->arena, key, value, clauses, pos_from(p, start)));
        }
        if (list_add(p, &keys, key) < 0 || list_add(p, &values, value) < 0)
            goto fail;
        if (!accept(p, T_COMMA))
            break;
    }
    if (accept(p, T_RBRACE)) {
        asdl_seq *k = list_done(p, &keys), *v = list_done(p, &values);
        return p->failed ? NULL : made(p, ast_Dict(p->arena, k, v, pos_from(p, start)));
    }
fail:
    list_drop(&keys);
    list_drop(&values);
    return NULL;
}

static expr_ty set_display(Parser *p, Token *start)
{
    expr_ty first = parse_star_named_expression(p);
    if (first == NULL)
        return NULL;
    if (at(p, K_for) || at(p, T_ASYNC)) {
        asdl_seq *clauses = first->kind == Starred_kind ? NULL : parse_for_if_clauses(p);
        if (clauses == NULL || !accept(p, T_RBRACE))
            return NULL;
        return made(p, ast_SetComp(p->arena, first, clauses, pos_from(p, start)));
    }
    List items = {0};
    if (list_add(p, &items, first) < 0)
        return NULL;
    while (accept(p, T_COMMA) && !at(p, T_RBRACE)) {
        expr_ty e = parse_star_named_expression(p);
        if (e == NULL || list_add(p, &items, e) < 0) {
            list_drop(&items);
            return NULL;
        }
    }
    if (!accept(p, T_RBRACE)) {
        list_drop(&items);
        return NULL;
    }
    asdl_seq *elts = list_done(p, &items);
    return elts ? made(p, ast_Set(p->arena, elts, pos_from(p, start))) : NULL;
}

static expr_ty in_braces(Parser *p)
{
    int mark = p->mark;
    Token *start = accept(p, T_LBRACE);
    expr_ty e = NULL;
    if (p->diagnosing) {
        e = dict_display(p, start);
        if (e == NULL && !p->failed) {
            p->mark = mark;
            diagnose_dict(p);
            p->mark = mark + 1;
        }
        if (e == NULL && !p->failed)
            e = set_display(p, start);
        if (e == NULL)
            diagnose_display(p, mark, diagnose_dict_comprehension, diagnose_comprehension);
        return e;
    }
    if (at(p, T_RBRACE) || at(p, T_DOUBLESTAR))
        return dict_display(p, start);
    /* a key or an element: parsed once to see which, then again by the one that it is */
    if (at(p, T_STAR))
        return set_display(p, start);
    expr_ty first = parse_named_expression(p);
    if (first == NULL)
        return NULL;
    int is_dict = at(p, T_COLON);
    p->mark = mark + 1;
    return is_dict ? dict_display(p, start) : set_display(p, start);
}

/* ---- atoms ---- */
expr_ty parse_atom(Parser *p)
{
    Token *t = parse_peek(p);
    switch (t->type) {
    case T_NAME:
        return parse_name_node(p, Load);
    case K_True:
        p->mark++;
        return constant(p, Py_NewRef(Py_True), t);
    case K_False:
        p->mark++;
        return constant(p, Py_NewRef(Py_False), t);
    case K_None:
        p->mark++;
        return constant(p, Py_NewRef(Py_None), t);
    case T_ELLIPSIS:
        p->mark++;
        return constant(p, Py_NewRef(Py_Ellipsis), t);
    case T_NUMBER:
        p->mark++;
        return parse_number(p, t);
    case T_STRING:
        return parse_strings(p);
    case T_LPAR:
        return in_parentheses(p);
    case T_LSQB:
        return in_brackets(p);
    case T_LBRACE:
        return in_braces(p);
    default:
        return NULL;
    }
}

/* ---- subscripts ---- */
static expr_ty slice(Parser *p)
{
    Token *start = parse_peek(p);
    expr_ty parts[3] = {NULL, NULL, NULL};
    if (!at(p, T_COLON)) {
        parts[0] = parse_named_expression(p);
        if (parts[0] == NULL || !at(p, T_COLON) || parts[0]->kind == NamedExpr_kind)
            return parts[0];
    }
    p->mark++;
    for (int i = 1; i < 3 && !p->failed; i++) {
        if (!at(p, T_COLON) && !at(p, T_COMMA) && !at(p, T_RSQB)) {
            parts[i] = parse_expression(p);
            if (parts[i] == NULL)
                return NULL;
        }
        if (i == 1 && !accept(p, T_COLON))
            break;
    }
    return p->failed ? NULL : made(p, ast_Slice(p->arena, parts[0], parts[1], parts[2], pos_from(p, start)));
}

static expr_ty slice_or_starred(Parser *p) { return at(p, T_STAR) ? parse_starred(p) : slice(p); }

expr_ty parse_slices(Parser *p)
{
    Token *start = parse_peek(p);
    expr_ty first = slice_or_starred(p);
    if (first == NULL || (!at(p, T_COMMA) && first->kind != Starred_kind))
        return first;
    List items = {0};
    if (list_add(p, &items, first) < 0)
        return NULL;
    while (accept(p, T_COMMA) && !at(p, T_RSQB)) {
        expr_ty e = slice_or_starred(p);
        if (e == NULL || list_add(p, &items, e) < 0) {
            list_drop(&items);
            return NULL;
        }
    }
    asdl_seq *elts = list_done(p, &items);
    return elts ? made(p, ast_Tuple(p->arena, elts, Load, pos_from(p, start))) : NULL;
}

/* ---- calls ---- */
/* A generator as the only argument, its parentheses being those of the call; mark is at '('.  NULL if it is none. */
static expr_ty sole_generator(Parser *p)
{
    Token *start = accept(p, T_LPAR);
    expr_ty e = parse_expression_or_assignment(p);
    asdl_seq *clauses = e ? parse_for_if_clauses(p) : NULL;
    if (clauses == NULL || !accept(p, T_RPAR))
        return NULL;
    return made(p, ast_GeneratorExp(p->arena, e, clauses, pos_from(p, start)));
}

/* One argument of a call; 1 if there was one, 0 if not, -1 on failure.  Positional ones may not follow keywords. */
static int argument(Parser *p, List *args, List *keywords, int *unpacked)
{
    Token *start = parse_peek(p);
    PyObject *name = NULL;
    expr_ty e;
    if (start->type == T_STAR) {
        if (*unpacked)
            return 0;
        e = parse_starred(p);
        return e == NULL ? 0 : list_add(p, args, e) < 0 ? -1 : 1;
    }
    int named = start->type == T_NAME && at_next(p, 1, T_EQUAL);
    if (!named && start->type != T_DOUBLESTAR) {
        if (keywords->size) {
            if (p->diagnosing)
                diagnose_keyword(p);
            return 0;
        }
        e = parse_expression_or_assignment(p);
        if (e == NULL || at(p, T_EQUAL))
            return 0;
        return list_add(p, args, e) < 0 ? -1 : 1;
    }
    if (p->diagnosing && diagnose_keyword(p))
        return -1;
    if (named) {
        name = name_of(p, start);
        p->mark++;
        if (name == NULL)
            return -1;
    }
    else
        *unpacked = 1;
    p->mark++;
    e = parse_expression(p);
    if (e == NULL)
        return 0;
    keyword_ty k = made(p, ast_keyword(p->arena, name, e, pos_from(p, start)));
    return k == NULL || list_add(p, keywords, k) < 0 ? -1 : 1;
}

int parse_call_arguments(Parser *p, asdl_seq **args, asdl_seq **keywords)
{
    List a = {0}, k = {0};
    int unpacked = 0, mark = p->mark, start = p->mark, status = 0;
    *args = *keywords = NULL;
    while (!at(p, T_RPAR)) {
        status = argument(p, &a, &k, &unpacked);
        if (status <= 0) {
            if (status == 0 && p->diagnosing && !p->failed && k.size == 0) {
                p->mark = p->mark > mark && a.size ? mark + 1 : mark;
                if (a.size == 0)
                    p->mark = start;
                diagnose_keyword(p);
            }
            p->mark = mark;
            break;
        }
        mark = p->mark;
        if (!accept(p, T_COMMA))
            break;
    }
    *args = list_done(p, &a);
    *keywords = list_done(p, &k);
    if (p->failed)
        return -1;
    if (mark != p->mark && !at(p, T_RPAR))
        p->mark = mark;
    if (at(p, T_RPAR))
        return 0;
    if (p->diagnosing) {
        p->mark = start;
        diagnose_arguments(p);
    }
    return -1;
}

static expr_ty call(Parser *p, Token *start, expr_ty func)
{
    int mark = p->mark;
    asdl_seq *args = NULL, *keywords = NULL;
    diagnose_display(p, mark, diagnose_comprehension, NULL);
    if (p->failed)
        return NULL;
    p->mark++;
    if (p->diagnosing || !at(p, T_RPAR)) {
        /* the generator is tried when 'for' follows the first expression; in the second pass always */
        p->mark = mark;
        if (p->diagnosing) {
            expr_ty g = sole_generator(p);
            if (g)
                return made(p, ast_Call(p->arena, func, asdl_seq_of(p->arena, g), NULL, pos_from(p, start)));
            if (p->failed)
                return NULL;
        }
        p->mark = mark + 1;
    }
    int ok = parse_call_arguments(p, &args, &keywords) == 0;
    if (ok && accept(p, T_RPAR))
        return made(p, ast_Call(p->arena, func, args, keywords, pos_from(p, start)));
    if (p->failed || p->diagnosing)
        return NULL;
    p->mark = mark;
    expr_ty g = sole_generator(p);
    return g ? made(p, ast_Call(p->arena, func, asdl_seq_of(p->arena, g), NULL, pos_from(p, start))) : NULL;
}

static expr_ty trailers(Parser *p)
{
    Token *start = parse_peek(p), *name;
    expr_ty e = parse_atom(p), next;
    PyObject *id;
    while (e && !p->failed) {
        int mark = p->mark;
        next = NULL;
        if (accept(p, T_DOT)) {
            if ((name = accept(p, T_NAME)) && (id = name_of(p, name)))
                next = made(p, ast_Attribute(p->arena, e, id, Load, pos_from(p, start)));
        }
        else if (at(p, T_LPAR))
            next = call(p, start, e);
        else if (accept(p, T_LSQB)) {
            expr_ty index = parse_slices(p);
            if (index && accept(p, T_RSQB))
                next = made(p, ast_Subscript(p->arena, e, index, Load, pos_from(p, start)));
        }
        else
            break;
        if (next == NULL) {
            p->mark = mark;
            break;
        }
        e = next;
    }
    return p->failed ? NULL : e;
}

expr_ty parse_primary(Parser *p)
{
    int start = p->mark;
    void *e;
    if (memo_get(p, RULE_primary, &e))
        return e;
    e = trailers(p);
    return memo_put(p, start, RULE_primary, e);
}
