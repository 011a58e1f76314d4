/* The compiler: syntax tree to code object. */
#ifndef LIMPID_COMPILE_COMPILE_H
#define LIMPID_COMPILE_COMPILE_H

#include "Python.h"
#include "syntax/ast.h"

/* A new code object for the module, or NULL with an exception set (SyntaxError with its place, RecursionError, ...).
 * flags (may be NULL) gives future features and receives those of the source; optimize is 0, 1, 2 or -1 for the
 * interpreter's own level.  The tree is changed by constant folding; what is new in it lives in `arena`. */
PyCodeObject *compile_ast(mod_ty mod, PyObject *filename, PyCompilerFlags *flags, int optimize, AstArena *arena);

#endif
