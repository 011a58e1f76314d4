/* The _abc module: abstract base classes (https://docs.python.org/3.11/library/abc.html).
 *
 * Each ABC keeps in _abc_impl three sets of weak references to classes: those registered, and those that subclass checks have
 * answered with yes and with no.  A registration anywhere makes all negative answers out of date; a counter says so. */
#include "Python.h"
#include "objects/names.h"
#include "memory/stack.h"

typedef struct {
    PyObject_HEAD
    PyObject *registry, *cache, *negative;   /* sets of weak references, or NULL */
    unsigned long long negative_version;
} Data;
#define DATA(o) ((Data *)(o))

typedef struct {
    PyTypeObject *data_type;
    unsigned long long counter;
} State;
#define STATE(module) ((State *)PyModule_GetState(module))

/* ---- the data of a class ---- */

static void data_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(DATA(self)->registry);
    Py_XDECREF(DATA(self)->cache);
    Py_XDECREF(DATA(self)->negative);
    type->tp_free(self);
    Py_DECREF(type);
}
static int data_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(DATA(self)->registry);
    Py_VISIT(DATA(self)->cache);
    Py_VISIT(DATA(self)->negative);
    return 0;
}
static int data_clear(PyObject *self)
{
    Py_CLEAR(DATA(self)->registry);
    Py_CLEAR(DATA(self)->cache);
    Py_CLEAR(DATA(self)->negative);
    return 0;
}
static PyType_Slot data_slots[] = {
    {Py_tp_doc, (void *)"Internal state held by ABC machinery."},
    {Py_tp_new, PyType_GenericNew},
    {Py_tp_dealloc, data_dealloc},
    {Py_tp_traverse, data_traverse},
    {Py_tp_clear, data_clear},
    {0, NULL},
};
static PyType_Spec data_spec = {
    .name = "_abc._abc_data", .basicsize = sizeof(Data), .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .slots = data_slots};

/* The class's data, new. */
static Data *data_of(PyObject *module, PyObject *cls)
{
    PyObject *data = PyObject_GetAttr(cls, N(_abc_impl));
    if (data != NULL && !Py_IS_TYPE(data, STATE(module)->data_type)) {
        PyErr_SetString(PyExc_TypeError, "_abc_impl is set to a wrong type");
        Py_CLEAR(data);
    }
    return DATA(data);
}

/* ---- sets of weak references ---- */

static int set_has(PyObject *set, PyObject *o)
{
    if (set == NULL || PySet_GET_SIZE(set) == 0)
        return 0;
    PyObject *ref = PyWeakref_NewRef(o, NULL);
    if (ref == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_TypeError))
            return -1;
        PyErr_Clear();
        return 0;
    }
    int has = PySet_Contains(set, ref);
    Py_DECREF(ref);
    return has;
}

/* Callback of a reference: takes it out of the set that the bound weak reference names. */
static PyObject *forget(PyObject *set_ref, PyObject *ref)
{
    PyObject *set = PyWeakref_GET_OBJECT(set_ref);
    if (set == Py_None)
        Py_RETURN_NONE;
    Py_INCREF(set);
    int err = PySet_Discard(set, ref);
    Py_DECREF(set);
    if (err < 0)
        return NULL;
    Py_RETURN_NONE;
}
static PyMethodDef forget_method = {"_destroy", forget, METH_O, NULL};

static int set_add(PyObject **set, PyObject *o)
{
    if (*set == NULL && (*set = PySet_New(NULL)) == NULL)
        return -1;
    PyObject *set_ref = PyWeakref_NewRef(*set, NULL);
    PyObject *callback = set_ref == NULL ? NULL : PyCFunction_NewEx(&forget_method, set_ref, NULL);
    PyObject *ref = callback == NULL ? NULL : PyWeakref_NewRef(o, callback);
    int err = ref == NULL ? -1 : PySet_Add(*set, ref);
    Py_XDECREF(set_ref);
    Py_XDECREF(callback);
    Py_XDECREF(ref);
    return err;
}

/* ---- _abc_init ---- */

static int is_abstract(PyObject *value)
{
    PyObject *flag;
    int found = _PyObject_LookupAttr(value, N(__isabstractmethod__), &flag);
    if (found > 0) {
        found = PyObject_IsTrue(flag);
        Py_DECREF(flag);
    }
    return found;
}

/* Adds the class's own abstract names. */
static int own_abstracts(PyObject *cls, PyObject *names)
{
    PyObject *dict = PyObject_GetAttr(cls, N(__dict__)), *items = dict == NULL ? NULL : PyMapping_Items(dict);
    int err = items == NULL ? -1 : 0;
    for (Py_ssize_t i = 0; err == 0 && i < PyList_GET_SIZE(items); i++) {
        PyObject *pair = PySequence_Tuple(PyList_GET_ITEM(items, i));
        if (pair == NULL || PyTuple_GET_SIZE(pair) != 2) {
            if (pair != NULL)
                PyErr_SetString(PyExc_TypeError, "Iteration over dict.items() returned a non-tuple pair");
            err = -1;
        } else {
            int abstract = is_abstract(PyTuple_GET_ITEM(pair, 1));
            err = abstract <= 0 ? abstract : PySet_Add(names, PyTuple_GET_ITEM(pair, 0));
        }
        Py_XDECREF(pair);
    }
    Py_XDECREF(dict);
    Py_XDECREF(items);
    return err;
}

/* Adds those abstract names of a base that the class leaves abstract. */
static int inherited_abstracts(PyObject *cls, PyObject *base, PyObject *names)
{
    PyObject *theirs, *iterator, *name;
    int found = _PyObject_LookupAttr(base, N(__abstractmethods__), &theirs);
    if (found <= 0)
        return found;
    iterator = PyObject_GetIter(theirs);
    Py_DECREF(theirs);
    if (iterator == NULL)
        return -1;
    int err = 0;
    while (err == 0 && (name = PyIter_Next(iterator)) != NULL) {
        PyObject *value;
        found = _PyObject_LookupAttr(cls, name, &value);
        if (found > 0) {
            found = is_abstract(value);
            Py_DECREF(value);
        }
        err = found <= 0 ? found : PySet_Add(names, name);
        Py_DECREF(name);
    }
    Py_DECREF(iterator);
    return PyErr_Occurred() ? -1 : err;
}

static int compute_abstracts(PyObject *cls)
{
    PyObject *names = PyFrozenSet_New(NULL), *bases = NULL;
    int err = names == NULL ? -1 : own_abstracts(cls, names);
    if (err == 0 && (bases = PyObject_GetAttr(cls, N(__bases__))) != NULL && !PyTuple_Check(bases)) {
        PyErr_SetString(PyExc_TypeError, "__bases__ is not tuple");
        Py_CLEAR(bases);
    }
    if (bases == NULL)
        err = -1;
    for (Py_ssize_t i = 0; err == 0 && i < PyTuple_GET_SIZE(bases); i++)
        err = inherited_abstracts(cls, PyTuple_GET_ITEM(bases, i), names);
    if (err == 0)
        err = PyObject_SetAttr(cls, N(__abstractmethods__), names);
    Py_XDECREF(bases);
    Py_XDECREF(names);
    return err;
}

#define COLLECTION_FLAGS (Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING)

/* A class may say in __abc_tpflags__ that it matches sequence or mapping patterns. */
static int read_flags(PyObject *cls)
{
    if (!PyType_Check(cls))
        return 0;
    PyTypeObject *type = (PyTypeObject *)cls;
    PyObject *value = PyDict_GetItemString(type->tp_dict, "__abc_tpflags__");
    if (value == NULL)
        return 0;
    if (PyLong_CheckExact(value)) {
        long flags = PyLong_AsLong(value);
        if (flags == -1 && PyErr_Occurred())
            return -1;
        if ((flags & COLLECTION_FLAGS) == COLLECTION_FLAGS) {
            PyErr_SetString(PyExc_TypeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
            return -1;
        }
        type->tp_flags |= flags & COLLECTION_FLAGS;
    }
    return PyDict_DelItemString(type->tp_dict, "__abc_tpflags__");
}

static PyObject *abc_init(PyObject *module, PyObject *cls)
{
    if (compute_abstracts(cls) < 0)
        return NULL;
    Data *data = DATA(STATE(module)->data_type->tp_alloc(STATE(module)->data_type, 0));
    if (data == NULL)
        return NULL;
    data->negative_version = STATE(module)->counter;
    int err = PyObject_SetAttr(cls, N(_abc_impl), (PyObject *)data);
    Py_DECREF(data);
    if (err < 0 || read_flags(cls) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* ---- register ---- */

/* Classes that become sequences or mappings by registration, and all below them. */
static void set_flags_below(PyTypeObject *type, unsigned long flags)
{
    if ((type->tp_flags & Py_TPFLAGS_IMMUTABLETYPE) || (type->tp_flags & COLLECTION_FLAGS) == flags)
        return;
    type->tp_flags = (type->tp_flags & ~COLLECTION_FLAGS) | flags;
    PyObject *subclasses = PyObject_CallMethod((PyObject *)type, "__subclasses__", NULL);
    for (Py_ssize_t i = 0; subclasses != NULL && i < PyList_GET_SIZE(subclasses); i++)
        set_flags_below((PyTypeObject *)PyList_GET_ITEM(subclasses, i), flags);
    if (subclasses == NULL)
        PyErr_Clear();
    Py_XDECREF(subclasses);
}

static PyObject *abc_register(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("_abc_register", n, 2, 2))
        return NULL;
    PyObject *self = args[0], *sub = args[1];
    if (!PyType_Check(sub)) {
        PyErr_SetString(PyExc_TypeError, "Can only register classes");
        return NULL;
    }
    int is = PyObject_IsSubclass(sub, self);
    if (is != 0)
        return is < 0 ? NULL : Py_NewRef(sub);
    is = PyObject_IsSubclass(self, sub);
    if (is != 0) {
        if (is > 0)
            PyErr_SetString(PyExc_RuntimeError, "Refusing to create an inheritance cycle");
        return NULL;
    }
    Data *data = data_of(module, self);
    if (data == NULL)
        return NULL;
    int err = set_add(&data->registry, sub);
    Py_DECREF(data);
    if (err < 0)
        return NULL;
    STATE(module)->counter++;
    if (PyType_Check(self)) {
        unsigned long flags = ((PyTypeObject *)self)->tp_flags & COLLECTION_FLAGS;
        if (flags)
            set_flags_below((PyTypeObject *)sub, flags);
    }
    return Py_NewRef(sub);
}

/* ---- checks ---- */

/* 1, 0, or -1 with an exception set: does self's __subclasscheck__ accept cls? */
static int ask_subclass(PyObject *self, PyObject *cls)
{
    PyObject *answer = PyObject_CallMethodOneArg(self, N(__subclasscheck__), cls);
    if (answer == NULL)
        return -1;
    int is = PyObject_IsTrue(answer);
    Py_DECREF(answer);
    return is;
}

static PyObject *abc_instancecheck(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("_abc_instancecheck", n, 2, 2))
        return NULL;
    PyObject *self = args[0], *o = args[1];
    Data *data = data_of(module, self);
    if (data == NULL)
        return NULL;
    int is = -1;
    PyObject *cls = PyObject_GetAttr(o, N(__class__)), *type = (PyObject *)Py_TYPE(o);
    if (cls != NULL && (is = set_has(data->cache, cls)) == 0) {
        if (cls == type) {
            int no = data->negative_version == STATE(module)->counter ? set_has(data->negative, cls) : 0;
            is = no != 0 ? (no < 0 ? -1 : 0) : ask_subclass(self, cls);
        } else {
            is = ask_subclass(self, cls);
            if (is == 0)
                is = ask_subclass(self, type);
        }
    }
    Py_XDECREF(cls);
    Py_DECREF(data);
    return is < 0 ? NULL : PyBool_FromLong(is);
}

/* Is cls a subclass of a registered class?  Works on a copy: the registry may change meanwhile. */
static int check_registry(Data *data, PyObject *cls)
{
    int is = set_has(data->registry, cls);
    if (is != 0 || data->registry == NULL)
        return is;
    PyObject *refs = PySequence_List(data->registry);
    if (refs == NULL)
        return -1;
    for (Py_ssize_t i = 0; is == 0 && i < PyList_GET_SIZE(refs); i++) {
        PyObject *registered = Py_NewRef(PyWeakref_GET_OBJECT(PyList_GET_ITEM(refs, i)));
        if (registered != Py_None)
            is = PyObject_IsSubclass(cls, registered);
        Py_DECREF(registered);
    }
    Py_DECREF(refs);
    return is;
}

static int check_subclasses(PyObject *self, PyObject *cls)
{
    PyObject *subclasses = PyObject_CallMethod(self, "__subclasses__", NULL);
    if (subclasses == NULL)
        return -1;
    int is = 0;
    if (!PyList_Check(subclasses)) {
        PyErr_SetString(PyExc_TypeError, "__subclasses__() must return a list");
        is = -1;
    }
    for (Py_ssize_t i = 0; is == 0 && i < PyList_GET_SIZE(subclasses); i++) {
        PyObject *sub = Py_NewRef(PyList_GET_ITEM(subclasses, i));
        is = PyObject_IsSubclass(cls, sub);
        Py_DECREF(sub);
    }
    Py_DECREF(subclasses);
    return is;
}

/* The answer that is not in the caches. */
static int compute_subclass(Data *data, PyObject *self, PyObject *cls)
{
    PyObject *hook = PyObject_CallMethodOneArg(self, N(__subclasshook__), cls);
    if (hook == NULL)
        return -1;
    int known = hook != Py_NotImplemented, is = hook == Py_True;
    if (known && hook != Py_True && hook != Py_False) {
        PyErr_SetString(PyExc_AssertionError, "__subclasshook__ must return either False, True, or NotImplemented");
        is = -1;
    }
    Py_DECREF(hook);
    if (known)
        return is;
    if (PyType_IsSubtype((PyTypeObject *)cls, (PyTypeObject *)self))
        return 1;
    is = check_registry(data, cls);
    return is != 0 ? is : check_subclasses(self, cls);
}

static PyObject *abc_subclasscheck(PyObject *module, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyArg_CheckPositional("_abc_subclasscheck", n, 2, 2))
        return NULL;
    PyObject *self = args[0], *cls = args[1];
    if (!PyType_Check(cls)) {
        PyErr_SetString(PyExc_TypeError, "issubclass() arg 1 must be a class");
        return NULL;
    }
    Data *data = data_of(module, self);
    if (data == NULL)
        return NULL;
    int is = set_has(data->cache, cls);
    if (is == 0) {
        int no = 0;
        if (data->negative_version < STATE(module)->counter) {
            if (data->negative != NULL)
                PySet_Clear(data->negative);
            data->negative_version = STATE(module)->counter;
        } else {
            no = set_has(data->negative, cls);
        }
        if (no == 0) {
            is = compute_subclass(data, self, cls);
            if (is >= 0 && set_add(is ? &data->cache : &data->negative, cls) < 0)
                is = -1;
        } else if (no < 0) {
            is = -1;
        }
    }
    Py_DECREF(data);
    return is < 0 ? NULL : PyBool_FromLong(is);
}

/* ---- inspection ---- */

static PyObject *get_cache_token(PyObject *module, PyObject *unused)
{
    return PyLong_FromUnsignedLongLong(STATE(module)->counter);
}

static PyObject *reset_registry(PyObject *module, PyObject *self)
{
    Data *data = data_of(module, self);
    if (data == NULL)
        return NULL;
    int err = data->registry != NULL ? PySet_Clear(data->registry) : 0;
    Py_DECREF(data);
    return err < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *reset_caches(PyObject *module, PyObject *self)
{
    Data *data = data_of(module, self);
    if (data == NULL)
        return NULL;
    int err = data->cache != NULL ? PySet_Clear(data->cache) : 0;
    if (err == 0 && data->negative != NULL)
        err = PySet_Clear(data->negative);
    Py_DECREF(data);
    return err < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *get_dump(PyObject *module, PyObject *self)
{
    Data *data = data_of(module, self);
    if (data == NULL)
        return NULL;
    PyObject *result = Py_BuildValue("NNNK", PySet_New(data->registry), PySet_New(data->cache), PySet_New(data->negative),
                                     data->negative_version);
    Py_DECREF(data);
    return result;
}

static PyMethodDef methods[] = {
    {"get_cache_token", get_cache_token, METH_NOARGS,
     "get_cache_token($module, /)\n--\n\nReturns the current ABC cache token.\n\n"
     "The token is an opaque object (supporting equality testing) identifying the\n"
     "current version of the ABC cache for virtual subclasses. The token changes\nwith every call to register() on any ABC."},
    {"_abc_init", abc_init, METH_O, "_abc_init($module, self, /)\n--\n\nInternal ABC helper for class set-up."},
    {"_reset_registry", reset_registry, METH_O, "_reset_registry($module, self, /)\n--\n\nInternal ABC helper to reset registry."},
    {"_reset_caches", reset_caches, METH_O, "_reset_caches($module, self, /)\n--\n\nInternal ABC helper to reset both caches."},
    {"_get_dump", get_dump, METH_O, "_get_dump($module, self, /)\n--\n\nInternal ABC helper for cache and registry debugging."},
    {"_abc_register", _PyCFunction_CAST(abc_register), METH_FASTCALL,
     "_abc_register($module, self, subclass, /)\n--\n\nInternal ABC helper for subclass registration."},
    {"_abc_instancecheck", _PyCFunction_CAST(abc_instancecheck), METH_FASTCALL,
     "_abc_instancecheck($module, self, instance, /)\n--\n\nInternal ABC helper for instance checks."},
    {"_abc_subclasscheck", _PyCFunction_CAST(abc_subclasscheck), METH_FASTCALL,
     "_abc_subclasscheck($module, self, subclass, /)\n--\n\nInternal ABC helper for subclasss checks."},
    {NULL},
};

static int exec(PyObject *module)
{
    STATE(module)->data_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &data_spec, NULL);
    return STATE(module)->data_type == NULL ? -1 : 0;
}
static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    Py_VISIT(STATE(module)->data_type);
    return 0;
}
static int module_clear(PyObject *module)
{
    Py_CLEAR(STATE(module)->data_type);
    return 0;
}
static void module_free(void *module) { module_clear((PyObject *)module); }

static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec}, {0, NULL}};
static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_abc", .m_doc = "Module contains faster C implementation of abc.ABCMeta",
    .m_size = sizeof(State), .m_methods = methods, .m_slots = slots, .m_traverse = module_traverse, .m_clear = module_clear,
    .m_free = module_free};

PyMODINIT_FUNC PyInit__abc(void) { return PyModuleDef_Init(&definition); }
