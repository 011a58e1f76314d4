/* UTF-8 text to tokens, one at a time.
 *
 * LEX-1  the text ends with a newline and a NUL and holds no other NUL and no '\r'.
 * LEX-2  once an error token was given, every further call gives it again; `done` says why, and an exception is set
 *        unless the reason is one that the parser words (LEX_EOF, LEX_DEDENT, LEX_TABS, LEX_DEEP, LEX_CONTINUATION), or is the UnicodeError that a
 *        name raised (LEX_DECODE). */
#ifndef LIMPID_SYNTAX_LEXER_H
#define LIMPID_SYNTAX_LEXER_H

#include "Python.h"

enum token_kind {
#define TOKEN(name) T_##name,
#define OP(name, text) T_##name,
#define KEYWORD(name) K_##name,
#include "syntax/tokens.def"
#undef TOKEN
#undef OP
#undef KEYWORD
    TOKEN_KINDS
};

#define MAX_INDENT 100   /* indentation levels */
#define MAX_NESTING 200  /* open brackets */

enum lex_done { LEX_OK, LEX_EOF, LEX_ERROR, LEX_DEDENT, LEX_TABS, LEX_DEEP, LEX_CONTINUATION, LEX_STRING_EOF, LEX_DECODE };

typedef struct {
    int type;
    int lineno, col_offset, end_lineno, end_col_offset;   /* col_offset -1: has no text */
    int level;                                            /* brackets open after it */
    const char *start, *end;
} Token;

typedef struct {
    const char *text, *end;       /* whole input; *end is its NUL */
    const char *cur;              /* next byte */
    const char *line_start;       /* of the current line */
    const char *token_line_start; /* of the line where the current token began */
    int lineno;                   /* of cur, from 1 */
    int at_line_start, pending;   /* pending > 0: indents to give, < 0: dedents */
    int indent;
    int columns[MAX_INDENT], alt_columns[MAX_INDENT];   /* with tabs to 8, and with tabs to 1 */
    int level;
    struct { char open; int lineno, col; } brackets[MAX_NESTING];
    enum lex_done done;
    int failed;                   /* an error token was given */
    int type_comments;            /* give TYPE_COMMENT and TYPE_IGNORE tokens */
    int async_names;              /* as before 3.7: async and await are names outside of "async def" */
    int async_level;              /* then: 1 + indentation of the "async def" that cur is in, 0 for none */
    int async_body;               /* then: its header has ended */
    PyObject *filename;           /* borrowed */
    int line_shift;               /* added to the line in reports: the text is a part of a file */
} Lexer;

void lexer_init(Lexer *lx, const char *text, size_t size, PyObject *filename);
/* Fills *t with the next token; its type is T_ERRORTOKEN as LEX-2 says. */
void lexer_next(Lexer *lx, Token *t);
/* Sets SyntaxError at characters [col, end_col] (from 1; -1: up to the current position) of the current line. */
int lexer_error(Lexer *lx, int col, int end_col, const char *format, ...);
/* The type of an operator of `n` characters at `s` (the longest one not longer than n), T_OP if none; *used gets its length. */
int lexer_operator(const char *s, int *used);

/* Numbers (lexer_number.c): reads the number whose first character is at cur; 0, or -1 with SyntaxError set. */
int lexer_number(Lexer *lx);
/* Whether c can be in an identifier (any byte >= 128 can). */
static inline int is_name_start(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128;
}
static inline int is_name_char(int c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

/* Source bytes in any encoding to UTF-8 as LEX-1 wants it (source.c); new buffer (PyMem_Free), NULL with an exception set.
 * `ignore_cookie`: it is UTF-8 whatever it says. */
char *source_decode(const char *source, size_t size, PyObject *filename, int ignore_cookie, int add_newline, size_t *out_size);

#endif
