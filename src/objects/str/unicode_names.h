/* Names of characters, from libunistring, which is opened when the first name is asked for. */
#ifndef LIMPID_OBJECTS_UNICODE_NAMES_H
#define LIMPID_OBJECTS_UNICODE_NAMES_H

#include "Python.h"

#define UNICODE_SEQUENCE_MAX 8

/* The character of that name or alias (any case): 1 with *c, or 0.  Sets no error. */
int unicode_by_name(const char *name, Py_ssize_t length, Py_UCS4 *c);
/* How many characters the sequence of that name has (they are in `characters`, UNICODE_SEQUENCE_MAX big); 0 if there is none. */
int unicode_sequence_by_name(const char *name, Py_ssize_t length, Py_UCS4 *characters);
/* The name of c into buffer (at least 256 bytes): 1, or 0 when it has none. */
int unicode_name_of(Py_UCS4 c, char *buffer);
/* A function of libunistring, or NULL. */
void *unistring_symbol(const char *name);

#endif
