/* str methods that build a longer or translated string: join, justification, zfill, expandtabs, translate, maketrans. */
#include "objects/str/str.h"
#include "objects/object.h"
#include <string.h>

/* --- join --- */

/* Total length and class of the items with separators; -1 with an exception set. */
static Py_ssize_t measure_join(PyObject *sep, PyObject *const *items, Py_ssize_t n, Py_UCS4 *max)
{
    Py_ssize_t total = 0, gap = sep ? str_len(sep) : 1;
    *max = n > 1 && sep ? str_max(sep) : 0x7f;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *item = items[i];
        if (!PyUnicode_Check(item)) {
            PyErr_Format(PyExc_TypeError, "sequence item %zd: expected str instance, %.80s found", i, Py_TYPE(item)->tp_name);
            return -1;
        }
        if (PyUnicode_READY(item) < 0)
            return -1;
        Py_UCS4 m = str_max(item);
        if (m > *max)
            *max = m;
        Py_ssize_t add = str_len(item) + (i ? gap : 0);
        if (add < 0 || total > PY_SSIZE_T_MAX - add) {
            PyErr_SetString(PyExc_OverflowError, "join() result is too long for a Python string");
            return -1;
        }
        total += add;
    }
    return total;
}

/* sep NULL means a blank. */
PyObject *_PyUnicode_JoinArray(PyObject *sep, PyObject *const *items, Py_ssize_t n)
{
    Py_UCS4 max;
    if (n == 0)
        return str_empty();
    if (n == 1 && PyUnicode_CheckExact(items[0])) {
        Py_INCREF(items[0]);
        return items[0];
    }
    if (sep && str_check(sep) < 0)
        return NULL;
    Py_ssize_t total = measure_join(sep, items, n, &max);
    if (total < 0)
        return NULL;
    PyObject *r = PyUnicode_New(total, max);
    if (r == NULL || total == 0)
        return r;
    int kind = str_kind(r);
    char *to = str_data(r);
    Py_ssize_t at = 0, gap = sep ? str_len(sep) : 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (i && gap) {
            if (sep)
                units_put(kind, to, at, str_kind(sep), str_data(sep), gap);
            else
                unit_set(kind, to, at, ' ');
            at += gap;
        }
        PyObject *item = items[i];
        Py_ssize_t len = str_len(item);
        units_put(kind, to, at, str_kind(item), str_data(item), len);
        at += len;
    }
    return r;
}

PyObject *PyUnicode_Join(PyObject *sep, PyObject *iterable)
{
    PyObject *seq = PySequence_Fast(iterable, "can only join an iterable");
    if (seq == NULL)
        return NULL;
    PyObject *r = _PyUnicode_JoinArray(sep, PySequence_Fast_ITEMS(seq), PySequence_Fast_GET_SIZE(seq));
    Py_DECREF(seq);
    return r;
}

/* --- justification --- */

static PyObject *pad(PyObject *o, Py_ssize_t left, Py_ssize_t right, Py_UCS4 fill)
{
    if (left < 0)
        left = 0;
    if (right < 0)
        right = 0;
    Py_ssize_t n = str_len(o);
    if (left == 0 && right == 0)
        return str_exact(o);
    if (left > PY_SSIZE_T_MAX - n || right > PY_SSIZE_T_MAX - (left + n)) {
        PyErr_SetString(PyExc_OverflowError, "padded string is too long");
        return NULL;
    }
    PyObject *r = PyUnicode_New(left + n + right, Py_MAX(str_max(o), fill));
    if (r == NULL)
        return NULL;
    int kind = str_kind(r);
    void *to = str_data(r);
    units_fill(kind, to, 0, left, fill);
    units_copy(kind, to, left, str_kind(o), str_data(o), 0, n);
    units_fill(kind, to, left + n, right, fill);
    return r;
}

static int parse_justify(const char *name, PyObject *const *args, Py_ssize_t nargs, Py_ssize_t *width, Py_UCS4 *fill)
{
    *fill = ' ';
    if (!_PyArg_CheckPositional(name, nargs, 1, 2))
        return -1;
    *width = number_argument(args[0]);
    if (*width == -1 && PyErr_Occurred())
        return -1;
    if (nargs == 2) {
        if (!PyUnicode_Check(args[1])) {
            PyErr_Format(PyExc_TypeError, "The fill character must be a unicode character, not %.100s",
                         Py_TYPE(args[1])->tp_name);
            return -1;
        }
        if (str_len(args[1]) != 1) {
            PyErr_SetString(PyExc_TypeError, "The fill character must be exactly one character long");
            return -1;
        }
        *fill = str_at(args[1], 0);
    }
    return 0;
}

METHN(str_ljust)
{
    Py_ssize_t width;
    Py_UCS4 fill;
    if (parse_justify("ljust", args, nargs, &width, &fill) < 0)
        return NULL;
    return pad(self, 0, width - str_len(self), fill);
}

METHN(str_rjust)
{
    Py_ssize_t width;
    Py_UCS4 fill;
    if (parse_justify("rjust", args, nargs, &width, &fill) < 0)
        return NULL;
    return pad(self, width - str_len(self), 0, fill);
}

METHN(str_center)
{
    Py_ssize_t width;
    Py_UCS4 fill;
    if (parse_justify("center", args, nargs, &width, &fill) < 0)
        return NULL;
    Py_ssize_t room = width - str_len(self);
    if (room <= 0)
        return str_exact(self);
    Py_ssize_t left = room / 2 + (room & width & 1);  /* the odd blank goes left when the width is odd too */
    return pad(self, left, room - left, fill);
}

METH1(str_zfill)
{
    Py_ssize_t width = number_argument(arg);
    if (width == -1 && PyErr_Occurred())
        return NULL;
    Py_ssize_t fill = width - str_len(self);
    if (fill <= 0)
        return str_exact(self);
    PyObject *r = pad(self, fill, 0, '0');
    if (r == NULL || str_len(self) == 0)
        return r;
    Py_UCS4 c = str_at(r, fill);
    if (c == '+' || c == '-') {
        unit_set(str_kind(r), str_data(r), 0, c);
        unit_set(str_kind(r), str_data(r), fill, '0');
    }
    return r;
}

/* --- expandtabs --- */

METHK(str_expandtabs)
{
    static const char *const keywords[] = {"tabsize", NULL};
    static _PyArg_Parser parser = {.keywords = keywords, .fname = "expandtabs"};
    PyObject *buffer[1];
    int tab = 8;
    args = str_unpack(args, nargs, kwnames, &parser, 1, buffer);
    if (args == NULL)
        return NULL;
    if (args[0]) {
        tab = _PyLong_AsInt(args[0]);
        if (tab == -1 && PyErr_Occurred())
            return NULL;
    }
    if (view_find_char(str_view(self), '\t', 1) < 0)
        return str_exact(self);
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    Py_ssize_t column = 0, n = str_len(self);
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = str_at(self, i);
        if (c == '\t') {
            Py_ssize_t blanks = tab > 0 ? tab - column % tab : 0;
            if (w.pos > PY_SSIZE_T_MAX - blanks) {
                PyErr_SetString(PyExc_OverflowError, "new string is too long");
                goto fail;
            }
            if (_PyUnicodeWriter_Prepare(&w, blanks, ' ') < 0)
                goto fail;
            units_fill(w.kind, w.data, w.pos, blanks, ' ');
            w.pos += blanks;
            column += blanks;
            continue;
        }
        if (_PyUnicodeWriter_WriteChar(&w, c) < 0)
            goto fail;
        column = c == '\n' || c == '\r' ? 0 : column + 1;
    }
    return _PyUnicodeWriter_Finish(&w);
fail:
    _PyUnicodeWriter_Dealloc(&w);
    return NULL;
}

/* --- translate --- */

/* table[c]: 0 with *what new (an int, a str or None), 1 when not in the table; -1 with an exception set. */
static int look_up(PyObject *table, Py_UCS4 c, PyObject **what)
{
    PyObject *key = PyLong_FromLong((long)c);
    if (key == NULL)
        return -1;
    *what = PyObject_GetItem(table, key);
    Py_DECREF(key);
    if (*what)
        return 0;
    if (!PyErr_ExceptionMatches(PyExc_LookupError))
        return -1;
    PyErr_Clear();
    return 1;
}

static int write_translated(_PyUnicodeWriter *w, PyObject *what)
{
    if (what == Py_None)
        return 0;
    if (PyUnicode_Check(what))
        return _PyUnicodeWriter_WriteStr(w, what);
    if (!PyLong_Check(what)) {
        PyErr_SetString(PyExc_TypeError, "character mapping must return integer, None or str");
        return -1;
    }
    long c = PyLong_AsLong(what);
    if (c < 0 || c > MAX_UNICODE) {
        if (c != -1 || !PyErr_Occurred() || PyErr_ExceptionMatches(PyExc_OverflowError)) {
            PyErr_Clear();
            PyErr_Format(PyExc_ValueError, "character mapping must be in range(0x%lx)", (unsigned long)MAX_UNICODE + 1);
        }
        return -1;
    }
    return _PyUnicodeWriter_WriteChar(w, (Py_UCS4)c);
}

/* Answers for ASCII characters are remembered: 0 not asked, 1 not in the table, 2 + c: the ASCII character c. */
METH1(str_translate)
{
    unsigned char known[128] = {0};
    int memo = PyDict_CheckExact(arg);
    Py_ssize_t n = str_len(self);
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    w.min_length = n;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = str_at(self, i);
        PyObject *what = NULL;
        int answer;
        if (c < 128 && known[c]) {
            if (_PyUnicodeWriter_WriteChar(&w, known[c] == 1 ? c : (Py_UCS4)known[c] - 2) < 0)
                goto fail;
            continue;
        }
        answer = look_up(arg, c, &what);
        if (answer < 0)
            goto fail;
        if (answer == 1) {
            if (c < 128 && memo)
                known[c] = 1;
            if (_PyUnicodeWriter_WriteChar(&w, c) < 0)
                goto fail;
            continue;
        }
        if (c < 128 && memo && PyUnicode_CheckExact(what) && str_len(what) == 1 && str_is_ascii(what))
            known[c] = (unsigned char)(str_at(what, 0) + 2);
        int failed = write_translated(&w, what);
        Py_DECREF(what);
        if (failed < 0)
            goto fail;
    }
    return _PyUnicodeWriter_Finish(&w);
fail:
    _PyUnicodeWriter_Dealloc(&w);
    return NULL;
}

PyObject *PyUnicode_Translate(PyObject *o, PyObject *table, const char *errors)
{
    return str_check(o) < 0 ? NULL : str_translate(o, table);
}

/* --- maketrans --- */

static int set_ordinal(PyObject *table, Py_UCS4 c, PyObject *value)
{
    PyObject *key = PyLong_FromLong((long)c);
    if (key == NULL || value == NULL) {
        Py_XDECREF(key);
        return -1;
    }
    int failed = PyDict_SetItem(table, key, value);
    Py_DECREF(key);
    return failed;
}

static int trans_from_pairs(PyObject *table, PyObject *x, PyObject *y, PyObject *z)
{
    if (!PyUnicode_Check(x)) {
        PyErr_SetString(PyExc_TypeError, "first maketrans argument must be a string if there is a second argument");
        return -1;
    }
    if (str_len(x) != str_len(y)) {
        PyErr_SetString(PyExc_ValueError, "the first two maketrans arguments must have equal length");
        return -1;
    }
    for (Py_ssize_t i = 0; i < str_len(x); i++) {
        PyObject *to = PyLong_FromLong((long)str_at(y, i));
        int failed = set_ordinal(table, str_at(x, i), to);
        Py_XDECREF(to);
        if (failed < 0)
            return -1;
    }
    for (Py_ssize_t i = 0; z && i < str_len(z); i++)
        if (set_ordinal(table, str_at(z, i), Py_None) < 0)
            return -1;
    return 0;
}

static int trans_from_dict(PyObject *table, PyObject *x)
{
    if (!PyDict_CheckExact(x)) {
        PyErr_SetString(PyExc_TypeError, "if you give only one argument to maketrans it must be a dict");
        return -1;
    }
    Py_ssize_t at = 0;
    PyObject *key, *value;
    while (PyDict_Next(x, &at, &key, &value)) {
        int failed;
        if (PyUnicode_Check(key)) {
            if (str_len(key) != 1) {
                PyErr_SetString(PyExc_ValueError, "string keys in translate table must be of length 1");
                return -1;
            }
            failed = set_ordinal(table, str_at(key, 0), value);
        }
        else if (PyLong_Check(key))
            failed = PyDict_SetItem(table, key, value);
        else {
            PyErr_SetString(PyExc_TypeError, "keys in translate table must be strings or integers");
            return -1;
        }
        if (failed < 0)
            return -1;
    }
    return 0;
}

METHN(str_maketrans)
{
    if (!_PyArg_CheckPositional("maketrans", nargs, 1, 3))
        return NULL;
    for (Py_ssize_t i = 1; i < nargs; i++)
        if (!PyUnicode_Check(args[i])) {
            PyErr_Format(PyExc_TypeError, "maketrans() argument %zd must be str, not %.50s", i + 1,
                         args[i] == Py_None ? "None" : Py_TYPE(args[i])->tp_name);
            return NULL;
        }
    PyObject *table = PyDict_New();
    if (table == NULL)
        return NULL;
    int failed = nargs > 1 ? trans_from_pairs(table, args[0], args[1], nargs > 2 ? args[2] : NULL)
                           : trans_from_dict(table, args[0]);
    if (failed < 0)
        Py_CLEAR(table);
    return table;
}

/* --- digits for int(), float() and complex() --- */

/* ASCII digits for decimal digits of any script, a blank for white space, '?' for what is neither and all after it. */
PyObject *_PyUnicode_TransformDecimalAndSpaceToASCII(PyObject *o)
{
    if (!PyUnicode_Check(o)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (PyUnicode_READY(o) < 0)
        return NULL;
    if (str_is_ascii(o)) {
        Py_INCREF(o);
        return o;
    }
    Py_ssize_t n = str_len(o), i;
    PyObject *r = PyUnicode_New(n, 127);
    if (r == NULL)
        return NULL;
    char *to = str_data(r);
    for (i = 0; i < n; i++) {
        Py_UCS4 c = str_at(o, i);
        if (c < 127)
            to[i] = (char)c;
        else if (Py_UNICODE_ISSPACE(c))
            to[i] = ' ';
        else {
            int digit = _PyUnicode_ToDecimalDigit(c);
            if (digit < 0)
                break;
            to[i] = (char)('0' + digit);
        }
    }
    if (i < n) {
        to[i] = '?';
        to[i + 1] = 0;
        str_head(r)->length = i + 1;
    }
    return r;
}
