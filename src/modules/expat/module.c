/* Module pyexpat with its submodules errors and model, and the table of functions for other modules in C. */
#include "modules/expat/xmlparser.h"

/* ---- functions ---- */

/* A str or None as UTF-8 (NULL for None); 0, or -1 with an exception. */
static int optional_text(PyObject *o, const char *name, const char **text)
{
    *text = NULL;
    if (o == Py_None)
        return 0;
    if (!PyUnicode_Check(o)) {
        _PyArg_BadArgument("ParserCreate", name, "str or None", o);
        return -1;
    }
    Py_ssize_t size;
    *text = PyUnicode_AsUTF8AndSize(o, &size);
    if (*text == NULL)
        return -1;
    if (strlen(*text) != (size_t)size) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return -1;
    }
    return 0;
}

/* intern: None is for none, nothing given for a new dict. */
static PyObject *parser_create(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"encoding", "namespace_separator", "intern", NULL};
    PyObject *encoding = Py_None, *separator = Py_None, *intern = NULL;
    const char *encoding_text, *separator_text;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOO:ParserCreate", keywords, &encoding, &separator, &intern) ||
        optional_text(encoding, "argument 'encoding'", &encoding_text) < 0 ||
        optional_text(separator, "argument 'namespace_separator'", &separator_text) < 0)
        return NULL;
    if (separator_text && strlen(separator_text) > 1) {
        PyErr_SetString(PyExc_ValueError, "namespace_separator must be at most one character, omitted, or None");
        return NULL;
    }
    if (intern && intern != Py_None && !PyDict_Check(intern)) {
        PyErr_SetString(PyExc_TypeError, "intern must be a dictionary");
        return NULL;
    }
    PyObject *names = intern == NULL ? PyDict_New() : intern == Py_None ? NULL : Py_NewRef(intern);
    if (names == NULL && intern == NULL)
        return NULL;
    PyObject *parser = xmlparser_new(PyModule_GetState(module), encoding_text, separator_text, names);
    Py_XDECREF(names);
    return parser;
}

static PyObject *error_string(PyObject *module, PyObject *arg)
{
    long code = PyLong_AsLong(arg);
    if (code == -1 && PyErr_Occurred())
        return NULL;
    return Py_BuildValue("z", expat.ErrorString((enum XML_Error)code));
}

static PyMethodDef methods[] = {
    {"ParserCreate", (PyCFunction)(void (*)(void))parser_create, METH_VARARGS | METH_KEYWORDS,
     "ParserCreate($module, /, encoding=None, namespace_separator=None,\n             intern=<unrepresentable>)\n--\n\n"
     "Return a new XML parser object."},
    {"ErrorString", error_string, METH_O,
     "ErrorString($module, code, /)\n--\n\nReturns string error for given number."},
    {NULL}};

/* ---- constants ---- */

/* A submodule, also found by import; new reference. */
static PyObject *submodule(PyObject *module, const char *full_name, const char *doc)
{
    PyObject *made = PyModule_New(full_name), *modules = PyImport_GetModuleDict();
    if (made && (PyModule_SetDocString(made, doc) < 0 || PyDict_SetItemString(modules, full_name, made) < 0 ||
                 PyModule_AddObjectRef(module, strrchr(full_name, '.') + 1, made) < 0))
        Py_CLEAR(made);
    return made;
}

/* errors.NAME = text, codes[text] = code, messages[code] = text; 0 or -1. */
static int add_error(PyObject *errors, PyObject *codes, PyObject *messages, const char *name, int code)
{
    const char *message = expat.ErrorString((enum XML_Error)code);
    PyObject *text = PyUnicode_FromString(message ? message : ""), *number = PyLong_FromLong(code);
    int result = text && number && PyModule_AddObjectRef(errors, name, text) == 0 &&
                         PyDict_SetItem(codes, text, number) == 0 && PyDict_SetItem(messages, number, text) == 0
                     ? 0
                     : -1;
    Py_XDECREF(text);
    Py_XDECREF(number);
    return result;
}

static int add_errors(PyObject *module)
{
    PyObject *errors = submodule(module, "pyexpat.errors", "Constants used to describe error conditions.");
    PyObject *codes = PyDict_New(), *messages = PyDict_New();
    int result = errors && codes && messages ? 0 : -1;
#define ERROR(name)                                                                                                    \
    if (result == 0)                                                                                                   \
        result = add_error(errors, codes, messages, "XML_ERROR_" #name, XML_ERROR_##name);
#define MODEL(name)
#include "modules/expat/errors.def"
#undef ERROR
#undef MODEL
    if (result == 0 &&
        (PyModule_AddObjectRef(errors, "codes", codes) < 0 || PyModule_AddObjectRef(errors, "messages", messages) < 0))
        result = -1;
    Py_XDECREF(codes);
    Py_XDECREF(messages);
    Py_XDECREF(errors);
    return result;
}

static int add_model(PyObject *module)
{
    PyObject *model = submodule(module, "pyexpat.model", "Constants used to interpret content model information.");
    int result = model ? 0 : -1;
#define ERROR(name)
#define MODEL(name)                                                                                                    \
    if (result == 0)                                                                                                   \
        result = PyModule_AddIntConstant(model, "XML_" #name, XML_##name);
#include "modules/expat/errors.def"
#undef ERROR
#undef MODEL
    Py_XDECREF(model);
    return result;
}

static int add_features(PyObject *module)
{
    PyObject *list = PyList_New(0);
    for (const XML_Feature *f = expat.GetFeatureList(); list && f->feature != XML_FEATURE_END; f++) {
        PyObject *pair = Py_BuildValue("(sl)", f->name, f->value);
        if (pair == NULL || PyList_Append(list, pair) < 0)
            Py_CLEAR(list);
        Py_XDECREF(pair);
    }
    int result = list ? PyModule_AddObjectRef(module, "features", list) : -1;
    Py_XDECREF(list);
    return result;
}

/* ---- for other modules in C ---- */

/* The layout is that of the public header pyexpat.h. */
struct PyExpat_CAPI {
    char *magic;
    int size, MAJOR_VERSION, MINOR_VERSION, MICRO_VERSION;
#define FUNCTION(name) __typeof__(XML_##name) *name;
    FUNCTION(ErrorString)
    FUNCTION(GetErrorCode)
    __typeof__(XML_GetCurrentColumnNumber) *GetErrorColumnNumber;
    __typeof__(XML_GetCurrentLineNumber) *GetErrorLineNumber;
    FUNCTION(Parse)
    FUNCTION(ParserCreate_MM)
    FUNCTION(ParserFree)
    FUNCTION(SetCharacterDataHandler)
    FUNCTION(SetCommentHandler)
    FUNCTION(SetDefaultHandlerExpand)
    FUNCTION(SetElementHandler)
    FUNCTION(SetNamespaceDeclHandler)
    FUNCTION(SetProcessingInstructionHandler)
    FUNCTION(SetUnknownEncodingHandler)
    FUNCTION(SetUserData)
    FUNCTION(SetStartDoctypeDeclHandler)
    FUNCTION(SetEncoding)
    XML_UnknownEncodingHandler DefaultUnknownEncodingHandler;
    FUNCTION(SetHashSalt)
#undef FUNCTION
};

static int add_capi(PyObject *module)
{
    static struct PyExpat_CAPI capi;
    capi = (struct PyExpat_CAPI){"pyexpat.expat_CAPI 1.1",
                                 sizeof capi,
                                 XML_MAJOR_VERSION,
                                 XML_MINOR_VERSION,
                                 XML_MICRO_VERSION,
                                 expat.ErrorString,
                                 expat.GetErrorCode,
                                 expat.GetCurrentColumnNumber,
                                 expat.GetCurrentLineNumber,
                                 expat.Parse,
                                 expat.ParserCreate_MM,
                                 expat.ParserFree,
                                 expat.SetCharacterDataHandler,
                                 expat.SetCommentHandler,
                                 expat.SetDefaultHandlerExpand,
                                 expat.SetElementHandler,
                                 expat.SetNamespaceDeclHandler,
                                 expat.SetProcessingInstructionHandler,
                                 expat.SetUnknownEncodingHandler,
                                 expat.SetUserData,
                                 expat.SetStartDoctypeDeclHandler,
                                 expat.SetEncoding,
                                 expat_unknown_encoding,
                                 expat.SetHashSalt};
    PyObject *capsule = PyCapsule_New(&capi, "pyexpat.expat_CAPI", NULL);
    int result = capsule ? PyModule_AddObjectRef(module, "expat_CAPI", capsule) : -1;
    Py_XDECREF(capsule);
    return result;
}

/* ---- the module ---- */

static int pyexpat_exec(PyObject *module)
{
    ExpatModule *state = PyModule_GetState(module);
    if (expat_open() < 0)
        return -1;
    state->type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &xmlparser_spec, NULL);
    state->error = PyErr_NewException("xml.parsers.expat.ExpatError", NULL, NULL);
    if (!state->type || !state->error || PyModule_AddObjectRef(module, "error", state->error) < 0 ||
        PyModule_AddObjectRef(module, "ExpatError", state->error) < 0 ||
        PyModule_AddObjectRef(module, "XMLParserType", (PyObject *)state->type) < 0 ||
        PyModule_AddStringConstant(module, "EXPAT_VERSION", expat.ExpatVersion()) < 0)
        return -1;
    XML_Expat_Version version = expat.ExpatVersionInfo();
    PyObject *info = Py_BuildValue("(iii)", version.major, version.minor, version.micro);
    int result = info ? PyModule_AddObjectRef(module, "version_info", info) : -1;
    Py_XDECREF(info);
    if (result < 0 || PyModule_AddStringConstant(module, "native_encoding", "UTF-8") < 0 || add_features(module) < 0 ||
        add_errors(module) < 0 || add_model(module) < 0 || add_capi(module) < 0)
        return -1;
    return PyModule_AddIntConstant(module, "XML_PARAM_ENTITY_PARSING_NEVER", XML_PARAM_ENTITY_PARSING_NEVER) < 0 ||
                   PyModule_AddIntConstant(module, "XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE",
                                           XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE) < 0 ||
                   PyModule_AddIntConstant(module, "XML_PARAM_ENTITY_PARSING_ALWAYS", XML_PARAM_ENTITY_PARSING_ALWAYS) <
                       0
               ? -1
               : 0;
}

static int pyexpat_traverse(PyObject *module, visitproc visit, void *arg)
{
    ExpatModule *state = PyModule_GetState(module);
    Py_VISIT(state->type);
    Py_VISIT(state->error);
    return 0;
}

static int pyexpat_clear(PyObject *module)
{
    ExpatModule *state = PyModule_GetState(module);
    Py_CLEAR(state->type);
    Py_CLEAR(state->error);
    return 0;
}

static void pyexpat_free(void *module) { pyexpat_clear(module); }

static PyModuleDef_Slot slots[] = {{Py_mod_exec, pyexpat_exec}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "pyexpat",     "Python wrapper for Expat parser.",
                                 sizeof(ExpatModule),   methods,       slots,
                                 pyexpat_traverse,      pyexpat_clear, pyexpat_free};

PyMODINIT_FUNC PyInit_pyexpat(void) { return PyModuleDef_Init(&definition); }
