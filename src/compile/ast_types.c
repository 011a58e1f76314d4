/* The classes of module _ast: `AST` and, made on first use, one for each row of ast.def. */
#include "compile/ast_types.h"
#include "memory/roots.h"
#include "memory/state.h"
#include "structmember.h"

/* Of an interpreter; not there before the first use. */
struct ast_state {
    struct ast_classes classes;
    struct ast_items items;
};
static inline struct ast_state *state(void) { return interp_current()->ast; }

/* ---- ast.AST ---- */

typedef struct {
    PyObject_HEAD
    PyObject *dict;
} AstObject;

static void ast_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((AstObject *)self)->dict);
    Py_TYPE(self)->tp_free(self);
}

static int ast_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((AstObject *)self)->dict);
    return 0;
}

static int ast_clear(PyObject *self)
{
    Py_CLEAR(((AstObject *)self)->dict);
    return 0;
}

/* The class's tuple of field names: new reference; NULL with an exception set. */
static PyObject *field_names(PyObject *self)
{
    PyObject *fields = PyObject_GetAttrString((PyObject *)Py_TYPE(self), "_fields");
    if (fields)
        Py_SETREF(fields, PySequence_Tuple(fields));
    return fields;
}

static int set_positional(PyObject *self, PyObject *args, PyObject *fields)
{
    Py_ssize_t given = PyTuple_GET_SIZE(args), known = PyTuple_GET_SIZE(fields);
    if (given > known) {
        PyErr_Format(PyExc_TypeError, "%.400s constructor takes at most %zd positional argument%s",
                     _PyType_Name(Py_TYPE(self)), known, known == 1 ? "" : "s");
        return -1;
    }
    for (Py_ssize_t i = 0; i < given; i++)
        if (PyObject_SetAttr(self, PyTuple_GET_ITEM(fields, i), PyTuple_GET_ITEM(args, i)) < 0)
            return -1;
    return 0;
}

static int ast_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *fields = field_names(self), *key, *value;
    int result = fields ? set_positional(self, args, fields) : -1;
    Py_ssize_t pos = 0;
    while (result == 0 && kwargs && PyDict_Next(kwargs, &pos, &key, &value)) {
        int known = PySequence_Contains(fields, key);
        Py_ssize_t at = known > 0 ? PySequence_Index(fields, key) : -1;
        if (known < 0)
            result = -1;
        else if (at >= 0 && at < PyTuple_GET_SIZE(args)) {
            PyErr_Format(PyExc_TypeError, "%.400s got multiple values for argument '%U'",
                         _PyType_Name(Py_TYPE(self)), key);
            result = -1;
        }
        else
            result = PyObject_SetAttr(self, key, value);
    }
    Py_XDECREF(fields);
    return result;
}

static PyObject *ast_reduce(PyObject *self, PyObject *unused)
{
    PyObject *dict = ((AstObject *)self)->dict;
    return dict ? Py_BuildValue("O()O", Py_TYPE(self), dict) : Py_BuildValue("O()", Py_TYPE(self));
}

static PyMethodDef ast_methods[] = {{"__reduce__", ast_reduce, METH_NOARGS, NULL}, {NULL}};
static PyGetSetDef ast_getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict}, {NULL}};

PyTypeObject AST_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "ast.AST",
    .tp_basicsize = sizeof(AstObject),
    .tp_dealloc = ast_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = ast_traverse,
    .tp_clear = ast_clear,
    .tp_methods = ast_methods,
    .tp_getset = ast_getset,
    .tp_dictoffset = offsetof(AstObject, dict),
    .tp_init = ast_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_GC_Del,
};

/* ---- the other classes ---- */

/* A new tuple of n str. */
static PyObject *str_tuple(const char *const *texts, int n)
{
    PyObject *tuple = PyTuple_New(n);
    for (int i = 0; tuple && i < n; i++) {
        PyObject *text = PyUnicode_InternFromString(texts[i]);
        if (!text)
            Py_CLEAR(tuple);
        else
            PyTuple_SET_ITEM(tuple, i, text);
    }
    return tuple;
}

static PyObject *new_class(const char *name, PyObject *base, const char *const *fields, int n, const char *doc)
{
    PyObject *names = str_tuple(fields, n);
    PyObject *result = names ? PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){sOsOssss}", name, base, "_fields",
                                                     names, "__match_args__", names, "__module__", "ast", "__doc__",
                                                     doc) : NULL;
    Py_XDECREF(names);
    return result;
}

/* Sets cls._attributes, and None for the ones that may be left out. */
static int set_places(PyObject *cls, int placed)
{
    static const char *const names[] = {"lineno", "col_offset", "end_lineno", "end_col_offset"};
    PyObject *tuple = str_tuple(names, placed ? 4 : 0);
    int result = tuple ? PyObject_SetAttrString(cls, "_attributes", tuple) : -1;
    Py_XDECREF(tuple);
    if (result == 0 && placed)
        result = PyObject_SetAttrString(cls, names[2], Py_None) < 0 ? -1 : PyObject_SetAttrString(cls, names[3], Py_None);
    return result;
}

#define NAME_F(type, name) #name,
#define DOC_F(type, name) ", " #type " " #name
#define DOC_O(type, name) ", " #type "? " #name
#define DOC_S(type, name) ", " #type "* " #name
#define NONE_O(type, name) || PyObject_SetAttrString(cls, #name, Py_None) < 0
#define NOTHING(type, name)

/* "Name(expr a, expr* b)" from the name and ", expr a, expr* b"; room for the longest. */
static void signature(char *out, size_t size, const char *name, const char *fields)
{
    if (*fields)
        snprintf(out, size, "%s(%s)", name, fields + 2);
    else
        snprintf(out, size, "%s", name);
}

/* Appends " | Name(...)" to a sum's documentation. */
static void add_alternative(char *doc, size_t size, const char *sum, const char *text, int one_line)
{
    size_t used = strlen(doc);
    if (!used)
        snprintf(doc, size, "%s = %s", sum, text);
    else if (one_line)
        snprintf(doc + used, size - used, " | %s", text);
    else
        snprintf(doc + used, size - used, "\n%*s| %s", (int)strlen(sum) + 1, "", text);
}

#define SUM_DOC(sum, name) \
    signature(line, sizeof line, #name, "" AST_##name(DOC_F, DOC_O, DOC_S)); \
    add_alternative(doc, sizeof doc, #sum, line, 0);
#define MAKE_NODE(sum, name)                                                                \
    {                                                                                       \
        static const char *const fields[] = {AST_##name(NAME_F, NAME_F, NAME_F) NULL};      \
        signature(line, sizeof line, #name, "" AST_##name(DOC_F, DOC_O, DOC_S));            \
        PyObject *cls = state()->classes.name = new_class(#name, state()->classes.sum, fields,                \
                                                 (int)Py_ARRAY_LENGTH(fields) - 1, line);   \
        if (!cls AST_##name(NOTHING, NONE_O, NOTHING))                                      \
            return -1;                                                                      \
    }
#define MAKE_SUM(sum, LIST, placed)                                                         \
    static int make_##sum(void)                                                             \
    {                                                                                       \
        char doc[4096] = "", line[256];                                                     \
        LIST(SUM_DOC)                                                                       \
        state()->classes.sum = new_class(#sum, state()->classes.AST, NULL, 0, doc);                           \
        if (!state()->classes.sum || set_places(state()->classes.sum, placed) < 0)                            \
            return -1;                                                                      \
        LIST(MAKE_NODE)                                                                     \
        return 0;                                                                           \
    }
MAKE_SUM(mod, AST_MODS, 0)
MAKE_SUM(stmt, AST_STMTS, 1)
MAKE_SUM(expr, AST_EXPRS, 1)
MAKE_SUM(excepthandler, AST_EXCEPTHANDLERS, 1)
MAKE_SUM(pattern, AST_PATTERNS, 1)
MAKE_SUM(type_ignore, AST_TYPE_IGNORES, 0)

#define ITEM_DOC(sum, name) add_alternative(doc, sizeof doc, #sum, #name, 1);
#define MAKE_ITEM(sum, name)                                            \
    state()->classes.name = new_class(#name, state()->classes.sum, NULL, 0, #name);       \
    state()->items.name = state()->classes.name ? PyObject_CallNoArgs(state()->classes.name) : NULL; \
    if (!state()->items.name)                                                    \
        return -1;
#define MAKE_ITEMS(sum, LIST)                                           \
    static int make_##sum(void)                                         \
    {                                                                   \
        char doc[512] = "";                                             \
        LIST(ITEM_DOC)                                                  \
        state()->classes.sum = new_class(#sum, state()->classes.AST, NULL, 0, doc);       \
        if (!state()->classes.sum || set_places(state()->classes.sum, 0) < 0)             \
            return -1;                                                  \
        LIST(MAKE_ITEM)                                                 \
        return 0;                                                       \
    }
AST_ITEM_LISTS(MAKE_ITEMS)

#define MAKE_PRODUCT(name, placed)                                                          \
    static int make_##name(void)                                                            \
    {                                                                                       \
        static const char *const fields[] = {AST_##name(NAME_F, NAME_F, NAME_F) NULL};      \
        char line[256];                                                                     \
        signature(line, sizeof line, #name, "" AST_##name(DOC_F, DOC_O, DOC_S));            \
        PyObject *cls = state()->classes.name = new_class(#name, state()->classes.AST, fields,                \
                                                 (int)Py_ARRAY_LENGTH(fields) - 1, line);   \
        if (!cls || set_places(cls, placed) < 0 AST_##name(NOTHING, NONE_O, NOTHING))       \
            return -1;                                                                      \
        return 0;                                                                           \
    }
#define MAKE_PLACED(name) MAKE_PRODUCT(name, 1)
#define MAKE_BARE(name) MAKE_PRODUCT(name, 0)
AST_PRODUCTS_PLACED(MAKE_PLACED)
AST_PRODUCTS_BARE(MAKE_BARE)

static int make_base(void)
{
    static const char *const empty[] = {"_fields", "__match_args__", "_attributes"};
    PyObject *none = PyTuple_New(0), *module = PyUnicode_FromString("ast");
    state()->classes.AST = Py_NewRef(&AST_Type);
    int result = none && module && PyType_Ready(&AST_Type) == 0
        && PyDict_SetItemString(AST_Type.tp_dict, "__module__", module) == 0 ? 0 : -1;
    for (int i = 0; i < 3 && result == 0; i++)
        result = PyDict_SetItemString(AST_Type.tp_dict, empty[i], none);
    PyType_Modified(&AST_Type);
    Py_XDECREF(none);
    Py_XDECREF(module);
    return result;
}

static int make_classes(void)
{
#define MAKE(sum, LIST) || make_##sum() < 0
#define MAKE_P(name) || make_##name() < 0
    if (make_base() < 0 || make_mod() < 0 || make_stmt() < 0 || make_expr() < 0 || make_excepthandler() < 0
        || make_pattern() < 0 || make_type_ignore() < 0 AST_ITEM_LISTS(MAKE)
        AST_PRODUCTS_PLACED(MAKE_P) AST_PRODUCTS_BARE(MAKE_P))
        return -1;
    return 0;
}

int ast_types_init(void) { return 0; }

void ast_types_fini(void)
{
    struct ast_state *old = state();
    interp_current()->ast = NULL;
    for (size_t i = 0; old && i < sizeof *old / sizeof(PyObject *); i++)
        Py_XDECREF(((PyObject **)old)[i]);
    PyMem_Free(old);
}

const struct ast_classes *ast_classes(void)
{
    if (!state()) {
        if (!(interp_current()->ast = PyMem_Calloc(1, sizeof *state()))) {
            PyErr_NoMemory();
            return NULL;
        }
        if (make_classes() < 0) {
            ast_types_fini();
            return NULL;
        }
    }
    return &state()->classes;
}

const struct ast_items *ast_items(void) { return ast_classes() ? &state()->items : NULL; }

int ast_add_classes(PyObject *module)
{
    if (!ast_classes() || PyModule_AddObjectRef(module, "AST", state()->classes.AST) < 0)
        return -1;
#define ADD(sum, name) || PyModule_AddObjectRef(module, #name, state()->classes.name) < 0
#define ADD_SUM(sum, LIST) || PyModule_AddObjectRef(module, #sum, state()->classes.sum) < 0 LIST(ADD)
#define ADD_P(name) || PyModule_AddObjectRef(module, #name, state()->classes.name) < 0
    if (0 ADD_SUM(mod, AST_MODS) ADD_SUM(stmt, AST_STMTS) ADD_SUM(expr, AST_EXPRS) AST_ITEM_LISTS(ADD_SUM)
        ADD_SUM(excepthandler, AST_EXCEPTHANDLERS) ADD_SUM(pattern, AST_PATTERNS)
        ADD_SUM(type_ignore, AST_TYPE_IGNORES) AST_PRODUCTS_PLACED(ADD_P) AST_PRODUCTS_BARE(ADD_P))
        return -1;
    return 0;
}

void ast_types_roots(RootVisit visit, void *arg)
{
    for (PyInterpreterState *interp = _PyRuntime.interpreters; interp != NULL; interp = interp->next) {
        PyObject **classes = (PyObject **)interp->ast;
        for (size_t i = 0; classes != NULL && i < sizeof *interp->ast / sizeof *classes; i++)
            root_tell(visit, arg, classes[i], "class of module ast", -1);
    }
}
