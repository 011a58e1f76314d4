/* Scopes: which name means what in which block of a program.
 *
 * SYM-1  a symbol's flags are those of the `symtable` documentation: how it is bound and used, plus its scope.
 * SYM-2  scopes live in the arena of the tree; scope_of finds the scope that a node opens. */
#ifndef LIMPID_COMPILE_SYMTABLE_H
#define LIMPID_COMPILE_SYMTABLE_H

#include "Python.h"
#include "syntax/ast.h"

/* How a name is bound and used; the numbers are those that _symtable shows. */
enum {
    DEF_GLOBAL = 1, DEF_LOCAL = 2, DEF_PARAM = 4, DEF_NONLOCAL = 8, DEF_USE = 16, DEF_FREE = 32, DEF_FREE_CLASS = 64,
    DEF_IMPORT = 128, DEF_ANNOT = 256, DEF_COMP_ITER = 512,
    DEF_BOUND = DEF_LOCAL | DEF_PARAM | DEF_IMPORT,
    SYMBOL_SCOPE_SHIFT = 11, SYMBOL_SCOPE_MASK = 15,
};
enum symbol_scope {
    SCOPE_NONE, SCOPE_LOCAL, SCOPE_GLOBAL_EXPLICIT, SCOPE_GLOBAL_IMPLICIT, SCOPE_FREE, SCOPE_CELL
};
enum scope_kind { FUNCTION_SCOPE, CLASS_SCOPE, MODULE_SCOPE, ANNOTATION_SCOPE };
enum comprehension_kind { COMP_NONE, COMP_LIST, COMP_DICT, COMP_SET, COMP_GENERATOR };

typedef struct scope {
    const void *node;           /* tree node that opens the scope */
    PyObject *name;
    enum scope_kind kind;
    enum comprehension_kind comprehension;
    PyObject *symbols;          /* dict: mangled name -> int flags */
    PyObject *varnames;         /* list: parameters in order */
    PyObject *directives;       /* list of (name, lineno, col, end_lineno, end_col) of global and nonlocal, or NULL */
    struct scope *parent, *first_child, *last_child, *next;
    AstPos pos;
    char nested, has_free, child_free, generator, coroutine, varargs, varkeywords, returns_value;
    char needs_class_closure, comp_iter_target;
    int comp_iter_expr;
} Scope;

typedef struct {
    AstArena *arena;
    PyObject *filename;         /* borrowed */
    PyObject *private_name;     /* borrowed: class for name mangling, or NULL */
    PyObject *by_node;          /* dict: node address -> Scope address */
    Scope *top, *current;
    int future;                 /* CO_FUTURE_* bits */
    int failed;                 /* an exception is set */
} Symtable;

/* Finds the scopes of a module: 0, or -1 with an exception set.  Everything belongs to the arena. */
int symtable_build(Symtable *st, mod_ty mod, PyObject *filename, int future, AstArena *arena);
/* The scope that a node opens; NULL with an exception set. */
Scope *symtable_scope_of(Symtable *st, const void *node);
/* The flags of a (mangled) name in a scope; 0 when it does not occur there, -1 with an exception set. */
long symtable_flags(Scope *scope, PyObject *name);
static inline enum symbol_scope symbol_scope(long flags)
{
    return (enum symbol_scope)(flags >> SYMBOL_SCOPE_SHIFT & SYMBOL_SCOPE_MASK);
}

/* The name as it is in a class called private_name (or NULL): new reference. */
PyObject *_Py_Mangle(PyObject *private_name, PyObject *name);

/* Set SyntaxError at a place of a file.  compile_error_at puts the place into the arguments of the exception too. */
void compile_error_at(PyObject *filename, AstPos pos, const char *format, ...);
void scope_error_at(PyObject *filename, AstPos pos, const char *format, ...);

#endif
