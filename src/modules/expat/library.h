/* libexpat, opened at the first import of a module that parses XML, so that start-up does not pay for it. */
#ifndef LIMPID_MODULES_EXPAT_LIBRARY_H
#define LIMPID_MODULES_EXPAT_LIBRARY_H

#include "Python.h"
#include <expat.h>

typedef struct {
#define FUNCTION(name) __typeof__(XML_##name) *name;
#include "modules/expat/functions.def"
#undef FUNCTION
} ExpatLibrary;

/* The functions; all are there once expat_open has succeeded. */
extern ExpatLibrary expat;
/* Opens the library; 0, or -1 with ImportError set. */
int expat_open(void);
/* The memory of parsers comes from the object heap. */
extern const XML_Memory_Handling_Suite expat_memory;
/* Describes a one-byte encoding with the codec of that name; an XML_UnknownEncodingHandler. */
int expat_unknown_encoding(void *unused, const XML_Char *name, XML_Encoding *info);

#endif
