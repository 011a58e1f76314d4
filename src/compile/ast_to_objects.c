/* C trees as trees of `ast` objects: one writer for each node, made from ast.def. */
#include "compile/ast_objects.h"
#include "compile/ast_types.h"
#include "memory/stack.h"

/* ---- fields: each returns a new reference ---- */

static PyObject *object_or_none(PyObject *o) { return Py_NewRef(o ? o : Py_None); }
static PyObject *write_identifier(PyObject *o) { return object_or_none(o); }
static PyObject *write_string(PyObject *o) { return object_or_none(o); }
static PyObject *write_constant(PyObject *o) { return object_or_none(o); }
static PyObject *write_int(int n) { return PyLong_FromLong(n); }

#define ITEM(sum, name) case name: return Py_NewRef(ast_items()->name);
#define WRITE_ENUM(sum, LIST)                       \
    static PyObject *write_##sum(sum##_ty item)     \
    {                                               \
        switch (item) {                             \
        LIST(ITEM)                                  \
        default: break;                             \
        }                                           \
        PyErr_SetString(PyExc_SystemError, "unknown " #sum " found"); \
        return NULL;                                \
    }
AST_ITEM_LISTS(WRITE_ENUM)
#undef ITEM

#define DECLARE(name) static PyObject *write_##name(name##_ty);
DECLARE(mod) DECLARE(stmt) DECLARE(expr) DECLARE(excepthandler) DECLARE(pattern) DECLARE(type_ignore)
AST_PRODUCTS_PLACED(DECLARE)
AST_PRODUCTS_BARE(DECLARE)
#undef DECLARE

/* Sets o.name to value (stolen, NULL: failed already); 0 or -1. */
static int set(PyObject *o, const char *name, PyObject *value)
{
    int result = value ? PyObject_SetAttrString(o, name, value) : -1;
    Py_XDECREF(value);
    return result;
}

/* Lists: items are pointers, or numbers for enumerations. */
#define WRITE_LIST(type, get)                                               \
    static PyObject *write_list_##type(asdl_seq *seq)                       \
    {                                                                       \
        PyObject *list = PyList_New(asdl_len(seq));                         \
        for (Py_ssize_t i = 0; list && i < asdl_len(seq); i++) {            \
            PyObject *item = write_##type(get(seq, i));                     \
            if (!item)                                                      \
                Py_CLEAR(list);                                             \
            else                                                            \
                PyList_SET_ITEM(list, i, item);                             \
        }                                                                   \
        return list;                                                        \
    }
WRITE_LIST(stmt, asdl_get) WRITE_LIST(expr, asdl_get) WRITE_LIST(excepthandler, asdl_get)
WRITE_LIST(pattern, asdl_get) WRITE_LIST(type_ignore, asdl_get) WRITE_LIST(identifier, asdl_get)
WRITE_LIST(cmpop, asdl_get_int) WRITE_LIST(arg, asdl_get) WRITE_LIST(keyword, asdl_get) WRITE_LIST(alias, asdl_get)
WRITE_LIST(comprehension, asdl_get) WRITE_LIST(withitem, asdl_get) WRITE_LIST(match_case, asdl_get)

static int too_deep(void) { return c_stack_low() && c_stack_check(" during  ast construction") < 0; }

static PyObject *new_node(PyObject *cls)
{
    return too_deep() ? NULL : PyObject_CallNoArgs(cls);
}

static int set_place(PyObject *o, int lineno, int col, int end_lineno, int end_col)
{
    return set(o, "lineno", PyLong_FromLong(lineno)) < 0 || set(o, "col_offset", PyLong_FromLong(col)) < 0
        || set(o, "end_lineno", PyLong_FromLong(end_lineno)) < 0
        || set(o, "end_col_offset", PyLong_FromLong(end_col)) < 0 ? -1 : 0;
}

/* ---- nodes ---- */

#define FIELD(type, name) || set(o, #name, write_##type(p->name)) < 0
#define SEQUENCE(type, name) || set(o, #name, write_list_##type(p->name)) < 0
#define NODE(sum, name)                                                         \
    case name##_kind: {                                                         \
        __typeof__(&node->v.name) p = &node->v.name;                            \
        (void)p;                                                                \
        o = new_node(ast_classes()->name);                                      \
        failed = !o AST_##name(FIELD, FIELD, SEQUENCE);                         \
        break;                                                                  \
    }
#define PLACE set_place(o, node->lineno, node->col_offset, node->end_lineno, node->end_col_offset)
#define WRITE_SUM(sum, LIST, place)                                             \
    static PyObject *write_##sum(sum##_ty node)                                 \
    {                                                                           \
        PyObject *o = NULL;                                                     \
        int failed = 1;                                                         \
        if (!node)                                                              \
            return Py_NewRef(Py_None);                                          \
        switch (node->kind) {                                                   \
        LIST(NODE)                                                              \
        default: break;                                                         \
        }                                                                       \
        if (!failed)                                                            \
            failed = place < 0;                                                 \
        if (failed)                                                             \
            Py_CLEAR(o);                                                        \
        return o;                                                               \
    }
WRITE_SUM(mod, AST_MODS, 0)
WRITE_SUM(stmt, AST_STMTS, PLACE)
WRITE_SUM(expr, AST_EXPRS, PLACE)
WRITE_SUM(excepthandler, AST_EXCEPTHANDLERS, PLACE)
WRITE_SUM(pattern, AST_PATTERNS, PLACE)
WRITE_SUM(type_ignore, AST_TYPE_IGNORES, 0)

#define WRITE_PRODUCT(name, place)                                              \
    static PyObject *write_##name(name##_ty node)                               \
    {                                                                           \
        name##_ty p = node;                                                     \
        if (!node)                                                              \
            return Py_NewRef(Py_None);                                          \
        PyObject *o = new_node(ast_classes()->name);                            \
        if (!o AST_##name(FIELD, FIELD, SEQUENCE) || place < 0)                 \
            Py_CLEAR(o);                                                        \
        return o;                                                               \
    }
#define BARE(name) WRITE_PRODUCT(name, 0)
#define PLACED(name) WRITE_PRODUCT(name, PLACE)
AST_PRODUCTS_BARE(BARE)
AST_PRODUCTS_PLACED(PLACED)

PyObject *ast_to_object(mod_ty mod)
{
    return ast_classes() ? write_mod(mod) : NULL;
}

int ast_object_check(PyObject *o)
{
    return PyObject_TypeCheck(o, &AST_Type);
}
