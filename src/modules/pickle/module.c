/* _pickle: the module, and dump, dumps, load and loads. */
#include "modules/pickle/pickle.h"


static PyObject *module_dump(PyObject *module, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"obj", "file", "protocol", "fix_imports", "buffer_callback", NULL};
    PyObject *obj, *file, *protocol = NULL, *callback = NULL;
    int fix_imports = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "OO|O$pO:dump", names, &obj, &file, &protocol, &fix_imports,
                                     &callback))
        return NULL;
    Pickler *p = (Pickler *)pickler_new();
    if (!p)
        return NULL;
    int bad = pickler_configure(p, protocol, fix_imports, callback) || pickler_set_file(p, file) ||
              pickler_dump(p, obj) || pickler_flush(p);
    Py_DECREF(p);
    return bad ? NULL : Py_NewRef(Py_None);
}

static PyObject *module_dumps(PyObject *module, PyObject *const *args, Py_ssize_t n, PyObject *kwnames)
{
    static const char *const names[] = {"obj", "protocol", "fix_imports", "buffer_callback", NULL};
    static _PyArg_Parser parser = {NULL, names, "dumps", 0};
    PyObject *v[4] = {NULL}, *const *got = NULL;
    if (!kwnames && (n == 1 || n == 2)) /* the usual way */
        memcpy(v, args, (size_t)n * sizeof *v);
    else if (!(got = _PyArg_UnpackKeywords(args, n, NULL, kwnames, &parser, 1, 2, 0, v)))
        return NULL;
    PyObject *protocol = v[1], *fix = v[2], *callback = v[3];
    int fix_imports = fix ? PyObject_IsTrue(fix) : 1;
    Pickler *p = fix_imports < 0 ? NULL : (Pickler *)pickler_new();
    if (!p)
        return NULL;
    PyObject *r = NULL;
    if (pickler_configure(p, protocol, fix_imports, callback) == 0 && pickler_dump(p, v[0]) == 0)
        r = PyBytes_FromStringAndSize(p->out.data, p->out.size);
    Py_DECREF(p);
    return r;
}

/* Loads and releases u, of which the source is set unless `bad`. */
static PyObject *load(Unpickler *u, int bad, int fix_imports, const char *encoding, const char *errors,
                      PyObject *buffers)
{
    PyObject *r = NULL;
    if (!bad && unpickler_configure(u, encoding, errors, buffers, fix_imports) == 0)
        r = unpickler_load(u);
    Py_XDECREF(u);
    return r;
}

static PyObject *module_load(PyObject *module, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"file", "fix_imports", "encoding", "errors", "buffers", NULL};
    PyObject *file, *buffers = NULL;
    const char *encoding = NULL, *errors = NULL;
    int fix_imports = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O|$pssO:load", names, &file, &fix_imports, &encoding, &errors,
                                     &buffers))
        return NULL;
    Unpickler *u = (Unpickler *)unpickler_new();
    return load(u, !u || input_set_file(&u->in, file), fix_imports, encoding, errors, buffers);
}

static PyObject *module_loads(PyObject *module, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"", "fix_imports", "encoding", "errors", "buffers", NULL};
    PyObject *data, *buffers = NULL;
    const char *encoding = NULL, *errors = NULL;
    int fix_imports = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O|$pssO:loads", names, &data, &fix_imports, &encoding, &errors,
                                     &buffers))
        return NULL;
    Unpickler *u = (Unpickler *)unpickler_new();
    return load(u, !u || input_set_bytes(&u->in, data), fix_imports, encoding, errors, buffers);
}

static PyMethodDef functions[] = {
    {"dump", (PyCFunction)module_dump, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("dump($module, /, obj, file, protocol=None, *, fix_imports=True,\n     "
               "buffer_callback=None)\n--\n\nWrite a pickled "
               "representation of obj to the open file object file.\n\nThis is equivalent to ``Pickler(file, "
               "protocol).dump(obj)``, "
               "but may\nbe more efficient.")},
    {"dumps", (PyCFunction)module_dumps, METH_FASTCALL | METH_KEYWORDS,
     PyDoc_STR("dumps($module, /, obj, protocol=None, *, fix_imports=True,\n      buffer_callback=None)\n--\n\nReturn "
               "the pickled "
               "representation of the object as a bytes object.")},
    {"load", (PyCFunction)module_load, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("load($module, /, file, *, fix_imports=True, encoding='ASCII',\n     errors='strict', "
               "buffers=())\n--\n\nRead and "
               "return an object from the pickle data stored in a file.\n\nThis is equivalent to "
               "``Unpickler(file).load()``, but "
               "may be more\nefficient.")},
    {"loads", (PyCFunction)module_loads, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("loads($module, data, /, *, fix_imports=True, encoding='ASCII',\n      errors='strict', "
               "buffers=())\n--\n\nRead and "
               "return an object from the given pickle data.")},
    {NULL},
};

/* ---- what other modules know --------------------------------------------------------------------------------------
 */

static const struct {
    size_t field;
    const char *module, *name;
    PyTypeObject *type; /* NULL: a callable */
} wanted[] = {
#define STATE(f) offsetof(struct pickle_objects, f)
    {STATE(dispatch_table), "copyreg", "dispatch_table", &PyDict_Type},
    {STATE(extension_registry), "copyreg", "_extension_registry", &PyDict_Type},
    {STATE(inverted_registry), "copyreg", "_inverted_registry", &PyDict_Type},
    {STATE(extension_cache), "copyreg", "_extension_cache", &PyDict_Type},
    {STATE(name_2to3), "_compat_pickle", "NAME_MAPPING", &PyDict_Type},
    {STATE(import_2to3), "_compat_pickle", "IMPORT_MAPPING", &PyDict_Type},
    {STATE(name_3to2), "_compat_pickle", "REVERSE_NAME_MAPPING", &PyDict_Type},
    {STATE(import_3to2), "_compat_pickle", "REVERSE_IMPORT_MAPPING", &PyDict_Type},
    {STATE(encode), "codecs", "encode", NULL},
    {STATE(partial), "functools", "partial", NULL},
    {STATE(getattr), "builtins", "getattr", NULL},
#undef STATE
};

static int look_up(size_t i)
{
    PyObject *module = PyImport_ImportModule(wanted[i].module);
    PyObject *found = module ? PyObject_GetAttrString(module, wanted[i].name) : NULL;
    Py_XDECREF(module);
    if (!found)
        return -1;
    if (wanted[i].type ? !Py_IS_TYPE(found, wanted[i].type) : !PyCallable_Check(found)) {
        PyErr_Format(PyExc_RuntimeError, "%s.%s should be a %s, not %.200s", wanted[i].module, wanted[i].name,
                     wanted[i].type ? "dict" : "callable", Py_TYPE(found)->tp_name);
        Py_DECREF(found);
        return -1;
    }
    Py_XSETREF(*(PyObject **)((char *)&pickle_state + wanted[i].field), found);
    return 0;
}

static PyObject *add_error(PyObject *module, const char *name, PyObject *base)
{
    char full[64];
    snprintf(full, sizeof full, "_pickle.%s", name);
    PyObject *type = PyErr_NewException(full, base, NULL);
    if (type && PyModule_AddObjectRef(module, name, type))
        Py_CLEAR(type);
    return type;
}

static int module_exec(PyObject *module)
{
    static PyTypeObject *const types[] = {&Pickler_Type, &Unpickler_Type, &PyPickleBuffer_Type};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(wanted); i++)
        if (look_up(i))
            return -1;
    if (PyType_Ready(&PicklerMemoProxy_Type) || PyType_Ready(&UnpicklerMemoProxy_Type))
        return -1;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(types); i++)
        if (PyModule_AddType(module, types[i]))
            return -1;
    Py_XSETREF(pickle_state.error, add_error(module, "PickleError", NULL));
    if (!pickle_state.error)
        return -1;
    Py_XSETREF(pickle_state.pickling_error, add_error(module, "PicklingError", pickle_state.error));
    Py_XSETREF(pickle_state.unpickling_error, add_error(module, "UnpicklingError", pickle_state.error));
    return pickle_state.pickling_error && pickle_state.unpickling_error ? 0 : -1;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                                        "_pickle",
                                        "Optimized C implementation for the Python pickle module.",
                                        0,
                                        functions,
                                        slots,
                                        NULL,
                                        NULL,
                                        NULL};
PyMODINIT_FUNC PyInit__pickle(void) { return PyModuleDef_Init(&definition); }
