/* Code generation: the state of a compilation and what its files offer each other.
 *
 * CG-1  an error is sticky: Compiler.failed is set together with an exception, and everything that adds code or visits
 *       a node does nothing from then on.  So nothing here returns a status; the driver looks at the end.
 * CG-2  Python objects made on the way belong to the arena (cg_keep).
 * CG-3  instructions take their place from unit->flow.pos. */
#ifndef LIMPID_COMPILE_CODEGEN_H
#define LIMPID_COMPILE_CODEGEN_H

#include "compile/flow.h"
#include "compile/symtable.h"

#define STACK_USE_GUIDELINE 30  /* longer displays and calls are built piece by piece */

enum unit_kind { UNIT_MODULE, UNIT_CLASS, UNIT_FUNCTION, UNIT_ASYNC_FUNCTION, UNIT_LAMBDA, UNIT_COMPREHENSION };

/* What `return`, `break` and `continue` must undo on their way out. */
enum frame_block_kind {
    IN_WHILE, IN_FOR, IN_TRY, IN_FINALLY_TRY, IN_FINALLY_END, IN_WITH, IN_ASYNC_WITH, IN_HANDLER_CLEANUP,
    IN_POP_VALUE, IN_HANDLER, IN_GROUP_HANDLER, IN_ASYNC_COMPREHENSION
};

typedef struct {
    enum frame_block_kind kind;
    Block *block, *exit;
    const void *datum;      /* finally: asdl_seq of its body; with: statement; handler: name or NULL */
} FrameBlock;

typedef struct unit {
    struct unit *outer;
    enum unit_kind kind;
    Scope *scope;
    PyObject *name, *qualname;      /* owned by the arena */
    PyObject *private_name;         /* for mangling; borrowed or NULL */
    PyObject *consts;               /* list */
    PyObject *const_index, *names, *varnames, *cellvars, *freevars;    /* dicts: key -> index */
    int argcount, posonlyargcount, kwonlyargcount, firstlineno;
    Flow flow;
    FrameBlock frame_blocks[CO_MAXBLOCKS];
    int nframe_blocks;
} Unit;

typedef struct {
    PyObject *filename;     /* borrowed */
    AstArena *arena;
    Symtable st;
    int flags;              /* PyCF_* and CO_FUTURE_* */
    int optimize, interactive, nesting, future_line, lines_only;
    PyObject *const_cache;  /* dict: constant key -> constant */
    Unit *u;
    int failed;
} Compiler;

/* ---- unit.c ---- */
/* Gives a new reference (or NULL after an error) to the arena: the object, borrowed; NULL and failed on error. */
PyObject *cg_keep(Compiler *c, PyObject *o);
PyObject *cg_str(Compiler *c, const char *text);    /* interned, kept */
void cg_error(Compiler *c, const char *format, ...);            /* SyntaxError at the current place */
void cg_error_at(Compiler *c, AstPos pos, const char *format, ...);
void cg_warn(Compiler *c, const char *format, ...);             /* SyntaxWarning at the current place */
int cg_stop(Compiler *c);                           /* failed, or the C stack is used up */
static inline void cg_at(Compiler *c, AstPos pos) { c->u->flow.pos = pos; }
#define SET_LOC(c, node) cg_at(c, AST_POS(node))
#define UNSET_LOC(c) cg_at(c, NO_PLACE)

void cg_enter(Compiler *c, PyObject *name, enum unit_kind kind, const void *node, int lineno);
/* Finishes the current unit: its code object (kept), or NULL.  add_none: the code may end without a value. */
PyObject *cg_leave(Compiler *c, int add_none);

Block *cg_block(Compiler *c);
void cg_use(Compiler *c, Block *b);
void cg_op(Compiler *c, int op, int arg);
void cg_op_no_line(Compiler *c, int op, int arg);
void cg_jump(Compiler *c, int op, Block *target);
void cg_jump_no_line(Compiler *c, int op, Block *target);
int cg_const(Compiler *c, PyObject *o);             /* index of a constant (borrowed) */
void cg_load_const(Compiler *c, PyObject *o);       /* LOAD_CONST of a borrowed object; NULL: failed already */
void cg_load_int(Compiler *c, long n);
PyObject *cg_mangle(Compiler *c, PyObject *name);   /* kept */
void cg_op_name(Compiler *c, int op, PyObject *name);           /* mangled, in co_names */
void cg_name(Compiler *c, PyObject *name, expr_context_ty ctx);
int cg_forbidden_name(Compiler *c, PyObject *name, expr_context_ty ctx);
void cg_closure(Compiler *c, PyObject *code, int flags);
void cg_push_block(Compiler *c, enum frame_block_kind kind, Block *block, Block *exit, const void *datum);
void cg_pop_block(Compiler *c);
int cg_top_level_await(Compiler *c);

/* ---- expr.c ---- */
void cg_expr(Compiler *c, expr_ty e);
void cg_exprs(Compiler *c, asdl_seq *seq);
void cg_jump_if(Compiler *c, expr_ty e, Block *next, int cond);
void cg_yield_from(Compiler *c, int is_await);
void cg_call_arguments(Compiler *c, int pushed, asdl_seq *args, asdl_seq *keywords);
void cg_attr_start(Compiler *c, expr_ty attr);
int cg_binary_operator(operator_ty op, int inplace);
/* A kept tuple of the items' constants. */
PyObject *cg_const_tuple(Compiler *c, asdl_seq *seq, Py_ssize_t begin, Py_ssize_t end);

/* ---- checks.c: warnings ---- */
void cg_check_compare(Compiler *c, expr_ty e);
void cg_check_caller(Compiler *c, expr_ty e);
void cg_check_subscript(Compiler *c, expr_ty value, expr_ty slice);

/* ---- function.c ---- */
void cg_function(Compiler *c, stmt_ty s, int is_async);
void cg_class(Compiler *c, stmt_ty s);
void cg_lambda(Compiler *c, expr_ty e);
void cg_comprehension(Compiler *c, expr_ty e);
void cg_annotation(Compiler *c, expr_ty annotation);   /* the value, or its text under `annotations` */

/* ---- stmt.c, try.c, match.c ---- */
void cg_stmt(Compiler *c, stmt_ty s);
void cg_stmts(Compiler *c, asdl_seq *seq);
void cg_body(Compiler *c, asdl_seq *stmts);
void cg_try(Compiler *c, stmt_ty s);
void cg_with(Compiler *c, stmt_ty s, Py_ssize_t pos);
void cg_async_with(Compiler *c, stmt_ty s, Py_ssize_t pos);
void cg_return(Compiler *c, stmt_ty s);
void cg_break(Compiler *c);
void cg_continue(Compiler *c);
void cg_match(Compiler *c, stmt_ty s);

/* ---- fold.c, unparse.c ---- */
/* Folds constants in the tree; 0, or -1 with an exception set. */
int fold_module(mod_ty mod, AstArena *arena, int optimize, int future);
/* The source text of an expression: new reference. */
PyObject *unparse_expr(expr_ty e);

#endif
