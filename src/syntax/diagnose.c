/* What people get wrong: looked for in the second pass, in the order in which the grammar meets the places.
 * Each function raises, or returns with `mark` anywhere: its caller puts it back. */
#include "syntax/parse.h"

#include <string.h>

/* ---- words for expressions ---- */
const char *expr_description(expr_ty e)
{
    switch (e->kind) {
    case Attribute_kind: return "attribute";
    case Subscript_kind: return "subscript";
    case Starred_kind: return "starred";
    case Name_kind: return "name";
    case List_kind: return "list";
    case Tuple_kind: return "tuple";
    case Lambda_kind: return "lambda";
    case Call_kind: return "function call";
    case BoolOp_kind:
    case BinOp_kind:
    case UnaryOp_kind: return "expression";
    case GeneratorExp_kind: return "generator expression";
    case Yield_kind:
    case YieldFrom_kind: return "yield expression";
    case Await_kind: return "await expression";
    case ListComp_kind: return "list comprehension";
    case SetComp_kind: return "set comprehension";
    case DictComp_kind: return "dict comprehension";
    case Dict_kind: return "dict literal";
    case Set_kind: return "set display";
    case JoinedStr_kind:
    case FormattedValue_kind: return "f-string expression";
    case Constant_kind: {
        PyObject *v = e->v.Constant.value;
        return v == Py_None ? "None" : v == Py_False ? "False" : v == Py_True ? "True" : v == Py_Ellipsis ? "ellipsis" : "literal";
    }
    case Compare_kind: return "comparison";
    case IfExp_kind: return "conditional expression";
    case NamedExpr_kind: return "named expression";
    default: return "expression";
    }
}

expr_ty invalid_target(expr_ty e, enum target_use use)
{
    asdl_seq *elts;
    if (e == NULL)
        return NULL;
    switch (e->kind) {
    case List_kind:
    case Tuple_kind:
        elts = e->kind == List_kind ? e->v.List.elts : e->v.Tuple.elts;
        for (Py_ssize_t i = 0; i < asdl_len(elts); i++) {
            expr_ty wrong = invalid_target(asdl_get(elts, i), use);
            if (wrong)
                return wrong;
        }
        return NULL;
    case Starred_kind:
        return use == FOR_DELETE ? e : invalid_target(e->v.Starred.value, use);
    case Compare_kind:   /* 'for x in y' was read as one comparison */
        if (use != FOR_LOOP)
            return e;
        return asdl_get_int(e->v.Compare.ops, 0) == In ? invalid_target(e->v.Compare.left, use) : NULL;
    case Name_kind:
    case Subscript_kind:
    case Attribute_kind:
        return NULL;
    default:
        return e;
    }
}

void *raise_invalid_target(Parser *p, enum target_use use, expr_ty e)
{
    expr_ty wrong = invalid_target(e, use);
    if (wrong)
        raise_node(p, wrong, use == FOR_DELETE ? "cannot delete %s" : "cannot assign to %s", expr_description(wrong));
    return NULL;
}

static int is_legacy(expr_ty e)
{
    return e->kind == Name_kind && (PyUnicode_CompareWithASCIIString(e->v.Name.id, "print") == 0 ||
                                    PyUnicode_CompareWithASCIIString(e->v.Name.id, "exec") == 0);
}

/* ---- expressions ---- */
/* Whether the name is the beginning of a soft keyword (3.11 compares no more than that). */
static int starts_soft_keyword(Token *t)
{
    size_t n = (size_t)(t->end - t->start);
    return strncmp("match", t->start, n) == 0 || strncmp("case", t->start, n) == 0 || strncmp("_", t->start, n) == 0;
}

/* Two expressions side by side within brackets; an 'if' without 'else'. */
static void side_by_side(Parser *p)
{
    Token *t = parse_peek(p);
    int mark = p->mark;
    if (t->type == T_NAME && (at_next(p, 1, T_STRING) || starts_soft_keyword(t)))
        goto conditional;
    expr_ty a = parse_disjunction(p);
    if (a == NULL)
        return;
    int after = p->mark;
    expr_ty b = parse_expression_no_invalid(p);
    if (p->failed)
        return;
    if (b && !is_legacy(a) && p->tokens[p->mark - 1]->level != 0) {
        raise_range(p, a, b, "invalid syntax. Perhaps you forgot a comma?");
        return;
    }
    p->mark = after;
    goto test;
conditional:
    p->mark = mark;
    a = parse_disjunction(p);
    if (a == NULL)
        return;
test:
    if (accept(p, K_if)) {
        expr_ty test = parse_disjunction(p);
        if (test && !at(p, K_else) && !at(p, T_COLON) && !p->failed)
            raise_range(p, a, test, "expected 'else' after 'if' expression");
    }
}

/* print x, exec x */
static void legacy_statement(Parser *p)
{
    if (!at(p, T_NAME) || at_next(p, 1, T_LPAR))
        return;
    expr_ty a = parse_name_node(p, Load), b = a ? parse_star_expressions(p) : NULL;
    if (b && is_legacy(a))
        raise_range(p, a, b, "Missing parentheses in call to '%U'. Did you mean %U(...)?", a->v.Name.id, a->v.Name.id);
}

void diagnose_expression(Parser *p)
{
    int mark = p->mark;
    side_by_side(p);
    p->mark = mark;
    if (!p->failed)
        legacy_statement(p);
    p->mark = mark;
}

static int not_assignment_follows(Parser *p) { return !at(p, T_EQUAL) && !at(p, T_COLONEQUAL); }

void diagnose_named_expression(Parser *p)
{
    int mark = p->mark;
    void *known;
    if (memo_get(p, RULE_named, &known)) {
        p->mark = mark;
        return;
    }
    expr_ty a = parse_expression(p), b;
    if (a && accept(p, T_COLONEQUAL) && parse_expression(p)) {
        raise_node(p, a, "cannot use assignment expressions with %s", expr_description(a));
        return;
    }
    p->mark = mark;
    if (!p->failed && at(p, T_NAME) && at_next(p, 1, T_EQUAL)) {
        a = parse_name_node(p, Load);
        p->mark++;
        b = parse_bitwise_or(p);
        if (a && b && not_assignment_follows(p)) {
            raise_range(p, a, b, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
            return;
        }
    }
    p->mark = mark;
    if (p->failed)
        return;
    a = parse_bitwise_or(p);
    if (a && accept(p, T_EQUAL) && a->kind != List_kind && a->kind != Tuple_kind && a->kind != GeneratorExp_kind &&
        !(a->kind == Constant_kind && (a->v.Constant.value == Py_None || PyBool_Check(a->v.Constant.value))) &&
        parse_bitwise_or(p) && not_assignment_follows(p)) {
        raise_node(p, a, "cannot assign to %s here. Maybe you meant '==' instead of '='?", expr_description(a));
        return;
    }
    p->mark = mark;
    if (!p->failed)
        memo_put(p, mark, RULE_named, NULL);
}

/* ---- assignments ---- */
static int is_augmented(int type)
{
    return (type >= T_PLUSEQUAL && type <= T_DOUBLESTAREQUAL) || type == T_DOUBLESLASHEQUAL || type == T_ATEQUAL;
}

/* Skips target '=' target '=' … */
static void skip_targets(Parser *p)
{
    for (;;) {
        int mark = p->mark;
        expr_ty t = parse_star_targets(p);
        if (t == NULL || !accept(p, T_EQUAL)) {
            p->mark = mark;
            return;
        }
    }
}

static void wrong_annotation(Parser *p)
{
    int mark = p->mark;
    Token *start = parse_peek(p);
    expr_ty a;
    if (start->type == T_LPAR || start->type == T_LSQB) {
        a = parse_atom(p);
        if (a && (a->kind == List_kind || a->kind == Tuple_kind) && accept(p, T_COLON) && parse_expression(p)) {
            raise_node(p, a, "only single target (not %s) can be annotated", expr_description(a));
            return;
        }
    }
    p->mark = mark;
    a = p->failed ? NULL : parse_star_named_expression(p);
    if (a && accept(p, T_COMMA)) {
        int after = p->mark;
        while (parse_star_named_expressions(p))
            after = p->mark;
        p->mark = after;
        if (!p->failed && accept(p, T_COLON) && parse_expression(p)) {
            raise_node(p, a, "only single target (not tuple) can be annotated");
            return;
        }
    }
    p->mark = mark;
    a = p->failed ? NULL : parse_expression(p);
    if (a && accept(p, T_COLON) && parse_expression(p))
        raise_node(p, a, "illegal target for annotation");
}

void diagnose_assignment(Parser *p)
{
    int mark = p->mark;
    expr_ty a;
    wrong_annotation(p);
    p->mark = mark;
    if (p->failed)
        return;
    skip_targets(p);
    int last = p->mark;
    a = p->failed ? NULL : parse_star_expressions(p);
    if (a && at(p, T_EQUAL)) {
        raise_invalid_target(p, FOR_ASSIGN, a);
        if (p->failed)
            return;
    }
    p->mark = last;
    if (!p->failed && at(p, K_yield) && (a = parse_yield(p)) && at(p, T_EQUAL)) {
        raise_node(p, a, "assignment to yield expression not possible");
        return;
    }
    p->mark = mark;
    a = p->failed ? NULL : parse_star_expressions(p);
    if (a && is_augmented(parse_peek(p)->type)) {
        p->mark++;
        if ((at(p, K_yield) ? parse_yield(p) : parse_star_expressions(p)) && !p->failed)
            raise_node(p, a, "'%s' is an illegal expression for augmented assignment", expr_description(a));
    }
}

void diagnose_delete(Parser *p)
{
    p->mark++;
    expr_ty a = parse_star_expressions(p);
    if (a)
        raise_invalid_target(p, FOR_DELETE, a);
}

void diagnose_for_target(Parser *p)
{
    accept(p, T_ASYNC);
    if (!accept(p, K_for))
        return;
    expr_ty a = parse_star_expressions(p);
    if (a)
        raise_invalid_target(p, FOR_LOOP, a);
}

void diagnose_with_item(Parser *p)
{
    if (parse_expression(p) == NULL || !accept(p, K_as))
        return;
    expr_ty a = parse_expression(p);
    if (a && (at(p, T_COMMA) || at(p, T_RPAR) || at(p, T_COLON)))
        raise_invalid_target(p, FOR_ASSIGN, a);
}

void diagnose_with(Parser *p)
{
    int mark = p->mark;
    for (int bracketed = 0; bracketed < 2 && !p->failed; bracketed++) {
        int complete = 0;
        p->mark = mark;
        if (bracketed && !accept(p, T_LPAR))
            return;
        do {
            if (bracketed && complete && at(p, T_RPAR))
                break;
            complete = 0;
            if ((bracketed ? parse_star_expressions(p) : parse_expression(p)) == NULL)
                break;
            int after = p->mark;
            complete = 1;
            if (accept(p, K_as) && parse_star_target(p) == NULL)
                p->mark = after;
        } while (accept(p, T_COMMA));
        if (p->failed || !complete || (bracketed && !accept(p, T_RPAR)))
            continue;
        if (accept(p, T_NEWLINE))
            raise_last(p, PyExc_SyntaxError, "expected ':'");
    }
}

/* ---- displays ---- */
void diagnose_group(Parser *p)
{
    Token *t;
    expr_ty a;
    if (!accept(p, T_LPAR))
        return;
    if (at(p, T_STAR)) {
        a = parse_starred(p);
        if (a && at(p, T_RPAR))
            raise_node(p, a, "cannot use starred expression here");
    }
    else if ((t = accept(p, T_DOUBLESTAR)) && parse_expression(p) && at(p, T_RPAR))
        raise_at_pos(p, PyExc_SyntaxError, pos_of(t), "cannot use double starred expression here");
}

void diagnose_comprehension(Parser *p)
{
    int mark = p->mark, open = parse_peek(p)->type;
    p->mark++;
    expr_ty a = at(p, T_STAR) ? parse_starred(p) : NULL;
    if (a && parse_for_if_clauses(p)) {
        raise_node(p, a, "iterable unpacking cannot be used in comprehension");
        return;
    }
    p->mark = mark + 1;
    if (p->failed || open == T_LPAR)
        return;
    a = parse_star_named_expression(p);
    Token *comma = a ? accept(p, T_COMMA) : NULL;
    if (comma == NULL)
        return;
    int after = p->mark;
    asdl_seq *more = parse_star_named_expressions(p);
    if (more && parse_for_if_clauses(p)) {
        expr_ty last = asdl_get(more, asdl_len(more) - 1);
        raise_range(p, a, last, "did you forget parentheses around the comprehension target?");
        return;
    }
    p->mark = after;
    if (!p->failed && parse_for_if_clauses(p))
        raise_range(p, a, comma, "did you forget parentheses around the comprehension target?");
}

void diagnose_dict_comprehension(Parser *p)
{
    Token *t;
    if (accept(p, T_LBRACE) && (t = accept(p, T_DOUBLESTAR)) && parse_bitwise_or(p) && parse_for_if_clauses(p) &&
        accept(p, T_RBRACE))
        raise_at_pos(p, PyExc_SyntaxError, pos_of(t), "dict unpacking cannot be used in dict comprehension");
}

/* A key with a wrong or missing value; `missing_colon`: a key without ':' is wrong, too. */
static void wrong_pair(Parser *p, int missing_colon)
{
    expr_ty key = parse_expression(p);
    Token *colon, *star;
    if (key == NULL)
        return;
    if (!(colon = accept(p, T_COLON))) {
        if (missing_colon && !p->failed)
            raise_at_pos(p, PyExc_SyntaxError, (AstPos){key->lineno, key->end_col_offset - 1, key->end_lineno, -1},
                         "':' expected after dictionary key");
        return;
    }
    if ((star = accept(p, T_STAR))) {
        if (parse_bitwise_or(p))
            raise_from(p, pos_of(star), "cannot use a starred expression in a dictionary value");
    }
    else if (at(p, T_RBRACE) || at(p, T_COMMA))
        raise_at_pos(p, PyExc_SyntaxError, pos_of(colon), "expression expected after dictionary key and ':'");
}

static int good_pair(Parser *p)
{
    if (accept(p, T_DOUBLESTAR))
        return parse_bitwise_or(p) != NULL;
    return parse_expression(p) && accept(p, T_COLON) && parse_expression(p);
}

void diagnose_dict(Parser *p)
{
    int start = ++p->mark, last = p->mark, pairs = 0;
    while (good_pair(p)) {
        pairs++;
        last = p->mark;
        if (!accept(p, T_COMMA))
            break;
        last = p->mark;
    }
    if (p->failed)
        return;
    p->mark = last;
    if (pairs && p->tokens[last - 1]->type == T_COMMA) {
        wrong_pair(p, 1);
        if (p->failed)
            return;
    }
    p->mark = start;
    wrong_pair(p, 0);
}

/* ---- calls ---- */
int diagnose_keyword(Parser *p)
{
    int mark = p->mark;
    Token *t = parse_peek(p);
    expr_ty a, b;
    if ((t->type == K_True || t->type == K_False || t->type == K_None) && at_next(p, 1, T_EQUAL)) {
        raise_range(p, t, parse_peek_at(p, 1), "cannot assign to %s",
                    t->type == K_True ? "True" : t->type == K_False ? "False" : "None");
        return 1;
    }
    if (t->type == T_NAME && at_next(p, 1, T_EQUAL)) {
        Token *equal = parse_peek_at(p, 1);
        p->mark += 2;
        b = parse_expression(p);
        if (b && parse_for_if_clauses(p)) {
            raise_range(p, t, equal, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
            return 1;
        }
    }
    else {
        a = parse_expression(p);
        Token *equal = a ? accept(p, T_EQUAL) : NULL;
        if (equal) {
            raise_range(p, a, equal, "expression cannot contain assignment, perhaps you meant \"==\"?");
            return 1;
        }
    }
    p->mark = mark;
    return p->failed;
}

/* Arguments as far as they are well-formed, without the checks; a list of what they were. */
typedef struct {
    int count;               /* positional and keyword */
    expr_ty last;            /* last positional one */
    int last_mark;           /* where it began */
    int keywords, unpacked_last;
    int positional;
    Token *first;
} Shape;

static void skip_arguments(Parser *p, Shape *s)
{
    memset(s, 0, sizeof *s);
    s->first = parse_peek(p);
    int mark = p->mark, unpacked = 0;
    for (;;) {
        int begin = p->mark;
        expr_ty e = NULL;
        if (at(p, T_STAR)) {
            e = unpacked ? NULL : parse_starred(p);
            if (e == NULL)
                break;
            s->positional++;
        }
        else if (accept(p, T_DOUBLESTAR)) {
            e = parse_expression(p);
            if (e == NULL)
                break;
            s->keywords++;
            s->unpacked_last = 1;
            unpacked = 1;
        }
        else if (at(p, T_NAME) && at_next(p, 1, T_EQUAL)) {
            p->mark += 2;
            e = parse_expression(p);
            if (e == NULL)
                break;
            s->keywords++;
            s->unpacked_last = 0;
        }
        else {
            if (s->keywords)
                break;
            e = parse_expression_or_assignment(p);
            if (e == NULL || at(p, T_EQUAL))
                break;
            s->positional++;
            s->last = e;
            s->last_mark = begin;
        }
        s->count++;
        mark = p->mark;
        if (!accept(p, T_COMMA))
            break;
    }
    p->mark = mark;
}

static expr_ty last_target(asdl_seq *clauses)
{
    return ((comprehension_ty)asdl_get(clauses, asdl_len(clauses) - 1))->target;
}

/* A comprehension's last expression: its last condition, or its iterable. */
static expr_ty last_part(asdl_seq *clauses)
{
    comprehension_ty c = asdl_get(clauses, asdl_len(clauses) - 1);
    Py_ssize_t n = asdl_len(c->ifs);
    return n ? asdl_get(c->ifs, n - 1) : c->iter;
}

void diagnose_arguments(Parser *p)
{
    int start = p->mark;
    Shape s;
    expr_ty e;
    asdl_seq *clauses;
    Token *t;
    skip_arguments(p, &s);
    if (p->failed)
        return;
    int after = p->mark;
    if (s.count && accept(p, T_COMMA) && at(p, T_STAR)) {
        p->mark--;
        raise_at_pos(p, PyExc_SyntaxError, pos_from(p, s.first), "iterable argument unpacking follows keyword argument unpacking");
        return;
    }
    p->mark = start;
    e = parse_expression(p);
    if (e && (clauses = parse_for_if_clauses(p)) && accept(p, T_COMMA)) {
        int mark = p->mark;
        Shape rest;
        skip_arguments(p, &rest);
        if (rest.count == 0)
            p->mark = mark;
        raise_range(p, e, last_part(clauses), "Generator expression must be parenthesized");
        return;
    }
    p->mark = start;
    if (p->failed)
        return;
    if (at(p, T_NAME) && at_next(p, 1, T_EQUAL)) {
        t = parse_peek(p);
        Token *equal = parse_peek_at(p, 1);
        p->mark += 2;
        if (parse_expression(p) && parse_for_if_clauses(p)) {
            raise_range(p, t, equal, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
            return;
        }
    }
    p->mark = after;
    if (p->failed)
        return;
    if (s.count && (clauses = parse_for_if_clauses(p)) && s.count > 1 && s.last && !s.keywords) {
        raise_range(p, s.last, last_part(clauses), "Generator expression must be parenthesized");
        return;
    }
    p->mark = after;
    if (p->failed || s.count == 0 || !accept(p, T_COMMA))
        return;
    int rest = p->mark;
    e = parse_expression(p);
    if (e && (clauses = parse_for_if_clauses(p))) {
        raise_range(p, e, last_target(clauses), "Generator expression must be parenthesized");
        return;
    }
    p->mark = rest;
    if (p->failed)
        return;
    Shape more;
    skip_arguments(p, &more);
    if (more.count && !p->failed)
        raise_last(p, PyExc_SyntaxError, s.unpacked_last ? "positional argument follows keyword argument unpacking"
                                                         : "positional argument follows keyword argument");
}

/* ---- parameters ---- */
/* Skips [':' annotation] and ['=' default]; says whether there was a default. */
static int skip_parameter(Parser *p, int is_lambda)
{
    if (!is_lambda && accept(p, T_COLON) && (at(p, T_STAR) ? parse_star_named_expression(p) : parse_expression(p)) == NULL)
        return -1;
    if (!at(p, T_EQUAL))
        return 0;
    Token *equal = accept(p, T_EQUAL);
    if (at(p, is_lambda ? T_COLON : T_RPAR) || at(p, T_COMMA)) {
        raise_at_pos(p, PyExc_SyntaxError, pos_of(equal), "expected default value expression");
        return -1;
    }
    return parse_expression(p) ? 1 : -1;
}

/* '(' names ')' where a parameter should be. */
static void parenthesised_parameter(Parser *p, int is_lambda)
{
    Token *open = accept(p, T_LPAR), *close;
    if (!at(p, T_NAME))
        return;
    while (accept(p, T_NAME))
        if (!accept(p, T_COMMA))
            break;
    if ((close = accept(p, T_RPAR)))
        raise_range(p, open, close, "%s parameters cannot be parenthesized", is_lambda ? "Lambda expression" : "Function");
}

static void at_token(Parser *p, Token *t, const char *message) { raise_at_pos(p, PyExc_SyntaxError, pos_of(t), "%s", message); }

/* The part behind '*'; raises if it is wrong. */
static void star_parameter(Parser *p, Token *star, int is_lambda)
{
    int close = is_lambda ? T_COLON : T_RPAR;
    if (at(p, close) || (at(p, T_COMMA) && (at_next(p, 1, close) || at_next(p, 1, T_DOUBLESTAR)))) {
        if (is_lambda)
            raise_last(p, PyExc_SyntaxError, "named arguments must follow bare *");
        else
            at_token(p, star, "named arguments must follow bare *");
    }
    else if (at(p, T_COMMA) && at_next(p, 1, T_TYPE_COMMENT))
        raise_last(p, PyExc_SyntaxError, "bare * has associated type comment");
    else if (accept(p, T_NAME)) {
        if (!is_lambda && accept(p, T_COLON))
            at(p, T_STAR) ? parse_star_named_expression(p) : parse_expression(p);
        if (!p->failed && at(p, T_EQUAL))
            at_token(p, parse_peek(p), "var-positional argument cannot have default value");
    }
}

static void double_star_parameter(Parser *p, int is_lambda)
{
    if (!accept(p, T_NAME))
        return;
    if (!is_lambda && accept(p, T_COLON))
        parse_expression(p);
    if (p->failed)
        return;
    if (at(p, T_EQUAL))
        at_token(p, parse_peek(p), "var-keyword argument cannot have default value");
    else if (at(p, T_COMMA)) {
        Token *next = parse_peek_at(p, 1);
        if (next->type == T_NAME || next->type == T_STAR || next->type == T_DOUBLESTAR || next->type == T_SLASH)
            at_token(p, next, "arguments cannot follow var-keyword argument");
    }
}

void diagnose_parameters(Parser *p, int is_lambda)
{
    int close = is_lambda ? T_COLON : T_RPAR, names = 0, with_default = 0, stars = 0, slashes = 0;
    while (!p->failed && !at(p, close)) {
        Token *t = parse_peek(p);
        if (t->type == T_LPAR) {
            if (!with_default && !stars)
                parenthesised_parameter(p, is_lambda);
            return;
        }
        if (accept(p, T_SLASH)) {
            if (stars)
                at_token(p, t, "/ must be ahead of *");
            else if (slashes)
                at_token(p, t, "/ may appear only once");
            else if (names == 0 && !at(p, T_COMMA))
                return;
            else if (names == 0)
                at_token(p, t, "at least one argument must precede /");
            else if (at(p, T_STAR))
                at_token(p, parse_peek(p), "expected comma between / and *");
            slashes++;
        }
        else if (accept(p, T_STAR)) {
            if (stars)
                at_token(p, t, "* argument may appear only once");
            else
                star_parameter(p, t, is_lambda);
            stars++;
        }
        else if (accept(p, T_DOUBLESTAR)) {
            double_star_parameter(p, is_lambda);
            return;
        }
        else if (accept(p, T_NAME)) {
            int has = skip_parameter(p, is_lambda);
            if (has < 0)
                return;
            if (!has && with_default && !stars)
                at_token(p, t, "non-default argument follows default argument");
            with_default |= has && !stars;
            names++;
        }
        else
            return;
        if (p->failed || !accept(p, T_COMMA))
            return;
    }
}
