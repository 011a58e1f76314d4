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

/* Whether the text is ASCII that stands between quotes as it is. */
static int is_plain(PyObject *o)
{
    static const uint8_t special[128] = {
#define TEN(i) [i] = 1, [i + 1] = 1, [i + 2] = 1, [i + 3] = 1, [i + 4] = 1, [i + 5] = 1, [i + 6] = 1, [i + 7] = 1, [i + 8] = 1, [i + 9] = 1
        TEN(0), TEN(10), TEN(20), [30] = 1, [31] = 1, ['\''] = 1, ['\\'] = 1, [0x7f] = 1,
#undef TEN
    };
    const unsigned char *text = str_data(o), *end = text + str_len(o);
    unsigned found = 0;
    if (!str_is_ascii(o))
        return 0;
    while (text < end)
        found |= special[*text++];
    return !found;
}

int str_write_repr(_PyUnicodeWriter *w, PyObject *o)
{
    if (PyLong_CheckExact(o))
        return _PyLong_FormatWriter(w, o, 10, 0);
    if (PyUnicode_CheckExact(o) && PyUnicode_READY(o) == 0 && is_plain(o)) {
        Py_ssize_t n = str_len(o);
        if (_PyUnicodeWriter_Prepare(w, n + 2, 0x7f) < 0)
            return -1;
        unit_set(w->kind, w->data, w->pos, '\'');
        units_copy(w->kind, w->data, w->pos + 1, 1, str_data(o), 0, n);
        unit_set(w->kind, w->data, w->pos + n + 1, '\'');
        w->pos += n + 2;
        return 0;
    }
    PyObject *text = PyObject_Repr(o);
    int result = text ? _PyUnicodeWriter_WriteStr(w, text) : -1;
    Py_XDECREF(text);
    return result;
}

PyObject *str_repr(PyObject *o)
{
    if (PyUnicode_READY(o) < 0)
        return NULL;
    StrView v = str_view(o);
    if (is_plain(o)) {
        PyObject *r = PyUnicode_New(v.len + 2, 0x7f);
        if (r != NULL) {
            char *to = str_data(r);
            to[0] = to[v.len + 1] = '\'';
            memcpy(to + 1, v.data, (size_t)v.len);
        }
        return r;
    }
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
