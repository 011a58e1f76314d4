/* _csv: the module, and the registry of dialects. */
#include "modules/csv/csv.h"

long csv_field_limit = 128 * 1024;

PyObject *dialect_registered(PyObject *name)
{
    PyObject *found = PyDict_GetItemWithError(csv_dialects, name);
    if (!found && !PyErr_Occurred())
        PyErr_SetString(csv_error, "unknown dialect");
    return Py_XNewRef(found);
}

static PyObject *get_dialect(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"name", NULL};
    PyObject *name;
    return PyArg_ParseTupleAndKeywords(args, kwargs, "O:get_dialect", names, &name) ? dialect_registered(name) : NULL;
}

static PyObject *register_dialect(PyObject *module, PyObject *args, PyObject *kwargs)
{
    PyObject *name, *given = NULL;
    if (!PyArg_UnpackTuple(args, "", 1, 2, &name, &given))
        return NULL;
    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "dialect name must be a string");
        return NULL;
    }
    PyObject *dialect = (PyObject *)dialect_make(given, kwargs);
    int bad = dialect ? PyDict_SetItem(csv_dialects, name, dialect) : -1;
    Py_XDECREF(dialect);
    return bad ? NULL : Py_NewRef(Py_None);
}

static PyObject *unregister_dialect(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"name", NULL};
    PyObject *name;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:unregister_dialect", names, &name))
        return NULL;
    if (PyDict_DelItem(csv_dialects, name)) {
        if (PyErr_ExceptionMatches(PyExc_KeyError))
            PyErr_SetString(csv_error, "unknown dialect");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *list_dialects(PyObject *module, PyObject *unused) { return PyDict_Keys(csv_dialects); }

static PyObject *field_size_limit(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"new_limit", NULL};
    PyObject *value = NULL;
    long old = csv_field_limit;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:field_size_limit", names, &value))
        return NULL;
    if (value) {
        if (!PyLong_CheckExact(value)) {
            PyErr_SetString(PyExc_TypeError, "limit must be an integer");
            return NULL;
        }
        long limit = PyLong_AsLong(value);
        if (limit == -1 && PyErr_Occurred())
            return NULL;
        csv_field_limit = limit;
    }
    return PyLong_FromLong(old);
}

static PyMethodDef functions[] = {
    {"reader", (PyCFunction)csv_reader, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR(
         "    csv_reader = reader(iterable [, dialect='excel']\n                        [optional keyword args])\n    "
         "for row "
         "in csv_reader:\n        process(row)\n\nThe iterable gives lines of text; each iteration gives the list of a "
         "row's fields.\n")},
    {"writer", (PyCFunction)csv_writer, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("    csv_writer = csv.writer(fileobj [, dialect='excel']\n                            [optional keyword "
               "args])\n    for "
               "row in sequence:\n        csv_writer.writerow(row)\n\nThe file needs a write() method.\n")},
    {"list_dialects", list_dialects, METH_NOARGS,
     PyDoc_STR("list_dialects($module, /)\n--\n\nReturn a list of all known dialect names.\n\n    names = "
               "csv.list_dialects()")},
    {"register_dialect", (PyCFunction)register_dialect, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR(
         "Create a mapping from a string name to a dialect class.\n    dialect = csv.register_dialect(name[, dialect[, "
         "**fmtparams]])")},
    {"unregister_dialect", (PyCFunction)unregister_dialect, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("unregister_dialect($module, /, name)\n--\n\nDelete the name/dialect mapping associated with a string "
               "name.\n\n    "
               "csv.unregister_dialect(name)")},
    {"get_dialect", (PyCFunction)get_dialect, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR(
         "get_dialect($module, /, name)\n--\n\nReturn the dialect instance associated with name.\n\n    dialect = "
         "csv.get_dialect(name)")},
    {"field_size_limit", (PyCFunction)field_size_limit, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR(
         "field_size_limit($module, /, new_limit=<unrepresentable>)\n--\n\nSets an upper limit on parsed fields.\n\n   "
         " "
         "csv.field_size_limit([limit])\n\nReturns old limit. If limit is not given, no new limit is set and\nthe old "
         "limit is returned")},
    {NULL},
};

static int module_exec(PyObject *module)
{
    if (PyModule_AddType(module, &Dialect_Type) || PyType_Ready(&Reader_Type) || PyType_Ready(&Writer_Type))
        return -1;
    if (PyModule_AddStringConstant(module, "__version__", "1.0"))
        return -1;
    Py_XSETREF(csv_dialects, PyDict_New());
    if (!csv_dialects || PyModule_AddObjectRef(module, "_dialects", csv_dialects))
        return -1;
    if (PyModule_AddIntConstant(module, "QUOTE_MINIMAL", QUOTE_MINIMAL) ||
        PyModule_AddIntConstant(module, "QUOTE_ALL", QUOTE_ALL) ||
        PyModule_AddIntConstant(module, "QUOTE_NONNUMERIC", QUOTE_NONNUMERIC) ||
        PyModule_AddIntConstant(module, "QUOTE_NONE", QUOTE_NONE))
        return -1;
    Py_XSETREF(csv_error, PyErr_NewException("_csv.Error", NULL, NULL));
    return csv_error ? PyModule_AddObjectRef(module, "Error", csv_error) : -1;
}

PyDoc_STRVAR(
    doc,
    "CSV parsing and writing.\n\nReaders, writers and a registry of dialects, as PEP 305 describes them.  A dialect is "
    "a name of the\nregistry, or a class or instance with the attributes delimiter, quotechar, "
    "escapechar,\ndoublequote, "
    "skipinitialspace, lineterminator, quoting and strict.\n");
static PyModuleDef_Slot slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_csv", doc, 0, functions, slots, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit__csv(void) { return PyModuleDef_Init(&definition); }
