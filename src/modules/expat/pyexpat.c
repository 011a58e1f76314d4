/* The handlers of pyexpat's parser: from expat's calls to Python's.
 *
 * An exception in a handler disconnects all handlers and stops the parser; Parse() then ends with it. */
#include "modules/expat/xmlparser.h"

/* ---- calling ---- */

static void fail(XMLParser *self)
{
    handlers_clear(self);
    expat.StopParser(self->parser, XML_FALSE);
}

/* Calls a handler with args (taken over, NULL is a failure); the result, or NULL with an exception.  The traceback
 * shows where the parser stood. */
static PyObject *call(XMLParser *self, int which, const char *where, int line, PyObject *args)
{
    PyObject *result = NULL;
    if (args) {
        PyObject *handler = Py_NewRef(self->handlers[which]);
        char outer = self->in_callback;
        self->in_callback = 1;
        result = PyObject_Call(handler, args, NULL);
        self->in_callback = outer;
        Py_DECREF(handler);
        Py_DECREF(args);
        if (result == NULL)
            _PyTraceback_Add(where, "src/modules/expat/pyexpat.c", line);
    }
    if (result == NULL)
        fail(self);
    return result;
}

int handler_flush(XMLParser *self)
{
    int size = self->buffer_used;
    if (self->buffer == NULL || size == 0)
        return 0;
    self->buffer_used = 0;
    if (self->handlers[HANDLER_CharacterData] == NULL)
        return 0;
    PyObject *args = Py_BuildValue("(N)", PyUnicode_DecodeUTF8(self->buffer, size, "strict"));
    PyObject *result = call(self, HANDLER_CharacterData, "CharacterData", __LINE__, args);
    Py_XDECREF(result);
    return result ? 0 : -1;
}

/* Whether the handler is there and may be called now: what was gathered goes first. */
static int ready(XMLParser *self, int which)
{
    return self->handlers[which] && !PyErr_Occurred() && handler_flush(self) == 0 && self->handlers[which];
}

/* ---- text ---- */

/* New str, None for NULL. */
static PyObject *text(const XML_Char *s)
{
    return s ? PyUnicode_DecodeUTF8(s, (Py_ssize_t)strlen(s), "strict") : Py_NewRef(Py_None);
}

/* As text, one object for equal names. */
static PyObject *name(XMLParser *self, const XML_Char *s)
{
    PyObject *value = text(s);
    if (value == NULL || self->intern == NULL)
        return value;
    PyObject *known = PyDict_SetDefault(self->intern, value, value);
    Py_XINCREF(known);
    Py_DECREF(value);
    return known;
}

/* The children of a content model; new tuple. */
static PyObject *content(XMLParser *self, XML_Content *model)
{
    if (Py_EnterRecursiveCall(" in conv_content_model"))
        return NULL;
    PyObject *children = PyTuple_New(model->numchildren);
    for (unsigned i = 0; children && i < model->numchildren; i++) {
        PyObject *child = content(self, &model->children[i]);
        if (child == NULL)
            Py_CLEAR(children);
        else
            PyTuple_SET_ITEM(children, i, child);
    }
    Py_LeaveRecursiveCall();
    return children ? Py_BuildValue("(iiNN)", model->type, model->quant, text(model->name), children) : NULL;
}

/* ---- the handlers ---- */

/* A handler whose result does not count, with the parameters of expat's call and the arguments of Python's. */
#define PLAIN(which, parameters, ...)                                                                                  \
    static void on_##which parameters                                                                                  \
    {                                                                                                                  \
        XMLParser *self = data;                                                                                        \
        if (ready(self, HANDLER_##which))                                                                              \
            Py_XDECREF(call(self, HANDLER_##which, #which, __LINE__, Py_BuildValue(__VA_ARGS__)));                     \
    }
#define STRING const XML_Char *

/* The attributes as a dict, or a list of names and values. */
static PyObject *attributes(XMLParser *self, const XML_Char **pairs)
{
    int count = 0;
    if (self->specified_attributes)
        count = expat.GetSpecifiedAttributeCount(self->parser);
    else
        while (pairs[count])
            count += 2;
    PyObject *container = self->ordered_attributes ? PyList_New(count) : PyDict_New();
    for (int i = 0; container && i < count; i += 2) {
        PyObject *key = name(self, pairs[i]), *value = key ? text(pairs[i + 1]) : NULL;
        if (value && self->ordered_attributes) {
            PyList_SET_ITEM(container, i, key);
            PyList_SET_ITEM(container, i + 1, value);
            continue;
        }
        if (value == NULL || PyDict_SetItem(container, key, value) < 0)
            Py_CLEAR(container);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    return container;
}

static void on_StartElement(void *data, STRING element, const XML_Char **pairs)
{
    XMLParser *self = data;
    if (!ready(self, HANDLER_StartElement))
        return;
    PyObject *container = attributes(self, pairs), *args = NULL;
    if (container)
        args = Py_BuildValue("(NN)", name(self, element), container);
    Py_XDECREF(call(self, HANDLER_StartElement, "StartElement", __LINE__, args));
}

static void on_CharacterData(void *data, STRING s, int size)
{
    XMLParser *self = data;
    if (PyErr_Occurred() || self->handlers[HANDLER_CharacterData] == NULL)
        return;
    if (self->buffer && size > self->buffer_size - self->buffer_used && !ready(self, HANDLER_CharacterData))
        return;
    if (self->buffer && size <= self->buffer_size) {
        memcpy(self->buffer + self->buffer_used, s, (size_t)size);
        self->buffer_used += size;
        return;
    }
    PyObject *args = Py_BuildValue("(N)", PyUnicode_DecodeUTF8(s, size, "strict"));
    Py_XDECREF(call(self, HANDLER_CharacterData, "CharacterData", __LINE__, args));
}

PLAIN(EndElement, (void *data, STRING element), "(N)", name(self, element))
PLAIN(ProcessingInstruction, (void *data, STRING target, STRING s), "(NN)", name(self, target), text(s))
PLAIN(UnparsedEntityDecl, (void *data, STRING entity, STRING base, STRING system, STRING public, STRING notation),
      "(NNNNN)", name(self, entity), name(self, base), name(self, system), name(self, public), name(self, notation))
PLAIN(NotationDecl, (void *data, STRING notation, STRING base, STRING system, STRING public), "(NNNN)",
      name(self, notation), name(self, base), name(self, system), name(self, public))
PLAIN(StartNamespaceDecl, (void *data, STRING prefix, STRING uri), "(NN)", name(self, prefix), name(self, uri))
PLAIN(EndNamespaceDecl, (void *data, STRING prefix), "(N)", name(self, prefix))
PLAIN(Comment, (void *data, STRING s), "(N)", text(s))
PLAIN(StartCdataSection, (void *data), "()")
PLAIN(EndCdataSection, (void *data), "()")
PLAIN(Default, (void *data, STRING s, int size), "(N)", PyUnicode_DecodeUTF8(s, size, "strict"))
PLAIN(DefaultExpand, (void *data, STRING s, int size), "(N)", PyUnicode_DecodeUTF8(s, size, "strict"))
PLAIN(StartDoctypeDecl, (void *data, STRING doctype, STRING system, STRING public, int internal), "(NNNi)",
      name(self, doctype), name(self, system), name(self, public), internal)
PLAIN(EndDoctypeDecl, (void *data), "()")
PLAIN(EntityDecl,
      (void *data, STRING entity, int parameter, STRING value, int size, STRING base, STRING system, STRING public,
       STRING notation),
      "(NiNNNNN)", name(self, entity), parameter,
      value ? PyUnicode_DecodeUTF8(value, size, "strict") : Py_NewRef(Py_None), name(self, base), name(self, system),
      name(self, public), name(self, notation))
PLAIN(XmlDecl, (void *data, STRING version, STRING encoding, int standalone), "(NNi)", text(version), text(encoding),
      standalone)
PLAIN(AttlistDecl, (void *data, STRING element, STRING attribute, STRING type, STRING value, int required), "(NNNNi)",
      name(self, element), name(self, attribute), text(type), text(value), required)
PLAIN(SkippedEntity, (void *data, STRING entity, int parameter), "(Ni)", name(self, entity), parameter)

static void on_ElementDecl(void *data, STRING element, XML_Content *model)
{
    XMLParser *self = data;
    if (ready(self, HANDLER_ElementDecl)) {
        PyObject *children = content(self, model), *args = NULL;
        if (children)
            args = Py_BuildValue("(NN)", name(self, element), children);
        Py_XDECREF(call(self, HANDLER_ElementDecl, "ElementDecl", __LINE__, args));
    }
    expat.FreeContentModel(self->parser, model);
}

/* A handler's answer as an int; 0 after an exception. */
static int answer(XMLParser *self, PyObject *result)
{
    if (result == NULL)
        return 0;
    int value = (int)PyLong_AsLong(result);
    Py_DECREF(result);
    if (value == -1 && PyErr_Occurred()) {
        fail(self);
        return 0;
    }
    return value;
}

static int on_NotStandalone(void *data)
{
    XMLParser *self = data;
    if (!ready(self, HANDLER_NotStandalone))
        return 0;
    return answer(self, call(self, HANDLER_NotStandalone, "NotStandalone", __LINE__, PyTuple_New(0)));
}

/* expat gives the parser itself here, not the user data. */
static int on_ExternalEntityRef(XML_Parser parser, STRING context, STRING base, STRING system, STRING public)
{
    XMLParser *self = XML_GetUserData(parser);
    if (!ready(self, HANDLER_ExternalEntityRef))
        return 0;
    PyObject *args = Py_BuildValue("(NNNN)", text(context), name(self, base), name(self, system), name(self, public));
    return answer(self, call(self, HANDLER_ExternalEntityRef, "ExternalEntityRef", __LINE__, args));
}

/* ---- connecting ---- */

void handler_connect(XMLParser *self, int which, int on)
{
    switch (which) {
#define CONNECT(which, set)                                                                                            \
    case HANDLER_##which:                                                                                              \
        expat.set(self->parser, on ? on_##which : NULL);                                                               \
        break;
#define HANDLER_WITH_SETTER(which) CONNECT(which, Set##which##Handler)
        HANDLER_WITH_SETTER(StartElement)
        HANDLER_WITH_SETTER(EndElement)
        HANDLER_WITH_SETTER(ProcessingInstruction)
        HANDLER_WITH_SETTER(CharacterData)
        HANDLER_WITH_SETTER(UnparsedEntityDecl)
        HANDLER_WITH_SETTER(NotationDecl)
        HANDLER_WITH_SETTER(StartNamespaceDecl)
        HANDLER_WITH_SETTER(EndNamespaceDecl)
        HANDLER_WITH_SETTER(Comment)
        HANDLER_WITH_SETTER(StartCdataSection)
        HANDLER_WITH_SETTER(EndCdataSection)
        HANDLER_WITH_SETTER(Default)
        CONNECT(DefaultExpand, SetDefaultHandlerExpand)
        HANDLER_WITH_SETTER(NotStandalone)
        HANDLER_WITH_SETTER(ExternalEntityRef)
        HANDLER_WITH_SETTER(StartDoctypeDecl)
        HANDLER_WITH_SETTER(EndDoctypeDecl)
        HANDLER_WITH_SETTER(EntityDecl)
        HANDLER_WITH_SETTER(XmlDecl)
        HANDLER_WITH_SETTER(ElementDecl)
        HANDLER_WITH_SETTER(AttlistDecl)
        HANDLER_WITH_SETTER(SkippedEntity)
    }
}

void handlers_clear(XMLParser *self)
{
    for (int i = 0; i < HANDLER_COUNT; i++)
        if (self->handlers[i]) {
            if (self->parser)
                handler_connect(self, i, 0);
            Py_CLEAR(self->handlers[i]);
        }
}
