/* Substring search over arrays of characters of one width: a template.
 *
 * Before including, define SEARCH_CHAR (uint8_t, Py_UCS2, Py_UCS4) and SEARCH_NAME(f) (gives each function its name); both are
 * undefined again.  Gives
 *
 *   Py_ssize_t SEARCH_NAME(find_char)(const SEARCH_CHAR *s, Py_ssize_t n, SEARCH_CHAR c)      first index, or -1
 *   Py_ssize_t SEARCH_NAME(rfind_char)(...)                                                    last index, or -1
 *   Py_ssize_t SEARCH_NAME(find)(const SEARCH_CHAR *s, Py_ssize_t n, const SEARCH_CHAR *p, Py_ssize_t m)   m >= 0
 *   Py_ssize_t SEARCH_NAME(rfind)(...)
 *   Py_ssize_t SEARCH_NAME(count)(..., Py_ssize_t max)                                         occurrences that do not overlap
 *
 * One byte wide goes through the C library's vectorised and linear-time functions; wider characters by the last character of
 * the pattern and a set of 64 bits of those that occur in it. */
#ifndef LIMPID_OBJECTS_SEARCH_H
#define LIMPID_OBJECTS_SEARCH_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "Python.h"
#include <string.h>
#define SEARCH_BIT(c) (1ULL << ((c) & 63))
void *memmem(const void *, size_t, const void *, size_t);
void *memrchr(const void *, int, size_t);
#endif

#ifdef SEARCH_CHAR

static inline Py_ssize_t SEARCH_NAME(find_char)(const SEARCH_CHAR *s, Py_ssize_t n, SEARCH_CHAR c)
{
    if (sizeof(SEARCH_CHAR) == 1) {
        const void *at = n > 0 ? memchr(s, (int)c, (size_t)n) : NULL;
        return at ? (const SEARCH_CHAR *)at - s : -1;
    }
    for (Py_ssize_t i = 0; i < n; i++)
        if (s[i] == c)
            return i;
    return -1;
}

static inline Py_ssize_t SEARCH_NAME(rfind_char)(const SEARCH_CHAR *s, Py_ssize_t n, SEARCH_CHAR c)
{
    if (sizeof(SEARCH_CHAR) == 1) {
        const void *at = n > 0 ? memrchr(s, (int)c, (size_t)n) : NULL;
        return at ? (const SEARCH_CHAR *)at - s : -1;
    }
    while (--n >= 0)
        if (s[n] == c)
            return n;
    return -1;
}

static inline Py_ssize_t SEARCH_NAME(find)(const SEARCH_CHAR *s, Py_ssize_t n, const SEARCH_CHAR *p, Py_ssize_t m)
{
    if (m == 0)
        return n >= 0 ? 0 : -1;
    if (n < m)
        return -1;
    if (m == 1)
        return SEARCH_NAME(find_char)(s, n, p[0]);
    if (sizeof(SEARCH_CHAR) == 1) {
        const void *at = memmem(s, (size_t)n, p, (size_t)m);
        return at ? (const SEARCH_CHAR *)at - s : -1;
    }
    Py_ssize_t last = m - 1, skip = last;
    uint64_t set = SEARCH_BIT(p[last]);
    for (Py_ssize_t i = 0; i < last; i++) {
        set |= SEARCH_BIT(p[i]);
        if (p[i] == p[last])
            skip = last - 1 - i;
    }
    for (Py_ssize_t i = 0; i <= n - m; i++) {
        if (s[i + last] == p[last]) {
            if (memcmp(s + i, p, (size_t)last * sizeof(SEARCH_CHAR)) == 0)
                return i;
            i += i + m < n && !(set & SEARCH_BIT(s[i + m])) ? m : skip;
        }
        else if (i + m < n && !(set & SEARCH_BIT(s[i + m])))
            i += m;
    }
    return -1;
}

static inline Py_ssize_t SEARCH_NAME(rfind)(const SEARCH_CHAR *s, Py_ssize_t n, const SEARCH_CHAR *p, Py_ssize_t m)
{
    if (m == 0)
        return n;
    Py_ssize_t room = n - m + 1;  /* candidates for the first character */
    while (room > 0) {
        Py_ssize_t i = SEARCH_NAME(rfind_char)(s, room, p[0]);
        if (i < 0)
            return -1;
        if (memcmp(s + i, p, (size_t)m * sizeof(SEARCH_CHAR)) == 0)
            return i;
        room = i;
    }
    return -1;
}

static inline Py_ssize_t SEARCH_NAME(count)(const SEARCH_CHAR *s, Py_ssize_t n, const SEARCH_CHAR *p, Py_ssize_t m, Py_ssize_t max)
{
    if (m == 0)
        return n < max ? n + 1 : max;
    Py_ssize_t found = 0;
    if (m == 1) {
        for (Py_ssize_t i = 0; i < n && found < max; i++)
            found += s[i] == p[0];
        return found;
    }
    while (found < max) {
        Py_ssize_t i = SEARCH_NAME(find)(s, n, p, m);
        if (i < 0)
            break;
        found++;
        s += i + m;
        n -= i + m;
    }
    return found;
}

#undef SEARCH_CHAR
#undef SEARCH_NAME
#endif
