/* The calls of the C API that import by other names, and the removal of importlib's frames from tracebacks. */
#include "runtime/import.h"
#include "memory/state.h"
#include "objects/names.h"
#include "runtime/config.h"

#include <string.h>

PyObject *PyImport_ImportModuleLevel(const char *name, PyObject *globals, PyObject *locals, PyObject *fromlist, int level)
{
    PyObject *object = PyUnicode_FromString(name);
    PyObject *module = object ? PyImport_ImportModuleLevelObject(object, globals, locals, fromlist, level) : NULL;
    Py_XDECREF(object);
    return module;
}

/* Imports through the current __import__ hook; the named module itself, new. */
PyObject *PyImport_Import(PyObject *name)
{
    PyObject *globals = PyEval_GetGlobals(), *builtins, *import, *list = NULL, *result = NULL;
    if (globals) {
        Py_INCREF(globals);
        builtins = PyObject_GetItem(globals, N(__builtins__));
    } else {
        builtins = PyImport_ImportModuleLevel("builtins", NULL, NULL, NULL, 0);
        globals = builtins ? Py_BuildValue("{OO}", N(__builtins__), builtins) : NULL;
    }
    if (!builtins || !globals) {
        Py_XDECREF(globals);
        Py_XDECREF(builtins);
        return NULL;
    }
    import = PyDict_Check(builtins) ? PyObject_GetItem(builtins, N(__import__)) : PyObject_GetAttr(builtins, N(__import__));
    if (!import && PyErr_ExceptionMatches(PyExc_KeyError))
        PyErr_SetObject(PyExc_KeyError, N(__import__));
    list = import ? PyList_New(0) : NULL;
    PyObject *done = list ? PyObject_CallFunction(import, "OOOOi", name, globals, globals, list, 0) : NULL;
    if (done) {
        Py_DECREF(done);
        result = PyImport_GetModule(name);
        if (!result && !PyErr_Occurred())
            PyErr_SetObject(PyExc_KeyError, name);
    }
    Py_XDECREF(list);
    Py_XDECREF(import);
    Py_DECREF(builtins);
    Py_DECREF(globals);
    return result;
}

PyObject *PyImport_ImportModule(const char *name)
{
    PyObject *object = PyUnicode_FromString(name);
    PyObject *module = object ? PyImport_Import(object) : NULL;
    Py_XDECREF(object);
    return module;
}

PyObject *PyImport_ImportModuleNoBlock(const char *name) { return PyImport_ImportModule(name); }

PyObject *PyImport_ReloadModule(PyObject *module)
{
    PyObject *importlib = PyImport_ImportModule("importlib");
    PyObject *result = importlib ? PyObject_CallMethod(importlib, "reload", "O", module) : NULL;
    Py_XDECREF(importlib);
    return result;
}

/* ---- running a code object as a module -------------------------------------------------------------------------------- */

static int prepare_module(PyObject *dict, PyObject *name, PyObject *code, PyObject *path, PyObject *cached)
{
    if (!PyDict_GetItemWithError(dict, N(__builtins__)) &&
        (PyErr_Occurred() || PyDict_SetItem(dict, N(__builtins__), PyEval_GetBuiltins()) < 0))
        return -1;
    PyObject *external = PyObject_GetAttrString(interp_current()->importlib, "_bootstrap_external");
    PyObject *done = external ? PyObject_CallMethod(external, "_fix_up_module", "OOOO", dict, name,
                                                    path ? path : ((PyCodeObject *)code)->co_filename,
                                                    cached ? cached : Py_None) : NULL;
    Py_XDECREF(external);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

PyObject *PyImport_ExecCodeModuleObject(PyObject *name, PyObject *code, PyObject *path, PyObject *cached)
{
    PyObject *module = PyImport_AddModuleObject(name);
    if (!module)
        return NULL;
    PyObject *dict = PyModule_GetDict(module), *result = NULL;
    Py_INCREF(dict);
    if (prepare_module(dict, name, code, path, cached) == 0) {
        PyObject *value = PyEval_EvalCode(code, dict, dict);
        if (value) {
            Py_DECREF(value);
            result = PyImport_GetModule(name);
            if (!result && !PyErr_Occurred())
                PyErr_Format(PyExc_ImportError, "Loaded module %R not found in sys.modules", name);
        }
    }
    if (!result) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        if (PyObject_DelItem(interp_current()->modules, name) < 0)
            PyErr_Clear();
        PyErr_Restore(type, value, traceback);
    }
    Py_DECREF(dict);
    return result;
}

PyObject *PyImport_ExecCodeModuleWithPathnames(const char *name, PyObject *code, const char *path, const char *cached)
{
    PyObject *n = PyUnicode_FromString(name), *p = path ? PyUnicode_DecodeFSDefault(path) : NULL;
    PyObject *c = cached ? PyUnicode_DecodeFSDefault(cached) : NULL, *module = NULL;
    if (n && (p || !path) && (c || !cached))
        module = PyImport_ExecCodeModuleObject(n, code, p, c);
    Py_XDECREF(n);
    Py_XDECREF(p);
    Py_XDECREF(c);
    return module;
}

PyObject *PyImport_ExecCodeModuleEx(const char *name, PyObject *code, const char *path)
{
    return PyImport_ExecCodeModuleWithPathnames(name, code, path, NULL);
}

PyObject *PyImport_ExecCodeModule(const char *name, PyObject *code)
{
    return PyImport_ExecCodeModuleWithPathnames(name, code, NULL, NULL);
}

/* ---- path hooks ----------------------------------------------------------------------------------------------------------- */

/* A finder for an item of sys.path, from the cache or the hooks; new, None when there is none. */
PyObject *PyImport_GetImporter(PyObject *path)
{
    PyObject *cache = PySys_GetObject("path_importer_cache"), *hooks = PySys_GetObject("path_hooks");
    if (!cache || !hooks || !PyList_Check(hooks)) {
        PyErr_SetString(PyExc_RuntimeError, "unable to get sys.path_hooks or sys.path_importer_cache");
        return NULL;
    }
    PyObject *importer = PyDict_GetItemWithError(cache, path);
    if (importer || PyErr_Occurred())
        return Py_XNewRef(importer);
    importer = Py_NewRef(Py_None);
    for (Py_ssize_t i = 0; importer == Py_None && i < PyList_GET_SIZE(hooks); i++) {
        PyObject *hook = Py_NewRef(PyList_GET_ITEM(hooks, i));
        PyObject *found = PyObject_CallOneArg(hook, path);
        Py_DECREF(hook);
        if (found)
            Py_SETREF(importer, found);
        else if (PyErr_ExceptionMatches(PyExc_ImportError))
            PyErr_Clear();
        else
            Py_CLEAR(importer);
        if (!importer)
            return NULL;
    }
    if (PyDict_SetItem(cache, path, importer) < 0)
        Py_CLEAR(importer);
    return importer;
}

long PyImport_GetMagicNumber(void) { return 3495 | '\r' << 16 | (long)'\n' << 24; }
const char *PyImport_GetMagicTag(void) { return "limpid-311"; }

/* ---- tracebacks ------------------------------------------------------------------------------------------------------------ */

/* Whether a traceback entry belongs to importlib's machinery. */
static int is_importlib(PyTracebackObject *tb)
{
    PyCodeObject *code = PyFrame_GetCode(tb->tb_frame);
    int is = _PyUnicode_EqualToASCIIString(code->co_filename, "<frozen importlib._bootstrap>") ||
             _PyUnicode_EqualToASCIIString(code->co_filename, "<frozen importlib._bootstrap_external>");
    Py_DECREF(code);
    return is;
}

static int ends_chunk(PyTracebackObject *tb)
{
    PyCodeObject *code = PyFrame_GetCode(tb->tb_frame);
    int is = _PyUnicode_EqualToASCIIString(code->co_name, "_call_with_frames_removed");
    Py_DECREF(code);
    return is;
}

/* Cuts runs of importlib frames out of the pending exception's traceback: all of them for an ImportError, otherwise those
 * that end in _call_with_frames_removed. */
void import_trim_traceback(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (!type || config_current()->verbose) {
        PyErr_Restore(type, value, traceback);
        return;
    }
    int always = PyErr_GivenExceptionMatches(type, PyExc_ImportError);
    PyObject **link = &traceback, **chunk = NULL;
    while (*link) {
        PyTracebackObject *tb = (PyTracebackObject *)*link;
        PyObject **next = (PyObject **)&tb->tb_next;
        int inside = is_importlib(tb);
        if (inside && !chunk)
            chunk = link;
        if (!inside)
            chunk = NULL;
        if (chunk && (always || ends_chunk(tb))) {
            PyObject *rest = Py_XNewRef(*next), *cut = *chunk;
            *chunk = rest;
            Py_DECREF(cut);
            link = chunk;
            chunk = always ? link : NULL;
            if (always)
                chunk = NULL;
        } else {
            link = next;
        }
    }
    PyErr_Restore(type, value, traceback);
}
