/* The fields of an object: name, offset, C type, kind and meaning, from the table fields.def. */
#ifndef LIMPID_SEE_FIELDS_H
#define LIMPID_SEE_FIELDS_H

#include "Python.h"

typedef enum see_field_kind {
    FIELD_OBJECT,
    FIELD_BORROWED,
    FIELD_NUMBER,
    FIELD_UNSIGNED,
    FIELD_REAL,
    FIELD_HASH,
    FIELD_FLAGS,
    FIELD_POINTER,
    FIELD_BUFFER,
    FIELD_TEXT,
    FIELD_FUNCTION,
    FIELD_COUNT, /* the reference count */
    FIELD_TYPE,  /* the class */
    FIELD_DATA,  /* bytes: digits, characters, instructions */
    FIELD_KINDS
} SeeFieldKind;

typedef struct see_field {
    const char *name, *ctype;
    Py_ssize_t offset, size; /* bytes; of an array: all of it */
    SeeFieldKind kind;
    const char *meaning;
} SeeField;

typedef void (*SeeFieldVisit)(const SeeField *field, void *arg);

/* Calls visit for each field of o, in the order of their offsets: those of its C struct, of its items, of __slots__ and
 * of its inline attributes (kind FIELD_OBJECT each).  Names and meanings live as long as the class. */
void see_fields(PyObject *o, SeeFieldVisit visit, void *arg);
/* The same of the table of a dict. */
void see_table_fields(SeeFieldVisit visit, void *arg);
/* Bytes that were asked for o, header and items included, as far as its type tells. */
Py_ssize_t see_asked(PyObject *o);

#endif
