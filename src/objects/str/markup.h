/* The grammar of str.format: literal text and {field!conversion:specification}. */
#ifndef LIMPID_OBJECTS_MARKUP_H
#define LIMPID_OBJECTS_MARKUP_H

#include "objects/str/str.h"

/* A part of a string; `text` borrowed. */
typedef struct {
    PyObject *text;
    Py_ssize_t start, end;
} Span;

typedef struct {
    Span rest;
} Markup;

typedef struct {
    Span literal;
    int has_field;
    Span name, spec;
    Py_UCS4 conversion;   /* 0: none */
    int spec_has_fields;
} MarkupPiece;

/* The next piece: 1, 0 at the end, or -1 with ValueError set. */
int markup_next(Markup *m, MarkupPiece *piece);

/* The name of a field: its first part and what follows. */
typedef struct {
    Span first;
    Py_ssize_t index;     /* the first part as a number, or -1 */
    Span rest;
} FieldName;
int field_name_split(Span name, FieldName *f);
/* The next ".name" or "[key]": 1 with *part, *is_attribute and *index (a number, or -1); 0 at the end; -1 with ValueError. */
int field_name_next(FieldName *f, Span *part, int *is_attribute, Py_ssize_t *index);

static inline PyObject *span_str(Span s) { return s.text ? str_slice(s.text, s.start, s.end) : str_empty(); }
static inline Py_ssize_t span_len(Span s) { return s.end - s.start; }

#endif
