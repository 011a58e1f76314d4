/* Inside of str: what the files of this folder share.
 *
 * A str is one of (public layout, cpython/unicodeobject.h):
 *   compact ASCII      | PyASCIIObject | bytes… 0 |             max char < 128; its data is its UTF-8
 *   compact            | PyCompactUnicodeObject | units… 0 |    1, 2 or 4 bytes a unit
 *   with a data pointer| PyUnicodeObject | -> units             subclass instances, and strings made ready later
 *
 * STR-1  a ready string has the narrowest kind that holds its largest character (so equal strings have equal bytes).
 * STR-2  state.ascii iff every character < 128.
 * STR-3  the unit after the last is 0.
 * STR-4  the empty string and the strings of one character < 256 are shared and immortal.
 * STR-5  only a string with one reference, not interned and not hashed may be changed. */
#ifndef LIMPID_OBJECTS_STR_H
#define LIMPID_OBJECTS_STR_H

#include "Python.h"

#define MAX_UNICODE 0x10ffff

/* A view of a string's units; no ownership. */
typedef struct str_view {
    const void *data;
    Py_ssize_t len;
    int kind;
} StrView;

static inline PyASCIIObject *str_head(PyObject *o) { return (PyASCIIObject *)o; }
static inline Py_ssize_t str_len(PyObject *o) { return str_head(o)->length; }
static inline int str_kind(PyObject *o) { return str_head(o)->state.kind; }
static inline int str_is_ascii(PyObject *o) { return str_head(o)->state.ascii; }
static inline void *str_data(PyObject *o)
{
    PyASCIIObject *h = str_head(o);
    if (!h->state.compact)
        return ((PyUnicodeObject *)o)->data.any;
    return h->state.ascii ? (void *)(h + 1) : (void *)((PyCompactUnicodeObject *)o + 1);
}
static inline StrView str_view(PyObject *o) { return (StrView){str_data(o), str_len(o), str_kind(o)}; }
static inline Py_UCS4 unit_at(int kind, const void *data, Py_ssize_t i)
{
    return kind == 1 ? ((const Py_UCS1 *)data)[i] : kind == 2 ? ((const Py_UCS2 *)data)[i] : ((const Py_UCS4 *)data)[i];
}
static inline void unit_set(int kind, void *data, Py_ssize_t i, Py_UCS4 c)
{
    if (kind == 1)
        ((Py_UCS1 *)data)[i] = (Py_UCS1)c;
    else if (kind == 2)
        ((Py_UCS2 *)data)[i] = (Py_UCS2)c;
    else
        ((Py_UCS4 *)data)[i] = c;
}
static inline Py_UCS4 str_at(PyObject *o, Py_ssize_t i) { return unit_at(str_kind(o), str_data(o), i); }
/* Upper bound of the characters by class: 0x7f, 0xff, 0xffff or 0x10ffff. */
static inline Py_UCS4 str_max(PyObject *o)
{
    PyASCIIObject *h = str_head(o);
    return h->state.ascii ? 0x7f : h->state.kind == 1 ? 0xff : h->state.kind == 2 ? 0xffff : MAX_UNICODE;
}
static inline int kind_for(Py_UCS4 maxchar) { return maxchar < 256 ? 1 : maxchar < 65536 ? 2 : 4; }

/* --- create.c --- */
/* The shared empty string and one-character string (c < 256): new references. */
PyObject *str_empty(void);
PyObject *str_char(Py_UCS4 c);
/* The string of any one character; new, or NULL with MemoryError set. */
PyObject *str_single(Py_UCS4 c);
/* A new string of the units [start, end) of `o`; `o` itself when that is all of it and its type is str. */
PyObject *str_slice(PyObject *o, Py_ssize_t start, Py_ssize_t end);
/* `o` itself (new reference) when its type is exactly str, else a copy that is. */
PyObject *str_exact(PyObject *o);
/* Copies units between kinds; when narrowing, every unit must fit. */
void units_copy(int to_kind, void *to, Py_ssize_t at, int from_kind, const void *from, Py_ssize_t start, Py_ssize_t n);
/* The same for one piece of many, which may be short. */
static inline void units_put(int to_kind, void *to, Py_ssize_t at, int from_kind, const void *from, Py_ssize_t n)
{
    if (n == 1)
        unit_set(to_kind, to, at, unit_at(from_kind, from, 0));
    else
        units_copy(to_kind, to, at, from_kind, from, 0, n);
}
void units_fill(int kind, void *to, Py_ssize_t at, Py_ssize_t n, Py_UCS4 c);
/* 0x7f, 0xff, 0xffff or 0x10ffff: the narrowest class of the n units at data. */
Py_UCS4 units_max(int kind, const void *data, Py_ssize_t n);
/* Whether the n bytes are all < 128; and the length of the leading run that is. */
int bytes_are_ascii(const void *p, Py_ssize_t n);
Py_ssize_t ascii_run(const void *p, Py_ssize_t n);
/* 1 when *p may be changed in place (STR-5). */
int str_is_modifiable(PyObject *o);
/* *pleft += right, both strings: 0, or -1 with an exception set and *pleft as it was.  With one reference the string grows
 * in place. */
int str_append(PyObject **pleft, PyObject *right);
/* Resizes a compact string with one reference in place (it may move); NULL with MemoryError, `o` then released. */
PyObject *str_resize_compact(PyObject *o, Py_ssize_t length);
/* Sets TypeError "must be str, not T"; returns -1. */
int str_check(PyObject *o);
extern PyObject *str_iter_new(PyObject *o);

/* --- compare --- */
int str_equal(PyObject *a, PyObject *b);
int str_order(PyObject *a, PyObject *b);
Py_hash_t str_hash(PyObject *o);

/* --- intern.c --- */
/* The interned string of n bytes of ASCII text, new; NULL with MemoryError. */
PyObject *intern_ascii(const char *text, Py_ssize_t n);
void intern_forget(PyObject *o);  /* called by the destructor of an interned string */

/* --- search.c --- */
/* Index of the first (dir > 0) or last occurrence of needle in hay, or -1; never fails. */
Py_ssize_t view_find(StrView hay, StrView needle, int dir);
Py_ssize_t view_count(StrView hay, StrView needle, Py_ssize_t max);
Py_ssize_t view_find_char(StrView hay, Py_UCS4 c, int dir);

/* --- methods, by str_methods.def (declared as they are called: see the flags there) --- */
#define METH1(f) PyObject *f(PyObject *self, PyObject *arg)
#define METHN(f) PyObject *f(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
#define METHK(f) PyObject *f(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
METH1(str_capitalize); METH1(str_casefold); METH1(str_lower); METH1(str_upper); METH1(str_swapcase); METH1(str_title);
METH1(str_isalnum); METH1(str_isalpha); METH1(str_isascii); METH1(str_isdecimal); METH1(str_isdigit); METH1(str_isidentifier);
METH1(str_islower); METH1(str_isnumeric); METH1(str_isprintable); METH1(str_isspace); METH1(str_istitle); METH1(str_isupper);
METHN(str_count); METHN(str_find); METHN(str_index); METHN(str_rfind); METHN(str_rindex); METHN(str_startswith);
METHN(str_endswith); METHN(str_replace); METH1(str_removeprefix); METH1(str_removesuffix);
METHN(str_strip); METHN(str_lstrip); METHN(str_rstrip); METH1(str_partition); METH1(str_rpartition);
METHK(str_split); METHK(str_rsplit); METHK(str_splitlines); METHK(str_expandtabs);
METHN(str_center); METHN(str_ljust); METHN(str_rjust); METH1(str_zfill); METHN(str_maketrans); METH1(str_translate);
METHK(str_encode); METH1(str_dunder_format); METHK(str_format_method); METH1(str_format_map);

PyObject *str_repr(PyObject *o);
/* Writes repr(o), of any object: 0, or -1 with an exception set. */
int str_write_repr(_PyUnicodeWriter *w, PyObject *o);

/* --- unicode_props.c --- */
/* The simple mappings (which: 0 lower, 1 upper) of the n units at data into out, as far as every one is a single character that
 * does not depend on its neighbours; how many they are. */
Py_ssize_t unicode_map_run(int kind, const void *data, Py_ssize_t n, int which, Py_UCS4 *out);
/* Length and text of a full case mapping; which: 0 lower, 1 upper, 2 title, 3 fold. */
int unicode_full(Py_UCS4 c, int which, Py_UCS4 out[3]);
unsigned unicode_flags(Py_UCS4 c);
/* The value of a decimal digit, or -1. */
static inline int str_digit(Py_UCS4 c) { return c < 128 ? (c - '0' < 10 ? (int)(c - '0') : -1) : _PyUnicode_ToDecimalDigit(c); }

/* Arguments by position or name into buffer (NULL: not given), at most `max`; NULL with TypeError. */
static inline PyObject *const *str_unpack(PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, _PyArg_Parser *parser, int max,
                                          PyObject **buffer)
{
    if (kwnames != NULL || nargs > max)
        return _PyArg_UnpackKeywords(args, nargs, NULL, kwnames, parser, 0, max, 0, buffer);
    for (int i = 0; i < max; i++)
        buffer[i] = i < nargs ? args[i] : NULL;
    return buffer;
}

/* Of int: writes v in the given base; 0 or -1. */
int _PyLong_FormatWriter(_PyUnicodeWriter *w, PyObject *v, int base, int alternate);
/* Of int and float: write o formatted by spec[start:end]; 0 or -1. */
int _PyLong_FormatAdvancedWriter(_PyUnicodeWriter *w, PyObject *o, PyObject *spec, Py_ssize_t start, Py_ssize_t end);
int _PyFloat_FormatAdvancedWriter(_PyUnicodeWriter *w, PyObject *o, PyObject *spec, Py_ssize_t start, Py_ssize_t end);

/* Clamps start and end as slices do. */
static inline void adjust_range(Py_ssize_t *start, Py_ssize_t *end, Py_ssize_t len)
{
    if (*end > len)
        *end = len;
    else if (*end < 0 && (*end += len) < 0)
        *end = 0;
    if (*start < 0 && (*start += len) < 0)
        *start = 0;
}

#endif
