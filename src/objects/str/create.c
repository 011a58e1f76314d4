/* Making, resizing, slicing and joining two str objects; the shared empty and one-character strings. */
#include "objects/str/str.h"
#include "memory/memory.h"
#include <string.h>

#define STR_IMMORTAL ((Py_ssize_t)1 << 60)

/* --- shared strings (STR-4) --- */

struct ascii_char { PyASCIIObject head; char text[8]; };
struct latin1_char { PyCompactUnicodeObject head; char text[8]; };

#define HEAD(n, is_ascii) \
    { .ob_base = {.ob_refcnt = STR_IMMORTAL, .ob_type = &PyUnicode_Type}, .length = n, .hash = -1, \
      .state = {.kind = 1, .compact = 1, .ascii = is_ascii, .ready = 1} }
#define A1(c) {.head = HEAD(1, 1), .text = {(char)(c)}}
#define L1(c) {.head = {._base = HEAD(1, 0)}, .text = {(char)(c)}}
#define X4(M, c) M(c), M((c) + 1), M((c) + 2), M((c) + 3)
#define X16(M, c) X4(M, c), X4(M, (c) + 4), X4(M, (c) + 8), X4(M, (c) + 12)
#define X64(M, c) X16(M, c), X16(M, (c) + 16), X16(M, (c) + 32), X16(M, (c) + 48)

static struct ascii_char empty_string = {.head = HEAD(0, 1)};
static struct ascii_char ascii_chars[128] = {X64(A1, 0), X64(A1, 64)};
static struct latin1_char latin1_chars[128] = {X64(L1, 128), X64(L1, 192)};

PyObject *str_empty(void)
{
    PyObject *o = (PyObject *)&empty_string;
    Py_INCREF(o);
    return o;
}

PyObject *str_char(Py_UCS4 c)
{
    PyObject *o = c < 128 ? (PyObject *)&ascii_chars[c] : (PyObject *)&latin1_chars[c - 128];
    Py_INCREF(o);
    return o;
}

/* --- allocation --- */

static size_t compact_size(Py_ssize_t length, int kind, int ascii)
{
    return (ascii ? sizeof(PyASCIIObject) : sizeof(PyCompactUnicodeObject)) + ((size_t)length + 1) * kind;
}

PyObject *PyUnicode_New(Py_ssize_t size, Py_UCS4 maxchar)
{
    if (size == 0)
        return str_empty();
    if (size < 0) {
        PyErr_SetString(PyExc_SystemError, "Negative size passed to PyUnicode_New");
        return NULL;
    }
    if (maxchar > MAX_UNICODE) {
        PyErr_SetString(PyExc_SystemError, "invalid maximum character passed to PyUnicode_New");
        return NULL;
    }
    int ascii = maxchar < 128, kind = kind_for(maxchar);
    if (size > (PY_SSIZE_T_MAX - (Py_ssize_t)sizeof(PyCompactUnicodeObject)) / kind - 1)
        return PyErr_NoMemory();
    PyASCIIObject *o = object_alloc(compact_size(size, kind, ascii));
    if (o == NULL)
        return PyErr_NoMemory();
    o->ob_base.ob_refcnt = 1;
    o->ob_base.ob_type = &PyUnicode_Type;
    o->length = size;
    o->hash = -1;
    memset(&o->state, 0, sizeof o->state);
    o->state.kind = (unsigned)kind;
    o->state.compact = 1;
    o->state.ready = 1;
    o->state.ascii = (unsigned)ascii;
    o->wstr = NULL;
    if (ascii) {
        ((char *)(o + 1))[size] = 0;
        return (PyObject *)o;
    }
    PyCompactUnicodeObject *c = (PyCompactUnicodeObject *)o;
    c->utf8 = NULL;
    c->utf8_length = c->wstr_length = 0;
    unit_set(kind, c + 1, size, 0);
    return (PyObject *)o;
}

int str_is_modifiable(PyObject *o)
{
    return Py_REFCNT(o) == 1 && str_head(o)->hash == -1 && !str_head(o)->state.interned && PyUnicode_CheckExact(o);
}

/* Frees the cached UTF-8 and wide copies, which a change makes stale. */
static void drop_caches(PyObject *o)
{
    PyASCIIObject *h = str_head(o);
    if (h->wstr) {
        PyObject_Free(h->wstr);
        h->wstr = NULL;
    }
    if (!h->state.ascii) {
        PyCompactUnicodeObject *c = (PyCompactUnicodeObject *)o;
        if (c->utf8)
            PyObject_Free(c->utf8);
        c->utf8 = NULL;
        c->utf8_length = c->wstr_length = 0;
    }
}

PyObject *str_resize_compact(PyObject *o, Py_ssize_t length)
{
    int kind = str_kind(o);
    drop_caches(o);
    if (length > (PY_SSIZE_T_MAX - (Py_ssize_t)sizeof(PyCompactUnicodeObject)) / kind - 1) {
        Py_DECREF(o);
        return PyErr_NoMemory();
    }
    PyObject *moved = PyObject_Realloc(o, compact_size(length, kind, str_is_ascii(o)));
    if (moved == NULL) {
        Py_DECREF(o);
        return PyErr_NoMemory();
    }
    str_head(moved)->length = length;
    unit_set(kind, str_data(moved), length, 0);
    return moved;
}

int PyUnicode_Resize(PyObject **p, Py_ssize_t length)
{
    PyObject *o = p ? *p : NULL;
    if (o == NULL || !PyUnicode_Check(o) || length < 0) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (PyUnicode_READY(o) < 0)
        return -1;
    if (length == str_len(o))
        return 0;
    if (length == 0) {
        *p = str_empty();
        Py_DECREF(o);
        return 0;
    }
    if (str_is_modifiable(o) && str_head(o)->state.compact) {
        size_t size = compact_size(length, str_kind(o), str_is_ascii(o));
        drop_caches(o);
        PyObject *moved = PyObject_Realloc(o, size);
        if (moved == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        str_head(moved)->length = length;
        unit_set(str_kind(moved), str_data(moved), length, 0);
        *p = moved;
        return 0;
    }
    PyObject *copy = PyUnicode_New(length, str_max(o));
    if (copy == NULL)
        return -1;
    units_copy(str_kind(copy), str_data(copy), 0, str_kind(o), str_data(o), 0, Py_MIN(length, str_len(o)));
    *p = copy;
    Py_DECREF(o);
    return 0;
}

int str_check(PyObject *o)
{
    if (PyUnicode_Check(o))
        return PyUnicode_READY(o);
    PyErr_Format(PyExc_TypeError, "must be str, not %.100s", Py_TYPE(o)->tp_name);
    return -1;
}

/* --- from units --- */

PyObject *str_single(Py_UCS4 c)
{
    if (c < 256)
        return str_char(c);
    PyObject *o = PyUnicode_New(1, c);
    if (o != NULL)
        unit_set(c < 65536 ? 2 : 4, str_data(o), 0, c);
    return o;
}

/* n > 0 units at data+start of the given kind, as a new string of the narrowest kind. */
static PyObject *from_units(int kind, const void *data, Py_ssize_t start, Py_ssize_t n)
{
    const char *from = (const char *)data + start * kind;
    if (n == 1)
        return str_single(unit_at(kind, from, 0));
    PyObject *o = PyUnicode_New(n, units_max(kind, from, n));
    if (o != NULL)
        units_copy(str_kind(o), str_data(o), 0, kind, from, 0, n);
    return o;
}

PyObject *PyUnicode_FromKindAndData(int kind, const void *buffer, Py_ssize_t size)
{
    if (size < 0) {
        PyErr_SetString(PyExc_ValueError, "size must be positive");
        return NULL;
    }
    if (kind != 1 && kind != 2 && kind != 4) {
        PyErr_SetString(PyExc_SystemError, "invalid kind");
        return NULL;
    }
    return size == 0 ? str_empty() : from_units(kind, buffer, 0, size);
}

PyObject *_PyUnicode_FromASCII(const char *buffer, Py_ssize_t size)
{
    if (size <= 1)
        return size == 0 ? str_empty() : str_char((unsigned char)buffer[0]);
    PyObject *o = PyUnicode_New(size, 127);
    if (o != NULL)
        memcpy(str_data(o), buffer, size);
    return o;
}

PyObject *PyUnicode_FromOrdinal(int ordinal)
{
    if (ordinal < 0 || ordinal > MAX_UNICODE) {
        PyErr_SetString(PyExc_ValueError, "chr() arg not in range(0x110000)");
        return NULL;
    }
    return str_single((Py_UCS4)ordinal);
}

PyObject *PyUnicode_FromStringAndSize(const char *u, Py_ssize_t size)
{
    if (size < 0) {
        PyErr_SetString(PyExc_SystemError, "Negative size passed to PyUnicode_FromStringAndSize");
        return NULL;
    }
    if (u != NULL)
        return PyUnicode_DecodeUTF8Stateful(u, size, NULL, NULL);
    return PyUnicode_FromUnicode(NULL, size);
}

PyObject *PyUnicode_FromString(const char *u)
{
    size_t n = strlen(u);
    if (n > PY_SSIZE_T_MAX) {
        PyErr_SetString(PyExc_OverflowError, "input too long");
        return NULL;
    }
    return PyUnicode_DecodeUTF8Stateful(u, (Py_ssize_t)n, NULL, NULL);
}

PyObject *_PyUnicode_Copy(PyObject *o)
{
    if (!PyUnicode_Check(o)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (PyUnicode_READY(o) < 0)
        return NULL;
    PyObject *copy = PyUnicode_New(str_len(o), str_max(o));
    if (copy != NULL && str_len(o))
        units_copy(str_kind(o), str_data(copy), 0, str_kind(o), str_data(o), 0, str_len(o));
    return copy;
}

PyObject *str_exact(PyObject *o)
{
    if (PyUnicode_CheckExact(o)) {
        Py_INCREF(o);
        return o;
    }
    return _PyUnicode_Copy(o);
}

PyObject *PyUnicode_FromObject(PyObject *o)
{
    if (PyUnicode_Check(o))
        return PyUnicode_READY(o) < 0 ? NULL : str_exact(o);
    PyErr_Format(PyExc_TypeError, "Can't convert '%.100s' object to str implicitly", Py_TYPE(o)->tp_name);
    return NULL;
}

PyObject *str_slice(PyObject *o, Py_ssize_t start, Py_ssize_t end)
{
    Py_ssize_t len = str_len(o);
    if (end > len)
        end = len;
    if (start == 0 && end == len)
        return str_exact(o);
    if (start >= end)
        return str_empty();
    Py_ssize_t n = end - start;
    if (!str_is_ascii(o))
        return from_units(str_kind(o), str_data(o), start, n);
    const char *from = (const char *)str_data(o) + start;
    return _PyUnicode_FromASCII(from, n);
}

PyObject *PyUnicode_Substring(PyObject *o, Py_ssize_t start, Py_ssize_t end)
{
    if (PyUnicode_READY(o) < 0)
        return NULL;
    if (start < 0 || end < 0) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return NULL;
    }
    return str_slice(o, start, end);
}

/* --- reading and writing characters --- */

Py_ssize_t PyUnicode_GetLength(PyObject *o)
{
    if (!PyUnicode_Check(o)) {
        PyErr_BadArgument();
        return -1;
    }
    return PyUnicode_READY(o) < 0 ? -1 : str_len(o);
}

Py_UCS4 PyUnicode_ReadChar(PyObject *o, Py_ssize_t index)
{
    if (!PyUnicode_Check(o)) {
        PyErr_BadArgument();
        return (Py_UCS4)-1;
    }
    if (PyUnicode_READY(o) < 0)
        return (Py_UCS4)-1;
    if (index < 0 || index >= str_len(o)) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return (Py_UCS4)-1;
    }
    return str_at(o, index);
}

static int check_modifiable(PyObject *o)
{
    if (str_is_modifiable(o))
        return 0;
    PyErr_SetString(PyExc_SystemError, "Cannot modify a string currently used");
    return -1;
}

int PyUnicode_WriteChar(PyObject *o, Py_ssize_t index, Py_UCS4 c)
{
    if (!PyUnicode_Check(o) || !str_head(o)->state.compact) {
        PyErr_BadArgument();
        return -1;
    }
    if (index < 0 || index >= str_len(o)) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return -1;
    }
    if (check_modifiable(o) < 0)
        return -1;
    if (c > str_max(o)) {
        PyErr_SetString(PyExc_ValueError, "character out of range");
        return -1;
    }
    unit_set(str_kind(o), str_data(o), index, c);
    return 0;
}

Py_ssize_t PyUnicode_CopyCharacters(PyObject *to, Py_ssize_t to_start, PyObject *from, Py_ssize_t from_start, Py_ssize_t n)
{
    if (!PyUnicode_Check(from) || !PyUnicode_Check(to)) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (PyUnicode_READY(from) < 0 || PyUnicode_READY(to) < 0)
        return -1;
    if ((size_t)from_start > (size_t)str_len(from) || (size_t)to_start > (size_t)str_len(to)) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return -1;
    }
    if (n < 0) {
        PyErr_SetString(PyExc_SystemError, "how_many cannot be negative");
        return -1;
    }
    n = Py_MIN(str_len(from) - from_start, n);
    if (to_start + n > str_len(to)) {
        PyErr_Format(PyExc_SystemError, "Cannot write %zi characters at %zi in a string of %zi characters", n, to_start,
                     str_len(to));
        return -1;
    }
    if (n == 0)
        return 0;
    if (check_modifiable(to) < 0)
        return -1;
    const char *src = (const char *)str_data(from) + from_start * str_kind(from);
    if (str_max(from) > str_max(to) && units_max(str_kind(from), src, n) > str_max(to)) {
        PyErr_Format(PyExc_SystemError, "Cannot copy %s characters into a string of %s characters",
                     str_is_ascii(from) ? "ascii" : str_kind(from) == 1 ? "latin1" : "wide",
                     str_is_ascii(to) ? "ascii" : str_kind(to) == 1 ? "latin1" : "wide");
        return -1;
    }
    units_copy(str_kind(to), str_data(to), to_start, str_kind(from), src, 0, n);
    return n;
}

void _PyUnicode_FastCopyCharacters(PyObject *to, Py_ssize_t to_start, PyObject *from, Py_ssize_t from_start, Py_ssize_t n)
{
    units_copy(str_kind(to), str_data(to), to_start, str_kind(from), str_data(from), from_start, n);
}

void _PyUnicode_FastFill(PyObject *o, Py_ssize_t start, Py_ssize_t n, Py_UCS4 c)
{
    units_fill(str_kind(o), str_data(o), start, n, c);
}

Py_ssize_t PyUnicode_Fill(PyObject *o, Py_ssize_t start, Py_ssize_t n, Py_UCS4 c)
{
    if (!PyUnicode_Check(o)) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (PyUnicode_READY(o) < 0 || check_modifiable(o) < 0)
        return -1;
    if (start < 0) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return -1;
    }
    if (c > str_max(o)) {
        PyErr_SetString(PyExc_ValueError, "fill character is bigger than the string maximum character");
        return -1;
    }
    n = Py_MIN(str_len(o) - start, n);
    if (n <= 0)
        return 0;
    units_fill(str_kind(o), str_data(o), start, n, c);
    return n;
}

Py_UCS4 _PyUnicode_FindMaxChar(PyObject *o, Py_ssize_t start, Py_ssize_t end)
{
    if (start >= end || str_is_ascii(o))
        return 127;
    if (start == 0 && end == str_len(o))
        return str_max(o);
    return units_max(str_kind(o), (const char *)str_data(o) + start * str_kind(o), end - start);
}

Py_UCS4 *PyUnicode_AsUCS4(PyObject *o, Py_UCS4 *buffer, Py_ssize_t size, int copy_null)
{
    if (buffer == NULL || size < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (PyUnicode_READY(o) < 0)
        return NULL;
    Py_ssize_t need = str_len(o) + (copy_null ? 1 : 0);
    if (size < need) {
        PyErr_Format(PyExc_SystemError, "string is longer than the buffer");
        if (copy_null && size > 0)
            buffer[0] = 0;
        return NULL;
    }
    units_copy(4, buffer, 0, str_kind(o), str_data(o), 0, str_len(o));
    if (copy_null)
        buffer[str_len(o)] = 0;
    return buffer;
}

Py_UCS4 *PyUnicode_AsUCS4Copy(PyObject *o)
{
    Py_UCS4 *buffer = PyMem_Malloc(((size_t)str_len(o) + 1) * sizeof(Py_UCS4));
    if (buffer == NULL)
        return (Py_UCS4 *)PyErr_NoMemory();
    return PyUnicode_AsUCS4(o, buffer, str_len(o) + 1, 1);
}

/* --- concatenation --- */

PyObject *PyUnicode_Concat(PyObject *left, PyObject *right)
{
    if (!PyUnicode_Check(left)) {
        str_check(left);
        return NULL;
    }
    if (!PyUnicode_Check(right)) {
        PyErr_Format(PyExc_TypeError, "can only concatenate str (not \"%.200s\") to str", Py_TYPE(right)->tp_name);
        return NULL;
    }
    if (PyUnicode_READY(left) < 0 || PyUnicode_READY(right) < 0)
        return NULL;
    Py_ssize_t a = str_len(left), b = str_len(right);
    if (a == 0)
        return str_exact(right);
    if (b == 0)
        return str_exact(left);
    if (a > PY_SSIZE_T_MAX - b) {
        PyErr_SetString(PyExc_OverflowError, "strings are too large to concat");
        return NULL;
    }
    PyObject *o = PyUnicode_New(a + b, Py_MAX(str_max(left), str_max(right)));
    if (o == NULL)
        return NULL;
    units_copy(str_kind(o), str_data(o), 0, str_kind(left), str_data(left), 0, a);
    units_copy(str_kind(o), str_data(o), a, str_kind(right), str_data(right), 0, b);
    return o;
}

int str_append(PyObject **pleft, PyObject *right)
{
    PyObject *left = *pleft;
    Py_ssize_t a = str_len(left), b = str_len(right);
    if (b && a && left != right && str_is_modifiable(left) && str_head(left)->state.compact
        && str_kind(right) <= str_kind(left) && !(str_is_ascii(left) && !str_is_ascii(right))) {
        if (a > PY_SSIZE_T_MAX - b) {
            PyErr_SetString(PyExc_OverflowError, "strings are too large to concat");
            return -1;
        }
        if (PyUnicode_Resize(pleft, a + b) < 0)
            return -1;
        left = *pleft;
        units_copy(str_kind(left), str_data(left), a, str_kind(right), str_data(right), 0, b);
        return 0;
    }
    PyObject *both = PyUnicode_Concat(left, right);
    if (both == NULL)
        return -1;
    *pleft = both;
    Py_DECREF(left);
    return 0;
}

void PyUnicode_Append(PyObject **pleft, PyObject *right)
{
    if (pleft == NULL) {
        if (!PyErr_Occurred())
            PyErr_BadInternalCall();
    } else if (*pleft == NULL || right == NULL || !PyUnicode_Check(*pleft) || !PyUnicode_Check(right)) {
        if (!PyErr_Occurred())
            PyErr_BadInternalCall();
        Py_CLEAR(*pleft);
    } else if (str_append(pleft, right) < 0) {
        Py_CLEAR(*pleft);
    }
}

void PyUnicode_AppendAndDel(PyObject **pleft, PyObject *right)
{
    PyUnicode_Append(pleft, right);
    Py_XDECREF(right);
}
