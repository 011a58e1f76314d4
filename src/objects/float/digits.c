/* Decimal digits of doubles.
 *
 * Shortest output is Schubfach (R. Giulietti, "The Schubfach way to render doubles"): one 128-bit power of ten, three
 * multiplications, no loop.  Fixed output with few places is exact 128-bit arithmetic; everything else is the C library's
 * correctly rounded printf.  Reading uses exact double arithmetic for short literals and the C library otherwise, always in
 * the "C" locale. */
#include "objects/float/digits.h"
#include "objects/float/pow10.h"
#include "objects/int/text.h"

#include <locale.h>
#include <math.h>

typedef unsigned __int128 u128;
#define MANTISSA_BITS 52
static const double exact_tens[23] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
#define MANTISSA_MASK ((1ULL << MANTISSA_BITS) - 1)

static inline uint64_t bits_of(double v)
{
    uint64_t b;
    memcpy(&b, &v, sizeof b);
    return b;
}

/* floor(log2(10**e)) */
static inline int log2_pow10(int e) { return (int)((e * 1741647LL) >> 19); }

/* The 64 high bits of g * c, with the lowest bit set when anything below was lost. */
static inline uint64_t round_to_odd(uint64_t high, uint64_t low, uint64_t c)
{
    u128 x = (u128)low * c, y = (u128)high * c + (uint64_t)(x >> 64);
    return (uint64_t)(y >> 64) | ((uint64_t)y > 1);
}

/* Shortest decimal significand and exponent of a positive finite double. */
static uint64_t schubfach(uint64_t bits, int *exponent)
{
    uint64_t fraction = bits & MANTISSA_MASK, c = fraction;
    int e = (int)(bits >> MANTISSA_BITS) & 0x7ff, q = -1074;
    if (e) {
        c |= 1ULL << MANTISSA_BITS;
        q = e - 1075;
        if (q <= 0 && q > -53 && !(c & ((1ULL << -q) - 1))) {
            *exponent = 0;
            return c >> -q;
        }
    }
    int open = (int)(c & 1), closer = fraction == 0 && e > 1;
    int k = (int)((q * 1262611LL - (closer ? 524031 : 0)) >> 22);
    int h = q + log2_pow10(-k) + 1;
    uint64_t high = pow10_table[-k - POW10_MIN].high, low = pow10_table[-k - POW10_MIN].low;
    uint64_t lower = round_to_odd(high, low, (4 * c - 2 + (uint64_t)closer) << h) + (uint64_t)open;
    uint64_t middle = round_to_odd(high, low, (4 * c) << h);
    uint64_t upper = round_to_odd(high, low, (4 * c + 2) << h) - (uint64_t)open;
    uint64_t s = middle / 4;
    if (s >= 10) {
        uint64_t tens = s / 10;
        int down = lower <= 40 * tens, up = 40 * tens + 40 <= upper;
        if (down != up) {
            *exponent = k + 1;
            return tens + (uint64_t)up;
        }
    }
    *exponent = k;
    int down = lower <= 4 * s, up = 4 * s + 4 <= upper;
    if (down != up)
        return s + (uint64_t)up;
    uint64_t half = 4 * s + 2;
    return s + (middle > half || (middle == half && (s & 1)));
}

void double_shortest(double v, DoubleDigits *out)
{
    uint64_t bits = bits_of(v);
    out->negative = (int)(bits >> 63);
    bits &= ~(1ULL << 63);
    if (bits == 0) {
        out->count = 1;
        out->point = 1;
        out->text[0] = '0';
        return;
    }
    int exponent;
    uint64_t s = schubfach(bits, &exponent);
    char buffer[20], *start = u64_to_decimal(s, buffer + 20), *end = buffer + 20;
    out->point = (int)(end - start) + exponent;
    while (end > start + 1 && end[-1] == '0')
        end--;
    out->count = (int)(end - start);
    memcpy(out->text, start, (size_t)out->count);
}

int double_repr(double v, char *buffer, int dot)
{
    char *p = buffer;
    if (!isfinite(v)) {
        const char *word = isnan(v) ? "nan" : v < 0 ? "-inf" : "inf";
        strcpy(buffer, word);
        return (int)strlen(word);
    }
    DoubleDigits d;
    double_shortest(v, &d);
    if (d.negative)
        *p++ = '-';
    if (d.point > 16 || d.point <= -4) {
        *p++ = d.text[0];
        if (d.count > 1) {
            *p++ = '.';
            memcpy(p, d.text + 1, (size_t)d.count - 1);
            p += d.count - 1;
        }
        int e = d.point - 1;
        *p++ = 'e';
        *p++ = e < 0 ? '-' : '+';
        e = abs(e);
        if (e >= 100)
            *p++ = (char)('0' + e / 100);
        *p++ = (char)('0' + e / 10 % 10);
        *p++ = (char)('0' + e % 10);
    }
    else if (d.point <= 0) {
        *p++ = '0';
        *p++ = '.';
        for (int i = d.point; i < 0; i++)
            *p++ = '0';
        memcpy(p, d.text, (size_t)d.count);
        p += d.count;
    }
    else {
        int whole = d.count < d.point ? d.count : d.point;
        memcpy(p, d.text, (size_t)whole);
        p += whole;
        for (int i = whole; i < d.point; i++)
            *p++ = '0';
        if (d.count > d.point) {
            *p++ = '.';
            memcpy(p, d.text + d.point, (size_t)(d.count - d.point));
            p += d.count - d.point;
        }
        else if (dot) {
            *p++ = '.';
            *p++ = '0';
        }
    }
    *p = 0;
    return (int)(p - buffer);
}

/* v * 10**precision rounded to an integer, ties to even, when 128 bits are enough for the exact product; 0 if not. */
static int scaled(double v, int precision, uint64_t *out)
{
    static const uint64_t tens[20] = {1ULL, 10ULL, 100ULL, 1000ULL, 10000ULL, 100000ULL, 1000000ULL, 10000000ULL, 100000000ULL,
        1000000000ULL, 10000000000ULL, 100000000000ULL, 1000000000000ULL, 10000000000000ULL, 100000000000000ULL,
        1000000000000000ULL, 10000000000000000ULL, 100000000000000000ULL, 1000000000000000000ULL, 10000000000000000000ULL};
    uint64_t bits = bits_of(v) & ~(1ULL << 63), c = bits & MANTISSA_MASK;
    int e = (int)(bits >> MANTISSA_BITS);
    if (precision > 17 || e >= 1075 + 10)
        return 0;
    if (e)
        c |= 1ULL << MANTISSA_BITS;
    int q = (e ? e : 1) - 1075;
    u128 n = (u128)c * tens[precision];
    if (q >= 0)
        n <<= q;
    else if (-q >= 127)
        n = 0;
    else {
        u128 half = (u128)1 << (-q - 1), rest = n & (((u128)1 << -q) - 1);
        n >>= -q;
        n += rest > half || (rest == half && (n & 1));
    }
    if (n >> 63)
        return 0;
    *out = (uint64_t)n;
    return 1;
}

/* Takes the output of printf's %.*e apart. */
static void from_exponent_form(char *text, DoubleDigits *out)
{
    char *p = text, *e = strchr(text, 'e');
    out->negative = *p == '-';
    p += out->negative;
    out->count = 0;
    for (; p < e; p++)
        if (*p >= '0' && *p <= '9')
            out->text[out->count++] = *p;
    out->point = atoi(e + 1) + 1;
}

void double_significant(double v, int count, DoubleDigits *out)
{
    char buffer[820];
    if (count > 780)
        count = 780;  /* a double has at most 767 significant digits */
    snprintf(buffer, sizeof buffer, "%.*e", count - 1, v);
    from_exponent_form(buffer, out);
    if (v == 0.0)
        out->point = 1;
}

void double_fixed(double v, int precision, DoubleDigits *out)
{
    uint64_t n;
    if (scaled(v, precision, &n)) {
        char buffer[20], *start = u64_to_decimal(n, buffer + 20);
        out->negative = signbit(v) != 0;
        out->count = (int)(buffer + 20 - start);
        out->point = out->count - precision;
        memcpy(out->text, start, (size_t)out->count);
        if (n == 0)
            out->point = 1 - precision;
        return;
    }
    /* printf's %f, split at the point: no double has more than 1074 places, of which at most 767 are significant */
    char buffer[1500];
    int places = precision > 1100 ? 1100 : precision;
    snprintf(buffer, sizeof buffer, "%.*f", places, v);
    char *p = buffer;
    out->negative = *p == '-';
    p += out->negative;
    char *whole = p;
    size_t width = strspn(p, "0123456789");
    out->count = 0;
    out->point = (int)width;
    int leading = 1;
    for (p = whole; *p; p++) {
        if (*p < '0' || *p > '9')
            continue;
        if (leading && *p == '0') {
            out->point--;
            continue;
        }
        leading = 0;
        if (out->count < (int)sizeof out->text)
            out->text[out->count++] = *p;
    }
    if (out->count == 0) {
        out->text[out->count++] = '0';
        out->point = 1 - precision;
    }
}

static locale_t c_locale(void)
{
    static locale_t locale;
    if (!locale)
        locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    return locale;
}

double double_parse(const char *text, char **end)
{
    const char *p = text;
    uint64_t m = 0;
    int negative = *p == '-', digits = 0, exponent = 0;
    p += *p == '-' || *p == '+';
    for (; *p >= '0' && *p <= '9'; p++, digits += m != 0)
        m = digits < 18 ? m * 10 + (uint64_t)(*p - '0') : m;
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9'; p++, exponent--, digits += m != 0)
            m = digits < 18 ? m * 10 + (uint64_t)(*p - '0') : m;
    if (*p == 'e' || *p == 'E') {
        const char *q = p + 1;
        int sign = *q == '-', e = 0;
        q += *q == '-' || *q == '+';
        if (*q >= '0' && *q <= '9') {
            for (; *q >= '0' && *q <= '9'; q++)
                e = e < 10000 ? e * 10 + (*q - '0') : e;
            exponent += sign ? -e : e;
            p = q;
        }
    }
    if (digits <= 17 && m <= 1ULL << 53 && exponent >= -22 && exponent <= 22) {
        double v = (double)m;
        v = exponent < 0 ? v / exact_tens[-exponent] : v * exact_tens[exponent];
        *end = (char *)p;
        return negative ? -v : v;
    }
    return strtod_l(text, end, c_locale());
}

/* Rounds an integer-and-fraction digit string at `keep` digits, half to even; text has room for one more in front. */
static double round_large(double v, int places)
{
    char buffer[480], *p = buffer + 1;
    snprintf(p, sizeof buffer - 1, "%.60f", fabs(v));
    int width = (int)strspn(p, "0123456789"), keep = width + places;
    if (keep < 0)
        return copysign(0.0, v);
    char *at = p + keep;
    int up = *at > '5';
    if (*at == '5') {
        int rest = 0;
        for (char *q = at + 1; *q; q++)
            rest |= *q != '0' && *q >= '0' && *q <= '9';
        up = rest || (keep > 0 && (at[-1] & 1));
    }
    for (char *q = at; q < p + width; q++)
        *q = '0';
    p[width] = 0;
    buffer[0] = '0';
    for (char *q = at - 1; up; q--) {
        up = *q == '9';
        *q = up ? '0' : (char)(*q + 1);
    }
    char *end;
    return copysign(strtod_l(buffer, &end, c_locale()), v);
}

double double_round(double v, int places)
{
    if (places < 0)
        return fabs(v) < 1.0 ? copysign(0.0, v) : round_large(v, places);
    uint64_t n;
    if (places <= 22 && scaled(v, places, &n) && n <= 1ULL << 53) {
        return copysign((double)n / exact_tens[places], v);
    }
    char buffer[800], *end;
    snprintf(buffer, sizeof buffer, "%.*f", places, v);
    for (char *p = buffer; *p; p++)
        if (*p == ',')
            *p = '.';
    return strtod_l(buffer, &end, c_locale());
}
