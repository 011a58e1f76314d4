/* repr() and ascii() text of a str. */
#include "objects/str/str.h"
#include <string.h>

/* Characters that `c` takes between the quotes; `quote` is escaped. */
static int repr_width(Py_UCS4 c, Py_UCS4 quote)
{
    if (c == quote || c == '\\' || c == '\t' || c == '\r' || c == '\n')
        return 2;
    if (c < ' ' || c == 0x7f)
        return 4;
    if (c < 0x7f || _PyUnicode_IsPrintable(c))
        return 1;
    return c < 0x100 ? 4 : c < 0x10000 ? 6 : 10;
}

static Py_ssize_t put_escape(int kind, void *to, Py_ssize_t at, Py_UCS4 c)
{
    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    unit_set(kind, to, at++, '\\');
    unit_set(kind, to, at++, digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
    while (digits--)
        unit_set(kind, to, at++, (Py_UCS4)Py_hexdigits[(c >> (4 * digits)) & 15]);
    return at;
}

static Py_UCS4 choose_quote(StrView v)
{
    return view_find_char(v, '\'', 1) >= 0 && view_find_char(v, '"', 1) < 0 ? '"' : '\'';
}

PyObject *str_repr(PyObject *o)
{
    if (PyUnicode_READY(o) < 0)
        return NULL;
    StrView v = str_view(o);
    Py_UCS4 quote = choose_quote(v), max = 0x7f;
    Py_ssize_t width = 2;
    for (Py_ssize_t i = 0; i < v.len; i++) {
        Py_UCS4 c = unit_at(v.kind, v.data, i);
        int w = repr_width(c, quote);
        if (w == 1 && c > max)
            max = c;
        if (width > PY_SSIZE_T_MAX - w) {
            PyErr_SetString(PyExc_OverflowError, "string is too long to generate repr");
            return NULL;
        }
        width += w;
    }
    PyObject *r = PyUnicode_New(width, max);
    if (r == NULL)
        return NULL;
    int kind = str_kind(r);
    void *to = str_data(r);
    unit_set(kind, to, 0, quote);
    unit_set(kind, to, width - 1, quote);
    if (width == v.len + 2) {
        units_copy(kind, to, 1, v.kind, v.data, 0, v.len);
        return r;
    }
    for (Py_ssize_t i = 0, at = 1; i < v.len; i++) {
        Py_UCS4 c = unit_at(v.kind, v.data, i);
        int w = repr_width(c, quote);
        if (w == 1)
            unit_set(kind, to, at++, c);
        else if (w == 2) {
            unit_set(kind, to, at++, '\\');
            unit_set(kind, to, at++, c == '\t' ? 't' : c == '\r' ? 'r' : c == '\n' ? 'n' : c);
        }
        else
            at = put_escape(kind, to, at, c);
    }
    return r;
}
