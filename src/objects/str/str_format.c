/* str.format and str.format_map. */
#include "objects/str/markup.h"
#include <string.h>

typedef struct {
    PyObject *const *args;   /* NULL for format_map */
    Py_ssize_t nargs;
    PyObject *kwnames;       /* names of the values behind the args, or NULL */
    PyObject *mapping;       /* for format_map */
    enum { NUMBERING_UNKNOWN, NUMBERING_AUTO, NUMBERING_MANUAL } numbering;
    Py_ssize_t next;
} Arguments;

static int format_into(_PyUnicodeWriter *w, Span text, Arguments *a, int depth);

/* Numbers the field, or checks that it may be numbered by hand. */
static int number_field(Arguments *a, FieldName *f)
{
    int automatic = span_len(f->first) == 0;
    if (!automatic && f->index == -1)
        return 0;
    if (a->numbering == NUMBERING_UNKNOWN)
        a->numbering = automatic ? NUMBERING_AUTO : NUMBERING_MANUAL;
    if ((a->numbering == NUMBERING_AUTO) != automatic) {
        PyErr_SetString(PyExc_ValueError, automatic
                        ? "cannot switch from manual field specification to automatic field numbering"
                        : "cannot switch from automatic field numbering to manual field specification");
        return -1;
    }
    if (automatic)
        f->index = a->next++;
    return 0;
}

/* The argument that the first part of the name means: new. */
static PyObject *first_object(Arguments *a, FieldName *f)
{
    PyObject *o = NULL;
    if (f->index >= 0) {
        if (a->args == NULL) {
            PyErr_SetString(PyExc_ValueError, "Format string contains positional fields");
            return NULL;
        }
        if (f->index >= a->nargs) {
            PyErr_Format(PyExc_IndexError, "Replacement index %zd out of range for positional args tuple", f->index);
            return NULL;
        }
        o = a->args[f->index];
        Py_INCREF(o);
        return o;
    }
    PyObject *key = span_str(f->first);
    if (key == NULL)
        return NULL;
    if (a->mapping)
        o = PyObject_GetItem(a->mapping, key);
    else {
        for (Py_ssize_t i = 0; a->kwnames && o == NULL && i < PyTuple_GET_SIZE(a->kwnames); i++)
            if (str_equal(PyTuple_GET_ITEM(a->kwnames, i), key))
                o = a->args[a->nargs + i];
        if (o)
            Py_INCREF(o);
        else
            PyErr_SetObject(PyExc_KeyError, key);
    }
    Py_DECREF(key);
    return o;
}

static PyObject *get_item(PyObject *o, Span part, Py_ssize_t index)
{
    if (index >= 0 && PySequence_Check(o))
        return PySequence_GetItem(o, index);
    PyObject *key = index >= 0 ? PyLong_FromSsize_t(index) : span_str(part);
    if (key == NULL)
        return NULL;
    PyObject *item = PyObject_GetItem(o, key);
    Py_DECREF(key);
    return item;
}

static PyObject *get_attribute(PyObject *o, Span part)
{
    PyObject *name = span_str(part);
    if (name == NULL)
        return NULL;
    PyObject *value = PyObject_GetAttr(o, name);
    Py_DECREF(name);
    return value;
}

static PyObject *field_object(Arguments *a, Span name)
{
    FieldName f;
    Span part;
    int attribute, more;
    Py_ssize_t index;
    if (field_name_split(name, &f) < 0 || number_field(a, &f) < 0)
        return NULL;
    PyObject *o = first_object(a, &f);
    while (o && (more = field_name_next(&f, &part, &attribute, &index)) != 0) {
        PyObject *next = more < 0 ? NULL : attribute ? get_attribute(o, part) : get_item(o, part, index);
        Py_SETREF(o, next);
    }
    return o;
}

static PyObject *convert(PyObject *o, Py_UCS4 conversion)
{
    switch (conversion) {
    case 'r': return PyObject_Repr(o);
    case 's': return PyObject_Str(o);
    case 'a': return PyObject_ASCII(o);
    }
    if (conversion > 32 && conversion < 127)
        PyErr_Format(PyExc_ValueError, "Unknown conversion specifier %c", (int)conversion);
    else
        PyErr_Format(PyExc_ValueError, "Unknown conversion specifier \\x%x", (unsigned)conversion);
    return NULL;
}

typedef int (*direct_writer)(_PyUnicodeWriter *, PyObject *, PyObject *, Py_ssize_t, Py_ssize_t);

/* Writes `o` formatted by `spec`; str, int and float write without a string between. */
static int write_object(_PyUnicodeWriter *w, PyObject *o, Span spec)
{
    int plain = span_len(spec) == 0;
    if (plain && PyUnicode_CheckExact(o))
        return _PyUnicodeWriter_WriteStr(w, o);
    if (plain && PyLong_CheckExact(o))
        return _PyLong_FormatWriter(w, o, 10, 0);
    direct_writer direct = PyUnicode_CheckExact(o) ? _PyUnicode_FormatAdvancedWriter
                         : PyLong_CheckExact(o) ? _PyLong_FormatAdvancedWriter
                         : PyFloat_CheckExact(o) ? _PyFloat_FormatAdvancedWriter : NULL;
    if (direct && !plain)
        return direct(w, o, spec.text, spec.start, spec.end);
    PyObject *spec_text = span_str(spec);
    if (spec_text == NULL)
        return -1;
    PyObject *text = PyObject_Format(o, spec_text);
    Py_DECREF(spec_text);
    if (text == NULL)
        return -1;
    int failed = _PyUnicodeWriter_WriteStr(w, text);
    Py_DECREF(text);
    return failed;
}

static int write_field(_PyUnicodeWriter *w, const MarkupPiece *p, Arguments *a, int depth)
{
    int failed = -1;
    PyObject *expanded = NULL;
    PyObject *o = field_object(a, p->name);
    if (o && p->conversion)
        Py_SETREF(o, convert(o, p->conversion));
    if (o == NULL)
        return -1;
    Span spec = p->spec;
    if (p->spec_has_fields) {
        _PyUnicodeWriter inner;
        _PyUnicodeWriter_Init(&inner);
        if (format_into(&inner, spec, a, depth - 1) < 0) {
            _PyUnicodeWriter_Dealloc(&inner);
            goto done;
        }
        expanded = _PyUnicodeWriter_Finish(&inner);
        if (expanded == NULL)
            goto done;
        spec = (Span){expanded, 0, str_len(expanded)};
    }
    failed = write_object(w, o, spec);
done:
    Py_DECREF(o);
    Py_XDECREF(expanded);
    return failed;
}

static int format_into(_PyUnicodeWriter *w, Span text, Arguments *a, int depth)
{
    if (depth <= 0) {
        PyErr_SetString(PyExc_ValueError, "Max string recursion exceeded");
        return -1;
    }
    Markup m = {text};
    MarkupPiece p;
    int more;
    while ((more = markup_next(&m, &p)) > 0) {
        if (m.rest.start >= m.rest.end)
            w->overallocate = 0; /* the last piece: a str that is all of the result is used as it is */
        if (span_len(p.literal)
            && _PyUnicodeWriter_WriteSubstring(w, p.literal.text, p.literal.start, p.literal.end) < 0)
            return -1;
        if (p.has_field && write_field(w, &p, a, depth) < 0)
            return -1;
    }
    return more;
}

static PyObject *format_all(PyObject *self, Arguments *a)
{
    if (PyUnicode_READY(self) < 0)
        return NULL;
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    w.min_length = str_len(self) + 100;
    if (format_into(&w, (Span){self, 0, str_len(self)}, a, 2) < 0) {
        _PyUnicodeWriter_Dealloc(&w);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&w);
}

METHK(str_format_method)
{
    Arguments a = {.args = args ? args : &self, .nargs = nargs, .kwnames = kwnames};
    return format_all(self, &a);
}

METH1(str_format_map)
{
    Arguments a = {.mapping = arg};
    return format_all(self, &a);
}
