/* Finding a string in another: libc's memchr and memmem for bytes, a two-way matcher (Crochemore and Perrin 1991)
 * for wider units.  Linear time and constant space in every case. */
#define _GNU_SOURCE
#include "objects/str/str.h"
#include <string.h>

#define UNIT Py_UCS2
#define NAME(f) f##_2
#include "objects/str/two_way.inc"
#undef UNIT
#undef NAME
#define UNIT Py_UCS4
#define NAME(f) f##_4
#include "objects/str/two_way.inc"
#undef UNIT
#undef NAME

Py_ssize_t view_find_char(StrView hay, Py_UCS4 c, int dir)
{
    if (hay.kind == 1) {
        if (c > 0xff)
            return -1;
        const char *p = dir > 0 ? memchr(hay.data, (int)c, hay.len) : memrchr(hay.data, (int)c, hay.len);
        return p ? p - (const char *)hay.data : -1;
    }
    if (hay.kind == 2)
        return c > 0xffff ? -1 : find_unit_2(hay.data, hay.len, (Py_UCS2)c, dir);
    return find_unit_4(hay.data, hay.len, c, dir);
}

/* From the right by comparing at every place whose last byte matches. */
static Py_ssize_t rfind_bytes(const char *h, Py_ssize_t n, const char *p, Py_ssize_t m)
{
    Py_ssize_t end = n;
    while (end >= m) {
        const char *last = memrchr(h + m - 1, p[m - 1], end - m + 1);
        if (last == NULL)
            return -1;
        Py_ssize_t at = last - h - (m - 1);
        if (memcmp(h + at, p, m - 1) == 0)
            return at;
        end = at + m - 1;
    }
    return -1;
}

/* By memchr for the first byte, which needs no preparation; by memmem when that stops too often in vain. */
static Py_ssize_t find_bytes(const char *h, Py_ssize_t n, const char *p, Py_ssize_t m)
{
    const char *at = h, *last = h + n - m;
    Py_ssize_t vain = 0;
    while (at <= last && (at = memchr(at, p[0], last - at + 1)) != NULL) {
        if (memcmp(at + 1, p + 1, m - 1) == 0)
            return at - h;
        at++;
        if (++vain > 16 + (at - h) / 32) {
            at = memmem(at, h + n - at, p, m);
            return at ? at - h : -1;
        }
    }
    return -1;
}

static Py_ssize_t find_same_kind(StrView hay, StrView needle, int dir)
{
    if (hay.kind == 1) {
        if (dir < 0)
            return rfind_bytes(hay.data, hay.len, needle.data, needle.len);
        return find_bytes(hay.data, hay.len, needle.data, needle.len);
    }
    if (hay.kind == 2)
        return dir > 0 ? find_2(hay.data, hay.len, needle.data, needle.len) : rfind_2(hay.data, hay.len, needle.data, needle.len);
    return dir > 0 ? find_4(hay.data, hay.len, needle.data, needle.len) : rfind_4(hay.data, hay.len, needle.data, needle.len);
}

/* The needle in the hay's kind: itself, or widened into small[] or into a buffer to be freed; .data NULL without memory. */
static StrView widened(StrView needle, int kind, Py_UCS4 *small, size_t small_size, void **to_free)
{
    *to_free = NULL;
    if (needle.kind == kind)
        return needle;
    void *buffer = small;
    if ((size_t)needle.len * kind > small_size)
        buffer = *to_free = PyMem_RawMalloc((size_t)needle.len * kind);
    if (buffer)
        units_copy(kind, buffer, 0, needle.kind, needle.data, 0, needle.len);
    return (StrView){buffer, needle.len, kind};
}

Py_ssize_t view_find(StrView hay, StrView needle, int dir)
{
    if (needle.len > hay.len)
        return -1;
    if (needle.len == 0)
        return dir > 0 ? 0 : hay.len;
    if (needle.kind > hay.kind)
        return -1;
    if (needle.len == 1)
        return view_find_char(hay, unit_at(needle.kind, needle.data, 0), dir);
    Py_UCS4 small[64];
    void *to_free;
    StrView same = widened(needle, hay.kind, small, sizeof small, &to_free);
    if (same.data == NULL)
        return -1;
    Py_ssize_t at = find_same_kind(hay, same, dir);
    PyMem_RawFree(to_free);
    return at;
}

static Py_ssize_t count_byte(const unsigned char *p, Py_ssize_t n, unsigned char c, Py_ssize_t max)
{
    Py_ssize_t count = 0;
    const unsigned char *end = p + n;
    while (count < max && (p = memchr(p, c, end - p)) != NULL) {
        count++;
        p++;
    }
    return count;
}

Py_ssize_t view_count(StrView hay, StrView needle, Py_ssize_t max)
{
    if (max <= 0 || needle.len > hay.len)
        return 0;
    if (needle.len == 0)
        return hay.len < max ? hay.len + 1 : max;
    if (needle.kind > hay.kind)
        return 0;
    if (hay.kind == 1 && needle.len == 1)
        return count_byte(hay.data, hay.len, *(const unsigned char *)needle.data, max);
    Py_UCS4 small[64];
    void *to_free;
    StrView same = widened(needle, hay.kind, small, sizeof small, &to_free);
    Py_ssize_t count = 0, at;
    while (same.data && count < max && (at = same.len == 1 ? view_find_char(hay, unit_at(same.kind, same.data, 0), 1)
                                                            : hay.len < same.len ? -1 : find_same_kind(hay, same, 1)) >= 0) {
        count++;
        hay.data = (const char *)hay.data + (at + same.len) * hay.kind;
        hay.len -= at + same.len;
    }
    PyMem_RawFree(to_free);
    return count;
}
