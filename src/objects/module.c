/* Module objects: the type, the functions that fill a module, and both ways of initialising one from C. */
#include "objects/object.h"
#include "objects/names.h"
#include "memory/state.h"
#include "structmember.h"
#include "objects/hidden.h"
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyModuleDef *def;
    void *state;
    PyObject *weaklist;
    PyObject *name;   /* for messages after the dict was cleared */
} Module;
#define M(self) ((Module *)(self))

PyTypeObject PyModuleDef_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "moduledef",
    .tp_basicsize = sizeof(PyModuleDef),
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

PyObject *PyModuleDef_Init(PyModuleDef *def)
{
    static Py_ssize_t next_index;   /* process-wide, as definitions are */
    if (!(PyModuleDef_Type.tp_flags & Py_TPFLAGS_READY) && PyType_Ready(&PyModuleDef_Type) < 0)
        return NULL;
    if (def->m_base.m_index == 0) {
        Py_SET_REFCNT((PyObject *)def, 1);
        Py_SET_TYPE((PyObject *)def, &PyModuleDef_Type);
        def->m_base.m_index = ++next_index;
    }
    return (PyObject *)def;
}

/* ---- making ---- */

static int init_dict(Module *self, PyObject *dict, PyObject *name, PyObject *doc)
{
    if (doc == NULL)
        doc = Py_None;
    if (PyDict_SetItem(dict, N(__name__), name) < 0 || PyDict_SetItem(dict, N(__doc__), doc) < 0
        || PyDict_SetItem(dict, N(__package__), Py_None) < 0 || PyDict_SetItem(dict, N(__loader__), Py_None) < 0
        || PyDict_SetItem(dict, N(__spec__), Py_None) < 0)
        return -1;
    if (PyUnicode_CheckExact(name)) {
        Py_INCREF(name);
        Py_XSETREF(self->name, name);
    }
    return 0;
}

/* An empty module of a subclass of module, tracked. */
static Module *alloc_module(PyTypeObject *type)
{
    Module *self = (Module *)PyType_GenericAlloc(type, 0);
    if (self != NULL && (self->dict = PyDict_New()) == NULL)
        Py_CLEAR(self);
    return self;
}

static PyObject *module_new(PyTypeObject *type, PyObject *args, PyObject *kwds) { return (PyObject *)alloc_module(type); }

PyObject *PyModule_NewObject(PyObject *name)
{
    Module *self = alloc_module(&PyModule_Type);
    if (self != NULL && init_dict(self, self->dict, name, NULL) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

PyObject *PyModule_New(const char *text)
{
    PyObject *name = PyUnicode_FromString(text);
    if (name == NULL)
        return NULL;
    PyObject *self = PyModule_NewObject(name);
    Py_DECREF(name);
    return self;
}

static int check_api_version(const char *name, int version)
{
    if (version == PYTHON_API_VERSION || version == PYTHON_ABI_VERSION)
        return 1;
    return PyErr_WarnFormat(PyExc_RuntimeWarning, 1,
                            "Python C API version mismatch for module %.100s: This Python has API version %d, module "
                            "%.100s has version %d.",
                            name, PYTHON_API_VERSION, name, version) == 0;
}

static int add_methods(PyObject *self, PyObject *name, PyMethodDef *def)
{
    for (; def->ml_name != NULL; def++) {
        if (def->ml_flags & (METH_CLASS | METH_STATIC)) {
            PyErr_SetString(PyExc_ValueError, "module functions cannot set METH_CLASS or METH_STATIC");
            return -1;
        }
        PyObject *function = PyCMethod_New(def, self, name, NULL);
        if (function == NULL)
            return -1;
        int err = PyObject_SetAttrString(self, def->ml_name, function);
        Py_DECREF(function);
        if (err < 0)
            return -1;
    }
    return 0;
}

int PyModule_AddFunctions(PyObject *self, PyMethodDef *defs)
{
    PyObject *name = PyModule_GetNameObject(self);
    if (name == NULL)
        return -1;
    int err = add_methods(self, name, defs);
    Py_DECREF(name);
    return err;
}

/* Room for the module's C state; 0 or -1 with MemoryError. */
static int alloc_state(PyObject *self, PyModuleDef *def)
{
    if (def->m_size <= 0 || M(self)->state != NULL)
        return 0;
    M(self)->state = PyMem_Calloc(1, def->m_size);
    if (M(self)->state != NULL)
        return 0;
    PyErr_NoMemory();
    return -1;
}

PyObject *_PyModule_CreateInitialized(PyModuleDef *def, int version)
{
    if (PyModuleDef_Init(def) == NULL || !check_api_version(def->m_name, version))
        return NULL;
    if (def->m_slots != NULL)
        return PyErr_Format(PyExc_SystemError, "module %s: PyModule_Create is incompatible with m_slots", def->m_name);
    const char *name = def->m_name;
    /* a submodule's init function knows its last name only; the import in progress knows all */
    if (_Py_PackageContext != NULL) {
        const char *last = strrchr(_Py_PackageContext, '.');
        if (last != NULL && strcmp(name, last + 1) == 0) {
            name = _Py_PackageContext;
            _Py_PackageContext = NULL;
        }
    }
    PyObject *self = PyModule_New(name);
    if (self == NULL)
        return NULL;
    if (alloc_state(self, def) < 0 || (def->m_methods != NULL && PyModule_AddFunctions(self, def->m_methods) < 0)
        || (def->m_doc != NULL && PyModule_SetDocString(self, def->m_doc) < 0)) {
        Py_DECREF(self);
        return NULL;
    }
    M(self)->def = def;
    return self;
}

PyObject *PyModule_Create2(PyModuleDef *def, int version) { return _PyModule_CreateInitialized(def, version); }

/* ---- multi-phase initialisation (PEP 489) ---- */

struct phases {
    PyObject *(*create)(PyObject *, PyModuleDef *);
    int executes;
};

static int read_slots(PyModuleDef *def, const char *name, struct phases *phases)
{
    if (def->m_size < 0) {
        PyErr_Format(PyExc_SystemError, "module %s: m_size may not be negative for multi-phase initialization", name);
        return -1;
    }
    for (PyModuleDef_Slot *slot = def->m_slots; slot != NULL && slot->slot; slot++) {
        if (slot->slot == Py_mod_create) {
            if (phases->create != NULL) {
                PyErr_Format(PyExc_SystemError, "module %s has multiple create slots", name);
                return -1;
            }
            phases->create = (PyObject *(*)(PyObject *, PyModuleDef *))slot->value;
        } else if (slot->slot < 0 || slot->slot > _Py_mod_LAST_SLOT) {
            PyErr_Format(PyExc_SystemError, "module %s uses unknown slot ID %i", name, slot->slot);
            return -1;
        } else {
            phases->executes = 1;
        }
    }
    return 0;
}

/* Calls Py_mod_create. */
static PyObject *created(PyModuleDef *def, PyObject *spec, const char *name, struct phases *phases)
{
    PyObject *self = phases->create(spec, def);
    if (self == NULL) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_SystemError, "creation of module %s failed without setting an exception", name);
    } else if (PyErr_Occurred()) {
        Py_CLEAR(self);
        PyErr_Format(PyExc_SystemError, "creation of module %s raised unreported exception", name);
    }
    return self;
}

PyObject *PyModule_FromDefAndSpec2(PyModuleDef *def, PyObject *spec, int version)
{
    PyModuleDef_Init(def);
    PyObject *name = PyObject_GetAttr(spec, N(name)), *self = NULL;
    const char *text = name == NULL ? NULL : PyUnicode_AsUTF8(name);
    struct phases phases = {0};
    if (text == NULL || !check_api_version(text, version) || read_slots(def, text, &phases) < 0)
        goto fail;
    self = phases.create != NULL ? created(def, spec, text, &phases) : PyModule_NewObject(name);
    if (self == NULL)
        goto fail;
    if (PyModule_Check(self)) {
        M(self)->state = NULL;
        M(self)->def = def;
    } else if (def->m_size > 0 || def->m_traverse || def->m_clear || def->m_free) {
        PyErr_Format(PyExc_SystemError, "module %s is not a module object, but requests module state", text);
        goto fail;
    } else if (phases.executes) {
        PyErr_Format(PyExc_SystemError, "module %s specifies execution slots, but did not create a ModuleType instance", text);
        goto fail;
    }
    if (def->m_methods != NULL && add_methods(self, name, def->m_methods) < 0)
        goto fail;
    if (def->m_doc != NULL && PyModule_SetDocString(self, def->m_doc) < 0)
        goto fail;
    Py_DECREF(name);
    return self;
fail:
    Py_XDECREF(name);
    Py_XDECREF(self);
    return NULL;
}

int PyModule_ExecDef(PyObject *self, PyModuleDef *def)
{
    const char *name = PyModule_GetName(self);
    if (name == NULL || alloc_state(self, def) < 0)
        return -1;
    for (PyModuleDef_Slot *slot = def->m_slots; slot != NULL && slot->slot; slot++) {
        if (slot->slot == Py_mod_create)
            continue;
        if (slot->slot != Py_mod_exec) {
            PyErr_Format(PyExc_SystemError, "module %s initialized with unknown slot %i", name, slot->slot);
            return -1;
        }
        int err = ((int (*)(PyObject *))slot->value)(self);
        if (err != 0) {
            if (!PyErr_Occurred())
                PyErr_Format(PyExc_SystemError, "execution of module %s failed without setting an exception", name);
            return -1;
        }
        if (PyErr_Occurred()) {
            _PyErr_FormatFromCause(PyExc_SystemError, "execution of module %s raised unreported exception", name);
            return -1;
        }
    }
    return 0;
}

/* ---- what a module knows ---- */

static int check_module(PyObject *self)
{
    if (PyModule_Check(self))
        return 1;
    PyErr_BadArgument();
    return 0;
}

int PyModule_SetDocString(PyObject *self, const char *doc)
{
    PyObject *text = PyUnicode_FromString(doc);
    int err = text == NULL ? -1 : PyObject_SetAttr(self, N(__doc__), text);
    Py_XDECREF(text);
    return err;
}

PyObject *PyModule_GetDict(PyObject *self)
{
    if (!PyModule_Check(self)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return M(self)->dict;
}

PyObject *PyModule_GetNameObject(PyObject *self)
{
    if (!check_module(self))
        return NULL;
    PyObject *name = M(self)->dict == NULL ? NULL : PyDict_GetItemWithError(M(self)->dict, N(__name__));
    if (name == NULL || !PyUnicode_Check(name)) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "nameless module");
        return NULL;
    }
    return Py_NewRef(name);
}

const char *PyModule_GetName(PyObject *self)
{
    PyObject *name = PyModule_GetNameObject(self);
    if (name == NULL)
        return NULL;
    Py_DECREF(name);   /* the module's dict keeps it */
    return PyUnicode_AsUTF8(name);
}

PyObject *PyModule_GetFilenameObject(PyObject *self)
{
    if (!check_module(self))
        return NULL;
    PyObject *name = M(self)->dict == NULL ? NULL : PyDict_GetItemWithError(M(self)->dict, N(__file__));
    if (name == NULL || !PyUnicode_Check(name)) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "module filename missing");
        return NULL;
    }
    return Py_NewRef(name);
}

const char *PyModule_GetFilename(PyObject *self)
{
    PyObject *name = PyModule_GetFilenameObject(self);
    if (name == NULL)
        return NULL;
    const char *text = PyUnicode_AsUTF8(name);
    Py_DECREF(name);
    return text;
}

PyModuleDef *PyModule_GetDef(PyObject *self) { return check_module(self) ? M(self)->def : NULL; }
void *PyModule_GetState(PyObject *self) { return check_module(self) ? M(self)->state : NULL; }

/* Drops what the dict holds, private names first, so that functions die before what they use. */
void _PyModule_ClearDict(PyObject *dict)
{
    PyObject *key, *value;
    for (int pass = 0; pass < 2; pass++) {
        Py_ssize_t at = 0;
        while (PyDict_Next(dict, &at, &key, &value)) {
            if (value == Py_None || !PyUnicode_Check(key))
                continue;
            Py_UCS4 first = PyUnicode_GET_LENGTH(key) ? PyUnicode_READ_CHAR(key, 0) : 0;
            Py_UCS4 second = PyUnicode_GET_LENGTH(key) > 1 ? PyUnicode_READ_CHAR(key, 1) : 0;
            int private = first == '_' && second != '_';
            if (pass == 0 ? !private : PyUnicode_CompareWithASCIIString(key, "__builtins__") == 0)
                continue;
            if (PyDict_SetItem(dict, key, Py_None) < 0)
                PyErr_WriteUnraisable(NULL);
        }
    }
}
void _PyModule_Clear(PyObject *self)
{
    if (M(self)->dict != NULL)
        _PyModule_ClearDict(M(self)->dict);
}

/* ---- the type ---- */

static int module_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"name", "doc", NULL};
    PyObject *name, *doc = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O|O:module", names, &name, &doc))
        return -1;
    if (!PyUnicode_Check(name)) {
        _PyArg_BadArgument("module", "argument 'name'", "str", name);
        return -1;
    }
    if (M(self)->dict == NULL && (M(self)->dict = PyDict_New()) == NULL)
        return -1;
    return init_dict(M(self), M(self)->dict, name, doc);
}

static void module_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (M(self)->weaklist != NULL)
        PyObject_ClearWeakRefs(self);
    PyModuleDef *def = M(self)->def;
    if (def != NULL && def->m_free != NULL && (def->m_size <= 0 || M(self)->state != NULL))
        def->m_free(self);
    Py_XDECREF(M(self)->dict);
    Py_XDECREF(M(self)->name);
    PyMem_Free(M(self)->state);
    Py_TYPE(self)->tp_free(self);
}

HIDDEN_FIELDS(module, module_dealloc, FIELD(Module, name));

static int module_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyModuleDef *def = M(self)->def;
    if (def != NULL && def->m_traverse != NULL && (def->m_size <= 0 || M(self)->state != NULL)) {
        int err = def->m_traverse(self, visit, arg);
        if (err)
            return err;
    }
    Py_VISIT(M(self)->dict);
    return 0;
}

static int module_clear(PyObject *self)
{
    PyModuleDef *def = M(self)->def;
    if (def != NULL && def->m_clear != NULL && (def->m_size <= 0 || M(self)->state != NULL)) {
        int err = def->m_clear(self);
        if (err) {
            PySys_FormatStderr("Exception ignored in m_clear of module%s%V\n", M(self)->name ? " " : "", M(self)->name, "");
            PyErr_WriteUnraisable(NULL);
        }
    }
    Py_CLEAR(M(self)->dict);
    return 0;
}

static PyObject *plain_repr(PyObject *self)
{
    PyObject *name = M(self)->dict == NULL ? NULL : PyDict_GetItemWithError(M(self)->dict, N(__name__));
    return name == NULL ? PyUnicode_FromString("<module '?'>") : PyUnicode_FromFormat("<module %R>", name);
}

static PyObject *module_repr(PyObject *self)
{
    PyObject *importlib = interp_current()->importlib;
    return importlib == NULL ? plain_repr(self) : PyObject_CallMethod(importlib, "_module_repr", "O", self);
}

int _PyModuleSpec_IsInitializing(PyObject *spec)
{
    PyObject *value;
    if (spec == NULL || _PyObject_LookupAttr(spec, N(_initializing), &value) <= 0) {
        PyErr_Clear();
        return 0;
    }
    int is = PyObject_IsTrue(value);
    Py_DECREF(value);
    if (is < 0)
        PyErr_Clear();
    return is > 0;
}

/* Whether importlib is loading the submodule of that name just now. */
static int is_unfinished_submodule(PyObject *spec, PyObject *name)
{
    PyObject *names = NULL;
    int is = spec != NULL && _PyObject_LookupAttr(spec, N(_uninitialized_submodules), &names) > 0
                 ? PySequence_Contains(names, name) : 0;
    Py_XDECREF(names);
    PyErr_Clear();
    return is > 0;
}

/* AttributeError for a missing module attribute; always NULL. */
static PyObject *missing_attribute(PyObject *self, PyObject *name)
{
    PyObject *dict = M(self)->dict;
    PyObject *own_name = dict == NULL ? NULL : PyDict_GetItemWithError(dict, N(__name__));
    if (own_name == NULL || !PyUnicode_Check(own_name)) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_AttributeError, "module has no attribute '%U'", name);
        return NULL;
    }
    Py_INCREF(own_name);
    PyObject *spec = Py_XNewRef(PyDict_GetItemWithError(dict, N(__spec__)));
    if (_PyModuleSpec_IsInitializing(spec)) {
        PyErr_Format(PyExc_AttributeError,
                     "partially initialized module '%U' has no attribute '%U' (most likely due to a circular import)",
                     own_name, name);
    } else if (is_unfinished_submodule(spec, name)) {
        PyErr_Format(PyExc_AttributeError, "cannot access submodule '%U' of module '%U' (most likely due to a circular import)",
                     name, own_name);
    } else {
        PyErr_Format(PyExc_AttributeError, "module '%U' has no attribute '%U'", own_name, name);
    }
    Py_XDECREF(spec);
    Py_DECREF(own_name);
    return NULL;
}

static PyObject *module_getattro(PyObject *self, PyObject *name)
{
    PyObject *value = _PyObject_GenericGetAttrWithDict(self, name, NULL, 1);
    if (value != NULL || PyErr_Occurred())
        return value;
    PyObject *hook = M(self)->dict == NULL ? NULL : PyDict_GetItemWithError(M(self)->dict, N(__getattr__));
    if (hook != NULL) {
        Py_INCREF(hook);
        value = PyObject_CallOneArg(hook, name);
        Py_DECREF(hook);
        return value;
    }
    return PyErr_Occurred() ? NULL : missing_attribute(self, name);
}

static PyObject *module_dir(PyObject *self, PyObject *unused)
{
    PyObject *dict = PyObject_GetAttr(self, N(__dict__)), *result = NULL;
    if (dict == NULL)
        return NULL;
    if (PyDict_Check(dict)) {
        PyObject *hook = PyDict_GetItemWithError(dict, N(__dir__));
        if (hook != NULL)
            result = PyObject_CallNoArgs(hook);
        else if (!PyErr_Occurred())
            result = PyDict_Keys(dict);
    } else {
        PyErr_Format(PyExc_TypeError, "<module>.__dict__ is not a dictionary");
    }
    Py_DECREF(dict);
    return result;
}

static PyObject *get_annotations(PyObject *self, void *context)
{
    PyObject *dict = PyObject_GetAttr(self, N(__dict__)), *annotations = NULL;
    if (dict == NULL)
        return NULL;
    if (!PyDict_Check(dict)) {
        PyErr_Format(PyExc_TypeError, "<module>.__dict__ is not a dictionary");
    } else if ((annotations = PyDict_GetItemWithError(dict, N(__annotations__))) != NULL) {
        Py_INCREF(annotations);
    } else if (!PyErr_Occurred() && (annotations = PyDict_New()) != NULL
               && PyDict_SetItem(dict, N(__annotations__), annotations) < 0) {
        Py_CLEAR(annotations);
    }
    Py_DECREF(dict);
    return annotations;
}

static int set_annotations(PyObject *self, PyObject *value, void *context)
{
    PyObject *dict = PyObject_GetAttr(self, N(__dict__));
    if (dict == NULL)
        return -1;
    int err = -1;
    if (!PyDict_Check(dict)) {
        PyErr_Format(PyExc_TypeError, "<module>.__dict__ is not a dictionary");
    } else if (value != NULL) {
        err = PyDict_SetItem(dict, N(__annotations__), value);
    } else {
        err = PyDict_DelItem(dict, N(__annotations__));
        if (err < 0 && PyErr_ExceptionMatches(PyExc_KeyError))
            PyErr_Format(PyExc_AttributeError, "__annotations__");
    }
    Py_DECREF(dict);
    return err;
}

static PyMethodDef module_methods[] = {
    {"__dir__", module_dir, METH_NOARGS, "__dir__() -> list\nspecialized dir() implementation"},
    {NULL},
};
static PyMemberDef module_members[] = {{"__dict__", T_OBJECT, offsetof(Module, dict), READONLY, NULL}, {NULL}};
static PyGetSetDef module_getset[] = {{"__annotations__", get_annotations, set_annotations, NULL, NULL}, {NULL}};

PyTypeObject PyModule_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "module",
    .tp_basicsize = sizeof(Module),
    .tp_dealloc = module_dealloc,
    .tp_repr = module_repr,
    .tp_getattro = module_getattro,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "module(name, doc=None)\n--\n\nCreate a module object.\n\n"
              "The name must be a string; the optional doc argument can have any type.",
    .tp_traverse = module_traverse,
    .tp_clear = module_clear,
    .tp_weaklistoffset = offsetof(Module, weaklist),
    .tp_methods = module_methods,
    .tp_members = module_members,
    .tp_getset = module_getset,
    .tp_dictoffset = offsetof(Module, dict),
    .tp_init = module_init,
    .tp_new = module_new,
    .tp_free = PyObject_GC_Del,
};
