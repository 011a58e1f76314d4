/* itertools: the plain iterators. */
#include "modules/itertools/itertools.h"

/* ---- shared ------------------------------------------------------------------------------------------------ */

void iter_dealloc(PyObject *self)
{
    Iter *it = (Iter *)self;
    PyObject_GC_UnTrack(self);
    for (int i = 0; i < 4; i++)
        Py_XDECREF(it->r[i]);
    PyMem_Free(it->index);
    Py_TYPE(self)->tp_free(self);
}
int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    for (int i = 0; i < 4; i++)
        Py_VISIT(((Iter *)self)->r[i]);
    return 0;
}
int iter_clear(PyObject *self)
{
    for (int i = 0; i < 4; i++)
        Py_CLEAR(((Iter *)self)->r[i]);
    return 0;
}
Iter *iter_new(PyTypeObject *type) { return (Iter *)type->tp_alloc(type, 0); }

int iter_no_keywords(PyTypeObject *type, PyTypeObject *base, PyObject *kwargs, const char *name)
{
    if (!kwargs || PyDict_GET_SIZE(kwargs) == 0 || (type != base && type->tp_init != base->tp_init))
        return 0;
    PyErr_Format(PyExc_TypeError, "%s() takes no keyword arguments", name);
    return -1;
}

/* A new `type` over iter(iterable) and one more object (may be NULL). */
static PyObject *over(PyTypeObject *type, PyObject *iterable, PyObject *other)
{
    PyObject *source = PyObject_GetIter(iterable);
    Iter *it = source ? iter_new(type) : NULL;
    if (!it) {
        Py_XDECREF(source);
        return NULL;
    }
    it->r[0] = source;
    it->r[1] = Py_XNewRef(other);
    return (PyObject *)it;
}

/* Clears a StopIteration; 0 when there is no other error pending. */
static int finished(void)
{
    if (!PyErr_Occurred())
        return 1;
    if (!PyErr_ExceptionMatches(PyExc_StopIteration))
        return 0;
    PyErr_Clear();
    return 1;
}

/* ---- chain: r0 iterator of iterables (NULL at the end), r1 the running one --------------------------------- */

static PyObject *chain_over(PyTypeObject *type, PyObject *iterables)
{
    return over(type, iterables, NULL);
}
static PyObject *chain_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    return iter_no_keywords(type, &chain_type, kwargs, "chain") ? NULL : chain_over(type, args);
}
static PyObject *chain_from_iterable(PyObject *type, PyObject *iterable) { return chain_over((PyTypeObject *)type, iterable); }

static PyObject *chain_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    while (it->r[0]) {
        if (!it->r[1]) {
            PyObject *iterable = iter_next(it->r[0]);
            if (!iterable) {
                Py_CLEAR(it->r[0]);
                return NULL;
            }
            PyObject *active = PyObject_GetIter(iterable);
            Py_DECREF(iterable);
            if (!active) {
                Py_CLEAR(it->r[0]);
                return NULL;
            }
            Py_XSETREF(it->r[1], active);
            continue; /* what that dropped may have come back here */
        }
        PyObject *item = iter_step(it->r[1]);
        if (item)
            return item;
        if (!finished())
            return NULL;
        Py_CLEAR(it->r[1]);
    }
    return NULL;
}
static PyObject *chain_reduce(PyObject *self, PyObject *unused)
{
    Iter *it = (Iter *)self;
    if (!it->r[0])
        return Py_BuildValue("O()", Py_TYPE(self));
    return it->r[1] ? Py_BuildValue("O()(OO)", Py_TYPE(self), it->r[0], it->r[1]) : Py_BuildValue("O()(O)", Py_TYPE(self), it->r[0]);
}
static PyObject *chain_setstate(PyObject *self, PyObject *state)
{
    PyObject *source, *active = NULL;
    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "state is not a tuple");
        return NULL;
    }
    if (!PyArg_ParseTuple(state, "O|O", &source, &active))
        return NULL;
    if (!PyIter_Check(source) || (active && !PyIter_Check(active))) {
        PyErr_SetString(PyExc_TypeError, "Arguments must be iterators.");
        return NULL;
    }
    Py_XSETREF(((Iter *)self)->r[0], Py_NewRef(source));
    Py_XSETREF(((Iter *)self)->r[1], Py_XNewRef(active));
    Py_RETURN_NONE;
}
static PyMethodDef chain_methods[] = {
    {"from_iterable", chain_from_iterable, METH_O | METH_CLASS,
     "from_iterable($type, iterable, /)\n--\n\nAlternative chain() constructor taking a single iterable argument that evaluates lazily."},
    {"__reduce__", chain_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", chain_setstate, METH_O, "Set state information for unpickling."},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "See PEP 585"},
    {NULL},
};
ITER_TYPE(chain_type, "chain", chain_new, chain_next, chain_methods,
          "chain(*iterables) --> chain object\n\nReturn a chain object whose .__next__() method returns elements from the\n"
          "first iterable until it is exhausted, then elements from the next\niterable, until all of the iterables are exhausted.");

/* ---- islice: r0 iterator (NULL at the end); n0 next index wanted, n1 stop or -1, n2 step, n3 count taken ---- */

static int slice_number(PyObject *o, Py_ssize_t missing, Py_ssize_t *out, const char *message, Py_ssize_t least)
{
    *out = missing;
    if (o == Py_None)
        return 0;
    *out = PyNumber_AsSsize_t(o, PyExc_OverflowError);
    if (*out == -1 && PyErr_Occurred())
        PyErr_Clear();
    if (*out >= least)
        return 0;
    PyErr_SetString(PyExc_ValueError, message);
    return -1;
}

static PyObject *islice_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *seq, *a = NULL, *b = NULL, *c = NULL;
    Py_ssize_t start = 0, stop, step = 1;
    if (iter_no_keywords(type, &islice_type, kwargs, "islice") || !PyArg_UnpackTuple(args, "islice", 2, 4, &seq, &a, &b, &c))
        return NULL;
    if (PyTuple_GET_SIZE(args) == 2) {
        if (slice_number(a, -1, &stop, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.", 0))
            return NULL;
    }
    else {
        const char *message = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        if (slice_number(b, -1, &stop, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.", 0) ||
            slice_number(a, 0, &start, message, 0) ||
            (c && slice_number(c, 1, &step, "Step for islice() must be a positive integer or None.", 1)))
            return NULL;
    }
    PyObject *self = over(type, seq, NULL);
    if (self) {
        Iter *it = (Iter *)self;
        it->n[0] = start;
        it->n[1] = stop;
        it->n[2] = step;
    }
    return self;
}
static PyObject *islice_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    PyObject *source = it->r[0], *item;
    Py_ssize_t stop = it->n[1];
    if (!source)
        return NULL;
    Py_INCREF(source); /* the source may come back here and reach the end */
    while (it->n[3] < it->n[0]) {
        if (!(item = iter_step(source)))
            goto end;
        Py_DECREF(item);
        it->n[3]++;
    }
    if ((stop >= 0 && it->n[3] >= stop) || !(item = iter_step(source)))
        goto end;
    Py_DECREF(source);
    it->n[3]++;
    Py_ssize_t before = it->n[0];
    it->n[0] += (size_t)it->n[2];
    if (it->n[0] < before || (stop >= 0 && it->n[0] > stop))
        it->n[0] = stop;
    return item;
end:
    Py_DECREF(source);
    Py_CLEAR(it->r[0]);
    return NULL;
}
static PyObject *islice_reduce(PyObject *self, PyObject *unused)
{
    Iter *it = (Iter *)self;
    if (!it->r[0]) {
        PyObject *empty = PyTuple_New(0), *iter = empty ? PyObject_GetIter(empty) : NULL;
        Py_XDECREF(empty);
        return iter ? Py_BuildValue("O(Nn)n", Py_TYPE(self), iter, (Py_ssize_t)0, (Py_ssize_t)0) : NULL;
    }
    PyObject *stop = it->n[1] < 0 ? Py_NewRef(Py_None) : PyLong_FromSsize_t(it->n[1]);
    return stop ? Py_BuildValue("O(OnNn)n", Py_TYPE(self), it->r[0], it->n[0], stop, it->n[2], it->n[3]) : NULL;
}
static PyObject *islice_setstate(PyObject *self, PyObject *state)
{
    Py_ssize_t n = PyLong_AsSsize_t(state);
    if (n == -1 && PyErr_Occurred())
        return NULL;
    ((Iter *)self)->n[3] = n;
    Py_RETURN_NONE;
}
static PyMethodDef islice_methods[] = {
    {"__reduce__", islice_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", islice_setstate, METH_O, "Set state information for unpickling."},
    {NULL},
};
ITER_TYPE(islice_type, "islice", islice_new, islice_next, islice_methods,
          "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\n"
          "Return an iterator whose next() method returns selected values from an\niterable.");

/* ---- count: r0 the next value when it is not a C number, r1 step; n0 next value, n1 whether n0 counts by one -- */

static PyObject *count_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"start", "step", NULL};
    PyObject *start = NULL, *step = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OO:count", names, &start, &step))
        return NULL;
    if ((start && !PyNumber_Check(start)) || (step && !PyNumber_Check(step))) {
        PyErr_SetString(PyExc_TypeError, "a number is required");
        return NULL;
    }
    Iter *it = iter_new(type);
    if (!it)
        return NULL;
    it->r[1] = step ? Py_NewRef(step) : PyLong_FromLong(1);
    int by_one = it->r[1] && PyLong_Check(it->r[1]) && PyLong_AsLong(it->r[1]) == 1;
    PyErr_Clear();
    it->n[1] = by_one;
    if (!start)
        it->n[0] = 0;
    else if (PyLong_CheckExact(start)) {
        it->n[0] = PyLong_AsSsize_t(start);
        if (it->n[0] == -1 && PyErr_Occurred()) {
            PyErr_Clear();
            it->n[1] = 0;
        }
    }
    else
        it->n[1] = 0;
    if (!it->n[1])
        it->r[0] = start ? Py_NewRef(start) : PyLong_FromLong(0);
    return (PyObject *)it;
}
static PyObject *count_value(Iter *it) { return it->n[1] ? PyLong_FromSsize_t(it->n[0]) : Py_NewRef(it->r[0]); }
static PyObject *count_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    PyObject *now = count_value(it);
    if (!now)
        return NULL;
    if (it->n[1] && it->n[0] < PY_SSIZE_T_MAX) {
        it->n[0]++;
        return now;
    }
    PyObject *next = PyNumber_Add(now, it->r[1]);
    if (!next) {
        Py_DECREF(now);
        return NULL;
    }
    it->n[1] = 0;
    Py_XSETREF(it->r[0], next);
    return now;
}
/* The step when it is worth showing, borrowed, or NULL. */
static PyObject *count_step(Iter *it)
{
    if (PyLong_Check(it->r[1])) {
        int overflow;
        if (PyLong_AsLongAndOverflow(it->r[1], &overflow) == 1)
            return NULL;
    }
    return it->r[1];
}
static PyObject *count_repr(PyObject *self)
{
    PyObject *now = count_value((Iter *)self), *step = count_step((Iter *)self), *r = NULL;
    if (now)
        r = step ? PyUnicode_FromFormat("%s(%R, %R)", _PyType_Name(Py_TYPE(self)), now, step)
                 : PyUnicode_FromFormat("%s(%R)", _PyType_Name(Py_TYPE(self)), now);
    Py_XDECREF(now);
    return r;
}
static PyObject *count_reduce(PyObject *self, PyObject *unused)
{
    Iter *it = (Iter *)self;
    PyObject *now = count_value(it);
    if (!now)
        return NULL;
    return it->n[1] || !count_step(it) ? Py_BuildValue("O(N)", Py_TYPE(self), now) : Py_BuildValue("O(NO)", Py_TYPE(self), now, it->r[1]);
}
static PyMethodDef count_methods[] = {{"__reduce__", count_reduce, METH_NOARGS, "Return state information for pickling."}, {NULL}};
PyTypeObject count_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "itertools.count", .tp_basicsize = sizeof(Iter), .tp_dealloc = iter_dealloc, .tp_repr = count_repr,
    .tp_getattro = PyObject_GenericGetAttr, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "count(start=0, step=1)\n--\n\nReturn a count object whose .__next__() method returns consecutive values.",
    .tp_traverse = iter_traverse, .tp_clear = iter_clear, .tp_iter = PyObject_SelfIter, .tp_iternext = count_next,
    .tp_methods = count_methods, .tp_new = count_new, .tp_alloc = PyType_GenericAlloc, .tp_free = PyObject_GC_Del,
};

/* ---- cycle: r0 iterator (NULL after the first pass), r1 list of what was seen; n0 next index, n1 first pass over ---- */

static PyObject *cycle_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *iterable, *saved, *self = NULL;
    if (iter_no_keywords(type, &cycle_type, kwargs, "cycle") || !PyArg_UnpackTuple(args, "cycle", 1, 1, &iterable))
        return NULL;
    if ((saved = PyList_New(0))) {
        self = over(type, iterable, saved);
        Py_DECREF(saved);
    }
    return self;
}
static PyObject *cycle_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    if (it->r[0]) {
        PyObject *item = iter_next(it->r[0]);
        if (item) {
            if (!it->n[1] && PyList_Append(it->r[1], item)) {
                Py_DECREF(item);
                return NULL;
            }
            return item;
        }
        if (PyErr_Occurred())
            return NULL;
        Py_CLEAR(it->r[0]);
    }
    if (!it->r[1] || PyList_GET_SIZE(it->r[1]) == 0)
        return NULL;
    if (it->n[0] >= PyList_GET_SIZE(it->r[1])) /* the list is seen by __reduce__ and __setstate__: it can shrink */
        it->n[0] = 0;
    PyObject *item = Py_NewRef(PyList_GET_ITEM(it->r[1], it->n[0]));
    if (++it->n[0] >= PyList_GET_SIZE(it->r[1]))
        it->n[0] = 0;
    return item;
}
static PyObject *cycle_reduce(PyObject *self, PyObject *unused)
{
    Iter *it = (Iter *)self;
    if (it->r[0])
        return Py_BuildValue("O(O)(OO)", Py_TYPE(self), it->r[0], it->r[1], it->n[1] ? Py_True : Py_False);
    PyObject *iter = PyObject_GetIter(it->r[1]);
    if (!iter)
        return NULL;
    if (it->n[0]) {
        PyObject *r = PyObject_CallMethod(iter, "__setstate__", "n", it->n[0]);
        if (!r) {
            Py_DECREF(iter);
            return NULL;
        }
        Py_DECREF(r);
    }
    return Py_BuildValue("O(N)(OO)", Py_TYPE(self), iter, it->r[1], Py_True);
}
static PyObject *cycle_setstate(PyObject *self, PyObject *state)
{
    PyObject *saved;
    int first;
    if (!PyTuple_Check(state)) {
        PyErr_SetString(PyExc_TypeError, "state is not a tuple");
        return NULL;
    }
    if (!PyArg_ParseTuple(state, "O!i", &PyList_Type, &saved, &first))
        return NULL;
    Py_XSETREF(((Iter *)self)->r[1], Py_NewRef(saved));
    ((Iter *)self)->n[1] = first != 0;
    ((Iter *)self)->n[0] = 0;
    Py_RETURN_NONE;
}
static PyMethodDef cycle_methods[] = {
    {"__reduce__", cycle_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", cycle_setstate, METH_O, "Set state information for unpickling."},
    {NULL},
};
ITER_TYPE(cycle_type, "cycle", cycle_new, cycle_next, cycle_methods,
          "cycle(iterable, /)\n--\n\nReturn elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.");

/* ---- repeat: r0 the object; n0 how often still, -1 for ever ------------------------------------------------- */

static PyObject *repeat_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"object", "times", NULL};
    PyObject *o;
    Py_ssize_t times = -1, given = PyTuple_GET_SIZE(args) + (kwargs ? PyDict_GET_SIZE(kwargs) : 0);
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|n:repeat", names, &o, &times))
        return NULL;
    if (given == 2 && times < 0)
        times = 0;
    Iter *it = iter_new(type);
    if (it) {
        it->r[0] = Py_NewRef(o);
        it->n[0] = times;
    }
    return (PyObject *)it;
}
static PyObject *repeat_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    if (it->n[0] == 0)
        return NULL;
    if (it->n[0] > 0)
        it->n[0]--;
    return Py_NewRef(it->r[0]);
}
static PyObject *repeat_repr(PyObject *self)
{
    Iter *it = (Iter *)self;
    const char *name = _PyType_Name(Py_TYPE(self));
    return it->n[0] < 0 ? PyUnicode_FromFormat("%s(%R)", name, it->r[0]) : PyUnicode_FromFormat("%s(%R, %zd)", name, it->r[0], it->n[0]);
}
static PyObject *repeat_length_hint(PyObject *self, PyObject *unused)
{
    Iter *it = (Iter *)self;
    if (it->n[0] >= 0)
        return PyLong_FromSsize_t(it->n[0]);
    PyErr_SetString(PyExc_TypeError, "len() of unsized object");
    return NULL;
}
static PyObject *repeat_reduce(PyObject *self, PyObject *unused)
{
    Iter *it = (Iter *)self;
    return it->n[0] >= 0 ? Py_BuildValue("O(On)", Py_TYPE(self), it->r[0], it->n[0]) : Py_BuildValue("O(O)", Py_TYPE(self), it->r[0]);
}
static PyMethodDef repeat_methods[] = {
    {"__length_hint__", repeat_length_hint, METH_NOARGS, "Private method returning an estimate of len(list(it))."},
    {"__reduce__", repeat_reduce, METH_NOARGS, "Return state information for pickling."},
    {NULL},
};
PyTypeObject repeat_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "itertools.repeat", .tp_basicsize = sizeof(Iter), .tp_dealloc = iter_dealloc, .tp_repr = repeat_repr,
    .tp_getattro = PyObject_GenericGetAttr, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "repeat(object [,times]) -> create an iterator which returns the object\nfor the specified number of times.  If not "
              "specified, returns the object\nendlessly.",
    .tp_traverse = iter_traverse, .tp_clear = iter_clear, .tp_iter = PyObject_SelfIter, .tp_iternext = repeat_next,
    .tp_methods = repeat_methods, .tp_new = repeat_new, .tp_alloc = PyType_GenericAlloc, .tp_free = PyObject_GC_Del,
};

/* ---- takewhile, dropwhile, filterfalse, starmap: r0 iterator, r1 function; n0 state -------------------------- */

static PyObject *pair_new(PyTypeObject *type, PyTypeObject *base, PyObject *args, PyObject *kwargs, const char *name)
{
    PyObject *f, *iterable;
    if (iter_no_keywords(type, base, kwargs, name) || !PyArg_UnpackTuple(args, name, 2, 2, &f, &iterable))
        return NULL;
    return over(type, iterable, f);
}

/* Truth of f(item): -1 error. */
static int call_truth(PyObject *f, PyObject *item)
{
    PyObject *r = PyObject_CallOneArg(f, item);
    int truth = !r ? -1 : r == Py_True ? 1 : r == Py_False ? 0 : PyObject_IsTrue(r);
    Py_XDECREF(r);
    return truth;
}

#define PAIR_NEW(name)                                                                      \
    static PyObject *name##_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)       \
    {                                                                                       \
        return pair_new(type, &name##_type, args, kwargs, #name);                           \
    }
PAIR_NEW(takewhile)
PAIR_NEW(dropwhile)
PAIR_NEW(filterfalse)
PAIR_NEW(starmap)

static PyObject *takewhile_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    PyObject *item = it->n[0] ? NULL : iter_step(it->r[0]);
    if (!item)
        return NULL;
    int truth = call_truth(it->r[1], item);
    if (truth == 1)
        return item;
    Py_DECREF(item);
    if (truth == 0)
        it->n[0] = 1;
    return NULL;
}
static PyObject *dropwhile_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    for (;;) {
        PyObject *item = iter_step(it->r[0]);
        if (!item || it->n[0])
            return item;
        int truth = call_truth(it->r[1], item);
        if (truth == 0) {
            it->n[0] = 1;
            return item;
        }
        Py_DECREF(item);
        if (truth < 0)
            return NULL;
    }
}
static PyObject *filterfalse_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    for (;;) {
        PyObject *item = iter_step(it->r[0]);
        if (!item)
            return NULL;
        int truth = it->r[1] == Py_None || it->r[1] == (PyObject *)&PyBool_Type ? PyObject_IsTrue(item) : call_truth(it->r[1], item);
        if (truth == 0)
            return item;
        Py_DECREF(item);
        if (truth < 0)
            return NULL;
    }
}
static PyObject *starmap_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    PyObject *args = iter_step(it->r[0]);
    if (!args)
        return NULL;
    if (!PyTuple_CheckExact(args))
        Py_SETREF(args, PySequence_Tuple(args));
    PyObject *r = args ? PyObject_Call(it->r[1], args, NULL) : NULL;
    Py_XDECREF(args);
    return r;
}
static PyObject *pair_reduce(PyObject *self, PyObject *unused) { return Py_BuildValue("O(OO)", Py_TYPE(self), ((Iter *)self)->r[1], ((Iter *)self)->r[0]); }
static PyObject *state_reduce(PyObject *self, PyObject *unused)
{
    Iter *it = (Iter *)self;
    return Py_BuildValue("O(OO)n", Py_TYPE(self), it->r[1], it->r[0], it->n[0]);
}
static PyObject *state_setstate(PyObject *self, PyObject *state)
{
    int truth = PyObject_IsTrue(state);
    if (truth < 0)
        return NULL;
    ((Iter *)self)->n[0] = truth;
    Py_RETURN_NONE;
}
static PyMethodDef pair_methods[] = {{"__reduce__", pair_reduce, METH_NOARGS, "Return state information for pickling."}, {NULL}};
static PyMethodDef state_methods[] = {
    {"__reduce__", state_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", state_setstate, METH_O, "Set state information for unpickling."},
    {NULL},
};
ITER_TYPE(takewhile_type, "takewhile", takewhile_new, takewhile_next, state_methods,
          "takewhile(predicate, iterable, /)\n--\n\nReturn successive entries from an iterable as long as the predicate evaluates to true for each entry.");
ITER_TYPE(dropwhile_type, "dropwhile", dropwhile_new, dropwhile_next, state_methods,
          "dropwhile(predicate, iterable, /)\n--\n\nDrop items from the iterable while predicate(item) is true.");
ITER_TYPE(filterfalse_type, "filterfalse", filterfalse_new, filterfalse_next, pair_methods,
          "filterfalse(function, iterable, /)\n--\n\nReturn those items of iterable for which function(item) is false.");
ITER_TYPE(starmap_type, "starmap", starmap_new, starmap_next, pair_methods,
          "starmap(function, iterable, /)\n--\n\nReturn an iterator whose values are returned from the function evaluated with an argument tuple "
          "taken from the given sequence.");

/* ---- compress: r0 data, r1 selectors ------------------------------------------------------------------------- */

static PyObject *compress_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"data", "selectors", NULL};
    PyObject *data, *selectors;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO:compress", names, &data, &selectors))
        return NULL;
    PyObject *d = PyObject_GetIter(data), *s = d ? PyObject_GetIter(selectors) : NULL;
    Iter *it = s ? iter_new(type) : NULL;
    if (!it) {
        Py_XDECREF(d);
        Py_XDECREF(s);
        return NULL;
    }
    it->r[0] = d;
    it->r[1] = s;
    return (PyObject *)it;
}
static PyObject *compress_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    for (;;) {
        PyObject *item = iter_step(it->r[0]), *selector = item ? iter_step(it->r[1]) : NULL;
        int truth = selector ? PyObject_IsTrue(selector) : -1;
        Py_XDECREF(selector);
        if (truth == 1)
            return item;
        Py_XDECREF(item);
        if (truth < 0)
            return NULL;
    }
}
static PyObject *compress_reduce(PyObject *self, PyObject *unused) { return Py_BuildValue("O(OO)", Py_TYPE(self), ((Iter *)self)->r[0], ((Iter *)self)->r[1]); }
static PyMethodDef compress_methods[] = {{"__reduce__", compress_reduce, METH_NOARGS, "Return state information for pickling."}, {NULL}};
ITER_TYPE(compress_type, "compress", compress_new, compress_next, compress_methods,
          "compress(data, selectors)\n--\n\nReturn data elements corresponding to true selector elements.");

/* ---- pairwise: r0 iterator (NULL at the end), r1 the item before --------------------------------------------- */

static PyObject *pairwise_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *iterable;
    if (iter_no_keywords(type, &pairwise_type, kwargs, "pairwise") || !PyArg_UnpackTuple(args, "pairwise", 1, 1, &iterable))
        return NULL;
    return over(type, iterable, NULL);
}
static PyObject *pairwise_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    if (!it->r[0])
        return NULL;
    if (!it->r[1]) {
        PyObject *first = iter_step(it->r[0]);
        if (!first || !it->r[0]) {
            Py_XDECREF(first);
            Py_CLEAR(it->r[0]);
            return NULL;
        }
        Py_XSETREF(it->r[1], first);
        if (!it->r[0] || !it->r[1])
            return NULL;
    }
    PyObject *old = Py_NewRef(it->r[1]), *new = iter_step(it->r[0]), *pair = NULL;
    if (!new) {
        Py_CLEAR(it->r[0]);
        Py_CLEAR(it->r[1]);
    }
    else {
        pair = PyTuple_Pack(2, old, new);
        Py_XSETREF(it->r[1], new);
    }
    Py_DECREF(old);
    return pair;
}
ITER_TYPE(pairwise_type, "pairwise", pairwise_new, pairwise_next, NULL,
          "pairwise(iterable, /)\n--\n\nReturn an iterator of overlapping pairs taken from the input iterator.");

/* ---- accumulate: r0 iterator, r1 function or NULL, r2 total, r3 initial --------------------------------------- */

static PyObject *accumulate_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"iterable", "func", "initial", NULL};
    PyObject *iterable, *f = Py_None, *initial = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O$O:accumulate", names, &iterable, &f, &initial))
        return NULL;
    PyObject *self = over(type, iterable, f == Py_None ? NULL : f);
    if (self && initial != Py_None)
        ((Iter *)self)->r[3] = Py_NewRef(initial);
    return self;
}
static PyObject *accumulate_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    if (it->r[3]) {
        PyObject *initial = it->r[3];
        it->r[3] = NULL;
        Py_XSETREF(it->r[2], Py_NewRef(initial));
        return initial;
    }
    PyObject *item = iter_step(it->r[0]);
    if (!item)
        return NULL;
    if (!it->r[2]) {
        it->r[2] = item;
        return Py_NewRef(item);
    }
    PyObject *before = Py_NewRef(it->r[2]);
    PyObject *total = it->r[1] ? PyObject_CallFunctionObjArgs(it->r[1], before, item, NULL) : PyNumber_Add(before, item);
    Py_DECREF(before);
    Py_DECREF(item);
    if (!total)
        return NULL;
    Py_XSETREF(it->r[2], Py_NewRef(total));
    return total;
}
static PyObject *accumulate_reduce(PyObject *self, PyObject *unused)
{
    Iter *it = (Iter *)self;
    PyObject *f = it->r[1] ? it->r[1] : Py_None;
    if (it->r[3]) {
        PyObject *args = Py_BuildValue("((O)O)", it->r[3], it->r[0]), *chained = args ? PyObject_Call((PyObject *)&chain_type, args, NULL) : NULL;
        Py_XDECREF(args);
        return chained ? Py_BuildValue("O(NO)O", Py_TYPE(self), chained, f, Py_None) : NULL;
    }
    if (it->r[2] == Py_None) {
        PyObject *args = Py_BuildValue("((O)O)", it->r[2], it->r[0]), *chained = args ? PyObject_Call((PyObject *)&chain_type, args, NULL) : NULL;
        Py_XDECREF(args);
        PyObject *inner = chained ? Py_BuildValue("NO", chained, f) : NULL, *made = inner ? PyObject_Call((PyObject *)Py_TYPE(self), inner, NULL) : NULL;
        Py_XDECREF(inner);
        return made ? Py_BuildValue("O(NiO)", &islice_type, made, 1, Py_None) : NULL;
    }
    return Py_BuildValue("O(OO)O", Py_TYPE(self), it->r[0], f, it->r[2] ? it->r[2] : Py_None);
}
static PyObject *accumulate_setstate(PyObject *self, PyObject *state)
{
    Py_XSETREF(((Iter *)self)->r[2], state == Py_None ? NULL : Py_NewRef(state));
    Py_RETURN_NONE;
}
static PyMethodDef accumulate_methods[] = {
    {"__reduce__", accumulate_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", accumulate_setstate, METH_O, "Set state information for unpickling."},
    {NULL},
};
ITER_TYPE(accumulate_type, "accumulate", accumulate_new, accumulate_next, accumulate_methods,
          "accumulate(iterable, func=None, *, initial=None)\n--\n\nReturn series of accumulated sums (or other binary function results).");

/* ---- zip_longest: r0 list of iterators (None when exhausted), r1 fill value; n0 how many are alive ------------- */

static PyObject *zip_longest_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *fill = Py_None;
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        fill = PyDict_GET_SIZE(kwargs) == 1 ? PyDict_GetItemString(kwargs, "fillvalue") : NULL;
        if (!fill) {
            PyErr_SetString(PyExc_TypeError, "zip_longest() got an unexpected keyword argument");
            return NULL;
        }
    }
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    PyObject *iters = PyList_New(n);
    for (Py_ssize_t i = 0; iters && i < n; i++) {
        PyObject *it = PyObject_GetIter(PyTuple_GET_ITEM(args, i));
        if (!it)
            Py_CLEAR(iters);
        else
            PyList_SET_ITEM(iters, i, it);
    }
    Iter *self = iters ? iter_new(type) : NULL;
    if (!self) {
        Py_XDECREF(iters);
        return NULL;
    }
    self->r[0] = iters;
    self->r[1] = Py_NewRef(fill);
    self->n[0] = n;
    return (PyObject *)self;
}
static PyObject *zip_longest_next(PyObject *self)
{
    Iter *it = (Iter *)self;
    Py_ssize_t n = it->r[0] ? PyList_GET_SIZE(it->r[0]) : 0;
    if (n == 0 || it->n[0] == 0)
        return NULL;
    PyObject *t = PyTuple_New(n);
    for (Py_ssize_t i = 0; t && i < n; i++) {
        PyObject *source = PyList_GET_ITEM(it->r[0], i), *item = source == Py_None ? NULL : iter_step(source);
        if (!item && source != Py_None) {
            int error = !finished(), first = PyList_GET_ITEM(it->r[0], i) != Py_None;
            it->n[0] -= first; /* the source may have come back here and have found its end already */
            if (error || it->n[0] <= 0) {
                it->n[0] = 0;
                Py_DECREF(t);
                return NULL;
            }
            PyList_SetItem(it->r[0], i, Py_NewRef(Py_None));
        }
        PyTuple_SET_ITEM(t, i, item ? item : Py_NewRef(it->r[1]));
    }
    return t;
}
static PyObject *zip_longest_reduce(PyObject *self, PyObject *unused)
{
    Iter *it = (Iter *)self;
    Py_ssize_t n = PyList_GET_SIZE(it->r[0]);
    PyObject *args = PyTuple_New(n);
    for (Py_ssize_t i = 0; args && i < n; i++) {
        PyObject *source = PyList_GET_ITEM(it->r[0], i), *item = source == Py_None ? PyTuple_New(0) : Py_NewRef(source);
        if (!item)
            Py_CLEAR(args);
        else
            PyTuple_SET_ITEM(args, i, item);
    }
    return args ? Py_BuildValue("ONO", Py_TYPE(self), args, it->r[1]) : NULL;
}
static PyObject *zip_longest_setstate(PyObject *self, PyObject *state)
{
    Py_XSETREF(((Iter *)self)->r[1], Py_NewRef(state));
    Py_RETURN_NONE;
}
static PyMethodDef zip_longest_methods[] = {
    {"__reduce__", zip_longest_reduce, METH_NOARGS, "Return state information for pickling."},
    {"__setstate__", zip_longest_setstate, METH_O, "Set state information for unpickling."},
    {NULL},
};
ITER_TYPE(zip_longest_type, "zip_longest", zip_longest_new, zip_longest_next, zip_longest_methods,
          "zip_longest(iter1 [,iter2 [...]], [fillvalue=None]) --> zip_longest object\n\n"
          "Return a zip_longest object whose .__next__() method returns a tuple where\nthe i-th element comes from the i-th iterable argument.");
