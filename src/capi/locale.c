/* Text between wchar_t and the locale's encoding.
 *
 * That encoding is taken to be UTF-8; a byte that does not decode becomes the lone surrogate U+DC80 + byte - 0x80
 * (PEP 383), and goes back as it came. */
#include "capi/fileutils.h"
#include <locale.h>
#include <langinfo.h>

/* Decodes one character at p: its length, or 0 if it is not valid UTF-8. */
static int decode_one(const unsigned char *p, const unsigned char *end, wchar_t *out)
{
    unsigned c = *p;
    if (c < 0x80) {
        *out = (wchar_t)c;
        return 1;
    }
    int n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if (c < 0xC2 || c > 0xF4 || end - p < n)
        return 0;
    unsigned v = c & (0x7F >> n);
    for (int i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 0x3F);
    }
    if ((n == 3 && (v < 0x800 || (v >= 0xD800 && v <= 0xDFFF))) || (n == 4 && (v < 0x10000 || v > 0x10FFFF)))
        return 0;
    *out = (wchar_t)v;
    return n;
}

int _Py_DecodeUTF8Ex(const char *bytes, Py_ssize_t n, wchar_t **text, size_t *size, const char **reason,
                     int surrogateescape)
{
    const unsigned char *p = (const unsigned char *)bytes, *end = p + n;
    wchar_t *out = PyMem_RawMalloc((n + 1) * sizeof(wchar_t)), *q = out;
    if (!out)
        return -1;
    while (p < end) {
        int used = decode_one(p, end, q);
        if (used == 0 && surrogateescape >= 2 && end - p >= 3 && p[0] == 0xED && p[1] >= 0xA0 && (p[1] & 0xC0) == 0x80 &&
            (p[2] & 0xC0) == 0x80) { /* surrogatepass */
            *q = (p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
            used = 3;
        }
        if (used == 0) {
            if (surrogateescape != 1) {
                PyMem_RawFree(out);
                if (size)
                    *size = p - (const unsigned char *)bytes;
                if (reason)
                    *reason = "decoding error";
                return -2;
            }
            *q = 0xDC00 + *p;
            used = 1;
        }
        p += used;
        q++;
    }
    *q = L'\0';
    *text = out;
    if (size)
        *size = q - out;
    return 0;
}

/* surrogateescape: 0 refuses surrogates, 1 turns those of bytes back, 2 writes them as they are. */
int _Py_EncodeUTF8Ex(const wchar_t *text, char **bytes, size_t *error_pos, const char **reason, int raw_malloc,
                     int surrogateescape)
{
    size_t n = wcslen(text);
    unsigned char *out = raw_malloc ? PyMem_RawMalloc(n * 4 + 1) : PyMem_Malloc(n * 4 + 1), *q = out;
    if (!out)
        return -1;
    for (size_t i = 0; i < n; i++) {
        unsigned c = (unsigned)text[i];
        if (c < 0x80)
            *q++ = c;
        else if (c < 0x800) {
            *q++ = 0xC0 | c >> 6;
            *q++ = 0x80 | (c & 0x3F);
        }
        else if (surrogateescape == 1 && c >= 0xDC80 && c <= 0xDCFF)
            *q++ = c - 0xDC00;
        else if ((surrogateescape != 2 && c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF) {
            raw_malloc ? PyMem_RawFree(out) : PyMem_Free(out);
            if (error_pos)
                *error_pos = i;
            if (reason)
                *reason = "encoding error";
            return -2;
        }
        else if (c < 0x10000) {
            *q++ = 0xE0 | c >> 12;
            *q++ = 0x80 | (c >> 6 & 0x3F);
            *q++ = 0x80 | (c & 0x3F);
        }
        else {
            *q++ = 0xF0 | c >> 18;
            *q++ = 0x80 | (c >> 12 & 0x3F);
            *q++ = 0x80 | (c >> 6 & 0x3F);
            *q++ = 0x80 | (c & 0x3F);
        }
    }
    *q = '\0';
    *bytes = (char *)out;
    return 0;
}

/* The value of the API's error handlers: 1 for surrogateescape, 2 for surrogatepass, 0 for strict. */
static int escape_of(int errors)
{
    return errors == 2 /* surrogateescape */ ? 1 : errors == 7 /* surrogatepass */ ? 2 : 0;
}

/* errors is a value of _Py_error_handler: 1 strict, 2 surrogateescape, 7 surrogatepass; -3 for others. */
int _Py_DecodeLocaleEx(const char *arg, wchar_t **text, size_t *size, const char **reason, int current_locale, int errors)
{
    if (errors != 1 && errors != 2 && errors != 7)
        return -3;
    return _Py_DecodeUTF8Ex(arg, (Py_ssize_t)strlen(arg), text, size, reason, escape_of(errors));
}

int _Py_EncodeLocaleEx(const wchar_t *text, char **bytes, size_t *error_pos, const char **reason, int current_locale,
                       int errors)
{
    if (errors != 1 && errors != 2 && errors != 7)
        return -3;
    return _Py_EncodeUTF8Ex(text, bytes, error_pos, reason, 1, escape_of(errors));
}

/* New text (PyMem_RawFree); NULL with *size (size_t)-1: no memory, (size_t)-2: cannot decode. */
wchar_t *Py_DecodeLocale(const char *arg, size_t *size)
{
    wchar_t *text;
    int status = _Py_DecodeUTF8Ex(arg, (Py_ssize_t)strlen(arg), &text, size, NULL, 1);
    if (status == 0)
        return text;
    if (size)
        *size = (size_t)status;
    return NULL;
}

wchar_t *_Py_DecodeUTF8_surrogateescape(const char *bytes, Py_ssize_t size, size_t *wlen)
{
    wchar_t *text;
    return _Py_DecodeUTF8Ex(bytes, size, &text, wlen, NULL, 1) == 0 ? text : NULL;
}

/* New bytes, PyMem_Free (the second: PyMem_RawFree); NULL with *error_pos the bad character or (size_t)-1: no memory. */
static char *encode(const wchar_t *text, size_t *error_pos, int raw_malloc)
{
    char *bytes;
    if (error_pos)
        *error_pos = (size_t)-1;
    return _Py_EncodeUTF8Ex(text, &bytes, error_pos, NULL, raw_malloc, 1) == 0 ? bytes : NULL;
}
char *Py_EncodeLocale(const wchar_t *text, size_t *error_pos) { return encode(text, error_pos, 0); }
char *_Py_EncodeLocaleRaw(const wchar_t *text, size_t *error_pos) { return encode(text, error_pos, 1); }

/* -- What the locale says -- */

char *_Py_SetLocaleFromEnv(int category) { return setlocale(category, ""); }

int _Py_GetForceASCII(void) { return 0; }
void _Py_ResetForceASCII(void) {}

/* Name of the locale's encoding: PyMem_RawFree; NULL when memory runs out. */
wchar_t *_Py_GetLocaleEncoding(void)
{
    const char *name = nl_langinfo(CODESET);
    return Py_DecodeLocale(name && *name ? name : "UTF-8", NULL);
}

PyObject *_Py_GetLocaleEncodingObject(void)
{
    const char *name = nl_langinfo(CODESET);
    return PyUnicode_FromString(name && *name ? name : "UTF-8");
}

/* Decimal point and thousands separator of localeconv(), as new str; 0, or -1 with an exception. */
int _Py_GetLocaleconvNumeric(struct lconv *lc, PyObject **decimal_point, PyObject **thousands_sep)
{
    *decimal_point = PyUnicode_DecodeLocale(lc->decimal_point, NULL);
    if (!*decimal_point)
        return -1;
    *thousands_sep = PyUnicode_DecodeLocale(lc->thousands_sep, NULL);
    if (!*thousands_sep) {
        Py_CLEAR(*decimal_point);
        return -1;
    }
    return 0;
}
