/* xml.etree.ElementTree.XMLParser: expat's events to a TreeBuilder, directly, or to the methods of any other target. */
#define PY_SSIZE_T_CLEAN
#include "modules/elementtree/elementtree.h"
#include "modules/expat/library.h"
#include "objects/names.h"
#include "structmember.h"
#include "objects/hidden.h"

#define FEED_SIZE (1 << 20) /* bytes given to expat at once; its sizes are ints */
#define READ_SIZE (64 * 1024)
#define NAME_CACHE 256 /* names of tags and attributes that are kept; a power of 2 */

/* The methods of the target. */
enum { ON_START, ON_DATA, ON_END, ON_START_NS, ON_END_NS, ON_COMMENT, ON_PI, ON_DOCTYPE, ON_CLOSE, ON_COUNT };
static const char *const on_names[ON_COUNT] = {"start",   "data", "end",     "start_ns", "end_ns",
                                               "comment", "pi",   "doctype", "close"};

typedef struct {
    PyObject_HEAD XML_Parser parser; /* NULL before __init__ */
    PyObject *target, *entity;
    PyObject *on[ON_COUNT]; /* or NULL */
    PyObject **names;       /* NAME_CACHE str objects, each at its hash, or NULL */
} XMLParser;

/* The target, if it is a TreeBuilder whose methods are not overridden. */
static TreeBuilder *builder_of(XMLParser *self)
{
    return self->target && Py_TYPE(self->target) == &TreeBuilder_Type ? (TreeBuilder *)self->target : NULL;
}

/* ---- errors ---- */

/* Raises ParseError with code and position; message NULL: expat's. */
static void raise_error(enum XML_Error code, XML_Size line, XML_Size column, const char *message)
{
    PyObject *text = PyUnicode_FromFormat("%s: line %zu, column %zu", message ? message : expat.ErrorString(code),
                                          (size_t)line, (size_t)column);
    PyObject *error = text ? PyObject_CallOneArg(element_state.parse_error, text) : NULL;
    PyObject *number = PyLong_FromLong(code),
             *position = Py_BuildValue("(kk)", (unsigned long)line, (unsigned long)column);
    if (error && number && position && PyObject_SetAttrString(error, "code", number) == 0 &&
        PyObject_SetAttrString(error, "position", position) == 0)
        PyErr_SetObject(element_state.parse_error, error);
    Py_XDECREF(text);
    Py_XDECREF(error);
    Py_XDECREF(number);
    Py_XDECREF(position);
}

/* ---- text ---- */

static PyObject *text_of(const XML_Char *s) { return PyUnicode_DecodeUTF8(s, (Py_ssize_t)strlen(s), "strict"); }

/* The name that expat gives as "uri}local" is "{uri}local". */
static PyObject *universal_name(const char *s, size_t size)
{
    if (memchr(s, '}', size) == NULL)
        return PyUnicode_DecodeUTF8(s, (Py_ssize_t)size, "strict");
    char room[256], *buffer = size < sizeof room ? room : PyMem_Malloc(size + 1);
    if (buffer == NULL)
        return PyErr_NoMemory();
    buffer[0] = '{';
    memcpy(buffer + 1, s, size);
    PyObject *name = PyUnicode_DecodeUTF8(buffer, (Py_ssize_t)size + 1, "strict");
    if (buffer != room)
        PyMem_Free(buffer);
    return name;
}

/* A name of a tag or attribute as str; usually one that was made before. */
static PyObject *name_of(XMLParser *self, const char *s)
{
    size_t size = 0;
    unsigned hash = 0;
    for (; s[size]; size++)
        hash = hash * 31 + (unsigned char)s[size];
    if (self->names == NULL && (self->names = PyMem_Calloc(NAME_CACHE, sizeof *self->names)) == NULL)
        return PyErr_NoMemory();
    PyObject **slot = &self->names[hash & (NAME_CACHE - 1)], *known = *slot;
    if (known) {
        const char *data = PyUnicode_DATA(known);
        size_t length = (size_t)PyUnicode_GET_LENGTH(known), shift = length == size + 1 && data[0] == '{';
        if (length == size + shift && memcmp(data + shift, s, size) == 0 &&
            (shift == 0) == (memchr(s, '}', size) == NULL))
            return Py_NewRef(known);
    }
    PyObject *name = universal_name(s, size);
    if (name && PyUnicode_IS_ASCII(name))
        Py_XSETREF(*slot, Py_NewRef(name));
    return name;
}

/* ---- expat's events; once an exception is pending they do nothing ---- */

static void call_on(XMLParser *self, int which, PyObject *a, PyObject *b)
{
    PyObject *function = Py_NewRef(self->on[which]);
    Py_XDECREF(PyObject_CallFunctionObjArgs(function, a, b, NULL));
    Py_DECREF(function);
}

/* Entities that expat does not know come here, with everything else that nobody asked for. */
static void on_default(void *data, const XML_Char *s, int size)
{
    XMLParser *self = data;
    if (size < 2 || s[0] != '&' || PyErr_Occurred())
        return;
    PyObject *key = PyUnicode_DecodeUTF8(s + 1, size - 2, "strict");
    PyObject *value = key ? PyDict_GetItemWithError(self->entity, key) : NULL;
    if (value) {
        Py_INCREF(value);
        if (builder_of(self))
            Py_XDECREF(treebuilder_data(builder_of(self), value));
        else if (self->on[ON_DATA])
            call_on(self, ON_DATA, value, NULL);
        Py_DECREF(value);
    } else if (key && !PyErr_Occurred()) {
        char message[128] = "undefined entity ";
        strncat(message, s, Py_MIN(size, 100));
        raise_error(XML_ERROR_UNDEFINED_ENTITY, expat.GetCurrentLineNumber(self->parser),
                    expat.GetCurrentColumnNumber(self->parser), message);
    }
    Py_XDECREF(key);
}

/* A dict of attributes; NULL with an exception. */
static PyObject *attributes(XMLParser *self, const XML_Char **pairs)
{
    PyObject *attrib = PyDict_New();
    for (; attrib && *pairs; pairs += 2) {
        PyObject *key = name_of(self, pairs[0]), *value = key ? text_of(pairs[1]) : NULL;
        if (value == NULL || PyDict_SetItem(attrib, key, value) < 0)
            Py_CLEAR(attrib);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    return attrib;
}

static void on_start(void *data, const XML_Char *element, const XML_Char **pairs)
{
    XMLParser *self = data;
    TreeBuilder *builder = builder_of(self);
    if (PyErr_Occurred() || (builder == NULL && self->on[ON_START] == NULL))
        return;
    PyObject *tag = name_of(self, element), *attrib = NULL;
    if (tag && (builder == NULL || pairs[0]))
        attrib = attributes(self, pairs);
    if (!PyErr_Occurred()) {
        if (builder)
            Py_XDECREF(treebuilder_start(builder, tag, attrib));
        else
            call_on(self, ON_START, tag, attrib);
    }
    Py_XDECREF(tag);
    Py_XDECREF(attrib);
}

static void on_data(void *data, const XML_Char *s, int size)
{
    XMLParser *self = data;
    TreeBuilder *builder = builder_of(self);
    if (PyErr_Occurred() || (builder == NULL && self->on[ON_DATA] == NULL))
        return;
    PyObject *text = PyUnicode_DecodeUTF8(s, size, "strict");
    if (text == NULL)
        return;
    if (builder)
        Py_XDECREF(treebuilder_data(builder, text));
    else
        call_on(self, ON_DATA, text, NULL);
    Py_DECREF(text);
}

static void on_end(void *data, const XML_Char *element)
{
    XMLParser *self = data;
    if (PyErr_Occurred())
        return;
    if (builder_of(self)) {
        Py_XDECREF(treebuilder_end(builder_of(self)));
        return;
    }
    PyObject *tag = self->on[ON_END] ? name_of(self, element) : NULL;
    if (tag)
        call_on(self, ON_END, tag, NULL);
    Py_XDECREF(tag);
}

static void on_start_ns(void *data, const XML_Char *prefix, const XML_Char *uri)
{
    XMLParser *self = data;
    TreeBuilder *builder = builder_of(self);
    if (PyErr_Occurred() || (builder ? builder->events[EVENT_START_NS] == NULL : self->on[ON_START_NS] == NULL))
        return;
    PyObject *prefix_text = text_of(prefix ? prefix : ""), *uri_text = prefix_text ? text_of(uri ? uri : "") : NULL;
    if (uri_text && builder) {
        PyObject *pair = PyTuple_Pack(2, prefix_text, uri_text);
        if (pair)
            treebuilder_report(builder, EVENT_START_NS, pair);
        Py_XDECREF(pair);
    } else if (uri_text)
        call_on(self, ON_START_NS, prefix_text, uri_text);
    Py_XDECREF(prefix_text);
    Py_XDECREF(uri_text);
}

static void on_end_ns(void *data, const XML_Char *prefix)
{
    XMLParser *self = data;
    if (PyErr_Occurred())
        return;
    if (builder_of(self)) {
        treebuilder_report(builder_of(self), EVENT_END_NS, Py_None);
        return;
    }
    PyObject *text = self->on[ON_END_NS] ? text_of(prefix ? prefix : "") : NULL;
    if (text)
        call_on(self, ON_END_NS, text, NULL);
    Py_XDECREF(text);
}

static void on_comment(void *data, const XML_Char *s)
{
    XMLParser *self = data;
    if (PyErr_Occurred())
        return;
    PyObject *text = text_of(s);
    if (text && builder_of(self))
        Py_XDECREF(treebuilder_comment(builder_of(self), text));
    else if (text && self->on[ON_COMMENT])
        call_on(self, ON_COMMENT, text, NULL);
    Py_XDECREF(text);
}

static void on_pi(void *data, const XML_Char *target, const XML_Char *s)
{
    XMLParser *self = data;
    TreeBuilder *builder = builder_of(self);
    if (PyErr_Occurred() || (builder && builder->events[EVENT_PI] == NULL && !builder->insert_pis))
        return;
    PyObject *name = text_of(target), *text = name ? text_of(s) : NULL;
    if (text && builder)
        Py_XDECREF(treebuilder_pi(builder, name, text));
    else if (text && self->on[ON_PI])
        call_on(self, ON_PI, name, text);
    Py_XDECREF(name);
    Py_XDECREF(text);
}

static void on_doctype(void *data, const XML_Char *doctype, const XML_Char *system, const XML_Char *public,
                       int internal)
{
    XMLParser *self = data;
    PyObject *method = NULL;
    if (PyErr_Occurred())
        return;
    if (self->on[ON_DOCTYPE]) {
        PyObject *args = Py_BuildValue("(szz)", doctype, public, system);
        Py_XDECREF(args ? PyObject_CallObject(self->on[ON_DOCTYPE], args) : NULL);
        Py_XDECREF(args);
    } else if (_PyObject_LookupAttr((PyObject *)self, N(doctype), &method) > 0) {
        PyErr_WarnEx(
            PyExc_RuntimeWarning,
            "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.", 1);
        Py_DECREF(method);
    }
}

/* ---- life ---- */

static PyObject *xmlparser_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) { return type->tp_alloc(type, 0); }

static void connect(XMLParser *self)
{
    XML_Parser p = self->parser;
    expat.SetUserData(p, self);
    expat.SetElementHandler(p, on_start, on_end);
    expat.SetDefaultHandlerExpand(p, on_default);
    expat.SetCharacterDataHandler(p, on_data);
    if (self->on[ON_START_NS] || self->on[ON_END_NS])
        expat.SetNamespaceDeclHandler(p, on_start_ns, on_end_ns);
    if (self->on[ON_COMMENT])
        expat.SetCommentHandler(p, on_comment);
    if (self->on[ON_PI])
        expat.SetProcessingInstructionHandler(p, on_pi);
    expat.SetStartDoctypeDeclHandler(p, on_doctype);
    expat.SetUnknownEncodingHandler(p, expat_unknown_encoding, NULL);
}

static int xmlparser_clear(PyObject *o)
{
    XMLParser *self = (XMLParser *)o;
    XML_Parser parser = self->parser;
    self->parser = NULL;
    if (parser)
        expat.ParserFree(parser);
    Py_CLEAR(self->target);
    Py_CLEAR(self->entity);
    for (int i = 0; i < ON_COUNT; i++)
        Py_CLEAR(self->on[i]);
    for (int i = 0; self->names && i < NAME_CACHE; i++)
        Py_CLEAR(self->names[i]);
    PyMem_Free(self->names);
    self->names = NULL;
    return 0;
}

static int xmlparser_init(PyObject *o, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"target", "encoding", NULL};
    XMLParser *self = (XMLParser *)o;
    PyObject *target = Py_None, *encoding = Py_None;
    const char *encoding_text = NULL;
    if (PyTuple_GET_SIZE(args)) {
        PyErr_SetString(PyExc_TypeError, "XMLParser() takes no positional arguments");
        return -1;
    }
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$OO:XMLParser", keywords, &target, &encoding))
        return -1;
    if (encoding != Py_None) {
        if (!PyUnicode_Check(encoding)) {
            _PyArg_BadArgument("XMLParser", "argument 'encoding'", "str or None", encoding);
            return -1;
        }
        if ((encoding_text = PyUnicode_AsUTF8(encoding)) == NULL)
            return -1;
    }
    xmlparser_clear(o);
    self->entity = PyDict_New();
    self->target = target == Py_None ? treebuilder_make() : Py_NewRef(target);
    if (self->entity == NULL || self->target == NULL)
        return -1;
    for (int i = 0; i < ON_COUNT; i++) {
        PyObject *name = PyUnicode_InternFromString(on_names[i]);
        int found = name ? _PyObject_LookupAttr(self->target, name, &self->on[i]) : -1;
        Py_XDECREF(name);
        if (found < 0)
            return -1;
    }
    self->parser = expat.ParserCreate_MM(encoding_text, &expat_memory, "}");
    if (self->parser == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    expat.SetHashSalt(self->parser, (unsigned long)_Py_HashSecret.expat.hashsalt);
    connect(self);
    return 0;
}

static int xmlparser_traverse(PyObject *o, visitproc visit, void *arg)
{
    XMLParser *self = (XMLParser *)o;
    Py_VISIT(self->target);
    Py_VISIT(self->entity);
    for (int i = 0; i < ON_COUNT; i++)
        Py_VISIT(self->on[i]);
    return 0;
}

static void xmlparser_dealloc(PyObject *o)
{
    PyObject_GC_UnTrack(o);
    xmlparser_clear(o);
    Py_TYPE(o)->tp_free(o);
}

static void visit_names(PyObject *self, HiddenVisit visit, void *arg)
{
    PyObject **names = ((XMLParser *)self)->names;
    for (int i = 0; names != NULL && i < NAME_CACHE; i++)
        if (names[i] != NULL)
            visit(names[i], "cached name", arg);
}
HIDDEN_VISIT(element_parser, xmlparser_dealloc, visit_names);

/* ---- parsing ---- */

static int check_init(XMLParser *self)
{
    if (self->target && self->parser)
        return 0;
    PyErr_SetString(PyExc_ValueError, "XMLParser.__init__() wasn't called");
    return -1;
}

/* 0, or -1 with an exception. */
static int parse(XMLParser *self, const char *data, Py_ssize_t size, int final)
{
    int status = XML_STATUS_OK;
    for (; size > FEED_SIZE && status == XML_STATUS_OK && !PyErr_Occurred(); data += FEED_SIZE, size -= FEED_SIZE)
        status = expat.Parse(self->parser, data, FEED_SIZE, 0);
    if (status == XML_STATUS_OK && !PyErr_Occurred())
        status = expat.Parse(self->parser, data, (int)size, final);
    if (PyErr_Occurred())
        return -1;
    if (status == XML_STATUS_OK)
        return 0;
    raise_error(expat.GetErrorCode(self->parser), expat.GetCurrentLineNumber(self->parser),
                expat.GetCurrentColumnNumber(self->parser), NULL);
    return -1;
}

static PyObject *xmlparser_close(PyObject *o, PyObject *unused)
{
    XMLParser *self = (XMLParser *)o;
    if (check_init(self) < 0 || parse(self, "", 0, 1) < 0)
        return NULL;
    if (builder_of(self))
        return treebuilder_root(builder_of(self));
    return self->on[ON_CLOSE] ? PyObject_CallNoArgs(self->on[ON_CLOSE]) : Py_NewRef(Py_None);
}

static PyObject *xmlparser_feed(PyObject *o, PyObject *data)
{
    XMLParser *self = (XMLParser *)o;
    Py_buffer view;
    if (check_init(self) < 0)
        return NULL;
    if (PyUnicode_Check(data)) {
        Py_ssize_t size;
        const char *text = PyUnicode_AsUTF8AndSize(data, &size);
        if (text == NULL)
            return NULL;
        expat.SetEncoding(self->parser, "utf-8"); /* whatever the text says of itself */
        return parse(self, text, size, 0) < 0 ? NULL : Py_NewRef(Py_None);
    }
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    int result = parse(self, view.buf, view.len, 0);
    PyBuffer_Release(&view);
    return result < 0 ? NULL : Py_NewRef(Py_None);
}

/* Reads the next part of a file as bytes (new); NULL at the end or with an exception. */
static PyObject *read_part(XMLParser *self, PyObject *read)
{
    PyObject *part = PyObject_CallFunction(read, "i", READ_SIZE);
    if (part && PyUnicode_CheckExact(part)) {
        PyObject *bytes = PyUnicode_GET_LENGTH(part) ? PyUnicode_AsEncodedString(part, "utf-8", "surrogatepass") : NULL;
        Py_SETREF(part, bytes);
        if (part)
            expat.SetEncoding(self->parser, "utf-8");
    }
    if (part && (!PyBytes_CheckExact(part) || PyBytes_GET_SIZE(part) == 0))
        Py_CLEAR(part);
    return part;
}

static PyObject *xmlparser_parse_whole(PyObject *o, PyObject *file)
{
    XMLParser *self = (XMLParser *)o;
    PyObject *part, *read = check_init(self) < 0 ? NULL : PyObject_GetAttr(file, N(read));
    if (read == NULL)
        return NULL;
    int result = 0;
    while (result == 0 && (part = read_part(self, read)) != NULL) {
        result = parse(self, PyBytes_AS_STRING(part), PyBytes_GET_SIZE(part), 0);
        Py_DECREF(part);
    }
    Py_DECREF(read);
    if (PyErr_Occurred() || parse(self, "", 0, 1) < 0)
        return NULL;
    return builder_of(self) ? treebuilder_root(builder_of(self)) : Py_NewRef(Py_None);
}

/* ---- events for iterparse ---- */

/* Asks for an event by name (kept as given); 0 or -1. */
static int ask_for(XMLParser *self, TreeBuilder *builder, PyObject *event)
{
    static const char *const names[] = {"start", "end", "start-ns", "end-ns", "comment", "pi"};
    const char *name = PyUnicode_Check(event) ? PyUnicode_AsUTF8(event)
                       : PyBytes_Check(event) ? PyBytes_AS_STRING(event)
                                              : NULL;
    if (name == NULL) {
        PyErr_SetString(PyExc_ValueError, "invalid events sequence");
        return -1;
    }
    for (int i = 0; i < 6; i++) {
        if (strcmp(name, names[i]) != 0)
            continue;
        Py_XSETREF(builder->events[i], Py_NewRef(event));
        if (i == EVENT_START_NS || i == EVENT_END_NS)
            expat.SetNamespaceDeclHandler(self->parser, on_start_ns, on_end_ns);
        else if (i == EVENT_COMMENT)
            expat.SetCommentHandler(self->parser, on_comment);
        else if (i == EVENT_PI)
            expat.SetProcessingInstructionHandler(self->parser, on_pi);
        return 0;
    }
    PyErr_Format(PyExc_ValueError, "unknown event '%s'", name);
    return -1;
}

static PyObject *xmlparser_setevents(PyObject *o, PyObject *const *args, Py_ssize_t count)
{
    XMLParser *self = (XMLParser *)o;
    if (!_PyArg_CheckPositional("_setevents", count, 1, 2) || check_init(self) < 0)
        return NULL;
    TreeBuilder *builder = builder_of(self);
    if (builder == NULL) {
        PyErr_SetString(PyExc_TypeError, "event handling only supported for ElementTree.TreeBuilder targets");
        return NULL;
    }
    PyObject *append = PyObject_GetAttr(args[0], N(append));
    if (append == NULL)
        return NULL;
    Py_XSETREF(builder->report, append);
    for (int i = 0; i < 6; i++)
        Py_CLEAR(builder->events[i]);
    if (count < 2 || args[1] == Py_None) {
        builder->events[EVENT_END] = PyUnicode_FromString("end");
        return builder->events[EVENT_END] ? Py_NewRef(Py_None) : NULL;
    }
    PyObject *sequence = PySequence_Fast(args[1], "events must be a sequence");
    int result = sequence ? 0 : -1;
    for (Py_ssize_t i = 0; result == 0 && i < PySequence_Fast_GET_SIZE(sequence); i++)
        result = ask_for(self, builder, PySequence_Fast_GET_ITEM(sequence, i));
    Py_XDECREF(sequence);
    return result < 0 ? NULL : Py_NewRef(Py_None);
}

/* ---- the type ---- */

static PyObject *get_version(PyObject *o, void *unused)
{
    XML_Expat_Version version = expat.ExpatVersionInfo();
    return PyUnicode_FromFormat("Expat %d.%d.%d", version.major, version.minor, version.micro);
}

static PyMethodDef methods[] = {{"feed", xmlparser_feed, METH_O, "feed($self, data, /)\n--\n\n"},
                                {"close", xmlparser_close, METH_NOARGS, "close($self, /)\n--\n\n"},
                                {"_parse_whole", xmlparser_parse_whole, METH_O, "_parse_whole($self, file, /)\n--\n\n"},
                                {"_setevents", (PyCFunction)(void (*)(void))xmlparser_setevents, METH_FASTCALL,
                                 "_setevents($self, events_queue, events_to_report=None, /)\n--\n\n"},
                                {NULL}};
static PyMemberDef members[] = {{"entity", T_OBJECT, offsetof(XMLParser, entity), READONLY, NULL},
                                {"target", T_OBJECT, offsetof(XMLParser, target), READONLY, NULL},
                                {NULL}};
static PyGetSetDef getset[] = {{"version", get_version}, {NULL}};

PyTypeObject XMLParser_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "xml.etree.ElementTree.XMLParser",
    .tp_basicsize = sizeof(XMLParser),
    .tp_dealloc = xmlparser_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = xmlparser_traverse,
    .tp_clear = xmlparser_clear,
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = getset,
    .tp_init = xmlparser_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = xmlparser_new,
    .tp_free = PyObject_GC_Del,
};
