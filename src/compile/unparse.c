/* An expression as source text, as `from __future__ import annotations` stores it. */
#include "compile/codegen.h"
#include "memory/stack.h"

/* Precedence, loosest first. */
enum { TUPLE_LEVEL, TEST_LEVEL, OR_LEVEL, AND_LEVEL, NOT_LEVEL, CMP_LEVEL, BOR_LEVEL, BXOR_LEVEL, BAND_LEVEL,
       SHIFT_LEVEL, ARITH_LEVEL, TERM_LEVEL, FACTOR_LEVEL, POWER_LEVEL, AWAIT_LEVEL, ATOM_LEVEL };
#define EXPR_LEVEL BOR_LEVEL

typedef struct {
    PyObject *parts;    /* list of str */
    int failed;
} Out;

static void write_expr(Out *o, expr_ty e, int level);

static void write_object(Out *o, PyObject *text)
{
    if (!o->failed && (!text || PyList_Append(o->parts, text) < 0))
        o->failed = 1;
}

/* As write_object, but steals. */
static void write_new(Out *o, PyObject *text)
{
    write_object(o, text);
    Py_XDECREF(text);
}

static void put(Out *o, const char *text)
{
    if (!o->failed)
        write_new(o, PyUnicode_FromString(text));
}

static void open_if(Out *o, int parentheses)
{
    if (parentheses)
        put(o, "(");
}

static void close_if(Out *o, int parentheses)
{
    if (parentheses)
        put(o, ")");
}

static void write_list(Out *o, asdl_seq *seq, int level)
{
    for (Py_ssize_t i = 0; i < asdl_len(seq) && !o->failed; i++) {
        if (i)
            put(o, ", ");
        write_expr(o, asdl_get(seq, i), level);
    }
}

/* ---- operators ---- */

static void write_bool_op(Out *o, expr_ty e, int level)
{
    int mine = e->v.BoolOp.op == And ? AND_LEVEL : OR_LEVEL;
    open_if(o, level > mine);
    for (Py_ssize_t i = 0; i < asdl_len(e->v.BoolOp.values) && !o->failed; i++) {
        if (i)
            put(o, mine == AND_LEVEL ? " and " : " or ");
        write_expr(o, asdl_get(e->v.BoolOp.values, i), mine + 1);
    }
    close_if(o, level > mine);
}

static const struct { const char *text; int level; } binary_ops[] = {
    [Add] = {" + ", ARITH_LEVEL}, [Sub] = {" - ", ARITH_LEVEL}, [Mult] = {" * ", TERM_LEVEL},
    [MatMult] = {" @ ", TERM_LEVEL}, [Div] = {" / ", TERM_LEVEL}, [Mod] = {" % ", TERM_LEVEL},
    [LShift] = {" << ", SHIFT_LEVEL}, [RShift] = {" >> ", SHIFT_LEVEL}, [BitOr] = {" | ", BOR_LEVEL},
    [BitXor] = {" ^ ", BXOR_LEVEL}, [BitAnd] = {" & ", BAND_LEVEL}, [FloorDiv] = {" // ", TERM_LEVEL},
    [Pow] = {" ** ", POWER_LEVEL}};

static void write_bin_op(Out *o, expr_ty e, int level)
{
    int mine = binary_ops[e->v.BinOp.op].level, power = e->v.BinOp.op == Pow;
    open_if(o, level > mine);
    write_expr(o, e->v.BinOp.left, mine + power);
    put(o, binary_ops[e->v.BinOp.op].text);
    write_expr(o, e->v.BinOp.right, mine + !power);
    close_if(o, level > mine);
}

static void write_unary_op(Out *o, expr_ty e, int level)
{
    static const struct { const char *text; int level; } ops[] = {
        [Invert] = {"~", FACTOR_LEVEL}, [Not] = {"not ", NOT_LEVEL}, [UAdd] = {"+", FACTOR_LEVEL},
        [USub] = {"-", FACTOR_LEVEL}};
    int mine = ops[e->v.UnaryOp.op].level;
    open_if(o, level > mine);
    put(o, ops[e->v.UnaryOp.op].text);
    write_expr(o, e->v.UnaryOp.operand, mine);
    close_if(o, level > mine);
}

static void write_compare(Out *o, expr_ty e, int level)
{
    static const char *const ops[] = {
        [Eq] = " == ", [NotEq] = " != ", [Lt] = " < ", [LtE] = " <= ", [Gt] = " > ", [GtE] = " >= ", [Is] = " is ",
        [IsNot] = " is not ", [In] = " in ", [NotIn] = " not in "};
    open_if(o, level > CMP_LEVEL);
    write_expr(o, e->v.Compare.left, CMP_LEVEL + 1);
    for (Py_ssize_t i = 0; i < asdl_len(e->v.Compare.ops) && !o->failed; i++) {
        put(o, ops[asdl_get_int(e->v.Compare.ops, i)]);
        write_expr(o, asdl_get(e->v.Compare.comparators, i), CMP_LEVEL + 1);
    }
    close_if(o, level > CMP_LEVEL);
}

static void write_if_exp(Out *o, expr_ty e, int level)
{
    open_if(o, level > TEST_LEVEL);
    write_expr(o, e->v.IfExp.body, TEST_LEVEL + 1);
    put(o, " if ");
    write_expr(o, e->v.IfExp.test, TEST_LEVEL + 1);
    put(o, " else ");
    write_expr(o, e->v.IfExp.orelse, TEST_LEVEL);
    close_if(o, level > TEST_LEVEL);
}

/* ---- lambda ---- */

static void write_arg(Out *o, arg_ty arg)
{
    write_object(o, arg->arg);
    if (arg->annotation) {
        put(o, ": ");
        write_expr(o, arg->annotation, TEST_LEVEL);
    }
}

static void comma(Out *o, int *first)
{
    if (!*first)
        put(o, ", ");
    *first = 0;
}

static void write_default(Out *o, expr_ty value)
{
    if (value) {
        put(o, "=");
        write_expr(o, value, TEST_LEVEL);
    }
}

static void write_arguments(Out *o, arguments_ty a)
{
    int first = 1;
    Py_ssize_t nposonly = asdl_len(a->posonlyargs), n = nposonly + asdl_len(a->args);
    Py_ssize_t without = n - asdl_len(a->defaults);
    for (Py_ssize_t i = 0; i < n && !o->failed; i++) {
        comma(o, &first);
        write_arg(o, i < nposonly ? asdl_get(a->posonlyargs, i) : asdl_get(a->args, i - nposonly));
        if (i >= without)
            write_default(o, asdl_get(a->defaults, i - without));
        if (i + 1 == nposonly)
            put(o, ", /");
    }
    if (a->vararg || asdl_len(a->kwonlyargs)) {
        comma(o, &first);
        put(o, "*");
        if (a->vararg)
            write_arg(o, a->vararg);
    }
    for (Py_ssize_t i = 0; i < asdl_len(a->kwonlyargs) && !o->failed; i++) {
        comma(o, &first);
        write_arg(o, asdl_get(a->kwonlyargs, i));
        write_default(o, asdl_get(a->kw_defaults, i));
    }
    if (a->kwarg) {
        comma(o, &first);
        put(o, "**");
        write_arg(o, a->kwarg);
    }
}

static void write_lambda(Out *o, expr_ty e, int level)
{
    arguments_ty a = e->v.Lambda.args;
    int any = asdl_len(a->args) || asdl_len(a->posonlyargs) || a->vararg || asdl_len(a->kwonlyargs) || a->kwarg;
    open_if(o, level > TEST_LEVEL);
    put(o, any ? "lambda " : "lambda");
    write_arguments(o, a);
    put(o, ": ");
    write_expr(o, e->v.Lambda.body, TEST_LEVEL);
    close_if(o, level > TEST_LEVEL);
}

/* ---- displays and comprehensions ---- */

static void write_dict(Out *o, expr_ty e)
{
    put(o, "{");
    for (Py_ssize_t i = 0; i < asdl_len(e->v.Dict.values) && !o->failed; i++) {
        expr_ty key = asdl_get(e->v.Dict.keys, i);
        if (i)
            put(o, ", ");
        if (key) {
            write_expr(o, key, TEST_LEVEL);
            put(o, ": ");
            write_expr(o, asdl_get(e->v.Dict.values, i), TEST_LEVEL);
        }
        else {
            put(o, "**");
            write_expr(o, asdl_get(e->v.Dict.values, i), EXPR_LEVEL);
        }
    }
    put(o, "}");
}

static void write_generators(Out *o, asdl_seq *generators)
{
    for (Py_ssize_t i = 0; i < asdl_len(generators) && !o->failed; i++) {
        comprehension_ty gen = asdl_get(generators, i);
        put(o, gen->is_async ? " async for " : " for ");
        write_expr(o, gen->target, TUPLE_LEVEL);
        put(o, " in ");
        write_expr(o, gen->iter, TEST_LEVEL + 1);
        for (Py_ssize_t k = 0; k < asdl_len(gen->ifs) && !o->failed; k++) {
            put(o, " if ");
            write_expr(o, asdl_get(gen->ifs, k), TEST_LEVEL + 1);
        }
    }
}

static void write_comprehension(Out *o, const char *open, expr_ty elt, expr_ty value, asdl_seq *generators,
                                const char *close)
{
    put(o, open);
    write_expr(o, elt, TEST_LEVEL);
    if (value) {
        put(o, ": ");
        write_expr(o, value, TEST_LEVEL);
    }
    write_generators(o, generators);
    put(o, close);
}

static void write_tuple(Out *o, expr_ty e, int level)
{
    asdl_seq *elts = e->v.Tuple.elts;
    if (!asdl_len(elts)) {
        put(o, "()");
        return;
    }
    open_if(o, level > TUPLE_LEVEL);
    write_list(o, elts, TEST_LEVEL);
    if (asdl_len(elts) == 1)
        put(o, ",");
    close_if(o, level > TUPLE_LEVEL);
}

/* ---- calls ---- */

static void write_call(Out *o, expr_ty e)
{
    int first = 1;
    asdl_seq *args = e->v.Call.args, *keywords = e->v.Call.keywords;
    write_expr(o, e->v.Call.func, ATOM_LEVEL);
    if (asdl_len(args) == 1 && !asdl_len(keywords) && ((expr_ty)asdl_get(args, 0))->kind == GeneratorExp_kind) {
        write_expr(o, asdl_get(args, 0), TUPLE_LEVEL);
        return;
    }
    put(o, "(");
    for (Py_ssize_t i = 0; i < asdl_len(args) && !o->failed; i++) {
        comma(o, &first);
        write_expr(o, asdl_get(args, i), TEST_LEVEL);
    }
    for (Py_ssize_t i = 0; i < asdl_len(keywords) && !o->failed; i++) {
        keyword_ty key = asdl_get(keywords, i);
        comma(o, &first);
        if (key->arg) {
            write_object(o, key->arg);
            put(o, "=");
        }
        else
            put(o, "**");
        write_expr(o, key->value, TEST_LEVEL);
    }
    put(o, ")");
}

/* ---- constants and strings ---- */

static void write_constant(Out *o, PyObject *value)
{
    if (value == Py_Ellipsis) {
        put(o, "...");
        return;
    }
    PyObject *text = o->failed ? NULL : PyObject_Repr(value);
    if (text && (PyFloat_CheckExact(value) || PyComplex_CheckExact(value))) {
        /* An infinite number has no literal but an overflowing one. */
        PyObject *inf = PyUnicode_FromString("inf"), *big = PyUnicode_FromString("1e309");
        Py_SETREF(text, inf && big ? PyUnicode_Replace(text, inf, big, -1) : NULL);
        Py_XDECREF(inf);
        Py_XDECREF(big);
    }
    write_new(o, text);
}

static PyObject *joined_body(asdl_seq *values, int is_spec);

/* A new str: text with braces doubled. */
static PyObject *escape_braces(PyObject *text)
{
    static const char *const pairs[][2] = {{"{", "{{"}, {"}", "}}"}};
    PyObject *result = Py_NewRef(text);
    for (int i = 0; i < 2 && result; i++) {
        PyObject *one = PyUnicode_FromString(pairs[i][0]), *two = PyUnicode_FromString(pairs[i][1]);
        Py_SETREF(result, one && two ? PyUnicode_Replace(result, one, two, -1) : NULL);
        Py_XDECREF(one);
        Py_XDECREF(two);
    }
    return result;
}

/* A new str: "{value!r:spec}". */
static PyObject *formatted_value(expr_ty e)
{
    Out o = {PyList_New(0), 0};
    PyObject *value = NULL, *result = NULL, *empty = PyUnicode_FromString("");
    Out inner = {PyList_New(0), 0};
    if (o.parts && inner.parts && empty) {
        write_expr(&inner, e->v.FormattedValue.value, TEST_LEVEL + 1);
        value = inner.failed ? NULL : PyUnicode_Join(empty, inner.parts);
        put(&o, value && PyUnicode_GET_LENGTH(value) && PyUnicode_READ_CHAR(value, 0) == '{' ? "{ " : "{");
        write_object(&o, value);
        if (e->v.FormattedValue.conversion > 0)
            write_new(&o, PyUnicode_FromFormat("!%c", e->v.FormattedValue.conversion));
        expr_ty spec = e->v.FormattedValue.format_spec;
        if (spec) {
            put(&o, ":");
            if (spec->kind == JoinedStr_kind)
                write_new(&o, joined_body(spec->v.JoinedStr.values, 1));
            else
                write_object(&o, spec->v.Constant.value);
        }
        put(&o, "}");
        result = o.failed ? NULL : PyUnicode_Join(empty, o.parts);
    }
    Py_XDECREF(o.parts);
    Py_XDECREF(inner.parts);
    Py_XDECREF(value);
    Py_XDECREF(empty);
    return result;
}

/* A new str: the inside of an f-string. */
static PyObject *joined_body(asdl_seq *values, int is_spec)
{
    PyObject *result = PyUnicode_FromString("");
    for (Py_ssize_t i = 0; result && i < asdl_len(values); i++) {
        expr_ty e = asdl_get(values, i);
        PyObject *part;
        if (e->kind == Constant_kind)
            part = escape_braces(e->v.Constant.value);
        else if (e->kind == JoinedStr_kind)
            part = joined_body(e->v.JoinedStr.values, is_spec);
        else
            part = formatted_value(e);
        Py_SETREF(result, part ? PyUnicode_Concat(result, part) : NULL);
        Py_XDECREF(part);
    }
    return result;
}

static void write_joined(Out *o, PyObject *body)
{
    put(o, "f");
    write_new(o, body && !o->failed ? PyObject_Repr(body) : NULL);
    Py_XDECREF(body);
}

/* ---- everything ---- */

static void write_attribute(Out *o, expr_ty e)
{
    expr_ty value = e->v.Attribute.value;
    write_expr(o, value, ATOM_LEVEL);
    put(o, value->kind == Constant_kind && PyLong_CheckExact(value->v.Constant.value) ? " ." : ".");
    write_object(o, e->v.Attribute.attr);
}

static void write_slice(Out *o, expr_ty e)
{
    if (e->v.Slice.lower)
        write_expr(o, e->v.Slice.lower, TEST_LEVEL);
    put(o, ":");
    if (e->v.Slice.upper)
        write_expr(o, e->v.Slice.upper, TEST_LEVEL);
    if (e->v.Slice.step) {
        put(o, ":");
        write_expr(o, e->v.Slice.step, TEST_LEVEL);
    }
}

static void write_yield(Out *o, const char *word, expr_ty value)
{
    put(o, word);
    if (value) {
        put(o, " ");
        write_expr(o, value, TEST_LEVEL);
    }
    put(o, ")");
}

static void write_kind(Out *o, expr_ty e, int level)
{
    switch (e->kind) {
    case BoolOp_kind: write_bool_op(o, e, level); break;
    case BinOp_kind: write_bin_op(o, e, level); break;
    case UnaryOp_kind: write_unary_op(o, e, level); break;
    case Lambda_kind: write_lambda(o, e, level); break;
    case IfExp_kind: write_if_exp(o, e, level); break;
    case Dict_kind: write_dict(o, e); break;
    case Set_kind: put(o, "{"); write_list(o, e->v.Set.elts, TEST_LEVEL); put(o, "}"); break;
    case GeneratorExp_kind:
        write_comprehension(o, "(", e->v.GeneratorExp.elt, NULL, e->v.GeneratorExp.generators, ")");
        break;
    case ListComp_kind: write_comprehension(o, "[", e->v.ListComp.elt, NULL, e->v.ListComp.generators, "]"); break;
    case SetComp_kind: write_comprehension(o, "{", e->v.SetComp.elt, NULL, e->v.SetComp.generators, "}"); break;
    case DictComp_kind:
        write_comprehension(o, "{", e->v.DictComp.key, e->v.DictComp.value, e->v.DictComp.generators, "}");
        break;
    case Yield_kind: write_yield(o, "(yield", e->v.Yield.value); break;
    case YieldFrom_kind: write_yield(o, "(yield from", e->v.YieldFrom.value); break;
    case Await_kind:
        open_if(o, level > AWAIT_LEVEL);
        put(o, "await ");
        write_expr(o, e->v.Await.value, ATOM_LEVEL);
        close_if(o, level > AWAIT_LEVEL);
        break;
    case Compare_kind: write_compare(o, e, level); break;
    case Call_kind: write_call(o, e); break;
    case Constant_kind:
        if (e->v.Constant.kind)
            write_object(o, e->v.Constant.kind);
        write_constant(o, e->v.Constant.value);
        break;
    case JoinedStr_kind: write_joined(o, joined_body(e->v.JoinedStr.values, 0)); break;
    case FormattedValue_kind: write_joined(o, formatted_value(e)); break;
    case Attribute_kind: write_attribute(o, e); break;
    case Starred_kind: put(o, "*"); write_expr(o, e->v.Starred.value, EXPR_LEVEL); break;
    case Name_kind: write_object(o, e->v.Name.id); break;
    case List_kind: put(o, "["); write_list(o, e->v.List.elts, TEST_LEVEL); put(o, "]"); break;
    case Tuple_kind: write_tuple(o, e, level); break;
    case Subscript_kind:
        write_expr(o, e->v.Subscript.value, ATOM_LEVEL);
        put(o, "[");
        write_expr(o, e->v.Subscript.slice, TUPLE_LEVEL);
        put(o, "]");
        break;
    case Slice_kind: write_slice(o, e); break;
    case NamedExpr_kind:
        open_if(o, level > TUPLE_LEVEL);
        write_expr(o, e->v.NamedExpr.target, ATOM_LEVEL);
        put(o, " := ");
        write_expr(o, e->v.NamedExpr.value, ATOM_LEVEL);
        close_if(o, level > TUPLE_LEVEL);
        break;
    default: break;
    }
}

static void write_expr(Out *o, expr_ty e, int level)
{
    if (!o->failed && c_stack_low() && c_stack_check(" during compilation") < 0)
        o->failed = 1;
    if (!o->failed)
        write_kind(o, e, level);
}

PyObject *unparse_expr(expr_ty e)
{
    Out o = {PyList_New(0), 0};
    PyObject *empty = PyUnicode_FromString(""), *result = NULL;
    if (o.parts && empty) {
        write_expr(&o, e, TEST_LEVEL);
        if (!o.failed)
            result = PyUnicode_Join(empty, o.parts);
    }
    Py_XDECREF(o.parts);
    Py_XDECREF(empty);
    return result;
}
