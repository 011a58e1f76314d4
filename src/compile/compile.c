/* The way from a tree to a code object: future statements, folding, scopes, code. */
#include "compile/compile.h"
#include "compile/codegen.h"
#include "objects/code.h"

/* ---- from __future__ import ... ---- */

static const struct { const char *name; int flag; } features[] = {
    {"nested_scopes", 0}, {"generators", 0}, {"division", 0}, {"absolute_import", 0}, {"with_statement", 0},
    {"print_function", 0}, {"unicode_literals", 0}, {"generator_stop", 0}, {"barry_as_FLUFL", CO_FUTURE_BARRY_AS_BDFL},
    {"annotations", CO_FUTURE_ANNOTATIONS}};

/* Sets SyntaxError at a line and column. */
static void future_error(PyObject *filename, int lineno, int column, const char *format, PyObject *name)
{
    PyErr_Format(PyExc_SyntaxError, format, name);
    PyErr_SyntaxLocationObject(filename, lineno, column);
}

static int future_feature(PyObject *filename, stmt_ty s, PyObject *name, int *flags)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(features); i++)
        if (PyUnicode_CompareWithASCIIString(name, features[i].name) == 0) {
            *flags |= features[i].flag;
            return 0;
        }
    if (PyUnicode_CompareWithASCIIString(name, "braces") == 0)
        future_error(filename, s->lineno, s->col_offset + 1, "not a chance", NULL);
    else
        future_error(filename, s->lineno, s->col_offset + 1, "future feature %U is not defined", name);
    return -1;
}

static int is_future_import(stmt_ty s)
{
    return s->kind == ImportFrom_kind && s->v.ImportFrom.module
        && PyUnicode_CompareWithASCIIString(s->v.ImportFrom.module, "__future__") == 0;
}

/* Collects the features that a module's first statements ask for: 0 or -1.  *line: the last such statement. */
static int future_features(mod_ty mod, PyObject *filename, int *flags, int *line)
{
    asdl_seq *body = mod->kind == Module_kind ? mod->v.Module.body
        : mod->kind == Interactive_kind ? mod->v.Interactive.body : NULL;
    int done = 0, previous = 0;
    *line = -1;
    for (Py_ssize_t i = ast_docstring(body) ? 1 : 0; i < asdl_len(body); i++) {
        stmt_ty s = asdl_get(body, i);
        if (done && s->lineno > previous)
            return 0;
        previous = s->lineno;
        if (!is_future_import(s)) {
            done = 1;
            continue;
        }
        if (done) {
            future_error(filename, s->lineno, s->col_offset,
                         "from __future__ imports must occur at the beginning of the file", NULL);
            return -1;
        }
        for (Py_ssize_t k = 0; k < asdl_len(s->v.ImportFrom.names); k++)
            if (future_feature(filename, s, ((alias_ty)asdl_get(s->v.ImportFrom.names, k))->name, flags) < 0)
                return -1;
        *line = s->lineno;
    }
    return 0;
}

/* ---- the module ---- */

static PyObject *compile_module(Compiler *c, mod_ty mod)
{
    int add_none = 1;
    cg_enter(c, cg_str(c, "<module>"), UNIT_MODULE, mod, 1);
    if (c->failed)
        return NULL;
    switch (mod->kind) {
    case Module_kind: cg_body(c, mod->v.Module.body); break;
    case Interactive_kind:
        c->interactive = 1;
        cg_body(c, mod->v.Interactive.body);
        break;
    case Expression_kind:
        cg_expr(c, mod->v.Expression.body);
        add_none = 0;
        break;
    default:
        PyErr_Format(PyExc_SystemError, "module kind %d should not be possible", mod->kind);
        c->failed = 1;
    }
    return cg_leave(c, add_none);
}

PyCodeObject *compile_ast(mod_ty mod, PyObject *filename, PyCompilerFlags *flags, int optimize, AstArena *arena)
{
    Compiler c = {.filename = filename, .arena = arena};
    PyObject *code = NULL;
    c.flags = flags ? flags->cf_flags : 0;
    c.optimize = optimize == -1 ? Py_OptimizeFlag : optimize;
    c.lines_only = code_lines_only;
    if (future_features(mod, filename, &c.flags, &c.future_line) < 0)
        return NULL;
    if (flags)
        flags->cf_flags |= c.flags & PyCF_MASK;
    if (fold_module(mod, arena, c.optimize, c.flags) < 0
        || symtable_build(&c.st, mod, filename, c.flags, arena) < 0)
        return NULL;
    c.const_cache = PyDict_New();
    if (c.const_cache)
        code = compile_module(&c, mod);
    Py_XDECREF(c.const_cache);
    return (PyCodeObject *)Py_XNewRef(code);
}
