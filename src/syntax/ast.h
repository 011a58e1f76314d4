/* The syntax tree: C structs for every node of ast.def, and the arena they live in.
 *
 *     expr_ty e;  e->kind == Name_kind;  e->v.Name.id;  e->lineno, e->col_offset (UTF-8 bytes), end_lineno, end_col_offset
 *     asdl_seq *s = e->v.Tuple.elts;  for (i = 0; i < asdl_len(s); i++) { expr_ty x = asdl_get(s, i); ... }
 *
 * AST-1  nodes, sequences and the references to identifiers and constants belong to the arena and end with it.
 * AST-2  an optional field that is absent is NULL; a sequence may be NULL, which is the same as empty.
 * AST-3  identifiers are interned str objects, normalised to NFKC.
 * AST-4  a sequence of cmpop holds integers: asdl_get_int.  Dict.keys and arguments.kw_defaults may hold NULL. */
#ifndef LIMPID_SYNTAX_AST_H
#define LIMPID_SYNTAX_AST_H

#include "Python.h"
#include "syntax/ast.def"

typedef struct ast_arena AstArena;

/* A new, empty arena; NULL with MemoryError set. */
AstArena *ast_arena_new(void);
/* Frees every node and releases every object; NULL is allowed. */
void ast_arena_free(AstArena *arena);
/* Zeroed, 8-aligned memory that lives as long as the arena; NULL with MemoryError set. */
void *ast_arena_malloc(AstArena *arena, size_t size);
/* Hands a reference over to the arena (steals `o`, also on failure); 0, or -1 with MemoryError set. */
int ast_arena_add_object(AstArena *arena, PyObject *o);

typedef struct {
    Py_ssize_t size;
    void *items[1];
} asdl_seq;

/* A sequence of n NULLs; NULL with MemoryError set. */
asdl_seq *asdl_seq_new(AstArena *arena, Py_ssize_t n);
/* A sequence of one. */
asdl_seq *asdl_seq_of(AstArena *arena, void *item);
static inline Py_ssize_t asdl_len(const asdl_seq *s) { return s ? s->size : 0; }
static inline void *asdl_get(const asdl_seq *s, Py_ssize_t i) { return s->items[i]; }
static inline int asdl_get_int(const asdl_seq *s, Py_ssize_t i) { return (int)(intptr_t)s->items[i]; }
static inline void asdl_set(asdl_seq *s, Py_ssize_t i, void *item) { s->items[i] = item; }
static inline void asdl_set_int(asdl_seq *s, Py_ssize_t i, int item) { s->items[i] = (void *)(intptr_t)item; }

typedef struct {
    int lineno, col_offset, end_lineno, end_col_offset;
} AstPos;

/* ---- field types: <type>_ty ---- */
typedef PyObject *identifier_ty, *string_ty, *constant_ty;
typedef int int_ty;
typedef struct ast_mod *mod_ty;
typedef struct ast_stmt *stmt_ty;
typedef struct ast_expr *expr_ty;
typedef struct ast_excepthandler *excepthandler_ty;
typedef struct ast_pattern *pattern_ty;
typedef struct ast_type_ignore *type_ignore_ty;
typedef struct ast_comprehension *comprehension_ty;
typedef struct ast_arguments *arguments_ty;
typedef struct ast_arg *arg_ty;
typedef struct ast_keyword *keyword_ty;
typedef struct ast_alias *alias_ty;
typedef struct ast_withitem *withitem_ty;
typedef struct ast_match_case *match_case_ty;

/* ---- enumerations and kinds, all counted from 1 ---- */
#define AST_ITEM(sum, name) name,
typedef enum { AST_EXPR_CONTEXT_NONE, AST_EXPR_CONTEXTS(AST_ITEM) } expr_context_ty;
typedef enum { AST_BOOLOP_NONE, AST_BOOLOPS(AST_ITEM) } boolop_ty;
typedef enum { AST_OPERATOR_NONE, AST_OPERATORS(AST_ITEM) } operator_ty;
typedef enum { AST_UNARYOP_NONE, AST_UNARYOPS(AST_ITEM) } unaryop_ty;
typedef enum { AST_CMPOP_NONE, AST_CMPOPS(AST_ITEM) } cmpop_ty;
#undef AST_ITEM
#define AST_KIND(sum, name) name##_kind,
enum ast_mod_kind { AST_MOD_NONE, AST_MODS(AST_KIND) };
enum ast_stmt_kind { AST_STMT_NONE, AST_STMTS(AST_KIND) };
enum ast_expr_kind { AST_EXPR_NONE, AST_EXPRS(AST_KIND) };
enum ast_excepthandler_kind { AST_EXCEPTHANDLER_NONE, AST_EXCEPTHANDLERS(AST_KIND) };
enum ast_pattern_kind { AST_PATTERN_NONE, AST_PATTERNS(AST_KIND) };
enum ast_type_ignore_kind { AST_TYPE_IGNORE_NONE, AST_TYPE_IGNORES(AST_KIND) };
#undef AST_KIND

/* ---- nodes ---- */
#define AST_FIELD(type, name) type##_ty name;
#define AST_SEQ(type, name) asdl_seq *name;
#define AST_MEMBER(sum, name) struct { AST_##name(AST_FIELD, AST_FIELD, AST_SEQ) } name;
#define AST_PLACE int lineno, col_offset, end_lineno, end_col_offset;
struct ast_mod { enum ast_mod_kind kind; union { AST_MODS(AST_MEMBER) } v; };
struct ast_stmt { enum ast_stmt_kind kind; AST_PLACE union { AST_STMTS(AST_MEMBER) } v; };
struct ast_expr { enum ast_expr_kind kind; AST_PLACE union { AST_EXPRS(AST_MEMBER) } v; };
struct ast_excepthandler { enum ast_excepthandler_kind kind; AST_PLACE union { AST_EXCEPTHANDLERS(AST_MEMBER) } v; };
struct ast_pattern { enum ast_pattern_kind kind; AST_PLACE union { AST_PATTERNS(AST_MEMBER) } v; };
struct ast_type_ignore { enum ast_type_ignore_kind kind; union { AST_TYPE_IGNORES(AST_MEMBER) } v; };
#define AST_PRODUCT(name) struct ast_##name { AST_##name(AST_FIELD, AST_FIELD, AST_SEQ) };
AST_PRODUCTS_BARE(AST_PRODUCT)
#undef AST_PRODUCT
#define AST_PRODUCT(name) struct ast_##name { AST_##name(AST_FIELD, AST_FIELD, AST_SEQ) AST_PLACE };
AST_PRODUCTS_PLACED(AST_PRODUCT)
#undef AST_PRODUCT
#undef AST_MEMBER
#undef AST_FIELD
#undef AST_SEQ
#undef AST_PLACE

/* ---- constructors: ast_Name(arena, id, ctx, pos), fields in ASDL order; NULL with MemoryError set ---- */
#define AST_PARAM(type, name) , type##_ty name
#define AST_PARAM_SEQ(type, name) , asdl_seq *name
#define AST_NEW(sum, name) sum##_ty ast_##name(AstArena *arena AST_##name(AST_PARAM, AST_PARAM, AST_PARAM_SEQ));
AST_MODS(AST_NEW)
#undef AST_NEW
#define AST_NEW(sum, name) \
    sum##_ty ast_##name(AstArena *arena AST_##name(AST_PARAM, AST_PARAM, AST_PARAM_SEQ), AstPos pos);
AST_STMTS(AST_NEW)
AST_EXPRS(AST_NEW)
AST_EXCEPTHANDLERS(AST_NEW)
AST_PATTERNS(AST_NEW)
#undef AST_NEW
type_ignore_ty ast_TypeIgnore(AstArena *arena, int lineno, PyObject *tag);
#define AST_NEW(name) name##_ty ast_##name(AstArena *arena AST_##name(AST_PARAM, AST_PARAM, AST_PARAM_SEQ));
AST_PRODUCTS_BARE(AST_NEW)
#undef AST_NEW
#define AST_NEW(name) name##_ty ast_##name(AstArena *arena AST_##name(AST_PARAM, AST_PARAM, AST_PARAM_SEQ), AstPos pos);
AST_PRODUCTS_PLACED(AST_NEW)
#undef AST_NEW
#undef AST_PARAM
#undef AST_PARAM_SEQ

/* The position of any placed node, and the position from the start of one to the end of another. */
#define AST_POS(node) ((AstPos){(node)->lineno, (node)->col_offset, (node)->end_lineno, (node)->end_col_offset})
#define AST_SPAN(first, last) \
    ((AstPos){(first)->lineno, (first)->col_offset, (last)->end_lineno, (last)->end_col_offset})

/* The docstring of a body: its first statement's str constant (borrowed), or NULL; sets no error. */
PyObject *ast_docstring(asdl_seq *body);

#endif
