/* Lists: storage, the C API, slots and the type.
 *
 * LIST-1  0 <= ob_size <= allocated; ob_item is NULL if allocated is 0.
 * LIST-2  while it is being sorted a list is empty and its `allocated` is -1. */
#include "objects/list/list.h"
#include "memory/memory.h"
#include "memory/stack.h"
#include "objects/str/str.h"

#define LIST(o) ((PyListObject *)(o))

/* ---- storage ---- */

/* An untracked empty list.  May run a collection, and with it Python code: sizes of other lists are read after it. */
static PyListObject *list_raw_new(void)
{
    PyListObject *self = container_alloc(sizeof *self);
    if (self == NULL)
        return (PyListObject *)PyErr_NoMemory();
    self->ob_base.ob_base.ob_refcnt = 1;
    self->ob_base.ob_base.ob_type = &PyList_Type;
    self->ob_base.ob_size = 0;
    self->ob_item = NULL;
    self->allocated = 0;
    return self;
}

/* Gives a list from list_raw_new room for n items, to be filled at once, and its size; 0, or -1 with MemoryError set and the
 * list freed. */
static int list_raw_room(PyListObject *self, Py_ssize_t n)
{
    if (n == 0)
        return 0;
    self->ob_item = (size_t)n > PY_SSIZE_T_MAX / sizeof(PyObject *) ? NULL : raw_alloc((size_t)n * sizeof(PyObject *));
    if (self->ob_item == NULL) {
        container_free_small(self);
        PyErr_NoMemory();
        return -1;
    }
    self->allocated = n;
    Py_SET_SIZE(self, n);
    return 0;
}

int list_resize(PyListObject *self, Py_ssize_t n)
{
    Py_ssize_t room = self->allocated;
    if (TORTURED(move) && n != room)
        room = -1;   /* no spare room: each growth is another block */
    if (room >= n && n >= room >> 1) {
        Py_SET_SIZE(self, n);
        return 0;
    }
    size_t wanted = n == 0 ? 0 : ((size_t)n + ((size_t)n >> 3) + 6) & ~(size_t)3;
    if (TORTURED(move))
        wanted = (size_t)n;
    /* A jump by more than the spare room is taken as final. */
    else if (n - Py_SIZE(self) > (Py_ssize_t)(wanted - (size_t)n))
        wanted = ((size_t)n + 3) & ~(size_t)3;
    if (wanted == 0) {
        PyMem_Free(self->ob_item);
        self->ob_item = NULL;
    } else {
        PyObject **items = wanted > PY_SSIZE_T_MAX / sizeof(PyObject *)
                               ? NULL
                               : PyMem_Realloc(self->ob_item, wanted * sizeof(PyObject *));
        if (items == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        self->ob_item = items;
    }
    self->allocated = (Py_ssize_t)wanted;
    Py_SET_SIZE(self, n);
    return 0;
}

int list_append_steal_slow(PyListObject *self, PyObject *item)
{
    Py_ssize_t n = Py_SIZE(self);
    if (list_resize(self, n + 1) < 0) {
        Py_DECREF(item);
        return -1;
    }
    self->ob_item[n] = item;
    return 0;
}

/* Empties the list; destructors may fill it again. */
int list_clear_items(PyListObject *self)
{
    PyObject **items = self->ob_item;
    Py_ssize_t n = Py_SIZE(self);
    if (items == NULL)
        return 0;
    Py_SET_SIZE(self, 0);
    self->ob_item = NULL;
    self->allocated = 0;
    while (--n >= 0)
        Py_XDECREF(items[n]);
    PyMem_Free(items);
    return 0;
}

static int list_tp_clear(PyObject *self) { return list_clear_items(LIST(self)); }

/* ---- the C API ---- */

PyObject *PyList_New(Py_ssize_t n)
{
    if (n < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyListObject *self = list_raw_new();
    if (self == NULL || list_raw_room(self, n) < 0)
        return NULL;
    if (n > 0)
        memset(self->ob_item, 0, (size_t)n * sizeof(PyObject *));
    container_track_small(self);
    return (PyObject *)self;
}

Py_ssize_t PyList_Size(PyObject *self)
{
    if (!PyList_Check(self)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return Py_SIZE(self);
}

PyObject *PyList_GetItem(PyObject *self, Py_ssize_t i)
{
    if (!PyList_Check(self)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if ((size_t)i >= (size_t)Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "list index out of range");
        return NULL;
    }
    return LIST(self)->ob_item[i];
}

int PyList_SetItem(PyObject *self, Py_ssize_t i, PyObject *item)
{
    if (!PyList_Check(self)) {
        Py_XDECREF(item);
        PyErr_BadInternalCall();
        return -1;
    }
    if ((size_t)i >= (size_t)Py_SIZE(self)) {
        Py_XDECREF(item);
        PyErr_SetString(PyExc_IndexError, "list assignment index out of range");
        return -1;
    }
    PyObject *old = LIST(self)->ob_item[i];
    LIST(self)->ob_item[i] = item;
    Py_XDECREF(old);
    return 0;
}

int PyList_Insert(PyObject *self, Py_ssize_t where, PyObject *item)
{
    if (!PyList_Check(self) || item == NULL) {
        PyErr_BadInternalCall();
        return -1;
    }
    Py_ssize_t n = Py_SIZE(self);
    if (n == PY_SSIZE_T_MAX) {
        PyErr_SetString(PyExc_OverflowError, "cannot add more objects to list");
        return -1;
    }
    if (list_resize(LIST(self), n + 1) < 0)
        return -1;
    if (where < 0)
        where = where + n < 0 ? 0 : where + n;
    if (where > n)
        where = n;
    PyObject **items = LIST(self)->ob_item;
    memmove(items + where + 1, items + where, (size_t)(n - where) * sizeof *items);
    Py_INCREF(item);
    items[where] = item;
    return 0;
}

int PyList_Append(PyObject *self, PyObject *item)
{
    if (!PyList_Check(self) || item == NULL) {
        PyErr_BadInternalCall();
        return -1;
    }
    Py_INCREF(item);
    return list_append_steal(LIST(self), item);
}

/* n new references to every step-th item of `from`. */
static void copy_items(PyObject **to, PyObject **from, Py_ssize_t step, Py_ssize_t n)
{
    for (; n >= 2; n -= 2, to += 2, from += 2 * step) {
        PyObject *a = from[0], *b = from[step];
        Py_INCREF(a);
        Py_INCREF(b);
        to[0] = a;
        to[1] = b;
    }
    if (n == 1)
        *to = Py_NewRef(*from);
}

PyObject *list_slice(PyListObject *self, Py_ssize_t low, Py_ssize_t high)
{
    PyListObject *copy = list_raw_new();
    if (copy == NULL)
        return NULL;
    high = Py_MIN(high, Py_SIZE(self));
    Py_ssize_t n = high > low ? high - low : 0;
    if (list_raw_room(copy, n) < 0)
        return NULL;
    if (n > 0)
        copy_items(copy->ob_item, self->ob_item + low, 1, n);
    container_track_small(copy);
    return (PyObject *)copy;
}

static Py_ssize_t clip(Py_ssize_t i, Py_ssize_t n) { return i < 0 ? 0 : i > n ? n : i; }

PyObject *PyList_GetSlice(PyObject *self, Py_ssize_t low, Py_ssize_t high)
{
    if (!PyList_Check(self)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    low = clip(low, Py_SIZE(self));
    return list_slice(LIST(self), low, clip(high, Py_SIZE(self)));
}

int list_assign_slice(PyListObject *self, Py_ssize_t low, Py_ssize_t high, PyObject *v)
{
    PyObject *fast = NULL, **new_items = NULL;
    Py_ssize_t n = 0, size = Py_SIZE(self);
    if (v != NULL) {
        /* A list assigned to a slice of itself is copied first. */
        fast = v == (PyObject *)self ? list_slice(self, 0, size) : PySequence_Fast(v, "can only assign an iterable");
        if (fast == NULL)
            return -1;
        n = PySequence_Fast_GET_SIZE(fast);
        new_items = PySequence_Fast_ITEMS(fast);
        size = Py_SIZE(self);
    }
    low = clip(low, size);
    high = high < low ? low : clip(high, size);
    Py_ssize_t gone = high - low, tail = size - high, change = n - gone;
    int result = -1;
    PyObject **removed = NULL;
    if (size + change == 0) {
        Py_XDECREF(fast);
        return list_clear_items(self);
    }
    if (gone > 0) {
        removed = PyMem_Malloc((size_t)gone * sizeof *removed);
        if (removed == NULL) {
            PyErr_NoMemory();
            goto done;
        }
        memcpy(removed, self->ob_item + low, (size_t)gone * sizeof *removed);
    }
    if (change < 0)
        memmove(self->ob_item + high + change, self->ob_item + high, (size_t)tail * sizeof(PyObject *));
    if (change != 0 && list_resize(self, size + change) < 0) {
        if (change < 0) {
            memmove(self->ob_item + high, self->ob_item + high + change, (size_t)tail * sizeof(PyObject *));
            memcpy(self->ob_item + low, removed, (size_t)gone * sizeof *removed);
        }
        gone = 0;
        goto done;
    }
    if (change > 0)
        memmove(self->ob_item + high + change, self->ob_item + high, (size_t)tail * sizeof(PyObject *));
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_XINCREF(new_items[i]);
        self->ob_item[low + i] = new_items[i];
    }
    result = 0;
done:
    if (removed != NULL) {
        while (--gone >= 0)
            Py_XDECREF(removed[gone]);
        PyMem_Free(removed);
    }
    Py_XDECREF(fast);
    return result;
}

int PyList_SetSlice(PyObject *self, Py_ssize_t low, Py_ssize_t high, PyObject *v)
{
    if (!PyList_Check(self)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return list_assign_slice(LIST(self), low, high, v);
}

int PyList_Reverse(PyObject *self)
{
    if (self == NULL || !PyList_Check(self)) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (Py_SIZE(self) < 2)
        return 0;
    PyObject **low = LIST(self)->ob_item, **high = low + Py_SIZE(self) - 1;
    for (; low < high; low++, high--) {
        PyObject *o = *low;
        *low = *high;
        *high = o;
    }
    return 0;
}

PyObject *PyList_AsTuple(PyObject *self)
{
    if (self == NULL || !PyList_Check(self)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    Py_ssize_t n = Py_SIZE(self);
    PyObject *t = PyTuple_New(n);
    while (t != NULL && Py_SIZE(self) != n) {   /* a collection came between */
        n = Py_SIZE(self);
        Py_SETREF(t, PyTuple_New(n));
    }
    for (Py_ssize_t i = 0; t != NULL && i < n; i++) {
        PyObject *o = LIST(self)->ob_item[i];
        Py_INCREF(o);
        PyTuple_SET_ITEM(t, i, o);
    }
    return t;
}

/* Gives an empty list without storage exactly n slots, n rounded up to an even number: blocks are no smaller. */
static int preallocate(PyListObject *self, Py_ssize_t n)
{
    Py_ssize_t room = n < PY_SSIZE_T_MAX ? n + (n & 1) : n;
    PyObject **items =
        (size_t)room > PY_SSIZE_T_MAX / sizeof *items ? NULL : PyMem_Malloc((size_t)room * sizeof *items);
    if (items == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    self->ob_item = items;
    self->allocated = room;
    return 0;
}

/* Appends n items of an array. */
static int extend_items(PyListObject *self, PyObject **items, Py_ssize_t n)
{
    Py_ssize_t size = Py_SIZE(self);
    int own = items == self->ob_item;
    if (n == 0)
        return 0;
    if (self->ob_item == NULL && preallocate(self, n) < 0)
        return -1;
    if (list_resize(self, size + n) < 0)
        return -1;
    if (own)
        items = self->ob_item;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_INCREF(items[i]);
        self->ob_item[size + i] = items[i];
    }
    return 0;
}

/* Makes room for what an iterator says is coming, without changing the size. */
static int reserve(PyListObject *self, PyObject *iterable)
{
    Py_ssize_t hint = PyObject_LengthHint(iterable, 8), size = Py_SIZE(self);
    if (hint < 0)
        return -1;
    if (hint > PY_SSIZE_T_MAX - size)
        return 0;
    if (self->ob_item == NULL)
        return hint == 0 ? 0 : preallocate(self, hint);
    if (size + hint > self->allocated) {
        if (list_resize(self, size + hint) < 0)
            return -1;
        Py_SET_SIZE(self, size);
    }
    return 0;
}

PyObject *list_extend(PyObject *o, PyObject *iterable)
{
    PyListObject *self = LIST(o);
    if (PyList_CheckExact(iterable) || PyTuple_CheckExact(iterable)) {
        if (extend_items(self, PySequence_Fast_ITEMS(iterable), PySequence_Fast_GET_SIZE(iterable)) < 0)
            return NULL;
        Py_RETURN_NONE;
    }
    if (iterable == o) { /* of a subclass: not what is appended meanwhile */
        PyObject *copy = PySequence_List(iterable), *done = copy ? list_extend(o, copy) : NULL;
        Py_XDECREF(copy);
        return done;
    }
    PyObject *it = PyObject_GetIter(iterable);
    if (it == NULL)
        return NULL;
    if (reserve(self, iterable) < 0) {
        Py_DECREF(it);
        return NULL;
    }
    iternextfunc next = Py_TYPE(it)->tp_iternext;
    PyObject *item;
    while ((item = next(it)) != NULL)
        if (list_append_steal(self, item) < 0) {
            Py_DECREF(it);
            return NULL;
        }
    Py_DECREF(it);
    if (PyErr_Occurred()) {
        if (!PyErr_ExceptionMatches(PyExc_StopIteration))
            return NULL;
        PyErr_Clear();
    }
    if (Py_SIZE(self) < self->allocated && list_resize(self, Py_SIZE(self)) < 0)
        return NULL;
    Py_RETURN_NONE;
}

PyObject *_PyList_Extend(PyListObject *self, PyObject *iterable) { return list_extend((PyObject *)self, iterable); }
void _PyList_DebugMallocStats(FILE *out) {}

/* ---- slots ---- */

static void list_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, list_dealloc)
    PyObject **items = LIST(self)->ob_item;
    if (items != NULL) {
        for (PyObject **p = items + Py_SIZE(self); p-- > items;)
            Py_XDECREF(*p);
        PyMem_Free(items);
    }
    if (Py_TYPE(self) == &PyList_Type)
        container_free_small(self);
    else
        Py_TYPE(self)->tp_free(self);
    Py_TRASHCAN_END
}

static int list_traverse(PyObject *self, visitproc visit, void *arg)
{
    for (Py_ssize_t i = Py_SIZE(self); --i >= 0;)
        Py_VISIT(LIST(self)->ob_item[i]);
    return 0;
}

static PyObject *list_repr(PyObject *self)
{
    if (Py_SIZE(self) == 0)
        return PyUnicode_FromString("[]");
    int nested = Py_ReprEnter(self);
    if (nested != 0)
        return nested > 0 ? PyUnicode_FromString("[...]") : NULL;
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    w.overallocate = 1;
    w.min_length = 64;
    int result = _PyUnicodeWriter_WriteChar(&w, '[');
    for (Py_ssize_t i = 0; result == 0 && i < Py_SIZE(self); i++) {
        if (i > 0)
            result = _PyUnicodeWriter_WriteASCIIString(&w, ", ", 2);
        PyObject *item = LIST(self)->ob_item[i];
        Py_INCREF(item);
        if (result == 0)
            result = str_write_repr(&w, item);
        Py_DECREF(item);
    }
    Py_ReprLeave(self);
    if (result == 0)
        result = _PyUnicodeWriter_WriteChar(&w, ']');
    if (result < 0) {
        _PyUnicodeWriter_Dealloc(&w);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&w);
}

static Py_ssize_t list_length(PyObject *self) { return Py_SIZE(self); }

static int list_contains(PyObject *self, PyObject *wanted)
{
    int equal = 0;
    for (Py_ssize_t i = 0; equal == 0 && i < Py_SIZE(self); i++) {
        PyObject *item = LIST(self)->ob_item[i];
        if (item == wanted)
            return 1;
        Py_INCREF(item);
        equal = PyObject_RichCompareBool(item, wanted, Py_EQ);
        Py_DECREF(item);
    }
    return equal;
}

static PyObject *list_item(PyObject *self, Py_ssize_t i)
{
    if ((size_t)i >= (size_t)Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "list index out of range");
        return NULL;
    }
    PyObject *item = LIST(self)->ob_item[i];
    Py_INCREF(item);
    return item;
}

static int list_ass_item(PyObject *self, Py_ssize_t i, PyObject *v)
{
    if ((size_t)i >= (size_t)Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "list assignment index out of range");
        return -1;
    }
    if (v == NULL)
        return list_assign_slice(LIST(self), i, i + 1, NULL);
    Py_INCREF(v);
    PyObject *old = LIST(self)->ob_item[i];
    LIST(self)->ob_item[i] = v;
    Py_DECREF(old);
    return 0;
}

static PyObject *list_concat(PyObject *a, PyObject *b)
{
    if (!PyList_Check(b)) {
        PyErr_Format(PyExc_TypeError, "can only concatenate list (not \"%.200s\") to list", Py_TYPE(b)->tp_name);
        return NULL;
    }
    PyListObject *sum = list_raw_new();
    if (sum == NULL || list_raw_room(sum, Py_SIZE(a) + Py_SIZE(b)) < 0)
        return NULL;
    PyObject **to = sum->ob_item;
    for (int k = 0; k < 2; k++) {
        PyListObject *from = LIST(k == 0 ? a : b);
        for (Py_ssize_t i = 0; i < Py_SIZE(from); i++) {
            Py_INCREF(from->ob_item[i]);
            *to++ = from->ob_item[i];
        }
    }
    container_track_small(sum);
    return (PyObject *)sum;
}

static void repeat_into(PyObject **to, PyObject **from, Py_ssize_t size, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < size; i++)
        from[i]->ob_refcnt += n;
    if (size == 1) {
        for (Py_ssize_t i = 0; i < n; i++)
            to[i] = from[0];
        return;
    }
    for (Py_ssize_t k = 0; k < n; k++)
        memcpy(to + k * size, from, (size_t)size * sizeof *to);
}

static PyObject *list_repeat(PyObject *self, Py_ssize_t n)
{
    PyListObject *copy = list_raw_new();
    if (copy == NULL)
        return NULL;
    Py_ssize_t size = n <= 0 ? 0 : Py_SIZE(self);
    if (size > 0 && size > PY_SSIZE_T_MAX / n) {
        container_free_small(copy);
        return PyErr_NoMemory();
    }
    if (list_raw_room(copy, size * n) < 0)
        return NULL;
    if (size > 0)
        repeat_into(copy->ob_item, LIST(self)->ob_item, size, n);
    container_track_small(copy);
    return (PyObject *)copy;
}

static PyObject *list_inplace_repeat(PyObject *self, Py_ssize_t n)
{
    Py_ssize_t size = Py_SIZE(self);
    if (n <= 0) {
        list_clear_items(LIST(self));
    } else if (size > 0 && n > 1) {
        if (size > PY_SSIZE_T_MAX / n)
            return PyErr_NoMemory();
        if (list_resize(LIST(self), size * n) < 0)
            return NULL;
        repeat_into(LIST(self)->ob_item + size, LIST(self)->ob_item, size, n - 1);
    }
    Py_INCREF(self);
    return self;
}

static PyObject *list_inplace_concat(PyObject *self, PyObject *other)
{
    PyObject *done = list_extend(self, other);
    if (done == NULL)
        return NULL;
    Py_DECREF(done);
    Py_INCREF(self);
    return self;
}

static PyObject *list_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyList_Check(a) || !PyList_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    if (Py_SIZE(a) != Py_SIZE(b) && (op == Py_EQ || op == Py_NE))
        return PyBool_FromLong(op == Py_NE);
    Py_ssize_t i;
    for (i = 0; i < Py_SIZE(a) && i < Py_SIZE(b); i++) {
        PyObject *x = LIST(a)->ob_item[i], *y = LIST(b)->ob_item[i];
        if (x == y)
            continue;
        Py_INCREF(x);
        Py_INCREF(y);
        int equal = PyObject_RichCompareBool(x, y, Py_EQ);
        Py_DECREF(x);
        Py_DECREF(y);
        if (equal < 0)
            return NULL;
        if (!equal)
            break;
    }
    if (i >= Py_SIZE(a) || i >= Py_SIZE(b))
        Py_RETURN_RICHCOMPARE(Py_SIZE(a), Py_SIZE(b), op);
    if (op == Py_EQ || op == Py_NE)
        return PyBool_FromLong(op == Py_NE);
    PyObject *x = LIST(a)->ob_item[i], *y = LIST(b)->ob_item[i];
    Py_INCREF(x);
    Py_INCREF(y);
    PyObject *result = PyObject_RichCompare(x, y, op);
    Py_DECREF(x);
    Py_DECREF(y);
    return result;
}

/* ---- subscripts ---- */

static PyObject *bad_index(PyObject *key)
{
    return PyErr_Format(PyExc_TypeError, "list indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
}

PyObject *list_subscript(PyObject *self, PyObject *key)
{
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return NULL;
        return list_item(self, i < 0 ? i + Py_SIZE(self) : i);
    }
    if (!PySlice_Check(key))
        return bad_index(key);
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return NULL;
    if (step == 1) {
        PySlice_AdjustIndices(Py_SIZE(self), &start, &stop, step);
        return list_slice(LIST(self), start, stop);
    }
    PyListObject *copy = list_raw_new();
    if (copy == NULL)
        return NULL;
    Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(self), &start, &stop, step);
    if (list_raw_room(copy, n) < 0)
        return NULL;
    if (n > 0)
        copy_items(copy->ob_item, LIST(self)->ob_item + start, step, n);
    container_track_small(copy);
    return (PyObject *)copy;
}

/* del self[start::step], n items, step other than 1. */
static int delete_stepped(PyListObject *self, Py_ssize_t start, Py_ssize_t step, Py_ssize_t n)
{
    if (n <= 0)
        return 0;
    if (step < 0) {
        start += step * (n - 1);
        step = -step;
    }
    PyObject **removed = PyMem_Malloc((size_t)n * sizeof *removed);
    if (removed == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    Py_ssize_t to = start, k = 0, size = Py_SIZE(self);
    for (Py_ssize_t from = start; from < size; from++) {
        if (k < n && from == start + k * step)
            removed[k++] = self->ob_item[from];
        else
            self->ob_item[to++] = self->ob_item[from];
    }
    Py_SET_SIZE(self, to);
    int result = list_resize(self, to);
    while (--k >= 0)
        Py_DECREF(removed[k]);
    PyMem_Free(removed);
    return result;
}

static int assign_stepped(PyListObject *self, PyObject *key, PyObject *v)
{
    PyObject *fast = v == (PyObject *)self ? list_slice(self, 0, Py_SIZE(self))
                                           : PySequence_Fast(v, "must assign iterable to extended slice");
    if (fast == NULL)
        return -1;
    Py_ssize_t start, stop, step, n;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0) {
        Py_DECREF(fast);
        return -1;
    }
    n = PySlice_AdjustIndices(Py_SIZE(self), &start, &stop, step);
    if (PySequence_Fast_GET_SIZE(fast) != n) {
        PyErr_Format(PyExc_ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd",
                     PySequence_Fast_GET_SIZE(fast), n);
        Py_DECREF(fast);
        return -1;
    }
    PyObject **removed = n > 0 ? PyMem_Malloc((size_t)n * sizeof *removed) : NULL;
    if (n > 0 && removed == NULL) {
        Py_DECREF(fast);
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++, start += step) {
        PyObject *item = PySequence_Fast_GET_ITEM(fast, i);
        removed[i] = self->ob_item[start];
        Py_INCREF(item);
        self->ob_item[start] = item;
    }
    for (Py_ssize_t i = 0; i < n; i++)
        Py_DECREF(removed[i]);
    PyMem_Free(removed);
    Py_DECREF(fast);
    return 0;
}

static int list_ass_subscript(PyObject *self, PyObject *key, PyObject *v)
{
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return -1;
        return list_ass_item(self, i < 0 ? i + Py_SIZE(self) : i, v);
    }
    if (!PySlice_Check(key)) {
        bad_index(key);
        return -1;
    }
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return -1;
    Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(self), &start, &stop, step);
    if (step == 1)
        return list_assign_slice(LIST(self), start, stop, v);
    return v == NULL ? delete_stepped(LIST(self), start, step, n) : assign_stepped(LIST(self), key, v);
}

/* ---- construction ---- */

static int list_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *iterable = NULL;
    if ((Py_IS_TYPE(self, &PyList_Type) || Py_TYPE(self)->tp_new == PyList_Type.tp_new) && !_PyArg_NoKeywords("list", kwargs))
        return -1;
    if (!_PyArg_CheckPositional("list", PyTuple_GET_SIZE(args), 0, 1))
        return -1;
    if (PyTuple_GET_SIZE(args) == 1)
        iterable = PyTuple_GET_ITEM(args, 0);
    list_clear_items(LIST(self));
    if (iterable != NULL) {
        PyObject *done = list_extend(self, iterable);
        if (done == NULL)
            return -1;
        Py_DECREF(done);
    }
    return 0;
}

static PyObject *list_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (!_PyArg_NoKwnames("list", kwnames) || !_PyArg_CheckPositional("list", n, 0, 1))
        return NULL;
    PyObject *self = type == (PyObject *)&PyList_Type ? PyList_New(0)
                                                      : PyType_GenericAlloc((PyTypeObject *)type, 0);
    if (self == NULL || n == 0)
        return self;
    PyObject *done = list_extend(self, args[0]);
    if (done == NULL)
        Py_CLEAR(self);
    Py_XDECREF(done);
    return self;
}

static PySequenceMethods list_as_sequence = {
    .sq_length = list_length,
    .sq_concat = list_concat,
    .sq_repeat = list_repeat,
    .sq_item = list_item,
    .sq_ass_item = list_ass_item,
    .sq_contains = list_contains,
    .sq_inplace_concat = list_inplace_concat,
    .sq_inplace_repeat = list_inplace_repeat,
};
static PyMappingMethods list_as_mapping = {list_length, list_subscript, list_ass_subscript};

PyTypeObject PyList_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "list",
    .tp_basicsize = sizeof(PyListObject),
    .tp_dealloc = list_dealloc,
    .tp_repr = list_repr,
    .tp_as_sequence = &list_as_sequence,
    .tp_as_mapping = &list_as_mapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_LIST_SUBCLASS |
                _Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_SEQUENCE,
    .tp_doc = PyDoc_STR("list(iterable=(), /)\n--\n\nBuilt-in mutable sequence.\n\n"
                        "If no argument is given, the constructor creates a new empty list.\n"
                        "The argument must be an iterable if specified."),
    .tp_traverse = list_traverse,
    .tp_clear = list_tp_clear,
    .tp_richcompare = list_richcompare,
    .tp_iter = list_iter,
    .tp_methods = list_methods,
    .tp_init = list_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = list_vectorcall,
};
