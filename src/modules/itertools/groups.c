/* itertools: groupby and tee. */
#include "modules/itertools/itertools.h"
#include "objects/names.h"
#include "objects/object.h"

#include <stddef.h>

/* ---- groupby: r0 iterator, r1 key function (or None), r2 [current value, current key, target key] -------------- */

/* The three live in a struct of their own, because four fields are not enough. */
typedef struct {
    PyObject_HEAD
    PyObject *it, *key_function, *target, *key, *value;
    const void *group;  /* the group that may still step this one; borrowed, compared only */
} GroupBy;

typedef struct {
    PyObject_HEAD
    PyObject *parent, *target;
} Grouper;

static PyObject *groupby_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"iterable", "key", NULL};
    PyObject *iterable, *f = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:groupby", names, &iterable, &f))
        return NULL;
    PyObject *it = PyObject_GetIter(iterable);
    GroupBy *g = it ? (GroupBy *)type->tp_alloc(type, 0) : NULL;
    if (!g) {
        Py_XDECREF(it);
        return NULL;
    }
    g->it = it;
    g->key_function = Py_NewRef(f);
    return (PyObject *)g;
}
static int groupby_clear(PyObject *self)
{
    GroupBy *g = (GroupBy *)self;
    Py_CLEAR(g->it);
    Py_CLEAR(g->key_function);
    Py_CLEAR(g->target);
    Py_CLEAR(g->key);
    Py_CLEAR(g->value);
    return 0;
}
static void groupby_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    groupby_clear(self);
    Py_TYPE(self)->tp_free(self);
}
static int groupby_traverse(PyObject *self, visitproc visit, void *arg)
{
    GroupBy *g = (GroupBy *)self;
    Py_VISIT(g->it);
    Py_VISIT(g->key_function);
    Py_VISIT(g->target);
    Py_VISIT(g->key);
    Py_VISIT(g->value);
    return 0;
}

/* Fetches the next value and its key; -1 at the end or on error. */
static int groupby_step(GroupBy *g)
{
    PyObject *value = iter_next(g->it);
    if (!value)
        return -1;
    PyObject *key = g->key_function == Py_None ? Py_NewRef(value) : PyObject_CallOneArg(g->key_function, value);
    if (!key) {
        Py_DECREF(value);
        return -1;
    }
    Py_XSETREF(g->value, value);
    Py_XSETREF(g->key, key);
    return 0;
}

/* Whether two keys are equal, holding them meanwhile. */
static int same_key(PyObject *a, PyObject *b)
{
    Py_INCREF(a);
    Py_INCREF(b);
    int same = PyObject_RichCompareBool(a, b, Py_EQ);
    Py_DECREF(a);
    Py_DECREF(b);
    return same;
}

static PyObject *grouper_make(GroupBy *g, PyObject *target)
{
    Grouper *group = PyObject_GC_New(Grouper, &grouper_type);
    if (!group)
        return NULL;
    group->parent = Py_NewRef((PyObject *)g);
    group->target = Py_NewRef(target);
    g->group = group;
    PyObject_GC_Track(group);
    return (PyObject *)group;
}

static PyObject *groupby_next(PyObject *self)
{
    GroupBy *g = (GroupBy *)self;
    g->group = NULL;
    for (;;) {
        if (g->key) {
            if (!g->target)
                break;
            int same = same_key(g->target, g->key);
            if (same < 0)
                return NULL;
            if (!same && g->key) /* comparing may have come back here and used it up */
                break;
        }
        if (groupby_step(g))
            return NULL;
    }
    PyObject *key = Py_NewRef(g->key);
    Py_XSETREF(g->target, Py_NewRef(key));
    PyObject *group = grouper_make(g, key), *r = group ? PyTuple_Pack(2, key, group) : NULL;
    Py_XDECREF(group);
    Py_DECREF(key);
    return r;
}
static PyObject *groupby_reduce(PyObject *self, PyObject *unused)
{
    GroupBy *g = (GroupBy *)self;
    if (g->target && g->key && g->value)
        return Py_BuildValue("O(OO)(OOO)", Py_TYPE(self), g->it, g->key_function, g->value, g->target, g->key);
    return Py_BuildValue("O(OO)", Py_TYPE(self), g->it, g->key_function);
}
static PyObject *groupby_setstate(PyObject *self, PyObject *state)
{
    GroupBy *g = (GroupBy *)self;
    PyObject *value, *target, *key;
    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "state is not a tuple");
        return NULL;
    }
    if (!PyArg_ParseTuple(state, "OOO", &value, &target, &key))
        return NULL;
    Py_XSETREF(g->value, Py_NewRef(value));
    Py_XSETREF(g->target, Py_NewRef(target));
    Py_XSETREF(g->key, Py_NewRef(key));
    Py_RETURN_NONE;
}
static PyMethodDef groupby_methods[] = {
    {"__reduce__", groupby_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", groupby_setstate, METH_O, "Set state information for unpickling."},
    {NULL},
};
PyTypeObject groupby_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "itertools.groupby", .tp_basicsize = sizeof(GroupBy), .tp_dealloc = groupby_dealloc,
    .tp_getattro = PyObject_GenericGetAttr, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "groupby(iterable, key=None)\n--\n\nmake an iterator that returns consecutive keys and groups from the iterable",
    .tp_traverse = groupby_traverse, .tp_clear = groupby_clear, .tp_iter = PyObject_SelfIter, .tp_iternext = groupby_next,
    .tp_methods = groupby_methods, .tp_new = groupby_new, .tp_alloc = PyType_GenericAlloc, .tp_free = PyObject_GC_Del,
};

static PyObject *grouper_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *parent, *target;
    if (!PyArg_ParseTuple(args, "O!O", &groupby_type, &parent, &target))
        return NULL;
    return grouper_make((GroupBy *)parent, target);
}
static int grouper_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Grouper *)self)->parent);
    Py_VISIT(((Grouper *)self)->target);
    return 0;
}
static void grouper_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((Grouper *)self)->parent);
    Py_XDECREF(((Grouper *)self)->target);
    PyObject_GC_Del(self);
}
static PyObject *grouper_next(PyObject *self)
{
    Grouper *group = (Grouper *)self;
    GroupBy *g = (GroupBy *)group->parent;
    if (g->group != group)
        return NULL;
    if (!g->value && groupby_step(g))
        return NULL;
    int same = g->key ? same_key(group->target, g->key) : 0;
    if (same <= 0)
        return NULL;
    PyObject *r = g->value;
    g->value = NULL;
    Py_CLEAR(g->key);
    return r;
}
static PyObject *grouper_reduce(PyObject *self, PyObject *unused)
{
    Grouper *group = (Grouper *)self;
    if (((GroupBy *)group->parent)->group != group)
        return Py_BuildValue("N(())", _PyEval_GetBuiltin(N(iter)));
    return Py_BuildValue("O(OO)", Py_TYPE(self), group->parent, group->target);
}
static PyMethodDef grouper_methods[] = {{"__reduce__", grouper_reduce, METH_NOARGS, "Return state information for pickling."}, {NULL}};
PyTypeObject grouper_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "itertools._grouper", .tp_basicsize = sizeof(Grouper), .tp_dealloc = grouper_dealloc,
    .tp_getattro = PyObject_GenericGetAttr, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = grouper_traverse,
    .tp_iter = PyObject_SelfIter, .tp_iternext = grouper_next, .tp_methods = grouper_methods, .tp_new = grouper_new,
    .tp_free = PyObject_GC_Del,
};

/* ---- tee: iterators over a shared list of links of LINK items -------------------------------------------------- */

#define LINK 57

typedef struct tee_data {
    PyObject_HEAD
    PyObject *it;
    int count, running;
    struct tee_data *next;
    PyObject *values[LINK];
} TeeData;

typedef struct {
    PyObject_HEAD
    TeeData *data;
    int index;
    PyObject *weakrefs;
} Tee;

static TeeData *data_make(PyObject *it)
{
    TeeData *d = PyObject_GC_New(TeeData, &tee_data_type);
    if (!d)
        return NULL;
    d->it = Py_NewRef(it);
    d->count = d->running = 0;
    d->next = NULL;
    PyObject_GC_Track(d);
    return d;
}
static TeeData *data_next(TeeData *d)
{
    if (!d->next)
        d->next = data_make(d->it);
    return (TeeData *)Py_XNewRef((PyObject *)d->next);
}
/* Item i of a link, fetching it when it is the next one. */
static PyObject *data_item(TeeData *d, int i)
{
    if (i < d->count)
        return Py_NewRef(d->values[i]);
    if (d->running) {
        PyErr_SetString(PyExc_RuntimeError, "cannot re-enter the tee iterator");
        return NULL;
    }
    d->running = 1;
    PyObject *item = iter_next(d->it);
    d->running = 0;
    if (!item)
        return NULL;
    d->values[d->count++] = item;
    return Py_NewRef(item);
}
static int data_traverse(PyObject *self, visitproc visit, void *arg)
{
    TeeData *d = (TeeData *)self;
    Py_VISIT(d->it);
    for (int i = 0; i < d->count; i++)
        Py_VISIT(d->values[i]);
    Py_VISIT(d->next);
    return 0;
}
static int data_clear(PyObject *self)
{
    TeeData *d = (TeeData *)self, *next = d->next;
    Py_CLEAR(d->it);
    while (d->count > 0)
        Py_DECREF(d->values[--d->count]);
    d->next = NULL;
    while (next && Py_REFCNT(next) == 1) {  /* long chains without recursion */
        TeeData *after = next->next;
        next->next = NULL;
        Py_DECREF(next);
        next = after;
    }
    Py_XDECREF(next);
    return 0;
}
static void data_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    data_clear(self);
    PyObject_GC_Del(self);
}
static PyObject *data_reduce(PyObject *self, PyObject *unused)
{
    TeeData *d = (TeeData *)self;
    PyObject *values = PyList_New(d->count);
    for (int i = 0; values && i < d->count; i++)
        PyList_SET_ITEM(values, i, Py_NewRef(d->values[i]));
    return values ? Py_BuildValue("O(ONO)", Py_TYPE(self), d->it, values, d->next ? (PyObject *)d->next : Py_None) : NULL;
}
static PyObject *data_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *it, *values, *next;
    if (!PyArg_ParseTuple(args, "OO!O", &it, &PyList_Type, &values, &next))
        return NULL;
    TeeData *d = data_make(it);
    if (!d)
        return NULL;
    Py_ssize_t n = PyList_GET_SIZE(values);
    if (n > LINK || (next != Py_None && (n != LINK || !Py_IS_TYPE(next, &tee_data_type)))) {
        PyErr_SetString(PyExc_ValueError, "Invalid arguments");
        Py_DECREF(d);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++)
        d->values[i] = Py_NewRef(PyList_GET_ITEM(values, i));
    d->count = (int)n;
    if (next != Py_None)
        d->next = (TeeData *)Py_NewRef(next);
    return (PyObject *)d;
}
static PyMethodDef data_methods[] = {{"__reduce__", data_reduce, METH_NOARGS, "Return state information for pickling."}, {NULL}};
PyTypeObject tee_data_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "itertools._tee_dataobject", .tp_basicsize = sizeof(TeeData), .tp_dealloc = data_dealloc,
    .tp_getattro = PyObject_GenericGetAttr, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "teedataobject(iterable, values, next, /)\n--\n\nData container common to multiple tee objects.", .tp_traverse = data_traverse,
    .tp_clear = data_clear, .tp_methods = data_methods, .tp_new = data_new, .tp_free = PyObject_GC_Del,
};

/* Steals data. */
static PyObject *tee_make(TeeData *data, int index)
{
    Tee *t = data ? PyObject_GC_New(Tee, &tee_type) : NULL;
    if (!t) {
        Py_XDECREF(data);
        return NULL;
    }
    t->data = data;
    t->index = index;
    t->weakrefs = NULL;
    PyObject_GC_Track(t);
    return (PyObject *)t;
}
static PyObject *tee_copy(PyObject *self, PyObject *unused)
{
    return tee_make((TeeData *)Py_NewRef((PyObject *)((Tee *)self)->data), ((Tee *)self)->index);
}
static PyObject *tee_from_iterable(PyObject *iterable)
{
    PyObject *it = PyObject_GetIter(iterable), *r;
    if (!it)
        return NULL;
    r = PyObject_TypeCheck(it, &tee_type) ? tee_copy(it, NULL) : tee_make(data_make(it), 0);
    Py_DECREF(it);
    return r;
}
static PyObject *tee_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *iterable;
    return PyArg_UnpackTuple(args, "_tee", 1, 1, &iterable) ? tee_from_iterable(iterable) : NULL;
}
static PyObject *tee_next(PyObject *self)
{
    Tee *t = (Tee *)self;
    if (t->index >= LINK) {
        TeeData *next = data_next(t->data);
        if (!next)
            return NULL;
        Py_SETREF(t->data, next);
        t->index = 0;
    }
    TeeData *data = (TeeData *)Py_NewRef(t->data);
    PyObject *item = data_item(data, t->index);
    Py_DECREF(data);
    if (item)
        t->index++;
    return item;
}
static int tee_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Tee *)self)->data);
    return 0;
}
static int tee_clear(PyObject *self)
{
    if (((Tee *)self)->weakrefs)
        PyObject_ClearWeakRefs(self);
    Py_CLEAR(((Tee *)self)->data);
    return 0;
}
static void tee_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    tee_clear(self);
    PyObject_GC_Del(self);
}
static PyObject *tee_reduce(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("O(())(Oi)", Py_TYPE(self), ((Tee *)self)->data, ((Tee *)self)->index);
}
static PyObject *tee_setstate(PyObject *self, PyObject *state)
{
    PyObject *data;
    int index;
    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "state is not a tuple");
        return NULL;
    }
    if (!PyArg_ParseTuple(state, "O!i", &tee_data_type, &data, &index))
        return NULL;
    if (index < 0 || index > LINK) {
        PyErr_SetString(PyExc_ValueError, "Index out of range");
        return NULL;
    }
    Py_XSETREF(((Tee *)self)->data, (TeeData *)Py_NewRef(data));
    ((Tee *)self)->index = index;
    Py_RETURN_NONE;
}
static PyMethodDef tee_methods[] = {
    {"__copy__", tee_copy, METH_NOARGS, "Returns an independent iterator."},
    {"__reduce__", tee_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", tee_setstate, METH_O, "Set state information for unpickling."},
    {NULL},
};
PyTypeObject tee_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "itertools._tee", .tp_basicsize = sizeof(Tee), .tp_dealloc = tee_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_doc = "Iterator wrapped to make it copyable.", .tp_traverse = tee_traverse,
    .tp_clear = tee_clear, .tp_weaklistoffset = offsetof(Tee, weakrefs), .tp_iter = PyObject_SelfIter, .tp_iternext = tee_next,
    .tp_methods = tee_methods, .tp_new = tee_new, .tp_free = PyObject_GC_Del,
};

PyObject *itertools_tee(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
    if (nargs < 1 || nargs > 2) {
        PyErr_Format(PyExc_TypeError, "tee expected at %s %d argument%s, got %zd", nargs < 1 ? "least" : "most", nargs < 1 ? 1 : 2,
                     nargs < 1 ? "" : "s", nargs);
        return NULL;
    }
    Py_ssize_t n = nargs > 1 ? number_argument(args[1]) : 2;
    if (n == -1 && PyErr_Occurred())
        return NULL;
    if (n < 0) {
        PyErr_SetString(PyExc_ValueError, "n must be >= 0");
        return NULL;
    }
    PyObject *r = PyTuple_New(n);
    if (!r || n == 0)
        return r;
    /* an iterator that can be copied is the first result itself */
    PyObject *it = PyObject_GetIter(args[0]), *copy = it ? PyObject_GetAttrString(it, "__copy__") : NULL, *first = NULL;
    if (it && !copy && PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
        first = tee_from_iterable(it);
        copy = first ? PyObject_GetAttrString(first, "__copy__") : NULL;
    }
    else if (copy)
        first = Py_NewRef(it);
    Py_XDECREF(it);
    if (first && !copy)
        Py_CLEAR(first);
    for (Py_ssize_t i = 0; first && i < n; i++) {
        PyObject *t = i ? PyObject_CallNoArgs(copy) : Py_NewRef(first);
        if (!t)
            Py_CLEAR(first);
        else
            PyTuple_SET_ITEM(r, i, t);
    }
    Py_XDECREF(copy);
    if (!first)
        Py_CLEAR(r);
    Py_XDECREF(first);
    return r;
}
