/* Source text to syntax tree. */
#ifndef LIMPID_SYNTAX_PARSER_H
#define LIMPID_SYNTAX_PARSER_H

#include "syntax/ast.h"

/* Parses `size` bytes of source (any encoding that its cookie declares; UTF-8 by default, or always when the flags
 * have PyCF_IGNORE_COOKIE) in mode Py_file_input, Py_eval_input, Py_single_input or Py_func_type_input.  The tree lives in `arena`.
 * NULL with SyntaxError, IndentationError, TabError, ValueError, MemoryError… set; its filename is `filename` (a str).
 * `__future__` flags that the grammar needs (barry_as_FLUFL) are read from and added to `flags`, which may be NULL. */
mod_ty parse_source(const char *source, size_t size, PyObject *filename, int mode, PyCompilerFlags *flags, AstArena *arena);

/* What is checked of a program that is read from a file: that its encoding is known, and that without a declared one it is UTF-8.
 * 0, or -1 with SyntaxError set. */
int source_check_file(const char *source, size_t size, PyObject *filename);

#endif
