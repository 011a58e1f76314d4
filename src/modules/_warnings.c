/* The module _warnings: what the library's warnings.py takes from the runtime. */
#include "runtime/warnings.h"
#include "objects/names.h"

static PyObject *m_warn(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"message", "category", "stacklevel", "source", NULL};
    PyObject *message, *category = Py_None, *source = NULL;
    Py_ssize_t level = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OnO:warn", names, &message, &category, &level, &source))
        return NULL;
    category = warnings_category(message, category);
    if (!category || warnings_warn(category, message, level, source == Py_None ? NULL : source) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* The line that a module's loader gives for the file, new; NULL without an exception when it gives none. */
static PyObject *line_from_loader(PyObject *globals, int line)
{
    PyObject *loader = PyDict_GetItemWithError(globals, N(__loader__)), *name = PyDict_GetItemWithError(globals, N(__name__)), *get;
    if (!loader || !name || _PyObject_LookupAttr(loader, N(get_source), &get) <= 0)
        return NULL;
    PyObject *source = PyObject_CallOneArg(get, name);
    Py_DECREF(get);
    PyObject *lines = source && source != Py_None ? PyUnicode_Splitlines(source, 0) : NULL;
    PyObject *text = lines && line >= 1 && line <= PyList_GET_SIZE(lines) ? Py_NewRef(PyList_GET_ITEM(lines, line - 1)) : NULL;
    Py_XDECREF(source);
    Py_XDECREF(lines);
    return text;
}

static PyObject *m_warn_explicit(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"message", "category", "filename", "lineno", "module", "registry", "module_globals", "source", NULL};
    PyObject *message, *category, *filename, *module = NULL, *registry = NULL, *globals = NULL, *source = NULL, *text = NULL;
    int line;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOUi|OOOO:warn_explicit", names, &message, &category, &filename, &line, &module,
                                     &registry, &globals, &source))
        return NULL;
    if (globals && globals != Py_None) {
        if (!PyDict_Check(globals)) {
            PyErr_Format(PyExc_TypeError, "module_globals must be a dict, not '%.200s'", Py_TYPE(globals)->tp_name);
            return NULL;
        }
        text = line_from_loader(globals, line);
        if (PyErr_Occurred())
            return NULL;
    }
    PyObject *result = warnings_warn_explicit(category, message, filename, line, module, registry, text, source == Py_None ? NULL : source);
    Py_XDECREF(text);
    return result;
}

static PyObject *m_filters_mutated(PyObject *m, PyObject *u)
{
    WarningsState *w = warnings_state();
    if (!w)
        return NULL;
    w->filters_version++;
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"warn", (PyCFunction)(void (*)(void))m_warn, METH_VARARGS | METH_KEYWORDS,
     "warn($module, /, message, category=None, stacklevel=1, source=None)\n--\n\nIssues a warning, or raises it, as the filters say."},
    {"warn_explicit", (PyCFunction)(void (*)(void))m_warn_explicit, METH_VARARGS | METH_KEYWORDS,
     "warn_explicit(message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None)\n\nIssues a warning for a place that is given."},
    {"_filters_mutated", m_filters_mutated, METH_NOARGS, "_filters_mutated($module, /)\n--\n\nTells that the filters have changed."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_warnings", .m_size = -1, .m_methods = functions,
                                        .m_doc = "The runtime's part of the module warnings."};

PyMODINIT_FUNC PyInit__warnings(void)
{
    WarningsState *w = warnings_state();
    PyObject *m = w ? PyModule_Create(&definition) : NULL;
    if (m && (PyModule_AddObjectRef(m, "filters", w->filters) < 0 || PyModule_AddObjectRef(m, "_onceregistry", w->once_registry) < 0 ||
              PyModule_AddObjectRef(m, "_defaultaction", w->default_action) < 0))
        Py_CLEAR(m);
    return m;
}
