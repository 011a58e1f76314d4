/* pyexpat's parser object. */
#ifndef LIMPID_MODULES_EXPAT_XMLPARSER_H
#define LIMPID_MODULES_EXPAT_XMLPARSER_H

#include "modules/expat/library.h"

enum {
#define HANDLER(name, attribute) HANDLER_##name,
#include "modules/expat/handlers.def"
#undef HANDLER
    HANDLER_COUNT
};

typedef struct {
    PyObject_HEAD XML_Parser parser;
    char ordered_attributes, specified_attributes, in_callback, namespace_prefixes;
    XML_Char *buffer; /* character data that was not yet given, or NULL: not gathered */
    int buffer_size, buffer_used;
    PyObject *intern;                  /* dict of names, or NULL */
    PyObject *handlers[HANDLER_COUNT]; /* each owned, or NULL */
} XMLParser;

typedef struct {
    PyTypeObject *type;
    PyObject *error;
} ExpatModule;

/* pyexpat.c */
/* Tells expat whether it is to call the handler. */
void handler_connect(XMLParser *self, int which, int on);
/* Forgets all handlers. */
void handlers_clear(XMLParser *self);
/* Gives the character data that was gathered to its handler; 0, or -1 with an exception. */
int handler_flush(XMLParser *self);

/* xmlparser.c */
extern PyType_Spec xmlparser_spec;
/* A new parser, with an intern dict (borrowed) or NULL. */
PyObject *xmlparser_new(ExpatModule *state, const char *encoding, const char *separator, PyObject *intern);

#endif
