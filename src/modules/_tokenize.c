/* _tokenize: the tokens of a text as the lexer sees them, one tuple each. */
#include "Python.h"
#include "syntax/lexer.h"
#include "objects/hidden.h"

typedef struct {
    PyObject_HEAD PyObject *filename;
    char *text;
    const char *scanned;    /* up to here line_start is known */
    const char *line_start; /* of the line that is reported: joined lines are one */
    Lexer lexer;
} TokenizerObject;

static PyObject *tokenizer_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"source", NULL};
    PyObject *argument;
    Py_ssize_t given;
    size_t size;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:tokenizeriter", keywords, &argument))
        return NULL;
    if (!PyUnicode_Check(argument)) {
        _PyArg_BadArgument("tokenizeriter", "argument 'source'", "str", argument);
        return NULL;
    }
    const char *source = PyUnicode_AsUTF8AndSize(argument, &given);
    if (source == NULL)
        return NULL;
    if (strlen(source) != (size_t)given) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return NULL;
    }
    TokenizerObject *self = (TokenizerObject *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->filename = PyUnicode_FromString("<string>");
    if (self->filename)
        self->text = source_decode(source, (size_t)given, self->filename, 1, 1, &size);
    if (self->text == NULL) {
        Py_DECREF(self);
        return NULL;
    }
    lexer_init(&self->lexer, self->text, size, self->filename);
    self->scanned = self->line_start = self->text;
    return (PyObject *)self;
}

static void tokenizer_dealloc(PyObject *o)
{
    TokenizerObject *self = (TokenizerObject *)o;
    PyTypeObject *type = Py_TYPE(o);
    Py_XDECREF(self->filename);
    PyMem_Free(self->text);
    type->tp_free(o);
    Py_DECREF(type);
}

HIDDEN_FIELDS(tokenizer, tokenizer_dealloc, FIELD(TokenizerObject, filename));

/* Finds the start of the reported line in what lies before a token: a backslash joins lines, newlines inside tokens
 * (which are not seen here) do too. */
static void pass_gap(TokenizerObject *self, const char *end)
{
    int comment = 0;
    for (const char *p = self->scanned; p < end; p++) {
        if (*p == '#')
            comment = 1;
        else if (*p == '\n') {
            if (comment || p == self->text || p[-1] != '\\')
                self->line_start = p + 1;
            comment = 0;
        }
    }
}

/* What the lexer leaves to its user ends the iteration without an error. */
static PyObject *tokenizer_next(PyObject *o)
{
    TokenizerObject *self = (TokenizerObject *)o;
    Token t;
    lexer_next(&self->lexer, &t);
    if (t.type == T_ERRORTOKEN || t.type == T_ENDMARKER) {
        if (!PyErr_Occurred() && self->lexer.done == LEX_DECODE)
            PyErr_NoMemory();
        return NULL;
    }
    const char *start = t.start ? t.start : self->lexer.cur;
    if (start < self->lexer.end)
        pass_gap(self, start);
    self->scanned = t.end ? t.end : start;
    const char *stop = strchr(self->scanned, '\n');
    stop = stop ? stop + 1 : self->lexer.end;
    PyObject *line = PyUnicode_DecodeUTF8(self->line_start, stop - self->line_start, "replace");
    PyObject *text = t.start ? PyUnicode_FromStringAndSize(t.start, t.end - t.start) : PyUnicode_New(0, 0);
    return Py_BuildValue("(NiiiiiN)", text, t.type, t.lineno, t.end_lineno, t.col_offset, t.end_col_offset, line);
}

static PyType_Slot type_slots[] = {
    {Py_tp_new, tokenizer_new},      {Py_tp_dealloc, tokenizer_dealloc}, {Py_tp_getattro, PyObject_GenericGetAttr},
    {Py_tp_iter, PyObject_SelfIter}, {Py_tp_iternext, tokenizer_next},   {0, NULL}};
static PyType_Spec spec = {"_tokenize.TokenizerIter", sizeof(TokenizerObject), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, type_slots};

static int tokenize_exec(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    int result = type ? PyModule_AddObjectRef(module, "TokenizerIter", type) : -1;
    Py_XDECREF(type);
    return result;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, tokenize_exec}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_tokenize", NULL, 0, NULL, slots};

PyMODINIT_FUNC PyInit__tokenize(void) { return PyModuleDef_Init(&definition); }
