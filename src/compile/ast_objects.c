/* Trees of `ast` objects as C trees: one reader for each node, made from ast.def. */
#include "compile/ast_objects.h"
#include "memory/stack.h"

typedef int (*read_fn)(AstArena *arena, PyObject *o, void *out);

static const char *class_name(PyObject *o)
{
    const char *name = Py_TYPE(o)->tp_name, *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

/* Whether o is an instance of a class called `name`, itself or by inheritance. */
static int is_node(PyObject *o, const char *name)
{
    PyObject *mro = Py_TYPE(o)->tp_mro;
    for (Py_ssize_t i = 0; mro && i < PyTuple_GET_SIZE(mro); i++) {
        const char *full = ((PyTypeObject *)PyTuple_GET_ITEM(mro, i))->tp_name, *dot = strrchr(full, '.');
        if (strcmp(dot ? dot + 1 : full, name) == 0)
            return 1;
    }
    return 0;
}

/* ---- leaves: 0, or -1 with an exception set ---- */

static int keep(AstArena *arena, PyObject *o, void *out)
{
    if (ast_arena_add_object(arena, Py_NewRef(o)) < 0)
        return -1;
    *(PyObject **)out = o;
    return 0;
}

static int read_identifier(AstArena *arena, PyObject *o, void *out)
{
    if (!PyUnicode_CheckExact(o)) {
        PyErr_SetString(PyExc_TypeError, "AST identifier must be of type str");
        return -1;
    }
    PyObject *name = Py_NewRef(o);
    PyUnicode_InternInPlace(&name);
    *(PyObject **)out = name;
    return ast_arena_add_object(arena, name);
}

static int read_string(AstArena *arena, PyObject *o, void *out)
{
    if (!PyUnicode_CheckExact(o) && !PyBytes_CheckExact(o)) {
        PyErr_SetString(PyExc_TypeError, "AST string must be of type str");
        return -1;
    }
    return keep(arena, o, out);
}

static int read_constant(AstArena *arena, PyObject *o, void *out) { return keep(arena, o, out); }

static int read_int(AstArena *arena, PyObject *o, void *out)
{
    if (!PyLong_Check(o)) {
        PyErr_Format(PyExc_ValueError, "invalid integer value: %R", o);
        return -1;
    }
    int value = _PyLong_AsInt(o);
    if (value == -1 && PyErr_Occurred())
        return -1;
    *(int *)out = value;
    return 0;
}

#define ITEM(sum, name)          \
    if (is_node(o, #name)) {     \
        *(int *)out = name;      \
        return 0;                \
    }
#define READ_ENUM(sum, LIST)                                                        \
    static int read_##sum(AstArena *arena, PyObject *o, void *out)                  \
    {                                                                               \
        LIST(ITEM)                                                                  \
        PyErr_Format(PyExc_TypeError, "expected some sort of " #sum ", but got %R", o); \
        return -1;                                                                  \
    }
READ_ENUM(expr_context, AST_EXPR_CONTEXTS)
READ_ENUM(boolop, AST_BOOLOPS)
READ_ENUM(operator, AST_OPERATORS)
READ_ENUM(unaryop, AST_UNARYOPS)
READ_ENUM(cmpop, AST_CMPOPS)
#undef ITEM

/* ---- fields ---- */

/* Reads o.name into *out with `read`; a missing or None field is an error if required, else leaves *out.  `what` is
 * the node that the grammar wants here. */
static int read_field(AstArena *arena, PyObject *o, const char *what, const char *name, read_fn read, void *out,
                      int required, int none_is_value)
{
    PyObject *value = NULL, *key = PyUnicode_InternFromString(name);
    int found = key ? _PyObject_LookupAttr(o, key, &value) : -1;
    Py_XDECREF(key);
    if (found < 0)
        return -1;
    if (!value || (value == Py_None && !none_is_value)) {
        int missing = value == NULL;
        Py_XDECREF(value);
        if (!required)
            return 0;
        if (missing)
            PyErr_Format(PyExc_TypeError, "required field \"%s\" missing from %s", name, what);
        else
            PyErr_Format(PyExc_ValueError, "field '%s' is required for %s", name, what);
        return -1;
    }
    int result = read(arena, value, out);
    Py_DECREF(value);
    return result;
}

/* Reads the list o.name; items of cmpop are numbers, others pointers; None items stay NULL. */
static int read_list(AstArena *arena, PyObject *o, const char *what, const char *name, read_fn read, asdl_seq **out)
{
    PyObject *list = NULL, *key = PyUnicode_InternFromString(name);
    int found = key ? _PyObject_LookupAttr(o, key, &list) : -1, result = -1;
    Py_XDECREF(key);
    if (found < 0)
        return -1;
    if (!list) {
        PyErr_Format(PyExc_TypeError, "required field \"%s\" missing from %s", name, what);
        return -1;
    }
    if (!PyList_Check(list)) {
        PyErr_Format(PyExc_TypeError, "%s field \"%s\" must be a list, not a %.200s", what, name, class_name(list));
        goto done;
    }
    Py_ssize_t n = PyList_GET_SIZE(list);
    if (!(*out = asdl_seq_new(arena, n)))
        goto done;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *item = Py_NewRef(PyList_GET_ITEM(list, i));
        void *value = NULL;
        int bad = item != Py_None && read(arena, item, &value) < 0;
        Py_DECREF(item);
        if (bad)
            goto done;
        if (PyList_GET_SIZE(list) != n) {
            PyErr_Format(PyExc_RuntimeError, "%s field \"%s\" changed size during iteration", what, name);
            goto done;
        }
        asdl_set(*out, i, value);
    }
    result = 0;
done:
    Py_DECREF(list);
    return result;
}

static int read_place(AstArena *arena, PyObject *o, const char *what, int *lineno, int *col, int *end_lineno, int *end_col)
{
    if (read_field(arena, o, what, "lineno", read_int, lineno, 1, 1) < 0
        || read_field(arena, o, what, "col_offset", read_int, col, 1, 1) < 0)
        return -1;
    *end_lineno = *lineno;
    *end_col = *col;
    return read_field(arena, o, what, "end_lineno", read_int, end_lineno, 0, 0) < 0
        || read_field(arena, o, what, "end_col_offset", read_int, end_col, 0, 0) < 0 ? -1 : 0;
}

/* ---- nodes ---- */

static int read_expr(AstArena *, PyObject *, void *);
static int read_stmt(AstArena *, PyObject *, void *);
static int read_pattern(AstArena *, PyObject *, void *);
static int read_excepthandler(AstArena *, PyObject *, void *);
static int read_type_ignore(AstArena *, PyObject *, void *);
#define DECLARE(name) static int read_##name(AstArena *, PyObject *, void *);
AST_PRODUCTS_PLACED(DECLARE)
AST_PRODUCTS_BARE(DECLARE)
#undef DECLARE

/* None is a value of a constant, and no number. */
#define TAKES_NONE(type) (strcmp(#type, "constant") == 0 || strcmp(#type, "int") == 0)
#define FIELD(type, name) || read_field(arena, o, what, #name, read_##type, &p->name, 1, TAKES_NONE(type)) < 0
#define OPTIONAL(type, name) || read_field(arena, o, what, #name, read_##type, &p->name, 0, 0) < 0
#define SEQUENCE(type, name) || read_list(arena, o, what, #name, read_##type, &p->name) < 0

#define NODE(sum, name)                                                     \
    if (is_node(o, #name)) {                                                \
        const char *what = #name;                                           \
        __typeof__(node->v.name) *p = &node->v.name;                        \
        (void)p, (void)what;                                                \
        node->kind = name##_kind;                                           \
        return 0 AST_##name(FIELD, OPTIONAL, SEQUENCE) ? -1 : 0;            \
    }

static int too_deep(void) { return c_stack_low() && c_stack_check(" during  ast construction") < 0; }

#define READ_SUM(sum, LIST, PLACE)                                                       \
    static int read_##sum(AstArena *arena, PyObject *o, void *out)                       \
    {                                                                                    \
        sum##_ty node = too_deep() ? NULL : ast_arena_malloc(arena, sizeof *node);       \
        if (!node)                                                                       \
            return -1;                                                                   \
        *(sum##_ty *)out = node;                                                         \
        PLACE(sum)                                                                            \
        LIST(NODE)                                                                       \
        PyErr_Format(PyExc_TypeError, "expected some sort of " #sum ", but got %R", o);  \
        return -1;                                                                       \
    }
#define PLACE(what)                                                                                      \
    if (read_place(arena, o, #what, &node->lineno, &node->col_offset, &node->end_lineno, &node->end_col_offset) < 0) \
        return -1;
READ_SUM(stmt, AST_STMTS, PLACE)
READ_SUM(expr, AST_EXPRS, PLACE)
READ_SUM(pattern, AST_PATTERNS, PLACE)
READ_SUM(excepthandler, AST_EXCEPTHANDLERS, PLACE)
#define NO_PLACE(what)
READ_SUM(type_ignore, AST_TYPE_IGNORES, NO_PLACE)
READ_SUM(mod, AST_MODS, NO_PLACE)

#define READ_PRODUCT(name, PLACE)                                               \
    static int read_##name(AstArena *arena, PyObject *o, void *out)             \
    {                                                                           \
        name##_ty p = too_deep() ? NULL : ast_arena_malloc(arena, sizeof *p), node = p; \
        if (!node)                                                              \
            return -1;                                                          \
        *(name##_ty *)out = p;                                                  \
        const char *what = #name;                                               \
        if (0 AST_##name(FIELD, OPTIONAL, SEQUENCE))                            \
            return -1;                                                          \
        PLACE(name)                                                             \
        return 0;                                                               \
    }
#define BARE(name) READ_PRODUCT(name, NO_PLACE)
#define PLACED(name) READ_PRODUCT(name, PLACE)
AST_PRODUCTS_BARE(BARE)
AST_PRODUCTS_PLACED(PLACED)

mod_ty ast_from_object(PyObject *tree, AstArena *arena)
{
    mod_ty mod;
    return read_mod(arena, tree, &mod) < 0 ? NULL : mod;
}

mod_ty ast_from_root(PyObject *tree, int start, AstArena *arena)
{
    const char *expected = start == Py_eval_input ? "Expression" : start == Py_single_input ? "Interactive"
        : start == Py_func_type_input ? "FunctionType" : "Module";
    if (!is_node(tree, expected)) {
        PyErr_Format(PyExc_TypeError, "expected %s node, got %.400s", expected, class_name(tree));
        return NULL;
    }
    return ast_from_object(tree, arena);
}
