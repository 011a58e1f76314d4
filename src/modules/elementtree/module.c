/* Module _elementtree. */
#include "modules/elementtree/elementtree.h"
#include "modules/expat/library.h"

PyObject *element_subelement(PyObject *module, PyObject *args, PyObject *kwargs);

/* A factory: callable or None (NULL). */
static int check_factory(PyObject *factory, const char *name)
{
    if (factory == Py_None || PyCallable_Check(factory))
        return 0;
    PyErr_Format(PyExc_TypeError, "%s factory must be callable, not %.100s", name, Py_TYPE(factory)->tp_name);
    return -1;
}

/* _set_factories(comment, pi): the defaults of builders; returns those before. */
static PyObject *set_factories(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    if (!_PyArg_CheckPositional("_set_factories", count, 2, 2) || check_factory(args[0], "Comment") < 0 ||
        check_factory(args[1], "PI") < 0)
        return NULL;
    PyObject *comment = element_state.comment_factory, *pi = element_state.pi_factory;
    PyObject *old = PyTuple_Pack(2, comment ? comment : Py_None, pi ? pi : Py_None);
    if (old == NULL)
        return NULL;
    Py_XSETREF(element_state.comment_factory, args[0] == Py_None ? NULL : Py_NewRef(args[0]));
    Py_XSETREF(element_state.pi_factory, args[1] == Py_None ? NULL : Py_NewRef(args[1]));
    return old;
}

static PyMethodDef methods[] = {
    {"SubElement", (PyCFunction)(void (*)(void))element_subelement, METH_VARARGS | METH_KEYWORDS},
    {"_set_factories", (PyCFunction)(void (*)(void))set_factories, METH_FASTCALL,
     "_set_factories($module, comment_factory, pi_factory, /)\n--\n\n"
     "Change the factories used to create comments and processing instructions.\n\n"
     "For internal use only."},
    {NULL}};

static PyObject *import_attribute(const char *module_name, const char *name)
{
    PyObject *module = PyImport_ImportModule(module_name);
    PyObject *value = module && name ? PyObject_GetAttrString(module, name) : Py_XNewRef(module);
    Py_XDECREF(module);
    return value;
}

/* What all modules of this name share: a second import makes no other ParseError.  0 or -1. */
static int make_shared(void)
{
    if (element_state.parse_error)
        return 0;
    element_state.deepcopy = import_attribute("copy", "deepcopy");
    element_state.element_path = import_attribute("xml.etree.ElementPath", NULL);
    if (element_state.deepcopy && element_state.element_path)
        element_state.parse_error = PyErr_NewException("xml.etree.ElementTree.ParseError", PyExc_SyntaxError, NULL);
    if (element_state.parse_error)
        return 0;
    Py_CLEAR(element_state.deepcopy);
    Py_CLEAR(element_state.element_path);
    return -1;
}

static int elementtree_exec(PyObject *module)
{
    if (expat_open() < 0 || PyType_Ready(&Element_Type) < 0 || PyType_Ready(&ElementIter_Type) < 0 ||
        PyType_Ready(&TreeBuilder_Type) < 0 || PyType_Ready(&XMLParser_Type) < 0)
        return -1;
    if (make_shared() < 0 || PyModule_AddObjectRef(module, "ParseError", element_state.parse_error) < 0 ||
        PyModule_AddObjectRef(module, "Element", (PyObject *)&Element_Type) < 0 ||
        PyModule_AddObjectRef(module, "TreeBuilder", (PyObject *)&TreeBuilder_Type) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "XMLParser", (PyObject *)&XMLParser_Type);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, elementtree_exec}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_elementtree", NULL, 0, methods, slots};

PyMODINIT_FUNC PyInit__elementtree(void) { return PyModuleDef_Init(&definition); }
