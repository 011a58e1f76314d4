/* Built-in functions on code and name spaces: compile, eval, exec, __import__, globals, locals, vars, dir. */
#include "modules/builtins/builtins.h"
#include "objects/names.h"
#include "runtime/compile_source.h"

/* ---- compile -------------------------------------------------------------------------------------------------- */

static int start_of_mode(const char *mode, int flags)
{
    if (strcmp(mode, "exec") == 0)
        return Py_file_input;
    if (strcmp(mode, "eval") == 0)
        return Py_eval_input;
    if (strcmp(mode, "single") == 0)
        return Py_single_input;
    if (strcmp(mode, "func_type") == 0) {
        if (flags & PyCF_ONLY_AST)
            return Py_func_type_input;
        PyErr_SetString(PyExc_ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
        return -1;
    }
    PyErr_SetString(PyExc_ValueError, flags & PyCF_ONLY_AST
                    ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
                    : "compile() mode must be 'exec', 'eval' or 'single'");
    return -1;
}

PyObject *builtin_compile(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"source", "filename", "mode", "flags", "dont_inherit", "optimize", "_feature_version", NULL};
    PyObject *source, *filename, *result = NULL;
    const char *mode;
    int flags = 0, dont_inherit = 0, optimize = -1, feature_version = -1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO&s|ipi$i:compile", names, &source, PyUnicode_FSDecoder, &filename,
                                     &mode, &flags, &dont_inherit, &optimize, &feature_version))
        return NULL;
    PyCompilerFlags cf = {.cf_flags = flags | PyCF_SOURCE_IS_UTF8, .cf_feature_version = PY_MINOR_VERSION};
    if (feature_version >= 0 && (flags & PyCF_ONLY_AST))
        cf.cf_feature_version = feature_version;
    int start = -1;
    if (flags & ~(PyCF_MASK | PyCF_MASK_OBSOLETE | PyCF_COMPILE_MASK)) {
        PyErr_SetString(PyExc_ValueError, "compile(): unrecognised flags");
        goto done;
    }
    if (optimize < -1 || optimize > 2) {
        PyErr_SetString(PyExc_ValueError, "compile(): invalid optimize value");
        goto done;
    }
    if (!dont_inherit)
        PyEval_MergeCompilerFlags(&cf);
    start = start_of_mode(mode, flags);
    if (start >= 0)
        result = compile_object(source, "compile", "string, bytes or AST", filename, start, &cf, optimize);
done:
    Py_DECREF(filename);
    return result;
}

/* ---- eval and exec -------------------------------------------------------------------------------------------- */

/* Fills in the caller's name spaces where none are given (new references) and gives globals its __builtins__. */
static int name_spaces(const char *function, PyObject **globals, PyObject **locals)
{
    if (*globals == Py_None)
        *globals = NULL;
    if (*locals == Py_None)
        *locals = NULL;
    if (*locals && !PyMapping_Check(*locals)) {
        PyErr_Format(PyExc_TypeError, strcmp(function, "eval") == 0 ? "locals must be a mapping"
                     : "locals must be a mapping or None, not %.100s", Py_TYPE(*locals)->tp_name);
        return -1;
    }
    if (*globals && !PyDict_Check(*globals)) {
        if (strcmp(function, "eval") == 0)
            PyErr_SetString(PyExc_TypeError, PyMapping_Check(*globals)
                            ? "globals must be a real dict; try eval(expr, {}, mapping)" : "globals must be a dict");
        else
            PyErr_Format(PyExc_TypeError, "exec() globals must be a dict, not %.100s", Py_TYPE(*globals)->tp_name);
        return -1;
    }
    if (!*globals) {
        *globals = PyEval_GetGlobals();
        if (*globals && !*locals && !(*locals = PyEval_GetLocals()))
            return -1;
        if (!*globals) {
            PyErr_Format(strcmp(function, "eval") == 0 ? PyExc_TypeError : PyExc_SystemError,
                         "%s must be given globals and locals when called without a frame", function);
            return -1;
        }
    }
    if (!*locals)
        *locals = *globals;
    int has = PyDict_Contains(*globals, N(__builtins__));
    if (has == 0)
        has = PyDict_SetItem(*globals, N(__builtins__), PyEval_GetBuiltins());
    if (has < 0)
        return -1;
    Py_INCREF(*globals);
    Py_INCREF(*locals);
    return 0;
}

/* Runs a str or bytes; eval strips leading blanks. */
static PyObject *run_text(const char *function, PyObject *source, int start, PyObject *globals, PyObject *locals)
{
    PyCompilerFlags cf = _PyCompilerFlags_INIT;
    cf.cf_flags = PyCF_SOURCE_IS_UTF8;
    PyEval_MergeCompilerFlags(&cf);
    PyObject *filename = PyUnicode_FromString("<string>");
    PyObject *code = filename ? compile_object(source, function, "string, bytes or code", filename, start, &cf, -1) : NULL;
    Py_XDECREF(filename);
    PyObject *result = code && PySys_Audit("exec", "O", code) == 0 ? PyEval_EvalCode(code, globals, locals) : NULL;
    Py_XDECREF(code);
    return result;
}

PyObject *builtin_eval(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("eval", nargs, 1, 3))
        return NULL;
    PyObject *source = args[0], *result = NULL;
    PyObject *globals = nargs > 1 ? args[1] : NULL, *locals = nargs > 2 ? args[2] : NULL;
    if (name_spaces("eval", &globals, &locals) < 0)
        return NULL;
    if (PyCode_Check(source)) {
        if (PySys_Audit("exec", "O", source) < 0)
            goto done;
        if (PyCode_GetNumFree((PyCodeObject *)source) > 0)
            PyErr_SetString(PyExc_TypeError, "code object passed to eval() may not contain free variables");
        else
            result = PyEval_EvalCode(source, globals, locals);
    } else {
        result = run_text("eval", source, Py_eval_input, globals, locals);
    }
done:
    Py_DECREF(globals);
    Py_DECREF(locals);
    return result;
}

/* A code object with free variables runs with a tuple of as many cells as `closure`. */
static PyObject *run_code(PyObject *code, PyObject *globals, PyObject *locals, PyObject *closure)
{
    Py_ssize_t nfree = PyCode_GetNumFree((PyCodeObject *)code);
    if (nfree == 0) {
        if (closure) {
            PyErr_SetString(PyExc_TypeError, "cannot use a closure with this code object");
            return NULL;
        }
        return PyEval_EvalCode(code, globals, locals);
    }
    int fits = closure && PyTuple_CheckExact(closure) && PyTuple_GET_SIZE(closure) == nfree;
    for (Py_ssize_t i = 0; fits && i < nfree; i++)
        fits = PyCell_Check(PyTuple_GET_ITEM(closure, i));
    if (!fits) {
        PyErr_Format(PyExc_TypeError, "code object requires a closure of exactly length %zd", nfree);
        return NULL;
    }
    return PyEval_EvalCodeEx(code, globals, locals, NULL, 0, NULL, 0, NULL, 0, NULL, closure);
}

PyObject *builtin_exec(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    PyObject *closure = NULL;
    for (Py_ssize_t i = 0; kwnames && i < PyTuple_GET_SIZE(kwnames); i++) {
        if (!_PyUnicode_EqualToASCIIString(PyTuple_GET_ITEM(kwnames, i), "closure")) {
            PyErr_Format(PyExc_TypeError, "'%U' is an invalid keyword argument for exec()", PyTuple_GET_ITEM(kwnames, i));
            return NULL;
        }
        closure = args[nargs + i] == Py_None ? NULL : args[nargs + i];
    }
    if (nargs < 1 || nargs > 3) {
        if (nargs < 1)
            PyErr_SetString(PyExc_TypeError, "exec() takes at least 1 positional argument (0 given)");
        else
            PyErr_Format(PyExc_TypeError, "exec() takes at most 3 positional arguments (%zd given)", nargs);
        return NULL;
    }
    PyObject *source = args[0], *result = NULL;
    PyObject *globals = nargs > 1 ? args[1] : NULL, *locals = nargs > 2 ? args[2] : NULL;
    if (name_spaces("exec", &globals, &locals) < 0)
        return NULL;
    if (PyCode_Check(source)) {
        if (PySys_Audit("exec", "O", source) == 0)
            result = run_code(source, globals, locals, closure);
    } else if (closure) {
        PyErr_SetString(PyExc_TypeError, "closure can only be used when source is a code object");
    } else {
        result = run_text("exec", source, Py_file_input, globals, locals);
    }
    Py_DECREF(globals);
    Py_DECREF(locals);
    if (!result)
        return NULL;
    Py_DECREF(result);
    Py_RETURN_NONE;
}

PyObject *builtin___import__(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"name", "globals", "locals", "fromlist", "level", NULL};
    PyObject *name, *globals = NULL, *locals = NULL, *fromlist = NULL;
    int level = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OOOi:__import__", names, &name, &globals, &locals, &fromlist, &level))
        return NULL;
    return PyImport_ImportModuleLevelObject(name, globals, locals, fromlist, level);
}

/* ---- name spaces ---------------------------------------------------------------------------------------------- */

PyObject *builtin_globals(PyObject *module, PyObject *unused) { return Py_XNewRef(PyEval_GetGlobals()); }
PyObject *builtin_locals(PyObject *module, PyObject *unused) { return Py_XNewRef(PyEval_GetLocals()); }

PyObject *builtin_vars(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("vars", nargs, 0, 1))
        return NULL;
    if (nargs == 0)
        return Py_XNewRef(PyEval_GetLocals());
    PyObject *dict;
    if (_PyObject_LookupAttr(args[0], N(__dict__), &dict) == 0)
        PyErr_SetString(PyExc_TypeError, "vars() argument must have __dict__ attribute");
    return dict;
}

PyObject *builtin_dir(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional("dir", nargs, 0, 1))
        return NULL;
    return PyObject_Dir(nargs ? args[0] : NULL);
}
