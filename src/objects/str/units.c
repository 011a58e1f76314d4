/* Runs of 1-, 2- and 4-byte units: copying between widths, filling, and finding the narrowest width that fits. */
#include "objects/str/str.h"
#include <string.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

Py_ssize_t ascii_run(const void *p, Py_ssize_t n)
{
    const unsigned char *s = p;
    Py_ssize_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t w;
        memcpy(&w, s + i, 8);
        w &= HIGH_BITS;
        if (w)
            return i + (__builtin_ctzll(w) >> 3);
    }
    while (i < n && s[i] < 128)
        i++;
    return i;
}

int bytes_are_ascii(const void *p, Py_ssize_t n)
{
    const unsigned char *s = p;
    Py_ssize_t i = 0;
    for (; i + 32 <= n; i += 32) {
        uint64_t w[4];
        memcpy(w, s + i, 32);
        if ((w[0] | w[1] | w[2] | w[3]) & HIGH_BITS)
            return 0;
    }
    return ascii_run(s + i, n - i) == n - i;
}

static Py_UCS4 class_of(Py_UCS4 bits) { return bits < 0x80 ? 0x7f : bits < 0x100 ? 0xff : bits < 0x10000 ? 0xffff : MAX_UNICODE; }

/* The class bounds are powers of two, so the bitwise "or" of all units falls into the class of the largest. */
Py_UCS4 units_max(int kind, const void *data, Py_ssize_t n)
{
    if (kind == 1)
        return bytes_are_ascii(data, n) ? 0x7f : 0xff;
    Py_UCS4 bits = 0, stop = kind == 2 ? 0x100 : 0x10000;
    for (Py_ssize_t i = 0; i < n && bits < stop;) {
        Py_ssize_t end = i + 64 < n ? i + 64 : n;
        if (kind == 2)
            for (; i < end; i++)
                bits |= ((const Py_UCS2 *)data)[i];
        else
            for (; i < end; i++)
                bits |= ((const Py_UCS4 *)data)[i];
    }
    return class_of(bits);
}

#define CONVERT(TO, FROM) \
    do { \
        TO *restrict t = (TO *)to + at; \
        const FROM *restrict f = (const FROM *)from + start; \
        for (Py_ssize_t i = 0; i < n; i++) \
            t[i] = (TO)f[i]; \
    } while (0)

__attribute__((optimize("O3")))
void units_copy(int to_kind, void *to, Py_ssize_t at, int from_kind, const void *from, Py_ssize_t start, Py_ssize_t n)
{
    if (to_kind == from_kind)
        memcpy((char *)to + at * to_kind, (const char *)from + start * from_kind, (size_t)n * to_kind);
    else if (to_kind == 2 && from_kind == 1)
        CONVERT(Py_UCS2, Py_UCS1);
    else if (to_kind == 4 && from_kind == 1)
        CONVERT(Py_UCS4, Py_UCS1);
    else if (to_kind == 4 && from_kind == 2)
        CONVERT(Py_UCS4, Py_UCS2);
    else if (to_kind == 1 && from_kind == 2)
        CONVERT(Py_UCS1, Py_UCS2);
    else if (to_kind == 1 && from_kind == 4)
        CONVERT(Py_UCS1, Py_UCS4);
    else
        CONVERT(Py_UCS2, Py_UCS4);
}

void units_fill(int kind, void *to, Py_ssize_t at, Py_ssize_t n, Py_UCS4 c)
{
    if (kind == 1)
        memset((char *)to + at, (int)c, n);
    else
        for (Py_ssize_t i = 0; i < n; i++)
            unit_set(kind, to, at + i, c);
}
