/* Constant folding in the syntax tree, before scopes are found.
 *
 * What is computed stays small: the limits below.  An operation that raises is left for run time. */
#include "compile/codegen.h"
#include "compile/fold_format.h"
#include "memory/stack.h"

#define MAX_INT_BITS 128
#define MAX_COLLECTION_SIZE 256
#define MAX_STR_SIZE 4096
#define MAX_TOTAL_ITEMS 1024

typedef struct {
    AstArena *arena;
    int optimize, future;
    int failed;
} Fold;

static void fold_expr(Fold *f, expr_ty e);
static void fold_stmts(Fold *f, asdl_seq *seq);

/* Turns e into a constant (value is stolen); NULL after an ordinary error leaves e alone. */
static void make_const(Fold *f, expr_ty e, PyObject *value)
{
    if (!value) {
        if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_KeyboardInterrupt))
            f->failed = 1;
        else
            PyErr_Clear();
        return;
    }
    if (ast_arena_add_object(f->arena, value) < 0) {
        f->failed = 1;
        return;
    }
    e->kind = Constant_kind;
    e->v.Constant.value = value;
    e->v.Constant.kind = NULL;
}

/* ---- operators ---- */

/* Whether a nested tuple or frozenset has at most `limit` items; what is left of the limit, or -1. */
static Py_ssize_t complexity(PyObject *o, Py_ssize_t limit)
{
    if (PyTuple_Check(o)) {
        limit -= PyTuple_GET_SIZE(o);
        for (Py_ssize_t i = 0; limit >= 0 && i < PyTuple_GET_SIZE(o); i++)
            limit = complexity(PyTuple_GET_ITEM(o, i), limit);
    }
    else if (PyFrozenSet_Check(o)) {
        PyObject *items = PySequence_Tuple(o);
        limit = items ? complexity(items, limit) : -1;
        Py_XDECREF(items);
    }
    return limit;
}

static PyObject *safe_multiply(PyObject *v, PyObject *w)
{
    if (PyLong_Check(v) && PyLong_Check(w) && Py_SIZE(v) && Py_SIZE(w)) {
        size_t vbits = _PyLong_NumBits(v), wbits = _PyLong_NumBits(w);
        if (vbits == (size_t)-1 || wbits == (size_t)-1 || vbits + wbits > MAX_INT_BITS)
            return NULL;
    }
    else if (PyLong_Check(v) && (PyTuple_Check(w) || PyFrozenSet_Check(w))) {
        Py_ssize_t size = PyTuple_Check(w) ? PyTuple_GET_SIZE(w) : PySet_GET_SIZE(w);
        if (size) {
            long n = PyLong_AsLong(v);
            if (n < 0 || n > MAX_COLLECTION_SIZE / size || (n && complexity(w, MAX_TOTAL_ITEMS / n) < 0))
                return NULL;
        }
    }
    else if (PyLong_Check(v) && (PyUnicode_Check(w) || PyBytes_Check(w))) {
        Py_ssize_t size = PyUnicode_Check(w) ? PyUnicode_GET_LENGTH(w) : PyBytes_GET_SIZE(w);
        if (size) {
            long n = PyLong_AsLong(v);
            if (n < 0 || n > MAX_STR_SIZE / size)
                return NULL;
        }
    }
    else if (PyLong_Check(w) && (PyTuple_Check(v) || PyFrozenSet_Check(v) || PyUnicode_Check(v) || PyBytes_Check(v)))
        return safe_multiply(w, v);
    return PyNumber_Multiply(v, w);
}

static PyObject *safe_power(PyObject *v, PyObject *w)
{
    if (PyLong_Check(v) && PyLong_Check(w) && Py_SIZE(v) && Py_SIZE(w) > 0) {
        size_t vbits = _PyLong_NumBits(v), power = PyLong_AsSize_t(w);
        if (vbits == (size_t)-1 || power == (size_t)-1 || vbits > MAX_INT_BITS / power)
            return NULL;
    }
    return PyNumber_Power(v, w, Py_None);
}

static PyObject *safe_lshift(PyObject *v, PyObject *w)
{
    if (PyLong_Check(v) && PyLong_Check(w) && Py_SIZE(v) && Py_SIZE(w)) {
        size_t vbits = _PyLong_NumBits(v), shift = PyLong_AsSize_t(w);
        if (vbits == (size_t)-1 || shift == (size_t)-1 || shift > MAX_INT_BITS || vbits > MAX_INT_BITS - shift)
            return NULL;
    }
    return PyNumber_Lshift(v, w);
}

static PyObject *binary(operator_ty op, PyObject *v, PyObject *w)
{
    switch (op) {
    case Add: return PyNumber_Add(v, w);
    case Sub: return PyNumber_Subtract(v, w);
    case Mult: return safe_multiply(v, w);
    case Div: return PyNumber_TrueDivide(v, w);
    case FloorDiv: return PyNumber_FloorDivide(v, w);
    case Mod: return PyUnicode_Check(v) || PyBytes_Check(v) ? NULL : PyNumber_Remainder(v, w);
    case Pow: return safe_power(v, w);
    case LShift: return safe_lshift(v, w);
    case RShift: return PyNumber_Rshift(v, w);
    case BitOr: return PyNumber_Or(v, w);
    case BitXor: return PyNumber_Xor(v, w);
    case BitAnd: return PyNumber_And(v, w);
    default: return NULL;
    }
}

static int has_starred(asdl_seq *elts)
{
    for (Py_ssize_t i = 0; i < asdl_len(elts); i++)
        if (((expr_ty)asdl_get(elts, i))->kind == Starred_kind)
            return 1;
    return 0;
}

static void fold_binop(Fold *f, expr_ty e)
{
    expr_ty left = e->v.BinOp.left, right = e->v.BinOp.right;
    if (left->kind != Constant_kind)
        return;
    if (e->v.BinOp.op == Mod && right->kind == Tuple_kind && PyUnicode_Check(left->v.Constant.value)
        && !has_starred(right->v.Tuple.elts)) {
        if (fold_format(f->arena, e, left->v.Constant.value, right->v.Tuple.elts) < 0)
            f->failed = 1;
        return;
    }
    if (right->kind == Constant_kind)
        make_const(f, e, binary(e->v.BinOp.op, left->v.Constant.value, right->v.Constant.value));
}

/* not (a is b) is a is not b, and so on. */
static int fold_not(expr_ty e)
{
    expr_ty arg = e->v.UnaryOp.operand;
    if (e->v.UnaryOp.op != Not || arg->kind != Compare_kind || asdl_len(arg->v.Compare.ops) != 1)
        return 0;
    int op = asdl_get_int(arg->v.Compare.ops, 0);
    int inverse = op == Is ? IsNot : op == IsNot ? Is : op == In ? NotIn : op == NotIn ? In : 0;
    if (!inverse)
        return 0;
    asdl_set_int(arg->v.Compare.ops, 0, inverse);
    *e = *arg;
    return 1;
}

static void fold_unaryop(Fold *f, expr_ty e)
{
    expr_ty arg = e->v.UnaryOp.operand;
    if (arg->kind != Constant_kind) {
        fold_not(e);
        return;
    }
    PyObject *value = arg->v.Constant.value, *result = NULL;
    switch (e->v.UnaryOp.op) {
    case Invert: result = PyNumber_Invert(value); break;
    case UAdd: result = PyNumber_Positive(value); break;
    case USub: result = PyNumber_Negative(value); break;
    default: {
        int truth = PyObject_IsTrue(value);
        result = truth < 0 ? NULL : PyBool_FromLong(!truth);
    }
    }
    make_const(f, e, result);
}

/* ---- containers ---- */

/* A new tuple of the items' values, or NULL without an exception when one is no constant. */
static PyObject *const_tuple(Fold *f, asdl_seq *elts)
{
    for (Py_ssize_t i = 0; i < asdl_len(elts); i++)
        if (((expr_ty)asdl_get(elts, i))->kind != Constant_kind)
            return NULL;
    PyObject *tuple = PyTuple_New(asdl_len(elts));
    if (!tuple)
        f->failed = 1;
    for (Py_ssize_t i = 0; tuple && i < asdl_len(elts); i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(((expr_ty)asdl_get(elts, i))->v.Constant.value));
    return tuple;
}

static void fold_tuple(Fold *f, expr_ty e)
{
    PyObject *tuple = e->v.Tuple.ctx == Load ? const_tuple(f, e->v.Tuple.elts) : NULL;
    if (tuple)
        make_const(f, e, tuple);
}

/* A list or set that is only iterated or searched needs not be made anew each time. */
static void fold_iter(Fold *f, expr_ty e)
{
    if (f->failed)
        return;
    if (e->kind == List_kind && !has_starred(e->v.List.elts)) {
        asdl_seq *elts = e->v.List.elts;
        e->kind = Tuple_kind;
        e->v.Tuple.elts = elts;
        e->v.Tuple.ctx = Load;
        fold_tuple(f, e);
    }
    else if (e->kind == Set_kind) {
        PyObject *tuple = const_tuple(f, e->v.Set.elts);
        if (tuple) {
            make_const(f, e, PyFrozenSet_New(tuple));
            Py_DECREF(tuple);
        }
    }
}

static void fold_compare(Fold *f, expr_ty e)
{
    Py_ssize_t last = asdl_len(e->v.Compare.ops) - 1;
    int op = asdl_get_int(e->v.Compare.ops, last);
    if (op == In || op == NotIn)
        fold_iter(f, asdl_get(e->v.Compare.comparators, last));
}

static void fold_subscript(Fold *f, expr_ty e)
{
    expr_ty value = e->v.Subscript.value, slice = e->v.Subscript.slice;
    if (e->v.Subscript.ctx == Load && value->kind == Constant_kind && slice->kind == Constant_kind)
        make_const(f, e, PyObject_GetItem(value->v.Constant.value, slice->v.Constant.value));
}

/* ---- the walk ---- */

static void fold_exprs(Fold *f, asdl_seq *seq)
{
    for (Py_ssize_t i = 0; i < asdl_len(seq) && !f->failed; i++)
        fold_expr(f, asdl_get(seq, i));
}

static void fold_keywords(Fold *f, asdl_seq *seq)
{
    for (Py_ssize_t i = 0; i < asdl_len(seq) && !f->failed; i++)
        fold_expr(f, ((keyword_ty)asdl_get(seq, i))->value);
}

static void fold_arg(Fold *f, arg_ty arg)
{
    if (arg && !(f->future & CO_FUTURE_ANNOTATIONS))
        fold_expr(f, arg->annotation);
}

static void fold_arguments(Fold *f, arguments_ty a)
{
    asdl_seq *lists[] = {a->posonlyargs, a->args, a->kwonlyargs};
    for (int k = 0; k < 3; k++)
        for (Py_ssize_t i = 0; i < asdl_len(lists[k]); i++)
            fold_arg(f, asdl_get(lists[k], i));
    fold_arg(f, a->vararg);
    fold_arg(f, a->kwarg);
    fold_exprs(f, a->kw_defaults);
    fold_exprs(f, a->defaults);
}

static void fold_generators(Fold *f, asdl_seq *generators)
{
    for (Py_ssize_t i = 0; i < asdl_len(generators) && !f->failed; i++) {
        comprehension_ty gen = asdl_get(generators, i);
        fold_expr(f, gen->target);
        fold_expr(f, gen->iter);
        fold_exprs(f, gen->ifs);
        fold_iter(f, gen->iter);
    }
}

static void fold_name(Fold *f, expr_ty e)
{
    if (e->v.Name.ctx == Load && PyUnicode_CompareWithASCIIString(e->v.Name.id, "__debug__") == 0)
        make_const(f, e, PyBool_FromLong(!f->optimize));
}

static void fold_expr_kind(Fold *f, expr_ty e)
{
    switch (e->kind) {
    case BoolOp_kind: fold_exprs(f, e->v.BoolOp.values); break;
    case NamedExpr_kind: fold_expr(f, e->v.NamedExpr.value); break;
    case BinOp_kind: fold_expr(f, e->v.BinOp.left); fold_expr(f, e->v.BinOp.right); fold_binop(f, e); break;
    case UnaryOp_kind: fold_expr(f, e->v.UnaryOp.operand); fold_unaryop(f, e); break;
    case Lambda_kind: fold_arguments(f, e->v.Lambda.args); fold_expr(f, e->v.Lambda.body); break;
    case IfExp_kind:
        fold_expr(f, e->v.IfExp.test);
        fold_expr(f, e->v.IfExp.body);
        fold_expr(f, e->v.IfExp.orelse);
        break;
    case Dict_kind: fold_exprs(f, e->v.Dict.keys); fold_exprs(f, e->v.Dict.values); break;
    case Set_kind: fold_exprs(f, e->v.Set.elts); break;
    case ListComp_kind: fold_expr(f, e->v.ListComp.elt); fold_generators(f, e->v.ListComp.generators); break;
    case SetComp_kind: fold_expr(f, e->v.SetComp.elt); fold_generators(f, e->v.SetComp.generators); break;
    case DictComp_kind:
        fold_expr(f, e->v.DictComp.key);
        fold_expr(f, e->v.DictComp.value);
        fold_generators(f, e->v.DictComp.generators);
        break;
    case GeneratorExp_kind:
        fold_expr(f, e->v.GeneratorExp.elt);
        fold_generators(f, e->v.GeneratorExp.generators);
        break;
    case Await_kind: fold_expr(f, e->v.Await.value); break;
    case Yield_kind: fold_expr(f, e->v.Yield.value); break;
    case YieldFrom_kind: fold_expr(f, e->v.YieldFrom.value); break;
    case Compare_kind:
        fold_expr(f, e->v.Compare.left);
        fold_exprs(f, e->v.Compare.comparators);
        fold_compare(f, e);
        break;
    case Call_kind:
        fold_expr(f, e->v.Call.func);
        fold_exprs(f, e->v.Call.args);
        fold_keywords(f, e->v.Call.keywords);
        break;
    case FormattedValue_kind:
        fold_expr(f, e->v.FormattedValue.value);
        fold_expr(f, e->v.FormattedValue.format_spec);
        break;
    case JoinedStr_kind: fold_exprs(f, e->v.JoinedStr.values); break;
    case Attribute_kind: fold_expr(f, e->v.Attribute.value); break;
    case Subscript_kind:
        fold_expr(f, e->v.Subscript.value);
        fold_expr(f, e->v.Subscript.slice);
        fold_subscript(f, e);
        break;
    case Starred_kind: fold_expr(f, e->v.Starred.value); break;
    case Slice_kind:
        fold_expr(f, e->v.Slice.lower);
        fold_expr(f, e->v.Slice.upper);
        fold_expr(f, e->v.Slice.step);
        break;
    case List_kind: fold_exprs(f, e->v.List.elts); break;
    case Tuple_kind: fold_exprs(f, e->v.Tuple.elts); fold_tuple(f, e); break;
    case Name_kind: fold_name(f, e); break;
    default: break;
    }
}

static int too_deep(Fold *f)
{
    if (!f->failed && c_stack_low() && c_stack_check(" during compilation") < 0)
        f->failed = 1;
    return f->failed;
}

static void fold_expr(Fold *f, expr_ty e)
{
    if (e && !too_deep(f))
        fold_expr_kind(f, e);
}

static void fold_pattern(Fold *f, pattern_ty p);

static void fold_patterns(Fold *f, asdl_seq *seq)
{
    for (Py_ssize_t i = 0; i < asdl_len(seq) && !f->failed; i++)
        fold_pattern(f, asdl_get(seq, i));
}

static void fold_pattern(Fold *f, pattern_ty p)
{
    if (!p || too_deep(f))
        return;
    switch (p->kind) {
    case MatchValue_kind: fold_expr(f, p->v.MatchValue.value); break;
    case MatchSequence_kind: fold_patterns(f, p->v.MatchSequence.patterns); break;
    case MatchMapping_kind:
        fold_exprs(f, p->v.MatchMapping.keys);
        fold_patterns(f, p->v.MatchMapping.patterns);
        break;
    case MatchClass_kind:
        fold_expr(f, p->v.MatchClass.cls);
        fold_patterns(f, p->v.MatchClass.patterns);
        fold_patterns(f, p->v.MatchClass.kwd_patterns);
        break;
    case MatchAs_kind: fold_pattern(f, p->v.MatchAs.pattern); break;
    case MatchOr_kind: fold_patterns(f, p->v.MatchOr.patterns); break;
    default: break;
    }
}

/* Folds a body; an expression that becomes a str by folding does not become a docstring. */
static void fold_body(Fold *f, asdl_seq *stmts)
{
    int had_docstring = ast_docstring(stmts) != NULL;
    fold_stmts(f, stmts);
    if (f->failed || had_docstring || !ast_docstring(stmts))
        return;
    stmt_ty first = asdl_get(stmts, 0);
    asdl_seq *values = asdl_seq_of(f->arena, first->v.Expr.value);
    expr_ty joined = values ? ast_JoinedStr(f->arena, values, AST_POS(first)) : NULL;
    if (!joined)
        f->failed = 1;
    else
        first->v.Expr.value = joined;
}

static void fold_with(Fold *f, stmt_ty s)
{
    for (Py_ssize_t i = 0; i < asdl_len(s->v.With.items); i++) {
        withitem_ty item = asdl_get(s->v.With.items, i);
        fold_expr(f, item->context_expr);
        fold_expr(f, item->optional_vars);
    }
    fold_stmts(f, s->v.With.body);
}

static void fold_try(Fold *f, stmt_ty s)
{
    fold_stmts(f, s->v.Try.body);
    for (Py_ssize_t i = 0; i < asdl_len(s->v.Try.handlers); i++) {
        excepthandler_ty h = asdl_get(s->v.Try.handlers, i);
        fold_expr(f, h->v.ExceptHandler.type);
        fold_stmts(f, h->v.ExceptHandler.body);
    }
    fold_stmts(f, s->v.Try.orelse);
    fold_stmts(f, s->v.Try.finalbody);
}

static void fold_match(Fold *f, stmt_ty s)
{
    fold_expr(f, s->v.Match.subject);
    for (Py_ssize_t i = 0; i < asdl_len(s->v.Match.cases); i++) {
        match_case_ty m = asdl_get(s->v.Match.cases, i);
        fold_pattern(f, m->pattern);
        fold_expr(f, m->guard);
        fold_stmts(f, m->body);
    }
}

static void fold_stmt(Fold *f, stmt_ty s)
{
    if (too_deep(f))
        return;
    int annotations = !(f->future & CO_FUTURE_ANNOTATIONS);
    switch (s->kind) {
    case FunctionDef_kind:
    case AsyncFunctionDef_kind:
        fold_arguments(f, s->v.FunctionDef.args);
        fold_body(f, s->v.FunctionDef.body);
        fold_exprs(f, s->v.FunctionDef.decorator_list);
        if (annotations)
            fold_expr(f, s->v.FunctionDef.returns);
        break;
    case ClassDef_kind:
        fold_exprs(f, s->v.ClassDef.bases);
        fold_keywords(f, s->v.ClassDef.keywords);
        fold_body(f, s->v.ClassDef.body);
        fold_exprs(f, s->v.ClassDef.decorator_list);
        break;
    case Return_kind: fold_expr(f, s->v.Return.value); break;
    case Delete_kind: fold_exprs(f, s->v.Delete.targets); break;
    case Assign_kind: fold_exprs(f, s->v.Assign.targets); fold_expr(f, s->v.Assign.value); break;
    case AugAssign_kind: fold_expr(f, s->v.AugAssign.target); fold_expr(f, s->v.AugAssign.value); break;
    case AnnAssign_kind:
        fold_expr(f, s->v.AnnAssign.target);
        if (annotations)
            fold_expr(f, s->v.AnnAssign.annotation);
        fold_expr(f, s->v.AnnAssign.value);
        break;
    case For_kind:
    case AsyncFor_kind:
        fold_expr(f, s->v.For.target);
        fold_expr(f, s->v.For.iter);
        fold_stmts(f, s->v.For.body);
        fold_stmts(f, s->v.For.orelse);
        if (s->kind == For_kind)
            fold_iter(f, s->v.For.iter);
        break;
    case While_kind:
        fold_expr(f, s->v.While.test);
        fold_stmts(f, s->v.While.body);
        fold_stmts(f, s->v.While.orelse);
        break;
    case If_kind:
        fold_expr(f, s->v.If.test);
        fold_stmts(f, s->v.If.body);
        fold_stmts(f, s->v.If.orelse);
        break;
    case With_kind:
    case AsyncWith_kind: fold_with(f, s); break;
    case Match_kind: fold_match(f, s); break;
    case Raise_kind: fold_expr(f, s->v.Raise.exc); fold_expr(f, s->v.Raise.cause); break;
    case Try_kind:
    case TryStar_kind: fold_try(f, s); break;
    case Assert_kind: fold_expr(f, s->v.Assert.test); fold_expr(f, s->v.Assert.msg); break;
    case Expr_kind: fold_expr(f, s->v.Expr.value); break;
    default: break;
    }
}

static void fold_stmts(Fold *f, asdl_seq *seq)
{
    for (Py_ssize_t i = 0; i < asdl_len(seq) && !f->failed; i++)
        fold_stmt(f, asdl_get(seq, i));
}

int fold_module(mod_ty mod, AstArena *arena, int optimize, int future)
{
    Fold f = {arena, optimize, future, 0};
    switch (mod->kind) {
    case Module_kind: fold_body(&f, mod->v.Module.body); break;
    case Interactive_kind: fold_stmts(&f, mod->v.Interactive.body); break;
    case Expression_kind: fold_expr(&f, mod->v.Expression.body); break;
    default: break;
    }
    return f.failed ? -1 : 0;
}
