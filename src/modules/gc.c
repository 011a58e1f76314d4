/* Module gc: the collector's switches and views. */
#include "Python.h"
#include "memory/memory.h"
#include "memory/state.h"

static PyObject *gc_enable(PyObject *m, PyObject *unused)
{
    gc_set_enabled(1);
    Py_RETURN_NONE;
}

static PyObject *gc_disable(PyObject *m, PyObject *unused)
{
    gc_set_enabled(0);
    Py_RETURN_NONE;
}

static PyObject *gc_isenabled(PyObject *m, PyObject *unused) { return PyBool_FromLong(heap.gc.enabled); }

static PyObject *gc_collect_method(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"generation", NULL};
    int generation = GENERATIONS - 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|i:collect", names, &generation))
        return NULL;
    if (generation < 0 || generation >= GENERATIONS) {
        PyErr_SetString(PyExc_ValueError, "invalid generation");
        return NULL;
    }
    return PyLong_FromSsize_t(gc_collect(generation));
}

static PyObject *gc_set_debug(PyObject *m, PyObject *arg)
{
    int flags = _PyLong_AsInt(arg);
    if (flags == -1 && PyErr_Occurred())
        return NULL;
    heap.gc.debug = flags;
    Py_RETURN_NONE;
}

static PyObject *gc_get_debug(PyObject *m, PyObject *unused) { return PyLong_FromLong(heap.gc.debug); }

static PyObject *gc_set_threshold_method(PyObject *m, PyObject *args)
{
    int t[GENERATIONS] = {heap.gc.threshold[0], heap.gc.threshold[1], heap.gc.threshold[2]};
    if (!PyArg_ParseTuple(args, "i|ii:set_threshold", &t[0], &t[1], &t[2]))
        return NULL;
    for (int g = 0; g < GENERATIONS; g++)
        gc_set_threshold(g, t[g]);
    Py_RETURN_NONE;
}

static PyObject *gc_get_threshold(PyObject *m, PyObject *unused)
{
    return Py_BuildValue("(iii)", heap.gc.threshold[0], heap.gc.threshold[1], heap.gc.threshold[2]);
}

static PyObject *gc_get_count(PyObject *m, PyObject *unused)
{
    return Py_BuildValue("(iii)", heap.gc.count[0], heap.gc.count[1], heap.gc.count[2]);
}

static PyObject *gc_get_stats(PyObject *m, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    for (int g = 0; list != NULL && g < GENERATIONS; g++) {
        PyObject *d = Py_BuildValue("{snsnsn}", "collections", heap.gc.stats[g].collections, "collected",
                                    heap.gc.stats[g].collected, "uncollectable", heap.gc.stats[g].uncollectable);
        if (d == NULL || PyList_Append(list, d) < 0)
            Py_CLEAR(list);
        Py_XDECREF(d);
    }
    return list;
}

/* ---- views ---- */

typedef struct {
    PyObject *list;
    PyObject *wanted;    /* tuple of referents looked for, or NULL */
} Gathering;

static int add_object(PyObject *o, void *arg)
{
    Gathering *g = arg;
    return o == g->list ? 0 : PyList_Append(g->list, o);
}

static PyObject *gc_get_objects(PyObject *m, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"generation", NULL};
    PyObject *which = Py_None;
    unsigned generations = 7;
    Py_ssize_t generation = -1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:get_objects", names, &which))
        return NULL;
    if (which != Py_None) {
        if (!PyIndex_Check(which))
            return PyErr_Format(PyExc_TypeError, "argument should be integer or None, not '%.200s'", Py_TYPE(which)->tp_name);
        Py_ssize_t g = PyNumber_AsSsize_t(which, PyExc_OverflowError);
        if (g == -1 && PyErr_Occurred())
            return NULL;
        if (g < -1) {
            PyErr_SetString(PyExc_ValueError, "generation parameter cannot be negative");
            return NULL;
        }
        if (g >= GENERATIONS)
            return PyErr_Format(PyExc_ValueError,
                                "generation parameter must be less than the number of available generations (%i)",
                                GENERATIONS);
        if (g >= 0)
            generations = 1u << g;
        generation = g;
    }
    if (PySys_Audit("gc.get_objects", "n", generation) < 0)
        return NULL;
    Gathering g = {PyList_New(0), NULL};
    if (g.list != NULL && gc_walk(generations, add_object, &g) < 0)
        Py_CLEAR(g.list);
    return g.list;
}

static int is_wanted(PyObject *o, void *arg)
{
    PyObject *wanted = arg;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(wanted); i++)
        if (PyTuple_GET_ITEM(wanted, i) == o)
            return 1;
    return 0;
}

static int add_referrer(PyObject *o, void *arg)
{
    Gathering *g = arg;
    if (o == g->list || o == g->wanted)
        return 0;
    return Py_TYPE(o)->tp_traverse(o, is_wanted, g->wanted) ? PyList_Append(g->list, o) : 0;
}

static PyObject *gc_get_referrers(PyObject *m, PyObject *args)
{
    if (PySys_Audit("gc.get_referrers", "(O)", args) < 0)
        return NULL;
    Gathering g = {PyList_New(0), args};
    if (g.list != NULL && gc_walk(7, add_referrer, &g) < 0)
        Py_CLEAR(g.list);
    return g.list;
}

static int append_referent(PyObject *o, void *list) { return PyList_Append(list, o) < 0; }

static PyObject *gc_get_referents(PyObject *m, PyObject *args)
{
    if (PySys_Audit("gc.get_referents", "(O)", args) < 0)
        return NULL;
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = 0; list != NULL && i < PyTuple_GET_SIZE(args); i++) {
        PyObject *o = PyTuple_GET_ITEM(args, i);
        if (PyObject_IS_GC(o) && Py_TYPE(o)->tp_traverse != NULL && Py_TYPE(o)->tp_traverse(o, append_referent, list))
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *gc_is_tracked(PyObject *m, PyObject *o) { return PyBool_FromLong(PyObject_GC_IsTracked(o)); }
static PyObject *gc_is_finalized(PyObject *m, PyObject *o) { return PyBool_FromLong(PyObject_GC_IsFinalized(o)); }

static PyObject *gc_freeze_method(PyObject *m, PyObject *unused)
{
    gc_freeze();
    Py_RETURN_NONE;
}

static PyObject *gc_unfreeze_method(PyObject *m, PyObject *unused)
{
    gc_unfreeze();
    Py_RETURN_NONE;
}

static PyObject *gc_get_freeze_count(PyObject *m, PyObject *unused) { return PyLong_FromSsize_t(gc_permanent_count()); }

#define KEYWORDS(f) (PyCFunction)(void (*)(void))(f), METH_VARARGS | METH_KEYWORDS

static PyMethodDef methods[] = {
    {"enable", gc_enable, METH_NOARGS, PyDoc_STR("enable($module, /)\n--\n\nEnable automatic garbage collection.")},
    {"disable", gc_disable, METH_NOARGS, PyDoc_STR("disable($module, /)\n--\n\nDisable automatic garbage collection.")},
    {"isenabled", gc_isenabled, METH_NOARGS,
     PyDoc_STR("isenabled($module, /)\n--\n\nReturns true if automatic garbage collection is enabled.")},
    {"set_debug", gc_set_debug, METH_O,
     PyDoc_STR("set_debug($module, flags, /)\n--\n\nSet the garbage collection debugging flags, a sum of DEBUG_ constants.")},
    {"get_debug", gc_get_debug, METH_NOARGS,
     PyDoc_STR("get_debug($module, /)\n--\n\nGet the garbage collection debugging flags.")},
    {"get_count", gc_get_count, METH_NOARGS,
     PyDoc_STR("get_count($module, /)\n--\n\nReturn a three-tuple of the current collection counts.")},
    {"set_threshold", gc_set_threshold_method, METH_VARARGS,
     PyDoc_STR("set_threshold(threshold0, [threshold1, threshold2]) -> None\n\nSet the collection thresholds.\n"
               "Setting threshold0 to zero disables collection.")},
    {"get_threshold", gc_get_threshold, METH_NOARGS,
     PyDoc_STR("get_threshold($module, /)\n--\n\nReturn the current collection thresholds.")},
    {"collect", KEYWORDS(gc_collect_method),
     PyDoc_STR("collect($module, /, generation=2)\n--\n\nRun the garbage collector; the number of unreachable objects found.")},
    {"get_objects", KEYWORDS(gc_get_objects),
     PyDoc_STR("get_objects($module, /, generation=None)\n--\n\nReturn a list of objects tracked by the collector.")},
    {"get_stats", gc_get_stats, METH_NOARGS,
     PyDoc_STR("get_stats($module, /)\n--\n\nReturn a list of dictionaries containing per-generation statistics.")},
    {"is_tracked", gc_is_tracked, METH_O,
     PyDoc_STR("is_tracked($module, obj, /)\n--\n\nReturns true if the object is tracked by the garbage collector.")},
    {"is_finalized", gc_is_finalized, METH_O,
     PyDoc_STR("is_finalized($module, obj, /)\n--\n\nReturns true if the object has been already finalized by the GC.")},
    {"get_referrers", gc_get_referrers, METH_VARARGS,
     PyDoc_STR("get_referrers(*objs) -> list\nReturn the list of objects that directly refer to any of objs.")},
    {"get_referents", gc_get_referents, METH_VARARGS,
     PyDoc_STR("get_referents(*objs) -> list\nReturn the list of objects that are directly referred to by objs.")},
    {"freeze", gc_freeze_method, METH_NOARGS,
     PyDoc_STR("freeze($module, /)\n--\n\nFreeze all current tracked objects and ignore them for future collections.")},
    {"unfreeze", gc_unfreeze_method, METH_NOARGS,
     PyDoc_STR("unfreeze($module, /)\n--\n\nUnfreeze all objects in the permanent generation.")},
    {"get_freeze_count", gc_get_freeze_count, METH_NOARGS,
     PyDoc_STR("get_freeze_count($module, /)\n--\n\nReturn the number of objects in the permanent generation.")},
    {NULL}};

static int gc_exec(PyObject *m)
{
    if (gc_init() < 0 || PyModule_AddObjectRef(m, "garbage", heap.gc.garbage) < 0 ||
        PyModule_AddObjectRef(m, "callbacks", heap.gc.callbacks) < 0)
        return -1;
    static const struct {
        const char *name;
        int value;
    } constants[] = {{"DEBUG_STATS", GC_DEBUG_STATS},       {"DEBUG_COLLECTABLE", GC_DEBUG_COLLECTABLE},
                     {"DEBUG_UNCOLLECTABLE", GC_DEBUG_UNCOLLECTABLE}, {"DEBUG_SAVEALL", GC_DEBUG_SAVEALL},
                     {"DEBUG_LEAK", GC_DEBUG_LEAK}};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(constants); i++)
        if (PyModule_AddIntConstant(m, constants[i].name, constants[i].value) < 0)
            return -1;
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, gc_exec}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "gc",
    .m_doc = PyDoc_STR("This module provides access to the garbage collector for reference cycles."),
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit_gc(void) { return PyModuleDef_Init(&module); }
