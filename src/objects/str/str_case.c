/* str methods that change case: lower, upper, title, capitalize, swapcase, casefold. */
#include "objects/str/str.h"
#include <string.h>

enum { LOWER, UPPER, TITLE, FOLD };

static inline int ascii_is_upper(Py_UCS4 c) { return c - 'A' < 26; }
static inline int ascii_is_lower(Py_UCS4 c) { return c - 'a' < 26; }

/* Whether the sigma at i ends a word: a cased character before it and none after, case-ignorable ones aside. */
static int is_final_sigma(StrView v, Py_ssize_t i)
{
    Py_ssize_t j = i - 1;
    while (j >= 0 && _PyUnicode_IsCaseIgnorable(unit_at(v.kind, v.data, j)))
        j--;
    if (j < 0 || !_PyUnicode_IsCased(unit_at(v.kind, v.data, j)))
        return 0;
    for (j = i + 1; j < v.len && _PyUnicode_IsCaseIgnorable(unit_at(v.kind, v.data, j));)
        j++;
    return j == v.len || !_PyUnicode_IsCased(unit_at(v.kind, v.data, j));
}

static int map_char(StrView v, Py_ssize_t i, int which, Py_UCS4 out[3])
{
    Py_UCS4 c = unit_at(v.kind, v.data, i);
    if (which == LOWER && c == 0x3a3) {
        out[0] = is_final_sigma(v, i) ? 0x3c2 : 0x3c3;
        return 1;
    }
    return unicode_full(c, which, out);
}

static int map_swap(StrView v, Py_ssize_t i, Py_UCS4 out[3])
{
    Py_UCS4 c = unit_at(v.kind, v.data, i);
    if (_PyUnicode_IsUppercase(c))
        return map_char(v, i, LOWER, out);
    if (_PyUnicode_IsLowercase(c))
        return unicode_full(c, UPPER, out);
    out[0] = c;
    return 1;
}

enum { ALL_LOWER, ALL_UPPER, ALL_FOLD, WORDS_TITLE, FIRST_TITLE, SWAP };

static PyObject *map_all(PyObject *o, int mode)
{
    StrView v = str_view(o);
    if (v.len == 0)
        return str_empty();
    if (v.len > PY_SSIZE_T_MAX / 12)
        return PyErr_NoMemory();
    Py_UCS4 *out = PyMem_Malloc(v.len * 3 * sizeof(Py_UCS4));
    if (out == NULL)
        return PyErr_NoMemory();
    Py_ssize_t n = 0;
    int previous_cased = 0;
    for (Py_ssize_t i = 0; i < v.len; i++) {
        if (mode == ALL_LOWER || mode == ALL_UPPER) {
            Py_ssize_t run = unicode_map_run(v.kind, (const char *)v.data + i * v.kind, v.len - i,
                                             mode == ALL_LOWER ? LOWER : UPPER, out + n);
            n += run;
            i += run;
            if (i == v.len)
                break;
        }
        switch (mode) {
        case ALL_LOWER: n += map_char(v, i, LOWER, out + n); break;
        case ALL_UPPER: n += map_char(v, i, UPPER, out + n); break;
        case ALL_FOLD: n += map_char(v, i, FOLD, out + n); break;
        case FIRST_TITLE: n += map_char(v, i, i ? LOWER : TITLE, out + n); break;
        case SWAP: n += map_swap(v, i, out + n); break;
        default:
            n += map_char(v, i, previous_cased ? LOWER : TITLE, out + n);
            previous_cased = _PyUnicode_IsCased(unit_at(v.kind, v.data, i));
        }
    }
    PyObject *r = PyUnicode_FromKindAndData(4, out, n);
    PyMem_Free(out);
    return r;
}

/* ASCII text: no allocation beside the result. */
static PyObject *map_ascii(PyObject *o, int mode)
{
    Py_ssize_t n = str_len(o);
    PyObject *r = PyUnicode_New(n, 127);
    if (r == NULL || n == 0)
        return r;
    const unsigned char *from = str_data(o);
    unsigned char *to = str_data(r);
    int previous_cased = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        unsigned char c = from[i];
        int up = ascii_is_upper(c), low = ascii_is_lower(c), want_upper;
        if (mode == SWAP)
            want_upper = low;
        else
            want_upper = mode == FIRST_TITLE ? i == 0 : !previous_cased;
        previous_cased = up || low;
        to[i] = want_upper ? c - (low << 5) : c + (up << 5);
    }
    return r;
}

static PyObject *ascii_lower(PyObject *o)
{
    Py_ssize_t n = str_len(o);
    PyObject *r = PyUnicode_New(n, 127);
    if (r == NULL || n == 0)
        return r;
    const unsigned char *from = str_data(o);
    unsigned char *to = str_data(r);
    for (Py_ssize_t i = 0; i < n; i++)
        to[i] = from[i] + (((unsigned char)(from[i] - 'A') < 26) << 5);
    return r;
}

static PyObject *ascii_upper(PyObject *o)
{
    Py_ssize_t n = str_len(o);
    PyObject *r = PyUnicode_New(n, 127);
    if (r == NULL || n == 0)
        return r;
    const unsigned char *from = str_data(o);
    unsigned char *to = str_data(r);
    for (Py_ssize_t i = 0; i < n; i++)
        to[i] = from[i] - (((unsigned char)(from[i] - 'a') < 26) << 5);
    return r;
}

METH1(str_lower) { return str_is_ascii(self) ? ascii_lower(self) : map_all(self, ALL_LOWER); }
METH1(str_upper) { return str_is_ascii(self) ? ascii_upper(self) : map_all(self, ALL_UPPER); }
METH1(str_casefold) { return str_is_ascii(self) ? ascii_lower(self) : map_all(self, ALL_FOLD); }
METH1(str_title) { return str_is_ascii(self) ? map_ascii(self, WORDS_TITLE) : map_all(self, WORDS_TITLE); }
METH1(str_capitalize) { return str_is_ascii(self) ? map_ascii(self, FIRST_TITLE) : map_all(self, FIRST_TITLE); }
METH1(str_swapcase) { return str_is_ascii(self) ? map_ascii(self, SWAP) : map_all(self, SWAP); }
