/* The arena of the syntax tree and the constructors of its nodes, both made from ast.def. */
#include "syntax/ast.h"

#define FIRST_CHUNK (4 * 1024)
#define LAST_CHUNK (32 * 1024)   /* each is twice as large as the one before, up to this */

struct chunk {
    struct chunk *next;
    size_t used, size;
    _Alignas(16) char bytes[];
};

struct ast_arena {
    struct chunk *chunks;     /* newest first; only the first has room */
    size_t usual;             /* bytes of the next chunk */
    PyObject **objects;       /* owned references */
    size_t object_count, object_room;
};

AstArena *ast_arena_new(void)
{
    AstArena *arena = PyMem_Calloc(1, sizeof *arena);
    if (arena == NULL)
        PyErr_NoMemory();
    return arena;
}

void ast_arena_free(AstArena *arena)
{
    if (arena == NULL)
        return;
    for (struct chunk *c = arena->chunks, *next; c; c = next) {
        next = c->next;
        PyMem_Free(c);
    }
    for (size_t i = 0; i < arena->object_count; i++)
        Py_DECREF(arena->objects[i]);
    PyMem_Free(arena->objects);
    PyMem_Free(arena);
}

static struct chunk *add_chunk(AstArena *arena, size_t size)
{
    size_t usual = arena->chunks ? arena->usual : FIRST_CHUNK;
    size_t room = size > usual / 4 ? size : usual - sizeof(struct chunk);
    struct chunk *c = PyMem_Calloc(1, sizeof(struct chunk) + room);
    if (c == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    c->size = room;
    arena->usual = usual < LAST_CHUNK ? usual * 2 : usual;
    if (arena->chunks && room == size) {   /* a large piece gets a chunk of its own, behind the current one */
        c->next = arena->chunks->next;
        arena->chunks->next = c;
    }
    else {
        c->next = arena->chunks;
        arena->chunks = c;
    }
    return c;
}

void *ast_arena_malloc(AstArena *arena, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    struct chunk *c = arena->chunks;
    if (c == NULL || c->size - c->used < size) {
        c = add_chunk(arena, size);
        if (c == NULL)
            return NULL;
    }
    void *p = c->bytes + c->used;
    c->used += size;
    return p;
}

int ast_arena_add_object(AstArena *arena, PyObject *o)
{
    if (o == NULL)
        return -1;
    if (arena->object_count == arena->object_room) {
        size_t room = arena->object_room ? arena->object_room * 2 : 64;
        PyObject **objects = PyMem_Realloc(arena->objects, room * sizeof *objects);
        if (objects == NULL) {
            Py_DECREF(o);
            PyErr_NoMemory();
            return -1;
        }
        arena->objects = objects;
        arena->object_room = room;
    }
    arena->objects[arena->object_count++] = o;
    return 0;
}

asdl_seq *asdl_seq_new(AstArena *arena, Py_ssize_t n)
{
    if ((size_t)n > PY_SSIZE_T_MAX / sizeof(void *) - 2) {
        PyErr_NoMemory();
        return NULL;
    }
    asdl_seq *s = ast_arena_malloc(arena, sizeof(asdl_seq) + (size_t)n * sizeof(void *));
    if (s)
        s->size = n;
    return s;
}

asdl_seq *asdl_seq_of(AstArena *arena, void *item)
{
    asdl_seq *s = asdl_seq_new(arena, 1);
    if (s)
        s->items[0] = item;
    return s;
}

PyObject *ast_docstring(asdl_seq *body)
{
    if (asdl_len(body) == 0)
        return NULL;
    stmt_ty first = asdl_get(body, 0);
    if (first->kind != Expr_kind)
        return NULL;
    expr_ty e = first->v.Expr.value;
    return e->kind == Constant_kind && PyUnicode_CheckExact(e->v.Constant.value) ? e->v.Constant.value : NULL;
}

/* ---- constructors ---- */
#define PARAM(type, name) , type##_ty name
#define PARAM_SEQ(type, name) , asdl_seq *name
#define SET(type, name) into->name = name;
#define PLACE(node) \
    (node)->lineno = pos.lineno, (node)->col_offset = pos.col_offset, (node)->end_lineno = pos.end_lineno, \
    (node)->end_col_offset = pos.end_col_offset
#define BODY(sum, kind_name, place) \
    sum##_ty node = ast_arena_malloc(arena, sizeof *node); \
    if (node == NULL) \
        return NULL; \
    node->kind = kind_name##_kind; \
    place; \
    __auto_type into = &node->v.kind_name; \
    (void)into; \
    AST_##kind_name(SET, SET, SET) \
    return node;

#define NEW(sum, name) \
    sum##_ty ast_##name(AstArena *arena AST_##name(PARAM, PARAM, PARAM_SEQ)) { BODY(sum, name, (void)0) }
AST_MODS(NEW)
AST_TYPE_IGNORES(NEW)
#undef NEW
#define NEW(sum, name) \
    sum##_ty ast_##name(AstArena *arena AST_##name(PARAM, PARAM, PARAM_SEQ), AstPos pos) { BODY(sum, name, PLACE(node)) }
AST_STMTS(NEW)
AST_EXPRS(NEW)
AST_EXCEPTHANDLERS(NEW)
AST_PATTERNS(NEW)
#undef NEW
#define NEW(name) \
    name##_ty ast_##name(AstArena *arena AST_##name(PARAM, PARAM, PARAM_SEQ)) \
    { \
        name##_ty into = ast_arena_malloc(arena, sizeof *into); \
        if (into == NULL) \
            return NULL; \
        AST_##name(SET, SET, SET) \
        return into; \
    }
AST_PRODUCTS_BARE(NEW)
#undef NEW
#define NEW(name) \
    name##_ty ast_##name(AstArena *arena AST_##name(PARAM, PARAM, PARAM_SEQ), AstPos pos) \
    { \
        name##_ty into = ast_arena_malloc(arena, sizeof *into); \
        if (into == NULL) \
            return NULL; \
        AST_##name(SET, SET, SET) \
        PLACE(into); \
        return into; \
    }
AST_PRODUCTS_PLACED(NEW)
