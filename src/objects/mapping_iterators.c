/* The types map, filter and zip. */
#include "Python.h"
#include "objects/iterate.h"
#include "memory/memory.h"
#include "objects/names.h"

#define CALL_ARGS_SMALL 5   /* arguments of a mapped function that are kept on the C stack */

/* A tuple of iterators over n arguments; NULL with an exception set. */
static PyObject *iterators_of(PyObject *const *args, Py_ssize_t n)
{
    PyObject *its = PyTuple_New(n);
    for (Py_ssize_t i = 0; its != NULL && i < n; i++) {
        PyObject *it = PyObject_GetIter(args[i]);
        if (it == NULL)
            Py_CLEAR(its);
        else
            PyTuple_SET_ITEM(its, i, it);
    }
    return its;
}

/* ---- map ---- */

typedef struct {
    PyObject_HEAD
    PyObject *iterators;   /* tuple */
    PyObject *function;
} Map;

static PyObject *make_map(PyTypeObject *type, PyObject *const *args, Py_ssize_t n)
{
    if (n < 2) {
        PyErr_SetString(PyExc_TypeError, "map() must have at least two arguments.");
        return NULL;
    }
    PyObject *its = iterators_of(args + 1, n - 1);
    Map *m = its ? (Map *)type->tp_alloc(type, 0) : NULL;
    if (m == NULL) {
        Py_XDECREF(its);
        return NULL;
    }
    m->iterators = its;
    Py_INCREF(args[0]);
    m->function = args[0];
    return (PyObject *)m;
}

static PyObject *map_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type->tp_init == PyMap_Type.tp_init && !_PyArg_NoKeywords("map", kwargs))
        return NULL;
    return make_map(type, ((PyTupleObject *)args)->ob_item, PyTuple_GET_SIZE(args));
}

static PyObject *map_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    return _PyArg_NoKwnames("map", kwnames) ? make_map((PyTypeObject *)type, args, PyVectorcall_NARGS(nargsf)) : NULL;
}

static void map_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((Map *)self)->iterators);
    Py_XDECREF(((Map *)self)->function);
    Py_TYPE(self)->tp_free(self);
}

static int map_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Map *)self)->iterators);
    Py_VISIT(((Map *)self)->function);
    return 0;
}

static PyObject *map_next(PyObject *self)
{
    Map *m = (Map *)self;
    Py_ssize_t n = PyTuple_GET_SIZE(m->iterators), got = 0;
    PyObject *small[CALL_ARGS_SMALL + 1], **args = small, *result = NULL;
    if (n > CALL_ARGS_SMALL) {
        args = PyMem_Malloc((size_t)(n + 1) * sizeof *args);
        if (args == NULL)
            return PyErr_NoMemory();
    }
    for (; got < n; got++) {
        PyObject *it = PyTuple_GET_ITEM(m->iterators, got);
        args[got + 1] = iterator_step(it);
        if (args[got + 1] == NULL)
            break;
    }
    if (got == n)
        result = PyObject_Vectorcall(m->function, args + 1, (size_t)n | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    while (got > 0)
        Py_DECREF(args[got--]);
    if (args != small)
        PyMem_Free(args);
    return result;
}

static PyObject *map_reduce(PyObject *self, PyObject *unused)
{
    Map *m = (Map *)self;
    Py_ssize_t n = PyTuple_GET_SIZE(m->iterators);
    PyObject *args = PyTuple_New(n + 1);
    if (args == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i <= n; i++) {
        PyObject *o = i == 0 ? m->function : PyTuple_GET_ITEM(m->iterators, i - 1);
        Py_INCREF(o);
        PyTuple_SET_ITEM(args, i, o);
    }
    return Py_BuildValue("ON", Py_TYPE(self), args);
}

static PyMethodDef map_methods[] = {
    {"__reduce__", map_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")}, {NULL}};

PyTypeObject PyMap_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "map",
    .tp_basicsize = sizeof(Map),
    .tp_dealloc = map_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = PyDoc_STR("map(func, *iterables) --> map object\n\n"
                        "Make an iterator that computes the function using arguments from\n"
                        "each of the iterables.  Stops when the shortest iterable is exhausted."),
    .tp_traverse = map_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = map_next,
    .tp_methods = map_methods,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = map_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = map_vectorcall,
};

/* ---- filter ---- */

typedef struct {
    PyObject_HEAD
    PyObject *function;
    PyObject *iterator;
} Filter;

static PyObject *make_filter(PyTypeObject *type, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("filter", n, 2, 2))
        return NULL;
    PyObject *it = PyObject_GetIter(args[1]);
    Filter *f = it ? (Filter *)type->tp_alloc(type, 0) : NULL;
    if (f == NULL) {
        Py_XDECREF(it);
        return NULL;
    }
    Py_INCREF(args[0]);
    f->function = args[0];
    f->iterator = it;
    return (PyObject *)f;
}

static PyObject *filter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type->tp_init == PyFilter_Type.tp_init && !_PyArg_NoKeywords("filter", kwargs))
        return NULL;
    return make_filter(type, ((PyTupleObject *)args)->ob_item, PyTuple_GET_SIZE(args));
}

static PyObject *filter_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    return _PyArg_NoKwnames("filter", kwnames) ? make_filter((PyTypeObject *)type, args, PyVectorcall_NARGS(nargsf)) : NULL;
}

static void filter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((Filter *)self)->function);
    Py_XDECREF(((Filter *)self)->iterator);
    Py_TYPE(self)->tp_free(self);
}

static int filter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Filter *)self)->function);
    Py_VISIT(((Filter *)self)->iterator);
    return 0;
}

static PyObject *filter_next(PyObject *self)
{
    Filter *f = (Filter *)self;
    int plain = f->function == Py_None || f->function == (PyObject *)&PyBool_Type;
    PyObject *item;
    while ((item = iterator_step(f->iterator)) != NULL) {
        int ok;
        if (plain) {
            ok = PyObject_IsTrue(item);
        } else {
            PyObject *good = PyObject_CallOneArg(f->function, item);
            ok = good ? PyObject_IsTrue(good) : -1;
            Py_XDECREF(good);
        }
        if (ok > 0)
            return item;
        Py_DECREF(item);
        if (ok < 0)
            return NULL;
    }
    return NULL;
}

static PyObject *filter_reduce(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("O(OO)", Py_TYPE(self), ((Filter *)self)->function, ((Filter *)self)->iterator);
}

static PyMethodDef filter_methods[] = {
    {"__reduce__", filter_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")}, {NULL}};

PyTypeObject PyFilter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "filter",
    .tp_basicsize = sizeof(Filter),
    .tp_dealloc = filter_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = PyDoc_STR("filter(function or None, iterable) --> filter object\n\n"
                        "Return an iterator yielding those items of iterable for which function(item)\n"
                        "is true. If function is None, return the items that are true."),
    .tp_traverse = filter_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = filter_next,
    .tp_methods = filter_methods,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = filter_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = filter_vectorcall,
};

/* ---- zip ---- */

typedef struct {
    PyObject_HEAD
    PyObject *iterators;   /* tuple */
    PyObject *result;      /* tuple reused while nobody else has it */
    int strict;
} Zip;

static PyObject *make_zip(PyTypeObject *type, PyObject *const *args, Py_ssize_t n, int strict)
{
    PyObject *its = iterators_of(args, n), *result = its ? PyTuple_New(n) : NULL;
    Zip *z = result ? (Zip *)type->tp_alloc(type, 0) : NULL;
    if (z == NULL) {
        Py_XDECREF(its);
        Py_XDECREF(result);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_INCREF(Py_None);
        PyTuple_SET_ITEM(result, i, Py_None);
    }
    z->iterators = its;
    z->result = result;
    z->strict = strict;
    return (PyObject *)z;
}

static PyObject *zip_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"strict", NULL};
    int strict = 0;
    if (kwargs != NULL) {
        PyObject *none = PyTuple_New(0);
        int ok = none != NULL && PyArg_ParseTupleAndKeywords(none, kwargs, "|$p:zip", names, &strict);
        Py_XDECREF(none);
        if (!ok)
            return NULL;
    }
    return make_zip(type, ((PyTupleObject *)args)->ob_item, PyTuple_GET_SIZE(args), strict);
}

static PyObject *zip_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    int strict = 0;
    for (Py_ssize_t i = 0; kwnames != NULL && i < PyTuple_GET_SIZE(kwnames); i++) {
        PyObject *name = PyTuple_GET_ITEM(kwnames, i);
        if (PyUnicode_CompareWithASCIIString(name, "strict") != 0)
            return PyErr_Format(PyExc_TypeError, "'%U' is an invalid keyword argument for zip()", name);
        strict = PyObject_IsTrue(args[n + i]);
        if (strict < 0)
            return NULL;
    }
    return make_zip((PyTypeObject *)type, args, n, strict);
}

static void zip_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((Zip *)self)->iterators);
    Py_XDECREF(((Zip *)self)->result);
    Py_TYPE(self)->tp_free(self);
}

static int zip_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Zip *)self)->iterators);
    Py_VISIT(((Zip *)self)->result);
    return 0;
}

static PyObject *uneven(Py_ssize_t i, const char *what)
{
    if (i == 1)
        return PyErr_Format(PyExc_ValueError, "zip() argument 2 is %s than argument 1", what);
    return PyErr_Format(PyExc_ValueError, "zip() argument %zd is %s than arguments 1-%zd", i + 1, what, i);
}

/* Iterator number i is exhausted in strict mode: all must be. */
static PyObject *check_all_exhausted(Zip *z, Py_ssize_t i)
{
    if (PyErr_Occurred()) {
        if (!PyErr_ExceptionMatches(PyExc_StopIteration))
            return NULL;
        PyErr_Clear();
    }
    if (i > 0)
        return uneven(i, "shorter");
    for (i = 1; i < PyTuple_GET_SIZE(z->iterators); i++) {
        PyObject *it = PyTuple_GET_ITEM(z->iterators, i), *item = iterator_step(it);
        if (item != NULL) {
            Py_DECREF(item);
            return uneven(i, "longer");
        }
        if (PyErr_Occurred()) {
            if (!PyErr_ExceptionMatches(PyExc_StopIteration))
                return NULL;
            PyErr_Clear();
        }
    }
    return NULL;
}

static PyObject *zip_next(PyObject *self)
{
    Zip *z = (Zip *)self;
    Py_ssize_t n = PyTuple_GET_SIZE(z->iterators);
    PyObject *result = z->result;
    if (n == 0)
        return NULL;
    int own = Py_REFCNT(result) == 1;
    if (own) {
        Py_INCREF(result);
    } else {
        result = PyTuple_New(n);
        if (result == NULL)
            return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *it = PyTuple_GET_ITEM(z->iterators, i), *item = iterator_step(it);
        if (item == NULL) {
            Py_DECREF(result);
            return z->strict ? check_all_exhausted(z, i) : NULL;
        }
        PyObject *old = PyTuple_GET_ITEM(result, i);
        PyTuple_SET_ITEM(result, i, item);
        if (own)
            Py_DECREF(old);
    }
    if (own && !PyObject_GC_IsTracked(result))
        PyObject_GC_Track(result);
    return result;
}

static PyObject *zip_reduce(PyObject *self, PyObject *unused)
{
    Zip *z = (Zip *)self;
    return z->strict ? PyTuple_Pack(3, Py_TYPE(self), z->iterators, Py_True) : PyTuple_Pack(2, Py_TYPE(self), z->iterators);
}

static PyObject *zip_setstate(PyObject *self, PyObject *state)
{
    int strict = PyObject_IsTrue(state);
    if (strict < 0)
        return NULL;
    ((Zip *)self)->strict = strict;
    Py_RETURN_NONE;
}

static PyMethodDef zip_methods[] = {
    {"__reduce__", zip_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling.")},
    {"__setstate__", zip_setstate, METH_O, PyDoc_STR("Set state information for unpickling.")},
    {NULL}};

PyTypeObject PyZip_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "zip",
    .tp_basicsize = sizeof(Zip),
    .tp_dealloc = zip_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = PyDoc_STR("zip(*iterables, strict=False) --> Yield tuples until an input is exhausted.\n\n"
                        "The i-th item of each tuple comes from the i-th iterable.  If strict is true and one\n"
                        "of the iterables is exhausted before the others, raise a ValueError."),
    .tp_traverse = zip_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = zip_next,
    .tp_methods = zip_methods,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = zip_new,
    .tp_free = PyObject_GC_Del,
    .tp_vectorcall = zip_vectorcall,
};
