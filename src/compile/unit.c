/* The state of code generation: units, instructions, constants, names. */
#include "compile/codegen.h"
#include "memory/stack.h"

/* ---- objects and errors ---- */

PyObject *cg_keep(Compiler *c, PyObject *o)
{
    if (!o || ast_arena_add_object(c->arena, o) < 0) {
        c->failed = 1;
        return NULL;
    }
    return o;
}

PyObject *cg_str(Compiler *c, const char *text) { return c->failed ? NULL : cg_keep(c, PyUnicode_InternFromString(text)); }

static void error_v(Compiler *c, AstPos pos, const char *format, va_list args)
{
    if (c->failed)
        return;
    c->failed = 1;
    PyObject *message = PyUnicode_FromFormatV(format, args);
    if (message)
        compile_error_at(c->filename, pos, "%U", message);
    Py_XDECREF(message);
}

void cg_error(Compiler *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    error_v(c, c->u->flow.pos, format, args);
    va_end(args);
}

void cg_error_at(Compiler *c, AstPos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    error_v(c, pos, format, args);
    va_end(args);
}

void cg_warn(Compiler *c, const char *format, ...)
{
    va_list args;
    if (c->failed)
        return;
    va_start(args, format);
    PyObject *message = PyUnicode_FromFormatV(format, args);
    va_end(args);
    if (!message) {
        c->failed = 1;
        return;
    }
    if (PyErr_WarnExplicitObject(PyExc_SyntaxWarning, message, c->filename, c->u->flow.pos.lineno, NULL, NULL) < 0) {
        if (PyErr_ExceptionMatches(PyExc_SyntaxWarning)) {
            /* Warnings as errors: a SyntaxError says where. */
            PyErr_Clear();
            cg_error(c, "%U", message);
        }
        c->failed = 1;
    }
    Py_DECREF(message);
}

int cg_stop(Compiler *c)
{
    if (!c->failed && c_stack_low() && c_stack_check(" during compilation") < 0)
        c->failed = 1;
    return c->failed;
}

/* ---- instructions ---- */

static void note_failure(Compiler *c)
{
    if (c->u->flow.failed)
        c->failed = 1;
}

Block *cg_block(Compiler *c)
{
    Block *b = c->failed ? NULL : flow_new_block(&c->u->flow);
    if (!b)
        c->failed = 1;
    return b;
}

void cg_use(Compiler *c, Block *b)
{
    if (!c->failed)
        flow_use(&c->u->flow, b);
}

void cg_op(Compiler *c, int op, int arg)
{
    if (c->failed)
        return;
    flow_add(&c->u->flow, op, arg);
    note_failure(c);
}

void cg_op_no_line(Compiler *c, int op, int arg)
{
    AstPos pos = c->u->flow.pos;
    UNSET_LOC(c);
    cg_op(c, op, arg);
    cg_at(c, pos);
}

void cg_jump(Compiler *c, int op, Block *target)
{
    if (c->failed)
        return;
    flow_add_jump(&c->u->flow, op, target);
    note_failure(c);
}

void cg_jump_no_line(Compiler *c, int op, Block *target)
{
    AstPos pos = c->u->flow.pos;
    UNSET_LOC(c);
    cg_jump(c, op, target);
    cg_at(c, pos);
}

/* ---- constants and names ---- */

/* The index of key in a dict that counts its keys; -1 and failed on error. */
static int index_of(Compiler *c, PyObject *dict, PyObject *key)
{
    PyObject *index = PyDict_GetItemWithError(dict, key);
    if (index)
        return (int)PyLong_AsLong(index);
    Py_ssize_t n = PyDict_GET_SIZE(dict);
    index = PyErr_Occurred() ? NULL : PyLong_FromSsize_t(n);
    if (!index || PyDict_SetItem(dict, key, index) < 0)
        c->failed = 1;
    Py_XDECREF(index);
    return c->failed ? -1 : (int)n;
}

int cg_const(Compiler *c, PyObject *o)
{
    if (c->failed)
        return -1;
    PyObject *key = cg_keep(c, _PyCode_ConstantKey(o));
    if (!key)
        return -1;
    PyObject *merged = PyDict_SetDefault(c->const_cache, key, o);
    if (!merged) {
        c->failed = 1;
        return -1;
    }
    int index = index_of(c, c->u->const_index, key);
    if (index == PyList_GET_SIZE(c->u->consts) && PyList_Append(c->u->consts, merged) < 0)
        c->failed = 1;
    return index;
}

void cg_load_const(Compiler *c, PyObject *o)
{
    if (c->failed)
        return;
    int index = cg_const(c, o);
    cg_op(c, OPC_LOAD_CONST, index);
}

void cg_load_int(Compiler *c, long n)
{
    if (!c->failed)
        cg_load_const(c, cg_keep(c, PyLong_FromLong(n)));
}

PyObject *cg_mangle(Compiler *c, PyObject *name)
{
    return c->failed ? NULL : cg_keep(c, _Py_Mangle(c->u->private_name, name));
}

void cg_op_name(Compiler *c, int op, PyObject *name)
{
    PyObject *mangled = cg_mangle(c, name);
    if (!mangled)
        return;
    int index = index_of(c, c->u->names, mangled);
    cg_op(c, op, index);
}

int cg_forbidden_name(Compiler *c, PyObject *name, expr_context_ty ctx)
{
    if (c->failed)
        return 1;
    if (ctx != Load && PyUnicode_CompareWithASCIIString(name, "__debug__") == 0) {
        cg_error(c, ctx == Store ? "cannot assign to __debug__" : "cannot delete __debug__");
        return 1;
    }
    return 0;
}

typedef struct { int load, store, del; } Access;
static const Access deref_access = {OPC_LOAD_DEREF, OPC_STORE_DEREF, OPC_DELETE_DEREF};
static const Access fast_access = {OPC_LOAD_FAST, OPC_STORE_FAST, OPC_DELETE_FAST};
static const Access global_access = {OPC_LOAD_GLOBAL, OPC_STORE_GLOBAL, OPC_DELETE_GLOBAL};
static const Access name_access = {OPC_LOAD_NAME, OPC_STORE_NAME, OPC_DELETE_NAME};

void cg_name(Compiler *c, PyObject *name, expr_context_ty ctx)
{
    if (cg_forbidden_name(c, name, ctx))
        return;
    PyObject *mangled = cg_mangle(c, name);
    long flags = mangled ? symtable_flags(c->u->scope, mangled) : -1;
    if (flags < 0) {
        c->failed = 1;
        return;
    }
    const Access *access = &name_access;
    PyObject *dict = c->u->names;
    int in_function = c->u->scope->kind == FUNCTION_SCOPE;
    switch (symbol_scope(flags)) {
    case SCOPE_FREE: access = &deref_access; dict = c->u->freevars; break;
    case SCOPE_CELL: access = &deref_access; dict = c->u->cellvars; break;
    case SCOPE_LOCAL:
        if (in_function) {
            access = &fast_access;
            dict = c->u->varnames;
        }
        break;
    case SCOPE_GLOBAL_IMPLICIT:
        if (in_function)
            access = &global_access;
        break;
    case SCOPE_GLOBAL_EXPLICIT: access = &global_access; break;
    default: break;
    }
    int index = index_of(c, dict, mangled);
    int op = ctx == Load ? access->load : ctx == Store ? access->store : access->del;
    if (op == OPC_LOAD_DEREF && c->u->scope->kind == CLASS_SCOPE)
        op = OPC_LOAD_CLASSDEREF;
    cg_op(c, op, op == OPC_LOAD_GLOBAL ? index << 1 : index);
}

/* The index of a free variable of an inner code object among this unit's cells and free variables. */
static int closure_index(Compiler *c, PyObject *name)
{
    long flags = symtable_flags(c->u->scope, name);
    int is_cell = symbol_scope(flags) == SCOPE_CELL
        || (c->u->kind == UNIT_CLASS && PyUnicode_CompareWithASCIIString(name, "__class__") == 0);
    PyObject *dict = is_cell ? c->u->cellvars : c->u->freevars;
    PyObject *index = PyDict_GetItemWithError(dict, name);
    if (!index) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_SystemError, "no variable %R for the closure in %R", name, c->u->name);
        c->failed = 1;
        return 0;
    }
    return (int)PyLong_AsLong(index);
}

void cg_closure(Compiler *c, PyObject *code, int flags)
{
    if (c->failed)
        return;
    PyObject *free = cg_keep(c, PyCode_GetFreevars((PyCodeObject *)code));
    if (!free)
        return;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(free) && !c->failed; i++)
        cg_op(c, OPC_LOAD_CLOSURE, closure_index(c, PyTuple_GET_ITEM(free, i)));
    if (PyTuple_GET_SIZE(free)) {
        flags |= 8;
        cg_op(c, OPC_BUILD_TUPLE, (int)PyTuple_GET_SIZE(free));
    }
    cg_load_const(c, code);
    cg_op(c, OPC_MAKE_FUNCTION, flags);
}

/* ---- blocks to unwind ---- */

void cg_push_block(Compiler *c, enum frame_block_kind kind, Block *block, Block *exit, const void *datum)
{
    if (c->failed)
        return;
    if (c->u->nframe_blocks >= CO_MAXBLOCKS) {
        cg_error(c, "too many statically nested blocks");
        return;
    }
    c->u->frame_blocks[c->u->nframe_blocks++] = (FrameBlock){kind, block, exit, datum};
}

void cg_pop_block(Compiler *c)
{
    if (!c->failed)
        c->u->nframe_blocks--;
}

int cg_top_level_await(Compiler *c)
{
    return (c->flags & PyCF_ALLOW_TOP_LEVEL_AWAIT) && c->u->scope->kind == MODULE_SCOPE;
}

/* ---- units ---- */

/* A kept dict: the sorted names of a scope (or flag) -> offset, offset + 1, ... */
static PyObject *names_in_scope(Compiler *c, Scope *scope, enum symbol_scope kind, int flag, Py_ssize_t offset)
{
    PyObject *result = c->failed ? NULL : cg_keep(c, PyDict_New());
    PyObject *names = result ? cg_keep(c, PyDict_Keys(scope->symbols)) : NULL;
    if (!names || PyList_Sort(names) < 0) {
        c->failed = 1;
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(names); i++) {
        PyObject *name = PyList_GET_ITEM(names, i);
        long flags = symtable_flags(scope, name);
        if (symbol_scope(flags) != kind && !(flags & flag))
            continue;
        PyObject *index = cg_keep(c, PyLong_FromSsize_t(offset++));
        if (!index || PyDict_SetItem(result, name, index) < 0) {
            c->failed = 1;
            return NULL;
        }
    }
    return result;
}

static void init_variables(Compiler *c, Unit *u)
{
    u->consts = cg_keep(c, PyList_New(0));
    u->const_index = cg_keep(c, PyDict_New());
    u->names = cg_keep(c, PyDict_New());
    u->varnames = cg_keep(c, PyDict_New());
    for (Py_ssize_t i = 0; !c->failed && i < PyList_GET_SIZE(u->scope->varnames); i++)
        index_of(c, u->varnames, PyList_GET_ITEM(u->scope->varnames, i));
    u->cellvars = names_in_scope(c, u->scope, SCOPE_CELL, 0, 0);
    if (u->scope->needs_class_closure && !c->failed)
        index_of(c, u->cellvars, cg_str(c, "__class__"));
    if (!c->failed)
        u->freevars = names_in_scope(c, u->scope, SCOPE_FREE, DEF_FREE_CLASS, PyDict_GET_SIZE(u->cellvars));
}

static PyObject *qualified_name(Compiler *c, Unit *u)
{
    Unit *outer = u->outer;
    if (!outer || !outer->outer)
        return u->name;
    if (u->kind == UNIT_FUNCTION || u->kind == UNIT_ASYNC_FUNCTION || u->kind == UNIT_CLASS) {
        PyObject *mangled = cg_keep(c, _Py_Mangle(outer->private_name, u->name));
        if (!mangled)
            return NULL;
        if (symbol_scope(symtable_flags(outer->scope, mangled)) == SCOPE_GLOBAL_EXPLICIT)
            return u->name;
    }
    int local = outer->kind == UNIT_FUNCTION || outer->kind == UNIT_ASYNC_FUNCTION || outer->kind == UNIT_LAMBDA;
    return cg_keep(c, PyUnicode_FromFormat(local ? "%U.<locals>.%U" : "%U.%U", outer->qualname, u->name));
}

void cg_enter(Compiler *c, PyObject *name, enum unit_kind kind, const void *node, int lineno)
{
    if (c->failed)
        return;
    Unit *u = ast_arena_malloc(c->arena, sizeof *u);
    Scope *scope = u ? symtable_scope_of(&c->st, node) : NULL;
    if (!scope) {
        c->failed = 1;
        return;
    }
    *u = (Unit){.outer = c->u, .kind = kind, .scope = scope, .name = name, .firstlineno = lineno};
    u->private_name = c->u ? c->u->private_name : NULL;
    u->flow = (Flow){.arena = c->arena, .pos = {lineno, 0, lineno, 0}, .lines_only = c->lines_only};
    init_variables(c, u);
    if (!c->failed)
        u->qualname = qualified_name(c, u);
    if (c->failed)
        return;
    c->u = u;
    c->nesting++;
    cg_use(c, cg_block(c));
    if (kind == UNIT_MODULE)
        u->flow.pos.lineno = 0;
    cg_op(c, OPC_RESUME, 0);
    if (kind == UNIT_MODULE)
        u->flow.pos.lineno = -1;
}

/* ---- from a unit to a code object ---- */

static int code_flags(Compiler *c)
{
    Scope *scope = c->u->scope;
    int flags = 0;
    if (scope->kind == FUNCTION_SCOPE) {
        flags = CO_NEWLOCALS | CO_OPTIMIZED;
        if (scope->nested)
            flags |= CO_NESTED;
        if (scope->generator)
            flags |= scope->coroutine ? CO_ASYNC_GENERATOR : CO_GENERATOR;
        else if (scope->coroutine)
            flags |= CO_COROUTINE;
        if (scope->varargs)
            flags |= CO_VARARGS;
        if (scope->varkeywords)
            flags |= CO_VARKEYWORDS;
    }
    flags |= c->flags & PyCF_MASK;
    if (cg_top_level_await(c) && scope->coroutine && !scope->generator)
        flags |= CO_COROUTINE;
    return flags;
}

/* Maps cells and free variables (0, 1, ...) to their place in the fast locals; NULL and failed on error. */
static int *variable_places(Compiler *c, int *nplain)
{
    Unit *u = c->u;
    int nlocals = (int)PyDict_GET_SIZE(u->varnames), ncells = (int)PyDict_GET_SIZE(u->cellvars);
    int nfree = (int)PyDict_GET_SIZE(u->freevars), dropped = 0;
    int *places = ast_arena_malloc(c->arena, (ncells + nfree + 1) * sizeof *places);
    if (!places) {
        c->failed = 1;
        return NULL;
    }
    PyObject *name, *value;
    for (Py_ssize_t pos = 0; PyDict_Next(u->cellvars, &pos, &name, &value);) {
        int i = (int)PyLong_AsLong(value);
        PyObject *local = PyDict_GetItemWithError(u->varnames, name);
        if (local)
            dropped++;
        places[i] = local ? (int)PyLong_AsLong(local) : nlocals + i - dropped;
    }
    for (int i = 0; i < nfree; i++)
        places[ncells + i] = nlocals + ncells + i - dropped;
    *nplain = ncells - dropped;
    return places;
}

static void insert(Compiler *c, int at, int op, int arg, AstPos pos)
{
    Instr instr = {.op = op, .arg = arg, .pos = pos};
    if (!c->failed && block_insert(&c->u->flow, c->u->flow.entry, at, &instr) < 0)
        c->failed = 1;
}

static int compare_ints(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

/* COPY_FREE_VARS, MAKE_CELL ..., RETURN_GENERATOR, POP_TOP before everything else; fixes the operands for variables. */
static void add_prefix(Compiler *c, int flags)
{
    int nplain, ncells = (int)PyDict_GET_SIZE(c->u->cellvars), nfree = (int)PyDict_GET_SIZE(c->u->freevars);
    int *places = variable_places(c, &nplain), line = c->u->firstlineno;
    if (!places)
        return;
    for (Block *b = c->u->flow.entry; b; b = b->next)
        for (int i = 0; i < b->used; i++)
            if (b->instrs[i].op < 256 && opcode_info[b->instrs[i].op].flags & OP_FREE)
                b->instrs[i].arg = places[b->instrs[i].arg];
    if (flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) {
        insert(c, 0, OPC_RETURN_GENERATOR, 0, (AstPos){line, -1, -1, -1});
        insert(c, 1, OPC_POP_TOP, 0, (AstPos){line, -1, -1, -1});
    }
    qsort(places, ncells, sizeof *places, compare_ints);
    for (int i = 0; i < ncells; i++)
        insert(c, i, OPC_MAKE_CELL, places[i], NO_PLACE);
    if (nfree)
        insert(c, 0, OPC_COPY_FREE_VARS, nfree, NO_PLACE);
}

/* A kept tuple of the keys of a dict, which are in the order of their indexes. */
static PyObject *keys_tuple(Compiler *c, PyObject *dict)
{
    PyObject *keys = c->failed ? NULL : cg_keep(c, PyDict_Keys(dict));
    return keys ? cg_keep(c, PyList_AsTuple(keys)) : NULL;
}

static PyObject *make_code(Compiler *c, int flags, int depth, Assembled *a)
{
    Unit *u = c->u;
    PyObject *names = keys_tuple(c, u->names), *varnames = keys_tuple(c, u->varnames);
    PyObject *cellvars = keys_tuple(c, u->cellvars), *freevars = keys_tuple(c, u->freevars);
    PyObject *consts = c->failed ? NULL : cg_keep(c, PyList_AsTuple(u->consts));
    if (!consts)
        return NULL;
    int positional = u->posonlyargcount + u->argcount;
    return cg_keep(c, (PyObject *)PyCode_NewWithPosOnlyArgs(
        positional, u->posonlyargcount, u->kwonlyargcount, (int)PyTuple_GET_SIZE(varnames), depth, flags,
        a->code, consts, names, varnames, freevars, cellvars, c->filename, u->name, u->qualname, u->firstlineno,
        a->linetable, a->exceptiontable));
}

static PyObject *assemble(Compiler *c)
{
    Flow *flow = &c->u->flow;
    int flags = code_flags(c), generator = (flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) != 0;
    Assembled a;
    if (flow_normalise(flow) < 0)
        return NULL;
    add_prefix(c, flags);
    if (c->failed || flow_optimise(flow, c->u->consts, c->const_cache, c->u->firstlineno) < 0)
        return NULL;
    int depth = flow_stack_depth(flow, generator);
    if (depth < 0 || flow_label_handlers(flow) < 0)
        return NULL;
    for (Block *b = flow->entry; b; b = b->next)
        flow_clean_block(b, -1);
    if (flow_direct_jumps(flow) < 0 || flow_assemble(flow, c->u->firstlineno, &a) < 0)
        return NULL;
    PyObject *code = make_code(c, flags, depth, &a);
    Py_DECREF(a.code);
    Py_DECREF(a.linetable);
    Py_DECREF(a.exceptiontable);
    return code;
}

PyObject *cg_leave(Compiler *c, int add_none)
{
    if (c->failed)
        return NULL;
    Instr *last = block_last(c->u->flow.current);
    if (!last || last->op != OPC_RETURN_VALUE) {
        UNSET_LOC(c);
        if (add_none)
            cg_load_const(c, Py_None);
        cg_op(c, OPC_RETURN_VALUE, 0);
    }
    PyObject *code = c->failed ? NULL : assemble(c);
    if (!code)
        c->failed = 1;
    c->u = c->u->outer;
    c->nesting--;
    return code;
}
