/* pyexpat.xmlparser: its methods and attributes. */
#define PY_SSIZE_T_CLEAN
#include "modules/expat/xmlparser.h"
#include "objects/names.h"
#include "structmember.h"

#define FEED_SIZE (1 << 20) /* bytes given to expat at once; its sizes are ints */
#define READ_SIZE 2048      /* bytes read from a file at once */
#define TEXT_BUFFER_SIZE 8192

/* ---- life ---- */

/* Takes the XML_Parser over, also in failure. */
static XMLParser *wrap(PyTypeObject *type, XML_Parser parser, PyObject *intern)
{
    XMLParser *self = parser ? PyObject_GC_New(XMLParser, type) : NULL;
    if (self == NULL) {
        if (parser)
            expat.ParserFree(parser);
        else if (!PyErr_Occurred())
            PyErr_NoMemory();
        return NULL;
    }
    memset((char *)self + sizeof(PyObject), 0, sizeof *self - sizeof(PyObject));
    self->parser = parser;
    self->buffer_size = TEXT_BUFFER_SIZE;
    self->intern = Py_XNewRef(intern);
    expat.SetUserData(parser, self);
    expat.SetUnknownEncodingHandler(parser, expat_unknown_encoding, NULL);
    PyObject_GC_Track(self);
    return self;
}

PyObject *xmlparser_new(ExpatModule *state, const char *encoding, const char *separator, PyObject *intern)
{
    XML_Parser parser = expat.ParserCreate_MM(encoding, &expat_memory, separator);
    if (parser)
        expat.SetHashSalt(parser, (unsigned long)_Py_HashSecret.expat.hashsalt);
    return (PyObject *)wrap(state->type, parser, intern);
}

static int xmlparser_traverse(PyObject *o, visitproc visit, void *arg)
{
    XMLParser *self = (XMLParser *)o;
    for (int i = 0; i < HANDLER_COUNT; i++)
        Py_VISIT(self->handlers[i]);
    Py_VISIT(self->intern);
    Py_VISIT(Py_TYPE(o));
    return 0;
}

static int xmlparser_clear(PyObject *o)
{
    handlers_clear((XMLParser *)o);
    Py_CLEAR(((XMLParser *)o)->intern);
    return 0;
}

static void xmlparser_dealloc(PyObject *o)
{
    XMLParser *self = (XMLParser *)o;
    PyTypeObject *type = Py_TYPE(o);
    PyObject_GC_UnTrack(o);
    xmlparser_clear(o);
    if (self->parser)
        expat.ParserFree(self->parser);
    PyMem_Free(self->buffer);
    PyObject_GC_Del(o);
    Py_DECREF(type);
}

/* ---- parsing ---- */

static int set_attribute(PyObject *error, const char *name, long value)
{
    PyObject *number = PyLong_FromLong(value);
    int result = number ? PyObject_SetAttrString(error, name, number) : -1;
    Py_XDECREF(number);
    return result;
}

/* Raises ExpatError for where the parser stands; NULL. */
static PyObject *raise_error(XMLParser *self, enum XML_Error code)
{
    ExpatModule *state = PyType_GetModuleState(Py_TYPE(self));
    long line = (long)expat.GetCurrentLineNumber(self->parser),
         column = (long)expat.GetCurrentColumnNumber(self->parser);
    PyObject *text = PyUnicode_FromFormat("%s: line %i, column %i", expat.ErrorString(code), (int)line, (int)column);
    PyObject *error = text ? PyObject_CallOneArg(state->error, text) : NULL;
    if (error && set_attribute(error, "code", code) == 0 && set_attribute(error, "offset", column) == 0 &&
        set_attribute(error, "lineno", line) == 0)
        PyErr_SetObject(state->error, error);
    Py_XDECREF(error);
    Py_XDECREF(text);
    return NULL;
}

static PyObject *finish(XMLParser *self, enum XML_Status status)
{
    if (PyErr_Occurred())
        return NULL;
    if (status == XML_STATUS_ERROR)
        return raise_error(self, expat.GetErrorCode(self->parser));
    return handler_flush(self) < 0 ? NULL : PyLong_FromLong(status);
}

static PyObject *xmlparser_parse(PyObject *o, PyObject *const *args, Py_ssize_t count)
{
    XMLParser *self = (XMLParser *)o;
    Py_buffer view = {NULL};
    const char *data;
    Py_ssize_t size;
    if (!_PyArg_CheckPositional("Parse", count, 1, 2)) {
        if (count == 0)
            PyErr_SetString(PyExc_TypeError, "Parse() takes at least 1 positional argument (0 given)");
        return NULL;
    }
    int final = count > 1 ? PyObject_IsTrue(args[1]) : 0;
    if (final < 0)
        return NULL;
    if (PyUnicode_Check(args[0])) {
        data = PyUnicode_AsUTF8AndSize(args[0], &size);
        if (data == NULL)
            return NULL;
        expat.SetEncoding(self->parser, "utf-8"); /* whatever the text says of itself */
    } else {
        if (PyObject_GetBuffer(args[0], &view, PyBUF_SIMPLE) < 0)
            return NULL;
        data = view.buf;
        size = view.len;
    }
    enum XML_Status status = XML_STATUS_OK;
    for (; size > FEED_SIZE && status == XML_STATUS_OK; data += FEED_SIZE, size -= FEED_SIZE) {
        status = expat.Parse(self->parser, data, FEED_SIZE, 0);
        if (PyErr_Occurred())
            status = XML_STATUS_ERROR;
    }
    if (status == XML_STATUS_OK)
        status = expat.Parse(self->parser, data, (int)size, final);
    if (view.buf)
        PyBuffer_Release(&view);
    return finish(self, status);
}

/* Reads up to READ_SIZE bytes into expat's buffer; how many, or -1 with an exception. */
static int read_into(void *buffer, PyObject *read)
{
    PyObject *data = PyObject_CallFunction(read, "i", READ_SIZE);
    Py_ssize_t size = -1;
    const char *bytes = NULL;
    if (data == NULL)
        return -1;
    if (PyBytes_Check(data)) {
        bytes = PyBytes_AS_STRING(data);
        size = PyBytes_GET_SIZE(data);
    } else if (PyByteArray_Check(data)) {
        bytes = PyByteArray_AS_STRING(data);
        size = PyByteArray_GET_SIZE(data);
    } else
        PyErr_Format(PyExc_TypeError, "read() did not return a bytes object (type=%.400s)", Py_TYPE(data)->tp_name);
    if (size > READ_SIZE) {
        PyErr_Format(PyExc_ValueError, "read() returned too much data: %i bytes requested, %zd returned", READ_SIZE,
                     size);
        size = -1;
    }
    if (size > 0)
        memcpy(buffer, bytes, (size_t)size);
    Py_DECREF(data);
    return (int)size;
}

static PyObject *xmlparser_parse_file(PyObject *o, PyObject *file)
{
    XMLParser *self = (XMLParser *)o;
    PyObject *read;
    if (_PyObject_LookupAttr(file, N(read), &read) < 0)
        return NULL;
    if (read == NULL) {
        PyErr_SetString(PyExc_TypeError, "argument must have 'read' attribute");
        return NULL;
    }
    enum XML_Status status = XML_STATUS_OK;
    for (int size = 1; size > 0 && status == XML_STATUS_OK;) {
        void *buffer = expat.GetBuffer(self->parser, READ_SIZE);
        if (buffer == NULL) {
            Py_DECREF(read);
            return expat.GetErrorCode(self->parser) == XML_ERROR_NO_MEMORY ? PyErr_NoMemory()
                                                                           : finish(self, XML_STATUS_ERROR);
        }
        size = read_into(buffer, read);
        if (size < 0)
            break;
        status = expat.ParseBuffer(self->parser, size, size == 0);
        if (PyErr_Occurred())
            break;
    }
    Py_DECREF(read);
    return finish(self, status);
}

/* ---- other methods ---- */

static PyObject *xmlparser_set_base(PyObject *o, PyObject *base)
{
    if (!PyUnicode_Check(base)) {
        _PyArg_BadArgument("SetBase", "argument", "str", base);
        return NULL;
    }
    const char *text = PyUnicode_AsUTF8(base);
    if (text == NULL)
        return NULL;
    if (!expat.SetBase(((XMLParser *)o)->parser, text))
        return PyErr_NoMemory();
    Py_RETURN_NONE;
}

static PyObject *xmlparser_get_base(PyObject *o, PyObject *unused)
{
    return Py_BuildValue("z", expat.GetBase(((XMLParser *)o)->parser));
}

static PyObject *xmlparser_get_input_context(PyObject *o, PyObject *unused)
{
    XMLParser *self = (XMLParser *)o;
    int offset, size;
    const char *buffer = self->in_callback ? expat.GetInputContext(self->parser, &offset, &size) : NULL;
    if (buffer == NULL)
        Py_RETURN_NONE;
    return PyBytes_FromStringAndSize(buffer + offset, size - offset);
}

static PyObject *xmlparser_external(PyObject *o, PyObject *args)
{
    XMLParser *self = (XMLParser *)o;
    const char *context, *encoding = NULL;
    if (PyTuple_GET_SIZE(args) > 2)
        return PyErr_Format(PyExc_TypeError, "ExternalEntityParserCreate() takes at most 2 arguments (%zd given)",
                            PyTuple_GET_SIZE(args));
    if (!PyArg_ParseTuple(args, "z|s:ExternalEntityParserCreate", &context, &encoding))
        return NULL;
    XML_Parser parser = expat.ExternalEntityParserCreate(self->parser, context, encoding);
    XMLParser *made = wrap(Py_TYPE(o), parser, self->intern);
    if (made == NULL)
        return NULL;
    made->buffer_size = self->buffer_size;
    made->ordered_attributes = self->ordered_attributes;
    made->specified_attributes = self->specified_attributes;
    made->namespace_prefixes = self->namespace_prefixes;
    if (self->buffer) {
        made->buffer = PyMem_Malloc((size_t)made->buffer_size);
        if (made->buffer == NULL) {
            Py_DECREF(made);
            return PyErr_NoMemory();
        }
    }
    for (int i = 0; i < HANDLER_COUNT; i++)
        if (self->handlers[i]) {
            made->handlers[i] = Py_NewRef(self->handlers[i]);
            handler_connect(made, i, 1);
        }
    return (PyObject *)made;
}

static PyObject *xmlparser_set_param(PyObject *o, PyObject *arg)
{
    int flag = _PyLong_AsInt(arg);
    if (flag == -1 && PyErr_Occurred())
        return NULL;
    return PyLong_FromLong(expat.SetParamEntityParsing(((XMLParser *)o)->parser, (enum XML_ParamEntityParsing)flag));
}

static PyObject *xmlparser_foreign_dtd(PyObject *o, PyObject *args)
{
    int flag = 1;
    if (!PyArg_ParseTuple(args, "|p:UseForeignDTD", &flag))
        return NULL;
    enum XML_Error code = expat.UseForeignDTD(((XMLParser *)o)->parser, flag ? XML_TRUE : XML_FALSE);
    if (code != XML_ERROR_NONE)
        return raise_error((XMLParser *)o, code);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"Parse", (PyCFunction)(void (*)(void))xmlparser_parse, METH_FASTCALL,
     "Parse($self, data, isfinal=False, /)\n--\n\nParse XML data.\n\n`isfinal' should be true at end of input."},
    {"ParseFile", xmlparser_parse_file, METH_O,
     "ParseFile($self, file, /)\n--\n\nParse XML data from file-like object."},
    {"SetBase", xmlparser_set_base, METH_O, "SetBase($self, base, /)\n--\n\nSet the base URL for the parser."},
    {"GetBase", xmlparser_get_base, METH_NOARGS, "GetBase($self, /)\n--\n\nReturn base URL string for the parser."},
    {"GetInputContext", xmlparser_get_input_context, METH_NOARGS,
     "GetInputContext($self, /)\n--\n\nThe text of the input from the current event on, as bytes; None outside "
     "handlers."},
    {"ExternalEntityParserCreate", xmlparser_external, METH_VARARGS,
     "ExternalEntityParserCreate($self, context, encoding=<unrepresentable>,\n                           /)\n--\n\n"
     "A parser for an external entity, from what ExternalEntityRefHandler was told."},
    {"SetParamEntityParsing", xmlparser_set_param, METH_O,
     "SetParamEntityParsing($self, flag, /)\n--\n\nSet how parameter entities are parsed; return whether that could be "
     "set."},
    {"UseForeignDTD", xmlparser_foreign_dtd, METH_VARARGS,
     "UseForeignDTD($self, flag=True, /)\n--\n\nAsk ExternalEntityRefHandler for a DTD even if the document has none."},
    {NULL}};

/* ---- attributes ---- */

static PyObject *get_handler(PyObject *o, void *which)
{
    PyObject *handler = ((XMLParser *)o)->handlers[(intptr_t)which];
    return Py_NewRef(handler ? handler : Py_None);
}

static int refuse_delete(PyObject *value)
{
    if (value)
        return 0;
    PyErr_SetString(PyExc_RuntimeError, "Cannot delete attribute");
    return -1;
}

static int set_handler(PyObject *o, PyObject *value, void *closure)
{
    XMLParser *self = (XMLParser *)o;
    int which = (int)(intptr_t)closure;
    if (refuse_delete(value) < 0 || (which == HANDLER_CharacterData && handler_flush(self) < 0))
        return -1;
    int on = value != Py_None;
    PyObject *old = self->handlers[which];
    self->handlers[which] = on ? Py_NewRef(value) : NULL;
    handler_connect(self, which, on);
    Py_XDECREF(old);
    return 0;
}

/* A flag of the parser at an offset. */
static PyObject *get_flag(PyObject *o, void *offset) { return PyBool_FromLong(*((char *)o + (intptr_t)offset)); }
static int set_flag(PyObject *o, PyObject *value, void *offset)
{
    if (refuse_delete(value) < 0)
        return -1;
    int flag = PyObject_IsTrue(value);
    if (flag < 0)
        return -1;
    *((char *)o + (intptr_t)offset) = (char)flag;
    if ((intptr_t)offset == offsetof(XMLParser, namespace_prefixes))
        expat.SetReturnNSTriplet(((XMLParser *)o)->parser, flag);
    return 0;
}

static PyObject *get_buffer_text(PyObject *o, void *u) { return PyBool_FromLong(((XMLParser *)o)->buffer != NULL); }
static int set_buffer_text(PyObject *o, PyObject *value, void *unused)
{
    XMLParser *self = (XMLParser *)o;
    if (refuse_delete(value) < 0)
        return -1;
    int on = PyObject_IsTrue(value);
    if (on < 0)
        return -1;
    if (on && self->buffer == NULL) {
        self->buffer = PyMem_Malloc((size_t)self->buffer_size);
        if (self->buffer == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        self->buffer_used = 0;
    } else if (!on && self->buffer) {
        if (handler_flush(self) < 0)
            return -1;
        PyMem_Free(self->buffer);
        self->buffer = NULL;
    }
    return 0;
}

static PyObject *get_buffer_size(PyObject *o, void *u) { return PyLong_FromLong(((XMLParser *)o)->buffer_size); }
static int set_buffer_size(PyObject *o, PyObject *value, void *unused)
{
    XMLParser *self = (XMLParser *)o;
    if (refuse_delete(value) < 0)
        return -1;
    if (!PyLong_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "buffer_size must be an integer");
        return -1;
    }
    long size = PyLong_AsLong(value);
    if (size == -1 && PyErr_Occurred())
        return -1;
    if (size <= 0 || size > INT_MAX) {
        if (size <= 0)
            PyErr_SetString(PyExc_ValueError, "buffer_size must be greater than zero");
        else
            PyErr_Format(PyExc_ValueError, "buffer_size must not be greater than %i", INT_MAX);
        return -1;
    }
    if (size == self->buffer_size)
        return 0;
    if (self->buffer) {
        if (handler_flush(self) < 0)
            return -1;
        char *buffer = PyMem_Malloc((size_t)size);
        if (buffer == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        PyMem_Free(self->buffer);
        self->buffer = buffer;
    }
    self->buffer_size = (int)size;
    return 0;
}

static PyObject *get_buffer_used(PyObject *o, void *u) { return PyLong_FromLong(((XMLParser *)o)->buffer_used); }

#define NUMBER(name, function)                                                                                         \
    static PyObject *get_##name(PyObject *o, void *u)                                                                  \
    {                                                                                                                  \
        return PyLong_FromLong((long)expat.function(((XMLParser *)o)->parser));                                        \
    }
NUMBER(code, GetErrorCode)
NUMBER(line, GetCurrentLineNumber)
NUMBER(column, GetCurrentColumnNumber)
NUMBER(byte, GetCurrentByteIndex)

#define FLAG(name)                                                                                                     \
    {                                                                                                                  \
#name, get_flag, set_flag, NULL, (void *)offsetof(XMLParser, name)                                             \
    }
static PyGetSetDef getset[HANDLER_COUNT + 15] = {FLAG(namespace_prefixes),
                                                 FLAG(ordered_attributes),
                                                 FLAG(specified_attributes),
                                                 {"buffer_size", get_buffer_size, set_buffer_size},
                                                 {"buffer_text", get_buffer_text, set_buffer_text},
                                                 {"buffer_used", get_buffer_used},
                                                 {"ErrorCode", get_code},
                                                 {"ErrorLineNumber", get_line},
                                                 {"ErrorColumnNumber", get_column},
                                                 {"ErrorByteIndex", get_byte},
                                                 {"CurrentLineNumber", get_line},
                                                 {"CurrentColumnNumber", get_column},
                                                 {"CurrentByteIndex", get_byte},
#define HANDLER(name, attribute) {#attribute, get_handler, set_handler, NULL, (void *)HANDLER_##name},
#include "modules/expat/handlers.def"
#undef HANDLER
                                                 {NULL}};
static PyMemberDef members[] = {{"intern", T_OBJECT, offsetof(XMLParser, intern), READONLY, NULL}, {NULL}};

static PyType_Slot slots[] = {{Py_tp_dealloc, xmlparser_dealloc}, {Py_tp_traverse, xmlparser_traverse},
                              {Py_tp_clear, xmlparser_clear},     {Py_tp_methods, methods},
                              {Py_tp_members, members},           {Py_tp_getset, getset},
                              {Py_tp_doc, "XML parser"},          {0, NULL}};
PyType_Spec xmlparser_spec = {
    "pyexpat.xmlparser", sizeof(XMLParser), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE, slots};
