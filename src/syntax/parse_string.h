/* String literals: shared by plain and formatted ones. */
#ifndef LIMPID_SYNTAX_PARSE_STRING_H
#define LIMPID_SYNTAX_PARSE_STRING_H

#include "syntax/parse.h"

/* A literal under construction: text joined until something that is not text comes. */
typedef struct {
    PyObject *text;      /* owned, or NULL */
    List values;         /* expr_ty: constants and formatted values */
    int formatted;       /* an f-string took part */
    AstPos pos;          /* of the whole literal */
    PyObject *kind;      /* 'u' or NULL */
} Literal;

/* Adds text (steals it); 0 or -1. */
int literal_add_text(Parser *p, Literal *l, PyObject *text);
/* The value of str text from s to end, escapes decoded unless raw; new reference, NULL when failed. */
PyObject *decode_text(Parser *p, Token *t, const char *s, const char *end, int raw);
/* Ends the text so far as a constant in `values`; 0 or -1. */
int literal_flush(Parser *p, Literal *l);
/* Parses the inside of an f-string from *s on, at nesting `level` (0: to `end`; more: up to '}'); 0 or -1. */
int fstring_parse(Parser *p, Token *t, const char **s, const char *end, int raw, int level, Literal *l);

#endif
