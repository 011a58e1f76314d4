/* Module _testinternalcapi: what the standard library's tests ask about the runtime's configuration. */
#include "objects/code.h"

static PyObject *get_config(PyObject *module, PyObject *unused)
{
    PyObject *options = PySys_GetXOptions();
    const char *text = Py_IgnoreEnvironmentFlag ? NULL : getenv("PYTHONNODEBUGRANGES");
    int ranges = !(options && PyDict_GetItemString(options, "no_debug_ranges")) && !(text && *text);
    return Py_BuildValue("{sisisisisisi}", "code_debug_ranges", ranges, "optimization_level", Py_OptimizeFlag, "isolated",
                         Py_IsolatedFlag, "use_environment", !Py_IgnoreEnvironmentFlag, "verbose", Py_VerboseFlag,
                         "bytes_warning", Py_BytesWarningFlag);
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

static PyMethodDef methods[] = {
    {"get_config", get_config, METH_NOARGS, "get_config($module, /)\n--\n\nThe configuration, as a dict."},
    {"get_recursion_depth", get_recursion_depth, METH_NOARGS,
     "get_recursion_depth($module, /)\n--\n\nHow many Python frames are running."},
    {"verify_code", verify_code, METH_O,
     "verify_code($module, code, /)\n--\n\nRaise ValueError if the bytecode would be refused, as that of code from outside is."},
    {NULL}
};

static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "_testinternalcapi", NULL, 0, methods};

PyMODINIT_FUNC PyInit__testinternalcapi(void) { return PyModuleDef_Init(&module_def); }
