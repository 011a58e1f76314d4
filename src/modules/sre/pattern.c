/* re.Pattern: matching, searching, replacing, splitting; and the scanner that finditer() runs. */
#include "modules/sre/sre.h"
#include "structmember.h"
#include "objects/hidden.h"

PyObject *sre_call(const char *function, PyObject *args)
{
    PyObject *result = NULL, *module = args ? PyImport_ImportModule("re") : NULL;
    PyObject *f = module ? PyObject_GetAttrString(module, function) : NULL;
    if (f)
        result = PyObject_CallObject(f, args);
    Py_XDECREF(f);
    Py_XDECREF(module);
    Py_XDECREF(args);
    return result;
}

static void pattern_dealloc(PyObject *self)
{
    Pattern *p = (Pattern *)self;
    if (p->weakreflist)
        PyObject_ClearWeakRefs(self);
    Py_XDECREF(p->pattern);
    Py_XDECREF(p->groupindex);
    Py_XDECREF(p->indexgroup);
    PyObject_Free(self);
}

HIDDEN_FIELDS(sre_pattern, pattern_dealloc, FIELD(Pattern, pattern), FIELD(Pattern, groupindex), FIELD(Pattern, indexgroup));

/* -- One match -- */

#define ARGUMENTS PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames

/* The parser of a method that takes (string, pos=0, endpos=sys.maxsize). */
#define RANGE_PARSER(name)                                                                                             \
    static const char *const keywords[] = {"string", "pos", "endpos", NULL};                                           \
    static _PyArg_Parser parser = {.keywords = keywords, .fname = name}

/* The arguments in the order of the parser's keywords, NULL for those not given; or NULL with an exception set. */
static PyObject *const *unpack(ARGUMENTS, _PyArg_Parser *parser, int min, int max, PyObject **buffer)
{
    if ((kwnames && PyTuple_GET_SIZE(kwnames)) || nargs < min || nargs > max)
        return _PyArg_UnpackKeywords(args, nargs, NULL, kwnames, parser, min, max, 0, buffer);
    for (int i = 0; i < max; i++)
        buffer[i] = i < nargs ? args[i] : NULL;
    return buffer;
}

/* The argument (NULL: not given) as a number in *value: 1, or 0 with an exception set. */
static int take_number(PyObject *o, Py_ssize_t *value)
{
    PyObject *index = o ? PyNumber_Index(o) : NULL;
    if (!index)
        return o == NULL;
    *value = PyLong_AsSsize_t(index);
    Py_DECREF(index);
    return *value != -1 || !PyErr_Occurred();
}

/* 1, or 0 with an exception set. */
static int parse_range(ARGUMENTS, _PyArg_Parser *parser, PyObject **string, Py_ssize_t *pos, Py_ssize_t *endpos)
{
    PyObject *buffer[3];
    *pos = 0;
    *endpos = PY_SSIZE_T_MAX;
    if (nargs == 1 && !kwnames) {
        *string = args[0];
        return 1;
    }
    args = unpack(args, nargs, kwnames, parser, 1, 3, buffer);
    if (!args)
        return 0;
    *string = args[0];
    return take_number(args[1], pos) && take_number(args[2], endpos);
}

enum how { MATCH, FULLMATCH, SEARCH };

static PyObject *run(PyObject *self, ARGUMENTS, enum how how, _PyArg_Parser *parser)
{
    Pattern *p = (Pattern *)self;
    PyObject *string;
    Py_ssize_t pos, endpos;
    State s;
    if (!parse_range(args, nargs, kwnames, parser, &string, &pos, &endpos) || state_init(&s, p, string, pos, endpos) < 0)
        return NULL;
    s.match_all = how == FULLMATCH;
    int status = how == SEARCH ? state_search(&s, p->code) : state_match(&s, p->code);
    PyObject *result = match_new(p, &s, status);
    state_fini(&s);
    return result;
}

static PyObject *pattern_match(PyObject *self, ARGUMENTS)
{
    RANGE_PARSER("match");
    return run(self, args, nargs, kwnames, MATCH, &parser);
}
static PyObject *pattern_fullmatch(PyObject *self, ARGUMENTS)
{
    RANGE_PARSER("fullmatch");
    return run(self, args, nargs, kwnames, FULLMATCH, &parser);
}
static PyObject *pattern_search(PyObject *self, ARGUMENTS)
{
    RANGE_PARSER("search");
    return run(self, args, nargs, kwnames, SEARCH, &parser);
}

/* -- All matches -- */

#define INDEX(s, p) (((const char *)(p) - (const char *)(s)->beginning) / (s)->kind)

static PyObject *slice_at(State *s, const void *from, const void *to)
{
    return slice_of(s->isbytes, s->beginning, s->string, INDEX(s, from), INDEX(s, to));
}

/* The next match: after it, an empty one at the same place is not wanted. */
static int next_match(State *s, Pattern *p)
{
    state_reset(s);
    s->ptr = s->start;
    return state_search(s, p->code);
}

static void go_on(State *s)
{
    s->must_advance = s->ptr == s->start;
    s->start = s->ptr;
}

/* Appends and drops item (NULL: an exception is set); 0 or -1. */
static int append(PyObject *list, PyObject *item)
{
    int status = item ? PyList_Append(list, item) : -1;
    Py_XDECREF(item);
    return status;
}

/* What findall() gives for a match. */
static PyObject *found(State *s, Pattern *p, PyObject *empty)
{
    if (p->groups == 0)
        return slice_at(s, s->start, s->ptr);
    if (p->groups == 1)
        return state_group(s, 0, empty);
    PyObject *item = PyTuple_New(p->groups);
    for (Py_ssize_t i = 0; item && i < p->groups; i++) {
        PyObject *group = state_group(s, i, empty);
        if (!group)
            Py_CLEAR(item);
        else
            PyTuple_SET_ITEM(item, i, group);
    }
    return item;
}

static PyObject *pattern_findall(PyObject *self, ARGUMENTS)
{
    RANGE_PARSER("findall");
    Pattern *p = (Pattern *)self;
    PyObject *string;
    Py_ssize_t pos, endpos;
    State s;
    if (!parse_range(args, nargs, kwnames, &parser, &string, &pos, &endpos) || state_init(&s, p, string, pos, endpos) < 0)
        return NULL;
    PyObject *list = PyList_New(0), *empty = slice_of(s.isbytes, s.beginning, string, 0, 0);
    int status = list && empty ? 1 : -1;
    while (status > 0 && s.start <= s.end && (status = next_match(&s, p)) > 0) {
        if (append(list, found(&s, p, empty)) < 0)
            status = -1;
        go_on(&s);
    }
    if (status < 0)
        Py_CLEAR(list);
    Py_XDECREF(empty);
    state_fini(&s);
    return list;
}

static PyObject *pattern_split(PyObject *self, ARGUMENTS)
{
    static const char *const keywords[] = {"string", "maxsplit", NULL};
    static _PyArg_Parser parser = {.keywords = keywords, .fname = "split"};
    Pattern *p = (Pattern *)self;
    PyObject *buffer[2];
    Py_ssize_t most = 0, n = 0;
    State s;
    args = unpack(args, nargs, kwnames, &parser, 1, 2, buffer);
    if (!args || !take_number(args[1], &most) || state_init(&s, p, args[0], 0, PY_SSIZE_T_MAX) < 0)
        return NULL;
    PyObject *list = PyList_New(0);
    const void *last = s.start;
    int status = list ? 1 : -1;
    while (status > 0 && (!most || n < most) && (status = next_match(&s, p)) > 0) {
        if (append(list, slice_at(&s, last, s.start)) < 0)
            status = -1;
        for (Py_ssize_t i = 0; status > 0 && i < p->groups; i++)
            if (append(list, state_group(&s, i, Py_None)) < 0)
                status = -1;
        n++;
        last = s.ptr;
        go_on(&s);
    }
    if (status < 0 || append(list, slice_at(&s, last, s.end)) < 0)
        Py_CLEAR(list);
    state_fini(&s);
    return list;
}

/* -- Replacing -- */

/* Whether a template has no backslash and so stands for itself: 1 or 0. */
static int is_literal(PyObject *template)
{
    if (PyUnicode_Check(template))
        return PyUnicode_FindChar(template, '\\', 0, PyUnicode_GET_LENGTH(template), 1) == -1;
    Py_buffer view;
    if (PyObject_GetBuffer(template, &view, PyBUF_SIMPLE) < 0) {
        PyErr_Clear();
        return 0;
    }
    int literal = memchr(view.buf, '\\', view.len) == NULL;
    PyBuffer_Release(&view);
    return literal;
}

/* The replacement for the match at hand: new reference. */
static PyObject *replacement(State *s, Pattern *p, PyObject *filter, int callable)
{
    if (!callable)
        return Py_NewRef(filter);
    PyObject *match = match_new(p, s, 1);
    PyObject *item = match ? PyObject_CallOneArg(filter, match) : NULL;
    Py_XDECREF(match);
    return item;
}

static PyObject *join(State *s, PyObject *string, PyObject *list)
{
    PyObject *empty = slice_of(s->isbytes, s->beginning, string, 0, 0), *result = NULL;
    if (empty && PyList_GET_SIZE(list) == 0)
        return empty;
    if (empty)
        result = s->isbytes ? _PyBytes_Join(empty, list) : PyUnicode_Join(empty, list);
    Py_XDECREF(empty);
    return result;
}

/* The new string, or with counted (new string, number of replacements). */
static PyObject *substitute(PyObject *self, ARGUMENTS, int counted, _PyArg_Parser *parser)
{
    Pattern *p = (Pattern *)self;
    PyObject *buffer[3], *filter, *result = NULL;
    Py_ssize_t most = 0, n = 0;
    State s;
    args = unpack(args, nargs, kwnames, parser, 2, 3, buffer);
    if (!args || !take_number(args[2], &most))
        return NULL;
    PyObject *repl = args[0], *string = args[1];
    int callable = PyCallable_Check(repl);
    if (callable || is_literal(repl))
        filter = Py_NewRef(repl);
    else {
        filter = sre_call("_subx", PyTuple_Pack(2, self, repl));
        if (!filter)
            return NULL;
        callable = PyCallable_Check(filter);
    }
    if (state_init(&s, p, string, 0, PY_SSIZE_T_MAX) < 0) {
        Py_DECREF(filter);
        return NULL;
    }
    PyObject *list = PyList_New(0);
    const void *last = s.start;
    int status = list ? 1 : -1;
    while (status > 0 && (!most || n < most) && (status = next_match(&s, p)) > 0) {
        if (last < s.start && append(list, slice_at(&s, last, s.start)) < 0)
            status = -1;
        PyObject *item = status > 0 ? replacement(&s, p, filter, callable) : NULL;
        if (!item || (item != Py_None && PyList_Append(list, item) < 0))
            status = -1;
        Py_XDECREF(item);
        n++;
        last = s.ptr;
        go_on(&s);
    }
    if (status >= 0 && (last >= s.end || append(list, slice_at(&s, last, s.end)) == 0))
        result = join(&s, string, list);
    state_fini(&s);
    Py_DECREF(filter);
    Py_XDECREF(list);
    return counted && result ? Py_BuildValue("(Nn)", result, n) : result;
}

static const char *const substitute_keywords[] = {"repl", "string", "count", NULL};
static PyObject *pattern_sub(PyObject *self, ARGUMENTS)
{
    static _PyArg_Parser parser = {.keywords = substitute_keywords, .fname = "sub"};
    return substitute(self, args, nargs, kwnames, 0, &parser);
}
static PyObject *pattern_subn(PyObject *self, ARGUMENTS)
{
    static _PyArg_Parser parser = {.keywords = substitute_keywords, .fname = "subn"};
    return substitute(self, args, nargs, kwnames, 1, &parser);
}

/* -- Scanner: one match after the other -- */

typedef struct {
    PyObject_HEAD
    Pattern *pattern;
    State state;
    int done, running;
} Scanner;

static void scanner_dealloc(PyObject *self)
{
    state_fini(&((Scanner *)self)->state);
    Py_DECREF(((Scanner *)self)->pattern);
    PyObject_Free(self);
}

HIDDEN_FIELDS(sre_scanner, scanner_dealloc, FIELD(Scanner, pattern), FIELD(Scanner, state.string), FIELD(Scanner, state.buffer.obj));

static PyObject *scan(PyObject *self, int search)
{
    Scanner *c = (Scanner *)self;
    State *s = &c->state;
    if (c->done || s->start > s->end)
        Py_RETURN_NONE;
    if (c->running) {
        PyErr_SetString(PyExc_ValueError, "regular expression scanner already executing");
        return NULL;
    }
    c->running = 1;
    state_reset(s);
    s->ptr = s->start;
    int status = search ? state_search(s, c->pattern->code) : state_match(s, c->pattern->code);
    PyObject *match = match_new(c->pattern, s, status);
    if (status == 0)
        c->done = 1;
    else if (status > 0)
        go_on(s);
    c->running = 0;
    return match;
}
static PyObject *scanner_match(PyObject *self, PyObject *Py_UNUSED(ignored)) { return scan(self, 0); }
static PyObject *scanner_search(PyObject *self, PyObject *Py_UNUSED(ignored)) { return scan(self, 1); }

static PyMethodDef scanner_methods[] = {{"match", scanner_match, METH_NOARGS, "match($self, /)\n--\n\n"},
                                        {"search", scanner_search, METH_NOARGS, "search($self, /)\n--\n\n"},
                                        {NULL}};
static PyMemberDef scanner_members[] = {{"pattern", T_OBJECT, offsetof(Scanner, pattern), READONLY, NULL}, {NULL}};

PyTypeObject Scanner_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "_sre.SRE_Scanner",
    .tp_basicsize = sizeof(Scanner),
    .tp_dealloc = scanner_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = scanner_methods,
    .tp_members = scanner_members,
};

static PyObject *make_scanner(PyObject *self, ARGUMENTS, _PyArg_Parser *parser)
{
    PyObject *string;
    Py_ssize_t pos, endpos;
    State state;
    if (!parse_range(args, nargs, kwnames, parser, &string, &pos, &endpos) ||
        state_init(&state, (Pattern *)self, string, pos, endpos) < 0)
        return NULL;
    Scanner *c = PyObject_New(Scanner, &Scanner_Type);
    if (!c) {
        state_fini(&state);
        return NULL;
    }
    c->pattern = (Pattern *)Py_NewRef(self);
    c->state = state;
    c->done = c->running = 0;
    return (PyObject *)c;
}

static PyObject *pattern_scanner(PyObject *self, ARGUMENTS)
{
    RANGE_PARSER("scanner");
    return make_scanner(self, args, nargs, kwnames, &parser);
}

static PyObject *pattern_finditer(PyObject *self, ARGUMENTS)
{
    RANGE_PARSER("finditer");
    PyObject *scanner = make_scanner(self, args, nargs, kwnames, &parser);
    PyObject *search = scanner ? PyObject_GetAttrString(scanner, "search") : NULL;
    PyObject *iterator = search ? PyCallIter_New(search, Py_None) : NULL;
    Py_XDECREF(scanner);
    Py_XDECREF(search);
    return iterator;
}

/* -- The object -- */

static PyObject *flags_text(int flags)
{
    static const char *const names[] = {"re.TEMPLATE", "re.IGNORECASE", "re.LOCALE",  "re.MULTILINE", "re.DOTALL",
                                        "re.UNICODE",  "re.VERBOSE",    "re.DEBUG",   "re.ASCII"};
    PyObject *text = PyUnicode_FromString("");
    for (int i = 0; text && i < 9; i++)
        if (flags & (1 << i)) {
            Py_SETREF(text, PyUnicode_FromFormat("%U%s%s", text, PyUnicode_GET_LENGTH(text) ? "|" : "", names[i]));
            flags &= ~(1 << i);
        }
    if (text && flags)
        Py_SETREF(text, PyUnicode_FromFormat("%U%s0x%x", text, PyUnicode_GET_LENGTH(text) ? "|" : "", flags));
    return text;
}

static PyObject *pattern_repr(PyObject *self)
{
    Pattern *p = (Pattern *)self;
    int flags = p->flags;
    if (p->isbytes == 0 && (flags & (FLAG_LOCALE | FLAG_UNICODE | FLAG_ASCII)) == FLAG_UNICODE)
        flags &= ~FLAG_UNICODE; /* the default */
    if (!flags)
        return PyUnicode_FromFormat("re.compile(%.200R)", p->pattern);
    PyObject *text = flags_text(flags);
    PyObject *result = text ? PyUnicode_FromFormat("re.compile(%.200R, %S)", p->pattern, text) : NULL;
    Py_XDECREF(text);
    return result;
}

static Py_hash_t pattern_hash(PyObject *self)
{
    Pattern *p = (Pattern *)self;
    Py_hash_t a = PyObject_Hash(p->pattern);
    if (a == -1)
        return -1;
    Py_hash_t h = a ^ _Py_HashBytes(p->code, sizeof(Code) * p->codesize) ^ p->flags ^ p->isbytes ^ p->codesize;
    return h == -1 ? -2 : h;
}

static PyObject *pattern_compare(PyObject *left, PyObject *right, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !Py_IS_TYPE(left, &Pattern_Type) || !Py_IS_TYPE(right, &Pattern_Type))
        Py_RETURN_NOTIMPLEMENTED;
    Pattern *a = (Pattern *)left, *b = (Pattern *)right;
    int same = a == b;
    if (!same && a->flags == b->flags && a->isbytes == b->isbytes && a->codesize == b->codesize &&
        memcmp(a->code, b->code, sizeof(Code) * a->codesize) == 0) {
        same = PyObject_RichCompareBool(a->pattern, b->pattern, Py_EQ);
        if (same < 0)
            return NULL;
    }
    return PyBool_FromLong(same == (op == Py_EQ));
}

static PyObject *pattern_self(PyObject *self, PyObject *ignored) { return Py_NewRef(self); }
static PyObject *pattern_get_groupindex(PyObject *self, void *closure)
{
    return PyDictProxy_New(((Pattern *)self)->groupindex);
}

#define KW(name, signature, doc) \
    {#name, (PyCFunction)(void (*)(void))pattern_##name, METH_FASTCALL | METH_KEYWORDS, #name signature "\n--\n\n" doc}
#define RANGE "($self, /, string, pos=0, endpos=sys.maxsize)"
static PyMethodDef pattern_methods[] = {
    KW(match, RANGE, "A match at the beginning of the string, or None."),
    KW(fullmatch, RANGE, "A match of all of the string, or None."),
    KW(search, RANGE, "The first match anywhere in the string, or None."),
    KW(findall, RANGE, "All matches that do not overlap, as a list of str (or of tuples of groups)."),
    KW(finditer, RANGE, "An iterator over all matches that do not overlap."),
    KW(scanner, RANGE, ""),
    KW(split, "($self, /, string, maxsplit=0)", "The parts of the string between matches, and the groups."),
    KW(sub, "($self, /, repl, string, count=0)", "The string with matches replaced."),
    KW(subn, "($self, /, repl, string, count=0)", "(the string with matches replaced, how many)."),
    {"__copy__", pattern_self, METH_NOARGS, "__copy__($self, /)\n--\n\n"},
    {"__deepcopy__", pattern_self, METH_O, "__deepcopy__($self, memo, /)\n--\n\n"},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "See PEP 585."},
    {NULL}};
static PyGetSetDef pattern_getset[] = {{"groupindex", pattern_get_groupindex, NULL, "group names and their numbers"}, {NULL}};
static PyMemberDef pattern_members[] = {
    {"pattern", T_OBJECT, offsetof(Pattern, pattern), READONLY, "what it was compiled from"},
    {"flags", T_INT, offsetof(Pattern, flags), READONLY, "how it matches"},
    {"groups", T_PYSSIZET, offsetof(Pattern, groups), READONLY, "number of groups"},
    {NULL}};

PyTypeObject Pattern_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "re.Pattern",
    .tp_basicsize = offsetof(Pattern, code),
    .tp_itemsize = sizeof(Code),
    .tp_dealloc = pattern_dealloc,
    .tp_repr = pattern_repr,
    .tp_hash = pattern_hash,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "A compiled regular expression.",
    .tp_richcompare = pattern_compare,
    .tp_weaklistoffset = offsetof(Pattern, weakreflist),
    .tp_methods = pattern_methods,
    .tp_members = pattern_members,
    .tp_getset = pattern_getset,
};
