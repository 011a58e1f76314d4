/* Code for try, with, and for leaving them by return, break and continue. */
#include "compile/codegen.h"

/* ---- unwinding ---- */

/* Calls __exit__(None, None, None). */
static void call_exit_with_nones(Compiler *c)
{
    for (int i = 0; i < 3; i++)
        cg_load_const(c, Py_None);
    cg_op(c, OPC_PRECALL, 2);
    cg_op(c, OPC_CALL, 2);
}

static void await_exit(Compiler *c)
{
    cg_op(c, OPC_GET_AWAITABLE, 2);
    cg_load_const(c, Py_None);
    cg_yield_from(c, 1);
}

/* name = None; del name */
static void forget_name(Compiler *c, PyObject *name)
{
    cg_load_const(c, Py_None);
    cg_name(c, name, Store);
    cg_name(c, name, Del);
}

static void swap_if(Compiler *c, int keep_top)
{
    if (keep_top)
        cg_op(c, OPC_SWAP, 2);
}

/* Undoes one block; keep_top: a return value is on the stack. */
static void unwind(Compiler *c, const FrameBlock *b, int keep_top)
{
    switch (b->kind) {
    case IN_WHILE:
    case IN_HANDLER:
    case IN_GROUP_HANDLER:
    case IN_ASYNC_COMPREHENSION: return;
    case IN_FOR:
    case IN_POP_VALUE:
        swap_if(c, keep_top);
        cg_op(c, OPC_POP_TOP, 0);
        return;
    case IN_TRY: cg_op(c, OPC_POP_BLOCK, 0); return;
    case IN_FINALLY_TRY:
        cg_op(c, OPC_POP_BLOCK, 0);
        if (keep_top)
            cg_push_block(c, IN_POP_VALUE, NULL, NULL, NULL);
        cg_stmts(c, (asdl_seq *)b->datum);
        if (keep_top)
            cg_pop_block(c);
        UNSET_LOC(c);
        return;
    case IN_FINALLY_END:
        swap_if(c, keep_top);
        cg_op(c, OPC_POP_TOP, 0);
        swap_if(c, keep_top);
        cg_op(c, OPC_POP_BLOCK, 0);
        cg_op(c, OPC_POP_EXCEPT, 0);
        return;
    case IN_WITH:
    case IN_ASYNC_WITH:
        SET_LOC(c, (stmt_ty)b->datum);
        cg_op(c, OPC_POP_BLOCK, 0);
        swap_if(c, keep_top);
        call_exit_with_nones(c);
        if (b->kind == IN_ASYNC_WITH)
            await_exit(c);
        cg_op(c, OPC_POP_TOP, 0);
        UNSET_LOC(c);
        return;
    case IN_HANDLER_CLEANUP:
        if (b->datum)
            cg_op(c, OPC_POP_BLOCK, 0);
        swap_if(c, keep_top);
        cg_op(c, OPC_POP_BLOCK, 0);
        cg_op(c, OPC_POP_EXCEPT, 0);
        if (b->datum)
            forget_name(c, (PyObject *)b->datum);
        return;
    }
}

/* Undoes all blocks, or those inside the innermost loop, which then goes to *loop. */
static void unwind_all(Compiler *c, int keep_top, FrameBlock **loop)
{
    if (c->failed || !c->u->nframe_blocks)
        return;
    FrameBlock *top = &c->u->frame_blocks[c->u->nframe_blocks - 1], copy = *top;
    if (copy.kind == IN_GROUP_HANDLER) {
        cg_error(c, "'break', 'continue' and 'return' cannot appear in an except* block");
        return;
    }
    if (loop && (copy.kind == IN_WHILE || copy.kind == IN_FOR)) {
        *loop = top;
        return;
    }
    c->u->nframe_blocks--;
    unwind(c, &copy, keep_top);
    unwind_all(c, keep_top, loop);
    if (c->failed)
        return;
    c->u->frame_blocks[c->u->nframe_blocks++] = copy;
}

void cg_return(Compiler *c, stmt_ty s)
{
    expr_ty value = s->v.Return.value;
    int keep_top = value && value->kind != Constant_kind;
    Scope *scope = c->u->scope;
    if (scope->kind != FUNCTION_SCOPE)
        cg_error(c, "'return' outside function");
    else if (value && scope->coroutine && scope->generator)
        cg_error(c, "'return' with value in async generator");
    if (keep_top)
        cg_expr(c, value);
    else if (value) {
        SET_LOC(c, value);
        cg_op(c, OPC_NOP, 0);
    }
    if (!value || value->lineno != s->lineno) {
        SET_LOC(c, s);
        cg_op(c, OPC_NOP, 0);
    }
    unwind_all(c, keep_top, NULL);
    if (!value)
        cg_load_const(c, Py_None);
    else if (!keep_top)
        cg_load_const(c, value->v.Constant.value);
    cg_op(c, OPC_RETURN_VALUE, 0);
}

void cg_break(Compiler *c)
{
    FrameBlock *loop = NULL;
    AstPos pos = c->u->flow.pos;
    cg_op(c, OPC_NOP, 0);
    unwind_all(c, 0, &loop);
    if (!loop) {
        cg_error_at(c, pos, "'break' outside loop");
        return;
    }
    FrameBlock copy = *loop;
    unwind(c, &copy, 0);
    cg_jump(c, OPC_JUMP, copy.exit);
}

void cg_continue(Compiler *c)
{
    FrameBlock *loop = NULL;
    AstPos pos = c->u->flow.pos;
    cg_op(c, OPC_NOP, 0);
    unwind_all(c, 0, &loop);
    if (!loop) {
        cg_error_at(c, pos, "'continue' not properly in loop");
        return;
    }
    cg_jump(c, OPC_JUMP, loop->block);
}

/* ---- try ---- */

static void reraise_after_pop(Compiler *c)
{
    cg_op(c, OPC_COPY, 3);
    cg_op(c, OPC_POP_EXCEPT, 0);
    cg_op(c, OPC_RERAISE, 1);
}

static void try_except(Compiler *c, stmt_ty s);
static void try_star(Compiler *c, stmt_ty s);

static void try_finally(Compiler *c, stmt_ty s)
{
    Block *body = cg_block(c), *end = cg_block(c), *exit = cg_block(c), *cleanup = cg_block(c);
    asdl_seq *finalbody = s->v.Try.finalbody;
    cg_jump(c, OPC_SETUP_FINALLY, end);
    cg_use(c, body);
    cg_push_block(c, IN_FINALLY_TRY, body, end, finalbody);
    if (asdl_len(s->v.Try.handlers)) {
        if (s->kind == TryStar_kind)
            try_star(c, s);
        else
            try_except(c, s);
    }
    else
        cg_stmts(c, s->v.Try.body);
    cg_op_no_line(c, OPC_POP_BLOCK, 0);
    cg_pop_block(c);
    cg_stmts(c, finalbody);
    cg_jump_no_line(c, OPC_JUMP, exit);
    cg_use(c, end);
    cg_push_block(c, IN_FINALLY_END, end, NULL, NULL);
    if (c->failed)
        return;
    UNSET_LOC(c);
    cg_jump(c, OPC_SETUP_CLEANUP, cleanup);
    cg_op(c, OPC_PUSH_EXC_INFO, 0);
    cg_stmts(c, finalbody);
    cg_op(c, OPC_RERAISE, 0);
    cg_pop_block(c);
    cg_use(c, cleanup);
    reraise_after_pop(c);
    cg_use(c, exit);
}

/* The body of `except E as name:`. */
static void named_handler(Compiler *c, excepthandler_ty h, Block *end)
{
    PyObject *name = h->v.ExceptHandler.name;
    Block *cleanup_end = cg_block(c), *cleanup_body = cg_block(c);
    cg_name(c, name, Store);
    cg_jump(c, OPC_SETUP_CLEANUP, cleanup_end);
    cg_use(c, cleanup_body);
    cg_push_block(c, IN_HANDLER_CLEANUP, cleanup_body, NULL, name);
    cg_stmts(c, h->v.ExceptHandler.body);
    cg_pop_block(c);
    UNSET_LOC(c);
    cg_op(c, OPC_POP_BLOCK, 0);
    cg_op(c, OPC_POP_BLOCK, 0);
    cg_op(c, OPC_POP_EXCEPT, 0);
    forget_name(c, name);
    cg_jump(c, OPC_JUMP, end);
    cg_use(c, cleanup_end);
    UNSET_LOC(c);
    forget_name(c, name);
    cg_op(c, OPC_RERAISE, 1);
}

static void unnamed_handler(Compiler *c, excepthandler_ty h, Block *end)
{
    Block *cleanup_body = cg_block(c);
    cg_op(c, OPC_POP_TOP, 0);
    cg_use(c, cleanup_body);
    cg_push_block(c, IN_HANDLER_CLEANUP, cleanup_body, NULL, NULL);
    cg_stmts(c, h->v.ExceptHandler.body);
    cg_pop_block(c);
    UNSET_LOC(c);
    cg_op(c, OPC_POP_BLOCK, 0);
    cg_op(c, OPC_POP_EXCEPT, 0);
    cg_jump(c, OPC_JUMP, end);
}

static void try_except(Compiler *c, stmt_ty s)
{
    Block *body = cg_block(c), *except = cg_block(c), *end = cg_block(c), *cleanup = cg_block(c);
    Py_ssize_t n = asdl_len(s->v.Try.handlers);
    cg_jump(c, OPC_SETUP_FINALLY, except);
    cg_use(c, body);
    cg_push_block(c, IN_TRY, body, NULL, NULL);
    cg_stmts(c, s->v.Try.body);
    cg_pop_block(c);
    cg_op_no_line(c, OPC_POP_BLOCK, 0);
    cg_stmts(c, s->v.Try.orelse);
    cg_jump_no_line(c, OPC_JUMP, end);
    cg_use(c, except);
    UNSET_LOC(c);
    cg_jump(c, OPC_SETUP_CLEANUP, cleanup);
    cg_op(c, OPC_PUSH_EXC_INFO, 0);
    cg_push_block(c, IN_HANDLER, NULL, NULL, NULL);
    for (Py_ssize_t i = 0; i < n && !c->failed; i++) {
        excepthandler_ty h = asdl_get(s->v.Try.handlers, i);
        SET_LOC(c, h);
        if (!h->v.ExceptHandler.type && i < n - 1)
            cg_error(c, "default 'except:' must be last");
        except = cg_block(c);
        if (h->v.ExceptHandler.type) {
            cg_expr(c, h->v.ExceptHandler.type);
            cg_op(c, OPC_CHECK_EXC_MATCH, 0);
            cg_jump(c, OPC_POP_JUMP_IF_FALSE, except);
        }
        if (h->v.ExceptHandler.name)
            named_handler(c, h, end);
        else
            unnamed_handler(c, h, end);
        cg_use(c, except);
    }
    cg_pop_block(c);
    cg_op(c, OPC_RERAISE, 0);
    cg_use(c, cleanup);
    reraise_after_pop(c);
    cg_use(c, end);
}

/* One `except* E [as name]:`; goes on at `next`. */
static void star_handler(Compiler *c, excepthandler_ty h, int first, Block *next)
{
    Block *handle = cg_block(c);
    PyObject *name = h->v.ExceptHandler.name;
    if (first) {
        cg_op(c, OPC_COPY, 1);
        cg_op(c, OPC_BUILD_LIST, 0);
        cg_op(c, OPC_SWAP, 2);
    }
    if (h->v.ExceptHandler.type) {
        cg_expr(c, h->v.ExceptHandler.type);
        cg_op(c, OPC_CHECK_EG_MATCH, 0);
        cg_op(c, OPC_COPY, 1);
        cg_jump(c, OPC_POP_JUMP_IF_NOT_NONE, handle);
        cg_op(c, OPC_POP_TOP, 0);
        cg_jump(c, OPC_JUMP, next);
    }
    cg_use(c, handle);
    Block *cleanup_end = cg_block(c), *cleanup_body = cg_block(c);
    if (name)
        cg_name(c, name, Store);
    else
        cg_op(c, OPC_POP_TOP, 0);
    cg_jump(c, OPC_SETUP_CLEANUP, cleanup_end);
    cg_use(c, cleanup_body);
    cg_push_block(c, IN_HANDLER_CLEANUP, cleanup_body, NULL, name);
    cg_stmts(c, h->v.ExceptHandler.body);
    cg_pop_block(c);
    UNSET_LOC(c);
    cg_op(c, OPC_POP_BLOCK, 0);
    if (name)
        forget_name(c, name);
    cg_jump(c, OPC_JUMP, next);
    cg_use(c, cleanup_end);
    UNSET_LOC(c);
    if (name)
        forget_name(c, name);
    cg_op(c, OPC_LIST_APPEND, 3);
    cg_op(c, OPC_POP_TOP, 0);
    cg_jump(c, OPC_JUMP, next);
}

static void try_star(Compiler *c, stmt_ty s)
{
    Block *body = cg_block(c), *except = cg_block(c), *orelse = cg_block(c), *end = cg_block(c);
    Block *cleanup = cg_block(c), *reraise_star = cg_block(c);
    Py_ssize_t n = asdl_len(s->v.TryStar.handlers);
    cg_jump(c, OPC_SETUP_FINALLY, except);
    cg_use(c, body);
    cg_push_block(c, IN_TRY, body, NULL, NULL);
    cg_stmts(c, s->v.TryStar.body);
    cg_pop_block(c);
    cg_op_no_line(c, OPC_POP_BLOCK, 0);
    cg_jump_no_line(c, OPC_JUMP, orelse);
    cg_use(c, except);
    UNSET_LOC(c);
    cg_jump(c, OPC_SETUP_CLEANUP, cleanup);
    cg_op(c, OPC_PUSH_EXC_INFO, 0);
    cg_push_block(c, IN_GROUP_HANDLER, NULL, NULL, NULL);
    for (Py_ssize_t i = 0; i < n && !c->failed; i++) {
        excepthandler_ty h = asdl_get(s->v.TryStar.handlers, i);
        SET_LOC(c, h);
        except = cg_block(c);
        star_handler(c, h, i == 0, except);
        cg_use(c, except);
        if (i == n - 1) {
            cg_op(c, OPC_LIST_APPEND, 1);
            cg_jump(c, OPC_JUMP, reraise_star);
        }
    }
    cg_pop_block(c);
    Block *reraise = cg_block(c);
    cg_use(c, reraise_star);
    cg_op(c, OPC_PREP_RERAISE_STAR, 0);
    cg_op(c, OPC_COPY, 1);
    cg_jump(c, OPC_POP_JUMP_IF_NOT_NONE, reraise);
    cg_op(c, OPC_POP_TOP, 0);
    cg_op(c, OPC_POP_BLOCK, 0);
    cg_op(c, OPC_POP_EXCEPT, 0);
    cg_jump(c, OPC_JUMP, end);
    cg_use(c, reraise);
    cg_op(c, OPC_POP_BLOCK, 0);
    cg_op(c, OPC_SWAP, 2);
    cg_op(c, OPC_POP_EXCEPT, 0);
    cg_op(c, OPC_RERAISE, 0);
    cg_use(c, cleanup);
    reraise_after_pop(c);
    cg_use(c, orelse);
    cg_stmts(c, s->v.TryStar.orelse);
    cg_use(c, end);
}

void cg_try(Compiler *c, stmt_ty s)
{
    if (asdl_len(s->v.Try.finalbody))
        try_finally(c, s);
    else if (s->kind == TryStar_kind)
        try_star(c, s);
    else
        try_except(c, s);
}

/* ---- with ---- */

/* After __exit__ was called for an exception: swallow or raise it again. */
static void finish_with_except(Compiler *c, Block *cleanup)
{
    Block *swallow = cg_block(c);
    if (c->failed)
        return;
    cg_jump(c, OPC_POP_JUMP_IF_TRUE, swallow);
    cg_op(c, OPC_RERAISE, 2);
    cg_use(c, cleanup);
    UNSET_LOC(c);
    reraise_after_pop(c);
    cg_use(c, swallow);
    cg_op(c, OPC_POP_TOP, 0);
    cg_op(c, OPC_POP_BLOCK, 0);
    cg_op(c, OPC_POP_EXCEPT, 0);
    cg_op(c, OPC_POP_TOP, 0);
    cg_op(c, OPC_POP_TOP, 0);
}

static void with_target(Compiler *c, withitem_ty item)
{
    if (item->optional_vars)
        cg_expr(c, item->optional_vars);
    else
        cg_op(c, OPC_POP_TOP, 0);
}

void cg_with(Compiler *c, stmt_ty s, Py_ssize_t pos)
{
    withitem_ty item = asdl_get(s->v.With.items, pos);
    Block *block = cg_block(c), *final = cg_block(c), *exit = cg_block(c), *cleanup = cg_block(c);
    cg_expr(c, item->context_expr);
    cg_op(c, OPC_BEFORE_WITH, 0);
    cg_jump(c, OPC_SETUP_WITH, final);
    cg_use(c, block);
    cg_push_block(c, IN_WITH, block, final, s);
    with_target(c, item);
    if (cg_stop(c))
        return;
    if (++pos == asdl_len(s->v.With.items))
        cg_stmts(c, s->v.With.body);
    else
        cg_with(c, s, pos);
    if (c->failed)
        return;
    UNSET_LOC(c);
    cg_op(c, OPC_POP_BLOCK, 0);
    cg_pop_block(c);
    SET_LOC(c, s);
    call_exit_with_nones(c);
    cg_op(c, OPC_POP_TOP, 0);
    cg_jump(c, OPC_JUMP, exit);
    cg_use(c, final);
    cg_jump(c, OPC_SETUP_CLEANUP, cleanup);
    cg_op(c, OPC_PUSH_EXC_INFO, 0);
    cg_op(c, OPC_WITH_EXCEPT_START, 0);
    finish_with_except(c, cleanup);
    cg_use(c, exit);
}

void cg_async_with(Compiler *c, stmt_ty s, Py_ssize_t pos)
{
    withitem_ty item = asdl_get(s->v.AsyncWith.items, pos);
    Block *block = cg_block(c), *final = cg_block(c), *exit = cg_block(c), *cleanup = cg_block(c);
    cg_expr(c, item->context_expr);
    cg_op(c, OPC_BEFORE_ASYNC_WITH, 0);
    cg_op(c, OPC_GET_AWAITABLE, 1);
    cg_load_const(c, Py_None);
    cg_yield_from(c, 1);
    cg_jump(c, OPC_SETUP_WITH, final);
    cg_use(c, block);
    cg_push_block(c, IN_ASYNC_WITH, block, final, s);
    with_target(c, item);
    if (cg_stop(c))
        return;
    if (++pos == asdl_len(s->v.AsyncWith.items))
        cg_stmts(c, s->v.AsyncWith.body);
    else
        cg_async_with(c, s, pos);
    if (c->failed)
        return;
    cg_pop_block(c);
    cg_op(c, OPC_POP_BLOCK, 0);
    SET_LOC(c, s);
    call_exit_with_nones(c);
    await_exit(c);
    cg_op(c, OPC_POP_TOP, 0);
    cg_jump(c, OPC_JUMP, exit);
    cg_use(c, final);
    cg_jump(c, OPC_SETUP_CLEANUP, cleanup);
    cg_op(c, OPC_PUSH_EXC_INFO, 0);
    cg_op(c, OPC_WITH_EXCEPT_START, 0);
    await_exit(c);
    finish_with_except(c, cleanup);
    cg_use(c, exit);
}
