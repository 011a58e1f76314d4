/* Code for statements. */
#include "compile/codegen.h"

/* ---- bodies ---- */

static int has_annotation(asdl_seq *stmts);

static int stmt_has_annotation(stmt_ty s)
{
    switch (s->kind) {
    case AnnAssign_kind: return 1;
    case For_kind:
    case AsyncFor_kind: return has_annotation(s->v.For.body) || has_annotation(s->v.For.orelse);
    case While_kind: return has_annotation(s->v.While.body) || has_annotation(s->v.While.orelse);
    case If_kind: return has_annotation(s->v.If.body) || has_annotation(s->v.If.orelse);
    case With_kind:
    case AsyncWith_kind: return has_annotation(s->v.With.body);
    case Try_kind:
    case TryStar_kind:
        for (Py_ssize_t i = 0; i < asdl_len(s->v.Try.handlers); i++)
            if (has_annotation(((excepthandler_ty)asdl_get(s->v.Try.handlers, i))->v.ExceptHandler.body))
                return 1;
        return has_annotation(s->v.Try.body) || has_annotation(s->v.Try.finalbody) || has_annotation(s->v.Try.orelse);
    default: return 0;
    }
}

/* Whether statements of a module or class (not of inner scopes) annotate a name. */
static int has_annotation(asdl_seq *stmts)
{
    for (Py_ssize_t i = 0; i < asdl_len(stmts); i++)
        if (stmt_has_annotation(asdl_get(stmts, i)))
            return 1;
    return 0;
}

void cg_body(Compiler *c, asdl_seq *stmts)
{
    Py_ssize_t i = 0;
    if (c->failed)
        return;
    if (c->u->kind == UNIT_MODULE && asdl_len(stmts))
        SET_LOC(c, (stmt_ty)asdl_get(stmts, 0));
    if (has_annotation(stmts))
        cg_op(c, OPC_SETUP_ANNOTATIONS, 0);
    int shown = c->interactive && c->u->kind == UNIT_MODULE; /* a text typed at the prompt is a value */
    if (c->optimize < 2 && !shown && ast_docstring(stmts)) {
        PyObject *doc = cg_str(c, "__doc__");
        i = 1;
        cg_expr(c, ((stmt_ty)asdl_get(stmts, 0))->v.Expr.value);
        if (!doc || c->failed)
            return;
        UNSET_LOC(c);
        cg_name(c, doc, Store);
    }
    for (; i < asdl_len(stmts) && !c->failed; i++)
        cg_stmt(c, asdl_get(stmts, i));
}

void cg_stmts(Compiler *c, asdl_seq *seq)
{
    for (Py_ssize_t i = 0; i < asdl_len(seq) && !c->failed; i++)
        cg_stmt(c, asdl_get(seq, i));
}

/* ---- control flow ---- */

static void if_stmt(Compiler *c, stmt_ty s)
{
    Block *end = cg_block(c), *next = asdl_len(s->v.If.orelse) ? cg_block(c) : end;
    cg_jump_if(c, s->v.If.test, next, 0);
    cg_stmts(c, s->v.If.body);
    if (next != end) {
        cg_jump_no_line(c, OPC_JUMP, end);
        cg_use(c, next);
        cg_stmts(c, s->v.If.orelse);
    }
    cg_use(c, end);
}

static void while_stmt(Compiler *c, stmt_ty s)
{
    Block *loop = cg_block(c), *body = cg_block(c), *anchor = cg_block(c), *end = cg_block(c);
    cg_use(c, loop);
    cg_push_block(c, IN_WHILE, loop, end, NULL);
    cg_jump_if(c, s->v.While.test, anchor, 0);
    cg_use(c, body);
    cg_stmts(c, s->v.While.body);
    SET_LOC(c, s);
    cg_jump_if(c, s->v.While.test, body, 1);
    cg_pop_block(c);
    cg_use(c, anchor);
    cg_stmts(c, s->v.While.orelse);
    cg_use(c, end);
}

static void for_stmt(Compiler *c, stmt_ty s)
{
    Block *start = cg_block(c), *body = cg_block(c), *cleanup = cg_block(c), *end = cg_block(c);
    cg_push_block(c, IN_FOR, start, end, NULL);
    cg_expr(c, s->v.For.iter);
    cg_op(c, OPC_GET_ITER, 0);
    cg_use(c, start);
    cg_jump(c, OPC_FOR_ITER, cleanup);
    cg_use(c, body);
    cg_expr(c, s->v.For.target);
    cg_stmts(c, s->v.For.body);
    UNSET_LOC(c);
    cg_jump(c, OPC_JUMP, start);
    cg_use(c, cleanup);
    cg_pop_block(c);
    cg_stmts(c, s->v.For.orelse);
    cg_use(c, end);
}

static int may_be_async(Compiler *c, const char *what)
{
    if (cg_top_level_await(c) || c->u->kind == UNIT_ASYNC_FUNCTION)
        return 1;
    cg_error(c, "'%s' outside async function", what);
    return 0;
}

static void async_for(Compiler *c, stmt_ty s)
{
    if (!may_be_async(c, "async for"))
        return;
    Block *start = cg_block(c), *except = cg_block(c), *end = cg_block(c);
    cg_expr(c, s->v.AsyncFor.iter);
    cg_op(c, OPC_GET_AITER, 0);
    cg_use(c, start);
    cg_push_block(c, IN_FOR, start, end, NULL);
    cg_jump(c, OPC_SETUP_FINALLY, except);
    cg_op(c, OPC_GET_ANEXT, 0);
    cg_load_const(c, Py_None);
    cg_yield_from(c, 1);
    cg_op(c, OPC_POP_BLOCK, 0);
    cg_expr(c, s->v.AsyncFor.target);
    cg_stmts(c, s->v.AsyncFor.body);
    UNSET_LOC(c);
    cg_jump(c, OPC_JUMP, start);
    cg_pop_block(c);
    cg_use(c, except);
    SET_LOC(c, s->v.AsyncFor.iter);
    cg_op(c, OPC_END_ASYNC_FOR, 0);
    cg_stmts(c, s->v.AsyncFor.orelse);
    cg_use(c, end);
}

/* ---- assignments ---- */

static void assign(Compiler *c, stmt_ty s)
{
    Py_ssize_t n = asdl_len(s->v.Assign.targets);
    cg_expr(c, s->v.Assign.value);
    for (Py_ssize_t i = 0; i < n && !c->failed; i++) {
        if (i + 1 < n)
            cg_op(c, OPC_COPY, 1);
        cg_expr(c, asdl_get(s->v.Assign.targets, i));
    }
}

static void aug_assign(Compiler *c, stmt_ty s)
{
    expr_ty e = s->v.AugAssign.target;
    SET_LOC(c, e);
    switch (e->kind) {
    case Attribute_kind:
        cg_expr(c, e->v.Attribute.value);
        cg_op(c, OPC_COPY, 1);
        cg_attr_start(c, e);
        cg_op_name(c, OPC_LOAD_ATTR, e->v.Attribute.attr);
        break;
    case Subscript_kind:
        cg_expr(c, e->v.Subscript.value);
        cg_expr(c, e->v.Subscript.slice);
        cg_op(c, OPC_COPY, 2);
        cg_op(c, OPC_COPY, 2);
        cg_op(c, OPC_BINARY_SUBSCR, 0);
        break;
    default: cg_name(c, e->v.Name.id, Load); break;
    }
    SET_LOC(c, s);
    cg_expr(c, s->v.AugAssign.value);
    cg_op(c, OPC_BINARY_OP, cg_binary_operator(s->v.AugAssign.op, 1));
    SET_LOC(c, e);
    switch (e->kind) {
    case Attribute_kind:
        cg_attr_start(c, e);
        cg_op(c, OPC_SWAP, 2);
        cg_op_name(c, OPC_STORE_ATTR, e->v.Attribute.attr);
        break;
    case Subscript_kind:
        cg_op(c, OPC_SWAP, 3);
        cg_op(c, OPC_SWAP, 2);
        cg_op(c, OPC_STORE_SUBSCR, 0);
        break;
    default: cg_name(c, e->v.Name.id, Store); break;
    }
}

/* Evaluates an expression for its effects only. */
static void evaluate(Compiler *c, expr_ty e)
{
    cg_expr(c, e);
    cg_op(c, OPC_POP_TOP, 0);
}

static void evaluate_slice(Compiler *c, expr_ty e)
{
    if (e->kind == Slice_kind) {
        expr_ty parts[] = {e->v.Slice.lower, e->v.Slice.upper, e->v.Slice.step};
        for (int i = 0; i < 3; i++)
            if (parts[i])
                evaluate(c, parts[i]);
    }
    else if (e->kind == Tuple_kind)
        for (Py_ssize_t i = 0; i < asdl_len(e->v.Tuple.elts) && !c->failed; i++)
            evaluate_slice(c, asdl_get(e->v.Tuple.elts, i));
    else
        evaluate(c, e);
}

static void annotate_name(Compiler *c, stmt_ty s)
{
    PyObject *name = s->v.AnnAssign.target->v.Name.id, *annotations = cg_str(c, "__annotations__");
    cg_annotation(c, s->v.AnnAssign.annotation);
    if (annotations)
        cg_op_name(c, OPC_LOAD_NAME, annotations);
    PyObject *mangled = cg_mangle(c, name);
    if (mangled)
        cg_load_const(c, mangled);
    cg_op(c, OPC_STORE_SUBSCR, 0);
}

static void ann_assign(Compiler *c, stmt_ty s)
{
    expr_ty target = s->v.AnnAssign.target, value = s->v.AnnAssign.value;
    int outer_level = c->u->kind == UNIT_MODULE || c->u->kind == UNIT_CLASS;
    if (value) {
        cg_expr(c, value);
        cg_expr(c, target);
    }
    switch (target->kind) {
    case Name_kind:
        if (cg_forbidden_name(c, target->v.Name.id, Store))
            return;
        if (s->v.AnnAssign.simple && outer_level)
            annotate_name(c, s);
        break;
    case Attribute_kind:
        if (cg_forbidden_name(c, target->v.Attribute.attr, Store))
            return;
        if (!value)
            evaluate(c, target->v.Attribute.value);
        break;
    case Subscript_kind:
        if (!value) {
            evaluate(c, target->v.Subscript.value);
            evaluate_slice(c, target->v.Subscript.slice);
        }
        break;
    default: break;
    }
    if (!s->v.AnnAssign.simple && outer_level && !(c->flags & CO_FUTURE_ANNOTATIONS))
        evaluate(c, s->v.AnnAssign.annotation);
}

/* ---- imports ---- */

/* import a.b.c as name: the module is reached through its attributes. */
static void import_as(Compiler *c, PyObject *name, PyObject *asname)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(name), dot = PyUnicode_FindChar(name, '.', 0, length, 1);
    if (dot == -1) {
        cg_name(c, asname, Store);
        return;
    }
    while (dot != -1 && !c->failed) {
        Py_ssize_t start = dot + 1;
        dot = PyUnicode_FindChar(name, '.', start, length, 1);
        PyObject *attr = cg_keep(c, PyUnicode_Substring(name, start, dot != -1 ? dot : length));
        if (!attr)
            return;
        cg_op_name(c, OPC_IMPORT_FROM, attr);
        if (dot != -1) {
            cg_op(c, OPC_SWAP, 2);
            cg_op(c, OPC_POP_TOP, 0);
        }
    }
    cg_name(c, asname, Store);
    cg_op(c, OPC_POP_TOP, 0);
}

static void import_stmt(Compiler *c, stmt_ty s)
{
    for (Py_ssize_t i = 0; i < asdl_len(s->v.Import.names) && !c->failed; i++) {
        alias_ty alias = asdl_get(s->v.Import.names, i);
        cg_load_int(c, 0);
        cg_load_const(c, Py_None);
        cg_op_name(c, OPC_IMPORT_NAME, alias->name);
        if (alias->asname) {
            import_as(c, alias->name, alias->asname);
            continue;
        }
        Py_ssize_t dot = PyUnicode_FindChar(alias->name, '.', 0, PyUnicode_GET_LENGTH(alias->name), 1);
        PyObject *first = dot == -1 ? alias->name : cg_keep(c, PyUnicode_Substring(alias->name, 0, dot));
        if (first)
            cg_name(c, first, Store);
    }
}

static void import_from(Compiler *c, stmt_ty s)
{
    asdl_seq *aliases = s->v.ImportFrom.names;
    PyObject *module = s->v.ImportFrom.module;
    cg_load_int(c, s->v.ImportFrom.level);
    PyObject *names = c->failed ? NULL : cg_keep(c, PyTuple_New(asdl_len(aliases)));
    if (!names)
        return;
    for (Py_ssize_t i = 0; i < asdl_len(aliases); i++)
        PyTuple_SET_ITEM(names, i, Py_NewRef(((alias_ty)asdl_get(aliases, i))->name));
    if (module && s->lineno > c->future_line && PyUnicode_CompareWithASCIIString(module, "__future__") == 0) {
        cg_error(c, "from __future__ imports must occur at the beginning of the file");
        return;
    }
    cg_load_const(c, names);
    if (!module && !(module = cg_str(c, "")))
        return;
    cg_op_name(c, OPC_IMPORT_NAME, module);
    for (Py_ssize_t i = 0; i < asdl_len(aliases) && !c->failed; i++) {
        alias_ty alias = asdl_get(aliases, i);
        if (i == 0 && PyUnicode_READ_CHAR(alias->name, 0) == '*') {
            cg_op(c, OPC_IMPORT_STAR, 0);
            return;
        }
        cg_op_name(c, OPC_IMPORT_FROM, alias->name);
        cg_name(c, alias->asname ? alias->asname : alias->name, Store);
    }
    cg_op(c, OPC_POP_TOP, 0);
}

/* ---- the rest ---- */

static void assert_stmt(Compiler *c, stmt_ty s)
{
    expr_ty test = s->v.Assert.test;
    if ((test->kind == Tuple_kind && asdl_len(test->v.Tuple.elts))
        || (test->kind == Constant_kind && PyTuple_Check(test->v.Constant.value)
            && PyTuple_GET_SIZE(test->v.Constant.value)))
        cg_warn(c, "assertion is always true, perhaps remove parentheses?");
    if (c->optimize)
        return;
    Block *end = cg_block(c);
    cg_jump_if(c, test, end, 1);
    cg_op(c, OPC_LOAD_ASSERTION_ERROR, 0);
    if (s->v.Assert.msg) {
        cg_expr(c, s->v.Assert.msg);
        cg_op(c, OPC_PRECALL, 0);
        cg_op(c, OPC_CALL, 0);
    }
    cg_op(c, OPC_RAISE_VARARGS, 1);
    cg_use(c, end);
}

static void raise_stmt(Compiler *c, stmt_ty s)
{
    int n = 0;
    if (s->v.Raise.exc) {
        cg_expr(c, s->v.Raise.exc);
        n++;
        if (s->v.Raise.cause) {
            cg_expr(c, s->v.Raise.cause);
            n++;
        }
    }
    cg_op(c, OPC_RAISE_VARARGS, n);
}

static void expr_stmt(Compiler *c, expr_ty value)
{
    if (c->interactive && c->nesting <= 1) {
        cg_expr(c, value);
        cg_op(c, OPC_PRINT_EXPR, 0);
    }
    else if (value->kind == Constant_kind)
        cg_op(c, OPC_NOP, 0);
    else {
        cg_expr(c, value);
        if (c->failed)
            return;
        UNSET_LOC(c);
        cg_op(c, OPC_POP_TOP, 0);
    }
}

void cg_stmt(Compiler *c, stmt_ty s)
{
    if (cg_stop(c))
        return;
    SET_LOC(c, s);
    switch (s->kind) {
    case FunctionDef_kind: cg_function(c, s, 0); break;
    case AsyncFunctionDef_kind: cg_function(c, s, 1); break;
    case ClassDef_kind: cg_class(c, s); break;
    case Return_kind: cg_return(c, s); break;
    case Delete_kind: cg_exprs(c, s->v.Delete.targets); break;
    case Assign_kind: assign(c, s); break;
    case AugAssign_kind: aug_assign(c, s); break;
    case AnnAssign_kind: ann_assign(c, s); break;
    case For_kind: for_stmt(c, s); break;
    case AsyncFor_kind: async_for(c, s); break;
    case While_kind: while_stmt(c, s); break;
    case If_kind: if_stmt(c, s); break;
    case With_kind: cg_with(c, s, 0); break;
    case AsyncWith_kind:
        if (may_be_async(c, "async with"))
            cg_async_with(c, s, 0);
        break;
    case Match_kind: cg_match(c, s); break;
    case Raise_kind: raise_stmt(c, s); break;
    case Try_kind:
    case TryStar_kind: cg_try(c, s); break;
    case Assert_kind: assert_stmt(c, s); break;
    case Import_kind: import_stmt(c, s); break;
    case ImportFrom_kind: import_from(c, s); break;
    case Expr_kind: expr_stmt(c, s->v.Expr.value); break;
    case Pass_kind: cg_op(c, OPC_NOP, 0); break;
    case Break_kind: cg_break(c); break;
    case Continue_kind: cg_continue(c); break;
    default: break;
    }
}
