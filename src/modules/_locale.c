/* _locale: what the C library knows of the locale. */
#include "Python.h"
#include "memory/state.h"
#include "capi/fileutils.h"
#include <langinfo.h>
#include <libintl.h>
#include <locale.h>


static PyObject *decode(const char *text) { return PyUnicode_DecodeLocale(text, NULL); }

static PyObject *f_setlocale(PyObject *module, PyObject *args)
{
    int category;
    const char *name = NULL;
    if (!PyArg_ParseTuple(args, "i|z:setlocale", &category, &name))
        return NULL;
    const char *result = setlocale(category, name);
    if (!result) {
        PyErr_SetString(KEPT(locale_error), name ? "unsupported locale setting" : "locale query failed");
        return NULL;
    }
    return decode(result);
}

/* A grouping as a list of ints that ends as C's does; new reference. */
static PyObject *grouping_list(const char *s)
{
    PyObject *list = PyList_New(0);
    if (!*s)
        return list;
    for (int last = 0; list && !last; s++) {
        PyObject *n = PyLong_FromLong(*s);
        last = *s == '\0' || *s == CHAR_MAX;
        if (!n || PyList_Append(list, n) < 0)
            Py_CLEAR(list);
        Py_XDECREF(n);
    }
    return list;
}

/* Steals value; 0 or -1. */
static int put(PyObject *dict, const char *key, PyObject *value)
{
    int status = value ? PyDict_SetItemString(dict, key, value) : -1;
    Py_XDECREF(value);
    return status;
}

static PyObject *f_localeconv(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    PyObject *d = PyDict_New(), *point = NULL, *separator = NULL;
    struct lconv *l = localeconv();
    int bad = !d || _Py_GetLocaleconvNumeric(l, &point, &separator) < 0;
    bad = bad || put(d, "decimal_point", point) < 0 || put(d, "thousands_sep", separator) < 0 ||
          put(d, "grouping", grouping_list(l->grouping)) < 0;
#define TEXT(field) bad = bad || put(d, #field, decode(l->field)) < 0
#define NUMBER(field) bad = bad || put(d, #field, PyLong_FromLong(l->field)) < 0
    TEXT(int_curr_symbol);
    TEXT(currency_symbol);
    TEXT(mon_decimal_point);
    TEXT(mon_thousands_sep);
    bad = bad || put(d, "mon_grouping", grouping_list(l->mon_grouping)) < 0;
    TEXT(positive_sign);
    TEXT(negative_sign);
    NUMBER(int_frac_digits);
    NUMBER(frac_digits);
    NUMBER(p_cs_precedes);
    NUMBER(p_sep_by_space);
    NUMBER(n_cs_precedes);
    NUMBER(n_sep_by_space);
    NUMBER(p_sign_posn);
    NUMBER(n_sign_posn);
    if (bad)
        Py_CLEAR(d);
    return d;
}

static PyObject *f_strcoll(PyObject *module, PyObject *args)
{
    PyObject *a, *b, *result = NULL;
    if (!PyArg_ParseTuple(args, "UU:strcoll", &a, &b))
        return NULL;
    wchar_t *x = PyUnicode_AsWideCharString(a, NULL), *y = x ? PyUnicode_AsWideCharString(b, NULL) : NULL;
    if (y)
        result = PyLong_FromLong(wcscoll(x, y));
    PyMem_Free(x);
    PyMem_Free(y);
    return result;
}

static PyObject *f_strxfrm(PyObject *module, PyObject *arg)
{
    if (!PyUnicode_Check(arg)) {
        _PyArg_BadArgument("strxfrm", "argument", "str", arg);
        return NULL;
    }
    Py_ssize_t n;
    wchar_t *text = PyUnicode_AsWideCharString(arg, &n), *out = NULL;
    if (!text)
        return NULL;
    PyObject *result = NULL;
    if (wcslen(text) != (size_t)n)
        PyErr_SetString(PyExc_ValueError, "embedded null character");
    else {
        errno = 0;
        size_t size = wcsxfrm(NULL, text, 0);
        out = PyMem_New(wchar_t, size + 1);
        if (!out)
            PyErr_NoMemory();
        else {
            wcsxfrm(out, text, size + 1);
            if (errno && errno != ERANGE)
                PyErr_SetFromErrno(PyExc_OSError);
            else
                result = PyUnicode_FromWideChar(out, (Py_ssize_t)size);
        }
    }
    PyMem_Free(out);
    PyMem_Free(text);
    return result;
}

/* The keys that nl_langinfo() may be asked for. */
static const struct {
    const char *name;
    int value;
} keys[] = {
#define K(name) {#name, name},
    K(DAY_1) K(DAY_2) K(DAY_3) K(DAY_4) K(DAY_5) K(DAY_6) K(DAY_7) K(ABDAY_1) K(ABDAY_2) K(ABDAY_3) K(ABDAY_4)
    K(ABDAY_5) K(ABDAY_6) K(ABDAY_7) K(MON_1) K(MON_2) K(MON_3) K(MON_4) K(MON_5) K(MON_6) K(MON_7) K(MON_8) K(MON_9)
    K(MON_10) K(MON_11) K(MON_12) K(ABMON_1) K(ABMON_2) K(ABMON_3) K(ABMON_4) K(ABMON_5) K(ABMON_6) K(ABMON_7)
    K(ABMON_8) K(ABMON_9) K(ABMON_10) K(ABMON_11) K(ABMON_12) K(RADIXCHAR) K(THOUSEP) K(CRNCYSTR) K(D_FMT) K(D_T_FMT)
    K(T_FMT) K(AM_STR) K(PM_STR) K(CODESET) K(T_FMT_AMPM) K(ERA) K(ERA_D_FMT) K(ERA_D_T_FMT) K(ERA_T_FMT)
    K(ALT_DIGITS) K(YESEXPR) K(NOEXPR)
};
static const struct {
    const char *name;
    int value;
} categories[] = {K(LC_CTYPE) K(LC_TIME) K(LC_COLLATE) K(LC_MONETARY) K(LC_MESSAGES) K(LC_NUMERIC) K(LC_ALL) K(CHAR_MAX)};

static PyObject *f_nl_langinfo(PyObject *module, PyObject *arg)
{
    int item = _PyLong_AsInt(arg);
    if (item == -1 && PyErr_Occurred())
        return NULL;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(keys); i++)
        if (keys[i].value == item) {
            const char *text = nl_langinfo(item);
            return decode(text ? text : "");
        }
    PyErr_SetString(PyExc_ValueError, "unsupported langinfo constant");
    return NULL;
}

static PyObject *f_getencoding(PyObject *module, PyObject *Py_UNUSED(ignored)) { return _Py_GetLocaleEncodingObject(); }

/* -- Messages -- */

static PyObject *f_gettext(PyObject *module, PyObject *args)
{
    const char *text;
    return PyArg_ParseTuple(args, "s:gettext", &text) ? decode(gettext(text)) : NULL;
}

static PyObject *f_dgettext(PyObject *module, PyObject *args)
{
    const char *domain, *text;
    return PyArg_ParseTuple(args, "zs:dgettext", &domain, &text) ? decode(dgettext(domain, text)) : NULL;
}

static PyObject *f_dcgettext(PyObject *module, PyObject *args)
{
    const char *domain, *text;
    int category;
    return PyArg_ParseTuple(args, "zsi:dcgettext", &domain, &text, &category) ? decode(dcgettext(domain, text, category)) : NULL;
}

static PyObject *f_textdomain(PyObject *module, PyObject *args)
{
    const char *domain;
    if (!PyArg_ParseTuple(args, "z:textdomain", &domain))
        return NULL;
    const char *result = textdomain(domain);
    return result ? decode(result) : PyErr_SetFromErrno(PyExc_OSError);
}

static PyObject *f_bindtextdomain(PyObject *module, PyObject *args)
{
    const char *domain;
    PyObject *folder, *bytes = NULL;
    if (!PyArg_ParseTuple(args, "sO:bindtextdomain", &domain, &folder))
        return NULL;
    if (!*domain) {
        PyErr_SetString(KEPT(locale_error), "domain must be a non-empty string");
        return NULL;
    }
    if (folder != Py_None && !PyUnicode_FSConverter(folder, &bytes))
        return NULL;
    const char *result = bindtextdomain(domain, bytes ? PyBytes_AS_STRING(bytes) : NULL);
    Py_XDECREF(bytes);
    return result ? decode(result) : PyErr_SetFromErrno(PyExc_OSError);
}

static PyObject *f_bind_textdomain_codeset(PyObject *module, PyObject *args)
{
    const char *domain, *codeset;
    if (!PyArg_ParseTuple(args, "sz:bind_textdomain_codeset", &domain, &codeset))
        return NULL;
    const char *result = bind_textdomain_codeset(domain, codeset);
    if (result)
        return decode(result);
    Py_RETURN_NONE;
}

#define F(name, flags, signature, doc) {#name, f_##name, flags, #name signature "\n--\n\n" doc}
static PyMethodDef methods[] = {
    F(setlocale, METH_VARARGS, "($module, category, locale=None, /)", "Sets or tells the locale of a category."),
    F(localeconv, METH_NOARGS, "($module, /)", "How numbers and money are written."),
    F(strcoll, METH_VARARGS, "($module, os1, os2, /)", "Compares two strings by the locale."),
    F(strxfrm, METH_O, "($module, string, /)", "A string that compares as strcoll() does."),
    F(nl_langinfo, METH_O, "($module, key, /)", "The text of a key of the locale."),
    F(getencoding, METH_NOARGS, "($module, /)", "The encoding of the locale."),
    F(gettext, METH_VARARGS, "($module, msg, /)", "Translates a message."),
    F(dgettext, METH_VARARGS, "($module, domain, msg, /)", "Translates a message of a domain."),
    F(dcgettext, METH_VARARGS, "($module, domain, msg, category, /)", "Translates a message of a domain and category."),
    F(textdomain, METH_VARARGS, "($module, domain, /)", "Sets the domain of messages: the new one."),
    F(bindtextdomain, METH_VARARGS, "($module, domain, dir, /)", "Says where the messages of a domain are."),
    F(bind_textdomain_codeset, METH_VARARGS, "($module, domain, codeset, /)", "Says how the messages of a domain are encoded."),
    {NULL}};

static int locale_exec(PyObject *module)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(categories); i++)
        if (PyModule_AddIntConstant(module, categories[i].name, categories[i].value) < 0)
            return -1;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(keys); i++)
        if (PyModule_AddIntConstant(module, keys[i].name, keys[i].value) < 0)
            return -1;
    if (!KEPT(locale_error) && !(KEPT(locale_error) = PyErr_NewException("locale.Error", NULL, NULL)))
        return -1;
    return PyModule_AddObjectRef(module, "Error", KEPT(locale_error));
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, locale_exec}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_locale", "What the C library knows of the locale.", 0, methods, slots};

PyMODINIT_FUNC PyInit__locale(void) { return PyModuleDef_Init(&definition); }
