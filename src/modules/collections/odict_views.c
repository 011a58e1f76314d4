/* Iterators and views of OrderedDict. */
#include "modules/collections/odict.h"
#include "objects/names.h"

enum { KEYS = 1, VALUES = 2, ITEMS = KEYS | VALUES };

typedef struct {
    PyObject_HEAD PyODictObject *odict; /* owned; NULL when exhausted or failed */
    uint64_t changes;                   /* of the dict at the start */
    Py_ssize_t used;                    /* its length at the start */
    Py_ssize_t position;                /* next entry */
    int8_t kind, step;
} OdictIter;

static PyObject *iter_new(PyObject *odict, int kind, int step)
{
    OdictIter *it = PyObject_GC_New(OdictIter, &PyODictIter_Type);
    if (it == NULL)
        return NULL;
    Py_INCREF(odict);
    it->odict = ODICT(odict);
    it->changes = it->odict->changes;
    it->used = it->odict->dict.ma_used;
    it->kind = (int8_t)kind;
    it->step = (int8_t)step;
    it->position = step > 0 ? Py_MAX(odict_first(it->odict), 0) : it->odict->dict.ma_keys->used - 1;
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static void iter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((OdictIter *)self)->odict);
    PyObject_GC_Del(self);
}

static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((OdictIter *)self)->odict);
    return 0;
}

static int iter_clear(PyObject *self)
{
    Py_CLEAR(((OdictIter *)self)->odict);
    return 0;
}

static PyObject *iter_next(PyObject *self)
{
    OdictIter *it = (OdictIter *)self;
    if (it->odict == NULL)
        return NULL;
    PyDictKeysObject *k = it->odict->dict.ma_keys;
    Py_ssize_t i = it->position;
    if (it->changes != it->odict->changes) {
        PyErr_SetString(PyExc_RuntimeError, "OrderedDict mutated during iteration");
    } else if (it->used != it->odict->dict.ma_used) {
        PyErr_SetString(PyExc_RuntimeError, "OrderedDict changed size during iteration");
    } else {
        while (i >= 0 && i < k->used && keys_entry(k, i)[0] == NULL)
            i += it->step;
        if (i >= 0 && i < k->used) {
            PyObject **e = keys_entry(k, i);
            it->position = i + it->step;
            if (it->kind == ITEMS)
                return PyTuple_Pack(2, e[0], e[1]);
            return Py_NewRef(e[it->kind == VALUES]);
        }
    }
    Py_CLEAR(it->odict);
    return NULL;
}

/* (iter, ([remaining items],)); the iterator stays where it is. */
static PyObject *iter_reduce(PyObject *self, PyObject *unused)
{
    OdictIter *it = (OdictIter *)self;
    PyObject *list = PyList_New(0), *item;
    OdictIter *copy = list && it->odict ? (OdictIter *)iter_new((PyObject *)it->odict, it->kind, it->step) : NULL;
    if (copy != NULL) {
        copy->changes = it->changes;
        copy->used = it->used;
        copy->position = it->position;
        while (list != NULL && (item = iter_next((PyObject *)copy)) != NULL) {
            if (PyList_Append(list, item) < 0)
                Py_CLEAR(list);
            Py_DECREF(item);
        }
        Py_DECREF(copy);
    }
    if (list == NULL || PyErr_Occurred()) {
        Py_XDECREF(list);
        return NULL;
    }
    return Py_BuildValue("N(N)", _PyEval_GetBuiltin(N(iter)), list);
}

static PyMethodDef iter_methods[] = {
    {"__reduce__", iter_reduce, METH_NOARGS, PyDoc_STR("Return state information for pickling")}, {NULL}};

PyTypeObject PyODictIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "odict_iterator",
    .tp_basicsize = sizeof(OdictIter),
    .tp_dealloc = iter_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iter_traverse,
    .tp_clear = iter_clear,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = iter_next,
    .tp_methods = iter_methods,
};

PyObject *odict_iter(PyObject *self) { return iter_new(self, KEYS, 1); }
PyObject *odict_reversed(PyObject *self, PyObject *unused) { return iter_new(self, KEYS, -1); }

/* ---- views: those of dict with these iterators ---- */

#define ODICT_VIEW(name, symbol, base, kind)                                                                           \
    static PyObject *name##_iter(PyObject *view)                                                                       \
    {                                                                                                                  \
        PyObject *d = (PyObject *)((_PyDictViewObject *)view)->dv_dict;                                                \
        return d ? iter_new(d, kind, 1) : NULL;                                                                        \
    }                                                                                                                  \
    static PyObject *name##_reversed(PyObject *view, PyObject *unused)                                                 \
    {                                                                                                                  \
        return iter_new((PyObject *)((_PyDictViewObject *)view)->dv_dict, kind, -1);                                   \
    }                                                                                                                  \
    static PyMethodDef name##_methods[] = {{"__reversed__", name##_reversed, METH_NOARGS, NULL}, {NULL}};              \
    PyTypeObject symbol = {                                                                                            \
        PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = #name,                                                        \
        .tp_flags = Py_TPFLAGS_DEFAULT,                                                                                \
        .tp_iter = name##_iter,                                                                                        \
        .tp_methods = name##_methods,                                                                                  \
        .tp_base = &base,                                                                                              \
    };                                                                                                                 \
    PyObject *name(PyObject *self, PyObject *unused) { return _PyDictView_New(self, &symbol); }

ODICT_VIEW(odict_keys, PyODictKeys_Type, PyDictKeys_Type, KEYS)
ODICT_VIEW(odict_values, PyODictValues_Type, PyDictValues_Type, VALUES)
ODICT_VIEW(odict_items, PyODictItems_Type, PyDictItems_Type, ITEMS)
