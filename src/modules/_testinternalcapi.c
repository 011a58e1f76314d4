/* Module _testinternalcapi: what the standard library's tests ask about the runtime: its configuration, and functions
 * that Python code does not reach otherwise. */
#include "capi/fileutils.h"
#include "objects/code.h"

static PyObject *get_config(PyObject *module, PyObject *unused)
{
    PyObject *options = PySys_GetXOptions();
    const char *text = Py_IgnoreEnvironmentFlag ? NULL : getenv("PYTHONNODEBUGRANGES");
    int ranges = !(options && PyDict_GetItemString(options, "no_debug_ranges")) && !(text && *text);
    return Py_BuildValue("{sisisisisisi}", "code_debug_ranges", ranges, "optimization_level", Py_OptimizeFlag,
                         "isolated", Py_IsolatedFlag, "use_environment", !Py_IgnoreEnvironmentFlag, "verbose",
                         Py_VerboseFlag, "bytes_warning", Py_BytesWarningFlag);
}

static PyObject *get_recursion_depth(PyObject *module, PyObject *unused)
{
    PyThreadState *t = PyThreadState_Get();
    return PyLong_FromLong(t->recursion_limit - t->recursion_remaining);
}

static PyObject *verify_code(PyObject *module, PyObject *code)
{
    if (!PyCode_Check(code))
        return PyErr_Format(PyExc_TypeError, "code object expected, not %.200s", Py_TYPE(code)->tp_name);
    return code_verify((PyCodeObject *)code) < 0 ? NULL : Py_NewRef(Py_None);
}

/* The value of an error handler that the locale's codec knows; others are refused there. */
static int handler_of(const char *errors)
{
    return !strcmp(errors, "strict")            ? 1
           : !strcmp(errors, "surrogateescape") ? 2
           : !strcmp(errors, "surrogatepass")   ? 7
                                                : 0;
}

/* Sets the exception for what a codec of the locale returned. */
static PyObject *codec_error(int result, const char *what, size_t pos, const char *reason)
{
    if (result == -1)
        return PyErr_NoMemory();
    if (result == -2)
        return PyErr_Format(PyExc_RuntimeError, "%s error: pos=%zu, reason=%s", what, pos, reason);
    PyErr_SetString(PyExc_ValueError, "unsupported error handler");
    return NULL;
}

static PyObject *encode_locale(PyObject *module, PyObject *args)
{
    PyObject *text;
    int current = 0;
    const char *errors = "strict", *reason = NULL;
    if (!PyArg_ParseTuple(args, "U|is", &text, &current, &errors))
        return NULL;
    wchar_t *wide = PyUnicode_AsWideCharString(text, NULL);
    if (!wide)
        return NULL;
    char *bytes = NULL;
    size_t pos = 0;
    int result = _Py_EncodeLocaleEx(wide, &bytes, &pos, &reason, current, handler_of(errors));
    PyMem_Free(wide);
    if (result < 0)
        return codec_error(result, "encode", pos, reason);
    PyObject *encoded = PyBytes_FromString(bytes);
    PyMem_RawFree(bytes);
    return encoded;
}

static PyObject *decode_locale(PyObject *module, PyObject *args)
{
    const char *bytes, *errors = "strict", *reason = NULL;
    int current = 0;
    if (!PyArg_ParseTuple(args, "y|is", &bytes, &current, &errors))
        return NULL;
    wchar_t *wide = NULL;
    size_t size = 0;
    int result = _Py_DecodeLocaleEx(bytes, &wide, &size, &reason, current, handler_of(errors));
    if (result < 0)
        return codec_error(result, "decode", size, reason);
    PyObject *text = PyUnicode_FromWideChar(wide, size);
    PyMem_RawFree(wide);
    return text;
}

static PyObject *normalize_path(PyObject *module, PyObject *path)
{
    Py_ssize_t n;
    wchar_t *wide = PyUnicode_AsWideCharString(path, &n);
    if (!wide)
        return NULL;
    PyObject *text = PyUnicode_FromWideChar(_Py_normpath(wide, n), -1);
    PyMem_Free(wide);
    return text;
}

static PyMethodDef methods[] = {
    {"DecodeLocaleEx", decode_locale, METH_VARARGS,
     "DecodeLocaleEx(encoded, current_locale=0, errors='strict')\n\nBytes without a NUL as a str, in the locale's "
     "encoding."},
    {"EncodeLocaleEx", encode_locale, METH_VARARGS,
     "EncodeLocaleEx(text, current_locale=0, errors='strict')\n\nA str without a NUL as bytes, in the locale's "
     "encoding."},
    {"get_config", get_config, METH_NOARGS, "get_config($module, /)\n--\n\nThe configuration, as a dict."},
    {"get_recursion_depth", get_recursion_depth, METH_NOARGS,
     "get_recursion_depth($module, /)\n--\n\nHow many Python frames are running."},
    {"normalize_path", normalize_path, METH_O,
     "normalize_path($module, path, /)\n--\n\nA path without '.', '..' and doubled slashes."},
    {"verify_code", verify_code, METH_O,
     "verify_code($module, code, /)\n--\n\nRaise ValueError if the bytecode would be refused, as that of code from "
     "outside is."},
    {NULL}};

/* Containers have no header of the collector's before them. */
static int exec_module(PyObject *module) { return PyModule_AddIntConstant(module, "SIZEOF_PYGC_HEAD", 0); }

static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec_module}, {0}};

static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "_testinternalcapi", NULL, 0, methods, slots};

PyMODINIT_FUNC PyInit__testinternalcapi(void) { return PyModuleDef_Init(&module_def); }
