/* Module _collections: deque, defaultdict, OrderedDict, the fields of named tuples, counting. */
#include "modules/collections/collections.h"
#include "objects/dict/dict.h"
#include "objects/names.h"
#include "structmember.h"

/* ---- _count_elements ---- */

static int count_in_dict(PyObject *mapping, PyObject *key, PyObject *one)
{
    Py_hash_t hash = dict_hash(key);
    if (hash == -1)
        return -1;
    PyObject *old = _PyDict_GetItem_KnownHash(mapping, key, hash);
    if (old == NULL)
        return PyErr_Occurred() ? -1 : _PyDict_SetItem_KnownHash(mapping, key, one, hash);
    PyObject *count = PyNumber_Add(old, one);
    if (count == NULL)
        return -1;
    int result = _PyDict_SetItem_KnownHash(mapping, key, count, hash);
    Py_DECREF(count);
    return result;
}

static int count_in_mapping(PyObject *mapping, PyObject *get, PyObject *key, PyObject *zero, PyObject *one)
{
    PyObject *old = PyObject_CallFunctionObjArgs(get, key, zero, NULL);
    PyObject *count = old ? PyNumber_Add(old, one) : NULL;
    int result = count ? PyObject_SetItem(mapping, key, count) : -1;
    Py_XDECREF(old);
    Py_XDECREF(count);
    return result;
}

/* Do get and __setitem__ mean what they mean for dict? */
static int counts_as_dict(PyObject *mapping)
{
    PyTypeObject *type = Py_TYPE(mapping);
    return PyDict_Check(mapping) && _PyType_Lookup(type, N(get)) == _PyType_Lookup(&PyDict_Type, N(get)) &&
           _PyType_Lookup(type, N(__setitem__)) == _PyType_Lookup(&PyDict_Type, N(__setitem__));
}

PyObject *count_elements(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("_count_elements", n, 2, 2))
        return NULL;
    PyObject *mapping = args[0], *it = PyObject_GetIter(args[1]), *get = NULL, *key;
    if (it == NULL)
        return NULL;
    PyObject *one = PyLong_FromLong(1), *zero = PyLong_FromLong(0);
    int plain = counts_as_dict(mapping), failed = 0;
    if (!plain)
        failed = (get = PyObject_GetAttr(mapping, N(get))) == NULL;
    while (!failed && (key = PyIter_Next(it)) != NULL) {
        failed = (plain ? count_in_dict(mapping, key, one) : count_in_mapping(mapping, get, key, zero, one)) < 0;
        Py_DECREF(key);
    }
    Py_DECREF(it);
    Py_XDECREF(get);
    Py_DECREF(one);
    Py_DECREF(zero);
    if (failed || PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* ---- _tuplegetter: a field of a named tuple ---- */

typedef struct {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *doc;
} TupleGetter;

static PyObject *getter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t index;
    PyObject *doc;
    if (!_PyArg_NoKeywords("_tuplegetter", kwargs) || !PyArg_ParseTuple(args, "nO:_tuplegetter", &index, &doc))
        return NULL;
    TupleGetter *self = (TupleGetter *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->index = index;
    Py_INCREF(doc);
    self->doc = doc;
    return (PyObject *)self;
}

static PyObject *getter_get(PyObject *self, PyObject *o, PyObject *type)
{
    Py_ssize_t i = ((TupleGetter *)self)->index;
    if (o == NULL) {
        Py_INCREF(self);
        return self;
    }
    if (!PyTuple_Check(o)) {
        if (o == Py_None) {
            Py_INCREF(self);
            return self;
        }
        return PyErr_Format(PyExc_TypeError, "descriptor for index '%zd' for tuple subclasses doesn't apply to '%s' object", i,
                            Py_TYPE(o)->tp_name);
    }
    if (i < 0 || i >= PyTuple_GET_SIZE(o)) {
        PyErr_SetString(PyExc_IndexError, "tuple index out of range");
        return NULL;
    }
    PyObject *item = PyTuple_GET_ITEM(o, i);
    Py_INCREF(item);
    return item;
}

static int getter_set(PyObject *self, PyObject *o, PyObject *value)
{
    PyErr_SetString(PyExc_AttributeError, value == NULL ? "can't delete attribute" : "can't set attribute");
    return -1;
}

static void getter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((TupleGetter *)self)->doc);
    Py_TYPE(self)->tp_free(self);
}

static int getter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((TupleGetter *)self)->doc);
    return 0;
}

static int getter_clear(PyObject *self)
{
    Py_CLEAR(((TupleGetter *)self)->doc);
    return 0;
}

static PyObject *getter_reduce(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("(O(nO))", Py_TYPE(self), ((TupleGetter *)self)->index, ((TupleGetter *)self)->doc);
}

static PyObject *getter_repr(PyObject *self)
{
    return PyUnicode_FromFormat("%s(%zd, %R)", _PyType_Name(Py_TYPE(self)), ((TupleGetter *)self)->index,
                                ((TupleGetter *)self)->doc);
}

static PyMemberDef getter_members[] = {{"__doc__", T_OBJECT, offsetof(TupleGetter, doc), 0}, {NULL}};
static PyMethodDef getter_methods[] = {{"__reduce__", getter_reduce, METH_NOARGS, NULL}, {NULL}};

PyTypeObject tuplegetter_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_collections._tuplegetter",
    .tp_basicsize = sizeof(TupleGetter),
    .tp_dealloc = getter_dealloc,
    .tp_repr = getter_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = getter_traverse,
    .tp_clear = getter_clear,
    .tp_methods = getter_methods,
    .tp_members = getter_members,
    .tp_descr_get = getter_get,
    .tp_descr_set = getter_set,
    .tp_new = getter_new,
    .tp_alloc = PyType_GenericAlloc,
    .tp_free = PyObject_GC_Del,
};

/* ---- the module ---- */

static PyMethodDef functions[] = {
    {"_count_elements", (PyCFunction)(void (*)(void))count_elements, METH_FASTCALL,
     PyDoc_STR("_count_elements($module, mapping, iterable, /)\n--\n\nCount elements in the iterable, updating the mapping")},
    {NULL}};

static int collections_exec(PyObject *m)
{
    PyTypeObject *types[] = {&deque_type, &defaultdict_type, &deque_iterator_type, &deque_reverse_iterator_type,
                             &tuplegetter_type};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(types); i++)
        if (PyModule_AddType(m, types[i]) < 0)
            return -1;
    return odict_ready() < 0 ? -1 : PyModule_AddType(m, &PyODict_Type);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, collections_exec}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_collections",
    .m_doc = PyDoc_STR("High performance data structures.\n- deque: list-like, optimized at both ends\n"
                       "- defaultdict: dict subclass with a default value factory\n"
                       "- OrderedDict: dict subclass that can reorder its keys"),
    .m_methods = functions,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__collections(void) { return PyModuleDef_Init(&module); }
