/* The _weakref module: what weakref.py is built on. */
#include "Python.h"

static PyWeakReference **list_of(PyObject *o)
{
    return PyType_SUPPORTS_WEAKREFS(Py_TYPE(o)) ? (PyWeakReference **)PyObject_GET_WEAKREFS_LISTPTR(o) : NULL;
}

static PyObject *getweakrefcount(PyObject *module, PyObject *o)
{
    PyWeakReference **list = list_of(o);
    return PyLong_FromSsize_t(list == NULL ? 0 : _PyWeakref_GetWeakrefCount(*list));
}

static PyObject *getweakrefs(PyObject *module, PyObject *o)
{
    PyWeakReference **list = list_of(o);
    PyObject *result = PyList_New(0);
    for (PyWeakReference *ref = list == NULL ? NULL : *list; result != NULL && ref != NULL; ref = ref->wr_next)
        if (Py_REFCNT((PyObject *)ref) > 0 && PyList_Append(result, (PyObject *)ref) < 0)
            Py_CLEAR(result);
    return result;
}

static PyObject *proxy(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("proxy", n, 1, 2))
        return NULL;
    return PyWeakref_NewProxy(args[0], n == 2 ? args[1] : NULL);
}

/* Deletes dct[key] if it is a dead reference; atomic, so that a key set anew in between stays. */
static PyObject *remove_dead_weakref(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("_remove_dead_weakref", n, 2, 2))
        return NULL;
    PyObject *dict = args[0], *key = args[1];
    if (!PyDict_Check(dict)) {
        _PyArg_BadArgument("_remove_dead_weakref", "argument 1", "dict", dict);
        return NULL;
    }
    PyObject *value = PyDict_GetItemWithError(dict, key);
    if (value == NULL) {
        if (PyErr_Occurred())
            return NULL;
        Py_RETURN_NONE;
    }
    if (!PyWeakref_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "not a weakref");
        return NULL;
    }
    if (PyWeakref_GET_OBJECT(value) == Py_None && PyDict_DelItem(dict, key) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_KeyError))
            return NULL;
        PyErr_Clear();
    }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"getweakrefcount", getweakrefcount, METH_O,
     "getweakrefcount($module, object, /)\n--\n\nReturn the number of weak references to 'object'."},
    {"getweakrefs", getweakrefs, METH_O,
     "getweakrefs($module, object, /)\n--\n\nReturn a list of all weak reference objects pointing to 'object'."},
    {"proxy", _PyCFunction_CAST(proxy), METH_FASTCALL,
     "proxy($module, object, callback=None, /)\n--\n\nCreate a proxy object that weakly references 'object'.\n\n"
     "'callback', if given, is called with a reference to the\nproxy when 'object' is about to be finalized."},
    {"_remove_dead_weakref", _PyCFunction_CAST(remove_dead_weakref), METH_FASTCALL,
     "_remove_dead_weakref($module, dct, key, /)\n--\n\nAtomically remove key from dict if it points to a dead weakref."},
    {NULL},
};

static int exec(PyObject *module)
{
    return PyModule_AddObjectRef(module, "ref", (PyObject *)&_PyWeakref_RefType) < 0
                   || PyModule_AddObjectRef(module, "ReferenceType", (PyObject *)&_PyWeakref_RefType) < 0
                   || PyModule_AddObjectRef(module, "ProxyType", (PyObject *)&_PyWeakref_ProxyType) < 0
                   || PyModule_AddObjectRef(module, "CallableProxyType", (PyObject *)&_PyWeakref_CallableProxyType) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec}, {0, NULL}};
static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_weakref", .m_doc = "Weak-reference support module.", .m_methods = methods, .m_slots = slots};

PyMODINIT_FUNC PyInit__weakref(void) { return PyModuleDef_Init(&definition); }
