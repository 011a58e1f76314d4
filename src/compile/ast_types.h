/* The classes of module _ast: one for each node, sum and enumeration item of ast.def. */
#ifndef LIMPID_COMPILE_AST_TYPES_H
#define LIMPID_COMPILE_AST_TYPES_H

#include "syntax/ast.h"

#define AST_ITEM_LISTS(LIST) \
    LIST(expr_context, AST_EXPR_CONTEXTS) LIST(boolop, AST_BOOLOPS) LIST(operator, AST_OPERATORS) \
    LIST(unaryop, AST_UNARYOPS) LIST(cmpop, AST_CMPOPS)

/* Classes (and the only instances of enumeration items), owned, made on first use. */
struct ast_classes {
    PyObject *AST;
#define NODE(sum, name) PyObject *name;
#define SUM(sum, LIST) PyObject *sum; LIST(NODE)
    SUM(mod, AST_MODS) SUM(stmt, AST_STMTS) SUM(expr, AST_EXPRS)
    SUM(excepthandler, AST_EXCEPTHANDLERS) SUM(pattern, AST_PATTERNS) SUM(type_ignore, AST_TYPE_IGNORES)
    AST_ITEM_LISTS(SUM)
#undef SUM
#undef NODE
#define PRODUCT(name) PyObject *name;
    AST_PRODUCTS_PLACED(PRODUCT) AST_PRODUCTS_BARE(PRODUCT)
#undef PRODUCT
};
struct ast_items {
#define NODE(sum, name) PyObject *name;
#define SUM(sum, LIST) LIST(NODE)
    AST_ITEM_LISTS(SUM)
#undef SUM
#undef NODE
};

/* The classes, or NULL with an exception set. */
const struct ast_classes *ast_classes(void);
const struct ast_items *ast_items(void);
/* Adds every class to a module; 0 or -1. */
int ast_add_classes(PyObject *module);

extern PyTypeObject AST_Type;

#endif
