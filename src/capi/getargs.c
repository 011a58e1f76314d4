/* Parsing arguments by a format: positional ones, keywords, and the checks that hand-written parsing shares.
 *
 * A Source says where the arguments are: a C array, plus either a dict or the names of what follows in the array. */
#include "Python.h"
#include "capi/getargs_convert.h"

typedef struct source {
    PyObject *const *args; /* positional, then those named by kwnames */
    Py_ssize_t nargs;
    PyObject *kwargs;      /* dict or NULL */
    PyObject *kwnames;     /* tuple or NULL */
} Source;

/* -- Names in messages -- */

#define NAME_OR(fname, instead) (fname) ? (fname) : (instead), (fname) ? "()" : ""
#define PLURAL(n) ((n) == 1 ? "" : "s")

/* The function's name after ':', or NULL; *custom: the message after ';', or NULL. */
static const char *names_in_format(const char *format, const char **custom)
{
    const char *end = format + strcspn(format, ":;");
    *custom = *end == ';' ? end + 1 : NULL;
    return *end == ':' ? end + 1 : NULL;
}

/* -- Positional arguments only -- */

static int parse_positional(PyObject *const *args, Py_ssize_t nargs, const char *format, va_list va, int clean_sizes,
                            int single)
{
    const char *custom, *fname = names_in_format(format, &custom);
    int min = -1, max = 0, level = 0;
    for (const char *f = format; !format_at_end(f); f++) {
        if (*f == '(')
            max += level++ == 0;
        else if (*f == ')')
            level--;
        else if (level == 0 && *f == '|')
            min = max;
        else if (level == 0 && Py_ISALPHA(*f) && *f != 'e')
            max++;
    }
    if (min < 0)
        min = max;
    if (single && max > 1) {
        PyErr_SetString(PyExc_SystemError, "old style getargs format uses new features");
        return 0;
    }
    if (nargs < min || nargs > max) {
        if (single && max == 0)
            PyErr_Format(PyExc_TypeError, "%.200s%s takes no arguments", NAME_OR(fname, "function"));
        else if (custom)
            PyErr_SetString(PyExc_TypeError, custom);
        else
            PyErr_Format(PyExc_TypeError, "%.150s%s takes %s %d argument%s (%zd given)", NAME_OR(fname, "function"),
                         min == max ? "exactly" : nargs < min ? "at least" : "at most", nargs < min ? min : max,
                         PLURAL(nargs < min ? min : max), nargs);
        return 0;
    }
    Conversion c;
    conversion_start(&c, format, va, clean_sizes);
    for (Py_ssize_t i = 0; i < nargs; i++) {
        if (*c.format == '|')
            c.format++;
        if (convert_item(&c, args[i]) < 0) {
            conversion_error(&c, single ? 0 : (int)i + 1, fname, custom);
            return conversion_end(&c, 0);
        }
    }
    char next = *c.format;
    if (next && !Py_ISALPHA(next) && !strchr("(|;:", next)) {
        PyErr_Format(PyExc_SystemError, "bad format string: %.200s", format);
        return conversion_end(&c, 0);
    }
    return conversion_end(&c, 1);
}

static int parse_tuple(PyObject *args, const char *format, va_list va, int clean_sizes)
{
    if (!PyTuple_Check(args)) {
        PyErr_SetString(PyExc_SystemError, "new style getargs format but argument is not a tuple");
        return 0;
    }
    return parse_positional(((PyTupleObject *)args)->ob_item, PyTuple_GET_SIZE(args), format, va, clean_sizes, 0);
}

static int parse_single(PyObject *arg, const char *format, va_list va, int clean_sizes)
{
    return parse_positional(&arg, arg != NULL, format, va, clean_sizes, 1);
}

/* -- Keywords -- */

static int name_is(PyObject *name, const char *text) { return PyUnicode_Check(name) && _PyUnicode_EqualToASCIIString(name, text); }

/* The argument passed as name: borrowed, or NULL (an exception may be set). */
static PyObject *source_keyword(const Source *s, const char *name)
{
    if (s->kwargs) {
        PyObject *key = PyUnicode_FromString(name);
        if (!key)
            return NULL;
        PyObject *value = PyDict_GetItemWithError(s->kwargs, key);
        Py_DECREF(key);
        return value;
    }
    Py_ssize_t n = s->kwnames ? PyTuple_GET_SIZE(s->kwnames) : 0;
    for (Py_ssize_t i = 0; i < n; i++)
        if (name_is(PyTuple_GET_ITEM(s->kwnames, i), name))
            return s->args[s->nargs + i];
    return NULL;
}

static Py_ssize_t source_keyword_count(const Source *s)
{
    return s->kwargs ? PyDict_GET_SIZE(s->kwargs) : s->kwnames ? PyTuple_GET_SIZE(s->kwnames) : 0;
}

/* The i-th keyword's name; *pos as for PyDict_Next.  Borrowed; NULL at the end. */
static PyObject *source_next_name(const Source *s, Py_ssize_t *pos)
{
    PyObject *name;
    if (s->kwargs)
        return PyDict_Next(s->kwargs, pos, &name, NULL) ? name : NULL;
    if (!s->kwnames || *pos >= PyTuple_GET_SIZE(s->kwnames))
        return NULL;
    return PyTuple_GET_ITEM(s->kwnames, (*pos)++);
}

/* Keywords were left over: say which is given twice or unknown. */
static void leftover_keyword(const Source *s, const char *fname, const char *const *keywords, int first, int count)
{
    for (int i = first; i < count && i < s->nargs; i++) {
        if (source_keyword(s, keywords[i])) {
            PyErr_Format(PyExc_TypeError, "argument for %.200s%s given by name ('%s') and position (%d)",
                         NAME_OR(fname, "function"), keywords[i], i + 1);
            return;
        }
        if (PyErr_Occurred())
            return;
    }
    Py_ssize_t pos = 0;
    PyObject *name;
    while ((name = source_next_name(s, &pos))) {
        if (!PyUnicode_Check(name)) {
            PyErr_SetString(PyExc_TypeError, "keywords must be strings");
            return;
        }
        int known = 0;
        for (int i = first; i < count && !known; i++)
            known = name_is(name, keywords[i]);
        if (!known) {
            PyErr_Format(PyExc_TypeError, "'%U' is an invalid keyword argument for %.200s%s", name,
                         NAME_OR(fname, "this function"));
            return;
        }
    }
    PyErr_Format(PyExc_SystemError, "keyword arguments of %.200s%s changed while parsing", NAME_OR(fname, "function"));
}

/* How far a format is read: where '|' and '$' stood (INT_MAX: not met). */
typedef struct limits {
    int min, max;
} Limits;

/* Converts parameter after parameter; 1, or 0 with an exception. */
static int parse_parameters(Conversion *c, const Source *s, const char *const *keywords, int first, int count,
                            const char *fname, const char *custom)
{
    Limits limit = {INT_MAX, INT_MAX};
    Py_ssize_t left = source_keyword_count(s);
    int lacking = 0; /* a positional-only argument is missing; go on only to learn how many are required */
    int i;
    for (i = 0; i < count; i++) {
        if (*c->format == '|') {
            limit.min = i;
            c->format++;
        }
        if (*c->format == '$') {
            if (lacking)
                break;
            limit.max = i;
            c->format++;
            if (*c->format == '|') {
                limit.min = i;
                c->format++;
            }
            if (limit.max < s->nargs) {
                PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)",
                             NAME_OR(fname, "function"), limit.min != INT_MAX ? "at most" : "exactly", limit.max,
                             PLURAL(limit.max), s->nargs);
                return 0;
            }
        }
        if (format_at_end(c->format)) {
            PyErr_Format(PyExc_SystemError, "More keyword list entries (%d) than format specifiers (%d)", count, i);
            return 0;
        }
        PyObject *arg = NULL;
        if (!lacking) {
            if (i < s->nargs)
                arg = s->args[i];
            else if (left && i >= first) {
                arg = source_keyword(s, keywords[i]);
                if (arg)
                    left--;
                else if (PyErr_Occurred())
                    return 0;
            }
            if (!arg && i < limit.min) {
                if (i >= first) {
                    PyErr_Format(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %i)",
                                 NAME_OR(fname, "function"), keywords[i], i + 1);
                    return 0;
                }
                lacking = 1;
            }
            else if (!arg && !left && limit.min != INT_MAX)
                return 1; /* nothing more can come */
        }
        if (convert_item(c, arg) < 0) {
            conversion_error(c, i + 1, fname, custom);
            return 0;
        }
    }
    if (lacking) {
        int needed = Py_MIN(first, limit.min);
        PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", NAME_OR(fname, "function"),
                     needed < i ? "at least" : "exactly", needed, PLURAL(needed), s->nargs);
        return 0;
    }
    if (!format_at_end(c->format) && *c->format != '|' && *c->format != '$') {
        PyErr_Format(PyExc_SystemError,
                     "more argument specifiers than keyword list entries (remaining format:'%s')", c->format);
        return 0;
    }
    if (left > 0) {
        leftover_keyword(s, fname, keywords, first, count);
        return 0;
    }
    return 1;
}

static int parse_keywords(const Source *s, const char *format, const char *const *keywords, va_list va, int clean_sizes)
{
    const char *custom, *fname = names_in_format(format, &custom);
    int first = 0, count;
    while (keywords[first] && !*keywords[first])
        first++; /* positional-only */
    for (count = first; keywords[count]; count++)
        if (!*keywords[count]) {
            PyErr_SetString(PyExc_SystemError, "Empty keyword parameter name");
            return 0;
        }
    Py_ssize_t given = s->nargs + source_keyword_count(s);
    if (given > count) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes at most %d %sargument%s (%zd given)", NAME_OR(fname, "function"),
                     count, s->nargs == 0 ? "keyword " : "", PLURAL(count), given);
        return 0;
    }
    Conversion c;
    conversion_start(&c, format, va, clean_sizes);
    return conversion_end(&c, parse_parameters(&c, s, keywords, first, count, fname, custom));
}

static int parse_tuple_and_keywords(PyObject *args, PyObject *kwargs, const char *format, const char *const *keywords,
                                    va_list va, int clean_sizes)
{
    if (!args || !PyTuple_Check(args) || (kwargs && !PyDict_Check(kwargs)) || !format || !keywords) {
        PyErr_BadInternalCall();
        return 0;
    }
    Source s = {((PyTupleObject *)args)->ob_item, PyTuple_GET_SIZE(args), kwargs, NULL};
    return parse_keywords(&s, format, keywords, va, clean_sizes);
}

static int parse_stack(PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, _PyArg_Parser *parser, va_list va,
                       int clean_sizes)
{
    if (kwnames && !PyTuple_Check(kwnames)) {
        PyErr_BadInternalCall();
        return 0;
    }
    Source s = {args, nargs, NULL, kwnames};
    return parse_keywords(&s, parser->format, parser->keywords, va, clean_sizes);
}

/* -- The API: each in two forms, with int or Py_ssize_t lengths after '#' -- */

#define CALL(result, last, call) \
    va_list va; \
    va_start(va, last); \
    result answer = call; \
    va_end(va); \
    return answer

int PyArg_Parse(PyObject *arg, const char *format, ...) { CALL(int, format, parse_single(arg, format, va, 0)); }
int _PyArg_Parse_SizeT(PyObject *arg, const char *format, ...) { CALL(int, format, parse_single(arg, format, va, 1)); }
int PyArg_ParseTuple(PyObject *args, const char *format, ...) { CALL(int, format, parse_tuple(args, format, va, 0)); }
int _PyArg_ParseTuple_SizeT(PyObject *args, const char *format, ...)
{
    CALL(int, format, parse_tuple(args, format, va, 1));
}
int PyArg_VaParse(PyObject *args, const char *format, va_list va) { return parse_tuple(args, format, va, 0); }
int _PyArg_VaParse_SizeT(PyObject *args, const char *format, va_list va) { return parse_tuple(args, format, va, 1); }

int _PyArg_ParseStack(PyObject *const *args, Py_ssize_t nargs, const char *format, ...)
{
    CALL(int, format, parse_positional(args, nargs, format, va, 0, 0));
}
int _PyArg_ParseStack_SizeT(PyObject *const *args, Py_ssize_t nargs, const char *format, ...)
{
    CALL(int, format, parse_positional(args, nargs, format, va, 1, 0));
}

#define KEYWORDS(k) ((const char *const *)(k))
int PyArg_ParseTupleAndKeywords(PyObject *args, PyObject *kwargs, const char *format, char **keywords, ...)
{
    CALL(int, keywords, parse_tuple_and_keywords(args, kwargs, format, KEYWORDS(keywords), va, 0));
}
int _PyArg_ParseTupleAndKeywords_SizeT(PyObject *args, PyObject *kwargs, const char *format, char **keywords, ...)
{
    CALL(int, keywords, parse_tuple_and_keywords(args, kwargs, format, KEYWORDS(keywords), va, 1));
}
int PyArg_VaParseTupleAndKeywords(PyObject *args, PyObject *kwargs, const char *format, char **keywords, va_list va)
{
    return parse_tuple_and_keywords(args, kwargs, format, KEYWORDS(keywords), va, 0);
}
int _PyArg_VaParseTupleAndKeywords_SizeT(PyObject *args, PyObject *kwargs, const char *format, char **keywords,
                                         va_list va)
{
    return parse_tuple_and_keywords(args, kwargs, format, KEYWORDS(keywords), va, 1);
}

int _PyArg_ParseTupleAndKeywordsFast(PyObject *args, PyObject *kwargs, _PyArg_Parser *p, ...)
{
    CALL(int, p, parse_tuple_and_keywords(args, kwargs, p->format, p->keywords, va, 0));
}
int _PyArg_ParseTupleAndKeywordsFast_SizeT(PyObject *args, PyObject *kwargs, _PyArg_Parser *p, ...)
{
    CALL(int, p, parse_tuple_and_keywords(args, kwargs, p->format, p->keywords, va, 1));
}
int _PyArg_VaParseTupleAndKeywordsFast(PyObject *args, PyObject *kwargs, _PyArg_Parser *p, va_list va)
{
    return parse_tuple_and_keywords(args, kwargs, p->format, p->keywords, va, 0);
}
int _PyArg_VaParseTupleAndKeywordsFast_SizeT(PyObject *args, PyObject *kwargs, _PyArg_Parser *p, va_list va)
{
    return parse_tuple_and_keywords(args, kwargs, p->format, p->keywords, va, 1);
}
int _PyArg_ParseStackAndKeywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, _PyArg_Parser *p, ...)
{
    CALL(int, p, parse_stack(args, nargs, kwnames, p, va, 0));
}
int _PyArg_ParseStackAndKeywords_SizeT(PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, _PyArg_Parser *p, ...)
{
    CALL(int, p, parse_stack(args, nargs, kwnames, p, va, 1));
}
