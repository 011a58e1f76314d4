/* From source of any kind to a code object, for compile(), eval(), exec(), import and the command line. */
#ifndef LIMPID_RUNTIME_COMPILE_SOURCE_H
#define LIMPID_RUNTIME_COMPILE_SOURCE_H

#include "Python.h"

/* Compiles `source` (str, bytes, buffer, or an AST node when the _ast types exist) in the mode of `start` (Py_file_input,
 * Py_eval_input, Py_single_input, Py_func_type_input).  With PyCF_ONLY_AST in the flags the result is an AST node.
 * New reference, or NULL with an exception: TypeError "FUNCTION() arg 1 must be a WHAT object", ValueError or SyntaxError
 * "source code string cannot contain null bytes", SyntaxError.  eval's leading blanks are skipped for Py_eval_input.
 * optimize: -1 takes the interpreter's level. */
PyObject *compile_object(PyObject *source, const char *function, const char *what, PyObject *filename, int start,
                         PyCompilerFlags *flags, int optimize);

#endif
