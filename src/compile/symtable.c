/* The walk over the tree that finds each scope's names.  symtable_analyze.c then decides what they mean. */
#include "compile/symtable.h"
#include "compile/symtable_analyze.h"
#include "memory/stack.h"

static void visit_stmts(Symtable *st, asdl_seq *seq);
static void visit_expr(Symtable *st, expr_ty e);
static void visit_exprs(Symtable *st, asdl_seq *seq);
static void visit_pattern(Symtable *st, pattern_ty p);

/* ---- errors ---- */

void compile_error_at(PyObject *filename, AstPos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    PyObject *message = PyUnicode_FromFormatV(format, args);
    va_end(args);
    if (!message)
        return;
    PyObject *text = PyErr_ProgramTextObject(filename, pos.lineno);
    if (!text) {
        PyErr_Clear();
        text = Py_NewRef(Py_None);
    }
    PyObject *value = Py_BuildValue("O(OiiOii)", message, filename, pos.lineno, pos.col_offset + 1, text,
                                    pos.end_lineno, pos.end_col_offset + 1);
    Py_DECREF(text);
    Py_DECREF(message);
    if (value)
        PyErr_SetObject(PyExc_SyntaxError, value);
    Py_XDECREF(value);
}

void scope_error_at(PyObject *filename, AstPos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    PyErr_FormatV(PyExc_SyntaxError, format, args);
    va_end(args);
    PyErr_RangedSyntaxLocationObject(filename, pos.lineno, pos.col_offset + 1, pos.end_lineno, pos.end_col_offset + 1);
}

#define FAIL(st, pos, ...) do { (st)->failed = 1; scope_error_at((st)->filename, pos, __VA_ARGS__); } while (0)

/* ---- names ---- */

PyObject *_Py_Mangle(PyObject *private_name, PyObject *name)
{
    if (!private_name || !PyUnicode_Check(private_name) || PyUnicode_GET_LENGTH(name) < 2
        || PyUnicode_READ_CHAR(name, 0) != '_' || PyUnicode_READ_CHAR(name, 1) != '_')
        return Py_NewRef(name);
    Py_ssize_t n = PyUnicode_GET_LENGTH(name), skip = 0, m = PyUnicode_GET_LENGTH(private_name);
    if ((PyUnicode_READ_CHAR(name, n - 1) == '_' && PyUnicode_READ_CHAR(name, n - 2) == '_')
        || PyUnicode_FindChar(name, '.', 0, n, 1) != -1)
        return Py_NewRef(name);
    while (skip < m && PyUnicode_READ_CHAR(private_name, skip) == '_')
        skip++;
    if (skip == m)
        return Py_NewRef(name);
    PyObject *stripped = PyUnicode_Substring(private_name, skip, m);
    PyObject *result = stripped ? PyUnicode_FromFormat("_%U%U", stripped, name) : NULL;
    Py_XDECREF(stripped);
    return result;
}

long symtable_flags(Scope *scope, PyObject *name)
{
    PyObject *flags = PyDict_GetItemWithError(scope->symbols, name);
    if (!flags)
        return PyErr_Occurred() ? -1 : 0;
    return PyLong_AsLong(flags);
}

static int set_flags(Scope *scope, PyObject *name, long flags)
{
    PyObject *value = PyLong_FromLong(flags);
    int result = value ? PyDict_SetItem(scope->symbols, name, value) : -1;
    Py_XDECREF(value);
    return result;
}

static long lookup(Symtable *st, Scope *scope, PyObject *name)
{
    PyObject *mangled = _Py_Mangle(st->private_name, name);
    long flags = mangled ? symtable_flags(scope, mangled) : -1;
    Py_XDECREF(mangled);
    if (flags < 0)
        st->failed = 1;
    return flags;
}

static void add_mangled(Symtable *st, Scope *scope, PyObject *name, PyObject *mangled, int flag, AstPos pos)
{
    long flags = symtable_flags(scope, mangled);
    if (flags < 0)
        goto failed;
    if (flag & DEF_PARAM && flags & DEF_PARAM) {
        FAIL(st, pos, "duplicate argument '%U' in function definition", name);
        return;
    }
    flags |= flag;
    if (scope->comp_iter_target) {
        if (flags & (DEF_GLOBAL | DEF_NONLOCAL)) {
            FAIL(st, pos, "comprehension inner loop cannot rebind assignment expression target '%U'", name);
            return;
        }
        flags |= DEF_COMP_ITER;
    }
    if (set_flags(scope, mangled, flags) < 0)
        goto failed;
    if (flag & DEF_PARAM) {
        if (PyList_Append(scope->varnames, mangled) < 0)
            goto failed;
    }
    else if (flag & DEF_GLOBAL) {
        flags = symtable_flags(st->top, mangled);
        if (flags < 0 || set_flags(st->top, mangled, flags | flag) < 0)
            goto failed;
    }
    return;
failed:
    st->failed = 1;
}

static void add_def_in(Symtable *st, Scope *scope, PyObject *name, int flag, AstPos pos)
{
    if (st->failed)
        return;
    PyObject *mangled = _Py_Mangle(st->private_name, name);
    if (!mangled)
        st->failed = 1;
    else
        add_mangled(st, scope, name, mangled, flag, pos);
    Py_XDECREF(mangled);
}

static void add_def(Symtable *st, PyObject *name, int flag, AstPos pos)
{
    add_def_in(st, st->current, name, flag, pos);
}

static void add_named(Symtable *st, const char *text, int flag, AstPos pos)
{
    PyObject *name = PyUnicode_InternFromString(text);
    if (!name || ast_arena_add_object(st->arena, name) < 0)
        st->failed = 1;
    else
        add_def(st, name, flag, pos);
}

static void record_directive(Symtable *st, PyObject *name, AstPos pos)
{
    Scope *scope = st->current;
    if (st->failed)
        return;
    st->failed = 1;
    if (!scope->directives) {
        scope->directives = PyList_New(0);
        if (!scope->directives || ast_arena_add_object(st->arena, scope->directives) < 0)
            return;
    }
    PyObject *mangled = _Py_Mangle(st->private_name, name);
    PyObject *row = mangled ? Py_BuildValue("(Niiii)", mangled, pos.lineno, pos.col_offset, pos.end_lineno,
                                            pos.end_col_offset) : NULL;
    if (row && PyList_Append(scope->directives, row) == 0)
        st->failed = 0;
    Py_XDECREF(row);
}

/* ---- scopes ---- */

static Scope *scope_new(Symtable *st, PyObject *name, enum scope_kind kind, const void *node, AstPos pos)
{
    Scope *scope = ast_arena_malloc(st->arena, sizeof *scope);
    if (!scope)
        return NULL;
    *scope = (Scope){.node = node, .name = name, .kind = kind, .parent = st->current, .pos = pos};
    scope->symbols = PyDict_New();
    if (!scope->symbols || ast_arena_add_object(st->arena, scope->symbols) < 0)
        return NULL;
    scope->varnames = PyList_New(0);
    if (!scope->varnames || ast_arena_add_object(st->arena, scope->varnames) < 0)
        return NULL;
    Scope *parent = st->current;
    if (parent) {
        scope->comp_iter_expr = parent->comp_iter_expr;
        scope->nested = parent->nested || parent->kind == FUNCTION_SCOPE;
        if (kind != ANNOTATION_SCOPE && parent->kind != ANNOTATION_SCOPE) {
            if (parent->last_child)
                parent->last_child->next = scope;
            else
                parent->first_child = scope;
            parent->last_child = scope;
        }
    }
    PyObject *key = PyLong_FromVoidPtr((void *)node), *value = key ? PyLong_FromVoidPtr(scope) : NULL;
    int result = value ? PyDict_SetItem(st->by_node, key, value) : -1;
    Py_XDECREF(key);
    Py_XDECREF(value);
    return result < 0 ? NULL : scope;
}

/* Opens a scope and makes it the current one; on failure the current one stays. */
static void enter(Symtable *st, PyObject *name, enum scope_kind kind, const void *node, AstPos pos)
{
    if (st->failed)
        return;
    Scope *scope = scope_new(st, name, kind, node, pos);
    if (!scope)
        st->failed = 1;
    else
        st->current = scope;
}

static void leave(Symtable *st, Scope *outer) { st->current = outer; }

Scope *symtable_scope_of(Symtable *st, const void *node)
{
    PyObject *key = PyLong_FromVoidPtr((void *)node);
    PyObject *value = key ? PyDict_GetItemWithError(st->by_node, key) : NULL;
    Py_XDECREF(key);
    if (!value) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_KeyError, "unknown symbol table entry");
        return NULL;
    }
    return PyLong_AsVoidPtr(value);
}

/* A str that lives as long as the arena, borrowed; NULL and st->failed. */
static PyObject *arena_name(Symtable *st, const char *text)
{
    PyObject *name = PyUnicode_InternFromString(text);
    if (!name || ast_arena_add_object(st->arena, name) < 0) {
        st->failed = 1;
        return NULL;
    }
    return name;
}

/* ---- functions ---- */

static void visit_annotation(Symtable *st, expr_ty annotation)
{
    Scope *outer = st->current;
    if (!annotation)
        return;
    if (st->future & CO_FUTURE_ANNOTATIONS)
        enter(st, arena_name(st, "_annotation"), ANNOTATION_SCOPE, annotation, AST_POS(annotation));
    visit_expr(st, annotation);
    leave(st, outer);
}

static void visit_arg_annotations(Symtable *st, asdl_seq *args)
{
    for (Py_ssize_t i = 0; i < asdl_len(args); i++) {
        arg_ty arg = asdl_get(args, i);
        if (arg->annotation)
            visit_expr(st, arg->annotation);
    }
}

static void visit_annotations(Symtable *st, stmt_ty function, arguments_ty a, expr_ty returns)
{
    Scope *outer = st->current;
    if (st->future & CO_FUTURE_ANNOTATIONS)
        enter(st, arena_name(st, "_annotation"), ANNOTATION_SCOPE, &function->v, AST_POS(function));
    visit_arg_annotations(st, a->posonlyargs);
    visit_arg_annotations(st, a->args);
    if (a->vararg && a->vararg->annotation)
        visit_expr(st, a->vararg->annotation);
    if (a->kwarg && a->kwarg->annotation)
        visit_expr(st, a->kwarg->annotation);
    visit_arg_annotations(st, a->kwonlyargs);
    leave(st, outer);
    visit_annotation(st, returns);
}

static void visit_params(Symtable *st, asdl_seq *args)
{
    for (Py_ssize_t i = 0; i < asdl_len(args); i++) {
        arg_ty arg = asdl_get(args, i);
        add_def(st, arg->arg, DEF_PARAM, AST_POS(arg));
    }
}

static void visit_arguments(Symtable *st, arguments_ty a)
{
    visit_params(st, a->posonlyargs);
    visit_params(st, a->args);
    visit_params(st, a->kwonlyargs);
    if (a->vararg) {
        add_def(st, a->vararg->arg, DEF_PARAM, AST_POS(a->vararg));
        st->current->varargs = 1;
    }
    if (a->kwarg) {
        add_def(st, a->kwarg->arg, DEF_PARAM, AST_POS(a->kwarg));
        st->current->varkeywords = 1;
    }
}

static void visit_function(Symtable *st, stmt_ty s, int is_async)
{
    Scope *outer = st->current;
    arguments_ty a = s->v.FunctionDef.args;
    add_def(st, s->v.FunctionDef.name, DEF_LOCAL, AST_POS(s));
    visit_exprs(st, a->defaults);
    visit_exprs(st, a->kw_defaults);
    visit_annotations(st, s, a, s->v.FunctionDef.returns);
    visit_exprs(st, s->v.FunctionDef.decorator_list);
    enter(st, s->v.FunctionDef.name, FUNCTION_SCOPE, s, AST_POS(s));
    if (st->failed)
        return;
    st->current->coroutine = is_async;
    visit_arguments(st, a);
    visit_stmts(st, s->v.FunctionDef.body);
    leave(st, outer);
}

static void visit_lambda(Symtable *st, expr_ty e)
{
    Scope *outer = st->current;
    visit_exprs(st, e->v.Lambda.args->defaults);
    visit_exprs(st, e->v.Lambda.args->kw_defaults);
    enter(st, arena_name(st, "lambda"), FUNCTION_SCOPE, e, AST_POS(e));
    if (st->failed)
        return;
    visit_arguments(st, e->v.Lambda.args);
    visit_expr(st, e->v.Lambda.body);
    leave(st, outer);
}

static void visit_keywords(Symtable *st, asdl_seq *keywords)
{
    for (Py_ssize_t i = 0; i < asdl_len(keywords); i++)
        visit_expr(st, ((keyword_ty)asdl_get(keywords, i))->value);
}

static void visit_class(Symtable *st, stmt_ty s)
{
    Scope *outer = st->current;
    PyObject *outer_private = st->private_name;
    add_def(st, s->v.ClassDef.name, DEF_LOCAL, AST_POS(s));
    visit_exprs(st, s->v.ClassDef.bases);
    visit_keywords(st, s->v.ClassDef.keywords);
    visit_exprs(st, s->v.ClassDef.decorator_list);
    enter(st, s->v.ClassDef.name, CLASS_SCOPE, s, AST_POS(s));
    if (st->failed)
        return;
    st->private_name = s->v.ClassDef.name;
    visit_stmts(st, s->v.ClassDef.body);
    st->private_name = outer_private;
    leave(st, outer);
}

/* ---- comprehensions ---- */

static void visit_comprehension(Symtable *st, comprehension_ty comp, int outermost)
{
    st->current->comp_iter_target = 1;
    visit_expr(st, comp->target);
    st->current->comp_iter_target = 0;
    if (!outermost) {
        st->current->comp_iter_expr++;
        visit_expr(st, comp->iter);
        st->current->comp_iter_expr--;
    }
    visit_exprs(st, comp->ifs);
    if (comp->is_async)
        st->current->coroutine = 1;
}

static void visit_comprehension_expr(Symtable *st, expr_ty e, const char *name, enum comprehension_kind kind,
                                     asdl_seq *generators, expr_ty elt, expr_ty value)
{
    Scope *outer = st->current;
    comprehension_ty first = asdl_get(generators, 0);
    outer->comp_iter_expr++;
    visit_expr(st, first->iter);
    outer->comp_iter_expr--;
    enter(st, arena_name(st, name), FUNCTION_SCOPE, e, AST_POS(e));
    if (st->failed)
        return;
    Scope *scope = st->current;
    scope->comprehension = kind;
    if (first->is_async)
        scope->coroutine = 1;
    add_named(st, ".0", DEF_PARAM, AST_POS(e));
    for (Py_ssize_t i = 0; i < asdl_len(generators) && !st->failed; i++)
        visit_comprehension(st, asdl_get(generators, i), i == 0);
    if (value)
        visit_expr(st, value);
    visit_expr(st, elt);
    scope->generator = kind == COMP_GENERATOR;
    leave(st, outer);
    if (scope->coroutine && !scope->generator)
        outer->coroutine = 1;
}

/* Binds the target of := in the nearest scope that is no comprehension. */
static void bind_named_target(Symtable *st, expr_ty e)
{
    PyObject *name = e->v.Name.id;
    for (Scope *scope = st->current; scope && !st->failed; scope = scope->parent) {
        if (scope->comprehension) {
            if (lookup(st, scope, name) & DEF_COMP_ITER && !st->failed)
                FAIL(st, AST_POS(e), "assignment expression cannot rebind comprehension iteration variable '%U'",
                     name);
            continue;
        }
        if (scope->kind == FUNCTION_SCOPE) {
            long flags = lookup(st, scope, name);
            add_def(st, name, flags & DEF_GLOBAL ? DEF_GLOBAL : DEF_NONLOCAL, AST_POS(e));
            record_directive(st, name, AST_POS(e));
            add_def_in(st, scope, name, DEF_LOCAL, AST_POS(e));
        }
        else if (scope->kind == MODULE_SCOPE) {
            add_def(st, name, DEF_GLOBAL, AST_POS(e));
            record_directive(st, name, AST_POS(e));
            add_def_in(st, scope, name, DEF_GLOBAL, AST_POS(e));
        }
        else
            FAIL(st, AST_POS(e), "assignment expression within a comprehension cannot be used in a class body");
        return;
    }
}

static int in_annotation(Symtable *st, const char *what, expr_ty e)
{
    if (st->current->kind != ANNOTATION_SCOPE)
        return 0;
    FAIL(st, AST_POS(e), "%s cannot be used within an annotation", what);
    return 1;
}

static void visit_named_expr(Symtable *st, expr_ty e)
{
    if (in_annotation(st, "named expression", e))
        return;
    if (st->current->comp_iter_expr > 0) {
        FAIL(st, AST_POS(e), "assignment expression cannot be used in a comprehension iterable expression");
        return;
    }
    if (st->current->comprehension)
        bind_named_target(st, e->v.NamedExpr.target);
    visit_expr(st, e->v.NamedExpr.value);
    visit_expr(st, e->v.NamedExpr.target);
}

static void visit_yield(Symtable *st, expr_ty e, expr_ty value)
{
    static const char *const inside[] = {
        [COMP_LIST] = "list comprehension", [COMP_DICT] = "dict comprehension",
        [COMP_SET] = "set comprehension", [COMP_GENERATOR] = "generator expression"};
    if (in_annotation(st, "yield expression", e))
        return;
    if (value)
        visit_expr(st, value);
    if (st->failed)
        return;
    st->current->generator = 1;
    if (st->current->comprehension)
        FAIL(st, AST_POS(e), "'yield' inside %s", inside[st->current->comprehension]);
}

/* ---- expressions ---- */

static void visit_exprs(Symtable *st, asdl_seq *seq)
{
    for (Py_ssize_t i = 0; i < asdl_len(seq) && !st->failed; i++)
        if (asdl_get(seq, i))
            visit_expr(st, asdl_get(seq, i));
}

static void visit_expr_kind(Symtable *st, expr_ty e)
{
    switch (e->kind) {
    case NamedExpr_kind: visit_named_expr(st, e); break;
    case BoolOp_kind: visit_exprs(st, e->v.BoolOp.values); break;
    case BinOp_kind: visit_expr(st, e->v.BinOp.left); visit_expr(st, e->v.BinOp.right); break;
    case UnaryOp_kind: visit_expr(st, e->v.UnaryOp.operand); break;
    case Lambda_kind: visit_lambda(st, e); break;
    case IfExp_kind:
        visit_expr(st, e->v.IfExp.test);
        visit_expr(st, e->v.IfExp.body);
        visit_expr(st, e->v.IfExp.orelse);
        break;
    case Dict_kind: visit_exprs(st, e->v.Dict.keys); visit_exprs(st, e->v.Dict.values); break;
    case Set_kind: visit_exprs(st, e->v.Set.elts); break;
    case ListComp_kind:
        visit_comprehension_expr(st, e, "listcomp", COMP_LIST, e->v.ListComp.generators, e->v.ListComp.elt, NULL);
        break;
    case SetComp_kind:
        visit_comprehension_expr(st, e, "setcomp", COMP_SET, e->v.SetComp.generators, e->v.SetComp.elt, NULL);
        break;
    case DictComp_kind:
        visit_comprehension_expr(st, e, "dictcomp", COMP_DICT, e->v.DictComp.generators, e->v.DictComp.key,
                                 e->v.DictComp.value);
        break;
    case GeneratorExp_kind:
        visit_comprehension_expr(st, e, "genexpr", COMP_GENERATOR, e->v.GeneratorExp.generators,
                                 e->v.GeneratorExp.elt, NULL);
        break;
    case Await_kind:
        if (in_annotation(st, "await expression", e))
            break;
        visit_expr(st, e->v.Await.value);
        st->current->coroutine = 1;
        break;
    case Yield_kind: visit_yield(st, e, e->v.Yield.value); break;
    case YieldFrom_kind: visit_yield(st, e, e->v.YieldFrom.value); break;
    case Compare_kind: visit_expr(st, e->v.Compare.left); visit_exprs(st, e->v.Compare.comparators); break;
    case Call_kind:
        visit_expr(st, e->v.Call.func);
        visit_exprs(st, e->v.Call.args);
        visit_keywords(st, e->v.Call.keywords);
        break;
    case FormattedValue_kind:
        visit_expr(st, e->v.FormattedValue.value);
        if (e->v.FormattedValue.format_spec)
            visit_expr(st, e->v.FormattedValue.format_spec);
        break;
    case JoinedStr_kind: visit_exprs(st, e->v.JoinedStr.values); break;
    case Constant_kind: break;
    case Attribute_kind: visit_expr(st, e->v.Attribute.value); break;
    case Subscript_kind: visit_expr(st, e->v.Subscript.value); visit_expr(st, e->v.Subscript.slice); break;
    case Starred_kind: visit_expr(st, e->v.Starred.value); break;
    case Slice_kind:
        if (e->v.Slice.lower)
            visit_expr(st, e->v.Slice.lower);
        if (e->v.Slice.upper)
            visit_expr(st, e->v.Slice.upper);
        if (e->v.Slice.step)
            visit_expr(st, e->v.Slice.step);
        break;
    case Name_kind:
        add_def(st, e->v.Name.id, e->v.Name.ctx == Load ? DEF_USE : DEF_LOCAL, AST_POS(e));
        if (e->v.Name.ctx == Load && st->current->kind == FUNCTION_SCOPE
            && PyUnicode_CompareWithASCIIString(e->v.Name.id, "super") == 0)
            add_named(st, "__class__", DEF_USE, AST_POS(e));
        break;
    case List_kind: visit_exprs(st, e->v.List.elts); break;
    case Tuple_kind: visit_exprs(st, e->v.Tuple.elts); break;
    default: break;
    }
}

static int too_deep(Symtable *st)
{
    if (!st->failed && c_stack_low() && c_stack_check(" during compilation") < 0)
        st->failed = 1;
    return st->failed;
}

static void visit_expr(Symtable *st, expr_ty e)
{
    if (!too_deep(st))
        visit_expr_kind(st, e);
}

/* ---- patterns ---- */

static void visit_patterns(Symtable *st, asdl_seq *seq)
{
    for (Py_ssize_t i = 0; i < asdl_len(seq) && !st->failed; i++)
        visit_pattern(st, asdl_get(seq, i));
}

static void visit_pattern(Symtable *st, pattern_ty p)
{
    if (too_deep(st))
        return;
    switch (p->kind) {
    case MatchValue_kind: visit_expr(st, p->v.MatchValue.value); break;
    case MatchSequence_kind: visit_patterns(st, p->v.MatchSequence.patterns); break;
    case MatchStar_kind:
        if (p->v.MatchStar.name)
            add_def(st, p->v.MatchStar.name, DEF_LOCAL, AST_POS(p));
        break;
    case MatchMapping_kind:
        visit_exprs(st, p->v.MatchMapping.keys);
        visit_patterns(st, p->v.MatchMapping.patterns);
        if (p->v.MatchMapping.rest)
            add_def(st, p->v.MatchMapping.rest, DEF_LOCAL, AST_POS(p));
        break;
    case MatchClass_kind:
        visit_expr(st, p->v.MatchClass.cls);
        visit_patterns(st, p->v.MatchClass.patterns);
        visit_patterns(st, p->v.MatchClass.kwd_patterns);
        break;
    case MatchAs_kind:
        if (p->v.MatchAs.pattern)
            visit_pattern(st, p->v.MatchAs.pattern);
        if (p->v.MatchAs.name)
            add_def(st, p->v.MatchAs.name, DEF_LOCAL, AST_POS(p));
        break;
    case MatchOr_kind: visit_patterns(st, p->v.MatchOr.patterns); break;
    default: break;
    }
}

/* ---- statements ---- */

static void visit_ann_assign(Symtable *st, stmt_ty s)
{
    expr_ty target = s->v.AnnAssign.target;
    if (target->kind == Name_kind) {
        PyObject *name = target->v.Name.id;
        long flags = lookup(st, st->current, name);
        if (st->failed)
            return;
        if (flags & (DEF_GLOBAL | DEF_NONLOCAL) && st->current != st->top && s->v.AnnAssign.simple) {
            FAIL(st, AST_POS(s), "annotated name '%U' can't be %s", name, flags & DEF_GLOBAL ? "global" : "nonlocal");
            return;
        }
        if (s->v.AnnAssign.simple)
            add_def(st, name, DEF_ANNOT | DEF_LOCAL, AST_POS(target));
        else if (s->v.AnnAssign.value)
            add_def(st, name, DEF_LOCAL, AST_POS(target));
    }
    else
        visit_expr(st, target);
    visit_annotation(st, s->v.AnnAssign.annotation);
    if (s->v.AnnAssign.value)
        visit_expr(st, s->v.AnnAssign.value);
}

/* global and nonlocal statements. */
static void visit_declaration(Symtable *st, stmt_ty s, asdl_seq *names, int flag, const char *word)
{
    for (Py_ssize_t i = 0; i < asdl_len(names) && !st->failed; i++) {
        PyObject *name = asdl_get(names, i);
        long flags = lookup(st, st->current, name);
        if (st->failed)
            return;
        if (flags & DEF_PARAM)
            FAIL(st, AST_POS(s), "name '%U' is parameter and %s", name, word);
        else if (flags & DEF_USE)
            FAIL(st, AST_POS(s), "name '%U' is used prior to %s declaration", name, word);
        else if (flags & DEF_ANNOT)
            FAIL(st, AST_POS(s), "annotated name '%U' can't be %s", name, word);
        else if (flags & DEF_LOCAL)
            FAIL(st, AST_POS(s), "name '%U' is assigned to before %s declaration", name, word);
        add_def(st, name, flag, AST_POS(s));
        record_directive(st, name, AST_POS(s));
    }
}

static void visit_alias(Symtable *st, alias_ty a)
{
    PyObject *name = a->asname ? a->asname : a->name;
    if (PyUnicode_CompareWithASCIIString(name, "*") == 0) {
        if (st->current->kind != MODULE_SCOPE)
            FAIL(st, AST_POS(a), "import * only allowed at module level");
        return;
    }
    Py_ssize_t dot = PyUnicode_FindChar(name, '.', 0, PyUnicode_GET_LENGTH(name), 1);
    if (dot == -1) {
        add_def(st, name, DEF_IMPORT, AST_POS(a));
        return;
    }
    PyObject *first = PyUnicode_Substring(name, 0, dot);
    if (!first || ast_arena_add_object(st->arena, first) < 0)
        st->failed = 1;
    else
        add_def(st, first, DEF_IMPORT, AST_POS(a));
}

static void visit_try(Symtable *st, stmt_ty s)
{
    visit_stmts(st, s->v.Try.body);
    visit_stmts(st, s->v.Try.orelse);
    for (Py_ssize_t i = 0; i < asdl_len(s->v.Try.handlers) && !st->failed; i++) {
        excepthandler_ty h = asdl_get(s->v.Try.handlers, i);
        if (h->v.ExceptHandler.type)
            visit_expr(st, h->v.ExceptHandler.type);
        if (h->v.ExceptHandler.name)
            add_def(st, h->v.ExceptHandler.name, DEF_LOCAL, AST_POS(h));
        visit_stmts(st, h->v.ExceptHandler.body);
    }
    visit_stmts(st, s->v.Try.finalbody);
}

/* An asynchronous statement makes a coroutine of a module, where that may be one (the compiler refuses it elsewhere). */
static void note_async(Symtable *st, int is_async)
{
    if (is_async && st->current->kind == MODULE_SCOPE)
        st->current->coroutine = 1;
}

static void visit_with(Symtable *st, stmt_ty s)
{
    for (Py_ssize_t i = 0; i < asdl_len(s->v.With.items) && !st->failed; i++) {
        withitem_ty item = asdl_get(s->v.With.items, i);
        visit_expr(st, item->context_expr);
        if (item->optional_vars)
            visit_expr(st, item->optional_vars);
    }
    visit_stmts(st, s->v.With.body);
}

static void visit_match(Symtable *st, stmt_ty s)
{
    visit_expr(st, s->v.Match.subject);
    for (Py_ssize_t i = 0; i < asdl_len(s->v.Match.cases) && !st->failed; i++) {
        match_case_ty c = asdl_get(s->v.Match.cases, i);
        visit_pattern(st, c->pattern);
        if (c->guard)
            visit_expr(st, c->guard);
        visit_stmts(st, c->body);
    }
}

static void visit_aliases(Symtable *st, asdl_seq *names)
{
    for (Py_ssize_t i = 0; i < asdl_len(names) && !st->failed; i++)
        visit_alias(st, asdl_get(names, i));
}

static void visit_stmt(Symtable *st, stmt_ty s)
{
    if (too_deep(st))
        return;
    switch (s->kind) {
    case FunctionDef_kind: visit_function(st, s, 0); break;
    case AsyncFunctionDef_kind: visit_function(st, s, 1); break;
    case ClassDef_kind: visit_class(st, s); break;
    case Return_kind:
        if (s->v.Return.value) {
            visit_expr(st, s->v.Return.value);
            st->current->returns_value = 1;
        }
        break;
    case Delete_kind: visit_exprs(st, s->v.Delete.targets); break;
    case Assign_kind: visit_exprs(st, s->v.Assign.targets); visit_expr(st, s->v.Assign.value); break;
    case AugAssign_kind: visit_expr(st, s->v.AugAssign.target); visit_expr(st, s->v.AugAssign.value); break;
    case AnnAssign_kind: visit_ann_assign(st, s); break;
    case For_kind:
    case AsyncFor_kind:
        visit_expr(st, s->v.For.target);
        visit_expr(st, s->v.For.iter);
        visit_stmts(st, s->v.For.body);
        visit_stmts(st, s->v.For.orelse);
        note_async(st, s->kind == AsyncFor_kind);
        break;
    case While_kind:
        visit_expr(st, s->v.While.test);
        visit_stmts(st, s->v.While.body);
        visit_stmts(st, s->v.While.orelse);
        break;
    case If_kind:
        visit_expr(st, s->v.If.test);
        visit_stmts(st, s->v.If.body);
        visit_stmts(st, s->v.If.orelse);
        break;
    case With_kind:
    case AsyncWith_kind:
        visit_with(st, s);
        note_async(st, s->kind == AsyncWith_kind);
        break;
    case Match_kind: visit_match(st, s); break;
    case Raise_kind:
        if (s->v.Raise.exc)
            visit_expr(st, s->v.Raise.exc);
        if (s->v.Raise.cause)
            visit_expr(st, s->v.Raise.cause);
        break;
    case Try_kind:
    case TryStar_kind: visit_try(st, s); break;
    case Assert_kind:
        visit_expr(st, s->v.Assert.test);
        if (s->v.Assert.msg)
            visit_expr(st, s->v.Assert.msg);
        break;
    case Import_kind: visit_aliases(st, s->v.Import.names); break;
    case ImportFrom_kind: visit_aliases(st, s->v.ImportFrom.names); break;
    case Global_kind: visit_declaration(st, s, s->v.Global.names, DEF_GLOBAL, "global"); break;
    case Nonlocal_kind: visit_declaration(st, s, s->v.Nonlocal.names, DEF_NONLOCAL, "nonlocal"); break;
    case Expr_kind: visit_expr(st, s->v.Expr.value); break;
    default: break;
    }
}

static void visit_stmts(Symtable *st, asdl_seq *seq)
{
    for (Py_ssize_t i = 0; i < asdl_len(seq) && !st->failed; i++)
        visit_stmt(st, asdl_get(seq, i));
}

int symtable_build(Symtable *st, mod_ty mod, PyObject *filename, int future, AstArena *arena)
{
    *st = (Symtable){.arena = arena, .filename = filename, .future = future};
    st->by_node = PyDict_New();
    if (!st->by_node || ast_arena_add_object(arena, st->by_node) < 0)
        return -1;
    enter(st, arena_name(st, "top"), MODULE_SCOPE, mod, (AstPos){0, 0, 0, 0});
    st->top = st->current;
    if (st->failed)
        return -1;
    switch (mod->kind) {
    case Module_kind: visit_stmts(st, mod->v.Module.body); break;
    case Interactive_kind: visit_stmts(st, mod->v.Interactive.body); break;
    case Expression_kind: visit_expr(st, mod->v.Expression.body); break;
    default:
        PyErr_SetString(PyExc_RuntimeError, "this compiler does not handle FunctionTypes");
        return -1;
    }
    if (st->failed)
        return -1;
    return symtable_analyze(st);
}
