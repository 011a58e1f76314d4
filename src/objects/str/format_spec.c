/* The format specification of str: [[fill]align][sign][z][#][0][width][grouping][.precision][type]. */
#include "objects/str/str.h"

typedef struct {
    Py_UCS4 fill, align, sign, grouping, type;
    int z, alternate;
    Py_ssize_t width, precision;   /* -1: none */
} Spec;

static int is_align(Py_UCS4 c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

static int fail(const char *message)
{
    PyErr_SetString(PyExc_ValueError, message);
    return -1;
}

/* Decimal digits from *at; -1 in *value when there are none. */
static int read_number(PyObject *text, Py_ssize_t *at, Py_ssize_t end, Py_ssize_t *value)
{
    *value = -1;
    for (; *at < end; ++*at) {
        int digit = str_digit(str_at(text, *at));
        if (digit < 0)
            break;
        Py_ssize_t n = *value < 0 ? 0 : *value;
        if (n > (PY_SSIZE_T_MAX - digit) / 10)
            return fail("Too many decimal digits in format string");
        *value = n * 10 + digit;
    }
    return 0;
}

static int read_grouping(PyObject *text, Py_ssize_t *at, Py_ssize_t end, Spec *s)
{
    if (*at < end && str_at(text, *at) == ',') {
        s->grouping = ',';
        ++*at;
    }
    if (*at < end && str_at(text, *at) == '_') {
        if (s->grouping)
            return fail("Cannot specify both ',' and '_'.");
        s->grouping = '_';
        ++*at;
    }
    if (*at < end && str_at(text, *at) == ',' && s->grouping)
        return fail(s->grouping == ',' ? "Cannot specify ',' with ','." : "Cannot specify both ',' and '_'.");
    return 0;
}

static int grouping_allowed(const Spec *s)
{
    if (!s->grouping)
        return 0;
    switch (s->type) {
    case 'd': case 'e': case 'f': case 'g': case 'E': case 'G': case '%': case 'F': case 0:
        return 0;
    case 'b': case 'o': case 'x': case 'X':
        if (s->grouping == '_')
            return 0;
    }
    if (s->type > 32 && s->type < 128)
        PyErr_Format(PyExc_ValueError, "Cannot specify '%c' with '%c'.", (int)s->grouping, (int)s->type);
    else
        PyErr_Format(PyExc_ValueError, "Cannot specify '%c' with '\\x%x'.", (int)s->grouping, (unsigned)s->type);
    return -1;
}

static int parse_spec(PyObject *text, Py_ssize_t at, Py_ssize_t end, Spec *s, PyObject *o)
{
    Py_ssize_t start = at;
    int filled = 0;
    *s = (Spec){.fill = ' ', .align = '<', .type = 's', .width = -1, .precision = -1};
    if (end - at >= 2 && is_align(str_at(text, at + 1))) {
        s->fill = str_at(text, at);
        s->align = str_at(text, at + 1);
        filled = 1;
        at += 2;
    }
    else if (end - at >= 1 && is_align(str_at(text, at)))
        s->align = str_at(text, at++);
    if (at < end && (str_at(text, at) == ' ' || str_at(text, at) == '+' || str_at(text, at) == '-'))
        s->sign = str_at(text, at++);
    if (at < end && str_at(text, at) == 'z') {
        s->z = 1;
        at++;
    }
    if (at < end && str_at(text, at) == '#') {
        s->alternate = 1;
        at++;
    }
    if (!filled && at < end && str_at(text, at) == '0') {
        s->fill = '0';
        at++;
    }
    if (read_number(text, &at, end, &s->width) < 0 || read_grouping(text, &at, end, s) < 0)
        return -1;
    if (at < end && str_at(text, at) == '.') {
        at++;
        if (read_number(text, &at, end, &s->precision) < 0)
            return -1;
        if (s->precision < 0)
            return fail("Format specifier missing precision");
    }
    if (end - at > 1) {
        PyObject *whole = str_slice(text, start, end);
        if (whole)
            PyErr_Format(PyExc_ValueError, "Invalid format specifier '%U' for object of type '%.200s'", whole, Py_TYPE(o)->tp_name);
        Py_XDECREF(whole);
        return -1;
    }
    if (at < end)
        s->type = str_at(text, at);
    return grouping_allowed(s);
}

static int check_spec(const Spec *s, PyObject *o)
{
    if (s->type != 's') {
        if (s->type > 32 && s->type < 128)
            PyErr_Format(PyExc_ValueError, "Unknown format code '%c' for object of type '%.200s'", (int)s->type, Py_TYPE(o)->tp_name);
        else
            PyErr_Format(PyExc_ValueError, "Unknown format code '\\x%x' for object of type '%.200s'", (unsigned)s->type,
                         Py_TYPE(o)->tp_name);
        return -1;
    }
    if (s->sign)
        return fail(s->sign == ' ' ? "Space not allowed in string format specifier" : "Sign not allowed in string format specifier");
    if (s->z)
        return fail("Negative zero coercion (z) not allowed in string format specifier");
    if (s->alternate)
        return fail("Alternate form (#) not allowed in string format specifier");
    if (s->align == '=')
        return fail("'=' alignment not allowed in string format specifier");
    return 0;
}

/* Writes the str `o` formatted by spec_text[start:end]. */
int _PyUnicode_FormatAdvancedWriter(_PyUnicodeWriter *w, PyObject *o, PyObject *spec_text, Py_ssize_t start, Py_ssize_t end)
{
    Spec s;
    if (start == end)
        return PyUnicode_CheckExact(o) ? _PyUnicodeWriter_WriteStr(w, o) : _PyUnicodeWriter_WriteSubstring(w, o, 0, str_len(o));
    if (parse_spec(spec_text, start, end, &s, o) < 0 || check_spec(&s, o) < 0)
        return -1;
    Py_ssize_t len = str_len(o);
    if (s.precision >= 0 && s.precision < len)
        len = s.precision;
    Py_ssize_t fill = s.width > len ? s.width - len : 0;
    Py_ssize_t left = s.align == '>' ? fill : s.align == '^' ? fill / 2 : 0;
    if (fill == 0)
        return len ? _PyUnicodeWriter_WriteSubstring(w, o, 0, len) : 0;
    Py_UCS4 max = _PyUnicode_FindMaxChar(o, 0, len);
    if (_PyUnicodeWriter_Prepare(w, len + fill, Py_MAX(max, s.fill)) < 0)
        return -1;
    units_fill(w->kind, w->data, w->pos, left, s.fill);
    units_copy(w->kind, w->data, w->pos + left, str_kind(o), str_data(o), 0, len);
    units_fill(w->kind, w->data, w->pos + left + len, fill - left, s.fill);
    w->pos += len + fill;
    return 0;
}

METH1(str_dunder_format)
{
    if (!PyUnicode_Check(arg)) {
        PyErr_Format(PyExc_TypeError, "__format__() argument must be str, not %.50s",
                     arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
        return NULL;
    }
    if (str_len(arg) == 0)
        return PyUnicode_CheckExact(self) ? str_exact(self) : PyObject_Str(self);
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    if (_PyUnicode_FormatAdvancedWriter(&w, self, arg, 0, str_len(arg)) < 0) {
        _PyUnicodeWriter_Dealloc(&w);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&w);
}
