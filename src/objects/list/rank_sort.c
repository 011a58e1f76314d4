/* Sorting by ranks: numbers of 64 bits that are ordered as the keys are.
 *
 *     int of up to 60 bits      the value
 *     float without NaN         its bits, negative ones turned round
 *     both, ints up to 53 bits  as floats
 *     Latin-1 string            seven characters and the number of those that are left, 8 standing for more
 *
 * Keys are looked at once; their ranks are sorted byte by byte, beginning with the lowest (radix sort), which takes no
 * comparison and so no mispredicted branch.  Where ranks are equal, strings go on with the next seven characters and tuples with
 * the next item; what is left over is compared.
 *
 * None of that runs code of the program, and the result of a stable sort of such keys is unique. */
#include "objects/list/rank_sort.h"

#include <string.h>

#define WORTH_IT 128   /* fewer items are sorted faster by comparing */
#define DEPTH_MAX 8    /* times that equal ranks are looked at again */
#define CHUNK 7        /* characters of a string in one rank */
#define MORE 8         /* count of those left when there are more than CHUNK */
#define FEW_RUNS 16    /* runs that are there already: merging them is faster */

typedef struct {
    uint64_t rank;
    Py_ssize_t from; /* place before sorting, from the start of the range */
} Ranked;

typedef struct {
    PyObject **keys, **values;
    Ranked *ranks, *spare; /* as long as keys */
    RankRest rest;
    void *arg;
    int of_tuples;
} RankSort;

/* ---- ranks ---- */

/* The value of an exact int of up to 60 bits. */
static int small_value(PyObject *o, int64_t *x)
{
    if (!PyLong_CheckExact(o))
        return 0;
    const digit *digits = ((PyLongObject *)o)->ob_digit;
    switch (Py_SIZE(o)) {
    case 0: *x = 0; break;
    case 1: *x = digits[0]; break;
    case -1: *x = -(int64_t)digits[0]; break;
    case 2: *x = (int64_t)digits[1] << PyLong_SHIFT | digits[0]; break;
    case -2: *x = -((int64_t)digits[1] << PyLong_SHIFT | digits[0]); break;
    default: return 0;
    }
    return 1;
}

static int rank_int(PyObject *o, uint64_t *rank)
{
    int64_t x;
    if (!small_value(o, &x))
        return 0;
    *rank = (uint64_t)x ^ (uint64_t)1 << 63;
    return 1;
}

static int rank_number(PyObject *o, uint64_t *rank)
{
    double x;
    int64_t whole;
    if (PyFloat_CheckExact(o))
        x = PyFloat_AS_DOUBLE(o) + 0.0; /* no negative zero */
    else if (small_value(o, &whole) && whole <= (int64_t)1 << 53 && whole >= -((int64_t)1 << 53))
        x = (double)whole;
    else
        return 0;
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    *rank = bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
    return x == x;
}

static int rank_str(PyObject *o, Py_ssize_t at, uint64_t *rank)
{
    if (!PyUnicode_CheckExact(o) || PyUnicode_KIND(o) != PyUnicode_1BYTE_KIND)
        return 0;
    Py_ssize_t left = PyUnicode_GET_LENGTH(o) - at;
    const unsigned char *text = PyUnicode_1BYTE_DATA(o) + at;
    uint64_t x = 0;
    for (int i = 0; i < CHUNK; i++)
        x = x << 8 | (i < left ? text[i] : 0);
    *rank = x << 8 | (uint64_t)(left > CHUNK ? MORE : left);
    return 1;
}

/* The item of a key that is looked at, or NULL when there is none. */
static PyObject *item_of(const RankSort *s, PyObject *key, Py_ssize_t column)
{
    if (!s->of_tuples)
        return key;
    return PyTuple_CheckExact(key) && column < PyTuple_GET_SIZE(key) ? PyTuple_GET_ITEM(key, column) : NULL;
}

static int is_number(PyTypeObject *type) { return type == &PyLong_Type || type == &PyFloat_Type; }

/* Fills the ranks of a range, and counts in *descents how often one is lower than the one before.  0 if an item has none. */
static int take_ranks(const RankSort *s, Py_ssize_t start, Py_ssize_t n, Py_ssize_t column, Py_ssize_t at, int mixed,
                      Py_ssize_t *descents)
{
    Ranked *r = s->ranks + start;
    PyObject *first = item_of(s, s->keys[start], column);
    PyTypeObject *type = first ? Py_TYPE(first) : NULL;
    uint64_t before = 0;
    *descents = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *o = item_of(s, s->keys[start + i], column);
        if (!o)
            return 0;
        if (Py_TYPE(o) != type && !mixed)
            return is_number(type) && is_number(Py_TYPE(o)) ? take_ranks(s, start, n, column, at, 1, descents) : 0;
        if (!(type == &PyUnicode_Type           ? rank_str(o, at, &r[i].rank)
              : type == &PyLong_Type && !mixed ? rank_int(o, &r[i].rank)
                                               : rank_number(o, &r[i].rank)))
            return 0;
        r[i].from = i;
        *descents += r[i].rank < before;
        before = r[i].rank;
    }
    return 1;
}

/* ---- sorting ---- */

/* Sorts r[0..n) by rank with the help of spare; the highest bytes come last. */
static void radix_sort(Ranked *r, Ranked *spare, Py_ssize_t n)
{
    uint64_t low = r[0].rank, high = low;
    for (Py_ssize_t i = 1; i < n; i++) {
        low = r[i].rank < low ? r[i].rank : low;
        high = r[i].rank > high ? r[i].rank : high;
    }
    Ranked *from = r, *to = spare;
    for (int shift = 0; shift < 64 && (high - low) >> shift; shift += 8) {
        Py_ssize_t place[256] = {0}, sum = 0;
        for (Py_ssize_t i = 0; i < n; i++)
            place[(from[i].rank - low) >> shift & 255]++;
        if (place[(from[0].rank - low) >> shift & 255] == n)
            continue;
        for (int b = 0; b < 256; b++) {
            Py_ssize_t count = place[b];
            place[b] = sum;
            sum += count;
        }
        for (Py_ssize_t i = 0; i < n; i++)
            to[place[(from[i].rank - low) >> shift & 255]++] = from[i];
        Ranked *other = from;
        from = to;
        to = other;
    }
    if (from != r)
        memcpy(r, from, (size_t)n * sizeof *r);
}

/* Brings the objects of a range into the order of its ranks. */
static void arrange(const RankSort *s, PyObject **objects, Py_ssize_t start, Py_ssize_t n)
{
    PyObject **room = (PyObject **)(s->spare + start);
    for (Py_ssize_t i = 0; i < n; i++)
        room[i] = objects[start + s->ranks[start + i].from];
    memcpy(objects + start, room, (size_t)n * sizeof *objects);
}

static int sort_range(const RankSort *s, Py_ssize_t start, Py_ssize_t n, Py_ssize_t column, Py_ssize_t at, int depth);

/* Items with the same rank: 0 or -1. */
static int sort_equal(const RankSort *s, Py_ssize_t start, Py_ssize_t n, Py_ssize_t column, Py_ssize_t at, int depth)
{
    PyObject *o = item_of(s, s->keys[start], column);
    int result = 0;
    if (PyUnicode_CheckExact(o) && PyUnicode_GET_LENGTH(o) - at > CHUNK)
        at += CHUNK;
    else if (s->of_tuples)
        column++, at = 0;
    else
        return 0;
    if (n >= WORTH_IT && depth < DEPTH_MAX)
        result = sort_range(s, start, n, column, at, depth + 1);
    return result ? result < 0 ? -1 : 0 : s->rest(s->arg, start, n);
}

static void reverse(PyObject **a, Py_ssize_t n)
{
    for (PyObject **b = a + n - 1; a < b; a++, b--) {
        PyObject *o = *a;
        *a = *b;
        *b = o;
    }
}

/* As rank_sort, for a range whose keys are equal in what comes before this column and character. */
static int sort_range(const RankSort *s, Py_ssize_t start, Py_ssize_t n, Py_ssize_t column, Py_ssize_t at, int depth)
{
    Py_ssize_t descents;
    if (!take_ranks(s, start, n, column, at, 0, &descents))
        return 0;
    if (descents == n - 1) { /* strictly: no two are equal */
        reverse(s->keys + start, n);
        if (s->values)
            reverse(s->values + start, n);
        return 1;
    }
    if (descents > 0 && (descents < FEW_RUNS || descents > n - FEW_RUNS))
        return 0;
    if (descents > 0) {
        radix_sort(s->ranks + start, s->spare + start, n);
        arrange(s, s->keys, start, n);
        if (s->values)
            arrange(s, s->values, start, n);
    }
    for (Py_ssize_t i = start, end = start + n, next; i < end; i = next) {
        for (next = i + 1; next < end && s->ranks[next].rank == s->ranks[i].rank;)
            next++;
        if (next - i > 1 && sort_equal(s, i, next - i, column, at, depth) < 0)
            return -1;
    }
    return 1;
}

int rank_sort(PyObject **keys, PyObject **values, Py_ssize_t n, RankRest rest, void *arg)
{
    if (n < WORTH_IT || (size_t)n > PY_SSIZE_T_MAX / (2 * sizeof(Ranked)))
        return 0;
    Ranked *room = PyMem_Malloc((size_t)n * 2 * sizeof *room);
    if (!room)
        return 0;
    RankSort s = {.keys = keys, .values = values, .ranks = room, .spare = room + n, .rest = rest, .arg = arg,
                  .of_tuples = PyTuple_CheckExact(keys[0])};
    int result = sort_range(&s, 0, n, 0, 0, 0);
    PyMem_Free(room);
    return result;
}
