/* Code for functions, lambdas, classes and comprehensions: everything that has a code object of its own. */
#include "compile/codegen.h"

/* ---- arguments and annotations ---- */

static void check_arg(Compiler *c, arg_ty arg)
{
    if (arg)
        cg_forbidden_name(c, arg->arg, Store);
}

static void check_arg_names(Compiler *c, arguments_ty a)
{
    asdl_seq *lists[] = {a->posonlyargs, a->args, a->kwonlyargs};
    check_arg(c, a->vararg);
    check_arg(c, a->kwarg);
    for (int k = 0; k < 3; k++)
        for (Py_ssize_t i = 0; i < asdl_len(lists[k]); i++)
            check_arg(c, asdl_get(lists[k], i));
}

/* Pushes the defaults of keyword-only arguments as a dict; 1 when there are any. */
static int keyword_defaults(Compiler *c, arguments_ty a)
{
    PyObject *keys = NULL;
    for (Py_ssize_t i = 0; i < asdl_len(a->kwonlyargs) && !c->failed; i++) {
        expr_ty value = asdl_get(a->kw_defaults, i);
        if (!value)
            continue;
        if (!keys && !(keys = cg_keep(c, PyList_New(0))))
            return 0;
        PyObject *name = cg_mangle(c, ((arg_ty)asdl_get(a->kwonlyargs, i))->arg);
        if (!name || PyList_Append(keys, name) < 0) {
            c->failed = 1;
            return 0;
        }
        cg_expr(c, value);
    }
    if (!keys || c->failed)
        return 0;
    cg_load_const(c, cg_keep(c, PyList_AsTuple(keys)));
    cg_op(c, OPC_BUILD_CONST_KEY_MAP, (int)PyList_GET_SIZE(keys));
    return 1;
}

/* Pushes the default values; the flags of MAKE_FUNCTION. */
static int default_arguments(Compiler *c, arguments_ty a)
{
    int flags = 0;
    if (asdl_len(a->defaults)) {
        flags |= 1;
        cg_exprs(c, a->defaults);
        cg_op(c, OPC_BUILD_TUPLE, (int)asdl_len(a->defaults));
    }
    if (keyword_defaults(c, a))
        flags |= 2;
    return flags;
}

void cg_annotation(Compiler *c, expr_ty annotation)
{
    if (c->failed)
        return;
    if (c->flags & CO_FUTURE_ANNOTATIONS) {
        AstPos outer = c->u->flow.pos;
        cg_load_const(c, cg_keep(c, unparse_expr(annotation)));
        cg_at(c, outer);
    }
    else
        cg_expr(c, annotation);
}

/* Pushes the name and its annotation; the number of values pushed. */
static int arg_annotation(Compiler *c, PyObject *name, expr_ty annotation)
{
    if (!annotation || c->failed)
        return 0;
    PyObject *mangled = cg_mangle(c, name);
    if (!mangled)
        return 0;
    cg_load_const(c, mangled);
    if (!(c->flags & CO_FUTURE_ANNOTATIONS) && annotation->kind == Starred_kind) {
        cg_expr(c, annotation->v.Starred.value);
        cg_op(c, OPC_UNPACK_SEQUENCE, 1);
    }
    else
        cg_annotation(c, annotation);
    return 2;
}

static int arg_annotations(Compiler *c, asdl_seq *args)
{
    int n = 0;
    for (Py_ssize_t i = 0; i < asdl_len(args) && !c->failed; i++) {
        arg_ty arg = asdl_get(args, i);
        n += arg_annotation(c, arg->arg, arg->annotation);
    }
    return n;
}

/* Pushes the annotations as a tuple; 1 when there are any. */
static int annotations(Compiler *c, arguments_ty a, expr_ty returns)
{
    int n = arg_annotations(c, a->args);
    n += arg_annotations(c, a->posonlyargs);
    if (a->vararg)
        n += arg_annotation(c, a->vararg->arg, a->vararg->annotation);
    n += arg_annotations(c, a->kwonlyargs);
    if (a->kwarg)
        n += arg_annotation(c, a->kwarg->arg, a->kwarg->annotation);
    if (returns)
        n += arg_annotation(c, cg_str(c, "return"), returns);
    if (!n)
        return 0;
    cg_op(c, OPC_BUILD_TUPLE, n);
    return 1;
}

static void count_arguments(Compiler *c, arguments_ty a)
{
    if (c->failed)
        return;
    c->u->argcount = (int)asdl_len(a->args);
    c->u->posonlyargcount = (int)asdl_len(a->posonlyargs);
    c->u->kwonlyargcount = (int)asdl_len(a->kwonlyargs);
}

static void apply_decorators(Compiler *c, asdl_seq *decorators)
{
    AstPos outer = c->u->flow.pos;
    for (Py_ssize_t i = asdl_len(decorators) - 1; i >= 0 && !c->failed; i--) {
        SET_LOC(c, (expr_ty)asdl_get(decorators, i));
        cg_op(c, OPC_PRECALL, 0);
        cg_op(c, OPC_CALL, 0);
    }
    cg_at(c, outer);
}

static int first_line(stmt_ty s, asdl_seq *decorators)
{
    return asdl_len(decorators) ? ((expr_ty)asdl_get(decorators, 0))->lineno : s->lineno;
}

/* ---- functions ---- */

void cg_function(Compiler *c, stmt_ty s, int is_async)
{
    arguments_ty a = s->v.FunctionDef.args;
    asdl_seq *body = s->v.FunctionDef.body, *decorators = s->v.FunctionDef.decorator_list;
    check_arg_names(c, a);
    cg_exprs(c, decorators);
    int flags = default_arguments(c, a);
    if (annotations(c, a, s->v.FunctionDef.returns))
        flags |= 4;
    cg_enter(c, s->v.FunctionDef.name, is_async ? UNIT_ASYNC_FUNCTION : UNIT_FUNCTION, s, first_line(s, decorators));
    if (c->failed)
        return;
    PyObject *doc = c->optimize < 2 ? ast_docstring(body) : NULL;
    cg_const(c, doc ? doc : Py_None);
    count_arguments(c, a);
    for (Py_ssize_t i = doc ? 1 : 0; i < asdl_len(body) && !c->failed; i++)
        cg_stmt(c, asdl_get(body, i));
    PyObject *code = cg_leave(c, 1);
    if (!code)
        return;
    cg_closure(c, code, flags);
    apply_decorators(c, decorators);
    cg_name(c, s->v.FunctionDef.name, Store);
}

void cg_lambda(Compiler *c, expr_ty e)
{
    arguments_ty a = e->v.Lambda.args;
    check_arg_names(c, a);
    int flags = default_arguments(c, a);
    cg_enter(c, cg_str(c, "<lambda>"), UNIT_LAMBDA, e, e->lineno);
    if (c->failed)
        return;
    cg_const(c, Py_None);
    count_arguments(c, a);
    cg_expr(c, e->v.Lambda.body);
    PyObject *code;
    if (c->failed)
        return;
    if (c->u->scope->generator)
        code = cg_leave(c, 0);
    else {
        cg_op(c, OPC_RETURN_VALUE, 0);
        code = cg_leave(c, 1);
    }
    if (code)
        cg_closure(c, code, flags);
}

/* ---- classes ---- */

static void class_body(Compiler *c, stmt_ty s)
{
    c->u->private_name = s->v.ClassDef.name;
    PyObject *name = cg_str(c, "__name__"), *module = cg_str(c, "__module__"), *qualname = cg_str(c, "__qualname__");
    if (c->failed)
        return;
    cg_name(c, name, Load);
    cg_name(c, module, Store);
    cg_load_const(c, c->u->qualname);
    cg_name(c, qualname, Store);
    cg_body(c, s->v.ClassDef.body);
    if (c->failed)
        return;
    UNSET_LOC(c);
    if (c->u->scope->needs_class_closure) {
        cg_op(c, OPC_LOAD_CLOSURE, 0);
        cg_op(c, OPC_COPY, 1);
        PyObject *cell = cg_str(c, "__classcell__");
        if (cell)
            cg_name(c, cell, Store);
    }
    else
        cg_load_const(c, Py_None);
    cg_op(c, OPC_RETURN_VALUE, 0);
}

void cg_class(Compiler *c, stmt_ty s)
{
    asdl_seq *decorators = s->v.ClassDef.decorator_list;
    cg_exprs(c, decorators);
    cg_enter(c, s->v.ClassDef.name, UNIT_CLASS, s, first_line(s, decorators));
    if (c->failed)
        return;
    class_body(c, s);
    PyObject *code = cg_leave(c, 1);
    if (!code)
        return;
    cg_op(c, OPC_PUSH_NULL, 0);
    cg_op(c, OPC_LOAD_BUILD_CLASS, 0);
    cg_closure(c, code, 0);
    cg_load_const(c, s->v.ClassDef.name);
    cg_call_arguments(c, 2, s->v.ClassDef.bases, s->v.ClassDef.keywords);
    apply_decorators(c, decorators);
    cg_name(c, s->v.ClassDef.name, Store);
}

/* ---- comprehensions ---- */

typedef struct {
    expr_ty node, elt, value;
    asdl_seq *generators;
    enum comprehension_kind kind;
} Comprehension;

static void comprehension_part(Compiler *c, const Comprehension *k, int index, int depth);

/* The innermost part: the element is added to the result, or yielded. */
static void comprehension_element(Compiler *c, const Comprehension *k, int depth)
{
    cg_expr(c, k->elt);
    switch (k->kind) {
    case COMP_GENERATOR:
        if (c->failed)
            return;
        if (c->u->scope->generator && c->u->scope->coroutine)
            cg_op(c, OPC_ASYNC_GEN_WRAP, 0);
        cg_op(c, OPC_YIELD_VALUE, 0);
        cg_op(c, OPC_RESUME, 1);
        cg_op(c, OPC_POP_TOP, 0);
        break;
    case COMP_LIST: cg_op(c, OPC_LIST_APPEND, depth + 1); break;
    case COMP_SET: cg_op(c, OPC_SET_ADD, depth + 1); break;
    default:
        cg_expr(c, k->value);
        cg_op(c, OPC_MAP_ADD, depth + 1);
    }
}

static void comprehension_rest(Compiler *c, const Comprehension *k, int index, int depth, Block *if_cleanup)
{
    comprehension_ty gen = asdl_get(k->generators, index);
    for (Py_ssize_t i = 0; i < asdl_len(gen->ifs) && !c->failed; i++)
        cg_jump_if(c, asdl_get(gen->ifs, i), if_cleanup, 0);
    if (index + 1 < asdl_len(k->generators))
        comprehension_part(c, k, index + 1, depth);
    else
        comprehension_element(c, k, depth);
}

/* `for y in [value]` is an assignment: the value, or NULL. */
static expr_ty only_item(expr_ty iter)
{
    asdl_seq *elts = iter->kind == List_kind ? iter->v.List.elts : iter->kind == Tuple_kind ? iter->v.Tuple.elts : NULL;
    if (asdl_len(elts) == 1) {
        expr_ty item = asdl_get(elts, 0);
        return item->kind == Starred_kind ? NULL : item;
    }
    return NULL;
}

static void sync_part(Compiler *c, const Comprehension *k, int index, int depth)
{
    comprehension_ty gen = asdl_get(k->generators, index);
    Block *start = cg_block(c), *if_cleanup = cg_block(c), *anchor = cg_block(c);
    expr_ty item = index ? only_item(gen->iter) : NULL;
    if (c->failed)
        return;
    if (index == 0)
        cg_op(c, OPC_LOAD_FAST, 0);
    else if (item)
        cg_expr(c, item);
    else {
        cg_expr(c, gen->iter);
        cg_op(c, OPC_GET_ITER, 0);
    }
    if (!item) {
        depth++;
        cg_use(c, start);
        cg_jump(c, OPC_FOR_ITER, anchor);
    }
    cg_expr(c, gen->target);
    comprehension_rest(c, k, index, depth, if_cleanup);
    cg_use(c, if_cleanup);
    if (!item) {
        cg_jump(c, OPC_JUMP, start);
        cg_use(c, anchor);
    }
}

static void async_part(Compiler *c, const Comprehension *k, int index, int depth)
{
    comprehension_ty gen = asdl_get(k->generators, index);
    Block *start = cg_block(c), *except = cg_block(c), *if_cleanup = cg_block(c);
    if (index == 0)
        cg_op(c, OPC_LOAD_FAST, 0);
    else {
        cg_expr(c, gen->iter);
        cg_op(c, OPC_GET_AITER, 0);
    }
    cg_use(c, start);
    cg_push_block(c, IN_ASYNC_COMPREHENSION, start, NULL, NULL);
    cg_jump(c, OPC_SETUP_FINALLY, except);
    cg_op(c, OPC_GET_ANEXT, 0);
    cg_load_const(c, Py_None);
    cg_yield_from(c, 1);
    cg_op(c, OPC_POP_BLOCK, 0);
    cg_expr(c, gen->target);
    comprehension_rest(c, k, index, depth + 1, if_cleanup);
    cg_use(c, if_cleanup);
    cg_jump(c, OPC_JUMP, start);
    cg_pop_block(c);
    cg_use(c, except);
    cg_op(c, OPC_END_ASYNC_FOR, 0);
}

static void comprehension_part(Compiler *c, const Comprehension *k, int index, int depth)
{
    if (cg_stop(c))
        return;
    if (((comprehension_ty)asdl_get(k->generators, index))->is_async)
        async_part(c, k, index, depth);
    else
        sync_part(c, k, index, depth);
}

static Comprehension describe(expr_ty e)
{
    switch (e->kind) {
    case ListComp_kind: return (Comprehension){e, e->v.ListComp.elt, NULL, e->v.ListComp.generators, COMP_LIST};
    case SetComp_kind: return (Comprehension){e, e->v.SetComp.elt, NULL, e->v.SetComp.generators, COMP_SET};
    case DictComp_kind:
        return (Comprehension){e, e->v.DictComp.key, e->v.DictComp.value, e->v.DictComp.generators, COMP_DICT};
    default:
        return (Comprehension){e, e->v.GeneratorExp.elt, NULL, e->v.GeneratorExp.generators, COMP_GENERATOR};
    }
}

void cg_comprehension(Compiler *c, expr_ty e)
{
    static const char *const names[] = {
        [COMP_LIST] = "<listcomp>", [COMP_SET] = "<setcomp>", [COMP_DICT] = "<dictcomp>", [COMP_GENERATOR] = "<genexpr>"};
    static const unsigned char builds[] = {
        [COMP_LIST] = OPC_BUILD_LIST, [COMP_SET] = OPC_BUILD_SET, [COMP_DICT] = OPC_BUILD_MAP};
    Comprehension k = describe(e);
    Unit *outer = c->u;
    int top_level = cg_top_level_await(c);
    comprehension_ty first = asdl_get(k.generators, 0);
    cg_enter(c, cg_str(c, names[k.kind]), UNIT_COMPREHENSION, e, e->lineno);
    if (c->failed)
        return;
    SET_LOC(c, e);
    int is_async = c->u->scope->coroutine;
    if (is_async && k.kind != COMP_GENERATOR && outer->kind != UNIT_ASYNC_FUNCTION
        && outer->kind != UNIT_COMPREHENSION && !top_level) {
        cg_error(c, "asynchronous comprehension outside of an asynchronous function");
        return;
    }
    c->u->argcount = 1;
    if (k.kind != COMP_GENERATOR)
        cg_op(c, builds[k.kind], 0);
    comprehension_part(c, &k, 0, 0);
    if (k.kind != COMP_GENERATOR)
        cg_op(c, OPC_RETURN_VALUE, 0);
    PyObject *code = cg_leave(c, 1);
    if (!code)
        return;
    if (top_level && is_async)
        c->u->scope->coroutine = 1;
    cg_closure(c, code, 0);
    cg_expr(c, first->iter);
    cg_op(c, first->is_async ? OPC_GET_AITER : OPC_GET_ITER, 0);
    cg_op(c, OPC_PRECALL, 0);
    cg_op(c, OPC_CALL, 0);
    if (is_async && k.kind != COMP_GENERATOR) {
        cg_op(c, OPC_GET_AWAITABLE, 0);
        cg_load_const(c, Py_None);
        cg_yield_from(c, 1);
    }
}
