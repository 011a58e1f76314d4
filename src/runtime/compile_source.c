/* Compiling source: text is brought to UTF-8 bytes, parsed, compiled. */
#include "runtime/compile_source.h"
#include "compile/ast_objects.h"
#include "compile/compile.h"
#include "runtime/config.h"
#include "syntax/parser.h"

#include <string.h>

/* Source as bytes that end in NUL.  *keep gets what must be released.  NULL with TypeError or ValueError. */
static const char *source_bytes(PyObject *source, const char *function, const char *what, PyCompilerFlags *flags,
                                PyObject **keep, Py_ssize_t *size)
{
    const char *text;
    *keep = NULL;
    if (PyUnicode_Check(source)) {
        flags->cf_flags |= PyCF_IGNORE_COOKIE;
        text = PyUnicode_AsUTF8AndSize(source, size);
        if (!text)
            return NULL;
        *keep = Py_NewRef(source);
    } else if (PyBytes_Check(source)) {
        text = PyBytes_AS_STRING(source);
        *size = PyBytes_GET_SIZE(source);
        *keep = Py_NewRef(source);
    } else if (PyByteArray_Check(source) || PyObject_CheckBuffer(source)) {
        *keep = PyBytes_FromObject(source);
        if (!*keep)
            return NULL;
        text = PyBytes_AS_STRING(*keep);
        *size = PyBytes_GET_SIZE(*keep);
    } else {
        PyErr_Format(PyExc_TypeError, "%s() arg 1 must be a %s object", function, what);
        return NULL;
    }
    if (strlen(text) != (size_t)*size) {
        PyErr_SetString(PyExc_ValueError, "source code string cannot contain null bytes");
        Py_CLEAR(*keep);
        return NULL;
    }
    return text;
}

/* Compiles NUL-terminated text; new, or NULL. */
static PyObject *compile_text(const char *text, Py_ssize_t size, PyObject *filename, int start, PyCompilerFlags *flags, int optimize)
{
    AstArena *arena = ast_arena_new();
    if (!arena)
        return PyErr_NoMemory();
    mod_ty tree = parse_source(text, (size_t)size, filename, start, flags, arena);
    PyObject *result = NULL;
    if (tree && flags->cf_flags & PyCF_ONLY_AST)
        result = ast_to_object(tree);
    else if (tree)
        result = (PyObject *)compile_ast(tree, filename, flags, optimize, arena);
    ast_arena_free(arena);
    return result;
}

/* Compiles an `ast` node; new, or NULL.  With PyCF_ONLY_AST it is returned as it is. */
static PyObject *compile_node(PyObject *node, PyObject *filename, int start, PyCompilerFlags *flags, int optimize)
{
    if (flags->cf_flags & PyCF_ONLY_AST)
        return Py_NewRef(node);
    AstArena *arena = ast_arena_new();
    PyObject *code = NULL;
    mod_ty tree = arena ? ast_from_root(node, start, arena) : NULL;
    if (tree && ast_validate(tree) == 0)
        code = (PyObject *)compile_ast(tree, filename, flags, optimize, arena);
    ast_arena_free(arena);
    return code;
}

PyObject *compile_object(PyObject *source, const char *function, const char *what, PyObject *filename, int start,
                         PyCompilerFlags *flags, int optimize)
{
    PyObject *keep;
    Py_ssize_t size;
    PyCompilerFlags own = *flags;
    if (ast_object_check(source)) {
        if (PySys_Audit("compile", "OO", source, Py_None) < 0)
            return NULL;
        PyObject *result = compile_node(source, filename, start, &own, optimize < 0 ? config_current()->optimize : optimize);
        flags->cf_flags |= own.cf_flags & PyCF_MASK;
        return result;
    }
    const char *text = source_bytes(source, function, what, &own, &keep, &size);
    if (!text)
        return NULL;
    if (optimize < 0)
        optimize = config_current()->optimize;
    if (start == Py_eval_input) {
        size_t blanks = strspn(text, " \t");
        text += blanks;
        size -= (Py_ssize_t)blanks;
    }
    PyObject *code = PySys_Audit("compile", "yO", text, filename) < 0
                         ? NULL
                         : compile_text(text, size, filename, start, &own, optimize);
    flags->cf_flags |= own.cf_flags & PyCF_MASK;
    Py_XDECREF(keep);
    return code;
}

/* ---- the C API ------------------------------------------------------------------------------------------------------------ */

PyObject *Py_CompileStringObject(const char *text, PyObject *filename, int start, PyCompilerFlags *flags, int optimize)
{
    PyCompilerFlags own = flags ? *flags : (PyCompilerFlags)_PyCompilerFlags_INIT;
    if (optimize < 0)
        optimize = config_current()->optimize;
    if (PySys_Audit("compile", "yO", text, filename) < 0)
        return NULL;
    return compile_text(text, (Py_ssize_t)strlen(text), filename, start, &own, optimize);
}

PyObject *Py_CompileStringExFlags(const char *text, const char *name, int start, PyCompilerFlags *flags, int optimize)
{
    PyObject *filename = PyUnicode_DecodeFSDefault(name);
    PyObject *code = filename ? Py_CompileStringObject(text, filename, start, flags, optimize) : NULL;
    Py_XDECREF(filename);
    return code;
}

#undef Py_CompileString
#undef Py_CompileStringFlags
PyObject *Py_CompileString(const char *text, const char *name, int start)
{
    return Py_CompileStringExFlags(text, name, start, NULL, -1);
}

PyObject *Py_CompileStringFlags(const char *text, const char *name, int start, PyCompilerFlags *flags)
{
    return Py_CompileStringExFlags(text, name, start, flags, -1);
}
