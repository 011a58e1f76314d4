/* The methods of bytes and bytearray, written once; see bytes.h for how they get at data and make results. */
#include "objects/bytes/bytes.h"
#include "objects/object.h"
#include "objects/search.h"

#define SEARCH_CHAR char
#define SEARCH_NAME(f) search_##f
#include "objects/search.h"

/* ---- arguments --------------------------------------------------------------------------------------------- */

int byte_value(PyObject *o)
{
    Py_ssize_t v = PyNumber_AsSsize_t(o, NULL);
    if (v == -1 && PyErr_Occurred())
        return -1;
    if (v < 0 || v > 255) {
        PyErr_SetString(PyExc_ValueError, "byte must be in range(0, 256)");
        return -1;
    }
    return (int)v;
}

int byte_arguments(const char *function, PyObject *const *args, Py_ssize_t n, PyObject *kwnames, const char *const *names, int positional,
                   int max, PyObject **out)
{
    Py_ssize_t nk = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    for (int i = 0; i < max; i++)
        out[i] = i < n ? args[i] : NULL;
    if (n + nk > max) {
        PyErr_Format(PyExc_TypeError, "%s() takes at most %d argument%s (%zd given)", function, max, max == 1 ? "" : "s", n + nk);
        return -1;
    }
    for (Py_ssize_t k = 0; k < nk; k++) {
        PyObject *name = PyTuple_GET_ITEM(kwnames, k);
        int i = positional;
        while (i < max && PyUnicode_CompareWithASCIIString(name, names[i]) != 0)
            i++;
        if (i == max) {
            PyErr_Format(PyExc_TypeError, "'%U' is an invalid keyword argument for %s()", name, function);
            return -1;
        }
        if (out[i]) {
            PyErr_Format(PyExc_TypeError, "argument for %s() given by name ('%U') and position (%d)", function, name, i + 1);
            return -1;
        }
        out[i] = args[n + k];
    }
    return 0;
}

static int check_count(const char *function, Py_ssize_t n, Py_ssize_t min, Py_ssize_t max)
{
    if (n >= min && n <= max)
        return 0;
    Py_ssize_t bound = n < min ? min : max;
    PyErr_Format(PyExc_TypeError, "%s expected %s%zd argument%s, got %zd", function,
                 min == max ? "" : n < min ? "at least " : "at most ", bound, bound == 1 ? "" : "s", n);
    return -1;
}

static int index_argument(PyObject *o, Py_ssize_t *out)
{
    if (!o)
        return 0;
    *out = number_argument(o);
    return *out == -1 && PyErr_Occurred() ? -1 : 0;
}

/* A subsection to look for: a buffer, or one byte given as an int. */
typedef struct { Py_buffer view; char one; const char *p; Py_ssize_t n; } Needle;

static int needle_get(PyObject *o, Needle *s)
{
    s->view.obj = NULL;
    if (PyIndex_Check(o) && !PyObject_CheckBuffer(o)) {
        int v = byte_value(o);
        if (v < 0)
            return -1;
        s->one = (char)v;
        s->p = &s->one;
        s->n = 1;
        return 0;
    }
    if (!PyObject_CheckBuffer(o)) {
        PyErr_Format(PyExc_TypeError, "argument should be integer or bytes-like object, not '%.200s'", Py_TYPE(o)->tp_name);
        return -1;
    }
    if (PyObject_GetBuffer(o, &s->view, PyBUF_SIMPLE))
        return -1;
    s->p = s->view.buf;
    s->n = s->view.len;
    return 0;
}
static void needle_release(Needle *s)
{
    if (s->view.obj)
        PyBuffer_Release(&s->view);
}

int _PyEval_SliceIndex(PyObject *, Py_ssize_t *);

/* Parses (sub[, start[, end]]). */
static int find_arguments(const char *function, PyObject *const *args, Py_ssize_t n, Py_ssize_t *start, Py_ssize_t *end)
{
    *start = 0;
    *end = PY_SSIZE_T_MAX;
    if (n < 1 || n > 3) {
        PyErr_Format(PyExc_TypeError, "%s() takes at %s %d argument%s (%zd given)", function, n < 1 ? "least" : "most", n < 1 ? 1 : 3,
                     n < 1 ? "" : "s", n);
        return -1;
    }
    if ((n > 1 && !_PyEval_SliceIndex(args[1], start)) || (n > 2 && !_PyEval_SliceIndex(args[2], end)))
        return -1;
    return 0;
}

static void clip(Py_ssize_t n, Py_ssize_t *start, Py_ssize_t *end)
{
    if (*end > n)
        *end = n;
    else if (*end < 0 && (*end += n) < 0)
        *end = 0;
    if (*start < 0 && (*start += n) < 0)
        *start = 0;
}

/* ---- searching --------------------------------------------------------------------------------------------- */

/* Index of the first (or last) occurrence, -1 if none, -2 with an error set. */
static Py_ssize_t locate(const char *function, PyObject *self, PyObject *const *args, Py_ssize_t nargs, int from_end)
{
    Py_ssize_t start, end, n, at = -1;
    Needle sub;
    if (find_arguments(function, args, nargs, &start, &end) || needle_get(args[0], &sub))
        return -2;
    const char *s = byte_data(self, &n);
    clip(n, &start, &end);
    if (end - start >= sub.n && start <= end) {
        at = from_end ? search_rfind(s + start, end - start, sub.p, sub.n) : search_find(s + start, end - start, sub.p, sub.n);
        if (at >= 0)
            at += start;
    }
    needle_release(&sub);
    return at;
}

static PyObject *index_result(Py_ssize_t at, int must)
{
    if (at == -1 && must)
        PyErr_SetString(PyExc_ValueError, "subsection not found");
    return at == -2 || (at == -1 && must) ? NULL : PyLong_FromSsize_t(at);
}

PyObject *byte_find(PyObject *self, PyObject *const *args, Py_ssize_t n) { return index_result(locate("find", self, args, n, 0), 0); }
PyObject *byte_rfind(PyObject *self, PyObject *const *args, Py_ssize_t n) { return index_result(locate("rfind", self, args, n, 1), 0); }
PyObject *byte_index(PyObject *self, PyObject *const *args, Py_ssize_t n) { return index_result(locate("index", self, args, n, 0), 1); }
PyObject *byte_rindex(PyObject *self, PyObject *const *args, Py_ssize_t n) { return index_result(locate("rindex", self, args, n, 1), 1); }

Py_ssize_t _PyBytes_Find(const char *s, Py_ssize_t n, const char *p, Py_ssize_t m, Py_ssize_t offset)
{
    Py_ssize_t at = search_find(s, n, p, m);
    return at < 0 ? -1 : at + offset;
}
Py_ssize_t _PyBytes_ReverseFind(const char *s, Py_ssize_t n, const char *p, Py_ssize_t m, Py_ssize_t offset)
{
    Py_ssize_t at = n < m ? -1 : search_rfind(s, n, p, m);
    return at < 0 ? -1 : at + offset;
}

PyObject *byte_count(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t start, end, n, found = 0;
    Needle sub;
    if (find_arguments("count", args, nargs, &start, &end) || needle_get(args[0], &sub))
        return NULL;
    const char *s = byte_data(self, &n);
    clip(n, &start, &end);
    if (end - start >= sub.n && start <= end)
        found = search_count(s + start, end - start, sub.p, sub.n, PY_SSIZE_T_MAX);
    needle_release(&sub);
    return PyLong_FromSsize_t(found);
}

int byte_contains(PyObject *self, PyObject *arg)
{
    Py_ssize_t n;
    if (PyIndex_Check(arg) && !PyObject_CheckBuffer(arg)) {
        int v = byte_value(arg);
        if (v < 0)
            return -1;
        const char *s = byte_data(self, &n);
        return search_find_char(s, n, (char)v) >= 0;
    }
    Py_buffer view;
    if (PyObject_GetBuffer(arg, &view, PyBUF_SIMPLE))
        return -1;
    const char *s = byte_data(self, &n);
    int found = search_find(s, n, view.buf, view.len) >= 0;
    PyBuffer_Release(&view);
    return found;
}

/* Whether self[start:end] begins (or ends) with the buffer; -1 with an error set. */
static int tail_match(PyObject *self, PyObject *sub, Py_ssize_t start, Py_ssize_t end, int at_end)
{
    Py_buffer view;
    Py_ssize_t n;
    if (PyObject_GetBuffer(sub, &view, PyBUF_SIMPLE))
        return -1;
    const char *s = byte_data(self, &n);
    clip(n, &start, &end);
    int same = start <= n && end - start >= view.len && memcmp(at_end ? s + end - view.len : s + start, view.buf, (size_t)view.len) == 0;
    PyBuffer_Release(&view);
    return same;
}

static PyObject *starts_or_ends(const char *function, PyObject *self, PyObject *const *args, Py_ssize_t n, int at_end)
{
    Py_ssize_t start, end;
    if (find_arguments(function, args, n, &start, &end))
        return NULL;
    if (PyTuple_Check(args[0])) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args[0]); i++) {
            int same = tail_match(self, PyTuple_GET_ITEM(args[0], i), start, end, at_end);
            if (same)
                return same < 0 ? NULL : Py_NewRef(Py_True);
        }
        Py_RETURN_FALSE;
    }
    int same = tail_match(self, args[0], start, end, at_end);
    if (same < 0 && PyErr_ExceptionMatches(PyExc_TypeError))
        PyErr_Format(PyExc_TypeError, "%s first arg must be bytes or a tuple of bytes, not %s", function, Py_TYPE(args[0])->tp_name);
    return same < 0 ? NULL : PyBool_FromLong(same);
}
PyObject *byte_startswith(PyObject *self, PyObject *const *args, Py_ssize_t n) { return starts_or_ends("startswith", self, args, n, 0); }
PyObject *byte_endswith(PyObject *self, PyObject *const *args, Py_ssize_t n) { return starts_or_ends("endswith", self, args, n, 1); }

/* ---- classes of characters --------------------------------------------------------------------------------- */

#define ALL_ARE(name, test)                                        \
    PyObject *byte_##name(PyObject *self, PyObject *unused)        \
    {                                                              \
        Py_ssize_t n;                                              \
        const char *s = byte_data(self, &n);                       \
        for (Py_ssize_t i = 0; i < n; i++)                         \
            if (!test(s[i]))                                       \
                Py_RETURN_FALSE;                                   \
        return PyBool_FromLong(n > 0);                             \
    }
ALL_ARE(isalnum, Py_ISALNUM)
ALL_ARE(isalpha, Py_ISALPHA)
ALL_ARE(isdigit, Py_ISDIGIT)
ALL_ARE(isspace, Py_ISSPACE)

PyObject *byte_isascii(PyObject *self, PyObject *unused)
{
    Py_ssize_t n;
    const char *s = byte_data(self, &n);
    for (Py_ssize_t i = 0; i < n; i++)
        if (s[i] & 0x80)
            Py_RETURN_FALSE;
    Py_RETURN_TRUE;
}

/* At least one character is `wanted` and none is `unwanted`. */
static PyObject *all_cased(PyObject *self, int upper)
{
    Py_ssize_t n;
    const char *s = byte_data(self, &n);
    int seen = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (upper ? Py_ISLOWER(s[i]) : Py_ISUPPER(s[i]))
            Py_RETURN_FALSE;
        seen |= upper ? Py_ISUPPER(s[i]) : Py_ISLOWER(s[i]);
    }
    return PyBool_FromLong(seen);
}
PyObject *byte_islower(PyObject *self, PyObject *unused) { return all_cased(self, 0); }
PyObject *byte_isupper(PyObject *self, PyObject *unused) { return all_cased(self, 1); }

PyObject *byte_istitle(PyObject *self, PyObject *unused)
{
    Py_ssize_t n;
    const char *s = byte_data(self, &n);
    int cased = 0, previous = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (Py_ISUPPER(s[i]) ? previous : Py_ISLOWER(s[i]) ? !previous : 0)
            Py_RETURN_FALSE;
        previous = Py_ISALPHA(s[i]) != 0;
        cased |= previous;
    }
    return PyBool_FromLong(cased);
}

enum { LOWER, UPPER, SWAP, CAPITAL, TITLE };

static PyObject *change_case(PyObject *self, int how)
{
    Py_ssize_t n;
    const char *s = byte_data(self, &n);
    if (n == 0)
        return byte_make(self, NULL, 0);
    char small[1];
    PyObject *r = n > 1 ? byte_make(self, NULL, n) : NULL;
    if (n > 1 && !r)
        return NULL;
    char *p = r ? byte_room(r) : small;
    int previous = 0;
    s = byte_data(self, &n);
    for (Py_ssize_t i = 0; i < n; i++) {
        char c = s[i];
        int up = how == UPPER || (how == SWAP && Py_ISLOWER(c)) || (how == CAPITAL && i == 0) || (how == TITLE && !previous);
        p[i] = up ? Py_TOUPPER(c) : Py_TOLOWER(c);
        previous = Py_ISALPHA(c) != 0;
    }
    return r ? r : byte_make(self, small, 1);
}
PyObject *byte_lower(PyObject *self, PyObject *unused) { return change_case(self, LOWER); }
PyObject *byte_upper(PyObject *self, PyObject *unused) { return change_case(self, UPPER); }
PyObject *byte_swapcase(PyObject *self, PyObject *unused) { return change_case(self, SWAP); }
PyObject *byte_capitalize(PyObject *self, PyObject *unused) { return change_case(self, CAPITAL); }
PyObject *byte_title(PyObject *self, PyObject *unused) { return change_case(self, TITLE); }

/* ---- padding and stripping --------------------------------------------------------------------------------- */

/* self itself when it is exactly bytes, or a copy of part of it. */
static PyObject *part_of(PyObject *self, Py_ssize_t start, Py_ssize_t end)
{
    Py_ssize_t n;
    const char *s = byte_data(self, &n);
    if (start == 0 && end == n && PyBytes_CheckExact(self))
        return Py_NewRef(self);
    return byte_make(self, s + start, end - start);
}

static PyObject *padded(PyObject *self, Py_ssize_t left, Py_ssize_t right, char fill)
{
    Py_ssize_t n = Py_SIZE(self);
    if (left < 0)
        left = 0;
    if (right < 0)
        right = 0;
    if (left == 0 && right == 0)
        return part_of(self, 0, n);
    if (left > PY_SSIZE_T_MAX - n - right) {
        PyErr_SetString(PyExc_OverflowError, "padded string is too long");
        return NULL;
    }
    if (left + n + right == 1)
        return byte_make(self, &fill, 1);
    PyObject *r = byte_make(self, NULL, left + n + right);
    if (!r)
        return NULL;
    char *p = byte_room(r);
    memset(p, fill, (size_t)left);
    memcpy(p + left, byte_data(self, &n), (size_t)n);
    memset(p + left + n, fill, (size_t)right);
    return r;
}

static int fill_argument(const char *function, PyObject *o, char *fill)
{
    *fill = ' ';
    if (!o)
        return 0;
    if (PyBytes_Check(o) && PyBytes_GET_SIZE(o) == 1)
        *fill = PyBytes_AS_STRING(o)[0];
    else if (PyByteArray_Check(o) && PyByteArray_GET_SIZE(o) == 1)
        *fill = PyByteArray_AS_STRING(o)[0];
    else {
        PyErr_Format(PyExc_TypeError, "%s() argument 2 must be a byte string of length 1, not %.50s", function,
                     o == Py_None ? "None" : Py_TYPE(o)->tp_name);
        return -1;
    }
    return 0;
}

static PyObject *justify(const char *function, PyObject *self, PyObject *const *args, Py_ssize_t nargs, char how)
{
    Py_ssize_t width = 0;
    char fill;
    if (check_count(function, nargs, 1, 2) || index_argument(args[0], &width) || fill_argument(function, nargs > 1 ? args[1] : NULL, &fill))
        return NULL;
    Py_ssize_t n = Py_SIZE(self), padding = width - n;
    if (padding <= 0)
        return part_of(self, 0, n);
    Py_ssize_t left = how == 'l' ? 0 : how == 'r' ? padding : padding / 2 + (padding & width & 1);
    return padded(self, left, padding - left, fill);
}
PyObject *byte_ljust(PyObject *self, PyObject *const *args, Py_ssize_t n) { return justify("ljust", self, args, n, 'l'); }
PyObject *byte_rjust(PyObject *self, PyObject *const *args, Py_ssize_t n) { return justify("rjust", self, args, n, 'r'); }
PyObject *byte_center(PyObject *self, PyObject *const *args, Py_ssize_t n) { return justify("center", self, args, n, 'c'); }

PyObject *byte_zfill(PyObject *self, PyObject *arg)
{
    Py_ssize_t width = 0, n = Py_SIZE(self);
    if (index_argument(arg, &width))
        return NULL;
    if (n >= width)
        return part_of(self, 0, n);
    Py_ssize_t fill = width - n;
    PyObject *r = padded(self, fill, 0, '0');
    if (r && n > 0) {
        char *p = byte_room(r);
        if (p[fill] == '+' || p[fill] == '-') {
            p[0] = p[fill];
            p[fill] = '0';
        }
    }
    return r;
}

PyObject *byte_expandtabs(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const names[] = {"tabsize"};
    PyObject *arg;
    int tab = 8;
    if (byte_arguments("expandtabs", args, nargs, kwnames, names, 0, 1, &arg))
        return NULL;
    if (arg) {
        tab = _PyLong_AsInt(arg);
        if (tab == -1 && PyErr_Occurred())
            return NULL;
    }
    Py_ssize_t n, size = 0, column = 0;
    const char *s = byte_data(self, &n);
    for (int pass = 0;; pass++) {
        PyObject *r = NULL;
        char *p = NULL;
        if (pass) {
            if (size == 0)
                return byte_make(self, NULL, 0);
            if (!(r = byte_make(self, NULL, size)))
                return NULL;
            p = byte_room(r);
            s = byte_data(self, &n);
        }
        column = 0;
        for (Py_ssize_t i = 0; i < n; i++) {
            Py_ssize_t step = s[i] != '\t' ? 1 : tab > 0 ? tab - column % tab : 0;
            if (p) {
                memset(p, s[i] == '\t' ? ' ' : s[i], (size_t)step);
                p += step;
            }
            else if (size > PY_SSIZE_T_MAX - step) {
                PyErr_SetString(PyExc_OverflowError, "result too long");
                return NULL;
            }
            else
                size += step;
            column = s[i] == '\n' || s[i] == '\r' ? 0 : column + step;
        }
        if (r)
            return r;
    }
}

static PyObject *stripped(const char *function, PyObject *self, PyObject *const *args, Py_ssize_t nargs, int left, int right)
{
    if (check_count(function, nargs, 0, 1))
        return NULL;
    char in_set[256] = {0};
    if (nargs == 0 || args[0] == Py_None)
        for (const char *c = " \t\n\r\v\f"; *c; c++)
            in_set[(unsigned char)*c] = 1;
    else {
        Py_buffer view;
        if (PyObject_GetBuffer(args[0], &view, PyBUF_SIMPLE))
            return NULL;
        for (Py_ssize_t i = 0; i < view.len; i++)
            in_set[((unsigned char *)view.buf)[i]] = 1;
        PyBuffer_Release(&view);
    }
    Py_ssize_t n, i = 0;
    const char *s = byte_data(self, &n);
    Py_ssize_t j = n;
    while (left && i < n && in_set[(unsigned char)s[i]])
        i++;
    while (right && j > i && in_set[(unsigned char)s[j - 1]])
        j--;
    return part_of(self, i, j);
}
PyObject *byte_strip(PyObject *self, PyObject *const *args, Py_ssize_t n) { return stripped("strip", self, args, n, 1, 1); }
PyObject *byte_lstrip(PyObject *self, PyObject *const *args, Py_ssize_t n) { return stripped("lstrip", self, args, n, 1, 0); }
PyObject *byte_rstrip(PyObject *self, PyObject *const *args, Py_ssize_t n) { return stripped("rstrip", self, args, n, 0, 1); }

static PyObject *without_affix(PyObject *self, PyObject *arg, int suffix)
{
    Py_buffer view;
    if (PyObject_GetBuffer(arg, &view, PyBUF_SIMPLE))
        return NULL;
    Py_ssize_t n, m = view.len;
    const char *s = byte_data(self, &n);
    int same = m > 0 && m <= n && memcmp(suffix ? s + n - m : s, view.buf, (size_t)m) == 0;
    PyBuffer_Release(&view);
    return part_of(self, same && !suffix ? m : 0, same && suffix ? n - m : n);
}
PyObject *byte_removeprefix(PyObject *self, PyObject *arg) { return without_affix(self, arg, 0); }
PyObject *byte_removesuffix(PyObject *self, PyObject *arg) { return without_affix(self, arg, 1); }

/* ---- splitting --------------------------------------------------------------------------------------------- */

static int append_part(PyObject *list, PyObject *self, const char *p, Py_ssize_t n)
{
    Py_ssize_t all;
    PyObject *part = n == Py_SIZE(self) && PyBytes_CheckExact(self) && p == byte_data(self, &all) ? Py_NewRef(self) : byte_make(self, p, n);
    int bad = part ? PyList_Append(list, part) : -1;
    Py_XDECREF(part);
    return bad;
}

static int split_blanks(PyObject *list, PyObject *self, const char *s, Py_ssize_t n, Py_ssize_t max)
{
    Py_ssize_t i = 0;
    for (;;) {
        while (i < n && Py_ISSPACE(s[i]))
            i++;
        if (i >= n)
            return 0;
        Py_ssize_t start = i;
        if (max-- <= 0)
            return append_part(list, self, s + start, n - start);
        while (i < n && !Py_ISSPACE(s[i]))
            i++;
        if (append_part(list, self, s + start, i - start))
            return -1;
    }
}

static int rsplit_blanks(PyObject *list, PyObject *self, const char *s, Py_ssize_t n, Py_ssize_t max)
{
    for (;;) {
        while (n > 0 && Py_ISSPACE(s[n - 1]))
            n--;
        if (n <= 0)
            return 0;
        Py_ssize_t end = n;
        if (max-- <= 0)
            return append_part(list, self, s, end);
        while (n > 0 && !Py_ISSPACE(s[n - 1]))
            n--;
        if (append_part(list, self, s + n, end - n))
            return -1;
    }
}

static int split_at(PyObject *list, PyObject *self, const char *s, Py_ssize_t n, const char *p, Py_ssize_t m, Py_ssize_t max)
{
    while (max-- > 0) {
        Py_ssize_t at = search_find(s, n, p, m);
        if (at < 0)
            break;
        if (append_part(list, self, s, at))
            return -1;
        s += at + m;
        n -= at + m;
    }
    return append_part(list, self, s, n);
}

static int rsplit_at(PyObject *list, PyObject *self, const char *s, Py_ssize_t n, const char *p, Py_ssize_t m, Py_ssize_t max)
{
    while (max-- > 0) {
        Py_ssize_t at = n < m ? -1 : search_rfind(s, n, p, m);
        if (at < 0)
            break;
        if (append_part(list, self, s + at + m, n - at - m))
            return -1;
        n = at;
    }
    return append_part(list, self, s, n);
}

static PyObject *split(const char *function, PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, int from_end)
{
    static const char *const names[] = {"sep", "maxsplit"};
    PyObject *arg[2];
    Py_ssize_t max = -1, n;
    if (byte_arguments(function, args, nargs, kwnames, names, 0, 2, arg) || index_argument(arg[1], &max))
        return NULL;
    if (max < 0)
        max = PY_SSIZE_T_MAX;
    Py_buffer view = {.obj = NULL};
    int blanks = !arg[0] || arg[0] == Py_None, bad;
    if (!blanks && PyObject_GetBuffer(arg[0], &view, PyBUF_SIMPLE))
        return NULL;
    if (!blanks && view.len == 0) {
        PyErr_SetString(PyExc_ValueError, "empty separator");
        PyBuffer_Release(&view);
        return NULL;
    }
    PyObject *list = PyList_New(0);
    const char *s = byte_data(self, &n);
    if (!list)
        bad = -1;
    else if (blanks)
        bad = from_end ? rsplit_blanks(list, self, s, n, max) : split_blanks(list, self, s, n, max);
    else
        bad = from_end ? rsplit_at(list, self, s, n, view.buf, view.len, max) : split_at(list, self, s, n, view.buf, view.len, max);
    if (!blanks)
        PyBuffer_Release(&view);
    if (!bad && from_end)
        bad = PyList_Reverse(list);
    if (bad)
        Py_CLEAR(list);
    return list;
}
PyObject *byte_split(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *kwnames) { return split("split", self, args, n, kwnames, 0); }
PyObject *byte_rsplit(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *kwnames) { return split("rsplit", self, args, n, kwnames, 1); }

PyObject *byte_splitlines(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const names[] = {"keepends"};
    PyObject *arg;
    if (byte_arguments("splitlines", args, nargs, kwnames, names, 0, 1, &arg))
        return NULL;
    int keep = arg ? PyObject_IsTrue(arg) : 0;
    PyObject *list = keep < 0 ? NULL : PyList_New(0);
    if (!list)
        return NULL;
    Py_ssize_t n;
    const char *s = byte_data(self, &n);
    for (Py_ssize_t i = 0; i < n;) {
        Py_ssize_t start = i, end;
        while (i < n && s[i] != '\n' && s[i] != '\r')
            i++;
        end = i;
        if (i < n) {
            i += s[i] == '\r' && i + 1 < n && s[i + 1] == '\n' ? 2 : 1;
            if (keep)
                end = i;
        }
        if (append_part(list, self, s + start, end - start)) {
            Py_DECREF(list);
            return NULL;
        }
    }
    return list;
}

static PyObject *partition(PyObject *self, PyObject *sep, int from_end)
{
    Py_buffer view;
    if (PyObject_GetBuffer(sep, &view, PyBUF_SIMPLE))
        return NULL;
    if (view.len == 0) {
        PyErr_SetString(PyExc_ValueError, "empty separator");
        PyBuffer_Release(&view);
        return NULL;
    }
    Py_ssize_t n, m = view.len;
    const char *s = byte_data(self, &n);
    Py_ssize_t at = n < m ? -1 : from_end ? search_rfind(s, n, view.buf, m) : search_find(s, n, view.buf, m);
    PyObject *a, *b, *c;
    if (at < 0) {
        PyObject *whole = part_of(self, 0, n);
        b = byte_make(self, NULL, 0);
        a = from_end ? byte_make(self, NULL, 0) : whole;
        c = from_end ? whole : byte_make(self, NULL, 0);
    }
    else {
        a = byte_make(self, s, at);
        b = PyBytes_CheckExact(self) && PyBytes_CheckExact(sep) ? Py_NewRef(sep) : byte_make(self, s + at, m);
        c = byte_make(self, s + at + m, n - at - m);
    }
    PyBuffer_Release(&view);
    return Py_BuildValue("(NNN)", a, b, c);
}
PyObject *byte_partition(PyObject *self, PyObject *sep) { return partition(self, sep, 0); }
PyObject *byte_rpartition(PyObject *self, PyObject *sep) { return partition(self, sep, 1); }

/* ---- putting together -------------------------------------------------------------------------------------- */

PyObject *byte_concat(PyObject *a, PyObject *b)
{
    Py_buffer x = {.obj = NULL}, y = {.obj = NULL};
    PyObject *r = NULL;
    if (PyBytes_CheckExact(a) && PyBytes_CheckExact(b) && (Py_SIZE(a) == 0 || Py_SIZE(b) == 0))
        return Py_NewRef(Py_SIZE(a) ? a : b);
    if (PyObject_GetBuffer(a, &x, PyBUF_SIMPLE) || PyObject_GetBuffer(b, &y, PyBUF_SIMPLE))
        PyErr_Format(PyExc_TypeError, "can't concat %.100s to %.100s", Py_TYPE(b)->tp_name, Py_TYPE(a)->tp_name);
    else if (x.len > PY_SSIZE_T_MAX - y.len)
        PyErr_NoMemory();
    else if (x.len + y.len <= 1)
        r = byte_make(a, x.len ? x.buf : y.buf, x.len + y.len);
    else if ((r = byte_make(a, NULL, x.len + y.len))) {
        char *p = byte_room(r);
        memcpy(p, x.buf, (size_t)x.len);
        memcpy(p + x.len, y.buf, (size_t)y.len);
    }
    if (x.obj)
        PyBuffer_Release(&x);
    if (y.obj)
        PyBuffer_Release(&y);
    return r;
}

void byte_fill_repeated(char *out, const char *unit, Py_ssize_t unit_size, Py_ssize_t total)
{
    if (unit_size == 1) {
        memset(out, *unit, (size_t)total);
        return;
    }
    if (total == 0)
        return;
    memmove(out, unit, (size_t)unit_size);
    for (Py_ssize_t have = unit_size; have < total;) {
        Py_ssize_t more = have < total - have ? have : total - have;
        memcpy(out + have, out, (size_t)more);
        have += more;
    }
}
void _PyBytes_Repeat(char *out, Py_ssize_t total, const char *unit, Py_ssize_t unit_size) { byte_fill_repeated(out, unit, unit_size, total); }

PyObject *byte_repeat(PyObject *self, Py_ssize_t times)
{
    Py_ssize_t n = Py_SIZE(self);
    if (times < 0)
        times = 0;
    if (n && times > PY_SSIZE_T_MAX / n) {
        if (!PyBytes_Check(self))
            return PyErr_NoMemory();
        PyErr_SetString(PyExc_OverflowError, "repeated bytes are too long");
        return NULL;
    }
    if (n * times > PY_SSIZE_T_MAX - 64)
        return PyErr_NoMemory();
    if (times == 1 && PyBytes_CheckExact(self))
        return Py_NewRef(self);
    const char *s = byte_data(self, &n);
    if (n * times <= 1)
        return byte_make(self, s, n * times);
    PyObject *r = byte_make(self, NULL, n * times);
    if (r)
        byte_fill_repeated(byte_room(r), byte_data(self, &n), n, n * times);
    return r;
}

PyObject *byte_join(PyObject *sep, PyObject *iterable)
{
    PyObject *seq = PySequence_Fast(iterable, "can only join an iterable");
    if (!seq)
        return NULL;
    Py_ssize_t count = PySequence_Fast_GET_SIZE(seq), total = 0, got = 0, nsep;
    if (count == 1 && PyBytes_CheckExact(PySequence_Fast_GET_ITEM(seq, 0)) && PyBytes_CheckExact(sep)) {
        PyObject *only = Py_NewRef(PySequence_Fast_GET_ITEM(seq, 0));
        Py_DECREF(seq);
        return only;
    }
    Py_buffer on_stack[16], *views = on_stack;
    PyObject *r = NULL;
    if (count > 16 && !(views = PyMem_New(Py_buffer, count))) {
        Py_DECREF(seq);
        return PyErr_NoMemory();
    }
    for (; got < count; got++) {
        PyObject *item = PySequence_Fast_GET_ITEM(seq, got);
        Py_buffer *v = &views[got];
        if (PyBytes_CheckExact(item)) {
            v->obj = Py_NewRef(item);
            v->buf = PyBytes_AS_STRING(item);
            v->len = PyBytes_GET_SIZE(item);
        }
        else if (PyObject_GetBuffer(item, v, PyBUF_SIMPLE)) {
            PyErr_Format(PyExc_TypeError, "sequence item %zd: expected a bytes-like object, %.80s found", got, Py_TYPE(item)->tp_name);
            goto done;
        }
        Py_ssize_t more = v->len + (got ? Py_SIZE(sep) : 0);
        if (total > PY_SSIZE_T_MAX - more) {
            got++;
            PyErr_SetString(PyExc_OverflowError, "join() result is too long");
            goto done;
        }
        total += more;
        if (count != PySequence_Fast_GET_SIZE(seq)) {
            got++;
            PyErr_SetString(PyExc_RuntimeError, "sequence changed size during iteration");
            goto done;
        }
    }
    const char *s = byte_data(sep, &nsep);
    char one, *p = &one;
    if (total > 1) {
        r = byte_make(sep, NULL, total);
        if (!r)
            goto done;
        p = byte_room(r);
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        if (i && nsep) {
            memcpy(p, s, (size_t)nsep);
            p += nsep;
        }
        memcpy(p, views[i].buf, (size_t)views[i].len);
        p += views[i].len;
    }
    if (!r)
        r = byte_make(sep, &one, total);
done:
    for (Py_ssize_t i = 0; i < got; i++) {
        if (PyBytes_CheckExact(views[i].obj))
            Py_DECREF(views[i].obj);
        else
            PyBuffer_Release(&views[i]);
    }
    if (views != on_stack)
        PyMem_Free(views);
    Py_DECREF(seq);
    return r;
}

PyObject *_PyBytes_Join(PyObject *sep, PyObject *iterable)
{
    if (!sep || !PyBytes_Check(sep)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return byte_join(sep, iterable);
}

/* All (up to max) occurrences of old replaced; old may be empty. */
static PyObject *replaced(PyObject *self, const char *old, Py_ssize_t nold, const char *new, Py_ssize_t nnew, Py_ssize_t max)
{
    Py_ssize_t n;
    const char *s = byte_data(self, &n);
    Py_ssize_t count = max == 0 || (nold == 0 && nnew == 0) ? 0 : search_count(s, n, old, nold, max);
    if (count == 0 || (nold == nnew && memcmp(old, new, (size_t)nold) == 0))
        return part_of(self, 0, n);
    if (nnew > nold && count > (PY_SSIZE_T_MAX - n) / (nnew - nold)) {
        PyErr_SetString(PyExc_OverflowError, "replace bytes is too long");
        return NULL;
    }
    Py_ssize_t size = n + count * (nnew - nold);
    char one, *p = &one;
    PyObject *r = size > 1 ? byte_make(self, NULL, size) : NULL;
    if (size > 1) {
        if (!r)
            return NULL;
        p = byte_room(r);
        s = byte_data(self, &n);
    }
    for (; count > 0; count--) {
        Py_ssize_t at = nold ? search_find(s, n, old, nold) : 0;
        memcpy(p, s, (size_t)at);
        p += at;
        memcpy(p, new, (size_t)nnew);
        p += nnew;
        if (nold == 0 && n > 0) {
            *p++ = *s;
            at = 1;
        }
        s += at + nold;
        n -= at + nold;
        if (n < 0)
            n = 0;
    }
    if (n > 0)
        memcpy(p, s, (size_t)n);
    return r ? r : byte_make(self, &one, size);
}

PyObject *byte_replace(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Py_buffer old, new;
    Py_ssize_t max = -1;
    if (check_count("replace", nargs, 2, 3) || PyObject_GetBuffer(args[0], &old, PyBUF_SIMPLE))
        return NULL;
    if (PyObject_GetBuffer(args[1], &new, PyBUF_SIMPLE)) {
        PyBuffer_Release(&old);
        return NULL;
    }
    PyObject *r = NULL;
    if (!index_argument(nargs > 2 ? args[2] : NULL, &max))
        r = replaced(self, old.buf, old.len, new.buf, new.len, max < 0 ? PY_SSIZE_T_MAX : max);
    PyBuffer_Release(&old);
    PyBuffer_Release(&new);
    return r;
}

/* ---- translation ------------------------------------------------------------------------------------------- */

PyObject *byte_translate(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const names[] = {"", "delete"};
    PyObject *arg[2], *r = NULL;
    Py_buffer table = {.obj = NULL}, delete = {.obj = NULL};
    if (nargs < 1) {
        PyErr_SetString(PyExc_TypeError, "translate() takes at least 1 positional argument (0 given)");
        return NULL;
    }
    if (byte_arguments("translate", args, nargs, kwnames, names, 1, 2, arg))
        return NULL;
    unsigned char map[256];
    char dropped[256] = {0};
    for (int i = 0; i < 256; i++)
        map[i] = (unsigned char)i;
    if (arg[0] != Py_None) {
        if (PyObject_GetBuffer(arg[0], &table, PyBUF_SIMPLE))
            return NULL;
        if (table.len != 256) {
            PyErr_SetString(PyExc_ValueError, "translation table must be 256 characters long");
            PyBuffer_Release(&table);
            return NULL;
        }
        memcpy(map, table.buf, 256);
        PyBuffer_Release(&table);
    }
    if (arg[1]) {
        if (PyObject_GetBuffer(arg[1], &delete, PyBUF_SIMPLE))
            return NULL;
        for (Py_ssize_t i = 0; i < delete.len; i++)
            dropped[((unsigned char *)delete.buf)[i]] = 1;
        PyBuffer_Release(&delete);
    }
    Py_ssize_t n, k = 0;
    const char *s = byte_data(self, &n);
    char *out = PyMem_Malloc((size_t)n + 1);
    if (!out)
        return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        out[k] = (char)map[c];
        k += !dropped[c];
    }
    if (k == n && memcmp(out, s, (size_t)n) == 0)
        r = part_of(self, 0, n);
    else
        r = byte_make(self, out, k);
    PyMem_Free(out);
    return r;
}

PyObject *byte_maketrans(PyObject *unused, PyObject *const *args, Py_ssize_t n)
{
    Py_buffer from, to;
    if (check_count("maketrans", n, 2, 2) || PyObject_GetBuffer(args[0], &from, PyBUF_SIMPLE))
        return NULL;
    if (PyObject_GetBuffer(args[1], &to, PyBUF_SIMPLE)) {
        PyBuffer_Release(&from);
        return NULL;
    }
    char map[256];
    for (int i = 0; i < 256; i++)
        map[i] = (char)i;
    int bad = from.len != to.len;
    if (bad)
        PyErr_SetString(PyExc_ValueError, "maketrans arguments must have same length");
    for (Py_ssize_t i = 0; !bad && i < from.len; i++)
        map[((unsigned char *)from.buf)[i]] = ((char *)to.buf)[i];
    PyBuffer_Release(&from);
    PyBuffer_Release(&to);
    return bad ? NULL : PyBytes_FromStringAndSize(map, 256);
}

/* ---- text -------------------------------------------------------------------------------------------------- */

PyObject *byte_decode(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const names[] = {"encoding", "errors"};
    PyObject *arg[2];
    const char *text[2] = {NULL, NULL};
    if (byte_arguments("decode", args, nargs, kwnames, names, 0, 2, arg))
        return NULL;
    for (int i = 0; i < 2; i++) {
        if (!arg[i])
            continue;
        if (!PyUnicode_Check(arg[i])) {
            PyErr_Format(PyExc_TypeError, "decode() argument '%s' must be str, not %.50s", names[i],
                         arg[i] == Py_None ? "None" : Py_TYPE(arg[i])->tp_name);
            return NULL;
        }
        Py_ssize_t n;
        text[i] = PyUnicode_AsUTF8AndSize(arg[i], &n);
        if (!text[i])
            return NULL;
        if (strlen(text[i]) != (size_t)n) {
            PyErr_SetString(PyExc_ValueError, "embedded null character");
            return NULL;
        }
    }
    return PyUnicode_FromEncodedObject(self, text[0] ? text[0] : "utf-8", text[1]);
}

PyObject *byte_hex(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const names[] = {"sep", "bytes_per_sep"};
    PyObject *arg[2];
    int group = 1;
    if (byte_arguments("hex", args, nargs, kwnames, names, 0, 2, arg))
        return NULL;
    if (arg[1]) {
        group = _PyLong_AsInt(arg[1]);
        if (group == -1 && PyErr_Occurred())
            return NULL;
    }
    Py_ssize_t n;
    const char *s = byte_data(self, &n);
    return byte_hex_text(s, n, arg[0], group);
}
