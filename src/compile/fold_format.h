/* "..." % (a, b) as an f-string. */
#ifndef LIMPID_COMPILE_FOLD_FORMAT_H
#define LIMPID_COMPILE_FOLD_FORMAT_H

#include "syntax/ast.h"

/* Turns node (a % of str `format` and a tuple display) into a JoinedStr when it has only %s, %r and %a with width and
 * precision, as many as there are values; otherwise leaves it.  0, or -1 with an exception set. */
int fold_format(AstArena *arena, expr_ty node, PyObject *format, asdl_seq *values);

#endif
