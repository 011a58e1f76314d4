/* C strings without regard to the locale: formatting, comparison, integers, character classes. */
#include "Python.h"
#include <stdarg.h>

const char *Py_hexdigits = "0123456789abcdef";

/* -- Characters -- */

#define LOW (PY_CTF_LOWER)
#define UP (PY_CTF_UPPER)
#define HEX PY_CTF_XDIGIT
const unsigned int _Py_ctype_table[256] = {
    ['\t'] = PY_CTF_SPACE, ['\n'] = PY_CTF_SPACE, ['\v'] = PY_CTF_SPACE, ['\f'] = PY_CTF_SPACE, ['\r'] = PY_CTF_SPACE,
    [' '] = PY_CTF_SPACE, ['0' ... '9'] = PY_CTF_DIGIT | HEX, ['A' ... 'F'] = UP | HEX, ['G' ... 'Z'] = UP,
    ['a' ... 'f'] = LOW | HEX, ['g' ... 'z'] = LOW,
};

#define ROW(n) n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9, n + 10, n + 11, n + 12, n + 13, n + 14, n + 15
#define LETTERS(n) n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9, n + 10, n + 11, n + 12, n + 13, n + 14, \
    n + 15, n + 16, n + 17, n + 18, n + 19, n + 20, n + 21, n + 22, n + 23, n + 24, n + 25, n + 26
#define UPPER_HALF ROW(128), ROW(144), ROW(160), ROW(176), ROW(192), ROW(208), ROW(224), ROW(240)
const unsigned char _Py_ctype_tolower[256] = {
    ROW(0), ROW(16), ROW(32), ROW(48), '@', LETTERS(96), 91, 92, 93, 94, 95, 96, LETTERS(96), 123, 124, 125, 126, 127,
    UPPER_HALF};
const unsigned char _Py_ctype_toupper[256] = {
    ROW(0), ROW(16), ROW(32), ROW(48), '@', LETTERS(64), 91, 92, 93, 94, 95, 96, LETTERS(64), 123, 124, 125, 126, 127,
    UPPER_HALF};

int PyOS_mystrnicmp(const char *a, const char *b, Py_ssize_t n)
{
    for (; n > 0; n--, a++, b++) {
        int d = Py_TOLOWER(*a) - Py_TOLOWER(*b);
        if (d || !*a)
            return d;
    }
    return 0;
}

int PyOS_mystricmp(const char *a, const char *b) { return PyOS_mystrnicmp(a, b, PY_SSIZE_T_MAX); }

/* -- Formatting: always NUL-terminated; as vsnprintf otherwise -- */

int PyOS_vsnprintf(char *text, size_t size, const char *format, va_list va)
{
    assert(text && size > 0 && format);
    if (size > INT_MAX - 512) {
        text[size - 1] = '\0';
        return -666;
    }
    int n = vsnprintf(text, size, format, va);
    text[size - 1] = '\0';
    return n;
}

int PyOS_snprintf(char *text, size_t size, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    int n = PyOS_vsnprintf(text, size, format, va);
    va_end(va);
    return n;
}

/* -- Integers: as strtoul and strtol, plus Python's 0o and 0b in base 0 -- */

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : Py_ISALPHA(c) ? Py_TOLOWER(c) - 'a' + 10 : 36;
}

/* Skips the prefix of base (0: any); the base to read in. */
static int skip_prefix(const char **text, int base)
{
    const char *s = *text;
    int prefix = 0;
    if (s[0] == '0') {
        char c = (char)Py_TOLOWER(s[1]);
        prefix = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
    }
    if (prefix && (base == 0 || base == prefix) && digit_of(s[2]) < prefix) {
        *text += 2;
        return prefix;
    }
    return base ? base : 10;
}

unsigned long PyOS_strtoul(const char *text, char **end, int base)
{
    while (Py_ISSPACE(*text))
        text++;
    const char *start = text;
    int any = base;
    base = skip_prefix(&text, base);
    unsigned long value = 0;
    int over = 0, d;
    if (any == 0 && *text == '0' && base == 10) {
        while (*text == '0')
            text++;
        if (digit_of(*text) < 10) { /* no leading zeros in base 0 */
            if (end)
                *end = (char *)text;
            return 0;
        }
    }
    for (; (d = digit_of(*text)) < base; text++)
        over |= __builtin_mul_overflow(value, (unsigned long)base, &value) |
                __builtin_add_overflow(value, (unsigned long)d, &value);
    if (end)
        *end = (char *)(text == start ? start : text);
    if (over) {
        errno = ERANGE;
        return (unsigned long)-1;
    }
    return value;
}

long PyOS_strtol(const char *text, char **end, int base)
{
    while (Py_ISSPACE(*text))
        text++;
    int negative = *text == '-';
    if (*text == '+' || *text == '-')
        text++;
    unsigned long value = PyOS_strtoul(text, end, base);
    if (value > (unsigned long)LONG_MAX + negative) {
        errno = ERANGE;
        return LONG_MAX;
    }
    return negative ? (long)-value : (long)value;
}
