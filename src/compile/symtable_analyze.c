/* From uses and bindings to scopes: local, cell, free or global.
 *
 * Scopes are walked from the outside in with the set of names bound in enclosing functions and the set of names that
 * enclosing scopes declare global; what a scope needs from outside comes back as a set of free names. */
#include "compile/symtable_analyze.h"
#include "memory/stack.h"

/* Sets *to |= from; 0 or -1. */
static int set_merge(PyObject *to, PyObject *from) { return _PySet_Update(to, from); }

static AstPos directive_pos(Scope *scope, PyObject *name)
{
    AstPos pos = scope->pos;
    for (Py_ssize_t i = 0; scope->directives && i < PyList_GET_SIZE(scope->directives); i++) {
        PyObject *row = PyList_GET_ITEM(scope->directives, i);
        if (PyUnicode_Compare(PyTuple_GET_ITEM(row, 0), name) == 0) {
            pos.lineno = (int)PyLong_AsLong(PyTuple_GET_ITEM(row, 1));
            pos.col_offset = (int)PyLong_AsLong(PyTuple_GET_ITEM(row, 2));
            pos.end_lineno = (int)PyLong_AsLong(PyTuple_GET_ITEM(row, 3));
            pos.end_col_offset = (int)PyLong_AsLong(PyTuple_GET_ITEM(row, 4));
            break;
        }
    }
    return pos;
}

static int set_scope(PyObject *scopes, PyObject *name, enum symbol_scope kind)
{
    PyObject *value = PyLong_FromLong(kind);
    int result = value ? PyDict_SetItem(scopes, name, value) : -1;
    Py_XDECREF(value);
    return result;
}

typedef struct {
    PyObject *scopes;   /* dict: name -> scope */
    PyObject *local, *free, *global, *bound;    /* sets; bound is NULL for a module */
} Names;

static int analyze_name(Symtable *st, Scope *scope, Names *n, PyObject *name, long flags)
{
    int found;
    if (flags & DEF_GLOBAL) {
        if (flags & DEF_NONLOCAL) {
            scope_error_at(st->filename, directive_pos(scope, name), "name '%U' is nonlocal and global", name);
            return -1;
        }
        if (set_scope(n->scopes, name, SCOPE_GLOBAL_EXPLICIT) < 0 || PySet_Add(n->global, name) < 0)
            return -1;
        return n->bound ? (PySet_Discard(n->bound, name) < 0 ? -1 : 0) : 0;
    }
    if (flags & DEF_NONLOCAL) {
        if (!n->bound) {
            scope_error_at(st->filename, directive_pos(scope, name),
                             "nonlocal declaration not allowed at module level");
            return -1;
        }
        if ((found = PySet_Contains(n->bound, name)) <= 0) {
            if (!found)
                scope_error_at(st->filename, directive_pos(scope, name), "no binding for nonlocal '%U' found", name);
            return -1;
        }
        scope->has_free = 1;
        return set_scope(n->scopes, name, SCOPE_FREE) < 0 ? -1 : PySet_Add(n->free, name);
    }
    if (flags & DEF_BOUND) {
        if (set_scope(n->scopes, name, SCOPE_LOCAL) < 0 || PySet_Add(n->local, name) < 0)
            return -1;
        return PySet_Discard(n->global, name) < 0 ? -1 : 0;
    }
    if (n->bound && (found = PySet_Contains(n->bound, name)) != 0) {
        scope->has_free = 1;
        return found < 0 || set_scope(n->scopes, name, SCOPE_FREE) < 0 ? -1 : PySet_Add(n->free, name);
    }
    if ((found = PySet_Contains(n->global, name)) < 0)
        return -1;
    if (!found && scope->nested)
        scope->has_free = 1;
    return set_scope(n->scopes, name, SCOPE_GLOBAL_IMPLICIT);
}

/* Locals that inner scopes need become cells. */
static int make_cells(PyObject *scopes, PyObject *free)
{
    PyObject *name, *value;
    Py_ssize_t pos = 0;
    while (PyDict_Next(scopes, &pos, &name, &value)) {
        if (PyLong_AsLong(value) != SCOPE_LOCAL)
            continue;
        int found = PySet_Contains(free, name);
        if (found < 0)
            return -1;
        if (found && (set_scope(scopes, name, SCOPE_CELL) < 0 || PySet_Discard(free, name) < 0))
            return -1;
    }
    return 0;
}

static int store_flags(PyObject *symbols, PyObject *name, long flags)
{
    PyObject *value = PyLong_FromLong(flags);
    int result = value ? PyDict_SetItem(symbols, name, value) : -1;
    Py_XDECREF(value);
    return result;
}

/* Adds a name that only passes through the scope on its way to an inner one. */
static int pass_through(Scope *scope, PyObject *name, PyObject *bound)
{
    long flags = symtable_flags(scope, name);
    if (flags < 0)
        return -1;
    if (flags) {
        if (scope->kind == CLASS_SCOPE && flags & (DEF_BOUND | DEF_GLOBAL))
            return store_flags(scope->symbols, name, flags | DEF_FREE_CLASS);
        return 0;
    }
    if (bound) {
        int found = PySet_Contains(bound, name);
        if (found <= 0)
            return found;
    }
    return store_flags(scope->symbols, name, (long)SCOPE_FREE << SYMBOL_SCOPE_SHIFT);
}

static int update_symbols(Scope *scope, PyObject *scopes, PyObject *bound, PyObject *free)
{
    PyObject *name, *value;
    Py_ssize_t pos = 0;
    while (PyDict_Next(scopes, &pos, &name, &value)) {
        long flags = symtable_flags(scope, name);
        if (flags < 0 || store_flags(scope->symbols, name, flags | PyLong_AsLong(value) << SYMBOL_SCOPE_SHIFT) < 0)
            return -1;
    }
    PyObject *names = PySequence_List(free);
    int result = names ? 0 : -1;
    for (Py_ssize_t i = 0; result == 0 && i < PyList_GET_SIZE(names); i++)
        result = pass_through(scope, PyList_GET_ITEM(names, i), bound);
    Py_XDECREF(names);
    return result;
}

static int analyze_scope(Symtable *st, Scope *scope, PyObject *bound, PyObject *free, PyObject *global);

/* Analyzes the children; what they need from outside is merged into new_free. */
static int analyze_children(Symtable *st, Scope *scope, PyObject *new_bound, PyObject *new_free, PyObject *new_global)
{
    int result = 0;
    for (Scope *child = scope->first_child; child && result == 0; child = child->next) {
        PyObject *bound = PySet_New(new_bound), *free = bound ? PySet_New(NULL) : NULL;
        PyObject *global = free ? PySet_New(new_global) : NULL;
        result = global ? analyze_scope(st, child, bound, free, global) : -1;
        if (result == 0)
            result = set_merge(new_free, free);
        Py_XDECREF(bound);
        Py_XDECREF(free);
        Py_XDECREF(global);
        if (child->has_free || child->child_free)
            scope->child_free = 1;
    }
    return result;
}

static int analyze_names(Symtable *st, Scope *scope, Names *n)
{
    PyObject *name, *value;
    Py_ssize_t pos = 0;
    while (PyDict_Next(scope->symbols, &pos, &name, &value))
        if (analyze_name(st, scope, n, name, PyLong_AsLong(value)) < 0)
            return -1;
    return 0;
}

/* What children of the scope see as bound and global. */
static int widen(Scope *scope, Names *n, PyObject *new_bound, PyObject *new_global)
{
    if (scope->kind == FUNCTION_SCOPE && set_merge(new_bound, n->local) < 0)
        return -1;
    if (n->bound && set_merge(new_bound, n->bound) < 0)
        return -1;
    return set_merge(new_global, n->global);
}

static int analyze_inside(Symtable *st, Scope *scope, Names *n, PyObject *new_bound, PyObject *new_free,
                          PyObject *new_global)
{
    PyObject *class_name = PyUnicode_InternFromString("__class__");
    int result = class_name ? 0 : -1;
    if (result == 0 && scope->kind == CLASS_SCOPE) {
        result = set_merge(new_global, n->global);
        if (result == 0 && n->bound)
            result = set_merge(new_bound, n->bound);
    }
    if (result == 0)
        result = analyze_names(st, scope, n);
    if (result == 0)
        result = scope->kind == CLASS_SCOPE ? PySet_Add(new_bound, class_name) : widen(scope, n, new_bound, new_global);
    if (result == 0)
        result = analyze_children(st, scope, new_bound, new_free, new_global);
    if (result == 0 && scope->kind == FUNCTION_SCOPE)
        result = make_cells(n->scopes, new_free);
    else if (result == 0 && scope->kind == CLASS_SCOPE) {
        int dropped = PySet_Discard(new_free, class_name);
        result = dropped < 0 ? -1 : 0;
        scope->needs_class_closure = dropped > 0;
    }
    if (result == 0)
        result = update_symbols(scope, n->scopes, n->bound, new_free);
    if (result == 0)
        result = set_merge(n->free, new_free);
    Py_XDECREF(class_name);
    return result;
}

static int analyze_scope(Symtable *st, Scope *scope, PyObject *bound, PyObject *free, PyObject *global)
{
    if (c_stack_low() && c_stack_check(" during compilation") < 0)
        return -1;
    Names n = {PyDict_New(), PySet_New(NULL), free, global, bound};
    PyObject *new_bound = PySet_New(NULL), *new_free = PySet_New(NULL), *new_global = PySet_New(NULL);
    int result = -1;
    if (n.scopes && n.local && new_bound && new_free && new_global)
        result = analyze_inside(st, scope, &n, new_bound, new_free, new_global);
    Py_XDECREF(n.scopes);
    Py_XDECREF(n.local);
    Py_XDECREF(new_bound);
    Py_XDECREF(new_free);
    Py_XDECREF(new_global);
    return result;
}

int symtable_analyze(Symtable *st)
{
    PyObject *free = PySet_New(NULL), *global = PySet_New(NULL);
    int result = free && global ? analyze_scope(st, st->top, NULL, free, global) : -1;
    Py_XDECREF(free);
    Py_XDECREF(global);
    return result;
}
