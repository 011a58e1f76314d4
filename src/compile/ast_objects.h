/* Trees of `ast` objects as C trees. */
#ifndef LIMPID_COMPILE_AST_OBJECTS_H
#define LIMPID_COMPILE_AST_OBJECTS_H

#include "syntax/ast.h"

/* The C tree of an ast.Module, Expression, Interactive or FunctionType; NULL with an exception set. */
mod_ty ast_from_object(PyObject *tree, AstArena *arena);

#endif
