/* Checks a tree that no parser made, so that the compiler can rely on its shape. */
#include "compile/ast_objects.h"
#include "memory/stack.h"

static int check_expr(expr_ty e, expr_context_ty ctx);
static int check_stmts(asdl_seq *seq);
static int check_pattern(pattern_ty p, int star_ok);

/* All checks return 1, or 0 with an exception set. */

static int bad(const char *message)
{
    PyErr_SetString(PyExc_ValueError, message);
    return 0;
}

static int not_empty(asdl_seq *seq, const char *what, const char *owner)
{
    if (asdl_len(seq))
        return 1;
    PyErr_Format(PyExc_ValueError, "empty %s on %s", what, owner);
    return 0;
}

static int check_name(PyObject *name)
{
    static const char *const constants[] = {"None", "True", "False"};
    for (int i = 0; i < 3; i++)
        if (PyUnicode_CompareWithASCIIString(name, constants[i]) == 0) {
            PyErr_Format(PyExc_ValueError, "identifier field can't represent '%s' constant", constants[i]);
            return 0;
        }
    return 1;
}

static int check_place(int lineno, int col, int end_lineno, int end_col)
{
    if (lineno > end_lineno)
        PyErr_Format(PyExc_ValueError, "AST node line range (%d, %d) is not valid", lineno, end_lineno);
    else if ((lineno < 0 && end_lineno != lineno) || (col < 0 && col != end_col))
        PyErr_Format(PyExc_ValueError,
                     "AST node column range (%d, %d) for line range (%d, %d) is not valid", col, end_col, lineno,
                     end_lineno);
    else if (lineno == end_lineno && col > end_col)
        PyErr_Format(PyExc_ValueError, "line %d, column %d-%d is not a valid range", lineno, col, end_col);
    else
        return 1;
    return 0;
}
#define PLACE_OK(n) check_place((n)->lineno, (n)->col_offset, (n)->end_lineno, (n)->end_col_offset)

static int check_exprs(asdl_seq *seq, expr_context_ty ctx, int none_ok)
{
    for (Py_ssize_t i = 0; i < asdl_len(seq); i++) {
        expr_ty e = asdl_get(seq, i);
        if (!e && !none_ok)
            return bad("None disallowed in expression list");
        if (e && !check_expr(e, ctx))
            return 0;
    }
    return 1;
}

static int check_optional(expr_ty e) { return !e || check_expr(e, Load); }

static int some_exprs(asdl_seq *seq, expr_context_ty ctx, const char *what, const char *owner)
{
    return not_empty(seq, what, owner) && check_exprs(seq, ctx, 0);
}

static int check_items(asdl_seq *seq, const char *what)
{
    for (Py_ssize_t i = 0; i < asdl_len(seq); i++)
        if (!asdl_get(seq, i)) {
            PyErr_Format(PyExc_ValueError, "None disallowed in %s list", what);
            return 0;
        }
    return 1;
}

/* ---- expressions ---- */

static int check_constant(PyObject *value)
{
    if (value == Py_None || value == Py_Ellipsis || PyLong_CheckExact(value) || PyFloat_CheckExact(value)
        || PyComplex_CheckExact(value) || PyBool_Check(value) || PyUnicode_CheckExact(value)
        || PyBytes_CheckExact(value))
        return 1;
    if (PyTuple_CheckExact(value) || PyFrozenSet_CheckExact(value)) {
        if (c_stack_low() && c_stack_check(" during compilation") < 0)
            return 0;
        PyObject *items = PySequence_Tuple(value);
        int ok = items != NULL;
        for (Py_ssize_t i = 0; ok && i < PyTuple_GET_SIZE(items); i++)
            ok = check_constant(PyTuple_GET_ITEM(items, i));
        Py_XDECREF(items);
        return ok;
    }
    PyErr_Format(PyExc_TypeError, "got an invalid type in Constant: %s", _PyType_Name(Py_TYPE(value)));
    return 0;
}

static int check_args(asdl_seq *args)
{
    if (!check_items(args, "argument"))
        return 0;
    for (Py_ssize_t i = 0; i < asdl_len(args); i++) {
        arg_ty arg = asdl_get(args, i);
        if (!PLACE_OK(arg) || !check_optional(arg->annotation))
            return 0;
    }
    return 1;
}

static int check_arguments(arguments_ty a)
{
    if (!check_args(a->posonlyargs) || !check_args(a->args))
        return 0;
    if (a->vararg && (!PLACE_OK(a->vararg) || !check_optional(a->vararg->annotation)))
        return 0;
    if (!check_args(a->kwonlyargs))
        return 0;
    if (a->kwarg && (!PLACE_OK(a->kwarg) || !check_optional(a->kwarg->annotation)))
        return 0;
    if (asdl_len(a->defaults) > asdl_len(a->posonlyargs) + asdl_len(a->args))
        return bad("more positional defaults than args on arguments");
    if (asdl_len(a->kw_defaults) != asdl_len(a->kwonlyargs))
        return bad("length of kwonlyargs is not the same as kw_defaults on arguments");
    return check_exprs(a->defaults, Load, 0) && check_exprs(a->kw_defaults, Load, 1);
}

static int check_keywords(asdl_seq *keywords)
{
    if (!check_items(keywords, "keyword"))
        return 0;
    for (Py_ssize_t i = 0; i < asdl_len(keywords); i++)
        if (!check_expr(((keyword_ty)asdl_get(keywords, i))->value, Load))
            return 0;
    return 1;
}

static int check_generators(asdl_seq *generators)
{
    if (!asdl_len(generators))
        return bad("comprehension with no generators");
    if (!check_items(generators, "comprehension"))
        return 0;
    for (Py_ssize_t i = 0; i < asdl_len(generators); i++) {
        comprehension_ty gen = asdl_get(generators, i);
        if (!check_expr(gen->target, Store) || !check_expr(gen->iter, Load) || !check_exprs(gen->ifs, Load, 0))
            return 0;
    }
    return 1;
}

static int check_context(expr_ty e, expr_context_ty ctx)
{
    static const char *const names[] = {[Load] = "Load", [Store] = "Store", [Del] = "Del"};
    expr_context_ty actual = Load;
    int fixed = 0;
    switch (e->kind) {
    case Attribute_kind: actual = e->v.Attribute.ctx; break;
    case Subscript_kind: actual = e->v.Subscript.ctx; break;
    case Starred_kind: actual = e->v.Starred.ctx; break;
    case Name_kind:
        if (!check_name(e->v.Name.id))
            return 0;
        actual = e->v.Name.ctx;
        break;
    case List_kind: actual = e->v.List.ctx; break;
    case Tuple_kind: actual = e->v.Tuple.ctx; break;
    default: fixed = 1;
    }
    if (fixed && ctx != Load) {
        PyErr_Format(PyExc_ValueError, "expression which can't be assigned to in %s context", names[ctx]);
        return 0;
    }
    if (!fixed && actual != ctx) {
        PyErr_Format(PyExc_ValueError, "expression must have %s context but has %s instead", names[ctx], names[actual]);
        return 0;
    }
    return 1;
}

static int check_expr_kind(expr_ty e, expr_context_ty ctx)
{
    switch (e->kind) {
    case BoolOp_kind:
        if (asdl_len(e->v.BoolOp.values) < 2)
            return bad("BoolOp with less than 2 values");
        return check_exprs(e->v.BoolOp.values, Load, 0);
    case NamedExpr_kind:
        if (e->v.NamedExpr.target->kind != Name_kind) {
            PyErr_SetString(PyExc_TypeError, "NamedExpr target must be a Name");
            return 0;
        }
        return check_expr(e->v.NamedExpr.target, Store) && check_expr(e->v.NamedExpr.value, Load);
    case BinOp_kind: return check_expr(e->v.BinOp.left, Load) && check_expr(e->v.BinOp.right, Load);
    case UnaryOp_kind: return check_expr(e->v.UnaryOp.operand, Load);
    case Lambda_kind: return check_arguments(e->v.Lambda.args) && check_expr(e->v.Lambda.body, Load);
    case IfExp_kind:
        return check_expr(e->v.IfExp.test, Load) && check_expr(e->v.IfExp.body, Load)
            && check_expr(e->v.IfExp.orelse, Load);
    case Dict_kind:
        if (asdl_len(e->v.Dict.keys) != asdl_len(e->v.Dict.values))
            return bad("Dict doesn't have the same number of keys as values");
        return check_exprs(e->v.Dict.keys, Load, 1) && check_exprs(e->v.Dict.values, Load, 0);
    case Set_kind: return check_exprs(e->v.Set.elts, Load, 0);
    case ListComp_kind: return check_generators(e->v.ListComp.generators) && check_expr(e->v.ListComp.elt, Load);
    case SetComp_kind: return check_generators(e->v.SetComp.generators) && check_expr(e->v.SetComp.elt, Load);
    case GeneratorExp_kind:
        return check_generators(e->v.GeneratorExp.generators) && check_expr(e->v.GeneratorExp.elt, Load);
    case DictComp_kind:
        return check_generators(e->v.DictComp.generators) && check_expr(e->v.DictComp.key, Load)
            && check_expr(e->v.DictComp.value, Load);
    case Yield_kind: return check_optional(e->v.Yield.value);
    case YieldFrom_kind: return check_expr(e->v.YieldFrom.value, Load);
    case Await_kind: return check_expr(e->v.Await.value, Load);
    case Compare_kind:
        if (!asdl_len(e->v.Compare.comparators))
            return bad("Compare with no comparators");
        if (asdl_len(e->v.Compare.comparators) != asdl_len(e->v.Compare.ops))
            return bad("Compare has a different number of comparators and operands");
        if (!check_items(e->v.Compare.ops, "operator"))
            return 0;
        return check_exprs(e->v.Compare.comparators, Load, 0) && check_expr(e->v.Compare.left, Load);
    case Call_kind:
        return check_expr(e->v.Call.func, Load) && check_exprs(e->v.Call.args, Load, 0)
            && check_keywords(e->v.Call.keywords);
    case Constant_kind: return check_constant(e->v.Constant.value);
    case JoinedStr_kind: return check_exprs(e->v.JoinedStr.values, Load, 0);
    case FormattedValue_kind:
        return check_expr(e->v.FormattedValue.value, Load) && check_optional(e->v.FormattedValue.format_spec);
    case Attribute_kind: return check_expr(e->v.Attribute.value, Load);
    case Subscript_kind: return check_expr(e->v.Subscript.slice, Load) && check_expr(e->v.Subscript.value, Load);
    case Starred_kind: return check_expr(e->v.Starred.value, ctx);
    case Slice_kind:
        return check_optional(e->v.Slice.lower) && check_optional(e->v.Slice.upper) && check_optional(e->v.Slice.step);
    case List_kind: return check_exprs(e->v.List.elts, ctx, 0);
    case Tuple_kind: return check_exprs(e->v.Tuple.elts, ctx, 0);
    default: return 1;
    }
}

static int too_deep(void) { return c_stack_low() && c_stack_check(" during compilation") < 0; }

static int check_expr(expr_ty e, expr_context_ty ctx)
{
    return !too_deep() && PLACE_OK(e) && check_context(e, ctx) && check_expr_kind(e, ctx);
}

/* ---- patterns ---- */

static int check_patterns(asdl_seq *seq, int star_ok)
{
    if (!check_items(seq, "pattern"))
        return 0;
    for (Py_ssize_t i = 0; i < asdl_len(seq); i++)
        if (!check_pattern(asdl_get(seq, i), star_ok))
            return 0;
    return 1;
}

static int check_capture(PyObject *name)
{
    if (PyUnicode_CompareWithASCIIString(name, "_") == 0)
        return bad("can't capture name '_' in patterns");
    return check_name(name);
}

/* -1, 1.5, 1+2j: the numbers that a pattern may have as a literal. */
static int is_number_literal(expr_ty e, int may_be_sum)
{
    if (e->kind == UnaryOp_kind)
        return e->v.UnaryOp.op == USub && is_number_literal(e->v.UnaryOp.operand, 0);
    if (e->kind == BinOp_kind)
        return may_be_sum && (e->v.BinOp.op == Add || e->v.BinOp.op == Sub)
            && is_number_literal(e->v.BinOp.left, 0) && is_number_literal(e->v.BinOp.right, 0);
    PyObject *value = e->kind == Constant_kind ? e->v.Constant.value : NULL;
    return value && (PyLong_CheckExact(value) || PyFloat_CheckExact(value) || PyComplex_CheckExact(value));
}

static int check_value(expr_ty e)
{
    if (!check_expr(e, Load))
        return 0;
    if (e->kind == Constant_kind) {
        PyObject *value = e->v.Constant.value;
        if (PyUnicode_CheckExact(value) || PyBytes_CheckExact(value) || is_number_literal(e, 0))
            return 1;
        return bad("unexpected constant inside of a literal pattern");
    }
    if (e->kind == Attribute_kind || e->kind == JoinedStr_kind || is_number_literal(e, 1))
        return 1;
    return bad("patterns may only match literals and attribute lookups");
}

static int check_mapping_keys(asdl_seq *keys)
{
    if (!check_items(keys, "expression"))
        return 0;
    for (Py_ssize_t i = 0; i < asdl_len(keys); i++) {
        expr_ty key = asdl_get(keys, i);
        int single = key->kind == Constant_kind
            && (key->v.Constant.value == Py_None || PyBool_Check(key->v.Constant.value));
        if (!single && !check_value(key))
            return 0;
    }
    return 1;
}

static int check_attributes(asdl_seq *names)
{
    if (!check_items(names, "identifier"))
        return 0;
    for (Py_ssize_t i = 0; i < asdl_len(names); i++)
        if (!check_name(asdl_get(names, i)))
            return 0;
    return 1;
}

static int check_class_name(expr_ty cls)
{
    for (;; cls = cls->v.Attribute.value) {
        if (cls->kind == Name_kind)
            return 1;
        if (cls->kind != Attribute_kind)
            return bad("MatchClass cls field can only contain Name or Attribute nodes.");
    }
}

static int check_pattern_kind(pattern_ty p, int star_ok)
{
    switch (p->kind) {
    case MatchValue_kind: return check_value(p->v.MatchValue.value);
    case MatchSingleton_kind:
        if (p->v.MatchSingleton.value != Py_None && !PyBool_Check(p->v.MatchSingleton.value))
            return bad("MatchSingleton can only contain True, False and None");
        return 1;
    case MatchSequence_kind: return check_patterns(p->v.MatchSequence.patterns, 1);
    case MatchMapping_kind:
        if (asdl_len(p->v.MatchMapping.keys) != asdl_len(p->v.MatchMapping.patterns))
            return bad("MatchMapping doesn't have the same number of keys as patterns");
        if (p->v.MatchMapping.rest && !check_capture(p->v.MatchMapping.rest))
            return 0;
        return check_mapping_keys(p->v.MatchMapping.keys) && check_patterns(p->v.MatchMapping.patterns, 0);
    case MatchClass_kind:
        if (asdl_len(p->v.MatchClass.kwd_attrs) != asdl_len(p->v.MatchClass.kwd_patterns))
            return bad("MatchClass doesn't have the same number of keyword attributes as patterns");
        return check_expr(p->v.MatchClass.cls, Load) && check_class_name(p->v.MatchClass.cls)
            && check_attributes(p->v.MatchClass.kwd_attrs)
            && check_patterns(p->v.MatchClass.patterns, 0) && check_patterns(p->v.MatchClass.kwd_patterns, 0);
    case MatchStar_kind:
        if (!star_ok)
            return bad("can't use MatchStar here");
        return !p->v.MatchStar.name || check_capture(p->v.MatchStar.name);
    case MatchAs_kind:
        if (p->v.MatchAs.name && !check_capture(p->v.MatchAs.name))
            return 0;
        if (!p->v.MatchAs.pattern)
            return 1;
        if (!p->v.MatchAs.name)
            return bad("MatchAs must specify a target name if a pattern is given");
        return check_pattern(p->v.MatchAs.pattern, 0);
    case MatchOr_kind:
        if (asdl_len(p->v.MatchOr.patterns) < 2)
            return bad("MatchOr requires at least 2 patterns");
        return check_patterns(p->v.MatchOr.patterns, 0);
    default: return 1;
    }
}

static int check_pattern(pattern_ty p, int star_ok)
{
    return !too_deep() && PLACE_OK(p) && check_pattern_kind(p, star_ok);
}

/* ---- statements ---- */

static int check_body(asdl_seq *body, const char *owner) { return not_empty(body, "body", owner) && check_stmts(body); }

static int check_with_items(asdl_seq *items, const char *owner)
{
    if (!not_empty(items, "items", owner) || !check_items(items, "withitem"))
        return 0;
    for (Py_ssize_t i = 0; i < asdl_len(items); i++) {
        withitem_ty item = asdl_get(items, i);
        if (!check_expr(item->context_expr, Load) || (item->optional_vars && !check_expr(item->optional_vars, Store)))
            return 0;
    }
    return 1;
}

static int check_try(stmt_ty s, const char *owner)
{
    if (!check_body(s->v.Try.body, owner) || !check_items(s->v.Try.handlers, "excepthandler"))
        return 0;
    if (!asdl_len(s->v.Try.handlers) && !asdl_len(s->v.Try.finalbody)) {
        PyErr_Format(PyExc_ValueError, "%s has neither except handlers nor finalbody", owner);
        return 0;
    }
    if (!asdl_len(s->v.Try.handlers) && asdl_len(s->v.Try.orelse)) {
        PyErr_Format(PyExc_ValueError, "%s has orelse but no except handlers", owner);
        return 0;
    }
    for (Py_ssize_t i = 0; i < asdl_len(s->v.Try.handlers); i++) {
        excepthandler_ty h = asdl_get(s->v.Try.handlers, i);
        if (!PLACE_OK(h) || !check_optional(h->v.ExceptHandler.type)
            || !check_body(h->v.ExceptHandler.body, "ExceptHandler"))
            return 0;
    }
    return check_stmts(s->v.Try.finalbody) && check_stmts(s->v.Try.orelse);
}

static int check_match(stmt_ty s)
{
    if (!check_expr(s->v.Match.subject, Load) || !not_empty(s->v.Match.cases, "cases", "Match")
        || !check_items(s->v.Match.cases, "match_case"))
        return 0;
    for (Py_ssize_t i = 0; i < asdl_len(s->v.Match.cases); i++) {
        match_case_ty m = asdl_get(s->v.Match.cases, i);
        if (!check_pattern(m->pattern, 0) || !check_optional(m->guard) || !check_body(m->body, "match_case"))
            return 0;
    }
    return 1;
}

static int check_stmt_kind(stmt_ty s)
{
    switch (s->kind) {
    case FunctionDef_kind:
    case AsyncFunctionDef_kind:
        return check_body(s->v.FunctionDef.body, s->kind == FunctionDef_kind ? "FunctionDef" : "AsyncFunctionDef")
            && check_arguments(s->v.FunctionDef.args) && check_exprs(s->v.FunctionDef.decorator_list, Load, 0)
            && check_optional(s->v.FunctionDef.returns);
    case ClassDef_kind:
        return check_body(s->v.ClassDef.body, "ClassDef") && check_exprs(s->v.ClassDef.bases, Load, 0)
            && check_keywords(s->v.ClassDef.keywords) && check_exprs(s->v.ClassDef.decorator_list, Load, 0);
    case Return_kind: return check_optional(s->v.Return.value);
    case Delete_kind: return some_exprs(s->v.Delete.targets, Del, "targets", "Delete");
    case Assign_kind:
        return some_exprs(s->v.Assign.targets, Store, "targets", "Assign") && check_expr(s->v.Assign.value, Load);
    case AugAssign_kind: return check_expr(s->v.AugAssign.target, Store) && check_expr(s->v.AugAssign.value, Load);
    case AnnAssign_kind:
        if (s->v.AnnAssign.target->kind != Name_kind && s->v.AnnAssign.simple) {
            PyErr_SetString(PyExc_TypeError, "AnnAssign with simple non-Name target");
            return 0;
        }
        return check_expr(s->v.AnnAssign.target, Store) && check_optional(s->v.AnnAssign.value)
            && check_expr(s->v.AnnAssign.annotation, Load);
    case For_kind:
    case AsyncFor_kind:
        return check_expr(s->v.For.target, Store) && check_expr(s->v.For.iter, Load)
            && check_body(s->v.For.body, s->kind == For_kind ? "For" : "AsyncFor") && check_stmts(s->v.For.orelse);
    case While_kind:
        return check_expr(s->v.While.test, Load) && check_body(s->v.While.body, "While")
            && check_stmts(s->v.While.orelse);
    case If_kind:
        return check_expr(s->v.If.test, Load) && check_body(s->v.If.body, "If") && check_stmts(s->v.If.orelse);
    case With_kind:
    case AsyncWith_kind: {
        const char *owner = s->kind == With_kind ? "With" : "AsyncWith";
        return check_with_items(s->v.With.items, owner) && check_body(s->v.With.body, owner);
    }
    case Match_kind: return check_match(s);
    case Raise_kind:
        if (!s->v.Raise.exc && s->v.Raise.cause)
            return bad("Raise with cause but no exception");
        return check_optional(s->v.Raise.exc) && check_optional(s->v.Raise.cause);
    case Try_kind: return check_try(s, "Try");
    case TryStar_kind: return check_try(s, "TryStar");
    case Assert_kind: return check_expr(s->v.Assert.test, Load) && check_optional(s->v.Assert.msg);
    case Import_kind: return not_empty(s->v.Import.names, "names", "Import") && check_items(s->v.Import.names, "alias");
    case ImportFrom_kind:
        if (s->v.ImportFrom.level < 0)
            return bad("Negative ImportFrom level");
        return not_empty(s->v.ImportFrom.names, "names", "ImportFrom")
            && check_items(s->v.ImportFrom.names, "alias");
    case Global_kind:
        return not_empty(s->v.Global.names, "names", "Global") && check_items(s->v.Global.names, "identifier");
    case Nonlocal_kind:
        return not_empty(s->v.Nonlocal.names, "names", "Nonlocal") && check_items(s->v.Nonlocal.names, "identifier");
    case Expr_kind: return check_expr(s->v.Expr.value, Load);
    default: return 1;
    }
}

static int check_stmts(asdl_seq *seq)
{
    for (Py_ssize_t i = 0; i < asdl_len(seq); i++) {
        stmt_ty s = asdl_get(seq, i);
        if (!s)
            return bad("None disallowed in statement list");
        if (too_deep() || !PLACE_OK(s) || !check_stmt_kind(s))
            return 0;
    }
    return 1;
}

int ast_validate(mod_ty mod)
{
    int ok = 1;
    switch (mod->kind) {
    case Module_kind: ok = check_stmts(mod->v.Module.body); break;
    case Interactive_kind: ok = check_stmts(mod->v.Interactive.body); break;
    case Expression_kind: ok = check_expr(mod->v.Expression.body, Load); break;
    default: ok = check_exprs(mod->v.FunctionType.argtypes, Load, 0) && check_expr(mod->v.FunctionType.returns, Load);
    }
    return ok ? 0 : -1;
}
