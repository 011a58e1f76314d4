/* Properties and case mappings of code points, from the generated two-level table (Unicode 14.0). */
#include "objects/str/str.h"

struct unicode_record {
    uint16_t flags;
    uint8_t digit;            /* 255: none */
    int32_t lower, upper, title;  /* simple mappings, as differences */
    uint16_t special;         /* with UP_SPECIAL: index of the full mappings */
};
struct unicode_special {
    Py_UCS4 full[4][3];       /* lower, upper, title, fold; zero-terminated when shorter than 3 */
};
struct unicode_numeric {
    Py_UCS4 cp;
    double value;
};

#include "objects/str/unicode_tables.inc"

static inline const struct unicode_record *record(Py_UCS4 c)
{
    if (c > MAX_UNICODE)
        c = 0x378;  /* unassigned */
    return &unicode_records[unicode_index2[((size_t)unicode_index1[c >> UNICODE_SHIFT] << UNICODE_SHIFT)
                                           + (c & ((1 << UNICODE_SHIFT) - 1))]];
}

unsigned unicode_flags(Py_UCS4 c) { return record(c)->flags; }

#define HAS(c, f) ((record(c)->flags & (f)) != 0)

int _PyUnicode_IsAlpha(Py_UCS4 c) { return HAS(c, UP_ALPHA); }
int _PyUnicode_IsLowercase(Py_UCS4 c) { return HAS(c, UP_LOWER); }
int _PyUnicode_IsUppercase(Py_UCS4 c) { return HAS(c, UP_UPPER); }
int _PyUnicode_IsTitlecase(Py_UCS4 c) { return HAS(c, UP_TITLE); }
int _PyUnicode_IsXidStart(Py_UCS4 c) { return HAS(c, UP_XID_START); }
int _PyUnicode_IsXidContinue(Py_UCS4 c) { return HAS(c, UP_XID_CONTINUE); }
int _PyUnicode_IsWhitespace(const Py_UCS4 c) { return HAS(c, UP_SPACE); }
int _PyUnicode_IsLinebreak(const Py_UCS4 c) { return HAS(c, UP_LINEBREAK); }
int _PyUnicode_IsPrintable(Py_UCS4 c) { return HAS(c, UP_PRINTABLE); }
int _PyUnicode_IsNumeric(Py_UCS4 c) { return HAS(c, UP_NUMERIC); }
int _PyUnicode_IsCased(Py_UCS4 c) { return HAS(c, UP_LOWER | UP_UPPER | UP_TITLE); }
int _PyUnicode_IsCaseIgnorable(Py_UCS4 c) { return HAS(c, UP_CASE_IGNORABLE); }

int _PyUnicode_ToDecimalDigit(Py_UCS4 c)
{
    const struct unicode_record *r = record(c);
    return r->flags & UP_DECIMAL ? r->digit : -1;
}
int _PyUnicode_ToDigit(Py_UCS4 c)
{
    const struct unicode_record *r = record(c);
    return r->flags & UP_DIGIT ? r->digit : -1;
}
int _PyUnicode_IsDecimalDigit(Py_UCS4 c) { return HAS(c, UP_DECIMAL); }
int _PyUnicode_IsDigit(Py_UCS4 c) { return HAS(c, UP_DIGIT); }

double _PyUnicode_ToNumeric(Py_UCS4 c)
{
    size_t lo = 0, hi = sizeof unicode_numerics / sizeof unicode_numerics[0];
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (unicode_numerics[mid].cp == c)
            return unicode_numerics[mid].value;
        if (unicode_numerics[mid].cp < c)
            lo = mid + 1;
        else
            hi = mid;
    }
    return -1.0;
}

Py_UCS4 _PyUnicode_ToLowercase(Py_UCS4 c) { return c + record(c)->lower; }
Py_UCS4 _PyUnicode_ToUppercase(Py_UCS4 c) { return c + record(c)->upper; }
Py_UCS4 _PyUnicode_ToTitlecase(Py_UCS4 c) { return c + record(c)->title; }

#define MAP_RUN(UNIT)                                                                                                  \
    for (; i < n; i++) {                                                                                               \
        Py_UCS4 c = ((const UNIT *)data)[i];                                                                           \
        const struct unicode_record *r = record(c);                                                                    \
        if (r->flags & UP_SPECIAL || c == 0x3a3) /* capital sigma */                                                   \
            break;                                                                                                     \
        out[i] = c + (which == 1 ? r->upper : r->lower);                                                               \
    }

Py_ssize_t unicode_map_run(int kind, const void *data, Py_ssize_t n, int which, Py_UCS4 *out)
{
    Py_ssize_t i = 0;
    if (kind == 1)
        MAP_RUN(Py_UCS1)
    else if (kind == 2)
        MAP_RUN(Py_UCS2)
    else
        MAP_RUN(Py_UCS4)
    return i;
}

int unicode_full(Py_UCS4 c, int which, Py_UCS4 out[3])
{
    const struct unicode_record *r = record(c);
    if (r->flags & UP_SPECIAL) {
        const Py_UCS4 *full = unicode_specials[r->special].full[which];
        int n = 0;
        while (n < 3 && (full[n] || n == 0)) {
            out[n] = full[n];
            n++;
        }
        return n;
    }
    out[0] = c + (which == 1 ? r->upper : which == 2 ? r->title : r->lower);
    return 1;
}

int _PyUnicode_ToLowerFull(Py_UCS4 c, Py_UCS4 *res) { return unicode_full(c, 0, res); }
int _PyUnicode_ToUpperFull(Py_UCS4 c, Py_UCS4 *res) { return unicode_full(c, 1, res); }
int _PyUnicode_ToTitleFull(Py_UCS4 c, Py_UCS4 *res) { return unicode_full(c, 2, res); }
int _PyUnicode_ToFoldedFull(Py_UCS4 c, Py_UCS4 *res) { return unicode_full(c, 3, res); }

/* Indexed by Py_UNICODE_ISSPACE for characters < 128: \t \n \v \f \r, 0x1c…0x1f and blank. */
const unsigned char _Py_ascii_whitespace[128] = {
    ['\t'] = 1, ['\n'] = 1, ['\v'] = 1, ['\f'] = 1, ['\r'] = 1, [0x1c] = 1, [0x1d] = 1, [0x1e] = 1, [0x1f] = 1, [' '] = 1,
};
