/* re.Match */
#include "modules/sre/sre.h"
#include "structmember.h"
#include "objects/hidden.h"

typedef struct {
    PyObject_VAR_HEAD
    PyObject *string, *regs; /* regs: NULL until asked for */
    Pattern *pattern;
    Py_ssize_t pos, endpos, lastindex, groups; /* groups: with group 0 */
    Py_ssize_t mark[1]; /* start and end of each group, -1: did not match */
} Match;

PyObject *match_new(Pattern *pattern, State *s, int status)
{
    if (status < 0)
        return NULL;
    if (status == 0)
        Py_RETURN_NONE;
    Match *m = PyObject_NewVar(Match, &Match_Type, 2 * (pattern->groups + 1));
    if (!m)
        return NULL;
    const char *base = s->beginning;
    m->pattern = (Pattern *)Py_NewRef(pattern);
    m->string = Py_NewRef(s->string);
    m->regs = NULL;
    m->groups = pattern->groups + 1;
    m->mark[0] = ((const char *)s->start - base) / s->kind;
    m->mark[1] = ((const char *)s->ptr - base) / s->kind;
    for (Py_ssize_t i = 0; i < pattern->groups; i++) {
        int matched = i * 2 + 1 <= s->lastmark && s->marks[i * 2] && s->marks[i * 2 + 1];
        for (int k = 0; k < 2; k++)
            m->mark[(i + 1) * 2 + k] = matched ? ((const char *)s->marks[i * 2 + k] - base) / s->kind : -1;
    }
    m->pos = s->pos;
    m->endpos = s->endpos;
    m->lastindex = s->lastindex;
    return (PyObject *)m;
}

static void match_dealloc(PyObject *self)
{
    Match *m = (Match *)self;
    Py_XDECREF(m->regs);
    Py_XDECREF(m->string);
    Py_DECREF(m->pattern);
    PyObject_Free(self);
}

HIDDEN_FIELDS(sre_match, match_dealloc, FIELD(Match, regs), FIELD(Match, string), FIELD(Match, pattern));

/* -- Groups -- */

/* Group number i: new reference; otherwise if it did not match. */
static PyObject *group_at(Match *m, Py_ssize_t i, PyObject *otherwise)
{
    Py_ssize_t start = m->mark[i * 2], end = m->mark[i * 2 + 1];
    if (start < 0)
        return Py_NewRef(otherwise);
    if (PyUnicode_Check(m->string)) {
        Py_ssize_t n = PyUnicode_GET_LENGTH(m->string);
        return PyUnicode_Substring(m->string, Py_MIN(start, n), Py_MIN(end, n));
    }
    Py_buffer view; /* the string may have changed since */
    if (PyObject_GetBuffer(m->string, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    start = Py_MIN(start, view.len);
    PyObject *result = slice_of(1, view.buf, m->string, start, Py_MIN(end, view.len));
    PyBuffer_Release(&view);
    return result;
}

/* Number of a group given by number or name; -1 with IndexError. */
static Py_ssize_t group_number(Match *m, PyObject *index)
{
    Py_ssize_t i = -1;
    if (!index)
        return 0;
    if (PyIndex_Check(index))
        i = PyNumber_AsSsize_t(index, NULL);
    else {
        PyObject *number = PyDict_GetItemWithError(m->pattern->groupindex, index);
        if (number && PyLong_Check(number))
            i = PyLong_AsSsize_t(number);
    }
    if (i < 0 || i >= m->groups) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_IndexError, "no such group");
        return -1;
    }
    return i;
}

static PyObject *group_by(Match *m, PyObject *index)
{
    Py_ssize_t i = group_number(m, index);
    return i < 0 ? NULL : group_at(m, i, Py_None);
}

static PyObject *match_subscript(PyObject *self, PyObject *index) { return group_by((Match *)self, index); }

static PyObject *match_group(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (n <= 1)
        return group_by((Match *)self, n ? args[0] : NULL);
    PyObject *result = PyTuple_New(n);
    for (Py_ssize_t i = 0; result && i < n; i++) {
        PyObject *item = group_by((Match *)self, args[i]);
        if (!item)
            Py_CLEAR(result);
        else
            PyTuple_SET_ITEM(result, i, item);
    }
    return result;
}

static PyObject *match_groups(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const keywords[] = {"default", NULL};
    static _PyArg_Parser parser = {.keywords = keywords, .fname = "groups"};
    Match *m = (Match *)self;
    PyObject *otherwise = Py_None;
    if (nargs || (kwnames && PyTuple_GET_SIZE(kwnames))) {
        PyObject *buffer[1];
        args = _PyArg_UnpackKeywords(args, nargs, NULL, kwnames, &parser, 0, 1, 0, buffer);
        if (!args)
            return NULL;
        otherwise = args[0];
    }
    PyObject *result = PyTuple_New(m->groups - 1);
    for (Py_ssize_t i = 1; result && i < m->groups; i++) {
        PyObject *item = group_at(m, i, otherwise);
        if (!item)
            Py_CLEAR(result);
        else
            PyTuple_SET_ITEM(result, i - 1, item);
    }
    return result;
}

static PyObject *match_groupdict(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const keywords[] = {"default", NULL};
    static _PyArg_Parser parser = {.keywords = keywords, .fname = "groupdict"};
    Match *m = (Match *)self;
    PyObject *otherwise = Py_None, *name, *number;
    if (nargs || (kwnames && PyTuple_GET_SIZE(kwnames))) {
        PyObject *buffer[1];
        args = _PyArg_UnpackKeywords(args, nargs, NULL, kwnames, &parser, 0, 1, 0, buffer);
        if (!args)
            return NULL;
        otherwise = args[0];
    }
    PyObject *result = PyDict_New();
    Py_ssize_t pos = 0;
    while (result && PyDict_Next(m->pattern->groupindex, &pos, &name, &number)) {
        Py_ssize_t i = group_number(m, number);
        PyObject *value = i < 0 ? NULL : group_at(m, i, otherwise);
        if (!value || PyDict_SetItem(result, name, value) < 0)
            Py_CLEAR(result);
        Py_XDECREF(value);
    }
    return result;
}

/* -- Positions -- */

static int optional_group(PyObject *self, PyObject *const *args, Py_ssize_t n, const char *function, Py_ssize_t *i)
{
    if (!_PyArg_CheckPositional(function, n, 0, 1))
        return 0;
    *i = group_number((Match *)self, n ? args[0] : NULL);
    return *i >= 0;
}

static PyObject *match_start(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    Py_ssize_t i;
    return optional_group(self, args, n, "start", &i) ? PyLong_FromSsize_t(((Match *)self)->mark[i * 2]) : NULL;
}

static PyObject *match_end(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    Py_ssize_t i;
    return optional_group(self, args, n, "end", &i) ? PyLong_FromSsize_t(((Match *)self)->mark[i * 2 + 1]) : NULL;
}

static PyObject *span_at(Match *m, Py_ssize_t i) { return Py_BuildValue("(nn)", m->mark[i * 2], m->mark[i * 2 + 1]); }

static PyObject *match_span(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    Py_ssize_t i;
    return optional_group(self, args, n, "span", &i) ? span_at((Match *)self, i) : NULL;
}

static PyObject *match_get_regs(PyObject *self, void *closure)
{
    Match *m = (Match *)self;
    if (m->regs)
        return Py_NewRef(m->regs);
    PyObject *regs = PyTuple_New(m->groups);
    for (Py_ssize_t i = 0; regs && i < m->groups; i++) {
        PyObject *span = span_at(m, i);
        if (!span)
            Py_CLEAR(regs);
        else
            PyTuple_SET_ITEM(regs, i, span);
    }
    return Py_XNewRef(m->regs = regs);
}

static PyObject *match_get_lastindex(PyObject *self, void *closure)
{
    Py_ssize_t i = ((Match *)self)->lastindex;
    if (i >= 0)
        return PyLong_FromSsize_t(i);
    Py_RETURN_NONE;
}

static PyObject *match_get_lastgroup(PyObject *self, void *closure)
{
    Match *m = (Match *)self;
    PyObject *names = m->pattern->indexgroup;
    if (m->lastindex >= 0 && m->lastindex < PyTuple_GET_SIZE(names))
        return Py_NewRef(PyTuple_GET_ITEM(names, m->lastindex));
    Py_RETURN_NONE;
}

/* -- The rest -- */

static PyObject *match_expand(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"template", NULL};
    PyObject *template;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:expand", keywords, &template))
        return NULL;
    return sre_call("_expand", PyTuple_Pack(3, ((Match *)self)->pattern, self, template));
}

static PyObject *match_repr(PyObject *self)
{
    Match *m = (Match *)self;
    PyObject *text = group_at(m, 0, Py_None);
    if (!text)
        return NULL;
    PyObject *result = PyUnicode_FromFormat("<%s object; span=(%zd, %zd), match=%.50R>", Py_TYPE(self)->tp_name, m->mark[0],
                                            m->mark[1], text);
    Py_DECREF(text);
    return result;
}

static PyObject *match_self(PyObject *self, PyObject *ignored) { return Py_NewRef(self); }

static PyMethodDef match_methods[] = {
    {"group", (PyCFunction)(void (*)(void))match_group, METH_FASTCALL,
     "group([group1, ...]) -> str or tuple.\n\nWhat groups matched, given by number or name; 0, the default, is the whole match."},
    {"start", (PyCFunction)(void (*)(void))match_start, METH_FASTCALL,
     "start($self, group=0, /)\n--\n\nWhere a group begins; -1 if it did not match."},
    {"end", (PyCFunction)(void (*)(void))match_end, METH_FASTCALL,
     "end($self, group=0, /)\n--\n\nWhere a group ends; -1 if it did not match."},
    {"span", (PyCFunction)(void (*)(void))match_span, METH_FASTCALL, "span($self, group=0, /)\n--\n\n(start, end) of a group."},
    {"groups", (PyCFunction)(void (*)(void))match_groups, METH_FASTCALL | METH_KEYWORDS,
     "groups($self, /, default=None)\n--\n\nWhat all groups matched, as a tuple; default for those that did not."},
    {"groupdict", (PyCFunction)(void (*)(void))match_groupdict, METH_FASTCALL | METH_KEYWORDS,
     "groupdict($self, /, default=None)\n--\n\nWhat the named groups matched, by name."},
    {"expand", (PyCFunction)(void (*)(void))match_expand, METH_VARARGS | METH_KEYWORDS,
     "expand($self, /, template)\n--\n\nA template with groups put in, as sub() does it."},
    {"__copy__", match_self, METH_NOARGS, "__copy__($self, /)\n--\n\n"},
    {"__deepcopy__", match_self, METH_O, "__deepcopy__($self, memo, /)\n--\n\n"},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "See PEP 585."},
    {NULL}};
static PyGetSetDef match_getset[] = {{"lastindex", match_get_lastindex, NULL, "number of the last matched group"},
                                     {"lastgroup", match_get_lastgroup, NULL, "name of the last matched group"},
                                     {"regs", match_get_regs, NULL, NULL},
                                     {NULL}};
static PyMemberDef match_members[] = {{"string", T_OBJECT, offsetof(Match, string), READONLY, "the string that was looked at"},
                                      {"re", T_OBJECT, offsetof(Match, pattern), READONLY, "the pattern"},
                                      {"pos", T_PYSSIZET, offsetof(Match, pos), READONLY, "where the search began"},
                                      {"endpos", T_PYSSIZET, offsetof(Match, endpos), READONLY, "where the search would have ended"},
                                      {NULL}};
static PyMappingMethods match_mapping = {.mp_subscript = match_subscript};

PyTypeObject Match_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "re.Match",
    .tp_basicsize = offsetof(Match, mark),
    .tp_itemsize = sizeof(Py_ssize_t),
    .tp_dealloc = match_dealloc,
    .tp_repr = match_repr,
    .tp_as_mapping = &match_mapping,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "The result of a successful match.",
    .tp_methods = match_methods,
    .tp_members = match_members,
    .tp_getset = match_getset,
};
