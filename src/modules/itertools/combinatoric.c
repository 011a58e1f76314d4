/* itertools: product, permutations, combinations, combinations_with_replacement.
 *
 * r0 is the tuple of pools (product) or the pool; r1 the last tuple given out, reused while nobody else has it; index[] the
 * positions (for permutations followed by the cycles); n0 the length r of a result; n1 is 0 before the first, 1 running, 2 done. */
#include "modules/itertools/itertools.h"

enum { FRESH, RUNNING, DONE };

/* The result tuple to write the next answer into: r1 itself when it is ours alone, else a copy that replaces it. */
static PyObject *writable_result(Iter *it)
{
    PyObject *t = it->r[1];
    if (Py_REFCNT(t) == 1)
        return t;
    Py_ssize_t n = PyTuple_GET_SIZE(t);
    PyObject *copy = PyTuple_New(n);
    if (!copy)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++)
        PyTuple_SET_ITEM(copy, i, Py_NewRef(PyTuple_GET_ITEM(t, i)));
    Py_SETREF(it->r[1], copy);
    return copy;
}

static void put(PyObject *tuple, Py_ssize_t i, PyObject *item)
{
    PyObject *old = PyTuple_GET_ITEM(tuple, i);
    PyTuple_SET_ITEM(tuple, i, Py_NewRef(item));
    Py_XDECREF(old);
}

/* A writable result that the collector sees (it untracks tuples of atoms). */
static PyObject *give(PyObject *t)
{
    if (!PyObject_GC_IsTracked(t))
        PyObject_GC_Track(t);
    return Py_NewRef(t);
}

static PyObject *done(Iter *it)
{
    it->n[1] = DONE;
    return NULL;
}

static PyObject *state_tuple(const Py_ssize_t *index, Py_ssize_t n)
{
    PyObject *t = PyTuple_New(n);
    for (Py_ssize_t i = 0; t && i < n; i++) {
        PyObject *v = PyLong_FromSsize_t(index[i]);
        if (!v)
            Py_CLEAR(t);
        else
            PyTuple_SET_ITEM(t, i, v);
    }
    return t;
}

/* Reads a tuple of n positions, clipped to 0 .. limit(i) - 1. */
static int read_state(PyObject *state, Py_ssize_t *index, Py_ssize_t n, Py_ssize_t limit)
{
    if (!PyTuple_Check(state) || PyTuple_GET_SIZE(state) != n) {
        PyErr_SetString(PyExc_ValueError, "invalid arguments");
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_ssize_t v = PyLong_AsSsize_t(PyTuple_GET_ITEM(state, i));
        if (v == -1 && PyErr_Occurred())
            return -1;
        index[i] = v < 0 ? 0 : v >= limit ? limit - 1 : v;
    }
    return 0;
}

/* ---- product ------------------------------------------------------------------------------------------------- */

static PyObject *product_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t repeat = 1, nargs = PyTuple_GET_SIZE(args);
    if (kwargs) {
        static char *names[] = {"repeat", NULL};
        PyObject *none = PyTuple_New(0);
        int good = none && PyArg_ParseTupleAndKeywords(none, kwargs, "|n:product", names, &repeat);
        Py_XDECREF(none);
        if (!good)
            return NULL;
        if (repeat < 0) {
            PyErr_SetString(PyExc_ValueError, "repeat argument cannot be negative");
            return NULL;
        }
    }
    if (repeat && nargs > PY_SSIZE_T_MAX / (Py_ssize_t)sizeof(Py_ssize_t) / repeat) {
        PyErr_SetString(PyExc_OverflowError, "repeat argument too large");
        return NULL;
    }
    Py_ssize_t n = repeat ? nargs * repeat : 0;
    PyObject *pools = PyTuple_New(n);
    for (Py_ssize_t i = 0; pools && i < n; i++) {
        PyObject *pool = i < nargs ? PySequence_Tuple(PyTuple_GET_ITEM(args, i)) : Py_NewRef(PyTuple_GET_ITEM(pools, i - nargs));
        if (!pool)
            Py_CLEAR(pools);
        else
            PyTuple_SET_ITEM(pools, i, pool);
    }
    Iter *it = pools ? iter_new(type) : NULL;
    if (!it) {
        Py_XDECREF(pools);
        return NULL;
    }
    it->r[0] = pools;
    it->n[0] = n;
    it->index = PyMem_Calloc((size_t)n + 1, sizeof(Py_ssize_t));
    if (!it->index) {
        Py_DECREF(it);
        return PyErr_NoMemory();
    }
    return (PyObject *)it;
}

static PyObject *product_first(Iter *it)
{
    it->n[1] = RUNNING;
    PyObject *t = PyTuple_New(it->n[0]);
    for (Py_ssize_t i = 0; t && i < it->n[0]; i++) {
        PyObject *pool = PyTuple_GET_ITEM(it->r[0], i);
        if (PyTuple_GET_SIZE(pool) == 0) {
            Py_DECREF(t);
            return done(it);
        }
        PyTuple_SET_ITEM(t, i, Py_NewRef(PyTuple_GET_ITEM(pool, it->index[i])));
    }
    Py_XINCREF(t);
    Py_XSETREF(it->r[1], t);
    return t;
}
static PyObject *product_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    if (it->n[1] == DONE)
        return NULL;
    if (it->n[1] == FRESH || !it->r[1])
        return product_first(it);
    Py_ssize_t i = it->n[0];
    PyObject *t = i ? writable_result(it) : NULL;
    if (!t)
        return i ? NULL : done(it);
    while (--i >= 0) {
        PyObject *pool = PyTuple_GET_ITEM(it->r[0], i);
        if (++it->index[i] < PyTuple_GET_SIZE(pool)) {
            put(t, i, PyTuple_GET_ITEM(pool, it->index[i]));
            return give(t);
        }
        it->index[i] = 0;
        put(t, i, PyTuple_GET_ITEM(pool, 0));
    }
    return done(it);
}
static PyObject *product_reduce(PyObject *self, PyObject *unused)
{
    Iter *it = (Iter *)self;
    if (it->n[1] == DONE)
        return Py_BuildValue("O(())", Py_TYPE(self));
    if (it->n[1] == FRESH)
        return Py_BuildValue("OO", Py_TYPE(self), it->r[0]);
    PyObject *state = state_tuple(it->index, it->n[0]);
    return state ? Py_BuildValue("OON", Py_TYPE(self), it->r[0], state) : NULL;
}
static PyObject *product_setstate(PyObject *self, PyObject *state)
{
    Iter *it = (Iter *)self;
    if (read_state(state, it->index, it->n[0], PY_SSIZE_T_MAX))
        return NULL;
    for (Py_ssize_t i = 0; i < it->n[0]; i++) {
        Py_ssize_t size = PyTuple_GET_SIZE(PyTuple_GET_ITEM(it->r[0], i));
        if (size == 0) {
            it->n[1] = DONE;
            Py_RETURN_NONE;
        }
        if (it->index[i] >= size)
            it->index[i] = size - 1;
    }
    Py_CLEAR(it->r[1]);
    PyObject *first = product_first(it);
    if (!first)
        return NULL;
    Py_DECREF(first);
    Py_RETURN_NONE;
}
static PyObject *product_sizeof(PyObject *self, PyObject *unused)
{
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + ((Iter *)self)->n[0] * (Py_ssize_t)sizeof(Py_ssize_t));
}
static PyMethodDef product_methods[] = {
    {"__reduce__", product_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", product_setstate, METH_O, "Set state information for unpickling."},
    {"__sizeof__", product_sizeof, METH_NOARGS, "Returns size in memory, in bytes."},
    {NULL},
};
ITER_TYPE(product_type, "product", product_new, product_next, product_methods,
          "product(*iterables, repeat=1) --> product object\n\nCartesian product of input iterables.  Equivalent to nested for-loops.");

/* ---- the three over one pool ---------------------------------------------------------------------------------- */

/* A new iterator over tuple(iterable) with `slots` positions, or NULL. */
static Iter *pool_new(PyTypeObject *type, PyObject *iterable, Py_ssize_t r, int permuting)
{
    PyObject *pool = PySequence_Tuple(iterable);
    if (!pool)
        return NULL;
    Py_ssize_t n = PyTuple_GET_SIZE(pool);
    if (r == -2)
        r = n;
    if (r < 0) {
        PyErr_SetString(PyExc_ValueError, "r must be non-negative");
        Py_DECREF(pool);
        return NULL;
    }
    Iter *it = iter_new(type);
    if (!it) {
        Py_DECREF(pool);
        return NULL;
    }
    it->r[0] = pool;
    it->n[0] = r;
    it->index = r > PY_SSIZE_T_MAX / 16 ? NULL : PyMem_Calloc((size_t)(permuting ? n + r : r) + 1, sizeof(Py_ssize_t));
    if (!it->index) {
        Py_DECREF(it);
        PyErr_NoMemory();
        return NULL;
    }
    return it;
}

/* The tuple of the items at the first r positions. */
static PyObject *first_result(Iter *it)
{
    PyObject *t = PyTuple_New(it->n[0]);
    for (Py_ssize_t i = 0; t && i < it->n[0]; i++)
        PyTuple_SET_ITEM(t, i, Py_NewRef(PyTuple_GET_ITEM(it->r[0], it->index[i])));
    it->n[1] = RUNNING;
    Py_XSETREF(it->r[1], t);
    return Py_XNewRef(t);
}

static PyObject *pool_reduce(PyObject *self, PyObject *unused)
{
    Iter *it = (Iter *)self;
    if (it->n[1] == DONE)
        return Py_BuildValue("O(()n)", Py_TYPE(self), it->n[0]);
    if (it->n[1] == FRESH)
        return Py_BuildValue("O(On)", Py_TYPE(self), it->r[0], it->n[0]);
    PyObject *state = state_tuple(it->index, it->n[0]);
    return state ? Py_BuildValue("O(On)N", Py_TYPE(self), it->r[0], it->n[0], state) : NULL;
}
static PyObject *combinations_next(PyObject *self);
static PyObject *pool_setstate(PyObject *self, PyObject *state)
{
    Iter *it = (Iter *)self;
    Py_ssize_t n = PyTuple_GET_SIZE(it->r[0]), r = it->n[0];
    if (read_state(state, it->index, r, n))
        return NULL;
    if (Py_TYPE(self)->tp_iternext == combinations_next) {
        if (r > n)
            Py_RETURN_NONE;
        for (Py_ssize_t i = 0; i < r; i++) /* the last position that leaves room for those behind it */
            it->index[i] = Py_MIN(it->index[i], i + n - r);
    }
    PyObject *t = n || it->n[0] == 0 ? first_result(it) : NULL;
    Py_XDECREF(t);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}
static PyMethodDef pool_methods[] = {
    {"__reduce__", pool_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", pool_setstate, METH_O, "Set state information for unpickling."},
    {"__sizeof__", product_sizeof, METH_NOARGS, "Returns size in memory, in bytes."},
    {NULL},
};

static PyObject *combinations_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"iterable", "r", NULL};
    PyObject *iterable;
    Py_ssize_t r;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "On:combinations", names, &iterable, &r))
        return NULL;
    Iter *it = pool_new(type, iterable, r < 0 ? -1 : r, 0);
    for (Py_ssize_t i = 0; it && i < r; i++)
        it->index[i] = i;
    if (it && r > PyTuple_GET_SIZE(it->r[0]))
        it->n[1] = DONE;
    return (PyObject *)it;
}
static PyObject *combinations_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    if (it->n[1] == DONE)
        return NULL;
    if (it->n[1] == FRESH)
        return first_result(it);
    PyObject *t = writable_result(it); /* first: it may collect garbage, and that may run anything */
    if (!t)
        return NULL;
    Py_ssize_t r = it->n[0], n = PyTuple_GET_SIZE(it->r[0]), i = r - 1;
    while (i >= 0 && it->index[i] == i + n - r)
        i--;
    if (i < 0)
        return done(it);
    it->index[i]++;
    for (Py_ssize_t k = i + 1; k < r; k++)
        it->index[k] = it->index[k - 1] + 1;
    for (; i < r; i++)
        put(t, i, PyTuple_GET_ITEM(it->r[0], it->index[i]));
    return give(t);
}
ITER_TYPE(combinations_type, "combinations", combinations_new, combinations_next, pool_methods,
          "combinations(iterable, r)\n--\n\nReturn successive r-length combinations of elements in the iterable.");

static PyObject *cwr_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"iterable", "r", NULL};
    PyObject *iterable;
    Py_ssize_t r;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "On:combinations_with_replacement", names, &iterable, &r))
        return NULL;
    Iter *it = pool_new(type, iterable, r < 0 ? -1 : r, 0);
    if (it && r > 0 && PyTuple_GET_SIZE(it->r[0]) == 0)
        it->n[1] = DONE;
    return (PyObject *)it;
}
static PyObject *cwr_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    if (it->n[1] == DONE)
        return NULL;
    if (it->n[1] == FRESH)
        return first_result(it);
    PyObject *t = writable_result(it);
    if (!t)
        return NULL;
    Py_ssize_t r = it->n[0], n = PyTuple_GET_SIZE(it->r[0]), i = r - 1;
    while (i >= 0 && it->index[i] == n - 1)
        i--;
    if (i < 0)
        return done(it);
    Py_ssize_t at = it->index[i] + 1;
    for (; i < r; i++) {
        it->index[i] = at;
        put(t, i, PyTuple_GET_ITEM(it->r[0], at));
    }
    return give(t);
}
ITER_TYPE(combinations_with_replacement_type, "combinations_with_replacement", cwr_new, cwr_next, pool_methods,
          "combinations_with_replacement(iterable, r)\n--\n\nReturn successive r-length combinations of elements in the iterable allowing "
          "individual elements to have successive repeats.");

/* permutations: index holds n positions, then r cycle counters */
static PyObject *permutations_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"iterable", "r", NULL};
    PyObject *iterable, *length = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:permutations", names, &iterable, &length))
        return NULL;
    Py_ssize_t r = -2;
    if (length != Py_None) {
        if (!PyLong_Check(length)) {
            PyErr_SetString(PyExc_TypeError, "Expected int as r");
            return NULL;
        }
        r = PyLong_AsSsize_t(length);
        if (r == -1 && PyErr_Occurred())
            return NULL;
        if (r < 0)
            r = -1;
    }
    Iter *it = pool_new(type, iterable, r, 1);
    if (!it)
        return NULL;
    Py_ssize_t n = PyTuple_GET_SIZE(it->r[0]);
    for (Py_ssize_t i = 0; i < n; i++)
        it->index[i] = i;
    for (Py_ssize_t i = 0; i < it->n[0]; i++)
        it->index[n + i] = n - i;
    if (it->n[0] > n)
        it->n[1] = DONE;
    return (PyObject *)it;
}
static PyObject *permutations_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    if (it->n[1] == DONE)
        return NULL;
    if (it->n[1] == FRESH)
        return first_result(it);
    Py_ssize_t n = PyTuple_GET_SIZE(it->r[0]), r = it->n[0], *index = it->index, *cycles = index + n;
    if (n == 0)
        return done(it);
    PyObject *t = writable_result(it);
    if (!t)
        return NULL;
    for (Py_ssize_t i = r - 1; i >= 0; i--) {
        if (--cycles[i] == 0) {
            Py_ssize_t first = index[i];
            memmove(index + i, index + i + 1, (size_t)(n - i - 1) * sizeof *index);
            index[n - 1] = first;
            cycles[i] = n - i;
            continue;
        }
        Py_ssize_t j = n - cycles[i], swap = index[i];
        index[i] = index[j];
        index[j] = swap;
        for (; i < r; i++)
            put(t, i, PyTuple_GET_ITEM(it->r[0], index[i]));
        return give(t);
    }
    return done(it);
}
static PyObject *permutations_reduce(PyObject *self, PyObject *unused)
{
    Iter *it = (Iter *)self;
    Py_ssize_t n = PyTuple_GET_SIZE(it->r[0]);
    if (it->n[1] == DONE)
        return Py_BuildValue("O(()n)", Py_TYPE(self), it->n[0]);
    if (it->n[1] == FRESH)
        return Py_BuildValue("O(On)", Py_TYPE(self), it->r[0], it->n[0]);
    PyObject *a = state_tuple(it->index, n), *b = a ? state_tuple(it->index + n, it->n[0]) : NULL;
    if (!b) {
        Py_XDECREF(a);
        return NULL;
    }
    return Py_BuildValue("O(On)(NN)", Py_TYPE(self), it->r[0], it->n[0], a, b);
}
static PyObject *permutations_setstate(PyObject *self, PyObject *state)
{
    Iter *it = (Iter *)self;
    PyObject *a, *b;
    Py_ssize_t n = PyTuple_GET_SIZE(it->r[0]);
    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "state is not a tuple");
        return NULL;
    }
    if (!PyArg_ParseTuple(state, "O!O!", &PyTuple_Type, &a, &PyTuple_Type, &b) || read_state(a, it->index, n, n) ||
        read_state(b, it->index + n, it->n[0], n + 1))
        return NULL;
    if (it->n[0] > n) /* there are none */
        Py_RETURN_NONE;
    for (Py_ssize_t i = 0; i < it->n[0]; i++) {
        Py_ssize_t *c = &it->index[n + i];
        *c = *c < 1 ? 1 : *c > n - i ? n - i : *c;
    }
    PyObject *t = first_result(it);
    Py_XDECREF(t);
    if (!t)
        return NULL;
    Py_RETURN_NONE;
}
static PyMethodDef permutations_methods[] = {
    {"__reduce__", permutations_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", permutations_setstate, METH_O, "Set state information for unpickling."},
    {"__sizeof__", product_sizeof, METH_NOARGS, "Returns size in memory, in bytes."},
    {NULL},
};
ITER_TYPE(permutations_type, "permutations", permutations_new, permutations_next, permutations_methods,
          "permutations(iterable, r=None)\n--\n\nReturn successive r-length permutations of elements in the iterable.");
