/* __build_class__: the class statement. */
#include "vm/vm.h"
#include "vm/eval.h"
#include "objects/names.h"

/* Replaces bases that have __mro_entries__; new tuple (the same when nothing changes), or NULL. */
static PyObject *resolve_bases(PyObject *bases)
{
    PyObject *list = PyList_New(0);
    int changed = 0;
    for (Py_ssize_t i = 0; list && i < PyTuple_GET_SIZE(bases); i++) {
        PyObject *base = PyTuple_GET_ITEM(bases, i), *method = NULL;
        if (!PyType_Check(base) && _PyObject_LookupAttr(base, N(__mro_entries__), &method) < 0) {
            Py_CLEAR(list);
            break;
        }
        if (!method) {
            if (PyList_Append(list, base) < 0)
                Py_CLEAR(list);
            continue;
        }
        PyObject *entries = PyObject_CallOneArg(method, bases);
        Py_DECREF(method);
        changed = 1;
        if (entries && !PyTuple_Check(entries)) {
            PyErr_SetString(PyExc_TypeError, "__mro_entries__ must return a tuple");
            Py_CLEAR(entries);
        }
        Py_ssize_t end = PyList_GET_SIZE(list);
        if (!entries || PyList_SetSlice(list, end, end, entries) < 0)
            Py_CLEAR(list);
        Py_XDECREF(entries);
    }
    if (!list)
        return NULL;
    PyObject *resolved = changed ? PyList_AsTuple(list) : Py_NewRef(bases);
    Py_DECREF(list);
    return resolved;
}

/* The most derived metaclass of the bases (borrowed), or NULL with TypeError. */
static PyObject *derived_metaclass(PyObject *meta, PyObject *bases)
{
    PyTypeObject *winner = (PyTypeObject *)meta;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyTypeObject *other = Py_TYPE(PyTuple_GET_ITEM(bases, i));
        if (PyType_IsSubtype(winner, other))
            continue;
        if (!PyType_IsSubtype(other, winner)) {
            PyErr_SetString(PyExc_TypeError, "metaclass conflict: the metaclass of a derived class must be a "
                                             "(non-strict) subclass of the metaclasses of all its bases");
            return NULL;
        }
        winner = other;
    }
    return (PyObject *)winner;
}

/* The namespace in which the body runs (new). */
static PyObject *prepare(PyObject *meta, int is_type, PyObject *name, PyObject *bases, PyObject *keywords)
{
    PyObject *method = NULL, *namespace = NULL;
    if (meta == (PyObject *)&PyType_Type)
        return PyDict_New();
    if (_PyObject_LookupAttr(meta, N(__prepare__), &method) < 0)
        return NULL;
    if (!method)
        return PyDict_New();
    PyObject *args = PyTuple_Pack(2, name, bases);
    namespace = args ? PyObject_Call(method, args, keywords) : NULL;
    Py_XDECREF(args);
    Py_DECREF(method);
    if (namespace && !PyMapping_Check(namespace)) {
        PyErr_Format(PyExc_TypeError, "%.200s.__prepare__() must return a mapping, not %.200s",
                     is_type ? ((PyTypeObject *)meta)->tp_name : "<metaclass>", Py_TYPE(namespace)->tp_name);
        Py_CLEAR(namespace);
    }
    return namespace;
}

/* Runs the class body in the namespace; its value: the __class__ cell, or None. */
static PyObject *run_body(PyObject *func, PyObject *namespace)
{
    ThreadState *t = thread_current();
    Py_INCREF(func);
    Frame *f = frame_for_call(t, (PyFunctionObject *)func, NULL, 0, NULL, namespace);
    return f ? vm_run(t, f, 0) : NULL;
}

/* The __class__ cell must hold the new class: 0, or -1. */
static int check_class_cell(PyObject *cell, PyObject *cls, PyObject *name)
{
    if (!PyType_Check(cls) || !PyCell_Check(cell))
        return 0;
    PyObject *held = PyCell_GET(cell);
    if (held == cls)
        return 0;
    if (!held)
        PyErr_Format(PyExc_RuntimeError, "__class__ not set defining %.200R as %.200R. "
                                         "Was __classcell__ propagated to type.__new__?", name, cls);
    else
        PyErr_Format(PyExc_TypeError, "__class__ set to %.200R defining %.200R as %.200R", held, name, cls);
    return -1;
}

static PyObject *build(PyObject *func, PyObject *name, PyObject *original, PyObject *bases, PyObject *keywords)
{
    PyObject *meta = NULL;
    int is_type = 1;
    if (keywords) {
        meta = Py_XNewRef(PyDict_GetItemWithError(keywords, N(metaclass)));
        if (meta && PyDict_DelItem(keywords, N(metaclass)) < 0)
            Py_CLEAR(meta);
        if (PyErr_Occurred())
            return NULL;
        is_type = !meta || PyType_Check(meta);
    }
    if (!meta)
        meta = Py_NewRef(PyTuple_GET_SIZE(bases) ? (PyObject *)Py_TYPE(PyTuple_GET_ITEM(bases, 0))
                                                 : (PyObject *)&PyType_Type);
    if (is_type) {
        PyObject *winner = derived_metaclass(meta, bases);
        if (!winner) {
            Py_DECREF(meta);
            return NULL;
        }
        Py_SETREF(meta, Py_NewRef(winner));
    }
    PyObject *cls = NULL, *cell = NULL, *namespace = prepare(meta, is_type, name, bases, keywords);
    if (namespace)
        cell = run_body(func, namespace);
    if (cell && bases != original && PyMapping_SetItemString(namespace, "__orig_bases__", original) < 0)
        Py_CLEAR(cell);
    if (cell) {
        PyObject *args = PyTuple_Pack(3, name, bases, namespace);
        cls = args ? PyObject_Call(meta, args, keywords) : NULL;
        Py_XDECREF(args);
        if (cls && check_class_cell(cell, cls, name) < 0)
            Py_CLEAR(cls);
    }
    Py_XDECREF(cell);
    Py_XDECREF(namespace);
    Py_DECREF(meta);
    return cls;
}

PyObject *builtin_build_class(PyObject *module, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    if (nargs < 2)
        return PyErr_Format(PyExc_TypeError, "__build_class__: not enough arguments");
    if (!PyFunction_Check(args[0]))
        return PyErr_Format(PyExc_TypeError, "__build_class__: func must be a function");
    if (!PyUnicode_Check(args[1]))
        return PyErr_Format(PyExc_TypeError, "__build_class__: name is not a string");
    PyObject *original = PyTuple_New(nargs - 2), *keywords = NULL;
    for (Py_ssize_t i = 2; original && i < nargs; i++)
        PyTuple_SET_ITEM(original, i - 2, Py_NewRef(args[i]));
    PyObject *bases = original ? resolve_bases(original) : NULL, *cls = NULL;
    if (bases && kwnames && PyTuple_GET_SIZE(kwnames)) {
        keywords = PyDict_New();
        for (Py_ssize_t k = 0; keywords && k < PyTuple_GET_SIZE(kwnames); k++)
            if (PyDict_SetItem(keywords, PyTuple_GET_ITEM(kwnames, k), args[nargs + k]) < 0)
                Py_CLEAR(keywords);
        if (!keywords)
            Py_CLEAR(bases);
    }
    if (bases)
        cls = build(args[0], args[1], original, bases, keywords);
    Py_XDECREF(keywords);
    Py_XDECREF(bases);
    Py_XDECREF(original);
    return cls;
}
