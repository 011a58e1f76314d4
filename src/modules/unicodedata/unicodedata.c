/* unicodedata: the Unicode Character Database, version 14.0; names, decompositions and normalisation by libunistring.
 *
 * The functions of the module are also methods of the type UCD; ucd_3_2_0, an instance of it, knows only the characters that
 * Unicode 3.2 had. */
#include "objects/str/str.h"
#include "objects/str/unicode_names.h"
#include <string.h>
#include <uninorm.h>

struct ucd_record {
    uint8_t category, bidi, combining, width, mirrored, in_3_2;
};

/* A character of Unicode 3.2.0 whose record was another one then; in ascending order. */
struct ucd_change {
    Py_UCS4 character;
    uint16_t record;
};

#include "modules/unicodedata/tables.inc"

typedef struct {
    PyObject_HEAD
} Ucd;

static PyTypeObject Ucd_Type;

/* Whether `self` is ucd_3_2_0 (and not the module). */
static int is_old(PyObject *self) { return Py_IS_TYPE(self, &Ucd_Type); }

static const struct ucd_record *record(Py_UCS4 c)
{
    return &ucd_records[ucd_index2[((size_t)ucd_index1[c >> UCD_SHIFT] << UCD_SHIFT) + (c & ((1 << UCD_SHIFT) - 1))]];
}

/* The record as of 3.2.0: that of an unassigned character for one it did not know. */
static const struct ucd_record *old_record(Py_UCS4 c)
{
    const struct ucd_record *r = record(c);
    if (!r->in_3_2)
        return record(0x378);
    size_t low = 0, high = Py_ARRAY_LENGTH(ucd_changed);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ucd_changed[middle].character < c)
            low = middle + 1;
        else
            high = middle;
    }
    int changed = low < Py_ARRAY_LENGTH(ucd_changed) && ucd_changed[low].character == c;
    return changed ? &ucd_records[ucd_changed[low].record] : r;
}

static const struct ucd_record *record_for(PyObject *self, Py_UCS4 c)
{
    return is_old(self) ? old_record(c) : record(c);
}

/* A one-character argument: the character, or -1 with TypeError. */
static long character(const char *name, const char *which, PyObject *o)
{
    if (PyUnicode_Check(o) && PyUnicode_GET_LENGTH(o) == 1)
        return (long)str_at(o, 0);
    PyErr_Format(PyExc_TypeError, "%s() %s must be a unicode character, not %.50s", name, which,
                 o == Py_None ? "None" : Py_TYPE(o)->tp_name);
    return -1;
}

/* --- properties --- */

#define PROPERTY(name, result) \
    static PyObject *ucd_##name(PyObject *self, PyObject *o) \
    { \
        long c = character(#name, "argument", o); \
        if (c < 0) \
            return NULL; \
        const struct ucd_record *r = record_for(self, (Py_UCS4)c); \
        return result; \
    }
PROPERTY(category, PyUnicode_FromString(category_names[r->category]))
PROPERTY(bidirectional, PyUnicode_FromString(bidi_names[r->bidi]))
PROPERTY(combining, PyLong_FromLong(r->combining))
PROPERTY(mirrored, PyLong_FromLong(r->mirrored))
PROPERTY(east_asian_width, PyUnicode_FromString(width_names[r->width]))

/* The value for (chr[, default]): what `found` says, else the default, else ValueError. */
static PyObject *number(PyObject *self, const char *name, PyObject *const *args, Py_ssize_t nargs, const char *missing,
                        PyObject *(*found)(Py_UCS4))
{
    if (!_PyArg_CheckPositional(name, nargs, 1, 2))
        return NULL;
    long c = character(name, "argument 1", args[0]);
    if (c < 0)
        return NULL;
    PyObject *value = is_old(self) && !record((Py_UCS4)c)->in_3_2 ? NULL : found((Py_UCS4)c);
    if (value || PyErr_Occurred())
        return value;
    if (nargs == 2)
        return Py_NewRef(args[1]);
    PyErr_SetString(PyExc_ValueError, missing);
    return NULL;
}

static PyObject *find_decimal(Py_UCS4 c) { return _PyUnicode_IsDecimalDigit(c) ? PyLong_FromLong(_PyUnicode_ToDecimalDigit(c)) : NULL; }
static PyObject *find_digit(Py_UCS4 c) { return _PyUnicode_IsDigit(c) ? PyLong_FromLong(_PyUnicode_ToDigit(c)) : NULL; }
static PyObject *find_numeric(Py_UCS4 c) { return _PyUnicode_IsNumeric(c) ? PyFloat_FromDouble(_PyUnicode_ToNumeric(c)) : NULL; }
static PyObject *find_name(Py_UCS4 c)
{
    char name[256];
    return unicode_name_of(c, name) ? PyUnicode_FromString(name) : NULL;
}

static PyObject *ucd_decimal(PyObject *self, PyObject *const *args, Py_ssize_t n) { return number(self, "decimal", args, n, "not a decimal", find_decimal); }
static PyObject *ucd_digit(PyObject *self, PyObject *const *args, Py_ssize_t n) { return number(self, "digit", args, n, "not a digit", find_digit); }
static PyObject *ucd_numeric(PyObject *self, PyObject *const *args, Py_ssize_t n) { return number(self, "numeric", args, n, "not a numeric character", find_numeric); }
static PyObject *ucd_name(PyObject *self, PyObject *const *args, Py_ssize_t n) { return number(self, "name", args, n, "no such name", find_name); }

/* Whether ucd_3_2_0 finds the character by this name: aliases came later, ideographs are found by rule. */
static int known_to_old(Py_UCS4 c, const char *name)
{
    char own[256];
    if (strncasecmp(name, "CJK UNIFIED IDEOGRAPH-", 22) == 0)
        return 1;
    return record(c)->in_3_2 && unicode_name_of(c, own) && strcasecmp(own, name) == 0;
}

static PyObject *ucd_lookup(PyObject *self, PyObject *o)
{
    Py_ssize_t size;
    Py_UCS4 c;
    if (!PyUnicode_Check(o)) {
        PyErr_Format(PyExc_TypeError, "lookup() argument must be str, not %.50s", o == Py_None ? "None" : Py_TYPE(o)->tp_name);
        return NULL;
    }
    const char *name = PyUnicode_AsUTF8AndSize(o, &size);
    if (name == NULL)
        return NULL;
    if (size > 256) {
        PyErr_SetString(PyExc_KeyError, "name too long");
        return NULL;
    }
    int found = unicode_by_name(name, size, &c);
    if (is_old(self) && (!found || !known_to_old(c, name))) {
        PyErr_Format(PyExc_KeyError, "undefined character name '%s'", name);
        return NULL;
    }
    if (found)
        return PyUnicode_FromOrdinal((int)c);
    Py_UCS4 sequence[UNICODE_SEQUENCE_MAX];
    int n = unicode_sequence_by_name(name, size, sequence);
    if (n)
        return PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, sequence, n);
    PyErr_Format(PyExc_KeyError, "undefined character name '%s'", name);
    return NULL;
}

/* --- decomposition and normalisation --- */

static const char *tag_name(int tag)
{
    switch (tag) {
    case UC_DECOMP_FONT: return "<font> ";
    case UC_DECOMP_NOBREAK: return "<noBreak> ";
    case UC_DECOMP_INITIAL: return "<initial> ";
    case UC_DECOMP_MEDIAL: return "<medial> ";
    case UC_DECOMP_FINAL: return "<final> ";
    case UC_DECOMP_ISOLATED: return "<isolated> ";
    case UC_DECOMP_CIRCLE: return "<circle> ";
    case UC_DECOMP_SUPER: return "<super> ";
    case UC_DECOMP_SUB: return "<sub> ";
    case UC_DECOMP_VERTICAL: return "<vertical> ";
    case UC_DECOMP_WIDE: return "<wide> ";
    case UC_DECOMP_NARROW: return "<narrow> ";
    case UC_DECOMP_SMALL: return "<small> ";
    case UC_DECOMP_SQUARE: return "<square> ";
    case UC_DECOMP_FRACTION: return "<fraction> ";
    case UC_DECOMP_COMPAT: return "<compat> ";
    }
    return "";
}

static PyObject *ucd_decomposition(PyObject *self, PyObject *o)
{
    long c = character("decomposition", "argument", o);
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    char text[UC_DECOMPOSITION_MAX_LENGTH * 9 + 16];
    int tag, n;
    if (c < 0)
        return NULL;
    if ((is_old(self) && !record((Py_UCS4)c)->in_3_2) || (c >= 0xac00 && c <= 0xd7a3))  /* Hangul is by rule, not by table */
        return str_empty();
    n = uc_decomposition((ucs4_t)c, &tag, parts);
    if (n < 0)
        return str_empty();
    int at = sprintf(text, "%s", tag_name(tag));
    for (int i = 0; i < n; i++)
        at += sprintf(text + at, "%s%04X", i ? " " : "", (unsigned)parts[i]);
    return PyUnicode_FromStringAndSize(text, at);
}

static uninorm_t form_named(PyObject *form)
{
    static const char *const names[] = {"NFC", "NFD", "NFKC", "NFKD"};
    for (int i = 0; i < 4; i++)
        if (_PyUnicode_EqualToASCIIString(form, names[i]))
            return i == 0 ? UNINORM_NFC : i == 1 ? UNINORM_NFD : i == 2 ? UNINORM_NFKC : UNINORM_NFKD;
    PyErr_SetString(PyExc_ValueError, "invalid normalization form");
    return NULL;
}

/* Both arguments of normalize(); the form, or NULL with an exception. */
static uninorm_t form_and_text(const char *name, PyObject *const *args, Py_ssize_t nargs)
{
    if (!_PyArg_CheckPositional(name, nargs, 2, 2))
        return NULL;
    for (int i = 0; i < 2; i++)
        if (!PyUnicode_Check(args[i])) {
            PyErr_Format(PyExc_TypeError, "%s() argument %d must be str, not %.50s", name, i + 1,
                         args[i] == Py_None ? "None" : Py_TYPE(args[i])->tp_name);
            return NULL;
        }
    return form_named(args[0]);
}

/* Normalises n > 0 characters that hold no surrogate; libunistring leaves those out. */
static int normalise_run(_PyUnicodeWriter *w, uninorm_t form, const Py_UCS4 *s, Py_ssize_t n)
{
    size_t length = 0;
    uint32_t *out = u32_normalize(form, s, (size_t)n, NULL, &length);
    if (out == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    PyObject *part = PyUnicode_FromKindAndData(4, out, (Py_ssize_t)length);
    free(out);
    int failed = part ? _PyUnicodeWriter_WriteStr(w, part) : -1;
    Py_XDECREF(part);
    return failed;
}

static PyObject *normalised(uninorm_t form, PyObject *text)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    if (str_is_ascii(text) || n == 0)
        return str_exact(text);
    Py_UCS4 *s = PyUnicode_AsUCS4Copy(text);
    if (s == NULL)
        return NULL;
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    for (Py_ssize_t i = 0; i < n;) {
        Py_ssize_t end = i;
        while (end < n && !Py_UNICODE_IS_SURROGATE(s[end]))
            end++;
        int failed = end > i ? normalise_run(&w, form, s + i, end - i) : 0;
        for (; end < n && Py_UNICODE_IS_SURROGATE(s[end]) && !failed; end++)
            failed = _PyUnicodeWriter_WriteChar(&w, s[end]);
        if (failed < 0) {
            PyMem_Free(s);
            _PyUnicodeWriter_Dealloc(&w);
            return NULL;
        }
        i = end;
    }
    PyMem_Free(s);
    return _PyUnicodeWriter_Finish(&w);
}

static PyObject *ucd_normalize(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    uninorm_t form = form_and_text("normalize", args, nargs);
    PyObject *text = form ? normalised(form, args[1]) : NULL;
    if (text != NULL && str_equal(text, args[1])) /* also of a subclass */
        Py_SETREF(text, Py_NewRef(args[1]));
    return text;
}

static PyObject *ucd_is_normalized(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    uninorm_t form = form_and_text("is_normalized", args, nargs);
    PyObject *text = form ? normalised(form, args[1]) : NULL;
    if (text == NULL)
        return NULL;
    int same = str_equal(text, args[1]);
    Py_DECREF(text);
    return PyBool_FromLong(same);
}

#define FAST(name, doc) {#name, (PyCFunction)(void (*)(void))ucd_##name, METH_FASTCALL, doc}
static PyMethodDef functions[] = {
    FAST(decimal, "decimal($self, chr, default=<unrepresentable>, /)\n--\n\nThe decimal value of the character."),
    FAST(digit, "digit($self, chr, default=<unrepresentable>, /)\n--\n\nThe digit value of the character."),
    FAST(numeric, "numeric($self, chr, default=<unrepresentable>, /)\n--\n\nThe numeric value of the character."),
    {"category", ucd_category, METH_O, "category($self, chr, /)\n--\n\nThe general category."},
    {"bidirectional", ucd_bidirectional, METH_O, "bidirectional($self, chr, /)\n--\n\nThe bidirectional class."},
    {"combining", ucd_combining, METH_O, "combining($self, chr, /)\n--\n\nThe canonical combining class."},
    {"mirrored", ucd_mirrored, METH_O, "mirrored($self, chr, /)\n--\n\n1 if mirrored in bidirectional text."},
    {"east_asian_width", ucd_east_asian_width, METH_O, "east_asian_width($self, chr, /)\n--\n\nThe east asian width."},
    {"decomposition", ucd_decomposition, METH_O, "decomposition($self, chr, /)\n--\n\nThe decomposition mapping, as text."},
    FAST(name, "name($self, chr, default=<unrepresentable>, /)\n--\n\nThe name of the character."),
    {"lookup", ucd_lookup, METH_O, "lookup($self, name, /)\n--\n\nThe character of that name."},
    FAST(is_normalized, "is_normalized($self, form, unistr, /)\n--\n\nWhether the text is in the normal form."),
    FAST(normalize, "normalize($self, form, unistr, /)\n--\n\nThe text in the normal form."),
    {NULL}
};

static PyObject *ucd_version(PyObject *self, void *unused) { return PyUnicode_FromString("3.2.0"); }
static PyGetSetDef ucd_getset[] = {{"unidata_version", ucd_version, NULL, NULL, NULL}, {NULL}};

static PyTypeObject Ucd_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "unicodedata.UCD",
    .tp_basicsize = sizeof(Ucd),
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = functions,
    .tp_getset = ucd_getset,
};

static int exec(PyObject *m)
{
    if (PyType_Ready(&Ucd_Type) < 0 || PyModule_AddStringConstant(m, "unidata_version", "14.0.0") < 0
        || PyModule_AddObjectRef(m, "UCD", (PyObject *)&Ucd_Type) < 0)
        return -1;
    PyObject *old = (PyObject *)PyObject_New(Ucd, &Ucd_Type);
    int failed = old ? PyModule_AddObjectRef(m, "ucd_3_2_0", old) : -1;
    Py_XDECREF(old);
    return failed;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec}, {0, NULL}};
static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "unicodedata", .m_doc = "The Unicode Character Database, version 14.0.", .m_methods = functions,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit_unicodedata(void) { return PyModuleDef_Init(&module); }
