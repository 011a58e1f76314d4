/* collections.deque: a ring buffer.
 *
 * DEQUE-1  room is 0 or a power of two, size <= room; item i is items[(head + i) & (room - 1)].
 * DEQUE-2  state changes whenever items are added, removed or moved: iterators notice. */
#include "modules/collections/collections.h"
#include "objects/names.h"
#include <stddef.h>

#define ROOM_MIN 8

typedef struct {
    PyObject_VAR_HEAD
    PyObject **items;
    Py_ssize_t room, head;
    size_t state;
    Py_ssize_t maxlen;       /* -1: unbounded */
    PyObject *weakreflist;
} Deque;

#define DEQUE(o) ((Deque *)(o))
#define DEQUE_CHECK(o) PyObject_TypeCheck(o, &deque_type)

static inline PyObject **slot(Deque *d, Py_ssize_t i) { return &d->items[(d->head + i) & (d->room - 1)]; }

/* ---- storage ---- */

static int grow(Deque *d)
{
    Py_ssize_t room = d->room ? d->room * 2 : ROOM_MIN;
    PyObject **items = room > PY_SSIZE_T_MAX / 16 ? NULL : PyMem_Malloc((size_t)room * sizeof *items);
    if (items == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < Py_SIZE(d); i++)
        items[i] = *slot(d, i);
    PyMem_Free(d->items);
    d->items = items;
    d->room = room;
    d->head = 0;
    return 0;
}

static PyObject *take_first(Deque *d)
{
    PyObject *item = *slot(d, 0);
    d->head = (d->head + 1) & (d->room - 1);
    Py_SET_SIZE(d, Py_SIZE(d) - 1);
    d->state++;
    return item;
}

static PyObject *take_last(Deque *d)
{
    PyObject *item = *slot(d, Py_SIZE(d) - 1);
    Py_SET_SIZE(d, Py_SIZE(d) - 1);
    d->state++;
    return item;
}

/* Appends at the right; steals item.  A bounded deque drops one at the left. */
static int add_last(Deque *d, PyObject *item)
{
    if (Py_SIZE(d) == d->room && grow(d) < 0) {
        Py_DECREF(item);
        return -1;
    }
    *slot(d, Py_SIZE(d)) = item;
    Py_SET_SIZE(d, Py_SIZE(d) + 1);
    d->state++;
    if (d->maxlen >= 0 && Py_SIZE(d) > d->maxlen)
        Py_DECREF(take_first(d));
    return 0;
}

static int add_first(Deque *d, PyObject *item)
{
    if (Py_SIZE(d) == d->room && grow(d) < 0) {
        Py_DECREF(item);
        return -1;
    }
    d->head = (d->head - 1) & (d->room - 1);
    d->items[d->head] = item;
    Py_SET_SIZE(d, Py_SIZE(d) + 1);
    d->state++;
    if (d->maxlen >= 0 && Py_SIZE(d) > d->maxlen)
        Py_DECREF(take_last(d));
    return 0;
}

static int clear_items(PyObject *self)
{
    Deque old = *DEQUE(self);
    DEQUE(self)->items = NULL;
    DEQUE(self)->room = DEQUE(self)->head = 0;
    DEQUE(self)->state++;
    Py_SET_SIZE(self, 0);
    for (Py_ssize_t i = 0; i < Py_SIZE(&old); i++)
        Py_DECREF(*slot(&old, i));
    PyMem_Free(old.items);
    return 0;
}

static int extend_from(Deque *d, PyObject *iterable, int (*add)(Deque *, PyObject *))
{
    if ((PyObject *)d == iterable) {
        PyObject *copy = PySequence_List(iterable);
        int result = copy ? extend_from(d, copy, add) : -1;
        Py_XDECREF(copy);
        return result;
    }
    PyObject *it = PyObject_GetIter(iterable), *item;
    if (it == NULL)
        return -1;
    iternextfunc next = Py_TYPE(it)->tp_iternext;
    while ((item = next(it)) != NULL)
        if (add(d, item) < 0)
            break;
    Py_DECREF(it);
    if (PyErr_Occurred()) {
        if (!PyErr_ExceptionMatches(PyExc_StopIteration))
            return -1;
        PyErr_Clear();
    }
    return 0;
}

static void rotate_by(Deque *d, Py_ssize_t n)
{
    Py_ssize_t size = Py_SIZE(d);
    if (size <= 1)
        return;
    n %= size;
    if (n > size / 2)
        n -= size;
    else if (n < -size / 2)
        n += size;
    for (; n > 0; n--) {
        PyObject *item = take_last(d);
        d->head = (d->head - 1) & (d->room - 1);
        d->items[d->head] = item;
        Py_SET_SIZE(d, size);
    }
    for (; n < 0; n++) {
        PyObject *item = take_first(d);
        *slot(d, size - 1) = item;
        Py_SET_SIZE(d, size);
    }
}

static PyObject *take_at(Deque *d, Py_ssize_t i)
{
    PyObject *item = *slot(d, i);
    Py_ssize_t n = Py_SIZE(d);
    if (i < n / 2) {
        for (; i > 0; i--)
            *slot(d, i) = *slot(d, i - 1);
        d->head = (d->head + 1) & (d->room - 1);
    } else {
        for (; i < n - 1; i++)
            *slot(d, i) = *slot(d, i + 1);
    }
    Py_SET_SIZE(d, n - 1);
    d->state++;
    return item;
}

/* ---- life ---- */

static PyObject *deque_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Deque *d = (Deque *)type->tp_alloc(type, 0);
    if (d != NULL)
        d->maxlen = -1;
    return (PyObject *)d;
}

static int deque_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"iterable", "maxlen", NULL};
    PyObject *iterable = NULL, *maxlen = NULL;
    Py_ssize_t bound = -1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OO:deque", names, &iterable, &maxlen))
        return -1;
    if (maxlen != NULL && maxlen != Py_None) {
        bound = PyLong_AsSsize_t(maxlen);
        if (bound == -1 && PyErr_Occurred())
            return -1;
        if (bound < 0) {
            PyErr_SetString(PyExc_ValueError, "maxlen must be non-negative");
            return -1;
        }
    }
    DEQUE(self)->maxlen = bound;
    if (Py_SIZE(self) > 0)
        clear_items(self);
    return iterable ? extend_from(DEQUE(self), iterable, add_last) : 0;
}

static void deque_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, deque_dealloc)
    if (DEQUE(self)->weakreflist != NULL)
        PyObject_ClearWeakRefs(self);
    clear_items(self);
    Py_TYPE(self)->tp_free(self);
    Py_TRASHCAN_END
}

static int deque_traverse(PyObject *self, visitproc visit, void *arg)
{
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++)
        Py_VISIT(*slot(DEQUE(self), i));
    return 0;
}

/* ---- methods ---- */

#define DONE(result) if ((result) < 0) return NULL; Py_RETURN_NONE

static PyObject *deque_append(PyObject *self, PyObject *item)
{
    Py_INCREF(item);
    DONE(add_last(DEQUE(self), item));
}
static PyObject *deque_appendleft(PyObject *self, PyObject *item)
{
    Py_INCREF(item);
    DONE(add_first(DEQUE(self), item));
}
static PyObject *deque_extend(PyObject *self, PyObject *iterable) { DONE(extend_from(DEQUE(self), iterable, add_last)); }
static PyObject *deque_extendleft(PyObject *self, PyObject *iterable) { DONE(extend_from(DEQUE(self), iterable, add_first)); }
static PyObject *deque_clear(PyObject *self, PyObject *unused) { DONE(clear_items(self)); }

static PyObject *deque_pop(PyObject *self, PyObject *unused)
{
    if (Py_SIZE(self) > 0)
        return take_last(DEQUE(self));
    PyErr_SetString(PyExc_IndexError, "pop from an empty deque");
    return NULL;
}

static PyObject *deque_popleft(PyObject *self, PyObject *unused)
{
    if (Py_SIZE(self) > 0)
        return take_first(DEQUE(self));
    PyErr_SetString(PyExc_IndexError, "pop from an empty deque");
    return NULL;
}

static PyObject *deque_copy(PyObject *self, PyObject *unused)
{
    if (Py_IS_TYPE(self, &deque_type)) {
        PyObject *copy = deque_new(&deque_type, NULL, NULL);
        if (copy == NULL)
            return NULL;
        DEQUE(copy)->maxlen = DEQUE(self)->maxlen;
        if (extend_from(DEQUE(copy), self, add_last) < 0)
            Py_CLEAR(copy);
        return copy;
    }
    PyObject *type = (PyObject *)Py_TYPE(self), *copy;
    copy = DEQUE(self)->maxlen < 0 ? PyObject_CallOneArg(type, self)
                                   : PyObject_CallFunction(type, "On", self, DEQUE(self)->maxlen);
    if (copy != NULL && !DEQUE_CHECK(copy)) {
        PyErr_Format(PyExc_TypeError, "%.200s() must return a deque, not %.200s", Py_TYPE(self)->tp_name, Py_TYPE(copy)->tp_name);
        Py_CLEAR(copy);
    }
    return copy;
}

/* Index of the first item equal to wanted in [start, stop), -1 if there is none, -2 with an exception set: `changed` when
 * a comparison has changed the deque, or if that is NULL RuntimeError when it found another item there. */
static Py_ssize_t find(Deque *d, PyObject *wanted, Py_ssize_t start, Py_ssize_t stop, PyObject *changed)
{
    size_t state = d->state;
    for (Py_ssize_t i = start; i < stop && i < Py_SIZE(d); i++) {
        PyObject *item = *slot(d, i);
        Py_INCREF(item);
        int equal = PyObject_RichCompareBool(item, wanted, Py_EQ);
        Py_DECREF(item);
        if (equal < 0)
            return -2;
        if (d->state != state && (changed != NULL || !equal)) {
            PyErr_SetString(changed ? changed : PyExc_RuntimeError, "deque mutated during iteration");
            return -2;
        }
        if (equal)
            return i;
    }
    return -1;
}

static PyObject *deque_count(PyObject *self, PyObject *wanted)
{
    Py_ssize_t count = 0, i = -1;
    while ((i = find(DEQUE(self), wanted, i + 1, PY_SSIZE_T_MAX, PyExc_RuntimeError)) >= 0)
        count++;
    return i == -2 ? NULL : PyLong_FromSsize_t(count);
}

static int deque_contains(PyObject *self, PyObject *wanted)
{
    Py_ssize_t i = find(DEQUE(self), wanted, 0, PY_SSIZE_T_MAX, NULL);
    return i == -2 ? -1 : i >= 0;
}

static PyObject *deque_remove(PyObject *self, PyObject *wanted)
{
    Py_ssize_t i = find(DEQUE(self), wanted, 0, PY_SSIZE_T_MAX, PyExc_IndexError);
    if (i == -1)
        PyErr_Format(PyExc_ValueError, "%R is not in deque", wanted);
    if (i < 0)
        return NULL;
    Py_DECREF(take_at(DEQUE(self), i));
    Py_RETURN_NONE;
}

static PyObject *deque_index(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    Py_ssize_t start = 0, stop = Py_SIZE(self), size = Py_SIZE(self);
    if (!_PyArg_CheckPositional("index", n, 1, 3) || (n > 1 && !_PyEval_SliceIndexNotNone(args[1], &start)) ||
        (n > 2 && !_PyEval_SliceIndexNotNone(args[2], &stop)))
        return NULL;
    if (start < 0)
        start = start + size < 0 ? 0 : start + size;
    if (stop < 0)
        stop = stop + size < 0 ? 0 : stop + size;
    Py_ssize_t i = find(DEQUE(self), args[0], start, stop, NULL);
    if (i == -1)
        PyErr_Format(PyExc_ValueError, "%R is not in deque", args[0]);
    return i < 0 ? NULL : PyLong_FromSsize_t(i);
}

static PyObject *deque_insert(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("insert", n, 2, 2))
        return NULL;
    PyObject *number = PyNumber_Index(args[0]);
    Py_ssize_t i = number ? PyLong_AsSsize_t(number) : -1, size = Py_SIZE(self);
    Py_XDECREF(number);
    if (i == -1 && PyErr_Occurred())
        return NULL;
    if (DEQUE(self)->maxlen == size) {
        PyErr_SetString(PyExc_IndexError, "deque already at its maximum size");
        return NULL;
    }
    if (i < 0)
        i = i + size < 0 ? 0 : i + size;
    if (i > size)
        i = size;
    Deque *d = DEQUE(self);
    Py_INCREF(args[1]);
    if (add_last(d, args[1]) < 0)
        return NULL;
    for (Py_ssize_t k = size; k > i; k--)
        *slot(d, k) = *slot(d, k - 1);
    *slot(d, i) = args[1];
    Py_RETURN_NONE;
}

static PyObject *deque_rotate(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    Py_ssize_t by = 1;
    if (!_PyArg_CheckPositional("rotate", n, 0, 1))
        return NULL;
    if (n == 1) {
        PyObject *number = PyNumber_Index(args[0]);
        by = number ? PyLong_AsSsize_t(number) : -1;
        Py_XDECREF(number);
        if (by == -1 && PyErr_Occurred())
            return NULL;
    }
    rotate_by(DEQUE(self), by);
    Py_RETURN_NONE;
}

static PyObject *deque_reverse(PyObject *self, PyObject *unused)
{
    Deque *d = DEQUE(self);
    for (Py_ssize_t a = 0, b = Py_SIZE(d) - 1; a < b; a++, b--) {
        PyObject *o = *slot(d, a);
        *slot(d, a) = *slot(d, b);
        *slot(d, b) = o;
    }
    Py_RETURN_NONE;
}

static PyObject *deque_reduce(PyObject *self, PyObject *unused)
{
    PyObject *state = _PyObject_GetState(self), *it = state ? PyObject_GetIter(self) : NULL;
    if (it == NULL) {
        Py_XDECREF(state);
        return NULL;
    }
    if (DEQUE(self)->maxlen < 0)
        return Py_BuildValue("O()NN", Py_TYPE(self), state, it);
    return Py_BuildValue("O(()n)NN", Py_TYPE(self), DEQUE(self)->maxlen, state, it);
}

static PyObject *deque_sizeof(PyObject *self, PyObject *unused)
{
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + DEQUE(self)->room * (Py_ssize_t)sizeof(PyObject *));
}

static PyObject *deque_repr(PyObject *self)
{
    int nested = Py_ReprEnter(self);
    if (nested != 0)
        return nested > 0 ? PyUnicode_FromString("[...]") : NULL;
    PyObject *list = PySequence_List(self), *text = NULL;
    const char *name = _PyType_Name(Py_TYPE(self));
    if (list != NULL)
        text = DEQUE(self)->maxlen >= 0 ? PyUnicode_FromFormat("%s(%R, maxlen=%zd)", name, list, DEQUE(self)->maxlen)
                                        : PyUnicode_FromFormat("%s(%R)", name, list);
    Py_ReprLeave(self);
    Py_XDECREF(list);
    return text;
}

static PyObject *deque_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!DEQUE_CHECK(a) || !DEQUE_CHECK(b))
        Py_RETURN_NOTIMPLEMENTED;
    if (a == b && (op == Py_EQ || op == Py_NE))
        return PyBool_FromLong(op == Py_EQ);
    if (Py_SIZE(a) != Py_SIZE(b) && (op == Py_EQ || op == Py_NE))
        return PyBool_FromLong(op == Py_NE);
    PyObject *x = PySequence_List(a), *y = x ? PySequence_List(b) : NULL;
    PyObject *result = y ? PyObject_RichCompare(x, y, op) : NULL;
    Py_XDECREF(x);
    Py_XDECREF(y);
    return result;
}

/* ---- sequence ---- */

static Py_ssize_t deque_length(PyObject *self) { return Py_SIZE(self); }

static PyObject *deque_item(PyObject *self, Py_ssize_t i)
{
    if ((size_t)i >= (size_t)Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "deque index out of range");
        return NULL;
    }
    PyObject *item = *slot(DEQUE(self), i);
    Py_INCREF(item);
    return item;
}

static int deque_ass_item(PyObject *self, Py_ssize_t i, PyObject *v)
{
    if ((size_t)i >= (size_t)Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "deque index out of range");
        return -1;
    }
    PyObject *old;
    if (v == NULL) {
        old = take_at(DEQUE(self), i);
    } else {
        Py_INCREF(v);
        old = *slot(DEQUE(self), i);
        *slot(DEQUE(self), i) = v;
    }
    Py_DECREF(old);
    return 0;
}

static PyObject *deque_concat(PyObject *self, PyObject *other)
{
    if (!DEQUE_CHECK(other))
        return PyErr_Format(PyExc_TypeError, "can only concatenate deque (not \"%.200s\") to deque", Py_TYPE(other)->tp_name);
    PyObject *sum = deque_copy(self, NULL);
    if (sum != NULL && extend_from(DEQUE(sum), other, add_last) < 0)
        Py_CLEAR(sum);
    return sum;
}

static PyObject *deque_inplace_concat(PyObject *self, PyObject *other)
{
    if (extend_from(DEQUE(self), other, add_last) < 0)
        return NULL;
    Py_INCREF(self);
    return self;
}

static PyObject *deque_inplace_repeat(PyObject *self, Py_ssize_t n)
{
    Py_ssize_t size = Py_SIZE(self);
    if (n <= 0) {
        clear_items(self);
    } else if (size > 0 && n > 1) {
        if (n > PY_SSIZE_T_MAX / size / 16)
            return PyErr_NoMemory();
        PyObject *list = PySequence_List(self);
        if (list == NULL)
            return NULL;
        for (Py_ssize_t k = 1; k < n; k++)
            if (extend_from(DEQUE(self), list, add_last) < 0) {
                Py_DECREF(list);
                return NULL;
            }
        Py_DECREF(list);
    }
    Py_INCREF(self);
    return self;
}

static PyObject *deque_repeat(PyObject *self, Py_ssize_t n)
{
    PyObject *copy = deque_copy(self, NULL), *result;
    if (copy == NULL)
        return NULL;
    result = deque_inplace_repeat(copy, n);
    Py_DECREF(copy);
    return result;
}

/* ---- iterators ---- */

typedef struct {
    PyObject_HEAD
    Deque *deque;
    Py_ssize_t index, left;
    size_t state;
} DequeIter;

static PyObject *iter_new(PyTypeObject *type, PyObject *deque)
{
    DequeIter *it = PyObject_GC_New(DequeIter, type);
    if (it == NULL)
        return NULL;
    Py_INCREF(deque);
    it->deque = DEQUE(deque);
    it->left = Py_SIZE(deque);
    it->index = type == &deque_iterator_type ? 0 : Py_SIZE(deque) - 1;
    it->state = DEQUE(deque)->state;
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static PyObject *deque_iter(PyObject *self) { return iter_new(&deque_iterator_type, self); }
static PyObject *deque_reversed(PyObject *self, PyObject *unused) { return iter_new(&deque_reverse_iterator_type, self); }

static void iter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((DequeIter *)self)->deque);
    PyObject_GC_Del(self);
}

static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((DequeIter *)self)->deque);
    return 0;
}

static PyObject *iter_next(PyObject *self)
{
    DequeIter *it = (DequeIter *)self;
    if (it->deque->state != it->state) {
        it->left = 0;
        PyErr_SetString(PyExc_RuntimeError, "deque mutated during iteration");
        return NULL;
    }
    if (it->left == 0)
        return NULL;
    PyObject *item = *slot(it->deque, it->index);
    it->index += Py_TYPE(self) == &deque_iterator_type ? 1 : -1;
    it->left--;
    Py_INCREF(item);
    return item;
}

static PyObject *iter_create(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *deque;
    Py_ssize_t skip = 0;
    if (!PyArg_ParseTuple(args, "O!|n", &deque_type, &deque, &skip))
        return NULL;
    PyObject *it = iter_new(type, deque);
    for (; it != NULL && skip > 0 && ((DequeIter *)it)->left > 0; skip--) {
        PyObject *item = iter_next(it);
        if (item == NULL)
            Py_CLEAR(it);
        Py_XDECREF(item);
    }
    return it;
}

static PyObject *iter_length(PyObject *self, PyObject *unused) { return PyLong_FromSsize_t(((DequeIter *)self)->left); }
static PyObject *iter_reduce(PyObject *self, PyObject *unused)
{
    DequeIter *it = (DequeIter *)self;
    return Py_BuildValue("O(On)", Py_TYPE(self), it->deque, Py_SIZE(it->deque) - it->left);
}

static PyMethodDef iter_methods[] = {
    {"__length_hint__", iter_length, METH_NOARGS, PyDoc_STR("Private method returning an estimate of len(list(it)).")},
    {"__reduce__", iter_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")},
    {NULL}};

#define ITERATOR(symbol, name)                                                      \
    PyTypeObject symbol = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = name,           \
                           .tp_basicsize = sizeof(DequeIter),                       \
                           .tp_dealloc = iter_dealloc,                              \
                           .tp_getattro = PyObject_GenericGetAttr,                  \
                           .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,     \
                           .tp_traverse = iter_traverse,                            \
                           .tp_iter = PyObject_SelfIter,                            \
                           .tp_iternext = iter_next,                                \
                           .tp_methods = iter_methods,                              \
                           .tp_new = iter_create}
ITERATOR(deque_iterator_type, "_collections._deque_iterator");
ITERATOR(deque_reverse_iterator_type, "_collections._deque_reverse_iterator");

/* ---- the type ---- */

static PyObject *deque_get_maxlen(PyObject *self, void *unused)
{
    if (DEQUE(self)->maxlen < 0)
        Py_RETURN_NONE;
    return PyLong_FromSsize_t(DEQUE(self)->maxlen);
}

static PyGetSetDef deque_getset[] = {
    {"maxlen", deque_get_maxlen, NULL, PyDoc_STR("maximum size of a deque or None if unbounded")}, {NULL}};

#define FAST(f) (PyCFunction)(void (*)(void))(f), METH_FASTCALL
static PyMethodDef deque_methods[] = {
    {"append", deque_append, METH_O, PyDoc_STR("Add an element to the right side of the deque.")},
    {"appendleft", deque_appendleft, METH_O, PyDoc_STR("Add an element to the left side of the deque.")},
    {"clear", deque_clear, METH_NOARGS, PyDoc_STR("Remove all elements from the deque.")},
    {"__copy__", deque_copy, METH_NOARGS, PyDoc_STR("Return a shallow copy of a deque.")},
    {"copy", deque_copy, METH_NOARGS, PyDoc_STR("Return a shallow copy of a deque.")},
    {"count", deque_count, METH_O, PyDoc_STR("D.count(value) -- return number of occurrences of value")},
    {"extend", deque_extend, METH_O, PyDoc_STR("Extend the right side of the deque with elements from the iterable")},
    {"extendleft", deque_extendleft, METH_O,
     PyDoc_STR("Extend the left side of the deque with elements from the iterable")},
    {"index", FAST(deque_index), PyDoc_STR("D.index(value, [start, [stop]]) -- return first index of value.\n"
                                           "Raises ValueError if the value is not present.")},
    {"insert", FAST(deque_insert), PyDoc_STR("D.insert(index, object) -- insert object before index")},
    {"pop", deque_pop, METH_NOARGS, PyDoc_STR("Remove and return the rightmost element.")},
    {"popleft", deque_popleft, METH_NOARGS, PyDoc_STR("Remove and return the leftmost element.")},
    {"__reduce__", deque_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")},
    {"remove", deque_remove, METH_O, PyDoc_STR("D.remove(value) -- remove first occurrence of value.")},
    {"__reversed__", deque_reversed, METH_NOARGS,
     PyDoc_STR("D.__reversed__() -- return a reverse iterator over the deque")},
    {"reverse", deque_reverse, METH_NOARGS, PyDoc_STR("D.reverse() -- reverse *IN PLACE*")},
    {"rotate", FAST(deque_rotate),
     PyDoc_STR("Rotate the deque n steps to the right (default n=1).  If n is negative, rotates left.")},
    {"__sizeof__", deque_sizeof, METH_NOARGS, PyDoc_STR("D.__sizeof__() -- size of D in memory, in bytes")},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, PyDoc_STR("See PEP 585")},
    {NULL}};

static PySequenceMethods deque_as_sequence = {
    .sq_length = deque_length,
    .sq_concat = deque_concat,
    .sq_repeat = deque_repeat,
    .sq_item = deque_item,
    .sq_ass_item = deque_ass_item,
    .sq_contains = deque_contains,
    .sq_inplace_concat = deque_inplace_concat,
    .sq_inplace_repeat = deque_inplace_repeat,
};

PyTypeObject deque_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "collections.deque",
    .tp_basicsize = sizeof(Deque),
    .tp_dealloc = deque_dealloc,
    .tp_repr = deque_repr,
    .tp_as_sequence = &deque_as_sequence,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_SEQUENCE,
    .tp_doc = PyDoc_STR("deque([iterable[, maxlen]]) --> deque object\n\n"
                        "A list-like sequence optimized for data accesses near its endpoints."),
    .tp_traverse = deque_traverse,
    .tp_clear = clear_items,
    .tp_richcompare = deque_richcompare,
    .tp_weaklistoffset = offsetof(Deque, weakreflist),
    .tp_iter = deque_iter,
    .tp_methods = deque_methods,
    .tp_getset = deque_getset,
    .tp_init = deque_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = deque_new,
    .tp_free = PyObject_GC_Del,
};
