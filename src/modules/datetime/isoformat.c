/* ISO 8601 text: writing the parts of isoformat(), and the three fromisoformat(). */
#include "modules/datetime/dt.h"

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static char *put(char *p, int value, int digits)
{
    for (int i = digits; i-- > 0; value /= 10)
        p[i] = (char)('0' + value % 10);
    return p + digits;
}

int dt_format_date(char *buf, const Fields *f)
{
    char *p = put(buf, f->year, 4);
    *p++ = '-';
    p = put(p, f->month, 2);
    *p++ = '-';
    return (int)(put(p, f->day, 2) - buf);
}

int dt_format_time(char *buf, const Fields *f, const char *timespec)
{
    static const char *const names[] = {"hours", "minutes", "seconds", "milliseconds", "microseconds", "auto"};
    int parts = timespec ? 0 : 5;
    while (parts < 6 && timespec && strcmp(timespec, names[parts]))
        parts++;
    if (parts == 6) {
        PyErr_SetString(PyExc_ValueError, "Unknown timespec value");
        return -1;
    }
    if (parts == 5)
        parts = f->us ? 4 : 2;
    char *p = put(buf, f->hour, 2);
    if (parts > 0) {
        *p++ = ':';
        p = put(p, f->minute, 2);
    }
    if (parts > 1) {
        *p++ = ':';
        p = put(p, f->second, 2);
    }
    if (parts > 2) {
        *p++ = '.';
        p = parts == 3 ? put(p, f->us / 1000, 3) : put(p, f->us, 6);
    }
    return (int)(p - buf);
}

/* ---- reading ------------------------------------------------------------------------------------------------------
 */

/* The text, a byte each character: what is not ASCII, or NUL, reads as 0x80, which nothing accepts. */
typedef struct {
    const unsigned char *s;
    Py_ssize_t n;
    unsigned char *heap, small[64];
} Text;

static int text_open(Text *t, PyObject *text)
{
    t->heap = NULL;
    t->n = PyUnicode_GET_LENGTH(text);
    if (PyUnicode_IS_ASCII(text)) {
        t->s = PyUnicode_1BYTE_DATA(text);
        return 0;
    }
    unsigned char *to = t->small;
    if (t->n > (Py_ssize_t)sizeof t->small && !(to = t->heap = PyMem_Malloc((size_t)t->n))) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < t->n; i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(text, i);
        to[i] = c < 128 ? (unsigned char)c : 128;
    }
    t->s = to;
    return 0;
}

static inline int is_digit(unsigned char c) { return c >= '0' && c <= '9'; }

/* n digits at *p, which moves on; the end is at e.  -1 when they are not there. */
static int digits(const unsigned char **p, const unsigned char *e, int n, int *out)
{
    int v = 0;
    if (e - *p < n)
        return -1;
    for (int i = 0; i < n; i++) {
        if (!is_digit((*p)[i]))
            return -1;
        v = v * 10 + (*p)[i] - '0';
    }
    *p += n;
    *out = v;
    return 0;
}

static int separator(const unsigned char **p, const unsigned char *e, int wanted)
{
    if (!wanted)
        return 0;
    if (*p >= e || **p != '-')
        return -1;
    ++*p;
    return 0;
}

/* YYYY-MM-DD, YYYYMMDD, YYYY-Www[-D], YYYYWww[D]: 0, or -1. */
static int parse_date(const unsigned char *p, Py_ssize_t n, Fields *f)
{
    const unsigned char *e = p + n;
    if (digits(&p, e, 4, &f->year) || p >= e)
        return -1;
    int dashes = *p == '-';
    p += dashes;
    if (p < e && *p == 'W') {
        int week, day = 1;
        p++;
        if (digits(&p, e, 2, &week) || (p < e && (separator(&p, e, dashes) || digits(&p, e, 1, &day))) || p != e)
            return -1;
        return dt_from_iso_week(f->year, week, day, &f->year, &f->month, &f->day) ? -1 : 0;
    }
    return digits(&p, e, 2, &f->month) || separator(&p, e, dashes) || digits(&p, e, 2, &f->day) || p != e ? -1 : 0;
}

/* HH[:MM[:SS[.f+]]] or HH[MM[SS[.f+]]]; the fraction is cut after six digits. */
static int parse_clock(const unsigned char *p, const unsigned char *e, int *hour, int *minute, int *second, int *us)
{
    int *const parts[] = {hour, minute, second}, i, colons = 0;
    *hour = *minute = *second = *us = 0;
    for (i = 0; i < 3; i++) {
        if (digits(&p, e, 2, parts[i]))
            return -1;
        if (i == 0)
            colons = p < e && *p == ':';
        if (p == e)
            return 0;
        if (i == 2)
            break;
        if (colons && *p++ != ':')
            return -1;
    }
    if (*p != '.' && *p != ',')
        return -1;
    p++;
    int n = 0;
    for (; n < 6 && p + n < e && is_digit(p[n]); n++)
        *us = *us * 10 + p[n] - '0';
    if (n == 0)
        return -1;
    for (p += n; n < 6; n++)
        *us *= 10;
    while (p < e && is_digit(*p))
        p++;
    return p == e ? 0 : -1;
}

/* The zone after its sign. */
static int parse_zone(const unsigned char *p, const unsigned char *e, int sign, PyObject **tz)
{
    int hour, minute, second, us;
    if (parse_clock(p, e, &hour, &minute, &second, &us))
        return -1;
    int seconds = (hour * 60 + minute) * 60 + second;
    if (seconds == 0 && us == 0) {
        *tz = Py_NewRef(dt_utc);
        return 0;
    }
    PyObject *delta = dt_make_delta(0, sign * seconds, sign * us, 1, &dt_delta_type);
    *tz = delta ? dt_make_timezone(delta, NULL) : NULL;
    Py_XDECREF(delta);
    return *tz ? 0 : -1;
}

/* A clock and perhaps a zone: 0, or -1 with or without an exception. */
static int parse_time(const unsigned char *p, Py_ssize_t n, Fields *f, PyObject **tz)
{
    const unsigned char *e = p + n, *z = p;
    while (z < e && *z != '+' && *z != '-' && *z != 'Z')
        z++;
    if (parse_clock(p, z, &f->hour, &f->minute, &f->second, &f->us))
        return -1;
    *tz = NULL;
    if (z == e)
        *tz = Py_NewRef(Py_None);
    else if (*z != 'Z')
        return parse_zone(z + 1, e, *z == '-' ? -1 : 1, tz);
    else if (z + 1 == e)
        *tz = Py_NewRef(dt_utc);
    return *tz ? 0 : -1;
}

/* Where the date of a datetime ends; n is at least 7.  The separator may be any character, a digit even, so that the
 * form of the date decides. */
static Py_ssize_t date_end(const unsigned char *s, Py_ssize_t n)
{
    if (n == 7)
        return 7;
    if (s[4] == '-') {
        if (s[5] != 'W')
            return 10;
        if (n > 8 && s[8] == '-') {
            if (n == 9)
                return -1;
            return n > 10 && is_digit(s[10]) ? 8 : 10; /* a week, then '-' as the separator, is the likelier */
        }
        return 8;
    }
    if (s[4] != 'W')
        return 8;
    Py_ssize_t i = 7;
    while (i < n && is_digit(s[i]))
        i++;
    return i < 9 ? i : i % 2 == 0 ? 7 : 8;
}

static int check_text(PyObject *text)
{
    if (PyUnicode_Check(text))
        return 0;
    PyErr_SetString(PyExc_TypeError, "fromisoformat: argument must be str");
    return -1;
}

/* Closes the text; a failure without an exception gets one. */
static int finish(Text *t, PyObject *text, int bad)
{
    PyMem_Free(t->heap);
    if (bad && !PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "Invalid isoformat string: %R", text);
    return bad ? -1 : 0;
}

int dt_parse_date(PyObject *text, Fields *f)
{
    Text t;
    if (check_text(text) || text_open(&t, text))
        return -1;
    int bad = (t.n != 7 && t.n != 8 && t.n != 10) || parse_date(t.s, t.n, f);
    return finish(&t, text, bad);
}

int dt_parse_datetime(PyObject *text, Fields *f, PyObject **tz)
{
    Text t;
    *tz = NULL;
    if (check_text(text) || text_open(&t, text))
        return -1;
    Py_ssize_t end = t.n < 7 ? -1 : date_end(t.s, t.n);
    int bad = end < 0 || end > t.n || parse_date(t.s, end, f);
    if (!bad && end == t.n)
        *tz = Py_NewRef(Py_None);
    else if (!bad)
        bad = parse_time(t.s + end + 1, t.n - end - 1, f, tz);
    return finish(&t, text, bad);
}

int dt_parse_time(PyObject *text, Fields *f, PyObject **tz)
{
    Text t;
    *tz = NULL;
    if (check_text(text) || text_open(&t, text))
        return -1;
    int skip = t.n > 0 && t.s[0] == 'T';
    return finish(&t, text, parse_time(t.s + skip, t.n - skip, f, tz));
}
