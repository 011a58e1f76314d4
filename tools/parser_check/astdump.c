/* An extension module for the installed python3.11 that parses with this project's parser, so that trees and errors can be compared:
 * dump(source: bytes, filename: str, mode: int, flags: int) -> str. */
#define PY_SSIZE_T_CLEAN
#include "syntax/parser.h"

typedef struct { char *s; size_t n, room; } Out;

static void put(Out *o, const char *s)
{
    size_t n = strlen(s);
    if (o->n + n + 1 > o->room) {
        o->room = (o->n + n + 1) * 2;
        o->s = realloc(o->s, o->room);
    }
    memcpy(o->s + o->n, s, n + 1);
    o->n += n;
}
static void put_int(Out *o, int i) { char b[32]; snprintf(b, sizeof b, "%d", i); put(o, b); }
static void put_object(Out *o, PyObject *x)
{
    PyObject *r = x ? PyObject_Repr(x) : NULL;
    PyObject *b = r ? PyUnicode_AsEncodedString(r, "utf-8", "backslashreplace") : NULL;
    put(o, x == NULL ? "-" : b ? PyBytes_AS_STRING(b) : "?");
    Py_XDECREF(r); Py_XDECREF(b); PyErr_Clear();
}
#define DECL(n) static void dump_##n(Out *o, n##_ty x);
DECL(expr) DECL(stmt) DECL(excepthandler) DECL(pattern) DECL(comprehension) DECL(arguments) DECL(arg) DECL(keyword) DECL(alias)
DECL(withitem) DECL(match_case) DECL(type_ignore) DECL(mod)
static void dump_identifier(Out *o, PyObject *x) { put_object(o, x); }
#define dump_string dump_identifier
#define dump_constant dump_identifier
static void dump_int(Out *o, int i) { put_int(o, i); }
#define ITEM(sum, name) #name,
static const char *ctx_names[] = {"", AST_EXPR_CONTEXTS(ITEM)}, *boolop_names[] = {"", AST_BOOLOPS(ITEM)},
    *operator_names[] = {"", AST_OPERATORS(ITEM)}, *unaryop_names[] = {"", AST_UNARYOPS(ITEM)}, *cmpop_names[] = {"", AST_CMPOPS(ITEM)};
static void dump_expr_context(Out *o, int i) { put(o, ctx_names[i]); }
static void dump_boolop(Out *o, int i) { put(o, boolop_names[i]); }
static void dump_operator(Out *o, int i) { put(o, operator_names[i]); }
static void dump_unaryop(Out *o, int i) { put(o, unaryop_names[i]); }
#define SEQ_DUMP(n) static void seq_##n(Out *o, asdl_seq *s) { put(o, "["); for (Py_ssize_t i = 0; i < asdl_len(s); i++) { if (i) put(o, ","); dump_##n(o, asdl_get(s, i)); } put(o, "]"); }
SEQ_DUMP(expr) SEQ_DUMP(stmt) SEQ_DUMP(excepthandler) SEQ_DUMP(pattern) SEQ_DUMP(comprehension) SEQ_DUMP(arg) SEQ_DUMP(keyword)
SEQ_DUMP(alias) SEQ_DUMP(withitem) SEQ_DUMP(match_case) SEQ_DUMP(identifier) SEQ_DUMP(type_ignore)
static void seq_cmpop(Out *o, asdl_seq *s) { put(o, "["); for (Py_ssize_t i = 0; i < asdl_len(s); i++) { if (i) put(o, ","); put(o, cmpop_names[asdl_get_int(s, i)]); } put(o, "]"); }
static void place(Out *o, int a, int b, int c, int d) { char t[80]; snprintf(t, sizeof t, "@%d,%d,%d,%d", a, b, c, d); put(o, t); }
#define FIELD(type, name) dump_##type(o, into->name); put(o, ";");
#define SEQ(type, name) seq_##type(o, into->name); put(o, ";");
#define CASE(sum, name) case name##_kind: { __auto_type into = &x->v.name; (void)into; put(o, #name "("); AST_##name(FIELD, FIELD, SEQ) put(o, ")"); break; }
#define PLACE place(o, x->lineno, x->col_offset, x->end_lineno, x->end_col_offset)
#define SUM(n, LIST, tail) static void dump_##n(Out *o, n##_ty x) { if (!x) { put(o, "-"); return; } switch ((int)x->kind) { LIST(CASE) } tail; }
SUM(mod, AST_MODS, ) SUM(stmt, AST_STMTS, PLACE) SUM(expr, AST_EXPRS, PLACE) SUM(excepthandler, AST_EXCEPTHANDLERS, PLACE)
SUM(pattern, AST_PATTERNS, PLACE) SUM(type_ignore, AST_TYPE_IGNORES, )
#define PROD(n) static void dump_##n(Out *o, n##_ty into) { if (!into) { put(o, "-"); return; } put(o, #n "("); AST_##n(FIELD, FIELD, SEQ) put(o, ")"); }
AST_PRODUCTS_BARE(PROD)
#undef PROD
#define PROD(n) static void dump_##n(Out *o, n##_ty into) { if (!into) { put(o, "-"); return; } n##_ty x = into; put(o, #n "("); AST_##n(FIELD, FIELD, SEQ) put(o, ")"); PLACE; }
AST_PRODUCTS_PLACED(PROD)

static PyObject *dump(PyObject *self, PyObject *args)
{
    const char *s; Py_ssize_t n; PyObject *filename; int mode, flags;
    if (!PyArg_ParseTuple(args, "y#Uii", &s, &n, &filename, &mode, &flags)) return NULL;
    PyCompilerFlags cf = {flags, 11};
    AstArena *arena = ast_arena_new();
    mod_ty m = parse_source(s, n, filename, mode, &cf, arena);
    PyObject *r = NULL;
    if (m) {
        Out o = {0};
        dump_mod(&o, m);
        r = PyUnicode_DecodeUTF8(o.s, o.n, "replace");
        free(o.s);
    }
    else if (!PyErr_Occurred()) PyErr_SetString(PyExc_SystemError, "no tree, no exception");
    ast_arena_free(arena);
    return r;
}
static PyMethodDef methods[] = {{"dump", dump, METH_VARARGS, NULL}, {NULL}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "astdump", NULL, -1, methods};
PyMODINIT_FUNC PyInit_astdump(void) { return PyModule_Create(&def); }
