/* Parameters of functions and lambdas. */
#include "syntax/parse.h"

typedef struct {
    List posonly, args, kwonly, defaults, kw_defaults;
    arg_ty vararg, kwarg;
} Params;

/* NAME [':' annotation]; the annotation of *args may be starred. */
static arg_ty parameter(Parser *p, int is_lambda, int star_annotation)
{
    Token *t = accept(p, T_NAME);
    PyObject *name = t ? name_of(p, t) : NULL;
    expr_ty annotation = NULL;
    if (name == NULL)
        return NULL;
    if (!is_lambda && accept(p, T_COLON)) {
        annotation = star_annotation && at(p, T_STAR) ? parse_star_named_expression(p) : parse_expression(p);
        if (annotation == NULL)
            return NULL;
    }
    return made(p, ast_arg(p->arena, name, annotation, NULL, pos_from(p, t)));
}

/* A default after '=', NULL without failure when there is no '='; -1 on failure. */
static int default_value(Parser *p, expr_ty *value)
{
    *value = NULL;
    if (!accept(p, T_EQUAL))
        return 0;
    if (p->diagnosing && (at(p, T_RPAR) || at(p, T_COMMA))) {
        p->mark--;
        raise_at_pos(p, PyExc_SyntaxError, pos_of(parse_peek(p)), "expected default value expression");
        return -1;
    }
    *value = parse_expression(p);
    return *value ? 0 : -1;
}

static int add_plain(Parser *p, Params *ps, int is_lambda, int after_star)
{
    arg_ty a = parameter(p, is_lambda, 0);
    expr_ty value;
    if (a == NULL || default_value(p, &value) < 0)
        return -1;
    a->type_comment = is_lambda ? NULL : a->type_comment;
    if (after_star)
        return list_add(p, &ps->kwonly, a) < 0 || list_add(p, &ps->kw_defaults, value) < 0 ? -1 : 0;
    if (value == NULL && ps->defaults.size)
        return -1;   /* a parameter without default after one with */
    if (value && list_add(p, &ps->defaults, value) < 0)
        return -1;
    return list_add(p, &ps->args, a);
}

static int attach_comment(Parser *p, Params *ps, int is_lambda)
{
    if (is_lambda || !at(p, T_TYPE_COMMENT))
        return 0;
    PyObject *comment = parse_type_comment(p);
    if (comment == NULL)
        return -1;
    arg_ty last = ps->kwarg ? ps->kwarg : ps->kwonly.size ? ps->kwonly.items[ps->kwonly.size - 1] : ps->vararg ? ps->vararg
                  : ps->args.size ? ps->args.items[ps->args.size - 1] : NULL;
    if (last)
        last->type_comment = comment;
    return 0;
}

/* One parameter or marker; 0, or -1 when it does not fit. */
static int one(Parser *p, Params *ps, int is_lambda, int *star, int *slash)
{
    int closing = is_lambda ? T_COLON : T_RPAR;
    if (accept(p, T_SLASH)) {
        if (*slash || *star || ps->args.size == 0 || !require_version(p, 8, "Positional-only parameters are"))
            return -1;
        *slash = 1;
        ps->posonly = ps->args;
        ps->args = (List){0};
        return 0;
    }
    if (accept(p, T_STAR)) {
        if (*star)
            return -1;
        *star = 1;
        if (at(p, T_COMMA))   /* bare: a keyword-only parameter must follow */
            return at_next(p, 1, T_NAME) ? 0 : -1;
        ps->vararg = parameter(p, is_lambda, 1);
        return ps->vararg && !at(p, T_EQUAL) ? 0 : -1;
    }
    if (accept(p, T_DOUBLESTAR)) {
        ps->kwarg = parameter(p, is_lambda, 0);
        if (ps->kwarg == NULL || at(p, T_EQUAL))
            return -1;
        return at(p, closing) || at(p, T_TYPE_COMMENT) || (at(p, T_COMMA) && (at_next(p, 1, closing) || at_next(p, 1, T_TYPE_COMMENT))) ? 0 : -1;
    }
    return add_plain(p, ps, is_lambda, *star);
}

static int all(Parser *p, Params *ps, int is_lambda)
{
    int star = 0, slash = 0, closing = is_lambda ? T_COLON : T_RPAR;
    while (!at(p, closing)) {
        if (p->failed || one(p, ps, is_lambda, &star, &slash) < 0)
            return -1;
        int comma = accept(p, T_COMMA) != NULL;
        if (attach_comment(p, ps, is_lambda) < 0)
            return -1;
        if (!comma)
            return at(p, closing) ? 0 : -1;
    }
    return p->failed ? -1 : 0;
}

arguments_ty parse_parameters(Parser *p, int is_lambda)
{
    Params ps = {0};
    int mark = p->mark;
    if (p->diagnosing) {
        diagnose_parameters(p, is_lambda);
        if (p->failed)
            return NULL;
        p->mark = mark;
    }
    int failed = all(p, &ps, is_lambda) < 0;
    if (failed) {
        list_drop(&ps.posonly);
        list_drop(&ps.args);
        list_drop(&ps.kwonly);
        list_drop(&ps.defaults);
        list_drop(&ps.kw_defaults);
        return NULL;
    }
    asdl_seq *posonly = list_done(p, &ps.posonly), *args = list_done(p, &ps.args), *kwonly = list_done(p, &ps.kwonly);
    asdl_seq *kw_defaults = list_done(p, &ps.kw_defaults), *defaults = list_done(p, &ps.defaults);
    return p->failed ? NULL
                     : made(p, ast_arguments(p->arena, posonly, args, ps.vararg, kwonly, kw_defaults, ps.kwarg, defaults));
}

expr_ty parse_lambda(Parser *p)
{
    Token *start = accept(p, K_lambda);
    arguments_ty params = start ? parse_parameters(p, 1) : NULL;
    if (params == NULL || p->failed)
        return NULL;
    if (!expect_forced(p, T_COLON, ":"))
        return NULL;
    expr_ty body = parse_expression(p);
    return body ? made(p, ast_Lambda(p->arena, params, body, pos_from(p, start))) : NULL;
}
