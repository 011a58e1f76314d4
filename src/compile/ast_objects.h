/* Trees of `ast` objects as C trees, and back. */
#ifndef LIMPID_COMPILE_AST_OBJECTS_H
#define LIMPID_COMPILE_AST_OBJECTS_H

#include "syntax/ast.h"

/* The C tree of an ast.Module, Expression, Interactive or FunctionType; NULL with an exception set. */
mod_ty ast_from_object(PyObject *tree, AstArena *arena);
/* As ast_from_object, for the mode of `start` (Py_file_input ...); TypeError when the root is of another kind. */
mod_ty ast_from_root(PyObject *tree, int start, AstArena *arena);
/* A new tree of `ast` objects; NULL with an exception set. */
PyObject *ast_to_object(mod_ty mod);
/* Whether o is an instance of ast.AST. */
int ast_object_check(PyObject *o);
/* Checks what the grammar demands of a tree that no parser made; 0, or -1 with ValueError or TypeError set. */
int ast_validate(mod_ty mod);

#endif
