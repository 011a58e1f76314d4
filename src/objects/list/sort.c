/* list.sort: a stable merge sort that finds the runs that are already there.
 *
 * Runs (ascending, or strictly descending and then reversed) shorter than a minimum are extended by binary insertion.
 * They are merged in the order of Powersort (Munro and Wild, "Nearly-Optimal Mergesorts", 2018): each boundary between two runs
 * has a power, its depth in a nearly balanced tree, and a run is merged when a boundary of lower power follows.  A merge copies the shorter
 * side and gallops (exponential search) while one side keeps winning.
 *
 * Many keys that ranks can stand for, and that are in no order yet, are sorted by those (rank_sort.c).
 *
 * The comparison is chosen once: if all keys are exact strings, small ints, floats, or tuples that begin so, no generic
 * comparison is called.
 *
 * SORT-1  at every moment, keys and temporary together hold every item exactly once: an error leaves a permutation. */
#include "objects/list/list.h"
#include "objects/list/rank_sort.h"
#include "memory/memory.h"
#include "objects/names.h"

#define GALLOP_FROM 7
#define RUNS_MAX 90

typedef struct sort Sort;
typedef int (*Less)(PyObject *, PyObject *, Sort *);

typedef struct {
    Py_ssize_t start, length;
    int power;           /* of the boundary to the next run */
} Run;

struct sort {
    Less less;                /* 1, 0, or -1 with an exception set */
    Less first_less;          /* of the first items of tuples */
    PyTypeObject *type;       /* of all keys, for less_same_type */
    PyObject **keys, **values;    /* values NULL without a key function */
    PyObject **temp_keys, **temp_values;
    Py_ssize_t temp_room;
    int gallop;               /* wins in a row that start galloping; adapts */
    Run runs[RUNS_MAX];
    int run_count;
};

/* ---- comparisons ---- */

static int less_generic(PyObject *a, PyObject *b, Sort *s) { return PyObject_RichCompareBool(a, b, Py_LT); }

static int less_same_type(PyObject *a, PyObject *b, Sort *s)
{
    richcmpfunc compare = Py_TYPE(a)->tp_richcompare;
    /* s->type itself may be gone: all items may have got another class */
    if (Py_TYPE(a) != s->type || Py_TYPE(b) != s->type || compare == NULL)
        return PyObject_RichCompareBool(a, b, Py_LT);
    PyObject *result = compare(a, b, Py_LT);
    if (result == Py_NotImplemented) {
        Py_DECREF(result);
        return PyObject_RichCompareBool(a, b, Py_LT);
    }
    if (result == NULL)
        return -1;
    int less = PyObject_IsTrue(result);
    Py_DECREF(result);
    return less;
}

static int less_latin(PyObject *a, PyObject *b, Sort *s)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(a), m = PyUnicode_GET_LENGTH(b);
    int order = memcmp(PyUnicode_DATA(a), PyUnicode_DATA(b), (size_t)(n < m ? n : m));
    return order != 0 ? order < 0 : n < m;
}

static inline int64_t digit_of(PyObject *o)
{
    return Py_SIZE(o) * (int64_t)((PyLongObject *)o)->ob_digit[0];
}
static int less_int(PyObject *a, PyObject *b, Sort *s)
{
    return (Py_SIZE(a) == 0 ? 0 : digit_of(a)) < (Py_SIZE(b) == 0 ? 0 : digit_of(b));
}
static int less_float(PyObject *a, PyObject *b, Sort *s) { return PyFloat_AS_DOUBLE(a) < PyFloat_AS_DOUBLE(b); }

static int less_tuple(PyObject *a, PyObject *b, Sort *s)
{
    Py_ssize_t n = PyTuple_GET_SIZE(a), m = PyTuple_GET_SIZE(b), i;
    for (i = 0; i < n && i < m; i++) {
        PyObject *x = PyTuple_GET_ITEM(a, i), *y = PyTuple_GET_ITEM(b, i);
        if (x == y)
            continue;
        if (i == 0 && s->first_less != less_generic && s->first_less != less_same_type) {
            if (s->first_less(x, y, s))
                return 1;
            if (s->first_less(y, x, s))
                return 0;
            continue;
        }
        int equal = PyObject_RichCompareBool(x, y, Py_EQ);
        if (equal < 0)
            return -1;
        if (!equal)
            break;
    }
    if (i >= n || i >= m)
        return n < m;
    return PyObject_RichCompareBool(PyTuple_GET_ITEM(a, i), PyTuple_GET_ITEM(b, i), Py_LT);
}

/* The comparison for one item, by itself. */
static Less less_for(PyObject *o)
{
    if (PyUnicode_CheckExact(o))
        return PyUnicode_KIND(o) == PyUnicode_1BYTE_KIND ? less_latin : less_same_type;
    if (PyLong_CheckExact(o))
        return Py_ABS(Py_SIZE(o)) <= 1 ? less_int : less_same_type;
    return PyFloat_CheckExact(o) ? less_float : less_same_type;
}

static PyObject *first_of(PyObject *o, int of_tuples) { return of_tuples ? PyTuple_GET_ITEM(o, 0) : o; }

/* The cheapest comparison that is right for all n keys. */
static void choose_less(Sort *s, Py_ssize_t n)
{
    PyTypeObject *type = Py_TYPE(s->keys[0]);
    int tuples = type == &PyTuple_Type;
    s->type = type;
    s->less = less_same_type;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (Py_TYPE(s->keys[i]) != type) {
            s->less = less_generic;
            return;
        }
        if (tuples && PyTuple_GET_SIZE(s->keys[i]) == 0)
            return;
    }
    Less common = less_for(first_of(s->keys[0], tuples));
    PyTypeObject *first_type = Py_TYPE(first_of(s->keys[0], tuples));
    for (Py_ssize_t i = 1; i < n && common != less_same_type; i++) {
        PyObject *o = first_of(s->keys[i], tuples);
        if (Py_TYPE(o) != first_type || less_for(o) != common)
            common = less_same_type;
    }
    s->first_less = common;
    s->less = tuples ? less_tuple : common;
}

/* ---- moving keys together with their values ---- */

static inline void move_one(Sort *s, PyObject **to_k, PyObject **to_v, PyObject **from_k, PyObject **from_v)
{
    *to_k = *from_k;
    if (s->values != NULL)
        *to_v = *from_v;
}

static void move_block(Sort *s, Py_ssize_t to, Py_ssize_t from, Py_ssize_t n)
{
    memmove(s->keys + to, s->keys + from, (size_t)n * sizeof *s->keys);
    if (s->values != NULL)
        memmove(s->values + to, s->values + from, (size_t)n * sizeof *s->values);
}

static void reverse_range(PyObject **a, Py_ssize_t n)
{
    for (PyObject **b = a + n - 1; a < b; a++, b--) {
        PyObject *o = *a;
        *a = *b;
        *b = o;
    }
}

static void reverse_both(Sort *s, Py_ssize_t start, Py_ssize_t n)
{
    reverse_range(s->keys + start, n);
    if (s->values != NULL)
        reverse_range(s->values + start, n);
}

/* ---- runs ---- */

/* Sorts [start, start + n), whose first `sorted` are sorted.  0 or -1. */
static int insertion_sort(Sort *s, Py_ssize_t start, Py_ssize_t n, Py_ssize_t sorted)
{
    for (Py_ssize_t i = start + sorted; i < start + n; i++) {
        PyObject *key = s->keys[i], *value = s->values ? s->values[i] : NULL;
        Py_ssize_t low = start, high = i;
        while (low < high) {
            Py_ssize_t middle = low + ((high - low) >> 1);
            int less = s->less(key, s->keys[middle], s);
            if (less < 0)
                return -1;
            if (less)
                high = middle;
            else
                low = middle + 1;
        }
        move_block(s, low + 1, low, i - low);
        s->keys[low] = key;
        if (s->values != NULL)
            s->values[low] = value;
    }
    return 0;
}

/* Length of the run at start (made ascending), or -1. */
static Py_ssize_t find_run(Sort *s, Py_ssize_t start, Py_ssize_t end)
{
    Py_ssize_t i = start + 1;
    if (i >= end)
        return end - start;
    int less = s->less(s->keys[i], s->keys[start], s);
    if (less < 0)
        return -1;
    int descending = less;
    for (i++; i < end; i++) {
        less = s->less(s->keys[i], s->keys[i - 1], s);
        if (less < 0)
            return -1;
        if (less != descending)
            break;
    }
    if (descending)
        reverse_both(s, start, i - start);
    return i - start;
}

static Py_ssize_t minimum_run(Py_ssize_t n)
{
    Py_ssize_t odd = 0;
    while (n >= 64) {
        odd |= n & 1;
        n >>= 1;
    }
    return n + odd;
}

/* ---- galloping ---- */

/* In sorted a[0..n): the number of items less than key (right == 0) or not greater than it (right == 1), searching outwards
 * from `hint`.  -1 with an exception set. */
static Py_ssize_t gallop(Sort *s, PyObject *key, PyObject **a, Py_ssize_t n, Py_ssize_t hint, int right)
{
/* Does a[i] belong before key? */
#define BEFORE(i) (right ? ((less = s->less(key, a[i], s)) < 0 ? -1 : !less) : (less = s->less(a[i], key, s)))
    int less, before;
    Py_ssize_t low, high, step = 1;
    if ((before = BEFORE(hint)) < 0)
        return -1;
    if (before) {
        low = hint + 1;
        while ((high = hint + step) < n) {
            if ((before = BEFORE(high)) < 0)
                return -1;
            if (!before)
                break;
            low = high + 1;
            step = step > PY_SSIZE_T_MAX / 2 - 1 ? n : (step << 1) + 1;
        }
        if (high > n)
            high = n;
    } else {
        high = hint;
        low = 0;
        while (hint - step >= 0) {
            if ((before = BEFORE(hint - step)) < 0)
                return -1;
            if (before) {
                low = hint - step + 1;
                break;
            }
            high = hint - step;
            step = (step << 1) + 1;
        }
    }
    while (low < high) {
        Py_ssize_t middle = low + ((high - low) >> 1);
        if ((before = BEFORE(middle)) < 0)
            return -1;
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
#undef BEFORE
}

/* ---- merging ---- */

static int need_temp(Sort *s, Py_ssize_t n)
{
    if (n <= s->temp_room)
        return 0;
    PyMem_Free(s->temp_keys);
    s->temp_room = 0;
    s->temp_keys = PyMem_Malloc((size_t)n * sizeof(PyObject *) * (s->values ? 2 : 1));
    if (s->temp_keys == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    s->temp_values = s->values ? s->temp_keys + n : NULL;
    s->temp_room = n;
    return 0;
}

static void to_temp(Sort *s, Py_ssize_t from, Py_ssize_t n)
{
    memcpy(s->temp_keys, s->keys + from, (size_t)n * sizeof *s->keys);
    if (s->values != NULL)
        memcpy(s->temp_values, s->values + from, (size_t)n * sizeof *s->values);
}

static void from_temp(Sort *s, Py_ssize_t to, Py_ssize_t from, Py_ssize_t n)
{
    memcpy(s->keys + to, s->temp_keys + from, (size_t)n * sizeof *s->keys);
    if (s->values != NULL)
        memcpy(s->values + to, s->temp_values + from, (size_t)n * sizeof *s->values);
}

#define PUT_TEMP(to, from) move_one(s, s->keys + (to), s->values + (to), s->temp_keys + (from), s->temp_values + (from))
#define PUT_OWN(to, from) move_one(s, s->keys + (to), s->values + (to), s->keys + (from), s->values + (from))

/* Merges the left run [left, left+n), copied away, with the right one [right, right+m), n <= m, from the front. */
static int merge_low(Sort *s, Py_ssize_t left, Py_ssize_t n, Py_ssize_t right, Py_ssize_t m)
{
    Py_ssize_t to = left, a = 0, b = right, end = right + m;
    int result = -1, wins_a, wins_b;
    if (need_temp(s, n) < 0)
        return -1;
    to_temp(s, left, n);
    while (a < n && b < end) {
        wins_a = wins_b = 0;
        while (a < n && b < end && wins_a < s->gallop && wins_b < s->gallop) {
            int less = s->less(s->keys[b], s->temp_keys[a], s);
            if (less < 0)
                goto out;
            if (less) {
                PUT_OWN(to, b);
                to++, b++, wins_b++, wins_a = 0;
            } else {
                PUT_TEMP(to, a);
                to++, a++, wins_a++, wins_b = 0;
            }
        }
        while (a < n && b < end) {
            Py_ssize_t k = gallop(s, s->keys[b], s->temp_keys + a, n - a, 0, 1);
            if (k < 0)
                goto out;
            from_temp(s, to, a, k);
            to += k, a += k;
            Py_ssize_t first = k;
            if (a == n)
                break;
            k = gallop(s, s->temp_keys[a], s->keys + b, end - b, 0, 0);
            if (k < 0)
                goto out;
            move_block(s, to, b, k);
            to += k, b += k;
            if (first < GALLOP_FROM && k < GALLOP_FROM) {
                s->gallop += 2;
                break;
            }
            s->gallop -= s->gallop > 1;
        }
    }
    result = 0;
out:
    from_temp(s, to, a, n - a);
    return result;
}

/* As merge_low with m < n: the right run is copied away, and the merge goes from the back. */
static int merge_high(Sort *s, Py_ssize_t left, Py_ssize_t n, Py_ssize_t right, Py_ssize_t m)
{
    Py_ssize_t to = right + m, a = left + n, b = m;   /* one past the next of each */
    int result = -1, wins_a, wins_b;
    if (need_temp(s, m) < 0)
        return -1;
    to_temp(s, right, m);
    while (a > left && b > 0) {
        wins_a = wins_b = 0;
        while (a > left && b > 0 && wins_a < s->gallop && wins_b < s->gallop) {
            int less = s->less(s->temp_keys[b - 1], s->keys[a - 1], s);
            if (less < 0)
                goto out;
            if (less) {
                to--, a--, wins_a++, wins_b = 0;
                PUT_OWN(to, a);
            } else {
                to--, b--, wins_b++, wins_a = 0;
                PUT_TEMP(to, b);
            }
        }
        while (a > left && b > 0) {
            Py_ssize_t k = gallop(s, s->temp_keys[b - 1], s->keys + left, a - left, a - left - 1, 1);
            if (k < 0)
                goto out;
            k = a - left - k;
            to -= k, a -= k;
            move_block(s, to, a, k);
            Py_ssize_t first = k;
            if (a == left)
                break;
            k = gallop(s, s->keys[a - 1], s->temp_keys, b, b - 1, 0);
            if (k < 0)
                goto out;
            k = b - k;
            to -= k, b -= k;
            from_temp(s, to, b, k);
            if (first < GALLOP_FROM && k < GALLOP_FROM) {
                s->gallop += 2;
                break;
            }
            s->gallop -= s->gallop > 1;
        }
    }
    result = 0;
out:
    from_temp(s, to - b, 0, b);
    return result;
}

/* Merges runs i and i + 1. */
static int merge_at(Sort *s, int i)
{
    Run *x = &s->runs[i], *y = &s->runs[i + 1];
    Py_ssize_t left = x->start, n = x->length, right = y->start, m = y->length;
    x->length = n + m;
    x->power = y->power;
    memmove(y, y + 1, (size_t)(s->run_count - i - 2) * sizeof *y);
    s->run_count--;
    /* What is in place at both ends needs no merging. */
    Py_ssize_t k = gallop(s, s->keys[right], s->keys + left, n, 0, 1);
    if (k < 0)
        return -1;
    left += k;
    n -= k;
    if (n == 0)
        return 0;
    m = gallop(s, s->keys[left + n - 1], s->keys + right, m, m - 1, 0);
    if (m <= 0)
        return (int)m;
    return n <= m ? merge_low(s, left, n, right, m) : merge_high(s, left, n, right, m);
}

/* Depth of the boundary between neighbouring runs in a nearly balanced tree over [0, total). */
static int boundary_power(Py_ssize_t start, Py_ssize_t n, Py_ssize_t m, Py_ssize_t total)
{
    int power = 0;
    Py_ssize_t a = 2 * start + n, b = a + n + m;
    for (;;) {
        power++;
        if (a >= total) {
            a -= total;
            b -= total;
        } else if (b >= total) {
            return power;
        }
        a <<= 1;
        b <<= 1;
    }
}

static int sort_runs(Sort *s, Py_ssize_t total)
{
    Py_ssize_t minimum = minimum_run(total), start = 0;
    while (start < total) {
        Py_ssize_t n = find_run(s, start, total);
        if (n < 0)
            return -1;
        if (n < minimum) {
            Py_ssize_t forced = total - start < minimum ? total - start : minimum;
            if (insertion_sort(s, start, forced, n) < 0)
                return -1;
            n = forced;
        }
        if (s->run_count > 0) {
            Run *top = &s->runs[s->run_count - 1];
            int power = boundary_power(top->start, top->length, n, total);
            while (s->run_count > 1 && s->runs[s->run_count - 2].power > power)
                if (merge_at(s, s->run_count - 2) < 0)
                    return -1;
            s->runs[s->run_count - 1].power = power;
        }
        assert(s->run_count < RUNS_MAX);
        s->runs[s->run_count++] = (Run){start, n, 0};
        start += n;
    }
    while (s->run_count > 1)
        if (merge_at(s, s->run_count - 2) < 0)
            return -1;
    return 0;
}

/* ---- the method ---- */

/* Calls f on every item; an array of new references, or NULL. */
static PyObject **make_keys(PyObject *f, PyObject **items, Py_ssize_t n)
{
    PyObject **keys = PyMem_Malloc((size_t)(n ? n : 1) * sizeof *keys);
    if (keys == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        keys[i] = PyObject_CallOneArg(f, items[i]);
        if (keys[i] == NULL) {
            while (--i >= 0)
                Py_DECREF(keys[i]);
            PyMem_Free(keys);
            return NULL;
        }
    }
    return keys;
}

/* Sorts by comparisons. */
static int sort_compared(Sort *s, Py_ssize_t n)
{
    choose_less(s, n);
    s->gallop = GALLOP_FROM;
    int result = sort_runs(s, n);
    PyMem_Free(s->temp_keys);
    return result;
}

/* The same for a part that ranks have left over (RankRest). */
static int sort_part(void *arg, Py_ssize_t start, Py_ssize_t n)
{
    Sort *whole = arg, part = {.keys = whole->keys + start, .values = whole->values ? whole->values + start : NULL};
    return sort_compared(&part, n);
}

static int sort_array(Sort *s, Py_ssize_t n, int reverse)
{
    /* Reversing before and after keeps equal items in their order. */
    if (reverse)
        reverse_both(s, 0, n);
    int result = rank_sort(s->keys, s->values, n, sort_part, s);
    if (result == 0)
        result = sort_compared(s, n);
    if (reverse)
        reverse_both(s, 0, n);
    return result < 0 ? -1 : 0;
}

static int list_sort_with(PyListObject *self, PyObject *key, int reverse)
{
    Py_ssize_t n = Py_SIZE(self), room = self->allocated;
    PyObject **items = self->ob_item, **keys = NULL;
    Sort *s = NULL;
    /* The list is empty while it is sorted, so that comparisons cannot see or disturb it. */
    Py_SET_SIZE(self, 0);
    self->ob_item = NULL;
    self->allocated = -1;
    int result = 0;
    if (key != NULL) {
        keys = make_keys(key, items, n);
        result = keys == NULL ? -1 : 0;
    }
    if (result == 0 && n > 1) {
        s = PyMem_Calloc(1, sizeof *s);
        if (s == NULL) {
            PyErr_NoMemory();
            result = -1;
        } else {
            s->keys = keys ? keys : items;
            s->values = keys ? items : NULL;
            result = sort_array(s, n, reverse);
            PyMem_Free(s);
        }
    }
    if (keys != NULL) {
        for (Py_ssize_t i = 0; i < n; i++)
            Py_DECREF(keys[i]);
        PyMem_Free(keys);
    }
    if (self->allocated != -1 && result == 0) {
        PyErr_SetString(PyExc_ValueError, "list modified during sort");
        result = -1;
    }
    PyObject **intruders = self->ob_item;
    Py_ssize_t intruder_count = Py_SIZE(self);
    self->ob_item = items;
    self->allocated = room;
    Py_SET_SIZE(self, n);
    if (intruders != NULL) {
        while (--intruder_count >= 0)
            Py_XDECREF(intruders[intruder_count]);
        PyMem_Free(intruders);
    }
    return result;
}

int PyList_Sort(PyObject *self)
{
    if (self == NULL || !PyList_Check(self)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return list_sort_with((PyListObject *)self, NULL, 0);
}

PyObject *list_sort(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    PyObject *key = NULL;
    int reverse = 0;
    if (nargs > 0) {
        PyErr_SetString(PyExc_TypeError, "sort() takes no positional arguments");
        return NULL;
    }
    for (Py_ssize_t i = 0; kwnames != NULL && i < PyTuple_GET_SIZE(kwnames); i++) {
        PyObject *name = PyTuple_GET_ITEM(kwnames, i);
        if (PyUnicode_CompareWithASCIIString(name, "key") == 0) {
            key = args[i] == Py_None ? NULL : args[i];
        } else if (PyUnicode_CompareWithASCIIString(name, "reverse") == 0) {
            PyObject *number = PyNumber_Index(args[i]);
            if (number == NULL && PyErr_ExceptionMatches(PyExc_TypeError))
                PyErr_Format(PyExc_TypeError, "'%.200s' object cannot be interpreted as an integer", Py_TYPE(args[i])->tp_name);
            if (number == NULL)
                return NULL;
            int overflow;
            reverse = PyLong_AsLongAndOverflow(number, &overflow) != 0 || overflow;
            Py_DECREF(number);
        } else {
            return PyErr_Format(PyExc_TypeError, "'%U' is an invalid keyword argument for sort()", name);
        }
    }
    if (list_sort_with((PyListObject *)self, key, reverse) < 0)
        return NULL;
    Py_RETURN_NONE;
}
