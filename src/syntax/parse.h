/* Inside of the parser: recursive descent over an array of tokens that grows on demand.
 *
 * PARSE-1  a function returns its node and has consumed it, or returns NULL.  Then either `failed` is set (an exception is, too) and all
 *          gives up, or nothing matched, and the caller that wants to try something else puts `mark` back.
 * PARSE-2  the first pass only recognises; its furthest token is where "invalid syntax" points.  If it fails, a second pass
 *          runs with `diagnosing` set, in which functions also look for what people get wrong (diagnose.c).
 *          Expressions are remembered by their first token in both passes, everything that is tried twice in the second.
 * PARSE-3  a node's position runs from the first token to the last one that is not a line break. */
#ifndef LIMPID_SYNTAX_PARSE_H
#define LIMPID_SYNTAX_PARSE_H

#include "syntax/ast.h"
#include "syntax/lexer.h"

#define PARSE_DEPTH_MAX 6000   /* weighted nesting, so that neither this parser nor its users exhaust the C stack */

enum rule { RULE_expression, RULE_named, RULE_disjunction, RULE_bitwise_or, RULE_primary, RULE_star_expressions,
            RULE_star_named, RULE_block, RULE_lambda, RULE_atom, RULE_args, RULE_for_if };

/* A sequence that grows (list_add). */
typedef struct { void **items; Py_ssize_t size, room; } List;

typedef struct memo {
    struct memo *next;
    int rule, end;
    void *node;
} Memo;

typedef struct {
    Lexer lx;
    AstArena *arena;
    Token **tokens;
    Memo **memos;              /* per token; the second pass only */
    int fill, room, mark;
    int failed;                /* an exception is set (or a token that the lexer refused was met) */
    int diagnosing;
    int depth;
    int mode;                  /* Py_*_input */
    int flags;                 /* PyCF_* */
    int in_fstring;            /* the text is one expression of an f-string, in parentheses */
    int first_lineno, first_col;   /* added to the positions of tokens (the column on the first line only) */
    List type_ignores;
    int feature_version;       /* the minor version whose grammar is wanted */
    int unfinished_line;       /* the source does not end with a newline */
    PyObject *filename;        /* borrowed */
} Parser;

/* ---- tokens ---- */
Token *parse_peek(Parser *p);
Token *parse_peek_at(Parser *p, int ahead);
static inline int at(Parser *p, int type) { return parse_peek(p)->type == type; }
static inline int at_next(Parser *p, int ahead, int type) { return parse_peek_at(p, ahead)->type == type; }
static inline Token *accept(Parser *p, int type) { return at(p, type) ? p->tokens[p->mark++] : NULL; }
/* accept, or SyntaxError "expected 'text'" at once. */
Token *expect_forced(Parser *p, int type, const char *text);
int at_word(Parser *p, const char *word);          /* a soft keyword */
PyObject *name_of(Parser *p, Token *t);            /* its identifier, borrowed from the arena; NULL when failed */
PyObject *identifier_normalise(PyObject *name);     /* in normal form KC; new, NULL with an exception set */
AstPos pos_from(Parser *p, Token *start);          /* from start to the last token read */
static inline AstPos pos_of(Token *t) { return (AstPos){t->lineno, t->col_offset, t->end_lineno, t->end_col_offset}; }
/* Records that memory ran out (an exception is set); returns NULL. */
void *out_of_memory(Parser *p);
/* Returns its argument, noticing when a constructor failed. */
static inline void *made(Parser *p, void *node) { if (!node) p->failed = 1; return node; }
/* Enters a level of nesting; 0 when it is too deep: then MemoryError is set. */
int enter(Parser *p, int weight);
static inline void leave(Parser *p, int weight) { p->depth -= weight; }

/* ---- memo ---- */
int memo_get(Parser *p, enum rule rule, void **node);   /* 1 and mark moved when known */
void *memo_put(Parser *p, int start, enum rule rule, void *node);

/* ---- growing sequences ---- */
int list_add(Parser *p, List *l, void *item);      /* 0, or -1 with failed set */
asdl_seq *list_done(Parser *p, List *l);           /* frees the list; NULL when empty or failed */
static inline void list_drop(List *l) { PyMem_Free(l->items); l->items = NULL; l->size = l->room = 0; }

/* ---- errors: all set `failed` and return NULL ---- */
void *raise_at_pos(Parser *p, PyObject *type, AstPos pos, const char *format, ...);   /* columns in bytes from 0; -1 unknown */
void *raise_last(Parser *p, PyObject *type, const char *format, ...);                 /* at the last token that was read */
void *raise_unclosed(Parser *p);
#define raise_node(p, node, ...) raise_at_pos(p, PyExc_SyntaxError, AST_POS(node), __VA_ARGS__)
#define raise_range(p, a, b, ...) raise_at_pos(p, PyExc_SyntaxError, AST_SPAN(a, b), __VA_ARGS__)
void *raise_from(Parser *p, AstPos start, const char *format, ...);                   /* from start to the last token read */

/* Whether the wanted grammar has `what`, which came with 3.`minor`; if not, SyntaxError. */
int require_version(Parser *p, int minor, const char *what);

/* Makes the pending error of a decoder a SyntaxError; others stay. */
void raise_decode_error(Parser *p);

/* ---- expressions (parse_expr.c, parse_atom.c, parse_args.c) ---- */
expr_ty parse_star_expressions(Parser *p);
expr_ty parse_star_named_expression(Parser *p);
asdl_seq *parse_star_named_expressions(Parser *p);   /* with an optional trailing comma; NULL when none */
expr_ty parse_named_expression(Parser *p);
expr_ty parse_assignment_expression(Parser *p);
expr_ty parse_expression(Parser *p);
expr_ty parse_expression_no_invalid(Parser *p);
expr_ty parse_yield(Parser *p);
expr_ty parse_disjunction(Parser *p);
expr_ty parse_bitwise_or(Parser *p);
expr_ty parse_primary(Parser *p);
expr_ty parse_atom(Parser *p);
expr_ty parse_lambda(Parser *p);
expr_ty parse_starred(Parser *p);                    /* '*' expression */
expr_ty parse_star_targets(Parser *p);
expr_ty parse_star_target(Parser *p);
expr_ty parse_expression_or_assignment(Parser *p);   /* assignment_expression | expression !':=' */
asdl_seq *parse_for_if_clauses(Parser *p);
arguments_ty parse_parameters(Parser *p, int is_lambda);
/* The arguments of a call up to, not including, ')'; 0, or -1.  Both may be NULL when there are none. */
int parse_call_arguments(Parser *p, asdl_seq **args, asdl_seq **keywords);
expr_ty parse_slices(Parser *p);
pattern_ty parse_patterns(Parser *p);
expr_ty parse_subject(Parser *p);
expr_ty parse_name_node(Parser *p, expr_context_ty ctx);
expr_ty parse_number(Parser *p, Token *t);
expr_ty parse_strings(Parser *p);                    /* one or more STRING tokens */
PyObject *parse_number_value(Parser *p, Token *t);   /* borrowed from the arena */

/* Whether e can be assigned to (Name, Attribute, Subscript, and sequences of them); sets its context when it can. */
int target_ok(expr_ty e);
void set_context(expr_ty e, expr_context_ty ctx);

/* ---- statements (parse_stmt.c, parse_compound.c) ---- */
asdl_seq *parse_statements(Parser *p);               /* one or more; NULL when none */
int parse_simple_stmts(Parser *p, List *into);       /* a line; 0, or -1 */
int parse_compound(Parser *p, stmt_ty *out);         /* 1 if one was there, 0 if not (nothing consumed), -1 on failure */
asdl_seq *parse_block(Parser *p);
stmt_ty parse_match(Parser *p);
PyObject *parse_type_comment(Parser *p);             /* borrowed, or NULL */

/* ---- diagnosis (diagnose.c): each looks for one family of mistakes at mark, raises or puts mark back ---- */
void diagnose_expression(Parser *p);
void diagnose_named_expression(Parser *p);
void diagnose_assignment(Parser *p);
void diagnose_group(Parser *p);
void diagnose_comprehension(Parser *p);
void diagnose_dict(Parser *p);
void diagnose_dict_comprehension(Parser *p);
void diagnose_arguments(Parser *p);
int diagnose_keyword(Parser *p);                     /* invalid_kwarg; 1 when raised */
void diagnose_for_target(Parser *p);
void diagnose_with_item(Parser *p);
void diagnose_with(Parser *p);                       /* mark behind 'with': a line without colon */
void diagnose_parameters(Parser *p, int is_lambda);
void diagnose_delete(Parser *p);
enum target_use { FOR_ASSIGN, FOR_DELETE, FOR_LOOP };
expr_ty invalid_target(expr_ty e, enum target_use use);
void *raise_invalid_target(Parser *p, enum target_use use, expr_ty e);
const char *expr_description(expr_ty e);
/* After ':' of a compound statement: raises when no indented block follows. */
int check_indent(Parser *p, Token *keyword, const char *what);

/* Runs both passes over an initialised parser; the mod_ty, or the expression of an f-string field; NULL with an exception. */
void *parser_run(Parser *p);

#endif
