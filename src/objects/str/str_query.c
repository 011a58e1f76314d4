/* str methods that answer yes or no about the characters: isalpha() and its relatives, identifiers. */
#include "objects/str/str.h"

/* Whether the string is not empty and `test` holds for every character. */
static PyObject *all_chars(PyObject *o, int (*test)(Py_UCS4))
{
    Py_ssize_t n = str_len(o);
    int kind = str_kind(o);
    const void *data = str_data(o);
    for (Py_ssize_t i = 0; i < n; i++)
        if (!test(unit_at(kind, data, i)))
            Py_RETURN_FALSE;
    return PyBool_FromLong(n > 0);
}

static int is_alnum(Py_UCS4 c) { return Py_UNICODE_ISALNUM(c); }
static int is_space(Py_UCS4 c) { return Py_UNICODE_ISSPACE(c); }
static int is_decimal(Py_UCS4 c) { return c < 128 ? c - '0' < 10 : _PyUnicode_IsDecimalDigit(c); }
static int is_digit(Py_UCS4 c) { return c < 128 ? c - '0' < 10 : _PyUnicode_IsDigit(c); }

METH1(str_isalnum) { return all_chars(self, is_alnum); }
METH1(str_isalpha) { return all_chars(self, _PyUnicode_IsAlpha); }
METH1(str_isdecimal) { return all_chars(self, is_decimal); }
METH1(str_isdigit) { return all_chars(self, is_digit); }
METH1(str_isnumeric) { return all_chars(self, _PyUnicode_IsNumeric); }
METH1(str_isspace) { return all_chars(self, is_space); }
METH1(str_isascii) { return PyBool_FromLong(str_is_ascii(self)); }

METH1(str_isprintable)
{
    if (str_len(self) == 0)
        Py_RETURN_TRUE;
    return all_chars(self, _PyUnicode_IsPrintable);
}

/* islower (want = lower) and isupper: a cased character, and none of the other cases. */
static PyObject *one_case(PyObject *o, int lower)
{
    Py_ssize_t n = str_len(o);
    int cased = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = str_at(o, i);
        int is_lower = _PyUnicode_IsLowercase(c), is_upper = _PyUnicode_IsUppercase(c);
        if ((lower ? is_upper : is_lower) || _PyUnicode_IsTitlecase(c))
            Py_RETURN_FALSE;
        cased |= lower ? is_lower : is_upper;
    }
    return PyBool_FromLong(cased);
}

METH1(str_islower) { return one_case(self, 1); }
METH1(str_isupper) { return one_case(self, 0); }

METH1(str_istitle)
{
    Py_ssize_t n = str_len(self);
    int cased = 0, previous_cased = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = str_at(self, i);
        int starts = _PyUnicode_IsUppercase(c) || _PyUnicode_IsTitlecase(c), goes_on = _PyUnicode_IsLowercase(c);
        if ((starts && previous_cased) || (goes_on && !previous_cased))
            Py_RETURN_FALSE;
        previous_cased = starts || goes_on;
        cased |= previous_cased;
    }
    return PyBool_FromLong(cased);
}

/* --- identifiers --- */

static int starts_identifier(Py_UCS4 c)
{
    if (c < 128)
        return c == '_' || (c | 32) - 'a' < 26;
    return _PyUnicode_IsXidStart(c);
}

static int goes_on_identifier(Py_UCS4 c)
{
    if (c < 128)
        return c == '_' || (c | 32) - 'a' < 26 || c - '0' < 10;
    return _PyUnicode_IsXidContinue(c);
}

/* Length of the identifier at the start of `o`. */
Py_ssize_t _PyUnicode_ScanIdentifier(PyObject *o)
{
    if (PyUnicode_READY(o) < 0)
        return 0;
    Py_ssize_t n = str_len(o), i = 0;
    if (n == 0 || !starts_identifier(str_at(o, 0)))
        return 0;
    for (i = 1; i < n && goes_on_identifier(str_at(o, i)); i++)
        ;
    return i;
}

int PyUnicode_IsIdentifier(PyObject *o)
{
    Py_ssize_t n = str_len(o);
    return n && _PyUnicode_ScanIdentifier(o) == n;
}

METH1(str_isidentifier) { return PyBool_FromLong(PyUnicode_IsIdentifier(self)); }
