/* Arguments without a format: taken apart, matched with parameter names, counted. */
#include "Python.h"
#include "memory/state.h"

#define NAME_OR(fname, instead) (fname) ? (fname) : (instead), (fname) ? "()" : ""
#define PLURAL(n) ((n) == 1 ? "" : "s")

/* -- _PyArg_Parser -- */

/* Fills in what the static struct leaves out: names as interned str, number of positional-only ones, the function's
 * name.  0, or -1 with an exception.  The tuple lives as long as the interpreter, which lists the structs. */
static int parser_ready(_PyArg_Parser *p)
{
    if (p->kwtuple)
        return 0;
    int first = 0, count;
    while (p->keywords[first] && !*p->keywords[first])
        first++;
    for (count = first; p->keywords[count]; count++)
        if (!*p->keywords[count]) {
            PyErr_SetString(PyExc_SystemError, "Empty parameter name");
            return -1;
        }
    PyObject *names = PyTuple_New(count - first);
    if (!names)
        return -1;
    for (int i = first; i < count; i++) {
        PyObject *name = PyUnicode_InternFromString(p->keywords[i]);
        if (!name) {
            Py_DECREF(names);
            return -1;
        }
        PyTuple_SET_ITEM(names, i - first, name);
    }
    if (p->format) {
        const char *end = p->format + strcspn(p->format, ":;");
        if (*end == ':')
            p->fname = end + 1;
        else if (*end == ';')
            p->custom_msg = end + 1;
    }
    p->pos = first;
    p->kwtuple = names;
    p->next = _PyRuntime.main_interpreter->arg_parsers;
    _PyRuntime.main_interpreter->arg_parsers = p;
    return 0;
}

int getargs_init(void) { return 0; }

void getargs_fini(void)
{
    _PyArg_Parser *p;
    while ((p = _PyRuntime.main_interpreter->arg_parsers) != NULL) {
        _PyRuntime.main_interpreter->arg_parsers = p->next;
        p->next = NULL;
        Py_CLEAR(p->kwtuple);
    }
}

/* -- Keywords that a call carries: a dict, or names of what follows the positional arguments -- */

/* Borrowed value, or NULL (an exception may be set). */
static PyObject *keyword_value(PyObject *kwargs, PyObject *kwnames, PyObject *const *values, PyObject *name)
{
    if (kwargs)
        return PyDict_GetItemWithError(kwargs, name);
    Py_ssize_t n = PyTuple_GET_SIZE(kwnames);
    for (Py_ssize_t i = 0; i < n; i++)
        if (PyTuple_GET_ITEM(kwnames, i) == name)
            return values[i];
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *other = PyTuple_GET_ITEM(kwnames, i);
        if (PyUnicode_Check(other) && _PyUnicode_EQ(other, name))
            return values[i];
    }
    return NULL;
}

/* Some keyword was not used: say which and why. */
static void unused_keyword(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs, PyObject *kwnames,
                           _PyArg_Parser *p)
{
    Py_ssize_t named = PyTuple_GET_SIZE(p->kwtuple);
    for (Py_ssize_t i = p->pos; i < nargs && i - p->pos < named; i++) {
        PyObject *name = PyTuple_GET_ITEM(p->kwtuple, i - p->pos);
        if (keyword_value(kwargs, kwnames, args + nargs, name)) {
            PyErr_Format(PyExc_TypeError, "argument for %.200s%s given by name ('%U') and position (%zd)",
                         NAME_OR(p->fname, "function"), name, i + 1);
            return;
        }
        if (PyErr_Occurred())
            return;
    }
    Py_ssize_t pos = 0;
    for (;;) {
        PyObject *name;
        if (kwargs) {
            if (!PyDict_Next(kwargs, &pos, &name, NULL))
                break;
        }
        else if (pos < PyTuple_GET_SIZE(kwnames))
            name = PyTuple_GET_ITEM(kwnames, pos++);
        else
            break;
        if (!PyUnicode_Check(name)) {
            PyErr_SetString(PyExc_TypeError, "keywords must be strings");
            return;
        }
        int known = PySequence_Contains(p->kwtuple, name);
        if (known > 0)
            continue;
        if (known == 0)
            PyErr_Format(PyExc_TypeError, "'%S' is an invalid keyword argument for %.200s%s", name,
                         NAME_OR(p->fname, "this function"));
        return;
    }
    PyErr_Format(PyExc_SystemError, "keyword arguments of %.200s%s changed while parsing", NAME_OR(p->fname, "function"));
}

static PyObject *const *too_few(_PyArg_Parser *p, const char *how, int needed, Py_ssize_t nargs)
{
    PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", NAME_OR(p->fname, "function"),
                 how, needed, PLURAL(needed), nargs);
    return NULL;
}

/* Fills slots[first…] from the keywords; those below required, and of the last minkw ones, must be there.
 * skip: the slot that a *args tuple takes, or -1.  0, or -1 with an exception. */
static int fill_named(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs, PyObject *kwnames, _PyArg_Parser *p,
                      Py_ssize_t first, int minpos, int maxpos, int minkw, int skip, PyObject **slots)
{
    Py_ssize_t left = kwargs ? PyDict_GET_SIZE(kwargs) : kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    Py_ssize_t total = p->pos + PyTuple_GET_SIZE(p->kwtuple);
    int required = minkw ? maxpos + minkw : minpos;
    for (Py_ssize_t i = first; i < total; i++) {
        PyObject *name = PyTuple_GET_ITEM(p->kwtuple, i - p->pos), *value = NULL;
        if (left) {
            value = keyword_value(kwargs, kwnames, args + nargs, name);
            if (value)
                left--;
            else if (PyErr_Occurred())
                return -1;
        }
        slots[skip >= 0 && i >= skip ? i + 1 : i] = value;
        if (!value && (i < minpos || (maxpos <= i && i < required))) {
            PyErr_Format(PyExc_TypeError, "%.200s%s missing required argument '%U' (pos %zd)",
                         NAME_OR(p->fname, "function"), name, i + 1);
            return -1;
        }
    }
    if (left > 0) {
        unused_keyword(args, skip >= 0 ? Py_MIN(nargs, skip) : nargs, kwargs, kwnames, p);
        return -1;
    }
    return 0;
}

/* The arguments in the order of the parameters, NULL where one is missing: args itself or buf; borrowed.
 * NULL with an exception. */
#undef _PyArg_UnpackKeywords
PyObject *const *_PyArg_UnpackKeywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs, PyObject *kwnames,
                                       _PyArg_Parser *p, int minpos, int maxpos, int minkw, PyObject **buf)
{
    Py_ssize_t named = kwargs ? PyDict_GET_SIZE(kwargs) : kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    if (parser_ready(p) < 0)
        return NULL;
    if (named == 0 && minkw == 0 && minpos <= nargs && nargs <= maxpos && args)
        return args;
    int total = p->pos + (int)PyTuple_GET_SIZE(p->kwtuple), needed = Py_MIN(p->pos, minpos);
    if (nargs + named > total) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes at most %d %sargument%s (%zd given)", NAME_OR(p->fname, "function"),
                     total, nargs == 0 ? "keyword " : "", PLURAL(total), nargs + named);
        return NULL;
    }
    if (nargs > maxpos) {
        if (maxpos == 0) {
            PyErr_Format(PyExc_TypeError, "%.200s%s takes no positional arguments", NAME_OR(p->fname, "function"));
            return NULL;
        }
        return too_few(p, minpos < maxpos ? "at most" : "exactly", maxpos, nargs);
    }
    if (nargs < needed)
        return too_few(p, needed < maxpos ? "at least" : "exactly", needed, nargs);
    for (Py_ssize_t i = 0; i < nargs; i++)
        buf[i] = args[i];
    for (Py_ssize_t i = nargs; i < p->pos; i++)
        buf[i] = NULL;
    if (fill_named(args, nargs, kwargs, kwnames, p, Py_MAX(nargs, p->pos), minpos, maxpos, minkw, -1, buf) < 0)
        return NULL;
    return buf;
}

/* The same for a function with *args, which buf[vararg] receives as a new tuple that the caller owns. */
PyObject *const *_PyArg_UnpackKeywordsWithVararg(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs,
                                                 PyObject *kwnames, _PyArg_Parser *p, int minpos, int maxpos, int minkw,
                                                 int vararg, PyObject **buf)
{
    if (parser_ready(p) < 0)
        return NULL;
    int needed = Py_MIN(p->pos, minpos);
    if (nargs < needed)
        return too_few(p, needed < maxpos ? "at least" : "exactly", needed, nargs);
    Py_ssize_t before = Py_MIN(nargs, vararg), extra = nargs - before;
    PyObject *rest = PyTuple_New(extra);
    if (!rest)
        return NULL;
    for (Py_ssize_t i = 0; i < extra; i++)
        PyTuple_SET_ITEM(rest, i, Py_NewRef(args[before + i]));
    for (Py_ssize_t i = 0; i < before; i++)
        buf[i] = args[i];
    for (Py_ssize_t i = before; i < p->pos; i++)
        buf[i] = NULL;
    buf[vararg] = rest;
    if (fill_named(args, nargs, kwargs, kwnames, p, Py_MAX(before, p->pos), minpos, maxpos, minkw, vararg, buf) < 0) {
        Py_DECREF(rest);
        return NULL;
    }
    return buf;
}

/* -- Without names -- */

#undef _PyArg_CheckPositional
int _PyArg_CheckPositional(const char *name, Py_ssize_t nargs, Py_ssize_t min, Py_ssize_t max)
{
    if (min <= nargs && nargs <= max)
        return 1;
    Py_ssize_t bound = nargs < min ? min : max;
    const char *how = min == max ? "" : nargs < min ? "at least " : "at most ";
    if (name)
        PyErr_Format(PyExc_TypeError, "%.200s expected %s%zd argument%s, got %zd", name, how, bound, PLURAL(bound), nargs);
    else
        PyErr_Format(PyExc_TypeError, "unpacked tuple should have %s%zd element%s, but has %zd", how, bound, PLURAL(bound),
                     nargs);
    return 0;
}

static int unpack(PyObject *const *args, Py_ssize_t nargs, const char *name, Py_ssize_t min, Py_ssize_t max, va_list va)
{
    if (!_PyArg_CheckPositional(name, nargs, min, max))
        return 0;
    for (Py_ssize_t i = 0; i < nargs; i++)
        *va_arg(va, PyObject **) = args[i];
    return 1;
}

int PyArg_UnpackTuple(PyObject *args, const char *name, Py_ssize_t min, Py_ssize_t max, ...)
{
    if (!PyTuple_Check(args)) {
        PyErr_SetString(PyExc_SystemError, "PyArg_UnpackTuple() argument list is not a tuple");
        return 0;
    }
    va_list va;
    va_start(va, max);
    int ok = unpack(((PyTupleObject *)args)->ob_item, PyTuple_GET_SIZE(args), name, min, max, va);
    va_end(va);
    return ok;
}

int _PyArg_UnpackStack(PyObject *const *args, Py_ssize_t nargs, const char *name, Py_ssize_t min, Py_ssize_t max, ...)
{
    va_list va;
    va_start(va, max);
    int ok = unpack(args, nargs, name, min, max, va);
    va_end(va);
    return ok;
}

#undef _PyArg_NoKeywords
int _PyArg_NoKeywords(const char *name, PyObject *kwargs)
{
    if (!kwargs)
        return 1;
    if (!PyDict_CheckExact(kwargs)) {
        PyErr_BadInternalCall();
        return 0;
    }
    if (PyDict_GET_SIZE(kwargs) == 0)
        return 1;
    PyErr_Format(PyExc_TypeError, "%.200s() takes no keyword arguments", name);
    return 0;
}

#undef _PyArg_NoPositional
int _PyArg_NoPositional(const char *name, PyObject *args)
{
    if (!args)
        return 1;
    if (!PyTuple_CheckExact(args)) {
        PyErr_BadInternalCall();
        return 0;
    }
    if (PyTuple_GET_SIZE(args) == 0)
        return 1;
    PyErr_Format(PyExc_TypeError, "%.200s() takes no positional arguments", name);
    return 0;
}

#undef _PyArg_NoKwnames
int _PyArg_NoKwnames(const char *name, PyObject *kwnames)
{
    if (!kwnames || PyTuple_GET_SIZE(kwnames) == 0)
        return 1;
    PyErr_Format(PyExc_TypeError, "%s() takes no keyword arguments", name);
    return 0;
}

void _PyArg_BadArgument(const char *fname, const char *which, const char *expected, PyObject *arg)
{
    PyErr_Format(PyExc_TypeError, "%.200s() %.200s must be %.50s, not %.50s", fname, which, expected,
                 arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
}

int PyArg_ValidateKeywordArguments(PyObject *kwargs)
{
    if (!PyDict_Check(kwargs)) {
        PyErr_BadInternalCall();
        return 0;
    }
    Py_ssize_t pos = 0;
    PyObject *name;
    while (PyDict_Next(kwargs, &pos, &name, NULL))
        if (!PyUnicode_Check(name)) {
            PyErr_SetString(PyExc_TypeError, "keywords must be strings");
            return 0;
        }
    return 1;
}
