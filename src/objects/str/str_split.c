/* str methods that cut: split, rsplit, splitlines, strip and its halves. */
#include "objects/str/str.h"
#include "objects/object.h"
#include "objects/list/list.h"
#include <string.h>

static inline int is_space_at(StrView v, Py_ssize_t i)
{
    Py_UCS4 c = unit_at(v.kind, v.data, i);
    return Py_UNICODE_ISSPACE(c);
}

/* Appends o[start:end]; -1 with an exception set. */
static int add_slice(PyObject *list, PyObject *o, Py_ssize_t start, Py_ssize_t end)
{
    PyObject *part = str_slice(o, start, end);
    return part == NULL ? -1 : list_append_steal((PyListObject *)list, part);
}

static int split_space(PyObject *list, PyObject *o, Py_ssize_t max)
{
    StrView v = str_view(o);
    Py_ssize_t i = 0;
    for (;;) {
        while (i < v.len && is_space_at(v, i))
            i++;
        if (i == v.len)
            return 0;
        Py_ssize_t start = i;
        if (max-- <= 0)
            return add_slice(list, o, start, v.len);
        while (i < v.len && !is_space_at(v, i))
            i++;
        if (add_slice(list, o, start, i) < 0)
            return -1;
    }
}

static int rsplit_space(PyObject *list, PyObject *o, Py_ssize_t max)
{
    StrView v = str_view(o);
    Py_ssize_t i = v.len;
    for (;;) {
        while (i > 0 && is_space_at(v, i - 1))
            i--;
        if (i == 0)
            return 0;
        Py_ssize_t end = i;
        if (max-- <= 0)
            return add_slice(list, o, 0, end);
        while (i > 0 && !is_space_at(v, i - 1))
            i--;
        if (add_slice(list, o, i, end) < 0)
            return -1;
    }
}

#define SPLIT_UNITS(UNIT)                                                                                              \
    for (Py_ssize_t i = 0; i < v.len && max > 0; i++) {                                                                \
        if (((const UNIT *)v.data)[i] != c)                                                                            \
            continue;                                                                                                  \
        if (add_slice(list, o, done, i) < 0)                                                                           \
            return -1;                                                                                                 \
        done = i + 1;                                                                                                  \
        max--;                                                                                                         \
    }

/* By one character, in a string of wide units. */
static int split_char(PyObject *list, PyObject *o, Py_UCS4 c, Py_ssize_t max)
{
    StrView v = str_view(o);
    Py_ssize_t done = 0;
    if (v.kind == 2)
        SPLIT_UNITS(Py_UCS2)
    else
        SPLIT_UNITS(Py_UCS4)
    return add_slice(list, o, done, v.len);
}

static int split_sep(PyObject *list, PyObject *o, PyObject *sep, Py_ssize_t max)
{
    StrView v = str_view(o), s = str_view(sep);
    if (s.len == 1 && v.kind > 1)
        return split_char(list, o, unit_at(s.kind, s.data, 0), max);
    Py_ssize_t done = 0;
    while (max-- > 0) {
        StrView rest = {(const char *)v.data + done * v.kind, v.len - done, v.kind};
        Py_ssize_t at = view_find(rest, s, 1);
        if (at < 0)
            break;
        if (add_slice(list, o, done, done + at) < 0)
            return -1;
        done += at + s.len;
    }
    return add_slice(list, o, done, v.len);
}

static int rsplit_sep(PyObject *list, PyObject *o, PyObject *sep, Py_ssize_t max)
{
    StrView v = str_view(o), s = str_view(sep);
    while (max-- > 0) {
        Py_ssize_t at = view_find(v, s, -1);
        if (at < 0)
            break;
        if (add_slice(list, o, at + s.len, v.len) < 0)
            return -1;
        v.len = at;
    }
    return add_slice(list, o, 0, v.len);
}

static PyObject *split(PyObject *o, PyObject *sep, Py_ssize_t max, int from_right)
{
    if (max < 0)
        max = PY_SSIZE_T_MAX;
    if (str_check(o) < 0 || (sep && str_check(sep) < 0))
        return NULL;
    if (sep && str_len(sep) == 0) {
        PyErr_SetString(PyExc_ValueError, "empty separator");
        return NULL;
    }
    PyObject *list = PyList_New(0);
    if (list == NULL)
        return NULL;
    int failed;
    if (sep)
        failed = from_right ? rsplit_sep(list, o, sep, max) : split_sep(list, o, sep, max);
    else
        failed = from_right ? rsplit_space(list, o, max) : split_space(list, o, max);
    if (failed < 0 || (from_right && PyList_Reverse(list) < 0))
        Py_CLEAR(list);
    return list;
}

PyObject *PyUnicode_Split(PyObject *o, PyObject *sep, Py_ssize_t max) { return split(o, sep, max, 0); }
PyObject *PyUnicode_RSplit(PyObject *o, PyObject *sep, Py_ssize_t max) { return split(o, sep, max, 1); }

static PyObject *split_method(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, _PyArg_Parser *parser,
                              int from_right)
{
    PyObject *buffer[2], *sep = Py_None;
    Py_ssize_t max = -1;
    if (nargs == 1 && kwnames == NULL)
        sep = args[0];
    else if (nargs || kwnames) {
        args = str_unpack(args, nargs, kwnames, parser, 2, buffer);
        if (args == NULL)
            return NULL;
        if (args[0])
            sep = args[0];
        if (args[1]) {
            max = number_argument(args[1]);
            if (max == -1 && PyErr_Occurred())
                return NULL;
        }
    }
    if (sep != Py_None && !PyUnicode_Check(sep)) {
        PyErr_Format(PyExc_TypeError, "must be str or None, not %.100s", Py_TYPE(sep)->tp_name);
        return NULL;
    }
    return split(self, sep == Py_None ? NULL : sep, max, from_right);
}

METHK(str_split)
{
    static const char *const keywords[] = {"sep", "maxsplit", NULL};
    static _PyArg_Parser parser = {.keywords = keywords, .fname = "split"};
    return split_method(self, args, nargs, kwnames, &parser, 0);
}

METHK(str_rsplit)
{
    static const char *const keywords[] = {"sep", "maxsplit", NULL};
    static _PyArg_Parser parser = {.keywords = keywords, .fname = "rsplit"};
    return split_method(self, args, nargs, kwnames, &parser, 1);
}

/* --- lines --- */

static inline int is_break(Py_UCS4 c)
{
    return c < 128 ? c <= 0x1e && c >= '\n' && (c <= '\r' || c >= 0x1c) : _PyUnicode_IsLinebreak(c);
}

PyObject *PyUnicode_Splitlines(PyObject *o, int keepends)
{
    if (str_check(o) < 0)
        return NULL;
    PyObject *list = PyList_New(0);
    StrView v = str_view(o);
    for (Py_ssize_t i = 0; list && i < v.len;) {
        Py_ssize_t start = i;
        while (i < v.len && !is_break(unit_at(v.kind, v.data, i)))
            i++;
        Py_ssize_t end = i;
        if (i < v.len) {
            int crlf = unit_at(v.kind, v.data, i) == '\r' && i + 1 < v.len && unit_at(v.kind, v.data, i + 1) == '\n';
            i += 1 + crlf;
            if (keepends)
                end = i;
        }
        if (add_slice(list, o, start, end) < 0)
            Py_CLEAR(list);
    }
    return list;
}

METHK(str_splitlines)
{
    static const char *const keywords[] = {"keepends", NULL};
    static _PyArg_Parser parser = {.keywords = keywords, .fname = "splitlines"};
    PyObject *buffer[1];
    int keepends = 0;
    args = str_unpack(args, nargs, kwnames, &parser, 1, buffer);
    if (args == NULL)
        return NULL;
    if (args[0]) {
        keepends = _PyLong_AsInt(args[0]);
        if (keepends == -1 && PyErr_Occurred())
            return NULL;
    }
    return PyUnicode_Splitlines(self, keepends);
}

/* --- strip --- */

enum { LEFT = 1, RIGHT = 2 };

static PyObject *strip_space(PyObject *o, int sides)
{
    StrView v = str_view(o);
    Py_ssize_t start = 0, end = v.len;
    if (sides & LEFT)
        while (start < end && is_space_at(v, start))
            start++;
    if (sides & RIGHT)
        while (end > start && is_space_at(v, end - 1))
            end--;
    return str_slice(o, start, end);
}

static PyObject *strip_chars(PyObject *o, PyObject *chars, int sides)
{
    StrView v = str_view(o), set = str_view(chars);
    Py_ssize_t start = 0, end = v.len;
    if (sides & LEFT)
        while (start < end && view_find_char(set, unit_at(v.kind, v.data, start), 1) >= 0)
            start++;
    if (sides & RIGHT)
        while (end > start && view_find_char(set, unit_at(v.kind, v.data, end - 1), 1) >= 0)
            end--;
    return str_slice(o, start, end);
}

/* striptype: 0 left, 1 right, 2 both. */
PyObject *_PyUnicode_XStrip(PyObject *o, int striptype, PyObject *chars)
{
    if (PyUnicode_READY(o) < 0 || PyUnicode_READY(chars) < 0)
        return NULL;
    return strip_chars(o, chars, striptype == 0 ? LEFT : striptype == 1 ? RIGHT : LEFT | RIGHT);
}

static PyObject *strip_method(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t nargs, int sides)
{
    if (nargs > 1 && !_PyArg_CheckPositional(name, nargs, 0, 1))
        return NULL;
    if (nargs == 0 || args[0] == Py_None)
        return strip_space(self, sides);
    if (!PyUnicode_Check(args[0])) {
        PyErr_Format(PyExc_TypeError, "%s arg must be None or str", name);
        return NULL;
    }
    return PyUnicode_READY(args[0]) < 0 ? NULL : strip_chars(self, args[0], sides);
}

METHN(str_strip) { return strip_method("strip", self, args, nargs, LEFT | RIGHT); }
METHN(str_lstrip) { return strip_method("lstrip", self, args, nargs, LEFT); }
METHN(str_rstrip) { return strip_method("rstrip", self, args, nargs, RIGHT); }
